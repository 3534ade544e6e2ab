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

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from detente.analysis import Analysis
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import TooLarge, Unanswerable
from detente.messages import numeral, tell
from detente.questions.explanation import Witness, Witnesses
from detente.questions.explanation.minimal_answers import EMPTY
from detente.questions.explanation.search import DOUBTFUL
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, Gloss, Phrase, Sheet, many

MOST = 1 << 14
"""States looked at, at most."""

LEVELS = ("real", "doubtful", "partly_empty", "empty", "unsettled")

MOST_PAIRS = 20_000
"""Sanctioned pairs looked at, at most: a few minutes' work."""

SECONDS = 600.0
"""How long at most: longer than the pairs that are allowed take on most machines."""

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
    """The sanctioned (actor, state) pairs of a case, per actor and in all.

    There are `pairs` of them. If `stopped` says what ended the search, only `sanctioned` of them were looked at.
    """

    basis: Basis
    tallies: tuple[Tally, ...] = field(metadata=INSIDE)
    pairs: int
    stopped: str = ""

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

    @property
    def headline(self) -> Phrase:
        """How many counter-moves that keep an actor in place are real."""
        seen = many(self.sanctioned, "case") + tell(" in which an actor is kept in place by counter-moves")
        weak = self.doubtful + self.partly_empty + self.empty
        so_far = tell("So far, of") if self.stopped else tell("Of")
        return Phrase.told(
            "{so_far} {seen} {real} rest on real counter-moves, {weak} on doubtful or empty ones.",
            so_far=so_far,
            seen=seen,
            real=numeral(self.real),
            weak=numeral(weak),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows: list[tuple[Any, ...]] = [
            (ActorTerm(t.actor), t.sanctioned, *(getattr(t, level) for level in (*LEVELS, "mutual")))
            for t in self.tallies
        ]
        rows.append(("all", self.sanctioned, *map(self._sum, (*LEVELS, "mutual"))))
        columns = (
            "actor",
            "sanctioned",
            "real",
            "doubtful",
            tell("partly empty"),
            "empty",
            tell("not settled"),
            "mutual",
        )
        note = Gloss.told(
            "empty: met only by moves that come anyway; mutual: how many of them are held by mutual deterrence"
        )
        cut = tell(
            "Not complete: {stopped}; {sanctioned} of {pairs} sanctioned pairs were looked at.",
            stopped=self.stopped,
            sanctioned=numeral(self.sanctioned),
            pairs=numeral(self.pairs),
        )
        notes = (*((cut,) if self.stopped else ()), note, *self.basis.warnings)
        return (Sheet(tell("What sequential stability rests on"), columns, tuple(rows), notes),)


def response_counts(
    case: Case,
    *,
    seconds: float = SECONDS,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> ResponseCounts:
    """What the sequential stability of each actor rests on, over all states.

    After `seconds`, or when `cancelled` says so, the counts are of the pairs looked at, and say so.
    Raises `TooLarge` beyond `MOST` states, or `MOST_PAIRS` sanctioned pairs.
    """
    conflict = case.game.conflict
    if conflict.graph:
        raise Unanswerable(tell("whether a move would have come anyway is a question about options; a graph has none"))
    if conflict.count > MOST:
        raise TooLarge(
            tell(
                "{count} states; responses are counted up to {most}. `explain` tells about one state",
                count=numeral(conflict.count),
                most=numeral(MOST),
            )
        )
    # Only sanctioned pairs are searched: sequentially stable, but not Nash stable. The analysis knows them at once.
    finder, analysis = Witnesses(case), case.analyse(("nash", "seq"))
    pairs = {actor: _sanctioned(analysis, actor) for actor in case.actors}
    total, done = sum(map(len, pairs.values())), 0
    if total > MOST_PAIRS:
        raise TooLarge(
            tell(
                "{total} sanctioned pairs of an actor and a state, some {total2} minutes; at most "
                "{most_pairs} are looked at. Hold options that do not matter; `explain` tells about one state",
                total=numeral(total),
                total2=numeral(total / PER_SECOND / 60, ",.0f"),
                most_pairs=numeral(MOST_PAIRS),
            )
        )
    counts, stopped = {actor: Counter[str]() for actor in pairs}, ""
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    try:
        for actor, cells in pairs.items():
            for cell in cells:
                budget.check()
                if done % 100 == 0:
                    progress(done, total, tell("what holds {actor}", actor=actor))
                witness = finder.find(cell, actor, "seq")
                counts[actor][_level(witness)] += 1
                counts[actor]["mutual"] += any(each.mutual for each in witness.improvements)
                done += 1
    except Spent as end:
        stopped = str(end)
    tallies = (Tally(actor=a, **{level: found[level] for level in (*LEVELS, "mutual")}) for a, found in counts.items())
    return ResponseCounts(basis=finder.basis, tallies=tuple(tallies), pairs=total, stopped=stopped)


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
