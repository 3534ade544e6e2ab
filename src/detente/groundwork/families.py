"""The result of every question about general preferences: who is stable where, by which standard.

The mathematics is in `detente.stability.relations`. A *standard* is one way to judge the actors (a reading of what is
unknown, a degree of sanctions, an attitude); a state is an equilibrium by a standard and a concept if it is stable
for everybody, and a mixed equilibrium if each actor is stable under its own choice of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import Basis
from detente.errors import InputError, UnknownName
from detente.groundwork.comparisons import Board
from detente.sheet import Sheet, html_of
from detente.stability.concepts import CONCEPTS, Concept, concepts
from detente.stability.relations import Side, Truths, Verdicts, judge

RELATIONAL = tuple(name for name in CONCEPTS if name != "sim")
"""The concepts defined for relations."""

SHOWN = 40
"""Equilibria listed at most where people read; the JSON has all of them."""

UNCAPPED = 4096
"""Models up to this many states are listed in full in JSON; of larger ones only the equilibria."""


@dataclass(frozen=True)
class Family:
    """Stability of every state for every actor, by standard and concept; states are numbered from 0 in state order."""

    basis: Basis
    family: str
    actors: tuple[str, ...]
    standards: tuple[str, ...]
    concepts: tuple[str, ...]
    states: tuple[Mapping[str, Any], ...]
    texts: tuple[str, ...]
    now: int | None
    verdicts: tuple[Verdicts, ...]
    meanings: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def stable(self, actor: str, concept: str, standard: str | None = None) -> Truths:
        """Per state, whether it is stable for the actor (by the first standard unless one is named)."""
        by = self.standards[0] if standard is None else standard
        for kind, name, known in (
            ("actor", actor, self.actors),
            ("concept", concept, self.concepts),
            ("standard", by, self.standards),
        ):
            if name not in known:
                raise UnknownName(kind, name, known)
        return self.verdicts[self.actors.index(actor)][by][concept]

    def equilibria(self, concept: str, standard: str | None = None) -> list[int]:
        """The states that are stable for everybody, in order."""
        return self._common((actor, concept, standard) for actor in self.actors)

    def mixed(self, own: Mapping[str, str | tuple[str, str]], default: str = "seq") -> list[int]:
        """The states stable for each actor under its own concept, or its own (concept, standard)."""
        for actor in own:
            self.stable(actor, self.concepts[0])
        chosen = {actor: own.get(actor, default) for actor in self.actors}
        pairs = {a: (each, None) if isinstance(each, str) else each for a, each in chosen.items()}
        return self._common((actor, concept, standard) for actor, (concept, standard) in pairs.items())

    def _common(self, wanted: Iterable[tuple[str, str, str | None]]) -> list[int]:
        found = np.ones(len(self.texts), dtype=np.bool_)
        for actor, concept, standard in wanted:
            found &= self.stable(actor, concept, standard)
        return [int(state) for state in np.flatnonzero(found)]

    def count(self, concept: str, standard: str | None = None) -> int:
        return len(self.equilibria(concept, standard))

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; states as their settings."""
        whole = len(self.states) <= UNCAPPED
        found = {
            "basis": self.basis.to_json(),
            "family": self.family,
            "actors": list(self.actors),
            "standards": dict(self.meanings),
            "concepts": list(self.concepts),
            "states": len(self.texts),
            "counts": {s: {c: self.count(c, s) for c in self.concepts} for s in self.standards},
            "equilibria": {s: {c: self._json(self.equilibria(c, s)) for c in self.concepts} for s in self.standards},
            "status_quo": self._status_quo(),
            "notes": list(self.notes),
        }
        return found | ({"stability": self._stability_json()} if whole else {})

    def _json(self, numbers: Iterable[int]) -> list[dict[str, Any]]:
        return [dict(self.states[number]) for number in numbers]

    def _stability_json(self) -> dict[str, Any]:
        def listed(actor: str, concept: str, standard: str) -> list[dict[str, Any]]:
            return self._json(np.flatnonzero(self.stable(actor, concept, standard)).tolist())

        return {
            s: {c: {actor: listed(actor, c, s) for actor in self.actors} for c in self.concepts} for s in self.standards
        }

    def _status_quo(self) -> dict[str, Any] | None:
        if self.now is None:
            return None
        stable = {
            s: {c: {actor: bool(self.stable(actor, c, s)[self.now]) for actor in self.actors} for c in self.concepts}
            for s in self.standards
        }
        return {"state": dict(self.states[self.now]), "stable": stable}

    def sheets(self) -> tuple[Sheet, ...]:
        """How many equilibria, which, and for whom the status quo is stable."""
        first = [self._now_sheet()] if self.now is not None else []
        return (self._count_sheet(), *first, self._list_sheet())

    def _count_sheet(self) -> Sheet:
        rows = tuple((s, self.meanings.get(s, ""), *(self.count(c, s) for c in self.concepts)) for s in self.standards)
        title = f"{self.family}: equilibria among {len(self.texts):,} states"
        return Sheet(title, ("standard", "meaning", *self.concepts), rows, (*self.notes, *self.basis.warnings))

    def _now_sheet(self) -> Sheet:
        assert self.now is not None
        rows = [
            (s, actor, *(bool(self.stable(actor, c, s)[self.now]) for c in self.concepts))
            for s in self.standards
            for actor in self.actors
        ]
        return Sheet(f"Status quo: {self.texts[self.now]}", ("standard", "stable for", *self.concepts), tuple(rows))

    def _list_sheet(self) -> Sheet:
        where = {(s, c): set(self.equilibria(c, s)) for s in self.standards for c in self.concepts}
        numbers = sorted(set().union(*where.values()))
        rows = []
        for number in numbers[:SHOWN]:
            by = (" ".join(s for s in self.standards if number in where[s, c]) or None for c in self.concepts)
            rows.append((number + 1, self.texts[number], *by))
        left = len(numbers) - len(rows)
        notes = (f"{left:,} more equilibria are not listed",) if left else ()
        return Sheet(
            "Equilibria, with the standards they meet", ("state", "what is on", *self.concepts), tuple(rows), notes
        )

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def judged(
    family: str,
    on: Board,
    sides: Sequence[Side],
    names: Iterable[str],
    meanings: Mapping[str, str],
    notes: tuple[str, ...] = (),
) -> Family:
    """The verdicts on all states by every standard the sides share."""
    chosen = relational(names)
    verdicts = judge(sides, chosen, on.case.sanctions)
    ids = tuple(concept.id for concept in chosen)
    return Family(
        on.case.basis,
        family,
        on.actors,
        tuple(meanings),
        ids,
        on.labels(),
        on.texts,
        on.now,
        verdicts,
        meanings,
        notes,
    )


def relational(names: Iterable[str]) -> tuple[Concept, ...]:
    """The named concepts; simultaneous stability is refused, it compares joint states by scores."""
    chosen = concepts(names)
    if any(concept.id == "sim" for concept in chosen):
        raise InputError("simultaneous stability is defined on scores; choose among " + ", ".join(RELATIONAL))
    return chosen
