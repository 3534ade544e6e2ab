"""Races: what the models are known to say, brute force on random models, and bad input."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from detente.case import Case, Policy
from detente.errors import FormulaError, InputError, TooLarge, UnknownName
from detente.questions.evolution import reachability
from detente.questions.evolution.move_order import Races, races
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

PLAYS = ("myopic", "foresight")


def case_of(name: str, **readings: str) -> Case:
    return Case(load(name), readings=readings)


# --- findings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("play", PLAYS)
def test_withdrawal_races_the_block(play: str) -> None:
    """Hawks who want results: SOME, and what decides is who is quicker, Pyongyang home or the hawks in the way."""
    found = races(case_of("detente_veto", hawk="results"), "detente_and_troops_home", play=play)
    assert (found.verdict, found.reason) == ("SOME", "race")
    assert [end.verdict for end in found.ends] == ["ALL", "NONE"]
    first = found.forks[0]
    assert (first.depth, first.text) == (1, "us_recog nk_troops")
    assert {branch.actor for branch in first.branches} == {"hawk", "nk"}
    assert found.decisive is not None
    assert {branch.actor for branch in found.decisive.branches} == {"hawk", "nk"}
    if play == "myopic":
        assert found.decisive.text == "us_recog nk_talk nk_troops"
        told = {(branch.actor, branch.change_text): branch.verdict for branch in found.decisive.branches}
        assert told == {("hawk", "hk_block"): "NONE", ("nk", "not nk_troops"): "ALL"}


def test_courage_may_come_too_late() -> None:
    """Courage and spiral adversaries, myopic: escalation may outrun the opening of channels."""
    found = races(case_of("drift_to_war", us="courage"), "no_war", play="myopic")
    assert (found.verdict, found.reason) == ("SOME", "race")
    assert races(case_of("drift_to_war"), "no_war", play="myopic").verdict == "NONE"


def test_deal_or_collapse_without_hawks() -> None:
    """Without hawks, article A's Trump and an impatient Kim: deal or collapse, depending on who moves first."""
    case = case_of("hanoi_2019", us="a_hawks", nk="impatient").under(Policy(hold={"hk_block": 0}))
    found = races(case, "small_deal", play="myopic")
    assert (found.verdict, found.reason) == ("SOME", "race")
    assert found.decisive is not None
    assert {branch.actor for branch in found.decisive.branches if branch.verdict in ("ALL", "NONE")} == {"us", "nk"}


def test_words_and_json() -> None:
    found = races(case_of("detente_veto", hawk="results"), "detente_and_troops_home", most=1)
    said = json.loads(json.dumps(found.to_json()))
    assert (said["verdict"], said["reason"], said["total"]) == ("SOME", "race", found.total)
    assert len(said["forks"]) == 1
    assert "who moves first decides" in str(found)
    assert "later forks are not listed" in str(found)
    assert "<table>" in found._repr_html_()
    assert "cannot change that" in str(races(case_of("drift_to_war"), "no_war", play="myopic"))
    assert "nowhere" in str(races(case_of("drift_to_war")))


def test_graph_form() -> None:
    found = races(case_of("elmira_graph"), "settled", play="myopic")
    assert (found.verdict, found.reason, found.total) == ("NONE", "", 0)
    assert found.ends[0].states == ({"state": "s5", "settings": {}},)


# --- brute force -------------------------------------------------------------------------------------------------------


def steps_of(game: oracle.Game, play: str, sanctions: str) -> oracle.Arcs:
    """Everybody's steps, with their movers."""
    better = game.improvements
    if play == "myopic":
        return better
    arcs: oracle.Arcs = {}
    for actor, score in game.scores.items():
        reply = oracle.replies(game, actor, "improvements", sanctions)
        arcs[actor] = [
            {t for t in ts if all(score[x] > score[s] for x in reply[t])} for s, ts in enumerate(better[actor])
        ]
    return arcs


