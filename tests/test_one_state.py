"""One state judged by search on the part of a model a verdict depends on: guards and rules that lead out of it included."""

from __future__ import annotations

import pytest

from detente.analysis.one_state import judge_locally
from detente.case import Case
from detente.conflict import build
from detente.errors import TooLarge
from detente.questions.explanation import find
from detente.questions.explanation.find import Witnesses
from detente.scenario import read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")

GUARDED = """
detente: 1
title: A guard outside what is wanted
actors:
  a: {options: {z: {needs: y}}, priorities: [w]}
  b: {options: {y: , w: }, priorities: [z]}
now: []
"""
PINNED = """
detente: 1
title: A guard that a rule pins
actors:
  a: {options: {y: }, priorities: [z]}
  b: {options: {x: {needs: y}, z: }, priorities: [not z]}
rules: [{never: not (y iff x)}]
now: [y, x, z]
"""


def test_a_guard_outside_what_the_actor_wants() -> None:
    found = judge_locally(read_text(GUARDED), concepts=["nash", "seq"])
    assert {c: {a: v.stable for a, v in row.items()} for c, row in found.verdicts.items()} == {
        "nash": {"a": True, "b": True},
        "seq": {"a": True, "b": True},
    }


def test_a_guard_whose_option_rules_pin() -> None:
    (row,) = judge_locally(read_text(PINNED), concepts=["nash"]).verdicts.values()
    assert {actor: verdict.stable for actor, verdict in row.items()} == {"a": True, "b": False}


@pytest.mark.parametrize("kind", ["guards", "never", "barred", "oneway", "choices", "fixed"])
def test_searches_agree_with_brute_force(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By search on parts, as in models too large to list, the verdicts are those of the definitions."""
    monkeypatch.setattr(find, "WHOLE", 0)
    for seed in range(8):
        model = random_model(seed, kind)
        game, scenario = oracle.build(model), read_text(to_yaml(model))
        found, witnesses = judge_locally(scenario, concepts=CONCEPTS), Witnesses(Case(scenario))
        for concept in CONCEPTS:
            for actor in game.actors:
                stable = game.now in (oracle.stable_states(game, concept, actor) or set())
                told = witnesses.find(witnesses.case.game.cell(None), actor, concept).stable
                assert (found.verdicts[concept][actor].stable, told) == (stable, stable), (seed, kind, concept, actor)


# --- many guards ----------------------------------------------------------------------------------------------------------


def eighty(letter: str) -> str:
    return ", ".join(f"{letter}{n}" for n in range(80))


def many(guards: str) -> str:
    return f"""
detente: 1
title: Many guards
actors:
  a: {{options: {{level: {{choices: [{eighty("c")}], needs: {{{guards}}}}}}}, priorities: [level = c1]}}
  b: {{options: {{y: , z: {{choices: [{eighty("d")}]}}}}, priorities: [not y]}}
now: []
"""


def test_equal_guards_are_one() -> None:
    """79 choices that need the same are no more than one guard."""
    conflict = build(read_text(many(", ".join(f"c{n}: y" for n in range(1, 80)))))
    assert len(conflict.players[0].moves.conditions) == 1


def test_too_many_guards_are_refused() -> None:
    with pytest.raises(TooLarge) as error:
        build(read_text(many(", ".join(f"c{n}: z = d{n}" for n in range(1, 80)))))
    assert str(error.value).startswith(
        "a has 79 different guards and bars on its moves, and at most 64 are handled. Give"
    )
