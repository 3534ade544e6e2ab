"""What only the state space shows: findings to see before believing a result.

The mathematics. A *cross-actor rule* is a `never` over free options of more than one actor. It does more
than name impossible situations: it takes moves away. Actor i *loses* a move from state s (feasible under all
rules) if i could make it but for these rules, and it lands on a combination that only these rules forbid.
The share is lost / (lost + kept), where kept moves run from state to state. `cut_moves` counts both exactly,
without listing moves where the space is regular: per setting of the others, starts times arrivals.

A *constant* statement is true in every state or in none, so it can never decide between two states. A *dead* one differs
between states, but never between two that are alike on all wishes above it: a rule, or these wishes together, leave it
nothing to decide. A *large tie* is a group of states that a reading does not tell apart.

How to use it: `lint(scenario)` -> problems, in file order, for `detente check`. What would take too long to
count is not reported.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Conflict, Moves
from detente.conflict.game import Game
from detente.conflict.overview import GRID
from detente.conflict.payoffs import check_merges, payoffs, ranked_cells
from detente.engine import check_size
from detente.engine.concepts import CONCEPTS
from detente.errors import Problem, ScenarioError, TooLarge
from detente.formula import And, Formula, Not, options_of, setting
from detente.messages import later, numeral, tell
from detente.scenario.model import Actor, Place, PriorityList, Reading, Rule, Scenario
from detente.scenario.warnings import table

WORK = 1 << 31
"""Multiplications for counting one actor's limited moves."""

ARCS = 1 << 23
"""Moves listed one by one where the space is irregular."""

TOLD = 1 << 16
"""Combinations of options over which the wishes of a list are compared."""

TIE_SHARE, TIE_STATES = 0.25, 8
"""A tie is large if it holds more than this share of the states, and more than this many."""

Grid = NDArray[np.bool_]


@dataclass(frozen=True)
class Cut:
    """Moves an actor loses to cross-actor rules: `lost` would exist without them, `kept` exist."""

    rules: tuple[Rule, ...]
    actor: str
    lost: int
    kept: int

    @property
    def share(self) -> float:
        """The part of the moves that is lost."""
        return self.lost / (self.lost + self.kept)


def lint(scenario: Scenario) -> tuple[Problem, ...]:
    """Every finding about the state space, with errors (no state, infeasible status quo, incomplete ranking).

    Cost: a few passes over the combinations each rule and statement looks at. Raises `TooLarge` where a space
    with consequences or merges is too large to build at all.
    """
    try:
        game = Game.of(scenario)
    except ScenarioError as error:
        return error.problems
    judge = _Judge(game)
    return tuple(sorted(problem for check in _CHECKS for problem in check(judge)))


# --- moves cut by rules -----------------------------------------------------------------------------------


def cross_actor_rules(scenario: Scenario, conflict: Conflict) -> tuple[Rule, ...]:
    """The `never` rules over free options of more than one actor."""
    owner = {option.key: player.id for player in conflict.players for option in player.options}
    nevers = [rule for rule in scenario.rules if rule.kind == "never"]
    return tuple(rule for rule in nevers if len({owner[key] for key in options_of(rule.when) if key in owner}) > 1)


def cut_moves(scenario: Scenario, conflict: Conflict) -> tuple[Cut, ...]:
    """Who loses how many moves to each cross-actor rule and, last, to all of them together.

    Actors that lose nothing, and counts that would take too long, are left out.
    """
    rules = cross_actor_rules(scenario, conflict)
    groups = [(rule,) for rule in rules] + [rules] * (len(rules) > 1)
    if not conflict.simple:
        axes = range(len(conflict.players))
        found = [_cut(conflict, g, axis, _cut_listed(scenario, conflict, g, axis)) for g in groups for axis in axes]
        return tuple(cut for cut in found if cut is not None)
    # A rule alone takes away what it forbids and no other rule does, so it is enough to know how many forbid each cell; a
    # rule that is written twice takes nothing away by itself.
    small = [axis for axis in range(len(conflict.players)) if _fits(conflict, axis)] if groups else []
    if not small:
        return ()
    twice = {formula for formula, times in Counter(conflict.never).items() if times > 1}
    times, kept = _times(conflict, conflict.never), {axis: _kept(conflict, axis) for axis in small}
    counted = [
        _cut(conflict, group, axis, _cut_grid(conflict, group, axis, times, kept[axis]))
        for group in groups
        if len(group) > 1 or group[0].when not in twice
        for axis in small
    ]
    return tuple(cut for cut in counted if cut is not None)


