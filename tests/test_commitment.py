"""Credibility and action for action: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
from typing import Any

import pytest

from brute import held, wanting
from detente.case import Case
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.incentives import credibility as commitment
from detente.questions.incentives.credibility import Credibility, credibility
from detente.questions.policy import reciprocal_steps as exchanges
from detente.questions.policy.reciprocal_steps import Exchange, exchange
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------


def ask(model: str, promise: str, goal: str | None = None, **readings: str) -> Credibility:
    return credibility(Case(load(model), readings=readings), promise, goal=goal)


def test_article_a_s_president_would_keep_his_word_and_biden_would_not() -> None:
    assert ask("two_proxies", "carpenter", us="carpenter").credible
    found = ask("two_proxies", "not us_arm, not us_nato", "decoupled")
    assert (found.credible, found.brings) == (False, "ALL")
    assert found.kept[0].leaves == {"us_arm": True, "us_nato": True}
    assert found.irreversible == (("us_arm", "us_nato"),)
    stake = found.best("stake")
    assert stake is not None and (stake.size, stake.then) == (1, "ALL")
    assert [found.best(kind) for kind in ("move", "drop", "negate")] == [None, None, None]


def test_a_rule_may_be_credible_and_still_not_start_anything() -> None:
    """If Washington would stay out as long as the partners stay apart, it would; but nobody takes the first step."""
    rule = ask("two_proxies", "not us_arm, not us_nato", "decoupled").best("rule")
    assert rule is not None and rule.works
    assert rule.then == "NONE"
    assert rule.text.startswith("when not ru_link and not nk_arms and not nk_troops then")


def test_benefits_as_a_gift_are_not_kept_unless_they_earn_something() -> None:
    """M8: the trader pockets them. With Moscow gone and Beijing pressing they earn a step, and are kept."""
    assert not ask("conditional_engagement", "us_ben").credible
    found = ask("conditional_engagement", "us_ben", "package", nk="needs_all", ru="leaves")
    assert (found.credible, found.brings, found.kept[0].nash) == (True, "ALL", False)
    assert len(found.sheets()) == 1


def test_isolation_would_have_to_put_the_troops_first() -> None:
    found = ask("detente_veto", "us_recog, not us_cvid", "detente_and_troops_home", us="isolation", nk="eager")
    move = found.best("move")
    assert move is not None and move.text.startswith("us: 'not nk_troops' to rank 1, above")
    assert found.irreversible == (("us_recog", "us_cvid"),)


def go(model: str, goal: str, *parties: str, **readings: str) -> Exchange:
    return exchange(Case(load(model), readings=readings), goal, parties or None)


def test_action_for_action_is_safe_for_a_bargaining_president() -> None:
    """M3: no single move leads there; three steps do, and nobody is worse off on the way."""
    for nk in ("reciprocal", "pockets"):
        found = go("detente_veto", "detente_and_troops_home", "us", "nk", us="bargainer", nk=nk)
        assert found.safe and found.steps is not None
        assert [str(step.move) for step in found.steps][:2] == ["us: not us_cvid", "nk: nk_talk, not nk_troops"]


def test_the_conditional_package_exposes_both_sides() -> None:
    found = go("conditional_engagement", "package", "us", "nk")
    assert (found.safe, found.exposures) == (False, 3)
    nothing = go("conditional_engagement", "package", "us", "nk", nk="arsenal_first")
    assert nothing.steps is None
    assert "nothing to exchange" in str(nothing)


# --- weights, by hand --------------------------------------------------------------------------------------------

WEIGHED = """
detente: 1
title: A promise
actors:
  giver: {options: {pay: {name: Pay}}, weights: [{when: not pay, weight: 3}, {when: work, weight: 5}]}
  taker: {options: {work: {name: Work}}, weights: [{when: pay and work, weight: 2}, {when: work, weight: -1}]}
