"""How an answer is told in a terminal, the same for every question.

First line the title, second line under what circumstances, third the answer in a sentence; then the tables that a person
needs, the model and the version in one short line, and last one command that is useful next. `--all` shows every table whole,
`--definitions` says what the words mean, `--verbose` adds all that the answer rests on.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from detente.cli.shared import SOURCE, print_below, query_words, wrapped
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Basis, Case
    from detente.questions.explanation.explain import Told
    from detente.result import Answer
    from detente.scenario.model import Scenario
    from detente.sheet import Phrase, Sheet

ALL, VERBOSE, DEFINITIONS = (f"{__name__}.{word}" for word in ("all", "verbose", "definitions"))
"""Where the context keeps what was said of the telling."""


def _flag(flag: str, key: str, said: str) -> Callable[[Any], Any]:
    """A flag that only the telling looks at."""

    def keep(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.meta[key] = value

    return click.option(flag, is_flag=True, expose_value=False, callback=keep, help=said)


verbose_option = _flag(
    "--verbose", VERBOSE, "Add all that the answer rests on: readings, counter-moves, sources, model."
)
definitions_option = _flag("--definitions", DEFINITIONS, "Say below the tables what the words in them mean.")
all_option = _flag("--all", ALL, "Every table, and every row by itself.")


def telling_options(command: Any) -> Any:
    """`--definitions` and `--verbose`, which every question takes."""
    return definitions_option(verbose_option(command))


def said(key: str) -> bool:
    """Whether a flag of the telling was given."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(key))


# --- the parts ----------------------------------------------------------------------------------------------------------


def readings_of(scenario: Scenario, basis: Basis, width: int) -> str:
    """Which reading is taken of each actor that has several; on one line, so where they are many only those not by default."""
    rival = {each.id: tuple(each.readings) for each in scenario.actors if len(each.readings) > 1}
    chosen = {actor: name for actor, name in basis.readings.items() if actor in rival}
    if not chosen:
        return tell("Readings: one of each actor")
    whole = tell("Readings: {readings}", readings=", ".join(f"{actor}={name}" for actor, name in chosen.items()))
    if len(whole) <= width:
        return whole
    usual = scenario.choose()
    other = ", ".join(f"{actor}={name}" for actor, name in chosen.items() if usual.get(actor) != name)
    return (
        tell("Readings: {other}, all others as the file has them", other=other)
        if other
        else tell("Readings: as the file has them")
    )


def provenance(digest: str) -> str:
    """Which model and which version, in one short line."""
    from detente.version import __version__

    return tell("Model {digest} · detente {version}", digest=digest[:12], version=__version__)


def rests_on(basis: Basis) -> tuple[str, ...]:
    """All that an answer rests on, for `--verbose`."""
    from detente.engine.concepts import COUNTER_MOVES

    readings = ", ".join(f"{actor}={name}" for actor, name in basis.readings.items())
    world = tell(", world {world}", world=basis.world) if basis.world else ""
    return (
        basis.summary,
        tell(
            "Readings: {readings}{world}. Counter-moves: {sanctions}. No seed: nothing is drawn by chance.",
            readings=readings,
            world=world,
            sanctions=COUNTER_MOVES[basis.sanctions],
        ),
        tell("Hash of the model with these readings: {hash}.", hash=basis.hash),
    )


def definitions_sheet(sheets: Sequence[Sheet]) -> Sheet:
    """What the concepts and the other terms of the glossary mean that stand in these tables."""
    from detente.engine.concepts import CONCEPTS, STRICTEST_FIRST, label
    from detente.glossary import occurring
    from detente.sheet import Sheet, show

    said = " ".join(
        show(cell) for sheet in sheets for cell in (sheet.title, *sheet.columns, *sheet.notes, *sum(sheet.rows, ()))
    )
    words = set(said.replace(",", " ").replace(":", " ").split())
    concepts = [
        (label(each), tell(CONCEPTS[each].meaning)) for each in STRICTEST_FIRST if label(each) in words or each in words
    ]
    rows = (*concepts, *((tell(term.plain), tell(term.meaning)) for term in occurring(said)))
    return Sheet(tell("What the words mean"), ("", ""), rows, (tell("detente help TERM tells more."),))


