"""Booklets: leaves that belong together, on paper or on a screen, as one HTML page that needs no network, or as Markdown.

Every leaf prints on a sheet of its own, in black on white; nothing is said by colour alone. Answers to questions are folded
on the screen and stand on a page of their own in print.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from detente.messages import tell
from detente.present.pages.blocks import Asks, Block, Deck, Leaf, Points, Says, Table
from detente.present.pages.render import asset, render
from detente.result import INSIDE, Answer
from detente.sheet import Sheet, is_heading, markdown, show

SIZES = {"A4": "210mm 297mm", "A5": "148mm 210mm", "A6": "105mm 148mm"}
"""Paper sizes, and what a browser calls them."""

ROOM = {"A4": (96, 56), "A5": (87, 46), "A6": (70, 32)}
"""Letters of a line and lines of a card, below its name, up to which it fits on its sheet in the usual type."""

TYPES = {"": 1.0, "dense": 0.88, "denser": 0.78}
"""The sizes of type on a card, the usual one first; the last is too small for A6, where a long card takes the back instead."""

MARKS = {"number": "1. ", "dash": "- ", "box": "- [ ] "}
"""How Markdown begins an entry of a list."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Booklet(Answer):
    """Leaves that belong together; `kind` is "cards", "umpire", "quiz" or "handout", `paper` "A4", "A5" or "A6".

    `basis` is what it rests on, without what its readers must not know.
    """

    kind: str
    name: str
    title: str
    basis: Mapping[str, Any]
    leaves: tuple[Leaf, ...]
    paper: str = field(default="A4", metadata=INSIDE)

    @property
    def questions(self) -> tuple[Asks, ...]:
        """The questions on all leaves, in order."""
        return tuple(block for leaf in self.leaves for block in leaf.blocks if isinstance(block, Asks))

    @property
    def dense(self) -> str:
        """How small the cards are printed, all alike: so that the one with most to say stays on its sheet, if it can."""
        if self.kind != "cards":
            return ""
        (wide, room), small = ROOM[self.paper], self.paper == "A6"
        sizes = list(TYPES.items())[: 2 if small else 3]
        fits = (name for name, size in sizes if all(lines(x, wide / size) * size <= room for x in self.leaves))
        return next(fits, "" if small else "denser")

    def sheets(self) -> tuple[Sheet, ...]:
        named = len(self.leaves) > 1 or self.kind == "cards"
        return tuple(sheet for leaf in self.leaves for sheet in leaf.sheets(named))

    def __repr__(self) -> str:
        return f"<Booklet {self.title}>"

    # --- HTML ---

    def to_html(self) -> str:
        """One page that needs no network, and prints a leaf to a sheet of paper."""
        return render(
            "booklet.html",
            book=self,
            size=SIZES[self.paper],
            style=asset("booklet.css"),
            script=asset("booklet.js"),
            body=self._body(),
        )

    def _body(self) -> Markup:
        number = {each.id: place for place, each in enumerate(self.questions, start=1)}
        return Markup(render("leaves.html", book=self, number=number, show=show, grouped=is_heading))  # noqa: S704 (the template escapes)

    def _repr_html_(self) -> str:
        return str(self._body())

    # --- Markdown ---

    def to_markdown(self) -> str:
        """The booklet as Markdown; answers stand at the end."""
        parts = [f"# {markdown(self.title)}\n", *map(_leaf, self.leaves)]
        if self.questions:
            parts.append(tell("\nMy score: ______ of {number}\n\n## Answers\n", number=len(self.questions)))
            parts += [
                f"{n}. **{q.letter}) {markdown(q.choices[q.answer])}**. {markdown(q.why)}"
                for n, q in enumerate(self.questions, start=1)
            ]
        version, model, fingerprint = (str(self.basis[key]) for key in ("version", "model", "hash"))
        parts.append(
            tell(
                "\n*Made by detente {version} from {model}, model {fingerprint}.*",
                version=version,
                model=markdown(model),
                fingerprint=fingerprint[:12],
            )
        )
        return "\n".join(parts) + "\n"


def lines(leaf: Leaf, wide: float) -> float:
    """About how many lines of so many letters a card takes, below its name."""

    def high(text: str) -> int:
        return math.ceil(len(text) / wide)

    total = 0.0
    for block in leaf.blocks:
        match block:
            case Says(text, _):
                total += high(text)
            case Points():
                total += 1.7 + sum(map(high, block.items)) + high(block.note)
            case Table(sheet):
                longest = [max((len(show(row[n])) for row in sheet.rows), default=0) for n in range(len(sheet.columns))]
                given = [n * min(1.0, wide / (sum(longest) or 1)) or 1 for n in longest]
                rows = [
                    max(math.ceil(len(show(cell)) / n) for cell, n in zip(row, given, strict=True))
                    for row in sheet.rows
                ]
                total += 3.2 + 1.25 * sum(rows) + sum(map(high, sheet.notes))
    return total


def _leaf(leaf: Leaf) -> str:
    lines, number = [f"## {markdown(leaf.title)}\n", *([f"{markdown(leaf.subtitle)}\n"] if leaf.subtitle else [])], 0
    for block in leaf.blocks:
        number += isinstance(block, Asks)
        lines.append(_block(block, number))
    return "\n".join(lines)


def _block(block: Block, number: int) -> str:
    match block:
        case Says(text, strong):
            return f"**{markdown(text)}**\n" if strong else f"{markdown(text)}\n"
        case Points():
            items = "\n".join(f"{MARKS[block.mark]}{markdown(item)}" for item in block.items)
            return f"### {markdown(block.title)}\n\n{items}\n" + (f"\n*{markdown(block.note)}*\n" if block.note else "")
        case Table(sheet) | Deck(_, _, sheet):
            notes = "".join(f"\n*{markdown(note)}*\n" for note in sheet.notes)
            return f"### {markdown(sheet.title)}\n\n{sheet.to_markdown()}{notes}"
        case Asks():
            choices = "\n".join(f"   - {x}) {markdown(c)}" for x, c in zip(block.letters, block.choices, strict=True))
            return f"{number}. {markdown(block.text)}\n{choices}\n"
    raise TypeError(f"not a block of a booklet: {block!r}")
