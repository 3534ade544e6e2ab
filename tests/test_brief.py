"""The brief: every field a value or a reason, every command reproduces it, and the page keeps to its length and to words."""

from __future__ import annotations

import itertools
import json
import random
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import detente as dt
from detente.cli import main
from detente.present.brief import MOST_WORDS, WHOLE, Page, page, shortened, words_in
from detente.present.pages import blocks
from detente.present.report import collect
from detente.questions.brief import FIELDS, Brief
from detente.questions.brief.values import Answered, Objection, Table, Trust, Turns

pytestmark = pytest.mark.first_analysis

QUICK = (
    "elmira", "elmira_graph", "cuba_oneway", "chicken", "garrison", "gatt", "hanoi_2019", "patrons", "composite",
)  # fmt: skip
LONG = [pytest.param(name, marks=pytest.mark.long) for name in dt.library() if name not in QUICK]
EVERY = [*QUICK, *LONG]

CODES = re.compile(r"\b(SEQ|SSEQ|SMR|GMR|SIM|ALL|SOME|NONE|BREAKS|HOLDS|FRAYS|DEPENDS)\b|#[0-9]")
"""What the program's own tables may say, and a page for people may not."""

LIKELIHOOD = re.compile(r"\b(likely|probably|probability|chance|odds|unlikely)\b", re.IGNORECASE)


@cache
def found(name: str) -> tuple[dt.Study, Brief, Page]:
    study = dt.load(name)
    brief = study.brief()
    return study, brief, page(study.case, brief)


