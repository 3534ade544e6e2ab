"""General preferences: the engine on relations against scores and brute force, the laws of every family, bad input."""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import numpy as np
import pytest

import family_oracle
from conftest import FIRST_ANALYSIS
from detente.case import Case
from detente.engine import moves_of, relations
from detente.engine.arcs import Arcs
from detente.engine.concepts import concepts
from detente.engine.relations import Matrix, Side, Standard, judge, scored, side
from detente.errors import InputError, ScenarioError, TooLarge, UnknownName
from detente.questions.preference_structures.attitudes import attitudes, attitudes_strict
from detente.questions.preference_structures.comparison import compare, graded
from detente.questions.preference_structures.probabilistic_and_fuzzy import chances_from_weights, fuzzy, probabilistic
from detente.questions.preference_structures.strength import strength, weak
from detente.questions.preference_structures.unknown import READINGS, three_valued, unknown_preference
from detente.questions.preference_structures.verdicts import RELATIONAL, Family
from detente.questions.stability.mixed import behaviours
from detente.scenario import library, load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from family_oracle import Mind, dress
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis

RULES = ("legal", "one-step")
DEFAULT, LONG, BLOCKS = 100, 2000, 20
MOST_STATES, FIRST_LONG = 24, 10_000
Check = Callable[[int], None]


def case_of(model: Mapping[str, Any], sanctions: str = "legal") -> Case:
    return Case(read_text(to_yaml(dict(model)), name="random"), sanctions=sanctions)


@functools.cache
def drawn(seed: int) -> tuple[Mapping[str, Any], oracle.Game]:
    """A random model, small enough to look at all pairs of states one by one, and its game; larger in the long run."""
    for attempt in itertools.count():
        model = random_model(seed + 100_000 * attempt)
        game = oracle.build(model)
        if len(game.states) <= (MOST_STATES if seed < FIRST_LONG else 3 * MOST_STATES):
            return model, game
    raise AssertionError


@functools.cache
def plain_case(seed: int, sanctions: str) -> Case:
    return case_of(drawn(seed)[0], sanctions)


def assert_same(found: Family, standard: str, game: oracle.Game, sanctions: str, rows: Callable[[str], Any]) -> None:
    """Every state, actor and concept as by brute force."""
    for actor in game.actors:
        tempting, deterring, credible = rows(actor)
        for concept in RELATIONAL:
            expected = family_oracle.stable(game, actor, concept, tempting, deterring, credible, sanctions)
            assert set(np.flatnonzero(found.stable(actor, concept, standard)).tolist()) == expected, (actor, concept)


def minds_of(game: oracle.Game, dressed: Mapping[str, Any], hidden: Any = ()) -> dict[str, Mind]:
    return {actor: Mind(game, actor, dressed, dict(hidden).get(actor, ())) for actor in game.actors}


# --- agreement with scores and with brute force ----------------------------------------------------------------------


def check_plain(seed: int) -> None:
    """Where preferences are scores, both ways say the same."""
    case = plain_case(seed, RULES[seed % 2])
    game, analysis = case.game, case.analyse(RELATIONAL)
    sides = [scored(arcs, game.scores(axis)) for axis, arcs in enumerate(moves_of(game))]
    for actor, verdicts in zip(game.actors, judge(sides, concepts(RELATIONAL), case.sanctions), strict=True):
        for concept in RELATIONAL:
            grid = np.broadcast_to(analysis.stable_grid(concept, actor), game.conflict.shape).reshape(-1)
            assert np.array_equal(verdicts["plain"][concept], grid[game.states])


SMALL = [name for name in library.names() if name not in ("gatt", "composite", "composite_core", "composite_strict")]


TWO_THEATRES = ("two_fronts", "war_and_partnership")
"""Joined models, slow for their size; the models they are made of say the same."""


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] * (name in TWO_THEATRES), id=name) for name in SMALL]
)
def test_both_back_ends_agree_on_bundled_models(name: str, rule: str) -> None:
    """Scores and relations, every state, actor and concept."""
    case = Case(load(name), sanctions=rule)
    found, plain = strength(case, concepts=RELATIONAL), plain_of(case)
    for actor in case.actors:
        for concept in RELATIONAL:
            assert np.array_equal(found.stable(actor, concept, "general"), plain(actor, concept)), (actor, concept)


