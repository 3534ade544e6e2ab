"""What sequential stability rests on: real counter-moves, doubtful ones, or what comes anyway.

The definition. Take a state that is sequentially stable for an actor although it has improvements there: a *sanctioned*
pair. Each improvement is met by the best kind among its minimal answers (`detente.questions.explanation.minimal_answers`):
real, doubtful or empty. A pair is `real` if every improvement is met by a real answer, `doubtful` if none is met by empty ones
only, but some by doubtful ones at best, `partly_empty` if some is met by empty answers only, `empty` if all are, and
`unsettled` where a search gave up. The five add up. `mutual` counts the pairs in which some improvement is met by somebody
whom it would release, and who is held back in turn: mutual deterrence.

An empty answer is a fact about a state that moves on by itself: such a state is no equilibrium.

Cost: one analysis, and per improvement of every sanctioned pair a search and one of its minimal answers. Source: this
project.

>>> from detente.scenario import load
>>> counts = response_counts(Case(load("two_proxies")))
>>> counts.sanctioned, counts.real, counts.doubtful, counts.empty
(458, 85, 216, 91)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from detente.analysis import Analysis
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import TooLarge, Unanswerable
from detente.questions.explanation import Witness, Witnesses
from detente.questions.explanation.minimal_answers import EMPTY
from detente.questions.explanation.search import DOUBTFUL
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, Sheet

MOST = 1 << 14
"""States looked at, at most."""

LEVELS = ("real", "doubtful", "partly_empty", "empty", "unsettled")

MOST_PAIRS = 20_000
"""Sanctioned pairs looked at, at most: a few minutes' work."""

PER_SECOND = 60
"""Pairs that are looked at in a second, roughly, in a model of a dozen actors."""


@dataclass(frozen=True, kw_only=True)
class Tally(Record):
    """The sanctioned states of one actor by what their stability rests on."""

    actor: str = field(metadata=INSIDE)
    real: int
    doubtful: int
    partly_empty: int
    empty: int
    unsettled: int
    mutual: int

    @property
    def sanctioned(self) -> int:
        return self.real + self.doubtful + self.partly_empty + self.empty + self.unsettled


@dataclass(frozen=True, repr=False, kw_only=True)
class ResponseCounts(Answer):
    """The sanctioned (actor, state) pairs of a case, per actor and in all."""

    basis: Basis
    tallies: tuple[Tally, ...] = field(metadata=INSIDE)

    question: ClassVar[str] = "responses"
    DERIVED = ("question", "sanctioned", *LEVELS, "mutual", "actors")

    def _sum(self, level: str) -> int:
        return sum(getattr(tally, level) for tally in self.tallies)

    @property
    def sanctioned(self) -> int:
        return self._sum("sanctioned")

    @property
    def real(self) -> int:
        return self._sum("real")

    @property
    def doubtful(self) -> int:
        return self._sum("doubtful")

    @property
    def partly_empty(self) -> int:
        return self._sum("partly_empty")

    @property
    def empty(self) -> int:
        return self._sum("empty")

    @property
    def unsettled(self) -> int:
        return self._sum("unsettled")

    @property
    def mutual(self) -> int:
        return self._sum("mutual")

    @property
    def actors(self) -> dict[str, Tally]:
        return {tally.actor: tally for tally in self.tallies}

    def sheets(self) -> tuple[Sheet, ...]:
        rows: list[tuple[Any, ...]] = [
            (ActorTerm(t.actor), t.sanctioned, *(getattr(t, level) for level in (*LEVELS, "mutual")))
            for t in self.tallies
        ]
        rows.append(("all", self.sanctioned, *map(self._sum, (*LEVELS, "mutual"))))
        columns = ("actor", "sanctioned", "real", "doubtful", "partly empty", "empty", "not settled", "mutual")
        note = "empty: met only by moves that come anyway; mutual: how many of them are held by mutual deterrence"
        return (Sheet("What sequential stability rests on", columns, tuple(rows), (note, *self.basis.warnings)),)


def response_counts(case: Case, *, progress: Progress = quiet) -> ResponseCounts:
    """What the sequential stability of each actor rests on, over all states.

    Raises `TooLarge` beyond `MOST` states, or `MOST_PAIRS` sanctioned pairs.
    """
    conflict = case.game.conflict
    if conflict.graph:
        raise Unanswerable("whether a move would have come anyway is a question about options; a graph has none")
    if conflict.count > MOST:
        raise TooLarge(
            f"{conflict.count:,} states; responses are counted up to {MOST:,}. `explain` tells about one state"
        )
    # Only sanctioned pairs are searched: sequentially stable, but not Nash stable. The analysis knows them at once.
    finder, analysis = Witnesses(case), case.analyse(("nash", "seq"))
    pairs = {actor: _sanctioned(analysis, actor) for actor in case.actors}
    total, done = sum(map(len, pairs.values())), 0
    if total > MOST_PAIRS:
        raise TooLarge(
            f"{total:,} sanctioned pairs of an actor and a state, some {total / PER_SECOND / 60:,.0f} minutes; at most "
            f"{MOST_PAIRS:,} are looked at. Hold options that do not matter; `explain` tells about one state"
        )
    tallies = []
    for actor, cells in pairs.items():
        found = Counter[str](mutual=0)
        for cell in cells:
            if done % 100 == 0:
                progress(done, total, f"what holds {actor}")
            witness = finder.find(cell, actor, "seq")
            found[_level(witness)] += 1
            found["mutual"] += any(each.mutual for each in witness.improvements)
            done += 1
        tallies.append(Tally(actor=actor, **{level: found[level] for level in (*LEVELS, "mutual")}))
    return ResponseCounts(basis=finder.basis, tallies=tuple(tallies))


def _sanctioned(analysis: Analysis, actor: str) -> list[int]:
    """The states that are sequentially stable for the actor although it has an improvement there."""
    nash, seq = (analysis.equilibria(concept, actors=[actor]) for concept in ("nash", "seq"))
    return [int(cell) for cell in np.setdiff1d(seq, nash)]


def _level(witness: Witness) -> str:
    kinds = {each.kind for each in witness.improvements}
    if None in kinds:
        return "unsettled"
    if EMPTY in kinds:
        return "empty" if kinds == {EMPTY} else "partly_empty"
    return "doubtful" if DOUBTFUL in kinds else "real"