def _cut(conflict: Conflict, rules: tuple[Rule, ...], axis: int, counts: tuple[int, int] | None) -> Cut | None:
    return Cut(rules, conflict.players[axis].id, *counts) if counts and counts[0] else None


def _fits(conflict: Conflict, axis: int) -> bool:
    """Whether all that decides about moves of a player is looked at on a grid that is not too large."""
    return conflict.grid_size([*conflict.never, *conflict.players[axis].moves.conditions]) <= GRID


def _cut_grid(
    conflict: Conflict, rules: tuple[Rule, ...], axis: int, times: NDArray[np.int32], kept: int | None
) -> tuple[int, int] | None:
    """Lost and kept moves by counting starts and landings on the grid; `times`: how many rules forbid each cell."""
    own = _times(conflict, [rule.when for rule in rules])
    gone = _pairs(conflict, axis, conflict.feasible, (own > 0) & (own == times))
    return None if gone is None or kept is None else (gone, kept)


def _kept(conflict: Conflict, axis: int) -> int | None:
    return _pairs(conflict, axis, conflict.feasible, conflict.feasible)


def _times(conflict: Conflict, formulas: Iterable[Formula]) -> NDArray[np.int32]:
    """By how many of the formulas each cell is met."""
    count = np.zeros((1,) * len(conflict.shape), dtype=np.int32)
    for formula in formulas:
        count = count + conflict.holds(formula)
    return count


