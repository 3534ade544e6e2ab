"""How a run goes: groups of commands with their help, what Ctrl-C does, and how errors end a run."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from detente.errors import Cure, InputError, ScenarioError, SlowerWarning, TooLarge
from detente.messages import ENGLISH, SPOKEN, language, later, numeral, tell, word

if TYPE_CHECKING:
    from detente.budget import Cancelled

MISUSE, BUG, INTERRUPTED, PIPE_CLOSED = 2, 70, 130, 141


class Listing(click.Group):
    """A group whose help lists the commands in the order of use, in sections, each with its whole first sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections: dict[str, tuple[str, ...]] = {}

    def add_section(self, title: str, commands: Iterable[click.Command]) -> None:
        """Add commands that the help lists under this title."""
        added = {command.name or "": command for command in commands}
        self.commands.update(added)
        self.sections[title] = tuple(added)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its help in the language that is spoken."""
        command = super().get_command(ctx, cmd_name)
        return command and spoken(command)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, in the language that is spoken."""
        super(Listing, spoken(self)).format_help(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """In the order of use, not of the alphabet."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an option of the command that is given twice is refused, for only the last one would count."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            refuse_repeated(command, ctx, name, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (as above)
        """Write the sections, with their descriptions in one column."""
        width = max(map(len, self.commands))
        for title, names in (self.sections or {later("Commands"): tuple(self.commands)}).items():
            with formatter.section(tell(title)):
                helps = ((name, spoken(self.commands[name]).get_short_help_str(limit=200)) for name in names)
                rows = [(f"{name:{width}}", text) for name, text in helps]
                formatter.write_dl(rows)


def told_help(text: str) -> str:
    """A help in the language that is spoken, paragraph by paragraph; what keeps its lines (by click's mark) stays."""
    return "\n\n".join(part if part.startswith("\b") else tell(part) for part in text.split("\n\n"))


Spoken = TypeVar("Spoken", bound=click.Command)


def spoken(command: Spoken) -> Spoken:
    """A command with its help, and that of its options, in the language that is spoken."""
    if language() == ENGLISH.code:
        return command
    said = copy.copy(command)
    said.help, said.short_help = told_help(command.help or ""), tell(command.short_help or "")
    said.epilog = tell(command.epilog or "")
    said._help_option = None  # click keeps the option in the language in which it was first asked for
    said.params = [copy.copy(each) for each in command.params]
    for option in said.params:
        if isinstance(option, click.Option):
            option.help = tell(option.help or "")
    return said


def refuse_repeated(command: click.Command, parent: click.Context, name: str | None, args: Sequence[str]) -> None:
    """Raise if an option is given that replaces one before it without a word; a flag that is repeated says nothing new."""
    ctx = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    order = command.make_parser(ctx).parse_args(list(args))[2]
    given = [each for each in order if isinstance(each, click.Option) and not each.multiple]
    first: dict[str | None, click.Option] = {}
    for option in given:
        before = first.setdefault(option.name, option)
        if before is not option:
            raise click.UsageError(
                tell(
                    "{opts} and {opts2} say the same in two ways; give one", opts=before.opts[-1], opts2=option.opts[-1]
                ),
                ctx,
            )
        if not option.is_flag and given.count(option) > 1:
            listed = option.metavar in ("SETTINGS", "LIST")
            how = tell("write all in one, parted by commas") if listed else tell("give it once")
            raise click.UsageError(tell("{opts} is given twice; {how}", opts=option.opts[-1], how=how), ctx)


class Commands(Listing):
    """The outermost group: errors end with one clear message and the right exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and end as documented also where nobody reads the help or the errors any more.

        A language that is chosen is spoken to the end: click says what is wrong when all contexts are closed.
        """
        before = SPOKEN.set(SPOKEN.get())
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                for stream in (sys.stdout, sys.stderr):
                    if isinstance(stream, io.TextIOBase) and not stream.closed:
                        stream.flush()
        except BrokenPipeError:
            _abandon_output()
            sys.exit(PIPE_CLOSED)
        except OSError as error:  # what is printed before any command runs, the help for instance, finds the disk full
            message, code = ending(error)
            _abandon_output()
            click.echo(message, err=True)
            sys.exit(code)
        finally:
            SPOKEN.reset(before)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """As click does; what it makes of a closed pipe is another exit code."""
        try:
            return super().make_context(*args, **kwargs)
        except BrokenPipeError:
            _abandon_output()
            sys.exit(PIPE_CLOSED)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, in the language that is chosen: by `--language`, or by DETENTE_LANGUAGE, and by no other surroundings.

        It is chosen before anything else is looked at, for `--help` and errors are told in it as well. What is for programs is
        always English.
        """
        with contextlib.suppress(click.UsageError):  # which comes again
            given = self.make_parser(ctx).parse_args(list(args))[0]
            chosen = given.get("language") or os.environ.get("DETENTE_LANGUAGE")
            if chosen and not _for_programs(args):
                from detente.languages import known

                try:
                    SPOKEN.set(known(chosen))
                except InputError as error:
                    stop(describe(error), MISUSE)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whoever closes the pipe of the output or of the errors ends it."""
        try:
            return self._invoke(ctx)
        except BrokenPipeError:
            _abandon_output()
            ctx.exit(PIPE_CLOSED)

    def _invoke(self, ctx: click.Context) -> Any:
        """Run the command; the package's opening says how it may end."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        alarm = Alarm()
        try:
            with _plain_warnings(), alarm:
                result = super().invoke(ctx)
            if isinstance(sys.stdout, io.TextIOBase):  # it is None if the shell has closed it
                sys.stdout.flush()
            return result
        except click.MissingParameter as error:
            from detente.cli.examples import example_of

            raise click.MissingParameter(example_of(error), error.ctx, error.param) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            late = isinstance(error, KeyboardInterrupt) and alarm.rung
            message, code = ending(InputError(alarm.text) if late else error)
            if code == BUG and os.environ.get("DETENTE_DEBUG"):
                raise
            stop(message, code)


def _for_programs(args: Sequence[str]) -> bool:
    """Whether JSON or CSV is asked for, whose columns and words are keys.

    >>> _for_programs(["show", "--json"]), _for_programs(["show", "--format", "csv"]), _for_programs(["show", "x.json"])
    (True, True, False)
    """
    return "--json" in args or any(
        f"--format={form}" in args or ("--format", form) in pairwise(args) for form in ("json", "csv")
    )


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Our own warnings as one line for people; those of others as Python shows them."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *more: Any, **others: Any) -> None:
            if issubclass(category, SlowerWarning):
                click.echo(f"{paint(word('warning'), 'warning')}: {message}", err=True)
            else:
                usual(message, category, *more, **others)

        warnings.showwarning = show
        yield


def ending(error: BaseException) -> tuple[str, int]:
    """What to say of an error that ends a run, and the exit code."""
    match error:
        case InputError():
            return describe(error), MISUSE
        case KeyboardInterrupt():
            return "interrupted", INTERRUPTED
        case MemoryError():
            return tell("out of memory; ask about one state with `detente analyze --local`, or fix options"), MISUSE
        case OSError(filename=str() | bytes() as name):
            return f"{paint(word('error'), 'error')}: {os.fsdecode(name)}: {error.strerror}", MISUSE
        case OSError(filename=None):  # a full disk, for instance; what has a name is opened, and reported, elsewhere
            _abandon_output()
            return tell(
                "{paint}: the output cannot be written: {strerror}",
                paint=paint(word("error"), "error"),
                strerror=error.strerror,
            ), MISUSE
    return _bug(error), BUG


class Alarm:
    """After the seconds that DETENTE_SECONDS allows, what a Ctrl-C does: a search says what it has, anything else ends.

    Without the variable, on systems without timers and in other threads than the first it never rings.
    """

    def __init__(self) -> None:
        self.seconds, self.rung = 0.0, False

    @property
    def text(self) -> str:
        """Why there is no answer, and what would help."""
        return tell(
            "the {seconds} seconds that DETENTE_SECONDS allows are over, and there is no answer yet. "
            "Allow more; or hold options that do not matter (--hold), or ask about one state (`detente "
            "explain`)",
            seconds=numeral(self.seconds, "g"),
        )

    def __enter__(self) -> None:
        chosen = os.environ.get("DETENTE_SECONDS", "").strip()
        if not chosen:
            return
        try:
            self.seconds = float(chosen)
        except ValueError:
            self.seconds = math.nan
        if not 0 < self.seconds < math.inf:
            raise InputError(
                tell(
                    "DETENTE_SECONDS is {chosen}; write how many seconds a command may take, for example 60",
                    chosen=repr(chosen),
                )
            )
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            self.usual = signal.signal(signal.SIGALRM, self.ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def ring(self, *_: object) -> None:
        """As if Ctrl-C had been pressed, also where that is ignored."""
        self.rung = True
        if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "usual"):
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.usual)


@contextlib.contextmanager
def interruptible() -> Iterator[Cancelled]:
    """While a search runs: the first Ctrl-C asks it to stop and say what it has, the second ends the command.

    Where interrupts are ignored (a job in the background) they stay so.
    """
    count = 0

    def heed(*_: object) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt

    usual = signal.getsignal(signal.SIGINT)
    heeded = usual not in (signal.SIG_IGN, None) and threading.current_thread() is threading.main_thread()
    if heeded:
        signal.signal(signal.SIGINT, heed)
    try:
        yield lambda: count > 0
    finally:
        if heeded:
            signal.signal(signal.SIGINT, usual)


@contextlib.contextmanager
def insistent() -> Iterator[None]:
    """Ctrl-C ends this work even where it is swallowed on its way (by a finalizer, or a library that catches everything)."""
    count = 0
    usual = signal.getsignal(signal.SIGINT)
    heeded = usual is signal.default_int_handler and threading.current_thread() is threading.main_thread()

    def heed(number: int, frame: Any) -> None:
        nonlocal count
        count += 1
        signal.default_int_handler(number, frame)

    if heeded:
        signal.signal(signal.SIGINT, heed)
    try:
        yield
    except Exception:
        if not count:
            raise
    finally:
        if heeded:
            signal.signal(signal.SIGINT, usual)
    if count:
        raise KeyboardInterrupt


def stop(message: str, code: int) -> NoReturn:
    """End the run with a message on standard error."""
    click.echo(fitted(message), err=True)
    raise click.exceptions.Exit(code)


def fitted(message: str) -> str:
    """The message with long lines broken between words, on a terminal; elsewhere, and in excerpts of files, lines stay."""
    if not sys.stderr.isatty():
        return message
    width = max(NARROWEST, shutil.get_terminal_size((80, 24)).columns)
    fill = TextWrapper(width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False).fill
    lines = message.split("\n")
    return "\n".join(fill(line) if len(click.unstyle(line)) > width and line[:1].strip() else line for line in lines)


NARROWEST = 40
"""Columns that a terminal has at least, for what is wrapped here."""

COMMANDS = {
    Cure.ONE_STATE: "`detente analyze --local`",
    Cure.ANOTHER_STATE: "`--local --from`",
    Cure.PLAIN: "`detente analyze`",
    Cure.SHOW: "`detente show`",
    Cure.CHECK: "`detente check`",
    Cure.AMONG: "`--among`",
    Cure.SMALLER: "`--most`",
    Cure.MEMBERS: "`--members`",
    Cure.GOAL: "`detente joint`",
    Cure.ABOUT: "`--goal`",
    Cure.DRAWS: "`--draws`",
    Cure.PARTS: "`detente hierarchy road=chicken jail=other.yaml --shared first`",
}
"""The commands that ask what an error says can still be asked."""


def describe(error: InputError) -> str:
    """An error as people read it: problems with their places as they are, anything else behind `error:`."""
    if isinstance(error, TooLarge) and error.problem.file:
        return paint_severity(str(replace(error.problem, message=error.worded(COMMANDS))))
    if not isinstance(error, ScenarioError):
        return f"{paint(word('error'), 'error')}: {error.worded(COMMANDS)}"
    from detente.sheet import counted

    found = [problem.severity for problem in error.problems]
    lines = [paint_severity(str(problem)) for problem in error.problems]
    return "\n".join([*lines, counted(found)] if len(lines) > 1 else lines)


def paint(text: str, severity: str) -> str:
    """Red for errors, yellow for warnings, where the terminal has colours."""
    return click.style(text, fg={"error": "red", "warning": "yellow"}.get(severity), bold=True)


def paint_severity(line: str) -> str:
    """A problem's line with its severity painted."""
    for severity in ("error", "warning"):
        line = line.replace(f": {word(severity)}: ", f": {paint(word(severity), severity)}: ", 1)
    return line


def _bug(error: BaseException) -> str:
    return tell(
        "{paint}: this is a bug in detente: {name}: {error}\nPlease report it with the command, the "
        "file, and what DETENTE_DEBUG=1 prints for the same command.",
        paint=paint(word("error"), "error"),
        name=type(error).__name__,
        error=error,
    )


def _abandon_output() -> None:
    """Nobody reads the output, or the errors, any more; let what is still buffered go nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        try:
            stream.flush()
        except (OSError, ValueError):
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            except (OSError, ValueError):
                setattr(sys, name, io.StringIO())
        except AttributeError:  # the shell has closed it
            pass
