"""`detente kit`: a conflict for a class or a wargame, on paper and at the table."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.options import (
    case_of,
    circumstances,
    circumstances_and,
    countermoves_option,
    force_option,
    name_list,
    names,
    output_option,
    reading_options,
    scenario_argument,
    triples,
)
from detente.cli.questions import show_result
from detente.cli.runs import Listing
from detente.cli.shared import (
    PIPED,
    STREAM,
    contents,
    form_of,
    is_stream,
    print_json,
    print_tables,
    remember,
    vacant,
    wrapped,
    write_file,
    wrote,
)
from detente.errors import InputError
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case
    from detente.present.kit import Asks, Booklet
    from detente.questions.history.game_log import GameLog
    from detente.scenario.model import Reading, View

Shown = TypeVar("Shown")

WAYS = ("table", "json", "markdown", "html")

FORMS = {"html": (".html", ".htm"), "markdown": (".md", ".markdown"), "json": (".json",), "table": (".txt",)}
"""How a booklet is written, with the ends of the names of its files."""


@click.group(cls=Listing)
def kit() -> None:
    """For a class or a wargame: role cards, umpire's sheets, a quiz, a handout, and the log of moves.

    Without -o a command prints to the terminal; with -o it writes a page to print (.html, .md or .json).
    """


booklet_options = circumstances_and(
    click.option("--json", "form", flag_value="json", help="The same as --format json."),
    click.option("--format", "form", type=click.Choice(WAYS), help="How; default: by the file's name, else tables."),
    force_option,
    output_option("Write to this file."),
)
"""The model, its circumstances, and where the booklet goes."""


def deliver(booklet: Booklet, form: str | None, output: Path | None, force: bool) -> None:
    """Print a booklet, or write it."""
    if str(output) == STREAM:
        output = None
    form = (form or "table") if output is None else form_of(output, FORMS, form)
    if form == "table" and output is None:
        print_tables(lambda _: booklet.sheets(), booklet.title)
    elif form == "json" and output is None:
        print_json(booklet.to_json())
    elif output is None:
        click.echo(text_of(booklet, form), nl=False)
    else:
        write(output, text_of(booklet, form), force)


def text_of(booklet: Booklet, form: str) -> str:
    """A booklet as the text of a file."""
    import json

    if form == "json":
        return json.dumps(booklet.to_json(), ensure_ascii=False, indent=1) + "\n"
    if form == "html":
        return booklet.to_html()
    return booklet.to_markdown() if form == "markdown" else f"{booklet}\n"


def write(target: Path, text: str, force: bool) -> None:
    """Write a file; refuse to replace one unless told to."""
    wrote(target, f" ({write_file(target, text, force)}).")


@kit.command()
@click.option("--actors", metavar="LIST", help="Whose cards; default: everybody who can move.")
@click.option("--open-aims", is_flag=True, help="Print everybody's aims on every card.")
@click.option("--believes", multiple=True, metavar="ACTOR:OTHER=READING", help="What an actor takes another for.")
@click.option("--perception", metavar="NAME", help="What everybody sees, as this perception of the file says.")
@click.option(
    "--paper", type=click.Choice(["A4", "A5", "A6"]), default="A5", show_default=True, help="The cards' size."
)
@booklet_options
def cards(
    case: Case,
    actors: str | None,
    open_aims: bool,
    believes: tuple[str, ...],
    perception: str | None,
    paper: str,
    form: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Role cards: for each player what an actor can do, wants and believes, and what it may not know."""
    from detente.present.kit import roles
    from detente.questions.perception.hypergame import perceived

    views = views_of(believes)
    if perception:
        case, seen, _ = perceived(case, perception)
        views = {**seen, **views}
    booklet = roles(case, names(actors), open_aims=open_aims, views=views, paper=paper)
    deliver(booklet, form, output, force)


def views_of(values: tuple[str, ...]) -> dict[str, View]:
    """`us:ru=need` as what each actor sees."""
    from detente.scenario.model import View

    found: dict[str, dict[str, str | Reading]] = {}
    for actor, other, reading in triples(values, tell("ACTOR:OTHER=READING, for example us:ru=need"), "--believes"):
        found.setdefault(actor, {})[other] = reading
    return {actor: View(readings=readings) for actor, readings in found.items()}


@kit.command()
@booklet_options
def umpire(case: Case, form: str | None, output: Path | None, force: bool) -> None:
    """The umpire's sheets: true aims, what holds, where play leads, injects, results, and an empty log."""
    from detente.present.kit import umpire as make

    deliver(make(case), form, output, force)


@kit.command()
@click.option("--answers", is_flag=True, help="Add a page with what holds, for the teacher.")
@booklet_options
def handout(case: Case, answers: bool, form: str | None, output: Path | None, force: bool) -> None:
    """One page for a class: options, aims, state cards, and questions to discuss."""
    from detente.present.kit import handout as make

    deliver(make(case, answers=answers), form, output, force)


