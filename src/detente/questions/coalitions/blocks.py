"""A partition of the actors into blocks that act as one: a fixed coalition treated as a single actor.

The mathematics. A block moves wherever legal sequences of moves of its members lead (nobody twice running). By the default
convention it improves if and only if every member strictly gains, and every state that is no such gain deters it. A block may
instead be given a list of wishes of its own, and then has a score like any actor. The blocks are judged by the plain
concepts: an answer to a block is a legal sequence of the other blocks, credible if each step is an improvement of the block
that takes it. This differs from the concepts for coalitions (`coalitions`), where any of the others may combine to answer.

Cost: the joint moves of each block, and one judgement of general preferences (`detente.engine.relations`); up to 4,096
states.

Source: the convention follows the definition of a coalition improvement, that every member gains (Inohara & Hipel 2008).

>>> from detente.scenario import load
>>> found = as_one(Case(load("elmira_graph")), [["ministry", "uniroyal"]])
>>> found.together["nash"], found.lost("nash"), found.gained("nash")
(('s7', 's8', 's9'), ('s5',), ('s7',))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from detente.case import Basis, Case
from detente.conflict.payoffs import payoffs
from detente.conflict.states import State, StateTexts, come_and_go, only_in, state_term
from detente.engine.concepts import concepts as concept_rows
from detente.engine.concepts import label
from detente.engine.relations import Side, judge, scored, side
from detente.errors import InputError, refuse_unknown
from detente.messages import tell
from detente.questions.coalitions.coalition_moves import CoalitionMoves, Group, chosen_concepts
from detente.questions.evolution.steps import weigh
from detente.questions.explanation.explain import TOLD, RelationalExplanation, explain_relations
from detente.questions.explanation.find import RelationalWitnesses
from detente.questions.explanation.reasons import Reasons
from detente.questions.explanation.relation_search import Party
from detente.questions.explanation.witness import Weighed
from detente.questions.preference_structures.reasons import by_members
from detente.result import Answer
from detente.scenario.model import PriorityList, Reading, Statement
from detente.sheet import ActorTerm, FormulaTerm, NameTerm, Phrase, Sheet, listing, names_of

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")
"""The concepts a partition can be judged by."""


@dataclass(frozen=True, repr=False, kw_only=True)
class AsOne(Answer):
    """The blocks judged as single actors: equilibria per concept before (everybody alone) and after, and who is stable where.

    `blocks` maps the name of each block ("ministry + uniroyal") to its members; `wishes` says what it goes by, `states` what
    the equilibria are.
    """

    basis: Basis
    blocks: Mapping[str, tuple[str, ...]]
    wishes: Mapping[str, str]
    alone: Mapping[str, tuple[State, ...]]
    together: Mapping[str, tuple[State, ...]]
    stable: Mapping[str, Mapping[str, tuple[State, ...]]]
    states: StateTexts

    question: ClassVar[str] = "as_one"
    DERIVED = ("question",)

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria that only the blocks have."""
        return only_in(self.together[concept], self.alone[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria that the blocks no longer have."""
        return only_in(self.alone[concept], self.together[concept])

    @property
    def headline(self) -> Phrase:
        """What acting as one changes under SEQ."""
        concept = "seq" if "seq" in self.together else next(iter(self.together))
        come, go = len(self.gained(concept)), len(self.lost(concept))
        who = listing((names_of(map(ActorTerm, members)) for members in self.blocks.values() if members[1:]), "; ")
        return Phrase.told(
            "If {who} act as one, {come_and_go}.", who=who, come_and_go=come_and_go(come, go, label(concept))
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The equilibria before and after, and what each block goes by."""
        rows = tuple(
            (
                state_term(state),
                text,
                *(_mark(state in self.alone[c], state in self.together[c]) for c in self.together),
            )
            for state, text in self.states.items()
        )
        blocks = tuple((NameTerm(name), wish) for name, wish in self.wishes.items())
        return (
            Sheet(tell("Equilibria when the blocks act as one"), ("state", tell("which is"), *self.together), rows),
            Sheet(tell("What each block goes by"), ("block", tell("it improves when")), blocks),
        )


def _mark(before: bool, after: bool) -> str:
    return {(True, True): "yes", (False, True): tell("only together"), (True, False): tell("only alone")}.get(
        (before, after), ""
    )


def as_one(
    case: Case,
    partition: Iterable[Iterable[str]],
    concepts: Iterable[str] = ("nash", "seq", "smr", "gmr"),
    *,
    wishes: Mapping[str, Iterable[str]] | None = None,
) -> AsOne:
    """Judge a fixed partition: each block of actors acts as one; actors not mentioned act alone.

    A block moves wherever legal sequences of its members lead. It improves if and only if every member strictly gains, and
    a state that is no such gain deters it; `wishes` gives a block (by its name, "a + b") a priority list of its own instead.
    """
    wanted, partitioned = chosen_concepts(concepts, CONCEPTS), _Partition.of(case, partition, wishes)
    blocks, listed = partitioned.blocks, partitioned.moves.listed
    verdicts = judge(tuple(partitioned.sides.values()), concept_rows(wanted), case.sanctions)
    stable = {c: {name: each["plain"][c] for name, each in zip(blocks, verdicts, strict=True)} for c in wanted}
    plain = case.analyse(wanted)
    alone = {c: listed.named(np.isin(case.game.states, plain.equilibria(c))) for c in wanted}
    together = {c: listed.named(np.logical_and.reduce(list(stable[c].values()))) for c in wanted}
    return AsOne(
        basis=case.basis,
        blocks={name: partitioned.moves.members(group) for name, group in blocks.items()},
        wishes={name: partitioned.goes_by(name) for name in blocks},
        alone=alone,
        together=together,
        stable={c: {name: listed.named(truths) for name, truths in each.items()} for c, each in stable.items()},
        states=listed.texts({state for each in (*alone.values(), *together.values()) for state in each}),
    )


def as_one_explained(
    case: Case,
    partition: Iterable[Iterable[str]],
    state: int | str | Mapping[str, Any] | None = None,
    concepts: Iterable[str] = ("seq",),
    *,
    wishes: Mapping[str, Iterable[str]] | None = None,
    told: int = TOLD,
) -> RelationalExplanation:
    """Why a state (default: the status quo) is stable for each block, or why not: its improvements and what answers them."""
    wanted, partitioned = chosen_concepts(concepts, CONCEPTS), _Partition.of(case, partition, wishes)
    place = partitioned.moves.listed.place(case.game.cell(state))
    finder = partitioned.witnesses()
    return explain_relations(
        finder, place, family=tell("Blocks that act as one"), meanings={}, concepts=wanted, told=told, judged="block"
    )


@dataclass(frozen=True)
class _Partition:
    """The actors in blocks: the members of each by name, and the list of its own that a block may have been given."""

    case: Case
    moves: CoalitionMoves
    blocks: Mapping[str, Group]
    lists: Mapping[str, Reading]

    @classmethod
    def of(
        cls, case: Case, partition: Iterable[Iterable[str]], wishes: Mapping[str, Iterable[str]] | None
    ) -> _Partition:
        """The blocks in the order of their first members; those who are not mentioned alone."""
        moves = CoalitionMoves.of(case)
        groups = [moves.group(block) for block in partition]
        mentioned = [i for group in groups for i in group]
        twice = sorted({i for i in mentioned if mentioned.count(i) > 1})
        if twice:
            raise InputError(
                tell(
                    "{actors} stands in two blocks; a partition puts every actor in one block at most",
                    actors=case.game.actors[twice[0]],
                )
            )
        groups += [frozenset({i}) for i in sorted(moves.everybody.difference(mentioned))]
        blocks = {moves.name(group): group for group in sorted(groups, key=min)}
        lists = {name: _stated(case, name, texts, blocks) for name, texts in (wishes or {}).items()}
        return cls(case, moves, blocks, lists)

    @cached_property
    def sides(self) -> dict[str, Side]:
        """Every block as one side of the game."""
        return {name: self._side(name, group) for name, group in self.blocks.items()}

    def _side(self, name: str, group: Group) -> Side:
        moves, game = self.moves.moves(group), self.case.game
        if name in self.lists:
            return scored(moves, payoffs(game.conflict, self.lists[name], game.states).astype(np.int64))
        standard = self.moves.standard(group)
        return side(moves, standard.tempting, {"plain": standard})

    def goes_by(self, name: str) -> str:
        """What a block goes by, in words."""
        if name in self.lists:
            statements = listing(FormulaTerm(str(each)) for each in self.lists[name].statements)
            return Phrase.told("its stated aims: {statements}", statements=statements)
        return tell("every member strictly gains") if len(self.blocks[name]) > 1 else tell("it gains")

    def witnesses(self) -> RelationalWitnesses:
        """The finder of witnesses for the blocks."""
        game, listed = self.case.game, self.moves.listed
        parties = {
            name: Party(name=name, players=tuple(sorted(self.blocks[name])), side=each)
            for name, each in self.sides.items()
        }

        def answering(judged: Party, kind: str) -> tuple[Party, ...]:
            others = tuple(each for each in parties.values() if each.name != judged.name)
            if kind == "moves":
                return others
            return tuple(replace(each, side=replace(each.side, moves=each.side.credible)) for each in others)

        def weighed(reasons: Reasons, party: Party, s: int, t: int) -> Weighed:
            if party.name not in self.lists:
                return by_members(reasons, party.players, listed.scores, s, t)
            weighing = weigh(game.conflict, self.lists[party.name], listed.cell(s), listed.cell(t))
            return Weighed({"verdict": weighing.verdict}, ((str(weighing), None),))

        rows = {row.id: row for row in concept_rows(CONCEPTS)}
        return RelationalWitnesses(self.case, parties=parties, concepts=rows, answering=answering, weigh=weighed)


def _stated(case: Case, name: str, texts: Iterable[str], blocks: Mapping[str, Group]) -> Reading:
    """The list of its own that a block is given."""
    refuse_unknown("block", blocks, name)
    if isinstance(texts, str):
        raise InputError(
            tell("the aims of {name} are one text; expected a list of formulas, the most important first", name=name)
        )
    statements = tuple(Statement(want=case.game.formula(text), text=text) for text in texts)
    return PriorityList(id="stated", statements=statements)
