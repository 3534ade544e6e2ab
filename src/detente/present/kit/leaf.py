"""What a kit is made of: booklets of leaves, a leaf for each card or page, blocks on a leaf.

A block is a paragraph (`Says`), a list (`Points`), a table (`Grid`), cards (`Deck`) or a question with its
answer (`Asks`). Everything is
plain data; `detente.present.pages.render` makes HTML and Markdown of it, `Booklet.sheets` what a terminal shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from detente.sheet import Sheet


@dataclass(frozen=True)
class Says:
    """A paragraph."""

    text: str
    strong: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"kind": "text", "text": self.text}

    def sheets(self) -> Iterator[Sheet]:
        yield Sheet("", (), (), (self.text,))


@dataclass(frozen=True)
class Points:
    """A list below a heading: `mark` is "number", "dash" or "box" (to tick)."""

    title: str
    items: tuple[str, ...]
    mark: str = "dash"
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"kind": "points", "title": self.title, "items": list(self.items), "note": self.note}

    def sheets(self) -> Iterator[Sheet]:
        note = (self.note,) if self.note else ()
        if self.mark == "dash":
            yield Sheet(self.title, (), (), (*(f"– {item}" for item in self.items), *note))
        else:
            marks = (f"{n}." if self.mark == "number" else "[ ]" for n in range(1, len(self.items) + 1))
            yield Sheet(self.title, ("", ""), tuple(zip(marks, self.items, strict=True)), note)


@dataclass(frozen=True)
class Grid:
    """A table."""

    sheet: Sheet

    def to_json(self) -> dict[str, Any]:
        sheet = self.sheet
        rows = [list(row) for row in sheet.rows]
        told = {"title": sheet.title, "columns": list(sheet.columns), "rows": rows, "notes": list(sheet.notes)}
        return {"kind": "table", **told}

    def sheets(self) -> Iterator[Sheet]:
        yield self.sheet


@dataclass(frozen=True)
class Deck:
    """State cards to cut out: a title and lines each. `sheet` says the same as a table, where nothing can be cut."""

    title: str
    cards: tuple[tuple[str, tuple[str, ...]], ...]
    sheet: Sheet

    def to_json(self) -> dict[str, Any]:
        cards = [{"title": title, "lines": list(lines)} for title, lines in self.cards]
        return {"kind": "cards", "title": self.title, "cards": cards}

    def sheets(self) -> Iterator[Sheet]:
        yield self.sheet


@dataclass(frozen=True)
class Asks:
    """A question to guess: the choices, which of them is right (a position), and why."""

    id: str
    text: str
    choices: tuple[str, ...]
    answer: int
    why: str

    @property
    def letter(self) -> str:
        """The right answer's letter."""
        return letters(self.choices)[self.answer]

    def to_json(self) -> dict[str, Any]:
        return {"kind": "question", **self.__dict__, "choices": list(self.choices), "letter": self.letter}

    def sheets(self) -> Iterator[Sheet]:
        rows = tuple(zip((f"{letter})" for letter in letters(self.choices)), self.choices, strict=True))
        yield Sheet(self.text, ("", ""), rows, (f"Answer: {self.letter}) {self.choices[self.answer]}. {self.why}",))


Block = Says | Points | Grid | Deck | Asks


def letters(choices: tuple[str, ...]) -> str:
    """A letter for each choice."""
    return "abcdefghijklmnopqrstuvwxyz"[: len(choices)]


@dataclass(frozen=True)
class Leaf:
    """One card or page."""

    id: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    def to_json(self) -> dict[str, Any]:
        blocks = [block.to_json() for block in self.blocks]
        return {"id": self.id, "title": self.title, "subtitle": self.subtitle, "blocks": blocks}

    def sheets(self, named: bool) -> Iterator[Sheet]:
        """The blocks, with the leaf's name above them where there are others."""
        if named:
            yield Sheet(self.title.upper(), (), ())
        for block in self.blocks:
            yield from block.sheets()


@dataclass(frozen=True)
class Booklet:
    """Leaves that belong together; `kind` is "cards", "umpire", "quiz" or "handout", `paper` "A4", "A5" or "A6".

    `basis` is what it rests on, without what its readers must not know.
    """

    kind: str
    name: str
    title: str
    leaves: tuple[Leaf, ...]
    basis: Mapping[str, Any]
    paper: str = "A4"

    @property
    def questions(self) -> tuple[Asks, ...]:
        """The questions on all leaves, in order."""
        return tuple(block for leaf in self.leaves for block in leaf.blocks if isinstance(block, Asks))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "basis": dict(self.basis),
            "leaves": [leaf.to_json() for leaf in self.leaves],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        named = len(self.leaves) > 1 or self.kind == "cards"
        return tuple(sheet for leaf in self.leaves for sheet in leaf.sheets(named))

    def to_html(self) -> str:
        """One page that needs no network, and prints a leaf to a sheet of paper."""
        from detente.present.pages.render import html

        return html(self)

    def to_markdown(self) -> str:
        from detente.present.pages.render import markdown

        return markdown(self)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        from detente.present.pages.render import fragment

        return fragment(self)
