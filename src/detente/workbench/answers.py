"""Answers as parts of a page: sheets by the names that people read, pictures as SVG; everything from files is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from detente.case import Case
from detente.messages import tell
from detente.present.names import sentence
from detente.present.pages.render import Speaker, heat
from detente.present.pictures.drawing import Drawing
from detente.present.words import Words
from detente.result import Answer
from detente.sheet import Sheet, is_heading, is_number

MOST_ROWS = 500
"""Rows of a table that a page shows; exports have all of them."""


def html_of(case: Case, sheets: Iterable[Sheet]) -> str:
    """Sheets below each other, their terms by the names that people read."""
    words = Words(case.scenario)
    say = Speaker(words).words
    return "\n".join(_table(sheet, words, say) for sheet in sheets)


def _table(sheet: Sheet, words: Words, say: Any) -> Markup:
    told = sheet.told()
    title = say(words.title(sheet.title)) if sheet.title else Markup()
    notes = Markup().join(
        Markup('<p dir="auto" class="note">{}</p>').format(say(sentence(note))) for note in told.notes
    )
    if not told.rows:
        return Markup('<section class="answer-part">{}{}</section>').format(
            Markup('<p class="caption">{}</p>').format(title) if title else "", notes
        )
    head = Markup().join(
        Markup('<th dir="auto" scope="col">{}</th>').format(say(name)) if name else Markup("<td></td>")
        for name in told.columns
    )
    rows = Markup().join(_row(row, len(told.columns), say) for row in told.rows[:MOST_ROWS])
    if len(told.rows) > MOST_ROWS:
        notes += Markup('<p class="note">{}</p>').format(
            tell("{count} more rows are in the export of tables.", count=len(told.rows) - MOST_ROWS)
        )
    return Markup(
        '<section class="answer-part"><p dir="auto" class="caption" aria-hidden="true">{title}</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="{plain}">'
        '<table><caption dir="auto" class="unseen">{title}</caption>'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{notes}</section>"
    ).format(title=title, plain=str(sheet.title), head=head, rows=rows, notes=notes)


def _row(row: tuple[Any, ...], wide: int, say: Any) -> Markup:
    if is_heading(row):
        return Markup('<tr class="group"><th dir="auto" scope="colgroup" colspan="{}">{}</th></tr>').format(
            wide, say(row[0])
        )
    cells = []
    for number, value in enumerate(row):
        look = "number" if is_number(value) else heat(value)
        tag, scope = ("th", ' scope="row"') if number == 0 else ("td", "")
        kind = f' class="{look}"' if look else ""
        cells.append(Markup(f'<{tag} dir="auto"{scope}{kind}>{{}}</{tag}>').format(say(value)))  # noqa: S704 (our own words)
    return Markup("<tr>{}</tr>").format(Markup().join(cells))


def dialogue_html(case: Case, found: Any) -> str:
    """An explanation: questions and answers."""
    say = Speaker(Words(case.scenario)).words
    turns = Markup().join(
        Markup('<dt dir="auto">{}</dt><dd dir="auto">{}</dd>').format(say(each.question), say(each.answer))
        for each in found.dialogue
    )
    return str(Markup('<dl class="talk">{}</dl>').format(turns))


def picture(drawing: Drawing) -> dict[str, str]:
    """A drawing as a page takes it: the SVG, its title, and what it shows in words."""
    return {
        "kind": drawing.kind,
        "title": str(escape(drawing.title)),
        "words": str(escape(drawing.words)),
        "svg": drawing.svg(),
    }


def answer_html(case: Case, found: Answer, *, everything: bool) -> str:
    """The tables that a person needs, or all of them."""
    talk = dialogue_html(case, found) if hasattr(found, "dialogue") else ""
    return talk + html_of(case, found.sheets() if everything else found.gist())
