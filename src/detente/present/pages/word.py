"""A report as a Word file: headings, tables, pictures with what they show in words, and sources as footnotes.

Headings and lists are those of Word, so that contents, outline and screen readers know them; heads of tables repeat on every
page. The language of the document is set, and what is written from right to left is marked so. The same report gives the same
bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from detente.messages import language, tell
from detente.present.names import FRAME
from detente.present.pages.blocks import Block, Choose, Dossier, Live, Picture, Table, Talk, Text
from detente.present.pages.office import SCALE, clean, described, from_right, made_by, office, settled
from detente.present.pages.spoken import Line, spoken_lines, spoken_sheet
from detente.sheet import Sheet, is_heading, is_number, show

ENDING = ".docx"

SOURCES = ("source", "source and notes")
"""Columns whose cells become notes."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

AFTER_DIRECTION = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:sectPr")
"""What stands behind the direction of a paragraph among its properties, whose order is fixed."""

WIDE = 6.3
"""Inches between the margins."""

PIECES = re.compile(f"({FRAME[0]}[^{FRAME[1]}]*{FRAME[1]}|`[^`]+`)")
"""What stands apart in a text: a name framed against reordering, and code."""


def word_file(dossier: Dossier) -> bytes:
    """The report as Word reads it; `InputError` without the extra `office`. Cost: linear in it; pictures take longest."""
    return _Writer(dossier).file()


