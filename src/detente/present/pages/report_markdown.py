"""A report as Markdown: to paste into a document, a wiki or an issue. Pictures are told in words; the page has them drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from detente.messages import tell
from detente.present.names import sentence
from detente.present.pages.blocks import (
    Block,
    Cards,
    Choose,
    Dates,
    Dossier,
    Facts,
    Live,
    Meanings,
    Picture,
    Section,
    Table,
    Talk,
    Text,
    Way,
)
from detente.present.words import Words
from detente.sheet import Phrase, Sheet, Term, is_heading, markdown


def report_markdown(dossier: Dossier) -> str:
    """The report, section by section, the brief first."""
    parts = [f"# {markdown(dossier.title)}\n"]
    parts += [f"*{markdown(dossier.question)}*\n"] if dossier.question else []
    parts += [
        tell(
            "[{title}](#{replace}) is said near the end.\n",
            title=each.title,
            replace=each.title.lower().replace(" ", "-"),
        )
        for each in dossier.sections
        if any(isinstance(block, Meanings) for block in each.blocks)
    ]
    # On paper nothing is found anew.
    still = [each for each in dossier.sections if not all(isinstance(block, Live) for block in each.blocks)]
    parts += [_section(dossier.words, section) for section in still]
    made = tell(
        "Made by détente {version} with `{command}`, model `{hash}`.",
        version=dossier.basis["version"],
        command=dossier.command,
        hash=dossier.basis["hash"][:12],
    )
    caution = tell("A model shows what follows from its assumptions; it is no forecast.")
    return "\n".join([*parts, f"---\n\n{made} {caution}\n"])


def _section(words: Words, section: Section) -> str:
    return "\n".join(
        [f"## {markdown(section.title)}\n", *filter(None, (_block(words, each) for each in section.blocks))]
    )


def _block(words: Words, block: Block) -> str:
    def say(text: Any) -> str:
        return markdown(words.spelled(text))

    match block:
        case Text(paragraphs, points, strong):
            said = list(map(say, paragraphs))
            return _points("", said) if points else "\n".join(f"**{x}**\n" if strong else f"{x}\n" for x in said)
        case Table(sheet):
            return _table(words, sheet)
        case Talk(title, turns):
            told = "\n".join(f"**{say(turn.question)}** {say(turn.answer)}\n" for turn in turns)
            return f"### {say(title)}\n\n{told}" if title else told
        case Picture(drawing):
            return f"*{say(drawing.title)}*\n\n{say(drawing.words)}\n"
        case Choose():
            return ""  # the tables have every combination
    return _points(*_listed(block, say))


def _listed(block: Block, say: Callable[[Any], str]) -> tuple[str, list[str]]:
    """The heading and the entries of a block that is a list."""
    match block:
        case Facts(title, facts):
            return say(title), [f"**{say(f.asks)}** {say(f.answer)}. {say(f.says)}" for f in facts]
        case Cards(title, cards):
            return say(title), [
                tell(
                    "**{title}** (state {state}): {marks}",
                    title=say(c.title),
                    state=c.state,
                    marks=", ".join(c.marks) or "–",
                )
                for c in cards
            ]
        case Way():
            steps = [f"{step.who}: {'; '.join(map(say, step.does))} ({say(step.why)})" for step in block.steps]
            return say(block.title), [say(block.start), *steps, say(block.end)]
        case Meanings(known):
            return "", [f"**{say(e.word)}**{f' ({say(e.other)})' if e.other else ''}: {say(e.meaning)}" for e in known]
        case Dates(title, dates):
            return say(title), [f"{d.when}: {say(d.says)}{f' ({say(d.source)})' if d.source else ''}" for d in dates]
    raise TypeError(f"not a block of a report: {block!r}")


def _points(title: str, items: list[str]) -> str:
    return "\n".join([*([f"### {title}\n"] if title else []), *(f"- {item}" for item in items)]) + "\n"


def _table(words: Words, sheet: Sheet) -> str:
    """A table with every term by its name."""

    def cell(value: Any) -> Any:
        return Phrase.of(words.spelled(value)) if isinstance(value, Phrase | Term) else value

    sheet = sheet.told()
    rows = tuple(row if is_heading(row) else tuple(map(cell, row)) for row in sheet.rows)
    said = replace(sheet, columns=tuple(map(cell, sheet.columns)), rows=rows)
    notes = "".join(f"\n*{markdown(words.spelled(sentence(note)))}*\n" for note in sheet.notes)
    title = words.spelled(sheet.title)
    return (f"### {markdown(title)}\n\n" if title else "") + said.to_markdown() + notes
