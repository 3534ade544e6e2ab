"""Edits as values: in data and in text they say the same, they can be taken back, and comments stay."""

from __future__ import annotations

import copy
import random
import threading
from functools import reduce
from typing import Any
from unittest.mock import ANY

import pytest

from detente.errors import InputError
from detente.scenario import library
from detente.scenario.read import examine, read_text
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import ABSENT, Change, Stale, between, made, told, written_into
from detente.scenario.text.edit import rename, text_of
from detente.scenario.text.page import Page
from detente.workbench.edits import Cut, Edits, Step, settled
from lengths import seeds

TEXT = """\
detente: 1  # the format
title: Two drivers
# Who decides.
actors:
  ann:
    name: Ann
    options:
      ann_swerves: Swerve  # the one thing she can do
      ann_waves:
    priorities:
      # What she wants most.
      - not ann_swerves or bob_swerves
      - {want: ann_swerves, note: a remark}
  bob:
    options: {bob_swerves: }
    priorities: [not bob_swerves or ann_swerves, bob_swerves]
now: [ann_swerves]
"""

KEYS = ("a", "b", "c", "long key", "7")


def random_data(chance: random.Random, depth: int = 3) -> Any:
    """Plain data as a file may hold."""
    kind = chance.choice("tlm" if depth else "t")
    if kind == "l":
        return [random_data(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == "m":
        return {key: random_data(chance, depth - 1) for key in chance.sample(KEYS, chance.randrange(4))}
    return chance.choice(["x", "y: z", "on", "1", None, "not a", ""])


def random_file(chance: random.Random) -> dict[str, Any]:
    """A mapping whose values are not empty."""
    return {"top": {"k": "v"}, **{key: random_data(chance) for key in KEYS[:3]}}


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path of the data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(each for key, value in inside for each in places(value, (*path, key)))]


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def random_change(chance: random.Random, data: Any) -> Change:
    """Some change that can be made."""
    while True:
        path = chance.choice(places(data))
        there = at(data, path)
        kind = chance.choice(["put", "new", "remove", "insert", "order", "rename"])
        if kind == "put" and path:
            return Change("put", path, there, random_data(chance))
        if kind == "new" and isinstance(there, dict) and "new" not in there:
            return Change("put", (*path, "new"), ABSENT, random_data(chance))
        if kind == "remove" and path and len(path) > 1:
            return Change("remove", path, there)
        if kind == "insert" and isinstance(there, list):
            return Change("insert", (*path, chance.randint(0, len(there))), new=random_data(chance))
        if kind == "insert" and isinstance(there, dict) and "fresh" not in there:
            before = chance.choice([None, *there])
            return Change("insert", (*path, "fresh"), new=random_data(chance), before=before)
        if kind == "order" and isinstance(there, list | dict) and len(there) > 1:
            order = list(range(len(there)))
            chance.shuffle(order)
            return Change("order", path, new=order)
        if kind == "rename" and isinstance(there, dict) and there and "other" not in there:
            return Change("rename", (*path, chance.choice(list(there))), new="other")


def naive(data: Any, change: Change) -> Any:
    """The change made in a copy, written from its definition."""
    data = copy.deepcopy(data)
    if change.kind == "order":
        there = at(data, change.path)
        if isinstance(there, list):
            there[:] = [there[n] for n in change.new]
        else:
            items = [list(there.items())[n] for n in change.new]
            there.clear()
            there.update(items)
        return data
    parent, last = at(data, change.path[:-1]), change.path[-1]
    if change.kind == "put":
        parent[last] = change.new
    elif change.kind == "remove":
        del parent[last]
    elif change.kind == "rename":
        items = [(change.new if key == last else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(items)
    elif isinstance(parent, list):
        parent.insert(int(last), change.new)
    else:
        items = list(parent.items())
        place = [key for key, _ in items].index(change.before) if change.before is not None else len(items)
        items.insert(place, (last, change.new))
        parent.clear()
        parent.update(items)
    return data


def exact(data: Any) -> Any:
    """Data with the order of keys as part of what it says."""
    if isinstance(data, dict):
        return ["m", *((key, exact(value)) for key, value in data.items())]
    return ["l", *map(exact, data)] if isinstance(data, list) else data


@seeds(60, 600)
def test_a_change_in_data_is_what_its_definition_says_and_can_be_taken_back(seed: int) -> None:
    chance = random.Random(seed)
    data = random_file(chance)
    before = copy.deepcopy(data)
    change = random_change(chance, data)
    after, back = made(data, change)
    assert exact(data) == exact(before)
    assert exact(after) == exact(naive(data, change))
    assert exact(made(after, back)[0]) == exact(before)
    assert told(change.to_json()) == change or change.old is None


@seeds(60, 600)
def test_what_lies_between_two_data_leads_from_one_to_the_other(seed: int) -> None:
    chance = random.Random(seed)
    old, new = random_file(chance), random_file(chance)
    data: Any = old
    for change in between(old, new):
        data, _ = made(data, change)
    assert data == new
    assert list(between(old, copy.deepcopy(old))) == []


@seeds(40, 400)
def test_a_text_with_changes_written_into_it_says_what_the_data_say(seed: int) -> None:
    chance = random.Random(seed)
    text = text_of(random_file(chance))
    edits = Edits.of(text)
    for _ in range(chance.randint(1, 5)):
        edits.do(Step.of(edits.data, [random_change(chance, edits.data)], "a change"))
    edits.pay()
    assert yaml_tree.read(edits.text).root.plain() == edits.data


@seeds(40, 400)
def test_undoing_all_gives_the_very_text_back_and_redoing_the_data(seed: int) -> None:
    chance = random.Random(seed)
    edits = Edits.of(text_of(random_file(chance)) + "# the end\n")
    first = edits.text
    states = [edits.data]
    for _ in range(6):
        edits.do(Step.of(edits.data, [random_change(chance, edits.data)], "a change"))
        if chance.random() < 0.7:
            edits.pay()
        states.append(edits.data)
    for state in reversed(states[:-1]):
        edits.undo()
        assert exact(edits.data) == exact(state)
        assert chance.random() < 0.5 or settled(edits.text, edits.debt)
    for state in states[1:]:
        edits.redo()
        assert exact(edits.data) == exact(state)
    while edits.can_undo:
        edits.undo()
    edits.pay()
    assert yaml_tree.read(edits.text).root.plain() == yaml_tree.read(first).root.plain()


def test_undo_brings_back_the_comment_that_went_with_an_entry() -> None:
    edits = Edits.of(TEXT)
    edits.do(Step.of(edits.data, [Change("remove", ("actors", "ann", "options", "ann_swerves"), "Swerve")], "gone"))
    edits.pay()
    assert "the one thing she can do" not in edits.text
    assert edits.undo().words == "gone"
    edits.pay()
    assert edits.text == TEXT
    edits.redo()
    edits.undo()
    assert edits.text == TEXT


def test_what_is_undone_before_it_reached_the_text_never_does() -> None:
    edits = Edits.of(TEXT)
    edits.do(Step.of(edits.data, [Change("order", ("actors", "ann", "priorities"), new=[1, 0])], "order"))
    edits.undo()
    assert (edits.debt, edits.text) == ([], TEXT)


def test_order_keeps_the_comment_with_its_entry() -> None:
    edits = Edits.of(TEXT)
    edits.do(Step.of(edits.data, [Change("order", ("actors", "ann", "priorities"), new=[1, 0])], "order"))
    edits.pay()
    assert (
        "      - {want: ann_swerves, note: a remark}\n      # What she wants most.\n      - not ann_swerves or bob_swerves\n"
        in edits.text
    )


def test_many_changes_are_written_as_what_they_come_to() -> None:
    text = TEXT
    debt: list[Change] = []
    data: Any = yaml_tree.read(text).root.plain()
    for number in range(1000):
        change = Change("put", ("title",), data["title"], f"title {number}")
        data, _ = made(data, change)
        debt.append(change)
    assert settled(text, debt) == TEXT.replace("Two drivers", "title 999")


def test_a_change_of_what_is_not_there_is_refused() -> None:
    data = yaml_tree.read(TEXT).root.plain()
    for change, words in (
        (Change("put", ("title",), "Three drivers", "x"), "title is not what it was: expected 'Three drivers'"),
        (Change("remove", ("actors", "eve")), "there is no place actors.eve in this file"),
        (Change("insert", ("now", 5), new="x"), "there is no place now.5 in this file"),
        (Change("insert", ("actors", "bob"), new=None), "'bob' is there already; choose another name"),
        (Change("rename", ("actors", "ann"), new="bob"), "'bob' is there already; choose another name"),
        (Change("order", ("now",), new=[0, 0]), "an order of 1 entries lists each of 0 to 0 once; found [0, 0]"),
        (Change("put", ("title", "x", "y"), ABSENT, "x"), "there is no place title.x.y in this file"),
    ):
        with pytest.raises(Stale) as caught:
            made(data, change)
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"path": "x"},
        {"path": []},
        {"path": [True], "new": 1},
        {"path": ["a"]},
        {"path": ["a"] * 100, "new": 1},
    ],
)
def test_what_is_no_change_is_refused(data: object) -> None:
    with pytest.raises(InputError):
        told(data)