class _Writer:
    """Writes a report down, block by block."""

    def __init__(self, dossier: Dossier) -> None:
        docx = office("docx", ENDING)
        office("resvg_py", ENDING)
        self.dossier, self.words = dossier, dossier.words
        self.document = docx.Document()
        self.inches: Callable[[float], int] = docx.shared.Inches
        self.points: Callable[[float], int] = docx.shared.Pt
        self.element: Callable[[str], Any] = docx.oxml.OxmlElement
        self.name: Callable[[str], str] = docx.oxml.ns.qn
        self.notes: list[str] = []
        self.cited: set[str] = set()

    def file(self) -> bytes:
        self._look()
        self._paragraph(self.dossier.title, "Title")
        if self.dossier.question:
            self._paragraph(self.dossier.question, "Subtitle")
        part = ""
        for section in self.dossier.sections:
            if all(isinstance(block, Live) for block in section.blocks):
                continue  # on paper nothing is found anew
            if section.part != part:
                part = section.part
                self._paragraph(part, "Heading 1")
            self._paragraph(section.title, "Heading 2")
            for block in section.blocks:
                self._block(block)
        self._paragraph(made_by(self.dossier))
        self._paragraph(tell("A model shows what follows from its assumptions; it is no forecast."))
        self._footnotes()
        described(self.document.core_properties, self.dossier)
        return settled(self.document)

    def _look(self) -> None:
        """A4, margins, type, language."""
        page = self.document.sections[0]
        page.page_width, page.page_height = self.inches(8.27), self.inches(11.69)
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = self.inches(0.98)
        styles = self.document.styles
        styles["Normal"].font.size = self.points(10.5)
        spoken = styles.element.find(f".//{{{W}}}rPrDefault/{{{W}}}rPr/{{{W}}}lang")
        for kind in ("val", "bidi"):
            spoken.set(f"{{{W}}}{kind}", language())
        footer = page.footer.paragraphs[0]
        footer.text = clean(f"{self.dossier.title} – détente {self.dossier.basis['version']}, ")
        footer.add_run(tell("model {hash}", hash=self.dossier.basis["hash"][:8]))
        for run in footer.runs:
            run.font.size = self.points(8)

    # --- blocks ---

    def _block(self, block: Block) -> None:
        match block:
            case Text(paragraphs, points, strong):
                for each in paragraphs:
                    self._paragraph(self.words.spelled(each), "List Bullet" if points else "", strong)
            case Table(sheet):
                self._table(spoken_sheet(self.words, sheet), sheet)
            case Talk(title, turns):
                self._heading(title)
                for turn in turns:
                    self._paragraph(self.words.spelled(turn.question), "", strong=True)
                    self._paragraph(self.words.spelled(turn.answer))
            case Picture():
                self._picture(block)
            case Choose() | Live():
                pass  # the tables have every combination
            case _:
                title, lines = spoken_lines(self.words, block)
                self._heading(title)
                for line in lines:
                    self._line(line)

    def _heading(self, title: str) -> None:
        if title:
            self._paragraph(self.words.spelled(title), "Heading 3")

    def _line(self, line: Line) -> None:
        made = self._paragraph("", "List Bullet", alike=line.about or line.says)
        self._write(made, line.about, strong=True)
        self._write(made, line.says if not line.about or line.says.startswith(":") else f" {line.says}")
        self._note(made, line.source)
        for label, said in line.details:
            self._paragraph(f"{label}: {'; '.join(said)}", "List Continue")

    def _picture(self, block: Picture) -> None:
        drawing = block.drawing
        self._heading(drawing.title)
        data = replace(drawing, title="").png(SCALE)  # its title stands above it
        width = min(WIDE, drawing.width / 96, 8.6 * drawing.width / drawing.height)
        shape = self.document.add_picture(io.BytesIO(data), width=self.inches(width))
        told = shape._inline.docPr
        told.set("descr", clean(drawing.title))
        told.set("title", "")
        self._paragraph(self.words.spelled(drawing.words))

    def _table(self, sheet: Sheet, written: Sheet) -> None:
        """A table below its title; its columns of sources are notes at the end of the first cell of their row."""
        self._heading(sheet.title)
        noted = [n for n, head in enumerate(written.columns) if n and head in (*SOURCES, *map(tell, SOURCES))]
        kept = [n for n in range(len(sheet.columns)) if n not in noted]
        if kept and sheet.rows:
            made = self.document.add_table(rows=1, cols=len(kept), style="Table Grid")
            made.autofit = True
            self._mark(made.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
            size = self.points(9 if len(kept) <= 5 else 8 if len(kept) <= 8 else 7)
            for place, n in enumerate(kept):
                self._cell(made.rows[0].cells[place], sheet.columns[n], size, strong=True)
            for row in sheet.rows:
                cells = made.add_row().cells
                if is_heading(row):
                    self._cell(cells[0].merge(cells[-1]), row[0], size, strong=True)
                    continue
                for place, n in enumerate(kept):
                    self._cell(cells[place], row[n], size)
                for n in noted:
                    self._note(cells[0].paragraphs[0], show(row[n]))
        for note in sheet.notes:
            self._paragraph(note, italic=True)
        self._paragraph("")

    def _cell(self, cell: Any, value: Any, size: int, *, strong: bool = False) -> None:
        said = cell.paragraphs[0]
        said.paragraph_format.space_after = 0
        self._direct(said, show(value))
        if is_number(value):
            said.alignment = 2
        self._write(said, show(value), strong=strong)
        for run in said.runs:
            run.font.size = size

    # --- words ---

    def _paragraph(
        self, text: str, style: str = "", strong: bool = False, *, italic: bool = False, alike: str = ""
    ) -> Any:
        """A paragraph at the end of the document, in the direction of its text (or of one `alike`)."""
        made = self.document.add_paragraph(style=style or None)
        self._direct(made, alike or text)
        self._write(made, text, strong=strong, italic=italic)
        return made

    def _direct(self, paragraph: Any, text: str) -> None:
        if from_right(text):
            properties = paragraph._p.get_or_add_pPr()
            properties.insert_element_before(self.element("w:bidi"), *AFTER_DIRECTION)

    def _write(self, paragraph: Any, text: str, *, strong: bool = False, italic: bool = False) -> None:
        for piece in filter(None, PIECES.split(text)):
            code = len(piece) > 2 and piece[0] == piece[-1] == "`"
            said = piece[1:-1] if code or piece[0] == FRAME[0] else piece
            run = paragraph.add_run(clean(said))
            run.bold, run.italic = strong or None, italic or None
            if code:
                run.font.name = "Consolas"
            if from_right(said):
                self._mark(run._r.get_or_add_rPr(), "w:rtl")

    def _mark(self, properties: Any, name: str, value: str = "") -> None:
        mark = self.element(name)
        if value:
            mark.set(self.name("w:val"), value)
        properties.append(mark)

    # --- notes ---

    def _note(self, paragraph: Any, text: str) -> None:
        """A footnote at the end of a paragraph; where a source is first named, with what it is."""
        if not text:
            return
        sources = self.words.scenario.sources
        first = [
            name
            for name in sources
            if name not in self.cited and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
        ]
        self.cited |= set(first)
        self.notes.append(". ".join([text, *(f"{name}: {sources[name].text}" for name in first)]))
        run = paragraph.add_run()
        self._mark(run._r.get_or_add_rPr(), "w:vertAlign", "superscript")
        mark = self.element("w:footnoteReference")
        mark.set(self.name("w:id"), str(len(self.notes)))
        run._r.append(mark)

    def _footnotes(self) -> None:
        """The part of the file that holds the notes; the first two entries are the rules above them, as the format wants."""
        if not self.notes:
            return
        packuri, part = office("docx.opc.packuri", ENDING), office("docx.opc.part", ENDING)
        constants, etree = office("docx.opc.constants", ENDING), office("lxml.etree", ENDING)
        root = etree.Element(f"{{{W}}}footnotes", nsmap={"w": W})

        def inside(parent: Any, *path: str, **given: str) -> Any:
            for name in path:
                parent = etree.SubElement(parent, f"{{{W}}}{name}")
            for key, value in given.items():
                parent.set(f"{{{W}}}{key}", value)
            return parent

        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            inside(inside(root, "footnote", type=kind, id=str(number)), "p", "r", kind)
        for number, text in enumerate(self.notes, 1):
            line = inside(inside(root, "footnote", id=str(number)), "p")
            if from_right(text):
                inside(line, "pPr", "bidi")
            mark = inside(line, "r")
            inside(mark, "rPr", "vertAlign", val="superscript")
            inside(mark, "footnoteRef")
            for piece in self._pieces(f" {text}"):
                run = inside(line, "r")
                properties = inside(run, "rPr")
                inside(properties, "sz", val="16")
                if from_right(piece):
                    inside(properties, "rtl")
                said = inside(run, "t")
                said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                said.text = clean(piece)
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        here = self.document.part
        name = packuri.PackURI("/word/footnotes.xml")
        made = part.Part(name, constants.CONTENT_TYPE.WML_FOOTNOTES, content, here.package)
        here.relate_to(made, constants.RELATIONSHIP_TYPE.FOOTNOTES)

    @staticmethod
    def _pieces(text: str) -> Iterator[str]:
        for piece in filter(None, PIECES.split(text)):
            yield piece.strip(FRAME) if piece[0] == FRAME[0] else piece.replace("`", "")
