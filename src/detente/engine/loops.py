"""The compiled loops behind `compiled`: plain arrays in, plain arrays changed.

A *strip* is a set of lines of one axis, side by side: `where` = (first cell, cells per line, distance of neighbours,
groups of lines, adjacent lines per group). Its rows, one per strategy, are copied to buffers that stay in the cache,
relaxed there, and written back only if something fell. A strip is passed over if no block of cells that it touches was
marked after `seen`. Every loop runs without the interpreter lock; strips of one sweep are independent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from detente.engine.sweeps import Array, Marks

F = TypeVar("F", bound=Callable[..., Any])
Cut: TypeAlias = tuple[int, int, int, int]
"""How an axis is cut into strips: (cells per line, distance of neighbours, groups of lines, most lines in a strip)."""

Where: TypeAlias = tuple[int, int, int, int, int]
Moment: TypeAlias = tuple[Marks, int, int]
Restriction: TypeAlias = "tuple[Array, NDArray[np.int64], Array, np.unsignedinteger[Any]]"
"""(conditions per cell, pairs of strategies, what each pair needs, mask of the own level to exceed)."""

NARROW = 64
"""Along axes with neighbours closer than this, several groups of lines share a strip."""

BLOCK_BITS = 10
"""Changes are marked per block of 2^10 cells."""

TILE = 64
"""Side of the tiles in which matrices are transposed."""


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
    """Copy a strip to a buffer. Many short pieces go column by column, long ones row by row."""
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
    """Copy a buffer back to its strip."""
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
def _relax_better(rows: Array, level: Array, n: int, count: int) -> None:
    """Each cell takes the least of the better part of its line, pair by pair."""
    for p in range(1, n):
        row, own = rows[p][:count], level[p][:count]
        for q in range(p):
            other, theirs = rows[q][:count], level[q][:count]
            for b in range(count):
                # both ways at once, without a branch, so that the loop runs on vectors; transitivity makes one pass enough
                x, y = row[b], other[b]
                least = min(x, y)
                row[b] = least if theirs[b] > own[b] else x
                other[b] = least if own[b] > theirs[b] else y


@_jit
def _relax_all(rows: Array, n: int, count: int) -> None:
    """Each cell takes the least of its line."""
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
def _merge(target: Array, rows: Array, level: Array, n: int, count: int) -> bool:
    """Lower feasible target cells to `rows`, and tell whether anything fell."""
    fell = 0
    for p in range(n):
        mine, row, own = target[p][:count], rows[p][:count], level[p][:count]
        for b in range(count):
            can = (own[b] > 0) & (row[b] < mine[b])
            mine[b] = row[b] if can else mine[b]
            fell |= can
    return fell != 0


@_jit
def _merge_moves(target: Array, rows: Array, level: Array, context: Array, rule: Restriction, count: int) -> bool:
    """Lower target cells by legal moves p -> q: context meets the need, and level(q) > level(p) & low."""
    _, pairs, needs, low = rule
    fell = 0
    # `low` is all ones or zero: with zero every feasible target counts, else only strictly better ones
    for m in range(len(pairs)):
        p, q, need = pairs[m, 0], pairs[m, 1], needs[m]
        own, theirs, there = level[p][:count], level[q][:count], context[p][:count]
        mine, other = target[p][:count], rows[q][:count]
        for b in range(count):
            can = (own[b] > 0) & (theirs[b] > own[b] & low) & (there[b] & need == need) & (other[b] < mine[b])
            mine[b] = other[b] if can else mine[b]
            fell |= can
    return fell != 0


@_jit
def sweep(
    first: int, last: int, target: Array, source: Array, level: Array, cut: Cut, turn: Moment, rule: Restriction
) -> None:
    """One sweep over strips `first` to `last`.

    Without pairs in the rule all moves are legal; improvements only, if its `low` is set. O(cells) for all moves,
    O(cells * n) for improvements, O(cells / n * pairs) for restricted moves.
    """
    marks, seen, now = turn
    context, pairs, _, low = rule
    shape = (cut[0], cut[3])
    rows, mine = np.empty(shape, source.dtype), np.empty(shape, source.dtype)
    own, there = np.empty(shape, level.dtype), np.empty(shape, context.dtype)
    for number in range(first, last):
        where = _strip(number, cut)
        if not _due(marks, seen, where):
            continue  # nothing that a move of this actor could see has changed since its last sweep
        n, count = cut[0], where[3] * where[4]
        _gather(rows, source, where)
        _gather(mine, target, where)
        _gather(own, level, where)
        if len(pairs):
            _gather(there, context, where)
            fell = _merge_moves(mine, rows, own, there, rule, count)
        else:
            if low:
                _relax_better(rows, own, n, count)
            else:
                _relax_all(rows, n, count)
            fell = _merge(mine, rows, own, n, count)
        if fell:
            _scatter(target, mine, where)
            _mark(marks, now, where)


@_jit
def floor(first: int, last: int, target: Array, source: Array, level: Array, cut: Cut, turn: Moment) -> None:
    """All moves along the innermost axis, whose lines need no buffer; O(cells)."""
    marks, seen, now = turn
    for number in range(first, last):
        where = _strip(number, cut)
        fell = 0
        for start in range(where[0], where[0] + where[3] * cut[0] if _due(marks, seen, where) else 0, cut[0]):
            line, mine, own = source[start : start + cut[0]], target[start : start + cut[0]], level[start:]
            least = line[0]
            for p in range(len(line)):
                least = min(least, line[p])
            for p in range(len(line)):
                can = (own[p] > 0) & (least < mine[p])
                mine[p] = least if can else mine[p]
                fell |= can
        if fell != 0:
            _mark(marks, now, where)


@_jit
def climb(first: int, last: int, target: Array, source: Array, ladder: Array, cut: Cut, turn: Moment) -> None:
    """Improvements along a sorted axis; O(cells)."""
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
        if rung == end:  # from here on all are infeasible
            break
        # among cells that are equally good none improves on another: `best` moves on only where the rung is worse
        best = least if rung & worse else best
        cell = start + (rung & place) * step
        old = target[cell]
        least = min(least, source[cell])
        fell |= best < old
        target[cell] = min(best, old)
    return fell


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
def fill_ladders(first: int, last: int, ladder: Array, u: Array, cut: Cut) -> None:
    """Per line its cells best first, the top bit set where worse than the one before, all bits set from infeasible on.

    O(cells * log n), in practice.
    """
    end, line, order = np.int64(np.iinfo(ladder.dtype).max), np.empty(cut[0], u.dtype), np.arange(cut[0])
    worse = end ^ (end >> 1)
    for number in range(first, last):
        base, n, step, several, lines = _strip(number, cut)
        for each in range(several * lines):
            start = base + each // lines * n * step + each % lines
            for p in range(n):
                line[p] = u[start + p * step]
            _sort(order, line)
            for p in range(n):
                cell, before = line[order[p]], line[order[max(p - 1, 0)]]
                rung = order[p] | worse if cell != before else order[p]
                ladder[start + p * step] = rung if cell > 0 else end


@_jit
def fill_levels(first: int, last: int, level: Array, u: Array, cut: Cut) -> None:
    """Per cell 1 + the number of worse cells on its line, 0 if infeasible; O(cells * n)."""
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
def swap(first: int, last: int, target: Array, source: Array, rows: int, columns: int) -> None:
    """Tiles `first` to `last` of many matrices transposed one by one by way of a small buffer; O(cells)."""
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
