"""Third parties: facts, the law that a third party is an actor like any other, brute force of its moves, bad input."""

from __future__ import annotations

import copy
import dataclasses
import json
import random
from typing import Any

import pytest

from detente.case import CONCEPTS, Case
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.policy.third_party import ThirdParty, _arcs, third_parties, third_party
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis


@pytest.mark.parametrize(
    ("name", "intervention"), [("elmira_graph", "s5 > s8"), ("elmira", "s5 > modify, answer = accept")]
)
def test_an_arbiter_opens_the_trap(name: str, intervention: str) -> None:
    """Somebody who can take Elmira from s5 to the settlement s8, and wants one, ends the trap; an idle one does not."""
    found = third_party(Case(load(name)), [intervention], wants=["settled"])
    assert (found.lost("nash"), found.gained("nash"), found.moves) == (("s5",), (), 1)
    assert (found.without.ends["myopic"], found.with_it.ends["myopic"]) == ((("s5",),), (("s8",),))
    assert found.with_it.outcomes["settled"] == {"myopic": "ALL", "foresight": "NONE"}
    assert found.with_it.ends["foresight"] == (("s1",),)  # the local government sees it coming and does not insist
    assert found.once == ()  # at the status quo, s1, it can do nothing yet
    idle = third_party(Case(load(name)), [intervention])
    assert idle.lost("nash") == idle.lost("seq") == ()
    assert idle.with_it.ends == idle.without.ends
    assert "wants nothing" in str(idle)


def test_acting_once() -> None:
    found = third_party(Case(load("elmira")), ["answer = delay > answer = accept, modify"], ["settled"])
    (act,) = found.once
    assert (act.target, act.ends["foresight"]) == ("s4", (("s8",),))
    assert act.outcomes["settled"] == {"myopic": "ALL", "foresight": "ALL"}


STANDOFF = """
detente: 1
title: A stand-off
actors:
  north: {options: {north_arms: }, priorities: [not south_arms, north_arms]}
  south: {options: {south_arms: }, priorities: [not north_arms, south_arms]}
now: [north_arms, south_arms]
"""


def test_no_table_is_empty() -> None:
    """Where the file names no outcomes, and the third party can do nothing now, it is said where play ends, and why."""
    found = third_party(Case(read_text(STANDOFF)), ["not north_arms > south_arms"])
    assert "Nothing." not in str(found)
    assert "None of its interventions is open today." in str(found)
    (play,) = [sheet for sheet in found.sheets() if sheet.title == "Where play ends"]
    assert play.rows == (("myopic", "4", "4"), ("foresight", "4", "4"))


def test_without_a_status_quo_equilibria_are_compared() -> None:
    with_now, without = (
        third_party(Case(read_text(text)), ["north_arms > not south_arms"], ["not south_arms"])
        for text in (STANDOFF + "outcomes: {calm: not north_arms}\n", STANDOFF.replace("now:", "# now:"))
    )
    assert without.with_it.equilibria == with_now.with_it.equilibria
    assert (without.with_it.ends, without.with_it.outcomes, without.once) == ({}, {}, ())
    assert "no state of today" in str(without) and "Where play ends" not in str(without)
    assert json.loads(json.dumps(without.to_json()))["with"]["ends"] == {}


# --- brute force -------------------------------------------------------------------------------------------------


def places(found: ThirdParty, states: Any) -> list[int]:
    names = list(found.states)
    return [names.index(state) for state in states]


@seeds(14, 40)
def test_a_third_party_is_an_actor(seed: int) -> None:
    assert_actor(seed)


@blocks(2, 8)
def test_at_length(block: int) -> None:
    for seed in range(1000 + 200 * block, 1200 + 200 * block):
        assert_actor(seed)
        assert_interventions(seed, KINDS[seed % len(KINDS)])


def assert_actor(seed: int) -> None:
    """The last actor of a random graph, taken out and brought back as a third party, changes nothing."""
    model, sanctions = random_model(seed, "graph"), ("legal", "one-step")[seed % 2]
    last = list(model["actors"])[-1]
    wants = list(model["outcomes"]) if seed % 3 else []
    model["actors"][last] = {"priorities": wants or ["true"]}
    without = copy.deepcopy(model)
    del without["actors"][last]
    arcs = without["graph"]["moves"].pop(last)
    if not without["actors"]:
        return
    found = third_party(Case(read_text(to_yaml(without)), sanctions=sanctions), arcs, wants)
    for picture, game in ((found.with_it, oracle.build(model)), (found.without, oracle.build(without))):
        for concept in CONCEPTS:
            held = oracle.equilibria(game, concept, sanctions) or set()
            assert places(found, picture.equilibria[concept]) == sorted(held), (seed, concept)
        for kind in ("myopic", "foresight"):
            ends = oracle.ends(game, kind, sanctions)
            assert sorted(sorted(places(found, end)) for end in picture.ends[kind]) == sorted(map(sorted, ends or ()))
            for name in model["outcomes"]:
                assert picture.outcomes[name][kind] == oracle.verdict(ends, game.holding(name)), (seed, name)


