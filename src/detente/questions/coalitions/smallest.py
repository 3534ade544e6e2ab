"""Who would have to move together: the smallest coalitions that all gain by going to a goal at once.

The mathematics. A *coalition move* from s to q is a legal sequence of moves of the members in which nobody moves twice
running; q is then in the joint reach of the coalition. It is a *coalition improvement* if every member likes q strictly
better than s. Asked for are the coalitions with an improvement to a state where the goal is true: the smallest in number
(`joint`), or all that contain no smaller one (`joint_minimal`). A coalition of one is an ordinary improvement. A place
reached together need not last: for every target the result says under which concepts it is an equilibrium, and where play
leads from there.

Steps: coalitions in order of size. In regular models (no consequences or merges, moves proved transitive) the targets
are first sought among the combinations of the members' own strategies; only if one is good for all is it checked that moves
lead there. Otherwise the states are searched breadth first over (state, last mover). Cost: the combinations of the
members' strategies, or the states the members can reach, times their moves; refused beyond `MOST` of either. The
verdicts on the places reached take one analysis of the whole model.

Source: coalition improvements as in Kilgour, Hipel, Fang & Peng 2001 and Inohara & Hipel 2008; the bar on moving twice
running as in Fang, Hipel & Kilgour 1993.

>>> from detente.scenario import load
>>> found = joint(Case(load("conditional_engagement")), "package")
>>> [each.members for each in found.coalitions], found.size
([('us', 'nk')], 2)
>>> found.coalitions[0].lands
{'nash': 0, 'seq': 6, 'smr': 6, 'gmr': 6}
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS, Analysis
from detente.case import CONCEPTS, Basis, Case, Policy, state_words
from detente.conflict import Cells, Conflict
from detente.conflict.game import Game
from detente.conflict.kept import SMALL
from detente.conflict.payoffs import score
from detente.engine import Progress, quiet
from detente.engine.relevant_options import sliceable
from detente.errors import Cure, InputError, TooLarge, refuse_unknown
from detente.formula import Formula
from detente.messages import later, numeral, tell, word
from detente.questions.evolution.steps import Weighing, deciders_phrase, weigh
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, FormulaTerm, Gloss, Phrase, Sheet, StateTerm, many, names_of, together

MOST = 1 << 22
"""Combinations of strategies, or states reached, that are looked at for one coalition."""

BLOCK = 1 << 24
"""Strategy changes looked at in one go."""

HELD = later(
    "A place that holds under SEQ and not under Nash is held by answers: somebody could gain by moving on from there, and is "
    "kept from it by what others would do then. Whoever does not count on these answers needs a commitment device."
)

MOST_SHOWN = 100
"""Targets described one by one per coalition, and ends of play per target; the rest of the targets are counted."""

COALITIONS = 1 << 10
"""Coalitions and starts of which it is kept with a small space where they lead."""

Members = tuple[int, ...]
"""A coalition, by the numbers of its members in order."""


@dataclass(frozen=True)
class Gain(Record):
    """What a member gets: its score before and after, and the wish that decides between the two states."""

    before: int | float
    after: int | float
    weighing: Weighing = field(metadata=INSIDE)

    def to_json(self) -> dict[str, Any]:
        """Both scores, and the weighing beside them."""
        return {**super().to_json(), **self.weighing.to_json()}


@dataclass(frozen=True, kw_only=True)
class Target(Record):
    """A state the coalition can go to: who gains what, whether it then holds, and where play leads from there.

    `equilibrium` has a verdict per concept; `then` is ALL, SOME or NONE for the goal where play from the target ends, and
    `ends` the first state of each such end, at most `MOST_SHOWN`. All are None (no ends) where the model is too large to tell.
    """

    state: Mapping[str, Any]
    gains: Mapping[str, Gain]
    equilibrium: Mapping[str, bool | None]
    then: Mapping[str, str | None]
    ends: Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, kw_only=True)
class Coalition(Record):
    """A coalition that gains by the goal: its targets (the first of `count`), and how many hold per concept."""

    members: tuple[str, ...]
    count: int
    lands: Mapping[str, int | None]
    targets: tuple[Target, ...]


@dataclass(frozen=True, repr=False, kw_only=True)
class Joint(Answer):
    """The answer; see the module's opening. `size` is that of the smallest coalition, None if there is none.

    `tried` counts the coalitions looked at, up to `largest` members.
    """

    basis: Basis
    goal: str
    start: Mapping[str, Any]
    largest: int
    tried: int
    coalitions: tuple[Coalition, ...]

    DERIVED = ("size",)

    @property
    def size(self) -> int | None:
        return min((len(each.members) for each in self.coalitions), default=None)

    @property
    def headline(self) -> Phrase:
        """The smallest coalition that gains by going to the goal together."""
        goal = FormulaTerm(self.goal)
        if not self.coalitions:
            return Phrase.told(
                "No coalition would gain, each of its members, by going to {goal} together ({tried} tried).",
                goal=goal,
                tried=numeral(self.tried),
            )
        least = min(self.coalitions, key=lambda each: len(each.members))
        more = (
            tell("; {number} would too", number=many(len(self.coalitions) - 1, "other coalition"))
            if self.coalitions[1:]
            else ""
        )
        who = names_of(map(ActorTerm, least.members))
        verb = (
            tell(" would both gain by going to ")
            if len(least.members) == 2
            else tell(" would all gain by going to ")
            if least.members[1:]
            else tell(" would gain by going alone to ")
        )
        return Phrase.of(who, verb, goal, more, ".")

    def sheets(self) -> tuple[Sheet, ...]:
        """The coalitions, then the places each can go to."""
        return self._overview(), *map(_places, self.coalitions)

    def _overview(self) -> Sheet:
        rows = tuple((together(each.members), each.count, *each.lands.values()) for each in self.coalitions)
        counted = Gloss.told(
            "The columns of the concepts count the places that then hold: equilibria under that concept."
        )
        none = tell(
            "None of {tried} coalitions of up to {largest} actors all gain by it.",
            tried=numeral(self.tried),
            largest=self.largest,
        )
        notes = (counted if rows else none,)
        title = Phrase.told("Who gains by going together to '{goal}'", goal=FormulaTerm(self.goal))
        return Sheet(title, ("coalition", "places", *CONCEPTS), rows, notes)


def _places(coalition: Coalition) -> Sheet:
    rows = tuple(
        (
            StateTerm(state_words(target.state)),
            *target.equilibrium.values(),
            *(target.then[kind] for kind in KINDS),
            deciders_phrase({actor: gain.weighing for actor, gain in target.gains.items()}),
        )
        for target in coalition.targets
    )
    columns = (
        "place",
        *CONCEPTS,
        *(tell("then, {kind}", kind=word(kind)) for kind in KINDS),
        tell("what decides for whom"),
    )
    left = coalition.count - len(rows)
    notes = [tell("{left} more places are not listed.", left=numeral(left))] if left else []
    if any(each.equilibrium["seq"] and not each.equilibrium["nash"] for each in coalition.targets):
        notes.append(tell(HELD))
    return Sheet(
        Phrase.told("Where {members} can go", members=together(coalition.members)), columns, rows, tuple(notes)
    )


# --- asking ------------------------------------------------------------------------------------------------------------


def joint(
    case: Case,
    goal: str | Formula,
    max_size: int | None = None,
    start: str | Mapping[str, Any] | None = None,
    *,
    progress: Progress = quiet,
) -> Joint:
    """The smallest coalitions whose members all gain by moving together to a state where the goal is true.

    `start` is a named state or settings laid over the status quo (default: the status quo). Coalitions of more than
    `max_size` members are not looked at (default: everybody). Raises `TooLarge` if one could be too large to search.
    """
    return _answer(case, goal, max_size, start, smallest=True, progress=progress)


def joint_minimal(
    case: Case,
    goal: str | Formula,
    max_size: int | None = None,
    start: str | Mapping[str, Any] | None = None,
    *,
    progress: Progress = quiet,
) -> Joint:
    """All coalitions with a joint improvement to the goal that contain no smaller such coalition; arguments as `joint`."""
    return _answer(case, goal, max_size, start, smallest=False, progress=progress)


def minimal_coalitions(case: Case, goal: str | Formula, max_size: int | None = None) -> tuple[tuple[str, ...], ...]:
    """The members of the coalitions that `joint_minimal` finds, the smallest first; what becomes of them is not looked at."""
    reach = _reached(case, goal)
    return tuple(map(reach.names, _gaining(reach, max_size, smallest=False)[0]))


def _reached(case: Case, goal: str | Formula) -> _Reach:
    return _Reach(case.game, case.game.formula(goal), case.game.cell(None))


def _answer(
    case: Case,
    goal: str | Formula,
    max_size: int | None,
    start: str | Mapping[str, Any] | None,
    *,
    smallest: bool,
    progress: Progress,
) -> Joint:
    """The coalitions in order of size, and what becomes of those that gain."""
    begun = _started(case, start)
    reach = _reached(begun, goal)
    gaining, tried = _gaining(reach, max_size, smallest=smallest, progress=progress)
    after = _Afterwards(begun, reach)
    return Joint(
        basis=case.basis,
        goal=str(goal),
        start=begun.game.state(reach.start),
        largest=min(max_size or len(reach.movers), len(reach.movers)),
        tried=tried,
        coalitions=tuple(after.coalition(*each) for each in gaining.items()),
    )


def _gaining(
    reach: _Reach, max_size: int | None, *, smallest: bool, progress: Progress = quiet
) -> tuple[dict[Members, Cells], int]:
    """The coalitions that gain, with where they can go, and how many were tried; none of them contains another."""
    if max_size is not None and max_size < 1:
        raise InputError(tell("the size of a coalition is at least 1, not {max_size}", max_size=max_size))
    movers = reach.movers
    largest = min(max_size or len(movers), len(movers))
    tried, gaining = 0, dict[Members, Cells]()
    for coalition in _by_size(movers, largest):
        if smallest and gaining and len(coalition) > len(next(iter(gaining))):
            break
        if any(set(smaller) <= set(coalition) for smaller in gaining):
            continue
        progress(tried, 2 ** len(movers) - 1, " and ".join(reach.names(coalition)))
        tried += 1
        if len(targets := reach.targets(coalition)):
            gaining[coalition] = targets
    return gaining, tried


def _by_size(movers: Members, largest: int) -> Iterator[Members]:
    """Every coalition up to a size, the smallest first, in the order of the actors."""
    for size in range(1, largest + 1):
        yield from itertools.combinations(movers, size)


def _started(case: Case, start: str | Mapping[str, Any] | None) -> Case:
    """The case begun elsewhere: at a named state, or with settings laid over the status quo."""
    if start is None:
        return case
    named = case.scenario.graph.states if case.scenario.graph else tuple(case.scenario.states)
    if isinstance(start, str) and (start in named or case.scenario.graph):
        refuse_unknown("state", named, start)
        now = start if case.scenario.graph else case.scenario.states[start]
        return replace(case, scenario=replace(case.scenario, now=now))
    return case.under(Policy(start=case.settings(start)))


# --- where a coalition gains -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reach:
    """Where the coalitions of a game can go from the start, and would, for the goal."""

    game: Game
    goal: Formula
    start: int

    @property
    def conflict(self) -> Conflict:
        return self.game.conflict

    @cached_property
    def movers(self) -> Members:
        """The actors that can move at all; the others add nothing to a coalition."""
        players = enumerate(self.conflict.players)
        if self.conflict.graph:
            moves = self.conflict.graph.moves
            return tuple(i for i, player in players if moves.get(player.id))
        return tuple(i for i, player in players if player.size > 1)

    def names(self, coalition: Members) -> tuple[str, ...]:
        return tuple(self.game.actors[i] for i in coalition)

    def targets(self, coalition: Members) -> Cells:
        """The states the coalition can reach where the goal is true and every member is better off, in state order.

        Where the space is regular, whatever is reached is a combination of the members' strategies. There are fewer of those
        that are good for everybody than there are states on the way, so these come first, and the way only if it matters.
        """
        if not sliceable(self.conflict):
            return self.good(coalition, self.reach(coalition))
        wanted = self.good(coalition, self.combinations(coalition))
        if not len(wanted) or self.unhindered(coalition):
            return wanted
        return np.intersect1d(wanted, self.reach(coalition))

    def good(self, coalition: Members, cells: Cells) -> Cells:
        """Those of the states where the goal is true and every member strictly better off than at the start."""
        cells = cells[self.game.holds(self.goal, cells)]
        for member in coalition:
            # What is liked how much can be compared within one array only: the start is put at its end.
            liked = self.liked(member, np.append(cells, self.start))
            cells = cells[liked[:-1] > liked[-1]]
        return cells

    def liked(self, member: int, states: Cells) -> NDArray[Any]:
        """How much a member likes some states; of a small space from the ranks of all of them, which the game keeps."""
        if self.conflict.cells > SMALL:
            return self.game.payoffs(member, states)
        return self.game.scores(member)[np.searchsorted(self.game.states, states)]

    def combinations(self, coalition: Members) -> Cells:
        """The states that differ from the start in the members' strategies only, reachable or not."""
        total = math.prod(self.conflict.players[member].size for member in coalition)
        if total > MOST:
            raise self.too_large(coalition, tell("{total} combinations of strategies", total=numeral(total)))
        cells = np.array([self.start], dtype=np.int64)
        for member in coalition:
            stride, size = self.conflict.strides[member], self.conflict.players[member].size
            others = cells - self.conflict.strategy(cells, member) * stride
            cells = (others[:, None] + np.arange(size, dtype=np.int64) * stride).reshape(-1)
        return np.sort(cells[self.conflict.is_state(cells)])

    def unhindered(self, coalition: Members) -> bool:
        """Whether nothing limits the members' moves, so that every combination can be reached, one member at a time."""
        moves = [self.conflict.players[member].moves for member in coalition]
        return not self.conflict.never and all(each.legal is None and each.need is None for each in moves)

    def reach(self, coalition: Members) -> Cells:
        """Where legal sequences of the members lead; kept with a small space, for it depends on nothing that is wanted."""
        if self.conflict.cells > SMALL:
            return self.legal(coalition)
        key = self.start, coalition
        return self.conflict.kept.of("reached together", key, lambda: self.legal(coalition), most=COALITIONS)

    def legal(self, coalition: Members) -> Cells:
        """The same, looked for: nobody moves twice running; breadth first over (state, mover)."""
        nowhere = np.empty(0, dtype=np.int64)
        seen = dict.fromkeys(coalition, nowhere)
        fresh = {member: self.step(np.array([self.start], dtype=np.int64), member) for member in coalition}
        while any(map(len, fresh.values())):
            seen = {member: np.union1d(seen[member], fresh[member]) for member in coalition}
            if sum(map(len, seen.values())) > MOST:
                raise self.too_large(coalition, tell("more than {most} states within reach", most=numeral(MOST)))
            # Whoever has just moved waits: a member goes on from where the others have newly come to.
            before = {m: [fresh[other] for other in coalition if other != m] for m in coalition}
            steps = {m: self.step(np.unique(np.concatenate([nowhere, *before[m]])), m) for m in coalition}
            fresh = {m: np.setdiff1d(steps[m], seen[m], assume_unique=True) for m in coalition}
        return np.unique(np.concatenate(list(seen.values())))

    def step(self, cells: Cells, member: int) -> Cells:
        """The states one move of the member away from any of these."""
        parts = 1 + len(cells) * self.conflict.players[member].size // BLOCK
        reached = [self.conflict.successors(part, member)[1] for part in np.array_split(cells, parts)]
        return np.unique(np.concatenate(reached))

    def too_large(self, coalition: Members, what: str) -> TooLarge:
        return TooLarge(
            tell(
                "the coalition {names} has {what}; at most {most} are looked at. Ask for smaller coalitions (",
                names=" and ".join(self.names(coalition)),
                what=what,
                most=numeral(MOST),
            ),
            Cure.SMALLER,
            tell(" {max}), or hold or fix options that do not matter.", max=max(1, len(coalition) - 1)),
        )


