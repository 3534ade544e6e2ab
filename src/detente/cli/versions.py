"""`detente diff`, `merge` and `analysts`: versions of a model, what differs and what matters of it, and two made one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import circumstances, force_option, output_option, pairs
from detente.cli.questions import help_of, show_result
from detente.cli.runs import interruptible, paint
from detente.cli.shared import STREAM, load, outside_option, print_json, vacant, wrapped, write_file, wrote
from detente.messages import tell
from detente.questions.catalogue import QUESTIONS

if TYPE_CHECKING:
    from detente.case import Case
    from detente.scenario.versions.merge import Merged

DIFFER = 1
"""The exit code where two versions differ, or cannot be made one without a decision."""


@click.command(help=help_of("diff", "Ends with exit code 1 where the two say something differently, as `diff` does."))
@circumstances
@click.argument("other", metavar="NAME|FILE")
@click.option(
    "--renamed", multiple=True, metavar="OLD=NEW", help="A name of the first and what the second calls it; repeatable."
)
@click.option("--seconds", default=120.0, show_default=True, help="How long to look at most.")
def diff(case: Case, form: str, other: str, renamed: tuple[str, ...], seconds: float) -> None:
    """The differences and their effects."""
    names, second = pairs(renamed, "OLD=NEW", "--renamed"), load(other)

    def ask(report: Any) -> Any:
        with interruptible() as cancelled:
            ask_of = QUESTIONS["diff"].function
            return ask_of(case, second, names, seconds=seconds, progress=report, cancelled=cancelled)

    if show_result(case, form, ask).steps:
        raise click.exceptions.Exit(DIFFER)


@click.command(
    help=help_of(
        "analysts",
        "Versions stand in one file as readings with an `analyst`, or in one file for each analyst: name the files.",
    )
)
@circumstances
@click.argument("others", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--seconds", default=120.0, show_default=True, help="How long to look at most.")
def analysts(case: Case, form: str, others: tuple[str, ...], seconds: float) -> None:
    """The disagreements and their effects."""
    files = [load(each) for each in others]

    def ask(report: Any) -> Any:
        with interruptible() as cancelled:
            ask_of = QUESTIONS["analysts"].function
            return ask_of(case, files, seconds=seconds, progress=report, cancelled=cancelled)

    show_result(case, form, ask)


@click.command(short_help="Make one scenario file of two versions of a third.")
@click.argument("base")
@click.argument("first")
@click.argument("second")
@outside_option
@output_option("Write the merged file here, instead of to standard output.")
@force_option
@click.option("--keep", type=click.Choice(["first", "second"]), help="Whose word counts where the two disagree.")
@click.option("--json", "as_json", is_flag=True, help="Print conflicts and text as JSON.")
def merge(
    base: str, first: str, second: str, output: Path | None, force: bool, keep: str | None, as_json: bool
) -> None:
    """Make one scenario file of two versions of a third: what each of them changed of BASE.

    Where both changed the same thing differently it is a conflict: it is named, with what each says, and nothing is
    written unless --keep says whose word counts; the exit code is 1 in both cases. A merged file that cannot be read is not
    written either, and its errors are told, with exit code 2.
    """
    from detente.scenario.versions.merge import merge as make

    three = load(base), load(first), load(second)
    if output is not None:
        vacant(output, force)
    made = make(*three, keep=keep or "")  # type: ignore[arg-type] # click has seen to it
    if as_json:
        print_json(
            {
                "conflicts": [conflict.to_json() for conflict in made.conflicts],
                "problems": [vars(problem) for problem in made.problems],
                "text": "" if made.errors else made.text,
            }
        )
    _tell(made, keep or "")
    if made.text and not made.errors and (output is not None or not as_json):
        target = output or Path(STREAM)
        wrote(target, f" ({write_file(target, made.text, force)})")
    if made.errors:
        raise click.exceptions.Exit(2)
    if made.conflicts:
        raise click.exceptions.Exit(DIFFER)


def _tell(made: Merged, keep: str) -> None:
    """What is in the way, on standard error."""
    from detente.scenario.versions.difference import value

    for conflict in made.conflicts:
        lines = [f"{paint('conflict', 'error')}: {conflict.place}"]
        lines += [
            wrapped(f"{who}: {value(said, 200)}", "  ", "    ")
            for who, said in (("base", conflict.base), ("first", conflict.first), ("second", conflict.second))
        ]
        settled = (
            tell("the {keep} is kept", keep=keep)
            if keep
            else tell("{advice}; or --keep first, --keep second", advice=conflict.advice)
        )
        click.echo("\n".join([*lines, wrapped(settled, "  -> ", "     ")]), err=True)
    for problem in made.problems:
        click.echo(str(problem), err=True)
    if made.errors:
        click.echo(
            tell("the merged file cannot be used, so it is not written: the two changes do not go together"), err=True
        )
    elif made.conflicts and not keep:
        count = len(made.conflicts)
        click.echo(
            tell("{count} conflict{ending}; nothing is written", count=count, ending="s" * (count != 1)), err=True
        )
    sys.stderr.flush()
