"""The glossary: one word per thing, one thing per word, the terms of the code, and no retired word where people read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import main
from detente.engine.concepts import STRICTEST_FIRST
from detente.glossary import markdown, terms

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "detente"
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "glossary.md")]


def everywhere() -> list[str]:
    """The words that are retired in every sense."""
    return [word for term in terms() for word in term.retired if "(" not in word]


def sentences(file: Path) -> Iterator[str]:
    """The texts in a module, but for docstrings and single words (keys, names of classes)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in silent and " " in str(node.value).strip():
            yield re.sub(r"\{\w+\}", "", str(node.value))


@cache
def read_by_people() -> str:
    """All sentences that the program prints."""
    return "\n".join(text for file in sorted(SOURCE.rglob("*.py")) for text in sentences(file))


def stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?:s|es)?(?![\w-])", text, re.IGNORECASE) is not None


def test_every_term_is_whole() -> None:
    assert len(terms()) > 40
    for term in terms():
        assert term.term, term
        assert term.plain, term
        assert term.meaning[0].isupper(), f"the meaning is a sentence: {term}"
        assert term.meaning.endswith("."), f"the meaning is a sentence: {term}"


@pytest.mark.parametrize("column", ["term", "plain"])
def test_one_word_per_thing(column: str) -> None:
    words = [getattr(term, column).lower() for term in terms()]
    twice = sorted({word for word in words if words.count(word) > 1})
    assert not twice, f"stands for two things: {twice}"


def test_one_thing_per_word() -> None:
    """A word names one thing: no term is the plain word of another, and no retired word has come back as either."""
    of = {word.lower(): place for place, term in enumerate(terms()) for word in (term.term, term.plain)}
    for place, term in enumerate(terms()):
        assert of[term.term.lower()] == of[term.plain.lower()] == place, term
        back = [word for word in term.retired if word.partition(" (")[0].lower() in of]
        assert not back, f"retired here, in use elsewhere: {back}"
    words = [word.lower() for term in terms() for word in term.retired]
    assert len(words) == len(set(words)), "retired twice"


def test_the_code_uses_the_terms() -> None:
    text = re.sub(r"\s+", " ", "\n".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py")))
    unknown = [term.term for term in terms() if not stands(term.term.partition(" (")[0], text)]
    assert not unknown, f"no such term in the code: {unknown}"


def test_no_retired_word_where_people_read() -> None:
    found = {word for word in everywhere() if stands(word, read_by_people())}
    assert not found, f"retired, see docs/glossary.md: {sorted(found)}"


def test_where_people_read_the_status_quo_is_today() -> None:
    """But for the name of the field's method."""
    said = re.sub(r"(?i)status quo analysis", "", read_by_people())
    assert not stands("status quo", said)


CONCEPT = re.compile(r"\bc?(nash|sseq|seq|smr|gmr|sim)\b", re.IGNORECASE)
BETWEEN = re.compile(r"[\s\"'`,|]*(?:(?:and|or) )?[\"'`]*")


def in_a_row(line: str) -> Iterator[list[str]]:
    """The concepts that stand beside each other in a line, three or more."""
    row: list[str] = []
    end = 0
    for found in CONCEPT.finditer(line):
        if not BETWEEN.fullmatch(line[end : found.start()]):
            yield row
            row = []
        row.append(found[1].lower())
        end = found.end()
    yield row


@pytest.mark.parametrize(
    ("line", "ordered"),
    [
        ("Nash, GMR and SMR", False),
        ("`nash`, `seq`, `smr`", True),
        ('"cnash", "cgmr", "cseq"', False),
        ("CSEQ, CSMR", True),
    ],
)
def test_the_order_of_concepts_is_seen(line: str, ordered: bool) -> None:
    assert all(in_order(row) for row in in_a_row(line)) is ordered


def in_order(row: list[str]) -> bool:
    return len(row) < 3 or row == [name for name in STRICTEST_FIRST if name in row]


def test_concepts_stand_in_one_order() -> None:
    """Those of coalitions as those of actors, in the code, the documentation and the front page."""
    files = [*sorted(SOURCE.rglob("*.py")), *PAGES]
    wrong = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if not all(map(in_order, in_a_row(line)))
    ]
    assert wrong == []


def test_no_retired_word_in_the_documentation() -> None:
    """In its sentences; what stands in code, with a grave accent or fenced, is a name."""
    for page in PAGES:
        text = re.sub(
            r"`[^`]*`", "", re.sub(r"(?s)^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        )
        found = {word for word in everywhere() if stands(word, text)}
        assert not found, f"{page.name}: retired, see docs/glossary.md: {sorted(found)}"


def test_the_page_is_the_glossary() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8") == markdown()


def test_what_it_refers_to_is_there() -> None:
    for page, _, part in (term.read.partition("#") for term in terms() if term.read):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        headings = [
            re.sub(r"[^a-z0-9 -]", "", line.strip("# ").lower()).replace(" ", "-")
            for line in text.splitlines()
            if line.startswith("#")
        ]
        assert not part or part in headings, (page, part)


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        (
            "seq",
            "Sequential (SEQ) (in plain words: credible counter-moves feared)\nStable where every improvement can be",
        ),
        ("wish", "statement (in plain words: aim)\nOne line of what an actor wants"),
        ("end point", "end of play (in plain words: end point)\n"),
        ("analyze", "Usage: detente analyze"),
        ("", "The model:\n  scenario, actor"),
    ],
)
def test_help_says_what_a_word_means(word: str, shown: str) -> None:
    printed = CliRunner().invoke(main, ["help", *word.split()], prog_name="detente")
    assert printed.exit_code == 0
    assert printed.output.startswith(shown)


def test_help_knows_the_nearest_word() -> None:
    printed = CliRunner().invoke(main, ["help", "sanctoin"])
    assert (printed.exit_code, printed.output) == (2, "error: unknown term 'sanctoin'; did you mean sanction?\n")


def test_the_search_finds_what_is_there() -> None:
    assert stands("gain", "Both gains count.")
    assert not stands("gain", "Again a bargain.")
    assert stands("kept if free again", "is it Kept if free again?")
    assert not stands("turn", "in-turn")
