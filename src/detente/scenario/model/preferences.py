"""What somebody wants: statements, and the readings made of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from detente.formula import Formula
from detente.scenario.model.evidence import Evidence, Place


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One wish in a priority list, or one weighted wish; `unknown` marks what the analyst could not settle.

    `unknown` is a set of words: "sign" (the wish or its negation), "rank" (anywhere in the list), "presence".
    `text` is the wish as written, with outcome names; `want` has them written out. `strength` is the degree by which two
    states differ that this wish tells apart: 1 mild, 2 great, or more.
    """

    want: Formula
    weight: Fraction | None = None
    unknown: frozenset[str] = frozenset()
    strength: int = 1
    evidence: Evidence = Evidence()
    place: Place = Place()
    text: str = ""

    def __str__(self) -> str:
        return self.text or str(self.want)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One account of what an actor wants: a priority list, weights, or a ranking of states, best first, ties grouped.

    Degrees of preference: `gaps[k]` is the degree between the groups k and k + 1 of a ranking (empty: all mild); `great`
    holds the differences of weights from which a preference is of degree 2, 3, ...
    """

    id: str
    kind: str
    statements: tuple[Statement, ...] = ()
    ranking: tuple[tuple[str, ...], ...] = ()
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
    gaps: tuple[int, ...] = ()
    great: tuple[Fraction, ...] = ()
