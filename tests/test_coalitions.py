"""Coalitions: the stated facts, brute force from the definitions on random models, laws, and what is refused."""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections.abc import Iterable
from typing import Any

import pytest

from detente.case import CONCEPTS as PLAIN
from detente.case import Case
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.coalitions import coalition_moves
from detente.questions.coalitions.blocks import CONCEPTS as AS_ONE
from detente.questions.coalitions.blocks import AsOne, as_one
from detente.questions.coalitions.coalition_moves import CONCEPTS, CoalitionMoves, groups_of
from detente.questions.coalitions.coalitions import MOST_SHOWN, Coalitions, coalitions
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import blocks, seeds

# --- facts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["elmira", "elmira_graph"])
def test_elmira(name: str) -> None:
    """Computed before by enumeration: the improvements of ministry and firm, and CNash for every coalition {s8, s9}."""
    found = coalitions(Case(load(name)))
    pair = found.coalition("uniroyal", "ministry")
    assert set(pair.improvements) == {("s2", "s4"), ("s5", "s8"), ("s6", "s8")}
    assert set(found.universal["cnash"]) == {"s8", "s9"}
    assert [(e.state, e.target, e.members) for e in found.jumps("nash")] == [("s5", "s8", ("ministry", "uniroyal"))]
    (jump,) = found.jumps("nash")
    assert (jump.lands, jump.equilibrium) == (PLAIN, PLAIN)
    assert not any(jump.deterred.values())
    assert [weighing.verdict for weighing in jump.gains.values()] == ["better", "better"]


def test_ministry_and_firm_as_one() -> None:
    """The trap s5 opens: taken as one actor, ministry and firm leave it for s8."""
    found = as_one(Case(load("elmira")), [["ministry", "uniroyal"]])
    assert found.lost("nash") == ("s5",)
    assert "s8" in found.together["nash"]
    stated = as_one(Case(load("elmira")), [["ministry", "uniroyal"]], wishes={"ministry + uniroyal": ["plant_closed"]})
    assert stated.together["nash"] == ("s9",)


def test_silence_is_a_joint_gain() -> None:
    found = coalitions(Case(load("prisoners_dilemma")), ["first", "second"])
    assert found.coalition("first", "second").improvements == (("dd", "cc"),)
    assert (found.every, len(found.coalitions)) == (False, 1)


# --- brute force -------------------------------------------------------------------------------------------------

Group = tuple[str, ...]


class Brute:
    """The definitions over sets of states."""

    def __init__(self, model: Any, sanctions: str) -> None:
        self.game: Any = oracle.build(model)
        self.sanctions = sanctions
        self.numbers = range(len(self.game.states))
        self.groups = subsets(self.game.actors)
        self.reach = {g: [oracle.reach(self.game.moves, g, s) for s in self.numbers] for g in [(), *self.groups]}
        self.better = {
            g: [{t for t in self.reach[g][s] if self.gain(g, s, t)} for s in self.numbers] for g in self.groups
        }

    def gain(self, group: Iterable[str], s: int, t: int) -> bool:
        return all(self.game.scores[i][t] > self.game.scores[i][s] for i in group)

    def answers(self, arcs: Any, start: int) -> set[int]:
        if self.sanctions == "one-step":
            return set().union(*(arcs[each][start] for each in arcs))
        return oracle.reach(arcs, arcs, start)

    def stable(self, group: Group, concept: str) -> set[int]:
        rest = tuple(i for i in self.game.actors if i not in group)
        single = {i: self.game.moves[i] for i in rest}
        arcs = {g: self.better[g] for g in subsets(rest)} if concept == "cseq" else single
        answers = functools.cache(lambda x: self.answers(arcs, x))

        @functools.cache
        def deters(y: int, s: int) -> bool:
            inescapable = concept != "csmr" or not any(self.gain(group, s, z) for z in self.reach[group][y])
            return not self.gain(group, s, y) and inescapable

        def answered(s: int, x: int) -> bool:
            return concept != "cnash" and any(deters(y, s) for y in answers(x))

        return {s for s in self.numbers if all(answered(s, x) for x in self.better[group][s])}

    def as_one(self, blocks: list[Group], concept: str) -> set[int]:
        """The equilibria of blocks that act as one."""
        moves = {b: [self.reach[b][s] - {s} for s in self.numbers] for b in blocks}
        better = {b: [{t for t in moves[b][s] if self.gain(b, s, t)} for s in self.numbers] for b in blocks}

        def stable(block: Group, s: int) -> bool:
            kind = better if concept in ("seq", "sseq") else moves
            arcs = {b: kind[b] for b in blocks if b != block}

            def deters(y: int) -> bool:
                escape = concept in ("smr", "sseq") and any(self.gain(block, s, z) for z in moves[block][y])
                return not self.gain(block, s, y) and not escape

            def answered(x: int) -> bool:
                return concept != "nash" and any(map(deters, self.answers(arcs, x)))

            return all(map(answered, better[block][s]))

        return {s for s in self.numbers if all(stable(block, s) for block in blocks)}


