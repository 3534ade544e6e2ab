"""A truth table as a tree: which factor to ask for first, and what is then left to ask.

The mathematics. A table has a result for every combination of values, one per factor. A *tree* asks for one factor at a time;
a *leaf* is reached when all combinations that agree with the answers so far have one result. Values after which everything
else is alike share a branch.

Steps: at every place the factor is asked for that *settles* most: the one whose values leave the greatest number of
combinations with one result; of several such the one with the fewest branches, then the first. This is the greedy growth of
decision trees (Quinlan 1986, with this measure in place of entropy): the tree says what the table says, and is small, though
not always the smallest. Cost: factors × combinations at every level.

>>> rows = {("need", "asset"): "ALL", ("need", "tool"): "ALL", ("profit", "asset"): "NONE", ("profit", "tool"): "ALL"}
>>> tree = decision_tree(rows)
>>> tree.factor, [(branch.values, type(branch.then).__name__) for branch in tree.branches]
(0, [(('need',), 'Leaf'), (('profit',), 'Split')])
>>> [(dict(leaf.results), answers) for answers, leaf in leaves(tree)]
[({'ALL': 2}, {0: ('need',)}), ({'NONE': 1}, {0: ('profit',), 1: ('asset',)}), ({'ALL': 1}, {0: ('profit',), 1: ('tool',)})]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Rows = Mapping[tuple[str, ...], Hashable]
"""A result for every combination of values."""


@dataclass(frozen=True)
class Leaf:
    """Nothing is left to ask: how many combinations there are, by result. Several results only where a tree was `pruned`."""

    results: Mapping[Hashable, int]

    @property
    def count(self) -> int:
        return sum(self.results.values())


@dataclass(frozen=True)
class Branch:
    """The values that lead here, and what is asked then."""

    values: tuple[str, ...]
    then: Leaf | Split


@dataclass(frozen=True)
class Split:
    """The factor asked for, by its place, and a branch for each set of its values after which all is alike."""

    factor: int
    branches: tuple[Branch, ...]

    @property
    def count(self) -> int:
        return sum(branch.then.count for branch in self.branches)


def decision_tree(rows: Rows) -> Leaf | Split:
    """The tree of a table of all combinations of values."""
    places = tuple(range(len(next(iter(rows)))))
    return _grow(dict(rows), places, 1)


def leaves(tree: Leaf | Split) -> Iterator[tuple[dict[int, tuple[str, ...]], Leaf]]:
    """Every leaf from the first to the last, with the values that lead there, by factor."""
    if isinstance(tree, Leaf):
        yield {}, tree
        return
    for branch in tree.branches:
        for answers, leaf in leaves(branch.then):
            yield {tree.factor: branch.values, **answers}, leaf


def pruned(tree: Leaf | Split, most: int) -> Leaf | Split:
    """The tree with at most so many leaves: splits of the fewest combinations become leaves with several results."""
    while sum(1 for _ in leaves(tree)) > most and isinstance(tree, Split):
        smallest = min(_last_splits(tree), key=lambda split: split.count)
        tree = _without(tree, smallest)
    return tree


def _grow(rows: dict[tuple[str, ...], Hashable], places: tuple[int, ...], weight: int) -> Leaf | Split:
    """The tree of a part of the table; each of its rows stands for `weight` combinations, `places` are its factors."""
    if len(set(rows.values())) == 1:
        return Leaf({next(iter(rows.values())): weight * len(rows)})
    parts = [_parts(rows, number) for number in range(len(places))]
    best = max(range(len(places)), key=lambda n: (_settled(parts[n]), -len(_alike(parts[n])), -n))
    branches = (
        Branch(values, _grow(parts[best][values[0]], _but(places, best), weight * len(values)))
        for values in _alike(parts[best])
    )
    return Split(places[best], tuple(branches))


def _parts(rows: dict[tuple[str, ...], Hashable], number: int) -> dict[str, dict[tuple[str, ...], Hashable]]:
    """The table by the values of one factor, which is then no longer in it."""
    found = dict[str, dict[tuple[str, ...], Hashable]]()
    for row, result in rows.items():
        found.setdefault(row[number], {})[_but(row, number)] = result
    return found


def _settled(parts: Mapping[str, Mapping[tuple[str, ...], Hashable]]) -> int:
    return sum(len(part) for part in parts.values() if len(set(part.values())) == 1)


def _alike(parts: Mapping[str, Mapping[tuple[str, ...], Hashable]]) -> list[tuple[str, ...]]:
    """The values in groups after which the rest of the table is the same."""
    groups = dict[frozenset[tuple[tuple[str, ...], Hashable]], tuple[str, ...]]()
    for value, part in parts.items():
        rest = frozenset(part.items())
        groups[rest] = (*groups.get(rest, ()), value)
    return list(groups.values())


def _but(row: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    return row[:number] + row[number + 1 :]


def _last_splits(tree: Split) -> Iterator[Split]:
    """The splits that only leaves follow."""
    below = [branch.then for branch in tree.branches if isinstance(branch.then, Split)]
    if not below:
        yield tree
    for split in below:
        yield from _last_splits(split)


def _without(tree: Split, gone: Split) -> Leaf | Split:
    if tree is gone:
        total = Counter[Hashable]()
        for branch in tree.branches:
            assert isinstance(branch.then, Leaf)
            total.update(branch.then.results)
        return Leaf(dict(total))
    kept = (
        Branch(each.values, _without(each.then, gone) if isinstance(each.then, Split) else each.then)
        for each in tree.branches
    )
    return Split(tree.factor, tuple(kept))
