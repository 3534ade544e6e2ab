"""Witnesses for verdicts that rest on relations: strength, the unknown, attitudes, chances, degrees, coalitions.

What `detente.questions.explanation.find` is to the plain concepts this is to all others: for every temptation of a
side at a state a shortest answer (who, what, what it is to whoever gives it, what it is to the side), why there is no
escape, or the fact that nothing deters. The relations are those of `detente.engine.relations`; the search is
`contest`.

How to make one: a question lays out its `Party`s (who judges what how), and how it `Weighed` two states; then
`Hearing(...).witness(state, party, concept, standard)`. States go by position in state order.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.case import Basis
from detente.engine.arcs import Arcs
from detente.engine.concepts import Concept
from detente.engine.relations import Side
from detente.questions.explanation.contest import Contest, Steps, ends_of
from detente.questions.explanation.find import Court
from detente.questions.explanation.witness import Decider, Reason, Settings, State


@dataclass(frozen=True)
class Weighed:
    """How a party weighs one state against another: `facts` for programs, `parts` for people.

    A part is a clause ("greatly better", "worse for the firm") with the reason behind it, where statements decide; `open` names
    the statements that leave it unknown.
    """

    facts: Mapping[str, Any]
    parts: tuple[tuple[str, Reason | None], ...]
    open: tuple[Decider, ...] = ()

    def to_json(self) -> dict[str, Any]:
        reasons = [reason for _, reason in self.parts if reason is not None]
        found = {**self.facts, "reasons": [{"actor": each.actor, **each.to_json()} for each in reasons]}
        return found | ({"open": [each.to_json() for each in self.open]} if self.open else {})


@dataclass(frozen=True)
class Step:
    """A step of a party to `state`: the settings of its own that `changes`, what `follows`, and how it weighs the two ends.

    `response` is False for a step that would have come anyway: choosing the same own settings is already credible for its
    mover at the state in question, before anybody has moved; None where that is not asked.
    """

    actor: str
    state: State
    changes: Settings
    follows: Settings
    weighed: Weighed
    response: bool | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "changes": dict(self.changes),
            "follows": dict(self.follows),
            "state": dict(self.state.json),
            "weighed": self.weighed.to_json(),
            "response": self.response,
        }


@dataclass(frozen=True)
class Temptation:
    """A tempting `move` and what becomes of it.

    - `answer`: a shortest one that deters, or none; `cost` weighs its last state against the state in question
    - `escapes`: where the party might escape, all its own moves from there, each weighed against the state in question
    - `near`, `way_out`: an answer that would deter, but for the escape
    - `reached`: where nothing deters, how many states the answers can lead to
    - `otherwise`: where nothing deters, a weaker concept or standard by which something does, and its answer
    """

    move: Step
    answer: tuple[Step, ...] = ()
    cost: Weighed | None = None
    escapes: tuple[Step, ...] | None = None
    near: tuple[Step, ...] = ()
    way_out: Step | None = None
    reached: int | None = None
    otherwise: tuple[str, tuple[Step, ...]] | None = None

    @property
    def deterred(self) -> bool:
        return bool(self.answer)

    def to_json(self) -> dict[str, Any]:
        otherwise = self.otherwise and {"by": self.otherwise[0], "answer": [s.to_json() for s in self.otherwise[1]]}
        return {
            "move": self.move.to_json(),
            "deterred": self.deterred,
            "answer": [step.to_json() for step in self.answer],
            "cost": self.cost.to_json() if self.cost else None,
            "escapes": None if self.escapes is None else [step.to_json() for step in self.escapes],
            "near": [step.to_json() for step in self.near],
            "way_out": self.way_out.to_json() if self.way_out else None,
            "reached": self.reached,
            "otherwise": otherwise,
        }


@dataclass(frozen=True)
class SideWitness:
    """Why one state is stable for one party by one concept and standard, or why not: every temptation, and its fate."""

    basis: Basis
    party: str
    concept: str
    standard: str
    sanctions: str
    state: State
    temptations: tuple[Temptation, ...]

    @property
    def stable(self) -> bool:
        return all(each.deterred for each in self.temptations)

    def to_json(self) -> dict[str, Any]:
        return {
            "state": dict(self.state.json),
            "party": self.party,
            "concept": self.concept,
            "standard": self.standard,
            "sanctions": self.sanctions,
            "stable": self.stable,
            "temptations": [each.to_json() for each in self.temptations],
        }


@dataclass(frozen=True)
class Party:
    """Who is judged: an actor or a coalition, the numbers of its players, its moves, credible moves and standards."""

    name: str
    players: tuple[int, ...]
    side: Side


Answerers = Callable[[Party, str], tuple[Party, ...]]
"""Who may answer a party, and by which arcs (`side.moves`), when answers are "moves" or "improvements"."""


@dataclass(frozen=True, eq=False)
class Hearing:
    """Everything that is needed for the witnesses of one question.

    `weigh(party, s, t)` says how a party weighs t against s; `answerers(party, kind)` who may answer it. `concepts` are the
    rows by which the question judges, by its own names.
    """

    court: Court
    parties: Mapping[str, Party]
    concepts: Mapping[str, Concept]
    answerers: Answerers
    weigh: Callable[[Party, int, int], Weighed]

    @property
    def standards(self) -> tuple[str, ...]:
        return tuple(next(iter(self.parties.values())).side.standards)

    def witness(self, s: int, party: str, concept: str, standard: str) -> SideWitness:
        """The witness for one state, party, concept and standard."""
        judged, row = self.parties[party], self.concepts[concept]
        contest, movers = self._contest(judged, row, standard)
        found = tuple(
            self._temptation(contest, movers, judged, s, target, concept, standard) for target in contest.temptations(s)
        )
        court = self.court
        return SideWitness(court.basis, party, concept, standard, court.sanctions, self.state(s), found)

    def _contest(self, judged: Party, row: Concept, standard: str) -> tuple[Contest, tuple[Party, ...]]:
        movers = () if row.answers == "none" else self.answerers(judged, row.answers)
        side = judged.side
        arcs = tuple(mover.side.moves for mover in movers)
        return Contest(side.moves, side.standards[standard], arcs, row.escape, self.court.sanctions), movers

    def _temptation(
        self,
        contest: Contest,
        movers: tuple[Party, ...],
        judged: Party,
        s: int,
        target: int,
        concept: str,
        standard: str,
    ) -> Temptation:
        asked = self.concepts[concept].answers == "improvements"

        def worth(steps: Steps) -> tuple[int, int]:
            return self._responses(movers, s, target, steps) if asked else 0, -self._switched(target, steps)

        def told(steps: Steps) -> tuple[Step, ...]:
            return self._told(movers, s, target, steps, asked)

        move, found = self._step(judged, s, target, (s, target)), contest.follow(s, target, worth)
        if not found.answer:
            way_out = found.way_out
            out = None if way_out is None else self._step(judged, found.near[-1][1], way_out, (s, way_out))
            other = self._otherwise(judged, s, target, concept, standard)
            return Temptation(move, near=told(found.near), way_out=out, reached=found.reached, otherwise=other)
        end = found.answer[-1][1]
        ways, _ = contest.ways_on(s, end)
        escapes = tuple(self._step(judged, end, way, (s, way)) for way in ways) if contest.escape else None
        return Temptation(move, told(found.answer), self.weigh(judged, s, end), escapes)

    def _otherwise(
        self, judged: Party, s: int, target: int, concept: str, standard: str
    ) -> tuple[str, tuple[Step, ...]] | None:
        """The first weaker concept, or other standard, by which the temptation is answered."""
        row = self.concepts[concept]
        weaker = [name for name, each in self.concepts.items() if each.answers == "moves" and not each.escape]
        other = [] if row.answers == "none" else [(name, standard) for name in weaker if name != concept]
        other += [(concept, each) for each in self.standards if each != standard and row.answers != "none"]
        for name, by in other:
            contest, movers = self._contest(judged, self.concepts[name], by)
            if target not in contest.temptations(s):
                continue
            found = contest.follow(s, target, lambda steps: -self._switched(target, steps))
            if found.answer:
                label = name if by == standard else by
                return label, self._told(movers, s, target, found.answer, False)
        return None

    # --- steps ---

    def _told(self, movers: tuple[Party, ...], s: int, start: int, steps: Steps, asked: bool) -> tuple[Step, ...]:
        found = []
        for mover, end in steps:
            response = self.response(movers[mover], s, start, end) if asked else None
            found.append(self._step(movers[mover], start, end, (start, end), response))
            start = end
        return tuple(found)

    def _step(self, party: Party, start: int, end: int, weighed: tuple[int, int], response: bool | None = None) -> Step:
        changes, follows = self.court.changes(party.players, self.cell(start), self.cell(end))
        return Step(party.name, self.state(end), changes, follows, self.weigh(party, *weighed), response)

    def cell(self, s: int) -> int:
        return int(self.court.conflict.states[s])

    def state(self, s: int) -> State:
        return self.court.state(self.cell(s))

    def _switched(self, start: int, steps: Steps) -> int:
        """How many options the steps switch."""
        cells = [self.cell(start), *(self.cell(end) for _, end in steps)]
        rows = [self.court.lookup.settings(cell) for cell in cells]
        return sum(a != b for one, two in itertools.pairwise(rows) for a, b in zip(one, two, strict=True))

    def _responses(self, movers: tuple[Party, ...], s: int, start: int, steps: Steps) -> int:
        count = 0
        for mover, end in steps:
            count += self.response(movers[mover], s, start, end) is True
            start = end
        return count

    def response(self, mover: Party, s: int, start: int, end: int) -> bool | None:
        """Whether a step is a response; not asked of coalitions, nor in graph form, where there are no own settings."""
        if len(mover.players) != 1 or self.court.conflict.graph:
            return None
        key = mover.players[0], s, start
        if key not in self._habits:
            self._habits[key] = self._anyway(mover.side.moves, mover.players[0], s, start)
        return self.cell(end) not in self._habits[key]

    def _anyway(self, credible: Arcs, player: int, s: int, start: int) -> frozenset[int]:
        """Where the settings lead from `start` that the player would have chosen anyway at s."""
        already = {self.cell(int(t)) for t in ends_of(credible, s)}
        choices = self.court.lookup.choices
        chosen = {strategy for _, strategy, landed in choices(player, self.cell(s)) if landed in already}
        return frozenset(landed for _, strategy, landed in choices(player, self.cell(start)) if strategy in chosen)

    @cached_property
    def _habits(self) -> dict[tuple[int, int, int], frozenset[int]]:
        return {}
