"""The way back: a scenario's model as plain data, for instance to write a whole as a file of its own.

`data_of(scenario)` has the shape of the format. The annotations that say how what is written is bound
(`detente.scenario.model.fields`) say here how what is bound is written; what they cannot tell is handed over by keyword.
Cost: linear in the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from detente.formula import Formula
from detente.scenario.model import (
    ALL_OFF,
    Adjustment,
    EventGuards,
    EventTable,
    Evidence,
    Option,
    Place,
    Reading,
    Rule,
    Scenario,
    Statement,
    Weights,
)
from detente.scenario.model.fields import Written


def data_of(scenario: Scenario) -> dict[str, Any]:
    """The model of a scenario (with options) in the shape of the format: actors, rules, outcomes, sources, `now`, `events`.

    Every formula is written out over the options, unless its text still says the same.
    """
    by_key = {option.key: option for option in scenario.options}
    actors = {
        actor.id: _entry(
            actor,
            options={option.id: _option(option) for option in actor.options},
            readings={name: _reading(reading) for name, reading in actor.readings.items()},
        )
        for actor in scenario.actors
    }
    data = {
        "sources": {name: _entry(source) for name, source in scenario.sources.items()},
        "actors": actors,
        "rules": [_rule(rule, by_key) for rule in scenario.rules if not rule.lapses],  # options say what they lapse by
        "outcomes": {name: _entry(outcome) for name, outcome in scenario.outcomes.items()},
    }
    here = scenario.now
    now = {"now": [by_key[k].text(v) for k, v in here.items() if v]} if isinstance(here, Mapping) else {}
    events = {"events": _events(scenario.events, by_key)} if scenario.events is not None else {}
    return {key: each for key, each in data.items() if each} | now | events


def _entry(value: Any, **special: Any) -> dict[str, Any]:
    """What is there of an entry, field by field; `special` fields are written as given, or not at all (None)."""
    written: dict[str, Any] = {}
    hints = get_type_hints(type(value), include_extras=True)
    for name in (field.name for field in fields(value)):
        hint, bound = hints[name], getattr(value, name)
        marks = get_args(hint) if get_origin(hint) is Annotated else ()
        if name in special:
            written[name] = special[name]
        elif hint is Evidence:
            written |= _entry(bound)
        elif hint is Place or Written.KEY in marks or (Written.TITLE in marks and bound == value.id):
            continue
        else:
            written[name] = _plain(bound)
    return {key: each for key, each in written.items() if each not in ("", [], {}, None, False)}


def _plain(bound: Any) -> Any:
    if isinstance(bound, (tuple, frozenset)):
        return sorted(bound) if isinstance(bound, frozenset) else list(bound)
    return str(bound) if isinstance(bound, (Formula, Fraction)) else bound


def _option(option: Option) -> dict[str, Any]:
    name = option.name if option.name != option.id else ""
    named = {choice: option.choice_names.get(choice, choice) for choice in option.choices}
    choices = [] if option.binary else named if option.choice_names else list(option.choices)
    apart = dict.fromkeys(("key", "id", "actor", "choice_names", "change", "needs", "stays", "lapses_to", "held"))
    written = _entry(option, **apart, name=name, choices=choices)
    if option.change != "both":
        written["change"] = _change(option)
    written |= _guards("needs", option, option.own_needs) | _guards("while", option, option.stays)
    return written | ({"lapses_to": option.choices[option.lapses_to]} if option.stays and not option.binary else {})


def _guards(key: str, option: Option, by_choice: Mapping[int, Formula]) -> dict[str, Any]:
    """`needs` or `while` as people write it; nothing for none."""
    guards = {option.choices[value]: str(guard) for value, guard in by_choice.items()}
    if not guards:
        return {}
    return {key: guards["on"] if option.binary and len(guards) == 1 and "on" in guards else guards}


def _change(option: Option) -> str | list[str]:
    """The switches as people write them."""
    if isinstance(option.change, str):
        return option.change
    if option.binary and len(option.change) == 1:
        return "take" if option.change == ((0, 1),) else "drop"
    if option.binary and option.change:
        return "both"
    return [f"{option.choices[a]} > {option.choices[b]}" for a, b in option.change]


def _reading(reading: Reading) -> dict[str, Any]:
    key = "when" if isinstance(reading, Weights) else "want"
    written = _entry(reading, id=None, statements=None, ranking=None, gaps=None, great=None, adjust=None)
    written[reading.kind] = [_statement(statement, key) for statement in reading.statements]
    great = reading.great if isinstance(reading, Weights) else ()
    if reading.adjust:
        written["adjust"] = [_adjustment(each) for each in reading.adjust]
    return written | ({"great": [str(step) for step in great]} if great else {})


def _adjustment(adjustment: Adjustment) -> dict[str, Any]:
    above, below = ([] if text == ALL_OFF else text.split(", ") for text in (adjustment.higher, adjustment.lower))
    return {"above": above, "below": below} | _entry(adjustment, above=None, below=None, higher=None, lower=None)


def _statement(statement: Statement, key: str) -> dict[str, Any]:
    strength = statement.strength if statement.strength != 1 else None
    written = _entry(statement, want=str(statement), strength=strength, text=None)
    return {key if name == "want" else name: each for name, each in written.items()}


def _rule(rule: Rule, options: Mapping[str, Option]) -> dict[str, Any]:
    body: dict[str, Any]
    if rule.kind == "barred":
        body = {"barred": f"{rule.when} > {rule.target}", "for": rule.actor}
    elif rule.kind == "consequence":
        body = {"when": str(rule.when), "then": " and ".join(options[k].text(v) for k, v in rule.then.items())}
    else:
        body = {rule.kind: str(rule.when)}
    return ({"name": rule.name} if rule.name else {}) | body | _entry(rule.evidence)


def _events(table: EventTable, options: Mapping[str, Option]) -> dict[str, Any]:
    usual = EventGuards()
    guards = {
        name: ("off" if not isinstance(value, bool) else "no") if not value else _plain(value)
        for name, value in vars(table.guards).items()
        if value != getattr(usual, name)
    }
    rules = [
        {
            "when": {key: list(texts) for key in ("actor", "target", "code") if (texts := getattr(rule, key))},
            "sets": [options[key].text(value) for key, value in rule.settings.items()],
            **_entry(rule.evidence),
        }
        for rule in table.rules
    ]
    return {"format": table.format, "period": table.period, **({"guards": guards} if guards else {}), "rules": rules}
