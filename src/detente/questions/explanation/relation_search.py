"""The search behind a witness where a party is judged by relations: by the standard of a question, not by scores.

What tempts and what deters is said by the relations of a standard (`detente.engine.relations`); where the party may escape,
every own move from the end of an answer must deter as well. How it searches is in `search`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine.relations import Side
from detente.questions.explanation.search import Search

Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who is judged, or answers: an actor or a coalition, the numbers of its players, its moves and standards."""

    name: str
    players: tuple[int, ...]
    side: Side


@dataclass(frozen=True, eq=False, kw_only=True)
class RelationSearch(Search):
    """A party judged by a standard, and those who may answer it, each with the moves that count; states go by position."""

    judged: Party
    standard: str
    answering: tuple[Party, ...]
    judged_at: Callable[[Party, int], RelationSearch]

    @property
    def movers(self) -> Sequence[int]:
        return range(len(self.answering))

    def departures(self) -> list[int]:
        ends = self.judged.side.moves.ends(self.state)
        tempting = self.judged.side.standards[self.standard].tempting
        return [int(t) for t in ends[tempting(np.full_like(ends, self.state), ends)]]

    def onward(self, mover: int, states: Sequence[int], last: Sequence[int]) -> Iterable[tuple[int, int]]:
        """From what each of the others has just reached, state by state."""
        rows, ends = self.answering[mover].side.moves.out_of(np.array(states, dtype=np.int64))
        order = np.lexsort((rows, ends, np.array(last, dtype=np.int64)[rows]))
        return zip(rows[order].tolist(), ends[order].tolist(), strict=True)

    def judge(self, states: Sequence[int]) -> Iterable[tuple[bool, Any]]:
        """What deters but for an escape comes near, by the first way out."""
        for state, deters in zip(states, self._deters(np.array(states, dtype=np.int64)).tolist(), strict=True):
            free = self.ways_on(state)[1] if deters and self.concept.escape else []
            yield deters and not free, free[0] if free else None

    def _deters(self, states: Indices) -> NDArray[np.bool_]:
        return self.judged.side.standards[self.standard].deterring(np.full_like(states, self.state), states)

    def ways_on(self, state: int) -> tuple[list[int], list[int]]:
        """The party's own moves from a state: all of them, and those that do not deter it."""
        ends = self.judged.side.moves.ends(state)
        return ends.tolist(), ends[~self._deters(ends)].tolist()

    def nearest(self, departure: int) -> Any:  # noqa: ARG002 (nobody's answer deters nothing)
        return None

    def nearer(self, one: Any, other: Any) -> bool:
        return other is None and one is not None

    def cell(self, state: int) -> int:
        return int(self.singles.game.states[state])

    def player(self, mover: int) -> int | None:
        players = self.answering[mover].players
        return players[0] if len(players) == 1 else None

    def ends(self, mover: int, state: int) -> Sequence[int]:
        return [int(end) for end in self.answering[mover].side.moves.ends(state)]

    def judging(self, mover: int, state: int) -> RelationSearch:
        return self.judged_at(self.answering[mover], state)
