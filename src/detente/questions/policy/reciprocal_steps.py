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

>>> from detente.scenario import load
>>> found = exchange(Case(load("conditional_engagement")), "package", ["us", "nk"])
>>> found.safe, found.exposures
(False, 2)
>>> found = exchange(Case(load("detente_veto"), readings={"us": "bargainer"}), "detente_and_troops_home", ["us", "nk"])
>>> found.safe, [str(step.move) for step in found.steps]
(True, ['us: not us_cvid', 'nk: nk_talk, not nk_troops', 'us: us_recog, us_relief'])
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case, said, state_words
from detente.conflict.game import Game
from detente.errors import InputError, TooLarge
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.questions.partnerships.fate_and_exits import Move
from detente.result import Answer, Record
from detente.sheet import ActorTerm, FormulaTerm, Gloss, Phrase, Sheet, StateTerm, listing, many

MOST = 1 << 15
"""States of a model at most."""

GOALS = 64
"""Goal states tried at most, those liked best by the party that likes them least first."""

Cost = tuple[int, int, int]
"""Exposures, temptations, steps."""

Way = list[tuple[int, int]]
"""Per step the party that moves (its place among the parties) and the state it moves to (its place in state order)."""


@dataclass(frozen=True)
class Given(Record):
    """What a party has changed since the status quo, and whether it would gain by taking all of it back."""

    actor: str
    settings: Mapping[str, Any]
    regrets: bool

    def __str__(self) -> str:
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        mark = " (!)" if self.regrets else ""
        return Phrase.of(ActorTerm(self.actor), ": ", FormulaTerm(said(self.settings)), mark)


@dataclass(frozen=True, kw_only=True)
class ExchangeStep(Record):
    """One step: who moves, the state reached, what everybody has given by then, and who is exposed.

    `tempted` is what the mover could have done instead that is better for it than the last state; {} if nothing is.
    """

    move: Move
    state: Mapping[str, Any]
    given: tuple[Given, ...]
    exposed: tuple[str, ...]
    tempted: Mapping[str, Any]


