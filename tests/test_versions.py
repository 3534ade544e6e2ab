"""Documents, their differences, and merging: laws on random models and random edits of them, and small files by hand."""

from __future__ import annotations

import copy
import itertools
import random
from typing import Any

import pytest

from detente.scenario import library, read_text
from detente.scenario.model import Scenario
from detente.scenario.text import yaml_tree
from detente.scenario.text.edit import edit, reorder, text_of
from detente.scenario.versions.difference import CHANGED, MOVED, RENAMED, Difference, apply, differences, shifted
from detente.scenario.versions.document import Entries, document, plain, same
from detente.scenario.versions.merge import ORDER, changed, document_of, merge, merged, merged_lines
from detente.scenario.versions.renaming import recognised, renamed, together
from detente.scenario.versions.writing import written
from detente.verification import random_models

SEEDS = range(60)


def data_of(seed: int) -> dict[str, Any]:
    read: dict[str, Any] = yaml_tree.read(random_models.to_yaml(random_models.random_model(seed))).root.plain()
    return read


def edited(data: dict[str, Any], rng: random.Random, edits: int = 3) -> dict[str, Any]:
    """The data after some edits of the kinds that analysts make; it need not be a model that can be read."""
    new = copy.deepcopy(data)
    for _ in range(edits):
        rng.choice(EDITS)(new, rng)
    return new


def _list_of(data: dict[str, Any], rng: random.Random) -> list[Any]:
    """One list of aims; made, if nobody has one."""
    lists = [
        wants["priorities"]
        for actor in data["actors"].values()
        for wants in [actor, *actor.get("readings", {}).values()]
        if wants.get("priorities")
    ]
    return rng.choice(lists) if lists else []


def _swap(data: dict[str, Any], rng: random.Random) -> None:
    wishes = _list_of(data, rng)
    if len(wishes) > 1:
        place = rng.randrange(len(wishes) - 1)
        wishes[place : place + 2] = reversed(wishes[place : place + 2])


def _drop(data: dict[str, Any], rng: random.Random) -> None:
    wishes = _list_of(data, rng)
    if len(wishes) > 1:
        wishes.pop(rng.randrange(len(wishes)))


def _add(data: dict[str, Any], rng: random.Random) -> None:
    wishes = _list_of(data, rng)
    wishes.insert(rng.randint(0, len(wishes)), {"want": f"wish_{rng.randrange(9)}", "note": "new"})


def _remark(data: dict[str, Any], rng: random.Random) -> None:
    wishes = _list_of(data, rng)
    if wishes:
        place = rng.randrange(len(wishes))
        wish = wishes[place] if isinstance(wishes[place], dict) else {"want": wishes[place]}
        wishes[place] = {**wish, "note": f"remark {rng.randrange(3)}"}


def _title(data: dict[str, Any], rng: random.Random) -> None:
    data["title"] = f"Title {rng.randrange(3)}"


def _outcome(data: dict[str, Any], rng: random.Random) -> None:
    data.setdefault("outcomes", {})[f"outcome_{rng.randrange(4)}"] = rng.choice(["true", "false", "not true"])


def _no_outcome(data: dict[str, Any], rng: random.Random) -> None:
    if data.get("outcomes"):
        data["outcomes"].pop(rng.choice(list(data["outcomes"])))


def _actor(data: dict[str, Any], rng: random.Random) -> None:
    name = rng.choice(list(data["actors"]))
    data["actors"][name]["about"] = f"about {rng.randrange(3)}"


def _source(data: dict[str, Any], rng: random.Random) -> None:
    data.setdefault("sources", {})[f"source_{rng.randrange(3)}"] = {"text": f"Text {rng.randrange(2)}"}


def _actors_turned(data: dict[str, Any], rng: random.Random) -> None:
    names = list(data["actors"])
    rng.shuffle(names)
    data["actors"] = {name: data["actors"][name] for name in names}


EDITS = (_swap, _swap, _drop, _add, _remark, _title, _outcome, _no_outcome, _actor, _source, _actors_turned)


def three(seed: int) -> tuple[Entries, Entries, Entries]:
    """A random model and two versions of it."""
    data, rng = data_of(seed), random.Random(seed)
    return document(data), document(edited(data, rng)), document(edited(data, rng))


# --- documents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", library.names())
def test_a_document_written_anew_says_the_same(name: str) -> None:
    whole = document(yaml_tree.read(library.text(name)).root.plain())
    again = document(yaml_tree.read(text_of(plain(whole))).root.plain())
    assert same(whole, again)
    assert differences(whole, again) == ()