def _pairs(conflict: Conflict, axis: int, start: Grid, end: Grid) -> int | None:
    """Own changes of one player that start in `start` and, by themselves, arrive in `end`."""
    moves, size = conflict.players[axis].moves, conflict.players[axis].size
    free = moves.legal is None and moves.need is None
    bits = conflict.condition_bits(axis) if moves.need is not None else np.zeros_like(start, dtype=np.uint8)
    shape: list[int] = list(np.broadcast_shapes(start.shape, end.shape, bits.shape))
    shape[axis] = size
    if math.prod(shape) > GRID or (not free and math.prod(shape) * size > WORK):
        return None
    rows = [np.moveaxis(np.broadcast_to(each, shape), axis, -1).reshape(-1, size) for each in (start, end, bits)]
    found = _unlimited(rows[0], rows[1]) if free else _limited(moves, rows[0], rows[1], rows[2])
    return found * (conflict.cells // math.prod(shape))


def _unlimited(here: Grid, there: Grid) -> int:
    """Row by row, starts times arrivals, less those that are no change."""
    products = here.sum(1, dtype=np.int64) * there.sum(1, dtype=np.int64)
    return int(products.sum()) - int((here & there).sum())


def _limited(moves: Moves, here: Grid, there: Grid, holding: NDArray[Any]) -> int:
    """The same where changes are one-way or guarded: one matrix product per set of conditions."""
    size = here.shape[1]
    change = ~np.eye(size, dtype=np.bool_) & (True if moves.legal is None else moves.legal)
    needed = np.zeros((size, size), np.uint8) if moves.need is None else moves.need
    total = 0.0
    for conditions in np.unique(needed[change]):
        able = here & ((conditions & ~holding) == 0)
        arrivals = able.astype(np.float64) @ (change & (needed == conditions)).astype(np.float64)
        total += float(arrivals[there].sum())
    return round(total)


def _cut_listed(scenario: Scenario, conflict: Conflict, rules: tuple[Rule, ...], axis: int) -> tuple[int, int] | None:
    """Lost and kept moves, by listing what the model without the rules allows from the states of this one."""
    if conflict.graph or conflict.cells * conflict.players[axis].size > ARCS:
        return None
    kept_rules = tuple(rule for rule in scenario.rules if rule not in rules)
    freer = Game.of(replace(scenario, rules=kept_rules, now=None)).conflict
    _, landed = freer.successors(conflict.states, axis)
    real = int(conflict.is_state(landed).sum())
    return len(landed) - real, real


def cut_text(scenario: Scenario, cuts: Iterable[Cut]) -> str:
    """`United States 12 of 96 moves (12 %), Russia 3 of 10 moves (30 %)`."""
    return ", ".join(f"{scenario.actor(cut.actor).name} {_lost(cut)}" for cut in cuts)


def _lost(cut: Cut) -> str:
    return tell(
        "{lost} of {lost2} moves ({percent})",
        lost=numeral(cut.lost),
        lost2=numeral(cut.lost + cut.kept),
        percent=_percent(cut.share),
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else tell("under 1 %")


# --- the checks -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judge:
    """The model under examination, with what every check needs."""

    game: Game

    @property
    def scenario(self) -> Scenario:
        return self.game.scenario

    @property
    def conflict(self) -> Conflict:
        return self.game.conflict

    def problem(self, place: Place, code: str, message: str, severity: str = "warning") -> Problem:
        return Problem(place.line, place.column, severity, code, message, self.scenario.path)

    def truths(self, formula: Formula) -> frozenset[bool]:
        """The truth values the formula takes on the states; both if that would take too long to say."""
        if not self.conflict.simple:
            return frozenset(self.conflict.holds(formula, self.conflict.states).tolist())
        if self.conflict.grid_size([formula, *self.conflict.never]) > GRID:
            return frozenset({True, False})
        truth, feasible = self.conflict.holds(formula), self.conflict.feasible
        return frozenset(value for value in (True, False) if ((truth == value) & feasible).any())

    @property
    def readings(self) -> Iterator[tuple[Actor, Reading]]:
        """Every reading of the actors that can move at all; what the others want decides nothing."""
        for actor, player in zip(self.scenario.actors, self.conflict.players, strict=True):
            if player.size > 1 or self.conflict.graph:
                yield from ((actor, reading) for reading in actor.readings.values())


_ADVICE = later("a guard (`needs:`) says who may start what, a consequence (`when:`, `then:`) what follows by itself")


def _cuts(judge: _Judge) -> Iterator[Problem]:
    found = [
        (r, cut_text(judge.scenario, cuts))
        for r, cuts in groupby(cut_moves(judge.scenario, judge.conflict), key=lambda cut: cut.rules)
    ]
    for rules, lost in found:
        if len(rules) > 1:
            text = tell(
                "together the rules across actors take moves away from {lost}; {advice}", lost=lost, advice=_ADVICE
            )
            yield judge.problem(Place(), "cut-moves", text)
        else:
            text = tell(
                "this rule takes moves away from {lost}{word}",
                lost=lost,
                word=f"; {_ADVICE}" if len(found) == 1 else "",
            )
            yield judge.problem(rules[0].place, "cut-moves", text)


def _constants(judge: _Judge) -> Iterator[Problem]:
    imagined = _imagined(judge.scenario)
    for actor, reading in judge.readings:
        real = [s for s in reading.statements if not options_of(s.want) & imagined]
        fixed = [s for s in real if options_of(s.want) <= set(judge.conflict.fixed)]
        for statement in real:
            rows = table(judge.scenario, statement.want)
            known = statement in fixed or (rows is not None and rows.constant)  # reported elsewhere
            if not known and len(truths := judge.truths(statement.want)) == 1:
                text = tell(
                    "'{statement}' is {lower} in every state, so it can never matter",
                    statement=statement,
                    lower=str(*truths).lower(),
                )
                yield judge.problem(statement.place, "constant-statement", text)
        if fixed:
            said = "; ".join(map(str, fixed))
            part = tell("{number} of {number2} statements", number=len(fixed), number2=len(reading.statements))
            text = tell(
                "{part} of {id}'s reading '{id2}' look at fixed options only: {said}",
                part=part,
                id=actor.id,
                id2=reading.id,
                said=said,
            )
            yield judge.problem(reading.place, "fixed-statement", text)


def _decided(judge: _Judge) -> Iterator[Problem]:
    """Wishes that differ somewhere, but never between two states that are alike on all wishes above them."""
    imagined = _imagined(judge.scenario)
    for actor, reading in judge.readings:
        if not isinstance(reading, PriorityList):
            continue
        above: set[tuple[tuple[str, ...], bytes]] = set()
        for statement, dead in zip(reading.statements, _dead(judge, reading), strict=False):
            rows = table(judge.scenario, statement.want)
            told = rows is not None and (rows.key in above or rows.opposite in above)  # the text alone shows it
            above |= set() if rows is None else {rows.key}
            if dead and not told and not options_of(statement.want) & imagined:
                text = tell(
                    "'{statement}' never decides: states that agree on the aims of {id} above it agree on it too",
                    statement=statement,
                    id=actor.id,
                )
                yield judge.problem(statement.place, "dead-statement", text)


def _dead(judge: _Judge, reading: PriorityList) -> Iterator[bool]:
    """Per statement whether it splits no class of states that those above leave, though it is not the same everywhere.

    Ends where the statements look at too many combinations. Cost: one pass over what the statements look at for each.
    """
    conflict = judge.conflict
    wanted = [each.want for each in reading.statements]
    if conflict.simple:
        while wanted and conflict.grid_size([*wanted, *conflict.never]) > TOLD:
            wanted.pop()
        grids = np.broadcast_arrays(*map(conflict.holds, wanted), conflict.feasible)
        columns = [grid[grids[-1]] for grid in grids[:-1]]
    else:
        columns = [conflict.holds(want, conflict.states) for want in wanted]
    classes, count = np.zeros(1, dtype=np.int64), 1  # per state, which class it is in
    for column in columns:
        split = 2 * classes + column
        there = np.bincount(split, minlength=2 * count) > 0
        yield there.sum() == count and 0 < column.sum() < len(column)
        classes, count = (np.cumsum(there) - 1)[split], int(there.sum())


def _imagined(scenario: Scenario) -> frozenset[str]:
    """The fixed options that somebody thinks can be switched: in that game wishes about them do matter."""
    views = [v for each in scenario.perceptions.values() for v in each.views.values()]
    views += [v for each in scenario.perceptions.values() for more in each.beliefs.values() for v in more.values()]
    views += [v for news in scenario.announcements.values() for v in (news.adds, *news.thinks_of.values())]
    return frozenset().union(*(view.imagined for view in views))


def _ties(judge: _Judge) -> Iterator[Problem]:
    movers = {actor.id for actor, _ in judge.readings}
    for actor, reading in [(each, reading) for each in judge.scenario.actors for reading in each.readings.values()]:
        try:
            check_merges(judge.conflict, reading)
            groups = tie_groups(judge.conflict, reading)
        except ScenarioError as error:
            yield from error.problems
            continue
        if actor.id in movers and groups and max(groups) > max(TIE_SHARE * sum(groups), TIE_STATES):
            share = tell("{max} of {sum} states", max=numeral(max(groups)), sum=numeral(sum(groups)))
            tied = (
                tell("{share} tied in one of {number} ranks", share=share, number=numeral(len(groups)))
                if len(groups) > 1
                else tell("all states tied")
            )
            text = tell("{id}'s reading '{id2}' leaves {tied}", id=actor.id, id2=reading.id, tied=tied)
            yield judge.problem(reading.place, "large-tie", text)


def tie_groups(conflict: Conflict, reading: Reading) -> tuple[int, ...]:
    """How many states each rank of a reading holds, worst first; nothing if counting would take too long."""
    if not conflict.simple:
        return tuple(np.unique(payoffs(conflict, reading, conflict.states), return_counts=True)[1].tolist())
    if ranked_cells(conflict, reading) > GRID:
        return ()
    liked, feasible = payoffs(conflict, reading), conflict.feasible
    shape = np.broadcast_shapes(liked.shape, feasible.shape)
    seen = np.broadcast_to(liked, shape)[np.broadcast_to(feasible, shape)]
    share = conflict.cells // math.prod(shape)
    return tuple(count * share for count in np.unique(seen, return_counts=True)[1].tolist())


def _options(judge: _Judge) -> Iterator[Problem]:
    """Choices no state shows, and guards nothing satisfies."""
    for option in (option for player in judge.conflict.players for option in player.options):
        for value, choice in enumerate(option.choices):
            chosen = setting(option.variable, value)
            if True not in judge.truths(chosen):
                text = tell("{chosen} is in no state: the rules leave it no room", chosen=chosen)
                yield judge.problem(option.place, "impossible-choice", text)
            elif value in option.needs and True not in judge.truths(option.needs[value]):
                text = tell(
                    "the guard of {key} holds in no state, so nobody can switch it to {choice}",
                    key=option.key,
                    choice=choice,
                )
                yield judge.problem(option.place, "impossible-guard", text)


def _outliving(judge: _Judge) -> Iterator[Problem]:
    """Options that stay on where their guard has ended by somebody else's doing; `while` says otherwise."""
    ruled = {key for rule in judge.conflict.consequences for key in rule.then}
    for player in judge.conflict.players:
        own = {option.key for option in player.options}
        for option in player.options:
            for value, guard in option.own_needs.items():
                ending = (options_of(guard) - set(judge.conflict.fixed)) - (own - ruled)
                if value in option.stays or not ending:
                    continue
                chosen = setting(option.variable, value)
                if True in judge.truths(And((chosen, Not(guard)))):
                    text = tell(
                        "'{chosen}' needs '{guard}' only to be taken up, and stays when that ends; if it should end "
                        "as well, write `while:` instead of `needs:`",
                        chosen=chosen,
                        guard=guard,
                    )
                    yield judge.problem(option.place, "outlives-guard", text)


def _names(judge: _Judge) -> Iterator[Problem]:
    """A status quo that is not at rest, and names for what is no state."""
    scenario, conflict = judge.scenario, judge.conflict
    if isinstance(scenario.now, Mapping):
        place = scenario.places.get(("now",), Place())
        if moved := _consequences(conflict, scenario.now):
            text = tell(
                "today's state does not last: its consequences lead to {moved} at once; that state is taken for it",
                moved=moved,
            )
            yield judge.problem(place, "unsettled-now", text)
    for name, settings in conflict.names.items():
        place = scenario.places.get(("states", name), Place())
        if conflict.named[name] < 0:
            yield judge.problem(place, "infeasible-state", tell("'{name}' is no state: the rules forbid it", name=name))
        elif moved := _consequences(conflict, settings):
            text = tell(
                "'{name}' does not last: its consequences lead to {moved} at once, so nothing is ever '{name}'",
                name=name,
                moved=moved,
            )
            yield judge.problem(place, "unsettled-state", text)


def _consequences(conflict: Conflict, settings: Mapping[str, int]) -> str:
    """What the consequences change in a feasible state; nothing if it is at rest."""
    cell = conflict.find(settings)
    there = int(conflict.rest(np.array([cell], dtype=np.int64))[0])
    if there in (cell, -1):
        return ""
    before, after = conflict.settings(cell), conflict.settings(there)
    labels = {option.key: option for player in conflict.players for option in player.options}
    changed = (key for key in after if after[key] != before[key])
    return " and ".join(f"'{setting(labels[key].variable, after[key])}'" for key in changed)


def _size(judge: _Judge) -> Iterator[Problem]:
    """A model whose analysis will be refused, with the default readings."""
    try:
        check_size(judge.game, tuple(CONCEPTS.values()))
    except TooLarge as error:
        yield replace(error.problem, severity="warning", file=judge.scenario.path)


_CHECKS: tuple[Callable[[_Judge], Iterator[Problem]], ...] = (
    _size,
    _names,
    _cuts,
    _constants,
    _decided,
    _ties,
    _options,
    _outliving,
)
