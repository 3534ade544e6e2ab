"""Status quo analysis: the stated facts, brute force from the definitions on random models, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from detente.case import CONCEPTS, Case
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.evolution.status_quo import Branch, Reached, StatusQuo, status_quo
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models, seeds

pytestmark = pytest.mark.first_analysis

# --- facts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["elmira", "elmira_graph"])
def test_elmira(name: str) -> None:
    """Improvements alone lead from s1 to s5; s8 takes three legal moves."""
    case = Case(load(name))
    better = status_quo(case, by="improvements")
    assert [(row.text, row.steps, row.first, row.last) for row in better.states] == [
        ("s1", 0, (), ()),
        ("s5", 1, ("local",), ("local",)),
    ]
    moves = status_quo(case)
    assert (moves.count, moves.layers) == (9, (1, 4, 3, 1))
    assert (moves.row("s8").steps, moves.row("s8").equilibrium) == (3, CONCEPTS)
    assert {row.text for row in moves.nearest("nash")} == {"s5", "s9"}
    assert moves.equilibria["nash"] == Reached(3, 3)
    assert better.equilibria["nash"] == Reached(1, 3)


def test_the_tree_in_words() -> None:
    tree = status_quo(Case(load("elmira_graph")), by="improvements").tree_text()
    assert tree == "s1  [smr, gmr]\n└── local: s5  [nash, seq, smr, gmr]"


def test_from_elsewhere() -> None:
    found = status_quo(Case(load("elmira_graph")), by="improvements", start="s6")
    assert {row.text for row in found.states if row.steps == 1} == {"s8", "s9"}
    assert found.tree.text == "s6"


def test_a_large_model_by_improvements() -> None:
    """No listing of all states, and no analysis, is needed for what improvements lead to."""
    found = status_quo(Case(load("drift_to_war")), by="improvements", most=5)
    assert (len(found.states), found.states[0].steps) == (5, 0)
    assert "more states are not listed" in str(found)


# --- brute force -------------------------------------------------------------------------------------------------


def arcs_of(game: Any, by: str, sanctions: str) -> dict[str, list[set[int]]]:
    if by == "moves":
        return game.moves  # type: ignore[no-any-return]
    arcs = game.improvements
    if by == "improvements":
        return arcs  # type: ignore[no-any-return]
    safe = {}
    for actor in game.actors:
        reply = oracle.replies(game, actor, "improvements", sanctions)
        score = game.scores[actor]
        safe[actor] = [
            {t for t in targets if all(score[x] > score[s] for x in reply[t])} for s, targets in enumerate(arcs[actor])
        ]
    return safe


def brute_force(game: Any, arcs: Any, in_turn: bool) -> dict[int, tuple[int, set[str], set[str]]]:
    """Every state within reach: the least steps, the first movers and the last movers of the ways that short."""
    found: dict[int, tuple[int, set[str], set[str]]] = {game.now: (0, set(), set())}
    layer = {(target, i, i) for i in game.actors for target in arcs[i][game.now]}  # (state, first mover, last mover)
    seen, steps = set(layer), 1
    while layer:
        for state, first, last in layer:
            known = found.setdefault(state, (steps, set(), set()))
            if known[0] == steps:
                known[1].add(first)
                known[2].add(last)
        onward = {
            (t, first, i)
            for state, first, last in layer
            for i in game.actors
            if not (in_turn and i == last)
            for t in arcs[i][state]
        }
        layer, steps = onward - seen, steps + 1
        seen |= layer
    return found


def by_steps(game: Any, arcs: Any, in_turn: bool, many: int) -> list[dict[int, set[str]]]:
    """For 1, 2, ... steps who can have taken the last one to which state, over all ways of exactly that many."""
    layer: set[tuple[int, str]] = {(game.now, "")}
    found: list[dict[int, set[str]]] = []
    for _ in range(many):
        layer = {(t, i) for s, last in layer for i in game.actors if not (in_turn and i == last) for t in arcs[i][s]}
        found.append({s: {i for at, i in layer if at == s} for s, _ in layer})
    return found


def assert_same(seed: int, kind: str | None) -> None:
    model = random_model(seed, kind)
    sanctions = "one-step" if seed % 3 == 2 else "legal"
    case, game = Case(read_text(to_yaml(model)), sanctions=sanctions), oracle.build(model)
    if game.now is None:
        with pytest.raises(Unanswerable):
            status_quo(case)
        return
    held = {concept: oracle.equilibria(game, concept, sanctions) or set() for concept in CONCEPTS}
    shown = [oracle.show(game, state) for state in range(len(game.states))]
    for by in ("moves", "improvements", "unsanctioned"):
        arcs, about = arcs_of(game, by, sanctions), f"seed {seed}, kind {kind}, {by}, {sanctions}"
        expected = brute_force(game, arcs, by != "unsanctioned")
        found = status_quo(case, by, most=10_000)
        rows = {shown.index(dict(row.state)): row for row in found.states}
        assert {s: (r.steps, set(r.first), set(r.last)) for s, r in rows.items()} == expected, about
        assert {c: {s for s, r in rows.items() if c in r.equilibrium} for c in CONCEPTS} == {
            c: states & set(expected) for c, states in held.items()
        }, about
        assert {c: counts.all for c, counts in found.equilibria.items()} == {c: len(s) for c, s in held.items()}, about
        assert_tree(found, arcs, shown, by != "unsanctioned", about)
        table = by_steps(game, arcs, by != "unsanctioned", min(len(found.layers) - 1, 12))
        for s, row in rows.items():
            assert list(map(set, row.arrivals)) == [each.get(s, set()) for each in table], about
        ways = {shown.index(dict(way.state)): way for way in found.ways}
        assert {s: set(way.concepts) for s, way in ways.items()} == {
            s: {c for c in CONCEPTS if s in held[c]} for s in set().union(*held.values())
        }, about
        assert {s: way.steps for s, way in ways.items()} == {s: expected[s][0] if s in expected else None for s in ways}
        assert [way.steps is None for way in found.ways] == sorted(way.steps is None for way in found.ways)


def assert_tree(found: StatusQuo, arcs: Any, shown: list[Any], in_turn: bool, about: str) -> None:
    """Every listed state stands in the tree at its least number of steps; every branch is a legal step."""
    depth: dict[int, int] = {}

    def walk(branch: Branch, steps: int) -> None:
        here = shown.index(dict(branch.state))
        depth[here] = min(steps, depth.get(here, steps))
        for each in branch.branches:
            assert shown.index(dict(each.state)) in arcs[each.actor][here], about
            assert not in_turn or each.actor != branch.actor, about
            walk(each, steps + 1)

    walk(found.tree, 0)
    assert depth == {shown.index(dict(row.state)): row.steps for row in found.states}, about


@models(40)
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


def test_every_equilibrium_has_its_distance() -> None:
    """Elmira: by moves all are near; by improvements only s5, and s1 where it stands, can be reached at all."""
    case = Case(load("elmira_graph"))
    assert {way.text: way.steps for way in status_quo(case).ways} == {"s1": 0, "s5": 1, "s9": 1, "s4": 2, "s8": 3}
    better = {way.text: way.steps for way in status_quo(case, "improvements").ways}
    assert better == {"s1": 0, "s5": 1, "s4": None, "s8": None, "s9": None}
    said = str(status_quo(case, "improvements"))
    assert "out of reach" in said and "Who can have moved last, by number of steps" in said


@seeds(4, 8)
def test_the_order_of_actors_does_not_matter(seed: int) -> None:
    """Only the tree's choice among equally short ways depends on it."""
    model = random_model(seed, ("plain", "graph", "guards", "oneway")[seed % 4])
    turned = {**model, "actors": dict(reversed(model["actors"].items()))}
    for by in ("moves", "improvements", "unsanctioned"):
        one, two = (status_quo(Case(read_text(to_yaml(each))), by) for each in (model, turned))
        rows = [
            {
                json.dumps(r.state, sort_keys=True): (r.steps, set(r.first), set(r.last), list(map(set, r.arrivals)))
                for r in each.states
            }
            for each in (one, two)
        ]
        assert rows[0] == rows[1]
        assert (one.layers, one.equilibria) == (two.layers, two.equilibria)


@blocks(5, 45)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block, 40):
        assert_same(seed, kind)


# --- handing on, refusing ----------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = status_quo(Case(load("elmira")))
    said = json.loads(json.dumps(found.to_json()))
    assert said["equilibria"]["gmr"] == {"reached": 5, "all": 5}
    assert said["states"][0]["steps"] == 0
    assert said["tree"]["branches"][0]["actor"] == "ministry"
    assert "Shortest ways" in str(found)
    assert "<table>" in found._repr_html_()
    assert "<pre>s1  [smr, gmr]\n├── ministry: s2" in found._repr_html_()


def test_bad_questions() -> None:
    case = Case(load("elmira"))
    with pytest.raises(UnknownName, match="did you mean moves"):
        status_quo(case, "move")
    with pytest.raises(InputError, match="at least 1"):
        status_quo(case, most=0)
    with pytest.raises(UnknownName, match="state within reach"):
        status_quo(case).row("s10")
    with pytest.raises(TooLarge, match="within reach by legal moves"):
        status_quo(Case(load("composite")))
