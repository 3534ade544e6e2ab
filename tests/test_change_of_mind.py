"""The smallest change of mind: findings on the bundled scenario, brute force on random models, and what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from brute import answer
from detente.case import Case, Policy, Query
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.inverse.change_of_mind import ChangeOfMind, change_of_mind
from detente.questions.inverse.goals import Goal, breaks, ends, exists, lasts
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis

PACKAGE = Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1})

# --- findings ----------------------------------------------------------------------------------------------------


def proxies(hold: Policy | None = None, **readings: str) -> Case:
    case = Case(load("two_proxies"), readings=readings)
    return case.under(hold) if hold else case


def said(found: ChangeOfMind) -> set[str]:
    return {str(each) for each in found.solutions}


def test_russia_leaves_if_it_needs_nothing_more() -> None:
    """M1, Carpenter's package: a needy Russia leaves as it is, one that profits after one edit of one aim."""
    assert change_of_mind(proxies(PACKAGE, us="carpenter", ru="need"), ends("decoupled")).distance == 0
    found = change_of_mind(proxies(PACKAGE, us="carpenter", ru="profit"), ends("decoupled"), ["ru"])
    assert (found.verdict, found.distance, found.complete, found.checked) == ("SOME", 1, True, True)
    assert said(found) == {
        "ru: 'not ru_link' to rank 1, above 'not us_nato'",
        "ru: 'not ru_link' to rank 2, above 'not us_arm'",
        "ru: 'not ru_link' to rank 3, above 'nk_arms'",
        "ru: 'nk_arms' to rank 5, below 'not ru_link'",
        "ru: without 'nk_arms'",
        "ru: the opposite of 'nk_arms'",
    }


def test_north_korea_could_decide_it_too() -> None:
    """Against a profiting Russia the package also works if Pyongyang's consistency aim stood higher or were not there."""
    found = change_of_mind(proxies(PACKAGE, us="carpenter", ru="profit"), ends("decoupled"), ["nk"])
    assert found.distance == 1
    assert {each.edits[0].statement for each in found.solutions} == {"nk_arms or nk_troops -> ru_link"}


def test_washington_of_2024() -> None:
    """A needy Russia leaves if Washington turns both aims round, no less; a profiting one for no single edit."""
    found = change_of_mind(proxies(us="biden24", ru="need"), ends("decoupled"), ["us"])
    assert (found.distance, said(found)) == (2, {"us: the opposite of 'us_arm'; us: the opposite of 'us_nato'"})
    assert found.tried == (1, 37, 487)
    hopeless = change_of_mind(proxies(us="biden24", ru="profit"), ends("decoupled"), ["us"], most_edits=1)
    assert (hopeless.distance, hopeless.at_least, hopeless.solutions) == (None, 2, ())
    assert "fewer edits than 2" in str(hopeless)


def test_breaking_the_partnership() -> None:
    """The goal as a partnership: the same as troops and treaty both gone."""
    case = proxies(PACKAGE, us="carpenter", ru="profit")
    found = change_of_mind(case, breaks(case), ["ru"])
    assert said(found) == said(change_of_mind(case, ends("decoupled"), ["ru"]))


def test_equilibria_as_goals() -> None:
    case = proxies()
    assert change_of_mind(case, lasts("seq")).distance == 0
    assert change_of_mind(case, lasts("nash"), most_edits=1).at_least == 2
    assert change_of_mind(case, lasts("nash"), ["ru", "nk"]).distance == 2
    assert change_of_mind(case, exists("decoupled", "nash")).distance == 0


def test_a_wish_from_the_stock() -> None:
    """What could be put into Russia's list besides moving what is there."""
    case = proxies(PACKAGE, us="carpenter", ru="profit")
    found = change_of_mind(case, ends("decoupled"), ["ru"], {"ru": ["us_recog -> not ru_link"]})
    new = {str(each) for each in found.solutions if each.edits[0].kind == "insert"}
    assert new == {
        "ru: new 'us_recog -> not ru_link' at rank 1, above 'not us_nato'",
        "ru: new 'us_recog -> not ru_link' at rank 2, above 'not us_arm'",
        "ru: new 'us_recog -> not ru_link' at rank 3, above 'nk_arms'",
    }
    assert found.stock == {"ru": ("us_recog -> not ru_link",)}


# --- brute force -------------------------------------------------------------------------------------------------

Lists = dict[str, tuple[Any, ...]]


def place_of(model: Any, actor: str) -> Any:
    spec = model["actors"][actor]
    return next(iter(spec["readings"].values())) if spec.get("readings") else spec


def kind_of(model: Any, actor: str) -> str:
    return next(kind for kind in ("priorities", "ranking", "weights") if place_of(model, actor).get(kind))


