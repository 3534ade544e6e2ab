"""A new model: by question and answer, from the template, from the library; nothing typed is lost, nothing written over."""

from __future__ import annotations

import importlib
import itertools
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.analysis import analyse
from detente.cli import main
from detente.cli.template import TEMPLATE
from detente.scenario import check, library, load
from detente.scenario.beginning import STEPS, begun, named, reply
from detente.scenario.building import build

new = importlib.import_module("detente.cli.new")

ANSWERS = [
    "Two drivers",
    *("ann: Ann", "Bob the Second", ""),
    *("a: Swerve", "Wave", ""),
    *("b: Swerve", ""),
    *("a and wave", ""),
    *("a or b", "not a", ""),
    *("a or b", "not b", ""),
    "b",
]
DATA = {
    "detente": 1,
    "title": "Two drivers",
    "actors": {
        "ann": {"name": "Ann", "options": {"a": "Swerve", "wave": "Wave"}, "priorities": ["a or b", "not a"]},
        "bob_the_second": {"name": "Bob the Second", "options": {"b": "Swerve"}, "priorities": ["a or b", "not b"]},
    },
    "rules": [{"never": "a and wave"}],
    "now": ["b"],
}


# --- the questions -----------------------------------------------------------------------------------------------------------


def test_the_answers_are_the_model() -> None:
    talk = begun(ANSWERS)
    assert talk.done and talk.data == DATA
    assert build(talk.data).now == {"a": 0, "wave": 0, "b": 1}
    assert reply(ANSWERS, "more") == "nothing more is asked"


def test_each_question_in_its_order() -> None:
    asked = [begun(ANSWERS[:n]).question for n in range(len(ANSWERS))]
    said = [(each.step, each.actor) for each in asked if each]
    assert list(dict.fromkeys(step for step, _ in said)) == list(STEPS)
    assert [actor for step, actor in dict.fromkeys(said) if step in ("options", "aims")] == [
        "ann",
        "bob_the_second",
    ] * 2
    assert [each.needed for each in asked if each and each.step == "actors"] == [True, False, False]
    assert begun().question is not None and begun().question.to_json()["text"] == "What is the conflict called?"  # type: ignore[union-attr]


def test_every_answer_can_be_taken_when_it_is_asked_for() -> None:
    for place, answer in enumerate(ANSWERS):
        assert reply(ANSWERS[:place], answer) == ""


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        (0, " ", "this needs an answer"),
        (1, "", "this needs an answer"),
        (1, "and", "'and' is a word of the formula language and cannot be the name of an actor"),
        (1, "!!!", "no name can be made of '!!!': write a short one before it, such as us: !!!"),
        (1, "1st: First", "'1st_first' cannot be the name of an actor"),
        (2, "ann: Anna", "there is an actor 'ann' already"),
        (4, "", "this needs an answer"),
        (7, "a: Stop", "ann has an option 'a' already; give this one another name"),
        (9, "a and", "expected an option name"),
        (9, "a and waves", "unknown option, outcome or state 'waves'; did you mean wave?"),
        (11, "c", "unknown option, outcome or state 'c'"),
        (17, "a or b", "expected"),
    ],
)
def test_what_cannot_be_an_answer(place: int, text: str, fault: str) -> None:
    assert fault in reply(ANSWERS[:place], text)


def test_names_from_words() -> None:
    assert named("us: United States") == ("us", "United States")
    assert named("The United States") == ("the_united_states", "The United States")
    assert named("arm") == ("arm", "arm")


