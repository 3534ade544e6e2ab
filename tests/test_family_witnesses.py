"""Witnesses of relations and coalitions: an independent checker accepts every one, and refuses what is deformed."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

import family_oracle
from conftest import FIRST_ANALYSIS
from detente.case import Case
from detente.engine.concepts import strictest_first
from detente.errors import UnknownName
from detente.questions.coalitions.blocks import CONCEPTS as AS_ONE
from detente.questions.coalitions.blocks import as_one, as_one_explained
from detente.questions.coalitions.coalition_moves import CONCEPTS as TOGETHER
from detente.questions.coalitions.coalition_moves import CoalitionMoves
from detente.questions.coalitions.coalitions import coalitions, coalitions_explained
from detente.questions.preference_structures.attitudes import attitudes, attitudes_strict
from detente.questions.preference_structures.probabilistic_and_fuzzy import fuzzy, probabilistic
from detente.questions.preference_structures.strength import strength
from detente.questions.preference_structures.unknown import unknown_preference
from detente.questions.preference_structures.verdicts import RELATIONAL, Family
from detente.scenario import load
from detente.verification import oracle
from family_checker import Facts, FamilyChecker, Frame, Sets, deformed
from family_oracle import Mind, dress
from lengths import blocks
from test_coalitions import Brute
from test_relations import DEFAULT, RULES, case_of, drawn, drawn_chances

pytestmark = pytest.mark.first_analysis

MOST = 12
"""States of the models whose witnesses are all checked."""

BLOCKS, LONG = 10, 100

FIRST = 3
"""Models of each family whose witnesses are kept."""

Rows = Callable[[str, str], tuple[Any, Any, Mapping[str, Any]]]
"""From actor and standard: what tempts, what deters, what is credible for whom."""


@cache
def small(seed: int) -> tuple[Any, oracle.Game]:
    """A random model with few states."""
    return next((m, g) for n in itertools.count() for m, g in [drawn(seed + 1_000 * n)] if len(g.states) <= MOST)


# --- families ----------------------------------------------------------------------------------------------------


def frames_of(game: oracle.Game, rows: Rows) -> Callable[[str, str, str], Frame]:
    @cache
    def frame(actor: str, concept: str, standard: str) -> Frame:
        tempting, deterring, credible = rows(actor, standard)
        gains: dict[str, Sets] = {
            j: [{t for t in ends if credible[j](s, t)} for s, ends in enumerate(moves)]
            for j, moves in game.moves.items()
        }
        asked = concept in ("seq", "sseq")
        counted = {} if concept == "nash" else gains if asked else game.moves
        movers = {j: arcs for j, arcs in counted.items() if j != actor}
        escape = concept in ("smr", "sseq")
        return Frame(game.moves[actor], movers, tempting, deterring, escape, gains if asked else None)

    return frame


def strength_case(seed: int, rule: str) -> tuple[Family, Any, Rows, Facts]:
    model, game = small(seed)
    dressed = dress(model, seed, doubts=False)
    minds = {a: Mind(game, a, dressed) for a in game.actors}

    def rows(actor: str, standard: str) -> Any:
        least = {"general": 0, "strong": 2}.get(standard) if " " not in standard else int(standard.split()[1])
        return family_oracle.strength(minds, actor, least=least or 0)

    return strength(case_of(dressed, rule)), model, rows, partial(degree_facts, minds)


def degree_facts(minds: Mapping[str, Mind], actor: str, s: int, t: int) -> Mapping[str, Any]:
    found = minds[actor].table[s, t]
    if found is None:
        return {"verdict": "unknown", "degree": None}
    return {"verdict": {1: "better", 0: "equal", -1: "worse"}[(found > 0) - (found < 0)], "degree": abs(found)}


def unknown_case(seed: int, rule: str) -> tuple[Family, Any, Rows, Facts]:
    model, game = small(seed)
    dressed, rng = dress(model, seed, doubts=True), random.Random(seed)
    goals = list(model.get("outcomes") or {}) or ["true"]
    hidden = {rng.choice(game.actors): ((rng.choice(goals), f"not {rng.choice(goals)}"),)} if seed % 3 == 0 else {}
    minds = {a: Mind(game, a, dressed, hidden.get(a, ())) for a in game.actors}
    found = unknown_preference(case_of(dressed, rule), hidden)
    return found, model, lambda a, standard: family_oracle.unknown(minds, a, standard), partial(degree_facts, minds)


def attitude_case(seed: int, rule: str) -> tuple[Family, Any, Rows, Facts]:
    (model, game), rng, strict = small(seed), random.Random(seed), seed % 2 == 1
    signs = {a: {b: rng.choice("+-00" if a != b else "+++0") for b in game.actors} for a in game.actors}
    ask = attitudes_strict if strict else attitudes

    def facts(actor: str, s: int, t: int) -> Mapping[str, Any]:
        words = {1: "better", 0: "equal", -1: "worse"}
        gaps = {j: (u[t] > u[s]) - (u[t] < u[s]) for j, u in game.scores.items()}
        cares = {j: {"attitude": e, "verdict": words[gaps[j]]} for j, e in signs[actor].items() if e != "0"}
        return {"cares": cares}

    rows = partial(family_oracle.attitudes, game, signs=signs, strict=strict)
    return ask(case_of(model, rule), signs), model, lambda a, _: rows(a), facts


def chance_case(seed: int, rule: str) -> tuple[Family, Any, Rows, Facts]:
    (model, game), rng = small(seed), np.random.default_rng(seed)
    chances = {a: drawn_chances(rng, len(game.states)) for a in game.actors}
    names = ("alpha", "beta", "gamma")
    limits = {name: {a: float(rng.choice((0.0, 0.3, 0.5, 0.8))) for a in game.actors} for name in names}
    found = probabilistic(case_of(model, rule), chances, *limits.values())

    def facts(actor: str, s: int, t: int) -> Mapping[str, Any]:
        return {"chance": float(chances[actor][s, t]), "back": float(chances[actor][t, s])}

    return found, model, lambda a, _: family_oracle.probabilistic(chances, a, limits), facts


def fuzzy_case(seed: int, rule: str) -> tuple[Family, Any, Rows, Facts]:
    (model, game), rng = small(seed), np.random.default_rng(seed)
    half = {a: np.triu(rng.integers(0, 11, (len(game.states),) * 2) / 10, 1) for a in game.actors}
    degrees = {a: h + np.triu(1 - h, 1).T + np.eye(len(h)) / 2 for a, h in half.items()}
    least = {a: float(rng.choice((0.1, 0.4, 1.0))) for a in game.actors}

    def facts(actor: str, s: int, t: int) -> Mapping[str, Any]:
        certainty = round(float(degrees[actor][s, t]) - float(degrees[actor][t, s]), 12)
        return {"certainty": certainty, "threshold": least[actor]}

    return (
        fuzzy(case_of(model, rule), degrees, least),
        model,
        lambda a, _: family_oracle.fuzzy(degrees, a, least),
        facts,
    )


FAMILIES = {
    "strength": strength_case,
    "unknown": unknown_case,
    "attitudes": attitude_case,
    "probabilistic": chance_case,
    "fuzzy": fuzzy_case,
}


@cache
def first_witnesses(name: str, seed: int) -> list[tuple[FamilyChecker, dict[str, Any], Any]]:
    """The same, kept: of the first models, which several tests ask for."""
    return list(witnesses(name, seed))


def witnesses(name: str, seed: int) -> Iterator[tuple[FamilyChecker, dict[str, Any], Any]]:
    """Every witness of a random model in a family, as JSON that was written and read, with its checker and its verdict."""
    rule = RULES[seed % 2]
    found, model, rows, facts = FAMILIES[name](seed, rule)
    game = small(seed)[1]
    checker = FamilyChecker(model, rule, RELATIONAL, frames_of(game, rows), facts)
    for s, actor, concept, standard in itertools.product(
        range(len(game.states)), found.actors, RELATIONAL, found.standards
    ):
        made = found.finder.find(s, actor, concept, standard).to_json()
        yield checker, json.loads(json.dumps(made)), bool(found.stable(actor, concept, standard)[s])


def check_family(name: str, seed: int) -> int:
    done = 0
    for checker, made, stable in first_witnesses(name, seed) if seed < FIRST else witnesses(name, seed):
        assert checker.check(made) == [], (name, seed, made)
        assert made["stable"] is stable, (name, seed, made)
        done += 1
    return done


@pytest.mark.parametrize("name", FAMILIES)
def test_every_witness_of_random_models(name: str) -> None:
    assert sum(check_family(name, seed) for seed in range(8)) > 500


@blocks(3, 7)
@pytest.mark.parametrize("name", FAMILIES)
def test_every_witness_at_length(name: str, block: int) -> None:
    for seed in range(LONG * block // BLOCKS, LONG * (block + 1) // BLOCKS):
        check_family(name, DEFAULT + seed)


# --- coalitions and blocks ---------------------------------------------------------------------------------------


def members(party: str) -> tuple[str, ...]:
    return tuple(party.split(" + "))


def member_facts(game: oracle.Game, party: str, s: int, t: int) -> Mapping[str, Any]:
    words = {1: "better", 0: "equal", -1: "worse"}
    scores = {i: game.scores[i] for i in members(party)}
    return {"members": {i: words[(u[t] > u[s]) - (u[t] < u[s])] for i, u in scores.items()}}


def coalition_frames(brute: Brute) -> Callable[[str, str, str], Frame]:
    @cache
    def frame(party: str, concept: str, _: str) -> Frame:
        group = members(party)
        rest = tuple(i for i in brute.game.actors if i not in group)
        if concept == "cseq":
            movers = {" + ".join(g): brute.better[g] for g in brute.groups if set(g) <= set(rest)}
        else:
            movers = {i: brute.game.moves[i] for i in rest} if concept != "cnash" else {}
        own = [ends - {s} for s, ends in enumerate(brute.reach[group])]
        gain = partial(brute.gain, group)
        single = {i: brute.better[i,] for i in rest} if concept == "cseq" else None
        return Frame(own, movers, gain, lambda s, y: not gain(s, y), concept == "csmr", single)

    return frame


def check_coalitions(seed: int) -> int:
    (model, game), rule = small(seed), RULES[seed % 2]
    brute, case = Brute(model, rule), case_of(model, rule)
    moves = CoalitionMoves.of(case)
    groups = moves.groups(None)
    finder = moves.witnesses(case, groups)
    checker = FamilyChecker(model, rule, TOGETHER, coalition_frames(brute), partial(member_facts, game), members)
    done = 0
    for group, concept in itertools.product(groups, TOGETHER):
        name, stable = " + ".join(game.actors[i] for i in sorted(group)), moves.stable(group, concept)
        for s in range(len(game.states)):
            made = json.loads(json.dumps(finder.find(s, name, concept, "coalition").to_json()))
            assert checker.check(made) == [], (seed, made)
            assert made["stable"] is bool(stable[s]), (seed, made)
            done += 1
    return done


def block_frames(brute: Brute, blocks: list[tuple[str, ...]]) -> Callable[[str, str, str], Frame]:
    moves = {b: [ends - {s} for s, ends in enumerate(brute.reach[b])] for b in blocks}
    better = {b: [{t for t in ends if brute.gain(b, s, t)} for s, ends in enumerate(moves[b])] for b in blocks}

    @cache
    def frame(party: str, concept: str, _: str) -> Frame:
        block, asked = members(party), concept in ("seq", "sseq")
        counted = {} if concept == "nash" else better if asked else moves
        movers = {" + ".join(b): arcs for b, arcs in counted.items() if b != block}
        single = {b[0]: better[b] for b in blocks if len(b) == 1} if asked else None
        gain = partial(brute.gain, block)
        escape = concept in ("smr", "sseq")
        return Frame(moves[block], movers, gain, lambda s, y: not gain(s, y), escape, single)

    return frame


def check_blocks(seed: int) -> int:
    (model, game), rule = small(seed), RULES[seed % 2]
    brute, case, actors = Brute(model, rule), case_of(model, rule), list(game.actors)
    block = tuple(sorted(random.Random(seed).sample(actors, 2), key=actors.index))
    blocks = [block, *((i,) for i in actors if i not in block)]
    checker = FamilyChecker(model, rule, AS_ONE, block_frames(brute, blocks), partial(member_facts, game), members)
    found, done = as_one(case, [block], AS_ONE), 0
    for s, cell in enumerate(case.game.states.tolist()):
        told = as_one_explained(case, [block], cell, AS_ONE)
        for made in told.to_json()["witnesses"]:
            assert checker.check(json.loads(json.dumps(made))) == [], (seed, made)
            done += 1
        for concept in AS_ONE:
            assert told.holds(concept, "plain") is (s in brute.as_one(blocks, concept))
    assert found.together
    return done


@pytest.mark.parametrize("check", [check_coalitions, check_blocks], ids=["coalitions", "blocks"])
def test_every_witness_of_coalitions(check: Callable[[int], int]) -> None:
    assert sum(map(check, range(8))) > 500


@blocks(3, 7)
@pytest.mark.parametrize("check", [check_coalitions, check_blocks], ids=["coalitions", "blocks"])
def test_every_witness_of_coalitions_at_length(check: Callable[[int], int], block: int) -> None:
    for seed in range(LONG * block // BLOCKS, LONG * (block + 1) // BLOCKS):
        check(DEFAULT + seed)


# --- the checker refuses what is wrong ------------------------------------------------------------------------------


def test_the_checker_refuses() -> None:
    """Whatever is changed in a witness, the checker notices; and every kind of change has been tried."""
    tried: Counter[str] = Counter()
    for name, seed in itertools.product(FAMILIES, range(FIRST)):
        for checker, made, _ in first_witnesses(name, seed):
            for kind, make in deformed(made):
                if tried[kind] < 40:
                    assert checker.check(make()), (name, seed, kind, make())
                    tried[kind] += 1
    kinds = {"verdict", "rule", "missing", "twice", "deterred", "changes", "weighed", "no answer", "longer", "mover"}
    rare = {"astray", "kind", "cost", "escapes", "reached", "near", "way out", "otherwise", "reason"}
    assert kinds | rare == set(tried)


def test_what_is_no_witness() -> None:
    checker, made, _ = next(witnesses("strength", 0))
    assert "not a witness" in checker.check({**made, "state": {"nothing": True}})[0]
    assert "not a witness" in checker.check({"party": "ash"})[0]


# --- what people read ------------------------------------------------------------------------------------------------

TWO = Case(load(FIRST_ANALYSIS / "two_proxies.yaml"))
GREAT = {"us": ["us_arm", "us_nato"], "ru": ["not us_nato", "not us_arm"], "nk": [1]}


def test_only_great_harm_would_stop_russia() -> None:
    """By the general standard North Korea's answer stops Russia; it is only mildly worse, so by the strong one it does not."""
    told = strength(TWO, GREAT).explain()
    assert told.holds("seq", "general")
    assert not told.holds("seq", "strong")
    (move,) = told.witness("ru", "seq", "strong").temptations
    assert move.otherwise is not None
    assert move.otherwise.by == "general"
    text = " ".join(str(told).split())
    assert "None of the 2 states the others can bring about deters it." in text
    assert (
        "North Korea would do the same already now, but something deters it; once Russia has moved, nothing does."
        in text
    )
    assert "greatly worse: “us_recog or ru_link” would fail, its aim 1 of 5" in text
    assert "would be deterred by “general”" in text
    assert (
        "at us_arm us_nato nk_arms; compared with staying, this is worse: “us_arm or us_nato -> nk_troops” would fail"
        in text
    )


