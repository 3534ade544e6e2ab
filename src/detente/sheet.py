"""A table of results, for every place where people read one.

A `Sheet` is a title, columns, rows of plain values and notes. It knows nothing of conflicts; it only knows how to be
shown: in a terminal, a notebook, a paper (LaTeX, Markdown), a spreadsheet (CSV) or a data frame.

>>> sheet = Sheet("Outcomes", ("outcome", "myopic"), (("decoupled", "ALL"),))
>>> print(sheet.to_csv(), end="")
outcome,myopic
decoupled,ALL
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sheet:
    """`rows` hold strings, numbers, booleans or None; `notes` are sentences below the table."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> tuple[Any, ...]:
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)

    def to_pandas(self) -> Any:
        """A pandas data frame (pandas must be installed)."""
        pandas = _library("pandas")
        return pandas.DataFrame(self.to_dicts(), columns=list(self.columns))

    def to_polars(self) -> Any:
        """A polars data frame (polars must be installed)."""
        polars = _library("polars")
        return polars.DataFrame([list(row) for row in self.rows], schema=list(self.columns), orient="row")

    def to_csv(self) -> str:
        """Comma-separated text with a header line."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_plain(value) for value in row] for row in self.rows)
        return out.getvalue()

    def to_markdown(self) -> str:
        """A Markdown table."""
        lines = ["| " + " | ".join(self.columns) + " |", "|" + " --- |" * len(self.columns)]
        lines += ["| " + " | ".join(show(v).replace("|", "\\|") for v in row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"

    def to_latex(self) -> str:
        """A LaTeX tabular with booktabs rules."""
        head = " & ".join(map(_latex, self.columns))
        body = "".join(" & ".join(_latex(show(v)) for v in row) + " \\\\\n" for row in self.rows)
        layout = "l" * len(self.columns)
        return (
            f"\\begin{{tabular}}{{{layout}}}\n\\toprule\n{head} \\\\\n\\midrule\n{body}\\bottomrule\n\\end{{tabular}}\n"
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(show(v))}</td>" for v in row) + "</tr>" for row in self.rows)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def __str__(self) -> str:
        """Plain text, columns padded; for consoles without anything better."""
        cells = [self.columns, *([show(value) for value in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        lines = ["  ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        head = [lines[0], "  ".join("-" * width for width in widths)] if any(self.columns) else []
        table = "\n".join([*head, *lines[1:]]) if self.columns else ""
        return "\n\n".join(filter(None, [self.title, table, "\n".join(self.notes)]))


def show(value: Any) -> str:
    """One value for people: yes, no, nothing, thousands separated.

    >>> [show(v) for v in (True, None, 1234567, 0.5)]
    ['yes', '', '1,234,567', '0.5']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def html_of(sheets: Sequence[Sheet]) -> str:
    """Several sheets below each other, for notebooks."""
    return "".join(sheet._repr_html_() for sheet in sheets)


def _plain(value: Any) -> Any:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def _latex(text: str) -> str:
    special = {
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
    }
    text = text.replace("\\", r"\textbackslash ")
    return "".join(special.get(character, character) for character in text)


def _library(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError(f"{name} is not installed; install it, or use to_dicts() or to_csv()") from None
