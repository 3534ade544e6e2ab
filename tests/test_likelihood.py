"""Words of likelihood: the ladder, who may say them, and a linter over all texts that people read.

The rules. A word of likelihood is one of the ladder's first row, and only code that asks the ladder for it prints one; a number
beside it lies in its band; it never stands in one sentence with a confidence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.likelihood import ladder, percent, rung_for, source, word_for

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "detente"
PRINTED = sorted((ROOT / "tests" / "golden").glob("*.txt"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

# --- the ladder -------------------------------------------------------------------------------------------------------


def test_the_ladder_is_the_published_one() -> None:
    assert source() == "ICD 203"
    assert [(rung.word, rung.low, rung.high) for rung in ladder()] == [
        ("almost no chance", 1, 5),
        ("very unlikely", 5, 20),
        ("unlikely", 20, 45),
        ("roughly even chance", 45, 55),
        ("likely", 55, 80),
        ("very likely", 80, 95),
        ("almost certain", 95, 99),
    ]
    assert all(rung.word in rung.says for rung in ladder())


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, ""),
        (0.0099, ""),
        (0.01, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (0.99, "almost certain"),
        (0.9901, ""),
        (1.0, ""),
    ],
)
def test_every_share_has_its_word_or_none(share: float, word: str) -> None:
    assert word_for(share) == word


def test_an_interval_must_lie_in_one_band() -> None:
    assert word_for(0.6, (0.55, 0.8)) == "likely"
    assert word_for(0.6, (0.549, 0.65)) == ""
    assert word_for(0.98, (0.96, 0.995)) == ""
    assert rung_for(0.3, (0.25, 0.35)) == ladder()[2]


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert [percent(share) for share in (0, 1, 0.0004, 0.9996, 0.004, 0.5)] == [
        "0 %",
        "100 %",
        "less than 0.1 %",
        "more than 99.9 %",
        "0.4 %",
        "50 %",
    ]


# --- the linter -------------------------------------------------------------------------------------------------------

WORD = "|".join(re.escape(rung.word) for rung in sorted(ladder(), key=lambda rung: -len(rung.word)))
SAID = re.compile(rf"(?<!how )(?<!equally )(?<!as )(?<!more )(?<!less )\b({WORD})\b", re.IGNORECASE)
"""A word of the ladder that says how likely something is; "how likely is it?" and "as likely as" say nothing of the kind."""

SURE = re.compile(r"\bconfiden(?:t|ce)\b", re.IGNORECASE)

OFF = re.compile(
    r"(?<!how )\b(?:im)?probabl[ey]\b|\b(?:most|quite|highly|fairly|rather|extremely|too)\s+(?:un)?likely\b"
    r"|\b(?:nearly|virtually|practically)\s+certain(?:ly)?\b|\beven odds\b",
    re.IGNORECASE,
)
"""Degrees of likelihood that are none of the ladder's, or of its second row."""

NUMBER = re.compile(rf"\b({WORD})\b[^.;:|]*?\b(\d+(?:\.\d+)?) %", re.IGNORECASE)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a table is one sentence, a heading its own."""
    for part in re.split(r"\n\s*\n|(?<=[.!?])\s|^#+.*$", text, flags=re.MULTILINE):
        yield re.sub(r"\s+", " ", part)


def faults(text: str) -> list[str]:
    """What is wrong with a text, in a few words each."""
    found = []
    for sentence in sentences(text):
        if SAID.search(sentence) and SURE.search(sentence):
            found.append(f"likelihood and confidence in one sentence: {sentence}")
        graded = "credib" in sentence  # how credible a report is, is a published scale of another thing
        found += (
            []
            if graded
            else [f"'{match.group()}' is no word of the ladder: {sentence}" for match in OFF.finditer(sentence)]
        )
        for match in NUMBER.finditer(sentence):
            rung = next(each for each in ladder() if each.word == match[1].lower())
            if not rung.low <= float(match[2]) <= rung.high and "–" not in sentence:
                found.append(f"{match[2]} % is not {match[1]}: {sentence}")
    return found


def prose(page: Path) -> str:
    """A page without names in grave accents, links, and lines that quote."""
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)", "", page.read_text(encoding="utf-8"))
    return re.sub(r"^>.*$", "", text, flags=re.MULTILINE)


GRADES = (
    "probably true",
    "improbable",
    "How credible what it says is, from 1 (confirmed) to 5 (improbable); 6: it cannot be judged.",
)
"""Grades of what a source says, by a published scale of another thing (`questions.uncertainty.evidence`)."""


def templates() -> Iterator[tuple[Path, str]]:
    """The texts in the code, but for docstrings and single words."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and id(node) not in silent
                and node.value not in GRADES
                and " " in str(node.value).strip()
            ):
                yield file, str(node.value)
    for file in sorted(SOURCE.rglob("*.html")) + sorted(SOURCE.rglob("*.j2")):
        yield file, file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", PRINTED, ids=lambda file: file.stem)
def test_what_is_printed(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_documented(page: Path) -> None:
    assert faults(prose(page)) == []


def test_no_text_in_the_code_says_a_word_by_itself() -> None:
    """Words come from the ladder alone; a text that holds one says it of whatever it is said of."""
    found = [(file.name, text) for file, text in templates() if SAID.search(text) or OFF.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It is likely that they stay, with\nhigh confidence.", "likelihood and confidence in one sentence"),
        ("aim  in words  sure\na    unlikely  low confidence\n", "likelihood and confidence in one sentence"),
        ("They will probably stay.", "'probably' is no word of the ladder"),
        ("It is highly likely that they stay.", "'highly likely' is no word of the ladder"),
        ("It is likely that they stay (90 %).", "90 % is not likely"),
        ("It is very likely that they stay (75 %).", "75 % is not very likely"),
    ],
)
def test_the_linter_finds(text: str, fault: str) -> None:
    assert any(fault in each for each in faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "It is likely that they stay (75 %). The file says so with high confidence.",
        "How likely is it, and how much confidence is there?",
        "In 62 % of plays they stay.",
        "An actor is as likely to prefer the one; of that there is little confidence.",
    ],
)
def test_the_linter_lets_pass(text: str) -> None:
    assert faults(text) == []
