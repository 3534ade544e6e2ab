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

Where numbers come from. Per actor a matrix; or the chance of each of its readings: P(s, t) is then the chance of the readings
by which t is better, and r(s, t) adds half the chance of those by which the two are equal; or weights known up to normal
errors. What a call does not say is taken from the file's `uncertainty` (`groundwork.stated`); what is said nowhere is crisp.

Cost: as `detente.stability.relations`, and 8 bytes per pair of states and actor with numbers. Source: probabilistic:
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
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict.memory import memory_limit, size_text
from detente.errors import InputError, TooLarge
from detente.groundwork.comparisons import Board, board
from detente.groundwork.families import RELATIONAL, Family, judged
from detente.groundwork.matrices import read_matrix, write_matrix
from detente.groundwork.stated import chances_of_readings, number, stated_chances
from detente.groundwork.stated import thresholds as stated_thresholds
from detente.groundwork.weighing import by_certainty, by_chance
from detente.scenario.model import Reading
from detente.stability.relations import Indices, Pairs, Side, Standard, Truths, side

CITES = ("Rêgo & dos Santos 2015", "Bashar, Kilgour & Hipel 2012")

Numbers = NDArray[np.float64]
Lookup = Callable[[Indices, Indices], Numbers]

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
) -> Family:
    """Stability with probabilistic preferences; `chances` None: as the file states, an actor without any is crisp.

    All thresholds are at least 0 and below 1, and 0.5 if neither the call nor the file states one.
    """
    on = board(case)
    found, said = _numbers(on, chances, "chances", 0.0, _at_most_one)
    a, b, c = (
        _thresholds(on, name, each, False) for name, each in (("alpha", alpha), ("beta", beta), ("gamma", gamma))
    )
    sides = []
    for axis, actor in enumerate(on.actors):
        chance = found[axis]
        standard = Standard(_above(chance, a[actor]), _not(_above(chance, b[actor])))
        sides.append(side(on.moves[axis], _above(chance, c[actor]), {"probabilistic": standard}))
    meanings = {"probabilistic": _said(alpha=a, beta=b, gamma=c)}
    return judged("Probabilistic preference", on, sides, concepts, meanings, by_chance(found), said)


def fuzzy(
    case: Case,
    degrees: Chances | None = None,
    thresholds: Thresholds = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
) -> Family:
    """Stability with fuzzy preferences; `degrees` None: as the file states, an actor without any is crisp.

    Thresholds are above 0 and at most 1, and 1 if neither the call nor the file states one.
    """
    on = board(case)
    found, said = _numbers(on, degrees, "degrees", 0.5, _reciprocal)
    least = _thresholds(on, "threshold", thresholds, True)
    sides = [_fuzzy_side(on, axis, found[axis], least[actor]) for axis, actor in enumerate(on.actors)]
    weigh = by_certainty(found, dict(enumerate(least.values())))
    return judged("Fuzzy preference", on, sides, concepts, {"fuzzy": _said(threshold=least)}, weigh, said)


def _fuzzy_side(on: Board, axis: int, degree: Lookup, least: float) -> Side:
    def certain(s: Indices, t: Indices) -> Truths:
        return np.asarray(degree(s, t) - degree(t, s) >= least - CLOSE)

    return side(on.moves[axis], certain, {"fuzzy": Standard(certain, _not(certain))})


# --- where numbers come from ----------------------------------------------------------------------------------------


def _numbers(
    on: Board, given: Chances | None, what: str, tie: float, rule: Callable[[Numbers], str]
) -> tuple[list[Lookup], tuple[str, ...]]:
    """The numbers of every actor, and where they come from."""
    wanted, place = (stated_chances(on.case.scenario), "uncertainty") if given is None else (given, what)
    on.named(wanted)
    _room(on, len(wanted))
    found, notes = [], []
    for actor in on.actors:
        if actor not in wanted:
            found.append(_crisp(on.scores(actor), tie))
            continue
        matrix, note = _matrix(on, actor, wanted[actor], what, place)
        if note and tie:
            matrix = degrees_of(matrix)
        if not note and (fault := rule(matrix)):
            raise InputError(f"the {what} of {actor} {fault}")
        found.append(_lookup(matrix))
        notes.append(f"{actor}: {note or 'numbers for each pair of states'}")
    return found, tuple(notes) or ("No preference is in doubt, so this is the plain analysis.",)