SHORT = """
detente: 1
sources: {book: A book}
actors:
  us: {options: {arm: }, priorities: [not (arm), talk -> arm]}
  ru:
    options:
      answer: {choices: [no, yes]}
      talk: {change: both}
    weights: [{when: arm, weight: 0.5, source: book}]
now: arm
outcomes: {calm: "talk and  (not arm)"}
relations: [{from: us, to: ru, kind: attitude, sign: "+", mutual: no}]
"""
LONG = """
detente: 1
sources: {book: {text: A book, kind: ""}}
actors:
  us:
    options: {arm: {}}
    readings: {only: {priorities: [{want: not arm, strength: 1}, {want: arm if talk, source: []}]}}
  ru:
    options:
      answer: {choices: [no, yes], change: [both]}
      talk: {}
    readings: {only: {weights: [{when: arm, weight: 1/2, source: [book]}]}}
now: [arm]
outcomes: {calm: {formula: talk and not arm}}
relations: [{from: [us], to: [ru], kind: attitude, sign: "+"}]
"""


def test_the_same_said_in_another_way_is_no_difference() -> None:
    assert differences(document_of(read_text(SHORT)), document_of(read_text(LONG))) == ()


def test_an_empty_status_quo_is_not_none() -> None:
    with_now, without = document({"now": []}), document({})
    assert [(d.place, d.kind) for d in differences(with_now, without)] == [("now", "removed")]


# --- differences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_laws_of_differences(seed: int) -> None:
    _, one, other = three(seed)
    found = differences(one, other)
    assert differences(one, one) == () and (found == ()) == same(one, other)
    assert same(apply(one, other, found), other)
    assert same(apply(one, other, ()), one)
    assert {d.inverse.key for d in found} == {d.key for d in differences(other, one)}
    assert sorted(map(repr, (d.inverse for d in found))) == sorted(map(repr, differences(other, one)))


@pytest.mark.parametrize("seed", range(20))
def test_a_difference_applied_alone_is_the_only_one(seed: int) -> None:
    """What is applied is gone from the rest, and nothing else is; ranks apart, for they count what is there."""
    _, one, other = three(seed)
    found = differences(one, other)
    for each in found:
        left = differences(apply(one, other, [each]), other)
        assert {d.key for d in left} == {d.key for d in found} - {each.key}


def test_what_is_moved_is_the_least() -> None:
    """Against every subset: no fewer names can be taken out so that the rest stands in one order."""
    rng = random.Random(5)
    for _ in range(200):
        names = "abcdef"[: rng.randint(1, 6)]
        one, other = rng.sample(names, len(names)), rng.sample(names, len(names))
        out = shifted(one, other)
        least = next(
            size
            for size in range(len(names) + 1)
            if any(
                [x for x in one if x not in some] == [x for x in other if x not in some]
                for some in itertools.combinations(names, size)
            )
        )
        assert [x for x in one if x not in out] == [x for x in other if x not in out]
        assert len(out) == least and out == shifted(other, one)


def test_differences_in_words() -> None:
    old = read_text(SHORT)
    text = edit(SHORT, ("actors", "us", "priorities"), ["arm if talk", "not arm", "answer = yes"])
    text = edit(text, ("actors", "ru", "weights", 0, "weight"), "2")
    text = edit(text, ("now",), ["talk"])
    assert [str(d) for d in differences(document_of(old), document_of(read_text(text)))] == [
        "actors.us.readings.only.priorities: not arm place 1 -> 2",
        "actors.us.readings.only.priorities: answer = yes added at place 3",
        "actors.ru.readings.only.weights.arm.weight: 1/2 -> 2",
        "now.arm removed",
        "now.talk added",
    ]


def test_a_difference_inverted_twice_is_itself() -> None:
    for each in (Difference(("a", "b"), MOVED, 1, 2, (1, 2)), Difference(("a",), CHANGED, "x", "y")):
        assert each.inverse.inverse == each
    assert Difference(("actors", "us"), RENAMED, "us", "usa").inverse == Difference(
        ("actors", "usa"), RENAMED, "usa", "us"
    )


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_text_is_edited_until_it_says_the_document(seed: int) -> None:
    text = random_models.to_yaml(random_models.random_model(seed))
    target = document(edited(data_of(seed), random.Random(seed)))
    assert same(document(yaml_tree.read(written(text, target)).root.plain()), target)
    assert written(text, document(data_of(seed))) == text


# --- merging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_laws_of_merging(seed: int) -> None:
    base, one, other = three(seed)
    for node, conflicts, wanted in (
        (*merged(base, base, base), base),
        (*merged(base, one, base), one),
        (*merged(base, base, one), one),
        (*merged(base, one, one), one),
    ):
        assert isinstance(node, Entries) and same(node, wanted) and conflicts == ()
    node, conflicts = merged(base, one, other)
    turned, mirrored = merged(base, other, one)
    assert {c.path for c in conflicts} == {c.path for c in mirrored}
    if not conflicts:
        assert isinstance(node, Entries) and isinstance(turned, Entries) and same(node, turned)
        mine, yours = ({d.key: d for d in differences(base, each)} for each in (one, other))
        both = {d.key for d in differences(base, node)}
        assert both <= mine.keys() | yours.keys()
        for each in (*mine.values(), *yours.values()):  # nothing that either has changed is lost
            if each.kind != MOVED:
                assert each.key in both


