"""Observations that separate readings: words by definition, brute force on random models, hindcasts, and what is said."""

from __future__ import annotations

import functools
import itertools
import json
import random
from typing import Any

import pytest

from detente.case import Case
from detente.errors import InputError, UnknownName
from detente.questions.history.hindcast import hindcast
from detente.questions.uncertainty import observations as module
from detente.questions.uncertainty import telling_apart
from detente.questions.uncertainty.expectations import expectation, separation
from detente.questions.uncertainty.observations import Observations, observations
from detente.scenario import load, read_text
from detente.study import Study
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models, seeds

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- brute force -----------------------------------------------------------------------------------------------------

Seen = tuple[int, str, int | None]
"""At a state, an actor's move to another one, or (None) that it stayed."""


class Judge:
    """The definitions on the oracle's states, under one choice of readings."""

    def __init__(self, model: Any, readings: dict[str, str], sanctions: str) -> None:
        self.game: Any = oracle.build(model, readings)
        self.sanctions = sanctions
        # Every word is asked for again for every pair of readings.
        self.word, self.unsanctioned = functools.cache(self.find_word), functools.cache(self.find_unsanctioned)
        self.layers = functools.cache(self.find_layers)

    def find_unsanctioned(self, actor: str, state: int) -> set[int]:
        score = self.game.scores[actor]
        reply = oracle.replies(self.game, actor, "improvements", self.sanctions)
        return {
            target
            for target in self.game.improvements[actor][state]
            if all(score[answer] > score[state] for answer in reply[target])
        }

    def find_word(self, seen: Seen) -> str:
        state, actor, target = seen
        better, sure = self.game.improvements[actor][state], self.unsanctioned(actor, state)
        if target is None:
            return "expected" if not better else "contradicted" if sure else "possible"
        return "expected" if target in sure else "possible" if target in better else "contradicted"

    def find_layers(self, within: int) -> list[set[int]]:
        """States by the number of legal moves that reach them."""
        layers = [{self.game.now}]
        while len(layers) <= within:
            known = set().union(*layers)
            layers.append({t for s in layers[-1] for moves in self.game.moves.values() for t in moves[s]} - known)
        return layers

    def everything(self, states: set[int]) -> list[Seen]:
        """Every move, and every stay of somebody who could move, at these states."""
        return [
            (state, actor, target)
            for state in states
            for actor, moves in self.game.moves.items()
            if moves[state]
            for target in (None, *moves[state])
        ]


def compared(one: str, other: str) -> str:
    if {one, other} == {"expected", "contradicted"}:
        return "separated"
    return "weakly separated" if one != other else "not separated"


def best(left: Judge, right: Judge, within: int) -> tuple[str, int | None, int]:
    """What tells two choices of readings apart best, how near the nearest of that is, and how many are as near."""
    for how in ("separated", "weakly separated"):
        for depth, states in enumerate(left.layers(within)):
            found = [s for s in left.everything(states) if compared(left.word(s), right.word(s)) == how]
            if found:
                return how, depth, len(found)
    return "not separated", None, 0


def rivals(model: Any, rng: random.Random) -> Any:
    """The model with a second reading for those who have one list only: the same upside down."""
    for actor in model["actors"].values():
        if actor.get("priorities") and rng.random() < 0.7:
            wishes = actor.pop("priorities")
            actor["readings"] = {"as_is": {"priorities": wishes}, "turned": {"priorities": wishes[::-1]}}
    return model


def assert_same(seed: int, kind: str | None) -> None:
    rng = random.Random(seed)
    model, sanctions, within = (
        rivals(random_model(seed, kind), rng),
        rng.choice(("legal", "one-step")),
        rng.randint(0, 2),
    )
    readings = {actor: list(spec.get("readings") or {}) for actor, spec in model["actors"].items()}
    several = [actor for actor, names in readings.items() if len(names) > 1][:3]
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    chosen = dict(oracle.build(model).readings)
    judges: dict[tuple[str, ...], Judge] = {}

    def judge(changed: dict[str, str]) -> Judge:
        wanted = {**chosen, **changed}
        key = tuple(wanted.values())
        if key not in judges:
            judges[key] = Judge(model, wanted, sanctions)
        return judges[key]

    found = observations(case, several, within=within)
    about = f"seed {seed}, kind {kind}, within {within}, {sanctions}"
    expected = {
        (actor, left, right): best(judge({actor: left}), judge({actor: right}), within)
        for actor in several
        for left, right in itertools.combinations(readings[actor], 2)
    }
    assert {(p.actor, p.left, p.right): (p.how, p.steps, p.count) for p in found.readings} == expected, about
    shown = {json.dumps(oracle.show(judge({}).game, s)): s for s in range(len(judge({}).game.states))}
    for pair in found.readings:
        for sighting in pair.sightings:
            sides = [judge({pair.actor: name}) for name in (pair.left, pair.right)]
            assert_sighting(sighting, sides, shown, about)
            assert compared(sighting.left, sighting.right) == pair.how, about
    grid = [dict(zip(several, names, strict=True)) for names in itertools.product(*(readings[a] for a in several))]
    assert_accounts(found, grid, [judge(each) for each in grid], within, about)


