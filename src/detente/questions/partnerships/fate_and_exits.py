"""What becomes of a partnership in a state, and who would leave it.

The mathematics. A partnership has *flows* (formulas), some of them its *core*. Take the flows that are on at the status quo.
A state HOLDS the partnership if they are all on, BREAKS it if it does not hold and every core flow is off, and else FRAYS
it: some flows have *lapsed*. An *exit* of an actor is an improvement from the status quo after which some flow that was on
is off. An exit is *deterred* if a legal sequence of the others' improvements leads to a state no better for the actor than
the status quo (sequential stability, `detente.engine`); such a sequence is an *answer*. Answers are real, doubtful or empty,
and two actors deter each other, as `detente.questions.explanation.minimal_answers` defines it.

How to use it: `Bond(partnership, on)` judges states, `exits(analysis, bond)` finds who would leave and what stops it.

>>> from detente.analysis import analyse
>>> from detente.scenario import load
>>> analysis = analyse(load("two_proxies"))
>>> for each in exits(analysis, bond_of(analysis, "russia_dprk")):
...     print(each.actor, "lets lapse", ", ".join(each.lapses), "- answered:", [str(move) for move in each.answer])
ru lets lapse payment - answered: ['nk: not nk_arms']
nk lets lapse troops - answered: ['ru: not ru_pay']
nk lets lapse munitions, troops - answered: ['ru: not ru_pay']
nk lets lapse munitions - answered: ['ru: not ru_pay']
nk lets lapse munitions - answered: ['ru: not ru_pay']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import said
from detente.conflict import Cells
from detente.engine import improving_steps
from detente.engine.concepts import CONCEPTS
from detente.engine.legal_sequences import Steps
from detente.engine.play import NO_EQUILIBRIA, verdict
from detente.engine.single_states import SingleStates
from detente.errors import Lacks, refuse_unknown
from detente.formula import Formula, Not
from detente.questions.explanation.minimal_answers import EMPTY, Minimal, minimal_answers, mutual
from detente.questions.explanation.search import ScoreSearch
from detente.result import INSIDE, Record
from detente.scenario.model import Partnership, Scenario
from detente.sheet import FormulaTerm

HOLDS, FRAYS, BREAKS = "HOLDS", "FRAYS", "BREAKS"
FATES = (HOLDS, FRAYS, BREAKS)
"""What can become of a partnership in a state."""

DEPENDS = "DEPENDS"
"""Not the same in every state looked at."""

BUDGET = 20_000
"""(state, last mover) pairs looked at for the shortest answer to an exit; that there is one is known without."""

EXITS = 8
"""Exits per actor whose answer is looked for, those that change least first."""


@dataclass(frozen=True)
class Move(Record):
    """An actor's change of settings, for programs (`change`) and for people (`str`)."""

    actor: str
    change: Mapping[str, Any]

    @property
    def term(self) -> FormulaTerm:
        """What is changed, for a cell."""
        return FormulaTerm(said(self.change))

    def __str__(self) -> str:
        return f"{self.actor}: {self.term}"


@dataclass(frozen=True, kw_only=True)
class _Moved(Record):
    """Whoever makes a move, and what it changes."""

    move: Move = field(metadata=INSIDE)

    DERIVED = ("actor", "change")

    @property
    def actor(self) -> str:
        return self.move.actor

    @property
    def change(self) -> Mapping[str, Any]:
        return self.move.change


@dataclass(frozen=True, kw_only=True)
class Deterred(_Moved):
    """Somebody whose change (`move`) the exit would release, and who is deterred from it in turn.

    `pleases`: those of the two who prefer what both changes bring about together; None if they cannot be made together.
    """

    pleases: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Exit(_Moved):
    """A change after which flows that were on have lapsed, and which its actor prefers to the status quo.

    `deterred`: whether some answer makes it not worth while. `answer` is a shortest such answer of the best kind (empty if it
    was not found in time), `steps` the kinds of its steps, `kind` the best kind of answer: "real", "doubtful" or "empty" (None:
    open). `still`: where every answer is empty, whether the exit still pays once its steps have come. `mutual`: those whom
    the exit would release, and who are held back in turn.
    """

    member: bool
    lapses: tuple[str, ...]
    deterred: bool
    answer: tuple[Move, ...] = ()
    steps: tuple[str, ...] = ()
    kind: str | None = None
    still: bool | None = None
    mutual: tuple[Deterred, ...] = ()


@dataclass(frozen=True)
class Bond:
    """A partnership seen from a status quo in which the flows `on` are on."""

    partnership: Partnership
    on: tuple[str, ...]

    def formula(self, fate: str) -> Formula:
        """Where the partnership has this fate."""
        return self.partnership.fates(self.on)[fate]

    def lapse(self, flow: str) -> Formula:
        """Where a flow is off."""
        return Not(self.partnership.flows[flow])

    def lapsed(self, analysis: Analysis, cell: int) -> tuple[str, ...]:
        """The flows that have lapsed in a state."""
        at = np.array([cell], dtype=np.int64)
        return tuple(flow for flow in self.on if analysis.conflict.holds(self.lapse(flow), at)[0])


