"""A page: the tree of a file, where everything in it stands, and the problems found so far.

Paths such as `("actors", "us", "name")` lead through the tree; `Page` turns them into lines and columns,
also into the middle of a quoted, escaped or folded text, so that a message can point at one character of a
formula.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from detente.errors import Problem, ScenarioError, did_you_mean
from detente.messages import tell
from detente.scenario.model import Place

MAX_HINTS = 200
"""Beyond so many problems no nearest names are looked up: nobody reads them, and each costs time."""

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """A text, a list or a mapping, with its span in the file; `style` is the quote or bracket around it."""

    value: str | list[Node] | dict[str, Node] | None
    start: int
    end: int
    style: str = ""
    keys: dict[str, int] | None = None

    def plain(self) -> Any:
        """The node as ordinary nested data."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def step(self, part: str | int) -> Node | None:
        """The child called `part`, if there is one."""
        if isinstance(self.value, dict) and isinstance(part, str):
            return self.value.get(part)
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            return self.value[part]
        return None

    @classmethod
    def of(cls, data: Any, like: Node | None, at: int = 0) -> Node:
        """The node of plain data, with the places of what stood there before.

        Keys are found by their name, entries of a list by their number.
        """
        start, end, style = (at, at, "") if like is None else (like.start, like.end, like.style)
        if isinstance(data, str) or data is None:
            return cls(data, start, end, style)
        old = None if like is None else like.value
        if isinstance(data, dict):
            known, there = (like.keys or {}, old) if like is not None and isinstance(old, dict) else ({}, {})
            keys = {key: known.get(key, start) for key in data}
            inside = {key: cls.of(each, there.get(key), keys[key]) for key, each in data.items()}
            return cls(inside, start, end, style, keys)
        near = old if isinstance(old, list) else []
        count = len(near)
        return cls(
            [cls.of(each, near[n] if n < count else None, start) for n, each in enumerate(data)], start, end, style
        )

    @property
    def kind(self) -> str:
        """What an analyst would call it."""
        kinds: dict[type, str] = {list: tell("a list"), dict: tell("a mapping"), str: tell("a text")}
        return kinds.get(type(self.value), "nothing")


