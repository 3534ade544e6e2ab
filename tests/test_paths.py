"""Shortest ways: what the models are known to say, brute force on random models, and bad input."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from detente.case import Case, Policy
from detente.engine import solution
from detente.engine.steps import is_regular
from detente.errors import FormulaError, InputError, TooLarge, UnknownName
from detente.formula import Formula
from detente.questions.evolution import reachability
from detente.questions.evolution.paths import Paths, paths, shortest
from detente.questions.evolution.steps import weigh
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

BY = ("moves", "improvements", "unsanctioned")


def case_of(name: str, **readings: str) -> Case:
    return Case(load(name), readings=readings)


def movers(found: Paths) -> list[tuple[str, ...]]:
    return [tuple(step.actor for step in way.steps) for way in found.ways]


# --- findings ----------------------------------------------------------------------------------------------------------


def test_drift_to_two_wars_is_myopic() -> None:
    """Three improvements lead to two wars; North Korea, Russia, the United States is one order; nobody drifts with care."""
    found = paths(case_of("drift_to_war"), "two_wars", by="improvements", most=100)
    assert (found.length, found.count) == (3, 16)
    assert ("nk", "ru", "us") in movers(found)
    assert found.first_movers == ("ru", "nk")
    assert found.ways[0].switches == 3
    assert all(step.improvement for way in found.ways for step in way.steps)
    assert not any(way.steps[0].unsanctioned for way in found.ways)
    assert paths(case_of("drift_to_war"), "two_wars", by="unsanctioned").length is None


@pytest.mark.parametrize("absent", [True, False])
def test_without_hawks_troops_come_home_in_two_moves(absent: bool) -> None:
    """With the hawks held off, or absent, détente with the troops home is two unsanctioned improvements away."""
    case, goal = case_of("detente_veto"), "detente_and_troops_home and not hk_block"
    assert paths(case, goal, by="unsanctioned").length is None
    held = case if absent else case.under(Policy(hold={"hk_block": 0}))
    found = paths(held, goal, by="unsanctioned", without=["hawk"] if absent else [])
    assert found.length == 2
    assert movers(found)[0] == ("us", "nk")
    assert found.ways[0].steps[0].changes == {"us_recog": True, "us_cvid": False}


def test_the_panel_never_comes_back() -> None:
    found = paths(case_of("axis_and_sanctions"), "not ru_panel")
    assert found.length is None
    assert (found.count, found.ways, found.first_movers) == (0, (), ())
    assert "cannot be reached" in str(found)


@pytest.mark.parametrize("name", ["elmira", "elmira_graph"])
def test_elmira(name: str) -> None:
    """The published status-quo analysis: improvements alone stop at s5; s8 takes three moves."""
    case = case_of(name)
    assert paths(case, "s8", by="improvements").length is None
    near = paths(case, "s5", by="improvements")
    assert (near.length, near.count, near.first_movers) == (1, 1, ("local",))
    far = paths(case, "s8")
    assert (far.length, far.count) == (3, 6)
    assert sorted(movers(far))[0] == ("local", "ministry", "uniroyal")


def test_words_and_json() -> None:
    found = paths(case_of("two_proxies", us="carpenter"), "decoupled", by="improvements")
    said = json.loads(json.dumps(found.to_json()))
    assert said["by"] == "improvements"
    assert said["length"] == found.length
    assert set(said["ways"][0]["steps"][0]) == {"actor", "changes", "state", "improvement", "unsanctioned", "why"}
    assert said["ways"][0]["steps"][0]["why"]["source"]
    assert "nobody moves twice running" in str(found)
    assert "<table>" in found._repr_html_()


def test_nothing_to_do() -> None:
    found = paths(case_of("two_proxies"), "ru_link")
    assert (found.length, found.count, found.first) == (0, 1, ())
    assert "already so" in str(found)


def test_a_state_as_start_and_goal() -> None:
    """Settings as a mapping are a state (unmentioned options are off); text is a formula; `now` is the status quo."""
    case = case_of("drift_to_war")
    there = paths(case, {"us_esc": True}, start={"us_esc": True, "nk_esc": True})
    assert (there.length, there.first_movers) == (1, ("nk",))
    back = paths(case, "now", start={"us_esc": True, "nk_esc": True}, by="moves")
    assert (back.length, back.count, back.goal) == (2, 2, "all off")


def test_what_decides() -> None:
    """The highest statement that differs, the heaviest weight, the two places of a ranking."""
    game = case_of("two_proxies").game
    conflict, now = game.conflict, game.cell(None)
    out = game.cell({**game.state(now), "ru_link": False})
    found = weigh(conflict, game.scenario.actor("ru").reading("need"), now, out)
    assert (found.verdict, found.statement, found.rank) == ("better", "not ru_link", 5)
    weighted = case_of("chicken").game
    for actor in weighted.scenario.actors:
        for name, reading in actor.readings.items():
            told = weigh(weighted.conflict, reading, *weighted.conflict.states[[0, 3]].tolist())
            assert told.verdict in ("better", "worse", "equal"), name
    ranked = case_of("elmira_graph").game
    told = weigh(ranked.conflict, ranked.readings[2], 0, 4)
    assert str(told) == "better: from place 4 to place 3 of 9"


# --- brute force -------------------------------------------------------------------------------------------------------


def arcs_of(game: oracle.Game, by: str, gone: set[str], sanctions: str) -> oracle.Arcs:
    """The steps of everybody present, from the definitions."""
    none: list[set[int]] = [set() for _ in game.states]
    moves = {a: none if a in gone else arcs for a, arcs in game.moves.items()}
    better = {
        a: [{t for t in ts if game.scores[a][t] > game.scores[a][s]} for s, ts in enumerate(arcs)]
        for a, arcs in moves.items()
    }

    def stands(actor: str, s: int, t: int) -> bool:
        score = game.scores[actor]
        return all(score[x] > score[s] for x in oracle.answers(better, actor, t, sanctions))

    if by == "moves":
        return moves
    if by == "improvements":
        return better
    return {a: [{t for t in ts if stands(a, s, t)} for s, ts in enumerate(arcs)] for a, arcs in better.items()}


def brute(arcs: oracle.Arcs, start: int, goals: set[int], freely: bool, first: str = "") -> tuple[int | None, int]:
    """Length and number of the shortest ways: all ways, one step longer each round, until one arrives."""
    layer, seen, length = Counter({(start, ""): 1}), set[tuple[int, str]](), 0
    while set(layer) - seen:
        arrived = sum(n for (state, last), n in layer.items() if state in goals and (last or not first))
        if arrived:
            return length, arrived
        seen |= set(layer)
        after: Counter[tuple[int, str]] = Counter()
        for (state, last), n in layer.items():
            for actor, reached in arcs.items():
                if (actor != last or freely) and (length or not first or actor == first):
                    for target in reached[state]:
                        after[target, actor] += n
        layer, length = after, length + 1
    return None, 0


def setting_of(model: dict[str, Any], seed: int) -> tuple[oracle.Game, Case, set[int], str, str]:
    sanctions = ("legal", "one-step")[seed % 2]
    game = oracle.build(model)
    goal = sorted(model["outcomes"])[seed % len(model["outcomes"])]
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    return game, case, game.holding(goal), goal, sanctions


def assert_paths(model: dict[str, Any], seed: int) -> None:
    game, case, goals, goal, sanctions = setting_of(model, seed)
    assert game.now is not None
    for by in BY:
        plain = brute(arcs_of(game, by, set(), sanctions), game.now, goals, by == "unsanctioned")
        assert shortest(case, goal, by=by) == plain[0], by
        for gone in (set[str](), {game.actors[seed % len(game.actors)]}):
            arcs = arcs_of(game, by, gone, sanctions)
            for freely in (False, True):
                expected = brute(arcs, game.now, goals, freely)
                found = paths(case, goal, by=by, without=gone, most=50, play_rule=freely)
                assert (found.length, found.count) == expected, (by, gone, freely)
                assert_ways(found, game, arcs, goals, freely)
                if game.now not in goals:
                    firsts = {f.actor: f.length for f in found.first}
                    told = {a: brute(arcs, game.now, goals, freely, a)[0] for a in game.actors if a not in gone}
                    assert firsts == told, (by, gone, freely)


def assert_ways(found: Paths, game: oracle.Game, arcs: oracle.Arcs, goals: set[int], freely: bool) -> None:
    """The ways listed are different, legal, of the right length, told truly, and in order."""
    number = {json.dumps(oracle.show(game, s)): s for s in range(len(game.states))}
    switches = [way.switches for way in found.ways]
    assert switches == sorted(switches)
    assert len(found.ways) == min(found.count, 50)
    seen = set()
    for way in found.ways:
        states = [game.now, *(number[json.dumps(step.state)] for step in way.steps)]
        for step, (here, there) in zip(way.steps, pairwise(states), strict=True):
            assert here is not None and there is not None
            assert there in arcs[step.actor][here]
            score = game.scores[step.actor]
            assert step.improvement == (score[there] > score[here])
        if not freely:
            assert all(a.actor != b.actor for a, b in pairwise(way.steps))
        assert states[-1] in goals
        seen.add(tuple((step.actor, state) for step, state in zip(way.steps, states[1:], strict=True)))
    assert len(seen) == len(found.ways)


@seeds(12, 36)
def test_brute_force(seed: int) -> None:
    assert_paths(random_model(seed), seed)


@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_in_each_family(kind: str) -> None:
    for seed in range(2):
        assert_paths(random_model(seed, kind), seed)


@pytest.mark.parametrize("kind", ["plain", "choices", "never", "oneway", "guards", "weights"])
def test_large_models_are_swept(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way taken where too many steps are within reach, forced on small models."""
    monkeypatch.setattr(reachability, "MOST", dict.fromkeys(BY, 0))
    monkeypatch.setattr(solution, "ARCS_FIRST", -1)
    by_arrays, swept = reachability._swept, []

    def counted(case: Case, kind: str, start: int, goal: Formula | int) -> reachability.Distances:
        swept.append(kind)
        return by_arrays(case, kind, start, goal)

    monkeypatch.setattr(reachability, "_swept", counted)
    seeds = (seed for seed in range(40) if is_regular(Case(read_text(to_yaml(random_model(seed, kind)))).game))
    for seed in itertools.islice(seeds, 4):
        assert_paths(random_model(seed, kind), seed)
    assert set(swept) == set(BY)


