"""How a grid is cut into tiles, each of which is swept in the cache along several axes before the next one.

The mathematics. The cells of a grid lie in C order. A *group* is a run of neighbouring axes: with A cells before it, G
combinations of its own strategies and S cells after it, cell (a, g, s) lies at (a G + g) S + s. A *tile* is G rows side by
side, one row for each g, of up to `width` lanes: with S > 1 its lanes are neighbours s of one a; with S = 1 they are
neighbouring a, so the tile is read across. All lines of the group's axes through a tile lie in it whole, so that tiles are
independent, and rows lie side by side, so that a sweep compares many lanes at once, whatever the axis.

Levels are kept in *tile order*: tile after tile, each of them row by row, which is how sweeps read them.

How to use it: `groups(shape)` -> the groups, innermost first. Cost: O(axes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeAlias

Frame: TypeAlias = tuple[int, int, int, int]
"""How a group cuts the cells: (rows of a tile, cells after the group, cells before it, most lanes of a tile)."""

ROOM = 1 << 15
"""Cells of a tile: with a level per axis it stays in the second cache of a core."""

LANES = 128
"""Lanes that a tile has if it may: enough for loops over them to run on vectors."""

FEWEST = 8
"""Lanes that a tile has even where its rows alone fill the room."""

APART = 64
"""Cells that shall at least lie after a group, so that reading along them is quick; but for the innermost group."""

LONG = 32
"""Complete axes longer than this are sorted; shorter ones are compared pair by pair."""


@dataclass(frozen=True)
class Group:
    """Neighbouring axes that are swept together."""

    shape: tuple[int, ...]
    axes: tuple[int, ...]

    @cached_property
    def frame(self) -> Frame:
        rows = prod(self.shape[axis] for axis in self.axes)
        after, before = prod(self.shape[self.axes[-1] + 1 :]), prod(self.shape[: self.axes[0]])
        return rows, after, before, max(FEWEST, min(ROOM // rows, max(after, before)))

    @property
    def tiles(self) -> int:
        _, after, before, width = self.frame
        return before * -(-after // width) if after > 1 else -(-before // width)

    def inner(self, axis: int) -> int:
        """Rows from one strategy of an axis to the next."""
        return prod(self.shape[other] for other in self.axes if other > axis)


def groups(shape: Sequence[int]) -> tuple[Group, ...]:
    """The axes in groups, the innermost first: as many together as leave a tile its lanes.

    >>> [each.axes for each in groups((4, 4, 4, 4, 4, 4, 4, 8, 8))]
    [(6, 7, 8), (3, 4, 5), (0, 1, 2)]
    >>> [each.axes for each in groups((3, 200, 2))]
    [(1, 2), (0,)]
    """
    found: list[tuple[int, ...]] = []
    axes: tuple[int, ...] = ()
    for axis in reversed(range(len(shape))):
        rows = prod(shape[each] for each in axes)
        full = rows * shape[axis] * LANES > ROOM and (found or rows >= APART)
        if axes and full:
            found.append(axes)
            axes = ()
        axes = (axis, *axes)
    return tuple(Group(tuple(shape), each) for each in (*found, axes))


def level_bytes(shape: Sequence[int]) -> tuple[int, ...]:
    """Per axis the bytes that a level or a rung takes in each cell: the same for all axes of a group.

    >>> level_bytes((4, 300, 2))
    (1, 2, 2)
    """
    widths = dict.fromkeys(range(len(shape)), 1)
    for group in groups(shape):
        longest = max(shape[axis] for axis in group.axes)
        each = 1 if 2 * longest < 255 else 2 if 2 * longest < 65535 else 4
        widths |= dict.fromkeys(group.axes, each)
    return tuple(widths.values())
