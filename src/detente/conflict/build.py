"""From a scenario to its conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from detente.conflict.players import Moves, Player, Settings, make_player
from detente.conflict.space import Conflict
from detente.errors import Problem, ScenarioError, TooLarge
from detente.formula import Formula, holds, options_of
from detente.scenario.model import Graph, Rule, Scenario

MAX_LANDING = 1 << 26
"""Cells beyond this cannot be listed for consequences and merges, which need every cell."""

CHECKED = 1 << 26
"""Feasibility tables up to this size are looked through for a feasible state."""


def build(scenario: Scenario, keep: Iterable[str] | None = None) -> Conflict:
    """The conflict of a scenario, or of the part of it made of the options `keep` and the rules wholly about them.

    Raises `ScenarioError` for an infeasible status quo or a model without states, `TooLarge` for an actor with too many
    own combinations.
    """
    if scenario.graph:
        return _build_graph(scenario, scenario.graph)
    kept = None if keep is None else frozenset(keep)
    consequences = tuple(rule for rule in scenario.rules if rule.kind == "consequence")
    free = frozenset(key for rule in consequences for key in rule.then)
    start = scenario.now if isinstance(scenario.now, Mapping) else {}
    fixed = {o.key: start.get(o.key, 0) for o in scenario.options if o.change == "fixed" and o.key not in free}
    inside = frozenset(o.key for o in scenario.options if kept is None or o.key in kept)
    rules = [rule for rule in scenario.rules if kept is None or _mentions(rule) <= (inside | set(fixed))]
    never = tuple(rule.when for rule in rules if rule.kind == "never")
    players = tuple(
        make_player(
            scenario, actor.id, [o for o in actor.options if o.key in inside and o.key not in fixed], rules, fixed
        )
        for actor in scenario.actors
    )
    cross = tuple(f for f in never if not _decided(f, players, fixed, bool(consequences)))
    merging = tuple(rule for rule in rules if rule.kind == "same")
    conflict = Conflict(scenario.name, players, fixed, cross, consequences, merging, scenario.states, None)
    if consequences or merging:
        _limit_landing(conflict)
    if kept is not None:
        return conflict
    return _with_now(conflict, scenario, start if scenario.now is not None else None)


def _build_graph(scenario: Scenario, graph: Graph) -> Conflict:
    none = np.zeros((1, 0), dtype=np.uint8)
    players = tuple(Player(a.id, a.name, (), none, Moves(transitive=False)) for a in scenario.actors)
    now = graph.states.index(scenario.now) if isinstance(scenario.now, str) else None
    return Conflict(scenario.name, players, {}, (), (), (), {}, graph, now)


def _with_now(conflict: Conflict, scenario: Scenario, start: Settings | None) -> Conflict:
    if (not conflict.simple or conflict.grid_size(conflict.never) <= CHECKED) and conflict.count == 0:
        raise ScenarioError([Problem(0, 0, "error", "no-feasible-state", "the `never` rules leave no feasible state")])
    if start is None:
        return conflict
    try:
        cell = int(conflict.land(np.array([conflict.cell(start)]))[0])
    except ScenarioError as error:
        raise _infeasible_now(scenario, error.problems[0].message) from None
    if cell < 0:
        raise _infeasible_now(scenario, _broken_rule(scenario, start))
    return replace(conflict, now=cell)


def _infeasible_now(scenario: Scenario, why: str) -> ScenarioError:
    message = f"the status quo (`now`) is infeasible: {why}"
    return ScenarioError([Problem(0, 0, "error", "infeasible-now", message, scenario.path)])


def _broken_rule(scenario: Scenario, start: Settings) -> str:
    values = {option.key: np.uint8(start.get(option.key, 0)) for option in scenario.options}
    for rule in scenario.rules:
        if rule.kind == "never" and bool(holds(rule.when, values)):
            return f"it breaks `never: {rule.text or rule.when}` (line {rule.place.line})"
    return "its consequences lead to a forbidden state"


def _limit_landing(conflict: Conflict) -> None:
    if conflict.cells > MAX_LANDING:
        raise TooLarge(
            f"{conflict.name or 'this model'} has consequences or merged states and {conflict.cells:,} cells; such models "
            f"can be listed up to {MAX_LANDING:,} cells. Fix options that do not matter, or state the rules as guards."
        )


def _mentions(rule: Rule) -> frozenset[str]:
    target = options_of(rule.target) if rule.target else frozenset()
    return options_of(rule.when) | target | frozenset(rule.then)


def _decided(formula: Formula, players: tuple[Player, ...], fixed: Settings, consequences: bool) -> bool:
    """Whether a `never` rule has already been used up in one player's strategies."""
    free = options_of(formula) - set(fixed)
    return not consequences and any(free and free <= {o.key for o in p.options} for p in players)
