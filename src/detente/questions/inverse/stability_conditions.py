"""What the stability of a state asks of one actor's preferences.

The mathematics. The target is s. Whether s is stable for actor i depends on nothing but which states are *no better for i
than s*. For every move of i from s to s1 one of these must do:

- s1 itself is no better than s (then the move is no improvement);
- GMR, SEQ: some answer s2 of the others to s1 is no better than s;
- SMR, SSEQ: some answer s2 is no better than s, and nor is anything that i can move on to from s2.

That is a monotone condition over the states (`inverse.monotone_conditions`). Any set of states can be made no better
than s without touching the order of the others, so the smallest number of states to *turn* is attained by some
preferences.

How to use it: `StabilityConditions(whole(case), concept)`, then `demand(player, state)`. `stable` asks the engine, not the
condition, and so checks it. Cost: per own move a search over (state, last mover); smallest sets and counts within a budget.
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
from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine import moves_of
from detente.engine.arcs import NOTHING, Arcs, Values, best_reply, deterred, worst_answer
from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences
from detente.engine.relations import refuse
from detente.messages import tell
from detente.questions.inverse.monotone_conditions import Condition, clause, condition, nearest, rankings
from detente.sheet import Phrase, StateTerm, listing

COUNTED = 1000
"""Rankings are counted of up to this many states."""

NAMED = 8
"""States named in one place."""

WAYS = 4
"""Alternatives, and sets of alternatives, named in one place."""


@dataclass(frozen=True)
class Reply:
    """One own move from the target: it is met if one of `ways` (sets of states) is no better than the target."""

    to: int
    ways: tuple[tuple[int, ...], ...]
    met: bool


@dataclass(frozen=True, kw_only=True)
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
    def text(self) -> Phrase:
        """The condition in words."""
        if self.condition.trivial:
            return Phrase.of(tell("anything"))
        always = [self._listed(sorted(self.condition.always))] if self.condition.always else []
        ways = [sorted((sorted(way) for way in each), key=lambda w: (len(w), w)) for each in self.condition.clauses]
        either = [Phrase.told("one of ({choice})", choice=self._choice(each)) for each in sorted(ways)[:WAYS]]
        more = [tell("{number} more choices", number=len(ways) - WAYS)] if len(ways) > WAYS else []
        return Phrase.told("no better than the target: {part}", part=listing((*always, *either, *more), "; "))

    def _listed(self, states: Sequence[int], between: str = ", ") -> Phrase:
        more = [tell("{number} more", number=len(states) - NAMED)] if len(states) > NAMED else []
        return listing((*(StateTerm(self.names[s]) for s in states[:NAMED]), *more), between)

    def _choice(self, ways: Sequence[Sequence[int]]) -> Phrase:
        more = [tell("{number} more", number=len(ways) - WAYS)] if len(ways) > WAYS else []
        return listing((*(self._listed(way, " and ") for way in ways[:WAYS]), *more), " | ")

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


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Numbered states of a case with everybody's moves between them; make one by `whole` or `around`."""

    case: Case
    cells: Cells
    moves: tuple[Arcs, ...]

    @property
    def game(self) -> Game:
        return self.case.game

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(self.game.texts(self.cells.tolist()))

    @cached_property
    def labels(self) -> tuple[Mapping[str, Any], ...]:
        """Every state for programs."""
        return tuple(self.game.states_json(self.cells.tolist()))

    @cached_property
    def scores(self) -> tuple[Values, ...]:
        """What every actor makes of the states, larger is better."""
        return tuple(self.game.payoffs(player, self.cells).astype(np.int64) for player in range(len(self.moves)))

    def number(self, cell: int) -> int:
        """The number of a state that is there."""
        return int(np.searchsorted(self.cells, cell))


def whole(case: Case) -> Graph:
    """All states of a case. Raises `TooLarge` for more than answers can be listed of."""
    game = case.game
    refuse(game.count)
    game.check_merges()
    return Graph(case=case, cells=game.states, moves=moves_of(game))


def around(case: Case, cell: int) -> Graph:
    """One state of a model of any size with the states it can be left for: enough for Nash stability.

    From the other states no moves are listed. Cost: everybody's moves from it.
    """
    conflict, start = case.game.conflict, np.array([cell], dtype=np.int64)
    ends = [np.sort(conflict.successors(start, player)[1]) for player in range(len(conflict.players))]
    cells = np.unique(np.concatenate([start, *ends]))
    here = int(np.searchsorted(cells, cell))
    moves = (Arcs(len(cells), np.full(len(end), here), np.searchsorted(cells, end)) for end in ends)
    return Graph(case=case, cells=cells, moves=tuple(moves))


