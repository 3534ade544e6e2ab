"""Chains that end: exact rational arithmetic on random chains, written from the definition; rounds hardly ever left; lots."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from detente.engine import absorption
from detente.engine.absorption import Chain, absorb, draw
from detente.errors import TooLarge

Arcs = list[dict[int, Fraction]]


def chain_of(arcs: Arcs) -> Chain:
    listed = [(s, t, chance) for s, out in enumerate(arcs) for t, chance in sorted(out.items())]
    sources, targets, chances = zip(*listed, strict=True) if listed else ((), (), ())
    return Chain(
        len(arcs),
        np.array(sources, dtype=np.int32),
        np.array(targets, dtype=np.int32),
        np.array([float(chance) for chance in chances]),
    )


def exact(arcs: Arcs, start: int) -> tuple[dict[frozenset[int], Fraction], Fraction]:
    """The chance of every end and the expected steps, from the definition: one equation per transient node."""
    reach = {node: _reach(arcs, node) for node in _reach(arcs, start)}
    ends = {frozenset(there) for node, there in reach.items() if all(node in reach[other] for other in there)}
    inside = frozenset().union(*ends)
    transient = [node for node in reach if node not in inside]
    chances = {}
    for end in ends:
        known = {node: Fraction(node in end) for node in inside}
        chances[end] = _solve(arcs, transient, known, Fraction(0)).get(start, known.get(start, Fraction(0)))
    steps = _solve(arcs, transient, dict.fromkeys(inside, Fraction(0)), Fraction(1))
    return chances, steps.get(start, Fraction(0))


def _reach(arcs: Arcs, start: int) -> set[int]:
    seen, todo = {start}, [start]
    while todo:
        fresh = set(arcs[todo.pop()]) - seen
        seen |= fresh
        todo += fresh
    return seen


def _solve(arcs: Arcs, nodes: list[int], known: dict[int, Fraction], each: Fraction) -> dict[int, Fraction]:
    """h(s) = each + sum of chance × h(t) over the arcs of s, with h known elsewhere; Gauss with fractions."""
    place = {node: k for k, node in enumerate(nodes)}
    rows = []
    for node in nodes:
        row = [Fraction(0)] * (len(nodes) + 1)
        row[place[node]] += 1
        row[-1] = each
        for target, chance in arcs[node].items():
            if target in place:
                row[place[target]] -= chance
            else:
                row[-1] += chance * known[target]
        rows.append(row)
    for k in range(len(nodes)):
        pivot = next(r for r in range(k, len(nodes)) if rows[r][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(len(nodes)):
            if r != k and rows[r][k]:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return {node: rows[k][-1] for k, node in enumerate(nodes)}


def random_chain(seed: int) -> Arcs:
    """A few nodes; some lead on only, some back, some nowhere."""
    rng = random.Random(seed)
    size = rng.randint(2, 12)
    arcs: Arcs = []
    for node in range(size):
        others = [other for other in range(size) if other != node and (other > node or rng.random() < 0.6)]
        chosen = rng.sample(others, min(len(others), rng.choice((0, 1, 2, 3))))
        weights = {other: rng.randint(1, 5) for other in chosen}
        arcs.append({other: Fraction(weight, sum(weights.values())) for other, weight in weights.items()})
    return arcs


@pytest.mark.parametrize("block", [1, 3, 256])
def test_against_fractions(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absorption, "BLOCK", block)
    rounds = 0
    for seed in range(300):
        arcs = random_chain(seed)
        chances, steps = exact(arcs, 0)
        chain = chain_of(arcs)
        found = absorb(chain, 0)
        told = {frozenset(end.tolist()): chance for end, chance in zip(found.ends, found.chances.tolist(), strict=True)}
        assert {end for end, chance in told.items() if chance} == set(chances)
        assert {end: told[end] for end in chances} == pytest.approx(
            {e: float(c) for e, c in chances.items()}, rel=1e-12
        )
        assert found.chances.sum() == pytest.approx(1, rel=1e-12)
        assert found.length == pytest.approx(float(steps), rel=1e-12)
        rounds += chain.largest > 1
    assert rounds > 100, "chains that go round before they end are among them"


def test_a_round_that_is_hardly_ever_left() -> None:
    """Left once in 10^17 rounds, twice as often to the one end as to the other: subtracting from 1 would lose that."""
    tiny = Fraction(1, 10**17)
    arcs: Arcs = [
        {1: 1 - tiny, 3: tiny},
        {2: Fraction(1)},
        {0: 1 - 2 * tiny, 4: 2 * tiny},
        {},
        {},
    ]
    chances, steps = exact(arcs, 0)
    found = absorb(chain_of(arcs), 0)
    assert found.chances.tolist() == pytest.approx([float(chances[frozenset({end})]) for end in (3, 4)], rel=1e-9)
    assert found.length == pytest.approx(float(steps), rel=1e-9)


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    half = Fraction(1, 2)
    arcs: Arcs = [{1: Fraction(1)}, {2: Fraction(1)}, {0: half, 3: half}, {}]
    monkeypatch.setattr(absorption, "MOST", 2)
    with pytest.raises(TooLarge, match="goes round among 3 states before it ends, of which at most 2 can be solved"):
        absorb(chain_of(arcs), 0)
    monkeypatch.setattr(absorption, "MOST", 3)
    assert absorb(chain_of(arcs), 0).length == 6


def test_a_long_way_is_no_class() -> None:
    """What leads ahead only is never solved, so there may be more of it than a class may have."""
    arcs: Arcs = [{node + 1: Fraction(1)} for node in range(4500)] + [{}]
    assert absorb(chain_of(arcs), 0).length == 4500


def test_lots_lie_near_and_are_repeated() -> None:
    arcs = next(
        found for found in map(random_chain, range(300)) if len(exact(found, 0)[0]) > 1 and exact(found, 0)[1] > 2
    )
    chances, steps = exact(arcs, 0)
    one, again, other = (draw(chain_of(arcs), 0, 20_000, seed) for seed in (1, 1, 2))
    assert one.hits.tolist() == again.hits.tolist() != other.hits.tolist()
    assert one.length == again.length
    for end, hits in zip(one.ends, one.hits.tolist(), strict=True):
        chance = float(chances[frozenset(end.tolist())])
        assert abs(hits / 20_000 - chance) < 5 * (chance * (1 - chance) / 20_000) ** 0.5 + 1e-9
    assert abs(one.length - float(steps)) < 5 * one.error


def test_lots_that_never_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absorption, "LONGEST", 50)
    tiny = Fraction(1, 10**9)
    arcs: Arcs = [{1: Fraction(1)}, {0: 1 - tiny, 2: tiny}, {}]
    with pytest.raises(TooLarge, match="3 of 3 plays drawn are not over after 50 steps"):
        draw(chain_of(arcs), 0, 3, 0)
