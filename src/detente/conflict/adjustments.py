"""The fine-tuning of a ranking on arrays of ranks; what it means is said in `detente.scenario.adjustments`.

A hold changes no preferences: the order is made on the whole space, and what is held only takes states away. So a state
outside of what is held still counts where a state inside must stand above it.

How to use it: `tuning(conflict, reading)` are its adjustments by cells, and the space of these cells; `raised(ranks, pairs)`
the adjusted order of states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.build import whole
from detente.conflict.consequences import Cells
from detente.conflict.space import Conflict
from detente.errors import Problem, ScenarioError
from detente.messages import tell
from detente.scenario.adjustments import in_order
from detente.scenario.model import Adjustment, Reading

KEPT = 64
"""Lists whose adjustments are kept as cells."""

Pairs = Mapping[tuple[int, int], Adjustment]
"""The adjustments by their cells (above, below), each pair behind those that raise the lower of its states."""


@dataclass(frozen=True, eq=False)
class Tuning:
    """The adjustments that matter to the states of a conflict; their cells, and `outside`, are cells of `space`.

    `space` is the conflict itself, or, if some state they speak of is outside of what is held, the whole of which it is part.
    """

    conflict: Conflict
    space: Conflict
    pairs: Pairs

    @cached_property
    def outside(self) -> tuple[int, ...]:
        """The states spoken of that are no states here."""
        if self.space is self.conflict:
            return ()
        spoken = dict.fromkeys(cell for pair in self.pairs for cell in pair)
        return tuple(cell for cell in spoken if _excluded(self.conflict, self.space, cell))

    def here(self, cell: int) -> int:
        """A cell of `space` that is not outside as a cell of the conflict."""
        return cell if self.space is self.conflict else self.conflict.landed(self.space.settings(cell))

    def placed(self) -> tuple[Cells, list[tuple[int, int]]]:
        """All states as cells of `space`, then what else is spoken of, and the pairs by their places among these."""
        states = self.lifted(self.conflict.states).tolist()
        cells = list(dict.fromkeys((*states, *(cell for pair in self.pairs for cell in pair))))
        place = {cell: number for number, cell in enumerate(cells)}
        return np.array(cells, dtype=np.int64), [(place[above], place[below]) for above, below in self.pairs]

    def lifted(self, cells: Cells) -> Cells:
        """Cells of the conflict as cells of `space`."""
        if self.space is self.conflict:
            return np.asarray(cells)
        flat = np.ravel(cells)
        values = {key: np.broadcast_to(value, flat.shape) for key, value in self.conflict.values(flat).items()}
        return self.space.encode(values).reshape(np.shape(cells))


def tuning(conflict: Conflict, reading: Reading) -> Tuning:
    """The adjustments as cells (above, below), in order; raises `ScenarioError` for what can be no state, or no order."""
    if not reading.adjust:
        return Tuning(conflict, conflict, {})

    def find() -> tuple[Any, Tuning]:
        return reading.adjust, _tuning(conflict, reading.adjust)

    return conflict.kept.of("adjust", id(reading.adjust), find, most=KEPT)[
        1
    ]  # kept with them, so that the number stays


def _tuning(conflict: Conflict, adjust: Sequence[Adjustment]) -> Tuning:
    space = whole(conflict)
    found = _pairs(space, adjust)
    if space is conflict:
        return Tuning(conflict, space, found)
    # What stands below no state in here, whatever lies between, moves none of them.
    bound = {cell for pair in found for cell in pair if not _excluded(conflict, space, cell)}
    for above, below in reversed(tuple(found)):
        if above in bound:
            bound.add(below)
    mattering = {pair: each for pair, each in found.items() if pair[0] in bound}
    if any(_excluded(conflict, space, cell) for pair in mattering for cell in pair):
        return Tuning(conflict, space, mattering)
    here = {cell: conflict.landed(space.settings(cell)) for pair in mattering for cell in pair}
    return Tuning(conflict, conflict, {(here[a], here[b]): each for (a, b), each in mattering.items()})


def _excluded(conflict: Conflict, space: Conflict, cell: int) -> bool:
    return conflict.excludes(space.settings(cell))


def _pairs(conflict: Conflict, adjust: Sequence[Adjustment]) -> Pairs:
    found: dict[tuple[int, int], Adjustment] = {}
    for each in adjust:
        above, below = (_cell(conflict, each, state) for state in (each.above, each.below))
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


def _cell(conflict: Conflict, adjustment: Adjustment, state: Any) -> int:
    if isinstance(state, str):
        return conflict.named[state]
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
