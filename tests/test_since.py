"""What has happened since: months in which nobody moved, and what each recorded event speaks for, reading by reading."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from detente.case import Case
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.scenario import load, read_text

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
    shown = {str(sheet.title): sheet for sheet in wide.sheets()}
    scores = shown["Hindcast: recorded moves that the readings explain"]
    told = {
        (str(score.improvements), score.improvements.expected, score.unsanctioned.expected) for score in wide.scores
    }
    assert len(scores.rows) == len(told) < len(wide.scores), "combinations of which the same is told stand in one row"
    assert len(set(scores.rows)) == len(scores.rows) <= 32


@pytest.mark.parametrize("name", ["two_proxies", "ukraine_agency", "alliance_pull"])
def test_every_event_since_has_a_source_that_can_be_reached(name: str) -> None:
    home = load(name)
    for event in home.history:
        assert event.evidence.source, event.date
        assert all(home.sources[source].url for source in event.evidence.source), event.date
