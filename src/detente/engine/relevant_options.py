"""Which options a verdict about one actor depends on at all.

The mathematics. Fix actor i. Its comparison of states uses the options of its own statements, V. Others matter for i only
through moves that change V. Whether such a move of j is an improvement depends only on j's statements that mention j's own
options (the rest are constant along j's moves), so their options join V; and so on until nothing is added, together with
the options of every rule or guard that touches V. What is left out can neither be seen by i nor move anybody who matters,
and, being tied to the rest by no rule, can be left as it is along every sequence. So i's verdict on a state is its verdict
on the projected state, exactly, provided moves are transitive: else an irrelevant move of somebody could still lift the
ban on moving twice running.

For concepts whose answers need not be credible (or that know no answers) nobody's preferences but i's are involved: V is
only closed under rules and guards. Cost: statements × actors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Conflict
from detente.conflict.payoffs import own_statements
from detente.engine.concepts import Concept
from detente.formula import Formula, options_of
from detente.scenario.model import Ranking, Reading, Rule, Scenario


def sliceable(conflict: Conflict) -> bool:
    """Whether verdicts may be taken on projections: moves along the axes, proved transitive for everybody."""
    return conflict.simple and all(player.moves.transitive for player in conflict.players)


def cone(scenario: Scenario, readings: Sequence[Reading], player: int, concept: Concept) -> frozenset[str]:
    """The keys of the options on which the player's verdicts under the concept depend."""
    if any(isinstance(reading, Ranking) or reading.adjust for reading in readings):
        # a ranking, or what adjusts one, names whole states, so every option may tell two of them apart
        return frozenset(option.key for option in scenario.options)
    cone = frozenset[str]().union(*(options_of(s.want) for s in readings[player].statements))
    whose = {
        "improvements": list(range(len(scenario.actors))),
        "simultaneous": [j for j, a in enumerate(scenario.actors) if cone & {o.key for o in a.options}],
    }.get(concept.answers, [])
    groups = _rule_groups(scenario)
    while True:
        # a rule ties its options together: what is legal within the cone must be decided within it
        grown = _touched(cone, groups)
        for j in whose:
            own = frozenset(option.key for option in scenario.actors[j].options)
            if j != player and own & grown:
                # j's moves reach into the cone, so it matters what makes j move; statements about others' options are
                # constant along j's moves and decide nothing
                grown = grown.union(*(options_of(want) for want in own_statements(readings[j], own)))
        if grown == cone:
            return cone
        cone = grown


def _touched(cone: frozenset[str], groups: list[frozenset[str]]) -> frozenset[str]:
    return cone.union(*(group for group in groups if group & cone))


def _rule_groups(scenario: Scenario) -> list[frozenset[str]]:
    """Sets of options tied together by a rule, a bar or a guard."""
    groups = [_rule_options(rule) for rule in scenario.rules]
    for option in scenario.options:
        groups += [options_of(guard) | {option.key} for guard in option.needs.values()]
    return groups


def _rule_options(rule: Rule) -> frozenset[str]:
    formulas: list[Formula] = [rule.when, *([rule.target] if rule.target else [])]
    return frozenset(rule.then).union(*(options_of(formula) for formula in formulas))


def projections(conflict: Conflict, small: Conflict) -> tuple[NDArray[np.int64], ...]:
    """Per axis, the strategy of the small conflict that each strategy of the whole one corresponds to."""
    return tuple(_project(conflict, small, axis) for axis in range(len(conflict.shape)))


def _project(conflict: Conflict, small: Conflict, axis: int) -> NDArray[np.int64]:
    player, kept = conflict.players[axis], small.players[axis]
    if not kept.options:
        return np.zeros(1, dtype=np.int64)
    columns = [player.options.index(option) for option in kept.options]
    weights, numbers = kept.codes
    return numbers[player.strategies[:, columns].astype(np.int64) @ np.array(weights, dtype=np.int64)]


def searched(scenario: Scenario, readings: Sequence[Reading], player: int, concept: Concept) -> frozenset[str]:
    """The options to keep where a verdict is searched for move by move: its cone, and all that makes own moves legal."""
    return cone(scenario, readings, player, concept) | own_cone(scenario, player)


def own_cone(scenario: Scenario, player: int) -> frozenset[str]:
    """The options on which the legality of the player's moves depends: its own, and what rules tie to them."""
    keys = frozenset(option.key for option in scenario.actors[player].options)
    groups = _rule_groups(scenario)
    while (grown := _touched(keys, groups)) != keys:
        keys = grown
    return keys
