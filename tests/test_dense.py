"""The dense kernels against the definitions, spelled out with sets of cells and no arrays."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.engine import arrays as dense
from detente.engine.arrays import Relation

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
SANCTIONS = ("legal", "one-step")
GAMES = 160

State = tuple[int, ...]

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="compiled kernels need numba (the `fast` extra)"
)
WAYS = [pytest.param(False, id="numpy"), pytest.param(True, id="compiled", marks=needs_numba)]


@dataclass(frozen=True)
class Game:
    """A grid game."""

    us: list[NDArray[Any]]
    relations: list[Relation]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.us[0].shape

    def mask(self, states: Iterable[State]) -> NDArray[np.bool_]:
        result = np.zeros(self.shape, np.bool_)
        for state in states:
            result[state] = True
        return result


class Oracle:
    """The definitions, word for word: moves as sets, sequences as searches."""

    def __init__(self, game: Game) -> None:
        self.cells = list(itertools.product(*map(range, game.shape)))
        self.u = [{x: int(u[x]) for x in self.cells} for u in game.us]
        self.states = [x for x in self.cells if self.u[0][x]]
        self.actors = range(len(self.u))
        self.moves = [self._moves(relation) for relation in game.relations]
        self.better = [
            {x: {y for y in ends if u[y] > u[x]} for x, ends in moves.items()}
            for u, moves in zip(self.u, self.moves, strict=True)
        ]

    def _moves(self, relation: Relation) -> dict[State, set[State]]:
        shape = [1 + max(x[k] for x in self.cells) for k in self.actors]
        held = None if relation.conditions is None else np.broadcast_to(relation.conditions, shape)
        moves: dict[State, set[State]] = {x: set() for x in self.states}
        for x in self.states:
            for q in range(shape[relation.axis]):
                y, p = (*x[: relation.axis], q, *x[relation.axis + 1 :]), x[relation.axis]
                legal = relation.legal is None or relation.legal[p, q]
                lacking = 0 if relation.need is None or held is None else int(relation.need[p, q]) & ~int(held[x])
                if p != q and legal and not lacking and y in moves:
                    moves[x].add(y)
        return moves

    def answers(self, actor: int, start: State, credible: bool, sanctions: str) -> set[State]:
        """States that the others can bring about from `start` by at least one move."""
        others = [(self.better if credible else self.moves)[j] for j in self.actors if j != actor]
        found: set[State] = set()
        queue = [start]
        while queue:
            x = queue.pop()
            fresh = set[State]().union(*(other[x] for other in others)) - found
            found |= fresh
            queue += fresh if sanctions == "legal" else ()
        return found

    def worst(self, actor: int, start: State, concept: str, sanctions: str) -> int | None:
        """The least, over the answers, of what the actor has then (or after its best reply); None without answers."""
        u, reply = self.u[actor], concept in ("smr", "sseq")
        ends = self.answers(actor, start, concept in ("seq", "sseq"), sanctions)
        return min((max(u[y] for y in ({x} | self.moves[actor][x] if reply else {x})) for x in ends), default=None)

    def stable(self, actor: int, s: State, concept: str, sanctions: str) -> bool:
        """Whether every improvement meets an answer that leaves the actor no better off than at s."""
        if concept == "nash":
            return not self.better[actor][s]
        outcomes = [self.worst(actor, s1, concept, sanctions) for s1 in self.better[actor][s]]
        return all(outcome is not None and outcome <= self.u[actor][s] for outcome in outcomes)

    def reach(
        self, start: Iterable[State], actors: Sequence[int], improving: bool, w: Mapping[int, NDArray[Any]]
    ) -> set[State]:
        found = {x for x in start if x in self.moves[0]}
        queue = list(found)
        while queue:
            x = queue.pop()
            for j in actors:
                ends = (self.better if improving else self.moves)[j][x]
                fresh = {y for y in ends if j not in w or w[j][y] > self.u[j][x]} - found
                found |= fresh
                queue += fresh
        return found


def random_game(rng: np.random.Generator, kind: Any) -> Game:
    """A small grid: any mix of ties, infeasible cells, one-way moves and conditions, all transitive."""
    shape: tuple[int, ...] = (1000,)
    while np.prod(shape) > 240:
        shape = tuple(int(n) for n in rng.choice([1, 2, 2, 3, 4, 5], size=rng.integers(1, 6)))
        if rng.random() < 0.2:
            shape = tuple(int(n) for n in rng.permutation((*shape[:2], rng.choice([9, 18, 35, 130]))))
    levels = int(rng.choice([2, 4, 250]))
    feasible = rng.random(shape) < rng.choice([1.0, 1.0, 0.8, 0.4])
    us = [np.where(feasible, rng.integers(1, levels + 1, shape), 0).astype(kind) for _ in shape]
    return Game(us, [random_relation(rng, axis, shape) for axis in range(len(shape))])


def random_relation(rng: np.random.Generator, axis: int, shape: tuple[int, ...]) -> Relation:
    """Ranks make one-way moves transitive. So are needs that look at the target only and at nothing the actor moves."""
    n, form = (
        shape[axis],
        rng.choice(["free", "free", "full", "one-way", "stuck", "guarded"], p=[0.2, 0.2, 0.1, 0.2, 0.1, 0.2]),
    )
    rank = rng.integers(0, 3, n)
    tables = {"full": np.ones((n, n), np.bool_), "stuck": np.eye(n, dtype=np.bool_)}
    legal = tables.get(form, rank[:, None] <= rank[None, :])
    if form != "guarded":
        return Relation(axis, legal=None if form == "free" else legal)
    kind: Any = np.uint8 if rng.random() < 0.5 else np.uint16
    need = np.broadcast_to(rng.choice([0, 1, 2, 3], n), (n, n)).astype(kind)
    seen = [1 if k == axis or rng.random() < 0.5 else m for k, m in enumerate(shape)]
    return Relation(axis, legal if rng.random() < 0.5 else None, need, rng.integers(0, 4, seen).astype(kind))


@cache
def verdicts() -> list[tuple[Game, dict[tuple[str, int, str], NDArray[np.bool_]]]]:
    """Random games with the stable states of every actor by the definitions."""
    rng = np.random.default_rng(20261121)
    cases = []
    for _ in range(GAMES):
        game = random_game(rng, np.uint16)
        oracle = Oracle(game)
        keys = itertools.product(SANCTIONS, oracle.actors, CONCEPTS)
        cases.append(
            (game, {(r, i, c): game.mask(s for s in oracle.states if oracle.stable(i, s, c, r)) for r, i, c in keys})
        )
    return cases


def check(game: Game, expected: Mapping[tuple[str, int, str], NDArray[np.bool_]], compiled: bool) -> None:
    model = dense.prepare(game.us, game.relations, compiled=compiled, threads=2)
    for (sanctions, actor), _ in itertools.groupby(expected, key=lambda key: key[:2]):
        found = model.stability(actor, CONCEPTS, sanctions)
        for concept in CONCEPTS:
            np.testing.assert_array_equal(found[concept], expected[sanctions, actor, concept], f"{actor} {concept}")


@pytest.mark.parametrize("compiled", WAYS)
def test_stability_is_the_definition(compiled: bool) -> None:
    for game, expected in verdicts():
        check(game, expected, compiled)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32, np.uint64])
@pytest.mark.parametrize(
    "compiled", [WAYS[0], pytest.param(True, id="compiled", marks=[needs_numba, pytest.mark.long])]
)
def test_every_payoff_type(compiled: bool, kind: Any) -> None:
    """Compiled, these are long for the compiler's sake."""
    for game, expected in verdicts()[:60]:
        shift = np.iinfo(kind).max - 251  # payoffs go up to 250, and stay below the largest number of the type
        us = [np.where(u > 0, u.astype(kind) + kind(shift), kind(0)) for u in game.us]
        check(Game(us, game.relations), expected, compiled)