def turned(wish: Any) -> Any:
    """The opposite in words the two sides agree on: `not (x)`, and back."""
    if isinstance(wish, tuple):
        return (turned(wish[0]), wish[1])
    return wish[5:-1] if wish.startswith("not (") else f"not ({wish})"


def one_edit(kind: str, wishes: tuple[Any, ...], stock: list[str]) -> Iterator[tuple[Any, ...]]:
    """Every list one edit away, by the definitions."""
    for place, wish in enumerate(wishes):
        rest = wishes[:place] + wishes[place + 1 :]
        if kind != "weights":
            yield from ((*rest[:to], wish, *rest[to:]) for to in range(len(wishes)))
        if kind != "ranking":
            yield rest
            yield (*wishes[:place], turned(wish), *wishes[place + 1 :])
    if kind == "priorities":
        for new in stock:
            if new not in wishes:
                yield from ((*wishes[:to], new, *wishes[to:]) for to in range(len(wishes) + 1))


def written(model: Any, lists: Lists) -> Any:
    changed = copy.deepcopy(model)
    for actor, wishes in lists.items():
        kind, spec = kind_of(model, actor), place_of(changed, actor)
        if kind == "weights":
            spec[kind] = [{"when": when, "weight": weight} for when, weight in wishes] or [
                {"when": "true", "weight": 0}
            ]
        elif kind == "ranking":
            spec[kind] = [list(group) for group in wishes]
        else:
            spec[kind] = list(wishes) or ["true"]
    return changed


def meets(model: Any, lists: Lists, goal: Goal, sanctions: str) -> bool:
    try:
        return answer(oracle.build(written(model, lists)), goal.query, sanctions) in goal.expect
    except oracle.OracleError:
        return False


def brute_force(
    model: Any, actors: list[str], goal: Goal, stock: list[str], sanctions: str, most: int
) -> tuple[int | None, set[tuple[tuple[Any, ...], ...]]]:
    """The smallest number of edits and every profile of lists at it: layer by layer over whole profiles."""
    layer = {tuple(start_of(model, actor) for actor in actors)}
    seen = set(layer)
    for distance in range(most + 1):
        good = {p for p in layer if meets(model, dict(zip(actors, p, strict=True)), goal, sanctions)}
        if good:
            return distance, good
        fresh = {
            (*profile[:n], other, *profile[n + 1 :])
            for profile in layer
            for n, actor in enumerate(actors)
            for other in one_edit(kind_of(model, actor), profile[n], stock)
        }
        layer = fresh - seen
        seen |= layer
    return None, set()


def start_of(model: Any, actor: str) -> tuple[Any, ...]:
    listed = place_of(model, actor)[kind_of(model, actor)]
    if kind_of(model, actor) == "weights":
        return tuple((str(each["when"]), each["weight"]) for each in listed)
    if kind_of(model, actor) == "ranking":
        return tuple(tuple(group) if isinstance(group, list) else (group,) for group in listed)
    return tuple(listed)


def simplified(model: Any, rng: random.Random) -> Any:
    """Short lists of plain aims, no two alike, so that both sides can compare them by their text."""
    changed = copy.deepcopy(model)
    options = [
        (actor, key)
        for actor, spec in model["actors"].items()
        for key, o in spec["options"].items()
        if not o.get("choices")
    ]
    names = [key if sum(k == key for _, k in options) == 1 else f"{actor}.{key}" for actor, key in options]
    wishes = [*names, *(f"{a} and {b}" for a, b in itertools.combinations(names, 2))]
    for actor in model["actors"]:
        kind, spec = kind_of(model, actor), place_of(changed, actor)
        picked = rng.sample(wishes, min(3, len(wishes)))
        signed = [rng.choice((wish, f"not ({wish})")) for wish in picked]
        if kind == "priorities":
            spec[kind] = signed
        elif kind == "weights":
            spec[kind] = [{"when": wish, "weight": rng.choice((1, 2, 3))} for wish in signed]
    return changed


