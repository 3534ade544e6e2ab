"""Many states in few lines: what they have in common, and what is free.

A *pattern* fixes some options and leaves the others free; it stands for all states that agree with it. `patterns` cuts a
set of states into disjoint patterns that cover it exactly, largest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict

MOST_STATES = 200_000
"""Sets larger than this are described by what they have in common only."""


@dataclass(frozen=True)
class Pattern:
    """`fixed` settings shared by `states` states; every combination of the `free` options occurs among them."""

    fixed: Mapping[str, int]
    free: tuple[str, ...]
    states: int


def common(conflict: Conflict, cells: Cells) -> dict[str, int]:
    """The settings all these states share. Cost: one pass per option."""
    values = conflict.values(cells)
    spread = {key: np.ravel(value) for key, value in values.items() if key not in conflict.fixed}
    return {key: int(v[0]) for key, v in spread.items() if len(v) and (v == v[0]).all()}


def patterns(conflict: Conflict, cells: Cells) -> tuple[Pattern, ...]:
    """Disjoint patterns that cover the states exactly, largest first. Cost: states × options per cut."""
    values = {key: np.ravel(v) for key, v in conflict.values(cells).items() if key not in conflict.fixed}
    if not values or not len(cells) or len(cells) > MOST_STATES:
        return ()
    keys = list(values)
    table = np.stack([values[key] for key in keys], axis=1)
    found = [_pattern(keys, part) for part in _cubes(table)]
    return tuple(sorted(found, key=lambda pattern: -pattern.states))


def _pattern(keys: list[str], rows: NDArray[Any]) -> Pattern:
    constant = (rows == rows[0]).all(axis=0)
    fixed = {key: int(rows[0, c]) for c, key in enumerate(keys) if constant[c]}
    return Pattern(fixed, tuple(key for c, key in enumerate(keys) if not constant[c]), len(rows))


def _cubes(rows: NDArray[Any]) -> list[NDArray[Any]]:
    """Cut rows (all different) until each part is a full product of its free columns."""
    sizes = [len(np.unique(rows[:, column])) for column in range(rows.shape[1])]
    if int(np.prod([float(size) for size in sizes])) == len(rows):
        return [rows]
    column = max((c for c, size in enumerate(sizes) if size > 1), key=lambda c: _gain(rows, c))
    return [cube for value in np.unique(rows[:, column]) for cube in _cubes(rows[rows[:, column] == value])]


def _gain(rows: NDArray[Any], column: int) -> float:
    """How many other columns become constant when this one is fixed, weighted by the rows concerned."""
    total = 0.0
    for value in np.unique(rows[:, column]):
        part = rows[rows[:, column] == value]
        total += float((part == part[0]).all(axis=0).sum()) * len(part)
    return total
