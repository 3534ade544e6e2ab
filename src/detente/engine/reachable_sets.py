"""Where play ends when it passes millions of states: sets of states as arrays, never a list of steps.

Forward from the start gives all states play can pass. Those without a step are ends; backwards from them gives the states
that lead to one. From what is left, go forward from any state: if the way back covers it, it is an end (a cycle), else go
on from a state that cannot come back. Cost: one sweep of the space per actor and round, a byte or two per cell and actor.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict
from detente.engine import Solution, move_relation
from detente.engine import arrays as dense
from detente.messages import tell


def ends_by_arrays(conflict: Conflict, solution: Solution, start: int, foresight: bool) -> tuple[int, list[Cells]]:
    """How many states play from `start` can pass, and its ends. For regular models only (see `relevant_options.sliceable`)."""
    conflict.require(bytes_copied(solution, foresight), tell("following play"))
    return _Sweeps(conflict, solution, foresight).ends(start)


def bytes_copied(solution: Solution, foresight: bool) -> int:
    """Bytes per cell of the whole space that following play takes beside the solution: tables spread out, and sets."""
    tables = (*solution.payoffs, *(solution.worst if foresight else ()))
    spread = sum(t.values.itemsize for t in tables if t.values.size < math.prod(t.shape))
    return spread + 3 * max(t.values.itemsize for t in tables) + SETS


SETS = 8
"""Sets of states held at once."""


class _Sweeps:
    def __init__(self, conflict: Conflict, solution: Solution, foresight: bool) -> None:
        self.shape = conflict.shape
        self.us = [self._whole(table.grid()) for table in solution.payoffs]
        self.relations = [move_relation(conflict, axis) for axis in range(len(self.us))]
        worst = [self._whole(table.grid()) for table in solution.worst] if foresight else []
        self.worst = dict(enumerate(worst)) if foresight else None

    def _whole(self, grid: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.broadcast_to(grid, self.shape))

    def spread(self, cells: NDArray[np.bool_], forward: bool) -> NDArray[np.bool_]:
        step = dense.reach if forward else dense.reach_back
        return step(self.us, self.relations, cells, True, range(len(self.us)), self.worst)

    def ends(self, start: int) -> tuple[int, list[Cells]]:
        passed = self.spread(self._only(start), forward=True)
        quiet = passed & ~self._moving()  # states nobody leaves are ends of their own
        ends = [np.array([cell], dtype=np.int64) for cell in np.flatnonzero(quiet)]
        left = passed & ~self.spread(quiet, forward=False)
        # what cannot come to a quiet state must come to a cycle that nobody leaves
        while left.any():
            end = self._cycle(int(np.argmax(left)))
            ends.append(np.flatnonzero(end).astype(np.int64))
            left &= ~self.spread(end, forward=False)
        return int(passed.sum()), ends

    def _cycle(self, cell: int) -> NDArray[np.bool_]:
        """An end that play from a state which leads to no quiet state must come to."""
        while True:
            ahead, behind = self.spread(self._only(cell), forward=True), self.spread(self._only(cell), forward=False)
            strangers = ahead & ~behind  # play can go there and never come back, so this is not yet an end
            if not strangers.any():
                return ahead
            cell = int(np.argmax(strangers))

    def _only(self, cell: int) -> NDArray[np.bool_]:
        cells = np.zeros(self.shape, dtype=np.bool_)
        cells.reshape(-1)[cell] = True
        return cells

    def _moving(self) -> NDArray[np.bool_]:
        """States from which somebody takes a step."""
        moving = np.zeros(self.shape, dtype=np.bool_)
        for player, (u, relation) in enumerate(zip(self.us, self.relations, strict=True)):
            sure = np.minimum(u, self.worst[player]) if self.worst else u
            moving |= dense.best_reply(sure, relation) > u
        return moving
