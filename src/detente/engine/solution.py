"""Who is stable where: the solution of a game, by the quicker of two exact ways.

Small or irregular models are solved by arcs (`by_arcs`): every move is listed and the rule that nobody moves twice running is
followed to the letter; small ones for all actors at once (`at_once`). Large regular models are solved on dense arrays along
the axes (`by_arrays`), each actor on the smallest space its verdicts depend on. The ways are tested against each other and
against a brute-force oracle.

How to make one: `solve(game)`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict
from detente.conflict.game import Game
from detente.engine import at_once, by_arcs, by_arrays
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.progress import Progress, quiet
from detente.engine.relevant_options import sliceable
from detente.engine.table import Solution
from detente.messages import tell

ARCS_FIRST = 60_000
"""Below this many arcs listing them is quicker than anything else, so every small model takes the literal way."""


def solve(
    game: Game,
    concepts: Sequence[Concept] = tuple(CONCEPTS.values()),
    sanctions: str = "legal",
    progress: Progress = quiet,
) -> Solution:
    """Stability under each concept for every player. Picks the quicker exact way; raises `TooLarge` if neither fits.

    Cost: by arcs, arcs × sequence length × players; by arrays, cells of each player's cone × a few sweeps × players.
    """
    if small := at_once_of(game, sanctions):
        return small.solution(concepts, progress)
    if _in_arrays(game.conflict):
        return by_arrays.solve(game, concepts, sanctions, progress)
    return by_arcs.solve(game, concepts, sanctions, progress)


def at_once_of(game: Game, sanctions: str) -> at_once.AtOnce | None:
    """The game as far as it is asked, where it is small enough for all actors to be solved at once; else None."""
    game.check_merges()

    def find() -> at_once.Moves | None:
        return None if _in_arrays(game.conflict) else at_once.moves_of_all(game)

    moves = game.conflict.kept.of("all moves", None, find, most=1)
    return at_once.AtOnce(game, sanctions, moves) if moves else None


def bytes_needed(game: Game, concepts: Sequence[Concept]) -> int:
    """Bytes at the peak of solving, told before any are asked for. Raises the `TooLarge` that solving would raise."""
    if not _in_arrays(game.conflict):
        by_arcs.check_size(game.conflict)
        return by_arcs.bytes_needed(game.conflict)
    return by_arrays.plan(game, concepts)[2]


def check_size(game: Game, concepts: Sequence[Concept]) -> None:
    """Raise the `TooLarge` that solving, or listing the results, would raise, without doing either."""
    if not _in_arrays(game.conflict):
        return by_arcs.check_size(game.conflict)
    by_arrays.plan(game, concepts)
    return game.conflict.require(2, tell("listing equilibria"))


def _in_arrays(conflict: Conflict) -> bool:
    """Whether the model is regular, and too large for listing its arcs to be the quicker way."""
    return sliceable(conflict) and conflict.cells * by_arcs.moves_per_state(conflict) > ARCS_FIRST


def improving_steps(
    conflict: Conflict, solution: Solution, cells: Cells, player: int, foresight: bool
) -> tuple[NDArray[np.int64], Cells]:
    """The player's improvements from the given states, or with foresight its unsanctioned ones: (rows, states)."""
    rows, targets = conflict.successors(cells, player)
    here = solution.payoffs[player].at(cells)[rows]
    better = solution.payoffs[player].at(targets) > here
    if foresight:
        better &= solution.worst[player].at(targets) > here
    return rows[better], targets[better]
