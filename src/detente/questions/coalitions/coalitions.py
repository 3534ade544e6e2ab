"""Coalitions: which states hold against actors who move together, and who would upset an equilibrium with whom.

The mathematics is that of `coalitions.joint_moves`: coalition moves, coalition improvements (every member strictly
gains), and the four concepts CNash, CGMR, CSMR, CSEQ. A state that is stable for every coalition is a *universal*
coalition equilibrium. A coalition improvement from an equilibrium of the plain concepts *upsets* it (the coalition
need not carry it out: `deterred` says under which coalition concepts it stays); if it leads to another equilibrium of
the same concept it is an *equilibrium jump*.

Cost: see `coalitions.joint_moves`; models up to 4,096 states.

Source: Kilgour, Hipel, Fang & Peng 2001 (equilibrium jumps); Inohara & Hipel 2008 (the concepts).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = coalitions(Case(load("elmira_graph")))
>>> found.universal["cnash"]
('s8', 's9')
>>> [(each.members, each.state, each.target) for each in found.jumps("nash")]
[(('ministry', 'uniroyal'), 's5', 's8')]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import CONCEPTS as PLAIN
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.errors import UnknownName
from detente.questions.coalitions.joint_moves import (
    CONCEPTS,
    Group,
    Jointly,
    Truths,
    check_size,
    chosen_concepts,
    group_of,
    groups_of,
)
from detente.questions.evolution.steps import Weighing, weigh
from detente.questions.explanation.account import TOLD, Account, account
from detente.sheet import Sheet, html_of

LISTED = 200
"""Improvements and upsets listed at most; the rest are counted."""

State = int | str
"""A state in a result: its name, or its number in state order from 1."""


@dataclass(frozen=True)
class Standing:
    """One coalition: the first of its `count` improvements (from, to), and where it is stable under each concept."""

    members: tuple[str, ...]
    count: int
    improvements: tuple[tuple[State, State], ...]
    stable: Mapping[str, tuple[State, ...]]

    def to_json(self) -> dict[str, Any]:
        return {
            "members": list(self.members),
            "count": self.count,
            "improvements": [list(pair) for pair in self.improvements],
            "stable": {concept: list(states) for concept, states in self.stable.items()},
        }


@dataclass(frozen=True)
class Upset:
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

    @property
    def jump(self) -> tuple[str, ...]:
        """The concepts under which this is a jump from one equilibrium to another."""
        return tuple(concept for concept in self.equilibrium if concept in self.lands)

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "equilibrium": list(self.equilibrium),
            "members": list(self.members),
            "target": self.target,
            "lands": list(self.lands),
            "jump": list(self.jump),
            "gains": {actor: weighing.to_json() for actor, weighing in self.gains.items()},
            "deterred": dict(self.deterred),
        }


@dataclass(frozen=True)
class Coalitions:
    """The answer; see the module's opening. `every` says whether all coalitions were looked at.

    `universal` holds the states that are stable for each coalition looked at; `upsets` the first of `upset_count`:
    the `jump_count` jumps, then the others.
    """

    basis: Basis
    concepts: tuple[str, ...]
    every: bool
    standings: tuple[Standing, ...]
    universal: Mapping[str, tuple[State, ...]]
    upsets: tuple[Upset, ...]
    upset_count: int
    jump_count: int
    words: Mapping[State, str]

    def standing(self, *members: str) -> Standing:
        """The coalition of just these members."""
        for each in self.standings:
            if set(each.members) == set(members):
                return each
        raise UnknownName("coalition", " + ".join(members), (" + ".join(each.members) for each in self.standings))

    def jumps(self, concept: str | None = None) -> tuple[Upset, ...]:
        """The listed upsets that lead from one equilibrium to another; of one concept, or of any."""
        return tuple(each for each in self.upsets if (concept in each.jump if concept else each.jump))

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "coalitions",
            "basis": self.basis.to_json(),
            "concepts": list(self.concepts),
            "every": self.every,
            "coalitions": [each.to_json() for each in self.standings],
            "universal": {concept: list(states) for concept, states in self.universal.items()},
            "upsets": [each.to_json() for each in self.upsets],
            "upset_count": self.upset_count,
            "jump_count": self.jump_count,
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Where coalitions are stable, the states that hold against all of them, and what would be upset."""
        return self._standings(), self._universal(), self._upsets()

    def _standings(self) -> Sheet:
        rows = ((" and ".join(e.members), e.count, *(len(e.stable[c]) for c in self.concepts)) for e in self.standings)
        note = "The columns of the concepts count the states in which the coalition is stable."
        return Sheet("Coalitions", ("coalition", "improvements", *map(label, self.concepts)), tuple(rows), (note,))

    def _universal(self) -> Sheet:
        states = [state for state in self.words if any(state in found for found in self.universal.values())]
        rows = ((s, self.words[s], *(s in self.universal[c] for c in self.concepts)) for s in states)
        title = "Stable for every coalition" if self.every else "Stable for the coalition asked about"
        return Sheet(title, ("state", "which is", *map(label, self.concepts)), tuple(rows))

    def _upsets(self) -> Sheet:
        columns = (
            "equilibrium",
            "under",
            "coalition",
            "goes to",
            "a jump under",
            "stays under",
            "what decides for whom",
        )
        rows = tuple(
            (
                each.state,
                ", ".join(map(label, each.equilibrium)),
                " and ".join(each.members),
                each.target,
                ", ".join(map(label, each.jump)),
                ", ".join(label(concept) for concept, stays in each.deterred.items() if stays),
                "; ".join(f"{actor}: {weighing.statement}" for actor, weighing in each.gains.items()),
            )
            for each in self.upsets
        )
        left = self.upset_count - len(rows)
        return Sheet(
            "Who would upset an equilibrium", columns, rows, (f"{left:,} more are not listed.",) if left else ()
        )

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def coalitions(
    case: Case,
    members: Iterable[str] | None = None,
    concepts: Iterable[str] = CONCEPTS,
    *,
    progress: Progress = quiet,
) -> Coalitions:
    """Where coalitions are stable, and which equilibria they would upset.

    `members` names one coalition (default: every coalition is looked at); `concepts` are among cnash, cgmr, csmr, cseq.
    Raises `TooLarge` beyond 4,096 states, or too many coalitions for the number of states.
    """
    wanted = chosen_concepts(concepts, CONCEPTS)
    together = Jointly.of(case)
    groups = groups_of(together.everybody) if members is None else [group_of(case.game, members)]
    beyond = len(together.everybody) - len(groups[0]) if members is not None and "cseq" in wanted else 0
    check_size(together.states, len(groups) + 2**beyond - 1)
    return _Report(case, together, wanted).answer(groups, members is None, progress)