def assert_sighting(sighting: Any, sides: list[Judge], shown: dict[str, int], about: str) -> None:
    """It is an observation of which the two readings say these words."""
    seen = sighting.observation
    at, game = shown[json.dumps(dict(seen.state))], sides[0].game
    words = [sighting.left, sighting.right]
    if not seen.move:
        assert [side.word((at, seen.actor, None)) for side in sides] == words, about
    else:
        moves = game.moves[seen.actor][at]
        assert words in [[side.word((at, seen.actor, target)) for side in sides] for target in moves], about


def assert_accounts(found: Observations, grid: list[Any], sides: list[Judge], within: int, about: str) -> None:
    if len(grid) < 2:
        assert found.accounts is None
        return
    told = found.accounts
    assert told is not None
    pairs = {(i, j): best(sides[i], sides[j], within) for i, j in itertools.combinations(range(len(grid)), 2)}
    hows = [how for how, _, _ in pairs.values()]
    counts = [hows.count(how) for how in ("separated", "weakly separated", "not separated")]
    assert [told.separated, told.weakly, told.not_separated] == counts, about
    assert (told.number, told.pairs) == (len(grid), len(pairs)), about
    steps = [str(depth) for how, depth, _ in pairs.values() if how == "separated"]
    assert told.nearest == {depth: steps.count(depth) for depth in sorted(set(steps))}, about
    alike = {
        frozenset((grid.index(dict(a)), grid.index(dict(b))))
        for g in told.alike
        for a, b in itertools.combinations(g, 2)
    }
    assert alike == {frozenset(pair) for pair, (how, _, _) in pairs.items() if how == "not separated"}, about
    adds = sum(watch.adds for watch in told.watch)
    assert adds == told.separated or (len(told.watch) == telling_apart.WATCHED and adds < told.separated), about
    assert [watch.adds for watch in told.watch] == sorted((watch.adds for watch in told.watch), reverse=True), about
    for watch in told.watch:
        assert watch.expected + watch.possible + watch.contradicted == len(grid), about
        assert watch.separates == watch.expected * watch.contradicted, about


@models(16)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(10, 10)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


@seeds(4, 10)
def test_one_word_at_a_time(seed: int) -> None:
    """`expectation` says of each move, and of staying, what the definition says."""
    model = random_model(seed, ("plain", "graph", "guards", "ties")[seed % 4])
    case = Case(read_text(to_yaml(model)))
    analysis, judge = case.analyse(("seq",)), Judge(model, {}, "legal")
    cells = case.game.states.tolist()
    for state, actor, target in judge.everything(set(range(len(cells)))):
        to = None if target is None else cells[target]
        word = expectation(analysis, cells[state], case.game.index(actor), to)
        assert word == judge.word((state, actor, target)), (seed, state, actor, target)


def test_what_is_no_move_is_no_observation() -> None:
    case = Case(load("drift_to_war"))
    with pytest.raises(InputError, match="an observation is a legal move, or that an actor stayed"):
        expectation(case.analyse(("seq",)), case.game.cell(None), 0, case.game.cell(None))


@pytest.mark.parametrize(("one", "other"), list(itertools.product(("expected", "possible", "contradicted"), repeat=2)))
def test_separation(one: str, other: str) -> None:
    assert separation(one, other) == separation(other, one) == compared(one, other)


# --- findings and words ----------------------------------------------------------------------------------------------