def check_any_relation(seed: int) -> None:
    """Relations drawn at random: neither transitive nor asymmetric nor connected with one another."""
    rng, names = np.random.default_rng(seed), ("x", "y", "z", "w")[: 2 + seed % 3]
    size = int(rng.integers(2, 9))
    hand = {j: [set(np.flatnonzero(rng.random(size) < 0.3).tolist()) - {s} for s in range(size)] for j in names}
    draw = {(j, kind): rng.random((size, size)) < 0.5 for j in names for kind in "IDC"}
    game = oracle.Game({}, names, {}, [[] for _ in range(size)], None, None, hand, {}, None)  # type: ignore[arg-type]
    sides = []
    for j in names:
        pairs = np.array([(s, t) for s in range(size) for t in sorted(hand[j][s])], dtype=np.int64).reshape(-1, 2)
        tempting, deterring, credible = (Matrix.of(draw[j, kind]) for kind in "IDC")
        sides.append(side(Arcs(size, pairs[:, 0], pairs[:, 1]), credible, {"any": Standard(tempting, deterring)}))

    def predicate(j: str, kind: str) -> family_oracle.Pairs:
        return lambda s, t: bool(draw[j, kind][s, t])

    rule = RULES[seed % 2]
    for j, verdicts in zip(names, judge(sides, concepts(RELATIONAL), rule), strict=True):
        credible_of = {k: predicate(k, "C") for k in names}
        for concept in RELATIONAL:
            expected = family_oracle.stable(game, j, concept, predicate(j, "I"), predicate(j, "D"), credible_of, rule)
            assert set(np.flatnonzero(verdicts["any"][concept]).tolist()) == expected


def check_strength(seed: int) -> None:
    (model, game), rule = drawn(seed), RULES[seed % 2]
    dressed = dress(model, seed, doubts=False)
    found, minds = strength(case_of(dressed, rule)), minds_of(game, dressed)
    for standard in found.standards:
        least = {"general": 0, "strong": 2}.get(standard) if " " not in standard else int(standard.split()[1])
        assert least is not None
        assert_same(found, standard, game, rule, partial(family_oracle.strength, minds, least=least))


def check_unknown(seed: int) -> None:
    (model, game), rule, rng = drawn(seed), RULES[seed % 2], random.Random(seed)
    dressed = dress(model, seed, doubts=True)
    goals = list(model.get("outcomes") or {}) or ["true"]
    hidden = {rng.choice(game.actors): ((rng.choice(goals), f"not {rng.choice(goals)}"),)} if seed % 3 == 0 else {}
    found, minds = unknown_preference(case_of(dressed, rule), hidden), minds_of(game, dressed, hidden)
    for standard in found.standards:
        assert_same(found, standard, game, rule, partial(family_oracle.unknown, minds, standard=standard))


def check_attitudes(seed: int) -> None:
    (_, game), rule, rng = drawn(seed), RULES[seed % 2], random.Random(seed)
    signs = {a: {b: rng.choice("+-00" if a != b else "+++0") for b in game.actors} for a in game.actors}
    for ask, strict in ((attitudes, False), (attitudes_strict, True)):
        found = ask(plain_case(seed, rule), signs)
        assert_same(found, "relational", game, rule, partial(family_oracle.attitudes, game, signs=signs, strict=strict))


def check_probabilistic(seed: int) -> None:
    (_, game), rule, rng = drawn(seed), RULES[seed % 2], np.random.default_rng(seed)
    size = len(game.states)
    chances = {a: drawn_chances(rng, size) for a in game.actors}
    names = ("alpha", "beta", "gamma")
    limits = {name: {a: float(rng.choice((0.0, 0.3, 0.5, 0.8))) for a in game.actors} for name in names}
    found = probabilistic(plain_case(seed, rule), chances, *limits.values())
    assert_same(found, "probabilistic", game, rule, lambda a: family_oracle.probabilistic(chances, a, limits))


def drawn_chances(rng: np.random.Generator, size: int) -> Any:
    half = np.triu(rng.random((size, size)), 1)
    tie = np.triu(rng.choice((0.0, 0.2), (size, size)), 1) * (half < 0.8)
    return half + np.triu(1 - half - tie, 1).T


