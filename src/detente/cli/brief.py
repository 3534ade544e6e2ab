"""`detente brief`: the one page, as text; its typed answers as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.following import following
from detente.cli.options import circumstances
from detente.cli.questions import help_of, show_result
from detente.cli.telling import VERBOSE, provenance, said

if TYPE_CHECKING:
    from detente.case import Case


@click.command(
    help=help_of(
        "brief",
        "Prints the page in words, at most 450 of them besides its tables; with --verbose also the commands "
        "that reproduce each field, or the reason why it is absent; with --json every field as a value.",
    )
)
@circumstances
def brief(case: Case, form: str) -> None:
    """The page, or its fields."""
    from detente.present.brief import page
    from detente.present.tables.terminal import console, draw, progress
    from detente.questions.brief import brief as ask
    from detente.sheet import Sheet

    if form != "table":
        show_result(case, form, lambda report: ask(case, progress=report))
        return
    with progress() as report:
        found = ask(case, progress=report)
    shown, on = page(case, found), console()
    for part in (*shown.parts(on.width), *((shown.rests,) if said(VERBOSE) else ())):
        if isinstance(part, Sheet):
            draw([part], on)
        else:
            click.echo(part)
        click.echo()
    click.echo(provenance(found.basis.hash))
    if not said(VERBOSE):
        click.echo(following(case, found))
