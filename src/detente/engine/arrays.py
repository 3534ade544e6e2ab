"""Stability and play on a grid, one axis per actor: the functions, and the numpy kernels that are the reference.

The mathematics, and the rounds of sweeps that all kernels share, are in `sweeps`. Payoffs are unsigned integers, full
arrays in C order, larger = better, 0 = infeasible in all of them at once, and below the largest number of their type.

To use: describe each actor's moves by a `Relation` and call `stable`, `stability` or `guarantee`; for several actors,
`prepare` once and call the methods of the same names. `reach` and `reach_back` follow play.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from detente.engine.sweeps import RULES, Array, Bools, Prepared, Relation, Turn

__all__ = [
    "Prepared",
    "Relation",
    "best_reply",
    "guarantee",
    "improvements",
    "prepare",
    "reach",
    "reach_back",
    "stability",
    "stable",
]

Places: TypeAlias = NDArray[np.intp]

SHORT = 16
"""Axes up to this length are compared pair by pair, longer ones are sorted once."""

WIDE = 64
"""Axes whose neighbours lie at least this many cells apart are swept where they are, others on a copy."""


def prepare(
    us: Sequence[Array],
    relations: Sequence[Relation],
    *,
    compiled: bool = False,
    threads: int | None = None,
    credible: bool = True,
) -> Prepared:
    """Compute once what all focal actors share; `credible=False` leaves out what only SEQ and SSEQ use.

    `compiled` chooses the numba kernels on `threads` threads (default: one per core). Time O(actors * states * n),
    with log n for n on long axes. Keeps a byte per actor and state (compiled; more on axes beyond 127), or two sort
    positions on long axes (numpy).
    """
    if compiled:
        from detente.engine.compiled import build

        return build(tuple(us), tuple(relations), threads, credible)
    return _build(tuple(us), tuple(relations), credible)


def stability(
    us: Sequence[Array],
    relations: Sequence[Relation],
    actor: int,
    concepts: Iterable[str],
    sanctions: str = "legal",
    *,
    compiled: bool = False,
) -> dict[str, Bools]:
    """Where each state is stable for the actor, for several of nash, sseq, seq, smr, gmr; infeasible cells: False.

    Cost: one sweep for Nash; per further concept, sweeps of all opponents until nothing changes (typically two to
    six rounds), each as `Prepared.lower`. The prisoner's dilemma:

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> found = stability([u, u.T.copy()], [Relation(0), Relation(1)], 0, ["nash", "seq"])
    >>> found["nash"].tolist(), found["seq"].tolist()
    ([[False, False], [True, True]], [[True, False], [True, True]])
    """
    wanted = tuple(concepts)
    credible = any(RULES[concept][0] for concept in wanted if concept != "nash")
    return prepare(us, relations, compiled=compiled, credible=credible).stability(actor, wanted, sanctions)


def stable(
    us: Sequence[Array],
    relations: Sequence[Relation],
    actor: int,
    concept: str,
    sanctions: str = "legal",
    *,
    compiled: bool = False,
) -> Bools:
    """Where each state is stable for the actor under one concept, one of those of `stability`; cost as there."""
    return stability(us, relations, actor, [concept], sanctions, compiled=compiled)[concept]


def guarantee(
    us: Sequence[Array],
    relations: Sequence[Relation],
    actor: int,
    *,
    credible: bool,
    reply: bool,
    sanctions: str = "legal",
    compiled: bool = False,
) -> Array:
    """The guarantee w of the actor in every state (infeasible: the largest number of the type).

    `credible`: the others answer by improvements only; `reply`: the actor may reply. Cost: one concept of `stability`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> guarantee([u, u.T.copy()], [Relation(0), Relation(1)], 0, credible=True, reply=False).tolist()
    [[1, 1], [2, 2]]
    """
    model = prepare(us, relations, compiled=compiled, credible=credible)
    return model.guarantee(actor, credible=credible, reply=reply, sanctions=sanctions)


def best_reply(u: Array, relation: Relation) -> Array:
    """max(u, best own move) in every state, 0 where infeasible; one sweep.

    >>> best_reply(np.array([[3, 0], [4, 2]], np.uint8), Relation(0)).tolist()
    [[4, 0], [4, 2]]
    """
    return _build((u,), (relation,), credible=False)._best(u.flatten(), 0).reshape(u.shape)


def improvements(u: Array, relation: Relation) -> NDArray[np.uint32]:
    """Number of improvements in every state for the owner of the axis; O(states * n).

    >>> improvements(np.array([[3, 0], [4, 2]], np.uint8), Relation(0)).tolist()
    [[1, 0], [0, 0]]
    """
    rows = _rows(u, relation.axis)
    count = np.zeros(rows.shape, np.uint32)
    for p, _, allowed in _allowed(relation, rows, rows, _context(relation, u.shape)):
        count[p] += allowed & (rows[p] > 0)
    return _flat(count).reshape(u.shape)


def reach(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    start: Bools,
    improving: bool,
    actors: Iterable[int],
    guarantees: Mapping[int, Array] | None = None,
) -> Bools:
    """Where play from the cells in `start` can go, these included, by moves or improvements of the actors in any order.

    Without payoffs every cell is feasible. With `guarantees`, each listed actor i takes x -> y only if u_i(y) and
    w_i(y) both exceed u_i(x): the unsanctioned improvements. These are transitive too, as w_i(z) > u_i(y) > u_i(x), so one
    pass per actor suffices between changes by others. Passes repeat until nothing changes; each costs as `lower`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> game, start = [u, u.T.copy()], np.array([[True, False], [False, False]])
    >>> reach(game, [Relation(0), Relation(1)], start, True, [0, 1]).tolist()
    [[True, True], [True, True]]
    """
    return _play(us, relations, start, improving, list(actors), guarantees or {}, forward=True)


def reach_back(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    goal: Bools,
    improving: bool,
    actors: Iterable[int],
    guarantees: Mapping[int, Array] | None = None,
) -> Bools:
    """From where play can come to the cells in `goal`, these included; otherwise as `reach`."""
    return _play(us, relations, goal, improving, list(actors), guarantees or {}, forward=False)


def _play(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    start: Bools,
    improving: bool,
    movers: list[int],
    guarantees: Mapping[int, Array],
    forward: bool,
) -> Bools:
    feasible = np.ones(start.shape, np.bool_) if us is None else us[0] > 0
    found, queue = start & feasible, movers.copy()
    while queue:
        j = queue.pop(0)
        low = us[j] if us is not None and improving else np.zeros(start.shape, np.uint8)
        high = low if us is not None and improving else feasible.view(np.uint8)
        # a step is unsanctioned if both what it promises and what the answers leave of it are better
        high = np.minimum(high, guarantees[j]) if j in guarantees else high
        grown = _extended(found, relations[j], low, high, forward) & feasible
        if (grown & ~found).any():
            found |= grown
            # j itself need not look again: its moves are transitive, so it has gone as far as it can
            queue += [k for k in movers if k not in queue and k != j]
    return found


def _extended(found: Bools, relation: Relation, low: Array, high: Array, forward: bool) -> Bools:
    """The cells one move of the actor away from `found`; a move x -> y needs high(y) > low(x)."""
    rows, here, there = (_rows(each, relation.axis) for each in (found, low, high))
    grown = np.zeros(rows.shape, np.bool_)
    if not relation.complete:
        for p, q, allowed in _allowed(relation, here, there, _context(relation, low.shape)):
            grown[q if forward else p] |= allowed & rows[p if forward else q]
    elif forward:  # y is reached if it beats the easiest x of the line to leave
        np.greater(there, np.where(rows, here, np.iinfo(here.dtype).max).min(axis=0), out=grown)
    else:
        np.less(here, np.where(rows, there, 0).max(axis=0), out=grown)
    return _flat(grown).reshape(found.shape)


@final
@dataclass(frozen=True, eq=False)
class _Plain(Prepared):
    """Sweeps by whole-array operations, the reference: the cell order is the model's, one block."""

    ladders: tuple[tuple[Places, Places] | None, ...]

    def payoff(self, actor: int) -> Array:
        return self.us[actor].reshape(-1)

    def restore(self, cells: NDArray[Any]) -> NDArray[Any]:
        return cells.reshape(self.us[0].shape)

    def lower(self, target: Array, source: Array, actor: int, improving: bool, turn: Turn) -> None:
        if turn.marks[0] > turn.seen:
            # a whole sweep is one block: the reference kernels do not look where something changed
            swept = _flat(self._swept(source.reshape(self.us[0].shape), actor, improving))
            if self.feasible is not None:
                swept[~self.feasible] = np.iinfo(source.dtype).max
            if (swept < target).any():
                np.minimum(target, swept, out=target)
                turn.marks[0] = turn.now

    def _swept(self, source: Array, actor: int, improving: bool) -> Array:
        relation, ladder, top = self.relations[actor], self.ladders[actor], np.iinfo(source.dtype).max
        rows = _rows(source, relation.axis)
        if relation.complete and not improving:
            return np.broadcast_to(rows.min(axis=0), rows.shape)
        if improving and ladder is not None:  # long axes: sorted once, so a sweep need not compare pair by pair
            return _least_better(rows, *ladder)
        high, least = _rows(self.us[actor], relation.axis), rows.copy()
        context = None if (given := self.conditions[actor]) is None else _rows(given, relation.axis)
        for p, q, allowed in _allowed(relation, high if improving else np.zeros_like(high), high, context):
            np.minimum(least[p], np.where(allowed, rows[q], top), out=least[p])
        return least


