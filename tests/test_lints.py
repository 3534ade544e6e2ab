"""What the state space shows an analyst: moves cut by rules, statements that cannot matter, ties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente.analysis import warnings as lints
from detente.conflict import build
from detente.scenario import check, load, read_text
from detente.scenario.model import PriorityList, Scenario
from detente.scenario.warnings import lint as lint_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml

IDLE = {"constant", "constant-statement", "duplicate-statement", "dead-statement"}

MODEL = """
detente: 1
title: A pact
actors:
  us:
    options: {arm: , talk: }
    priorities: [not pact, arm or talk]
  ru:
    options: {pact: {needs: arm}, war: {change: fixed}}
    priorities: [pact -> arm, war, not talk]
rules:
  - never: pact and not arm
  - never: arm and talk
now: [arm, pact]
"""


def codes(text: str) -> list[str]:
    return [problem.code for problem in lints.lint(read_text(text, name="pact"))]


def test_moves_cut_by_a_rule() -> None:
    """Of us: from the states with a pact it cannot drop the arms; ru's guard already says what the rule says."""
    scenario = read_text(MODEL)
    cuts = lints.cut_moves(scenario, build(scenario))
    assert [(cut.actor, cut.lost, cut.kept) for cut in cuts] == [("us", 2, 6)]
    problem = next(p for p in lints.lint(scenario) if p.code == "cut-moves")
    assert (problem.line, problem.severity) == (12, "warning")
    assert "us 2 of 8 moves (25 %)" in problem.message


def test_own_rules_cut_nothing_of_others() -> None:
    assert codes(MODEL.replace("  - never: pact and not arm\n", "")).count("cut-moves") == 0


def test_statements_that_cannot_matter() -> None:
    found = {problem.code: problem.message for problem in lints.lint(read_text(MODEL))}
    assert "'pact -> arm' is true in every state" in found["constant-statement"]
    assert "1 of 3 statements of ru's reading 'only' look at fixed options only: war" in found["fixed-statement"]


@pytest.mark.parametrize(
    "sees",
    [
        "perceptions: {bluffed: {views: {us: {imagines: war}}}}",
        "perceptions: {bluffed: {views: {us: {thinks_of: {ru: {imagines: war}}}}}}",
        "announcements: {bluff: {by: ru, to: us, imagines: war}}",
    ],
)
def test_wishes_about_what_somebody_imagines(sees: str) -> None:
    """In the game of whoever thinks that the fixed option can be switched, these aims decide."""
    model = MODEL.replace("war, not talk]", "war, war and talk, not talk]")
    assert {"fixed-statement", "constant-statement"} <= set(codes(model))
    found = {p.code: p.message for p in lints.lint(read_text(model + sees))}
    assert "fixed-statement" not in found
    assert "pact -> arm" in found["constant-statement"]


def test_room_the_rules_leave() -> None:
    text = MODEL.replace("  - never: arm and talk", "  - never: talk")
    assert "impossible-choice" in codes(text)
    assert "impossible-guard" in codes(text.replace("needs: arm", "needs: arm and talk"))


def test_large_ties() -> None:
    text = MODEL.replace("options: {arm: , talk: }", "options: {arm: , talk: , a: , b: }")
    problem = next(p for p in lints.lint(read_text(text)) if p.code == "large-tie")
    assert "reading 'only' leaves" in problem.message
    assert "large-tie" not in codes(MODEL)


def test_errors_of_the_space_are_findings() -> None:
    problems = lints.lint(read_text(MODEL.replace("now: [arm, pact]", "now: [pact]")))
    assert [(problem.code, problem.severity) for problem in problems] == [("infeasible-now", "error")]
    ranked = "states: {s: [arm]}\n" + MODEL.replace("priorities: [not pact, arm or talk]", "ranking: [s]")
    assert any(p.code == "ranking" and p.severity == "error" for p in lints.lint(read_text(ranked)))


def test_design_note_on_the_composite() -> None:
    """The four rules across actors take 10 % of the American, 24 % of the Russian, 28 % of the Korean moves."""
    scenario = load("composite_strict")
    together = [cut for cut in lints.cut_moves(scenario, build(scenario)) if len(cut.rules) == 4]
    assert {cut.actor: (cut.lost, cut.lost + cut.kept) for cut in together} == {
        "us": (127_991_808, 1_238_679_552),
        "hawk": (442_368, 15_679_488),
        "ru": (41_811_968, 172_474_368),
        "nk": (112_427_008, 407_666_688),
    }