def _room(on: Board, matrices: int) -> None:
    """Refuse numbers for more pairs of states than there is memory for."""
    need = 4 * 8 * on.count**2 * matrices
    if need > memory_limit():
        raise TooLarge(
            f"this model has {on.count:,} states, so {on.count**2:,} pairs; numbers for {matrices} actors would take about "
            f"{size_text(need)}. Fix options that do not matter (`change: fixed`), or state chances for fewer actors"
        )


def _matrix(on: Board, actor: str, given: Any, what: str, place: str) -> tuple[Numbers, str]:
    """An actor's chances (or the numbers as given), and in words where they come from."""
    if isinstance(given, Mapping):
        chances = chances_of_readings(on.case.scenario, actor, given, place)
        said = ", ".join(f"{name} {chance:g}" for name, chance in chances.items())
        return _mixed(on, actor, chances), f"chances of its readings: {said}"
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _from_weights(on, actor, float(given)), f"weights with errors of deviation {given:g}"
    return _checked(on, actor, given, what), ""


def matrix_from_csv(case: Case, text: str, name: str = "the table") -> Numbers:
    """A matrix from a CSV table with a row and a column per state (see `detente.groundwork.matrices`)."""
    on = board(case)
    _room(on, 1)
    return read_matrix(on, text, name)


def matrix_to_csv(case: Case, actor: str, chances: Chances | None = None, *, degrees: bool = False) -> str:
    """The chances (or fuzzy degrees) in force for an actor, as a CSV table to edit; crisp numbers if none are stated."""
    on = board(case)
    on.named({actor: None})
    what, tie, rule = ("degrees", 0.5, _reciprocal) if degrees else ("chances", 0.0, _at_most_one)
    _room(on, 1)
    found = _numbers(on, chances, what, tie, rule)[0][on.actors.index(actor)]
    every = np.arange(on.count)
    return write_matrix(on, found(every[:, None], every[None, :]))


def chances_from_readings(case: Case, actor: str, chances: Mapping[str, Any]) -> Numbers:
    """P(s, t) if the actor is one of its readings with these chances: the chance of those by which t is better than s.

    >>> from detente.scenario import load
    >>> case = Case(load("two_proxies"))
    >>> found = chances_from_readings(case, "ru", {"need": 0.75, "profit": 0.25})
    >>> sorted(set(found.ravel().tolist()))
    [0.0, 0.25, 0.75, 1.0]
    """
    on = board(case)
    _room(on, 1)
    return _mixed(on, actor, chances_of_readings(case.scenario, actor, chances, "chances"))


def degrees_of(chances: Numbers) -> Numbers:
    """Reciprocal degrees from chances: r(s, t) = P(s, t) + half of what is left for indifference."""
    return chances + (1 - chances - chances.T) / 2


def _mixed(on: Board, actor: str, chances: Mapping[str, float]) -> Numbers:
    found = np.zeros((on.count, on.count))
    readings = on.case.scenario.actor(actor).readings
    for name, chance in chances.items():
        u = on.scores_of(readings[name])
        found += chance * (u[None, :] > u[:, None])
    return found


# --- relations from numbers -----------------------------------------------------------------------------------------


def _lookup(matrix: Numbers) -> Lookup:
    return lambda s, t: np.asarray(matrix[s, t])


def _crisp(u: NDArray[np.int64], tie: float) -> Lookup:
    return lambda s, t: np.where(u[t] > u[s], 1.0, np.where(u[t] == u[s], tie, 0.0))


def _above(chance: Lookup, threshold: float) -> Pairs:
    return lambda s, t: np.asarray(chance(s, t) > threshold)


def _not(relation: Pairs) -> Pairs:
    return lambda s, t: ~relation(s, t)


