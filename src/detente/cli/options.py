"""What commands share on the command line: the scenario and its circumstances, the query, how to print; and how words are read.

`circumstances` is the one set of options that every question takes. What is written there becomes one `Circumstances` value
and, with the scenario, the case that the command is called with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.shared import FLAGSHIP, SEPARATOR, load, outside_option
from detente.cli.telling import telling_options
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case, Query
    from detente.executors import Executor

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv", "markdown", "latex")


# --- words ------------------------------------------------------------------------------------------------------------


def names(text: str | None) -> list[str] | None:
    """A comma-separated list, or None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def name_list(text: str | None) -> list[str]:
    """A comma-separated list; empty if nothing is said."""
    return names(text) or []


def concept_names(text: str | None) -> list[str] | None:
    """The concepts in a list such as `nash,seq`; None (all that fit) if there is none."""
    if text is None:
        return None
    if text.strip() == "all":
        from detente.engine.concepts import STRICTEST_FIRST

        return list(STRICTEST_FIRST)
    return [name.strip() for name in text.replace(" ", ",").split(",") if name.strip()]


def every_pair(values: Iterable[str], form: str = "LEFT=RIGHT", option: str | None = None) -> list[tuple[str, str]]:
    """`LEFT=RIGHT` values in order; a LEFT may come several times. A complaint names the `option` and how it is written."""
    found = []
    for value in values:
        left, _, right = (part.strip() for part in value.partition("="))
        if not (left and right):
            raise click.BadParameter(
                tell("write {form}; found {value}", form=form, value=repr(value)), param_hint=option
            )
        found.append((left, right))
    return found


def pairs(values: Iterable[str], form: str = "LEFT=RIGHT", option: str | None = None) -> dict[str, str]:
    """`LEFT=RIGHT` values as a dictionary; a LEFT that is given twice, differently, is refused."""
    found: dict[str, str] = {}
    for left, right in every_pair(values, form, option):
        if found.setdefault(left, right) != right:
            raise click.BadParameter(
                tell(
                    "{left} is given twice, as {found} and as {right}; give it once",
                    left=repr(left),
                    found=repr(found[left]),
                    right=repr(right),
                ),
                param_hint=option,
            )
    return found


def triples(values: Iterable[str], form: str, option: str) -> list[tuple[str, str, str]]:
    """`A:B=C` values; an A:B that is given twice, differently, is refused."""
    found = []
    for left, right in pairs(values, form, option).items():
        one, colon, other = left.partition(":")
        if not (colon and one and other):
            raise click.BadParameter(
                tell("write {form}; found {left}", form=form, left=repr(left + "=" + right)), param_hint=option
            )
        found.append((one, other, right))
    return found


def doubts_said(values: Iterable[str]) -> dict[str, Any]:
    """`SOURCE[=HOW]` values as the doubts that a question takes; a source that is said twice, differently, is refused.

    >>> doubts_said(["order=0.3", "us.reading=a:0.7,b:0.3", "concept=nash,seq", "reading", "ru.order=off"])["us.reading"]
    {'a': '0.7', 'b': '0.3'}
    """
    found: dict[str, Any] = {}
    for value in values:
        source, _, how = value.partition("=")
        made = _doubt_said(how.strip())
        if found.setdefault(source.strip(), made) != made:
            raise click.BadParameter(
                tell("{source} is said twice, differently; say it once", source=repr(source)), param_hint="--doubt"
            )
    return found


def _doubt_said(how: str) -> Any:
    if how in ("", "on", "off"):
        return how != "off"
    parts = [part.strip() for part in how.split(",")]
    if all(":" in part for part in parts):
        return dict(part.rsplit(":", 1) for part in parts)
    if len(parts) == 1 and how.replace(".", "").replace("/", "").replace("-", "").isdigit():
        return how
    return parts


# --- options ----------------------------------------------------------------------------------------------------------


def together(*options: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """Several options as one decorator, in the order in which the help lists them."""

    def decorate(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _readings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    return pairs(values, tell("ACTOR=NAME, for example ru=profit"), "--reading")


scenario_argument = together(click.argument("source", metavar="[NAME|FILE]", default=FLAGSHIP), outside_option)
"""A scenario file or the name of a bundled model; the flagship if left out."""

reading_options = together(
    click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="ACTOR=NAME",
        callback=_readings,
        help="What an actor wants, from the readings in the file; repeatable.",
    ),
    click.option("--world", metavar="NAME", help="A named choice of one reading per actor."),
)
"""`--reading ACTOR=NAME` and `--world NAME`."""


def _rule(_ctx: click.Context, _param: click.Parameter, said: str) -> str:
    from detente.engine.concepts import sanction_rule_said

    return sanction_rule_said(said)


countermoves_option = click.option(
    "--countermoves",
    "sanctions",
    default="sequence",
    show_default=True,
    metavar="RULE",
    callback=_rule,
    help="What an improvement is answered by: a sequence of moves of the others, or a single one.",
)

platform_option = click.option("--platform", metavar="NAME", help="Hold what this platform holds, with its reading.")

force_option = click.option("--force", is_flag=True, help="Replace a file that is there.")


def output_option(help_: str) -> Callable[[Decorated], Decorated]:
    """`-o FILE`: where to write."""
    return click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=help_)


