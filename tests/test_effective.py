"""Effective options: what a small model says, brute force on random models, and bad input."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from detente.case import CONCEPTS, Case, Policy
from detente.engine.concepts import CONCEPTS as KNOWN
from detente.engine.concepts import strictest_first
from detente.errors import Unanswerable, UnknownName
from detente.questions.stability.effective import Effect, effective
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import RULE_KINDS, random_model, to_yaml

pytestmark = pytest.mark.first_analysis

TWO = """
detente: 1
actors:
  ann: {options: {go: {}}, priorities: [go]}
  bob: {options: {stay: {}}, priorities: [stay if go]}
  cat: {options: {hum: {}}, priorities: [go]}
outcomes: {gone: go, loud: hum}
now: []
"""


def effects(text: str, **asked: Any) -> dict[str, Effect]:
    return {effect.option: effect for effect in effective(Case(read_text(text)), **asked).effects}


def test_a_small_model() -> None:
    """Ann wants to go: at every state without it she would move. Bob minds only where she goes. Nobody minds the humming."""
    found = effects(TWO, concepts=["nash"])
    assert [effect.flips for effect in found.values()] == [4, 4, 4]
    # ann is stable just where she goes; bob unless she goes and he does not stay: of the eight states, two are equilibria
    assert {option: effect.equilibria["nash"] for option, effect in found.items()} == {"go": 2, "stay": 2, "hum": 0}
    assert found["go"].stability == {"ann": {"nash": 4}, "bob": {"nash": 2}, "cat": {"nash": 0}}
    assert found["stay"].moved == ("bob",)
    assert not found["hum"].effective
    # whether Cat hums or not nobody changes it; Ann goes in any case
    assert found["hum"].outcomes == ("loud",)
    assert found["go"].outcomes == ()


def test_what_people_read() -> None:
    (sheet,) = effective(Case(read_text(TWO)), ["nash"]).sheets()
    assert sheet.title == "Flips of one option that make or unmake an equilibrium"
    assert sheet.columns == ("who", "option", "flips", "Nash", "stability changed of", "turned from now")
    assert sheet.rows[0] == ("ann", "go", 4, 2, "ann, bob", "")
    assert sheet.notes[0] == "Inert (no flip changes anybody's stability): hum"


def test_json() -> None:
    found = json.loads(json.dumps(effective(Case(load("axis_and_sanctions"))).to_json()))
    panel = next(effect for effect in found["effects"] if effect["option"] == "ru_panel")
    assert panel["effective"] is False
    assert panel["outcomes"] == ["panel_restored"]


def test_what_is_held_is_no_choice() -> None:
    case = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0}))
    assert "us_arm" not in [effect.option for effect in effective(case).effects]
    merged = Case(load("elmira")).under(Policy(hold={"insist": 1}))  # named states: the option stays in the space
    assert [effect.option for effect in effective(merged).effects] == ["modify", "answer"]


# --- brute force -------------------------------------------------------------------------------------------------------


def brute(game: oracle.Game, concepts: tuple[str, ...], play: str) -> dict[str, Any]:
    """Per option the flips, counted pair by pair over all combinations that the rules allow."""
    space, now = game.space, game.now
    assert space is not None and now is not None
    stable = {(c, a): oracle.stable_states(game, c, a) or set() for c in concepts for a in game.actors}
    found = {}
    for place, option in enumerate(space.options):
        if space.frozen(place):
            continue

        def alike(one: Any, other: Any, place: int = place) -> bool:
            return bool(one[:place] == other[:place] and one[place + 1 :] == other[place + 1 :])

        pairs = [(space.number[a], space.number[b]) for a, b in itertools.combinations(space.cells, 2) if alike(a, b)]
        starts = [
            space.number[cell]
            for cell in space.cells
            if cell != game.states[now][0] and alike(cell, game.states[now][0])
        ]
        turned = [
            name for name in game.model["outcomes"] if len({ending(game, name, play, s) for s in (now, *starts)}) > 1
        ]
        holds = {
            c: {s for s in range(len(game.states)) if all(s in stable[c, a] for a in game.actors)} for c in concepts
        }
        found[option.key] = (
            len(pairs),
            {c: sum((a in holds[c]) != (b in holds[c]) for a, b in pairs) for c in concepts},
            {
                w: {c: sum((a in stable[c, w]) != (b in stable[c, w]) for a, b in pairs) for c in concepts}
                for w in game.actors
            },
            tuple(turned),
        )
    return found


def ending(game: oracle.Game, outcome: str, play: str, start: int) -> str:
    """ALL, SOME or NONE of the states that play from a start cannot leave for good."""
    arcs = oracle.steps(game, play)
    within = oracle.reached(arcs, start)
    last = {s for s in within if all(s in oracle.reached(arcs, t) for t in oracle.reached(arcs, s))}
    good = last & game.holding(outcome)
    return "ALL" if good == last else "SOME" if good else "NONE"


@pytest.mark.parametrize("kind", [*RULE_KINDS, "choices", "fixed", "weights", None])
def test_brute_force(kind: str | None) -> None:
    compared = 0
    for seed in range(10):
        model = random_model(seed, kind)
        if model.get("graph"):
            continue
        game = oracle.build(model)
        for concepts, play in ((CONCEPTS, "foresight"), (("sseq", "sim"), "myopic")):
            ordered = strictest_first(concepts)
            found = effective(Case(read_text(to_yaml(model), name="random")), concepts, play)
            told = {e.option: (e.flips, dict(e.equilibria), dict(e.stability), e.outcomes) for e in found.effects}
            assert told == brute(game, ordered, play), (seed, play)
            compared += sum(flips for flips, *_ in told.values())
    assert compared > 500


def test_bad_input() -> None:
    with pytest.raises(Unanswerable, match="no options to change"):
        effective(Case(load("elmira_graph")))
    with pytest.raises(UnknownName, match="foresight"):
        effective(Case(load("two_proxies")), play="forsight")
    with pytest.raises(UnknownName, match="did you mean nash"):
        effective(Case(load("two_proxies")), ["nahs"])
    assert set(CONCEPTS) <= set(KNOWN)
