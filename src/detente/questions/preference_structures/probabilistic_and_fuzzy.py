"""Graded preference: how probable, or how true, it is that one state is better than another.

The mathematics. Instead of an order an actor has a number for every pair of states.

*Probabilistic*: P_i(s, t), the chance that i strictly prefers t to s; P(s, t) + P(t, s) <= 1, what is missing is the
chance of indifference. i is tempted by t if P_i(s, t) > alpha_i, is deterred by t if P_i(s, t) <= beta_i, and an
answer of j from s to t is credible if P_j(s, t) > gamma_j. Higher alpha: moves less readily; higher beta: is deterred
more readily; higher gamma: fewer answers count.

*Fuzzy*: r_i(s, t) in [0, 1], how far t is preferred to s, with r(s, t) + r(t, s) = 1 and r(s, s) = 1/2. The relative
certainty is r(s, t) - r(t, s). i is tempted by t, and t is credible for i, if it is at least i's satisficing
threshold g_i (0 < g_i <= 1), and t deters i if it is less.

Laws: with crisp numbers (P in {0, 1}; r in {0, 1/2, 1}) both equal the plain concepts, whatever the thresholds.

Where numbers come from. Per actor a matrix; or the chance of each of its readings: P(s, t) is then the chance of the
readings by which t is better, and r(s, t) adds half the chance of those by which the two are equal; or weights known
up to normal errors. What a call does not say is taken from the file's `uncertainty`
(`preference_structures.from_file`); what is said nowhere is crisp.

Cost: as `detente.engine.relations`, and 8 bytes per pair of states an actor tells apart. Source: probabilistic:
Rêgo & dos Santos 2015; fuzzy: Bashar, Kilgour & Hipel 2012. The weak form of the sanction (at most beta),
indifference, and numbers from dispersed weights (`chances_from_weights`) are ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> case = Case(load("prisoners_dilemma"))
>>> probabilistic(case).count("seq") == fuzzy(case).count("seq") == case.analyse().count("seq")
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict.game import Game
from detente.conflict.memory import memory_limit, size_text
from detente.conflict.payoffs import payoffs
from detente.engine import Progress, moves_of, quiet
from detente.engine.arcs import Arcs
from detente.engine.relations import Classed, Indices, Pairs, Side, Standard, alike, side
from detente.errors import InputError, TooLarge
from detente.messages import numeral, tell
from detente.questions.preference_structures.comparison import graded
from detente.questions.preference_structures.from_file import chances_of_readings, stated_chances
from detente.questions.preference_structures.from_file import thresholds as stated_thresholds
from detente.questions.preference_structures.matrices import read_matrix, write_matrix
from detente.questions.preference_structures.reasons import by_certainty, by_chance
from detente.questions.preference_structures.verdicts import RELATIONAL, Family, judged
from detente.scenario.binding.doubts import number
from detente.scenario.model import Reading, Weights
from detente.sheet import ActorTerm, Phrase

Numbers = NDArray[np.float64]
Chances = Mapping[str, Any]
"""Per actor where its numbers come from:

