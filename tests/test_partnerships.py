"""Partnerships: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from brute import held, possible
from detente.analysis import analyse
from detente.case import CONCEPTS, Case, Policy, policy_of
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.formula import Not
from detente.questions.partnerships.break_matrix import BreakMatrix, break_matrix
from detente.questions.partnerships.fate_and_exits import BREAKS, FATES, FRAYS, HOLDS, Move, bond_of, exits, way
from detente.questions.partnerships.partnerships import PartnershipVerdict, partnership
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

# --- findings ----------------------------------------------------------------------------------------------------


def ask(
    model: str = "two_proxies", platform: str | None = None, name: str | None = None, **readings: str
) -> PartnershipVerdict:
    case = Case(load(model), readings=readings)
    return partnership(case, name, policy=policy_of(case, platform) if platform else None)


@pytest.mark.parametrize(
    ("platform", "ru", "nk", "expected"),
    [
        ("biden24", "need", "substitute", "HOLDS"),
        ("biden24", "profit", "additive", "HOLDS"),
        ("carpenter", "need", "substitute", "BREAKS"),
        ("carpenter", "need", "additive", "BREAKS"),
        ("carpenter", "profit", "substitute", "DEPENDS"),
        ("carpenter", "profit", "additive", "HOLDS"),
    ],
)
def test_the_package_breaks_it_only_for_a_russia_in_need(platform: str, ru: str, nk: str, expected: str) -> None:
    found = ask(platform=platform, ru=ru, nk=nk)
    assert found.word == expected
    assert found.plays["myopic"].word == "BREAKS"
    assert found.misleading == (expected != "BREAKS")


@pytest.mark.first_analysis
def test_mutual_hostages() -> None:
    """M1: under Biden's list each would leave but for the other's answer; one-step reasoning says it breaks by itself."""
    found = ask()
    assert found.stable == {"nash": False, "gmr": True, "smr": True, "seq": True}
    assert found.plays["foresight"].verdicts == {"HOLDS": "ALL", "FRAYS": "NONE", "BREAKS": "NONE"}
    assert found.concepts["nash"].verdicts == {"HOLDS": "NONE", "FRAYS": "NONE", "BREAKS": "ALL"}
    assert [(str(each.move), each.member, each.deterred) for each in found.deciding] == [
        ("ru: not ru_link", True, True),
        ("nk: not nk_troops", True, True),
    ]
    assert [[move.actor for move in each.answer] for each in found.deciding] == [["nk"], ["ru"]]
    assert (found.undeterred, found.way) == ((), ())
    assert "Caution: one-step (Nash) reasoning by itself says: BREAKS" in found.warnings[0]
    assert "one step alone misleads here" in str(found)


@pytest.mark.first_analysis
def test_mutual_deterrence() -> None:
    """Russia and North Korea deter each other; one of North Korea's exits is deterred by a doubtful answer only."""
    found = ask()
    assert [(each.actor, each.kind, each.steps) for each in found.exits] == [
        ("ru", "real", ("released",)),
        ("nk", "doubtful", ("doubtful",)),
        ("nk", "real", ("released",)),
    ]
    assert [{(m.actor, m.pleases) for m in each.mutual} for each in found.exits] == [{("nk", ())}, set(), {("ru", ())}]
    assert (
        "; Russia and North Korea deter each other (not ru_link; not nk_troops): leaving together would please neither"
        in str(found)
    )
    doubt = "what deters North Korea (not nk_troops) is doubtful: Russia would gain by the same already today, and something"
    assert f"{doubt} deters it, before the exit as after it" in found.warnings


@pytest.mark.first_analysis
def test_answers_are_looked_for_of_the_first_exits_of_an_actor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.questions.partnerships.fate_and_exits.EXITS", 1)
    found = ask()
    assert [(each.actor, bool(each.answer)) for each in found.exits] == [("ru", True), ("nk", True), ("nk", False)]
    (sheet,) = [each for each in found.sheets() if each.title.startswith("Who would gain by leaving")]
    assert [str(row[4]) == "(not looked for)" for row in sheet.rows] == [False, False, True]