def find_partnership(scenario: Scenario, name: str | None) -> Partnership:
    """The partnership of that name; the first one if none is named."""
    if not scenario.partnerships:
        raise Lacks("partnerships")
    if name is None:
        return next(iter(scenario.partnerships.values()))
    refuse_unknown("partnership", scenario.partnerships, name)
    return scenario.partnerships[name]


def bond_of(analysis: Analysis, name: str | None = None) -> Bond:
    """The partnership as it is at the status quo of the analysis."""
    partnership, now = find_partnership(analysis.scenario, name), np.array([analysis.cell()], dtype=np.int64)
    on = [flow for flow, formula in partnership.flows.items() if analysis.conflict.holds(formula, now)[0]]
    return Bond(partnership, tuple(on))


def change_between(analysis: Analysis, before: int, after: int) -> dict[str, Any]:
    """The settings in which two states differ, as the second has them; in graph form the state's name."""
    conflict = analysis.conflict
    if conflict.graph:
        return {"state": conflict.graph.states[after]}
    return analysis.game.labels(analysis.game.changes(before, after))


@dataclass(frozen=True)
class Fate(Record):
    """What becomes of the partnership over some states: how many of each, and per flow in how many it has lapsed."""

    counts: Mapping[str, int]
    lapsed: Mapping[str, str]

    DERIVED = ("word", "verdicts")

    @property
    def word(self) -> str:
        """The only fate that occurs, DEPENDS, or "no equilibria" where there are no states."""
        return fate(self.counts)

    @property
    def verdicts(self) -> dict[str, str]:
        """ALL, SOME or NONE of each fate; "no equilibria" where there are no states."""
        total = sum(self.counts.values())
        return {word: share(self.counts[word], total) for word in FATES}


def fate_of_play(analysis: Analysis, bond: Bond, kind: str) -> Fate:
    """What becomes of it over all states of the ends of a kind of play from the status quo."""
    cells = analysis.play(kind).end_states
    counts = {word: int(analysis.conflict.holds(bond.formula(word), cells).sum()) for word in FATES}
    lapsed = {flow: int(analysis.conflict.holds(bond.lapse(flow), cells).sum()) for flow in bond.on}
    return Fate(counts, {flow: share(count, len(cells)) for flow, count in lapsed.items()})


def fate_of_equilibria(analysis: Analysis, bond: Bond, concept: str) -> Fate:
    """What becomes of it over the equilibria under a concept."""
    counts = {word: analysis.count(concept, bond.formula(word)) for word in FATES}
    total = sum(counts.values())
    lapsed = {flow: analysis.count(concept, bond.lapse(flow)) for flow in bond.on}
    return Fate(counts, {flow: share(count, total) for flow, count in lapsed.items()})


# --- who would leave ------------------------------------------------------------------------------------------------


def exits(analysis: Analysis, bond: Bond) -> tuple[Exit, ...]:
    """Everybody's exits from the status quo, members first; per actor the undeterred first, then those that end a core flow.

    Cost: one expansion per actor, and a bounded search per deterred exit.
    """
    members = [actor for actor in analysis.actors if actor in bond.partnership.members]
    others = [actor for actor in analysis.actors if actor not in members]
    return tuple(each for actor in (*members, *others) for each in _exits(analysis, bond, actor))


def _exits(analysis: Analysis, bond: Bond, actor: str) -> list[Exit]:
    now, player = analysis.cell(), analysis.conflict.index(actor)
    targets, free = (_steps(analysis, now, player, foresight) for foresight in (False, True))
    ends = _lost(analysis, bond, targets)
    moves = {int(cell): Move(actor, change_between(analysis, now, int(cell))) for cell in ends}
    lapses = {cell: bond.lapsed(analysis, cell) for cell in moves}
    vital = {cell: bool(set(lapses[cell]) & set(bond.partnership.core)) for cell in moves}
    # Answers are looked for of the first `EXITS` in this order: what nothing deters, what ends a core flow, the least change.
    order = sorted(moves, key=lambda cell: (cell not in free, not vital[cell], len(moves[cell].change)))
    search = _search(analysis, player, now)
    found = []
    for place, cell in enumerate(order):
        deterred = cell not in free
        plain = Exit(
            move=moves[cell],
            member=actor in bond.partnership.members,
            lapses=lapses[cell],
            deterred=deterred,
        )
        found.append(_answered(analysis, search, plain, cell) if deterred and place < EXITS else plain)
    return found


