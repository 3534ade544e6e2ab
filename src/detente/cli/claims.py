"""`detente claims` and `detente explain`: the reasoning, spoken aloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import FORMATS, circumstances_and, concept_names, format_options, names
from detente.cli.questions import help_of, show_dialogue, show_result
from detente.cli.shared import FLAGSHIP, STREAM, load, outside_option, print_json, print_sheets
from detente.cli.telling import all_option, tell_answer, telling_options
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case
    from detente.result import Answer


@click.command(
    help=help_of("claims", "With claim ids (C7 C19) the whole reasoning is shown, down to statements and sources.")
)
@click.argument("words", metavar="[NAME|FILE] [CLAIM]...", nargs=-1)
@outside_option
@all_option
@telling_options
@format_options(*FORMATS)
def claims(words: tuple[str, ...], form: str) -> None:
    """All claims in a table, or some with their reasoning."""
    from detente.case import Case
    from detente.present.tables.terminal import progress
    from detente.questions.claims import claims as ask

    source, ids = split(words)
    scenario = load(source)
    with progress() as report:
        register = ask(scenario, ids or None, progress=report)
    if form == "json":
        print_json(register.to_json())
    elif form != "table":
        print_sheets(register.sheets(), form)
    else:
        told: list[Answer] = [*(register[each] for each in ids)] if ids else [register]
        for each in told:
            tell_answer(Case(scenario), each, register.basis)


def split(words: tuple[str, ...]) -> tuple[str, list[str]]:
    """The scenario, if the first word names one, and the claims."""
    from detente.scenario import library
    from detente.scenario.read import ENDINGS

    named = words and (words[0] in (*library.names(), STREAM) or words[0].endswith(ENDINGS) or _is_there(words[0]))
    if named:
        return words[0], list(words[1:])
    return FLAGSHIP, list(words)


def _is_there(word: str) -> bool:
    """Whether there is a file of this name; one that no file can have names none."""
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def _state_first(source: str, asked: dict[str, Any]) -> str:
    """The scenario; a single word that can only be a state is one, of the flagship."""
    if asked["where"] is None and _is_state(source):
        asked["where"] = source
        return FLAGSHIP
    return source


def _is_state(word: str) -> bool:
    """Whether a single word can only be a state: `now`, a number, or settings; any other is a scenario."""
    return split((word,))[1] != [] and (word == "now" or word.startswith("#") or " " in word or "," in word)


@click.command(
    help=help_of(
        "explain",
        'A STATE is now (the default), a name from the file, a list of settings ("us_arm = none, not ru_link"), one digit per '
        "option, or # and its number (#49).",
    )
)
@click.option("--state", metavar="STATE", help="The same as STATE.")
@click.option("--concepts", metavar="LIST", default="seq", show_default=True, help="Solution concepts.")
@click.option("--actors", metavar="LIST", help="Whose stability; default: everybody's.")
@circumstances_and(format_options(*FORMATS), source_of=_state_first)
@click.argument("where", metavar="[STATE]", required=False)
def explain(case: Case, form: str, where: str | None, state: str | None, concepts: str, actors: str | None) -> None:
    """The dialogue, or its tables."""
    from detente.questions.explanation.explain import explain as ask

    if None not in (where, state):
        raise click.UsageError(
            tell(
                "two states are named, {where} and --state {state}; give one of them",
                where=repr(where),
                state=repr(state),
            )
        )
    chosen = where if state is None else state
    kinds = concept_names(concepts) or ["seq"]
    if form == "table":
        show_dialogue(case, form, ask(case, chosen, kinds, names(actors)))
    else:
        show_result(case, form, lambda _: ask(case, chosen, kinds, names(actors)))
