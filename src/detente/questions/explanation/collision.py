"""Changes made at the same moment: what simultaneous stability rests on.

For every improving change of the player from the state (from each member, if it is merged): another actor's improving
change from the same member such that both together land on a state no better for the player, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detente.engine.single_states import SingleStates


@dataclass(frozen=True)
class Other:
    """Another player's improving change: the strategy chosen, where it leads alone, and where both lead."""

    player: int
    chosen: int
    landed: int
    joint: int


@dataclass(frozen=True)
class Clash:
    """An improving change of the player at a member of the state, where it leads, and what collides with it (or None)."""

    member: int
    chosen: int
    landed: int
    other: Other | None


def clashes(states: SingleStates, cell: int, player: int) -> Iterator[Clash]:
    """Every improving change of the player from the state, and the first collision that spoils it. Option form only."""
    here = states.likings(player, [cell])[0]
    others = [
        (other, *change)
        for other in range(len(states.game.readings))
        if other != player
        for change in _improving(states, cell, other)
    ]
    for member, chosen, landed in _improving(states, cell, player):
        rivals = [other for other in others if other[1] == member]
        joints = _joints(states, player, member, chosen, rivals)
        worth = iter(states.likings(player, [joint for joint in joints if joint >= 0]))
        spoilt = [joint >= 0 and next(worth) <= here for joint in joints]
        first = spoilt.index(True) if any(spoilt) else None
        yield Clash(member, chosen, landed, None if first is None else _other(rivals[first], joints[first]))


def _other(rival: tuple[int, int, int, int], joint: int) -> Other:
    who, _, chosen, landed = rival
    return Other(who, chosen, landed, joint)


def _improving(states: SingleStates, cell: int, player: int) -> list[tuple[int, int, int]]:
    """The player's improving changes: (member, strategy chosen, state reached)."""
    found = states.choices(player, cell)
    here, *there = states.likings(player, [cell, *(landed for _, _, landed in found)])
    return [change for change, worth in zip(found, there, strict=True) if worth > here]


def _joints(
    states: SingleStates, player: int, member: int, chosen: int, rivals: list[tuple[int, int, int, int]]
) -> list[int]:
    """Where both changes together lead, per rival change; -1 where that is infeasible."""
    if not rivals:
        return []
    made = states.made(np.array([member], dtype=np.int64), player, chosen)
    both = [int(states.made(made, who, strategy)[0]) for who, _, strategy, _ in rivals]
    return states.game.conflict.land(np.array(both, dtype=np.int64)).tolist()  # type: ignore[no-any-return]
