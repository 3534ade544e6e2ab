"""The cheapest package by solver: programs solved, packages verified, cuts added until bound and price agree.

The mathematics. What the goal asks of purchases is a program (`incentives.program`, `incentives.package_tests`), solved as a
relaxation:

- `ForState`: some state of several is an equilibrium. Every goal state has a program of its own: one clause per move of
  every actor, and that those who must approve like the state no less than the status quo. Goal states with the same program
  are one. The program with the least bound comes next: it is solved, its package is verified by the engine for all its
  states at once, and if it fails (SEQ, SSEQ) every state gets its cut. So the least of the bounds is a bound for all.
- `ForBreak`: every reachable equilibrium is a goal state, and there is one. The first program asks nothing. If under its
  package some other state is an equilibrium, its *support* is a set of tests, true now, that together keep it one: the cut
  asks that one of them turns false. If there is no equilibrium, one of the reasons at one of the goal states must go away;
  if somebody vetoes a result, it must come to like it, or the result must cease to be an equilibrium, or nothing that needs
  its approval is bought.

A cut is true of every package that works and false of the one that failed, so the search ends. A package is only ever said
to work because the engine found that it does; it is cheapest when no program has a lower bound. Ties in price are settled
by the number of units. Cost: NP-hard in general; per round one program and one analysis.

How to use it: `ForState(...)` or `ForBreak(...)`, then `run()`; `bound` is proved at any time.
"""

from __future__ import annotations

import heapq
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.engine.concepts import CONCEPTS, Concept
from detente.questions.incentives.package_tests import FALSE, TRUE, Reach, Swayed
from detente.questions.incentives.program import Amounts, Decided, Program, Solved, Sum
from detente.questions.incentives.solvers import Solver
from detente.questions.incentives.support import support
from detente.questions.inverse.monotone_conditions import Clause

RELAXED = {"seq": "gmr", "sseq": "smr"}
"""Concepts with any answers in place of credible ones."""

MOST_BAD = 8
"""Unwanted equilibria that get a cut in one round."""

Attempt = Callable[[dict[str, int]], "Tried"]
Left = Callable[[], float]
"""Seconds left."""


class OutOfTime(Exception):
    """The time is up."""


class TooWide(Exception):
    """The model is too large for programs."""


@dataclass(frozen=True)
class Tried:
    """A package verified by the engine: the analysis under it, and whether it does (goal and consent)."""

    analysis: Analysis
    works: bool