def assert_races(seed: int, kind: str | None, play: str) -> Races:
    sanctions = ("legal", "one-step")[seed % 2]
    model = random_model(seed, kind)
    game = oracle.build(model)
    goal = sorted(model["outcomes"])[seed % len(model["outcomes"])]
    good, everything = game.holding(goal), oracle.steps(game, play, sanctions)
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    ends = [frozenset(end) for end in oracle.ends(game, play, sanctions) or []]
    assert game.now is not None
    passed = oracle.reached(everything, game.now)
    left = {s: frozenset(end for end in ends if end <= oracle.reached(everything, s)) for s in passed}

    def verdict(state: int) -> str | None:
        return oracle.verdict([sorted(end) for end in left[state]], good)

    arcs = steps_of(game, play, sanctions)
    steps = {s: [(a, t) for a in game.actors for t in arcs[a][s]] for s in passed}
    plain = {
        s for s, out in steps.items() if any(a != b and left[x] != left[y] for (a, x), (b, y) in combinations(out, 2))
    }
    torn = {
        s
        for s, out in steps.items()
        if any(a != b and verdict(x) != verdict(y) for (a, x), (b, y) in combinations(out, 2))
    }
    said = {json.dumps(oracle.show(game, s)): s for s in passed}
    found, asked = races(case, play=play, most=1000), races(case, goal, play=play, most=1000)
    assert found.passed == len(passed)
    assert {said[json.dumps(fork.state)] for fork in found.forks} == plain
    assert {said[json.dumps(fork.state)] for fork in asked.forks} == torn
    assert asked.verdict == verdict(game.now)
    assert [fork.depth for fork in asked.forks] == sorted(fork.depth for fork in asked.forks)
    for fork in asked.forks:
        here = said[json.dumps(fork.state)]
        told = {(branch.actor, branch.verdict) for branch in fork.branches}
        assert told == {(a, verdict(t)) for a, t in steps[here]}
        assert sum(branch.steps for branch in fork.branches) == len(steps[here])
    decisive = [fork for fork in asked.forks if fork.decisive]
    assert asked.decisive == (decisive[0] if decisive else None)
    own = any(a == b and verdict(x) != verdict(y) for out in steps.values() for (a, x), (b, y) in combinations(out, 2))
    why = "race" if decisive else "choice" if own else "race" if torn else "cycle"
    assert asked.reason == (why if asked.verdict == "SOME" else "")
    return asked


@pytest.mark.parametrize("play", PLAYS)
@seeds(20, 60)
def test_brute_force(seed: int, play: str) -> None:
    assert_races(seed, None, play)


@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_in_each_family(kind: str) -> None:
    for seed in range(3):
        assert_races(seed, kind, PLAYS[seed % 2])


RACE = """
detente: 1
title: Who is quicker
actors:
  one: {ranking: [s2, s1, s3]}
  two: {ranking: [s3, s1, s2]}
graph: {states: [s1, s2, s3], moves: {one: [s1 > s2], two: [s1 > s3]}}
now: s1
"""


def test_the_smallest_race() -> None:
    found = races(Case(read_text(RACE, name="race")), "s2")
    assert (found.verdict, found.reason, found.total) == ("SOME", "race", 1)
    assert found.decisive == found.forks[0]
    assert "settled if one is first (s1 > s2) and lost if two is (s1 > s3)" in found.sentence


@pytest.mark.parametrize(
    ("seed", "kind", "reason"), [(6, None, "race"), (29, None, "race"), (7, "plain", "choice"), (8, "graph", "cycle")]
)
def test_every_reason_occurs(seed: int, kind: str | None, reason: str) -> None:
    assert assert_races(seed, kind, "myopic").reason == reason


# --- limits and bad input ----------------------------------------------------------------------------------------------


def test_plays_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "MOST", dict.fromkeys(reachability.MOST, 5))
    with pytest.raises(TooLarge, match="hold options"):
        races(case_of("detente_veto"))


def test_bad_input() -> None:
    case = case_of("two_proxies")
    with pytest.raises(UnknownName, match="did you mean foresight"):
        races(case, play="foresigth")
    with pytest.raises(FormulaError, match="did you mean decoupled"):
        races(case, "decopled")
    with pytest.raises(InputError, match="at least 1"):
        races(case, "decoupled", most=0)
    with pytest.raises(InputError):
        races(case, "decoupled", start="nowhere")
