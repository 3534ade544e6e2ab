"""The fields of every JSON document, found by running each command's first example in the documentation with `--json`.

Where a document has an entry per actor, concept or option, the reference says so instead of listing them.
"""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from detente.cli import main
from detente.engine.concepts import CONCEPTS
from detente.scenario import library, load
from detente.scenario.model import Scenario
from docsite import commands
from docsite.fences import blocks_of, session_of, write
from docsite.markdown import code, table

INTRODUCTION = """\
# The fields of every JSON document

Found by running an example of each command with `--json`. `actors[].id` is the field `id` of every object in the list `actors`;
`counts.CONCEPT` stands for one entry per concept. A *state* is an object of settings. What the fields of `analyze`, `show`,
`library` and `check` mean is told in [JSON for programs](../json.md); those of a question are the fields of its result in
[Python](index.md). Every result of a question has a [`basis`](#basis), which is listed once.
"""

DEEP = 4
"""Levels below which a document is not taken apart any further."""

MANY = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "true or false",
    int: "number",
    float: "number",
    type(None): "null",
}


def examples(docs: Path) -> dict[str, tuple[Path, str]]:
    """Each command's first example that succeeds and prints: the page it stands on, and the command line."""
    found: dict[str, tuple[Path, str]] = {}
    known = sorted(commands.commands(), key=len, reverse=True)
    for page in sorted(docs.rglob("*.md"), key=lambda page: (page.name != "questions.md", page)):
        for block in blocks_of(page.read_text(encoding="utf-8")):
            if block.language == "console" and not block.settings:
                for line, _ in session_of(block.text):
                    name = next((each for each in known if f"{line} ".startswith(f"detente {each} ")), "")
                    if " -o " not in line and (not set(line) & set("|<>;&") or "--can" in line):
                        found.setdefault(name, (page, line))
    return found


@contextmanager
def workshop(page: Path) -> Iterator[None]:
    """A folder of its own with the files that a page writes."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for block in blocks_of(page.read_text(encoding="utf-8")):
                write(block)
            yield
        finally:
            os.chdir(here)


def document(page: Path, line: str) -> tuple[Any, Scenario]:
    """The JSON document of a command line, and the scenario it is about."""
    words = shlex.split(line)[1:]
    with workshop(page):
        _make(page, [word for word in words if not Path(word).exists()])
        result = CliRunner().invoke(main, [*words, "--json"])
        if result.exit_code != 0:
            raise RuntimeError(f"{line} --json: {result.output}")
        sources = [word for word in words if word in library.names() or _is_scenario(Path(word))]
        return json.loads(result.stdout), load(sources[0] if sources else "two_proxies")


def _make(page: Path, names: list[str]) -> None:
    """Make the files that a Python block or a command of the page writes."""
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.language == "console":
            for line, _ in session_of(block.text):
                if any(line.endswith(f" -o {name}") for name in names):
                    CliRunner().invoke(main, shlex.split(line)[1:])
        if block.language == "python" and any(f'open("{name}", "w")' in block.text for name in names):
            exec(compile(block.text, page.name, "exec"), {})  # noqa: S102 (our own documentation)


def _is_scenario(path: Path) -> bool:
    return path.suffix == ".yaml" and path.is_file() and path.read_text(encoding="utf-8").startswith("detente:")


def kinds(scenario: Scenario) -> dict[str, str]:
    """What the identifiers of a scenario are, for keys that are identifiers."""
    named: tuple[tuple[str, Any], ...] = (
        ("READING", [name for actor in scenario.actors for name in actor.readings]),
        ("PLATFORM", scenario.platforms),
        ("OUTCOME", scenario.outcomes),
        ("OPTION", [option.key for option in scenario.options]),
        ("ACTOR", [actor.id for actor in scenario.actors]),
        ("CONCEPT", [*CONCEPTS, "cnash", "cgmr", "csmr", "cseq"]),
    )
    return {str(name): kind for kind, names in named for name in names}


def fields(value: Any, known: Mapping[str, str], path: str = "", level: int = 0) -> Iterator[tuple[str, str]]:
    """Every field of a document with its type.

    >>> list(fields({"counts": {"nash": 1, "seq": 2}}, {"nash": "CONCEPT", "seq": "CONCEPT"}))
    [('counts', 'object'), ('counts.CONCEPT', 'number'), ('counts.CONCEPT', 'number')]
    >>> list(fields({"at": {"x": True}}, {"x": "OPTION"}))
    [('at', 'state')]
    """
    if path:
        state = isinstance(value, dict) and value and all(known.get(key) == "OPTION" for key in value)
        yield path, "state" if state else MANY[type(value)]
        if state or level > DEEP:
            return
    if isinstance(value, dict):
        for key, each in value.items():
            yield from fields(each, known, f"{path}.{known.get(key, key)}".lstrip("."), level + 1)
    elif isinstance(value, list):
        for each in value:
            yield from fields(each, known, f"{path}[]", level)


def section(page: Path, line: str) -> str:
    """The fields of one command's document, in the order in which they first occur."""
    value, scenario = document(page, line)
    found = typed(fields(value, kinds(scenario)))
    rows = [[code(path), kind] for path, kind in found.items() if not path.startswith("basis.")]
    return f"```console\n$ {line} --json\n```\n\n{table(['field', 'type'], rows)}"


def typed(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each field once, with all its types; a list of plain values is one field.

    >>> typed([("a", "list"), ("a[]", "string"), ("a[]", "null"), ("b", "list"), ("b[]", "object"), ("b[].c", "number")])
    {'a': 'list of string, null', 'b': 'list of object', 'b[].c': 'number'}
    """
    types: dict[str, dict[str, None]] = {}
    for path, kind in found:
        types.setdefault(path, {})[kind] = None
    shown = {}
    for path, seen in types.items():
        inner = types.get(f"{path}[]")
        shown[path] = f"list of {', '.join(inner)}" if inner and "list" in seen else ", ".join(seen)
    inside = [path for path in shown if path.endswith("[]")]
    return {path: kind for path, kind in shown.items() if path not in inside}


def of_basis() -> str:
    """What every result of a question rests on: the fields of `basis`."""
    from detente.case import Case

    scenario = load("two_proxies")
    found = typed(fields({"basis": Case(scenario).basis.to_json()}, kinds(scenario)))
    return "## Basis\n\nWhat the result of a question rests on.\n\n" + table(
        ["field", "type"], [[code(path), kind] for path, kind in found.items()]
    )


def page(docs: Path) -> str:
    """The page in Markdown: every command that prints a document."""
    found = examples(docs)
    parts = [INTRODUCTION, of_basis()]
    for name, command in commands.commands().items():
        if "--json" in commands.options(command) and name in found and not isinstance(command, click.Group):
            parts.append(f"## detente {name}\n\n{section(*found[name])}")
    return "\n".join(parts)