def run(command: str, *, folder: Path | None = None) -> Any:
    words = shlex.split(command)
    assert words.pop(0) == "detente"
    if folder:
        words[1] = str(folder / words[1])
    answer = CliRunner().invoke(main, [*words, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


@pytest.mark.parametrize("name", EVERY)
def test_every_field_is_a_value_or_a_reason(name: str) -> None:
    _, brief, _ = found(name)
    assert [field.id for field in brief.fields] == list(FIELDS)
    for field in brief.fields:
        assert (field.value is None) == bool(field.absent) == (not field.commands), field.id
    assert json.loads(json.dumps(brief.to_json())) == brief.to_json()
    assert brief["question"].value is not None
    assert brief["trust"].value is not None


@pytest.mark.parametrize("name", EVERY)
def test_the_page_keeps_to_its_length_and_to_words(name: str) -> None:
    study, _, told = found(name)
    said = " ".join((told.title, *told.paragraphs.values()))
    assert told.words <= MOST_WORDS
    heads = sum(words_in(FIELDS[field]) for field in told.paragraphs if field != "question")
    assert told.words == words_in(said) + heads
    codes = [option.key for option in study.scenario.options if "_" in option.key]
    assert [code for code in codes if re.search(rf"\b{code}\b", said)] == []
    assert CODES.search(said) is None
    assert LIKELIHOOD.search(said) is None
    assert {"question", "answer", "trust"} <= set(told.paragraphs)
    assert list(told.paragraphs) == [field for field in FIELDS if field in told.paragraphs]


@pytest.mark.parametrize("name", EVERY)
def test_every_field_says_under_which_readings_it_was_asked(name: str) -> None:
    """As many as there are answers; an actor without rivals is not named, and what was varied is named whole."""
    study, brief, told = found(name)
    for field, row in zip(brief.fields, told.rests.rows, strict=True):
        assert len(field.under) == len(field.found), field.id
        sister = getattr(field.value, "sister", None)
        scenario = sister or study.scenario
        open_ = [actor.id for actor in scenario.actors if len(actor.counted) > 1]
        for readings in field.under:
            assert list(readings) == open_
            assert all(set(names) <= set(scenario.actor(actor).readings) for actor, names in readings.items())
        assert bool(row[2]) == bool(field.under and open_), field.id


@pytest.mark.parametrize("name", EVERY)
def test_every_command_reproduces_its_field(name: str) -> None:
    _, brief, _ = found(name)
    asked: dict[str, Any] = {}
    for field in brief.fields:
        for command in field.commands:
            if command not in asked:
                asked[command] = run(command)
        answers = [asked[command] for command in field.commands]
        if field.value is None:
            continue
        if not field.found:  # what the file itself says
            assert answers[0]["name"] == name
            continue
        for answer, value in zip(answers, field.found, strict=True):
            expected = value.to_json()
            expected.pop("engine", None)  # how long it took
            assert {key: answer[key] for key in expected} == expected, field.id


def test_the_question_is_that_of_the_file() -> None:
    study, brief, _ = found("patrons")
    assert brief["question"].to_json()["value"]["text"] == study.scenario.question
    assert run(brief["question"].commands[0])["question"] == study.scenario.question


def test_the_answer_counts_what_the_question_finds() -> None:
    """The table that decides, counted again: platform by platform, reading by reading, at every end of play."""
    study, brief, _ = found("axis_and_sanctions")
    value = brief["answer"].value
    assert isinstance(value, Answered)
    partnership = study.scenario.partnerships[str(value.subject)]
    core = " or ".join(f"({partnership.flows[name]})" for name in partnership.core)
    readings = [[(actor, name) for name in study.scenario.actor(actor).readings] for actor in value.over]
    for row in value.verdicts:
        cases = [study.with_(readings=dict(chosen)).under(row.of) for chosen in itertools.product(*readings)]
        broken = sum(case.verdict(core) == "NONE" for case in cases)
        assert (row.counts.get("BREAKS", 0), row.total) == (broken, len(cases)), row.of


PLAIN = """
detente: 1
title: A lane and a gate
question: Does the gate open?
sources:
  guess: {text: Ours, kind: supposition}
  paper: {text: A paper, kind: article}
actors:
  ann:
    name: Ann
    options: {ann_asks: {name: Ask politely}}
    readings:
      keen: {priorities: [{want: bob_opens, source: paper}, {want: ann_asks, source: guess}]}
      proud: {about: "Will not ask, whatever it brings", priorities: [{want: not ann_asks, source: guess}]}
  bob:
    name: Bob
    article: the good
    options: {bob_opens: {name: Open the gate}}
    readings:
      fair: {priorities: [{want: ann_asks <-> bob_opens, source: guess}]}
now: []
outcomes:
  open_gate: bob_opens
"""


def test_a_model_without_partnerships_platforms_and_history() -> None:
    """Ann asks because she likes to, and Bob opens to whom asks; a proud Ann does not ask."""
    study = dt.parse(PLAIN)
    brief = study.brief()
    assert set(brief.absent) >= {"home", "irreversible", "since"}
    assert brief.absent["home"] == "the file has no platforms, and nobody who must approve anything"
    assert brief.absent["since"] == "the file records no events"
    assert (
        brief.absent["irreversible"]
        == "the file marks no move as one way: here every move can be taken back, also one that could not in the world"
    )
    told = page(study.case, brief).paragraphs
    assert told["question"] == "Does the gate open?"
    assert told["answer"] == (
        "It turns on Ann: “open gate” always comes about where Ann is read as “keen”. “open gate” comes about always in 1, "
        "never in 1 of 2 combinations of readings of Ann, where play ends."
    )
    assert told["near"].startswith("With Ann as “keen”, ")
    assert told["turns"].endswith(
        " 5 of 7 single changes to what the actors want (an aim left out, turned round or moved) would turn that: in "
        "the aims of Ann and the good Bob."
    )
    assert (
        "There “open gate” always comes about. Of the 3 assumptions behind it 2 are enough for "
        "that (tried: taking away any 3 of the others): Ann's aim 2 (“Ask politely”) and the good Bob's aim 1 (“Ask "
        "politely” (Ann) exactly if “Open the gate”)."
    ) in told["turns"]
    assert told["objection"] == "With Ann read as “proud” instead, the verdict on “open gate” is “never”, not “always”."
    assert told["others"].startswith(
        "As the actors are read, Ann and the good Bob can each alone make sure of “open gate” (take up “Ask politely”; take up "
        "“Open the gate”), and would keep to it."
    )
    assert "If Ann made no move, that would speak for Ann as “proud”, against “keen”." in told["indicators"]
    trust = brief["trust"].value
    assert isinstance(trust, Trust)
    assert (trust.wishes, trust.wishes_supposed) == (3, 2)
    assert told["trust"].startswith(
        "Of the 3 aims of the actors, 2 rest on supposition alone, and one on a single source. Of the assumptions that "
        "are enough for the verdict above, 2 of 2 are suppositions."
    )
    assert told["trust"].endswith("Counts of readings are no likelihood.")


def test_a_source_is_no_supposition_unless_it_says_so() -> None:
    """Of what kind a source is need not be said; the brief, the report and the sets of assumptions judge it alike."""
    study = dt.parse(PLAIN.replace("paper: {text: A paper, kind: article}", "paper: {text: A paper}"))
    assert [study.scenario.supposed(names) for names in ((), ("guess",), ("paper",), ("guess", "paper"))] == [
        True, True, False, False,
    ]  # fmt: skip
    trust = study.brief()["trust"].value
    assert isinstance(trust, Trust)
    assert (trust.wishes, trust.wishes_supposed) == (3, 2)
    named = dt.parse(PLAIN.replace("guess", "supposition").replace("{text: Ours, kind: supposition}", "Ours"))
    assert [named.scenario.supposed([name]) for name in ("supposition", "paper")] == [True, False]
    evidence = collect(study).section("evidence")
    tables = [block.sheet for block in evidence.blocks if isinstance(block, blocks.Table)]
    (sheet,) = (sheet for sheet in tables if sheet.title == "Assumptions to check first")
    assert [row[0] for row in sheet.rows if "aim" in row[0]] == ["Ann, aim 2", "Bob, aim 1"]


def test_an_illustrative_reading_is_no_rival() -> None:
    brief = dt.parse(PLAIN.replace("proud: {", "proud: {illustrative: yes, ")).brief()
    value = brief["answer"].value
    assert isinstance(value, Answered)
    assert value.verdicts[0].counts == {"ALL": 1}
    assert brief.absent["indicators"] == "no actor has two readings to tell apart"


def test_what_a_model_does_not_say_is_absent(tmp_path: Path) -> None:
    study = dt.parse(PLAIN.replace("now: []\n", "").replace("outcomes:\n  open_gate: bob_opens\n", ""))
    brief = study.brief()
    assert brief.absent["route"] == brief.absent["others"] == "the file does not say where things stand today"
    value = brief["answer"].value
    assert isinstance(value, Answered)
    assert value.kind == "equilibria"
    assert page(study.case, brief).paragraphs["answer"].startswith("The file does not say where things stand today; ")


def test_a_sister_model_whose_answer_differs_is_the_objection(tmp_path: Path) -> None:
    """The sister's Bob never opens; its answer is told with its title, and the command asks the sister."""
    (tmp_path / "closed.yaml").write_text(
        PLAIN.replace("A lane and a gate", "A lane and a wall").replace("ann_asks <-> bob_opens", "not bob_opens"),
        "utf-8",
    )
    (tmp_path / "gate.yaml").write_text(f"{PLAIN}sisters: [./closed.yaml]\n", "utf-8")
    study = dt.load(tmp_path / "gate.yaml")
    brief = study.brief()
    value = brief["objection"].value
    assert isinstance(value, Objection)
    assert (value.title, value.theirs) == ("A lane and a wall", {"NONE": 2})
    assert page(study.case, brief).paragraphs["objection"] == (
        "Another model of the same conflict, “A lane and a wall”, answers: “open gate” never comes about, in all 2 "
        "combinations of readings of Ann, where play ends."
    )
    (command,) = brief["objection"].commands
    assert command == "detente types closed.yaml --goal open_gate --play foresight"
    assert run(command, folder=tmp_path)["counts"]["counts"] == {"NONE": 2}
    (tmp_path / "gate.yaml").write_text(f"{PLAIN}sisters: [./gate.yaml]\n", "utf-8")
    assert isinstance(dt.load(tmp_path / "gate.yaml").brief()["objection"].value, Objection), "no objection from itself"
    assert dt.load(tmp_path / "gate.yaml").brief()["objection"].value.model == ""  # type: ignore[union-attr]
    (tmp_path / "gate.yaml").write_text(f"{PLAIN}sisters: [gatte]\n", "utf-8")
    wrong = dt.load(tmp_path / "gate.yaml").brief()["objection"]
    assert wrong.absent.startswith("unknown model 'gatte'")


def test_the_circumstances_are_in_the_commands() -> None:
    study = dt.load("chicken").under(
        hold="first_swerves", start="second_swerves", rules=["when first_swerves then not second_swerves"]
    )
    brief = study.brief()
    for name in ("answer", "route"):
        field = brief[name]
        for command, value in zip(field.commands, field.found, strict=True):
            assert "--hold" in command
            answer, expected = run(command), value.to_json()
            assert answer == expected, command


def test_a_page_that_is_too_long_is_cut_from_the_end() -> None:
    """Against the definition: last fields first, down to a sentence, then to nothing; what is whole stays so."""
    rng = random.Random(5)
    for _ in range(60):
        told = {
            name: [" ".join(["word"] * rng.randint(1, 12)) for _ in range(rng.randint(1, 4))]
            for name in FIELDS
            if rng.random() < 0.8
        }
        whole = {name: list(said) for name, said in told.items()}
        most = rng.randint(20, 150)
        shortened(told, most)

        def length(fields: dict[str, list[str]]) -> int:
            heads = sum(words_in(FIELDS[name]) for name, said in fields.items() if said and name != "question")
            return heads + sum(words_in(each) for said in fields.values() for each in said)

        cuts = [name for name in whole if name not in WHOLE]
        steps = [(name, 1) for name in reversed(cuts) for _ in whole[name][1:]] + [(name, 0) for name in reversed(cuts)]
        expected = {name: list(said) for name, said in whole.items()}
        for name, _ in steps:
            if length(expected) <= most:
                break
            expected[name].pop()
        assert told == expected
        assert all(told[name] == whole[name] for name in WHOLE if name in told)


def test_the_table_is_the_answer() -> None:
    _, brief, told = found("axis_and_sanctions")
    value, answer = brief["table"].value, brief["answer"].value
    assert isinstance(value, Table)
    assert isinstance(answer, Answered)
    assert [row[0] for row in value.rows] == [each.of for each in answer.verdicts]
    for row, each in zip(value.rows, answer.verdicts, strict=True):
        assert dict(zip(value.columns, row[1:], strict=True)) == {
            word: each.counts.get(word, 0) for word in value.columns
        }
    assert told.table is not None
    assert told.table.columns[0] == "platform"


def test_the_command_prints_the_page() -> None:
    runner = CliRunner(env={"COLUMNS": "80"})
    answer = runner.invoke(main, ["brief", "hanoi_2019"])
    assert answer.exit_code == 0, answer.output
    assert max(map(len, answer.output.splitlines())) <= 80
    assert " ".join(found("hanoi_2019")[2].paragraphs["answer"].split()) in " ".join(answer.output.split())
    assert answer.output.endswith("\nWhich commands does each field rest on? detente brief hanoi_2019 --verbose\n")
    told = runner.invoke(main, ["brief", "hanoi_2019", "--verbose"]).output
    assert "detente hindcast hanoi_2019" in " ".join(told.split())
    assert told.startswith(answer.output.partition("\nModel ")[0])
    data = CliRunner().invoke(main, ["brief", "hanoi_2019", "--json"])
    assert json.loads(data.output) == found("hanoi_2019")[1].to_json()


def test_trust_tells_how_many_suppositions_decide() -> None:
    """The smallest sets of `assumptions`, counted again from its answer; more of the case stands in its own tests."""
    study, brief, _ = found("patrons")
    trust, turns = brief["trust"].value, brief["turns"].value
    assert isinstance(trust, Trust)
    assert isinstance(turns, Turns)
    deciding = trust.deciding
    assert deciding is not None
    assert deciding == turns.deciding
    asked = study.assumptions(deciding.of, play="foresight", size=deciding.asked)
    least = min(map(len, asked.sufficient))
    assert deciding.sets == tuple(each for each in asked.sufficient if len(each) == least)
    assert deciding.others == len(asked.sufficient) - len(deciding.sets)
    numbers = [sum(study.scenario.supposed(each.sources) for each in members) for members in deciding.sets]
    assert deciding.supposed == (min(numbers), max(numbers))


def test_a_search_that_the_time_ended_says_so() -> None:
    study = dt.parse(PLAIN)
    brief = study.brief(seconds=0)
    trust = brief["trust"].value
    assert isinstance(trust, Trust)
    assert trust.deciding is not None
    assert trust.deciding.size == 0
    told = page(study.case, brief).paragraphs["trust"]
    assert "Which of them decide was not found. The time ended before more was tried." in told


def test_an_outcome_that_no_actor_likes_better_than_today_is_no_goal() -> None:
    brief = found("chicken")[1]
    reason = "no actor likes any state of the first outcome in the file better than today's"
    assert brief.absent["route"] == brief.absent["others"] == reason
    told = found("chicken")[2].paragraphs
    assert told["answer"] == (
        "From today, the second driver would take up “swerve by the second driver”; or the first driver would take up "
        "“swerve by the first driver”; there play ends. "
        "“both crash” never comes about where play ends."
    )


def test_names_on_the_page_are_explained_below_it() -> None:
    _, _, told = found("patrons")
    assert told.names is not None
    stands_for = {row[1]: row[2] for row in told.names.rows}
    assert stands_for["“decoupled”"] == (
        "no “Active military partnership with Pyongyang” and no “Deploy troops for Russia”"
    )
    above = told.text.split("What the names stand for")[0]
    assert all(name in above for name in stands_for)


def test_an_article_is_said_once() -> None:
    study = dt.parse(PLAIN.replace("name: Bob", "name: The good Bob").replace("article: the good", "article: the"))
    told = page(study.case, study.brief()).paragraphs
    assert "in the aims of Ann and the good Bob." in told["turns"]
    assert "The good Bob" not in told["turns"]


def test_a_model_that_asks_nothing_has_its_title_once() -> None:
    text = f"detente: 1\ntitle: The ferry\n{ASKS_NOTHING}"
    study = dt.parse(text)
    told = page(study.case, study.brief()).text
    assert told.startswith("The ferry\n\nAnswer. ")
    assert told.count("The ferry") == 1


def test_no_state_of_a_ranking_stands_on_the_page() -> None:
    """How near another verdict is, is told without codes of states."""
    study = dt.load("elmira")
    told = page(study.case, study.brief()).text
    assert "Uniroyal Chemical puts “order accepted” and “insistence on" in " ".join(told.split())
    assert not re.search(r"\bs[1-9]\b", told)


ASKS_NOTHING = """
actors:
  line: {name: Line, options: {sail: null}, priorities: [sail]}
  port: {name: Port, options: {toll: null}, priorities: [toll]}
now: []
"""
