"""What of an analysis is to be shown, and the words for it.

How to make one: `View(analysis)`, optionally for equilibria where a formula holds, or stability for some actors
only, and for another width than 80 columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, product
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from detente.analysis import NUMBERED, Analysis
from detente.conflict import Cells
from detente.conflict.patterns import common
from detente.engine.concepts import strictest_first
from detente.formula import Formula
from detente.scenario.model import Option

MOST_LISTED = 1 << 20
"""Sets of equilibria up to this size are listed; larger ones stay grids."""


@dataclass(frozen=True)
class Found:
    """The equilibria under one concept (for some actors, where a formula holds): a grid of cells, how many."""

    grid: NDArray[np.bool_]
    states: int

    def implies(self, other: Found) -> bool:
        """Whether every state here is also there."""
        return not bool((self.grid & ~other.grid).any())

    def same(self, other: Found) -> bool:
        return self.states == other.states and self.implies(other)


@dataclass(frozen=True)
class View:
    """An analysis, which of its equilibria are shown, and the columns there are for it."""

    analysis: Analysis
    where: str | None = None
    actors: tuple[str, ...] | None = None
    width: int = 80

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """The concepts with an answer, strictest first."""
        return strictest_first(self.analysis.solution.stable)

    @cached_property
    def found(self) -> Mapping[str, Found]:
        return {concept: self._found(concept) for concept in self.concepts}

    def _found(self, concept: str) -> Found:
        grid = self.analysis.equilibrium_grid(concept, self.actors)
        if self.where is not None:
            grid = grid & self.analysis.conflict.holds(self.analysis.formula(self.where))
        return Found(grid, self.count(grid))

    def count(self, grid: NDArray[np.bool_]) -> int:
        """How many cells a broadcastable grid marks."""
        return int(grid.sum(dtype=np.int64)) * (self.analysis.conflict.cells // grid.size)

    @cached_property
    def listed(self) -> Mapping[str, Cells]:
        """The equilibria under each concept, in state order, where they are not too many."""
        shape, few = self.analysis.conflict.shape, {c: f for c, f in self.found.items() if f.states <= MOST_LISTED}
        return {concept: np.flatnonzero(np.broadcast_to(found.grid, shape)) for concept, found in few.items()}

    def count_where(self, concept: str, formula: Formula) -> int:
        """How many of the equilibria satisfy a formula."""
        if concept in self.listed:
            return int(self.analysis.conflict.holds(formula, self.listed[concept]).sum())
        return self.count(self.found[concept].grid & self.analysis.conflict.holds(formula))

    def shared(self, concept: str) -> dict[str, int]:
        """The settings all equilibria under a concept share; large sets are read off the grid, axis by axis."""
        conflict, grid = self.analysis.conflict, self.found[concept].grid
        if concept in self.listed or conflict.graph:
            return {} if conflict.graph else common(conflict, self.listed[concept])
        shared: dict[str, int] = {}
        for axis, player in enumerate(conflict.players):
            seen = grid.any(axis=tuple(other for other in range(grid.ndim) if other != axis))
            rows = player.strategies[np.broadcast_to(seen, player.size)]
            same = (rows == rows[0]).all(axis=0)
            shared |= {o.key: int(rows[0, c]) for c, o in enumerate(player.options) if same[c]}
        return shared

    def at(self, concept: str, cells: Sequence[int]) -> NDArray[np.bool_]:
        """Which of the cells are equilibria under a concept."""
        grid = np.broadcast_to(self.found[concept].grid, self.analysis.conflict.shape)
        return np.asarray(grid[np.unravel_index(np.array(cells, dtype=np.int64), grid.shape)])

    @property
    def now(self) -> int | None:
        return self.analysis.conflict.now

    @property
    def options(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """Each actor's name and the options that can change, in file order."""
        return tuple((player.name, player.options) for player in self.analysis.conflict.players if player.options)

    def headers(self, cells: Sequence[int]) -> list[str]:
        """The states' names or numbers; letters in models too large for numbers."""
        names = self.analysis.conflict.state_names
        if self.analysis.states > NUMBERED:
            letters = ("".join(word) for size in count(1) for word in product(ascii_uppercase, repeat=size))
            return [names.get(cell) or letter for cell, letter in zip(cells, letters, strict=False)]
        return [str(number) for number in self.analysis.numbers(np.array(cells, dtype=np.int64))]


def state_name(analysis: Analysis, cell: int) -> str:
    """A state's name, or its number in state order, or in very large models what is on."""
    return str(analysis.numbers(np.array([cell], dtype=np.int64))[0])
