"""Who can step where: moves and improvements as functions of a game.

The mathematics. A *move* of an actor from a state is anything it may legally do there; an *improvement* (a unilateral
improvement, in full) is a move to a state that it strictly prefers. Neither needs to know who is stable where. (An
*unsanctioned* improvement does: it asks what the others would answer; see `improving_steps`.)

How to use it: every function answers for many states of one actor at once, as (rows, targets): `targets[k]` is reached from
`cells[rows[k]]`. Labels stay outside: states are cells, actors are numbers.

>>> from detente.scenario import load
>>> game = Game.of(load("drift_to_war"))
>>> rows, targets = improvements(game, np.array([game.cell(None)]), game.index("nk"))
>>> game.texts(targets.tolist())
['us_chan_ru nk_troops nk_esc']
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells
from detente.conflict.game import Game
from detente.conflict.kept import SMALL
from detente.engine.relevant_options import sliceable

Rows = NDArray[np.int64]
"""Positions in an array of states."""


def moves(game: Game, cells: Cells, player: int) -> tuple[Rows, Cells]:
    """The player's legal moves from the given states. Cost: the states times the player's strategies."""
    return game.conflict.successors(cells, player)


def improvements(game: Game, cells: Cells, player: int) -> tuple[Rows, Cells]:
    """The player's moves to states it strictly prefers; payoffs are compared within one array, as they must be."""
    rows, targets = moves(game, cells, player)
    if not len(rows):
        return rows, targets
    u = _liking(game, player, np.concatenate([cells, targets]))
    better = u[len(cells) :] > u[: len(cells)][rows]
    return rows[better], targets[better]


def _liking(game: Game, player: int, cells: Cells) -> NDArray[Any]:
    """How much the player likes these states; of a small model looked up among the ranks of all, which are kept."""
    if game.count > SMALL:
        return game.payoffs(player, cells)
    return game.scores(player)[np.searchsorted(game.states, cells)]


def is_regular(game: Game) -> bool:
    """Whether everybody's moves are proved transitive, along the axes of the space."""
    return sliceable(game.conflict)
