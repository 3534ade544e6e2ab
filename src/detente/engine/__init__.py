"""Who is stable where: one question, two exact ways to answer it.

The concept table is in `concepts`. Small or irregular models are solved by arcs (`graph`): every move is listed and the
rule that nobody moves twice running is followed to the letter. Large regular models are solved on dense arrays along the
axes (`dense`), each actor on the smallest space its verdicts depend on (`cones`). Single states are settled by search
(`local`). The ways are tested against each other and against a brute-force oracle.

How to use it: `solve(game)` -> `Solution`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict, count_text, memory_limit, size_text
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs, restrict
from detente.engine import arcs as graph
from detente.engine import arrays as dense
from detente.engine.budget import bytes_needed
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.relevant_options import cone, projections, sliceable
from detente.engine.simultaneous import deterred_by_collision
from detente.engine.table import Table, whole
from detente.errors import TooLarge
from detente.scenario.model import Actor, Reading, Scenario

ARCS_FIRST = 60_000
"""Below this many arcs listing them is quicker than anything else, so every small model takes the literal way."""

ARCS_MOST = 200_000_000
"""Above this many arcs an irregular model is refused."""

COMPILED_FROM = 1 << 27
"""Cells × axes × questions from which compiled kernels repay their start-up even on the first run of a new machine.

There they take some six seconds to compile; numpy sweeps about 50 million of these a second.
"""


class Progress(Protocol):
    """Called as work goes on."""

    def __call__(self, done: int, total: int, text: str) -> None: ...


def quiet(done: int, total: int, text: str) -> None:
    """Progress reported to nobody."""


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


def solve(
    game: Game,
    concepts: Sequence[Concept] = tuple(CONCEPTS.values()),
    sanctions: str = "legal",
    progress: Progress = quiet,
) -> Solution:
    """Stability under each concept for every player. Picks the quicker exact way; raises `TooLarge` if neither fits.

    Cost: by arcs, arcs × sequence length × players; by arrays, cells of each player's cone × a few sweeps × players.
    """
    game.check_merges()
    if _in_arrays(game.conflict):
        return _by_arrays(game, concepts, sanctions, progress)
    return _by_arcs(game, concepts, sanctions, progress)


def check_size(game: Game, concepts: Sequence[Concept]) -> None:
    """Raise the `TooLarge` that solving, or listing the results, would raise, without doing either."""
    if not _in_arrays(game.conflict):
        return _check_arcs(game.conflict)
    _plan(game, concepts)
    return game.conflict.require(2, "listing equilibria")


def _in_arrays(conflict: Conflict) -> bool:
    """Whether the model is regular, and too large for listing its arcs to be the quicker way."""
    return sliceable(conflict) and conflict.cells * _moves_per_state(conflict) > ARCS_FIRST


def _moves_per_state(conflict: Conflict) -> int:
    return sum(player.size - 1 for player in conflict.players)


# --- by arcs -----------------------------------------------------------------------------------------------------------


def arcs_of(conflict: Conflict, axis: int) -> graph.Arcs:
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
    return graph.Arcs(len(states), np.concatenate(rows or empty), np.concatenate(ends or empty))


def _by_arcs(game: Game, concepts: Sequence[Concept], sanctions: str, progress: Progress) -> Solution:
    conflict = game.conflict
    _check_arcs(conflict)
    players = range(len(conflict.players))
    arcs = [arcs_of(conflict, axis) for axis in players]
    u = [game.scores(axis) for axis in players]
    better = [arcs[i].improvements(u[i]) for i in players]
    stable: dict[str, list[Table]] = {
        concept.id: [] for concept in concepts if concept.id != "sim" or not conflict.graph
    }
    worst = []
    for i in players:
        progress(i, len(players), f"stability for {conflict.players[i].name}")
        solver = _ArcSolver(i, u[i], arcs, better, sanctions)
        for name, tables in stable.items():
            simultaneous = CONCEPTS[name].answers == "simultaneous"
            found = deterred_by_collision(conflict, game.readings, i) if simultaneous else solver.stable(CONCEPTS[name])
            tables.append(_on_states(conflict, found, False))
        worst.append(_on_states(conflict, solver.worst(CONCEPTS["seq"]), graph.NOTHING))
    scores = tuple(_on_states(conflict, each, -1) for each in u)
    return Solution({name: tuple(tables) for name, tables in stable.items()}, scores, tuple(worst), "arcs")


class _ArcSolver:
    """One player's verdicts by arcs; remembers the worst answers it has already computed within one run."""

    def __init__(
        self, player: int, u: graph.Values, arcs: list[graph.Arcs], better: list[graph.Arcs], sanctions: str
    ) -> None:
        self.player, self.u, self.sanctions = player, u, sanctions
        self.own, self.better = arcs[player], better[player]
        others = [j for j in range(len(arcs)) if j != player]
        self.answers = {"moves": [arcs[j] for j in others], "improvements": [better[j] for j in others]}
        self.known: dict[tuple[str, bool], graph.Values] = {}

    def worst(self, concept: Concept) -> graph.Values:
        if concept.answers == "none":
            return np.full(len(self.u), graph.NOTHING, dtype=np.int64)
        key = (concept.answers, concept.escape)
        if key not in self.known:
            base = graph.best_reply(self.u, self.own) if concept.escape else self.u
            self.known[key] = graph.worst_answer(base, self.answers[concept.answers], self.sanctions)
        return self.known[key]

    def stable(self, concept: Concept) -> NDArray[np.bool_]:
        return graph.deterred(self.u, self.better, self.worst(concept))


