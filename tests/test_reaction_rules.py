"""Reaction rules: whole, in two halves, and in part; against brute force from the definition, and what is said of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping

import pytest

from detente.case import Case
from detente.questions.claims import claims
from detente.scenario import check, read_text
from detente.scenario.warnings import ReactionRule, reaction_rules

OWN, OTHERS = ("a", "b"), ("p", "q")
EVERY = (*OWN, *OTHERS)

Truth = Callable[[Mapping[str, bool]], bool]


# --- brute force -------------------------------------------------------------------------------------------------------


def wish(rng: random.Random, depth: int = 2) -> tuple[str, Truth]:
    """A random aim as a text, and as a function of the settings."""
    if depth == 0 or rng.random() < 0.3:
        key = rng.choice(EVERY)
        return (key, lambda s: s[key]) if rng.random() < 0.6 else (f"(not {key})", lambda s: not s[key])
    (left, one), (right, two) = wish(rng, depth - 1), wish(rng, depth - 1)
    word, truth = rng.choice(
        [
            ("and", lambda s: one(s) and two(s)),
            ("or", lambda s: one(s) or two(s)),
            ("->", lambda s: not one(s) or two(s)),
            ("<->", lambda s: one(s) == two(s)),
        ]
    )
    return f"({left} {word} {right})", truth


def settings(keys: tuple[str, ...]) -> list[dict[str, bool]]:
    return [dict(zip(keys, values, strict=True)) for values in itertools.product((False, True), repeat=len(keys))]


def asked(truth: Truth, option: str, rest: Mapping[str, bool]) -> frozenset[bool]:
    """The choices of the option that make an aim true while everything else is as given."""
    return frozenset(value for value in (False, True) if truth({**rest, option: value}))


def looks_at(truth: Truth, key: str) -> bool:
    return any(truth({**each, key: False}) != truth({**each, key: True}) for each in settings(EVERY))


def brute(truths: list[Truth]) -> set[tuple[str, tuple[int, ...], bool]]:
    """Option, places and whether in part, of every rule of the list, by the definition."""
    found: set[tuple[str, tuple[int, ...], bool]] = set()
    for option in OWN:
        rests = settings(tuple(key for key in EVERY if key != option))
        demands = [[asked(truth, option, rest) for rest in rests] for truth in truths]
        looking = [place for place, truth in enumerate(truths) if looks_at(truth, option)]
        whole = [
            place
            for place in looking
            if all(len(each) == 1 for each in demands[place]) and len(set(demands[place])) > 1
        ]
        found |= {(option, (place,), False) for place in whole}
        second = None
        for place, after in itertools.pairwise([*looking, None]):
            if place is None or place == second:
                continue
            silent = [len(each) != 1 for each in demands[place]]
            if not any(silent) or not any(looks_at(truths[place], key) for key in OTHERS):
                continue
            rule_below = after is not None and any(
                all(len(asked(truths[after], own, rest)) == 1 for rest in settings(tuple(k for k in EVERY if k != own)))
                and any(looks_at(truths[after], key) for key in EVERY if key != own)
                and looks_at(truths[after], own)
                for own in OWN
            )
            if after is not None and not rule_below:
                both = [one if len(one) == 1 else two for one, two in zip(demands[place], demands[after], strict=True)]
                if all(len(each) == 1 for each in both) and len(set(both)) > 1:
                    found.add((option, (place, after), False))
                    second = after
                    continue
            if all(len(each) == 2 for each, quiet in zip(demands[place], silent, strict=True) if quiet):
                found.add((option, (place,), True))
    return found


def listed(wants: list[str]) -> tuple[ReactionRule, ...]:
    told = ", ".join(f'"{want}"' for want in wants)
    scenario = read_text(
        f"""
detente: 1
title: Two sides
actors:
  mine: {{options: {{a: , b: }}, priorities: [{told}]}}
  theirs: {{options: {{p: , q: }}, priorities: [p, q, a, b]}}
now: []
"""
    )
    actor = scenario.actor("mine")
    return reaction_rules(scenario, actor, actor.default_reading)


def test_rules_are_those_of_the_definition() -> None:
    rng, kinds = random.Random(5), set()
    for _ in range(400):
        wishes = [wish(rng) for _ in range(rng.randint(1, 3))]
        expected = brute([truth for _, truth in wishes])
        found = {(rule.option, rule.places, rule.partial) for rule in listed([text for text, _ in wishes])}
        # Of one wish that fixes several own options, one is named.
        single = {places for option, places, partial in expected if len(places) == 1 and not partial}
        assert {each for each in found if each[1] not in single or each[2]} == {
            each for each in expected if each[1] not in single or each[2]
        }, wishes
        assert {places for _, places, partial in found if len(places) == 1 and not partial} == single, wishes
        kinds |= {(len(places), partial) for _, places, partial in expected}
    assert kinds == {(1, False), (2, False), (1, True)}


# --- what is said, and what follows ------------------------------------------------------------------------------------

QUARREL = """
detente: 1
title: A border post
actors:
  north: {options: {post: {name: Keep the border post}}, priorities: [post]}
  south: {options: {raids: {name: Raid the post}, parade: }, priorities: [%s]}
now: [post]
claims:
  K1:
    says: As long as the post stands there will be raids
    test: {hold: [post], of: raids, expect: ALL}
"""

RULES = [
    "raids <-> post",
    "post -> raids, not raids",
    "post and raids, not raids",
    "not raids or post, raids",
    "raids -> post, post -> raids",
    "post -> raids, parade, not raids",
    "raids <-> post, not raids",
    "post -> raids",
]


@pytest.mark.parametrize("wants", RULES)
def test_a_rule_is_assumed_however_it_is_written(wants: str) -> None:
    written = read_text(QUARREL % wants)
    row = claims(written)["K1"]
    assert (row.status, row.label) == ("assumed", "assumed")
    assert row.because == "yes: ALL (by reaction rules alone)"
    codes = [problem.code for problem in check(QUARREL % wants) if problem.code != "unused-option"]
    assert codes in (["reaction-rule"], ["one-sided-rule"]), codes


@pytest.mark.parametrize("wants", ["raids", "raids, post", "not post, raids"])
def test_what_is_valued_is_not_assumed(wants: str) -> None:
    assert claims(read_text(QUARREL % wants))["K1"].status == "follows"
    assert not [each for each in check(QUARREL % wants) if each.code.endswith("-rule")]


def test_what_two_halves_are_told() -> None:
    (problem,) = [each for each in check(QUARREL % "post -> raids, not raids") if each.code == "reaction-rule"]
    assert problem.message == (
        "'post -> raids' and 'not raids' (line 6) fix raids by assumption: together they say how south answers post, "
        "not what south values. State the goods and let the answer follow; results that rest on these lines hold by "
        "assumption"
    )


def test_what_half_a_rule_is_told() -> None:
    (problem,) = [each for each in check(QUARREL % "post -> raids") if each.code == "one-sided-rule"]
    assert problem.message == (
        "'post -> raids' fixes raids by assumption wherever it is not true anyway: it says how south answers post, not "
        "what south values. State the goods and let the answer follow; results that rest on this line hold by assumption"
    )


def test_both_halves_are_marked_in_what_a_result_rests_on() -> None:
    case = Case(read_text(QUARREL % "post -> raids, parade, not raids"))
    assert case.reaction_rules("south") == {1, 3}
    assert [wish.reaction for wish in case.wishes if wish.actor == "south"] == [True, False, True]
    assert "2 of them are reaction rules" in case.basis.summary
