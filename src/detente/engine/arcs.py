"""Stability by arcs: exact for any moves, transitive or not.

The mathematics. Every player's moves are a list of arcs between numbered states. After a move of i to s1 the others answer
with a *legal sequence*: any of them may go next, but nobody twice running. With `m[x, j]` the worst (lowest) base value
reachable from x when j moved last,

    t[x, k] = min over k's arcs x -> y of min(base[y], m[y, k])        the best k can do to i from x
    m[x, j] = min over k != i, j of t[x, k]                            (nothing to do: infinity)
    w[x]    = min over k != i of t[x, k]

is solved by iterating from infinity downwards until nothing changes. The base is i's payoff (GMR, SEQ) or the best i can
still reach afterwards (SMR, SSEQ); the arcs are all moves, or improvements only where answers must be credible (SEQ, SSEQ).
s is stable for i iff w[s1] <= u_i(s) for every improvement s1. Cost per player and concept: arcs × length of the longest
useful sequence in time, states × players in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.int64]
NOTHING = np.iinfo(np.int64).max
"""The worst that can happen where nobody can answer."""


@dataclass(frozen=True)
class Arcs:
    """Moves of one player: arc k leads from `start[k]` to `end[k]`; sorted by start, no arc twice, none onto itself."""

    states: int
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """States with an arc, and where their arcs begin."""
        first = np.flatnonzero(np.diff(self.start, prepend=-1))  # they are sorted
        return self.start[first], first

    def out_of(self, states: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and end of every arc that begins in one of the states, state by state."""
        first, last = np.searchsorted(self.start, states), np.searchsorted(self.start, states, side="right")
        count = last - first
        places = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
        return np.repeat(np.arange(len(states)), count), self.end[places]

    def ends(self, state: int) -> NDArray[np.int64]:
        """The states one arc away from a state."""
        first, last = np.searchsorted(self.start, [state, state + 1])
        return self.end[first:last]

    def where(self, chosen: NDArray[np.bool_]) -> Arcs:
        """The arcs that are chosen."""
        return Arcs(self.states, self.start[chosen], self.end[chosen])

    def improvements(self, u: NDArray[Any]) -> Arcs:
        """The arcs that lead to something strictly better."""
        return self.where(u[self.end] > u[self.start])

    def lowest(self, values: Values, otherwise: int = NOTHING) -> Values:
        """For every state the least of `values` one arc away."""
        result = np.full(self.states, otherwise, dtype=np.int64)
        rows, first = self._rows
        if len(rows):
            result[rows] = np.minimum.reduceat(values[self.end], first)
        return result

    def highest(self, values: Values, otherwise: int = -1) -> Values:
        """For every state the greatest of `values` one arc away."""
        return -self.lowest(-values, -otherwise)

    @cached_property
    def transitive(self) -> bool:
        """Whether two arcs in a row can always be replaced by one (or lead back). Cost: arcs × arcs per state."""
        known = set(zip(self.start.tolist(), self.end.tolist(), strict=True))
        ends: dict[int, list[int]] = {}
        for a, b in known:
            ends.setdefault(a, []).append(b)
        return all(a == c or (a, c) in known for a, b in known for c in ends.get(b, ()))


def worst_answer(base: Values, others: Sequence[Arcs], sanctions: str) -> Values:
    """w: the lowest base value the other players can bring about from each state; `NOTHING` where they cannot move.

    `sanctions` is "legal" (any legal sequence) or "one-step" (one move of one player).
    """
    if not others:
        return np.full(len(base), NOTHING, dtype=np.int64)
    if sanctions == "one-step":
        return _least([arcs.lowest(base) for arcs in others])
    # From infinity downwards, so that what is found is what finite sequences can do: round r knows those of r steps.
    after = [np.full(len(base), NOTHING, dtype=np.int64) for _ in others]
    while True:
        step = [arcs.lowest(np.minimum(base, m)) for arcs, m in zip(others, after, strict=True)]
        renewed = _least_of_others(step)  # whoever has just moved must let another go next
        if all(np.array_equal(old, new) for old, new in zip(after, renewed, strict=True)):
            return _least(step)
        after = renewed


def unspoilt(better: Arcs, base: Values, others: Sequence[Arcs], sanctions: str) -> Arcs:
    """The improvements of a player after which no improvements of the `others` lead to anything no better than its start.

    These are its steps in play with foresight.
    """
    return better.where(worst_answer(base, others, sanctions)[better.end] > base[better.start])


def _least(parts: Sequence[Values]) -> Values:
    result = parts[0]
    for part in parts[1:]:
        result = np.minimum(result, part)
    return result


def _least_of_others(parts: Sequence[Values]) -> list[Values]:
    """For each position the minimum over all other positions, by prefix and suffix minima."""
    count, nothing = len(parts), np.full_like(parts[0], NOTHING)
    before, behind = [nothing], [nothing]
    for position in range(count - 1):
        before.append(np.minimum(before[-1], parts[position]))
        behind.append(np.minimum(behind[-1], parts[count - 1 - position]))
    return [np.minimum(before[p], behind[count - 1 - p]) for p in range(count)]


def best_reply(u: Values, own: Arcs) -> Values:
    """The best a player can have from each state by staying or moving once."""
    return np.maximum(u, own.highest(u))


def deterred(u: Values, improving: Arcs, worst: Values) -> NDArray[np.bool_]:
    """Where every improvement is answered by something no better than staying; true where there is none."""
    return improving.highest(worst) <= u
