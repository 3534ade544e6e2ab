"""A scenario without the names of those who wrote it: analysts are called by letters, in the order in which they appear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from detente.scenario.text import yaml_tree
from detente.scenario.text.edit import text_of

PROSE = frozenset({"title", "question", "about", "name", "note", "because", "says", "sentence", "text"})
"""Keys whose values are read by people, in which a name may be mentioned."""


def lettered(text: str) -> str:
    """The text with letters for its analysts, wherever people read them; comments, which may name them, are gone.

    >>> print(lettered("us: {analyst: Ada Lane, note: as Ada Lane says}  # by Ada"), end="")
    us: {analyst: A, note: as A says}
    """
    data = yaml_tree.read(text).root.plain()
    names = dict(zip(dict.fromkeys(_analysts(data)), map(letter, count()), strict=False))
    return text_of(_said(data, names)) if names else text


def letter(number: int) -> str:
    """The letters in order; after the last one, two: A, B, …, Z, AA, AB.

    >>> letter(0), letter(25), letter(26), letter(27)
    ('A', 'Z', 'AA', 'AB')
    """
    first, last = divmod(number, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)


def _analysts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "analyst" and isinstance(value, str) and value:
                yield value
            else:
                yield from _analysts(value)
    elif isinstance(data, list):
        for each in data:
            yield from _analysts(each)


def _said(data: Any, names: Mapping[str, str], key: str = "") -> Any:
    if isinstance(data, dict):
        return {each: _said(value, names, each) for each, value in data.items()}
    if isinstance(data, list):
        return [_said(each, names, key) for each in data]
    if not isinstance(data, str):
        return data
    if key == "analyst":
        return names.get(data, data)
    if key not in PROSE:
        return data
    longest = sorted(names, key=len, reverse=True)
    return re.sub("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest), lambda found: names[found[0]], data)
