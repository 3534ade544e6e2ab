"""Why a change is no legal move of an actor: what of the model stands in its way.

How to use it: `hindrances(case, player, here, wanted)` lists the reasons, in the order of the file; empty if there are none.

>>> from detente.scenario import load
>>> case = Case(load("hanoi_2019"))
>>> hindrances(case, case.game.index("nk"), case.game.cell(None), {"us_talk": 0})
('us_talk is an option of us',)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from detente.case import Case
from detente.conflict import broken_rule
from detente.conflict.overview import limits_text
from detente.formula import Formula, holds
from detente.messages import tell
from detente.scenario.model import Option


def hindrances(case: Case, player: int, here: int, wanted: Mapping[str, int]) -> tuple[str, ...]:
    """The reasons why `player` cannot make these settings in the state `here`. Cost: one state.

    Foreign options, one-way limits and guards of each option that changes, then bars, then rules that forbid the result.
    """
    scenario, before = case.scenario, dict(case.game.conflict.settings(here))
    changed = {key: value for key, value in wanted.items() if before.get(key, 0) != value}
    actor = case.game.conflict.players[player].id
    reasons = [why for key in wanted for why in _of_option(case, scenario.option(key), actor, before, wanted[key])]
    after = {**before, **changed}
    bars = [rule for rule in scenario.rules if rule.actor == actor and rule.target]
    reasons += [
        tell("{actor} is barred from {target} while {when}", actor=actor, target=rule.target, when=rule.when)
        for rule in bars
        if rule.target and _true(rule.when, before) and _true(rule.target, after)
    ]
    if not reasons and (broken := broken_rule(scenario, after)):
        reasons.append(broken)
    return tuple(reasons)


def _of_option(case: Case, option: Option, actor: str, before: Mapping[str, int], value: int) -> Iterator[str]:
    if option.actor != actor:
        yield tell("{key} is an option of {actor}", key=option.key, actor=option.actor)
        return
    if not option.may_switch(before.get(option.key, 0), value):
        held = case.held
        yield f"{option.key} {tell('is held') if option.key in held else _limit(option)}"
    guard = option.needs.get(value)
    if guard is not None and not _true(guard, before):
        choice = option.key if option.binary else f"{option.key} = {option.choices[value]}"
        yield tell("{choice} needs {guard}, which does not hold", choice=choice, guard=guard)


def _limit(option: Option) -> str:
    """The limit on switches alone, as a predicate."""
    text = limits_text(option).partition("; needs")[0]
    return (
        tell("is {text}", text=text)
        if text == "fixed"
        else text
        if option.binary
        else tell("allows only {text}", text=text)
    )


def _true(formula: Formula, settings: Mapping[str, int]) -> bool:
    return bool(np.all(holds(formula, dict(settings))))
