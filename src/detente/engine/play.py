"""Where play ends.

The mathematics. From a start state any actor may take the next step, also the one who moved last. *Myopic* steps are
improvements. *Foresight* steps are improvements of i from s to s1 after which no legal sequence of the others'
improvements leads to a state no better for i than s. Following steps, play comes to rest in a *terminal strongly connected
component* of the graph of steps: a state nobody leaves, or a cycle nobody leaves. A formula is ALL if it is true in every
state of every end that can be reached, NONE if in no such state, else SOME.

How to use it: `follow(expand, start)`, where `expand(cells)` yields the steps from many states at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells
from detente.engine.arcs import Arcs
from detente.errors import TooLarge
from detente.messages import numeral, tell

Expand = Callable[[Cells], tuple[NDArray[np.int64], Cells]]
"""From states to (row numbers, states one step on)."""

MOST_STEPS = 2_000_000
"""Steps listed at most; longer plays are followed as sets of states, or refused."""

PIECE = 1 << 20
"""Steps looked for at once, so that a wide layer is never expanded whole: some 100 MB."""

ALL, SOME, NONE = "ALL", "SOME", "NONE"

NO_EQUILIBRIA = "no equilibria"
"""What is said of the equilibria where there are none: nothing is true or false in them."""


@dataclass(frozen=True)
class Steps:
    """The steps of a play between its `states` (sorted cells): step k leads from position `sources[k]` to `targets[k]`."""

    states: Cells
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]


@dataclass(frozen=True)
class Play:
    """Play from `start`: how many states it can pass, its `ends`, and its `steps` unless there are too many to list."""

    start: int
    passed: int
    ends: tuple[Cells, ...]
    steps: Steps | None = None

    @property
    def end_states(self) -> Cells:
        """Every state of every end, sorted."""
        return np.sort(np.concatenate(self.ends))


def pieces(cells: Cells, width: int) -> list[Cells]:
    """The cells in pieces from which at most `PIECE` steps need be looked for, where each has up to `width`."""
    return np.array_split(cells, 1 + len(cells) * width // PIECE)


def follow(expand: Expand, start: int, width: int = 32) -> Play | None:
    """Follow all steps from `start` and find where they end; None if there are more than `MOST_STEPS`.

    `width` is how many steps must be looked at per state. Cost: one expansion per state passed, two numbers per step,
    then a few breadth-first passes.
    """
    found, frontier = np.array([start], dtype=np.int64), np.array([start], dtype=np.int64)
    sources, targets, total = [], [], 0
    while len(frontier):
        reached = []
        for part in pieces(frontier, width):
            rows, ends = expand(part)
            sources.append(part[rows])
            reached.append(ends)
            total += len(rows)
            if total > MOST_STEPS:
                return None
        targets += reached
        new = np.unique(np.concatenate(reached))
        frontier = new[~_contains(found, new)]
        found = np.union1d(found, frontier)
    begin = np.searchsorted(found, np.concatenate(sources)).astype(np.int32)
    end = np.searchsorted(found, np.concatenate(targets)).astype(np.int32)
    components = [found[component] for component in terminal_components(len(found), begin, end)]
    return Play(start, len(found), in_order(components), Steps(found, begin, end))


def ends_by_arcs(steps: Sequence[Arcs], start: int) -> list[list[int]]:
    """The ends of play from the state `start`, where each player's steps are listed as arcs."""
    found = follow(expansion(steps), start)
    if found is None:
        raise TooLarge(
            tell(
                "play takes more than {most_steps} steps; hold options that do not matter",
                most_steps=numeral(MOST_STEPS),
            )
        )
    return [each.tolist() for each in found.ends]


def expansion(steps: Sequence[Arcs]) -> Expand:
    """The steps that are listed as arcs, as a function from states to (row numbers, states reached)."""
    first = np.concatenate([arcs.start for arcs in steps])
    order = np.argsort(first, kind="stable")
    return Arcs(steps[0].states, first[order], np.concatenate([arcs.end for arcs in steps])[order]).out_of


def in_order(ends: Iterable[Cells]) -> tuple[Cells, ...]:
    """Ends sorted by their first state."""
    return tuple(sorted(ends, key=lambda end: int(end[0])))


def _contains(sorted_cells: Cells, cells: Cells) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(sorted_cells, cells), len(sorted_cells) - 1)
    return np.asarray(sorted_cells[place] == cells)


def terminal_components(count: int, start: NDArray[np.int32], end: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """The strongly connected components that no arc leaves, each a sorted array of node numbers.

    Nodes without arcs are ends; whatever leads to an end is done with. From any node that is left, go forward; if the way
    back from there covers it, it is an end too, else go on from a node that cannot come back.
    """
    onward, back = Lists(count, start, end), Lists(count, end, start)
    quiet = np.ones(count, dtype=np.bool_)
    quiet[start] = False
    ends: list[NDArray[np.int64]] = [np.array([node]) for node in np.flatnonzero(quiet)]
    left = ~back.reach(np.flatnonzero(quiet))
    while left.any():
        node = int(np.argmax(left))
        while True:
            ahead, behind = onward.reach([node]), back.reach([node])
            strangers = ahead & ~behind
            if not strangers.any():
                break
            node = int(np.argmax(strangers))
        ends.append(np.flatnonzero(ahead))
        left &= ~back.reach(np.flatnonzero(ahead))
    return ends


class Lists:
    """Adjacency lists for breadth-first search over whole frontiers at once."""

    def __init__(self, count: int, start: NDArray[np.int32], end: NDArray[np.int32]) -> None:
        order = np.argsort(start, kind="stable")
        self.count, self.end = count, end[order]
        self.first = np.searchsorted(start[order], np.arange(count + 1))

    def next(self, nodes: NDArray[np.int64]) -> NDArray[np.int32]:
        begin, size = self.first[nodes], self.first[nodes + 1] - self.first[nodes]
        place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size) + np.repeat(begin, size)
        return np.asarray(self.end[place], dtype=np.int32)

    def reach(self, nodes: Iterable[int]) -> NDArray[np.bool_]:
        """The given nodes and all that can be reached from them."""
        frontier = np.asarray(list(nodes) if not isinstance(nodes, np.ndarray) else nodes, dtype=np.int64)
        seen = np.zeros(self.count, dtype=np.bool_)
        seen[frontier] = True
        while len(frontier):
            reached = np.unique(self.next(frontier))
            frontier = reached[~seen[reached]].astype(np.int64)
            seen[frontier] = True
        return seen


def verdict(truths: NDArray[np.bool_]) -> str:
    """ALL, SOME or NONE.

    >>> verdict(np.array([True, False]))
    'SOME'
    """
    if truths.all():
        return ALL
    return SOME if truths.any() else NONE
