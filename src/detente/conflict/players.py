"""Players: which strategies an actor has and which changes of strategy it may choose."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.memory import count_text, memory_limit, size_text
from detente.errors import Cure, TooLarge
from detente.formula import Formula, Not, holds, options_of
from detente.messages import numeral, tell
from detente.scenario.model import Actor, Option, Rule, Scenario

Settings = Mapping[str, int]

MAX_STRATEGIES = 1 << 22
"""One actor's own combinations beyond this are refused: its moves from a single state would already be too many."""

MAX_CONDITIONS = 64
"""Different guards and bars of one actor at most: each is a bit of a word."""

MAX_LIMITED = 1 << 14
"""The same for an actor with one-way options, guards or bars, whose moves are kept as a square table."""


@dataclass(frozen=True)
class Moves:
    """Which strategy changes p -> q a player may choose.

    `legal[p, q]` (None: all); `need[p, q]` is a bit mask over `conditions` that must hold where the move starts.
    """

    legal: NDArray[np.bool_] | None = None
    need: NDArray[np.unsignedinteger[Any]] | None = None
    conditions: tuple[Formula, ...] = ()
    transitive: bool = True


@dataclass(frozen=True)
class Player:
    """An actor in the state space: its free options and its strategies, a row of choice numbers each."""

    id: str
    name: str
    options: tuple[Option, ...]
    strategies: NDArray[np.uint8]
    moves: Moves = field(default_factory=Moves)

    @property
    def size(self) -> int:
        return len(self.strategies)

    @cached_property
    def codes(self) -> tuple[tuple[int, ...], NDArray[np.int64]]:
        """The weight of each option in the raw code of a combination, and raw code -> strategy number (-1: none)."""
        sizes = [len(option.choices) for option in self.options]
        weights = tuple(math.prod(sizes[c + 1 :]) for c in range(len(sizes)))
        numbers = np.full(math.prod(sizes), -1, dtype=np.int64)
        numbers[self.strategies.astype(np.int64) @ np.array(weights, dtype=np.int64)] = np.arange(self.size)
        return weights, numbers


def make_player(scenario: Scenario, actor: str, options: list[Option], rules: list[Rule], fixed: Settings) -> Player:
    """The player of one actor with these free options; without strategies if rules leave it none. Raises `TooLarge`."""
    raw = math.prod(len(option.choices) for option in options)
    if raw > MAX_STRATEGIES:
        raise _too_large(
            scenario.actor(actor),
            tell(
                "{number} free options, {count_text} own combinations; listing them would take {size_text}, "
                "and at most {max_strategies} are handled. Give some of them to sub-actors, make them "
                "choices of one option, or fix those that do not matter",
                number=len(options),
                count_text=count_text(raw),
                size_text=size_text(raw * (len(options) + 8)),
                max_strategies=numeral(MAX_STRATEGIES),
            ),
            scenario.path,
        )
    grid = np.indices([len(option.choices) for option in options], dtype=np.uint8).reshape(len(options), raw)
    strategies = np.ascontiguousarray(grid.T)
    if not any(rule.kind == "consequence" for rule in scenario.rules):
        strategies = _allowed(options, strategies, rules, fixed)
    bars = [rule for rule in rules if rule.kind == "barred" and rule.actor == actor]
    limited = bool(bars) or any(option.change != "both" or option.needs for option in options)
    conditions = sum(len(option.needs) for option in options) + len(bars)
    if limited and (len(strategies) > MAX_LIMITED or _table_bytes(len(strategies), conditions) > memory_limit()):
        raise _too_large(
            scenario.actor(actor),
            tell(
                "{number} own combinations and limits on its moves; tables of these moves would take "
                "{size_text}, and at most {size_text2} and {max_limited} combinations are handled so. Do "
                "without its one-way options, guards or bars, or fix options that do not matter",
                number=numeral(len(strategies)),
                size_text=size_text(_table_bytes(len(strategies), conditions)),
                size_text2=size_text(memory_limit()),
                max_limited=numeral(MAX_LIMITED),
            ),
            scenario.path,
        )
    who = scenario.actor(actor)
    moves = _moves(who, tuple(options), strategies, bars, fixed, scenario.path) if limited else Moves()
    return Player(actor, scenario.actor(actor).name, tuple(options), strategies, moves)


