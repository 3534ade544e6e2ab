"""Models as workbooks (`.xlsx`, `.ods`) and as tables in text (`.csv`), for people whose tool is a spreadsheet.

A workbook holds tables, each recognised by the heads of its columns, whatever its sheet is called; text files hold one each.
What the tables are is listed in `TABLES`; a template with all of them is `template()`. Two ways to say a model: options with
priorities or rankings, rules and a status quo; or states and moves (graph form). A written workbook holds the first, and beside
it the states and the moves as they were computed, for reading only.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from xml.etree import ElementTree

from detente.analysis import Analysis
from detente.exchange.foreign import (
    LOST,
    MOST_STATES,
    ForeignError,
    Given,
    Loss,
    Taken,
    identifier,
    scenario_text,
    sections_lost,
)
from detente.exchange.graphs import RANK, model_of, states_only
from detente.messages import later, numeral, tell
from detente.scenario.model import Actor, Evidence, Option, Ranking, Scenario, Statement
from detente.sheet import library
from detente.spreadsheet import read as read_csv

NAME = "xlsx"

MOST_CELLS = 2_000_000
"""Cells of a workbook that are read at most."""


MOST_UNPACKED = 200_000_000
"""Bytes of a workbook at most, unpacked."""


@dataclass(frozen=True)
class Kind:
    """One kind of table: its sheet in a written workbook, the columns it needs and those it may have, and what it holds."""

    sheet: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    help: str


TABLES: Mapping[str, Kind] = {
    "model": Kind("Model", ("key", "value"), (), later("title, question, about: a row each")),
    "options": Kind(
        "Options",
        ("actor", "option"),
        ("actor name", "name", "short", "choices", "change", "needs", "now", "source"),
        later("what each actor can do; choices parted by semicolons; now: yes, or the choice"),
    ),
    "priorities": Kind(
        "Priorities",
        ("actor", "want"),
        ("reading", "says", "weight", "confidence", "source", "where", "note"),
        later("what each actor wants, most important first; with a weight in every row, weights"),
    ),
    "rankings": Kind(
        "Rankings",
        ("actor", "rank", "state"),
        ("reading",),
        later(
            "or all states by hand: 1 is the best; a state is its settings (ru_pay, not ru_link), its digits or its name"
        ),
    ),
    "readings": Kind(
        "Readings",
        ("actor", "reading"),
        ("name", "about", "brief", "source"),
        later("rival accounts of what an actor wants, the default first; needed where there are several"),
    ),
    "names": Kind("Named states", ("state name", "settings"), (), later("names for states")),
    "rules": Kind(
        "Rules", (), ("never", "when", "then", "name", "note"), later("what cannot be, or follows by itself")
    ),
    "outcomes": Kind("Outcomes", ("outcome", "formula"), ("name",), later("named formulas")),
    "events": Kind("Events", ("date", "set"), ("by", "says", "source"), later("what happened, in order")),
    "sources": Kind("Sources", ("source", "text"), ("kind", "date", "url", "grade"), later("what is cited")),
    "transitions": Kind(
        "Moves", ("from", "to", "actor"), ("improvement", "unsanctioned"), later("moves between states")
    ),
}
"""The tables by what they hold; a table is of the first kind whose needs are met.

