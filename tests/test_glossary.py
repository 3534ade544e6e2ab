"""The glossary: one word per thing, one thing per word, the terms of the code, and no retired word where people read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "detente"
COLUMNS = ("term of art", "plain word", "meaning", "retired")
READ = ("cli", "present/report", "present/kit", "questions/catalogue.py")
"""Where sentences stand that people read: help, report, kit."""

AWAITING = frozenset({"account", "wish"})
"""Retired words that still stand there; a word that has gone must go from this list too."""


def rows() -> list[tuple[str, ...]]:
    """Every row of every table of the page."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")]
    return [row for row in cells if row != COLUMNS and not set("".join(row)) <= {"-", " "}]


def retired(row: tuple[str, ...]) -> list[str]:
    """The words of the last column, each with its sense if it is retired in one sense only."""
    return [] if row[3] == "–" else [word.strip().strip('"') for word in row[3].split(",")]


def everywhere() -> list[str]:
    """The words that are retired in every sense."""
    return [word for row in rows() for word in retired(row) if "(" not in word]


def sentences(file: Path) -> Iterator[str]:
    """The texts in a module, but for docstrings and single words (keys, names of classes)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in silent and " " in str(node.value).strip():
            yield str(node.value)


def read_by_people() -> str:
    """All sentences of help, report and kit."""
    files = [file for part in READ for file in sorted((SOURCE / part).rglob("*.py")) or [SOURCE / part]]
    return "\n".join(text for file in files for text in sentences(file))


def stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?:s|es)?(?![\w-])", text, re.IGNORECASE) is not None


def test_every_row_is_whole() -> None:
    assert len(rows()) > 40
    for row in rows():
        assert len(row) == 4, row
        assert all(row), f"an empty cell: {row}"
        assert row[2].endswith("."), f"the meaning is a sentence: {row}"


@pytest.mark.parametrize("column", [0, 1])
def test_one_word_per_thing(column: int) -> None:
    words = [row[column].lower() for row in rows()]
    twice = sorted({word for word in words if words.count(word) > 1})
    assert not twice, f"stands for two things: {twice}"


def test_one_thing_per_word() -> None:
    """A word names one thing: no term is the plain word of another, and no retired word has come back as either."""
    of = {word.lower(): place for place, row in enumerate(rows()) for word in row[:2]}
    for place, row in enumerate(rows()):
        assert of[row[0].lower()] == of[row[1].lower()] == place, row
        back = [word for word in retired(row) if word.partition(" (")[0].lower() in of]
        assert not back, f"retired here, in use elsewhere: {back}"
    words = [word.lower() for row in rows() for word in retired(row)]
    assert len(words) == len(set(words)), "retired twice"


def test_the_code_uses_the_terms() -> None:
    text = re.sub(r"\s+", " ", "\n".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py")))
    unknown = [row[0] for row in rows() if not stands(row[0], text)]
    assert not unknown, f"no such term in the code: {unknown}"


def test_no_retired_word_where_people_read() -> None:
    text = read_by_people()
    found = {word for word in everywhere() if stands(word, text)}
    assert found <= AWAITING, f"retired, see docs/glossary.md: {sorted(found - AWAITING)}"
    assert found == AWAITING, f"gone, and no longer awaited: {sorted(AWAITING - found)}"


def test_the_search_finds_what_is_there() -> None:
    assert stands("gain", "Both gains count.")
    assert not stands("gain", "Again a bargain.")
    assert stands("kept if free again", "is it Kept if free again?")
    assert not stands("turn", "in-turn")