def check_fuzzy(seed: int) -> None:
    (_, game), rule, rng = drawn(seed), RULES[seed % 2], np.random.default_rng(seed)
    half = {a: np.triu(rng.integers(0, 11, (len(game.states),) * 2) / 10, 1) for a in game.actors}
    degrees = {a: h + np.triu(1 - h, 1).T + np.eye(len(h)) / 2 for a, h in half.items()}
    least = {a: float(rng.choice((0.1, 0.4, 1.0))) for a in game.actors}
    found = fuzzy(plain_case(seed, rule), degrees, least)
    assert_same(found, "fuzzy", game, rule, lambda a: family_oracle.fuzzy(degrees, a, least))


def check_mixed(seed: int) -> None:
    (_, game), rule, rng = drawn(seed), RULES[seed % 2], random.Random(seed)
    own = {a: rng.choice(RELATIONAL) for a in game.actors}
    expected = set.intersection(*(oracle.stable_states(game, own[a], a, rule) or set() for a in game.actors))
    case = plain_case(seed, rule)
    assert strength(case).mixed(own) == sorted(expected)
    if seed % 2:
        check_mixed_readings(seed, own)
    said = json.loads(json.dumps(behaviours(case, own).to_json()))
    assert said["equilibria"] == oracle.show_all(game, expected)


def check_mixed_readings(seed: int, own: Mapping[str, str]) -> None:
    """A concept and a reading of the unknown (or a hybrid) per actor."""
    (model, game), rule, rng = drawn(seed), RULES[seed % 2], random.Random(seed)
    dressed = dress(model, seed, doubts=True)
    found, minds = unknown_preference(case_of(dressed, rule)), minds_of(game, dressed)
    pairs = {actor: (concept, rng.choice(found.standards)) for actor, concept in own.items()}
    stable = (
        family_oracle.stable(game, a, concept, *family_oracle.unknown(minds, a, standard), rule)
        for a, (concept, standard) in pairs.items()
    )
    assert found.mixed(pairs) == sorted(set.intersection(*stable))
    assert found.with_behaviour(pairs).to_json()["mixed"]["equilibria"] == [
        dict(found.states[state]) for state in found.mixed(pairs)
    ]


CHECKS: dict[str, Check] = {
    "plain": check_plain,
    "any relation": check_any_relation,
    "strength": check_strength,
    "unknown": check_unknown,
    "attitudes": check_attitudes,
    "probabilistic": check_probabilistic,
    "fuzzy": check_fuzzy,
    "mixed": check_mixed,
}