@pytest.mark.parametrize("seed", range(30))
def test_edits_of_different_sections_are_both_there(seed: int) -> None:
    data, rng = data_of(seed), random.Random(seed)
    one, other = copy.deepcopy(data), copy.deepcopy(data)
    _swap(one, rng)
    _add(one, rng)
    _outcome(other, rng)
    _title(other, rng)
    base, first, second = map(document, (data, one, other))
    node, conflicts = merged(base, first, second)
    assert isinstance(node, Entries) and conflicts == ()
    wanted = {d.key for d in (*differences(base, first), *differences(base, second))}
    assert {d.key for d in differences(base, node)} == wanted


@pytest.mark.parametrize("keep", ["first", "second"])
@pytest.mark.parametrize("seed", range(30))
def test_what_is_kept_where_they_disagree(seed: int, keep: Any) -> None:
    base, one, other = three(seed)
    node, conflicts = merged(base, one, other, keep)
    assert isinstance(node, Entries)
    left = {d.path for d in differences(node, {"first": one, "second": other}[keep])}
    for conflict in conflicts:
        if conflict.kind != ORDER:
            assert not any(path[: len(conflict.path)] == conflict.path for path in left)


BASE = """\
detente: 1
title: Chicken
# who decides
actors:
  ann:
    options: {ann_swerves: {name: Ann swerves}}
    priorities:  # the most important first
      - not ann_swerves or bob_swerves
      - ann_swerves
      - bob_swerves
  bob:
    options: {bob_swerves: }
    priorities: [not bob_swerves or ann_swerves, bob_swerves, ann_swerves]
now: [ann_swerves]
outcomes:
  crash: not ann_swerves and not bob_swerves
"""


def scenario(text: str) -> Scenario:
    return read_text(text, name="chicken", path="chicken.yaml")


def test_texts_are_merged_line_by_line_and_all_comments_stay() -> None:
    one = BASE.replace("title: Chicken", "title: Chicken  # after Ann's account")
    one = one.replace("      - ann_swerves\n", "      - {want: ann_swerves, note: she says so}\n")
    other = BASE + "  calm: ann_swerves and bob_swerves  # added by Bob\n"
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert made.clean and made.text == one + "  calm: ann_swerves and bob_swerves  # added by Bob\n"
    assert merge(scenario(BASE), scenario(other), scenario(one)).text == made.text


def test_a_version_merged_with_the_third_alone_is_that_very_text() -> None:
    one = BASE.replace("Chicken", "Hawk")
    base, first = scenario(BASE), scenario(one)
    assert merge(base, first, base).text == merge(base, base, first).text == one
    assert merge(base, base, base).text == BASE


def test_where_lines_collide_and_the_meaning_does_not_comments_of_the_first_stay() -> None:
    one = BASE.replace("{name: Ann swerves}", "{name: Ann gives way}")  # on one line with what the other changes
    other = BASE.replace(
        "options: {ann_swerves: {name: Ann swerves}}", "options: {ann_swerves: {name: Ann swerves, short: yields}}"
    )
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert made.clean and "{ann_swerves: {name: Ann gives way, short: yields}}" in made.text
    assert "# who decides" in made.text and "# the most important first" in made.text


def test_conflicts_are_named_and_nothing_is_made() -> None:
    one, other = BASE.replace("title: Chicken", "title: Hawk"), BASE.replace("title: Chicken", "title: Dove")
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert not made.text and not made.clean
    (conflict,) = made.conflicts
    assert (conflict.place, conflict.base, conflict.first, conflict.second) == ("title", "Chicken", "Hawk", "Dove")
    assert conflict.advice == "choose one of the two values and write it in both"
    kept = merge(scenario(BASE), scenario(one), scenario(other), "second")
    assert kept.text == other and kept.conflicts == made.conflicts


def test_two_aims_put_at_one_place_are_a_conflict_of_order() -> None:
    one = edit(BASE, ("actors", "bob", "priorities"), ["not bob_swerves", "bob_swerves", "ann_swerves"])
    other = edit(BASE, ("actors", "bob", "priorities"), ["ann_swerves <-> bob_swerves", "bob_swerves", "ann_swerves"])
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert [(c.place, c.kind) for c in made.conflicts] == [("actors.bob.readings.only.priorities", "order")]


def test_swaps_apart_are_both_made() -> None:
    assert changed("abcd", "bacd", "abdc") == changed("abcd", "abdc", "bacd") == list("badc")


