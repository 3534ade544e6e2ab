"""Everything that steps lead to from a start, and how far a goal is.

The mathematics. Steps (`evolution.steps`) follow each other by one of two rules. *In turn*: nobody steps twice running, so
what can come next depends on the state and on who moved last, and (state, last mover) pairs are walked. *Freely*: the
last mover may step again, as in play (`detente.engine.play`). Where everybody's moves are transitive, two steps of one actor
running could be one step; then shortest ways are the same under both rules, and states are walked.

How to use it: `explore` lists the steps from a start, `follow_play` those of a whole play, `distances` says how many
steps a goal is away, also in spaces too large to list.

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> graph = follow_play(case, "myopic", case.game.cell(None))
>>> len(graph.keys), int(graph.depth.max()), graph.complete
(30, 6, True)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict import Cells, count_text, memory_limit
from detente.conflict.payoffs import payoff_bytes
from detente.engine import arrays, move_relation
from detente.engine.play import pieces
from detente.engine.reachable_sets import SETS, bytes_copied
from detente.engine.steps import is_regular
from detente.errors import TooLarge
from detente.formula import Formula
from detente.messages import numeral, tell, word
from detente.questions.evolution.steps import KINDS, kind_of, steps

MOST = {"moves": 2_000_000, "improvements": 2_000_000, "unsanctioned": 10_000_000}
"""Steps of each kind listed at most. Unsanctioned steps are few per state, and other ways to follow them are slower."""

STEP = 100
"""Bytes a step takes while it is listed and sorted."""

Nodes = NDArray[np.int64]
"""Nodes of a step graph, by key or by position."""

_Arcs = tuple[list[Nodes], list[Nodes], list[Nodes]]


@dataclass(frozen=True, kw_only=True)
class StepGraph:
    """What steps lead to from a start: nodes, and the steps between them by position.

    A node is a state, or a (state, last mover) pair: `keys` are sorted numbers, `keys // width` the cells. `depth` is the
    number of steps from the start. Steps are sorted by where they begin, then by mover. `complete` is False if there were
    more steps than asked for; whole layers are kept.
    """

    keys: Nodes
    depth: NDArray[np.int32]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    movers: NDArray[np.int16]
    width: int
    complete: bool

    @property
    def cells(self) -> Cells:
        return self.keys // self.width

    def far_from(self, goals: NDArray[np.bool_]) -> NDArray[np.int32]:
        """For each node the number of steps to the nearest goal node, -1 if none can be reached."""
        far = np.where(goals, np.int32(0), np.int32(-1))
        length = 0
        # Breadth first, backwards: a node gets its number when first met, which is by a shortest way.
        while (hit := (far[self.targets] == length) & (far[self.sources] < 0)).any():
            length += 1
            far[self.sources[hit]] = length
        return far


def explore(
    case: Case, kind: str, start: Iterable[int], *, in_turn: bool = False, pairs: bool = False, most: int | None = None
) -> StepGraph:
    """Follow all steps of a kind from the start states, layer by layer, until there is nothing new or too much.

    With `pairs` nodes know who moved last also where moves are transitive, for questions about a given first step.
    Cost: one expansion per node, three numbers per step, at most `most` steps (default: `MOST`).
    """
    game = case.game
    limit = min(MOST[kind], memory_limit() // STEP) if most is None else most
    # Only where moves are irregular does the rule of turns cut ways off; then a node must know who moved last.
    # Its key is cell * width + 1 + mover, with 0 for a start that nobody moved to.
    width = len(game.actors) + 1 if pairs or (in_turn and not is_regular(game)) else 1
    if game.conflict.cells > np.iinfo(np.int64).max // width:
        raise TooLarge(
            tell(
                "{count_text} combinations of options cannot be numbered; hold some options fixed",
                count_text=count_text(game.conflict.cells),
            )
        )
    layers = [np.unique(np.array(list(start), dtype=np.int64)) * width]
    arcs: _Arcs = ([], [], [])
    known, total, complete = layers[0], 0, True
    while len(layers[-1]):
        onward = _onward(case, kind, layers[-1], width, limit - total)
        if onward is None:
            complete = False
            break
        for kept, new in zip(arcs, onward, strict=True):
            kept.append(new)
        total += len(onward[0])
        # The next layer is what no shorter way leads to, so the number of a layer is the depth of its nodes.
        layers.append(np.setdiff1d(np.unique(onward[1]), known, assume_unique=True))
        known = np.union1d(known, layers[-1])
    return _step_graph(layers, arcs, width, complete)


def _onward(case: Case, kind: str, keys: Nodes, width: int, most: int) -> tuple[Nodes, Nodes, Nodes] | None:
    """All steps from these nodes: (nodes left, nodes reached, movers); None if there are more than `most`."""
    empty = np.empty(0, dtype=np.int64)
    arcs: _Arcs = ([empty], [empty], [empty])
    total = 0
    for part in pieces(keys, case.game.conflict.width):
        for player in range(len(case.game.actors)):
            mine = part if width == 1 else part[part % width != player + 1]  # nobody steps twice running
            rows, cells = steps(case, kind, mine // width, player)
            mark = 0 if width == 1 else player + 1
            for kept, new in zip(arcs, (mine[rows], cells * width + mark, np.full(len(rows), player)), strict=True):
                kept.append(new)
            total += len(rows)
            if total > most:
                return None
    return np.concatenate(arcs[0]), np.concatenate(arcs[1]), np.concatenate(arcs[2])


def _step_graph(layers: list[Nodes], arcs: _Arcs, width: int, complete: bool) -> StepGraph:
    """The nodes sorted by key and the steps sorted by where they begin; steps then point to positions, not keys."""
    empty = [np.empty(0, dtype=np.int64)]
    keys = np.concatenate(layers)
    order = np.argsort(keys)
    depth = np.repeat(np.arange(len(layers)), [len(layer) for layer in layers])[order]
    keys = keys[order]
    sources, targets, movers = (np.concatenate([*empty, *part]) for part in arcs)
    begin, end = np.searchsorted(keys, sources), np.searchsorted(keys, targets)
    order = np.lexsort((end, movers, begin))
    return StepGraph(
        keys=keys,
        depth=depth.astype(np.int32),
        sources=begin[order].astype(np.int32),
        targets=end[order].astype(np.int32),
        movers=movers[order].astype(np.int16),
        width=width,
        complete=complete,
    )


def follow_play(case: Case, play: str, start: int) -> StepGraph:
    """Every state that "myopic" or "foresight" play from the start can pass, with all steps; raises `TooLarge`."""
    kind = kind_of(play)
    graph = explore(case, kind, [start])
    if graph.complete:
        return graph
    raise TooLarge(
        tell(
            "{play} play from this state takes more than {kind} steps, too many to list; hold options "
            "that do not matter, start later, or ask for shortest ways by ",
            play=word(play),
            kind=numeral(MOST[kind]),
        )
        + KINDS[kind]
    )


@dataclass(frozen=True, kw_only=True)
class Distances:
    """How many steps away the goal is, from each node: -1 where it cannot be reached (or, if not `complete`, not seen).

    `keys` are those of the nodes; None if `values` are those of all cells.
    """

    values: NDArray[np.int32]
    keys: Nodes | None = None
    width: int = 1
    complete: bool = True

    def at(self, cells: Cells, mover: int) -> NDArray[np.int32]:
        """The distances from these states when `mover` (a number; -1: nobody) moved last."""
        if self.keys is None:
            return self.values[cells]
        keys = cells * self.width + (mover + 1 if self.width > 1 else 0)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.values[place], np.int32(-1))


def distances(case: Case, kind: str, start: int, goal: Formula | int, *, in_turn: bool) -> Distances:
    """Distances to the goal from `start` and from what can follow it.

    Everything within reach is listed if that takes at most `MOST` steps. Beyond, models with transitive moves are
    swept backwards from the goal as arrays; others are answered if the goal is near, else refused (`TooLarge`).
    """
    graph, regular = explore(case, kind, [start], in_turn=in_turn), is_regular(case.game)
    goals = case.game.meets(goal, graph.cells)
    # Whole layers are listed, so the distance to a goal among them is right even where the list breaks off; but in a
    # regular model the sweep also says how far it is from the first steps that the list has not seen to the end.
    if graph.complete or (goals.any() and not regular):
        return _listed(graph, goals)
    if regular and case.game.conflict.cells < 1 << 31:
        return _swept(case, kind, start, goal)
    if goals.any():
        return _listed(graph, goals)
    raise TooLarge(
        tell(
            "the goal is more than {int} steps away and there are more than {kind} steps of that length; "
            "ask by improvements, hold options that do not matter, or narrow the goal",
            int=int(graph.depth.max()),
            kind=numeral(MOST[kind]),
        )
    )


def nearest(case: Case, kind: str, start: int, goal: Formula | int, *, in_turn: bool) -> int | None:
    """How many steps away the goal is, None where it cannot be reached: `distances` of the start, in a small space.

    Layer by layer, as `explore` goes, but no further than the goal. Cost: one expansion per node that is as near.
    """
    width = len(case.game.actors) + 1 if in_turn and not is_regular(case.game) else 1
    layer = known = np.array([start], dtype=np.int64) * width
    length = 0
    while not case.game.meets(goal, layer // width).any():
        onward = _onward(case, kind, layer, width, width * case.game.conflict.cells**2)
        assert onward is not None  # no more steps than pairs of nodes
        layer = np.setdiff1d(onward[1], known)
        if not len(layer):
            return None
        known, length = np.union1d(known, layer), length + 1
    return length


def turn_distances(case: Case, kind: str, start: int, goal: Formula | int) -> Distances:
    """Distances in turn from every (state, last mover) that can follow the start; not `complete` beyond `MOST` steps."""
    graph = explore(case, kind, [start], pairs=True)
    return _listed(graph, case.game.meets(goal, graph.cells))


def _listed(graph: StepGraph, goals: NDArray[np.bool_]) -> Distances:
    return Distances(values=graph.far_from(goals), keys=graph.keys, width=graph.width, complete=graph.complete)


def _swept(case: Case, kind: str, start: int, goal: Formula | int) -> Distances:
    """Layer by layer back from the goal, until the start and its first steps are reached. One pass per actor and layer."""
    conflict, players = case.game.conflict, range(len(case.game.actors))
    conflict.require(_bytes_swept(case, kind), tell("finding ways"))
    us, worst = _arrays(case, kind)
    relations = [move_relation(conflict, axis) for axis in players]
    at_start = np.array([start], dtype=np.int64)
    # Nobody asks about other states: the sweep may stop once it has met these.
    wanted = np.concatenate([at_start, *(steps(case, kind, at_start, player)[1] for player in players)])
    layer = _goal_grid(case, goal) & (us[0] > 0)
    far = np.where(layer, np.int32(0), np.int32(-1))
    while layer.any() and (far.reshape(-1)[wanted] < 0).any():
        grown = np.zeros_like(layer)
        for player in players:
            grown |= arrays.reach_back(us, relations, layer, kind != "moves", [player], worst)
        layer = grown & (far < 0)
        far[layer] = far.max() + 1
    return Distances(values=far.reshape(-1))


def _bytes_swept(case: Case, kind: str) -> int:
    """Bytes per cell that sweeping back takes: what is compared, sets of states, and the distances."""
    numbers = 3 * np.dtype(np.int32).itemsize
    if kind == "unsanctioned":
        return bytes_copied(case.analyse(("seq",)).solution, True) + numbers
    cells = case.game.conflict.cells
    widths = [1] if kind == "moves" else [payoff_bytes(reading, cells) for reading in case.game.readings]
    return sum(widths) + 3 * max(widths) + SETS + numbers


def _goal_grid(case: Case, goal: Formula | int) -> NDArray[np.bool_]:
    conflict = case.game.conflict
    if isinstance(goal, int):
        return np.asarray(np.arange(conflict.cells) == goal).reshape(conflict.shape)
    return np.asarray(np.broadcast_to(conflict.holds(goal), conflict.shape))


def _arrays(case: Case, kind: str) -> tuple[list[NDArray[Any]], dict[int, NDArray[Any]] | None]:
    """Payoffs over the whole space with 0 for infeasible cells, and what the others' answers leave of a step's gain."""
    conflict, players = case.game.conflict, range(len(case.game.actors))

    def full(grid: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.broadcast_to(grid, conflict.shape))

    if kind == "unsanctioned":
        solution = case.analyse(("seq",)).solution
        return [full(t.grid()) for t in solution.payoffs], dict(enumerate(full(t.grid()) for t in solution.worst))
    if kind == "moves":
        return [full(conflict.feasible.astype(np.uint8))] * len(players), None
    raw = (case.game.payoffs(player) for player in players)
    return [full(np.where(conflict.feasible, u + u.dtype.type(1), u.dtype.type(0))) for u in raw], None
