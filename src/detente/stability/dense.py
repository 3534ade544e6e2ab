"""Stability on a grid: one axis per actor, one number per state.

The state space is an n-dimensional array; a unilateral move of actor i changes coordinate i only. Payoffs are unsigned
integers, larger = better, 0 = infeasible. With e_i(x) = max(u_i(x), best own move from x), every sanction concept asks for
one number per state, the *guarantee*: the worst that the other actors can make of x,

    w(x) = min of base(y) over x and every y that sequences of the others' moves reach from x,

where base is u_i (GMR, SEQ) or e_i (SMR, SSEQ), and the moves are all legal ones (GMR, SMR) or improvements of whoever
makes them (SEQ, SSEQ). State s is stable for i iff w(s1) <= u_i(s) for every own move s1 with u_i(s1) > u_i(s). By the
definition somebody must answer, so y = x should not count; it may, since base(x) >= u_i(x), and at x = s1 that exceeds
u_i(s): x itself never passes the test. Infeasible cells have w = the largest number of the type.

w is found by sweeps. A sweep of opponent j sets w(x) to the least w over x and j's moves from x: a minimum along axis j
(all moves), or over the strictly better part of axis j (improvements). Sweeps repeat until nothing changes; between changes
made by others one sweep per opponent suffices, because each actor's moves are transitive. The one-step rule takes one sweep
of each opponent over the base and the least of the results. Where all cells are feasible and nobody's moves are restricted,
all legal answers together are one minimum over the opponents' axes. Finally, with v = min(u_i, w), s is stable iff the
largest v over s and the own moves from s is <= u_i(s). A maximum is a minimum of complements, so one kernel does it all.

To use: describe each actor's moves by a `Relation` and call `stable`, `stability` or `guarantee`; for several actors,
`prepare` once and call the methods of the same names. Play on the grid is `reach` and `reach_back`.

Sources: Fang, Hipel & Kilgour 1993 for the concepts; the scalar form is ours, checked against the definitions in the tests.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.unsignedinteger[Any]]
Bools: TypeAlias = NDArray[np.bool_]
Marks: TypeAlias = NDArray[np.int32]
Ladder: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]

SHORT = 16
"""Axes up to this length are compared pair by pair, longer ones are sorted once."""

WIDE = 64
"""Axes whose neighbours lie at least this many cells apart are swept where they are, others on a copy."""

RULES: Mapping[str, tuple[bool, bool]] = {
    "gmr": (False, False),
    "smr": (False, True),
    "seq": (True, False),
    "sseq": (True, True),
}
"""Per concept: must answers be improvements, and may the actor reply? Nash stability knows no answers."""


@dataclass(frozen=True, eq=False)
class Relation:
    """The legal moves of one actor along its axis.

    Move p -> q at cell x is legal iff p != q, `legal[p, q]`, the target is feasible, and every bit of `need[p, q]` is set in
    `conditions` at x. `legal` None allows all moves; `need` and `conditions` come together or not at all, and `conditions`
    broadcasts to the grid. Moves must be transitive in every context: that is the caller's to prove.

    >>> Relation(0).complete, Relation(0, legal=np.array([[True, True], [False, True]])).complete
    (True, False)
    """

    axis: int
    legal: Bools | None = None
    need: Array | None = None
    conditions: Array | None = None

    def __post_init__(self) -> None:
        if (self.need is None) != (self.conditions is None):
            raise ValueError("a relation has both need and conditions, or neither")
        for table in (self.legal, self.need):
            if table is not None and (table.ndim != 2 or table.shape[0] != table.shape[1]):
                raise ValueError(f"legal and need are square tables over the axis, found shape {table.shape}")

    @property
    def complete(self) -> bool:
        """Whether every other feasible strategy can be reached from everywhere; O(n^2)."""
        free = self.legal is None or bool((self.legal | np.eye(len(self.legal), dtype=np.bool_)).all())
        return free and (self.need is None or not self.need[~np.eye(len(self.need), dtype=np.bool_)].any())

    def moves(self, n: int) -> tuple[NDArray[np.int64], Array]:
        """The pairs (p, q) not ruled out everywhere on an axis of length n, and what each needs; O(n^2)."""
        usable = ~np.eye(n, dtype=np.bool_) if self.legal is None else self.legal & ~np.eye(n, dtype=np.bool_)
        need = np.zeros((n, n), np.uint8) if self.need is None else self.need
        return np.argwhere(usable), need[usable]


class Turn(NamedTuple):
    """When a sweep takes place: `marks[b]` is the time of the last change in block b of the cells.

    Blocks not marked after `seen` may be left out; blocks that change are marked `now`.
    """

    marks: Marks
    seen: int
    now: int


@dataclass(frozen=True, eq=False)
class Prepared(ABC):
    """A model ready for sweeps: payoffs plus what the kernels compute once (sort orders, cell order).

    Kernels keep states in flat arrays in a cell order of their own, where neighbours along actor j's axis lie `steps[j]`
    cells apart. Changes are tracked per block of cells: `marks[b]` is the time of the last change in block b.
    """

    us: tuple[Array, ...]
    relations: tuple[Relation, ...]
    steps: tuple[int, ...]
    blocks: int
    feasible: Bools | None  # None = all cells
    conditions: tuple[Array | None, ...]  # one entry per actor, None where moves are unconditional

    @abstractmethod
    def payoff(self, actor: int) -> Array:
        """The actor's payoffs as a flat array in the kernels' cell order, not to be written to; O(states)."""

    @abstractmethod
    def restore(self, cells: NDArray[Any]) -> NDArray[Any]:
        """A flat array back in the shape and cell order of the model; O(states)."""

    @abstractmethod
    def lower(self, target: Array, source: Array, actor: int, improving: bool, turn: Turn) -> None:
        """One sweep: target(x) = min(target(x), least source over x and the actor's moves from x), in place.

        Blocks without a mark later than `seen` may be left out; blocks that changed are marked `now`. `target` may be
        `source`. Infeasible cells must hold the largest number and keep it. Time O(states) or, for short axes and restricted
        moves, O(states * n).
        """

    def length(self, actor: int) -> int:
        """Number of strategies of the actor; O(1)."""
        return int(self.us[actor].shape[self.relations[actor].axis])

    @final
    def stability(self, actor: int, concepts: Iterable[str], sanctions: str = "legal") -> dict[str, Bools]:
        """Where each state is stable for the actor, under several concepts; see the function of this name."""
        u = self.payoff(actor)
        reply = self._best(u.copy(), actor)
        found = {}
        for concept in concepts:
            sure = reply if concept == "nash" else self._best(self._secured(u, reply, actor, concept, sanctions), actor)
            found[concept] = self.restore((sure <= u) & (u > 0))
        return found

    @final
    def stable(self, actor: int, concept: str, sanctions: str = "legal") -> Bools:
        """Where each state is stable for the actor under one concept; see the function of this name."""
        return self.stability(actor, [concept], sanctions)[concept]

    @final
    def guarantee(self, actor: int, *, credible: bool, reply: bool, sanctions: str = "legal") -> Array:
        """The guarantee w of the actor in every state; see the function of this name."""
        u = self.payoff(actor).copy()
        return self.restore(self._guarantee(self._best(u, actor) if reply else u, actor, credible, sanctions))

    def _secured(self, u: Array, reply: Array, actor: int, concept: str, sanctions: str) -> Array:
        """min(u, w): what the actor is sure to have in a state once the others have answered."""
        credible, may_reply = RULES[concept]
        w = self._guarantee((reply if may_reply else u).copy(), actor, credible, sanctions)
        return np.minimum(u, w, out=w)

    def _best(self, cells: Array, actor: int) -> Array:
        """Largest of `cells` over x and the actor's legal moves from x, in place; one sweep."""
        np.invert(cells, out=cells)
        self.lower(cells, cells, actor, False, Turn(np.zeros(self.blocks, np.int32), -1, 0))
        return np.invert(cells, out=cells)

    def _guarantee(self, base: Array, actor: int, credible: bool, sanctions: str) -> Array:
        """Lower `base`, which it owns, to the guarantee."""
        if self.feasible is not None:
            base[~self.feasible] = np.iinfo(base.dtype).max
        movers = [j for j in range(len(self.us)) if j != actor and self.length(j) > 1]
        if sanctions == "one-step":
            return self._one_step(base, movers, credible)
        if credible or self.feasible is not None or not all(self.relations[j].complete for j in movers):
            return self._settle(base, movers, credible)
        slices = base.reshape(-1, self.length(actor), self.steps[actor])
        slices[...] = slices.min(axis=(0, 2), keepdims=True)
        return base

    def _one_step(self, base: Array, movers: list[int], credible: bool) -> Array:
        """The least over one sweep of each opponent, all of them over the base."""
        least, turn = base.copy(), Turn(np.zeros(self.blocks, np.int32), -1, 0)
        for mover in movers:
            self.lower(least, base, mover, credible, turn)
        return least

    def _settle(self, w: Array, movers: list[int], credible: bool) -> Array:
        """Sweep in turn until every opponent has seen everything the others changed; in place."""
        marks, seen, now = np.zeros(self.blocks, np.int32), dict.fromkeys(movers, -1), 0
        while movers and marks.max() > min(seen.values()):
            mover = movers[now % len(movers)]
            now += 1
            self.lower(w, w, mover, credible, Turn(marks, seen[mover], now))
            seen[mover] = now
        return w


def prepare(
    us: Sequence[Array],
    relations: Sequence[Relation],
    *,
    compiled: bool = False,
    threads: int | None = None,
    credible: bool = True,
) -> Prepared:
    """Compute once what all focal actors share; `credible=False` leaves out what only SEQ and SSEQ use.

    `compiled` chooses the numba kernels on `threads` threads (default: one per core). Time O(actors * states * log n); keeps
    one byte per actor and state (compiled; two on axes longer than 127), or two sort positions on long axes (numpy).
    """
    if compiled:
        from detente.stability.compiled import build

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
    threads: int | None = None,
) -> dict[str, Bools]:
    """Where each state is stable for the actor, for several of nash, gmr, smr, seq, sseq; infeasible cells are False.

    Cost: one sweep for Nash; per further concept, sweeps of all opponents until nothing changes (typically three to six
    rounds), each as in `Prepared.lower`. The prisoner's dilemma:

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> found = stability([u, u.T.copy()], [Relation(0), Relation(1)], 0, ["nash", "seq"])
    >>> found["nash"].tolist(), found["seq"].tolist()
    ([[False, False], [True, True]], [[True, False], [True, True]])
    """
    wanted = tuple(concepts)
    credible = any(RULES[concept][0] for concept in wanted if concept != "nash")
    model = prepare(us, relations, compiled=compiled, threads=threads, credible=credible)
    return model.stability(actor, wanted, sanctions)


