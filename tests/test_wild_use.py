"""Used as people use it: Python calls gone wrong, odd line ends, standard input, files that cannot be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import detente as dt
from detente.cli import main
from detente.errors import InputError
from detente.scenario.text.edit import edit, remove

STUDY = dt.load("chicken")
ANY: Any = dt  # the calls below are the mistakes of people without a type checker
WRONG: Any = STUDY
LOAD = "`load` takes the name of a model or the path of a file"
READINGS = "`readings` is a mapping, actor to reading, such as {'us': 'carpenter'}; found ['a']"
PLAIN = "detente: 1\nactors:\n  a: {options: {x: }, priorities: [x]}\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: WRONG.with_(reading={}), "`with_` has no argument `reading`; did you mean readings?"),
        (lambda: WRONG.with_(readings=["a"]), READINGS),
        (lambda: WRONG.verdict(["x"]), "verdict: `of` is a text; found a list: ask for one at a time"),
        (lambda: WRONG.analyze("seq"), "analyze: `concepts` is a list of texts; found the text 'seq': write ['seq']"),
        (lambda: WRONG.paths(gaol="x"), "paths has no argument `gaol`; did you mean goal?"),
        (lambda: ANY.load({}), f"{LOAD}; found dict: a scenario as text is read by `parse`"),
        (lambda: ANY.load(io.StringIO(PLAIN)), f"{LOAD}; found an open file: use `parse(file.read())`"),
        (lambda: ANY.parse({}), "`parse` reads a scenario, which is a text; found dict"),
        (lambda: WRONG.explain(3.5), "explain: `state` is a text or a whole number or a mapping; found float"),
    ],
)  # fmt: skip
def test_mistakes_in_python_are_told(call: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


def test_values_show_themselves_in_one_short_line() -> None:
    case = STUDY.case
    for value in (STUDY, case, case.scenario, case.game, case.game.conflict, STUDY.analyze(), case.scenario.actors[0]):
        assert "\n" not in repr(value)
        assert len(repr(value)) < 120


def test_edits_keep_the_mark_and_the_line_ends() -> None:
    for mark in ("", "\ufeff"):
        for end in ("\n", "\r\n", "\r"):
            text = mark + PLAIN.replace("\n", end)
            longer = edit(text, ("title",), "T")
            assert longer == text + f"title: T{end}"
            assert remove(longer, ("title",)) == text


def test_standard_input_is_a_scenario_and_standard_output_a_file() -> None:
    run = CliRunner().invoke
    assert (
        run(main, ["check", "-"], input="\ufeff" + PLAIN).stdout == "-: no problems\n"
        or "warning" in run(main, ["check", "-"], input=PLAIN).stdout
    )
    assert run(main, ["report", "-", "-o", "-"], input=PLAIN).stdout.startswith("<!doctype html>")
    assert run(main, ["show", "-"], input="x: [").stderr.startswith("standard input:1:5: error: ")


def test_files_that_cannot_be_get_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    for words in (
        ["report", "chicken", "-o", "x.odt"],
        ["report", "chicken", "-o", "a" * 300 + ".html"],
        ["check", "a" * 300 + ".yaml"],
    ):
        result = run(main, words)
        assert result.exit_code == 2
        assert "bug" not in result.output
    assert list(tmp_path.iterdir()) == []
    Path("mine.yaml").write_text(PLAIN)
    assert "here is a file mine.yaml" in run(main, ["analyze", "mine"]).stderr


def test_a_missing_section_is_told_in_the_same_words() -> None:
    for words, things, section in (
        (["claims"], "claims", "claims"),
        (["compare"], "platforms", "platforms"),
        (["hindcast"], "recorded events", "history"),
        (["third-party"], "third parties", "third_parties"),
    ):
        said = CliRunner().invoke(main, [*words, "chicken"]).stderr
        assert said.startswith(
            f"error: this model has no {things}; write them under `{section}:` in its file (docs/format.md)"
        )
