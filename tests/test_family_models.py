"""The rebuilt models of the case: what the engine says of them is what the definitions say, written down once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from detente.analysis import analyse
from detente.conflict import build
from detente.questions.claims import claims
from detente.scenario import load, read_text
from detente.verification import bare, oracle

REBUILT = ("two_proxies", "patrons", "ukraine_agency", "drift_to_war", "detente_veto")
CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")


def cases() -> Iterator[Any]:
    """Every combination of readings a file expects results of; one of each file unless asked for all."""
    for name in REBUILT:
        for number, expected in enumerate(load(name).expect):
            marks = [pytest.mark.long] if number else []
            yield pytest.param(name, dict(expected.readings), marks=marks, id=f"{name}-{number}")


@pytest.mark.parametrize(("name", "readings"), list(cases()))
def test_the_engine_and_a_slow_enumeration_agree(name: str, readings: dict[str, str]) -> None:
    found = oracle.analyse(bare(load(name)), readings=readings)
    analysis = analyse(load(name), readings=readings, concepts=CONCEPTS)
    assert analysis.states == found["states"]
    assert {each: analysis.count(each) for each in CONCEPTS} == {each: found["counts"][each] for each in CONCEPTS}
    now = analysis.cell()
    for concept in CONCEPTS:
        assert analysis.is_equilibrium(concept, now) is found["status_quo"]["equilibrium"][concept], concept
    for outcome, entry in found["outcomes"].items():
        for play in ("myopic", "foresight"):
            assert analysis.verdict(outcome, play) == entry[play], (outcome, play)


@pytest.mark.parametrize("name", REBUILT)
def test_the_rebuilt_models_stay_small(name: str) -> None:
    assert build(load(name)).count <= 4096


RUSSIA = ("war_need", "need", "wary", "profit", "strategic")
KOREA = ("additive", "substitute", "asset", "settled")


@pytest.mark.parametrize("ru", RUSSIA)
@pytest.mark.parametrize("nk", KOREA)
def test_the_exchange_of_2024_holds_in_every_mix_and_needs_no_deterrence_where_it_is_liked(ru: str, nk: str) -> None:
    analysis = analyse(load("two_proxies"), readings={"ru": ru, "nk": nk}, concepts=["seq"])
    assert analysis.is_equilibrium("seq", analysis.cell())
    liked = ru == "strategic" or nk == "asset"
    assert analysis.verdict("decoupled", "myopic") == ("NONE" if liked else "ALL")


def test_no_reading_that_only_shows_what_a_rule_does_is_counted() -> None:
    russia = load("two_proxies").actor("ru")
    assert russia.counted == RUSSIA
    assert "rule" in russia.readings


INDUCE = """
detente: 1
title: Chicken
actors:
  one: {options: {one_stops: }, priorities: [one_stops or two_stops, not one_stops, two_stops]}
  two: {options: {two_stops: }, priorities: [one_stops or two_stops, not two_stops, one_stops]}
now: []
claims:
  K1:
    says: To throw the wheel away is enough
    sentence: will
    test: {induce: {by: one, set: [not one_stops]}, expect: some}
  K2:
    says: There is nothing to gain by stopping first
    sentence: will
    test: {induce: {by: one, set: [one_stops]}, expect: none}
  K3:
    says: The driver would stand by it
    sentence: will
    test: {induce: {by: one, kept: yes}, expect: some}
"""


def test_claims_ask_what_somebody_can_bring_about_by_committing_himself_first() -> None:
    register = claims(read_text(INDUCE))
    assert [row.status for row in register] == ["follows", "follows", "follows"]
    found = register["K1"].findings[0]
    assert found.cells[0].verdict == "not one_stops (strong, kept)"
    assert found.test.question.words() == "is not one_stops an inducement of one under foresight play?"


def test_the_line_of_2024_is_kept_by_what_each_would_withhold() -> None:
    row = claims(load("two_proxies"), ["C11"])["C11"]
    assert row.status == "depends"
    assert row.label == "depends on nk"
