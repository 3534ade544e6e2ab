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
>>> answer = irreversible(Case(load("axis_and_sanctions")))
>>> [(switch.option, switch.made, switch.general.states, switch.general.outcomes) for switch in answer.switches]
[('ru_panel', True, 128, ('panel_restored',))]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine import arrays, move_relation
from detente.engine.steps import is_regular
from detente.errors import TooLarge, Unanswerable
from detente.formula import Setting
from detente.messages import numeral, tell
from detente.questions.evolution.reachability import MOST, explore
from detente.result import Answer, Record
from detente.scenario.model import Option
from detente.sheet import ActorTerm, ChoiceTerm, NameTerm, OptionTerm, Phrase, Sheet, StateTerm, listing, many

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Loss(Record):
    """What drops out of reach: `states` of `of` states, the outcomes, and how many equilibria per concept."""

    states: int
    of: int
    outcomes: tuple[str, ...]
    equilibria: Mapping[str, int]

    def __str__(self) -> str:
        return tell("{states} of {of} states", states=numeral(self.states), of=numeral(self.of))


@dataclass(frozen=True, kw_only=True)
class Switch(Record):
    """One switch and what it closes; `switch` says it in words.

    `made`: the status quo is already past it. `now` is None if it is made, or cannot be made at the status quo (a guard,
    a rule or another choice stands in the way), or there is no status quo. In graph form `option` is the arc.
    """

    actor: str
    option: str
    switch: str
    made: bool
    now: Loss | None
    general: Loss


