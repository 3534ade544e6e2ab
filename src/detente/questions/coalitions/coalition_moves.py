"""Coalition moves: what several actors can do together, and where they stand, in models small enough to list.

The mathematics. A coalition H goes from s to every state that legal sequences of moves of its members lead to, nobody
moving twice running: the joint reach R_H(s). A *coalition improvement* is a q in R_H(s) that every member likes strictly
better than s; they make up R_H++(s). A state y *deters* H at s if some member likes y no better than s. Then s is, for H,

| concept | stable when |
|---|---|
| cnash | there is no coalition improvement from s |
| cseq | after every one, to x, coalition improvements of others, none moving twice running, lead to a y that deters H at s |
| csmr | after every one, to x, the others' moves R_(N-H)(x) lead to a y that deters H at s, and so does everything in R_H(y) |
| cgmr | after every one, to x, the others' moves R_(N-H)(x) lead to a y that deters H at s |

`sanctions` "one-step" lets one actor answer with one move (cgmr, csmr), or one coalition with one improvement (cseq).

How to use it: `CoalitionMoves.of(case)`, then `improvements` and `stable` for any set of actor numbers. Sets of states are
packed, 64 to a word. Cost per coalition: its reach (moves × states / 64, times the length of the longest useful sequence),
and for csmr states² × states / 64 at worst; cseq needs the improvements of every coalition of the others. Up to
`listed_game.MOST_STATES` states and `MOST_WORK` states times coalitions.

Source: Inohara & Hipel 2008, Coalition analysis in the graph model for conflict resolution, Systems Engineering 11: 343-359.

>>> from detente.scenario import load
>>> moves = CoalitionMoves.of(Case(load("elmira_graph")))
>>> pair = moves.improvements(moves.group(["ministry", "uniroyal"]))
>>> [(s + 1, q + 1) for s, q in zip(pair.start.tolist(), pair.end.tolist())]
[(2, 4), (5, 8), (6, 8)]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Case
from detente.engine.arcs import Arcs, worst_answer
from detente.engine.concepts import Concept
from detente.engine.listed_game import ListedGame, Truths
from detente.engine.relations import Bits, Indices, Side, Standard, packed, reached, unpacked
from detente.errors import Cure, InputError, TooLarge, refuse_unknown
from detente.messages import later, numeral, tell
from detente.questions.explanation.find import RelationalWitnesses
from detente.questions.explanation.reasons import Reasons
from detente.questions.explanation.relation_search import Party
from detente.questions.explanation.witness import Weighed
from detente.questions.preference_structures.reasons import by_members

CONCEPTS = ("cnash", "cseq", "csmr", "cgmr")
"""The concepts for coalitions, in the order they are shown."""

ROWS = {
    name: Concept(name, f"Coalition {name[1:].upper()}", answers, escape, "", later("Inohara & Hipel 2008"))
    for name, answers, escape in (
        ("cnash", "none", False),
        ("cseq", "improvements", False),
        ("csmr", "moves", True),
        ("cgmr", "moves", False),
    )
}
"""The same table as for the plain concepts: which answers count, and whether the coalition may escape."""

MOST_WORK = 1 << 18
"""States times coalitions beyond this are refused."""

Group = frozenset[int]
"""A coalition, by the numbers of its members."""


def groups_of(members: Iterable[int]) -> list[Group]:
    """Every coalition among these actors, the small ones first."""
    known = sorted(members)
    sizes = range(1, len(known) + 1)
    return [frozenset(each) for size in sizes for each in itertools.combinations(known, size)]


def chosen_concepts(chosen: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The concepts asked for, each once; raises `UnknownName`."""
    wanted = tuple(dict.fromkeys(each.lower() for each in ([chosen] if isinstance(chosen, str) else chosen)))
    refuse_unknown("concept", known, *wanted)
    if not wanted:
        raise InputError(tell("no concept is asked for; choose among {known}", known=", ".join(known)))
    return wanted


