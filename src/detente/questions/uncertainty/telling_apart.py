"""Readings and accounts two by two, and what tells them apart; the definitions are in `observations`.

How to use it: `near_states` finds the states around the start. A `Compared` of them is asked to `solve` and then to `look`,
layer by layer; `readings()` and `accounts()` are what it has found by then.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.budget import Budget
from detente.case import Case
from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine import Progress
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.questions.uncertainty.expectations import NOT, SEPARATED, WEAKLY, WORDS, Said, expectations
from detente.result import Record
from detente.sheet import ActorTerm, FormulaTerm, Phrase, listing

MOST_ACCOUNTS = 256
"""Combinations of readings compared at most."""

MOST_STATES = 4_096
"""States looked at, at most; the search then ends with the last layer that is whole."""

SHOWN, WATCHED = 3, 12
"""Observations listed for one pair of readings, and on the list of what to watch, at most."""


@dataclass(frozen=True, kw_only=True)
class Observation(Record):
    """A move of an actor (`move` is empty if it stayed) at a state, and the legal moves that lead there, as (actor, move)."""

    actor: str
    move: str
    state: Mapping[str, Any]
    at: str
    way: tuple[tuple[str, str], ...]

    DERIVED = ("steps",)

    @property
    def steps(self) -> int:
        return len(self.way)

    @property
    def phrase(self) -> Phrase:
        if not self.move:
            return Phrase.told("{actor} stays", actor=ActorTerm(self.actor))
        return Phrase.of(ActorTerm(self.actor), ": ", FormulaTerm(self.move))

    @property
    def where(self) -> Phrase:
        """The way there, or today."""
        if not self.way:
            return Phrase.of(tell("today"))
        return Phrase.told(
            "after {a}",
            a=listing((Phrase.of(ActorTerm(a), ": ", FormulaTerm(m)) for a, m in self.way), tell("; then ")),
        )


@dataclass(frozen=True, kw_only=True)
class Sighting(Record):
    """An observation and the words of two readings about it."""

    observation: Observation
    left: str
    right: str


@dataclass(frozen=True, kw_only=True)
class Pair(Record):
    """Two readings of an actor: whether they can be told apart, how many moves from here at the least, and by what.

    `sightings` are the first few of the nearest observations that do it best, `count` is how many there are at that distance.
    """

    actor: str
    left: str
    right: str
    how: str
    steps: int | None
    sightings: tuple[Sighting, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class Watch(Record):
    """An observation worth watching for: how many accounts expect it, call it possible, and are contradicted by it.

    It separates `separates` pairs of accounts, `adds` of them not separated by those listed before. `speaks_for` are the
    readings with which some account expects it and none is contradicted, `speaks_against` those the other way round.
    """

    observation: Observation
    expected: int
    possible: int
    contradicted: int
    separates: int
    adds: int
    speaks_for: tuple[tuple[str, str], ...]
    speaks_against: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Accounts(Record):
    """All combinations of readings of the actors, two by two: how many pairs are separated, weakly, and not at all.

    `nearest` counts the separated pairs by the least number of moves away; `alike` are groups of accounts that no observation
    tells apart even weakly, `watch` a list of observations that together separate every pair that can be separated.
    """

    number: int
    pairs: int
    separated: int
    weakly: int
    not_separated: int
    nearest: Mapping[str, int]
    alike: tuple[tuple[Mapping[str, str], ...], ...]
    watch: tuple[Watch, ...]


@dataclass(frozen=True, kw_only=True)
class Near:
    """The states around the start by distance, and how each is come by: the state before, and the mover."""

    game: Game
    layers: tuple[Cells, ...]
    before: Mapping[int, tuple[int, int]]
    cut: bool

    def way(self, cell: int) -> tuple[tuple[str, str], ...]:
        found = []
        while cell in self.before:
            earlier, player = self.before[cell]
            found.append((self.game.actors[player], self.game.change_text(earlier, cell)))
            cell = earlier
        return tuple(reversed(found))

    def observation(self, cell: int, player: int, target: int) -> Observation:
        return Observation(
            actor=self.game.actors[player],
            move="" if target < 0 else self.game.change_text(cell, target),
            state=self.game.state(cell),
            at=self.game.text(cell),
            way=self.way(cell),
        )


def near_states(game: Game, within: int) -> Near:
    """Breadth first by legal moves of anybody; of several shortest ways the first actor's is kept."""
    start = game.cell(None)
    layers, before, known, cut = [np.array([start], dtype=np.int64)], dict[int, tuple[int, int]](), {start}, False
    for _ in range(within):
        fresh: dict[int, tuple[int, int]] = {}
        for player in range(len(game.actors)):
            rows, targets = game.conflict.successors(layers[-1], player)
            for earlier, cell in zip(layers[-1][rows].tolist(), targets.tolist(), strict=True):
                if cell not in known and cell not in fresh:
                    fresh[cell] = (earlier, player)
            if len(known) + len(fresh) > MOST_STATES:
                cut = True
                break
        if cut or not fresh:
            break
        before |= fresh
        known |= set(fresh)
        layers.append(np.array(sorted(fresh), dtype=np.int64))
    return Near(game=game, layers=tuple(layers), before=before, cut=cut)


