"""Platforms: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from typing import Any

import pytest

from brute import able, answer, held, lists_of, wanting
from detente.case import CONCEPTS, Case, Policy, Query, policy_of
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.policy.platforms import Comparison, compare
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis

# --- findings ----------------------------------------------------------------------------------------------------


def proxies(**readings: str) -> Case:
    return Case(load("two_proxies"), readings=readings)


@pytest.fixture
def four() -> Comparison:
    return compare(proxies())


def said(found: Comparison, outcome: str, how: str = "force", play: str = "foresight") -> dict[str, str]:
    return {c.platform.id: str(getattr(c, how).outcomes[outcome][play]) for c in found.platforms}


def test_what_follows_from_each(four: Comparison) -> None:
    """M1 with Russia in need and a Pyongyang that treats patrons as substitutes."""
    assert said(four, "decoupled") == {
        "biden24": "NONE",
        "carpenter": "ALL",
        "trump": "ALL",
        "harris": "SOME 1, NONE 1 of 2",
    }
    assert said(four, "decoupled", "wanting")["harris"] == "SOME 5, NONE 5 of 10"
    assert set(said(four, "decoupled", play="myopic").values()) == {"ALL"}
    assert four["trump"].wanting.completions == 120
    assert four["trump"].wanting.status_quo["seq"].counts == {"unstable": 120}
    assert {c.platform.id: str(c.wanting.status_quo["seq"]) for c in four.platforms}["biden24"] == "stable"
    assert str(four["biden24"].wanting.status_quo["nash"]) == "unstable"


def test_who_would_keep_what(four: Comparison) -> None:
    """The package is kept by the president who wants it, and left at once by one who wants what Biden's list wants."""
    kept_by = {c.platform.id: {p: str(s) for p, s in c.kept_by.items()} for c in four.platforms}
    assert kept_by["carpenter"] == {"biden24": "NONE", "carpenter": "ALL", "trump": "ALL", "harris": "NONE"}
    assert kept_by["biden24"]["biden24"] == "ALL"
    assert kept_by["trump"] == kept_by["carpenter"]
    assert [c.self_enforcing for c in four.platforms] == [True, True, True, None]
    assert four["harris"].kept["seq"].counts == {"ALL": 10, "NONE": 10}
    assert four["harris"].leaves == "not us_recog (from: us_recog, not ru_link, not nk_arms, not nk_troops)"


def test_without_recognition_the_package_is_not_self_enforcing() -> None:
    """Carpenter's own list wants recognition: a platform without it would be changed."""
    text = load("two_proxies").text.replace(
        "hold: [not us_arm, not us_nato, us_recog]", "hold: [not us_arm, not us_nato, not us_recog]"
    )
    found = compare(Case(read_text(text)), ["carpenter"])["carpenter"]
    assert str(found.force.outcomes["decoupled"]["foresight"]) == "ALL"
    assert (found.self_enforcing, found.leaves.split(" (")[0]) == (False, "us_recog")


@pytest.mark.parametrize(("ru", "nk", "expected"), [("profit", "substitute", "SOME"), ("profit", "additive", "NONE")])
def test_a_russia_that_profits(ru: str, nk: str, expected: str) -> None:
    found = compare(proxies(ru=ru, nk=nk), ["carpenter"])
    assert said(found, "decoupled") == {"carpenter": expected}


def test_the_composite_core_in_both_worlds() -> None:
    """The same package, opposite outcomes: the worlds decide."""
    for world, expected in (("a_world", "ALL"), ("s_world", "NONE")):
        found = compare(Case(load("composite_core"), world=world), ["biden24", "carpenter"])
        assert said(found, "decoupled") == {"biden24": "NONE", "carpenter": expected}
        assert str(found["biden24"].wanting.status_quo["seq"]) == "stable"


def test_holding_everything_disarms(four: Comparison) -> None:
    assert any("disarms" in warning for warning in four["carpenter"].force.warnings)
    assert four["carpenter"].wanting.warnings == ()


def test_the_policy_of_a_platform() -> None:
    assert policy_of(proxies(), "trump") == Policy(readings={"us": "trump_b"})


@pytest.mark.soak
def test_the_large_composite() -> None:
    """27 options, exact, minutes: what three platforms lead to in the world of article A."""
    found = compare(Case(load("composite"), world="a_world"))
    assert said(found, "decoupled") == {"biden24": "NONE", "carpenter": "ALL", "diplomat_b": "SOME"}
    assert said(found, "bloc_dissolved")["carpenter"] == "ALL"
    assert str(found["biden24"].wanting.status_quo["seq"]) == "stable"


