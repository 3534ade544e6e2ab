"""The page: its fields in order, how it is shortened, and its text."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from detente.case import Case
from detente.messages import tell
from detente.present.brief.sentences import SENTENCES
from detente.present.brief.writer import Writer
from detente.questions.brief import FIELDS, Brief
from detente.questions.brief.values import Field, Objection, Table
from detente.questions.partnerships.break_matrix import BreakMatrix
from detente.questions.policy.platforms import Comparison
from detente.sheet import Sheet

MOST_WORDS = 450
"""Words of a page, the tables apart."""

WHOLE = ("question", "answer", "near", "trust")
"""Fields that are never cut."""

WIDTH = 100
"""Characters of a line, at most."""


@dataclass(frozen=True)
class Page:
    """The page: its title, the paragraphs by field, the table that decides, what its names stand for, and what it rests on."""

    title: str
    paragraphs: Mapping[str, str]
    table: Sheet | None
    names: Sheet | None
    rests: Sheet

    @property
    def words(self) -> int:
        """How many words there are, the tables apart."""
        return sum(map(words_in, (self.title, *self._said)))

    @property
    def _said(self) -> list[str]:
        return [f"{FIELDS[name]}. {text}" if name != "question" else text for name, text in self.paragraphs.items()]

    def parts(self, width: int = WIDTH) -> tuple[str | Sheet, ...]:
        """The title, the paragraphs in lines that are no wider, the table after the answer, what the names stand for."""
        parts: list[str | Sheet | None] = [self.title]
        for name, said in zip(self.paragraphs, self._said, strict=True):
            parts.append(textwrap.fill(said, min(width, WIDTH), break_long_words=False, break_on_hyphens=False))
            if name == "answer":
                parts.append(self.table)
        return tuple(part for part in (*parts, self.names) if part)

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n\n".join(map(str, (*self.parts(), self.rests)))


def words_in(text: str) -> int:
    """How many words a text has: what stands between spaces, if there is a letter or a digit in it.

    >>> words_in("Cannot be undone. “Technology” – given; 2 of 4.")
    8
    """
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def page(case: Case, found: Brief) -> Page:
    """The page of a brief of this case."""
    writer = Writer(case.scenario)
    told = {
        each.id: [sentence for sentence in SENTENCES[each.id](writer, each.value) if sentence]
        for each in found.fields
        if each.value is not None and each.id in SENTENCES
    }
    title = found.title
    if found["answer"].value is None:
        told["answer"] = [tell("Not worked out on this page; the reason stands below.")]
    told = {name: told[name] for name in FIELDS if name in told}
    shortened(told, MOST_WORDS - words_in(title))
    table = found["table"].value
    shown = writer.table(table) if isinstance(table, Table) else None
    rows = tuple(
        (each.title, "; ".join(each.commands) or f"– ({each.absent})", _under(writer, each)) for each in found.fields
    )
    return Page(
        title=title,
        paragraphs={name: " ".join(sentences) for name, sentences in told.items() if sentences},
        table=shown,
        names=writer.key(" ".join([*itertools.chain(*told.values()), str(shown or ""), *(row[2] for row in rows)])),
        rests=Sheet(
            tell("What each field rests on"),
            ("field", tell("asked by, or why there is none"), tell("under which readings")),
            rows,
        ),
    )


def _under(writer: Writer, each: Field) -> str:
    """Under which readings a field was asked, one after another where it was asked under several choices."""
    of = each.value.sister if isinstance(each.value, Objection) else None
    whose = Writer(of) if of else writer
    asked = zip(each.under, each.found, strict=True)
    return "; ".join(
        dict.fromkeys(
            whose.under(readings, by_platform=isinstance(found, BreakMatrix | Comparison)) for readings, found in asked
        )
    )


def shortened(told: dict[str, list[str]], most: int) -> None:
    """Cut sentences from the end, and then fields, until there are at most so many words.

    >>> told = {"answer": ["a b c d"], "turns": ["e f", "g h i"], "since": ["j k", "l m"]}
    >>> shortened(told, 16); told
    {'answer': ['a b c d'], 'turns': ['e f'], 'since': ['j k']}
    """

    def over() -> bool:
        heads = sum(words_in(FIELDS[name]) for name, said in told.items() if said and name != "question")
        return heads + sum(map(words_in, (each for said in told.values() for each in said))) > most

    for least in (1, 0):
        for name in reversed([name for name in told if name not in WHOLE]):
            while over() and len(told[name]) > least:
                told[name].pop()
