"""The questions, one command each: a case in, a table or a JSON document out.

A command that does nothing but ask is a row: the question's name in the catalogue, and its options, each named after the
argument it becomes. What has to choose between functions, or to read more than words, is written out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import (
    circumstances,
    concept_names,
    doubts_said,
    executor_options,
    executor_said,
    name_list,
    names,
    pairs,
    query_of,
    query_options,
    together,
)
from detente.cli.runs import insistent, interruptible
from detente.cli.shared import print_json, print_sheets
from detente.cli.telling import all_option, document, tell_answer, tell_dialogue
from detente.messages import tell
from detente.questions.catalogue import QUESTIONS

if TYPE_CHECKING:
    from detente.case import Basis, Case


# --- showing answers --------------------------------------------------------------------------------------------------


def show_result(
    case: Case, form: str, ask: Callable[[Any], Any], basis: Basis | None = None, hint: str = "", **more: Any
) -> Any:
    """Ask, with a progress bar if it takes long, and print the result; `basis` is what it rests on, if not the case.

    The document for programs says what is given besides.
    """
    from detente.present.tables.terminal import progress

    with insistent(), progress() as report:
        found = ask(report)
    if form == "json":
        print_json(document(case, found) | more)
    elif form == "table":
        tell_answer(case, found, basis or case.basis, hint)
    else:
        print_sheets(found.sheets(), form)
    return found


def show_search(case: Case, form: str, search: Callable[..., Any], **more: Any) -> None:
    """Show the result of a search that Ctrl-C ends early: with what it has found by then, marked as incomplete."""

    def ask(report: Any) -> Any:
        with interruptible() as cancelled:
            return search(progress=report, cancelled=cancelled)

    show_result(case, form, ask, **more)


def show_all(case: Case, form: str, found: Iterable[Any]) -> None:
    """Several answers to one question, one after the other; as JSON a list of them (one alone stands alone)."""
    answers = list(found)
    if form == "json" and len(answers) != 1:
        print_json([document(case, each) for each in answers])
        return
    for each in answers:
        show_result(case, form, lambda _, answer=each: answer, each.basis)  # type: ignore[misc]


def show_dialogue(case: Case, form: str, told: Any) -> None:
    """An explanation: as a dialogue, or as its tables or JSON."""
    if form == "table":
        tell_dialogue(case, told)
    else:
        show_result(case, form, lambda _: told)


# --- commands that do nothing but ask ---------------------------------------------------------------------------------


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Given:
    """An option of a command: its flag, the argument of the function it becomes, the option for click, how words are read."""

    flag: str
    argument: str
    option: Callable[[Any], Any]
    read: Callable[[Any], Any] = _as_it_is

    @property
    def word(self) -> str:
        """The name under which click hands it over."""
        return self.flag.strip("-").replace("-", "_")


def given(flag: str, argument: str, help: str, read: Callable[[Any], Any] = _as_it_is, **how: Any) -> Given:  # noqa: A002
    """An option, as click takes it."""
    return Given(flag, argument, click.option(flag, help=help, **how), read)


def listed(flag: str, argument: str, help: str, read: Callable[[Any], Any] = names, **how: Any) -> Given:  # noqa: A002
    """An option that takes a list of names."""
    return given(flag, argument, help, read, metavar="LIST", **how)


def help_of(name: str, more: str = "") -> str:
    """The help of a command: what the catalogue says of its question, and a paragraph more."""
    return "\n\n".join(filter(None, (QUESTIONS[name].help, more)))


WHOLE = ("compare", "partnership", "break_matrix", "levers", "evidence")
"""The questions of which a person is shown less than there is, unless `--all` is said."""


SPREAD = ("compare", "break_matrix", "pivots", "threshold")
"""The questions whose work can be divided among several; named here, for their modules are not read before they are asked."""


def question(name: str, *options: Given, command: str = "", query: bool = False) -> click.Command:
    """The command that asks the question of this name."""
    asked = QUESTIONS[name]
    spreads = name in SPREAD

    @circumstances
    def ask(case: Case, form: str, **written: Any) -> None:
        said = {each.argument: each.read(written[each.word]) for each in options}
        optional = asked.optional  # what is not said is left to the function's default, where it has one
        arguments = {name: value for name, value in said.items() if value is not None or name not in optional}
        if query:
            arguments["query"] = query_of(case, written["of"], written["play"], written["concept"])
        if spreads:
            arguments["executor"] = executor_said(written["jobs"], written["cluster"])
        function, reports = partial(asked.function, case, **arguments), "progress" in asked.parameters
        if "cancelled" in asked.parameters:
            show_search(case, form, function)
        else:
            show_result(case, form, lambda report: function(**({"progress": report} if reports else {})))

    more = [*([executor_options] if spreads else []), *([all_option] if name in WHOLE else [])]
    own = together(*(each.option for each in options), *([query_options] if query else []), *more)
    return click.command(command or name.replace("_", "-"), help=asked.help)(own(ask))


PLAY: dict[str, Any] = {"default": "foresight", "show_default": True}
MOST_TRIED: dict[str, Any] = {"default": 1000, "show_default": True}
SECONDS: dict[str, Any] = {"default": 60.0, "show_default": True}

compare = question("compare", listed("--platforms", "platforms", "Which platforms; default: all of them."))

partnership = question(
    "partnership",
    given("--partnership", "name", "Which partnership; default: the only one.", metavar="PARTNERSHIP"),
)

break_ = question(
    "break_matrix",
    given("--partnership", "name", "Which partnership; default: the only one.", metavar="PARTNERSHIP"),
    listed("--over", "actors", "Actors whose readings form the columns; default: the members."),
    given("--every-list", "every_list", "Go through every order a platform admits; slower.", is_flag=True),
    command="break",
)

levers = question(
    "levers",
    listed("--by", "actors", "The actor, or the members of a coalition.", name_list, required=True),
    given("--goal", "goal", "What should hold wherever play ends.", metavar="FORMULA", required=True),
    given("--play", "play", "myopic or foresight.", **PLAY),
    listed("--among", "among", "Options to try as levers; default: all of the actor's."),
    given(
        "--flipped",
        "hold",
        "Hold only what is switched; the rest stays free.",
        lambda flipped: "flipped" if flipped else "all",
        is_flag=True,
    ),
)

induce = question(
    "induce",
    listed("--by", "actors", "Who commits itself; default: each actor that can choose."),
    given("--try", "rules", 'A rule to try besides: "when A then B"; repeatable.', multiple=True, metavar="RULE"),
    listed("--among", "among", "Options that may be held; default: all of the actors'."),
    given("--play", "play", "myopic or foresight.", **PLAY),
    given("--then", "then", "Who may commit itself after each inducement.", metavar="ACTOR"),
    given("--most", "most", "Commitments of one actor tried at most.", type=click.IntRange(1), **MOST_TRIED),
    given("--seconds", "seconds", "How long to search at most, smallest commitments first.", **SECONDS),
)

pivots = question(
    "pivots",
    listed("--actors", "actors", "Whose lists are varied; default: everybody's."),
    query=True,
)

threshold = question(
    "threshold",
    given("--actor", "actor", "Whose list.", metavar="ACTOR", required=True),
    given("--statement", "statement", "Which statement of it.", metavar="FORMULA", required=True),
    query=True,
)

paths = question(
    "paths",
    given("--goal", "goal", "Where to: an outcome, a formula or a state.", metavar="FORMULA", required=True),
    given("--steps", "by", "moves, improvements or unsanctioned.", default="moves", show_default=True),
    listed("--without", "without", "Actors that do not move.", name_list),
    given("--most", "most", "Ways listed at most.", default=20, show_default=True),
)

races = question(
    "races",
    given("--goal", "goal", "Judge the forks by this formula.", metavar="FORMULA"),
    given("--play", "play", "myopic or foresight.", **PLAY),
)

cycles = question("cycles", given("--play", "play", "myopic or foresight.", default="myopic", show_default=True))

irreversible = question(
    "irreversible",
    given("--option", "option", "Which one-way option; default: all of them.", metavar="OPTION"),
)

effective = question(
    "effective",
    listed("--concepts", "concepts", "Concepts to judge by; default: Nash, SEQ, SMR, GMR.", concept_names),
    given("--play", "play", "myopic or foresight.", **PLAY),
)


equilibria = question(
    "equilibria",
    given("--concept", "concept", "nash, sseq, seq, smr or gmr.", default="nash", show_default=True),
    given("--where", "where", "Only those where this holds.", default="", metavar="FORMULA"),
    given(
        "--statement",
        "statements",
        "Say in how many of them this is true; repeatable.",
        multiple=True,
        metavar="FORMULA",
    ),
    given(
        "--list", "listed", "List so many of them.", type=click.IntRange(0), default=5, show_default=True, metavar="N"
    ),
    given(
        "--draw", "sample", "Draw so many by lot.", type=click.IntRange(0), default=0, show_default=True, metavar="N"
    ),
    given("--seed", "seed", "The seed of the lot.", type=click.IntRange(0), default=0, show_default=True, metavar="N"),
    listed("--judge", "judged", "Concepts to judge today's state by; default: Nash, SEQ, SMR, GMR.", concept_names),
    given("--seconds", "seconds", "How long to look at most.", **SECONDS),
    given(
        "--nodes", "nodes", "Nodes of the diagrams at most; default: 8,388,608.", type=click.IntRange(1), metavar="N"
    ),
)


def _tempos(values: Iterable[str]) -> dict[str, float] | None:
    """Tempos as people write them: `us=2`, `ru=1/2`."""
    from detente.scenario.binding.doubts import number

    said = pairs(values, tell("ACTOR=N, for example us=2"), "--tempo")
    return {actor: number(value, tell("the tempo of {actor}", actor=actor)) for actor, value in said.items()} or None


ends = question(
    "ends",
    given("--play", "play", "myopic or foresight.", **PLAY),
    given(
        "--tempo",
        "tempo",
        "How often an actor moves, against the others; repeatable. Default: as the file says, else 1.",
        _tempos,
        multiple=True,
        metavar="ACTOR=N",
    ),
    given(
        "--choice",
        "choice",
        "How a step is chosen: any, best, or how strongly better ones are preferred (a number). Default: as the file says, "
        "else any.",
        metavar="HOW",
    ),
    given("--draws", "draws", "Draw so many plays by lot, in place of solving.", type=click.IntRange(0), metavar="N"),
    given("--seed", "seed", "The seed of the lot.", type=click.IntRange(0), metavar="N"),
)

observations = question(
    "observations",
    listed("--over", "actors", "Actors whose readings are compared; default: all that have rival readings."),
    given("--within", "within", "Legal moves to look ahead.", type=click.IntRange(0), default=3, show_default=True),
    given("--seconds", "seconds", "How long to look at most.", **SECONDS),
)

margin = question(
    "margin",
    given(
        "--farthest",
        "farthest",
        "Steps to look at most.",
        type=click.IntRange(1),
        default=3,
        show_default=True,
        metavar="N",
    ),
    given("--seconds", "seconds", "How long to look at most.", **SECONDS),
    query=True,
)


def _today(written: str | None) -> Callable[[], datetime.date] | None:
    """What tells the day that was written."""
    if written is None:
        return None
    try:
        day = datetime.date.fromisoformat(written)
    except ValueError:
        message = tell("write a day of the calendar such as 2024-06-19; found {written}", written=repr(written))
        raise click.BadParameter(message, param_hint="--today") from None
    return lambda: day


evidence = question(
    "evidence",
    given(
        "--months",
        "months",
        "After how many months an unchecked source is stale; default: what the file says.",
        type=click.IntRange(1),
        metavar="N",
    ),
    given("--today", "today", "The day that counts as today.", _today, metavar="DATE"),
)

assumptions = question(
    "assumptions",
    given(
        "--size",
        "size",
        "Changes tried together at most.",
        type=click.IntRange(1),
        default=3,
        show_default=True,
        metavar="N",
    ),
    given("--seconds", "seconds", "How long to look at most, single changes first.", **SECONDS),
    query=True,
)

hindcast = question(
    "hindcast",
    given(
        "--all", "every", "Every pair of readings, every move under every score, and the holds as well.", is_flag=True
    ),
)


# --- commands that choose a question ----------------------------------------------------------------------------------


@click.command(help=help_of("types", "--qca prints the truth table for tools of qualitative comparative analysis."))
@click.option("--over", metavar="LIST", help="Actors whose readings vary; default: all whose reading is open.")
@click.option("--qca", metavar="VERDICT", help="Print the truth table as CSV, this verdict as the outcome.")
@executor_options
@query_options
@all_option
@circumstances
def types(
    case: Case, form: str, over: str | None, qca: str | None, jobs: int, cluster: str | None, **query: Any
) -> None:
    """The grid, or the truth table for other tools."""
    who = executor_said(jobs, cluster)
    ask = partial(QUESTIONS["types"].function, case, query_of(case, **query), names(over), executor=who)
    if qca is None:
        show_result(case, form, lambda report: ask(progress=report))
    else:
        click.echo(ask().qca(qca), nl=False)


@click.command(help=help_of("ensemble", "Without --goal or --concept all headlines of the file are asked about."))
@click.option(
    "--doubt",
    "said",
    multiple=True,
    metavar="SOURCE[=HOW]",
    help="What may be otherwise: order=0.3, ru.order=swaps:2, presence=0.1, us.reading=a:0.7,b:0.3, order=off. Repeatable.",
)
@click.option("--draws", type=click.IntRange(1), default=10_000, show_default=True, help="Draws at most.")
@click.option(
    "--within",
    type=float,
    metavar="SHARE",
    help="Stop where every share is as sure as this; default: 0.02, or one word where the file states all chances.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another seed gives other draws.")
@click.option("--dispersions", metavar="LIST", default="0.3,0.5,0.7", show_default=True, help="Shown side by side.")
@click.option(
    "--exact", type=click.IntRange(0), default=2_000, show_default=True, help="Games solved for exact bounds."
)
@click.option("--seconds", type=float, help="How long to draw at most.", **SECONDS)
@executor_options
@click.option("--into", metavar="FOLDER", help="Keep the draws there; the same command goes on where it was cut off.")
@query_options
@circumstances
def ensemble(
    case: Case,
    form: str,
    said: tuple[str, ...],
    dispersions: str,
    jobs: int,
    cluster: str | None,
    of: str | None,
    play: str | None,
    concept: str | None,
    **how: Any,
) -> None:
    """All headlines, or one query."""
    asked = [query_of(case, of, play, concept)] if (of, play, concept) != (None, None, None) else ()
    from detente.scenario.binding.doubts import number

    who = executor_said(jobs, cluster)
    side = [number(each, tell("a dispersion")) for each in names(dispersions) or ()]
    ask = QUESTIONS["ensemble"].function
    show_search(case, form, partial(ask, case, asked, doubts_said(said), dispersions=side, executor=who, **how))


doubt_option = click.option(
    "--doubt",
    "said",
    multiple=True,
    metavar="SOURCE[=HOW]",
    help="What may be otherwise, as for `ensemble`: order=0.3, reading, us.reading=a:0.7,b:0.3, order=off. Repeatable.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Another seed gives other draws."
)


@click.command(help=help_of("boxes"))
@click.option("--verdict", metavar="VERDICT", help="The verdict to look for; default: any but today's.")
@doubt_option
@click.option(
    "--draws", type=click.IntRange(1), default=1_000, show_default=True, help="Draws; as many measure the boxes."
)
@seed_option
@click.option("--most", type=click.IntRange(1), default=3, show_default=True, help="Boxes at most.")
@query_options
@circumstances
def boxes(
    case: Case, form: str, said: tuple[str, ...], of: str | None, play: str | None, concept: str | None, **how: Any
) -> None:
    """The boxes of one query."""
    ask = partial(QUESTIONS["boxes"].function, case, query_of(case, of, play, concept), doubts=doubts_said(said), **how)
    show_result(case, form, lambda report: ask(progress=report))


@click.command(help=help_of("collection_plan"))
@doubt_option
@click.option("--draws", type=click.IntRange(1), default=4_000, show_default=True, help="Draws.")
@seed_option
@query_options
@circumstances
def collect(
    case: Case, form: str, said: tuple[str, ...], of: str | None, play: str | None, concept: str | None, **how: Any
) -> None:
    """The plan for one query."""
    asked = query_of(case, of, play, concept)
    ask = partial(QUESTIONS["collection_plan"].function, case, asked, doubts_said(said), **how)
    show_result(case, form, lambda report: ask(progress=report))


@click.command(help=help_of("unknowns"))
@click.option("--settings", metavar="LIST", help="Options of today's state to leave open.")
@click.option("--wanting", metavar="PLATFORM", help="Everything this platform leaves open, nobody held.")
@click.option("--in-force", metavar="PLATFORM", help="Everything this platform leaves open, its settings held.")
@query_options
@circumstances
def unknowns(
    case: Case, form: str, settings: str | None, wanting: str | None, in_force: str | None, **query: Any
) -> None:
    """What the lists leave open, or a platform that is wanted, or one that is in force."""
    from detente.questions.uncertainty import unknowns as module

    asked = query_of(case, **query)

    def ask(report: Any) -> Any:
        if wanting:
            return module.unknowns_of_list(case, wanting, asked, progress=report)
        if in_force:
            return module.unknowns_in_force(case, in_force, asked, progress=report)
        return module.unknowns(case, asked, names(settings) or (), progress=report)

    show_result(case, form, ask)


@click.command(help=help_of("joint"))
@click.option("--goal", metavar="FORMULA", required=True, help="Where the coalition wants to be.")
@click.option("--most", type=click.IntRange(1), help="Members of a coalition at most.")
@click.option("--minimal", is_flag=True, help="All coalitions minimal by inclusion, not only the smallest.")
@circumstances
def joint(case: Case, form: str, goal: str, most: int | None, minimal: bool) -> None:
    """The smallest coalitions, or all that are minimal."""
    ask = QUESTIONS["joint_minimal" if minimal else "joint"].function
    show_result(case, form, lambda report: ask(case, goal, most, progress=report))


COMMANDS = (
    compare, partnership, break_, levers, induce, types, pivots, threshold, unknowns, joint, paths, races, cycles, irreversible,
    effective, equilibria, ends, observations, margin, ensemble, boxes, collect, assumptions, evidence, hindcast,
)  # fmt: skip
