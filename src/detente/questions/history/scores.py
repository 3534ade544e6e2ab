"""Scores of forecasts, each with its n and an interval: closed forms, and nothing claimed that n does not allow.

- *Brier* score: the mean of (p - o)², with p the chance given and o 1 for what came, 0 for what did not (Brier 1950); 0 is
  perfect, 1/4 is saying one half every time.
- *base rate*: saying every time the share of the others that came (the forecast in question left out); *skill* is
  1 - Brier / Brier of the base rate, below 0 where the base rate does better.
- *bits*: the mean of -log2 of the chance given to what came (Good 1952).
- *discrimination*: the chance that of one that came and one that did not the former was given the larger chance, ties half;
  its interval by Hanley & McNeil 1982.
- *calibration*: by tenths of chance how often it came, only where at least `BINS` tenths hold `IN_A_BIN` forecasts or more.

Intervals are for 95 %: of a mean by Student's distribution, of a share Wilson's.

>>> brier([0.5, 0.5], [True, False]).value, wilson(0, 10)[0]
(0.25, 0.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from detente.messages import numeral, tell
from detente.questions.uncertainty.shares import wilson
from detente.result import Record

BINS, IN_A_BIN = 3, 10

STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110,
    2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % point of Student's distribution for 1 to 30 degrees of freedom."""

NORMAL = 1.959964
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, kw_only=True)
class Mean(Record):
    """A mean of n values and its interval (None for fewer than two values)."""

    value: float
    n: int
    low: float | None
    high: float | None

    def __str__(self) -> str:
        return (
            f"{self.value:.2f}"
            if self.low is None
            else tell(
                "{value} ({low} to {high})",
                value=numeral(self.value, ".2f"),
                low=numeral(self.low, ".2f"),
                high=numeral(self.high, ".2f"),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Hits(Record):
    """`hits` of n, and the interval of the share."""

    hits: int
    n: int
    low: float
    high: float

    def __str__(self) -> str:
        return tell(
            "{hits} of {n} ({low} to {high})",
            hits=self.hits,
            n=self.n,
            low=numeral(self.low, ".0%"),
            high=numeral(self.high, ".0%"),
        )


@dataclass(frozen=True, kw_only=True)
class Bin(Record):
    """Forecasts of one tenth: how many, the mean chance given, and how many came."""

    low: float
    n: int
    given: float
    came: int

    def __str__(self) -> str:
        return tell(
            "from {low}, given {given} in the mean, {share_of} came",
            low=numeral(self.low, ".0%"),
            given=numeral(self.given, ".0%"),
            share_of=share_of(self.came, self.n),
        )


def mean(values: Sequence[float], least: float = -math.inf, most: float = math.inf) -> Mean:
    """A mean with its interval, which stays within what a value can be. Of no values: nan is refused by the caller."""
    n = len(values)
    middle = math.fsum(values) / n
    if n < 2:
        return Mean(value=middle, n=n, low=None, high=None)
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (n - 1) / n)
    half = (STUDENT[n - 2] if n - 2 < len(STUDENT) else NORMAL) * spread
    return Mean(value=middle, n=n, low=max(least, middle - half), high=min(most, middle + half))


def share_of(hits: int, n: int) -> Hits:
    """A share with its interval."""
    low, high = wilson(hits, n)
    return Hits(hits=hits, n=n, low=low, high=high)


def brier(chances: Sequence[float], came: Sequence[bool]) -> Mean:
    """The Brier score."""
    return mean([(p - o) ** 2 for p, o in zip(chances, came, strict=True)], 0.0, 1.0)


def base_rates(came: Sequence[bool]) -> list[float]:
    """For each forecast the share of the others that came; of one alone, one half.

    >>> base_rates([True, False, False])
    [0.0, 0.5, 0.5]
    """
    n, total = len(came), sum(came)
    return [(total - each) / (n - 1) if n > 1 else 0.5 for each in came]


def skill(score: float, base: float) -> float | None:
    """By how much a score is better than that of the base rate, as a share of it; None where the base rate is perfect."""
    return 1 - score / base if base > 0 else None


def discrimination(chances: Sequence[float], came: Sequence[bool]) -> Mean | None:
    """How well what came is told from what did not; None where all came, or nothing did.

    >>> discrimination([0.9, 0.4, 0.4], [True, False, True]).value
    0.75
    """
    one = [p for p, o in zip(chances, came, strict=True) if o]
    other = [p for p, o in zip(chances, came, strict=True) if not o]
    if not one or not other:
        return None
    value = math.fsum((a > b) + (a == b) / 2 for a in one for b in other) / len(one) / len(other)
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    m, n = len(one), len(other)
    variance = (value * (1 - value) + (m - 1) * (q1 - value**2) + (n - 1) * (q2 - value**2)) / (m * n)
    half = NORMAL * math.sqrt(max(0.0, variance))
    return Mean(value=value, n=m + n, low=max(0.0, value - half), high=min(1.0, value + half))


def calibration(chances: Sequence[float], came: Sequence[bool]) -> tuple[Bin, ...]:
    """The tenths of chance with enough forecasts; nothing where fewer than `BINS` of them have enough."""
    found = []
    for tenth in range(10):
        inside = [(p, o) for p, o in zip(chances, came, strict=True) if min(9, int(p * 10)) == tenth]
        if len(inside) >= IN_A_BIN:
            given = math.fsum(p for p, _ in inside) / len(inside)
            found.append(Bin(low=tenth / 10, n=len(inside), given=given, came=sum(o for _, o in inside)))
    return tuple(found) if len(found) >= BINS else ()
