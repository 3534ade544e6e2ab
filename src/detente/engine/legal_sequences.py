"""Legal sequences of answers, by one search: anybody of the movers may go next, but nobody twice running.

The mathematics. What can come next depends on the state and on who moved last, so the nodes of the search are
(state, last mover) pairs, with a *mark* beside them where a question remembers more of the way (whether some step was a
response, say). Nodes are passed cheapest first; with steps that all cost 1, which is the rule, that is breadth first, and
the first node that answers a question is the end of a shortest sequence.

How to make one: subclass `LegalSequences`, say by `onward` which steps count, and go through `layers()`; `steps(place)` is
the sequence that leads to a node. Cost: the steps of everything within reach, once; memory a few numbers per node, at most
`budget` nodes.

>>> class Line(LegalSequences):
...     def onward(self, mover, places):
...         return [(place, self.states[place] + mover, 0, 1) for place in places]
>>> line = Line(start=0, last=-1, movers=(1, 10), budget=6)
>>> for layer in line.layers():
...     print([line.states[place] for place in layer])
[1, 10]
[11, 11]
[12, 21]
[22]
>>> line.complete, [step.player for step in line.steps(3)]
(False, [10, 1])
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Arrival = tuple[int, int, int, int]
"""A step: the place of the node it starts from, the state it leads to, the mark there, and what it costs."""


@dataclass(frozen=True)
class Step:
    """`player` (by number) moves to the state `cell`."""

    player: int
    cell: int


Steps = tuple[Step, ...]


@dataclass(eq=False, kw_only=True)
class LegalSequences(ABC):
    """The sequences that begin at `start`, where `last` has just moved; nodes go by their *place*, the start has place 0.

    `one_step`: only the first step counts. `budget`: how many nodes are looked at besides the start (None: all); when
    there are more the search ends, and is not `complete`.
    """

    start: int
    last: int
    movers: Sequence[int]
    one_step: bool = False
    budget: int | None = None
    complete: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self.states, self.marks = [self.start], [0]
        self._movers, self._before = [self.last], [-1]

    @abstractmethod
    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        """The steps of a mover from the nodes at these places, in the order in which they are to be preferred."""

    def layers(self) -> Iterator[Sequence[int]]:
        """The places of the nodes that cost the same, cheapest first, without the start."""
        waiting, costs = {0: [0]}, [0]
        best = {(self.start, self.last, 0): 0}  # by node: its place
        while waiting:
            cost = min(waiting)
            # a node found again by a cheaper way has a new place; the old one is passed over
            layer = [place for place in waiting.pop(cost) if best[self._key(place)] == place]
            if layer != [0]:
                yield layer
            if not self.complete:
                return
            if self.one_step and layer != [0]:
                continue
            for mover in self.movers:
                if self._spent:
                    break
                # nobody moves twice running
                places = [place for place in layer if self._movers[place] != mover]
                for before, state, mark, price in self.onward(mover, places):
                    node, total = (state, mover, mark), cost + price
                    if node in best and costs[best[node]] <= total:
                        continue
                    best[node] = len(self.states)
                    waiting.setdefault(total, []).append(len(self.states))
                    costs.append(total)
                    self._add(state, mover, mark, before)
            self.complete = not self._spent

    @property
    def _spent(self) -> bool:
        return self.budget is not None and len(self.states) - 1 > self.budget

    def _key(self, place: int) -> tuple[int, int, int]:
        return self.states[place], self._movers[place], self.marks[place]

    def _add(self, state: int, mover: int, mark: int, before: int) -> None:
        self.states.append(state)
        self._movers.append(mover)
        self.marks.append(mark)
        self._before.append(before)

    def mover(self, place: int) -> int:
        """Who moved last, there."""
        return self._movers[place]

    def before(self, place: int) -> int:
        """The place of the node before; -1 for the start."""
        return self._before[place]

    def steps(self, place: int) -> Steps:
        """The sequence that leads to a node."""
        found: list[Step] = []
        while place > 0:
            found.append(Step(self._movers[place], self.states[place]))
            place = self._before[place]
        return tuple(reversed(found))