# --- an answer ----------------------------------------------------------------------------------------------------------


def tell_answer(case: Case, found: Answer, basis: Basis, hint: str = "") -> None:
    """Print an answer for people; `basis` is what it rests on, `hint` what else there is."""
    from detente.present.tables.terminal import console

    changed = replace(case.circumstances, readings={}, world=None).words(case.scenario)
    below = readings_of(case.scenario, basis, console().width - (len(changed) + 2 if changed else 0))
    tell_sheets(
        case,
        found,
        lambda _: found.sheets() if said(ALL) else found.gist(),
        second=f"{below}; {changed}" if changed else below,
        last=(*(rests_on(basis) if said(VERBOSE) else ()), provenance(basis.hash), hint),
    )


def tell_sheets(
    case: Case,
    found: Answer,
    sheets: Callable[[int], Iterable[Sheet]],
    *,
    second: str,
    last: Iterable[str],
    state: str | None = None,
) -> None:
    """Title, second and third line, tables, what comes below them, the next command (of the `state` named)."""
    from detente.present.names import Names
    from detente.present.tables.terminal import console, draw, headed, notes_once, without_glosses

    on, defined = console(), said(DEFINITIONS)
    made = tuple(notes_once(sheets(on.width), str(found.headline)))
    names = Names.of(case.scenario)
    near = [names.sentence(line) for line in _near(case, found)]
    headed(case.scenario.title, second, names.sentence(found.headline), on, near)
    draw(made if defined else map(without_glosses, made), on)
    if defined:
        on.print()
        draw([definitions_sheet(made)], on)
    _end(case, found, *last, state=state)


def _near(case: Case, found: Answer) -> list[Phrase]:
    """How near another verdict is to those in the headline; where lists were not tried one by one, the command that does."""
    from detente.case.command_line import circumstances_of
    from detente.questions.stakes import lines_under, told_together
    from detente.sheet import Phrase

    lines = lines_under(case, found)
    if lines[1:]:
        return told_together(lines)
    told = []
    for each in lines:
        source = click.get_current_context().meta.get(SOURCE)
        if each.brittle or not source:
            told.append(each.line)
            continue
        words = map(shlex.quote, (str(source), *query_words(each.query)))
        command = " ".join(["detente", "margin", *words, *circumstances_of(each.case)])
        told.append(Phrase.told("{line} To try: {command}", line=each.line, command=command))
    return told


def document(case: Case, found: Answer) -> dict[str, Any]:
    """An answer for programs: what it says by itself, and how near another verdict is to those in its headline."""
    from detente.questions.stakes import has_stakes, lines_under

    near = {"brittleness": [each.to_json() for each in lines_under(case, found)]} if has_stakes(found) else {}
    return {**found.to_json(), **near}


def tell_dialogue(case: Case, told: Told) -> None:
    """Print an explanation, which is told in words; its third line is the answer as well."""
    from detente.present.names import Names
    from detente.sheet import Sheet

    answered, _, rest = str(told).partition("\n\n")
    near = [wrapped(Names.of(case.scenario).sentence(line)) for line in _near(case, told)]
    click.echo("\n".join((answered, *near)) + (f"\n\n{rest}" if rest else ""))
    if said(DEFINITIONS):
        from detente.present.tables.terminal import console, draw

        click.echo()
        draw([definitions_sheet([Sheet("", (), (), (str(told),))])], console())
    _end(case, told, *(rests_on(told.basis) if said(VERBOSE) else ()), provenance(told.basis.hash))


def _end(case: Case, found: Answer, *last: str, state: str | None = None) -> None:
    """What comes below, and the next command, which is never broken in two: it is there to be copied."""
    from detente.cli.following import following
    from detente.present.tables.terminal import console, sayable

    print_below(*last)
    after = following(case, found, state)
    if after:
        click.echo(sayable(after, console().encoding))
