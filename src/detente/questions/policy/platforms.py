"""Platforms side by side: what a leader or party would hold, what would follow, and whether it would be kept.

The mathematics. A platform has settings it would *hold*, a *list* of priorities, options on which it is silent
(`unknown`), and possibly any order of its list. Two questions are asked of it, and kept apart:

- *wanting*: its actor has this list and nobody is held. Does the status quo last, and where does play end?
- *in force*: its settings are held besides. An actor all of whose options are held no longer answers what others do.

The platform is *self-enforcing* if in every state where foresight play ends with the platform in force the actor, free
again and by its own list, has no unsanctioned improvement (is SEQ stable); with one-step reasoning: no improvement at
all (Nash). Whatever is unknown is completed in every possible way (`uncertainty.completions`): a verdict is then necessary, or
counted over the completions.

Steps: per completion one analysis of the free model and one of the model without what is held. Cost: completions × these;
the free model dominates. Source: Howard 1971 (policies); platforms as partial commitments are ours.

>>> from detente.scenario import load
>>> found = compare(Case(load("two_proxies")), ["biden24", "carpenter"])
>>> [str(column.force.outcomes["decoupled"]["foresight"]) for column in found.platforms]
['NONE', 'ALL']
>>> [str(column.kept["seq"]) for column in found.platforms]
['ALL', 'ALL']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import Basis, Case, Labels, Query, find_platform, said
from detente.conflict import Cells
from detente.engine import Progress, improving_steps, quiet
from detente.engine.concepts import label
from detente.engine.play import verdict
from detente.errors import InputError, Lacks
from detente.executors import Executor, divided
from detente.messages import later, numeral, tell, word
from detente.questions.policy.outlook import AS_NOW, Outlook, Tally, change, key_of, same_games, values_of
from detente.questions.uncertainty.completions import (
    Completion,
    Spread,
    complete_list,
    complete_platform,
    counted_over,
    in_order,
)
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Platform
from detente.sheet import (
    FormulaTerm,
    Judged,
    NameTerm,
    OptionTerm,
    Phrase,
    ReadingTerm,
    Sheet,
    VerdictTerm,
    listing,
    names_of,
)


@dataclass(frozen=True, kw_only=True)
class PlatformVerdict(Record):
    """One platform: `wanting` (its list, nobody held) and `force` (its settings held).

    `kept` says per concept in how many of the foresight ends the actor would stay, if it were free again (ALL, SOME,
    NONE), `kept_by` the same (SEQ) if it had the list of another platform; `leaves` names a change it would make instead.
    """

    platform: Platform = field(metadata=INSIDE)
    actor: str
    reading: str
    held: Labels
    wanting: Outlook
    force: Outlook
    kept: Mapping[str, Spread]
    kept_by: Mapping[str, Spread]
    leaves: str = ""

    DERIVED = ("id", "name", "unknown", "orders", "self_enforcing")

    @property
    def id(self) -> str:
        return self.platform.id

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def unknown(self) -> tuple[str, ...]:
        """The options on which it is silent."""
        return self.platform.unknown

    @property
    def orders(self) -> str:
        """Whether any order of its list is admitted."""
        return self.platform.orders

    @property
    def self_enforcing(self) -> bool | None:
        """Whether the actor would keep it in every end; None if that depends on what is unknown."""
        verdicts = self.kept["seq"].possible
        return True if verdicts == ("ALL",) else None if "ALL" in verdicts else False


Found = TypeVar("Found")

FILLED = later("every way to fill in what a platform leaves open")
"""Over what a verdict is told that counts (`counted_over`)."""

WANTING, IN_FORCE = "wanting", "in force"
"""What is asked of a platform: what follows if its list is wanted, and if its settings are held as well."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Comparison(Answer):
    """Platforms side by side, one column each."""

    basis: Basis
    platforms: tuple[PlatformVerdict, ...]

    def __getitem__(self, platform: str) -> PlatformVerdict:
        return next(each for each in self.platforms if each.id == platform)

    @property
    def headline(self) -> Phrase:
        """What becomes of the first outcome under each platform in force; without outcomes, of today."""
        outcome = next(iter(self.platforms[0].force.outcomes), None)
        alike: dict[str, list[str]] = {}
        for each in self.platforms:
            spread = each.force.status_quo["seq"] if outcome is None else each.force.outcomes[outcome]["foresight"]
            alike.setdefault(spread.told, []).append(each.id)
        query = Query(concept="seq") if outcome is None else Query(outcome)
        first, *others = [(told, names_of(map(NameTerm, alike[told]))) for told in in_order(alike)]
        more = [Phrase.told("; {told} under {under}", told=told, under=under) for told, under in others]
        return Phrase.of(tell("In force: "), query.says(first[0]), tell(" under "), first[1], *more, ".")

    def sheets(self) -> tuple[Sheet, ...]:
        """What the platforms say, what follows from wanting them, from holding them, and where play ends."""
        return (
            self._what(),
            self._outlook(tell("Wanting it, nothing held"), WANTING, [each.wanting for each in self.platforms], ()),
            self._outlook(
                tell("With it in force"), IN_FORCE, [each.force for each in self.platforms], self._kept_rows()
            ),
            self._keepers(),
            self._ends(),
        )

    def gist(self) -> tuple[Sheet, ...]:
        """The same without the ends of play; rows that agree are one."""
        what, wanting, force, keepers, _ = self.sheets()
        return what, wanting.folded(), force.folded(), keepers.folded()

    @property
    def _columns(self) -> tuple[str, ...]:
        return "", *(NameTerm(each.id) for each in self.platforms)

    def _row(self, first: str, cell: Callable[[PlatformVerdict], str]) -> tuple[str, ...]:
        """A row of the table: what it is about, and a cell for every platform."""
        return first, *map(cell, self.platforms)

    def _what(self) -> Sheet:
        rows = (
            self._row("actor", lambda each: each.actor),
            self._row("holds", lambda each: FormulaTerm(said(each.held)) if each.held else "nothing"),
            self._row(tell("is silent on"), lambda each: listing(map(OptionTerm, each.unknown)) or "–"),
            self._row("list", lambda each: ReadingTerm(each.reading, each.platform.actor)),
            self._row("orders", lambda each: tell("any") if each.orders else tell("as given")),
        )
        return Sheet(tell("Platforms"), self._columns, rows)

    def _about(self, platform: PlatformVerdict, asked: str, subject: str, question: str, by: str) -> Judged:
        """What a verdict under a platform is about: its list is wanted, and, where it is in force, its settings are held."""
        held = platform.held if asked == IN_FORCE else {}
        settled = platform.force.completions if asked == IN_FORCE else platform.wanting.completions
        scope = "" if settled == 1 else tell(FILLED)
        readings = {platform.platform.actor: platform.reading}
        return self.basis.judged(subject, question, by, readings=readings, held=held, scope=scope)

    def _outlook(self, title: str, asked: str, outlooks: Sequence[Outlook], more: tuple[tuple[str, ...], ...]) -> Sheet:
        def row(first: str, subject: str, question: str, by: str, spreads: Iterable[Spread]) -> tuple[str, ...]:
            cells = zip(self.platforms, spreads, strict=True)
            return first, *(VerdictTerm(str(each), self._about(p, asked, subject, question, by)) for p, each in cells)

        rows = [
            row(
                tell("today, {c}", c=label(c)),
                tell("today"),
                "equilibrium",
                c,
                [each.status_quo[c] for each in outlooks],
            )
            for c in outlooks[0].status_quo
        ]
        rows += [
            row(first, name, tell("comes about"), kind, [each.outcomes[name][kind] for each in outlooks])
            for name, kinds in outlooks[0].outcomes.items()
            for kind in kinds
            for first in (Phrase.told("{name}, {kind} play", name=NameTerm(name), kind=word(kind)),)
        ]
        warned: dict[str, list[str]] = {}
        for platform, each in zip(self.platforms, outlooks, strict=True):
            for warning in each.warnings:
                warned.setdefault(warning, []).append(platform.id)
        notes = tuple(Phrase.of(listing(map(NameTerm, ids)), f": {warning}") for warning, ids in warned.items())
        return Sheet(title, self._columns, (*rows, *more), (*notes, *counted_over((*rows, *more))))

    def _kept(self, each: PlatformVerdict, by: PlatformVerdict, concept: str, found: Spread) -> VerdictTerm:
        about = self._about(by, WANTING, each.id, "kept", concept)
        settled = (each.force.completions, by.wanting.completions)
        scope = "" if settled == (1, 1) else tell(FILLED)
        return VerdictTerm(str(found), replace(about, scope=scope))

    def _kept_rows(self) -> tuple[tuple[str, ...], ...]:
        return (
            self._row(tell("would last (SEQ)"), lambda each: self._kept(each, each, "seq", each.kept["seq"])),
            self._row(tell("kept, one-step (Nash)"), lambda each: self._kept(each, each, "nash", each.kept["nash"])),
            self._row(tell("would change"), lambda each: each.leaves or "–"),
        )

    def _keepers(self) -> Sheet:
        def kept_by(by: PlatformVerdict) -> Callable[[PlatformVerdict], str]:
            return lambda each: self._kept(each, by, "seq", each.kept_by[by.id]) if by.id in each.kept_by else "–"

        rows = tuple(self._row(Phrase.told("by {id}", id=NameTerm(each.id)), kept_by(each)) for each in self.platforms)
        note = tell(
            "whether an actor with that list, free again, would stay where foresight play ends with the "
            "platform in force"
        )
        columns = ("list", *self._columns[1:])
        return Sheet(tell("Kept after a change of mind (SEQ)"), columns, rows, (note, *counted_over(rows)))

    def _ends(self) -> Sheet:
        asked = [
            (NameTerm(platform.id), how, outlook, kind)
            for platform in self.platforms
            for how, outlook in ((WANTING, platform.wanting), (IN_FORCE, platform.force))
            for kind in outlook.ends
        ]
        rows = tuple(
            (name, how, kind, end.phrase, _of(end.completions, outlook.completions))
            for name, how, outlook, kind in asked
            for end in outlook.ends[kind]
        )
        left = [(*each, each[2].all_ends[each[3]] - len(each[2].ends[each[3]])) for each in asked]
        notes = tuple(
            Phrase.told(
                "{name}, {how}, {kind} play: {number} more ends are not listed",
                name=name,
                how=how,
                kind=word(kind),
                number=numeral(number),
            )
            for name, how, _, kind, number in left
            if number
        )
        title = tell("Where play ends, as it differs from today")
        return Sheet(title, ("platform", "asked", "play", "end", "completions"), rows, notes)


