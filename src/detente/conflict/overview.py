"""What people look at first: the states, an actor's ranking of them, and its moves.

Everything here is read off a conflict without solving it: `first_states` and `removals` (what there is, and which
rule removed the rest), `ranks` (best to worst, ties together), `moves_from` (where an actor can go, where it wants to).

>>> from detente.scenario import load
>>> from detente.conflict import build
>>> scenario = load("prisoners_dilemma")
>>> [len(rank.cells) for rank in ranks(build(scenario), scenario.actors[0].default_reading)]
[1, 1, 1, 1]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict, count_text
from detente.conflict.payoffs import payoffs, ranked_cells
from detente.conflict.states import state_text
from detente.errors import TooLarge
from detente.formula import And, Formula, Not, Setting, holds, options_of
from detente.messages import tell
from detente.scenario.model import Option, Reading, Scenario
from detente.sheet import FormulaTerm, Phrase, listing

WALKED = 1 << 20
"""Models up to this many states are listed state by state; larger ones are counted on the axes that matter."""

GRID = 1 << 24
"""Combinations looked at for one count."""


@dataclass(frozen=True)
class Removal:
    """Combinations a rule keeps from being states of their own; None where counting would take too long."""

    kind: str
    text: str
    combinations: int | None


@dataclass(frozen=True)
class Rank:
    """States an actor likes equally: how many, which (nothing in very large models), which statements they satisfy.

    `satisfied` has True, False or, where the states differ, None per statement.
    """

    states: int
    cells: Cells
    satisfied: tuple[bool | None, ...]


@dataclass(frozen=True)
class Choices:
    """What an actor can do in a state: the states its moves lead to, and those it prefers."""

    cell: int
    moves: Cells
    improvements: Cells


def first_states(conflict: Conflict, most: int) -> Cells:
    """The first states in state order, at most `most`. Cost: in simple models only the cells up to the last one."""
    if not conflict.simple or conflict.cells <= WALKED:
        return conflict.states[:most]
    found, begin, step = [np.empty(0, dtype=np.int64)], 0, 1 << 16
    while begin < conflict.cells and sum(map(len, found)) < most:
        some = np.arange(begin, min(begin + step, conflict.cells), dtype=np.int64)
        found.append(some[conflict.is_state(some)])
        begin += step
    return np.concatenate(found)[:most]


def state_count(conflict: Conflict) -> int | None:
    """How many states there are; None where the rules make even counting too much."""
    try:
        return conflict.count
    except TooLarge:
        return None


def numbered(conflict: Conflict) -> bool:
    """Whether the model is small enough to call its states by number."""
    return not conflict.simple or (state_count(conflict) or math.inf) <= WALKED


# --- what is not a state ----------------------------------------------------------------------------------------


def combinations(conflict: Conflict) -> int:
    """All combinations of the free options, feasible or not; in graph form the states."""
    if conflict.graph:
        return conflict.cells
    return math.prod(len(option.choices) for player in conflict.players for option in player.options)


def removals(scenario: Scenario, conflict: Conflict) -> tuple[Removal, ...]:
    """Per rule how many combinations it forbids, moves on, or counts as one; rules may overlap."""
    if conflict.graph:
        return ()
    found = [
        Removal(rule.kind, rule.name or rule.text or str(rule.when), _removed(conflict, formula))
        for rule in scenario.rules
        if (formula := _not_states(rule.kind, rule.when, rule.then)) is not None
    ]
    merged = [(state_text(conflict, merge.representative), len(merge.members) - 1) for merge in conflict.merges]
    return (*found, *(Removal("same", tell("counted as {name}", name=name), number) for name, number in merged))


def _not_states(kind: str, when: Formula, then: Mapping[str, int]) -> Formula | None:
    if kind == "never":
        return when
    if kind == "consequence":
        return And((when, Not(And(tuple(Setting(key, (value,)) for key, value in then.items())))))
    return None


def _removed(conflict: Conflict, formula: Formula) -> int | None:
    """How many combinations satisfy a formula: counted on the options it mentions, the others multiply."""
    free = {option.key: option for player in conflict.players for option in player.options}
    mentioned = [free[key] for key in options_of(formula) if key in free]
    sizes = [len(option.choices) for option in mentioned]
    if math.prod(sizes) > GRID:
        return None
    grids: dict[str, Any] = {key: np.uint8(value) for key, value in conflict.fixed.items()}
    for place, option in enumerate(mentioned):
        shape = [sizes[place] if other == place else 1 for other in range(len(sizes))]
        grids[option.key] = np.arange(sizes[place], dtype=np.uint8).reshape(shape)
    true = np.broadcast_to(np.asarray(holds(formula, grids)), sizes).sum(dtype=np.int64)
    return int(true) * (combinations(conflict) // math.prod(sizes))


# --- rankings and moves -----------------------------------------------------------------------------------------


def ranks(conflict: Conflict, reading: Reading) -> tuple[Rank, ...]:
    """The states from best to worst, ties together.

    Cost: one pass over the states per statement; beyond `WALKED` states over the axes that matter, without listing.
    Raises `TooLarge` where even those are too many.
    """
    listed = numbered(conflict)
    cells, liked, truths, share = _listed(conflict, reading) if listed else _on_axes(conflict, reading)
    heights, rank_of, counts = np.unique(liked, return_inverse=True, return_counts=True)
    totals = [np.bincount(rank_of, weights=truth, minlength=len(heights)) for truth in truths]
    order = np.argsort(rank_of, kind="stable")
    groups = np.split(order, np.cumsum(counts)[:-1])
    return tuple(
        Rank(
            int(counts[rank]) * share,
            cells[groups[rank]] if listed else cells[:0],
            tuple(_all_or_none(total[rank], counts[rank]) for total in totals),
        )
        for rank in reversed(range(len(heights)))
    )


def _all_or_none(true: float, of: int) -> bool | None:
    return None if 0 < true < of else bool(true)


_Points = tuple[Cells, NDArray[Any], list[NDArray[np.bool_]], int]


def _listed(conflict: Conflict, reading: Reading) -> _Points:
    cells = conflict.states
    truths = [np.asarray(conflict.holds(statement.want, cells)) for statement in reading.statements]
    return cells, payoffs(conflict, reading, cells), truths, 1


def _on_axes(conflict: Conflict, reading: Reading) -> _Points:
    """The same on the combinations of the axes that matter; each stands for `share` states."""
    size = ranked_cells(conflict, reading)
    if size > GRID:
        raise TooLarge(
            tell(
                "the ranking depends on {count_text} combinations of options, too many to sort; fix options "
                "that do not matter (`change: fixed`)",
                count_text=count_text(size),
            )
        )
    liked, feasible = payoffs(conflict, reading), conflict.feasible
    shape = np.broadcast_shapes(liked.shape, feasible.shape)
    here = np.broadcast_to(feasible, shape)
    truths = [np.broadcast_to(conflict.holds(s.want), shape)[here] for s in reading.statements]
    nowhere = np.empty(0, dtype=np.int64)
    return nowhere, np.broadcast_to(liked, shape)[here], truths, conflict.cells // math.prod(shape)


def moves_from(conflict: Conflict, reading: Reading, player: int, cells: Cells) -> tuple[Choices, ...]:
    """The player's moves and improvements from each of the given states. Cost: states × own combinations."""
    rows, targets = conflict.successors(cells, player)
    order = np.lexsort((targets, rows))
    rows, targets = rows[order], targets[order]
    liked = payoffs(conflict, reading, np.concatenate([cells, targets]))
    better = liked[len(cells) :] > liked[rows]
    cuts = np.searchsorted(rows, np.arange(1, len(cells)))
    moves, wanted = np.split(targets, cuts), np.split(better, cuts)
    return tuple(
        Choices(int(cell), reached, reached[liked_more])
        for cell, reached, liked_more in zip(cells, moves, wanted, strict=True)
    )


def limits_text(option: Option) -> Phrase:
    """What limits an actor's choice of an option, in words; nothing if it is free."""
    parts: list[str] = []
    if option.change == "fixed":
        parts.append("fixed")
    elif not isinstance(option.change, str):
        parts.append(_switches_text(option, option.change))
    parts += [
        Phrase.of(
            tell("needs ") if option.binary else tell("{choices} needs ", choices=option.choices[value]),
            FormulaTerm(str(guard)),
        )
        for value, guard in option.own_needs.items()
    ]
    parts += [
        Phrase.of(
            tell("lasts while ") if option.binary else tell("{choices} lasts while ", choices=option.choices[value]),
            FormulaTerm(str(guard)),
        )
        for value, guard in option.stays.items()
    ]
    if option.stays and not option.binary:
        parts.append(tell("then {choices}", choices=option.choices[option.lapses_to]))
    return listing(parts, "; ")


def _switches_text(option: Option, switches: tuple[tuple[int, int], ...]) -> str:
    if option.binary:
        return tell("cannot be undone") if switches == ((0, 1),) else tell("can only be dropped")
    return ", ".join(f"{option.choices[start]} > {option.choices[end]}" for start, end in switches)
