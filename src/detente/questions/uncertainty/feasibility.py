"""What a rule that forbids states can be instead: a condition of switching on, or something that comes undone by itself.

The mathematics. A rule that forbids states takes away all moves that lead there, also moves of actors who merely switch
something off: whoever needs a partner keeps the partner from leaving. Of a rule that forbids a conjunction of settings two
other forms are made. *Guard*: nobody may switch on what the rule speaks of where the rest of the conjunction holds; a state
may come about otherwise. *Consequence*: where the conjunction holds, the last setting in it that is on is switched off by
itself. On is what is not the first choice; where nothing in the conjunction is on, everything in it counts.

>>> from detente.scenario import load
>>> [rule.kind for rule in load("composite_strict").rules[:2]]
['never', 'never']
"""

from __future__ import annotations

from dataclasses import replace

from detente.errors import InputError, refuse_unknown
from detente.formula import And, Formula, Not, Setting
from detente.messages import tell
from detente.scenario.model import Rule, Scenario, in_order


def with_form(scenario: Scenario, name: str, form: str) -> Scenario:
    """The scenario with one rule that forbids states in another form; raises `InputError` for what has no such form."""
    known = {key: rule for rule in scenario.rules if rule.kind == "never" for key in (rule.text, rule.name) if key}
    refuse_unknown("rule that forbids states", known, name)
    rule = known[name]
    if form == "never":
        return scenario
    others = [each for each in scenario.rules if each is not rule]
    literals = _literals(rule)
    on = [each for each in literals if _is_on(each)] or literals
    made = [_consequence(rule, on[-1])] if form == "consequence" else _guards(scenario, rule, literals, on)
    return replace(scenario, rules=in_order((*others, *made)))


def _literals(rule: Rule) -> list[Formula]:
    """The settings that the rule forbids together."""
    found: list[Formula] = []
    rest = [rule.when]
    while rest:
        part = rest.pop(0)
        if isinstance(part, And):
            rest = [*part.parts, *rest]
        elif isinstance(part, Setting) or (isinstance(part, Not) and isinstance(part.of, Setting)):
            found.append(part)
        else:
            raise InputError(
                tell(
                    "the rule '{name}' can only be what it is: a guard or a consequence is made of a rule that "
                    "forbids settings joined by `and`, and '{part}' is none",
                    name=rule.name or rule.text,
                    part=part,
                )
            )
    return found


def _setting(literal: Formula) -> Setting:
    found = literal.of if isinstance(literal, Not) else literal
    assert isinstance(found, Setting)
    return found


def _is_on(literal: Formula) -> bool:
    off_is_meant = 0 in _setting(literal).values
    return off_is_meant if isinstance(literal, Not) else not off_is_meant


def _guards(scenario: Scenario, rule: Rule, literals: list[Formula], on: list[Formula]) -> list[Rule]:
    made = []
    for actor in scenario.actors:
        own = {option.key for option in actor.options}
        mine = [each for each in literals if _setting(each).option in own]
        if not any(each in mine for each in on):
            continue
        rest = [each for each in literals if each not in mine]
        target = _all(mine)
        made.append(
            Rule(
                kind="barred",
                when=_all([*rest, Not(target)]),
                target=target,
                actor=actor.id,
                text=tell("{text} (as a guard)", text=rule.text),
                place=rule.place,
            )
        )
    return made


def _consequence(rule: Rule, last: Formula) -> Rule:
    setting = _setting(last)
    if isinstance(last, Not):
        then = setting.values[0]
    else:
        then = next(value for value in range(len(setting.values) + 1) if value not in setting.values)
    return Rule(
        kind="consequence",
        when=rule.when,
        then={setting.option: then},
        text=tell("{text} (as a consequence)", text=rule.text),
        place=rule.place,
    )


def _all(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else And(tuple(parts))
