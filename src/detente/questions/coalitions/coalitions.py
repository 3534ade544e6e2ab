"""Coalitions: which states hold against actors who move together, and who would upset an equilibrium with whom.

The mathematics is that of `coalitions.coalition_moves`: coalition moves, coalition improvements (every member strictly
gains), and the four concepts CNash, CSEQ, CSMR, CGMR. A state that is stable for every coalition is a *universal*
coalition equilibrium. A coalition improvement from an equilibrium of the plain concepts *upsets* it (the coalition
need not carry it out: `deterred` says under which coalition concepts it stays); if it leads to another equilibrium of
the same concept it is an *equilibrium jump*.

Cost: see `coalitions.coalition_moves`; models up to 4,096 states.

Source: Kilgour, Hipel, Fang & Peng 2001 (equilibrium jumps); Inohara & Hipel 2008 (the concepts).

>>> from detente.scenario import load
>>> found = coalitions(Case(load("elmira_graph")))
>>> found.universal["cnash"]
('s8', 's9')
>>> [(each.members, each.state, each.target) for each in found.jumps("nash")]
[(('ministry', 'uniroyal'), 's5', 's8')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from detente.case import CONCEPTS as PLAIN
from detente.case import Basis, Case
from detente.conflict.states import State, StateTexts, state_term
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.engine.listed_game import Truths
from detente.errors import UnknownName
from detente.messages import numeral, tell
from detente.questions.coalitions.coalition_moves import (
    CONCEPTS,
    CoalitionMoves,
    Group,
    chosen_concepts,
    groups_of,
)
from detente.questions.evolution.steps import Weighing, deciders_phrase, weigh
from detente.questions.explanation.explain import TOLD, RelationalExplanation, explain_relations
from detente.result import Answer, Record
from detente.sheet import ActorTerm, Gloss, Phrase, Sheet, many, names_of, together

MOST_SHOWN = 200
"""Improvements and upsets listed at most; the rest are counted."""

FEW = 12
"""Upsets that a person is shown; the jumps are the first."""


@dataclass(frozen=True, kw_only=True)
class CoalitionStability(Record):
    """One coalition: the first of its `count` improvements (from, to), and where it is stable under each concept."""

    members: tuple[str, ...]
    count: int
    improvements: tuple[tuple[State, State], ...]
    stable: Mapping[str, tuple[State, ...]]


@dataclass(frozen=True, kw_only=True)
class Upset(Record):
    """A coalition improvement from an equilibrium: of which plain concepts, to what, who gains by which wish.

    `lands` are the plain concepts under which the target is an equilibrium too; `deterred` says under which coalition
    concepts the coalition stays nevertheless, because what the others could then do is bad for some member.
    """

    state: State
    equilibrium: tuple[str, ...]
    members: tuple[str, ...]
    target: State
    lands: tuple[str, ...]
    gains: Mapping[str, Weighing]
    deterred: Mapping[str, bool]

    DERIVED = ("jump",)

    @property
    def jump(self) -> tuple[str, ...]:
        """The concepts under which this is a jump from one equilibrium to another."""
        return tuple(concept for concept in self.equilibrium if concept in self.lands)


@dataclass(frozen=True, repr=False, kw_only=True)
class Coalitions(Answer):
    """The answer; see the module's opening. `every` says whether all coalitions were looked at.

    `universal` holds the states that are stable for every coalition (nothing, unless `every`); `upsets` the first of
    `upset_count`: the `jump_count` jumps, then the others. `states` says what the states in it are.
    """

    basis: Basis
    concepts: tuple[str, ...]
    every: bool
    coalitions: tuple[CoalitionStability, ...]
    universal: Mapping[str, tuple[State, ...]]
    upsets: tuple[Upset, ...]
    upset_count: int
    jump_count: int
    states: StateTexts

    question: ClassVar[str] = "coalitions"
    DERIVED = ("question",)

    def coalition(self, *members: str) -> CoalitionStability:
        """The coalition of just these members."""
        for each in self.coalitions:
            if set(each.members) == set(members):
                return each
        raise UnknownName("coalition", " + ".join(members), (" + ".join(each.members) for each in self.coalitions))

    def jumps(self, concept: str | None = None) -> tuple[Upset, ...]:
        """The listed upsets that lead from one equilibrium to another; of one concept, or of any."""
        return tuple(each for each in self.upsets if (concept in each.jump if concept else each.jump))

    @property
    def headline(self) -> Phrase:
        """Whether coalitions would upset an equilibrium, and which one first."""
        if not self.upset_count:
            return Phrase.told("No coalition would leave an equilibrium together.")
        jump = (
            tell(", {jump_count} of them to another equilibrium", jump_count=numeral(self.jump_count))
            if self.jump_count
            else ""
        )
        together = [each for each in self.upsets if len(each.members) > 1]
        several = (
            Phrase.told("; for one, {members} would together", members=names_of(map(ActorTerm, together[0].members)))
            if together
            else ""
        )
        alone = "" if together else tell("; those listed are of single actors")
        return Phrase.told(
            "Equilibria could be left for the good of every mover in {number}{jump}{several}{alone}.",
            number=many(self.upset_count, "way"),
            jump=jump,
            several=several,
            alone=alone,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Where coalitions are stable, the states that hold against all of them, and what would be upset."""
        return self._coalitions(), self._universal(), self._upsets(len(self.upsets))

    def gist(self) -> tuple[Sheet, ...]:
        """The same with the first few of what would be upset."""
        return self._coalitions(), self._universal(), self._upsets(FEW)

    def _coalitions(self) -> Sheet:
        rows = tuple(
            (together(each.members), each.count, *(len(each.stable[concept]) for concept in self.concepts))
            for each in self.coalitions
        )
        note = Gloss.told("The columns of the concepts count the states in which the coalition is stable.")
        return Sheet(tell("Coalitions"), ("coalition", "improvements", *map(label, self.concepts)), rows, (note,))

    def _universal(self) -> Sheet:
        # Of one coalition there is nothing universal to tell, only where it is stable itself.
        firm = self.universal if self.every else self.coalitions[0].stable
        rows = tuple(
            (state_term(state), text, *(state in firm[concept] for concept in self.concepts))
            for state, text in self.states.items()
            if any(state in stable for stable in firm.values())
        )
        title = tell("Stable for every coalition") if self.every else tell("Stable for the coalition asked about")
        return Sheet(title, ("state", tell("which is"), *map(label, self.concepts)), rows)

    def _upsets(self, most: int) -> Sheet:
        columns = (
            "equilibrium",
            "under",
            "coalition",
            tell("goes to"),
            tell("a jump under"),
            tell("stays under"),
            tell("what decides for whom"),
        )
        rows = tuple(
            (
                state_term(each.state),
                ", ".join(map(label, each.equilibrium)),
                together(each.members),
                state_term(each.target),
                ", ".join(map(label, each.jump)),
                ", ".join(label(concept) for concept, stays in each.deterred.items() if stays),
                deciders_phrase(each.gains),
            )
            for each in self.upsets[:most]
        )
        left = self.upset_count - len(rows)
        notes = (tell("{left} more are not listed.", left=numeral(left)),) if left else ()
        return Sheet(tell("Who would upset an equilibrium"), columns, rows, notes)


