"""The conflict as arrays: players, strategies, states and moves.

The mathematics. Player i owns some options; a *strategy* is one full setting of them. The *cells* are all combinations of
strategies: an array with one axis per player, first option slowest, numbered in that order. A cell is a *state* if the
consequences leave it alone, no `never` rule forbids it, and no `same` rule folds it into another. A *move* of player i
changes only i's strategy; the cell it makes *lands* on a state (consequences, then feasibility, then merges) or nowhere.

In graph form the cells are the named states, and the moves are the hand-made arcs.

How to make one: `build(scenario)`. Labels live outside, numbers inside: `Conflict.cell` and `Conflict.settings` translate.
Nothing is enumerated until it is asked for, so questions about single states also work on spaces too large to list.
"""

from __future__ import annotations

from detente.conflict.build import broken_rule, build
from detente.conflict.consequences import Cells, Merge
from detente.conflict.memory import count_text, memory_limit, size_text
from detente.conflict.players import Moves, Player, Settings
from detente.conflict.space import Conflict

__all__ = [
    "Cells",
    "Conflict",
    "Merge",
    "Moves",
    "Player",
    "Settings",
    "broken_rule",
    "build",
    "count_text",
    "memory_limit",
    "size_text",
]
