"""`detente verify`: the engine beside the definitions, on a model of one's own or on random ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import reading_options, scenario_argument
from detente.cli.shared import load, print_json, wrapped
from detente.messages import numeral, tell
from detente.sheet import many

if TYPE_CHECKING:
    from detente.verification import Difference, Verified

DIFFER = 1
"""The exit code where the two differ."""

SHOWN = 400
"""Characters of a value that differs."""


@click.command(short_help="Compare the engine with the definitions, on your own model.")
@scenario_argument
@reading_options
@click.option("--random", "count", type=int, metavar="N", help="Compare on N random models instead.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="With --random: the first seed.")
@click.option("--family", metavar="NAME", help="With --random: only models of this family, such as guards or graph.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(
    source: str,
    readings: Mapping[str, str],
    world: str | None,
    count: int | None,
    seed: int,
    family: str | None,
    as_json: bool,
) -> None:
    """Compare the engine with the definitions, written down once more and worked out by brute force.

    Nothing is shared between the two, not even the reader of formulas. Under both rules of counter-moves: states, moves,
    equilibria and stability under six concepts, where play ends, and what becomes of outcomes. Ends with exit code 1 if they
    differ.
    """
    from detente.verification import verify as compare
    from detente.verification import verify_random

    if count is None and (family is not None or seed):
        raise click.UsageError("--family and --seed are for --random")
    done = [compare(load(source), readings, world)] if count is None else list(verify_random(count, seed, family))
    differing = [each for each in done if not each.agrees]
    if as_json:
        print_json(_document(done, differing))
    else:
        _tell(done, differing)
    if differing:
        raise click.exceptions.Exit(DIFFER)


def _document(done: list[Verified], differing: list[Verified]) -> dict[str, Any]:
    return {
        "models": len(done),
        "compared": sum(each.compared for each in done),
        "agree": not differing,
        "differing": [each.to_json() for each in differing],
    }


def _tell(done: list[Verified], differing: list[Verified]) -> None:
    compared = sum(each.compared for each in done)
    whole = done[0].model if len(done) == 1 else many(len(done), "model")
    said = tell(
        "{whole}: {compared} results compared with brute force by the definitions, under both rules of counter-moves; {end}.",
        whole=whole,
        compared=numeral(compared),
        end=tell("all agree") if not differing else tell("{number} differ", number=_differences(differing)),
    )
    click.echo(wrapped(said))
    for each in differing:
        for difference in each.differences:
            click.echo(wrapped(_difference(each, difference), "  ", "    "))
    if differing:
        click.echo(wrapped(tell("That is a fault of this program: please report it with the model.")))


def _differences(differing: list[Verified]) -> str:
    return numeral(sum(len(each.differences) for each in differing))


def _difference(model: Verified, found: Difference) -> str:
    return tell(
        "{model}, {what} ({sanctions} counter-moves): the engine says {engine}, the definitions {definitions}",
        model=model.model,
        what=found.what,
        sanctions=found.sanctions,
        engine=str(found.engine)[:SHOWN],
        definitions=str(found.definitions)[:SHOWN],
    )
