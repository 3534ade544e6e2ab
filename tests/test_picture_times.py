"""The matrix of ties, the timeline and the ways show what the file and the questions say."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from detente.case import Case
from detente.messages import day
from detente.present.pictures import Drawing, picture
from detente.questions.evolution.paths import paths
from detente.scenario import load, read_text
from detente.scenario.model import Scenario
from seen import seen

GLYPHS = {"+": "+", "-": "−", "+/-": "±", "0": "0"}


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels]


@cache
def case(name: str) -> Case:
    return Case(load(name))


# --- who stands how to whom --------------------------------------------------------------------------------------

TIES = """
detente: 1
title: Ties
actors:
  a: {name: Ann, options: {x: {}}, readings: {only: {priorities: [x]}}}
  b: {name: Ben, options: {y: {}}, readings: {only: {priorities: [y]}}}
now: []
cast: {c: Cal, d: Dora, e: Eve}
relations:
  - {from: a, to: b, kind: tie, sign: "-", time: since May}
  - {from: c, to: a, kind: tie, sign: "+", time: in June}
  - {from: b, to: c, kind: tie, sign: "+/-", time: in July}
  - {from: d, to: a, kind: tie, sign: "-", time: in August}
  - {from: d, to: e, kind: tie, sign: "0", time: in March}
  - {from: c, to: b, mutual: true, kind: tie, sign: "0", time: in April}
"""


def cells(drawing: Drawing, rows: list[str], columns: list[str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Row and column -> the signs there with what stands beside each; read off their places."""
    picture_ = seen(drawing)
    below = min(w.y for w in picture_.words if w.text in columns)
    heads = {next(w for w in picture_.words if w.text == c and w.y >= below): c for c in columns}
    lines = sorted(points[0][1] for kind, points in picture_.lines if kind == "rule")
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows:
        name = next(w for w in picture_.words if w.text == row and w.x < 50 and w.y > lines[0])
        top = max(y for y in lines if y < name.y)
        low = min((y for y in lines if y > name.y), default=1e9)
        inside = [w for w in picture_.words if top < w.y < low and w.x > 50 and w.text not in rows]
        for sign in (w for w in inside if w.text in GLYPHS.values()):
            head = max((h for h in heads if h.x <= sign.x + 1), key=lambda h: h.x)
            beside = [w.text for w in inside if abs(w.y - sign.y) < 8 and 0 < w.x - sign.x < 30]
            found.setdefault((row, heads[head]), []).append((sign.text, " ".join(beside)))
    return found


def test_every_tie_stands_in_its_cell() -> None:
    drawing = picture(Case(read_text(TIES)), "actors")
    assert cells(drawing, ["Ann", "Cal", "Dora"], ["Ann", "Ben"]) == {
        ("Ann", "Ben"): [("−", "→ since May")],
        ("Cal", "Ann"): [("+", "→ in June")],
        ("Cal", "Ben"): [("±", "← in July"), ("0", "in April")],
        ("Dora", "Ann"): [("−", "→ in August")],
    }
    assert "Among the others: Dora → Eve: 0 (in March)." in texts(drawing)
    assert texts(drawing).index("Dora") < texts(drawing).index("Cal")  # hostile first
    assert drawing.title == "Ann has the most hostile ties: 2 of its 3 are against."


def test_signs_have_their_colours() -> None:
    body = picture(Case(read_text(TIES)), "actors").alone()
    kinds = dict(re.findall(r'<text class="sign (\w+) b"[^>]*>([^<])<', body))
    assert kinds == {"plus": "+", "minus": "−", "both": "±", "none": "0"}


def test_the_matrix_of_a_large_cast_has_every_tie() -> None:
    drawing = picture(case("two_proxies"), "actors")
    told = " ".join(texts(drawing))
    for name in ("Ukraine", "since 1953", "1980s", "June 2024"):
        assert name in told
    ties = int(re.search(r"(\d+) ties", drawing.words)[1])  # type: ignore[index]
    others = told.split("Among the others:")[1].split("for against")[0]
    shown = drawing.alone().count('class="sign ') - 4  # without the key
    assert shown + len(re.findall(r"(?:→|↔) [^;]*?: [+−±0]", others)) == ties


# --- what happened when ------------------------------------------------------------------------------------------


def test_dates_are_said() -> None:
    assert [day(d) for d in ("2025-03-09", "2025-12", "1980s", "2025-13")] == [
        "9 March 2025",
        "December 2025",
        "1980s",
        "2025-13",
    ]


def moves(scenario: Scenario) -> set[tuple[str, str]]:
    found = {(m.date, str(sorted(m.settings.items()))) for m in scenario.timeline if m.settings}
    return found | {(e.date, str(sorted(e.settings.items()))) for e in scenario.history if e.settings}


@pytest.mark.parametrize("name", ["two_proxies", "hanoi_2019", "wedge_china_1972"])
def test_the_timeline_marks_moves_and_tells_all_in_order(name: str) -> None:
    scenario, drawing = case(name).scenario, picture(case(name), "timeline")
    picture_ = seen(drawing)
    marked = [box for box in picture_.boxes("dark") if box.x > 50]
    assert len(marked) == len(moves(scenario))
    together = " ".join(texts(drawing))
    for says in [m.says for m in scenario.timeline] + [e.says for e in scenario.history]:
        assert says.split(" ")[0] in together
    years = [int(text) for text in texts(drawing) if re.fullmatch(r"\d{4}", text)]
    assert years == sorted(years)
    assert drawing.height <= 1600


def test_a_move_says_whose_it_is_and_what_it_changes() -> None:
    said = texts(picture(case("two_proxies"), "timeline"))
    place = said.index("3 March")
    assert said[place + 1 : place + 3] == [
        "United States: no arms for Ukraine",
        "US military aid to Ukraine is paused; Military aid to Ukraine is stopped",
    ]


# --- ways --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two_proxies", "cuba", "elmira", "hanoi_2019", "composite_core"])
def test_a_way_leads_to_what_is_not_so_today(name: str) -> None:
    model = case(name)
    drawing = picture(model, "path")
    now = np.array([model.analyse(("nash",)).cell()])
    outcomes = model.scenario.outcomes
    goal = next(n for n, each in outcomes.items() if f"“{(each.name or n).replace('_', ' ')}”" in drawing.title)
    assert not model.analyse(("nash",)).conflict.holds(outcomes[goal].formula, now)[0]
    willing = paths(model, goal, by="improvements").to_json()
    if willing["length"] is None:
        assert drawing.title.startswith(f"Nobody goes to “{outcomes[goal].name}” willingly")
        steps = min(paths(model, goal, most=4).ways, key=lambda way: sum(not s.improvement for s in way.steps)).steps
    else:
        steps = min(paths(model, goal, by="improvements", most=4).ways, key=lambda way: 0).steps
    said = texts(drawing)
    for number, step in enumerate(steps, 1):
        assert f"{number}. {step.name}" in said
    sure = [
        "against its own interest"
        if not step.improvement
        else "no counter-move spoils it"
        if step.unsanctioned
        else "a counter-move can spoil it"
        for step in steps
    ]
    assert [text for text in said if text in set(sure)] == sure


def test_titles_of_ways() -> None:
    assert picture(case("elmira"), "path").title == (
        "Nobody goes to “the firm accepts an order” willingly: the shortest way, 1 step, is against the interest of "
        "Uniroyal Chemical."
    )
    assert picture(case("cuba"), "path").title == (
        "The shortest way to “the missiles are gone” takes 2 steps, each to the gain of its mover; no counter-move spoils any "
        "of them."
    )
