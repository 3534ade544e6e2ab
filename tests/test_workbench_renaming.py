"""A name called otherwise: everything that names it follows, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from detente.analysis import analyse
from detente.scenario import library
from detente.scenario.model import Scenario
from detente.scenario.read import check_text, read_text
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import made
from detente.scenario.text.edit import text_of
from detente.workbench.edits import Edits, Step
from detente.workbench.renaming import renaming

PATHS = [
    ("two_proxies", ("actors", "nk")),
    ("two_proxies", ("actors", "ru", "options", "ru_link")),
    ("two_proxies", ("actors", "us", "options", "us_arm")),
    ("two_proxies", ("outcomes", "decoupled")),
    ("two_proxies", ("actors", "us", "readings", "carpenter")),
    ("two_proxies", ("sources", "carpenter-2024")),
    ("two_proxies", ("platforms", "harris")),
    ("two_proxies", ("partnerships", "russia_dprk")),
    ("hanoi_2019", ("actors", "us")),
    ("chicken", ("states", "ww")),
    ("stag_hunt", ("states", "ss")),
]


def renamed(model: str, path: tuple[str, ...], new: str) -> Any:
    data: Any = yaml_tree.read(library.text(model)).root.plain()
    for change in renaming(data, path, new):
        data, _ = made(data, change)
    return data


def counts(scenario: Scenario) -> Any:
    analysis = analyse(scenario)
    return analysis.states, {concept: analysis.count(concept) for concept in analysis.concepts}


@pytest.mark.parametrize(("model", "path"), PATHS)
def test_a_model_with_another_name_in_it_is_the_same_model(model: str, path: tuple[str, ...]) -> None:
    text = text_of(renamed(model, path, "renamed"))
    before = [each.code for each in check_text(library.text(model), path=f"{model}.yaml")]
    found = check_text(text, path=f"{model}.yaml")
    assert [str(each) for each in found if each.severity == "error"] == []
    assert sorted(each.code for each in found) == sorted(before)
    assert counts(read_text(text)) == counts(read_text(library.text(model), name=model))


def test_the_same_id_of_another_actor_keeps_its_name() -> None:
    text = (
        "detente: 1\nactors:\n  a: {options: {arm: , talk: }, priorities: [b.arm, not a.arm and talk]}\n"
        "  b: {options: {arm: }, priorities: [a.arm]}\nnow: [a.arm]\n"
    )
    edits = Edits.of(text)
    edits.do(Step.of(edits.data, renaming(edits.data, ("actors", "a", "options", "arm"), "fight"), "renamed"))
    edits.pay()
    assert edits.text == (
        "detente: 1\nactors:\n  a: {options: {fight: , talk: }, priorities: [b.arm, not a.fight and talk]}\n"
        "  b: {options: {arm: }, priorities: [a.fight]}\nnow: [a.fight]\n"
    )
    edits.undo()
    edits.pay()
    assert edits.text == text


def test_a_key_that_nothing_names_is_only_renamed() -> None:
    data = {"detente": "1", "cast": {"x": "X"}}
    assert [each.to_json() for each in renaming(data, ("cast", "x"), "y")] == [{"path": ["cast", "x"], "rename": "y"}]