def compare(
    case: Case,
    platforms: Iterable[str] | None = None,
    *,
    progress: Progress = quiet,
    executor: Executor | int | None = None,
) -> Comparison:
    """The named platforms side by side (default: all of the scenario).

    An `executor` (`detente.executors`, or a number of processes) looks at them side by side, with the same result.

    Raises `UnknownName` for an unknown platform, `Unanswerable` if the model has none, `TooLarge` for too many completions.
    """
    names = list(case.scenario.platforms) if platforms is None else list(dict.fromkeys(platforms))
    if not names:
        raise Lacks("platforms")
    for name in names:
        _check(case, name)

    def asked(work: Callable[[int], Found], told: str) -> dict[str, Found]:
        found = divided(executor, work, len(names), progress, lambda number: tell(told, name=names[number]))
        return dict(zip(names, found, strict=True))

    in_force = asked(_Forcing(case, names), "{name} in force")
    wanting = asked(_Desiring(case, names, in_force), "wanting what {name} wants")
    return Comparison(
        basis=case.basis, platforms=tuple(_verdict(case, name, in_force[name], wanting) for name in names)
    )


@dataclass(frozen=True, eq=False)
class _Forcing:
    """The work: what follows from the platform of a number in force."""

    case: Case
    names: Sequence[str]

    def __call__(self, number: int) -> _InForce:
        name = self.names[number]
        return _in_force(self.case, same_games(complete_platform(self.case, name)))


