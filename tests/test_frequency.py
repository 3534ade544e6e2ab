"""In how many runs each state is an equilibrium: the definitions for every run, words, refusals."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from detente.case import Case
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.uncertainty.frequency import frequency
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds
from small_models import small_model

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")
RULES = ("legal", "one-step")


def assert_same(model: dict[str, Any], about: str) -> None:
    """Every state, every run by the definitions: all readings of all actors, all concepts, both rules."""
    readings = {actor: list(spec.get("readings") or ["wants"]) for actor, spec in model["actors"].items()}
    varied = [actor for actor, names in readings.items() if len(names) > 1]
    found = frequency(Case(read_text(to_yaml(model), name="random")), CONCEPTS, varied, RULES)
    counts: dict[tuple[int, str, str], int] = {}
    combinations = list(itertools.product(*(readings[actor] for actor in varied)))
    for chosen in combinations:
        game = oracle.build(model, dict(zip(varied, chosen, strict=True)))
        for concept, rule in itertools.product(CONCEPTS, RULES):
            for state in oracle.equilibria(game, concept, rule) or ():
                counts[state, concept, rule] = counts.get((state, concept, rule), 0) + 1
    game = oracle.build(model)
    runs = len(combinations) * len(CONCEPTS) * len(RULES)
    sums = [sum(n for (s, _, _), n in counts.items() if s == state) for state in range(len(game.states))]
    assert (found.runs, found.combinations, found.states) == (runs, len(combinations), len(sums)), about
    assert (found.always, found.sometimes, found.never) == (
        sum(n == runs for n in sums),
        sum(0 < n < runs for n in sums),
        sums.count(0),
    ), about
    assert found.now == (None if game.now is None else sums[game.now]), about
    assert [each.number - 1 for each in found.frequent] == sorted(
        (s for s, n in enumerate(sums) if n), key=lambda s: (-sums[s], s)
    ), about
    for each in found.frequent:
        state = each.number - 1
        assert each.runs == sums[state], about
        assert each.by_concept == {c: sum(counts.get((state, c, r), 0) for r in RULES) for c in CONCEPTS}, about
        assert each.by_rule == {r: sum(counts.get((state, c, r), 0) for c in CONCEPTS) for r in RULES}, about


@seeds(8, 60)
def test_small_models(seed: int) -> None:
    """Two readings of every actor."""
    assert_same(small_model(seed), f"small {seed}")


@seeds(4, 40)
def test_graphs(seed: int) -> None:
    assert_same(random_model(seed, "graph"), f"graph {seed}")


@blocks(5, 5)
def test_at_length(block: int) -> None:
    for seed in range(60 + 20 * block, 80 + 20 * block):
        assert_same(small_model(seed), f"small {seed}")


def test_one_run_is_one_analysis() -> None:
    """With one reading, concept and rule what is an equilibrium is always one."""
    case = Case(load("chicken"))
    found = frequency(case, ["nash"])
    assert (found.runs, found.always, found.sometimes) == (1, case.analyse(["nash"]).count("nash"), 0)


def test_where() -> None:
    """Only states where it holds are counted, also as never."""
    case = Case(load("two_proxies"))
    found = frequency(case, ["seq"], ["ru"], where="decoupled")
    assert found.states == int(case.game.holds("decoupled", case.game.states).sum())
    assert sum(bool(each.state["ru_link"]) for each in found.frequent) == 0


def test_what_people_read() -> None:
    found = frequency(Case(load("prisoners_dilemma")), ["nash", "seq"], sanction_rules=RULES)
    assert found.headline == (
        "In 4 runs, one state is always an equilibrium, 1 sometimes, 2 never; today is one in 2 of them."
    )
    first, second = found.sheets()
    assert first.rows == (("always", 1), ("sometimes", 1), ("never", 2))
    assert first.notes[:2] == (
        "Runs: 1 combination of readings (of nobody) × 2 concepts × 2 rules of counter-moves.",
        "A frequency counts runs that were chosen; it is no likelihood, and another choice gives another one.",
    )
    assert second.columns == ("state", "what is on", "runs", "Nash", "SEQ", "sequence", "single")
    assert second.rows == ((1, "dd", 4, 2, 2, 2, 2), (4, "cc", 2, 0, 2, 1, 1))
    assert "Of 4 runs in all, 2 under each concept." in second.notes
    assert json.loads(json.dumps(found.to_json()))["never"] == 2


def test_bad_questions() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="solution concept"):
        frequency(case, ["nahs"])
    with pytest.raises(InputError, match="name at least one solution concept"):
        frequency(case, [])
    with pytest.raises(InputError, match="name a sanction rule"):
        frequency(case, sanction_rules=[])
    with pytest.raises(UnknownName, match="did you mean legal"):
        frequency(case, sanction_rules=["legel"])
    with pytest.raises(TooLarge, match="combinations of readings"):
        frequency(case, most=3)
    with pytest.raises(UnknownName, match="unknown actor 'rus'"):
        frequency(case, actors=["rus"])
