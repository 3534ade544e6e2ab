"""Mixed behaviour: every actor is judged by the concept that fits its foresight.

The mathematics. Given a concept for each actor, a state is a *mixed equilibrium* if it is stable for each actor under
that actor's own concept. A short-sighted actor is judged by Nash, a cautious one by GMR or SMR, one that credits
others only with moves they like by SEQ. If all concepts are the same this is the ordinary equilibrium; making one
actor's concept more demanding (Nash rather than SEQ, say) can only remove equilibria.

Cost: one analysis with all the concepts named. Source: Fang, Hipel & Kilgour 1993 (concepts describe behaviour, so
they may differ); for general preferences see `preference_structures.verdicts.Family.mixed`.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> found = behaviours(case, {"us": "nash"})
>>> found.count <= case.analyse().count("seq")
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import Basis, Case, state_words
from detente.engine.concepts import concepts
from detente.errors import UnknownName
from detente.formula import Formula
from detente.sheet import Sheet, html_of

CITES = ("Fang, Hipel & Kilgour 1993",)

LISTED = 4096
"""Equilibria kept in the result; the rest are counted."""

SHOWN = 40
"""Equilibria listed at most where people read."""


@dataclass(frozen=True)
class Behaviours:
    """The mixed equilibria: how many, the first of them with their numbers, and whether each actor would stay now.

    `status_quo[actor]` says whether the status quo is stable for the actor under its own concept; None without one.
    """

    basis: Basis
    concepts: Mapping[str, str]
    where: str | None
    count: int
    states: tuple[Mapping[str, Any], ...]
    numbers: tuple[int | str, ...]
    status_quo: Mapping[str, bool] | None

    @property
    def now(self) -> bool | None:
        """Whether the status quo is a mixed equilibrium."""
        return None if self.status_quo is None else all(self.status_quo.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "concepts": dict(self.concepts),
            "where": self.where,
            "count": self.count,
            "equilibria": [dict(state) for state in self.states],
            "numbers": list(self.numbers),
            "status_quo": None
            if self.status_quo is None
            else {"stable": dict(self.status_quo), "equilibrium": self.now},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        now = self.status_quo or {}
        rows = tuple((actor, concept, now.get(actor)) for actor, concept in self.concepts.items())
        first = Sheet("Each by its own concept", ("actor", "concept", "status quo stable"), rows, self.basis.warnings)
        shown = zip(self.numbers[:SHOWN], self.states, strict=False)
        listed = tuple((number, state_words(state)) for number, state in shown)
        left = self.count - len(listed)
        notes = (f"{left:,} more are not listed",) if left else ()
        return first, Sheet(f"Mixed equilibria: {self.count:,}", ("state", "what is on"), listed, notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def behaviours(
    case: Case, own: Mapping[str, str], *, default: str = "seq", where: str | Formula | None = None
) -> Behaviours:
    """The states stable for every actor under its own concept (`own[actor]`, else `default`), where `where` holds."""
    for actor in own:
        if actor not in case.actors:
            raise UnknownName("actor", actor, case.actors)
    chosen = {actor: concepts([own.get(actor, default)])[0].id for actor in case.actors}
    analysis = case.analyse(tuple(dict.fromkeys(chosen.values())))
    conflict = analysis.conflict
    conflict.require(2, "listing mixed equilibria")
    grid = np.zeros((1,) * len(conflict.shape), np.bool_) | (conflict.feasible if conflict.simple else np.bool_(True))
    for actor, concept in chosen.items():
        grid = grid & analysis.stable_grid(concept, actor)
    if where is not None:
        grid = grid & conflict.holds(analysis.formula(where))
    cells = np.flatnonzero(np.broadcast_to(grid, conflict.shape))
    now = conflict.now
    status = None if now is None else {a: analysis.is_stable(c, a, now) for a, c in chosen.items()}
    kept = cells[:LISTED]
    states, numbers = tuple(map(analysis.state, kept.tolist())), tuple(analysis.numbers(kept))
    asked = None if where is None else str(where)
    return Behaviours(case.basis, chosen, asked, len(cells), states, numbers, status)
