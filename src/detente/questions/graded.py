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

Cost: as `detente.stability.relations`, and 8 bytes per pair of states and actor with a matrix. Source: probabilistic:
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
from detente.errors import InputError
from detente.groundwork.comparisons import Board, board
from detente.groundwork.families import RELATIONAL, Family, judged
from detente.scenario.model import Reading
from detente.stability.relations import Indices, Pairs, Side, Standard, Truths, side

CITES = ("Rêgo & dos Santos 2015", "Bashar, Kilgour & Hipel 2012")

Numbers = NDArray[np.float64]
Matrices = Mapping[str, Any]
"""Per actor a square matrix over states in state order: row s, column t is how probable or true "t is better than s" is."""

Thresholds = float | Mapping[str, float]
"""One number for all actors, or one per actor."""

CLOSE = 1e-9


def probabilistic(
    case: Case,
    chances: Matrices | None = None,
    alpha: Thresholds = 0.5,
    beta: Thresholds = 0.5,
    gamma: Thresholds = 0.5,
    *,
    concepts: Iterable[str] = RELATIONAL,
) -> Family:
    """Stability with probabilistic preferences; actors without a matrix have their reading's crisp preference.

    All thresholds are at least 0 and below 1.
    """
    on = board(case)
    on.named(chances or {})
    matrices = {a: _checked(on, a, m, "chances", _at_most_one) for a, m in (chances or {}).items()}
    a, b, c = (
        _thresholds(on, name, each, False) for name, each in (("alpha", alpha), ("beta", beta), ("gamma", gamma))
    )
    sides = []
    for axis, actor in enumerate(on.actors):
        chance = _lookup(matrices[actor]) if actor in matrices else _crisp(on.scores(actor), 0.0)
        standard = Standard(_above(chance, a[actor]), _not(_above(chance, b[actor])))
        sides.append(side(on.moves[axis], _above(chance, c[actor]), {"probabilistic": standard}))
    return judged("Probabilistic preference", on, sides, concepts, {"probabilistic": _said(alpha=a, beta=b, gamma=c)})


def fuzzy(
    case: Case,
    degrees: Matrices | None = None,
    thresholds: Thresholds = 1.0,
    *,
    concepts: Iterable[str] = RELATIONAL,
) -> Family:
    """Stability with fuzzy preferences; actors without a matrix have their reading's crisp preference.

    Thresholds are above 0 and at most 1.
    """
    on = board(case)
    on.named(degrees or {})
    matrices = {a: _checked(on, a, m, "degrees", _reciprocal) for a, m in (degrees or {}).items()}
    least = _thresholds(on, "threshold", thresholds, True)
    sides = []
    for axis, actor in enumerate(on.actors):
        degree = _lookup(matrices[actor]) if actor in matrices else _crisp(on.scores(actor), 0.5)
        sides.append(_fuzzy_side(on, axis, degree, least[actor]))
    return judged("Fuzzy preference", on, sides, concepts, {"fuzzy": _said(threshold=least)})


def _fuzzy_side(on: Board, axis: int, degree: Callable[[Indices, Indices], Numbers], least: float) -> Side:
    def certain(s: Indices, t: Indices) -> Truths:
        return np.asarray(degree(s, t) - degree(t, s) >= least - CLOSE)

    return side(on.moves[axis], certain, {"fuzzy": Standard(certain, _not(certain))})


# --- numbers --------------------------------------------------------------------------------------------------------


def _lookup(matrix: Numbers) -> Callable[[Indices, Indices], Numbers]:
    return lambda s, t: np.asarray(matrix[s, t])


def _crisp(u: NDArray[np.int64], tie: float) -> Callable[[Indices, Indices], Numbers]:
    return lambda s, t: np.where(u[t] > u[s], 1.0, np.where(u[t] == u[s], tie, 0.0))


def _above(chance: Callable[[Indices, Indices], Numbers], threshold: float) -> Pairs:
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


def _checked(on: Board, actor: str, given: Any, what: str, rule: Callable[[Numbers], str]) -> Numbers:
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
    if fault := rule(matrix):
        raise InputError(f"the {what} of {actor} {fault}")
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
        if missing := [actor for actor in on.actors if actor not in given]:
            raise InputError(f"{name} is missing for {', '.join(missing)}")
    found = {actor: float(given[actor] if isinstance(given, Mapping) else given) for actor in on.actors}
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
    reading = on.readings[on.conflict.index(actor)]
    if reading.kind != "weights":
        raise InputError(
            f"{actor}'s reading '{reading.id}' has no weights; give it `weights:`, or a matrix of your own"
        )
    if not dispersion > 0:
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