@dataclass(frozen=True, eq=False)
class CoalitionMoves:
    """What the coalitions of a listed game can do; the improvements that are asked for are kept."""

    listed: ListedGame
    sanctions: str = "legal"

    @classmethod
    def of(cls, case: Case) -> CoalitionMoves:
        """The coalition moves of a case. Raises `TooLarge` beyond `listed_game.MOST_STATES` states."""
        instead = (
            tell(", or ask which coalitions gain by one goal ("),
            Cure.GOAL,
            tell("), which needs no list of states"),
        )
        return cls(ListedGame.of(case.game, "coalitions", *instead), case.sanctions)

    # --- coalitions ---

    @property
    def everybody(self) -> Group:
        return frozenset(range(len(self.listed.game.actors)))

    def group(self, members: Iterable[str]) -> Group:
        """The numbers of the actors named (a single name will do)."""
        named = [members] if isinstance(members, str) else list(members)
        if not named:
            raise InputError(tell("a coalition needs at least one member, and none is named; name actors of the model"))
        return frozenset(map(self.listed.game.index, named))

    def groups(self, members: Iterable[str] | None) -> list[Group]:
        """The one coalition of these members, or every coalition there is."""
        return groups_of(self.everybody) if members is None else [self.group(members)]

    def members(self, group: Group) -> tuple[str, ...]:
        """The identifiers of a coalition's members, in the order of the file."""
        return tuple(self.listed.game.actors[i] for i in sorted(group))

    def name(self, group: Group) -> str:
        """`us + nk`: a coalition where it is treated as one."""
        return " + ".join(self.members(group))

    def require(self, coalitions: int) -> None:
        """Refuse (`TooLarge`) what would take too long, before anything is computed."""
        states = self.listed.count
        if states * coalitions > MOST_WORK:
            raise TooLarge(
                tell(
                    "{coalitions} coalitions in {states} states are too many (at most {most_work} here). Ask "
                    "about one coalition (",
                    coalitions=numeral(coalitions),
                    states=numeral(states),
                    most_work=numeral(MOST_WORK // states),
                ),
                Cure.MEMBERS,
                tell("), leave out cseq (which looks at every coalition of the others), or fix options."),
            )

    # --- moving together ---

    def reach(self, group: Group, sanctions: str = "legal") -> Bits:
        """Row s: where the group can go from s, packed."""
        states = self.listed.count
        if not group:
            return np.zeros((states, -(-states // 64)), dtype=np.uint64)
        return reached([self.listed.arcs[i] for i in sorted(group)], np.arange(states), sanctions)

    def gains(self, group: Group, rows: Any = slice(None)) -> Truths:
        """[s, t]: every member likes t strictly better than s; for the given rows s."""
        scores = [self.listed.scores[i] for i in sorted(group)]
        return np.asarray(np.logical_and.reduce([u[None, :] > u[rows, None] for u in scores]))

    def moves(self, group: Group) -> Arcs:
        """The joint moves as arcs (to another state)."""
        if len(group) == 1:
            return self.listed.arcs[min(group)]
        pairs = unpacked(self.reach(group), self.listed.count)
        np.fill_diagonal(pairs, val=False)
        return Arcs(self.listed.count, *np.nonzero(pairs))

    def improvements(self, group: Group) -> Arcs:
        """The coalition improvements."""
        if group not in self._improvements:
            pairs = unpacked(self.reach(group), self.listed.count) & self.gains(group)
            self._improvements[group] = Arcs(self.listed.count, *np.nonzero(pairs))
        return self._improvements[group]

    @cached_property
    def _improvements(self) -> dict[Group, Arcs]:
        return {}

    def standard(self, group: Group) -> Standard:
        """By which a group is judged: tempted where every member strictly gains, deterred by all that is no such gain."""
        scores = [self.listed.scores[i] for i in sorted(group)]

        def gain(s: Indices, t: Indices) -> Truths:
            return np.asarray(np.logical_and.reduce([u[t] > u[s] for u in scores]))

        def no_gain(s: Indices, t: Indices) -> Truths:
            return np.asarray(~gain(s, t))

        return Standard(gain, no_gain)

    # --- stability ---

    def stable(self, group: Group, concept: str) -> Truths:
        """In which states the group is stable; `concept` is one of `CONCEPTS`."""
        better, others = self.improvements(group), self.everybody - group
        answers: list[Arcs] = []
        if concept == "cseq":
            answers = [self.improvements(other) for other in groups_of(others)]
        elif concept != "cnash":
            # Joint moves of coalitions need not be listed here: sequences of single moves lead to the same states.
            answers = [self.listed.arcs[j] for j in sorted(others)]
        stable = np.ones(self.listed.count, dtype=np.bool_)
        stable[better.start[~self._answered(group, better, answers)]] = False
        return stable & self._inescapable(group, better, stable) if concept == "csmr" else stable

    def _answered(self, group: Group, better: Arcs, answers: list[Arcs]) -> Truths:
        """Which improvements can be followed by something no better for some member.

        One member who is no better off deters the whole group, so the worst answer can be found for each by itself.
        """
        scores = [self.listed.scores[i] for i in sorted(group)]
        worst = ((u, worst_answer(u, answers, self.sanctions)) for u in scores)
        return np.asarray(np.logical_or.reduce([w[better.end] <= u[better.start] for u, w in worst]))

    def _inescapable(self, group: Group, better: Arcs, candidates: Truths) -> Truths:
        """Where every improvement has an answer from which the group reaches nothing that is better for all of it.

        Here members cannot be taken one by one: the same answer must deter and bar every way out, so sets of states are
        compared, for each of the `candidates` (stable under cgmr) that has an improvement at all.
        """
        own, others = self.reach(group), self.reach(self.everybody - group, self.sanctions)
        result = candidates.copy()
        for s in np.unique(better.start[candidates[better.start]]).tolist():
            good = self.gains(group, [s])
            escaped = (own & packed(good)).any(axis=1)
            held = packed(~good & ~escaped)
            # Arcs are sorted by where they start: the improvements from s stand together.
            targets = better.end[slice(*np.searchsorted(better.start, [s, s + 1]))]
            result[s] = bool((others[targets] & held).any(axis=1).all())
        return result

    # --- why ---

    def witnesses(self, case: Case, groups: Iterable[Group], concepts: Iterable[str] = CONCEPTS) -> RelationalWitnesses:
        """The finder of witnesses for these coalitions: each as a party, and who answers it."""

        def party(group: Group, moves: Arcs) -> Party:
            side = Side(moves, moves, {"coalition": self.standard(group)})
            return Party(name=self.name(group), players=tuple(sorted(group)), side=side)

        def answering(judged: Party, kind: str) -> tuple[Party, ...]:
            others = self.everybody - frozenset(judged.players)
            if kind == "moves":
                return tuple(party(frozenset({i}), self.listed.arcs[i]) for i in sorted(others))
            return tuple(party(group, self.improvements(group)) for group in groups_of(others))

        def weigh(reasons: Reasons, judged: Party, s: int, t: int) -> Weighed:
            return by_members(reasons, judged.players, self.listed.scores, s, t)

        parties = [party(group, self.moves(group)) for group in groups]
        rows = {name: ROWS[name] for name in concepts}
        by_name = {each.name: each for each in parties}
        return RelationalWitnesses(case, parties=by_name, concepts=rows, answering=answering, weigh=weigh)
