"""Every bundled model gives the results its own file expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from detente.analysis import Analysis, analyse
from detente.conflict import build
from detente.conflict.states import find_state
from detente.scenario import library, load
from detente.scenario.model import Expectation, Scenario

LARGE = ("composite", "composite_strict")
"""Of these, whose states are counted in millions, one line runs at once; the others take several seconds each."""


def cases() -> Iterator[Any]:
    for name in library.names():
        for number, expected in enumerate(load(name).expect):
            marks = [pytest.mark.long] if name in LARGE and (number or name != LARGE[0]) else []
            yield pytest.param(name, number, id=f"{name}-{number}-{'-'.join(expected.readings.values())}", marks=marks)


def cells(analysis: Analysis, listed: Any) -> list[int]:
    return sorted(find_state(analysis.scenario, analysis.conflict, state) for state in listed)


def check_states(analysis: Analysis, expected: Any) -> None:
    assert analysis.states == int(expected)


def check_moves(analysis: Analysis, expected: Any) -> None:
    if isinstance(expected, Mapping):
        assert {actor: analysis.moves(actor) for actor in expected} == {a: int(n) for a, n in expected.items()}
    else:
        assert sum(map(analysis.moves, analysis.actors)) == int(expected)


def check_counts(analysis: Analysis, expected: Any) -> None:
    assert {c: analysis.count(c) for c in expected} == {c: int(n) for c, n in expected.items()}


def check_equilibria(analysis: Analysis, expected: Any) -> None:
    for concept, listed in expected.items():
        assert analysis.equilibria(concept).tolist() == cells(analysis, listed), concept


def check_stability(analysis: Analysis, expected: Any) -> None:
    for concept, actors in expected.items():
        for actor, listed in actors.items():
            assert analysis.equilibria(concept, actors=[actor]).tolist() == cells(analysis, listed), (concept, actor)


def check_status_quo(analysis: Analysis, expected: Any) -> None:
    for concept, verdict in expected.items():
        assert analysis.is_equilibrium(concept, analysis.cell()) is (str(verdict).lower() == "true"), concept


def check_ends(analysis: Analysis, expected: Any) -> None:
    for kind, ends in expected.items():
        found = sorted(sorted(end.tolist()) for end in analysis.play(kind).ends)
        assert found == sorted(cells(analysis, end) for end in ends), kind


def check_outcomes(analysis: Analysis, expected: Any) -> None:
    for outcome, plays in expected.items():
        for kind, value in plays.items():
            if kind == "equilibria":
                assert {c: analysis.count(c, outcome) for c in value} == {c: int(n) for c, n in value.items()}
            else:
                assert analysis.verdict(outcome, kind) == value, (outcome, kind)


CHECKS = {
    "states": check_states,
    "moves": check_moves,
    "counts": check_counts,
    "equilibria": check_equilibria,
    "stability": check_stability,
    "status_quo": check_status_quo,
    "ends": check_ends,
    "outcomes": check_outcomes,
}
"""What can be expected; a key without a check is an error, so that nothing in a file goes untested."""


def expectation(name: str, number: int) -> tuple[Scenario, Expectation]:
    scenario = load(name)
    return scenario, scenario.expect[number]


@pytest.mark.parametrize(("name", "number"), list(cases()))
def test_expected_results(name: str, number: int) -> None:
    scenario, expected = expectation(name, number)
    concepts = ["nash", "gmr", "smr", "seq", "sseq"] if name not in LARGE else ["nash", "seq"]
    analysis = analyse(
        scenario,
        readings=expected.readings,
        world=expected.world or None,
        sanctions=expected.sanctions or "legal",
        concepts=concepts,
    )
    for key, value in expected.results.items():
        CHECKS[key](analysis, value)


def test_the_whole_library_is_there() -> None:
    nine = "two_proxies ukraine_agency detente_veto hanoi_2019 patrons axis_and_sanctions alliance_pull"
    more = "conditional_engagement drift_to_war composite composite_strict composite_core"
    classics = "prisoners_dilemma chicken stag_hunt elmira elmira_graph cuba cuba_oneway syria_iraq_1975 garrison gatt"
    wedges = "italy_1915 ottomans_1914 italy_1940 spain_1941 yugoslavia_1949 china_1950 china_1972 egypt_1979"
    past = " ".join(f"wedge_{name}" for name in wedges.split())
    assert set(f"{nine} {more} {classics} {past}".split()) <= set(library.names())


@pytest.mark.parametrize("name", library.names())
def test_every_model_has_expectations_and_sources(name: str) -> None:
    scenario = load(name)
    assert scenario.expect, "a library file ships the results it should give"
    assert scenario.sources, "a library file says where it comes from"
    assert scenario.title
    assert scenario.question
    assert build(scenario).count > 0


@pytest.mark.first_analysis
def test_the_nine_models_have_all_their_golden_combinations() -> None:
    """162 combinations of readings of the first six models, four concepts, both kinds of play."""
    names = ("two_proxies", "ukraine_agency", "detente_veto", "hanoi_2019", "patrons", "axis_and_sanctions")
    full = [(name, e) for name in names for e in load(name).expect if {"equilibria", "ends"} <= set(e.results)]
    assert len({(name, tuple(sorted(e.readings.items()))) for name, e in full}) == 162
