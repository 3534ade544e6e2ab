"""How to get there: the shortest ways from a state to a goal, who moves, and who can begin.

The mathematics. A *way* is a sequence of steps of one kind (`evolution.steps`): legal moves, improvements, or unsanctioned
improvements. Ways by moves and by improvements are taken in turn: nobody moves twice running. Ways by unsanctioned
improvements are those of foresight play, where the last mover may step again; `play_rule` chooses the other rule. A
*shortest* way has the fewest steps; among equally short ways those that switch the fewest options come first.

An actor *can begin* with n steps if the shortest way among those whose first step is its own has n steps.

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> found = paths(case, "two_wars", by="improvements")
>>> found.length, found.count, [step.actor for step in found.ways[0].steps]
(3, 16, ['ru', 'us', 'nk'])
>>> paths(case, "two_wars", by="unsanctioned").length is None
True
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.conflict import Cells
from detente.engine.play import pieces
from detente.errors import InputError, TooLarge, UnknownName
from detente.formula import Formula
from detente.questions.evolution.reachability import distances
from detente.questions.evolution.steps import KINDS, Ground, Weighing, weigh
from detente.sheet import Sheet, html_of

MOST_LISTED = 2_000_000
"""Steps on shortest ways counted at most."""

RULES = {
    True: "the last mover may step again, as in play",
    False: "nobody moves twice running",
}


@dataclass(frozen=True)
class Step:
    """One step of a way. `changes` are the settings that differ afterwards, `state` and `text` the state reached.

    `weighing` tells whether it is an improvement for its mover and which statement decides; `unsanctioned` is None where
    the model is too large to tell.
    """

    actor: str
    name: str
    changes: Mapping[str, Any]
    change_text: str
    state: Mapping[str, Any]
    text: str
    weighing: Weighing
    unsanctioned: bool | None

    @property
    def improvement(self) -> bool:
        return self.weighing.verdict == "better"

    def to_json(self) -> dict[str, Any]:
        plain = {"actor": self.actor, "changes": dict(self.changes), "state": dict(self.state)}
        gain = {"improvement": self.improvement, "unsanctioned": self.unsanctioned, "why": self.weighing.to_json()}
        return {**plain, **gain}


@dataclass(frozen=True)
class Way:
    """One way: its steps, and how many options it switches in all (in graph form: its length)."""

    steps: tuple[Step, ...]
    switches: int

    def to_json(self) -> dict[str, Any]:
        return {"switches": self.switches, "steps": [step.to_json() for step in self.steps]}


@dataclass(frozen=True)
class First:
    """Whether the goal can be reached if this actor takes the first step, and in how many steps.

    `length` is None if it cannot (or has no first step); `settled` is False if that was too much to find out.
    """

    actor: str
    length: int | None
    settled: bool = True


@dataclass(frozen=True)
class Paths:
    """The shortest ways: `length` steps (None: the goal cannot be reached), `count` in all, the first few in `ways`."""

    basis: Basis
    goal: str
    by: str
    rule: str
    start: Mapping[str, Any]
    start_text: str
    without: tuple[str, ...]
    length: int | None
    count: int
    ways: tuple[Way, ...]
    first: tuple[First, ...]

    @property
    def first_movers(self) -> tuple[str, ...]:
        """Who takes the first step on some shortest way."""
        return tuple(each.actor for each in self.first if self.length and each.length == self.length)

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "paths",
            "basis": self.basis.to_json(),
            "goal": self.goal,
            "by": self.by,
            "rule": self.rule,
            "start": dict(self.start),
            "without": list(self.without),
            "length": self.length,
            "count": self.count,
            "ways": [way.to_json() for way in self.ways],
            "first_movers": list(self.first_movers),
            "if_first": {f.actor: {"length": f.length, "settled": f.settled} for f in self.first},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._way_sheet(), self._first_sheet()) if self.length else (self._way_sheet(),)

    def _way_sheet(self) -> Sheet:
        rows = tuple(
            (number, place, step.name, step.change_text, str(step.weighing), step.unsanctioned, step.text)
            for number, way in enumerate(self.ways, start=1)
            for place, step in enumerate(way.steps, start=1)
        )
        columns = ("way", "step", "who", "changes", "for the mover", "unsanctioned", "reaches")
        gone = [f"absent (they neither move nor answer): {', '.join(self.without)}"] * bool(self.without)
        more = [f"{self.count - len(self.ways):,} more ways of this length are not listed"]
        notes = (f"Rule: {self.rule}.", *gone, *(more if self.count > len(self.ways) else ()), *self.basis.warnings)
        return Sheet(f"{self._found()} from: {self.start_text}", columns, rows, notes)

    def _found(self) -> str:
        kind = KINDS[self.by]
        if self.length is None:
            return f"{self.goal}: cannot be reached by {kind}"
        if self.length == 0:
            return f"{self.goal}: already so, no step needed"
        ways = f"{self.count:,} shortest ways" if self.count != 1 else "one shortest way"
        return f"{self.goal}: {self.length} step{'s' * (self.length > 1)} by {kind}, {ways}"

    def _first_sheet(self) -> Sheet:
        rows = []
        for each in self.first:
            known = "yes" if each.length else "no" if each.settled else "not settled"
            rows.append((each.actor, known, each.length, each.length == self.length))
        return Sheet("If this actor takes the first step", ("actor", "goal reached", "steps", "shortest"), tuple(rows))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def paths(
    case: Case,
    goal: str | Formula | Mapping[str, Any],
    *,
    by: str = "moves",
    start: str | Mapping[str, Any] | None = None,
    without: Iterable[str] = (),
    most: int = 20,
    play_rule: bool | None = None,
) -> Paths:
    """The shortest ways from `start` (default: the status quo) to `goal` by steps of one kind.

    `goal` is a formula, a state's name, or settings as a mapping (a state; what is not mentioned is off). `by` is
    "moves", "improvements" or "unsanctioned". `without` names actors who neither move nor answer. All shortest ways are
    counted, `most` are listed. `play_rule` True lets the last mover step again, False does not; the default is True for
    unsanctioned steps only. Where moves are transitive both rules give the same shortest ways.

    Steps: walk from the start (breadth first over states, or over (state, last mover) where moves are irregular), count
    back from the goal, then list. Cost: the steps within reach, or in very large models one pass over the space per actor
    and step. Raises `TooLarge` where neither is possible.

    Source: Li, Kilgour & Hipel 2005 (status quo analysis); Xu, Kilgour, Hipel & Kemkes 2010 (coloured paths).
    """
    if by not in KINDS:
        raise UnknownName("kind of step", by, KINDS)
    if most < 1:
        raise InputError(f"`most` is {most}; expected the number of ways to list, at least 1")
    gone = tuple(dict.fromkeys(without))
    ground = Ground(case.without(gone))
    begin, aim = ground.cell(start), ground.goal(goal)
    freely = by == "unsanctioned" if play_rule is None else play_rule
    search = _Search(ground, by, begin, aim, freely)
    length = search.length
    ways, count = search.ways(length, most) if length is not None else ((), 0)
    return Paths(
        basis=ground.case.basis,
        goal=ground.text(aim) if isinstance(aim, int) else str(goal),
        by=by,
        rule=RULES[freely],
        start=ground.state(begin),
        start_text=ground.text(begin),
        without=gone,
        length=length,
        count=count,
        ways=ways,
        first=tuple(search.first(length, gone)),
    )


class _Search:
    """One search: distances to the goal, then the steps that come nearer."""

    def __init__(self, ground: Ground, by: str, begin: int, aim: Formula | int, freely: bool) -> None:
        self.ground, self.by, self.begin, self.aim = ground, by, begin, aim
        self.turns = not (freely or ground.regular)
        self.players = range(len(ground.conflict.players))
        here = np.array([begin], dtype=np.int64)
        self.far = None if ground.meets(aim, here)[0] else distances(ground, by, begin, aim, in_turn=not freely)

    @property
    def length(self) -> int | None:
        if self.far is None:
            return 0
        found = int(self.far.at(np.array([self.begin]), -1)[0])
        return None if found < 0 else found

    def first(self, length: int | None, gone: Sequence[str]) -> Iterator[First]:
        for player in self.players:
            actor = self.ground.conflict.players[player].id
            if self.far is None or actor in gone:
                continue
            _, targets = self.ground.steps(self.by, np.array([self.begin]), player)
            near = self.far.at(targets, player)
            least = int(near[near >= 0].min()) + 1 if (near >= 0).any() else None
            sure = self.far.complete or least == length or not len(targets)
            yield First(actor, least if sure else None, sure)

    def ways(self, length: int, most: int) -> tuple[tuple[Way, ...], int]:
        """The first ways and how many there are."""
        layers = self.layers(length)
        counts, cheapest = np.ones(1, dtype=object), np.zeros(1, dtype=np.int64)
        ahead: list[NDArray[np.int64]] = []
        for layer in reversed(layers):
            counts, cheapest = layer.back(counts, cheapest)
            ahead.insert(0, cheapest)
        chosen = [self.way(cells, movers) for cells, movers in _in_order(layers, ahead, self.begin, most)]
        return tuple(chosen), int(counts[0])

    def layers(self, length: int) -> list[_Layer]:
        """For every step of the shortest ways, all that can be done there."""
        assert self.far is not None or length == 0
        found: list[_Layer] = []
        nodes: tuple[Cells, NDArray[np.int64]] = (np.array([self.begin]), np.array([-1]))
        for left in range(length - 1, -1, -1):
            listed = sum(len(layer.sources) for layer in found)
            found.append(self.layer(nodes, left, MOST_LISTED - listed, length))
            nodes = found[-1].cells, found[-1].last
        return found

    def layer(self, nodes: tuple[Cells, NDArray[np.int64]], left: int, most: int, length: int) -> _Layer:
        """What can be done `left` steps before the last; raises `TooLarge` beyond `most` steps."""
        assert self.far is not None
        cells, last = nodes
        none = np.empty(0, dtype=np.int64)
        parts = [(none, none, none)]
        for player in self.players:
            here = np.flatnonzero(last != player) if self.turns else np.arange(len(cells))
            for rows in pieces(here, self.ground.conflict.width):
                some, targets = self.ground.steps(self.by, cells[rows], player)
                near = self.far.at(targets, player) == left
                parts.append((rows[some[near]], targets[near], np.full(int(near.sum()), player, dtype=np.int64)))
                most -= len(parts[-1][0])
                if most < 0:
                    raise TooLarge(
                        f"the goal is {length} steps away, but there are too many shortest ways to count; narrow the "
                        "goal, or hold options that do not matter"
                    )
        sources, targets, movers = (np.concatenate(each) for each in zip(*parts, strict=True))
        keys = targets * (len(self.players) + 1) + movers + 1 if self.turns else targets
        keys = keys if left else np.zeros_like(keys)  # the goal is one place, whatever state meets it
        _, first, places = np.unique(keys, return_index=True, return_inverse=True)
        order = np.lexsort((targets, movers, sources))
        switched = self.switched(cells[sources], targets)
        last = movers[first] if self.turns else np.full(len(first), -2)
        reached = targets[first], last
        return _Layer(
            len(cells), sources[order], targets[order], movers[order], places[order], switched[order], *reached
        )

    def switched(self, before: Cells, after: Cells) -> NDArray[np.int64]:
        """How many options differ."""
        conflict = self.ground.conflict
        if conflict.graph:
            return np.ones(len(before), dtype=np.int64)
        old, new = conflict.values(before), conflict.values(after)
        differ = (np.asarray(old[key] != new[key], dtype=np.int64) for key in old)
        return sum(differ, start=np.zeros(len(before), dtype=np.int64))

    def way(self, cells: Sequence[int], movers: Sequence[int]) -> Way:
        pairs = list(pairwise(cells))
        switches = [int(self.switched(np.array([a]), np.array([b]))[0]) for a, b in pairs]
        return Way(tuple(self.step(*pair, mover) for pair, mover in zip(pairs, movers, strict=True)), sum(switches))

    def step(self, before: int, after: int, player: int) -> Step:
        ground = self.ground
        weighing = weigh(ground.conflict, ground.readings[player], before, after)
        safe = weighing.verdict == "better" and ground.is_step("unsanctioned", before, player, after)
        return Step(
            actor=ground.conflict.players[player].id,
            name=ground.conflict.players[player].name,
            changes=ground.labels(ground.changes(before, after)),
            change_text=ground.change_text(before, after),
            state=ground.state(after),
            text=ground.text(after),
            weighing=weighing,
            unsanctioned=safe,
        )


@dataclass(frozen=True)
class _Layer:
    """The steps from one layer of `count` nodes to the next: arcs sorted by source, and the nodes they reach."""

    count: int
    sources: NDArray[np.int64]
    targets: Cells
    movers: NDArray[np.int64]
    places: NDArray[np.int64]
    switched: NDArray[np.int64]
    cells: Cells
    last: NDArray[np.int64]

    def back(self, counts: NDArray[Any], cheapest: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Ways to the goal, and the fewest switches they take, from the nodes of this layer; given those of the next."""
        ways = np.zeros(self.count, dtype=object)
        np.add.at(ways, self.sources, counts[self.places])
        least = np.full(self.count, np.iinfo(np.int64).max)
        np.minimum.at(least, self.sources, cheapest[self.places] + self.switched)
        return ways, least


def _in_order(
    layers: Sequence[_Layer], ahead: Sequence[NDArray[np.int64]], begin: int, most: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Ways with the fewest switches first: best-first search with the exact number of switches still to come."""
    beyond = [*ahead[1:], np.zeros(1, dtype=np.int64)]
    heap: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    while heap and most:
        _, depth, arcs = heapq.heappop(heap)
        if -depth == len(layers):
            most -= 1
            taken = [(layer, arc) for layer, arc in zip(layers, arcs, strict=True)]
            cells = (begin, *(int(layer.targets[arc]) for layer, arc in taken))
            yield cells, tuple(int(layer.movers[arc]) for layer, arc in taken)
            continue
        layer = layers[-depth]
        spent = sum(int(layers[k].switched[arc]) for k, arc in enumerate(arcs))
        node = int(layers[-depth - 1].places[arcs[-1]]) if arcs else 0
        for arc in range(*np.searchsorted(layer.sources, [node, node + 1])):
            total = spent + int(layer.switched[arc]) + int(beyond[-depth][layer.places[arc]])
            heapq.heappush(heap, (total, depth - 1, (*arcs, arc)))