def format_options(*formats: str) -> Callable[[Decorated], Decorated]:
    """`--format` with these formats, and `--json` for short."""
    return together(
        click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            default="table",
            show_default=True,
            help="How to print.",
            callback=_unless_for_excel,
        ),
        click.option("--json", "form", flag_value="json", help="The same as --format json."),
        *([_excel_option] if "csv" in formats else []),
    )


def _unless_for_excel(ctx: click.Context, _param: click.Parameter, form: str) -> str:
    return "csv" if SEPARATOR in ctx.meta else form


def _for_excel(ctx: click.Context, _param: click.Parameter, name: str | None) -> None:
    if name is None:
        return
    from detente.spreadsheet import SEPARATORS

    ctx.meta[SEPARATOR] = SEPARATORS[name]


_excel_option = click.option(
    "--excel",
    type=click.Choice(["comma", "semicolon", "tab"]),
    expose_value=False,
    is_eager=True,
    callback=_for_excel,
    help="As CSV that a spreadsheet opens: with a byte order mark, columns parted by this.",
)
"""`--excel semicolon`; it is read before `--format`, whose value it replaces."""


SourceOf = Callable[[str, dict[str, Any]], str]
"""The scenario, from the word in its place and the other options, which it may change."""

CIRCUMSTANCES = ("readings", "world", "rules", "hold", "start", "platform", "sanctions")
"""What the options below say, as `Circumstances.written` takes it."""


def circumstances_and(
    *printing: Callable[[Any], Any], source_of: SourceOf = lambda source, _: source
) -> Callable[[Decorated], Decorated]:
    """The scenario, its readings, how to print, and the interventions, kept apart: rules, hold, start, platform.

    The command is called with the case that all of this describes. `source_of` may take the first word for something else.
    """
    options = together(
        scenario_argument,
        reading_options,
        *printing,
        click.option("--rule", "rules", multiple=True, metavar="RULE", help='Commit on a condition: "when A then B".'),
        click.option(
            "--hold",
            metavar="SETTINGS",
            default="",
            help='Commit options for good: "us_recog = granted, us_nato = word".',
        ),
        click.option("--start", metavar="SETTINGS", default="", help='Put the world elsewhere once: "us_arm = none".'),
        platform_option,
        countermoves_option,
        telling_options,
    )

    def decorate(command: Decorated) -> Decorated:
        @wraps(command)
        def ask(source: str, **asked: Any) -> Any:
            written = {key: asked.pop(key) for key in CIRCUMSTANCES}
            return command(case_of(source_of(source, asked), **written), **asked)

        decorated: Any = options(ask)
        return decorated  # type: ignore[no-any-return]

    return decorate


circumstances = circumstances_and(format_options(*FORMATS))
"""What every question takes."""


def case_of(source: str, **written: Any) -> Case:
    """The case of a scenario under the circumstances that the options describe."""
    from detente.case import Circumstances

    scenario = load(source)
    return Circumstances.written(scenario, **written).of(scenario)


executor_options = together(
    click.option(
        "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes that work side by side."
    ),
    click.option("--cluster", metavar="ADDRESS", help="Work on the workers of this dask scheduler."),
)
"""`--jobs N` and `--cluster ADDRESS`: who works where there is much to ask."""


def executor_said(jobs: int, cluster: str | None) -> Executor | int:
    """Who works, as the executor options say."""
    from detente.executors import Cluster

    if cluster is not None and jobs != 1:
        raise click.UsageError(tell("--jobs and --cluster are two ways to work; give one of them"))
    return jobs if cluster is None else Cluster(cluster)


query_options = together(
    click.option("--concept", metavar="NAME", help="Ask the equilibria of this concept instead of play."),
    click.option("--play", help="With --goal: myopic or foresight.  [default: foresight]"),
    click.option("--goal", "of", metavar="FORMULA", help="What should hold: an outcome or a formula."),
)
"""What is asked: a formula where play ends, or in the equilibria, or the status quo's own stability."""


def query_of(case: Case, of: str | None, play: str | None, concept: str | None) -> Query:
    """The query that the query options describe; by default whether the status quo is SEQ stable."""
    from detente.case import Query

    if of is not None:
        case.scenario.formula(of)
    return Query.asked(of, play, concept)
