"""`detente new`: a scenario file to start from, by question and answer, from a template, or from a model of the library."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.check import problems_of, tell_problems
from detente.cli.shared import vacant, wrapped
from detente.errors import InputError, ScenarioError
from detente.messages import Messages, tell

if TYPE_CHECKING:
    from detente.scenario.beginning import Beginning, Question

INTERRUPTED = 130

HEADS = Messages(
    {
        "title": "1. The conflict",
        "actors": "2. Who decides",
        "options": "3. What each can do",
        "rules": "4. What cannot be",
        "aims": "5. What each wants",
        "now": "6. Today",
    }
)


@click.command(short_help="Start a scenario file of your own.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write; never one that is there.",
)
@click.option("--template", is_flag=True, help="Write a commented scenario to fill in.")
@click.option(
    "--from", "source", metavar="MODEL|FILE", help="Start from the file of a bundled model, or from another file."
)
def new(output: Path | None, template: bool, source: str | None) -> None:
    """Start a scenario file of your own: six steps of questions, from the title to the first answer.

    The answers may also come from a file or a pipe, one a line. What is typed is written in any case, also where the
    questions are broken off.
    """
    if template and source:
        raise click.UsageError("--template and --from are two ways to start; choose one")
    if output is not None:
        _vacant(output)
    if template:
        from detente.cli.template import TEMPLATE

        _write(TEMPLATE, output or Path("scenario.yaml"))
    elif source:
        text, name = _text(source)
        _write(text, output or Path(f"my_{name}.yaml"))
    else:
        _guided(output)


def _vacant(target: Path) -> None:
    """Refuse early what could not be written in the end; nothing is written over."""
    if target.exists():
        raise InputError(tell("{target} is there already, and stays; give another name with -o", target=target))
    vacant(target, force=False)


def _text(source: str) -> tuple[str, str]:
    """The text of a bundled model, or of a file."""
    from detente.scenario import load

    scenario = load(source)
    return scenario.text, scenario.name


def _write(text: str, target: Path) -> None:
    """Write a new file, and show what it says first."""
    from detente.scenario import save

    _vacant(target)
    save(text, target)
    click.echo(tell("Wrote {target}.", target=target))
    _first_answer(target)


def _first_answer(target: Path) -> None:
    """What `check` has to say, the answer in a sentence, and where to go on."""
    from detente.present.names import Names
    from detente.scenario import load
    from detente.study import Study

    problems = problems_of(str(target))
    tell_problems(str(target), problems)
    if any(problem.severity == "error" for problem in problems):
        click.echo(tell("Mend this in the file; then: detente check {target}", target=target))
        raise click.exceptions.Exit(2)
    scenario = load(str(target))
    click.echo()
    click.echo(wrapped(Names.of(scenario).sentence(Study(scenario).analyze().headline)))
    click.echo(
        tell("Go on: detente analyze {target}; change the file in any editor; detente report {target}", target=target)
    )


# --- by question and answer -------------------------------------------------------------------------------------------------


def _guided(output: Path | None) -> None:
    from detente.scenario.beginning import begun

    answers: list[str] = []
    try:
        _ask_all(answers)
    except (KeyboardInterrupt, EOFError) as ended:
        _keep(begun(answers), output, interrupted=isinstance(ended, KeyboardInterrupt))
    talk = begun(answers)
    _write(_text_of(talk), output or _free(talk))


def _ask_all(answers: list[str]) -> None:
    """Ask until nothing more is asked; what cannot be taken is said, and asked again."""
    from detente.scenario.beginning import begun, reply

    shown: Question | None = None
    while (question := (talk := begun(answers)).question) is not None:
        _show(question, shown)
        shown = question
        text = _line()
        if fault := reply(answers, text) or _no_state(talk, text):
            click.echo(f"  {fault}", err=True)
            if not sys.stdin.isatty():  # nobody is there to try again: the next line answers something else
                raise EOFError
        else:
            answers.append(text)


def _show(question: Question, before: Question | None) -> None:
    """The question, where it differs from the one before; how lists end."""
    if before is None or before.step != question.step:
        click.echo(f"\n{HEADS[question.step]}")
    if before is None or (before.step, before.actor) != (question.step, question.actor):
        click.echo(question.text)
        how = tell("one a line, an empty line ends") if question.listed else tell("in one line")
        click.echo(tell("  ({how}; for example: {example})", how=how, example=question.example))


def _line() -> str:
    click.echo("> ", nl=False)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    if not sys.stdin.isatty():
        click.echo(line.rstrip("\n"))
    return line.strip()


def _no_state(talk: Beginning, text: str) -> str:
    """Why there is no such today, where the rules forbid it."""
    from detente.conflict.game import Game
    from detente.scenario.beginning import begun
    from detente.scenario.building import build

    made = begun([*talk.answers, text])
    if not made.done:
        return ""
    try:
        Game.of(build(made.data))
    except InputError as error:
        said = error.problems[0].message if isinstance(error, ScenarioError) else str(error)
        return re.sub(r"\s*\(line \d+\)", "", said)
    return ""


def _text_of(talk: Beginning) -> str:
    from detente.scenario.text.edit import text_of

    return text_of(talk.data)


def _free(talk: Beginning) -> Path:
    """A file that is not there yet, called after the title."""
    from detente.scenario.beginning import named

    stem = named(str(talk.data.get("title", "")))[0][:40].strip("_") or "scenario"
    names = (Path(f"{stem}{number or ''}.yaml") for number in (0, *range(2, 1000)))
    return next(path for path in names if not path.exists())


def _keep(talk: Beginning, output: Path | None, *, interrupted: bool) -> None:
    """Write what was typed, and say where; nothing where nothing was."""
    click.echo()
    if not talk.answers:
        click.echo(tell("Nothing was written."), err=True)
    else:
        from detente.scenario import save

        target = output or _free(talk)
        save(_text_of(talk), target)
        click.echo(
            tell("The questions were broken off. What was answered is in {target}; go on there.", target=target),
            err=True,
        )
        click.echo(tell("detente check {target} says what is missing.", target=target), err=True)
    raise click.exceptions.Exit(INTERRUPTED if interrupted else 2)
