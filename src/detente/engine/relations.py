"""Stability for preferences of any kind: relations between states instead of scores.

The mathematics. Where states are compared in degrees, under uncertainty or with an eye to others, no single number
per state says what an actor wants. What the concepts need is said by relations. For actor i at state s: the states it
is *tempted* to move to, I_i(s); the states that *deter* it, D_i(s); and, for every actor j, the moves that are
*credible* for it, C_j. Then s is stable for i if every move s1 in I_i(s) can be answered by a legal sequence of the
others (nobody twice running; any moves, or credible ones only) that ends in some s2 in D_i(s), and, where i may still
escape, if every own move from s2 stays in D_i(s) as well. Nothing is assumed of the relations: they may be
intransitive, cyclic, incomplete.

| concept | answers | s2 must be in |
|---|---|---|
| nash | none | – |
| gmr | any moves | D_i(s) |
| smr | any moves | D_i(s), with all own moves from s2 |
| seq | credible moves | D_i(s) |
| sseq | credible moves | D_i(s), with all own moves from s2 |

With I strictly better, D no better and C = I this is `detente.engine` on scores.

How to use it: one `Side` per actor, with the `Standard`s to judge it by, then `judge(sides, concepts)`. Sets of
states are packed, 64 to a word, and handled in blocks of columns. Cost per actor: moves × states / 64 words times the
length of the longest useful sequence; memory a bit per pair of states and standard, and a few blocks. Up to
`MOST_STATES` states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.memory import memory_limit, size_text
from detente.engine.arcs import Arcs
from detente.engine.concepts import Concept
from detente.engine.progress import Progress, quiet
from detente.errors import Cure, InputError, TooLarge
from detente.messages import numeral, tell

Indices = NDArray[np.int64]
Bits = NDArray[np.uint64]
Truths = NDArray[np.bool_]
Pairs = Callable[[Indices, Indices], Truths]
"""A relation: from two arrays of state numbers that broadcast to each other, whether it holds for each pair."""

MOST_STATES = 1 << 14
"""States beyond this are refused: relations between pairs of states no longer fit."""

BLOCK = 1 << 11
"""Target states handled at a time."""

FEW_CLASSES = 1 << 12
"""Relations between at most so many classes are kept as a table."""

CHUNK = 1 << 20
"""Words gathered at a time."""


@dataclass(frozen=True)
class Matrix:
    """A relation given pair by pair, a bit each: `Matrix.of(m)` holds for (s, t) where `m[s, t]` is true.

    >>> relation = Matrix.of(np.eye(3, dtype=bool))
    >>> relation(np.array([0, 0]), np.array([0, 2])).tolist()
    [True, False]
    """

    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, truths: NDArray[Any]) -> Matrix:
        """Pack a square matrix of truths."""
        if truths.ndim != 2 or truths.shape[0] != truths.shape[1]:
            raise InputError(
                tell("a relation between states is a square matrix; this one has the shape {shape}", shape=truths.shape)
            )
        return cls(np.packbits(truths.astype(np.bool_), axis=1, bitorder="little"))

    def __call__(self, s: Indices, t: Indices) -> Truths:
        return np.asarray((self.bits[s, t >> 3] >> (t & 7).astype(np.uint8)) & 1, dtype=np.bool_)


def alike(marks: NDArray[Any]) -> tuple[Indices, Indices]:
    """The class of each state, and the first state of each class: those of a class have the same column of marks."""
    _, first, classes = np.unique(marks, axis=1, return_index=True, return_inverse=True)
    return classes.reshape(-1), first


@dataclass(frozen=True)
class Classed:
    """A relation that treats states of one class alike: it holds for (s, t) if `pairs` does for their representatives.

    Worth having where there are fewer classes than states: rows of the bit matrices are then kept per class.
    """

    classes: Indices
    first: Indices
    pairs: Pairs

    @cached_property
    def table(self) -> Truths | None:
        """The relation between classes, if there are few."""
        if len(self.first) > FEW_CLASSES:
            return None
        return self.pairs(self.first[:, None], self.first[None, :])

    def of_class(self, k: Indices, t: Indices) -> Truths:
        """Whether it holds between a class and a state."""
        if self.table is None:
            return self.pairs(self.first[k], self.first[self.classes[t]])
        return np.asarray(self.table[k, self.classes[t]])

    def __call__(self, s: Indices, t: Indices) -> Truths:
        return self.of_class(self.classes[s], t)


@dataclass(frozen=True)
class Standard:
    """One way to judge an actor: where it is tempted to go, `tempting(s, s1)`, and what deters it, `deterring(s, s2)`."""

    tempting: Pairs
    deterring: Pairs


@dataclass(frozen=True)
class Side:
    """One actor: its moves, which of them are credible answers to others, and the standards to judge it by."""

    moves: Arcs
    credible: Arcs
    standards: Mapping[str, Standard]


def side(moves: Arcs, credible: Pairs, standards: Mapping[str, Standard]) -> Side:
    """A side whose credible answers are the moves that satisfy a relation."""
    return Side(moves, moves.where(credible(moves.start, moves.end)), standards)


def scored(moves: Arcs, u: NDArray[Any], name: str = "plain") -> Side:
    """A side that compares by scores: the plain concepts."""

    def better(s: Indices, t: Indices) -> Truths:
        return np.asarray(u[t] > u[s])

    def no_better(s: Indices, t: Indices) -> Truths:
        return np.asarray(u[t] <= u[s])

    return side(moves, better, {name: Standard(better, no_better)})


Verdicts = Mapping[str, Mapping[str, Truths]]
"""Per standard and concept: in which states the actor is stable."""


def judge(
    sides: Sequence[Side], concepts: Sequence[Concept], sanctions: str = "legal", progress: Progress = quiet
) -> tuple[Verdicts, ...]:
    """For every side, standard and concept the states that are stable. Raises `TooLarge`; SIM is not defined here."""
    states = sides[0].moves.states
    refuse(states, sum(len(each.standards) for each in sides) if any(c.escape for c in concepts) else 0)
    if any(concept.answers == "simultaneous" for concept in concepts):
        raise InputError(
            tell("simultaneous stability is not defined on relations; choose among nash, sseq, seq, smr, gmr")
        )
    found = []
    for i, mine in enumerate(sides):
        progress(i, len(sides), tell("stability by relations"))
        others = [other for j, other in enumerate(sides) if j != i]
        found.append(_Judge(mine, others, tuple(concepts), sanctions).verdicts())
    return tuple(found)


def refuse(states: int, matrices: int = 0) -> None:
    """Refuse what is too large before memory is asked for: `matrices` counts bit matrices held besides the blocks."""
    need = states * states // 8 * max(1, matrices) + states * BLOCK
    if states > MOST_STATES or need > memory_limit():
        raise TooLarge(
            tell(
                "this model has {states} states, so {states2} pairs; with general preferences models are "
                "judged up to {most_states} states (this one would take about {size_text} besides the "
                "moves). Fix options that do not matter (`change: fixed`), or ask with plain preferences (",
                states=numeral(states),
                states2=numeral(states * states),
                most_states=numeral(MOST_STATES),
                size_text=size_text(need),
            ),
            Cure.PLAIN,
            tell("), which need no pairs."),
        )


@dataclass(frozen=True)
class _Judge:
    """The verdicts of one actor; answers are found once for all its standards."""

    mine: Side
    others: Sequence[Side]
    concepts: tuple[Concept, ...]
    sanctions: str

    @property
    def states(self) -> int:
        return self.mine.moves.states

    @cached_property
    def tempted(self) -> dict[str, Arcs]:
        own = self.mine.moves
        return {name: own.where(each.tempting(own.start, own.end)) for name, each in self.mine.standards.items()}

    def verdicts(self) -> Verdicts:
        answered = {
            (name, concept.id): np.zeros(len(arcs.start), dtype=np.bool_)
            for name, arcs in self.tempted.items()
            for concept in self.concepts
        }
        if any(concept.answers != "none" for concept in self.concepts):
            for begin in range(0, self.states, BLOCK):
                self._block(np.arange(begin, min(begin + BLOCK, self.states)), answered)
        return {
            name: {concept.id: _all_answered(arcs, answered[name, concept.id]) for concept in self.concepts}
            for name, arcs in self.tempted.items()
        }

    def _block(self, targets: Indices, answered: Mapping[tuple[str, str], Truths]) -> None:
        """Note which moves are answered by something in this block of states."""
        kinds = {concept.answers for concept in self.concepts} - {"none"}
        reach = {kind: reached(self._arcs(kind), targets, self.sanctions) for kind in kinds}
        escaping = any(concept.escape for concept in self.concepts)
        for name, arcs in self.tempted.items():
            rows, pairs = self._rows[name]
            classes = np.arange(int(rows.max(initial=-1)) + 1)
            deterring = packed(pairs(classes[:, None], targets[None, :]))
            # what deters but can be escaped from binds only where the concept looks no further
            binding = deterring & ~self._escapes(name, targets) if escaping else deterring
            for concept in self.concepts:
                if concept.answers != "none":
                    sanction = binding if concept.escape else deterring
                    _meet(reach[concept.answers], sanction, arcs, rows, answered[name, concept.id])

    def _arcs(self, kind: str) -> list[Arcs]:
        return [other.moves if kind == "moves" else other.credible for other in self.others]

    @cached_property
    def _rows(self) -> dict[str, tuple[Indices, Pairs]]:
        """Per standard the row of each state, and what deters: from rows and states to truths."""
        every = np.arange(self.states)
        return {
            name: (each.deterring.classes, each.deterring.of_class)
            if isinstance(each.deterring, Classed)
            else (every, each.deterring)
            for name, each in self.mine.standards.items()
        }

    @cached_property
    def _safe(self) -> dict[str, Bits]:
        """Per standard, for every state s3: the rows it does not deter."""
        return {name: self._harmless(rows, pairs) for name, (rows, pairs) in self._rows.items()}

    def _harmless(self, rows: Indices, pairs: Pairs) -> Bits:
        classes = np.arange(int(rows.max(initial=-1)) + 1)
        parts = []
        for begin in range(0, self.states, BLOCK):
            some = np.arange(begin, min(begin + BLOCK, self.states))
            parts.append(packed(~pairs(classes[None, :], some[:, None])))
        return np.concatenate(parts)

    def _escapes(self, name: str, targets: Indices) -> Bits:
        """Per row: the targets from which the actor can move on to something that does not deter it."""
        own = self.mine.moves
        inside = own.where((own.start >= targets[0]) & (own.start <= targets[-1]))
        out = np.zeros((len(targets), self._safe[name].shape[1]), dtype=np.uint64)
        for rows, gained in _gather(self._safe[name], inside.start, inside.end):
            out[rows - targets[0]] |= gained
        return packed(unpacked(out, int(self._rows[name][0].max(initial=-1)) + 1).T)


def reached(others: Sequence[Arcs], targets: Indices, sanctions: str = "legal") -> Bits:
    """Row x: the targets that legal sequences of one or more moves of the others lead to from x.

    `targets` is a run of consecutive states. Arcs are followed backwards from where something new has become reachable.
    """
    if not others:
        return np.zeros((0, 0), dtype=np.uint64)
    states = others[0].states
    base = np.zeros((states, len(targets)), dtype=np.bool_)
    base[targets, np.arange(len(targets))] = True
    ahead = [packed(base) for _ in others]  # what x leads to, or is, if this one has just moved there
    found = [np.zeros_like(ahead[0]) for _ in others]  # what this one's move from x can lead to
    fresh: list[Truths] = [np.asarray(base.any(axis=1)) for _ in others]
    # Backwards: from states where more has become reachable to those that lead there. Sets only grow, so this ends.
    while any(each.any() for each in fresh):
        for k, arcs in enumerate(others):
            due = fresh[k][arcs.end]
            fresh[k] = np.zeros(states, dtype=np.bool_)
            for rows, gained in _gather(ahead[k], arcs.start[due], arcs.end[due]):
                found[k][rows] |= gained
                if sanctions == "legal":
                    _tell(ahead, fresh, k, rows, gained)
    return np.asarray(np.bitwise_or.reduce(found))


def _tell(ahead: Sequence[Bits], fresh: Sequence[Truths], mover: int, rows: Indices, gained: Bits) -> None:
    """What one can reach from a state becomes reachable to whoever of the others has just moved there."""
    for other in range(len(ahead)):
        if other != mover:
            new = (gained & ~ahead[other][rows]).any(axis=1)
            ahead[other][rows[new]] |= gained[new]
            fresh[other][rows[new]] = True


def _gather(values: Bits, start: Indices, end: Indices) -> Iterator[tuple[Indices, Bits]]:
    """The union of the rows `end` for each `start` (sorted), a chunk at a time; a state may come in two chunks."""
    step = max(1, CHUNK // max(1, values.shape[1]))
    for begin in range(0, len(start), step):
        rows, first = np.unique(start[begin : begin + step], return_index=True)
        yield rows, np.bitwise_or.reduceat(values[end[begin : begin + step]], first, axis=0)


def _meet(reach: Bits, sanction: Bits, arcs: Arcs, row_of: Indices, answered: Truths) -> None:
    """Mark the moves after which something within reach is a sanction."""
    if not reach.size:
        return
    step = max(1, CHUNK // reach.shape[1])
    for begin in range(0, len(answered), step):
        part = slice(begin, begin + step)
        answered[part] |= (reach[arcs.end[part]] & sanction[row_of[arcs.start[part]]]).any(axis=1)


def _all_answered(arcs: Arcs, answered: Truths) -> Truths:
    stable = np.ones(arcs.states, dtype=np.bool_)
    stable[arcs.start[~answered]] = False
    return stable


def packed(truths: NDArray[Any]) -> Bits:
    """Rows of truths, 64 to a word.

    >>> packed(np.array([[True, False, True]])).tolist()
    [[5]]
    """
    bits = np.packbits(truths, axis=1, bitorder="little")
    filled = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), dtype=np.uint8)
    filled[:, : bits.shape[1]] = bits
    return filled.view("<u8").astype(np.uint64, copy=False)


def unpacked(words: Bits, count: int) -> Truths:
    """The first `count` truths of each row."""
    raw = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(raw, axis=1, count=count, bitorder="little").astype(np.bool_)