@dataclass
class Buyer(ABC):
    """What both searches share: prices in whole numbers, programs, verified packages."""

    swayed: Swayed
    concept: Concept
    goal: NDArray[np.bool_]
    always: tuple[str, ...]
    solver: Solver
    attempt: Attempt
    left: Left
    bound: Fraction | None = Fraction(0)
    solved: int = 0
    cuts: int = 0
    tried: dict[Amounts, Tried] = field(default_factory=dict)
    least: int | None = None
    """The cost of the cheapest package that was verified."""

    @abstractmethod
    def run(self) -> None:
        """Search until the bound is proved to be the price, or None: there is no such package."""

    def __post_init__(self) -> None:
        levers = self.swayed.levers
        self.most = self.swayed.most
        self.step = sum(self.most) + 1
        self.scale = math.lcm(1, *(lever.cost.denominator for lever in levers))
        self.costs = tuple(int(lever.cost * self.scale) * self.step + 1 for lever in levers)
        self.veto = {a: v for a, lever in enumerate(levers) if (v := lever.approved_by)}

    def price(self, cost: int) -> Fraction:
        """The least price that a cost of so much can stand for."""
        return Fraction(max(0, -(-(cost - self.step + 1) // self.step)), self.scale)

    def program(self, clauses: Iterable[Clause]) -> Program:
        return Program(self.most, self.costs, tuple(self.swayed.tests), tuple(clauses))

    def solve(self, clauses: Iterable[Clause]) -> Solved:
        """The cheapest amounts that meet the clauses; what needs no solver is not given to one."""
        program = self.program(clauses)
        if not all(program.clauses):
            return Solved(None, 0, True)
        nothing = (0,) * len(self.most)
        if program.met(nothing):
            return Solved(nothing, 0, True)
        if self.left() <= 0:
            raise OutOfTime
        self.solved += 1
        found = self.solver(program, self.left())
        if found.amounts is not None and not program.met(
            found.amounts
        ):  # rounding in a solver that calculates in floats
            return self.solve([*program.clauses, self.unlike(found.amounts)])
        return found

    def verify(self, amounts: Amounts) -> Tried:
        """The engine's word on a package, asked once."""
        if amounts not in self.tried:
            if self.tried and self.left() <= 0:
                raise OutOfTime
            self.tried[amounts] = self.attempt(self._units(amounts))
            if self.tried[amounts].works:
                cost = self.program(()).cost(amounts)
                self.least = cost if self.least is None else min(self.least, cost)
        return self.tried[amounts]

    def last(self, solved: Solved) -> None:
        """The best a solver found before the time was up, verified all the same."""
        if solved.amounts is not None and solved.amounts not in self.tried:
            self.attempt(self._units(solved.amounts))

    def _units(self, amounts: Amounts) -> dict[str, int]:
        return {lever.id: many for lever, many in zip(self.swayed.levers, amounts, strict=True) if many}

    def unlike(self, amounts: Amounts) -> Clause:
        """Any other amounts."""
        fewer = [self.below(a, many) for a, many in enumerate(amounts)]
        more = [self.swayed.opposite(self.below(a, many + 1)) for a, many in enumerate(amounts)]
        return _choice([*fewer, *more])

    def below(self, amount: int, many: int) -> int:
        """The test that fewer units than so many are bought; for one unit a decision list, which every solver takes."""
        return self.swayed.number(Decided(((amount, False),), True) if many == 1 else Sum(((amount, 1),), many - 1))

    # --- states ---

    def places(self, cells: NDArray[np.int64]) -> list[int]:
        found: list[int] = np.searchsorted(self.swayed.states, cells).tolist()
        return found

    def equilibria(self, tried: Tried) -> NDArray[np.bool_]:
        tables = tried.analysis.solution.stable[self.concept.id]
        found: NDArray[np.bool_] = np.logical_and.reduce([table.at(self.swayed.states) for table in tables])
        return found

    def likes(self, actor: str, state: int) -> int:
        """The test whether the actor likes the state at least as much as the status quo."""
        player, now = self.swayed.conflict.index(actor), self.swayed.conflict.now
        assert now is not None  # asked before
        classes = self.swayed.views[player].classes
        return self.swayed.no_worse(player, int(classes[state]), int(classes[self.places(np.array([now]))[0]]))

    def vetoes(self, state: int) -> Iterator[Clause]:
        """What approval asks if this state is the result."""
        for actor in self.always:
            yield _choice([self.likes(actor, state)])
        for amount, actors in self.veto.items():
            for actor in actors:
                yield _choice([self.below(amount, 1), self.likes(actor, state)])

    def reach(self, concept: Concept, player: int, amounts: Amounts | None) -> Reach:
        found = self.swayed.reach(concept, player, amounts)
        if found is None:
            raise TooWide
        return found


@dataclass
class ForState(Buyer):
    """Some goal state is an equilibrium, and let pass."""

    reaches: dict[int, Reach] = field(default_factory=dict)
    """What any answers come to, for those whom something is offered."""

    def run(self) -> None:
        if self.verify((0,) * len(self.most)).works:  # nothing is cheaper than nothing
            return
        waiting = self._programs()
        order = iter(range(1 << 60))
        heap = [(0, next(order), clauses) for clauses in waiting]
        self.shortest: dict[frozenset[Clause], Solved] = {}
        while heap:
            cost, _, clauses = heapq.heappop(heap)
            self.bound = self.price(cost)
            if self.least is not None and cost >= self.least:
                return
            solved = self.shortest.get(clauses) or self.solve(clauses)
            self.shortest[clauses] = solved
            if solved.impossible:
                continue
            if solved.bound > cost:
                heapq.heappush(heap, (solved.bound, next(order), clauses))
                continue
            if not solved.proved or solved.amounts is None:
                self.last(solved)
                raise OutOfTime
            tried = self.verify(solved.amounts)
            if self.least is not None and cost >= self.least:
                return
            for state in waiting.pop(clauses):
                harder = self._cut(state, clauses, solved.amounts, tried)
                if harder not in waiting:
                    heapq.heappush(heap, (cost, next(order), harder))
                waiting.setdefault(harder, []).append(state)
        self.bound = None if self.least is None else self.price(self.least)

    def _programs(self) -> dict[frozenset[Clause], list[int]]:
        """The goal states by what they ask of purchases; without those that nothing makes an equilibrium."""
        relaxed = CONCEPTS[RELAXED.get(self.concept.id, self.concept.id)]
        tried = self.verify((0,) * len(self.most))
        swayable = {self.swayed.conflict.index(lever.to) for lever in self.swayed.levers}
        possible = self.goal.copy()
        for player, table in enumerate(tried.analysis.solution.stable[relaxed.id]):
            if player not in swayable:
                possible &= table.at(self.swayed.states)
        self.reaches = reaches = {player: self.reach(relaxed, player, None) for player in sorted(swayable)}
        found: dict[frozenset[Clause], list[int]] = {}
        for state in np.flatnonzero(possible).tolist():
            clauses = frozenset(
                each for player, reach in reaches.items() for each in self.swayed.clauses(player, state, reach)
            )
            clauses |= {each for each in self.vetoes(state) if frozenset() not in each}
            if all(clauses):
                found.setdefault(clauses, []).append(state)
        return found

    def outbid(self) -> tuple[str, ...]:
        """The actors who would leave every goal state whatever is bought, and whatever others answer."""
        relaxed = CONCEPTS[RELAXED.get(self.concept.id, self.concept.id)]
        analysis = self.verify((0,) * len(self.most)).analysis
        states = np.flatnonzero(self.goal)
        found = []
        for player, table in enumerate(analysis.solution.stable[relaxed.id]):
            content = bool(table.at(self.swayed.states[states]).any())
            if not content and player in self.reaches:
                content = self._can_be_content(player, states.tolist())
            found += [] if content else [self.swayed.conflict.players[player].id]
        return tuple(found)

    def _can_be_content(self, player: int, states: list[int]) -> bool:
        known: set[frozenset[Clause]] = set()
        for state in states:
            clauses = self.swayed.clauses(player, state, self.reaches[player])
            if clauses not in known and not self.solve(clauses).impossible:
                return True
            known.add(clauses)
        return False

    def _cut(self, state: int, clauses: frozenset[Clause], amounts: Amounts, tried: Tried) -> frozenset[Clause]:
        """What the state asks besides, in view of a package under which it fails."""
        program = self.program(())
        cell = self.swayed.states[[state]]
        for player, table in enumerate(tried.analysis.solution.stable[self.concept.id]):
            if not table.at(cell)[0] and self.concept.id in RELAXED:
                reach = self._reached(player, amounts)
                asked = self.swayed.clauses(player, state, reach)
                program = self.program(())
                fresh = {each for each in asked if not program.clause_met(each, amounts)}
                if fresh:
                    self.cuts += 1
                    return clauses | fresh
        self.cuts += 1
        return clauses | {self.unlike(amounts)}

    def _reached(self, player: int, amounts: Amounts) -> Reach:
        known = self.__dict__.setdefault("_known", {})
        if (player, amounts) not in known:
            known[player, amounts] = self.reach(self.concept, player, amounts)
        found: Reach = known[player, amounts]
        return found


@dataclass
class ForBreak(Buyer):
    """Every equilibrium within reach is a goal state, there is one, and all are let pass."""

    within: Sequence[int] = ()

    def run(self) -> None:
        clauses: list[Clause] = []
        while True:
            solved = self.solve(clauses)
            if solved.impossible:
                self.bound = None
                return
            self.bound = self.price(solved.bound)
            if self.least is not None and solved.bound >= self.least:
                return
            if not solved.proved or solved.amounts is None:
                self.last(solved)
                raise OutOfTime
            tried = self.verify(solved.amounts)
            if tried.works:
                return
            fresh = [each for each in self._cuts(solved.amounts, tried) if not self._met(each, solved.amounts)]
            self.cuts += len(fresh)
            clauses += fresh or [self.unlike(solved.amounts)]

    def _met(self, each: Clause, amounts: Amounts) -> bool:
        return self.program(()).clause_met(each, amounts)

    def _cuts(self, amounts: Amounts, tried: Tried) -> Iterator[Clause]:
        stable = self.equilibria(tried)
        found = [state for state in self.within if stable[state]]
        bad = [state for state in found if not self.goal[state]]
        for state in bad[:MOST_BAD]:
            yield self._otherwise(state, amounts, tried)
        if not found:
            yield self._somewhere(amounts, tried)
        for state in found if not bad else ():
            unlike = self._otherwise(state, amounts, tried)
            for each in self.vetoes(state):
                yield frozenset({*unlike, *each})

    def _otherwise(self, state: int, amounts: Amounts, tried: Tried) -> Clause:
        """The state is no equilibrium any more."""
        tests: set[int] = set()
        for player in self.swayed.players:
            assert tried.analysis.solution.stable[self.concept.id][player].at(self.swayed.states[[state]])[0]
            tests |= support(self.swayed, self.concept, player, state, amounts)
        return _choice([self.swayed.opposite(test) for test in tests])

    def _somewhere(self, amounts: Amounts, tried: Tried) -> Clause:
        """Some reason why no goal state within reach is an equilibrium goes away."""
        relevant = [state for state in self.within if self.goal[state]]
        reaches: dict[int, Reach] = {}
        ways: set[frozenset[int]] = set()
        credible = amounts if self.concept.answers == "improvements" else None
        for state in relevant:
            cell = self.swayed.states[[state]]
            for player, table in enumerate(tried.analysis.solution.stable[self.concept.id]):
                if table.at(cell)[0]:
                    continue
                if player not in reaches:
                    reaches[player] = self.reach(self.concept, player, credible)
                for each in self.swayed.clauses(player, state, reaches[player]):
                    if not self._met(each, amounts):
                        ways |= each
                        break
                break
        return frozenset(ways)


def _choice(tests: Iterable[int]) -> Clause:
    """One of these tests; trivial if one is always true."""
    known = set(tests)
    return frozenset({frozenset()}) if TRUE in known else frozenset(frozenset({test}) for test in known - {FALSE})