@seeds(4, 12)
def test_unsanctioned_marks(seed: int) -> None:
    """Whatever kind of way is asked for, its steps say whether they are unsanctioned improvements."""
    model = random_model(seed)
    game, case, _, goal, sanctions = setting_of(model, seed)
    sure = arcs_of(game, "unsanctioned", set(), sanctions)
    number = {json.dumps(oracle.show(game, s)): s for s in range(len(game.states))}
    here = game.now
    assert here is not None
    for way in paths(case, goal).ways[:5]:
        at = here
        for step in way.steps:
            there = number[json.dumps(step.state)]
            assert step.unsanctioned == (there in sure[step.actor][at])
            at = there


# --- limits and bad input ----------------------------------------------------------------------------------------------


def test_the_core_composite_is_quick() -> None:
    found = paths(case_of("composite_core", us="carpenter"), "decoupled and troops_home", by="improvements")
    assert found.length == 2
    assert all(step.improvement for way in found.ways for step in way.steps)
    assert found.first_movers == ("ru", "nk")


END = (
    "us_recog",
    "us_extend",
    "hk_block",
    "nk_build",
    "nk_talk",
    "cn_lever",
    "rok_trilat",
    "rok_engage",
    "jp_trilat",
)


@pytest.mark.long
@pytest.mark.parametrize("by", ["improvements", "unsanctioned"])
def test_the_large_composite(by: str) -> None:
    """Ten steps lead to each end of play in the A-world under article A's president, myopic or not."""
    case = case_of("composite", us="carpenter")
    for relief in (True, False):
        found = paths(case, {**dict.fromkeys(END, True), "us_relief": relief}, by=by, most=3)
        assert found.length == 10


