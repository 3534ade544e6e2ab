"""The words of the project: the term of art, the plain word, what is meant, and which words are retired.

One word per thing, and one thing per word. The words stand in `glossary.toml` beside this module, by chapters, once; the
solution concepts are told from their own table. `docs/glossary.md` is `markdown()`, and `detente help TERM` is `find`.

>>> find("counter-move").term, find("SEQ").plain
('sanction', 'credible counter-moves feared')
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.engine.concepts import CONCEPTS, STRICTEST_FIRST, label
from detente.errors import UnknownName
from detente.messages import tell

CONCEPTS_CHAPTER = "Solution concepts, strictest first"

FEARED = {
    "nash": "no counter-moves feared",
    "sseq": "credible counter-moves feared, own reply weighed",
    "seq": "credible counter-moves feared",
    "smr": "every counter-move feared, own reply weighed",
    "gmr": "every counter-move feared",
    "sim": "clashing moves feared",
}
"""What an actor fears under a concept, in plain words."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing: the term of art, the plain word, what is meant, the words retired for it, the page that tells more.

    A plain word that is `everyday` is used in its common sense as well, so that not every occurrence is the term.
    """

    term: str
    plain: str
    meaning: str
    retired: tuple[str, ...] = ()
    read: str = ""
    everyday: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Under which words it is found: both of its own, and those retired for it in every sense."""
        return (self.term, self.plain, *(word for word in self.retired if "(" not in word))


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads((files("detente") / "glossary.toml").read_text(encoding="utf-8"))


@cache
def glossary() -> Mapping[str, tuple[Term, ...]]:
    """All terms, by chapters, in the order of the page. Cost: one small file, read once."""
    chapters = {
        chapter: tuple(
            Term(
                term=row["term"],
                plain=row.get("plain", row["term"]),
                meaning=row["meaning"],
                retired=tuple(row.get("retired", ())),
                read=row.get("read", ""),
                everyday=row.get("everyday", False),
            )
            for row in rows
        )
        for chapter, rows in _file().items()
        if chapter != "opening"
    }
    return {**chapters, CONCEPTS_CHAPTER: tuple(map(_concept, STRICTEST_FIRST))}


def _concept(name: str) -> Term:
    concept = CONCEPTS[name]
    full = concept.name if name == "nash" else f"{concept.name} ({label(name)})"
    meaning = f"Stable where the actor has {concept.meaning}." if name == "nash" else f"Stable where {concept.meaning}."
    return Term(term=full, plain=FEARED[name], meaning=meaning, read="theory/concepts.md")


def terms() -> tuple[Term, ...]:
    """All terms in the order of the page."""
    return tuple(term for chapter in glossary().values() for term in chapter)


def find(word: str) -> Term:
    """What a word means; any word of a term will do, in English or the language that is spoken, also a retired one.

    Raises `UnknownName`, with the nearest.
    """
    known = {
        each.lower(): term
        for term in reversed(terms())
        for name in (*term.words, *_short(term))
        for each in (name, tell(name))
    }
    if word.strip().lower() not in known:
        named = {name for term in terms() for name in (term.term, term.plain, *_short(term))}
        raise UnknownName("term", word.strip(), [tell(name).lower() for name in sorted(named, key=str.lower)])
    return known[word.strip().lower()]


def occurring(text: str) -> tuple[Term, ...]:
    """The terms, concepts apart, of which a word stands in a text, in the order of the page. Cost: the text's words.

    The text is in the language that is spoken; the terms are messages (`detente.messages.tell`).
    """
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    said = f" {' '.join(words)} "
    found = (term for chapter, rows in glossary().items() if chapter != CONCEPTS_CHAPTER for term in rows)
    return tuple(term for term in found if any(f" {tell(word).lower()} " in said for word in (term.term, term.plain)))


def _short(term: Term) -> tuple[str, ...]:
    """The short name of a concept, from behind its long one."""
    name, opened, short = term.term.partition(" (")
    return (name, short.rstrip(")")) if opened else ()


def markdown() -> str:
    """The page of the documentation."""
    blocks = [_file()["opening"]]
    for chapter, rows in glossary().items():
        blocks.append(f"## {chapter}\n")
        blocks += [_entry(term) for term in rows]
    return "\n".join(blocks)


def _entry(term: Term) -> str:
    lines = [f"### {term.term}", ""]
    plain = f"**{term.plain}.** " if term.plain != term.term else ""
    more = f" [More]({term.read})." if term.read else ""
    words = ", ".join(word if "(" in word else f'"{word}"' for word in term.retired)
    lines.append(f"{plain}{term.meaning}{f' *Not:* {words}.' if words else ''}{more}")
    return "\n".join([*lines, ""])
