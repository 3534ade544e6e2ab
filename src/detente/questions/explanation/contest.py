"""One state, one side, any relations: where it is tempted to go, and the shortest answers that deter it.

The mathematics is that of `detente.engine.relations`. A *temptation* of a side at s is one of its moves to a state that
tempts it. The others answer it with legal sequences (no mover twice running), followed breadth first over (state, last
mover), so the first deterring state found is at the end of a shortest answer. Where the side may escape, an answer counts only
if every own move from its end deters as well.

How to use it: `Contest(own, standard, movers, escape, sanctions)`, then `temptations(s)` and `follow(s, target)`. A mover is
whoever can answer: an actor, or a coalition, with the moves that count. Cost per temptation: the movers' arcs, once; memory
a few numbers per state and mover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine.arcs import Arcs
from detente.engine.relations import Standard

Indices = NDArray[np.int64]

Steps = tuple[tuple[int, int], ...]
"""A sequence of answers: (mover, state reached)."""

COMPARED = 100
"""Equally short answers among which the best to tell is chosen."""


@dataclass(frozen=True)
class Found:
    """What became of a temptation: a shortest `answer`, or none among the `reached` states that answers can lead to.

    Where only escape spoils it, `near` is a shortest answer that would deter, and `way_out` the state the side escapes to.
    """

    answer: Steps
    reached: int
    near: Steps = ()
    way_out: int | None = None


@dataclass(frozen=True, eq=False)
class Contest:
    """A side with its moves and standard, and the movers that may answer it (none, where no answer counts)."""

    own: Arcs
    standard: Standard
    movers: tuple[Arcs, ...]
    escape: bool
    sanctions: str = "legal"

    def temptations(self, s: int) -> list[int]:
        """The moves of the side from s to states that tempt it."""
        ends = ends_of(self.own, s)
        return [int(t) for t in ends[self.standard.tempting(np.full_like(ends, s), ends)]]

    def ways_on(self, s: int, y: int) -> tuple[list[int], list[int]]:
        """The side's own moves from y: all of them, and those that do not deter it at s."""
        ends = ends_of(self.own, y)
        free = ends[~self.standard.deterring(np.full_like(ends, s), ends)]
        return ends.tolist(), free.tolist()

    def follow(self, s: int, target: int, worth: Callable[[Steps], Any]) -> Found:
        """A shortest answer to the move from s to `target`; among equally short ones that with the greatest `worth`."""
        walk, near, way_out = _Walk(self, target), (), None  # type: tuple[_Walk, Steps, int | None]
        reached = np.zeros(self.own.states, dtype=np.bool_)
        for layer in walk.layers():
            hits = []
            for mover, states in layer:
                reached[states] = True
                for y in states[self.standard.deterring(np.full_like(states, s), states)].tolist():
                    free = self.ways_on(s, y)[1] if self.escape else []
                    if not free:
                        hits.append((mover, y))
                    elif way_out is None:
                        near, way_out = walk.trace(mover, y), free[0]
            if hits:
                return Found(max((walk.trace(*hit) for hit in hits[:COMPARED]), key=worth), int(reached.sum()))
        return Found((), int(reached.sum()), near, way_out)


class _Walk:
    """The answers after a move, layer by layer; every (state, mover) once, with where it was first reached from."""

    def __init__(self, contest: Contest, start: int) -> None:
        self.contest, self.start = contest, start
        shape = (len(contest.movers), contest.own.states)
        self.seen = np.zeros(shape, dtype=np.bool_)
        self.before = np.full((*shape, 2), -1, dtype=np.int64)

    def layers(self) -> Iterator[list[tuple[int, Indices]]]:
        """Per step the states that each mover can be the last to reach, new ones only."""
        movers = range(len(self.contest.movers))
        last = [(-1, np.array([self.start], dtype=np.int64))]
        while last:
            last = [(k, new) for k in movers if len(new := self._extend(k, [each for each in last if each[0] != k]))]
            yield last
            if self.contest.sanctions == "one-step":
                return

    def _extend(self, mover: int, last: list[tuple[int, Indices]]) -> Indices:
        """Where the mover goes from what the others have just reached."""
        arcs, seen = self.contest.movers[mover], self.seen[mover]
        gained = []
        for other, states in last:
            starts, ends = arcs_from(arcs, states)
            ends, first = np.unique(ends, return_index=True)
            fresh = ~seen[ends]
            new = ends[fresh]
            seen[new] = True
            self.before[mover, new, 0], self.before[mover, new, 1] = other, starts[first][fresh]
            gained.append(new)
        return np.concatenate(gained) if gained else np.empty(0, dtype=np.int64)

    def trace(self, mover: int, state: int) -> Steps:
        """The steps that lead there."""
        steps: list[tuple[int, int]] = []
        while mover >= 0:
            steps.append((mover, state))
            mover, state = self.before[mover, state].tolist()
        return tuple(reversed(steps))


def arcs_from(arcs: Arcs, states: Indices) -> tuple[Indices, Indices]:
    """Start and end of every arc that begins in one of the states."""
    first, last = np.searchsorted(arcs.start, states), np.searchsorted(arcs.start, states, side="right")
    count = last - first
    places = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    return np.repeat(states, count), arcs.end[places]


def ends_of(arcs: Arcs, state: int) -> Indices:
    """The states one arc away."""
    first, last = np.searchsorted(arcs.start, [state, state + 1])
    return arcs.end[first:last]