def pact(**wants: list[str]) -> PartnershipVerdict:
    """A tie of two flows, each an option of one actor, both on."""
    actors = {actor: {"options": {f"{actor}_on": "its part"}, "priorities": wishes} for actor, wishes in wants.items()}
    members = list(wants)
    flows = {f"flow_{actor}": f"{actor}_on" for actor in members}
    text = yaml.safe_dump(
        {
            "detente": 1,
            "title": "A pact",
            "actors": actors,
            "now": [f"{actor}_on" for actor in members],
            "partnerships": {"pact": {"members": members, "flows": flows, "core": list(flows)}},
        }
    )
    return partnership(Case(read_text(text, name="pact")))


def test_whom_leaving_together_would_please() -> None:
    """A prisoner's dilemma in which both gain by leaving together, and one in which neither does."""
    alone = {"a": ["b_on or not a_on", "not a_on"], "b": ["a_on or not b_on", "not b_on"]}
    assert "leaving together would please both" not in str(pact(**alone))
    dilemma = pact(a=["b_on", "not a_on"], b=["a_on", "not b_on"])
    assert {each.kind for each in dilemma.exits} == {"real"}
    assert "a and b deter each other (not a_on; not b_on): leaving together would please neither" in dilemma.reason
    for pleases, said in ((("a",), "only a"), (("a", "b"), "both"), (None, "")):
        exits = [replace(e, mutual=tuple(replace(m, pleases=pleases) for m in e.mutual)) for e in dilemma.exits]
        told = replace(dilemma, exits=tuple(exits)).reason
        assert (f"leaving together would please {said}" if said else "they cannot leave so together") in told


def test_an_exit_met_by_what_comes_anyway() -> None:
    """One of them leaves by itself: the pact does not last, and the verdict says whether the other's exit still pays."""
    found = pact(a=["b_on", "not a_on"], b=["not b_on"])
    told = "what deters a (not a_on) is empty: b would do the same already today, and nothing deters it; so today does not last"
    assert f"{told}, and once that has come the exit still pays" in found.warnings
    assert found.word == "BREAKS"
    waits = pact(a=["a_on or b_on", "b_on", "not a_on"], b=["not b_on"])
    assert f"{told}, and once that has come the exit no longer pays" in waits.warnings


def test_the_exit_that_is_not_sanctioned() -> None:
    found = ask(platform="carpenter")
    assert [(str(each.move), each.lapses) for each in found.deciding] == [
        ("ru: not ru_link", ("treaty",)),
        ("nk: not nk_troops", ("troops",)),
    ]
    assert found.plays["foresight"].lapsed == {"treaty": "ALL", "munitions": "ALL", "troops": "ALL"}
    assert found.reason.startswith("nothing deters the exit today: Russia (not ru_link) ends treaty")
    assert found.way is not None and found.way[-1].actor == "ru"


def test_a_way_led_by_an_outsider() -> None:
    found = ask(us="trump_b")
    assert (found.word, found.undeterred) == ("BREAKS", ())
    assert found.way is not None and [move.actor for move in found.way] == ["us", "nk", "ru"]
    assert "by steps that nobody can punish: United States (not us_arm, not us_nato, us_recog)" in found.reason


def test_recognition_brings_the_troops_home_and_leaves_the_rest() -> None:
    """M1: with a Pyongyang that treats patrons as substitutes, recognition alone; some ends keep munitions and treaty."""
    case = Case(load("two_proxies"), readings={"ru": "profit"})
    found = partnership(case, policy=Policy(hold={"us_arm": 1, "us_nato": 1, "us_recog": 1}))
    assert found.plays["foresight"].lapsed["troops"] == "ALL"
    assert found.plays["foresight"].verdicts[HOLDS] == "NONE"


