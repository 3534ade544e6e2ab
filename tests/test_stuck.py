"""An actor without a move from a state is stable there by the structure of the game, and is said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.analysis import analyse
from detente.case import Case
from detente.cli import main
from detente.questions.explanation.explain import explain
from detente.scenario import read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks

pytestmark = pytest.mark.first_analysis

TENANT = """
detente: 1
title: A landlord and a tenant
actors:
  ann: {name: Ann, options: {rent: {change: take}}, priorities: [not rent]}
  bob: {name: Bob, options: {pay: {needs: rent}}, priorities: [pay]}
  cat: {name: Cat, options: {sue: }, priorities: [not sue]}
now: []
"""
"""Bob would rather pay, and cannot before he rents. Ann and Cat have a move each and nothing to gain by it."""


def said(*arguments: str) -> str:
    ran = CliRunner().invoke(main, list(arguments))
    assert ran.exit_code == 0, ran.output
    return " ".join(ran.output.split())


def test_the_table_tells_who_cannot_move(tmp_path: Path) -> None:
    file = tmp_path / "tenant.yaml"
    file.write_text(TENANT, encoding="utf-8")
    assert "Without a move here, and so stable whatever it wants: Bob." in said("analyze", str(file))
    # once Ann has rented she cannot take it back, and he may stop paying
    assert "and so stable whatever it wants: Ann." in said("analyze", str(file), "--from", "rent, pay")
    file.write_text(TENANT.replace("{sue: }", "{sue: {change: fixed}}"), encoding="utf-8")
    assert "Without a move here, and so stable whatever they want: Bob, Cat." in said("analyze", str(file))
    file.write_text(TENANT.replace("change: take", "change: both").replace("{needs: rent}", "{}"), encoding="utf-8")
    assert "Without a move" not in said("analyze", str(file))


def test_the_reason_is_the_right_one() -> None:
    """What nobody can do is no matter of what they want."""
    case = Case(read_text(TENANT))
    told = {each.actor: each.answer for each in explain(case).dialogue if each.actor}
    assert told["bob"] == "It cannot move here, whatever it wants: it is stable by the structure of the game."
    assert told["cat"] == "There is nothing to gain: no move of its own leads to anything it prefers."
    against = explain(case).dialogue[-1]
    assert against.answer == "None among single moves: nobody gains by one."
    alone = explain(case, actors=["bob"]).dialogue[-1]
    assert alone.answer == "None: nobody asked about can move here."


def compare(seed: int, kind: str | None) -> None:
    """By definition: who has an arc from the state."""
    model = random_model(seed, kind)
    game, analysis = oracle.build(model), analyse(read_text(to_yaml(model)), concepts=["nash"])
    cells = analysis.conflict.states.tolist()
    assert [analysis.able(cell) for cell in cells] == [
        {actor: bool(game.moves[actor][state]) for actor in game.actors} for state in range(len(game.states))
    ], (seed, kind)


@pytest.mark.parametrize("seed", range(6))
def test_against_the_definition(seed: int) -> None:
    compare(seed, None)


@blocks(15)
def test_against_the_definition_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        compare(seed, kind)
