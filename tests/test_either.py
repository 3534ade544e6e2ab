"""SEQ+SIM: stable under one of two concepts, actor by actor; a small model by hand, brute force, words, bad input."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from detente.analysis import analyse
from detente.analysis.one_state import judge_locally
from detente.case import Case
from detente.cli import main
from detente.engine.concepts import COMBINED
from detente.errors import InputError, Unanswerable
from detente.questions.explanation.explain import explain
from detente.questions.stability.mixed import behaviours
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks

pytestmark = pytest.mark.first_analysis

ROW = "seq+sim"

TWO_WAYS = """
detente: 1
actors:
  ann: {options: {x: {}}, priorities: [not (x and y), x, not z]}
  bob: {options: {y: {}}, priorities: [y]}
  cat: {options: {z: {}}, priorities: [z iff x]}
now: []
"""
"""Where x, y and z are off: Ann gains by x, and with Bob's y at the same moment loses. Bob gains by y, whatever follows."""


def test_by_hand() -> None:
    """Ann stays under either concept, Bob under neither, and Cat has nothing to gain."""
    analysis = analyse(read_text(TWO_WAYS), concepts=["seq", "sim", ROW])
    now = analysis.cell()
    stable = {c: {a: analysis.is_stable(c, a, now) for a in analysis.actors} for c in ("seq", "sim", ROW)}
    assert stable["sim"] == stable[ROW] == {"ann": True, "bob": False, "cat": True}
    # chicken from mutual swerving: each would drive on, no answer deters it, and both at once crash
    chicken = analyse(load("chicken"), concepts=["seq", ROW])
    swerved = chicken.cell("ww")
    assert not chicken.is_equilibrium("seq", swerved)
    assert chicken.is_equilibrium(ROW, swerved)


def test_an_actor_may_stay_by_the_one_and_another_by_the_other() -> None:
    """Garrison in options is not there; a random model shows an equilibrium of the row that is one of neither concept."""
    for seed in range(200):
        found = _stable(oracle.build(random_model(seed)))
        both = {c: set.intersection(*by.values()) for c, by in found.items()} if found else {}
        if both and both[ROW] - both["seq"] - both["sim"]:
            break
    else:
        raise AssertionError("no such model among the first")
    analysis = analyse(read_text(to_yaml(random_model(seed))), concepts=["seq", "sim", ROW])
    assert analysis.count(ROW) == len(both[ROW])
    apart = set(analysis.equilibria("seq").tolist()) | set(analysis.equilibria("sim").tolist())
    assert set(analysis.equilibria(ROW).tolist()) > apart


# --- brute force ------------------------------------------------------------------------------------------------------


def _stable(game: oracle.Game, sanctions: str = "legal") -> dict[str, dict[str, set[int]]] | None:
    """By definition: every improvement is deterred by an answer, or every improving change may collide."""
    if game.space is None:
        return None
    parts: dict[str, dict[str, set[int]]] = {
        c: {a: oracle.stable_states(game, c, a, sanctions) or set() for a in game.actors} for c in ("seq", "sim")
    }
    return {**parts, ROW: {a: parts["seq"][a] | parts["sim"][a] for a in game.actors}}


def compare(seed: int, kind: str | None) -> None:
    """Every second pair of models by answers of one step."""
    sanctions = ("legal", "one-step")[seed // 2 % 2]
    model = random_model(seed, kind)
    scenario, game = read_text(to_yaml(model)), oracle.build(model)
    expected = _stable(game, sanctions)
    document = analyse(scenario, concepts=[ROW], sanctions=sanctions).to_json()
    assert list(document["stability"]) == [ROW]
    if expected is None:
        assert document["equilibria"][ROW] is None
        assert ROW in document["left_out"]
        return
    by = expected[ROW]
    assert document["stability"][ROW] == {a: oracle.show_all(game, by[a]) for a in by}, (seed, kind, sanctions)
    assert document["equilibria"][ROW] == oracle.show_all(game, set.intersection(*by.values()))
    if game.now is None:
        return
    assert document["status_quo"]["stable"][ROW] == {a: game.now in by[a] for a in by}
    local = judge_locally(scenario, concepts=[ROW], sanctions=sanctions)
    for actor, verdict in local.verdicts[ROW].items():
        assert verdict.stable in (None, game.now in by[actor])


@pytest.mark.parametrize("seed", range(8))
def test_against_the_definition(seed: int) -> None:
    compare(seed, None)


@blocks(15)
def test_against_the_definition_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        compare(seed, kind)


# --- what people read, and bad input ------------------------------------------------------------------------------------


def test_the_command_has_the_row() -> None:
    ran = CliRunner().invoke(main, ["analyze", "chicken", "--concepts", "seq,seq+sim"])
    assert ran.exit_code == 0, ran.output
    assert "    SEQ, 2 states        ·   ✓   ✓   ·\n    SEQ+SIM, 3 states    ·   ✓   ✓   ✓\n" in ran.output
    ran = CliRunner().invoke(main, ["analyze", "chicken", "--concepts", "seq+sim", "--json"])
    assert json.loads(ran.output)["counts"] == {ROW: 3}


def test_each_actor_by_a_row() -> None:
    case = Case(load("chicken"))
    assert behaviours(case, {}, default=ROW).numbers == ("gw", "wg", "ww")
    assert behaviours(case, {"first": "seq"}, default=ROW).numbers == ("gw", "wg")


def test_explained_concept_by_concept() -> None:
    """Why a state holds by the row is why it holds by one of the two."""
    told = explain(Case(load("chicken")), "ww", [ROW])
    assert told.concepts == ("seq", "sim")
    assert {witness.concept: witness.stable for witness in told.witnesses} == {"seq": False, "sim": True}


def test_what_the_words_mean() -> None:
    ran = CliRunner().invoke(main, ["analyze", "chicken", "--concepts", ROW, "--definitions"])
    said = " ".join(ran.output.split())
    assert "SEQ+SIM stable under SEQ or under SIM: what an answer does not deter, a move at the same moment may" in said


def test_refusals() -> None:
    graph = Case(load("elmira_graph"))
    with pytest.raises(Unanswerable, match="simultaneous stability needs options"):
        behaviours(graph, {}, default=ROW)
    with pytest.raises(InputError, match="unknown solution concept 'seq-sim'; did you mean seq\\+sim"):
        analyse(load("chicken"), concepts=["seq-sim"])
    ran = CliRunner().invoke(main, ["behaviours", "chicken", "--default", ROW, "--explain", "ww"])
    assert ran.exit_code == 2
    assert "SEQ+SIM joins the verdicts of two concepts; here ask for SEQ and SIM apart" in ran.output


def test_every_row_is_made_of_concepts() -> None:
    assert {each.id: each.parts for each in COMBINED.values()} == {ROW: ("seq", "sim")}
