"""Which states and steps a picture of a conflict can hold: all of a small one, the telling ones of a large one.

How to make one: `net_of(analysis)`; `shown_in(net)` tells which of its steps a still picture has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.engine import improving_steps
from detente.engine.concepts import label
from detente.messages import numeral, tell
from detente.present.pictures.naming import differences

MOST = 18
"""States on ways from today that are drawn one by one; of more, those on ways to where it could rest."""

NEAR, AIMS, ELSEWHERE, LOOKED_AT, LOOKED_THROUGH = 3_000, 6, 4, 1_000, 200_000
"""States looked at on ways from today, equilibria and ends whose ways are drawn where not all are, equilibria on no way from
today that are drawn, those out of which the least different from today are taken, equilibria looked through; at most."""

INWARD = 24
"""States of a model without ways from today that are drawn by their ways to where nobody would move on."""

FEW = 40
"""Steps that a still picture of ways can hold; where there are more, it has one shortest way to each state."""

STRICT = ("nash", "seq", "smr", "gmr")

Step = tuple[int, int, int, bool]
"""From, to, by which actor, and whether the improvement stands after the answers of the others."""


@dataclass(frozen=True)
class Net:
    """What is drawn: states in layers, states in rows with a name each, the steps among all of them.

    The layers lead away from the status quo, or with `inward` to the states where nobody would move on. `reached` counts the
    states on ways from the status quo, itself among them, of which the layers may have but some.
    """

    layers: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    steps: tuple[Step, ...]
    complete: bool
    reached: int
    inward: bool = False

    @property
    def near(self) -> frozenset[int]:
        return frozenset(cell for layer in self.layers for cell in layer)


def net_of(analysis: Analysis) -> Net:
    """What can be drawn of a model; see the opening of `detente.present.pictures.state_graph`."""
    before, depth = _explore(analysis)
    reached = len(before)
    layers, complete = _levels(before, depth), True
    if reached > MOST:
        layers, complete = _ways(analysis, before, depth), False
    inward = reached <= 1 and analysis.states <= INWARD
    if inward:
        cells = list(map(int, analysis.conflict.states))
        layers = _inward(cells, _steps(analysis, cells))
        inward = len(layers) > 1
    near = {cell for layer in layers for cell in layer}
    rows = _elsewhere(analysis, near)
    cells = [*near, *(cell for _, row in rows for cell in row)]
    steps = tuple(step for step in _steps(analysis, sorted(cells)) if step[1] in cells)
    return Net(layers, rows, steps, complete, reached, inward)


def shown_in(net: Net) -> Callable[[Step], bool]:
    """Which steps a still picture has: those that lead one layer on; of many only one into each state."""
    depth = {cell: n for n, layer in enumerate(net.layers) for cell in layer}
    onward = [s for s in net.steps if s[0] in depth and depth.get(s[1]) == depth[s[0]] + 1]
    if len(onward) > FEW:
        # one step into each state (inward: out of each), which makes a tree of shortest ways
        first: dict[int, Step] = {}
        for step in onward:
            first.setdefault(step[0 if net.inward else 1], step)
        onward = list(first.values())
    kept = set(onward)
    return lambda step: step in kept


def _inward(cells: Sequence[int], steps: Iterable[Step]) -> tuple[tuple[int, ...], ...]:
    """States by the least number of improvements to one that nobody would leave, the farthest first; none if there is none."""
    before = defaultdict[int, dict[int, None]](dict)
    for start, end, _, _ in steps:
        before[end][start] = None
    # breadth first, backwards from the states with no improvement: a state stands in the first layer that it can leave for
    moving = {start for start, _, _, _ in steps}
    layers = [tuple(cell for cell in cells if cell not in moving)]
    seen = set(layers[0])
    while layers[-1]:
        found = dict.fromkeys(start for end in layers[-1] for start in before[end] if start not in seen)
        seen |= set(found)
        layers.append(tuple(found))
    return tuple(reversed(layers[:-1]))  # the last layer found is empty; the farthest stands left


def _steps(analysis: Analysis, cells: Sequence[int]) -> tuple[Step, ...]:
    """The improvements from these states."""
    here, found = np.array(cells, dtype=np.int64), list[Step]()
    for player in range(len(analysis.conflict.players)):
        pairs = [improving_steps(analysis.conflict, analysis.solution, here, player, deep) for deep in (False, True)]
        every, sure = ([(cells[r], int(t)) for r, t in zip(*pair, strict=True)] for pair in pairs)
        stand = set(sure)
        found += [(a, b, player, (a, b) in stand) for a, b in dict.fromkeys(every)]
    return tuple(found)


def _explore(analysis: Analysis) -> tuple[dict[int, int], dict[int, int]]:
    """The states within reach of today by improvements: from where each was first reached, and in how many steps."""
    now = analysis.conflict.now
    if now is None:
        return {}, {}
    before, depth, edge = {now: now}, {now: 0}, [now]
    # breadth first: `before` keeps from where each state was first reached, thus one shortest way
    while edge and len(before) < NEAR:
        found = dict[int, int]()
        for start, end, _, _ in _steps(analysis, edge):
            if end not in before:
                found.setdefault(end, start)
        before |= found
        depth |= {cell: depth[back] + 1 for cell, back in found.items()}
        edge = list(found)
    return before, depth


def _levels(cells: Iterable[int], depth: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    levels = defaultdict[int, list[int]](list)
    for cell in cells:
        levels[depth[cell]].append(cell)
    return tuple(tuple(levels[n]) for n in sorted(levels))


def _ways(analysis: Analysis, before: Mapping[int, int], depth: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    """Of many states within reach those on one shortest way each to where play ends and to the strictest equilibria."""
    kept = {cell for cell, back in before.items() if cell == back}
    for aim in _aims(analysis, list(before)):
        cell = aim
        while cell not in kept:  # back along the way until it meets one that is kept already
            kept.add(cell)
            cell = before[cell]
    return _levels((cell for cell in before if cell in kept), depth)


def _elsewhere(analysis: Analysis, near: Collection[int]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The strictest equilibria that are on no way from today, where they are few."""
    for concept in (c for c in ("nash", "seq") if c in analysis.concepts):
        if 0 < analysis.count(concept) <= LOOKED_THROUGH:
            found = [cell for cell in map(int, analysis.equilibria(concept)) if cell not in near]
            if found:
                few = sorted(found[:LOOKED_AT], key=lambda cell: len(differences(analysis, cell)))[:ELSEWHERE]
                more = (
                    tell(" ({elsewhere} of {number})", elsewhere=ELSEWHERE, number=numeral(len(found)))
                    if len(found) > ELSEWHERE
                    else ""
                )
                return (
                    (
                        tell(
                            "Would last too ({concept}), but no way drawn leads there{more}",
                            concept=label(concept),
                            more=more,
                        ),
                        tuple(few),
                    ),
                )
    return ()


def _aims(analysis: Analysis, cells: Sequence[int]) -> list[int]:
    """The ends of play and the strictest equilibria among these states, the nearest first."""
    ends = {int(c) for kind in KINDS for c in analysis.play(kind).end_states}
    aims = [cell for cell in cells if cell in ends][:AIMS]
    for concept in (c for c in STRICT if c in analysis.concepts):
        aims += [c for c in cells if c not in aims and analysis.is_equilibrium(concept, c)][: AIMS - len(aims)]
    return aims[:AIMS]
