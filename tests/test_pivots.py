"""Pivots and thresholds: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import copy
import dataclasses
import json
import random
from typing import Any

import pytest

from detente.case import Case, Policy, Query, verdict
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.uncertainty.pivots import Pivots, pivots, rests_on_rules, threshold
from detente.scenario import check, library, load, read_text
from detente.scenario.model import Ranking
from detente.scenario.warnings import reaction_rules
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------

SQ, PACKAGE = Query(concept="seq"), "not us_arm, not us_nato, us_recog"


def ask(model: str, query: Query, hold: str = "", **readings: str) -> Pivots:
    case = Case(load(model), readings=readings)
    return pivots(case.under(Policy(hold=case.settings(hold))) if hold else case, query)


def flips(found: Pivots, kind: str) -> dict[str, str | None]:
    return {str(each): each.verdict for each in found.flips if each.kind == kind}


def test_two_proxies() -> None:
    """M1: what decides whether the package decouples, and whether recognition alone brings the troops home."""
    assert flips(ask("two_proxies", Query("decoupled"), PACKAGE), "swap") == {
        "ru: 'nk_arms' above 'not ru_link'": "SOME"
    }
    home = ask("two_proxies", Query("troops_home"), "us_arm, us_nato, us_recog")
    assert flips(home, "swap") == {"nk: 'ru_link' above 'not nk_troops'": "NONE"}


@pytest.mark.parametrize("hold", ["", "not us_arm, not us_nato"])
def test_ukraine_agency(hold: str) -> None:
    """M2: before the US step and after it."""
    found = ask("ukraine_agency", Query("link_off"), hold)
    assert flips(found, "swap") == {"ru: 'not ru_link' above 'ru_war -> ru_link'": "ALL"}


def test_patrons() -> None:
    """M5: no neighbours, but single aims lifted above what is paid for, decide whether the exchange lasts."""
    found = ask("patrons", SQ)
    assert (found.verdict, flips(found, "swap"), flips(found, "drop")) == ("stable", {}, {})
    expected = [
        "ru: 'not ru_tech' above 'nk_arms'",
        "ru: 'not ru_link' above 'nk_arms'",
        "nk: 'not nk_troops' above 'ru_tech'",
        "nk: 'not nk_arms' above 'ru_tech'",
    ]
    assert set(expected) <= set(flips(found, "lift"))


def test_alliance_pull() -> None:
    """M7: whether an equilibrium with all partners exists if China is a rival."""
    found = ask("alliance_pull", Query("all_partners", concept="seq"))
    assert found.verdict == "NONE"
    assert flips(found, "swap") == {"cn: 'not nk_provoke' above 'cn_lever <-> (not rok_trilat)'": "SOME"}


def test_conditional_engagement() -> None:
    """M8: whether the package is an equilibrium."""
    found = ask("conditional_engagement", Query("package", concept="seq"))
    expected = ["us: 'not us_ben' above 'nk_step'", "nk: 'nk_build' above 'us_ben'", "nk: 'not nk_step' above 'us_ben'"]
    assert set(expected) <= set(flips(found, "lift"))
    assert flips(found, "swap") == {}


@pytest.mark.parametrize(
    ("model", "query", "hold"),
    [
        ("axis_and_sanctions", Query("bloc_dissolves"), "not us_press"),
        ("drift_to_war", Query("two_wars", "myopic"), ""),
        ("drift_to_war", Query("no_war", "myopic"), ""),
    ],
)
def test_by_assumption(model: str, query: Query, hold: str) -> None:
    """D1, D2: in M6 and M9 no order of any list matters, one reaction rule more or less does."""
    found = ask(model, query, hold)
    assert found.by_assumption
    assert (found.robust("swap")[0], found.robust("lift")[0]) == (0, 0)
    assert all(each.reaction for each in found.flips)
    assert found.robust("negate")[0] > 0
    assert "By assumption" in str(found)


def test_not_by_assumption() -> None:
    """Goods decide in M1, and nothing does in M7 if China is a rival."""
    assert not ask("two_proxies", Query("decoupled"), PACKAGE).by_assumption
    assert not ask("alliance_pull", SQ).by_assumption
    assert ask("alliance_pull", SQ).flips == ()


def test_rule_readings_hold_by_assumption() -> None:
    """M1 with Russia's list that says how it reacts: the lint example."""
    found = pivots(Case(load("two_proxies"), readings={"ru": "rule"}), Query("decoupled"), ["ru"])
    rules = {each.statement for each in found.changes if each.kind == "drop" and each.reaction}
    assert rules == {"ru_link <-> (us_arm or us_nato)"}