def test_the_exchange_among_patrons() -> None:
    """M5: the exchange holds without being Nash; a sated Russia dissolves it."""
    assert (ask("patrons").word, ask("patrons").stable["nash"]) == ("HOLDS", False)
    assert ask("patrons", ru="sated").word == "BREAKS"


def test_the_bloc_rests_on_reaction_rules() -> None:
    """M6: dropping pressure breaks the bloc, by assumption."""
    found = ask("axis_and_sanctions", "carpenter")
    assert (found.name, found.word, found.misleading) == ("The coalition behind Russia", "BREAKS", False)
    assert len(found.assumed) == 3
    assert "by assumption: Iran's 'ir_arms <-> us_press' says how it sets ir_arms" in str(found)
    assert ask("axis_and_sanctions").reason == "nobody gains by ending any flow"
    assert ask().assumed == ()
    assert ask(ru="rule").assumed


def test_the_composite_core_in_both_worlds() -> None:
    words = {}
    for world in ("a_world", "s_world"):
        case = Case(load("composite_core"), world=world)
        words[world] = [
            partnership(case, policy=policy_of(case, p)).word for p in ("biden24", "carpenter", "diplomat_b")
        ]
    assert words == {"a_world": ["HOLDS", "BREAKS", "DEPENDS"], "s_world": ["HOLDS", "HOLDS", "HOLDS"]}


def test_a_policy_that_takes_a_flow_away_has_taken_it() -> None:
    """Flows are measured against the status quo before the policy."""
    case = Case(load("two_proxies"))
    cut = Policy(hold={"ru_link": 0})
    assert partnership(case, policy=cut).on == ("treaty", "munitions", "troops")
    assert partnership(case, policy=cut).word == "BREAKS"
    assert partnership(case.under(cut)).on == ("munitions", "troops")


def test_nothing_to_lose() -> None:
    case = Case(load("two_proxies")).under(Policy(start={"ru_link": 0, "nk_arms": 0, "nk_troops": 0}))
    found = partnership(case)
    assert (found.on, found.exits, found.word) == ((), (), "HOLDS")
    assert "no flow is on" in str(found)


# --- policies against types --------------------------------------------------------------------------------------


@pytest.fixture
def matrix() -> BreakMatrix:
    return break_matrix(Case(load("two_proxies")))


def test_the_matrix(matrix: BreakMatrix) -> None:
    assert (matrix.actors, matrix.policies) == (("ru", "nk"), ("biden24", "carpenter", "trump", "harris"))
    words = {
        policy: [
            str(matrix.at(policy, ru=ru, nk=nk).foresight)
            for ru in ("need", "profit")
            for nk in ("substitute", "additive")
        ]
        for policy in matrix.policies
    }
    assert words == {
        "biden24": ["HOLDS"] * 4,
        "carpenter": ["BREAKS", "BREAKS", "DEPENDS", "HOLDS"],
        "trump": ["BREAKS", "BREAKS", "DEPENDS", "HOLDS"],
        "harris": ["HOLDS 1, DEPENDS 1 of 2", "HOLDS", "HOLDS 1, DEPENDS 1 of 2", "HOLDS"],
    }
    assert all(str(matrix.at(p, ru="profit", nk="additive").myopic) == "BREAKS" for p in matrix.policies)
    assert len(matrix.misleading) == 18
    assert "Caution: in 18 of 36 cells" in str(matrix)
    foresight, myopic = (sheet.title for sheet in matrix.sheets())
    it, blank, _ = foresight.rpartition(" where foresight play ends")
    assert (myopic, bool(it), bool(blank)) == (f"{it} where myopic play ends, by one-step (Nash) reasoning", True, True)
    assert matrix.notes == ("trump: the list of us is open, and is taken as written",)


def test_every_order_of_a_volatile_list() -> None:
    found = break_matrix(Case(load("two_proxies"), readings={"nk": "additive"}), policies=["trump"], every_list=True)
    assert (found.policies, found.actors) == (("trump",), ("ru",))
    assert found.at("trump", ru="need").foresight.counts == {"BREAKS": 120}
    assert found.at("trump", ru="profit").foresight.counts == {"HOLDS": 120}
    assert found.notes == ()


