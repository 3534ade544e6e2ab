"""Verdicts while one edits: the same as those of the text read anew, in the order promised, and what has changed in words."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from detente.analysis import analyse
from detente.engine.concepts import label
from detente.scenario import library
from detente.scenario.read import read_text
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import Change, made
from detente.workbench.live import PAUSE, Desk
from lengths import seeds

CHICKEN = """\
detente: 1
title: Chicken
actors:
  ann:
    name: Ann
    options: {ann_swerves: Swerve}
    priorities: [not ann_swerves or bob_swerves, ann_swerves, bob_swerves]
  bob:
    name: Bob
    options: {bob_swerves: Swerve}
    priorities: [not bob_swerves or ann_swerves, bob_swerves, ann_swerves]
now: [ann_swerves, bob_swerves]
outcomes: {crash: not ann_swerves and not bob_swerves}
"""


def opened(text: str, desk: Desk, key: str = "f") -> dict[str, Any]:
    """The parts of a text that is opened."""
    data = yaml_tree.read(text).root.plain()
    base = {"text": text, "debt": [], "upto": 0, "series": 0}
    assert desk.take({"key": key, "version": 1, "name": key, "path": "", "base": base, "data": data})
    return parts(desk, key)


def parts(desk: Desk, key: str = "f") -> dict[str, Any]:
    return {part: data for part, data in desk.work(key) if part != PAUSE}


def changed(desk: Desk, version: int, *changes: Change, key: str = "f") -> dict[str, Any]:
    """The parts after some changes."""
    assert desk.take({"key": key, "version": version, "changes": [each.to_json() for each in changes]})
    return parts(desk, key)


def expected(text: str) -> dict[str, Any]:
    """The headline's numbers, from the text alone."""
    analysis = analyse(read_text(text), concepts=["nash", "seq"])
    now = analysis.cell()
    return {
        "states": analysis.states,
        "status_quo": {
            label(c): {actor: analysis.is_stable(c, actor, now) for actor in analysis.actors} for c in ("nash", "seq")
        },
        "equilibria": {label(c): analysis.count(c) for c in ("nash", "seq")},
    }


def test_the_headline_comes_first_and_the_text_last() -> None:
    desk = Desk()
    assert list(opened(CHICKEN, desk)) == ["headline", "concepts", "model", "text"]
    again = changed(desk, 2, Change("order", ("actors", "bob", "priorities"), new=[1, 0, 2]))
    assert list(again) == ["headline", "changed", "concepts", "model", "text"]


@pytest.mark.parametrize("name", ["two_proxies", "elmira", "gatt", "cuba_oneway", "elmira_graph"])
def test_the_first_verdicts_are_those_of_the_text(name: str) -> None:
    found = opened(library.text(name), Desk())["headline"]
    wanted = expected(library.text(name))
    assert {key: found[key] for key in wanted} == wanted


