"""How to get there: the shortest ways from a state to a goal, who moves, and who can begin.

The mathematics. A *way* is a sequence of steps of one kind (`evolution.steps`): legal moves, improvements, or unsanctioned
improvements. Ways by moves and by improvements are taken in turn: nobody moves twice running. Ways by unsanctioned
improvements are those of foresight play, where the last mover may step again; `play_rule` chooses the other rule. A
*shortest* way has the fewest steps; among equally short ways those that switch the fewest options come first.

An actor *can begin* with n steps if the shortest way among those whose first step is its own has n steps; under the rule of
turns somebody else makes the second one, so an actor all of whose ways on need itself again cannot begin.

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> answer = paths(case, "two_wars", by="improvements")
>>> answer.length, answer.count, [step.actor for step in answer.ways[0].steps]
(3, 4, ['nk', 'us', 'ru'])
>>> paths(case, "two_wars", by="unsanctioned").length is None
True
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.conflict import Cells
from detente.conflict.kept import SMALL
from detente.engine.play import pieces
from detente.engine.steps import is_regular
from detente.errors import InputError, TooLarge, refuse_unknown
from detente.formula import Formula
from detente.messages import Messages, numeral, tell, word
from detente.questions.evolution.reachability import Distances, distances, nearest, turn_distances
from detente.questions.evolution.steps import KINDS, Weighing, is_step, steps, weigh
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, StateTerm, listing, many, names_of

MOST_STEPS = 2_000_000
"""Steps on shortest ways counted at most."""

REMEMBERED = 256
"""Goals whose distance by legal moves is kept with a space at most, for it depends on no reading."""

RULES = Messages(
    {
        True: "the last mover may step again, as in play",
        False: "nobody moves twice running",
    }
)


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """One step of a way. `changes` are the settings that differ afterwards, `state` and `text` the state reached.

    `why` tells whether it is an improvement for its mover and which statement decides; `unsanctioned` is None where the
    model is too large to tell.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("improvement",)

    actor: str
    name: str = field(metadata=INSIDE)
    changes: Mapping[str, Any]
    change_text: str = field(metadata=INSIDE)
    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    why: Weighing
    unsanctioned: bool | None

    @property
    def improvement(self) -> bool:
        return self.why.verdict == "better"


@dataclass(frozen=True)
class Way(Record):
    """One way: its steps, and how many options it switches in all (in graph form: its length)."""

    steps: tuple[Step, ...]
    switches: int


@dataclass(frozen=True)
class First:
    """Whether the goal can be reached if this actor takes the first step, and in how many steps.

    `length` is None if it cannot (or has no first step); `settled` is False if that was too much to find out.
    """

    actor: str
    length: int | None
    settled: bool = True