def test_threshold_of_nerve() -> None:
    """M3, C28: with "no attack" at ranks 1 to 3 the status quo is sequentially stable, from rank 4 it is not."""
    found = threshold(Case(load("detente_veto"), readings={"us": "intimidated"}), "us", "not hk_block", SQ)
    assert found.verdicts == ("stable",) * 3 + ("unstable",) * 4
    assert (found.rank, found.turns) == (1, (4,))
    assert "changes at rank 4" in str(found)


def test_reactions_are_those_of_the_checker() -> None:
    for name in library.names():
        scenario, codes = load(name), ("reaction-rule", "one-sided-rule")
        warned = {problem.line for problem in check(name) if problem.code in codes}
        marked, begun = set(), set()
        for actor in scenario.actors:
            for reading in actor.readings.values():
                if reading.kind != "priorities":
                    continue
                ranks = Case(scenario).reaction_rules(actor.id, reading.id)
                marked |= {reading.statements[rank - 1].place.line for rank in ranks}
                begun |= {
                    reading.statements[rule.places[0]].place.line for rule in reaction_rules(scenario, actor, reading)
                }
        assert begun == warned <= marked


RULES_AND_VALUES = """
detente: 1
title: A rule, and what else decides
actors:
  ann: {options: {arms: , talks: }, priorities: [arms, talks or spies <-> spies or arms, spies iff arms]}
  bob: {options: {spies: }, priorities: [talks, spies <-> arms if talks]}
now: [arms, spies]
"""


def test_a_rule_does_not_decide_where_another_wish_flips_the_verdict() -> None:
    found = pivots(Case(read_text(RULES_AND_VALUES)), Query(concept="smr"))
    flips = {str(change): change.reaction for change in found.flips}
    assert flips == {"ann: the opposite of 'arms'": False, "bob: the opposite of 'spies <-> arms if talks'": True}
    assert not found.by_assumption
    assert "By assumption" not in str(found)


def test_by_assumption_is_not_claimed_of_changes_that_were_not_tried() -> None:
    case = Case(load("axis_and_sanctions")).under(Policy(hold={"us_press": 0}))
    assert pivots(case, Query("bloc_dissolves")).by_assumption
    assert not pivots(case, Query("bloc_dissolves"), kinds=["drop"]).by_assumption


def test_rules_found_quickly_are_those_of_all_changes() -> None:
    """With early ends and lists that order states alike asked once, against every change of every list."""
    for seed in range(12):
        model, rng = random_model(seed, "plain" if "plain" in KINDS else None), random.Random(seed)
        case = Case(read_text(to_yaml(model), name="random"))
        if any(len(case.reading(actor).statements) > 8 for actor in case.actors):
            continue
        query = random_query(rng, model)
        assert rests_on_rules(case, query, case.actors) == pivots(case, query).by_assumption, (seed, query)


# --- brute force -------------------------------------------------------------------------------------------------

Lists = list[tuple[str, int, Any]]


def changed_lists(kind: str, wishes: list[Any]) -> Lists:
    """(change, rank, new list): every neighbouring pair swapped, every aim lifted, left out, turned round."""
    found: Lists = []
    for place, wish in enumerate(wishes):
        rest = wishes[:place] + wishes[place + 1 :]
        if kind != "weights":
            for higher in range(place):
                name = "swap" if higher == place - 1 else "lift"
                if name == "swap" or kind == "priorities":
                    found.append((name, place + 1, [*rest[:higher], wish, *rest[higher:]]))
        if kind != "ranking":
            found.append(("drop", place + 1, rest))
            found.append(("negate", place + 1, [*wishes[:place], negated(wish), *wishes[place + 1 :]]))
    return found


