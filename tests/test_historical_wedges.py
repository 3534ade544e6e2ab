"""The historical wedges: every prediction of the page once more, by the oracle that shares no code with the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import detente as dt
from detente.scenario import library
from detente.scenario.read import check_text
from detente.verification import oracle

WEDGES = [name for name in library.names() if name.startswith("wedge_")]
PAGE = Path(__file__).parents[1] / "docs" / "guides" / "historical_wedges.md"


def written(name: str) -> dict[str, Any]:
    """The file as plain data, with each outcome as its formula."""
    model: dict[str, Any] = yaml.safe_load(library.text(name))
    outcomes = model["outcomes"].items()
    return {
        **model,
        "outcomes": {key: entry if isinstance(entry, str) else entry["formula"] for key, entry in outcomes},
    }


def holding(model: dict[str, Any], settings: list[str]) -> dict[str, Any]:
    """What it means to hold settings: they are so at the start, and nobody can change them."""
    held = {setting.removeprefix("not "): not setting.startswith("not ") for setting in settings}
    now = [setting for setting in model["now"] if setting not in held] + [key for key, on in held.items() if on]

    def fixed(actor: dict[str, Any]) -> dict[str, Any]:
        options = {
            key: {**entry, "change": "fixed"} if key in held else entry for key, entry in actor["options"].items()
        }
        return {**actor, "options": options}

    return {**model, "now": now, "actors": {key: fixed(actor) for key, actor in model["actors"].items()}}


def test_there_are_eight() -> None:
    assert len(WEDGES) == 8
    for name in WEDGES:
        assert f"`{name}`" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("platform", ["record", "nothing", ""])
@pytest.mark.parametrize("name", WEDGES)
def test_predictions_by_enumeration(name: str, platform: str) -> None:
    model = written(name)
    study = dt.load(name)
    if platform:
        model, study = holding(model, model["platforms"][platform]["hold"]), study.under(platform)
    found = oracle.analyse(model)["outcomes"]
    for outcome in model["outcomes"]:
        for play in ("myopic", "foresight"):
            assert study.verdict(outcome, play=play) == found[outcome][play]


@pytest.mark.parametrize("name", WEDGES)
def test_the_coding_rules_that_can_be_checked(name: str) -> None:
    """Three actors of one to three options, every statement sourced, what is doubtful about the record said in words."""
    scenario = dt.load(name).scenario
    assert len(scenario.actors) == 3
    for actor in scenario.actors:
        assert 1 <= len(actor.options) <= 3
        for reading in actor.readings.values():
            assert all(wish.evidence.source or reading.evidence.source for wish in reading.statements)
        assert all(option.evidence.source for option in actor.options)
    assert {"record", "nothing"} == set(scenario.platforms)
    assert "apart" in scenario.outcomes
    assert scenario.leaves_out
    assert ("The record: apart." in " ".join(scenario.about.split())) is not (
        "The record: together." in " ".join(scenario.about.split())
    )
    assert {problem.code for problem in check_text(library.text(name))} <= {"reaction-rule", "outlives-guard"}


def test_a_wrong_prediction_would_be_seen() -> None:
    """The oracle's holding is not the engine's: turned round, China of 1972 would open if the pressure could not end."""
    model = written("wedge_china_1972")
    pressed = holding(model, ["us_ease", "su_press"])
    assert oracle.analyse(pressed)["outcomes"]["apart"]["foresight"] == "ALL"
    study = dt.load("wedge_china_1972").under("record", hold="su_press")
    assert study.verdict("apart", play="foresight") == "ALL"
