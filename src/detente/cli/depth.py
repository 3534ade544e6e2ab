"""Commands for the graph-model specialist: coalitions, status quo analysis, horizons, and other kinds of preference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from detente.cli.frame import FORMATS, format_options, load, print_json, print_sheets, print_tables, wrapped
from detente.cli.questions import case_of, circumstances, names, show_result


@click.command()
@click.option("--members", metavar="LIST", help="One coalition; default: all of them.")
@circumstances
def coalitions(form: str, members: str | None, **asked: Any) -> None:
    """Which states coalitions would leave: CNash, CGMR, CSMR, CSEQ, and jumps between equilibria."""
    from detente.questions.coalitions import coalitions as ask

    case = case_of(asked)
    show_result(case, form, lambda report: ask(case, names(members), progress=report))


@click.command("as-one")
@click.option(
    "--block", "blocks", multiple=True, required=True, metavar="LIST", help="Actors that act as one; repeatable."
)
@circumstances
def as_one(form: str, blocks: tuple[str, ...], **asked: Any) -> None:
    """Fixed coalitions treated as single actors."""
    from detente.questions.as_one import as_one as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, [names(block) or [] for block in blocks]))


@click.command("status-quo")
@click.option("--by", default="moves", show_default=True, help="moves, improvements or unsanctioned.")
@circumstances
def status_quo(form: str, by: str, **asked: Any) -> None:
    """Which states the status quo leads to, in how many legal steps, and by whom."""
    from detente.questions.status_quo import status_quo as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, by))


@click.command()
@circumstances
def horizons(form: str, **asked: Any) -> None:
    """Limited-move and non-myopic stability and Stackelberg equilibria, for two actors."""
    from detente.questions.horizons import horizons as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case))


@click.command("third-party")
@click.option("--can", multiple=True, required=True, metavar="MOVE", help='What it can do: "where > what"; repeatable.')
@click.option("--wants", metavar="LIST", help="Its priorities; without, it can act at will.")
@circumstances
def third_party(form: str, can: tuple[str, ...], wants: str | None, **asked: Any) -> None:
    """What a mediator or arbiter with given moves could change."""
    from detente.questions.third_party import third_party as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case, can, names(wants) or ()))


@click.command()
@click.option("--concept", "concepts", multiple=True, metavar="ACTOR=NAME", help="The concept an actor acts on.")
@click.option("--default", "default", default="seq", show_default=True, help="The concept of all others.")
@circumstances
def behaviours(form: str, concepts: tuple[str, ...], default: str, **asked: Any) -> None:
    """Equilibria where every actor acts on a concept of its own."""
    from detente.questions.behaviours import behaviours as ask

    case, chosen = case_of(asked), pairs(concepts)
    show_result(case, form, lambda _: ask(case, chosen, default=default))


@click.command("unknown-preference")
@circumstances
def unknown_preference(form: str, **asked: Any) -> None:
    """Stability where some preferences are unknown: the four readings a to d."""
    from detente.questions.unknown_preference import unknown_preference as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case))


@click.command()
@circumstances
def strength(form: str, **asked: Any) -> None:
    """Strong and weak stability, where statements are marked as great."""
    from detente.questions.strength import strength as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case))


@click.command()
@click.option(
    "--of", "signs", multiple=True, metavar="ACTOR:OTHER=SIGN", help="+ friend, - foe, 0 neutral; repeatable."
)
@circumstances
def attitudes(form: str, signs: tuple[str, ...], **asked: Any) -> None:
    """Relational stability under attitudes of actors to each other."""
    from detente.questions.attitudes import attitudes as ask

    case, given = case_of(asked), {}  # type: tuple[Any, dict[str, dict[str, str]]]
    for pair, sign in pairs(signs).items():
        actor, colon, other = pair.partition(":")
        if not colon:
            raise click.BadParameter(f"write ACTOR:OTHER=SIGN, for example us:ru=-; found {pair!r}", param_hint="--of")
        given.setdefault(actor, {})[other] = sign
    show_result(case, form, lambda _: ask(case, given))


@click.command()
@click.option(
    "--view", "views", multiple=True, required=True, metavar="ACTOR:OTHER=READING", help="What an actor believes."
)
@circumstances
def hypergame(form: str, views: tuple[str, ...], **asked: Any) -> None:
    """What each actor believes holds, where it is surprised, and what is left once beliefs are corrected."""
    from detente.questions.perception import View
    from detente.questions.perception import hypergame as ask

    case, believed = case_of(asked), {}  # type: tuple[Any, dict[str, dict[str, str]]]
    for pair, reading in pairs(views).items():
        actor, colon, other = pair.partition(":")
        if not colon:
            raise click.BadParameter(f"write ACTOR:OTHER=READING, for example us:ru=need; found {pair!r}")
        believed.setdefault(actor, {})[other] = reading
    show_result(case, form, lambda _: ask(case, {actor: View(readings=each) for actor, each in believed.items()}))


@click.command()
@click.argument("parts", nargs=-1, required=True, metavar="PART=NAME|FILE...")
@click.option("--shared", required=True, metavar="ACTOR", help="The actor that all parts have.")
@click.option("--order", metavar="LIST", help="Parts by importance to the shared actor.")
@format_options(*FORMATS)
def hierarchy(parts: tuple[str, ...], shared: str, order: str | None, form: str) -> None:
    """Subsystems that share an actor, joined into one model: equilibria of the parts against those of the whole."""
    from detente.questions.hierarchy import hierarchy as ask

    scenarios = {name: load(source) for name, source in pairs(parts).items()}
    found = ask(scenarios, shared, order=names(order) or list(scenarios))
    if form == "json":
        print_json(found.to_json())
    elif form == "table":
        print_tables(lambda _: found.sheets(), f"{' and '.join(scenarios)}, sharing {shared}")
    else:
        print_sheets(found.sheets(), form)


@click.command()
@click.option("--question", "questions", multiple=True, metavar="NAME", help="A question that was asked; repeatable.")
@click.option("--concepts", metavar="LIST", help="Solution concepts; default: the four shown side by side.")
@circumstances
def cite(form: str, questions: tuple[str, ...], concepts: str | None, **asked: Any) -> None:
    """The literature an analysis used."""
    from detente.literature import citations

    found = citations(case_of(asked), names(concepts), questions)
    if form == "json":
        print_json(list(found))
    else:
        click.echo("\n".join(wrapped(entry, "", "  ") for entry in found))


def pairs(values: tuple[str, ...]) -> dict[str, str]:
    """`LEFT=RIGHT` values as a dictionary."""
    split = [value.partition("=") for value in values]
    for left, equals, right in split:
        if not (left and equals and right):
            raise click.BadParameter(f"write LEFT=RIGHT; found {left + equals + right!r}")
    return {left: right for left, _, right in split}


DEPTH: Mapping[str, click.Command] = {
    command.name or "": command
    for command in (
        coalitions, as_one, status_quo, horizons, third_party, behaviours, strength, unknown_preference, attitudes,
        hypergame, hierarchy, cite,
    )
}  # fmt: skip
