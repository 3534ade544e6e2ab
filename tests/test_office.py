"""Reports as Word, PowerPoint and PDF files: what is in them, and that hostile texts do no harm."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from click.testing import CliRunner
from lxml import etree

from detente.cli import main
from detente.errors import InputError
from detente.present.pages import office, paper
from detente.present.pages.blocks import Date, Dates, Dossier, Picture, Section, Table, Text
from detente.present.pages.slides import ACROSS, DOWN, LEFT_OUT, slides, slides_file
from detente.present.pages.word import word_file
from detente.present.report import collect, ready
from detente.present.report.forms import FORMS
from detente.scenario import load
from detente.sheet import Sheet
from detente.study import Study

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
HOSTILE = "a\x00\x1b[31m<w:t>&amp; </w:p> \ud800 ]]> =1+1 `code`"
HEBREW = "שלום עולם"


@cache
def dossier() -> Dossier:
    return collect(Study(load("elmira")))


@cache
def word() -> bytes:
    return word_file(dossier())


@cache
def deck() -> bytes:
    return slides_file(dossier())


def written(*blocks: Any, **changes: Any) -> Dossier:
    """A report with one section of these blocks."""
    section = Section(id="x", part="Part", title="Title", blocks=blocks)
    return replace(dossier(), sections=(section,), **changes)


def part(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return etree.fromstring(file.read(name))


def parts(data: bytes) -> list[str]:
    """The parts of a file; all of them are well-formed XML, or pictures."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(file.read(name))
    return names


def texts(root: Any, space: str = W) -> list[str]:
    return ["".join(each.text or "" for each in p.iter(f"{space}t")) for p in root.iter(f"{space}p")]


# --- Word -------------------------------------------------------------------------------------------------------------


def test_word_has_the_headings_of_the_report_in_order() -> None:
    document = docx.Document(io.BytesIO(word()))
    named = [(p.style.name, p.text) for p in document.paragraphs if p.style is not None]
    assert named[0] == ("Title", "Elmira")
    sections = [each for each in dossier().sections if each.id != "live"]
    assert [text for style, text in named if style == "Heading 2"] == [each.title for each in sections]
    assert [text for style, text in named if style == "Heading 1"] == list(dict.fromkeys(s.part for s in sections))


def test_every_table_and_picture_of_the_report_is_there() -> None:
    document = docx.Document(io.BytesIO(word()))
    blocks = [block for section in dossier().sections for block in section.blocks]
    assert len(document.tables) == sum(isinstance(block, Table) and bool(block.sheet.rows) for block in blocks)
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [block.drawing.title for block in blocks if isinstance(block, Picture)]
    assert all(described)


def test_heads_of_tables_repeat_and_the_language_is_told() -> None:
    body = part(word(), "word/document.xml")
    tables = list(body.iter(f"{W}tbl"))
    assert tables and all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)
    spoken = part(word(), "word/styles.xml").find(f".//{W}rPrDefault/{W}rPr/{W}lang")
    assert spoken.get(f"{W}val") == "en"
    assert docx.Document(io.BytesIO(word())).core_properties.language == "en"


def test_sources_are_footnotes_and_a_source_is_told_in_full_once() -> None:
    sources = load("two_proxies").sources
    words = collect(Study(load("two_proxies")), length="brief").words
    named = "carpenter-2024"
    dates = Dates(
        "Then", tuple(Date(when=str(y), says="It happened", source=f"{named}, paragraph {y}") for y in (1, 2))
    )
    table = Table(Sheet("T", ("aim", "source"), (("peace", f"{named}; sure"),)))
    data = word_file(written(dates, table, words=words))
    notes = texts(part(data, "word/footnotes.xml"))[2:]
    full = f"{named}: {sources[named].text}"
    assert notes == [f" {named}, paragraph 1. {full}", f" {named}, paragraph 2", f" {named}; sure"]
    body = part(data, "word/document.xml")
    assert [each.get(f"{W}id") for each in body.iter(f"{W}footnoteReference")] == ["1", "2", "3"]
    assert [cell.text for cell in docx.Document(io.BytesIO(data)).tables[0].column_cells(0)] == ["aim", "peace"]
    assert len(docx.Document(io.BytesIO(data)).tables[0].columns) == 1


