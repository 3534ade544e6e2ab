"""Shares with their sampling error, and how they depend on each source of doubt.

The mathematics. Of n independent draws h have a verdict. The interval is Wilson's (1927) for 95 %: all shares p from which
h/n is at most z standard deviations, sqrt(p (1 - p) / n), away; it never leaves 0 to 1, and says something even for n = 1. Of
a grid the share is exact; where some of its chance is unseen, the share lies between what was seen and that plus the unseen.

The *variance* of a 0/1 verdict is p (1 - p). The part of it that a doubt j explains alone is S_j = Var(E[Y | X_j]) / Var(Y);
its *total* part, with all its interactions, T_j = E[Var(Y | all but X_j)] / Var(Y) (Sobol 1993, Homma & Saltelli 1996). What
all S_j together leave is interaction. In a grid both are computed from the chances; with draws by *pick and freeze*: every
doubt j is drawn anew while all others stay, and T_j = P(the verdict changes) / 2 Var(Y) (Jansen 1999), so that what is
estimated is itself a share, with Wilson's interval. S_j = 1 - P(the verdict differs from that of draws which share X_j alone)
/ 2 Var(Y).

>>> [round(each, 3) for each in wilson(60, 100)]
[0.502, 0.691]
>>> [round(each, 3) for each in wilson(0, 1)]
[0.0, 0.793]
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis
from detente.engine import Progress, quiet
from detente.likelihood import ladder, word_for
from detente.messages import numeral, tell
from detente.questions.uncertainty.doubts import Doubt
from detente.questions.uncertainty.draws import Draws, Plan, Rows
from detente.questions.uncertainty.headlines import VERDICTS
from detente.result import Record

Verdicts = NDArray[np.int8]
Weight = NDArray[np.float64]

Z = 1.959963984540054
"""How many standard deviations make 95 %."""


def sure_enough(share: Share, within: float | None) -> bool:
    """Whether the interval of a share is within ± `within`; with None: whether all of it lies within one word of likelihood.

    Below and above all words it lies within one where it reaches into none.

    >>> [sure_enough(sampled("", hits, 1000), None) for hits in (0, 600, 550, 1000)]
    [True, True, False, True]
    """
    if within is not None:
        return share.error <= within
    lowest, highest = ladder()[0].low / 100, ladder()[-1].high / 100
    return share.high <= lowest or share.low >= highest or bool(word_for(share.share, (share.low, share.high)))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's interval for a share, 95 %."""
    if not n:
        return 0.0, 1.0
    share, by = hits / n, Z * Z / n
    middle = (share + by / 2) / (1 + by)
    half = Z / (1 + by) * math.sqrt(share * (1 - share) / n + by / (4 * n))
    # the ends of 0 and 1 are exact; rounding must not move them
    return (0.0 if not hits else max(0.0, middle - half)), (1.0 if hits == n else min(1.0, middle + half))