def stable(
    us: Sequence[Array],
    relations: Sequence[Relation],
    actor: int,
    concept: str,
    sanctions: str = "legal",
    *,
    compiled: bool = False,
    threads: int | None = None,
) -> Bools:
    """Where each state is stable for the actor under one concept; infeasible cells are False. Cost: as `stability`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> stable([u, u.T.copy()], [Relation(0), Relation(1)], 0, "gmr").tolist()
    [[True, False], [True, True]]
    """
    return stability(us, relations, actor, [concept], sanctions, compiled=compiled, threads=threads)[concept]


def guarantee(
    us: Sequence[Array],
    relations: Sequence[Relation],
    actor: int,
    *,
    credible: bool,
    reply: bool,
    sanctions: str = "legal",
    compiled: bool = False,
    threads: int | None = None,
) -> Array:
    """The guarantee w of the actor in every state (infeasible: the largest number of the type).

    `credible`: the others answer by improvements only; `reply`: the actor may reply. Cost: as one concept of `stability`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> guarantee([u, u.T.copy()], [Relation(0), Relation(1)], 0, credible=True, reply=False).tolist()
    [[1, 1], [2, 2]]
    """
    model = prepare(us, relations, compiled=compiled, threads=threads, credible=credible)
    return model.guarantee(actor, credible=credible, reply=reply, sanctions=sanctions)


