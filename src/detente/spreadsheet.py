r"""Tables from any spreadsheet: read with the place of every row, written the way a program takes them.

Spreadsheets do not agree on CSV. Columns are parted by commas, semicolons or tabs (whichever the header has most of, or what a
first line `sep=;` says), lines end as on any system, a byte order mark may stand in front, and empty columns may trail. What
would be read in two ways is refused, with line and column: two columns of one name, a quotation mark never closed, characters
that steer terminals. The rows themselves are read by the standard library.

>>> table = read("by;set\nus;\"not us_arm, us_recog\"\n\n;;\nru;\n")
>>> table.header, [(row.line, row.cells) for row in table.rows]
(('by', 'set'), [(2, ('us', 'not us_arm, us_recog')), (5, ('ru', ''))])
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from detente.characters import refused, visible
from detente.errors import Problem, ScenarioError
from detente.messages import numeral, tell

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
"""What parts the columns, by the name a user gives it."""

_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\n|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One row: its cells without blanks around them, and the line it begins in, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header, and rows that are exactly as long."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int = 1
    separator: str = ","


def read(text: str, file: str = "") -> Table:
    """The table a text holds. Linear in the text. Raises `ScenarioError` with the place of what is wrong."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if bad := refused(text):
        offset, message = bad
        begin = text.rfind("\n", 0, offset) + 1
        _fail(file, text.count("\n", 0, offset) + 1, offset - begin + 1, message)
    separator, skipped = _separator(text)
    rows = list(_rows(text[skipped:], separator, file, text.count("\n", 0, skipped)))
    if not rows:
        _fail(file, 1, 1, tell("the table is empty"))
    head, *body = rows
    width = max((n for n, cell in enumerate(head.cells, start=1) if cell), default=0)
    header = head.cells[:width]
    _check_header(header, head.line, file)
    return Table(header, tuple(_fitted(row, header, file) for row in body), head.line, separator)


def _separator(text: str) -> tuple[str, int]:
    """What parts the columns, and how many characters say so."""
    if said := _SEP_LINE.match(text):
        return said[1], said.end()
    first = next((line for line in text.split("\n") if line.strip(" \t,;")), "")
    bare = re.sub('"[^"]*"', "", first)
    return max(SEPARATORS.values(), key=bare.count), 0


def _rows(text: str, separator: str, file: str, above: int) -> Iterator[Row]:
    """The rows that are not empty, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        line = above + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            _fail(file, line, 1, _plainly(str(error), separator))
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(cell.strip() for cell in cells))


def _plainly(problem: str, separator: str) -> str:
    """What the standard library says, said for people."""
    if "unexpected end of data" in problem:
        return tell("a quotation mark is opened in this row and never closed; inside a quoted cell write it twice")
    if "expected after" in problem:
        shown = tell("a tab") if separator == "\t" else f"'{separator}'"
        return tell(
            "after a closing quotation mark expected {shown} or the end of the line; inside a quoted "
            "cell write it twice",
            shown=shown,
        )
    if "field larger" in problem:
        return tell(
            "a cell has more than {field_size_limit} characters; is a quotation mark missing?",
            field_size_limit=numeral(csv.field_size_limit()),
        )
    return tell("this row is not CSV: {problem}", problem=problem)


def _check_header(header: Sequence[str], line: int, file: str) -> None:
    seen: set[str] = set()
    for place, name in enumerate(header, start=1):
        if name and visible(name) in seen:
            _fail(
                file,
                line,
                1,
                tell(
                    "two columns are called '{name}'; column {place} is the second, rename or delete it",
                    name=name,
                    place=place,
                ),
            )
        seen.add(visible(name))


def _fitted(row: Row, header: Sequence[str], file: str) -> Row:
    """The row as long as the header; cells in columns without a name must be empty."""
    cells = (*row.cells[: len(header)], *[""] * (len(header) - len(row.cells)))
    if any(row.cells[len(header) :]):
        _fail(
            file,
            row.line,
            1,
            tell(
                "{number} cells for {number2} columns; quote a cell with commas in it",
                number=len(row.cells),
                number2=len(header),
            ),
        )
    for place, (name, cell) in enumerate(zip(header, cells, strict=True), start=1):
        if cell and not name and place > 1:
            _fail(
                file,
                row.line,
                1,
                tell(
                    "column {place} has no name in the header, but here it holds '{cell}'", place=place, cell=cell[:40]
                ),
            )
    return Row(row.line, cells)


def _fail(file: str, line: int, column: int, message: str) -> NoReturn:
    raise ScenarioError([Problem(line, column, "error", "table", message, file)])


def decimal(text: str) -> str:
    """A number with a point, also where a spreadsheet writes a comma.

    >>> decimal("0,25"), decimal("1/3"), decimal("1,000,000")
    ('0.25', '1/3', '1,000,000')
    """
    return text.replace(",", ".") if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text.strip()) else text


def write(rows: Iterable[Iterable[Any]], separator: str = ",") -> str:
    """Rows as CSV, one per line."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()
