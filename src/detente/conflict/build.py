"""From a scenario to its conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from detente.conflict.consequences import settle
from detente.conflict.memory import count_text, size_text
from detente.conflict.players import Moves, Player, Settings, make_player
from detente.conflict.space import Conflict
from detente.errors import Cure, Problem, ScenarioError, TooLarge
from detente.formula import Formula, holds, options_of
from detente.messages import numeral, tell
from detente.scenario.model import Graph, Place, Rule, Scenario

CHECKED = 1 << 26
"""Feasibility tables up to this size are looked through for a feasible state."""

MOST_ACTORS = 60
"""Actors with options of their own at most: each is an axis of the state space."""


def build(scenario: Scenario, keep: Iterable[str] | None = None, *, started: bool = True) -> Conflict:
    """The conflict of a scenario, or of the part of it made of the options `keep` and the rules wholly about them.

    What is not `started` has no status quo, so that the one of the file need not be feasible (fixed options keep its values).
    Raises `ScenarioError` for an infeasible status quo or a model without states, `TooLarge` for an actor with too many
    own combinations, or too many actors.
    """
    if scenario.graph:
        return _build_graph(scenario, scenario.graph)
    conflict = _assemble(scenario, None if keep is None else frozenset(keep))
    if keep is not None:
        return conflict
    if _is_empty(conflict):
        raise _contradiction(scenario)
    return conflict if scenario.now is None or not started else conflict.begun(_status_quo(scenario, conflict))


def _assemble(scenario: Scenario, kept: frozenset[str] | None = None) -> Conflict:
    """The conflict before anybody asks whether it has states."""
    consequences = tuple(rule for rule in scenario.rules if rule.kind == "consequence")
    free = frozenset(key for rule in consequences for key in rule.then)
    start = _start(scenario)
    fixed = {o.key: start.get(o.key, 0) for o in scenario.options if o.change == "fixed" and o.key not in free}
    inside = frozenset(o.key for o in scenario.options if kept is None or o.key in kept)
    rules = [rule for rule in scenario.rules if kept is None or _mentions(rule) <= (inside | set(fixed))]
    switched = inside - set(fixed)
    players = tuple(
        make_player(scenario, actor.id, [o for o in actor.options if o.key in switched], rules, fixed)
        for actor in scenario.actors
    )
    never = (rule.when for rule in rules if rule.kind == "never")
    cross = tuple(formula for formula in never if not _decided(formula, players, fixed, bool(consequences)))
    merging = tuple(rule for rule in rules if rule.kind == "same")
    held = {o.key: o.held for o in scenario.options if o.held is not None and o.key in inside}
    conflict = Conflict(
        scenario.name, players, fixed, cross, consequences, merging, scenario.states, None, None, scenario.path, held
    )
    _check_size(conflict)
    return conflict


def _start(scenario: Scenario) -> Settings:
    return scenario.now if isinstance(scenario.now, Mapping) else {}


def _check_size(conflict: Conflict) -> None:
    """Refuse what cannot even be numbered."""
    if len(conflict.players) > MOST_ACTORS:
        raise TooLarge(
            tell(
                "{name} has {number} actors; at most {most_actors} can be handled. Those who do not decide "
                "belong into `cast`; ",
                name=conflict.name,
                number=numeral(len(conflict.players)),
                most_actors=MOST_ACTORS,
            ),
            Cure.SHOW,
            tell(" still works."),
        )
    if conflict.cells >= 1 << 63:
        raise TooLarge(
            tell(
                "{name} has {count_text} cells, more than can be numbered (2^63); listing them would take "
                "{size_text}. Fix options that do not matter (`change: fixed`); ",
                name=conflict.name,
                count_text=count_text(conflict.cells),
                size_text=size_text(conflict.cells * 8),
            ),
            Cure.SHOW,
            tell(" still works."),
        )


def _build_graph(scenario: Scenario, graph: Graph) -> Conflict:
    none = np.zeros((1, 0), dtype=np.uint8)
    players = tuple(Player(a.id, a.name, (), none, Moves(transitive=False)) for a in scenario.actors)
    now = graph.states.index(scenario.now) if isinstance(scenario.now, str) else None
    return Conflict(scenario.name, players, {}, (), (), (), {}, graph, now, scenario.path)


# --- is there a state, and is `now` one? ---------------------------------------------------------------------------------


def _is_empty(conflict: Conflict) -> bool:
    """Whether there is no state; not said of spaces too large to look through."""
    if conflict.cells == 0:
        return True
    if conflict.simple:
        return conflict.grid_size(conflict.never) <= CHECKED and conflict.count == 0
    return conflict.tabled and len(conflict.states) == 0


def _contradiction(scenario: Scenario) -> ScenarioError:
    """The error that names the `never` rules that contradict one another: without any of them there are states."""
    needed = [rule for rule in scenario.rules if rule.kind == "never"]
    for rule in tuple(needed):
        fewer = [other for other in needed if other is not rule]
        kept = tuple(other for other in scenario.rules if other.kind != "never" or other in fewer)
        if _is_empty(_assemble(replace(scenario, rules=kept))):
            needed = fewer
    said = ", ".join(
        tell("'{text}' (line {line})", text=rule.text or rule.when, line=rule.place.line) for rule in needed
    )
    message = tell("the rules leave no feasible state; together these forbid everything: {said}", said=said)
    place = needed[0].place if needed else Place()
    return ScenarioError([Problem(place.line, place.column, "error", "no-feasible-state", message, scenario.path)])


def _status_quo(scenario: Scenario, conflict: Conflict) -> int:
    """The cell `now` lands on. Raises `ScenarioError` if it is infeasible."""
    start = _start(scenario)
    landed = conflict.landed(start)
    if landed >= 0:
        return landed
    place = scenario.places.get(("now",), Place())
    why = broken_rule(scenario, start) or tell("no state has these settings")
    message = tell("today's state (`now`) is infeasible: {why}", why=why)
    raise ScenarioError([Problem(place.line, place.column, "error", "infeasible-now", message, scenario.path)])


def broken_rule(scenario: Scenario, start: Settings) -> str:
    """Which `never` rule these settings break, by themselves or where their consequences lead; nothing if none."""
    values = {option.key: np.array([start.get(option.key, 0)], dtype=np.uint8) for option in scenario.options}
    settle([rule for rule in scenario.rules if rule.kind == "consequence"], values, scenario.path)
    led = any(value[0] != start.get(key, 0) for key, value in values.items())
    for rule in scenario.rules:
        if rule.kind == "never" and np.all(holds(rule.when, values)):
            said = tell("`never: {text}` (line {line})", text=rule.text or rule.when, line=rule.place.line)
            return (
                tell("its consequences lead to what {said} forbids", said=said)
                if led
                else tell("it breaks {said}", said=said)
            )
    return ""


def _mentions(rule: Rule) -> frozenset[str]:
    target = options_of(rule.target) if rule.target else frozenset()
    return options_of(rule.when) | target | frozenset(rule.then)


def _decided(formula: Formula, players: tuple[Player, ...], fixed: Settings, consequences: bool) -> bool:
    """Whether a `never` rule has already been used up in one player's strategies."""
    free = options_of(formula) - set(fixed)
    return not consequences and any(free and free <= {o.key for o in p.options} for p in players)
