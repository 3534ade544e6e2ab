"""The solution by arcs: every move is listed; the mathematics is in `detente.engine.arcs`.

How to use it: `solve(game, concepts)` -> `Solution`; `moves_of(game)` for the moves alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Conflict, count_text, memory_limit, size_text
from detente.conflict.game import Game
from detente.conflict.kept import SMALL
from detente.engine.arcs import NOTHING, Arcs, Values, best_reply, deterred, worst_answer
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.progress import Progress
from detente.engine.simultaneous import deterred_by_collision
from detente.engine.table import Solution, Table, whole
from detente.errors import Cure, TooLarge
from detente.messages import numeral, tell

ARCS_MOST = 200_000_000
"""Above this many arcs an irregular model is refused."""

BYTES_KEPT, BYTES_LISTED = 16, 32
"""Bytes of an arc, and while a player's arcs are put together."""

BYTES_TRIED = 24
"""Bytes per arc of the player at work, while improvements are told apart or values are looked up along its arcs."""

BYTES_STATE = 96
"""Bytes per state and player: scores, answers on the way and to hand on, verdicts, and where each state's arcs begin."""


CHUNK = 1 << 18
"""Changes of strategy looked at in one go."""


def arcs_of(conflict: Conflict, axis: int) -> Arcs:
    """All moves of one player between numbered states (positions in `conflict.states`). Raises `TooLarge`."""
    _require(conflict, BYTES_LISTED * conflict.cells * _moves_of(conflict, axis))
    starts, ends = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for start, end in _chunks(conflict, axis):
        starts.append(start)
        ends.append(end)
    return Arcs(len(conflict.states), np.concatenate(starts), np.concatenate(ends))


def count_arcs(conflict: Conflict, axis: int) -> int:
    """How many moves a player has, without keeping them."""
    return sum(len(start) for start, _ in _chunks(conflict, axis))


def _chunks(conflict: Conflict, axis: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The moves of one player, in order, some states at a time."""
    states = conflict.states
    step = max(1, CHUNK // max(1, conflict.players[axis].size))
    for begin in range(0, len(states), step):
        rows, landed = conflict.successors(states[begin : begin + step], axis)
        order = np.lexsort((landed, rows))
        yield rows[order] + begin, np.searchsorted(states, landed[order])


def moves_of(game: Game) -> tuple[Arcs, ...]:
    """Everybody's moves, in the order of the actors; kept with a small model.

    Cost: one pass over the states per actor. Raises `TooLarge`.
    """
    conflict = game.conflict
    return conflict.kept.of("moves", None, lambda: _list_moves(conflict), most=int(len(conflict.states) <= SMALL))


def _list_moves(conflict: Conflict) -> tuple[Arcs, ...]:
    players = range(len(conflict.players))
    each = [conflict.cells * _moves_of(conflict, axis) for axis in players]
    _require(conflict, BYTES_KEPT * sum(each) + (BYTES_LISTED - BYTES_KEPT) * max(each, default=0))
    return tuple(arcs_of(conflict, axis) for axis in players)


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
        progress(i, len(players), tell("stability for {name}", name=conflict.players[i].name))
        solver = ArcSolver(i, u[i], arcs, better, sanctions)
        for name, tables in stable.items():
            simultaneous = CONCEPTS[name].answers == "simultaneous"
            found = deterred_by_collision(conflict, game.readings, i) if simultaneous else solver.stable(CONCEPTS[name])
            tables.append(on_states(conflict, found, False))
        worst.append(on_states(conflict, solver.worst(CONCEPTS["seq"]), NOTHING))
    scores = tuple(on_states(conflict, each, -1) for each in u)
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


def on_states(conflict: Conflict, values: NDArray[Any], elsewhere: Any) -> Table:
    """Per-state values put back on the grid of cells."""
    grid = np.full(conflict.cells, elsewhere, dtype=values.dtype)
    grid[conflict.states] = values
    return whole(grid.reshape(conflict.shape), conflict.shape)


def bytes_needed(conflict: Conflict) -> int:
    """Bytes at the peak of a solution by arcs: moves and improvements of all, and what works on those of one. O(players).

    An upper bound: legal changes of strategy that guards forbid in some states, or that lead where nobody can be, are counted.
    """
    players = range(len(conflict.players))
    if conflict.graph:
        each = [len(conflict.graph.moves.get(player.id, ())) for player in conflict.players]
    else:
        each = [conflict.cells * _moves_of(conflict, axis) for axis in players]
    # Where every change can be taken back, one of the two directions at most is an improvement.
    both = [conflict.players[i].moves.legal is None and conflict.players[i].moves.need is None for i in players]
    better = sum(moves // 2 if free else moves for moves, free in zip(each, both, strict=True))
    listing = 0 if conflict.simple or conflict.graph else conflict.bytes_listed
    working = max((BYTES_LISTED - BYTES_KEPT + BYTES_TRIED) * max(each, default=0), listing)
    return BYTES_KEPT * (sum(each) + better) + working + BYTES_STATE * len(each) * conflict.cells


def check_size(conflict: Conflict) -> None:
    """Raise `TooLarge` where the moves are too many to list, or would take too much memory."""
    if conflict.graph or conflict.cells * moves_per_state(conflict) > ARCS_MOST:
        _require(conflict, 0)
    else:
        _require(conflict, bytes_needed(conflict))


def _require(conflict: Conflict, need: int) -> None:
    """Refuse so many bytes, or more moves than are handled; a graph lists its moves itself."""
    moves = conflict.cells * moves_per_state(conflict)
    if conflict.graph or (moves <= ARCS_MOST and need <= memory_limit()):
        return
    causes = [
        tell("guards or bars of {name} that look at its own options", name=p.name)
        for p in conflict.players
        if not p.moves.transitive
    ]
    causes += ["consequences"] * bool(conflict.consequences) + [tell("merged states")] * bool(conflict.merging)
    why = (
        tell("{causes} make moves irregular, so every move must be listed", causes=" and ".join(causes))
        if causes
        else tell("every move is listed")
    )
    raise TooLarge(
        tell(
            "{name} has {count_text} cells with {moves_per_state} moves from each, and {why}: that would "
            "take {size_text}, and at most {size_text2} and {arcs_most} moves are handled here. Single "
            "states still work (",
            name=conflict.name or tell("this model"),
            count_text=count_text(conflict.cells),
            moves_per_state=moves_per_state(conflict),
            why=why,
            size_text=size_text(max(need, BYTES_KEPT * moves)),
            size_text2=size_text(memory_limit()),
            arcs_most=numeral(ARCS_MOST),
        ),
        Cure.ONE_STATE,
        tell("); or fix options that do not matter (`change: fixed`), or raise DETENTE_MEMORY."),
    )


def moves_per_state(conflict: Conflict) -> int:
    """How many moves a cell has at most, all players together."""
    return sum(player.size - 1 for player in conflict.players)


def _moves_of(conflict: Conflict, axis: int) -> int:
    """How many moves a cell has at most on the average, by one player: one-way options leave fewer than all."""
    player = conflict.players[axis]
    if player.moves.legal is None:
        return player.size - 1
    return -(-int(player.moves.legal.sum() - player.moves.legal.trace()) // player.size)
