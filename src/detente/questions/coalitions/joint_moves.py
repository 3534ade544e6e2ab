"""What coalitions can do and where they stand, in models small enough to list.

The mathematics. A coalition H goes from s to every state that legal sequences of moves of its members lead to, nobody
moving twice running: the joint reach R_H(s). A *coalition improvement* is a q in R_H(s) that every member likes strictly
better than s; they make up R_H++(s). A state y *deters* H at s if some member likes y no better than s. Then s is, for H,

| concept | stable when |
|---|---|
| cnash | there is no coalition improvement from s |
| cgmr | after every one of them, to x, the others' moves R_(N-H)(x) lead to a y that deters H at s |
| csmr | ... and everything in R_H(y) deters H at s as well |
| cseq | as cgmr, y reached from x by coalition improvements of coalitions of others, none moving twice running |

`sanctions` "one-step" lets one actor answer with one move (cgmr, csmr), or one coalition with one improvement (cseq).

How to use it: `Jointly.of(case)`, then `improvements` and `stable` for any set of actor numbers. Sets of states are packed,
64 to a word. Cost per coalition: its reach (moves × states / 64, times the length of the longest useful sequence), and for
csmr states² × states / 64 at worst; cseq needs the improvements of every coalition of the others. Up to `MOST_STATES` states
and `MOST_WORK` states times coalitions.

Source: Inohara & Hipel 2008, Coalition analysis in the graph model for conflict resolution, Systems Engineering 11: 343-359.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = Jointly.of(Case(load("elmira_graph")))
>>> pair = found.improvements(frozenset({0, 1}))
>>> [(s + 1, q + 1) for s, q in zip(pair.start.tolist(), pair.end.tolist())]
[(2, 4), (5, 8), (6, 8)]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs
from detente.engine import arcs_of
from detente.engine.arcs import Arcs, worst_answer
from detente.engine.concepts import Concept
from detente.engine.relations import Bits, Indices, Side, Standard, packed, reached, unpacked
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.explanation.find import Court
from detente.questions.explanation.hearing import Hearing, Party, Weighed
from detente.questions.preference_structures.reasons import by_members

CONCEPTS = ("cnash", "cgmr", "csmr", "cseq")
"""The concepts for coalitions, in the order they are shown."""

ROWS = {
    name: Concept(name, f"Coalition {name[1:].upper()}", answers, escape, "", "Inohara & Hipel 2008")
    for name, answers, escape in (
        ("cnash", "none", False),
        ("cgmr", "moves", False),
        ("csmr", "moves", True),
        ("cseq", "improvements", False),
    )
}
"""The same table as for the plain concepts: which answers count, and whether the coalition may escape."""

MOST_STATES = 1 << 12
"""States beyond this are refused."""

MOST_WORK = 1 << 18
"""States times coalitions beyond this are refused."""

Group = frozenset[int]
Truths = NDArray[np.bool_]


def groups_of(members: Iterable[int]) -> list[Group]:
    """Every coalition among these actors, the small ones first."""
    known = sorted(members)
    sizes = range(1, len(known) + 1)
    return [frozenset(each) for size in sizes for each in itertools.combinations(known, size)]


def group_of(game: Game, members: Iterable[str]) -> Group:
    """The numbers of the actors named (a single name will do)."""
    named = [members] if isinstance(members, str) else list(members)
    if not named:
        raise InputError("a coalition needs at least one member, and none is named; name actors of the model")
    return frozenset(game.conflict.index(each) for each in named)


def chosen_concepts(chosen: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The concepts asked for, each once; raises `UnknownName`."""
    wanted = tuple(dict.fromkeys(each.lower() for each in ([chosen] if isinstance(chosen, str) else chosen)))
    for each in wanted:
        if each not in known:
            raise UnknownName("concept", each, known)
    if not wanted:
        raise InputError(f"no concept is asked for; choose among {', '.join(known)}")
    return wanted


def refuse_large(game: Game, what: str) -> None:
    """Refuse models of more states than arcs are kept for, in terms of what was asked."""
    count = game.conflict.count
    if count > MOST_STATES:
        raise TooLarge(
            f"this model has {count:,} states; {what} are looked at up to {MOST_STATES:,}. "
            "Fix or hold options that do not matter."
        )


def check_size(states: int, coalitions: int) -> None:
    """Refuse what would take too long, before anything is computed."""
    if states > MOST_STATES:
        raise TooLarge(
            f"this model has {states:,} states; coalitions are analysed up to {MOST_STATES:,}. Fix or hold options that do not "
            "matter, or ask which coalitions gain by one goal (`joint`), which needs no list of states."
        )
    if states * coalitions > MOST_WORK:
        raise TooLarge(
            f"{coalitions:,} coalitions in {states:,} states are too many (at most {MOST_WORK // states:,} here). Ask about "
            "one coalition (`members`), leave out cseq (which looks at every coalition of the others), or fix options."
        )


