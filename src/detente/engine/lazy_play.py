"""Where play ends, by search from one state: nothing is listed but what play passes, so it works on models of any size.

The mathematics. Steps are those of `play`: improvements (*myopic*), or improvements that no legal sequence of the others'
improvements spoils (*foresight*). The states are searched from the start, the newest first, so that some end is soon found.
A state is *settled* when for every improvement from it we know whether it is a step; a *passed* state is one to which known
steps lead. Then

- a strongly connected set of passed, settled states that no step leaves is an end of play, whatever the rest is like: it can be
  reached, and all steps from it are known;
- if all passed states are settled, these are all ends.

So the ends found are ends, and whether they are all is known. Where the search ends early, a statement that is true in one
end and false in another is true in SOME, proved; anything else is UNKNOWN.

Cost: for each state passed one look at every own change of every actor; for foresight one search for an answer to each
improvement, on the options on which the actor's verdicts depend, each kept. At most `width` states, `depth` steps deep,
`effort` answers. Source: the search is ours; strongly connected components as in `components`.

How to use it: `search_play(game, start, foresight)` -> `LazyPlay`.

>>> from detente.scenario import load
>>> game = Game.of(load("prisoners_dilemma"))
>>> found = search_play(game, game.cell(None), foresight=False)
>>> [end.tolist() for end in found.ends], found.complete, found.passed
([[2]], True, 3)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine.concepts import CONCEPTS
from detente.engine.one_state import answer, better
from detente.engine.play import ALL, NONE, SOME, in_order, terminal_components
from detente.engine.relevant_options import searched, sliceable
from detente.errors import TooLarge

WIDTH = 500
"""States looked at, at most."""

EFFORT = 1_000
"""Answers sought, at most."""

PAIRS = 1_000
"""(state, last mover) pairs looked at for one answer."""

UNKNOWN = "UNKNOWN"

LIMITS = ("states", "steps", "answers")
"""What may end a search: its width, its depth, an answer that was not found in time."""


@dataclass(frozen=True)
class LazyPlay:
    """Play from `start`: the states it is known to pass, its `ends` that are proved; `open` says what was not looked at.

    `open` counts the passed states that are not settled, `limit` names what ended the search: "states", "steps" or "answers".
    """

    start: int
    passed: int
    ends: tuple[Cells, ...]
    open: int = 0
    limit: str = ""

    @property
    def complete(self) -> bool:
        """Whether these are all ends."""
        return not self.open

    def verdict(self, truths: Iterable[bool]) -> str:
        """ALL, SOME, NONE or UNKNOWN, where these are the truths in the states of the ends.

        >>> LazyPlay(0, 3, (np.array([1]),), open=1).verdict([True])
        'UNKNOWN'
        """
        found = set(truths)
        if len(found) == 2:
            return SOME
        if not self.complete:
            return UNKNOWN
        return ALL if True in found else NONE

    @property
    def end_states(self) -> Cells:
        """Every state of every end that is proved, sorted."""
        return np.sort(np.concatenate([np.empty(0, np.int64), *self.ends]))


def search_play(
    game: Game,
    start: int,
    foresight: bool,
    sanctions: str = "legal",
    *,
    width: int = WIDTH,
    depth: int | None = None,
    effort: int = EFFORT,
) -> LazyPlay:
    """Search play from a state, within a budget; what is told is proved."""
    steps = _Steps(game, foresight, sanctions, effort)
    places, cells, layers = {start: 0}, [start], [0]
    sources: list[int] = []
    targets: list[int] = []
    settled: dict[int, bool] = {}
    limits: set[str] = set()
    waiting = [0]
    while waiting:
        place = waiting.pop()  # the newest first: that comes to an end soonest
        if len(settled) >= width:
            limits.add("states")
            break
        if depth is not None and layers[place] >= depth:
            limits.add("steps")
            continue
        onward, settled[place] = steps.of(cells[place])
        if not settled[place]:
            limits.add("answers")
        for target in onward:
            if target not in places:
                places[target] = len(cells)
                cells.append(target)
                layers.append(layers[place] + 1)
                waiting.append(places[target])
            sources.append(place)
            targets.append(places[target])
    known = np.array([settled.get(place, False) for place in range(len(cells))])
    components = terminal_components(len(cells), np.array(sources, np.int32), np.array(targets, np.int32))
    passed = np.array(cells, np.int64)
    ends = in_order(np.sort(passed[each]) for each in components if known[each].all())
    limit = next((each for each in LIMITS if each in limits), "")
    return LazyPlay(start, len(cells), ends, int(np.count_nonzero(~known)), limit)


@dataclass(eq=False)
class _Steps:
    """The steps from a state; what was judged on a part of the game is kept for all states that are alike on it."""

    game: Game
    foresight: bool
    sanctions: str
    effort: int
    parts: dict[int, Game] = field(default_factory=dict)
    judged: dict[tuple[int, int, int], bool | None] = field(default_factory=dict)

    def of(self, cell: int) -> tuple[list[int], bool]:
        """Where known steps lead from the cell, and whether these are all."""
        found: dict[int, None] = {}
        known = True
        for player in range(len(self.game.conflict.players)):
            for target in better(self.game.conflict, self.game.readings, cell, player):
                step = self._unspoiled(player, cell, target) if self.foresight else True
                if step:
                    found[target] = None
                known &= step is not None
        return list(found), known

    def _unspoiled(self, player: int, cell: int, target: int) -> bool | None:
        """Whether nothing the others can credibly do after this improvement spoils it; None if that stays open."""
        if player not in self.parts:
            self.parts[player] = self._part(player)
        part = self.parts[player]
        here, there = (self._on(part, each) for each in (cell, target))
        key = (player, here, there)
        if key not in self.judged:
            if len(self.judged) >= self.effort:
                return None
            self.judged[key] = self._judge(part, *key)
        return self.judged[key]

    def _judge(self, part: Game, player: int, cell: int, target: int) -> bool | None:
        try:
            found = answer(part.conflict, part.readings, (cell, target), player, CONCEPTS["seq"], self.sanctions, PAIRS)
        except TooLarge:
            return None
        return None if not found.settled else found.stands

    def _part(self, player: int) -> Game:
        """The part of the game on which the player's verdicts depend."""
        if not sliceable(self.game.conflict):
            return self.game
        return self.game.part(searched(self.game.scenario, self.game.readings, player, CONCEPTS["seq"]))

    def _on(self, part: Game, cell: int) -> int:
        return cell if part is self.game else int(part.conflict.cell(self.game.conflict.settings(cell)))
