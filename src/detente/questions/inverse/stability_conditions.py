"""What the stability of a state asks of one actor's preferences.

The mathematics. The target is s. Whether s is stable for actor i depends on nothing but which states are *no better for i
than s*. For every move of i from s to s1 one of these must do:

- s1 itself is no better than s (then the move is no improvement);
- GMR, SEQ: some answer s2 of the others to s1 is no better than s;
- SMR, SSEQ: some answer s2 is no better than s, and nor is anything that i can move on to from s2.

That is a monotone condition over the states (`inverse.monotone_conditions`). Any set of states can be made no better
than s without touching the order of the others, so the smallest number of states to *turn* is attained by some
preferences.

How to use it: `Asker(Board(case), concept)`, then `demand(player, state)`. `stable` asks the engine, not the condition, and so
checks it. Cost: per own move a search over (state, last mover); smallest sets and counts within a budget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Case
from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import payoffs
from detente.conflict.states import state_json, state_text
from detente.engine import arcs as graph
from detente.engine import moves_of
from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences
from detente.engine.relations import refuse
from detente.questions.inverse.monotone_conditions import Condition, clause, condition, nearest, rankings

COUNTED = 1000
"""Rankings are counted of up to this many states."""

LISTED = 8
"""States named in one place."""

WAYS = 4
"""Alternatives, and sets of alternatives, named in one place."""


@dataclass(frozen=True)
class Reply:
    """One own move from the target: it is met if one of `ways` (sets of states) is no better than the target."""

    to: int
    ways: tuple[tuple[int, ...], ...]
    met: bool


@dataclass(frozen=True)
class Demand:
    """What the target asks of one actor's preferences.

    `turn` is the smallest number of comparisons to turn (None: not found within the budget, but at least `at_least`), `sets`
    the sets of states of that size (all of them if `complete`). `rankings` counts the strict rankings that qualify, of `total`
    (None: too many to count). `checked`: the engine finds the target stable for the actor once the first of the sets is turned.
    """

    actor: str
    replies: tuple[Reply, ...]
    condition: Condition
    met: bool
    turn: int | None
    at_least: int
    sets: tuple[tuple[int, ...], ...]
    complete: bool
    rankings: int | None
    total: int
    checked: bool | None
    names: Sequence[str]

    @property
    def share(self) -> float | None:
        """The share of all strict rankings that qualify."""
        return None if self.rankings is None else float(Fraction(self.rankings, self.total))

    @property
    def text(self) -> str:
        """The condition in words."""
        if self.condition.trivial:
            return "anything"
        always = [_listed(self.names, sorted(self.condition.always))] if self.condition.always else []
        ways = [sorted((sorted(way) for way in each), key=lambda w: (len(w), w)) for each in self.condition.clauses]
        either = [f"one of ({_choice(self.names, each)})" for each in sorted(ways)[:WAYS]]
        more = [f"{len(ways) - WAYS} more choices"] if len(ways) > WAYS else []
        return "no better than the target: " + "; ".join((*always, *either, *more))

    def to_json(self, labels: Sequence[Any]) -> dict[str, Any]:
        """The demand as plain data; states as their settings."""
        clauses = [sorted(sorted(way) for way in each) for each in self.condition.clauses]
        return {
            "actor": self.actor,
            "text": self.text,
            "always": [labels[s] for s in sorted(self.condition.always)],
            "one_of": [[[labels[s] for s in way] for way in each] for each in sorted(clauses)],
            "moves": [
                {"to": labels[each.to], "met": each.met, "one_of": [[labels[s] for s in w] for w in each.ways]}
                for each in self.replies
            ],
            "met": self.met,
            "turn": self.turn,
            "at_least": self.at_least,
            "sets": [[labels[s] for s in each] for each in self.sets],
            "complete": self.complete,
            "rankings": self.rankings,
            "share": self.share,
            "checked": self.checked,
        }


def _listed(names: Sequence[str], states: Sequence[int], word: str = ", ") -> str:
    more = [f"{len(states) - LISTED} more"] if len(states) > LISTED else []
    return word.join((*(names[s] for s in states[:LISTED]), *more))


def _choice(names: Sequence[str], ways: Sequence[Sequence[int]]) -> str:
    more = [f"{len(ways) - WAYS} more"] if len(ways) > WAYS else []
    return " | ".join((*(_listed(names, way, " and ") for way in ways[:WAYS]), *more))


@dataclass(frozen=True)
class Board:
    """All states of a case with everybody's moves, numbered in state order. Raises `TooLarge` if answers cannot be listed."""

    case: Case

    def __post_init__(self) -> None:
        refuse(self.case.game.count)
        self.case.game.check_merges()

    @property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    @cached_property
    def moves(self) -> tuple[graph.Arcs, ...]:
        return moves_of(self.case.game)

    @property
    def actors(self) -> tuple[str, ...]:
        return self.case.game.actors

    @property
    def count(self) -> int:
        return self.case.game.count

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(self.case.game.texts(self.conflict.states.tolist()))

    def labels(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.case.game.states_json(self.conflict.states.tolist()))

    def scores(self, actor: str) -> graph.Values:
        return self.case.game.scores(self.case.game.index(actor))

    def named(self, given: Iterable[str]) -> None:
        self.case.game.require_actors(given)


