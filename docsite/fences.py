"""The fenced blocks of a page of documentation, and the commands in them; what they mean stands in `tests/test_docs.py`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>```+|~~~+) *(?P<info>[^`\n]*)\n(?P<body>.*?)^ *(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: the words after the fence, its text, and the line where the text begins."""

    language: str
    settings: dict[str, str]
    text: str
    line: int


def blocks_of(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for match in FENCE.finditer(page):
        language, *words = match["info"].split() or [""]
        settings = dict(word.split("=", 1) for word in words if "=" in word)
        line = page.count("\n", 0, match.start("body")) + 1
        yield Block(language, settings, textwrap.dedent(match["body"]), line)


def session_of(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    joined = re.sub(r"\\\n\s*", "", text)
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def parts_of(text: str, indent: int = 0) -> dict[str, str]:
    r"""The keys of a YAML file at an indent, each with its lines.

    >>> parts_of("a: 1\nb:\n  - 2\n")
    {'a': 'a: 1\n', 'b': 'b:\n  - 2\n'}
    """
    parts = re.split(rf"^(?= {{{indent}}}\w)", text, flags=re.MULTILINE)
    return {part.strip().partition(":")[0]: part for part in parts if part.strip()}


def merged(before: str, more: str, levels: int = 2, indent: int = 0) -> str:
    r"""A YAML file with the entries of another in it, two levels deep: what is there under the same key is replaced.

    What is new comes last in its entry; `readings` of an actor take the place of its `priorities`.

    >>> merged("a:\n  b:\n    c: 1\n  d:\n    e: 2\n", "a:\n  b:\n    f: 3\n")
    'a:\n  b:\n    c: 1\n    f: 3\n  d:\n    e: 2\n'
    """
    parts = parts_of(before, indent)
    for key, part in parts_of(more, indent).items():
        body = part.partition("\n")[2]
        if key == "readings":
            parts.pop("priorities", None)
        if key in parts and levels and body:
            mine, _, old = parts[key].partition("\n")
            space = "\n" if old.endswith("\n\n") else ""
            parts[key] = f"{mine}\n{merged(old.rstrip() + chr(10), body, levels - 1, indent + 2)}{space}"
        else:
            parts[key] = part
    return "".join(parts.values())


def write(block: Block) -> None:
    """Write a block to the file it names, in the current folder, or put its parts, or its entries, into that file."""
    if "file" in block.settings:
        Path(block.settings["file"]).write_text(block.text, encoding="utf-8")
    elif "put" in block.settings:
        file = Path(block.settings["put"])
        parts = parts_of(file.read_text(encoding="utf-8")) | parts_of(block.text)
        file.write_text("".join(parts.values()), encoding="utf-8")
    elif "into" in block.settings:
        file = Path(block.settings["into"])
        file.write_text(merged(file.read_text(encoding="utf-8"), block.text), encoding="utf-8")
