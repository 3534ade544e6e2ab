"""The sweeps of `dense` as compiled loops on all cores, for large grids. Needs numba.

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

To make one: `dense.prepare(..., compiled=True)`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast, final

import numba
import numpy as np
from numpy.typing import NDArray

from detente.stability.dense import Array, Marks, Prepared, Relation, Turn

F = TypeVar("F", bound=Callable[..., Any])
Cut: TypeAlias = tuple[int, int, int, int]
Where: TypeAlias = tuple[int, int, int, int, int]
Restriction: TypeAlias = tuple[Array, NDArray[np.int64], Array, "np.unsignedinteger[Any]"]

LONG = 32
"""Complete axes longer than this are sorted; shorter ones are compared pair by pair."""

NARROW = 64
"""Along axes with neighbours closer than this, several groups of lines share a strip."""

BUFFER = 1 << 13
"""Cells of a strip, so that its buffers stay in the cache next to the processor."""

BLOCK_BITS = 10
TILE = 64
PARALLEL_FROM = 1 << 15


def build(
    us: tuple[Array, ...], relations: tuple[Relation, ...], threads: int | None, credible: bool
) -> Compiled:
    """Cell order, levels and threads for a model; O(actors * states * n), with log n for n on long axes."""
    shape = us[0].shape
    free = [n if relation.complete else 0 for n, relation in zip(shape, relations, strict=True)]
    frame = _Frame(shape, max(range(len(shape)), key=lambda axis: (free[axis], axis)), _Team(threads))
    lines = tuple(frame.lines(relation.axis) for relation in relations)
    possible = frame.inward((us[0] > 0).view(np.uint8))
    levels = [possible] * len(us)
    if credible:
        levels = [frame.levels(u, each, r.complete) for u, each, r in zip(us, lines, relations, strict=True)]
    given = (r.conditions for r in relations)
    conditions = tuple(None if c is None else frame.inward(np.broadcast_to(c, shape)) for c in given)
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
        relation, lines = self.relations[actor], self.lines[actor]
        level = self.levels[actor] if improving else self.possible
        kernel: Callable[..., object] = _sweep
        more: tuple[object, ...] = (improving,)
        if not relation.complete:
            kernel, more = _sweep_moves, (self._restriction(actor, level, improving),)
        elif improving and lines.n > LONG:
            kernel, more = _climb, ()
        common = (target, source, level, lines.cut, tuple(turn), *more)
        self.frame.team.share(lines.strips, len(target), lambda first, last: kernel(first, last, *common))

    def _restriction(self, actor: int, level: Array, improving: bool) -> Restriction:
        context = self.conditions[actor]
        pairs, needs = self.relations[actor].moves(self.length(actor))
        low = level.dtype.type(np.iinfo(level.dtype).max if improving else 0)
        there = level if context is None else context
        return there, pairs, needs.astype(there.dtype), low


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
        self.threads = threads or os.cpu_count() or 1
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="detente")

    def share(self, pieces: int, cells: int, work: Callable[[int, int], object]) -> None:
        """Call work(first, last) over all pieces, in parallel where the number of cells repays it."""
        parts = min(pieces, 8 * self.threads if self.threads > 1 and cells >= PARALLEL_FROM else 1)
        bounds = [pieces * part // parts for part in range(parts + 1)]
        if parts == 1:
            work(0, pieces)
        else:
            list(self.pool.map(work, bounds[:-1], bounds[1:]))


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
        self.team.share(tiles, len(plain), lambda first, last: _swap(first, last, target, plain, rows, columns))
        return target.view(source.dtype)

    def levels(self, u: Array, lines: _Lines, complete: bool) -> Array:
        """Levels, or ladders on long complete axes; O(states * n), or O(states * log n)."""
        ladder = complete and lines.n > LONG
        top = 2 * lines.n if ladder else lines.n
        kinds = (np.uint8, np.uint16, np.uint32)
        level = np.empty(u.size, next(kind for kind in kinds if top < np.iinfo(kind).max))
        kernel, cells = _build_ladders if ladder else _build_levels, self.inward(u)
        self.team.share(lines.strips, u.size, lambda first, last: kernel(first, last, level, cells, lines.cut))
        return level


# --- loops -----------------------------------------------------------------------------------------------------


def _jit(function: F) -> F:
    return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


@_jit
def _strip(number: int, cut: Cut) -> Where:
    """(first cell, n, step, groups of lines, adjacent lines per group) of a strip."""
    n, step, groups, width = cut
    if step >= NARROW:
        pieces = -(-step // width)
        group = number // pieces
        column = (number - group * pieces) * width
        return group * n * step + column, n, step, 1, min(width, step - column)
    several = width // step
    return number * several * n * step, n, step, min(several, groups - number * several), step


@_jit
def _runs(where: Where) -> tuple[int, int]:
    """A strip as runs of adjacent cells, `step` apart: (how many, how long)."""
    _, n, step, several, lines = where
    return (1, several * n * step) if lines == step else (n, lines)


@_jit
def _due(marks: Marks, seen: int, where: Where) -> bool:
    """Whether anything in the strip changed after time `seen`."""
    count, length = _runs(where)
    for run in range(count):
        first = where[0] + run * where[2]
        for block in range(first >> BLOCK_BITS, ((first + length - 1) >> BLOCK_BITS) + 1):
            if marks[block] > seen:
                return True
    return False


@_jit
def _mark(marks: Marks, now: int, where: Where) -> None:
    count, length = _runs(where)
    for run in range(count):
        first = where[0] + run * where[2]
        for block in range(first >> BLOCK_BITS, ((first + length - 1) >> BLOCK_BITS) + 1):
            marks[block] = now


@_jit
def _gather(rows: Array, cells: Array, where: Where) -> None:
    base, n, step, several, lines = where
    for p in range(n):
        row, start = rows[p], base + p * step
        for b in range(lines if lines <= 4 else 0):
            for g in range(several):
                row[g * lines + b] = cells[start + b + g * n * step]
        for g in range(several if lines > 4 else 0):
            to, part = row[g * lines : (g + 1) * lines], cells[start + g * n * step :]
            for b in range(lines):
                to[b] = part[b]


@_jit
def _scatter(cells: Array, rows: Array, where: Where) -> None:
    base, n, step, several, lines = where
    for p in range(n):
        row, start = rows[p], base + p * step
        for b in range(lines if lines <= 4 else 0):
            for g in range(several):
                cells[start + b + g * n * step] = row[g * lines + b]
        for g in range(several if lines > 4 else 0):
            to, part = cells[start + g * n * step :], row[g * lines : (g + 1) * lines]
            for b in range(lines):
                to[b] = part[b]


@_jit
def _merge(rows: Array, old: Array, level: Array, n: int, count: int) -> bool:
    """Keep the lesser of new and old in feasible cells, old elsewhere; did anything fall?"""
    fell = 0
    for p in range(n):
        row, was, own = rows[p][:count], old[p][:count], level[p][:count]
        for b in range(count):
            least = min(row[b], was[b]) if own[b] > 0 else was[b]
            fell |= least != was[b]
            row[b] = least
    return fell != 0


@_jit
def _relax_better(rows: Array, level: Array, n: int, count: int) -> None:
    for p in range(1, n):
        row, own = rows[p][:count], level[p][:count]
        for q in range(p):
            other, theirs = rows[q][:count], level[q][:count]
            for b in range(count):
                x, y = row[b], other[b]
                least = min(x, y)
                row[b] = least if theirs[b] > own[b] else x
                other[b] = least if own[b] > theirs[b] else y


@_jit
def _relax_all(rows: Array, n: int, count: int) -> None:
    least = rows[0][:count]
    for p in range(1, n):
        row = rows[p][:count]
        for b in range(count):
            least[b] = min(least[b], row[b])
    for p in range(1, n):
        row = rows[p][:count]
        for b in range(count):
            row[b] = least[b]


@_jit
def _relax_moves(rows: Array, least: Array, level: Array, context: Array, rule: Restriction, count: int) -> bool:
    """Restricted moves: p -> q counts where the context meets the need and level(q) > level(p) & low."""
    _, pairs, needs, low = rule
    fell = 0
    for m in range(len(pairs)):
        p, q, need = pairs[m, 0], pairs[m, 1], needs[m]
        own, theirs, there = level[p][:count], level[q][:count], context[p][:count]
        mine, other = least[p][:count], rows[q][:count]
        for b in range(count):
            can = (own[b] > 0) & (theirs[b] > own[b] & low) & (there[b] & need == need) & (other[b] < mine[b])
            mine[b] = other[b] if can else mine[b]
            fell |= can
    return fell != 0


@_jit
def _sweep(
    first: int, last: int, target: Array, source: Array, level: Array, cut: Cut, turn: Turn, improving: bool
) -> None:
    marks, seen, now = turn
    shape = (cut[0], cut[3])
    rows, old, own = np.empty(shape, source.dtype), np.empty(shape, source.dtype), np.empty(shape, level.dtype)
    for number in range(first, last):
        where = _strip(number, cut)
        if _due(marks, seen, where):
            _gather(rows, source, where)
            _gather(old, target, where)
            _gather(own, level, where)
            count = where[3] * where[4]
            if improving:
                _relax_better(rows, own, cut[0], count)
            else:
                _relax_all(rows, cut[0], count)
            if _merge(rows, old, own, cut[0], count):
                _scatter(target, rows, where)
                _mark(marks, now, where)


@_jit
def _sweep_moves(
    first: int, last: int, target: Array, source: Array, level: Array, cut: Cut, turn: Turn, rule: Restriction
) -> None:
    marks, seen, now = turn
    shape = (cut[0], cut[3])
    rows, old, own = np.empty(shape, source.dtype), np.empty(shape, source.dtype), np.empty(shape, level.dtype)
    there = np.empty(shape, rule[0].dtype)
    for number in range(first, last):
        where = _strip(number, cut)
        if _due(marks, seen, where):
            _gather(rows, source, where)
            _gather(old, target, where)
            _gather(own, level, where)
            _gather(there, rule[0], where)
            if _relax_moves(rows, old, own, there, rule, where[3] * where[4]):
                _scatter(target, old, where)
                _mark(marks, now, where)


@_jit
def _climb(first: int, last: int, target: Array, source: Array, ladder: Array, cut: Cut, turn: Turn) -> None:
    marks, seen, now = turn
    for number in range(first, last):
        where = _strip(number, cut)
        if _due(marks, seen, where):
            base, n, step, several, lines = where
            fell = False
            for line in range(several * lines):
                start = base + line // lines * n * step + line % lines
                fell |= _climb_line(target, source, ladder, start, n, step)
            if fell:
                _mark(marks, now, where)


@_jit
def _climb_line(target: Array, source: Array, ladder: Array, start: int, n: int, step: int) -> bool:
    """Down the ladder with the least source so far, and the least before the cells as good as this one."""
    end = np.int64(np.iinfo(ladder.dtype).max)
    place, worse = end >> 1, end ^ (end >> 1)
    best = least = source.dtype.type(np.iinfo(source.dtype).max)
    fell = False
    for p in range(n):
        rung = np.int64(ladder[start + p * step])
        if rung == end:
            break
        best = least if rung & worse else best
        cell = start + (rung & place) * step
        old = target[cell]
        least = min(least, source[cell])
        fell |= best < old
        target[cell] = min(best, old)
    return fell


@_jit
def _build_ladders(first: int, last: int, ladder: Array, u: Array, cut: Cut) -> None:
    end, line = np.int64(np.iinfo(ladder.dtype).max), np.empty(cut[0], u.dtype)
    worse = end ^ (end >> 1)
    for number in range(first, last):
        base, n, step, several, lines = _strip(number, cut)
        for each in range(several * lines):
            start = base + each // lines * n * step + each % lines
            for p in range(n):
                line[p] = np.iinfo(u.dtype).max - u[start + p * step]
            order = np.argsort(line)
            for p in range(n):
                differs = line[order[p]] != line[order[max(p - 1, 0)]]
                rung = order[p] | worse if differs else order[p]
                ladder[start + p * step] = rung if u[start + order[p] * step] > 0 else end


@_jit
def _build_levels(first: int, last: int, level: Array, u: Array, cut: Cut) -> None:
    shape = (cut[0], cut[3])
    rows, own = np.empty(shape, u.dtype), np.empty(shape, level.dtype)
    for number in range(first, last):
        where = _strip(number, cut)
        _gather(rows, u, where)
        for p in range(cut[0]):
            mine, row = own[p], rows[p]
            for b in range(where[3] * where[4]):
                mine[b] = row[b] > 0
            for q in range(cut[0]):
                other = rows[q]
                for b in range(where[3] * where[4]):
                    mine[b] += other[b] < row[b]
        _scatter(level, own, where)


@_jit
def _swap(first: int, last: int, target: Array, source: Array, rows: int, columns: int) -> None:
    """Tiles `first` to `last` of many matrices transposed one by one, by way of a small buffer."""
    down, across = -(-rows // TILE), -(-columns // TILE)
    tile = np.empty((TILE, TILE + 8), source.dtype)
    for number in range(first, last):
        matrix, rest = number // (down * across), number % (down * across)
        r0, c0, begin = rest // across * TILE, rest % across * TILE, matrix * rows * columns
        height, breadth = min(TILE, rows - r0), min(TILE, columns - c0)
        for r in range(height):
            row, part = tile[r], source[begin + (r0 + r) * columns + c0 :]
            for c in range(breadth):
                row[c] = part[c]
        for c in range(breadth):
            part = target[begin + (c0 + c) * rows + r0 :]
            for r in range(height):
                part[r] = tile[r, c]
