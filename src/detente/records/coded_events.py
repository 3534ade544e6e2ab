r"""Events that others have coded from the news: GDELT, POLECAT and ACLED, one row per event, as their publishers write them.

The layouts. GDELT has no header: 61 columns in version 2.0, 58 in the daily files of version 1.0, 57 in those before April
2013. POLECAT is parted by tabs, with a header of 40 names; some of its files have more names than columns, or tabs too many.
ACLED exports are CSV with a header. Files are UTF-8 or, failing that, ISO-8859-1.

A row becomes a `Coded`: who, to whom, by which codes, when, and what is known of how widely it was told. What cannot be that
becomes an `Unread` with the reason: columns that do not fit, a date that is none, a CAMEO code that has lost its zero. Empty
cells beyond the last column are surplus tabs and mean nothing. Linear in the file; only the columns named here are kept.

Sources: the GDELT Event Codebook 2.0 and data format 1.0; the PLOVER manual and the files of POLECAT; the ACLED codebook.

>>> row = "\t".join(_GDELT_EXAMPLE)
>>> (event,) = rows(row, "gdelt")
>>> event.date, event.actor.names, event.codes, event.sources
('2024-06-19', ('PRK', 'PRKGOV', 'NORTH KOREA'), ('057',), 3)
>>> (spoiled,) = rows(row.replace("\t057\t057\t05\t", "\t57\t57\t5\t"), "gdelt")
>>> spoiled.why
"the event code is '57': a CAMEO code begins with 01 to 20, and a spreadsheet takes the zero away"
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from detente.errors import InputError, Problem, ScenarioError, refuse_unknown
from detente.messages import tell


class Party(NamedTuple):
    """One side of an event: the names it goes by (code, longer code, words), and its role in its country (GOV, MIL, ...)."""

    names: tuple[str, ...]
    role: str


class Coded(NamedTuple):
    """One row that could be read.

    `sources` and `mentions` are None where the layout does not count them; `told_by` are its publishers, `published` is when it
    was told ("" if that is not said).
    """

    line: int
    id: str
    date: str
    actor: Party
    target: Party
    codes: tuple[str, ...]
    contexts: tuple[str, ...]
    published: str
    sources: int | None
    mentions: int | None
    told_by: tuple[str, ...]


class Unread(NamedTuple):
    """A row that could not be read, and why."""

    line: int
    why: str


Row = Coded | Unread


# --- what the publishers write -----------------------------------------------------------------------------------------


def _gdelt_columns(second: bool, url: bool) -> tuple[str, ...]:
    actor = tell(
        "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
    )
    place = tell("Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID")
    kept = [each for each in place.split() if second or each != "ADM2Code"]
    return (
        *("GlobalEventID", "Day", "MonthYear", "Year", "FractionDate"),
        *(f"Actor{n}{each}" for n in (1, 2) for each in actor.split()),
        *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
        *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
        *(f"{who}Geo_{each}" for who in ("Actor1", "Actor2", "Action") for each in kept),
        *(("DATEADDED", "SOURCEURL") if url else ("DATEADDED",)),
    )


GDELT: Mapping[int, tuple[str, ...]] = {
    len(columns): columns
    for columns in (_gdelt_columns(False, False), _gdelt_columns(False, True), _gdelt_columns(True, True))
}
"""The columns of GDELT's event files by their number: 57 and 58 (version 1.0), 61 (version 2.0)."""

POLECAT = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts",
    "Actor Name", "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector", "Recipient Sectors", "Recipient Title",
    "Recipient Name Raw", "Wikipedia Recipient ID",
    "Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename",
    "Feature Type", "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language",
    "Version",
)  # fmt: skip
"""The columns of POLECAT."""

ACLED = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type",
    "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting", "iso",
    "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision", "source",
    "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
"""The columns of an ACLED export; not all of them need be there."""

FORMATS = ("gdelt", "polecat", "acled")
"""The layouts that can be read."""

WITHOUT = {"gdelt": ("contexts",), "polecat": (), "acled": ("contexts", "future")}
"""What a layout does not say, by the guard that therefore cannot act: GDELT and ACLED have no contexts, and ACLED not when an
event was told.
"""

CAMEO = re.compile(r"(0[1-9]|1[0-9]|20)[0-9]{0,2}")
"""A CAMEO code: two to four digits, the first two of which are the root, 01 to 20."""

LARGEST = 2_000_000_000
"""Bytes of a file read at most."""

