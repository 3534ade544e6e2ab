"""The search behind a witness: what tempts a side to leave a state, and the shortest answers that deter it.

The mathematics. The others' legal sequences after a departure are followed breadth first over (state, last mover)
(`detente.engine.legal_sequences`), so the first answer found is a shortest one. A step of j is *no response* if choosing
the same own settings is already a credible move for j at the state in question, before anybody has moved: j would have done it
anyway. The mark of a node, whether some step so far is a response, finds the shortest answers that contain one.

What tempts and what deters is said in two ways. `ScoreSearch`: whoever has a score for every state is tempted by a higher
one, and deterred by an answer that leaves it no higher, its best escape included. `RelationSearch`: by the relations of a
standard (`detente.engine.relations`); where the side may escape, every own move from the end of an answer must deter as well.

How to make one: say the state and who is judged, then `departures()` and `follow(departure)`. Cost per departure: the moves of
everything that answers can lead to, once.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine.arcs import Arcs
from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences, Step, Steps
from detente.engine.relations import Side
from detente.engine.single_states import SingleStates

Indices = NDArray[np.int64]

ANY, SOME, ONLY = "any", "some", "only"
"""Which answers count: all of them, those with some response among the steps, those made of responses only."""

COMPARED = 100
"""Equally short answers among which the one to tell is chosen."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What became of a departure: a shortest `answer` that deters it, or none.

    Where there is none, `near` is the answer that comes nearest to deterring it, and `reached` how many states answers can
    lead to. `settled` is False if the search gave up.
    """

    answer: Steps = ()
    settled: bool = True
    near: Steps = ()
    reached: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Search(ABC):
    """One state, one side that is judged, one concept, one sanction rule."""

    singles: SingleStates
    state: int
    concept: Concept
    sanctions: str

    # --- what the two ways say ---

    @property
    @abstractmethod
    def movers(self) -> Sequence[int]:
        """Who may answer, by number."""

    @abstractmethod
    def departures(self) -> list[int]:
        """Where the side is tempted to go."""

    @abstractmethod
    def onward(self, mover: int, states: Sequence[int], last: Sequence[int]) -> Iterable[tuple[int, int]]:
        """The answers of a mover that count: (row, state reached), from states that these have just reached."""

    @abstractmethod
    def judge(self, states: Sequence[int]) -> Iterable[tuple[bool, Any]]:
        """Per state whether an answer that ends there deters, and how near it comes to that."""

    @abstractmethod
    def nearest(self, departure: int) -> Any:
        """How near to deterring it comes that nobody answers."""

    @abstractmethod
    def nearer(self, one: Any, other: Any) -> bool:
        """Whether the one comes nearer to deterring than the other."""

    @abstractmethod
    def cell(self, state: int) -> int:
        """The cell of a state; searches number states as suits them."""

    @abstractmethod
    def player(self, mover: int) -> int | None:
        """The number of the actor that is this mover; None for a coalition."""

    @abstractmethod
    def anyway(self, mover: int) -> frozenset[int]:
        """The cells to which the mover would go at the state in question, before anybody has moved."""

    # --- the search ---

    def follow(
        self,
        departure: int,
        kind: str = ANY,
        budget: int | None = None,
        *,
        worth: Callable[[Steps], Any] | None = None,
    ) -> Followed:
        """A shortest answer of this kind; among equally short ones that of the greatest `worth`, by default few switches."""
        answers = _Answers(
            start=departure,
            last=-1,
            movers=self.movers if self.concept.answers != "none" else (),
            one_step=self.sanctions == "one-step",
            budget=budget,
            search=self,
            kind=kind,
        )
        prize = worth or (lambda steps: -self.switched(departure, steps))
        near, place_near = self.nearest(departure), 0
        for layer in answers.layers():
            judged = list(self.judge([answers.states[place] for place in layer]))
            hits = [place for place, (deters, _) in zip(layer, judged, strict=True) if deters]
            hits = [place for place in hits if kind != SOME or answers.marks[place]]
            if hits:  # later layers are longer
                return Followed(answer=max(map(answers.steps, hits[:COMPARED]), key=prize))
            for place, (_, how) in zip(layer, judged, strict=True):
                if self.nearer(how, near):
                    near, place_near = how, place
        return Followed(
            settled=answers.complete,
            near=answers.steps(place_near),
            reached=len(set(answers.states[1:])),
        )

    def switched(self, start: int, steps: Steps) -> int:
        """How many options the steps switch in all; in graph form none."""
        cells = [self.cell(start), *(self.cell(step.cell) for step in steps)]
        pairs = itertools.pairwise(self.singles.settings(cell) for cell in cells)
        return sum(a != b for before, after in pairs for a, b in zip(before, after, strict=True))

    # --- responses ---

    def response(self, mover: int, start: int, end: int) -> bool | None:
        """Whether a step is a response; not asked of coalitions, nor in graph form, where there are no own settings."""
        player = self.player(mover)
        if player is None or self.singles.game.conflict.graph:
            return None
        if (mover, start) not in self._habits:
            # the own settings that lead to where the mover would go anyway are what it would choose anyway
            chosen = self._chosen(mover, player)
            there = self.singles.choices(player, self.cell(start)) if chosen else ()
            self._habits[mover, start] = frozenset(landed for _, strategy, landed in there if strategy in chosen)
        return self.cell(end) not in self._habits[mover, start]

    def responses(self, start: int, steps: Steps) -> int:
        """How many of the steps are responses."""
        starts = (start, *(step.cell for step in steps))
        return sum(self.response(s.player, before, s.cell) is True for before, s in zip(starts, steps, strict=False))

    def _chosen(self, mover: int, player: int) -> frozenset[int]:
        if mover not in self._strategies:
            already, here = self.anyway(mover), self.singles.choices(player, self.cell(self.state))
            self._strategies[mover] = frozenset(strategy for _, strategy, landed in here if landed in already)
        return self._strategies[mover]

    @cached_property
    def _strategies(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _habits(self) -> dict[tuple[int, int], frozenset[int]]:
        """Per mover and state where the settings lead that it would have chosen anyway."""
        return {}


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    """The answers of a kind; a node is marked once some step on the way was a response."""

    search: Search
    kind: str

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        search, kind = self.search, self.kind
        states, last = [self.states[place] for place in places], [self.mover(place) for place in places]
        for row, end in search.onward(mover, states, last):
            response = kind != ANY and bool(search.response(mover, states[row], end))
            if response or kind != ONLY:
                yield places[row], end, self.marks[places[row]] | (kind == SOME and response), 1


# --- by scores ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreSearch(Search):
    """An actor (`judged`, by number) with a score for every state; states are cells."""

    judged: int

    @cached_property
    def here(self) -> Any:
        """How much the actor likes the state in question."""
        return self.singles.likings(self.judged, [self.state])[0]

    @cached_property
    def movers(self) -> Sequence[int]:
        return [player for player in range(len(self.singles.game.readings)) if player != self.judged]

    def departures(self) -> list[int]:
        """Its improvements, those that switch the fewest options first."""
        (found,) = self.singles.improvements(self.judged, [self.state])
        return sorted(found, key=lambda target: self.switched(self.state, (Step(self.judged, target),)))

    def onward(self, mover: int, states: Sequence[int], last: Sequence[int]) -> Iterable[tuple[int, int]]:  # noqa: ARG002
        credible = self.concept.answers == "improvements"
        ends = self.singles.improvements(mover, states) if credible else self.singles.moves(mover, states)
        return ((row, end) for row, each in enumerate(ends) for end in each)

    def judge(self, states: Sequence[int]) -> Iterable[tuple[bool, Any]]:
        return ((worth <= self.here, worth) for worth in self._left_with(states))

    def _left_with(self, cells: Sequence[int]) -> list[Any]:
        """What each state is worth to the actor in the end: itself or, where it may escape, its best move from there."""
        worth = self.singles.likings(self.judged, cells)
        if not self.concept.escape:
            return worth
        own = self.singles.moves(self.judged, cells)
        self.singles.likings(self.judged, [target for ends in own for target in ends])  # all at once, then each
        return [max([value, *self.singles.likings(self.judged, ends)]) for value, ends in zip(worth, own, strict=True)]

    def nearest(self, departure: int) -> Any:
        return self.singles.likings(self.judged, [departure])[0]

    def nearer(self, one: Any, other: Any) -> bool:
        return bool(one < other)

    def cell(self, state: int) -> int:
        return state

    def player(self, mover: int) -> int | None:
        return mover

    def anyway(self, mover: int) -> frozenset[int]:
        return frozenset(self.singles.improvements(mover, [self.state])[0])


# --- by relations -------------------------------------------------------------------------------------------------------


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

    @property
    def movers(self) -> Sequence[int]:
        return range(len(self.answering))

    def departures(self) -> list[int]:
        ends = ends_of(self.judged.side.moves, self.state)
        tempting = self.judged.side.standards[self.standard].tempting
        return [int(t) for t in ends[tempting(np.full_like(ends, self.state), ends)]]

    def onward(self, mover: int, states: Sequence[int], last: Sequence[int]) -> Iterable[tuple[int, int]]:
        """From what each of the others has just reached, state by state."""
        rows, ends = arcs_from(self.answering[mover].side.moves, np.array(states, dtype=np.int64))
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
        ends = ends_of(self.judged.side.moves, state)
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

    def anyway(self, mover: int) -> frozenset[int]:
        return frozenset(self.cell(int(end)) for end in ends_of(self.answering[mover].side.moves, self.state))


def arcs_from(arcs: Arcs, states: Indices) -> tuple[Indices, Indices]:
    """Row and end of every arc that begins in one of the states."""
    first, last = np.searchsorted(arcs.start, states), np.searchsorted(arcs.start, states, side="right")
    count = last - first
    places = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    return np.repeat(np.arange(len(states)), count), arcs.end[places]


def ends_of(arcs: Arcs, state: int) -> Indices:
    """The states one arc away."""
    first, last = np.searchsorted(arcs.start, [state, state + 1])
    return arcs.end[first:last]
