"""The pictures of changes and of policies say what the questions answer, row by row."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from detente.case import Case, Query
from detente.present.pictures import Drawing, charts, picture
from detente.questions.incentives.wedge import wedge
from detente.questions.uncertainty.pivots import pivots
from detente.scenario import load
from seen import Field, Seen, seen

SHADES = {"ALL": "h3", "SOME": "h2", "NONE": "h1"}
SAID = {"ALL": "always", "SOME": "sometimes", "NONE": "never"}


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels]


# --- what the answer turns on ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two_proxies", "elmira", "hanoi_2019", "cuba"])
class TestPivots:
    @staticmethod
    def flips(plain: dict[str, Any]) -> list[tuple[str, int, str]]:
        return [
            (c["actor"], c["rank"], c["verdict"])
            for c in plain["changes"]
            if c["verdict"] not in (plain["verdict"], None)
        ]

    def test_a_row_for_every_flip_and_none_else(self, name: str) -> None:
        case = Case(load(name))
        plain = pivots(case, Query(next(iter(case.scenario.outcomes)))).to_json()
        picture_ = seen(picture(case, "pivots"))
        first, *cells = sorted(picture_.shaded(), key=lambda f: f.y)
        assert (first.kind, first.text) == (SHADES[plain["verdict"]], SAID[plain["verdict"]])
        expected = self.flips(plain)
        shown = [(self.actor(picture_, case, c), self.rank(picture_, c)) for c in cells]
        assert sorted(set(shown)) == sorted({(actor, rank) for actor, rank, _ in expected})
        for cell, (actor, rank) in zip(cells, shown, strict=True):
            assert (cell.kind, cell.text) in {(SHADES[v], SAID[v]) for a, r, v in expected if (a, r) == (actor, rank)}

    @staticmethod
    def rank(picture_: Seen, cell: Field) -> int:
        (word,) = [
            w.text for w in picture_.words if w.text.startswith("aim ") and cell.y <= w.middle <= cell.y + cell.high
        ]
        return int(word.split(" ")[1])

    @staticmethod
    def actor(picture_: Seen, case: Case, cell: Field) -> str:
        """Whose name was the last above a row."""
        names = {actor.name: actor.id for actor in case.scenario.actors}
        above = [w for w in picture_.words if w.text in names and w.y < cell.y]
        return names[max(above, key=lambda w: w.y).text]

    def test_a_tick_for_every_change(self, name: str) -> None:
        case = Case(load(name))
        plain = pivots(case, Query(next(iter(case.scenario.outcomes)))).to_json()
        picture_ = seen(picture(case, "pivots"))
        high = [box for box in picture_.boxes("dark") if box.high == 13]
        assert len(high) == len(self.flips(plain))
        quiet = [line for kind, line in picture_.lines if kind == "off"]
        assert len(high) + len(quiet) == len(plain["changes"]) + 1  # and one in the key
        for actor in case.scenario.actors:
            mine = [c for c in plain["changes"] if c["actor"] == actor.id]
            flips = [a for a, _, _ in self.flips(plain) if a == actor.id]
            noun = "change" if len(mine) == 1 else "changes"
            assert f"{len(flips)} of {len(mine)} {noun}" in texts(picture(case, "pivots"))


def test_what_the_answer_turns_on_is_said() -> None:
    assert picture(Case(load("two_proxies")), "pivots").title == (
        "“Russia and North Korea part”: never as the aims stand; 12 of 135 single changes to them alter that."
    )
    assert picture(Case(load("elmira")), "pivots").title == (
        "“the firm accepts an order”: never as the aims stand; none of 24 single changes to them alters that."
    )


def test_a_change_is_said_in_names() -> None:
    said = texts(picture(Case(load("two_proxies")), "pivots"))
    assert "the opposite of: “Ukraine gets arms”" in said
    assert "“troops at home”; above: “Russian pay” (Russia)" in said


# --- what it costs -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def named() -> Case:
    return Case(load("two_proxies"), readings={"us": "carpenter"})


def test_the_frontier_says_price_readings_and_consent(named: Case) -> None:
    found = wedge(named, "us", "russia_dprk")
    picture_ = seen(charts.frontier(found, named.scenario))
    rules = sorted(points[0][1] for kind, points in picture_.lines if kind == "rule")
    rows = charts.ranked(found)
    best = [each for each in rows if each in found.frontier]
    assert rows[: len(best)] == best
    assert len(rules) == len(rows) + 1
    for each, top, low in zip(rows, rules[:-1], rules[1:], strict=True):
        plain = each.to_json()
        inside = [w for w in picture_.words if top < w.y and w.y + w.high < low]
        said = {w.text for w in inside}
        assert ("★" in said) == (each in found.frontier)
        assert f"{float(plain['price']):g}" in {
            text.partition("–")[0] for text in said
        }  # or a range that begins with it
        dots = [d.kind for d in picture_.dots if top < d.y < low]
        if plain["sure"] is None:
            assert "not asked" in said and not dots
        else:
            works = round(plain["sure"] * found.readings)
            assert dots == ["point"] * works + ["hollow"] * (found.readings - works)
            assert f"{works} of {found.readings}" in said
        accepted = " ".join(w.text for w in inside if w.x > 780)
        assert (accepted == "yes") == (not plain["blocked_by"])
        kept = " ".join(w.text for w in inside if 650 < w.x < 780)
        assert (kept == "yes") == all(each["seq"] for each in plain["kept"].values())
        bars = [f.wide for f in picture_.boxes("bar") if top < f.y < low]
        assert len(bars) == 1
    longest = max(rows, key=lambda each: each.price)
    widths = {f"{float(e.price):g}": b for e, b in zip(rows, [f.wide for f in picture_.boxes("bar")], strict=True)}
    assert widths[f"{float(longest.price):g}"] == max(widths.values())
    assert picture_.words[0].text.startswith(
        "The Russia–North Korea partnership: the cheapest way of the United States to break it"
    )


def test_the_frontier_says_so_if_there_is_none() -> None:
    axis, core = Case(load("axis_and_sanctions")), Case(load("composite_core"))
    drawing = charts.frontier(wedge(axis, "us", among=[]), axis.scenario)
    assert drawing.title == "The coalition behind Russia: no policy of the United States breaks it."
    assert "No policy breaks it." in texts(drawing)
    found = wedge(core, "us", offers=[])
    assert found.breaking
    refused = replace(found, breaking=tuple(replace(each, blocked_by=("ru",)) for each in found.breaking))
    drawing = charts.frontier(refused, core.scenario)
    assert drawing.title.endswith("none is accepted and lasts.")
    assert "not by Russia" in texts(drawing)


def test_a_frontier_that_is_incomplete_says_so(named: Case) -> None:
    """The limit is looked at before every policy, not only before every package: here one package has 32 settings."""
    core = Case(load("composite_core"))
    began = time.process_time()
    drawing = picture(core, "frontier", seconds=0.0)
    assert time.process_time() - began < 5
    told = "the time is up: no policy was tried."
    assert {"No policy tried breaks it.", f"Incomplete: {told}"} <= set(texts(drawing))
    assert drawing.words.endswith(f"Incomplete: {told}")
    assert_can_be_read(drawing)
    ticks = itertools.count()
    part = wedge(named, "us", seconds=100, clock=lambda: float(next(ticks)))
    assert part.frontier and part.stopped
    drawing = charts.frontier(part, named.scenario)
    assert part.incomplete.startswith("the time is up: all policies that cost less than ")
    assert f"Incomplete: {part.incomplete}." in " ".join(texts(drawing))
    assert_can_be_read(drawing)


def assert_can_be_read(drawing: Drawing) -> None:
    for label in drawing.labels:
        assert min(label.x, label.y) >= 0
        assert label.x + label.width <= drawing.width <= 930
        assert label.y + label.height <= drawing.height
    assert [(a.text, b.text) for a, b in combinations(drawing.labels, 2) if a.overlaps(b)] == []