def _said(**thresholds: Mapping[str, float]) -> str:
    parts = []
    for name, each in thresholds.items():
        values = set(each.values())
        shown = f"{values.pop():g}" if len(values) == 1 else ", ".join(f"{a} {v:g}" for a, v in each.items())
        parts.append(f"{name} {shown}")
    return "; ".join(parts)


# --- checks ---------------------------------------------------------------------------------------------------------


def _checked(on: Board, actor: str, given: Any, what: str) -> Numbers:
    try:
        matrix = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"the {what} of {actor} are no matrix of numbers") from None
    if matrix.shape != (on.count, on.count):
        shape = " by ".join(map(str, matrix.shape))
        raise InputError(
            f"the {what} of {actor} are {shape}; expected {on.count} by {on.count}, a row per state in order"
        )
    if not np.isfinite(matrix).all() or (matrix < 0).any() or (matrix > 1).any():
        raise InputError(f"the {what} of {actor} must be between 0 and 1")
    return matrix


def _at_most_one(matrix: Numbers) -> str:
    if (matrix + matrix.T > 1 + CLOSE).any() or (np.diag(matrix) > 0).any():
        return "must add up to at most 1 for each pair of states, and be 0 between a state and itself"
    return ""


def _reciprocal(matrix: Numbers) -> str:
    if (abs(matrix + matrix.T - 1) > CLOSE).any():
        return "must add up to 1 for each pair of states, and be 0.5 between a state and itself"
    return ""


def _thresholds(on: Board, name: str, given: Thresholds, closed_above: bool) -> dict[str, float]:
    if isinstance(given, Mapping):
        on.named(given)
    usual = {**dict.fromkeys(on.actors, USUAL[name]), **stated_thresholds(on.case.scenario, name)}
    said = {**usual, **given} if isinstance(given, Mapping) else usual if given is None else dict.fromkeys(usual, given)
    found = {actor: number(said[actor], f"{name} of {actor}") for actor in on.actors}
    for actor, value in found.items():
        if not (0 < value <= 1 if closed_above else 0 <= value < 1):
            span = "above 0 and at most 1" if closed_above else "at least 0 and below 1"
            raise InputError(f"{name} of {actor} is {value:g}; expected a number {span}")
    return found


# --- chances from weights -------------------------------------------------------------------------------------------


def chances_from_weights(case: Case, actor: str, dispersion: float) -> Numbers:
    """P(s, t) if every weight is only known up to independent normal errors with standard deviation `dispersion`.

    Two states that satisfy the same statements are tied for certain; else the difference of their scores is normal with
    the difference of the written scores as mean and dispersion × √(statements that tell them apart) as deviation.
    """
    on = board(case)
    _room(on, 1)
    return _from_weights(on, actor, dispersion)


def _from_weights(on: Board, actor: str, dispersion: float) -> Numbers:
    reading = on.readings[on.conflict.index(actor)]
    if reading.kind != "weights":
        raise InputError(
            f"{actor}'s reading '{reading.id}' has no weights; give it `weights:`, or a matrix of your own"
        )
    if not 0 < dispersion < math.inf:
        raise InputError(f"the dispersion is {dispersion:g}; expected a number above 0")
    return _dispersed(on, reading, dispersion)


def _dispersed(on: Board, reading: Reading, dispersion: float) -> Numbers:
    rows = [on.conflict.holds(s.want, on.conflict.states) for s in reading.statements]
    holds = np.array(rows, dtype=np.float64).reshape(len(rows), on.count)
    sums = np.array([float(s.weight or 0) for s in reading.statements]) @ holds
    apart = holds.sum(axis=0)[:, None] + holds.sum(axis=0)[None, :] - 2 * (holds.T @ holds)
    ratio = (sums[None, :] - sums[:, None]) / (dispersion * np.sqrt(np.where(apart > 0.5, apart, 1)))
    values, places = np.unique(ratio, return_inverse=True)
    normal = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in values.tolist()])
    return np.where(apart > 0.5, normal[places].reshape(ratio.shape), 0.0)