States (a column `state`, ranks, now) and infeasible patterns (options as heads) are told by their columns too.
"""

COMPUTED = ("States", "Moves")
"""Sheets of a written workbook that are results."""

PATTERN = {"y": True, "yes": True, "1": True, "on": True, "n": False, "no": False, "0": False, "off": False}


@dataclass(frozen=True)
class Found:
    """A table of a file: where it is, its heads, and its rows as texts with their row numbers."""

    where: str
    heads: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


# --- reading ----------------------------------------------------------------------------------------------------------


def read(contents: Mapping[str, bytes], name: str = "") -> Taken:
    """The scenario that workbooks and tables in text describe, by file name. Raises `ForeignError`.

    Cost: linear in the cells.
    """
    losses: list[Loss] = []
    tables: list[Found] = []
    for file, data in contents.items():
        tables += _sheets(file, data, losses) if file.lower().endswith(_BOOKS) else [_text_table(file, data)]
    kinds: dict[str, Found] = {}
    patterns: list[Found] = []
    for table in tables:
        kind = _kind(table)
        if kind == "infeasible":
            patterns.append(table)
        elif kind in kinds:
            raise ForeignError(kinds[kind].where, tell("the same kind of table stands at {where}", where=table.where))
        else:
            kinds[kind] = table
    if "options" in kinds:
        losses += [
            Loss(LOST, tell("computed, and not read"), kinds[kind].where)
            for kind in ("states", "transitions")
            if kind in kinds
        ]
        return Taken(format=NAME, text=scenario_text(_from_options(kinds, patterns), losses), losses=tuple(losses))
    if "states" in kinds and "transitions" in kinds:
        losses.append(states_only())
        return Taken(format=NAME, text=scenario_text(_from_states(kinds, name), losses), losses=tuple(losses))
    wanted = tell(
        "expected a table with the columns actor and option, or one with state and one with from, to and actor"
    )
    found = "; ".join(f"{each.where}: {', '.join(each.heads)}" for each in tables)
    raise ForeignError(name, f"{wanted}; {tell('found {found}', found=found or tell('none'))}")


_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def _sheets(file: str, data: bytes, losses: list[Loss]) -> Iterator[Found]:
    calamine = library("python_calamine", "detente[spreadsheets]")
    _unpacked(file, data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        meta = {each.name: each.visible for each in book.sheets_metadata}
    except Exception as error:
        raise ForeignError(file, tell("this is no workbook: {error}", error=str(error)[:200])) from None
    if file.lower().endswith(".xlsm"):
        losses.append(Loss(LOST, tell("macros are not run"), file))
    for title in book.sheet_names:
        if meta.get(title) not in (None, calamine.SheetVisibleEnum.Visible):
            losses.append(Loss(LOST, tell("the sheet is hidden, and was not read"), f"{file}, {title}"))
            continue
        try:
            sheet = book.get_sheet_by_name(title)
        except Exception as error:
            raise ForeignError(
                f"{file}, {title}", tell("this sheet cannot be read: {error}", error=str(error)[:200])
            ) from None
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise ForeignError(
                f"{file}, {title}", tell("the sheet is larger than {most} cells", most=numeral(MOST_CELLS))
            )
        merged = getattr(sheet, "merged_cell_ranges", None) or []
        rows = sheet.to_python(skip_empty_area=False)
        table = _table(f"{file}, {title}", rows, [first for first, last in merged if first != last])
        if table is not None:
            yield table


def _unpacked(file: str, data: bytes) -> None:
    """Refuse a workbook whose parts, or whose tables, are far larger than the file: before any library makes room for them."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return  # an old .xls is no archive
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                with archive.open(part) as opened:
                    while found := len(opened.read(min(1 << 20, left + 1))):
                        left -= found
                        if left < 0:
                            says = tell(
                                "unpacked, the workbook is larger than {most} MB; leave out what is no table",
                                most=MOST_UNPACKED // 1_000_000,
                            )
                            raise ForeignError(file, says)
            for name in archive.namelist():
                if _SHEET.search(name):
                    with archive.open(name) as opened:
                        if _extent(opened) > MOST_CELLS:
                            raise ForeignError(
                                file, tell("a sheet is larger than {most} cells", most=numeral(MOST_CELLS))
                            )
    except (*_BROKEN, ElementTree.ParseError, ValueError) as error:
        raise ForeignError(file, tell("this is no workbook: {error}", error=str(error)[:200])) from None


_SHEET = re.compile(r"worksheets/[^/]*\.xml$|^content\.xml$")

_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)


