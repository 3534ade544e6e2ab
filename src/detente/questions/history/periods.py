"""The record, period by period: who moved, who stayed, and what the readings say of either.

The definitions. Events of one date, next to each other, are one *period*; within it nothing has an order. What an actor set in
it is one move, judged from where the period began; if it is a legal move only once the others of the period have moved, it is
judged from there. After the period stand all of its settings together. An actor that could have moved and did not *stayed*,
where the period has a move, or says that nobody moved. An event that changes nothing says of nobody that it stayed. An actor
that stays where it stayed in the period before, in the same state, is the same observation, and counts once.

Of an observation a combination of readings says *expected*, *possible* or *contradicted*; the definitions are in
`detente.questions.uncertainty.observations`.

A *choice model* turns words into chances. Of all that an actor could do, staying among it, what has the best word there is is
its *best*. With the chance 1 - error it does something of its best, with the chance error anything it could do. In both cases
a coin falls first, if both are open: to stay, or to move; and of the moves it picks one blindly. So it stays with the chance
(1 - error)·s + error/2, where s is 1 if to stay alone is best, 1/2 if some move is as good, else 0; and makes one of b best
moves of the n it has with (1 - error)·(1 - s)/b + error/2n, any other with error/2n.

How to use it: `course_of(case, events)` is the record; `said_of(case, course)` what one combination of readings says of it.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> course = course_of(case, case.scenario.history)
>>> len(course.periods), len(course.observations), sum(bool(each.move) for each in course.observations)
(12, 17, 4)
>>> chance(moves=True, hit=True, best=2, stay=False, legal=8, error=0.1).item()
0.45625
>>> chance(moves=False, hit=True, best=2, stay=True, legal=8, error=0.1).item()
0.5
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import Case
from detente.conflict import Conflict
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.questions.uncertainty.expectations import WORDS, expectations
from detente.result import INSIDE, Record
from detente.scenario.model import Event

ERROR = 0.1
"""The chance that an actor picks blindly among all it could do, where nobody says another."""


@dataclass(frozen=True, kw_only=True)
class Observed(Record):
    """An actor that moved (`move` is what changed) or stayed (it is empty), in how many periods, the first of them `period`.

    `cell` is the state it is judged from, `target` the state its own move leads to (-1: it stayed), `legal` how many
    moves it had.
    """

    period: str
    actor: str
    move: str
    says: str
    source: tuple[str, ...]
    periods: int
    state: Mapping[str, Any]
    at: str
    legal: int
    player: int = field(metadata=INSIDE)
    cell: int = field(metadata=INSIDE)
    target: int = field(metadata=INSIDE)


@dataclass(frozen=True, kw_only=True)
class Unjudged(Record):
    """What the record holds and no reading is asked about, and why."""

    period: str
    actor: str
    changes: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Course(Record):
    """The record: its periods, what is observed in them, what cannot be judged, and the state (`end`) after the last."""

    periods: tuple[str, ...]
    quiet: tuple[str, ...]
    observations: tuple[Observed, ...]
    unjudged: tuple[Unjudged, ...]
    end: int = field(metadata=INSIDE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a combination of readings says of an observation: how many moves are best, and whether this, or to stay, is."""

    word: str
    best: int
    hit: bool
    stay: bool


# --- the record ------------------------------------------------------------------------------------------------------


def course_of(case: Case, events: Iterable[Event]) -> Course:
    """The record that starts at the case's status quo. Cost: the moves from one state per period and actor."""
    conflict, here = case.game.conflict, case.game.cell(None)
    # In graph form an event names a state, and two of one period have no state together: each is a period of its own.
    apart = conflict.graph is not None
    groups = [[event] for event in events] if apart else [list(group) for _, group in groupby(events, _date)]
    seen: list[Observed] = []
    unjudged: list[Unjudged] = []
    quiet = []
    staying: dict[str, int] = {}
    for group in groups:
        period = _Period(case, here, group)
        unjudged += period.unjudged()
        if period.quiet:
            quiet.append(group[0].date)
        stays: dict[str, int] = {}
        for each in period.observations():
            known = staying.get(each.actor, -1)
            if not each.move and known >= 0 and seen[known].cell == each.cell:
                seen[known] = replace(seen[known], periods=seen[known].periods + 1)
            else:
                known = len(seen)
                seen.append(each)
            if not each.move:
                stays[each.actor] = known
        staying = stays
        here = period.after
    return Course(
        periods=tuple(group[0].date for group in groups),
        quiet=tuple(quiet),
        observations=tuple(seen),
        unjudged=tuple(unjudged),
        end=here,
    )


def _date(event: Event) -> str:
    return event.date