@dataclass(frozen=True)
class Jointly:
    """The moves and scores of every actor between numbered states; what coalitions make of them is remembered."""

    arcs: tuple[Arcs, ...]
    scores: tuple[NDArray[np.int64], ...]
    sanctions: str = "legal"
    _known: dict[Group, Arcs] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, case: Case) -> Jointly:
        """The case as arcs between the positions of its states. Raises `TooLarge` beyond `MOST_STATES`."""
        game = case.game
        conflict = game.conflict
        check_size(conflict.count, 1)
        arcs = tuple(arcs_of(conflict, axis) for axis in range(len(conflict.players)))
        scores = (payoffs(conflict, reading, conflict.states).astype(np.int64) for reading in game.readings)
        return cls(arcs, tuple(scores), case.sanctions)

    @property
    def states(self) -> int:
        return len(self.scores[0])

    @property
    def everybody(self) -> Group:
        return frozenset(range(len(self.arcs)))

    # --- moving together ---

    def reach(self, group: Group, sanctions: str = "legal") -> Bits:
        """Row s: where the group can go from s, packed."""
        nothing = np.zeros((self.states, -(-self.states // 64)), dtype=np.uint64)
        movers = [self.arcs[i] for i in sorted(group)]
        return reached(movers, np.arange(self.states), sanctions) if movers else nothing

    def gains(self, group: Group, rows: Any = slice(None)) -> Truths:
        """[s, t]: every member likes t strictly better than s; for the given rows s."""
        scores = [self.scores[i] for i in sorted(group)]
        return np.asarray(np.logical_and.reduce([u[None, :] > u[rows, None] for u in scores]))

    def moves(self, group: Group) -> Arcs:
        """The joint moves as arcs (to another state)."""
        pairs = unpacked(self.reach(group), self.states)
        np.fill_diagonal(pairs, val=False)
        return Arcs(self.states, *np.nonzero(pairs))

    def improvements(self, group: Group) -> Arcs:
        """The coalition improvements."""
        if group not in self._known:
            pairs = unpacked(self.reach(group), self.states) & self.gains(group)
            self._known[group] = Arcs(self.states, *np.nonzero(pairs))
        return self._known[group]

    # --- why ---

    def hearing(self, case: Case, groups: Iterable[Group], concepts: Iterable[str] = CONCEPTS) -> Hearing:
        """What the witnesses of these coalitions need: each as a party, and who answers it."""
        court, names = Court(case), list(case.actors)
        parties = [self._party(names, group, self.moves(group)) for group in groups]

        def answerers(judged: Party, kind: str) -> tuple[Party, ...]:
            others = self.everybody - frozenset(judged.players)
            if kind == "moves":
                return tuple(self._party(names, frozenset({i}), self.arcs[i]) for i in sorted(others))
            return tuple(self._party(names, group, self.improvements(group)) for group in groups_of(others))

        def weigh(party: Party, s: int, t: int) -> Weighed:
            return by_members(court, party.players, self.scores, s, t)

        rows = {name: ROWS[name] for name in concepts}
        return Hearing(court, {party.name: party for party in parties}, rows, answerers, weigh)

    def _party(self, names: list[str], group: Group, moves: Arcs) -> Party:
        scores = [self.scores[i] for i in sorted(group)]

        def gain(s: Indices, t: Indices) -> Truths:
            return np.asarray(np.logical_and.reduce([u[t] > u[s] for u in scores]))

        def no_gain(s: Indices, t: Indices) -> Truths:
            return np.asarray(~gain(s, t))

        players = tuple(sorted(group))
        standard = {"coalition": Standard(gain, no_gain)}
        return Party(" + ".join(names[i] for i in players), players, Side(moves, moves, standard))

    # --- standing ---

    def stable(self, group: Group, concept: str) -> Truths:
        """In which states the group is stable; `concept` is one of `CONCEPTS`."""
        better = self.improvements(group)
        answers: list[Arcs] = []
        if concept == "cseq":
            answers = [self.improvements(other) for other in groups_of(self.everybody - group)]
        elif concept != "cnash":
            answers = [self.arcs[j] for j in sorted(self.everybody - group)]
        stable = np.ones(self.states, dtype=np.bool_)
        stable[better.start[~self._answered(group, better, answers)]] = False
        return stable & self._inescapable(group, better, stable) if concept == "csmr" else stable

    def _answered(self, group: Group, better: Arcs, answers: list[Arcs]) -> Truths:
        """Which improvements can be followed by something no better for some member."""
        worst = ((self.scores[i], worst_answer(self.scores[i], answers, self.sanctions)) for i in sorted(group))
        met = (w[better.end] <= u[better.start] for u, w in worst)
        return np.asarray(np.logical_or.reduce(list(met)))

    def _inescapable(self, group: Group, better: Arcs, candidates: Truths) -> Truths:
        """Where every improvement has an answer from which the group reaches nothing that is better for all of it."""
        own, others = self.reach(group), self.reach(self.everybody - group, self.sanctions)
        result = candidates.copy()
        for s in np.unique(better.start[candidates[better.start]]).tolist():
            good = self.gains(group, [s])
            escaped = (own & packed(good)).any(axis=1)
            held = packed(~good & ~escaped)
            targets = better.end[slice(*np.searchsorted(better.start, [s, s + 1]))]
            result[s] = bool((others[targets] & held).any(axis=1).all())
        return result
