"""The recorded past, replayed: where each dated event led, and whether it was a legal move.

The mathematics. The events of `Scenario.history` are applied in the order written, the first to the status quo; changes
accumulate, consequences and merges act as after any move. Nothing here depends on what actors want.

How to use it: `replay(Ground(case))` gives one `Entry` per event.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> [(e.recorded.date, e.recorded.status, e.recorded.legal_moves) for e in replay(Ground(Case(load("hanoi_2019"))))][:2]
[('2019-02-28', 'move', 7), ('2019-04', 'move', 5)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import InputError
from detente.questions.evolution.steps import Ground
from detente.scenario.model import Event

STATUSES = {
    "move": "a legal move",
    "nothing": "changes nothing",
    "illegal": "no legal move of its actor (a guard, a one-way limit or a bar)",
    "foreign": "sets options of another actor",
    "unattributed": "no actor is named",
    "infeasible": "leads to an infeasible state; the replay goes on as if it had not happened",
}
"""What an event can be; all but the first are replayed (if feasible) and not scored."""


@dataclass(frozen=True)
class Recorded:
    """One event of the record: what it set, the states before and after, and what it was (see `STATUSES`)."""

    date: str
    actor: str
    says: str
    changes: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    before_text: str
    after_text: str
    status: str
    legal_moves: int
    source: tuple[str, ...]

    @property
    def scored(self) -> bool:
        return self.status == "move"

    def to_json(self) -> dict[str, Any]:
        states = {"before": dict(self.before), "after": dict(self.after), "source": list(self.source)}
        return {**self.__dict__, **states}


@dataclass(frozen=True)
class Entry:
    """A recorded event with the states inside: from cell `before` to cell `after` by `player` (-1: none)."""

    recorded: Recorded
    before: int
    after: int
    player: int


def replay(ground: Ground) -> list[Entry]:
    """The events in order; one that leads nowhere feasible is passed over. Cost: one state per event."""
    entries: list[Entry] = []
    here = ground.cell(None)
    for event in ground.scenario.history:
        entries.append(enter(ground, event, here))
        here = entries[-1].after
    return entries


def enter(ground: Ground, event: Event, here: int, to: int | None = None) -> Entry:
    """One event that happens in the state `here`; `to` is where it leads in graph form, which has no settings."""
    conflict = ground.conflict
    player = conflict.index(event.by) if event.by in ground.case.actors else -1
    there = _made(ground, event, here) if to is None else to
    legal = conflict.successors(np.array([here]), player)[1] if player >= 0 else np.empty(0, dtype=np.int64)
    own = player >= 0 and all(ground.scenario.option(key).actor == event.by for key in event.settings)
    status = _status(here, there, own, player, legal.tolist())
    after = here if there is None else there
    wanted = {o.key: event.settings[o.key] for o in ground.scenario.options if o.key in event.settings}
    recorded = Recorded(
        date=event.date,
        actor=event.by,
        says=event.says,
        changes=ground.case.state_text(wanted) if to is None else ground.change_text(here, to),
        before=ground.state(here),
        after=ground.state(after),
        before_text=ground.text(here),
        after_text=ground.text(after),
        status=status,
        legal_moves=len(legal),
        source=event.evidence.source,
    )
    return Entry(recorded, here, after, player)


def _made(ground: Ground, event: Event, here: int) -> int | None:
    """The state the event leads to; None if there is none."""
    conflict = ground.conflict
    try:
        cell = conflict.cell({**conflict.settings(here), **event.settings})
    except InputError:
        return None
    landed = int(conflict.land(np.array([cell], dtype=np.int64))[0])
    return None if landed < 0 else landed


def _status(here: int, there: int | None, own: bool, player: int, legal: Sequence[int]) -> str:
    if there is None:
        return "infeasible"
    if there == here:
        return "nothing"
    if player < 0:
        return "unattributed"
    if not own:
        return "foreign"
    return "move" if there in legal else "illegal"
