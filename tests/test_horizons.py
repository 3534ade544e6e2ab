"""Limited-move, non-myopic and Stackelberg stability: known games, brute force from the definitions, and what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections import Counter
from functools import cache
from typing import Any

import pytest

from detente.case import Case
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.stability import horizons as module
from detente.questions.stability.horizons import Horizons, horizons
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

# --- known games -------------------------------------------------------------------------------------------------


def test_prisoners_dilemma() -> None:
    """Brams and Wittman 1981: silence and mutual confession are both non-myopic equilibria; only one is Nash."""
    found = horizons(Case(load("prisoners_dilemma")))
    assert found.non_myopic_equilibria == ("dd", "cc")
    assert found.equilibria(1) == ("dd",)
    assert (found.settled, found.period) == (2, 1)
    assert found.equilibria(50) == ("dd", "cc")


def test_chicken() -> None:
    """Brams and Wittman 1981: only the compromise is non-myopically stable, though it is not Nash stable."""
    found = horizons(Case(load("chicken")))
    assert found.non_myopic_equilibria == ("ww",)
    assert found.equilibria(1) == ("gw", "wg")
    assert (found.stackelberg("first"), found.stackelberg("second")) == (("gw",), ("wg",))


def test_where_there_is_no_limit() -> None:
    """Syria and Iraq 1975: the anticipations go round for ever; nothing is guessed."""
    found = horizons(Case(load("syria_iraq_1975")))
    assert (found.settled, found.period) == (2, 4)
    said = dict(zip(found.states, found.non_myopic["syria"], strict=True))
    assert said["s6"] == "oscillates"
    assert found.non_myopic_equilibria == ()
    assert found.anticipated == {}
    assert found.limited_at(6) == found.limited_at(10) == found.limited_at(14)
    assert "no limit" in str(found)


def game_text(first: tuple[int, ...], second: tuple[int, ...]) -> str:
    """A 2x2 game as a scenario: payoffs by state 00, 01, 10, 11."""

    def ranking(u: tuple[int, ...]) -> str:
        groups = [[f"s{s}" for s in range(4) if u[s] == height] for height in sorted(set(u), reverse=True)]
        return json.dumps([g if len(g) > 1 else g[0] for g in groups]).replace('"', "")

    return f"""
detente: 1
title: t
actors:
  one: {{options: {{x: {{}}}}, ranking: {ranking(first)}}}
  two: {{options: {{y: {{}}}}, ranking: {ranking(second)}}}
