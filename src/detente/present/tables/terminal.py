"""Sheets in a terminal, and the same text without colours in a pipe.

How a cell looks follows from what it says: `✓` and `ALL` stand out, `✗`, `·`, `N` and `NONE` step back, numbers align to
the right, signs to the centre. Red is for errors alone: that an actor would move is none. In a grid of verdicts each has its
tone (reverse, dim reverse, plain), on one scale with the pictures. A row whose other cells are None is a heading inside the
table. No meaning is in the colour alone.

How to use it: `draw(sheets, console())`. Only this module imports rich, so what prints no tables starts faster.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from detente.engine import Progress as Report
from detente.engine import quiet
from detente.messages import tell
from detente.present.names import tone
from detente.present.tables.column_widths import GAP, parts, widths
from detente.sheet import Gloss, Heading, Sheet, VerdictTerm, is_heading, is_number, show

STYLES = {"✓": "bold", "✗": "dim", "?": "yellow", "·": "dim", "-": "dim", "–": "dim", "N": "dim", "NONE": "dim"}
STYLES |= {"ALL": "bold", "title": "bold cyan", "head": "dim", "group": "bold", "note": "dim"}

SIGNS = frozenset({"✓", "·", "+", ".", "Y", "N", "-", "–", ""})
"""Cells that stand in the middle of their column."""

PLAIN = str.maketrans(
    {"✓": "+", "✗": "x", "·": ".", "–": "-", "…": "~", "→": ">", "×": "x", "’": "'", "“": '"', "”": '"'}
    | {"↔": "<>", "−": "-", "±": "+-", "≤": "<=", "≥": ">=", "≠": "/="}
)
"""What stands in for signs that a terminal cannot show."""

NARROWEST = 20
"""Columns a terminal has at least; what says less, such as COLUMNS=0, does not know."""

INDENT = 2
"""Blanks before a table."""

PATIENCE = 0.5
"""Seconds before a progress bar appears."""


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console as wide as the terminal; in a pipe as wide as COLUMNS says, else 80; a width that is none counts as unsaid."""
    said = os.environ.get("COLUMNS", "")
    useless = said.isdecimal() and int(said[:9]) < NARROWEST
    environ = {key: value for key, value in os.environ.items() if not (useless and key == "COLUMNS")}
    return Console(file=file, width=width, highlight=False, emoji=False, markup=False, _environ=environ)


def draw(sheets: Iterable[Sheet], on: Console) -> None:
    """Print sheets below each other, an empty line between them."""
    drawn = [part for sheet in sheets for part in _fitting(encodable(sheet.told(), on.encoding), on.width - INDENT)]
    for number, sheet in enumerate(drawn):
        if number:
            on.print()
        put(rendered(sheet, on.width), on, least_width(sheet, on.width))


def _fitting(sheet: Sheet, room: int) -> tuple[Sheet, ...]:
    """The sheet in parts that fit; a grid that would be cut in two is turned, if that spares the cut."""
    cut = parts(sheet, room)
    if sheet.toned and cut[1:]:
        turned = parts(sheet.turned(), room)
        return turned if len(turned) < len(cut) else cut
    return cut


def notes_once(sheets: Iterable[Sheet], said: str = "") -> Iterator[Sheet]:
    """The sheets of an answer, each note below the first of the tables that it is about, unless the line above has `said` it.

    >>> [sheet.notes for sheet in notes_once([Sheet("", (), (), ("a", "b")), Sheet("", (), (), ("b", "c"))])]
    [('a', 'b'), ('c',)]
    """
    before: set[object] = {said}
    for sheet in sheets:
        yield replace(sheet, notes=tuple(note for note in sheet.notes if note not in before))
        before.update(sheet.notes)


def without_glosses(sheet: Sheet) -> Sheet:
    """The sheet without the notes that only say what its words mean."""
    return replace(sheet, notes=tuple(note for note in sheet.notes if not isinstance(note, Gloss)))


def put(what: RenderableType, on: Console, least: int = 0) -> None:
    """Print; in a pipe without the blanks that rich leaves at the ends of lines.

    What needs more than the console's width gets it: rich would leave out the columns that do not fit.
    """
    on = on if least <= on.width else console(on.file, least)
    if on.is_terminal:
        on.print(what, crop=False)
        return
    with on.capture() as captured:
        on.print(what, crop=False)
    on.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def encodable(sheet: Sheet, encoding: str) -> Sheet:
    """The sheet with signs that the encoding lacks replaced by plain ones."""

    def say(value: Any) -> Any:
        if isinstance(value, Heading):
            return Heading(sayable(value, encoding))
        return sayable(value, encoding) if isinstance(value, str) else value

    return replace(
        sheet,
        title=say(sheet.title),
        columns=tuple(map(say, sheet.columns)),
        rows=tuple(tuple(map(say, row)) for row in sheet.rows),
        notes=tuple(map(say, sheet.notes)),
    )


