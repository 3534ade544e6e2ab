"""The compiled loops behind `compiled`: plain arrays in, plain arrays changed.

How the cells are cut into tiles is in `tiles`. A tile's rows are copied to a buffer that stays in the cache, relaxed there
by one mover after the other, and written back only where something fell. A tile is passed over if no block of cells that
it touches was marked after `seen`. Every loop runs without the interpreter lock; tiles of one sweep are independent.

A cell that holds the largest number of its type is infeasible, and keeps it: nothing that is feasible is that large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from detente.engine.sweeps import Array, Bools, Marks
from detente.engine.tiles import Frame

F = TypeVar("F", bound=Callable[..., Any])

Moment: TypeAlias = tuple[Marks, int, int]
Movers: TypeAlias = NDArray[np.int64]
"""A row each: (row in levels, cells of a line, rows between neighbours, way, its pairs, row in conditions or -1)."""

Restriction: TypeAlias = tuple[Array, NDArray[np.int64], Array]
"""(conditions in tile order, pairs of strategies, what each pair needs)."""

BLOCK_BITS = 7
"""Changes are marked per block of 2^7 cells."""

PIECE = 512
"""Lanes compared in one go, so that the rows of a line stay in the first cache."""

FREE, LADDER, LIMITED = 0, 1, 2
"""The ways of a mover: pair by pair, down a sorted line, along listed pairs."""


def _jit(function: F) -> F:
    return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


@_jit
def _tile(number: int, frame: Frame) -> tuple[int, int, int]:
    """(first cell, lanes, first place in tile order) of a tile."""
    rows, after, before, width = frame
    if after == 1:
        first = number * width * rows
        return first, min(width, before - number * width), first
    pieces = -(-after // width)
    outer = number // pieces
    lane = (number - outer * pieces) * width
    first = outer * rows * after
    return first + lane, min(width, after - lane), first + lane * rows


@_jit
def _due(marks: Marks, seen: int, first: int, lanes: int, frame: Frame) -> bool:
    """Whether anything in the tile changed after time `seen`."""
    rows, after = frame[0], frame[1]
    count, length = (1, rows * lanes) if after == 1 else (rows, lanes)
    for run in range(count):
        start = first + run * after
        for block in range(start >> BLOCK_BITS, ((start + length - 1) >> BLOCK_BITS) + 1):
            if marks[block] > seen:
                return True
    return False


@_jit
def _turn(target: Array | Bools, source: Array | Bools, height: int, breadth: int) -> None:
    """A matrix of so many rows and columns transposed; eight rows at a time, so that eight neighbours are written at once."""
    eights = height // 8 * 8
    for r in range(0, eights, 8):
        part = source[r * breadth : (r + 8) * breadth]
        for c in range(breadth):
            to = target[c * height + r : c * height + r + 8]
            to[0] = part[c]
            to[1] = part[breadth + c]
            to[2] = part[2 * breadth + c]
            to[3] = part[3 * breadth + c]
            to[4] = part[4 * breadth + c]
            to[5] = part[5 * breadth + c]
            to[6] = part[6 * breadth + c]
            to[7] = part[7 * breadth + c]
    for r in range(eights, height):
        for c in range(breadth):
            target[c * height + r] = source[r * breadth + c]


@_jit
def _load(tile: Array, cells: Array, first: int, lanes: int, frame: Frame) -> None:
    """Copy a tile to a buffer, row by row."""
    rows, after = frame[0], frame[1]
    if after == 1:
        _turn(tile, cells[first : first + rows * lanes], lanes, rows)
        return
    for row in range(rows):
        to, part = tile[row * lanes : (row + 1) * lanes], cells[first + row * after : first + row * after + lanes]
        for b in range(lanes):
            to[b] = part[b]


@_jit
def _store(cells: Array | Bools, tile: Array | Bools, first: int, lanes: int, frame: Frame) -> None:
    """Copy a buffer back to its tile."""
    rows, after = frame[0], frame[1]
    if after == 1:
        _turn(cells[first : first + rows * lanes], tile, rows, lanes)
        return
    for row in range(rows):
        to, part = cells[first + row * after : first + row * after + lanes], tile[row * lanes : (row + 1) * lanes]
        for b in range(lanes):
            to[b] = part[b]


@_jit
def _merge(cells: Array, part: Array) -> bool:
    """Lower neighbouring cells to `part`, and tell whether anything fell."""
    fell = False
    for b in range(len(part)):
        fell |= part[b] < cells[b]
        cells[b] = min(cells[b], part[b])
    return fell


@_jit
def _fall(cells: Array, tile: Array, spare: Array, first: int, lanes: int, frame: Frame, turn: Moment) -> None:
    """Lower a tile to its buffer, and mark the blocks where something fell."""
    rows, after = frame[0], frame[1]
    marks, _, now = turn
    count, length = rows, lanes
    if after == 1:
        _turn(spare, tile, rows, lanes)
        count, length = lanes, rows
        apart, part = rows, spare
    else:
        apart, part = after, tile
    for run in range(count):
        start = first + run * apart
        if _merge(cells[start : start + length], part[run * length : (run + 1) * length]):
            for block in range(start >> BLOCK_BITS, ((start + length - 1) >> BLOCK_BITS) + 1):
                marks[block] = now


@_jit
def _relax_better(tile: Array, level: Array, at: int, n: int, step: int, count: int) -> None:
    """Each cell takes the least of the better part of its line, pair by pair."""
    for p in range(1, n):
        row, own = tile[at + p * step :][:count], level[at + p * step :][:count]
        for q in range(p):
            other, theirs = tile[at + q * step :][:count], level[at + q * step :][:count]
            for b in range(count):
                # both ways at once, without a branch, so that the loop runs on vectors; transitivity makes one pass enough
                x, y = row[b], other[b]
                least = min(x, y)
                row[b] = least if theirs[b] > own[b] else x
                other[b] = least if own[b] > theirs[b] else y


@_jit
def _relax_all(tile: Array, at: int, n: int, step: int, count: int, least: Array) -> None:
    """Each feasible cell takes the least of its line."""
    top = np.iinfo(tile.dtype).max
    part = least[:count]
    first = tile[at:][:count]
    for b in range(count):
        part[b] = first[b]
    for p in range(1, n):
        row = tile[at + p * step :][:count]
        for b in range(count):
            part[b] = min(part[b], row[b])
    for p in range(n):
        row = tile[at + p * step :][:count]
        for b in range(count):
            row[b] = part[b] if row[b] != top else row[b]


@_jit
def _relax_moves(
    tile: Array, level: Array, there: Array, pairs: NDArray[np.int64], needs: Array, at: int, step: int, count: int
) -> None:
    """Legal moves p -> q: the context meets the need, and q is better than p where levels are given."""
    top = np.iinfo(tile.dtype).max
    # in place: what is passed on from pair to pair are moves of one actor, which are transitive
    for m in range(len(pairs)):
        p, q, need = at + pairs[m, 0] * step, at + pairs[m, 1] * step, needs[m]
        row, other, context = tile[p:][:count], tile[q:][:count], there[p:][:count]
        if len(level):
            own, theirs = level[p:][:count], level[q:][:count]
            for b in range(count):
                can = (theirs[b] > own[b]) & (context[b] & need == need) & (other[b] < row[b])
                row[b] = other[b] if can else row[b]
        else:
            for b in range(count):
                can = (row[b] != top) & (context[b] & need == need) & (other[b] < row[b])
                row[b] = other[b] if can else row[b]


@_jit
def _climb(tile: Array, ladder: Array, start: int, n: int, step: int) -> None:
    """Down the ladder with the least value so far, and the least before the cells as good as this one."""
    end = np.int64(np.iinfo(ladder.dtype).max)
    place, worse = end >> 1, end ^ (end >> 1)
    best = least = tile.dtype.type(np.iinfo(tile.dtype).max)
    for p in range(n):
        rung = np.int64(ladder[start + p * step])
        if rung == end:  # from here on all are infeasible
            break
        # among cells that are equally good none improves on another: `best` moves on only where the rung is worse
        best = least if rung & worse else best
        cell = start + (rung & place) * step
        least = min(least, tile[cell])
        tile[cell] = min(best, tile[cell])


@_jit
def relax(
    first: int,
    last: int,
    target: Array,
    source: Array,
    levels: Array,
    frame: Frame,
    movers: Movers,
    rule: Restriction,
    turn: Moment,
) -> None:
    """One sweep of some movers of a group over the tiles `first` to `last`; by improvements where levels are given.

    Per cell and mover O(1) for all moves and on a ladder, O(n) pair by pair, O(pairs / n) for limited moves.
    """
    marks, seen, _ = turn
    contexts, pairs, needs = rule
    improving = len(levels) > 0
    room = frame[0] * frame[3]
    buffer, spare = np.empty(room, source.dtype), np.empty(room if frame[1] == 1 else 0, source.dtype)
    least, none, free = np.empty(PIECE, source.dtype), np.empty(0, levels.dtype), np.zeros(room, contexts.dtype)
    for number in range(first, last):
        begin, lanes, offset = _tile(number, frame)
        if not _due(marks, seen, begin, lanes, frame):
            continue  # nothing that a move of these movers could see has changed since their last sweep
        size = frame[0] * lanes
        tile = buffer[:size]
        _load(tile, source, begin, lanes, frame)
        for m in range(len(movers)):
            row, n, inner, way = movers[m, 0], movers[m, 1], movers[m, 2], movers[m, 3]
            one, end, held = movers[m, 4], movers[m, 5], movers[m, 6]
            step = inner * lanes
            level = levels[row, offset : offset + size] if improving else none
            context = contexts[held, offset : offset + size] if held >= 0 else free[:size]
            for start in range(0, size, n * step):
                if way == LADDER and improving:
                    for b in range(step):
                        _climb(tile, level, start + b, n, step)
                    continue
                for at in range(start, start + step, PIECE):
                    count = min(PIECE, start + step - at)
                    if way == LIMITED:
                        _relax_moves(tile, level, context, pairs[one:end], needs[one:end], at, step, count)
                    elif improving:
                        _relax_better(tile, level, at, n, step, count)
                    else:
                        _relax_all(tile, at, n, step, count, least)
        _fall(target, tile, spare, begin, lanes, frame, turn)


@_jit
def _tops(tile: Array, at: int, n: int, step: int, count: int, most: Array) -> None:
    """The largest of each line."""
    part, first = most[:count], tile[at:][:count]
    for b in range(count):
        part[b] = first[b]
    for p in range(1, n):
        row = tile[at + p * step :][:count]
        for b in range(count):
            part[b] = max(part[b], row[b])


@_jit
def best(first: int, last: int, found: Array, u: Array, frame: Frame, n: int, inner: int) -> None:
    """The largest payoff of each cell's line, 0 where infeasible; O(cells)."""
    buffer, most = np.empty(frame[0] * frame[3], u.dtype), np.empty(PIECE, u.dtype)
    for number in range(first, last):
        begin, lanes, _ = _tile(number, frame)
        size, step = frame[0] * lanes, inner * lanes
        tile = buffer[:size]
        _load(tile, u, begin, lanes, frame)
        for start in range(0, size, n * step):
            for at in range(start, start + step, PIECE):
                count = min(PIECE, start + step - at)
                _tops(tile, at, n, step, count, most)
                for p in range(n):
                    row = tile[at + p * step :][:count]
                    for b in range(count):
                        row[b] = most[b] if row[b] > 0 else row[b]
        _store(found, tile, begin, lanes, frame)


