"""`detente report`, the whole answer in one file, and `detente picture`, one picture of it: to look at and to hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detente.cli.options import (
    case_of,
    countermoves_option,
    force_option,
    name_list,
    output_option,
    platform_option,
    reading_options,
    scenario_argument,
)
from detente.cli.runs import insistent
from detente.cli.shared import STREAM, form_of, is_stream, print_json, vacant, write_file, wrote
from detente.messages import tell


@click.command()
@scenario_argument
@reading_options
@countermoves_option
@click.option("--goal", metavar="OUTCOME", help="Answer whether this comes about; default: the question of the file.")
@click.option("--by", metavar="LIST", default="", help="Answer whether this actor, or coalition, can bring it about.")
@output_option("Where to, .html, .md, .docx, .pptx, .pdf or .json; default: NAME.html.")
@click.option("--json", "plain", is_flag=True, help="The same as JSON; without -o to standard output.")
@click.option("--without", multiple=True, metavar="SECTION", help="Leave out a section, such as claims; repeatable.")
@click.option(
    "--live/--no-live",
    "live",
    default=None,
    help="Whether a reader can change lists, readings and the start in the page; default: of up to 512 states.",
)
@click.option("--brief", "length", flag_value="brief", help="Little more than the first page.")
@click.option("--full", "length", flag_value="full", help="With the claims, every state, and the long tables.")
@force_option
def report(
    source: str,
    goal: str | None,
    by: str,
    output: Path | None,
    plain: bool,
    without: tuple[str, ...],
    live: bool | None,
    length: str | None,
    force: bool,
    **written: Any,
) -> None:
    """Write a report: one HTML file, its first page the brief, to read offline, print or send; or the same as another file.

    Markdown needs nothing more; Word (.docx) and PowerPoint (.pptx) need the extra `office`, PDF an installed Chromium.
    """
    from detente.present.report import collect, ready, written_as
    from detente.present.tables.terminal import progress
    from detente.study import Study

    case = case_of(source, **written)
    target = output or (Path(STREAM) if plain else Path(f"{case.scenario.name}.html"))
    forms = {
        "HTML": (".html", ".htm"),
        "Markdown": (".md", ".markdown"),
        "Word": (".docx",),
        "PowerPoint": (".pptx",),
        "PDF": (".pdf",),
        "JSON": (".json",),
    }
    form = form_of(target, forms, "JSON" if plain else None)
    if live and form != "HTML":
        raise click.UsageError(tell("--live is for a page (.html), which can compute; {form} cannot", form=form))
    vacant(target, force)
    ready(form)
    with insistent(), progress() as told:
        dossier = collect(
            Study(case),
            without=without,
            goal=goal,
            by=name_list(by),
            length=length or "usual",
            live=live,
            progress=told,
        )
    content = written_as(form, dossier)
    size = write_file(target, content, force)
    wrote(target, f" ({size}).{tell(' Open it in a browser.') if form == 'HTML' else ''}")


@click.command()
@click.argument("kind", metavar="KIND")
@scenario_argument
@reading_options
@countermoves_option
@platform_option
@click.option(
    "--goal",
    metavar="FORMULA",
    help="The outcome or formula it is about (pivots, tornado, path, types); default: the first.",
)
@click.option("--partnership", metavar="NAME", help="Which partnership (break, frontier); default: the first.")
@output_option("Where to, .svg or .png; default: NAME-KIND.svg.")
@click.option(
    "--scale", default=2.0, show_default=True, type=click.FloatRange(0.5, 8), help="Pixels of a PNG to each of the SVG."
)
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    help="How long the search for a frontier may take; the picture says if it ended.",
)
@click.option("--bare", is_flag=True, help="Without its title, key and source line, for a text that has its own.")
@click.option("--json", "plain", is_flag=True, help="To standard output, with title and description, as JSON.")
@force_option
def picture(
    kind: str,
    source: str,
    goal: str | None,
    partnership: str | None,
    output: Path | None,
    scale: float,
    seconds: float,
    bare: bool,
    plain: bool,
    force: bool,
    **written: Any,
) -> None:
    """Draw one picture, as SVG or PNG.

    KIND is one of: states, stability, tree, actors, pivots, tornado, frontier, timeline, path, types, break.
    """
    from detente.present.pictures import KINDS, suffix_of
    from detente.present.pictures import picture as draw

    case = case_of(source, **written)
    target = output or Path(f"{case.scenario.name}-{kind}.svg")
    given = {"goal": goal, "partnership": partnership}
    for flag, said in given.items():
        if said is not None and kind in KINDS and KINDS[kind].about != flag:
            takes = tell("; it takes --{about}", about=KINDS[kind].about) if KINDS[kind].about else ""
            raise click.UsageError(
                tell("the picture '{kind}' takes no --{flag}{takes}", kind=kind, flag=flag, takes=takes)
            )
    if kind in KINDS and not plain and not is_stream(target):
        suffix_of(target)
        vacant(target, force)
    with insistent():
        drawing = draw(case, kind, goal or partnership, seconds=seconds, bare=bare)
    if plain:
        print_json(drawing.to_json())
        return
    png = not is_stream(target) and suffix_of(target) == ".png"
    write_file(target, drawing.png(scale) if png else drawing.alone(), force)
    wrote(target, f": {drawing.title.rstrip('.')}.")