# --- what becomes of it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Afterwards:
    """Whether the places reached together hold, and where play leads from them."""

    case: Case
    reach: _Reach

    @cached_property
    def analysis(self) -> Analysis | None:
        """The whole model solved, or None if it is too large."""
        try:
            return self.case.analyse(CONCEPTS)
        except TooLarge:
            return None

    def coalition(self, members: Members, targets: Cells) -> Coalition:
        lands = {concept: self.holds(concept, targets) for concept in CONCEPTS}
        shown = targets[:MOST_SHOWN].tolist()
        if self.analysis is not None:
            for kind in KINDS:
                self.analysis.plays(kind, shown)
        described = [
            Target(
                state=self.case.game.state(cell),
                gains={self.case.game.actors[member]: self.gain(member, cell) for member in members},
                equilibrium={c: None if held is None else bool(held[place]) for c, held in lands.items()},
                then={kind: self.then(kind, cell) for kind in KINDS},
                ends={kind: self.ends(kind, cell) for kind in KINDS},
            )
            for place, cell in enumerate(shown)
        ]
        return Coalition(
            members=self.reach.names(members),
            count=len(targets),
            lands={concept: None if held is None else int(held.sum()) for concept, held in lands.items()},
            targets=tuple(described),
        )

    def holds(self, concept: str, cells: Cells) -> NDArray[np.bool_] | None:
        """Which of the states are equilibria under the concept."""
        if self.analysis is None:
            return None
        shape = self.reach.conflict.shape
        grid = np.broadcast_to(self.analysis.equilibrium_grid(concept), shape)
        return np.asarray(grid[np.unravel_index(cells, shape)])

    def then(self, kind: str, cell: int) -> str | None:
        """ALL, SOME or NONE for the goal where play from the cell ends."""
        return None if self.analysis is None else self.analysis.verdict(self.reach.goal, kind, cell)

    def ends(self, kind: str, cell: int) -> tuple[dict[str, Any], ...]:
        """The first state of each end of play from the cell."""
        ends = () if self.analysis is None else self.analysis.play(kind, cell).ends[:MOST_SHOWN]
        return tuple(self.case.game.state(int(end[0])) for end in ends)

    def gain(self, member: int, cell: int) -> Gain:
        conflict, reading, start = self.reach.conflict, self.case.game.readings[member], self.reach.start
        before, after = (_number(score(conflict, reading, each)) for each in (start, cell))
        return Gain(before, after, weigh(conflict, reading, start, cell))


def _number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)
