"""Doubts and attitudes stated in a scenario file or on the command line: read, used, told, and refused where they are wrong."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.errors import InputError, TooLarge
from detente.questions.preference_structures import probabilistic_and_fuzzy as graded
from detente.questions.preference_structures.attitudes import attitudes
from detente.questions.preference_structures.from_file import attitudes_of, stated_chances, thresholds, unknown_pairs
from detente.questions.preference_structures.probabilistic_and_fuzzy import (
    chances_from_readings,
    chances_from_weights,
    degrees_of,
    fuzzy,
    matrix_from_csv,
    matrix_to_csv,
    probabilistic,
)
from detente.questions.preference_structures.unknown import three_valued, unknown_preference
from detente.questions.preference_structures.verdicts import RELATIONAL
from detente.scenario import load, read_text

TEXT = """
detente: 1
title: Two neighbours
actors:
  north:
    name: North
    options: {patrol: {}, talk: {}}
    readings:
      hawk: {priorities: [patrol, not talk]}
      dove: {priorities: [talk, not patrol]}
      torn: {priorities: [not fence, patrol]}
  south:
    name: South
    options: {fence: {}}
    weights: [{when: fence and patrol, weight: 2}, {when: fence, weight: -1}, {when: talk, weight: 3}]
  lake: {name: Lake board, options: {rule: {}}, priorities: [rule]}
now: []
relations:
  R1: {from: north, to: south, kind: attitude, sign: "-", mutual: yes}
  R2: {from: lake, to: [north, south], kind: attitude, sign: "+"}
  R3: {from: north, to: south, kind: trade, sign: "+"}
uncertainty:
  north: {chances: {hawk: 3/5, dove: 0.4}, alpha: 0.5, unknown: [[talk, not talk]]}
  south: {dispersion: 1/2, gamma: 0.7, threshold: 0.4}
