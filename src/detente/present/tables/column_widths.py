"""How wide the columns of a table should be, so that it fits and stays short.

A table that fits as it is keeps its natural widths. Else every column begins as narrow as its longest word (cells of numbers
and signs stay whole), and what room is left goes where it saves most lines. Where even that is too wide, the columns are
dealt out to several tables that repeat the first ones.

>>> fit(["who", "what"], [["us", "one two three four"], ["ru", "five"]], [True, False], 10)
[3, 5]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

from detente.messages import tell
from detente.sheet import Sheet, is_heading, show

GAP = 2
"""Blanks between columns."""

LONGEST = 24
"""Words are broken above this length."""

KEYS = 3
"""First columns at most that are repeated, so that rows can be told apart."""

LOOKED_AT = 60
"""Rows that decide about widths."""


def is_text(cells: Sequence[object]) -> bool:
    """Whether a column may wrap: it holds words; names and numbers stay whole."""
    return any(isinstance(cell, str) and len(cell) > 12 and " " in cell.strip() for cell in cells)


def widths(sheet: Sheet, room: int) -> list[int] | None:
    """The widths of a sheet's columns in `room` characters; None if it cannot be."""
    rows = [list(map(show, row)) for row in sheet.rows if not is_heading(row)][:LOOKED_AT]
    columns = [[row[place] for row in sheet.rows] for place in range(len(sheet.columns))]
    headings = max((len(row[0]) for row in sheet.rows if is_heading(row)), default=0)
    found = fit(sheet.columns, rows or [[""] * len(columns)], [not is_text(cells) for cells in columns], room)
    if found and headings > found[0] and sum(found) + GAP * (len(found) - 1) + headings - found[0] <= room:
        found[0] = headings
    return found


def fit(heads: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[bool], room: int) -> list[int] | None:
    """Widths for these cells; a `whole` column never wraps below its heading. At most `room` with the gaps, or None."""
    found = _fit(tuple(heads), tuple(map(tuple, rows)), tuple(whole), room)
    return None if found is None else list(found)


@lru_cache(64)  # a table is measured when it is parted, and again when it is drawn
def _fit(
    heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], whole: tuple[bool, ...], room: int
) -> Sequence[int] | None:
    count = len(heads)
    room -= GAP * (count - 1)
    natural = [max(map(len, (heads[place], *(row[place] for row in rows)))) for place in range(count)]
    if sum(natural) <= room:
        return natural
    least = [_least(heads[place], [row[place] for row in rows], whole[place]) for place in range(count)]
    # begin as narrow as words allow, and give out the rest greedily: a step that saves most lines a character comes first
    spare, found = room - sum(least), list(least)
    if spare < 0:
        return None
    cells = [heads, *rows]
    heights = [[_lines(row[place], found[place]) for place in range(count)] for row in cells]
    while spare > 0:
        best = _best(cells, heights, found, natural, spare)
        if best is None:  # no width left would save a line: stay narrow rather than spread out
            return found
        place, more = best
        found[place] += more
        spare -= more
        for row, high in zip(cells, heights, strict=True):
            high[place] = _lines(row[place], found[place])
    return found


def _best(
    cells: Sequence[Sequence[str]], heights: Sequence[list[int]], found: list[int], natural: list[int], spare: int
) -> tuple[int, int] | None:
    """Which column to widen by how much: where a character saves most, table lines before lines of cells."""
    best, most = None, 0.0
    for place, width in enumerate(found):
        # only a cell of several lines has any to save; a row is as high as the highest of its other cells at least
        tall = [
            (row[place], high[place], max((*high[:place], *high[place + 1 :]), default=0))
            for row, high in zip(cells, heights, strict=True)
            if high[place] > 1
        ]
        # one character more often saves nothing where five save a line, so every step up to the natural width is tried
        for more in range(1, min(spare, natural[place] - width) + 1 if tall else 0):
            saved = sum(_saved(text, lines, others, width + more) for text, lines, others in tall)
            if saved / more > most:
                best, most = (place, more), saved / more
    return best


def _saved(text: str, before: int, others: int, width: int) -> int:
    """What a row gains by another width of one cell; `others` are the lines of the highest of its other cells."""
    lines = _lines(text, width)
    # only a highest cell saves lines of the table; lines of a cell break ties
    return 100 * (max(before, others) - max(lines, others)) + before - lines


def _least(head: str, cells: Sequence[str], whole: bool) -> int:
    word = max(map(len, head.split()), default=0)
    if whole:
        return max(word, *(len(cell) for cell in cells))
    return max(word, min(LONGEST, max(len(part) for cell in cells for part in cell.split() or [""])))


@cache
def _lines(text: str, width: int) -> int:
    """How many lines a text takes, broken at blanks; what is indented stays so."""
    indent = len(text) - len(text.lstrip())
    lines, used = 1, 0
    for word in text.split():
        length = len(word) + indent
        if used and used + 1 + len(word) > width:
            lines, used = lines + 1, 0
        used = used + 1 + len(word) if used else length
        # a word longer than the line is broken, as the terminal does
        lines, used = lines + (used - 1) // max(width, 1), (used - 1) % max(width, 1) + 1
    return lines


# --- too wide -----------------------------------------------------------------------------------------------------


def parts(sheet: Sheet, room: int) -> tuple[Sheet, ...]:
    """The sheet, or if it cannot fit, several that repeat its first columns; the notes stand below the last."""
    if not sheet.columns or not sheet.rows or widths(sheet, room) is not None:
        return (sheet,)
    keys, groups, group = _keys(sheet), list[list[int]](), list[int]()
    for place in range(keys, len(sheet.columns)):
        if group and widths(sheet.only([*range(keys), *group, place]), room) is None:
            groups.append(group)
            group = []
        group.append(place)
    groups.append(group)
    if len(groups) == 1:
        return (sheet,)
    made = [sheet.only([*range(keys), *group]) for group in groups]
    titled = [
        replace(part, title=tell("{title} ({n} of {number})", title=sheet.title, n=n, number=len(made)), notes=())
        for n, part in enumerate(made, 1)
    ]
    return (*titled[:-1], replace(titled[-1], notes=sheet.notes))


def _keys(sheet: Sheet) -> int:
    """How many of the first columns tell the rows apart."""
    rows = [row for row in sheet.rows if not is_heading(row)]
    for count in range(1, min(KEYS, len(sheet.columns) - 1) + 1):
        if len({row[:count] for row in rows}) == len(rows):
            return count
    return 1