def test_what_one_removes_and_the_other_changes_is_a_conflict() -> None:
    one = BASE.replace("outcomes:\n  crash: not ann_swerves and not bob_swerves\n", "")
    other = BASE.replace("not ann_swerves and not bob_swerves", "not ann_swerves")
    (conflict,) = merge(scenario(BASE), scenario(one), scenario(other)).conflicts
    assert (conflict.kind, conflict.place) == ("removal", "outcomes")
    assert conflict.first is None and "remove it from both" in conflict.advice


def test_a_merge_that_cannot_be_read_says_why() -> None:
    """One version drops an outcome that the other begins to use: no line collides, and the text means nothing."""
    one = BASE.replace("outcomes:\n  crash: not ann_swerves and not bob_swerves\n", "outcomes:\n  calm: ann_swerves\n")
    other = edit(BASE, ("actors", "bob", "priorities", 2), "not crash")
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert not made.conflicts and not made.clean
    (problem,) = made.errors
    assert problem.message.startswith("unknown option, outcome or state 'crash'")


def test_lines_are_merged_as_the_definition_says() -> None:
    """Random edits of far lines against making both edits by hand."""
    rng = random.Random(3)
    for _ in range(100):
        base = [f"line {n}\n" for n in range(12)]
        low, high = rng.randrange(0, 5), rng.randrange(7, 12)
        one, other = [*base], [*base]
        one[low], other[high] = "one\n", "other\n"
        both = [*one]
        both[high] = "other\n"
        assert merged_lines(base, one, other) == both
        assert merged_lines(base, other, one) == both


def test_entries_of_a_mapping_can_be_put_into_another_order() -> None:
    text = "actors:\n  # first\n  ann: {a: 1}\n  # second\n  bob: {b: 2}  # his\nnow: []\n"
    assert (
        reorder(text, ("actors",), [1, 0])
        == "actors:\n  # second\n  bob: {b: 2}  # his\n  # first\n  ann: {a: 1}\nnow: []\n"
    )


# --- names exchanged --------------------------------------------------------------------------------------------------


def test_a_name_exchanged_by_one_is_exchanged_in_what_the_other_changed() -> None:
    """The other's changes, also new uses of the old name, stand under the new one; nothing is removed and added."""
    one = BASE.replace("bob_swerves", "bob_yields")
    other = BASE.replace("      - ann_swerves\n", "      - {want: ann_swerves, note: she says so}\n")
    other += "  calm: ann_swerves and bob_swerves\n"
    for versions in ((one, other), (other, one)):
        made = merge(scenario(BASE), scenario(versions[0]), scenario(versions[1]))
        assert made.clean, made
        assert "bob_swerves" not in made.text
        assert "calm: ann_swerves and bob_yields" in made.text
        assert "note: she says so" in made.text
        assert "# who decides" in made.text
    both = merge(scenario(BASE), scenario(one), scenario(one))
    assert both.text == one
    assert merge(scenario(BASE), scenario(one), scenario(BASE)).text == one


def test_each_exchanges_another_name() -> None:
    one, other = BASE.replace("bob_swerves", "bob_yields"), BASE.replace("ann_swerves", "ann_yields")
    made = merge(scenario(BASE), scenario(one), scenario(other))
    assert made.clean
    whole = scenario(BASE.replace("bob_swerves", "bob_yields").replace("ann_swerves", "ann_yields"))
    assert same(document_of(scenario(made.text)), document_of(whole))
    assert "# who decides" in made.text


def test_what_is_exchanged_differently_is_a_conflict_as_before() -> None:
    one, other = BASE.replace("bob_swerves", "bob_yields"), BASE.replace("bob_swerves", "bob_turns")
    assert not merge(scenario(BASE), scenario(one), scenario(other)).clean
    taken = BASE + "  bob_yields: ann_swerves\n"  # the other gives the new name to something else
    made = merge(scenario(BASE), scenario(one), scenario(taken))
    assert not made.clean or made.errors == ()


@pytest.mark.parametrize("seed", range(30))
def test_exchanging_a_name_commutes_with_other_edits(seed: int) -> None:
    """What the other version changed, and then the name exchanged in all of it."""
    data = data_of(seed)
    names = [name for name in (data.get("outcomes") or {}) if name.isidentifier()]
    if not names:
        return
    old, new = names[0], "quite_another_name"
    base, first, second = data, renamed(data, old, new), edited(data, random.Random(seed))
    if old not in (second.get("outcomes") or {}):
        return
    if (("outcomes", old), new) not in recognised(base, first):
        return
    common = together(base, first, second)
    assert common[0] == common[1] == renamed(data, old, new)
    assert common[2] == renamed(second, old, new)
    three = [document(each) for each in common]
    node, conflicts = merged(three[0], three[1], three[2])
    assert not conflicts
    assert same(node, document(renamed(second, old, new)))
