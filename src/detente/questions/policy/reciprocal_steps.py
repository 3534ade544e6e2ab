"""Action for action: how two sides get from the status quo to a goal step by step, and what each risks on the way.

The mathematics. A *sequence* leads from the status quo to a state where the goal is true by legal moves of the parties, one
party at a time. It is *willing* if every party that moves has a reason to go on: it likes the last state strictly better than
the one it moves from. So nobody pockets what it has got and stops. A party is *exposed* after a step if it likes the state
reached less than the status quo: it has given something and has not got its share yet. A sequence is *safe* if nobody is ever
exposed, and the last state is worse for nobody than the status quo.

Found is, among the willing sequences to any goal state that is worse for no party, one with the fewest exposures
(counted per step and party), of these one with the fewest temptations, and of these one with the fewest steps. A
mover is *tempted* if another of its moves would lead it at once to a state better for it than the last; that it goes
on all the same is a matter of commitment (`detente.questions.incentives.credibility`). Per step the result says who
moves and what; what every party has given by then (its own settings that differ from the status quo, marked where it
would gain by taking them back); who is exposed; and what the mover was tempted to do instead.

Steps: Dijkstra over the states for every goal state that is worse for no party. Cost: goal states × states × moves of the
parties, at most `MOST` states. Source: action for action as in the Six-Party statement of 2005; Osgood 1962; definitions
are ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = exchange(Case(load("conditional_engagement")), "package", ["us", "nk"])
>>> found.safe, found.exposures
(False, 3)
>>> found = exchange(Case(load("detente_veto"), readings={"us": "bargainer"}), "detente_and_troops_home", ["us", "nk"])
>>> found.safe, [str(step.move) for step in found.steps]
(True, ['us: not us_cvid', 'nk: nk_talk, not nk_troops', 'us: us_recog, us_relief'])
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import Basis, Case, said, state_words
from detente.conflict.payoffs import payoffs
from detente.engine.steps import moves
from detente.errors import InputError, TooLarge
from detente.formula import Formula
from detente.questions.partnerships.fate_and_exits import Move
from detente.sheet import Sheet, html_of

MOST = 1 << 15
"""States of a model at most."""

GOALS = 64
"""Goal states tried at most, those liked best by the party that likes them least first."""


Cost = tuple[int, int, int]
"""Exposures, temptations, steps."""


@dataclass(frozen=True)
class Given:
    """What a party has changed since the status quo, and whether it would gain by taking all of it back."""

    actor: str
    settings: Mapping[str, Any]
    regrets: bool

    def __str__(self) -> str:
        return f"{self.actor}: {said(self.settings)}{' (!)' if self.regrets else ''}"

    def to_json(self) -> dict[str, Any]:
        return {"actor": self.actor, "settings": dict(self.settings), "regrets": self.regrets}


@dataclass(frozen=True)
class Stride:
    """One step: who moves, the state reached, what everybody has given by then, and who is exposed.

    `tempted` is what the mover could have done instead that is better for it than the last state; {} if nothing is.
    """

    move: Move
    state: Mapping[str, Any]
    given: tuple[Given, ...]
    exposed: tuple[str, ...]
    tempted: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "move": self.move.to_json(),
            "state": dict(self.state),
            "given": [each.to_json() for each in self.given],
            "exposed": list(self.exposed),
            "tempted": dict(self.tempted),
        }


@dataclass(frozen=True)
class Exchange:
    """The answer; see the module's opening. `steps` is None if there is no willing sequence, and `why` says why not."""

    basis: Basis
    goal: str
    parties: tuple[str, ...]
    steps: tuple[Stride, ...] | None
    exposures: int | None
    why: str = ""
    untried: int = 0

    @property
    def safe(self) -> bool:
        """Whether nobody is exposed on the way."""
        return self.exposures == 0

    @property
    def tempting(self) -> bool:
        """Whether somebody, at its turn, could do better at once by leaving the sequence."""
        return any(each.tempted for each in self.steps or ())

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "goal": self.goal,
            "parties": list(self.parties),
            "safe": self.safe,
            "exposures": self.exposures,
            "steps": None if self.steps is None else [each.to_json() for each in self.steps],
            "why": self.why,
            "untried": self.untried,
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The steps, what each side has given up by then, and who is exposed."""
        rows = tuple(
            (
                number,
                str(each.move),
                "; ".join(map(str, each.given)),
                ", ".join(each.exposed) or "nobody",
                said(each.tempted) if each.tempted else "–",
            )
            for number, each in enumerate(self.steps or (), start=1)
        )
        columns = ("step", "move", "given by then", "exposed", "tempted instead to")
        return (Sheet(f"Action for action: {self.goal}", columns, rows, tuple(self._notes())),)

    def _notes(self) -> list[str]:
        if self.steps is None:
            return [self.why]
        word = "nobody is exposed" if self.safe else f"the fewest exposures possible: {self.exposures}"
        notes = [word, "exposed: worse off than at the status quo; (!) would gain by taking it back"]
        notes += [
            "checked at every step: a legal move of a party that likes the last state better than the one it leaves"
        ]
        notes += [f"ends at: {state_words(self.steps[-1].state)}"] if self.steps else ["the goal is true already"]
        return [*notes, *([f"{self.untried:,} more goal states were not tried"] if self.untried else [])]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def exchange(case: Case, goal: str | Formula, parties: Iterable[str] | None = None) -> Exchange:
    """The sequence of steps to the goal with the fewest exposures; `parties` are the actors that move (default: all)."""
    return _Table(case, goal, parties).answer()


class _Table:
    """The parties at the table: their payoffs, and the way from the status quo."""

    def __init__(self, case: Case, goal: str | Formula, parties: Iterable[str] | None) -> None:
        self.case, self.game = case, case.game
        names = case.actors if parties is None else tuple(dict.fromkeys(parties))
        self.parties = tuple(case.scenario.actor(name).id for name in names)
        if not self.parties:
            raise InputError("name the parties to the exchange")
        self.goal = case.scenario.formula(goal)
        self.goal_text = str(goal)
        conflict = self.game.conflict
        if conflict.count > MOST:
            raise TooLarge(
                f"{conflict.count:,} states; an exchange is looked for among {MOST:,} at most: hold some options fixed"
            )
        self.states = conflict.states
        self.players = [conflict.index(actor) for actor in self.parties]
        readings = [self.game.readings[player] for player in self.players]
        self.u = np.array([payoffs(conflict, reading, self.states).astype(np.int64) for reading in readings])
        self.now = int(np.searchsorted(self.states, self.game.cell(None)))
        self.known: dict[tuple[int, int], list[int]] = {}
        self.exposed = (self.u < self.u[:, [self.now]]).sum(axis=0)

    def answer(self) -> Exchange:
        goals = np.flatnonzero(self.game.conflict.holds(self.goal, self.states))
        agreeable = goals[self.exposed[goals] == 0]
        gains = (self.u[:, agreeable] - self.u[:, [self.now]]).min(axis=0)
        order = agreeable[np.argsort(-gains, kind="stable")]
        best: tuple[Cost, list[tuple[int, int]]] | None = None
        for end in order[:GOALS].tolist():
            found = self._way(end)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        steps = None if best is None else self._told(best[1])
        why = "" if best is not None else self._why(len(goals), len(agreeable))
        untried = max(0, len(order) - GOALS)
        exposures = None if best is None else best[0][0]
        return Exchange(self.case.basis, self.goal_text, self.parties, steps, exposures, why, untried)

    def _why(self, goals: int, agreeable: int) -> str:
        if not goals:
            return "no state has the goal"
        if not agreeable:
            return "every goal state is worse than the status quo for some party: there is nothing to exchange"
        return (
            "no legal moves of the parties lead to such a goal state with everybody better off by going on at its turn"
        )

    def _way(self, end: int) -> tuple[Cost, list[tuple[int, int]]] | None:
        """The way to this state of least cost: the cost, and (party, state) per step."""
        best: dict[int, Cost] = {self.now: (0, 0, 0)}
        back: dict[int, tuple[int, int]] = {}
        heap = [((0, 0, 0), self.now)]
        while heap:
            cost, state = heapq.heappop(heap)
            if state == end:
                return cost, self._back(back, end)
            if cost > best[state]:
                continue
            for party, player in enumerate(self.players):
                if self.u[party, end] <= self.u[party, state]:
                    continue
                targets = self._moves(state, player)
                tempted = any(self.u[party, target] > self.u[party, end] for target in targets)
                for target in targets:
                    reached = (cost[0] + int(self.exposed[target]), cost[1] + tempted, cost[2] + 1)
                    if target not in best or reached < best[target]:
                        best[target], back[target] = reached, (party, state)
                        heapq.heappush(heap, (reached, target))
        return None

    def _moves(self, state: int, player: int) -> list[int]:
        if (state, player) not in self.known:
            cells = moves(self.game, self.states[[state]], player)[1]
            self.known[state, player] = [int(place) for place in np.searchsorted(self.states, cells)]
        return self.known[state, player]

    def _back(self, back: Mapping[int, tuple[int, int]], end: int) -> list[tuple[int, int]]:
        steps = []
        while end != self.now:
            party, before = back[end]
            steps.append((party, end))
            end = before
        return steps[::-1]

    # --- telling ---

    def _told(self, way: list[tuple[int, int]]) -> tuple[Stride, ...]:
        found, before = [], self.now
        for party, state in way:
            here, there = int(self.states[before]), int(self.states[state])
            move = Move(self.parties[party], self.game.labels(self.game.changes(here, there)))
            tempted = self._tempted(party, before, way[-1][1])
            exposed = tuple(a for n, a in enumerate(self.parties) if self.u[n, state] < self.u[n, self.now])
            found.append(Stride(move, self.game.state(there), self._given(state), exposed, tempted))
            before = state
        return tuple(found)

    def _tempted(self, party: int, state: int, end: int) -> dict[str, Any]:
        targets = self._moves(state, self.players[party])
        best = max(targets, key=lambda target: int(self.u[party, target]), default=state)
        if self.u[party, best] <= self.u[party, end]:
            return {}
        return self.game.labels(self.game.changes(int(self.states[state]), int(self.states[best])))

    def _given(self, state: int) -> tuple[Given, ...]:
        changed = self.game.changes(int(self.states[self.now]), int(self.states[state]))
        found = []
        for party, actor in enumerate(self.parties):
            own = {o.key: changed[o.key] for o in self.case.scenario.actor(actor).options if o.key in changed}
            if own:
                found.append(Given(actor, self.game.labels(own), self._regrets(party, state, own)))
        return tuple(found)

    def _regrets(self, party: int, state: int, own: Mapping[str, int]) -> bool:
        """Whether taking all of it back is a move, and better for the party."""
        wanted = self.game.conflict.settings(int(self.states[state]))
        old = self.game.conflict.settings(int(self.states[self.now]))
        wanted |= {key: old[key] for key in own}
        targets = self._moves(state, self.players[party])
        back = [t for t in targets if self.game.conflict.settings(int(self.states[t])) == wanted]
        return any(self.u[party, t] > self.u[party, state] for t in back)
