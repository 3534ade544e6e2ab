"""Irreversibility: what a one-way move closes off.

The mathematics. A *switch* of an option from one choice to another is *one-way* if no chain of allowed switches leads
back. (In graph form: a hand-made arc from a state that no moves lead back to.) What it closes is found by *reach*: the
states that any legal moves of any actors lead to, nobody moving twice running, the start included. Two comparisons:

- *from now*: what can be reached from the status quo, against what can be reached once the owner has made this switch
  there, and nothing else;
- *in general*: all states, against what can be reached from any state in which the switch has been made.

Lost are the states that drop out, the named outcomes that then hold nowhere within reach though they did before, and the
equilibria among the lost states. That a switch cannot be undone by its owner does not mean that nothing brings the option
back: a consequence may; then nothing is lost, and the result says so by being empty.

>>> from detente.scenario import load
>>> found = irreversible(Case(load("axis_and_sanctions")))
>>> [(each.option, each.made, each.general.states, each.general.outcomes) for each in found.switches]
[('ru_panel', True, 128, ('panel_restored',))]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.engine import arrays as dense
from detente.engine import move_relation
from detente.errors import TooLarge, Unanswerable
from detente.formula import Setting
from detente.questions.evolution.reachability import MOST, explore
from detente.questions.evolution.steps import Ground
from detente.scenario.model import Option
from detente.sheet import Sheet, html_of

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Loss:
    """What drops out of reach: `states` of `of` states, the outcomes, and how many equilibria per concept."""

    states: int
    of: int
    outcomes: tuple[str, ...]
    equilibria: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "outcomes": list(self.outcomes), "equilibria": dict(self.equilibria)}

    def __str__(self) -> str:
        return f"{self.states:,} of {self.of:,} states"


@dataclass(frozen=True)
class Switch:
    """One switch and what it closes.

    `made`: the status quo is already past it. `now` is None if it is made, or cannot be made at the status quo (a guard,
    a rule or another choice stands in the way), or there is no status quo. In graph form `option` is the arc.
    """

    actor: str
    option: str
    text: str
    made: bool
    now: Loss | None
    general: Loss

    def to_json(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "option": self.option,
            "switch": self.text,
            "made": self.made,
            "now": None if self.now is None else self.now.to_json(),
            "general": self.general.to_json(),
        }


@dataclass(frozen=True)
class Irreversible:
    """The one-way switches (or all switches of one option) and what they close. None: nothing here is one-way."""

    basis: Basis
    option: str | None
    switches: tuple[Switch, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "irreversible",
            "basis": self.basis.to_json(),
            "option": self.option,
            "switches": [switch.to_json() for switch in self.switches],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (each.actor, each.text, when, str(loss), ", ".join(loss.outcomes), *loss.equilibria.values())
            for each in self.switches
            for when, loss in (("now", each.now), ("in general", each.general))
            if loss is not None
        )
        columns = ("who", "switch", "seen from", "states lost", "outcomes lost", *(f"{c} lost" for c in CONCEPTS))
        made = [
            f"{each.text}: already done at the status quo, and cannot be undone" for each in self.switches if each.made
        ]
        none = ["No switch in this model is one-way."] * (not self.switches)
        return (Sheet("What one-way moves close off", columns, rows, (*made, *none, *self.basis.warnings)),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def irreversible(case: Case, option: str | None = None) -> Irreversible:
    """What every one-way switch closes off; with `option`, every switch of that option, one-way or not.

    Steps: reach before and after each switch, from now and in general; compare states, outcomes and equilibria.
    Cost: two searches of everything within reach per switch, and one analysis. Raises `TooLarge` for models with
    irregular moves beyond two million steps.
    """
    if case.scenario.graph and option is not None:
        raise Unanswerable("a model in graph form has no options; ask without one to see its one-way arcs")
    asked = None if option is None else case.scenario.option(option).key
    finder = _Finder(Ground(case), case.analyse(CONCEPTS))
    switches = finder.arcs() if case.scenario.graph else finder.switches(asked)
    return Irreversible(case.basis, asked, tuple(switches))


@dataclass(frozen=True)
class _Finder:
    ground: Ground
    analysis: Analysis

    # --- option form ---

    def switches(self, asked: str | None) -> Iterator[Switch]:
        for option in self.ground.scenario.options:
            if option.key in self.ground.conflict.fixed or (asked is not None and option.key != asked):
                continue
            chains = _chains(option)
            for a, b in sorted(chains):
                if option.may_switch(a, b) and (asked is not None or (b, a) not in chains):
                    yield self.switch(
                        option, a, b, {c for c in range(len(option.choices)) if (b, c) not in chains} - {b}
                    )

    def switch(self, option: Option, a: int, b: int, closed: set[int]) -> Switch:
        conflict = self.ground.conflict
        done = self.states[conflict.holds(Setting(option.key, (b,)), self.states)]
        chosen = None if conflict.now is None else conflict.settings(conflict.now)[option.key]
        return Switch(
            actor=option.actor,
            option=option.key,
            text=_words(option, a, b),
            made=chosen == b and a in closed,
            now=self.from_now(option, b) if chosen == a else None,
            general=self.loss(self.states_mask, self.reach(done)),
        )

    def from_now(self, option: Option, value: int) -> Loss | None:
        """What the switch closes at the status quo; None if it cannot be made there."""
        conflict = self.ground.conflict
        assert conflict.now is not None
        here = np.array([conflict.now], dtype=np.int64)
        _, targets = conflict.successors(here, conflict.index(option.actor))
        cell = conflict.find({**conflict.settings(conflict.now), option.key: value})
        if cell < 0:  # the owner's other choices forbid it
            return None
        made = conflict.land(np.array([cell], dtype=np.int64))
        if made[0] not in targets:
            return None
        return self.loss(self.reach(here), self.reach(made))

    # --- graph form ---

    def arcs(self) -> Iterator[Switch]:
        graph, now = self.ground.conflict.graph, self.ground.conflict.now
        assert graph is not None
        for actor, pairs in graph.moves.items():
            for a, b in pairs:
                here, there = (np.array([graph.states.index(name)]) for name in (a, b))
                after = self.reach(there)
                if not after[here[0]]:
                    lost = self.loss(self.reach(here), after)
                    yield Switch(
                        actor, f"{a} > {b}", f"go from {a} to {b}", False, lost if here[0] == now else None, lost
                    )

    # --- both ---

    @property
    def states(self) -> Cells:
        return self.ground.conflict.states

    @property
    def states_mask(self) -> Bools:
        mask = np.zeros(self.ground.conflict.cells, dtype=np.bool_)
        mask[self.states] = True
        return mask

    def reach(self, cells: Iterable[int] | Cells) -> Bools:
        """Which cells are states that legal moves lead to from these, these included."""
        ground, found = self.ground, np.zeros(self.ground.conflict.cells, dtype=np.bool_)
        start = np.asarray(cells, dtype=np.int64)
        if ground.regular:
            found[start] = True
            shape, axes = ground.conflict.shape, range(len(ground.conflict.players))
            feasible = np.broadcast_to(ground.conflict.feasible, shape).astype(np.uint8)
            relations = [move_relation(ground.conflict, axis) for axis in axes]
            return dense.reach([feasible] * len(axes), relations, found.reshape(shape), False, axes).reshape(-1)
        trail = explore(ground, "moves", start.tolist(), in_turn=True)
        if not trail.complete:
            raise TooLarge(f"more than {MOST['moves']:,} moves are within reach; hold options that do not matter")
        found[trail.cells] = True
        return found

    def loss(self, before: Bools, after: Bools) -> Loss:
        """What was within reach before and is not after."""
        lost = before & ~after
        kept, had = np.flatnonzero(after), np.flatnonzero(before)
        holds = self.ground.conflict.holds
        outcomes = self.ground.scenario.outcomes.items()
        gone = (name for name, o in outcomes if holds(o.formula, had).any() and not holds(o.formula, kept).any())
        equilibria = {c: int(lost[self.analysis.equilibria(c)].sum()) for c in CONCEPTS}
        return Loss(int(lost.sum()), int(before.sum()), tuple(gone), equilibria)


def _words(option: Option, start: int, end: int) -> str:
    """A switch as its owner would say it."""
    if option.binary:
        return f"switch {option.choices[end]} {option.key}"
    return f"change {option.key} from {option.choices[start]} to {option.choices[end]}"


def _chains(option: Option) -> set[tuple[int, int]]:
    """The pairs of different choices that chains of allowed switches lead through. Cost: cubic in the choices."""
    size = len(option.choices)
    linked = np.array([[a != b and option.may_switch(a, b) for b in range(size)] for a in range(size)])
    for middle in range(size):
        linked |= np.outer(linked[:, middle], linked[middle])
    np.fill_diagonal(linked, val=False)
    return set(zip(*(places.tolist() for places in np.nonzero(linked)), strict=True))
