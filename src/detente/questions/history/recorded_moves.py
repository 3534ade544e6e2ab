"""The recorded past, replayed: where each dated event led, and whether it was a legal move.

The mathematics. The events of `Scenario.history` are applied in the order written, the first to the status quo; changes
accumulate, consequences and merges act as after any move. Nothing here depends on what actors want.

An event is a *legal move* if its actor has a move from the state before to the state after it. A move is a pair of states, so
it is legal also where the model would let the actor reach that state by another setting only.

How to use it: `replay(case)` gives one `Entry` per event.

>>> from detente.scenario import load
>>> [(e.recorded.date, e.recorded.status, e.recorded.legal_moves) for e in replay(Case(load("hanoi_2019")))][:2]
[('2019-02-28', 'move', 7), ('2019-04', 'move', 5)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import Case
from detente.errors import Problem
from detente.messages import Messages, tell
from detente.result import Record
from detente.scenario.model import Event, Scenario

STATUSES = Messages(
    {
        "move": "a legal move",
        "nothing": "changes nothing",
        "quiet": "nobody moved",
        "illegal": "no legal move of its actor (a guard, a one-way limit or a bar)",
        "foreign": "sets options of another actor",
        "unattributed": "no actor is named",
        "infeasible": "leads to an infeasible state; the replay goes on as if it had not happened",
    }
)
"""What an event can be; all but the first are replayed (if feasible) and not scored as moves.

An event that names no actor and sets nothing says that nobody moved: everybody who could have is a hold.
"""


@dataclass(frozen=True, kw_only=True)
class Recorded(Record):
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


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A recorded event with the states inside: from cell `before` to cell `after` by `player` (-1: none)."""

    recorded: Recorded
    before: int
    after: int
    player: int


def replay(case: Case) -> list[Entry]:
    """The events in order; one that leads nowhere feasible is passed over. Cost: one state per event."""
    entries: list[Entry] = []
    here = case.game.cell(None)
    for event in case.scenario.history:
        entries.append(enter(case, event, here))
        here = entries[-1].after
    return entries


def problems(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each recorded event that changes nothing where it stands, or leads where no state is."""
    if scenario.now is None or scenario.graph is not None:
        return
    for event, entry in zip(scenario.history, replay(Case(scenario)), strict=True):
        if event.settings and entry.recorded.status in ("nothing", "infeasible"):
            start = entry.before == Case(scenario).game.cell(None)
            why = STATUSES[entry.recorded.status].partition(";")[0]
            hint = (
                tell("; `now` is where the record begins, before its first event")
                if start and why == STATUSES["nothing"]
                else ""
            )
            message = tell(
                "the event of {date} {why}: {before_text} holds already{hint}",
                date=event.date,
                why=why,
                before_text=entry.recorded.before_text,
                hint=hint,
            )
            if entry.recorded.status == "infeasible":
                message = tell("the event of {date} {why}", date=event.date, why=why)
            yield Problem(event.place.line, event.place.column, "warning", "history", message, scenario.path)


def enter(case: Case, event: Event, here: int, to: int | None = None) -> Entry:
    """One event that happens in the state `here`; `to` is where it leads in graph form, which has no settings."""
    game, conflict = case.game, case.game.conflict
    player = conflict.index(event.by) if event.by in case.actors else -1
    there = _made(case, event, here) if to is None else to
    legal = conflict.successors(np.array([here]), player)[1] if player >= 0 else np.empty(0, dtype=np.int64)
    own = player >= 0 and (
        conflict.graph is not None or all(case.scenario.option(key).actor == event.by for key in event.settings)
    )
    quiet = not event.by and not event.settings and to is None
    status = "quiet" if quiet else _status(here, there, own, player, legal.tolist())
    # What is infeasible, or changes nothing, leaves the replay where it is: a record may hold what no state can show.
    after = here if there is None else there
    wanted = {o.key: event.settings[o.key] for o in case.scenario.options if o.key in event.settings}
    recorded = Recorded(
        date=event.date,
        actor=event.by,
        says=event.says,
        changes=game.change_text(here, after) if conflict.graph or to is not None else case.state_text(wanted),
        before=game.state(here),
        after=game.state(after),
        before_text=game.text(here),
        after_text=game.text(after),
        status=status,
        legal_moves=len(legal),
        source=event.evidence.source,
    )
    return Entry(recorded=recorded, before=here, after=after, player=player)


def _made(case: Case, event: Event, here: int) -> int | None:
    """The state the event leads to; None if there is none."""
    conflict = case.game.conflict
    if conflict.graph:  # there a state is no combination of settings: the event names it, or nothing happens
        return event.settings.get("state", here)
    landed = conflict.landed({**conflict.settings(here), **event.settings})
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