@_jit
def judge(first: int, last: int, stable: Bools, u: Array, w: Array, frame: Frame, n: int, inner: int) -> None:
    """Where no move of a complete axis is sure of more than the cell has; feasible cells only; O(cells)."""
    room = frame[0] * frame[3]
    have, sure, most = np.empty(room, u.dtype), np.empty(room, u.dtype), np.empty(PIECE, u.dtype)
    verdict = np.empty(room, np.bool_)
    for number in range(first, last):
        begin, lanes, _ = _tile(number, frame)
        size, step = frame[0] * lanes, inner * lanes
        payoff, tile, holds = have[:size], sure[:size], verdict[:size]
        _load(payoff, u, begin, lanes, frame)
        _load(tile, w, begin, lanes, frame)
        for b in range(size):
            tile[b] = min(tile[b], payoff[b])
        for start in range(0, size, n * step):
            for at in range(start, start + step, PIECE):
                count = min(PIECE, start + step - at)
                _tops(tile, at, n, step, count, most)
                for p in range(n):
                    row, out = payoff[at + p * step :][:count], holds[at + p * step :][:count]
                    for b in range(count):
                        out[b] = (row[b] >= most[b]) & (row[b] > 0)
        _store(stable, holds, begin, lanes, frame)


@_jit
def _sort(order: NDArray[np.int64], line: Array) -> None:
    """Put the places of a line in order, largest cell first: Shell's sort."""
    gap = 1
    while gap < len(line) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for p in range(gap, len(line)):
            place, hole = order[p], p
            while hole >= gap and line[order[hole - gap]] < line[place]:
                order[hole] = order[hole - gap]
                hole -= gap
            order[hole] = place
        gap //= 3