def assert_same(seed: int, kind: str | None) -> int | None:
    model, rng = random_model(seed, kind), random.Random(seed)
    if "graph" not in model:
        if not any(not o.get("choices") for spec in model["actors"].values() for o in spec["options"].values()):
            return None
        model = simplified(model, rng)
    elif any(kind_of(model, actor) != "ranking" for actor in model["actors"]):
        return None
    try:
        game = oracle.build(model)
    except oracle.OracleError:
        return None
    able = [actor for actor in game.actors if any(game.moves[actor])]
    if not able:
        return None
    actors, sanctions = rng.sample(able, min(len(able), rng.choice((1, 1, 2)))), rng.choice(("legal", "one-step"))
    goal = random_goal(rng, model)
    stock = (
        []
        if "graph" in model or rng.random() < 0.5
        else [rng.choice(["true", f"true and {rng.choice(sorted(model['outcomes']))}"])]
    )
    most = 2 if len(actors) == 1 and len(start_of(model, actors[0])) < 6 else 1
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = change_of_mind(case, goal, actors, stock, most_edits=most)
    distance, expected = brute_force(model, actors, goal, stock, sanctions, most)
    about = f"seed {seed}, kind {kind}, {actors}, {goal}, {sanctions}, {stock}"
    assert (found.distance, found.checked, found.complete) == (distance, True, True), about
    assert found.at_least == (most + 1 if distance is None else distance), about
    assert {profile(found, model, each.lists) for each in found.solutions} == {worded(p) for p in expected}, about
    assert len(found.solutions) == len(expected), about
    return distance


def profile(found: ChangeOfMind, model: Any, lists: Any) -> tuple[tuple[str, ...], ...]:
    """The lists of a solution in the words of this test; unchanged ones as they are."""
    return tuple(
        tuple(map(normal, lists[actor])) if actor in lists else worded((start_of(model, actor),))[0]
        for actor in found.actors
    )


def worded(lists: tuple[tuple[Any, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(normal(wish) for wish in wishes) for wishes in lists)


def normal(wish: Any) -> str:
    if isinstance(wish, tuple):
        wish = wish[0] if len(wish) == 2 and isinstance(wish[1], int) else ", ".join(wish)
    return str(wish).replace("(", "").replace(")", "")


def random_goal(rng: random.Random, model: Any) -> Goal:
    of, concept = rng.choice(sorted(model["outcomes"])), rng.choice(("nash", "gmr", "smr", "seq", "sseq"))
    wanted = rng.choice(("ALL", "SOME", "NONE"))
    return rng.choice(
        (
            ends(of, rng.choice(("myopic", "foresight")), wanted),
            exists(of, concept),
            lasts(concept),
            Goal(Query(concept=concept), ("unstable",)),
            Goal(Query(of, concept=concept), (wanted,)),
        )
    )


@models(16)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(10, 10)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block, 10):
        assert_same(seed, kind)


# --- the bound, handing on, and refusing -------------------------------------------------------------------------


def test_a_spent_budget_leaves_a_proven_bound() -> None:
    case = proxies(us="biden24", ru="profit")
    found = change_of_mind(case, ends("decoupled"), ["us"], budget=60)
    assert (found.distance, found.at_least, found.complete) == (None, 2, False)
    assert "the budget of 60 preference profiles is spent" in str(found)
    some = change_of_mind(proxies(PACKAGE, us="carpenter", ru="profit"), ends("decoupled"), ["ru"], budget=8)
    assert (some.distance, some.complete) == (1, False)
    assert "There may be more" in str(some)


def test_who_cannot_move_is_left_out() -> None:
    assert change_of_mind(proxies(PACKAGE), ends("decoupled")).actors == ("ru", "nk")
    found = change_of_mind(proxies(PACKAGE, ru="profit"), ends("decoupled"), ["us"])
    assert (found.actors, found.distance) == ((), None)


def test_what_is_handed_on() -> None:
    found = change_of_mind(proxies(PACKAGE, ru="profit"), ends("decoupled"))
    told = json.loads(json.dumps(found.to_json()))
    assert (told["distance"], told["at_least"], told["checked"], told["tried"]) == (1, 1, True, [1, 52])
    assert told["goal"]["expect"] == ["ALL"]
    assert "1 edit is needed: every smaller change was tried" in str(found)
    assert "<table>" in found._repr_html_()


def test_bad_questions() -> None:
    case = proxies()
    with pytest.raises(UnknownName, match="did you mean us"):
        change_of_mind(case, lasts("seq"), ["uss"])
    with pytest.raises(InputError, match="never by 'stable'"):
        ends("decoupled", expect="stable")
    with pytest.raises(InputError, match="did you mean decoupled"):
        change_of_mind(case, ends("decoupld"))
    with pytest.raises(InputError, match="did you mean"):
        change_of_mind(case, lasts("nash"), ["ru"], ["ru_lnk"])
    with pytest.raises(InputError, match="at least 0"):
        change_of_mind(case, lasts("nash"), most_edits=-1)
    with pytest.raises(InputError, match="priorities only"):
        change_of_mind(Case(load("syria_iraq_1975")), lasts("nash"), ["syria"], {"syria": ["release"]})
    text = "{detente: 1, title: t, actors: {a: {options: {x: {}}, priorities: [x]}}, now: []}"
    assert change_of_mind(Case(read_text(text)), lasts("nash")).distance == 1
    with pytest.raises(Unanswerable, match="partnerships"):
        breaks(Case(read_text(text)))
