"""What a report says, before it looks like anything: sections of blocks, all plain data.

A `Dossier` has sections, a `Section` has blocks, and a block is a `Text`, `Facts`, `Talk`, `Table`, `Picture`, `Cards`, `Way`
or `Dates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.present.pictures import Drawing
from detente.sheet import Sheet


@dataclass(frozen=True)
class Text:
    """Paragraphs, or with `points` a list; `strong` marks the one that matters most."""

    paragraphs: tuple[str, ...]
    points: bool = False
    strong: bool = False
    kind: str = "text"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "paragraphs": list(self.paragraphs)}


@dataclass(frozen=True)
class Table:
    """A sheet; with `heat` its verdicts are shaded, and still said in words."""

    sheet: Sheet
    heat: bool = False
    folded: bool = False
    kind: str = "table"

    def to_json(self) -> dict[str, Any]:
        sheet = self.sheet
        rows = [list(row) for row in sheet.rows]
        told = {"title": sheet.title, "columns": list(sheet.columns), "rows": rows, "notes": list(sheet.notes)}
        return {"kind": self.kind, **told}


@dataclass(frozen=True)
class Fact:
    """One key judgement: what was asked, the answer in a word or two, the same in a sentence, and the section that shows why.

    `share` is a share of combinations, where the answer rests on one.
    """

    asks: str
    answer: str
    says: str
    section: str
    share: float | None = None


@dataclass(frozen=True)
class Facts:
    title: str
    facts: tuple[Fact, ...]
    kind: str = "facts"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "title": self.title, "facts": [dict(each.__dict__) for each in self.facts]}


@dataclass(frozen=True)
class Talk:
    """Questions and answers: why something is so."""

    title: str
    turns: tuple[tuple[str, str], ...]
    kind: str = "talk"

    def to_json(self) -> dict[str, Any]:
        turns = [{"question": question, "answer": answer} for question, answer in self.turns]
        return {"kind": self.kind, "title": self.title, "turns": turns}


@dataclass(frozen=True)
class Picture:
    """A drawing; `controls` names what a reader may filter by, `command` writes the same to a file."""

    drawing: Drawing
    controls: tuple[str, ...] = ()
    command: str = ""
    kind: str = "picture"

    def to_json(self) -> dict[str, Any]:
        told = {"title": self.drawing.title, "description": self.drawing.words, "command": self.command}
        return {"kind": self.kind, "shows": self.drawing.kind, **told, "svg": self.drawing.alone()}


@dataclass(frozen=True)
class Card:
    """One state: a plain name, its number or name in the model, what it is (`marks`), and lines of a label and words."""

    title: str
    state: str
    marks: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Cards:
    title: str
    cards: tuple[Card, ...]
    kind: str = "cards"

    def to_json(self) -> dict[str, Any]:
        found = [
            {"title": c.title, "state": c.state, "marks": list(c.marks), **{k: list(v) for k, v in c.lines}}
            for c in self.cards
        ]
        return {"kind": self.kind, "title": self.title, "cards": found}


@dataclass(frozen=True)
class Step:
    """Who does what, whether it gains by it, and whether the gain survives the answers of the others."""

    who: str
    does: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Way:
    """Steps from a start to an end."""

    title: str
    start: str
    steps: tuple[Step, ...]
    end: str
    kind: str = "way"

    def to_json(self) -> dict[str, Any]:
        steps = [{"who": s.who, "does": list(s.does), "why": s.why} for s in self.steps]
        return {"kind": self.kind, "title": self.title, "start": self.start, "steps": steps, "end": self.end}


@dataclass(frozen=True)
class Date:
    """An entry of a timeline; `mark` tells what kind of knowledge it is."""

    when: str
    says: str
    mark: str = ""
    source: str = ""


@dataclass(frozen=True)
class Dates:
    title: str
    dates: tuple[Date, ...]
    kind: str = "dates"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "title": self.title, "dates": [dict(each.__dict__) for each in self.dates]}


Block = Text | Facts | Talk | Table | Picture | Cards | Way | Dates


@dataclass(frozen=True)
class Section:
    """A chapter; `part` is the heading it stands under in the contents."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    part: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "part": self.part,
            "title": self.title,
            "blocks": [block.to_json() for block in self.blocks],
        }


@dataclass(frozen=True)
class Dossier:
    """Everything on the page. `words` explains the codes of options, `names` gives those of actors."""

    name: str
    title: str
    question: str
    sections: tuple[Section, ...]
    basis: Mapping[str, Any]
    command: str
    words: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def section(self, name: str) -> Section:
        """The section with this id; `KeyError` if the report has none such."""
        return {section.id: section for section in self.sections}[name]

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "report",
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "command": self.command,
            "basis": dict(self.basis),
            "actors": dict(self.names),
            "options": dict(self.words),
            "sections": [section.to_json() for section in self.sections],
        }
