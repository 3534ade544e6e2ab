"""Lever sets: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from typing import Any

import pytest

from brute import held_moves, held_scores
from detente.case import Case, said
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.policy import levers as module
from detente.questions.policy.levers import Levers, levers, sufficing
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------


def ask(model: str, actor: str, goal: str, play: str = "foresight", **readings: str) -> Levers:
    return levers(Case(load(model), readings=readings), actor, goal, play)


def minimal(found: Levers) -> list[str]:
    return sorted(said(each.flips) for each in found.minimal)


PACKAGE, CHANNELS = "not us_arm, not us_nato", "us_chan_ru, us_chan_nk"


@pytest.mark.parametrize(
    ("goal", "ru", "nk", "expected"),
    [
        ("decoupled", "need", "substitute", [PACKAGE]),
        ("decoupled", "need", "additive", [PACKAGE]),
        ("decoupled", "profit", "substitute", []),
        ("decoupled", "profit", "additive", []),
        ("troops_home", "need", "substitute", [PACKAGE, "us_recog"]),
        ("troops_home", "need", "additive", [PACKAGE]),
        ("troops_home", "profit", "substitute", ["us_recog"]),
        ("troops_home", "profit", "additive", []),
    ],
)
def test_two_proxies(goal: str, ru: str, nk: str, expected: list[str]) -> None:
    """M1, for the president article A hopes for as for the one in office: the settings decide, not who holds them."""
    for us in ("carpenter", "biden24"):
        assert minimal(ask("two_proxies", "us", goal, us=us, ru=ru, nk=nk)) == expected


def test_recognition_is_not_necessary_but_arms_and_the_door_are() -> None:
    """C7 is contradicted, C19 holds."""
    found = ask("two_proxies", "us", "decoupled", us="carpenter")
    assert found.is_necessary("us_recog") is False
    assert (found.is_necessary("us_arm"), found.is_necessary("us_nato")) == (True, True)
    assert found.necessary == found.required == {"us_arm": False, "us_nato": False}
    assert ask("two_proxies", "us", "decoupled", ru="profit").is_necessary("us_arm") is None


def test_only_with_recognition_would_the_package_be_kept() -> None:
    found = ask("two_proxies", "us", "decoupled", us="carpenter")
    (package,) = found.minimal
    assert package.self_enforcing is False
    assert package.kept["us"].leaves == {"us_recog": True}
    assert [said(each.flips) for each in found.self_enforcing] == ["not us_arm, not us_nato, us_recog"]
    assert found.self_enforcing[0].kept["us"].nash is True


def test_the_president_in_office_would_leave_at_once() -> None:
    found = ask("two_proxies", "us", "decoupled", us="biden24")
    assert found.self_enforcing == ()
    assert [dict(each.kept["us"].leaves or {}) for each in found.minimal] == [{"us_arm": True, "us_nato": True}]


@pytest.mark.parametrize("hawk", ["reflex", "results"])
@pytest.mark.parametrize("nk", ["reciprocal", "eager", "pockets"])
def test_isolation_must_go_wherever_anything_works(hawk: str, nk: str) -> None:
    """C22 in M3; and (iii), (v), (vi): what brings the troops home depends on Pyongyang."""
    for goal in ("detente", "detente_and_troops_home"):
        found = ask("detente_veto", "us", goal, us="courage", hawk=hawk, nk=nk)
        if found.sufficient:
            assert found.necessary == {"us_recog": True, "us_cvid": False}
        assert bool(found.sufficient) == (goal == "detente" or nk == "eager")


@pytest.mark.parametrize("ru", ["stays", "leaves"])
@pytest.mark.parametrize("cn", ["joins", "contained"])
def test_no_setting_reaches_the_package_with_a_trader(ru: str, cn: str) -> None:
    """M8 and C57."""
    for goal in ("package", "step"):
        assert not ask("conditional_engagement", "us", goal, nk="trader", ru=ru, cn=cn).sufficient


def test_benefits_alone_suffice_once_moscow_is_gone() -> None:
    """M8: under needs_all with Russia out; a larger set gives deterrence away, which the package includes."""
    found = ask("conditional_engagement", "us", "step", nk="needs_all", ru="leaves")
    assert (minimal(found), found.self_enforcing) == (["us_ben"], found.minimal)
    package = ask("conditional_engagement", "us", "package", nk="needs_all", ru="leaves")
    assert minimal(package) == ["us_ben"]
    assert [dict(trial.flips) for trial in package.failing] == [{"us_ben": True, "us_deter": False}]
    assert package.required == {"us_ben": True, "us_deter": True}


@pytest.mark.parametrize("us", ["courage", "timid"])
@pytest.mark.parametrize("ru", ["spiral", "deterrence"])
@pytest.mark.parametrize("nk", ["spiral", "deterrence"])
def test_both_channels_together_and_only_against_fear(us: str, ru: str, nk: str) -> None:
    """M9, C27: against myopic drift, if both adversaries are spiral types; the escalation option stays free."""
    case = Case(load("drift_to_war"), readings={"us": us, "ru": ru, "nk": nk})
    found = levers(case, "us", "no_war", "myopic", hold="flipped", among=["us_chan_ru", "us_chan_nk"])
    assert minimal(found) == ([CHANNELS] if (ru, nk) == ("spiral", "spiral") else [])


def test_holding_as_it_is_disarms() -> None:
    """M5: merely holding Russia as it is makes the troops go home; Russia would not stay there."""
    found = ask("patrons", "ru", "not nk_troops")
    assert minimal(found) == [""]
    assert "disarms" in found.minimal[0].warnings[0]
    assert found.free == "NONE"
    assert found.minimal[0].self_enforcing is False


def test_a_coalition() -> None:
    found = levers(Case(load("conditional_engagement")), ["us", "nk"], "package")
    assert {"us_ben": True, "nk_step": True, "nk_build": False} in [dict(each.flips) for each in found.minimal]
    assert found.infeasible
    assert list(found.minimal[0].kept) == ["us", "nk"]


def test_what_cannot_be_switched_is_no_lever() -> None:
    found = levers(Case(load("axis_and_sanctions")), "ru", "not ru_shield")
    assert (found.options, found.settled) == (("ru_shield",), ("ru_panel",))


def test_options_with_choices() -> None:
    """Elmira: the firm may delay (as now), accept or abandon; the council cannot be asked to undo an abandoned plant."""
    found = levers(Case(load("elmira")), "uniroyal", "not answer = delay")
    assert sorted(str(each.flips["answer"]) for each in found.minimal) == ["abandon", "accept"]
    assert found.necessary == {}
    assert found.is_necessary("answer") is True


# --- brute force -------------------------------------------------------------------------------------------------


def brute_force(
    model: Any, sanctions: str, members: tuple[str, ...], goal: str, play: str, hold: str
) -> dict[str, Any]:
    """The definitions, on the oracle's states: try every setting, remove the moves of what is held, look where play ends."""
    game: Any = oracle.build(model)
    space = game.space
    start = space.settle(space.cell_of(model["now"]))
    own = [place for place, option in enumerate(space.options) if option.actor in members]
    choices = {place: [v for v in closure(space, place, start[place]) if v != start[place]] for place in own}
    good, found = game.holding(goal), []
    for raw in itertools.product(*([start[place], *choices[place]] for place in own)):
        flips = {place: value for place, value in zip(own, raw, strict=True) if value != start[place]}
        held = set(own) if hold == "all" else set(flips)
        cell = tuple(flips.get(place, value) for place, value in enumerate(start))
        settled = space.settle(cell)
        if not space.feasible(settled) or any(settled[place] != cell[place] for place in held):
            continue
        moves = held_moves(game, {place: cell[place] for place in held})
        kept_so = {space.options[place].key: cell[place] for place in held}
        scores = {actor: held_scores(game, actor, kept_so) for actor in game.actors}
        other = dataclasses.replace(game, moves=moves, now=space.land(cell), scores=scores)
        ends = oracle.ends(other, play, sanctions) or []
        kept = {
            actor: [
                set(itertools.chain(*ends)) <= (oracle.stable_states(game, concept, actor, sanctions) or set())
                for concept in ("seq", "nash")
            ]
            for actor in members
        }
        keyed = frozenset((space.options[place].key, value) for place, value in flips.items())
        found.append((keyed, oracle.verdict(ends, good), [oracle.show_all(game, end) for end in ends], kept))
    sufficient = [flips for flips, verdict, _, _ in found if verdict == "ALL"]
    return {
        "trials": {flips: verdict for flips, verdict, _, _ in found},
        "minimal": {flips for flips in sufficient if not any(other < flips for other in sufficient)},
        "necessary": set(frozenset.intersection(*sufficient)) if sufficient else set(),
        "ends": {flips: ends for flips, verdict, ends, _ in found if verdict == "ALL"},
        "kept": {flips: kept for flips, verdict, _, kept in found if verdict == "ALL"},
    }


