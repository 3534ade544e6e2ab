"""The command reference, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from detente.cli import main
from docsite.markdown import code, table

INTRODUCTION = """\
# Every command and option

Written from the commands themselves; `detente COMMAND --help` says the same. How to use them, with examples, is told in
[the command line](../cli.md) and [the questions](../questions.md).

Options that several commands share mean the same everywhere:

"""

COMMON = 6
"""An option with the same words and default in at least so many commands is explained once."""


def _context(command: click.Command) -> click.Context:
    """The command as it is called: below `detente`, whose settings it takes over and keeps."""
    return click.Context(command, parent=click.Context(main, **main.context_settings))


def commands() -> Mapping[str, click.Command]:
    """Every command by what is typed after `detente`, groups before what is in them.

    >>> "design" in commands(), "design inverse" in commands()
    (True, True)
    """
    return dict(_below(main, ""))


def _below(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(_context(group)):
        command = group.commands[name]
        yield before + name, command
        if isinstance(command, click.Group):
            yield from _below(command, f"{before}{name} ")


def options(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by their long names.

    >>> "--local" in options(commands()["analyze"])
    True
    """
    found = (each for each in command.params if isinstance(each, click.Option) and not each.hidden)
    return {max(each.opts, key=len): each for each in found}


def common() -> dict[str, click.Option]:
    """The options that many commands share."""
    seen: dict[tuple[str, ...], list[click.Option]] = {}
    for command in commands().values():
        for name, option in options(command).items():
            seen.setdefault((name, *_row(option)), []).append(option)
    return {key[0]: each[0] for key, each in seen.items() if len(each) >= COMMON}


def page() -> str:
    """The page in Markdown."""
    shared = common()
    parts = [INTRODUCTION + _options(shared)]
    parts += [_section(name, command, shared) for name, command in commands().items()]
    return "\n".join(parts)


def _section(name: str, command: click.Command, shared: Mapping[str, click.Option]) -> str:
    own, same = {}, []
    for each, option in options(command).items():
        if each in shared and _row(shared[each]) == _row(option):
            same.append(f"{code(each)}{{.whole}}")
        else:
            own[each] = option
    usage = " ".join(command.collect_usage_pieces(_context(command)))
    said = " ".join((command.help or "").split())
    parts = [f"## detente {name}\n", f"{said}\n", f"```text\ndetente {name} {usage}\n```\n"]
    parts += [_options(own)] if own else []
    parts += [f"And of the shared options: {', '.join(same)}.\n"] if same else []
    return "\n".join(parts)


def _options(found: Mapping[str, click.Option]) -> str:
    return table(["option", "what it does"], [_row(option) for option in found.values()])


def _row(option: click.Option) -> list[str]:
    names = ", ".join(code(name) for name in sorted(option.opts, key=len))
    value = "" if option.is_flag else _value(option)
    notes = [option.help or ""]
    notes += ["Required."] if option.required else []
    notes += [f"Default: {code(str(option.default))}."] if option.show_default and option.default else []
    return [f"{names} {value}".strip(), " ".join(notes)]


def _value(option: click.Option) -> str:
    """What follows the option: its placeholder, or all values there are."""
    if isinstance(option.type, click.Choice):
        return ", ".join(code(str(each)) for each in option.type.choices)
    return code(option.make_metavar(_context(main)))
