"""Hindcast: the stated findings, brute force on random models and random pasts, and bad input."""

from __future__ import annotations

import itertools
import json
import math
import random
from dataclasses import replace
from typing import Any

import pytest

from detente.case import CONCEPTS, Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.questions.history.recorded_moves import STATUSES
from detente.questions.history.scoring import at_least
from detente.scenario import load, read_text
from detente.scenario.model import Event
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------------

HANOI = {
    ("a_hawks", "impatient"): (3, 3),
    ("a_hawks", "patient"): (2, 1),
    ("b_praise", "impatient"): (4, 3),
    ("b_praise", "patient"): (3, 2),
    ("p_bigdeal", "impatient"): (4, 4),
    ("p_bigdeal", "patient"): (3, 3),
}
"""Improvements and unsanctioned improvements among the five recorded moves."""


@pytest.fixture
def hanoi() -> Hindcast:
    return hindcast(Case(load("hanoi_2019")))


def test_hanoi(hanoi: Hindcast) -> None:
    told = {(s.readings["us"], s.readings["nk"]): (s.improvements.hits, s.unsanctioned.hits) for s in hanoi.scores}
    assert told == HANOI
    assert hanoi.n == 5
    assert [event.status for event in hanoi.events] == ["move"] * 5
    assert [event.legal_moves for event in hanoi.events] == [7, 5, 3, 5, 7]


def test_both_articles_fail_on_the_walk_out(hanoi: Hindcast) -> None:
    assert hanoi.events[0].date == "2019-02-28"
    walkout = {score.readings["us"]: score.calls[0] for score in hanoi.scores}
    assert {reading for reading, call in walkout.items() if call.improvement} == {"p_bigdeal"}
    assert walkout["b_praise"].weighing.statement == "us_talk <-> nk_flatter"
    assert hanoi.unexplained == ()
    articles = hindcast(Case(load("hanoi_2019")), {"us": ["a_hawks", "b_praise"], "nk": ["impatient", "patient"]})
    assert articles.unexplained == (0,)
    assert "2019-02-28: no improvement" in str(articles)


def test_one_result_for_each_reading_of_each_actor(hanoi: Hindcast) -> None:
    """From the least to the most over every choice of readings of the others, each asked by itself."""
    case = Case(load("hanoi_2019"))
    readings = {"us": ["a_hawks", "b_praise", "p_bigdeal"], "nk": ["impatient", "patient"]}
    found = {(each.actor, each.reading): each for each in hanoi.by_reading}
    assert list(found) == [
        ("us", "a_hawks"), ("us", "p_bigdeal"), ("us", "b_praise"), ("hawk", "reflex"), ("nk", "impatient"),
        ("nk", "patient"), ("rok", "moon"),
    ]  # fmt: skip
    for (actor, reading), each in found.items():
        own = {**readings, actor: [reading]}
        hits, lucky, stays = [], [], []
        for us, nk in itertools.product(own["us"], own["nk"]):
            (score,) = hindcast(case, {"us": [us], "nk": [nk]}).scores
            mine = [call for call in score.calls if hanoi.events[call.event].actor == actor]
            hits.append(sum(call.unsanctioned for call in mine))
            lucky.append(score.by_actor[actor].expected if actor in score.by_actor else 0)
            stays.append(sum(hold.stable["seq"] for hold in score.holds if hold.actor == actor))
            assert each.moves == len(mine)
        assert each.expected == (min(hits), max(hits)), (actor, reading)
        assert each.by_luck == (min(lucky), max(lucky))
        assert each.stable == (min(stays), max(stays))
    assert "combinations" not in str(hanoi.headline)
    assert not any("+" in str(cell) for sheet in hanoi.sheets() for row in sheet.rows for cell in row)


def test_weak_evidence_is_called_so(hanoi: Hindcast) -> None:
    assert "Weak evidence, n = 5." in str(hanoi)
    assert "weak evidence, n = 5" in hanoi.evidence
    assert "6 combinations tried" in hanoi.evidence
    chances = [score.unsanctioned.chance for score in hanoi.scores]
    assert chances == sorted(chances)
    assert round(chances[0], 4) == 0.0098


def test_one_reading(hanoi: Hindcast) -> None:
    """A grid of one: the same score as in the whole, no talk of several."""
    one = hindcast(Case(load("hanoi_2019")), {"us": ["b_praise"], "nk": ["patient"]})
    (score,) = one.scores
    assert score in hanoi.scores
    assert one.varied == ()
    assert one.label(score) == "as chosen"
    assert "combinations" not in one.evidence


def test_holds(hanoi: Hindcast) -> None:
    """Three of four actors stay put at each of five events; Nash stability implies the others."""
    for score in hanoi.scores:
        assert [held.n for held in score.held.values()] == [15] * 4
        for hold in score.holds:
            assert not hold.stable["nash"] or all(hold.stable.values())
            assert hold.actor != hanoi.events[hold.event].actor