"""


def case_of(old: str = "", new: str = "", **readings: str) -> Case:
    assert old in TEXT
    return Case(read_text(TEXT.replace(old, new, 1) if old else TEXT, name="neighbours"), readings=readings)


CASE = case_of()


# --- what the file says ---------------------------------------------------------------------------------------------


def test_what_is_read() -> None:
    assert stated_chances(CASE.scenario) == {"north": {"hawk": "3/5", "dove": "0.4"}, "south": 0.5}
    assert thresholds(CASE.scenario, "gamma") == {"south": 0.7}
    assert unknown_pairs(CASE.scenario) == {"north": (("talk", "not talk"),)}
    friendly = dict.fromkeys(("north", "south"), "+")
    assert attitudes_of(CASE.scenario) == {"north": {"south": "-"}, "south": {"north": "-"}, "lake": friendly}


def test_the_file_is_what_a_call_would_say() -> None:
    """Nothing said in the call: as the file states; said in the call: only that."""
    stated, said = (
        probabilistic(CASE),
        probabilistic(CASE, {"north": {"hawk": 0.6, "dove": 0.4}, "south": 0.5}, gamma={"south": 0.7}),
    )
    assert stated.to_json() == said.to_json()
    assert "gamma north 0.5, south 0.7, lake 0.5" in stated.meanings["probabilistic"]
    assert stated.notes == (
        "north: chances of its readings: hawk 0.6, dove 0.4",
        "south: weights with errors of deviation 0.5",
    )
    crisp = probabilistic(CASE, {}, 0.5, 0.5, 0.5)
    assert crisp.notes == ("No preference is in doubt, so this is the plain analysis.",)
    assert crisp.count("seq") == CASE.analyse(RELATIONAL).count("seq")
    assert attitudes(CASE).to_json() == attitudes(CASE, attitudes_of(CASE.scenario)).to_json()
    assert attitudes(CASE).to_json() != attitudes(CASE, {}).to_json()
    hidden = {"north": [("talk", "not talk")]}
    assert unknown_preference(CASE).to_json() == unknown_preference(CASE, hidden).to_json()
    assert unknown_preference(CASE, {}).notes == ("Nothing is unknown, so the readings agree.",)


# --- chances of readings ---------------------------------------------------------------------------------------------


def test_chances_are_those_of_the_readings_that_agree() -> None:
    """Pair by pair, from the lists themselves."""
    found = chances_from_readings(CASE, "north", {"hawk": 0.5, "dove": 0.3, "torn": 0.2})
    lists = {"hawk": ("patrol", "not talk"), "dove": ("talk", "not patrol"), "torn": ("not fence", "patrol")}
    chance, states = {"hawk": 0.5, "dove": 0.3, "torn": 0.2}, probabilistic(CASE, {}).states

    def score(reading: str, state: Any) -> list[bool]:
        return [not state[w[4:]] if w.startswith("not ") else state[w] for w in lists[reading]]

    for s, here in enumerate(states):
        for t, there in enumerate(states):
            better = sum(chance[name] for name in lists if score(name, there) > score(name, here))
            assert found[s, t] == pytest.approx(better)


@pytest.mark.parametrize("reading", ["hawk", "dove", "torn"])
def test_one_reading_for_certain_is_that_reading(reading: str) -> None:
    plain = case_of(north=reading).analyse(RELATIONAL)
    for found in (
        probabilistic(CASE, {"north": {reading: 1}}, 0.5, 0.5, 0.5),
        fuzzy(CASE, {"north": {reading: "1.0"}}, 1.0),
    ):
        for concept in RELATIONAL:
            assert found.count(concept) == plain.count(concept), concept


def test_degrees_are_reciprocal() -> None:
    for chances in (
        chances_from_readings(CASE, "north", {"hawk": 0.6, "dove": 0.4}),
        chances_from_weights(CASE, "south", 1.0),
    ):
        degrees = degrees_of(chances)
        assert np.allclose(degrees + degrees.T, 1)
        assert np.allclose(degrees - degrees.T, chances - chances.T)


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_that_is_written_can_be_read() -> None:
    chances = {"north": {"hawk": 0.6, "dove": 0.4}}
    text = matrix_to_csv(CASE, "north", chances)
    assert text.splitlines()[0].startswith("better:,#1 all off,#2 rule,")
    assert np.allclose(matrix_from_csv(CASE, text), chances_from_readings(CASE, "north", chances["north"]))
    back = matrix_from_csv(CASE, matrix_to_csv(CASE, "south", {}, degrees=True))
    assert np.allclose(back + back.T, 1)
    named = Case(load("elmira"))
    rows = matrix_to_csv(named, "local", {}).splitlines()
    shuffled = "\n".join([rows[0].replace("#1 s9", "s9"), *reversed(rows[1:]), ""])
    assert np.allclose(matrix_from_csv(named, shuffled), matrix_from_csv(named, "\n".join(rows)))


PRISONERS = Case(load("prisoners_dilemma"))
GOOD = matrix_to_csv(PRISONERS, "first", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n , \n", "is empty"),
        (GOOD.replace("#4 cc,0", "#4 cc,x"), "line 5 is 'x'; expected a number"),
        (GOOD.replace("#4 cc,0", "#4 cc,"), "line 5 is ''; expected a number"),
        (GOOD.replace("\n#4 cc,0", "\n#9 cc,0"), "there are states #1 to #4; found '#9 cc'"),
        (GOOD.replace("\n#4 cc,0", "\ncd,0"), "the rows of table lack #4 \\(cc\\)"),
        (GOOD.replace("\n#4 cc,0", "\nzz,0"), "table, line 5: unknown"),
        (GOOD.replace("\n#4 cc,0", "\n,0"), "line 5: expected a state"),
        (GOOD.replace("#4 cc,0,1", "#4 cc,0"), "line 5 is ''; expected a number"),
        (GOOD + GOOD.splitlines()[1] + "\n", "the rows of table have #1 \\(dd\\) twice"),
        (GOOD.split("\n")[0], "the rows of table lack #1 \\(dd\\)"),
        ("a" * 200_000, "a cell has more than 131,072 characters"),
    ],
)
def test_tables_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        matrix_from_csv(PRISONERS, text, "table")


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("hawk: 3/5", "hawk: 1/5", InputError, "the chances of north's readings add up to 0.6; expected 1"),
        ("hawk: 3/5", "hawk: 2", InputError, "add up to 2.4; expected 1"),
        ("hawk: 3/5, dove: 0.4", "hawk: -1, dove: 2", InputError, "'hawk' is '-1'; expected 0 to 1"),
        ("hawk: 3/5", "hwak: 3/5", InputError, "unknown reading of north 'hwak'; did you mean hawk"),
        ("hawk: 3/5", "hawk: half", InputError, "the chance of north's reading 'hawk' is 'half'; expected 0 to 1"),
        ("hawk: 3/5", "hawk: 1/0", InputError, "'hawk' is '1/0'; expected 0 to 1"),
        (
            "{hawk: 3/5, dove: 0.4}",
            "high",
            InputError,
            "chances of north is 'high'; expected reading: chance",
        ),
        ("{hawk: 3/5, dove: 0.4}", "{}", InputError, "add up to 0; expected 1"),
        ("dispersion: 1/2", "dispersion: wide", InputError, "dispersion of south is 'wide'; expected a number above 0"),
        ("dispersion: 1/2", "dispersion: 0", InputError, "above 0"),
        ("dispersion: 1/2", "dispersion: 1, chances: {only: 1}", InputError, "both chances and dispersion"),
        (
            "{chances:",
            "{chance:",
            InputError,
            "unknown key 'chance' under the uncertainty of north; did you mean chances",
        ),
        ("alpha: 0.5", "alpha: 1", InputError, "alpha of north is '1'; expected a number at least 0 and below 1"),
        ("  north: {chances", "  nroth: {chances", InputError, "unknown actor 'nroth'; did you mean north"),
    ],
)
def test_chances_that_are_refused(old: str, new: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        probabilistic(case_of(old, new))


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("unknown: talk", "is 'talk'; expected a list of pairs"),
        ("unknown: [talk]", "has 'talk'; expected a pair"),
        ("unknown: [[talk, patrol, fence]]", "expected a pair of formulas"),
        ("unknown: [[talk, nothing]]", "nothing"),
    ],
)
def test_pairs_that_are_refused(new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        unknown_preference(case_of("unknown: [[talk, not talk]]", new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('sign: "-", mutual', 'sign: "+/-", mutual', "relation R1 says the attitude of north to south is '\\+/-'"),
        ("kind: trade", "kind: attitude", "relation R3 says north is '\\+' to south, one above it says '-'; drop one"),
    ],
)
def test_attitudes_that_are_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        attitudes(case_of(old, new))


def test_too_many_pairs_for_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graded, "memory_limit", lambda: 1000)
    with pytest.raises(TooLarge, match="north tells 4 states apart, so there are 16 pairs"):
        probabilistic(CASE)


def test_too_many_states_for_completions() -> None:
    with pytest.raises(TooLarge, match="listed up to 65,536"):
        three_valued(Case(load("composite")))


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "neighbours.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(asked: str) -> Any:
    found = CliRunner().invoke(main, shlex.split(asked))
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout) if "--json" in asked else found.stdout


def test_the_file_on_the_command_line(folder: Path) -> None:
    assert run("probabilistic neighbours.yaml --json")["counts"] == probabilistic(CASE).to_json()["counts"]
    other = run("probabilistic neighbours.yaml --chance north:torn=1 --alpha 0.2 --alpha lake=0 --json")
    assert other["notes"][0] == "north: chances of its readings: torn 1"
    assert "alpha north 0.2, south 0.2, lake 0" in other["standards"]["probabilistic"]
    assert run("attitudes neighbours.yaml --json")["notes"] == list(attitudes(CASE).notes)
    assert run("attitudes neighbours.yaml --attitude north:south=0 --strict --json")["notes"][0].endswith(
        "0 south, 0 lake"
    )
    assert run("fuzzy neighbours.yaml --threshold 0.9 --json")["standards"]["fuzzy"] == "threshold 0.9"


def test_a_table_goes_out_and_comes_back(folder: Path) -> None:
    (folder / "north.csv").write_text(run("probabilistic neighbours.yaml --numbers north"))
    stated = run("probabilistic neighbours.yaml --json")
    back = run("probabilistic neighbours.yaml --matrix north=north.csv --json")
    assert back["counts"] == stated["counts"]
    assert back["notes"][0] == "north: numbers for each pair of states"
    (folder / "fuzzy.csv").write_text(run("fuzzy neighbours.yaml --numbers south"))
    assert (
        run("fuzzy neighbours.yaml --matrix south=fuzzy.csv --json")["counts"]
        == run("fuzzy neighbours.yaml --json")["counts"]
    )


@pytest.mark.first_analysis
def test_strength_on_the_command_line() -> None:
    said = run(
        "strength --great us=us_arm --great 'us=us_nato: 3' --great ru=1 --concept us=nash --concept ru=smr:general --json"
    )
    assert list(said["standards"]) == ["general", "degree 2", "degree 3"]
    assert said["mixed"]["own"]["us"] == {"concept": "nash", "standard": "general"}
    assert said["mixed"]["own"]["nk"] == {"concept": "seq", "standard": "general"}
    told = run("strength --great nk=1 --explain '#56' --standard strong --for ru,nk --concepts smr,seq")
    assert "RUSSIA" in told
    assert "UNITED STATES" not in told
    assert "greatly worse" in told


@pytest.mark.first_analysis
def test_unknown_on_the_command_line() -> None:
    said = run("unknown-preference --unknown 'us=us_recog ? not us_recog' --great nk=1 --json")
    assert "strong d" in said["standards"]
    assert run("unknown-preference --reading us=harris_b --completions --json")["completions"] == 10
    assert run("unknown-preference --completions --concepts nash --json")["concepts"] == ["nash"]


def test_acting_together_on_the_command_line() -> None:
    told = run("coalitions elmira --explain s5 --concepts cnash,csmr --members ministry,uniroyal")
    assert "The one state the others can bring about does not deter it." in " ".join(told.split())
    assert list(run("coalitions elmira --concepts cgmr --json")["universal"]) == ["cgmr"]
    said = run("as-one elmira --block uniroyal,ministry --aim uniroyal,ministry=plant_closed --json")
    assert said["together"]["nash"] == ["s9"]
    assert "holds" not in run("as-one elmira --block uniroyal,ministry --explain s5")
    mixed = run("behaviours --concept us=nash --concept ru=smr --explain now --json")
    assert mixed["verdicts"] == {"own": {"equilibrium": True, "stable": {"us": True, "ru": True, "nk": True}}}
    assert [(w["actor"], w["concept"]) for w in mixed["witnesses"]] == [("us", "nash"), ("ru", "smr"), ("nk", "seq")]


def test_all_concepts_are_those_of_the_family() -> None:
    assert run("strength --concepts all --json")["counts"] == run("strength --json")["counts"]
    assert run("coalitions elmira --concepts all") == run("coalitions elmira")
    assert list(run("hypergame --concepts all --json")["equilibria"]) == ["nash", "seq", "smr", "gmr", "sseq"]
    assert run("explain --concepts all") == run("explain --concepts nash,sseq,seq,smr,gmr,sim")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("probabilistic --chance ru=1", "ACTOR:READING=P"),
        ("probabilistic --chance ru:need=1 --dispersion ru=2", "give one of them"),
        ("probabilistic --matrix us=nowhere.csv", "nowhere.csv: error: there is no such file"),
        ("probabilistic --numbers usa", "did you mean us"),
        ("probabilistic --alpha high", "alpha is 'high'; expected a number"),
        ("fuzzy --threshold 0", "above 0 and at most 1"),
        ("strength --great us=us_arm:big", "ACTOR=AIM:DEGREE"),
        ("strength --great us", "ACTOR=AIM:DEGREE"),
        ("behaviours --concept us", "ACTOR=NAME, for example us=nash"),
        ("as-one --block us,ru --aim us", "LIST=FORMULA"),
        ("attitudes --attitude us:ru", "ACTOR:OTHER=SIGN"),
        ("strength --great elmira=1", "unknown actor"),
        ("strength --standard strong", "--explain"),
        ("strength --for us", "--explain"),
        ("strength --explain '#352'", "#1 to #351"),
        ("strength --explain now --standard stark", "unknown standard"),
        ("strength --explain now --for usa", "unknown actor"),
        ("strength --explain now --for ''", "name at least one actor: us, ru, nk"),
        ("strength --explain ''", "name a state"),
        ("coalitions --explain ' '", "name a state"),
        ("strength --concept us=sim", "two moves cannot be made at once"),
        ("strength --concepts sim", "two moves cannot be made at once"),
        ("strength --concept us=seq:stark", "unknown standard"),
        ("unknown-preference --unknown us=us_arm", "ACTOR=A ? B"),
        ("unknown-preference --completions --great us=1", "--concepts only"),
        ("attitudes --attitude us=+", "ACTOR:OTHER=SIGN"),
        ("coalitions --concepts seq", "did you mean cseq"),
        ("coalitions --explain '#0'", "#1 to #351"),
        ("coalitions gatt --explain now", "coalitions are looked at up to 4,096"),
        ("as-one --block us --aim ru,nk=us_arm", "unknown block"),
        ("behaviours --explain now --concept usa=nash", "unknown actor"),
    ],
)
def test_a_mistake_gets_a_message(asked: str, says: str) -> None:
    answer = CliRunner().invoke(main, shlex.split(asked))
    assert answer.exit_code == 2, answer.output
    assert says in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.output
