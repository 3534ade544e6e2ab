"""Moves that were made, judged by what a model expects, and measured against chance.

The mathematics. A move is a *hit* under a choice of readings if it is an improvement for its mover, and a hit *with
foresight* if it is an unsanctioned one. If the mover had picked blindly among its n legal moves, k of them hits, it would
have hit with probability k/n. Over several moves the number of hits has the distribution of a sum of such independent
trials (Poisson-binomial).

How to use it: `judge(analysis, number, entry)` judges one recorded move, `improvements` and `unsanctioned` count hits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis import Analysis
from detente.engine import improving_steps
from detente.messages import tell
from detente.questions.evolution.steps import Weighing, weigh
from detente.questions.history.recorded_moves import Entry
from detente.questions.uncertainty.expectations import CONTRADICTED, EXPECTED, POSSIBLE
from detente.result import Record


@dataclass(frozen=True, kw_only=True)
class Call(Record):
    """One recorded move under one choice of readings: whether it is an improvement, an unsanctioned one, and why.

    `share` and `share_foresight` are the parts of the mover's legal moves that would have been hits.
    """

    event: int
    weighing: Weighing
    improvement: bool
    unsanctioned: bool
    share: float
    share_foresight: float

    @property
    def expectation(self) -> str:
        """What the readings say of the move: expected, possible or contradicted."""
        return EXPECTED if self.unsanctioned else POSSIBLE if self.improvement else CONTRADICTED

    def __str__(self) -> str:
        return "yes" if self.unsanctioned else "sanctioned" if self.improvement else "no"


@dataclass(frozen=True, kw_only=True)
class Tally(Record):
    """Hits out of `n`, the number expected from blind choice, and the chance of at least as many by it."""

    hits: int
    n: int
    expected: float
    chance: float

    def __str__(self) -> str:
        return tell("{hits} of {n}", hits=self.hits, n=self.n)


def judge(analysis: Analysis, number: int, entry: Entry) -> Call:
    """One recorded move under the readings of an analysis. Cost: the mover's steps from one state."""
    here = np.array([entry.before], dtype=np.int64)
    legal = entry.recorded.legal_moves
    weighing = weigh(analysis.conflict, analysis.game.readings[entry.player], entry.before, entry.after)
    better, sure = (
        improving_steps(analysis.conflict, analysis.solution, here, entry.player, foresight)[1].tolist()
        for foresight in (False, True)
    )
    return Call(
        event=number,
        weighing=weighing,
        improvement=entry.after in better,
        unsanctioned=entry.after in sure,
        share=len(better) / legal,
        share_foresight=len(sure) / legal,
    )


def improvements(calls: Iterable[Call]) -> Tally:
    """The hits among judged moves."""
    return tally([(call.improvement, call.share) for call in calls])


def unsanctioned(calls: Iterable[Call]) -> Tally:
    """The hits with foresight among judged moves."""
    return tally([(call.unsanctioned, call.share_foresight) for call in calls])


def tally(trials: Sequence[tuple[bool, float]]) -> Tally:
    """The hits among trials of (hit or not, its probability by blind choice)."""
    hits, shares = sum(hit for hit, _ in trials), [share for _, share in trials]
    return Tally(hits=hits, n=len(trials), expected=sum(shares), chance=at_least(hits, shares))


def at_least(hits: int, shares: Sequence[float]) -> float:
    """The probability of at least so many successes in independent trials with these probabilities; exact, O(n²).

    >>> at_least(1, [0.5, 0.5]), at_least(0, []), at_least(2, [0.5, 0.1])
    (0.75, 1.0, 0.05)
    """
    # chances[k]: the probability of exactly k successes in the trials so far; a trial adds its own, or leaves k as it is.
    chances = [1.0]
    for share in shares:
        chances = [
            (chances[k] * (1 - share) if k < len(chances) else 0.0) + (chances[k - 1] * share if k else 0.0)
            for k in range(len(chances) + 1)
        ]
    return min(1.0, math.fsum(chances[hits:]))
