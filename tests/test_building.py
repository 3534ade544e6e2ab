"""Models as Python objects: built, changed, saved; every misuse is one clear message."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

import detente as dt
from detente.scenario.building import Outline, build
from detente.verification.random_models import random_model, to_yaml

DATA: dict[str, Any] = {
    "title": "Two drivers",
    "actors": {
        "ann": {"options": {"a": "Swerve"}, "priorities": ["not a or b", "a", "b"]},
        "bob": {"options": {"b": "Swerve"}, "weights": [{"when": "a", "weight": Fraction(1, 2)}]},
    },
    "now": [],
}

TEXT = """# The drivers, as told.
detente: 1
title: Two drivers
actors:
  ann:  # who drives the red car
    options: {a: Swerve}
    priorities:
      - a or b   # alive
      - not a
  bob:
    options:
      b: Swerve  # to the right
    readings:
      proud: {priorities: [not b]}
      wise: {priorities: [b]}
now: []  # both straight on
"""


@pytest.mark.parametrize("seed", range(30))
def test_data_says_what_its_file_says(seed: int) -> None:
    """Built from the data or read from a file that was written of it: the same model, the same answer."""
    text = to_yaml(random_model(seed))
    built, read = dt.build(yaml.load(text, yaml.CSafeLoader)), dt.parse(text)
    assert built.analyze().to_json()["equilibria"] == read.analyze().to_json()["equilibria"]
    assert built.case.basis.hash == read.case.basis.hash


def test_step_by_step_is_the_data() -> None:
    outline = dt.outline("Two drivers").actor(
        "ann", options={"a": "Swerve"}, priorities=DATA["actors"]["ann"]["priorities"]
    )
    outline = outline.actor("bob", options={"b": "Swerve"}, weights=DATA["actors"]["bob"]["weights"]).now()
    assert outline.data == {"detente": 1, **DATA}
    assert repr(outline) == "<Outline of Two drivers: 2 actors>"
    assert dt.build(outline).case.basis.hash == dt.build(DATA).case.basis.hash
    assert repr(dt.build(outline, "drivers")) == "<Study of drivers>"


def test_every_kind_of_step() -> None:
    outline = Outline.titled("A letter").actor("ann", options=["write", "post"], priorities=["write"])
    outline = outline.actor("bob", options={"reply": {"needs": "write"}}, readings={"kind": {"priorities": ["reply"]}})
    outline = (
        outline.rule(never="post and not write").rule(barred="true > not reply", for_="bob").outcome("heard", "reply")
    )
    scenario = build(outline.now("write").put("about", "A test."))
    assert [rule.kind for rule in scenario.rules] == ["never", "barred"]
    assert (scenario.now, scenario.about) == ({"write": 1, "post": 0, "reply": 0}, "A test.")
    assert scenario.option("reply").own_needs and "heard" in scenario.outcomes


def refusal(ask: Callable[[], Any]) -> str:
    with pytest.raises(dt.InputError) as error:
        ask()
    assert "Traceback" not in str(error.value) and not re.search(r"\bline \d", str(error.value))
    return str(error.value)


def without(**changes: Any) -> dict[str, Any]:
    return {**DATA, "actors": {**DATA["actors"], "ann": {**DATA["actors"]["ann"], **changes}}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("detente: 1", "a model is built of a mapping (or an outline); found str: a text is read by `parse`"),
        ([], "a model is built of a mapping (or an outline); found list: a text is read by `parse`"),
        ({1: "x"}, "the model: names are texts; found 1"),
        (
            without(priorities=["aa"]),
            "actors.ann.priorities[0]: unknown option, outcome or state 'aa'; did you mean a?",
        ),
        (without(priorities=["b", "a or"]), "actors.ann.priorities[1]: "),
        (without(priorites=["a"]), "actors.ann.priorites: unknown key 'priorites'; did you mean priorities?"),
        (without(options={"a": {"neds": "b"}}), "actors.ann.options.a.neds: unknown key 'neds'; did you mean needs?"),
        (
            without(options={"a": {1, 2}}),
            "actors.ann.options.a: expected a text, a number, yes or no, a list or a mapping; found set",
        ),
        (without(about=float("nan")), "actors.ann.about: nan is no number of a model"),
        ({**DATA, "now": ["c"]}, "now[0]: unknown option, outcome or state 'c'"),
        ({**DATA, "rules": [{"never": "a", "when": "b"}]}, "rules[0]: a rule has the keys"),
        ({"title": "Nothing"}, "there are no actors; list them under `actors:`"),
    ],
)
def test_what_is_no_model(data: Any, message: str) -> None:
    assert message in refusal(lambda: dt.build(data))


def test_every_problem_at_once_by_its_path() -> None:
    data = {**without(priorities=["aa"]), "now": ["c"]}
    with pytest.raises(dt.ScenarioError) as error:
        dt.build(data)
    assert [each.message.split(":")[0] for each in error.value.problems] == ["actors.ann.priorities[0]", "now[0]"]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda study: study.with_(lists={"an": ["a"]}), "unknown actor 'an'; did you mean ann?"),
        (lambda study: study.with_(lists={"ann": "a"}), "lists['ann']: expected a list; found str"),
        (lambda study: study.with_(lists=["a"]), "`lists` is a mapping by name; found list"),
        (
            lambda study: study.with_(lists={"ann": ["c"]}),
            "actors.ann.priorities[0]: unknown option, outcome or state 'c'",
        ),
        (lambda study: study.with_(options={"ann": {"z": None}}), "unknown option 'z'; known: a"),
        (lambda study: study.with_(options={"ann": {"a": None}}), "unknown option, outcome or state 'a'"),
        (lambda study: study.with_(rules={"never": "a"}), "rules: expected a list; found dict"),
        (lambda study: study.with_(list={}), "`with_` has no argument `list`; did you mean lists?"),
        (
            lambda study: study.under(hold="a").with_(now=[]),
            "this study is under what is started, held or put into force",
        ),
        (lambda study: study.save(), "this model was read from no file; say where to: `save(PATH)`"),
        (lambda _: dt.outline("x").actor("ann", option=["a"]), "unknown key 'option'; did you mean options?"),
        (lambda _: dt.outline("x").actor("ann").actor("ann"), "there is an actor 'ann' already"),
        (lambda _: dt.outline("x").put("sorces", {}), "unknown section 'sorces'; did you mean sources?"),
        (lambda _: dt.outline("x").rule(nevr="a"), "unknown key 'nevr'; did you mean never?"),
        (lambda _: dt.outline(3), "the title of a model"),  # type: ignore[arg-type]
    ],
)
def test_misuse(ask: Callable[[dt.Study], Any], message: str) -> None:
    assert message in refusal(lambda: ask(dt.parse(TEXT)))


def test_a_changed_copy() -> None:
    study = dt.parse(TEXT).with_(readings={"bob": "wise"})
    other = study.with_(lists={"ann": ["a"], "bob": ["not b", "a"]}, options={"ann": {"c": "Wave"}}, now=["a"])
    assert [str(each) for each in other.case.reading("bob").statements] == ["not b", "a"]
    assert other.readings == {"bob": "wise"}
    assert [option.key for option in other.scenario.options] == ["a", "c", "b"]
    assert [option.key for option in study.scenario.options] == ["a", "b"]
    weights = study.with_(lists={"ann": [{"when": "a", "weight": 2}]})
    assert weights.case.reading("ann").kind == "weights"
    assert weights.with_(lists={"ann": ["a"]}).case.reading("ann").kind == "priorities"
    gone = other.with_(options={"ann": {"c": None}}, rules=[{"never": "a and b"}], readings={"bob": "proud"})
    assert [option.key for option in gone.scenario.options] == ["a", "b"] and len(gone.scenario.rules) == 1
    assert gone.readings["bob"] == "proud"


def test_saving_keeps_the_comments(tmp_path: Path) -> None:
    file = tmp_path / "drivers.yaml"
    file.write_text(TEXT, encoding="utf-8")
    study = dt.load(file).with_(lists={"bob": ["not b", "a"]}).with_(now=["a"])
    study.under(hold="a").with_(readings={"bob": "wise"}).save()
    assert file.read_text(encoding="utf-8") == TEXT.replace("priorities: [not b]}", "priorities: [not b, a]}").replace(
        "now: []  #", "now: [a]  #"
    )
    again = study.with_(lists={"ann": ["b"]})
    again.save()
    again.save()
    assert "# who drives the red car" in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert "says something else than what this model was read from" in refusal(again.save)
    again.save(tmp_path / "other.yaml")
    assert dt.load(tmp_path / "other.yaml").case.basis.hash == again.case.basis.hash


def test_saving_what_was_built(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    dt.build(DATA).save(file)
    assert dt.load(file).case.basis.hash == dt.build(DATA).case.basis.hash
    assert "says something else" in refusal(lambda: dt.build({**DATA, "now": ["a"]}).save(file))


def test_parts_are_changed_in_their_own_files() -> None:
    joined = next(each for each in map(dt.load, dt.library()) if each.scenario.whole is not None)
    actor = joined.case.actors[0]
    assert "is joined from parts; change the parts, or their file" in refusal(lambda: joined.with_(lists={actor: []}))
