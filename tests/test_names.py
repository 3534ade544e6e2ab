"""Names in the file, and what people read of them: short names, names of choices and readings, aims as sentences."""

from __future__ import annotations

import pytest

from detente.case import Case
from detente.present.names import deed, setting
from detente.present.words import Words
from detente.scenario import check, read_text
from detente.scenario.binding.data import data_of
from detente.scenario.model import Scenario
from detente.scenario.text.emit import block
from detente.sheet import FormulaTerm, OptionTerm, ReadingTerm, StateTerm

FERRY = """
detente: 1
title: The ferry
actors:
  town:
    name: Town of Lesk
    article: the
    options:
      pays:
        name: Pay the ferry company every quarter
        short: subsidy
        off: End the subsidy
      pier: {name: Repair the pier}
    readings:
      thrifty:
        name: the town saves where it can
        about: The treasurer's view
        priorities: [{want: not pays, says: the town pays nothing}, line != none]
      caring: {priorities: [line != none, not pays]}
  owners:
    name: Owners
    article: the
    plural: yes
    options:
      line:
        name: Sail to the islands
        short: ferry
        choices: {none: no ferry, weekly: a weekly ferry, daily: a daily ferry}
      crew: {name: Crew, choices: [small, large]}
    priorities: [pays, line = none]
now: [pays, line = weekly]
outcomes:
  isolated: {formula: line = none, name: the islands are cut off}
"""


@pytest.fixture
def ferry() -> Scenario:
    return read_text(FERRY)


def test_an_option_goes_by_its_short_name_and_a_choice_by_its_name(ferry: Scenario) -> None:
    pays, pier, line, crew = ferry.options
    assert [setting(pays, 1), setting(pays, 0)] == ["subsidy", "no subsidy"]
    assert [setting(pier, True), setting(pier, False)] == ["Repair the pier", "no “Repair the pier”"]
    assert [setting(line, 0), setting(line, "daily"), setting(crew, 1)] == ["no ferry", "a daily ferry", "Crew: large"]


def test_what_an_owner_does_is_called_as_the_file_says(ferry: Scenario) -> None:
    pays, pier, line, crew = ferry.options
    assert [deed(pays, 1), deed(pays, 0), deed(pier, 0)] == [
        "take up “subsidy”",
        "end the subsidy",
        "drop “Repair the pier”",
    ]
    assert [deed(line, 2), deed(crew, 1)] == ["choose “a daily ferry”", "choose “large” for “Crew”"]
    assert Words(ferry).move({"pays": 0, "line": 0}, None) == "end the subsidy and choose “no ferry”"


def test_formulas_say_names_and_sentences(ferry: Scenario) -> None:
    words = Words(ferry)
    assert words.formula("line = daily and pier", None) == "“a daily ferry” and “Repair the pier”"
    assert words.formula("line in {none, weekly}", None) == "“no ferry” or “a weekly ferry”"
    assert words.formula("line != none", None) == "not “no ferry”"
    assert words.formula("crew != small", None) == "“Crew”: not small"
    assert words.formula("not pays", None) == "no “subsidy”"
    assert words.formula("pays or isolated", None) == "“subsidy” or “the islands are cut off”"
    # A sentence that one reading has for an aim is said of the equal aim of another.
    for reading, aims in {
        "thrifty": ("The town pays nothing", "Not “no ferry” (Owners)"),
        "caring": ("Not “no ferry” (Owners)", "The town pays nothing"),
    }.items():
        assert words.aims(ferry.actor("town").readings[reading], "town") == aims