def test_words_and_json(hanoi: Hindcast) -> None:
    said = json.loads(json.dumps(hanoi.to_json()))
    assert said["n"] == 5
    assert said["varied"] == ["us", "nk"]
    assert said["events"][0]["after"]["us_talk"] is False
    assert said["scores"][0]["by_actor"]["us"]["hits"] == 2
    assert "<table>" in hanoi._repr_html_()


# --- the record --------------------------------------------------------------------------------------------------------


def retold(name: str, *events: tuple[str, dict[str, int]]) -> Hindcast:
    scenario = load(name)
    history = tuple(Event(date=f"200{n}", by=by, settings=settings) for n, (by, settings) in enumerate(events))
    return hindcast(Case(replace(scenario, history=history)), {})


def test_events_that_are_no_moves() -> None:
    """Each kind is named, replayed if it can be, and not scored."""
    found = retold(
        "two_proxies",
        ("ru", {"ru_link": 1}),
        ("ru", {"nk_troops": 0}),
        ("ru", {"ru_link": 0}),
        ("nk", {"nk_troops": 1}),
        ("", {"us_arm": 0}),
    )
    assert [event.status for event in found.events] == ["nothing", "foreign", "move", "illegal", "unattributed"]
    assert found.n == 1
    assert found.events[-1].after["us_arm"] is False
    assert found.events[3].after["nk_troops"] is True
    assert STATUSES["illegal"] in str(found)


def test_infeasible_events_are_passed_over() -> None:
    found = retold("axis_and_sanctions", ("ru", {"ru_panel": 0}), ("us", {"us_press": 0}))
    assert [event.status for event in found.events] == ["illegal", "move"]
    found = retold("detente_veto", ("us", {"us_relief": 1}), ("us", {"us_cvid": 0}))
    assert [event.status for event in found.events] == ["infeasible", "move"]
    assert found.events[0].before == found.events[0].after


# --- chance ------------------------------------------------------------------------------------------------------------


@seeds(7, 20)
def test_chance_by_enumeration(seed: int) -> None:
    rng = random.Random(seed)
    shares = [rng.choice((0.0, 1.0, rng.random())) for _ in range(rng.randint(0, 7))]
    for hits in range(len(shares) + 2):
        worlds = itertools.product((True, False), repeat=len(shares))
        good = (w for w in worlds if sum(w) >= hits)
        exact = sum(math.prod(p if hit else 1 - p for hit, p in zip(w, shares, strict=True)) for w in good)
        assert at_least(hits, shares) == pytest.approx(exact, abs=1e-12)


# --- brute force -------------------------------------------------------------------------------------------------------


