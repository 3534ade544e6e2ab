"""Hierarchical models: the join against the oracle on a model written by hand, laws, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import Any

import pytest

import oracle
from detente.case import Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.hierarchy import hierarchy, join, rename_actor
from detente.scenario import load, read_text
from detente.scenario.model import Scenario
from random_models import to_yaml

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq", "sim")
Model = dict[str, Any]


def small(rng: random.Random, part: str, kind: str) -> Model:
    """A hub and one or two local actors; options of the part begin with its name."""
    owners = {"hub": rng.choice((1, 2)), f"{part}_a": 1, **({f"{part}_b": 1} if rng.random() < 0.4 else {})}
    options = {who: [f"{part}_{who.removeprefix(part)}{n}" for n in range(count)] for who, count in owners.items()}
    every = [key for keys in options.values() for key in keys]

    def wish() -> str:
        some = rng.sample(every, min(len(every), rng.choice((1, 2, 2))))
        return rng.choice((" and ", " or ")).join(f"{rng.choice(('', 'not '))}{key}" for key in some)

    def wants() -> Model:
        if kind == "weights":
            return {"weights": [{"when": wish(), "weight": rng.choice((1, 2, -1, 0.5))} for _ in range(3)]}
        return {"priorities": [wish() for _ in range(rng.randint(2, 4))]}

    actors = {
        who: {"name": who, "options": {key: {"name": key} for key in keys}, **wants()} for who, keys in options.items()
    }
    if rng.random() < 0.3:
        actors["hub"]["options"][options["hub"][0]]["change"] = "take"
    rules = [{"never": " and ".join(rng.sample(every, 2))}] if rng.random() < 0.4 else []
    return {"detente": 1, "title": part, "actors": actors, "rules": rules, "now": []}


def by_hand(models: dict[str, Model], wants: Model) -> Model:
    """The composite typed again: the hub's options and wants, then each part's own actors and rules."""
    hub = {"name": "hub", "options": {k: v for m in models.values() for k, v in m["actors"]["hub"]["options"].items()}}
    local = {who: spec for m in models.values() for who, spec in m["actors"].items() if who != "hub"}
    rules = [rule for m in models.values() for rule in m["rules"]]
    return {"detente": 1, "title": "all", "actors": {"hub": {**hub, **wants}, **local}, "rules": rules, "now": []}


def lexicographic(models: dict[str, Model], order: tuple[str, ...], kind: str) -> Model:
    """The hub's wants from the definition: with weights of grain 1/2 and sums below 12, a factor of 100 decides."""
    own = [models[part]["actors"]["hub"][kind] for part in order]
    if kind == "priorities":
        return {kind: [wish for each in own for wish in each]}
    high = [{**wish, "weight": wish["weight"] * 100} for wish in own[0]]
    return {kind: [*high, *own[1]]}


def weighed(models: dict[str, Model], weights: dict[str, int], kind: str) -> Model:
    found = []
    for part, model in models.items():
        wants = model["actors"]["hub"][kind]
        if kind == "weights":
            found += [{**wish, "weight": wish["weight"] * weights[part]} for wish in wants]
            continue
        other = (1 << len(next(m for p, m in models.items() if p != part)["actors"]["hub"][kind])) - 1
        for place, wish in enumerate(wants):
            found.append({"when": wish, "weight": weights[part] * other * (1 << (len(wants) - 1 - place))})
    return {"weights": found}


def cells(scenario: Scenario, concept: str) -> set[tuple[tuple[str, int], ...]]:
    analysis = Case(scenario).analyse(CONCEPTS)
    found = (analysis.conflict.settings(int(cell)) for cell in analysis.equilibria(concept))
    return {tuple(sorted(state.items())) for state in found}


def literal(model: Model, concept: str) -> set[tuple[tuple[str, int], ...]]:
    game = oracle.build(model)
    found = oracle.equilibria(game, concept) or set()
    return {tuple(sorted((k, int(v)) for k, v in oracle.settings(game, state).items())) for state in found}


