"""From what actors want to numbers: payoffs on states.

The mathematics. A *priority list* L1, ..., Lk orders states lexicographically: the state that satisfies the first statement
on which two states differ is preferred; its score is the sum of 2^(k-p) over the statements p it satisfies. *Weights* add
up. A *ranking* lists states best first, ties grouped. What a reading *adjusts* is set right at the end (see
`detente.scenario.adjustments`). Only the order matters to the engine, so payoffs are handed on as
small unsigned integers, larger = preferred, equal = indifferent.

How to make them: `payoffs(conflict, reading)` on the whole grid (broadcastable: only the axes the statements look at have
length), or at given cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict, adjustments
from detente.conflict.states import state_text
from detente.errors import Problem, ScenarioError
from detente.formula import Formula, options_of
from detente.messages import numeral, tell
from detente.scenario.adjustments import raised as standings
from detente.scenario.model import Adjustment, PriorityList, Ranking, Reading, Weights

Payoffs = NDArray[np.unsignedinteger[Any]]

_WORD = 62
"""Bits of a score before scores are replaced by their ranks, so that lists of any length fit 64 bits."""

RANKED = 1 << 21
"""Grids up to this size get dense ranks: sorting them is cheap and halves the bytes the engine moves."""


def payoffs(conflict: Conflict, reading: Reading, cells: Cells | None = None) -> Payoffs:
    """How much the actor likes each cell: unsigned integers, comparable within the returned array.

    Without `cells` the array broadcasts to `conflict.shape`. Cost: one pass over the mentioned axes per statement; of a reading
    with adjustments the whole grid is sorted.
    """
    if pairs := adjustments.pairs(conflict, reading):
        return _narrow(_adjusted(reading, conflict, cells, pairs))
    return _narrow(_scores(reading, conflict, cells))


def _adjusted(reading: Reading, conflict: Conflict, cells: Cells | None, pairs: adjustments.Pairs) -> NDArray[Any]:
    """The order of the cells after the adjustments; the states they speak of are ranked with them, wherever they are."""
    if cells is None:
        flat = np.broadcast_to(_scores(reading, conflict, None), conflict.shape).reshape(-1)
        return adjustments.raised(_dense(flat), pairs).reshape(conflict.shape)
    shape, asked = np.shape(cells), np.ravel(cells)
    spoken = list(dict.fromkeys(cell for pair in pairs for cell in pair))
    standing = {cell: place for place, cell in enumerate(spoken)}
    ranks = _dense(_scores(reading, conflict, np.concatenate([np.array(spoken, dtype=np.int64), asked])))
    spoken_of = adjustments.raised(ranks, ((standing[a], standing[b]) for a, b in pairs))
    found = spoken_of[len(spoken) :]
    for cell, place in standing.items():  # what is asked for may be among them
        found[asked == cell] = spoken_of[place]
    return found.reshape(shape)


@singledispatch
def _scores(reading: Reading, _conflict: Conflict, _cells: Cells | None) -> NDArray[Any]:
    """Numbers that order the cells, of any size; registered for each class of reading."""
    raise TypeError(f"a reading of the class {type(reading).__name__} orders no states")


@_scores.register
def _prioritised(reading: PriorityList, conflict: Conflict, cells: Cells | None) -> NDArray[Any]:
    statements = reading.statements
    shape = np.shape(cells) if cells is not None else (1,) * len(conflict.shape)
    total: NDArray[Any] = np.zeros(shape, dtype=score_type(len(statements)))
    bits = 0
    for statement in statements:
        if bits == _WORD:  # before the word overflows: only the order matters, so ranks do as well as scores
            total = _dense(total)
            bits = int(total.max(initial=0)).bit_length()
        truth = conflict.holds(statement.want, cells)
        if truth.shape != total.shape and (grown := np.broadcast_shapes(total.shape, truth.shape)) != total.shape:
            total = np.broadcast_to(total, grown).copy()
        total <<= total.dtype.type(1)  # in place: on large grids every temporary copy counts
        total |= truth
        bits += 1
    return total


def score_type(statements: int) -> np.dtype[Any]:
    """The least unsigned type that holds the scores of a priority list of so many statements."""
    return np.dtype(next(f"u{size}" for size in (1, 2, 4, 8) if min(statements, _WORD) <= 8 * size))


def ranked_cells(conflict: Conflict, reading: Reading) -> int:
    """Cells of the grid on which the reading orders the feasible states: the axes it looks at, all where it adjusts."""
    looked_at = (*conflict.never, *(statement.want for statement in reading.statements))
    return conflict.cells if reading.adjust else conflict.grid_size(looked_at)


def payoff_bytes(reading: Reading, cells: int) -> int:
    """Bytes per cell that `payoffs` takes on so many cells, told without making them; an upper bound.

    >>> from detente.scenario import load
    >>> payoff_bytes(load("two_proxies").actor("us").default_reading, 64)
    1
    """
    top = cells
    if reading.adjust:
        return 8
    if cells > RANKED and isinstance(reading, Weights):
        top = sum(map(abs, reading.whole))
    elif cells > RANKED and isinstance(reading, PriorityList):
        top = 1 << min(len(reading.statements), _WORD)
    return next((size for size in (1, 2, 4) if top + 2 < 1 << 8 * size), 8)


@_scores.register
def _weighted(reading: Weights, conflict: Conflict, cells: Cells | None) -> NDArray[Any]:
    whole = reading.whole
    kind: Any = np.int64 if sum(map(abs, whole)) < 1 << 62 else object
    total: Any = np.zeros(np.shape(cells) if cells is not None else (1,) * len(conflict.shape), dtype=kind)
    for statement, weight in zip(reading.statements, whole, strict=True):
        total = total + conflict.holds(statement.want, cells).astype(kind) * weight
    return np.asarray(total)


@_scores.register
def _ranked(reading: Ranking, conflict: Conflict, cells: Cells | None) -> NDArray[Any]:
    grid = np.zeros(conflict.cells, dtype=np.uint64)
    listed: dict[int, str] = {}
    problems: list[str] = []
    for place, group in enumerate(reading.ranking):
        for name in group:
            cell = conflict.named[name]
            if cell < 0 and conflict.excludes(conflict.names.get(name, {})):
                continue
            if cell < 0:
                problems.append(tell("{name} is infeasible, so it cannot be ranked", name=name))
            elif cell in listed:
                problems.append(
                    tell("{name} is the same state as {listed}, so it is ranked twice", name=name, listed=listed[cell])
                )
            else:
                grid[cell], listed[cell] = len(reading.ranking) - place, name
    problems += _unranked(conflict, listed)
    if problems:
        raise _problem(conflict, reading, tell("ranking '{id}': ", id=reading.id) + "; ".join(problems), "ranking")
    return grid.reshape(conflict.shape) if cells is None else grid[cells]


def _unranked(conflict: Conflict, listed: Mapping[int, str]) -> list[str]:
    """What to say of states a ranking leaves out."""
    missing = [cell for cell in conflict.states.tolist() if cell not in listed]
    shown = ", ".join(f"'{state_text(conflict, cell)}'" for cell in missing[:3])
    if len(missing) == 1:
        return [tell("one state is not ranked: {shown}", shown=shown)]
    return (
        [tell("{number} states are not ranked, for example {shown}", number=numeral(len(missing)), shown=shown)]
        if missing
        else []
    )


def _narrow(raw: NDArray[Any]) -> Payoffs:
    """The same order in the fewest bytes; small arrays are replaced by their ranks."""
    if raw.size <= RANKED or raw.dtype == object:
        raw = _dense(raw)
    elif raw.dtype.kind == "i":
        raw = (raw - raw.min()).astype(np.uint64)
    top = int(raw.max(initial=0))
    for kind in (np.uint8, np.uint16, np.uint32):
        if top + 2 <= np.iinfo(kind).max:  # room for "infeasible" below and "nothing" above
            return raw.astype(kind, copy=False)
    return raw.astype(np.uint64, copy=False)


def _dense(raw: NDArray[Any]) -> NDArray[np.uint64]:
    return np.unique(raw, return_inverse=True)[1].reshape(raw.shape).astype(np.uint64)


def score(conflict: Conflict, reading: Reading, cell: int) -> Any:
    """The published score of one state: exact lexicographic or weighted sum; for a ranking the height from the bottom.

    Adjustments move states past one another without giving them another score.
    """
    at = np.array([cell], dtype=np.int64)
    if isinstance(reading, Ranking):
        groups = enumerate(reversed(reading.ranking), start=1)
        return next(height for height, group in groups if any(conflict.named[name] == cell for name in group))
    assert isinstance(reading, PriorityList | Weights)
    return reading.score([bool(conflict.holds(s.want, at)[0]) for s in reading.statements])


def adjusting(conflict: Conflict, reading: Reading, before: int, after: int) -> Adjustment | None:
    """The adjustment that makes two states compare otherwise than by the list alone; None if the list says the same."""
    if not (pairs := adjustments.pairs(conflict, reading)):
        return None
    cells = list(dict.fromkeys((before, after, *(cell for pair in pairs for cell in pair))))
    listed = _dense(_scores(reading, conflict, np.array(cells, dtype=np.int64))).tolist()
    places = dict(zip(cells, listed, strict=True))
    stands = standings(places, tuple(pairs))
    if (stands[after] > stands[before]) == (places[after] > places[before]) and (
        (stands[after] < stands[before]) == (places[after] < places[before])
    ):
        return None
    lifted = after if stands[after] > stands[before] else before
    base, step, _ = stands[lifted]
    return next(
        adjustment
        for (above, below), adjustment in pairs.items()
        if above == lifted and stands[below][:2] == (base, step - 1)
    )


def check_merges(conflict: Conflict, reading: Reading) -> None:
    """Members of a merged state must be equally liked, unless the rule says `score: representative`."""
    if isinstance(reading, Ranking):
        return
    for rule, members in (pair for merge in conflict.merges for pair in merge.alike):
        if len(np.unique(_scores(reading, conflict, members))) < 2:
            continue
        apart = [s for s in reading.statements if len(set(conflict.holds(s.want, members).tolist())) > 1]
        message = tell(
            "the states merged by `same: {text}` (line {line}) differ for reading '{id}' on '{apart}' "
            "(line {line2}); make the statement look at what they share, or add `score: representative` "
            "to the rule",
            text=rule.text,
            line=rule.place.line,
            id=reading.id,
            apart=apart[0],
            line2=apart[0].place.line,
        )
        raise _problem(conflict, reading, message, "merged-scores")


def _problem(conflict: Conflict, reading: Reading, message: str, code: str) -> ScenarioError:
    return ScenarioError([Problem(reading.place.line, reading.place.column, "error", code, message, conflict.path)])


def own_statements(reading: Reading, own: Iterable[str]) -> list[Formula]:
    """The statements along which the owner of options `own` can tell its moves apart; the others are constant there."""
    keys = frozenset(own)
    return [s.want for s in reading.statements if options_of(s.want) & keys]


def restrict(reading: Reading, keys: Iterable[str]) -> Reading:
    """The reading cut to the statements, and the adjustments, that look at nothing but the options `keys`."""
    known = frozenset(keys)
    adjust = tuple(each for each in reading.adjust if isinstance(each.above, str) or each.above.keys() <= known)
    statements = tuple(s for s in reading.statements if options_of(s.want) <= known)
    return replace(reading, statements=statements, adjust=reading.adjust if adjust == reading.adjust else adjust)
