"""What commands share: reading scenarios, writing files, printing."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.errors import InputError
from detente.messages import numeral, tell

if TYPE_CHECKING:
    from detente.case import Query
    from detente.scenario.model import Scenario
    from detente.sheet import Sheet

FLAGSHIP = "two_proxies"
"""The bundled model that is meant where none is named."""

SEPARATOR = "detente.separator"
"""Where the context keeps what parts the columns of CSV for a spreadsheet; nothing if no spreadsheet is meant."""

SOURCE = "detente.source"
"""Where the context keeps which scenario is asked about, as it was written."""

STREAM = "-"
"""In place of a file's name: standard input, or standard output."""

PIPED = "standard input"
"""What messages call it."""


def load(source: str) -> Scenario:
    """The scenario of a file, of standard input (`-`), or of a bundled model; its files are remembered."""
    from detente.scenario import load as load_scenario
    from detente.scenario import read_text

    if source == STREAM:
        return read_text(contents(source), name="scenario", path=PIPED)
    scenario = load_scenario(source, allow_outside=outside_allowed())
    remember(*_files_of(scenario))
    context = click.get_current_context(silent=True)
    if context:
        context.meta.setdefault(SOURCE, source)
    return scenario


def contents(name: str) -> str:
    """The text of a file or of standard input (`-`), which is read once in a run."""
    from detente.scenario.read import decoded, read_file

    if name != STREAM:
        return read_file(name)
    read: dict[str, Any] = click.get_current_context().find_root().meta
    if "detente.read" in read:
        raise InputError(tell("standard input (-) is named twice; it can be read only once"))
    read["detente.read"] = True
    if sys.stdin is None:
        raise InputError(tell("there is no standard input (-) to read: the shell has closed it"))
    return decoded(sys.stdin.buffer.read(), PIPED)


OUTSIDE = f"{__name__}.outside"


def outside_allowed() -> bool:
    """Whether `--allow-outside` was said."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(OUTSIDE))


def _allow_outside(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[OUTSIDE] = value


outside_option = click.option(
    "--allow-outside",
    is_flag=True,
    expose_value=False,
    callback=_allow_outside,
    help="Read parts of the model also from other folders than its own.",
)
"""Part of whatever names a scenario."""


def _files_of(scenario: Scenario) -> set[str]:
    """The files a scenario was read from; each part is looked at once, however often it is a part."""
    found, waiting, seen = set[str](), [scenario], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            found.add(each.path)
            waiting += each.whole.parts.values() if each.whole else ()
    return found


READ = f"{__name__}.read"


def remember(*paths: str) -> None:
    """What this run of the command reads."""
    context = click.get_current_context(silent=True)
    if context:
        context.meta.setdefault(READ, []).extend(filter(None, paths))


def vacant(target: Path, force: bool) -> None:
    """Refuse early what could not be written in the end."""
    if str(target) == STREAM:
        return
    from detente.files import same_file

    context = click.get_current_context(silent=True)
    for path in context.meta.get(READ, ()) if context else ():
        if same_file(path, target):
            raise InputError(
                tell(
                    "{target} is {path}, which is read here; it would be lost. Give another name with -o",
                    target=target,
                    path=path,
                )
            )
    if target.exists() and not force:
        raise InputError(
            tell("{target} is there already; give another name with -o, or replace it with --force", target=target)
        )
    if not target.parent.is_dir():
        raise InputError(tell("there is no folder {parent}; make it, or write elsewhere with -o", parent=target.parent))


def is_stream(target: Path | None) -> bool:
    """Whether a name is none of a file: `-` for standard output, a device or a pipe."""
    if target is None or str(target) == STREAM:
        return target is not None
    try:
        return target.is_char_device() or target.is_fifo()
    except (OSError, ValueError):
        return False


def form_of(target: Path, forms: Mapping[str, tuple[str, ...]], chosen: str | None = None) -> str:
    """How a file is to be written, by the end of its name, or as was `chosen`; a name that promises something else is refused.

    `forms` are the ways this can be written, each with the endings of its files; the first one goes to standard output.
    """
    if is_stream(target):
        return chosen or next(iter(forms))
    known = {ending: form for form, endings in forms.items() for ending in endings}
    found = known.get(target.suffix.lower())
    if found is None and target.suffix.lower() in ("", ".txt") and chosen is not None:
        return chosen
    if found is None:
        *some, last = (ending for ending in known if ending)
        raise InputError(
            tell(
                "{target}: this is written as {some} or {last}; name the file so",
                target=target,
                some=", ".join(some),
                last=last,
            )
        )
    if chosen not in (None, found):
        raise InputError(
            tell(
                "{target}: a name that ends in {suffix} is for {found}, not for {chosen}; rename it",
                target=target,
                suffix=target.suffix,
                found=found,
                chosen=chosen,
            )
        )
    return found


def query_words(query: Query) -> tuple[str, ...]:
    """A query, as options."""
    of = () if query.of is None else ("--goal", str(query.of))
    return (*of, *(("--concept", query.concept) if query.concept else ("--play", query.play)))


def wrote(target: Path, said: str) -> None:
    """Tell on standard error what was written; nothing of standard output."""
    if str(target) != STREAM:
        click.echo(tell("Wrote {target}{said}", target=target, said=said), err=True)


def size_of(count: int) -> str:
    """How large a file is, for people.

    >>> size_of(17), size_of(1234567)
    ('17 bytes', '1,206 KB')
    """
    if count < KILOBYTE:
        from detente.sheet import many

        return many(count, "byte")
    return tell("{number} KB", number=numeral(count / KILOBYTE, ",.0f"))


KILOBYTE = 1024


def write_file(target: Path, content: str | bytes, force: bool) -> str:
    """Write a file whole; one that is there is replaced only by `force`, also if it has come meanwhile. Tells its size."""
    from detente.files import write_new, write_whole

    # The name of a scenario file need not be UTF-8, and may stand in what is written.
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    size = size_of(len(data))
    if str(target) == STREAM:
        sys.stdout.buffer.write(data)
        return size
    vacant(target, force)
    try:
        (write_whole if force else write_new)(target, data)
    except FileExistsError:
        vacant(target, force)
        raise
    except OSError as error:
        raise InputError(tell("cannot write {target}: {strerror}", target=target, strerror=error.strerror)) from None
    return size


def print_json(document: Any) -> None:
    """A JSON document: one line per key of the outermost level, so that it can be skimmed and compared."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    dump = json.JSONEncoder(ensure_ascii=plain, separators=(", ", ": ")).encode
    if isinstance(document, Mapping):
        lines = [f" {dump(key)}: {dump(value)}" for key, value in document.items()]
        click.echo("\n".join(["{", ",\n".join(lines), "}"]))
    else:
        click.echo("\n".join(["[", ",\n".join(f" {dump(each)}" for each in document), "]"]))