@dataclass(frozen=True, kw_only=True)
class Share(Record):
    """How much of all ways has a verdict: between `low` and `high`, by Wilson's interval of `n` draws, or exactly (n = 0)."""

    DERIVED: ClassVar[tuple[str, ...]] = ("error",)

    verdict: str
    share: float
    low: float
    high: float
    n: int = 0

    @property
    def error(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2

    @property
    def text(self) -> str:
        """In per cent, with the error where there is one.

        >>> Share(verdict="ALL", share=0.6, low=0.57, high=0.63, n=1000).text
        '60 % ± 3.0'
        >>> Share(verdict="ALL", share=1, low=0.997, high=1, n=1000).text
        '100 % (at least 99.7)'
        >>> Share(verdict="ALL", share=0.625, low=0.625, high=0.625).text
        '62.5 %'
        >>> Share(verdict="ALL", share=0.6, low=0.6, high=0.7).text
        'between 60 and 70 %'
        """
        if self.n and self.share in (0.0, 1.0):
            bound = (
                tell("at most {number}", number=numeral(100 * self.high, ".1f"))
                if not self.share
                else tell("at least {number}", number=numeral(100 * self.low, ".1f"))
            )
            return f"{100 * self.share:.0f} % ({bound})"
        if self.n:
            return f"{100 * self.share:.{0 if self.error >= 0.005 else 1}f} % ± {100 * self.error:.1f}"
        if self.high - self.low > 1e-9:
            return tell(
                "between {floor} and {ceil} %",
                floor=numeral(math.floor(1000 * self.low) / 10, "g"),
                ceil=numeral(math.ceil(1000 * self.high) / 10, "g"),
            )
        return f"{100 * self.share:.4g} %"


def shares_of(verdicts: Verdicts, weight: Weight | None = None, unseen: float = 0.0) -> tuple[Share, ...]:
    """The share of every verdict that occurs among ways that mean something, in the order in which verdicts are shown."""
    return tuple(
        share_of(word, verdicts, weight, unseen) for code, word in enumerate(VERDICTS) if bool((verdicts == code).any())
    )


def share_of(verdict: str, verdicts: Verdicts, weight: Weight | None = None, unseen: float = 0.0) -> Share:
    """The share of one verdict among ways that mean something: of draws, or by the weight of each and of what is unseen."""
    sound, hits = verdicts >= 0, verdicts == VERDICTS.index(verdict)
    if weight is None:
        return sampled(verdict, int(hits.sum()), int(sound.sum()))
    mass, all_ = float(weight[hits].sum()), float(weight[sound].sum())
    if not unseen:
        exact = min(1.0, mass / all_) if all_ else 0.0
        return Share(verdict=verdict, share=exact, low=exact, high=exact)
    # what is unseen may mean anything, or nothing: then it leaves the whole as well
    low, high = mass / (all_ + unseen), (mass + unseen) / (all_ + unseen)
    return Share(verdict=verdict, share=mass / all_ if all_ else 0.0, low=low, high=min(1.0, high))


def sampled(verdict: str, hits: int, n: int) -> Share:
    """The share of so many hits among so many draws."""
    low, high = wilson(hits, n)
    return Share(verdict=verdict, share=hits / n if n else 0.0, low=low, high=high, n=n)


@dataclass(frozen=True, kw_only=True)
class Held(Record):
    """So many draws of a case, from this seed, and the shares that keep the verdicts of the headlines."""

    basis: Basis
    n: int
    seed: int
    holds: tuple[Share, ...]


# --- by source --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Part(Record):
    """How much of the variance of one headline one doubt explains: `alone`, and in `total` with its interactions.

    `changes` is how often the verdict changes when this doubt alone is settled anew, with its interval.
    """

    doubt: str
    alone: float
    total: float
    changes: Share


@dataclass(frozen=True, kw_only=True)
class Variance(Record):
    """Where the variance of a headline comes from; `pairs` are interactions of two doubts, where these are exact.

    `variance` is p (1 - p); `interaction` is what the doubts do not explain one by one.
    """

    headline: str
    variance: float
    parts: tuple[Part, ...]
    interaction: float
    pairs: tuple[tuple[str, str, float], ...] = ()
    exact: bool = False


def separable(doubts: Sequence[Doubt]) -> bool:
    """Whether the values of the doubts are independent: what is in doubt of a list must not depend on which list it is."""
    nested = {each.of for each in doubts if each.source == "reading"}
    return not any(each.of in nested for each in doubts if each.source in ("order", "presence", "polarity", "weights"))


def exact_variance(draws: Draws) -> tuple[Variance, ...]:
    """The variance of every headline, from a whole grid; a draw that means nothing counts as another verdict."""
    codes = [column.codes for column in draws.columns]
    names = [doubt.name for doubt in draws.doubts]
    found = []
    for place, headline in enumerate(draws.headlines):
        truth = draws.holding(place).astype(np.float64)
        mean = float(draws.weight @ truth)
        variance = mean * (1 - mean)

        def explained(chosen: Sequence[int], truth: NDArray[np.float64] = truth, mean: float = mean) -> float:
            return _between_groups(draws.weight, truth, [codes[each] for each in chosen], mean)

        everything = range(len(names))
        alone = [explained([each]) for each in everything]
        left = [variance - explained([other for other in everything if other != each]) for each in everything]
        parts = tuple(
            Part(
                doubt=name,
                alone=_over(one, variance),
                total=_over(rest, variance),
                changes=_certain(2 * max(0.0, rest)),
            )
            for name, one, rest in zip(names, alone, left, strict=True)
        )
        pairs = tuple(
            (names[a], names[b], _over(explained([a, b]) - alone[a] - alone[b], variance))
            for a, b in itertools.combinations(everything, 2)
        )
        found.append(
            Variance(
                headline=headline.name,
                variance=variance,
                parts=parts,
                interaction=max(0.0, 1 - sum(part.alone for part in parts)) if variance > 1e-12 else 0.0,
                pairs=pairs,
                exact=True,
            )
        )
    return tuple(found)


def _certain(share: float) -> Share:
    return Share(verdict="changes", share=share, low=share, high=share)


def _between_groups(
    weight: NDArray[np.float64], truth: NDArray[np.float64], codes: Sequence[NDArray[np.int64]], mean: float
) -> float:
    """The variance of the mean of each group of rows that agree in these columns."""
    if not codes:
        return 0.0
    _, group = np.unique(np.stack(codes), axis=1, return_inverse=True)
    mass = np.bincount(group.ravel(), weights=weight)
    held = np.bincount(group.ravel(), weights=weight * truth)
    means = np.divide(held, mass, out=np.zeros_like(held), where=mass > 0)
    return float(mass @ (means - mean) ** 2)


def _over(part: float, variance: float) -> float:
    """A part of the variance; nothing varies where there is none, and rounding makes nothing negative."""
    return 0.0 if variance < 1e-12 or abs(part) < 1e-12 else part / variance


def sampled_variance(plan: Plan, n: int, seed: int, batch: int, progress: Progress = quiet) -> tuple[Variance, ...]:
    """The variance of every headline by pick and freeze: n draws, n others, and n more per doubt twice."""
    first, second = plan.numbers(seed, batch, n), plan.numbers(seed, batch + 1, n)

    def held(numbers: dict[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        rows: Rows = plan.rows(numbers, n)
        verdicts = plan.judge(rows)
        return np.stack([verdicts[place] == each.code for place, each in enumerate(plan.headlines)])

    base, other = held(first), held(second)
    changed: list[NDArray[np.bool_]] = []
    differs: list[NDArray[np.bool_]] = []
    for done, doubt in enumerate(plan.doubts):
        progress(done, len(plan.doubts), tell("doubts drawn anew"))
        mixed = held({**first, doubt.name: second[doubt.name]})
        changed.append(mixed != base)
        differs.append(mixed != other)  # these two share this doubt alone
    found = []
    for place, headline in enumerate(plan.headlines):
        mean = float((base[place].mean() + other[place].mean()) / 2)
        variance = mean * (1 - mean)
        parts = tuple(
            Part(
                doubt=doubt.name,
                alone=min(1.0, max(0.0, 1 - _over(float(differ[place].mean()) / 2, variance))) if variance else 0.0,
                total=min(1.0, _over(float(change[place].mean()) / 2, variance)),
                changes=sampled("changes", int(change[place].sum()), n),
            )
            for doubt, change, differ in zip(plan.doubts, changed, differs, strict=True)
        )
        left = max(0.0, 1 - sum(part.alone for part in parts)) if variance else 0.0
        found.append(Variance(headline=headline.name, variance=variance, parts=parts, interaction=left))
    return tuple(found)