def test_need_and_profit_look_alike_from_here() -> None:
    """As the others are, nothing within three moves tells why Russia keeps the tie; a rule-bound one would show at once."""
    found = observations(Case(load("two_proxies")))
    assert found.pair("ru", "profit", "need").how == "not separated"
    assert (found.pair("ru", "need", "rule").how, found.pair("ru", "need", "rule").steps) == ("separated", 1)
    first, accounts, watch = found.sheets()
    assert first.title == "What would tell two readings of an actor apart, at most 3 legal moves from here"
    assert first.columns == ("actor", "observation", "seen", "speaks for", "speaks against")
    assert ("ru", "none within 3", "", "need or profit", "") in first.rows
    assert ("ru", "ru stays", "after ru: not ru_link", "need", "rule") in first.rows
    assert ("us", "us: not us_arm, not us_nato", "today", "carpenter", "biden24") in first.rows
    assert first.notes[1:] == (
        "Everybody else has the reading chosen for this case.",
        "Expected: an improvement that no counter-move spoils; to stay, where nothing is an improvement.",
        "Possible: an improvement that a counter-move could spoil; to stay, where every improvement is one.",
        "Contradicted: no improvement; to stay, where something safe was to be gained.",
        "Told apart: expected under one reading and contradicted under the other.",
    )
    assert accounts.title == "Whole accounts, two by two: 36 combinations of readings, 630 pairs"
    assert accounts.rows == (
        ("told apart today", 348),
        ("told apart after 1 move", 225),
        ("told apart weakly only", 27),
        ("none within 3", 30),
    )
    assert watch.rows[0] == ("us stays", "today", 324, "us=biden24, us=harris_b", "us=carpenter, us=trump_b")
    assert watch.notes == (
        "Told apart: pairs of accounts that it separates and nothing further up does.",
        "Whether any of it will happen is not said here.",
    )


TIE = """
detente: 1
title: A tie
actors:
  a: {options: {x: }, readings: {keen: {priorities: [x]}, wary: {priorities: [not y, x]}, set: {priorities: [not x]}}}
  b: {options: {y: }, priorities: [x <-> y]}
now: []
"""


def test_weakly() -> None:
    """That a moves is expected of the keen, and only possible for the wary: the other may answer."""
    found = observations(Case(read_text(TIE)), within=0)
    pair = found.pair("a", "keen", "wary")
    assert (pair.how, pair.steps) == ("weakly separated", 0)
    (sheet, *_) = found.sheets()
    assert ("a", "a: x", "today", "keen (expected)", "wary (possible)") in sheet.rows
    assert "With words in brackets: told apart weakly, since the words merely differ." in sheet.notes
    assert found.pair("a", "keen", "set").how == "separated"


def test_a_model_without_rival_readings() -> None:
    found = observations(Case(load("elmira")))
    assert (found.readings, found.accounts) == ((), None)
    (sheet,) = found.sheets()
    assert sheet.notes == ("No actor has two readings to tell apart.",)


def test_a_graph() -> None:
    model = random_model(4, "graph")
    assert observations(Case(read_text(to_yaml(model)))).states >= 1


def test_handing_on() -> None:
    found = Study(load("hanoi_2019")).observations(["nk"], within=1)
    document = found.to_json()
    assert json.loads(json.dumps(document)) == document
    (pair,) = document["readings"]
    assert pair["sightings"][0] == {
        "observation": {
            "actor": "nk",
            "move": "",
            "state": document["readings"][0]["sightings"][0]["observation"]["state"],
            "at": "us_talk hk_block nk_part nk_flatter rok_med",
            "way": [],
            "steps": 0,
        },
        "left": "contradicted",
        "right": "expected",
    }


def test_an_end_before_the_end() -> None:
    case = Case(load("hanoi_2019"))
    stopped = observations(case, cancelled=lambda: True)
    assert (stopped.readings, stopped.accounts, stopped.stopped) == ((), None, "the search was interrupted")
    assert "Not complete: the search was interrupted." in str(stopped)


def test_a_search_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling_apart, "MOST_STATES", 20)
    monkeypatch.setattr(module, "MOST_STATES", 20)
    found = observations(Case(load("hanoi_2019")), within=3)
    assert (found.searched, found.states) == (1, 15)
    assert "Not complete: more than 20 states are at most 2 moves away." in str(found)


