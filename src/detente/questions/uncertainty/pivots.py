"""Which wish decides the verdict: swap two neighbours in a list, drop a wish, or turn it round, and see what flips.

The mathematics. A verdict is asked of a case; then of every case that differs from it in one place of one actor's list:

- *swap*: two neighbouring wishes change places (in a ranking of states: two neighbouring groups);
- *lift*: a wish moves up, past more than one other, to stand directly above a more important one;
- *drop*: a wish is taken out of the list;
- *negate*: a wish is replaced by its opposite (with weights: the opposite is worth as much).

A change that gives another verdict is a *pivot*. Order alone gives false comfort: where wishes say how an actor reacts ("my
option exactly if yours") rather than what it values, re-ordering changes nothing and the answer follows from the assumption.
So reaction rules are marked, and a verdict that no re-ordering and no dropping of any other wish changes, but dropping or
negating a reaction rule does, is said to hold *by assumption*.

A *threshold* moves one wish through all ranks of its list, the others keeping their order, and says where the verdict turns.

Steps: one analysis per change. Cost: 3 analyses per wish and one per pair of wishes; a threshold takes one per rank.
Source: option prioritisation as in Fang, Hipel, Kilgour & Peng 2003; sensitivity analysis as in Fang, Hipel & Kilgour 1993.

>>> from detente.case import Case, Policy, Query
>>> from detente.scenario import load
>>> neutral = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))
>>> found = pivots(neutral, Query("decoupled"), ["ru"])
>>> [str(each) for each in found.flips if each.kind == "swap"]
["ru: 'nk_arms' above 'not ru_link'"]
>>> president = Case(load("detente_veto"), readings={"us": "intimidated"})
>>> threshold(president, "us", "not hk_block", Query(concept="seq")).turns
(4,)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from detente.case import Basis, Case, Query, is_reaction, verdict
from detente.engine import Progress, quiet
from detente.errors import InputError, ScenarioError, Unanswerable, UnknownName
from detente.formula import Formula, Not
from detente.scenario.model import PriorityList, Ranking, Reading, Statement
from detente.scenario.warnings import table
from detente.sheet import Sheet, html_of

KINDS = ("swap", "lift", "drop", "negate")
"""The changes made to a list."""


@dataclass(frozen=True)
class Change:
    """One changed place of one list, and the verdict it gives (None: the changed list makes no sense in this model).

    `rank` is that of `statement`, counted from 1. A swap or lift puts `statement` directly above `other`. `reaction` tells
    whether `statement`, or else `other`, is a reaction rule, `sources` and `claims` what the wishes concerned rest on.
    """

    actor: str
    kind: str
    rank: int
    statement: str
    other: str = ""
    reaction: bool = False
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    verdict: str | None = None

    def __str__(self) -> str:
        words = {
            "swap": f"'{self.statement}' above '{self.other}'",
            "lift": f"'{self.statement}' above '{self.other}'",
            "drop": f"without '{self.statement}'",
            "negate": f"the opposite of '{self.statement}'",
        }
        return f"{self.actor}: {words[self.kind]}"

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "sources": list(self.sources), "claims": list(self.claims), "text": str(self)}


@dataclass(frozen=True)
class Pivots:
    """The answer: the verdict of the case, and every change tried; see the module's opening."""

    basis: Basis
    query: Query
    actors: tuple[str, ...]
    verdict: str
    kinds: tuple[str, ...]
    changes: tuple[Change, ...]

    @cached_property
    def flips(self) -> tuple[Change, ...]:
        """The changes that give another verdict."""
        return tuple(each for each in self.changes if each.verdict not in (self.verdict, None))

    def robust(self, kind: str, actor: str | None = None) -> tuple[int, int]:
        """How many changes of this kind (in this actor's list, or all) flip the verdict, and of how many."""
        chosen = [each.verdict for each in self.changes if each.kind == kind and actor in (None, each.actor)]
        return len([found for found in chosen if found not in (self.verdict, None)]), len(chosen)

    @cached_property
    def by_assumption(self) -> bool:
        """Whether only a reaction rule decides: no order, and dropping nothing else, changes the verdict."""
        reordered = [each for each in self.flips if each.other]
        dropped_goods = [each for each in self.flips if each.kind == "drop" and not each.reaction]
        rules = [each for each in self.flips if not each.other and each.reaction]
        return bool(rules) and not reordered and not dropped_goods

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; `robust` counts [flipped, tried]."""
        counts = {
            who or "all": {kind: list(self.robust(kind, who)) for kind in self.kinds} for who in (None, *self.actors)
        }
        return {
            "basis": self.basis.to_json(),
            "query": self.query.to_json(),
            "actors": list(self.actors),
            "verdict": self.verdict,
            "flips": [each.to_json() for each in self.flips],
            "robust": counts,
            "by_assumption": self.by_assumption,
            "changes": [each.to_json() for each in self.changes],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The changes that flip the verdict, and how many of how many."""
        rows = [(e.actor, str(e).partition(": ")[2], e.verdict, e.reaction, ", ".join(e.sources)) for e in self.flips]
        columns = ("whose list", "change", "verdict becomes", "reaction rule", "rests on")
        title = f"What flips '{self.query}', now {self.verdict}"
        return Sheet(title, columns, tuple(rows), self._notes()), self._counts()

    def _notes(self) -> tuple[str, ...]:
        notes = [] if self.flips else ["No single swap, omission or reversal changes the verdict."]
        if self.by_assumption:
            notes.append(
                "By assumption: no order and no other wish changes the verdict, only the marked reaction rules do."
            )
        unknown = [each for each in self.changes if each.verdict is None]
        if unknown:
            notes.append(f"{len(unknown)} changes make no sense here: they would set merged states apart.")
        return tuple(notes)

    def _counts(self) -> Sheet:
        rows = [
            (
                who or "all lists",
                *(f"{flipped} of {of}" for flipped, of in (self.robust(kind, who) for kind in self.kinds)),
            )
            for who in (*self.actors, None)
        ]
        return Sheet("How many changes flip it", ("whose list", *self.kinds), tuple(rows))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


