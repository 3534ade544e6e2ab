"""The questions, one command each: circumstances in, a table or a JSON document out.

Every command takes the same circumstances (`--reading`, `--world`, `--sanctions`, `--platform`, `--start`, `--hold`,
`--rule`), asks one function of `detente.questions`, and shows its result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from detente.cli.shared import (
    FORMATS,
    Decorated,
    format_options,
    load,
    print_below,
    print_json,
    print_sheets,
    print_tables,
    reading_options,
    scenario_argument,
)

if TYPE_CHECKING:
    from detente.case import Basis, Case, Query


def circumstances(command: Decorated) -> Decorated:
    """The model, the readings and the interventions, kept apart: start, hold, platform, preferences."""
    options = [
        click.option("--sanctions", default="legal", show_default=True, metavar="RULE", help="legal or one-step."),
        click.option("--platform", metavar="NAME", help="Hold what this platform holds, with its reading."),
        click.option("--start", metavar="SETTINGS", default="", help='Put the world elsewhere once: "not us_arm".'),
        click.option(
            "--hold", metavar="SETTINGS", default="", help='Commit options for good: "us_recog, not us_cvid".'
        ),
        click.option("--rule", "rules", multiple=True, metavar="RULE", help='Commit on a condition: "when A then B".'),
        format_options(*FORMATS),
        reading_options,
        scenario_argument,
    ]
    for option in options:
        command = option(command)
    return command


def query_options(command: Decorated) -> Decorated:
    """What is asked: a formula where play ends, or in the equilibria, or the status quo's own stability."""
    options = [
        click.option("--of", "of", metavar="FORMULA", help="What should hold: an outcome or a formula."),
        click.option("--play", help="With --of: myopic or foresight.  [default: foresight]"),
        click.option("--concept", metavar="NAME", help="Ask the equilibria of this concept instead of play."),
    ]
    for option in options:
        command = option(command)
    return command


def case_of(asked: dict[str, Any]) -> Case:
    """The case that the common options describe; takes them out of `asked`."""
    from detente.case import Case, Policy, policy_of
    from detente.engine.concepts import sanction_rule

    scenario = load(asked.pop("source"))
    rule, readings = sanction_rule(asked.pop("sanctions")), asked.pop("readings")
    case = Case(scenario, readings, asked.pop("world"), rule)
    scenario.choose(readings, case.world)
    platform, start, hold = asked.pop("platform"), asked.pop("start"), asked.pop("hold")
    if platform:
        case = case.under(policy_of(case, platform))
    rules = tuple(case.rule(text) for text in asked.pop("rules"))
    if not (start or hold or rules):
        return case
    return case.under(Policy(start=case.settings(start), hold=case.settings(hold), rules=rules))


def query_of(case: Case, asked: dict[str, Any]) -> Query:
    """The query that the query options describe, taken out of `asked`; by default whether the status quo is SEQ stable."""
    from detente.case import Query

    of, play, concept = asked.pop("of"), asked.pop("play"), asked.pop("concept")
    if of is not None:
        case.scenario.formula(of)
    return Query.asked(of, play, concept)


def show_result(case: Case, form: str, ask: Callable[[Any], Any], basis: Basis | None = None) -> None:
    """Ask, with a progress bar if it takes long, and print the result; `basis` is what it rests on, if not the case."""
    from detente.present.tables.terminal import progress

    with progress() as report:
        found = ask(report)
    if form == "json":
        print_json(found.to_json())
    elif form == "table":
        basis = basis or case.basis
        readings = ", ".join(f"{actor}={name}" for actor, name in basis.readings.items())
        print_tables(lambda _: found.sheets(), case.scenario.title, f"Readings: {readings}")
        print_below(
            basis.summary,
            f"Sanctions: {basis.sanctions}. Computed by detente {basis.version}, model {basis.hash[:12]}.",
        )
    else:
        print_sheets(found.sheets(), form)


