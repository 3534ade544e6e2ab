"""Status quo analysis: what can be reached from where the conflict stands, in how many steps, and by whose doing.

The mathematics. Steps are moves, improvements or unsanctioned improvements (`evolution.steps`). Ways by moves and by
improvements are taken in turn: nobody steps twice running. In ways by unsanctioned improvements, those of foresight play, the
last mover may step again. For every state within reach the result has the least number of steps, the actors who take the
first step on some way that short, and the actors who take the last one. The *tree* shows one shortest way to each state listed:
of equally short ways the one whose last step is of the actor named first in the file.

Since nobody steps twice running, what can come next depends on who moved last; a shortest way to one state may then pass
another one later than necessary, and the tree shows that state twice. Where everybody's moves are transitive this cannot be.

The *table* is the one of the literature: per state and number of steps who can have taken the last of them, on ways of exactly
that many steps (first the least number, then later arrivals). For every equilibrium of each concept there is the least number
of steps to it, or that it is not within reach.

Cost: one expansion per state (or state and last mover) within reach; refused beyond 2,000,000 steps. The equilibria take one
analysis of the whole model.

Source: Li, Kilgour & Hipel 2005, Status quo analysis in the graph model for conflict resolution.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = status_quo(Case(load("elmira_graph")), by="improvements")
>>> [(row.text, row.steps, row.last) for row in found.rows]
[('s1', 0, ()), ('s5', 1, ('local',))]
>>> status_quo(Case(load("elmira_graph"))).row("s8").steps
3
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.evolution.reachability import Trail, explore
from detente.questions.evolution.steps import KINDS, Ground
from detente.sheet import Sheet, html_of

LISTED = 200
"""States listed by default; equilibria come before others that are as near."""

COLUMNS = 12
"""Numbers of steps in the table, at most."""

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """One state: the least steps to it, who can take the first and the last step of a way that short, what it is.

    `arrivals[n - 1]` says who can have taken the last step of some way of exactly n steps.
    """

    state: Mapping[str, Any]
    text: str
    steps: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    equilibrium: tuple[str, ...]
    arrivals: tuple[tuple[str, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        movers = {"first": list(self.first), "last": list(self.last)}
        told = {"state": dict(self.state), "steps": self.steps, **movers, "equilibrium": list(self.equilibrium)}
        return {**told, "arrivals": [list(each) for each in self.arrivals]}


@dataclass(frozen=True)
class Way:
    """An equilibrium under some concepts, and the least number of steps to it (None: out of reach)."""

    state: Mapping[str, Any]
    text: str
    concepts: tuple[str, ...]
    steps: int | None
    last: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        told = {"state": dict(self.state), "concepts": list(self.concepts), "steps": self.steps}
        return {**told, "last": list(self.last)}


@dataclass(frozen=True)
class Branch:
    """A place in the tree: the state, who stepped there (None at the root), and what follows."""

    actor: str | None
    state: Mapping[str, Any]
    text: str
    equilibrium: tuple[str, ...]
    branches: tuple[Branch, ...]

    def lines(self, before: str = "", joint: str = "", below: str = "") -> Iterator[str]:
        """The branch as text, one line per place."""
        who = f"{self.actor}: " if self.actor else ""
        what = f"  [{', '.join(self.equilibrium)}]" if self.equilibrium else ""
        yield f"{before}{joint}{who}{self.text}{what}"
        for each in self.branches:
            final = each is self.branches[-1]
            yield from each.lines(before + below, "└── " if final else "├── ", "    " if final else "│   ")

    def to_json(self) -> dict[str, Any]:
        told = {"actor": self.actor, "state": dict(self.state), "equilibrium": list(self.equilibrium)}
        return {**told, "branches": [each.to_json() for each in self.branches]}


@dataclass(frozen=True)
class StatusQuo:
    """The answer; see the module's opening. `layers[n]` counts the states that take n steps; `rows` holds the first of them.

    `reached` and `equilibria` count, per concept, the equilibria within reach and all of them (None: too large to tell).
    `ways` has every equilibrium of any concept, the nearest first (at most as many as states are listed).
    """

    basis: Basis
    by: str
    start: Mapping[str, Any]
    layers: tuple[int, ...]
    rows: tuple[Row, ...]
    reached: Mapping[str, int | None]
    equilibria: Mapping[str, int | None]
    tree: Branch
    ways: tuple[Way, ...] = ()

    @property
    def count(self) -> int:
        """How many states are within reach, the status quo included."""
        return sum(self.layers)

    def row(self, text: str) -> Row:
        """The row of a state by the words it is listed under."""
        for each in self.rows:
            if each.text == text:
                return each
        raise UnknownName("state within reach", text, (each.text for each in self.rows))

    def nearest(self, concept: str) -> tuple[Row, ...]:
        """The listed equilibria under a concept that take the fewest steps."""
        found = [row for row in self.rows if concept in row.equilibrium]
        return tuple(row for row in found if row.steps == found[0].steps)

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "status_quo",
            "basis": self.basis.to_json(),
            "by": self.by,
            "start": dict(self.start),
            "count": self.count,
            "layers": list(self.layers),
            "states": [row.to_json() for row in self.rows],
            "equilibria": {c: {"reached": self.reached[c], "all": self.equilibria[c]} for c in self.reached},
            "ways": [way.to_json() for way in self.ways],
            "tree": self.tree.to_json(),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The states within reach, the table of arrivals, how far each equilibrium is, and the tree of shortest ways."""
        return self._states(), self._arrivals(), self._equilibria(), self._ways(), self._tree()

    def _arrivals(self) -> Sheet:
        """The status quo table of the literature."""
        many = max((len(row.arrivals) for row in self.rows), default=0)
        rows = tuple((row.text, *(", ".join(each) for each in row.arrivals)) for row in self.rows)
        columns = ("state", *(f"{n} step{'s' * (n != 1)}" for n in range(1, many + 1)))
        return Sheet("Who can have moved last, by number of steps", columns, rows)

    def _ways(self) -> Sheet:
        rows = tuple(
            (
                w.text,
                *(c in w.concepts for c in CONCEPTS),
                "out of reach" if w.steps is None else w.steps,
                ", ".join(w.last),
            )
            for w in self.ways
        )
        return Sheet(
            f"How far each equilibrium is, by {KINDS[self.by]}", ("state", *CONCEPTS, "steps", "last move"), rows
        )

    def _tree(self) -> Sheet:
        return Sheet("Shortest ways", (), (), tuple(self.tree.lines()))

    def _states(self) -> Sheet:
        rows = tuple(
            (row.text, row.steps, ", ".join(row.first), ", ".join(row.last), ", ".join(row.equilibrium))
            for row in self.rows
        )
        left = self.count - len(rows)
        notes = (f"{left:,} more states are not listed.",) if left else ()
        title = f"Within reach of: {self.tree.text}, by {KINDS[self.by]}: {self.count:,} states"
        return Sheet(
            title, ("state", "steps", "first move", "last move", "equilibrium"), rows, (*notes, *self.basis.warnings)
        )

    def _equilibria(self) -> Sheet:
        rows = tuple((concept, self.reached[concept], self.equilibria[concept]) for concept in self.reached)
        return Sheet("Equilibria within reach", ("concept", "within reach", "of"), rows)

    def tree_text(self) -> str:
        """The tree of shortest ways, one line per place, equilibria marked."""
        return "\n".join(self.tree.lines())

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        *tables, _ = self.sheets()
        return f"{html_of(tables)}<pre>{html.escape(self.tree_text())}</pre>"


