"""The result of every question about general preferences: who is stable where, by which standard.

The mathematics is in `detente.engine.relations`. A *standard* is one way to judge the actors (a reading of what is
unknown, a degree of sanctions, an attitude); a state is an equilibrium by a standard and a concept if it is stable
for everybody, and an equilibrium of mixed behaviour if each actor is stable under its own choice of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import CONCEPTS, Concept, concepts, label, strictest_first
from detente.engine.relations import Side, Truths, Verdicts, judge
from detente.errors import Cure, InputError, refuse_unknown
from detente.messages import later, numeral, tell, word
from detente.questions.explanation.explain import TOLD, RelationalExplanation, explain_relations
from detente.questions.explanation.find import RelationalWitnesses
from detente.questions.explanation.relation_search import Party
from detente.questions.explanation.witness import RelationalWitness
from detente.questions.preference_structures.reasons import Weigh
from detente.result import Answer
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, VerdictTerm, listing, many

RELATIONAL = tuple(name for name in CONCEPTS if name != "sim")
"""The concepts defined for relations."""

NO_SIM = (
    later("simultaneous stability is left to plain preferences ("),
    Cure.PLAIN,
    later(
        "): the sources define these kinds of preference on graphs, where two moves cannot be made "
        "at once. Choose among "
    ),
    ", ".join(RELATIONAL),
)

SHOWN = 40
"""Equilibria listed at most where people read; the JSON has all of them."""

IN_FULL = 4096
"""Models up to this many states are listed in full in JSON; of larger ones only the equilibria."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Family(Answer):
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
    finder: RelationalWitnesses = field(compare=False)
    notes: tuple[str, ...] = ()
    own: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def stable(self, actor: str, concept: str, standard: str | None = None) -> Truths:
        """Per state, whether it is stable for the actor (by the first standard unless one is named)."""
        by = self.standards[0] if standard is None else standard
        if concept == "sim":
            raise InputError(*NO_SIM)
        for kind, name, known in (
            ("actor", actor, self.actors),
            ("concept", concept, self.concepts),
            ("standard", by, self.standards),
        ):
            refuse_unknown(kind, known, name)
        return self.verdicts[self.actors.index(actor)][by][concept]

    def equilibria(self, concept: str, standard: str | None = None) -> list[int]:
        """The states that are stable for everybody, in order."""
        return self._common((actor, concept, standard) for actor in self.actors)

    def mixed(self, own: Mapping[str, str | tuple[str, str]], default: str = "seq") -> list[int]:
        """The states stable for each actor under its own concept, or its own (concept, standard)."""
        return self._mixed(self._chosen(own, default))

    def with_behaviour(self, own: Mapping[str, str | tuple[str, str]], default: str = "seq") -> Family:
        """The same verdicts, shown with the equilibria for these choices as well."""
        return replace(self, own=self._chosen(own, default))

    def _chosen(self, own: Mapping[str, str | tuple[str, str]], default: str) -> dict[str, tuple[str, str]]:
        for actor in own:
            self.stable(actor, self.concepts[0])
        chosen = {actor: own.get(actor, default) for actor in self.actors}
        pairs = {a: (each, self.standards[0]) if isinstance(each, str) else each for a, each in chosen.items()}
        for actor, pair in pairs.items():
            self.stable(actor, *pair)
        return pairs

    def _mixed(self, chosen: Mapping[str, tuple[str, str]]) -> list[int]:
        return self._common((actor, concept, standard) for actor, (concept, standard) in chosen.items())

    def _common(self, wanted: Iterable[tuple[str, str, str | None]]) -> list[int]:
        found = np.ones(len(self.texts), dtype=np.bool_)
        for actor, concept, standard in wanted:
            found &= self.stable(actor, concept, standard)
        return [int(state) for state in np.flatnonzero(found)]

    def count(self, concept: str, standard: str | None = None) -> int:
        return len(self.equilibria(concept, standard))

    # --- why ---

    def position(self, state: int | str | Mapping[str, Any] | None = None) -> int:
        """The number of a state given by its name, settings, cell, or None for the status quo."""
        game = self.finder.case.game
        return game.number(game.cell(state))

    def witness(
        self, state: int | str | Mapping[str, Any] | None, actor: str, concept: str, standard: str | None = None
    ) -> RelationalWitness:
        """Why a state (as for `position`) is stable for the actor, or why not, complete enough to be checked."""
        by = self.standards[0] if standard is None else standard
        self.stable(actor, concept, by)
        return self.finder.find(self.position(state), actor, concept, by)

    def explain(
        self,
        state: int | str | Mapping[str, Any] | None = None,
        concepts: Iterable[str] | None = None,
        standards: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        *,
        told: int = TOLD,
    ) -> RelationalExplanation:
        """Why a state (as for `position`) holds, or does not, as a dialogue with witnesses; by default under SEQ."""
        usual = ("seq",) if "seq" in self.concepts else self.concepts[:1]
        return explain_relations(
            self.finder,
            self.position(state),
            family=self.family,
            meanings=self.meanings,
            concepts=usual if concepts is None else concepts,
            standards=standards,
            parties=actors,
            told=told,
        )

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; states as their settings."""
        whole = len(self.states) <= IN_FULL
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
        if self.own:
            found["mixed"] = {
                "own": {actor: {"concept": c, "standard": s} for actor, (c, s) in self.own.items()},
                "equilibria": self._json(self._mixed(self.own)),
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

    @property
    def headline(self) -> Phrase:
        """Whether today is an equilibrium under SEQ by the first standard, and how many states are."""
        concept, standard = "seq" if "seq" in self.concepts else self.concepts[0], self.standards[0]
        found = self.equilibria(concept)
        by = tell(
            " under {concept}{word}", concept=label(concept), word=f" ({word(standard)})" if self.standards[1:] else ""
        )
        are = tell("is an equilibrium") if len(found) == 1 else tell("are equilibria")
        count = tell(
            "{number} of {number2} {are}", number=numeral(len(found)), number2=many(len(self.texts), "state"), are=are
        )
        if self.now is None:
            return Phrase.of(f"{count}{by}.")
        now = VerdictTerm("stable" if self.now in found else "unstable")
        return Phrase.told("today is {now}{by}; {count}.", now=now, by=by, count=count)

    def sheets(self) -> tuple[Sheet, ...]:
        """How many equilibria, which, and for whom the status quo is stable."""
        first = [self._now_sheet()] if self.now is not None else []
        mixed = [self._mixed_sheet()] if self.own else []
        return (self._count_sheet(), *first, self._list_sheet(), *mixed)

    @property
    def _shown(self) -> tuple[str, ...]:
        return strictest_first(self.concepts)

    def _count_sheet(self) -> Sheet:
        rows = tuple((s, self.meanings.get(s, ""), *(self.count(c, s) for c in self._shown)) for s in self.standards)
        title = tell("{family}: equilibria among {number} states", family=self.family, number=numeral(len(self.texts)))
        return Sheet(title, ("standard", "meaning", *self._shown), rows, (*self.notes, *self.basis.warnings))

    def _now_sheet(self) -> Sheet:
        assert self.now is not None
        rows = [
            (s, ActorTerm(actor), *(bool(self.stable(actor, c, s)[self.now]) for c in self._shown))
            for s in self.standards
            for actor in self.actors
        ]
        title = Phrase.told("Today: {texts}", texts=StateTerm(self.texts[self.now]))
        return Sheet(title, ("standard", tell("stable for"), *self._shown), tuple(rows))

    def _list_sheet(self) -> Sheet:
        where = {(s, c): set(self.equilibria(c, s)) for s in self.standards for c in self._shown}
        numbers = sorted(set().union(*where.values()))
        rows = []
        for number in numbers[:SHOWN]:
            by = (" ".join(s for s in self.standards if number in where[s, c]) or None for c in self._shown)
            rows.append((number + 1, StateTerm(self.texts[number]), *by))
        left = len(numbers) - len(rows)
        notes = (tell("{left} more equilibria are not listed", left=numeral(left)),) if left else ()
        return Sheet(
            tell("Equilibria, with the standards they meet"),
            ("state", tell("what is on"), *self._shown),
            tuple(rows),
            notes,
        )

    def _mixed_sheet(self) -> Sheet:
        numbers = self._mixed(self.own)
        rows = tuple((number + 1, StateTerm(self.texts[number])) for number in numbers[:SHOWN])
        own = listing(
            Phrase.told("{actor} {c} by {s}", actor=ActorTerm(actor), c=c, s=word(s))
            for actor, (c, s) in self.own.items()
        )
        left = len(numbers) - len(rows)
        notes = (
            Phrase.told("Each actor by its own concept: {own}.", own=own),
            *([tell("{left} more are not listed", left=numeral(left))] if left else []),
        )
        return Sheet(
            tell("Equilibria, each actor by its own concept: {number}", number=numeral(len(numbers))),
            ("state", tell("what is on")),
            rows,
            notes,
        )


def judged(
    family: str,
    case: Case,
    sides: Sequence[Side],
    *,
    concepts: Iterable[str],
    meanings: Mapping[str, str],
    weigh: Weigh,
    notes: tuple[str, ...] = (),
    progress: Progress = quiet,
) -> Family:
    """The verdicts on all states by every standard the sides share; `weigh` says how actors compare, for witnesses."""
    chosen, game = relational(concepts), case.game
    cells = game.states.tolist()
    return Family(
        basis=case.basis,
        family=family,
        actors=game.actors,
        standards=tuple(meanings),
        concepts=tuple(concept.id for concept in chosen),
        states=tuple(game.states_json(cells)),
        texts=tuple(game.texts(cells)),
        now=None if game.now is None else game.number(game.now),
        verdicts=judge(sides, chosen, case.sanctions, progress),
        meanings=meanings,
        finder=_finder(case, sides, chosen, weigh),
        notes=notes,
    )


def _finder(case: Case, sides: Sequence[Side], chosen: Sequence[Concept], weigh: Weigh) -> RelationalWitnesses:
    """Actors as parties; the others answer one by one."""
    pairs = enumerate(zip(case.game.actors, sides, strict=True))
    parties = {actor: Party(name=actor, players=(axis,), side=side) for axis, (actor, side) in pairs}
    credible = {a: replace(p, side=replace(p.side, moves=p.side.credible)) for a, p in parties.items()}

    def answering(judged: Party, kind: str) -> tuple[Party, ...]:
        by = credible if kind == "improvements" else parties
        return tuple(each for actor, each in by.items() if actor != judged.name)

    return RelationalWitnesses(
        case,
        parties=parties,
        concepts={concept.id: concept for concept in chosen},
        answering=answering,
        weigh=lambda reasons, party, s, t: weigh(reasons, party.players[0], s, t),
    )


def relational(names: Iterable[str]) -> tuple[Concept, ...]:
    """The named concepts; simultaneous stability is refused."""
    chosen = concepts(names)
    if any(concept.id == "sim" for concept in chosen):
        raise InputError(*NO_SIM)
    return chosen
