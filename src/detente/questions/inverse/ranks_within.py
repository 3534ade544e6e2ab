"""Rankings in which every state keeps within given ranks: how many there are of each kind, and the nearest of each.

The mathematics. States are ranked strictly, rank 1 being the most preferred. A *span* says between which ranks a state may
stand. Of two rankings only some comparisons count: which of certain states are below the target, and which of certain moves
are improvements; rankings that agree in these are of one *kind*. The *distance* of a ranking is the number of pairs of states
it has in another order than the preferences of today (Kendall 1938); pairs that are equal today have none.

Rankings are filled from the lowest rank up. What can still be done depends on the set of states that are placed and on the
kind so far, so sets are gone through, not rankings: counts, least distances and one nearest ranking are carried along.

Cost: the sets of states that can stand below a rank (with spans of w ranks at most 2^w for each rank), times the kinds; n
rankings of any order have n! members and 2^n such sets.

>>> for kind in kinds_within([(1, 2), (1, 2), (3, 3)], [2, 1, 0], below=[0], target=1, arcs=[]):
...     print(kind)
Kind(below=0, improving=0, count=1, distance=0, ranking=(0, 1, 2))
Kind(below=1, improving=0, count=1, distance=1, ranking=(1, 0, 2))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from detente.errors import InputError, TooLarge
from detente.messages import numeral, tell

MOST_SETS = 200_000
"""Sets of states, by kind, gone through for one actor."""

Span = tuple[int, int]
"""The first and the last rank a state may have; 1 is the most preferred."""


@dataclass(frozen=True)
class Kind:
    """Rankings alike in all that counts: how many, the least distance from today, and one that has it, best state first.

    `below` and `improving` are sets of numbers, as bits: which of the states asked about are below the target, and which of the
    moves asked about improve.
    """

    below: int
    improving: int
    count: int
    distance: int
    ranking: tuple[int, ...]


def kinds_within(
    spans: Sequence[Span],
    scores: Sequence[int],
    *,
    below: Sequence[int],
    target: int,
    arcs: Sequence[tuple[int, int]],
) -> tuple[Kind, ...]:
    """The kinds of rankings within the spans, nearest first; `below` and `arcs` are the states and moves that count.

    Raises `TooLarge` where more sets of states would have to be gone through than `MOST_SETS`.
    """
    size = len(spans)
    low, away = {state: 1 << place for place, state in enumerate(below)}, _improving(arcs, size)
    worse = [sum(1 << other for other in range(size) if scores[other] < scores[state]) for state in range(size)]
    # From the lowest rank up: (states placed, below, improving) -> count, distance, the last one placed and those before it.
    layer: dict[tuple[int, int, int], tuple[int, int, Any]] = {(0, 0, 0): (1, 0, None)}
    looked = 0
    for rank in range(size, 0, -1):
        ready = [state for state in range(size) if spans[state][0] <= rank <= spans[state][1]]
        now = sum(
            1 << state for state in range(size) if spans[state][0] == rank
        )  # its last chance: no rank above will do
        after: dict[tuple[int, int, int], tuple[int, int, Any]] = {}
        for (placed, under, improving), (count, distance, path) in layer.items():
            urgent = now & ~placed
            for state in ready:
                bit = 1 << state
                if placed & bit or urgent & ~bit:
                    continue
                key = (
                    placed | bit,
                    under | low.get(state, 0) if not placed >> target & 1 else under,
                    improving | sum(each for end, each in away[state] if not placed >> end & 1),
                )
                # Whatever is not placed yet comes above it: reversed where it is worse today.
                more = (worse[state] & ~placed).bit_count()
                before = after.get(key)
                if before is None:
                    after[key] = (count, distance + more, (state, path))
                else:
                    best = min(before[1:], (distance + more, (state, path)), key=lambda each: each[0])
                    after[key] = (before[0] + count, *best)
        layer, looked = after, looked + len(after)
        if looked > MOST_SETS:
            raise TooLarge(
                tell(
                    "there are more than {most} sets of states to go through within these ranks; narrow the window, or "
                    "hold options that do not matter",
                    most=numeral(MOST_SETS),
                )
            )
    found = [
        Kind(under, improving, count, distance, tuple(_placed(path)))
        for (_, under, improving), (count, distance, path) in layer.items()
    ]
    return tuple(sorted(found, key=lambda kind: (kind.distance, kind.ranking)))


def as_it_is(scores: Sequence[int], below: Sequence[int], target: int, arcs: Sequence[tuple[int, int]]) -> Kind:
    """The preferences of today as a kind of their own, ties and all; a state level with the target counts as below."""
    low = sum(1 << place for place, state in enumerate(below) if scores[state] <= scores[target])
    improving = sum(1 << place for place, (start, end) in enumerate(arcs) if scores[end] > scores[start])
    order = sorted(range(len(scores)), key=lambda state: (-scores[state], state))
    return Kind(low, improving, 1, 0, tuple(order))


def reversed_pairs(ranking: Sequence[int], scores: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The pairs (upper, lower) of a ranking that are in the other order today, the lowest first."""
    places = range(len(ranking))
    pairs = [(ranking[a], ranking[b]) for a in places for b in places[a + 1 :]]
    return tuple((upper, lower) for upper, lower in pairs if scores[upper] < scores[lower])


def spans_around(scores: Sequence[int], most: int) -> list[Span]:
    """Every state at most so many ranks from where it stands; states that are equal stand at all the ranks they share."""
    size = len(scores)
    return [(max(1, first - most), min(size, last + most)) for first, last in _ranks(scores)]


def spans_between(scores: Sequence[int], first: int, last: int) -> list[Span]:
    """What stands at these ranks today may change places among themselves; all else stays."""
    if not 1 <= first <= last <= len(scores):
        raise InputError(
            tell(
                "ranks {first}-{last} are no window; expected ranks between 1 and {size}, the upper one first",
                first=first,
                last=last,
                size=len(scores),
            )
        )
    return [
        (min(top, first), max(bottom, last)) if top <= last and bottom >= first else (top, bottom)
        for top, bottom in _ranks(scores)
    ]


def _ranks(scores: Sequence[int]) -> list[Span]:
    size = len(scores)
    return [
        (1 + sum(other > each for other in scores), size - sum(other < each for other in scores)) for each in scores
    ]


def _improving(arcs: Sequence[tuple[int, int]], size: int) -> list[list[tuple[int, int]]]:
    """Per state: the ends of the moves that count, each with its bit."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for place, (start, end) in enumerate(arcs):
        found[start].append((end, 1 << place))
    return found


def _placed(path: Any) -> Iterable[int]:
    while path is not None:
        state, path = path
        yield state