def _on_states(conflict: Conflict, values: NDArray[Any], elsewhere: Any) -> Table:
    """Per-state values put back on the grid of cells."""
    grid = np.full(conflict.cells, elsewhere, dtype=values.dtype)
    grid[conflict.states] = values
    return whole(grid.reshape(conflict.shape), conflict.shape)


def _check_arcs(conflict: Conflict) -> None:
    moves = conflict.cells * _moves_per_state(conflict)
    if conflict.graph or moves <= ARCS_MOST:
        return
    causes = [
        f"guards or bars of {p.name} that look at its own options" for p in conflict.players if not p.moves.transitive
    ]
    causes += ["consequences"] * bool(conflict.consequences) + ["merged states"] * bool(conflict.merging)
    raise TooLarge(
        f"{conflict.name or 'this model'} has {count_text(conflict.cells)} cells with {_moves_per_state(conflict)} moves "
        f"from each, and {' and '.join(causes)} make moves irregular, so every move must be listed: that would take "
        f"{size_text(16 * moves)}, and at most {ARCS_MOST:,} moves are handled. Single states still work "
        "(`detente analyze --local`); or fix options that do not matter (`change: fixed`)."
    )


# --- by arrays ---------------------------------------------------------------------------------------------------------


def _by_arrays(game: Game, concepts: Sequence[Concept], sanctions: str, progress: Progress) -> Solution:
    conflict = game.conflict
    stable: dict[str, list[Table]] = {concept.id: [] for concept in concepts}
    scores, worst = [], []
    asked, plans = _plan(game, concepts)
    spaces: dict[frozenset[str], _Space] = {}  # actors with the same cone share its arrays and sort orders
    for i, groups in enumerate(asked):
        progress(i, len(conflict.players), f"stability for {conflict.players[i].name}")
        for keys, group in groups.items():
            if keys not in spaces:
                spaces[keys] = _Space(conflict, *plans[keys], sanctions)
            for name, table in spaces[keys].stable(i, [concept for concept in group if concept in concepts]).items():
                stable[name].append(table)
            if CONCEPTS["seq"] in group:
                u, w = spaces[keys].play(i)
                scores.append(u)
                worst.append(w)
    return Solution({name: tuple(tables) for name, tables in stable.items()}, tuple(scores), tuple(worst), "arrays")


_DIRECT = ("none", "simultaneous")
"""Answers that are judged without sweeps."""


def _by_cone(
    scenario: Scenario, readings: Sequence[Reading], player: int, concepts: Sequence[Concept]
) -> dict[frozenset[str], list[Concept]]:
    """The concepts asked for, and SEQ, which play needs, by the options the player's verdicts depend on."""
    groups: dict[frozenset[str], list[Concept]] = {}
    for concept in dict.fromkeys((*concepts, CONCEPTS["seq"])):
        groups.setdefault(cone(scenario, readings, player, concept), []).append(concept)
    return groups