def test_the_words_fit_what_was_asked() -> None:
    """A concept is named as elsewhere, and only where not everybody was asked about is that said."""
    friends = attitudes(Case(load("prisoners_dilemma")), {"first": {"second": "+"}}).explain("cc")
    assert "would be deterred under GMR" in " ".join(str(friends).split())
    assert "Yes: no single actor would leave it." in str(strength(TWO, {}).explain(standards=["general"]))
    asked = str(strength(TWO, {}).explain(standards=["general"], actors=["ru"]))
    assert "Yes: Russia would not leave it." in " ".join(asked.split())
    both = str(strength(TWO, {}).explain(standards=["general"], actors=["ru", "us"]))
    assert "Yes: no single actor asked about would leave it." in " ".join(both.split())


def test_open_wishes_are_named() -> None:
    text = str(unknown_preference(Case(load("two_proxies"), readings={"us": "harris_b"})).explain(standards=["a"]))
    assert "it hangs on “not us_recog”, which is open" in " ".join(text.split())


def test_attitudes_and_chances_are_told() -> None:
    text = " ".join(str(attitudes(TWO, {"us": {"ru": "-"}, "nk": {"ru": "+"}}).explain(concepts=["gmr"])).split())
    assert "for Russia, a friend" in text
    told = str(probabilistic(TWO, {"ru": {"need": 0.6, "profit": 0.4}}).explain())
    assert "better with chance 1 and worse with chance 0" in " ".join(told.split())
    assert "where 0.3 is enough" in " ".join(str(fuzzy(TWO, {}, 0.3).explain()).split())


