"""A game written out: numbered states, everybody's moves as arcs between them, and scores per state.

The mathematics. The states are numbered from 0 in state order. For every actor there is a list of arcs (its moves) and one
integer per state (its score: larger is better). That is all the concepts on arcs and on relations need, and the form in which
moves of several actors can be joined, actors added, and games of different actors laid over each other.

How to make one: `ListedGame.of(game, "coalitions")`; the text says what is refused where there are too many states. Arcs and
scores are made when first asked for, and kept. Cost: the moves of everybody; up to `MOST_STATES` states.

>>> from detente.scenario import load
>>> listed = ListedGame.of(Game.of(load("elmira_graph")), "coalitions")
>>> listed.count, [len(arcs.start) for arcs in listed.arcs], listed.names[:2]
(9, [4, 12, 8], ('s1', 's2'))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.conflict.game import Game
from detente.conflict.states import State, StateTexts
from detente.engine import moves_of
from detente.engine.arcs import Arcs, unspoilt
from detente.engine.play import ends_by_arcs, verdict
from detente.engine.relations import Side, scored
from detente.errors import Cure, TooLarge
from detente.messages import numeral, tell

MOST_STATES = 1 << 12
"""States beyond this are refused."""

Truths = NDArray[np.bool_]
Scores = NDArray[np.int64]
Ends = Mapping[str, Sequence[Sequence[int]]]
"""Per kind of play the ends, each as positions of states."""


@dataclass(frozen=True, eq=False)
class ListedGame:
    """A game with everything in it listed; states go by position in state order."""

    game: Game

    @classmethod
    def of(cls, game: Game, what: str, *instead: str | Cure) -> ListedGame:
        """The game written out; `what` is asked of it, and `instead` ends the advice where it is too large (`TooLarge`)."""
        if game.count > MOST_STATES:
            raise TooLarge(
                tell(
                    "this model has {count} states; {what} are looked at up to {most_states}. Fix or hold "
                    "options that do not matter",
                    count=numeral(game.count),
                    what=what,
                    most_states=numeral(MOST_STATES),
                ),
                *instead,
                ".",
            )
        return cls(game)

    @property
    def count(self) -> int:
        """How many states there are."""
        return self.game.count

    @cached_property
    def arcs(self) -> tuple[Arcs, ...]:
        """Everybody's moves."""
        return moves_of(self.game)

    @cached_property
    def scores(self) -> tuple[Scores, ...]:
        """Everybody's ranks of the states."""
        return tuple(self.game.scores(player) for player in range(len(self.game.actors)))

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """Everybody as a side that judges by scores."""
        return tuple(map(scored, self.arcs, self.scores))

    # --- positions and names ---

    @property
    def now(self) -> int | None:
        """The position of the status quo."""
        return None if self.game.now is None else self.game.number(self.game.now)

    def place(self, cell: int) -> int:
        """The position of a state."""
        return self.game.number(cell)

    def cell(self, place: int) -> int:
        return int(self.game.states[place])

    @cached_property
    def names(self) -> tuple[State, ...]:
        """The states by name, or by number from 1 where the file names none."""
        names = self.game.conflict.state_names
        return tuple(names.get(cell) or place for place, cell in enumerate(self.game.states.tolist(), start=1))

    def named(self, truths: Truths) -> tuple[State, ...]:
        """The states where something is true."""
        return tuple(self.names[place] for place in np.flatnonzero(truths).tolist())

    def named_ends(self, ends: Ends) -> dict[str, tuple[tuple[State, ...], ...]]:
        """The ends of play, by names of states."""
        return {kind: tuple(tuple(self.names[at] for at in end) for end in each) for kind, each in ends.items()}

    def texts(self, only: Iterable[State] | None = None) -> StateTexts:
        """What these states (default: all) are, in state order."""
        wanted = set(self.names if only is None else only)
        cells = [
            (name, cell) for name, cell in zip(self.names, self.game.states.tolist(), strict=True) if name in wanted
        ]
        return StateTexts(zip((name for name, _ in cells), self.game.texts(cell for _, cell in cells), strict=True))

    # --- where play ends ---

    def outcomes(self, ends: Ends) -> dict[str, dict[str, str]]:
        """ALL, SOME or NONE of the states where play ends, per outcome of the file and kind of play; {} without play."""
        last = {kind: self.game.states[[at for end in each for at in end]] for kind, each in ends.items()}
        known = self.game.scenario.outcomes.items() if ends else ()
        return {
            name: {kind: verdict(self.game.holds(outcome.formula, cells)) for kind, cells in last.items()}
            for name, outcome in known
        }


def steps_of_play(arcs: Sequence[Arcs], scores: Sequence[Scores], sanctions: str) -> dict[str, list[Arcs]]:
    """Per kind of play the steps of everybody: improvements, and with foresight those that the others' cannot spoil."""
    better = [own.improvements(u) for own, u in zip(arcs, scores, strict=True)]
    foresight = [
        unspoilt(own, u, [each for j, each in enumerate(better) if j != i], sanctions)
        for i, (own, u) in enumerate(zip(better, scores, strict=True))
    ]
    return {"myopic": better, "foresight": foresight}


def ends_of_play(steps: Mapping[str, Sequence[Arcs]], start: int | None) -> dict[str, list[list[int]]]:
    """Per kind of play where the steps from `start` end, as positions; {} without a start."""
    return {} if start is None else {kind: ends_by_arcs(each, start) for kind, each in steps.items()}