@_jit
def _fill_ladder(ladder: Array, tile: Array, start: int, step: int, line: Array, order: NDArray[np.int64]) -> None:
    """A line's cells best first, the top bit set where worse than the one before, all bits set from infeasible on."""
    end = np.int64(np.iinfo(ladder.dtype).max)
    worse = end ^ (end >> 1)
    for p in range(len(line)):
        line[p] = tile[start + p * step]
    _sort(order, line)
    for p in range(len(line)):
        cell, before = line[order[p]], line[order[max(p - 1, 0)]]
        rung = order[p] | worse if cell != before else order[p]
        ladder[start + p * step] = rung if cell > 0 else end


@_jit
def _fill_levels(level: Array, tile: Array, at: int, n: int, step: int, count: int) -> None:
    """Per cell of these lines 1 + the number of worse cells on its line, the largest number if infeasible."""
    top = level.dtype.type(np.iinfo(level.dtype).max)
    for p in range(n):
        mine, row = level[at + p * step :][:count], tile[at + p * step :][:count]
        for b in range(count):
            mine[b] = 1
        for q in range(n):
            other = tile[at + q * step :][:count]
            for b in range(count):
                mine[b] += other[b] < row[b]
        for b in range(count):
            mine[b] = mine[b] if row[b] > 0 else top


@_jit
def fill(first: int, last: int, levels: Array, u: Array, frame: Frame, n: int, inner: int, ladder: bool) -> None:
    """Levels of one actor in tile order, or ladders; O(cells * n), or O(cells * log n), in practice."""
    buffer, line, order = np.empty(frame[0] * frame[3], u.dtype), np.empty(n, u.dtype), np.arange(n)
    for number in range(first, last):
        begin, lanes, offset = _tile(number, frame)
        size, step = frame[0] * lanes, inner * lanes
        tile, level = buffer[:size], levels[offset : offset + size]
        _load(tile, u, begin, lanes, frame)
        for start in range(0, size, n * step):
            if ladder:
                for b in range(step):
                    _fill_ladder(level, tile, start + b, step, line, order)
                continue
            for at in range(start, start + step, PIECE):
                _fill_levels(level, tile, at, n, step, min(PIECE, start + step - at))


@_jit
def arrange(first: int, last: int, found: Array, cells: Array, frame: Frame) -> None:
    """The cells in tile order; O(cells)."""
    for number in range(first, last):
        begin, lanes, offset = _tile(number, frame)
        _load(found[offset : offset + frame[0] * lanes], cells, begin, lanes, frame)
