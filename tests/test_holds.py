"""Held options: what a hold means, by small models and by brute force; consequences, merged and named states included."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import numpy as np
import pytest

from brute import answer as by_definition
from brute import held, possible, queries
from detente.case import Case, Policy, Query, verdict
from detente.conflict.game import LEAST_CELLS
from detente.errors import InputError
from detente.questions.policy.levers import levers
from detente.scenario import read_text
from detente.scenario.model import PriorityList
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml

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
    said = "not open is held, but by the rule 'when knock then open' it may still change: a hold binds actors, not consequences"
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


def assert_same(seed: int, kind: str, *, shared: bool = False) -> str:
    """A random hold against the definition; `shared`: in a space made for an actor who wants nothing."""
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
    policy, about = Policy(hold=case.settings(settings)), f"seed {seed}, {kind}, {settings}"
    before = played_on(case, policy, rng) if shared else None
    found = case.under(policy)
    assert before is None or found.game.conflict is before.game.conflict, about
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


def played_on(case: Case, policy: Policy, rng: random.Random) -> Case:
    """The case under the policy with an actor who wants nothing, asked at length beside others begun or held otherwise."""
    assert len(case.game.states)
    actor = case.scenario.actors[0].id
    idle = case.with_reading(actor, PriorityList(id="idle"))
    for option in case.scenario.options:
        other = {option.key: rng.randrange(len(option.choices))}
        for each in (Policy(start=other), Policy(start=other, hold=policy.hold), Policy(hold={**policy.hold, **other})):
            with contextlib.suppress(InputError):
                idle.under(each).analyse()
    held_idle = idle.under(policy)
    assert verdict(held_idle, Query("true")) == "ALL"
    assert held_idle.analyse().play("myopic").ends
    return held_idle


@pytest.mark.parametrize("kind", ["same", "consequences", "names", "guards", "while"])
def test_a_space_under_a_hold_is_the_same_whatever_is_wanted(kind: str) -> None:
    seen = [assert_same(seed, kind, shared=True) for seed in range(20, 32)]
    assert {"merged", "held"} & set(seen), seen


def test_other_rules_and_actors_left_out_have_spaces_of_their_own() -> None:
    case = case_of(TIED)
    assert verdict(case.under(Policy(hold={"knock": 0})), Query("open")) == "NONE"
    ruled = case.under(Policy(rules=(case.rule("when not knock then open"),)))
    assert verdict(ruled.under(Policy(hold={"knock": 0})), Query("open")) == "ALL"
    eager = case.wanting("host", ())
    assert verdict(eager.without(["guest"]).under(Policy(start={"open": 1})), Query("knock")) == "NONE"
    assert verdict(eager.under(Policy(start={"open": 1})), Query("knock")) == "ALL"


def test_few_and_small_spaces_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded in number and in cells; what is not kept is made again, and is the same."""
    case = case_of(TIED)
    number = max(case.game.conflict.cells, LEAST_CELLS)
    for room in (number, number - 1):
        monkeypatch.setattr("detente.conflict.game.VARIANT_CELLS", room)
        case = case_of(TIED)
        assert case.game.count
        policies = [Policy(hold={"open": value}) for value in (0, 1)]
        made = [[case.under(policy).game.conflict for policy in policies] for _ in range(2)]
        assert [a is b for a, b in zip(*made, strict=True)] == [room == number, False]
        assert [each.states.tolist() for each in made[0]] == [each.states.tolist() for each in made[1]]


@pytest.mark.parametrize("kind", ["same", "consequences", "names", "ranking", "guards", "while"])
def test_holds_by_brute_force(kind: str) -> None:
    seen = [assert_same(seed, kind) for seed in range(12)]
    assert {"merged", "held"} & set(seen), seen