@dataclass(frozen=True, eq=False)
class _Desiring:
    """The work: what follows from wanting what the platform of a number wants."""

    case: Case
    names: Sequence[str]
    in_force: Mapping[str, _InForce]

    def __call__(self, number: int) -> _Wanting:
        name = self.names[number]
        return _wanting(self.case, name, same_games(complete_list(self.case, name)), self.in_force)


def _check(case: Case, name: str) -> None:
    """Refuse a platform that sets what cannot change in this case: its actor, free again, would not be free to stay."""
    platform = find_platform(case, name)
    stuck = {o.key for o in case.scenario.options if o.change in ("fixed", ())}
    wrong = [key for key, value in platform.hold.items() if key in stuck and value != case.now[key]]
    wrong += [key for key in platform.unknown if key in stuck]
    if wrong:
        now = case.state_text({wrong[0]: case.now[wrong[0]]})
        raise InputError(
            tell(
                "platform {name} is about {wrong}, which is held or fixed here ({now}); release it, or leave "
                "it out of the platform",
                name=name,
                wrong=wrong[0],
                now=now,
            )
        )


@dataclass(frozen=True)
class _InForce:
    """What follows from a platform in force, and where foresight play ends per completion (`ends` has each place once)."""

    outlook: Outlook
    places: tuple[tuple[Completion, bytes], ...]
    ends: Mapping[bytes, Mapping[str, NDArray[np.uint8]]]


