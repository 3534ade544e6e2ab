"""A case as plain data for the solver in JavaScript: options, rules, moves, and what actors want, as numbers and trees.

Options go by their place in the file, actors by theirs; a formula is a tree: true, false, `[option, *choices]`, or
`[connective, *parts]`, where a count has its number before the parts. What is kept are axes, not arcs: the solver finds the
moves, so the data grow with the model as it is written, not with its states. Only graph form lists its moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from detente.case import Case
from detente.formula import And, Constant, Count, Formula, If, Iff, Not, Or, Setting
from detente.scenario.model import Option, Ranking, Reading, Scenario, Weights

ALWAYS, MOST = 512, 6_144
"""States of a model whose report can be changed by its reader anyway, and if that is asked for; so many the tests compare."""

ARCS, CELLS = 4_000_000, 1_000_000
"""Own combinations from all states together, and combinations of all options, that a page still goes through."""

Tree = bool | list[Any]


def fits(case: Case) -> bool:
    """Whether a page can judge the case: small enough, and nothing held that a consequence could switch."""
    conflict = case.game.conflict
    own = [player.options for player in conflict.players]
    combinations = math.prod(len(o.choices) for options in own for o in options)
    if max(combinations, conflict.cells) > CELLS or conflict.keeping is not None or conflict.count > MOST:
        return False
    ways = sum(math.prod(len(o.choices) for o in options if not o.stuck) for options in own)
    return bool(conflict.graph) or conflict.count * ways <= ARCS


def model(case: Case) -> dict[str, Any]:
    """The case for the solver, without what is wanted and where it starts (`wants`, `start`)."""
    scenario = case.scenario
    if scenario.graph:
        numbers = {name: place for place, name in enumerate(scenario.graph.states)}
        lists = [_onward(numbers, scenario.graph.moves.get(actor.id, ())) for actor in scenario.actors]
        return {"options": [], "graph": {"states": len(numbers), "moves": lists}}
    trees = Trees(scenario)
    free = {key for rule in scenario.rules if rule.kind == "consequence" for key in rule.then}
    fixed = {option.key for option in scenario.options if option.change == "fixed" and option.key not in free}
    rules = {kind: [r for r in scenario.rules if r.kind == kind] for kind in ("never", "consequence", "same", "barred")}
    place = trees.place
    return {
        "options": [_option(trees, option, option.key in fixed) for option in scenario.options],
        "actors": [
            {
                "own": [place[o.key] for o in actor.options if o.key not in fixed and not o.stuck],
                "bars": [
                    [trees.of(r.when), trees.of(r.target)]
                    for r in rules["barred"]
                    if r.actor == actor.id and r.target is not None
                ],
            }
            for actor in scenario.actors
        ],
        "never": ["or", *(trees.of(rule.when) for rule in rules["never"])],
        "consequences": [
            [trees.of(rule.when), [[place[key], value] for key, value in rule.then.items()]]
            for rule in rules["consequence"]
        ],
        "same": [[trees.of(rule.when), not rule.lenient] for rule in rules["same"]],
        "named": [settings(scenario, scenario.states[name]) for name in named(scenario)],
    }


def _option(trees: Trees, option: Option, fixed: bool) -> dict[str, Any]:
    """`switches` lists for each choice those that the owner may turn it into."""
    choices = range(len(option.choices))
    return {
        "fixed": fixed,
        "choices": len(option.choices),
        "switches": [[to for to in choices if to != at and option.may_switch(at, to)] for at in choices],
        "needs": [[value, trees.of(guard)] for value, guard in option.needs.items()],
    }


def named(scenario: Scenario) -> tuple[str, ...]:
    """The named states in the order of their claim to stand for a merged one: those that rules name, then all."""
    chosen = [rule.representative for rule in scenario.rules if rule.kind == "same" and rule.representative]
    return tuple(dict.fromkeys((*chosen, *scenario.states)))


def wants(scenario: Scenario, reading: Reading) -> dict[str, Any]:
    """What a reading wants: statements, most important first, weights in whole numbers, or numbers of named states.

    `adjust` are the pairs of states, the first above the second, by which the order is set right.
    """
    return _listed(scenario, reading) | {"adjust": _adjusted(scenario, reading)}


def _listed(scenario: Scenario, reading: Reading) -> dict[str, Any]:
    if isinstance(reading, Ranking):
        names = scenario.graph.states if scenario.graph else named(scenario)
        numbers = {name: place for place, name in enumerate(names)}
        return {"kind": "ranking", "entries": [[numbers[name] for name in group] for group in reading.ranking]}
    trees = Trees(scenario)
    listed = [trees.of(statement.want) for statement in reading.statements]
    if isinstance(reading, Weights):
        pairs = zip(listed, reading.whole, strict=True)
        # As texts: a weight may have more digits than a number in JavaScript keeps.
        return {"kind": "weights", "entries": [{"tree": tree, "weight": str(weight)} for tree, weight in pairs]}
    return {"kind": "priorities", "entries": [{"tree": tree} for tree in listed]}


def _adjusted(scenario: Scenario, reading: Reading) -> list[list[list[int]]]:
    """Each state as settings of all options, in graph form as its number; without what is held otherwise."""
    held = {option.key: option.held for option in scenario.options if option.held is not None}
    pairs = [(each.above, each.below) for each in reading.adjust]
    counted = [
        pair
        for pair in pairs
        if all(isinstance(s, str) or all(s.get(key, 0) == value for key, value in held.items()) for s in pair)
    ]
    return [[_state(scenario, state) for state in pair] for pair in counted]


def _state(scenario: Scenario, state: Mapping[str, int] | str) -> list[int]:
    if isinstance(state, str):
        return [scenario.graph.states.index(state)] if scenario.graph else settings(scenario, scenario.states[state])
    return settings(scenario, state)


def start(scenario: Scenario) -> list[int] | None:
    """The status quo as the solver takes it; None where there is none."""
    if isinstance(scenario.now, str) and scenario.graph:
        return [scenario.graph.states.index(scenario.now)]
    return settings(scenario, scenario.now) if isinstance(scenario.now, Mapping) else None


def settings(scenario: Scenario, found: Mapping[str, int]) -> list[int]:
    """A choice number for each option, in file order."""
    return [found.get(option.key, 0) for option in scenario.options]


def _onward(numbers: Mapping[str, int], arcs: Sequence[tuple[str, str]]) -> list[list[int]]:
    found: list[set[int]] = [set() for _ in numbers]
    for begin, end in arcs:
        found[numbers[begin]].add(numbers[end])
    return [sorted(ends) for ends in found]


class Trees:
    """Formulas of one scenario as trees."""

    def __init__(self, scenario: Scenario) -> None:
        self.place = (
            {"state": 0} if scenario.graph else {option.key: place for place, option in enumerate(scenario.options)}
        )

    def of(self, formula: Formula) -> Tree:
        """The tree of a formula over options; linear in its size."""
        match formula:
            case Constant(value):
                return value
            case Setting(option, values):
                return [self.place[option], *values]
            case Not(of):
                return ["not", self.of(of)]
            case And(parts):
                return ["and", *map(self.of, parts)]
            case Or(parts):
                return ["or", *map(self.of, parts)]
            case If(when, then):
                return ["or", ["not", self.of(when)], self.of(then)]
            case Iff(left, right):
                return ["iff", self.of(left), self.of(right)]
            case Count(kind, number, parts):
                return [kind, number, *map(self.of, parts)]
        raise TypeError(f"not a formula over options: {formula!r}")
