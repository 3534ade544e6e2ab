"""The fingerprint of a model: results with the same one are results about the same thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from detente.conflict.game import chosen_readings
from detente.scenario.model import Ranking, Scenario


def model_hash(scenario: Scenario, readings: Mapping[str, str]) -> str:
    """SHA-256 over everything that decides the results: options, limits on moves, rules, readings, status quo, named states.

    Names, sources and notes are left out: they change what is said, not what follows.
    """
    actors = []
    for actor, reading in zip(scenario.actors, chosen_readings(scenario, readings), strict=True):
        options = [
            [o.key, list(o.choices), o.change, sorted((v, str(g)) for v, g in o.needs.items())]
            + ([] if o.held is None else [o.held])
            for o in actor.options
        ]
        wants: list[Any] = [[str(s.want), None if s.weight is None else str(s.weight)] for s in reading.statements]
        if reading.top_degree > 1 or any(degree != 1 for degree in reading.degrees):
            wants.append(["degrees", *map(str, reading.degrees)])
        if reading.adjust:
            wants.append(["adjust", *([_plain(each.above), _plain(each.below)] for each in reading.adjust)])
        groups = reading.ranking if isinstance(reading, Ranking) else ()
        actors.append([actor.id, options, reading.kind, wants, groups])
    rules = [
        [r.kind, str(r.when), sorted(r.then.items()), str(r.target), r.actor, r.representative] for r in scenario.rules
    ]
    graph = [scenario.graph.states, sorted(scenario.graph.moves.items())] if scenario.graph else None
    now = sorted(scenario.now.items()) if isinstance(scenario.now, Mapping) else scenario.now
    outcomes = sorted((name, str(outcome.formula)) for name, outcome in scenario.outcomes.items())
    states = sorted((name, sorted(settings.items())) for name, settings in scenario.states.items())
    model = [actors, rules, graph, now, outcomes, states]
    return hashlib.sha256(json.dumps(model, sort_keys=True, default=str).encode()).hexdigest()


def _plain(state: Mapping[str, int] | str) -> Any:
    return state if isinstance(state, str) else sorted(state.items())