def test_too_many_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by name they are refused; by default the readings are still compared one by one."""
    for each in (telling_apart, module):
        monkeypatch.setattr(each, "MOST_ACCOUNTS", 5)
    case = Case(load("hanoi_2019"))
    with pytest.raises(InputError, match=r"6 combinations of readings; at most 5 are compared. Name the actors"):
        observations(case, ["us", "nk"])
    found = observations(case)
    assert (len(found.readings), found.accounts) == (4, None)
    assert "Whole accounts are not compared: there are 6, and at most 5 are." in str(found)


def test_refusals() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="eu"):
        observations(case, ["eu"])
    with pytest.raises(InputError, match="expected a number of moves, 0 or more; found -1"):
        observations(case, within=-1)


# --- hindcasts --------------------------------------------------------------------------------------------------------


def test_a_hindcast_says_first_what_its_events_can_tell() -> None:
    found = hindcast(Case(load("hanoi_2019")))
    first = found.sheets()[0]
    assert first.title == "Which readings these events can tell apart"
    assert first.columns == ("actor", "readings", "told from its others by", "weakly by")
    moves = "2019-02-28 us: not us_talk; 2019-06-30 us: us_talk; 2020 us: not us_talk"
    assert first.rows == (
        ("us", "a_hawks", moves, ""),
        ("us", "p_bigdeal", moves, ""),
        ("us", "b_praise", "2019-02-28 us: not us_talk; 2020 us: not us_talk", "2019-06-30 us: us_talk"),
        ("nk", "impatient", "2019-10 nk: not nk_flatter", "2019-06-30 us: us_talk"),
        ("nk", "patient", "2019-10 nk: not nk_flatter", "2019-06-30 us: us_talk"),
    )


def test_readings_that_no_event_tells_apart_stand_in_one_row() -> None:
    """Against the definition: the same word about every move, whatever the readings of the others; on models of every shape."""
    for name in ("hanoi_2019", "ukraine_agency", "two_proxies"):
        scenario = load(name)
        if not scenario.history:
            continue
        found = hindcast(Case(scenario))
        for actor, classes in found.groups.items():
            said: dict[str, dict[object, list[str]]] = {}
            for score in found.scores:
                others = tuple((a, r) for a, r in score.readings.items() if a != actor)
                said.setdefault(score.readings[actor], {})[others] = [call.expectation for call in score.calls]
            readings = list(found.order[actor])
            expected = {frozenset(one for one in readings if said[one] == said[other]) for other in readings}
            assert {frozenset(each) for each in classes} == expected, (name, actor)
    whole = hindcast(Case(load("hanoi_2019")), every=True)
    assert [sheet.title for sheet in whole.sheets()] == [
        "Which readings these events can tell apart", "Reading against reading", "What each event speaks for",
        "What each reading expects of what its actor did", "Hindcast: recorded moves that the readings explain",
        "Move by move", "Holds that are stable",
    ]  # fmt: skip
    assert [sheet.title for sheet in hindcast(Case(load("hanoi_2019"))).sheets()] == [
        whole.sheets()[0].title, whole.sheets()[2].title, whole.sheets()[3].title,
    ]  # fmt: skip


def test_told_apart_by_definition() -> None:
    """For every two readings: some combination of the others in which the words about the move are opposite."""
    found = hindcast(Case(load("hanoi_2019")))
    words = {
        (score.readings["us"], score.readings["nk"]): {
            call.event: "expected" if call.unsanctioned else "possible" if call.improvement else "contradicted"
            for call in score.calls
        }
        for score in found.scores
    }
    for told in found.told_apart:
        others = ["impatient", "patient"] if told.actor == "us" else ["a_hawks", "p_bigdeal", "b_praise"]
        for event in words["a_hawks", "patient"]:
            hows = {
                compared(
                    *(words[(name, o) if told.actor == "us" else (o, name)][event] for name in (told.left, told.right))
                )
                for o in others
            }
            assert (event in told.separated) == ("separated" in hows)
            assert (event in told.weakly) == ("weakly separated" in hows and "separated" not in hows)


SILENT = """
detente: 1
title: Silent
actors:
  a: {options: {x: , y: }, readings: {need: {priorities: [x, y]}, profit: {priorities: [x, not y]}}}
  b: {options: {z: }, priorities: [z]}
now: []
history:
  - {date: "2020", by: b, set: z}
"""


def test_what_events_cannot_tell() -> None:
    first = hindcast(Case(read_text(SILENT))).sheets()[0]
    assert first.rows == (("a", "need or profit", "nothing"),)
    assert first.notes[1] == "These events tell no two readings of a apart."