@seeds(6, 60)
def test_after_every_edit_the_verdicts_are_those_of_the_text_that_it_makes(seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice(["two_proxies", "elmira", "hanoi_2019", "stag_hunt"])
    desk = Desk()
    opened(library.text(name), desk)
    data: Any = yaml_tree.read(library.text(name)).root.plain()
    for version in range(2, 6):
        change = some_edit(chance, data)
        data, _ = made(data, change)
        found = changed(desk, version, change)
        assert yaml_tree.read(found["text"]["text"]).root.plain() == data
        wanted = expected(found["text"]["text"])
        assert {key: found["headline"][key] for key in wanted} == wanted


def some_edit(chance: random.Random, data: Any) -> Change:
    """A statement moved in some list, or another start."""
    lists = []
    for actor, told in data["actors"].items():
        for where, reading in [((), told), *((("readings", r), each) for r, each in told.get("readings", {}).items())]:
            lists += [
                ("actors", actor, *where, key) for key in ("priorities", "ranking") if len(reading.get(key) or ()) > 1
            ]
    path = chance.choice(lists)
    there: Any = data
    for part in path:
        there = there[part]
    order = list(range(len(there)))
    first = chance.randrange(len(there) - 1)
    order[first : first + 2] = reversed(order[first : first + 2])
    return Change("order", path, new=order)


def test_where_an_option_came_or_went_only_the_number_of_equilibria_is_news() -> None:
    desk = Desk()
    text = """\
detente: 1
title: Harbour
actors:
  port: {options: {pay_the_fee: Pay the fee, strike: Strike}, priorities: [pay_the_fee]}
now: []
"""
    opened(text, desk)
    without = Change("remove", ("actors", "port", "options", "strike"), "Strike")
    told = changed(desk, 2, without)["changed"]["sentences"]
    assert [each["text"] for each in told if "equilibri" in each["text"]] == [
        "The number of Nash equilibria is 1 now, before 2.",
        "The number of SEQ equilibria is 1 now, before 2.",
    ]


def test_what_an_edit_changes_is_said_with_who_and_by_what() -> None:
    desk = Desk()
    opened(CHICKEN, desk)
    moved = Change("put", ("now",), ["ann_swerves", "bob_swerves"], ["ann_swerves"])
    sentences = changed(desk, 2, moved)["changed"]["sentences"]
    assert [each["text"] for each in sentences] == [
        "Today is another state now.",
        "Today is no longer Nash stable, because Ann may now drop “Swerve”; Bob may now take up “Swerve”.",
        "Today is no longer SEQ stable, because Ann may now drop “Swerve”; Bob may now take up “Swerve”.",
        "Foresight play may end in 2 states now, before in 1.",
        "“crash” is sometimes true where play ends, before never.",
    ]
    assert sentences[1]["explain"] == {"state": "ann_swerves", "actor": "ann", "concept": "nash"}
    assert (sentences[1]["actor"], sentences[1]["concept"], sentences[1]["state"]) == ("ann", "nash", "ann_swerves")
    path, old = ("actors", "ann", "priorities"), ["not ann_swerves or bob_swerves", "ann_swerves", "bob_swerves"]
    changed(desk, 3, Change("put", path, old, ["not ann_swerves"]))
    sentences = changed(desk, 4, Change("put", path, ["not ann_swerves"], ["ann_swerves"]))["changed"]["sentences"]
    assert [each["text"] for each in sentences][:7] == [
        "Ann has no reason to leave today's state any more, by Nash.",
        "By SEQ, Bob may now take up “Swerve”.",
        "Ann has no reason to leave today's state any more, by SEQ.",
        "Foresight play ends elsewhere now: Swerve.",
        "“crash” is never true where play ends, before always.",
        "No Nash equilibrium any more: no “Swerve”.",
        "A new Nash equilibrium: Swerve.",
    ]


def test_the_flagship_says_what_one_swap_does() -> None:
    """In a list of North Korea `no troops in combat` goes above `troops home`; the rest of the list stays."""
    desk = Desk()
    opened(library.text("two_proxies"), desk)
    path = ("actors", "nk", "readings", "additive", "priorities")
    data: Any = yaml_tree.read(library.text("two_proxies")).root.plain()
    there = data["actors"]["nk"]["readings"]["additive"]["priorities"]
    last = len(there) - 1
    found = changed(desk, 2, Change("order", path, new=[last, *range(last)]))
    sentences = found["changed"]["sentences"]
    assert sentences and all(each["text"].endswith(".") for each in sentences)
    assert any(each["actor"] == "nk" for each in sentences)


def test_an_edit_that_changes_no_verdict_is_told_as_none() -> None:
    desk = Desk()
    opened(CHICKEN, desk)
    found = changed(desk, 2, Change("put", ("title",), "Chicken", "Hawk and dove"))
    assert found["changed"] == {"sentences": []}


def test_what_is_wrong_is_told_at_once_and_then_with_its_line() -> None:
    desk = Desk()
    opened(CHICKEN, desk)
    found = changed(desk, 2, Change("put", ("actors", "ann", "priorities", 1), "ann_swerves", "ann_swervs"))
    assert list(found) == ["problems", "text"]
    first, exact = found["problems"][0], found["text"]["problems"][0]
    assert first["message"] == exact["message"] == "unknown option, outcome or state 'ann_swervs'"
    assert exact["hint"] == "did you mean ann_swerves?"
    assert first["path"] == exact["path"] == ["actors", "ann", "priorities", 1]
    assert (exact["line"], exact["column"]) == (7, 50)
    mended = changed(desk, 3, Change("put", ("actors", "ann", "priorities", 1), "ann_swervs", "ann_swerves"))
    assert mended["headline"]["equilibria"] == {"Nash": 2, "SEQ": 2}


def test_a_file_that_is_not_known_is_asked_for() -> None:
    assert not Desk().take({"key": "f", "version": 2, "changes": []})


def test_a_model_too_large_is_refused_in_a_sentence_and_can_still_be_edited() -> None:
    options = {f"o{number}": None for number in range(60)}
    data = {"detente": "1", "actors": {"ann": {"options": options, "priorities": ["o1"]}}, "now": ["o1"]}
    from detente.scenario.text.edit import text_of

    desk = Desk()
    found = opened(text_of(data), desk)
    assert found["headline"]["refused"]
    assert "o59" in found["text"]["text"]
    assert found["model"]["states"] is None
    again = changed(desk, 2, Change("remove", ("actors", "ann", "options", "o59")))
    assert "o59" not in again["text"]["text"]


def test_rankings_are_those_of_every_reading() -> None:
    model = opened(CHICKEN, Desk())["model"]
    assert model["now"] == "ann_swerves bob_swerves"
    assert model["rankings"] == {
        "ann": {"only": [["ann_swerves bob_swerves"], ["bob_swerves"], ["all off"], ["ann_swerves"]]},
        "bob": {"only": [["ann_swerves bob_swerves"], ["ann_swerves"], ["all off"], ["bob_swerves"]]},
    }
    assert [each["id"] for each in model["names"]["options"]] == ["ann_swerves", "bob_swerves"]
    assert model["names"]["states"][0]["written"] == []


def test_whoever_leaves_off_at_any_point_loses_no_change_of_the_text() -> None:
    for stop in range(40):
        desk = Desk()
        opened(CHICKEN, desk)
        one, other = Change("put", ("title",), old="Chicken", new="b"), Change("put", ("title",), old="b", new="c")
        assert desk.take({"key": "f", "version": 2, "changes": [one.to_json()]})
        left = list(itertools.islice(desk.work("f"), stop))
        told = changed(desk, 3, other)["text"]
        assert (yaml_tree.read(told["text"]).root.plain()["title"], told["upto"]) == ("c", 2), (stop, left)
