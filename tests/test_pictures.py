"""Pictures: they show what was computed, no word covers another, and they can be handed over as SVG and PNG."""

from __future__ import annotations

import json
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.cli.report import picture as command
from detente.errors import InputError, UnknownName
from detente.present.names import tone
from detente.present.pictures import (
    KINDS,
    Drawing,
    picture,
    style,
)
from detente.present.pictures.drawing import Pen
from detente.present.pictures.lettering import Label, cut, width, wrap
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
        assert found.height <= 1600
        assert "var(" not in found.alone()
        assert 'role="img"' in found.svg()

    def test_is_the_same_again(self, name: str, kind: str) -> None:
        assert picture(Case(load(name)), kind) == drawn(name, kind)


def test_bare_leaves_out_title_key_and_source() -> None:
    full, bare = drawn("two_proxies", "break"), picture(case("two_proxies"), "break", bare=True)
    left_out = set(texts(full)) - set(texts(bare))
    assert {"it always breaks", "it holds"} <= left_out
    assert full.title not in " ".join(texts(bare))
    assert " ".join(texts(full)).startswith(full.title)
    assert texts(full)[-1].endswith("Détente " + full.source.rsplit(" ", 1)[1])
    assert (bare.plate, bare.words, bare.title) == (full.plate, full.words, full.title)
    assert bare.height < full.height


def test_the_source_line_names_model_and_readings() -> None:
    assert re.fullmatch(
        r"Source: .* \(model two_proxies, [0-9a-f]{8}\); readings: United States as \w+, "
        r"Russia as [\w ]+, North Korea as \w+\. Détente [\d.]+",
        drawn("two_proxies", "pivots").source,
    )


@pytest.mark.parametrize("name", [name for name in library.names() if name not in ("composite", "composite_strict")])
def test_every_bundled_model_can_be_drawn(name: str) -> None:
    found = [picture(case(name), kind) for kind in ("states", "stability")]
    for drawing in found:
        assert drawing.width <= 930
        assert drawing.height <= 1600
        assert not [pair for pair in combinations(drawing.labels, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["states", "stability"])
def test_a_model_too_large_for_numbers_says_how_states_differ_from_today(kind: str) -> None:
    found = drawn("composite", kind)
    assert not [pair for pair in combinations(found.labels, 2) if pair[0].overlaps(pair[1])]
    assert any(text.startswith("today") for text in texts(found))
    assert any(re.match(r"(some states with )?no “", text) for text in texts(found))
    assert "26,542,0" in found.words


# --- what they show ---------------------------------------------------------------------------------------------


def test_a_goal_that_is_so_already_needs_no_way() -> None:
    drawing = picture(Case(load("chicken")), "path")
    assert drawing.title == "“both crash” is so already today."
    assert 'class="head"' not in drawing.svg()


def assert_can_be_read(drawing: Drawing) -> None:
    for label in drawing.labels:
        assert min(label.x, label.y) >= 0
        assert label.x + label.width <= drawing.width <= 930
        assert label.y + label.height <= drawing.height
    assert [(a.text, b.text) for a, b in combinations(drawing.labels, 2) if a.overlaps(b)] == []


@pytest.mark.soak
def test_a_large_frontier() -> None:
    """5,000 policies of the largest model that has a frontier, minutes; what a frontier shows is tested on `two_proxies`."""
    drawing = picture(case("composite_core"), "frontier")
    assert "Incomplete: more than 5,000 policies" in drawing.words
    assert_can_be_read(drawing)


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


def test_actors_differ_without_colour() -> None:
    css = style(light=True)

    def dashes(name: str) -> str:
        found = re.search(rf"\.{name}\.key{{[^}}]*?(?:stroke-dasharray:([^;}}]*))?}}", css)
        assert found
        return found[1] or "whole"

    assert len({dashes(f"a{n}") for n in range(6)}) == 6


def test_shades_repeat_words() -> None:
    assert [tone(VerdictTerm(word)) for word in ("BREAKS", "HOLDS", "BREAKS 1, HOLDS 3 of 4", "–")] == [3, 1, 2, 0]
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
    assert [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")] == ['"<b>"', "<script>&"]
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
