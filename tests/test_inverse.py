"""The inverse question: published counts, findings, brute force on random models, and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import random
from collections.abc import Sequence

import pytest

from detente.case import Case
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.inverse.inverse import inverse
from detente.questions.inverse.monotone_conditions import condition, nearest, rankings, sizes
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")

# --- findings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("concept", "syria"), [("nash", 240), ("gmr", 384), ("smr", 300), ("seq", 384), ("sseq", 300)])
def test_syria_iraq(concept: str, syria: int) -> None:
    """Water released and no attack (state 2): stable for how many of Syria's 720 rankings."""
    (demand,) = inverse(Case(load("syria_iraq_1975")), "s2", concept, ["syria"]).best.demands
    assert (demand.rankings, demand.total, demand.met, demand.checked) == (syria, 720, False, True)


def test_a_formula_has_several_targets_nearest_first() -> None:
    found = inverse(Case(load("syria_iraq_1975")), "release", "nash")
    assert [found.texts[each.state] for each in found.targets] == ["s2", "s5"]
    assert [each.turn for each in found.targets] == [2, 3]
    assert inverse(Case(load("syria_iraq_1975")), "release", "nash").best.profiles == 240 * 360


def test_russia_would_have_to_find_staying_no_better() -> None:
    """M1 after the package, munitions still flowing: what Russia would have to think of leaving."""
    target = {"us_arm": 0, "us_nato": 0, "us_recog": 1, "ru_link": 1, "nk_arms": 1, "nk_troops": 0}
    turns = {}
    for reading in ("need", "profit"):
        case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": reading})
        (russia,) = inverse(case, target, "nash", ["ru"]).best.demands
        assert russia.text == "no better than the target: us_recog nk_arms"
        turns[reading] = russia.turn
    assert turns == {"need": 1, "profit": 1}


def test_credible_answers_depend_on_the_others() -> None:
    """SEQ and SSEQ say so; GMR and SMR count profiles instead."""
    case = Case(load("syria_iraq_1975"))
    assert "Credible answers only" in str(inverse(case, "s2", "seq"))
    assert "on the moves alone" in str(inverse(case, "s2", "gmr"))
    assert inverse(case, "s2", "gmr").to_json()["targets"][0]["profiles"] == 384 * 540
    assert inverse(case, "s2", "seq").to_json()["targets"][0]["profiles"] is None


# --- brute force -------------------------------------------------------------------------------------------------


def stable(game: oracle.Game, actor: str, scores: Sequence[int], state: int, concept: str, sanctions: str) -> bool:
    other = dataclasses.replace(game, scores={**game.scores, actor: list(scores)})
    return state in (oracle.stable_states(other, concept, actor, sanctions) or set())


def smallest(game: oracle.Game, actor: str, state: int, concept: str, sanctions: str) -> list[tuple[int, ...]]:
    """Every smallest set of states that, sunk to the level of the state, makes it stable for the actor."""
    score = game.scores[actor]
    above = [s for s in range(len(game.states)) if score[s] > score[state]]
    for size in range(len(above) + 1):
        found = []
        for chosen in itertools.combinations(above, size):
            sunk = [score[state] if s in chosen else value for s, value in enumerate(score)]
            if stable(game, actor, sunk, state, concept, sanctions):
                found.append(chosen)
        if found:
            return found
    raise AssertionError("with everything sunk it is stable")


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    game, sanctions = oracle.build(model), rng.choice(("legal", "one-step"))
    state, concept = rng.randrange(len(game.states)), rng.choice(CONCEPTS)
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    target = oracle.settings(game, state) if game.space else oracle.state_name(game, state)
    found = inverse(case, target, concept).best
    assert found.state == state
    for demand in found.demands:
        actor, about = demand.actor, f"seed {seed}, kind {kind}, {demand.actor}, {state}, {concept}, {sanctions}"
        score = game.scores[actor]
        assert demand.met == stable(game, actor, score, state, concept, sanctions), about
        if sum(value > score[state] for value in score) <= 8:
            expected = smallest(game, actor, state, concept, sanctions)
            assert (list(demand.sets), demand.complete) == (expected, True), about
            assert (demand.turn, demand.checked) == (len(expected[0]), True), about
        if len(game.states) <= 5:
            assert demand.rankings == counted(game, actor, state, concept, sanctions), about


