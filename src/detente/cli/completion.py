"""`detente completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Complete commands and options in your shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a shell needs to complete commands and options with the tab key.

    Put `eval "$(detente completion bash)"` into ~/.bashrc, the same with zsh into ~/.zshrc; for fish, write it to
    ~/.config/fish/completions/detente.fish.
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, "detente", "_DETENTE_COMPLETE").source())
