"""The solution by arcs: every move is listed; the mathematics is in `detente.engine.arcs`.

How to use it: `solve(game, concepts)` -> `Solution`; `moves_of(game)` for the moves alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Conflict, count_text, size_text
from detente.conflict.game import Game
from detente.engine.arcs import NOTHING, Arcs, Values, best_reply, deterred, worst_answer
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.progress import Progress
from detente.engine.simultaneous import deterred_by_collision
from detente.engine.table import Solution, Table, whole
from detente.errors import Cure, TooLarge

ARCS_MOST = 200_000_000
"""Above this many arcs an irregular model is refused."""


def arcs_of(conflict: Conflict, axis: int) -> Arcs:
    """All moves of one player between numbered states (positions in `conflict.states`)."""
    states = conflict.states
    rows, ends = [], []
    step = max(1, (1 << 24) // max(1, conflict.players[axis].size))
    for begin in range(0, len(states), step):
        some_rows, landed = conflict.successors(states[begin : begin + step], axis)
        order = np.lexsort((landed, some_rows))
        rows.append(some_rows[order] + begin)
        ends.append(np.searchsorted(states, landed[order]))
    empty = [np.empty(0, dtype=np.int64)]
    return Arcs(len(states), np.concatenate(rows or empty), np.concatenate(ends or empty))


def moves_of(game: Game) -> tuple[Arcs, ...]:
    """Everybody's moves, in the order of the actors. Cost: one pass over the states per actor."""
    return tuple(arcs_of(game.conflict, axis) for axis in range(len(game.conflict.players)))


def solve(game: Game, concepts: Sequence[Concept], sanctions: str, progress: Progress) -> Solution:
    """Stability under each concept for every player. Cost: arcs × sequence length × players."""
    conflict = game.conflict
    check_size(conflict)
    players = range(len(conflict.players))
    arcs = moves_of(game)
    u = [game.scores(axis) for axis in players]
    better = [arcs[i].improvements(u[i]) for i in players]
    stable: dict[str, list[Table]] = {
        concept.id: [] for concept in concepts if concept.id != "sim" or not conflict.graph
    }
    worst = []
    for i in players:
        progress(i, len(players), f"stability for {conflict.players[i].name}")
        solver = ArcSolver(i, u[i], arcs, better, sanctions)
        for name, tables in stable.items():
            simultaneous = CONCEPTS[name].answers == "simultaneous"
            found = deterred_by_collision(conflict, game.readings, i) if simultaneous else solver.stable(CONCEPTS[name])
            tables.append(_on_states(conflict, found, False))
        worst.append(_on_states(conflict, solver.worst(CONCEPTS["seq"]), NOTHING))
    scores = tuple(_on_states(conflict, each, -1) for each in u)
    return Solution({name: tuple(tables) for name, tables in stable.items()}, scores, tuple(worst), "arcs")


class ArcSolver:
    """One player's verdicts by arcs; remembers the worst answers it has already computed within one run.

    `u` are its scores, `arcs` everybody's moves and `better` everybody's credible ones, in the order of the players.
    """

    def __init__(self, player: int, u: Values, arcs: Sequence[Arcs], better: Sequence[Arcs], sanctions: str) -> None:
        self.player, self.u, self.sanctions = player, u, sanctions
        self.own, self.better = arcs[player], better[player]
        others = [j for j in range(len(arcs)) if j != player]
        self.answers = {"moves": [arcs[j] for j in others], "improvements": [better[j] for j in others]}
        self.known: dict[tuple[str, bool], Values] = {}

    def worst(self, concept: Concept) -> Values:
        if concept.answers == "none":
            return np.full(len(self.u), NOTHING, dtype=np.int64)
        key = (concept.answers, concept.escape)
        if key not in self.known:
            base = best_reply(self.u, self.own) if concept.escape else self.u
            self.known[key] = worst_answer(base, self.answers[concept.answers], self.sanctions)
        return self.known[key]

    def stable(self, concept: Concept) -> NDArray[np.bool_]:
        return deterred(self.u, self.better, self.worst(concept))


def _on_states(conflict: Conflict, values: NDArray[Any], elsewhere: Any) -> Table:
    """Per-state values put back on the grid of cells."""
    grid = np.full(conflict.cells, elsewhere, dtype=values.dtype)
    grid[conflict.states] = values
    return whole(grid.reshape(conflict.shape), conflict.shape)


def check_size(conflict: Conflict) -> None:
    """Raise `TooLarge` where there are too many moves to list; a graph lists them itself."""
    moves = conflict.cells * moves_per_state(conflict)
    if conflict.graph or moves <= ARCS_MOST:
        return
    causes = [
        f"guards or bars of {p.name} that look at its own options" for p in conflict.players if not p.moves.transitive
    ]
    causes += ["consequences"] * bool(conflict.consequences) + ["merged states"] * bool(conflict.merging)
    raise TooLarge(
        f"{conflict.name or 'this model'} has {count_text(conflict.cells)} cells with {moves_per_state(conflict)} moves "
        f"from each, and {' and '.join(causes)} make moves irregular, so every move must be listed: that would take "
        f"{size_text(16 * moves)}, and at most {ARCS_MOST:,} moves are handled. Single states still work (",
        Cure.ONE_STATE,
        "); or fix options that do not matter (`change: fixed`).",
    )


def moves_per_state(conflict: Conflict) -> int:
    """How many moves a cell has at most, all players together."""
    return sum(player.size - 1 for player in conflict.players)