@kit.command()
@click.option("--most", type=click.IntRange(min=1), help="Questions at most; default: all.")
@click.option("--guesses", metavar="LIST", help="The answers at once (a,b,yes): mark them and ask nothing.")
@click.option("--show", is_flag=True, help="Print questions and answers and ask nothing.")
@booklet_options
def quiz(
    case: Case,
    most: int | None,
    guesses: str | None,
    show: bool,
    form: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Guess, then check: you are asked before each answer is shown, and get a score at the end."""
    from detente.present.kit import mark
    from detente.present.kit import quiz as make

    booklet = make(case, most)
    if guesses is not None:
        marks = mark(booklet, name_list(guesses))
        if form == "json":
            print_json(marks.to_json())
        else:
            for number, (guess, right) in enumerate(zip(marks.guesses, marks.right, strict=True)):
                say_mark(booklet, number, guess, right)
            click.echo(f"\n{marks.score}.")
    elif show or output or form:
        deliver(booklet, form, output, force)
    else:
        play(case, booklet)


def play(case: Case, booklet: Booklet) -> None:
    """Ask every question; an end of input ends the quiz."""
    from detente.present.kit import mark

    total, given = len(booklet.questions), list[str]()
    click.echo(wrapped(f"{case.scenario.title}. {case.scenario.question}".strip()))
    for number, question in enumerate(booklet.questions):
        click.echo(
            f"\n{wrapped(tell('{number} of {total}. {text}', number=number + 1, total=total, text=question.text))}"
        )
        known = question.letters
        for letter, choice in zip(known, question.choices, strict=True):
            click.echo(wrapped(f"{letter}) {choice}", "  ", "     "))
        try:
            guess = click.prompt(tell("Your guess"), value_proc=partial(_guess, question))
        except click.Abort:
            click.echo("\nStopped.")
            break
        if not sys.stdin.isatty():  # what is piped in is not seen as it is typed
            click.echo(guess)
        given.append(guess)
        say_mark(booklet, number, guess, guess == question.letter)
    if given:
        click.echo(f"\n{mark(booklet, given).score}.")


def _guess(question: Asks, text: str) -> str:
    """A guess as click wants it: a mistake is asked again."""
    from detente.present.kit.quiz import read_guess

    try:
        return read_guess(question, text)
    except InputError as error:
        raise click.BadParameter(str(error)) from None


def say_mark(booklet: Booklet, number: int, guess: str, right: bool) -> None:
    """The answer to a question, after the guess."""
    question = booklet.questions[number]
    said = (
        tell("✓ Right, {guess}).", guess=guess)
        if right
        else tell(
            "✗ Not {guess}), but {letter}) {choices}.",
            guess=guess,
            letter=question.letter,
            choices=question.choices[question.answer],
        )
    )
    click.echo(wrapped(f"{number + 1}. {said} {question.why}", "", "   "))


@kit.command()
@click.argument("moves", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--strict", is_flag=True, help="End with exit code 1 if a move is not legal.")
@force_option
@output_option("Write to this file (.csv, .json, .md, .tex or .txt).")
@circumstances
def log(case: Case, moves: str, strict: bool, form: str, output: Path | None, force: bool) -> None:
    """Compare a log of moves (YAML or CSV) with what the model expects: `detente kit log game.yaml two_proxies`."""
    from detente.questions.history.game_log import game_log
    from detente.scenario.movelog import moves_of

    remember(moves)
    played = moves_of(contents(moves), case.scenario, PIPED if moves == STREAM else moves)

    def show(form: str) -> GameLog:
        return show_result(case, form, lambda report: game_log(case, played, progress=report))  # type: ignore[no-any-return]

    found = show(form) if output is None else written(output, form, force, show)
    if strict and not found.legal:
        raise click.exceptions.Exit(1)


TABLES = {
    "table": (".txt",),
    "json": (".json",),
    "csv": (".csv",),
    "markdown": (".md", ".markdown"),
    "latex": (".tex",),
}
"""How an answer is written, with the ends of the names of its files."""


def written(target: Path, form: str, force: bool, show: Callable[[str], Shown]) -> Shown:
    """What a command prints, in a file instead; the end of the file's name says how, unless the form does."""
    form = form_of(target, TABLES, None if form == "table" else form)
    if is_stream(target):
        return show(form)
    vacant(target, force)
    page = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    with contextlib.redirect_stdout(page):
        shown = show(form)
    page.seek(0)
    write(target, page.read(), force)
    return shown


@kit.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="The folder; default: NAME_kit.")
@click.option(
    "--paper", type=click.Choice(["A4", "A5", "A6"]), default="A5", show_default=True, help="The cards' size."
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@countermoves_option
@reading_options
@scenario_argument
def pack(source: str, output: Path | None, paper: str, force: bool, **written: Any) -> None:
    """Write the whole kit into a folder: a card per player, umpire's sheets, quiz, handout, an empty log."""
    from detente.present.kit import handout as make_handout
    from detente.present.kit import quiz as make_quiz
    from detente.present.kit import roles
    from detente.present.kit import umpire as make_umpire

    case = case_of(source, **written)
    folder = output or Path(f"{case.scenario.name}_kit")
    every = roles(case, paper=paper)
    files = {f"card_{leaf.id}.html": replace(every, leaves=(leaf,)).to_html() for leaf in every.leaves}
    files["handout.html"] = make_handout(case).to_html()
    files["umpire.html"] = make_umpire(case).to_html()
    if case.scenario.now is not None:
        files["quiz.html"] = make_quiz(case).to_html()
    files["log.csv"] = "turn,by,set,says\n"
    there = [name for name in files if (folder / name).exists()]
    if there and force:
        for name in there:
            vacant(folder / name, force)
    if there and not force:
        raise InputError(
            tell(
                "{folder} is there already; name another folder with -o, or replace with --force",
                folder=folder / there[0],
            )
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(tell("cannot make {folder}: {strerror}", folder=folder, strerror=error.strerror)) from None
    for name, text in files.items():
        write(folder / name, text, force)
