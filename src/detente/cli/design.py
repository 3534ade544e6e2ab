"""`detente design`: what would have to change, at what price, and whether it would be kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from detente.cli.questions import case_of, circumstances, names, show_result
from detente.cli.shared import Listing, interruptible

if TYPE_CHECKING:
    from detente.case import Case


@click.group(cls=Listing)
def design() -> None:
    """What would have to change: conditions, minds, packages, wedges, commitments."""


def _show_search(case: Case, form: str, search: Callable[..., Any]) -> None:
    """Show the result of a search that Ctrl-C ends early: with what it has found by then, marked as incomplete."""

    def ask(report: Any) -> Any:
        with interruptible() as cancelled:
            return search(progress=report, cancelled=cancelled)

    show_result(case, form, ask)


@design.command()
@click.option("--target", metavar="STATE", help="A state (its name or settings) or a formula; default: the status quo.")
@click.option("--concept", default="seq", show_default=True, help="The concept under which it should hold.")
@click.option("--actors", metavar="LIST", help="Whose conditions; default: everybody's.")
@circumstances
def inverse(form: str, target: str | None, concept: str, actors: str | None, **asked: Any) -> None:
    """The exact conditions preferences must meet for a state to hold."""
    from detente.questions.inverse.inverse import inverse as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, target, concept, names(actors), progress=report))


@design.command()
@click.option("--goal", metavar="FORMULA", help="What should come about, where play ends or as an equilibrium.")
@click.option("--breaks", "partnership", metavar="NAME", help="Instead of a goal: this partnership should break.")
@click.option(
    "--concept", metavar="NAME", help="As an equilibrium of this concept; without a goal: the status quo lasts."
)
@click.option("--play", default="foresight", show_default=True, help="myopic or foresight.")
@click.option("--expect", metavar="VERDICT", help="ALL, SOME or NONE of where it is looked for; default: ALL of play.")
@click.option("--actors", metavar="LIST", help="Whose lists may change; default: everybody's.")
@click.option("--stock", multiple=True, metavar="[ACTOR: ]WISH", help="A wish that could be new; repeatable.")
@click.option("--most", default=2, show_default=True, help="Edits at most.")
@click.option("--budget", default=5000, show_default=True, help="Preference profiles solved at most.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to search at most.")
@circumstances
def mind(
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
    **asked: Any,
) -> None:
    """The fewest edits of priority lists that bring about a goal, proven minimal."""
    from detente.questions.inverse.change_of_mind import change_of_mind as ask
    from detente.questions.inverse.goals import goal_of

    case = case_of(asked)
    wanted = goal_of(case, goal, play=play, concept=concept, expect=expect, partnership=partnership)
    new = _stock(case, names(actors), stock)
    limits: dict[str, Any] = {"most_edits": most, "budget": budget, "seconds": seconds}
    _show_search(case, form, partial(ask, case, wanted, names(actors), new, **limits))


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


@design.command()
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
    form: str,
    goal: str | None,
    partnership: str | None,
    concept: str | None,
    play: str | None,
    among: str | None,
    approved_by: str,
    way: str | None,
    seconds: float,
    **asked: Any,
) -> None:
    """The cheapest package of incentives under which a goal holds, verified."""
    from detente.questions.incentives import packages

    if (goal is None) is (partnership is None):
        raise click.UsageError("name one: --goal FORMULA, or --breaks PARTNERSHIP.")
    if play and (concept or partnership):
        raise click.UsageError(
            "--play asks where play ends; leave out --concept and --breaks, which ask for equilibria."
        )
    by_play = partnership is None and concept is None
    if by_play and way not in (None, "price"):
        raise click.UsageError(
            "where play ends no solver can say; leave out --way, or ask for equilibria with --concept."
        )
    case = case_of(asked)
    limits: dict[str, Any] = {"among": names(among), "approved_by": names(approved_by) or (), "seconds": seconds}
    if way and not by_play:
        limits["way"] = way

    if by_play:
        ask = partial(packages.package_of_play, case, goal or "", play or "foresight")
    elif partnership is not None:
        ask = partial(packages.package_to_break, case, partnership, concept or "seq")
    else:
        ask = partial(packages.package, case, goal or "", concept or "seq")
    _show_search(case, form, partial(ask, **limits))


@design.command()
@click.option("--by", metavar="LIST", required=True, help="The divider, or its coalition.")
@click.option("--name", metavar="PARTNERSHIP", help="Which partnership; default: the only one.")
@click.option("--approved-by", metavar="LIST", default="", help="Own-side actors that must not lose by it.")
@click.option("--over", metavar="LIST", help="Actors whose readings it should survive.")
@click.option("--among", metavar="LIST", help="The divider's options that may be switched; default: all.")
@click.option("--offers", metavar="LIST", help="Incentives to consider; default: all that the divider can give.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to search at most, cheapest policies first.")
@circumstances
def wedge(
    form: str,
    by: str,
    name: str | None,
    approved_by: str,
    over: str | None,
    among: str | None,
    offers: str | None,
    seconds: float,
    **asked: Any,
) -> None:
    """All non-dominated policies that break a partnership, are let pass, and would be kept."""
    from detente.questions.incentives.wedge import wedge as ask

    case = case_of(asked)
    limits: dict[str, Any] = {"among": names(among), "offers": names(offers), "over": names(over), "seconds": seconds}
    _show_search(case, form, partial(ask, case, names(by) or [], name, approved_by=names(approved_by) or (), **limits))


@design.command()
@click.option("--promise", metavar="SETTINGS", required=True, help="A platform, or the settings promised.")
@click.option("--goal", metavar="FORMULA", help="What is watched where play ends.")
@click.option("--when", metavar="FORMULA", help="The condition of the rule to try; default: what the others change.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to look for what would make it credible.")
@circumstances
def credibility(form: str, promise: str, goal: str | None, when: str | None, seconds: float, **asked: Any) -> None:
    """Whether a promise would be kept, and if not, what would make it credible."""
    from detente.questions.incentives.credibility import credibility as ask

    case = case_of(asked)
    _show_search(case, form, partial(ask, case, promise, goal=goal, when=when, seconds=seconds))


@design.command()
@click.option("--goal", metavar="FORMULA", required=True, help="Where the exchange should lead.")
@click.option("--parties", metavar="LIST", help="Who takes part; default: found.")
@circumstances
def exchange(form: str, goal: str, parties: str | None, **asked: Any) -> None:
    """Action for action: the steps to a goal, with what each side has given up on the way."""
    from detente.questions.policy.reciprocal_steps import exchange as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, goal, names(parties)))
