"""Priced packages: the stated findings, the same optimum as brute force, and what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
import threading
from fractions import Fraction
from typing import Any

import pytest

from detente.case import Case, Policy, state_words
from detente.errors import DetenteError, InputError, Unanswerable, UnknownName
from detente.questions.evolution.status_quo import status_quo
from detente.questions.incentives import search as module
from detente.questions.incentives.offers import offered
from detente.questions.incentives.packages import Package, package, package_of_play, package_to_break
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------


def case(model: str, **readings: str) -> Case:
    return Case(load(model), readings=readings)


def bought(found: Package) -> tuple[str, int]:
    assert found.best is not None
    return str(found.best), int(found.best.price)


@pytest.mark.parametrize("ru", ["need", "profit"])
@pytest.mark.parametrize("nk", ["substitute", "additive"])
def test_two_proxies_under_the_policy_of_2024(ru: str, nk: str) -> None:
    """Aid for Pyongyang brings the troops home; to decouple, Moscow must be paid. Pressure alone does neither."""
    given = case("two_proxies", ru=ru, nk=nk)
    assert bought(package_of_play(given, "troops_home")) == ("nk_aid", 2)
    assert bought(package_of_play(given, "decoupled")) == ("ru_relief", 5)
    assert bought(package_to_break(given)) == ("ru_relief", 5)
    threats = package_of_play(given, "decoupled", among=["ru_sanctions", "nk_pressure"])
    assert (threats.status, threats.bound, threats.packages) == ("impossible", None, 4)
    assert threats.tried == (1 if nk == "substitute" else 2)  # what differs, and everything, to say how close it comes


def test_a_threat_is_worded_without_a_double_negation() -> None:
    """Whoever is threatened with a loss unless it keeps away has a reason to keep away: that, and not its twofold negation."""
    model = read_text(
        "{detente: 1, title: A toll, now: [ships],"
        " actors: {town: {options: {gate: {}}, priorities: [not ships]}, fleet: {options: {ships: {}}, priorities: [ships]}},"
        " incentives: {fine: {by: town, to: fleet, when: ships, worth: -1, at: 1, cost: 1},"
        " boycott: {by: town, to: fleet, when: not ships, worth: -1, at: 1, cost: 1}}}"
    )
    words = {row["incentive"]: row["effect of a unit"] for row in package_of_play(Case(model), "not ships").levers}
    assert words == {"fine": "fleet wants 'not ships' at rank 1", "boycott": "fleet wants 'ships' at rank 1"}


def test_decoupled_is_an_equilibrium_that_nobody_goes_to() -> None:
    """One-step reasoning: decoupling costs nothing. It is there already, and play does not lead to it."""
    given = case("two_proxies")
    for concept in ("nash", "gmr", "smr", "seq"):
        assert bought(package(given, "decoupled", concept)) == ("nothing", 0)
    assert bought(package_of_play(given, "decoupled", "myopic")) == ("nothing", 0)


def test_with_article_a_s_president_a_needing_russia_costs_nothing_more() -> None:
    for nk in ("substitute", "additive"):
        assert bought(package_of_play(case("two_proxies", us="carpenter", nk=nk), "decoupled")) == ("nothing", 0)
        profit = case("two_proxies", us="carpenter", ru="profit", nk=nk)
        assert bought(package_of_play(profit, "decoupled")) == ("ru_relief", 5)


GOAL = "detente_and_troops_home"


def test_detente_and_troops_home_with_reflex_hawks() -> None:
    """The cheapest package buys off the obstruction, and leaves the hawks worse off; what they let pass costs more."""
    given = case("detente_veto", us="courage")
    cheap = package_of_play(given, GOAL)
    assert bought(cheap) == ("hawk_defence", 2)
    assert cheap.best is not None and not cheap.best.lets_pass("hawk")
    agreed = package_of_play(given, GOAL, approved_by=["hawk"])
    assert agreed.best is not None and agreed.best.lets_pass("hawk")
    assert bought(agreed) == ("nk_escrow, hawk_results", 3)
    assert [each.needed for each in agreed.best.consents] == [False, True, False]


def test_hawks_who_look_at_results_let_the_cheap_one_pass() -> None:
    found = package_of_play(case("detente_veto", us="courage", hawk="results"), GOAL)
    assert bought(found) == ("nk_escrow", 1)
    assert found.best is not None and found.best.lets_pass("hawk")


def test_what_no_price_buys() -> None:
    """A president who wants isolation is nobody's to pay here: no incentive is meant for him."""
    found = package_of_play(case("detente_veto", us="isolation"), GOAL)
    assert (found.status, found.best, found.bound) == ("impossible", None, None)
    stable = package(case("detente_veto", us="isolation"), GOAL, "nash")
    assert stable.status == "impossible"
    assert ("us", "leaves", True) in [(each.actor, each.kind, each.beyond) for each in stable.obstacles]
    assert "Cannot be bought at any price" in str(stable)
    assert "no incentive tells the two apart" in stable.obstacles[0].offered