@dataclass(frozen=True)
class StabilityConditions:
    """What the states of one graph ask to be stable under one concept with answers in sequence."""

    graph: Graph
    concept: Concept

    @cached_property
    def next(self) -> tuple[list[list[int]], ...]:
        """Per actor and state: where it can move."""
        return tuple(_lists(arcs) for arcs in self.graph.moves)

    @cached_property
    def answering(self) -> tuple[list[list[int]], ...]:
        """Per actor and state: the moves it may answer with."""
        if self.concept.answers == "moves":
            return self.next
        return tuple(_lists(a.improvements(u)) for a, u in zip(self.graph.moves, self.graph.scores, strict=True))

    def answers(self, player: int, start: int) -> set[int]:
        """Where the others' legal sequences lead from `start`."""
        if self.concept.answers == "none":
            return set()
        sequences = _Answers(
            start=start,
            last=player,
            movers=[j for j in range(len(self.next)) if j != player],
            one_step=self.graph.case.sanctions == "one-step",
            answering=self.answering,
        )
        return {sequences.states[place] for layer in sequences.layers() for place in layer}

    def ways(self, player: int, start: int, target: int) -> frozenset[frozenset[int]]:
        """The sets of states of which one must be no better than the target, for the move to `start`."""
        # The move does no harm if its end is no better, or if some answer is; where the concept lets the player escape, an
        # answer counts only together with everything it can move on to.
        own = self.next[player]
        escape = self.concept.escape
        deterring = ({s, *own[s]} if escape else {s} for s in sorted(self.answers(player, start)))
        return clause([{start}, *(each - {target} for each in deterring)])

    def demand(self, player: int, state: int) -> Demand:
        """What the state asks of the player's preferences, and how near they are to it."""
        moves = {to: self.ways(player, to, state) for to in self.next[player][state]}
        wanted, score = condition(moves.values()), self.graph.scores[player]
        low = frozenset(np.flatnonzero(score <= score[state]).tolist()) - {state}
        near = nearest(wanted, low)
        count = self.graph.game.count
        known = rankings(wanted, count) if count <= COUNTED else None
        sets = tuple(tuple(sorted(each)) for each in near.sets)
        checked = self.stable(player, state, {player: sets[0]}) if sets else None
        replies = tuple(_reply(to, ways, low) for to, ways in moves.items())
        total = math.factorial(count) if count <= COUNTED else 0
        return Demand(
            actor=self.graph.game.actors[player],
            replies=replies,
            condition=wanted,
            met=wanted.met(low),
            turn=near.size,
            at_least=near.at_least,
            sets=sets,
            complete=near.complete,
            rankings=known,
            total=total,
            checked=checked,
            names=self.graph.texts,
        )

    def stable(self, player: int, state: int, turned: Mapping[int, Sequence[int]]) -> bool:
        """The engine's verdict on the state, with these states sunk to its level in these actors' preferences."""
        scores = [u.copy() for u in self.graph.scores]
        for who, states in turned.items():
            scores[who][list(states)] = scores[who][state]
        arcs, u = self.graph.moves, scores[player]
        others = [j for j in range(len(arcs)) if j != player]
        credible = self.concept.answers == "improvements"
        steps = [arcs[j].improvements(scores[j]) if credible else arcs[j] for j in others]
        base = best_reply(u, arcs[player]) if self.concept.escape else u
        nothing = np.full(len(u), NOTHING, dtype=np.int64)
        blind = self.concept.answers == "none"
        worst = nothing if blind else worst_answer(base, steps, self.graph.case.sanctions)
        return bool(deterred(u, arcs[player].improvements(u), worst)[state])


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    answering: Sequence[list[list[int]]]

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        return ((place, end, 0, 1) for place in places for end in self.answering[mover][self.states[place]])


def _reply(to: int, ways: frozenset[frozenset[int]], low: frozenset[int]) -> Reply:
    listed = sorted((tuple(sorted(way)) for way in ways), key=lambda w: (len(w), w))
    return Reply(to, tuple(listed), any(way <= low for way in ways))


def _lists(arcs: Arcs) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(arcs.states)]
    for start, end in zip(arcs.start.tolist(), arcs.end.tolist(), strict=True):
        found[start].append(end)
    return found
