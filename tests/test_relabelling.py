"""Names and order do not matter: actors, options, choices and states renamed and put in another order, for every family."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from detente.case import Case
from detente.questions.coalitions.blocks import CONCEPTS as AS_ONE
from detente.questions.coalitions.blocks import as_one
from detente.questions.coalitions.coalitions import coalitions
from detente.questions.preference_structures.attitudes import attitudes, attitudes_strict
from detente.questions.preference_structures.probabilistic_and_fuzzy import fuzzy, probabilistic
from detente.questions.preference_structures.strength import strength
from detente.questions.preference_structures.unknown import unknown_preference
from detente.questions.preference_structures.verdicts import RELATIONAL, Family
from detente.questions.stability.mixed import behaviours
from detente.scenario import read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from family_oracle import dress
from test_relations import drawn_chances

ORDERED = [kind for kind in KINDS if kind not in ("same", "shared")]
"""Merged states without a name go by their first member in state order, so there order is part of what is written."""

MOST = 24


def merging(model: Mapping[str, Any]) -> bool:
    return any("same" in rule for rule in model.get("rules", ()))


class Pair:
    """A random model, and the same with other names in another order."""

    def __init__(self, seed: int) -> None:
        kind, rng = ORDERED[seed % len(ORDERED)], random.Random(seed)
        models = (random_model(seed + 10_000 * n, kind) for n in range(1000))
        model = next(m for m in models if len(oracle.build(m).states) <= MOST and not merging(m))
        dressed = dress(model, seed, doubts=True)
        self.names = self.renaming(dressed, rng)
        self.first = Case(read_text(to_yaml(dressed), name="first"))
        self.second = Case(read_text(self.renamed(to_yaml(self.shuffled(dressed, rng))), name="second"))
        self.places = self.matched()

    def renaming(self, model: Mapping[str, Any], rng: random.Random) -> dict[str, str]:
        known = list(model["actors"]) + list(model.get("outcomes", {})) + list(model.get("states", {}))
        known += (model.get("graph") or {}).get("states", [])
        for actor in model["actors"].values():
            for option, spec in actor.get("options", {}).items():
                known += [option, *spec.get("choices", ())]
        names = list(dict.fromkeys(known))
        fresh = rng.sample(range(len(names)), len(names))
        return {name: f"n{number}" for name, number in zip(names, fresh, strict=True)}

    def renamed(self, text: str) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda word: self.names.get(word[0], word[0]), text)

    def shuffled(self, model: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
        """Actors, options, states and moves in another order."""

        def mixed(given: Mapping[str, Any]) -> dict[str, Any]:
            return {key: given[key] for key in rng.sample(list(given), len(given))}

        found = {**model, "actors": mixed(model["actors"])}
        if "graph" in model:
            graph = model["graph"]
            moves = {actor: rng.sample(arcs, len(arcs)) for actor, arcs in mixed(graph["moves"]).items()}
            found["graph"] = {"states": rng.sample(graph["states"], len(graph["states"])), "moves": moves}
        else:
            found["actors"] = {a: {**spec, "options": mixed(spec["options"])} for a, spec in found["actors"].items()}
        return found

    def key(self, state: Mapping[str, Any], names: Mapping[str, str]) -> frozenset[Any]:
        if "state" in state and not isinstance(state["state"], bool):
            return frozenset({names.get(state["state"], state["state"])})
        return frozenset((names.get(k, k), names.get(v, v) if isinstance(v, str) else v) for k, v in state.items())

    def matched(self) -> np.ndarray[Any, Any]:
        """For each state of the first model its place in the second."""
        there = {self.key(state, {}): place for place, state in enumerate(strength(self.second).states)}
        return np.array([there[self.key(state, self.names)] for state in strength(self.first).states])

    def moved(self, matrix: Any) -> Any:
        """A matrix over the states of the first model, for the second."""
        found = np.empty_like(matrix)
        found[np.ix_(self.places, self.places)] = matrix
        return found


@functools.cache
def pair_of(seed: int) -> Pair:
    return Pair(seed)


def by_attitude(pair: Pair, rng: random.Random, ask: Any) -> tuple[Family, Family]:
    signs = {a: {b: rng.choice("+-0") for b in pair.first.actors} for a in pair.first.actors}
    other = {pair.names[a]: {pair.names[b]: sign for b, sign in each.items()} for a, each in signs.items()}
    return ask(pair.first, signs), ask(pair.second, other)


def by_numbers(pair: Pair, rng: random.Random, ask: Any, draw: Any) -> tuple[Family, Family]:
    numbers = {a: draw(np.random.default_rng(rng.randrange(1000)), len(pair.places)) for a in pair.first.actors}
    return ask(pair.first, numbers), ask(pair.second, {pair.names[a]: pair.moved(m) for a, m in numbers.items()})


def drawn_degrees(rng: np.random.Generator, size: int) -> Any:
    half = np.triu(rng.integers(0, 11, (size, size)) / 10, 1)
    return half + np.triu(1 - half, 1).T + np.eye(size) / 2


FAMILIES: dict[str, Callable[[Pair, random.Random], tuple[Family, Family]]] = {
    "strength": lambda pair, _: (strength(pair.first), strength(pair.second)),
    "unknown": lambda pair, _: (unknown_preference(pair.first), unknown_preference(pair.second)),
    "attitudes": lambda pair, rng: by_attitude(pair, rng, attitudes),
    "attitudes strictly": lambda pair, rng: by_attitude(pair, rng, attitudes_strict),
    "probabilistic": lambda pair, rng: by_numbers(pair, rng, probabilistic, drawn_chances),
    "fuzzy": lambda pair, rng: by_numbers(pair, rng, fuzzy, drawn_degrees),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_families(name: str) -> None:
    for seed in range(2 * len(ORDERED)):
        pair = pair_of(seed)
        first, second = FAMILIES[name](pair, random.Random(seed))
        assert first.standards == second.standards
        for actor in first.actors:
            for standard in first.standards:
                for concept in RELATIONAL:
                    here = first.stable(actor, concept, standard)
                    there = second.stable(pair.names[actor], concept, standard)
                    assert np.array_equal(here, there[pair.places]), (seed, actor, standard, concept)


@pytest.mark.parametrize("seed", range(len(ORDERED)))
def test_coalitions_and_blocks(seed: int) -> None:
    pair = pair_of(seed)
    first, second = coalitions(pair.first), coalitions(pair.second)
    for each in first.coalitions:
        other = second.coalition(*(pair.names[member] for member in each.members))
        assert each.count == other.count
        for concept in first.concepts:
            assert moved(pair, each.stable[concept]) == places(pair.second, other.stable[concept])
    block = random.Random(seed).sample(pair.first.actors, 2)
    one, two = as_one(pair.first, [block], AS_ONE), as_one(pair.second, [[pair.names[a] for a in block]], AS_ONE)
    for concept in AS_ONE:
        assert moved(pair, one.together[concept]) == places(pair.second, two.together[concept])


def places(case: Case, states: Any) -> set[int]:
    analysis = case.analyse()
    names = analysis.numbers(analysis.conflict.states)
    return {names.index(state) for state in states}


def moved(pair: Pair, states: Any) -> set[int]:
    return {int(pair.places[place]) for place in places(pair.first, states)}


@pytest.mark.parametrize("seed", range(len(ORDERED)))
def test_mixed_behaviour(seed: int) -> None:
    pair, rng = pair_of(seed), random.Random(seed)
    own = {actor: rng.choice(RELATIONAL) for actor in pair.first.actors}
    other = {pair.names[actor]: concept for actor, concept in own.items()}
    first, second = behaviours(pair.first, own), behaviours(pair.second, other)
    assert {pair.key(state, pair.names) for state in first.equilibria} == {
        pair.key(state, {}) for state in second.equilibria
    }
    one, two = strength(pair.first), strength(pair.second)
    assert {int(pair.places[s]) for s in one.mixed(own)} == set(two.mixed(other))
