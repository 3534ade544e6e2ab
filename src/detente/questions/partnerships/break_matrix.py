"""A partnership under rival policies and rival readings of its members, in one table.

The mathematics. Per policy and per combination of readings: the only fate (HOLDS, FRAYS, BREAKS, see
`partnerships.fate_and_exits`) over the states where foresight play ends, or DEPENDS where several occur; and the same
where one-step (myopic) play ends, which is what a tool that looks at no answers would report.

Cost: one analysis per policy, completion and combination of readings. Source: definitions of this project.

>>> from detente.scenario import load
>>> found = break_matrix(Case(load("two_proxies")))
>>> print(found.at("carpenter", ru="need", nk="additive").foresight, found.at("biden24", ru="need", nk="additive").foresight)
BREAKS HOLDS
>>> print(found.at("carpenter", ru="profit", nk="additive").foresight)
HOLDS
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.analysis import KINDS
from detente.case import Basis, Case, Policy, policy_of
from detente.engine import Progress, quiet
from detente.errors import InputError, Lacks
from detente.executors import Executor, divided
from detente.messages import Messages, tell
from detente.questions.partnerships.fate_and_exits import BREAKS, Bond, bond_of, fate_of_play
from detente.questions.uncertainty.completions import (
    MOST,
    Spread,
    any_order,
    complete,
    counted_over,
    open_lists,
    reading_grid,
)
from detente.result import Answer, Record
from detente.scenario.model import Platform
from detente.sheet import ActorTerm, Judged, NameTerm, Phrase, ReadingTerm, Sheet, VerdictTerm, listing, many, names_of

ENDS = Messages({"foresight": "where foresight play ends", "myopic": "where myopic play ends"})
"""The states over which a fate is told."""


ACROSS = 7
"""Columns at most of a grid with the combinations of readings across; where there are more they stand down."""

OPEN = "open"
"""The fate in a cell where what the platform leaves open decides."""


@dataclass(frozen=True, kw_only=True)
class Cell(Record):
    """The fate under one policy for one combination of readings, by foresight and by one-step play, over completions."""

    policy: str
    readings: Mapping[str, str]
    foresight: Spread
    myopic: Spread

    @property
    def fate(self) -> str:
        """What foresight play comes to in all completions; `OPEN` where that differs."""
        return self.foresight.necessary or OPEN


@dataclass(frozen=True, repr=False, kw_only=True)
class BreakMatrix(Answer):
    """The fate of a partnership, policies down, readings of its members across."""

    basis: Basis
    partnership: str
    name: str
    actors: tuple[str, ...]
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    DERIVED = ("policies",)

    @property
    def policies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.policy for cell in self.cells))

    def fates(self, policy: str) -> Spread:
        """How often each fate is found over the readings."""
        return Spread.over(cell.fate for cell in self.cells if cell.policy == policy)

    def at(self, policy: str, **readings: str) -> Cell:
        """The cell of a policy and of readings, for example `at("carpenter", ru="need", nk="additive")`."""
        for cell in self.cells:
            if cell.policy == policy and all(cell.readings.get(a) == reading for a, reading in readings.items()):
                return cell
        chosen = ", ".join(f"{a}={reading}" for a, reading in readings.items())
        raise InputError(
            tell(
                "no cell for {policy} and {chosen}; see `cells` for what there is",
                policy=repr(policy),
                chosen=chosen or tell("no readings"),
            )
        )

    @property
    def misleading(self) -> tuple[Cell, ...]:
        """The cells in which one-step reasoning gives another verdict."""
        return tuple(cell for cell in self.cells if cell.myopic != cell.foresight)

    @property
    def headline(self) -> Phrase:
        """Which policies break it under every combination of readings, and which under some."""
        fates = {policy: self.fates(policy) for policy in self.policies}
        always = [policy for policy, found in fates.items() if found.necessary == BREAKS]
        sure = {cell.policy for cell in self.cells if cell.fate == BREAKS}
        some = [policy for policy in self.policies if policy in sure and policy not in always]
        across = many(len(self.cells) // len(self.policies), "combination") + tell(" of readings")
        it = NameTerm(self.partnership)
        if not always and not some:
            number = many(len(self.policies), "policy", "policies")
            return Phrase.told(
                "None of {number} surely breaks {it} under any of {across}.", number=number, it=it, across=across
            )
        parts = [
            Phrase.told(
                "{each} surely break{ending} {it} {how} {across}",
                each=names_of(map(NameTerm, each)),
                ending="s" * (len(each) == 1),
                it=it,
                how=how,
                across=across,
            )
            for each, how in ((always, tell("under all")), (some, tell("under some of")))
            if each
        ]
        left = len(self.policies) - len(always) - len(some)
        return Phrase.of(
            listing(parts, "; "), tell("; {number} under none.", number=many(left, "other")) if left else "."
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """By foresight, then by one-step reasoning."""
        wrong = len(self.misleading)
        beware = tell(
            "Caution: in {wrong} of {number} cells one-step reasoning gives another verdict",
            wrong=wrong,
            number=len(self.cells),
        )
        return (
            self._sheet(f" {ENDS['foresight']}", "foresight", (*self.notes, *self.basis.uncounted)),
            self._sheet(
                tell(" {word}, by one-step (Nash) reasoning", word=ENDS["myopic"]), "myopic", (beware,) if wrong else ()
            ),
        )

    def gist(self) -> tuple[Sheet, ...]:
        """By foresight alone, with in how many cells one-step reasoning errs; combinations that agree are one row."""
        foresight, myopic = self.sheets()
        told = replace(foresight, notes=(*foresight.notes, *myopic.notes))
        return ((told.turned().folded() if len(told.columns) > ACROSS else told),)

    def _about(self, cell: Cell, kind: str) -> Judged:
        readings, held = cell.readings, {"policy": cell.policy}
        return self.basis.judged(self.partnership, "fate", kind, readings=readings, held=held, scope=ENDS[kind])

    def _sheet(self, where: str, kind: str, notes: tuple[str, ...]) -> Sheet:
        rows = []
        for policy in self.policies:
            row = [cell for cell in self.cells if cell.policy == policy]
            fates = ((cell, str(cell.foresight if kind == "foresight" else cell.myopic)) for cell in row)
            rows.append((NameTerm(policy), *(VerdictTerm(fate, self._about(cell, kind)) for cell, fate in fates)))
        across = [
            listing((ReadingTerm(reading, actor) for actor, reading in cell.readings.items()), " ") or tell("as chosen")
            for cell in self.cells
            if cell.policy == self.policies[0]
        ]
        corner = listing(map(ActorTerm, self.actors), " ") or "policy"
        return Sheet(
            Phrase.of(NameTerm(self.name), where),
            (corner, *across),
            tuple(rows),
            (*notes, *counted_over(rows)),
            toned=True,
        )


def break_matrix(
    case: Case,
    name: str | None = None,
    *,
    policies: Mapping[str, Policy] | Iterable[str] | None = None,
    actors: Iterable[str] | None = None,
    every_list: bool = False,
    most: int = MOST,
    progress: Progress = quiet,
    executor: Executor | int | None = None,
) -> BreakMatrix:
    """The fate of a partnership under every policy and every reading of its members.

    `policies` are policies by name, or names of platforms to put into force (default: all). `actors` are by default the
    members whose reading is open and whom no platform speaks for.

    Options on which a platform is silent are held either way. Where a platform's list is open (something in it unknown, or
    any order admitted), the list as written is taken, and a note says so, unless `every_list` is asked for. An `executor`
    (`detente.executors`, or a number of processes) fills the cells side by side, with the same result.
    """
    bond = bond_of(case.analyse(("seq",)), name)
    wanted = _open_members(case, bond) if actors is None else actors
    chosen, grid = reading_grid(case, wanted, most)
    places = [
        _Place(policy, changed, None if isinstance(policies, Mapping) else case.scenario.platforms[policy], readings)
        for policy, changed in _policies(case, policies).items()
        for readings in grid
    ]
    work = _Cells(case, bond, places, every_list)
    filled = divided(executor, work, len(places), progress, lambda number: str(places[number]))
    cells = tuple(cell for cell, _ in filled)
    notes = dict.fromkeys(_as_written(cell.policy, who) for cell, loose in filled for who in loose)
    found = bond.partnership
    return BreakMatrix(
        basis=case.basis_over(chosen),
        partnership=found.id,
        name=found.name or found.id,
        actors=chosen,
        cells=cells,
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class _Place:
    """Where a cell stands: the policy (its platform, if it is one) and the readings."""

    policy: str
    changed: Policy
    platform: Platform | None
    readings: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.policy}, {' '.join(self.readings.values())}"


@dataclass(frozen=True, eq=False)
class _Cells:
    """The work: the cell of a number, and the actors whose open list is taken as written there."""

    case: Case
    bond: Bond
    places: Sequence[_Place]
    every_list: bool

    def __call__(self, number: int) -> tuple[Cell, tuple[str, ...]]:
        place = self.places[number]
        held = self.case.under(place.changed).under(Policy(readings=place.readings))
        cases, loose = _completed(held, place.platform, self.every_list)
        return _matrix_cell(self.bond, place.policy, place.readings, cases), loose


def _open_members(case: Case, bond: Bond) -> list[str]:
    """The members whose reading is open, and whom no platform speaks for."""
    spoken = {platform.actor for platform in case.scenario.platforms.values()}
    open_to_choice, _ = reading_grid(case, None, most=10**9)
    return [actor for actor in open_to_choice if actor in bond.partnership.members and actor not in spoken]


def _policies(case: Case, policies: Mapping[str, Policy] | Iterable[str] | None) -> dict[str, Policy]:
    """The policies by name, or the platforms named, or all."""
    if isinstance(policies, Mapping):
        return dict(policies)
    if policies is None and not case.scenario.platforms:
        raise Lacks("platforms", instead=tell("pass policies of your own"))
    return {name: policy_of(case, name) for name in (case.scenario.platforms if policies is None else policies)}


def _completed(held: Case, platform: Platform | None, every_list: bool) -> tuple[list[Case], tuple[str, ...]]:
    """The cases that stand for a cell, its readings chosen: several where a setting or a list is unknown.

    And the actors whose open list is taken as written. A platform admits any order of its own list, and of no other.
    """
    unknown = () if platform is None else platform.unknown
    own = platform is not None and held.chosen.get(platform.actor) == (platform.reading or held.chosen[platform.actor])
    free = any_order(platform) if platform is not None and own else ()
    found = complete(held, hold=unknown, any_order=free, lists=every_list)
    loose = () if every_list else open_lists(held, free, unknown)
    return [each.case for each in found], loose


def _as_written(policy: str, actor: str) -> str:
    return Phrase.told(
        "{policy}: the list of {actor} is open, and is taken as written",
        policy=NameTerm(policy),
        actor=ActorTerm(actor),
    )


def _matrix_cell(bond: Bond, policy: str, readings: Mapping[str, str], cases: Iterable[Case]) -> Cell:
    words: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for case in cases:
        analysis = case.analyse(("seq",))
        for kind, found in words.items():
            found.append(fate_of_play(analysis, bond, kind).word)
    spreads = {kind: Spread.over(found) for kind, found in words.items()}
    return Cell(policy=policy, readings=readings, foresight=spreads["foresight"], myopic=spreads["myopic"])