class Page:
    """A file being read: its text, its tree (once built) and every problem found so far."""

    def __init__(self, text: str, file: str = "") -> None:
        self.text, self.file = text, file
        self.root = Node({}, 0, 0, keys={})
        self.problems: list[Problem] = []

    @classmethod
    def of(cls, data: Mapping[str, Any], like: Page) -> Page:
        """A page of data made from those of another by changes: what is not changed stands where it stood there.

        Cost: linear in the data; no text is read.
        """
        made = cls(like.text, like.file)
        made.problems = list(like.problems)
        made.root = Node.of(data, like.root)
        return made

    def path_of(self, line: int, column: int) -> Path:
        """The path of what stands at a place: the deepest entry that begins there or before it."""
        offset = self.start_of(line) + column - 1 if line else 0
        path: list[str | int] = []
        node = self.root
        while isinstance(node.value, (dict, list)):
            starts = (
                (node.keys or {}).items()
                if isinstance(node.value, dict)
                else ((n, each.start) for n, each in enumerate(node.value))
            )
            inside = [part for part, start in starts if start <= offset]
            if not inside:
                break
            path.append(inside[-1])
            node = node.step(inside[-1]) or node
        return tuple(path)

    # --- places ---

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.text))]

    def place(self, offset: int) -> Place:
        """Line and column, counted from 1, of a character of the text."""
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)

    def start_of(self, line: int) -> int:
        """Where a line begins; behind the last one, where the text ends."""
        return self._lines[line - 1] if line <= len(self._lines) else len(self.text)

    def excerpt(self, offset: int) -> str:
        """The line that holds a character, with a caret under it."""
        place = self.place(offset)
        first = max(0, place.column - 80)
        begin = self._lines[place.line - 1] + first
        line = self.text[begin : begin + 110].splitlines()[:1] or [""]
        shown = line[0].replace("\t", " ")
        return f"    {shown}\n    {' ' * (place.column - 1 - first)}^"

    def nodes(self, path: Path) -> Iterator[Node]:
        """The nodes along a path, root first, as far as it exists."""
        node: Node | None = self.root
        steps = iter(path)
        while node is not None:
            yield node
            node = next((node.step(part) for part in steps), None)

    def node(self, path: Path) -> Node:
        """The node at a path, or the deepest one on the way to it."""
        return list(self.nodes(path))[-1]

    def at(self, path: Path) -> int:
        """Where to point for a path: a text itself; the key of a list or mapping; the nearest that exists."""
        # Written out, for every entry of a file asks this while it is bound.
        node, parent, last = self.root, None, None
        for part in path:
            inner = node.step(part)
            if inner is None:
                break
            parent, last, node = node, part, inner
        if parent is not None and last is not None and isinstance(node.value, (list, dict)):
            return self._key(parent, last, node.start)
        return node.start

    def at_key(self, path: Path) -> int:
        """Where the key that ends a path stands."""
        return self._key(self.node(path[:-1]), path[-1], self.at(path))

    def _key(self, parent: Node, part: str | int, otherwise: int) -> int:
        return (parent.keys or {}).get(str(part), otherwise)

    def within(self, path: Path, position: int) -> int:
        """Where character `position` of the text at `path` stands in the file, through quotes and folding."""
        return _offset(self.text, self.node(path), position)

    # --- problems ---

    def report(self, severity: str, code: str, offset: int | None, message: str, *, show: bool = False) -> Problem:
        """Add a problem at a character (None: the file as a whole)."""
        place = Place() if offset is None else self.place(offset)
        excerpt = self.excerpt(offset) if show and offset is not None else ""
        problem = Problem(place.line, place.column, severity, code, message, self.file, excerpt)
        self.problems.append(problem)
        return problem

    def error(self, path: Path, code: str, message: str) -> None:
        self.report("error", code, self.at(path), message)

    def warn(self, path: Path, code: str, message: str) -> None:
        self.report("warning", code, self.at(path), message)

    def fail(self, code: str, offset: int | None, message: str, *, show: bool = False) -> NoReturn:
        """Report and give up: nothing more can be read."""
        self.report("error", code, offset, message, show=show)
        raise ScenarioError(self.problems) from None

    @property
    def errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def hint(self, name: str, known: Iterable[str]) -> str:
        """The tail of an "unknown name" message; left out once there are so many that nobody reads them."""
        return did_you_mean(name[:80], known) if len(self.problems) < MAX_HINTS else ""


def _offset(text: str, node: Node, position: int) -> int:
    """Folding changes only blanks, so the n-th character that is not blank is the n-th in the file too."""
    raw, value = text[node.start : node.end], node.value
    if not isinstance(value, str):
        return node.start
    quote = len(node.style) if node.style in ("'", '"') else 0
    if raw[quote : len(raw) - quote] == value:
        return node.start + quote + position
    wanted = sum(not character.isspace() for character in value[:position])
    for number, start in enumerate(_visible(raw, node.style)):
        if number == wanted:
            return node.start + start
    return node.start + max(len(raw.rstrip()) - quote, 0)


SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
"""Two escapes for one character, as JSON writes what lies beyond U+FFFF."""

_ESCAPES = {"x": 4, "u": 6, "U": 10}


def _visible(raw: str, style: str) -> Iterator[int]:
    """The offsets in a written scalar of the characters that are not blank; an escape is one character."""
    position = {"'": 1, '"': 1}.get(style, raw.find("\n") + 1 if style in ("|", ">") else 0)
    end = len(raw) - (style in ("'", '"'))
    while position < end:
        character, length = raw[position], 1
        if style == '"' and character == "\\":
            length = 12 if SURROGATES.match(raw, position) else _ESCAPES.get(raw[position + 1], 2)
            blank = raw[position + 1] in " tnrve0_NLP\n\r"
        else:
            length = 2 if style == "'" and character == "'" else 1
            blank = character.isspace()
        if not blank:
            yield position
        position += length


def shorten(text: str, most: int = 60) -> str:
    """A text short enough to quote in a message."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
