"""`detente analyze`: who is stable where, which states hold, and where play ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import (
    FORMATS,
    concept_names,
    countermoves_option,
    format_options,
    reading_options,
    scenario_argument,
)
from detente.cli.shared import load, print_json, print_sheets
from detente.cli.telling import DEFINITIONS, VERBOSE, document, provenance, said, tell_sheets, telling_options
from detente.errors import TooLarge, Unanswerable
from detente.messages import tell

if TYPE_CHECKING:
    from detente.analysis import Analysis
    from detente.analysis.one_state import Local
    from detente.case import Case
    from detente.scenario.model import Scenario
    from detente.sheet import Sheet


@click.command()
@scenario_argument
@click.option("--concepts", metavar="LIST", help="Solution concepts, such as nash,seq; default: all that fit.")
@countermoves_option
@reading_options
@click.option("--where", metavar="FORMULA", help="Show only equilibria where this holds.")
@click.option(
    "--for", "actors", multiple=True, metavar="ACTOR", help="Ask for stability for this actor only; repeatable."
)
@click.option("--from", "start", metavar="STATE", help="Ask about, and start play from, this state.")
@click.option("--local", is_flag=True, help="Judge one state by search, without solving the model.")
@telling_options
@format_options(*FORMATS)
def analyze(source: str, form: str, local: bool, start: str | None, **asked: Any) -> None:
    """Who is stable where, which states hold, and where play ends.

    A STATE is a name from the file, a list of settings ("us_arm = none, not ru_link"), one digit per option (110111), or #
    and its number as in `detente show --states` (#49).
    """
    scenario = load(source)
    if start is not None:
        scenario = starting_from(scenario, start)
    if local:
        _local(scenario, start, form, asked)
    else:
        _whole(scenario, source, start, form, asked)


def starting_from(scenario: Scenario, text: str) -> Scenario:
    """The scenario with another status quo; fixed options keep their values."""
    from detente.conflict.game import Game
    from detente.conflict.states import find_state

    conflict = Game.of(scenario).conflict
    cell = find_state(scenario, conflict, text)
    return replace(scenario, now=conflict.graph.states[cell] if conflict.graph else conflict.settings(cell))


# --- the whole space --------------------------------------------------------------------------------------------


def _whole(scenario: Scenario, source: str, start: str | None, form: str, asked: Mapping[str, Any]) -> None:
    from detente.analysis import analyse
    from detente.present.tables.terminal import progress

    where, actors = asked["where"], list(asked["actors"]) or None
    if where is not None:
        scenario.formula(where)
    for actor in actors or ():
        scenario.actor(actor)
    try:
        with progress() as report:
            analysis = analyse(
                scenario,
                readings=asked["readings"],
                world=asked["world"],
                concepts=concept_names(asked["concepts"]),
                sanctions=asked["sanctions"],
                progress=report,
            )
            finished = _document(analysis, start, where, actors) if form == "json" else None
    except TooLarge as refusal:
        _on_diagrams(scenario, refusal, start, form, asked)
        return
    if finished is not None:
        print_json(finished)
    elif form == "table":
        _draw(analysis, source, start, where, actors)
    else:
        print_sheets(_data(analysis, where, actors, form), form)


def _on_diagrams(scenario: Scenario, refusal: TooLarge, start: str | None, form: str, asked: Mapping[str, Any]) -> None:
    """The summary of a model too large to solve: counts and today's state. The refusal stands where there is none."""
    from detente.case import CONCEPTS, Case
    from detente.cli.questions import show_search
    from detente.questions.stability.all_equilibria import equilibria

    wanted = [each for each in concept_names(asked["concepts"]) or CONCEPTS if each != "sim"]
    if asked["actors"] or not wanted:
        raise refusal
    case = Case(scenario, asked["readings"] or {}, asked["world"], asked["sanctions"])
    counted = "nash" if "nash" in wanted else wanted[0]

    def ask(**how: Any) -> Any:
        return equilibria(case, counted, where=asked["where"] or "", judged=wanted, **how)

    try:
        show_search(case, form, ask, **{"from": start})
    except TooLarge:
        raise refusal from None
    except Unanswerable as why:
        neither, place = tell("On decision diagrams neither: {why}.", why=why), refusal.problem
        raise TooLarge(*refusal.parts, " ", neither, line=place.line, column=place.column, file=place.file) from None


def _document(analysis: Analysis, start: str | None, where: str | None, actors: list[str] | None) -> dict[str, Any]:
    from detente.present.json_documents import selection

    chosen = selection(analysis, where, actors) if where is not None or actors is not None else None
    return document(_case(analysis), analysis) | {"from": start, "selection": chosen}


def _data(analysis: Analysis, where: str | None, actors: list[str] | None, form: str) -> Iterable[Sheet]:
    """Tables of identifiers: as CSV only the equilibria, else also the status quo and the outcomes."""
    equilibria = analysis.equilibrium_table(where=where, actors=actors)
    if form == "csv":
        return [equilibria]
    first = [analysis.status_table()] if analysis.conflict.now is not None else []
    return [*first, equilibria, *([analysis.outcome_table()] if analysis.scenario.outcomes else [])]


def _draw(analysis: Analysis, source: str, start: str | None, where: str | None, actors: list[str] | None) -> None:
    from detente.present.tables.analysis import analysis_sheets

    tell_sheets(
        _case(analysis),
        analysis,
        lambda width: analysis_sheets(
            analysis, where=where, actors=actors, width=width, whole=said(VERBOSE), defined=said(DEFINITIONS)
        ),
        second=_second(analysis, start),
        last=(provenance(analysis.hash), _hint(analysis.scenario, source)),
        state=start,
    )


def _case(found: Analysis | Local) -> Case:
    """The case that the next command is to ask about."""
    from detente.case import Case

    usual = found.scenario.choose(world=found.world)
    readings = {actor: name for actor, name in found.readings.items() if usual.get(actor) != name}
    return Case(found.scenario, readings, found.world, found.sanctions)


def _second(found: Analysis | Local, start: str | None) -> str:
    """The question of the file; and where the state or the counter-moves are not the usual ones, that they are not."""
    from detente.engine.concepts import COUNTER_MOVES

    moves = (
        tell("Counter-moves: {sanctions}.", sanctions=COUNTER_MOVES[found.sanctions])
        if found.sanctions != "legal"
        else ""
    )
    state = ""
    if start is not None:
        cell = found.cell if isinstance(found.cell, int) else found.cell()
        state = tell("Asked from another start: {cell}.", cell=found.game.text(cell))
    return " ".join(filter(None, (found.scenario.question, state, moves)))


def _hint(scenario: Scenario, source: str) -> str:
    """How many warnings there are about the model."""
    from detente.analysis.warnings import lint
    from detente.scenario.warnings import lint as lint_text

    found = len(lint_text(scenario)) + len(lint(scenario))
    return (
        tell(
            "{found} warning{ending} about this model: detente check {source}",
            found=found,
            ending="s" * (found > 1),
            source=source,
        )
        if found
        else ""
    )


# --- one state --------------------------------------------------------------------------------------------------


def _local(scenario: Scenario, start: str | None, form: str, asked: Mapping[str, Any]) -> None:
    from detente.analysis.one_state import judge_locally
    from detente.present.tables.analysis import local_sheets
    from detente.present.tables.terminal import progress

    if asked["where"] is not None or asked["actors"]:
        raise click.UsageError(tell("--where and --for look at all equilibria; --local looks at one state only"))
    with progress() as report:
        found = judge_locally(
            scenario,
            readings=asked["readings"],
            world=asked["world"],
            concepts=concept_names(asked["concepts"]),
            sanctions=asked["sanctions"],
            progress=report,
        )
    if form == "json":
        print_json(document(_case(found), found) | {"from": start})
    elif form == "table":
        tell_sheets(
            _case(found),
            found,
            lambda _: local_sheets(found, whole=said(VERBOSE), defined=said(DEFINITIONS)),
            second=_second(found, start),
            last=(provenance(found.hash),),
            state=start,
        )
    else:
        print_sheets(local_sheets(found, whole=False, defined=False), form)
