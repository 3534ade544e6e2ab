"""The umpire's sheets of the models that are bundled today: what comes first, and injects that do what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from detente.case import Case, Query, verdict
from detente.present.kit import umpire
from detente.present.kit.injects import MOST, Inject, picked
from detente.present.kit.roles import changed, table_words
from detente.present.names import IN_WORDS
from detente.present.pages.blocks import Points, Says, Table
from detente.scenario import load, read_text
from detente.scenario.model import Reading

FORD = """
detente: 1
title: A ford
question: Who crosses first?
actors:
  cart: {article: the, name: Cart, options: {go: {name: Go}}, priorities: [not go or wait, go]}
  rider: {article: the, name: Rider, options: {wait: {name: Wait}, ring: {name: Ring}}, priorities: [wait, not ring, go]}
now: []
outcomes: {crossed: {formula: go, name: The cart crosses}}
history:
  - {date: 1911-03, by: rider, set: [wait], says: The rider waits}
timeline:
  - {date: 1899, says: The bridge falls}
  - {date: 1911-02, says: Rain}
  - {date: 1911-04, says: Flood}
  - {date: 1911-05, says: The cart goes, set: [go]}
  - {date: 1911-06, says: Sun}
"""


def found(text: str) -> tuple[Case, tuple[Inject, ...]]:
    case = Case(read_text(text))
    return case, picked(case, table_words(case.scenario))


def test_how_to_run_it_comes_first() -> None:
    leaves = umpire(Case(load("two_proxies"))).leaves
    assert [leaf.id for leaf in leaves] == ["run", "setup", "aims", "injects", "log", "solution", "results", "appendix"]
    situation, how, timetable, _ = leaves[0].blocks
    assert isinstance(situation, Says) and situation.text.startswith("It is the middle of November 2024.")
    assert isinstance(how, Points) and how.title == "How to run it"
    assert isinstance(timetable, Table)
    starts = [[int(part) for part in re.findall(r"\d+", str(row[0]))] for row in timetable.sheet.rows]
    assert starts[0][0] == 0
    assert starts[-1][1] == 90
    assert all(before[1] == after[0] for before, after in pairwise(starts))
    assert timetable.sheet.rows[-1][1].endswith("–45")
    assert any(str(row[2]).startswith("6 rounds:") for row in timetable.sheet.rows)


def test_news_come_after_today_and_force_no_move() -> None:
    _, injects = found(FORD)
    assert [each.says for each in injects if each.kind == "news"] == ["Flood (1911-04)", "Sun (1911-06)"]
    assert [each.says for each in injects if each.kind == "rumour"] == ["It is said that this is near: The rider waits"]
    assert injects[0].kind == "news"


def test_without_a_record_no_entry_is_known_to_be_after_today() -> None:
    _, injects = found(re.sub(r"history:\n.*\n", "", FORD))
    assert {each.kind for each in injects} <= {"letter", "new day"}


def rewritten(reading: Reading, says: str) -> Reading:
    """A list as a letter changes it: written from the letter's words alone."""
    wishes = list(reading.statements)
    places = [int(number) - 1 for number in re.findall(r"aim (\d+) \(", says)]
    if says.startswith("Strike out"):
        del wishes[places[0]]
    elif says.startswith("Turn"):
        wishes[places[0]] = replace(wishes[places[0]], want=~wishes[places[0]].want, text="")
    else:
        wishes.insert(places[1], wishes.pop(places[0]))
    return replace(reading, id="as the letter says", statements=tuple(wishes))


@pytest.mark.parametrize("name", ["two_proxies", "patrons", "detente_veto", "ukraine_agency", "hanoi_2019"])
def test_a_letter_turns_the_answer_as_it_says(name: str) -> None:
    """The list of its reader, changed by hand as the letter tells, gives the verdict of which the umpire is told."""
    case = Case(load(name))
    letters = [each for each in picked(case, table_words(case.scenario)) if each.kind == "letter"]
    assert letters
    for letter in letters:
        said = re.fullmatch(
            r"“(.*)” where play ends, if all look ahead: (\w+), not (\w+) as the model has it\.", letter.why
        )
        assert said, letter.why
        names = {table_words(case.scenario).names.thing(key): key for key in case.scenario.outcomes}
        query = Query(names[said[1]])
        assert IN_WORDS[verdict(case, query)] == said[3]
        actor = case.scenario.actor(letter.to)
        new = rewritten(case.reading(actor.id), letter.says)
        actors = tuple(
            replace(a, readings={**a.readings, new.id: new}) if a.id == actor.id else a for a in case.scenario.actors
        )
        after = Case(replace(case.scenario, actors=actors), {**case.chosen, actor.id: new.id})
        assert IN_WORDS[verdict(after, query)] == said[2], letter.says


@pytest.mark.parametrize(
    "name", ["two_proxies", "detente_veto", "elmira", "chicken", "conditional_engagement", "two_fronts"]
)
def test_there_are_six_injects_or_as_many_as_the_model_has(name: str) -> None:
    case = Case(load(name))
    words = table_words(case.scenario)
    injects = picked(case, words)
    assert len(injects) == len(set(injects)) <= MOST
    assert injects == picked(case, words)
    for each in injects:
        if each.kind == "new day":
            analysis = case.analyse(("seq",))
            told = {changed(words, case.game.changes(analysis.cell(), int(c))) for c in analysis.equilibria("seq")}
            assert re.search(r"Put the table so: (.*)\. Go on", each.says)[1] in told  # type: ignore[index]
    assert len(injects) == MOST or name in {"chicken", "elmira"}