def _too_large(actor: Actor, what: str, path: str) -> TooLarge:
    return TooLarge(
        tell("{id} has {what}. ", id=actor.id, what=what),
        Cure.SHOW,
        " and ",
        Cure.CHECK,
        tell(" still work."),
        line=actor.place.line,
        column=actor.place.column,
        file=path,
    )


def _allowed(
    options: Sequence[Option], strategies: NDArray[np.uint8], rules: Sequence[Rule], fixed: Settings
) -> NDArray[np.uint8]:
    """The strategies that the `never` rules about own options leave."""
    own = {option.key for option in options}
    values: dict[str, Any] = {o.key: strategies[:, c] for c, o in enumerate(options)} | dict(fixed)
    allowed = np.ones(len(strategies), dtype=np.bool_)
    for rule in rules:
        free = options_of(rule.when) - set(fixed)
        if rule.kind == "never" and free and free <= own:
            allowed &= ~np.asarray(holds(rule.when, values), dtype=np.bool_)
    return np.ascontiguousarray(strategies[allowed])


def _moves(
    actor: Actor,
    options: tuple[Option, ...],
    strategies: NDArray[np.uint8],
    bars: list[Rule],
    fixed: Settings,
    path: str,
) -> Moves:
    """The strategy changes an actor may choose, as matrices, where some change is not free."""
    size = len(strategies)
    legal = np.ones((size, size), dtype=np.bool_)
    conditions = [guard for option in options for guard in option.needs.values()] + [Not(bar.when) for bar in bars]
    # What needs the same condition shares a bit.
    bits = {condition: bit for bit, condition in enumerate(dict.fromkeys(conditions))}
    if len(bits) > MAX_CONDITIONS:
        raise _too_large(
            actor,
            tell(
                "{number} different guards and bars on its moves, and at most {max_conditions} are handled. "
                "Give some of its options to sub-actors, or say several conditions as one",
                number=len(bits),
                max_conditions=MAX_CONDITIONS,
            ),
            path,
        )
    need = np.zeros((size, size), dtype=_mask_type(len(bits))) if bits else None
    for column, option in enumerate(options):
        own = strategies[:, column]
        legal &= _switches(option)[own[:, None], own[None, :]]
        for value, guard in option.needs.items():
            assert need is not None
            _mark(need, bits[guard], own != value, own == value)
    keys = [option.key for option in options]
    values: dict[str, Any] = {key: strategies[:, c] for c, key in enumerate(keys)} | dict(fixed)
    for bar in bars:
        assert bar.target is not None and need is not None
        target = np.broadcast_to(np.asarray(holds(bar.target, values)), size)
        _mark(need, bits[Not(bar.when)], np.ones(size, dtype=np.bool_), target)
    transitive = not bars and all(_transitive(option, keys) for option in options)
    return Moves(None if legal.all() else legal, need, tuple(bits), transitive)


def _switches(option: Option) -> NDArray[np.bool_]:
    size = len(option.choices)
    return np.array([[option.may_switch(a, b) for b in range(size)] for a in range(size)], dtype=np.bool_)


def _mask_type(conditions: int) -> np.dtype[Any]:
    """The least unsigned type with a bit for each condition."""
    return np.dtype(next(f"u{size}" for size in (1, 2, 4, 8) if conditions <= 8 * size))


def _mark(need: NDArray[Any], bit: int, start: NDArray[np.bool_], end: NDArray[np.bool_]) -> None:
    """The changes from `start` to `end` need the condition `bit`; in place, row by row, for the table may be large."""
    added = np.where(end, need.dtype.type(1) << need.dtype.type(bit), need.dtype.type(0))
    for row in np.flatnonzero(start):
        need[row] |= added


def _table_bytes(size: int, conditions: int) -> int:
    """Bytes of the tables of an actor's limited moves, while they are made: legal changes, another such table, the masks."""
    return size * size * (2 + (_mask_type(min(conditions, 64)).itemsize if conditions else 0))


def _transitive(option: Option, own: list[str]) -> bool:
    """Proof, option by option, that two moves in a row could be one: switches compose and no guard looks at own options."""
    switch = _switches(option)
    composed = (switch.astype(np.uint8) @ switch.astype(np.uint8)) > 0
    return bool((switch | ~composed).all()) and not any(options_of(g) & set(own) for g in option.needs.values())