@seeds(2, 5, "part")
@pytest.mark.parametrize("family", CHECKS)
def test_a_hundred_models(family: str, part: int) -> None:
    for seed in range(DEFAULT * part // 5, DEFAULT * (part + 1) // 5):
        CHECKS[family](seed)


@blocks(1, 19)
@pytest.mark.parametrize("family", CHECKS)
def test_two_thousand_models(family: str, block: int) -> None:
    for seed in range(LONG * block // BLOCKS, LONG * (block + 1) // BLOCKS):
        CHECKS[family](FIRST_LONG + seed)


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "strength": lambda patch: _changed(patch, "strength", lambda minds, a, least: (minds, a, least + 1)),
    "unknown": lambda patch: _changed(patch, "unknown", lambda minds, a, standard: (minds, a, standard[:-1] + "d")),
    "attitudes": lambda patch: _changed(patch, "attitudes", lambda g, a, signs, strict: (g, a, signs, not strict)),
    "probabilistic": lambda patch: _changed(
        patch, "probabilistic", lambda chances, a, limits: (chances, a, {**limits, "beta": limits["alpha"]})
    ),
    "fuzzy": lambda patch: _changed(
        patch, "fuzzy", lambda degrees, a, least: (degrees, a, {j: limit / 2 for j, limit in least.items()})
    ),
    "mixed": lambda patch: _changed(patch, "unknown", lambda minds, a, standard: (minds, a, "a")),
}
"""Per family what makes its oracle wrong."""


def _changed(patch: pytest.MonkeyPatch, name: str, change: Callable[..., tuple[Any, ...]]) -> None:
    right = getattr(family_oracle, name)
    patch.setattr(family_oracle, name, lambda *given, **named: right(*change(*given, **named)))


@pytest.mark.parametrize("family", WRONG)
def test_a_wrong_definition_is_noticed(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: with a slightly other definition it does, in some of the models."""
    WRONG[family](monkeypatch)
    failed = 0
    for seed in range(30):
        try:
            CHECKS[family](seed)
        except AssertionError:
            failed += 1
    assert failed > 0


def test_hybrids_are_among_the_models() -> None:
    standards = [unknown_preference(case_of(dress(drawn(seed)[0], seed, doubts=True))).standards for seed in range(20)]
    assert sum("strong d" in each for each in standards) > 10


def test_blocks_and_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays are cut into pieces; cut small, the verdicts are the same."""
    monkeypatch.setattr(relations, "BLOCK", 5)
    monkeypatch.setattr(relations, "CHUNK", 7)
    for seed in range(20):
        check_plain(seed)
        check_any_relation(seed)


# --- laws ------------------------------------------------------------------------------------------------------------

WEAKER = {"nash": ("sseq",), "sseq": ("seq", "smr"), "seq": ("gmr",), "smr": ("gmr",), "gmr": ()}


def assert_within(found: Family, first: tuple[str, str], second: tuple[str, str]) -> None:
    """Whatever is stable by (standard, concept) is so by the second."""
    for actor in found.actors:
        stronger, weaker = (found.stable(actor, concept, standard) for standard, concept in (first, second))
        assert (stronger <= weaker).all(), (first, second, actor)


def every_family(seed: int) -> list[Family]:
    case, rng = case_of(dress(drawn(seed)[0], seed, doubts=True)), random.Random(seed)
    signs = {a: {b: rng.choice("+-0") for b in case.actors} for a in case.actors}
    return [
        strength(case),
        unknown_preference(case),
        attitudes(case, signs),
        attitudes_strict(case, signs),
        fuzzy(case),
    ]


@seeds(9, 25)
def test_concepts_include_each_other(seed: int) -> None:
    for found in every_family(seed):
        for standard in found.standards:
            for concept, weaker in WEAKER.items():
                for other in weaker:
                    assert_within(found, (standard, concept), (standard, other))


@seeds(14, 40)
def test_the_readings_of_the_unknown(seed: int) -> None:
    """A implies b implies d, and a implies c implies d; the strong ones likewise, and each its general one."""
    found = unknown_preference(case_of(dress(drawn(seed)[0], seed, doubts=True)))
    for concept in RELATIONAL:
        for prefix in ("", "strong ") if "strong a" in found.standards else ("",):
            for first, second in ("ab", "bd", "ac", "cd"):
                assert_within(found, (prefix + first, concept), (prefix + second, concept))
            for letter in READINGS:
                assert_within(found, (prefix + letter, concept), (letter, concept))


@seeds(14, 40)
def test_strong_is_general(seed: int) -> None:
    found = strength(case_of(dress(drawn(seed)[0], seed, doubts=False)))
    for concept in RELATIONAL:
        for first, second in zip(found.standards[1:], found.standards, strict=False):
            assert_within(found, (first, concept), (second, concept))
    for actor in found.actors:
        for standard in found.standards:
            assert np.array_equal(found.stable(actor, "nash", standard), found.stable(actor, "nash"))
        assert not weak(found, actor, "nash")


def plain_of(case: Case) -> Callable[[str, str], Any]:
    analysis = case.analyse(RELATIONAL)
    states = analysis.conflict.states

    def stable(actor: str, concept: str) -> Any:
        return np.broadcast_to(analysis.stable_grid(concept, actor), analysis.conflict.shape).reshape(-1)[states]

    return stable


@seeds(20, 60)
def test_special_cases_are_plain(seed: int) -> None:
    """No degrees, nothing unknown, crisp numbers, discrete attitudes: the plain concepts."""
    case = plain_case(seed, RULES[seed % 2])
    game, plain, limit = case.game, plain_of(case), (0.0, 0.4, 0.99)[seed % 3]
    crisp = {a: (u[None, :] > u[:, None]).astype(float) for n, a in enumerate(game.actors) for u in [game.scores(n)]}
    half = {a: m + (1 - m - m.T) / 2 for a, m in crisp.items()}
    alike = [
        strength(case),
        unknown_preference(case),
        attitudes_strict(case),
        probabilistic(case, crisp, limit, limit, limit),
        probabilistic(case, None, limit, limit, limit),
        fuzzy(case, half, 1 - limit),
        fuzzy(case, None, 1 - limit),
    ]
    if all(len(np.unique(game.scores(n))) == game.count for n in range(len(game.actors))):
        alike.append(attitudes(case))
    for found in alike:
        for actor in game.actors:
            for concept in RELATIONAL:
                assert np.array_equal(found.stable(actor, concept), plain(actor, concept)), (found.family, concept)


@seeds(14, 40)
def test_discrete_attitudes_without_ties_are_plain(seed: int) -> None:
    """Inohara & Hipel 2009, propositions for complete and antisymmetric preferences, on strict rankings."""
    model, rng = random_model(seed, "graph"), random.Random(seed)
    for actor in model["actors"].values():
        for key in ("ranking", "weights", "priorities"):
            actor.pop(key, None)
        actor["ranking"] = rng.sample(model["graph"]["states"], len(model["graph"]["states"]))
    case = case_of(model, RULES[seed % 2])
    found, plain = attitudes(case), plain_of(case)
    for actor in found.actors:
        for concept in RELATIONAL:
            assert np.array_equal(found.stable(actor, concept), plain(actor, concept))


@seeds(9, 25)
def test_total_neutrality(seed: int) -> None:
    """If nobody cares for anything, RNash equals RSMR and RGMR equals RSEQ (Inohara & Hipel 2009)."""
    case = plain_case(seed, RULES[0])
    found = attitudes(case, {a: dict.fromkeys(case.actors, "0") for a in case.actors})
    for actor in case.actors:
        assert np.array_equal(found.stable(actor, "nash"), found.stable(actor, "smr"))
        assert np.array_equal(found.stable(actor, "gmr"), found.stable(actor, "seq"))


@seeds(9, 25)
def test_names_of_states_and_actors_do_not_matter(seed: int) -> None:
    """Actors in another order, states numbered otherwise: the same verdicts."""
    rng = np.random.default_rng(seed)
    game = graded(plain_case(seed, RULES[0]))
    states, actors = rng.permutation(game.count), rng.permutation(len(game.actors))
    back = np.argsort(states)
    sides, moved = [], []
    for axis, arcs in enumerate(moves_of(game)):
        own = compare(game, game.readings[axis])
        sides.append(side(arcs, own.better, {"x": Standard(own.better, own.worse_by(1))}))
        order = np.lexsort((states[arcs.end], states[arcs.start]))
        other = Arcs(game.count, states[arcs.start][order], states[arcs.end][order])

        def renamed(relation: Any) -> relations.Pairs:
            return lambda s, t: relation(back[s], back[t])

        moved.append(side(other, renamed(own.better), {"x": Standard(renamed(own.better), renamed(own.worse_by(1)))}))
    first = judge(sides, concepts(RELATIONAL))
    second = judge([moved[axis] for axis in actors], concepts(RELATIONAL))
    for place, axis in enumerate(actors.tolist()):
        for concept in RELATIONAL:
            assert np.array_equal(first[axis]["x"][concept], second[place]["x"][concept][states])


@seeds(7, 20)
def test_three_values_by_brute_force(seed: int) -> None:
    """Every completion, written out as a model of its own."""
    model = dress(random_model(seed, "ties"), seed, doubts=True)
    lists = {
        a: list(family_oracle.completions(oracle.preference(model, a, first_reading(model, a))))
        for a in model["actors"]
    }
    found = three_valued(case_of(model), concepts=("nash", "seq"))
    counts = {c: np.zeros(len(found.texts), dtype=int) for c in found.concepts}
    for chosen in itertools.product(*lists.values()):
        whole = {**model, "actors": dict(model["actors"])}
        for actor, wants in zip(lists, chosen, strict=True):
            options = model["actors"][actor]["options"]
            whole["actors"][actor] = {"options": options, "priorities": wants}
        game = oracle.build({k: v for k, v in whole.items() if k != "worlds"})
        for concept in found.concepts:
            counts[concept][sorted(oracle.equilibria(game, concept) or ())] += 1
    for concept in found.concepts:
        assert np.array_equal(found.counts[concept]["all"], counts[concept])
    assert {found.verdict("seq", s) for s in range(len(found.texts))} <= {"ALL", "SOME", "NONE"}
    assert f"{found.completions} completions" in str(found)
    json.dumps(found.to_json())


def first_reading(model: Mapping[str, Any], actor: str) -> str:
    return oracle.choose_readings(model, None, None)[actor]


# --- degrees: where they come from -----------------------------------------------------------------------------------

CONFLICT = """
detente: 1
title: Degrees
actors:
  one:
    options: {x: {}, y: {}}
    readings:
      listed: {priorities: [{want: x, strength: great}, y]}
      counted: {weights: [{when: x, weight: 5}, {when: y, weight: 1}], great: 3}
      ordered: {ranking: [both, x_only, ">>", y_only, neither]}
  two: {options: {z: {}}, priorities: [z]}
states: {both: [x, y, z], x_only: [x, z], y_only: [y, z], neither: [z], a: [x, y], b: [x], c: [y], d: []}
now: []
"""


def degrees_of(reading: str, text: str = CONFLICT, **great: Any) -> list[list[int]]:
    game = graded(Case(read_text(text, name="degrees"), readings={"one": reading}), great)
    numbers = np.arange(game.count)
    return [
        row[::2] for row in compare(game, game.readings[0]).degree(numbers[:, None], numbers[None, :]).tolist()[::2]
    ]


SCALE = [[0, 1, 2, 2], [-1, 0, 2, 2], [-2, -2, 0, 1], [-2, -2, -1, 0]]


def test_three_ways_to_say_greatly() -> None:
    assert degrees_of("listed") == SCALE
    assert degrees_of("counted") == [[0, 1, 2, 2], [-1, 0, 2, 2], [-2, -2, 0, 1], [-2, -2, -1, 0]]


def test_a_step_in_a_ranking() -> None:
    text = CONFLICT.replace("y_only, neither]", "y_only, neither, a, b, c, d]")
    game = graded(Case(read_text(text, name="degrees"), readings={"one": "ordered"}))
    own, place = compare(game, game.readings[0]), {text: n for n, text in enumerate(game.texts(game.states.tolist()))}

    def degree(s: str, t: str) -> int:
        return int(own.degree(np.array([place[s]]), np.array([place[t]]))[0])

    assert (degree("neither", "both"), degree("x_only", "both"), degree("y_only", "neither")) == (2, 1, -1)


def test_degrees_said_in_a_call() -> None:
    assert degrees_of("listed", one=["y"]) == [[0, 2, 1, 1], [-2, 0, 1, 1], [-1, -1, 0, 2], [-1, -1, -2, 0]]
    assert degrees_of("listed", one=[1]) == SCALE
    assert degrees_of("listed", one={"x": 3, 2: 2})[0] == [0, 2, 3, 3]
    assert degrees_of("counted", one=[1, 5])[0] == [0, 2, 3, 3]
    assert degrees_of("counted", one="6") == [[0, 1, 1, 2], [-1, 0, 1, 1], [-1, -1, 0, 1], [-2, -1, -1, 0]]


def test_an_unknown_sign() -> None:
    """Two states that the doubtful statement is the first to tell apart are not comparable; all others are."""
    text = CONFLICT.replace("strength: great", "unknown: sign")
    game = graded(Case(read_text(text, name="degrees")))
    own, n = compare(game, game.readings[0]), np.arange(game.count)
    x = n >= 4
    assert np.array_equal(own.unknown(n[:, None], n[None, :]), x[:, None] != x[None, :])
    assert own.better(np.array([0, 0]), np.array([2, 4])).tolist() == [True, False]


# --- results ---------------------------------------------------------------------------------------------------------


def test_results_hand_themselves_on() -> None:
    found = unknown_preference(Case(load("two_proxies"), readings={"us": "harris_b"}))
    data = json.loads(json.dumps(found.to_json()))
    assert data["counts"]["b"]["seq"] == len(data["equilibria"]["b"]["seq"]) == found.count("seq", "b")
    assert data["equilibria"]["d"]["seq"][0].keys() == {
        "us_arm",
        "us_nato",
        "us_recog",
        "ru_link",
        "nk_arms",
        "nk_troops",
    }
    assert set(data["status_quo"]["stable"]["a"]["nash"]) == {"us", "ru", "nk"}
    assert "reading" not in data["standards"]
    assert [sheet.title for sheet in found.sheets()][1].startswith("Today")
    assert "<table>" in found._repr_html_()
    assert found.basis.model == "two_proxies"


def test_mixed_standards() -> None:
    found = unknown_preference(Case(load("two_proxies"), readings={"us": "harris_b"}))
    own = {"us": ("seq", "d"), "ru": ("nash", "a"), "nk": ("seq", "d")}
    assert set(found.mixed(own)) <= set(found.equilibria("seq", "d"))
    assert found.mixed({}, default="nash") == found.equilibria("nash")


def test_behaviours_on_a_bundled_model() -> None:
    case = Case(load("two_proxies"))
    found = behaviours(case, {"us": "nash"}, where="decoupled")
    assert found.count == len(found.equilibria) <= behaviours(case, {"us": "nash"}).count
    assert found.status_quo is not None and found.status_quo.equilibrium in (False, True)
    assert behaviours(case, {}).count == case.analyse().count("seq")
    assert "Each by its own concept" in str(found)


def test_chances_from_weights() -> None:
    """More dispersion, chances nearer to one half; none where the same statements hold."""
    text = CONFLICT.replace("readings:\n      listed: {priorities: [{want: x, strength: great}, y]}", "readings:")
    case = Case(read_text(text, name="degrees"))
    near, far = (chances_from_weights(case, "one", d) for d in (1.0, 10.0))
    assert near[0, 4] == pytest.approx(0.9999997, abs=1e-7)
    assert 0.5 < far[0, 4] < near[0, 4]
    assert near[0, 1] == near[1, 0] == 0
    assert near[0, 4] + near[4, 0] == pytest.approx(1)
    sure = probabilistic(case, {"one": chances_from_weights(case, "one", 1e-6)})
    for concept in RELATIONAL:
        assert sure.equilibria(concept) == strength(case).equilibria(concept)


# --- bad input -------------------------------------------------------------------------------------------------------

TWO = Case(load(FIRST_ANALYSIS / "two_proxies.yaml"))


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: strength(TWO, {"usa": [1]}), UnknownName, "unknown actor 'usa'"),
        (lambda: strength(TWO, {"us": ["us_armm"]}), UnknownName, "did you mean us_arm"),
        (lambda: strength(TWO, {"us": {1: 12}}), InputError, "whole numbers from 1 to 9"),
        (lambda: strength(TWO, concepts=["sim"]), InputError, "left to plain preferences"),
        (lambda: strength(TWO).stable("us", "seq", "stark"), UnknownName, "unknown standard"),
        (lambda: unknown_preference(TWO, {"us": [("nonsense", "us_arm")]}), InputError, "nonsense"),
        (lambda: attitudes(TWO, {"us": {"ru": "?"}}), InputError, r"expected '\+', '-' or '0'"),
        (lambda: probabilistic(TWO, {"us": [[0.5]]}), InputError, "expected 64 by 64"),
        (lambda: probabilistic(TWO, {"us": np.ones((64, 64))}), InputError, "at most 1"),
        (lambda: probabilistic(TWO, alpha=1.0), InputError, "at least 0 and below 1"),
        (lambda: fuzzy(TWO, {"us": np.zeros((64, 64))}), InputError, "add up to 1"),
        (lambda: fuzzy(TWO, thresholds={"us": cast(Any, "half")}), InputError, "expected a number such as 0.7"),
        (lambda: fuzzy(TWO, thresholds=0), InputError, "above 0 and at most 1"),
        (lambda: chances_from_weights(TWO, "us", 1), InputError, "has no weights"),
        (lambda: behaviours(TWO, {"usa": "nash"}), UnknownName, "unknown actor"),
        (lambda: behaviours(TWO, {"us": "nsh"}), UnknownName, "did you mean nash"),
        (lambda: Matrix.of(np.ones((2, 3))), InputError, "square"),
        (lambda: strength(Case(load("gatt"))), TooLarge, "up to 16,384 states"),
    ],
)
def test_refusals(ask: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("strength: great", "strength: hugely", "expected mild, great or a degree"),
        ("great: 3", "great: [3, 2]", "each above the one before"),
        ("y]}", "y], great: 3}", "`great` is for `weights`"),
        ('[both, x_only, ">>"', '[">>", both, x_only', "stands between two states"),
    ],
)
def test_what_the_reader_says(old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_text(CONFLICT.replace(old, new, 1), name="degrees")


def test_an_actor_that_wants_nothing() -> None:
    """Indifferent to everything it is stable everywhere, and deterred by anything."""
    text = CONFLICT.replace("priorities: [z]", "priorities: []")
    for found in (
        strength(Case(read_text(text, name="degrees"))),
        unknown_preference(Case(read_text(text, name="degrees"))),
    ):
        assert all(found.stable("two", concept).all() for concept in RELATIONAL)


def test_nobody_else_to_answer() -> None:
    """One actor alone: every concept is Nash."""
    arcs = Arcs(2, np.array([0, 1]), np.array([1, 0]))
    (only,) = judge([scored(arcs, np.array([0, 1]))], concepts(RELATIONAL))
    assert all(only["plain"][concept].tolist() == [False, True] for concept in RELATIONAL)
    assert isinstance(scored(arcs, np.array([0, 1])), Side)
