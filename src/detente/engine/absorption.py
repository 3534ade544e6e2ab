"""Where a Markov chain ends, and how long that takes.

The mathematics. Arc k leads from node `sources[k]` to `targets[k]` with the chance `chances[k]`; those of a node add up to 1. A
*class* is a set of nodes from each of which each other can be reached. A class that no arc leaves is an *end*; all other nodes
are *transient*, and an end is entered sooner or later with certainty. The chance of an end is that of entering it; the
*length* is the expected number of steps until then.

Steps. Classes are taken in an order in which arcs lead ahead only, and the expected number of visits to every node is handed on
along the arcs. Within a transient class of several nodes it solves n = v + nP (v: how often the class is entered at each
node, P: the chances within). That is done by elimination of one node after the other, in which the chance of leaving a node is
the sum of what leaves it and never 1 minus what stays: no numbers are subtracted, so that every result is right to
nearly all digits even where a class is left once in a billion rounds (Grassmann, Taksar & Heyman 1985).

Cost: the arcs, and for a transient class of m > 1 nodes m³ additions and 2m² numbers; at most `MOST` nodes a class.

>>> chain = Chain(4, np.array([0, 0, 1, 1]), np.array([1, 2, 0, 3]), np.array([0.5, 0.5, 0.5, 0.5]))
>>> found = absorb(chain, 0)
>>> [end.tolist() for end in found.ends], found.chances.round(3).tolist(), found.length
([[2], [3]], [0.667, 0.333], 2.0)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.engine.components import Nodes, strong_components
from detente.engine.progress import Progress, quiet
from detente.errors import TooLarge
from detente.messages import numeral, tell

MOST = 4096
"""Nodes of a transient class at most: some 300 MB, and some twenty seconds."""

BLOCK = 256
"""Nodes taken out at once: large enough for matrix products, small beside a class."""

LONGEST = 100_000
"""Steps of one drawn play at most."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """A Markov chain by its arcs, sorted by where they begin."""

    count: int
    sources: Nodes
    targets: Nodes
    chances: Numbers

    @cached_property
    def classes(self) -> tuple[NDArray[np.int64], ...]:
        """The classes of more than one node, by their first."""
        return tuple(strong_components(self.count, self.sources, self.targets))

    @cached_property
    def class_of(self) -> NDArray[np.int64]:
        """For each node a number of its class: that of its first node."""
        found = np.arange(self.count)
        for members in self.classes:
            found[members] = members[0]
        return found

    @cached_property
    def closed(self) -> NDArray[np.bool_]:
        """For each node whether it lies in an end."""
        leaving = self.class_of[self.sources] != self.class_of[self.targets]
        left = np.zeros(self.count, dtype=np.bool_)
        left[self.class_of[self.sources[leaving]]] = True
        return ~left[self.class_of]

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Where the arcs of each node begin; one number more than nodes."""
        return np.searchsorted(self.sources, np.arange(self.count + 1))

    @property
    def largest(self) -> int:
        """How many nodes the largest transient class has."""
        return max((len(each) for each in self.classes if not self.closed[each[0]]), default=1)

    def ends(self) -> tuple[NDArray[np.int64], ...]:
        """The ends, each sorted, by their first node."""
        several = {int(each[0]): each for each in self.classes}
        heads = np.unique(self.class_of[self.closed]).tolist()
        return tuple(several.get(head, np.array([head])) for head in heads)


@dataclass(frozen=True)
class Absorption:
    """The ends, by their first node; the chance of each; and the expected number of steps until one is entered."""

    ends: tuple[NDArray[np.int64], ...]
    chances: Numbers
    length: float


def absorb(chain: Chain, start: int, progress: Progress = quiet) -> Absorption:
    """The chance of every end from a node, and the expected length; raises `TooLarge` for a class of too many nodes."""
    if chain.largest > MOST:
        raise TooLarge(
            tell(
                "play goes round among {largest} states before it ends, of which at most {most} can be solved",
                largest=numeral(chain.largest),
                most=numeral(MOST),
            )
        )
    several = {int(each[0]): each for each in chain.classes if not chain.closed[each[0]]}
    visits = np.zeros(chain.count)
    visits[start] = 1.0
    length = 0.0
    done = 0
    for heads in _layers(chain):
        done += len(heads)
        progress(done, chain.count, tell("where play ends"))
        passing = heads[~chain.closed[heads]]
        groups = np.array([head in several for head in passing.tolist()], dtype=np.bool_)
        single = passing[~groups]
        length += float(visits[single].sum())
        _hand_on(chain, single, visits)
        for head in passing[groups].tolist():
            members = several[head]
            visits[members] = _visits(chain, members, visits[members])
            length += float(visits[members].sum())
            _hand_on(chain, members, visits)
    ends = chain.ends()
    return Absorption(ends, np.array([visits[end].sum() for end in ends]), length)


def _hand_on(chain: Chain, nodes: NDArray[np.int64], visits: Numbers) -> None:
    """Hand the visits to these nodes on along the arcs that leave their class."""
    arcs = _places(chain.first, nodes)
    source, target = chain.sources[arcs], chain.targets[arcs]
    leaving = chain.class_of[source] != chain.class_of[target]
    arcs, source, target = arcs[leaving], source[leaving], target[leaving]
    np.add.at(visits, target, visits[source] * chain.chances[arcs])