def coalitions(
    case: Case,
    members: Iterable[str] | None = None,
    concepts: Iterable[str] = CONCEPTS,
    *,
    progress: Progress = quiet,
) -> Coalitions:
    """Where coalitions are stable, and which equilibria they would upset.

    `members` names one coalition (default: every coalition is looked at); `concepts` are among cnash, cseq, csmr, cgmr.
    Raises `TooLarge` beyond 4,096 states, or too many coalitions for the number of states.
    """
    wanted, moves = chosen_concepts(concepts, CONCEPTS), CoalitionMoves.of(case)
    groups = moves.groups(members)
    # Of one coalition only cseq needs more than its own moves: the improvements of every coalition of the others.
    beyond = len(moves.everybody) - len(groups[0]) if members is not None and "cseq" in wanted else 0
    moves.require(len(groups) + 2**beyond - 1)
    return _Survey(case, moves, wanted).answer(groups, members is None, progress)


def coalitions_explained(
    case: Case,
    state: int | str | Mapping[str, Any] | None = None,
    members: Iterable[str] | None = None,
    concepts: Iterable[str] = ("cseq",),
    *,
    told: int = TOLD,
) -> RelationalExplanation:
    """Why a state (default: the status quo) is stable for a coalition (default: for every one), or why not.

    Under each of the `concepts`: every coalition improvement, and a shortest answer to it. Sizes as for `coalitions`.
    """
    wanted, moves = chosen_concepts(concepts, CONCEPTS), CoalitionMoves.of(case)
    groups = moves.groups(members)
    moves.require(len(groups_of(moves.everybody)))
    place = moves.listed.place(case.game.cell(state))
    finder = moves.witnesses(case, groups)
    return explain_relations(
        finder, place, family=tell("Coalitions"), meanings={}, concepts=wanted, told=told, judged="coalition"
    )