def closure(space: oracle.Space, place: int, value: Any) -> list[Any]:
    option, seen = space.options[place], [value]
    if space.frozen(place) or option.change == "fixed":
        return seen
    for here in seen:
        seen += [v for v in option.values if v not in seen and option.may_change(here, v)]
    return seen


def key(flips: Any) -> frozenset[Any]:
    return frozenset(flips.items())


def assert_same(seed: int, kind: str | None) -> None:
    model = random_model(seed, kind)
    if "graph" in model:
        with pytest.raises(Unanswerable):
            levers(Case(read_text(to_yaml(model))), "ash", "true")
        return
    rng = random.Random(seed)
    members = tuple(rng.sample(sorted(model["actors"]), rng.choice((1, 1, 2))))
    sanctions, play = rng.choice(("legal", "one-step")), rng.choice(("foresight", "myopic"))
    hold, goal = rng.choice(("all", "flipped")), rng.choice(sorted(model["outcomes"]))
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    expected = brute_force(model, sanctions, members, goal, play, hold)
    found = levers(case, members, goal, play, hold=hold)
    about = f"seed {seed}, kind {kind}, {members}, {goal}, {play}, {hold}"
    assert {key(trial.flips): trial.verdict for trial in found.trials} == expected["trials"], about
    assert {key(each.flips) for each in found.minimal} == expected["minimal"], about
    if hold == "all":
        quick = sufficing(case, members, goal, play)
        assert (quick.trials, quick.now) == (found.trials, found.now), about
        assert [each.flips for each in quick.minimal] == [each.flips for each in found.minimal], about
        assert [each.flips for each in quick.sufficient] == [each.flips for each in found.sufficient], about
    assert set(found.necessary.items()) == expected["necessary"], about
    assert {key(each.flips): [list(end.states) for end in each.ends] for each in found.sufficient} == expected[
        "ends"
    ], about
    kept = {
        key(each.flips): {actor: [kept.seq, kept.nash] for actor, kept in each.kept.items()}
        for each in found.sufficient
    }
    assert kept == expected["kept"], about
    inside = [trial for trial in found.trials if any(small < key(trial.flips) for small in expected["minimal"])]
    assert list(found.failing) == [trial for trial in inside if trial.verdict != "ALL"], about


