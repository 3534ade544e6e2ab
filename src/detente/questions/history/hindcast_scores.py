"""The reckoning of a hindcast: one choice of readings against the record, and what that says reading by reading.

The definitions are those of `detente.questions.history.hindcast`. `combinations` are the choices of readings, `score_of` is one
of them against the record, `by_reading` and `told_apart` gather the scores.

Cost: an analysis per combination, at most `MOST_COMBINATIONS`; pairs of scores for what tells readings apart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.conflict import Conflict
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.questions.history.recorded_moves import Entry
from detente.questions.history.scoring import Call, Tally, improvements, judge, unsanctioned
from detente.questions.uncertainty.completions import every_choice
from detente.questions.uncertainty.expectations import NOT, SEPARATED, WEAKLY, separation
from detente.result import Record

MOST_COMBINATIONS = 512
"""Combinations of readings scored at most."""


@dataclass(frozen=True)
class Hold(Record):
    """An actor that stayed put at an event (by number), and under which concepts the state was stable for it."""

    event: int
    actor: str
    stable: Mapping[str, bool]


@dataclass(frozen=True)
class Held(Record):
    """How many holds of `n` are stable under a concept, and how many would be in states picked blindly."""

    hits: int
    n: int
    expected: float

    def __str__(self) -> str:
        return tell("{hits} of {n}", hits=self.hits, n=self.n)


@dataclass(frozen=True, kw_only=True)
class Score(Record):
    """One choice of readings against the record: hits by `improvements`, hits with foresight (`unsanctioned`).

    `by_actor` counts hits with foresight per mover.
    """

    readings: Mapping[str, str]
    calls: tuple[Call, ...]
    improvements: Tally
    unsanctioned: Tally
    by_actor: Mapping[str, Tally]
    holds: tuple[Hold, ...]
    held: Mapping[str, Held]


@dataclass(frozen=True, kw_only=True)
class Told(Record):
    """Two readings of an actor, and the recorded moves (by number) that separate them, and that do so only weakly."""

    actor: str
    left: str
    right: str
    separated: tuple[int, ...]
    weakly: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OfReading(Record):
    """One reading of an actor against what that actor did: the least and the most over all readings of the others.

    Of its `moves` so many are expected (unsanctioned improvements), as blind choice would have it `by_luck`, and with what
    `chance` blind choice does as well; of the times it `stayed`, in how many that is sequentially stable for it.
    """

    actor: str
    reading: str
    moves: int
    expected: tuple[int, int]
    by_luck: tuple[float, float]
    chance: tuple[float, float]
    stayed: int
    stable: tuple[int, int]


def combinations(case: Case, grid: Mapping[str, Iterable[str]] | None) -> list[dict[str, str]]:
    """Every choice of readings over the grid, in order."""
    if grid is None:
        chosen = {actor.id: list(actor.counted) for actor in case.scenario.actors if actor.readings}
    else:
        chosen = {a: [case.scenario.actor(a).reading(name).id for name in names] for a, names in grid.items()}
    empty = [actor for actor, names in chosen.items() if not names]
    if empty:
        raise InputError(tell("no reading of {empty} is named; expected at least one", empty=empty[0]))
    count = math.prod(map(len, chosen.values()))
    if count > MOST_COMBINATIONS:
        raise InputError(
            tell(
                "{count} combinations of readings; at most {most_combinations} are scored. Name the readings "
                "that matter.",
                count=numeral(count),
                most_combinations=MOST_COMBINATIONS,
            )
        )
    return list(every_choice(chosen))


def score_of(case: Case, record: Sequence[Entry], stayed: Sequence[Iterable[str]]) -> Score:
    """The case's readings against the record; `stayed` names per entry who could have moved and did not."""
    analysis = case.analyse(CONCEPTS)
    calls = tuple(judge(analysis, n, entry) for n, entry in enumerate(record) if entry.recorded.scored)
    holds = tuple(
        Hold(n, actor, {c: analysis.is_stable(c, actor, entry.before) for c in CONCEPTS})
        for n, (entry, actors) in enumerate(zip(record, stayed, strict=True))
        for actor in actors
    )
    movers = dict.fromkeys(record[call.event].recorded.actor for call in calls)
    by_actor = {actor: [call for call in calls if record[call.event].recorded.actor == actor] for actor in movers}
    return Score(
        readings=case.chosen,
        calls=calls,
        improvements=improvements(calls),
        unsanctioned=unsanctioned(calls),
        by_actor={actor: unsanctioned(own) for actor, own in by_actor.items()},
        holds=holds,
        held={concept: _held(analysis, concept, holds) for concept in CONCEPTS},
    )


