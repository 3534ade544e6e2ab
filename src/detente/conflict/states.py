"""States as people and programs name them.

Inside, a state is a cell, a number. Outside it is a name from the file, a list of settings, one digit per option, `now`, or
`#3` (or 3): its number in state order, from 1. `find_state` reads all of these; `state_text` says a state in
words, and `state_json` as settings for programs.

>>> from detente.conflict import build
>>> from detente.scenario import load
>>> scenario = load("elmira")
>>> conflict = build(scenario)
>>> state_text(conflict, find_state(scenario, conflict, "answer = delay, insist"))
's5'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from detente.conflict import Conflict, broken_rule
from detente.errors import InputError, Unanswerable, UnknownName, refuse_unknown
from detente.messages import numeral, tell
from detente.scenario.model import Option, Scenario
from detente.sheet import Phrase, StateTerm, listing, many

State = int | str
"""A state in a result: its name, or its number in state order from 1."""


def find_state(scenario: Scenario, conflict: Conflict, state: int | str | Mapping[str, Any] | None) -> int:
    """The cell of a state: a cell number, a state name, settings as a mapping or as text, `#3`, or None for `now`."""
    if state is None:
        if conflict.now is None:
            raise Unanswerable(tell("this model has no state of today; give it one (`now:`) or name a state"))
        return conflict.now
    if isinstance(state, int):
        return state
    if isinstance(state, str):
        if not state.strip():
            raise InputError(tell("name a state: now, a name, settings, or its number (#3)"))
        return _named_state(scenario, conflict, state)
    if not isinstance(state, Mapping):
        raise InputError(
            tell("a state is a name, settings, or its number as text ('#3'); found {name}", name=type(state).__name__)
        )
    settings = {scenario.option(key).key: _choice(scenario.option(key), value) for key, value in state.items()}
    return _landed(scenario, conflict, settings)


def _named_state(scenario: Scenario, conflict: Conflict, text: str) -> int:
    if conflict.graph and text in conflict.graph.states:
        return conflict.graph.states.index(text)
    if text in scenario.states:
        return _landed(scenario, conflict, scenario.states[text])
    if text == "now":
        return find_state(scenario, conflict, None)
    # A number as tables print it, with or without the sign that begins a comment in a shell. One digit per option is a state
    # by its digits, unless no option has such choices.
    number = text.strip().removeprefix("#").partition(" ")[0]
    if re.fullmatch("[0-9]+", number) and (text.startswith("#") or not _digits(scenario, text.strip())):
        return _numbered(conflict, number)
    if conflict.graph:
        raise UnknownName("state", text, conflict.graph.states)
    if (labelled := _labelled(scenario, text)) is not None:
        return _landed(scenario, conflict, labelled)
    return _landed(scenario, conflict, scenario.settings(text))


def _numbered(conflict: Conflict, text: str) -> int:
    """The cell of a state given by its number."""
    if not 1 <= int(text[:20]) <= conflict.count:
        raise InputError(
            tell("there are states #1 to #{count}; found '#{text}'", count=numeral(conflict.count), text=text[:20])
        )
    return int(conflict.states[int(text) - 1])


def _digits(scenario: Scenario, text: str) -> bool:
    """Whether a text is a state by one digit per option, and none beyond its choices."""
    options = scenario.options
    return (
        scenario.graph is None
        and len(text) == len(options)
        and all(int(digit) < len(option.choices) for option, digit in zip(options, text, strict=True))
    )


def _labelled(scenario: Scenario, text: str) -> dict[str, int] | None:
    """The settings of a state as tables print it, `us_arm answer=delay` or `all off`: what is not there is off; else None."""
    words = text.split()
    settings = {option.key: 0 for option in scenario.options}
    if words == ["all", "off"]:
        return settings
    options = {option.key: option for option in scenario.options}
    for word in words:
        key, equals, choice = word.partition("=")
        option = options.get(key)
        if option is None or (bool(equals) == option.binary) or (equals and choice not in option.choices):
            return None
        settings[key] = option.choices.index(choice) if equals else 1
    return settings if len(words) > 1 else None


def _landed(scenario: Scenario, conflict: Conflict, settings: Mapping[str, int]) -> int:
    """The cell settings lead to; an `InputError` that names the rule they break if that is no state."""
    wanted = {**conflict.fixed, **settings}
    landed = conflict.landed(wanted)
    if landed < 0:
        if rule := broken_rule(scenario, wanted):
            raise InputError(tell("that state is infeasible: {rule}", rule=rule))
        conflict.cell(wanted)
        raise InputError(tell("that state is infeasible: the rules forbid it"))
    if conflict.keeping is not None and not conflict.is_state(np.array([landed]))[0]:
        raise InputError(tell("that state cannot come about while {keeping} is held", keeping=conflict.keeping))
    return landed


def _choice(option: Option, value: Any) -> int:
    if isinstance(value, str):
        refuse_unknown(f"choice of {option.key}", option.choices, value)
        return option.choices.index(value)
    return int(value)


# --- outside ------------------------------------------------------------------------------------------------------


def state_text(conflict: Conflict, cell: int) -> str:
    """A state in words: its name, or the settings that are not off, or 'all off'."""
    return states_text(conflict, [cell])[0]


def states_text(conflict: Conflict, cells: Iterable[int]) -> list[str]:
    """`state_text` of many states, at a fraction of the cost."""
    numbers = list(cells)
    options = {option.key: option for player in conflict.players for option in player.options}
    words = [[""] * len(numbers)] if conflict.graph else []
    for key, column in _columns(conflict, numbers).items():
        option = options.get(key)
        if option is None or option.binary:
            words.append([key if value else "" for value in column])
        else:
            said = ["", *(f"{key}={choice}" for choice in option.choices[1:])]
            words.append([said[value] for value in column])
    rows = (" ".join(filter(None, row)) or "all off" for row in zip(*words, strict=True))
    return [conflict.state_names.get(cell) or text for cell, text in zip(numbers, rows, strict=True)]


def _columns(conflict: Conflict, cells: list[int]) -> dict[str, list[int]]:
    """Per option its choice number in every cell, fixed options included; none in graph form."""
    if conflict.graph:
        return {}
    found = conflict.values(np.array(cells, dtype=np.int64))
    return {key: np.broadcast_to(value, (len(cells),)).tolist() for key, value in found.items()}


def labels(scenario: Scenario, settings: Mapping[str, int]) -> dict[str, Any]:
    """Settings for programs, in file order: option -> true/false or the choice."""
    options = {option.key: option for option in scenario.options}
    order = [key for key in options if key in settings]
    return {key: bool(settings[key]) if options[key].binary else options[key].choices[settings[key]] for key in order}


def state_json(scenario: Scenario, conflict: Conflict, cell: int) -> dict[str, Any]:
    """A state for programs: option -> true/false or the choice; merged and graph states carry their name."""
    return states_json(scenario, conflict, [cell])[0]


def states_json(scenario: Scenario, conflict: Conflict, cells: Iterable[int]) -> list[dict[str, Any]]:
    """`state_json` of many states, at a fraction of the cost."""
    numbers, told = list(cells), {}
    columns = _columns(conflict, numbers)
    for option in scenario.options:
        if option.key in columns:
            said = [False, True] if option.binary else list(option.choices)
            told[option.key] = [said[value] for value in columns[option.key]]
    rows = [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)] or [{} for _ in numbers]
    merged = {merge.representative for merge in conflict.merges} if conflict.merging else set()
    for place, cell in enumerate(numbers):
        if conflict.graph or cell in merged:
            digits = "".join(str(columns[o.key][place]) for o in scenario.options if o.key in columns)
            rows[place] = {"state": conflict.state_names.get(cell) or digits, "settings": rows[place]}
    return rows


# --- states in results ------------------------------------------------------------------------------------------------


class StateTexts(dict[State, str]):
    """What states are, by name or number; as plain data the numbers become texts."""

    def to_json(self) -> dict[str, str]:
        return {str(state): text for state, text in self.items()}


def state_term(state: State) -> int | StateTerm:
    """A state of a result as a cell of a table."""
    return state if isinstance(state, int) else StateTerm(state)


def states_phrase(states: Iterable[State], between: str = ", ") -> Phrase:
    """Several states in one cell.

    >>> states_phrase(["s1", "s5"]), states_phrase([3, 4])
    ('s1, s5', '3, 4')
    """
    return listing((str(state) if isinstance(state, int) else StateTerm(state) for state in states), between)


def ends_phrase(ends: Iterable[Iterable[State]]) -> Phrase:
    """Where play ends, in one line.

    >>> ends_phrase([["s1"], ["s5", "s8"]])
    's1; s5 ↔ s8'
    """
    return listing((states_phrase(end, " ↔ ") for end in ends), "; ")


def only_in(states: Iterable[State], others: Iterable[State]) -> tuple[State, ...]:
    """The states that are not among the others, in order."""
    known = set(others)
    return tuple(state for state in states if state not in known)


def come_and_go(come: int, go: int, concept: str) -> str:
    """How many equilibria there are in one circumstance only, and in the other only, in a sentence.

    >>> come_and_go(1, 2, "SEQ"), come_and_go(0, 0, "SEQ")
    ('1 equilibrium under SEQ comes and 2 go', 'no equilibrium under SEQ comes or goes')
    """
    if not come and not go:
        return tell("no equilibrium under {concept} comes or goes", concept=concept)
    first = many(come, "equilibrium", "equilibria")
    return tell(
        "{first} under {concept} come{ending} and {go} go{word}",
        first=first,
        concept=concept,
        ending="s" * (come == 1),
        go=numeral(go),
        word=tell("es") * (go == 1),
    )
