"""The JSON of an analysis: a contract with other programs. Fields are added, never renamed.

A state is its settings: option -> true/false or the choice; a merged or graph-form state is
`{"state": name, "settings": {...}}`. Lists are in state order. Models of up to 4,096 states are listed in full; in larger
ones every list stops at 100 states and `truncated` counts what was left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import IN_FULL, KINDS, LISTED, Analysis, first_marked
from detente.conflict import Cells
from detente.engine import improving_steps
from detente.version import __version__


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """The JSON of `detente analyze`; see `docs/json.md` for every field."""
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