states: {{s0: [], s1: [y], s2: [x], s3: [x, y]}}
now: []
"""


def test_the_78_games() -> None:
    """How many strict 2x2 games have 0, 1, 2 non-myopic equilibria, and a limit at all: as by brute force."""
    counts: Counter[tuple[int, bool]] = Counter()
    for first, second in ordinal_games():
        found = horizons(Case(read_text(game_text(first, second))))
        counts[len(found.non_myopic_equilibria), found.period == 1] += 1
        brute = Brute([list(first), list(second)], [[{2}, {3}, {0}, {1}], [{1}, {0}, {3}, {2}]])
        assert_strict(found, brute, "a 2x2 game")
    assert sum(counts.values()) == 78
    assert dict(counts) == GAMES


GAMES = {(0, False): 17, (0, True): 6, (1, True): 54, (2, True): 1}
"""Computed by us: (non-myopic equilibria, whether there is a limit) -> games."""


def ordinal_games() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """One of each of the 78 classes under exchanging strategies or players."""
    found = {}
    for first, second in itertools.product(itertools.permutations(range(4)), repeat=2):
        same = []
        for order in ((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)):
            a, b = (tuple(u[s] for s in order) for u in (first, second))
            swapped = [tuple(u[s] for s in (0, 2, 1, 3)) for u in (b, a)]
            same += [(a, b), (swapped[0], swapped[1])]
        found[min(same)] = (first, second)
    return list(found.values())


# --- brute force -------------------------------------------------------------------------------------------------


class Brute:
    """The definition as a recursion; ties between moves are broken at random, the same way at the same place."""

    def __init__(self, scores: list[list[Any]], moves: list[list[set[int]]], seed: int = 0) -> None:
        self.scores, self.moves, self.seed = scores, moves, seed
        self.end = cache(self._end)

    def _end(self, h: int, i: int, s: int) -> int:
        if not h:
            return s
        u = self.scores[i]
        ends = [self.end(h - 1, 1 - i, s1) for s1 in sorted(self.moves[i][s])]
        best = max((u[t] for t in ends), default=u[s])
        if best <= u[s]:
            return s
        return random.Random(f"{self.seed} {h} {i} {s}").choice([t for t in ends if u[t] == best])

    def stable(self, h: int, i: int, s: int) -> bool:
        return self.end(h, i, s) == s


FAR = 40


def assert_strict(found: Horizons, brute: Brute, about: str) -> None:
    """Where nobody is indifferent every verdict is exact."""
    for i, actor in enumerate(found.actors):
        for s in range(len(found.states)):
            stays = [brute.stable(h, i, s) for h in range(1, FAR + 1)]
            said = [found.limited_at(h)[actor][s] for h in range(1, FAR + 1)]
            assert said == ["stable" if each else "unstable" for each in stays], about
            late = set(stays[FAR // 2 :])
            verdict = "oscillates" if len(late) > 1 else "stable" if late.pop() else "unstable"
            assert found.non_myopic[actor][s] == verdict, about
            if found.period == 1:
                assert [found.states[brute.end(FAR, i, s)]] == list(found.anticipated[actor][s]), about


def two_actor_models(count: int, kind: str | None = None, first: int = 0) -> list[tuple[int, Any, Any]]:
    found = []
    for seed in itertools.count(first):
        model = random_model(seed, kind)
        game: Any = oracle.build(model)
        if len(game.actors) == 2:
            found.append((seed, model, game))
        if len(found) == count:
            return found
    raise AssertionError


def assert_sound(found: Horizons, game: Any, seed: int) -> None:
    """However ties are broken, what is called stable is, and what is called unstable is not."""
    moves = [game.moves[i] for i in game.actors]
    for draw in range(5):
        brute = Brute([game.scores[i] for i in game.actors], moves, draw)
        for h, (i, actor), s in itertools.product(range(1, 13), enumerate(game.actors), range(len(game.states))):
            if found.settled is None and h > len(found.limited):
                continue
            said = found.limited_at(h)[actor][s]
            assert said == "ties" or (said == "stable") == brute.stable(h, i, s), (seed, h, actor, s)
        for i, leader in enumerate(game.actors):
            led = {s for s in range(len(game.states)) if brute.stable(2, i, s) and brute.stable(1, 1 - i, s)}
            assert {found.states.index(state) for state in found.stackelberg(leader)} <= led, seed


@pytest.mark.parametrize("kind", [None, "graph", "ranking", "ties"])
def test_random_models(kind: str | None) -> None:
    for seed, model, game in two_actor_models(6, kind):
        found = horizons(Case(read_text(to_yaml(model))))
        assert_sound(found, game, seed)
        nash = oracle.equilibria(game, "nash") or set()
        assert {found.states.index(state) for state in found.equilibria(1)} == nash


@seeds(20, 60)
def test_random_strict_graphs(seed: int) -> None:
    assert_strict_graph(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_at_length(block: int) -> None:
    """2,000 strict graphs, where every verdict is exact, and 500 models with ties, where none may be wrong."""
    for seed in range(1000 + 200 * block, 1200 + 200 * block):
        assert_strict_graph(seed)
    for seed, model, game in two_actor_models(50, first=1000 + 400 * block):
        assert_sound(horizons(Case(read_text(to_yaml(model)))), game, seed)


def assert_strict_graph(seed: int) -> None:
    """Strict rankings on random moves: every verdict is exact, limit or not."""
    rng = random.Random(seed)
    names = [f"s{n}" for n in range(rng.randint(3, 7))]
    moves = [
        [{t for t in range(len(names)) if t != s and rng.random() < 0.35} for s in range(len(names))] for _ in "ab"
    ]
    rankings = [rng.sample(names, len(names)) for _ in "ab"]
    arcs = [[f"{names[s]} > {names[t]}" for s, ends in enumerate(each) for t in sorted(ends)] for each in moves]
    model = {
        "detente": 1,
        "title": "t",
        "actors": {"a": {"ranking": rankings[0]}, "b": {"ranking": rankings[1]}},
        "graph": {"states": names, "moves": {"a": arcs[0], "b": arcs[1]}},
        "now": names[0],
    }
    found = horizons(Case(read_text(to_yaml(model))))
    scores = [[-ranking.index(name) for name in names] for ranking in rankings]
    assert found.period is not None and found.period <= 20
    assert_strict(found, Brute(scores, moves), f"seed {seed}")


@seeds(4, 10)
def test_names_and_order_do_not_matter(seed: int) -> None:
    """States and actors listed the other way round: the same verdicts."""
    model = random_model(2 * seed, "graph")
    if len(model["actors"]) != 2:
        return
    turned = copy.deepcopy(model)
    turned["actors"] = dict(reversed(model["actors"].items()))
    turned["graph"]["states"] = list(reversed(model["graph"]["states"]))
    one, two = (horizons(Case(read_text(to_yaml(each)))) for each in (model, turned))
    assert (one.settled, one.period) == (two.settled, two.period)
    for actor in one.actors:
        assert set(one.stackelberg(actor)) == set(two.stackelberg(actor))
        assert dict(zip(one.states, one.non_myopic[actor], strict=True)) == dict(
            zip(two.states, two.non_myopic[actor], strict=True)
        )


def test_ties_are_not_guessed() -> None:
    """The second is indifferent between two answers that differ for the first: nothing is said for the first."""
    text = """
    detente: 1
    title: t
    actors:
      a: {ranking: [s3, s1, s2, s4]}
      b: {ranking: [[s3, s4], s1, s2]}
    graph: {states: [s1, s2, s3, s4], moves: {a: [s1 > s2], b: [s2 > s3, s2 > s4]}}
    now: s1
    """
    found = horizons(Case(read_text(text)))
    assert found.limited_at(2)["a"] == ("ties", "stable", "stable", "stable")
    assert found.non_myopic["a"][0] == "ties"
    assert found.anticipated["a"][0] == ("s1", "s3")
    assert found.anticipated["b"][1] == ("s3", "s4")
    assert "a: ties" in str(found)


# --- handing on, refusing ----------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = horizons(Case(load("chicken")))
    said = json.loads(json.dumps(found.to_json()))
    assert said["stackelberg"]["first"][1] == "stable"
    assert said["non_myopic"]["first"] == ["unstable", "stable", "unstable", "stable"]
    assert "From horizon 3 on nothing changes." in str(found)
    assert "<table>" in found._repr_html_()


def test_horizons_on_request() -> None:
    """Any horizon can be asked for, and is shown; beyond what repeats it is known, and below 1 refused."""
    found = horizons(Case(load("syria_iraq_1975")), (3, 4, 1000))
    said = json.loads(json.dumps(found.to_json()))
    assert list(said["shown"]) == ["3", "4", "1000"]
    assert said["equilibria"]["L3"] == list(found.equilibria(3)) == []
    assert said["equilibria"]["L4"] == ["s1", "s6"]
    assert found.limited_at(1000) == found.limited_at(4)  # 1000 = 4 + 249 periods of 4
    assert "L1000" in str(found)
    assert "s1 (no limit), s6 (no limit)" in str(found)
    with pytest.raises(InputError, match="at least 1, not -2"):
        horizons(Case(load("chicken")), (3, -2))


def test_third_actors_who_cannot_move_do_not_matter() -> None:
    text = game_text((0, 1, 2, 3), (3, 1, 2, 0))
    more = text.replace("states:", "  onlooker: {options: {z: {change: fixed}}, priorities: [x]}\nstates:")
    found, with_onlooker = horizons(Case(read_text(text))), horizons(Case(read_text(more)))
    assert with_onlooker.actors == ("one", "two")
    assert with_onlooker.limited == found.limited


def test_nobody_moves() -> None:
    text = """
    detente: 1
    title: t
    actors: {a: {ranking: [s1, s2]}, b: {ranking: [s2, s1]}}
    graph: {states: [s1, s2], moves: {a: [s1 > s2]}}
    now: s1
    """
    found = horizons(Case(read_text(text)))
    assert (found.settled, found.period) == (1, 1)
    assert found.stackelberg("b") == found.equilibria(7) == ("s1", "s2")


def test_an_open_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HORIZON", 2)
    found = horizons(Case(load("syria_iraq_1975")))
    assert set(found.non_myopic["iraq"]) == {"open"}
    assert "the limit is open" in str(found)
    with pytest.raises(InputError, match="up to 2"):
        found.limited_at(3)


def test_bad_questions() -> None:
    with pytest.raises(Unanswerable, match="exactly two actors, and 3 can move"):
        horizons(Case(load("elmira")))
    with pytest.raises(TooLarge, match="up to 1,024"):
        horizons(Case(load("composite")))
    found = horizons(Case(load("chicken")))
    with pytest.raises(InputError, match="at least 1"):
        found.limited_at(0)
    with pytest.raises(UnknownName, match="did you mean first"):
        found.stackelberg("frist")
