"""What blocks say, for renderers without templates: sheets with every term by its name, and blocks that are lists, as lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from detente.messages import tell
from detente.present.names import sentence
from detente.present.pages.blocks import Block, Cards, Dates, Facts, Meanings, Way
from detente.present.words import Words
from detente.sheet import Phrase, Sheet, Term, is_heading


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry of a list: what it is about, what is said of it, where that is from; below it further `details`."""

    about: str = ""
    says: str = ""
    source: str = ""
    details: tuple[tuple[str, tuple[str, ...]], ...] = ()


def spoken_sheet(words: Words, sheet: Sheet) -> Sheet:
    """The sheet as people read it: terms by their names, notes as sentences, heads and cells in the language that is spoken."""

    def cell(value: Any) -> Any:
        return Phrase.of(words.spelled(value)) if isinstance(value, Phrase | Term) else value

    told = sheet.told()
    return replace(
        told,
        title=words.spelled(told.title),
        columns=tuple(map(cell, told.columns)),
        rows=tuple(row if is_heading(row) else tuple(map(cell, row)) for row in told.rows),
        notes=tuple(words.spelled(sentence(note)) for note in told.notes),
    )


def spoken_lines(words: Words, block: Block) -> tuple[str, tuple[Line, ...]]:
    """The heading and the entries of a block that is a list. Raises `TypeError` for another block."""
    return words.spelled(getattr(block, "title", "")), tuple(_lines(words, block))


def _lines(words: Words, block: Block) -> Iterator[Line]:
    say = words.spelled
    match block:
        case Facts(_, facts):
            for f in facts:
                yield Line(about=say(f.asks), says=f"{say(f.answer)}. {say(f.says)}")
        case Cards(_, cards):
            for c in cards:
                yield Line(
                    about=say(c.title),
                    says=tell("(state {state}): {marks}", state=c.state, marks=", ".join(c.marks) or "–"),
                    details=tuple((label, tuple(map(say, said))) for label, said in c.lines),
                )
        case Way():
            yield Line(says=say(block.start))
            for step in block.steps:
                yield Line(says=f"{step.who}: {'; '.join(map(say, step.does))} ({say(step.why)})")
            yield Line(says=say(block.end))
        case Meanings(known):
            for e in known:
                yield Line(about=say(e.word), says=f"{f'({say(e.other)})' if e.other else ''}: {say(e.meaning)}")
        case Dates(_, dates):
            for d in dates:
                yield Line(says=f"{d.when}: {say(d.says)}", source=say(d.source))
        case _:
            raise TypeError(f"not a block of a report: {block!r}")
