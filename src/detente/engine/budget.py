"""How much memory the arrays of `dense` take, told before any is asked for.

Per cell: every actor's payoffs; what the kernels keep beside them (levels or ladders if compiled, two sort positions per
long axis if not); the verdicts and the guarantees that are handed on; and what a sweep needs for a moment. The figures are
those of the kernels' own arrays, set a little above the peak of whole runs (`tests/test_budget.py`; on 2^22 and 2^24 cells
the peak of the process was 47 to 97 % of the estimate, the least where compiling weighs most).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.conflict import Conflict
from detente.conflict.payoffs import RANKED, payoff_bytes
from detente.conflict.players import Player
from detente.engine.arrays import SHORT
from detente.engine.concepts import Concept
from detente.scenario.model import Reading, Weights

START = 150 << 20
"""Bytes that compiling the kernels and their buffers take, whatever the model."""

POSITION = 8
"""Bytes of a sort position."""


def bytes_needed(
    small: Conflict, readings: Sequence[Reading], asked: Mapping[int, Sequence[Concept]], compiled: bool
) -> int:
    """Bytes at the peak of answering for some players on a sliced space; `readings` are cut to its options. O(players)."""
    widths = [payoff_bytes(reading, small.cells) for reading in readings]
    kept = sum(widths) + (_levels(small) if compiled else _ladders(small))
    kept += 2 * sum(p.moves.need.dtype.itemsize for p in small.players if p.moves.need is not None)
    kept += 2 if small.never else 0
    tables = sum(table_bytes(player) for player in small.players)
    handed_on = sum(len(concepts) + widths[player] for player, concepts in asked.items())
    if any(concept.answers == "simultaneous" for concepts in asked.values() for concept in concepts):
        handed_on += POSITION + 2 * sum(widths)
    sweep = (5 if compiled else 7) * max(widths)
    scoring = max(_scoring(reading, small.cells) for reading in readings)
    whole = small.cells * max(kept + handed_on + sweep, sum(widths) + scoring)
    return whole + tables + (START if compiled else 0)


def table_bytes(player: Player) -> int:
    """Bytes of the tables of a player's limited moves, and of the list of pairs that a sweep makes of them."""
    moves = player.moves
    if moves.legal is None and moves.need is None:
        return 0
    each = moves.need.dtype.itemsize if moves.need is not None else 1
    return player.size**2 * (1 + each + 3 * POSITION + 1)


def _levels(small: Conflict) -> int:
    """Bytes per cell of what compiled kernels keep: a level or a ladder per player, and what is feasible."""
    return 1 + sum(1 if 2 * player.size < 255 else 2 if 2 * player.size < 65535 else 4 for player in small.players)


def _ladders(small: Conflict) -> int:
    """Bytes per cell of what numpy kernels keep: two positions on each long axis along which every move is open."""
    long = [p for p in small.players if p.size > SHORT and p.moves.legal is None and p.moves.need is None]
    building = 3 * POSITION if long else 0
    return max(2 * POSITION * len(long), building)


def _scoring(reading: Reading, cells: int) -> int:
    """Bytes per cell while scores are made: long lists, what is adjusted, and all on small grids, are sorted."""
    if reading.adjust:
        return 10 * POSITION
    if len(reading.statements) > 62 or cells <= RANKED:
        return 8 * POSITION
    return 4 * POSITION if isinstance(reading, Weights) else POSITION
