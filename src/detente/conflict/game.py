"""The game: a conflict under chosen readings, the noun every question starts from.

A `Game` holds the conflict (cells, labels, actors), the reading chosen for every actor, and what the readings make of the
states (scores). It is made once per case and keeps what it has built. Who can move where, and who would, are functions of
the engine that take a game.

How to make one: `Game.of(scenario, chosen)`, or `case.game`.

>>> from detente.scenario import load
>>> game = Game.of(load("prisoners_dilemma"))
>>> game.actors, game.count
(('first', 'second'), 4)
>>> game.text(game.cell(None))
'cc'
>>> game.payoffs(game.index("first")).shape
(2, 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.build import build
from detente.conflict.consequences import Cells
from detente.conflict.payoffs import Payoffs, check_merges, payoffs, restrict
from detente.conflict.space import Conflict
from detente.conflict.states import find_state, labels, state_json, state_text, states_json, states_text
from detente.errors import refuse_unknown
from detente.formula import Formula
from detente.scenario.model import PriorityList, Reading, Scenario

PARTS = 256
"""Spaces of parts of a model that are kept with its space at most."""

RANK_BYTES = 1 << 22
"""Bytes of the ranks that lists give the states, which are kept with a space at most."""

VARIANT_CELLS, LEAST_CELLS = 1 << 18, 1 << 10
"""Cells of spaces under holds and from other starts that are kept with a space at most; each counts as so many at least."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Game:
    """A conflict with the reading of every actor, in order; `chosen` names the readings as the scenario does.

    Make one by `Game.of`; `replace(game, readings=...)` is the same conflict with other wants.
    """

    scenario: Scenario
    chosen: Mapping[str, str]
    conflict: Conflict
    readings: tuple[Reading, ...]

    def __repr__(self) -> str:
        return f"<Game of {self.scenario.name}>"

    @classmethod
    def of(cls, scenario: Scenario, chosen: Mapping[str, str] | None = None, *, started: bool = True) -> Game:
        """The game of a scenario under these readings (default: the file's first). Raises what `conflict.build` raises.

        A game that is not `started` has no status quo.
        """
        names = scenario.choose({}, None) if chosen is None else chosen
        conflict = build(scenario, started=started)
        return cls(scenario=scenario, chosen=names, conflict=conflict, readings=chosen_readings(scenario, names))

    def wanting(self, scenario: Scenario, chosen: Mapping[str, str]) -> Game:
        """The same conflict under other readings; what is known of the readings that stay is kept."""
        return self._sharing(
            replace(self, scenario=scenario, chosen=chosen, readings=chosen_readings(scenario, chosen))
        )

    def where(self, player: int, reading: Reading) -> Game:
        """The same game, but one player orders the states by another list, which the scenario need not know."""
        return self._sharing(replace(self, readings=(*self.readings[:player], reading, *self.readings[player + 1 :])))

    def _sharing(self, other: Game) -> Game:
        same = {i: each for i, each in self._scores.items() if other.readings[i] is self.readings[i]}
        other._scores.update(same)
        return other

    def part(self, keys: Iterable[str]) -> Game:
        """The game of these options and of the rules and statements wholly about them; made once per set of options."""
        wanted = frozenset(keys)
        if wanted not in self._parts:
            small = self.conflict.kept.of("parts", wanted, lambda: build(self.scenario, keep=wanted), most=PARTS)
            known = small.options | frozenset(small.fixed)
            readings = tuple(restrict(reading, known) for reading in self.readings)
            self._parts[wanted] = replace(self, conflict=small, readings=readings)
        return self._parts[wanted]

    @cached_property
    def _parts(self) -> dict[frozenset[str], Game]:
        return {}

    def variant(self, scenario: Scenario, chosen: Mapping[str, str]) -> Game:
        """The game of a scenario that differs from this one in its start, in what is held, and in what is wanted.

        Its space does not depend on what is wanted, so it is made once for all readings, and kept with this game's space
        while there are few and they are small. Raises what `Game.of` raises.
        """
        conflict = self.conflict.kept.of(
            "variants",
            varied(scenario),
            lambda: build(scenario),
            most=VARIANT_CELLS,
            size=lambda made: max(made.cells, LEAST_CELLS),
        )
        return Game(scenario=scenario, chosen=chosen, conflict=conflict, readings=chosen_readings(scenario, chosen))

    # --- actors ---

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(player.id for player in self.conflict.players)

    def index(self, actor: str) -> int:
        """The number of an actor; raises `UnknownName`."""
        return self.conflict.index(actor)

    def reading(self, actor: str) -> Reading:
        return self.readings[self.index(actor)]

    def require_actors(self, names: Iterable[str]) -> None:
        """Refuse names that are no actors."""
        refuse_unknown("actor", self.actors, *names)

    # --- what the readings make of the states ---

    def payoffs(self, player: int, cells: Cells | None = None) -> Payoffs:
        """How much a player likes each cell (larger is better), comparable within the array; see `conflict.payoffs`."""
        return payoffs(self.conflict, self.readings[player], cells)

    def scores(self, player: int) -> NDArray[np.int64]:
        """The ranks of all states for a player, in state order; kept. Cost: 8 bytes a state."""
        if player not in self._scores:
            reading = self.readings[player]

            def find() -> tuple[Reading, NDArray[np.int64]]:
                return reading, self.payoffs(player, self.conflict.states).astype(np.int64)

            # The list is kept with its ranks, so that its number stays its own.
            found = self.conflict.kept.of("ranks", id(reading), find, most=RANK_BYTES, size=lambda made: made[1].nbytes)
            self._scores[player] = found[1]
        return self._scores[player]

    @cached_property
    def _scores(self) -> dict[int, NDArray[np.int64]]:
        return {}

    def check_merges(self) -> None:
        """Refuse readings that tell the members of a merged state apart (`ScenarioError`)."""
        for reading in self.readings if self.conflict.merging else ():
            check_merges(self.conflict, reading)

    # --- states ---

    @property
    def count(self) -> int:
        """How many states there are."""
        return self.conflict.count

    @property
    def states(self) -> Cells:
        """The cells that are states, in order."""
        return self.conflict.states

    @property
    def now(self) -> int | None:
        """The cell of the status quo."""
        return self.conflict.now

    def number(self, cell: int) -> int:
        """The place of a state in state order, from 0."""
        return int(np.searchsorted(self.conflict.states, cell))

    def cell(self, state: int | str | Mapping[str, Any] | None) -> int:
        """The cell of a state: its name, its settings (unmentioned: off, first choice), or None for the status quo."""
        return find_state(self.scenario, self.conflict, state)

    def formula(self, text: str | Formula) -> Formula:
        """A formula over this model's options, outcomes and named states."""
        return self.scenario.formula(text)

    def holds(self, formula: str | Formula, cells: Cells | None = None) -> NDArray[np.bool_]:
        """Where a formula is true: on the whole grid, or at given cells."""
        return self.conflict.holds(self.formula(formula), cells)

    def goal(self, goal: str | Formula | Mapping[str, Any]) -> Formula | int:
        """A goal: the cell of a named or numbered (#3) state or of settings given as a mapping, else a formula."""
        names = self.conflict.graph.states if self.conflict.graph else tuple(self.scenario.states)
        if isinstance(goal, Mapping) or (isinstance(goal, str) and (goal in names or goal == "now" or goal[:1] == "#")):
            return self.cell(goal)
        return self.formula(goal)

    def meets(self, goal: Formula | int, cells: Cells) -> NDArray[np.bool_]:
        """Which of the states are the goal, or satisfy it."""
        return np.asarray(cells == goal) if isinstance(goal, int) else self.conflict.holds(goal, cells)

    # --- labels ---

    def text(self, cell: int) -> str:
        """A state for people: its name, or what is on."""
        return state_text(self.conflict, cell)

    def texts(self, cells: Iterable[int]) -> list[str]:
        """Many states for people, at a fraction of the cost."""
        return states_text(self.conflict, cells)

    def state(self, cell: int) -> dict[str, Any]:
        """A state for programs: option -> true/false or the choice; merged and graph states carry their name."""
        return state_json(self.scenario, self.conflict, cell)

    def states_json(self, cells: Iterable[int]) -> list[dict[str, Any]]:
        """Many states for programs, at a fraction of the cost."""
        return states_json(self.scenario, self.conflict, cells)

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
        return ", ".join(o.text(changes[o.key]) for o in self.scenario.options if o.key in changes)


def chosen_readings(scenario: Scenario, chosen: Mapping[str, str]) -> tuple[Reading, ...]:
    """The reading of every actor, in order; an actor that wants nothing is indifferent."""
    nothing = PriorityList(id="none")
    return tuple(a.reading(chosen[a.id]) if a.id in chosen else nothing for a in scenario.actors)


def varied(scenario: Scenario) -> tuple[Any, ...]:
    """What the spaces of a scenario begun elsewhere, or under other holds, are told apart by."""
    now = scenario.now if isinstance(scenario.now, Mapping) else {}
    return tuple((now.get(option.key, 0), option.held, option.change) for option in scenario.options)
