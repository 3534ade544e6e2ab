"""What every answer can do, written once.

A `Record` is a frozen value that a program can read: its fields, and the properties it lists as `DERIVED`, become plain
data. An `Answer` is a record that answers a question: it says so in one sentence (`headline`), and shows itself as sheets, in a
console and in a notebook.

How to make one: subclass, as a frozen dataclass; list the derived properties; say `INSIDE` for a field that programs do not
need. More than three fields are given by keyword.

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Tally(Record):
...     hits: int
...     n: int
...     DERIVED = ("share",)
...     @property
...     def share(self) -> float:
...         return self.hits / self.n
>>> Tally(1, 4).to_json()
{'hits': 1, 'n': 4, 'share': 0.25}
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Set
from dataclasses import fields
from fractions import Fraction
from typing import Any, ClassVar

from detente.sheet import Phrase, Sheet, html_of

INSIDE: dict[str, Any] = {"inside": True}
"""Metadata of a field that stays inside: `field(metadata=INSIDE)` is left out of the plain data."""


class Record:
    """A frozen dataclass whose plain data are its fields and the properties in `DERIVED`."""

    __slots__ = ()

    DERIVED: ClassVar[tuple[str, ...]] = ()
    """Properties (or constants of the class) that stand in the plain data beside the fields."""

    def to_json(self) -> dict[str, Any]:
        """The value as plain data: dictionaries, lists, texts, numbers, true, false and null. Cost: its size."""
        told = [each.name for each in fields(self) if not each.metadata.get("inside")]  # type: ignore[arg-type]
        return {name: plain(getattr(self, name)) for name in (*told, *self.DERIVED)}


class Answer(Record, ABC):
    """A record that answers a question.

    Its dataclass is declared with `repr=False`, so that the representation stays one line.
    """

    __slots__ = ()

    @abstractmethod
    def sheets(self) -> tuple[Sheet, ...]:
        """The answer in a few tables."""

    @property
    def headline(self) -> Phrase:
        """The answer in one sentence, of typed cells; nothing for what is handed out and answers no question."""
        return Phrase.of("")

    def gist(self) -> tuple[Sheet, ...]:
        """The tables that a person needs; all of them are in `sheets`."""
        return self.sheets()

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def __repr__(self) -> str:
        basis = getattr(self, "basis", None)
        of = f" of {basis.model or basis.title}" if basis is not None else ""
        return f"<{type(self).__name__}{of}>"

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def plain(value: Any) -> Any:
    """A value as plain data.

    Records say themselves how; mappings, sequences and sets are taken apart (a set is sorted); a fraction becomes an integer
    or a float; what else there is (a formula, say) is told as text.

    >>> plain({"a": (1, Fraction(1, 2)), "b": frozenset({"y", "x"})})
    {'a': [1, 0.5], 'b': ['x', 'y']}
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Set):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    return value.tolist() if hasattr(value, "tolist") else str(value)