@dataclass(frozen=True, repr=False, kw_only=True)
class Paths(Answer):
    """The shortest ways: `length` steps (None: the goal cannot be reached), `count` in all, the first few in `ways`."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "first_movers", "if_first")
    question: ClassVar[str] = "paths"

    basis: Basis
    goal: str
    by: str
    rule: str
    start: Mapping[str, Any]
    start_text: str = field(metadata=INSIDE)
    without: tuple[str, ...]
    length: int | None
    count: int
    ways: tuple[Way, ...]
    first: tuple[First, ...] = field(metadata=INSIDE)

    @property
    def first_movers(self) -> tuple[str, ...]:
        """Who takes the first step on some shortest way."""
        return tuple(first.actor for first in self.first if self.length and first.length == self.length)

    @property
    def if_first(self) -> dict[str, dict[str, Any]]:
        """What `first` says, by actor."""
        return {first.actor: {"length": first.length, "settled": first.settled} for first in self.first}

    @property
    def headline(self) -> Phrase:
        """How far the goal is, in how many ways, and who would have to move first."""
        goal, kind = FormulaTerm(self.goal), KINDS[self.by]
        if self.length is None:
            return Phrase.told("{goal} cannot be reached by {kind}.", goal=goal, kind=word(kind))
        if self.length == 0:
            return Phrase.told("{goal} is true already: no step is needed.", goal=goal)
        first = (
            Phrase.told("; first moves {first_movers}", first_movers=names_of(map(ActorTerm, self.first_movers)))
            if self.first_movers
            else ""
        )
        steps = tell(
            "{number} by {kind} ({number2})",
            number=many(self.length, "step"),
            kind=word(kind),
            number2=many(self.count, "shortest way"),
        )
        return Phrase.told("{goal} can be reached in {steps}{first}.", goal=goal, steps=steps, first=first)

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._way_sheet(), self._first_sheet()) if self.length else (self._way_sheet(),)

    def _way_sheet(self) -> Sheet:
        rows = tuple(
            (number, place, step.name, _changes(step), step.why.phrase, step.unsanctioned, StateTerm(step.text))
            for number, way in enumerate(self.ways, start=1)
            for place, step in enumerate(way.steps, start=1)
        )
        columns = ("way", "step", "who", "changes", tell("for the mover"), "unsanctioned", "reaches")
        unable = listing(map(ActorTerm, self.without))
        gone = [Phrase.told("absent (they neither move nor answer): {unable}", unable=unable)] * bool(self.without)
        more = [tell("{count} more ways of this length are not listed", count=numeral(self.count - len(self.ways)))]
        notes = (
            tell("Rule: {rule}.", rule=self.rule),
            *gone,
            *(more if self.count > len(self.ways) else ()),
            *self.basis.warnings,
        )
        title = Phrase.told(
            "{goal}{length_text} from: {start_text}",
            goal=self.goal,
            length_text=self._length_text(),
            start_text=StateTerm(self.start_text),
        )
        return Sheet(title, columns, rows, notes)

    def _length_text(self) -> str:
        kind = KINDS[self.by]
        if self.length is None:
            return tell(": cannot be reached by {kind}", kind=word(kind))
        if self.length == 0:
            return tell(": already so, no step needed")
        ways = tell("{count} shortest ways", count=numeral(self.count)) if self.count != 1 else tell("one shortest way")
        return tell(
            ": {length} step{ending} by {kind}, {ways}",
            length=self.length,
            ending="s" * (self.length > 1),
            kind=word(kind),
            ways=ways,
        )

    def _first_sheet(self) -> Sheet:
        rows = []
        for first in self.first:
            known = "yes" if first.length else "no" if first.settled else tell("not settled")
            rows.append((ActorTerm(first.actor), known, first.length, first.length == self.length))
        return Sheet(
            tell("If this actor takes the first step"),
            ("actor", tell("goal reached"), "steps", "shortest"),
            tuple(rows),
        )


def _changes(step: Step) -> FormulaTerm | StateTerm:
    """What a step changes: settings, or in graph form two states."""
    return FormulaTerm(step.change_text) if step.changes else StateTerm(step.change_text)


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
    if most < 1:
        raise InputError(tell("`most` is {most}; expected the number of ways to list, at least 1", most=most))
    gone = tuple(dict.fromkeys(without))
    left = case.without(gone)
    game = left.game
    begin, aim = game.cell(start), game.goal(goal)
    freely = by == "unsanctioned" if play_rule is None else play_rule
    search = _Search(left, by, begin, aim, freely)
    length = search.length
    ways, count = search.ways(length, most) if length is not None else ((), 0)
    return Paths(
        basis=left.basis,
        goal=StateTerm(game.text(aim)) if isinstance(aim, int) else FormulaTerm(str(goal)),
        by=by,
        rule=RULES[freely],
        start=game.state(begin),
        start_text=game.text(begin),
        without=gone,
        length=length,
        count=count,
        ways=ways,
        first=tuple(search.first(length, gone)),
    )


def shortest(case: Case, goal: str | Formula | Mapping[str, Any], *, by: str = "moves") -> int | None:
    """How many steps the shortest way from the status quo takes, None where there is no way: `paths`, none of them listed."""
    refuse_unknown("kind of step", KINDS, by)
    game, freely = case.game, by == "unsanctioned"
    begin, aim = game.cell(None), game.goal(goal)

    def find() -> int | None:
        if game.conflict.cells <= SMALL:
            return nearest(case, by, begin, aim, in_turn=not freely)
        return _Search(case, by, begin, aim, freely).length

    return game.conflict.kept.of("steps away", (begin, aim), find, most=REMEMBERED) if by == "moves" else find()


class _Search:
    """One search: distances to the goal, then the steps that come nearer.

    Once every distance is known a shortest way cannot be missed: it is any sequence of steps each of which comes one nearer.
    So ways are never tried out; they are counted layer by layer, and only those that are listed are written down.
    """

    def __init__(self, case: Case, by: str, begin: int, aim: Formula | int, freely: bool) -> None:
        refuse_unknown("kind of step", KINDS, by)
        self.case, self.game, self.by, self.begin, self.aim = case, case.game, by, begin, aim
        self.freely = freely
        self.turns = not (freely or is_regular(case.game))
        """Whether who moved last matters: where moves are transitive, shortest ways are taken in turn by themselves."""
        self.players = range(len(self.game.actors))
        here = np.array([begin], dtype=np.int64)
        self.far = None if self.game.meets(aim, here)[0] else distances(case, by, begin, aim, in_turn=not freely)

    @property
    def length(self) -> int | None:
        if self.far is None:
            return 0
        length = int(self.far.at(np.array([self.begin]), -1)[0])
        return None if length < 0 else length

    def first(self, length: int | None, gone: Sequence[str]) -> Iterator[First]:
        for player in self.players:
            actor = self.game.actors[player]
            if self.far is None or actor in gone:
                continue
            _, targets = steps(self.case, self.by, np.array([self.begin]), player)
            far = self.far if self.freely or self.turns or self.in_turn(targets, player) else self.by_turns
            least = _least(far.at(targets, player))
            # Where the list of steps breaks off, a way that is longer than the shortest may be missing from it.
            sure = far.complete or least == length or not len(targets)
            yield First(actor, least if sure else None, sure)

    def in_turn(self, targets: Cells, player: int) -> bool:
        """Whether distances between states tell how far the goal is once the player has made the first step.

        Where moves are transitive a shortest way is taken in turn; but after a *given* first step the shortest way on may
        begin with the same actor. It need not if somebody else can come nearer from one of the nearest states: had that
        actor to step again, one step of its own would have done for both.
        """
        assert self.far is not None
        near = self.far.at(targets, player)
        least = near[near >= 0].min(initial=np.iinfo(np.int32).max)
        nearest = targets[near == least]
        if least == 0 or not len(nearest):
            return True
        ends = [steps(self.case, self.by, nearest, other)[1] for other in self.players if other != player]
        return any((self.far.at(reached, player) == least - 1).any() for reached in ends)

    @cached_property
    def by_turns(self) -> Distances:
        """Distances from (state, last mover), also where only a given first step makes it matter who moved last."""
        return turn_distances(self.case, self.by, self.begin, self.aim)

    def ways(self, length: int, most: int) -> tuple[tuple[Way, ...], int]:
        """The first ways and how many there are."""
        layers = self.layers(length)
        # From the goal back: how many ways go on from each node, and how few switches the best of them takes.
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
        layers: list[_Layer] = []
        nodes: tuple[Cells, NDArray[np.int64]] = (np.array([self.begin]), np.array([-1]))
        for left in range(length - 1, -1, -1):
            counted = sum(len(layer.sources) for layer in layers)
            layers.append(self.layer(nodes, left, MOST_STEPS - counted, length))
            nodes = layers[-1].cells, layers[-1].last
        return layers

    def layer(self, nodes: tuple[Cells, NDArray[np.int64]], left: int, most: int, length: int) -> _Layer:
        """What can be done `left` steps before the last; raises `TooLarge` beyond `most` steps."""
        assert self.far is not None
        cells, last = nodes
        none = np.empty(0, dtype=np.int64)
        parts = [(none, none, none)]
        for player in self.players:
            here = np.flatnonzero(last != player) if self.turns else np.arange(len(cells))
            for rows in pieces(here, self.game.conflict.width):
                some, targets = steps(self.case, self.by, cells[rows], player)
                near = self.far.at(targets, player) == left  # only steps that come nearer are on a shortest way
                parts.append((rows[some[near]], targets[near], np.full(int(near.sum()), player, dtype=np.int64)))
                most -= len(parts[-1][0])
                if most < 0:
                    raise TooLarge(
                        tell(
                            "the goal is {length} steps away, but there are too many shortest ways to count; narrow the "
                            "goal, or hold options that do not matter",
                            length=length,
                        )
                    )
        sources, targets, movers = (np.concatenate(column) for column in zip(*parts, strict=True))
        keys = targets * (len(self.players) + 1) + movers + 1 if self.turns else targets
        keys = keys if left else np.zeros_like(keys)  # the goal is one place, whatever state meets it
        _, first, places = np.unique(keys, return_index=True, return_inverse=True)
        order = np.lexsort((targets, movers, sources))
        return _Layer(
            count=len(cells),
            sources=sources[order],
            targets=targets[order],
            movers=movers[order],
            places=places[order],
            switched=self.switched(cells[sources], targets)[order],
            cells=targets[first],
            last=movers[first] if self.turns else np.full(len(first), -2),  # not asked for
        )

    def switched(self, before: Cells, after: Cells) -> NDArray[np.int64]:
        """How many options differ."""
        conflict = self.game.conflict
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
        game, mover = self.game, self.game.conflict.players[player]
        why = weigh(game.conflict, game.readings[player], before, after)
        return Step(
            actor=mover.id,
            name=mover.name,
            changes=game.labels(game.changes(before, after)),
            change_text=game.change_text(before, after),
            state=game.state(after),
            text=game.text(after),
            why=why,
            unsanctioned=why.verdict == "better" and is_step(self.case, "unsanctioned", before, player, after),
        )


def _least(near: NDArray[np.int32]) -> int | None:
    """The least number of steps of ways with one step more; None if there are none."""
    return int(near[near >= 0].min()) + 1 if (near >= 0).any() else None


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """The steps from one layer of `count` nodes to the next: arcs sorted by source, and the nodes they reach.

    Arc k goes from node `sources[k]` of this layer to node `places[k]` of the next, which is the state `cells[places[k]]`,
    where `last[places[k]]` moved last.
    """

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
        ways = np.zeros(self.count, dtype=object)  # Python's integers: there may be more ways than 64 bits can count
        np.add.at(ways, self.sources, counts[self.places])
        least = np.full(self.count, np.iinfo(np.int64).max)
        np.minimum.at(least, self.sources, cheapest[self.places] + self.switched)
        return ways, least


def _in_order(
    layers: Sequence[_Layer], ahead: Sequence[NDArray[np.int64]], begin: int, most: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Ways with the fewest switches first: best-first search with the exact number of switches still to come."""
    # What is still to come is known exactly, so no beginning is taken up that costs more than a way yielded in the end.
    # Among equals the longer beginning comes first (depth counts down), so that ways are finished before others begin.
    beyond = [*ahead[1:], np.zeros(1, dtype=np.int64)]
    heap: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    while heap and most:
        _, depth, arcs = heapq.heappop(heap)
        if -depth == len(layers):
            most -= 1
            taken = list(zip(layers, arcs, strict=True))
            cells = (begin, *(int(layer.targets[arc]) for layer, arc in taken))
            yield cells, tuple(int(layer.movers[arc]) for layer, arc in taken)
            continue
        layer = layers[-depth]
        spent = sum(int(layers[k].switched[arc]) for k, arc in enumerate(arcs))
        node = int(layers[-depth - 1].places[arcs[-1]]) if arcs else 0
        for arc in range(*np.searchsorted(layer.sources, [node, node + 1])):
            total = spent + int(layer.switched[arc]) + int(beyond[-depth][layer.places[arc]])
            heapq.heappush(heap, (total, depth - 1, (*arcs, arc)))
