"""Coalitions: which states hold against actors who move together, and who would upset an equilibrium with whom.

The mathematics is that of `detente.jointly`: coalition moves, coalition improvements (every member strictly gains), and the
four concepts CNash, CGMR, CSMR, CSEQ. A state that is stable for every coalition is a *universal* coalition equilibrium.
A coalition improvement from an equilibrium of the plain concepts *upsets* it (the coalition need not carry it out: `deterred`
says under which coalition concepts it stays); if it leads to another equilibrium of the same concept it is an *equilibrium
jump*.

`as_one` asks something else: a fixed partition of the actors into blocks, each of which acts as one. A block moves
wherever its members can go together. By the default convention it improves if and only if every member strictly gains, and
anything else deters it; or it is given a list of wishes of its own. The blocks are then judged by the plain concepts.

Cost: see `detente.jointly`; models up to 4,096 states.

Source: Kilgour, Hipel, Fang & Peng 2001 (equilibrium jumps); Inohara & Hipel 2008 (the concepts).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = coalitions(Case(load("elmira_graph")))
>>> found.universal["cnash"]
('s8', 's9')
>>> [(each.members, each.state, each.target) for each in found.jumps()]
[(('ministry', 'uniroyal'), 's5', 's8')]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import CONCEPTS as PLAIN
from detente.case import Basis, Case
from detente.errors import InputError, UnknownName
from detente.jointly import CONCEPTS, Group, Jointly, check_size, groups_of
from detente.preferences import payoffs
from detente.scenario.model import Reading, Statement
from detente.sheet import Sheet, html_of
from detente.stability import Progress, quiet
from detente.stability.concepts import concepts as concept_rows
from detente.stability.relations import Indices, Side, Standard, Truths, judge, scored, side
from detente.steps import Ground, Weighing, weigh

LISTED = 200
"""Improvements and upsets listed at most; the rest are counted."""

AS_ONE = ("nash", "gmr", "smr", "seq", "sseq")
"""The concepts a partition can be judged by."""

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

    `universal` holds the states that are stable for each coalition looked at; `upsets` the first of `upset_count`.
    """

    basis: Basis
    concepts: tuple[str, ...]
    every: bool
    standings: tuple[Standing, ...]
    universal: Mapping[str, tuple[State, ...]]
    upsets: tuple[Upset, ...]
    upset_count: int
    words: Mapping[State, str]

    def standing(self, *members: str) -> Standing:
        """The coalition of just these members."""
        for each in self.standings:
            if set(each.members) == set(members):
                return each
        raise UnknownName("coalition", " + ".join(members), (" + ".join(each.members) for each in self.standings))

    def jumps(self, concept: str | None = None) -> tuple[Upset, ...]:
        """The upsets that lead from one equilibrium to another; of one concept, or of any."""
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
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Where coalitions are stable, the states that hold against all of them, and what would be upset."""
        return self._standings(), self._universal(), self._upsets()

    def _standings(self) -> Sheet:
        rows = ((" and ".join(e.members), e.count, *(len(e.stable[c]) for c in self.concepts)) for e in self.standings)
        note = "The columns of the concepts count the states in which the coalition is stable."
        return Sheet("Coalitions", ("coalition", "improvements", *self.concepts), tuple(rows), (note,))

    def _universal(self) -> Sheet:
        states = list(dict.fromkeys(state for found in self.universal.values() for state in found))
        rows = ((s, self.words.get(s, ""), *(s in self.universal[c] for c in self.concepts)) for s in states)
        title = "Stable for every coalition" if self.every else "Stable for the coalition asked about"
        return Sheet(title, ("state", "which is", *self.concepts), tuple(rows))

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
                ", ".join(each.equilibrium),
                " and ".join(each.members),
                each.target,
                ", ".join(each.jump),
                ", ".join(concept for concept, stays in each.deterred.items() if stays),
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
    wanted = _concepts(concepts, CONCEPTS)
    ground = Ground(case)
    together = Jointly.of(ground)
    groups = groups_of(together.everybody) if members is None else [_group(ground, members)]
    beyond = len(together.everybody) - len(groups[0]) if members is not None and "cseq" in wanted else 0
    check_size(together.states, len(groups) + 2**beyond - 1)
    return _Report(ground, together, wanted).answer(groups, members is None, progress)


def _concepts(chosen: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(each.lower() for each in chosen))
    for each in wanted:
        if each not in known:
            raise UnknownName("concept for coalitions", each, known)
    return wanted


def _group(ground: Ground, members: Iterable[str]) -> Group:
    """The numbers of the actors named."""
    named = [members] if isinstance(members, str) else list(members)
    if not named:
        raise InputError(
            "a coalition needs at least one member; name actors, or leave `members` out to look at all coalitions"
        )
    return frozenset(ground.conflict.index(each) for each in named)


class _Report:
    """From positions of states and numbers of actors to what people read."""

    def __init__(self, ground: Ground, together: Jointly, concepts: tuple[str, ...]) -> None:
        self.ground, self.together, self.concepts = ground, together, concepts
        self.cells = ground.conflict.states
        self.plain = ground.case.analyse(PLAIN)
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
        told = [state for states in shared.values() for state in states]
        told += [state for each in upsets for state in (each.state, each.target)]
        return Coalitions(
            basis=self.ground.case.basis,
            concepts=self.concepts,
            every=every,
            standings=tuple(self.standing(*each) for each in zip(groups, where, strict=True)),
            universal=shared,
            upsets=upsets,
            upset_count=len(pairs),
            words={state: self.ground.text(self.cell(state)) for state in dict.fromkeys(told)},
        )

    def members(self, group: Group) -> tuple[str, ...]:
        return tuple(self.ground.conflict.players[i].id for i in sorted(group))

    def listed(self, truths: Truths) -> tuple[State, ...]:
        return tuple(self.names[place] for place in np.flatnonzero(truths).tolist())

    def cell(self, state: State) -> int:
        return int(self.cells[self.names.index(state)])

    def standing(self, group: Group, where: Mapping[str, Truths]) -> Standing:
        better = self.together.improvements(group)
        pairs = zip(better.start[:LISTED].tolist(), better.end[:LISTED].tolist(), strict=True)
        listed = tuple((self.names[s], self.names[q]) for s, q in pairs)
        return Standing(self.members(group), len(better.start), listed, {c: self.listed(t) for c, t in where.items()})

    # --- upsets ---

    def upset_pairs(self, groups: Sequence[Group]) -> list[tuple[int, int, int]]:
        """(coalition, equilibrium, target) of every coalition improvement from an equilibrium, by equilibrium."""
        begin = np.logical_or.reduce(list(self.held.values()))
        found = []
        for at, group in enumerate(groups):
            better = self.together.improvements(group).where(begin[self.together.improvements(group).start])
            found += [(at, s, q) for s, q in zip(better.start.tolist(), better.end.tolist(), strict=True)]
        return sorted(found, key=lambda each: (each[1], each[0], each[2]))

    def upset(self, group: Group, where: Mapping[str, Truths], s: int, q: int) -> Upset:
        ground = self.ground
        here, there = int(self.cells[s]), int(self.cells[q])
        return Upset(
            state=self.names[s],
            equilibrium=tuple(concept for concept in PLAIN if self.held[concept][s]),
            members=self.members(group),
            target=self.names[q],
            lands=tuple(concept for concept in PLAIN if self.held[concept][q]),
            gains={
                ground.conflict.players[i].id: weigh(ground.conflict, ground.readings[i], here, there)
                for i in sorted(group)
            },
            deterred={concept: bool(where[concept][s]) for concept in self.concepts},
        )


# --- a coalition as one actor --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AsOne:
    """The blocks judged as single actors: equilibria per concept before (everybody alone) and after, and who is stable where.

    `blocks` maps the name of each block ("ministry + uniroyal") to its members; `wishes` says what it goes by.
    """

    basis: Basis
    blocks: Mapping[str, tuple[str, ...]]
    wishes: Mapping[str, str]
    alone: Mapping[str, tuple[State, ...]]
    together: Mapping[str, tuple[State, ...]]
    stable: Mapping[str, Mapping[str, tuple[State, ...]]]
    words: Mapping[State, str]

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria that only the blocks have."""
        return tuple(state for state in self.together[concept] if state not in self.alone[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria that the blocks no longer have."""
        return tuple(state for state in self.alone[concept] if state not in self.together[concept])

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "as_one",
            "basis": self.basis.to_json(),
            "blocks": {name: list(members) for name, members in self.blocks.items()},
            "wishes": dict(self.wishes),
            "alone": {concept: list(states) for concept, states in self.alone.items()},
            "together": {concept: list(states) for concept, states in self.together.items()},
            "stable": {c: {who: list(states) for who, states in each.items()} for c, each in self.stable.items()},
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The equilibria before and after, and what each block goes by."""
        rows = []
        for state, text in self.words.items():
            marks = [_mark(state in self.alone[c], state in self.together[c]) for c in self.together]
            rows.append((state, text, *marks))
        blocks = tuple((name, wish) for name, wish in self.wishes.items())
        return (
            Sheet("Equilibria when the blocks act as one", ("state", "which is", *self.together), tuple(rows)),
            Sheet("What each block goes by", ("block", "it improves when"), blocks),
        )

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _mark(before: bool, after: bool) -> str:
    return {(True, True): "yes", (False, True): "only together", (True, False): "only alone"}.get((before, after), "")


def as_one(
    case: Case,
    partition: Iterable[Iterable[str]],
    concepts: Iterable[str] = ("nash", "gmr", "smr", "seq"),
    *,
    wishes: Mapping[str, Iterable[str]] | None = None,
) -> AsOne:
    """Judge a fixed partition: each block of actors acts as one; actors not mentioned act alone.

    A block moves wherever legal sequences of its members lead. It improves if and only if every member strictly gains, and
    a state that is no such gain deters it; `wishes` gives a block (by its name, "a + b") a priority list of its own instead.
    """
    wanted, ground = _concepts(concepts, AS_ONE), Ground(case)
    together, blocks = Jointly.of(ground), _blocks(ground, partition)
    lists = {name: _reading(ground, name, texts, blocks) for name, texts in (wishes or {}).items()}
    sides = [_side(ground, together, group, lists.get(name)) for name, group in blocks.items()]
    verdicts = judge(sides, concept_rows(wanted), case.sanctions)
    report, plain = _Report(ground, together, ()), case.analyse(wanted)
    stable = {c: {name: v["plain"][c] for name, v in zip(blocks, verdicts, strict=True)} for c in wanted}
    alone = {c: report.listed(np.isin(report.cells, plain.equilibria(c))) for c in wanted}
    after = {c: report.listed(np.logical_and.reduce(list(stable[c].values()))) for c in wanted}
    told = {state for each in (*alone.values(), *after.values()) for state in each}
    return AsOne(
        basis=case.basis,
        blocks={name: report.members(group) for name, group in blocks.items()},
        wishes={name: _goes_by(group, lists.get(name)) for name, group in blocks.items()},
        alone=alone,
        together=after,
        stable={c: {name: report.listed(truths) for name, truths in each.items()} for c, each in stable.items()},
        words={state: ground.text(report.cell(state)) for state in report.names if state in told},
    )


def _blocks(ground: Ground, partition: Iterable[Iterable[str]]) -> dict[str, Group]:
    """The blocks by name, in the order of their first members; those who are not mentioned alone."""
    groups = [_group(ground, block) for block in partition]
    mentioned = [i for group in groups for i in group]
    twice = sorted({i for i in mentioned if mentioned.count(i) > 1})
    players = ground.conflict.players
    if twice:
        raise InputError(
            f"{players[twice[0]].id} stands in two blocks; a partition puts every actor in one block at most"
        )
    groups += [frozenset({i}) for i in range(len(players)) if i not in mentioned]
    return {" + ".join(players[i].id for i in sorted(group)): group for group in sorted(groups, key=min)}


def _reading(ground: Ground, name: str, texts: Iterable[str], blocks: Mapping[str, Group]) -> Reading:
    if name not in blocks:
        raise UnknownName("block", name, blocks)
    if isinstance(texts, str):
        raise InputError(f"the wishes of {name} are one text; expected a list of formulas, the most important first")
    return Reading("stated", "priorities", tuple(Statement(ground.scenario.formula(each), text=each) for each in texts))


def _side(ground: Ground, together: Jointly, group: Group, stated: Reading | None) -> Side:
    """A block as one side of the game."""
    moves = together.moves(group) if len(group) > 1 else together.arcs[min(group)]
    if stated is not None:
        return scored(moves, payoffs(ground.conflict, stated, ground.conflict.states).astype(np.int64))
    scores = [together.scores[i] for i in sorted(group)]

    def gain(s: Indices, t: Indices) -> Truths:
        return np.logical_and.reduce([u[t] > u[s] for u in scores])

    def no_gain(s: Indices, t: Indices) -> Truths:
        return np.asarray(~gain(s, t))

    return side(moves, gain, {"plain": Standard(gain, no_gain)})


def _goes_by(group: Group, stated: Reading | None) -> str:
    if stated is not None:
        return "its stated wishes: " + ", ".join(map(str, stated.statements))
    return "every member strictly gains" if len(group) > 1 else "it gains"
