"""Who can take which step from where, and everything that such steps lead to.

The mathematics. There are three kinds of *step* of an actor from a state: a *move* (anything it may legally do), an
*improvement* (a move to a state it strictly prefers), and an *unsanctioned* improvement (one after which no legal
sequence of the others' improvements leads to a state no better for the actor than the one it left).

Steps follow each other by one of two rules. *In turn*: nobody steps twice running, so what can come next depends on the
state and on who moved last, and (state, last mover) pairs are walked. *Freely*: the last mover may step again, as in
play (`detente.play`). Where everybody's moves are transitive two steps of one actor in a row could be one, so shortest
ways are the same under both rules and states are walked.

How to use it: `Ground(case)` answers for any set of states at once; `explore` follows all steps from a start. Labels
stay outside: states are cells, actors are numbers.

>>> from detente.scenario import load
>>> ground = Ground(Case(load("drift_to_war")))
>>> rows, cells = ground.steps("improvements", np.array([ground.cell(None)]), ground.conflict.index("nk"))
>>> [ground.text(int(cell)) for cell in cells]
['nk_esc']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis, chosen_readings, find_state
from detente.case import Case, setting_text
from detente.conflict import Cells, Conflict, build
from detente.errors import TooLarge, UnknownName
from detente.formula import Formula
from detente.play import MOST_STEPS
from detente.preferences import payoffs, state_text
from detente.scenario.model import Actor, Reading, Scenario
from detente.stability import dense, improving_steps, move_relation
from detente.stability.cones import sliceable

KINDS = {
    "moves": "legal moves",
    "improvements": "improvements",
    "unsanctioned": "unsanctioned improvements",
}
"""The kinds of step, and what people call them."""

PLAYS = {"myopic": "improvements", "foresight": "unsanctioned"}
"""The kinds of play, and the steps they are made of."""

Places = NDArray[np.int64]


def kind_of(play: str) -> str:
    """The steps a play is made of; raises `UnknownName` for anything but "myopic" and "foresight"."""
    if play not in PLAYS:
        raise UnknownName("kind of play", play, PLAYS)
    return PLAYS[play]


def absent(case: Case, actors: Iterable[str]) -> Case:
    """The case in which these actors neither move nor answer: their options stay as they are, whatever happens.

    Unlike a hold this keeps the state space, so that states keep their numbers; consequences still act on the options.
    """
    gone = {case.scenario.actor(name).id for name in actors}
    graph = case.scenario.graph
    if graph:
        graph = replace(graph, moves={name: () if name in gone else arcs for name, arcs in graph.moves.items()})
    kept = tuple(_still(actor) if actor.id in gone else actor for actor in case.scenario.actors)
    return replace(case, scenario=replace(case.scenario, actors=kept, graph=graph)) if gone else case


def _still(actor: Actor) -> Actor:
    options = (o if o.change == "fixed" else replace(o, change=(), needs={}) for o in actor.options)
    return replace(actor, options=tuple(options))


@dataclass(frozen=True)
class Weighing:
    """How an actor compares two states: `verdict` is "better", "worse" or "equal", and what decides.

    For a priority list `statement` is the highest-ranked one whose truth differs, at `rank` (from 1), with its evidence.
    For weights it is the statement with the largest weight among those that differ; for a ranking it is the two places.
    """

    verdict: str
    statement: str = ""
    rank: int | None = None
    source: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f" ({self.rank})" if self.rank else ""
        return f"{self.verdict}: {self.statement}{place}" if self.statement else self.verdict

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "source": list(self.source), "claims": list(self.claims)}


def weigh(conflict: Conflict, reading: Reading, before: int, after: int) -> Weighing:
    """Whether `after` is better than `before` under the reading, and which statement decides."""
    both = np.array([before, after], dtype=np.int64)
    here, there = payoffs(conflict, reading, both).tolist()
    verdict = "better" if there > here else "worse" if there < here else "equal"
    if reading.kind == "ranking":
        places = [_place(conflict, reading, cell) for cell in (before, after)]
        return Weighing(verdict, f"from place {places[0]} to place {places[1]} of {len(reading.ranking)}")
    apart = [n for n, s in enumerate(reading.statements) if len(set(conflict.holds(s.want, both).tolist())) > 1]
    if not apart:
        return Weighing(verdict)
    rank = apart[0] if reading.kind != "weights" else max(apart, key=lambda n: abs(reading.statements[n].weight or 0))
    decides = reading.statements[rank]
    evidence = decides.evidence
    return Weighing(verdict, str(decides), rank + 1, evidence.source, evidence.claims)


def _place(conflict: Conflict, reading: Reading, cell: int) -> int:
    """The place of a state in a ranking, from 1."""
    name = conflict.state_names[cell]
    return next(place for place, group in enumerate(reading.ranking, start=1) if name in group)


@dataclass(frozen=True)
class Ground:
    """A case made ready for walking: its conflict, its readings, and (only when needed) its analysis."""

    case: Case

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @cached_property
    def conflict(self) -> Conflict:
        return build(self.scenario)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return chosen_readings(self.scenario, self.case.chosen)

    @cached_property
    def analysis(self) -> Analysis:
        return self.case.analyse(("seq",))

    @cached_property
    def regular(self) -> bool:
        """Whether everybody's moves are proved transitive, along the axes of the space."""
        return sliceable(self.conflict)

    # --- steps ---

    def steps(self, kind: str, cells: Cells, player: int) -> tuple[Places, Cells]:
        """The player's steps of one kind (see `KINDS`) from the given states: (row numbers, states reached)."""
        if kind == "unsanctioned":
            return improving_steps(self.conflict, self.analysis.solution, cells, player, True)
        rows, targets = self.conflict.successors(cells, player)
        if kind == "moves" or not len(rows):
            return rows, targets
        u = payoffs(self.conflict, self.readings[player], np.concatenate([cells, targets]))
        better = u[len(cells) :] > u[: len(cells)][rows]
        return rows[better], targets[better]

    def is_step(self, kind: str, cell: int, player: int, target: int) -> bool | None:
        """Whether the player has this step; None where the model is too large to tell."""
        try:
            return target in self.steps(kind, np.array([cell], dtype=np.int64), player)[1]
        except TooLarge:
            return None

    # --- names ---

    def cell(self, state: int | str | Mapping[str, Any] | None) -> int:
        """The cell of a state: its name, its settings (unmentioned: off, first choice), or None for the status quo."""
        return find_state(self.scenario, self.conflict, state)

    def goal(self, goal: str | Formula | Mapping[str, Any]) -> Formula | int:
        """A goal: the cell of a named state or of settings given as a mapping, else a formula."""
        names = self.conflict.graph.states if self.conflict.graph else tuple(self.scenario.states)
        if isinstance(goal, Mapping) or (isinstance(goal, str) and (goal in names or goal == "now")):
            return self.cell(goal)
        return self.scenario.formula(goal)

    def meets(self, goal: Formula | int, cells: Cells) -> NDArray[np.bool_]:
        """Which of the states are the goal, or satisfy it."""
        return np.asarray(cells == goal) if isinstance(goal, int) else self.conflict.holds(goal, cells)

    def text(self, cell: int) -> str:
        """A state for people: its name, or what is on."""
        return state_text(self.conflict, cell)

    def state(self, cell: int) -> dict[str, Any]:
        """A state for programs: option -> true/false or the choice; merged and graph states carry their name."""
        settings = self.labels(self.conflict.settings(cell))
        merged = self.conflict.merging and any(cell == merge.representative for merge in self.conflict.merges)
        if not (self.conflict.graph or merged):
            return settings
        digits = "".join(str(value) for value in self.conflict.settings(cell).values())
        return {"state": self.conflict.state_names.get(cell, digits), "settings": settings}

    def labels(self, settings: Mapping[str, int]) -> dict[str, Any]:
        """Settings for programs, in file order."""
        chosen = [(option, settings[option.key]) for option in self.scenario.options if option.key in settings]
        return {o.key: bool(value) if o.binary else o.choices[value] for o, value in chosen}

    def changes(self, before: int, after: int) -> dict[str, int]:
        """The settings of `after` that differ from `before`; none in graph form."""
        old, new = self.conflict.settings(before), self.conflict.settings(after)
        return {key: value for key, value in new.items() if old[key] != value}

    def change_text(self, before: int, after: int) -> str:
        """What a step changes, for people: `not ru_link, nk_arms`; in graph form `s1 > s5`."""
        if self.conflict.graph:
            return f"{self.text(before)} > {self.text(after)}"
        changes = self.changes(before, after)
        return ", ".join(setting_text(o, changes[o.key]) for o in self.scenario.options if o.key in changes)


