"""The margin of a verdict: what a small model says, brute force on random models, laws, and what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from brute import answer
from detente.case import Case, Query, verdict
from detente.errors import InputError
from detente.questions.uncertainty.margin import Margin, margin
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis

TWO = """
detente: 1
title: Two
actors:
  ann: {options: {go: {}}, priorities: [stay, go, not stay]}
  bob: {options: {stay: {}}, priorities: [go, stay]}
outcomes: {gone: go, here: stay}
now: []
"""


def test_a_small_model() -> None:
    """Ann goes and Bob stays whatever the other does. She would not go if "not go" came first, and nothing makes it so."""
    found = margin(Case(read_text(TWO)), Query("gone"), 3)
    assert (found.verdict, found.margin, found.proved, found.more_than) == ("ALL", None, 3, 3)
    assert found.others == ()
    worried = TWO.replace("priorities: [stay, go, not stay]", "priorities: [go if stay, not go, stay]")
    found = margin(Case(read_text(worried)), Query("gone"), 3)
    assert (found.verdict, found.margin, found.count) == ("ALL", 1, 1)
    (other,) = found.others
    assert [(each.actor, each.steps, each.entries) for each in other.moved] == [
        ("ann", 1, ("not go", "go if stay", "stay"))
    ]
    assert other.verdict == "NONE"


def test_the_dilemma() -> None:
    """Whoever likes the temptation no less than the reward, or the punishment less than being let down, ends cooperation."""
    found = margin(Case(load("prisoners_dilemma")), Query("cooperation"))
    assert (found.verdict, found.margin, found.count) == ("ALL", 1, 6)
    assert {other.verdict for other in found.others} == {"NONE"}
    assert {each.actor for other in found.others for each in other.moved} == {"first", "second"}


def test_what_people_read() -> None:
    worried = TWO.replace("priorities: [stay, go, not stay]", "priorities: [go if stay, not go, stay]")
    (sheet,) = margin(Case(read_text(worried)), Query("gone")).sheets()
    assert str(sheet.title) == "How near another verdict is: 'gone where foresight play ends', now ALL"
    assert sheet.columns == ("lists", "best first", "verdict")
    assert [tuple(map(str, row)) for row in sheet.rows] == [("ann by 1", "ann: not go; go if stay; stay", "NONE")]
    assert str(sheet.notes[0]) == "1 combination of lists flips it at 1 step, none nearer; then it is NONE."
    (sheet,) = margin(Case(read_text(TWO)), Query("gone"), 2).sheets()
    assert str(sheet.notes[0]) == "No change of places of up to 2 steps in the actors' lists flips it; all were tried."


def test_weights_have_no_margin() -> None:
    weighed = TWO.replace("priorities: [go, stay]", "weights: [{when: go, weight: 1}, {when: stay, weight: 2}]")
    found = margin(Case(read_text(weighed)), Query("here"))
    assert found.unmoved == ("bob",)
    assert "No margin for bob: weights have no order to change." in [str(note) for note in found.sheets()[0].notes]


def test_json() -> None:
    found = json.loads(json.dumps(margin(Case(load("chicken")), Query("crash")).to_json()))
    assert (found["margin"], found["proved"], found["more_than"], found["verdict"]) == (2, 2, None, "NONE")
    assert [each["actor"] for each in found["others"][0]["moved"]] == ["first", "second"]


def test_time_ends_the_search_and_is_said() -> None:
    ticks = itertools.count(step=0.1)
    found = margin(Case(load("elmira")), Query("settled"), 3, seconds=1.0, clock=lambda: next(ticks))
    assert found.stopped == "the time is up"
    assert found.margin is None
    assert found.proved < 3
    assert str(found.sheets()[0].notes[-1]).startswith("Not complete: the time is up. Proved up to ")


def test_a_distance_below_one_is_refused() -> None:
    with pytest.raises(InputError, match="the distance is 0; expected how many steps to look, at least 1"):
        margin(Case(load("chicken")), Query("crash"), 0)


# --- brute force, from the definition --------------------------------------------------------------------------------


def place_of(model: Any, actor: str) -> Any:
    """Where the list of an actor's default reading stands in a model."""
    spec = model["actors"][actor]
    return spec["readings"][next(iter(spec["readings"]))] if spec.get("readings") else spec


