"""A report as slides: one headline a slide, its table or picture below it, and a line that says what it rests on.

The answer comes first, then the key judgements, then every picture and every table that the report does not fold. What the
report says beside them stands in the notes of the slide. A table has the rows that fit; how many there are is said.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from detente.messages import language, numeral, tell
from detente.present.pages.blocks import Dossier, Facts, Picture, Section, Table, Talk, Text
from detente.present.pages.office import SCALE, clean, described, from_right, made_by, office, settled
from detente.present.pages.spoken import spoken_lines, spoken_sheet
from detente.present.pictures.drawing import Drawing
from detente.present.pictures.lettering import SIZE, width, wrap
from detente.sheet import Sheet, is_heading, is_number, show

ENDING = ".pptx"

LEFT_OUT = ("live", "literature", "words", "again")
"""Sections of a report that are for reading, not for showing."""

POINTS = 72
ACROSS, DOWN = 13.333 * POINTS, 7.5 * POINTS
"""The size of a slide, in points."""

EDGE, TOP, BOTTOM = 40.0, 96.0, 44.0
"""Free space at the sides; where the body begins; the room of the source line."""

SIZES = (16, 14, 12, 11, 10, 9)
"""Type of a table, the largest that fits."""

HEADLINES = (26, 22, 18)
"""Type of a headline, the largest in which it takes two lines; a sentence that is longer stands below a headline instead."""

SMALLEST = 5.0
"""Points of the letters of a picture at least; one that would be drawn smaller is told in words instead."""

PADDED, LINE = 8.0, 1.25
"""What a cell needs beside and above its text; the height of a line to its type."""


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One slide: its headline, what stands below it, what it rests on, and what is said beside it."""

    headline: str
    body: Sheet | Drawing | tuple[str, ...]
    source: str
    notes: tuple[str, ...] = ()


def slides(dossier: Dossier) -> Iterator[Slide]:
    """The slides of a report, in its order."""
    for section in dossier.sections:
        if section.id not in LEFT_OUT:
            yield from _section(dossier, section)


def _section(dossier: Dossier, section: Section) -> Iterator[Slide]:
    """The slides of a section; what it says in words goes with the slide that follows, at its end with the last one."""
    source = f"{section.part}: {section.title} – {_source(dossier)}"
    say, said, made = dossier.words.spelled, list[str](), list[Slide]()

    def add(headline: str, body: Sheet | Drawing | tuple[str, ...]) -> None:
        made.append(Slide(headline=headline or section.title, body=body, source=source, notes=tuple(said)))
        said.clear()

    for block in section.blocks:
        match block:
            case Text(paragraphs, _, True):
                first, *rest = map(say, paragraphs)
                short = len(wrap(first, ACROSS - 2 * EDGE, HEADLINES[-1], True)) <= 2
                add(first if short else section.title, tuple(rest) if short else (first, *rest))
            case Text(paragraphs, _, _):
                said += map(say, paragraphs)
            case Talk(_, turns):
                said += (f"{say(turn.question)} {say(turn.answer)}" for turn in turns)
            case Facts():
                title, lines = spoken_lines(dossier.words, block)
                add(title, tuple(f"{line.about} {line.says}" for line in lines))
            case Picture(drawing):
                told = say(drawing.words)
                shown = replace(drawing, title="", source="")  # they stand above and below it
                readable = SIZE * _fitted(shown) >= SMALLEST
                said += [told] if readable else []
                add(drawing.title, shown if readable else (told,))
            case Table(sheet, _, folded) if not folded and sheet.rows:
                spoken = spoken_sheet(dossier.words, sheet)
                said += spoken.notes
                add(spoken.title, spoken)
    if said and made:
        *before, last = made
        made = [*before, Slide(headline=last.headline, body=last.body, source=source, notes=(*last.notes, *said))]
    yield from made


def _source(dossier: Dossier) -> str:
    return tell(
        "{title} – détente {basis}, model {basis2}",
        title=dossier.title,
        basis=dossier.basis["version"],
        basis2=dossier.basis["hash"][:8],
    )