def test_a_key_is_renamed_where_it_stands_however_it_is_written() -> None:
    text = "a: 1  # one\n'b c': {x: 1, \"y z\" : 2}\n"
    assert rename(text, ("a",), "aa") == "aa: 1  # one\n'b c': {x: 1, \"y z\" : 2}\n"
    assert rename(text, ("b c",), "b") == 'a: 1  # one\nb: {x: 1, "y z" : 2}\n'
    assert rename(text, ("b c", "y z"), "y") == "a: 1  # one\n'b c': {x: 1, y : 2}\n"
    with pytest.raises(InputError):
        rename(text, ("c",), "d")


def test_a_text_that_has_changed_elsewhere_is_not_cut() -> None:
    cut = Cut.of("abcd", "abXd")
    assert (cut.at, cut.old, cut.new) == (2, "c", "X")
    assert cut.undone("abXd") == "abcd"
    assert cut.undone("abXd ") is None
    assert cut.done("abXd") is None


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.replace("\n", "\r")])
def test_line_ends_and_the_mark_at_the_start_stay(text: str) -> None:
    edits = Edits.of(text)
    edits.do(Step.of(edits.data, [Change("put", ("title",), "Two drivers", "Chicken")], "title"))
    edits.pay()
    assert edits.text == text.replace("Two drivers", "Chicken")