def _build(us: tuple[Array, ...], relations: tuple[Relation, ...], credible: bool) -> _Plain:
    shape, feasible = us[0].shape, (us[0] > 0).reshape(-1)
    steps = tuple(prod(shape[relation.axis + 1 :]) for relation in relations)
    conditions = tuple(None if r.conditions is None else np.broadcast_to(r.conditions, shape).copy() for r in relations)
    ladders = tuple(
        _ladder(_rows(u, r.axis)) if credible and r.complete and shape[r.axis] > SHORT else None
        for u, r in zip(us, relations, strict=True)
    )
    return _Plain(us, relations, steps, 1, None if feasible.all() else feasible, conditions, ladders)


def _ladder(rows: Array) -> tuple[Places, Places]:
    """Best-first sort positions along the axis and, per cell, how many cells of its line are strictly better."""
    order = np.argsort(~rows, axis=0, kind="stable")
    ranked = np.take_along_axis(rows, order, 0)
    place = np.broadcast_to(np.arange(len(rows)).reshape(-1, 1, 1), rows.shape).copy()
    place[1:][ranked[1:] == ranked[:-1]] = 0  # ties take the place of the first of them: none is strictly better
    better = np.empty_like(order)
    np.put_along_axis(better, order, np.maximum.accumulate(place, axis=0), 0)
    return order, better