@models(40)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(20, 20)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = ask("two_proxies", "us", "decoupled", us="carpenter")
    said_json = json.loads(json.dumps(found.to_json()))
    assert said_json["minimal"][0]["flips"] == {"us_arm": False, "us_nato": False}
    assert said_json["basis"]["readings"]["us"] == "carpenter"
    assert said_json["tried"] == 8
    assert "not us_arm, not us_nato" in str(found)
    assert "<table>" in found._repr_html_()
    assert "Nothing that us can hold" in str(ask("two_proxies", "us", "decoupled", ru="profit"))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("uss", "decoupled"), UnknownName, "did you mean us"),
        (("us", "decoupld"), InputError, "did you mean decoupled"),
        (("us", "decoupled", "far"), UnknownName, "kind of play"),
        (([], "decoupled"), InputError, "name the actor"),
    ],
)
def test_bad_questions(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        levers(Case(load("two_proxies")), *arguments)


def test_more_bad_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="way of holding"):
        levers(case, "us", "decoupled", hold="some")
    with pytest.raises(UnknownName, match="option to switch"):
        levers(case, "us", "decoupled", among=["ru_link"])
    with pytest.raises(UnknownName):
        ask("two_proxies", "us", "decoupled").is_necessary("ru_link")
    monkeypatch.setattr(module, "MOST", 7)
    with pytest.raises(TooLarge, match="`among` us_arm"):
        levers(case, "us", "decoupled")
    assert len(levers(case, "us", "decoupled", among=["us_arm", "us_nato"]).trials) == 4


def crowded() -> Case:
    """Two actors with 13 options each: 2^13 settings of one, and 2^13 states that the other can change at will."""
    own = "".join(f"      {{actor}}{n}:\n" for n in range(13))
    actors = "".join(f"  {a}:\n    options:\n{own.format(actor=a)}    priorities: [a0 iff b0, b1]\n" for a in "ab")
    return Case(read_text(f"detente: 1\nactors:\n{actors}now: []\n"))


def test_too_many_moves_are_refused_with_an_estimate_and_the_way_on() -> None:
    """Hours, so nothing is begun."""
    with pytest.raises(TooLarge, match=r"8,192 settings to try, each with up to 67,108,864 moves .* some 8 hours"):
        levers(crowded(), "a", "b1")


@pytest.mark.long
def test_the_way_on_from_too_many_moves() -> None:
    """Long because each of the two settings has 67 million moves to look at."""
    assert len(levers(crowded(), "a", "b1", among=["a0"]).trials) == 2