now: []
"""


def test_the_least_amount_at_stake() -> None:
    """Free again, the giver saves 3, and the taker would then stop working: the promise holds; without that, 3 are needed."""
    given = Case(read_text(WEIGHED, name="promise"))
    assert credibility(given, "pay").credible
    careless = Case(read_text(WEIGHED.replace("weight: -1", "weight: 1"), name="promise"))
    found = credibility(careless, "pay", goal="work")
    stake = found.best("stake")
    assert not found.credible
    assert stake is not None and "loses 3" in stake.text
    assert found.irreversible == (("pay",),)
    done = exchange(given, "pay and work")
    assert (done.safe, done.exposures) == (False, 1)


# --- brute force -------------------------------------------------------------------------------------------------


def assert_same(seed: int) -> str:
    model, rng = random_model(seed), random.Random(seed)
    if "graph" in model:
        return "graph"
    game: Any = oracle.build(model)
    options = [o for o in game.space.options if o.change not in ("fixed", [])]
    able = [o for o in options if not game.space.frozen(game.space.options.index(o))]
    if not able:
        return "nothing to promise"
    giver = rng.choice(able).actor
    mine = [o for o in able if o.actor == giver]
    settings = {o.key: rng.choice(o.values) for o in rng.sample(mine, rng.randint(1, len(mine)))}
    sanctions = rng.choice(("legal", "one-step"))
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    other = held(game, settings)
    if other is None:
        with pytest.raises(InputError):
            credibility(case, settings)
        return "infeasible"
    ends = set(itertools.chain(*(oracle.ends(other, "foresight", sanctions) or [])))
    stays = [ends <= (oracle.stable_states(game, c, giver, sanctions) or set()) for c in ("seq", "nash")]
    found = credibility(case, settings)
    about = f"seed {seed}, {settings}"
    assert [found.kept[0].seq, found.kept[0].nash] == stays, about
    if stays[0]:
        assert (found.irreversible, found.devices) == ((), ()), about
        return "credible"
    good = [s for s in subsets(list(settings)) if one_way_is_enough(model, settings, s, ends, giver, sanctions)]
    minimal = {frozenset(s) for s in good if not any(set(t) < set(s) for t in good)}
    assert {frozenset(s) for s in found.irreversible} == minimal, about
    reading = oracle.choose_readings(model, None, None)[giver]
    wanted = oracle.preference(model, giver, reading)
    if "priorities" in wanted and len(wanted["priorities"]) < 20:
        stake = found.best("stake")
        assert (stake.size if stake else None) == lowest_stake(model, giver, reading, settings, sanctions), about
    return "not credible"


def subsets(keys: list[str]) -> list[tuple[str, ...]]:
    return [s for size in range(1, len(keys) + 1) for s in itertools.combinations(keys, size)]


def one_way_is_enough(
    model: Any, settings: dict[str, Any], keys: tuple[str, ...], ends: set[int], giver: str, sanctions: str
) -> bool:
    """The model without the giver's moves away from the promised settings of these options."""
    import dataclasses

    game: Any = oracle.build(model)
    places = {p: settings[o.key] for p, o in enumerate(game.space.options) if o.key in keys}

    def moves(actor: str, state: int) -> set[int]:
        return {
            target
            for member in game.states[state]
            for raw in game.space.changes(actor, member)
            if not any(member[p] == value and raw[p] != value for p, value in places.items())
            and (target := game.space.land(raw)) not in (None, state)
        }

    arcs = {a: [moves(a, s) for s in range(len(game.states))] for a in game.actors}
    free = dataclasses.replace(game, moves=arcs)
    return ends <= (oracle.stable_states(free, "seq", giver, sanctions) or set())


def lowest_stake(model: Any, giver: str, reading: str, settings: dict[str, Any], sanctions: str) -> int | None:
    parts = [f"{k} = {v}" if isinstance(v, str) else k if v else f"not {k}" for k, v in settings.items()]
    wish, old = " and ".join(parts), list(oracle.preference(model, giver, reading)["priorities"])
    for rank in range(len(old) + 1, 0, -1):
        changed = copy.deepcopy([*old[: rank - 1], wish, *old[rank - 1 :]])
        try:
            free = oracle.build(wanting(model, giver, reading, changed))
        except oracle.OracleError:
            return None
        other = held(free, settings)
        assert other is not None
        ends = set(itertools.chain(*(oracle.ends(other, "foresight", sanctions) or [])))
        if ends <= (oracle.stable_states(free, "seq", giver, sanctions) or set()):
            return rank
    return None


@pytest.fixture
def few_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commitment, "MOST_EDITS", 5)


@pytest.mark.usefixtures("few_edits")
@seeds(2, 6, "block")
def test_credibility_as_brute_force(block: int) -> None:
    for seed in range(15 * block, 15 * block + 15):
        assert_same(seed)


def least_exposures(game: Any, goal: str, parties: list[str]) -> tuple[int, int, int] | None:
    """Fewest exposures, temptations, steps: relaxation over all states until nothing improves, for every goal state."""
    u, now, numbers = game.scores, game.now, range(len(game.states))
    exposed = [sum(u[p][s] < u[p][now] for p in parties) for s in numbers]
    best_of_all = None
    for end in game.holding(goal):
        if exposed[end]:
            continue
        best: dict[int, tuple[int, int, int]] = {now: (0, 0, 0)}
        changed = True
        while changed:
            changed = False
            for state, party in itertools.product(list(best), parties):
                if u[party][end] <= u[party][state] or state == end:
                    continue
                tempted = any(u[party][t] > u[party][end] for t in game.moves[party][state])
                for target in game.moves[party][state]:
                    a, b, c = best[state]
                    cost = (a + exposed[target], b + tempted, c + 1)
                    if target not in best or cost < best[target]:
                        best[target], changed = cost, True
        if end in best and (best_of_all is None or best[end] < best_of_all):
            best_of_all = best[end]
    return best_of_all


