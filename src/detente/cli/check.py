"""`detente check`: every problem of a scenario, with its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from detente.cli.runs import COMMANDS, counted, paint_severity
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
from detente.errors import InputError, Problem, ScenarioError, TooLarge
from detente.messages import tell

if TYPE_CHECKING:
    from detente.scenario.model import Scenario


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
    from detente.analysis.warnings import lint
    from detente.scenario.read import check_text, read_text

    outside = outside_allowed()
    problems = check_text(text, name=name, path=path, allow_outside=outside)
    if any(problem.severity == "error" for problem in problems):
        return problems
    scenario = read_text(text, name=name, path=path, allow_outside=outside)
    try:
        more = lint(scenario)
    except TooLarge as error:
        message = tell("the state space was not looked at: {worded}", worded=error.worded(COMMANDS))
        more = (replace(error.problem, severity="warning", message=message, file=scenario.path),)
    asked = (*_claim_problems(scenario), *_question_problems(scenario), *_sister_problems(scenario))
    return tuple(sorted({*problems, *more, *asked}))


def _claim_problems(scenario: Scenario) -> tuple[Problem, ...]:
    """What is wrong with the tests of the claims, and with the claims cited."""
    from detente.questions.claims import check as check_claims

    return check_claims(scenario)


def _question_problems(scenario: Scenario) -> Iterator[Problem]:
    """What questions about incentives would refuse, and those about the record pass over."""
    from detente.questions.history.recorded_moves import problems as of_history
    from detente.questions.incentives.offers import problems as of_incentives

    try:
        yield from of_incentives(scenario)
        yield from of_history(scenario)
    except InputError:  # the model itself cannot be built, which is told already
        return


def _sister_problems(scenario: Scenario) -> Iterator[Problem]:
    """The models of the same conflict that cannot be read: the brief would look for its objection in vain."""
    if not scenario.sisters:
        return
    from detente.questions.claims.circumstances import load_beside

    for name in scenario.sisters:
        try:
            load_beside(name, scenario)
        except ScenarioError as error:
            found = error.problems
            message = tell(
                "the model '{name}' cannot be read: {counted}; `detente check {file}` tells more",
                name=name,
                counted=counted([problem.severity for problem in found]),
                file=found[0].file,
            )
        except InputError as error:
            message = str(error)
        else:
            continue
        place = scenario.places["sisters", name]
        yield Problem(
            place.line,
            place.column,
            "warning",
            "sister",
            tell("sister model: {message}", message=message),
            scenario.path,
        )


def tell_problems(source: str, problems: tuple[Problem, ...]) -> None:
    """Print what is wrong with a scenario, and how much that is."""
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
