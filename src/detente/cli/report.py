"""`detente report`: the whole answer in one file, to look at and to hand over."""

from __future__ import annotations

import json
from pathlib import Path

import click

from detente.cli.shared import load, reading_options, scenario_argument, vacant
from detente.errors import InputError


@click.command()
@scenario_argument
@reading_options
@click.option("--sanctions", default="legal", show_default=True, metavar="RULE", help="legal or one-step.")
@click.option("--goal", metavar="OUTCOME", help="The outcome it is about; default: the first of the file.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to; default: NAME.html.")
@click.option("--json", "plain", is_flag=True, help="The same as JSON; without -o to standard output.")
@click.option("--without", multiple=True, metavar="SECTION", help="Leave out a section, such as claims; repeatable.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def report(
    source: str,
    readings: dict[str, str],
    world: str | None,
    sanctions: str,
    goal: str | None,
    output: Path | None,
    plain: bool,
    without: tuple[str, ...],
    force: bool,
) -> None:
    """Write a report: one HTML file with everything, to read offline, print or send."""
    from detente.engine.concepts import sanction_rule
    from detente.present.report import collect, page
    from detente.present.tables.terminal import progress
    from detente.study import Study

    scenario = load(source)
    target = output or (None if plain else Path(f"{scenario.name}.html"))
    if target:
        vacant(target, force)
    study = Study(scenario, readings, world, sanction_rule(sanctions))
    with progress() as told:
        dossier = collect(study, without=without, goal=goal, progress=told)
    text = json.dumps(dossier.to_json(), ensure_ascii=False, indent=1) + "\n" if plain else page(dossier)
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        with target.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror}") from None
    click.echo(f"Wrote {target} ({len(text.encode()) / 1024:,.0f} KB). Open it in a browser.", err=True)