def settled(game: Game, actor: int, credible: bool, reply: bool) -> NDArray[Any]:
    """The guarantee by single steps along the axes, again and again, until nothing changes."""
    top = np.iinfo(game.us[actor].dtype).max
    w = np.where(game.us[actor] > 0, game.us[actor], top)
    if reply:
        own, high = np.moveaxis(w, actor, 0), np.moveaxis(game.us[actor], actor, 0)
        for p, q in steps(game, actor):
            own[p] = np.where(own[p] == top, top, np.maximum(own[p], high[q]))
    before = np.zeros_like(w)
    while (before != w).any():
        before = w.copy()
        for j in set(range(w.ndim)) - {actor}:
            u, rows = np.moveaxis(game.us[j], j, 0), np.moveaxis(w, j, 0)
            for p, q in steps(game, j):
                allowed = (u[p] > 0) & ((u[q] > u[p]) | (not credible))
                rows[p] = np.where(allowed, np.minimum(rows[p], rows[q]), rows[p])
    return w


def steps(game: Game, actor: int) -> list[tuple[int, int]]:
    n, legal = game.shape[actor], game.relations[actor].legal
    return [(p, q) for p, q in itertools.permutations(range(n), 2) if legal is None or legal[p, q]]


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize(
    ("shape", "holes"), [((40, 2, 3, 2, 5, 2, 2, 3), 0.0), ((3, 5, 2, 36, 4, 7), 0.3), ((2,) * 16, 0.1)]
)
def test_large_grids(compiled: bool, shape: tuple[int, ...], holes: float) -> None:
    """Strips, blocks, threads and the change of cell order only come into play beyond small grids."""
    rng = np.random.default_rng(7)
    feasible = rng.random(shape) >= holes
    us = [(rng.integers(1, 9, shape) * feasible).astype(np.uint16) for _ in shape]
    one_way = Relation(1, legal=np.tri(shape[1], dtype=np.bool_))
    game = Game(us, [Relation(0), one_way, *map(Relation, range(2, len(shape)))])
    model = dense.prepare(us, game.relations, compiled=compiled, threads=3)
    for actor, (credible, reply) in itertools.product((0, 1, 3), ((False, True), (True, False))):
        w = model.guarantee(actor, credible=credible, reply=reply)
        np.testing.assert_array_equal(w, settled(game, actor, credible, reply))