- a square matrix over states in state order: row s, column t is how probable or true "t is better than s" is;
- a mapping from readings to their chances, which add up to 1;
- a number: the standard deviation of the errors in its reading's weights.
"""

Thresholds = float | Mapping[str, float | str] | None
"""One number for all actors, or one per actor; for whom it says nothing: what the file states, else the usual one."""

CLOSE = 1e-9

USUAL = {"alpha": 0.5, "beta": 0.5, "gamma": 0.5, "threshold": 1.0}
"""Thresholds that neither the call nor the file states."""


def probabilistic(
    case: Case,
    chances: Chances | None = None,
    alpha: Thresholds = None,
    beta: Thresholds = None,
    gamma: Thresholds = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """Stability with probabilistic preferences; `chances` None: as the file states, an actor without any is crisp.

    All thresholds are at least 0 and below 1, and 0.5 if neither the call nor the file states one.
    """
    game = graded(case)
    found, notes = _numbers(game, chances, "chances", 0.0, _at_most_one)
    a, b, c = (
        _thresholds(game, name, each, False) for name, each in (("alpha", alpha), ("beta", beta), ("gamma", gamma))
    )
    sides = []
    for actor, chance, moves in zip(game.actors, found, moves_of(game), strict=True):
        standard = Standard(chance.where(chance.between > a[actor]), chance.where(chance.between <= b[actor]))
        credible = chance.where(chance.between > c[actor])
        sides.append(side(moves, credible, {"probabilistic": standard}))
    return judged(
        tell("Probabilistic preference"),
        case,
        sides,
        concepts=concepts,
        progress=progress,
        meanings={"probabilistic": _said(alpha=a, beta=b, gamma=c)},
        weigh=by_chance(found),
        notes=notes,
    )


def fuzzy(
    case: Case,
    degrees: Chances | None = None,
    thresholds: Thresholds = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """Stability with fuzzy preferences; `degrees` None: as the file states, an actor without any is crisp.

    Thresholds are above 0 and at most 1, and 1 if neither the call nor the file states one.
    """
    game = graded(case)
    found, notes = _numbers(game, degrees, "degrees", 0.5, _reciprocal)
    least = _thresholds(game, "threshold", thresholds, True)
    three = zip(moves_of(game), found, least.values(), strict=True)
    return judged(
        tell("Fuzzy preference"),
        case,
        [_fuzzy_side(moves, grades, threshold) for moves, grades, threshold in three],
        concepts=concepts,
        progress=progress,
        meanings={"fuzzy": _said(threshold=least)},
        weigh=by_certainty(found, dict(enumerate(least.values()))),
        notes=notes,
    )


def _fuzzy_side(moves: Arcs, degree: Grades, least: float) -> Side:
    certain = degree.between - degree.between.T >= least - CLOSE
    tempting = degree.where(certain)
    return side(moves, tempting, {"fuzzy": Standard(tempting, degree.where(~certain))})


# --- where numbers come from ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grades:
    """Numbers for pairs of states: that of (s, t) is `between` their classes; those of a class are alike in all comparisons."""

    classes: Indices
    first: Indices
    between: Numbers

    def __call__(self, s: Indices, t: Indices) -> Numbers:
        return np.asarray(self.between[self.classes[s], self.classes[t]])

    def where(self, truths: NDArray[np.bool_]) -> Pairs:
        """A relation between classes as one between states."""
        return Classed(self.classes, self.first, lambda s, t: np.asarray(truths[self.classes[s], self.classes[t]]))

    @property
    def matrix(self) -> Numbers:
        """Row s, column t: the number of the pair."""
        return self.between[self.classes][:, self.classes]


def _numbers(
    game: Game, given: Chances | None, what: str, tie: float, rule: Callable[[Numbers], str]
) -> tuple[list[Grades], tuple[str, ...]]:
    """The numbers of every actor, and where they come from."""
    wanted, place = (stated_chances(game.scenario), "uncertainty") if given is None else (given, what)
    game.require_actors(wanted)
    found, notes = [], []
    for actor in game.actors:
        if actor in wanted:
            grades, note = _grades(game, actor, wanted[actor], what, place)
            if not note and (fault := rule(grades.between)):
                raise InputError(tell("the {what} of {actor} {fault}", what=what, actor=actor, fault=fault))
            notes.append(Phrase.of(ActorTerm(actor), f": {note or tell('numbers for each pair of states')}"))
        else:
            grades, note = _mixed(game, actor, [(game.reading(actor), 1.0)]), "crisp"
        found.append(replace(grades, between=degrees_of(grades.between)) if note and tie else grades)
    return found, tuple(notes) or (tell("No preference is in doubt, so this is the plain analysis."),)


def _grades(game: Game, actor: str, given: Any, what: str, place: str) -> tuple[Grades, str]:
    """An actor's chances (or the numbers as given), and in words where they come from."""
    if isinstance(given, Mapping):
        chances, readings = (
            chances_of_readings(game.scenario, actor, given, place),
            game.scenario.actor(actor).readings,
        )
        said = ", ".join(f"{name} {chance:g}" for name, chance in chances.items())
        mixed = _mixed(game, actor, [(readings[name], chance) for name, chance in chances.items()])
        return mixed, tell("chances of its readings: {said}", said=said)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _from_weights(game, actor, float(given)), tell(
            "weights with errors of deviation {given}", given=numeral(given, "g")
        )
    _room(game, actor, game.count)
    each = np.arange(game.count)
    return Grades(each, each, _checked(game, actor, given, what)), ""


