"""Conditions that get no harder to meet when more becomes true: made short, how near they are, and how many sets meet them.

The mathematics. Things are numbered. A *way* is a set of things that must all be true; a *clause* is a choice of ways, one of
which must do; a *condition* asks for some things always and for every one of its clauses. Such a condition is monotone:
what meets it still does if more is true. A way that contains another way of its clause is superfluous (absorption), and so
is a clause that another clause implies; what all ways of a clause share is asked for always.

- `nearest`: the smallest sets of things that, made true, meet the condition: iterative deepening over their number, with a
  lower bound from disjoint clauses, so that nothing smaller is overlooked. NP-hard in general, hence a budget.
- `sizes`: how many sets of each size meet the condition: split on one thing (absent or present), parts that share nothing
  multiplied, things that play the same part made one, equal parts remembered. Exact whole numbers, again within a budget.

>>> short = condition([{frozenset({1}), frozenset({1, 2})}, {frozenset({2}), frozenset({3})}])
>>> sorted(short.always), [sorted(map(sorted, clause)) for clause in short.clauses]
([1], [[[2], [3]]])
>>> nearest(short, {3}).sets
(frozenset({1}),)
>>> sizes(short, 4)
(0, 0, 2, 3, 1)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from detente.budget import Budget, Spent

Way = frozenset[int]
Clause = frozenset[Way]

BRANCHES = 20_000
"""Branches looked at before a search or a count is given up."""

MOST_SETS = 200
"""Smallest sets listed."""

MOST_THINGS = 400
"""Things a counted condition may mention."""


@dataclass(frozen=True)
class Condition:
    """`always` must be true, and of every clause one way; no clause mentions what is always asked for."""

    always: frozenset[int] = frozenset()
    clauses: tuple[Clause, ...] = ()

    def met(self, true: Collection[int]) -> bool:
        """Whether the things that are true meet it."""
        known = frozenset(true)
        return self.always <= known and all(any(way <= known for way in clause) for clause in self.clauses)

    @property
    def trivial(self) -> bool:
        """Whether nothing is asked."""
        return not self.always and not self.clauses

    @property
    def things(self) -> frozenset[int]:
        """What it mentions."""
        return self.always.union(*(way for clause in self.clauses for way in clause))

    def given(self, true: Collection[int]) -> Condition:
        """What is left of it once these are true."""
        known = frozenset(true)
        ways = [[way - known for way in clause] for clause in self.clauses]
        return condition([*ways, [self.always - known]])


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The smallest number of things to make true, and the sets of that size.

    `size` is proved to be least; None if the search was given up, and then fewer than `at_least` are proved not to do.
    `complete`: whether `sets` are all of them.
    """

    size: int | None
    at_least: int
    sets: tuple[frozenset[int], ...]
    complete: bool


def clause(ways: Iterable[Collection[int]]) -> Clause:
    """The ways without those that contain another. Cost: quadratic in the ways of two or more things."""
    known = sorted({frozenset(way) for way in ways}, key=len)
    single = {thing for way in known if len(way) == 1 for thing in way}
    kept: list[Way] = []
    for way in known:
        if not way:
            return frozenset({way})
        if len(way) == 1 or not (way & single or any(other <= way for other in kept if len(other) > 1)):
            kept.append(way)
    return frozenset(kept)


def condition(clauses: Iterable[Iterable[Collection[int]]]) -> Condition:
    """All these clauses, in the shortest form: absorption, what all ways share taken out, implied clauses left out.

    An empty clause (no way at all) cannot be met and is refused: the callers' clauses always have a way.
    """
    left = [clause(each) for each in clauses]
    assert all(left), "a clause without a way"
    always: frozenset[int] = frozenset()
    while shared := frozenset().union(*(frozenset.intersection(*each) for each in left)) - always:
        always |= shared
        left = [clause(way - always for way in each) for each in left]
    left = [each for each in dict.fromkeys(left) if frozenset() not in each]
    return Condition(always, tuple(_needed(left)))


