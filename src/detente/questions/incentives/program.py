"""Least cost under a condition on whole amounts.

The mathematics. There are *amounts* n_1, ..., n_m, whole numbers from 0 to their `most`, each unit at a whole cost. A
*test* is true or false of the amounts:

- `Decided`: a decision list. The first of its steps whose amount is above 0 decides, "for" or "against"; if there is none,
  `otherwise` decides. That is how a wish inserted in a priority list changes which of two states is liked better.
- `Sum`: a sum of coefficients × amounts is at most a bound. That is how amounts of worth change it for weights.

A *clause* offers several *ways*, sets of tests that must all be true (`inverse.monotone_conditions`). Asked for are the amounts
of least cost with a true way in every clause. Every test is needed true, never false: programs are monotone in their tests.

How to solve one: `incentives.solvers`. What a solver finds is checked exactly: `Program.met`.

>>> bought, enough = Decided(((0, True),), False), Sum(((1, -2),), -7)
>>> program = Program((1, 5), (9, 2), (bought, enough), (frozenset({frozenset({0}), frozenset({1})}),))
>>> program.met((0, 3)), program.met((0, 4)), program.cost((0, 4))
(False, True, 8)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.questions.inverse.monotone_conditions import Clause

Amounts = tuple[int, ...]


@dataclass(frozen=True)
class Decided:
    """The first step (an amount, and whether it is for) that is bought decides, else `otherwise`."""

    steps: tuple[tuple[int, bool], ...]
    otherwise: bool

    def true(self, amounts: Sequence[int]) -> bool:
        return next((favours for amount, favours in self.steps if amounts[amount]), self.otherwise)

    @property
    def opposite(self) -> Decided:
        """The test that is true where this one is false."""
        return Decided(tuple((amount, not favours) for amount, favours in self.steps), not self.otherwise)

    def constant(self, most: Sequence[int]) -> bool | None:  # noqa: ARG002 (the signature of `Sum`)
        """Its value if the amounts do not matter, else None."""
        return self.otherwise if all(favours is self.otherwise for _, favours in self.steps) else None


@dataclass(frozen=True)
class Sum:
    """Coefficients × amounts come to at most the bound; all whole numbers."""

    terms: tuple[tuple[int, int], ...]
    bound: int

    def true(self, amounts: Sequence[int]) -> bool:
        return sum(coefficient * amounts[amount] for amount, coefficient in self.terms) <= self.bound

    @property
    def opposite(self) -> Sum:
        """The test that is true where this one is false."""
        return Sum(tuple((amount, -coefficient) for amount, coefficient in self.terms), -self.bound - 1)

    def highest(self, most: Sequence[int]) -> int:
        """The most the sum can come to."""
        return sum(max(coefficient, 0) * most[amount] for amount, coefficient in self.terms)

    def constant(self, most: Sequence[int]) -> bool | None:
        """Its value if the amounts do not matter, else None."""
        if self.highest(most) <= self.bound:
            return True
        return False if sum(min(c, 0) * most[amount] for amount, c in self.terms) > self.bound else None


Test = Decided | Sum


@dataclass(frozen=True)
class Program:
    """What is to be solved: `most` and `costs` of every amount, the tests, and clauses of ways of tests (by number)."""

    most: tuple[int, ...]
    costs: tuple[int, ...]
    tests: tuple[Test, ...]
    clauses: tuple[Clause, ...]

    def met(self, amounts: Sequence[int]) -> bool:
        """Whether every clause has a way whose tests are all true."""
        return all(self.clause_met(each, amounts) for each in self.clauses)

    def clause_met(self, each: Clause, amounts: Sequence[int]) -> bool:
        return any(all(self.tests[test].true(amounts) for test in way) for way in each)

    def cost(self, amounts: Sequence[int]) -> int:
        return sum(cost * many for cost, many in zip(self.costs, amounts, strict=True))

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The tests that some clause mentions."""
        return tuple(sorted({test for each in self.clauses for way in each for test in way}))


@dataclass(frozen=True)
class Solved:
    """`amounts` of least cost if `proved`, else the best found (None: nothing yet); no cost is below `bound`.

    Without amounts and `proved`: there are none, whatever the cost.
    """

    amounts: Amounts | None
    bound: int
    proved: bool

    @property
    def impossible(self) -> bool:
        return self.proved and self.amounts is None
