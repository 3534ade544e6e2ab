"""Unknowns: the stated findings, brute force over all completions of random models, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from typing import Any

import pytest

from brute import able, answer, lists_of, queries, started, wanting
from detente.case import Case, Query
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.uncertainty.unknowns import Unknowns, unknowns, unknowns_in_force, unknowns_of_list
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models, seeds

pytestmark = pytest.mark.first_analysis

SEQ = Query(concept="seq")


def proxies(**readings: str) -> Case:
    return Case(load("two_proxies"), readings=readings)


# --- findings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ru", "nk", "expected"),
    [
        ("need", "substitute", "ALL"),
        ("need", "additive", "ALL"),
        ("profit", "substitute", "SOME"),
        ("profit", "additive", "NONE"),
    ],
)
def test_volatility_decides_nothing(ru: str, nk: str, expected: str) -> None:
    """M1, Trump as article B sees him (C43): 120 orders, one verdict; it is Russia and Pyongyang that decide."""
    found = unknowns_of_list(proxies(ru=ru, nk=nk), "trump", Query("decoupled"))
    assert (len(found.rows), found.necessary) == (120, expected)
    assert unknowns_of_list(proxies(ru=ru, nk=nk), "trump", SEQ).counts == {"unstable": 120}
    assert found.decides == {}


@pytest.mark.parametrize(("nk", "some"), [("substitute", 5), ("additive", 0)])
@pytest.mark.parametrize("ru", ["need", "profit"])
def test_harris_and_recognition(ru: str, nk: str, some: int) -> None:
    """M1 (C47, C49): of 10 completions 5 keep the status quo; what decides is the sign of the aim, never its rank."""
    stable = unknowns_of_list(proxies(ru=ru, nk=nk), "harris", SEQ)
    assert (len(stable.rows), stable.count("stable")) == (10, 5)
    assert stable.decides == {"us: 'not us_recog' reads": {"not us_recog": "stable", "us_recog": "unstable"}}
    assert (stable.written, len(stable.flips)) == ("stable", 5)
    assert unknowns_of_list(proxies(ru=ru, nk=nk), "harris", Query("decoupled")).count("ALL", "SOME") == some


def test_wanting_and_holding_are_two_questions() -> None:
    held = unknowns_in_force(proxies(), "harris", SEQ)
    assert [dict(row.values) for row in held.rows] == [{"us_recog is": "off"}, {"us_recog is": "on"}]
    assert held.decides == {"us_recog is": {"off": "stable", "on": "unstable"}}
    assert any("disarms" in warning for warning in held.basis.warnings)
    assert held.basis.held == {"us_arm": 1, "us_nato": 1}
    assert unknowns_of_list(proxies(), "harris", SEQ).basis.held == {}


@pytest.mark.parametrize(
    ("ru", "cn", "expected"),
    [
        ("exchange", "passive", "stable"),
        ("exchange", "active", "unstable"),
        ("sated", "passive", "unstable"),
        ("sated", "active", "unstable"),
    ],
)
@pytest.mark.parametrize("nk", ["exchange", "china_first"])
def test_the_inferred_payment_does_not_matter(ru: str, nk: str, cn: str, expected: str) -> None:
    """M5 (C40): whether Russia pays with technology is unknown, and decides the stability of the exchange for no type."""
    case = Case(load("patrons"), readings={"ru": ru, "nk": nk, "cn": cn})
    found = unknowns(case, SEQ, ["ru_tech"])
    assert (len(found.rows), found.necessary) == (2, expected)
    assert found.written == expected


def test_what_the_chosen_lists_leave_open() -> None:
    assert len(unknowns(proxies(us="harris_b"), SEQ).rows) == 10
    nothing = unknowns(proxies(), SEQ)
    assert (len(nothing.rows), nothing.unknown, nothing.necessary) == (1, (), "stable")
    assert "nothing is unknown" in str(nothing)


def test_a_pair_of_wishes_can_decide() -> None:
    """With three aims it takes the whole order; with two, the pair."""
    text = """
detente: 1
title: Order
actors:
  a: {options: {x: {name: X}, y: {name: Y}}, priorities: [not (x and y), x, y]}
  b: {options: {z: {name: Z}}, priorities: [z]}