@pytest.mark.parametrize("name", library.names())
def test_a_scenario_of_data_is_that_of_the_text(name: str) -> None:
    page = yaml_tree.read(library.text(name), f"{name}.yaml")
    found, problems = examine(Page.of(page.root.plain(), page), name=name)
    assert found == read_text(library.text(name), name=name, path=f"{name}.yaml")
    assert not [each for each in problems if each.severity == "error"]


def test_a_change_is_written_where_the_data_have_it() -> None:
    for change in (
        Change("put", ("actors", "ann", "name"), "Ann", "Anna"),
        Change("insert", ("actors", "bob", "name"), new="Bob", before="options"),
        Change("insert", ("now", 0), new="bob_swerves"),
        Change("remove", ("actors", "ann", "options", "ann_waves")),
        Change("rename", ("actors", "ann"), new="anna"),
        Change("order", ("actors",), new=[1, 0]),
    ):
        data, _ = made(yaml_tree.read(TEXT).root.plain(), change)
        assert exact(yaml_tree.read(written_into(TEXT, change)).root.plain()) == exact(data)


def test_the_path_of_a_place_is_that_of_what_stands_there() -> None:
    page = yaml_tree.read(TEXT)
    for path in (
        ("title",),
        ("actors", "ann", "priorities", 1, "note"),
        ("actors", "bob", "priorities", 1),
        ("now", 0),
    ):
        place = page.place(page.at(path))
        assert page.path_of(place.line, place.column) == path


# --- the text, which follows the data ---------------------------------------------------------------------------------


def put(edits: Edits, path: list[str | int], new: Any) -> None:
    old = reduce(lambda data, key: data[key], path, edits.data)
    edits.do(Step.of(edits.data, [Change("put", tuple(path), old=old, new=new)], "a change"))


def test_a_text_counts_from_the_start_of_its_series_whoever_wrote_it() -> None:
    edits = Edits.of("title: a\nquestion: q\n")
    for title in "bcd":
        put(edits, ["title"], title)
    assert edits.base() == {"text": "title: a\nquestion: q\n", "debt": ANY, "upto": 0, "series": 0}
    # Two write at once; the one that is behind says nothing new, and the one ahead takes only what is not paid yet.
    assert edits.paid("title: b\nquestion: q\n", 1, 0) and len(edits.debt) == 2
    assert edits.paid("title: c\nquestion: q\n", 2, 0) and len(edits.debt) == 1
    assert not edits.paid("title: b\nquestion: q\n", 1, 0)
    assert not edits.paid("title: e\nquestion: q\n", 4, 0)
    assert not edits.paid("title: d\nquestion: q\n", 3, 1)
    assert (edits.text, edits.upto, len(edits.debt)) == ("title: c\nquestion: q\n", 2, 1)
    edits.pay()
    assert (edits.text, edits.upto, edits.debt) == ("title: d\nquestion: q\n", 3, [])


def test_data_and_text_are_changed_at_once_and_nothing_is_lost() -> None:
    edits = Edits.of("title: a\nnow: [x]\n")

    def type_on() -> None:
        for number in range(150):
            put(edits, ["title"], f"t{number}")
            put(edits, ["now", 0], f"s{number}")

    typing = threading.Thread(target=type_on)
    typing.start()
    while typing.is_alive():
        edits.pay()
    typing.join()
    edits.pay()
    assert edits.debt == []
    assert edits.data == {"title": "t149", "now": ["s149"]} == yaml_tree.read(edits.text).root.plain()
