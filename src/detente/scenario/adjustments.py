"""Fine-tuning of a ranking: which states must stand above which, and whether that can be.

The mathematics. A list (aims, weights, a ranking) gives every state s a place u(s). Its *adjustments* are pairs "a above b".
The adjusted place of a state is v(s), the least with

    v(s) at or above u(s), and v(a) directly above v(b), or higher, for every pair "a above b":

    v(s) = the highest of u(s) and, for every pair "s above b", the step next above v(b).

So a state moves only if it must, and then no further than directly above the highest of those it must stand above; what no
pair asks to move keeps its place, and every pair holds in the end. Places lie in steps: between u(b) and the next better place
of the list there is room for one step above b, for one above that, and so on. Two states that come to stand on the same step
are ordered as the list orders them. The order in which the pairs are written does not matter.

Such a v exists if no chain of pairs leads from a state back to itself; it is then the only least one, for it is given from the
bottom of the chains upwards. The source of fine-tuning is the practice of ranking by option statements and then moving single
states by hand (Fang, Hipel, Kilgour & Peng 2003); the definition above, for which the order of moves does not matter, is ours.

How to use it: `in_order` and `chain` on pairs, `raised` on places that can be compared; on arrays of ranks
`detente.conflict.adjustments.raised`.

>>> raised({"w": 0, "x": 1, "y": 1, "z": 3}, [("w", "x")])["w"] > (1, 0, 1)
True
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any, TypeVar

State = TypeVar("State", bound=Hashable)
Said = TypeVar("Said")

Standing = tuple[Any, int, Any]
"""Where a state stands: the place of the list it was raised to, how many steps above it (0: not raised), its own place."""


def chain(pairs: Mapping[tuple[State, State], Said], start: State, goal: State) -> list[Said] | None:
    """A chain of pairs "start above ... above goal", as what was said of each; None if there is none.

    >>> chain({("a", "b"): "first", ("b", "c"): "second"}, "a", "c")
    ['first', 'second']
    """
    ways: dict[State, list[Said]] = {start: []}
    frontier = [start]
    while frontier and goal not in ways:
        here = frontier.pop(0)
        for (above, below), said in pairs.items():
            if above == here and below not in ways:
                ways[below] = [*ways[here], said]
                frontier.append(below)
    return ways.get(goal)


def in_order(pairs: Iterable[tuple[State, State]]) -> tuple[tuple[State, State], ...]:
    """The pairs from the bottom of the chains upwards: before "a above b" stands every pair that raises b.

    Raises `graphlib.CycleError` if a chain leads back to its start.
    """
    below: dict[State, list[State]] = {}
    for above, lower in pairs:
        below.setdefault(above, []).append(lower)
    return tuple((state, lower) for state in TopologicalSorter(below).static_order() for lower in below.get(state, ()))


def raised(places: Mapping[State, Any], pairs: Sequence[tuple[State, State]]) -> dict[State, Standing]:
    """Where the states stand that are given with their places in the list; the pairs come `in_order`."""
    found: dict[State, Standing] = {state: (place, 0, place) for state, place in places.items()}
    for above, lower in pairs:
        base, step, _ = found[lower]
        if found[above][:2] < (base, step + 1):
            found[above] = (base, step + 1, places[above])
    return found