def _extent(opened: IO[bytes]) -> int:
    """How many cells the largest table of a part spans, from its first to its last that is filled. Cost: linear in the part.

    One cell far out, or one that says it is repeated, makes a table of billions.
    """
    row = column = across = down = most = 0
    filled, times = False, 1
    for event, each in ElementTree.iterparse(opened, ("start", "end")):  # noqa: S314 (entities: expat bounds them)
        tag = each.tag.rpartition("}")[2]
        if event == "start":
            if tag in ("table", "sheetData"):
                row = across = down = 0
            elif tag == "row":
                row, column = int(each.get("r") or row + 1), 0
            elif tag == "table-row":
                row, column, filled = row + 1, 0, False
                times = _repeated(each, "rows")
            continue
        if tag == "c":
            column = _place(each.get("r", "")) or column + 1
            if len(each):
                across, down = max(across, column), max(down, row)
        elif tag in ("table-cell", "covered-table-cell"):
            column += _repeated(each, "columns")
            if len(each) or any(name.endswith(("value", "value-type", "formula")) for name, _ in each.items()):
                across, filled = max(across, column), True
        elif tag == "table-row":
            row += times - 1
            down = row if filled else down
        else:
            continue
        most = max(most, across * down)
        each.clear()
    return most


def _repeated(each: ElementTree.Element, what: str) -> int:
    return int(next((n for name, n in each.items() if name.endswith(f"number-{what}-repeated")), 1))


def _place(reference: str) -> int:
    """The number of the column of a cell such as AB12."""
    number = 0
    for letter in reference.rstrip("0123456789").upper():
        number = number * 26 + ord(letter) - 64
    return number


def _table(where: str, rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int]]) -> Found | None:
    """The table of a sheet, whose first row that is not empty holds the heads; None for an empty sheet."""
    begin = next((n for n, row in enumerate(rows) if any(cell not in ("", None) for cell in row)), None)
    if begin is None:
        return None
    if merged:
        raise ForeignError(f"{where}, {_cell(*merged[0])}", tell("merged cells hold one value for several: part them"))
    heads = [" ".join(str(cell).split()).lower() for cell in rows[begin]]
    for column, head in enumerate(heads):
        if head and head in heads[:column]:
            raise ForeignError(
                f"{where}, {_cell(begin, column)}", tell("two columns are called {head}", head=repr(head))
            )
    found = []
    for number, row in enumerate(rows[begin + 1 :], begin + 1):
        told = {
            head: _said(cell, where, number, column, head)
            for column, (head, cell) in enumerate(zip(heads, row, strict=False))
        }
        if any(told.values()):
            if stray := told.pop("", ""):
                raise ForeignError(
                    f"{where}, {_cell(number, heads.index(''))}",
                    tell("{stray} stands in a column without a head", stray=repr(stray[:40])),
                )
            found.append((number + 1, told))
    return Found(where, tuple(head for head in heads if head), tuple(found))


def _cell(row: int, column: int) -> str:
    letters, left = "", column + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(65 + last) + letters
    return f"{letters}{row + 1}"


