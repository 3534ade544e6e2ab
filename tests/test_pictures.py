"""Pictures: they show what was computed, no word covers another, and they can be handed over as SVG and PNG."""

from __future__ import annotations

import itertools
import json
import re
import struct
import time
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from detente.case import CONCEPTS, Case, Query
from detente.cli import main
from detente.cli.report import picture as command
from detente.errors import InputError, UnknownName
from detente.present.pictures import (
    KINDS,
    Drawing,
    charts,
    grids,
    picture,
    style,
)
from detente.present.pictures import (
    evolution_tree as tree,
)
from detente.present.pictures import (
    state_graph as states,
)
from detente.present.pictures.drawing import Label, Pen, cut, width, wrap
from detente.present.words import tone
from detente.questions.evolution.status_quo import status_quo
from detente.questions.incentives.wedge import wedge
from detente.questions.partnerships.break_matrix import break_matrix
from detente.questions.uncertainty.pivots import pivots
from detente.questions.uncertainty.types import types
from detente.scenario import library, load
from detente.sheet import ConceptTerm, VerdictTerm, listing

pytestmark = pytest.mark.first_analysis

DRAWN = {
    "two_proxies": tuple(KINDS),
    "elmira": ("states", "stability", "tree", "pivots", "path"),
    "elmira_graph": ("states", "stability", "tree"),
    "hanoi_2019": ("states", "stability", "tree", "pivots", "timeline", "path", "types"),
    "composite_core": ("states", "stability", "tree", "break", "path"),
}
EVERY = [(name, kind) for name, kinds in DRAWN.items() for kind in kinds]


@cache
def case(name: str) -> Case:
    return Case(load(name))


@cache
def drawn(name: str, kind: str) -> Drawing:
    return picture(case(name), kind)


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels]


@pytest.mark.parametrize(("name", "kind"), EVERY)
class TestEveryPicture:
    def test_no_word_covers_another(self, name: str, kind: str) -> None:
        found = drawn(name, kind)
        assert [(a.text, b.text) for a, b in combinations(found.labels, 2) if a.overlaps(b)] == []

    def test_every_word_stands_inside(self, name: str, kind: str) -> None:
        found = drawn(name, kind)
        for label in found.labels:
            assert label.x >= 0
            assert label.y >= 0
            assert label.x + label.width <= found.width
            assert label.y + label.height <= found.height

    def test_is_well_formed_alone_and_fits_a_page(self, name: str, kind: str) -> None:
        found = drawn(name, kind)
        root = ET.fromstring(found.alone())  # noqa: S314 (our own)
        assert root.tag.endswith("svg")
        assert root.findtext("{http://www.w3.org/2000/svg}title") == found.title
        assert len(root.findtext("{http://www.w3.org/2000/svg}desc") or "") > 20
        assert found.width <= 930
        assert "var(" not in found.alone()
        assert 'role="img"' in found.svg()

    def test_is_the_same_again(self, name: str, kind: str) -> None:
        assert picture(Case(load(name)), kind) == drawn(name, kind)


