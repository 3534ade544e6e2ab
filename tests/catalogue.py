"""The template of every catalogue: all messages of the code, in `src/detente/catalogues/detente.pot`.

    python tests/catalogue.py            # whether the kept template is that of today's code
    python tests/catalogue.py --write    # keep today's

A message is what stands first in `tell`, `later`, `Phrase.told` and their like, the nouns of `many` and `plural`, the values of
`Messages`, what templates of pages `tell`, and the texts of tables that other tools read: the helps of commands, the
catalogue of questions, the glossary, what a work is cited for. Words that tables show as they are stand in `words.txt`,
and nouns that reach `many` by a variable. The format is that of gettext,
written by Babel.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from detente.messages import TABLE

SOURCE = Path(__file__).resolve().parent.parent / "src" / "detente"
KEPT = SOURCE / "catalogues" / "detente.pot"
WORDS = KEPT.with_name("words.txt")
TELLERS = ("tell", "later", "told")

Found = tuple[str | tuple[str, str], str]
"""A message, or its forms for one and for several; and where it stands."""


class Word(str):
    """A message that tables show, or errors name a kind of thing by."""


def messages() -> Iterator[Found]:
    """All messages there are."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from ((each, path.relative_to(SOURCE).as_posix()) for each in in_code(path.read_text(encoding="utf-8")))
    for path in sorted(SOURCE.rglob("*.html")):
        parsed = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
        for _, _, found in extract_from_ast(parsed, TELLERS):
            yield (
                str(found if isinstance(found, str) or found is None else found[0]),
                path.relative_to(SOURCE).as_posix(),
            )
    yield from ((each, "in tables") for each in in_tables())


def in_code(text: str) -> Iterator[str | tuple[str, str]]:
    """The messages of a module.

    >>> list(in_code('''tell("a {b}", b=1); many(n, "party", "parties"); Messages({1: "c" "d"}); tell(x)'''))
    ['a {b}', ('{number} party', '{number} parties'), 'cd']
    """
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name, given = _name(node.func), list(map(_text, node.args))
        if name in ("UnknownName", "refuse_unknown"):
            yield from map(Word, filter(None, given[:1]))
        elif name in TELLERS:
            yield from given[:1]
        elif isinstance(node.func, ast.Attribute):
            continue  # a method of that name
        elif name == "plural" and given[1] and given[2]:
            yield given[1], given[2]
        elif name == "many" and given[1]:
            yield f"{{number}} {given[1]}", f"{{number}} {given[2] if len(given) > 2 else f'{given[1]}s'}"
        elif name == "Messages" and isinstance(node.args[0], ast.Dict):
            yield from map(_text, node.args[0].values)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_tables() -> Iterator[str | tuple[str, str]]:
    """The messages that stand in tables which are made for other tools as well."""
    from detente.cli import main
    from detente.cli.click_words import COUNTED
    from detente.glossary import glossary
    from detente.literature import REFERENCES
    from detente.questions.catalogue import QUESTIONS

    yield from _helps(main)
    yield from COUNTED
    yield from (row.help for row in QUESTIONS.values())
    yield from (each.cited_for for each in REFERENCES.values())
    for chapter, terms in glossary().items():
        yield chapter
        for term in terms:
            yield from (term.term, term.plain, term.meaning)


def _helps(command: click.Command) -> Iterator[str]:
    yield from (part for part in (command.help or "").split("\n\n") if not part.startswith("\b"))
    yield from (command.short_help or "", command.epilog or "")
    yield from (parameter.help or "" for parameter in command.params if isinstance(parameter, click.Option))
    if isinstance(command, click.Group):
        yield from getattr(command, "sections", ())
        for each in command.commands.values():
            yield from _helps(each)


def template(found: Iterable[Found]) -> str:
    """The messages as gettext keeps them, in the order of the code, each once, with the files in which it stands."""
    catalogue = Catalog(project="detente", charset="utf-8", fuzzy=False)
    for message, place in found:
        if isinstance(message, Word):
            catalogue.add(str(message), context=TABLE)
        elif message:
            catalogue.add(message, locations=[(place, None)])  # type: ignore[list-item]
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        one, _, several = line.partition("|")
        if several:
            catalogue.add((f"{{number}} {one}", f"{{number}} {several}"))
        else:
            catalogue.add(one, context=TABLE)
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=True)
    return written.getvalue().decode()


def write(text: str) -> None:
    """Keep the template."""
    KEPT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    now = template(messages())
    if sys.argv[1:] == ["--write"]:
        write(now)
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        sys.exit(now != KEPT.read_text(encoding="utf-8"))