# --- brute force -------------------------------------------------------------------------------------------------


def with_platforms(model: Any, rng: random.Random) -> dict[str, Any]:
    """One or two platforms of one actor: something held, perhaps something unknown, perhaps every order of a short list."""
    actor = rng.choice(sorted(model["actors"]))
    spec, readings = model["actors"][actor], list(model["actors"][actor].get("readings") or ["only"])
    mine = [o for o in oracle.read_options(model) if o.actor == actor and o.change not in ("fixed", [])]
    platforms: dict[str, Any] = {}
    for name in ("p", "q")[: rng.randint(1, 2)]:
        chosen = rng.sample(mine, rng.randint(0, len(mine)))
        silent = [option.key for option in chosen if rng.random() < 0.3][:1]
        holds = {option.key: rng.choice(option.values) for option in chosen if option.key not in silent}
        reading = rng.choice(readings)
        target = spec["readings"][reading] if spec.get("readings") else spec
        orders = "any" if rng.random() < 0.3 and len(target.get("priorities", "12345")) < 5 else ""
        platforms[name] = {"actor": actor, "hold": holds, "reading": reading, "unknown": silent, "orders": orders}
    model["platforms"] = {
        name: {**each, "hold": [written(key, value) for key, value in each["hold"].items()]}
        for name, each in platforms.items()
    }
    return platforms


def written(key: str, value: Any) -> str:
    return f"{key} = {value}" if isinstance(value, str) else key if value else f"not {key}"


def lists_for(model: Any, platform: Any, actor: str, gone: frozenset[str]) -> list[Any]:
    """The models that a platform's list makes, each with the list's number (None where the list cannot matter)."""
    spec, reading = model["actors"][actor], platform["reading"]
    target = spec["readings"][reading] if spec.get("readings") else spec
    if not platform["orders"] or not able(model, actor, gone):
        return [(None, model)]
    lists = list(lists_of(target["priorities"], any_order=True))
    return [(number, wanting(model, actor, reading, each)) for number, each in enumerate(lists)]


def in_force(model: Any, platform: Any, option: dict[str, Any], sanctions: str) -> list[Any] | None:
    """Per completion of the platform in force: its list's number, the game, and the states where foresight play ends."""
    found = []
    gone = frozenset([*platform["hold"], *platform["unknown"]])
    for values in itertools.product(*(option[key].values for key in platform["unknown"])):
        settings = {**platform["hold"], **dict(zip(platform["unknown"], values, strict=True))}
        for number, changed in lists_for(model, platform, platform["actor"], gone):
            game = held(oracle.build(changed, {platform["actor"]: platform["reading"]}), settings)
            if game is not None:
                ends = oracle.ends(game, "foresight", sanctions) or []
                found.append((number, game, set(itertools.chain(*ends))))
    return found


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    if "graph" in model:
        with pytest.raises(Unanswerable, match="no platforms"):
            compare(Case(read_text(to_yaml(model))))
        return
    platforms, sanctions = with_platforms(model, rng), rng.choice(("legal", "one-step"))
    options = {option.key: option for option in oracle.read_options(model)}
    forces = {name: in_force(model, each, options, sanctions) for name, each in platforms.items()}
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    if not all(forces.values()):
        return  # what the platform holds is impossible
    found, about = compare(case), f"seed {seed}, kind {kind}"
    for name, platform in platforms.items():
        column = found[name]
        homes = lists_for(model, platform, platform["actor"], frozenset())
        free = [(number, oracle.build(m, {platform["actor"]: platform["reading"]})) for number, m in homes]
        compare_outlook(column.wanting, [game for _, game in free], sanctions, f"{about}, {name} wanted")
        compare_outlook(
            column.force, [game for _, game, _ in forces[name] or []], sanctions, f"{about}, {name} in force"
        )
        for concept in ("seq", "nash"):
            stays = [
                keeps(game, platform["actor"], concept, ends, sanctions)
                for number, game in free
                for other, _, ends in forces[name] or []
                if number is None or other is None or number == other
            ]
            assert column.kept[concept].counts == Counter(stays), f"{about}, {name}, {concept}"
        for rival, each in platforms.items():
            homes = lists_for(model, each, each["actor"], frozenset())
            games = [oracle.build(m, {each["actor"]: each["reading"]}) for _, m in homes]
            if rival != name:
                stays = [
                    keeps(g, each["actor"], "seq", ends, sanctions) for g in games for _, _, ends in forces[name] or []
                ]
                assert column.kept_by[rival].counts == Counter(stays), f"{about}, {name} by {rival}"


