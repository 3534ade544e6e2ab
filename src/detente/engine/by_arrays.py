"""The solution by arrays: each actor on the smallest space its verdicts depend on (`detente.engine.relevant_options`).

The mathematics is in `detente.engine.arrays`. How to use it: `solve(game, concepts)` -> `Solution`.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Conflict, count_text, memory_limit, size_text
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs, restrict
from detente.engine import arrays as dense
from detente.engine.budget import bytes_needed
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.progress import Progress
from detente.engine.relevant_options import cone, projections
from detente.engine.simultaneous import deterred_by_collision
from detente.engine.table import Solution, Table
from detente.errors import Cure, DetenteError, SlowerWarning, TooLarge
from detente.messages import numeral, tell
from detente.scenario.model import Actor, Reading, Scenario

COMPILED_FROM = 1 << 27
"""Cells × axes × questions from which compiled kernels repay their start-up even on the first run of a new machine.

There they take some six seconds to compile; numpy sweeps about 50 million of these a second.
"""


def solve(game: Game, concepts: Sequence[Concept], sanctions: str, progress: Progress) -> Solution:
    """Stability under each concept for every player. Cost: cells of each player's cone × a few sweeps × players."""
    conflict = game.conflict
    stable: dict[str, list[Table]] = {concept.id: [] for concept in concepts}
    scores, worst = [], []
    asked, plans, _ = plan(game, concepts)
    spaces: dict[frozenset[str], _Space] = {}  # actors with the same cone share its arrays and sort orders
    for i, groups in enumerate(asked):
        progress(i, len(conflict.players), tell("stability for {name}", name=conflict.players[i].name))
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


Answered = TypeVar("Answered")


class _Space:
    """A sliced space as arrays for the dense kernels: payoffs with 0 for infeasible cells, and move relations."""

    def __init__(self, conflict: Conflict, part: Game, compiled: bool, sanctions: str) -> None:
        small = part.conflict
        self.small, self.sanctions, self.shape = small, sanctions, conflict.shape
        self.readings = [restrict(reading, small.options) for reading in part.readings]
        self.us = [self._array(reading) for reading in self.readings]
        self.maps = projections(conflict, small)
        self.relations = [move_relation(small, axis) for axis in range(len(small.players))]
        self.compiled = compiled
        self._prepared: dense.Prepared | None = None

    def _ask(self, ask: Callable[[dense.Prepared], Answered]) -> Answered:
        """What the kernels answer. Where compiled ones fail (a damaged cache, a broken numba), numpy answers the same."""
        while True:
            try:
                if self._prepared is None:
                    self._prepared = dense.prepare(self.us, self.relations, compiled=self.compiled)
                return ask(self._prepared)
            except (MemoryError, DetenteError):
                raise
            except Exception as error:
                if not self.compiled:
                    raise
                warnings.warn(
                    tell(
                        "the compiled kernels cannot be used ({name}: {error}), so numpy computes the same, more "
                        "slowly; remove numba's cache (NUMBA_CACHE_DIR, or __pycache__ in the package), or install "
                        "numba anew",
                        name=type(error).__name__,
                        error=error,
                    ),
                    SlowerWarning,
                    stacklevel=2,
                )
                self.compiled, self._prepared = False, None

    def _array(self, reading: Reading) -> NDArray[Any]:
        raw = payoffs(self.small, reading)
        shifted = np.add(np.broadcast_to(raw, self.small.shape), raw.dtype.type(1), order="C")
        if self.small.never:
            shifted *= self.small.feasible
        return shifted

    def stable(self, player: int, concepts: Sequence[Concept]) -> dict[str, Table]:
        wanted = [concept.id for concept in concepts if concept.answers != "simultaneous"]
        found = dict(self._ask(lambda kernels: kernels.stability(player, wanted, self.sanctions)))
        for concept in concepts:
            if concept.answers == "simultaneous":
                flat = np.zeros(self.small.cells, dtype=np.bool_)
                flat[self.small.states] = deterred_by_collision(self.small, self.readings, player)
                found[concept.id] = flat.reshape(self.small.shape)
        return {name: self.table(values) for name, values in found.items()}

    def play(self, player: int) -> tuple[Table, Table]:
        """The player's payoffs, and the worst the others can credibly bring about, on one scale."""
        worst = self._ask(
            lambda kernels: kernels.guarantee(player, credible=True, reply=False, sanctions=self.sanctions)
        )
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


def plan(
    game: Game, concepts: Sequence[Concept]
) -> tuple[list[dict[frozenset[str], list[Concept]]], dict[frozenset[str], tuple[Game, bool]], int]:
    """Per player the concepts by cone; per cone its part of the game and whether compiled kernels sweep it; bytes in all.

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
    return asked, plans, total


def _too_large(conflict: Conflict, small: Conflict, actor: Actor, path: str, need: int) -> TooLarge:
    return TooLarge(
        tell(
            "{name} has {count_text} cells, and the verdicts of {id} depend on {cells} combinations of "
            "options, which would take {size_text}, more than the {size_text2} allowed here. Single "
            "states still work (",
            name=conflict.name or tell("this model"),
            count_text=count_text(conflict.cells),
            id=actor.id,
            cells=numeral(small.cells),
            size_text=size_text(need),
            size_text2=size_text(memory_limit()),
        ),
        Cure.ONE_STATE,
        tell("); or fix options that do not matter (`change: fixed`), or raise DETENTE_MEMORY."),
        line=actor.place.line,
        column=actor.place.column,
        file=path,
    )
