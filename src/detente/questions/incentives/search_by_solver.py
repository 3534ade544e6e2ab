"""The cheapest package by solver: programs solved, packages verified, cuts added until bound and price agree.

The mathematics. What the goal asks of a package is a program (`incentives.program`, `incentives.package_tests`), solved as a
relaxation:

- `SomeEquilibrium`: some state of several is an equilibrium. Every goal state has a program of its own: one clause per move of
  every actor, and that those who must approve like the state no less than the status quo. Goal states with the same program
  are one. The program with the least bound comes next: it is solved, its package is verified by the engine for all its
  states at once, and if it fails (SEQ, SSEQ) every state gets its cut. So the least of the bounds is a bound for all.
- `EveryEquilibrium`: every reachable equilibrium is a goal state, and there is one. The first program asks nothing. If under
  its package some other state is an equilibrium, its *support* is a set of tests, true now, that together keep it one: the cut
  asks that one of them turns false. If there is no equilibrium, one of the reasons at one of the goal states must go away;
  if somebody vetoes a result, it must come to like it, or the result must cease to be an equilibrium, or nothing that needs
  its approval is bought.

A cut is true of every package that works and false of the one that failed, so the search ends. A package is only ever said
to work because the engine found that it does; it is cheapest when no program has a lower bound. Ties in price are settled
by the number of units. Cost: NP-hard in general; per round one program and one analysis.

How to use it: `SomeEquilibrium(...)` or `EveryEquilibrium(...)`, then `run()`, which raises `Spent`; `bound` is proved at any
time.
"""

from __future__ import annotations

import heapq
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.budget import Budget, Spent
from detente.engine.concepts import CONCEPTS, Concept
from detente.messages import tell
from detente.questions.incentives.package_tests import FALSE, TRUE, PackageTests, Reach
from detente.questions.incentives.program import Amounts, Decided, Program, Solved, Sum
from detente.questions.incentives.solvers import Solver
from detente.questions.incentives.support import support
from detente.questions.inverse.monotone_conditions import Clause

RELAXED = {"seq": "gmr", "sseq": "smr"}
"""Concepts with any answers in place of credible ones."""

MOST_BAD = 8
"""Unwanted equilibria that get a cut in one round."""


@dataclass(frozen=True)
class Verified:
    """A package verified by the engine: the analysis under it, and whether it does (goal and consent)."""

    analysis: Analysis
    works: bool


