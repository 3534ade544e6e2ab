"""`detente design`: what would have to change, at what price, and whether it would be kept."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.questions import case_of, circumstances, names, show_result


@click.group()
def design() -> None:
    """What would have to change: conditions, minds, packages, wedges, commitments."""


@design.command()
@click.option("--target", metavar="STATE", help="A state or a formula; default: the status quo.")
@click.option("--concept", default="seq", show_default=True, help="The concept under which it should hold.")
@click.option("--actors", metavar="LIST", help="Whose conditions; default: everybody's.")
@circumstances
def inverse(form: str, target: str | None, concept: str, actors: str | None, **asked: Any) -> None:
    """The exact conditions preferences must meet for a state to hold."""
    from detente.questions.inverse import inverse as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, target, concept, names(actors), progress=report))


@design.command()
@click.option("--goal", metavar="FORMULA", required=True, help="What should hold wherever foresight play ends.")
@click.option("--actors", metavar="LIST", help="Whose lists may change; default: everybody's.")
@click.option("--most", default=2, show_default=True, help="Edits at most.")
@circumstances
def mind(form: str, goal: str, actors: str | None, most: int, **asked: Any) -> None:
    """The fewest edits of priority lists that bring about a goal, proven minimal."""
    from detente.groundwork.goals import ends
    from detente.questions.change_of_mind import change_of_mind as ask

    case = case_of(asked)
    show_result(case, form, lambda r: ask(case, ends(goal), names(actors), most_edits=most, progress=r))


@design.command()
@click.option("--goal", metavar="FORMULA", required=True, help="What the package should bring about.")
@click.option(
    "--concept", metavar="NAME", help="As an equilibrium of this concept; default: where foresight play ends."
)
@click.option("--among", metavar="LIST", help="Incentives to choose from; default: all.")
@click.option("--approved-by", metavar="LIST", default="", help="Actors that must find the result no worse than now.")
@circumstances
def package(form: str, goal: str, concept: str | None, among: str | None, approved_by: str, **asked: Any) -> None:
    """The cheapest package of incentives under which a goal holds, verified."""
    from detente.questions import packages

    case, chosen, veto = case_of(asked), names(among), names(approved_by) or ()
    if concept:
        show_result(
            case, form, lambda r: packages.package(case, goal, concept, among=chosen, approved_by=veto, progress=r)
        )
    else:
        show_result(
            case, form, lambda r: packages.package_of_play(case, goal, among=chosen, approved_by=veto, progress=r)
        )


@design.command()
@click.option("--by", metavar="LIST", required=True, help="The divider, or its coalition.")
@click.option("--name", metavar="PARTNERSHIP", help="Which partnership; default: the only one.")
@click.option("--approved-by", metavar="LIST", default="", help="Own-side actors that must not lose by it.")
@click.option("--over", metavar="LIST", help="Actors whose readings it should survive.")
@circumstances
def wedge(form: str, by: str, name: str | None, approved_by: str, over: str | None, **asked: Any) -> None:
    """All non-dominated policies that break a partnership, are let pass, and would be kept."""
    from detente.questions.wedge import wedge as ask

    case = case_of(asked)
    show_result(
        case,
        form,
        lambda r: ask(case, names(by) or [], name, approved_by=names(approved_by) or (), over=names(over), progress=r),
    )


@design.command()
@click.option("--promise", metavar="SETTINGS", required=True, help="A platform, or the settings promised.")
@click.option("--goal", metavar="FORMULA", help="What is watched where play ends.")
@circumstances
def credibility(form: str, promise: str, goal: str | None, **asked: Any) -> None:
    """Whether a promise would be kept, and if not, what would make it credible."""
    from detente.questions.commitment import credibility as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, promise, goal=goal, progress=report))


@design.command()
@click.option("--goal", metavar="FORMULA", required=True, help="Where the exchange should lead.")
@click.option("--parties", metavar="LIST", help="Who takes part; default: found.")
@circumstances
def exchange(form: str, goal: str, parties: str | None, **asked: Any) -> None:
    """Action for action: the steps to a goal, with what each side has given up on the way."""
    from detente.questions.exchanges import exchange as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, goal, names(parties)))