def keeps(game: oracle.Game, actor: str, concept: str, ends: set[int], sanctions: str) -> str:
    stable = oracle.stable_states(game, concept, actor, sanctions) or set()
    return "ALL" if ends <= stable else "SOME" if ends & stable else "NONE"


def compare_outlook(outlook: Any, games: list[oracle.Game], sanctions: str, about: str) -> None:
    assert outlook.completions == len(games), about
    for concept in CONCEPTS:
        expected = Counter(answer(game, Query(concept=concept), sanctions) for game in games)
        assert outlook.status_quo[concept].counts == expected, f"{about}, {concept}"
    for outcome, plays in outlook.outcomes.items():
        for play, spread in plays.items():
            expected = Counter(answer(game, Query(outcome, play), sanctions) for game in games)
            assert spread.counts == expected, f"{about}, {outcome}, {play}"
    for play, ends in outlook.ends.items():
        rows = [tuple(end) for game in games for end in oracle.ends(game, play, sanctions) or []]
        assert outlook.all_ends[play] == len(set(rows)), f"{about}, {play}"
        assert sorted((end.size, end.completions) for end in ends) == sorted(
            (len(end), times) for end, times in Counter(rows).most_common(len(ends))
        ), f"{about}, {play}"


@models(30)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(5, 15)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on(four: Comparison) -> None:
    data = json.loads(json.dumps(four.to_json()))
    carpenter = data["platforms"][1]
    assert carpenter["held"] == {"us_arm": False, "us_nato": False, "us_recog": True}
    assert carpenter["force"]["ends"]["foresight"] == [
        {
            "states": [
                dict.fromkeys(["us_arm", "us_nato", "ru_link", "nk_arms", "nk_troops"], False) | {"us_recog": True}
            ],
            "size": 1,
            "change": "not us_arm, not us_nato, us_recog, not ru_link, not nk_arms, not nk_troops",
            "completions": 1,
        }
    ]
    assert carpenter["kept_by"]["biden24"]["necessary"] == "NONE"
    assert data["platforms"][3]["unknown"] == ["us_recog"]
    for words in (
        "Wanting it, nothing held",
        "With it in force",
        "Kept after a change of mind",
        "120 of 120",
        "as now",
    ):
        assert words in str(four)
    assert "<table>" in four._repr_html_()


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    compare(proxies(), ["biden24", "harris"], progress=lambda done, total, text: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (0, 2), (1, 2)]  # the platforms at rest, then in force


def test_a_platform_against_what_is_held() -> None:
    held_off = proxies().under(Policy(hold={"us_arm": 0}))
    with pytest.raises(InputError, match=r"biden24 is about us_arm, which is held or fixed here \(not us_arm\)"):
        compare(held_off, ["biden24"])
    with pytest.raises(InputError, match="harris is about us_recog"):
        compare(proxies().under(Policy(hold={"us_recog": 0})), ["harris"])
    assert str(compare(held_off, ["carpenter"])["carpenter"].kept["seq"]) == "ALL"


def test_bad_questions() -> None:
    with pytest.raises(UnknownName, match="did you mean biden24"):
        compare(proxies(), ["biden"])
    with pytest.raises(Unanswerable, match="no platforms"):
        compare(Case(load("chicken")))
    text = load("two_proxies").text
    with pytest.raises(InputError, match="unknown way to order its list 'most'; known: any, all"):
        compare(Case(read_text(text.replace("orders: any", "orders: most"))))
    wishes = ", ".join(f"us_arm or nk_arms -> {'not ' * n}ru_link" for n in range(9))
    long = text.replace("reading: biden24", "reading: biden24\n    orders: any", 1).replace(
        "    readings:\n      biden24:", f"    readings:\n      nine: {{priorities: [{wishes}]}}\n      biden24:", 1
    )
    with pytest.raises(TooLarge, match="362,880 completions"):
        compare(Case(read_text(long.replace("reading: biden24\n    orders", "reading: nine\n    orders"))))
