"""What somebody wants: statements, and the readings made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Self, final

from detente.formula import Formula
from detente.messages import tell
from detente.scenario.model.evidence import Evidence, Place


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One wish in a priority list, or one weighted wish; `unknown` marks what the analyst could not settle.

    `unknown` is a set of words: "sign" (the wish or its negation), "rank" (anywhere in the list), "presence".
    `text` is the wish as written, with outcome names; `want` has them written out. `strength` is the degree by which two
    states differ that this wish tells apart: 1 mild, 2 great, or more. `says` is the wish as a sentence, if the file has one.
    """

    want: Formula
    weight: Fraction | None = None
    unknown: frozenset[str] = frozenset()
    strength: int = 1
    evidence: Evidence = Evidence()
    place: Place = Place()
    text: str = ""
    says: str = ""

    def __str__(self) -> str:
        return self.text or str(self.want)


ALL_OFF = "all off"
"""A state in which nothing is on."""


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Fine-tuning of a ranking: the actor prefers the state `above` to the state `below`, whatever its list says.

    A state is complete settings, or in graph form its name; `higher` and `lower` are the two as written.
    """

    above: Mapping[str, int] | str
    below: Mapping[str, int] | str
    higher: str
    lower: str
    because: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()

    def __str__(self) -> str:
        return tell("{higher} above {lower}", higher=self.higher, lower=self.lower)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One account of what an actor wants: a `PriorityList`, `Weights` or a `Ranking`; each says how it compares states.

    `statements` is empty in a ranking. How many cells are liked how much is for `detente.conflict.payoffs` to say.
    """

    kind: ClassVar[str]
    """The key under which the file lists it."""

    entry: ClassVar[str]
    """What one entry is called."""

    id: str
    name: str = ""
    about: str = ""
    brief: str = ""
    """What whoever plays the actor is told, in the second person; `about` is for those who work on the model."""
    analyst: str = ""
    """The analyst whose version of the list this is, where several have one."""
    illustrative: bool = False
    """Whether it is kept only to show what a rule does; such a reading is never counted in a grid of readings."""
    statements: tuple[Statement, ...] = ()
    adjust: tuple[Adjustment, ...] = ()
    """What is set right in the ranking the entries make; see `detente.conflict.adjustments`."""
    evidence: Evidence = Evidence()
    place: Place = Place()

    @property
    def entries(self) -> tuple[Statement, ...] | tuple[tuple[str, ...], ...]:
        """What is listed, in order: statements, or groups of states."""
        return self.statements

    @property
    def texts(self) -> tuple[str, ...]:
        """The entries as people read them."""
        return tuple(map(str, self.statements))

    @property
    def written(self) -> list[Any]:
        """The entries as plain data in the shape of the format."""
        return list(self.texts)

    @property
    def degrees(self) -> tuple[int | Fraction, ...]:
        """What the file says about degrees of preference; nothing but 1 means that all are mild."""
        return tuple(statement.strength for statement in self.statements)

    @property
    def top_degree(self) -> int:
        """The highest degree of preference between two states."""
        return max((statement.strength for statement in self.statements), default=1)

    def listing(self, entries: tuple[Any, ...], name: str) -> Self:
        """The reading with other entries of the same kind, under another name."""
        return replace(self, id=name, statements=entries)


@final
@dataclass(frozen=True, kw_only=True)
class PriorityList(Reading):
    """Statements, most important first: of two states the one is preferred that satisfies the first to tell them apart."""

    kind: ClassVar[str] = "priorities"
    entry: ClassVar[str] = "statement"

    def score(self, truths: Sequence[bool]) -> int:
        """The published score: a statement counts for more than all below it together."""
        return sum(1 << place for place, true in enumerate(reversed(truths)) if true)


@final
@dataclass(frozen=True, kw_only=True)
class Weights(Reading):
    """Weighted statements, added up. `great` holds the differences from which a preference is of degree 2, 3, ..."""

    kind: ClassVar[str] = "weights"
    entry: ClassVar[str] = "weight"

    great: tuple[Fraction, ...] = ()

    @property
    def weights(self) -> tuple[Fraction, ...]:
        return tuple(statement.weight or Fraction(0) for statement in self.statements)

    @property
    def scale(self) -> int:
        """The least number that makes all weights whole."""
        return math.lcm(*(weight.denominator for weight in self.weights))

    @property
    def whole(self) -> tuple[int, ...]:
        """The weights times `scale`: the same order of states in whole numbers."""
        scale = self.scale
        return tuple(int(weight * scale) for weight in self.weights)

    def score(self, truths: Sequence[bool]) -> Fraction:
        """The sum of the weights of what is true."""
        return sum((weight for weight, true in zip(self.weights, truths, strict=True) if true), Fraction(0))

    @property
    def written(self) -> list[Any]:
        return [{"when": str(s), "weight": str(s.weight)} for s in self.statements]

    @property
    def degrees(self) -> tuple[int | Fraction, ...]:
        return (*super().degrees, *self.great)

    @property
    def top_degree(self) -> int:
        return 1 + len(self.great)


@final
@dataclass(frozen=True, kw_only=True)
class Ranking(Reading):
    """Groups of states, best first, the states of a group liked equally.

    `gaps[k]` is the degree of preference between the groups k and k + 1 (empty: all mild).
    """

    kind: ClassVar[str] = "ranking"
    entry: ClassVar[str] = "rank"

    ranking: tuple[tuple[str, ...], ...] = ()
    gaps: tuple[int, ...] = ()

    def place_of(self, state: str) -> int:
        """The place of a named state, 1 for the best."""
        return next(place for place, group in enumerate(self.ranking, start=1) if state in group)

    @property
    def entries(self) -> tuple[tuple[str, ...], ...]:
        return self.ranking

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(" = ".join(group) for group in self.ranking)

    @property
    def written(self) -> list[Any]:
        return [list(group) for group in self.ranking]

    @property
    def degrees(self) -> tuple[int | Fraction, ...]:
        return self.gaps

    @property
    def top_degree(self) -> int:
        return max(self.gaps, default=1)

    def listing(self, entries: tuple[Any, ...], name: str) -> Ranking:
        return replace(self, id=name, ranking=entries, gaps=())


READINGS: Mapping[str, type[PriorityList | Weights | Ranking]] = {
    each.kind: each for each in (PriorityList, Ranking, Weights)
}
"""The kinds of reading by the keys under which files list them."""