@dataclass(frozen=True)
class _Survey:
    """The coalitions asked about, one after the other, and what they would upset."""

    case: Case
    moves: CoalitionMoves
    concepts: tuple[str, ...]

    @cached_property
    def held(self) -> dict[str, Truths]:
        """Per plain concept which states are equilibria."""
        plain, cells = self.case.analyse(PLAIN), self.case.game.states
        return {concept: np.isin(cells, plain.equilibria(concept)) for concept in PLAIN}

    def answer(self, groups: Sequence[Group], every: bool, progress: Progress) -> Coalitions:
        stable: list[dict[str, Truths]] = []
        for done, group in enumerate(groups):
            progress(done, len(groups), " and ".join(self.moves.members(group)))
            stable.append({concept: self.moves.stable(group, concept) for concept in self.concepts})
        listed = self.moves.listed
        shared = {c: listed.named(np.logical_and.reduce([each[c] for each in stable])) for c in self.concepts}
        triples = self.upsetting(groups)
        upsets = tuple(self.upset(groups[at], stable[at], s, q) for at, s, q in triples[:MOST_SHOWN])
        shown = {state for states in shared.values() for state in states}  # of one coalition: where it is stable
        shown |= {state for each in upsets for state in (each.state, each.target)}
        return Coalitions(
            basis=self.case.basis,
            concepts=self.concepts,
            every=every,
            coalitions=tuple(map(self.stability, groups, stable)),
            universal=shared if every else {},
            upsets=upsets,
            upset_count=len(triples),
            jump_count=sum(self.is_jump(s, q) for _, s, q in triples),
            states=listed.texts(shown),
        )

    def stability(self, group: Group, stable: Mapping[str, Truths]) -> CoalitionStability:
        better, names = self.moves.improvements(group), self.moves.listed.names
        pairs = zip(better.start[:MOST_SHOWN].tolist(), better.end[:MOST_SHOWN].tolist(), strict=True)
        return CoalitionStability(
            members=self.moves.members(group),
            count=len(better.start),
            improvements=tuple((names[s], names[q]) for s, q in pairs),
            stable={concept: self.moves.listed.named(truths) for concept, truths in stable.items()},
        )

    # --- upsets ---

    def upsetting(self, groups: Sequence[Group]) -> list[tuple[int, int, int]]:
        """(coalition, equilibrium, target) of every coalition improvement from an equilibrium: jumps first, by equilibrium."""
        begin = np.logical_or.reduce(list(self.held.values()))
        triples = []
        for at, group in enumerate(groups):
            better = self.moves.improvements(group)
            better = better.where(begin[better.start])
            triples += [(at, s, q) for s, q in zip(better.start.tolist(), better.end.tolist(), strict=True)]
        return sorted(triples, key=lambda each: (not self.is_jump(each[1], each[2]), each[1], each[0], each[2]))

    def is_jump(self, s: int, q: int) -> bool:
        return any(bool(held[s] and held[q]) for held in self.held.values())

    def upset(self, group: Group, stable: Mapping[str, Truths], s: int, q: int) -> Upset:
        game, listed = self.case.game, self.moves.listed
        here, there = listed.cell(s), listed.cell(q)
        return Upset(
            state=listed.names[s],
            equilibrium=tuple(concept for concept in PLAIN if self.held[concept][s]),
            members=self.moves.members(group),
            target=listed.names[q],
            lands=tuple(concept for concept in PLAIN if self.held[concept][q]),
            gains={game.actors[i]: weigh(game.conflict, game.readings[i], here, there) for i in sorted(group)},
            deterred={concept: bool(stable[concept][s]) for concept in self.concepts},
        )
