"""`detente library`: the bundled models; `detente schema`: the shape of a scenario file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from detente.cli.options import FORMATS, format_options
from detente.cli.shared import print_json, print_sheets, print_tables

if TYPE_CHECKING:
    from detente.conflict import Conflict
    from detente.scenario.model import Scenario


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print the model's file, to start your own from.")
@format_options(*FORMATS)
def library(name: str | None, as_yaml: bool, form: str) -> None:
    """List the bundled models, or describe one."""
    if as_yaml:
        _print_file(name)
    elif name is None:
        _list(form)
    else:
        _describe(name, form)


def _print_file(name: str | None) -> None:
    from detente.scenario import library as bundled

    if name is None:
        raise click.UsageError("--yaml needs the name of a model")
    click.echo(bundled.text(name), nl=False)


def _list(form: str) -> None:
    from detente.present.json_documents import model_json
    from detente.present.tables.scenario import library_sheet
    from detente.scenario import library as bundled

    models = [_model(name) for name in bundled.names()]
    if form == "json":
        print_json([model_json(scenario, conflict) for scenario, conflict in models])
    elif form == "table":
        print_tables(lambda _: [library_sheet(models)])
    else:
        print_sheets([library_sheet(models)], form)


def _model(name: str) -> tuple[Scenario, Conflict]:
    from detente.conflict.game import Game
    from detente.scenario import library as bundled
    from detente.scenario import read_text

    scenario = read_text(bundled.text(name), name=name, path=f"{name}.yaml")
    return scenario, Game.of(scenario).conflict


def _describe(name: str, form: str) -> None:
    from detente.present.json_documents import model_json
    from detente.present.tables.scenario import description

    scenario, conflict = _model(name)
    if form == "json":
        print_json(model_json(scenario, conflict))
    elif form == "table":
        print_tables(lambda _: description(scenario, conflict), scenario.title, scenario.question, scenario.about)
    else:
        print_sheets(description(scenario, conflict), form)


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file, for editors."""
    from detente.scenario.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
