"""The fine-tuning of a ranking on arrays of ranks; what it means is said in `detente.scenario.adjustments`.

How to use it: `pairs(conflict, reading)` are its adjustments by cells; `raised(ranks, pairs)` the adjusted order of states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.space import Conflict
from detente.errors import Problem, ScenarioError
from detente.messages import tell
from detente.scenario.adjustments import in_order
from detente.scenario.model import Adjustment, Reading

KEPT = 64
"""Lists whose adjustments are kept as cells."""

Pairs = Mapping[tuple[int, int], Adjustment]
"""The adjustments by their cells (above, below), each pair behind those that raise the lower of its states."""


def pairs(conflict: Conflict, reading: Reading) -> Pairs:
    """The adjustments as cells (above, below), in order; raises `ScenarioError` for what can be no state, or no order.

    What speaks of an option otherwise than it is held here, which has left the space, is about no state and counts for nothing.
    """
    if not reading.adjust:
        return {}

    def find() -> tuple[Any, Pairs]:
        return reading.adjust, _pairs(conflict, reading.adjust)

    return conflict.kept.of("adjust", id(reading.adjust), find, most=KEPT)[
        1
    ]  # kept with them, so that the number stays


def _pairs(conflict: Conflict, adjust: Sequence[Adjustment]) -> Pairs:
    found: dict[tuple[int, int], Adjustment] = {}
    for each in adjust:
        above, below = (_cell(conflict, each, state) for state in (each.above, each.below))
        if above is None or below is None:
            continue
        if above == below:
            message = tell("'{adjustment}' speaks of one state twice: a rule makes the two the same", adjustment=each)
            raise _problem(conflict, each, message)
        found[above, below] = each
    try:
        return {pair: found[pair] for pair in in_order(found)}
    except CycleError as error:  # only where rules make states the same: else the reader has seen it
        around = error.args[1]
        steps = [found[pair] for pair in zip(around[1:], around[:-1], strict=True) if pair in found]
        said = " and ".join(f"'{each}'" for each in steps)
        message = tell("{said} contradict one another: no ranking has both", said=said)
        raise _problem(conflict, max(steps, key=lambda each: each.place.line), message) from None


def _cell(conflict: Conflict, adjustment: Adjustment, state: Any) -> int | None:
    if isinstance(state, str):
        if conflict.graph or not conflict.excludes(conflict.names[state]):
            return conflict.named[state]
        return None
    if conflict.excludes(state):
        return None
    if (cell := conflict.landed(state)) >= 0:
        return cell
    name = adjustment.higher if state is adjustment.above else adjustment.lower
    raise _problem(conflict, adjustment, tell("{name} is infeasible, so it has no place in a ranking", name=name))


def _problem(conflict: Conflict, adjustment: Adjustment, message: str) -> ScenarioError:
    place = adjustment.place
    return ScenarioError([Problem(place.line, place.column, "error", "adjust", message, conflict.path)])


def raised(ranks: NDArray[Any], above_below: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """The adjusted order from dense ranks (from 0, larger is better), states along the last axis; the pairs go by place there.

    Each rank is given room for as many steps as there are pairs, more than a chain can need.
    """
    steps_of = tuple(above_below)
    room, own = len(steps_of) + 1, ranks.astype(np.int64)
    steps = own * room
    for above, below in steps_of:
        steps[..., above] = np.maximum(steps[..., above], steps[..., below] + 1)
    return np.asarray(steps * (int(own.max(initial=0)) + 1) + own, dtype=np.int64)
