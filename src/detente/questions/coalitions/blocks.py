"""A partition of the actors into blocks that act as one: a fixed coalition treated as a single actor.

The mathematics. A block moves wherever legal sequences of moves of its members lead (nobody twice running). By the default
convention it improves if and only if every member strictly gains, and every state that is no such gain deters it. A block may
instead be given a list of wishes of its own, and then has a score like any actor. The blocks are judged by the plain
concepts: an answer to a block is a legal sequence of the other blocks, credible if each step is an improvement of the block
that takes it. This differs from the concepts for coalitions (`coalitions`), where any of the others may combine to answer.

Cost: the joint moves of each block, and one judgement of general preferences (`detente.engine.relations`); up to 4,096
states.

Source: the convention follows the definition of a coalition improvement, that every member gains (Inohara & Hipel 2008).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = as_one(Case(load("elmira_graph")), [["ministry", "uniroyal"]])
>>> found.together["nash"], found.lost("nash"), found.gained("nash")
(('s7', 's8', 's9'), ('s5',), ('s7',))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.conflict.payoffs import payoffs
from detente.engine.concepts import concepts as concept_rows
from detente.engine.relations import Indices, Side, Standard, judge, scored, side
from detente.errors import InputError, UnknownName
from detente.questions.coalitions.joint_moves import Group, Jointly, Truths, chosen_concepts, group_of
from detente.questions.evolution.steps import weigh
from detente.questions.explanation.account import TOLD, Account, account
from detente.questions.explanation.find import Court
from detente.questions.explanation.hearing import Hearing, Party, Weighed
from detente.questions.preference_structures.reasons import by_members
from detente.scenario.model import Reading, Statement
from detente.sheet import Sheet, html_of

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
"""The concepts a partition can be judged by."""

State = int | str
"""A state in a result: its name, or its number in state order from 1."""


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
    wanted, game = chosen_concepts(concepts, CONCEPTS), case.game
    together, blocks = Jointly.of(case), _blocks(game, partition)
    lists = {name: _reading(game, name, texts, blocks) for name, texts in (wishes or {}).items()}
    sides = [_side(game, together, group, lists.get(name)) for name, group in blocks.items()]
    verdicts = judge(sides, concept_rows(wanted), case.sanctions)
    plain, cells = case.analyse(wanted), game.conflict.states
    names: list[State] = plain.numbers(cells)

    def listed(truths: Truths) -> tuple[State, ...]:
        return tuple(names[place] for place in np.flatnonzero(truths).tolist())

    stable = {c: {name: v["plain"][c] for name, v in zip(blocks, verdicts, strict=True)} for c in wanted}
    alone = {c: listed(np.isin(cells, plain.equilibria(c))) for c in wanted}
    after = {c: listed(np.logical_and.reduce(list(stable[c].values()))) for c in wanted}
    told = {state for each in (*alone.values(), *after.values()) for state in each}
    return AsOne(
        basis=case.basis,
        blocks={name: tuple(game.conflict.players[i].id for i in sorted(group)) for name, group in blocks.items()},
        wishes={name: _goes_by(group, lists.get(name)) for name, group in blocks.items()},
        alone=alone,
        together=after,
        stable={c: {name: listed(truths) for name, truths in each.items()} for c, each in stable.items()},
        words={name: game.text(cell) for name, cell in zip(names, cells.tolist(), strict=True) if name in told},
    )


def as_one_explained(
    case: Case,
    partition: Iterable[Iterable[str]],
    state: int | str | Mapping[str, Any] | None = None,
    concepts: Iterable[str] = ("seq",),
    *,
    wishes: Mapping[str, Iterable[str]] | None = None,
    told: int = TOLD,
) -> Account:
    """Why a state (default: the status quo) is stable for each block, or why not: its improvements and what answers them."""
    wanted, game = chosen_concepts(concepts, CONCEPTS), case.game
    together, blocks = Jointly.of(case), _blocks(game, partition)
    lists = {name: _reading(game, name, texts, blocks) for name, texts in (wishes or {}).items()}
    parties = {
        name: Party(name, tuple(sorted(group)), _side(game, together, group, lists.get(name)))
        for name, group in blocks.items()
    }
    court, cells = Court(case), game.conflict.states

    def answerers(judged: Party, kind: str) -> tuple[Party, ...]:
        others = [each for each in parties.values() if each.name != judged.name]
        if kind == "moves":
            return tuple(others)
        return tuple(replace(each, side=replace(each.side, moves=each.side.credible)) for each in others)

    def weigh_(party: Party, s: int, t: int) -> Weighed:
        if party.name not in lists:
            return by_members(court, party.players, together.scores, s, t)
        found = weigh(game.conflict, lists[party.name], int(cells[s]), int(cells[t]))
        return Weighed({"verdict": found.verdict}, ((str(found), None),))

    rows = {row.id: row for row in concept_rows(CONCEPTS)}
    hearing = Hearing(court, parties, rows, answerers, weigh_)
    place = int(np.searchsorted(cells, game.cell(state)))
    return account(hearing, place, title="Blocks that act as one", meanings={}, concepts=wanted, told=told)


def _blocks(game: Game, partition: Iterable[Iterable[str]]) -> dict[str, Group]:
    """The blocks by name, in the order of their first members; those who are not mentioned alone."""
    groups = [group_of(game, block) for block in partition]
    mentioned = [i for group in groups for i in group]
    twice = sorted({i for i in mentioned if mentioned.count(i) > 1})
    players = game.conflict.players
    if twice:
        raise InputError(
            f"{players[twice[0]].id} stands in two blocks; a partition puts every actor in one block at most"
        )
    groups += [frozenset({i}) for i in range(len(players)) if i not in mentioned]
    return {" + ".join(players[i].id for i in sorted(group)): group for group in sorted(groups, key=min)}


def _reading(game: Game, name: str, texts: Iterable[str], blocks: Mapping[str, Group]) -> Reading:
    if name not in blocks:
        raise UnknownName("block", name, blocks)
    if isinstance(texts, str):
        raise InputError(f"the wishes of {name} are one text; expected a list of formulas, the most important first")
    return Reading("stated", "priorities", tuple(Statement(game.scenario.formula(each), text=each) for each in texts))


def _side(game: Game, together: Jointly, group: Group, stated: Reading | None) -> Side:
    """A block as one side of the game."""
    moves = together.moves(group) if len(group) > 1 else together.arcs[min(group)]
    if stated is not None:
        return scored(moves, payoffs(game.conflict, stated, game.conflict.states).astype(np.int64))
    scores = [together.scores[i] for i in sorted(group)]

    def gain(s: Indices, t: Indices) -> Truths:
        return np.asarray(np.logical_and.reduce([u[t] > u[s] for u in scores]))

    def no_gain(s: Indices, t: Indices) -> Truths:
        return np.asarray(~gain(s, t))

    return side(moves, gain, {"plain": Standard(gain, no_gain)})


def _goes_by(group: Group, stated: Reading | None) -> str:
    if stated is not None:
        return "its stated wishes: " + ", ".join(map(str, stated.statements))
    return "every member strictly gains" if len(group) > 1 else "it gains"