def slides_file(dossier: Dossier) -> bytes:
    """The report as PowerPoint reads it. `InputError` without the extra `office`. Cost: linear in the report."""
    pptx = office("pptx", ENDING)
    office("resvg_py", ENDING)
    show = pptx.Presentation()
    show.slide_width, show.slide_height = (pptx.util.Pt(side) for side in (ACROSS, DOWN))
    paper = _Paper(show, pptx.util.Pt)
    paper.opening(dossier)
    for slide in slides(dossier):
        paper.slide(slide)
    described(show.core_properties, dossier)
    return settled(show)


def _fitted(drawing: Drawing) -> float:
    """By how much a picture is drawn smaller, or larger, so that it fits on a slide."""
    return min((ACROSS - 2 * EDGE) / drawing.width, (DOWN - TOP - BOTTOM) / drawing.height)


class _Paper:
    """Puts slides into a presentation."""

    def __init__(self, show: Any, points: Any) -> None:
        self.show, self.points = show, points

    def opening(self, dossier: Dossier) -> None:
        """The first slide: the title, the question, what made it."""
        page = self.show.slides.add_slide(self.show.slide_layouts[0])
        self._place(page.shapes.title, EDGE, 150, ACROSS - 2 * EDGE, 130)
        self._write(page.shapes.title.text_frame, [dossier.title], 36)
        self._place(page.placeholders[1], EDGE, 290, ACROSS - 2 * EDGE, 150)
        self._write(page.placeholders[1].text_frame, [dossier.question or tell("Briefing")], 20)
        self._footer(page, _source(dossier))
        self._notes(
            page, (made_by(dossier), tell("A model shows what follows from its assumptions; it is no forecast."))
        )

    def slide(self, slide: Slide) -> None:
        page = self.show.slides.add_slide(self.show.slide_layouts[5])
        title = page.shapes.title
        self._place(title, EDGE, 18, ACROSS - 2 * EDGE, TOP - 26)
        size = next((s for s in HEADLINES if len(wrap(slide.headline, ACROSS - 2 * EDGE, s, True)) <= 2), 15)
        self._write(title.text_frame, [slide.headline], size, bold=True)
        more: tuple[str, ...] = ()
        match slide.body:
            case Drawing() as drawing:
                self._picture(page, drawing, slide.headline)
            case Sheet() as sheet:
                more = self._table(page, sheet)
            case paragraphs:
                self._text(page, paragraphs)
        self._footer(page, " · ".join([*more, slide.source]))
        self._notes(page, slide.notes)

    def _picture(self, page: Any, drawing: Drawing, title: str) -> None:
        scale = _fitted(drawing)
        wide, high = drawing.width * scale, drawing.height * scale
        data = io.BytesIO(drawing.png(SCALE))
        shape = page.shapes.add_picture(data, *map(self.points, ((ACROSS - wide) / 2, TOP, wide, high)))
        shape._element.nvPicPr.cNvPr.set("descr", clean(title))

    def _text(self, page: Any, paragraphs: tuple[str, ...]) -> None:
        if not paragraphs:
            return
        room = ACROSS - 2 * EDGE - 2 * PADDED
        high = DOWN - TOP - BOTTOM
        size = next((s for s in (22, 20, 18, 16, 14, 12) if _high(paragraphs, room, s) <= high), 10)
        box = page.shapes.add_textbox(*map(self.points, (EDGE, TOP, ACROSS - 2 * EDGE, high)))
        self._write(box.text_frame, paragraphs, size, apart=0.5 * size)

    def _table(self, page: Any, sheet: Sheet) -> tuple[str, ...]:
        """The table, in the largest type in which it fits; else as many rows as fit in the smallest, and how many there are."""
        rows = [tuple(map(show, sheet.columns)), *(tuple(map(show, row)) for row in sheet.rows)]
        high = DOWN - TOP - BOTTOM
        for size in SIZES:
            wide = _columns(rows, size)
            heights = [_row(row, wide, size, bold=n == 0) for n, row in enumerate(rows)]
            if sum(heights) <= high:
                break
        fitting = len(rows)
        while fitting > 2 and sum(heights[:fitting]) > high:
            fitting -= 1
        place = map(self.points, (EDGE, TOP, sum(wide), sum(heights[:fitting])))
        frame = page.shapes.add_table(fitting, len(wide), *place)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(sheet.title))
        made = frame.table
        for n, width_ in enumerate(wide):
            made.columns[n].width = self.points(width_)
        for number in range(fitting):
            made.rows[number].height = self.points(heights[number])
            head = number == 0 or is_heading(sheet.rows[number - 1])
            if head and number and len(wide) > 1:
                made.cell(number, 0).merge(made.cell(number, len(wide) - 1))
            for n in range(len(wide)):
                cell = made.cell(number, n)
                cell.margin_left = cell.margin_right = self.points(PADDED / 2)
                cell.margin_top = cell.margin_bottom = self.points(PADDED / 4)
                aside = number > 0 and is_number(sheet.rows[number - 1][n])
                self._write(cell.text_frame, [rows[number][n]], size, bold=head, aside=aside)
        if fitting == len(rows):
            return ()
        return (
            tell(
                "{shown} of {all} rows; the report has all",
                shown=numeral(fitting - 1),
                all=numeral(len(sheet.rows)),
            ),
        )

    def _footer(self, page: Any, text: str) -> None:
        box = page.shapes.add_textbox(*map(self.points, (EDGE, DOWN - 34, ACROSS - 2 * EDGE, 22)))
        self._write(box.text_frame, [text], 10)

    def _notes(self, page: Any, notes: tuple[str, ...]) -> None:
        if notes:
            self._write(page.notes_slide.notes_text_frame, notes, 12)

    def _place(self, shape: Any, left: float, top: float, wide: float, high: float) -> None:
        shape.left, shape.top, shape.width, shape.height = map(self.points, (left, top, wide, high))

    def _write(
        self,
        frame: Any,
        paragraphs: tuple[str, ...] | list[str],
        size: float,
        *,
        bold: bool = False,
        apart: float = 0,
        aside: bool = False,
    ) -> None:
        """Paragraphs, each in its own direction, their language told."""
        frame.word_wrap = True
        for number, text in enumerate(paragraphs):
            said = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            run = said.add_run()
            run.text = clean(" ".join(text.split())).replace("`", "")
            run.font.size, run.font.bold = self.points(size), bold
            run._r.get_or_add_rPr().set("lang", language())
            properties = said._p.get_or_add_pPr()
            if from_right(text):
                properties.set("rtl", "1")
            properties.set("algn", "r" if aside or from_right(text) else "l")
            if apart:
                said.space_after = self.points(apart)


