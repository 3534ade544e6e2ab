"""`detente events` and what else is asked of what happened: the tables, what each event says of the readings, the scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import circumstances, names
from detente.cli.questions import help_of, show_result
from detente.cli.shared import remember

if TYPE_CHECKING:
    from detente.case import Case

files_argument = click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False)
)


@click.command(
    help=help_of(
        "events",
        "The rules stand in the model under `events:`. With --history it prints what came in as a `history:` for the file.",
    )
)
@circumstances
@files_argument
@click.option(
    "--without", metavar="LIST", help="Guards to turn off: roles, contexts, future, window, sources, mentions."
)
@click.option(
    "--coded",
    type=click.Path(exists=True, dir_okay=False),
    help="A table of rows coded by hand (id, real), to show what each guard keeps.",
)
@click.option("--history", "as_history", is_flag=True, help="Print what came in as `history:`, to be pasted.")
def events(
    case: Case, form: str, files: tuple[str, ...], without: str | None, coded: str | None, as_history: bool
) -> None:
    """What came in, or the same as a section of the file."""
    from detente.questions.history.events import events as ask
    from detente.questions.history.events import history_text

    remember(*files)
    chosen = names(without) or []
    if as_history:
        click.echo(history_text(case, ask(case, [*map(Path, files)], without=chosen)), nl=False)
        return
    show_result(case, form, lambda _: ask(case, [*map(Path, files)], without=chosen, coded=coded))


HISTORY = (events,)
