"""`detente picture`: one picture of a scenario, as SVG or PNG, for a paper or a slide."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.shared import FLAGSHIP, load, print_json, reading_options, vacant

HELP = "Where to, .svg or .png; default: NAME-KIND.svg."


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("source", metavar="[NAME|FILE]", default=FLAGSHIP)
@reading_options
@click.option("--sanctions", default="legal", show_default=True, metavar="RULE", help="legal or one-step.")
@click.option("--platform", metavar="NAME", help="Hold what this platform holds, with its reading.")
@click.option(
    "--about", metavar="NAME", help="The outcome, formula or partnership it is about; default: the first of the file."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help=HELP)
@click.option(
    "--scale", default=2.0, show_default=True, type=click.FloatRange(0.5, 8), help="Pixels of a PNG to each of the SVG."
)
@click.option("--json", "plain", is_flag=True, help="To standard output, with title and description, as JSON.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def picture(
    kind: str,
    source: str,
    readings: dict[str, str],
    world: str | None,
    sanctions: str,
    platform: str | None,
    about: str | None,
    output: Path | None,
    scale: float,
    plain: bool,
    force: bool,
) -> None:
    """Draw one picture, as SVG or PNG.

    KIND is one of: states, stability, tree, actors, pivots, frontier, timeline, path, types, break.
    """
    from detente.case import Case, policy_of
    from detente.engine.concepts import sanction_rule
    from detente.present.pictures import KINDS, suffix_of
    from detente.present.pictures import picture as draw

    scenario = load(source)
    target = output or Path(f"{scenario.name}-{kind}.svg")
    if kind in KINDS and not plain:
        suffix_of(target)
        vacant(target, force)
    scenario.choose(readings, world)
    case = Case(scenario, readings, world, sanction_rule(sanctions))
    drawing = draw(case.under(policy_of(case, platform)) if platform else case, kind, about)
    if plain:
        print_json(drawing.to_json())
        return
    drawing.save(target, scale)
    click.echo(f"Wrote {target}: {drawing.title}.", err=True)
