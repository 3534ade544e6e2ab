"""The pictures of states: who would stay where, and the ways out of today, compared with what the questions answer."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from detente.case import CONCEPTS, Case
from detente.present.pictures import Drawing, grids, picture
from detente.present.pictures import evolution_tree as tree
from detente.present.pictures import state_graph as states
from detente.questions.evolution.status_quo import status_quo
from detente.scenario import load
from seen import seen

LABELS = {"nash": "Nash", "seq": "SEQ", "smr": "SMR", "gmr": "GMR"}


@cache
def case(name: str) -> Case:
    return Case(load(name))


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels]


# --- who would stay where ----------------------------------------------------------------------------------------


def strictest(name: str) -> dict[int, tuple[str, ...]]:
    """By state: for every actor, and for everybody, the strictest concept under which it stays; asked state by state."""
    analysis = case(name).analyse(CONCEPTS)
    found = {}
    for cell in map(int, analysis.conflict.states):
        by = [[c for c in LABELS if analysis.is_stable(c, actor, cell)] for actor in analysis.actors]
        whole = [c for c in LABELS if analysis.is_equilibrium(c, cell)]
        found[cell] = tuple(concepts[0] if concepts else "" for concepts in [*by, whole])
    return found


@pytest.mark.parametrize("name", ["elmira", "chicken", "cuba", "two_proxies", "garrison"])
class TestStability:
    def test_patterns_are_the_states_alike(self, name: str) -> None:
        analysis = case(name).analyse(CONCEPTS)
        expected: dict[tuple[str, ...], list[int]] = {}
        for cell, code in strictest(name).items():
            expected.setdefault(code, []).append(cell)
        found = grids.patterns_of(analysis, analysis.conflict.states)
        assert {(*p.stays, p.everybody): list(p.cells) for p in found} == expected

    def test_every_cell_says_its_concept_on_its_shade(self, name: str) -> None:
        analysis = case(name).analyse(CONCEPTS)
        expected: dict[tuple[str, ...], int] = {}
        for code in strictest(name).values():
            expected[code] = expected.get(code, 0) + 1
        moving = [n for n in range(len(analysis.actors)) if any(code[n] != "nash" for code in expected)]
        drawing = picture(case(name), "stability")
        picture_ = seen(drawing)
        names = [p.name for p in analysis.conflict.players]
        rows: dict[float, list[Any]] = {}
        for field in picture_.shaded():
            rows.setdefault(round(field.middle), []).append(field)
        counts: dict[tuple[str, ...], int] = {}
        for fields in rows.values():
            fields.sort(key=lambda f: f.x)
            assert [picture_.above(f).replace(" ", "") for f in fields] == [
                *(names[n].replace(" ", "") for n in moving),
                "everybody",
            ]
            for f in fields:
                last = f is fields[-1]
                assert (f.kind == "h1") == (f.text in ("moves", "does not last"))
                assert (f.kind == "h3") == (f.text == "Nash")
                assert (f.text == "does not last") <= last
            said = tuple(next((c for c in LABELS if LABELS[c] == f.text), "") for f in fields)
            (whose,) = [
                w.text
                for w in picture_.words
                if w.x < 20 and self.row_of(picture_, w, fields[0])
                if re.fullmatch(r"today( and [\d,]+ other states?)?|[\d,]+ states?", w.text)
            ]
            number = sum(int(n.replace(",", "")) for n in re.findall(r"[\d,]+", whose)) + whose.startswith("today")
            counts[said] = counts.get(said, 0) + number
        shown = {tuple(code[n] for n in [*moving, -1]): n for code, n in expected.items()}
        left = sum(
            int(m.replace(",", "")) for m in re.findall(r"Not shown: ([\d,]+) states?", " ".join(texts(drawing)))
        )
        assert all(shown[code] == number for code, number in counts.items())
        assert sum(counts.values()) + left == analysis.states

    @staticmethod
    def row_of(picture_: Any, word: Any, field: Any) -> bool:
        lines = sorted(points[0][1] for kind, points in picture_.lines if kind == "rule")
        top = max(y for y in lines if y < field.middle)
        low = min([y for y in lines if y > field.middle], default=field.y + field.high + 22)
        return bool(top < word.y < low)


def test_what_lasts_is_said() -> None:
    assert picture(case("two_proxies"), "stability").title == (
        "Of 351 states 14 last where actors look one answer ahead (SEQ), 1 even where nobody answers (Nash); today lasts "
        "under SEQ."
    )
    assert picture(case("elmira"), "stability").title == (
        "Of 9 states 3 last, even where nobody answers (Nash); today lasts under SMR."
    )


def test_states_are_called_by_how_they_differ_from_today() -> None:
    said = " ".join(texts(picture(case("elmira"), "stability")))
    assert "s5: insistence on the original order; s9: plant closed;" in said


def test_conditions_of_a_row_are_met_by_its_states_and_no_others() -> None:
    """Where a row says its states exactly, the options named in it tell them from all others."""
    model = case("wedge_italy_1940")
    analysis = model.analyse(CONCEPTS)
    found = grids.patterns_of(analysis, analysis.conflict.states)
    exact = grids._conditions(analysis, found)
    assert len(exact) == len(found) == 3
    options = {option.short: option for option in model.scenario.options}
    for pattern in found:
        if pattern.cells[0] not in exact:
            continue
        ways = exact[pattern.cells[0]].split("; or ")
        met = set()
        for cell in map(int, analysis.conflict.states):
            there = analysis.conflict.settings(cell)
            for way in ways:
                if all(self_met(part, options, there) for part in re.split(r", | and ", way)):
                    met.add(cell)
        assert met == set(pattern.cells)


def self_met(part: str, options: dict[str, Any], there: dict[str, int]) -> bool:
    if part.startswith("no "):
        return there[options[part[3:]].key] == 0
    return there[options[part].key] == 1


# --- ways out of today -------------------------------------------------------------------------------------------


def places(branch: dict[str, Any]) -> int:
    return 1 + sum(map(places, branch["branches"]))


@pytest.mark.parametrize("name", ["two_proxies", "elmira", "composite_core", "detente_veto", "gatt"])
class TestTree:
    def test_every_place_is_drawn_grouped_or_counted(self, name: str) -> None:
        found = status_quo(case(name), "improvements")
        drawing = tree.evolution_tree(found, case(name).scenario)
        picture_ = seen(drawing)
        names = {actor.name for actor in case(name).scenario.actors}
        boxes = [f for f in picture_.boxes() if f.text and (f.wide, f.high) != (22, 12)]
        corners = {(f.x, f.y) for f in boxes}
        behind = {(round(x + 4, 1), round(y + 3, 1)) for x, y in corners}
        fronts = [f for f in boxes if any(f.text.startswith(n) for n in names) and (f.x, f.y) not in behind]
        total = 0
        for front in fronts:
            many = re.search(r"Any of ([\d,]+) moves", front.text)
            total += int(many[1].replace(",", "")) if many else 1
        left = re.search(r"([\d,]+) further places?, farther away, not drawn", " ".join(texts(drawing)))
        assert total + (int(left[1].replace(",", "")) if left else 0) == places(found.to_json()["tree"]) - 1
        assert drawing.height <= 1600

    def test_first_steps_stand_with_their_mover(self, name: str) -> None:
        found = status_quo(case(name), "improvements")
        first = found.to_json()["tree"]["branches"]
        picture_ = seen(tree.evolution_tree(found, case(name).scenario))
        (today,) = [f for f in picture_.boxes("dark") if f.text.startswith("Today") and f.high != 12]
        column = min(f.x for f in picture_.boxes() if f.x > today.right and f.high > 12)
        fronts = [f for f in picture_.boxes() if abs(f.x - column) < 0.3 and f.text]
        for actor in case(name).scenario.actors:
            mine = [branch for branch in first if branch["actor"] == actor.id]
            shown = [f.text for f in fronts if f.text.startswith(f"{actor.name} ")]
            if len(mine) <= 2:
                assert len(shown) == len(mine)
                for branch in mine:
                    marks = ", ".join(LABELS[c] for c in LABELS if c in branch["equilibrium"])
                    assert any(text.endswith(f"equilibrium: {marks}" if marks else text) for text in shown)
            else:
                (text,) = shown
                stable = sum(bool(branch["equilibrium"]) for branch in mine)
                seq = sum("seq" in branch["equilibrium"] for branch in mine)
                foot = f"{stable} of them stable, {seq or 'none'} under SEQ" if stable else "none of them stable"
                assert f"Any of {len(mine)} moves" in text
                assert text.endswith(foot)


def test_what_improvements_lead_to_is_said() -> None:
    assert picture(case("two_proxies"), "tree").title == (
        "Improvements lead from today to 12 other states; 6 of them are stable where actors look ahead (SEQ)."
    )
    found = status_quo(case("two_proxies"), "improvements")
    held = [row for row in found.to_json()["states"] if "seq" in row["equilibrium"]]
    assert len(held) - 1 == 6
    assert np.isclose(found.count, 13)


# --- the map -----------------------------------------------------------------------------------------------------


def steps_in(text: str) -> set[tuple[int, int, int]]:
    return {(int(a), int(f), int(t)) for a, f, t in re.findall(r'data-a="(\d+)" data-f="(\d+)" data-t="(\d+)"', text)}


def drawn(text: str) -> set[int]:
    return {int(cell) for cell in re.findall(r'data-s="(\d+)"', text)}


def improvements(name: str) -> set[tuple[int, int, int]]:
    """By definition: a legal move to a state that the mover ranks higher."""
    from detente.conflict.payoffs import payoffs

    analysis = case(name).analyse(CONCEPTS)
    conflict, found = analysis.conflict, set()
    for n, player in enumerate(conflict.players):
        worth = np.broadcast_to(payoffs(conflict, case(name).reading(player.id)), conflict.shape).ravel()
        for cell in conflict.states:
            for there in conflict.successors(conflict.states[conflict.states == cell], n)[1]:
                if worth[there] > worth[cell]:
                    found.add((n, int(cell), int(there)))
    return found


def within_reach(steps: set[tuple[int, int, int]], now: int) -> set[int]:
    reached = {now}
    while more := {end for _, start, end in steps if start in reached} - reached:
        reached |= more
    return reached


@pytest.mark.parametrize("name", ["two_proxies", "elmira", "chicken", "cuba"])
class TestMap:
    def test_has_every_improvement_among_its_states_and_only_those(self, name: str) -> None:
        body = states.state_graph(case(name).analyse(CONCEPTS), alive=True).plate.body
        there = drawn(body)
        assert steps_in(body) == {step for step in improvements(name) if step[1] in there and step[2] in there}

    def test_has_all_states_within_reach_and_steps_to_each(self, name: str) -> None:
        analysis = case(name).analyse(CONCEPTS)
        now = analysis.cell()
        reached = within_reach(improvements(name), now)
        assert reached <= drawn(states.state_graph(analysis, alive=True).plate.body)
        assert within_reach(steps_in(states.state_graph(analysis).plate.body), now) == reached
        others = len(reached) - 1
        noun = "state" if others == 1 else "states"
        assert states.state_graph(analysis).title.startswith(f"Improvements lead from today to {others} other {noun}; ")

    def test_names_states_by_what_is_otherwise(self, name: str) -> None:
        analysis = case(name).analyse(CONCEPTS)
        body = states.state_graph(analysis, alive=True).plate.body
        options = {option.key: option for option in analysis.scenario.options}
        now = analysis.conflict.settings(analysis.cell())
        for cell, said in re.findall(r'data-s="(\d+)" aria-label="([^"]*)"', body):
            there = analysis.conflict.settings(int(cell))
            for key, value in there.items():
                option = options[key]
                name_ = option.short or option.name or key
                words = option.choice_names.get(option.choices[value]) or f"{name_}: {option.choices[value]}"
                words = (
                    words if not option.binary else name_ if value else f"no {name_ if option.short else f'“{name_}”'}"
                )
                told = [each for each in re.split(", |; |: ", html.unescape(said)) if each]
                assert (words in told or (": " in words and html.escape(words) in said)) == (value != now[key])

    def test_shows_what_lasts_and_where_play_ends(self, name: str) -> None:
        analysis = case(name).analyse(CONCEPTS)
        body = states.state_graph(analysis, alive=True).plate.body
        groups = re.findall(r'<g class="(state[^"]*)"[^>]*data-s="(\d+)".*?</g>', body)
        whole = {int(m[2]): m[0] for m in re.finditer(r'(?s)<g class="(state[^"]*)"[^>]*data-s="(\d+)".*?</g>', body)}
        ends = {int(cell) for cell in analysis.play("foresight").end_states}
        for kind, cell in groups:
            assert (" now" in kind) == (int(cell) == analysis.cell())
            assert (" end" in kind) == (int(cell) in ends)
            assert ('class="ring"' in whole[int(cell)]) == analysis.is_equilibrium("seq", int(cell))


def test_without_ways_out_states_stand_by_their_ways_to_rest() -> None:
    """Every state that somebody would leave has a step, and following the steps ends where nobody would move on."""
    analysis = case("garrison").analyse(CONCEPTS)
    found = states.state_graph(analysis)
    after = {start: end for _, start, end in steps_in(found.plate.body)}
    resting = {int(cell) for cell in analysis.equilibria("nash")}
    assert "nobody would move on" in found.words
    assert set(after) == {int(cell) for cell in analysis.conflict.states} - resting
    for start in after:
        cell, length = start, 0
        while cell in after and length <= len(after):
            cell, length = after[cell], length + 1
        assert cell in resting


def test_a_large_model_has_the_ways_to_where_it_could_rest() -> None:
    drawing = picture(case("composite_core"), "states")
    shown = drawing.plate.body.count('<g class="state')
    assert 5 < shown < 30
    assert f"Not drawn: {28_800 - shown:,} further states; {92 - lasting(drawing)} of them last" in drawing.words
    assert (
        drawing.title
        == "Improvements lead from today to 98 other states; if actors look ahead, things stay as they are."
    )


def lasting(drawing: Drawing) -> int:
    return drawing.plate.body.count('class="ring"')
