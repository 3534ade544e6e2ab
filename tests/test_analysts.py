"""Several analysts: how far their lists agree, against the definition, and which disagreement matters, against brute force."""

from __future__ import annotations

import itertools
import json
import math
import random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from brute import answer
from detente.case import Case, Query
from detente.cli import main
from detente.errors import InputError, ScenarioError, Unanswerable
from detente.questions.versions.analysts import analysts, inversions, tau_b
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, swapped_in_each, to_yaml

FILE = """\
detente: 1
title: Harbour
actors:
  ann:
    options: {go: {}}
    readings:
      hers: {analyst: Eve, priorities: [stay, go, not stay]}
      his: {analyst: Max, priorities: [go if stay, not go, stay]}
      rival: [X]
  bob: {options: {stay: {}}, priorities: [go, stay]}
outcomes: {gone: go, here: stay}
now: []
""".replace("      rival: [X]\n", "      rival: {priorities: [not go]}\n")


# --- rank correlation -------------------------------------------------------------------------------------------------


def tau_by_pairs(one: Any, other: Any) -> float | None:
    """Kendall's tau-b, pair by pair, from its definition."""
    alike = turned = first = second = 0
    for i, j in itertools.combinations(range(len(one)), 2):
        a, b = (one[i] > one[j]) - (one[i] < one[j]), (other[i] > other[j]) - (other[i] < other[j])
        alike += a * b > 0
        turned += a * b < 0
        first += a == 0 and b != 0
        second += b == 0 and a != 0
    total = (alike + turned + first) * (alike + turned + second)
    return (alike - turned) / math.sqrt(total) if total else None


@pytest.mark.parametrize("seed", range(200))
def test_tau_b_against_its_definition(seed: int) -> None:
    rng = random.Random(seed)
    size, most = rng.choice([0, 1, 2, 3, 5, 9, 70, 150]), rng.choice([1, 2, 3, 1000])
    one, other = ([rng.randint(-most, most) for _ in range(size)] for _ in range(2))
    expected = tau_by_pairs(one, other)
    found = tau_b(one, other)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-12)
    assert tau_b(other, one) == found
    if found is not None:
        assert -1 - 1e-12 <= found <= 1 + 1e-12
        assert tau_b(one, one) == pytest.approx(1) and tau_b([-x for x in one], one) == pytest.approx(-1)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200, 777])
def test_inversions_against_every_pair(size: int) -> None:
    values = np.random.default_rng(size).integers(0, 50, size)
    assert inversions(values) == sum(a > b for a, b in itertools.combinations(values.tolist(), 2))


def test_a_published_value_with_ties() -> None:
    """Two rankings of five with ties in each: 6 pairs alike, 1 reversed, 2 tied by the first alone, 1 by the second alone."""
    one, other = [1, 2, 2, 3, 4], [1, 2, 3, 3, 2]
    assert tau_b(one, other) == pytest.approx(tau_by_pairs(one, other))
    assert tau_b([1, 2, 3, 4, 5], [2, 1, 3, 4, 5]) == pytest.approx(0.8)


# --- analysts in one file ---------------------------------------------------------------------------------------------


def test_versions_in_one_file() -> None:
    found = analysts(Case(read_text(FILE, name="harbour")))
    assert [view.analyst for view in found.views] == ["Eve", "Max"]
    assert [view.lists for view in found.views] == [("ann=hers",), ("ann=his",)]
    (agreement,) = found.agreements
    # The states (go, stay), best first: Eve's 11, 01, 10, 00, Max's 00, 11, 10, 01: two pairs of six alike.
    assert agreement.states == pytest.approx((2 - 4) / 6) and agreement.actor == "ann"
    assert (agreement.common, agreement.statements, agreement.order) == (1, 5, None)
    told = {
        str(each.difference): [(e.headline, e.before, e.after) for e in each.effects] for each in found.disagreements
    }
    away = [("answer.gone", "ALL 1, NONE 1", "NONE 2")]  # of Ann's list in dispute and of the rival reading
    assert told == {
        "go removed at place 2": away,
        "not stay removed at place 3": [],
        "stay -> go added at place 1": [],
        "not go added at place 2": away,
    }
    assert found.deciding == (1, 4)
    assert str(found.headline) == (
        "2 analysts: 2 of 4 disagreements with Eve change a headline alone; all of an analyst together change none."
    )


def test_what_people_read() -> None:
    first, second, third = analysts(Case(read_text(FILE, name="harbour"))).sheets()
    assert first.rows == (("Eve, Max", "ann", "-0.33", "not defined", "1 of 5"),)
    assert first.columns == ("analysts", "list of", "order of states", "order of common aims", "aims in common")
    assert second.rows[1] == (2, "Max", "ann", "not stay removed at place 3", "none")
    assert third.columns == ("headline", "Eve", "Max")


def test_other_versions_are_no_rivals_in_the_grid() -> None:
    """Eve's and Max's lists share a place; the third reading, which no analyst signs, is a rival of both."""
    text = FILE.replace("now: []\n", "now: []\nanswer: {ask: types, of: gone}\n")
    found = analysts(Case(read_text(text, name="harbour")))
    counts = {view.analyst: {e.id: e.verdict for e in view.headlines}["answer.gone"] for view in found.views}
    assert all(sum(int(part.split()[-1]) for part in verdict.split(", ")) == 2 for verdict in counts.values())


