"""`detente edit`: a scenario file changed by a patch, as a live report or another program hands it out."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import click

from detente.cli.check import problems_in
from detente.cli.options import force_option, output_option
from detente.cli.runs import paint
from detente.cli.shared import (
    PIPED,
    STREAM,
    contents,
    outside_option,
    print_json,
    remember,
    vacant,
    write_file,
    wrote,
)
from detente.errors import InputError, Problem, ScenarioError
from detente.messages import tell
from detente.sheet import many


@click.command(short_help="Change a scenario file by a patch.")
@click.argument("source", metavar="NAME|FILE")
@outside_option
@click.option(
    "--apply",
    "patch",
    required=True,
    metavar="PATCH",
    help="The changes, a YAML list of {path, old, new}: a file, or - for standard input.",
)
@output_option("Write the changed file here; default: over the file itself.")
@force_option
@click.option("--dry-run", is_flag=True, help="Show what would change, line by line, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes, and the warnings of the result, as JSON.")
def edit(source: str, patch: str, output: Path | None, force: bool, dry_run: bool, as_json: bool) -> None:
    """Change a scenario file by a patch, all of it or nothing; comments and order stay.

    A patch is what a live report hands out: each entry says what stands at a path (old) and what shall stand there (new). It is
    refused where the file says something else, and so is a result that `detente check` would find errors in.
    """
    from detente.scenario.read import find
    from detente.scenario.text.edit import update
    from detente.scenario.text.patch import apply, read

    if as_json and (str(output) == STREAM or (output is None and source == STREAM)) and not dry_run:
        raise click.UsageError(
            tell("--json and the changed file would both go to standard output; name a file with -o")
        )
    changes = read(contents(patch), PIPED if patch == STREAM else patch)
    text, name, path = (contents(source), "", PIPED) if source == STREAM else find(source)
    own = path == source
    if output is None and source == STREAM:
        output = Path(STREAM)
    if output is None and not own and not dry_run:
        raise InputError(
            tell("{source} is a bundled model; say with -o where the changed file shall stand", source=source)
        )
    if output is not None and not dry_run:
        remember(*([path] if own else []))
        vacant(output, force)
    warnings: list[Problem] = []

    def changed(old: str) -> str:
        new = apply(old, changes)
        found = problems_in(new, name=name, path=path)
        errors = [problem for problem in found if problem.severity == "error"]
        if errors:
            raise ScenarioError([*errors, _refused(path)])
        warnings[:] = found
        return new

    target = output or Path(path)
    if dry_run:
        _show(text, changed(text), path, as_json)
    elif output is None:
        update(path, changed)
    else:
        write_file(output, changed(text), force)
    if as_json:
        print_json(_document(changes, warnings, None if dry_run else target))
    if not dry_run:
        wrote(target, tell(": {number}.", number=many(len(changes), "change")))
    if warnings and not as_json:
        said = tell("{number} in the result; `detente check` tells them", number=many(len(warnings), "warning"))
        click.echo(paint(said, "warning"), err=True)


def _refused(path: str) -> Problem:
    message = tell("the changed file would have errors, so nothing is written")
    return Problem(0, 0, "error", "patch", message, path)


def _show(old: str, new: str, path: str, as_json: bool) -> None:
    """The lines that would change, as `diff -u` writes them."""
    if not as_json:
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), path, path, lineterm="")
        click.echo("\n".join(lines) or tell("Nothing would change."))


def _document(changes: Any, warnings: list[Problem], target: Path | None) -> dict[str, Any]:
    return {
        "changes": [{"path": list(each.path), "old": each.old, "new": each.new} for each in changes],
        "warnings": [str(each) for each in warnings],
        "written": None if target is None else str(target),
    }