def _least_better(rows: Array, order: Places, better: Places) -> Array:
    """Least over each cell and the strictly better ones: running minima in sorted order, looked up by `better`."""
    running = np.empty((len(rows) + 1, *rows.shape[1:]), rows.dtype)
    running[0] = np.iinfo(rows.dtype).max
    np.minimum.accumulate(np.take_along_axis(rows, order, 0), axis=0, out=running[1:])
    found: Array = np.take_along_axis(running, better, 0)
    return np.minimum(rows, found)


def _allowed(relation: Relation, low: Array, high: Array, context: Array | None) -> Iterator[tuple[int, int, Bools]]:
    """For every pair p -> q, at which cells (of row p) the move is legal and high(target) > low(start)."""
    for (p, q), need in zip(*relation.moves(len(low)), strict=True):
        allowed = high[q] > low[p]
        yield p, q, allowed if context is None else allowed & ((context[p] & need) == need)


def _rows(grid: NDArray[Any], axis: int) -> NDArray[Any]:
    """The grid as n rows, one per strategy; a view, or a copy where rows would be scattered."""
    step = prod(grid.shape[axis + 1 :])
    rows = grid.reshape(-1, grid.shape[axis], step).swapaxes(0, 1)
    return rows if step >= WIDE else np.ascontiguousarray(rows)


def _flat(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows back to flat cells, as a copy."""
    return rows.swapaxes(0, 1).flatten()


def _context(relation: Relation, shape: tuple[int, ...]) -> Array | None:
    given = relation.conditions
    return None if given is None else _rows(np.broadcast_to(given, shape).copy(), relation.axis)
