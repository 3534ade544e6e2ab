"""The pictures of verdicts say what the questions answer: every shade, word and place is read off and compared."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.case import Case, Query
from detente.present.pictures import picture, verdict_grids
from detente.questions.partnerships.break_matrix import break_matrix
from detente.questions.uncertainty.decision_tree import Leaf, decision_tree, leaves, pruned
from detente.questions.uncertainty.types import types
from detente.scenario import load, read_text
from seen import Field, Seen, seen, way_to

SHADES = {"ALL": "h3", "SOME": "h2", "NONE": "h1", "BREAKS": "h3", "DEPENDS": "h2", "FRAYS": "h2", "HOLDS": "h1"}
SAID = {"ALL": "always", "SOME": "sometimes", "NONE": "never"}
FATES = {"BREAKS": "breaks", "FRAYS": "frays", "HOLDS": "holds", "DEPENDS": "depends"}


def allowed(text: str, case: Case, actors: tuple[str, ...]) -> tuple[str, set[str]]:
    """Whose readings a box of a tree names, and which."""
    names = {case.scenario.actor(a).name: a for a in actors}
    whose = max((name for name in names if text.startswith(name)), key=len)
    said = text[len(whose) :].strip()
    every = {r.name or r.id.replace("_", " "): r.id for r in case.scenario.actor(names[whose]).readings.values()}
    if said == "any reading":
        return names[whose], set(every.values())
    return names[whose], {every[part] for part in re.split(r", | or ", said)}


def rows_at(found: Seen, cell: Field, case: Case, actors: tuple[str, ...]) -> list[dict[str, set[str]]]:
    return [dict([allowed(box, case, actors)]) for box in way_to(found, cell)]


def agrees(readings: dict[str, str], way: list[dict[str, set[str]]]) -> bool:
    return all(readings[actor] in values for step in way for actor, values in step.items())


@pytest.fixture(scope="module")
def proxies() -> Case:
    return Case(load("two_proxies"))


def test_a_tree_of_readings_says_every_verdict(proxies: Case) -> None:
    found = types(proxies, Query("decoupled")).to_json()
    drawing = picture(proxies, "types", about="decoupled")
    picture_ = seen(drawing)
    cells = picture_.shaded()
    ways = [(rows_at(picture_, cell, proxies, tuple(found["actors"])), cell) for cell in cells]
    assert len(found["rows"]) == 120
    for row in found["rows"]:
        (cell,) = [cell for way, cell in ways if agrees(row["readings"], way)]
        assert cell.kind == SHADES[row["verdict"]]
        assert cell.text.startswith(f"{SAID[row['verdict']]}, in ")
    for way, cell in ways:
        there = sum(agrees(row["readings"], way) for row in found["rows"])
        assert cell.text.endswith(f" {there} of 120")
    assert drawing.title == (
        "“Russia and North Korea part”: always in 8, sometimes in 18, never in 94 of 120 combinations of readings. "
        "The reading of the United "
        "States settles most."
    )


SMALL = """
detente: 1
title: Small
actors:
  a:
    name: Ann
    options: {x: {}}
    readings: {keen: {priorities: [x]}, loath: {priorities: [not x]}}
  b:
    name: Ben
    options: {y: {}}
    readings: {keen: {priorities: [y]}, loath: {priorities: [not y]}, apes: {priorities: [x <-> y]}}
