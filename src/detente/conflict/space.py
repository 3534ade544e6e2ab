"""The state space: cells, states, where moves land, and who can move where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.consequences import Cells, Merge, settle, unite
from detente.conflict.kept import SMALL, Kept
from detente.conflict.memory import count_text, memory_limit, size_text
from detente.conflict.players import Player, Settings
from detente.errors import Cure, InputError, TooLarge, refuse_unknown
from detente.formula import And, Formula, Setting, holds, options_of
from detente.messages import numeral, tell
from detente.scenario.model import Graph, Rule

MAX_LISTED = 1 << 26
"""Cells beyond this are not listed for consequences and merges, which need every cell and several passes over it."""

LANDED = 1 << 16
"""Cells of which it is found out in one go where they land."""

TABLED = 1 << 20
"""Up to this many cells it is quicker to list where all of them land than to find out one by one."""

TRUTHS = 1 << 14
"""Formulas at most of which it is kept with a small space where they are true: 64 MB if all have as many states as may be."""


@dataclass(frozen=True)
class Conflict:
    """A state space with its moves; see the module's opening. Preferences are separate (`detente.conflict.payoffs`)."""

    name: str
    players: tuple[Player, ...]
    fixed: Settings
    never: tuple[Formula, ...]
    consequences: tuple[Rule, ...]
    merging: tuple[Rule, ...]
    names: Mapping[str, Settings]
    graph: Graph | None
    now: int | None = None
    path: str = ""
    held: Settings = field(default_factory=dict)

    def begun(self, now: int) -> Conflict:
        """The same space with a status quo; the states that are listed already are not listed again."""
        made = replace(self, now=now)
        vars(made).update({name: found for name, found in vars(self).items() if name not in ("now", "kept")})
        return made

    # --- shape ---

    def __repr__(self) -> str:
        return f"<Conflict {self.name}: {len(self.players)} players>"

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Length of each player's axis; in graph form one axis: the states."""
        return (len(self.graph.states),) if self.graph else tuple(player.size for player in self.players)

    @cached_property
    def cells(self) -> int:
        """How many cells there are; exact, however large."""
        return math.prod(self.shape)

    @cached_property
    def width(self) -> int:
        """How many moves a state has at most, all players together."""
        return sum(self.shape)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        return tuple(math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape)))

    @property
    def simple(self) -> bool:
        """No consequences, merges or hand-made arcs: every feasible cell is a state and moves run along the axes."""
        return not (self.graph or self.consequences or self.merging)

    @property
    def options(self) -> frozenset[str]:
        """The keys of all options, fixed ones included."""
        return frozenset(self.fixed).union(*([o.key for o in player.options] for player in self.players))

    def index(self, player: str) -> int:
        """The number of the player called `player`."""
        ids = [each.id for each in self.players]
        refuse_unknown("actor", ids, player)
        return ids.index(player)

    # --- translation ---

    @cached_property
    def _column(self) -> dict[str, tuple[int, int]]:
        return {o.key: (i, c) for i, player in enumerate(self.players) for c, o in enumerate(player.options)}

    def values(self, cells: Cells | None = None, keys: Iterable[str] | None = None) -> dict[str, Any]:
        """Choice numbers per option (all, or only `keys`): at the given cells, or as arrays that broadcast over the grid."""
        if self.graph:
            return {"state": np.arange(self.cells) if cells is None else cells}
        if cells is None:
            return self._grid_values
        wanted = [*self.fixed, *self._column] if keys is None else list(keys)
        found: dict[str, Any] = {}
        strategies: dict[int, Cells] = {}
        for key in wanted:
            if key in self.fixed:
                found[key] = np.uint8(self.fixed[key])
                continue
            axis, column = self._column[key]
            if axis not in strategies:
                strategies[axis] = self.strategy(cells, axis)
            found[key] = self.players[axis].strategies[strategies[axis], column]
        return found

    @cached_property
    def _grid_values(self) -> dict[str, Any]:
        found: dict[str, Any] = {key: np.uint8(value) for key, value in self.fixed.items()}
        for key, (axis, column) in self._column.items():
            found[key] = self._spread(self.players[axis].strategies[:, column], axis)
        return found

    def _spread(self, along: NDArray[Any], axis: int) -> NDArray[Any]:
        return along.reshape([-1 if a == axis else 1 for a in range(len(self.shape))])

    def holds(self, formula: Formula, cells: Cells | None = None) -> NDArray[np.bool_]:
        """Where a formula is true: at the given cells, or on the grid (broadcastable to `shape`)."""
        if cells is not None and len(cells) <= SMALL and cells is vars(self).get("states"):
            known = self._state_values  # lists of wishes are evaluated again and again
            return self.kept.of("truths", formula, lambda: self._truth(formula, cells, known), most=TRUTHS)
        return self._truth(formula, cells)

    @cached_property
    def _state_values(self) -> dict[str, Any]:
        """Choice numbers per option on all states of a small model."""
        return self.values(self.states)

    @cached_property
    def kept(self) -> Kept:
        """What was found out about this space and is of use to every game on it; see `detente.conflict.kept`."""
        return Kept()

    def _truth(
        self, formula: Formula, cells: Cells | None, known: Mapping[str, Any] | None = None
    ) -> NDArray[np.bool_]:
        values = known or (
            self._grid_values if cells is None and not self.graph else self.values(cells, options_of(formula))
        )
        truth = np.asarray(holds(formula, values), dtype=np.bool_)
        if cells is not None:
            return truth if truth.shape == np.shape(cells) else np.broadcast_to(truth, np.shape(cells))
        return truth.reshape([1] * len(self.shape)) if truth.ndim == 0 else truth

    def grid_size(self, formulas: Iterable[Formula]) -> int:
        """Cells of the grid on which formulas are told apart: the axes of all players whose options they mention."""
        keys = frozenset[str]().union(*map(options_of, formulas))
        return math.prod(self.shape[axis] for axis in {self._column[key][0] for key in keys if key in self._column})

    def strategy(self, cells: Cells, axis: int) -> Cells:
        """The strategy of the player on `axis` in each cell."""
        return (np.asarray(cells) // self.strides[axis]) % self.shape[axis]

    def settings(self, cell: int) -> dict[str, int]:
        """All options of a cell as choice numbers, fixed ones included, in file order; empty in graph form."""
        if self.graph:
            return {}
        free = self.values(np.array([cell], dtype=np.int64))
        return {key: int(np.ravel(value)[0]) for key, value in free.items()}

    def find(self, settings: Settings) -> int:
        """The cell with these settings, or -1 if there is none."""
        try:
            return self.cell(settings)
        except InputError:
            return -1

    def cell(self, settings: Settings) -> int:
        """The cell with these settings; what is not mentioned is off or the first choice.

        Raises `InputError` where no such cell exists (a fixed option set otherwise, an infeasible own combination).
        """
        cell = 0
        for axis, player in enumerate(self.players):
            weights, numbers = player.codes
            code = sum(w * settings.get(o.key, 0) for w, o in zip(weights, player.options, strict=True))
            number = int(numbers[code])
            if number < 0:
                own = [o.key for o in player.options if settings.get(o.key, 0)]
                said = ", ".join(own) or tell("all off")
                raise InputError(
                    tell("{name} cannot be at {said}: its own `never` rules forbid it", name=player.name, said=said)
                )
            cell += number * self.strides[axis]
        wrong = [key for key, value in self.fixed.items() if key in settings and settings[key] != value]
        if wrong:
            how = tell("held here") if wrong[0] in self.held else tell("fixed in this model")
            raise InputError(tell("{wrong} is {how} and cannot be set otherwise", wrong=wrong[0], how=how))
        return cell

    def encode(self, values: Mapping[str, NDArray[Any]]) -> Cells:
        """Cells from arrays of choice numbers per free option; -1 where the own combination is infeasible."""
        cells: Any = np.int64(0)
        bad: Any = np.bool_(False)
        for axis, player in enumerate(self.players):
            weights, numbers = player.codes
            code: Any = np.int64(0)
            for weight, option in zip(weights, player.options, strict=True):
                code = code + weight * np.asarray(values[option.key], dtype=np.int64)
            own = numbers[code]
            bad = bad | (own < 0)
            cells = cells + own * self.strides[axis]
        # Where nobody has a free option there is one cell, once for every combination looked at.
        return np.broadcast_to(np.where(bad, -1, cells), np.broadcast_shapes(*map(np.shape, values.values())))

    # --- states ---

    @cached_property
    def feasible(self) -> NDArray[np.bool_]:
        """Cells no `never` rule forbids, broadcastable to `shape`. Cost: one pass over the options of the rules."""
        if (size := self.grid_size(self.never)) * 8 > memory_limit():
            raise TooLarge(
                tell(
                    "the `never` rules of {name} look at {count_text} combinations of options; telling the "
                    "feasible ones would take {size_text}, more than the {size_text2} allowed here. Questions "
                    "about single states still work: ",
                    name=self.name or tell("this model"),
                    count_text=count_text(size),
                    size_text=size_text(size * 8),
                    size_text2=size_text(memory_limit()),
                ),
                Cure.ONE_STATE,
                tell("; or split the rules."),
            )
        truth = np.ones([1] * len(self.shape), dtype=np.bool_)
        for rule in self.never:
            truth = truth & ~self.holds(rule)
        return truth

    def allows(self, cells: Cells) -> NDArray[np.bool_]:
        """Whether no `never` rule forbids the given cells; without listing anything."""
        truth = np.ones(np.shape(cells), dtype=np.bool_)
        for rule in self.never:
            truth &= ~self.holds(rule, cells)
        return truth

    def rest(self, cells: Cells) -> Cells:
        """Where the consequences take the given cells, -1 if that is infeasible; without listing anything."""
        landed = np.array(cells, dtype=np.int64)
        if self.consequences:
            real = landed >= 0
            made = landed[real]
            values = {key: np.array(np.broadcast_to(value, made.shape)) for key, value in self.values(made).items()}
            settle(self.consequences, values, self.path)
            landed[real] = self.encode(values)
        real = landed >= 0
        settled = landed[real]
        landed[real] = np.where(self.allows(settled), settled, -1)
        return landed

    @cached_property
    def _landed(self) -> tuple[Cells, tuple[Merge, ...]]:
        """For every cell where it lands, and the merges. Cost: some bytes per cell and option, one pass per round."""
        self._require_listing()
        cells = np.empty(self.cells, dtype=np.int64)
        for begin in range(0, self.cells, LANDED):  # what is in between takes many times the memory of the result
            cells[begin : begin + LANDED] = self.rest(np.arange(begin, min(begin + LANDED, self.cells), dtype=np.int64))
        named = [
            self.find(self.names[name]) for name in [*(r.representative for r in self.merging), *self.names] if name
        ]
        merges = unite(self.merging, np.flatnonzero(cells == np.arange(len(cells))), self.holds, named)
        for merge in merges:
            cells[np.isin(cells, merge.members)] = merge.representative
        return cells, merges

    @property
    def landing(self) -> Cells:
        """For every cell the state a move that makes it lands on, or -1: consequences, feasibility, merges."""
        return self._landed[0]

    @property
    def merges(self) -> tuple[Merge, ...]:
        """The groups of cells that count as one state."""
        return self._landed[1] if self.merging else ()

    @cached_property
    def states(self) -> Cells:
        """The cells that are states, in order. Cost: up to 9 bytes per cell."""
        if self.graph:
            return np.arange(self.cells)
        if not self.simple:
            return self._possible(np.flatnonzero(self.landing == np.arange(self.cells)))
        self.require(9, tell("listing the states"))
        return np.flatnonzero(np.broadcast_to(self.feasible, self.shape))

    @cached_property
    def count(self) -> int:
        """How many states there are; in simple models without listing them."""
        if not self.simple:
            return len(self.states)
        if self.feasible.size > 1 << 28:
            self.require(1, tell("counting the states"))
        return int(self.feasible.sum(dtype=np.int64)) * (self.cells // self.feasible.size)

    def is_state(self, cells: Cells) -> NDArray[np.bool_]:
        """Whether each cell is a state; local but for merged states."""
        cells = np.asarray(cells)
        if self.keeping is not None:
            return np.isin(cells, self.states)
        return self.allows(cells) if self.simple else np.asarray(self.land(cells) == cells)

    @cached_property
    def keeping(self) -> Formula | None:
        """Where everything held is as held, if some of it can be otherwise; None if what is held has left the space."""
        loose = [Setting(key, (value,)) for key, value in self.held.items() if key in self._column]
        return And(tuple(loose)) if loose else None

    def excludes(self, settings: Settings) -> bool:
        """Whether these settings (unmentioned: off, first choice) are otherwise than what is held and has left the space."""
        return any(settings.get(key, 0) != value for key, value in self.held.items() if key in self.fixed)

    def _possible(self, states: Cells) -> Cells:
        """Of all states those that can come about under what is held: where it is as held, and wherever moves lead from there.

        Nobody's move switches what is held, but consequences may. Cost: one expansion per state.
        """
        if self.keeping is None:
            return states
        rows, members = self._every_member(states)
        frontier = np.unique(states[rows[self.holds(self.keeping, members)]])
        found = np.zeros(self.cells, dtype=np.bool_)
        found[frontier] = True
        while len(frontier):
            pieces = np.array_split(frontier, 1 + len(frontier) * self.width // TABLED)
            ends = [self.successors(part, axis)[1] for part in pieces for axis in range(len(self.players))]
            reached = np.unique(np.concatenate(ends))
            frontier = reached[~found[reached]]
            found[frontier] = True
        return np.flatnonzero(found)

    @property
    def tabled(self) -> bool:
        """Whether it is quicker to list where all cells land than to find out one by one."""
        return self.cells <= TABLED

    def land(self, cells: Cells) -> Cells:
        """The state each made cell lands on, or -1. Local but for merged states, which must be known in full."""
        if self.graph:
            return cells
        known = "_landed" in vars(self) or self.tabled
        if self.merging or (self.consequences and known):
            return np.where(cells >= 0, self.landing[cells], -1)
        return self.rest(cells)

    def landed(self, settings: Settings) -> int:
        """The state these settings come to, or -1."""
        cell = self.find(settings)
        return -1 if cell < 0 else int(self.land(np.array([cell], dtype=np.int64))[0])

    def counterparts(self, other: Conflict, cells: Cells) -> Cells:
        """The states that cells of another space land on here; the two differ in what is held, or in a rule."""
        values = {key: np.broadcast_to(value, len(cells)) for key, value in other.values(cells).items()}
        return self.land(self.encode(values))

    def require(self, bytes_per_cell: float, doing: str) -> None:
        """Refuse, before asking for memory, what would not fit."""
        need = self.cells * bytes_per_cell
        if need > memory_limit():
            raise TooLarge(
                tell(
                    "{name} has {count_text} cells; {doing} would take {size_text}, more than the {size_text2} "
                    "allowed here. Questions about single states still work: today's state (",
                    name=self.name or tell("this model"),
                    count_text=count_text(self.cells),
                    doing=doing,
                    size_text=size_text(need),
                    size_text2=size_text(memory_limit()),
                ),
                Cure.ONE_STATE,
                tell("), one state ("),
                Cure.ANOTHER_STATE,
                tell("); or fix options that do not matter (`change: fixed`), or raise DETENTE_MEMORY."),
            )

    @property
    def bytes_listed(self) -> int:
        """Bytes of listing where cells land, at the peak: landing places, cells to compare with, members of merges."""
        return self.cells * (33 + 2 * len(self.merging)) + LANDED * (64 + 8 * len(self.players) + 4 * len(self.options))

    def _require_listing(self) -> None:
        """The same for consequences and merges, which also take time."""
        need = self.bytes_listed
        if self.cells <= MAX_LISTED and need <= memory_limit():
            return
        what = tell("merged states") if self.merging else tell("consequences")
        single = (tell("Questions about single states still work ("), Cure.ONE_STATE, tell("), and so do "))
        raise TooLarge(
            tell(
                "{name} has {what} and {count_text} cells; listing where moves land would take {size_text}, "
                "more than the {size_text2} or the {max_listed} cells allowed here. ",
                name=self.name or tell("this model"),
                what=what,
                count_text=count_text(self.cells),
                size_text=size_text(need),
                size_text2=size_text(memory_limit()),
                max_listed=numeral(MAX_LISTED),
            ),
            *((tell("What still works are "),) if self.merging else single),
            Cure.SHOW,
            " and ",
            Cure.CHECK,
            tell(
                "; or fix options that do not matter (`change: fixed`), or say the rules as {word}.",
                word=tell("choices of one option") if self.merging else tell("guards"),
            ),
        )

    # --- moves ---

    def changes(self, cells: Cells, axis: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every own change the player may choose in the given cells: (row numbers, new strategies).

        A change is judged where it starts; where it lands is another matter. Cost: cells × strategies.
        """
        player = self.players[axis]
        own = self.strategy(cells, axis)
        if player.moves.legal is None:
            allowed = np.ones((len(own), player.size), dtype=np.bool_)
        else:
            allowed = player.moves.legal[own].copy()
        allowed[np.arange(len(own)), own] = False
        if player.moves.need is not None:
            missing = ~self.condition_bits(axis, cells)
            allowed &= (player.moves.need[own] & missing[:, None]) == 0
        rows, new = np.nonzero(allowed)
        return rows, new

    def switched(self, cells: Cells, axis: int, new: Any) -> Cells:
        """The cells with the player's strategy replaced; consequences have not acted yet."""
        return np.asarray(cells + (new - self.strategy(cells, axis)) * self.strides[axis])

    def condition_bits(self, axis: int, cells: Cells | None = None) -> NDArray[np.unsignedinteger[Any]]:
        """Which conditions of the player's moves hold, as bits, at the cells or (broadcastable) on the grid."""
        moves = self.players[axis].moves
        assert moves.need is not None
        kind = moves.need.dtype.type
        bits: Any = kind(0)
        for position, condition in enumerate(moves.conditions):
            bits = bits | (self.holds(condition, cells).astype(kind) << kind(position))
        return np.asarray(bits, dtype=kind)

    def successors(self, cells: Cells, axis: int) -> tuple[NDArray[np.int64], Cells]:
        """Moves of one player from *states*: (row numbers, states reached), each pair once, in order.

        A merged state has the moves of its `members`; a move that lands where it started is no move.
        """
        cells = np.asarray(cells, dtype=np.int64)
        if self.graph:
            return self._graph_successors(cells, axis)
        rows, members = self.members(cells)
        made_rows, new = self.changes(members, axis)
        start = members[made_rows]
        made = self.switched(start, axis, new)
        landed, rows = self.land(made), rows[made_rows]
        real = (landed >= 0) & (landed != cells[rows])
        rows, landed = rows[real], landed[real]
        return (rows, landed) if self.simple else _distinct(rows, landed)

    def members(self, cells: Cells) -> tuple[NDArray[np.int64], Cells]:
        """Row numbers and cells from which moves are made: states as they are, merged ones replaced by their members.

        Of these only the members in which everything held is as held, where there are such.
        """
        rows, members = self._every_member(cells)
        if self.keeping is None or not self.merging:
            return rows, members
        keeps = self.holds(self.keeping, members)
        able = np.bincount(rows[keeps], minlength=len(cells)) > 0
        chosen = keeps | ~able[rows]
        return rows[chosen], members[chosen]

    def _every_member(self, cells: Cells) -> tuple[NDArray[np.int64], Cells]:
        rows = [np.arange(len(cells))]
        members = [cells]
        for merge in self.merges:
            others = merge.members[merge.members != merge.representative]
            where = np.flatnonzero(cells == merge.representative)
            rows.append(np.repeat(where, len(others)))
            members.append(np.tile(others, len(where)))
        return np.concatenate(rows), np.concatenate(members)

    def _graph_successors(self, cells: Cells, axis: int) -> tuple[NDArray[np.int64], Cells]:
        start, end = self._arcs[axis]
        first, last = np.searchsorted(start, cells), np.searchsorted(start, cells, side="right")
        rows = np.repeat(np.arange(len(cells)), last - first)
        places = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
        return rows, end[np.concatenate([np.empty(0, np.int64), *places]).astype(np.int64)]

    @cached_property
    def _arcs(self) -> tuple[tuple[Cells, Cells], ...]:
        assert self.graph is not None
        number = {name: i for i, name in enumerate(self.graph.states)}
        lists = [sorted({(number[a], number[b]) for a, b in self.graph.moves.get(p.id, ())}) for p in self.players]
        pairs = [np.array(each, dtype=np.int64).reshape(-1, 2) for each in lists]
        return tuple((each[:, 0].copy(), each[:, 1].copy()) for each in pairs)

    # --- names ---

    @cached_property
    def named(self) -> dict[str, int]:
        """Name -> cell, for graph states and the states the file names; -1 if there is no such state."""
        if self.graph:
            return {name: cell for cell, name in enumerate(self.graph.states)}
        landed = self.land(np.array([self.find(settings) for settings in self.names.values()], dtype=np.int64))
        return dict(zip(self.names, landed.tolist(), strict=True))

    @cached_property
    def state_names(self) -> dict[int, str]:
        """Cell -> name; the first name where there are several."""
        found: dict[int, str] = {}
        for name, cell in self.named.items():
            found.setdefault(cell, name)
        found.pop(-1, None)
        return found


def _distinct(rows: NDArray[np.int64], landed: Cells) -> tuple[NDArray[np.int64], Cells]:
    # Sorted as two columns of numbers: `np.unique` of rows compares them as bytes, several times as slowly.
    order = np.lexsort((landed, rows))
    rows, landed = rows[order], landed[order]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (rows[1:] != rows[:-1]) | (landed[1:] != landed[:-1])
    return rows[first], landed[first]
