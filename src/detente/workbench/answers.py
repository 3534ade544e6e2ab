"""Answers as parts of a page: sheets by the names that people read, pictures as SVG; everything from files is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from detente.analysis import Analysis
from detente.case import Case
from detente.engine.concepts import label
from detente.messages import tell
from detente.present.names import choice, sentence, upper
from detente.present.pages.render import Speaker, heat
from detente.present.pictures.drawing import Drawing
from detente.present.words import Words
from detente.result import Answer
from detente.sheet import ActorTerm, OptionTerm, Phrase, Sheet, StateTerm, VerdictTerm, is_heading, is_number

MOST_ROWS = 500
"""Rows of a table that a page shows; exports have all of them."""


CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")
"""The concepts whose verdicts can be explained, as columns are called by them."""


def html_of(case: Case, sheets: Iterable[Sheet], states: Mapping[Any, str] | None = None) -> str:
    """Sheets below each other, their terms by the names that people read.

    A state, and a verdict on one, is a button that says what it is about, so that a page can ask why; `states` are the states
    that rows begin with, where they begin with numbers.
    """
    words = Words(case.scenario)
    return "\n".join(_table(_named(sheet.told(), words), words, states or {}) for sheet in sheets)


def _named(sheet: Sheet, words: Words) -> Sheet:
    """The sheet with the choices of options by their names, below options as heads."""
    options = {option.key: option for option in words.scenario.options}
    heads = [options.get(head) if isinstance(head, OptionTerm) else None for head in sheet.columns]
    rows = (
        tuple(
            choice(head, cell) if head and isinstance(cell, str) else cell
            for head, cell in zip(heads, row, strict=True)
        )
        for row in sheet.rows
    )
    return replace(sheet, rows=tuple(rows))


def _table(sheet: Sheet, words: Words, states: Mapping[Any, str]) -> Markup:
    say = Speaker(words).words
    title = say(words.title(sheet.title)) if sheet.title else Markup()
    notes = Markup().join(
        Markup('<p dir="auto" class="note">{}</p>').format(say(sentence(note))) for note in sheet.notes
    )
    if not sheet.rows:
        return Markup('<section class="answer-part">{}{}</section>').format(
            Markup('<p class="caption">{}</p>').format(title) if title else "", notes
        )
    head = Markup().join(
        Markup('<th dir="auto" scope="col">{}</th>').format(_head(name, say)) if name else Markup("<td></td>")
        for name in sheet.columns
    )
    rows = Markup().join(_row(sheet, row, say, states) for row in sheet.rows[:MOST_ROWS])
    if len(sheet.rows) > MOST_ROWS:
        notes += Markup('<p class="note">{}</p>').format(
            tell("{count} more rows are in the export of tables.", count=len(sheet.rows) - MOST_ROWS)
        )
    return Markup(
        '<section class="answer-part"><p dir="auto" class="caption" aria-hidden="true">{title}</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="{plain}">'
        '<table><caption dir="auto" class="unseen">{title}</caption>'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{notes}</section>"
    ).format(title=title, plain=str(sheet.title), head=head, rows=rows, notes=notes)


def _head(name: str, say: Any) -> Markup:
    """What stands over a column: a concept as the literature writes it, an option by its name."""
    if isinstance(name, OptionTerm):
        return escape(upper(say(name)))
    return escape(label(name)) if name in (*CONCEPTS, "sim") else Markup(say(name))  # noqa: S704 (escaped by `say`)


def _row(sheet: Sheet, row: tuple[Any, ...], say: Any, states: Mapping[Any, str]) -> Markup:
    if is_heading(row):
        return Markup('<tr class="group"><th dir="auto" scope="colgroup" colspan="{}">{}</th></tr>').format(
            len(sheet.columns), say(row[0])
        )
    cells = []
    for number, value in enumerate(row):
        look = "number" if is_number(value) else heat(value)
        tag, scope = ("th", ' scope="row"') if number == 0 else ("td", "")
        kind = f' class="{look}"' if look else ""
        said = say(value)
        if about := _about(sheet, row, number, states):
            asked = Markup().join(Markup(' data-{}="{}"').format(key, each) for key, each in about.items())
            said = Markup('<button type="button" class="link"{} title="{}">{}</button>').format(
                asked, tell("Why?"), said
            )
        cells.append(Markup(f'<{tag} dir="auto"{scope}{kind}>{{}}</{tag}>').format(said))  # noqa: S704 (our own words)
    return Markup("<tr>{}</tr>").format(Markup().join(cells))


def _about(sheet: Sheet, row: tuple[Any, ...], number: int, states: Mapping[Any, str]) -> dict[str, str]:
    """Of which state a cell tells, and what: the concept of its column, the actor of its row; nothing where it is of none."""
    value, first, concept = row[number], row[0], sheet.columns[number]
    here = _state(value) or (states.get(value, "") if number == 0 else "")
    if here:
        return {"state": here}
    judged = concept in CONCEPTS and isinstance(value, bool | VerdictTerm)
    row_state, whole = _state(first) or states.get(first, ""), _state(sheet.title)
    if not judged or not (row_state or whole):
        return {}
    actor = {"actor": str(first)} if isinstance(first, ActorTerm) else {}
    return {"state": row_state or whole, **actor, "concept": concept}


def _state(value: Any) -> str:
    """The one state that a cell or a title names."""
    parts = value.parts if isinstance(value, Phrase) else (value,)
    found = [str(each) for each in parts if isinstance(each, StateTerm)]
    return found[0] if len(found) == 1 else ""


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
    sheets = found.sheets() if everything else found.gist()
    return talk + html_of(case, sheets, _states(found, sheets) if isinstance(found, Analysis) else None)


def _states(found: Analysis, sheets: Iterable[Sheet]) -> dict[Any, str]:
    """The states behind the numbers by which a table of equilibria calls them."""
    rows = (row for sheet in sheets if sheet.columns[0] == "state" for row in sheet.rows[:MOST_ROWS])
    cells = found.conflict.states
    return {row[0]: found.text(int(cells[row[0] - 1])) for row in rows if is_number(row[0])}