def who_stayed(conflict: Conflict, entry: Entry) -> tuple[str, ...]:
    """The actors that could have moved in the state before the event and did not, while its actor, or nobody, did."""
    if entry.recorded.status not in ("move", "illegal", "quiet"):
        return ()
    here = np.array([entry.before], dtype=np.int64)
    return tuple(
        player.id
        for axis, player in enumerate(conflict.players)
        if axis != entry.player and len(conflict.successors(here, axis)[1])
    )


def _held(analysis: Analysis, concept: str, holds: Sequence[Hold]) -> Held:
    actors = {hold.actor for hold in holds}
    share = {actor: len(analysis.equilibria(concept, actors=[actor])) / analysis.states for actor in actors}
    return Held(sum(h.stable[concept] for h in holds), len(holds), sum(share[hold.actor] for hold in holds))


def by_reading(scores: Sequence[Score], order: Mapping[str, Sequence[str]]) -> tuple[OfReading, ...]:
    """Per reading of each actor the least and the most over the readings of the others; `order` lists those varied."""
    found = []
    for actor in scores[0].readings:
        for reading in order.get(actor, (scores[0].readings[actor],)):
            mine = [score for score in scores if score.readings[actor] == reading]
            tallies = [score.by_actor[actor] for score in mine if actor in score.by_actor]
            held = [[hold.stable["seq"] for hold in score.holds if hold.actor == actor] for score in mine]
            if not tallies and not held[0]:
                continue
            found.append(
                OfReading(
                    actor=actor,
                    reading=reading,
                    moves=tallies[0].n if tallies else 0,
                    expected=_span([each.hits for each in tallies]),
                    by_luck=_span([each.expected for each in tallies]),
                    chance=_span([each.chance for each in tallies]),
                    stayed=len(held[0]),
                    stable=_span([sum(each) for each in held]),
                )
            )
    return tuple(found)


def told_apart(scores: Sequence[Score], order: Mapping[str, Sequence[str]]) -> tuple[Told, ...]:
    """For every two readings of each actor in `order`, the moves that can tell them apart."""
    # In the order in which the file gives the readings, so that each pair is met in one order.
    varied = tuple(order)
    as_written = sorted(scores, key=lambda score: [order[actor].index(score.readings[actor]) for actor in varied])
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for one, other in itertools.combinations(as_written, 2):
        differing = [actor for actor in varied if one.readings[actor] != other.readings[actor]]
        if len(differing) != 1:
            continue
        actor = differing[0]
        told = found.setdefault((actor, one.readings[actor], other.readings[actor]), {})
        for before, after in zip(one.calls, other.calls, strict=True):
            how = separation(before.expectation, after.expectation)
            if how != NOT and told.get(before.event) != SEPARATED:
                told[before.event] = how
    return tuple(
        Told(
            actor=actor,
            left=left,
            right=right,
            separated=tuple(sorted(event for event, how in told.items() if how == SEPARATED)),
            weakly=tuple(sorted(event for event, how in told.items() if how == WEAKLY)),
        )
        for (actor, left, right), told in sorted(found.items(), key=lambda each: varied.index(each[0][0]))
    )


Number = TypeVar("Number", int, float)


def _span(values: Sequence[Number]) -> tuple[Number, Number]:
    """The least and the most; of nothing 0."""
    return (min(values), max(values)) if values else (0, 0)