now: []
outcomes: {both: x and y}
"""


def test_a_small_grid_of_readings_says_every_verdict() -> None:
    case = Case(read_text(SMALL))
    found = types(case, Query("both")).to_json()
    picture_ = seen(picture(case, "types"))
    assert len(picture_.shaded()) == 6
    for row in found["rows"]:
        a, b = (row["readings"][who] for who in "ab")
        first = min(f.x for f in picture_.shaded())
        (cell,) = [
            c
            for c in picture_.shaded()
            if picture_.left_of(replace(c, x=first)) == a and picture_.above(c).split(" ")[-1] == b
        ]
        assert (cell.kind, cell.text) == (SHADES[row["verdict"]], SAID[row["verdict"]])


def test_the_break_grid_says_every_fate(proxies: Case) -> None:
    found = break_matrix(proxies, "russia_dprk")
    plain = found.to_json()
    drawing = verdict_grids.break_grid(found, proxies.scenario)
    assert drawing == picture(proxies, "break")
    picture_ = seen(drawing)
    columns = sorted({cell.x for cell in picture_.shaded()})
    heads = {x: picture_.above(next(c for c in picture_.shaded() if c.x == x), below=60) for x in columns}
    named = {proxies.scenario.platforms[p].name: p for p in found.policies}
    for cell in picture_.shaded():
        first = next(c for c in picture_.shaded() if abs(c.y - cell.y) < 0.3 and c.x == columns[0])
        way = rows_at(picture_, first, proxies, tuple(plain["actors"]))
        policy = named[heads[cell.x]]
        there = [c for c in plain["cells"] if c["policy"] == policy and agrees(c["readings"], way)]
        assert there
        for each in there:
            fates = each["foresight"]["counts"]
            assert cell.kind == (SHADES[next(iter(fates))] if len(fates) == 1 else "h2")
            counts = ", ".join(f"{FATES[fate]} {n}" for fate, n in fates.items())
            whole = f"{counts} of {sum(fates.values())}"
            assert cell.text == (FATES[next(iter(fates))] if len(fates) == 1 else whole)
    assert len(picture_.shaded()) % len(found.policies) == 0


def test_what_breaks_is_said_in_the_title(proxies: Case) -> None:
    assert picture(proxies, "break").title == (
        "The Russia–North Korea partnership: no policy breaks it in all 20 combinations of readings. “Both capitals, the door "
        "shut by treaty” and “Toward Moscow only, by treaty” do most often, each in 12 of 20: where Russia is read as “needs "
        "it for the war”, “needs it because of Washington” or “trusts only a treaty”."
    )


# --- trees of tables --------------------------------------------------------------------------------------------


@given(st.data(), st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_a_tree_says_what_its_table_says(data: st.DataObject, sizes: list[int]) -> None:
    """Every combination agrees with one leaf, which has its result and counts all that agree with it."""
    combinations = list(product(*([f"{n}{v}" for v in range(size)] for n, size in enumerate(sizes))))
    rows: dict[tuple[str, ...], str] = {row: data.draw(st.sampled_from(["A", "B", "C"])) for row in combinations}
    found = list(leaves(decision_tree(rows)))
    for row, result in rows.items():
        (leaf,) = [leaf for answers, leaf in found if all(row[n] in values for n, values in answers.items())]
        assert set(leaf.results) == {result}
    for answers, leaf in found:
        assert leaf.count == sum(all(row[n] in values for n, values in answers.items()) for row in rows)


@given(st.data(), st.integers(1, 6))
def test_a_pruned_tree_has_few_leaves_and_counts_all(data: st.DataObject, most: int) -> None:
    combinations = list(product("ab", "cd", "efg"))
    rows: dict[tuple[str, ...], str] = {row: data.draw(st.sampled_from(["A", "B"])) for row in combinations}
    found = list(leaves(pruned(decision_tree(rows), most)))
    assert len(found) <= most
    for answers, leaf in found:
        there = [result for row, result in rows.items() if all(row[n] in values for n, values in answers.items())]
        assert dict(leaf.results) == {result: there.count(result) for result in dict.fromkeys(there)}


def test_the_first_factor_is_the_one_that_settles_most() -> None:
    rows: dict[tuple[str, ...], str] = {(a, b): "yes" if b == "q" else a for a, b in product("xyz", "pq")}
    tree = decision_tree(rows)
    assert not isinstance(tree, Leaf)
    assert tree.factor == 1  # b settles three combinations, each value of a none