class _Space:
    """A sliced space as arrays for the dense kernels: payoffs with 0 for infeasible cells, and move relations."""

    def __init__(self, conflict: Conflict, part: Game, compiled: bool, sanctions: str) -> None:
        small = part.conflict
        self.small, self.sanctions, self.shape = small, sanctions, conflict.shape
        self.readings = [restrict(reading, small.options) for reading in part.readings]
        self.us = [self._array(reading) for reading in self.readings]
        self.maps = projections(conflict, small)
        relations = [move_relation(small, axis) for axis in range(len(small.players))]
        self.prepared = dense.prepare(self.us, relations, compiled=compiled)

    def _array(self, reading: Reading) -> NDArray[Any]:
        raw = payoffs(self.small, reading)
        shifted = np.add(np.broadcast_to(raw, self.small.shape), raw.dtype.type(1), order="C")
        if self.small.never:
            shifted *= self.small.feasible
        return shifted

    def stable(self, player: int, concepts: Sequence[Concept]) -> dict[str, Table]:
        wanted = [concept.id for concept in concepts if concept.answers != "simultaneous"]
        found = dict(self.prepared.stability(player, wanted, self.sanctions))
        for concept in concepts:
            if concept.answers == "simultaneous":
                flat = np.zeros(self.small.cells, dtype=np.bool_)
                flat[self.small.states] = deterred_by_collision(self.small, self.readings, player)
                found[concept.id] = flat.reshape(self.small.shape)
        return {name: self.table(values) for name, values in found.items()}

    def play(self, player: int) -> tuple[Table, Table]:
        """The player's payoffs, and the worst the others can credibly bring about, on one scale."""
        worst = self.prepared.guarantee(player, credible=True, reply=False, sanctions=self.sanctions)
        return self.table(self.us[player]), self.table(worst)

    def table(self, values: NDArray[Any]) -> Table:
        return Table(values, self.maps, self.shape)


def _compile(small: Conflict, questions: int) -> bool:
    """Whether compiled kernels repay their start-up for so many questions (an actor, a concept), and are there."""
    axes = sum(player.size > 1 for player in small.players)
    return small.cells * axes * questions >= COMPILED_FROM and importlib.util.find_spec("numba") is not None


def move_relation(small: Conflict, axis: int) -> dense.Relation:
    """One player's moves in the form the dense kernels take."""
    moves = small.players[axis].moves
    bits = None if moves.need is None else small.condition_bits(axis)
    return dense.Relation(axis, moves.legal, moves.need, bits)


def _plan(
    game: Game, concepts: Sequence[Concept]
) -> tuple[list[dict[frozenset[str], list[Concept]]], dict[frozenset[str], tuple[Game, bool]]]:
    """Per player the concepts by cone; per cone its part of the game, and whether compiled kernels sweep it.

    Raises `TooLarge`, before memory is asked for, where all spaces together do not fit.
    """
    scenario, conflict = game.scenario, game.conflict
    asked = [_by_cone(scenario, game.readings, i, concepts) for i in range(len(conflict.players))]
    plans: dict[frozenset[str], tuple[Game, bool]] = {}
    total = 0
    for i, groups in enumerate(asked):
        for keys in groups:
            if keys in plans:
                continue
            part, own = game.part(keys), {j: each[keys] for j, each in enumerate(asked) if keys in each}
            small = part.conflict
            sweeping = [each for some in own.values() for each in some if each.answers not in _DIRECT]
            plans[keys] = part, _compile(small, len(sweeping))
            total += bytes_needed(small, [restrict(each, small.options) for each in part.readings], own, plans[keys][1])
            if total > memory_limit():
                raise _too_large(conflict, small, scenario.actors[i], scenario.path, total)
    return asked, plans


def _too_large(conflict: Conflict, small: Conflict, actor: Actor, path: str, need: int) -> TooLarge:
    return TooLarge(
        f"{conflict.name or 'this model'} has {count_text(conflict.cells)} cells, and the verdicts of {actor.id} depend on "
        f"{small.cells:,} combinations of options, which would take {size_text(need)}, more than the "
        f"{size_text(memory_limit())} allowed here. Single states still work (`detente analyze --local`); or fix options "
        "that do not matter (`change: fixed`), or raise DETENTE_MEMORY.",
        actor.place.line,
        actor.place.column,
        path,
    )


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
