"""The sweeps of `arrays` as compiled loops on all cores, for large grids. Needs numba.

The cell order. Sweeps along an axis are quick where neighbours lie far apart: many lines of the axis then lie side
by side and are compared at once. Only along the innermost axis neighbours are adjacent. So the longest axis, whose
lines are long enough to be worth sorting once, becomes the innermost; the others keep their order.

The work is cut into *strips*: some lines of one axis, side by side. A strip's rows, one per strategy, are copied to
buffers that stay in the cache, relaxed there, and written back only if something fell. Strips are independent, so
threads take them in runs. A strip is passed over if no block of 1024 cells that it touches has changed since the
actor's last sweep.

Per actor one byte per cell is kept, its *level*: on its line, 1 + the number of worse cells, 0 if infeasible; of two
cells the better one has the higher level. Long complete axes keep a *ladder* instead: the line's cells best first,
the top bit set where a cell is worse than the one before it, all bits set where only infeasible cells follow.
Climbing down it with a running minimum costs a few steps per cell, however long the line.

To make one: `arrays.prepare(..., compiled=True)`. The loops themselves are in `loops`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from detente.engine.loops import (
    BLOCK_BITS,
    NARROW,
    TILE,
    Cut,
    Restriction,
    climb,
    fill_ladders,
    fill_levels,
    floor,
    swap,
    sweep,
)
from detente.engine.sweeps import Array, Prepared, Relation, Turn
from detente.messages import tell

LONG = 32
"""Complete axes longer than this are sorted; shorter ones are compared pair by pair."""

BUFFER = 1 << 13
"""Cells of a strip, so that its buffers stay in the cache next to the processor."""

PARALLEL_FROM = 1 << 15
"""Arrays with fewer cells are not worth sharing out."""


def build(us: tuple[Array, ...], relations: tuple[Relation, ...], threads: int | None, credible: bool) -> Compiled:
    """Cell order, levels and threads for a model; O(actors * states * n), with log n for n on long axes."""
    shape = us[0].shape
    free = [n if relation.complete else 0 for n, relation in zip(shape, relations, strict=True)]
    frame = _Frame(shape, max(range(len(shape)), key=lambda axis: (free[axis], axis)), _Team(threads))
    lines = tuple(frame.lines(relation.axis) for relation in relations)
    possible = frame.inward((us[0] > 0).view(np.uint8))
    ranked = zip(us, lines, relations, strict=True) if credible else ()
    levels = [frame.levels(u, each, relation.complete) for u, each, relation in ranked]
    conditions = tuple(frame.conditions(relation) for relation in relations)
    feasible = None if possible.all() else possible.view(np.bool_)
    steps, blocks = tuple(each.step for each in lines), (us[0].size >> BLOCK_BITS) + 1
    return Compiled(us, relations, steps, blocks, feasible, conditions, frame, possible, tuple(levels), lines)


@final
@dataclass(frozen=True, eq=False)
class Compiled(Prepared):
    """Compiled sweeps over flat arrays in the cell order of `frame`."""

    frame: _Frame
    possible: Array
    levels: tuple[Array, ...]
    lines: tuple[_Lines, ...]

    def payoff(self, actor: int) -> Array:
        return self.frame.inward(self.us[actor])

    def restore(self, cells: NDArray[Any]) -> NDArray[Any]:
        return self.frame.outward(cells)

    def lower(self, target: Array, source: Array, actor: int, improving: bool, turn: Turn) -> None:
        if improving and not self.levels:
            raise ValueError(tell("prepared with credible=False, which leaves out improvements: prepare without it"))
        lines, complete = self.lines[actor], self.relations[actor].complete
        if not complete and not len(self.relations[actor].moves(lines.n)[0]):
            return
        level = self.levels[actor] if improving else self.possible
        kernel: Callable[..., object] = sweep
        more: tuple[object, ...] = ()
        if complete and improving and lines.n > LONG:
            kernel = climb
        elif complete and not improving and lines.step == 1:
            kernel = floor
        else:
            more = (self._restriction(actor, level, improving),)
        common = (target, source, level, lines.cut, tuple(turn), *more)
        self.frame.team.share(lines.strips, len(target), lambda first, last: kernel(first, last, *common))

    def _restriction(self, actor: int, level: Array, improving: bool) -> Restriction:
        """(conditions per cell, pairs, what each needs, mask of levels to exceed); no pairs if all moves are legal."""
        context = level if (found := self.conditions[actor]) is None else found
        low = level.dtype.type(np.iinfo(level.dtype).max if improving else 0)
        pairs, needs = self.relations[actor].moves(self.length(actor))
        kept = 0 if self.relations[actor].complete else len(pairs)
        return context, pairs[:kept], needs[:kept].astype(context.dtype), low


@dataclass(frozen=True)
class _Lines:
    """The lines of one axis of a flat array: `n` cells each, `step` apart; and the strips they are cut into."""

    n: int
    step: int
    cells: int

    @property
    def cut(self) -> Cut:
        """(n, step, groups of adjacent lines, most lines in a strip)."""
        groups = self.cells // (self.n * self.step)
        return self.n, self.step, groups, max(NARROW, BUFFER // self.n // 32 * 32)

    @property
    def strips(self) -> int:
        _, step, groups, width = self.cut
        return groups * -(-step // width) if step >= NARROW else -(-groups // (width // step))


class _Team:
    """Threads that share out numbered pieces of work; compiled loops run without the interpreter lock."""

    def __init__(self, threads: int | None) -> None:
        self.helpers = (threads or os.cpu_count() or 1) - 1
        self.pool = ThreadPoolExecutor(max(1, self.helpers), thread_name_prefix="detente")

    def share(self, pieces: int, cells: int, work: Callable[[int, int], object]) -> None:
        """Call work(first, last) over all pieces, here and on helpers where the number of cells repays it."""
        helpers = min(self.helpers, cells // PARALLEL_FROM)
        parts = min(pieces, 8 * helpers + 1)
        bounds = [pieces * part // parts for part in range(parts + 1)]
        queue = iter(list(pairwise(bounds)))

        def run() -> None:
            for first, last in queue:
                work(first, last)

        waiting = [self.pool.submit(run) for _ in range(helpers)]
        run()
        for helper in waiting:
            if not helper.cancel():
                helper.result()


@dataclass(frozen=True, eq=False)
class _Frame:
    """The kernels' cell order: axis `lane` moved to the end."""

    shape: tuple[int, ...]
    lane: int
    team: _Team

    def lines(self, axis: int) -> _Lines:
        inner = [n for other, n in enumerate(self.shape) if other > axis and other != self.lane]
        step = 1 if axis == self.lane else math.prod(inner) * self.shape[self.lane]
        return _Lines(self.shape[axis], step, math.prod(self.shape))

    def inward(self, grid: NDArray[Any]) -> NDArray[Any]:
        """From the model's order to the kernels', flat; O(states), or nothing if the orders agree."""
        return self._swapped(grid, self.shape[self.lane], math.prod(self.shape[self.lane + 1 :])).reshape(-1)

    def outward(self, cells: NDArray[Any]) -> NDArray[Any]:
        """From the kernels' order to the model's; O(states), or nothing if the orders agree."""
        after = math.prod(self.shape[self.lane + 1 :])
        return self._swapped(cells, after, self.shape[self.lane]).reshape(self.shape)

    def _swapped(self, cells: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
        source = np.ascontiguousarray(cells).reshape(-1)
        if rows == 1 or columns == 1:
            return source
        plain = source.view(np.uint8) if source.dtype == np.bool_ else source
        target = np.empty_like(plain)
        tiles = len(plain) // (rows * columns) * -(-rows // TILE) * -(-columns // TILE)
        self.team.share(tiles, len(plain), lambda first, last: swap(first, last, target, plain, rows, columns))
        return target.view(source.dtype)

    def conditions(self, relation: Relation) -> Array | None:
        """The conditions in every cell, in the least type that holds the bits in need; O(states)."""
        if relation.need is None or relation.conditions is None:
            return None
        narrow = relation.conditions.astype(np.min_scalar_type(int(relation.need.max(initial=0))))
        return self.inward(np.broadcast_to(narrow, self.shape))

    def levels(self, u: Array, lines: _Lines, complete: bool) -> Array:
        """Levels, or ladders on long complete axes; O(states * n), or O(states * log n)."""
        ladder = complete and lines.n > LONG
        top = 2 * lines.n if ladder else lines.n
        kinds = (np.uint8, np.uint16, np.uint32)
        level: Array = np.empty(u.size, next(kind for kind in kinds if top < np.iinfo(kind).max))
        kernel, cells = fill_ladders if ladder else fill_levels, self.inward(u)
        self.team.share(lines.strips, u.size, lambda first, last: kernel(first, last, level, cells, lines.cut))
        return level
