"""Hierarchical models: the join against the oracle on a model written by hand, laws, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import Any

import pytest

from detente.case import Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.stability.hierarchical import hierarchy, join, rename_actor
from detente.scenario import load, read_text
from detente.scenario.model import Scenario
from detente.verification import oracle
from detente.verification.random_models import to_yaml
from lengths import blocks, seeds

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq", "sim")
Model = dict[str, Any]


def small(rng: random.Random, part: str, kind: str, shared: tuple[str, ...] = ("hub",), common: str = "") -> Model:
    """Shared actors and one or two local ones; options of the part begin with its name, but for a common one of the first."""
    owners = {who: rng.choice((1, 1, 2)) if len(shared) == 1 else 1 for who in shared}
    owners |= {f"{part}_a": 1, **({f"{part}_b": 1} if rng.random() < 0.4 else {})}
    options = {who: [f"{part}_{who.removeprefix(part)}{n}" for n in range(count)] for who, count in owners.items()}
    if common:
        options[shared[0]][0] = common
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
    loose = [key for key in options[shared[0]] if key != common]
    if loose and rng.random() < 0.3:
        actors[shared[0]]["options"][loose[0]]["change"] = "take"
    rules = [{"never": " and ".join(rng.sample(every, 2))}] if rng.random() < 0.4 else []
    return {"detente": 1, "title": part, "actors": actors, "rules": rules, "now": []}


def by_hand(models: dict[str, Model], wants: dict[str, Model]) -> Model:
    """The composite typed again: the shared actors' options and wants, then each part's own actors and rules."""
    hubs = {
        who: {
            "name": who,
            "options": {k: v for m in models.values() for k, v in m["actors"][who]["options"].items()},
            **each,
        }
        for who, each in wants.items()
    }
    local = {who: spec for m in models.values() for who, spec in m["actors"].items() if who not in wants}
    rules = [rule for m in models.values() for rule in m["rules"]]
    return {"detente": 1, "title": "all", "actors": {**hubs, **local}, "rules": rules, "now": []}


def lexicographic(models: dict[str, Model], order: tuple[str, ...], kind: str, who: str = "hub") -> Model:
    """A shared actor's wants from the definition: with weights of grain 1/2 and sums below 12, a factor of 100 decides."""
    own = [models[part]["actors"][who][kind] for part in order]
    if kind == "priorities":
        return {kind: [wish for each in own for wish in each]}
    high = [{**wish, "weight": wish["weight"] * 100} for wish in own[0]]
    return {kind: [*high, *own[1]]}


def weighed(models: dict[str, Model], weights: dict[str, int], kind: str, who: str = "hub") -> Model:
    found = []
    for part, model in models.items():
        wants = model["actors"][who][kind]
        if kind == "weights":
            found += [{**wish, "weight": wish["weight"] * weights[part]} for wish in wants]
            continue
        other = (1 << len(next(m for p, m in models.items() if p != part)["actors"][who][kind])) - 1
        for place, wish in enumerate(wants):
            found.append({"when": wish, "weight": weights[part] * other * (1 << (len(wants) - 1 - place))})
    return {"weights": found}


State = tuple[tuple[str, int], ...]


def cells(scenario: Scenario, concepts: tuple[str, ...]) -> dict[str, set[State]]:
    """The equilibria under each concept, by one analysis."""
    analysis = Case(scenario).analyse(concepts)
    settings = {int(cell): analysis.conflict.settings(int(cell)) for cell in analysis.conflict.states}
    states = {cell: tuple(sorted(each.items())) for cell, each in settings.items()}
    return {concept: {states[int(cell)] for cell in analysis.equilibria(concept)} for concept in concepts}


def literal(game: oracle.Game, concept: str) -> set[State]:
    found = oracle.equilibria(game, concept) or set()
    return {tuple(sorted((k, int(v)) for k, v in oracle.settings(game, state).items())) for state in found}


def product(one: set[State], two: set[State]) -> set[State]:
    """Pairs that agree on what they have in common."""
    pairs = itertools.product(map(dict, one), map(dict, two))
    return {tuple(sorted({**a, **b}.items())) for a, b in pairs if all(a[key] == b[key] for key in a.keys() & b.keys())}


