"""JSON documents of everything but the analysis itself (`Analysis.to_json`): for programs, with identifiers.

States carry their number in state order, from 1. Lists stop where they were told to; `omitted` counts the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.analysis import IN_FULL, Analysis
from detente.analysis import LISTED as LISTED_STATES
from detente.conflict import Cells, Conflict
from detente.conflict.overview import combinations, first_states, moves_from, numbered, ranks, removals, state_count
from detente.conflict.states import labels
from detente.present.tables.selection import View
from detente.scenario.model import Evidence, Option, Ranking, Reading, Scenario


def selection(analysis: Analysis, where: str | None, actors: Sequence[str] | None) -> dict[str, Any]:
    """The equilibria where a formula holds, or for some actors only; part of the JSON of `analyze`."""
    view = View(analysis, where, tuple(actors) if actors is not None else None)
    most = view.analysis.states if view.analysis.states <= IN_FULL else LISTED_STATES
    cells = {c: analysis.equilibria(c, where, actors)[:most] for c in analysis.concepts if c in view.found}
    counts = {c: view.found[c].states for c in cells}
    return {
        "where": where,
        "for": list(actors) if actors is not None else None,
        "counts": counts,
        "equilibria": {c: [analysis.state(int(cell)) for cell in found] for c, found in cells.items()},
        "truncated": {f"equilibria.{c}": counts[c] - len(cells[c]) for c in cells if counts[c] > len(cells[c])},
    }


def _state(scenario: Scenario, conflict: Conflict, cell: int) -> dict[str, Any]:
    name = conflict.state_names.get(cell)
    settings = labels(scenario, conflict.settings(cell))
    return {"settings": settings} if name is None else {"state": name, "settings": settings}


# --- models -----------------------------------------------------------------------------------------------------


def model_json(scenario: Scenario, conflict: Conflict | None) -> dict[str, Any]:
    """What `library` and `show` say of a model; `states` is null if it is too large to build."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "about": scenario.about,
        "states": None if conflict is None else state_count(conflict),
        "actors": [
            {
                "id": actor.id,
                "name": actor.name,
                "options": [_option(option) for option in actor.options],
                "readings": {reading.id: reading.about for reading in actor.readings.values()},
            }
            for actor in scenario.actors
        ],
        "now": scenario.now if isinstance(scenario.now, str | None) else labels(scenario, scenario.now),
        "rules": [{"kind": rule.kind, "name": rule.name, "text": rule.text} for rule in scenario.rules],
        "outcomes": {name: str(outcome.formula) for name, outcome in scenario.outcomes.items()},
        "worlds": {name: dict(world) for name, world in scenario.worlds.items()},
        "sources": sources_json(scenario),
        "claims": len(scenario.claims),
    }


def _option(option: Option) -> dict[str, Any]:
    change = option.change if isinstance(option.change, str) else [list(switch) for switch in option.change]
    return {
        "id": option.key,
        "name": option.name,
        **({"short": option.short} if option.short else {}),
        **({"off": option.off} if option.off else {}),
        "choices": list(option.choices),
        **({"choice_names": dict(option.choice_names)} if option.choice_names else {}),
        "change": change,
        "needs": {option.choices[value]: str(guard) for value, guard in option.own_needs.items()},
        "while": {option.choices[value]: str(guard) for value, guard in option.stays.items()},
        "lapses_to": option.choices[option.lapses_to] if option.stays else None,
    }


def sources_json(scenario: Scenario) -> list[dict[str, str]]:
    """What the file cites."""
    fields = ("id", "text", "kind", "grade", "reliability", "credibility", "date", "checked", "url", "note")
    return [{field: getattr(source, field) for field in fields} for source in scenario.sources.values()]


def readings_json(scenario: Scenario) -> dict[str, Any]:
    """Every reading of every actor."""
    return {actor.id: {r.id: reading_json(r) for r in actor.readings.values()} for actor in scenario.actors}


def reading_json(reading: Reading) -> dict[str, Any]:
    """One reading: a ranking, or statements with weights and grounds."""
    name = {"name": reading.name} if reading.name else {}
    adjust = [
        {"above": a.higher, "below": a.lower, "because": a.because, **_evidence(a.evidence)} for a in reading.adjust
    ]
    adjusted = {"adjust": adjust} if adjust else {}
    if isinstance(reading, Ranking):
        return {"kind": reading.kind, **name, "about": reading.about, "ranking": reading.written, **adjusted}
    statements = [
        {
            "want": str(s),
            **({"says": s.says} if s.says else {}),
            **({} if s.weight is None else {"weight": float(s.weight)}),
            **_evidence(s.evidence),
        }
        for s in reading.statements
    ]
    return {"kind": reading.kind, **name, "about": reading.about, "statements": statements, **adjusted}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "source": list(evidence.source),
        "where": evidence.where,
        "confidence": evidence.confidence or None,
        "note": evidence.note,
        "claims": list(evidence.claims),
        **({"against": list(evidence.against)} if evidence.against else {}),
    }


# --- states, rankings, moves ------------------------------------------------------------------------------------


def states_json(scenario: Scenario, conflict: Conflict, most: int) -> dict[str, Any]:
    """The states in order, and what removed the other combinations."""
    cells = first_states(conflict, most)
    return {
        "count": state_count(conflict),
        "combinations": combinations(conflict),
        "list": [{"number": n, **_state(scenario, conflict, c)} for n, c in enumerate(cells.tolist(), start=1)],
        "omitted": _omitted(conflict, cells),
        "removed": [
            {"kind": each.kind, "rule": each.text, "combinations": each.combinations}
            for each in removals(scenario, conflict)
        ],
    }


def ranking_json(conflict: Conflict, reading: Reading, most: int) -> dict[str, Any]:
    """Ranks from best to worst: how many states, which (null in very large models), which statements they satisfy."""
    found = ranks(conflict, reading)
    listed = numbered(conflict)
    return {
        "reading": reading.id,
        "statements": [str(statement) for statement in reading.statements],
        "ranks": [
            {
                "rank": place,
                "count": rank.states,
                "states": _numbers(conflict, rank.cells) if listed else None,
                "satisfied": list(rank.satisfied),
            }
            for place, rank in enumerate(found[:most], start=1)
        ],
        "omitted": max(0, len(found) - most),
        "largest_tie": max((rank.states for rank in found), default=0),
    }


def moves_json(conflict: Conflict, reading: Reading, player: int, most: int) -> dict[str, Any]:
    """Per state the numbers of the states an actor can reach, and of those it prefers."""
    cells = first_states(conflict, most)
    if not numbered(conflict):
        found = [(len(c.moves), len(c.improvements)) for c in moves_from(conflict, reading, player, cells)]
        rows: list[dict[str, Any]] = [
            {"from": n, "moves": moves, "improvements": better} for n, (moves, better) in enumerate(found, start=1)
        ]
    else:
        rows = [
            {"from": n, "moves": _numbers(conflict, c.moves), "improvements": _numbers(conflict, c.improvements)}
            for n, c in enumerate(moves_from(conflict, reading, player, cells), start=1)
        ]
    return {"reading": reading.id, "list": rows, "omitted": _omitted(conflict, cells)}


def _omitted(conflict: Conflict, cells: Cells) -> int | None:
    states = state_count(conflict)
    return None if states is None else states - len(cells)


def _numbers(conflict: Conflict, cells: Cells) -> list[int]:
    return [int(place) + 1 for place in np.searchsorted(conflict.states, cells)]
