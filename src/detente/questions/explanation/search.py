"""The search behind a witness: what tempts a side to leave a state, the answers that deter it, and of what kind they are.

The mathematics. The others' legal sequences after a departure are followed breadth first over (state, last mover)
(`detente.engine.legal_sequences`), so the first answer found is a shortest one.

What tempts and what deters is said in two ways. `ScoreSearch`: whoever has a score for every state is tempted by a higher
one, and deterred by an answer that leaves it no higher, its best escape included. The other way is in `relation_search`.

*Kinds of steps.* A step of j from t sets j's own options. Setting them so at the state in question, s, before anybody has
moved (consequences included), is: impossible, no change, or no credible move of j: the step is a *response*; else a credible
move that stands at s (it tempts j, and nothing deters it under the same concept): the step comes *anyway*; else one that
stands at t, though not at s: *released*; else *doubtful*. In a merged state the members' weakest kind counts.

How to make one: say the state and who is judged, then `departures()` and `follow(departure)`; the answers without a step too
many, and their kinds, are in `minimal_answers`. Cost per departure: the moves of everything that answers can lead to, once.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences, Step, Steps
from detente.engine.single_states import SingleStates

Indices = NDArray[np.int64]

RESPONSE, RELEASED, DOUBTFUL, ANYWAY = "response", "released", "doubtful", "anyway"
STEPS = (ANYWAY, DOUBTFUL, RELEASED, RESPONSE)
"""The kinds of steps, the weakest first."""

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
    """One state, one side that is judged, one concept, one sanction rule; `known` is shared by searches of one concept."""

    singles: SingleStates
    state: int
    concept: Concept
    sanctions: str
    budget: int | None = None
    known: dict[Any, Any] = field(default_factory=dict)

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
    def ends(self, mover: int, state: int) -> Sequence[int]:
        """Where the answers of a mover that count lead from a state."""

    @abstractmethod
    def judging(self, mover: int, state: int) -> Search:
        """The search that judges this mover at a state, by the same concept."""

    # --- the search ---

    def follow(
        self, departure: int, budget: int | None = None, *, worth: Callable[[Steps], Any] | None = None
    ) -> Followed:
        """A shortest answer; among equally short ones that of the greatest `worth`, by default few switches."""
        answers = _Answers(
            start=departure,
            last=-1,
            movers=self.movers if self.concept.answers != "none" else (),
            one_step=self.sanctions == "one-step",
            budget=budget,
            search=self,
        )
        prize = worth or (lambda steps: -self.switched(departure, steps))
        near, place_near = self.nearest(departure), 0
        for layer in answers.layers():
            judged = list(self.judge([answers.states[place] for place in layer]))
            hits = [place for place, (deters, _) in zip(layer, judged, strict=True) if deters]
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

    # --- kinds of steps ---

    @property
    def asked(self) -> bool:
        """Whether answers are of a kind: where they are improvements, and made of own settings."""
        return self.concept.answers == "improvements" and self.singles.game.conflict.graph is None

    def kind(self, mover: int, start: int, end: int) -> str | None:
        """The kind of a step; None for coalitions, in graph form, and where a search gives up."""
        if not self.asked or self.player(mover) is None:
            return None
        if (mover, start, end) not in self._kinds:
            self._kinds[mover, start, end] = self._kind(mover, start, end)
        return self._kinds[mover, start, end]

    def _kind(self, mover: int, start: int, end: int) -> str | None:
        already = self.replayed(mover, self.strategies(mover, start, end), self.state)
        if not already:
            return RESPONSE
        found = [self.stands(mover, self.state, each) for each in already]
        if True in found:
            return ANYWAY
        then = self.stands(mover, start, end)
        return None if None in (*found, then) else RELEASED if then else DOUBTFUL

    @cached_property
    def _kinds(self) -> dict[tuple[int, int, int], str | None]:
        return {}

    def strategies(self, mover: int, start: int, end: int) -> frozenset[int]:
        """The own settings, of all options of the mover, by which a step can be made."""
        player = self.player(mover)
        if player is None:
            return frozenset()
        return self.singles.strategies(player, self.cell(start)).get(self.cell(end), frozenset())

    def replayed(self, mover: int, strategies: frozenset[int], start: int) -> tuple[int, ...]:
        """Where the same own settings lead from another state, by credible moves."""
        key = mover, strategies, start
        if key not in self._replayed:
            ends = self.ends(mover, start) if strategies else ()
            self._replayed[key] = tuple(e for e in ends if not strategies.isdisjoint(self.strategies(mover, start, e)))
        return self._replayed[key]

    @cached_property
    def _replayed(self) -> dict[tuple[int, frozenset[int], int], tuple[int, ...]]:
        return {}

    def stands(self, mover: int, state: int, end: int) -> bool | None:
        """Whether a move tempts its mover at a state and nothing deters it; None: not settled."""
        key = mover, state, end
        if key not in self.known:
            search = self.judging(mover, state)
            found = search.follow(end, self.budget) if end in search.departures() else None
            self.known[key] = False if found is None or found.answer else True if found.settled else None
        stands: bool | None = self.known[key]
        return stands

    def deters(self, state: int) -> bool:
        """Whether an answer that ends there deters."""
        if state not in self._deterring:
            ((self._deterring[state], _),) = self.judge([state])
        return self._deterring[state]

    @cached_property
    def _deterring(self) -> dict[int, bool]:
        return {}


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    """The answers that count."""

    search: Search

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        states, last = [self.states[place] for place in places], [self.mover(place) for place in places]
        for row, end in self.search.onward(mover, states, last):
            yield places[row], end, 0, 1


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
        return ((worth <= self.here, worth) for worth in self.left_with(states))

    def left_with(self, cells: Sequence[int]) -> list[Any]:
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

    def ends(self, mover: int, state: int) -> Sequence[int]:
        return self.singles.improvements(mover, [state])[0]

    def judging(self, mover: int, state: int) -> ScoreSearch:
        return replace(self, judged=mover, state=state)

    # --- what an answer says about the state in question ---

    def stands(self, mover: int, state: int, end: int) -> bool | None:
        """As defined; what answers to a move can come to is the same from wherever it starts, so the worst found is kept."""
        here, there = self.singles.likings(mover, [state, end])
        if there <= here:
            return False
        worst, complete = self.known.get((mover, end), (there, False))
        if worst <= here or complete:
            return bool(worst > here)
        search = self.judging(mover, state)
        found = search.follow(end, self.budget)
        last = (found.answer or found.near)[-1:]
        if last:
            worst = min(worst, *search.left_with([last[0].cell]))
        self.known[mover, end] = worst, found.settled and not found.answer
        return False if found.answer else True if found.settled else None

    def prefers(self, player: int, state: int) -> bool:
        """Whether a player likes a state better than the one in question."""
        here, there = self.singles.likings(player, [self.state, state])
        return bool(there > here)

    def still(self, departure: int, answer: Steps) -> bool:
        """Whether the improvement is still one once the steps of the answer have come without it.

        They are made one after the other from the state in question; one that is impossible then, or changes nothing, is
        left out.
        """
        state, start = self.state, departure
        for step in answer:
            state = next(iter(self._made(step.player, self.strategies(step.player, start, step.cell), state)), state)
            start = step.cell
        wanted = self._made(self.judged, self.strategies(self.judged, self.state, departure), state)
        here, *there = self.singles.likings(self.judged, [state, *wanted])
        return any(worth > here for worth in there)

    def _made(self, player: int, strategies: frozenset[int], state: int) -> list[int]:
        """Where own settings lead from a state, liked or not."""
        return [landed for _, own, landed in self.singles.choices(player, state) if own in strategies]

    def joint(self, departure: int, other: int, own: frozenset[int]) -> int | None:
        """Where the departure and another's own settings lead together; None where that is infeasible."""
        mine = [(m, mine) for m, mine, landed in self.singles.choices(self.judged, self.state) if landed == departure]
        theirs = [(m, each) for m, each, _ in self.singles.choices(other, self.state) if each in own]
        for member, chosen in mine:
            for where, each in theirs:
                if member == where:
                    made = self.singles.made(np.array([member], dtype=np.int64), self.judged, chosen)
                    (landed,) = self.singles.game.conflict.land(self.singles.made(made, other, each)).tolist()
                    if landed >= 0:
                        return int(landed)
        return None