def test_a_goal_too_far_in_a_model_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Irregular models too large to list are answered near by, and refused beyond."""
    case = case_of("elmira")
    monkeypatch.setattr(reachability, "MOST", dict.fromkeys(BY, 6))
    near = paths(case, "s5")
    assert near.length == 1
    assert [f.settled for f in near.first] == [False, False, True]
    assert "not settled" in str(near)
    with pytest.raises(TooLarge, match="narrow the goal"):
        paths(case, "s8")


def test_bad_input() -> None:
    case = case_of("two_proxies")
    with pytest.raises(UnknownName, match="unsanctioned"):
        paths(case, "decoupled", by="unsanctoned")
    with pytest.raises(FormulaError, match="decoupled"):
        paths(case, "decopled")
    with pytest.raises(UnknownName, match="unknown actor 'rus'"):
        paths(case, "decoupled", without=["rus"])
    with pytest.raises(InputError, match="at least 1"):
        paths(case, "decoupled", most=0)
    with pytest.raises(UnknownName, match="did you mean ru_link"):
        paths(case, {"ru_lnk": True})
    with pytest.raises(InputError):
        paths(case, "decoupled", start="nowhere")


def test_counts_by_hand() -> None:
    """Five actors must move once each, in any order; what else they switch on the way multiplies the ways."""
    found = paths(case_of("composite_core"), "not ru_link and not nk_troops and us_recog and not eu_arm and hk_block")
    sizes = {player.id: player.size for player in case_of("composite_core").game.conflict.players}
    assert found.length == 5
    assert found.count % 120 == 0
    assert type(found.count) is int
    assert found.count // 120 <= sizes["ru"] * sizes["nk"] * sizes["us"]


def test_who_cannot_begin() -> None:
    """Dropping y only to put it back is no beginning: the second step would be b's again."""
    text = (
        "detente: 1\ntitle: Begin\nnow: [y]\nactors:\n  a: {options: {x: {needs: y}}, priorities: [x]}\n"
        "  b: {options: {y: }, priorities: [y]}\n"
    )
    case = Case(read_text(text, name="begin"))
    turns, freely = paths(case, "x"), paths(case, "x", play_rule=True)
    assert {f.actor: f.length for f in turns.first} == {"a": 1, "b": None}
    assert {f.actor: f.length for f in freely.first} == {"a": 1, "b": 3}
