"""`detente design`: what would have to change, at what price, and whether it would be kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import circumstances, name_list, names
from detente.cli.questions import SECONDS, given, help_of, listed, question, show_search
from detente.cli.runs import Listing
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case


@click.group(cls=Listing)
def design() -> None:
    """What would have to change: conditions, minds, packages, wedges, commitments."""


inverse = question(
    "inverse",
    given(
        "--target",
        "target",
        "A state (its name or settings) or a formula; default: today's state.",
        metavar="STATE",
    ),
    given("--concept", "concept", "The concept under which it should hold.", default="seq", show_default=True),
    listed("--actors", "actors", "Whose conditions; default: everybody's."),
)


@click.command(help=help_of("change_of_mind"))
@click.option("--goal", metavar="FORMULA", help="What should come about, where play ends or as an equilibrium.")
@click.option("--breaks", "partnership", metavar="NAME", help="Instead of a goal: this partnership should break.")
@click.option(
    "--concept", metavar="NAME", help="As an equilibrium of this concept; without a goal: today's state lasts."
)
@click.option("--play", default="foresight", show_default=True, help="myopic or foresight.")
@click.option("--expect", metavar="VERDICT", help="ALL, SOME or NONE of where it is looked for; default: ALL of play.")
@click.option("--actors", metavar="LIST", help="Whose lists may change; default: everybody's.")
@click.option("--stock", multiple=True, metavar="[ACTOR: ]AIM", help="An aim that could be new; repeatable.")
@click.option("--most", default=2, show_default=True, help="Edits at most.")
@click.option("--budget", default=5000, show_default=True, help="Preference profiles solved at most.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to search at most.")
@circumstances
def mind(
    case: Case,
    form: str,
    goal: str | None,
    partnership: str | None,
    concept: str | None,
    play: str,
    expect: str | None,
    actors: str | None,
    stock: tuple[str, ...],
    most: int,
    budget: int,
    seconds: float,
) -> None:
    """A goal of play, of equilibria, or of a partnership."""
    from detente.questions.inverse.change_of_mind import change_of_mind as ask
    from detente.questions.inverse.goals import goal_of

    wanted = goal_of(case, goal, play=play, concept=concept, expect=expect, partnership=partnership)
    new = _stock(case, names(actors), stock)
    limits: dict[str, Any] = {"most_edits": most, "budget": budget, "seconds": seconds}
    show_search(case, form, partial(ask, case, wanted, names(actors), new, **limits))


def _stock(case: Case, actors: list[str] | None, written: tuple[str, ...]) -> dict[str, list[str]]:
    """The wishes by actor: "nk: not nk_arms" is for nk, "not nk_arms" for everybody whose list may change."""
    from detente.scenario.model import PriorityList

    found: dict[str, list[str]] = {}
    for each in written:
        actor, colon, wish = each.partition(":")
        whose = [case.scenario.actor(actor.strip()).id] if colon else actors or list(case.actors)
        for name in whose:
            reading = case.reading(name) if case.scenario.actor(name).readings else None
            if colon or isinstance(reading, PriorityList):
                found.setdefault(name, []).append((wish if colon else each).strip())
    return found


@click.command(help=help_of("package"))
@click.option("--goal", metavar="FORMULA", help="What the package should bring about.")
@click.option("--breaks", "partnership", metavar="NAME", help="Instead of a goal: this partnership should break.")
@click.option(
    "--concept", metavar="NAME", help="As an equilibrium of this concept; default: where play ends (to break: seq)."
)
@click.option("--play", metavar="KIND", help="Where foresight (the default) or myopic play ends.")
@click.option("--among", metavar="LIST", help="Incentives to choose from; default: all.")
@click.option("--approved-by", metavar="LIST", default="", help="Actors that must find the result no worse than now.")
@click.option("--way", metavar="NAME", help="highs (the default for equilibria), cpsat, maxsat, or price.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to search at most.")
@circumstances
def package(
    case: Case,
    form: str,
    goal: str | None,
    partnership: str | None,
    concept: str | None,
    play: str | None,
    among: str | None,
    approved_by: str,
    way: str | None,
    seconds: float,
) -> None:
    """A package for where play ends, for equilibria, or against a partnership."""
    from detente.questions.incentives import packages

    if (goal is None) is (partnership is None):
        raise click.UsageError(tell("name one: --goal FORMULA, or --breaks PARTNERSHIP."))
    if play and (concept or partnership):
        raise click.UsageError(
            tell("--play asks where play ends; leave out --concept and --breaks, which ask for equilibria.")
        )
    by_play = partnership is None and concept is None
    if by_play and way not in (None, "price"):
        raise click.UsageError(
            tell("where play ends no solver can say; leave out --way, or ask for equilibria with --concept.")
        )
    limits: dict[str, Any] = {"among": names(among), "approved_by": name_list(approved_by), "seconds": seconds}
    if way and not by_play:
        limits["way"] = way

    if by_play:
        ask = partial(packages.package_of_play, case, goal or "", play or "foresight")
    elif partnership is not None:
        ask = partial(packages.package_to_break, case, partnership, concept or "seq")
    else:
        ask = partial(packages.package, case, goal or "", concept or "seq")
    show_search(case, form, partial(ask, **limits))


wedge = question(
    "wedge",
    listed("--by", "divider", "The divider, or its coalition.", name_list, required=True),
    given("--partnership", "partnership", "Which partnership; default: the only one.", metavar="PARTNERSHIP"),
    listed("--approved-by", "approved_by", "Own-side actors that must not lose by it.", name_list, default=""),
    listed("--over", "over", "Actors whose readings it should survive."),
    listed("--among", "among", "The divider's options that may be switched; default: all."),
    listed("--offers", "offers", "Incentives to consider; default: all that the divider can give."),
    given("--seconds", "seconds", "How long to search at most, cheapest policies first.", **SECONDS),
)

credibility = question(
    "credibility",
    given("--promise", "promise", "A platform, or the settings promised.", metavar="SETTINGS", required=True),
    given("--goal", "goal", "What is watched where play ends.", metavar="FORMULA"),
    given("--when", "when", "The condition of the rule to try; default: what the others change.", metavar="FORMULA"),
    given("--seconds", "seconds", "How long to look for what would make it credible.", **SECONDS),
)

exchange = question(
    "exchange",
    given("--goal", "goal", "Where the exchange should lead.", metavar="FORMULA", required=True),
    listed("--parties", "parties", "Who takes part; default: found."),
)

for command in (inverse, mind, package, wedge, credibility, exchange):
    design.add_command(command)