@pytest.mark.parametrize("count", range(1, len(ANSWERS)))
def test_what_was_answered_is_always_a_file(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the questions are broken off, what was typed can be read in the file."""
    monkeypatch.chdir(tmp_path)
    given = run(input="".join(f"{each}\n" for each in ANSWERS[:count]))
    assert given.exit_code == 2
    text = (tmp_path / "two_drivers.yaml").read_text(encoding="utf-8")
    assert "What was answered is in two_drivers.yaml; go on there." in given.output
    for answer in filter(None, ANSWERS[:count]):
        assert named(answer)[1] in text


# --- the command -----------------------------------------------------------------------------------------------------------


def run(*words: str, **given: Any) -> Result:
    return CliRunner().invoke(main, ["new", *words], **given)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_from_nothing_to_the_first_answer() -> None:
    done = run("-o", "mine.yaml", input="".join(f"{each}\n" for each in ANSWERS))
    assert done.exit_code == 0, done.output
    assert [problem for problem in check(Path("mine.yaml")) if problem.severity == "error"] == []
    assert load("mine.yaml").title == "Two drivers"
    told = " ".join(done.output.split())
    assert (
        "1. The conflict What is the conflict called? (in one line; for example: A border dispute) > Two drivers"
        in told
    )
    assert "What does Bob the Second want? The most important first. The options: a, wave, b" in told
    assert "Wrote mine.yaml. mine.yaml:" in told and " Today is " in told
    assert "Go on: detente analyze mine.yaml;" in told


def test_nothing_is_written_over() -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    for words in (["--template"], ["--from", "cuba"], []):
        refused = run("-o", "mine.yaml", *words, input="")
        assert refused.exit_code == 2
        assert "mine.yaml is there already, and stays; give another name with -o" in refused.output
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert run("-o", "none/mine.yaml", input="").exit_code == 2
    Path("two_drivers.yaml").write_text("mine", encoding="utf-8")
    assert run(input="".join(f"{each}\n" for each in ANSWERS)).exit_code == 0
    assert Path("two_drivers2.yaml").exists() and Path("two_drivers.yaml").read_text(encoding="utf-8") == "mine"


def test_the_template() -> None:
    assert run("--template").exit_code == 0
    assert Path("scenario.yaml").read_text(encoding="utf-8") == TEMPLATE
    assert check(Path("scenario.yaml")) == ()
    assert analyse(load("scenario.yaml")).count("seq") > 0


def test_a_model_of_the_library() -> None:
    assert run("--from", "cuba").exit_code == 0
    assert Path("my_cuba.yaml").read_text(encoding="utf-8") == library.text("cuba")
    assert "did you mean cuba?" in run("--from", "cubaa").output
    assert "choose one" in run("--from", "cuba", "--template").output


def test_an_interruption_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter(ANSWERS[:6])

    def line() -> str:
        try:
            return next(lines)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr(new, "_line", line)
    stopped = run("-o", "part.yaml")
    assert stopped.exit_code == 130
    assert "options: {a: Swerve, wave: Wave}" in Path("part.yaml").read_text(encoding="utf-8")
    assert "detente check part.yaml says what is missing." in stopped.output
    monkeypatch.setattr(new, "_line", line)
    assert "Nothing was written." in run("-o", "other.yaml").output
    assert not Path("other.yaml").exists()


def test_a_wrong_line_of_a_pipe() -> None:
    """Nobody can answer again there: it is said, and what came before is kept."""
    wrong = run("-o", "part.yaml", input="Letter\nann\nand\n")
    assert wrong.exit_code == 2
    assert "'and' is a word of the formula language and cannot be the name of an actor" in wrong.output
    assert "ann" in Path("part.yaml").read_text(encoding="utf-8")


def test_a_today_that_the_rules_forbid() -> None:
    answers = [*ANSWERS[:-1], "a, wave"]
    wrong = run("-o", "part.yaml", input="".join(f"{each}\n" for each in answers))
    assert wrong.exit_code == 2
    assert "  today's state (`now`) is infeasible: it breaks `never: a and wave`\n" in wrong.output


def test_steps_have_heads() -> None:
    assert list(new.HEADS) == list(STEPS)
    assert [head[0] for head in new.HEADS.values()] == [
        str(n) for n in itertools.islice(itertools.count(1), len(STEPS))
    ]
