"""How far each threshold of probabilistic or fuzzy preference may move before a verdict flips.

The mathematics. A verdict on one state compares chances (or certainties) with thresholds, so it changes only where a threshold
passes a number that occurs in the actor's matrix: between two such numbers it is constant. A *sweep* moves one threshold of
one actor through all its values, everything else as it is, and tells the *pieces*: spans of values with the same verdicts. The
*margin* of a threshold is the span around its value in which the state stays an equilibrium (or stays none).

Chances: the pieces are closed below, [a, b), for a move tempts and an answer is credible strictly above the threshold, and a
state deters up to it. Certainties: closed above, (a, b], for what reaches the threshold is certain.

Each actor's own stability changes once at most as one threshold moves, and in a known direction: the higher alpha, beta or the
fuzzy threshold of an actor, the more readily it stays; the higher gamma or the fuzzy threshold of another, the fewer answers
deter it. So it is found by halving: log2 of the numbers in a matrix, per actor judged and threshold moved.

Source: the thresholds are those of Rêgo & dos Santos 2015 and Bashar, Kilgour & Hipel 2012. Their margins and sweeps are ours.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> found = threshold_margins(case, None, "nash", chances={"us": {"biden24": 0.65, "carpenter": 0.35}})
>>> found.equilibrium, found.fragile
(False, ())
>>> [(sweep.name, piece.first, piece.last, piece.stable["us"]) for sweep in found.sweeps[:1] for piece in sweep.pieces]
[('alpha', 0.0, 0.35, False), ('alpha', 0.35, 1.0, True)]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.engine import Progress, moves_of, quiet
from detente.engine.concepts import label
from detente.engine.relations import Side, judge
from detente.errors import refuse_unknown
from detente.messages import numeral, tell
from detente.questions.preference_structures.comparison import graded
from detente.questions.preference_structures.probabilistic_and_fuzzy import (
    Chances,
    Grades,
    Thresholds,
    chances_in_force,
    degrees_in_force,
    fuzzy_side,
    probabilistic_side,
    thresholds_of,
)
from detente.questions.preference_structures.verdicts import relational
from detente.result import Answer, Record
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, VerdictTerm, names_of

KINDS = {"probabilistic": ("alpha", "beta", "gamma"), "fuzzy": ("threshold",)}
"""The thresholds of each kind of preference."""

CLOSE = 1e-9
"""Certainties nearer than this to a threshold reach it (see `fuzzy_side`)."""


@dataclass(frozen=True)
class Piece(Record):
    """The values of a threshold from `first` to `last` between which no verdict on the state changes."""

    DERIVED = ("equilibrium",)

    first: float
    last: float
    stable: Mapping[str, bool]

    @property
    def equilibrium(self) -> bool:
        """Whether the state is stable for everybody."""
        return all(self.stable.values())


@dataclass(frozen=True, kw_only=True)
class Sweep(Record):
    """One threshold of one actor through all its values; `here` is the place of the piece with its value today.

    `closed`: the end that belongs to a piece, "below" or "above".
    """

    DERIVED = ("margin", "flips_below", "flips_above")

    name: str
    actor: str
    value: float
    pieces: tuple[Piece, ...]
    here: int
    closed: str

    @cached_property
    def margin(self) -> tuple[float, float]:
        """The values, around that of today, in which the state stays an equilibrium, or stays none."""
        lowest, highest = self._span()
        return self.pieces[lowest].first, self.pieces[highest].last

    @property
    def flips_below(self) -> float | None:
        """Where the verdict changes on the way down; None if nowhere."""
        return self.pieces[self._span()[0]].first if self._span()[0] else None

    @property
    def flips_above(self) -> float | None:
        """Where it changes on the way up; None if nowhere."""
        last = self._span()[1]
        return self.pieces[last].last if last + 1 < len(self.pieces) else None

    @property
    def flips(self) -> bool:
        """Whether the threshold alone can change the verdict."""
        return self.flips_below is not None or self.flips_above is not None

    def _span(self) -> tuple[int, int]:
        wanted, first, last = self.pieces[self.here].equilibrium, self.here, self.here
        while first and self.pieces[first - 1].equilibrium == wanted:
            first -= 1
        while last + 1 < len(self.pieces) and self.pieces[last + 1].equilibrium == wanted:
            last += 1
        return first, last


@dataclass(frozen=True, repr=False, kw_only=True)
class ThresholdMargins(Answer):
    """The verdict on one state under one concept, and a sweep for every threshold of every actor."""

    DERIVED = ("equilibrium", "fragile")

    basis: Basis
    kind: str
    state: Mapping[str, Any]
    text: str
    concept: str
    stable: Mapping[str, bool]
    sweeps: tuple[Sweep, ...]
    notes: tuple[str, ...] = ()

    @property
    def equilibrium(self) -> bool:
        """Whether the state is an equilibrium with the thresholds of today."""
        return all(self.stable.values())

    @property
    def fragile(self) -> tuple[str, ...]:
        """The actors one of whose thresholds alone can change that."""
        return tuple(dict.fromkeys(sweep.actor for sweep in self.sweeps if sweep.flips))

    @property
    def headline(self) -> Phrase:
        """The verdict, and whose thresholds can change it."""
        told = Phrase.told(
            "{state} is {verdict} under {concept}",
            state=StateTerm(self.text),
            verdict=VerdictTerm("stable" if self.equilibrium else "unstable"),
            concept=label(self.concept),
        )
        if not self.fragile:
            return Phrase.told("{told}; no threshold alone changes that.", told=told)
        return Phrase.told(
            "{told}; a threshold of {who} alone can change that.", told=told, who=names_of(map(ActorTerm, self.fragile))
        )

    def sheets(self) -> tuple[Sheet, ...]:
        moved = [sweep for sweep in self.sweeps if len(sweep.pieces) > 1]
        return (self._margins(), self._swept(moved)) if moved else (self._margins(),)

    def _margins(self) -> Sheet:
        rows = tuple(
            (
                sweep.name,
                ActorTerm(sweep.actor),
                _shown(sweep.value),
                _span(*sweep.margin, sweep),
                _flip(sweep.flips_below),
                _flip(sweep.flips_above),
            )
            for sweep in self.sweeps
        )
        columns = (
            tell("threshold"),
            tell("whose"),
            tell("its value"),
            tell("the verdict stays within"),
            tell("flips below"),
            tell("flips above"),
        )
        title = Phrase.told(
            "How far each threshold may move alone: {state} under {concept}",
            state=StateTerm(self.text),
            concept=label(self.concept),
        )
        return Sheet(title, columns, rows, (*self.notes, *self.basis.warnings))

    def _swept(self, sweeps: Sequence[Sweep]) -> Sheet:
        rows = tuple(
            (
                sweep.name,
                ActorTerm(sweep.actor),
                _span(piece.first, piece.last, sweep),
                place == sweep.here,
                *piece.stable.values(),
                piece.equilibrium,
            )
            for sweep in sweeps
            for place, piece in enumerate(sweep.pieces)
        )
        columns = (
            tell("threshold"),
            tell("whose"),
            tell("from – to"),
            tell("its value"),
            *map(ActorTerm, self.stable),
            "equilibrium",
        )
        note = tell("A threshold that is not listed changes nobody's stability, whatever its value.")
        return Sheet(tell("The verdict at every value of a threshold: stable for whom"), columns, rows, (note,))


def _shown(value: float) -> str:
    return numeral(round(value, 9), "g")


def _span(first: float, last: float, sweep: Sweep) -> str:
    below, above = ("[", ")") if sweep.closed == "below" else ("(", "]")
    return f"{below}{_shown(first)}, {_shown(last)}{above}"


def _flip(value: float | None) -> str:
    return "" if value is None else _shown(value)


# --- asking ------------------------------------------------------------------------------------------------------------


def threshold_margins(
    case: Case,
    state: int | str | Mapping[str, Any] | None = None,
    concept: str = "seq",
    kind: str = "probabilistic",
    *,
    chances: Chances | None = None,
    thresholds: Mapping[str, Thresholds] | None = None,
    progress: Progress = quiet,
) -> ThresholdMargins:
    """How far each threshold may move alone before the verdict on the state (None: today's) flips.

    `kind` is "probabilistic" or "fuzzy"; `chances` as there; `thresholds` are by name, such as `{"alpha": {"us": 0.2}}`;
    what is not said is as the file states. Raises `UnknownName` for other names.
    """
    refuse_unknown("kind of preference", KINDS, kind)
    game, said = graded(case), dict(thresholds or {})
    refuse_unknown("threshold", KINDS[kind], *said)
    (chosen,) = relational([concept])
    place = game.number(game.cell(state))
    numbers, notes = (chances_in_force if kind == "probabilistic" else degrees_in_force)(game, chances)
    limits = {name: thresholds_of(game, name, said.get(name), kind == "fuzzy") for name in KINDS[kind]}
    moves = moves_of(game)

    def verdicts(limits: Mapping[str, Mapping[str, float]]) -> tuple[bool, ...]:
        sides = [_side(kind, *each, limits) for each in zip(game.actors, moves, numbers, strict=True)]
        return tuple(bool(found[kind][chosen.id][place]) for found in judge(sides, [chosen], case.sanctions))

    sweeps: list[Sweep] = []
    number = len(limits) * len(game.actors)
    for name, own in limits.items():
        for actor, grades in zip(game.actors, numbers, strict=True):
            progress(len(sweeps), number, f"{name} {actor}")

            def at(value: float, name: str = name, actor: str = actor) -> tuple[bool, ...]:
                return verdicts({**limits, name: {**limits[name], actor: value}})

            sweeps.append(_swept(game.actors, name, actor, own[actor], _spans(kind, grades), at))
    return ThresholdMargins(
        basis=case.basis,
        kind=kind,
        state=game.states_json([int(game.states[place])])[0],
        text=game.text(int(game.states[place])),
        concept=chosen.id,
        stable=dict(zip(game.actors, verdicts(limits), strict=True)),
        sweeps=tuple(sweeps),
        notes=notes,
    )


def _side(kind: str, actor: str, moves: Any, grades: Grades, limits: Mapping[str, Mapping[str, float]]) -> Side:
    own = [each[actor] for each in limits.values()]
    return probabilistic_side(moves, grades, *own) if kind == "probabilistic" else fuzzy_side(moves, grades, *own)


def _spans(kind: str, grades: Grades) -> list[tuple[float, float]]:
    """The spans of a threshold's values between the numbers of an actor; within one nothing changes."""
    # A certainty that falls short by less than CLOSE reaches a threshold: so near, what rounding does to it makes no piece.
    between = grades.between if kind == "probabilistic" else np.round(grades.between - grades.between.T, 9)
    inside = sorted({0.0, 1.0, *np.unique(between[(between > 0) & (between < 1)]).tolist()})
    return list(itertools.pairwise(inside))


def _swept(
    actors: Sequence[str],
    name: str,
    actor: str,
    value: float,
    spans: Sequence[tuple[float, float]],
    at: Callable[[float], tuple[bool, ...]],
) -> Sweep:
    """The pieces: each judged actor's verdict changes once at most, and where is found by halving."""
    above = name == "threshold"
    known: dict[int, tuple[bool, ...]] = {}

    def verdict(place: int) -> tuple[bool, ...]:
        if place not in known:
            known[place] = at(spans[place][above])  # the end that belongs to the span
        return known[place]

    cuts = {0}
    for judged in range(len(actors)):
        low, high = 0, len(spans) - 1
        if verdict(low)[judged] == verdict(high)[judged]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if verdict(middle)[judged] == verdict(0)[judged] else (low, middle)
        cuts.add(high)
    starts = sorted(cuts)
    ends = [*starts[1:], len(spans)]
    pieces = tuple(
        Piece(spans[a][0], spans[b - 1][1], dict(zip(actors, verdict(a), strict=True)))
        for a, b in zip(starts, ends, strict=True)
    )
    here = (
        next(place for place, piece in enumerate(pieces) if value <= piece.last + CLOSE)
        if above
        else max(place for place, piece in enumerate(pieces) if piece.first <= value)
    )
    return Sweep(name=name, actor=actor, value=value, pieces=pieces, here=here, closed="above" if above else "below")
