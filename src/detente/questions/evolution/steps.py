"""Who can take which step from where, and why.

The mathematics. There are three kinds of *step* of an actor from a state: a *move* (anything it may legally do), an
*improvement* (a move to a state it strictly prefers), and an *unsanctioned* improvement (one after which no legal
sequence of the others' improvements leads to a state no better for the actor than the one it left).

How to use it: `Ground(case)` answers for any set of states at once; `evolution.reachability` follows steps from a start. Labels
stay outside: inside, states are cells and actors are numbers.

>>> from detente.scenario import load
>>> ground = Ground(Case(load("drift_to_war")))
>>> rows, cells = ground.steps("improvements", np.array([ground.cell(None)]), ground.conflict.index("nk"))
>>> [ground.text(int(cell)) for cell in cells]
['nk_esc']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import Case
from detente.conflict import Cells, Conflict
from detente.conflict.game import setting_text
from detente.conflict.payoffs import payoffs
from detente.conflict.states import find_state, labels, state_json, state_text
from detente.engine import improving_steps
from detente.engine.relevant_options import sliceable
from detente.errors import TooLarge, UnknownName
from detente.formula import Formula
from detente.scenario.model import Actor, Ranking, Reading, Scenario, Weights

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
    For weights it is the statement that adds most to the gain or loss; for a ranking it is the two places.
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
    if isinstance(reading, Ranking):
        places = [reading.place_of(conflict.state_names[cell]) for cell in (before, after)]
        return Weighing(verdict, f"from place {places[0]} to place {places[1]} of {len(reading.ranking)}")
    truths = [conflict.holds(s.want, both).tolist() for s in reading.statements]
    apart = [n for n, (was, will) in enumerate(truths) if was != will]
    if not apart or (isinstance(reading, Weights) and verdict == "equal"):
        return Weighing(verdict)
    rank = apart[0] if not isinstance(reading, Weights) else _heaviest(reading, truths, apart, verdict == "better")
    decides = reading.statements[rank]
    place = None if isinstance(reading, Weights) else rank + 1
    return Weighing(verdict, str(decides), place, decides.evidence.source, decides.evidence.claims)


def _heaviest(reading: Reading, truths: Sequence[Sequence[bool]], apart: Iterable[int], gain: bool) -> int:
    """The weighted statement that adds most to the gain (or the loss)."""
    worth = {n: (reading.statements[n].weight or Fraction(0)) * (truths[n][1] - truths[n][0]) for n in apart}
    return max(worth, key=lambda n: worth[n] if gain else -worth[n])


@dataclass(frozen=True)
class Ground:
    """A case made ready for walking: its conflict, its readings, and (only when needed) its analysis."""

    case: Case

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @cached_property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return self.case.game.readings

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
        """A goal: the cell of a named or numbered (#3) state or of settings given as a mapping, else a formula."""
        names = self.conflict.graph.states if self.conflict.graph else tuple(self.scenario.states)
        if isinstance(goal, Mapping) or (isinstance(goal, str) and (goal in names or goal == "now" or goal[:1] == "#")):
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
        return state_json(self.scenario, self.conflict, cell)

    def labels(self, settings: Mapping[str, int]) -> dict[str, Any]:
        """Settings for programs, in file order."""
        return labels(self.scenario, settings)

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
