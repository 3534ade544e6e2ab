"""Held options: what a hold means, by small models and by brute force; consequences, merged and named states included."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import oracle
from brute import answer as by_definition
from brute import held, possible, queries
from detente.case import Case, Policy, Query, verdict
from detente.errors import InputError
from detente.questions.policy.levers import levers
from detente.scenario import read_text
from random_models import random_model, to_yaml

HEAD = "detente: 1\ntitle: Held\n"
GATE = (
    HEAD
    + """
actors:
  keeper: {options: {shut: }, priorities: [not shut]}
  guest: {options: {stay: }, priorities: [stay]}
rules: [{same: shut, score: representative}]
now: [shut, stay]
outcomes: {stays: stay}
"""
)
TIED = (
    HEAD
    + """
actors:
  host: {options: {open: }, priorities: [not open]}
  guest: {options: {knock: }, priorities: [knock]}
rules: [{when: knock, then: open}]
now: []
outcomes: {knocking: knock}
"""
)
RANKED = (
    HEAD
    + """
actors:
  a: {options: {x: }, ranking: [s3, s2, s4, s1]}
  b: {options: {y: }, ranking: [s1, s2, s3, s4]}
states: {s1: [], s2: [y], s3: [x], s4: [x, y]}
now: s1
outcomes: {up: y}
"""
)


def case_of(text: str, **held: int) -> Case:
    case = Case(read_text(text, name="held"))
    return case.under(Policy(hold=held)) if held else case


def test_a_merged_state_moves_only_where_the_hold_is_kept() -> None:
    """The two states with the gate shut are one; opening it must not lead where the guest is gone."""
    case = case_of(GATE, stay=1)
    assert verdict(case, Query("stays")) == "ALL"
    found = levers(case_of(GATE), "guest", "stays")
    assert [each.flips for each in found.minimal] == [{}]
    assert {str(trial.flips): trial.verdict for trial in found.trials} == {"{}": "ALL", "{'stay': False}": "NONE"}


def test_a_hold_binds_actors_and_not_consequences() -> None:
    """The door opens by itself when the guest knocks; then it can come about that it is open, and equilibria there count."""
    case = case_of(TIED, open=0)
    assert (verdict(case, Query("knocking")), verdict(case, Query("knocking", concept="nash"))) == ("ALL", "ALL")
    assert case.analyse(("nash",)).count("nash") == 1
    said = "not open is held, but `when knock then open` may still switch it: a hold binds actors, not consequences"
    assert said in case.warnings
    assert [case.game.text(cell) for cell in case.game.states.tolist()] == ["all off", "open", "open knock"]


def test_what_is_undone_at_once_cannot_be_held() -> None:
    with pytest.raises(InputError) as error:
        case_of(TIED, open=0, knock=1)
    assert str(error.value) == "not open cannot be held: at once `when knock then open` makes it open"


def test_states_that_cannot_come_about_are_no_states() -> None:
    """Held options leave named and ranked models as well, so that every count is about the same states."""
    case = case_of(RANKED, x=1)
    assert case.game.count == 2
    assert [case.game.text(cell) for cell in case.game.states.tolist()] == ["s3", "s4"]
    assert case.analyse(("nash",)).count("nash") == 1
    with pytest.raises(InputError, match=r"x is held here and cannot be set otherwise"):
        case.game.cell("s1")
    with pytest.raises(InputError, match=r"that state cannot come about while stay is held"):
        case_of(GATE, stay=1).game.cell("not shut, not stay")


def test_a_new_start_sets_what_is_held() -> None:
    """A held option put elsewhere is held there."""
    case = case_of(TIED, knock=0).under(Policy(start={"knock": 1}))
    assert case.held == {"knock": 1}
    assert verdict(case, Query("knocking")) == "ALL"


# --- brute force -----------------------------------------------------------------------------------------------------


def some_hold(model: Any, rng: random.Random) -> dict[str, Any]:
    options = oracle.read_options(model)
    return {o.key: rng.choice(o.values) for o in rng.sample(options, rng.randint(1, min(3, len(options))))}


def assert_same(seed: int, kind: str) -> str:
    rng, model = random.Random(seed), random_model(seed, kind)
    if "graph" in model:
        return "graph"
    settings = some_hold(model, rng)
    free = oracle.build(model)
    space = free.space
    assert space is not None
    fixed = {o.key for place, o in enumerate(space.options) if space.frozen(place)}
    if fixed & settings.keys():
        return "fixed"
    other = held(free, settings)
    case = Case(read_text(to_yaml(model), name="random"))
    if other is None:
        return "impossible"
    assert other.now is not None
    found, about = case.under(Policy(hold=case.settings(settings))), f"seed {seed}, {kind}, {settings}"
    inside = sorted(possible(other, settings))
    texts = [found.game.labels(found.game.conflict.settings(cell)) for cell in found.game.states.tolist()]
    assert texts == [oracle.settings(other, s) for s in inside], about
    for query in queries(model):
        assert verdict(found, query) == by_definition(other, query, settings=settings), f"{about}, {query}"
    analysis, place = found.analyse(), {s: number for number, s in enumerate(inside)}
    for concept in ("nash", "gmr", "smr", "seq"):
        equilibria = (oracle.equilibria(other, concept) or set()) & set(inside)
        numbers = np.searchsorted(found.game.states, analysis.equilibria(concept)).tolist()
        assert numbers == sorted(place[s] for s in equilibria), f"{about}, {concept}"
        assert analysis.count(concept) == len(equilibria), f"{about}, {concept}"
    return "merged" if any("same" in rule for rule in model.get("rules", ())) else "held"


@pytest.mark.parametrize("kind", ["same", "consequences", "names", "ranking", "guards", "while"])
def test_holds_by_brute_force(kind: str) -> None:
    seen = [assert_same(seed, kind) for seed in range(12)]
    assert {"merged", "held"} & set(seen), seen
