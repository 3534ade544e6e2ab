"""Joint moves: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from typing import Any

import pytest

from detente.case import CONCEPTS, Case, Policy
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.coalitions import smallest as module
from detente.questions.coalitions.smallest import Joint, joint, joint_minimal, minimal_coalitions
from detente.scenario import load, read_text
from detente.scenario.model import PriorityList
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models, seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------


def ask(model: str, goal: str, start: str | None = None, hold: str = "", **readings: str) -> Joint:
    case = Case(load(model), readings=readings)
    return joint(case.under(Policy(hold=case.settings(hold))) if hold else case, goal, start=start)


def members(found: Joint) -> list[tuple[str, ...]]:
    return [each.members for each in found.coalitions]


@pytest.mark.parametrize("nk", ["trader", "needs_all"])
@pytest.mark.parametrize("ru", ["stays", "leaves"])
@pytest.mark.parametrize("start", [None, "not ru_alt"])
def test_the_package_takes_two(nk: str, ru: str, start: str | None) -> None:
    """M8, C60, C61: {US, DPRK}, whatever Russia does or has done."""
    assert members(ask("conditional_engagement", "package", start, nk=nk, ru=ru)) == [("us", "nk")]


def test_a_substituting_pyongyang_joins_only_when_russia_has_left() -> None:
    """M8 and X2: it is the state that must have changed; a Russia that wants to leave is not enough."""
    for ru in ("stays", "leaves"):
        assert ask("conditional_engagement", "package", nk="substitute", ru=ru).size is None
        assert members(ask("conditional_engagement", "package", "not ru_alt", nk="substitute", ru=ru)) == [("us", "nk")]
    assert ask("conditional_engagement", "package", "not ru_alt", nk="arsenal_first").size is None


def test_the_package_then_holds() -> None:
    (pair,) = ask("conditional_engagement", "package").coalitions
    assert (pair.count, pair.lands["nash"], pair.lands["seq"]) == (1, 0, 1)
    (place,) = pair.targets
    assert place.then == {"myopic": "NONE", "foresight": "ALL"}
    assert [(actor, gain.weighing.statement) for actor, gain in place.gains.items()] == [
        ("us", "nk_step"),
        ("nk", "us_ben"),
    ]
    assert all(gain.after > gain.before for gain in place.gains.values())


@pytest.mark.parametrize("ru", ["war_need", "us_need", "maximalist"])
@pytest.mark.parametrize("ua", ["needs_arms", "fights_on"])
@pytest.mark.parametrize("eu", ["backs_kyiv", "follows_us"])
def test_a_ceasefire_takes_kyiv_and_moscow_after_the_us_step(ru: str, ua: str, eu: str) -> None:
    """M2: before the step none; after it {UA, RU}, unless Russia wants the war itself."""
    step = "not us_arm, not us_nato"
    assert ask("ukraine_agency", "ceasefire", ru=ru, ua=ua, eu=eu).size is None
    expected = [] if ru == "maximalist" else [("ua", "ru")]
    assert members(ask("ukraine_agency", "ceasefire", step, ru=ru, ua=ua, eu=eu)) == expected
    assert members(ask("ukraine_agency", "ceasefire", hold=step, ru=ru, ua=ua, eu=eu)) == expected


@pytest.mark.parametrize("hawk", ["reflex", "results"])
@pytest.mark.parametrize("nk", ["reciprocal", "eager", "pockets"])
def test_a_bargain_can_be_struck_in_all_six_mixes_and_holds_in_five(hawk: str, nk: str) -> None:
    """M3 (vii)."""
    found = ask("detente_veto", "detente_and_troops_home", us="bargainer", hawk=hawk, nk=nk)
    assert members(found) == [("us", "nk")]
    assert bool(found.coalitions[0].lands["seq"]) == ((hawk, nk) != ("reflex", "eager"))


@pytest.mark.parametrize("nk", ["impatient", "patient"])
@pytest.mark.parametrize("hold", ["", "not hk_block"])
def test_nobody_gains_by_a_small_deal_with_a_president_who_wants_praise(nk: str, hold: str) -> None:
    """M4, with the hawks and without."""
    assert ask("hanoi_2019", "small_deal", hold=hold, us="b_praise", nk=nk).size is None


def test_the_link_is_formed_together() -> None:
    """M5, C39: from nothing a joint gain of both; for Russia alone it is none."""
    nothing = "not ru_link, not ru_tech, not nk_arms, not nk_troops"
    assert members(ask("patrons", "ru_link", nothing)) == [("ru", "nk")]
    assert members(ask("patrons", "ru_link", "not ru_link, not ru_tech, not nk_troops")) == [("ru", "nk")]


def test_one_actor_is_an_ordinary_improvement() -> None:
    found = ask("two_proxies", "us_recog", us="carpenter")
    assert members(found) == [("us",)]
    assert found.size == 1


def test_elmira() -> None:
    """The published coalition improvements of ministry and firm: 2 to 4, 5 to 8, 6 to 8."""
    for name, case in (("options", Case(load("elmira"))), ("graph", Case(load("elmira_graph")))):
        ids = case.actors[:2]
        for start, end in (("s2", "s4"), ("s5", "s8"), ("s6", "s8")):
            found = joint_minimal(case, end, start=start)
            assert any(set(each.members) <= set(ids) for each in found.coalitions), (name, start)


# --- brute force -------------------------------------------------------------------------------------------------


def brute_force(model: Any, sanctions: str, goal: str, start: int | None = None) -> dict[tuple[str, ...], Any]:
    """Every coalition that gains, with its targets: reach of all its members, goal true, everybody strictly better."""
    game: Any = oracle.build(model)
    begin, good = game.now if start is None else start, game.holding(goal)
    found = {}
    for size in range(1, len(game.actors) + 1):
        for group in itertools.combinations(game.actors, size):
            reached = oracle.reach(game.moves, group, begin) & good
            targets = sorted(t for t in reached if all(game.scores[i][t] > game.scores[i][begin] for i in group))
            if targets:
                found[group] = [describe(game, group, begin, target, good, sanctions) for target in targets]
    return found


def describe(game: Any, group: tuple[str, ...], begin: int, target: int, good: set[int], sanctions: str) -> Any:
    then = dataclasses.replace(game, now=target)
    found = {kind: oracle.ends(then, kind, sanctions) or [] for kind in ("myopic", "foresight")}
    verdicts = {kind: oracle.verdict(ends, good) for kind, ends in found.items()}
    firsts = {kind: tuple(oracle.show(game, end[0]) for end in ends) for kind, ends in found.items()}
    holds = {concept: target in (oracle.equilibria(game, concept, sanctions) or ()) for concept in CONCEPTS}
    gains = [gained(game.model, i, float(game.scores[i][begin]), float(game.scores[i][target])) for i in group]
    return oracle.show(game, target), gains, holds, verdicts, firsts


def minimal(found: dict[tuple[str, ...], Any]) -> dict[tuple[str, ...], Any]:
    return {group: each for group, each in found.items() if not any(set(other) < set(group) for other in found)}


def gained(model: Any, actor: str, before: float, after: float) -> tuple[str, Any]:
    """What a member gets; adjustments move states past one another and leave their scores: nothing to compare there."""
    adjusted = "adjust" in str(model["actors"][actor])
    return actor, None if adjusted else (before, after)


def plain(found: Joint, model: Any) -> dict[tuple[str, ...], Any]:
    """The engine's answer in the oracle's words."""
    return {
        each.members: [
            (
                t.state,
                [gained(model, actor, float(g.before), float(g.after)) for actor, g in t.gains.items()],
                dict(t.equilibrium),
                dict(t.then),
                dict(t.ends),
            )
            for t in each.targets
        ]
        for each in found.coalitions
    }


def assert_same(seed: int, kind: str | None) -> None:
    model = random_model(seed, kind)
    rng = random.Random(seed)
    sanctions, goal = rng.choice(("legal", "one-step")), rng.choice(sorted(model["outcomes"]))
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = brute_force(model, sanctions, goal)
    smallest = {group: each for group, each in found.items() if len(group) == min(map(len, found))}
    about = f"seed {seed}, kind {kind}, {goal}, {sanctions}"
    assert_equal(joint(case, goal), smallest, model, about)
    assert_equal(joint_minimal(case, goal), minimal(found), model, about)
    assert list(minimal_coalitions(case, goal)) == list(minimal(found)), about
    idle = case.with_reading(
        case.actors[0], PriorityList(id="idle")
    )  # where coalitions lead is shared, what they gain is not
    assert not any(case.actors[0] in each.members for each in joint_minimal(idle, goal).coalitions), about
    assert_equal(
        joint_minimal(idle.with_reading(case.actors[0], case.reading(case.actors[0])), goal),
        minimal(found),
        model,
        about,
    )
    two = joint_minimal(case, goal, max_size=2)
    assert {each.members for each in two.coalitions} == {group for group in minimal(found) if len(group) <= 2}, about


def assert_equal(found: Joint, expected: dict[tuple[str, ...], Any], model: Any, about: str) -> None:
    said = plain(found, model)
    assert list(said) == list(expected), about
    for group, targets in expected.items():
        for mine, theirs in zip(said[group], targets, strict=True):
            assert mine == theirs, about
    for each in found.coalitions:
        counted = {c: sum(target.equilibrium[c] is True for target in each.targets) for c in CONCEPTS}
        assert (each.count, dict(each.lands)) == (len(each.targets), counted), about


@models(60, range(3))
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@seeds(4, 12)
def test_from_elsewhere(seed: int) -> None:
    """Begun at a named state of a graph."""
    model = random_model(seed, "graph")
    start = random.Random(seed).randrange(len(model["graph"]["states"]))
    found = joint_minimal(Case(read_text(to_yaml(model))), "goal1", start=model["graph"]["states"][start])
    assert_equal(found, minimal(brute_force(model, "legal", "goal1", start)), model, f"seed {seed}")


@blocks(8, 32)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block, 40):
        assert_same(seed, kind)


# --- large models, handing on, refusing --------------------------------------------------------------------------


def test_pairs_in_the_large_composite() -> None:
    """Coalitions of two are searched among their own strategies: no listing of 26 million states."""
    found = joint(Case(load("composite")), "not ru_link and not ru_war and not us_arm", max_size=2)
    assert (found.size, found.tried) == (None, 11 + 55)


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 20)
    with pytest.raises(TooLarge, match="`max_size` 1"):
        joint(Case(load("two_proxies")), "decoupled and us_arm")
    monkeypatch.setattr(module, "MOST", 3)
    with pytest.raises(TooLarge, match="within reach"):
        joint(Case(load("elmira_graph")), "s9 and s8")


def test_what_is_handed_on() -> None:
    found = ask("conditional_engagement", "package")
    said = json.loads(json.dumps(found.to_json()))
    assert said["coalitions"][0]["members"] == ["us", "nk"]
    assert said["coalitions"][0]["targets"][0]["gains"]["us"]["statement"] == "nk_step"
    assert said["start"]["us_deter"] is True
    assert "us and nk" in str(found)
    assert "<table>" in found._repr_html_()
    assert "None of" in str(ask("conditional_engagement", "package", nk="arsenal_first"))


def test_bad_questions() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(InputError, match="did you mean decoupled"):
        joint(case, "decoupld")
    with pytest.raises(InputError, match="at least 1"):
        joint(case, "decoupled", max_size=0)
    with pytest.raises(InputError, match="us_arms"):
        joint(case, "decoupled", start="us_arms")
    with pytest.raises(UnknownName, match="state"):
        joint(Case(load("elmira_graph")), "s1", start="s11")
    with pytest.raises(Unanswerable):
        joint(Case(dataclasses.replace(case.scenario, now=None)), "decoupled")
