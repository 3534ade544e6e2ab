"""Tables from any spreadsheet: the same rows whatever the separators and line ends; what can be read in two ways is refused."""

from __future__ import annotations

import csv
import io
import random

import pytest

from detente.errors import ScenarioError
from detente.spreadsheet import SEPARATORS, decimal, read, write

ROWS = [["turn", "by", "set"], ["1", "us", "a; b, c"], ["2", "ru", 'says "no"'], ["3", "nk", ""]]


ORDER = "shows a line in another order than it has; delete it"
TWICE = "inside a quoted cell write it twice"


def dressed(separator: str, end: str, mark: str = "", said: bool = False, trailing: int = 0) -> str:
    out = io.StringIO()
    rows = [[*row, *[""] * trailing] for row in ROWS]
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return mark + (f"sep={separator}{end}" if said else "") + out.getvalue()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", SEPARATORS.values())
@pytest.mark.parametrize("said", [True, False])
def test_the_same_rows_whatever_the_spreadsheet(separator: str, end: str, said: bool) -> None:
    for mark in ("", "\ufeff"):
        for trailing in (0, 3):
            table = read(dressed(separator, end, mark, said, trailing))
            assert table.header == tuple(ROWS[0])
            assert [list(row.cells) for row in table.rows] == ROWS[1:]
            assert [row.line for row in table.rows] == [2 + said, 3 + said, 4 + said]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: error: the table is empty"),
        ("a,b,A\n1,2,3\n", "1:1: error: two columns are called 'A'; column 3 is the second, rename or delete it"),
        ("a,b\n1,2\n1,\x1b[31m\n", "3:3: error: the character U+001B is not part of a text; delete it"),
        ("a,b\n1,\u2067x\n", f"2:3: error: U+2067 (right-to-left isolate) {ORDER}"),
        ('a,b\n1,2\n1,"x\n2,3\n', f"3:1: error: a quotation mark is opened in this row and never closed; {TWICE}"),
        ("a,b\n1,2,3\n", "2:1: error: 3 cells for 2 columns; quote a cell with commas in it"),
        ("a,,b\n1,x,2\n", "2:1: error: column 2 has no name in the header, but here it holds 'x'"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert str(caught.value).partition(" [")[0] == message


def test_any_bytes_give_a_table_or_a_placed_error() -> None:
    chance, lines = random.Random(7), set[int]()
    for _ in range(2000):
        text = "".join(chance.choice("ab,;\t\"\n\r ='\x00\u202e5") for _ in range(chance.randrange(30)))
        try:
            table = read(text)
        except ScenarioError as error:
            lines.add(error.problems[0].line)
        else:
            assert all(len(row.cells) == len(table.header) for row in table.rows)
    assert min(lines) == 1


def test_written_tables_are_read_back_and_decimal_commas_too() -> None:
    for separator in SEPARATORS.values():
        assert [list(row.cells) for row in read(write(ROWS, separator)).rows] == ROWS[1:]
    assert [decimal(text) for text in ("0,5", "-1,25", "0.5", "1,000,000")] == ["0.5", "-1.25", "0.5", "1,000,000"]