def best_reply(u: Array, relation: Relation) -> Array:
    """max(u, best own move) in every state, 0 where infeasible; one sweep.

    >>> best_reply(np.array([[3, 0], [4, 2]], np.uint8), Relation(0)).tolist()
    [[4, 0], [4, 2]]
    """
    model = _build((u,), (relation,), credible=False)
    return model.restore(model._best(u.flatten(), 0))


def improvements(u: Array, relation: Relation) -> NDArray[np.uint32]:
    """Number of improvements in every state for the owner of the axis; O(states * n).

    >>> improvements(np.array([[3, 0], [4, 2]], np.uint8), Relation(0)).tolist()
    [[1, 0], [0, 0]]
    """
    n, step = u.shape[relation.axis], _step(u.shape, relation.axis)
    rows = _rows(u.reshape(-1), n, step)
    count = np.zeros(rows.shape, np.uint32)
    for p, q, allowed in _allowed(relation, rows, rows, _condition_rows(relation, u.shape)):
        count[p] += allowed
    return np.asarray(_flat(count * (rows > 0))).reshape(u.shape)


def reach(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    start: Bools,
    improving: bool,
    actors: Iterable[int],
    guarantees: Mapping[int, Array] | None = None,
) -> Bools:
    """Where play from the cells in `start` can go, these included, by moves (or improvements) of the actors in any order.

    Without payoffs every cell is feasible. With `guarantees`, each listed actor i takes x -> y only if u_i(y) and w_i(y)
    both exceed u_i(x): the unsanctioned improvements. Time: one pass per actor until nothing changes, as `Prepared.lower`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> game, start = [u, u.T.copy()], np.array([[True, False], [False, False]])
    >>> reach(game, [Relation(0), Relation(1)], start, True, [0, 1]).tolist()
    [[True, True], [True, True]]
    """
    return _play(us, relations, start, improving, actors, guarantees or {}, forward=True)


