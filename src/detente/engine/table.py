"""A value per cell, kept as small as what it depends on.

A verdict about one actor often depends on a few options only. `Table` keeps the values of that smaller space and, per
axis of the whole space, which of its own strategies each strategy corresponds to.

>>> import numpy as np
>>> table = Table(np.array([[10, 20]]), (np.zeros(1, dtype=np.int64), np.array([0, 0, 1])), (4, 3))
>>> table.at(np.array([0, 5]))
array([10, 20])
>>> table.grid().shape
(1, 3)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """`values` over the smaller space; `projections[axis]` maps strategies of the whole space, or is [0] if irrelevant."""

    values: NDArray[Any]
    projections: tuple[NDArray[np.int64], ...]
    shape: tuple[int, ...]
    plain: bool = False
    """Whether `values` are those of the cells as they are."""

    def at(self, cells: NDArray[np.int64]) -> NDArray[Any]:
        """The values at cells of the whole space. Cost: cells × relevant axes."""
        if self.plain:
            return np.asarray(self.values.reshape(-1)[cells])
        place: Any = np.zeros(np.shape(cells), dtype=np.int64)
        for axis, (projection, size) in enumerate(zip(self.projections, self.values.shape, strict=True)):
            place = place * size
            if len(projection) > 1:
                stride = math.prod(self.shape[axis + 1 :])
                place = place + projection[(cells // stride) % self.shape[axis]]
            else:
                place = place + projection[0]
        return np.asarray(self.values.reshape(-1)[place])

    def grid(self) -> NDArray[Any]:
        """The values as an array that broadcasts to the whole space."""
        if self.plain or all(
            np.array_equal(p, np.arange(n)) for p, n in zip(self.projections, self.values.shape, strict=True)
        ):
            return self.values
        return np.asarray(self.values[np.ix_(*self.projections)])


def whole(values: NDArray[Any], shape: tuple[int, ...]) -> Table:
    """A table over the whole space; `values` broadcasts to `shape`."""
    projections = tuple(np.arange(n) if n > 1 else np.zeros(1, dtype=np.int64) for n in values.shape)
    return Table(values, projections, shape, values.shape == shape)


@dataclass(frozen=True)
class Solution:
    """Stability of every state for every player: `stable[concept][i]`, true only where the cell is a state.

    `payoffs[i]` and `worst[i]` (what the others can credibly bring about after a move) share one scale per player, so an
    improvement of i from s to s1 is unsanctioned where `worst[i]` at s1 is above `payoffs[i]` at s.
    """

    stable: Mapping[str, tuple[Table, ...]]
    payoffs: tuple[Table, ...]
    worst: tuple[Table, ...]
    way: str