def test_the_matrix_is_the_partnership_cell_by_cell(matrix: BreakMatrix) -> None:
    for cell in matrix.cells:
        if cell.policy in ("carpenter", "trump") and "rule" not in cell.readings.values():
            found = ask(platform=cell.policy, **cell.readings)
            assert (cell.foresight.necessary, cell.myopic.necessary) == (found.word, found.plays["myopic"].word)


def test_policies_of_ones_own() -> None:
    policies = {"recognise": Policy(hold={"us_recog": 1}), "as it is": Policy()}
    found = break_matrix(Case(load("two_proxies")), policies=policies, actors=["nk"])
    assert found.policies == ("recognise", "as it is")
    assert str(found.at("as it is", nk="additive").foresight) == "HOLDS"
    assert json.loads(json.dumps(found.to_json()))["cells"][0]["readings"] == {"nk": "substitute"}
    assert "<table>" in found._repr_html_()
    with pytest.raises(InputError, match="no cell"):
        found.at("as it is", nk="addictive")


def test_who_breaks_it_always_and_who_never() -> None:
    found = break_matrix(Case(load("two_proxies"), readings={"ru": "need"}), actors=["nk"])
    said = "carpenter and trump surely break russia_dprk under all 3 combinations of readings; 2 others under none."
    assert str(found.headline) == said
    with pytest.raises(InputError, match=r"no cell for 'obama' and nk=asset, ru=need; see `cells`"):
        found.at("obama", nk="asset", ru="need")


def test_a_grid_with_too_many_columns_stands(matrix: BreakMatrix, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = matrix.sheets()[0].columns
    assert (columns[0], columns[1], columns[-1]) == ("ru nk", "need substitute", "rule rule")
    alone = break_matrix(Case(load("two_proxies")), policies=["biden24"], actors=[]).sheets()[0]
    assert alone.columns == ("policy", "as chosen")
    across = len(columns)
    monkeypatch.setattr("detente.questions.partnerships.break_matrix.ACROSS", across)
    assert [row[0] for row in matrix.gist()[0].rows] == list(matrix.policies)
    monkeypatch.setattr("detente.questions.partnerships.break_matrix.ACROSS", across - 1)
    assert matrix.gist()[0].columns[1:] == matrix.policies


OUTSIDER = """
detente: 1
title: A ferry
actors:
  o: {options: {ban: Ban it}, priorities: [ban]}
  a: {options: {a_on: Run it}, priorities: [not a_on]}
  b: {options: {b_on: Pay for it}, priorities: [not b_on]}
now: [a_on, b_on]
partnerships: {ferry: {members: [a, b], flows: {runs: a_on and not ban, pays: b_on}}}
"""


def test_members_come_before_outsiders_who_end_a_flow_too() -> None:
    found = partnership(Case(read_text(OUTSIDER, name="ferry")))
    assert [(each.actor, each.member, each.lapses) for each in found.exits] == [
        ("a", True, ("runs",)),
        ("b", True, ("pays",)),
        ("o", False, ("runs",)),
    ]
    (sheet,) = [each for each in found.sheets() if each.title.startswith("Who would gain by leaving")]
    assert [row[:2] for row in sheet.rows] == [("a", "member"), ("b", "member"), ("o", "outsider")]
    many = replace(found, exits=found.exits * 5)
    (sheet,) = [each for each in many.sheets() if each.title.startswith("Who would gain by leaving")]
    assert (len(sheet.rows), sheet.notes) == (12, ("3 more exits are not listed",))


# --- brute force -------------------------------------------------------------------------------------------------


def with_partnership(model: Any, rng: random.Random) -> None:
    goals = list(model["outcomes"])
    flows = {f"flow{n}": rng.choice(["", "not "]) + f"({rng.choice(goals)})" for n in range(rng.randint(1, 3))}
    core = rng.sample(sorted(flows), rng.randint(0, len(flows)))
    members = rng.sample(sorted(model["actors"]), 2)
    model["partnerships"] = {"pact": {"members": members, "flows": flows} | ({"core": core} if core else {})}


def fates(game: oracle.Game, pact: Mapping[str, Any], on: set[str]) -> dict[int, str]:
    flows = {name: game.holding(text) for name, text in pact["flows"].items()}
    core = pact.get("core") or list(flows)
    return {
        s: HOLDS
        if all(s in flows[name] for name in on)
        else BREAKS
        if not any(s in flows[name] for name in core)
        else FRAYS
        for s in range(len(game.states))
    }


def share(states: set[int], good: set[int]) -> str:
    if not states:
        return "no equilibria"
    return "ALL" if states <= good else "SOME" if states & good else "NONE"


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    with_partnership(model, rng)
    sanctions, pact = rng.choice(("legal", "one-step")), model["partnerships"]["pact"]
    case, game = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions), oracle.build(model)
    assert game.now is not None
    on = {name for name, text in pact["flows"].items() if game.now in game.holding(text)}
    policy, inside = None, set(range(len(game.states)))
    if "graph" not in model and rng.random() < 0.5:
        free = [o for o in oracle.read_options(model) if o.change not in ("fixed", [])]
        settings = {o.key: rng.choice(o.values) for o in rng.sample(free, min(2, len(free)))}
        other = held(game, settings)
        if other is not None:
            game, policy = other, Policy(hold=case.settings(settings))
            inside = possible(game, settings)
    found, about = partnership(case, policy=policy), f"seed {seed}, kind {kind}"
    assert set(found.on) == on, about
    fate = fates(game, pact, on)
    for play, each in found.plays.items():
        ends = {s for end in oracle.ends(game, play, sanctions) or [] for s in end}
        check_fate(each, ends, fate, game, pact, on, f"{about}, {play}")
    for concept, each in found.concepts.items():
        equilibria = oracle.equilibria(game, concept, sanctions) or set()
        check_fate(each, equilibria & inside, fate, game, pact, on, f"{about}, {concept}")
        assert found.stable[concept] == (game.now in equilibria), about
    check_exits(found, game, pact, on, sanctions, about)
    if found.word != HOLDS:
        check_way(found, game, fate, sanctions, about)


