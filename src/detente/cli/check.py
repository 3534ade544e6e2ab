"""`detente check`: every problem of a scenario, with its place."""

from __future__ import annotations

import sys
from typing import Any

import click

from detente.cli.runs import COMMANDS, paint_severity
from detente.cli.shared import (
    FLAGSHIP,
    PIPED,
    STREAM,
    contents,
    outside_allowed,
    outside_option,
    print_json,
    wrapped,
)
from detente.errors import Problem, ScenarioError


@click.command(short_help="Find every problem of a scenario, with its place.")
@click.argument("sources", nargs=-1, metavar="[NAME|FILE]...")
@outside_option
@click.option("--strict", is_flag=True, help="End with exit code 1 if there are warnings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(sources: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Find every problem of scenarios: errors, and warnings about what a model may not mean.

    Ends with exit code 2 if there are errors.
    """
    found = {source: problems_of(source) for source in sources or (FLAGSHIP,)}
    if as_json:
        print_json({"files": [_document(source, problems) for source, problems in found.items()]})
    else:
        for source, problems in found.items():
            tell_problems(source, problems)
    severities = [problem.severity for problems in found.values() for problem in problems]
    if "error" in severities:
        raise click.exceptions.Exit(2)
    if strict and severities:
        raise click.exceptions.Exit(1)


def problems_of(source: str) -> tuple[Problem, ...]:
    """What the text shows and, if it can be read, what its state space shows."""
    from detente.scenario.read import find

    try:
        text, name, path = (contents(source), "", PIPED) if source == STREAM else find(source)
    except ScenarioError as error:
        return error.problems
    return problems_in(text, name=name, path=path)


def problems_in(text: str, *, name: str = "", path: str = "") -> tuple[Problem, ...]:
    """The same of a text; `name` and `path` say where it came from, or where it will stand."""
    from detente.questions.problems import problems_in as find

    return find(text, name=name, path=path, outside=outside_allowed(), words=COMMANDS)


def tell_problems(source: str, problems: tuple[Problem, ...]) -> None:
    """Print what is wrong with a scenario, and how much that is."""
    from detente.sheet import counted

    for problem in problems:
        click.echo(paint_severity(_fitted(str(problem))))
    click.echo(f"{source}: {counted([problem.severity for problem in problems])}")


def _fitted(line: str) -> str:
    """A problem for whoever reads it: wrapped on a terminal, one line for programs."""
    return wrapped(line, rest="  ") if sys.stdout is not None and sys.stdout.isatty() else line


def _document(source: str, problems: tuple[Problem, ...]) -> dict[str, Any]:
    severities = [problem.severity for problem in problems]
    return {
        "source": source,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "problems": [
            {
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "severity": problem.severity,
                "code": problem.code,
                "message": problem.message,
            }
            for problem in problems
        ],
    }
