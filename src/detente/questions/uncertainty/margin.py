"""The margin of a verdict: how many neighbours in the actors' lists must change places before it is another one.

The mathematics. Two lists of one actor are a step apart if two neighbours have changed places; of a ranking of states also
if two neighbouring groups of ties have become one, or one has become two. The distance of two lists is the least number of
steps, that of two combinations of lists the sum over the actors. The *margin* of a verdict is the least distance from the
combination that the file gives at which the verdict differs. Weights have no order, so they stay as they are, and the answer
says for whom there is no margin; readings are never exchanged for one another.

A margin is exact: every combination of lists that is nearer has been tried, or orders the states as one that has. If none
does it up to the distance looked at, the margin is more than that. Lists that tell merged states apart mean nothing; they are
passed over, and counted.

How to ask: `margin(case, query, 3)`. Steps: of each actor the lists by distance, a breadth-first search that keeps one list
for each order of the states; then by total distance every combination of them, many games at once in a small model, else
one analysis each. Cost: combinations within the distance (about n^d / d! of lists with n lines in all) times a game; `seconds`
end it, and what is proved by then is said. Source: Kendall 1938 (the distance); the margin of a verdict is ours.

>>> from detente.case import Case, Query
>>> from detente.scenario import load
>>> found = margin(Case(load("prisoners_dilemma")), Query("cooperation"), 3)
>>> found.verdict, found.margin, found.proved
('ALL', 1, 1)
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from detente.arguments import check
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, Query, sensible, verdict, verdict_of
from detente.conflict.game import Game
from detente.conflict.kept import SMALL
from detente.conflict.payoffs import check_merges
from detente.engine import Progress, quiet
from detente.engine.concepts import CONCEPTS
from detente.engine.many import ranked
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.questions.uncertainty.headlines import VERDICTS
from detente.questions.uncertainty.judge import Judge
from detente.result import Answer, Record
from detente.scenario.model import PriorityList, Ranking, Reading
from detente.sheet import ActorTerm, Phrase, Sheet, VerdictTerm, listing, many

FARTHEST = 3
"""How far is looked unless somebody says otherwise."""

SHOWN = 12
"""Combinations at the margin that are listed where people read; the JSON has all of them."""

AT_ONCE = 4_096
"""Combinations judged in one go."""

MOST = 1_000
"""Combinations at the margin that are kept; more are counted only."""


@dataclass(frozen=True)
class Moved(Record):
    """One actor's list as it would have to be, best first, and how many steps it is from the file's."""

    actor: str
    steps: int
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Other(Record):
    """A combination of lists at the margin: whose lists differ, and the verdict then."""

    moved: tuple[Moved, ...]
    verdict: str


@dataclass(frozen=True, repr=False, kw_only=True)
class Margin(Answer):
    """The least number of steps to another verdict; None if there is none up to `proved`.

    `proved` is the distance up to which every combination has been tried, or that of the margin; `others` are combinations at
    the margin (`count` of them in all), `tried` how many were asked, `senseless` how many mean nothing. `unmoved` are the
    actors whose lists have no order to change; `stopped` says what ended the search early.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("more_than",)

    basis: Basis
    query: Query
    verdict: str
    margin: int | None
    proved: int
    others: tuple[Other, ...]
    count: int
    tried: int
    senseless: int
    unmoved: tuple[str, ...]
    stopped: str

    @property
    def more_than(self) -> int | None:
        """The distance that the margin is known to exceed; None where the margin is known."""
        return self.proved if self.margin is None else None

    @property
    def headline(self) -> Phrase:
        """The verdict, and how near another one is."""
        now = self.query.says(VerdictTerm(self.verdict))
        if self.margin is None:
            if not self.proved:
                return Phrase.told("{now}; how near another answer is, is not known: the search ended.", now=now)
            return Phrase.told(
                "{now}, and so it is within {number} in the actors' lists.", now=now, number=many(self.proved, "step")
            )
        whose = listing(
            dict.fromkeys(ActorTerm(each.actor) for other in self.others for each in other.moved), tell(" or ")
        )
        return Phrase.told(
            "{now}; {number} in the lists of {whose} would flip that.",
            now=now,
            number=many(self.margin, "step"),
            whose=whose,
        )

    @property
    def line(self) -> Phrase:
        """What was found, and how far was looked."""
        if self.margin is None:
            if not self.proved:
                return Phrase.told("No margin is known: the search ended before all lists one step away were tried.")
            return Phrase.told(
                "No change of places of up to {number} in the actors' lists flips it; all were tried.",
                number=many(self.proved, "step"),
            )
        do = tell("combination of lists flips") if self.count == 1 else tell("combinations of lists flip")
        then = tell(" or ").join(dict.fromkeys(other.verdict for other in self.others))
        return Phrase.told(
            "{count} {do} it at {number}, none nearer; then it is {then}.",
            count=numeral(self.count),
            do=do,
            number=many(self.margin, "step"),
            then=then,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        notes = [self.line]
        if self.count > SHOWN:
            notes.append(Phrase.told("{count} more are not listed.", count=numeral(self.count - SHOWN)))
        if self.unmoved:
            notes.append(
                Phrase.told(
                    "No margin for {unmoved}: weights have no order to change.",
                    unmoved=listing(map(ActorTerm, self.unmoved)),
                )
            )
        if self.senseless:
            notes.append(
                Phrase.told(
                    "{senseless} combinations tell merged states apart and mean nothing.",
                    senseless=numeral(self.senseless),
                )
            )
        if self.stopped:
            notes.append(
                Phrase.told(
                    "Not complete: {stopped}. Proved up to {number}.",
                    stopped=self.stopped,
                    number=many(self.proved, "step"),
                )
            )
        rows = tuple(
            (
                listing(
                    (
                        Phrase.told("{actor} by {steps}", actor=ActorTerm(each.actor), steps=each.steps)
                        for each in other.moved
                    ),
                    " + ",
                ),
                listing(
                    (Phrase.of(ActorTerm(each.actor), ": ", "; ".join(each.entries)) for each in other.moved), " | "
                ),
                VerdictTerm(other.verdict),
            )
            for other in self.others[:SHOWN]
        )
        title = Phrase.told(
            "How near another verdict is: '{phrase}', now {verdict}",
            phrase=self.query.phrase,
            verdict=VerdictTerm(self.verdict),
        )
        return (Sheet(title, ("lists", tell("best first"), "verdict"), rows, (*notes, *self.basis.warnings)),)


# --- asking -----------------------------------------------------------------------------------------------------------


def margin(
    case: Case,
    query: Query,
    farthest: int = FARTHEST,
    *,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    progress: Progress = quiet,
    clock: Clock = time.monotonic,
) -> Margin:
    """The least number of neighbours that must change places in the actors' lists before the verdict is another one.

    `farthest` is the distance up to which is looked. After `seconds`, or when `cancelled` says so, the answer says how far
    all combinations have been tried. Raises `InputError` for a distance below 1.
    """
    check(tell("the distance of a margin"), farthest, "int")
    if farthest < 1:
        raise InputError(
            tell("the distance is {farthest}; expected how many steps to look, at least 1", farthest=farthest)
        )
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    now, game = verdict(case, query), case.game
    lists = [_Lists(game, index, reading) for index, reading in enumerate(game.readings) if _is_ordered(reading)]
    judged = _judging(game, case.sanctions, query)
    others: list[Other] = []
    tried = senseless = count = proved = 0
    stopped, found = "", None
    try:
        for distance in range(1, farthest + 1):
            for chosen, then in judged(_watched(_combinations(lists, distance, budget), distance, budget, progress)):
                tried += 1
                if then is None:
                    senseless += 1
                elif then != now:
                    count += 1
                    if len(others) < MOST:
                        others.append(Other(tuple(_told(game, each) for each in chosen), then))
            proved = distance
            if count:
                found = distance
                break
    except Spent as spent:
        stopped = str(spent)
        # what was found on the way is a margin only if everything nearer has been tried, and it has
        found = proved + 1 if count else None
    return Margin(
        basis=case.basis,
        query=query,
        verdict=now,
        margin=found,
        proved=proved,
        others=tuple(others),
        count=count,
        tried=tried,
        senseless=senseless,
        unmoved=tuple(
            player.id
            for player, reading in zip(game.conflict.players, game.readings, strict=True)
            if not _is_ordered(reading) and len(reading.statements) > 1
        ),
        stopped=stopped,
    )


def _is_ordered(reading: Reading) -> bool:
    return isinstance(reading, PriorityList | Ranking)


_Step = tuple[int, int, Reading]
"""A player, how many steps its list is from the file's, and the list."""

_Combination = tuple[_Step, ...]


class _Lists:
    """One actor's lists by distance, one for each order of the states, found as far as they are asked for."""

    def __init__(self, game: Game, player: int, reading: Reading) -> None:
        self.game, self.player, self.reading = game, player, reading
        start = _entries(reading)
        self.seen = {start}
        self.orders = {self._order(reading)}
        self.edge = [start]
        self.levels: list[list[Reading]] = [[]]

    def at(self, distance: int, budget: Budget) -> list[Reading]:
        """The lists at just this distance that order the states as none nearer does."""
        while len(self.levels) <= distance:
            edge, level = [], list[Reading]()
            for entries in self.edge:
                budget.check()
                for other in _neighbours(self.reading, entries):
                    if other in self.seen:
                        continue
                    self.seen.add(other)
                    edge.append(other)
                    changed = self.reading.listing(other, "changed")
                    order = self._order(changed)
                    if order not in self.orders:
                        self.orders.add(order)
                        level.append(changed)
            self.edge = edge
            self.levels.append(level)
        return self.levels[distance]

    def _order(self, reading: Reading) -> bytes:
        if self.game.conflict.merging:  # what is told apart inside a merged state is found out by asking
            return repr(_entries(reading)).encode()
        return self.game.where(self.player, reading).scores(self.player).tobytes()


def _entries(reading: Reading) -> tuple[object, ...]:
    return tuple(reading.ranking) if isinstance(reading, Ranking) else tuple(reading.statements)


def _neighbours(reading: Reading, entries: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    """The lists one step away."""
    for place in range(len(entries) - 1):
        yield (*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :])
    if not isinstance(reading, Ranking):
        return
    groups: tuple[tuple[str, ...], ...] = entries  # type: ignore[assignment]
    for place in range(len(groups) - 1):
        yield (*groups[:place], _sorted(groups[place] + groups[place + 1]), *groups[place + 2 :])
    for place, group in enumerate(groups):
        for size in range(1, len(group)):
            for upper in itertools.combinations(group, size):
                lower = tuple(each for each in group if each not in upper)
                yield (*groups[:place], upper, lower, *groups[place + 1 :])


def _sorted(group: Iterable[str]) -> tuple[str, ...]:
    """The states of a group in one order, so that equal groups are equal."""
    return tuple(sorted(group))


def _combinations(lists: list[_Lists], distance: int, budget: Budget) -> Iterator[tuple[_Step, ...]]:
    """Every combination of changed lists whose distances add up to this one."""
    if not lists:
        return
    first, rest = lists[0], lists[1:]
    for own in range(distance + 1):
        if own == 0:
            yield from _combinations(rest, distance, budget)
            continue
        for reading in first.at(own, budget):
            mine = (first.player, own, reading)
            if own == distance:
                yield (mine,)
            else:
                for others in _combinations(rest, distance - own, budget):
                    yield (mine, *others)


def _watched(
    combinations: Iterable[_Combination], distance: int, budget: Budget, progress: Progress
) -> Iterator[_Combination]:
    """The combinations, with an eye on the budget."""
    for number, chosen in enumerate(combinations):
        if number % 32 == 0:
            budget.check()
            progress(number, 0, tell("{number} away", number=many(distance, "step")))
        yield chosen


_Judged = Callable[[Iterable[_Combination]], Iterator[tuple[_Combination, str | None]]]


def _judging(game: Game, sanctions: str, query: Query) -> _Judged:
    """How combinations are judged: many at once where that can be done, else one by one."""
    concept = CONCEPTS.get(query.concept or "")
    usual = query.concept is None or (concept is not None and concept.answers != "simultaneous")
    if usual and game.now is not None and game.count <= SMALL:
        return _AtOnce(game, Judge(game, sanctions, [query])).judged
    return lambda combinations: ((chosen, _verdict(game, chosen, sanctions, query)) for chosen in combinations)


class _AtOnce:
    """Combinations of lists judged many at once; each list is ranked, and looked at for merged states, once."""

    def __init__(self, game: Game, judge: Judge) -> None:
        self.game, self.judge = game, judge
        self.rows: list[list[Any]] = [[game.scores(player)] for player in range(len(game.readings))]
        self.numbers: dict[tuple[int, int], int] = {}
        self.kept: list[Reading] = []  # so that the number of each list stays its own

    def judged(self, combinations: Iterable[_Combination]) -> Iterator[tuple[_Combination, str | None]]:
        """Each combination with its verdict; None where a list tells merged states apart."""
        waiting = iter(combinations)
        while part := list(itertools.islice(waiting, AT_ONCE)):
            numbered = [[(player, self._number(player, reading)) for player, _, reading in chosen] for chosen in part]
            sound = [place for place, each in enumerate(numbered) if all(number >= 0 for _, number in each)]
            games = np.zeros((len(self.rows), len(sound)), dtype=np.int64)
            for column, place in enumerate(sound):
                for player, number in numbered[place]:
                    games[player, column] = number
            verdicts: list[str | None] = [None] * len(part)
            if sound:
                codes = self.judge.of([ranked(np.stack(rows)) for rows in self.rows], games)[0]
                for place, code in zip(sound, codes.tolist(), strict=True):
                    verdicts[place] = VERDICTS[code]
            yield from zip(part, verdicts, strict=True)

    def _number(self, player: int, reading: Reading) -> int:
        """Which row of ranks a list has; -1 for a list that tells merged states apart."""
        key = player, id(reading)
        if key not in self.numbers:
            self.kept.append(reading)
            self.numbers[key] = -1
            if self.game.conflict.merging and sensible(lambda: self._merges(reading)) is None:
                return -1
            self.numbers[key] = len(self.rows[player])
            self.rows[player].append(self.game.where(player, reading).scores(player))
        return self.numbers[key]

    def _merges(self, reading: Reading) -> str:
        check_merges(self.game.conflict, reading)
        return "sound"


def _verdict(game: Game, chosen: Iterable[_Step], sanctions: str, query: Query) -> str | None:
    """The verdict with these lists; None where one of them tells merged states apart."""
    changed = game
    for player, _, reading in chosen:
        changed = changed.where(player, reading)
    return sensible(lambda: verdict_of(changed, sanctions, query))


def _told(game: Game, step: _Step) -> Moved:
    player, steps, reading = step
    return Moved(game.conflict.players[player].id, steps, tuple(reading.texts))