def negated(wish: Any) -> Any:
    if isinstance(wish, dict):
        word = "want" if "want" in wish else "when"
        return {**wish, word: f"not ({wish[word]})"}
    return f"not ({wish})"


def oracle_verdict(model: Any, query: Query, sanctions: str) -> str | None:
    try:
        game = oracle.build(model)
    except oracle.OracleError:
        return None
    good = game.holding(query.of) if query.of else set()
    if query.concept is None:
        return oracle.verdict(oracle.ends(game, query.play, sanctions), good)
    found = oracle.equilibria(game, query.concept, sanctions) or set()
    if query.of is None:
        return "stable" if game.now in found else "unstable"
    if not found:
        return "no equilibria"
    return "ALL" if found <= good else "SOME" if found & good else "NONE"


def brute_force(model: Any, actor: str, query: Query, sanctions: str) -> list[tuple[str, int, str | None]]:
    spec = model["actors"][actor]
    name = next(iter(spec["readings"])) if spec.get("readings") else None
    listed = spec["readings"][name] if name else spec
    kind = next(kind for kind in ("priorities", "ranking", "weights") if listed.get(kind))
    found = []
    for change, rank, wishes in changed_lists(kind, listed[kind]):
        other = copy.deepcopy(model)
        place = other["actors"][actor]
        (place["readings"][name] if name else place)[kind] = wishes
        found.append((change, rank, oracle_verdict(other, query, sanctions)))
    return sorted(found, key=str)


def random_query(rng: random.Random, model: Any) -> Query:
    goal = rng.choice(sorted(model["outcomes"]))
    concept = rng.choice(("nash", "gmr", "smr", "seq"))
    return rng.choice(
        (Query(goal), Query(goal, "myopic"), Query(goal, concept=concept), Query(concept=concept), Query(concept="seq"))
    )


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    actor, sanctions = rng.choice(sorted(model["actors"])), rng.choice(("legal", "one-step"))
    query = random_query(rng, model)
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    if len(case.reading(actor).statements) > 20:
        case = case.wanting(actor, case.reading(actor).statements[:6])
        model["actors"][actor] = {**model["actors"][actor], **shorter(model["actors"][actor])}
    found = pivots(case, query, [actor])
    about = f"seed {seed}, kind {kind}, {actor}, {query}, {sanctions}"
    assert found.verdict == oracle_verdict(model, query, sanctions), about
    said = sorted(((each.kind, each.rank, each.verdict) for each in found.changes), key=str)
    assert said == brute_force(model, actor, query, sanctions), about
    assert list(found.flips) == [each for each in found.changes if each.verdict not in (found.verdict, None)], about
    if case.reading(actor).kind == "priorities":
        assert_thresholds(case, model, actor, query, sanctions, about)


def shorter(spec: Any) -> Any:
    """The first aims of a very long list."""
    if spec.get("readings"):
        name = next(iter(spec["readings"]))
        return {"readings": {**spec["readings"], name: {"priorities": spec["readings"][name]["priorities"][:6]}}}
    return {"priorities": spec["priorities"][:6]}


def assert_thresholds(case: Case, model: Any, actor: str, query: Query, sanctions: str, about: str) -> None:
    spec = model["actors"][actor]
    name = next(iter(spec["readings"])) if spec.get("readings") else None
    wishes = (spec["readings"][name] if name else spec)["priorities"]
    moved, rest = wishes[-1], wishes[:-1]
    expected = []
    for rank in range(len(wishes)):
        other = copy.deepcopy(model)
        place = other["actors"][actor]
        (place["readings"][name] if name else place)["priorities"] = [*rest[:rank], moved, *rest[rank:]]
        expected.append(oracle_verdict(other, query, sanctions))
    found = threshold(case, actor, len(wishes), query)
    assert list(found.verdicts) == expected, about
    assert found.turns == tuple(n + 1 for n in range(1, len(wishes)) if expected[n] != expected[n - 1]), about


