"""What is kept with a state space, because many games are played on it.

Readings, worlds and incentives differ from game to game; the space and its moves do not. All that is kept stands here. Of each
kind there is so much and no more, so that a question which goes through a million games does not fill the memory; what finds no
room is found again.

```text
what                 told apart by                                who keeps it, and at most how much
truths               the formula                                  `Conflict.holds`, of a small space
ranks                the list (which is kept with them)           `Game.scores`, by bytes
adjust               the adjustments (which are kept with them)   `conflict.adjustments.pairs`
moves                –                                            `engine.by_arcs.moves_of`, of a small space
all moves            –                                            `engine.solution.at_once_of`, of a small space
worst                which answers count, counter-moves,          `engine.at_once`, by bytes
                     everybody's ranks of all states
judged               concept or kind of play, and the same        `engine.at_once`, by bytes
reached together     the start, the coalition                     `questions.coalitions.smallest`, of a small space
steps away           where from, the goal                         `questions.evolution.paths.shortest`
parts                the options that remain                      `Game.part`
variants             start, held options, changes (`varied`)      `Game.variant`, by cells; each has a store of its own
levers               the scenario (which is kept with them), who  `questions.policy.levers`, of a small space
                     holds which settings
stands               the same, and the settings                   `questions.stability.self_enforcing.stands`
```
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Found = TypeVar("Found")

SMALL = 1 << 12
"""States of a space at most of which formulas, moves and what is reached are kept."""


class Kept:
    """Values by what they are and a key; see the module's opening.

    >>> kept = Kept()
    >>> [kept.of("squares", n, lambda: n * n, most=1) for n in (2, 3, 2)]
    [4, 9, 4]
    >>> kept.get("squares", 2), kept.get("squares", 3)
    (4, None)
    """

    def __init__(self) -> None:
        self._values: dict[tuple[str, Hashable], Any] = {}
        self._taken: dict[str, int] = {}

    def get(self, what: str, key: Hashable = None) -> Any:
        """What is kept; None if nothing is."""
        return self._values.get((what, key))

    def of(
        self,
        what: str,
        key: Hashable,
        find: Callable[[], Found],
        *,
        most: int,
        size: Callable[[Found], int] = lambda _: 1,
    ) -> Found:
        """What is kept, else what is found now, which is kept while all of its kind together has at most the size `most`."""
        place = what, key
        if place in self._values:
            known: Found = self._values[place]
            return known
        found = find()
        taken = self._taken.get(what, 0) + size(found)
        if taken <= most:
            self._values[place], self._taken[what] = found, taken
        return found
