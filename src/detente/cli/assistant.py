"""`detente mcp`: a folder of scenarios for an assistant."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from detente.errors import InputError
from detente.messages import tell

NEEDED = ("mcp", "mcp_types", "anyio", "starlette", "uvicorn")


@click.command(short_help="Let an assistant read, check and question a folder.")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--allow-edits", is_flag=True, help="Let it write scenario files of the folder; without, it only proposes."
)
@click.option(
    "--http",
    "port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve over HTTP on this machine alone (0: any free port), instead of standard input and output.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 3600),
    default=120.0,
    show_default=True,
    help="How long one call may take at most.",
)
def mcp(folder: Path, allow_edits: bool, port: int | None, seconds: float) -> None:
    """Let an assistant read, check and question the scenarios of a folder, by the Model Context Protocol.

    A client starts this command itself and speaks with it over standard input and output. It reads scenario files of FOLDER and
    the bundled models, nothing else, and writes nothing unless --allow-edits is said.
    """
    from detente.assistant.folder import Folder

    home = Folder.at(folder)
    try:
        from detente.assistant.serve import over_http, over_pipes
        from detente.assistant.tools import Desk
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise InputError(tell("this needs the extra `mcp`: pip install 'detente[mcp]'")) from None
    allowing = tell(", or have the server started with --allow-edits")
    desk = Desk(home, edits=allow_edits, allowing=allowing, seconds=seconds)
    if port is None:
        over_pipes(desk)
    else:
        over_http(desk, port, partial(click.echo, err=True))