@pytest.mark.parametrize("make", [word_file, slides_file])
def test_hostile_texts_are_texts(make: Any) -> None:
    table = Table(Sheet(HOSTILE, ("a", HOSTILE), ((HOSTILE, HOSTILE),), (HOSTILE,)))
    data = make(written(Text((HOSTILE,), strong=True), table, title=HOSTILE, question=HOSTILE))
    assert not any("macro" in name.lower() or "vba" in name.lower() for name in parts(data))
    name = "word/document.xml" if make is word_file else "ppt/slides/slide3.xml"
    said = "\n".join(texts(part(data, name), W if make is word_file else A))
    assert "a\ufffd\ufffd[31m<w:t>&amp; </w:p> \ufffd ]]> =1+1 code" in said


def test_what_is_written_from_the_right_is_marked_so() -> None:
    table = Table(Sheet(HEBREW, (HEBREW, "en"), ((HEBREW, "left"),)))
    report = written(Text((HEBREW, f"From \u2068{HEBREW}\u2069 on")), table)
    body = part(word_file(report), "word/document.xml")
    marked = {
        "".join(each.text or "" for each in p.iter(f"{W}t")): (
            p.find(f"{W}pPr/{W}bidi") is not None,
            [r.find(f"{W}rPr/{W}rtl") is not None for r in p.iter(f"{W}r")],
        )
        for p in body.iter(f"{W}p")
    }
    assert marked[HEBREW] == (True, [True])
    assert marked[f"From {HEBREW} on"] == (False, [False, True, False])
    assert marked["left"] == (False, [False])
    slide = part(slides_file(report), "ppt/slides/slide2.xml")
    sides = {"".join(t.text or "" for t in p.iter(f"{A}t")): p.find(f"{A}pPr").get("rtl") for p in slide.iter(f"{A}p")}
    assert (sides[HEBREW], sides["left"]) == ("1", None)


def test_properties_of_a_paragraph_stand_in_the_order_of_the_format() -> None:
    report = written(Table(Sheet("T", ("a", "b"), ((HEBREW, 1),))))
    order = ["pStyle", "bidi", "spacing", "jc"]
    for each in part(word_file(report), "word/document.xml").iter(f"{W}pPr"):
        found = [order.index(child.tag.removeprefix(W)) for child in each]
        assert found == sorted(found)


# --- PowerPoint -------------------------------------------------------------------------------------------------------


def test_a_headline_a_slide_and_everything_on_the_slide() -> None:
    show = pptx.Presentation(io.BytesIO(deck()))
    assert [s.shapes.title.text_frame.text for s in show.slides] == [
        dossier().title,
        *(" ".join(each.headline.split()) for each in slides(dossier())),
    ]
    assert show.slide_width.pt == pytest.approx(ACROSS, abs=0.1)
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left.pt >= 0 and shape.left.pt + shape.width.pt <= ACROSS + 1
            assert shape.top.pt >= 0 and shape.top.pt + shape.height.pt <= DOWN + 1
        assert "détente" in slide.shapes[-1].text_frame.text


def test_slides_have_the_pictures_and_the_tables_that_are_not_folded() -> None:
    blocks = [b for section in dossier().sections if section.id not in LEFT_OUT for b in section.blocks]
    show = pptx.Presentation(io.BytesIO(deck()))
    shapes = [shape for slide in show.slides for shape in slide.shapes]
    pictures = [shape for shape in shapes if shape.shape_type == 13]
    assert [each._element.nvPicPr.cNvPr.get("descr") for each in pictures] == [
        block.drawing.title for block in blocks if isinstance(block, Picture)
    ]
    assert sum(shape.has_table for shape in shapes) == sum(
        isinstance(block, Table) and not block.folded and bool(block.sheet.rows) for block in blocks
    )


def test_a_picture_too_high_to_be_read_on_a_slide_is_told_in_words() -> None:
    (block,) = [b for b in dossier().section("status-quo").blocks if isinstance(b, Picture)]
    high = replace(block, drawing=replace(block.drawing, plate=replace(block.drawing.plate, height=3000)))
    found = list(slides(written(block, high)))
    assert [each.headline for each in found] == [block.drawing.title] * 2
    assert found[0].notes == (block.drawing.words,)
    assert (found[1].body, found[1].notes) == ((block.drawing.words,), ())


