"""What has happened since: months in which nobody moved, and what each recorded event speaks for, reading by reading."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace

import pytest

import detente as dt
from detente.case import Case
from detente.present.brief import page
from detente.questions.brief.values import Since
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.scenario import load, read_text
from detente.scenario.library import text

RECORD = """\
detente: 1
title: Two shops on one street
sources: {paper: {text: The local paper, kind: record}}
actors:
  ann:
    options: {sale: {name: Hold a sale}}
    readings:
      eager: {priorities: [sale]}
      calm: {priorities: [not sale]}
  bob:
    options: {answer: {name: Answer with a sale}}
    readings:
      rival: {priorities: [answer <-> sale]}
      asleep: {priorities: [not answer]}
now: []
history:
  - {date: 2024-11, says: Nobody moved, source: paper}
  - {date: 2024-12, by: ann, set: [sale]}
  - {date: 2025-01, says: Nobody moved again}
"""


STREET = RECORD.replace("sources:", "answer: play\nsources:")
"""The same record beside another question."""


@pytest.fixture
def found() -> Hindcast:
    return hindcast(Case(read_text(RECORD, name="street")))


def test_a_month_without_a_move_holds_everybody(found: Hindcast) -> None:
    assert [event.status for event in found.events] == ["quiet", "move", "quiet"]
    assert found.n == 1
    for score in found.scores:
        held = [(hold.event, hold.actor) for hold in score.holds]
        assert held == [(0, "ann"), (0, "bob"), (1, "bob"), (2, "ann"), (2, "bob")]


def test_what_each_event_speaks_for(found: Hindcast) -> None:
    assert found.speaks(0) == (
        (("ann", "calm"), ("bob", "rival"), ("bob", "asleep")),
        (("ann", "eager"),),
    )
    assert found.speaks(1) == ((("ann", "eager"), ("bob", "rival"), ("bob", "asleep")), (("ann", "calm"),))
    # Whether a rival has reason to wait depends on Ann, who might end the sale: it is on neither side.
    assert found.speaks(2) == ((("ann", "eager"), ("bob", "asleep")), (("ann", "calm"),))


def test_it_follows_from_moves_and_holds_in_every_combination(found: Hindcast) -> None:
    """By definition, from the scores themselves."""
    for number, (actor, names) in itertools.product(range(3), found.order.items()):
        for name in names:
            said = set()
            for score in found.scores:
                if score.readings[actor] != name:
                    continue
                said |= {
                    call.unsanctioned or None
                    for call in score.calls
                    if (call.event, found.events[number].actor) == (number, actor)
                }
                said |= {
                    hold.stable["seq"] or None for hold in score.holds if (hold.event, hold.actor) == (number, actor)
                }
            expected, against = found.speaks(number)
            assert ((actor, name) in expected) == (said == {True}), (number, actor, name)
            assert ((actor, name) in against) == (said == {None}), (number, actor, name)


def test_the_table_people_read(found: Hindcast) -> None:
    shown = "\n".join(map(str, replace(found, every=True).sheets()))
    assert "What each event speaks for" in shown
    assert "expected by" in shown
    assert "Holds of one state are one observation repeated." in shown


def test_the_events_since_2024_separate_no_russia_and_no_pyongyang() -> None:
    """What scored most is that nobody in Moscow and Pyongyang moved, which every reading there expects."""
    home = load("two_proxies")
    found = hindcast(
        Case(home), {"us": ["biden24", "carpenter"], "ru": home.actor("ru").counted, "nk": home.actor("nk").counted}
    )
    assert [told for told in found.told_apart if told.actor in ("ru", "nk") and (told.separated or told.weakly)] == []
    for number in range(len(found.events)):
        expected, _ = found.speaks(number)
        assert {(a, r) for a in ("ru", "nk") for r in found.order[a]} <= set(expected)


def test_many_combinations_are_listed_as_far_as_they_can_be_read() -> None:
    home = load("two_proxies")
    wide = hindcast(Case(home), {actor.id: actor.counted for actor in home.actors})
    shown = {str(sheet.title): sheet for sheet in replace(wide, every=True).sheets()}
    scores = shown["Hindcast: recorded moves that the readings explain"]
    told = {
        (str(score.improvements), score.improvements.expected, score.unsanctioned.expected) for score in wide.scores
    }
    assert len(scores.rows) == len(told) < len(wide.scores), "combinations of which the same is told stand in one row"
    assert len(set(scores.rows)) == len(scores.rows) <= 32


SINCE = {
    "two_proxies": "78b8dc8afb87",
    "ukraine_agency": "3271d8638666",
    "alliance_pull": "0361e0d5374b",
    "patrons": "1c59c0df83cd",
    "conditional_engagement": "19f665cefc79",
    "detente_veto": "ede6e4235cc9",
    "drift_to_war": "82e9e45ee46c",
    "axis_and_sanctions": "b30a551d08d6",
}
"""The models with a record since November 2024, and what their lists were when it was coded: a list that is changed afterwards
changes this, and has to say "after the fact"."""


def lists_of(name: str) -> str:
    """A digest of all lists that are not marked as written with hindsight."""
    told = [
        f"{actor.id} {reading.id}: {'; '.join(map(str, reading.statements))}"
        for actor in load(name).actors
        for reading in actor.readings.values()
        if "after the fact" not in reading.evidence.note.lower()
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", SINCE)
def test_the_lists_are_those_of_november_2024(name: str) -> None:
    assert lists_of(name) == SINCE[name]


@pytest.mark.parametrize("name", SINCE)
def test_a_reading_that_rests_on_what_came_later_says_so(name: str) -> None:
    home = load(name)
    for actor in home.actors:
        for reading in actor.readings.values():
            named = {s for each in reading.statements for s in each.evidence.source} | set(reading.evidence.source)
            later = [source for source in named if home.sources[source].date > "2024-12"]
            notes = " ".join([reading.evidence.note, *(home.sources[source].note for source in later)])
            assert not later or "after the fact" in notes.lower(), (actor.id, reading.id, later)


@pytest.mark.parametrize("name", SINCE)
def test_every_event_since_has_a_source_that_can_be_reached(name: str) -> None:
    home = load(name)
    assert home.history
    for event in home.history:
        assert event.evidence.source, event.date
        assert all(home.sources[source].url for source in event.evidence.source), event.date


@pytest.mark.parametrize("name", SINCE)
def test_the_coding_rules_stand_in_the_file_before_the_events(name: str) -> None:
    before, _, _ = text(name).partition("\nhistory:\n")
    rules = " ".join(before[before.rindex("\n\n") :].replace("\n#", "").split())
    assert "Coding rules, fixed before coding: " in rules
    assert rules.endswith("One coder, who knew the outcome.")


def test_the_brief_says_against_whom_it_speaks_that_nobody_moved() -> None:
    quiet = read_text(STREET.replace("  - {date: 2024-12, by: ann, set: [sale]}\n", ""), name="street")
    study = dt.Study(Case(quiet))
    value = study.brief()["since"].value
    assert isinstance(value, Since)
    assert (value.moves, value.quiet, value.against) == (0, 2, (("ann", "eager"),))
    said = page(study.case, study.brief()).paragraphs["since"]
    assert (
        said
        == "From 2024-11 to 2025-01 nobody is on record as having moved (2 entries), each time against ann as “eager”."
    )
    told = page(study.case, dt.Study(Case(read_text(STREET, name="street"))).brief()).paragraphs["since"]
    assert told.endswith(" In 2 further entries nobody moved, which speaks against no reading.")