def reach_back(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    goal: Bools,
    improving: bool,
    actors: Iterable[int],
    guarantees: Mapping[int, Array] | None = None,
) -> Bools:
    """From where play can reach the cells in `goal`, these included; otherwise as `reach`.

    >>> u = np.array([[3, 1], [4, 2]], np.uint8)
    >>> reach_back([u], [Relation(0)], np.array([[True, False], [False, True]]), True, [0]).tolist()
    [[True, True], [False, True]]
    """
    return _play(us, relations, goal, improving, actors, guarantees or {}, forward=False)


# --- play -------------------------------------------------------------------------------------------------------------


def _play(
    us: Sequence[Array] | None,
    relations: Sequence[Relation],
    start: Bools,
    improving: bool,
    actors: Iterable[int],
    guarantees: Mapping[int, Array],
    forward: bool,
) -> Bools:
    movers, feasible = list(actors), np.ones(start.shape, np.bool_) if us is None else us[0] > 0
    found, shape = (start & feasible).reshape(-1), start.shape
    queue = list(movers)
    while queue:
        j = queue.pop(0)
        low = us[j] if us is not None and improving else np.zeros(shape, np.uint8)
        high = low if us is not None and improving else feasible.view(np.uint8)
        high = np.minimum(high, guarantees[j]) if j in guarantees else high
        grown = _extended(found, relations[j], low, high, forward) & feasible.reshape(-1)
        if (grown & ~found).any():
            found |= grown
            queue += [k for k in movers if k not in queue and (k != j or j in guarantees)]
    return found.reshape(shape)


def _extended(found: Bools, relation: Relation, low: Array, high: Array, forward: bool) -> Bools:
    """The cells one move of the actor away from `found`; a move x -> y needs high(y) > low(x)."""
    n, step = low.shape[relation.axis], _step(low.shape, relation.axis)
    rows, here, there = (_rows(each.reshape(-1), n, step) for each in (found, low, high))
    if relation.complete and forward:
        return _flat(there > np.where(rows, here, np.iinfo(here.dtype).max).min(axis=0))
    if relation.complete:
        return _flat(here < np.where(rows, there, 0).max(axis=0))
    grown = np.zeros(rows.shape, np.bool_)
    for p, q, allowed in _allowed(relation, here, there, _condition_rows(relation, low.shape)):
        grown[q if forward else p] |= allowed & rows[p if forward else q]
    return _flat(grown)