# --- following steps ---------------------------------------------------------------------------------------------------


_Arcs = tuple[list[Places], list[Places], list[Places]]


@dataclass(frozen=True)
class Trail:
    """What steps lead to from a start: nodes, and the steps between them by position.

    A node is a state, or a (state, last mover) pair: `keys` are sorted numbers, `keys // width` the cells. `depth` is the
    number of steps from the start. `complete` is False if there were more steps than asked for; whole layers are kept.
    """

    keys: Places
    depth: NDArray[np.int32]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    movers: NDArray[np.int16]
    width: int
    complete: bool

    @property
    def cells(self) -> Cells:
        return self.keys // self.width


def explore(
    ground: Ground, kind: str, start: Iterable[int], *, in_turn: bool = False, most: int = MOST_STEPS
) -> Trail:
    """Follow all steps of a kind from the start states, layer by layer, until there is nothing new or too much.

    Cost: one expansion per node, three numbers per step, at most `most` steps.
    """
    width = len(ground.conflict.players) + 1 if in_turn and not ground.regular else 1
    if ground.conflict.cells > np.iinfo(np.int64).max // width:
        raise TooLarge(f"{ground.conflict.cells:,} combinations of options cannot be numbered; hold some options fixed")
    layers = [np.unique(np.array(list(start), dtype=np.int64)) * width]
    arcs: _Arcs = ([], [], [])
    found, total, complete = layers[0], 0, True
    while len(layers[-1]):
        step = _onward(ground, kind, layers[-1], width, most - total)
        if step is None:
            complete = False
            break
        for kept, new in zip(arcs, step, strict=True):
            kept.append(new)
        total += len(step[0])
        reached = np.unique(step[1])
        layers.append(np.setdiff1d(reached, found, assume_unique=True))
        found = np.union1d(found, layers[-1])
    return _trail(layers, arcs, width, complete)


