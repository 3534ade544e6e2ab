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

>>> from detente.scenario import load
>>> answer = status_quo(Case(load("elmira_graph")), by="improvements")
>>> [(row.text, row.steps, row.last) for row in answer.states]
[('s1', 0, ()), ('s5', 1, ('local',))]
>>> status_quo(Case(load("elmira_graph"))).row("s8").steps
3
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.engine.concepts import label
from detente.errors import InputError, TooLarge, UnknownName, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.evolution.reachability import StepGraph, explore
from detente.questions.evolution.steps import KINDS
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, html_of, listing, many

KEPT = 200
"""States an answer keeps by default; equilibria come before others that are as near. The rest is counted."""

COLUMNS = 12
"""Numbers of steps in the table, at most."""

Truths = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    """One state: the least steps to it, who can take the first and the last step of a way that short, what it is.

    `arrivals[n - 1]` says who can have taken the last step of some way of exactly n steps.
    """

    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    steps: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    equilibrium: tuple[str, ...]
    arrivals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way(Record):
    """An equilibrium under some concepts, and the least number of steps to it (None: out of reach)."""

    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    concepts: tuple[str, ...]
    steps: int | None
    last: tuple[str, ...]


@dataclass(frozen=True)
class Reached(Record):
    """Of the equilibria under a concept: how many are within reach, and how many there are (None: too large to tell)."""

    reached: int | None
    all: int | None


@dataclass(frozen=True, kw_only=True)
class Branch(Record):
    """A place in the tree: the state, who stepped there (None at the root), and what follows."""

    actor: str | None
    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    equilibrium: tuple[str, ...]
    branches: tuple[Branch, ...]

    def lines(self, before: str = "", joint: str = "", below: str = "") -> Iterator[Phrase]:
        """The branch as text, one line per place."""
        who = (ActorTerm(self.actor), ": ") if self.actor else ()
        what = f"  [{', '.join(self.equilibrium)}]" if self.equilibrium else ""
        yield Phrase.of(before, joint, *who, StateTerm(self.text), what)
        for branch in self.branches:
            final = branch is self.branches[-1]
            yield from branch.lines(before + below, "└── " if final else "├── ", "    " if final else "│   ")


