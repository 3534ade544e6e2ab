"""The main question: who is stable where, what holds, and where play ends.

`analyse(scenario)` builds the conflict, solves it and returns a frozen `Analysis`, which answers by name:

>>> from detente.scenario import load
>>> analysis = analyse(load("prisoners_dilemma"))
>>> analysis.count("nash"), analysis.count("seq")
(1, 2)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import long_tables
from detente.analysis.fingerprint import model_hash
from detente.conflict import Cells, Conflict
from detente.conflict.game import Game
from detente.conflict.states import labels
from detente.engine import Progress, Solution, improving_steps, quiet, solve
from detente.engine.arcs import Arcs
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import label, sanction_rule, strictest_first
from detente.engine.move_counts import count_moves
from detente.engine.play import MOST_STEPS, Expand, Play, expansion, follow, in_order, verdict
from detente.engine.reachable_sets import ends_by_arrays
from detente.engine.relevant_options import sliceable
from detente.errors import TooLarge, Unanswerable, UnknownName, refuse_unknown
from detente.formula import Formula
from detente.messages import later, numeral, tell
from detente.result import Answer
from detente.scenario.model import Scenario
from detente.sheet import (
    ActorTerm,
    ConceptTerm,
    NameTerm,
    Phrase,
    ReadingTerm,
    Sheet,
    StateTerm,
    VerdictTerm,
    library,
    listing,
    many,
    names_of,
)
from detente.version import __version__

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

NO_OPTIONS = later("simultaneous stability needs options; a model in graph form has none")


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
            raise UnknownName(tell("concept of this analysis"), concept, self.solution.stable)
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
        self.conflict.require(2, tell("listing equilibria"))
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
        refuse_unknown("kind of play", KINDS, kind)
        (play,) = self.plays(kind, [self.cell() if start is None else start])
        return play

    def plays(self, kind: str, starts: Sequence[int]) -> tuple[Play, ...]:
        """Where play leads from each of the starts; everybody's steps are listed once for all of them."""
        if any((kind == "foresight", start) not in self._plays for start in starts):
            width, listed = self.conflict.width, self._listed_steps(kind)
            for start in starts:
                if (kind == "foresight", start) not in self._plays:
                    found = follow(lambda cells: listed(cells) if listed else self.steps(cells, kind), start, width)
                    self._plays[kind == "foresight", start] = found or self._long_play(kind, start)
        return tuple(self._plays[kind == "foresight", start] for start in starts)

    def _listed_steps(self, kind: str) -> Expand | None:
        """Everybody's steps, found once for all states, where the moves of a small model are kept; else None."""
        moves: tuple[Arcs, ...] | None = self.conflict.kept.get("moves")
        if moves is None:
            return None
        chosen = []
        for arcs, liked, worst in zip(moves, self.solution.payoffs, self.solution.worst, strict=True):
            u, w = (table.at(self.conflict.states) for table in (liked, worst))
            here = u[arcs.start]
            better = u[arcs.end] > here
            chosen.append(arcs.where(better & (w[arcs.end] > here) if kind == "foresight" else better))
        onward, states = [expansion([arcs]) for arcs in chosen], self.conflict.states

        def steps(cells: Cells) -> tuple[NDArray[np.int64], Cells]:
            """Actor by actor, as `steps` lists them: of equally short ways the first is told."""
            parts = [each(np.searchsorted(states, cells)) for each in onward]
            return np.concatenate([rows for rows, _ in parts]), states[np.concatenate([ends for _, ends in parts])]

        return steps

    def _long_play(self, kind: str, start: int) -> Play:
        if not sliceable(self.conflict):
            raise TooLarge(
                tell(
                    "play from this state has more than {most_steps} steps; hold some options fixed",
                    most_steps=numeral(MOST_STEPS),
                )
            )
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
        title = Phrase.told("Today: {now}", now=StateTerm(self.text(now)))
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
        left = (
            (tell("{total} more equilibria are not listed", total=numeral(total - len(shown))),)
            if total > len(shown)
            else ()
        )
        columns = ("state", *(settings[0] if settings else ()), *chosen)
        return Sheet(
            tell("Equilibria: {title}", title=title),
            columns,
            tuple((n, *values, *marks) for n, values, marks in rows),
            left,
        )

    def outcome_table(self) -> Sheet:
        """The named outcomes: ALL, SOME or NONE of where play ends, and how many equilibria have them."""
        known, started = self._shown(self.concepts), self.conflict.now is not None
        rows = []
        for name, outcome in self.scenario.outcomes.items():
            plays = [VerdictTerm(self.verdict(outcome.formula, kind)) if started else None for kind in KINDS]
            rows.append((NameTerm(name), *plays, *(self.count(concept, outcome.formula) for concept in known)))
        return Sheet(tell("Outcomes"), ("outcome", *KINDS, *known), tuple(rows))

    @property
    def headline(self) -> Phrase:
        """Whether today is an equilibrium, under which concepts, who would move under the others, and where play stays."""
        concepts = strictest_first(self.solution.stable)
        if self.conflict.now is None:
            counts = (
                tell("{count} under {each}", count=numeral(self.count(each)), each=label(each)) for each in concepts
            )
            return Phrase.told(
                "Of {number} there are as equilibria: {counts}.",
                number=many(self.states, "state"),
                counts=", ".join(counts),
            )
        now = self.cell()
        holds = [each for each in concepts if self.is_equilibrium(each, now)]
        fails = [each for each in concepts if each not in holds]
        movers = [actor for actor in self.actors if any(not self.is_stable(each, actor, now) for each in fails)]
        told = []
        if holds:
            told.append(
                Phrase.told(
                    "{verdictterm} under {holds}",
                    verdictterm=VerdictTerm("stable"),
                    holds=names_of(map(ConceptTerm, map(label, holds))),
                )
            )
        if fails:
            under = names_of(map(ConceptTerm, map(label, fails)))
            told.append(
                Phrase.told(
                    "{verdictterm} under {under} ({movers} would move)",
                    verdictterm=VerdictTerm("unstable"),
                    under=under,
                    movers=names_of(map(ActorTerm, movers)),
                )
            )
        stays = self.play("foresight").passed == 1
        play = tell("stays there") if stays else tell("leads elsewhere")
        return Phrase.told("Today is {told}; foresight play {play}.", told=listing(told), play=play)

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
        """The JSON of an analysis; see `docs/json.md` for every field."""
        return analysis_json(self)

    def edges(self) -> Sheet:
        """Every move as a row: from, to, actor, improvement, unsanctioned; see `analysis.long_tables`."""
        return long_tables.edges(self.game, self.sanctions)

    def nodes(self) -> Sheet:
        """Every state as a row: settings, ranks, equilibria; see `analysis.long_tables`."""
        return long_tables.nodes(self.game, {concept: self.equilibria(concept) for concept in self.solution.stable})

    def verdicts(self) -> Sheet:
        """State, actor, concept and whether it is stable, a row each; see `analysis.long_tables`."""
        return long_tables.verdicts(self.game, self.solution.stable, self.stable_grid)

    def to_networkx(self) -> Any:
        """The graph of the conflict as a `networkx.MultiDiGraph` (needs the extra `networks`).

        States have the columns of `nodes`, moves actor, improvement and unsanctioned. Raises `TooLarge`.
        """
        graph = library("networkx", "detente[networks]").MultiDiGraph(title=self.scenario.title)
        graph.add_nodes_from((row["state"], row) for row in self.nodes().to_dicts())
        for start, end, actor, improvement, unsanctioned in self.edges().rows:
            graph.add_edge(start, end, key=actor, actor=actor, improvement=improvement, unsanctioned=unsanctioned)
        return graph

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
        left_out["sim"] = tell(NO_OPTIONS)
    elif concepts is None and conflict.simple and conflict.cells > SIM_LIMIT:
        left_out["sim"] = tell(
            "simultaneous stability takes long beyond {sim_limit} cells; ask for it by name",
            sim_limit=numeral(SIM_LIMIT),
        )
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


