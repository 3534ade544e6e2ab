"""Many games over one state space at once: the same moves, other wants in each.

The mathematics is that of `detente.engine.arcs`. What differs is the shape of the arrays: a row per state, a column per game,
so that every step of the sweeps is one operation on whole rows. The stability of an actor under Nash, SMR and GMR depends on
its own ranks alone; that under SEQ and SSEQ on its own and on which moves improve for the others. So ranks come in two parts:
for each actor its *different* ranks (a column each), and for each game which of them everybody has (`games`, a row per
actor); what depends on one actor alone is found once for each of its ranks, and equal games are solved once.

How to make one: `Many(game, sanctions)`; then `solve(ranks, games)` for chunks of games, whose size follows the memory
allowed. Cost: games × arcs × players × length of the longest useful sequence, in bytes rather than numbers where there are
few ranks.

>>> from detente.scenario import load
>>> game = Game.of(load("prisoners_dilemma"))
>>> many = Many(game)
>>> ranks = [ranked(game.scores(player)[None, :]) for player in range(2)]
>>> (solved,) = many.solve(ranks, np.zeros((2, 1), np.int64))
>>> solved.equilibria("seq")[:, 0].tolist()
[True, False, False, True]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.game import Game
from detente.engine.arcs import Arcs
from detente.engine.at_once import Moves, end_states
from detente.engine.by_arcs import check_size, moves_of
from detente.engine.concepts import CONCEPTS, Concept

Ranks = NDArray[np.unsignedinteger[Any]]
"""A row per state, a column per list: the rank of the state, larger is better; below the largest number of the type."""

Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]

CHUNK_BYTES = 1 << 25
"""Bytes of what is known of the arcs in one chunk of games: small enough to stay near the processor."""

MOST_GAMES = 4_096
"""Games in a chunk at most."""


@dataclass(frozen=True, eq=False)
class _Rounds:
    """The arcs of one actor in rounds, in none of which a state occurs twice as the side that is written to."""

    order: Indices
    """The numbers of the arcs, round after round."""
    at: tuple[slice, ...]
    """Where the arcs of each round stand in that order."""
    into: tuple[Indices, ...]
    """The states written to, arc by arc."""
    out_of: tuple[Indices, ...]
    """The states read from."""

    @classmethod
    def of(cls, written: Indices, read: Indices) -> _Rounds:
        order = np.argsort(written, kind="stable")
        sorted_ = written[order]
        first = np.flatnonzero(np.diff(sorted_, prepend=-1))
        turn = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
        rounds = [order[turn == each] for each in range(int(turn.max(initial=-1)) + 1)]
        bounds = np.cumsum([0, *map(len, rounds)])
        at = tuple(slice(int(first), int(last)) for first, last in pairwise(bounds))
        whole = np.concatenate([*rounds, np.empty(0, dtype=np.int64)]).astype(np.int64)
        return cls(whole, at, tuple(written[r] for r in rounds), tuple(read[r] for r in rounds))

    def __iter__(self) -> Iterator[tuple[slice, Indices, Indices]]:
        return zip(self.at, self.into, self.out_of, strict=True)


@dataclass(frozen=True, eq=False)
class Solved:
    """A chunk of games: the columns `first` up to `last` of all games asked about."""

    many: Many
    first: int
    last: int
    ranks: tuple[Ranks, ...]
    better: tuple[Bools, ...]
    """Per actor which of its arcs improve, an arc a row, a game a column."""
    alone: _Alone
    games: Indices

    @cached_property
    def _worst(self) -> dict[str, tuple[Ranks, ...]]:
        return {}

    def worst(self, concept: Concept) -> tuple[Ranks, ...]:
        """Per actor the worst that credible answers can bring about from each state."""
        if concept.id not in self._worst:
            shut = [self.many.shut(actor, better, self.ranks[0].dtype) for actor, better in enumerate(self.better)]
            self._worst[concept.id] = tuple(
                self.many.worst(i, self.many.base(i, self.ranks[i], concept), shut) for i in range(len(self.ranks))
            )
        return self._worst[concept.id]

    def stable(self, concept_id: str, actor: int) -> Bools:
        """Where a state is stable for an actor: a row per state, a column per game."""
        concept = CONCEPTS[concept_id]
        if concept.answers != "improvements":
            return self.alone.stable(concept, actor)[:, self.games[actor]]
        return self.many.stable(actor, self.ranks[actor], self.better[actor], self.worst(concept)[actor])

    def equilibria(self, concept_id: str) -> Bools:
        """Which states are stable for everybody; remembered."""
        if concept_id not in self._equilibria:
            self._equilibria[concept_id] = self._stable_for_all(concept_id)
        return self._equilibria[concept_id]

    @cached_property
    def _equilibria(self) -> dict[str, Bools]:
        return {}

    def _stable_for_all(self, concept_id: str) -> Bools:
        found = self.stable(concept_id, 0)
        for actor in range(1, len(self.ranks)):
            found = found & self.stable(concept_id, actor)
        return found

    def steps(self, play: str) -> Bools:
        """Which arcs of all actors, one after the other, play of this kind follows."""
        if play == "myopic":
            return np.concatenate(self.better)
        worst = self.worst(CONCEPTS["seq"])
        return np.concatenate(
            [
                better & (worst[i].take(arcs.end, axis=0) > self.ranks[i].take(arcs.start, axis=0))
                for i, (better, arcs) in enumerate(zip(self.better, self.many.arcs, strict=True))
            ]
        )

    def ends(self, play: str, start: int) -> tuple[Bools, Indices]:
        """The different sets of states where play ends, a column each, and which of them each game has.

        Games in which play can go the same ways have the same ends, and these are looked for once; remembered.
        """
        if (play, start) not in self._ends:
            self._ends[play, start] = self._ends_of(play, start)
        return self._ends[play, start]

    @cached_property
    def _ends(self) -> dict[tuple[str, int], tuple[Bools, Indices]]:
        return {}

    def _ends_of(self, play: str, start: int) -> tuple[Bools, Indices]:
        steps, all_ = self.steps(play), self.many.all_arcs
        reached = np.zeros_like(steps, shape=(self.many.states, steps.shape[1]))
        reached[start] = True
        ordered = steps.take(self.many.forward.order, axis=0)
        count = -1
        while (now := int(np.count_nonzero(reached))) != count:
            count = now
            for at, into, out_of in self.many.forward:
                reached[into] |= reached.take(out_of, axis=0) & ordered[at]
        taken = steps & reached[all_.start]
        different, which = distinct(np.packbits(taken, axis=0).T)
        ends = np.zeros((self.many.states, len(different)), dtype=np.bool_)
        for column, game in enumerate(different):
            ends[end_states(all_.where(taken[:, game]), start), column] = True
        return ends, which


class _Alone:
    """Where states are stable for an actor under concepts that ask only what it wants itself: once for each of its ranks."""

    def __init__(self, many: Many, ranks: Sequence[Ranks]) -> None:
        self.many, self.ranks = many, ranks
        self.known: dict[tuple[str, int], Bools] = {}

    def stable(self, concept: Concept, actor: int) -> Bools:
        """A row per state, a column per list of the actor."""
        if (concept.id, actor) not in self.known:
            self.known[concept.id, actor] = self._find(concept, actor)
        return self.known[concept.id, actor]

    def _find(self, concept: Concept, actor: int) -> Bools:
        many, arcs, found = self.many, self.many.arcs[actor], []
        for first in range(0, self.ranks[actor].shape[1], many.chunk):
            ranks = np.ascontiguousarray(self.ranks[actor][:, first : first + many.chunk])
            better = ranks[arcs.end] > ranks[arcs.start]
            worst = (
                np.full_like(ranks, nothing(ranks.dtype))
                if concept.answers == "none"
                else many.worst(actor, many.base(actor, ranks, concept), None)
            )
            found.append(many.stable(actor, ranks, better, worst))
        return np.concatenate(found, axis=1)


class Many:
    """A state space with its moves, on which many games are played; see the module's opening."""

    def __init__(self, game: Game, sanctions: str = "legal") -> None:
        check_size(game.conflict)
        self.game, self.sanctions, self.states = game, sanctions, game.count
        self.arcs: tuple[Arcs, ...] = moves_of(game)

    @cached_property
    def backward(self) -> tuple[_Rounds, ...]:
        """Per actor its arcs, so that what lies at their ends can be written to where they start."""
        return tuple(_Rounds.of(arcs.start, arcs.end) for arcs in self.arcs)

    @cached_property
    def forward(self) -> _Rounds:
        """All arcs, so that what lies where they start can be written to their ends."""
        return _Rounds.of(self.all_arcs.end, self.all_arcs.start)

    @cached_property
    def all_arcs(self) -> Moves:
        owner = np.repeat(np.arange(len(self.arcs)), [len(arcs.start) for arcs in self.arcs])
        start, end = (np.concatenate([getattr(arcs, side) for arcs in self.arcs]) for side in ("start", "end"))
        return Moves(len(self.arcs), self.states, owner, start, end)

    @cached_property
    def chunk(self) -> int:
        """How many games are solved at once."""
        bytes_each = 2 * (sum(len(arcs.start) for arcs in self.arcs) + 2 * len(self.arcs) ** 2 * self.states)
        return max(1, min(MOST_GAMES, CHUNK_BYTES // max(1, bytes_each)))

    # --- solving ---

    def solve(self, ranks: Sequence[Ranks], games: Indices) -> Iterator[Solved]:
        """All games, some at a time: per actor its different ranks, a row each, and which of them it has in each game.

        Stability that depends on one actor's ranks alone is found for them, and handed on to the games.
        """
        top = max((int(each.max(initial=0)) for each in ranks), default=0)
        kind: Any = np.uint8 if top < np.iinfo(np.uint8).max - 1 else np.uint16 if top < (1 << 16) - 2 else np.uint32
        columns = [np.ascontiguousarray(each.T.astype(kind)) for each in ranks]
        alone = _Alone(self, columns)
        for first in range(0, games.shape[1], self.chunk):
            last = min(first + self.chunk, games.shape[1])
            part = games[:, first:last]
            these = tuple(each[:, at] for each, at in zip(columns, part, strict=True))
            better = tuple(this[arcs.end] > this[arcs.start] for this, arcs in zip(these, self.arcs, strict=True))
            yield Solved(self, first, last, these, better, alone, part)

    def base(self, actor: int, ranks: Ranks, concept: Concept) -> Ranks:
        """What counts at the end of an answer: the actor's rank, or the best it can still move to."""
        if not concept.escape:
            return ranks
        best = ranks.copy()
        for _, into, out_of in self.backward[actor]:
            best[into] = np.maximum(best.take(into, axis=0), ranks.take(out_of, axis=0))
        return best

    def shut(self, actor: int, better: Bools, kind: Any) -> Ranks:
        """No bits where an arc improves, all bits where it does not, round after round: laid over what lies at its end."""
        shut: Ranks = np.where(better.take(self.backward[actor].order, axis=0), kind.type(0), nothing(kind))
        return shut

    def worst(self, actor: int, base: Ranks, shut: Sequence[Ranks] | None) -> Ranks:
        """The least base value that answers of the others lead to from each state; all arcs count where none are shut.

        As in `arcs`: nobody moves twice running, so for each mover it is kept what the others can do after it.
        """
        movers = [j for j, arcs in enumerate(self.arcs) if j != actor and len(arcs.start)]
        step = {j: np.full_like(base, nothing(base.dtype)) for j in movers}
        seen: dict[int, tuple[int, ...]] = {}
        version = dict.fromkeys(movers, 0)
        again = bool(movers)
        while again:
            again = False
            for mover in movers:
                others = [j for j in movers if j != mover]
                known = tuple(version[j] for j in others)
                if seen.get(mover) == known:
                    continue  # nothing that it could go on to has changed
                seen[mover] = known
                value = base
                if self.sanctions != "one-step":
                    for j in others:
                        value = np.minimum(value, step[j])
                renewed = self._back(mover, value, None if shut is None else shut[mover])
                if not np.array_equal(renewed, step[mover]):
                    step[mover], version[mover] = renewed, version[mover] + 1
                    again = self.sanctions != "one-step"
            if self.sanctions == "one-step":
                break
        least = np.full_like(base, nothing(base.dtype))
        for each in step.values():
            np.minimum(least, each, out=least)
        return least

    def _back(self, mover: int, value: Ranks, shut: Ranks | None) -> Ranks:
        """The least value one of the mover's arcs away."""
        found = np.full_like(value, nothing(value.dtype))
        for at, into, out_of in self.backward[mover]:
            there = value.take(out_of, axis=0)
            if shut is not None:
                there |= shut[at]
            found[into] = there if not at.start else np.minimum(found.take(into, axis=0), there, out=there)
        return found

    def stable(self, actor: int, ranks: Ranks, better: Bools, worst: Ranks) -> Bools:
        """Where no improvement goes without an answer that makes it not worth while."""
        arcs = self.arcs[actor]
        tempted = better & (worst.take(arcs.end, axis=0) > ranks.take(arcs.start, axis=0))
        found = np.zeros(ranks.shape, dtype=np.bool_)
        ordered = tempted.take(self.backward[actor].order, axis=0)
        for at, into, _ in self.backward[actor]:
            found[into] |= ordered[at]
        return ~found


def ranked(scores: NDArray[Any]) -> Ranks:
    """The ranks of scores, which have a row per list and a column per state; equal scores, equal ranks.

    >>> ranked(np.array([[5, 1, 5], [3, 2, 1]])).tolist()
    [[1, 0, 1], [2, 1, 0]]
    """
    order = np.argsort(scores, axis=1, kind="stable")
    steps = np.diff(np.take_along_axis(scores, order, axis=1), axis=1) != 0
    climbed = np.zeros(scores.shape, dtype=np.uint16 if scores.shape[1] < 1 << 15 else np.uint32)
    np.cumsum(steps, axis=1, out=climbed[:, 1:])
    ranks = np.empty_like(climbed)
    np.put_along_axis(ranks, order, climbed, axis=1)
    return ranks


def nothing(kind: Any) -> Any:
    """The largest number of a type: what happens where nobody can answer."""
    return np.dtype(kind).type(np.iinfo(kind).max)


def distinct(rows: NDArray[Any]) -> tuple[Indices, Indices]:
    """The first of each different row, and for every row the number of the row it equals.

    >>> [each.tolist() for each in distinct(np.array([[2, 1], [0, 1], [2, 1]]))]
    [[1, 0], [1, 0, 1]]
    """
    whole = np.ascontiguousarray(rows)
    if not whole.shape[1]:
        return np.zeros(min(1, len(whole)), np.int64), np.zeros(len(whole), np.int64)
    keys = whole.view(np.dtype((np.void, whole.dtype.itemsize * whole.shape[1]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return first.astype(np.int64), which.astype(np.int64)
