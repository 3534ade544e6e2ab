"""The engine against the oracle on random models of every family, by both of its ways, under both sanction rules."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from detente.analysis import Analysis, analyse
from detente.conflict import build
from detente.conflict.game import chosen_readings
from detente.engine import by_arrays, solution
from detente.engine import one_state as local
from detente.engine.concepts import CONCEPTS
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from lengths import blocks, seeds

RULES = ("legal", "one-step")


def engine(model: dict[str, Any], sanctions: str) -> Analysis:
    return analyse(read_text(to_yaml(model), name="random"), sanctions=sanctions)


def assert_same(seed: int, kind: str | None, sanctions: str) -> Analysis:
    """Everything the oracle says, the engine says too."""
    model = random_model(seed, kind)
    analysis = engine(model, sanctions)
    said = json.loads(json.dumps(analysis.to_json()))
    for key, expected in oracle.analyse(model, sanctions=sanctions).items():
        assert said[key] == expected, f"{key} of seed {seed}, kind {kind}, {sanctions}"
    return analysis


@seeds(40, 120)
def test_mixed_models(seed: int) -> None:
    assert_same(seed, None, RULES[seed % 2])


@pytest.mark.parametrize("kind", KINDS)
def test_each_family(kind: str) -> None:
    for seed in range(6):
        assert_same(seed, kind, RULES[seed % 2])


@pytest.mark.parametrize("kind", ["plain", "choices", "never", "oneway", "guards", "fixed", "ties", "weights"])
def test_arrays_agree(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way taken by large models, forced on small ones; irregular models stay with arcs."""
    monkeypatch.setattr(solution, "ARCS_FIRST", -1)
    ways = {assert_same(seed, kind, RULES[seed % 2]).solution.way for seed in range(8)}
    assert "arrays" in ways


@seeds(8, 24)
def test_local_answers(seed: int) -> None:
    """A question about one state has the answer that listing everything gives."""
    sanctions = RULES[seed % 2]
    analysis = engine(random_model(seed, None), sanctions)
    readings = [analysis.scenario.actor(a).reading(analysis.readings[a]) for a in analysis.actors]
    states = analysis.conflict.states
    for cell in np.random.default_rng(seed).choice(states, size=min(6, len(states)), replace=False).tolist():
        for player, actor in enumerate(analysis.actors):
            for concept in CONCEPTS.values():
                if concept.id != "sim":
                    judged = local.judge(analysis.conflict, readings, cell, player, concept, sanctions)
                    assert judged.stable == analysis.is_stable(concept.id, actor, cell)


def test_compiling_only_where_it_repays() -> None:
    """The first run of a bundled model must not wait for compilation; a large space without structure may."""
    pytest.importorskip("numba")
    scenario = load("composite")
    conflict = build(scenario)
    readings = chosen_readings(scenario, scenario.choose({"us": "diplomat_b"}))
    questions: dict[frozenset[str], int] = {}
    for player in range(len(conflict.players)):
        for keys, group in by_arrays._by_cone(scenario, readings, player, tuple(CONCEPTS.values())).items():
            questions[keys] = questions.get(keys, 0) + len(group)
    assert not any(by_arrays._compile(build(scenario, keep=keys), n) for keys, n in questions.items())
    assert by_arrays._compile(conflict, 1)


@blocks(60, 140)
def test_twenty_thousand_models(block: int) -> None:
    """100 models a block, families in turn, sanction rules in turn."""
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        kind = None if seed % 3 else KINDS[(seed // 3) % len(KINDS)]
        assert_same(seed, kind, RULES[seed % 2])


@blocks(20, 20)
def test_arrays_agree_at_length(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solution, "ARCS_FIRST", -1)
    for seed in range(50 * block, 50 * block + 50):
        assert_same(seed, ("plain", "choices", "never", "oneway", "guards", "fixed")[seed % 6], RULES[seed % 2])
