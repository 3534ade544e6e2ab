"""Moves and likings of single states, looked up once and remembered.

A search that asks about one state after another would spend its time on tiny arrays. `SingleStates` answers from
dictionaries, filled in batches: all at once in small models, else for the states asked about.

How to make one: `SingleStates(game)`. Cost: what is asked about, once; memory the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.conflict import Cells
from detente.conflict.adjustments import pairs
from detente.conflict.game import Game
from detente.scenario.adjustments import Standing, raised
from detente.scenario.model import Ranking, Weights

WHOLE = 1 << 12
"""Models up to this many cells are looked up whole."""


@dataclass(frozen=True, eq=False)
class SingleStates:
    """What everybody can do from a state, and how much they like it. Players go by number, states by cell."""

    game: Game

    # --- moves ---

    def moves(self, player: int, cells: Sequence[int]) -> list[tuple[int, ...]]:
        """Per state the states one move of the player away, in order."""
        known = self._moves[player]
        missing = self._missing(known, cells)
        if missing:
            rows, targets = self.game.conflict.successors(np.array(missing, dtype=np.int64), player)
            bounds, ends = np.searchsorted(rows, np.arange(len(missing) + 1)).tolist(), targets.tolist()
            for place, cell in enumerate(missing):
                known[cell] = tuple(ends[bounds[place] : bounds[place + 1]])
        return [known[cell] for cell in cells]

    def improvements(self, player: int, cells: Sequence[int]) -> list[tuple[int, ...]]:
        """Per state the moves of the player that lead to something it strictly prefers."""
        known = self._improvements[player]
        missing = [cell for cell in dict.fromkeys(cells) if cell not in known]
        if missing:
            moves = self.moves(player, missing)
            self.likings(player, [*missing, *(target for ends in moves for target in ends)])
            liked = self._likings[player]
            for cell, ends in zip(missing, moves, strict=True):
                here = liked[cell]
                known[cell] = tuple(target for target in ends if liked[target] > here)
        return [known[cell] for cell in cells]

    def choices(self, player: int, cell: int) -> tuple[tuple[int, int, int], ...]:
        """The player's own changes that lead somewhere: (cell changed, own strategy chosen, state reached).

        In a merged state the changes of all its members. Not in graph form, where there is nothing to choose.
        """
        known = self._choices[player]
        if cell not in known:
            _, members = self.game.conflict.members(np.array([cell], dtype=np.int64))
            rows, chosen = self.game.conflict.changes(members, player)
            made = self.made(members[rows], player, chosen)
            landed = self.game.conflict.land(made)
            real = (landed >= 0) & (landed != cell)
            known[cell] = tuple(
                zip(members[rows][real].tolist(), chosen[real].tolist(), landed[real].tolist(), strict=True)
            )
        return known[cell]

    def strategies(self, player: int, cell: int) -> dict[int, frozenset[int]]:
        """Per state that the player's own changes reach the strategies that lead there. Not in graph form."""
        known = self._strategies[player]
        if cell not in known:
            found: dict[int, set[int]] = {}
            for _, own, landed in self.choices(player, cell):
                found.setdefault(landed, set()).add(own)
            known[cell] = {landed: frozenset(own) for landed, own in found.items()}
        return known[cell]

    def made(self, cells: Cells, player: int, chosen: Any) -> Cells:
        """The cells with the player's strategy replaced; consequences have not acted yet."""
        return self.game.conflict.switched(cells, player, chosen)

    def settings(self, cell: int) -> tuple[int, ...]:
        """The choice numbers of all options; nothing in graph form."""
        if cell not in self._settings:
            self._settings[cell] = tuple(self.game.conflict.settings(cell).values())
        return self._settings[cell]

    # --- likings ---

    def likings(self, player: int, cells: Sequence[int]) -> list[Any]:
        """Per state how much the player likes it: values that can be compared, larger is better, equal is indifferent."""
        known = self._likings[player]
        missing = self._missing(known, cells)
        if missing:
            known.update(zip(missing, self._like(player, missing), strict=True))
        return [known[cell] for cell in cells]

    def _like(self, player: int, cells: Sequence[int]) -> Iterable[Any]:
        standing = self._standings[player]
        listed = self._listed(player, cells)
        if not standing:
            return listed
        return (standing.get(cell, (like, 0, like)) for cell, like in zip(cells, listed, strict=True))

    def _listed(self, player: int, cells: Sequence[int]) -> Iterable[Any]:
        """The likings by the list alone; of a ranking as adjusted."""
        reading = self.game.readings[player]
        if isinstance(reading, Ranking):
            return self._heights[player][np.array(cells, dtype=np.int64)].tolist()  # type: ignore[no-any-return]
        truths = self.truths(player, cells)
        if not isinstance(reading, Weights):
            return truths
        whole = reading.whole
        return [sum(w for w, true in zip(whole, row, strict=True) if true) for row in truths]

    def truths(self, player: int, cells: Sequence[int]) -> list[bytes]:
        """Per state which of the player's statements hold, one byte each, in the order of its list."""
        known = self._truths[player]
        missing = self._missing(known, cells)
        if missing:
            statements, at = self.game.readings[player].statements, np.array(missing, dtype=np.int64)
            table = np.zeros((len(missing), len(statements)), dtype=np.uint8)
            for column, statement in enumerate(statements):
                table[:, column] = self.game.conflict.holds(statement.want, at)
            known.update(zip(missing, map(bytes, table), strict=True))
        return [known[cell] for cell in cells]

    # --- memory ---

    def _missing(self, known: dict[int, Any], cells: Sequence[int]) -> list[int]:
        missing = [cell for cell in dict.fromkeys(cells) if cell not in known]
        if missing and self.game.conflict.cells <= WHOLE:
            return [cell for cell in self.game.conflict.states.tolist() if cell not in known]
        return missing

    @cached_property
    def _moves(self) -> list[dict[int, tuple[int, ...]]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _improvements(self) -> list[dict[int, tuple[int, ...]]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _choices(self) -> list[dict[int, tuple[tuple[int, int, int], ...]]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _strategies(self) -> list[dict[int, dict[int, frozenset[int]]]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _settings(self) -> dict[int, tuple[int, ...]]:
        return {}

    @cached_property
    def _likings(self) -> list[dict[int, Any]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _standings(self) -> list[dict[int, Standing]]:
        """Per player where the states stand that its adjustments speak of; nothing of a ranking, whose heights say it."""
        found: list[dict[int, Standing]] = []
        for player, reading in enumerate(self.game.readings):
            spoken = {} if isinstance(reading, Ranking) else pairs(self.game.conflict, reading)
            cells = list(dict.fromkeys(cell for pair in spoken for cell in pair))
            found.append(raised(dict(zip(cells, self._listed(player, cells), strict=True)), tuple(spoken)))
        return found

    @cached_property
    def _truths(self) -> list[dict[int, bytes]]:
        return [{} for _ in self.game.readings]

    @cached_property
    def _heights(self) -> list[Any]:
        """Per player whose list is a ranking the height of every cell."""
        return [
            self.game.payoffs(player).reshape(-1) if isinstance(reading, Ranking) else None
            for player, reading in enumerate(self.game.readings)
        ]
