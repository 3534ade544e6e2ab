"""`detente brief`: the one page, as text; its typed answers as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from detente.cli.options import circumstances
from detente.cli.questions import help_of, show_result

if TYPE_CHECKING:
    from detente.case import Case


@click.command(
    help=help_of(
        "brief",
        "Prints the page in words, at most 450 of them besides its tables; with --json every field as a value with the "
        "commands that reproduce it, or the reason why it is absent.",
    )
)
@circumstances
def brief(case: Case, form: str) -> None:
    """The page, or its fields."""
    from detente.present.brief import page
    from detente.present.tables.terminal import progress
    from detente.questions.brief import brief as ask

    if form != "table":
        show_result(case, form, lambda report: ask(case, progress=report))
        return
    with progress() as report:
        found = ask(case, progress=report)
    click.echo(page(case, found).text)