class _Period:
    """One period: its moves by actor, whatever nobody owns, and where it leads."""

    def __init__(self, case: Case, here: int, events: Sequence[Event]) -> None:
        self.case, self.conflict, self.here, self.events = case, case.game.conflict, here, events
        self.date = events[0].date
        self.moves: dict[str, dict[str, int]] = {}
        self.others: list[Event] = []
        for event in events:
            own = self.conflict.graph is not None or all(
                case.scenario.option(key).actor == event.by for key in event.settings
            )
            if event.by in case.actors and event.settings and own:
                self.moves.setdefault(event.by, {}).update(event.settings)
            elif event.settings:
                self.others.append(event)
        whole = {key: value for event in events for key, value in event.settings.items()}
        landed = self._landed(here, whole)
        self.impossible = landed < 0
        self.after = here if landed < 0 else landed
        self.judged = {actor: self._judged(actor) for actor in self.moves}

    @property
    def quiet(self) -> bool:
        """Whether the period says that nobody moved."""
        return not self.moves and not self.others

    def _landed(self, cell: int, settings: Mapping[str, int]) -> int:
        if not settings:
            return cell
        if self.conflict.graph is not None:
            return settings["state"]
        return int(self.conflict.landed({**self.conflict.settings(cell), **settings}))

    def _judged(self, actor: str) -> tuple[int, int] | None:
        """From where to where an actor moved, as a legal move; None if it is none."""
        beside = {key: value for event in self.events if event.by != actor for key, value in event.settings.items()}
        for start in (self.here, self._landed(self.here, beside)):
            target = self._landed(start, self.moves[actor]) if start >= 0 else -1
            if target >= 0 and target in _successors(self.conflict, start, self.conflict.index(actor)):
                return start, target
        return None

    def _changes_nothing(self, actor: str) -> bool:
        return self._landed(self.here, self.moves[actor]) == self.here

    def observations(self) -> list[Observed]:
        """The moves of the period in the order written, then everybody who could have moved and stayed."""
        found = [
            self._observed(actor, *judged, self._events_of(actor)) for actor, judged in self.judged.items() if judged
        ]
        moved = any(not self._changes_nothing(actor) for actor in self.moves)
        if moved or self.quiet:
            for player, actor in enumerate(self.case.game.actors):
                if actor not in self.moves and len(_successors(self.conflict, self.here, player)):
                    found.append(self._observed(actor, self.here, -1, self.events if self.quiet else ()))
        return found

    def _events_of(self, actor: str) -> list[Event]:
        return [event for event in self.events if event.by == actor]

    def _observed(self, actor: str, cell: int, target: int, events: Sequence[Event]) -> Observed:
        game, player = self.case.game, self.conflict.index(actor)
        return Observed(
            period=self.date,
            actor=actor,
            move="" if target < 0 else game.change_text(cell, target),
            says="; ".join(event.says for event in events if event.says),
            source=tuple(dict.fromkeys(source for event in events for source in event.evidence.source)),
            periods=1,
            state=game.state(cell),
            at=game.text(cell),
            legal=len(_successors(self.conflict, cell, player)),
            player=player,
            cell=cell,
            target=target,
        )

    def unjudged(self) -> list[Unjudged]:
        found = []
        for actor, settings in self.moves.items():
            if self.judged[actor] is None:
                why = tell("changes nothing") if self._changes_nothing(actor) else tell("no legal move of its actor")
                found.append(self._set_aside(actor, settings, why))
        for event in self.others:
            why = tell("sets options of another actor") if event.by else tell("no actor is named")
            found.append(self._set_aside(event.by, event.settings, why))
        if self.impossible:
            found.append(
                self._set_aside("", {}, tell("leads where no state is; the record goes on as if it had not been"))
            )
        return found

    def _set_aside(self, actor: str, settings: Mapping[str, int], why: str) -> Unjudged:
        named = self.conflict.graph is None
        changes = self.case.state_text(settings) if named else ""
        return Unjudged(period=self.date, actor=actor, changes=changes, why=why)


def _successors(conflict: Conflict, cell: int, player: int) -> list[int]:
    found: list[int] = conflict.successors(np.array([cell], dtype=np.int64), player)[1].tolist()
    return found


# --- what is said of it ----------------------------------------------------------------------------------------------


def said_of(case: Case, course: Course) -> list[Said]:
    """What the case's readings say of each observation. Cost: one analysis, and the moves from the states of the record."""
    analysis = case.analyse(("seq",))
    return [_said(analysis, each) for each in course.observations]


def _said(analysis: Analysis, seen: Observed) -> Said:
    _, targets, words, stays = expectations(analysis, np.array([seen.cell], dtype=np.int64), seen.player)
    moves, stay = words.tolist(), int(stays[0])
    own = stay if seen.target < 0 else moves[targets.tolist().index(seen.target)]
    best = max(*moves, stay)
    return Said(word=WORDS[own], best=moves.count(best), hit=own == best, stay=stay == best)


Numbers = NDArray[Any] | float | int | bool


def chance(
    *, moves: Numbers, hit: Numbers, best: Numbers, stay: Numbers, legal: Numbers, error: float
) -> NDArray[np.float64]:
    """The chance of what was observed, by the choice model, of one observation or of arrays of them.

    `moves` tells moves from stays, `hit` whether this is among the best, `best` how many moves are, `stay` whether to stay is,
    `legal` how many moves there were.
    """
    staying = np.where(stay, np.where(np.equal(best, 0), 1.0, 0.5), 0.0)
    one_of = (1 - staying) / np.maximum(best, 1) * hit
    sure = np.where(moves, one_of, staying)
    blind = np.where(moves, 0.5 / np.maximum(legal, 1), 0.5)
    return np.asarray((1 - error) * sure + error * blind)


def moving(said: Said, seen: Observed, error: float) -> float:
    """The chance that the actor does anything but stay, by the choice model."""
    stays = chance(moves=False, hit=said.stay, best=said.best, stay=said.stay, legal=seen.legal, error=error)
    return 1 - float(stays)


def checked_error(error: float) -> float:
    """An error that is a chance."""
    if not 0 <= error <= 1:
        raise InputError(
            tell("the error of the choice model is a chance between 0 and 1; found {error}", error=numeral(error, "g"))
        )
    return error
