"""The dense kernels against the definitions, spelled out with sets of cells and no arrays."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.stability import dense
from detente.stability.dense import Relation

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
WAYS = [
    False,
    pytest.param(
        True,
        marks=pytest.mark.skipif(
            importlib.util.find_spec("numba") is None, reason="compiled kernels need the `fast` extra (numba)"
        ),
    ),
]
State = tuple[int, ...]


@dataclass(frozen=True)
class Game:
    """A random grid game."""

    us: list[NDArray[Any]]
    relations: list[Relation]

    @property
    def cells(self) -> list[State]:
        return list(itertools.product(*map(range, self.us[0].shape)))


class Oracle:
    """The definitions, word for word: moves as sets, sequences as searches."""

    def __init__(self, game: Game) -> None:
        self.u = [{x: int(u[x]) for x in game.cells} for u in game.us]
        self.states = [x for x in game.cells if self.u[0][x]]
        self.actors = range(len(self.u))
        conditions = [self._conditions(game, j) for j in self.actors]
        self.moves = [
            {x: {y for y in self.states if self._legal(game, j, x, y, conditions[j])} for x in self.states}
            for j in self.actors
        ]
        self.better = [
            {x: {y for y in self.moves[j][x] if self.u[j][y] > self.u[j][x]} for x in self.states}
            for j in self.actors
        ]

    @staticmethod
    def _conditions(game: Game, j: int) -> dict[State, int]:
        given = game.relations[j].conditions
        full = np.zeros(game.us[0].shape, np.uint8) if given is None else np.broadcast_to(given, game.us[0].shape)
        return {x: int(full[x]) for x in game.cells}

    @staticmethod
    def _legal(game: Game, j: int, x: State, y: State, conditions: dict[State, int]) -> bool:
        relation, p, q = game.relations[j], x[j], y[j]
        if p == q or any(x[k] != y[k] for k in range(len(x)) if k != j):
            return False
        if relation.legal is not None and not relation.legal[p, q]:
            return False
        return relation.need is None or int(relation.need[p, q]) & ~conditions[x] == 0

    def answers(self, actor: int, start: State, credible: bool, sanctions: str) -> set[State]:
        """States that the others can bring about from `start` by at least one move."""
        steps = self.better if credible else self.moves
        others = [steps[j] for j in self.actors if j != actor]
        found: set[State] = set()
        queue = [start]
        while queue:
            x = queue.pop()
            fresh = set().union(*(other[x] for other in others)) - found
            found |= fresh
            queue += fresh if sanctions == "legal" else ()
        return found

    def stable(self, actor: int, s: State, concept: str, sanctions: str) -> bool:
        u, limit = self.u[actor], self.u[actor][s]
        for s1 in self.better[actor][s]:
            answers = set() if concept == "nash" else self.answers(actor, s1, concept in ("seq", "sseq"), sanctions)
            harmful = {s2 for s2 in answers if u[s2] <= limit}
            if concept in ("smr", "sseq"):
                harmful = {s2 for s2 in harmful if all(u[s3] <= limit for s3 in self.moves[actor][s2])}
            if not harmful:
                return False
        return True

    def reach(self, start: Iterable[State], actors: Sequence[int], improving: bool, w: Any = None) -> set[State]:
        found = set(start)
        queue = list(found)
        while queue:
            x = queue.pop()
            for j in actors:
                ends = (self.better if improving else self.moves)[j][x]
                fresh = {y for y in ends if w is None or w[j][y] > self.u[j][x]} - found
                found |= fresh
                queue += fresh
        return found


def random_game(rng: np.random.Generator) -> Game:
    """A small grid: any mix of ties, infeasible cells, one-way moves and conditions, all transitive."""
    while True:
        shape = tuple(int(n) for n in rng.choice([1, 2, 2, 3, 4, 5], size=rng.integers(1, 6)))
        if rng.random() < 0.15:
            shape = (*shape[:2], int(rng.choice([9, 18, 35])))
            shape = tuple(shape[axis] for axis in rng.permutation(len(shape)))
        if np.prod(shape) <= 240:
            break
    levels = int(rng.choice([2, 4, 250]))
    kind = rng.choice([np.uint8, np.uint16, np.uint32, np.uint64])
    feasible = rng.random(shape) < rng.choice([1.0, 1.0, 0.8, 0.4])
    us = [np.where(feasible, rng.integers(1, levels + 1, shape), 0).astype(kind) for _ in shape]
    return Game(us, [random_relation(rng, axis, shape) for axis in range(len(shape))])


def random_relation(rng: np.random.Generator, axis: int, shape: tuple[int, ...]) -> Relation:
    n, form = shape[axis], rng.choice(["free", "free", "full", "one-way", "guarded"])
    if form == "free":
        return Relation(axis)
    if form == "full":
        return Relation(axis, legal=np.ones((n, n), np.bool_))
    rank = rng.integers(0, 3, n)
    legal = rank[:, None] <= rank[None, :]
    if form == "one-way":
        return Relation(axis, legal=legal)
    # Entering strategy q needs the bits of q, in conditions that the actor's own moves do not change: transitive.
    kind = rng.choice([np.uint8, np.uint16])
    need = np.broadcast_to(rng.choice([0, 1, 2, 3], n), (n, n)).astype(kind)
    own = [1 if k == axis or rng.random() < 0.5 else m for k, m in enumerate(shape)]
    conditions = rng.integers(0, 4, own).astype(kind)
    return Relation(axis, legal=legal if rng.random() < 0.5 else None, need=need, conditions=conditions)


def grid(oracle: Oracle, shape: tuple[int, ...], states: Iterable[State]) -> NDArray[np.bool_]:
    result = np.zeros(shape, np.bool_)
    for x in states:
        result[x] = True
    return result


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
def test_stability_is_the_definition(compiled: bool, sanctions: str) -> None:
    rng = np.random.default_rng(20261121)
    for _ in range(150):
        game = random_game(rng)
        oracle = Oracle(game)
        model = dense.prepare(game.us, game.relations, compiled=compiled, threads=2)
        for actor in oracle.actors:
            found = model.stability(actor, CONCEPTS, sanctions)
            for concept in CONCEPTS:
                expected = [s for s in oracle.states if oracle.stable(actor, s, concept, sanctions)]
                np.testing.assert_array_equal(found[concept], grid(oracle, game.us[0].shape, expected), concept)