def coalitions_explained(
    case: Case,
    state: int | str | Mapping[str, Any] | None = None,
    members: Iterable[str] | None = None,
    concepts: Iterable[str] = ("cseq",),
    *,
    told: int = TOLD,
) -> Account:
    """Why a state (default: the status quo) is stable for a coalition (default: for every one), or why not.

    Under each of the `concepts`: every coalition improvement, and a shortest answer to it. Sizes as for `coalitions`.
    """
    wanted = chosen_concepts(concepts, CONCEPTS)
    together = Jointly.of(case)
    groups = groups_of(together.everybody) if members is None else [group_of(case.game, members)]
    check_size(together.states, len(groups_of(together.everybody)))
    place = int(np.searchsorted(case.game.states, case.game.cell(state)))
    hearing = together.hearing(case, groups)
    return account(hearing, place, title="Coalitions", meanings={}, concepts=wanted, told=told)


class _Report:
    """From positions of states and numbers of actors to what people read."""

    def __init__(self, case: Case, together: Jointly, concepts: tuple[str, ...]) -> None:
        self.case, self.together, self.concepts = case, together, concepts
        self.cells = case.game.states
        self.plain = case.analyse(PLAIN)
        self.names: list[State] = self.plain.numbers(self.cells)
        self.held = {concept: np.isin(self.cells, self.plain.equilibria(concept)) for concept in PLAIN}

    def answer(self, groups: Sequence[Group], every: bool, progress: Progress) -> Coalitions:
        where: list[dict[str, Truths]] = []
        for done, group in enumerate(groups):
            progress(done, len(groups), " and ".join(self.members(group)))
            where.append({concept: self.together.stable(group, concept) for concept in self.concepts})
        shared = {c: self.listed(np.logical_and.reduce([each[c] for each in where])) for c in self.concepts}
        pairs = self.upset_pairs(groups)
        upsets = tuple(self.upset(groups[at], where[at], s, q) for at, s, q in pairs[:LISTED])
        told = {state for states in shared.values() for state in states}
        told |= {state for each in upsets for state in (each.state, each.target)}
        return Coalitions(
            basis=self.case.basis,
            concepts=self.concepts,
            every=every,
            standings=tuple(self.standing(*each) for each in zip(groups, where, strict=True)),
            universal=shared,
            upsets=upsets,
            upset_count=len(pairs),
            jump_count=sum(self.is_jump(s, q) for _, s, q in pairs),
            words={
                name: self.case.game.text(cell)
                for name, cell in zip(self.names, self.cells.tolist(), strict=True)
                if name in told
            },
        )

    def members(self, group: Group) -> tuple[str, ...]:
        return tuple(self.case.game.conflict.players[i].id for i in sorted(group))

    def listed(self, truths: Truths) -> tuple[State, ...]:
        return tuple(self.names[place] for place in np.flatnonzero(truths).tolist())

    def numbered(self) -> Iterator[tuple[State, int]]:
        return zip(self.names, self.cells.tolist(), strict=True)

    def standing(self, group: Group, where: Mapping[str, Truths]) -> Standing:
        better = self.together.improvements(group)
        pairs = zip(better.start[:LISTED].tolist(), better.end[:LISTED].tolist(), strict=True)
        listed = tuple((self.names[s], self.names[q]) for s, q in pairs)
        return Standing(self.members(group), len(better.start), listed, {c: self.listed(t) for c, t in where.items()})

    # --- upsets ---

    def upset_pairs(self, groups: Sequence[Group]) -> list[tuple[int, int, int]]:
        """(coalition, equilibrium, target) of every coalition improvement from an equilibrium: jumps first, by equilibrium."""
        begin = np.logical_or.reduce(list(self.held.values()))
        found = []
        for at, group in enumerate(groups):
            better = self.together.improvements(group).where(begin[self.together.improvements(group).start])
            found += [(at, s, q) for s, q in zip(better.start.tolist(), better.end.tolist(), strict=True)]
        return sorted(found, key=lambda each: (not self.is_jump(each[1], each[2]), each[1], each[0], each[2]))

    def is_jump(self, s: int, q: int) -> bool:
        return any(bool(held[s] and held[q]) for held in self.held.values())

    def upset(self, group: Group, where: Mapping[str, Truths], s: int, q: int) -> Upset:
        game = self.case.game
        here, there = int(self.cells[s]), int(self.cells[q])
        return Upset(
            state=self.names[s],
            equilibrium=tuple(concept for concept in PLAIN if self.held[concept][s]),
            members=self.members(group),
            target=self.names[q],
            lands=tuple(concept for concept in PLAIN if self.held[concept][q]),
            gains={
                game.conflict.players[i].id: weigh(game.conflict, game.readings[i], here, there) for i in sorted(group)
            },
            deterred={concept: bool(where[concept][s]) for concept in self.concepts},
        )
