"""How often stability rests on moves that would have come anyway.

The definition. Take a state that is sequentially stable for an actor although it has improvements there: a *sanctioned*
pair. A step of a sanction is *anyway* if choosing the same own settings is already an improvement for its mover at that
state, before anybody has moved; else it is a *response*. A pair rests `only_on_responses` if every improvement has a
sanction made of responses alone, `only_on_anyway` if no sanction of any improvement contains a response, `partly_on_anyway`
if that is so for some improvements but not for all, and is `mixed` otherwise. The four add up.

Sequential stability looks at improvements only and does not ask whether a punishment is one: where it rests on moves that
would have come anyway, the threat adds nothing to what the actor faces by staying.

Cost: one analysis, and up to four searches per improvement of every sanctioned pair. Source: this project.

>>> from detente.scenario import load
>>> counts = response_counts(Case(load("two_proxies")))
>>> counts.sanctioned, counts.only_on_anyway
(458, 216)
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
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, Sheet

MOST = 1 << 14
"""States looked at, at most."""

MOST_PAIRS = 20_000
"""Sanctioned pairs looked at, at most: a few minutes' work."""

PER_SECOND = 150
"""Pairs that are looked at in a second, roughly, in a model of a dozen actors."""

LEVELS = ("only_on_responses", "mixed", "partly_on_anyway", "only_on_anyway")


@dataclass(frozen=True, kw_only=True)
class Tally(Record):
    """The sanctioned states of one actor by what their stability rests on."""

    actor: str = field(metadata=INSIDE)
    only_on_responses: int
    mixed: int
    partly_on_anyway: int
    only_on_anyway: int

    @property
    def sanctioned(self) -> int:
        return self.only_on_responses + self.mixed + self.partly_on_anyway + self.only_on_anyway


@dataclass(frozen=True, repr=False, kw_only=True)
class ResponseCounts(Answer):
    """The sanctioned (actor, state) pairs of a case, per actor and in all."""

    basis: Basis
    tallies: tuple[Tally, ...] = field(metadata=INSIDE)

    question: ClassVar[str] = "responses"
    DERIVED = ("question", "sanctioned", *LEVELS, "actors")

    def _sum(self, level: str) -> int:
        return sum(getattr(tally, level) for tally in self.tallies)

    @property
    def sanctioned(self) -> int:
        return self._sum("sanctioned")

    @property
    def only_on_responses(self) -> int:
        return self._sum("only_on_responses")

    @property
    def mixed(self) -> int:
        return self._sum("mixed")

    @property
    def partly_on_anyway(self) -> int:
        return self._sum("partly_on_anyway")

    @property
    def only_on_anyway(self) -> int:
        return self._sum("only_on_anyway")

    @property
    def actors(self) -> dict[str, Tally]:
        return {tally.actor: tally for tally in self.tallies}

    def sheets(self) -> tuple[Sheet, ...]:
        rows: list[tuple[Any, ...]] = [
            (ActorTerm(t.actor), t.sanctioned, *(getattr(t, level) for level in LEVELS)) for t in self.tallies
        ]
        rows.append(("all", self.sanctioned, *map(self._sum, LEVELS)))
        columns = ("actor", "sanctioned", "responses", "mixed", "partly anyway", "only anyway")
        note = "anyway: moves that are improvements for their mover before anybody has moved"
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
        found = Counter[str]()
        for cell in cells:
            if done % 100 == 0:
                progress(done, total, f"what holds {actor}")
            found[_level(finder.find(cell, actor, "seq"))] += 1
            done += 1
        tallies.append(Tally(actor=actor, **{level: found[level] for level in LEVELS}))
    return ResponseCounts(basis=finder.basis, tallies=tuple(tallies))


def _sanctioned(analysis: Analysis, actor: str) -> list[int]:
    """The states that are sequentially stable for the actor although it has an improvement there."""
    nash, seq = (analysis.equilibria(concept, actors=[actor]) for concept in ("nash", "seq"))
    return [int(cell) for cell in np.setdiff1d(seq, nash)]


def _level(witness: Witness) -> str:
    levels = {each.responses for each in witness.improvements}
    if levels == {"only"}:
        return "only_on_responses"
    if "none" not in levels:
        return "mixed"
    return "only_on_anyway" if levels == {"none"} else "partly_on_anyway"
