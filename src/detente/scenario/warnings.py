"""Warnings that need only the text of a model, not its state space: it may not mean what it says.

- `reaction-rule`: a wish, or two of them together, that fixes one's own option as a function of other options, "my option
  iff yours". The answer then follows by assumption; say what the actor values instead
- `one-sided-rule`: a wish that does so where the others leave it open, "if they do, so do I", or "only if they do"
- `constant`, `duplicate-statement`, `dead-statement`: a wish that can never tell two states apart, by itself
  or after the wishes above it in the list
- `idle-guard`: a guard on a switch the option cannot make
- `lapses-one-way`: an option that lapses (`while`) though its actor could not switch it back
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
from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem
from detente.formula import Count, Formula, children, holds, options_of, settings_of
from detente.messages import tell
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
    found = _truths(scenario, (formula,))
    return None if found is None else Table(found[0], found[1][0])


def _truths(scenario: Scenario, formulas: Sequence[Formula]) -> tuple[tuple[str, ...], list[NDArray[np.bool_]]] | None:
    """The truth of formulas over all options any of them mentions; None if that is too much."""
    keys = tuple(sorted(set().union(*map(options_of, formulas))))
    graph = scenario.graph
    shape = tuple(len(graph.states if graph and key == "state" else scenario.option(key).choices) for key in keys)
    if math.prod(shape) > MAX_ROWS:
        return None
    grids = dict(zip(keys, np.meshgrid(*(np.arange(size) for size in shape), indexing="ij", sparse=True), strict=True))
    return keys, [np.broadcast_to(np.asarray(holds(each, grids), dtype=np.bool_), shape) for each in formulas]


# --- lists --------------------------------------------------------------------------------------------------


def _list(scenario: Scenario, actor: Actor, reading: Reading) -> Iterator[Problem]:
    if not isinstance(reading, Ranking) and not reading.statements:
        message = tell(
            "reading '{id}' of {id2} is empty: {id2} is indifferent between all states", id=reading.id, id2=actor.id
        )
        yield _warning(scenario, reading.place, "indifferent", message)
    above: dict[tuple[tuple[str, ...], bytes], Statement] = {}
    rules = _rules_by_place(reaction_rules(scenario, actor, reading)) if isinstance(reading, PriorityList) else {}
    for place, statement in enumerate(reading.statements):
        rows = table(scenario, statement.want)
        if rows is None:
            continue
        if rows.constant:
            when = tell("always") if rows.truth.all() else tell("never")
            message = tell("'{statement}' is {when} true, so it cannot matter", statement=statement, when=when)
            yield _warning(scenario, statement.place, "constant", message)
            continue
        if isinstance(reading, PriorityList):
            yield from _repeated(scenario, statement, rows, above)
            if place in rules:
                yield _reaction(scenario, actor, reading, rules[place])
        above.setdefault(rows.key, statement)


def _repeated(
    scenario: Scenario,
    statement: Statement,
    rows: Table,
    above: dict[tuple[tuple[str, ...], bytes], Statement],
) -> Iterator[Problem]:
    if (same := above.get(rows.key)) is not None:
        message = tell(
            "'{statement}' says the same as line {line} above, so it cannot matter",
            statement=statement,
            line=same.place.line,
        )
        yield _warning(scenario, statement.place, "duplicate-statement", message)
    if (contrary := above.get(rows.opposite)) is not None:
        line = contrary.place.line
        message = tell(
            "'{statement}' contradicts line {line}, which is more important, so it cannot matter",
            statement=statement,
            line=line,
        )
        yield _warning(scenario, statement.place, "dead-statement", message)


# --- reaction rules ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReactionRule:
    """An own option that a list fixes as a function of other options, and the places of the wishes that do so, from 0.

    One wish that fixes it whatever the others do; or two, the second of which speaks where the first is silent; or one
    that fixes it only where the others leave the wish open (`partial`).
    """

    option: str
    causes: tuple[str, ...]
    places: tuple[int, ...]
    partial: bool = False


def reaction_rules(scenario: Scenario, actor: Actor, reading: Reading) -> tuple[ReactionRule, ...]:
    """The reaction rules of a list.

    What a wish asks of an own option x may depend on the other options it mentions. It is a rule if it asks something of x
    whatever these are, and not always the same. It is *one-sided* if it asks something of x under some of their settings
    only, some of which belong to other actors. Then the next wish that looks at x is read with it: if both together ask
    something of x everywhere, and not always the same, they are a rule in two halves, however each of them is written. A
    one-sided wish that no other completes is a rule in part if it is true wherever it asks nothing (an implication); else
    it is a good that needs several hands, such as `not arms and not strikes`, and no rule.

    Cost: the product of the truth tables of neighbouring wishes.
    """
    ordered = isinstance(reading, PriorityList)
    own = dict.fromkeys(option.key for option in actor.options)
    tables = [(place, table(scenario, statement.want)) for place, statement in enumerate(reading.statements)]
    known = [(place, rows) for place, rows in tables if rows is not None]
    rules = [rule for place, rows in known if (rule := _whole(rows, place, own)) is not None]
    whole = {place for rule in rules for place in rule.places}
    # Wishes by the options they look at: of a thousand options and wishes few pairs have to do with each other.
    looked_at: dict[str, list[tuple[int, Table]]] = {option: [] for option in own}
    for place, rows in known:
        for key in rows.options:
            if key in own and _moves(rows, key):
                looked_at[key].append((place, rows))
    for option, looking in looked_at.items():
        second = -1
        for number, (place, rows) in enumerate(looking):
            causes = _causes(rows, option)
            if place == second or own.keys() >= {*causes} or not _one_sided(rows, option):
                continue
            after = [each for each in looking[number + 1 : number + 2] if ordered and each[0] not in whole]
            if after and (joint := _joint(scenario, reading, (place, after[0][0]))) and _settles(*joint, option):
                both = dict.fromkeys((*causes, *_causes(after[0][1], option)))
                second = after[0][0]
                rules.append(ReactionRule(option, tuple(both), (place, second)))
            elif _implies(rows, option):
                rules.append(ReactionRule(option, tuple(causes), (place,), partial=True))
    return tuple(rules)


def reaction_places(scenario: Scenario, actor: Actor, reading: Reading) -> frozenset[int]:
    """The places, from 0, of the wishes that are reaction rules or parts of one."""
    return frozenset(place for rule in reaction_rules(scenario, actor, reading) for place in rule.places)


def _rules_by_place(rules: tuple[ReactionRule, ...]) -> dict[int, ReactionRule]:
    """The rule to speak of at each place: one that stands there alone before one in two halves."""
    found: dict[int, ReactionRule] = {}
    for rule in sorted(rules, key=lambda each: (each.partial, len(each.places))):
        found.setdefault(rule.places[0], rule)
    return found


def _whole(rows: Table, place: int, own: Container[str]) -> ReactionRule | None:
    for key, causes in reactions(rows):
        if key in own:
            return ReactionRule(key, tuple(causes), (place,))
    return None


def _reaction(scenario: Scenario, actor: Actor, reading: Reading, rule: ReactionRule) -> Problem:
    first, *others = (reading.statements[place] for place in rule.places)
    foreign = [cause for cause in rule.causes if cause not in {option.key for option in actor.options}]
    what = (
        tell("how {id} answers {foreign}", id=actor.id, foreign=", ".join(foreign))
        if foreign
        else tell("that it goes with {causes}", causes=", ".join(rule.causes))
    )
    values = tell("not what {id} values. State the goods and let the answer follow", id=actor.id)
    if rule.partial:
        message = tell(
            "'{first}' fixes {option} by assumption wherever it is not true anyway: it says {what}, "
            "{values}; results that rest on this line hold by assumption",
            first=first,
            option=rule.option,
            what=what,
            values=values,
        )
        return _warning(scenario, first.place, "one-sided-rule", message)
    if others:
        message = tell(
            "'{first}' and '{others}' (line {line}) fix {option} by assumption: together they say "
            "{what}, {values}; results that rest on these lines hold by assumption",
            first=first,
            others=others[0],
            line=others[0].place.line,
            option=rule.option,
            what=what,
            values=values,
        )
    else:
        message = tell(
            "'{first}' fixes {option} by assumption: it says {what}, {values}; results that rest on this "
            "line hold by assumption",
            first=first,
            option=rule.option,
            what=what,
            values=values,
        )
    return _warning(scenario, first.place, "reaction-rule", message)


def reactions(rows: Table) -> Iterator[tuple[str, list[str]]]:
    """Options that a wish fixes as a function of other options, with those it depends on.

    Whatever the others are, some choices satisfy the wish and some do not; which ones depends on the others.
    """
    for axis, key in enumerate(rows.options):
        satisfying = rows.truth.sum(axis=axis)
        causes = _causes(rows, key)
        if causes and ((satisfying > 0) & (satisfying < rows.truth.shape[axis])).all():
            yield key, causes


def _moves(rows: Table, option: str) -> bool:
    """Whether the truth of a wish ever depends on the option."""
    if option not in rows.options:
        return False
    axis = rows.options.index(option)
    return bool((rows.truth != rows.truth.take([0], axis=axis)).any())


def _causes(rows: Table, option: str) -> list[str]:
    return [key for key in rows.options if key != option and _moves(rows, key)]


def _one_sided(rows: Table, option: str) -> bool:
    """Whether a wish asks something of the option under some settings of the others, and nothing under some."""
    asks = _asks(rows, option)
    return bool(asks.any() and not asks.all())


def _implies(rows: Table, option: str) -> bool:
    """Whether a wish is true wherever it asks nothing of the option."""
    true = rows.truth.all(axis=rows.options.index(option))
    return bool(np.all(true | _asks(rows, option)))


def _asks(rows: Table, option: str) -> NDArray[np.bool_]:
    """Under which settings of the others the truth of a wish depends on the option."""
    axis = rows.options.index(option)
    return np.asarray(rows.truth.any(axis=axis) & ~rows.truth.all(axis=axis))


def _joint(
    scenario: Scenario, reading: Reading, places: tuple[int, int]
) -> tuple[tuple[str, ...], NDArray[np.int64]] | None:
    """How good two wishes together find each combination of the options they mention, the first outweighing the second."""
    first, second = (reading.statements[place].want for place in places)
    keys, truth = _truths(scenario, (first, second)) or ((), [])
    return (keys, 2 * truth[0].astype(np.int64) + truth[1]) if keys else None


def _settles(keys: tuple[str, ...], worth: NDArray[np.int64], option: str) -> bool:
    """Whether the best choices of the option are never all of them, and not always the same."""
    ordered = np.moveaxis(worth, keys.index(option), -1)
    best = (ordered == ordered.max(axis=-1, keepdims=True)).reshape(-1, ordered.shape[-1])
    return bool(not best.all(axis=-1).any() and (best != best[0]).any())


# --- options and rules --------------------------------------------------------------------------------------


def _guards(scenario: Scenario) -> Iterator[Problem]:
    for option in scenario.options:
        for choice in option.needs:
            if not any(option.may_switch(start, choice) for start in range(len(option.choices)) if start != choice):
                message = tell(
                    "the guard of '{key}' guards nothing: {actor} can never switch to it anyway",
                    key=option.key,
                    actor=option.actor,
                )
                yield _warning(scenario, option.place, "idle-guard", message)
        for choice, lasts in option.stays.items():
            if not option.may_switch(choice, option.lapses_to):
                kept = option.key if option.binary else f"{option.key} = {option.choices[choice]}"
                message = tell(
                    "'{kept}' lapses where '{lasts}' does not hold, though {actor} cannot switch it back",
                    kept=kept,
                    lasts=lasts,
                    actor=option.actor,
                )
                yield _warning(scenario, option.place, "lapses-one-way", message)


def _unused(scenario: Scenario) -> Iterator[Problem]:
    looked_at = {key for formula, _ in _formulas(scenario) for key in options_of(formula)}
    looked_at |= {key for rule in scenario.rules for key in rule.then}
    looked_at |= {
        key for seen in scenario.perceptions.values() for view in seen.views.values() for key in view.imagined
    }
    if any(isinstance(reading, Ranking) for actor in scenario.actors for reading in actor.readings.values()):
        looked_at |= {key for state in scenario.states.values() for key in state}
    for option in scenario.options:
        if option.key not in looked_at:
            only = tell("nothing depends on it") if option.change == "fixed" else tell("it only multiplies the states")
            message = tell("no aim, rule, guard or outcome looks at '{key}'; {only}", key=option.key, only=only)
            yield _warning(scenario, option.place, "unused-option", message)


def _counts(scenario: Scenario, said: Set[tuple[int, int]]) -> Iterator[Problem]:
    """Counts that are always or never true; what has a warning already (`said`) needs no second one."""
    named = {part for outcome in scenario.outcomes.values() for part in _idle_counts(outcome.formula)}
    defined = {outcome.place for outcome in scenario.outcomes.values()}
    for formula, place in dict.fromkeys(_formulas(scenario)):
        for part, always in _idle_counts(formula).items():
            if (place.line, place.column) not in said and (place in defined or part not in named):
                message = tell(
                    "'{part}' is {word} true: it counts {number}",
                    part=part,
                    word=tell("always") if always else tell("never"),
                    number=len(part.parts),
                )
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
        message = tell("'{text}' never applies: its condition is never true", text=rule.text)
        yield _warning(scenario, rule.place, "idle-rule", message)
    elif rule.kind == "consequence" and rule.then.items() <= (settings_of(rule.when) or {}).items():
        message = tell("'{text}' changes nothing: its condition already says what follows", text=rule.text)
        yield _warning(scenario, rule.place, "idle-rule", message)
