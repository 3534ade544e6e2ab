"""What an actor thinks of two states: which is better, by how much, and whether that is known.

The mathematics. A *degree* is attached to every strict preference: 1 mild, 2 great, or more. In a priority list it is
the `strength` of the first statement on which the two states differ (that statement decides, so it also says how
much); with weights it counts how many of the thresholds `great` the difference reaches; in a ranking it is the
greatest step between the two. Where a list leaves something open (`unknown`) a preference is *known* if every
completion of the list has it, and its degree is then the least any completion gives it; two states are *known* to be
equal if they are in every completion; else the comparison is *unknown*. For a statement of unknown sign this says:
two states that it is the first to tell apart are not comparable. Pairs of formulas may be declared unknown besides.

How to make one: `compare(game, reading)`, for the readings of a game (`graded`). Nothing is stored per pair; relations are
worked out as they are asked for. Cost: per pair, the runs of equal strength in the list times its completions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from itertools import accumulate
from math import lcm
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict import Conflict, adjustments
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs
from detente.engine.relations import Classed, Indices, Pairs, Truths, alike, refuse
from detente.errors import InputError, TooLarge, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.uncertainty.completions import completed_lists
from detente.scenario.adjustments import raised
from detente.scenario.model import Ranking, Reading, Statement, Weights

Degrees = NDArray[np.int8]

GREAT = 2
"""The degree called great."""

MOST_DEGREE = 9
"""The highest degree."""

MOST_LISTS = 512
"""Completions of one list that are compared pair by pair."""

Great = Any
"""What is great, said in a call: ranks or texts of statements; a threshold or thresholds; groups of a ranking."""


def graded(case: Case, great: Mapping[str, Great] | None = None) -> Game:
    """The game of a case; `great` says what is great per actor (see `with_great`), else the file does.

    Raises `TooLarge` for more states than pairs can be handled of.
    """
    game = case.game
    refuse(game.count)
    game.check_merges()
    game.require_actors(great or {})
    pairs = zip(game.actors, game.readings, strict=True)
    return replace(game, readings=tuple(with_great(a, r, great[a]) if great and a in great else r for a, r in pairs))


# --- two states -----------------------------------------------------------------------------------------------------


class Account(Protocol):
    """One complete account of what an actor wants; states with equal `marks` (a column each) are alike to it."""

    @property
    def marks(self) -> NDArray[Any]: ...

    def degree(self, s: Indices, t: Indices) -> Degrees:
        """By how much t is better than s: negative if worse, 0 if equal."""
        ...


@dataclass(frozen=True)
class Layers:
    """Lexicographic: the first of `codes` (one row each, larger is better) on which two states differ decides, and how much."""

    codes: NDArray[np.int64]
    degrees: tuple[int, ...]

    @property
    def marks(self) -> NDArray[Any]:
        return self.codes

    def degree(self, s: Indices, t: Indices) -> Degrees:
        found: Degrees = np.zeros(np.broadcast(s, t).shape, dtype=np.int8)
        for code, degree in zip(self.codes[::-1], self.degrees[::-1], strict=True):
            sign = np.sign(code[t] - code[s]).astype(np.int8)
            found = np.where(sign != 0, sign * np.int8(degree), found)
        return found


@dataclass(frozen=True)
class Sums:
    """Added weights, scaled to whole numbers; a difference of `steps[k]` or more is of degree k + 2."""

    values: NDArray[Any]
    steps: tuple[int, ...]

    @property
    def marks(self) -> NDArray[Any]:
        return self.values[None, :]

    def degree(self, s: Indices, t: Indices) -> Degrees:
        gap = self.values[t] - self.values[s]
        size = (gap != 0).astype(np.int8)
        for step in self.steps:
            size += (abs(gap) >= step).astype(np.int8)
        return np.asarray(np.where(gap < 0, -size, size), dtype=np.int8)


@dataclass(frozen=True)
class Adjusted:
    """A list whose ranking is fine-tuned: a raised state differs from others as that does beside which it stands.

    It differs mildly from that one, and from what stands there too. `seats` is that state
    (a state that was not raised: itself), `order` the adjusted order.
    """

    listed: Account
    seats: NDArray[np.int64]
    order: NDArray[np.int64]

    @property
    def marks(self) -> NDArray[Any]:
        return np.concatenate([self.listed.marks[:, self.seats], self.order[None, :]])

    def degree(self, s: Indices, t: Indices) -> Degrees:
        apart = self.listed.degree(self.seats[s], self.seats[t])
        return np.where(apart != 0, apart, np.sign(self.order[t] - self.order[s])).astype(np.int8)


@dataclass(frozen=True)
class Comparison:
    """What an actor thinks of pairs of states, over all the accounts that are possible."""

    accounts: tuple[Account, ...]
    hidden: tuple[tuple[Truths, Truths], ...] = ()

    def _hidden(self, s: Indices, t: Indices) -> Truths:
        found: Truths = np.zeros(np.broadcast(s, t).shape, dtype=np.bool_)
        for first, second in self.hidden:
            found = found | (first[s] & second[t]) | (second[s] & first[t])
        return np.asarray(found & (s != t))

    def _range(self, s: Indices, t: Indices) -> tuple[Degrees, Degrees]:
        all_of = [account.degree(s, t) for account in self.accounts]
        return reduce(np.minimum, all_of), reduce(np.maximum, all_of)

    def degree(self, s: Indices, t: Indices) -> Degrees:
        """By how much t is known to be better than s: negative if worse, 0 if equal or unknown."""
        low, high = self._range(s, t)
        known = np.where(low > 0, low, np.where(high < 0, high, np.int8(0)))
        return np.asarray(np.where(self._hidden(s, t), np.int8(0), known), dtype=np.int8)

    def unknown(self, s: Indices, t: Indices) -> Truths:
        """Whether it is not known which of s and t is better, or whether they are equal."""
        low, high = self._range(s, t)
        return np.asarray((np.sign(low) != np.sign(high)) | self._hidden(s, t))

    @cached_property
    def settled(self) -> bool:
        """Whether nothing is unknown, whatever the states."""
        return len(self.accounts) == 1 and not self.hidden

    # relations, from s to t

    @cached_property
    def _classes(self) -> tuple[Indices, Indices]:
        """The class of each state and the first state of each class: those of a class are alike in all comparisons."""
        marks = [account.marks for account in self.accounts]
        marks.append(np.zeros((1, marks[0].shape[1]), dtype=np.int64))  # even an actor that wants nothing has a class
        for a, b in self.hidden:
            own = np.where(a & b, np.arange(1, len(a) + 1), 0)  # unknown against its like, but equal to itself
            marks.append(np.array([a, b, own], dtype=np.int64))
        together = np.concatenate([np.unique(row, return_inverse=True)[1][None, :] for mark in marks for row in mark])
        return alike(together)

    def _relation(self, pairs: Pairs) -> Pairs:
        classes, first = self._classes
        return Classed(classes, first, pairs)

    @cached_property
    def better(self) -> Pairs:
        """The relation: t is known to be better than s."""
        return self._relation(lambda s, t: np.asarray(self.degree(s, t) > 0))

    @cached_property
    def better_or_unknown(self) -> Pairs:
        """The relation: t is better than s, or for all that is known may be."""
        return self._relation(lambda s, t: (self.degree(s, t) > 0) | self.unknown(s, t))

    @cached_property
    def no_better(self) -> Pairs:
        """The relation: t is known to be worse than s or equal to it."""
        return self._relation(lambda s, t: (self.degree(s, t) <= 0) & ~self.unknown(s, t))

    @cached_property
    def no_better_or_unknown(self) -> Pairs:
        """The relation: t is not known to be better than s."""
        return self._relation(lambda s, t: np.asarray(self.degree(s, t) <= 0))

    def worse_by(self, degree: int) -> Pairs:
        """The relation: t is known to be worse than s by at least this degree."""
        return self._relation(lambda s, t: np.asarray(self.degree(s, t) <= -degree))

    def worse_by_or_unknown(self, degree: int) -> Pairs:
        """The relation: t is known to be worse than s by at least this degree, or the comparison is unknown."""
        return self._relation(lambda s, t: (self.degree(s, t) <= -degree) | self.unknown(s, t))


# --- from a reading -------------------------------------------------------------------------------------------------


def compare(game: Game, reading: Reading, hidden: Iterable[tuple[str, str]] = ()) -> Comparison:
    """What an actor with this reading thinks of pairs of states; `hidden` are pairs of formulas declared unknown."""
    lists = completed_lists(tell("an actor"), reading)
    if len(lists) > MOST_LISTS:
        raise TooLarge(
            tell(
                "reading '{id}' has {number} completions, and at most {most_lists} are compared pair by "
                "pair; settle a sign, a rank or a presence",
                id=reading.id,
                number=numeral(len(lists)),
                most_lists=MOST_LISTS,
            )
        )
    accounts = tuple(account(game.conflict, replace(reading, statements=each)) for each in lists)
    return Comparison(accounts, tuple((game.holds(a, game.states), game.holds(b, game.states)) for a, b in hidden))


def account(conflict: Conflict, reading: Reading) -> Account:
    """A reading in which nothing is unknown, as comparisons with degrees."""
    if pairs := adjustments.pairs(conflict, reading):
        return _adjusted(conflict, reading, pairs)
    if isinstance(reading, Ranking):
        return _of_ranking(payoffs(conflict, reading, conflict.states).astype(np.int64), reading)
    if isinstance(reading, Weights):
        return _of_weights(conflict, reading)
    return _of_list(conflict, reading)


def _adjusted(conflict: Conflict, reading: Reading, pairs: adjustments.Pairs) -> Adjusted:
    listed = replace(reading, adjust=())
    ranks = payoffs(conflict, listed, conflict.states).astype(np.int64)
    places = np.searchsorted(conflict.states, np.array(list(pairs), dtype=np.int64))
    steps = [(int(above), int(below)) for above, below in places]
    spoken = dict.fromkeys(place for pair in steps for place in pair)
    seats = np.arange(len(ranks))
    for state, (rank, step, _) in raised({each: int(ranks[each]) for each in spoken}, steps).items():
        if step:
            seats[state] = np.flatnonzero(ranks == rank)[0]
    return Adjusted(account(conflict, listed), seats, payoffs(conflict, reading, conflict.states).astype(np.int64))


def _of_list(conflict: Conflict, reading: Reading) -> Layers:
    """Runs of statements of one strength become one code each."""
    runs: list[list[Statement]] = []
    for statement in reading.statements:
        if runs and runs[-1][-1].strength == statement.strength:
            runs[-1].append(statement)
        else:
            runs.append([statement])
    codes = [payoffs(conflict, replace(reading, statements=tuple(run)), conflict.states) for run in runs]
    rows = np.array(codes, dtype=np.int64).reshape(len(runs), len(conflict.states))
    return Layers(rows, tuple(run[0].strength for run in runs))


def _of_ranking(heights: NDArray[np.int64], reading: Ranking) -> Layers:
    """The strongest steps first: two states on either side of one differ by its degree."""
    gaps = reading.gaps or (1,) * (len(reading.ranking) - 1)
    degrees = sorted({1, *gaps}, reverse=True)
    worst_first = list(reversed(gaps))
    low = heights - heights.min()
    bands = [
        np.array([0, *accumulate(int(gap >= degree) for gap in worst_first)], dtype=np.int64) for degree in degrees
    ]
    return Layers(np.array([band[low] for band in bands]), tuple(degrees))


def _of_weights(conflict: Conflict, reading: Weights) -> Sums:
    # One scale for the weights and for the steps between degrees, so that both stay whole.
    scale = lcm(reading.scale, *(step.denominator for step in reading.great))
    whole = [int(weight * scale) for weight in reading.weights]
    steps = tuple(int(step * scale) for step in reading.great)
    kind: Any = np.int64 if sum(map(abs, whole)) + max(steps, default=0) < 1 << 61 else object
    total: Any = np.zeros(len(conflict.states), dtype=kind)
    for statement, weight in zip(reading.statements, whole, strict=True):
        total = total + conflict.holds(statement.want, conflict.states).astype(kind) * weight
    return Sums(total, steps)


# --- degrees said in a call -----------------------------------------------------------------------------------------


def with_great(actor: str, reading: Reading, great: Great) -> Reading:
    """The reading with its degrees replaced: what is named is great, the rest mild.

    - priorities: ranks (from 1) or texts of statements, or a mapping from these to degrees;
    - weights: the difference from which a preference is great, or several for degrees 2, 3, ...;
    - ranking: the groups (from 1, best first) after which the step down is great, or a mapping from these to degrees.
    """
    if isinstance(reading, Weights):
        steps = (great,) if isinstance(great, int | float | str | Fraction) else tuple(great)
        return replace(reading, great=_steps(actor, steps))
    wanted = dict(great) if isinstance(great, Mapping) else dict.fromkeys(great, GREAT)
    if any(not isinstance(degree, int) or not 1 <= degree <= MOST_DEGREE for degree in wanted.values()):
        raise InputError(
            tell(
                "degrees of preference are whole numbers from 1 to {most_degree}; found {wanted} for {actor}",
                most_degree=MOST_DEGREE,
                wanted=wanted,
                actor=actor,
            )
        )
    if isinstance(reading, Ranking):
        places = [str(place) for place in range(1, len(reading.ranking))]
        degrees = _degrees(tell("group of {actor}'s ranking", actor=actor), wanted, [(place,) for place in places])
        return replace(reading, gaps=tuple(degrees))
    names = [(str(rank), str(s), str(s.want)) for rank, s in enumerate(reading.statements, start=1)]
    degrees = _degrees(tell("statement of {actor}", actor=actor), wanted, names)
    pairs = zip(reading.statements, degrees, strict=True)
    return replace(reading, statements=tuple(replace(s, strength=degree) for s, degree in pairs))


def as_written(reading: Reading) -> Reading:
    """The reading with nothing in it unknown."""
    return replace(reading, statements=tuple(replace(s, unknown=frozenset()) for s in reading.statements))


def _steps(actor: str, steps: Sequence[Any]) -> tuple[Fraction, ...]:
    try:
        found = tuple(Fraction(str(step)) for step in steps)
    except (ValueError, ZeroDivisionError):
        said = ", ".join(map(str, steps))
        raise InputError(
            tell(
                "{actor} has weights, so what is great is a difference of weights (a number); found {said}",
                actor=actor,
                said=said,
            )
        ) from None
    if any(low >= high for low, high in zip((Fraction(0), *found), found, strict=False)):
        raise InputError(
            tell("the differences from which {actor}'s preference is great must be above 0 and rising", actor=actor)
        )
    return found


def _degrees(kind: str, wanted: Mapping[Any, int], names: Sequence[tuple[str, ...]]) -> list[int]:
    """The degree of each thing that can be named; raises `UnknownName` for what is none of them."""
    known = [name for each in names for name in each]
    refuse_unknown(kind, known, *map(str, wanted))
    named = {str(name): degree for name, degree in wanted.items()}
    return [next((named[name] for name in each if name in named), 1) for each in names]
