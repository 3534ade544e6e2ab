"""Small helpers to write Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\n).+)*", re.MULTILINE)
FENCE = re.compile(r"^(?P<fence> *```+)(?P<language>\w+)(?P<words>[^\n`]*)\n(?P<first>[^\n]*)", re.MULTILINE)


def fence_doctests(text: str) -> str:
    r"""Put the examples of a docstring into fences.

    >>> fence_doctests("Adds.\n\n>>> 1 + 1\n2")
    'Adds.\n\n```pycon\n>>> 1 + 1\n2\n```'
    """
    return EXAMPLE.sub(lambda match: f"```pycon\n{match[0]}\n```", text)


def plain_fences(text: str) -> str:
    r"""Fences as the site understands them: what the tests read from their info lines becomes a title or goes.

    >>> plain_fences("```yaml file=mine.yaml\na: 1\n```")
    '```yaml title="mine.yaml"\na: 1\n```'
    >>> plain_fences("```console exit=2\n$ detente no\n```")
    '```console\n$ detente no\n```'
    """

    def plain(match: re.Match[str]) -> str:
        named = re.search(r"\b(?:file|put|into)=(\S+)", match["words"])
        language = "pycon" if match["language"] == "python" and match["first"].lstrip().startswith(">>>") else None
        title = f' title="{named[1]}"' if named else ""
        return f"{match['fence']}{language or match['language']}{title}\n{match['first']}"

    return FENCE.sub(plain, text)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A table; cells may hold Markdown, bars are escaped.

    >>> print(table(["a", "b"], [["1", "x|y"]]), end="")
    | a | b |
    | --- | --- |
    | 1 | x\|y |
    """
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(text: str) -> str:
    """Text as inline code, or nothing.

    >>> code("us_arm"), code("")
    ('`us_arm`', '')
    """
    return f"`{text}`" if text else ""