def test_why_play_does_not_lead_there() -> None:
    """Where nobody could go to the goal at once: the steps of the easiest way that would not be taken, in their order."""
    none = package_of_play(case("detente_veto", us="isolation"), GOAL)
    assert none.status == "impossible"
    assert [(each.actor, each.kind, each.would) for each in none.obstacles] == [
        ("nk", "stays", "stay than switch to nk_talk, not nk_troops"),
        ("us", "stays", "stay than switch to us_recog, not us_cvid"),
    ]
    assert none.obstacles[1].offered == "no incentive tells the two apart"
    assert "the easiest way from there to the goal" in str(none)
    feared = package_to_break(case("two_proxies"), among=["nk_pressure"])
    assert [(each.actor, each.kind) for each in feared.obstacles] == [("nk", "fears")]


def test_the_conditional_package() -> None:
    for nk, expected in {
        "trader": ("nk_trade, us_credit", 3),
        "needs_all": ("nk_trade, us_credit", 3),
        "substitute": ("nk_reward, us_credit", 5),
        "arsenal_first": ("nk_reward, us_credit", 5),
    }.items():
        assert bought(package_of_play(case("conditional_engagement", nk=nk), "package")) == expected
    assert bought(package(case("conditional_engagement"), "package")) == ("nothing", 0)
    arsenal = case("conditional_engagement", nk="arsenal_first")
    for concept in ("nash", "gmr", "smr", "seq"):
        assert package(arsenal, "package", concept, among=["nk_trade", "us_credit"]).status == "impossible"


def test_what_is_held_can_be_combined_with_what_is_bought() -> None:
    held = case("two_proxies", ru="profit").under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))
    assert bought(package_of_play(held, "decoupled")) == ("ru_relief", 5)
    assert bought(package_of_play(held, "troops_home")) == ("nothing", 0)


# --- weights, by hand --------------------------------------------------------------------------------------------

WEIGHED = """
detente: 1
title: A bribe
actors:
  giver: {options: {pay: {name: Pay}}, weights: [{when: not pay, weight: 1}]}
  taker: {options: {leave: {name: Leave}}, weights: [{when: leave, weight: -7}]}
  rival: {options: {bid: {name: Bid}}, weights: [{when: leave, weight: -2}]}
now: []
incentives:
  bribe: {by: giver, to: taker, when: leave, worth: 2, cost: 3, max: 5, approved_by: [rival]}
  favour: {by: giver, to: rival, when: leave, worth: 1.5, cost: 1, max: 2}
  air: {by: giver, to: taker, when: leave, worth: 100, cost: 0, excludable: no}
"""


def test_units_and_compensation_of_a_veto_player() -> None:
    """Four bribes of 2 outbid 7; the rival who must approve loses 2, so two favours of 1.5 must go with them."""
    given = Case(read_text(WEIGHED, name="bribe"))
    found = package(given, "leave", "nash")
    assert found.best is not None and found.best.units == {"bribe": 4, "favour": 2}
    assert (found.best.price, found.status, found.bound) == (Fraction(14), "optimal", Fraction(14))
    assert "air cannot be withheld" in str(found)
    alone = package(given, "leave", "nash", among=["bribe"])
    assert alone.status == "impossible"
    assert [(each.actor, each.kind) for each in alone.obstacles] == [("rival", "vetoes")]