def status_quo(
    case: Case, by: str = "moves", *, start: str | Mapping[str, Any] | None = None, most: int = LISTED
) -> StatusQuo:
    """What steps of one kind ("moves", "improvements", "unsanctioned") lead to from the status quo (or from `start`).

    All states within reach are counted, the nearest `most` are listed. Raises `TooLarge` beyond 2,000,000 steps.
    """
    if by not in KINDS:
        raise UnknownName("kind of step", by, KINDS)
    if most < 1:
        raise InputError(f"`most` is {most}; expected the number of states to list, at least 1")
    ground = Ground(case)
    trail = explore(ground, by, [ground.cell(start)], in_turn=by != "unsanctioned")
    if not trail.complete:
        raise TooLarge(
            f"more than {len(trail.keys):,} states are within reach by {KINDS[by]}, too many to list; ask by improvements, "
            "hold options that do not matter, or ask for the shortest ways to one goal (`paths`)"
        )
    return _Table(ground, trail).answer(by, most)


class _Table:
    """The trail by states: the nodes of a state are those of its possible last movers."""

    def __init__(self, ground: Ground, trail: Trail) -> None:
        self.ground, self.trail = ground, trail
        self.cells, self.begin = np.unique(trail.cells, return_index=True)
        self.far = np.minimum.reduceat(trail.depth, self.begin)
        self.place = np.searchsorted(self.cells, trail.cells)
        self.near = trail.depth == self.far[self.place]
        """Which nodes are on time: no later than their state can be reached."""
        self.direct = np.flatnonzero(trail.depth[trail.targets] == trail.depth[trail.sources] + 1)
        """The steps of shortest ways to nodes."""
        self.held = self.equilibria()

    def equilibria(self) -> dict[str, tuple[Truths, int]] | None:
        """Per concept which states are equilibria, and how many there are; None if the model is too large."""
        try:
            analysis, shape = self.ground.case.analyse(CONCEPTS), self.ground.conflict.shape
            where = np.unravel_index(self.cells, shape)
            grids = {c: np.broadcast_to(analysis.equilibrium_grid(c), shape) for c in CONCEPTS}
            return {c: (np.asarray(grid[where]), analysis.count(c)) for c, grid in grids.items()}
        except TooLarge:
            return None

    def answer(self, by: str, most: int) -> StatusQuo:
        first, last = self.movers()
        arrivals = self.arrivals(in_turn=by != "unsanctioned")
        named = np.array([not self.names(at) for at in range(len(self.cells))])
        listed = np.lexsort((self.cells, named, self.far))[:most]
        known = self.held or {}
        return StatusQuo(
            basis=self.ground.case.basis,
            by=by,
            start=self.ground.state(int(self.cells[np.argmin(self.far)])),
            layers=tuple(np.bincount(self.far).tolist()),
            rows=tuple(self.row(at, first[at], last[at], arrivals[:, at]) for at in listed.tolist()),
            reached={c: int(known[c][0].sum()) if c in known else None for c in CONCEPTS},
            equilibria={c: known[c][1] if c in known else None for c in CONCEPTS},
            tree=self.tree(listed),
            ways=self.ways(last, most),
        )

    def arrivals(self, in_turn: bool) -> Truths:
        """[n - 1, state, actor]: whether the actor can take the last step of a way of exactly n steps to the state."""
        trail, actors = self.trail, len(self.ground.conflict.players)
        many = min(int(self.far.max()), COLUMNS)
        steps = np.stack([self.place[trail.sources], trail.movers, self.place[trail.targets]], axis=1)
        source, mover, target = np.unique(steps.astype(np.int64), axis=0).T
        found = np.zeros((many, len(self.cells), actors), dtype=np.bool_)
        begun = np.zeros(len(self.cells), dtype=np.bool_)
        begun[np.argmin(self.far)] = True
        for n in range(many):
            before = found[n - 1]
            others = before.sum(axis=1)[source] - (before[source, mover] if in_turn else 0)
            open_ = begun[source] if n == 0 else others > 0
            found[n][target[open_], mover[open_]] = True
        return found

    def ways(self, last: Truths, most: int) -> tuple[Way, ...]:
        """Every equilibrium under some concept, the nearest first."""
        if self.held is None:
            return ()
        analysis = self.ground.case.analyse(CONCEPTS)
        held = {concept: analysis.equilibria(concept) for concept in CONCEPTS}
        cells = np.unique(np.concatenate(list(held.values())))
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        near = self.cells[at] == cells
        order = np.lexsort((cells, self.far[at], ~near))[:most]
        where = {concept: np.isin(cells[order], each) for concept, each in held.items()}
        ids = [player.id for player in self.ground.conflict.players]
        return tuple(
            Way(
                self.ground.state(int(cells[n])),
                self.ground.text(int(cells[n])),
                tuple(concept for concept, each in where.items() if each[place]),
                int(self.far[at[n]]) if near[n] else None,
                tuple(ids[i] for i in np.flatnonzero(last[at[n]])) if near[n] else (),
            )
            for place, n in enumerate(order.tolist())
        )

    def movers(self) -> tuple[Truths, Truths]:
        """Per state and actor: whether it can take the first, or the last, step of a shortest way."""
        trail, actors = self.trail, len(self.ground.conflict.players)
        nodes = np.zeros((len(trail.keys), actors), dtype=np.bool_)
        first, last = (np.zeros((len(self.cells), actors), dtype=np.bool_) for _ in range(2))
        order = self.direct[np.argsort(trail.depth[trail.sources[self.direct]], kind="stable")]
        steps = trail.depth[trail.sources[order]]
        for part in np.split(order, np.flatnonzero(np.diff(steps)) + 1):
            sources, targets, movers = trail.sources[part], trail.targets[part], trail.movers[part]
            begun = nodes[sources] if len(part) and trail.depth[sources[0]] else np.eye(actors, dtype=np.bool_)[movers]
            np.logical_or.at(nodes, targets, begun)
            on_time = self.near[targets]
            last[self.place[targets[on_time]], movers[on_time]] = True
        np.logical_or.at(first, self.place[self.near], nodes[self.near])
        return first, last

    def names(self, at: int) -> tuple[str, ...]:
        return tuple(concept for concept, (truths, _) in (self.held or {}).items() if truths[at])

    def row(self, at: int, first: Truths, last: Truths, arrivals: Truths) -> Row:
        cell, ids = int(self.cells[at]), [player.id for player in self.ground.conflict.players]
        begins, ends = (tuple(ids[i] for i in np.flatnonzero(each)) for each in (first, last))
        came = tuple(tuple(ids[i] for i in np.flatnonzero(each)) for each in arrivals)
        return Row(
            self.ground.state(cell), self.ground.text(cell), int(self.far[at]), begins, ends, self.names(at), came
        )

    # --- the tree ---

    def tree(self, listed: Cells) -> Branch:
        """One shortest way to every listed state."""
        trail = self.trail
        order = self.direct[
            np.lexsort((trail.sources[self.direct], trail.movers[self.direct], trail.targets[self.direct]))
        ]
        reached, where = np.unique(trail.targets[order], return_index=True)
        step = dict(zip(reached.tolist(), order[where].tolist(), strict=True))
        nodes = np.flatnonzero(self.near)
        best = dict(zip(self.place[nodes[::-1]].tolist(), nodes[::-1].tolist(), strict=True))
        children: dict[int, dict[int, int]] = {}
        for at in listed.tolist():
            node = best[at]
            while node in step:
                children.setdefault(int(trail.sources[step[node]]), {})[node] = step[node]
                node = int(trail.sources[step[node]])
        return self.branch(int(np.argmin(trail.depth)), None, children)

    def branch(self, node: int, actor: str | None, children: Mapping[int, Mapping[int, int]]) -> Branch:
        players, below = self.ground.conflict.players, children.get(node, {})
        order = sorted(below, key=lambda each: (self.trail.movers[below[each]], self.trail.cells[each]))
        grown = (self.branch(each, players[self.trail.movers[below[each]]].id, children) for each in order)
        at = int(self.place[node])
        cell = int(self.cells[at])
        return Branch(actor, self.ground.state(cell), self.ground.text(cell), self.names(at), tuple(grown))