def _room(game: Game, actor: str, count: int) -> None:
    """Refuse numbers for more pairs of states than there is memory for."""
    need = 4 * 8 * count**2 * len(game.actors)
    if need > memory_limit():
        raise TooLarge(
            tell(
                "{actor} tells {count} states apart, so there are {count2} pairs; with numbers for them this "
                "would take about {size_text}. Fix options that do not matter (`change: fixed`), or leave "
                "this actor crisp",
                actor=actor,
                count=numeral(count),
                count2=numeral(count**2),
                size_text=size_text(need),
            )
        )


def matrix_from_csv(case: Case, text: str, name: str = "the table") -> Numbers:
    """A matrix from a CSV table with a row and a column per state (see `detente.questions.preference_structures.matrices`)."""
    game = graded(case)
    _room(game, name, game.count)
    return read_matrix(game, text, name)


def matrix_to_csv(case: Case, actor: str, chances: Chances | None = None, *, degrees: bool = False) -> str:
    """The chances (or fuzzy degrees) in force for an actor, as a CSV table to edit; crisp numbers if none are stated."""
    game = graded(case)
    game.require_actors([actor])
    what, tie, rule = ("degrees", 0.5, _reciprocal) if degrees else ("chances", 0.0, _at_most_one)
    _room(game, actor, game.count)
    return write_matrix(game, _numbers(game, chances, what, tie, rule)[0][game.actors.index(actor)].matrix)


def chances_from_readings(case: Case, actor: str, chances: Mapping[str, Any]) -> Numbers:
    """P(s, t) if the actor is one of its readings with these chances: the chance of those by which t is better than s.

    >>> from detente.scenario import load
    >>> case = Case(load("two_proxies"))
    >>> found = chances_from_readings(case, "ru", {"need": 0.75, "profit": 0.25})
    >>> sorted(set(found.ravel().tolist()))
    [0.0, 0.25, 0.75, 1.0]
    """
    game = graded(case)
    _room(game, actor, game.count)
    return _grades(game, actor, chances, "chances", "chances")[0].matrix


def degrees_of(chances: Numbers) -> Numbers:
    """Reciprocal degrees from chances: r(s, t) = P(s, t) + half of what is left for indifference."""
    return chances + (1 - chances - chances.T) / 2


def _mixed(game: Game, actor: str, chances: Sequence[tuple[Reading, float]]) -> Grades:
    """The chance of the readings by which one state is better than the other."""
    scores = np.array([payoffs(game.conflict, reading, game.states).astype(np.int64) for reading, _ in chances])
    classes, first = alike(scores)
    _room(game, actor, len(first))
    found = np.zeros((len(first), len(first)))
    for u, (_, chance) in zip(scores[:, first], chances, strict=True):
        found += chance * (u[None, :] > u[:, None])
    return Grades(classes, first, found)


def _said(**thresholds: Mapping[str, float]) -> str:
    parts = []
    for name, each in thresholds.items():
        values = set(each.values())
        shown = f"{values.pop():g}" if len(values) == 1 else ", ".join(f"{a} {v:g}" for a, v in each.items())
        parts.append(f"{name} {shown}")
    return "; ".join(parts)


# --- checks ---------------------------------------------------------------------------------------------------------


def _checked(game: Game, actor: str, given: Any, what: str) -> Numbers:
    try:
        matrix = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(tell("the {what} of {actor} are no matrix of numbers", what=what, actor=actor)) from None
    if matrix.shape != (game.count, game.count):
        shape = " by ".join(map(str, matrix.shape))
        raise InputError(
            tell(
                "the {what} of {actor} are {shape}; expected {count} by {count}, a row per state in order",
                what=what,
                actor=actor,
                shape=shape,
                count=game.count,
            )
        )
    if not np.isfinite(matrix).all() or (matrix < 0).any() or (matrix > 1).any():
        raise InputError(tell("the {what} of {actor} must be between 0 and 1", what=what, actor=actor))
    return matrix


