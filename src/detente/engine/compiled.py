"""The sweeps of `arrays` as compiled loops on all cores, for large grids. Needs numba.

Axes are swept in groups: the cells are cut into tiles (`tiles`), each of which is copied to a buffer that stays in the cache,
relaxed there by every mover of the group, and written back only where something fell. So the memory is read and written once
for several movers. Tiles are independent; threads take them in runs. A tile is passed over if no block of cells that it
touches has changed since the group's last sweep.

Per actor one byte per cell is kept, its *level*: on its line, 1 + the number of worse cells, the largest number if
infeasible; of two feasible cells the better one has the higher level. Long complete axes keep a *ladder* instead: the line's
cells best first, the top bit set where a cell is worse than the one before it, all bits set where only infeasible cells
follow. Climbing down it with a running minimum costs a few steps per cell, however long the line.

To make one: `arrays.prepare(..., compiled=True)`. The loops themselves are in `loops`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import final

import numpy as np

from detente.engine.loops import (
    BLOCK_BITS,
    FREE,
    LADDER,
    LIMITED,
    Movers,
    Restriction,
    arrange,
    best,
    fill,
    judge,
    relax,
)
from detente.engine.sweeps import Array, Bools, Prepared, Relation, Turn
from detente.engine.tiles import LONG, Frame, Group, groups, level_bytes
from detente.messages import tell

PARALLEL_FROM = 1 << 15
"""Arrays with fewer cells are not worth sharing out."""


def build(us: tuple[Array, ...], relations: tuple[Relation, ...], threads: int | None, credible: bool) -> Compiled:
    """Groups, levels and threads for a model; O(actors * states * n), with log n for n on long axes."""
    shape, team = us[0].shape, _Team(threads)
    owner = {relation.axis: actor for actor, relation in enumerate(relations)}
    found = tuple(
        _grouped(group, [owner[axis] for axis in group.axes if axis in owner], us, relations, team, credible)
        for group in groups(shape)
    )
    feasible = us[0].reshape(-1) > 0
    blocks = (us[0].size >> BLOCK_BITS) + 1
    return Compiled(us, relations, blocks, None if feasible.all() else feasible, found, team)


@final
@dataclass(frozen=True, eq=False)
class Compiled(Prepared):
    """Compiled sweeps, several movers at a time."""

    groups: tuple[_Grouped, ...]
    team: _Team

    def together(self, movers: Sequence[int]) -> list[tuple[int, ...]]:
        """The movers of each group, in the order in which they are swept."""
        parts = [tuple(mover for mover in movers if mover in group.movers) for group in self.groups]
        return [part for part in parts if part]

    def lower(self, target: Array, source: Array, movers: Sequence[int], improving: bool, turn: Turn) -> None:
        group = self._group(movers[0])
        if improving and not len(group.levels):
            raise ValueError(tell("prepared with credible=False, which leaves out improvements: prepare without it"))
        rows = np.array([group.movers[mover] for mover in movers])
        levels = group.levels if improving else group.levels[:0]
        self.team.share(group.cut, relax, target, source, levels, group.cut.frame, rows, group.rule, tuple(turn))

    def best(self, u: Array, actor: int) -> Array:
        if not self.relations[actor].complete:
            return super().best(u, actor)
        found = np.empty_like(u)
        self.team.share(self._group(actor).cut, best, found, u, *self._line(actor))
        return found

    def verdict(self, u: Array, w: Array, actor: int) -> Bools:
        if not self.relations[actor].complete:
            return super().verdict(u, w, actor)
        found = np.empty(len(u), np.bool_)
        self.team.share(self._group(actor).cut, judge, found, u, w, *self._line(actor))
        return found

    def _group(self, actor: int) -> _Grouped:
        return next(group for group in self.groups if self.relations[actor].axis in group.cut.axes)

    def _line(self, actor: int) -> tuple[Frame, int, int]:
        """Where the actor's lines lie: (frame, cells of a line, rows between neighbours)."""
        cut = self._group(actor).cut
        return cut.frame, self.length(actor), cut.inner(self.relations[actor].axis)


@dataclass(frozen=True, eq=False)
class _Grouped:
    """A group of axes: the row that the loops take of each of its movers, their levels, and what limits them."""

    cut: Group
    movers: dict[int, Movers]
    levels: Array
    rule: Restriction


def _grouped(
    cut: Group,
    owners: Sequence[int],
    us: Sequence[Array],
    relations: Sequence[Relation],
    team: _Team,
    credible: bool,
) -> _Grouped:
    """Levels and conditions of a group in tile order; those who have no choice are no movers."""
    cells = us[0].size
    active = [i for i in owners if cut.shape[relations[i].axis] > 1]
    kind = np.dtype(f"u{dict(enumerate(level_bytes(cut.shape)))[cut.axes[0]]}")
    levels = np.empty((len(active) if credible else 0, cells), kind)
    limited = [i for i in active if not relations[i].complete]
    tables = {i: relations[i].moves(cut.shape[relations[i].axis]) for i in limited}
    widest = max((int(needs.max(initial=0)) for _, needs in tables.values()), default=0)
    held = {i: each for i in limited if (each := relations[i].conditions) is not None}
    contexts = np.empty((len(held), cells), np.min_scalar_type(widest))
    for context, conditions in zip(contexts, held.values(), strict=True):
        spread = np.broadcast_to(conditions.astype(contexts.dtype), cut.shape).reshape(-1)
        team.share(cut, arrange, context, spread, cut.frame)
    movers: dict[int, Movers] = {}
    begin = 0
    for row, i in enumerate(active):
        n, inner = cut.shape[relations[i].axis], cut.inner(relations[i].axis)
        way = LIMITED if i in tables else LADDER if n > LONG else FREE
        if credible:
            team.share(cut, fill, levels[row], us[i].reshape(-1), cut.frame, n, inner, way == LADDER)
        end = begin + (len(tables[i][0]) if i in tables else 0)
        movers[i] = np.array([row, n, inner, way, begin, end, list(held).index(i) if i in held else -1])
        begin = end
    pairs = np.concatenate([np.empty((0, 2), np.int64), *(tables[i][0] for i in limited)])
    needs = np.concatenate([np.empty(0, contexts.dtype), *(tables[i][1].astype(contexts.dtype) for i in limited)])
    return _Grouped(cut, movers, levels, (contexts, pairs, needs))


class _Team:
    """Threads that share out the tiles of a group; compiled loops run without the interpreter lock."""

    def __init__(self, threads: int | None) -> None:
        self.helpers = (threads or os.cpu_count() or 1) - 1
        self.pool = ThreadPoolExecutor(max(1, self.helpers), thread_name_prefix="detente")

    def share(self, cut: Group, loop: Callable[..., None], *arguments: object) -> None:
        """Call loop(first, last, ...) over all tiles, here and on helpers where the number of cells repays it."""
        helpers = min(self.helpers, prod(cut.shape) // PARALLEL_FROM)
        parts = min(cut.tiles, 8 * helpers + 1)
        bounds = [cut.tiles * part // parts for part in range(parts + 1)]
        queue = iter(list(pairwise(bounds)))

        def run() -> None:
            for first, last in queue:
                loop(first, last, *arguments)

        waiting = [self.pool.submit(run) for _ in range(helpers)]
        run()
        for helper in waiting:
            if not helper.cancel():
                helper.result()
