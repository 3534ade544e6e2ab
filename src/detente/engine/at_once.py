"""Small games by arcs, all actors at once: where the calls would cost more than the arithmetic.

The mathematics is that of `detente.engine.arcs`: the moves are the same arcs, the answers the same sequences in which nobody
moves twice running. Only the arrays are others: one list of everybody's arcs, one row of scores per actor, and the worst
answer to everybody in one array m[i, j, x], the lowest base value of i reachable from x when j moved last.

How to make one: `solution.at_once_of(game, sanctions)`; None where the model is too large for it to pay. What follows is
found when it is first asked for, so that a single verdict costs no whole solution. Cost: arcs × players × length of the
longest useful sequence.

>>> from detente.scenario import load
>>> game = Game.of(load("prisoners_dilemma"))
>>> small = AtOnce(game, "legal", moves_of_all(game))
>>> small.stable(CONCEPTS["seq"]).tolist()
[[True, True, False, True], [True, False, True, True]]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.conflict.game import Game
from detente.conflict.kept import SMALL
from detente.engine.arcs import NOTHING, Values
from detente.engine.by_arcs import check_size, moves_of, on_states
from detente.engine.concepts import CONCEPTS, Concept
from detente.engine.play import terminal_components
from detente.engine.progress import Progress, quiet
from detente.engine.simultaneous import deterred_by_collision
from detente.engine.table import Solution
from detente.messages import tell

MOST_PAIRS = 1 << 18
"""Pairs of an arc and an actor whom it may answer, up to which all actors are solved at once: some 10 MB."""

REMEMBERED = 1 << 22
"""Bytes of scores, and of states, that are kept with a space to tell where play ends and what holds."""


_Ranks = NDArray[np.int16]
_RANK = np.int16
_NO_RANK = np.iinfo(_RANK).max
"""What stands where nobody can answer, while ranks are compared."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Arcs of all actors: arc k is `owner[k]`'s and leads from `start[k]` to `end[k]`; sorted by owner, then start."""

    players: int
    states: int
    owner: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Moves:
        """The arcs that are chosen."""
        return Moves(self.players, self.states, self.owner[chosen], self.start[chosen], self.end[chosen])

    @cached_property
    def source(self) -> NDArray[np.int64]:
        """Where owner and start of each arc lie in an array with a row per actor and a column per state."""
        return self.owner * self.states + self.start

    @cached_property
    def target(self) -> NDArray[np.int64]:
        """Where owner and end of each arc lie in such an array."""
        return self.owner * self.states + self.end

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _rows(self.source)

    def highest(self, values: Values, otherwise: int = -1) -> Values:
        """For every actor and state the greatest of the actor's `values` one of its arcs away."""
        result = np.full(self.players * self.states, otherwise, dtype=np.int64)
        rows, first = self._rows
        if len(rows):
            result[rows] = np.maximum.reduceat(values.reshape(-1)[self.target], first)
        return result.reshape(self.players, self.states)

    @cached_property
    def answers(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Every actor with every arc of another, as places in m[i, j, x]: their ends, their starts, first arc of each."""
        who, arc = np.nonzero(np.arange(self.players)[:, None] != self.owner)
        block = who * (self.players * self.states)
        return block + self.target[arc], *_rows(block + self.source[arc])


def _rows(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of a sorted list, each once, and where it is first."""
    first = np.flatnonzero(np.diff(places, prepend=-1))
    return places[first], first


def least_of_others(step: _Ranks) -> _Ranks:
    """For every actor, mover and state the least value of the other movers: the least before it and the least behind it.

    >>> least_of_others(np.array([[[3], [1], [2]]])).ravel().tolist()
    [1, 2, 1]
    """
    result, last = np.full_like(step, _NO_RANK), step.shape[1] - 1
    for mover in range(last):
        np.minimum(result[:, mover], step[:, mover], out=result[:, mover + 1])
    behind = step[:, last]
    for mover in range(last - 1, -1, -1):
        np.minimum(result[:, mover], behind, out=result[:, mover])
        behind = np.minimum(behind, step[:, mover])
    return result


def worst_answers(base: Values, moves: Moves, sanctions: str) -> Values:
    """Per actor (a row) the lowest base value the others' `moves` can bring about from each state; see `arcs.worst_answer`.

    Base values are ranks of fewer than 2^15 states, so that all of them stay near the processor while they are compared.
    """
    shape = moves.players, moves.players, moves.states
    ranks: _Ranks = base.astype(_RANK)
    step: _Ranks = np.full(shape, _NO_RANK, dtype=_RANK)
    after: _Ranks = step.copy()
    ends, rows, first = moves.answers
    if len(rows):
        while True:
            reached = np.minimum(ranks[:, None, :], after).reshape(-1).take(ends)
            step.reshape(-1)[rows] = np.minimum.reduceat(reached, first)
            if sanctions == "one-step" or moves.players < 3:  # of two actors the other cannot go on alone
                break
            renewed = least_of_others(step)  # whoever has just moved must let another go next
            if np.array_equal(renewed, after):
                break
            after = renewed
    least = step.min(axis=1)
    return np.where(least == _NO_RANK, NOTHING, least.astype(np.int64))


@dataclass(frozen=True, eq=False)
class AtOnce:
    """A small game, solved as far as it is asked; actors and states go by position."""

    game: Game
    sanctions: str
    moves: Moves

    @cached_property
    def scores(self) -> Values:
        """A row of scores per actor, a column per state."""
        return np.stack([self.game.scores(player) for player in range(self.moves.players)])

    @cached_property
    def _gains(self) -> NDArray[np.bool_]:
        """Which arcs are improvements of their owners."""
        liked = self.scores.reshape(-1)
        return np.asarray(liked[self.moves.target] > liked[self.moves.source])

    @cached_property
    def better(self) -> Moves:
        """Everybody's improvements."""
        return self.moves.where(self._gains)

    def worst(self, concept: Concept) -> Values:
        """Per actor and state the worst answer that counts under a concept; remembered."""

        def find() -> Values:
            base = np.maximum(self.scores, self.moves.highest(self.scores)) if concept.escape else self.scores
            if concept.answers == "none":
                return np.full_like(base, NOTHING)
            return worst_answers(base, self.moves if concept.answers == "moves" else self.better, self.sanctions)

        key = concept.answers, concept.escape, self.sanctions, self._ranks
        return self.game.conflict.kept.of(
            "worst", key, find, most=REMEMBERED, size=lambda found: len(self._ranks) + found.nbytes
        )

    @cached_property
    def _ranks(self) -> bytes:
        """What everybody thinks of all states: ranks, and fewer than 2^16 states."""
        return self.scores.astype(np.uint16).tobytes()

    def stable(self, concept: Concept) -> NDArray[np.bool_]:
        """Per actor and state whether it is stable."""
        if concept.answers == "simultaneous":
            each = range(self.moves.players)
            return np.stack([deterred_by_collision(self.game.conflict, self.game.readings, i) for i in each])
        return np.asarray(self.better.highest(self.worst(concept)) <= self.scores)

    # --- where a formula is looked at ---

    def judged(self, kind: str, concept: Concept | None = None) -> NDArray[np.int64]:
        """The states where play of a kind ends from the status quo, or the equilibria under a concept; remembered."""

        def find() -> NDArray[np.int64]:
            return np.flatnonzero(self.stable(concept).all(axis=0)) if concept else self._ends(kind)

        if concept and concept.answers == "simultaneous":
            return find()  # what collides depends on states that are merged as well, of which the scores do not tell
        key = concept.id if concept else kind, self.sanctions, self._ranks
        return self.game.conflict.kept.of(
            "judged", key, find, most=REMEMBERED, size=lambda found: len(self._ranks) + found.nbytes
        )

    def _ends(self, kind: str) -> NDArray[np.int64]:
        start = self.game.number(self.game.cell(None))
        return self._foreseen(start) if kind == "foresight" else end_states(self.better, start)

    def _foreseen(self, start: int) -> NDArray[np.int64]:
        """Where foresight play ends, looked for among the states that improvements of anybody lead to from the start alone.

        They are often few. What is feared after a step of the play are improvements of others as well, so they lie there too.
        """
        within = np.zeros(self.moves.states, dtype=np.bool_)
        within[start] = True
        _spread(within, self.better.start, self.better.end)
        places, renumbered = np.flatnonzero(within), np.cumsum(within) - 1
        found = self.better.where(within[self.better.start])
        steps = Moves(found.players, len(places), found.owner, renumbered[found.start], renumbered[found.end])
        scores = self.scores[:, places]
        feared = worst_answers(scores, steps, self.sanctions).reshape(-1)[steps.target]
        taken = steps.where(feared > scores.reshape(-1)[steps.source])
        return np.asarray(places[end_states(taken, int(renumbered[start]))])

    # --- all of it ---

    def solution(self, concepts: Sequence[Concept], progress: Progress = quiet) -> Solution:
        """The game solved, in the form every way of solving gives."""
        conflict, players = self.game.conflict, range(self.moves.players)
        progress(0, len(players), tell("stability for everybody"))
        stable = {
            concept.id: tuple(on_states(conflict, found, False) for found in self.stable(concept))
            for concept in concepts
            if concept.id != "sim" or not conflict.graph
        }
        scores = tuple(on_states(conflict, self.scores[i], -1) for i in players)
        worst = tuple(on_states(conflict, found, NOTHING) for found in self.worst(CONCEPTS["seq"]))
        return Solution(stable, scores, worst, "arcs")


def end_states(steps: Moves, start: int) -> NDArray[np.int64]:
    """Every state of every end of play from `start`, in order: of every terminal strongly connected component reached.

    >>> end_states(Moves(1, 4, *np.array([[0, 0, 0], [0, 1, 2], [1, 2, 1]])), 0).tolist()
    [1, 2]
    """
    reached = np.zeros(steps.states, dtype=np.bool_)
    reached[start] = True
    begin, end = _spread(reached, steps.start, steps.end)
    quiet = reached.copy()
    quiet[begin] = False
    done = quiet.copy()
    _spread(done, end, begin)  # whatever leads to a state nobody leaves is part of no other end
    left = np.flatnonzero(reached & ~done)
    if not len(left):
        return np.flatnonzero(quiet)
    inside = ~done[begin]
    first, last = (np.searchsorted(left, each[inside]).astype(np.int32) for each in (begin, end))
    cycles = [left[part] for part in terminal_components(len(left), first, last)]
    return np.sort(np.concatenate([np.flatnonzero(quiet), *cycles]))


def _spread(
    marked: NDArray[np.bool_], start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Mark, in place, all that arcs lead to from what is marked; the arcs that start there."""
    count = -1
    while (now := int(np.count_nonzero(marked))) != count:
        count, chosen = now, marked[start]
        marked[end[chosen]] = True
    return start[chosen], end[chosen]


def moves_of_all(game: Game) -> Moves | None:
    """Everybody's moves; None where there are too many states or moves for it to pay. Raises `TooLarge`."""
    check_size(game.conflict)
    if game.count > SMALL:
        return None
    each = moves_of(game)
    count = len(each)
    if count * (sum(len(arcs.start) for arcs in each) + count * game.count) > MOST_PAIRS:
        return None
    owner = np.repeat(np.arange(count), [len(arcs.start) for arcs in each])
    start, end = (np.concatenate([getattr(arcs, side) for arcs in each]) for side in ("start", "end"))
    return Moves(count, game.count, owner, start, end)