@dataclass(frozen=True)
class _Wanting:
    """What follows from wanting what a platform wants, and per platform what its actor, free, would keep of its ends."""

    outlook: Outlook | None
    kept: Mapping[str, Mapping[str, Spread]]
    leaves: Mapping[str, str]


def _verdict(case: Case, name: str, force: _InForce, wanting: Mapping[str, _Wanting]) -> PlatformVerdict:
    platform, own = find_platform(case, name), wanting[name]
    return PlatformVerdict(
        platform=platform,
        actor=case.scenario.actor(platform.actor).name,
        reading=platform.reading or case.chosen[platform.actor],
        held=case.labels(platform.hold),
        wanting=own.outlook or force.outlook,
        force=force.outlook,
        kept=own.kept[name],
        kept_by={other: each.kept[name]["seq"] for other, each in wanting.items() if name in each.kept},
        leaves=own.leaves[name],
    )


Games = tuple[tuple[Completion, ...], ...]
"""Completions, those together that make the same game."""


def _in_force(case: Case, games: Games) -> _InForce:
    tally, places, ends = Tally(case), list[tuple[Completion, bytes]](), {}
    for alike in games:
        analysis = tally.add(alike[0], len(alike))
        values = values_of(analysis, analysis.play("foresight").end_states)
        places += [(each, key_of(values)) for each in alike]
        ends[key_of(values)] = values
    return _InForce(tally.outlook([each for each, _ in places]), tuple(places), ends)


def _wanting(case: Case, name: str, games: Games, in_force: Mapping[str, _InForce]) -> _Wanting:
    """A platform that holds nothing and is silent on nothing is its list: the outlook is known already."""
    platform = find_platform(case, name)
    tally = Tally(case) if platform.hold or platform.unknown else None
    rivals = [other for other in in_force if find_platform(case, other).actor == platform.actor]
    every = {key: ends for other in rivals for key, ends in in_force[other].ends.items()}
    kept: dict[str, dict[str, list[str]]] = {other: {"seq": [], "nash": []} for other in rivals}
    leaves = dict.fromkeys(rivals, "")
    for alike in games:
        analysis = tally.add(alike[0], len(alike)) if tally else alike[0].case.afresh().analyse(("seq",))
        stays = {key: _stay(case, analysis, platform.actor, ends) for key, ends in every.items()}
        for other in rivals:
            for completion, key in in_force[other].places:
                # Its own list and its own settings leave the same things open: they must be settled alike.
                times = len(alike) if other != name else sum(completion.agrees(each) for each in alike)
                for concept, verdicts in kept[other].items():
                    verdicts.extend([stays[key].kept[concept]] * times)
                if times:
                    leaves[other] = leaves[other] or stays[key].leaves
    spreads = {o: {concept: Spread.over(verdicts) for concept, verdicts in each.items()} for o, each in kept.items()}
    completions = [each for alike in games for each in alike]
    return _Wanting(tally.outlook(completions) if tally else None, spreads, leaves)


# --- free again -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stay:
    """In how many of some states the actor would stay, per concept, and the change it would make instead."""

    kept: Mapping[str, str]
    leaves: str


def _stay(case: Case, analysis: Analysis, actor: str, ends: Mapping[str, NDArray[np.uint8]]) -> _Stay:
    conflict, player = analysis.conflict, analysis.conflict.index(actor)
    cells = conflict.land(np.atleast_1d(conflict.encode(ends)))
    kept = {}
    for concept in ("nash", "seq"):
        rows, targets = improving_steps(conflict, analysis.solution, cells, player, concept == "seq")
        kept[concept] = verdict(~np.isin(np.arange(len(cells)), rows))
    return _Stay(kept, _leaving(case, analysis, player, cells, rows, targets))


def _leaving(case: Case, analysis: Analysis, player: int, cells: Cells, rows: NDArray[np.int64], targets: Cells) -> str:
    """What the actor would rather do, from the first end it would not keep: its best unsanctioned improvement."""
    if not len(rows):
        return ""
    mine = targets[rows == rows[0]]
    best = int(mine[int(np.argmax(analysis.solution.payoffs[player].at(mine)))])
    start = int(cells[rows[0]])
    step, place = change(analysis.conflict.settings(start), analysis, best), change(case.now, analysis, start)
    return Phrase.told("{step} (from: {place})", step=FormulaTerm(step), place=FormulaTerm(place) if place else AS_NOW)


def _of(part: int, total: int) -> str:
    return "" if total == 1 else tell("{part} of {total}", part=numeral(part), total=numeral(total))
