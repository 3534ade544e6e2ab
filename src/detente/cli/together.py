"""Commands for actors who act together, or each in its own way: coalitions, blocks, mixed behaviour; and `cite`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from detente.cli.analyze import concept_names
from detente.cli.questions import case_of, circumstances, names, pairs, show_result
from detente.cli.shared import print_json
from detente.cli.specialist import every_pair, explaining, tell

if TYPE_CHECKING:
    from detente.case import Case


@click.command()
@click.option("--members", metavar="LIST", help="One coalition; default: all of them.")
@explaining
@circumstances
def coalitions(form: str, members: str | None, concepts: str | None, state: str | None, **asked: Any) -> None:
    """Which states coalitions would leave: CNash, CGMR, CSMR, CSEQ, and jumps between equilibria."""
    from detente.questions.coalitions import coalitions as module
    from detente.questions.coalitions.coalition_moves import CONCEPTS

    case, chosen = case_of(asked), CONCEPTS if concepts == "all" else names(concepts)
    if state is not None:
        tell(case, form, module.coalitions_explained(case, state, names(members), chosen or ["cseq"]))
        return
    wanted = chosen or CONCEPTS
    show_result(case, form, lambda report: module.coalitions(case, names(members), wanted, progress=report))


@click.command("as-one")
@click.option(
    "--block", "blocks", multiple=True, required=True, metavar="LIST", help="Actors that act as one; repeatable."
)
@click.option(
    "--wish",
    "wishes",
    multiple=True,
    metavar="LIST=FORMULA",
    help="A wish of a block of its own, best first; repeatable.",
)
@explaining
@circumstances
def as_one(
    form: str,
    blocks: tuple[str, ...],
    wishes: tuple[str, ...],
    concepts: str | None,
    state: str | None,
    **asked: Any,
) -> None:
    """Fixed coalitions treated as single actors."""
    from detente.questions.coalitions import blocks as module

    case, chosen = case_of(asked), concept_names(concepts)
    partition = [names(block) or [] for block in blocks]
    lists: dict[str, list[str]] = {}
    for left, wish in every_pair(wishes, 'LIST=FORMULA, for example "us,ru=not us_arm"', "--wish"):
        members = names(left) or []
        lists.setdefault(" + ".join(sorted(members, key=order(case))), []).append(wish)
    if state is not None:
        tell(case, form, module.as_one_explained(case, partition, state, chosen or ["seq"], wishes=lists))
        return
    usual = ("nash", "gmr", "smr", "seq")
    show_result(case, form, lambda _: module.as_one(case, partition, chosen or usual, wishes=lists))


def order(case: Case) -> Callable[[str], int]:
    """The place of an actor in the file."""
    return lambda actor: case.actors.index(case.scenario.actor(actor).id)


@click.command()
@click.option("--concept", "concepts", multiple=True, metavar="ACTOR=NAME", help="The concept an actor acts on.")
@click.option("--default", "default", default="seq", show_default=True, help="The concept of all others.")
@click.option(
    "--explain", "state", metavar="STATE", help="Tell why this state holds, or does not: now, a name, settings, #3."
)
@circumstances
def behaviours(form: str, concepts: tuple[str, ...], default: str, state: str | None, **asked: Any) -> None:
    """Equilibria where every actor acts on a concept of its own."""
    from detente.questions.explanation.explain import explain_own
    from detente.questions.stability.mixed import behaviours as ask

    case, chosen = case_of(asked), pairs(concepts, "ACTOR=NAME, for example us=nash", "--concept")
    if state is not None:
        tell(case, form, explain_own(case, chosen, state, default=default))
        return
    show_result(case, form, lambda _: ask(case, chosen, default=default))


@click.command()
@circumstances
def responses(form: str, **asked: Any) -> None:
    """What sequential stability rests on: answers that are responses, or moves that would have come anyway."""
    from detente.questions.explanation.responses import response_counts as ask

    case = case_of(asked)
    show_result(case, form, lambda _: ask(case))


@click.command()
@click.option("--question", "questions", multiple=True, metavar="NAME", help="A question that was asked; repeatable.")
@click.option("--concepts", metavar="LIST", help="Solution concepts; default: the four shown side by side.")
@click.option("--bib", is_flag=True, help="As a bibliography for LaTeX: the text of a .bib file.")
@circumstances
def cite(form: str, questions: tuple[str, ...], concepts: str | None, bib: bool, **asked: Any) -> None:
    """The literature an analysis used."""
    from detente.literature import bibtex, citations

    if bib and form != "table":
        raise click.UsageError("--bib is a format of its own; leave out --json and --format")
    case, wanted = case_of(asked), names(concepts)
    if bib:
        click.echo(bibtex(case, wanted, questions), nl=False)
        return
    found = citations(case, wanted, questions)
    if form == "json":
        print_json(list(found))
    else:
        click.echo("\n".join(found))


TOGETHER: Mapping[str, click.Command] = {
    command.name or "": command for command in (coalitions, as_one, behaviours, responses)
}
