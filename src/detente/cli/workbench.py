"""`detente workbench`: build, change and question conflicts in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from detente.errors import InputError
from detente.messages import tell


@click.command()
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; default: any that is free.")
@click.option("--kept", is_flag=True, help="List what is kept beside the files: journals, saved versions, logs.")
@click.option(
    "--forget", metavar="FILE", help="Delete what is kept of a file, unsaved edits too; `all` for every file."
)
def workbench(folder: Path, no_browser: bool, port: int, kept: bool, forget: str | None) -> None:
    """Build, change and question the scenarios of a folder in the browser, on this machine alone."""
    if kept or forget is not None:
        _keeping(folder, forget)
        return
    try:
        from detente.workbench.serve import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise InputError(tell("the workbench needs the extra `workbench`: pip install 'detente[workbench]'")) from None
    _made(folder)
    serve(folder, port=port, browser=not no_browser, say=click.echo)


def _made(folder: Path) -> None:
    """A folder that is to be begun with need not be there; what it is to stand in must be."""
    if folder.exists() or not folder.parent.is_dir():
        return
    from detente.scenario import library

    if str(folder) in library.names():
        raise InputError(
            tell(
                "{path} is a bundled model and no folder; name a folder, and begin with {path} on its first page",
                path=folder,
            )
        )
    try:
        folder.mkdir()
    except OSError as error:
        raise InputError(tell("{path} cannot be made: {strerror}", path=folder, strerror=error.strerror)) from None
    click.echo(tell("Made the folder {path}.", path=folder))


def _keeping(folder: Path, forget: str | None) -> None:
    """List, or delete, what stands in `.detente/`."""
    from detente.workbench.journal import Journal
    from detente.workbench.journal import kept as all_kept

    if not folder.is_dir():
        raise InputError(tell("{path} is no folder; name the folder of the scenario files", path=folder))
    there = all_kept(folder)
    names = dict.fromkeys(name for name, _, _ in there)
    if forget is None:
        for name, kind, size in there:
            click.echo(f"{name}  {kind}  {size:,} bytes")
        click.echo(tell("{count} in all; `--forget FILE` deletes what is kept of one.", count=len(there)))
        return
    chosen = list(names) if forget == "all" else [Path(forget).name]
    for name in chosen:
        if name not in names:
            raise InputError(tell("nothing is kept of {name}; see `detente workbench --kept`", name=name))
        Journal(folder / name).forget()
        click.echo(tell("deleted what was kept of {name}", name=name))
