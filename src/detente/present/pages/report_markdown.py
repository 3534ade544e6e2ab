"""A report as Markdown: to paste into a document, a wiki or an issue. Pictures are told in words; the page has them drawn."""

from __future__ import annotations

from typing import Any

from detente.messages import tell
from detente.present.pages.blocks import Block, Choose, Dossier, Live, Meanings, Picture, Section, Table, Talk, Text
from detente.present.pages.spoken import Line, spoken_lines, spoken_sheet
from detente.present.words import Words
from detente.sheet import Sheet, markdown


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
    title, lines = spoken_lines(words, block)
    return _points(markdown(title), list(map(_entry, lines)))


def _entry(line: Line) -> str:
    about = f"**{markdown(line.about)}**" if line.about else ""
    says = f"{markdown(line.says)}{f' ({markdown(line.source)})' if line.source else ''}"
    return f"{about}{'' if not about or says.startswith(':') else ' '}{says}"


def _points(title: str, items: list[str]) -> str:
    return "\n".join([*([f"### {title}\n"] if title else []), *(f"- {item}" for item in items)]) + "\n"


def _table(words: Words, sheet: Sheet) -> str:
    """A table with every term by its name."""
    said = spoken_sheet(words, sheet)
    notes = "".join(f"\n*{markdown(note)}*\n" for note in said.notes)
    return (f"### {markdown(said.title)}\n\n" if said.title else "") + said.to_markdown() + notes