@models(24, [1])
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(6, 34)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


def test_weights_that_would_set_merged_states_apart() -> None:
    """Members of a merged state must be equally liked; a change that breaks this has no verdict."""
    text = """
detente: 1
title: Merged
actors:
  a: {options: {x: {}, y: {}}, weights: [{when: x, weight: 1}, {when: not x, weight: 1}, {when: y, weight: 2}]}
  b: {options: {z: {}}, priorities: [y]}
rules: [{same: not y}]
now: [y]
"""
    found = pivots(Case(read_text(text)), Query("y"), ["a"])
    dropped = {each.statement: each.verdict for each in found.changes if each.kind == "drop"}
    assert dropped == {"x": None, "not x": None, "y": "ALL"}
    assert "make no sense" in str(found)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = ask("two_proxies", Query("decoupled"), PACKAGE)
    said = json.loads(json.dumps(found.to_json()))
    assert said["query"] == {"text": str(found.query), "of": "decoupled", "play": "foresight", "concept": None}
    assert said["robust"]["ru"]["swap"] == [1, 6]
    (pivot,) = [each for each in said["flips"] if each["kind"] == "swap"]
    assert (pivot["rank"], pivot["claims"]) == (6, ["C12", "C17", "C18"])
    assert pivot["sources"] == ["carpenter-2024"]
    assert "'nk_arms' above 'not ru_link'" in str(found)
    assert "<table>" in found._repr_html_()
    turned = threshold(Case(load("detente_veto"), readings={"us": "intimidated"}), "us", 1, SQ)
    assert json.loads(json.dumps(turned.to_json()))["turns"] == [4]
    assert "<table>" in turned._repr_html_()


def test_chosen_kinds() -> None:
    found = pivots(Case(load("two_proxies")), SQ, kinds=["drop"])
    assert {each.kind for each in found.changes} == {"drop"}
    assert len(found.changes) == 18


def test_rankings_are_swapped_group_by_group() -> None:
    found = pivots(Case(load("elmira_graph")), Query(concept="nash"))
    assert {each.kind for each in found.changes} == {"swap"}
    case = Case(load("elmira"))
    ranking = case.reading("ministry")
    assert isinstance(ranking, Ranking)
    ranked = ranking.ranking
    assert verdict(case.ranking("ministry", ranked[::-1]), Query("settled")) in ("ALL", "SOME", "NONE")


def test_a_statement_is_found_by_its_meaning() -> None:
    case = Case(load("two_proxies"))
    assert threshold(case, "ru", "not (us_arm or us_nato) or nk_arms", Query("decoupled")).rank == 3


def test_bad_questions() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="did you mean us"):
        pivots(case, SQ, ["uss"])
    with pytest.raises(UnknownName, match="kind of change"):
        pivots(case, SQ, kinds=["turn"])
    with pytest.raises(InputError, match="did you mean decoupled"):
        pivots(case, Query("decoupld"))
    with pytest.raises(UnknownName, match="unknown statement in the list 'need': "):
        threshold(case, "ru", "us_recog", SQ)
    with pytest.raises(InputError, match="ranks are 1 to 7"):
        threshold(case, "ru", 8, SQ)
    with pytest.raises(Unanswerable, match="only priorities have ranks"):
        threshold(Case(load("elmira")), "ministry", "modify", SQ)
    silent = dataclasses.replace(case.scenario.actor("nk"), readings={})
    actors = (*case.scenario.actors[:2], silent)
    mute = Case(dataclasses.replace(case.scenario, actors=actors))
    assert pivots(mute, SQ, ["nk"]).changes == ()
    with pytest.raises(Unanswerable, match="no list"):
        threshold(mute, "nk", 1, SQ)