def steps(kind: str, entries: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Every list one step away: two neighbours change places, or groups of ties join or part."""
    for n in range(1, len(entries)):
        changed = list(entries)
        changed[n - 1 : n + 1] = reversed(changed[n - 1 : n + 1])
        yield tuple(changed)
    if kind == "ranking":
        for n in range(1, len(entries)):
            yield (*entries[: n - 1], entries[n - 1] | entries[n], *entries[n + 1 :])
        for n, group in enumerate(entries):
            members = sorted(group)
            for chosen in itertools.product((0, 1), repeat=len(members)):
                upper = frozenset(itertools.compress(members, chosen))
                if upper and upper != group:
                    yield (*entries[:n], upper, group - upper, *entries[n + 1 :])


def within(kind: str, start: tuple[Any, ...], farthest: int) -> dict[tuple[Any, ...], int]:
    """Every list within this distance, and how far it is."""
    known, edge = {start: 0}, [start]
    for distance in range(1, farthest + 1):
        edge = [other for each in edge for other in steps(kind, each)]
        for other in edge:
            known.setdefault(other, distance)
    return known


def written(kind: str, entries: tuple[Any, ...], lines: list[Any]) -> list[Any]:
    """A list as the file would have it; the entries of priorities are the places of the lines."""
    if kind == "priorities":
        return [lines[place] for place in entries]
    return [sorted(group) if len(group) > 1 else next(iter(group)) for group in entries]


def oracle_says(model: Any, query: Query, sanctions: str) -> str | None:
    try:
        return answer(oracle.build(model), query, sanctions)
    except oracle.OracleError:
        return None


def assert_same(seed: int, kind: str | None) -> int | None:
    model, rng = random_model(seed, kind), random.Random(f"margin {seed}")
    sanctions, goal = rng.choice(("legal", "one-step")), rng.choice(sorted(model["outcomes"]))
    query = rng.choice((Query(goal), Query(goal, "myopic"), Query(concept="seq"), Query(goal, concept="nash")))
    lists: dict[str, tuple[str, tuple[Any, ...]]] = {}
    lines = dict[str, list[Any]]()
    for actor in model["actors"]:
        place = place_of(model, actor)
        lines[actor] = place.get("priorities", [])[:4]
        if "priorities" in place:
            place["priorities"] = place["priorities"][:4]
            lists[actor] = "priorities", tuple(range(len(place["priorities"])))
        elif "ranking" in place:
            groups = tuple(frozenset([each] if isinstance(each, str) else each) for each in place["ranking"])
            lists[actor] = "ranking", groups
    farthest = 1 if any(kind == "ranking" for kind, _ in lists.values()) else 2
    now = oracle_says(model, query, sanctions)
    if now is None:
        return None
    balls = {actor: within(kind, start, farthest) for actor, (kind, start) in lists.items()}
    flips: dict[int, set[str]] = {}
    for chosen in itertools.product(*(ball.items() for ball in balls.values())):
        distance = sum(steps for _, steps in chosen)
        if not 0 < distance <= farthest:
            continue
        other = copy.deepcopy(model)
        for actor, (entries, _) in zip(balls, chosen, strict=True):
            place_of(other, actor)[lists[actor][0]] = written(lists[actor][0], entries, lines[actor])
        then = oracle_says(other, query, sanctions)
        if then not in (now, None):
            flips.setdefault(distance, set()).add(str(then))
    about = f"seed {seed}, kind {kind}, {query}, {sanctions}"
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = margin(case, query, farthest)
    assert found.verdict == now, about
    assert found.margin == min(flips, default=None), about
    assert found.proved == (found.margin or farthest), about
    assert {other.verdict for other in found.others} == flips.get(found.margin or 0, set()), about
    assert_others(found, case, model, (lists, lines, balls), about)
    return found.margin


def assert_others(found: Margin, case: Case, model: Any, drawn: Any, about: str) -> None:
    """Each combination that is listed is as far away as it says, and does what it says."""
    lists, lines, balls = drawn
    for each in found.others[:6]:
        other = copy.deepcopy(model)
        for moved in each.moved:
            kind = lists[moved.actor][0]
            if kind == "ranking":
                entries: tuple[Any, ...] = tuple(frozenset(group.split(" = ")) for group in moved.entries)
            else:
                texts = [str(statement) for statement in case.reading(moved.actor).statements]
                entries = tuple(order_of(texts, moved.entries))
            assert balls[moved.actor][entries] == moved.steps, about
            place_of(other, moved.actor)[kind] = written(kind, entries, lines[moved.actor])
        assert sum(moved.steps for moved in each.moved) == found.margin, about
        assert oracle_says(other, found.query, case.sanctions) == each.verdict, about


def order_of(texts: list[str], entries: tuple[str, ...]) -> list[int]:
    """Which line of the file stands at each place; of equal lines the first that is left."""
    left, order = list(enumerate(texts)), []
    for text in entries:
        place = next(pair for pair in left if pair[1] == text)
        left.remove(place)
        order.append(place[0])
    return order


@models(24)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(2, 18)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


def test_some_random_models_have_a_margin_and_some_have_none() -> None:
    found = [assert_same(seed, "plain") for seed in range(5)]
    assert None in found
    assert any(found)


# --- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["chicken", "prisoners_dilemma", "conditional_engagement"])
def test_looking_farther_changes_nothing_that_was_found(name: str) -> None:
    case = Case(load(name))
    query = Query(next(iter(case.scenario.outcomes)))
    near, far = (margin(case, query, farthest) for farthest in (1, 2))
    assert near.verdict == far.verdict == verdict(case, query)
    if near.margin is not None:
        assert (far.margin, far.others) == (near.margin, near.others)
    else:
        assert far.margin in (None, 2)
