"""Warnings that need only the text of a model, not its state space: it may not mean what it says.

- `reaction-rule`: a wish that fixes one's own option as a function of other options, "my option iff yours".
  Whatever its rank, the answer then follows by assumption; say what the actor values instead
- `constant`, `duplicate-statement`, `dead-statement`: a wish that can never tell two states apart, by itself
  or after the wishes above it in the list
- `idle-guard`: a guard on a switch the option cannot make
- `unused-option`: nothing in the model looks at the option
- `idle-rule`: a rule that changes nothing
- `idle-count`: `at least 3 of (a, b)` can never be true, `at least 0 of` always is
- `indifferent`: an empty list

Formulas are compared by their truth tables over the options they mention, so the way they are written does
not matter.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem
from detente.formula import Count, Formula, children, holds, options_of, settings_of
from detente.scenario.model import Actor, Place, PriorityList, Ranking, Reading, Rule, Scenario, Statement

MAX_ROWS = 4096
"""Truth tables beyond this are not made; such formulas are passed over."""


@dataclass(frozen=True)
class Table:
    """A formula as an array of truth values, one axis per option it mentions, in the order of `options`."""

    options: tuple[str, ...]
    truth: NDArray[np.bool_]

    @property
    def key(self) -> tuple[tuple[str, ...], bytes]:
        return self.options, self.truth.tobytes()

    @property
    def opposite(self) -> tuple[tuple[str, ...], bytes]:
        return self.options, np.logical_not(self.truth).tobytes()

    @property
    def constant(self) -> bool:
        return bool(self.truth.all() or not self.truth.any())


def lint(scenario: Scenario) -> tuple[Problem, ...]:
    """All warnings, in the order of the file. Cost: one small truth table per statement."""
    found = [*_unused(scenario), *_guards(scenario)]
    for actor in scenario.actors:
        for reading in actor.readings.values():
            found.extend(_list(scenario, actor, reading))
    for rule in scenario.rules:
        found.extend(_rule(scenario, rule))
    found.extend(_counts(scenario, {(each.line, each.column) for each in found if each.code != "unused-option"}))
    return tuple(sorted(found))


def _warning(scenario: Scenario, place: Place, code: str, message: str) -> Problem:
    return Problem(place.line, place.column, "warning", code, message, scenario.path)


def table(scenario: Scenario, formula: Formula) -> Table | None:
    """The truth table of a formula over the options it mentions; None if it is too large."""
    keys = tuple(sorted(options_of(formula)))
    graph = scenario.graph
    shape = tuple(len(graph.states if graph and key == "state" else scenario.option(key).choices) for key in keys)
    if math.prod(shape) > MAX_ROWS:
        return None
    grids = np.meshgrid(*(np.arange(size) for size in shape), indexing="ij", sparse=True)
    truth = np.asarray(holds(formula, dict(zip(keys, grids, strict=True))), dtype=np.bool_)
    return Table(keys, np.broadcast_to(truth, shape))


# --- lists --------------------------------------------------------------------------------------------------


def _list(scenario: Scenario, actor: Actor, reading: Reading) -> Iterator[Problem]:
    if not isinstance(reading, Ranking) and not reading.statements:
        message = f"reading '{reading.id}' of {actor.id} is empty: {actor.id} is indifferent between all states"
        yield _warning(scenario, reading.place, "indifferent", message)
    above: dict[tuple[tuple[str, ...], bytes], Statement] = {}
    for statement in reading.statements:
        rows = table(scenario, statement.want)
        if rows is None:
            continue
        if rows.constant:
            when = "always" if rows.truth.all() else "never"
            message = f"'{statement}' is {when} true, so it cannot matter"
            yield _warning(scenario, statement.place, "constant", message)
            continue
        if isinstance(reading, PriorityList):
            yield from _repeated(scenario, statement, rows, above)
            yield from _reaction(scenario, actor, statement, rows)
        above.setdefault(rows.key, statement)


def _repeated(
    scenario: Scenario,
    statement: Statement,
    rows: Table,
    above: dict[tuple[tuple[str, ...], bytes], Statement],
) -> Iterator[Problem]:
    if (same := above.get(rows.key)) is not None:
        message = f"'{statement}' says the same as line {same.place.line} above, so it cannot matter"
        yield _warning(scenario, statement.place, "duplicate-statement", message)
    if (contrary := above.get(rows.opposite)) is not None:
        line = contrary.place.line
        message = f"'{statement}' contradicts line {line}, which is more important, so it cannot matter"
        yield _warning(scenario, statement.place, "dead-statement", message)


def _reaction(scenario: Scenario, actor: Actor, statement: Statement, rows: Table) -> Iterator[Problem]:
    own = {option.key for option in actor.options}
    for key, causes in reactions(rows):
        if key not in own:
            continue
        others = [cause for cause in causes if cause not in own]
        what = f"how {actor.id} answers {', '.join(others)}" if others else f"that it goes with {', '.join(causes)}"
        message = (
            f"'{statement}' fixes {key} by assumption: it says {what}, not what {actor.id} values. "
            "State the goods and let the answer follow; results that rest on this line hold by assumption"
        )
        yield _warning(scenario, statement.place, "reaction-rule", message)
        return


def reactions(rows: Table) -> Iterator[tuple[str, list[str]]]:
    """Options that a wish fixes as a function of other options, with those it depends on.

    Whatever the others are, some choices satisfy the wish and some do not; which ones depends on the others.
    """
    moving = [bool((rows.truth != rows.truth.take([0], axis=axis)).any()) for axis in range(rows.truth.ndim)]
    for axis, key in enumerate(rows.options):
        satisfying = rows.truth.sum(axis=axis)
        causes = [name for name, matters in zip(rows.options, moving, strict=True) if matters and name != key]
        if causes and ((satisfying > 0) & (satisfying < rows.truth.shape[axis])).all():
            yield key, causes


# --- options and rules --------------------------------------------------------------------------------------


def _guards(scenario: Scenario) -> Iterator[Problem]:
    for option in scenario.options:
        for choice in option.needs:
            if not any(option.may_switch(start, choice) for start in range(len(option.choices)) if start != choice):
                message = f"the guard of '{option.key}' guards nothing: {option.actor} can never switch to it anyway"
                yield _warning(scenario, option.place, "idle-guard", message)


def _unused(scenario: Scenario) -> Iterator[Problem]:
    looked_at = {key for formula, _ in _formulas(scenario) for key in options_of(formula)}
    looked_at |= {key for rule in scenario.rules for key in rule.then}
    if any(isinstance(reading, Ranking) for actor in scenario.actors for reading in actor.readings.values()):
        looked_at |= {key for state in scenario.states.values() for key in state}
    for option in scenario.options:
        if option.key not in looked_at:
            message = f"no wish, rule, guard or outcome looks at '{option.key}'; it only multiplies the states"
            yield _warning(scenario, option.place, "unused-option", message)


def _counts(scenario: Scenario, said: Set[tuple[int, int]]) -> Iterator[Problem]:
    """Counts that are always or never true; what has a warning already (`said`) needs no second one."""
    named = {part for outcome in scenario.outcomes.values() for part in _idle_counts(outcome.formula)}
    defined = {outcome.place for outcome in scenario.outcomes.values()}
    for formula, place in dict.fromkeys(_formulas(scenario)):
        for part, always in _idle_counts(formula).items():
            if (place.line, place.column) not in said and (place in defined or part not in named):
                message = f"'{part}' is {'always' if always else 'never'} true: it counts {len(part.parts)}"
                yield _warning(scenario, place, "idle-count", message)


def _idle_counts(formula: Formula) -> dict[Count, bool]:
    """The counts within a formula whose number settles them: true where they always hold."""
    found: dict[Count, bool] = {}
    stack = [formula]
    while stack:
        stack += children(node := stack.pop())
        if isinstance(node, Count):
            possible = [_COUNTED[node.kind](true, node.number) for true in range(len(node.parts) + 1)]
            found |= {node: possible[0]} if len(set(possible)) == 1 else {}
    return found


_COUNTED = {"exactly": operator.eq, "at least": operator.ge, "at most": operator.le}


def _formulas(scenario: Scenario) -> Iterator[tuple[Formula, Place]]:
    for actor in scenario.actors:
        for reading in actor.readings.values():
            yield from ((statement.want, statement.place) for statement in reading.statements)
    for option in scenario.options:
        yield from ((guard, option.place) for guard in option.needs.values())
    for rule in scenario.rules:
        yield from ((formula, rule.place) for formula in (rule.when, rule.target) if formula is not None)
    yield from ((outcome.formula, outcome.place) for outcome in scenario.outcomes.values())
    yield from ((flow, Place()) for bond in scenario.partnerships.values() for flow in bond.flows.values())
    yield from ((incentive.when, incentive.place) for incentive in scenario.incentives.values())


def _rule(scenario: Scenario, rule: Rule) -> Iterator[Problem]:
    rows = table(scenario, rule.when)
    if rows is not None and not rows.truth.any():
        message = f"'{rule.text}' never applies: its condition is never true"
        yield _warning(scenario, rule.place, "idle-rule", message)
    elif rule.kind == "consequence" and rule.then.items() <= (settings_of(rule.when) or {}).items():
        message = f"'{rule.text}' changes nothing: its condition already says what follows"
        yield _warning(scenario, rule.place, "idle-rule", message)
