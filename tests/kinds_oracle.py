"""Kinds of answers by brute force, from the definitions: every sequence, every way to leave some of its steps out.

Works on a game of `oracle`; shares nothing with the engine. Sequences that come back to a node (state and last mover) are
left out: without the round they are answers too, so they are not minimal.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from detente.verification import oracle

Step = tuple[str, int, int]
"""Who moves, from where, and to where."""

WORTH = ("empty", "doubtful", "real")
MOST = 4_000
"""Sequences looked at, at most."""


class TooMany(Exception):
    """More sequences than can be looked at."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """One game in option form, one concept ("seq" or "sseq") and sanction rule."""

    game: oracle.Game
    concept: str
    sanctions: str

    def __hash__(self) -> int:
        return id(self)

    @functools.cached_property
    def choices(self) -> Callable[[str, int], frozenset[tuple[oracle.Cell, int]]]:
        """What an actor can set its own options to at a state (from any member), and the state that brings about."""
        space = self.game.space
        assert space is not None

        @functools.cache
        def found(actor: str, state: int) -> frozenset[tuple[oracle.Cell, int]]:
            own = [place for place, option in enumerate(space.options) if option.actor == actor]
            raws = [raw for cell in self.game.states[state] for raw in space.changes(actor, cell)]
            landed = [(tuple(raw[place] for place in own), space.land(raw)) for raw in raws]
            return frozenset((each, to) for each, to in landed if to is not None and to != state)

        return found

    @functools.cache  # noqa: B019 (one per test)
    def own(self, actor: str, start: int, end: int) -> frozenset[oracle.Cell]:
        return frozenset(own for own, to in self.choices(actor, start) if to == end)

    @functools.cache  # noqa: B019 (one per test)
    def alike(self, step: Step, state: int) -> frozenset[int]:
        """Where the own settings of a step lead from another state."""
        own = self.own(*step)
        return frozenset(to for each, to in self.choices(step[0], state) if each in own)

    @functools.cache  # noqa: B019 (one per test)
    def better(self, actor: str, state: int) -> frozenset[int]:
        return frozenset(self.game.improvements[actor][state])

    def deters(self, actor: str, state: int, end: int) -> bool:
        """Whether the end of an answer leaves the actor no better off than the state."""
        score = self.game.scores[actor]
        ends = [end, *(self.game.moves[actor][end] if self.concept == "sseq" else ())]
        return all(score[each] <= score[state] for each in ends)

    @functools.cache  # noqa: B019 (one per test)
    def stands(self, actor: str, state: int, end: int) -> bool:
        """Whether a move is an improvement that nothing deters."""
        reached = oracle.answers(self.game.improvements, actor, end, self.sanctions)
        return end in self.better(actor, state) and not any(self.deters(actor, state, each) for each in reached)

    def kind(self, state: int, step: Step) -> str:
        """Of what kind a step of an answer at a state is."""
        actor, start, end = step
        already = self.alike(step, state) & self.better(actor, state)
        if not already:
            return "response"
        if any(self.stands(actor, state, each) for each in already):
            return "anyway"
        return "released" if self.stands(actor, start, end) else "doubtful"

    def worth(self, state: int, answer: tuple[Step, ...]) -> str:
        """Of what kind an answer is."""
        kinds = {self.kind(state, step) for step in answer}
        return "real" if kinds & {"response", "released"} else "doubtful" if "doubtful" in kinds else "empty"

    # --- minimal answers ---

    def sequences(self, actor: str, state: int, departure: int) -> Iterator[tuple[Step, ...]]:
        """The answers that pass no node twice and end where they first deter."""
        looked, others = itertools.count(), [each for each in self.game.actors if each != actor]

        def on(steps: tuple[Step, ...], at: int, passed: frozenset[tuple[int, str]]) -> Iterator[tuple[Step, ...]]:
            if next(looked) > MOST:
                raise TooMany
            if self.sanctions == "one-step" and steps:
                return
            for mover in others:
                if steps and steps[-1][0] == mover:
                    continue
                for end in self.better(mover, at):
                    longer = (*steps, (mover, at, end))
                    if self.deters(actor, state, end):
                        yield longer
                    elif (end, mover) not in passed:
                        yield from on(longer, end, passed | {(end, mover)})

        yield from on((), departure, frozenset({(departure, "")}))

    @functools.lru_cache(1 << 17)  # noqa: B019 (many answers have most of their steps in common)
    def left(self, actor: str, state: int, departure: int, kept: tuple[Step, ...]) -> bool:
        """Whether these steps of an answer, without the others, are an answer."""
        if any(one[0] == next_[0] for one, next_ in itertools.pairwise(kept)):
            return False
        return any(self.deters(actor, state, each) for each in self.ends(departure, kept))

    @functools.lru_cache(1 << 15)  # noqa: B019 (as above)
    def ends(self, departure: int, steps: tuple[Step, ...]) -> frozenset[int]:
        """Where these steps lead, each as an improvement with the settings it had."""
        if not steps:
            return frozenset({departure})
        step = steps[-1]
        return frozenset(
            to for at in self.ends(departure, steps[:-1]) for to in self.alike(step, at) & self.better(step[0], at)
        )

    @functools.cache  # noqa: B019 (one per test)
    def minimal(self, actor: str, state: int, departure: int) -> tuple[tuple[Step, ...], ...]:
        """The answers of which no steps can be left out. Raises `TooMany`."""
        return tuple(
            answer
            for answer in self.sequences(actor, state, departure)
            if not any(
                self.left(actor, state, departure, part)
                for size in range(1, len(answer))
                for part in itertools.combinations(answer, size)
            )
        )

    def best(self, actor: str, state: int, departure: int) -> str | None:
        """The best kind among the answers to an improvement; None if there are none."""
        kinds = [self.worth(state, answer) for answer in self.minimal(actor, state, departure)]
        return max(kinds, key=WORTH.index, default=None)

    # --- what an answer says ---

    def still(self, actor: str, state: int, departure: int, answer: tuple[Step, ...]) -> bool:
        """Whether the improvement is still one once the steps have come by themselves. Not for merged states."""
        at = state
        for step in answer:
            (at,) = self.alike(step, at) or {at}
        score = self.game.scores[actor]
        return any(score[to] > score[at] for to in self.alike((actor, state, departure), at))

    def mutual(self, actor: str, state: int, departure: int) -> set[tuple[str, int]]:
        """Who would be released by the improvement, to go where from the state, and is met by the actor in turn."""
        return {
            (step[0], end)
            for answer in self.minimal(actor, state, departure)
            for step in answer
            if self.kind(state, step) == "released"
            for end in self.alike(step, state) & self.better(step[0], state)
            if any(back[0] == actor for met in self.minimal(step[0], state, end) for back in met)
        }
