"""How likely each end of play is: exact rational arithmetic on random models, laws, words, and bad input."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from detente.case import Case
from detente.engine import absorption
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.uncertainty.ends import Ends, ends
from detente.scenario import check, read_text
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml
from test_absorption import Arcs, exact
from test_races import steps_of

PLAYS = ("myopic", "foresight")
TEMPI = (1, 3, Fraction(1, 2), 2, 5)

# --- brute force ------------------------------------------------------------------------------------------------------


def by_definition(
    game: oracle.Game, play: str, sanctions: str, tempo: Mapping[str, Fraction], weight: Any
) -> tuple[dict[frozenset[int], Fraction], Fraction]:
    """From the definition: who has a step moves as often as its tempo says; the step by its place (`weight(place)`)."""
    steps = steps_of(game, play, sanctions)
    arcs: Arcs = []
    for state in range(len(game.states)):
        out: dict[int, Fraction] = {}
        movers = [actor for actor in game.actors if steps[actor][state]]
        for actor in movers:
            turn = tempo[actor] / sum(tempo[each] for each in movers)
            targets = steps[actor][state]
            levels = sorted({game.scores[actor][t] for t in targets}, reverse=True)
            weights = {t: weight(levels.index(game.scores[actor][t])) for t in targets}
            for target, each in weights.items():
                out[target] = out.get(target, Fraction(0)) + turn * each / sum(weights.values())
        arcs.append({target: chance for target, chance in out.items() if chance})
    assert game.now is not None
    chances, length = exact(arcs, game.now)
    return {end: chance for end, chance in chances.items() if chance}, length


CHOICES: Mapping[str | float, Any] = {
    "any": lambda _: Fraction(1),
    "best": lambda place: Fraction(place == 0),
    math.log(2): lambda place: Fraction(1, 2**place),
}


def assert_ends(seed: int, kind: str | None, play: str, choice: str | float) -> Ends:
    sanctions = ("legal", "one-step")[seed % 2]
    model = random_model(seed, kind)
    game = oracle.build(model)
    assert game.now is not None
    tempo = {actor: Fraction(TEMPI[k % len(TEMPI)]) for k, actor in enumerate(game.actors)}
    chances, length = by_definition(game, play, sanctions, tempo, CHOICES[choice])
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = ends(case, play, tempo={actor: float(each) for actor, each in tempo.items()}, choice=choice)
    number = {json.dumps(oracle.show(game, s)): s for s in range(len(game.states))}
    told = {frozenset(number[json.dumps(state)] for state in end.states): end.chance for end in found.ends}
    assert set(told) == set(chances)
    for end, chance in chances.items():
        assert told[end] == pytest.approx(float(chance), rel=1e-9)
    assert sum(told.values()) == pytest.approx(1)
    assert found.length == pytest.approx(float(length), rel=1e-9)
    for outcome in found.outcomes:
        good = game.holding(model["outcomes"][outcome.outcome])
        always = sum((chance for end, chance in chances.items() if end <= good), Fraction(0))
        never = sum((chance for end, chance in chances.items() if not end & good), Fraction(0))
        shares = (float(always), float(1 - always - never), float(never))
        assert (outcome.always, outcome.sometimes, outcome.never) == pytest.approx(shares, abs=1e-9)
    return found


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("seed", range(40))
def test_brute_force(seed: int, choice: str | float) -> None:
    assert_ends(seed, None, PLAYS[seed % 2], choice)


@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_in_each_family(kind: str) -> None:
    for seed in range(2):
        for choice in CHOICES:
            assert_ends(seed, kind, "myopic", choice)


def test_the_models_tried_have_several_ends_and_cycles() -> None:
    found = [assert_ends(seed, "graph", "myopic", "any") for seed in range(30)]
    assert sum(len(each.ends) > 1 for each in found) > 2
    assert sum(any(end.cycle for end in each.ends) for each in found) > 1


# --- laws -------------------------------------------------------------------------------------------------------------


def case_of(seed: int, kind: str | None = None) -> Case:
    return Case(read_text(to_yaml(random_model(seed, kind)), name="random"))


def shares(found: Ends) -> dict[str, float]:
    return {json.dumps(end.states): end.chance for end in found.ends}


@pytest.mark.parametrize("seed", range(20))
def test_tempos_that_grow_alike_change_nothing(seed: int) -> None:
    case = case_of(seed)
    tempo = {actor: 1.0 + k for k, actor in enumerate(case.actors)}
    faster = {actor: 7.5 * each for actor, each in tempo.items()}
    one, other = ends(case, "myopic", tempo=tempo), ends(case, "myopic", tempo=faster)
    assert shares(one) == pytest.approx(shares(other))
    assert one.length == pytest.approx(other.length)


@pytest.mark.parametrize("seed", range(20))
def test_between_any_and_best(seed: int) -> None:
    """Rationality 0 is any step, an infinite one the best; and what is nearly infinite is nearly that, where the ends agree."""
    case = case_of(seed)
    assert shares(ends(case, "myopic", choice=0)) == shares(ends(case, "myopic", choice="any"))
    best = shares(ends(case, "myopic", choice="best"))
    assert shares(ends(case, "myopic", choice=math.inf)) == best
    nearly = shares(ends(case, "myopic", choice=40))
    if set(best) <= set(nearly):  # else a best reply keeps a cycle going that another step would leave
        assert {end: nearly[end] for end in best} == pytest.approx(best, abs=1e-9)


def test_lots_agree_with_the_solution() -> None:
    case = next(case for case in map(case_of, range(200)) if len(ends(case, "myopic").ends) > 1)
    solved, drawn = ends(case, "myopic"), ends(case, "myopic", draws=20_000, seed=3)
    for end in drawn.ends:
        assert end.interval is not None
        assert end.interval[0] - 0.01 < shares(solved)[json.dumps(end.states)] < end.interval[1] + 0.01
    assert drawn == ends(case, "myopic", draws=20_000, seed=3)
    assert abs(drawn.length - solved.length) < 5 * drawn.length_error + 1e-9


# --- what is said -----------------------------------------------------------------------------------------------------

RACE = """
detente: 1
title: The gate
question: Who gets through first?
actors:
  ann: {name: Ann, options: {push: {change: take, needs: not lock}}, priorities: [push]}
  ben: {name: Ben, options: {lock: {change: take, needs: not push}}, priorities: [lock]}