def print_sheets(sheets: Iterable[Sheet], form: str) -> None:
    """Sheets as CSV (below each other, an empty line between), Markdown or LaTeX."""
    if form == "csv":
        separator: str | None = click.get_current_context().meta.get(SEPARATOR)
        text = "\n".join(sheet.to_csv(separator or ",") for sheet in sheets if sheet.columns)
        click.echo(f"\ufeff{text}" if separator else text, nl=False)
        return
    write = {"markdown": _markdown_section, "latex": _latex_section}[form]
    click.echo("\n".join(write(sheet) for sheet in sheets), nl=False)


def _markdown_section(sheet: Sheet) -> str:
    from detente.sheet import markdown

    title = f"## {markdown(sheet.title)}\n" if sheet.title else ""
    parts = [title, sheet.to_markdown(), *(f"{markdown(note)}\n" for note in sheet.notes)]
    return "\n".join(filter(None, parts))


def _latex_section(sheet: Sheet) -> str:
    """Title and notes are comments, so that the tables can be set as the paper wants them."""
    from detente.sheet import latex_comment

    return f"{latex_comment(sheet.title)}{sheet.to_latex()}{''.join(map(latex_comment, sheet.notes))}"


def print_tables(sheets: Callable[[int], Iterable[Sheet]], title: str = "", *below: str) -> None:
    """Draw sheets, made for the width there is, below a title and lines of text."""
    from detente.present.tables.terminal import console, draw, heading

    on = console()
    made = list(sheets(on.width))
    if title:
        heading(title, below, on)
    draw(made, on)


def print_below(*texts: str) -> None:
    """Paragraphs below the tables, wrapped like them."""
    from rich.text import Text

    from detente.present.tables.terminal import console, put, sayable

    on = console()
    on.print()
    for text in filter(None, texts):
        put(Text(sayable(text, on.encoding)), on)


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """A paragraph for the terminal there is; in a pipe as wide as COLUMNS says, else 80, and never above 100."""
    from detente.present.tables.terminal import NARROWEST, sayable

    width = max(NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, 100))
    text = sayable(text, sys.stdout.encoding or "ascii")
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
