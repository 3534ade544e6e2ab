"""Simultaneous stability: improvements that may collide.

State s is SIM stable for i if for every improving change of i from s some other actor j has an improving change from s
such that both changes together, applied to s, land on a state no better for i than s. An infeasible joint state deters
nobody. In a merged state the two changes must start from the same member.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import payoffs
from detente.scenario.model import Reading

_CHUNK = 1 << 22


def deterred_by_collision(
    conflict: Conflict, readings: Sequence[Reading], player: int, states: Cells | None = None
) -> NDArray[np.bool_]:
    """For every state (in order), or for the given ones, whether it is SIM stable for the player. Option form only.

    Cost: states × the player's improving changes × everybody else's strategies, in chunks of a few MB.
    """
    states = conflict.states if states is None else states
    scores = [_on_cells(conflict, reading) for reading in readings]
    stable = np.ones(len(states), dtype=np.bool_)
    width = max(1, sum(p.size for p in conflict.players) * conflict.players[player].size)
    step = max(1, _CHUNK // width)
    for begin in range(0, len(states), step):
        rows, members = conflict.members(states[begin : begin + step])
        open_rows = _unmet(conflict, scores, player, states[begin : begin + step][rows], members)
        stable[begin + np.unique(rows[open_rows])] = False
    return stable


def _on_cells(conflict: Conflict, reading: Reading) -> NDArray[Any]:
    grid = payoffs(conflict, reading)
    return np.broadcast_to(grid, conflict.shape)


def _at(scores: NDArray[Any], shape: tuple[int, ...], cells: Cells) -> NDArray[Any]:
    return np.asarray(scores[np.unravel_index(cells, shape)])


def _unmet(
    conflict: Conflict, scores: list[NDArray[Any]], player: int, states: Cells, members: Cells
) -> NDArray[np.int64]:
    """Rows in which some improving change of the player meets no collision."""
    rows, offsets = _improving(conflict, scores[player], states, members, player)
    for other in range(len(conflict.players)):
        if other == player or not len(rows):
            continue
        other_rows, other_offsets = _improving(conflict, scores[other], states, members, other)
        first = np.searchsorted(other_rows, rows)
        count = np.searchsorted(other_rows, rows, side="right") - first
        # every change of the player with every change of the other from the same member
        pair = np.repeat(np.arange(len(rows)), count)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
        base = rows[pair]
        landed = conflict.land(members[base] + offsets[pair] + other_offsets[place])
        # an infeasible joint state deters nobody
        real = landed >= 0
        here = _at(scores[player], conflict.shape, states[base[real]])
        bad = _at(scores[player], conflict.shape, landed[real]) <= here
        met = np.zeros(len(rows), dtype=np.bool_)
        met[pair[real][bad]] = True
        rows, offsets = rows[~met], offsets[~met]  # what has met a collision needs no other
    return np.unique(rows)


def _improving(
    conflict: Conflict, scores: NDArray[Any], states: Cells, members: Cells, player: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The player's improving changes: (row, offset in cell number), sorted by row."""
    rows, new = conflict.changes(members, player)
    offset = (new - conflict.strategy(members[rows], player)) * conflict.strides[player]
    landed = conflict.land(members[rows] + offset)
    real = landed >= 0
    rows, offset, landed = rows[real], offset[real], landed[real]
    here = _at(scores, conflict.shape, states[rows])
    better = _at(scores, conflict.shape, landed) > here
    return rows[better], offset[better]