@dataclass(frozen=True, repr=False)
class Irreversible(Answer):
    """The one-way switches (or all switches of one option) and what they close. None: nothing here is one-way."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "irreversible"

    basis: Basis
    option: str | None
    switches: tuple[Switch, ...]

    @property
    def headline(self) -> Phrase:
        """How many switches are one-way, and which closes most as things stand."""
        if not self.switches:
            return Phrase.of(
                tell("No switch in this model is one-way.")
                if self.option is None
                else tell("Nothing is lost: no such switch is one-way.")
            )
        open_now = [each for each in self.switches if each.now is not None]
        if not open_now:
            return Phrase.told(
                "Of {number} looked at none can be made today.", number=many(len(self.switches), "switch", "switches")
            )
        worst = max(open_now, key=lambda each: each.now.states if each.now else 0)
        return Phrase.told(
            "{actor} closes most off today: {switch} loses {now}.",
            actor=ActorTerm(worst.actor),
            switch=worst.switch,
            now=worst.now,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                ActorTerm(switch.actor),
                switch.switch,
                when,
                str(loss),
                listing(map(NameTerm, loss.outcomes)),
                *loss.equilibria.values(),
            )
            for switch in self.switches
            for when, loss in _seen(switch)
        )
        columns = (
            "who",
            "switch",
            tell("seen from"),
            tell("states lost"),
            tell("outcomes lost"),
            *(tell("{c} lost", c=c) for c in CONCEPTS),
        )
        already = tell(": already done today, and cannot be undone")
        made = [Phrase.of(switch.switch, already) for switch in self.switches if switch.made]
        none = [tell("No switch in this model is one-way.")] * (not self.switches)
        return (Sheet(tell("What one-way moves close off"), columns, rows, (*made, *none, *self.basis.warnings)),)


def _seen(switch: Switch) -> tuple[tuple[str, Loss], ...]:
    """What a switch closes off as things stand and in general, told once where it is the same."""
    if switch.now is None:
        return ((tell("in general"), switch.general),)
    if switch.now == switch.general:
        return ((tell("now and in general"), switch.now),)
    return (("now", switch.now), (tell("in general"), switch.general))


def irreversible(case: Case, option: str | None = None) -> Irreversible:
    """What every one-way switch closes off; with `option`, every switch of that option, one-way or not.

    Steps: reach before and after each switch, from now and in general; compare states, outcomes and equilibria.
    Cost: two searches of everything within reach per switch, and one analysis. Raises `TooLarge` for models with
    irregular moves beyond two million steps.
    """
    if case.scenario.graph and option is not None:
        raise Unanswerable(tell("a model in graph form has no options; ask without one to see its one-way arcs"))
    asked = None if option is None else case.scenario.option(option).key
    finder = _Finder(case, case.analyse(CONCEPTS))
    switches = finder.arcs() if case.scenario.graph else finder.switches(asked)
    return Irreversible(case.basis, asked, tuple(switches))


@dataclass(frozen=True)
class _Finder:
    case: Case
    analysis: Analysis

    @property
    def game(self) -> Game:
        return self.case.game

    # --- option form ---

    def switches(self, asked: str | None) -> Iterator[Switch]:
        for option in self.game.scenario.options:
            if option.key in self.game.conflict.fixed or (asked is not None and option.key != asked):
                continue
            chains = _chains(option)
            for a, b in sorted(chains):
                if option.may_switch(a, b) and (asked is not None or (b, a) not in chains):
                    closed = {c for c in range(len(option.choices)) if (b, c) not in chains} - {b}
                    yield self.switch(option, a, b, closed)

    def switch(self, option: Option, a: int, b: int, closed: set[int]) -> Switch:
        """A switch from choice `a` to `b`, after which no chain of switches leads to the choices in `closed`."""
        conflict = self.game.conflict
        done = self.states[conflict.holds(Setting(option.key, (b,)), self.states)]
        chosen = None if conflict.now is None else conflict.settings(conflict.now)[option.key]
        return Switch(
            actor=option.actor,
            option=option.key,
            switch=_words(option, a, b),
            made=chosen == b and a in closed,
            now=self.from_now(option, b) if chosen == a else None,
            general=self.loss(self.states_mask, self.reach(done)),
        )

    def from_now(self, option: Option, value: int) -> Loss | None:
        """What the switch closes at the status quo; None if it cannot be made there."""
        # The switch alone must be one of the owner's moves (guards, limits and bars are then met), and it leads to where its
        # consequences land; what the owner might switch besides is left out.
        conflict = self.game.conflict
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
        graph, now = self.game.conflict.graph, self.game.conflict.now
        assert graph is not None
        for actor, pairs in graph.moves.items():
            for a, b in pairs:
                here, there = (np.array([graph.states.index(name)]) for name in (a, b))
                after = self.reach(there)
                if not after[here[0]]:
                    lost = self.loss(self.reach(here), after)
                    yield Switch(
                        actor=actor,
                        option=f"{a} > {b}",
                        switch=Phrase.told("go from {a} to {b}", a=StateTerm(a), b=StateTerm(b)),
                        made=False,
                        now=lost if here[0] == now else None,
                        general=lost,
                    )

    # --- both ---

    @property
    def states(self) -> Cells:
        return self.game.states

    @property
    def states_mask(self) -> Bools:
        mask = np.zeros(self.game.conflict.cells, dtype=np.bool_)
        mask[self.states] = True
        return mask

    def reach(self, cells: Iterable[int] | Cells) -> Bools:
        """Which cells are states that legal moves lead to from these, these included."""
        game, within = self.game, np.zeros(self.game.conflict.cells, dtype=np.bool_)
        start = np.asarray(cells, dtype=np.int64)
        if is_regular(game):
            # Transitive moves along the axes: sets of states grow axis by axis, without a list of steps.
            within[start] = True
            shape, axes = game.conflict.shape, range(len(game.actors))
            feasible = np.broadcast_to(game.conflict.feasible, shape).astype(np.uint8)
            relations = [move_relation(game.conflict, axis) for axis in axes]
            return arrays.reach([feasible] * len(axes), relations, within.reshape(shape), False, axes).reshape(-1)
        graph = explore(self.case, "moves", start.tolist(), in_turn=True)
        if not graph.complete:
            raise TooLarge(
                tell(
                    "more than {word} moves are within reach; hold options that do not matter",
                    word=numeral(MOST["moves"]),
                )
            )
        within[graph.cells] = True
        return within

    def loss(self, before: Bools, after: Bools) -> Loss:
        """What was within reach before and is not after."""
        lost = before & ~after
        kept, had = np.flatnonzero(after), np.flatnonzero(before)
        holds = self.game.conflict.holds
        outcomes = self.game.scenario.outcomes.items()
        gone = (name for name, o in outcomes if holds(o.formula, had).any() and not holds(o.formula, kept).any())
        equilibria = {c: int(lost[self.analysis.equilibria(c)].sum()) for c in CONCEPTS}
        return Loss(states=int(lost.sum()), of=int(before.sum()), outcomes=tuple(gone), equilibria=equilibria)


def _words(option: Option, start: int, end: int) -> Phrase:
    """A switch as its owner would say it."""
    key = OptionTerm(option.key)
    if option.binary:
        return Phrase.told("switch {choices} {key}", choices=option.choices[end], key=key)
    before, after = (ChoiceTerm(option.choices[each], option.key) for each in (start, end))
    return Phrase.told("change {key} from {before} to {after}", key=key, before=before, after=after)


def _chains(option: Option) -> set[tuple[int, int]]:
    """The pairs of different choices that chains of allowed switches lead through. Cost: cubic in the choices."""
    # Warshall's closure: after a round, `linked` has the chains whose inner choices are among those done so far.
    size = len(option.choices)
    linked = np.array([[a != b and option.may_switch(a, b) for b in range(size)] for a in range(size)])
    for middle in range(size):
        linked |= np.outer(linked[:, middle], linked[middle])
    np.fill_diagonal(linked, val=False)
    return set(zip(*(places.tolist() for places in np.nonzero(linked)), strict=True))