now: []
outcomes: {goal: x}
platforms: {p: {actor: a, orders: any}}
"""
    found = unknowns_of_list(Case(read_text(text)), "p", Query("goal"))
    assert found.counts == {"ALL": 4, "NONE": 2}
    assert found.decides == {}
    assert {row.lists["a"] for row in found.flips} == {("not (x and y)", "y", "x"), ("y", "not (x and y)", "x")}
    short = read_text(text.replace("not (x and y), x, y", "x and not y, y and not x"))
    pair = unknowns_of_list(Case(short), "p", Query("goal"))
    assert pair.decides == {"a: 'x and not y' above 'y and not x'": {"yes": "ALL", "no": "NONE"}}


# --- brute force -------------------------------------------------------------------------------------------------

DOUBTS = ("sign", "rank", "presence")


def doubtful(model: Any, rng: random.Random, most: int = 3) -> dict[str, str]:
    """Marks aims as unknown in one or two lists of priorities, cut short; returns the actors and their readings."""
    found = {}
    for actor in rng.sample(sorted(model["actors"]), 2):
        spec = model["actors"][actor]
        reading = next(iter(spec["readings"])) if spec.get("readings") else "only"
        target = spec["readings"][reading] if spec.get("readings") else spec
        if "priorities" not in target:
            continue
        wants = [w["want"] if isinstance(w, dict) else w for w in target["priorities"][: rng.randint(1, most)]]
        marks = [rng.sample(DOUBTS, rng.choice((0, 0, 1, 1, 2))) for _ in wants]
        marks = [doubts if sum(map(len, marks[: place + 1])) < 3 else [] for place, doubts in enumerate(marks)]
        target["priorities"] = [{"want": w, "unknown": d} if d else w for w, d in zip(wants, marks, strict=True)]
        found[actor] = reading
    return found


def expected_verdicts(
    model: Any, readings: dict[str, str], option: Any, query: Query, sanctions: str, orders: str = ""
) -> list[str]:
    lists = []
    for actor, reading in readings.items():
        spec = model["actors"][actor]
        target = spec["readings"][reading] if spec.get("readings") else spec
        if able(model, actor):
            lists.append([(actor, each) for each in lists_of(target["priorities"], actor == orders)])
    begun = [started(model, {option.key: value}) for value in option.values] if option else [model]
    found = []
    for base in [each for each in begun if each is not None]:
        for chosen in itertools.product(*lists):
            changed = base
            for actor, statements in chosen:
                changed = wanting(changed, actor, readings[actor], statements)
            found.append(answer(oracle.build(changed), query, sanctions))
    return found


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    readings, sanctions, query = doubtful(model, rng), rng.choice(("legal", "one-step")), rng.choice(queries(model))
    options = [] if "graph" in model else oracle.read_options(model)
    option = rng.choice(options) if options and rng.random() < 0.5 else None
    try:
        expected = expected_verdicts(model, readings, option, query, sanctions)
    except oracle.OracleError:
        return  # a completed list tells merged states apart: the model has no meaning
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = unknowns(case, query, [option.key] if option else [])
    about = f"seed {seed}, kind {kind}, {query}"
    assert found.counts == Counter(expected), about
    for row in rng.sample(found.rows, min(3, len(found.rows))):
        assert row.verdict == one_row(model, readings, option, row, query, sanctions), about
    if found.written is not None:
        assert len(found.flips) == len(expected) - expected.count(found.written), about
    for each in found.decides.values():
        assert set(each.values()) == set(expected) and len(set(expected)) > 1, about


def one_row(model: Any, readings: dict[str, str], option: Any, row: Any, query: Query, sanctions: str) -> str:
    """The verdict of the completion that the row describes."""
    changed = model
    if option:
        word = row.values[f"{option.key} is"]
        changed = started(model, {option.key: word == "on" if option.values[0] is False else word})
    for actor, statements in row.lists.items():
        changed = wanting(changed, actor, readings[actor], list(statements))
    return answer(oracle.build(changed), query, sanctions)


@models(40)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@seeds(4, 8)
def test_every_order(seed: int) -> None:
    """Platforms that admit every order of a list with doubts in it, nobody held."""
    model, rng = random_model(seed, "plain"), random.Random(seed)
    readings = doubtful(model, rng)
    actor = next(iter(readings))
    model["platforms"] = {"p": {"actor": actor, "reading": readings[actor], "orders": "any"}}
    query = rng.choice(queries(model))
    expected = expected_verdicts(model, readings, None, query, "legal", actor)
    case = Case(read_text(to_yaml(model), name="random"))
    assert unknowns_of_list(case, "p", query).counts == Counter(expected)


@blocks(5, 15)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def harris() -> Unknowns:
    return unknowns_of_list(proxies(), "harris", SEQ)


def test_what_is_handed_on() -> None:
    data = json.loads(json.dumps(harris().to_json()))
    assert (data["necessary"], data["possible"], data["completions"]) == (None, ["stable", "unstable"], 10)
    assert data["unknown"] == ["us: 'not us_recog' reads", "us: 'not us_recog' has rank"]
    assert data["rows"][0]["written"] is False
    assert sum(row["written"] for row in data["rows"]) == 1
    assert data["marginals"]["us: 'not us_recog' has rank"]["3"]["counts"] == {"stable": 1, "unstable": 1}
    assert "possibly stable or unstable" in str(harris())
    assert "decides by itself: us: 'not us_recog' reads not us_recog (stable), us_recog (unstable)" in str(harris())
    assert "<table>" in harris()._repr_html_()


def test_whole_orders_are_not_counted_one_by_one() -> None:
    found = unknowns_of_list(proxies(), "trump", SEQ)
    assert found.marginals == {}
    assert found.unknown == ("us: the order is",)
    assert "any order" in str(found)
    assert len(str(found).splitlines()) < 12


def test_bad_questions() -> None:
    with pytest.raises(UnknownName, match="did you mean harris"):
        unknowns_of_list(proxies(), "haris", SEQ)
    with pytest.raises(UnknownName, match="did you mean ru_link"):
        unknowns(proxies(), SEQ, ["ru_lnk"])
    with pytest.raises(InputError, match="did you mean decoupled"):
        unknowns_in_force(proxies(), "harris", Query("decouple"))
    with pytest.raises(TooLarge, match="120 completions"):
        unknowns_of_list(proxies(), "trump", SEQ, most=100)
