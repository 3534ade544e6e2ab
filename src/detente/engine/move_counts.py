"""How many moves an actor has in all, without listing them where the space is regular."""

from __future__ import annotations

import numpy as np

from detente.conflict import Conflict
from detente.conflict.game import Game
from detente.engine.by_arcs import count_arcs
from detente.engine.relevant_options import own_cone

WALKED = 1 << 18
"""Up to this many cells times own combinations moves are listed and counted."""


def count_moves(game: Game, axis: int) -> int:
    """Distinct (from, to) pairs of one player's moves.

    In a regular space a player that may change anything has n·(n - 1) moves where the others leave it n ways to be; else the
    moves are counted on the options that decide whether they are legal, and the others multiply.
    """
    conflict = game.conflict
    player = conflict.players[axis]
    if not conflict.simple or conflict.cells * player.size <= WALKED:
        return count_arcs(conflict, axis)
    if player.moves.legal is None and player.moves.need is None:
        whole = np.broadcast_to(conflict.feasible, _own_axis(conflict, axis))
        own = whole.sum(axis=axis, dtype=np.int64)
        return int((own * (own - 1)).sum()) * (conflict.cells // whole.size)
    part = game.part(own_cone(game.scenario, axis))
    small = part.conflict
    if small.cells == conflict.cells:
        return count_arcs(conflict, axis)
    return count_moves(part, axis) * (conflict.count // small.count)


def _own_axis(conflict: Conflict, axis: int) -> tuple[int, ...]:
    """The shape of the feasibility array with the player's own axis at full length."""
    sizes = list(conflict.feasible.shape)
    sizes[axis] = conflict.shape[axis]
    return tuple(sizes)
