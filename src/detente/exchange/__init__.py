"""Files of other tools: models in and out, by the ending of the file.

Each format is one module with `read(text, name) -> Taken` and `write(...) -> Given`; `FORMATS` says which ending is whose. What
does not come along is a list of `Loss`, known before anything is written.

How to add one: a module beside these, and a row of `FORMATS`.

>>> from detente.case import Circumstances
>>> from detente.scenario import load
>>> given = write(Circumstances().of(load("chicken")), "nfg")
>>> print(given.content.splitlines()[0])
NFG 1 R "Chicken" { "First driver" "Second driver" } { 2 2 }
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from detente.case import Case
from detente.exchange import gambit, gmcr_plus, graphs, provenance, workbooks
from detente.exchange.columns import write as write_columns
from detente.exchange.foreign import ForeignError, Given, Loss, Taken
from detente.messages import later, tell
from detente.scenario.text.edit import digest

__all__ = ["FORMATS", "ForeignError", "Given", "Loss", "Taken", "format_of", "read", "write"]

MOST_BYTES = 50_000_000
"""Bytes of a foreign file at most."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format: endings of its files, what it is, and how it is read from text and written from a case, if it can be."""

    name: str
    endings: tuple[str, ...]
    help: str
    read: Callable[[str, str], Taken] | None = None
    write: Callable[[Case], Given] | None = None


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format(name="gmcr", endings=(".gmcr",), help=later("GMCR+"), read=gmcr_plus.read, write=gmcr_plus.write),
        Format(
            name="nfg",
            endings=(".nfg",),
            help=later("Gambit, strategic game"),
            read=gambit.read,
            write=gambit.write,
        ),
        Format(
            name="efg",
            endings=(".efg",),
            help=later("Gambit, extensive game: one play in order"),
            write=gambit.write_extensive,
        ),
        Format(
            name="xlsx", endings=(".xlsx",), help=later("workbook"), write=lambda case: workbooks.write(case.analyse())
        ),
        Format(
            name="graphml",
            endings=(".graphml",),
            help=later("graph of states and moves"),
            read=graphs.read,
            write=lambda case: graphs.write(case.analyse()),
        ),
        Format(
            name="dot",
            endings=(".dot", ".gv"),
            help=later("graph for Graphviz"),
            write=lambda case: graphs.write_dot(case.analyse()),
        ),
        Format(
            name="edges",
            endings=(".csv",),
            help=later("table of moves, and one of states"),
            write=lambda case: graphs.write_edges(case.analyse()),
        ),
        Format(
            name="parquet",
            endings=(".parquet",),
            help=later("who is stable where, a row each"),
            write=lambda case: write_columns(case.analyse()),
        ),
        Format(
            name="prov",
            endings=(".prov.json",),
            help=later("the evidence as W3C PROV-JSON"),
            write=lambda case: provenance.write(case.scenario, digest(case.scenario.text)),
        ),
    )
}
"""The formats by name."""

TABLES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
"""Endings of workbooks, and of tables in text, which are read as parts of one."""


def format_of(name: str, *, reading: bool) -> Format:
    """The format of a file by its ending. Raises `ForeignError` with all endings that can be read, or written."""
    able = [each for each in FORMATS.values() if (each.read if reading else each.write)]
    endings = {ending: each for each in able for ending in each.endings}
    if reading:
        endings |= dict.fromkeys(TABLES, FORMATS["xlsx"])
    lowered = PurePath(name).name.lower()
    found = next((each for ending, each in endings.items() if lowered.endswith(ending)), None)
    if found is None:
        raise ForeignError(name, tell("expected a file that ends in one of {endings}", endings=", ".join(endings)))
    return found


def read(contents: Mapping[str, bytes], format: str = "") -> Taken:  # noqa: A002 (what everybody calls it)
    """The scenario that a foreign file describes, or several tables together; `contents` are bytes by file name.

    The format follows from the ending of the first file unless it is named. Raises `ForeignError`.
    """
    first = next(iter(contents))
    for name, data in contents.items():
        if len(data) > MOST_BYTES:
            raise ForeignError(name, tell("the file is larger than {max_bytes} MB", max_bytes=MOST_BYTES // 1_000_000))
    chosen = FORMATS[format] if format else format_of(first, reading=True)
    stem = PurePath(first).name.partition(".")[0]
    if chosen.read is None:
        return workbooks.read(contents, stem)
    if len(contents) > 1:
        raise ForeignError(first, tell("one file of this kind is read at a time; only tables go together"))
    try:
        text = contents[first].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ForeignError(
            first, tell("byte {start} is not UTF-8; save the file as UTF-8", start=error.start)
        ) from None
    return chosen.read(text, stem)


def write(case: Case, format: str, order: Sequence[str] = ()) -> Given:  # noqa: A002
    """A model under its circumstances in a foreign format; `order` is the order of moves of an extensive game."""
    if order and format == gambit.EXTENSIVE:
        return gambit.write_extensive(case, order)
    chosen = FORMATS[format].write
    if chosen is None:
        raise ForeignError(format, tell("this format is read, and not written"))
    return chosen(case)