@dataclass(frozen=True, repr=False, kw_only=True)
class StatusQuo(Answer):
    """The answer; see the module's opening. `layers[n]` counts the states that take n steps; `states` has the first of them.

    `equilibria` counts, per concept, those within reach and all of them. `ways` has every equilibrium of any concept, the
    nearest first (at most as many as states are kept).
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "count")
    question: ClassVar[str] = "status_quo"

    basis: Basis
    by: str
    start: Mapping[str, Any]
    layers: tuple[int, ...]
    states: tuple[Row, ...]
    equilibria: Mapping[str, Reached]
    ways: tuple[Way, ...] = ()
    tree: Branch

    @property
    def count(self) -> int:
        """How many states are within reach, the status quo included."""
        return sum(self.layers)

    def row(self, text: str) -> Row:
        """The row of a state by the words it is listed under."""
        for row in self.states:
            if row.text == text:
                return row
        raise UnknownName(tell("state within reach"), text, (row.text for row in self.states))

    def nearest(self, concept: str) -> tuple[Row, ...]:
        """The listed equilibria under a concept that take the fewest steps."""
        held = [row for row in self.states if concept in row.equilibrium]
        return tuple(row for row in held if row.steps == held[0].steps)

    @property
    def headline(self) -> Phrase:
        """How much lies within reach of today, and how many of the equilibria."""
        concept = "seq" if "seq" in self.equilibria else next(iter(self.equilibria))
        found = self.equilibria[concept]
        others = tell(
            "From today {number} can be reached by {by}", number=many(self.count - 1, "other state"), by=KINDS[self.by]
        )
        if found.reached is None or found.all is None:
            return Phrase.of(f"{others}.")
        all_ = many(found.all, "equilibrium", "equilibria")
        return Phrase.told(
            "{others}; with today that is {reached} of {all} under {concept}.",
            others=others,
            reached=numeral(found.reached),
            all=all_,
            concept=label(concept),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The states within reach, the table of arrivals, how far each equilibrium is, and the tree of shortest ways."""
        return self._states(), self._arrivals(), self._equilibria(), self._ways(), self._tree()

    def _states(self) -> Sheet:
        rows = tuple(
            (StateTerm(row.text), row.steps, _actors(row.first), _actors(row.last), ", ".join(row.equilibrium))
            for row in self.states
        )
        left = self.count - len(rows)
        notes = (tell("{left} more states are not listed.", left=numeral(left)),) if left else ()
        title = Phrase.told(
            "Within reach of: {text}, by {by}: {count} states with itself",
            text=StateTerm(self.tree.text),
            by=KINDS[self.by],
            count=numeral(self.count),
        )
        columns = ("state", "steps", tell("first move"), tell("last move"), "equilibrium")
        return Sheet(title, columns, rows, (*notes, *self.basis.warnings))

    def _arrivals(self) -> Sheet:
        """The status quo table of the literature."""
        many = max((len(row.arrivals) for row in self.states), default=0)
        rows = tuple((StateTerm(row.text), *map(_actors, row.arrivals)) for row in self.states)
        columns = ("state", *(f"{n} step{'s' * (n != 1)}" for n in range(1, many + 1)))
        return Sheet(tell("Who can have moved last, by number of steps"), columns, rows)

    def _equilibria(self) -> Sheet:
        rows = tuple((concept, counts.reached, counts.all) for concept, counts in self.equilibria.items())
        return Sheet(tell("Equilibria within reach"), ("concept", tell("within reach"), "of"), rows)

    def _ways(self) -> Sheet:
        rows = []
        for way in self.ways:
            steps = tell("out of reach") if way.steps is None else way.steps
            rows.append((StateTerm(way.text), *(c in way.concepts for c in CONCEPTS), steps, _actors(way.last)))
        title = tell("How far each equilibrium is, by {by}", by=KINDS[self.by])
        return Sheet(title, ("state", *CONCEPTS, "steps", tell("last move")), tuple(rows))

    def _tree(self) -> Sheet:
        return Sheet(tell("Shortest ways"), (), (), tuple(self.tree.lines()))

    def tree_text(self) -> str:
        """The tree of shortest ways, one line per place, equilibria marked."""
        return "\n".join(self.tree.lines())

    def _repr_html_(self) -> str:
        """As any answer, but the tree keeps its lines."""
        *tables, _ = self.sheets()
        return f"{html_of(tables)}<pre>{html.escape(self.tree_text())}</pre>"


def _actors(actors: Iterable[str]) -> Phrase:
    return listing(map(ActorTerm, actors))


def status_quo(
    case: Case, by: str = "moves", *, start: str | Mapping[str, Any] | None = None, most: int = KEPT
) -> StatusQuo:
    """What steps of one kind ("moves", "improvements", "unsanctioned") lead to from the status quo (or from `start`).

    All states within reach are counted, the nearest `most` are listed. Raises `TooLarge` beyond 2,000,000 steps.
    """
    refuse_unknown("kind of step", KINDS, by)
    if most < 1:
        raise InputError(tell("`most` is {most}; expected the number of states to list, at least 1", most=most))
    graph = explore(case, by, [case.game.cell(start)], in_turn=by != "unsanctioned")
    if not graph.complete:
        raise TooLarge(
            tell(
                "more than {number} states are within reach by {by}, too many to list; ask by improvements, "
                "hold options that do not matter, or ask for the shortest ways to one goal (`paths`)",
                number=numeral(len(graph.keys)),
                by=KINDS[by],
            )
        )
    return _Table(case, graph).answer(by, most)