def counted(game: oracle.Game, actor: str, state: int, concept: str, sanctions: str) -> int:
    """How many strict rankings make the state stable, by trying all."""
    every = itertools.permutations(range(len(game.states)))
    return sum(stable(game, actor, scores, state, concept, sanctions) for scores in every)


@seeds(10, 30)
def test_mixed_models(seed: int) -> None:
    assert_same(seed, None)


@seeds(14, 40)
def test_graphs(seed: int) -> None:
    assert_same(seed, "graph")


@pytest.mark.parametrize("kind", ["never", "consequences", "same", "barred", "guards", "oneway", "choices", "ties"])
def test_each_family(kind: str) -> None:
    for seed in range(4):
        assert_same(seed, kind)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_all_rankings_of_seven_states(concept: str) -> None:
    """Every one of the 5,040 rankings of a conflict of seven states, judged by the definitions."""
    model = random_model(17, "same")
    game, case = oracle.build(model), Case(read_text(to_yaml(model), name="random"))
    assert len(game.states) == 7
    actor, state = game.actors[0], max(range(7), key=lambda s: len(game.moves[game.actors[0]][s]))
    (demand,) = inverse(case, oracle.settings(game, state), concept, [actor]).best.demands
    kind = "improvements" if concept in ("seq", "sseq") else "moves"
    own, total = game.moves[actor], 0
    arcs = game.improvements if kind == "improvements" else game.moves
    reply = {t: oracle.answers(arcs, actor, t, "legal") for t in own[state]}
    for u in itertools.permutations(range(len(game.states))):
        bad = {s for s in range(len(u)) if u[s] <= u[state]}
        safe = {s for s in bad if concept not in ("smr", "sseq") or own[s] <= bad}
        total += all(t in bad or (concept != "nash" and reply[t] & safe) for t in own[state])
    assert demand.rankings == total


def test_conditions() -> None:
    """Short form, smallest sets and counts against all subsets of up to six things."""
    rng = random.Random(1)
    for _ in range(300):
        things = rng.randint(1, 6)
        ways = [
            [frozenset(rng.sample(range(things), rng.randint(1, min(3, things)))) for _ in range(rng.randint(1, 4))]
            for _ in range(rng.randint(0, 4))
        ]
        short = condition(ways)
        subsets = [frozenset(each) for k in range(things + 1) for each in itertools.combinations(range(things), k)]
        good = [s for s in subsets if all(any(way <= s for way in clause) for clause in ways)]
        assert [s for s in subsets if short.met(s)] == good
        assert sizes(short, things) == tuple(sum(len(s) == k for s in good) for k in range(things + 1))
        true = frozenset(thing for thing in range(things) if rng.random() < 0.4)
        missing = [s for s in subsets if not s & true and s | true in good]
        least = min(map(len, missing))
        found = nearest(short, true)
        assert (found.size, found.complete) == (least, True)
        assert list(found.sets) == sorted((s for s in missing if len(s) == least), key=sorted)


def test_searches_that_outgrow_their_budget_say_so() -> None:
    """What is not settled is a bound, never a guess."""
    rng = random.Random(2)
    hard = condition([[{rng.randrange(20), rng.randrange(20)} for _ in range(5)] for _ in range(14)])
    assert sizes(hard, 60, branches=5) is None
    assert rankings(hard, 61, branches=5) is None
    given_up, exact = nearest(hard, (), branches=20), nearest(hard, ())
    assert given_up.size is None and not given_up.complete
    assert exact.size is not None and given_up.at_least <= exact.size


