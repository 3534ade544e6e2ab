"""The main question: who is stable where, what holds, and where play ends.

`analyse(scenario)` builds the conflict, solves it and returns a frozen `Analysis`, which answers by name:

>>> from detente.scenario import load
>>> analysis = analyse(load("prisoners_dilemma"))
>>> analysis.count("nash"), analysis.count("seq")
(1, 2)
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells, Conflict
from detente.conflict.game import Game, chosen_readings
from detente.conflict.states import labels
from detente.engine import Progress, Solution, improving_steps, quiet, solve
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import sanction_rule, strictest_first
from detente.engine.move_counts import count_moves
from detente.engine.play import MOST_STEPS, Play, follow, in_order, verdict
from detente.engine.reachable_sets import ends_by_arrays
from detente.engine.relevant_options import sliceable
from detente.errors import TooLarge, Unanswerable, UnknownName
from detente.formula import Formula
from detente.result import Answer
from detente.scenario.model import Ranking, Scenario
from detente.sheet import ActorTerm, NameTerm, Phrase, ReadingTerm, Sheet, StateTerm, VerdictTerm

IN_FULL = 4096
"""Models up to this many states are listed in full."""

LISTED = 100
"""States listed per list in larger models; the rest are counted."""

NUMBERED = 1 << 20
"""Models up to this many states number them."""

NOTEBOOK_ROWS = 20
"""Equilibria shown where an analysis shows itself."""

KINDS = ("myopic", "foresight")
"""The two kinds of play."""

SIM_LIMIT = 1 << 17
"""Beyond this many cells simultaneous stability is computed only when asked for by name."""

NO_OPTIONS = "simultaneous stability needs options; a model in graph form has none"


@dataclass(frozen=True, repr=False, kw_only=True)
class Analysis(Answer):
    """Stability, equilibria and play of one scenario under one choice of readings, concepts and sanction rule.

    States are passed around as cells (numbers) inside and as settings (`state`) outside. `left_out` gives the concepts without
    verdicts, and why.
    """

    game: Game
    readings: Mapping[str, str]
    concepts: tuple[str, ...]
    sanctions: str
    solution: Solution
    seconds: float
    world: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    # --- states ---

    @property
    def scenario(self) -> Scenario:
        return self.game.scenario

    @property
    def conflict(self) -> Conflict:
        return self.game.conflict

    @property
    def name(self) -> str:
        return self.scenario.name

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(player.id for player in self.conflict.players)

    @property
    def states(self) -> int:
        """How many states there are."""
        return self.conflict.count

    def state(self, cell: int) -> dict[str, Any]:
        """A state for programs: option -> true/false or the choice; merged and graph states carry their name."""
        return self.game.state(cell)

    def text(self, cell: int) -> str:
        """A state for people: its name, or what is on."""
        return self.game.text(cell)

    def cell(self, state: int | str | Mapping[str, Any] | None = None) -> int:
        """The cell of a state given by name, settings or formula of settings; the status quo if None."""
        return self.game.cell(state)

    def formula(self, text: str | Formula) -> Formula:
        """A formula over this model's options, outcomes and named states."""
        return self.scenario.formula(text)

    # --- verdicts ---

    def is_stable(self, concept: str, actor: str, cell: int) -> bool:
        return bool(self._tables(concept)[self.conflict.index(actor)].at(np.array([cell]))[0])

    def is_equilibrium(self, concept: str, cell: int) -> bool:
        return all(bool(table.at(np.array([cell]))[0]) for table in self._tables(concept))

    def _tables(self, concept: str) -> tuple[Any, ...]:
        if concept not in self.solution.stable:
            if concept in self.left_out:
                raise Unanswerable(self.left_out[concept])
            raise UnknownName("concept of this analysis", concept, self.solution.stable)
        return self.solution.stable[concept]

    def stable_grid(self, concept: str, actor: str) -> NDArray[np.bool_]:
        """Where the actor is stable: broadcasts to the shape of the state space."""
        return np.asarray(self._tables(concept)[self.conflict.index(actor)].grid()) & self._feasible

    @cached_property
    def _feasible(self) -> NDArray[np.bool_]:
        return self.conflict.feasible if self.conflict.simple else np.ones((1,) * len(self.conflict.shape), np.bool_)

    @cached_property
    def _equilibria(self) -> dict[str, NDArray[np.bool_]]:
        return {}

    def equilibrium_grid(self, concept: str, actors: Iterable[str] | None = None) -> NDArray[np.bool_]:
        """Where all (or the chosen) actors are stable. Cost: one byte per cell of the axes involved."""
        if actors is None and concept in self._equilibria:
            return self._equilibria[concept]
        self.conflict.require(2, "listing equilibria")
        grid = self._feasible.copy()
        for actor in self.actors if actors is None else actors:
            grid = grid & self.stable_grid(concept, actor)
        if actors is None:
            self._equilibria[concept] = grid
        return grid

    def _where(self, grid: NDArray[np.bool_], where: str | Formula | None) -> NDArray[np.bool_]:
        return grid if where is None else grid & self.conflict.holds(self.formula(where))

    def equilibria(
        self, concept: str, where: str | Formula | None = None, actors: Iterable[str] | None = None
    ) -> Cells:
        """Cells that are equilibria, in state order; optionally only where a formula holds, or for chosen actors only."""
        grid = self._where(self.equilibrium_grid(concept, actors), where)
        return np.flatnonzero(np.broadcast_to(grid, self.conflict.shape))

    def count(self, concept: str, where: str | Formula | None = None) -> int:
        """How many equilibria, optionally only where a formula holds."""
        grid = self._where(self.equilibrium_grid(concept), where)
        return int(grid.sum(dtype=np.int64)) * (self.conflict.cells // grid.size)

    # --- play ---

    @cached_property
    def _plays(self) -> dict[tuple[bool, int], Play]:
        return {}

    def play(self, kind: str = "foresight", start: int | None = None) -> Play:
        """Where play leads from `start` (default: the status quo); `kind` is "myopic" or "foresight"."""
        if kind not in KINDS:
            raise UnknownName("kind of play", kind, KINDS)
        begin = self.cell() if start is None else start
        key = (kind == "foresight", begin)
        if key not in self._plays:
            width = self.conflict.width
            found = follow(lambda cells: self.steps(cells, kind), begin, width)
            self._plays[key] = found or self._long_play(kind, begin)
        return self._plays[key]

    def _long_play(self, kind: str, start: int) -> Play:
        if not sliceable(self.conflict):
            raise TooLarge(f"play from this state has more than {MOST_STEPS:,} steps; hold some options fixed")
        passed, ends = ends_by_arrays(self.conflict, self.solution, start, kind == "foresight")
        return Play(start, passed, in_order(ends))

    def steps(self, cells: Cells, kind: str) -> tuple[NDArray[np.int64], Cells]:
        """All steps of all actors from the given states."""
        parts = [
            improving_steps(self.conflict, self.solution, cells, player, kind == "foresight")
            for player in range(len(self.conflict.players))
        ]
        return np.concatenate([rows for rows, _ in parts]), np.concatenate([targets for _, targets in parts])

    def verdict(self, formula: str | Formula, kind: str = "foresight", start: int | None = None) -> str:
        """ALL, SOME or NONE of the states where play ends satisfy the formula."""
        return verdict(self.conflict.holds(self.formula(formula), self.play(kind, start).end_states))

    # --- tables ---

    def status_table(self) -> Sheet:
        """The status quo: for whom it is stable under which concept, and whether it is an equilibrium."""
        now, known = self.cell(), self._shown(self.concepts)
        rows: list[tuple[Any, ...]] = [
            (ActorTerm(actor), self._reading(actor), *(self.is_stable(concept, actor, now) for concept in known))
            for actor in self.actors
        ]
        rows.append(("equilibrium", None, *(self.is_equilibrium(concept, now) for concept in known)))
        title = Phrase.of("Status quo: ", StateTerm(self.text(now)))
        return Sheet(title, ("actor", "reading", *known), tuple(rows))

    def _shown(self, concepts: Iterable[str]) -> tuple[str, ...]:
        return strictest_first(concept for concept in concepts if concept in self.solution.stable)

    def _reading(self, actor: str) -> ReadingTerm | None:
        return ReadingTerm(self.readings[actor], actor) if actor in self.readings else None

    def equilibrium_table(
        self,
        concepts: Iterable[str] | None = None,
        *,
        where: str | Formula | None = None,
        actors: Sequence[str] | None = None,
        most: int | None = None,
    ) -> Sheet:
        """The states that are equilibria under any of the concepts: number, settings, and which concepts.

        `where` and `actors` as in `equilibria`; at most `most` rows (default: all, or 100 of a large model).
        """
        chosen = self._shown(self.concepts if concepts is None else concepts)
        grids = {concept: self._where(self.equilibrium_grid(concept, actors), where) for concept in chosen}
        either = np.zeros(self.conflict.shape, dtype=np.bool_)
        for grid in grids.values():
            either |= grid
        total = int(np.count_nonzero(either))
        limit = most if most is not None else total if self.states <= IN_FULL else LISTED
        shown = first_marked(either, limit)
        holds = [
            np.broadcast_to(g, either.shape)[np.unravel_index(shown, either.shape)].tolist() for g in grids.values()
        ]
        settings = [labels(self.scenario, self.conflict.settings(cell)) for cell in shown.tolist()]
        rows = zip(self.numbers(shown), (s.values() for s in settings), zip(*holds, strict=True), strict=True)
        spread = self.conflict.cells
        title = ", ".join(f"{np.count_nonzero(g) * (spread // g.size):,} {concept}" for concept, g in grids.items())
        left = (f"{total - len(shown):,} more equilibria are not listed",) if total > len(shown) else ()
        columns = ("state", *(settings[0] if settings else ()), *chosen)
        return Sheet(f"Equilibria: {title}", columns, tuple((n, *values, *marks) for n, values, marks in rows), left)

    def outcome_table(self) -> Sheet:
        """The named outcomes: ALL, SOME or NONE of where play ends, and how many equilibria have them."""
        known, started = self._shown(self.concepts), self.conflict.now is not None
        rows = []
        for name, outcome in self.scenario.outcomes.items():
            plays = [VerdictTerm(self.verdict(outcome.formula, kind)) if started else None for kind in KINDS]
            rows.append((NameTerm(name), *plays, *(self.count(concept, outcome.formula) for concept in known)))
        return Sheet("Outcomes", ("outcome", *KINDS, *known), tuple(rows))

    def sheets(self) -> tuple[Sheet, ...]:
        """The result in a few tables: status quo, equilibria, outcomes."""
        first = [self.status_table()] if self.conflict.now is not None else []
        last = [self.outcome_table()] if self.scenario.outcomes else []
        return (*first, self.equilibrium_table(most=NOTEBOOK_ROWS), *last)

    def numbers(self, cells: Cells) -> list[int | str]:
        """Each state's name, else its number in state order from 1; in very large models what is on."""
        names, numbered = self.conflict.state_names, self.states <= NUMBERED
        places = np.searchsorted(self.conflict.states, cells) + 1 if numbered else cells
        found = zip(cells.tolist(), places.tolist(), strict=True)
        named = {cell: StateTerm(name) for cell, name in names.items()}
        return [named.get(cell) or (place if numbered else StateTerm(self.text(cell))) for cell, place in found]

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The JSON of `detente analyze`; see `docs/json.md` for every field."""
        from detente.analysis.document import analysis_json

        return analysis_json(self)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the resolved model with the chosen readings."""
        return model_hash(self.scenario, self.readings)

    def moves(self, actor: str) -> int:
        """How many moves (distinct pairs of states) the actor has in all."""
        return count_moves(self.game, self.conflict.index(actor))


def first_marked(grid: NDArray[np.bool_], most: int) -> Cells:
    """The first cells a whole grid marks, at most so many; slice by slice of its first axis, without a list of all."""
    found = [np.empty(0, dtype=np.int64)]
    for number, part in enumerate(grid if grid.ndim > 1 else grid[None]):
        if (missing := most - sum(map(len, found))) <= 0:
            break
        found.append(number * part.size + np.flatnonzero(part)[:missing])
    return np.concatenate(found)


def analyse(
    scenario: Scenario,
    *,
    readings: Mapping[str, str] | None = None,
    world: str | None = None,
    concepts: Iterable[str] | None = None,
    sanctions: str = "legal",
    progress: Progress = quiet,
) -> Analysis:
    """Solve a scenario. `readings` maps actors to readings (over the world's, over the defaults).

    `sanctions` is "legal" or "one-step". Cost: see `detente.engine.solve`. Raises `TooLarge` before memory runs out.
    """
    game = Game.of(scenario, scenario.choose(readings or {}, world))
    return analyse_game(game, world=world, concepts=concepts, sanctions=sanctions, progress=progress)


def analyse_game(
    game: Game,
    *,
    world: str | None = None,
    concepts: Iterable[str] | None = None,
    sanctions: str = "legal",
    progress: Progress = quiet,
) -> Analysis:
    """As `analyse`, of a game that is there already; `world` is only recorded."""
    begin = time.perf_counter()
    conflict = game.conflict
    picked, left_out = choose_concepts(concepts), dict[str, str]()
    if conflict.graph and "sim" in [concept.id for concept in picked]:
        left_out["sim"] = NO_OPTIONS
    elif concepts is None and conflict.simple and conflict.cells > SIM_LIMIT:
        left_out["sim"] = f"simultaneous stability takes long beyond {SIM_LIMIT:,} cells; ask for it by name"
        picked = tuple(concept for concept in picked if concept.id != "sim")
    solution = solve(game, picked, sanction_rule(sanctions), progress)
    return Analysis(
        game=game,
        readings=game.chosen,
        concepts=tuple(concept.id for concept in picked),
        sanctions=sanctions,
        solution=solution,
        seconds=time.perf_counter() - begin,
        world=world,
        left_out=left_out,
    )


def model_hash(scenario: Scenario, readings: Mapping[str, str]) -> str:
    """SHA-256 over everything that decides the results: options, limits on moves, rules, readings, status quo, named states.

    Names, sources and notes are left out: they change what is said, not what follows.
    """
    actors = []
    for actor, reading in zip(scenario.actors, chosen_readings(scenario, readings), strict=True):
        options = [
            [o.key, list(o.choices), o.change, sorted((v, str(g)) for v, g in o.needs.items())] for o in actor.options
        ]
        wants = [[str(s.want), None if s.weight is None else str(s.weight)] for s in reading.statements]
        if reading.top_degree > 1 or any(degree != 1 for degree in reading.degrees):
            wants.append(["degrees", *map(str, reading.degrees)])
        groups = reading.ranking if isinstance(reading, Ranking) else ()
        actors.append([actor.id, options, reading.kind, wants, groups])
    rules = [
        [r.kind, str(r.when), sorted(r.then.items()), str(r.target), r.actor, r.representative] for r in scenario.rules
    ]
    graph = [scenario.graph.states, sorted(scenario.graph.moves.items())] if scenario.graph else None
    now = sorted(scenario.now.items()) if isinstance(scenario.now, Mapping) else scenario.now
    outcomes = sorted((name, str(outcome.formula)) for name, outcome in scenario.outcomes.items())
    states = sorted((name, sorted(settings.items())) for name, settings in scenario.states.items())
    model = [actors, rules, graph, now, outcomes, states]
    return hashlib.sha256(json.dumps(model, sort_keys=True, default=str).encode()).hexdigest()