def subsets(actors: Iterable[str]) -> list[Group]:
    known = list(actors)
    return [g for size in range(1, len(known) + 1) for g in itertools.combinations(known, size)]


def places(found: Coalitions | AsOne, case: Case, states: Iterable[Any]) -> set[int]:
    """The positions of the states of a result."""
    analysis = case.analyse(PLAIN)
    names = analysis.numbers(analysis.conflict.states)
    return {names.index(state) for state in states}


def drawn(seed: int, kind: str | None, most: int = 32) -> tuple[Any, Case, str]:
    """A random model of at most so many states: the definitions are followed state by state."""
    model = next(m for m in (random_model(seed + 10_000 * n, kind) for n in range(1000)) if small(m, most))
    sanctions = random.Random(seed).choice(("legal", "legal", "one-step"))
    return model, Case(read_text(to_yaml(model), name="random"), sanctions=sanctions), sanctions


def small(model: Any, most: int) -> bool:
    return len(oracle.build(model).states) <= most


def assert_same(seed: int, kind: str | None, most: int = 32) -> None:
    model, case, sanctions = drawn(seed, kind, most)
    brute, found, about = Brute(model, sanctions), coalitions(case), f"seed {seed}, kind {kind}, {sanctions}"
    stable = functools.cache(brute.stable)
    assert [each.members for each in found.coalitions] == brute.groups, about
    held = {concept: oracle.equilibria(brute.game, concept, sanctions) or set() for concept in PLAIN}
    upsets = set()
    for each in found.coalitions:
        pairs = {(s, t) for s in brute.numbers for t in brute.better[each.members][s]}
        assert each.count == len(pairs), about
        upsets |= {(each.members, s, t) for s, t in pairs if any(s in states for states in held.values())}
        for concept in CONCEPTS:
            assert places(found, case, each.stable[concept]) == stable(each.members, concept), (about, concept)
    for concept in CONCEPTS:
        shared = set.intersection(*(stable(group, concept) for group in brute.groups))
        assert places(found, case, found.universal[concept]) == shared, about
    assert found.upset_count == len(upsets), about
    jumps = {(g, s, t) for g, s, t in upsets if any({s, t} <= states for states in held.values())}
    assert (found.jump_count, len(found.jumps())) == (len(jumps), min(len(jumps), MOST_SHOWN)), about
    for upset in found.upsets:
        (s,), (t,) = places(found, case, [upset.state]), places(found, case, [upset.target])
        assert (upset.members, s, t) in upsets, about
        assert upset.jump == tuple(c for c in PLAIN if {s, t} <= held[c]), about
        assert upset.deterred == {c: s in stable(upset.members, c) for c in CONCEPTS}, about
    assert_one(brute, case, seed, about)


def assert_one(brute: Brute, case: Case, seed: int, about: str) -> None:
    actors = list(brute.game.actors)
    block = random.Random(seed).sample(actors, min(2, len(actors)))
    block.sort(key=actors.index)
    blocks = [tuple(block), *((i,) for i in actors if i not in block)]
    found = as_one(case, [block], AS_ONE)
    for concept in AS_ONE:
        assert places(found, case, found.together[concept]) == brute.as_one(blocks, concept), (about, concept, block)


def assert_all_same(count: int) -> None:
    for seed in range(count):
        assert_same(seed, None)


@seeds(7, 20)
def test_mixed_models(seed: int) -> None:
    assert_same(seed, None)


@pytest.mark.parametrize("kind", KINDS)
def test_each_family(kind: str) -> None:
    assert_same(0, kind)


@blocks(8, 42)
def test_at_length(block: int) -> None:
    for seed in range(100 + 40 * block, 140 + 40 * block):
        assert_same(seed, KINDS[seed % len(KINDS)] if seed % 2 else None, 100)


