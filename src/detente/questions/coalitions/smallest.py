"""Who would have to move together: the smallest coalitions that all gain by going to a goal at once.

The mathematics. A *coalition move* from s to q is a legal sequence of moves of the members in which nobody moves twice
running; q is then in the joint reach of the coalition. It is a *coalition improvement* if every member likes q strictly
better than s. Asked for are the coalitions with an improvement to a state where the goal is true: the smallest in number
(`joint`), or all that contain no smaller one (`joint_minimal`). A coalition of one is an ordinary improvement. A place
reached together need not last: for every target the result says under which concepts it is an equilibrium, and where play
leads from there.

Steps: coalitions in order of size. In regular models (no consequences or merges, moves proved transitive) the targets
are first sought among the combinations of the members' own strategies; only if one is good for all is it checked that moves
lead there. Otherwise the states are searched breadth first over (state, last mover). Cost: the combinations of the
members' strategies, or the states the members can reach, times their moves; refused beyond `MOST` of either. The
verdicts on the places reached take one analysis of the whole model.

Source: coalition improvements as in Kilgour, Hipel, Fang & Peng 2001 and Inohara & Hipel 2008; the bar on moving twice
running as in Fang, Hipel & Kilgour 1993.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = joint(Case(load("conditional_engagement")), "package")
>>> [each.members for each in found.coalitions], found.size
([('us', 'nk')], 2)
>>> found.coalitions[0].lands
{'nash': 0, 'gmr': 1, 'smr': 0, 'seq': 1}
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS, Analysis
from detente.case import CONCEPTS, Basis, Case, Policy, state_words
from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import payoffs, score
from detente.engine import Progress, quiet
from detente.engine.steps import is_regular
from detente.errors import InputError, TooLarge, UnknownName
from detente.formula import Formula
from detente.questions.evolution.steps import Weighing, weigh
from detente.sheet import Sheet, html_of

MOST = 1 << 22
"""Combinations of strategies, or states reached, that are looked at for one coalition."""

BLOCK = 1 << 24
"""Strategy changes looked at in one go."""

LISTED = 100
"""Targets described one by one per coalition, and ends of play per target; the rest of the targets are counted."""


@dataclass(frozen=True)
class Gain:
    """What a member gets: its score before and after, and the wish that decides between the two states."""

    actor: str
    before: int | float
    after: int | float
    weighing: Weighing

    def to_json(self) -> dict[str, Any]:
        return {"before": self.before, "after": self.after, **self.weighing.to_json()}


@dataclass(frozen=True)
class Target:
    """A state the coalition can go to: who gains what, whether it then holds, and where play leads from there.

    `equilibrium` has a verdict per concept; `then` is ALL, SOME or NONE for the goal where play from the target ends, and
    `ends` the first state of each such end, at most `LISTED`. All are None (no ends) where the model is too large to tell.
    """

    state: Mapping[str, Any]
    gains: tuple[Gain, ...]
    equilibrium: Mapping[str, bool | None]
    then: Mapping[str, str | None]
    ends: Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True)
class Coalition:
    """A coalition that gains by the goal: its targets (the first `LISTED` of `count`), and how many hold per concept."""

    members: tuple[str, ...]
    count: int
    lands: Mapping[str, int | None]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Joint:
    """The answer; see the module's opening. `size` is that of the smallest coalition, None if there is none.

    `tried` counts the coalitions looked at, up to `largest` members.
    """

    basis: Basis
    goal: str
    start: Mapping[str, Any]
    largest: int
    tried: int
    coalitions: tuple[Coalition, ...]

    @property
    def size(self) -> int | None:
        return min((len(each.members) for each in self.coalitions), default=None)

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "basis": self.basis.to_json(),
            "goal": self.goal,
            "start": dict(self.start),
            "size": self.size,
            "largest": self.largest,
            "tried": self.tried,
            "coalitions": [_coalition_json(each) for each in self.coalitions],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The coalitions, then the places each can go to."""
        return self._overview(), *(self._places(each) for each in self.coalitions)

    def _overview(self) -> Sheet:
        rows = tuple((" and ".join(e.members), e.count, *e.lands.values()) for e in self.coalitions)
        if rows:
            notes = ("The columns of the concepts count the places that then hold: equilibria under that concept.",)
        else:
            notes = (f"None of {self.tried:,} coalitions of up to {self.largest} actors all gain by it.",)
        columns = ("coalition", "places", *CONCEPTS)
        return Sheet(f"Who gains by going together to '{self.goal}'", columns, rows, notes)

    def _places(self, found: Coalition) -> Sheet:
        rows = [
            (state_words(t.state), *t.equilibrium.values(), *(t.then[kind] for kind in KINDS), _gains_text(t.gains))
            for t in found.targets
        ]
        columns = ("place", *CONCEPTS, *(f"then, {kind}" for kind in KINDS), "what decides for whom")
        left = found.count - len(rows)
        notes = (f"{left:,} more places are not listed.",) if left else ()
        return Sheet(f"Where {' and '.join(found.members)} can go", columns, tuple(rows), notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


# --- asking ------------------------------------------------------------------------------------------------------------


def joint(
    case: Case,
    goal: str | Formula,
    max_size: int | None = None,
    start: str | Mapping[str, Any] | None = None,
    *,
    progress: Progress = quiet,
) -> Joint:
    """The smallest coalitions whose members all gain by moving together to a state where the goal is true.

    `start` is a named state or settings laid over the status quo (default: the status quo). Coalitions of more than
    `max_size` members are not looked at (default: everybody). Raises `TooLarge` if one could be too large to search.
    """
    return _begin(case, goal, start).answer(max_size, everything=False, progress=progress)


def joint_minimal(
    case: Case,
    goal: str | Formula,
    max_size: int | None = None,
    start: str | Mapping[str, Any] | None = None,
    *,
    progress: Progress = quiet,
) -> Joint:
    """All coalitions with a joint improvement to the goal that contain no smaller such coalition; arguments as `joint`."""
    return _begin(case, goal, start).answer(max_size, everything=True, progress=progress)


def _begin(case: Case, goal: str | Formula, start: str | Mapping[str, Any] | None) -> _Search:
    begun = _started(case, start)
    return _Search(case.basis, begun, begun.game.formula(goal), str(goal), begun.game.cell(None))


def _started(case: Case, start: str | Mapping[str, Any] | None) -> Case:
    """The case begun elsewhere: at a named state, or with settings laid over the status quo."""
    if start is None:
        return case
    named = case.scenario.graph.states if case.scenario.graph else tuple(case.scenario.states)
    if isinstance(start, str) and (start in named or case.scenario.graph):
        if start not in named:
            raise UnknownName("state", start, named)
        now = start if case.scenario.graph else case.scenario.states[start]
        return replace(case, scenario=replace(case.scenario, now=now))
    return case.under(Policy(start=case.settings(start)))


@dataclass(frozen=True)
class _Search:
    basis: Basis
    case: Case
    goal: Formula
    text: str
    start: int

    @property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    # --- coalitions ---

    @cached_property
    def movers(self) -> tuple[int, ...]:
        """The actors that can move at all; the others add nothing to a coalition."""
        if self.conflict.graph:
            moves = self.conflict.graph.moves
            return tuple(i for i, player in enumerate(self.conflict.players) if moves.get(player.id))
        return tuple(i for i, player in enumerate(self.conflict.players) if player.size > 1)

    def names(self, coalition: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.conflict.players[i].id for i in coalition)

    def answer(self, max_size: int | None, everything: bool, progress: Progress) -> Joint:
        if max_size is not None and max_size < 1:
            raise InputError(f"the size of a coalition is at least 1, not {max_size}")
        largest = min(max_size or len(self.movers), len(self.movers))
        tried, found = 0, list[tuple[tuple[int, ...], Cells]]()
        for coalition in self.coalitions(largest):
            if found and not everything and len(coalition) > len(found[0][0]):
                break
            if any(set(smaller) <= set(coalition) for smaller, _ in found):
                continue
            progress(tried, 2 ** len(self.movers) - 1, " and ".join(self.names(coalition)))
            tried += 1
            targets = self.targets(coalition)
            found += [(coalition, targets)] if len(targets) else []
        coalitions = tuple(self.coalition(*each) for each in found)
        return Joint(self.basis, self.text, self.case.game.state(self.start), largest, tried, coalitions)

    def coalitions(self, largest: int) -> Iterator[tuple[int, ...]]:
        """Smallest first, in the order of the actors."""
        for size in range(1, largest + 1):
            yield from itertools.combinations(self.movers, size)

    # --- where a coalition gains ---

    def targets(self, coalition: tuple[int, ...]) -> Cells:
        """The states the coalition can reach where the goal is true and every member is better off, in state order."""
        if not is_regular(self.case.game):
            return self.good(coalition, self.reach(coalition))
        wanted = self.good(coalition, self.combinations(coalition))
        if not len(wanted) or self.unhindered(coalition):
            return wanted
        return np.intersect1d(wanted, self.reach(coalition))

    def good(self, coalition: tuple[int, ...], cells: Cells) -> Cells:
        """Those of the states where the goal is true and every member strictly better off than at the start."""
        cells = cells[self.conflict.holds(self.goal, cells)]
        for member in coalition:
            liked = payoffs(self.conflict, self.case.game.readings[member], np.append(cells, self.start))
            cells = cells[liked[:-1] > liked[-1]]
        return cells

    def combinations(self, coalition: tuple[int, ...]) -> Cells:
        """The states that differ from the start in the members' strategies only, reachable or not."""
        total = math.prod(self.conflict.players[member].size for member in coalition)
        if total > MOST:
            raise self.too_large(coalition, f"{total:,} combinations of strategies")
        cells = np.array([self.start], dtype=np.int64)
        for member in coalition:
            stride, size = self.conflict.strides[member], self.conflict.players[member].size
            others = cells - self.conflict.strategy(cells, member) * stride
            cells = (others[:, None] + np.arange(size, dtype=np.int64) * stride).reshape(-1)
        return np.sort(cells[self.conflict.is_state(cells)])

    def unhindered(self, coalition: tuple[int, ...]) -> bool:
        """Whether nothing limits the members' moves, so that every combination can be reached, one member at a time."""
        moves = [self.conflict.players[member].moves for member in coalition]
        return not self.conflict.never and all(each.legal is None and each.need is None for each in moves)

    def reach(self, coalition: tuple[int, ...]) -> Cells:
        """Where legal sequences of the members lead, nobody moving twice running; breadth first over (state, mover)."""
        nowhere = np.empty(0, dtype=np.int64)
        seen = dict.fromkeys(coalition, nowhere)
        fresh = {member: self.step(np.array([self.start], dtype=np.int64), member) for member in coalition}
        while any(map(len, fresh.values())):
            seen = {member: np.union1d(seen[member], fresh[member]) for member in coalition}
            if sum(map(len, seen.values())) > MOST:
                raise self.too_large(coalition, f"more than {MOST:,} states within reach")
            before = {m: [fresh[other] for other in coalition if other != m] for m in coalition}
            steps = {m: self.step(np.unique(np.concatenate([nowhere, *before[m]])), m) for m in coalition}
            fresh = {m: np.setdiff1d(steps[m], seen[m], assume_unique=True) for m in coalition}
        return np.unique(np.concatenate(list(seen.values())))

    def step(self, cells: Cells, member: int) -> Cells:
        """The states one move of the member away from any of these."""
        parts = 1 + len(cells) * self.conflict.players[member].size // BLOCK
        reached = [self.conflict.successors(part, member)[1] for part in np.array_split(cells, parts)]
        return np.unique(np.concatenate(reached))

    def too_large(self, coalition: tuple[int, ...], what: str) -> TooLarge:
        most = max(1, len(coalition) - 1)
        return TooLarge(
            f"the coalition {' and '.join(self.names(coalition))} has {what}; at most {MOST:,} are looked at. Ask for "
            f"smaller coalitions (`--most {most}`, in Python max_size={most}), or hold or fix options that do not matter."
        )

    # --- what becomes of it ---

    @cached_property
    def analysis(self) -> Analysis | None:
        """The whole model solved, or None if it is too large."""
        try:
            return self.case.analyse(CONCEPTS)
        except TooLarge:
            return None

    def coalition(self, members: tuple[int, ...], targets: Cells) -> Coalition:
        lands = {concept: self.holds(concept, targets) for concept in CONCEPTS}
        described = [
            Target(
                self.case.game.state(cell),
                tuple(self.gain(member, cell) for member in members),
                {concept: None if held is None else bool(held[place]) for concept, held in lands.items()},
                {
                    kind: None if self.analysis is None else self.analysis.verdict(self.goal, kind, cell)
                    for kind in KINDS
                },
                {kind: self.ends(kind, cell) for kind in KINDS},
            )
            for place, cell in enumerate(targets[:LISTED].tolist())
        ]
        counts = {concept: None if held is None else int(held.sum()) for concept, held in lands.items()}
        return Coalition(self.names(members), len(targets), counts, tuple(described))

    def holds(self, concept: str, cells: Cells) -> NDArray[np.bool_] | None:
        """Which of the states are equilibria under the concept."""
        if self.analysis is None:
            return None
        grid = np.broadcast_to(self.analysis.equilibrium_grid(concept), self.conflict.shape)
        return np.asarray(grid[np.unravel_index(cells, self.conflict.shape)])

    def ends(self, kind: str, cell: int) -> tuple[dict[str, Any], ...]:
        """The first state of each end of play from the cell."""
        found = () if self.analysis is None else self.analysis.play(kind, cell).ends[:LISTED]
        return tuple(self.case.game.state(int(end[0])) for end in found)

    def gain(self, member: int, cell: int) -> Gain:
        conflict, reading = self.conflict, self.case.game.readings[member]
        before, after = (_number(score(conflict, reading, each)) for each in (self.start, cell))
        return Gain(conflict.players[member].id, before, after, weigh(conflict, reading, self.start, cell))


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


# --- words -------------------------------------------------------------------------------------------------------------


def _gains_text(gains: Iterable[Gain]) -> str:
    return "; ".join(f"{each.actor}: {each.weighing.statement}" for each in gains)


def _coalition_json(found: Coalition) -> dict[str, Any]:
    targets = [
        {
            "state": dict(each.state),
            "gains": {gain.actor: gain.to_json() for gain in each.gains},
            "equilibrium": dict(each.equilibrium),
            "then": dict(each.then),
            "ends": {kind: [dict(state) for state in states] for kind, states in each.ends.items()},
        }
        for each in found.targets
    ]
    return {"members": list(found.members), "count": found.count, "lands": dict(found.lands), "targets": targets}