def test_the_same_reasons_are_told_once() -> None:
    told = strength(TWO).explain()
    assert any(each.answer == "For the same reasons as by “general”." for each in told.dialogue) or not told.holds(
        "seq", "strong"
    )
    plain = unknown_preference(TWO).explain()
    assert [each.answer for each in plain.dialogue].count("For the same reasons as by “a”.") == 3


def test_the_trap_of_elmira_told() -> None:
    told = coalitions_explained(Case(load("elmira")), "s5")
    assert not told.holds("cseq", "coalition")
    (move,) = told.witness("ministry + uniroyal", "cseq", "coalition").temptations
    assert move.move.state.text == "s8"
    assert "What keeps the other 6 here?" in str(told)
    holding = coalitions_explained(Case(load("elmira")), "s8", ["ministry", "uniroyal"], ["cnash"])
    assert holding.holds("cnash", "coalition")
    assert coalitions(Case(load("elmira")), ["ministry", "uniroyal"]).coalition("ministry", "uniroyal").count == 3
    one = as_one_explained(Case(load("elmira")), [["ministry", "uniroyal"]], "s5", ["nash"])
    assert not one.holds("nash", "plain")
    stated = {"ministry + uniroyal": ["plant_closed"]}
    assert "plant_closed" in str(
        as_one_explained(Case(load("elmira")), [["ministry", "uniroyal"]], "s5", wishes=stated)
    )


def test_accounts_hand_themselves_on() -> None:
    told = strength(TWO, GREAT).explain(concepts=["seq", "sseq"], actors=["ru"])
    assert json.loads(json.dumps(told.to_json())) == told.to_json()
    assert max(map(len, str(told).splitlines())) <= 80
    many = coalitions_explained(Case(load("garrison")), "s4", concepts=["csmr"])
    assert max(map(len, str(many).splitlines())) <= 80
    assert told._repr_html_().startswith("<dl><dt>")
    first, second = told.sheets()
    assert first.columns == ("standard", "for", *strictest_first(RELATIONAL))
    assert second.rows[0] == ("general", "seq", "ru", "not ru_link", "nk: not nk_troops (released)")
    with pytest.raises(UnknownName, match="unknown standard"):
        strength(TWO).explain(standards=["stark"])
    with pytest.raises(UnknownName, match="unknown concept"):
        strength(TWO).explain(concepts=["sim"])
    with pytest.raises(UnknownName, match="unknown actor"):
        strength(TWO).explain(actors=["usa"])