now: []
outcomes: {through: push, shut: lock}
"""


def race(stated: str = "", **asked: Any) -> Ends:
    return ends(Case(read_text(RACE + stated, name="gate")), "myopic", **asked)


def test_without_tempos_in_the_file_no_word_is_said() -> None:
    for found in (race(), race(tempo={"ann": 3.0})):
        assert not found.stated
        assert [end.word for end in found.ends] == ["", ""]
        assert "No word of likelihood is said: the file does not state the tempo of ann and ben." in str(found)
    assert (
        race().headline
        == "Myopic play from today ends as often in lock as in push (in 50 % of plays each; 2 ends in all, 1 step on average)."
    )
    assert race(tempo={"ann": 3.0}).headline == (
        "Myopic play from today most often ends in push (in 75 % of plays; 2 ends in all, 1 step on average)."
    )


def test_with_tempos_in_the_file_the_word_is_that_of_the_ladder() -> None:
    found = race("uncertainty: {ann: {tempo: 3}, ben: {tempo: 1}}\n")
    assert found.stated
    assert [(end.chance, end.word) for end in found.ends] == [(0.75, "likely"), (0.25, "unlikely")]
    assert (
        found.headline
        == "It is likely that myopic play from today ends in push (75 %; 2 ends in all, 1 step on average)."
    )
    assert "The words are those of ICD 203" in str(found)
    half = race("uncertainty: {ann: {tempo: 1/2}, ben: {tempo: 1/2}}\n")
    assert half.headline.startswith("There is a roughly even chance that myopic play from today ends in lock (50 %")
    rare = race("uncertainty: {ann: {tempo: 999}, ben: {tempo: 1}}\n")
    assert [end.word for end in rare.ends] == ["", ""], "no word outside of the ladder"
    assert "(in more than 99.9 % of plays" in race("uncertainty: {ann: {tempo: 9999}, ben: {tempo: 1}}\n").headline


def test_one_tempo_in_the_file_is_not_enough() -> None:
    found = race("uncertainty: {ann: {tempo: 3}}\n")
    assert found.unstated == {"tempo": ("ben",), "choice": ()}
    assert [end.word for end in found.ends] == ["", ""]
    asked = race("uncertainty: {ann: {tempo: 3}, ben: {tempo: 1}}\n", tempo={"ben": 1.0})
    assert not asked.stated, "what is said on the spot is nobody's written judgement"


def test_a_choice_that_matters_must_be_stated_as_well() -> None:
    fork = RACE.replace(
        "options: {push: {change: take, needs: not lock}}, priorities: [push]",
        "options: {way: {choices: [none, a, b]}}, priorities: [not way = none]",
    ).replace("push", "way = a")
    case = Case(read_text(fork + "uncertainty: {ann: {tempo: 1}, ben: {tempo: 1}}\n", name="fork"))
    assert ends(case, "myopic").unstated == {"tempo": (), "choice": ("ann",)}


def test_a_drawn_share_has_its_error_and_a_word_only_inside_a_band() -> None:
    stated = "uncertainty: {ann: {tempo: 3}, ben: {tempo: 1}}\n"
    found = race(stated, draws=4000, seed=1)
    assert found.ends[0].interval is not None
    low, high = found.ends[0].interval
    assert low < 0.75 < high
    assert found.ends[0].word == "likely"
    assert race(stated, draws=20, seed=1).ends[0].word == "", "twenty plays say too little"
    assert "of 4,000 plays" in found.headline
    assert "± 1.3 of" in found.headline
    assert "4,000 plays drawn by lot (seed 1)" in str(found)


def test_a_standstill_needs_no_chance() -> None:
    still = ends(Case(read_text(RACE.replace("now: []", "now: [lock]"), name="shut")), "myopic")
    assert still.headline == "Myopic play from today stays there."
    assert still.stated
    assert [end.word for end in still.ends] == [""]


def test_json() -> None:
    said = json.loads(json.dumps(race("uncertainty: {ann: {tempo: 3}, ben: {tempo: 1}}\n").to_json()))
    assert said["ends"][0]["word"] == "likely"
    (state,) = said["ends"][0]["states"]
    assert state == {"push": True, "lock": False}
    assert said["outcomes"][0] == {"outcome": "through", "always": 0.75, "sometimes": 0, "never": 0.25}
    assert said["manners"][0] == {
        "actor": "ann",
        "tempo": 3,
        "choice": "any",
        "tempo_by": "file",
        "choice_by": "default",
    }


# --- bad input --------------------------------------------------------------------------------------------------------


def test_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="unknown actor 'anne'"):
        race(tempo={"anne": 2.0})
    with pytest.raises(InputError, match="the tempo of ann is 0; expected a number above 0"):
        race(tempo={"ann": 0.0})
    with pytest.raises(InputError, match="the choice is 'bst'; expected any, best or a number of at least 0"):
        race(choice="bst")
    with pytest.raises(InputError, match="the choice is '-1'"):
        race(choice=-1)
    with pytest.raises(InputError, match="the number of plays is -1"):
        race(draws=-1)
    with pytest.raises(UnknownName, match="did you mean myopic"):
        ends(Case(read_text(RACE, name="gate")), "myopics")
    monkeypatch.setattr(absorption, "MOST", 0)
    with pytest.raises(
        TooLarge, match=r"goes round among 1 states .* Draw plays by lot instead, say 10,000 of them \(`draws`\)"
    ):
        race()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ann: {tempo: 0}", "tempo of ann is '0'; expected a number above 0"),
        ("ann: {tempo: fast}", "tempo of ann is 'fast'; expected a number above 0"),
        ("ann: {choice: bst}", "choice of ann is 'bst'; expected any, best or a number of at least 0"),
        ("ann: {choice: -2}", "choice of ann is '-2'; expected any, best or a number of at least 0"),
        ("ann: {tmpo: 2}", "unknown key 'tmpo' under the uncertainty of ann; did you mean tempo?"),
    ],
)
def test_what_the_file_states_is_checked(said: str, found: str) -> None:
    (problem,) = check(f"{RACE}uncertainty: {{{said}}}\n")
    assert found in str(problem)