def sayable(text: str, encoding: str) -> str:
    """The text, with plain characters for signs if the encoding lacks one of them.

    >>> sayable("“a” → b ✓", "ascii")
    '"a" > b +'
    """
    try:
        text.encode(encoding)
        return text
    except (UnicodeEncodeError, LookupError):
        return text.translate(PLAIN)


def rendered(sheet: Sheet, width: int = 80) -> RenderableType:
    """One sheet as something rich can print."""
    said: list[RenderableType] = [Text(sheet.title, style=STYLES["title"])] if sheet.title else []
    if sheet.columns and sheet.rows:
        said.append(Padding(_table(sheet, width), (0, 0, 0, INDENT)))
    style = STYLES["note"] if sheet.columns else ""
    none = (tell("Nothing."),) if sheet.columns and not sheet.rows and not sheet.notes else ()
    return Group(*said, *(_note(note, style) for note in (*sheet.notes, *none)))


def _note(text: str, style: str) -> RenderableType:
    """A paragraph; an entry of a list keeps its dash out of the text."""
    if not text.startswith("– "):
        return Padding(Text(text, style), (0, 0, 0, INDENT))
    entry = Table.grid(padding=(0, 1))
    entry.add_row(Text("–", style), Text(text[2:], style))
    return Padding(entry, (0, 0, 0, INDENT))


def _table(sheet: Sheet, width: int) -> Table:
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style=STYLES["head"])
    table.show_header = any(sheet.columns)
    wide = widths(sheet, width - INDENT) or widths(sheet, least_width(sheet, width) - INDENT)
    for place, name in enumerate(sheet.columns):
        side = _side([row[place] for row in sheet.rows])
        table.add_column(Text(name), justify=side, overflow="fold", width=wide[place] if wide else None)
    for row in sheet.rows:
        group = is_heading(row)
        style = _tone if sheet.toned else _style
        table.add_row(*(_cell(show(cell), STYLES["group"] if group else style(cell)) for cell in row))
    return table


def least_width(sheet: Sheet, width: int) -> int:
    """The width that a sheet needs: `width`, or more where even its words are wider."""
    while sheet.columns and sheet.rows and widths(sheet, width - INDENT) is None:
        width += 4
    return width


def _cell(text: str, style: str) -> RenderableType:
    """A cell; what is indented stays so when it wraps."""
    bare = text.lstrip()
    return Padding(Text(bare, style), (0, 0, 0, len(text) - len(bare))) if text[:1] == " " else Text(text, style)


def _side(cells: list[Any]) -> Any:
    told = [cell for cell in cells if cell is not None]
    if any(map(is_number, told)):
        return "right"
    return "center" if told and all(cell in SIGNS for cell in told) else "left"


TONES = ("", "", "dim reverse", "reverse")
"""How the tones of `words.tone` look on a terminal with colours."""


def _tone(cell: Any) -> str:
    """The tone of a verdict in a grid; any other cell as ever."""
    return TONES[tone(cell)] if tone(cell) and isinstance(cell, VerdictTerm) else _style(cell)


def _style(cell: Any) -> str:
    return STYLES.get(cell, STYLES.get(cell[:2].strip(), "")) if isinstance(cell, str) else ""


@contextmanager
def progress() -> Iterator[Report]:
    """A report function that shows a bar on standard error, on terminals only, once work has lasted a while."""
    screen = Console(stderr=True, highlight=False)
    if not screen.is_terminal or screen.is_dumb_terminal:
        yield quiet
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24, complete_style="cyan"),
        console=screen,
        transient=True,
    )
    task = bar.add_task("", total=None)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=text)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def headed(title: str, second: str, answer: str, on: Console, below: Iterable[str] = ()) -> None:
    """The title, under what circumstances, and the answer in a sentence, which stands out; what belongs `below` it."""
    said = encodable(Sheet(title, (second,), ((answer,),), tuple(below)), on.encoding)
    more = ((text, "") for text in said.notes)
    for text, style in ((said.title, "bold"), (said.columns[0], "italic"), (said.rows[0][0], "bold"), *more):
        if text:
            put(Text(text, style=style), on)
    on.print()


def heading(title: str, below: Iterable[str], on: Console) -> None:
    """A title, and paragraphs under it."""
    plain = encodable(Sheet(title, (), (), tuple(filter(None, below))), on.encoding)
    put(Text(plain.title, style="bold"), on)
    for text in plain.notes:
        put(Text(text, style="italic"), on)
    on.print()