def pairs(values: tuple[str, ...], form: str = "LEFT=RIGHT", option: str | None = None) -> dict[str, str]:
    """`LEFT=RIGHT` values as a dictionary; a complaint names the `option` and how it is written."""
    split = [value.partition("=") for value in values]
    for left, equals, right in split:
        if not (left and equals and right):
            raise click.BadParameter(f"write {form}; found {left + equals + right!r}", param_hint=option)
    return {left: right for left, _, right in split}


def names(text: str | None) -> list[str] | None:
    """A comma-separated list, or None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


@click.command()
@click.option("--platforms", metavar="LIST", help="Which platforms; default: all of them.")
@circumstances
def compare(form: str, platforms: str | None, **asked: Any) -> None:
    """Platforms side by side: status quo, ends of play, outcomes, and whether each would be kept."""
    from detente.questions.policy.platforms import compare as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, names(platforms), progress=report))


@click.command()
@click.option("--name", metavar="PARTNERSHIP", help="Which partnership; default: the only one.")
@circumstances
def partnership(form: str, name: str | None, **asked: Any) -> None:
    """Does a partnership hold, fray or break: at every end of play, under every concept, and why."""
    from detente.questions.partnerships.partnerships import partnership as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, name))


@click.command("break")
@click.option("--name", metavar="PARTNERSHIP", help="Which partnership; default: the only one.")
@click.option("--over", metavar="LIST", help="Actors whose readings form the columns; default: the members.")
@click.option("--every-list", is_flag=True, help="Go through every order a platform admits; slower.")
@circumstances
def break_(form: str, name: str | None, over: str | None, every_list: bool, **asked: Any) -> None:
    """Which policy breaks a partnership, for which types of its members: a matrix."""
    from detente.questions.partnerships.break_matrix import break_matrix as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, name, actors=names(over), every_list=every_list, progress=report))


@click.command()
@click.option("--by", metavar="LIST", required=True, help="The actor, or the members of a coalition.")
@click.option("--goal", metavar="FORMULA", required=True, help="What should hold wherever play ends.")
@click.option("--play", default="foresight", show_default=True, help="myopic or foresight.")
@click.option("--among", metavar="LIST", help="Options to try as levers; default: all of the actor's.")
@click.option("--flipped", is_flag=True, help="Hold only what is switched; the rest stays free.")
@circumstances
def levers(form: str, by: str, goal: str, play: str, among: str | None, flipped: bool, **asked: Any) -> None:
    """The smallest sets of own settings that, switched and held, make sure of a goal."""
    from detente.questions.policy.levers import levers as ask

    case, hold = case_of(asked), "flipped" if flipped else "all"
    show_result(case, form, lambda r: ask(case, names(by) or [], goal, play, hold=hold, among=names(among), progress=r))


@click.command()
@click.option("--over", metavar="LIST", help="Actors whose readings vary; default: all whose reading is open.")
@query_options
@circumstances
def types(form: str, over: str | None, **asked: Any) -> None:
    """The verdict for every combination of readings: a grid with counts."""
    from detente.questions.uncertainty.types import types as ask

    case = case_of(asked)
    query = query_of(case, asked)
    show_result(case, form, lambda report: ask(case, query, names(over), progress=report))


@click.command()
@click.option("--actors", metavar="LIST", help="Whose lists are varied; default: everybody's.")
@query_options
@circumstances
def pivots(form: str, actors: str | None, **asked: Any) -> None:
    """Which swap of neighbours, dropped or negated statement flips the verdict."""
    from detente.questions.uncertainty.pivots import pivots as ask

    case = case_of(asked)
    query = query_of(case, asked)
    show_result(case, form, lambda report: ask(case, query, names(actors), progress=report))


@click.command()
@click.option("--actor", metavar="ACTOR", required=True, help="Whose list.")
@click.option("--statement", metavar="FORMULA", required=True, help="Which statement of it.")
@query_options
@circumstances
def threshold(form: str, actor: str, statement: str, **asked: Any) -> None:
    """The verdict with one statement at every rank of its list, and where it changes."""
    from detente.questions.uncertainty.pivots import threshold as ask

    case = case_of(asked)
    query = query_of(case, asked)
    show_result(case, form, lambda _: ask(case, actor, statement, query))


@click.command()
@click.option("--settings", metavar="LIST", help="Options of the status quo to leave open.")
@click.option("--wanting", metavar="PLATFORM", help="Everything this platform leaves open, nobody held.")
@click.option("--in-force", metavar="PLATFORM", help="Everything this platform leaves open, its settings held.")
@query_options
@circumstances
def unknowns(form: str, settings: str | None, wanting: str | None, in_force: str | None, **asked: Any) -> None:
    """Necessary and possible verdicts over everything that is marked unknown."""
    from detente.questions.uncertainty import unknowns as module

    case = case_of(asked)
    query = query_of(case, asked)

    def ask(report: Any) -> Any:
        if wanting:
            return module.unknowns_of_list(case, wanting, query, progress=report)
        if in_force:
            return module.unknowns_in_force(case, in_force, query, progress=report)
        return module.unknowns(case, query, names(settings) or (), progress=report)

    show_result(case, form, ask)


@click.command()
@click.option("--goal", metavar="FORMULA", required=True, help="Where the coalition wants to be.")
@click.option("--most", type=click.IntRange(1), help="Members of a coalition at most.")
@click.option("--minimal", is_flag=True, help="All coalitions minimal by inclusion, not only the smallest.")
@circumstances
def joint(form: str, goal: str, most: int | None, minimal: bool, **asked: Any) -> None:
    """The smallest coalitions that all gain by moving to a goal together, and whether that place holds."""
    from detente.questions.coalitions import smallest as module

    case = case_of(asked)
    ask = module.joint_minimal if minimal else module.joint
    show_result(case, form, lambda report: ask(case, goal, most, progress=report))


@click.command()
@click.option("--goal", metavar="FORMULA", required=True, help="Where to: an outcome, a formula or a state.")
@click.option("--steps", "by", default="moves", show_default=True, help="moves, improvements or unsanctioned.")
@click.option("--without", metavar="LIST", help="Actors that do not move.")
@click.option("--most", default=20, show_default=True, help="Ways listed at most.")
@circumstances
def paths(form: str, goal: str, by: str, without: str | None, most: int, **asked: Any) -> None:
    """The shortest ways from the status quo to a goal: who moves, what changes, and why."""
    from detente.questions.evolution.paths import paths as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, goal, by=by, without=names(without) or (), most=most))


@click.command()
@click.option("--goal", metavar="FORMULA", help="Judge the forks by this formula.")
@click.option("--play", default="foresight", show_default=True, help="myopic or foresight.")
@circumstances
def races(form: str, goal: str | None, play: str, **asked: Any) -> None:
    """Where the order of moves decides: the forks of play, the earliest first."""
    from detente.questions.evolution.move_order import races as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, goal, play=play))


@click.command()
@click.option("--play", default="myopic", show_default=True, help="myopic or foresight.")
@circumstances
def cycles(form: str, play: str, **asked: Any) -> None:
    """Cycles of play: their states, who moves, and what toggles."""
    from detente.questions.evolution.cycles import cycles as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, play=play))


@click.command()
@click.option("--option", metavar="OPTION", help="Which one-way option; default: all of them.")
@circumstances
def irreversible(form: str, option: str | None, **asked: Any) -> None:
    """What a one-way move closes off."""
    from detente.questions.evolution.irreversibility import irreversible as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, option))


@click.command()
@circumstances
def hindcast(form: str, **asked: Any) -> None:
    """How well each reading explains the recorded moves, against chance."""
    from detente.questions.history.hindcast import hindcast as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case))


QUESTIONS: Mapping[str, click.Command] = {
    command.name or "": command
    for command in (
        compare, partnership, break_, levers, types, pivots, threshold, unknowns, joint, paths, races, cycles, irreversible,
        hindcast,
    )
}  # fmt: skip