def random_past(model: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """Events that set one or two options of an actor, sometimes somebody else's."""
    options = [(option.actor, option) for option in oracle.read_options(model)]
    past = []
    for year in range(rng.randint(1, 6)):
        actor = rng.choice(options)[0]
        own = [o for a, o in options if a == actor or rng.random() < 0.1]
        chosen = rng.sample(own, min(len(own), rng.choice((1, 1, 2))))
        settings = {o.key: rng.choice(o.values) for o in chosen}
        past.append({"date": str(1990 + year), "by": actor, "set": settings})
    return past


def written(settings: dict[str, Any]) -> list[str]:
    return [k if v is True else f"not {k}" if v is False else f"{k} = {v}" for k, v in settings.items()]


def outcome_of(game: oracle.Game, event: dict[str, Any], here: int) -> tuple[str, int]:
    """What an event is, and the state after it, from the definitions."""
    space = game.space
    assert space is not None
    keys = [option.key for option in space.options]
    cell = tuple(event["set"].get(key, value) for key, value in zip(keys, game.states[here][0], strict=True))
    frozen = any(space.frozen(p) and cell[p] != game.states[here][0][p] for p in range(len(cell)))
    there = None if frozen else space.land(cell)
    if there is None:
        return "infeasible", here
    if there == here:
        return "nothing", here
    if any(option.actor != event["by"] for option in space.options if option.key in event["set"]):
        return "foreign", there
    return "move" if there in game.moves[event["by"]][here] else "illegal", there


def assert_hindcast(seed: int, kind: str | None) -> int:
    model, rng, sanctions = random_model(seed, kind), random.Random(seed), ("legal", "one-step")[seed % 2]
    if model.get("graph"):
        return 0
    past = random_past(model, rng)
    model["history"] = [{**event, "set": written(event["set"])} for event in past]
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = hindcast(case)
    names = {a: list(spec.get("readings") or ["only"]) for a, spec in model["actors"].items()}
    assert len(found.scores) == math.prod(map(len, names.values()))
    for score in found.scores:
        game = oracle.build(model, score.readings)
        assert game.now is not None
        here, hits, sure, shares, firm, n, held = game.now, 0, 0, list[float](), list[float](), 0, list[Any]()
        for event, told in zip(past, found.events, strict=True):
            status, there = outcome_of(game, event, here)
            assert (told.status, told.after) == (status, oracle.show(game, there))
            actor, better = event["by"], game.improvements[event["by"]][here]
            reply = oracle.replies(game, actor, "improvements", sanctions)
            own = game.scores[actor]
            stand = {t for t in better if all(own[x] > own[here] for x in reply[t])}
            if status == "move":
                legal = len(game.moves[actor][here])
                n, hits, sure = n + 1, hits + (there in better), sure + (there in stand)
                shares.append(len(better) / legal)
                firm.append(len(stand) / legal)
            if status in ("move", "illegal"):
                held += [(a, here) for a in game.actors if a != actor and game.moves[a][here]]
            here = there
        assert (score.improvements.hits, score.improvements.n, score.unsanctioned.hits) == (hits, n, sure)
        assert score.improvements.expected == pytest.approx(sum(shares))
        assert score.unsanctioned.expected == pytest.approx(sum(firm))
        assert score.unsanctioned.chance == pytest.approx(at_least(sure, firm))
        for concept in CONCEPTS:
            stable = {a: oracle.stable_states(game, concept, a, sanctions) or set() for a in game.actors}
            assert score.held[concept].hits == sum(s in stable[a] for a, s in held)
            by_luck = sum(len(stable[a]) / len(game.states) for a, _ in held)
            assert score.held[concept].expected == pytest.approx(by_luck)
    return found.n


@seeds(10, 30)
def test_brute_force(seed: int) -> None:
    assert_hindcast(seed, None)


@pytest.mark.parametrize("kind", ["oneway", "guards", "consequences", "same", "barred", "never", "fixed", "choices"])
def test_brute_force_in_each_family(kind: str) -> None:
    assert sum(assert_hindcast(seed, kind) for seed in range(5)) > 0


def test_nobody_holds_where_nobody_moves() -> None:
    """Two of three events change nothing: only at the first has b stayed put while a moved."""
    text = """
detente: 1
title: Standstill
actors:
  a: {options: {x: }, priorities: [x]}
  b: {options: {y: }, priorities: [not y]}
now: []
history:
  - {date: 2018-01, by: a, set: [x], says: a moves}
  - {date: 2018-02, by: a, set: [x], says: nobody moves}
  - {date: 2018-03, by: b, set: [not y], says: nobody moves}
"""
    (score,) = hindcast(Case(read_text(text, name="standstill"))).scores
    assert [(hold.event, hold.actor) for hold in score.holds] == [(0, "b")]


def test_a_recorded_past_in_graph_form() -> None:
    text = """
detente: 1
title: Graph
actors: {a: {ranking: [s2, s1]}, b: {ranking: [s1, s2]}}
graph: {states: [s1, s2], moves: {a: [s1 > s2], b: [s2 > s1]}}
now: s1
history:
  - {date: 2018-01, by: a, set: [state = s2], says: a moves}
  - {date: 2018-02, by: a, set: [state = s1], says: not its move}
"""
    found = hindcast(Case(read_text(text, name="graph")))
    assert [(e.changes, e.status, e.legal_moves) for e in found.events] == [
        ("s1 > s2", "move", 1),
        ("s2 > s1", "illegal", 0),
    ]


def test_a_move_is_a_pair_of_states() -> None:
    """Opening x is barred, but y brings it about as well: the state can be reached, so the event is a legal move."""
    text = """
detente: 1
title: Pairs
actors:
  a: {options: {x: , y: }, priorities: [x]}
  b: {options: {z: }, priorities: [z]}
rules:
  - {barred: not x > x and not y, for: a}
  - {when: x and y, then: not y}
now: []
history: [{date: 2018-01, by: a, set: [x], says: a opens}]
"""
    (event,) = hindcast(Case(read_text(text, name="pairs"))).events
    assert event.status == "move"


# --- bad input ---------------------------------------------------------------------------------------------------------


def test_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unanswerable, match="history"):
        hindcast(Case(load("two_proxies")))
    case = Case(load("hanoi_2019"))
    with pytest.raises(UnknownName, match="did you mean a_hawks"):
        hindcast(case, {"us": ["a_hawk"]})
    with pytest.raises(UnknownName, match="actor"):
        hindcast(case, {"moon": ["a_hawks"]})
    with pytest.raises(InputError, match="at least one"):
        hindcast(case, {"us": []})
    monkeypatch.setattr("detente.questions.history.hindcast_scores.MOST_COMBINATIONS", 5)
    with pytest.raises(InputError, match="6 combinations"):
        hindcast(case)
