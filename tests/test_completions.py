"""Completions of what is unknown: how many, which, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from brute import lists_of
from detente.case import Case, Policy, can_choose, policy_of
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.uncertainty.completions import (
    Spread,
    complete,
    complete_list,
    complete_platform,
    in_order,
    open_lists,
    reading_grid,
)
from detente.scenario import load, read_text

pytestmark = pytest.mark.first_analysis


def model(us: str, platform: str = "", rules: str = "") -> Case:
    """Two actors; the first has options a (on), b, c, and the given list."""
    text = f"""
detente: 1
title: Unknowns
actors:
  us: {{options: {{a: {{name: A}}, b: {{name: B}}, c: {{name: C}}}}, priorities: [{us}]}}
  ru: {{options: {{x: {{name: X}}}}, priorities: [x]}}
now: [a]
rules: [{rules}]
outcomes: {{goal: x}}
platforms: {{p: {{actor: us, {platform or "hold: [a]"}}}}}
"""
    return Case(read_text(text))


def wish(want: str, *doubts: str) -> str:
    return f"{{want: {want}, unknown: [{', '.join(doubts)}]}}"


def made(us: str, any_order: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [tuple(each.lists["us"]) for each in complete(model(us), any_order=any_order)]


@pytest.mark.parametrize(
    ("us", "count"),
    [
        (f"a, b, {wish('c', 'rank')}", 3),
        (f"a, b, {wish('c', 'sign')}", 2),
        (f"a, b, {wish('c', 'presence')}", 2),
        (f"a, b, {wish('c', 'sign', 'rank')}", 6),
        (f"a, b, {wish('c', 'sign', 'rank', 'presence')}", 7),
        (f"{wish('a', 'rank')}, {wish('b', 'rank')}, c", 6),
        (f"{wish('a', 'presence')}, {wish('b', 'rank', 'presence')}, {wish('c', 'sign')}", 14),
    ],
)
def test_every_list_once(us: str, count: int) -> None:
    found = made(us)
    assert len(found) == len(set(found)) == count
    spelled = [s if isinstance(s, str) else dict(s) for s in read_list(us)]
    assert sorted(found) == sorted(tuple(each) for each in plain_lists(spelled))
    assert sum(each.written for each in complete(model(us))) == 1


def read_list(us: str) -> list[Any]:
    import yaml

    found = yaml.safe_load(f"[{us}]")
    assert isinstance(found, list)
    return found


def plain_lists(statements: list[Any], any_order: bool = False) -> list[list[str]]:
    return [[want.replace("(", "").replace(")", "") for want in each] for each in lists_of(statements, any_order)]


def test_any_order() -> None:
    us = f"a, {wish('b', 'rank')}, {wish('c', 'sign')}"
    found = made(us, ("us",))
    assert len(found) == len(set(found)) == 12
    assert sorted(found) == sorted(tuple(each) for each in plain_lists(read_list(us), any_order=True))
    (values,) = {tuple(each.values) for each in complete(model(us), any_order=("us",))}
    assert values == ("us: 'c' reads", "us: the order is")


def test_a_negated_wish_is_taken_back() -> None:
    assert set(made(f"a, {wish('not b', 'sign')}")) == {("a", "not b"), ("a", "b")}


def test_values_say_what_is_settled() -> None:
    found = complete(model(f"a, {wish('b', 'rank', 'presence')}"))
    assert [each.values["us: 'b' has rank"] for each in found] == ["1", "2", ""]
    assert [each.values["us: 'b' is"] for each in found] == ["held", "held", "left out"]


def test_unknown_weights() -> None:
    text = model("a").scenario.text.replace(
        "priorities: [a]", "weights: [{when: a, weight: 2}, {when: b, weight: 1, unknown: [sign, presence]}]"
    )
    assert len(complete(Case(read_text(text)))) == 3
    ranked = Case(read_text(text.replace("sign, presence", "rank")))
    with pytest.raises(InputError, match="no list of priorities"):
        complete(ranked)


# --- settings ----------------------------------------------------------------------------------------------------


def test_settings_started_and_held() -> None:
    case = model("a, b, c")
    begun = complete(case, start=["b", "x"])
    assert [(each.case.now["b"], each.case.now["x"]) for each in begun] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [each.values for each in begun][1] == {"b is": "off", "x is": "on"}
    assert all(not each.case.held for each in begun)
    assert [each.case.held for each in complete(case, hold=["b"])] == [{"b": 0}, {"b": 1}]
    assert [each.written for each in complete(case, start=["a"])] == [False, True]


def test_impossible_settings_are_left_out() -> None:
    case = model("a", rules="never: a and b")
    assert [each.case.held for each in complete(case, hold=["a", "b"])] == [
        {"a": 0, "b": 0},
        {"a": 0, "b": 1},
        {"a": 1, "b": 0},
    ]
    undone = model("a", rules="{when: b, then: not c}, {when: b, then: not b}")
    assert [each.case.now["b"] for each in complete(undone, start=["b"])] == [0]
    never = model("a", rules="{never: b and x}, {never: b and not x}")
    with pytest.raises(Unanswerable, match="no setting of c"):
        complete(never.under(Policy(hold={"b": 1})), hold=["c"])


def test_who_is_disarmed_has_no_list_to_complete() -> None:
    case = model(f"a, {wish('b', 'sign')}")
    held = case.under(Policy(hold={"a": 1, "b": 0}))
    assert (open_lists(case), open_lists(held), open_lists(held, held=["c"])) == (("us",), ("us",), ())
    assert len(complete(held)) == 2
    assert len(complete(held, hold=["c"])) == 2
    assert all(not each.lists for each in complete(held, hold=["c"]))
    assert can_choose(held, "us")
    assert not can_choose(case.under(Policy(hold={"a": 1, "b": 0, "c": 0})), "us")


# --- platforms ---------------------------------------------------------------------------------------------------


def test_the_flagship_platforms() -> None:
    case = Case(load("two_proxies"))
    sizes = {p: (len(complete_list(case, p)), len(complete_platform(case, p))) for p in case.scenario.platforms}
    assert sizes == {"biden24": (1, 1), "carpenter": (1, 1), "trump": (120, 120), "harris": (10, 2)}
    assert policy_of(case, "carpenter") == Policy(
        hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}, readings={"us": "carpenter"}
    )
    assert all(each.case.held["us_arm"] == 1 for each in complete_platform(case, "harris"))
    assert all(not each.case.held for each in complete_list(case, "harris"))


def test_every_order_in_either_spelling() -> None:
    for word in ("any", "all"):
        assert len(complete_list(model("a, b, c", f"hold: [a], orders: {word}"), "p")) == 6
    with pytest.raises(InputError, match="unknown way to order its list 'some'; known: any, all"):
        complete_list(model("a, b, c", "hold: [a], orders: some"), "p")


def test_agreement() -> None:
    first, second = complete(model(f"a, {wish('b', 'sign')}"))
    assert first.agrees(first)
    assert not first.agrees(second)
    assert first.agrees(complete(model("a"), hold=["c"])[0])


# --- refusing ----------------------------------------------------------------------------------------------------


def test_too_many() -> None:
    long = ", ".join(wish(f"a or {letter}", "rank", "sign") for letter in "bcbcbcb")
    with pytest.raises(TooLarge, match=f"{math.factorial(7) * 2**7:,} completions"):
        complete(model(long))
    with pytest.raises(TooLarge, match="at most 5"):
        complete(model("a, b, c"), any_order=["us"], most=5)


def test_bad_names() -> None:
    with pytest.raises(UnknownName, match="did you mean carpenter"):
        policy_of(Case(load("two_proxies")), "carpentr")
    with pytest.raises(UnknownName, match="option"):
        complete(model("a"), start=["bb"])
    with pytest.raises(UnknownName, match="actor"):
        reading_grid(model("a"), ["uss"])


# --- readings ----------------------------------------------------------------------------------------------------


def test_the_grid_of_readings() -> None:
    case = Case(load("two_proxies"), readings={"us": "carpenter"})
    actors, grid = reading_grid(case)
    assert (actors, len(grid)) == (("ru", "nk"), 9)
    assert grid[:2] == ({"ru": "need", "nk": "substitute"}, {"ru": "need", "nk": "additive"})
    assert reading_grid(case, ["nk", "nk"])[0] == ("nk",)
    assert reading_grid(case, [])[1] == ({},)
    with pytest.raises(TooLarge, match="9 combinations of readings"):
        reading_grid(case, most=8)


def test_who_can_choose_nothing_is_left_out_of_the_grid() -> None:
    case = Case(load("two_proxies"))
    assert reading_grid(case)[0] == ("us", "ru", "nk")
    assert reading_grid(case.under(policy_of(case, "carpenter")))[0] == ("ru", "nk")
    held = case.under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 0}))
    assert reading_grid(held)[0] == ("ru", "nk")


def test_who_wants_nothing_has_no_types() -> None:
    us, ru = model("a").scenario.actors
    silent = Case(replace(model("a").scenario, actors=(us, replace(ru, readings={}))))
    with pytest.raises(InputError, match="ru has no readings"):
        reading_grid(silent, ["ru"])


# --- spreads -----------------------------------------------------------------------------------------------------


def test_spread() -> None:
    found = Spread.over(["NONE", "ALL", "NONE"])
    assert (found.total, found.possible, found.necessary, found.count("ALL", "SOME")) == (3, ("ALL", "NONE"), None, 1)
    assert str(found) == "ALL 1, NONE 2 of 3"
    assert found.to_json() == {"necessary": None, "possible": ["ALL", "NONE"], "counts": {"ALL": 1, "NONE": 2}}
    assert Spread.over([]).necessary is None
    assert str(Spread.over([])) == "nothing possible"
    assert in_order(["zeta", "unstable", "ALL"]) == ["ALL", "unstable", "zeta"]
