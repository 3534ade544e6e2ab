"""Words of the glossary in a report: its entries for the words that occur, and the links that lead to them.

Linked is a word where it stands for the first time in a section, in running text alone: no heading, no table, no name of the
model (these stand in quotes, or on cards). Words that are used in their everyday sense as well are explained and not linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html.parser import HTMLParser

from markupsafe import escape

from detente.engine.concepts import STRICTEST_FIRST, label
from detente.glossary import CONCEPTS_CHAPTER, Term, glossary
from detente.messages import language, tell
from detente.present.pages.blocks import Entry

APART = re.compile(r"(<(svg|script|style)\b.*?</\2>)", re.DOTALL)
"""What is no text."""

PROSE = frozenset({"p", "li", "dd"})
"""Elements of running text."""

CLOSED = frozenset(
    {"a", "button", "summary", "code", "label", "h1", "h2", "h3", "h4", "table", "nav", "header", "footer"}
)
"""Elements in which nothing is linked."""

CLOSED_CLASSES = frozenset({"cards", "way", "dates", "choose", "asks", "says", "unseen", "caption", "words", "file"})

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

PLURALS = {"equilibrium": "equilibri(?:um|a)"}


@cache
def _known(_: str) -> Mapping[str, tuple[Entry, bool]]:
    """By a pattern of its word every entry, and whether it may be linked, in the language that is spoken."""
    known: dict[str, tuple[Entry, bool]] = {}
    for chapter, rows in glossary().items():
        if chapter == CONCEPTS_CHAPTER:
            known |= {
                label(name): (_entry(row, label(name)), True) for name, row in zip(STRICTEST_FIRST, rows, strict=True)
            }
        else:
            known |= {_forms(tell(row.plain)): (_entry(row, row.plain), not row.everyday) for row in rows}
    return known


def _entry(term: Term, word: str) -> Entry:
    other = "" if term.term == word else term.term.removesuffix(f" ({word})")
    return Entry(
        id=f"word-{re.sub('[^a-z]+', '-', word.lower())}",
        word=tell(word),
        other=tell(other),
        meaning=tell(term.meaning),
    )


def _forms(word: str) -> str:
    return PLURALS.get(word, rf"{re.escape(word)}(?:s|es)?")


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of the words that stand in a text, in the order of the glossary. Cost: one look per word."""
    return tuple(
        entry for forms, (entry, _) in _known(language()).items() if re.search(rf"(?<![\w-]){forms}(?![\w-])", text)
    )


def linked(page: str, shown: Iterable[Entry]) -> str:
    """A page with the first occurrence of each of these words in each section as a link to its entry."""
    ids = {entry.id for entry in shown}
    known = {forms: entry for forms, (entry, link) in _known(language()).items() if link and entry.id in ids}
    if not known:
        return page
    linker, pieces = _Linker(known), APART.split(page)
    for place in range(0, len(pieces), 3):
        linker.feed(pieces[place])
        linker.made.append(pieces[place + 1] if place + 1 < len(pieces) else "")
    linker.close()
    return "".join(linker.made)


class _Linker(HTMLParser):
    """Writes a page down again, as it is but for the links."""

    def __init__(self, known: Mapping[str, Entry]) -> None:
        super().__init__(convert_charrefs=False)
        self.entries = sorted(known.items(), key=lambda each: len(each[0]), reverse=True)
        every = "|".join(f"({forms})" for forms, _ in self.entries)
        self.words = re.compile(rf"(?<![\w-])(?:{every})(?![\w-])")
        self.made: list[str] = []
        self.inside: list[tuple[str, bool]] = []  # each element that is open, and whether nothing is linked in it
        self.told: set[str] = set()
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.made.append(self.get_starttag_text() or "")
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        self.told = set() if tag == "section" else self.told
        self.quotes = 0 if tag in PROSE else self.quotes
        if tag not in VOID:
            closed = tag in CLOSED or bool(classes & CLOSED_CLASSES) or given.get("aria-hidden") == "true"
            self.inside.append((tag, closed))

    def handle_endtag(self, tag: str) -> None:
        self.made.append(f"</{tag}>")
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(closed for _, closed in self.inside) or not any(tag in PROSE for tag, _ in self.inside):
            self.made.append(data)
            return
        for part in re.split("([“”])", data):
            self.quotes += {"“": 1, "”": -1}.get(part, 0)
            self.made.append(part if self.quotes > 0 else self.words.sub(self._link, part))

    def _link(self, match: re.Match[str]) -> str:
        entry = self.entries[(match.lastindex or 1) - 1][1]
        if entry.id in self.told:
            return match[0]
        self.told.add(entry.id)
        return f'<a class="term" href="#{entry.id}" title="{escape(entry.meaning)}">{match[0]}</a>'

    def handle_entityref(self, name: str) -> None:
        self.made.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.made.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.made.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.made.append(f"<!--{data}-->")