def test_terms_of_tables_are_said_by_name(ferry: Scenario) -> None:
    words = Words(ferry)
    said = {
        OptionTerm("line"): "ferry",
        FormulaTerm("line = none, pier"): "Repair the pier, no ferry",
        FormulaTerm("not pays"): "no subsidy",
        FormulaTerm("isolated"): "“the islands are cut off”",
        FormulaTerm("when pays then line = daily"): "if subsidy, then a daily ferry",
        FormulaTerm("pays > not pays and pier"): "subsidy → no subsidy, Repair the pier",
        FormulaTerm("without pays it is over"): "without “subsidy” it is over",
        StateTerm("pays line=weekly"): "today's state",
        StateTerm("pier line=daily crew=large"): "no subsidy, Repair the pier, a daily ferry, Crew: large",
        StateTerm("pays, line = daily"): "a daily ferry",
        StateTerm("all off"): "no subsidy, no ferry",
        StateTerm("s7"): "s7",
        ReadingTerm("thrifty", "town"): "the town saves where it can",
        ReadingTerm("caring", "town"): "caring",
    }
    assert {term: words.say(term) for term in said} == said


def test_the_kinds_of_state_text_are_read_alike(ferry: Scenario) -> None:
    """What `Case` writes of a state is what `Words` reads: every state, against the difference worked out here."""
    case, words = Case(ferry), Words(ferry)
    conflict = case.game.conflict
    assert conflict.now is not None
    now = conflict.settings(conflict.now)
    for cell in range(conflict.cells):
        there = conflict.settings(cell)
        changed = [
            setting(option, there[option.key]) for option in ferry.options if there[option.key] != now[option.key]
        ]
        assert words.state_read(case.game.text(cell)) == (", ".join(changed) or "today's state")


def test_two_readings_of_one_name_stay_apart() -> None:
    twice = read_text(FERRY.replace("caring: {priorities", "caring: {name: the town saves where it can, priorities"))
    names = Words(twice).names
    assert names.reading("town", "thrifty") == "the town saves where it can (thrifty)"
    assert names.reading("town", "caring") == "the town saves where it can (caring)"


def test_plurals_have_a_verb_of_their_own(ferry: Scenario) -> None:
    names = Words(ferry).names
    assert [names.many("town"), names.many("owners"), names.many("town", "owners")] == [False, True, True]


def test_names_are_written_back_and_change_no_model(ferry: Scenario) -> None:
    data = data_of(ferry)
    again = read_text("\n".join(["detente: 1", *block(data, 0)]))
    assert again.actors[0].options[0].off == "End the subsidy"
    assert again.option("line").choice_names == {
        "none": "no ferry",
        "weekly": "a weekly ferry",
        "daily": "a daily ferry",
    }
    assert again.actor("town").readings["thrifty"].name == "the town saves where it can"
    assert again.actor("owners").plural and "plural" not in data["actors"]["town"]
    assert data_of(again) == data
    bare = read_text(
        FERRY.replace("{none: no ferry, weekly: a weekly ferry, daily: a daily ferry}", "[none, weekly, daily]")
        .replace("        short: subsidy\n        off: End the subsidy\n", "")
        .replace("        name: the town saves where it can\n", "")
        .replace("{want: not pays, says: the town pays nothing}", "not pays")
    )
    assert Case(bare).basis.hash == Case(ferry).basis.hash


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "pier: {name: Repair the pier}",
            "pier: {name: Repair the pier, short: subsidy}",
            "pays and pier have the same short name, 'subsidy'; readers cannot tell them apart",
        ),
        (
            "weekly: a weekly ferry",
            "weekly: no ferry",
            "none and weekly are both called 'no ferry'; readers cannot tell them apart",
        ),
        (
            "caring: {",
            "caring: {name: the town saves where it can, ",
            "caring and thrifty are both called 'the town saves where it can'; readers cannot tell them apart",
        ),
        (
            "choices: [small, large]",
            "choices: [small, large], off: Send them home",
            "'off' is for yes/no options; name the choices: `choices: {none: No arms, full: Full arms}`",
        ),
        (
            "weekly: a weekly ferry",
            "weekly: [a, b]",
            "expected for every choice its name, such as full: Full arms; found a mapping",
        ),
        (
            "weekly: a weekly ferry",
            "Weekly: often",
            "'Weekly' cannot be a choice: use lower-case letters, digits and _, or a number",
        ),
    ],
)
def test_names_that_nobody_could_tell_apart_are_told(old: str, new: str, said: str) -> None:
    assert said in [problem.message for problem in check(FERRY.replace(old, new))]
