"""Everything that steps lead to from a start, and how far a goal is.

The mathematics. Steps (`evolution.steps`) follow each other by one of two rules. *In turn*: nobody steps twice running, so
what can come next depends on the state and on who moved last, and (state, last mover) pairs are walked. *Freely*: the
last mover may step again, as in play (`detente.engine.play`). Where everybody's moves are transitive, two steps of one actor
running could be one step; then shortest ways are the same under both rules, and states are walked.

How to use it: `explore` lists the steps from a start, `follow_play` those of a whole play, `distances` says how many
steps a goal is away, also in spaces too large to list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, count_text, memory_limit
from detente.conflict.payoffs import payoff_bytes, payoffs
from detente.engine import arrays as dense
from detente.engine import move_relation
from detente.engine.play import pieces
from detente.engine.reachable_sets import SETS, bytes_copied
from detente.errors import TooLarge
from detente.formula import Formula
from detente.questions.evolution.steps import KINDS, Ground, Places, kind_of

MOST = {"moves": 2_000_000, "improvements": 2_000_000, "unsanctioned": 10_000_000}
"""Steps of each kind listed at most. Unsanctioned steps are few per state, and other ways to follow them are slower."""

STEP = 100
"""Bytes a step takes while it is listed and sorted."""

_Arcs = tuple[list[Places], list[Places], list[Places]]


@dataclass(frozen=True)
class Trail:
    """What steps lead to from a start: nodes, and the steps between them by position.

    A node is a state, or a (state, last mover) pair: `keys` are sorted numbers, `keys // width` the cells. `depth` is the
    number of steps from the start. Steps are sorted by where they begin, then by mover. `complete` is False if there were
    more steps than asked for; whole layers are kept.
    """

    keys: Places
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
        steps = 0
        while (hit := (far[self.targets] == steps) & (far[self.sources] < 0)).any():
            steps += 1
            far[self.sources[hit]] = steps
        return far


def explore(
    ground: Ground, kind: str, start: Iterable[int], *, in_turn: bool = False, most: int | None = None
) -> Trail:
    """Follow all steps of a kind from the start states, layer by layer, until there is nothing new or too much.

    Cost: one expansion per node, three numbers per step, at most `most` steps (default: `MOST`).
    """
    limit = min(MOST[kind], memory_limit() // STEP) if most is None else most
    width = len(ground.conflict.players) + 1 if in_turn and not ground.regular else 1
    if ground.conflict.cells > np.iinfo(np.int64).max // width:
        raise TooLarge(
            f"{count_text(ground.conflict.cells)} combinations of options cannot be numbered; hold some options fixed"
        )
    layers = [np.unique(np.array(list(start), dtype=np.int64)) * width]
    arcs: _Arcs = ([], [], [])
    found, total, complete = layers[0], 0, True
    while len(layers[-1]):
        step = _onward(ground, kind, layers[-1], width, limit - total)
        if step is None:
            complete = False
            break
        for kept, new in zip(arcs, step, strict=True):
            kept.append(new)
        total += len(step[0])
        reached = np.unique(step[1])
        layers.append(np.setdiff1d(reached, found, assume_unique=True))
        found = np.union1d(found, layers[-1])
    return _trail(layers, arcs, width, complete)


def _onward(ground: Ground, kind: str, keys: Places, width: int, most: int) -> tuple[Places, Places, Places] | None:
    """All steps from these nodes: (nodes left, nodes reached, movers); None if there are more than `most`."""
    empty = np.empty(0, dtype=np.int64)
    found: _Arcs = ([empty], [empty], [empty])
    total = 0
    for part in pieces(keys, ground.conflict.width):
        for player in range(len(ground.conflict.players)):
            mine = part if width == 1 else part[part % width != player + 1]
            rows, cells = ground.steps(kind, mine // width, player)
            mark = 0 if width == 1 else player + 1
            for kept, new in zip(found, (mine[rows], cells * width + mark, np.full(len(rows), player)), strict=True):
                kept.append(new)
            total += len(rows)
            if total > most:
                return None
    return np.concatenate(found[0]), np.concatenate(found[1]), np.concatenate(found[2])


def _trail(layers: list[Places], arcs: _Arcs, width: int, complete: bool) -> Trail:
    empty = [np.empty(0, dtype=np.int64)]
    keys = np.concatenate(layers)
    order = np.argsort(keys)
    depth = np.repeat(np.arange(len(layers)), [len(layer) for layer in layers])[order]
    keys = keys[order]
    sources, targets, movers = (np.concatenate([*empty, *part]) for part in arcs)
    begin, end = np.searchsorted(keys, sources), np.searchsorted(keys, targets)
    order = np.lexsort((end, movers, begin))
    small = (begin[order].astype(np.int32), end[order].astype(np.int32), movers[order].astype(np.int16))
    return Trail(keys, depth.astype(np.int32), *small, width, complete)


def follow_play(ground: Ground, play: str, start: int) -> Trail:
    """Every state that "myopic" or "foresight" play from the start can pass, with all steps; raises `TooLarge`."""
    kind = kind_of(play)
    trail = explore(ground, kind, [start])
    if trail.complete:
        return trail
    raise TooLarge(
        f"{play} play from this state takes more than {MOST[kind]:,} steps, too many to list; hold options that do not "
        "matter, start later, or ask for shortest ways by " + KINDS[kind]
    )


@dataclass(frozen=True)
class Distances:
    """How many steps away the goal is, from each node: -1 where it cannot be reached (or, if not `complete`, not seen)."""

    values: NDArray[np.int32]
    keys: Places | None = None
    width: int = 1
    complete: bool = True

    def at(self, cells: Cells, mover: int) -> NDArray[np.int32]:
        """The distances from these states when `mover` (a number; -1: nobody) moved last."""
        if self.keys is None:
            return self.values[cells]
        keys = cells * self.width + (mover + 1 if self.width > 1 else 0)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.values[place], np.int32(-1))


def distances(ground: Ground, kind: str, start: int, goal: Formula | int, *, in_turn: bool) -> Distances:
    """Distances to the goal from `start` and from what can follow it.

    Everything within reach is listed if that takes at most `MOST` steps. Beyond, models with transitive moves are
    swept backwards from the goal as arrays; others are answered if the goal is near, else refused (`TooLarge`).
    """
    trail = explore(ground, kind, [start], in_turn=in_turn)
    goals = ground.meets(goal, trail.cells)
    if trail.complete or (goals.any() and not ground.regular):
        return _listed(trail, goals)
    if ground.regular and ground.conflict.cells < 1 << 31:
        return _swept(ground, kind, start, goal)
    if goals.any():
        return _listed(trail, goals)
    raise TooLarge(
        f"the goal is more than {int(trail.depth.max())} steps away and there are more than {MOST[kind]:,} steps of that "
        "length; ask by improvements, hold options that do not matter, or narrow the goal"
    )


def _listed(trail: Trail, goals: NDArray[np.bool_]) -> Distances:
    return Distances(trail.far_from(goals), trail.keys, trail.width, trail.complete)


def _swept(ground: Ground, kind: str, start: int, goal: Formula | int) -> Distances:
    """Layer by layer back from the goal, until the start and its first steps are reached. One pass per actor and layer."""
    conflict, players = ground.conflict, range(len(ground.conflict.players))
    conflict.require(_bytes_swept(ground, kind), "finding ways")
    us, worst = _arrays(ground, kind)
    relations = [move_relation(conflict, axis) for axis in players]
    at_start = np.array([start], dtype=np.int64)
    wanted = np.concatenate([at_start, *(ground.steps(kind, at_start, player)[1] for player in players)])
    layer = _goal_grid(ground, goal) & (us[0] > 0)
    far = np.where(layer, np.int32(0), np.int32(-1))
    while layer.any() and (far.reshape(-1)[wanted] < 0).any():
        grown = np.zeros_like(layer)
        for player in players:
            grown |= dense.reach_back(us, relations, layer, kind != "moves", [player], worst)
        layer = grown & (far < 0)
        far[layer] = far.max() + 1
    return Distances(far.reshape(-1))


def _bytes_swept(ground: Ground, kind: str) -> int:
    """Bytes per cell that sweeping back takes: what is compared, sets of states, and the distances."""
    distances = 3 * np.dtype(np.int32).itemsize
    if kind == "unsanctioned":
        return bytes_copied(ground.analysis.solution, True) + distances
    widths = [1] if kind == "moves" else [payoff_bytes(each, ground.conflict.cells) for each in ground.readings]
    return sum(widths) + 3 * max(widths) + SETS + distances


def _goal_grid(ground: Ground, goal: Formula | int) -> NDArray[np.bool_]:
    if isinstance(goal, int):
        return np.asarray(np.arange(ground.conflict.cells) == goal).reshape(ground.conflict.shape)
    return np.asarray(np.broadcast_to(ground.conflict.holds(goal), ground.conflict.shape))


def _arrays(ground: Ground, kind: str) -> tuple[list[NDArray[Any]], dict[int, NDArray[Any]] | None]:
    """Payoffs over the whole space with 0 for infeasible cells, and what the others' answers leave of a step's gain."""
    conflict = ground.conflict

    def full(grid: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.broadcast_to(grid, conflict.shape))

    if kind == "unsanctioned":
        solution = ground.analysis.solution
        return [full(t.grid()) for t in solution.payoffs], dict(enumerate(full(t.grid()) for t in solution.worst))
    if kind == "moves":
        return [full(conflict.feasible.astype(np.uint8))] * len(conflict.players), None
    raw = [payoffs(conflict, reading) for reading in ground.readings]
    return [full(np.where(conflict.feasible, u + u.dtype.type(1), u.dtype.type(0))) for u in raw], None