# --- the JSON -----------------------------------------------------------------------------------------------------------
#
# A contract with other programs. A state is its settings: option -> true/false or the choice; a merged or graph-form state is
# `{"state": name, "settings": {...}}`. Lists are in state order. Models of up to `IN_FULL` states are listed in full; in larger
# ones every list stops at `LISTED` states and `truncated` counts what was left out.


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """The JSON of an analysis; see `docs/json.md` for every field."""
    writer = _Writer(analysis)
    concepts = analysis.concepts
    return {
        "title": analysis.scenario.title,
        "name": analysis.name,
        "hash": analysis.hash,
        "engine": {"version": __version__, "seconds": round(analysis.seconds, 6), "way": analysis.solution.way},
        "sanctions": analysis.sanctions,
        "world": analysis.world,
        "concepts": list(concepts),
        "actors": [writer.actor(actor) for actor in analysis.actors],
        "states": analysis.states,
        "counts": {concept: writer.count(concept) for concept in concepts},
        "status_quo": writer.status_quo(),
        "equilibria": {concept: writer.equilibria(concept) for concept in concepts},
        "stability": {concept: writer.stability(concept) for concept in concepts},
        "ends": writer.ends(),
        "outcomes": {name: writer.outcome(name) for name in analysis.scenario.outcomes},
        "truncated": writer.truncated,
        "left_out": dict(analysis.left_out),
    }


