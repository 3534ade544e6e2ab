"""What is on a page, before it looks like anything: blocks, in the sections of a report or on the leaves of a booklet.

A `Dossier` has sections and a `Leaf` is a card or page of a booklet; both are made of blocks, all plain data: paragraphs,
lists, tables, cards, pictures, ways, dates, questions. What shows them is `detente.present.pages.render` and `booklet`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from detente.messages import tell
from detente.present.pictures.drawing import Drawing
from detente.present.words import Words
from detente.result import INSIDE, Record
from detente.sheet import Sheet


@dataclass(frozen=True)
class Block(Record):
    """A part of a page; in plain data `kind` tells which."""

    kind: ClassVar[str]
    DERIVED: ClassVar[tuple[str, ...]] = ("kind",)

    def sheets(self) -> Iterator[Sheet]:
        """The block as tables, for a terminal; a block that only a page shows has none."""
        yield from ()


# --- words ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Axis(Record):
    """What is chosen in one of several places, and between what."""

    label: str
    choices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Choose(Block):
    """What is so for every combination of choices, to be gone through one by one: all are known, so a page computes nothing.

    `results` and their `tones` are in the order of the combinations, the last axis fastest; `start` is chosen first.
    """

    title: str
    subject: str
    axes: tuple[Axis, ...]
    results: tuple[str, ...]
    tones: tuple[int, ...] = field(metadata=INSIDE)
    start: tuple[int, ...]
    kind = "choose"

    @property
    def first(self) -> int:
        """The place of the combination chosen first."""
        place = 0
        for axis, chosen in zip(self.axes, self.start, strict=True):
            place = place * len(axis.choices) + chosen
        return place

    @property
    def picked(self) -> str:
        """The combination chosen first, in words."""
        said = zip(self.axes, self.start, strict=True)
        return "; ".join(f"{axis.label}: {axis.choices[chosen]}" for axis, chosen in said)

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """The results that there are, each with its tone."""
        return tuple(dict.fromkeys(zip(self.results, self.tones, strict=True)))

    @property
    def places(self) -> tuple[int, ...]:
        """For every combination which of the kinds it has."""
        known = {result: place for place, (result, _) in enumerate(self.kinds)}
        return tuple(known[result] for result in self.results)


@dataclass(frozen=True, kw_only=True)
class Live(Block):
    """What a reader can change, and see which verdicts flip: `data` is what the page's script works on.

    Only a page computes; for programs it says how many states it judges.
    """

    states: int
    still: str = field(metadata=INSIDE)
    data: Mapping[str, Any] = field(metadata=INSIDE)
    kind = "live"

    @property
    def written(self) -> str:
        """The data as JSON that can stand in a page: nothing in it ends the element it stands in."""
        return json.dumps(self.data, separators=(",", ":")).replace("<", "\\u003c")


@dataclass(frozen=True)
class Text(Block):
    """Paragraphs, or with `points` a list; `strong` marks the one that matters most."""

    paragraphs: tuple[str, ...]
    points: bool = field(default=False, metadata=INSIDE)
    strong: bool = field(default=False, metadata=INSIDE)
    kind = "text"


@dataclass(frozen=True)
class Says(Block):
    """One paragraph."""

    text: str
    strong: bool = field(default=False, metadata=INSIDE)
    kind = "text"

    def sheets(self) -> Iterator[Sheet]:
        yield Sheet("", (), (), (self.text,))


@dataclass(frozen=True, kw_only=True)
class Points(Block):
    """A list below a heading: `mark` is "number", "dash" or "box" (to tick)."""

    title: str
    items: tuple[str, ...]
    mark: str = field(default="dash", metadata=INSIDE)
    note: str = ""
    kind = "points"

    def sheets(self) -> Iterator[Sheet]:
        note = (self.note,) if self.note else ()
        if self.mark == "dash":
            yield Sheet(self.title, (), (), (*(f"– {item}" for item in self.items), *note))
        else:
            marks = (f"{n}." if self.mark == "number" else "[ ]" for n in range(1, len(self.items) + 1))
            yield Sheet(self.title, ("", ""), tuple(zip(marks, self.items, strict=True)), note)


@dataclass(frozen=True)
class Turn(Record):
    question: str
    answer: str


@dataclass(frozen=True)
class Talk(Block):
    """Questions and answers: why something is so."""

    title: str
    turns: tuple[Turn, ...]
    kind = "talk"


@dataclass(frozen=True, kw_only=True)
class Fact(Record):
    """One key judgement: what was asked, the answer in a few words, the same in a sentence, the section that shows why."""

    asks: str
    answer: str
    says: str
    section: str


@dataclass(frozen=True)
class Facts(Block):
    title: str
    facts: tuple[Fact, ...]
    kind = "facts"


@dataclass(frozen=True, kw_only=True)
class Asks(Block):
    """A question to guess: the choices, which of them is right (a position), and why."""

    id: str
    text: str
    choices: tuple[str, ...]
    answer: int
    why: str
    kind = "question"
    DERIVED = ("kind", "letter")

    @property
    def letters(self) -> str:
        """A letter for each choice."""
        return "abcdefghijklmnopqrstuvwxyz"[: len(self.choices)]

    @property
    def letter(self) -> str:
        """The right answer's letter."""
        return self.letters[self.answer]

    def sheets(self) -> Iterator[Sheet]:
        rows = tuple(zip((f"{letter})" for letter in self.letters), self.choices, strict=True))
        yield Sheet(
            self.text,
            ("", ""),
            rows,
            (
                tell(
                    "Answer: {letter}) {choices}. {why}",
                    letter=self.letter,
                    choices=self.choices[self.answer],
                    why=self.why,
                ),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Entry(Record):
    """A word of the glossary as a report explains it; `other` is the term of art, where that is another word."""

    id: str = field(metadata=INSIDE)
    word: str
    other: str
    meaning: str


@dataclass(frozen=True)
class Meanings(Block):
    """What words mean, each a place that the page can be led to."""

    entries: tuple[Entry, ...]
    kind = "meanings"


# --- tables and pictures ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table(Block):
    """A sheet; with `heat` its verdicts are shaded, and still said in words."""

    sheet: Sheet
    heat: bool = False
    folded: bool = False
    kind = "table"

    def to_json(self) -> dict[str, Any]:
        """The sheet's title, columns, rows and notes."""
        return {"kind": self.kind, **self.sheet.to_json()}

    def sheets(self) -> Iterator[Sheet]:
        yield self.sheet


@dataclass(frozen=True)
class Picture(Block):
    """A drawing; `controls` names what a reader may filter by, `command` writes the same to a file."""

    drawing: Drawing
    controls: tuple[str, ...] = ()
    command: str = ""
    kind = "picture"

    def to_json(self) -> dict[str, Any]:
        """What it shows, in words, and the drawing as SVG."""
        told = {"title": self.drawing.title, "description": self.drawing.words, "command": self.command}
        return {"kind": self.kind, "shows": self.drawing.kind, **told, "svg": self.drawing.alone()}


# --- cards, ways, dates -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Card(Record):
    """One state: a plain name, its number or name in the model, what it is (`marks`), and lines of a label and words."""

    title: str
    state: str
    marks: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, Any]:
        """With every label as a field of its own."""
        head = {"title": self.title, "state": self.state, "marks": list(self.marks)}
        return head | {label: list(lines) for label, lines in self.lines}


@dataclass(frozen=True)
class Cards(Block):
    title: str
    cards: tuple[Card, ...]
    kind = "cards"


@dataclass(frozen=True)
class PaperCard(Record):
    """A card to cut out: a title and lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Deck(Block):
    """Cards to cut out. `sheet` says the same as a table, where nothing can be cut."""

    title: str
    cards: tuple[PaperCard, ...]
    sheet: Sheet = field(metadata=INSIDE)
    kind = "cards"

    def sheets(self) -> Iterator[Sheet]:
        yield self.sheet


@dataclass(frozen=True)
class Step(Record):
    """Who does what, whether it gains by it, and whether the gain survives the answers of the others."""

    who: str
    does: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Way(Block):
    """Steps from a start to an end."""

    title: str
    start: str
    steps: tuple[Step, ...]
    end: str
    kind = "way"


@dataclass(frozen=True, kw_only=True)
class Date(Record):
    """An entry of a timeline; `mark` tells what kind of knowledge it is."""

    when: str
    says: str
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class Dates(Block):
    title: str
    dates: tuple[Date, ...]
    kind = "dates"


# --- what blocks stand in ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Section(Record):
    """A chapter of a report; `part` is the heading it stands under in the contents."""

    id: str
    part: str = ""
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Dossier(Record):
    """Everything in a report. `words` tells how its terms are read."""

    name: str
    title: str
    question: str
    command: str
    basis: Mapping[str, Any]
    words: Words = field(metadata=INSIDE)
    sections: tuple[Section, ...]
    kind = "report"
    DERIVED = ("kind", "actors", "options")

    @property
    def actors(self) -> Mapping[str, str]:
        return self.words.names.actors

    @property
    def options(self) -> Mapping[str, str]:
        return self.words.names.options

    def section(self, name: str) -> Section:
        """The section with this id; `KeyError` if the report has none such."""
        return {section.id: section for section in self.sections}[name]


@dataclass(frozen=True, kw_only=True)
class Leaf(Record):
    """One card or page of a booklet; `player` is the place of its actor among the actors, which decides the colour."""

    id: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    player: int | None = field(default=None, metadata=INSIDE)

    def sheets(self, named: bool) -> Iterator[Sheet]:
        """The blocks, with the leaf's name above them where there are others."""
        if named:
            yield Sheet(self.title.upper(), (), ())
        for block in self.blocks:
            yield from block.sheets()