@dataclass(frozen=True)
class Around:
    """A state of a model of any size with the states it can be left for, numbered in state order: enough for Nash stability."""

    case: Case
    conflict: Conflict
    cells: Cells
    target: int

    @cached_property
    def moves(self) -> tuple[graph.Arcs, ...]:
        """Everybody's moves from the target; from the other states none are listed."""
        return tuple(self._moves(player) for player in range(len(self.conflict.players)))

    def _moves(self, player: int) -> graph.Arcs:
        ends = np.searchsorted(self.cells, np.sort(self.conflict.successors(self.cells[[self.target]], player)[1]))
        return graph.Arcs(len(self.cells), np.full(len(ends), self.target), ends)

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(player.id for player in self.conflict.players)

    @property
    def count(self) -> int:
        """The states of the whole model."""
        return self.conflict.count

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(state_text(self.conflict, cell) for cell in self.cells.tolist())

    def labels(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(state_json(self.case.scenario, self.conflict, cell) for cell in self.cells.tolist())

    def scores(self, actor: str) -> graph.Values:
        reading = self.case.game.readings[self.conflict.index(actor)]
        return payoffs(self.conflict, reading, self.cells).astype(np.int64)

    def named(self, given: Iterable[str]) -> None:
        """Refuse names that are no actors."""
        for actor in given:
            self.case.scenario.actor(actor)


Ground = Board | Around


def around(case: Case, conflict: Conflict, cell: int) -> Around:
    """The neighbourhood of one state. Cost: everybody's moves from it."""
    start = np.array([cell], dtype=np.int64)
    ends = [conflict.successors(start, player)[1] for player in range(len(conflict.players))]
    cells = np.unique(np.concatenate([start, *ends]))
    return Around(case, conflict, cells, int(np.searchsorted(cells, cell)))


@dataclass(frozen=True)
class Asker:
    """Puts the question for the states of one case under one concept with answers in sequence."""

    ground: Ground
    concept: Concept

    @cached_property
    def scores(self) -> tuple[graph.Values, ...]:
        return tuple(self.ground.scores(actor) for actor in self.ground.actors)

    @cached_property
    def next(self) -> tuple[list[list[int]], ...]:
        """Per actor and state: where it can move."""
        return tuple(_lists(arcs) for arcs in self.ground.moves)

    @cached_property
    def answering(self) -> tuple[list[list[int]], ...]:
        """Per actor and state: the moves it may answer with."""
        if self.concept.answers == "moves":
            return self.next
        return tuple(_lists(a.improvements(u)) for a, u in zip(self.ground.moves, self.scores, strict=True))

    def answers(self, player: int, start: int) -> set[int]:
        """Where the others' legal sequences lead from `start`."""
        if self.concept.answers == "none":
            return set()
        sequences = _Answers(
            start=start,
            last=player,
            movers=[j for j in range(len(self.next)) if j != player],
            one_step=self.ground.case.sanctions == "one-step",
            answering=self.answering,
        )
        return {sequences.states[place] for layer in sequences.layers() for place in layer}

    def ways(self, player: int, start: int, target: int) -> frozenset[frozenset[int]]:
        """The sets of states of which one must be no better than the target, for the move to `start`."""
        own = self.next[player]
        escape = self.concept.escape
        deterring = ({s, *own[s]} if escape else {s} for s in sorted(self.answers(player, start)))
        return clause([{start}, *(each - {target} for each in deterring)])

    def demand(self, player: int, state: int) -> Demand:
        moves = {to: self.ways(player, to, state) for to in self.next[player][state]}
        wanted, score = condition(moves.values()), self.scores[player]
        low = frozenset(np.flatnonzero(score <= score[state]).tolist()) - {state}
        near = nearest(wanted, low)
        count = self.ground.count
        known = rankings(wanted, count) if count <= COUNTED else None
        sets = tuple(tuple(sorted(each)) for each in near.sets)
        checked = self.stable(player, state, {player: sets[0]}) if sets else None
        replies = tuple(_reply(to, ways, low) for to, ways in moves.items())
        total = math.factorial(count) if count <= COUNTED else 0
        return Demand(
            self.ground.actors[player],
            replies,
            wanted,
            wanted.met(low),
            near.size,
            near.at_least,
            sets,
            near.complete,
            known,
            total,
            checked,
            self.ground.texts,
        )

    def stable(self, player: int, state: int, turned: Mapping[int, Sequence[int]]) -> bool:
        """The engine's verdict on the state, with these states sunk to its level in these actors' preferences."""
        scores = [u.copy() for u in self.scores]
        for who, states in turned.items():
            scores[who][list(states)] = scores[who][state]
        arcs, u = self.ground.moves, scores[player]
        others = [j for j in range(len(arcs)) if j != player]
        credible = self.concept.answers == "improvements"
        steps = [arcs[j].improvements(scores[j]) if credible else arcs[j] for j in others]
        base = graph.best_reply(u, arcs[player]) if self.concept.escape else u
        nothing = np.full(len(u), graph.NOTHING, dtype=np.int64)
        blind = self.concept.answers == "none"
        worst = nothing if blind else graph.worst_answer(base, steps, self.ground.case.sanctions)
        return bool(graph.deterred(u, arcs[player].improvements(u), worst)[state])


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    answering: Sequence[list[list[int]]]

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        return ((place, end, 0, 1) for place in places for end in self.answering[mover][self.states[place]])


def _reply(to: int, ways: frozenset[frozenset[int]], low: frozenset[int]) -> Reply:
    listed = sorted((tuple(sorted(way)) for way in ways), key=lambda w: (len(w), w))
    return Reply(to, tuple(listed), any(way <= low for way in ways))


def _lists(arcs: graph.Arcs) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(arcs.states)]
    for start, end in zip(arcs.start.tolist(), arcs.end.tolist(), strict=True):
        found[start].append(end)
    return found