def test_a_table_too_long_for_a_slide_says_how_many_rows_there_are() -> None:
    table = Table(Sheet("Long", ("n", "what"), tuple((n, "word " * 40) for n in range(200))))
    show = pptx.Presentation(io.BytesIO(slides_file(written(table))))
    slide = show.slides[1]
    shown = len(next(shape for shape in slide.shapes if shape.has_table).table.rows) - 1
    assert 5 < shown < 200
    assert slide.shapes[-1].text_frame.text.startswith(f"{shown} of 200 rows; the report has all · Part: Title")


def test_what_the_report_says_beside_a_table_is_in_the_notes_of_its_slide() -> None:
    table = Table(Sheet("T", ("a",), ((1,),), ("read this",)))
    show = pptx.Presentation(io.BytesIO(slides_file(written(Text(("Before.",)), table, Text(("After.",))))))
    assert show.slides[1].notes_slide.notes_text_frame.text == "Before.\nRead this.\nAfter."


# --- the same bytes, what is missing, PDF -----------------------------------------------------------------------------


def test_the_same_report_gives_the_same_bytes() -> None:
    assert word_file(dossier()) == word()
    assert slides_file(dossier()) == deck()
    for data in (word(), deck()):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            assert {each.date_time for each in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_missing_is_told_before_the_report_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(InputError, match=re.escape(".docx with more packages: pip install 'detente[office]'")):
        ready("Word")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="a PDF is printed by Chromium, Chrome or Edge, and none was found"):
        ready("PDF")
    for form in set(FORMS) - {"Word", "PDF"}:
        ready(form)


def test_where_chromium_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(InputError, match="that is no program; name a Chromium, or unset it"):
        paper.browser()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PROGRAMFILES", "C:/Program Files")
    monkeypatch.setattr(shutil, "which", lambda name: name if "msedge.exe" in name else None)
    assert paper.browser().replace("\\", "/") == "C:/Program Files/Microsoft/Edge/Application/msedge.exe"


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="the stand-in is a shell script")
def test_a_browser_that_does_not_print_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    with pytest.raises(InputError, match=r"did not print the report \(no display\); write it as .html and print it"):
        paper.printed("<p>x")


def test_dates_of_a_pdf_are_fixed_without_moving_anything() -> None:
    before = b"<</CreationDate (D:20301112131415+00'00')\n/ModDate (D:20301112131415+00'00')>> rest"
    after = paper.DATE.sub(paper._same, before)
    assert len(after) == len(before)
    assert after.count(b"(D:20000101000000") == 2
    assert after.endswith(b">> rest")


@pytest.mark.browser
def test_a_report_is_printed() -> None:
    pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    try:
        paper.browser()
    except InputError:
        pytest.skip("no Chromium; name one with CHROMIUM=/path/to/it")
    data = paper.pdf_file(dossier())
    assert data.startswith(b"%PDF-")
    assert b"/Lang (en)" in data and b"/MarkInfo" in data  # it is tagged, for screen readers
    assert data == paper.pdf_file(dossier())


@pytest.mark.parametrize("ending", [".docx", ".pptx"])
def test_the_command(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"x{ending}"
    out = CliRunner().invoke(main, ["report", "chicken", "--brief", "-o", str(target)])
    assert out.exit_code == 0, out.output
    assert target.read_bytes().startswith(b"PK")
    assert f"Wrote {target}" in out.stderr
    live = CliRunner().invoke(main, ["report", "chicken", "--live", "--force", "-o", str(target)])
    assert live.exit_code == 2


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    out = CliRunner().invoke(main, ["report", "chicken", "-o", str(tmp_path / "x.odt")])
    assert out.exit_code == 2
    assert ".html, .htm, .md, .markdown, .docx, .pptx, .pdf or .json; name the file so" in out.stderr


def test_direction_is_that_of_the_first_letter() -> None:
    assert [office.from_right(text) for text in ("", "123", f"1 {HEBREW}", f"a {HEBREW}", "ب")] == [
        False,
        False,
        True,
        False,
        True,
    ]
