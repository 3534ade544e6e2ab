"""The tests of a package: how it changes an actor's comparisons, and what the stability of a state asks of it.

The mathematics. Under a package an actor likes one state at least as much as another or not; which of the two is a *test*
of the amounts bought (`incentives.program`). In a priority list with the wishes on offer at their ranks, only those above
the first written statement that tells the two states apart matter: a decision list. With weights the difference is a sum.
States that agree on all statements and offers are one *class*, so there are few different tests.

State s is stable for actor i if every own move to s1 has a way out (compare `inverse.stability_conditions`): s1 is
liked no better than s, or some answer s2 is, for SMR and SSEQ with everything i can move on to. That is a clause of
tests per own move.

- Nash, SMR, GMR: the answers depend on the moves alone, so these clauses say exactly when s is stable.
- SEQ, SSEQ: with any answers the clauses are a *relaxation*. Under a package that meets them, let C be all that credible
  answers to s1 reach. s can only become stable if s1, or something in C, is no longer liked better, or if an answer that
  leads out of C becomes an improvement for its mover: that is the *cut*, a clause of tests that the package fails.

How to use it: `PackageTests(case, incentives)`; `clauses(player, state, reach)` for what `reach(concept, player)` finds of all
states at once. Cost: per player, moves × different classes / 64 × length of the longest useful sequence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.budget import Budget, Spent
from detente.case import Case
from detente.conflict import Conflict
from detente.engine import arcs_of
from detente.engine.arcs import Arcs
from detente.engine.concepts import Concept
from detente.errors import Unanswerable
from detente.messages import numeral, tell
from detente.questions.incentives.offers import most, wish
from detente.questions.incentives.program import Decided, Sum, Test
from detente.questions.inverse.monotone_conditions import Clause, clause
from detente.scenario.model import Incentive, Reading, Weights

Words = NDArray[np.uint64]
"""Sets as bits: one row of words per state."""

MOST_CLASSES = 4096
"""Classes of states one actor may tell apart before sets of them take too much room."""

MOST_BYTES = 1 << 30
"""Memory for sets of classes, as bits, unless the budget says otherwise."""

TRUE, FALSE = -1, -2
"""Tests whose value does not depend on what is bought."""


@dataclass(frozen=True, kw_only=True)
class Classes:
    """What an actor tells apart: the class of every state, and what a class is worth or says at every rank.

    Priorities: `truths[c, p]` for the p-th place of the list, `places[p]` the amount there (None: a written statement).
    Weights: `worth[c]` as it is, and `truths[c, k]` whether the k-th offer is due, `gains[k]` what a unit adds.
    """

    classes: NDArray[np.int64]
    truths: NDArray[np.bool_]
    places: tuple[int | None, ...]
    worth: tuple[int, ...] = ()
    gains: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return len(self.truths)

    def no_worse(self, one: int, other: int) -> Test:
        """The test that is true where a state of the one class is liked at least as much as one of the other."""
        if self.gains or self.worth:
            terms = zip(self.places, self.gains, self.truths[other].astype(int) - self.truths[one], strict=True)
            some = tuple((amount, gain * int(sign)) for amount, gain, sign in terms if amount is not None and sign)
            return Sum(some, self.worth[one] - self.worth[other])
        # The list as written, from the top, as far as it tells the two apart: an offer decides only if it is bought, a written
        # statement always does.
        steps: list[tuple[int, bool]] = []
        otherwise = True
        for place in np.flatnonzero(self.truths[one] != self.truths[other]).tolist():
            amount, favours = self.places[place], bool(self.truths[one, place])
            if amount is None:
                otherwise = favours
                break
            steps.append((amount, favours))
        while steps and steps[-1][1] is otherwise:  # says what would be said without it
            steps.pop()
        return Decided(tuple(steps), otherwise)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What answers to a state can come to, as bits per different row: base sets, then tests that would let out of it.

    `row[s]` is the row of a state; `bases[b]` the classes of the b-th base set; bits from `len(bases)` on are `turns`.
    """

    row: NDArray[np.int64]
    rows: Words
    bases: tuple[tuple[int, ...], ...]
    turns: tuple[int, ...]
    made: dict[tuple[int, int, int], Clause] = field(default_factory=dict)
    """Clauses by the class of the state, the class moved to, and the row there."""


