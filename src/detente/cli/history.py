"""`detente events` and what else is asked of what happened: the tables, what each event says of the readings, the scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import FORMATS, circumstances, force_option, format_options, names, output_option, triples
from detente.cli.questions import help_of, show_result
from detente.cli.shared import contents, print_json, print_sheets, print_tables, remember, write_file, wrote
from detente.cli.telling import all_option
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case
    from detente.scenario.model import Event

files_argument = click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False)
)


@click.command(
    help=help_of(
        "events",
        "The rules stand in the model under `events:`. With --history it prints what came in as a `history:` for the file.",
    )
)
@circumstances
@files_argument
@click.option(
    "--without", metavar="LIST", help="Guards to turn off: roles, contexts, future, window, sources, mentions."
)
@click.option(
    "--coded",
    type=click.Path(exists=True, dir_okay=False),
    help="A table of rows coded by hand (id, real), to show what each guard keeps.",
)
@click.option("--history", "as_history", is_flag=True, help="Print what came in as `history:`, to be pasted.")
def events(
    case: Case, form: str, files: tuple[str, ...], without: str | None, coded: str | None, as_history: bool
) -> None:
    """What came in, or the same as a section of the file."""
    from detente.questions.history.events import events as ask
    from detente.questions.history.records import history_text

    remember(*files)
    chosen = names(without) or []
    if as_history:
        click.echo(history_text(case, ask(case, [*map(Path, files)], without=chosen)), nl=False)
        return
    show_result(case, form, lambda _: ask(case, [*map(Path, files)], without=chosen, coded=coded))


record_argument = click.argument(
    "events", metavar="[EVENTS]...", nargs=-1, type=click.Path(exists=True, dir_okay=False)
)
"""A log of moves, or tables of coded events; nothing for the model's own history."""

error_option = click.option(
    "--error",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Choice model: the chance that an actor does anything it can.",
)


def record(case: Case, files: tuple[str, ...]) -> tuple[Event, ...] | None:
    """The events of the files; None, the model's own, if there are none."""
    from detente.questions.history.records import record_of

    remember(*files)
    return record_of(case, files) if files else None


EQUAL = "equal"


def prior_of(case: Case, values: tuple[str, ...]) -> dict[str, dict[str, float]] | None:
    """`ru:need=0.6` and so on, or the one word `equal`, which says aloud what is never assumed."""
    from detente.scenario.binding.doubts import number

    if not values:
        return None
    if values == (EQUAL,):
        counted = {actor.id: actor.counted for actor in case.scenario.actors if len(actor.counted) > 1}
        return {actor: dict.fromkeys(names, 1 / len(names)) for actor, names in counted.items()}
    found: dict[str, dict[str, float]] = {}
    for actor, reading, chance in triples(
        values, tell("ACTOR:READING=CHANCE, for example ru:need=0.6, or equal"), "--prior"
    ):
        found.setdefault(actor, {})[reading] = number(chance, f"--prior: the chance of {reading}")
    return found


@click.command(
    help=help_of("update", "EVENTS are a log of moves (YAML or CSV) or tables of coded events; default: `history:`.")
)
@circumstances
@record_argument
@error_option
@click.option(
    "--prior",
    multiple=True,
    metavar="ACTOR:READING=CHANCE",
    help="How likely a reading was before; repeatable. Or equal. Default: `uncertainty:` of the file.",
)
@click.option("--over", metavar="LIST", help="Whose readings are compared; default: of all that have rival ones.")
@all_option
def update(
    case: Case, form: str, events: tuple[str, ...], error: float, prior: tuple[str, ...], over: str | None
) -> None:
    """Where the world is, and what the record says of each reading."""
    from detente.questions.history.update import update as ask

    happened, weighed = record(case, events), prior_of(case, prior)
    show_result(
        case, form, lambda report: ask(case, happened, error=error, prior=weighed, over=names(over), progress=report)
    )