def _lost(analysis: Analysis, bond: Bond, cells: Cells) -> Cells:
    """Those of the states in which some flow has lapsed."""
    lost = np.zeros(len(cells), dtype=np.bool_)
    for flow in bond.on:
        lost |= analysis.conflict.holds(bond.lapse(flow), cells)
    return np.unique(cells[lost])


def _steps(analysis: Analysis, cell: int, player: int, foresight: bool) -> Cells:
    start = np.array([cell], dtype=np.int64)
    return improving_steps(analysis.conflict, analysis.solution, start, player, foresight)[1]


def _search(analysis: Analysis, player: int, now: int) -> ScoreSearch:
    return ScoreSearch(
        singles=SingleStates(analysis.game),
        state=now,
        concept=CONCEPTS["seq"],
        sanctions=analysis.sanctions,
        budget=BUDGET,
        judged=player,
    )


def _answered(analysis: Analysis, search: ScoreSearch, each: Exit, cell: int) -> Exit:
    """The exit with an answer, and of what kind that is."""
    minimal = minimal_answers(search, cell)
    best = minimal.best
    if best is None:
        return replace(each, answer=_told(analysis, cell, search.follow(cell, BUDGET).answer))
    return replace(
        each,
        answer=_told(analysis, cell, best.steps),
        steps=best.kinds,
        kind=minimal.kind,
        still=search.still(cell, best.steps) if minimal.kind == EMPTY else None,
        mutual=tuple(_mutual(analysis, search, cell, minimal)),
    )


def _mutual(analysis: Analysis, search: ScoreSearch, cell: int, minimal: Minimal) -> Iterator[Deterred]:
    for each in mutual(search, cell, minimal):
        yield Deterred(
            move=Move(analysis.actors[each.player], change_between(analysis, search.state, each.end)),
            pleases=None if each.joint is None else tuple(analysis.actors[p] for p in each.pleases),
        )


def _told(analysis: Analysis, start: int, steps: Steps) -> tuple[Move, ...]:
    found, before = [], start
    for step in steps:
        found.append(Move(analysis.actors[step.player], change_between(analysis, before, step.cell)))
        before = step.cell
    return tuple(found)


# --- how it comes to that -------------------------------------------------------------------------------------------


def way(analysis: Analysis, kind: str, goal: Formula) -> tuple[Move, ...] | None:
    """Fewest steps of play from the status quo to an end state where the goal holds; None if there are too many to list."""
    play = analysis.play(kind)
    if play.steps is None:
        return None
    cells, sources, targets = play.steps.states, play.steps.sources, play.steps.targets
    aims = play.end_states[analysis.conflict.holds(goal, play.end_states)]
    parent = _tree(len(cells), int(np.searchsorted(cells, play.start)), sources, targets)
    depth = {place: len(_back(parent, place)) for place in np.searchsorted(cells, aims[:1000]).tolist()}
    if not depth:
        return ()
    passed = [int(cells[place]) for place in _back(parent, min(depth, key=lambda place: depth[place]))]
    return tuple(Move(_mover(analysis, a, b, kind), change_between(analysis, a, b)) for a, b in pairwise(passed))


def _tree(count: int, start: int, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.int64]:
    """For each state passed the state before it on a shortest way from the start (-1: the start)."""
    parent = np.full(count, -2, dtype=np.int64)
    parent[start], layer = -1, np.array([start])
    while len(layer):
        reaching = np.flatnonzero(np.isin(sources, layer) & (parent[targets] == -2))
        layer, first = np.unique(targets[reaching], return_index=True)
        parent[layer] = sources[reaching[first]]
    return parent


def _back(parent: NDArray[np.int64], place: int) -> list[int]:
    passed = [place]
    while parent[passed[-1]] >= 0:
        passed.append(int(parent[passed[-1]]))
    return passed[::-1]


def _mover(analysis: Analysis, before: int, after: int, kind: str) -> str:
    players = range(len(analysis.actors))
    able = (p for p in players if after in _steps(analysis, before, p, kind == "foresight"))
    return analysis.actors[next(able)]


def fate(counts: Mapping[str, int]) -> str:
    """The only fate that occurs; DEPENDS if several do, "no equilibria" if nothing was counted.

    >>> fate({HOLDS: 0, FRAYS: 2, BREAKS: 0}), fate({HOLDS: 1, BREAKS: 1}), fate({})
    ('FRAYS', 'DEPENDS', 'no equilibria')
    """
    found = [each for each in FATES if counts.get(each, 0)]
    return found[0] if len(found) == 1 else DEPENDS if found else NO_EQUILIBRIA


def share(part: int, total: int) -> str:
    """ALL, SOME or NONE of a number of states; "no equilibria" if there are none.

    >>> share(2, 2), share(1, 2), share(0, 0)
    ('ALL', 'SOME', 'no equilibria')
    """
    return verdict(np.arange(total) < part) if total else NO_EQUILIBRIA
