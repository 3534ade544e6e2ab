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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
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

LONG_ROW = 1 << 12
"""Cells of a row over which numpy takes minima at full speed."""


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
    """A model ready for sweeps: payoffs plus what the kernels compute once (sort orders, levels).

    Kernels keep states in flat arrays in the model's cell order.
    """

    us: tuple[Array, ...]
    relations: tuple[Relation, ...]
    blocks: int
    feasible: Bools | None  # None = all cells

    @abstractmethod
    def lower(self, target: Array, source: Array, movers: Sequence[int], improving: bool, turn: Turn) -> None:
        """One sweep: target(x) falls to the least source over moves from x, one of each mover at most, where that is less.

        The movers are some of those that `together` puts together. `target` may be `source`, and is nowhere above it.
        Infeasible cells must hold the largest number and keep it. O(states) a mover or, for short axes and restricted
        moves, O(states * n).
        """

    def together(self, movers: Sequence[int]) -> list[tuple[int, ...]]:
        """The movers as one sweep takes them; each by itself, unless the kernels do better."""
        return [(mover,) for mover in movers]

    def best(self, u: Array, actor: int) -> Array:
        """Largest of `u` over x and the actor's legal moves from x, 0 where infeasible; one sweep."""
        # the complement of an unsigned number turns its order round, so the kernel for minima finds maxima
        cells = ~u
        if self.length(actor) > 1:
            self.lower(cells, cells, (actor,), False, Turn(np.zeros(self.blocks, np.int32), -1, 0))
        return np.invert(cells, out=cells)

    def verdict(self, u: Array, w: Array, actor: int) -> Bools:
        """Where none of the actor's moves is sure of more than x has, if it is sure of the guarantee `w`; one sweep."""
        # a move to s1 is sure of min(u, w) there; w alone would count a harmless answer as a gain
        return self._holding(self.best(np.minimum(u, w), actor) <= u)

    def length(self, actor: int) -> int:
        """Number of strategies of the actor; O(1)."""
        return int(self.us[actor].shape[self.relations[actor].axis])

    @final
    def stability(self, actor: int, concepts: Iterable[str], sanctions: str = "legal") -> dict[str, Bools]:
        """Where each state is stable for the actor, under several concepts; as the function of this name."""
        u, found = self.us[actor].reshape(-1), {}
        reply = self.best(u, actor)  # the same for Nash and for whoever may reply, so found once
        for concept in concepts:
            if concept == "nash":  # nobody answers: the best move brings what it promises
                holds = self._holding(reply <= u)
            else:
                credible, may_reply = RULES[concept]
                w = self._guarantee((reply if may_reply else u), actor, credible, sanctions)
                holds = self.verdict(u, w, actor)
            found[concept] = holds.reshape(self.us[0].shape)
        return found

    @final
    def stable(self, actor: int, concept: str, sanctions: str = "legal") -> Bools:
        """Where each state is stable for the actor under one concept; as the function of this name."""
        return self.stability(actor, [concept], sanctions)[concept]

    @final
    def guarantee(self, actor: int, *, credible: bool, reply: bool, sanctions: str = "legal") -> Array:
        """The guarantee w of the actor in every state; as the function of this name."""
        u = self.us[actor].reshape(-1)
        w = self._guarantee(self.best(u, actor) if reply else u, actor, credible, sanctions)
        return w.reshape(self.us[0].shape)

    def _holding(self, verdicts: Bools) -> Bools:
        """Verdicts of feasible cells only, in place."""
        return verdicts if self.feasible is None else np.logical_and(verdicts, self.feasible, out=verdicts)

    def _guarantee(self, base: Array, actor: int, credible: bool, sanctions: str) -> Array:
        """The guarantee over a base, which is left as it is."""
        movers = [j for j in range(len(self.us)) if j != actor and self.length(j) > 1]
        if sanctions == "one-step":
            return self._one_step(self._start(base), movers, credible)
        if credible or self.feasible is not None or not all(self.relations[j].complete for j in movers):
            return self._settle(self._start(base), movers, credible)
        # everybody can go everywhere: together the others reach every cell of the slice that leaves the actor's axis alone
        return self._least_slices(base, self.relations[actor].axis)

    def _start(self, base: Array) -> Array:
        """A copy of the base in which infeasible cells are never the least, so that nobody moves there."""
        # payoffs and replies are 0 just where infeasible
        return base.copy() if self.feasible is None else np.where(base > 0, base, np.iinfo(base.dtype).max)

    def _least_slices(self, base: Array, axis: int) -> Array:
        """In every cell the least of its slice, which has the same coordinate on the axis; O(states)."""
        shape = self.us[0].shape
        n, after = shape[axis], prod(shape[axis + 1 :])
        # by way of rows that are long enough to be compared at once
        row, split = n * after, axis
        while split and row < LONG_ROW:
            split -= 1
            row *= shape[split]
        least = base.reshape(-1, row).min(axis=0).reshape(-1, n, after).min(axis=(0, 2))
        found = np.empty_like(base)
        found.reshape(-1, row)[...] = np.broadcast_to(least[:, None], (row // (n * after), n, after)).reshape(-1)
        return found

    def _one_step(self, base: Array, movers: list[int], credible: bool) -> Array:
        """The least over one sweep of each opponent, all of them over the base."""
        least, turn = base.copy(), Turn(np.zeros(self.blocks, np.int32), -1, 0)
        for mover in movers:
            self.lower(least, base, (mover,), credible, turn)
        return least

    def _settle(self, w: Array, movers: list[int], credible: bool) -> Array:
        """Sweep in turn until every opponent has seen everything the others changed; in place."""
        groups = self.together(movers)
        marks, seen, now = np.zeros(self.blocks, np.int32), dict.fromkeys(groups, -1), 0
        # A sweep takes a mover as far as it can go alone, since its moves are transitive; it need only be repeated after
        # others have changed something. Movers swept together are others of each other, so what they change themselves they
        # look at again. Values fall and are bounded, so this ends; the order of sweeps does not matter.
        while groups and marks.max() > min(seen.values()):
            group = groups[now % len(groups)]
            now += 1
            self.lower(w, w, group, credible, Turn(marks, seen[group], now))
            seen[group] = now if len(group) == 1 else now - 1
        return w