def check_fate(each: Any, states: set[int], fate: Any, game: oracle.Game, pact: Any, on: set[str], about: str) -> None:
    assert each.counts == {word: sum(fate[s] == word for s in states) for word in FATES}, about
    assert each.verdicts == {word: share(states, {s for s in states if fate[s] == word}) for word in FATES}, about
    off = {name: set(range(len(game.states))) - game.holding(pact["flows"][name]) for name in on}
    assert each.lapsed == {name: share(states, gone) for name, gone in off.items()}, about
    words = {fate[s] for s in states}
    assert each.word == (words.pop() if len(words) == 1 else "DEPENDS" if words else "no equilibria"), about


def check_exits(
    found: PartnershipVerdict, game: oracle.Game, pact: Any, on: set[str], sanctions: str, about: str
) -> None:
    now = game.now
    assert now is not None
    expected = {}
    for actor in game.actors:
        better, score = game.improvements[actor][now], game.scores[actor]
        for target in better:
            lapsed = tuple(
                name for name in pact["flows"] if name in on and target not in game.holding(pact["flows"][name])
            )
            if lapsed:
                replies = oracle.answers(game.improvements, actor, target, sanctions)
                deterred = any(score[reply] <= score[now] for reply in replies)
                expected[actor, target] = (actor in pact["members"], lapsed, deterred)
    assert len(found.exits) == len(expected), about
    seen = {}
    for each in found.exits:
        target = after(game, now, each.move)
        seen[each.actor, target] = (each.member, each.lapses, each.deterred)
        if each.answer:
            state, movers = target, [each.actor]
            for move in each.answer:
                onward = after(game, state, move)
                assert onward in game.improvements[move.actor][state], about
                assert move.actor not in (each.actor, movers[-1]), about
                state, movers = onward, [*movers, move.actor]
            assert game.scores[each.actor][state] <= game.scores[each.actor][now], about
    assert seen == expected, about


