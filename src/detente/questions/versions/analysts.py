"""Several analysts of one conflict: how far their lists agree, and which of their disagreements changes which headline.

The mathematics. Each analyst has a version of some actors' lists; of the others all have the one in force. How far two lists
agree is Kendall's rank correlation tau-b, of the orders in which they put the states, and of those in which they put the
statements both have: with P pairs ordered alike, Q the other way round, and of the remaining ones X tied by the first alone
and Y by the second alone, it is (P - Q) / sqrt((P + Q + X)(P + Q + Y)); 1 is the same order, -1 the reverse, and it is not
defined where one list ties all. But a list may agree in nearly everything and disagree in what decides. So each single
disagreement with the first analyst (a statement more, less, elsewhere, or of another weight) is made in that analyst's list
alone, and so are all of an analyst together: it *matters* to the headlines that change.

Versions of a list stand in a file as readings with an `analyst`, or in one file for each analyst over the same options; there
the lists in force count, and what else differs is left to `diff`. In grids over rival readings an analyst's list takes the
place of the first analyst's, and the other versions are not rivals.

How to ask: `analysts(case)`, `analysts(case, others)`. Cost: O(n log n) in the states for each correlation, and the headlines
once for each disagreement and each analyst. Source: Kendall 1945 (ties); Knight 1966 (the count of inversions).

>>> [round(tau_b([1, 2, 3, 4], other) or 0, 3) for other in ([1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 4, 3], [1, 1, 2, 2])]
[1.0, -1.0, 0.667, 0.816]
>>> tau_b([1, 2], [1, 1]) is None
True
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import InputError, Unanswerable
from detente.messages import tell
from detente.questions.versions.diff import UNTRIED, Effect, arrow, effects
from detente.questions.versions.quoted import Quoted, quoted
from detente.result import Answer, Record
from detente.scenario.model import Actor, Ranking, Reading, Scenario, Statement, Weights
from detente.scenario.versions.difference import CHANGED, Difference, apply, differences
from detente.scenario.versions.document import LISTED, Entries
from detente.sheet import ActorTerm, Phrase, Sheet, listing, many

Lists = Mapping[str, Reading]
"""Per actor a list."""


@dataclass(frozen=True, kw_only=True)
class Agreement(Record):
    """How far two analysts' lists of an actor agree: rank correlations (None: not defined), and how many statements both have.

    `statements` counts those that either has.
    """

    first: str
    second: str
    actor: str
    states: float | None
    order: float | None
    common: int
    statements: int


@dataclass(frozen=True, kw_only=True)
class Disagreement(Record):
    """One thing in which an analyst's list of an actor is not the first analyst's, and the headlines it changes alone."""

    number: int
    analyst: str
    actor: str
    difference: Difference
    effects: tuple[Effect, ...]
    tried: bool = True


@dataclass(frozen=True, kw_only=True)
class Seen(Record):
    """What an analyst's lists come to: the headlines, and those that differ from the first analyst's."""

    analyst: str
    lists: tuple[str, ...]
    headlines: tuple[Quoted, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, repr=False, kw_only=True)
class Analysts(Answer):
    """How far analysts agree, and what of their disagreement matters; the first of `views` is what others are compared with.

    `besides` tells in which respects the files differ besides their lists; `stopped` what ended the search early.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("deciding",)

    basis: Basis
    views: tuple[Seen, ...]
    agreements: tuple[Agreement, ...]
    disagreements: tuple[Disagreement, ...]
    besides: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""

    @property
    def deciding(self) -> tuple[int, ...]:
        """The numbers of the disagreements that change a headline alone."""
        return tuple(each.number for each in self.disagreements if each.effects)

    @property
    def headline(self) -> Phrase:
        """How many of the disagreements matter."""
        if not self.disagreements:
            return Phrase.told("The {number} analysts do not disagree in any list.", number=len(self.views))
        tried = sum(each.tried for each in self.disagreements)
        of = tell("{tried} tried", tried=tried) if tried < len(self.disagreements) else f"{len(self.disagreements)}"
        changes = tell("changes") if len(self.deciding) == 1 else tell("change")
        split = [each.analyst for each in self.views if each.effects]
        together = tell("change headlines for {split}", split=listing(split)) if split else tell("change none")
        return Phrase.told(
            "{number} analysts: {number2} of {of} disagreements with {analyst} {changes} a headline "
            "alone; all of an analyst together {together}.",
            number=len(self.views),
            number2=len(self.deciding),
            of=of,
            analyst=self.views[0].analyst,
            changes=changes,
            together=together,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """How far the lists agree, which disagreement changes what, and the headlines of every analyst."""
        about = {each.id: each.about for view in reversed(self.views) for each in view.headlines}
        agreement = tuple(
            (
                f"{each.first}, {each.second}",
                ActorTerm(each.actor),
                _shown(each.states),
                _shown(each.order) if each.statements else "",
                tell("{common} of {statements}", common=each.common, statements=each.statements)
                if each.statements
                else "",
            )
            for each in self.agreements
        )
        means = tell("1: the same order, 0: no relation, -1: the reverse order (Kendall's tau-b).")
        columns = (
            "analysts",
            tell("list of"),
            tell("order of states"),
            tell("order of common aims"),
            tell("aims in common"),
        )
        first = Sheet(tell("How far the lists agree"), columns, agreement, (means,)).trimmed(3)
        rows = tuple(
            (
                each.number,
                each.analyst,
                ActorTerm(each.actor),
                f"{each.difference.place} {each.difference.says}",
                self._effect(each, about),
            )
            for each in self.disagreements
        )
        notes = [
            tell(
                "{name} differs from {analyst} in {number} besides its lists; those are left out.",
                name=name,
                analyst=self.views[0].analyst,
                number=many(number, "thing"),
            )
            for name, number in self.besides.items()
            if number
        ]
        notes += [tell("Not complete: {stopped}.", stopped=self.stopped)] if self.stopped else []
        second = Sheet(
            Phrase.told("Disagreements with {analyst}, one by one", analyst=self.views[0].analyst),
            ("", "analyst", tell("list of"), "what", tell("effect alone")),
            rows,
            tuple(notes),
        )
        return tuple(sheet for sheet in (first, second, self._headlines(about)) if sheet.rows)

    def _effect(self, each: Disagreement, about: Mapping[str, Phrase]) -> str:
        if not each.tried:
            return UNTRIED
        return listing((Phrase.of(about[e.headline], ": ", arrow(e)) for e in each.effects), "; ") or "none"

    def _headlines(self, about: Mapping[str, Phrase]) -> Sheet:
        said = [{each.id: each.verdict for each in view.headlines} for view in self.views]
        rows = tuple((about[key], *(each.get(key, "") for each in said)) for key in about)
        columns = ("headline", *(view.analyst for view in self.views))
        return Sheet(tell("Headlines by analyst"), columns, rows, tuple(self.basis.warnings))


def _shown(tau: float | None) -> str:
    return tell("not defined") if tau is None else f"{tau:.2f}"


# --- asking -----------------------------------------------------------------------------------------------------------


def analysts(
    case: Case,
    others: Iterable[Scenario] = (),
    *,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    progress: Progress = quiet,
    clock: Clock = time.monotonic,
) -> Analysts:
    """How far the analysts of a file, or of several files over the same options, agree, and what of it matters.

    Raises `Unanswerable` where there are fewer than two, `InputError` for files whose options or states are not the same.
    """
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    files = tuple(others)
    base, views = _of_files(case, files) if files else _of_file(case)
    if len(views) < 2:
        raise Unanswerable(
            tell("this question compares analysts; give readings an `analyst`, or name a file for each of them")
        )
    (_, own), *rest = views.items()
    before = quoted(_with(base, own))
    steps = [
        (analyst, actor, difference, reading)
        for analyst, lists in rest
        for actor, theirs in lists.items()
        for difference, reading in _single(own[actor], theirs)
    ]
    found, stopped = [], ""
    for number, (analyst, actor, difference, reading) in enumerate(steps, 1):
        told, tried = tuple[Effect, ...](), not stopped
        try:
            budget.check()
            progress(number, len(steps), "disagreements")
            told = effects(before, quoted(_with(base, {**own, actor: reading})))
        except Spent as spent:
            stopped, tried = stopped or str(spent), False
        found.append(
            Disagreement(number=number, analyst=analyst, actor=actor, difference=difference, effects=told, tried=tried)
        )
    return Analysts(
        basis=case.basis,
        views=tuple(_seen(base, name, lists, before) for name, lists in views.items()),
        agreements=tuple(_agreements(base, views)),
        disagreements=tuple(found),
        besides={each.name: _besides(case.scenario, each) for each in files},
        stopped=stopped,
    )


def _seen(base: Case, analyst: str, lists: Lists, before: tuple[Quoted, ...]) -> Seen:
    found = quoted(_with(base, lists))
    return Seen(
        analyst=analyst,
        lists=tuple(f"{actor}={reading.id}" for actor, reading in lists.items()),
        headlines=found,
        effects=effects(before, found),
    )


# --- whose lists ------------------------------------------------------------------------------------------------------


def _of_file(case: Case) -> tuple[Case, dict[str, Lists]]:
    """The case without the versions; and the analysts of its file, each with a list of every actor that any has one of."""
    scenario = case.scenario
    names = dict.fromkeys(r.analyst for a in scenario.actors for r in a.readings.values() if r.analyst)
    named = {(p.actor, p.reading) for p in scenario.platforms.values() if p.reading}
    judged = {a.id: {r.analyst: r for r in a.readings.values() if r.analyst} for a in scenario.actors}
    views: dict[str, Lists] = {
        name: {actor: versions.get(name, case.reading(actor)) for actor, versions in judged.items() if versions}
        for name in names
    }

    def bare(actor: Actor) -> Actor:
        """The actor with one of the versions, in the place of the list in force."""
        slot = case.chosen.get(actor.id)
        kept = {
            key: reading
            for key, reading in sorted(actor.readings.items(), key=lambda each: each[0] != slot)
            if key == slot or not reading.analyst or (actor.id, key) in named
        }
        return replace(actor, readings=kept)

    return _changed(case, map(bare, scenario.actors)), views


def _of_files(case: Case, others: Sequence[Scenario]) -> tuple[Case, dict[str, Lists]]:
    """One analyst for each file, by its name, with the lists in force there."""
    views: dict[str, Lists] = {}
    for number, scenario in enumerate((case.scenario, *others), 1):
        _alike(case.scenario, scenario)
        chosen = case.chosen if number == 1 else scenario.choose()
        name = scenario.name if scenario.name not in views else f"{scenario.name} ({number})"
        views[name] = {a.id: a.reading(chosen.get(a.id)) for a in scenario.actors if a.readings}
    return _changed(case, case.scenario.actors), views


def _alike(one: Scenario, other: Scenario) -> None:
    """Refuse files whose lists cannot be exchanged."""

    def ground(scenario: Scenario) -> dict[str, Any]:
        states = scenario.graph.states if scenario.graph else tuple(sorted(scenario.states))
        lists = [a.id for a in scenario.actors if a.readings]
        return {
            "options": {option.key: (option.actor, option.choices) for option in scenario.options},
            "states": states if scenario.graph or any(isinstance(r, Ranking) for r in _all(scenario)) else (),
            "actors that want something": lists,
        }

    mine, theirs = ground(one), ground(other)
    for what in mine:
        if mine[what] != theirs[what]:
            raise InputError(
                tell(
                    "{name} and {name2} do not have the same {what}, so their lists cannot be exchanged; "
                    "expected files over the same options: compare these by their differences",
                    name=one.name,
                    name2=other.name,
                    what=what,
                )
            )


def _all(scenario: Scenario) -> Iterator[Reading]:
    return (reading for actor in scenario.actors for reading in actor.readings.values())


def _besides(one: Scenario, other: Scenario) -> int:
    """In how many respects two files differ besides what their actors want."""
    from detente.scenario.versions.merge import document_of

    if not (one.text and other.text):
        return 0
    return sum("readings" not in each.path for each in differences(document_of(one), document_of(other)))


def _changed(case: Case, actors: Iterable[Actor]) -> Case:
    """The case with other actors; its worlds, if their readings are all there, else the reading in force comes first."""
    there = {actor.id: actor for actor in actors}
    known = all(
        reading in there[actor].readings for world in case.scenario.worlds.values() for actor, reading in world.items()
    )
    worlds, world = (case.scenario.worlds, case.world) if known else ({}, None)
    # What is not chosen stays open, so that grids go through it.
    return replace(case, scenario=replace(case.scenario, actors=tuple(there.values()), worlds=worlds), world=world)


def _with(case: Case, lists: Lists) -> Case:
    """The case with these lists in the place of those in force."""

    def having(actor: Actor) -> Actor:
        if actor.id not in lists:
            return actor
        slot = case.chosen[actor.id]
        return replace(actor, readings={**actor.readings, slot: replace(lists[actor.id], id=slot)})

    return _changed(case, map(having, case.scenario.actors))


# --- what they disagree in --------------------------------------------------------------------------------------------


def _single(own: Reading, theirs: Reading) -> Iterator[tuple[Difference, Reading]]:
    """Each single disagreement of two lists, and the first list with it alone."""
    if type(own) is not type(theirs) or isinstance(own, Ranking):
        if own.entries != theirs.entries or type(own) is not type(theirs):
            yield Difference((tell("the whole list"),), CHANGED, list(own.texts), list(theirs.texts)), theirs
        return
    mine, other = _entries(own), _entries(theirs)
    statements = {**_statements(theirs), **_statements(own)}
    changed = _statements(theirs)
    for difference in differences(mine, other):
        applied = apply(mine, other, [difference])
        taken = (
            {**statements, difference.path[0]: changed[difference.path[0]]}
            if difference.kind == CHANGED
            else statements
        )
        yield difference, own.listing(tuple(taken[key] for key in applied.items), own.id)


def _statements(reading: Reading) -> dict[str, Statement]:
    """The statements by their formulas, with a number behind one that has stood before."""
    found: dict[str, Statement] = {}
    for statement in reading.statements:
        key = str(statement.want)
        again = itertools.count(2)
        while key in found:
            key = f"{statement.want} ({next(again)})"
        found[key] = statement
    return found


def _entries(reading: Reading) -> Entries:
    """A list as entries, by formula; what is told of each is its weight or its strength."""

    def said(statement: Statement) -> str:
        if statement.weight is not None:
            return str(statement.weight)
        return "" if statement.strength == 1 else tell("degree {strength}", strength=statement.strength)

    told = {key: said(statement) for key, statement in _statements(reading).items()}
    return Entries(told, LISTED, ordered=not isinstance(reading, Weights))


# --- how far they agree -----------------------------------------------------------------------------------------------


def _agreements(base: Case, views: Mapping[str, Lists]) -> Iterator[Agreement]:
    game, places = base.game, {actor: n for n, actor in enumerate(base.actors)}
    for (one, mine), (other, theirs) in itertools.combinations(views.items(), 2):
        for actor in mine:
            scores = [game.where(places[actor], each[actor]).scores(places[actor]) for each in (mine, theirs)]
            first, second = _statements(mine[actor]), _statements(theirs[actor])
            common = [key for key in first if key in second]
            yield Agreement(
                first=one,
                second=other,
                actor=actor,
                states=tau_b(*scores),
                order=tau_b(*([_height(each, key) for key in common] for each in (first, second))),
                common=len(common),
                statements=len({**first, **second}),
            )


def _height(statements: Mapping[str, Statement], key: str) -> float:
    """How high a statement stands: its weight, else its place from below."""
    weight = statements[key].weight
    return float(abs(weight)) if weight is not None else len(statements) - list(statements).index(key)


def tau_b(one: Any, other: Any) -> float | None:
    """Kendall's tau-b of two sequences of numbers; None where one of them ties all. O(n log n)."""
    x, y = (np.unique(np.asarray(each), return_inverse=True)[1] for each in (one, other))
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    both = x.astype(np.int64) * (int(y.max(initial=0)) + 1) + y
    pairs = len(x) * (len(x) - 1) // 2
    tied_x, tied_y, tied = _ties(x), _ties(y), _ties(both)
    if tied_x == pairs or tied_y == pairs:
        return None
    alike_less_reversed = pairs - tied_x - tied_y + tied - 2 * inversions(y)
    return alike_less_reversed / math.sqrt((pairs - tied_x) * (pairs - tied_y))


def _ties(values: NDArray[Any]) -> int:
    """How many pairs are tied."""
    return sum(int(n) * (int(n) - 1) // 2 for n in np.unique(values, return_counts=True)[1])


FEW = 64
"""Numbers of which every pair is looked at."""


def inversions(values: NDArray[Any]) -> int:
    """How many pairs stand in falling order.

    >>> inversions(np.array([3, 1, 2, 2]))
    3
    """
    if len(values) <= FEW:
        return int(np.triu(values[:, None] > values[None, :], 1).sum())
    half = len(values) // 2
    low, high = values[:half], values[half:]
    across = half * len(high) - int(np.searchsorted(np.sort(low), high, side="right").sum())
    return inversions(low) + inversions(high) + across
