"""Irreversibility: what the models are known to say, brute force on random models, and bad input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from detente.case import CONCEPTS, Case
from detente.cli import main
from detente.errors import TooLarge, Unanswerable, UnknownName
from detente.questions.evolution import reachability
from detente.questions.evolution.irreversibility import Irreversible, Loss, irreversible
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""


def case_of(name: str) -> Case:
    return Case(load(name))


def test_the_panel() -> None:
    """The end of the UN panel is made at the status quo: half of all states, and its return, are out of reach."""
    found = irreversible(case_of("axis_and_sanctions"))
    (panel,) = found.switches
    assert (panel.actor, panel.option, panel.made, panel.now) == ("ru", "ru_panel", True, None)
    assert (panel.general.states, panel.general.of, panel.general.outcomes) == (128, 256, ("panel_restored",))
    assert "cannot be undone" in str(found)


def test_the_air_strike() -> None:
    (strike,) = irreversible(case_of("cuba_oneway")).switches
    assert strike.now is not None
    assert (strike.now.states, strike.now.of, strike.now.equilibria["seq"]) == (6, 12, 2)


def test_elmira_closes_the_plant() -> None:
    """Options with choices and merged states: closing the plant leaves one state of nine."""
    found = irreversible(case_of("elmira"))
    told = {switch.switch: switch.now for switch in found.switches}
    closing = told["change answer from delay to abandon"]
    assert closing is not None
    assert (closing.states, closing.of, closing.outcomes) == (8, 9, ("settled",))
    assert told["change answer from accept to abandon"] is None
    assert len(found.switches) == 4


def test_elmira_by_arcs() -> None:
    found = irreversible(case_of("elmira_graph"))
    told = {switch.switch: switch for switch in found.switches}
    assert told["go from s1 to s9"].now == Loss(
        states=8, of=9, outcomes=("settled",), equilibria={"nash": 2, "gmr": 4, "smr": 4, "seq": 2}
    )
    assert told["go from s2 to s9"].now is None
    assert "go from s1 to s5" not in told


def test_nothing_one_way() -> None:
    found = irreversible(case_of("two_proxies"))
    assert found.switches == ()
    assert "No switch in this model is one-way" in str(found)
    asked = irreversible(case_of("two_proxies"), "us_arm")
    assert [switch.general.states for switch in asked.switches] == [0, 0]


def test_what_the_answer_has_said_is_not_said_again_below_it() -> None:
    told = CliRunner().invoke(main, ["irreversible", "two_proxies"]).output
    assert told.count("No switch in this model is one-way.") == 1
    assert "What one-way moves close off\n  Nothing.\n" in told
    assert (
        "No switch in this model is one-way."
        in CliRunner().invoke(main, ["irreversible", "chicken", "--format", "markdown"]).output
    )


def test_the_same_loss_now_and_in_general_is_one_row() -> None:
    text = "detente: 1\nactors:\n  a: {options: {o: {change: take}, p: {}}, priorities: [o]}\nnow: []\n"
    (sheet,) = irreversible(Case(read_text(text))).sheets()
    assert [row[1:4] for row in sheet.rows] == [("switch on o", "now and in general", "2 of 4 states")]


def test_many_choices() -> None:
    """As many choices as an option may have: chains of switches are found, and one switch out of them is one-way."""
    count = 255
    ring = ", ".join(f"c{n} > c{(n + 1) % (count - 1)}" for n in range(count - 1))
    text = (
        f"detente: 1\nactors: {{a: {{options: {{o: {{choices: [{', '.join(f'c{n}' for n in range(count))}], "
        f"change: [{ring}, c7 > c254]}}}}, priorities: [o = c7]}}}}\nnow: []\n"
    )
    assert [each.switch for each in irreversible(Case(read_text(text))).switches] == ["change o from c7 to c254"]


def test_words_and_json() -> None:
    found = irreversible(case_of("axis_and_sanctions"))
    said = json.loads(json.dumps(found.to_json()))
    assert said["switches"][0]["general"]["outcomes"] == ["panel_restored"]
    assert said["switches"][0]["now"] is None
    assert "<table>" in found._repr_html_()


# --- brute force -------------------------------------------------------------------------------------------------------


def within_reach(game: oracle.Game, start: set[int]) -> set[int]:
    return start.union(*(oracle.reach(game.moves, game.actors, s) for s in start))


def loss(game: oracle.Game, before: set[int], after: set[int]) -> tuple[int, int, tuple[str, ...], dict[str, int]]:
    lost = before - after
    outcomes = [(name, game.holding(name)) for name in game.model["outcomes"]]
    gone = tuple(name for name, good in outcomes if good & before and not good & after)
    return len(lost), len(before), gone, {c: len((oracle.equilibria(game, c) or set()) & lost) for c in CONCEPTS}


def plain(found: Loss | None) -> tuple[Any, ...] | None:
    return None if found is None else (found.states, found.of, found.outcomes, dict(found.equilibria))


def brute(game: oracle.Game, asked: str | None) -> dict[tuple[str, Any, Any], tuple[Any, Any]]:
    """Per switch (option, from, to) what is lost from now and in general."""
    space, now = game.space, game.now
    assert space is not None and now is not None
    found = {}
    for place, option in enumerate(space.options):
        if space.frozen(place) or (asked is not None and option.key != asked):
            continue

        def leads(a: Any, b: Any, option: oracle.Option = option) -> bool:
            seen, todo = {a}, [a]
            while todo:
                here = todo.pop()
                new = {v for v in option.values if v != here and option.may_change(here, v)} - seen
                seen, todo = seen | new, todo + sorted(new, key=str)
            return b in seen

        for a in option.values:
            for b in option.values:
                if a == b or not option.may_change(a, b) or (asked is None and leads(b, a)):
                    continue
                done = {s for s, members in enumerate(game.states) if members[0][place] == b}
                general = loss(game, set(range(len(game.states))), within_reach(game, done))
                here = game.states[now][0]
                there = space.land(tuple(b if p == place else v for p, v in enumerate(here)))
                possible = here[place] == a and there is not None and there in game.moves[option.actor][now]
                assert there is not None or not possible
                from_now = loss(game, within_reach(game, {now}), within_reach(game, {there or 0})) if possible else None
                found[option.key, a, b] = (from_now, general)
    return found


def told(case: Case, found: Irreversible) -> list[tuple[Any, Any]]:
    return [(plain(switch.now), plain(switch.general)) for switch in found.switches]


@pytest.mark.parametrize("kind", ["oneway", "choices", "consequences", "same", "guards", "barred", "never", None])
def test_brute_force(kind: str | None) -> None:
    for seed in range(12):
        model = random_model(seed, kind)
        if model.get("graph"):
            continue
        game = oracle.build(model)
        case = Case(read_text(to_yaml(model), name="random"))
        assert told(case, irreversible(case)) == list(brute(game, None).values()), seed
        key = game.space.options[0].key if game.space else ""
        assert told(case, irreversible(case, key)) == list(brute(game, key).values()), seed


@seeds(4, 10)
def test_brute_force_by_arcs(seed: int) -> None:
    model = random_model(seed, "graph")
    game = oracle.build(model)
    names = [cells[0][0] for cells in game.states]
    expected = {}
    for actor, pairs in model["graph"]["moves"].items():
        for pair in pairs:
            a, b = (names.index(name.strip()) for name in pair.split(">"))
            if a not in within_reach(game, {b}):
                lost = loss(game, within_reach(game, {a}), within_reach(game, {b}))
                expected[actor, f"go from {names[a]} to {names[b]}"] = (lost if a == game.now else None, lost)
    found = irreversible(Case(read_text(to_yaml(model), name="random")))
    assert {(s.actor, s.switch): (plain(s.now), plain(s.general)) for s in found.switches} == expected


def test_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="did you mean us_arm"):
        irreversible(case_of("two_proxies"), "us_arms")
    with pytest.raises(Unanswerable, match="no options"):
        irreversible(case_of("elmira_graph"), "modify")
    monkeypatch.setattr(reachability, "MOST", dict.fromkeys(reachability.MOST, 5))
    with pytest.raises(TooLarge, match="hold options"):
        irreversible(case_of("elmira"))