Place = tuple[int, int, int]
"""An observation inside: at which state, by which player, and to which state (-1: it stays)."""

Key = tuple[str, str, str]
"""An actor and two of its readings."""


@dataclass(eq=False, kw_only=True)
class Compared:
    """The combinations of readings that are compared, and what has been found by now: layer by layer, nearest first.

    `rows` are the combinations, the first `combined` of them the accounts; `pairs` has the two rows of each pair of readings.
    """

    case: Case
    near: Near
    members: tuple[str, ...]
    rows: list[Mapping[str, str]]
    pairs: Mapping[Key, tuple[int, int]]
    combined: int
    said: list[list[list[Said]]] = field(default_factory=list)  # by row, layer and player
    best: dict[Key, Pair] = field(default_factory=dict)
    patterns: dict[bytes, tuple[int, Place]] = field(default_factory=dict)  # nearest first

    @classmethod
    def of(
        cls, case: Case, near: Near, members: Sequence[str], known: Mapping[str, Sequence[str]], *, strict: bool
    ) -> Compared:
        """Every combination of readings of the members, unless there are too many, and every single change of reading."""
        number = math.prod(len(known[actor]) for actor in members)
        if number > MOST_ACCOUNTS and strict:
            raise InputError(
                tell(
                    "{number} combinations of readings; at most {most_accounts} are compared. Name the actors "
                    "that matter.",
                    number=numeral(number),
                    most_accounts=MOST_ACCOUNTS,
                )
            )
        grid = itertools.product(*(known[actor] for actor in members)) if 1 < number <= MOST_ACCOUNTS else ()
        rows: dict[tuple[str, ...], int] = {readings: place for place, readings in enumerate(grid)}
        combined, chosen = len(rows), {actor: case.chosen.get(actor, "") for actor in members}

        def place(actor: str, reading: str) -> int:
            return rows.setdefault(tuple({**chosen, actor: reading}.values()), len(rows))

        pairs = {
            (actor, left, right): (place(actor, left), place(actor, right))
            for actor in members
            for left, right in itertools.combinations(known[actor], 2)
        }
        return cls(
            case=case,
            near=near,
            members=tuple(members),
            rows=[{a: name for a, name in zip(members, row, strict=True) if name} for row in rows],
            pairs=pairs,
            combined=combined,
        )

    def solve(self, budget: Budget, progress: Progress) -> None:
        """What every combination says of every observation. Cost: an analysis each, not kept."""
        players = range(len(self.case.actors))
        for number, row in enumerate(self.rows):
            budget.check()
            progress(number, len(self.rows), ", ".join(row.values()))
            asked = self.case.as_if({**self.case.readings, **row}, self.case.world, self.case.sanctions)
            analysis = asked.analyse(("seq",))
            self.said.append([[_words(analysis, cells, player) for player in players] for cells in self.near.layers])

    def look(self, depth: int, player: int) -> None:
        """All observations of a player in the layer of this depth."""
        if not self.said:
            return
        cells = self.near.layers[depth]
        rows, targets = self.case.game.conflict.successors(cells, player)
        able = np.unique(rows)
        at = np.concatenate([cells[rows], cells[able]])
        to = np.concatenate([targets, np.full(len(able), -1)])
        words = np.array([said[depth][player] for said in self.said])
        differ = (words != words[:1]).any(axis=0)
        order = np.lexsort((to, at))
        order = order[differ[order]]
        words, places = words[:, order], [(int(at[n]), player, int(to[n])) for n in order]
        for key, (left, right) in self.pairs.items():
            self._update(key, words[left], words[right], places, depth)
        if self.combined and places:
            patterns, first = np.unique(words[: self.combined], axis=1, return_index=True)
            for column in np.argsort(first):
                self.patterns.setdefault(patterns[:, column].tobytes(), (depth, places[first[column]]))

    def _update(self, key: Key, left: Said, right: Said, places: Sequence[Place], depth: int) -> None:
        """Take note of the observations that tell two readings apart, if none told them apart better, or nearer."""
        strong = np.flatnonzero(
            (left + right == 2) & (left != right)
        )  # expected under one, contradicted under the other
        found, how = (strong, SEPARATED) if len(strong) else (np.flatnonzero(left != right), WEAKLY)
        known = self.best.get(key)
        same = known if known and (known.how, known.steps) == (how, depth) else None
        if not len(found) or (known and not same and (known.how == SEPARATED or how == WEAKLY)):
            return
        sightings = [
            Sighting(
                observation=self.near.observation(*places[n]),
                left=WORDS[left[n]],
                right=WORDS[right[n]],
            )
            for n in found[:SHOWN].tolist()
        ]
        self.best[key] = Pair(
            actor=key[0],
            left=key[1],
            right=key[2],
            how=how,
            steps=depth,
            sightings=(*(same.sightings if same else ()), *sightings)[:SHOWN],
            count=len(found) + (same.count if same else 0),
        )

    # --- what is found ---

    def readings(self) -> tuple[Pair, ...]:
        nothing = {
            key: Pair(actor=key[0], left=key[1], right=key[2], how=NOT, steps=None, sightings=(), count=0)
            for key in self.pairs
        }
        return tuple((nothing | self.best).values())

    def accounts(self) -> Accounts | None:
        """The accounts two by two. Cost: pairs of accounts times patterns of words."""
        if not self.combined:
            return None
        number = self.combined
        upper = np.triu(np.ones((number, number), dtype=np.bool_), 1)
        strong, weak = np.zeros_like(upper), np.zeros_like(upper)
        nearest: dict[str, int] = {}
        splits = []
        for pattern, (depth, place) in self.patterns.items():  # nearest first
            words = np.frombuffer(pattern, dtype=np.uint8)
            splits.append((words, place, _splits(words) & upper))
            nearest.setdefault(str(depth), 0)
            nearest[str(depth)] += int((splits[-1][2] & ~strong).sum())
            strong |= splits[-1][2]
            weak |= (words[:, None] != words[None]) & upper
        separated, differing = int(strong.sum()), int((weak | strong).sum())
        pairs = number * (number - 1) // 2
        return Accounts(
            number=number,
            pairs=pairs,
            separated=separated,
            weakly=differing - separated,
            not_separated=pairs - differing,
            nearest={steps: count for steps, count in nearest.items() if count},
            alike=tuple(tuple(self.rows[n] for n in group) for group in _alike(weak | strong, number)),
            watch=tuple(self._watch(splits, strong)),
        )

    def _watch(
        self, splits: Sequence[tuple[Said, Place, NDArray[np.bool_]]], left: NDArray[np.bool_]
    ) -> Iterator[Watch]:
        """Again and again the observation that separates most of the pairs that are left, the nearest of several."""
        left = left.copy()
        for _ in range(WATCHED):
            adds = [int((split & left).sum()) for _, _, split in splits]
            if not left.any() or not adds:
                return
            words, place, split = splits[int(np.argmax(adds))]
            left &= ~split
            counts = np.bincount(words, minlength=3).tolist()
            yield Watch(
                observation=self.near.observation(*place),
                expected=counts[2],
                possible=counts[1],
                contradicted=counts[0],
                separates=int(split.sum()),
                adds=max(adds),
                speaks_for=self._only(words, 2, 0),
                speaks_against=self._only(words, 0, 2),
            )

    def _only(self, words: Said, some: int, none: int) -> tuple[tuple[str, str], ...]:
        """The readings with which some account says the one word and none the other."""
        found = []
        for actor in self.members:
            for name in dict.fromkeys(row[actor] for row in self.rows[: self.combined]):
                said = {int(words[n]) for n in range(self.combined) if self.rows[n][actor] == name}
                if some in said and none not in said:
                    found.append((actor, name))
        return tuple(found)


def _splits(words: Said) -> NDArray[np.bool_]:
    """Which pairs of accounts a pattern of words separates."""
    expected, contradicted = words == 2, words == 0
    return np.asarray((expected[:, None] & contradicted[None]) | (contradicted[:, None] & expected[None]))


def _alike(differ: NDArray[np.bool_], number: int) -> Iterator[list[int]]:
    """Groups of accounts that no observation tells apart; to say the same of everything is an equivalence."""
    seen: set[int] = set()
    for first in range(number):
        group = [first, *(n for n in range(first + 1, number) if not differ[first, n])]
        if first not in seen and len(group) > 1:
            yield group
        seen |= set(group)


def _words(analysis: Analysis, cells: Cells, player: int) -> Said:
    """The words about every move of a player from some states, and then about staying where it could move."""
    rows, _, moves, stays = expectations(analysis, cells, player)
    return np.concatenate([moves, stays[np.unique(rows)]])