@dataclass(kw_only=True)
class PackageTests:
    """The states and moves of a case, and everybody's comparisons as tests of amounts of these incentives.

    Tests are numbered as they are first asked for (`listed`), so that equal ones are one column of a program.
    """

    case: Case
    incentives: tuple[Incentive, ...]
    budget: Budget = field(default_factory=lambda: Budget(memory=MOST_BYTES))
    listed: list[Test] = field(default_factory=list)
    numbers: dict[Test, int] = field(default_factory=dict)
    _pairs: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _bases: dict[int, tuple[NDArray[np.int64], tuple[tuple[int, ...], ...]]] = field(default_factory=dict)
    _ends: dict[int, list[NDArray[np.int64]]] = field(default_factory=dict)

    @cached_property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    @cached_property
    def states(self) -> NDArray[np.int64]:
        return self.conflict.states

    @cached_property
    def players(self) -> range:
        return range(len(self.conflict.players))

    @cached_property
    def arcs(self) -> tuple[Arcs, ...]:
        return tuple(arcs_of(self.conflict, player) for player in self.players)

    @cached_property
    def most(self) -> tuple[int, ...]:
        return tuple(most(self.case, incentive) for incentive in self.incentives)

    # --- comparisons ---

    @cached_property
    def classes_of(self) -> tuple[Classes, ...]:
        readings = self.case.game.readings
        return tuple(self._classes(player, reading) for player, reading in enumerate(readings))

    def _classes(self, player: int, reading: Reading) -> Classes:
        name = self.conflict.players[player].id
        mine = [(amount, incentive) for amount, incentive in enumerate(self.incentives) if incentive.to == name]
        if mine and reading.adjust:
            message = tell(
                "the list '{id}' of {name} adjusts its ranking state by state, which an offer may move past: the search "
                "for packages needs lists without `adjust`",
                id=reading.id,
                name=name,
            )
            raise Unanswerable(message)
        if isinstance(reading, Weights) and not reading.adjust:
            return self._weighted(reading, mine)
        if not mine:
            ranks = self.case.game.scores(player)
            classes = np.unique(ranks, return_inverse=True)[1].astype(np.int64)
            count = int(classes.max(initial=0)) + 1
            nothing = np.zeros((count, 0), dtype=np.bool_)
            return Classes(classes=classes, truths=nothing, places=(), worth=tuple(range(count)))
        places: list[int | None] = []
        columns = []
        for rank in range(len(reading.statements) + 1):
            for amount, incentive in mine:
                if (incentive.at or 1) - 1 == rank:
                    places.append(amount)
                    columns.append(self.conflict.holds(wish(incentive), self.states))
            for statement in reading.statements[rank : rank + 1]:
                places.append(None)
                columns.append(self.conflict.holds(statement.want, self.states))
        truths, classes = _different(np.stack(columns, axis=1))
        return Classes(classes=classes, truths=truths, places=tuple(places))

    def _weighted(self, reading: Weights, mine: Sequence[tuple[int, Incentive]]) -> Classes:
        worths = reading.weights
        scale = math.lcm(*(w.denominator for w in [*worths, *(incentive.worth for _, incentive in mine)]))
        columns = [self.conflict.holds(incentive.when, self.states) for _, incentive in mine]
        columns += [self.conflict.holds(statement.want, self.states) for statement in reading.statements]
        table = np.stack(columns, axis=1) if columns else np.zeros((len(self.states), 0), dtype=np.bool_)
        truths, classes = _different(table)
        whole = np.array([int(w * scale) for w in worths], dtype=object)
        worth = tuple(int(sum(whole[row[len(mine) :]])) for row in truths)
        gains = tuple(int(incentive.worth * scale) for _, incentive in mine)
        amounts = tuple(amount for amount, _ in mine)
        return Classes(classes=classes, truths=truths[:, : len(mine)], places=amounts, worth=worth, gains=gains)

    def no_worse(self, player: int, one: int, other: int) -> int:
        """The number of the test whether the player likes the one class at least as much as the other; or a constant."""
        key = (player, one, other)
        if key not in self._pairs:
            self._pairs[key] = self.number(self.classes_of[player].no_worse(one, other))
        return self._pairs[key]

    def better(self, player: int, one: int, other: int) -> int:
        """The number of the test whether the player likes the one class better than the other; or a constant."""
        number = self.no_worse(player, other, one)
        return self.opposite(number)

    def opposite(self, number: int) -> int:
        """The number of the test that is true where this one is false."""
        if number < 0:
            return FALSE if number == TRUE else TRUE
        return self.number(self.listed[number].opposite)

    def number(self, test: Test) -> int:
        fixed = test.constant(self.most)
        if fixed is not None:
            return TRUE if fixed else FALSE
        if test not in self.numbers:
            self.numbers[test] = len(self.listed)
            self.listed.append(test)
        return self.numbers[test]

    # --- what can be answered ---

    def bases(self, player: int, escape: bool) -> tuple[NDArray[np.int64], tuple[tuple[int, ...], ...]]:
        """Per state the number of its base set: its class, with `escape` also the classes the player can move on to."""
        classes = self.classes_of[player].classes
        if not escape:
            return classes, tuple((c,) for c in range(self.classes_of[player].count))
        if player not in self._bases:
            own = self.arcs[player]
            pairs = np.concatenate([np.arange(own.states), own.start]), np.concatenate([classes, classes[own.end]])
            found, numbers = _sets(own.states, *pairs)
            self._bases[player] = numbers, found
        return self._bases[player]

    def reach(self, concept: Concept, player: int, amounts: Sequence[int] | None = None) -> Reach:
        """What the others' answers can come to from every state; raises `Spent` if that takes too much room.

        With `amounts` only answers that are improvements under this package count, and the tests that would let out of what
        they reach are listed; without, any moves.
        """
        base, sets = self.bases(player, concept.escape)
        others = [] if concept.answers == "none" else [k for k in self.players if k != player]
        arcs, turning = [self.arcs[k] for k in others], [np.full(0, 0)] * len(others)
        turns: tuple[int, ...] = ()
        if amounts is not None:
            # An answer that is no improvement now becomes a step once its test is true: that is a way out of what is reached.
            split = [self._split(k, amounts) for k in others]
            arcs = [each for each, _ in split]
            turns = tuple(sorted({int(t) for _, found in split for t in np.unique(found) if t >= 0}))
            turning = [found for _, found in split]
        # One bit per base set and one per test: the sets that sequences of answers come to are unions, made word by word.
        words = (len(sets) + len(turns) + 63) // 64
        held = max([0, *(len(a.start) for a in arcs)]) + 4 * len(base) * (len(others) + 1) * words
        if len(sets) > MOST_CLASSES:
            raise Spent(
                tell(
                    "{number} classes of states are told apart, and {most_classes} allowed",
                    number=numeral(len(sets)),
                    most_classes=numeral(MOST_CLASSES),
                ),
                "memory",
            )
        self.budget.need(8 * held)
        own = _bits(np.arange(len(base)), base, len(base), words)
        place = {turn: len(sets) + number for number, turn in enumerate(turns)}
        extra = [self._turning(self.arcs[k], found, place, words) for k, found in zip(others, turning, strict=True)]
        spread = _spread(own, arcs, extra, one_step=self.case.sanctions == "one-step")
        rows, numbers = _different(spread)
        return Reach(row=numbers, rows=rows, bases=sets, turns=turns)

    def _split(self, player: int, amounts: Sequence[int]) -> tuple[Arcs, NDArray[np.int64]]:
        """The player's improvements under the package, and per move the test that would make it one (-1: none)."""
        own, classes = self.arcs[player], self.classes_of[player].classes
        count = self.classes_of[player].count
        pairs, numbers = np.unique(classes[own.end] * count + classes[own.start], return_inverse=True)
        tests = [self.better(player, int(pair) // count, int(pair) % count) for pair in pairs]
        true = np.array([self.holds(test, amounts) for test in tests], dtype=np.bool_)
        turn = np.array(
            [-1 if test < 0 or now else test for test, now in zip(tests, true, strict=True)], dtype=np.int64
        )
        if not len(pairs):
            return own, np.full(0, -1)
        return own.where(true[numbers]), turn[numbers]

    def holds(self, test: int, amounts: Sequence[int]) -> bool:
        return test == TRUE if test < 0 else self.listed[test].true(amounts)

    def _turning(self, arcs: Arcs, turn: NDArray[np.int64], place: dict[int, int], words: int) -> Words:
        some = np.flatnonzero(turn >= 0)
        where = np.array([place[int(t)] for t in turn[some]], dtype=np.int64)
        return _bits(arcs.start[some], where, arcs.states, words)

    # --- clauses ---

    def clauses(self, player: int, state: int, reach: Reach) -> frozenset[Clause]:
        """What the player's own moves from the state ask of purchases; an empty clause cannot be met."""
        ends = self.ends(player)[state]
        classes = self.classes_of[player].classes
        here = int(classes[state])
        found = {self._clause(player, here, int(classes[end]), int(reach.row[end]), reach) for end in ends}
        return frozenset(each for each in found if frozenset() not in each)

    def ends(self, player: int) -> list[NDArray[np.int64]]:
        """Per state where the player can move."""
        if player not in self._ends:
            own = self.arcs[player]
            self._ends[player] = np.split(own.end, np.searchsorted(own.start, np.arange(1, own.states)))
        return self._ends[player]

    def _clause(self, player: int, here: int, there: int, row: int, reach: Reach) -> Clause:
        """Way out of one own move: it is liked no better, an answer is, or an answer that leads further becomes credible."""
        key = (here, there, row)
        if key not in reach.made:
            bits = np.flatnonzero(np.unpackbits(reach.rows[row].view(np.uint8), bitorder="little")).tolist()
            ways = [self.all_low(player, here, (there,))]
            ways += [self.all_low(player, here, reach.bases[bit]) for bit in bits if bit < len(reach.bases)]
            ways += [frozenset({reach.turns[bit - len(reach.bases)]}) for bit in bits if bit >= len(reach.bases)]
            reach.made[key] = clause(way for way in ways if FALSE not in way)
        return reach.made[key]

    def all_low(self, player: int, here: int, classes: Sequence[int]) -> frozenset[int]:
        """The tests that must all be true for none of these classes to be liked better than the one."""
        return frozenset(self.no_worse(player, here, each) for each in classes) - {TRUE}


# --- sets as bits -------------------------------------------------------------------------------------------------------


def _different(rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The different rows, and the number of each row among them."""
    if not rows.shape[1]:
        return rows[:1], np.zeros(len(rows), dtype=np.int64)
    packed = np.ascontiguousarray(np.packbits(rows, axis=1) if rows.dtype == np.bool_ else rows)
    keys = packed.view(np.dtype((np.void, packed.dtype.itemsize * packed.shape[1]))).ravel()
    _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
    return rows[first], numbers.astype(np.int64).ravel()


def _sets(count: int, rows: NDArray[np.int64], members: NDArray[np.int64]) -> tuple[tuple[tuple[int, ...], ...], Any]:
    """The different sets of members by row, and the number of each row's set."""
    pairs = np.unique(np.stack([rows, members], axis=1), axis=0)
    parts = np.split(pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(1, count)))
    known: dict[bytes, int] = {}
    numbers = np.array([known.setdefault(part.tobytes(), len(known)) for part in parts], dtype=np.int64)
    return tuple(tuple(np.frombuffer(key, dtype=np.int64).tolist()) for key in known), numbers


def _bits(rows: NDArray[np.int64], bits: NDArray[np.int64], count: int, words: int) -> Words:
    """Rows of words with these bits set."""
    found = np.zeros((count, words), dtype=np.uint64)
    np.bitwise_or.at(found, (rows, bits >> 6), np.uint64(1) << (bits & 63).astype(np.uint64))
    return found


def _spread(base: Words, others: Sequence[Arcs], extra: Sequence[Words], *, one_step: bool) -> Words:
    """Per state, the union of the bases that legal sequences of the others lead to, and of what is `extra` on the way."""
    # `after[k]`: what may follow a step of player k, who may not move twice in a row. It only grows, so the first time
    # nothing changes all sequences have been followed, however long.
    nothing = np.zeros_like(base)
    after = [nothing] * len(others)
    starts = [np.unique(arcs.start, return_index=True) for arcs in others]
    while True:
        step = [e | _onward(base | m, a.end, f) for a, m, e, f in zip(others, after, extra, starts, strict=True)]
        if one_step or not step:
            return _union(step, nothing)
        renewed = [_union([s for k, s in enumerate(step) if k != j], nothing) for j in range(len(step))]
        if all(np.array_equal(old, new) for old, new in zip(after, renewed, strict=True)):
            return _union(step, nothing)
        after = renewed


def _onward(values: Words, ends: NDArray[np.int64], starts: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Words:
    """For every state the union of the values one move away; `starts` are the states with moves and where theirs begin."""
    found, (rows, first) = np.zeros_like(values), starts
    for word in range(values.shape[1] if len(rows) else 0):
        found[rows, word] = np.bitwise_or.reduceat(values[ends, word], first)
    return found


def _union(parts: Sequence[Words], nothing: Words) -> Words:
    found = nothing
    for part in parts:
        found = found | part
    return found