def test_a_wrong_definition_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: if it were enough that one member gains, it does."""
    monkeypatch.setattr(
        Brute, "gain", lambda self, group, s, t: any(self.game.scores[i][t] > self.game.scores[i][s] for i in group)
    )
    with pytest.raises(AssertionError):
        assert_all_same(5)


# --- laws --------------------------------------------------------------------------------------------------------


@seeds(5, 15)
def test_a_coalition_of_one_is_an_actor(seed: int) -> None:
    """Always under CNash, CGMR, CSMR; under CSEQ with two actors, and with more at least where the actor is stable."""
    model, case, sanctions = drawn(seed, None)
    game, found = oracle.build(model), coalitions(case)
    for actor in game.actors:
        stable = {concept: places(found, case, found.coalition(actor).stable[concept]) for concept in CONCEPTS}
        for concept in ("nash", "gmr", "smr"):
            assert stable[f"c{concept}"] == oracle.stable_states(game, concept, actor, sanctions)
        plain = oracle.stable_states(game, "seq", actor, sanctions)
        assert plain is not None and plain <= stable["cseq"]
        assert len(game.actors) > 2 or plain == stable["cseq"]


def test_other_coalitions_can_make_a_sanction() -> None:
    """With three actors CSEQ of one is more than SEQ: two others may answer together though neither would alone."""
    text = """
    detente: 1
    title: t
    actors:
      a: {options: {x: {}}, priorities: [not (y and z), x]}
      b: {options: {y: {}}, priorities: [y and z and x, not y]}
      c: {options: {z: {}}, priorities: [y and z and x, not z]}
    now: []
    """
    found = coalitions(Case(read_text(text)), ["a"])
    case = Case(read_text(text))
    assert not case.analyse(PLAIN).is_stable("seq", "a", case.analyse(PLAIN).cell())
    assert 1 in found.coalition("a").stable["cseq"]


@seeds(5, 15)
def test_inclusions(seed: int) -> None:
    for each in coalitions(drawn(seed, None)[1]).coalitions:
        stable = {concept: set(states) for concept, states in each.stable.items()}
        assert stable["cnash"] <= stable["csmr"] <= stable["cgmr"]
        assert stable["cnash"] <= stable["cseq"]


@seeds(5, 15)
def test_where_moves_are_transitive_cseq_implies_cgmr(seed: int) -> None:
    model = random_model(seed, "plain")
    for each in coalitions(Case(read_text(to_yaml(model)))).coalitions:
        assert set(each.stable["cseq"]) <= set(each.stable["cgmr"])


@seeds(5, 15)
def test_blocks_of_one_change_nothing(seed: int) -> None:
    _, case, _ = drawn(seed, None)
    found = as_one(case, [], AS_ONE)
    assert found.together == found.alone


# --- handing on, refusing ----------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = coalitions(Case(load("elmira")), concepts=["cnash", "cgmr"])
    said = json.loads(json.dumps(found.to_json()))
    assert said["universal"]["cnash"] == ["s9", "s8"]
    some = coalitions(Case(load("elmira")), members=["ministry", "local"], concepts=["cnash"])
    assert (some.to_json()["universal"], len(some.coalitions)) == ({}, 1)
    assert [str(row[0]) for row in some.sheets()[1].rows] == list(some.coalitions[0].stable["cnash"])
    assert said["upsets"][0]["members"] == ["local"]
    assert len(said["coalitions"]) == 7
    assert "ministry and uniroyal" in str(found)
    assert "<table>" in found._repr_html_()
    one = as_one(Case(load("elmira")), [["ministry", "uniroyal"]])
    assert json.loads(json.dumps(one.to_json()))["blocks"]["ministry + uniroyal"] == ["ministry", "uniroyal"]
    assert "only together" in str(one)
    assert "<table>" in one._repr_html_()


def test_large_models_are_refused() -> None:
    with pytest.raises(TooLarge, match="looked at up to 4,096"):
        coalitions(Case(load("composite")))
    with pytest.raises(TooLarge, match="looked at up to 4,096"):
        as_one(Case(load("gatt")), [])


def test_too_many_coalitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalition_moves, "MOST_WORK", 40)
    with pytest.raises(TooLarge, match="7 coalitions in 9 states"):
        coalitions(Case(load("elmira")))
    assert coalitions(Case(load("elmira")), ["ministry"]).coalition("ministry").count == 0


def test_bad_questions() -> None:
    case = Case(load("elmira"))
    with pytest.raises(UnknownName, match="did you mean uniroyal"):
        coalitions(case, ["ministry", "uniroyel"])
    with pytest.raises(UnknownName, match="did you mean cnash"):
        coalitions(case, concepts=["nash"])
    with pytest.raises(InputError, match="at least one member"):
        coalitions(case, [])
    with pytest.raises(InputError, match="no concept"):
        coalitions(case, concepts=[])
    with pytest.raises(UnknownName, match="coalition"):
        coalitions(case, "ministry").coalition("local")
    with pytest.raises(InputError, match="two blocks"):
        as_one(case, [["ministry", "local"], ["local"]])
    with pytest.raises(UnknownName, match="block"):
        as_one(case, [["ministry", "local"]], wishes={"uniroyl": ["modify"]})
    with pytest.raises(InputError, match="a list of formulas"):
        as_one(case, [], wishes={"uniroyal": "modify"})


def test_groups() -> None:
    assert groups_of([2, 0]) == [frozenset({0}), frozenset({2}), frozenset({0, 2})]
    moves = CoalitionMoves.of(Case(load("elmira_graph")))
    assert moves.moves(frozenset({0, 1})).states == 9