class _Writer:
    """Collects what one document needs: state dictionaries shared between lists, and what was left out."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.most = analysis.states if analysis.states <= IN_FULL else LISTED
        self.known: dict[int, Any] = {}
        self.truncated: dict[str, int] = {}

    def state(self, cell: int) -> Any:
        if cell not in self.known:
            self.known[cell] = self.analysis.state(cell)
        return self.known[cell]

    def marked(self, grid: NDArray[np.bool_], label: str) -> list[Any]:
        """The states a broadcastable grid marks; of very many only the first are looked for."""
        conflict = self.analysis.conflict
        number = int(grid.sum(dtype=np.int64)) * (conflict.cells // grid.size)
        if number <= self.most:
            return self.states(np.flatnonzero(np.broadcast_to(grid, conflict.shape)), label)
        self.truncated[label] = number - self.most
        return self.states(first_marked(np.broadcast_to(grid, conflict.shape), self.most), label)

    def states(self, cells: Cells, label: str) -> list[Any]:
        if len(cells) > self.most:
            self.truncated[label] = len(cells) - self.most
        return [self.state(int(cell)) for cell in cells[: self.most]]

    def known_concept(self, concept: str) -> bool:
        return concept in self.analysis.solution.stable

    def actor(self, actor: str) -> dict[str, Any]:
        described = self.analysis.scenario.actor(actor)
        return {
            "id": actor,
            "name": described.name,
            "options": [option.key for option in described.options],
            "reading": self.analysis.readings.get(actor),
            "moves": self.analysis.moves(actor),
        }

    def count(self, concept: str) -> int | None:
        return self.analysis.count(concept) if self.known_concept(concept) else None

    def equilibria(self, concept: str) -> list[Any] | None:
        if not self.known_concept(concept):
            return None
        return self.marked(self.analysis.equilibrium_grid(concept), f"equilibria.{concept}")

    def stability(self, concept: str) -> dict[str, list[Any]] | None:
        if not self.known_concept(concept):
            return None
        return {
            actor: self.marked(self.analysis.stable_grid(concept, actor), f"stability.{concept}.{actor}")
            for actor in self.analysis.actors
        }

    def status_quo(self) -> dict[str, Any] | None:
        analysis, now = self.analysis, self.analysis.conflict.now
        if now is None:
            return None
        state = self.state(now)
        named = {"state": state["state"]} if "state" in state and "settings" in state else {}
        settings = state["settings"] if named else state
        concepts = [(concept, self.known_concept(concept)) for concept in analysis.concepts]
        return {
            **named,
            "settings": settings,
            "equilibrium": {c: analysis.is_equilibrium(c, now) if known else None for c, known in concepts},
            "stable": {
                c: {a: analysis.is_stable(c, a, now) for a in analysis.actors} if known else None
                for c, known in concepts
            },
            "improvements": {actor: self.improvements(number, now) for number, actor in enumerate(analysis.actors)},
        }

    def improvements(self, player: int, cell: int) -> int:
        start = np.array([cell], dtype=np.int64)
        return len(improving_steps(self.analysis.conflict, self.analysis.solution, start, player, False)[0])

    def ends(self) -> dict[str, list[list[Any]]] | None:
        if self.analysis.conflict.now is None:
            return None
        return {kind: [self.states(end, f"ends.{kind}") for end in self.end_list(kind)] for kind in KINDS}

    def end_list(self, kind: str) -> Iterable[Cells]:
        ends = self.analysis.play(kind).ends
        if len(ends) > self.most:
            self.truncated[f"ends.{kind}"] = len(ends) - self.most
        return ends[: self.most]

    def outcome(self, name: str) -> dict[str, Any]:
        analysis, started = self.analysis, self.analysis.conflict.now is not None
        formula = analysis.scenario.outcomes[name].formula
        plays = {kind: analysis.verdict(formula, kind) if started else None for kind in KINDS}
        counts = {c: analysis.count(c, formula) if self.known_concept(c) else None for c in analysis.concepts}
        return {**plays, "equilibria": counts}
