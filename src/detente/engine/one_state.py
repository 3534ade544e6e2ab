"""One state, one actor: is it stable, and why? Answered by search from that state, never by listing the space.

The mathematics is the table of `detente.engine`; here it is searched for a witness. For each improvement of the actor
the others' legal sequences are followed breadth first over (state, last mover), so the first sanction found is a shortest
one. The search ends with a sanction, or with everything reachable seen (the improvement stands), or at the budget (open).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import payoffs
from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences, Steps
from detente.scenario.model import Reading

BUDGET = 2_000_000
"""(state, last mover) pairs looked at before a question is declared open."""

BRIEFLY = 1_000
"""Pairs looked at for each improvement before any gets more."""


@dataclass(frozen=True)
class Improvement:
    """An improvement of the judged actor and what answers it.

    `answer` is a shortest sanction (empty: none exists). `settled` is False if the search gave up first.
    """

    cell: int
    answer: Steps
    settled: bool = True

    @property
    def stands(self) -> bool:
        return not self.answer and self.settled


@dataclass(frozen=True)
class Judgement:
    """The verdict on one state for one actor under one concept, with the witness for each of its improvements."""

    cell: int
    player: int
    concept: str
    sanctions: str
    improvements: tuple[Improvement, ...]

    @property
    def stable(self) -> bool | None:
        """True, False, or None if the budget ran out before the question was settled."""
        if any(each.stands for each in self.improvements):
            return False
        return None if any(not each.settled for each in self.improvements) else True


def judge(
    conflict: Conflict,
    readings: Sequence[Reading],
    cell: int,
    player: int,
    concept: Concept,
    sanctions: str = "legal",
    budget: int = BUDGET,
) -> Judgement:
    """Is the state stable for the player under the concept? Not for SIM, which has no answers in sequence.

    Every improvement is first looked at briefly; what stays open then shares the budget, unless one already stands.
    Cost: the states the others can reach from the player's improvements; memory the same, at most the budget.
    """
    search = _Search(conflict, readings, cell, player, concept, sanctions)
    found = [search.answer(target, min(BRIEFLY, budget)) for target in search.better()]
    # One improvement that stands settles the verdict, so many are looked at briefly before one is at length.
    left = sum(not each.settled for each in found)
    if left and not any(each.stands for each in found):
        found = [each if each.settled else search.answer(each.cell, budget // left) for each in found]
    return Judgement(cell, player, concept.id, sanctions, tuple(found))


@dataclass(frozen=True)
class _Search:
    conflict: Conflict
    readings: Sequence[Reading]
    cell: int
    player: int
    concept: Concept
    sanctions: str

    def better(self) -> list[int]:
        """The player's improvements from the state."""
        _, targets = self.conflict.successors(np.array([self.cell]), self.player)
        return [int(t) for t in targets[self._no_worse(targets, strictly=True)]]

    def _no_worse(self, cells: Cells, strictly: bool) -> NDArray[np.bool_]:
        u = self._compare(self.player, cells, self.cell)
        return u > 0 if strictly else u >= 0

    def _compare(self, player: int, cells: Cells, reference: Any) -> NDArray[np.int64]:
        """Sign of the payoff difference of `cells` to `reference` (one cell or as many)."""
        both = np.concatenate([np.ravel(cells), np.broadcast_to(reference, np.shape(cells)).ravel()])
        u = payoffs(self.conflict, self.readings[player], both).astype(np.int64)
        return np.asarray(np.sign(u[: len(cells)] - u[len(cells) :]), dtype=np.int64)

    def answer(self, improvement: int, budget: int) -> Improvement:
        if self.concept.answers == "none":
            return Improvement(improvement, ())
        answers = _Answers(
            start=improvement,
            last=self.player,
            movers=[other for other in range(len(self.conflict.players)) if other != self.player],
            one_step=self.sanctions == "one-step",
            budget=budget,
            search=self,
        )
        for layer in answers.layers():
            if not answers.complete:
                break  # the last layer is cut short
            hit = np.flatnonzero(self._sanctions(answers.cells(layer)))
            if len(hit):
                return Improvement(improvement, answers.steps(layer[hit[0]]))
        return Improvement(improvement, (), settled=answers.complete)

    def _sanctions(self, cells: Cells) -> NDArray[np.bool_]:
        """Whether arriving at each cell leaves the player no better off than staying, escape included if allowed."""
        bad = ~self._no_worse(cells, strictly=True)
        if not self.concept.escape or not bad.any():
            return bad
        rows, targets = self.conflict.successors(cells[bad], self.player)
        safe = rows[self._no_worse(targets, strictly=True)]
        places = np.flatnonzero(bad)
        bad[places[np.unique(safe)]] = False
        return bad

    def counts(self, mover: int, starts: Cells, ends: Cells) -> NDArray[np.bool_]:
        """Which moves count as answers: all of them, or only improvements for whoever makes them."""
        if self.concept.answers == "moves":
            return np.ones(len(ends), dtype=np.bool_)
        return self._compare(mover, ends, starts) > 0


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    search: _Search

    def cells(self, places: Sequence[int]) -> Cells:
        return np.array([self.states[place] for place in places], dtype=np.int64)

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        starts = self.cells(places)
        rows, ends = self.search.conflict.successors(starts, mover)
        real = self.search.counts(mover, starts[rows], ends)
        return ((places[row], end, 0, 1) for row, end in zip(rows[real].tolist(), ends[real].tolist(), strict=True))
