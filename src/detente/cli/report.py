"""`detente report`, the whole answer in one file, and `detente picture`, one picture of it: to look at and to hand over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from detente.cli.options import (
    case_of,
    force_option,
    output_option,
    platform_option,
    reading_options,
    sanctions_option,
    scenario_argument,
)
from detente.cli.shared import insistent, print_json, vacant, write_file


@click.command()
@scenario_argument
@reading_options
@sanctions_option
@click.option("--goal", metavar="OUTCOME", help="The outcome it is about; default: the first of the file.")
@output_option("Where to; default: NAME.html.")
@click.option("--json", "plain", is_flag=True, help="The same as JSON; without -o to standard output.")
@click.option("--without", multiple=True, metavar="SECTION", help="Leave out a section, such as claims; repeatable.")
@force_option
def report(
    source: str,
    goal: str | None,
    output: Path | None,
    plain: bool,
    without: tuple[str, ...],
    force: bool,
    **written: Any,
) -> None:
    """Write a report: one HTML file with everything, to read offline, print or send."""
    from detente.present.report import collect, page
    from detente.present.tables.terminal import progress
    from detente.study import Study

    case = case_of(source, **written)
    target = output or (None if plain else Path(f"{case.scenario.name}.html"))
    if target:
        vacant(target, force)
    with insistent(), progress() as told:
        dossier = collect(Study(case), without=without, goal=goal, progress=told)
    text = json.dumps(dossier.to_json(), ensure_ascii=False, indent=1) + "\n" if plain else page(dossier)
    if target is None:
        click.echo(text, nl=False)
        return
    write_file(target, text, force)
    click.echo(f"Wrote {target} ({len(text.encode()) / 1024:,.0f} KB). Open it in a browser.", err=True)


@click.command()
@click.argument("kind", metavar="KIND")
@scenario_argument
@reading_options
@sanctions_option
@platform_option
@click.option(
    "--about", metavar="NAME", help="The outcome, formula or partnership it is about; default: the first of the file."
)
@output_option("Where to, .svg or .png; default: NAME-KIND.svg.")
@click.option(
    "--scale", default=2.0, show_default=True, type=click.FloatRange(0.5, 8), help="Pixels of a PNG to each of the SVG."
)
@click.option("--json", "plain", is_flag=True, help="To standard output, with title and description, as JSON.")
@force_option
def picture(
    kind: str,
    source: str,
    about: str | None,
    output: Path | None,
    scale: float,
    plain: bool,
    force: bool,
    **written: Any,
) -> None:
    """Draw one picture, as SVG or PNG.

    KIND is one of: states, stability, tree, actors, pivots, frontier, timeline, path, types, break.
    """
    from detente.present.pictures import KINDS, suffix_of
    from detente.present.pictures import picture as draw

    case = case_of(source, **written)
    target = output or Path(f"{case.scenario.name}-{kind}.svg")
    if kind in KINDS and not plain:
        suffix_of(target)
        vacant(target, force)
    with insistent():
        drawing = draw(case, kind, about)
    if plain:
        print_json(drawing.to_json())
        return
    content = drawing.png(scale) if suffix_of(target) == ".png" else drawing.alone()
    write_file(target, content, force)
    click.echo(f"Wrote {target}: {drawing.title}.", err=True)
