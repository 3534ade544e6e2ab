"""What a reading says of an observation: expected, possible, or contradicted; the definitions are in `observations`.

How to use it: `expectation` says it of one move, or of staying; `expectations` of everything an actor can do at some states;
`separation` says what an observation does to two readings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.conflict import Cells
from detente.errors import InputError
from detente.messages import tell

CONTRADICTED, POSSIBLE, EXPECTED = "contradicted", "possible", "expected"
WORDS = (CONTRADICTED, POSSIBLE, EXPECTED)
"""What a reading says of an observation; inside, words are their places in this list."""

SEPARATED, WEAKLY, NOT = "separated", "weakly separated", "not separated"
"""What an observation, or all of them, does to two readings."""

Said = NDArray[np.uint8]
"""Words as places in `WORDS`: by account and observation."""


def separation(one: str, other: str) -> str:
    """What an observation does to two readings that say these words of it.

    >>> separation(EXPECTED, CONTRADICTED), separation(POSSIBLE, EXPECTED), separation(POSSIBLE, POSSIBLE)
    ('separated', 'weakly separated', 'not separated')
    """
    if {one, other} == {EXPECTED, CONTRADICTED}:
        return SEPARATED
    return NOT if one == other else WEAKLY


def expectation(analysis: Analysis, cell: int, player: int, target: int | None) -> str:
    """What the readings of an analysis say of a move of a player to `target`, or (None) of its staying, at a state.

    `target` is a state that a legal move reaches. Cost: the player's moves from one state.

    >>> from detente.case import Case
    >>> from detente.scenario import load
    >>> game = Case(load("two_proxies")).analyse(("seq",))
    >>> expectation(game, game.cell(), game.conflict.index("ru"), None)
    'possible'
    """
    _, targets, moves, stays = expectations(analysis, np.array([cell], dtype=np.int64), player)
    if target is None:
        return WORDS[stays[0]]
    at = np.flatnonzero(targets == target)
    if not len(at):
        raise InputError(tell("an observation is a legal move, or that an actor stayed"))
    return WORDS[moves[at[0]]]


def expectations(analysis: Analysis, cells: Cells, player: int) -> tuple[NDArray[np.int64], Cells, Said, Said]:
    """Every legal move of a player from some states: row numbers, states reached, words; and a word per state for staying."""
    solution = analysis.solution
    rows, targets = analysis.conflict.successors(cells, player)
    before = solution.payoffs[player].at(cells)[rows]
    better = solution.payoffs[player].at(targets) > before
    sure = better & (solution.worst[player].at(targets) > before)
    moves = better.astype(np.uint8) + sure.astype(np.uint8)
    best = np.zeros(len(cells), dtype=np.uint8)
    np.maximum.at(best, rows, moves)
    # Staying is contradicted where some move is expected, possible where some is possible at best, else expected.
    return rows, targets, moves, np.uint8(2) - best