@pytest.mark.parametrize("compiled", WAYS)
def test_unrestricted_grids(compiled: bool) -> None:
    """Nothing infeasible and nobody restricted: all legal answers are one minimum."""
    rng = np.random.default_rng(8)
    us = [rng.integers(1, 50, (4, 3, 5)).astype(np.uint16) for _ in range(3)]
    relations = [Relation(axis) for axis in range(3)]
    w = dense.guarantee(us, relations, 1, credible=False, reply=False, compiled=compiled)
    np.testing.assert_array_equal(w, np.broadcast_to(us[1].min(axis=(0, 2), keepdims=True), w.shape))
    expected = us[1] >= us[1].min(axis=(0, 2)).max()
    found = dense.stable(us, relations, 1, "gmr", compiled=compiled)
    np.testing.assert_array_equal(found, expected | dense.stable(us, relations, 1, "nash"))


def test_reach_is_the_search() -> None:
    rng = np.random.default_rng(9)
    for game, _ in verdicts():
        oracle = Oracle(game)
        actors = [j for j in oracle.actors if rng.random() < 0.8]
        w = {j: dense.guarantee(game.us, game.relations, j, credible=True, reply=False) for j in oracle.actors}
        begin = [x for x in oracle.cells if rng.random() < 0.1]
        for improving, sure in [(False, {}), (True, {}), (True, w)]:
            ahead = dense.reach(game.us, game.relations, game.mask(begin), improving, actors, sure)
            behind = dense.reach_back(game.us, game.relations, game.mask(begin), improving, actors, sure)
            assert {x for x in oracle.cells if ahead[x]} == oracle.reach(begin, actors, improving, sure)
            goal = set(begin)
            expected = {x for x in oracle.states if goal & oracle.reach([x], actors, improving, sure)}
            assert {x for x in oracle.cells if behind[x]} == expected


def test_reach_without_payoffs_takes_every_cell_for_feasible() -> None:
    start = np.zeros((2, 3), np.bool_)
    start[0, 1] = True
    one_way = Relation(1, legal=np.triu(np.ones((3, 3), np.bool_)))
    ahead = dense.reach(None, [Relation(0), one_way], start, False, [0, 1])
    assert ahead.tolist() == [[False, True, True], [False, True, True]]
    assert dense.reach_back(None, [Relation(0), one_way], start, False, [1]).tolist()[0] == [True, True, False]


def test_best_replies_and_improvements() -> None:
    for game, _ in verdicts()[:60]:
        oracle = Oracle(game)
        for actor, relation in enumerate(game.relations):
            best, count = dense.best_reply(game.us[actor], relation), dense.improvements(game.us[actor], relation)
            u = oracle.u[actor]
            for x in oracle.states:
                assert best[x] == max(u[y] for y in {x} | oracle.moves[actor][x])
                assert count[x] == len(oracle.better[actor][x])
            assert not best[game.us[0] == 0].any()
            assert not count[game.us[0] == 0].any()


@pytest.mark.parametrize(
    "fields",
    [
        {"need": np.zeros((2, 2), np.uint8)},
        {"conditions": np.zeros((2, 2), np.uint8)},
        {"legal": np.ones((2, 3), np.bool_)},
    ],
)
def test_half_a_relation_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"need and conditions|square"):
        Relation(0, **fields)


@needs_numba
def test_what_was_left_out_is_not_guessed() -> None:
    u = np.array([[3, 1], [4, 2]], np.uint16)
    model = dense.prepare([u, u.T.copy()], [Relation(0), Relation(1)], compiled=True, credible=False)
    assert model.stable(0, "gmr").tolist() == [[True, False], [True, True]]
    with pytest.raises(ValueError, match="credible=False"):
        model.stable(0, "seq")