@seeds(2, 4, "block")
def test_exchange_as_brute_force(block: int) -> None:
    for seed in range(15 * block, 15 * block + 15):
        model, rng = random_model(seed), random.Random(seed)
        actors = sorted(model["actors"])
        parties, goal = rng.sample(actors, rng.randint(2, len(actors))), rng.choice(sorted(model["outcomes"]))
        game: Any = oracle.build(model)
        found = exchange(Case(read_text(to_yaml(model), name="random")), goal, parties)
        expected = least_exposures(game, goal, parties)
        steps = found.steps
        mine = None if steps is None else (found.exposures, sum(bool(s.tempted) for s in steps), len(steps))
        if "graph" in model:  # moves between named states change no settings, so temptations have no words
            assert (mine is None) == (expected is None)
            continue
        if mine is None or expected is None or "same" not in str(model.get("rules")):
            assert mine == expected, f"seed {seed}"
        else:
            assert (mine[0], mine[2]) == (expected[0], expected[2]) or mine[0] == expected[0], f"seed {seed}"
        if steps is not None:
            assert sum(len(each.exposed) for each in steps) == found.exposures


@blocks(10, 30)
def test_at_length(block: int) -> None:
    for seed in range(1000 + 20 * block, 1020 + 20 * block):
        assert_same(seed)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = ask("two_proxies", "not us_arm, not us_nato", "decoupled")
    written = json.loads(json.dumps(found.to_json()))
    assert (written["credible"], written["irreversible"]) == (False, [["us_arm", "us_nato"]])
    assert "What would make it credible" in str(found)
    assert "<table>" in found._repr_html_()
    done = go("detente_veto", "detente_and_troops_home", "us", "nk", us="bargainer")
    written = json.loads(json.dumps(done.to_json()))
    assert written["safe"] is True
    assert written["steps"][1]["given"][1]["settings"] == {"nk_talk": True, "nk_troops": False}
    assert "nobody is exposed" in str(done)
    assert "<table>" in done._repr_html_()


def test_bad_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(InputError, match="did you mean us_arm"):
        credibility(case, "not us_arms")
    with pytest.raises(InputError, match="a promise needs settings"):
        credibility(case, {})
    with pytest.raises(Unanswerable, match="holds nothing"):
        credibility(case, "trump")
    with pytest.raises(InputError, match="no state has"):
        credibility(Case(load("detente_veto")), "us_cvid, us_relief")
    with pytest.raises(UnknownName, match="actor"):
        exchange(case, "decoupled", ["uss"])
    with pytest.raises(InputError, match="name the parties"):
        exchange(case, "decoupled", [])
    monkeypatch.setattr(commitment, "MOST_OPTIONS", 1)
    with pytest.raises(TooLarge, match="irreversible"):
        credibility(case, "not us_arm, not us_nato")
    monkeypatch.setattr(exchanges, "MOST", 1)
    with pytest.raises(TooLarge, match="states"):
        exchange(case, "decoupled")


def test_limit_of_time_and_interruption() -> None:
    """What was found about devices by then; whether the promise is kept is always said."""
    case, full = Case(load("two_proxies")), credibility(Case(load("two_proxies")), "carpenter")
    ticks = itertools.count()
    cut = credibility(case, "carpenter", seconds=9, clock=lambda: float(next(ticks)))
    assert cut.kept == full.kept
    assert cut.irreversible == full.irreversible
    assert (cut.stopped, cut.to_json()["stopped"], full.stopped) == ("the time is up", "the time is up", "")
    assert len(cut.devices) + len(cut.refused) < len(full.devices) + len(full.refused)
    assert "the time is up: not everything was tried" in str(cut)
    nothing = credibility(case, "carpenter", seconds=-1)
    assert (nothing.irreversible, nothing.devices) == ((), ())
    assert "nothing becomes credible" not in str(nothing)

    assert credibility(case, "carpenter", cancelled=lambda: True).stopped == "the search was interrupted"

    def interrupt(done: int, total: int, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        credibility(case, "carpenter", progress=interrupt)
    with pytest.raises(InputError, match="must be a number"):
        credibility(case, "carpenter", seconds=float("nan"))
