"""Fine-tuning of a ranking (`adjust`): the definition by brute force, every way to the scores, what is refused and said."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detente.analysis import analyse
from detente.case import Case
from detente.cli import main
from detente.conflict.adjustments import raised
from detente.conflict.payoffs import payoffs
from detente.engine.single_states import SingleStates
from detente.errors import DetenteError, InputError, ScenarioError, Unanswerable
from detente.exchange import gmcr_plus, workbooks
from detente.exchange.provenance import judgements
from detente.questions.evolution.steps import weigh
from detente.questions.explanation.reasons import Reasons
from detente.questions.incentives.package_tests import PackageTests
from detente.questions.preference_structures.comparison import account
from detente.questions.preference_structures.probabilistic_and_fuzzy import chances_from_weights
from detente.questions.uncertainty.evidence import asserted
from detente.scenario import read_text
from detente.scenario.adjustments import in_order
from detente.scenario.adjustments import raised as standings
from detente.scenario.binding.data import data_of
from detente.scenario.composite.join import join
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from family_oracle import accounts, dress
from lengths import seeds
from test_ensembles import assert_one_by_one

DRIVERS = """
detente: 1
title: Two drivers
sources: {note: {text: A note, kind: article}}
actors:
  ann:
    options: {a: Swerve}
    priorities: [a, b]
    adjust:
      - {above: [b], below: [a], because: she said so, source: note, where: line 3}
  bob:
    options: {b: Swerve}
    weights: [{when: a, weight: 2}, {when: b, weight: -1}]