@dataclass(kw_only=True)
class ProgramSearch(ABC):
    """What both searches share: prices in whole numbers, programs, verified packages.

    `verify` is the engine's word on a package; `least` the cost of the cheapest package that was verified to work.
    """

    tests: PackageTests
    concept: Concept
    goal: NDArray[np.bool_]
    approved_by: tuple[str, ...]
    solver: Solver
    verify: Callable[[dict[str, int]], Verified]
    budget: Budget
    bound: Fraction | None = Fraction(0)
    solved: int = 0
    cuts: int = 0
    verified: dict[Amounts, Verified] = field(default_factory=dict)
    least: int | None = None

    @abstractmethod
    def run(self) -> None:
        """Search until the bound is proved to be the price, or None: there is no such package. Raises `Spent`."""

    # --- prices as whole numbers ---

    @cached_property
    def most(self) -> tuple[int, ...]:
        return self.tests.most

    @cached_property
    def nothing(self) -> Amounts:
        return (0,) * len(self.most)

    @cached_property
    def step(self) -> int:
        """More than all units together, so that units decide between equal prices and never against a lower one."""
        return sum(self.most) + 1

    @cached_property
    def scale(self) -> int:
        return math.lcm(1, *(each.cost.denominator for each in self.tests.incentives))

    @cached_property
    def costs(self) -> tuple[int, ...]:
        return tuple(int(each.cost * self.scale) * self.step + 1 for each in self.tests.incentives)

    def price(self, cost: int) -> Fraction:
        """The least price that a cost of so much can stand for."""
        return Fraction(max(0, -(-(cost - self.step + 1) // self.step)), self.scale)

    # --- programs and packages ---

    def program(self, clauses: Iterable[Clause] = ()) -> Program:
        return Program(self.most, self.costs, tuple(self.tests.listed), tuple(clauses))

    def met(self, each: Clause, amounts: Amounts) -> bool:
        return any(all(self.tests.holds(test, amounts) for test in way) for way in each)

    def solve(self, clauses: Iterable[Clause]) -> Solved:
        """The cheapest amounts that meet the clauses; what needs no solver is not given to one."""
        program = self.program(clauses)
        if not all(program.clauses):
            return Solved(None, 0, True)
        if program.met(self.nothing):
            return Solved(self.nothing, 0, True)
        self.budget.check()
        self.solved += 1
        found = self.solver(program, self.budget)
        if found.amounts is not None and not program.met(found.amounts):
            # A solver that calculates in floats has rounded: these amounts are cut off, which loses no package that works.
            return self.solve([*program.clauses, self.unlike(found.amounts)])
        return found

    def ask(self, amounts: Amounts) -> Verified:
        """The engine's word on a package, asked once; the first is asked whatever the budget."""
        if amounts not in self.verified:
            if self.verified:
                self.budget.check()
            self.verified[amounts] = self.verify(self._units(amounts))
            if self.verified[amounts].works:
                cost = self.program().cost(amounts)
                self.least = cost if self.least is None else min(self.least, cost)
        return self.verified[amounts]

    def proved(self, solved: Solved) -> Amounts:
        """The amounts of a proved optimum; else the best there was is verified all the same, and the search ends."""
        if solved.proved and solved.amounts is not None:
            return solved.amounts
        if solved.amounts is not None and solved.amounts not in self.verified and not self.budget.cancelled():
            self.verify(self._units(solved.amounts))
        self.budget.check()
        raise Spent(tell("the solver ended without a proof"), "seconds")

    def _units(self, amounts: Amounts) -> dict[str, int]:
        return {each.id: many for each, many in zip(self.tests.incentives, amounts, strict=True) if many}

    def unlike(self, amounts: Amounts) -> Clause:
        """Any other amounts."""
        fewer = [self.below(a, many) for a, many in enumerate(amounts)]
        more = [self.tests.opposite(self.below(a, many + 1)) for a, many in enumerate(amounts)]
        return _choice([*fewer, *more])

    def below(self, amount: int, many: int) -> int:
        """The test that fewer units than so many are bought; for one unit a decision list, which every solver takes."""
        return self.tests.number(Decided(((amount, False),), True) if many == 1 else Sum(((amount, 1),), many - 1))

    # --- states ---

    def places(self, cells: NDArray[np.int64]) -> list[int]:
        found: list[int] = np.searchsorted(self.tests.states, cells).tolist()
        return found

    def stable(
        self, verified: Verified, concept: str, states: NDArray[np.int64] | None = None
    ) -> list[NDArray[np.bool_]]:
        """Per player where it is stable under the package, of these states (default: all)."""
        cells = self.tests.states if states is None else self.tests.states[states]
        return [table.at(cells) for table in verified.analysis.solution.stable[concept]]

    def likes(self, actor: str, state: int) -> int:
        """The test whether the actor likes the state at least as much as the status quo."""
        player, now = self.tests.conflict.index(actor), self.tests.conflict.now
        assert now is not None  # asked before
        classes = self.tests.classes_of[player].classes
        return self.tests.no_worse(player, int(classes[state]), int(classes[self.places(np.array([now]))[0]]))

    def vetoes(self, state: int) -> Iterator[Clause]:
        """What approval asks if this state is the result: always, or if the incentive is bought that asks for it."""
        for actor in self.approved_by:
            yield _choice([self.likes(actor, state)])
        for amount, incentive in enumerate(self.tests.incentives):
            for actor in incentive.approved_by:
                yield _choice([self.below(amount, 1), self.likes(actor, state)])


@dataclass(kw_only=True)
class SomeEquilibrium(ProgramSearch):
    """Some goal state is an equilibrium, and let pass.

    `reaches` is what any answers come to, for those whom something is offered; `credible` the same under a package, for cuts;
    `optima` are the programs that have been solved.
    """

    reaches: dict[int, Reach] = field(default_factory=dict)
    credible: dict[tuple[int, Amounts], Reach] = field(default_factory=dict)
    optima: dict[frozenset[Clause], Solved] = field(default_factory=dict)

    @property
    def relaxed(self) -> Concept:
        """The concept that programs say exactly: with any answers in place of credible ones."""
        return CONCEPTS[RELAXED.get(self.concept.id, self.concept.id)]

    def run(self) -> None:
        if self.ask(self.nothing).works:  # nothing is cheaper than nothing
            return
        waiting = self._programs()
        order = itertools.count()
        heap = [(0, next(order), clauses) for clauses in waiting]
        while heap:
            # The least of all bounds: no goal state can be had for less, so this bounds the price.
            cost, _, clauses = heapq.heappop(heap)
            self.bound = self.price(cost)
            if self.least is not None and cost >= self.least:
                return
            if clauses not in self.optima:
                self.optima[clauses] = self.solve(clauses)
            solved = self.optima[clauses]
            if solved.impossible:
                continue
            if solved.bound > cost:
                # Dearer than it seemed: it waits until its own bound is the least.
                heapq.heappush(heap, (solved.bound, next(order), clauses))
                continue
            amounts = self.proved(solved)
            verified = self.ask(amounts)
            if self.least is not None and cost >= self.least:
                return
            # The package fails, so each of the states asks for more than the program said: its cut.
            for state in waiting.pop(clauses):
                harder = clauses | self._cut(state, amounts, verified)
                if harder not in waiting:
                    heapq.heappush(heap, (cost, next(order), harder))
                waiting.setdefault(harder, []).append(state)
        self.bound = None if self.least is None else self.price(self.least)

    def _programs(self) -> dict[frozenset[Clause], list[int]]:
        """The goal states by what they ask of the package; without those that nothing makes an equilibrium."""
        receivers = {self.tests.conflict.index(each.to) for each in self.tests.incentives}
        possible = self.goal.copy()
        for player, stable in enumerate(self.stable(self.ask(self.nothing), self.relaxed.id)):
            if (
                player not in receivers
            ):  # its wants, and by any answers also its stability, are the same under every package
                possible &= stable
        self.reaches.update((player, self.tests.reach(self.relaxed, player)) for player in sorted(receivers))
        found: dict[frozenset[Clause], list[int]] = {}
        for state in np.flatnonzero(possible).tolist():
            clauses = frozenset(
                each for player, reach in self.reaches.items() for each in self.tests.clauses(player, state, reach)
            )
            clauses |= {each for each in self.vetoes(state) if frozenset() not in each}
            if all(clauses):
                found.setdefault(clauses, []).append(state)
        return found

    def outbid(self) -> tuple[str, ...]:
        """The actors who would leave every goal state whatever is bought, and whatever others answer."""
        states = np.flatnonzero(self.goal)
        found = []
        for player, stable in enumerate(self.stable(self.ask(self.nothing), self.relaxed.id, states)):
            content = bool(stable.any())
            if not content and player in self.reaches:
                content = self._can_be_content(player, states.tolist())
            found += [] if content else [self.tests.conflict.players[player].id]
        return tuple(found)

    def _can_be_content(self, player: int, states: list[int]) -> bool:
        known: set[frozenset[Clause]] = set()
        for state in states:
            clauses = self.tests.clauses(player, state, self.reaches[player])
            if clauses not in known and not self.solve(clauses).impossible:
                return True
            known.add(clauses)
        return False

    def _cut(self, state: int, amounts: Amounts, verified: Verified) -> frozenset[Clause]:
        """What the state asks besides, in view of a package under which it fails."""
        self.cuts += 1
        for player, stable in enumerate(self.stable(verified, self.concept.id, np.array([state]))):
            if not stable[0] and self.concept.id in RELAXED:
                # Too few answers are credible: one that is must end lower, or one that is not must become so.
                asked = self.tests.clauses(player, state, self._credible(player, amounts))
                fresh = {each for each in asked if not self.met(each, amounts)}
                if fresh:
                    return frozenset(fresh)
        return frozenset({self.unlike(amounts)})

    def _credible(self, player: int, amounts: Amounts) -> Reach:
        if (player, amounts) not in self.credible:
            self.credible[player, amounts] = self.tests.reach(self.concept, player, amounts)
        return self.credible[player, amounts]


@dataclass(kw_only=True)
class EveryEquilibrium(ProgramSearch):
    """Every equilibrium `within` reach is a goal state, there is one, and all are let pass."""

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
            amounts = self.proved(solved)
            verified = self.ask(amounts)
            if verified.works:
                return
            fresh = [each for each in self._cuts(amounts, verified) if not self.met(each, amounts)]
            self.cuts += len(fresh)
            clauses += fresh or [self.unlike(amounts)]

    def _cuts(self, amounts: Amounts, verified: Verified) -> Iterator[Clause]:
        stable = np.logical_and.reduce(self.stable(verified, self.concept.id))
        found = [state for state in self.within if stable[state]]
        bad = [state for state in found if not self.goal[state]]
        for state in bad[:MOST_BAD]:
            yield self._otherwise(state, amounts)
        if not found:
            yield self._somewhere(amounts, verified)
        for state in found if not bad else ():  # the goal holds, so somebody vetoes
            unlike = self._otherwise(state, amounts)
            for each in self.vetoes(state):
                yield frozenset({*unlike, *each})

    def _otherwise(self, state: int, amounts: Amounts) -> Clause:
        """The state, an equilibrium under these amounts, is none any more: one of the tests that keep it stable turns false."""
        kept: set[int] = set()
        for player in self.tests.players:
            kept |= support(self.tests, self.concept, player, state, amounts)
        return _choice([self.tests.opposite(test) for test in kept])

    def _somewhere(self, amounts: Amounts, verified: Verified) -> Clause:
        """Some reason why no goal state within reach is an equilibrium goes away."""
        relevant = [state for state in self.within if self.goal[state]]
        stable = self.stable(verified, self.concept.id, np.array(relevant, dtype=np.int64))
        credible = amounts if self.concept.answers == "improvements" else None
        reaches: dict[int, Reach] = {}
        ways: set[frozenset[int]] = set()
        for place, state in enumerate(relevant):
            # One reason a state is enough: while it stands the state is no equilibrium.
            player = next((k for k, table in enumerate(stable) if not table[place]), None)
            if player is None:
                continue
            if player not in reaches:
                reaches[player] = self.tests.reach(self.concept, player, credible)
            unmet = (each for each in self.tests.clauses(player, state, reaches[player]) if not self.met(each, amounts))
            ways |= next(unmet, frozenset())
        return frozenset(ways)


def _choice(tests: Iterable[int]) -> Clause:
    """One of these tests; trivial if one is always true."""
    known = set(tests)
    return frozenset({frozenset()}) if TRUE in known else frozenset(frozenset({test}) for test in known - {FALSE})