@dataclass(frozen=True, repr=False, kw_only=True)
class Exchange(Answer):
    """The answer; see the module's opening. `steps` is None if there is no willing sequence, and `why` says why not."""

    basis: Basis
    goal: str
    parties: tuple[str, ...]
    steps: tuple[ExchangeStep, ...] | None
    exposures: int | None
    why: str = ""
    untried: int = 0

    DERIVED = ("safe",)

    @property
    def safe(self) -> bool:
        """Whether nobody is exposed on the way."""
        return self.exposures == 0

    @property
    def tempting(self) -> bool:
        """Whether somebody, at its turn, could do better at once by leaving the sequence."""
        return any(each.tempted for each in self.steps or ())

    @property
    def headline(self) -> Phrase:
        """Whether steps that everybody takes willingly lead to the goal, and who is exposed on the way."""
        goal = FormulaTerm(self.goal)
        if self.steps is None:
            return Phrase.told("No sequence of willing steps leads to {goal}.", goal=goal)
        if not self.steps:
            return Phrase.told("{goal} is true already.", goal=goal)
        exposed = (
            tell("no party is exposed on the way")
            if self.safe
            else tell("{number} on the way, the fewest possible", number=many(self.exposures or 0, "exposure"))
        )
        return Phrase.told(
            "{number} lead{ending} to {goal}; {exposed}.",
            number=many(len(self.steps), "willing step"),
            ending="s" * (len(self.steps) == 1),
            goal=goal,
            exposed=exposed,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The steps, what each side has given up by then, and who is exposed."""
        rows = tuple(
            (
                number,
                Phrase.of(ActorTerm(each.move.actor), ": ", FormulaTerm(said(each.move.change))),
                listing((given.phrase for given in each.given), "; "),
                listing(map(ActorTerm, each.exposed)) or "nobody",
                FormulaTerm(said(each.tempted)) if each.tempted else "–",
            )
            for number, each in enumerate(self.steps or (), start=1)
        )
        columns = ("step", "move", tell("given by then"), "exposed", tell("tempted instead to"))
        return (
            Sheet(
                Phrase.told("Action for action: {goal}", goal=FormulaTerm(self.goal)),
                columns,
                rows,
                tuple(self._notes()),
            ),
        )

    def _notes(self) -> list[str]:
        if self.steps is None:
            return [self.why]
        notes = [
            tell("nobody is exposed")
            if self.safe
            else tell("the fewest exposures possible: {exposures}", exposures=self.exposures),
            Gloss.told("exposed: worse off than today; (!) would gain by taking it back"),
            tell(
                "checked at every step: a legal move of a party that likes the last state better than the one it leaves"
            ),
        ]
        if self.steps:
            notes.append(
                Phrase.told("ends at: {state_words}", state_words=StateTerm(state_words(self.steps[-1].state)))
            )
        else:
            notes.append(tell("the goal is true already"))
        if self.untried:
            notes.append(tell("{untried} more goal states were not tried", untried=numeral(self.untried)))
        return notes


def exchange(case: Case, goal: str | Formula, parties: Iterable[str] | None = None) -> Exchange:
    """The sequence of steps to the goal with the fewest exposures; `parties` are the actors that move (default: all)."""
    names = case.actors if parties is None else tuple(dict.fromkeys(parties))
    members = tuple(case.scenario.actor(name).id for name in names)
    if not members:
        raise InputError(tell("name the parties to the exchange"))
    game, formula = case.game, case.scenario.formula(goal)
    if game.count > MOST:
        raise TooLarge(
            tell(
                "{count} states; an exchange is looked for among {most} at most: hold some options fixed",
                count=numeral(game.count),
                most=numeral(MOST),
            )
        )
    search = _Search(game, members, game.number(game.cell(None)))
    goals = np.flatnonzero(game.holds(formula, game.states))
    agreeable = search.agreeable(goals)
    best = min(filter(None, map(search.way, agreeable[:GOALS].tolist())), key=lambda each: each[0], default=None)
    return Exchange(
        basis=case.basis,
        goal=str(goal),
        parties=members,
        steps=None if best is None else search.steps(best[1]),
        exposures=None if best is None else best[0][0],
        why="" if best is not None else _why(len(goals), len(agreeable)),
        untried=max(0, len(agreeable) - GOALS),
    )


def _why(goals: int, agreeable: int) -> str:
    """Why there is no willing sequence."""
    if not goals:
        return tell("no state has the goal")
    if not agreeable:
        return tell("every goal state is worse than today for some party: there is nothing to exchange")
    return tell(
        "no legal moves of the parties lead to such a goal state with everybody better off by going on at its turn"
    )


@dataclass(frozen=True, eq=False)
class _Search:
    """The ways of the parties from the status quo `now`; states go by place in state order."""

    game: Game
    parties: tuple[str, ...]
    now: int

    @cached_property
    def players(self) -> tuple[int, ...]:
        return tuple(map(self.game.index, self.parties))

    @cached_property
    def scores(self) -> NDArray[np.int64]:
        """Per party and state how much the party likes it."""
        return np.array([self.game.scores(player) for player in self.players])

    @cached_property
    def exposures(self) -> NDArray[np.int64]:
        """Per state how many parties like it less than the status quo."""
        return np.asarray((self.scores < self.scores[:, [self.now]]).sum(axis=0))

    def agreeable(self, goals: NDArray[np.int64]) -> NDArray[np.int64]:
        """The goal states that are worse for no party, those first from which the party that gains least gains most."""
        agreeable = goals[self.exposures[goals] == 0]
        gains = (self.scores[:, agreeable] - self.scores[:, [self.now]]).min(axis=0)
        return np.asarray(agreeable[np.argsort(-gains, kind="stable")])

    def way(self, end: int) -> tuple[Cost, Way] | None:
        """The way to this state of least cost, by Dijkstra: no step makes the cost less, and costs are compared as triples."""
        best: dict[int, Cost] = {self.now: (0, 0, 0)}
        back: dict[int, tuple[int, int]] = {}
        heap = [((0, 0, 0), self.now)]
        while heap:
            cost, state = heapq.heappop(heap)
            if state == end:
                return cost, self._followed(back, end)
            if cost > best[state]:  # a dearer way to a state that has been left already
                continue
            for party in range(len(self.parties)):
                # Only a party that likes the end better than where it stands has a reason to go on.
                if self.scores[party, end] <= self.scores[party, state]:
                    continue
                targets = self._moves(party, state)
                tempted = any(self.scores[party, target] > self.scores[party, end] for target in targets)
                for target in targets:
                    reached = (cost[0] + int(self.exposures[target]), cost[1] + tempted, cost[2] + 1)
                    if target not in best or reached < best[target]:
                        best[target], back[target] = reached, (party, state)
                        heapq.heappush(heap, (reached, target))
        return None

    def _followed(self, back: Mapping[int, tuple[int, int]], end: int) -> Way:
        """The steps by which a state was reached."""
        steps = []
        while end != self.now:
            party, before = back[end]
            steps.append((party, end))
            end = before
        return steps[::-1]

    def _moves(self, party: int, state: int) -> Sequence[int]:
        """Where one legal move of a party leads; kept, because every goal state is looked for on the same states."""
        if (party, state) not in self._known:
            _, cells = self.game.conflict.successors(self.game.states[[state]], self.players[party])
            self._known[party, state] = list(map(self.game.number, cells.tolist()))
        return self._known[party, state]

    @cached_property
    def _known(self) -> dict[tuple[int, int], list[int]]:
        return {}

    # --- what is said of a way ---

    def steps(self, way: Way) -> tuple[ExchangeStep, ...]:
        """Every step with what it means to the parties."""
        steps, before = [], self.now
        for party, state in way:
            steps.append(
                ExchangeStep(
                    move=Move(self.parties[party], self._changed(before, state)),
                    state=self.game.state(self._cell(state)),
                    given=self._given(state),
                    exposed=tuple(
                        actor for u, actor in zip(self.scores, self.parties, strict=True) if u[state] < u[self.now]
                    ),
                    tempted=self._tempted(party, before, way[-1][1]),
                )
            )
            before = state
        return tuple(steps)

    def _cell(self, state: int) -> int:
        return int(self.game.states[state])

    def _changed(self, before: int, after: int) -> dict[str, Any]:
        """The settings that differ, for programs."""
        return self.game.labels(self.game.changes(self._cell(before), self._cell(after)))

    def _tempted(self, party: int, state: int, end: int) -> dict[str, Any]:
        """The best the party could do at once instead, if that is better for it than the end."""
        u = self.scores[party]
        best = max(self._moves(party, state), key=lambda target: int(u[target]), default=state)
        return {} if u[best] <= u[end] else self._changed(state, best)

    def _given(self, state: int) -> tuple[Given, ...]:
        """What every party has changed by then of its own."""
        changed = self.game.changes(self._cell(self.now), self._cell(state))
        given = []
        for party, actor in enumerate(self.parties):
            own = {o.key: changed[o.key] for o in self.game.scenario.actor(actor).options if o.key in changed}
            if own:
                given.append(Given(actor, self.game.labels(own), self._regrets(party, state, own)))
        return tuple(given)

    def _regrets(self, party: int, state: int, own: Mapping[str, int]) -> bool:
        """Whether taking all of it back is a move, and better for the party."""
        settings, u = self.game.conflict.settings, self.scores[party]
        old = settings(self._cell(self.now))
        wanted = settings(self._cell(state)) | {key: old[key] for key in own}
        back = [target for target in self._moves(party, state) if settings(self._cell(target)) == wanted]
        return any(u[target] > u[state] for target in back)
