"""What every answer can do: plain data, one line, tables in a console and a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from detente.formula import parse
from detente.result import INSIDE, Answer, Record, plain
from detente.sheet import Phrase, Sheet


@dataclass(frozen=True)
class Share(Record):
    hits: int
    of: int
    memo: str = field(default="", metadata=INSIDE)
    DERIVED = ("part",)

    @property
    def part(self) -> Fraction:
        return Fraction(self.hits, self.of)


@dataclass(frozen=True, repr=False)
class Told(Answer):
    basis: Any = None

    def sheets(self) -> tuple[Sheet, ...]:
        return Sheet("One", ("a",), (("x",),)), Sheet("", ("b",), ((3,),), ("A note.",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        ("text", "text"),
        (Fraction(6, 2), 3),
        (Fraction(1, 2), 0.5),
        (Fraction(3, 2), 1.5),
        ((1, (2, Fraction(4))), [1, [2, 4]]),
        (frozenset({"y", "x"}), ["x", "y"]),
        ({"a": {"b": (Fraction(1, 4),)}}, {"a": {"b": [0.25]}}),
        (Share(1, 2, "not told"), {"hits": 1, "of": 2, "part": 0.5}),
        ([Share(2, 2)], [{"hits": 2, "of": 2, "part": 1}]),
        (np.arange(3), [0, 1, 2]),
        (np.int64(7), 7),
        (parse("a and not b"), "a and not b"),
    ],
)
def test_plain_data(value: Any, expected: Any) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
    assert json.loads(json.dumps(found)) == expected


def test_one_line_names_the_model() -> None:
    assert repr(Told()) == "<Told>"
    assert repr(Told(SimpleNamespace(model="chicken", title="Chicken"))) == "<Told of chicken>"
    assert repr(Told(SimpleNamespace(model="", title="Chicken"))) == "<Told of Chicken>"


def test_tables_one_below_the_other() -> None:
    assert str(Told()) == "One\n\na\n-\nx\n\nb\n-\n3\n\nA note."
    assert Told().gist() == Told().sheets()
    assert Told().headline == Phrase.of("")
    page = Told()._repr_html_()
    assert page.index("<caption>One</caption>") < page.index("<p>A note.</p>")