KINDS = ("plain", "never", "consequences", "choices", "oneway")


@pytest.mark.parametrize("kind", KINDS)
def test_where_interventions_lead(kind: str) -> None:
    for seed in range(4):
        assert_interventions(seed, kind)


def assert_interventions(seed: int, kind: str) -> None:
    """In option form: the settings replaced, then consequences and feasibility, whoever owns the options."""
    model = random_model(seed, kind)
    game: Any = oracle.build(model)
    space, rng = game.space, random.Random(seed)
    where = rng.choice(sorted(model["outcomes"]))
    places = [p for p in range(len(space.options)) if not space.frozen(p)]
    at = rng.choice(places)
    option = space.options[at]
    value = rng.choice(option.values)
    what = option.names[0] if value is True else f"not {option.names[0]}"
    what = what if isinstance(value, bool) else f"{option.names[0]} = {value}"
    expected = set()
    for s in game.holding(where):
        cell = space.states[s][0]
        landed = space.land((*cell[:at], value, *cell[at + 1 :]))
        expected |= {(s, landed)} - {(s, s), (s, None)}
    arcs = _arcs(Case(read_text(to_yaml(model))), f"{where} > {what}")
    assert set(zip(arcs.start.tolist(), arcs.end.tolist(), strict=True)) == expected, (seed, kind)


def test_an_idle_third_party_changes_nothing() -> None:
    """One who can never act leaves everything as it is, whatever it wants."""
    for name in ("elmira", "two_proxies", "chicken"):
        case = Case(load(name))
        option = case.scenario.options[0]
        found = third_party(case, [f"false > {option.key}" if option.binary else "false > not insist"], ["true"])
        assert (found.with_it, found.moves, found.once) == (found.without, 0, ())


def test_how_interventions_are_written_does_not_matter() -> None:
    """Twice the same, in another order, or one `or` in two: the same third party."""
    case = Case(load("two_proxies"))
    whole = third_party(case, ["nk_troops or nk_arms > not nk_troops", "true > not us_arm"], ["not nk_troops"])
    parts = ["true > not us_arm", "nk_arms > not nk_troops", "nk_troops > not nk_troops", "true > not us_arm"]
    again = third_party(case, parts, ["not nk_troops"])
    assert (whole.with_it, whole.without, whole.moves) == (again.with_it, again.without, again.moves)


def test_third_parties_of_a_file() -> None:
    """What the file says is the same question."""
    case = Case(load("two_proxies"))
    (found,) = third_parties(case)
    asked = third_party(case, ["nk_troops > not nk_troops"], ["not nk_troops"])
    assert dataclasses.replace(found, name="") == asked
    assert found.name == "Beijing leans on Pyongyang"
    assert found.with_it.outcomes["troops_home"]["foresight"] == "ALL"
    assert third_parties(case, "beijing") == (found,)
    with pytest.raises(UnknownName, match="did you mean beijing"):
        third_parties(case, "beijng")
    with pytest.raises(InputError, match="no third parties"):
        third_parties(Case(load("chicken")))


# --- handing on, refusing ----------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = third_party(Case(load("elmira")), ["answer = delay > answer = accept"], ["settled"])
    said = json.loads(json.dumps(found.to_json()))
    assert said["with"]["outcomes"]["settled"]["myopic"] in ("ALL", "SOME", "NONE")
    assert said["once"][0]["target"] == "s3"
    assert "If the third party acts once" in str(found)
    assert "<table>" in found._repr_html_()


def test_bad_questions() -> None:
    case = Case(load("elmira"))
    with pytest.raises(InputError, match="at least one intervention"):
        third_party(case, [])
    with pytest.raises(InputError, match="with one > in it"):
        third_party(case, ["modify"])
    with pytest.raises(InputError, match="expected a list"):
        third_party(case, "s5 > modify")
    with pytest.raises(InputError, match="expected a list"):
        third_party(case, ["s5 > modify"], wants="settled")
    with pytest.raises(InputError, match="did you mean modify"):
        third_party(case, ["s5 > modifi"])
    with pytest.raises(UnknownName, match="state"):
        third_party(Case(load("elmira_graph")), ["s5 > s88"])
    with pytest.raises(TooLarge, match="up to 4,096"):
        third_party(Case(load("composite")), ["true > ru_link"])