@pytest.mark.parametrize("name", [name for name in library.names() if name not in ("composite", "composite_strict")])
def test_every_bundled_model_can_be_drawn(name: str) -> None:
    found = [picture(case(name), kind) for kind in ("states", "stability")]
    for drawing in found:
        assert not [pair for pair in combinations(drawing.labels, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["states", "stability"])
def test_a_model_too_large_for_numbers_has_letters_and_what_they_mean(kind: str) -> None:
    found = drawn("composite", kind)
    assert not [pair for pair in combinations(found.labels, 2) if pair[0].overlaps(pair[1])]
    assert {"A", "B", "status quo"} <= set(texts(found))
    assert any(text.startswith("as today, but not ") for text in texts(found))


# --- what they show ---------------------------------------------------------------------------------------------


def steps_in(text: str) -> set[tuple[int, int, int]]:
    return {(int(a), int(f), int(t)) for a, f, t in re.findall(r'data-a="(\d+)" data-f="(\d+)" data-t="(\d+)"', text)}


@pytest.mark.parametrize("name", ["two_proxies", "elmira", "chicken"])
def test_the_graph_has_every_improvement_and_only_those(name: str) -> None:
    """Against the definition: a legal move to a state that the mover ranks higher."""
    from detente.conflict.payoffs import payoffs

    analysis = case(name).analyse(CONCEPTS)
    conflict, expected = analysis.conflict, set()
    for n, player in enumerate(conflict.players):
        worth = np.broadcast_to(payoffs(conflict, case(name).reading(player.id)), conflict.shape).ravel()
        for cell in conflict.states:
            for there in conflict.successors(conflict.states[conflict.states == cell], n)[1]:
                if worth[there] > worth[cell]:
                    expected.add((n, int(cell), int(there)))
    assert steps_in(states.state_graph(analysis, alive=True).body) == expected


def test_the_still_graph_has_the_ways_from_the_status_quo() -> None:
    analysis = case("two_proxies").analyse(CONCEPTS)
    still = steps_in(states.state_graph(analysis).body)
    reached = {analysis.cell()}
    while more := {end for _, start, end in still if start in reached} - reached:
        reached |= more
    assert {start for _, start, _ in still} <= reached
    assert len(reached) == status_quo(case("two_proxies"), "improvements").count


def test_without_ways_out_states_stand_by_their_ways_to_rest() -> None:
    """Every state that somebody would leave has a step, and following the steps ends where nobody would move on."""
    analysis = case("garrison").analyse(CONCEPTS)
    found = states.state_graph(analysis)
    after = {start: end for _, start, end in steps_in(found.body)}
    resting = {int(cell) for cell in analysis.equilibria("nash")}
    assert "nobody would move on" in found.words
    assert set(after) == {int(cell) for cell in analysis.conflict.states} - resting
    for start in after:
        cell, length = start, 0
        while cell in after and length <= len(after):
            cell, length = after[cell], length + 1
        assert cell in resting


def test_a_large_model_is_summed_up() -> None:
    drawing = drawn("composite_core", "states")
    shown = drawing.body.count('<g class="state')
    assert 20 < shown < 120
    told = " ".join(texts(drawing))
    assert "30 SEQ" in told
    assert "troops home" in told
    assert f"28,800 states, of which {shown} are drawn" in drawing.words


def test_a_step_in_a_column_goes_round_the_states_between() -> None:
    """A step past another state of the same column bows out beyond that state's ring."""
    here, bend, there = states._curve((200.0, 180.0), (200.0, 72.0))
    middle = 0.25 * here[0] + 0.5 * bend[0] + 0.25 * there[0]
    assert abs(middle - 200.0) > 20


def test_a_goal_that_is_so_already_needs_no_way() -> None:
    drawing = picture(Case(load("chicken")), "path")
    assert "already at the status quo" in drawing.words
    assert 'class="head"' not in drawing.svg()


def test_the_tree_has_a_place_for_everything_within_reach() -> None:
    found = status_quo(case("two_proxies"), "improvements")
    drawing = tree.evolution_tree(found, case("two_proxies").scenario)
    assert sum(text in ("Russia", "North Korea", "Status quo") for text in texts(drawing)) == found.count


def test_the_grid_of_stability_says_who_would_stay() -> None:
    analysis = case("elmira").analyse(CONCEPTS)
    drawing = grids.stability_grid(analysis, grids.telling(analysis))
    dark = sum(
        analysis.is_stable(concept, player.id, int(cell))
        for concept in CONCEPTS
        for player in analysis.conflict.players
        for cell in analysis.conflict.states
    )
    whole = sum(analysis.count(concept) for concept in CONCEPTS)
    assert drawing.body.count('class="dark"') == dark + whole


def test_grids_of_verdicts_have_every_cell() -> None:
    scenario = case("two_proxies").scenario
    found = types(case("two_proxies"), Query("decoupled"))
    words = texts(grids.type_grid(found, scenario, "decoupled"))
    assert [words.count(verdict) for verdict in ("ALL", "SOME", "NONE")] == [12, 4, 20]
    matrix = break_matrix(case("two_proxies"), "russia_dprk")
    words = texts(grids.break_grid(matrix, scenario))
    whole = [str(cell.foresight) for cell in matrix.cells]
    assert words.count("BREAKS") == whole.count("BREAKS") > 0
    assert words.count("HOLDS") == whole.count("HOLDS") > 0


def test_pivots_show_every_flip() -> None:
    found = pivots(case("two_proxies"), Query("decoupled"))
    words = texts(grids.pivots_picture(found, case("two_proxies").scenario, "decoupled"))
    shown = [re.fullmatch(r"(ALL|SOME|NONE)(?: (\d+) of \d+)?", word) for word in words]
    assert sum(int(match[2] or 1) for match in shown if match) == len(found.flips) == 7


def test_the_frontier_has_what_nothing_dominates() -> None:
    named = Case(load("two_proxies"), readings={"us": "carpenter"})
    found = wedge(named, "us", "russia_dprk")
    drawing = charts.frontier(found, named.scenario)
    assert drawing.body.count('class="point"') == len({(e.price, e.sure) for e in found.frontier}) == 2
    facts = [text for text in texts(drawing) if text.startswith("price ")]
    assert [fact.split(" combinations")[0] for fact in facts] == [
        "price 0, works under 6 of 9",
        "price 5, works under 9 of 9",
    ]


def test_the_frontier_says_so_if_there_is_none() -> None:
    axis, core = case("axis_and_sanctions"), case("composite_core")
    assert texts(charts.frontier(wedge(axis, "us", among=[]), axis.scenario)) == ["No policy breaks it."]
    found = wedge(core, "us", offers=[])
    assert found.breaking
    refused = replace(found, breaking=tuple(replace(each, blocked_by=("hawk",)) for each in found.breaking))
    assert texts(charts.frontier(refused, core.scenario)) == ["No policy that breaks it is let pass and kept."]


def assert_can_be_read(drawing: Drawing) -> None:
    for label in drawing.labels:
        assert min(label.x, label.y) >= 0
        assert label.x + label.width <= drawing.width <= 930
        assert label.y + label.height <= drawing.height
    assert [(a.text, b.text) for a, b in combinations(drawing.labels, 2) if a.overlaps(b)] == []


def test_a_frontier_that_is_incomplete_says_so() -> None:
    """The limit is looked at before every policy, not only before every package: here one package has 32 settings."""
    core = case("composite_core")
    began = time.process_time()
    drawing = picture(core, "frontier", seconds=0.0)
    assert time.process_time() - began < 5
    told = "the time is up: no policy was tried."
    assert texts(drawing) == ["No policy tried breaks it.", f"Incomplete: {told}"]
    assert drawing.words.endswith(f"hollow: dominated. Incomplete: {told}")
    assert_can_be_read(drawing)
    named, ticks = Case(load("two_proxies"), readings={"us": "carpenter"}), itertools.count()
    part = wedge(named, "us", seconds=100, clock=lambda: float(next(ticks)))
    assert part.frontier and part.stopped
    drawing = charts.frontier(part, named.scenario)
    told = "Incomplete: the time is up: all policies that cost less than 6 were tried, and some others."
    assert told in " ".join(texts(drawing))
    assert_can_be_read(drawing)


@pytest.mark.soak
def test_a_large_frontier() -> None:
    """5,000 policies of the largest model that has a frontier, minutes; what a frontier shows is tested on `two_proxies`."""
    drawing = picture(case("composite_core"), "frontier")
    assert "Incomplete: more than 5,000 policies" in drawing.words
    assert_can_be_read(drawing)


def test_the_timeline_tells_everything_in_order() -> None:
    scenario, drawing = case("two_proxies").scenario, drawn("two_proxies", "timeline")
    together = " ".join(texts(drawing))
    for moment in scenario.timeline:
        assert moment.says.split(" ")[0] in together
    years = [int(text) for text in texts(drawing) if re.fullmatch(r"\d{4}", text)]
    assert years == sorted(years)
    assert drawing.body.count('class="point"') == len(scenario.timeline)


def test_the_map_names_every_tie_with_its_date() -> None:
    drawing = drawn("two_proxies", "actors")
    together = " ".join(texts(drawing)).replace("\n", " ")
    for name in ("Ukraine", "since 1953", "(1980s)", "June 2024"):
        assert name in together
    assert drawing.body.count('class="sign"') == int(re.search(r"(\d+) ties", drawing.words)[1])  # type: ignore[index]


# --- how they look ----------------------------------------------------------------------------------------------


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", css))


def luminance(colour: str) -> float:
    wide = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(wide[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_lines_can_be_seen_on_their_ground_light_and_dark() -> None:
    from detente.present.pages.render import asset

    light, dark = (colours(part) for part in asset("report.css").split("@media (prefers-color-scheme:dark)")[:2])
    for scheme in (light, dark):
        for name in ("a0", "a1", "a2", "a3", "a4", "a5", "soft", "accent"):
            assert contrast(scheme[name], scheme["paper"]) >= 3
        for name in ("h1", "h2", "h3"):
            assert contrast(scheme[name], scheme[name + "i"]) >= 4.5


def test_actors_and_signs_differ_without_colour() -> None:
    css = style(light=True)

    def dashes(name: str) -> str:
        found = re.search(rf"\.{name}\.key{{[^}}]*?(?:stroke-dasharray:([^;}}]*))?}}", css)
        assert found
        return found[1] or "whole"

    assert len({dashes(f"a{n}") for n in range(6)}) == 6
    assert len({dashes(name) for name in ("plus", "minus", "both", "none")}) == 4


def test_shades_repeat_words() -> None:
    assert [tone(VerdictTerm(word)) for word in ("HOLDS", "BREAKS", "BREAKS 1, HOLDS 3 of 4", "–")] == [3, 1, 2, 0]
    concepts = [[ConceptTerm(each) for each in word.split()] for word in ("Nash SEQ SMR GMR", "SMR GMR", "GMR")]
    assert [tone(listing(each, " ")) for each in concepts] == [3, 2, 1]
    assert [tone(word) for word in ("HOLDS", True, False, None)] == [0, 3, 1, 0]


# --- words and their places -------------------------------------------------------------------------------------


def test_words_are_wrapped_and_cut_to_the_room_there_is() -> None:
    for room in (30, 60, 200):
        for line in wrap("Incomprehensibilities of two partners and a third", room):
            assert width(line) <= room
        assert width(cut("Incomprehensibilities", room)) <= room
    assert "".join(wrap("abcdefghij" * 5, 40)) == "abcdefghij" * 5
    assert wrap("", 50) == ("",)


def test_labels_that_touch_do_not_overlap() -> None:
    a = Label("a", 0, 0, 10, 10)
    assert not a.overlaps(Label("b", 10, 0, 10, 10))
    assert a.overlaps(Label("c", 9, 9, 10, 10))


def test_what_people_write_cannot_become_markup() -> None:
    pen = Pen()
    pen.text(0, 0, "<script>&")
    drawing = pen.drawing("x", '"<b>"', "<i>&")
    root = ET.fromstring(drawing.alone())  # noqa: S314 (our own)
    assert [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")] == ["<script>&"]
    assert "<b>" not in drawing.svg()


# --- handing over -----------------------------------------------------------------------------------------------


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height, and the values that rows begin and go on with."""
    assert png.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + size]
        place += 12 + size
    raw = zlib.decompress(data)
    return wide, high, {raw[n : n + 4] for n in range(1, len(raw) - 4, 4)}


def test_png_has_the_size_asked_for_and_is_not_blank(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra `pictures` is not installed")
    drawing = drawn("elmira", "states")
    for scale in (1.0, 3.0):
        wide, high, values = pixels(drawing.save(tmp_path / f"{scale}.png", scale).read_bytes())
        assert abs(wide - drawing.width * scale) <= 1
        assert abs(high - drawing.height * scale) <= 1
        assert len(values) > 50


def test_png_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(InputError, match=r"pip install 'detente\[pictures\]'"):
        drawn("elmira", "states").png()


def test_png_without_fonts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py", reason="the extra `pictures` is not installed")
    render = resvg.svg_to_bytes
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **how: render(**how, skip_system_fonts=True))
    with pytest.raises(InputError, match="no font is installed"):
        drawn("elmira", "states").png()


def test_a_notebook_shows_it() -> None:
    assert drawn("elmira", "tree")._repr_svg_() == drawn("elmira", "tree").alone()


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("elmira", "actors", "names no relations"),
        ("elmira", "timeline", "names no dates"),
        ("elmira", "break", "names no partnerships"),
        ("elmira", "types", "one reading only"),
    ],
)
def test_what_a_model_does_not_have_is_said(name: str, kind: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        picture(case(name), kind)


@pytest.mark.parametrize(("kind", "about"), [("actor", None), ("break", "nonsense")])
def test_unknown_names_are_refused(kind: str, about: str | None) -> None:
    with pytest.raises(UnknownName):
        picture(case("two_proxies"), kind, about)


class TestCommand:
    def run(self, *arguments: object) -> tuple[int, str]:
        found = CliRunner().invoke(main, ["picture", *map(str, arguments)])
        return found.exit_code, found.output

    def test_writes_and_never_overwrites(self, tmp_path: Path) -> None:
        target = tmp_path / "out.svg"
        assert self.run("tree", "elmira", "-o", target)[0] == 0
        assert target.read_text(encoding="utf-8") == drawn("elmira", "tree").alone()
        code, said = self.run("tree", "elmira", "-o", target)
        assert code == 2
        assert "--force" in said
        assert self.run("tree", "elmira", "-o", target, "--force")[0] == 0

    def test_readings_and_platforms_change_it(self, tmp_path: Path) -> None:
        for n, how in enumerate((["--reading", "us=carpenter"], ["--platform", "carpenter"])):
            target = tmp_path / f"{n}.svg"
            assert self.run("states", "two_proxies", *how, "-o", target)[0] == 0
            assert target.read_text(encoding="utf-8") != drawn("two_proxies", "states").alone()

    @pytest.mark.parametrize(
        "bad", [["nonsense"], ["tree", "elmira", "-o", "x.gif"], ["path", "elmira", "--goal", "x y"]]
    )
    def test_mistakes_end_with_one_message(
        self, bad: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        code, said = self.run(*bad)
        assert code == 2
        assert said.startswith("error: ")
        assert list(tmp_path.iterdir()) == []

    def test_json_goes_to_standard_output(self) -> None:
        code, said = self.run("tree", "elmira", "--json")
        assert code == 0
        assert json.loads(said) == drawn("elmira", "tree").to_json()

    def test_help_names_every_kind(self) -> None:
        help_ = " ".join((command.help or "").split())
        assert f"KIND is one of: {', '.join(KINDS)}." in help_
