"""Who is stable where: arrays in, arrays out.

The concept table is in `concepts`. A whole game is solved by `solve` (`solution`), by arcs or by arrays, whichever is
quicker; single states are settled by search (`one_state`), and preferences of any kind are judged by relations (`relations`).

How to use it: `solve(game)` -> `Solution`.

>>> from detente.conflict.game import Game
>>> from detente.scenario import load
>>> solution = solve(Game.of(load("prisoners_dilemma")))
>>> solution.stable["nash"][0].grid().tolist()
[[True, True], [False, False]]
"""

from detente.engine.by_arcs import arcs_of, moves_of
from detente.engine.by_arrays import move_relation
from detente.engine.progress import Progress, quiet
from detente.engine.solution import check_size, improving_steps, solve
from detente.engine.table import Solution

__all__ = [
    "Progress",
    "Solution",
    "arcs_of",
    "check_size",
    "improving_steps",
    "move_relation",
    "moves_of",
    "quiet",
    "solve",
]