@click.command(help=help_of("backtest", "EVENTS are a log of moves or tables of coded events; default: `history:`."))
@circumstances
@record_argument
@error_option
@click.option("--since", default="", metavar="DATE", help="Score only what came from this date on.")
def backtest(case: Case, form: str, events: tuple[str, ...], error: float, since: str) -> None:
    """The scores, reading by reading."""
    from detente.questions.history.backtest import backtest as ask

    happened = record(case, events)
    show_result(case, form, lambda report: ask(case, happened, error=error, since=since, progress=report))


@click.command(help=help_of("seal", "With -o the seal is written to a file, which `detente score` settles."))
@circumstances
@click.option("--when", required=True, metavar="FORMULA", help="What is forecast: an outcome, a formula, settings.")
@click.option("--by", required=True, metavar="DAY", help="The day it is for, such as 2027-06-30.")
@click.option("--share", type=click.FloatRange(0, 1), metavar="CHANCE", help="Its chance, such as 0.3.")
@click.option(
    "--words",
    default="",
    metavar="WORD",
    help="A word of likelihood, such as unlikely: by itself it stands for its whole band, with --share it has to fit.",
)
@click.option("--claim", default="", metavar="CLAIM", help="The claim of the file this is about.")
@click.option("--says", default="", help="What is forecast, in words; default: the words of the claim.")
@click.option("--on", default="", metavar="DAY", help="The day of sealing; default: today.")
@force_option
@output_option("Write the seal to this file (.json).")
def seal(case: Case, form: str, output: Path | None, force: bool, **said: Any) -> None:
    """Write a forecast down."""
    from detente.questions.history.sealed import seal as ask

    sealed = ask(case, **said)
    if output is None:
        show_result(case, form, lambda _: sealed)
        return
    wrote(
        output,
        tell(
            " ({write_file}). Its seal is {hash}.", write_file=write_file(output, sealed.text, force), hash=sealed.hash
        ),
    )


@click.command(help=help_of("score", "SEAL are files that `detente seal` wrote."))
@circumstances
@click.argument("seals", metavar="SEAL...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--record",
    "records",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A log of moves or a table of coded events; repeatable. Default: `history:`.",
)
@click.option("--noted", multiple=True, metavar="HASH", help="A seal noted elsewhere; repeatable.")
def score(case: Case, form: str, seals: tuple[str, ...], records: tuple[str, ...], noted: tuple[str, ...]) -> None:
    """Settle what was sealed."""
    from detente.questions.history.sealed import score as ask

    texts = [contents(each) for each in seals]
    happened = record(case, records)
    show_result(case, form, lambda _: ask(case, texts, happened, noted=noted))


@click.command(
    epilog="Example: detente alliances alliance_v4.1_by_dyad.csv --states 365,731 --years 1950-2024 --own ours.csv"
)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--states", required=True, metavar="LIST", help="Which states: numbers of Correlates of War, or names.")
@click.option("--years", metavar="FIRST-LAST", help="Years to look at; default: what the tables cover.")
@click.option("--own", type=click.Path(exists=True, dir_okay=False), help="Rows of your own, each with a source.")
@format_options(*FORMATS)
def alliances(files: tuple[str, ...], states: str, years: str | None, own: str | None, form: str) -> None:
    """Who has pledged what to whom, by tables of Correlates of War and ATOP, and where they do not reach."""
    from detente.questions.history.alliances import alliances as ask

    found = ask([*map(Path, files)], names(states) or [], years=_years(years), own=own)
    if form == "json":
        print_json(found.to_json())
    elif form == "table":
        print_tables(lambda _: found.sheets(), "Alliances", str(found.headline))
    else:
        print_sheets(found.sheets(), form)


def _years(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not first.isdecimal() or not (last or first).isdecimal() or (dash and not last):
        raise click.BadParameter(
            tell("write FIRST-LAST, such as 1950-2024; found {text}", text=repr(text)), param_hint="--years"
        )
    return int(first), int(last or first)


HISTORY = (events, update, backtest, seal, score, alliances)