class _Table:
    """The step graph by states: the nodes of a state are those of its possible last movers."""

    def __init__(self, case: Case, graph: StepGraph) -> None:
        self.case, self.game, self.graph = case, case.game, graph
        # Nodes are sorted by state, so those of a state lie together and `reduceat` takes the least of each group.
        self.cells, self.begin = np.unique(graph.cells, return_index=True)
        self.far = np.minimum.reduceat(graph.depth, self.begin)
        self.place = np.searchsorted(self.cells, graph.cells)
        self.near = graph.depth == self.far[self.place]
        """Which nodes are on time: no later than their state can be reached."""
        self.direct = np.flatnonzero(graph.depth[graph.targets] == graph.depth[graph.sources] + 1)
        """The steps of shortest ways to nodes."""
        self.held = self.equilibria()

    def equilibria(self) -> dict[str, tuple[Truths, int]] | None:
        """Per concept which states are equilibria, and how many there are; None if the model is too large."""
        try:
            analysis, shape = self.case.analyse(CONCEPTS), self.game.conflict.shape
            where = np.unravel_index(self.cells, shape)
            grids = {c: np.broadcast_to(analysis.equilibrium_grid(c), shape) for c in CONCEPTS}
            return {c: (np.asarray(grid[where]), analysis.count(c)) for c, grid in grids.items()}
        except TooLarge:
            return None

    def answer(self, by: str, most: int) -> StatusQuo:
        first, last = self.movers()
        arrivals = self.arrivals(in_turn=by != "unsanctioned")
        plain = np.array([not self.concepts(at) for at in range(len(self.cells))])
        kept = np.lexsort((self.cells, plain, self.far))[:most]
        counts = {c: Reached(int(truths.sum()), total) for c, (truths, total) in (self.held or {}).items()}
        return StatusQuo(
            basis=self.case.basis,
            by=by,
            start=self.game.state(int(self.cells[np.argmin(self.far)])),
            layers=tuple(np.bincount(self.far).tolist()),
            states=tuple(self.row(at, first[at], last[at], arrivals[:, at]) for at in kept.tolist()),
            equilibria={c: counts.get(c, Reached(None, None)) for c in CONCEPTS},
            ways=self.ways(last, most),
            tree=self.tree(kept),
        )

    def arrivals(self, in_turn: bool) -> Truths:
        """[n - 1, state, actor]: whether the actor can take the last step of a way of exactly n steps to the state."""
        graph, actors = self.graph, len(self.game.actors)
        many = min(int(self.far.max()), COLUMNS)
        steps = np.stack([self.place[graph.sources], graph.movers, self.place[graph.targets]], axis=1)
        source, mover, target = np.unique(steps.astype(np.int64), axis=0).T
        arrived = np.zeros((many, len(self.cells), actors), dtype=np.bool_)
        begun = np.zeros(len(self.cells), dtype=np.bool_)
        begun[np.argmin(self.far)] = True
        for n in range(many):
            # A step may follow a way of n - 1 steps that ends where it begins; in turn, only one that somebody else ended.
            before = arrived[n - 1]
            others = before.sum(axis=1)[source] - (before[source, mover] if in_turn else 0)
            may_follow = begun[source] if n == 0 else others > 0
            arrived[n][target[may_follow], mover[may_follow]] = True
        return arrived

    def ways(self, last: Truths, most: int) -> tuple[Way, ...]:
        """Every equilibrium under some concept, the nearest first."""
        if self.held is None:
            return ()
        analysis = self.case.analyse(CONCEPTS)
        held = {concept: analysis.equilibria(concept) for concept in CONCEPTS}
        cells = np.unique(np.concatenate(list(held.values())))
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        near = self.cells[at] == cells
        order = np.lexsort((cells, self.far[at], ~near))[:most]
        where = {concept: np.isin(cells[order], equilibria) for concept, equilibria in held.items()}
        return tuple(
            Way(
                state=self.game.state(int(cells[n])),
                text=self.game.text(int(cells[n])),
                concepts=tuple(concept for concept, truths in where.items() if truths[place]),
                steps=int(self.far[at[n]]) if near[n] else None,
                last=self.named(last[at[n]]) if near[n] else (),
            )
            for place, n in enumerate(order.tolist())
        )

    def movers(self) -> tuple[Truths, Truths]:
        """Per state and actor: whether it can take the first, or the last, step of a shortest way."""
        graph, actors = self.graph, len(self.game.actors)
        nodes = np.zeros((len(graph.keys), actors), dtype=np.bool_)
        first, last = (np.zeros((len(self.cells), actors), dtype=np.bool_) for _ in range(2))
        # Layer by layer from the start, as who begins a way to a node is who begins a way to the node before it.
        order = self.direct[np.argsort(graph.depth[graph.sources[self.direct]], kind="stable")]
        depths = graph.depth[graph.sources[order]]
        for part in np.split(order, np.flatnonzero(np.diff(depths)) + 1):
            sources, targets, movers = graph.sources[part], graph.targets[part], graph.movers[part]
            begun = nodes[sources] if len(part) and graph.depth[sources[0]] else np.eye(actors, dtype=np.bool_)[movers]
            np.logical_or.at(nodes, targets, begun)
            # A way may be the shortest to its node, yet pass the state later than another: then it counts for no state.
            on_time = self.near[targets]
            last[self.place[targets[on_time]], movers[on_time]] = True
        np.logical_or.at(first, self.place[self.near], nodes[self.near])
        return first, last

    def concepts(self, at: int) -> tuple[str, ...]:
        """The concepts under which a state is an equilibrium."""
        return tuple(concept for concept, (truths, _) in (self.held or {}).items() if truths[at])

    def named(self, truths: Truths) -> tuple[str, ...]:
        """The actors of whom something is true."""
        return tuple(self.game.actors[i] for i in np.flatnonzero(truths))

    def row(self, at: int, first: Truths, last: Truths, arrivals: Truths) -> Row:
        cell = int(self.cells[at])
        return Row(
            state=self.game.state(cell),
            text=self.game.text(cell),
            steps=int(self.far[at]),
            first=self.named(first),
            last=self.named(last),
            equilibrium=self.concepts(at),
            arrivals=tuple(map(self.named, arrivals)),
        )

    # --- the tree ---

    def tree(self, kept: Cells) -> Branch:
        """One shortest way to every state that is listed."""
        graph = self.graph
        order = self.direct[
            np.lexsort((graph.sources[self.direct], graph.movers[self.direct], graph.targets[self.direct]))
        ]
        # Of the last steps of shortest ways to a node the first one, by mover and then by where it begins.
        reached, where = np.unique(graph.targets[order], return_index=True)
        step = dict(zip(reached.tolist(), order[where].tolist(), strict=True))
        # Of the nodes of a state that are on time the first one: later ones are overwritten as the order is reversed.
        nodes = np.flatnonzero(self.near)
        best = dict(zip(self.place[nodes[::-1]].tolist(), nodes[::-1].tolist(), strict=True))
        children: dict[int, dict[int, int]] = {}
        for at in kept.tolist():
            node = best[at]
            while node in step:
                children.setdefault(int(graph.sources[step[node]]), {})[node] = step[node]
                node = int(graph.sources[step[node]])
        return self.branch(int(np.argmin(graph.depth)), None, children)

    def branch(self, node: int, actor: str | None, children: Mapping[int, Mapping[int, int]]) -> Branch:
        steps, graph = children.get(node, {}), self.graph
        order = sorted(steps, key=lambda child: (graph.movers[steps[child]], graph.cells[child]))
        at = int(self.place[node])
        cell = int(self.cells[at])
        return Branch(
            actor=actor,
            state=self.game.state(cell),
            text=self.game.text(cell),
            equilibrium=self.concepts(at),
            branches=tuple(
                self.branch(child, self.game.actors[graph.movers[steps[child]]], children) for child in order
            ),
        )