def _onward(ground: Ground, kind: str, keys: Places, width: int, most: int) -> tuple[Places, Places, Places] | None:
    """All steps from these nodes: (nodes left, nodes reached, movers); None if there are more than `most`."""
    empty = np.empty(0, dtype=np.int64)
    found: _Arcs = ([empty], [empty], [empty])
    total = 0
    for part in np.array_split(keys, 1 + len(keys) // (1 << 15)):
        for player in range(len(ground.conflict.players)):
            mine = part if width == 1 else part[part % width != player + 1]
            rows, cells = ground.steps(kind, mine // width, player)
            mark = 0 if width == 1 else player + 1
            for kept, new in zip(found, (mine[rows], cells * width + mark, np.full(len(rows), player)), strict=True):
                kept.append(new)
            total += len(rows)
            if total > most:
                return None
    return np.concatenate(found[0]), np.concatenate(found[1]), np.concatenate(found[2])


def _trail(layers: list[Places], arcs: _Arcs, width: int, complete: bool) -> Trail:
    empty = [np.empty(0, dtype=np.int64)]
    keys = np.concatenate(layers)
    order = np.argsort(keys)
    depth = np.repeat(np.arange(len(layers)), [len(layer) for layer in layers])[order]
    keys = keys[order]
    sources, targets, movers = (np.concatenate([*empty, *part]) for part in arcs)
    begin, end = np.searchsorted(keys, sources), np.searchsorted(keys, targets)
    small = (begin.astype(np.int32), end.astype(np.int32), movers.astype(np.int16))
    return Trail(keys, depth.astype(np.int32), *small, width, complete)


# --- distances ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distances:
    """How many steps away the goal is, from each node: -1 where it cannot be reached (or, if not `complete`, not seen)."""

    values: NDArray[np.int32]
    keys: Places | None = None
    width: int = 1
    complete: bool = True

    def at(self, cells: Cells, mover: int) -> NDArray[np.int32]:
        """The distances from these states when `mover` (a number; -1: nobody) moved last."""
        if self.keys is None:
            return self.values[cells]
        keys = cells * self.width + (mover + 1 if self.width > 1 else 0)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, self.values[place], np.int32(-1))


def distances(ground: Ground, kind: str, start: int, goal: Formula | int, *, in_turn: bool) -> Distances:
    """Distances to the goal from `start` and from what can follow it.

    Everything within reach is listed if that takes at most `MOST_STEPS` steps. Beyond, models with transitive moves are
    swept backwards from the goal as arrays; others are answered if the goal is near, else refused (`TooLarge`).
    """
    trail = explore(ground, kind, [start], in_turn=in_turn)
    goals = ground.meets(goal, trail.cells)
    if trail.complete or (goals.any() and not ground.regular):
        return _listed(trail, goals)
    if ground.regular and ground.conflict.cells < 1 << 31:
        return _swept(ground, kind, start, goal)
    if goals.any():
        return _listed(trail, goals)
    raise TooLarge(
        f"the goal is more than {int(trail.depth.max())} steps away and there are more than {MOST_STEPS:,} steps of that "
        "length; ask by improvements, hold options that do not matter, or narrow the goal"
    )


def _listed(trail: Trail, goals: NDArray[np.bool_]) -> Distances:
    far = np.where(goals, np.int32(0), np.int32(-1))
    steps = 0
    while (hit := (far[trail.targets] == steps) & (far[trail.sources] < 0)).any():
        steps += 1
        far[trail.sources[hit]] = steps
    return Distances(far, trail.keys, trail.width, trail.complete)


def _swept(ground: Ground, kind: str, start: int, goal: Formula | int) -> Distances:
    """Layer by layer back from the goal, until the start and its first steps are reached. One pass per actor and layer."""
    conflict, players = ground.conflict, range(len(ground.conflict.players))
    conflict.require(len(players) * (6 if kind == "unsanctioned" else 3), "finding ways")
    us, worst = _arrays(ground, kind)
    relations = [move_relation(conflict, axis) for axis in players]
    at_start = np.array([start], dtype=np.int64)
    wanted = np.concatenate([at_start, *(ground.steps(kind, at_start, player)[1] for player in players)])
    layer = _goal_grid(ground, goal) & (us[0] > 0)
    far = np.where(layer, np.int32(0), np.int32(-1))
    while layer.any() and (far.reshape(-1)[wanted] < 0).any():
        grown = np.zeros_like(layer)
        for player in players:
            grown |= dense.reach_back(us, relations, layer, kind != "moves", [player], worst)
        layer = grown & (far < 0)
        far[layer] = far.max() + 1
    return Distances(far.reshape(-1))


def _goal_grid(ground: Ground, goal: Formula | int) -> NDArray[np.bool_]:
    if isinstance(goal, int):
        return (np.arange(ground.conflict.cells) == goal).reshape(ground.conflict.shape)
    return np.broadcast_to(ground.conflict.holds(goal), ground.conflict.shape)


def _arrays(ground: Ground, kind: str) -> tuple[list[NDArray[Any]], dict[int, NDArray[Any]] | None]:
    """Payoffs over the whole space with 0 for infeasible cells, and what the others' answers leave of a step's gain."""
    conflict = ground.conflict

    def full(grid: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.broadcast_to(grid, conflict.shape))

    if kind == "unsanctioned":
        solution = ground.analysis.solution
        return [full(t.grid()) for t in solution.payoffs], dict(enumerate(full(t.grid()) for t in solution.worst))
    if kind == "moves":
        return [full(conflict.feasible.astype(np.uint8))] * len(conflict.players), None
    raw = [payoffs(conflict, reading) for reading in ground.readings]
    return [full(np.where(conflict.feasible, u + u.dtype.type(1), u.dtype.type(0))) for u in raw], None
