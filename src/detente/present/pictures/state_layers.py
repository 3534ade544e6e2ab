"""Which states and steps a picture of a conflict can hold: all of a small one, the telling ones of a large one.

How to make one: `net_of(analysis)`; `shown_in(net)` tells which of its steps a still picture has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.engine import improving_steps
from detente.engine.concepts import label
from detente.present.tables.selection import plural
from detente.present.words import Names

MOST = 300
"""States drawn one by one; larger models are summed up."""

NEAR, AIMS, EACH, PATTERNS, LOOKED_THROUGH = 3_000, 8, 12, 16, 200_000
"""Of a larger model: states looked at on ways from the status quo, equilibria and ends whose ways are drawn, equilibria
of one pattern of outcomes, patterns, equilibria looked through; at most."""

INWARD = 100
"""States of a model without ways from the status quo that are drawn by their ways to where nobody would move on."""

FEW = 60
"""Steps that a still picture of ways can hold; where there are more, it has one shortest way to each state."""

STRICT = ("nash", "seq", "smr", "gmr")

Step = tuple[int, int, int, bool]
"""From, to, by which actor, and whether the improvement stands after the answers of the others."""


@dataclass(frozen=True)
class Net:
    """What is drawn: states in layers, states in rows with a name each, the steps among all of them.

    The layers lead away from the status quo, or with `inward` to the states where nobody would move on.
    """

    layers: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    steps: tuple[Step, ...]
    complete: bool
    inward: bool = False

    @property
    def near(self) -> frozenset[int]:
        return frozenset(cell for layer in self.layers for cell in layer)


def net_of(analysis: Analysis) -> Net:
    """What can be drawn of a model; see the opening of `detente.present.pictures.state_graph`."""
    return _small(analysis) if analysis.states <= MOST else _large(analysis)


def shown_in(net: Net) -> Callable[[Step], bool]:
    """Which steps a still picture has: those on ways from the status quo, or else those that stand."""
    near = net.near
    if not near:
        stand = sum(step[3] for step in net.steps) <= 4 * FEW
        return lambda step: stand and step[3]
    # of a complete net all steps among the layers are shown if they are few; of the ways through a large model only those
    # that lead one layer on, for the others were never looked for
    depth = {cell: n for n, layer in enumerate(net.layers) for cell in layer}
    among = {s for s in net.steps if s[0] in near and (net.complete or depth.get(s[1]) == depth[s[0]] + 1)}
    if len(among) <= FEW:
        return lambda step: step in among
    # too many: one step into each state (inward: out of each), which makes a tree of shortest ways
    first: dict[int, Step] = {}
    for step in net.steps:
        if step[0] in depth and depth.get(step[1]) == depth[step[0]] + 1:
            first.setdefault(step[0 if net.inward else 1], step)
    ways = set(first.values())
    return lambda step: step in ways


def _small(analysis: Analysis) -> Net:
    cells = [int(cell) for cell in analysis.conflict.states]
    steps = _steps(analysis, cells)
    layers = _layers(analysis.conflict.now, steps)
    inward = not layers and len(cells) <= INWARD
    if inward:
        layers = _inward(cells, steps)
    near = {cell for layer in layers for cell in layer}
    every = [("only in cycles", cells)] if inward and layers else _distances(analysis, cells)
    rows = tuple((name, tuple(c for c in row if c not in near)) for name, row in every)
    return Net(layers, tuple(row for row in rows if row[1]), steps, True, inward and bool(layers))


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


def _large(analysis: Analysis) -> Net:
    layers = _explore(analysis)
    near = {cell for layer in layers for cell in layer}
    rows, seen = [], set(near)
    for name, cells in _patterns(analysis):
        left = tuple(c for c in cells if c not in near)
        rows.append((name if left else f"{name}, above", left))
        seen |= set(cells)
    steps = tuple(step for step in _steps(analysis, sorted(seen)) if step[1] in seen)
    return Net(layers, tuple(rows), steps, False)


def _steps(analysis: Analysis, cells: Sequence[int]) -> tuple[Step, ...]:
    """The improvements from these states."""
    here, found = np.array(cells, dtype=np.int64), list[Step]()
    for player in range(len(analysis.conflict.players)):
        pairs = [improving_steps(analysis.conflict, analysis.solution, here, player, deep) for deep in (False, True)]
        every, sure = ([(cells[r], int(t)) for r, t in zip(*pair, strict=True)] for pair in pairs)
        stand = set(sure)
        found += [(a, b, player, (a, b) in stand) for a, b in dict.fromkeys(every)]
    return tuple(found)


def _layers(now: int | None, steps: Iterable[Step]) -> tuple[tuple[int, ...], ...]:
    """States by the least number of improvements from the status quo; none if it has no improvement."""
    after = defaultdict[int, dict[int, None]](dict)
    for start, end, _, _ in steps:
        after[start][end] = None
    if now is None or not after[now]:
        return ()
    layers, seen = list[tuple[int, ...]]([(now,)]), {now}
    while layers[-1]:
        found = dict.fromkeys(end for start in layers[-1] for end in after[start] if end not in seen)
        seen |= set(found)
        layers.append(tuple(found))
    return tuple(layers[:-1])


def _explore(analysis: Analysis) -> tuple[tuple[int, ...], ...]:
    """Of a model too large to draw: the states on one shortest way each to where play ends and to the strictest equilibria."""
    now = analysis.conflict.now
    if now is None:
        return ()
    before, edge = {now: now}, [now]
    # breadth first from the status quo: `before` keeps from where each state was first reached, thus one shortest way
    while edge and len(before) < NEAR:
        found = dict[int, int]()
        for start, end, _, _ in _steps(analysis, edge):
            if end not in before:
                found.setdefault(end, start)
        before |= found
        edge = list(found)
    depth, kept = {now: 0}, {now}
    for cell, back in before.items():
        depth.setdefault(cell, depth[back] + 1)  # `before` is in order of discovery: its predecessor is known by now
    for aim in _aims(analysis, list(before)):
        cell = aim
        while cell not in kept:  # back along the way until it meets one that is kept already
            kept.add(cell)
            cell = before[cell]
    layers = [tuple(c for c in before if c in kept and depth[c] == n) for n in range(max(depth.values()) + 1)]
    return tuple(filter(None, layers)) if len(kept) > 1 else ()


def _aims(analysis: Analysis, cells: Sequence[int]) -> list[int]:
    """The ends of play and the strictest equilibria among these states, the nearest first."""
    ends = {int(c) for kind in KINDS for c in analysis.play(kind).end_states}
    aims = [cell for cell in cells if cell in ends][:AIMS]
    for concept in (c for c in STRICT if c in analysis.concepts):
        aims += [c for c in cells if c not in aims and analysis.is_equilibrium(concept, c)][: AIMS - len(aims)]
    return aims[:AIMS]


def _distances(analysis: Analysis, cells: Sequence[int]) -> list[tuple[str, list[int]]]:
    """All states, by least number of moves from the status quo."""
    conflict = analysis.conflict
    if conflict.now is None:
        return [("states", list(cells))]
    rows, seen, edge = list[tuple[str, list[int]]](), {conflict.now}, [conflict.now]
    while edge:
        words = "status quo" if not rows else f"{plural(len(rows), 'move')} away"
        rows.append((words, edge))
        here = np.array(edge, dtype=np.int64)
        found = {int(c) for p in range(len(conflict.players)) for c in conflict.successors(here, p)[1]} - seen
        seen |= found
        edge = sorted(found)
    return [*rows, ("out of reach", [cell for cell in cells if cell not in seen])]


def _patterns(analysis: Analysis) -> list[tuple[str, list[int]]]:
    """The strictest equilibria there are, by which outcomes are true; the most frequent patterns first."""
    concept = next((c for c in STRICT if c in analysis.concepts and 1 < analysis.count(c) <= LOOKED_THROUGH), None)
    if concept is None:
        return []
    cells = analysis.equilibria(concept)
    names = list(map(Names.of(analysis.scenario).thing, analysis.scenario.outcomes))
    truths = [analysis.conflict.holds(o.formula, cells) for o in analysis.scenario.outcomes.values()]
    groups = defaultdict[str, list[int]](list)
    for place, cell in enumerate(map(int, cells)):
        true = [name for name, truth in zip(names, truths, strict=True) if truth[place]]
        groups[", ".join(true) or ("no named outcome" if names else "equilibria")].append(cell)
    ordered = sorted(groups.items(), key=lambda each: -len(each[1]))[:PATTERNS]
    return [
        (f"{name}: {plural(len(found), f'{label(concept)} equilibrium', f'{label(concept)} equilibria')}", found[:EACH])
        for name, found in ordered
    ]
