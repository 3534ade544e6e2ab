"""Lists like the written one: how they are drawn, and how likely each is.

The mathematics. In Mallows' model (1957) a list at d adjacent swaps (Kendall's distance) from the written one has the chance
φ^d / Z, Z = (1)(1 + φ)(1 + φ + φ²)... It is drawn exactly by *repeated insertion* (Doignon, Pekeč & Regenwetter 2004): entry
i is put into the list of those before it, v places above its own, with a chance in proportion to φ^v, v = 0 ... i - 1; the v
add up to d. All draws are made from numbers between 0 and 1, one a choice, so that one source can be drawn anew while all
others stay.

Places count from 0, the most important; row = draw, column = entry of the written list.

>>> places_by_insertion(np.array([[0.5, 0.9, 0.2]]), 3, 0.5).tolist()
[[1, 0, 2]]
>>> orders, chances, rest = orders_of(3, dispersion=0.5)
>>> orders[:2].tolist(), round(float(chances[0]), 4), rest
([[0, 1, 2], [1, 0, 2]], 0.381, 0.0)
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Uniform = NDArray[np.float64]

ORDERS = 5_040
"""Orders of one list that are told apart one by one: all of seven entries; of longer lists the nearest."""


def places_by_insertion(uniform: Uniform, entries: int, dispersion: float) -> Places:
    """Where each entry of a list stands, drawn by repeated insertion; O(draws × entries²)."""
    places = np.zeros((len(uniform), entries), dtype=np.int64)
    for entry in range(1, entries):
        chances = np.cumsum(dispersion ** np.arange(entry + 1, dtype=np.float64))
        above = np.searchsorted(chances / chances[-1], uniform[:, entry], side="right")
        at = entry - np.minimum(above, entry)
        places[:, :entry] += places[:, :entry] >= at[:, None]
        places[:, entry] = at
    return places


def places_by_swaps(uniform: Uniform, entries: int) -> Places:
    """Where each entry stands after one swap of neighbours for each column, each at a place drawn alike."""
    lists = np.tile(np.arange(entries), (len(uniform), 1))
    rows = np.arange(len(uniform))
    for column in range(uniform.shape[1] if entries > 1 else 0):
        at = np.minimum((uniform[:, column] * (entries - 1)).astype(np.int64), entries - 2)
        lists[rows, at], lists[rows, at + 1] = lists[rows, at + 1], lists[rows, at]
    return np.argsort(lists, axis=1)


def orders_of(
    entries: int, dispersion: float | None = None, swaps: int | None = None, most: int = ORDERS
) -> tuple[Places, NDArray[np.float64], float]:
    """The orders of a list with their chances, the likeliest first, and the chance of all that are not among them."""
    if swaps is not None:
        return _by_swaps(entries, swaps, most)
    assert dispersion is not None
    total = float(np.prod([np.sum(dispersion ** np.arange(i + 1, dtype=np.float64)) for i in range(entries)]))
    found: list[tuple[int, ...]] = []
    chances: list[float] = []
    for distance, level in enumerate(levels(entries)):
        chance = dispersion**distance / total
        if not chance or (len(found) + len(level) > most and found):
            break
        found += level
        chances += [chance] * len(level)
        if len(found) >= most:
            break
    lists = np.array(found, dtype=np.int64).reshape(len(found), entries)
    mass = np.array(chances)
    return np.argsort(lists, axis=1), mass, _rest(mass)


def levels(entries: int) -> Iterator[list[tuple[int, ...]]]:
    """All lists by their distance from the written one."""
    level, seen = [tuple(range(entries))], {tuple(range(entries))}
    while level:
        yield level
        further = []
        for each in level:
            for at in range(entries - 1):
                if each[at] < each[at + 1]:  # only inversions take one further away
                    other = (*each[:at], each[at + 1], each[at], *each[at + 2 :])
                    if other not in seen:
                        seen.add(other)
                        further.append(other)
        level = further


def _by_swaps(entries: int, swaps: int, most: int) -> tuple[Places, NDArray[np.float64], float]:
    now = {tuple(range(entries)): 1.0}
    for _ in range(swaps if entries > 1 else 0):
        after: dict[tuple[int, ...], float] = {}
        for each, chance in now.items():
            for at in range(entries - 1):
                other = (*each[:at], each[at + 1], each[at], *each[at + 2 :])
                after[other] = after.get(other, 0.0) + chance / (entries - 1)
        now = dict(heapq.nlargest(most, after.items(), key=lambda item: item[1])) if len(after) > most else after
    ordered = sorted(now.items(), key=lambda item: -item[1])
    mass = np.array([chance for _, chance in ordered])
    return np.argsort(np.array([each for each, _ in ordered], dtype=np.int64), axis=1), mass, _rest(mass)


def subsets_of(entries: int, chance: float, most: int = ORDERS) -> tuple[NDArray[np.bool_], NDArray[np.float64], float]:
    """Which of the entries something befalls that befalls each with this chance by itself; the likeliest first."""
    found: list[tuple[bool, ...]] = []
    chances: list[float] = []
    sizes = range(entries + 1) if chance <= 0.5 else range(entries, -1, -1)
    for size in sizes:
        one = chance**size * (1 - chance) ** (entries - size)
        if not one:
            continue
        for members in itertools.combinations(range(entries), size):
            if len(found) >= most:
                break
            found.append(tuple(each in members for each in range(entries)))
            chances.append(one)
    mass = np.array(chances)
    return np.array(found, dtype=np.bool_).reshape(len(found), entries), mass, _rest(mass)


def _rest(mass: NDArray[np.float64]) -> float:
    left = 1 - float(mass.sum())
    return left if left > 1e-12 else 0.0


def likeliest(
    chances: Sequence[NDArray[np.float64]], most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """The likeliest combinations of independent things, each with its chances in falling order.

    Returns which value each thing has, a row a combination, the chances of the combinations, and the chance of the others. If
    all combinations are at most `most` they are simply listed. Cost: combinations × things × log.
    """
    sizes = [len(each) for each in chances]
    total = 1
    for size in sizes:
        total *= size
    if total <= most:
        grid = np.indices(sizes).reshape(len(sizes), -1).T if sizes else np.zeros((1, 0), dtype=np.int64)
        mass = np.ones(len(grid))
        for column, each in enumerate(chances):
            mass = mass * each[grid[:, column]]
        return grid.astype(np.int64), mass, _rest(mass)
    start = (0,) * len(sizes)
    heap: list[tuple[float, tuple[int, ...]]] = [(-float(np.prod([each[0] for each in chances])), start)]
    seen, rows, masses = {start}, list[tuple[int, ...]](), list[float]()
    while heap and len(rows) < most:
        negative, row = heapq.heappop(heap)
        rows.append(row)
        masses.append(-negative)
        for column, size in enumerate(sizes):
            if row[column] + 1 < size:
                other = (*row[:column], row[column] + 1, *row[column + 1 :])
                if other not in seen:
                    seen.add(other)
                    chance = float(np.prod([each[at] for each, at in zip(chances, other, strict=True)]))
                    heapq.heappush(heap, (-chance, other))
    mass = np.array(masses)
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(sizes)), mass, _rest(mass)


def pick(uniform: Uniform, chances: Sequence[float]) -> NDArray[np.int64]:
    """Which of several values each number between 0 and 1 means."""
    bounds = np.cumsum(np.asarray(chances, dtype=np.float64))
    return np.minimum(np.searchsorted(bounds / bounds[-1], uniform, side="right"), len(bounds) - 1)


def at_random(seed: int, batch: int, name: str, shape: tuple[int, ...]) -> Uniform:
    """Numbers between 0 and 1 for one source of one batch: they depend on nothing else, whoever works and in what order."""
    of_name: Any = [int(byte) for byte in name.encode()]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, batch, *of_name]))).random(shape)