def test_one_list_of_each_actor_for_an_analyst() -> None:
    with pytest.raises(ScenarioError) as refused:
        read_text(FILE.replace("analyst: Max", "analyst: Eve"))
    (problem,) = refused.value.problems
    assert problem.message == "analyst 'Eve' has a list of ann already; one list of each actor"
    assert problem.line == 8


@pytest.mark.parametrize(
    "text", [FILE.replace("analyst: Max, ", ""), FILE.replace("analyst: Max, ", "").replace("analyst: Eve, ", "")]
)
def test_fewer_than_two(text: str) -> None:
    with pytest.raises(Unanswerable, match="this question compares analysts"):
        analysts(Case(read_text(text)))


# --- analysts in files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_effects_and_agreement_against_brute_force(seed: int) -> None:
    model, rng = random_model(seed, "plain"), random.Random(seed)
    alone, together = swapped_in_each(model, rng)
    one, other_file = (read_text(to_yaml(each), name=name) for each, name in ((model, "one"), (together, "other")))
    found = analysts(Case(one), [other_file])
    assert {each.actor for each in found.disagreements} == set(alone)
    before = {each.id: each.verdict for each in found.views[0].headlines}

    def expected(each: dict[str, Any]) -> dict[str, str]:
        game = oracle.build(each)
        return {
            "today.seq": answer(game, Query(concept="seq")),
            "today.foresight": oracle.verdict(oracle.ends(game, "foresight", "legal"), {game.now or 0}) or "",
        }

    for each in found.disagreements:
        told = {effect.headline: effect.after for effect in each.effects}
        for headline, verdict in expected(alone[each.actor]).items():
            assert told.get(headline, before[headline]) == verdict
    second = {each.id: each.verdict for each in found.views[1].headlines}
    assert expected(together).items() <= second.items()
    games = oracle.build(model), oracle.build(together)
    for agreement in found.agreements:
        scores = [list(game.scores[agreement.actor]) for game in games]
        wanted = tau_by_pairs(*scores)
        assert agreement.states is None if wanted is None else agreement.states == pytest.approx(wanted)


def test_analysts_who_agree() -> None:
    one = load("prisoners_dilemma")
    found = analysts(Case(one), [load("prisoners_dilemma")])
    assert found.disagreements == () and [view.analyst for view in found.views] == [
        "prisoners_dilemma",
        "prisoners_dilemma (2)",
    ]
    assert str(found.headline) == "The 2 analysts do not disagree in any list."
    assert {agreement.states for agreement in found.agreements} == {1.0}


def test_files_over_other_options_are_refused() -> None:
    with pytest.raises(InputError, match="do not have the same options, so their lists cannot be exchanged"):
        analysts(Case(load("prisoners_dilemma")), [load("chicken")])


def test_what_else_differs_is_said() -> None:
    text = FILE.replace("analyst: Max, ", "")
    other = text.replace("Harbour", "Port").replace("[stay, go, not stay]", "[go, stay, not stay]")
    found = analysts(Case(read_text(text, name="one")), [read_text(other, name="other")])
    assert found.besides == {"other": 1}
    assert "other differs from one in 1 thing besides its lists; those are left out." in found.sheets()[1].notes


def test_weights_and_rankings() -> None:
    weights = """
detente: 1
actors:
  ann: {options: {a: {}}, weights: [{when: a, weight: 2}, {when: b, weight: 1}]}
  bob: {options: {b: {}}, priorities: [b]}
now: []
outcomes: {both: a and b}
"""
    other = weights.replace("weight: 2", "weight: -2")
    found = analysts(Case(read_text(weights, name="one")), [read_text(other, name="other")])
    (only,) = found.disagreements
    assert str(only.difference) == "a: 2 -> -2" and only.effects
    ranked = load("chicken")
    turned = read_text(ranked.text.replace("ranking: [gw, ww, wg, gg]", "ranking: [ww, gw, wg, gg]"), name="turned")
    (only,) = analysts(Case(ranked), [turned]).disagreements
    assert only.difference.place == "the whole list"


def test_time_that_runs_out_is_said() -> None:
    ticks = iter(range(1000))
    found = analysts(Case(read_text(FILE, name="harbour")), seconds=2, clock=lambda: float(next(ticks)))
    assert found.stopped and "not tried" in {row[-1] for row in found.sheets()[1].rows}
    assert f"Not complete: {found.stopped}." in found.sheets()[1].notes


def test_on_the_command_line(tmp_path: Any) -> None:
    path = tmp_path / "harbour.yaml"
    path.write_text(FILE)
    run = CliRunner().invoke(main, ["analysts", str(path), "--json"])
    told = json.loads(run.output)
    assert run.exit_code == 0 and told["deciding"] == [1, 4]
    assert told["agreements"][0]["states"] == pytest.approx(-1 / 3)
    shown = CliRunner().invoke(main, ["analysts", "prisoners_dilemma", "prisoners_dilemma"])
    assert shown.exit_code == 0 and "do not disagree in any list" in shown.output
    refused = CliRunner().invoke(main, ["analysts", "chicken"])
    assert refused.exit_code == 2 and "give readings an `analyst`" in refused.output