now: [a, b]
"""


# --- the definition --------------------------------------------------------------------------------------------------


def drawn(rng: random.Random) -> tuple[list[int], list[tuple[int, int]]]:
    """Places of a few states, and pairs that a hidden order allows."""
    count = rng.randint(2, 6)
    hidden = rng.sample(range(count), count)
    pairs = rng.sample(list(itertools.combinations(hidden, 2)), rng.randint(0, min(3, count * (count - 1) // 2)))
    return [rng.randint(0, 3) for _ in range(count)], pairs


def least(places: list[int], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """All heights (place, step) that nowhere lie below the list and satisfy every pair, compared state by state."""
    steps = [(place, step) for place in range(4) for step in range(len(pairs) + 1)]
    allowed = [
        each
        for each in itertools.product(*([h for h in steps if h >= (place, 0)] for place in places))
        if all(each[above] > each[below] for above, below in pairs)
    ]
    (found,) = [each for each in allowed if all(a <= b for other in allowed for a, b in zip(each, other, strict=True))]
    return list(found)


@pytest.mark.parametrize("seed", range(120))
def test_the_least_order_in_which_every_pair_holds(seed: int) -> None:
    rng = random.Random(seed)
    places, pairs = drawn(rng)
    heights = least(places, pairs) if len(places) < 5 else None
    found = standings(dict(enumerate(places)), in_order(pairs))
    if heights is not None:
        assert [found[state][:2] for state in range(len(places))] == heights
    keys = [found[state] for state in range(len(places))]
    ranks = raised(np.unique(places, return_inverse=True)[1], in_order(pairs)).tolist()
    listed = oracle.fine_tuned(places, pairs)
    for s, t in itertools.product(range(len(places)), repeat=2):
        assert (keys[s] < keys[t]) == (ranks[s] < ranks[t]) == (listed[s] < listed[t])
    assert standings(dict(enumerate(places)), in_order(rng.sample(pairs, len(pairs)))) == found


@pytest.mark.parametrize("seed", range(60))
def test_every_pair_holds_and_what_is_not_raised_stays(seed: int) -> None:
    places, pairs = drawn(random.Random(1000 + seed))
    found = oracle.fine_tuned(places, pairs)
    assert all(found[above] > found[below] for above, below in pairs)
    still = [state for state in range(len(places)) if state not in {above for above, _ in pairs}]
    for s, t in itertools.product(still, repeat=2):
        assert (found[s] < found[t]) == (places[s] < places[t])


# --- every way to the scores -----------------------------------------------------------------------------------------


@seeds(40, 300)
def test_all_ways_to_the_scores_agree(seed: int) -> None:
    """On the grid, at cells, one by one and as the definitions say, for lists, weights and rankings."""
    model = random_model(seed, "adjusted")
    game, truth = Case(read_text(to_yaml(model), name="random")).game, oracle.build(model)
    singles = SingleStates(game)
    for player, actor in enumerate(game.actors):
        said = np.unique(truth.scores[actor], return_inverse=True)[1]
        grid = np.broadcast_to(payoffs(game.conflict, game.readings[player]), game.conflict.shape).reshape(-1)[
            game.states
        ]
        assert np.array_equal(np.unique(grid, return_inverse=True)[1], said)
        assert np.array_equal(np.unique(game.scores(player), return_inverse=True)[1], said)
        likings = singles.likings(player, game.states.tolist())
        for s, t in itertools.islice(itertools.product(range(game.count), repeat=2), 400):
            pair = payoffs(game.conflict, game.readings[player], game.states[[s, t]])
            assert (pair[0] < pair[1]) == (likings[s] < likings[t]) == (said[s] < said[t])


@seeds(12, 60)
def test_the_degree_of_a_preference(seed: int) -> None:
    """That between the states beside which the two stand, and mild beside one of them."""
    model = random_model(seed, "adjusted")
    dressed = dress(model, seed, doubts=False)
    game, truth = Case(read_text(to_yaml(dressed), name="random")).game, oracle.build(model)
    for actor in game.actors:
        (degree,) = accounts(truth, actor, dressed)
        found = account(game.conflict, game.reading(actor))
        for s, t in itertools.islice(itertools.product(range(game.count), repeat=2), 600):
            assert found.degree(np.array([s]), np.array([t]))[0] == degree(s, t)


@seeds(6, 40)
def test_an_ensemble_adjusts_each_of_its_lists(seed: int) -> None:
    assert_one_by_one(seed, "adjusted")


@pytest.mark.parametrize("seed", range(20))
def test_in_graph_form(seed: int) -> None:
    model, rng = random_model(seed, "graph"), random.Random(seed)
    hidden = rng.sample(model["graph"]["states"], len(model["graph"]["states"]))
    for spec in model["actors"].values():
        for wants in (spec.get("readings") or {"only": spec}).values():
            above, below = sorted(rng.sample(hidden, 2), key=hidden.index)
            wants["adjust"] = [{"above": above, "below": below}]
    game, truth = Case(read_text(to_yaml(model), name="random")).game, oracle.build(model)
    for player, actor in enumerate(game.actors):
        said = np.unique(truth.scores[actor], return_inverse=True)[1]
        assert np.array_equal(np.unique(game.scores(player), return_inverse=True)[1], said)


# --- what is said ----------------------------------------------------------------------------------------------------


def test_a_list_that_is_changed_is_adjusted_anew() -> None:
    """The adjustment sets right what the changed list makes of the states, not what the written one made."""
    case = Case(read_text(DRIVERS))
    game, other = case.game, case.wanting("ann", case.reading("ann").statements[::-1]).game
    assert [game.text(cell) for cell in game.states] == ["all off", "b", "a", "a b"]
    assert game.scores(0).tolist() == [0, 2, 1, 3]  # a before b would be 0 1 2 3
    assert other.scores(0).tolist() == [0, 2, 1, 3]  # b before a says so by itself


def test_why_one_state_is_better() -> None:
    case = Case(read_text(DRIVERS))
    reasons, conflict, reading = Reasons(case.game), case.game.conflict, case.reading("ann")
    decided = reasons.why(0, 2, 1)
    assert decided.to_json()["adjusted"] == {
        "says": "b above a",
        "because": "she said so",
        "source": ["note"],
        "where": "line 3",
        "claims": [],
    }
    assert (decided.verdict, decided.deciders) == ("better", ())
    assert reasons.why(0, 1, 3).adjusted is None  # the list says so by itself
    assert str(weigh(conflict, reading, 2, 1)) == "better: b above a (adjusted)"
    assert str(weigh(conflict, reading, 1, 3)) == "better: a (1)"


def run(tmp_path: Any, *words: str, text: str = DRIVERS) -> str:
    file = tmp_path / "drivers.yaml"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, [words[0], str(file), *words[1:]])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_people_read(tmp_path: Any) -> None:
    shown = run(tmp_path, "show", "--ranking", "ann")
    assert "ann ranks these states otherwise than the list says (only)" in shown
    assert "above  below  because      grounds\n  b      a      she said so  note line 3" in shown
    assert "adjustment of ann, only  b above a  note   " in run(tmp_path, "evidence")
    report = tmp_path / "report.md"
    run(tmp_path, "report", "-o", str(report))
    assert (
        "The list is set right for single states: “Swerve” (bob) rather than “Swerve”, because she said so (note, line 3)."
        in report.read_text(encoding="utf-8")
    )


def test_an_explanation_names_the_adjustment(tmp_path: Any) -> None:
    """Ann leaves `a` for nothing on, which her list alone would not have her do."""
    text = DRIVERS.replace("above: [b], below: [a]", "above: [], below: [a]").replace("now: [a, b]", "now: [a]")
    told = " ".join(run(tmp_path, "explain", "now", "--actors", "ann", "--concepts", "nash", text=text).split())
    assert (
        "It would gain: its ranking is adjusted there: “all off above a”, because she said so [note, line 3]." in told
    )


def test_the_ledger_and_the_data_know_them() -> None:
    scenario = read_text(DRIVERS)
    (entry,) = [each for each in asserted(scenario) if each[0] == "adjustment"]
    assert entry[1:4] == ("ann", "only", "b above a") and entry[4].source == ("note",)
    again = data_of(scenario)["actors"]["ann"]["readings"]["only"]["adjust"]
    assert again == [{"above": ["b"], "below": ["a"], "because": "she said so", "source": ["note"], "where": "line 3"}]


def test_another_adjustment_is_another_model() -> None:
    first = Case(read_text(DRIVERS))
    second = Case(read_text(DRIVERS.replace("above: [b], below: [a]", "above: [], below: [a]")))
    assert first.basis.hash != second.basis.hash


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adjust", "line", "message"),
    [
        ("{above: [a], below: [not b, a]}", 10, "a is put above itself"),
        ("{above: a or b, below: a}", 10, "expected"),
        ("{above: [c], below: a}", 10, "unknown"),
        ("{above: '03', below: a}", 10, "digit 3 in '03' is no choice of b, which has 0 to 1"),
        ("{above: a}", 10, "'below' is missing here"),
        ("{above: a, below: b, becuase: x}", 10, "unknown key 'becuase'; did you mean because?"),
    ],
)
def test_an_entry_that_says_nothing(adjust: str, line: int, message: str) -> None:
    text = DRIVERS.replace("{above: [b], below: [a], because: she said so, source: note, where: line 3}", adjust)
    with pytest.raises(ScenarioError) as raised_error:
        read_text(text)
    assert [each.line for each in raised_error.value.problems] == [line]
    assert message in raised_error.value.problems[0].message


def test_entries_in_a_circle() -> None:
    """The entry that closes the circle is named with those it contradicts; a pair said twice is one too many."""
    more = "\n      - {above: [a], below: []}\n      - {above: [], below: [b]}\n      - {above: [b], below: [a]}"
    text = DRIVERS.replace("where: line 3}", "where: line 3}" + more)
    with pytest.raises(ScenarioError) as raised_error:
        read_text(text)
    assert [(each.line, each.message) for each in raised_error.value.problems] == [
        (12, "'all off above b' contradicts 'b above a' and 'a above all off': no ranking has both"),
        (13, "'b above a' is said twice"),
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("never: b and not a", "b is infeasible, so it has no place in a ranking"),
        (
            "same: exactly 1 of (a, b)\n    score: representative",
            "'b above a' speaks of one state twice: a rule makes the two the same",
        ),
    ],
)
def test_rules_that_take_the_states_away(rule: str, message: str) -> None:
    scenario = read_text(f"{DRIVERS}rules:\n  - {rule}\n")
    with pytest.raises(ScenarioError) as raised_error:
        Case(scenario).game.scores(0)
    (problem,) = raised_error.value.problems
    assert (problem.message, problem.line) == (message, 10)


def test_a_circle_that_a_rule_makes() -> None:
    text = DRIVERS.replace("options: {a: Swerve}", "options: {a: Swerve, c: Wave}")
    text = text.replace("where: line 3}", "where: line 3}\n      - {above: [a], below: [b, c]}")
    text += "rules: [{same: b and not a, score: representative}]\n"
    with pytest.raises(ScenarioError) as raised_error:
        Case(read_text(text)).game.scores(0)
    (problem,) = raised_error.value.problems
    assert problem.message == "'a above b, c' and 'b above a' contradict one another: no ranking has both"
    assert problem.line == 11


def test_where_they_have_no_meaning() -> None:
    scenario = read_text(DRIVERS)
    with pytest.raises(InputError, match=r"the part 'first' adjusts the ranking of ann \('b above a'\)"):
        join(
            {
                "first": scenario,
                "second": read_text(
                    "{detente: 1, actors: {ann: {options: {c: }, priorities: [c]}, cy: {options: {d: }, priorities: [d]}}}"
                ),
            },
            "ann",
        )
    offers = "incentives: {praise: {by: bob, to: ann, when: b, worth: 1, at: 1, cost: 1}}\n\n"
    offered = Case(read_text(DRIVERS + offers))
    tests = PackageTests(case=offered, incentives=tuple(offered.scenario.incentives.values()))
    with pytest.raises(Unanswerable, match="the list 'only' of ann adjusts its ranking state by state"):
        assert tests.classes_of
    bobs = DRIVERS.replace("weight: -1}]", "weight: -1}]\n    adjust: [{above: [b], below: [a]}]")
    with pytest.raises(DetenteError, match="bob's reading 'only' adjusts its ranking state by state"):
        chances_from_weights(Case(read_text(bobs)), "bob", 1.0)


# --- other tools -------------------------------------------------------------------------------------------------------------


def test_other_tools_get_the_adjusted_order_or_the_loss_is_said() -> None:
    """GMCR+ gets a ranking in place of a list that adjusts; a workbook says what it has no table for."""
    case = Case(read_text(DRIVERS))
    back = Case(read_text(gmcr_plus.read(str(gmcr_plus.write(case).content), "back").text)).game
    assert back.scores(0).tolist() == case.game.scores(0).tolist()
    losses = workbooks.write(analyse(case.scenario)).losses
    assert "there is no table for what sets a ranking right: b above a" in [each.says for each in losses]
    assert ("actors.ann.readings.only.adjust.0", "b above a") in [each[:2] for each in judgements(case.scenario)]
