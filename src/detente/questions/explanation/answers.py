"""The search behind a witness: shortest sanctions, with or without responses, and the best that falls short.

The mathematics. The others' legal sequences after an improvement of i are followed breadth first over (state, last mover),
so the first sanction found is a shortest one. A step of j is *no response* if choosing the same own settings is already an
improvement for j at the state i would leave, before i has moved: j would have done it anyway. A third coordinate, whether
some step so far is a response, finds the shortest sanctions that contain one.

How to make one: `Search(lookup, cell, player, concept, sanctions)`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from detente.engine.concepts import Concept
from detente.engine.one_state import Step
from detente.questions.explanation.lookup import Lookup

ANY, SOME, ONLY = "any", "some", "only"
"""Which sequences count: all of them, those with some response among the steps, those made of responses only."""

COMPARED = 100
"""Equally short sanctions of which the one that switches the fewest options is chosen."""

Steps = tuple[Step, ...]


class Node(NamedTuple):
    """A state reached, who moved last (-1: the judged actor), whether some step was a response, the node before."""

    cell: int
    mover: int
    responded: bool
    before: int


@dataclass(frozen=True, eq=False)
class Search:
    """One state, one player, one concept, one sanction rule."""

    lookup: Lookup
    cell: int
    player: int
    concept: Concept
    sanctions: str

    @cached_property
    def here(self) -> Any:
        """How much the player likes the state."""
        return self.lookup.likings(self.player, [self.cell])[0]

    def improvements(self) -> list[int]:
        """The player's improvements from the state, those that switch the fewest options first."""
        (found,) = self.lookup.improvements(self.player, [self.cell])
        return sorted(found, key=lambda target: self.switched(self.cell, (Step(self.player, target),)))

    def shortest(self, improvement: int, kind: str, budget: int) -> Steps | None:
        """A shortest sanction of this kind; nothing if there is none, None if the search gave up."""
        return self.follow(improvement, kind, budget)[0]

    def follow(self, improvement: int, kind: str, budget: int) -> tuple[Steps | None, Steps]:
        """A shortest sanction of this kind, and the shortest sequence to where the player ends worst, escape included.

        The second counts where there is no sanction; it is empty if no answer leaves the player worse off than its
        improvement does.
        """
        walk, worst = _Walk(self, improvement, kind), -1
        (lowest,) = self.lookup.likings(self.player, [improvement])
        for layer in walk.layers(budget):
            left = self.left_with([walk.nodes[place].cell for place in layer])
            hits = [place for place, value in zip(layer, left, strict=True) if value <= self.here]
            hits = [place for place in hits if kind != SOME or walk.nodes[place].responded][:COMPARED]
            if hits:
                traces = map(walk.trace, hits)
                return min(traces, key=lambda steps: self.switched(improvement, steps)), ()
            for place, value in zip(layer, left, strict=True):
                if value < lowest:
                    lowest, worst = value, place
        return () if walk.complete else None, walk.trace(worst) if worst >= 0 else ()

    def switched(self, start: int, steps: Steps) -> int:
        """How many options the steps switch in all; in graph form none."""
        cells = [start, *(step.cell for step in steps)]
        pairs = itertools.pairwise(self.lookup.settings(cell) for cell in cells)
        return sum(a != b for before, after in pairs for a, b in zip(before, after, strict=True))

    def left_with(self, cells: list[int]) -> list[Any]:
        """What each state is worth to the player in the end: itself or, where it may escape, its best move from there."""
        worth = self.lookup.likings(self.player, cells)
        if not self.concept.escape:
            return worth
        own = self.lookup.moves(self.player, cells)
        self.lookup.likings(self.player, [target for ends in own for target in ends])
        return [max([value, *self.lookup.likings(self.player, ends)]) for value, ends in zip(worth, own, strict=True)]

    def next(self, player: int, cells: list[int]) -> list[tuple[int, ...]]:
        """Per state the answers of a player that count under the concept."""
        if self.concept.answers == "improvements":
            return self.lookup.improvements(player, cells)
        return self.lookup.moves(player, cells)

    # --- responses ---

    @cached_property
    def _anyway(self) -> dict[int, frozenset[int]]:
        return {}

    def anyway(self, player: int) -> frozenset[int]:
        """The strategies the player would choose anyway: improvements for it at the state, before anybody has moved."""
        if player not in self._anyway:
            choices = self.lookup.choices(player, self.cell)
            here, *there = self.lookup.likings(player, [self.cell, *(landed for _, _, landed in choices)])
            better = (chosen for (_, chosen, _), value in zip(choices, there, strict=True) if value > here)
            self._anyway[player] = frozenset(better)
        return self._anyway[player]

    def response(self, player: int, start: int, end: int) -> bool | None:
        """Whether the player's step is a response; None in graph form, where there is no own setting to compare."""
        if self.lookup.conflict.graph:
            return None
        if (player, start) not in self._habits:
            anyway = self.anyway(player)
            choices = self.lookup.choices(player, start) if anyway else ()
            self._habits[player, start] = frozenset(landed for _, chosen, landed in choices if chosen in anyway)
        return end not in self._habits[player, start]

    @cached_property
    def _habits(self) -> dict[tuple[int, int], frozenset[int]]:
        """Per player and state where the settings lead that it would have chosen anyway."""
        return {}


@dataclass(eq=False)
class _Walk:
    """The others' sequences after an improvement, layer by layer: each node once, in order of who moves."""

    search: Search
    start: int
    kind: str
    complete: bool = True
    nodes: list[Node] = field(default_factory=list)
    seen: set[tuple[int, int, bool]] = field(default_factory=set)

    def layers(self, budget: int) -> Iterator[range]:
        """The places of the nodes one step on, again and again; ends with everything seen, or at the budget."""
        if self.search.concept.answers == "none":
            return
        self.nodes.append(Node(self.start, -1, False, -1))
        begin = 0
        while begin < len(self.nodes):
            end = len(self.nodes)
            for mover in range(len(self.search.lookup.readings)):
                if mover != self.search.player and len(self.seen) <= budget:
                    self._extend(mover, [place for place in range(begin, end) if self.nodes[place].mover != mover])
            self.complete = len(self.seen) <= budget
            yield range(end, len(self.nodes))
            if self.search.sanctions == "one-step" or not self.complete:
                return
            begin = end

    def _extend(self, mover: int, places: list[int]) -> None:
        ends = self.search.next(mover, [self.nodes[place].cell for place in places])
        for place, targets in zip(places, ends, strict=True):
            node = self.nodes[place]
            for target in targets:
                answers = self.kind != ANY and bool(self.search.response(mover, node.cell, target))
                key = target, mover, node.responded or (self.kind == SOME and answers)
                if key not in self.seen and (answers or self.kind != ONLY):
                    self.seen.add(key)
                    self.nodes.append(Node(*key, place))

    def trace(self, place: int) -> Steps:
        """The steps that lead to a node."""
        steps: list[Step] = []
        while self.nodes[place].before >= 0:
            node = self.nodes[place]
            steps.append(Step(node.mover, node.cell))
            place = node.before
        return tuple(reversed(steps))
