"""Changes made at the same moment: what simultaneous stability rests on.

For every improving change of the player from the state (from each member, if it is merged): another actor's improving
change from the same member such that both together land on a state no better for the player, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detente.questions.explanation.lookup import Lookup


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


def clashes(lookup: Lookup, cell: int, player: int) -> Iterator[Clash]:
    """Every improving change of the player from the state, and the first collision that spoils it. Option form only."""
    here = lookup.likings(player, [cell])[0]
    others = [
        (other, *change)
        for other in range(len(lookup.readings))
        if other != player
        for change in _improving(lookup, cell, other)
    ]
    for member, chosen, landed in _improving(lookup, cell, player):
        rivals = [other for other in others if other[1] == member]
        joints = _joints(lookup, player, member, chosen, rivals)
        worth = iter(lookup.likings(player, [joint for joint in joints if joint >= 0]))
        spoilt = [joint >= 0 and next(worth) <= here for joint in joints]
        first = spoilt.index(True) if any(spoilt) else None
        yield Clash(member, chosen, landed, None if first is None else _other(rivals[first], joints[first]))


def _other(rival: tuple[int, int, int, int], joint: int) -> Other:
    who, _, chosen, landed = rival
    return Other(who, chosen, landed, joint)


def _improving(lookup: Lookup, cell: int, player: int) -> list[tuple[int, int, int]]:
    """The player's improving changes: (member, strategy chosen, state reached)."""
    found = lookup.choices(player, cell)
    here, *there = lookup.likings(player, [cell, *(landed for _, _, landed in found)])
    return [change for change, worth in zip(found, there, strict=True) if worth > here]


def _joints(
    lookup: Lookup, player: int, member: int, chosen: int, rivals: list[tuple[int, int, int, int]]
) -> list[int]:
    """Where both changes together lead, per rival change; -1 where that is infeasible."""
    if not rivals:
        return []
    made = lookup.made(np.array([member], dtype=np.int64), player, chosen)
    both = [int(lookup.made(made, who, strategy)[0]) for who, _, strategy, _ in rivals]
    return lookup.conflict.land(np.array(both, dtype=np.int64)).tolist()  # type: ignore[no-any-return]