@dataclass(frozen=True)
class Threshold:
    """The verdict with one wish at each rank of its list, first rank first; `rank` is where the list has it."""

    basis: Basis
    query: Query
    actor: str
    statement: str
    rank: int
    verdicts: tuple[str, ...]

    @property
    def turns(self) -> tuple[int, ...]:
        """The ranks whose verdict differs from the one above: empty if the rank of the wish never matters."""
        pairs = zip(self.verdicts, self.verdicts[1:], strict=False)
        return tuple(rank for rank, (above, here) in enumerate(pairs, start=2) if above != here)

    def to_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "basis": self.basis.to_json(),
            "query": self.query.to_json(),
            "actor": self.actor,
            "statement": self.statement,
            "rank": self.rank,
            "verdicts": list(self.verdicts),
            "turns": list(self.turns),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The verdict rank by rank."""
        rows = [(rank, found, "as listed" if rank == self.rank else "") for rank, found in enumerate(self.verdicts, 1)]
        turns = ", ".join(map(str, self.turns))
        note = f"The verdict changes at rank {turns}." if turns else "The rank makes no difference."
        title = f"'{self.query}' with '{self.statement}' at each rank of {self.actor}'s list"
        return (Sheet(title, ("rank", "verdict", ""), tuple(rows), (note,)),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


# --- asking ------------------------------------------------------------------------------------------------------------


def pivots(
    case: Case,
    query: Query,
    actors: Iterable[str] | None = None,
    *,
    kinds: Iterable[str] = KINDS,
    progress: Progress = quiet,
) -> Pivots:
    """Every change of one place in the lists of these actors (default: all) that flips the verdict.

    Weights know no order and rankings no single wishes: the former are only dropped and negated, the latter only swapped.
    """
    chosen = case.actors if actors is None else tuple(dict.fromkeys(actors))
    wanted = tuple(dict.fromkeys(kinds))
    for kind in wanted:
        if kind not in KINDS:
            raise UnknownName("kind of change", kind, KINDS)
    made = (variant for actor in chosen for variant in _variants(case, case.scenario.actor(actor).id))
    variants = [(change, changed) for change, changed in made if change.kind in wanted]
    found = []
    for number, (change, changed) in enumerate(variants):
        progress(number, len(variants), str(change))
        found.append(replace(change, verdict=_verdict(replace(changed), query)))  # a copy, so that no analysis is kept
    return Pivots(case.basis, query, chosen, verdict(case, query), wanted, tuple(found))


def threshold(case: Case, actor: str, statement: str | int | Formula, query: Query) -> Threshold:
    """The verdict at every rank of one wish; the wish is named by its text, its meaning, or its rank (from 1)."""
    reading = _list_of(case, actor)
    if not isinstance(reading, PriorityList):
        raise Unanswerable(f"{actor}'s list '{reading.id}' is of the kind '{reading.kind}': only priorities have ranks")
    place = _place(case, reading, statement)
    moved = reading.statements[place]
    rest = reading.statements[:place] + reading.statements[place + 1 :]
    orders = [(*rest[:rank], moved, *rest[rank:]) for rank in range(len(rest) + 1)]
    verdicts = tuple(verdict(case.wanting(actor, order), query) for order in orders)
    return Threshold(case.basis, query, actor, str(moved), place + 1, verdicts)


def _list_of(case: Case, actor: str) -> Reading:
    if not case.scenario.actor(actor).readings:
        raise Unanswerable(f"{actor} has no list of wishes")
    return case.reading(actor)


def _place(case: Case, reading: Reading, statement: str | int | Formula) -> int:
    if isinstance(statement, int):
        if not 1 <= statement <= len(reading.statements):
            raise InputError(f"'{reading.id}' has no rank {statement}; its ranks are 1 to {len(reading.statements)}")
        return statement - 1
    texts = [str(each) for each in reading.statements]
    if str(statement) in texts:
        return texts.index(str(statement))
    meaning = table(case.scenario, case.scenario.formula(statement))
    for place, each in enumerate(reading.statements):
        rows = table(case.scenario, each.want)
        if meaning is not None and rows is not None and rows.key == meaning.key:
            return place
    raise UnknownName(f"statement of '{reading.id}'", str(statement), texts)


def _verdict(case: Case, query: Query) -> str | None:
    """The verdict, or None where the list tells merged states apart and so means nothing."""
    try:
        return verdict(case, query)
    except ScenarioError as error:
        if {problem.code for problem in error.problems} == {"merged-scores"}:
            return None
        raise


# --- the changes -------------------------------------------------------------------------------------------------------


def _variants(case: Case, actor: str) -> Iterator[tuple[Change, Case]]:
    """Every change of the actor's list, with the case it makes; in the order of the list."""
    if not case.scenario.actor(actor).readings:
        return
    reading = case.reading(actor)
    if isinstance(reading, Ranking):
        yield from _group_swaps(case, actor, reading)
        return
    for place, statement in enumerate(reading.statements):
        above, below = reading.statements[:place], reading.statements[place + 1 :]
        about = replace(_described(case, actor, statement), rank=place + 1)
        for higher in reversed(range(place if isinstance(reading, PriorityList) else 0)):
            change = _above(about, _described(case, actor, above[higher]), "swap" if higher == place - 1 else "lift")
            yield change, case.wanting(actor, (*above[:higher], statement, *above[higher:], *below))
        yield replace(about, kind="drop"), case.wanting(actor, above + below)
        opposite = replace(statement, want=_opposite(statement.want), text="")
        yield replace(about, kind="negate"), case.wanting(actor, (*above, opposite, *below))


def _described(case: Case, actor: str, statement: Statement) -> Change:
    evidence = statement.evidence
    reacts = is_reaction(case, actor, statement)
    return Change(actor, "", 0, str(statement), "", reacts, evidence.source, evidence.claims)


def _above(lower: Change, higher: Change, kind: str) -> Change:
    """The lower wish put directly above the higher one."""
    return replace(
        lower,
        kind=kind,
        other=higher.statement,
        reaction=lower.reaction or higher.reaction,
        sources=tuple(dict.fromkeys((*lower.sources, *higher.sources))),
        claims=tuple(dict.fromkeys((*lower.claims, *higher.claims))),
    )


def _group_swaps(case: Case, actor: str, reading: Ranking) -> Iterator[tuple[Change, Case]]:
    groups = reading.ranking
    names = [", ".join(group) for group in groups]
    for place in range(1, len(groups)):
        order = (*groups[: place - 1], groups[place], groups[place - 1], *groups[place + 1 :])
        change = Change(actor, "swap", place + 1, names[place], names[place - 1], sources=reading.evidence.source)
        yield change, case.ranking(actor, order)


def _opposite(want: Formula) -> Formula:
    return want.of if isinstance(want, Not) else Not(want)
