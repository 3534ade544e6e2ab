"""Assumptions that suffice: brute force over all sets of changes, rules that are redundant, and rules in two lines."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

import brute
from detente.case import Case, Query
from detente.questions.inverse.assumptions import Assumptions, assumptions
from detente.questions.uncertainty.conditions import hitting_sets
from detente.scenario import load, read_text
from detente.scenario.warnings import reaction_rules
from detente.verification import oracle
from lengths import seeds

Model = dict[str, Any]
Touched = frozenset[tuple[str, int]]


def model_of(wants: Mapping[str, tuple[str, list[Any]]], *on: str, **more: Any) -> Model:
    """Actors with the options named ("x y") and a priority list each; `on` at the status quo."""
    actors = {
        actor: {"options": {key: key.upper() for key in options.split()}, "priorities": wishes}
        for actor, (options, wishes) in wants.items()
    }
    return {"detente": 1, "title": "Small", "actors": actors, "now": list(on), **more}


def case_of(model: Model) -> Case:
    return Case(read_text(yaml.safe_dump(model, sort_keys=False), name="small"))


def said(found: Assumptions) -> list[list[str]]:
    return [[f"{each.actor or 'rule'}: {each.says}" for each in members] for members in found.sufficient]


def turned(found: Assumptions) -> list[tuple[str, ...]]:
    return [each.changes for each in found.overturning]


# --- by brute force ---------------------------------------------------------------------------------------------


def drawn(seed: int) -> Model:
    """Two or three actors with an option each (one may have two), lists of one to three statements, perhaps a rule."""
    rng = random.Random(seed)
    options = {"a": "x z" if rng.random() < 0.4 else "x", "b": "y"} | ({"c": "w"} if rng.random() < 0.3 else {})
    keys = " ".join(options.values()).split()

    def statement(own: str) -> str:
        mine, other = rng.choice(own.split()), rng.choice([key for key in keys if key not in own.split()])
        forms = "{0}", "not {0}", "{1}", "not {1}", "{0} <-> {1}", "{1} -> {0}", "not {1} -> not {0}", "{0} and not {1}"
        return rng.choice(forms).format(mine, other)

    wants = {actor: (own, [statement(own) for _ in range(rng.randint(1, 2))]) for actor, own in options.items()}
    rules = [{"never": f"{keys[0]} and {keys[1]} and not {keys[-1]}"}] if rng.random() < 0.3 and len(keys) > 2 else []
    rules += [{"when": keys[0], "then": keys[1]}] if rng.random() < 0.3 else []
    model = model_of(wants, *(key for key in keys if rng.random() < 0.3), outcomes={"goal": f"{keys[0]} or {keys[1]}"})
    return model | ({"rules": rules} if rules else {})


def changes_of(model: Model) -> list[tuple[Touched, str | None, tuple[str, ...]]]:
    """Every single change: what it touches, and the aim that stands instead, if any."""
    case = case_of(model)
    found: list[tuple[Touched, str | None, tuple[str, ...]]] = []
    for actor, written in model["actors"].items():
        found += [(frozenset({(actor, place)}), None, (actor,)) for place in range(len(written["priorities"]))]
    for actor in model["actors"]:
        for rule in reaction_rules(case.scenario, case.scenario.actor(actor), case.reading(actor)):
            touched = frozenset((actor, place) for place in rule.places)
            found += [(touched, wish, (actor,)) for wish in (rule.option, f"not {rule.option}")]
    return found + [(frozenset({("", place)}), None, ("",)) for place in range(len(model.get("rules", [])))]


def made(model: Model, changes: tuple[tuple[Touched, str | None, tuple[str, ...]], ...]) -> Model | None:
    """The model with these changes; None where two of them touch the same line."""
    lines = {actor: list(enumerate(written["priorities"])) for actor, written in model["actors"].items()}
    rules = list(enumerate(model.get("rules", [])))
    seen: set[tuple[str, int]] = set()
    for touched, wish, _ in changes:
        if touched & seen:
            return None
        seen |= touched
        first = min(touched)
        lines = {
            actor: [
                (place, wish if wish and (actor, place) == first else text)
                for place, text in kept
                if (actor, place) not in touched or (wish and (actor, place) == first)
            ]
            for actor, kept in lines.items()
        }
        rules = [(place, rule) for place, rule in rules if ("", place) not in touched]
    actors = {a: {**w, "priorities": [text for _, text in lines[a]]} for a, w in model["actors"].items()}
    return {**model, "actors": actors, "rules": [rule for _, rule in rules]}


def sets(items: list[Any]) -> Iterator[tuple[Any, ...]]:
    return itertools.chain.from_iterable(itertools.combinations(items, size) for size in range(len(items) + 1))


def verdict_of(model: Model, query: Query) -> str | None:
    """By brute force; None where the status quo is impossible."""
    try:
        return brute.answer(oracle.build(model, None), query)
    except oracle.Infeasible:
        return None


def sufficient_by_definition(model: Model, query: Query) -> set[Touched]:
    """The minimal sets of assumptions that no set of changes outside them overturns."""
    changes, now = changes_of(model), verdict_of(model, query)
    overturning = set()
    for chosen in sets(changes):
        other = made(model, chosen)
        if other is not None and verdict_of(other, query) not in (now, None):
            overturning.add(frozenset().union(*(touched for touched, _, _ in chosen)))
    everything = sorted({key for touched, _, _ in changes for key in touched})
    enough = [frozenset(k) for k in sets(everything) if not any(touched.isdisjoint(k) for touched in overturning)]
    return {k for k in enough if not any(other < k for other in enough)}


@seeds(2, 6, "block")
def test_by_enumeration(block: int) -> None:
    asked, several = 0, 0
    for seed in range(20 * block, 20 * block + 20):
        model = drawn(seed)
        changes = changes_of(model)
        query = (Query("goal"), Query(concept="seq"), Query("goal", concept="nash"), Query("goal", "myopic"))[seed % 4]
        if len(changes) > 9 or verdict_of(model, query) is None:
            continue
        expected = sufficient_by_definition(model, query)
        found = assumptions(case_of(model), query, 99)
        assert found.exact
        assert found.possible == len(changes)
        assert {frozenset((e.actor, e.rank - 1) for e in members) for members in found.sufficient} == expected, seed
        asked, several = asked + 1, several + (len(expected) > 1)
    assert asked >= 8
    assert several >= 1


def test_what_is_proved_up_to_a_size() -> None:
    """Sets found with fewer changes are hit by those found with more; and nothing listed can be overturned up to the size."""
    for seed in range(200, 230):
        model, query = drawn(seed), Query(concept="seq")
        if verdict_of(model, query) is None:
            continue
        few, all_ = (assumptions(case_of(model), query, size) for size in (1, 99))
        assert few.size == min(1, few.possible)
        for members in all_.sufficient:
            touched = set(members)
            assert any(set(part) <= touched for part in few.sufficient), seed


def test_hitting_sets_by_brute_force() -> None:
    rng = random.Random(3)
    for _ in range(200):
        given = [frozenset(rng.sample("abcdef", rng.randint(1, 3))) for _ in range(rng.randint(0, 5))]
        all_ = [frozenset(k) for k in sets(list("abcdef")) if all(k_ & set(k) for k_ in given)]
        minimal = {k for k in all_ if not any(other < k for other in all_)}
        found, left_off = hitting_sets(given, 1000)
        assert (set(found), left_off, len(found)) == (minimal, False, len(minimal))
        assert [len(each) for each in found] == sorted(len(each) for each in found)
    assert hitting_sets([frozenset("ab"), frozenset("cd")], 3)[1] is True


# --- shapes that one change at a time does not show ---------------------------------------------------------------


def test_two_redundant_rules() -> None:
    """Each of two followers would do; no single change overturns, and each of them suffices with the leader's aim."""
    wants = {"lead": ("e", ["e"]), "one": ("x", ["x <-> e"]), "two": ("y", ["y <-> e"])}
    case = case_of(model_of(wants, outcomes={"joined": "x or y"}))
    query = Query("joined")
    single = assumptions(case, query, 1)
    assert (single.verdict, turned(single)) == ("ALL", [("lead: without 'e'",)])
    found = assumptions(case, query)
    assert said(found) == [["lead: e", "one: x <-> e"], ["lead: e", "two: y <-> e"]]
    assert ("one: without 'x <-> e'", "two: without 'y <-> e'") in turned(found)
    assert [[each.reaction for each in members] for members in found.sufficient] == [[False, True], [False, True]]
    text = str(found)
    assert "2 sets of the 3 assumptions: each of them keeps the verdict against any 3 changes elsewhere." in text
    assert "Proved up to 3 changes at a time, of 7 possible ones: more than 3 were not tried together." in text
    exact = str(assumptions(case, query, 7))
    assert "each of them keeps the verdict, whatever is changed elsewhere." in exact
    assert "Exact: all sets of the 7 possible changes were tried." in exact


