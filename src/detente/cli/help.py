"""`detente help TERM`: what a word means; `detente help COMMAND` is the command's own help."""

from __future__ import annotations

import click

from detente.messages import tell


@click.command("help")
@click.argument("words", nargs=-1, metavar="[TERM|COMMAND]")
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """What a word means, as it is used here; of a command, its help. Without a word: all words there are."""
    from detente.glossary import find, glossary

    group, called = ctx.parent.command if ctx.parent else None, " ".join(words)
    command = group.get_command(ctx, called) if isinstance(group, click.Group) else None
    if command is not None:
        click.echo(command.get_help(click.Context(command, parent=ctx.parent, info_name=called)))
        return
    if words:
        term = find(called)
        plain = tell(" (in plain words: {plain})", plain=tell(term.plain)) if term.plain != term.term else ""
        click.echo(f"{tell(term.term)}{plain}\n{tell(term.meaning)}")
        if term.retired:
            click.echo(tell("Not: {retired}", retired=", ".join(term.retired)))
        if term.read:
            click.echo(tell("More: docs/{read}", read=term.read))
        return
    for chapter, terms in glossary().items():
        listed = click.wrap_text(", ".join(tell(term.term) for term in terms), 78, "  ", "  ")
        click.echo(f"{tell(chapter)}:\n{listed}\n")
    click.echo(tell("detente help TERM says what one means."))