def _at_most_one(matrix: Numbers) -> str:
    if (matrix + matrix.T > 1 + CLOSE).any() or (np.diag(matrix) > 0).any():
        return tell("must add up to at most 1 for each pair of states, and be 0 between a state and itself")
    return ""


def _reciprocal(matrix: Numbers) -> str:
    if (abs(matrix + matrix.T - 1) > CLOSE).any():
        return tell("must add up to 1 for each pair of states, and be 0.5 between a state and itself")
    return ""


def _thresholds(game: Game, name: str, given: Thresholds, closed_above: bool) -> dict[str, float]:
    if isinstance(given, Mapping):
        game.require_actors(given)
    usual = {**dict.fromkeys(game.actors, USUAL[name]), **stated_thresholds(game.scenario, name)}
    said = {**usual, **given} if isinstance(given, Mapping) else usual if given is None else dict.fromkeys(usual, given)
    found = {actor: number(said[actor], tell("{name} of {actor}", name=name, actor=actor)) for actor in game.actors}
    for actor, value in found.items():
        if not (0 < value <= 1 if closed_above else 0 <= value < 1):
            span = tell("above 0 and at most 1") if closed_above else tell("at least 0 and below 1")
            raise InputError(
                tell(
                    "{name} of {actor} is {value}; expected a number {span}",
                    name=name,
                    actor=actor,
                    value=numeral(value, "g"),
                    span=span,
                )
            )
    return found


# --- chances from weights -------------------------------------------------------------------------------------------


def chances_from_weights(case: Case, actor: str, dispersion: float) -> Numbers:
    """P(s, t) if every weight is only known up to independent normal errors with standard deviation `dispersion`.

    Two states that satisfy the same statements are tied for certain; else the difference of their scores is normal with
    the difference of the written scores as mean and dispersion × √(statements that tell them apart) as deviation.
    """
    game = graded(case)
    _room(game, actor, game.count)
    return _from_weights(game, actor, dispersion).matrix


def _from_weights(game: Game, actor: str, dispersion: float) -> Grades:
    reading = game.reading(actor)
    if not isinstance(reading, Weights):
        raise InputError(
            tell(
                "{actor}'s reading '{id}' has no weights; give it `weights:`, or a matrix of your own",
                actor=actor,
                id=reading.id,
            )
        )
    if reading.adjust:
        message = tell(
            "{actor}'s reading '{id}' adjusts its ranking state by state, which chances made of weights cannot follow; "
            "leave `adjust` out, or give a matrix of your own",
            actor=actor,
            id=reading.id,
        )
        raise InputError(message)
    if not 0 < dispersion < math.inf:
        raise InputError(
            tell("the dispersion is {dispersion}; expected a number above 0", dispersion=numeral(dispersion, "g"))
        )
    return _dispersed(game, actor, reading, dispersion)


def _dispersed(game: Game, actor: str, reading: Reading, dispersion: float) -> Grades:
    states = game.states
    rows = [np.zeros(game.count, dtype=np.bool_), *(game.conflict.holds(s.want, states) for s in reading.statements)]
    classes, first = alike(np.array(rows))
    _room(game, actor, len(first))
    holds = np.array(rows, dtype=np.float64)[1:, first]
    sums = np.array([float(s.weight or 0) for s in reading.statements]) @ holds
    apart = holds.sum(axis=0)[:, None] + holds.sum(axis=0)[None, :] - 2 * (holds.T @ holds)
    ratio = (sums[None, :] - sums[:, None]) / (dispersion * np.sqrt(np.where(apart > 0.5, apart, 1)))
    values, places = np.unique(ratio, return_inverse=True)
    normal = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in values.tolist()])
    return Grades(classes, first, np.where(apart > 0.5, normal[places].reshape(ratio.shape), 0.0))
