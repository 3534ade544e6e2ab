"""Minimal answers: those of which no step can be left out, and of what kind each is.

The mathematics. An answer is *minimal* if leaving out some of its steps leaves no answer: the other steps, made one after the
other, are no legal sequence of credible moves, or do not deter. A minimal answer is *empty* if all its steps come anyway,
*real* if some step is a response or released, else *doubtful* (the kinds of steps are in `search`); a departure is met by the
best kind among its answers.

How to make them: `minimal_answers(search, departure)`. Cost per departure: all ways to answers that leave out nothing, as far
as the budget goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from detente.engine.legal_sequences import Step, Steps
from detente.questions.explanation.search import DOUBTFUL, RELEASED, RESPONSE, ScoreSearch, Search

EMPTY, REAL = "empty", "real"
ANSWERS = (EMPTY, DOUBTFUL, REAL)
"""The kinds of answers, the weakest first."""

PATHS = 2_000
"""Ways looked at for the minimal answers to a departure."""


def kind_of(steps: Iterable[str]) -> str:
    """The kind of an answer whose steps are of these kinds.

    >>> from detente.questions.explanation.search import ANYWAY
    >>> kind_of([ANYWAY, RESPONSE]), kind_of([ANYWAY, DOUBTFUL]), kind_of([ANYWAY])
    ('real', 'doubtful', 'empty')
    """
    found = set(steps)
    return REAL if found & {RESPONSE, RELEASED} else DOUBTFUL if DOUBTFUL in found else EMPTY


@dataclass(frozen=True)
class Told:
    """A minimal answer, and the kinds of its steps."""

    steps: Steps
    kinds: tuple[str, ...]

    @property
    def kind(self) -> str:
        return kind_of(self.kinds)


@dataclass(frozen=True)
class Minimal:
    """The minimal answers to a departure, shortest first; one of each kind of way. `settled`: whether these are all."""

    answers: tuple[Told, ...]
    settled: bool

    @property
    def kind(self) -> str | None:
        """The best kind among the answers; None if there is none, or if a better one may have been missed."""
        best = max((each.kind for each in self.answers), key=ANSWERS.index, default=None)
        return best if self.settled or best == REAL else None

    @property
    def best(self) -> Told | None:
        """A shortest answer of the best kind that was found."""
        return max(self.answers, key=lambda each: (ANSWERS.index(each.kind), -len(each.steps)), default=None)


def minimal_answers(search: Search, departure: int) -> Minimal:
    """The minimal answers, of those of one length few switches first; where steps are of no kind none is looked for.

    Of ways that end alike, also if the same steps are left out, with steps of the same movers and kinds, one is followed.
    """
    if not search.asked:
        return Minimal((), settled=False)
    ways = _Ways(search)
    found = sorted(ways.follow(departure), key=lambda each: (len(each.steps), search.switched(departure, each.steps)))
    return Minimal(tuple(found), ways.settled)


@dataclass(frozen=True, kw_only=True)
class Released:
    """Another whom a departure would release, and where its own change leads from here.

    `joint` is where both changes lead together, None where that is infeasible; `pleases` whom of the two it pleases.
    """

    player: int
    end: int
    joint: int | None
    pleases: tuple[int, ...]


def mutual(search: ScoreSearch, departure: int, minimal: Minimal) -> Iterator[Released]:
    """Mutual deterrence: who would be released by the departure, and is held back by the actor as the actor is by it.

    An answer to the departure has a released step, and the same change, made here, has an answer with a step of the actor.
    """
    told: set[tuple[int, int]] = set()
    for answer in minimal.answers:
        start = departure
        for step, kind in zip(answer.steps, answer.kinds, strict=True):
            own, start = search.strategies(step.player, start, step.cell), step.cell
            for end in search.replayed(step.player, own, search.state) if kind == RELEASED else ():
                if (step.player, end) in told:
                    continue
                told.add((step.player, end))
                back = _Ways(search.judging(step.player, search.state)).follow(end)
                if any(each.player == search.judged for met in back for each in met.steps):
                    joint = search.joint(departure, step.player, own)
                    both = (search.judged, step.player)
                    pleased = () if joint is None else tuple(each for each in both if search.prefers(each, joint))
                    yield Released(player=step.player, end=end, joint=joint, pleases=pleased)


@dataclass(frozen=True, eq=False)
class _Way:
    """The way of an answer so far; `parts` is where it leads, and who moved last, if some of its steps are left out.

    From a merged state the same settings may lead to several states: `elsewhere` is where else the whole way leads.
    """

    search: Search
    state: int
    last: int = -1
    steps: Steps = ()
    starts: tuple[int, ...] = ()
    parts: frozenset[tuple[int, int]] = frozenset()
    elsewhere: frozenset[int] = frozenset()
    owns: frozenset[tuple[int, frozenset[int]]] = frozenset()

    @property
    def key(self) -> Any:
        """Where it leads, whole or in part, and by which settings."""
        return self.state, self.last, self.parts, self.elsewhere, self.owns

    @cached_property
    def kinds(self) -> tuple[str | None, ...]:
        """The kinds of its steps; looked up late, as most ways lead to no answer."""
        steps = zip(self.steps, self.starts, strict=True)
        return tuple(self.search.kind(step.player, start, step.cell) for step, start in steps)

    @property
    def marks(self) -> frozenset[tuple[int, str | None]]:
        """Who takes steps of which kind."""
        return frozenset((step.player, kind) for step, kind in zip(self.steps, self.kinds, strict=True))

    def onward(self, mover: int, end: int) -> _Way | None:
        """One step on; None where some step can be left out of every answer that begins so."""
        search = self.search
        own = search.strategies(mover, self.state, end)
        before = self.parts | {(start, self.last) for start in self.elsewhere}  # these without the step to come
        replays = {
            (landed, mover)
            for start, last in self.parts
            if last != mover
            for landed in search.replayed(mover, own, start)
        }
        # If a part of the way deters, it is an answer; if it comes to the same place, what follows can follow it as well.
        if (end, mover) in replays | before or any(
            search.deters(landed) for landed, _ in replays | (before - self.parts)
        ):
            return None
        return _Way(
            search,
            end,
            mover,
            (*self.steps, Step(mover, end)),
            (*self.starts, self.state),
            before | replays | {(self.state, self.last)},
            frozenset(
                landed
                for start in (self.state, *self.elsewhere)
                for landed in search.replayed(mover, own, start)
                if landed != end
            ),
            self.owns | {(mover, own)},
        )


@dataclass(eq=False)
class _Ways:
    """The ways to minimal answers, breadth first; `settled` is False once the search has given up."""

    search: Search
    settled: bool = True
    _seen: dict[Any, list[_Way]] = field(default_factory=dict)
    _looked: int = 0

    def follow(self, departure: int) -> Iterator[Told]:
        """The answers, one after the other."""
        waiting = [_Way(self.search, departure)]
        while waiting:
            longer: list[_Way] = []
            for way in waiting:
                for onward in self._onward(way):
                    if self.search.deters(onward.state):
                        self.settled &= None not in onward.kinds
                        if self.settled:
                            yield Told(onward.steps, tuple(kind or "" for kind in onward.kinds))
                    else:
                        longer.append(onward)
                if not self.settled:
                    return
            waiting = longer

    def _onward(self, way: _Way) -> Iterator[_Way]:
        """One more step; of ways alike one is followed, and after too many the search gives up."""
        search = self.search
        if search.sanctions == "one-step" and way.steps:
            return
        for mover, end in ((m, e) for m in search.movers if m != way.last for e in search.ends(m, way.state)):
            self._looked += 1
            self.settled &= self._looked <= PATHS
            if not self.settled:
                return
            onward = way.onward(mover, end)
            if onward is None:
                continue
            alike = self._seen.setdefault(onward.key, [])
            if not any(each.marks == onward.marks for each in alike):
                alike.append(onward)
                yield onward