def test_counts_need_no_listing() -> None:
    """64 states have 64! rankings; the share is exact all the same."""
    (russia,) = inverse(Case(load("two_proxies")), None, "nash", ["ru"]).best.demands
    assert russia.rankings == math.factorial(64) // 2


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = inverse(Case(load("two_proxies")), "decoupled", "smr")
    said = json.loads(json.dumps(found.to_json()))
    assert (said["goal"], said["concept"], said["states"]) == ("decoupled", "smr", 64)
    assert {demand["checked"] for target in said["targets"] for demand in target["actors"]} == {True}
    assert "<table>" in found._repr_html_()
    assert str(found).startswith("Where 'decoupled' could be smr stable")
    assert found.target(found.best.state) is found.best


def test_bad_questions() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(Unanswerable, match="simultaneous"):
        inverse(case, None, "sim")
    with pytest.raises(UnknownName, match="solution concept"):
        inverse(case, None, "nsh")
    with pytest.raises(UnknownName, match="did you mean us"):
        inverse(case, None, "nash", ["uss"])
    with pytest.raises(InputError, match="no feasible state"):
        inverse(case, "ru_link and not ru_link", "gmr")
    with pytest.raises(InputError, match="did you mean"):
        inverse(case, "decoupld", "gmr")
    with pytest.raises(TooLarge, match="states"):
        inverse(Case(load("composite_core")), None, "gmr")


# --- large models ------------------------------------------------------------------------------------------------


def test_nash_of_one_state_of_a_large_model() -> None:
    """28,800 states: what Russia would have to think of staying is told from its five moves alone."""
    case = Case(load("composite_core"), world="a_world")
    found = inverse(case, None, "nash", ["ru"])
    (russia,) = found.best.demands
    assert (len(russia.replies), russia.met, found.count, len(found.states)) == (5, False, 28_800, 43)
    assert russia.checked and russia.turn == 4
    assert "Of 28,800 states only the 43 that count here" in str(found)
    assert found.to_json()["states"] == 28_800


def test_what_is_too_large_is_said() -> None:
    case = Case(load("composite_core"))
    with pytest.raises(TooLarge, match="ask under nash"):
        inverse(case, None, "gmr")
    with pytest.raises(TooLarge, match="6,400 satisfy 'decoupled': name more options"):
        inverse(case, "decoupled", "nash")
    with pytest.raises(InputError, match="no feasible state"):
        inverse(case, "us_arm and not us_arm", "nash")


def test_the_neighbourhood_says_what_the_whole_model_says() -> None:
    """Where both can be asked, Nash conditions from the neighbourhood are those from all states."""
    from detente.engine.concepts import CONCEPTS as ROWS
    from detente.questions.inverse.stability_conditions import StabilityConditions, around

    case = Case(load("two_proxies"))
    whole = inverse(case, None, "nash")
    now = case.game.cell(None)
    near = around(case, now)
    for player, demand in enumerate(whole.best.demands):
        other = StabilityConditions(near, ROWS["nash"]).demand(player, near.number(now))
        assert (other.text, other.met, other.turn, other.checked) == (
            demand.text,
            demand.met,
            demand.turn,
            demand.checked,
        )


def test_a_state_by_its_settings() -> None:
    """As a state is written everywhere else; a formula still means every state where it holds."""
    case = Case(load("two_proxies"))
    for written in ("us_arm, us_nato", "us_arm us_nato", "110000", {"us_arm": True, "us_nato": True}):
        found = inverse(case, written, "seq", ["ru"])
        assert [found.texts[each.state] for each in found.targets] == ["us_arm us_nato"]
    assert len(inverse(case, "us_arm and us_nato", "seq", ["ru"]).targets) == 16
    assert len(inverse(case, "now", "seq", ["ru"]).targets) == 1
    core = Case(load("composite_core"))
    assert inverse(core, "us_arm, us_nato", "nash", ["ru"]).texts[0]
    with pytest.raises(InputError, match="us_nato"):
        inverse(case, "us_arm, us_natto", "seq")
    with pytest.raises(InputError, match="but found 'ru_link'"):
        inverse(case, "us_arm and us_nato ru_link", "seq")