@pytest.mark.parametrize("kind", ["priorities", "weights"])
@pytest.mark.parametrize("seed", range(40))
def test_against_the_oracle(seed: int, kind: str) -> None:
    rng = random.Random(f"{seed} {kind}")
    models = {part: small(rng, part, kind) for part in ("east", "west")}
    parts = {part: read_text(to_yaml(model)) for part, model in models.items()}
    order = tuple(rng.sample(["east", "west"], 2))
    weights = {"east": rng.randint(1, 3), "west": rng.randint(1, 3)}
    for wants, how in (
        (lexicographic(models, order, kind), {"order": order}),
        (weighed(models, weights, kind), {"weights": weights}),
    ):
        whole, typed = join(parts, "hub", **how), by_hand(models, wants)
        found = hierarchy(parts, "hub", concepts=CONCEPTS, **how)
        for concept in CONCEPTS:
            truth = literal(typed, concept)
            assert cells(whole, concept) == truth
            product = {
                tuple(sorted(one + two))
                for one, two in itertools.product(*(literal(model, concept) for model in models.values()))
            }
            level = found.level(concept)
            assert (level.whole, level.product) == (len(truth), len(product))
            assert (level.gains, level.losses) == (len(truth - product), len(product - truth))
            if concept == "nash":
                assert truth == product
            if concept in ("gmr", "seq"):
                assert product <= truth
        if "order" in how:
            assert found.level("gmr").leaving[order[0]] == 0  # the most important part stands on its own


def neighbours() -> dict[str, Scenario]:
    return {"road": load("chicken"), "jail": rename_actor(load("prisoners_dilemma"), "second", "third")}


def test_bundled() -> None:
    found = hierarchy(neighbours(), "first", concepts=("nash", "gmr", "seq"))
    assert [(x.product, x.whole) for x in found.levels if x.concept == "nash"] == [(2, 2)]
    assert found.level("seq").losses == 0
    assert json.loads(json.dumps(found.to_json()))["order"] == ["road", "jail"]
    assert "puts first: road" in str(found) and "<table>" in found._repr_html_()


def test_names_that_clash() -> None:
    left = load("chicken")
    right = rename_actor(left, "second", "third")
    whole = join({"one": left, "two": right}, "first", weights={"one": 1, "two": Fraction(1, 2)})
    keys = [option.key for option in whole.options]
    assert keys == ["one_first_swerves", "two_first_swerves", "one_second_swerves", "two_second_swerves"]
    assert all(name.startswith(("one_", "two_")) for name in whole.outcomes)
    assert [actor.id for actor in whole.actors] == ["first", "second", "third"]
    assert hierarchy({"one": left, "two": right}, "first").level("nash").whole == 4


def test_refused() -> None:
    parts = neighbours()
    with pytest.raises(InputError, match="two parts"):
        join({"road": parts["road"]}, "first")
    with pytest.raises(InputError, match="only 'first'"):
        join({"one": load("chicken"), "two": load("chicken")}, "first")
    with pytest.raises(UnknownName):
        join(parts, "fourth")
    with pytest.raises(UnknownName):
        join(parts, "first", order=["road", "sea"])
    with pytest.raises(InputError, match="every part once"):
        join(parts, "first", order=["road"])
    with pytest.raises(InputError, match="not both"):
        join(parts, "first", order=["road", "jail"], weights={"road": 1, "jail": 1})
    with pytest.raises(InputError, match="above 0"):
        join(parts, "first", weights={"road": 1, "jail": 0})
    with pytest.raises(Unanswerable, match="same"):
        join({"a": load("elmira"), "b": rename_actor(load("chicken"), "first", "ministry")}, "ministry")
    with pytest.raises(Unanswerable, match="graph form"):
        join({"a": load("elmira_graph"), "b": rename_actor(load("chicken"), "first", "ministry")}, "ministry")
