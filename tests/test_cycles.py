"""Cycles of play: what the models are known to say, brute force on random models, and bad input."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from detente.case import Case
from detente.cli import main
from detente.errors import TooLarge, UnknownName
from detente.questions.evolution import reachability
from detente.questions.evolution.cycles import Cycles, cycles
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import seeds
from test_races import steps_of

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

PLAYS = ("myopic", "foresight")


def case_of(name: str, **readings: str) -> Case:
    return Case(load(name), readings=readings)


def test_seoul_and_beijing_go_round() -> None:
    """A progressive Seoul under a rival China: myopic play never comes to rest; foresight play does."""
    found = cycles(case_of("alliance_pull", rok="progressive", cn="rival"), play="myopic")
    first = found.cycles[0]
    assert (len(first.states), first.terminal) == (8, True)
    assert first.movers == ("rok", "cn")
    assert first.toggles == ("rok_trilat", "cn_squeeze", "cn_lever")
    assert [turn.actor for turn in first.round] == ["rok", "cn", "rok", "cn"]
    assert [cycle.terminal for cycle in found.cycles] == [True, False, False]
    assert cycles(case_of("alliance_pull", rok="progressive", cn="rival"), play="foresight").cycles == ()


def test_the_default_play_is_that_of_the_command() -> None:
    (option,) = (each for each in main.commands["cycles"].params if each.name == "play")
    assert cycles(case_of("alliance_pull", rok="progressive")).play == option.default == "myopic"


def test_words_and_json() -> None:
    found = cycles(case_of("alliance_pull", rok="progressive"), play="myopic")
    said = json.loads(json.dumps(found.to_json()))
    assert said["cycles"][0]["terminal"] is True
    assert said["cycles"][0]["name"] == "rok, cn go round over rok_trilat, cn_squeeze, cn_lever (8 states)"
    assert "3 cycles, 1 of them never left" in str(found)
    assert "none of them lie on a cycle" in str(cycles(case_of("two_proxies")))
    assert "<table>" in found._repr_html_()


def assert_cycles(seed: int, kind: str | None, play: str) -> Cycles:
    sanctions = ("legal", "one-step")[seed % 2]
    model = random_model(seed, kind)
    game = oracle.build(model)
    assert game.now is not None
    arcs, everything = steps_of(game, play, sanctions), oracle.steps(game, play, sanctions)
    passed = oracle.reached(everything, game.now)
    onward = {s: oracle.reached(everything, s) for s in passed}
    loops = {frozenset(t for t in onward[s] if s in onward[t]) for s in passed}
    loops = {loop for loop in loops if len(loop) > 1}
    found = cycles(Case(read_text(to_yaml(model), name="random"), sanctions=sanctions), play=play)
    said = {json.dumps(oracle.show(game, s)): s for s in passed}
    assert found.passed == len(passed)
    assert len(found.cycles) == len(loops)
    assert [c.terminal for c in found.cycles] == sorted((c.terminal for c in found.cycles), reverse=True)
    for cycle in found.cycles:
        loop = frozenset(said[json.dumps(state)] for state in cycle.states)
        assert loop in loops
        assert set(cycle.movers) == {a for a in game.actors for s in loop if arcs[a][s] & loop}
        assert set(cycle.leavers) == {a for a in game.actors for s in loop if arcs[a][s] - loop}
        if game.space is not None:
            values = [oracle.settings(game, s) for s in loop]
            assert set(cycle.toggles) == {key for key in values[0] if len({v[key] for v in values}) > 1}
        first = min(loop)
        walk = [first, *(said[json.dumps(turn.state)] for turn in cycle.round)]
        assert walk[-1] == first
        assert all(b in arcs[turn.actor][a] for (a, b), turn in zip(pairwise(walk), cycle.round, strict=True))
        assert len(cycle.round) == shortest_round(everything, first)
    return found


def shortest_round(steps: list[set[int]], first: int) -> int:
    layer, length = {first}, 0
    while length == 0 or first not in layer:
        layer, length = set().union(*(steps[s] for s in layer)), length + 1
    return length


@pytest.mark.parametrize("play", PLAYS)
@seeds(20, 60)
def test_brute_force(seed: int, play: str) -> None:
    assert_cycles(seed, None, play)


@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_in_each_family(kind: str) -> None:
    for seed in range(3):
        assert_cycles(seed, kind, PLAYS[seed % 2])


def test_cycles_do_occur() -> None:
    kinds = {c.terminal for seed in range(40) for c in assert_cycles(seed, "graph", "myopic").cycles}
    assert kinds == {True, False}


def test_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="did you mean myopic"):
        cycles(case_of("two_proxies"), play="myopics")
    monkeypatch.setattr(reachability, "MOST", dict.fromkeys(reachability.MOST, 5))
    with pytest.raises(TooLarge, match="hold options"):
        cycles(case_of("detente_veto"), play="foresight")
