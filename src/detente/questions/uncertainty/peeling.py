"""Boxes: few values of few columns that hold much of what is looked for, and little else.

The mathematics. A table has categorical columns, a weight per row, and marked rows. A *box* allows some values in some
columns (a *clause* each) and anything in the others. Its *coverage* is the part of the marked weight that lies in it, its
*density* the part of its weight that is marked, its *mass* its part of all weight. Its *gain* is how far its density has come
from that of the whole table (0) to all (1). A good box has much of both, so that of two the one with the greater harmonic
mean of coverage and gain is better, and of equals that with fewer clauses; a box of everything gains nothing.

Steps (the patient rule induction method, Friedman & Fisher 1999, as scenario discovery uses it, Bryant & Lempert 2010): from
the box of everything, values are peeled off one at a time. A categorical column loses a whole value at once, which is not
patient; so the `BEAM` best boxes of each number of peels are followed in place of one. Of all boxes met the best is kept, and
what can be pasted back to it without making it worse is, so that no clause stands idle. The next box is looked for among the
rows outside. It is a search: it may miss a better box. Cost: beam × peels × values of all columns × rows.

>>> columns = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
>>> box = best_box(columns, np.full(4, 0.25), np.array([False, False, False, True]))
>>> box, measure(box, columns, np.full(4, 0.25), np.array([False, False, False, True]))
({0: frozenset({1}), 1: frozenset({1})}, (1.0, 1.0, 0.25))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

BEAM = 12
"""Boxes followed at a time."""

CLAUSES = 3
"""Clauses of a box at most, so that it can be said in a sentence."""

PEELS = 8
"""Values peeled off at most."""

CLOSE = 1e-12

Box = Mapping[int, frozenset[int]]
"""Per column with a clause: the values allowed there."""

Column = NDArray[np.int64]
Weights = NDArray[np.float64]
Truths = NDArray[np.bool_]


def inside(box: Box, columns: Sequence[Column]) -> Truths:
    """Which rows lie in a box."""
    found = np.ones(len(columns[0]) if columns else 0, dtype=np.bool_)
    for column, allowed in box.items():
        found &= np.isin(columns[column], list(allowed))
    return found


def measure(box: Box, columns: Sequence[Column], weight: Weights, marked: Truths) -> tuple[float, float, float]:
    """Coverage, density and mass of a box."""
    within = inside(box, columns)
    hits, own, all_ = (float(weight[each].sum()) for each in (within & marked, within, marked))
    return (hits / all_ if all_ else 0.0), (hits / own if own else 0.0), own / float(weight.sum())


def worth(hits: float, own: float, marked: float, everything: float) -> float:
    """The harmonic mean of coverage and gain, for a box of weight `own` of which `hits` are marked; 0 if it gains nothing."""
    if not own or hits * everything <= marked * own:
        return 0.0
    coverage, base = hits / marked, marked / everything
    gain = (hits / own - base) / (1 - base)
    return 2 * coverage * gain / (coverage + gain)


def best_box(columns: Sequence[Column], weight: Weights, marked: Truths, clauses: int = CLAUSES) -> Box:
    """The best box that peeling meets; empty if no clause helps. No clause allows a row whose value is -1 (not asked)."""
    total, everything = float(weight[marked].sum()), float(weight.sum())
    if not 0 < total < everything or not columns:
        return {}
    values = [np.unique(column[column >= 0]).tolist() for column in columns]
    # A row per value: by one product all that a box would hold of each value is known.
    has = np.stack([column == value for column, known in zip(columns, values, strict=True) for value in known])
    table, first = has.astype(np.float64), np.concatenate([[0], np.cumsum([len(known) for known in values])]).tolist()
    row_of = {(c, v): first[c] + k for c, known in enumerate(values) for k, v in enumerate(known)}
    both = weight * marked

    def rounded(hits: float, own: float) -> float:
        return round(worth(hits, own, total, everything), 12)

    def judged(box: Box) -> tuple[float, int]:
        """How good a box is; of equals the one with fewer clauses is better."""
        within = inside(box, columns)
        return rounded(float(both[within].sum()), float(weight[within].sum())), -len(box)

    best: Box = {}
    beam: list[Box] = [{}]
    for _ in range(PEELS):
        found: dict[_Key, tuple[float, Box]] = {}
        for box in beam:
            within = inside(box, columns)
            hits, own = table @ (both * within), table @ (weight * within)
            for column, known in enumerate(values):
                allowed = box.get(column, frozenset(known))
                if len(allowed) < 2 or (column not in box and len(box) >= clauses):
                    continue
                for value in sorted(allowed):
                    left = allowed - {value}
                    rows = [row_of[column, each] for each in left]
                    peeled = {**box, column: left}
                    worthy = rounded(float(hits[rows].sum()), float(own[rows].sum()))
                    found[tuple(sorted((c, tuple(sorted(a))) for c, a in peeled.items()))] = worthy, peeled
        if not found:
            break
        kept = sorted(found.items(), key=lambda each: (-each[1][0], len(each[0]), each[0]))[:BEAM]
        beam = [box for _, (_, box) in kept]
        best = max([best, *beam], key=judged)
    return dict(sorted(_pasted(best, values, judged).items()))


_Key = tuple[tuple[int, tuple[int, ...]], ...]
"""A box in one order, so that equal ones are equal."""


def _pasted(box: Box, values: Sequence[Sequence[int]], judged: Callable[[Box], tuple[float, int]]) -> Box:
    """The box with every value put back that makes it no worse, clauses that go altogether first."""
    better = True
    while better:
        better = False
        wider = [{c: a for c, a in box.items() if c != column} for column in box]
        for column, allowed in box.items():
            for value in values[column]:
                grown = allowed | {value}
                if value not in allowed and len(grown) < len(values[column]):
                    wider.append({**box, column: grown})
        for other in wider:
            if judged(other)[0] >= judged(box)[0] - CLOSE:
                box, better = other, True
                break
    return box


def boxes(columns: Sequence[Column], weight: Weights, marked: Truths, most: int, least: float) -> list[Box]:
    """Up to so many boxes, each the best among the rows outside of those before it, with `least` of the marked weight."""
    found: list[Box] = []
    left = np.ones(len(weight), dtype=np.bool_)
    total = float(weight[marked].sum())
    base = total / float(weight.sum()) if total else 0.0
    while len(found) < most:
        box = best_box([column[left] for column in columns], weight[left], marked[left])
        within = inside(box, columns)
        hits, own = float(weight[within & marked & left].sum()), float(weight[within & left].sum())
        if not box or hits < least * total or not own or hits / own <= base:
            break
        found.append(box)
        left &= ~within
    return found


def minimal_changes(columns: Sequence[Column], usual: Sequence[int], marked: Truths, most: int) -> list[dict[int, int]]:
    """The marked rows by what differs from the usual values, only those of which no part is another's; smallest first.

    Each is a set of columns with the values they must have. At most `most` of them. Cost: rows × those found.
    """
    rows = np.flatnonzero(marked)
    table = (
        np.stack([column[rows] for column in columns], axis=1) if columns else np.zeros((len(rows), 0), dtype=np.int64)
    )
    differs = (table != np.asarray(usual, dtype=np.int64)) & (table >= 0)  # what is not asked is not otherwise
    found: list[dict[int, int]] = []
    kept: list[frozenset[tuple[int, int]]] = []
    for row in np.argsort(differs.sum(axis=1), kind="stable").tolist():
        mine = frozenset((int(c), int(table[row, c])) for c in np.flatnonzero(differs[row]))
        if any(other <= mine for other in kept):
            continue
        kept.append(mine)
        found.append(dict(sorted(mine)))
        if len(found) == most:
            break
    return found