def _said(cell: Any, where: str, row: int, column: int, head: str) -> str:
    """A cell as text; a date only where one is expected: spreadsheets make dates of such texts as 1-2."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    if isinstance(cell, datetime.datetime | datetime.date):
        if head == "date":
            return cell.strftime("%Y-%m-%d")
        raise ForeignError(
            f"{where}, {_cell(row, column)}",
            tell(
                "the spreadsheet made a date ({day}) of what was typed: format the column as text",
                day=cell.isoformat()[:10],
            ),
        )
    if isinstance(cell, datetime.time | datetime.timedelta):
        raise ForeignError(
            f"{where}, {_cell(row, column)}",
            tell("the spreadsheet made a time of what was typed: format the column as text"),
        )
    return " ".join(str(cell).split())


def _text_table(file: str, data: bytes) -> Found:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ForeignError(file, tell("the file is not UTF-8: save it as CSV UTF-8")) from None
    table = read_csv(text, file)
    rows = tuple((row.line, dict(zip(table.header, row.cells, strict=True))) for row in table.rows)
    lowered = tuple(head.lower() for head in table.header)
    return Found(file, lowered, tuple((line, {key.lower(): value for key, value in row.items()}) for line, row in rows))


def _kind(table: Found) -> str:
    """What a table holds, by its heads."""
    heads = set(table.heads)
    for name, kind in TABLES.items():
        if kind.needs and heads >= set(kind.needs) and not (name == "sources" and "actor" in heads):
            return name
    if "state" in heads:
        return "states"
    if heads and heads <= set(TABLES["rules"].may) and heads & {"never", "when"}:
        return "rules"
    return "infeasible"


def _known(table: Found, kind: str) -> None:
    """Refuse columns that nobody would read."""
    known = {*TABLES[kind].needs, *TABLES[kind].may}
    for head in table.heads:
        if head not in known:
            raise ForeignError(
                table.where,
                tell("unknown column {head}; expected {known}", head=repr(head), known=", ".join(sorted(known))),
            )


def _from_options(kinds: Mapping[str, Found], patterns: Sequence[Found]) -> dict[str, Any]:
    for kind, table in kinds.items():
        if kind not in ("states", "transitions"):
            _known(table, kind)
    data: dict[str, Any] = {"detente": "1"}
    for _, row in kinds["model"].rows if "model" in kinds else ():
        if row["key"] in ("title", "question", "about", "situation"):
            data[row["key"]] = row["value"]
        else:
            raise ForeignError(
                kinds["model"].where,
                tell("unknown key {key}; expected title, question, about or situation", key=repr(row["key"])),
            )
    if "sources" in kinds:
        data["sources"] = {
            row["source"]: _filled(row, ("text", "kind", "date", "url", "grade")) for _, row in kinds["sources"].rows
        }
    data["actors"] = _actors(kinds["options"])
    now = _now(kinds["options"])
    states: dict[str, str] = {}
    _preferences(kinds, data["actors"], states)
    rules = [_filled(row, TABLES["rules"].may) for _, row in kinds["rules"].rows] if "rules" in kinds else []
    for table in patterns:
        rules += _patterns(table, kinds["options"])
    if rules:
        data["rules"] = rules
    named = {row["state name"]: _parts(row["settings"]) for _, row in kinds["names"].rows} if "names" in kinds else {}
    named |= {name: _parts(settings) for settings, name in states.items() if settings not in named}
    if named:
        data["states"] = named
    data["now"] = now
    if "outcomes" in kinds:
        data["outcomes"] = {row["outcome"]: _filled(row, ("formula", "name")) for _, row in kinds["outcomes"].rows}
    if "events" in kinds:
        data["history"] = [_event(row) for _, row in kinds["events"].rows]
    return data


def _parts(settings: str) -> list[str]:
    return [part.strip() for part in settings.split(",") if part.strip()]


def _filled(row: Mapping[str, str], keys: Iterable[str]) -> dict[str, Any]:
    """What a row says under these heads; several sources are parted by commas."""
    told: dict[str, Any] = {key: row[key] for key in keys if row.get(key)}
    if "," in told.get("source", ""):
        told["source"] = _parts(told["source"])
    return told


def _event(row: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = _filled(row, ("date", "by", "says", "source"))
    if row.get("set"):
        told["set"] = _parts(row["set"])
    return told


def _actors(table: Found) -> dict[str, Any]:
    actors: dict[str, Any] = {}
    for line, row in table.rows:
        actor, option = row["actor"], row["option"]
        if not actor or not option:
            raise ForeignError(_row(table, line), tell("expected an actor and an option"))
        entry = actors.setdefault(actor, {"options": {}})
        if row.get("actor name"):
            entry["name"] = row["actor name"]
        if option in entry["options"]:
            raise ForeignError(_row(table, line), tell("the option {option} stands there twice", option=repr(option)))
        told = _filled(row, ("name", "short", "needs", "source"))
        if row.get("choices"):
            told["choices"] = [part.strip() for part in row["choices"].split(";") if part.strip()]
        if change := row.get("change", ""):
            told["change"] = [part.strip() for part in change.split(",")] if ">" in change else change
        entry["options"][option] = told or None
    return {key: {"name": entry.pop("name", key), **entry} for key, entry in actors.items()}


def _now(table: Found) -> list[str]:
    found = []
    ids = [row["option"] for _, row in table.rows]
    for _, row in table.rows:
        said = row.get("now", "")
        option = row["option"] if ids.count(row["option"]) == 1 else f"{row['actor']}.{row['option']}"
        if not row.get("choices"):
            if PATTERN.get(said.lower(), bool(said)):
                found.append(option)
        elif said:
            found.append(f"{option} = {said}")
    return found


def _preferences(kinds: Mapping[str, Found], actors: Mapping[str, Any], states: dict[str, str]) -> None:
    """Put what is wanted into the actors; `states` gathers the names of ranked states by their settings."""
    lists: dict[str, dict[str, dict[str, Any]]] = {actor: {} for actor in actors}
    if table := kinds.get("readings"):
        for line, row in table.rows:
            _of(lists, table, line, row)[row["reading"]] = _filled(row, ("name", "about", "brief", "source"))
    if table := kinds.get("priorities"):
        for line, row in table.rows:
            reading = _of(lists, table, line, row).setdefault(row.get("reading") or "only", {})
            if row.get("weight"):
                told = {"when": row["want"], **_filled(row, ("weight", "source", "where", "note"))}
                reading.setdefault("weights", []).append(told)
            else:
                told = _filled(row, ("want", "says", "confidence", "source", "where", "note"))
                reading.setdefault("priorities", []).append(told if len(told) > 1 else row["want"])
    if table := kinds.get("rankings"):
        taken = {row["state name"] for _, row in kinds["names"].rows} if "names" in kinds else set()
        groups: dict[tuple[str, str], dict[float, list[str]]] = {}
        for line, row in table.rows:
            _of(lists, table, line, row)
            ranks = groups.setdefault((row["actor"], row.get("reading") or "only"), {})
            state = row["state"]
            name = state if state in taken else states.setdefault(state, identifier(f"s{len(states) + 1}", taken))
            ranks.setdefault(_rank(table, line, row), []).append(name)
        for (actor, reading), ranks in groups.items():
            ordered = [ranks[rank] for rank in sorted(ranks)]
            lists[actor].setdefault(reading, {})["ranking"] = [each if len(each) > 1 else each[0] for each in ordered]
    for actor, readings in lists.items():
        if list(readings) == ["only"]:
            actors[actor].update(readings["only"])
        elif readings:
            actors[actor]["readings"] = readings
        else:
            actors[actor]["priorities"] = []


def _of(lists: Mapping[str, Any], table: Found, line: int, row: Mapping[str, str]) -> Any:
    """The readings of the actor of a row."""
    if row["actor"] not in lists:
        raise ForeignError(_row(table, line), tell("the actor {actor} has no options", actor=repr(row["actor"])))
    return lists[row["actor"]]


def _row(table: Found, line: int) -> str:
    return f"{table.where}, {tell('row {line}', line=line)}"


def _rank(table: Found, line: int, row: Mapping[str, str]) -> float:
    try:
        rank = float(row["rank"].replace(",", "."))
        if not math.isfinite(rank):
            raise ValueError
        return rank
    except ValueError:
        raise ForeignError(
            _row(table, line), tell("expected a rank, 1 for the best; found {found}", found=repr(row["rank"]))
        ) from None


def _patterns(table: Found, options: Found) -> Iterator[dict[str, Any]]:
    """Infeasible patterns: a column for each option; empty or - says nothing, Y and N, or a choice, what is meant."""
    known = {row["option"]: bool(row.get("choices")) for _, row in options.rows}
    known |= {f"{row['actor']}.{row['option']}": bool(row.get("choices")) for _, row in options.rows}
    for head in table.heads:
        if head not in known:
            raise ForeignError(
                table.where,
                tell("expected options as heads of a table of infeasible patterns; found {head}", head=repr(head)),
            )
    for line, row in table.rows:
        parts = []
        for head, said in row.items():
            if not said or said == "-":
                continue
            if known[head]:
                parts.append(f"{head} = {said}")
            elif said.lower() in PATTERN:
                parts.append(head if PATTERN[said.lower()] else f"not {head}")
            else:
                raise ForeignError(
                    _row(table, line), tell("expected Y, N or nothing; found {said}", said=repr(said[:40]))
                )
        if parts:
            yield {"never": " and ".join(parts)}


def _from_states(kinds: Mapping[str, Found], name: str) -> dict[str, Any]:
    table = kinds["states"]
    nodes: dict[str, dict[str, Any]] = {}
    for line, row in table.rows:
        if row["state"] in nodes:
            raise ForeignError(
                _row(table, line), tell("the state {state} stands there twice", state=repr(row["state"]))
            )
        told: dict[str, Any] = {
            "label": row.get("label", row["state"]),
            "now": PATTERN.get(row.get("now", "").lower(), False),
        }
        for head, said in row.items():
            if head.startswith(RANK):
                try:
                    told[head] = float(said.replace(",", "."))
                except ValueError:
                    raise ForeignError(
                        _row(table, line),
                        tell("expected a number as {head}; found {said}", head=head, said=repr(said[:40])),
                    ) from None
        nodes[row["state"]] = told
    edges = [(row["from"], row["to"], row["actor"]) for _, row in kinds["transitions"].rows]
    titles = {row["key"]: row["value"] for _, row in kinds["model"].rows} if "model" in kinds else {}
    return model_of(nodes, edges, titles.get("title") or name or "Graph", name)


# --- writing ----------------------------------------------------------------------------------------------------------


def write(analysis: Analysis) -> Given:
    """The model as a workbook: its tables, and the states and moves as computed. Cost: linear in both."""
    scenario = analysis.scenario
    sheets = _tables_of(scenario) if scenario.graph is None else {"model": _model_rows(scenario)}
    books = {TABLES[kind].sheet: rows for kind, rows in sheets.items() if len(rows) > 1}
    losses = list(_losses(scenario))
    if analysis.states <= MOST_STATES:
        nodes, moves = analysis.nodes(), analysis.edges()
        books["States"] = [list(nodes.columns), *map(list, nodes.rows)]
        books["Moves"] = [list(moves.columns), *map(list, moves.rows)]
    else:
        says = tell(
            "{count} states are too many to list; at most {most} are",
            count=numeral(analysis.states),
            most=numeral(MOST_STATES),
        )
        losses.append(Loss(LOST, says, "States"))
    return Given(format=NAME, content=_book(books), beside={}, losses=tuple(losses))


def template() -> bytes:
    """An empty workbook with every table, its heads explained."""
    return _book(
        {kind.sheet: [[*kind.needs, *kind.may]] for name, kind in TABLES.items() if name != "transitions"},
        {kind.sheet: tell(kind.help) for kind in TABLES.values()},
    )


def _book(sheets: Mapping[str, Sequence[Sequence[Any]]], notes: Mapping[str, str] = {}) -> bytes:
    xlsxwriter = library("xlsxwriter", "detente[spreadsheets]")
    content = io.BytesIO()
    fixed = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 (the format has no zone); the same model, the same bytes
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": fixed})
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(rows[0]) - 1, 0), 18, text)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _put(sheet, number, column, cell, bold if number == 0 else None)
            if note := notes.get(title):
                sheet.write_comment(0, 0, note)
    return content.getvalue()


def _put(sheet: Any, row: int, column: int, cell: Any, form: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, form)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, form)
    elif cell not in (None, ""):
        sheet.write_string(row, column, str(cell), form)


def _model_rows(scenario: Scenario) -> list[list[Any]]:
    told = {
        "title": scenario.title,
        "question": scenario.question,
        "about": scenario.about,
        "situation": scenario.situation,
    }
    return [["key", "value"], *([key, value] for key, value in told.items() if value)]


def _tables_of(scenario: Scenario) -> dict[str, list[list[Any]]]:
    tables: dict[str, list[list[Any]]] = {kind: [[*table.needs, *table.may]] for kind, table in TABLES.items()}
    tables["model"] = _model_rows(scenario)
    tables["names"] += [[name, _settings(scenario, name)] for name in scenario.states]
    for actor in scenario.actors:
        tables["options"] += [_option_row(scenario, actor, option) for option in actor.options]
        for reading in actor.readings.values():
            name = reading.id if len(actor.readings) > 1 else ""
            if name:
                told = [reading.name, reading.about, reading.brief, _cited(reading.evidence)]
                tables["readings"].append([actor.id, name, *told])
            tables["priorities"] += [_wish_row(actor, statement, name) for statement in reading.statements]
            if isinstance(reading, Ranking):
                for rank, group in enumerate(reading.ranking, 1):
                    tables["rankings"] += [[actor.id, rank, state, name] for state in group]
    tables["rules"] += _rule_rows(scenario)
    tables["outcomes"] += [[key, str(each.formula), each.name] for key, each in scenario.outcomes.items()]
    for event in scenario.history:
        settings = ", ".join(scenario.option(key).text(value) for key, value in event.settings.items())
        tables["events"].append([event.date, settings, event.by, event.says, _cited(event.evidence)])
    tables["sources"] += [
        [k, each.text, each.kind, each.date, each.url, each.grade] for k, each in scenario.sources.items()
    ]
    return tables


def _option_row(scenario: Scenario, actor: Actor, option: Option) -> list[Any]:
    now = scenario.now.get(option.key, 0) if isinstance(scenario.now, Mapping) else 0
    choices = "" if option.binary else "; ".join(option.choices)
    needs = "; ".join(map(str, option.own_needs.values())) if option.binary else ""
    today = ("yes" if now else "") if option.binary else option.choices[now]
    told = [option.name, option.short, choices, _change(option), needs, today, _cited(option.evidence)]
    return [actor.id, option.id, actor.name, *told]


def _wish_row(actor: Actor, statement: Statement, reading: str) -> list[Any]:
    evidence, weight = statement.evidence, "" if statement.weight is None else str(statement.weight)
    told = [statement.says, weight, evidence.confidence, _cited(evidence), evidence.where, evidence.note]
    return [actor.id, str(statement), reading, *told]


def _rule_rows(scenario: Scenario) -> Iterator[list[Any]]:
    for rule in scenario.rules:
        if rule.kind == "never":
            yield [str(rule.when), "", "", rule.name, rule.evidence.note]
        elif rule.kind == "consequence" and not rule.lapses:
            then = " and ".join(scenario.option(key).text(value) for key, value in rule.then.items())
            yield ["", str(rule.when), then, rule.name, rule.evidence.note]


def _cited(evidence: Evidence) -> str:
    return ", ".join(evidence.source)


def _change(option: Any) -> str:
    if isinstance(option.change, str):
        return "" if option.change == "both" else option.change
    if option.binary:
        return {((0, 1),): "take", ((1, 0),): "drop"}.get(option.change, "")
    return ", ".join(f"{option.choices[a]} > {option.choices[b]}" for a, b in option.change)


def _settings(scenario: Scenario, state: str) -> str:
    settings = scenario.states[state]
    return ", ".join(option.text(settings.get(option.key, 0)) for option in scenario.options)


def _losses(scenario: Scenario) -> Iterator[Loss]:
    for rule in scenario.rules:
        if rule.kind in ("same", "barred"):
            yield Loss(
                LOST, tell("there is no table for such a rule: {rule}", rule=rule.text or str(rule.when)), "rules"
            )
    for option in scenario.options:
        if option.stays or (option.needs and not option.binary):
            yield Loss(
                LOST,
                tell("there is no column for what it lasts while, or what its choices need"),
                f"options.{option.key}",
            )
    for actor in scenario.actors:
        for reading in actor.readings.values():
            for adjustment in reading.adjust:
                said = tell("there is no table for what sets a ranking right: {adjustment}", adjustment=adjustment)
                yield Loss(LOST, said, f"actors.{actor.id}.readings.{reading.id}")
    yield from sections_lost(scenario, kept={"outcomes", "history", "sources"})
