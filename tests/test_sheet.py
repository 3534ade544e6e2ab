"""Sheets for other programs: CSV, Markdown, LaTeX that compiles, data frames, Arrow."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas
import polars
import pytest
from click.testing import CliRunner

import detente as dt
from detente.cli import main
from detente.cli.shared import _latex_section, _markdown_section
from detente.present.tables.analysis import analysis_sheets
from detente.sheet import LATEX, ActorTerm, Sheet, heading, is_heading, markdown, show, spoken

pytestmark = pytest.mark.first_analysis

MIXED = Sheet(
    "Everything",
    ("name", "n", "", "share", "sure", "", "mixed"),
    (
        ("a_b & 100% #1 {x} ~^\\ <y>|z", 1, "x", 0.5, True, None, "1"),
        ("[b] *", None, "", 1, None, "→ ✓ ✗ · − ≥", 2),
        ("Ärger, “é” – …", 1234567, "y\nz", None, False, "Straße", None),
    ),
    ("A note & more.",),
)
"""A sheet with all that may go wrong."""

GROUPED = Sheet("Groups", ("", "s1"), (heading("Russia", 2), ("  ru_link", "Y")))


def test_csv_reads_back() -> None:
    rows = list(csv.reader(io.StringIO(MIXED.to_csv())))
    assert rows[0] == list(MIXED.columns)
    assert rows[1] == ["a_b & 100% #1 {x} ~^\\ <y>|z", "1", "x", "0.5", "true", "", "1"]
    assert rows[3][2] == "y\nz"


def test_markdown_keeps_cells_apart() -> None:
    lines = MIXED.to_markdown().splitlines()
    assert len(lines) == 2 + len(MIXED.rows)
    assert all(line.replace("\\|", "").count("|") == len(MIXED.columns) + 1 for line in lines)
    assert "| &emsp;ru_link | Y |" in GROUPED.to_markdown()


def test_latex_escapes() -> None:
    text = MIXED.to_latex()
    assert (
        r"a\_b \& 100\% \#1 \{x\} \textasciitilde{}\textasciicircum{}\textbackslash{} \textless{}y\textgreater{}"
        in text
    )
    assert r"{[}b{]} {*}" in text
    assert r"$\to$ $\surd$ $\times$" in text
    assert r"\multicolumn{2}{@{}l@{}}{\textbf{Russia}} \\" in GROUPED.to_latex()
    assert r"\quad ru\_link & Y \\" in GROUPED.to_latex()


def test_every_sign_shown_anywhere_has_a_latex_form() -> None:
    """Whatever is not ASCII in the tables of the library is Latin, typography, or in `LATEX`."""
    known = set(LATEX) | set("–—“”’…\u00a0") | {chr(code) for code in range(0xC0, 0x180)}
    for name in ("two_proxies", "hanoi_2019", "elmira", "drift_to_war"):
        study = dt.load(name)
        asked = (study.analyze().sheets(), study.status_quo().sheets(), dt.kit.umpire(study.case).sheets())
        sheets = [*analysis_sheets(study.analyze()), *(sheet for found in asked for sheet in found)]
        text = "".join(show(cell) for sheet in sheets for row in (sheet.columns, *sheet.rows) for cell in row)
        assert {c for c in text if ord(c) > 126} <= known


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
def test_latex_compiles(tmp_path: Path) -> None:
    study = dt.load("two_proxies")
    sheets = [MIXED, GROUPED, *analysis_sheets(study.analyze()), *study.levers("us", "decoupled").sheets()]
    body = "\n\n\\bigskip\n".join(sheet.to_latex() for sheet in sheets)
    text = f"\\documentclass{{article}}\n\\usepackage{{booktabs}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "t.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stdout[-2000:]
    assert "Missing character" not in ran.stdout


def test_sheets_of_notes_alone() -> None:
    note = Sheet("Where play leads", (), (), ("It stays.",))
    assert note.to_latex() == note.to_markdown() == ""
    assert str(note) == "Where play leads\n\nIt stays."
    assert note._repr_html_() == "<p><strong>Where play leads</strong></p><p>It stays.</p>"
    shown = CliRunner().invoke(main, ["analyze", "chicken", "--format", "latex"]).output
    assert "% Where play leads" in shown or "% Equilibria" in shown


# --- data frames --------------------------------------------------------------------------------------------------


def test_columns_are_of_one_type_and_name() -> None:
    columns = MIXED.to_columns()
    assert list(columns) == ["name", "n", "column 3", "share", "sure", "column 6", "mixed"]
    assert columns["share"] == [0.5, 1.0, None]
    assert columns["mixed"] == ["1", "2", None]
    assert columns["sure"] == [True, None, False]


def test_pandas_and_polars() -> None:
    frame, polar = MIXED.to_pandas(), MIXED.to_polars()
    assert isinstance(frame, pandas.DataFrame)
    assert isinstance(polar, polars.DataFrame)
    assert list(frame.columns) == polar.columns == list(MIXED.to_columns())
    assert polar["n"].to_list() == [1, None, 1234567]
    assert polar.schema["share"] == polars.Float64
    assert frame["n"].isna().tolist() == [False, True, False]


def test_arrow_is_read_by_others() -> None:
    read = polars.DataFrame(MIXED)
    assert read.equals(MIXED.to_polars())
    table = dt.load("two_proxies").analyze().equilibrium_table()
    assert polars.DataFrame(table).filter(polars.col("nash"))["state"].to_list() == [49]
    assert polars.DataFrame(Sheet("", ("a", "b"), (("x", None), ("y", None))))["b"].null_count() == 2
    assert polars.DataFrame(Sheet("", ("a",), ())).columns == ["a"]


@pytest.mark.parametrize(
    ("module", "call", "wanted"),
    [
        ("pandas", Sheet.to_pandas, "pip install 'pandas'"),
        ("polars", Sheet.to_polars, "pip install 'polars'"),
        ("arro3.core", Sheet.__arrow_c_stream__, r"pip install 'detente\[arrow\]'"),
    ],
)
def test_a_missing_library_is_named(module: str, call: object, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert callable(call)
    with pytest.raises(ImportError, match=wanted):
        call(MIXED)


HOSTILE = (
    "=1+1",
    "+A1",
    "-A1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\uff1d1+1",
    "-2+3",
    "=cmd|' /C calc'!A0",
    "--x",
    "+",
)
HARMLESS = ("-2", "+3.5", "-1,234", "1e-5", "–", "-", "---", "-5 %", "us_arm = on", "", "a=1")


def test_no_cell_is_computed_by_a_spreadsheet() -> None:
    """Texts that begin as formulas do get an apostrophe; numbers stay numbers, also those that are written out."""
    sheet = Sheet("", ("=head", "n"), (*((text, -1) for text in HOSTILE), *((text, 2.5) for text in HARMLESS)))
    rows = list(csv.reader(io.StringIO(sheet.to_csv())))
    assert rows[0] == ["'=head", "n"]
    assert [row[0] for row in rows[1 : 1 + len(HOSTILE)]] == ["'" + text.replace("\r", "\n") for text in HOSTILE]
    assert [row[0] for row in rows[1 + len(HOSTILE) :]] == list(HARMLESS)
    assert {row[1] for row in rows[1:]} == {"-1", "2.5"}
    assert all(cell.lstrip()[:1] not in set("=@+\t\r") or cell == "+3.5" for row in rows for cell in row)


BREAKS = "\n\r\u2028\u2029\x0b\x0c\x85\x1c"


def test_no_text_leaves_its_latex_comment_or_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"{end}\\input{{x}} & \\\\ %" for end in BREAKS)
    sheet = Sheet(text, ("a", text), ((text, 1), (f"x\\\\{text}", 2)), (text,))
    written = _latex_section(sheet)
    kept = [line for line in re.split(f"[{BREAKS}]", written) if line and not line.startswith("% ")]
    assert len(kept) == 8, kept
    assert not any("\\input" in line or re.search(r"(?<!\\)%", line) for line in kept)
    for line in kept[2:3] + kept[4:6]:
        assert len(re.findall(r"(?<!\\)&", line)) == 1
        assert line.count("\\\\") == 1
        assert line.endswith("\\\\")


def test_no_text_becomes_markdown_markup() -> None:
    for text, shown in (
        ("a|b\nc", "a\\|b c"),
        ("# head", "\\# head"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("1) item", "1\\) item"),
        ("> said", "\\> said"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y>"),
        ("&lt;b>", "&amp;lt;b>"),
        ("[here](javascript:x)", "\\[here](javascript:x)"),
        ("![x](y)", "!\\[x](y)"),
        ("*a* __b__ `c` ~~d~~", "\\*a\\* \\_\\_b\\_\\_ \\`c\\` \\~\\~d\\~\\~"),
        ("back\\slash", "back\\\\slash"),
        ("us_arm -> ru & nk < 3", "us_arm -> ru & nk < 3"),
        ("closed ##", "closed \\#\\#"),
    ):
        assert markdown(text) == shown
        table = Sheet("", ("c",), ((text,),)).to_markdown().splitlines()
        assert table == ["| c |", "| --- |", f"| {shown} |"]
    written = _markdown_section(Sheet("Title\n# second <b>", ("c",), (), ("# note",)))
    assert written.splitlines()[0] == "## Title # second &lt;b>"
    assert written.splitlines()[-1] == "\\# note"


# --- the whole of a small table, in every form --------------------------------------------------------------------

SMALL = Sheet(
    "Tons",
    ("port", "", "tons"),
    (("North", "a|b", 1234), heading("South", 3), ("East", "", 0.5)),
    ("As of today.",),
)


def test_the_whole_table_as_text() -> None:
    assert str(SMALL).split("\n") == [
        "Tons",
        "",
        "port        tons",
        "-----  ---  -----",
        "North  a|b  1,234",
        "South",
        "East        0.5",
        "",
        "As of today.",
    ]
    bare = Sheet("", ("", ""), (("x", "y"),))
    assert str(bare) == "x  y"


def test_the_whole_table_as_data() -> None:
    rows = [["North", "a|b", 1234], ["South", None, None], ["East", "", 0.5]]
    assert SMALL.to_json() == {
        "title": "Tons",
        "columns": ["port", "", "tons"],
        "rows": rows,
        "notes": ["As of today."],
    }
    assert list(SMALL.to_columns()) == ["port", "column 2", "tons"]
    assert SMALL.to_columns()["tons"] == [1234.0, None, 0.5]
    assert list(csv.reader(io.StringIO(SMALL.to_csv(";")), delimiter=";"))[3] == ["East", "", "0,5"]
    assert list(csv.reader(io.StringIO(SMALL.to_csv())))[3] == ["East", "", "0.5"]


def test_the_whole_table_as_a_page_and_a_paper() -> None:
    assert SMALL._repr_html_() == (
        '<table><caption>Tons</caption><thead><tr><th scope="col">port</th><td></td><th scope="col">tons</th></tr></thead>'
        "<tbody><tr><td>North</td><td>a|b</td><td>1,234</td></tr>"
        '<tr><th scope="rowgroup" colspan="3">South</th></tr>'
        "<tr><td>East</td><td></td><td>0.5</td></tr></tbody></table><p>As of today.</p>"
    )
    assert SMALL.to_latex().split("\n")[:4] == [
        r"\begin{tabular}{@{}llr@{}}",
        r"\toprule",
        r"port &  & tons \\",
        r"\midrule",
    ]
    long = heading("A heading that is longer than any column of words may be on paper", 3)
    headed = Sheet("", SMALL.columns, (long, *SMALL.rows))
    assert headed.to_latex().split("\n")[0] == r"\begin{tabular}{@{}llr@{}}", "a heading asks for no room"


def test_what_a_table_keeps_and_says() -> None:
    columns = Sheet("T", ("a", "b", "c", "d"), (("", "", "x", ""), ("", "", "", "")))
    assert columns.trimmed().columns == ("a", "c")
    assert columns.trimmed(2).columns == ("a", "b", "c")
    assert repr(SMALL) == "<Sheet 'Tons': 3 columns, 3 rows>"
    named = [spoken(value, lambda term: "City") for value in (ActorTerm("city"), "city", 3, None)]
    assert named == ["City", "city", 3, None]


def layout(*columns: object) -> str:
    """How LaTeX is to set a table of one row."""
    heads = tuple("abcdefgh"[: len(columns)])
    return Sheet("", heads, (columns,)).to_latex().split("@{}")[1]


def test_words_become_paragraphs_where_a_line_would_be_too_long() -> None:
    """A line has 84 letters; what paragraphs get is what the others leave, shared out by their lengths."""
    assert layout("x" * 10, "y " * 30, "z " * 20) == r"lp{0.49\linewidth}p{0.32\linewidth}"
    assert layout("x" * 20, "y " * 30, "z " * 20) == r"lp{0.42\linewidth}p{0.28\linewidth}", "20 letters stay whole"
    assert layout(*["x" * 20] * 4, "y " * 20) == r"llllp{0.28\linewidth}", "three tenths of a line at least"
    assert layout("x" * 24, "y " * 30) == "ll", "84 letters fit"
    assert layout("x" * 25, "y " * 30) == r"p{0.27\linewidth}p{0.65\linewidth}"


def test_a_row_that_is_folded_with_none_stays_as_it_is() -> None:
    rows = (heading("more", 2), (ActorTerm("city"), "yes"), (ActorTerm("port"), "no"))
    folded = Sheet("", ("who", "stays"), rows).folded().rows
    assert folded == rows
    assert is_heading(folded[0])
    assert [type(row[0]) for row in folded[1:]] == [ActorTerm, ActorTerm]


def test_what_is_a_number_and_what_a_heading() -> None:
    assert layout(True, 3, None) == "lrl", "yes is no number, and a column of nothing has none"
    assert is_heading(heading("South", 2))
    assert not is_heading(heading("South", 2)[:1]), "a table of one column has no headings"


def test_a_sheet_is_turned_with_its_corner() -> None:
    turned = Sheet("T", ("policy", "need", "profit"), (("arms", 1, 2), ("word", 3, 4))).turned()
    assert turned.columns == ("policy", "arms", "word")
    assert turned.rows == (("need", 1, 3), ("profit", 2, 4))
