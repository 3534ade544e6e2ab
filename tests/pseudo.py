"""A language made by rule, to find sentences that stand outside the catalogue.

    python tests/pseudo.py claims help     # what is left in English in the texts of `tests/golden/`, and what differs

Every letter of a message has an accent, places and length stay. What people wrote in the model of the tests is in letters of
another alphabet. So whatever still is in plain letters is neither, and whoever takes both back must find what stands in
`tests/golden/`, letter by letter: no answer depends on the language.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import yaml
from babel.messages.pofile import read_po, write_po

import catalogue
import golden
from contracts import Model

PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ACCENTED = str.maketrans(PLAIN, "ÁɃĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹáƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýź")
FOREIGN = str.maketrans(PLAIN, "АБЦДЕФГХИЙКЛМНОПЯРСТУВШЭЫЗабцдефгхийклмнопярстувшэыз")
BACK = {
    ord(there): here
    for table in (ACCENTED, FOREIGN)
    for here, there in zip(PLAIN, map(chr, table.values()), strict=True)
}

WRITTEN = (
    "title",
    "question",
    "about",
    "says",
    "name",
    "short",
    "article",
    "text",
    "off",
    "cost_unit",
    "where",
    "note",
)
"""Keys of a scenario file under which people write what is read."""  # fmt: skip


def said(message: str) -> str:
    """A message in the language, its places as they are.

    >>> said("{who} can stay"), back(said("{who} can stay"))
    ('{who} ćáń śťáý', '{who} can stay')
    """
    try:
        parts = list(Formatter().parse(message))
    except ValueError:  # braces that are braces
        return message.translate(ACCENTED)
    if all(place is None for _, place, _, _ in parts):
        return message.translate(ACCENTED)
    return re.sub(
        r"\{\w*\}|[^{}]+", lambda part: part[0] if part[0][0] == "{" else part[0].translate(ACCENTED), message
    )


def back(text: str) -> str:
    """A text with its letters taken back."""
    return text.translate(BACK)


def write(path: Path) -> None:
    """The catalogue of the language; numbers and dates are those of British English."""
    made = read_po(io.BytesIO(catalogue.KEPT.read_bytes()), locale="en_GB")
    for message in made:
        if message.id:
            message.string = tuple(map(said, message.id)) if isinstance(message.id, tuple) else said(message.id)
    with path.open("wb") as file:
        write_po(file, made, width=0)


def foreign(text: str) -> str:
    """A scenario file whose names and sentences are in other letters."""
    places = sorted(_written(yaml.compose(text)), reverse=True)
    for start, end in places:
        text = text[:start] + text[start:end].translate(FOREIGN) + text[end:]
    return text


def _written(node: yaml.Node | None, key: str = "") -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _written(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _written(value, key)
    elif isinstance(node, yaml.ScalarNode) and key in WRITTEN:
        yield node.start_mark.index, node.end_mark.index


@contextlib.contextmanager
def workshop() -> Iterator[list[Model]]:
    """That of the golden texts, with the one model of the tests in other letters, where the language is spoken."""
    with golden.workshop() as models:
        own = Path(golden.OWN)
        own.write_text(foreign(own.read_text(encoding="utf-8")), encoding="utf-8")
        write(Path("en_GB.po"))
        os.environ["DETENTE_LANGUAGE"] = str(Path("en_GB.po").resolve())
        try:
            yield models[:1]
        finally:
            del os.environ["DETENTE_LANGUAGE"]


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(exist_ok=True)
    with workshop() as known:
        for name in sys.argv[2:] or golden.names():
            (out / f"{name}.txt").write_text(golden.text(known, name), encoding="utf-8")
