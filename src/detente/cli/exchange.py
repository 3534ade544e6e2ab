"""`detente import` and `detente export`: models from and for other tools; every loss is said before anything is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import circumstances_and, force_option, name_list, output_option
from detente.cli.runs import paint
from detente.cli.shared import STREAM, remember, vacant, wrapped, write_file, wrote
from detente.errors import InputError
from detente.messages import tell, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.case import Case
    from detente.exchange import Loss

READABLE = ("gmcr", "nfg", "graphml", "xlsx")
WRITABLE = ("gmcr", "nfg", "efg", "xlsx", "graphml", "dot", "edges", "parquet", "prov")


@click.command(name="import", short_help="A model of another tool as a scenario file.")
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--from", "form", type=click.Choice(READABLE), help="What kind of file it is, if its name does not say.")
@click.option("--template", is_flag=True, help="Write an empty workbook to fill in, instead of reading one.")
@output_option("Where to write the scenario (default: standard output).")
@force_option
def import_(files: tuple[str, ...], form: str | None, template: bool, output: Path | None, force: bool) -> None:
    """Make a scenario file of a model of another tool.

    Reads GMCR+ (.gmcr), Gambit's strategic games (.nfg), graphs (.graphml), workbooks (.xlsx, .ods) and tables in text (.csv),
    several of which go together. What could not come along is told on standard error.
    """
    from detente.exchange import format_of, read, workbooks

    if template:
        target = output or Path("template.xlsx")
        wrote(target, f" ({write_file(target, workbooks.template(), force)})")
        return
    if not files:
        raise click.UsageError(tell("name a file to read, or ask for a --template"))
    if output is not None:
        remember(*files)
        vacant(output, force)
    if form is None and files[0] != STREAM:
        format_of(files[0], reading=True)
    taken = read({file: _bytes(file) for file in files}, form or "")
    _tell(taken.losses)
    target = output or Path(STREAM)
    wrote(target, f" ({write_file(target, taken.text, force)})")


@click.command(short_help="A model as a file of another tool.")
@circumstances_and()
@click.option("--to", "form", type=click.Choice(WRITABLE), help="The format, if the name of the file does not say.")
@click.option(
    "--order", metavar="ACTORS", help="With efg: who moves, in turn, parted by commas; default: all, once each."
)
@output_option("Where to write (default: standard output, with --to).")
@force_option
def export(case: Case, form: str | None, order: str | None, output: Path | None, force: bool) -> None:
    """Write a model under its circumstances as a file of another tool.

    GMCR+ (gmcr), Gambit (nfg, efg), workbook (xlsx), graph (graphml, dot), table of moves (edges), results as columns
    (parquet), evidence (prov, as .prov.json). What the other format cannot hold is told on standard error, before anything is
    written.
    """
    from detente.exchange import format_of, write

    if output is None and form is None:
        raise click.UsageError(tell("name a file with -o, or a format with --to"))
    if output is not None:
        vacant(output, force)
    chosen = form or format_of(str(output), reading=False).name
    given = write(case, chosen, name_list(order))
    if isinstance(given.content, bytes) and output is None and sys.stdout.isatty():
        raise click.UsageError(tell("this format is no text: name a file with -o"))
    target = output or Path(STREAM)
    besides = {} if str(target) == STREAM else {target.with_suffix(end): text for end, text in given.beside.items()}
    for each in besides:
        vacant(each, force)
    _tell(given.losses)
    wrote(target, f" ({write_file(target, given.content, force)})")
    for each, text in besides.items():
        wrote(each, f" ({write_file(each, text, force)})")


def _bytes(file: str) -> bytes:
    """The content of a file, or of standard input; what cannot be opened is an `InputError`."""
    from detente.exchange import MOST_BYTES

    if file == STREAM:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(tell("{file} cannot be opened: {strerror}", file=file, strerror=error.strerror)) from None


def _tell(losses: Iterable[Loss]) -> None:
    for loss in losses:
        click.echo(f"{paint(word(loss.kind), 'warning')}: {wrapped(loss.sentence, '', '  ')}", err=True)
    sys.stderr.flush()