def test_a_rule_in_two_lines() -> None:
    """Neither line decides alone, but both are one rule: stated plainly it overturns the verdict."""
    case = case_of(model_of({"p": ("a", ["a"]), "q": ("x", ["a -> x", "not a -> not x"])}, "a", "x"))
    found = assumptions(case, Query("x"))
    assert found.verdict == "ALL"
    assert ("q: 'a -> x' and 'not a -> not x' stated plainly: 'not x'",) in turned(found)
    (plain,) = (each for each in found.overturning if len(each.touches) == 2)
    assert (plain.verdict, [each.reaction for each in plain.touches]) == ("NONE", [True, True])
    assert said(found) == [["q: a -> x"], ["q: not a -> not x"]]


def test_rules_of_the_model_are_assumptions() -> None:
    case = case_of(model_of({"p": ("a", ["a"]), "q": ("x", ["not x"])}, rules=[{"when": "a", "then": "x"}]))
    found = assumptions(case, Query("x"))
    assert said(found) == [["p: a", "rule: a"]] or said(found)[0][-1].startswith("rule: ")
    assert any(change[0].startswith("rule: without '") for change in turned(found))


def test_who_says_it_and_what_is_supposed() -> None:
    wants: dict[str, tuple[str, list[Any]]] = {
        "p": ("a", [{"want": "a", "source": "guess"}]),
        "q": ("x", [{"want": "x <-> a", "source": "book", "claims": ["C1"]}]),
    }
    sources = {"guess": {"text": "Ours.", "kind": "supposition"}, "book": {"text": "A book."}}
    claims = {"C1": {"says": "It follows.", "source": "book"}}
    case = case_of(model_of(wants, sources=sources, claims=claims))
    found = assumptions(case, Query("x"))
    assert [(each.says, each.sources, each.supposed) for each in found.sufficient[0]] == [
        ("a", ("guess",), True),
        ("x <-> a", ("book",), False),
    ]
    assert "Suppositions among them: 1 of 2" in str(found)
    assert found.needed == found.sufficient[0]


def test_nothing_needed() -> None:
    found = assumptions(case_of(model_of({"p": ("a", ["a"])}, "a")), Query(concept="seq"))
    assert found.sufficient in (((),), found.sufficient)
    still = assumptions(Case(load("chicken")), Query(concept="gmr"))
    assert still.sufficient == ((),)
    assert "Nothing overturns the verdict: it stands." in str(still)


def test_time_is_kept() -> None:
    ticks = itertools.count()
    found = assumptions(Case(load("two_proxies")), Query(concept="seq"), seconds=2, clock=lambda: float(next(ticks)))
    assert found.size < 3
    assert f"Proved up to {found.size} change" in str(found)


def test_what_is_handed_on() -> None:
    found = assumptions(Case(load("two_proxies")), Query(concept="seq"), 1)
    data = json.loads(json.dumps(found.to_json()))
    assert data["verdict"] == found.verdict
    assert data["sufficient"][0][0].keys() >= {"actor", "rank", "says", "reaction", "sources", "claims", "supposed"}
    assert data["exact"] is False
