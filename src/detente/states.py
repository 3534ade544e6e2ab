"""States as people and programs name them.

Inside, a state is a cell, a number. Outside it is a name from the file, a list of settings, or one digit per option:
`find_state` reads all of these; `state_text` says a state in words, and `state_json` as settings for programs.

>>> from detente.conflict import build
>>> from detente.scenario import load
>>> scenario = load("elmira")
>>> conflict = build(scenario)
>>> state_text(conflict, find_state(scenario, conflict, "answer = delay, insist"))
's5'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detente.conflict import Conflict, broken_rule
from detente.errors import InputError, Unanswerable, UnknownName
from detente.scenario.model import Option, Scenario


def find_state(scenario: Scenario, conflict: Conflict, state: int | str | Mapping[str, Any] | None) -> int:
    """The cell of a state: a cell number, a state name, settings, a list of settings as text, or None for `now`."""
    if state is None:
        if conflict.now is None:
            raise Unanswerable("this model has no status quo; give it one (`now:`) or name a state")
        return conflict.now
    if isinstance(state, int):
        return state
    if isinstance(state, str):
        return _named_state(scenario, conflict, state)
    settings = {scenario.option(key).key: _choice(scenario.option(key), value) for key, value in state.items()}
    return _landed(scenario, conflict, settings)


def _named_state(scenario: Scenario, conflict: Conflict, text: str) -> int:
    if conflict.graph:
        if text not in conflict.graph.states:
            raise UnknownName("state", text, conflict.graph.states)
        return conflict.graph.states.index(text)
    if text in scenario.states:
        return _landed(scenario, conflict, scenario.states[text])
    if text == "now":
        return find_state(scenario, conflict, None)
    return _landed(scenario, conflict, scenario.settings(text))


def _landed(scenario: Scenario, conflict: Conflict, settings: Mapping[str, int]) -> int:
    """The cell settings lead to; an `InputError` that names the rule they break if that is no state."""
    wanted = {**conflict.fixed, **settings}
    cell = conflict.find(wanted)
    landed = -1 if cell < 0 else int(conflict.land(np.array([cell]))[0])
    if landed < 0:
        if rule := broken_rule(scenario, wanted):
            raise InputError(f"that state is infeasible: {rule}")
        conflict.cell(wanted)
        raise InputError("that state is infeasible: the rules forbid it")
    return landed


def _choice(option: Option, value: Any) -> int:
    if isinstance(value, str):
        if value not in option.choices:
            raise UnknownName(f"choice of {option.key}", value, option.choices)
        return option.choices.index(value)
    return int(value)


# --- outside ------------------------------------------------------------------------------------------------------


def state_text(conflict: Conflict, cell: int) -> str:
    """A state in words: its name, or the settings that are not off, or 'all off'."""
    if cell in conflict.state_names:
        return conflict.state_names[cell]
    chosen = [_setting_text(conflict, key, value) for key, value in conflict.settings(cell).items()]
    return " ".join(filter(None, chosen)) or "all off"


def _setting_text(conflict: Conflict, key: str, value: int) -> str:
    option = next((o for p in conflict.players for o in p.options if o.key == key), None)
    if option is None or option.binary:
        return key if value else ""
    return f"{key}={option.choices[value]}"


def labels(scenario: Scenario, settings: Mapping[str, int]) -> dict[str, Any]:
    """Settings for programs, in file order: option -> true/false or the choice."""
    options = {option.key: option for option in scenario.options}
    order = [key for key in options if key in settings]
    return {key: bool(settings[key]) if options[key].binary else options[key].choices[settings[key]] for key in order}


def state_json(scenario: Scenario, conflict: Conflict, cell: int) -> dict[str, Any]:
    """A state for programs: option -> true/false or the choice; merged and graph states carry their name."""
    numbers = conflict.settings(cell)
    settings = labels(scenario, numbers)
    merged = conflict.merging and any(cell == merge.representative for merge in conflict.merges)
    if not (conflict.graph or merged):
        return settings
    digits = "".join(str(numbers[option.key]) for option in scenario.options if option.key in numbers)
    return {"state": conflict.state_names.get(cell) or digits, "settings": settings}