def _needed(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses that no other implies (of equal ones there is one)."""
    for one in clauses:
        if not any(other != one and _implies(other, one) for other in clauses):
            yield one


def _implies(strong: Clause, weak: Clause) -> bool:
    """Whether meeting one means meeting the other: each way of it contains a way of the other."""
    return all(way in weak or any(other <= way for other in weak) for way in strong)


# --- how near ----------------------------------------------------------------------------------------------------------


def nearest(wanted: Condition, true: Collection[int], branches: int = BRANCHES, most: int = MOST_SETS) -> Nearest:
    """The smallest sets of things that, made true besides those that are, meet the condition; sorted."""
    missing = wanted.given(true)
    search = _SmallestSets(Budget(steps=branches, unit="branches"), most)
    base = len(missing.always)
    size = base + _least(missing.clauses)
    longest = base + sum(min(map(len, each)) for each in missing.clauses)
    # Deepening: no set is smaller than the lower bound, and each size is gone through before the next, so the first that has
    # sets is the least.
    while size <= longest:
        whole = True
        try:
            search.explore(frozenset(), missing.clauses, size - base)
        except Spent:
            whole = False
        if search.found:
            sets = sorted((found | missing.always for found in search.found), key=sorted)
            return Nearest(size=size, at_least=size, sets=tuple(sets[:most]), complete=whole and len(sets) <= most)
        if not whole:
            return Nearest(size=None, at_least=size, sets=(), complete=False)
        size += 1
    raise AssertionError("one way of every clause always does")


def _least(clauses: Iterable[Clause]) -> int:
    """A number of things that is certainly needed: clauses that share nothing need their shortest ways each."""
    seen: set[int] = set()
    total = 0
    for each in sorted(clauses, key=lambda c: (len(c), sorted(map(sorted, c)))):
        things = {thing for way in each for thing in way}
        if not things & seen:
            seen |= things
            total += min(map(len, each))
    return total


@dataclass
class _SmallestSets:
    """The sets found so far; (chosen, left) that have been explored are not explored again."""

    budget: Budget
    most: int
    found: set[frozenset[int]] = field(default_factory=set)
    seen: set[tuple[frozenset[int], int]] = field(default_factory=set)

    def explore(self, chosen: frozenset[int], clauses: Sequence[Clause], left: int) -> None:
        """Add to `found` every smallest set that contains `chosen`, with at most `left` more things."""
        self.budget.step()
        if len(self.found) > self.most or (chosen, left) in self.seen:
            return
        self.seen.add((chosen, left))
        if not clauses:
            self.found.add(chosen)
            return
        if _least(clauses) > left:
            return
        # Some way of this clause must be chosen: the one with the fewest ways branches least.
        first = min(clauses, key=lambda c: (len(c), -min(map(len, c)), sorted(map(sorted, c))))
        for way in sorted(first, key=lambda w: (len(w), sorted(w))):
            if len(way) <= left:
                rest = [clause(other - way for other in each) for each in clauses]
                self.explore(chosen | way, [each for each in rest if frozenset() not in each], left - len(way))


# --- how many ----------------------------------------------------------------------------------------------------------


def sizes(wanted: Condition, things: int, branches: int = BRANCHES) -> tuple[int, ...] | None:
    """How many sets of 0, 1, 2, ... of so many things meet the condition; None if that takes too long."""
    if len(wanted.things) > MOST_THINGS:
        return None
    count = _Count(Budget(steps=branches, unit="branches"))
    try:
        found = count.of(frozenset(wanted.clauses))
    except Spent:
        return None
    free = things - len(wanted.things)
    return tuple([0] * len(wanted.always) + _times(found, _any(free)))


def rankings(wanted: Condition, states: int, branches: int = BRANCHES) -> int | None:
    """How many strict rankings of so many states, one of them the target, rank below the target what the condition asks.

    A set of k states is just what is below the target in k! (states - 1 - k)! rankings.
    """
    found = sizes(wanted, states - 1, branches)
    if found is None:
        return None
    return sum(n * math.factorial(k) * math.factorial(states - 1 - k) for k, n in enumerate(found))


Weight = tuple[list[int], list[int]]
"""How many sets of each size make a thing false, and how many make it true."""


@dataclass
class _Count:
    """Things that only occur together are made one thing: true if all are, or if any is; `weights` says in how many ways."""

    budget: Budget
    weights: dict[int, Weight] = field(default_factory=dict)
    made: dict[tuple[bool, frozenset[int]], int] = field(default_factory=dict)
    known: dict[frozenset[Clause], list[int]] = field(default_factory=dict)

    def of(self, clauses: frozenset[Clause]) -> list[int]:
        """How many sets of each size, of the things the clauses mention, meet them all."""
        if clauses not in self.known:
            self.budget.step()
            self.known[clauses] = self._found(clauses)
        return self.known[clauses]

    def _found(self, clauses: frozenset[Clause]) -> list[int]:
        if not clauses:
            return [1]
        # Parts that share nothing are met independently; things that only matter together are one; else split on one thing.
        parts = _apart(clauses)
        if len(parts) > 1:
            return _product(self.of(part) for part in parts)
        for alike in (_together, _exchangeable):
            groups = [group for group in alike(clauses) if len(group) > 1]
            if groups:
                return self.of(self._merged(clauses, groups, alike is _together))
        return self._split(clauses)

    def weight(self, thing: int) -> Weight:
        return self.weights.get(thing, ([1], [0, 1]))

    def either(self, things: Iterable[int]) -> list[int]:
        """How many sets of each size these things have, whatever is true."""
        return _product(_plus(*self.weight(thing)) for thing in things)

    def _merged(self, clauses: frozenset[Clause], groups: Iterable[frozenset[int]], every: bool) -> frozenset[Clause]:
        """The clauses with one thing in place of each group: true if every one of the group is, or else if any is."""
        names = {thing: self._one(group, every) for group in groups for thing in group}
        renamed = ({frozenset(names.get(thing, thing) for thing in way) for way in each} for each in clauses)
        return frozenset(frozenset(each) for each in renamed)

    def _one(self, group: frozenset[int], every: bool) -> int:
        key = (every, group)
        if key not in self.made:
            self.made[key] = -1 - len(self.made)
            whole = _product(self.weight(thing)[every] for thing in group)
            rest = _plus(self.either(group), [-n for n in whole])
            self.weights[self.made[key]] = (rest, whole) if every else (whole, rest)
        return self.made[key]

    def _split(self, clauses: frozenset[Clause]) -> list[int]:
        """The sets without the thing mentioned most, and those with it."""
        uses = Counter(thing for each in clauses for way in each for thing in way)
        thing = max(sorted(uses), key=uses.__getitem__)
        false, true = self.weight(thing)
        absent = [[way for way in each if thing not in way] for each in clauses]
        present = [[way - {thing} for way in each] for each in clauses]
        others = frozenset(uses) - {thing}
        without = self._rest(absent, others) if all(absent) else [0]  # a clause without a way cannot be met
        return _plus(_times(false, without), _times(true, self._rest(present, others)))

    def _rest(self, clauses: Iterable[Iterable[Way]], things: frozenset[int]) -> list[int]:
        short = [clause(each) for each in clauses]
        left = frozenset(_needed([each for each in dict.fromkeys(short) if frozenset() not in each]))
        return _times(self.of(left), self.either(things - _mentioned(left)))


def _mentioned(clauses: Iterable[Clause]) -> frozenset[int]:
    return frozenset(thing for each in clauses for way in each for thing in way)


def _together(clauses: frozenset[Clause]) -> Iterable[frozenset[int]]:
    """Things that occur in the same ways of the same clauses: they only matter all at once."""
    places: dict[int, set[tuple[Clause, Way]]] = {}
    for each in clauses:
        for way in each:
            for thing in way:
                places.setdefault(thing, set()).add((each, way))
    return _grouped({thing: frozenset(found) for thing, found in places.items()})


def _exchangeable(clauses: frozenset[Clause]) -> Iterable[frozenset[int]]:
    """Things that do alone, and in the same clauses: any of them is as good as another."""
    alone: dict[int, set[Clause]] = {}
    for each in clauses:
        for way in each:
            if len(way) == 1:
                alone.setdefault(next(iter(way)), set()).add(each)
    longer = {thing for each in clauses for way in each if len(way) > 1 for thing in way}
    return _grouped({thing: frozenset(found) for thing, found in alone.items() if thing not in longer})


def _grouped(places: dict[int, frozenset[Any]]) -> list[frozenset[int]]:
    groups: dict[frozenset[Any], set[int]] = {}
    for thing, found in places.items():
        groups.setdefault(found, set()).add(thing)
    return [frozenset(group) for group in groups.values()]


def _apart(clauses: frozenset[Clause]) -> list[frozenset[Clause]]:
    """The clauses in groups that have nothing in common."""
    groups: list[tuple[set[int], set[Clause]]] = []
    for each in clauses:
        things, members = {thing for way in each for thing in way}, {each}
        for group in [g for g in groups if g[0] & things]:
            groups.remove(group)
            things |= group[0]
            members |= group[1]
        groups.append((things, members))
    return [frozenset(members) for _, members in groups]


def _any(things: int) -> list[int]:
    return [math.comb(things, k) for k in range(things + 1)]


def _product(factors: Iterable[list[int]]) -> list[int]:
    return reduce(_times, factors, [1])


def _times(a: list[int], b: list[int]) -> list[int]:
    found = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return found


def _plus(a: list[int], b: list[int]) -> list[int]:
    longer, shorter = sorted((a, b), key=len, reverse=True)
    return [x + (shorter[i] if i < len(shorter) else 0) for i, x in enumerate(longer)]