def _places(first: NDArray[np.int64], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of all arcs of these nodes, where those of a node begin at `first`."""
    begin, size = first[nodes], first[nodes + 1] - first[nodes]
    return np.asarray(np.arange(int(size.sum())) + np.repeat(begin - np.cumsum(size) + size, size))


def _layers(chain: Chain) -> Iterator[NDArray[np.int64]]:
    """The classes, by their first nodes, in layers: all that leads to a class lies in earlier ones."""
    source, target = chain.class_of[chain.sources], chain.class_of[chain.targets]
    between = source != target
    source, target = source[between], target[between]
    order = np.argsort(source, kind="stable")
    source, target = source[order], target[order]
    first = np.searchsorted(source, np.arange(chain.count + 1))
    waiting = np.bincount(target, minlength=chain.count)
    layer = np.flatnonzero((waiting == 0) & (chain.class_of == np.arange(chain.count)))
    while len(layer):
        yield layer
        reached, times = np.unique(target[_places(first, layer)], return_counts=True)
        waiting[reached] -= times
        layer = reached[waiting[reached] == 0]


def _visits(chain: Chain, members: NDArray[np.int64], entered: Numbers) -> Numbers:
    """The expected visits to each node of a transient class that is entered so often at each of them."""
    size = len(members)
    arcs = _places(chain.first, members)
    rows = np.searchsorted(members, chain.sources[arcs])
    place = np.minimum(np.searchsorted(members, chain.targets[arcs]), size - 1)
    inside = members[place] == chain.targets[arcs]
    within = np.zeros((size, size))
    np.add.at(within, (rows[inside], place[inside]), chain.chances[arcs][inside])
    out = np.zeros(size)
    out += np.bincount(rows[~inside], weights=chain.chances[arcs][~inside], minlength=size)
    mass = entered.copy()
    blocks: list[tuple[slice, slice, Numbers]] = []
    # The last nodes are taken out, a block at a time: whoever would come there goes on at once to where they lead in the end.
    for end in range(size, 0, -BLOCK):
        own, rest = slice(max(0, end - BLOCK), end), slice(0, max(0, end - BLOCK))
        inner = _fundamental(within[own, own], out[own] + within[own, rest].sum(axis=1))
        coming = within[rest, own] @ inner
        within[rest, rest] += coming @ within[own, rest]
        out[rest] += coming @ out[own]
        mass[rest] += mass[own] @ inner @ within[own, rest]
        blocks.append((own, rest, inner))
    # Back: the visits to a block are its own entries, and those that come from the blocks before it.
    visits = np.zeros(size)
    for own, rest, inner in reversed(blocks):
        visits[own] = (mass[own] + visits[rest] @ within[rest, own]) @ inner
    return visits


def _fundamental(within: Numbers, leaving: Numbers) -> Numbers:
    """The visits to each node from each, inside a set that is left from its nodes with the chances `leaving`.

    By halves: the second is taken out, the first solved with it, and the second put back. Nothing is subtracted.
    """
    size = len(leaving)
    if size == 1:
        return np.asarray(1 / leaving[:, None])
    one, two = slice(0, size // 2), slice(size // 2, size)
    there, back = within[one, two], within[two, one]
    second = _fundamental(within[two, two], leaving[two] + back.sum(axis=1))
    by_way = there @ second
    first = _fundamental(within[one, one] + by_way @ back, leaving[one] + by_way @ leaving[two])
    across, returning = first @ by_way, second @ back
    return np.block([[first, across], [returning @ first, second + returning @ across]])


# --- by lot -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """Plays drawn by lot: the ends, how many plays came to each, and the mean and standard error of the length."""

    ends: tuple[NDArray[np.int64], ...]
    hits: NDArray[np.int64]
    length: float
    error: float


def draw(chain: Chain, start: int, draws: int, seed: int, progress: Progress = quiet) -> Drawn:
    """So many plays from a node, drawn by lot; the same for the same seed. Cost: draws × length.

    Raises `TooLarge` if one of them is not over after `LONGEST` steps.
    """
    lot = np.random.default_rng(seed)
    # Arcs are chosen on one line on which every node has a piece of length 1, so that a draw is one search.
    upto = np.cumsum(chain.chances)
    before = np.concatenate([[0.0], upto])[chain.first]
    at = np.full(draws, start, dtype=np.int64)
    steps = np.zeros(draws, dtype=np.int64)
    going = np.flatnonzero(~chain.closed[at])
    for step in range(LONGEST):
        if not len(going):
            break
        if step % 64 == 0:
            progress(draws - len(going), draws, tell("plays drawn"))
        nodes = at[going]
        wanted = before[nodes] + lot.random(len(going)) * (before[nodes + 1] - before[nodes])
        arcs = np.clip(np.searchsorted(upto, wanted, side="right"), chain.first[nodes], chain.first[nodes + 1] - 1)
        at[going] = chain.targets[arcs]
        steps[going] += 1
        going = going[~chain.closed[at[going]]]
    else:
        raise TooLarge(
            tell(
                "{number} of {draws} plays drawn are not over after {longest} steps",
                number=numeral(len(going)),
                draws=numeral(draws),
                longest=numeral(LONGEST),
            )
        )
    ends = chain.ends()
    heads = np.array([end[0] for end in ends])
    hits = np.bincount(np.searchsorted(heads, chain.class_of[at]), minlength=len(ends))
    error = float(steps.std(ddof=1) / np.sqrt(draws)) if draws > 1 else float("nan")
    return Drawn(ends, hits, float(steps.mean()), error)