# --- numpy kernels ----------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True, eq=False)
class _Plain(Prepared):
    """Sweeps by whole-array operations, the reference: the cell order is the model's, one block."""

    ladders: tuple[Ladder | None, ...]

    def payoff(self, actor: int) -> Array:
        return self.us[actor].reshape(-1)

    def restore(self, cells: NDArray[Any]) -> NDArray[Any]:
        return cells.reshape(self.us[0].shape)

    def lower(self, target: Array, source: Array, actor: int, improving: bool, turn: Turn) -> None:
        if turn.marks[0] <= turn.seen:
            return
        swept = self._swept(source, actor, improving)
        if self.feasible is not None:
            swept[~self.feasible] = np.iinfo(source.dtype).max
        if (swept < target).any():
            np.minimum(target, swept, out=target)
            turn.marks[0] = turn.now

    def _swept(self, source: Array, actor: int, improving: bool) -> Array:
        relation, ladder, n, step = self.relations[actor], self.ladders[actor], self.length(actor), self.steps[actor]
        rows = _rows(source, n, step)
        if relation.complete and not improving:
            return _flat(np.broadcast_to(rows.min(axis=0), rows.shape))
        if improving and ladder is not None:
            return _flat(_least_better(rows, *ladder))
        keys, conditions = _rows(self.payoff(actor), n, step), self.conditions[actor]
        context = None if conditions is None else _rows(conditions, n, step)
        least = rows.copy()
        low = keys if improving else np.zeros_like(keys)
        for p, q, allowed in _allowed(relation, low, keys, context):
            np.minimum(least[p], np.where(allowed, rows[q], np.iinfo(source.dtype).max), out=least[p])
        return _flat(least)


def _build(us: tuple[Array, ...], relations: tuple[Relation, ...], credible: bool) -> _Plain:
    shape, feasible = us[0].shape, (us[0] > 0).reshape(-1)
    steps = tuple(_step(shape, relation.axis) for relation in relations)
    conditions = tuple(_condition_cells(relation, shape) for relation in relations)
    ladders = tuple(
        _ladder(_rows(u.reshape(-1), shape[r.axis], step)) if credible and r.complete and shape[r.axis] > SHORT else None
        for u, r, step in zip(us, relations, steps, strict=True)
    )
    return _Plain(us, relations, steps, 1, None if feasible.all() else feasible, conditions, ladders)


def _ladder(rows: Array) -> Ladder:
    """Best-first sort positions along the axis and, per cell, how many cells of its line are strictly better."""
    order = np.argsort(~rows, axis=0, kind="stable")
    ranked = np.take_along_axis(rows, order, 0)
    place = np.broadcast_to(np.arange(len(rows)).reshape(-1, 1, 1), rows.shape).copy()
    place[1:][ranked[1:] == ranked[:-1]] = 0
    better = np.empty_like(order)
    np.put_along_axis(better, order, np.maximum.accumulate(place, axis=0), 0)
    return order, better


def _least_better(rows: Array, order: NDArray[np.intp], better: NDArray[np.intp]) -> Array:
    """Least over each cell and the strictly better ones: running minima in sorted order, looked up by `better`."""
    running = np.empty((len(rows) + 1, *rows.shape[1:]), rows.dtype)
    running[0] = np.iinfo(rows.dtype).max
    np.minimum.accumulate(np.take_along_axis(rows, order, 0), axis=0, out=running[1:])
    return np.minimum(rows, np.take_along_axis(running, better, 0))


def _allowed(relation: Relation, low: Array, high: Array, context: Array | None) -> Iterator[tuple[int, int, Bools]]:
    """For every pair p -> q, at which cells (of row p) the move is legal and high(target) > low(start)."""
    for (p, q), need in zip(*relation.moves(len(low)), strict=True):
        allowed = high[q] > low[p]
        yield p, q, allowed if context is None else allowed & ((context[p] & need) == need)


def _step(shape: tuple[int, ...], axis: int) -> int:
    return int(np.prod(shape[axis + 1 :], dtype=np.int64))


def _rows(cells: NDArray[Any], n: int, step: int) -> NDArray[Any]:
    """Flat cells as n rows, one per strategy; a view, or a copy where rows would be scattered."""
    rows = cells.reshape(-1, n, step).swapaxes(0, 1)
    return rows if step >= WIDE else np.ascontiguousarray(rows)


def _flat(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows back to flat cells, as a copy."""
    return rows.swapaxes(0, 1).flatten()


def _condition_cells(relation: Relation, shape: tuple[int, ...]) -> Array | None:
    return None if relation.conditions is None else np.broadcast_to(relation.conditions, shape).flatten()


def _condition_rows(relation: Relation, shape: tuple[int, ...]) -> Array | None:
    cells = _condition_cells(relation, shape)
    return None if cells is None else _rows(cells, shape[relation.axis], _step(shape, relation.axis))