def after(game: oracle.Game, state: int, move: Move) -> int:
    """The state a told change leads to."""
    if game.space is None:
        return list(game.model["graph"]["states"]).index(move.change["state"])
    cell = [move.change.get(o.key, v) for o, v in zip(game.space.options, game.states[state][0], strict=True)]
    return game.space.number[tuple(cell)]


def check_way(found: PartnershipVerdict, game: oracle.Game, fate: Any, sanctions: str, about: str) -> None:
    """Steps of foresight play, each by its mover, to an end that does not hold, and no shorter way exists."""
    assert found.way is not None and game.now is not None
    arcs = oracle.steps(game, "foresight", sanctions)
    goals = {s for end in oracle.ends(game, "foresight", sanctions) or [] for s in end if fate[s] != HOLDS}
    state = game.now
    for move in found.way:
        onward = after(game, state, move)
        assert onward in arcs[state] and onward in game.improvements[move.actor][state], about
        state = onward
    assert state in goals, about
    layer, length = {game.now}, 0
    while not layer & goals:
        layer, length = {t for s in layer for t in arcs[s]}, length + 1
    assert length == len(found.way), about


@models(45, range(3))
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(15, 15)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


# --- handing on, and refusing ------------------------------------------------------------------------------------


@pytest.mark.first_analysis
def test_what_is_handed_on() -> None:
    data = json.loads(json.dumps(ask().to_json()))
    assert (data["word"], data["misleading"], data["core"]) == ("HOLDS", True, ["treaty", "troops"])
    assert data["exits"][0] == {
        "actor": "ru",
        "change": {"ru_link": False},
        "member": True,
        "lapses": ["treaty"],
        "deterred": True,
        "answer": [{"actor": "nk", "change": {"nk_troops": False}}],
        "steps": ["released"],
        "kind": "real",
        "still": None,
        "mutual": [
            {"actor": "nk", "change": {"nk_troops": False}, "pleases": []},
            {"actor": "nk", "change": {"nk_arms": False, "nk_troops": False}, "pleases": []},
        ],
    }
    assert data["concepts"]["seq"]["now"] is True
    assert list(data["concepts"]) == list(CONCEPTS)
    assert data["warnings"][0].startswith("Caution")
    assert "<table>" in ask()._repr_html_()
    assert "nothing: it stands" in str(ask(platform="carpenter"))


def test_the_way_back_from_a_bond() -> None:
    analysis = analyse(load("two_proxies"), readings={"us": "carpenter"})
    bond = bond_of(analysis)
    assert [move.actor for move in way(analysis, "myopic", Not(bond.formula(HOLDS))) or ()]
    assert way(analysis, "foresight", bond.formula(HOLDS)) == ()
    assert {each.actor for each in exits(analysis, bond)} == {"ru", "nk"}


def test_bad_questions() -> None:
    with pytest.raises(UnknownName, match="did you mean russia_dprk"):
        ask(name="russia_dpk")
    with pytest.raises(Unanswerable, match="no partnerships"):
        ask("chicken")
    with pytest.raises(Unanswerable, match="no platforms"):
        break_matrix(Case(load("patrons")))
    with pytest.raises(UnknownName, match="platform"):
        break_matrix(Case(load("two_proxies")), policies=["bidden"])
    with pytest.raises(TooLarge, match="9 combinations"):
        break_matrix(Case(load("two_proxies")), most=8)
    no_start = (
        load("patrons")
        .text.replace("now: [ru_link", "states: {s1: [ru_link")
        .replace("\nanswer: {ask: levers, by: cn, goal: decoupled}", "")
        .replace("nk_troops, cn_guar]\n", "nk_troops, cn_guar]}\n")
    )
    with pytest.raises(Unanswerable, match="today"):
        partnership(Case(read_text(no_start)))
