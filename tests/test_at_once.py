"""Small games solved for all actors at once: the same as by lists of arcs, and verdicts as the definitions say."""

from __future__ import annotations

import random

import numpy as np
import pytest

from detente.case import Case, Query, answered, ends, verdict, verdict_of
from detente.engine import at_once, by_arcs
from detente.engine.arcs import Arcs, worst_answer
from detente.engine.at_once import Moves, end_states, least_of_others, worst_answers
from detente.engine.concepts import CONCEPTS
from detente.engine.play import ends_by_arcs
from detente.engine.progress import quiet
from detente.engine.solution import at_once_of
from detente.questions.uncertainty.pivots import rests_on_rules
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import parted, seeds

CASES = parted([(kind, seed) for seed in range(3) for kind in KINDS], len(KINDS))


@pytest.mark.parametrize(("kind", "seed"), CASES)
@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
def test_as_by_arcs(kind: str, seed: int, sanctions: str) -> None:
    """Every table of the solution is that of the way that lists the arcs of one actor after the other."""
    game = Case(read_text(to_yaml(random_model(seed, kind)))).game
    small = at_once_of(game, sanctions)
    assert small is not None
    wanted = tuple(CONCEPTS.values())
    quick, plain = small.solution(wanted), by_arcs.solve(game, wanted, sanctions, quiet)
    assert quick.stable.keys() == plain.stable.keys()
    for ours, theirs in ((quick.payoffs, plain.payoffs), (quick.worst, plain.worst)):
        assert all(np.array_equal(a.grid(), b.grid()) for a, b in zip(ours, theirs, strict=True))
    for concept, tables in quick.stable.items():
        assert all(np.array_equal(a.grid(), b.grid()) for a, b in zip(tables, plain.stable[concept], strict=True))


@pytest.mark.parametrize(("kind", "seed"), CASES)
@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
def test_verdicts_by_the_definitions(kind: str, seed: int, sanctions: str) -> None:
    """A verdict without an analysis is what the oracle, and what the analysis, says; asked twice it stays the same."""
    model = random_model(seed, kind)
    scenario, told = read_text(to_yaml(model)), oracle.analyse(model, sanctions=sanctions)
    case, whole = (Case(scenario, sanctions=sanctions) for _ in range(2))
    asked: list[tuple[Query, str]] = []
    for name, found in told["outcomes"].items():
        asked += [(Query(name, play), found[play]) for play in ("myopic", "foresight") if case.game.now is not None]
        for concept, good in found["equilibria"].items():
            if good is not None:
                total = told["counts"][concept]
                word = "ALL" if good == total else "SOME" if good else "NONE"
                asked.append((Query(name, concept=concept), word if total else "no equilibria"))
    if told["status_quo"]:
        holds = told["status_quo"]["equilibrium"]
        asked += [(Query(concept=c), "stable" if yes else "unstable") for c, yes in holds.items() if yes is not None]
    assert asked
    for query, expected in asked * 2:
        assert verdict(case.afresh(), query) == verdict_of(case.game, sanctions, query) == expected, query
        wanted = (query.concept,) if query.concept else ("seq",)
        assert answered(whole.analyse(wanted), query) == expected, query
    for play in ("myopic", "foresight") if case.game.now is not None else ():
        assert ends(case.afresh(), play).tolist() == whole.analyse(("seq",)).play(play).end_states.tolist()


@seeds(20, 60)
def test_arrays_against_loops(seed: int) -> None:
    """Worst answers and ends of play on random arcs, of up to five actors."""
    rng = random.Random(seed)
    count, players = rng.randint(1, 9), rng.randint(1, 5)
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    lists = [sorted(rng.sample(pairs, rng.randint(0, min(len(pairs), 2 * count)))) for _ in range(players)]
    arcs = [Arcs(count, *np.array(one, dtype=np.int64).reshape(-1, 2).T) for one in lists]
    flat = [(owner, *pair) for owner, one in enumerate(lists) for pair in one]
    moves = Moves(players, count, *np.array(flat, dtype=np.int64).reshape(-1, 3).T)
    base = np.array([[rng.randint(0, 6) for _ in range(count)] for _ in range(players)], dtype=np.int64)
    for sanctions in ("legal", "one-step"):
        found = worst_answers(base, moves, sanctions)
        for i in range(players):
            others = [each for j, each in enumerate(arcs) if j != i]
            assert found[i].tolist() == worst_answer(base[i], others, sanctions).tolist()
    for start in range(count):
        reach = _reach(flat, count)
        ends = [x for x in reach[start] if all(x in reach[y] for y in reach[x])]
        assert end_states(moves, start).tolist() == sorted(ends)
        assert sorted(x for end in ends_by_arcs(arcs, start) for x in end) == sorted(ends)


def _reach(flat: list[tuple[int, int, int]], count: int) -> list[set[int]]:
    """From every state the states that can be reached, itself included."""
    reach = [{x} for x in range(count)]
    for _ in range(count):
        for _owner, a, b in flat:
            for known in reach:
                if a in known:
                    known.add(b)
    return reach


def test_large_models_take_another_way() -> None:
    """Nothing is put into one array where it would be large."""
    assert at_once_of(Case(load("composite_core")).game, "legal") is None
    small = Case(load("two_proxies")).game
    assert at_once_of(small, "legal") is not None
    limit, at_once.MOST_PAIRS = at_once.MOST_PAIRS, 10
    try:
        assert at_once.moves_of_all(small) is None
    finally:
        at_once.MOST_PAIRS = limit


def test_readings_do_not_mix() -> None:
    """Games on one state space share their moves and what others know, never what another list makes of them."""
    case = Case(load("two_proxies"))
    reading = case.reading("ru")
    other = next(each for name, each in case.scenario.actor("ru").readings.items() if name != reading.id)
    changed = case.game.where(case.game.index("ru"), other)
    assert changed.conflict is case.game.conflict
    fresh = Case(load("two_proxies"), readings={"ru": other.id})
    for query in (Query("decoupled"), Query("decoupled", concept="seq"), Query(concept="seq")):
        before = verdict(case, query)
        assert verdict_of(changed, "legal", query) == answered(fresh.analyse((query.concept or "seq",)), query)
        assert verdict(case, query) == before
    assert rests_on_rules(case, Query("decoupled"), case.actors) in (True, False)


@pytest.mark.parametrize("players", range(1, 6))
def test_the_least_of_the_other_movers(players: int) -> None:
    step = np.random.default_rng(players).integers(0, 4, (players, players, 7), dtype=np.int16)
    nothing = np.iinfo(np.int16).max
    for actor, mover, state in np.ndindex(step.shape):
        others = [int(step[actor, other, state]) for other in range(players) if other != mover]
        assert least_of_others(step)[actor, mover, state] == min(others, default=nothing)


@pytest.mark.parametrize("kind", ["plain", "consequences", "graph"])
def test_plays_from_several_starts_are_those_from_each(kind: str) -> None:
    scenario = read_text(to_yaml(random_model(5, kind)))
    starts = Case(scenario).game.states.tolist()
    for play in ("myopic", "foresight"):
        together = Case(scenario).analyse().plays(play, starts)
        alone = [Case(scenario).analyse().play(play, start) for start in starts]
        assert [[end.tolist() for end in each.ends] for each in together] == [
            [e.tolist() for e in each.ends] for each in alone
        ]
