"""Files of other tools that are broken, huge or meant to do harm: one message each, no time and no memory lost."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter

from detente.case import Circumstances
from detente.errors import InputError, NotInstalled
from detente.exchange import FORMATS, ForeignError, read, workbooks, write
from detente.scenario import library, load, read_text
from detente.sheet import library as package

OPTIONS: list[list[Any]] = [["Actor", "Option", "Now"], ["north", "patrol", True], ["south", "fish", ""]]
AIMS: list[list[Any]] = [["Actor", "Want"], ["north", "not fish"]]


def gmcr(**changes: Any) -> bytes:
    file: dict[str, Any] = {
        "options": [{"name": "A"}, {"name": "B"}],
        "decisionMakers": [
            {"name": "A", "options": [0], "preferences": [[[1, "Y"]]]},
            {"name": "B", "options": [1], "preferences": []},
        ],
    }
    return json.dumps(file | changes).encode()


def ranked(*ranking: Any) -> bytes:
    text = gmcr(useManualPreferenceRanking=True)
    return text.replace(b'"preferences": []', b'"preferences": [], "preferenceRanking": [%s]' % b",".join(ranking))


def nfg(payoffs: str, players: str = '"A" "B"', shape: str = "2 2") -> bytes:
    return f'NFG 1 R "x" {{ {players} }} {{ {shape} }}\n{payoffs}'.encode()


def book(sheets: dict[str, list[list[Any]]], far: tuple[int, int] | None = None) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        for title, rows in sheets.items():
            sheet = made.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    sheet.write(r, c, cell)
            if far:
                sheet.write(*far, "x")
    return content.getvalue()


OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


def ods(sheets: dict[str, list[list[Any]]], more: str = "") -> bytes:
    """A spreadsheet in the open format with nothing in it but what the format asks for."""

    def cell(value: Any) -> str:
        if value == "":
            return "<table:table-cell/>"
        if isinstance(value, bool):
            return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    spaces = " ".join(f'xmlns:{name}="{OPEN}{name}:1.0"' for name in ("office", "table", "text"))
    tables = "".join(
        f'<table:table table:name="{title}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + f"{more}</table:table>"
        for title, rows in sheets.items()
    )
    inside = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("mimetype", kind)
        entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
        file.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{OPEN}manifest:1.0">{entry}</m:manifest>')
        file.writestr("content.xml", f"<office:document-content {spaces}>{inside}</office:document-content>")
    return content.getvalue()


def bomb(sheet: bytes, times: int) -> bytes:
    """A workbook whose first sheet is one text many times."""
    content = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(book({"a": OPTIONS})))
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name in good.namelist():
            with file.open(name, "w", force_zip64=True) as part:
                for piece in [sheet] * times if name.endswith("sheet1.xml") else [good.read(name)]:
                    part.write(piece)
    return content.getvalue()


FILLED = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
REPEATED = f'<table:table-row table:number-rows-repeated="900000000">{FILLED}</table:table-row>'
EMPTY = '<table:table-cell table:number-columns-repeated="16384"/>'
GARBAGE = bytes((n * n * 31 + n * 7) % 256 for n in range(10_000)) * 1000
LARGE = "a sheet is larger than 2,000,000 cells"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.gmcr", ranked(b"Infinity", b"2", b"3", b"4"), "expected the numbers of states; found Infinity"),
        ("x.gmcr", ranked(b"NaN", b"2", b"3", b"4"), "expected the numbers of states; found NaN"),
        ("x.gmcr", ranked(b"1" + b"0" * 400, b"2", b"3", b"4"), "expected the numbers of states; found Infinity"),
        ("x.gmcr", ranked(b"9" * 100_000, b"2", b"3", b"4"), "expected the numbers of states; found Infinity"),
        ("x.gmcr", gmcr().replace(b'"options"', b'"options": [], "options"', 1), "the key 'options' stands twice"),
        ("x.gmcr", b"a" * 10_000_000, "this is not JSON"),
        ("x.gmcr", GARBAGE, "is not UTF-8"),
        ("x.nfg", nfg("1e999999999 1 1 1 1 1 1 1"), "found '1e999999999'"),
        ("x.nfg", nfg("1e-9999999 1 1 1 1 1 1 1"), "found '1e-9999999'"),
        ("x.nfg", nfg("nan 1 1 1 1 1 1 1"), "expected a number such as 3, -1.5 or 2/3; found 'nan'"),
        ("x.nfg", nfg("inf 1 1 1 1 1 1 1"), "found 'inf'"),
        ("x.nfg", nfg(("9" * 5000 + "/3 ") * 8), "expected a number such as"),
        ("x.nfg", nfg("1 " * 300, '"A" ' * 300, "1 " * 300), "the game has 300 players; at most 100 are read"),
        ("x.nfg", nfg("", '"A" ' * 2_000_000), "a list here has at most 4,096 texts"),
        ("x.nfg", b'NFG 1 R "' + b"a" * 10_000_000, "a text is not closed"),
        ("x.nfg", b'NFG 1 R "' + b"\\" * 10_000_001, "a text is not closed"),
        ("x.nfg", nfg("1", '"A" "B" "C" "D"', "50 50 50 50"), "6,250,000 combinations"),
        ("x.graphml", b'<!DOCTYPE x [<!ENTITY a "b">]><graphml>&a;</graphml>', "declares entities"),
        ("x.graphml", b"<a>" * 200_000, "this is not GraphML"),
        ("x.xlsx", GARBAGE, "this is no workbook"),
        ("x.ods", GARBAGE, "this is no workbook"),
        ("x.xls", GARBAGE, "this is no workbook"),
        ("x.csv", GARBAGE, "the file is not UTF-8"),
        ("x.xlsx", bomb(b" " * 1_000_000, 201), "unpacked, the workbook is larger than 200 MB"),
        ("x.xlsx", book({"a": OPTIONS}, far=(1_048_575, 16_383)), LARGE),
        ("x.xlsm", book({"a": OPTIONS}, far=(1_000_000, 2)), LARGE),
        ("x.xlsx", bomb(b"<worksheet><sheetData>", 1), "this is no workbook"),
        ("x.ods", ods({"a": OPTIONS}, REPEATED), LARGE),
        (
            "x.ods",
            ods(
                {"a": OPTIONS},
                f'<table:table-row><table:table-cell table:number-columns-repeated="900000000"/>{FILLED}</table:table-row>',
            ),
            LARGE,
        ),
        ("x.xlsx", book({"a": OPTIONS, "b": [["Actor", "Rank", "State"], ["north", "nan", "fish"]]}), "found 'nan'"),
        (
            "x.xlsx",
            book({"a": OPTIONS, "b": [["Actor", "Rank", "State"], ["north", "1e999", "fish"]]}),
            "found '1e999'",
        ),
    ],
)
def test_one_message(name: str, data: bytes, says: str) -> None:
    with pytest.raises(InputError) as error:
        read({name: data})
    assert says in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "x.gmcr",
            gmcr(
                title="a\x00\u202e", options=[{"name": "<script>\u202eb\x1b[31m"}, {"name": "x: {y: [!!python/object"}]
            ),
        ),
        ("x.nfg", nfg("1 2 3 4 5 6 7 8", '"<b>\u202e" "B\u2066"')),
        (
            "x.xlsx",
            book(
                {
                    "a": [["Actor", "Option", "Name"], ["north", "patrol", "cmd|\u202e"], ["south", "fish", "<b>"]],
                    "b": AIMS,
                }
            ),
        ),
    ],
)
def test_names_that_mislead_become_texts_and_that_is_told(name: str, data: bytes) -> None:
    taken = read({name: data})
    scenario = read_text(taken.text)
    assert scenario.actors
    (told,) = [loss.says for loss in taken.losses if "no text may hold" in loss.says]
    assert "U+202E (right-to-left override)" in told


def test_an_open_spreadsheet_is_read_as_a_workbook_is() -> None:
    sheets: dict[str, list[list[Any]]] = {"a": OPTIONS, "b": AIMS}
    empty = f'<table:table-row table:number-rows-repeated="1048570">{EMPTY}</table:table-row>'
    found = read({"x.ods": ods(sheets, empty)})
    assert found.text == read({"x.xlsx": book(sheets)}).text
    scenario = read_text(found.text)
    assert scenario.now == {"patrol": 1, "fish": 0}
    assert [str(each) for each in scenario.actor("north").default_reading.statements] == ["not fish"]


def test_a_workbook_with_macros_is_read_and_they_are_not_run() -> None:
    content = io.BytesIO(book({"a": OPTIONS, "b": AIMS}))
    with zipfile.ZipFile(content, "a") as file:
        file.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    found = read({"x.xlsm": content.getvalue()})
    assert found.text == read({"x.xlsx": book({"a": OPTIONS, "b": AIMS})}).text
    assert [loss.sentence for loss in found.losses] == ["x.xlsm: macros are not run"]


def test_formulas_that_were_never_computed_are_no_answers() -> None:
    rows = [*OPTIONS[:1], ["north", "patrol", "=1=1"], ["south", "fish", ""]]
    scenario = read_text(read({"x.xlsx": book({"a": rows, "b": AIMS})}).text)
    assert scenario.now == {"patrol": 0, "fish": 0}


def test_crlf_and_lone_carriage_returns_are_line_ends() -> None:
    tables = {"a.csv": b"Actor,Option,Now\nnorth,patrol,yes\nsouth,fish,\n", "b.csv": b"Actor,Want\nnorth,not fish\n"}
    plain = read(tables).text
    for end in (b"\r\n", b"\r"):
        assert read({name: data.replace(b"\n", end) for name, data in tables.items()}).text == plain
    for name in ("gmcr", "nfg", "graphml"):
        text = write(Circumstances().of(load("chicken")), name).data
        assert read({f"x.{name}": text.replace(b"\n", b"\r\n")}).text == read({f"x.{name}": text}).text


def test_a_missing_package_is_told_and_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(NotInstalled, match=r"pip install 'detente\[spreadsheets\]'"):
        read({"x.xlsx": book({"a": OPTIONS})})
    assert issubclass(NotInstalled, ImportError) and issubclass(NotInstalled, InputError)
    assert package("json", "json") is json


# --- every bundled model ----------------------------------------------------------------------------------------------

SMALL = ("chicken", "elmira", "elmira_graph", "prisoners_dilemma", "hanoi_2019")
BACK = {"gmcr": "x.gmcr", "nfg": "x.nfg", "graphml": "x.graphml", "xlsx": "x.xlsx"}


def there_and_back(name: str) -> None:
    """Written in every format, or refused in a sentence; what can be read back is a model without an error."""
    case, told, large = Circumstances().of(load(name)), list[str](), list[str]()
    for form in FORMATS:
        try:
            given = write(case, form)
        except InputError as error:
            told.append(str(error))
            continue
        assert given.data
        assert all(loss.says for loss in given.losses)
        if form in BACK:
            try:
                taken = read({BACK[form]: given.data})
            except ForeignError as error:
                large.append(str(error))
                continue
            again = read_text(taken.text)
            assert len(again.actors) == len(case.scenario.actors)
    assert all(20 < len(each) < 1000 for each in told)
    assert all("at most" in each for each in large)  # more combinations than can be ranked one by one, nothing else


@pytest.mark.parametrize("name", SMALL)
def test_bundled_models_there_and_back(name: str) -> None:
    there_and_back(name)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(library.names()) - set(SMALL)))
def test_every_other_bundled_model_there_and_back(name: str) -> None:
    there_and_back(name)


def test_the_limit_of_cells_counts_what_is_filled() -> None:
    far = book({"a": [*OPTIONS]}, far=(40, 3))
    with zipfile.ZipFile(io.BytesIO(far)) as file, file.open("xl/worksheets/sheet1.xml") as part:
        assert workbooks._extent(part) == 41 * 4