def assert_joined(seed: int, kind: str, ways: tuple[str, ...], concepts: tuple[str, ...]) -> None:
    rng = random.Random(f"{seed} {kind}")
    models = {part: small(rng, part, kind) for part in ("east", "west")}
    parts = {part: read_text(to_yaml(model)) for part, model in models.items()}
    games = {part: oracle.build(model) for part, model in models.items()}
    order = tuple(rng.sample(["east", "west"], 2))
    weights = {"east": rng.randint(1, 3), "west": rng.randint(1, 3)}
    products = {concept: product(*(literal(game, concept) for game in games.values())) for concept in concepts}
    for way in ways:
        wants = lexicographic(models, order, kind) if way == "order" else weighed(models, weights, kind)
        how: Any = {"order": order} if way == "order" else {"weights": weights}
        whole, typed = join(parts, "hub", **how), oracle.build(by_hand(models, {"hub": wants}))
        found, ours = hierarchy(parts, "hub", concepts=concepts, **how), cells(whole, concepts)
        for concept, composed in products.items():
            truth = literal(typed, concept)
            assert ours[concept] == truth
            level = found.level(concept)
            assert (level.whole, level.product) == (len(truth), len(composed))
            assert (level.gains, level.losses) == (len(truth - composed), len(composed - truth))
            if concept == "nash":
                assert truth == composed
            if concept in ("gmr", "seq"):
                assert composed <= truth
        if way == "order":
            assert found.level("gmr").leaving[order[0]] == 0  # the most important part stands on its own


@pytest.mark.parametrize("kind", ["priorities", "weights"])
@seeds(10, 30)
def test_against_the_oracle(seed: int, kind: str) -> None:
    assert_joined(seed, kind, ("order", "weights"), CONCEPTS)


@pytest.mark.parametrize("way", ["order", "weights"])
@blocks(1, 19)
def test_at_length(block: int, way: str) -> None:
    for seed in range(100 + 100 * block, 200 + 100 * block):
        assert_joined(seed, ("priorities", "weights")[seed % 2], (way,), ("nash", "gmr", "smr", "seq"))


@seeds(10, 30)
def test_several_shared_actors_and_one_decision(seed: int) -> None:
    """Two actors in both parts, and an option of the first that is one decision, against the composite typed by hand."""
    rng, kind = random.Random(f"shared {seed}"), ("priorities", "weights")[seed % 2]
    shared, common = ("hub", "mate"), "joint" if seed % 3 else ""
    models = {part: small(rng, part, kind, shared, common) for part in ("east", "west")}
    parts = {part: read_text(to_yaml(model)) for part, model in models.items()}
    same = (common,) if common else ()
    order, weights = ("west", "east"), {"east": 2, "west": 3}
    games = [oracle.build(model) for model in models.values()]
    products = {concept: product(*(literal(game, concept) for game in games)) for concept in CONCEPTS}
    for wants, how in (
        ({who: lexicographic(models, order, kind, who) for who in shared}, {"order": order}),
        ({who: weighed(models, weights, kind, who) for who in shared}, {"weights": weights}),
    ):
        found = hierarchy(parts, shared, same=same, concepts=CONCEPTS, **how)
        typed, ours = oracle.build(by_hand(models, wants)), cells(found.scenario, CONCEPTS)
        for concept, composed in products.items():
            truth = literal(typed, concept)
            assert ours[concept] == truth
            level = found.level(concept)
            assert (level.whole, level.product) == (len(truth), len(composed))
            assert (level.gains, level.losses) == (len(truth - composed), len(composed - truth))
            if concept == "nash" and not common:
                assert truth == composed  # a decision of its own in each part


@seeds(4, 10)
def test_the_order_in_which_parts_are_listed_does_not_matter(seed: int) -> None:
    rng, kind = random.Random(f"listed {seed}"), ("priorities", "weights")[seed % 2]
    parts = {part: read_text(to_yaml(small(rng, part, kind))) for part in ("east", "west")}
    turned = dict(reversed(parts.items()))
    for how in ({"order": ("west", "east")}, {"weights": {"east": 2, "west": 1}}):
        one, two = (cells(join(each, "hub", **how), CONCEPTS) for each in (parts, turned))
        assert one == two


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
    with pytest.raises(InputError, match="only 'first' may be in several; share it or rename it"):
        join({"one": load("chicken"), "two": load("chicken")}, "first")
    with pytest.raises(UnknownName, match="actor of the parts"):
        join(parts, "fourth")
    with pytest.raises(InputError, match="'second' is only in 'road', so it is not shared"):
        join(parts, ["first", "second"])
    with pytest.raises(InputError, match="no shared actor is named"):
        join(parts, [])
    with pytest.raises(
        InputError, match="'first_swerves' is to be one decision in several parts, but only 'road' has it"
    ):
        join(parts, "first", same=["first_swerves"])
    swapped = rename_actor(rename_actor(load("chicken"), "second", "third"), "first", "second")
    with pytest.raises(InputError, match="'one' and 'two' differ in its actor"):
        join({"one": load("chicken"), "two": swapped}, "second", same=["second_swerves"])
    with pytest.raises(InputError, match="'korea' has none of the shared actors"):
        join({**parts, "korea": load("cuba")}, "first")
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
