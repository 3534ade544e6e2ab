"""The verdicts that stand in headlines, and the line under each: what is at stake is what the headline says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.case import Case, Query, verdict
from detente.cli import main
from detente.questions.partnerships.break_matrix import break_matrix
from detente.questions.partnerships.partnerships import partnership
from detente.questions.policy.levers import levers
from detente.questions.policy.platforms import compare
from detente.questions.stakes import STAKES, lines_under, stakes_of, told_together
from detente.questions.uncertainty.types import types
from detente.scenario import load

HARBOUR = str(Path(__file__).parent / "golden" / "harbour.yaml")


def at_stake(case: Case, found: Any) -> list[str]:
    return [verdict(each.case, each.query) for each in stakes_of(case, found)]


@pytest.mark.parametrize("name", [HARBOUR, "two_proxies", "axis_and_sanctions"])
def test_a_stake_is_the_verdict_that_the_answer_gives(name: str) -> None:
    case = Case(load(name))
    outcome = next(iter(case.scenario.outcomes))
    chosen = dict(case.chosen)
    grid = types(case, Query(outcome))
    (as_chosen,) = {
        row.verdict for row in grid.rows if all(chosen[actor] == reading for actor, reading in row.readings.items())
    }
    assert at_stake(case, grid) == [as_chosen]
    bond = partnership(case)
    (whole,) = at_stake(case, bond)
    assert (whole == "ALL") is (bond.word in ("HOLDS", "FRAYS", "BREAKS"))
    compared = compare(case)
    for each, found in zip(compared.platforms, at_stake(case, compared), strict=False):
        assert found in each.force.outcomes[outcome]["foresight"].possible
    matrix = break_matrix(case)
    for stake in stakes_of(case, matrix):
        cell = matrix.at(str(stake.of), **{actor: chosen[actor] for actor in matrix.actors})
        if cell.fate in ("BREAKS", "HOLDS"):
            assert verdict(stake.case, stake.query) == {"BREAKS": "ALL", "HOLDS": "NONE"}[cell.fate]


def test_a_lever_is_judged_with_its_settings_held() -> None:
    case = Case(load(HARBOUR))
    sure = levers(case, ["city"], "served")
    assert sure.minimal
    assert at_stake(case, sure) == ["ALL"]
    case = Case(load("two_proxies"))
    sure = levers(case, ["us"], "decoupled", hold="flipped")
    (stake,) = stakes_of(case, sure)
    assert dict(stake.case.held) == dict(case.settings(sure.minimal[0].flips))
    assert verdict(stake.case, stake.query) == "ALL"
    none = levers(Case(load(HARBOUR)), ["carrier"], "served")
    assert not none.minimal
    assert str(stakes_of(Case(load(HARBOUR)), none)[0].of) == "With nothing held"


def test_no_start_no_line() -> None:
    text = CliRunner().invoke(main, ["analyze", "elmira", "--json"]).output
    assert "brittleness" in json.loads(text)
    case = Case(load(HARBOUR))
    without = Case(replace(case.scenario, now=None))
    assert stakes_of(without, types(without, Query("served", concept="seq"))) == ()


ASKED = {
    "analyze": "Today under SEQ: ",
    "explain": "Today under SEQ: ",
    "partnership": "Holds in ",
    "types": "As the readings are chosen: ",
    "levers --by carrier --goal served": "With nothing held: ",
    "levers --by city --goal served": "With this held: ",
    "pivots": "Every list within ",
    "threshold --actor city --statement fee": "Every list within ",
    "unknowns": "Every list within ",
    "assumptions --size 1": "Every list within ",
    "races --goal served": "Every list within ",
    "compare": "“The treasurer's plan”: ",
    "break": "“The treasurer's plan”: ",
    "analyze --local": "Today under SEQ: ",
}


@pytest.mark.parametrize("asked", ASKED)
def test_the_line_stands_under_the_headline(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the answer and the first table, and in the JSON."""
    monkeypatch.setenv("COLUMNS", "100")
    command, *words = asked.split()
    told = CliRunner().invoke(main, [command, HARBOUR, *words])
    assert told.exit_code == 0, told.output
    first = " ".join(told.output.partition("\n\n")[0].split())
    assert ASKED[asked] in first
    assert "Every list within " in first
    document = json.loads(CliRunner().invoke(main, [command, HARBOUR, *words, "--json"]).output)
    assert document["brittleness"]
    for line in document["brittleness"]:
        assert line["brittle"]["proved"] >= 1
        assert "Every list within" in line["line"]


def test_other_headlines_have_none() -> None:
    for asked in ("hindcast", "observations", "status-quo"):
        assert "brittleness" not in json.loads(CliRunner().invoke(main, [asked, HARBOUR, "--json"]).output)
    text = CliRunner().invoke(main, ["explain", HARBOUR, "grand", "--json"]).output
    assert json.loads(text)["brittleness"] == []


def test_a_large_model_names_the_command_that_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is solved a second time for the line."""
    monkeypatch.setenv("COLUMNS", "200")
    told = CliRunner().invoke(main, ["analyze", "two_fronts", "--reading", "us=carpenter-courage", "--local"]).output
    assert "Whether other lists flip it was not tried: the model has 5,632 states." in told
    assert "To try: detente margin two_fronts --concept seq --reading us=carpenter-courage" in told


def test_the_lines_of_many_verdicts_are_told_together() -> None:
    case = Case(load("two_proxies"))
    lines = lines_under(case, compare(case))
    margins = [each.brittle.margin for each in lines if each.brittle and each.brittle.margin]
    nearest, rest = told_together(lines)
    assert str(nearest).split(": ")[1].startswith(f"Flips at {min(margins)} ")
    for each in lines:
        assert str(each.of) in f"{nearest} {rest}"


def test_every_row_names_an_answer() -> None:
    """A class that is renamed loses no line."""
    import detente.study  # noqa: F401 (all answers are known then)
    from detente.result import Answer

    def below(kind: type) -> set[str]:
        return {kind.__name__}.union(*map(below, kind.__subclasses__()))

    from detente.questions.catalogue import QUESTIONS

    for each in QUESTIONS.values():
        _ = each.function
    from detente.analysis import one_state  # noqa: F401

    assert set(STAKES) <= below(Answer)