def test_the_frontier_of_reward_power() -> None:
    given = Case(read_text(WEIGHED.replace("max: 5", "max: 3"), name="bribe"))
    found = package(given, "leave", "nash")
    (taker,) = [each for each in found.obstacles if each.actor == "taker"]
    assert (taker.needed, taker.offered, taker.beyond) == ("worth 7", "worth 6", True)


def test_limit_of_time_and_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """What works is known from above, what does not from below; the gap is said."""
    monkeypatch.setattr(module, "MANY", 1)
    given = Case(read_text(WEIGHED, name="bribe"))
    ticks = itertools.count()
    found = package(given, "leave", "nash", seconds=6, clock=lambda: float(next(ticks)))
    assert found.status == "gap"
    assert found.best is not None and found.bound is not None and found.bound < found.best.price
    assert "Not proved cheapest" in str(found)
    assert package(given, "leave", "nash").status == "optimal"

    asked = threading.Event()

    def cancel(done: int, total: int, text: str) -> None:
        if done == 3:
            asked.set()

    stopped = package(given, "leave", "nash", progress=cancel, cancelled=asked.is_set)
    assert (stopped.status, stopped.tried) == ("gap", 4)

    def interrupt(done: int, total: int, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        package(given, "leave", "nash", progress=interrupt)
    nothing = package(given, "leave", "nash", among=["bribe"], seconds=-1)
    assert (nothing.status, nothing.best) == ("open", None)


@pytest.mark.parametrize("way", ["price", "highs"])
def test_half_of_the_time_is_kept_for_one_that_works(way: str) -> None:
    """Long before many were tried in vain: what everything bought at once brings, given back as far as it goes."""
    given, ticks = Case(read_text(WEIGHED, name="bribe")), itertools.count()
    found = package(given, "leave", "nash", way=way, seconds=20, clock=lambda: float(next(ticks)))
    assert found.best is not None and found.tried < module.MANY
    assert (found.status, found.best.price >= 14) == ("gap" if way == "price" else "optimal", True)


# --- brute force -------------------------------------------------------------------------------------------------


def with_incentives(model: Any, rng: random.Random) -> dict[str, Any]:
    """Two or three random incentives for actors whose lists have room for them."""
    lists = {a: oracle.preference(model, a, r) for a, r in oracle.choose_readings(model, None, None).items()}
    able = [actor for actor, wanted in lists.items() if not wanted.get("ranking")]
    names = [option.key for option in options_of(model) if tuple(option.values) == (False, True)]
    wishes = [
        *model["outcomes"],
        *names,
        *(f"not {name}" for name in names),
        *(f"{a} and {b}" for a, b in itertools.pairwise(names)),
    ]
    made = {}
    for number in range(rng.choice((2, 2, 3)) if able else 0):
        to = rng.choice(able)
        worth = rng.choice((1, 2, -1, 0.5, 3))
        weighted = "weights" in lists[to]
        size = len(lists[to].get("priorities") or ())
        made[f"lever{number}"] = {
            "by": rng.choice([actor for actor in sorted(model["actors"]) if actor != to]),  # nobody offers to itself
            "to": to,
            "when": rng.choice(wishes),
            "worth": worth,
            "cost": rng.choice((0, 1, 1, 2, 3)),
            "max": rng.choice((1, 2)),
            **({} if weighted else {"at": rng.randint(1, min(3, size + 1))}),
            **({"approved_by": [rng.choice(sorted(model["actors"]))]} if rng.random() < 0.3 else {}),
        }
    return made


def options_of(model: Any) -> list[oracle.Option]:
    return [] if "graph" in model else oracle.read_options(model)


def bribed(model: Any, incentives: dict[str, Any], units: dict[str, int]) -> Any:
    """The model with the lists changed by hand, on the text of the file."""
    changed = copy.deepcopy(model)
    chosen = oracle.choose_readings(model, None, None)
    for actor in model["actors"]:
        spec = changed["actors"][actor]
        wanted = spec["readings"][chosen[actor]] if spec.get("readings") else spec
        mine = [(name, part) for name, part in incentives.items() if part["to"] == actor and units.get(name)]
        if "weights" in wanted:
            wanted["weights"] += [
                {"when": part["when"], "weight": str(Fraction(str(part["worth"])) * units[name])} for name, part in mine
            ]
        elif mine:
            old = list(wanted["priorities"])
            new: list[Any] = []
            for rank in range(1, len(old) + 2):
                for _, part in mine:
                    if part["at"] == rank:
                        new.append(part["when"] if part["worth"] >= 0 else f"not ({part['when']})")
                new += old[rank - 1 : rank]
            wanted["priorities"] = new
    return changed


def outcome(game: oracle.Game, kind: str, goal: str, vetoes: set[str], sanctions: str) -> bool:
    """The definitions: whether the goal is reached, and let pass by those who must."""
    good = game.holding(goal)

    def passes(state: int) -> bool:
        assert game.now is not None
        return all(game.scores[v][state] >= game.scores[v][game.now] for v in vetoes)

    if kind in ("foresight", "myopic"):
        ends = set(itertools.chain(*(oracle.ends(game, kind, sanctions) or [])))
        return ends <= good and all(map(passes, ends))
    found = oracle.equilibria(game, kind.removeprefix("break "), sanctions) or set()
    if kind.startswith("break "):
        found &= reached_in_turn(game)
        return bool(found) and found <= good and all(map(passes, found))
    return any(map(passes, found & good))


def cheapest(model: Any, incentives: dict[str, Any], kind: str, goal: str, sanctions: str) -> Fraction | None:
    levers = list(incentives)
    prices = []
    for many in itertools.product(*(range(incentives[name]["max"] + 1) for name in levers)):
        units = dict(zip(levers, many, strict=True))
        vetoes = {v for name in levers if units[name] for v in incentives[name].get("approved_by", ())}
        game = oracle.build(bribed(model, incentives, units))
        if outcome(game, kind, goal, vetoes, sanctions):
            prices.append(sum((Fraction(incentives[n]["cost"]) * units[n] for n in levers), Fraction(0)))
    return min(prices, default=None)


def reached_in_turn(game: oracle.Game) -> set[int]:
    """The states that sequences of legal moves from the status quo pass, nobody moving twice running."""
    assert game.now is not None
    seen, todo = {(game.now, "")}, [(game.now, "")]
    while todo:
        state, last = todo.pop()
        fresh = {
            (target, actor) for actor in game.actors if actor != last for target in game.moves[actor][state]
        } - seen
        seen |= fresh
        todo += fresh
    return {state for state, _ in seen}


def in_reach(model: Any, goal: str) -> bool:
    """Whether legal moves lead from anywhere that can be reached to the goal, and back to where it fails."""
    game = oracle.build(model)
    arcs = [set().union(*(game.moves[a][s] for a in game.actors)) for s in range(len(game.states))]
    assert game.now is not None
    found = oracle.reached(arcs, game.now)
    return all(oracle.reached(arcs, s) & game.holding(goal) for s in found)


def assert_same(seed: int, kind: str | None) -> bool:
    model, rng = random_model(seed, kind), random.Random(seed)
    incentives = with_incentives(model, rng)
    for reader in model["actors"].values():
        for part in (reader.get("readings") or {"only": reader}).values():
            part["priorities"] = part["priorities"][:6] if "priorities" in part else part.pop("priorities", None)
            if part["priorities"] is None:
                del part["priorities"]
    sanctions, goal = rng.choice(("legal", "one-step")), rng.choice(sorted(model["outcomes"]))
    how = rng.choice(("nash", "gmr", "smr", "seq", "sseq", "foresight", "myopic", "break seq"))
    if not incentives:
        return False
    given = Case(read_text(to_yaml({**model, "incentives": incentives}), name="random"), sanctions=sanctions)
    about = f"seed {seed}, kind {kind}, {how}, {goal}, {incentives}"
    try:
        expected = cheapest(model, incentives, how, goal, sanctions)
    except oracle.OracleError:
        with pytest.raises(DetenteError, match="merged"):
            package(given, goal)
        return False
    if how.startswith("break"):
        flows = {"tie": f"not ({goal})"}
        members = sorted(model["actors"])[:2]
        partnerships = {"pact": {"members": members, "flows": flows}}
        written = to_yaml({**model, "incentives": incentives, "partnerships": partnerships})
        given = Case(read_text(written, name="random"), sanctions=sanctions)
        if oracle.build(model).now in oracle.build(model).holding(goal):
            return False  # the flow is off already: there is no partnership to break
        found = package_to_break(given, "pact", "seq")
    elif how in ("foresight", "myopic"):
        found = package_of_play(given, goal, how)
    else:
        found = package(given, goal, how)
    assert (found.best.price if found.best else None) == expected, about
    assert found.status == ("optimal" if found.best else "impossible"), about
    if found.best is None and how.split()[0] in ("break", "foresight", "myopic"):
        assert found.obstacles or not in_reach(model, goal), about
    return found.best is not None and found.best.price > 0


@seeds(2, 8, "block")
def test_same_optimum_as_brute_force(block: int) -> None:
    for seed in range(12 * block, 12 * block + 12):
        assert_same(seed, "weights" if seed % 2 else "graph" if seed % 10 == 0 else None)


@blocks(10, 30)
def test_at_length(block: int) -> None:
    for seed in range(1000 + 20 * block, 1020 + 20 * block):
        assert_same(seed, "weights" if seed % 2 else None)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = package_of_play(case("two_proxies"), "decoupled")
    said = json.loads(json.dumps(found.to_json()))
    assert said["best"]["price"] == 5
    assert [state_words(each) for each in said["best"]["results"]] == ["us_arm, us_nato"]
    assert said["levers"][0]["incentive"] == "ru_relief"
    assert "Proved: no cheaper package works." in str(found)
    assert "<table>" in found._repr_html_()
    assert json.dumps(package(case("detente_veto", us="isolation"), GOAL).to_json())


def test_bad_questions() -> None:
    given = case("two_proxies")
    with pytest.raises(UnknownName, match="did you mean nk_aid"):
        package(given, "decoupled", among=["nk_ade"])
    with pytest.raises(UnknownName, match="solution concept"):
        package(given, "decoupled", "nahs")
    with pytest.raises(UnknownName, match="kind of play"):
        package_of_play(given, "decoupled", "far")
    with pytest.raises(UnknownName, match="actor"):
        package(given, "decoupled", approved_by=["hawk"])
    with pytest.raises(Unanswerable, match="incentives:"):
        package(case("chicken"), "true")
    with pytest.raises(InputError, match="expected at most 1"):
        offered(given, {"nk_aid": 2})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weights: [{when: leave, weight: -7}]", "priorities: [not leave]", "never turned into weights"),
        ("weights: [{when: leave, weight: -7}]", "ranking: [s0, s1]", "no place for one more aim"),
        ("worth: 2, cost: 3", "at: 3, cost: 3", "beyond the list"),
    ],
)
def test_lists_are_never_turned_into_weights(old: str, new: str, message: str) -> None:
    text = WEIGHED.replace(old, new)
    if "ranking" in new:
        text = text.replace("now: []", "rules: [{never: pay}, {never: bid}]\nstates: {s0: [], s1: [leave]}\nnow: []")
    if "at: 3" in new:
        text = text.replace("weights: [{when: leave, weight: -7}]", "priorities: [not leave]")
    with pytest.raises(InputError, match=message):
        package(Case(read_text(text, name="bribe")), "leave")


def test_within_reach_means_what_status_quo_analysis_means() -> None:
    """The way up takes the same actor twice running, so no equilibrium is within reach of either question."""
    text = """
detente: 1
title: Reach
actors:
  a: {options: {x: {choices: [l, m, h], change: [l > m, m > h]}}, priorities: [x = h, x = m]}
  b: {options: {y: {change: take}}, priorities: [not y]}
now: [y]
partnerships: {pp: {members: [a, b], flows: {f: x = l}}}
incentives: {i: {by: a, to: b, when: y, at: 1, cost: 1}}
"""
    given = Case(read_text(text, name="reach"))
    assert (status_quo(given).equilibria["nash"].reached, package_to_break(given, "pp", "nash").best) == (0, None)