_GDELT_EXAMPLE = tuple(
    {
        "GlobalEventID": "1", "Day": "20240619",
        "Actor1Code": "PRKGOV", "Actor1Name": "NORTH KOREA", "Actor1CountryCode": "PRK",
        "Actor1Type1Code": "GOV", "Actor2Code": "RUS", "Actor2CountryCode": "RUS", "EventCode": "057", "EventBaseCode": "057",
        "EventRootCode": "05", "NumMentions": "12", "NumSources": "3", "DATEADDED": "20240619120000",
        "SOURCEURL": "https://example.org/story",
    }.get(name, "")
    for name in GDELT[61]
)  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------------------


def read(path: str | Path, form: str) -> Iterator[Row]:
    """The rows of a file in the order in which they stand. Raises `InputError` for a file that is none of this layout."""
    return rows(text_of(path), form, str(path))


def rows(text: str, form: str, file: str = "") -> Iterator[Row]:
    """The rows of a text."""
    refuse_unknown("layout of events", FORMATS, form)
    return {"gdelt": _gdelt, "polecat": _polecat, "acled": _acled}[form](text, file)


def text_of(path: str | Path) -> str:
    """The text of a table: UTF-8, or ISO-8859-1 where it is not that; line ends as on any system."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError(
            tell(
                "{path}: {getattr}; name a file that can be read",
                path=path,
                getattr=getattr(error, "strerror", None) or error,
            )
        ) from None
    if len(data) > LARGEST:
        raise InputError(
            tell(
                "{path}: the file is larger than {largest} GB; split it by day",
                path=path,
                largest=LARGEST // 1_000_000_000,
            )
        )
    if b"\0" in data[:4096]:
        raise InputError(tell("{path}: this is no text; unpack the file first if it is a .zip", path=path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("iso-8859-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table parted by tabs, without empty cells at their ends."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line := line.rstrip("\t "):
            yield number, line.split("\t")


def _gdelt(text: str, file: str) -> Iterator[Row]:
    table = _lines(text)
    first = next(table, None)
    if first is None:
        return
    # A row may end in an empty cell, so it is of the narrowest layout that holds it.
    width = next((known for known in GDELT if len(first[1]) <= known), None)
    if width is None or len(first[1]) < min(GDELT) - 1:
        raise _misfit(
            file,
            first[0],
            tell("{number} columns; GDELT's event files have 57, 58 or 61, parted by tabs", number=len(first[1])),
        )
    at = {name: place for place, name in enumerate(GDELT[width])}
    code, base, root, added = at["EventCode"], at["EventBaseCode"], at["EventRootCode"], at["DATEADDED"]
    one, two = ([at[f"Actor{n}{each}"] for each in ("CountryCode", "Code", "Name", "Type1Code")] for n in (1, 2))
    mentions, sources, url = at["NumMentions"], at["NumSources"], at.get("SOURCEURL", width)
    days: dict[str, str] = {}
    for number, cells in _with(first, table):
        if not added < len(cells) <= width:
            yield Unread(number, tell("{number} columns instead of {width}", number=len(cells), width=width))
        elif not CAMEO.fullmatch(cells[code]) or not cells[base].startswith(cells[root]) or len(cells[root]) != 2:
            why = tell("a CAMEO code begins with 01 to 20, and a spreadsheet takes the zero away")
            yield Unread(number, tell("the event code is {shown}: {why}", shown=_shown(cells[code]), why=why))
        elif not (date := _day(cells[1], days)):
            yield Unread(number, tell("the date is {shown}; expected YYYYMMDD", shown=_shown(cells[1])))
        else:
            told = cells[url] if url < len(cells) else ""
            yield Coded(
                number,
                cells[0],
                date,
                Party((cells[one[0]], cells[one[1]], cells[one[2]]), cells[one[3]]),
                Party((cells[two[0]], cells[two[1]], cells[two[2]]), cells[two[3]]),
                (cells[code],),
                (),
                _day(cells[added][:8], days),
                _count(cells[sources]),
                _count(cells[mentions]),
                (_host(told),) if told else (),
            )


def _polecat(text: str, file: str) -> Iterator[Row]:
    table = _lines(text)
    first = next(table, None)
    if first is None:
        return
    header, missing = (
        first[1],
        [name for name in ("Event ID", "Event Date", "Event Type") if name not in first[1]],
    )
    if missing:
        raise _misfit(
            file,
            first[0],
            tell("no column '{missing}' in the first line, where POLECAT has its header", missing=missing[0]),
        )
    second = next(table, None)
    if second is None:
        return
    # Some files name more columns than they have; their rows are as published.
    if len(header) > len(POLECAT) >= len(second[1]):
        header = list(POLECAT)
    at = {name: place for place, name in enumerate(header)}
    width, days = len(header), dict[str, str]()

    def cell(cells: Sequence[str], name: str) -> str:
        place = at.get(name, width)
        return cells[place].strip() if place < len(cells) else ""

    def party(cells: Sequence[str], who: str) -> Party:
        named = (cell(cells, f"{who} {each}") for each in ("Country", "COW", "Name"))
        return Party(
            tuple(part for each in named for part in _parts(each)), cell(cells, tell("Primary {who} Sector", who=who))
        )

    for number, cells in _with(second, table):
        date = _day(cell(cells, "Event Date"), days)
        kind, mode = cell(cells, "Event Type"), cell(cells, "Event Mode")
        if len(cells) > width:
            yield Unread(number, tell("{number} columns instead of {width}", number=len(cells), width=width))
        elif not date:
            yield Unread(
                number, tell("the date is {shown}; expected YYYY-MM-DD", shown=_shown(cell(cells, "Event Date")))
            )
        elif not kind:
            yield Unread(number, tell("no event type"))
        else:
            yield Coded(
                number,
                cell(cells, "Event ID"),
                date,
                party(cells, "Actor"),
                party(cells, "Recipient"),
                (kind, f"{kind}-{mode}") if mode else (kind,),
                tuple(each.lower() for each in _parts(cell(cells, "Contexts"))),
                _day(cell(cells, tell("Publication Date")), days),
                None,
                None,
                _parts(cell(cells, "Source")),
            )


def _acled(text: str, file: str) -> Iterator[Row]:
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(text.split("\n"), delimiter=separator)
    header = [name.strip().strip('"').lower() for name in next(reader, [])]
    missing = [name for name in ("event_date", "event_type", "actor1") if name not in header]
    if missing:
        raise _misfit(
            file, 1, tell("no column '{missing}' in the first line, where ACLED has its header", missing=missing[0])
        )
    at, width, days = {name: place for place, name in enumerate(header)}, len(header), dict[str, str]()

    def cell(cells: Sequence[str], name: str) -> str:
        place = at.get(name, width)
        return cells[place].strip() if place < len(cells) else ""

    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Unread(number, tell("not CSV: {error}", error=error))
            continue
        if cells is None:
            return
        if not any(cells):
            continue
        date = _day(cell(cells, "event_date"), days)
        if any(cells[width:]):
            yield Unread(number, tell("{number} columns instead of {width}", number=len(cells), width=width))
        elif not date:
            yield Unread(
                number, tell("the date is {shown}; expected YYYY-MM-DD", shown=_shown(cell(cells, "event_date")))
            )
        else:
            told = _parts(cell(cells, "source"))
            yield Coded(
                number,
                cell(cells, "event_id_cnty"),
                date,
                Party((cell(cells, "actor1"), *_parts(cell(cells, "assoc_actor_1"))), cell(cells, "inter1")),
                Party((cell(cells, "actor2"), *_parts(cell(cells, "assoc_actor_2"))), cell(cells, "inter2")),
                tuple(filter(None, (cell(cells, "event_type"), cell(cells, "sub_event_type")))),
                (),
                "",
                len(told) or None,
                None,
                told,
            )


# --- cells -----------------------------------------------------------------------------------------------------------


def _with(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _parts(text: str) -> tuple[str, ...]:
    """The entries of a cell, which semicolons part."""
    return tuple(part for each in text.split(";") if (part := each.strip()))


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _host(url: str) -> str:
    """The publisher behind an address: its host, without `www.`; a text that is no address stands for itself."""
    host = url.partition("://")[2].partition("/")[0].lower() or url
    return host.removeprefix("www.")


def _shown(text: str) -> str:
    """A cell in a message."""
    clean = "".join(character for character in text[:40] if character.isprintable())
    return f"'{clean}'"


WRITTEN: tuple[tuple[str, Callable[[str], datetime.date]], ...] = (
    (r"[0-9]{8}", lambda text: datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", datetime.date.fromisoformat),
    (r"[0-9]{1,2} [A-Za-z]{3,9} [0-9]{4}", lambda text: _spelt(*text.split())),
)
"""How days are written: 20240619, 2024-06-19, 19 June 2024."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _spelt(day: str, month: str, year: str) -> datetime.date:
    return datetime.date(int(year), MONTHS.index(month[:3].lower()) + 1, int(day))


def _day(text: str, known: dict[str, str]) -> str:
    """A day as YYYY-MM-DD, or nothing for what is none; each way of writing it is read once."""
    if text not in known:
        known[text] = ""
        for pattern, made in WRITTEN:
            if re.fullmatch(pattern, text):
                try:
                    known[text] = made(text).isoformat()
                except ValueError:
                    known[text] = ""
    return known[text]


def _misfit(file: str, line: int, message: str) -> ScenarioError:
    return ScenarioError([Problem(line, 1, "error", "events", tell("found {message}", message=message), file)])
