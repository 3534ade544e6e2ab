"""Stability on a grid: one axis per actor, one number per state.

The state space is an n-dimensional array; a unilateral move of actor i changes coordinate i only. Payoffs are
unsigned integers, larger = better, 0 = infeasible. With e_i(x) = max(u_i(x), best own move from x), every sanction
concept asks for one number per state, the *guarantee*: the worst that the other actors can make of x,

    w(x) = min of base(y) over x and every y that sequences of the others' moves reach from x,

where base is u_i (GMR, SEQ) or e_i (SMR, SSEQ), and the moves are all legal ones (GMR, SMR) or improvements of
whoever makes them (SEQ, SSEQ). State s is stable for i iff w(s1) <= u_i(s) for every own move s1 with
u_i(s1) > u_i(s). By the definition somebody must answer, so y = x should not count; it may, since
base(x) >= u_i(x), and at x = s1 that exceeds u_i(s): x itself never passes the test. Infeasible cells have
w = the largest number of the type.

w is found by sweeps. A sweep of opponent j sets w(x) to the least w over x and j's moves from x: a minimum along
axis j (all moves), or over the strictly better part of axis j (improvements). Sweeps repeat until nothing changes;
between changes made by others one sweep per opponent suffices, because each actor's moves are transitive. The
one-step rule takes one sweep of each opponent over the base and the least of the results. Where all cells are
feasible and nobody's moves are restricted, all legal answers together are one minimum over the opponents' axes.
Finally, with v = min(u_i, w), s is stable iff the largest v over s and the own moves from s is <= u_i(s). A maximum
is a minimum of complements, so one kernel does it all.

To use: see `arrays`, which also has the reference kernels; `compiled` has the quick ones.

Sources: Fang, Hipel & Kilgour 1993 for the concepts; the scalar form is ours, tested against the definitions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from detente.messages import tell

Array: TypeAlias = NDArray[np.unsignedinteger[Any]]
Bools: TypeAlias = NDArray[np.bool_]
Marks: TypeAlias = NDArray[np.int32]

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

    Move p -> q at cell x is legal iff p != q, `legal[p, q]`, the target is feasible, and every bit of `need[p, q]` is
    set in `conditions` at x. `legal` None allows all moves; `need` and `conditions` come together or not at all, and
    `conditions` broadcasts to the grid. Moves must be transitive in every context: that is the caller's to prove.

    >>> Relation(0).complete, Relation(0, legal=np.array([[True, True], [False, True]])).complete
    (True, False)
    """

    axis: int
    legal: Bools | None = None
    need: Array | None = None
    conditions: Array | None = None

    def __post_init__(self) -> None:
        if (self.need is None) != (self.conditions is None):
            raise ValueError(tell("a relation has both need and conditions, or neither"))
        for table in (self.legal, self.need):
            if table is not None and (table.ndim != 2 or table.shape[0] != table.shape[1]):
                raise ValueError(
                    tell("legal and need are square tables over the axis, found shape {shape}", shape=table.shape)
                )

    @property
    def complete(self) -> bool:
        """Whether every other feasible strategy can be reached from everywhere; O(n^2)."""
        free = self.legal is None or bool((self.legal | np.eye(len(self.legal), dtype=np.bool_)).all())
        return free and (self.need is None or not self.need[~np.eye(len(self.need), dtype=np.bool_)].any())

    def moves(self, n: int) -> tuple[NDArray[np.int64], Array]:
        """The pairs (p, q) not ruled out everywhere on an axis of length n, and what each needs; O(n^2)."""
        usable = ~np.eye(n, dtype=np.bool_) if self.legal is None else self.legal & ~np.eye(n, dtype=np.bool_)
        need = np.zeros((n, n), np.uint8) if self.need is None else self.need
        return np.ascontiguousarray(np.argwhere(usable)), need[usable]


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

    Kernels keep states in flat arrays in a cell order of their own, where neighbours along actor j's axis lie
    `steps[j]` cells apart.
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
        """One sweep: target(x) falls to the least source over the actor's moves from x, where that is less.

        `target` may be `source`, and is nowhere above it. Infeasible cells must hold the largest number and keep it.
        O(states) or, for short axes and restricted moves, O(states * n).
        """

    def length(self, actor: int) -> int:
        """Number of strategies of the actor; O(1)."""
        return int(self.us[actor].shape[self.relations[actor].axis])

    @final
    def stability(self, actor: int, concepts: Iterable[str], sanctions: str = "legal") -> dict[str, Bools]:
        """Where each state is stable for the actor, under several concepts; as the function of this name."""
        u, found = self.payoff(actor), {}
        reply = self._best(u.copy(), actor)  # the same for Nash and for whoever may reply, so found once
        for concept in concepts:
            sure = reply  # nobody answers: the best move brings what it promises
            if concept != "nash":
                credible, may_reply = RULES[concept]
                w = self._guarantee((reply if may_reply else u).copy(), actor, credible, sanctions)
                # a move to s1 is sure of min(u, w) there; w alone would count a harmless answer as a gain
                sure = self._best(np.minimum(u, w, out=w), actor)
            found[concept] = self.restore(sure <= u if self.feasible is None else (sure <= u) & self.feasible)
        return found

    @final
    def stable(self, actor: int, concept: str, sanctions: str = "legal") -> Bools:
        """Where each state is stable for the actor under one concept; as the function of this name."""
        return self.stability(actor, [concept], sanctions)[concept]

    @final
    def guarantee(self, actor: int, *, credible: bool, reply: bool, sanctions: str = "legal") -> Array:
        """The guarantee w of the actor in every state; as the function of this name."""
        u = self.payoff(actor).copy()
        return self.restore(self._guarantee(self._best(u, actor) if reply else u, actor, credible, sanctions))

    def _best(self, cells: Array, actor: int) -> Array:
        """Largest of `cells` over x and the actor's legal moves from x, in place; one sweep."""
        # the complement of an unsigned number turns its order round, so the kernel for minima finds maxima
        np.invert(cells, out=cells)
        self.lower(cells, cells, actor, False, Turn(np.zeros(self.blocks, np.int32), -1, 0))
        return np.invert(cells, out=cells)

    def _guarantee(self, base: Array, actor: int, credible: bool, sanctions: str) -> Array:
        """Lower `base`, which it owns, to the guarantee."""
        if self.feasible is not None:
            base[~self.feasible] = np.iinfo(base.dtype).max  # never the least, so nobody moves there
        movers = [j for j in range(len(self.us)) if j != actor and self.length(j) > 1]
        if sanctions == "one-step":
            return self._one_step(base, movers, credible)
        if credible or self.feasible is not None or not all(self.relations[j].complete for j in movers):
            return self._settle(base, movers, credible)
        # everybody can go everywhere: together the others reach every cell of the slice that leaves the actor's axis alone
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
        # A sweep takes a mover as far as it can go alone, since its moves are transitive; it need only be repeated after
        # others have changed something. Values fall and are bounded, so this ends; the order of sweeps does not matter.
        while movers and marks.max() > min(seen.values()):
            mover = movers[now % len(movers)]
            now += 1
            self.lower(w, w, mover, credible, Turn(marks, seen[mover], now))
            seen[mover] = now
        return w