def _high(paragraphs: tuple[str, ...], room: float, size: float) -> float:
    return sum(len(wrap(text, room, size)) * LINE * size + 0.5 * size for text in paragraphs)


def _columns(rows: list[tuple[str, ...]], size: float) -> list[float]:
    """How wide the columns are: as wide as their texts where all have room, else by how much they hold, words kept whole."""
    room = ACROSS - 2 * EDGE
    across = range(len(rows[0]))
    wanted = [max(width(row[n], size, True) for row in rows) + PADDED + 4 for n in across]
    if sum(wanted) <= room:
        return wanted
    least = [
        max(width(word, size, True) for row in rows for word in [*row[n].split(), ""]) + PADDED + 4 for n in across
    ]
    least = [min(each, room / len(least)) for each in least]
    left = room - sum(least)
    spread = [max(0.0, want - need) ** 0.5 for want, need in zip(wanted, least, strict=True)]
    whole = sum(spread) or 1.0
    return [need + left * part / whole for need, part in zip(least, spread, strict=True)]


def _row(row: tuple[str, ...], wide: list[float], size: float, *, bold: bool) -> float:
    lines = (len(wrap(text, max(room - PADDED, size), size, bold)) for text, room in zip(row, wide, strict=True))
    return max(1, *lines) * LINE * size + PADDED / 2