def brute_force(scenario: Scenario, dropped: tuple[object, ...], player: int) -> int:
    """Moves of the model without these rules, from states of the model with them, that the rules forbid."""
    conflict = build(scenario)
    rules = tuple(rule for rule in scenario.rules if rule not in dropped)
    freer = build(replace(scenario, rules=rules, now=None))
    _, landed = freer.successors(conflict.states, player)
    return len(landed) - int(conflict.is_state(landed).sum())


def with_cross_actor_rule(model: dict[str, Any]) -> str:
    """The model, freed of its status quo, with a rule over the first options of its first two actors."""
    first, second = (
        f"{actor}.{name} = {option['choices'][-1]}" if option.get("choices") else f"{actor}.{name}"
        for actor, each in list(model["actors"].items())[:2]
        for name, option in list(each["options"].items())[:1]
    )
    rules = [*model.get("rules", []), {"never": f"{first} and not {second}"}]
    return to_yaml({key: value for key, value in model.items() if key != "now"} | {"rules": rules})


@pytest.mark.parametrize("kind", ["plain", "choices", "never", "guards", "oneway", "barred"])
def test_counting_agrees_with_listing(kind: str) -> None:
    """Counts on the grid, limits on moves included, are what listing every move gives."""
    looked_at = 0
    for seed in range(12):
        scenario = read_text(with_cross_actor_rule(random_model(seed, kind)))
        conflict = build(scenario)
        cuts = lints.cut_moves(scenario, conflict) if conflict.simple else ()
        looked_at += len(cuts)
        for cut in cuts:
            assert cut.lost == brute_force(scenario, cut.rules, conflict.index(cut.actor))
    assert looked_at > 5


# --- wishes that never decide -----------------------------------------------------------------------------------------


def dead(text: str) -> list[str]:
    return [p.message for p in lints.lint(read_text(text, name="dead")) if p.code == "dead-statement"]


def test_a_rule_leaves_a_wish_nothing_to_decide() -> None:
    """Where exactly one of x and y holds, what is said of x decides all that could be said of y."""
    text = """
detente: 1
title: Dead
actors:
  a: {options: {x: , y: }, priorities: [x, not y, z]}
  b: {options: {z: }, priorities: [x or y, z, x and z, z and y]}
rules: [{never: x iff y}]
now: [x]
"""
    said = "'{}' never decides: states that agree on the aims of {} above it agree on it too"
    assert dead(text) == [said.format("not y", "a"), said.format("z and y", "b")]


@pytest.mark.parametrize("kind", ["never", "same", "consequences", "plain"])
def test_dead_wishes_by_brute_force(kind: str) -> None:
    """Without a dead aim the list orders the states as before; every aim without which it does so is told somehow."""
    found = 0
    for seed in range(25):
        model = random_model(seed, kind)
        scenario = read_text(to_yaml(model), name="random")
        told = {(p.line, p.column) for p in (*lints.lint(scenario), *lint_text(scenario)) if p.code in IDLE}
        space = oracle.build(model).space
        assert space is not None
        for actor in scenario.actors:
            if len([o for o in space.options if o.actor == actor.id and not space.frozen(space.options.index(o))]) == 0:
                continue
            for reading in actor.readings.values():
                if not isinstance(reading, PriorityList) or len(reading.statements) > 20:
                    continue
                spec = oracle.preference(model, actor.id, reading.id)
                wants = [w["want"] if isinstance(w, dict) else w for w in spec["priorities"]]
                rows = [tuple(space.words.formula(want)(members[0]) for want in wants) for members in space.states]
                for place, statement in enumerate(reading.statements):
                    above = {row[:place] for row in rows}
                    idle = len({row[: place + 1] for row in rows}) == len(above)
                    at = (statement.place.line, statement.place.column)
                    assert (at in told) == idle, (seed, kind, str(statement))
                    found += idle
    assert found


def test_an_option_nobody_looks_at() -> None:
    """One that is fixed multiplies no states; one that somebody imagines is looked at."""
    model = """
detente: 1
title: A gate
actors:
  a: {options: {x: , idle: , gate: {change: fixed}}, priorities: [x]}
  b: {options: {y: }, priorities: [not x, y]}
"""
    told = [each.message for each in check(model) if each.code == "unused-option"]
    assert told == [
        "no aim, rule, guard or outcome looks at 'idle'; it only multiplies the states",
        "no aim, rule, guard or outcome looks at 'gate'; nothing depends on it",
    ]
    seen = model + "perceptions: {bluff: {views: {b: {imagines: gate}}}}\n"
    assert [each.message for each in check(seen) if each.code == "unused-option"] == told[:1]
