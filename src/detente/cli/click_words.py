"""What click says itself, in the language that is spoken.

Click marks its sentences for gettext, and looks them up by the functions that its modules hold as `_` and `ngettext`; what the
system is set to decides there. Here these functions are those of the catalogue, for the sentences listed; another version
of click may have others, which are said in English then.
"""

from __future__ import annotations

from types import ModuleType

import click
from click import core, decorators, exceptions, formatting, parser, types

from detente.messages import SPOKEN, later, tell

SENTENCES = (
    later("Usage:"),
    later("Options"),
    later("Commands"),
    later("Show this message and exit."),
    later("Show the version and exit."),
    later("default: {default}"),
    later("(dynamic)"),
    later("Aborted!"),
    later("Error: {message}"),
    later("Try '{command} {option}' for help."),
    later("Missing command."),
    later("Missing argument"),
    later("Missing option"),
    later("Missing parameter"),
    later("Invalid value: {message}"),
    later("Invalid value for {param_hint}: {message}"),
    later("Could not open file {filename!r}: {message}"),
    later("unknown error"),
    later("No such option {name!r}."),
    later("No such command {name!r}."),
    later("Option {name!r} does not take a value."),
    later("Argument {name!r} takes {nargs} values."),
    later("Choose from:\n\t{choices}"),
    later("{value} is not in the range {range}."),
    later("{value!r} is not a valid {number_type}."),
    later("{name} {filename!r} is a file."),
    later("{name} {filename!r} is a directory."),
    later("{name} {filename!r} is not readable."),
    later("{name} {filename!r} is not writable."),
    later("{name} {filename!r} does not exist."),
    later("file"),
    later("directory"),
    later("path"),
)
"""Of what click says, all that a command here can say."""

COUNTED = (
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""The same, each for one thing and for several."""

MODULES: tuple[ModuleType, ...] = (click, core, decorators, exceptions, formatting, parser, types)


def counted(one: str, several: str, number: int) -> str:
    """The form of a sentence for so many things, its places not yet filled."""
    return SPOKEN.get().said.ngettext(one, several, number)


def speak() -> None:
    """Let click look up its sentences in the catalogue of the language that is spoken."""
    for module in MODULES:
        held = vars(module)
        held.update({name: tells for name, tells in (("_", tell), ("ngettext", counted)) if name in held})
