"""The solver in JavaScript against the engine: the same states, verdicts and ends of play, in Chromium.

Vectors are made by the engine: every bundled model up to the bound, under both rules of counter-moves, and random models of
every family, as they are and as a reader may change them: another start, lists in another order, statements left out. What the
engine refuses, the solver refuses too.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import test_browser
from detente.analysis import KINDS, Analysis
from detente.case import Case, Policy
from detente.errors import InputError
from detente.present.live import ALWAYS, MOST, fits, model, solver, start, wants
from detente.scenario import library, load, read_text
from detente.scenario.model import Ranking, Reading, Scenario
from detente.verification import oracle
from detente.verification.random_models import KINDS as FAMILIES
from detente.verification.random_models import random_model, to_yaml
from lengths import parted

browser = test_browser.browser

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")

JUDGE = """
(all) => all.map(({model, choice}) => {
  try {
    const {states, now, stable, plays} = solver(model)(choice);
    const where = (marks) => [...marks.keys()].filter((state) => marks[state]);
    const found = Object.fromEntries(Object.entries(stable).map(([concept, each]) => [concept, each.map(where)]));
    return {states, now, stable: found, plays};
  } catch (error) {
    return {refused: error.message};
  }
})
"""


@dataclass(frozen=True)
class Vector:
    """A case as the solver takes it, and what the engine says of it."""

    name: str
    given: Mapping[str, Any]
    expected: Mapping[str, Any]


def vector(name: str, case: Case) -> Vector:
    choice = {"start": start(case.scenario), "wants": lists(case), "sanctions": case.sanctions}
    return Vector(name, {"model": model(case), "choice": choice}, said(case))


def lists(case: Case) -> list[dict[str, Any]]:
    indifferent: dict[str, Any] = {"kind": "priorities", "entries": []}
    return [wants(case.scenario, case.reading(a.id)) if a.readings else indifferent for a in case.scenario.actors]


def said(case: Case) -> dict[str, Any]:
    """What the engine says, in the solver's shape; states by their place in state order."""
    try:
        analysis = case.analyse(CONCEPTS)
    except InputError:
        return {"refused": True}
    place = analysis.conflict.states
    stable = {c: [np.flatnonzero(table.at(place)).tolist() for table in analysis.solution.stable[c]] for c in CONCEPTS}
    now = analysis.conflict.now
    return {
        "states": len(place),
        "now": -1 if now is None else int(np.searchsorted(place, now)),
        "stable": stable,
        "plays": None if now is None else {kind: played(analysis, kind) for kind in KINDS},
    }


def played(analysis: Analysis, kind: str) -> dict[str, Any]:
    play = analysis.play(kind)
    ends = [np.searchsorted(analysis.conflict.states, end).tolist() for end in play.ends]
    return {"passed": play.passed, "ends": ends}


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A page that holds the solver as it is embedded, and nothing else."""
    opened = browser.new_page()
    opened.add_script_tag(type="module", content=f"{solver()}\nwindow.solver = solver;")
    opened.wait_for_function("window.solver")
    yield opened
    opened.close()


def compare(page: Any, vectors: list[Vector]) -> int:
    """All of them in one call; how many were judged, and not refused."""
    found = page.evaluate(JUDGE, [json.loads(json.dumps(each.given)) for each in vectors])
    for each, answer in zip(vectors, found, strict=True):
        if "refused" in each.expected:
            assert answer.get("refused") in ("restless", "infeasible", "merged", "ranking", "adjust"), each.name
        else:
            assert answer == each.expected, each.name
    return sum("refused" not in each.expected for each in vectors)


# --- what is embedded -------------------------------------------------------------------------------------------


def test_the_solver_is_small_and_knows_no_document() -> None:
    assert len(solver().encode()) < 15_000
    assert not {word for word in ("document", "window", "navigator", "fetch", "eval") if f"{word}." in solver()}
    assert "eval(" not in solver()
    assert not {line for line in solver().splitlines() if line.startswith("import ")}
    assert "/*" not in solver(), "comments are for those who read the source"


def test_axes_are_kept_and_not_arcs() -> None:
    """The data grow with what is written: twice the states in one more option are a few bytes more."""
    text = "detente: 1\ntitle: t\nactors:\n" + "".join(
        f"  a{i}: {{options: {{x{i}: }}, priorities: [x{i}, not x{(i + 1) % 12}]}}\n" for i in range(12)
    )
    large = Case(read_text(text + "now: []\n"))
    assert large.game.count == 4096 > ALWAYS
    assert len(json.dumps(model(large))) < 3_000


def test_what_no_page_judges() -> None:
    assert not fits(Case(load("gatt")))
    assert fits(Case(load("two_fronts")))
    assert Case(load("two_fronts")).game.count <= MOST
    text = "detente: 1\ntitle: t\nactors:\n  a: {options: {x: }, priorities: [x]}\n  b: {options: {y: }, priorities: [y]}\n"
    loose = Case(read_text(text + "rules: [{when: y, then: x}]\nnow: []\n"))
    assert fits(loose)
    assert not fits(loose.under(Policy(hold={"x": 0}))), "held, and yet a consequence may switch it"
    assert fits(loose.under(Policy(hold={"y": 0})))


# --- the numbers of the engine ----------------------------------------------------------------------------------


def small() -> list[str]:
    """The bundled models that a page judges, the small ones first."""
    counts = {name: Case(load(name)).game.conflict.cells for name in library.names()}
    return [name for name in sorted(counts, key=lambda name: counts[name]) if counts[name] <= 500_000]


@pytest.mark.browser
@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
def test_every_bundled_model(page: Any, sanctions: str) -> None:
    cases = {name: Case(load(name), sanctions=sanctions) for name in small()}
    fitting = {name: case for name, case in cases.items() if fits(case)}
    assert {"two_proxies", "two_fronts", "elmira_graph", "elmira", "garrison", "patrons"} <= fitting.keys()
    left_out = [case for name, case in cases.items() if name not in fitting]
    assert all(case.game.count > MOST for case in left_out)
    assert compare(page, [vector(name, case) for name, case in fitting.items()]) == len(fitting)


@pytest.mark.browser
def test_every_reading_of_the_flagship(page: Any) -> None:
    scenario = load("two_proxies")
    ways = [{a.id: name} for a in scenario.actors for name in a.readings]
    vectors = [vector(str(way), Case(scenario, readings=way)) for way in ways]
    assert compare(page, vectors) == len(ways) > 10


BLOCK = 25


@pytest.mark.browser
@pytest.mark.parametrize("block", parted(range(20), 3))
def test_random_models(page: Any, block: int) -> None:
    """500 models, and as many changes of them by a reader."""
    vectors = []
    for seed in range(BLOCK * block, BLOCK * (block + 1)):
        rng = random.Random(seed)
        kind = [None, *FAMILIES][seed % (1 + len(FAMILIES))]
        case = Case(read_text(to_yaml(random_model(seed, kind))), sanctions=("legal", "one-step")[seed // 7 % 2])
        vectors.append(vector(f"{seed} {kind}", case))
        vectors.append(vector(f"{seed} {kind} changed", replace(case, scenario=changed(case.scenario, rng))))
    assert compare(page, vectors) > BLOCK


@pytest.mark.browser
@pytest.mark.parametrize("block", parted(range(4), 1))
def test_against_the_definitions(page: Any, block: int) -> None:
    """Without the engine in between: what brute force says that shares no code with either."""
    for seed in range(1000 + 12 * block, 1012 + 12 * block):
        made, sanctions = (
            random_model(seed, [None, *FAMILIES][seed % (1 + len(FAMILIES))]),
            ("legal", "one-step")[seed % 2],
        )
        case, game = Case(read_text(to_yaml(made)), sanctions=sanctions), oracle.build(made)
        stable = {c: [sorted(oracle.stable_states(game, c, a, sanctions) or ()) for a in game.actors] for c in CONCEPTS}
        given = vector(str(seed), case).given
        found = page.evaluate(JUDGE, [json.loads(json.dumps(given))])[0]
        assert (found["stable"], found["now"]) == (stable, game.now), seed
        for kind in KINDS:
            assert found["plays"][kind]["ends"] == sorted(map(sorted, oracle.ends(game, kind, sanctions) or ())), seed


def changed(scenario: Scenario, rng: random.Random) -> Scenario:
    """What a reader may make of a model: another start, and lists in another order, with statements left out."""
    actors = tuple(
        replace(actor, readings={name: reordered(each, rng) for name, each in actor.readings.items()})
        for actor in scenario.actors
    )
    if scenario.graph:
        now: Any = rng.choice(scenario.graph.states)
    else:
        now = {o.key: rng.randrange(len(o.choices)) for o in scenario.options}
    return replace(scenario, actors=actors, now=now)


def reordered(reading: Reading, rng: random.Random) -> Reading:
    entries = list(reading.entries)
    rng.shuffle(entries)
    few = rng.random() < 0.5 and not isinstance(reading, Ranking)
    return reading.listing(tuple(entries[: len(entries) - 1 if few else None]), reading.id)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules: [{never: x and y}]\nnow: [x, y]", "infeasible"),
        ("rules: [{when: x, then: not x}, {when: not x, then: x}]\nnow: []", "restless"),
        ("rules: [{same: x or y}]\nnow: []", "merged"),
    ],
)
def test_what_the_engine_refuses_is_refused(page: Any, text: str, why: str) -> None:
    """A reader can make of a model what its file could not hold; the page says why it judges nothing."""
    base = "detente: 1\ntitle: t\nactors:\n  a: {options: {x: }, priorities: [x]}\n  b: {options: {y: }, priorities: [y]}\n"
    good = Case(read_text(base + "now: []\n"))
    bad = base + text + "\n"
    with pytest.raises(InputError):
        Case(read_text(bad)).analyse(CONCEPTS)
    draft = read_text(bad)
    given = {"model": model_of(draft), "choice": {"start": start(draft), "wants": lists(good), "sanctions": "legal"}}
    assert page.evaluate(JUDGE, [given]) == [{"refused": why}]


def model_of(scenario: Scenario) -> dict[str, Any]:
    return model(Case(scenario))


@pytest.mark.browser
def test_a_ranking_that_misses_a_state_is_refused(page: Any) -> None:
    base = "detente: 1\ntitle: t\nactors:\n  a: {options: {x: }, ranking: [on, off]}\nstates: {on: [x], off: []}\nnow: []\n"
    case = Case(read_text(base))
    assert compare(page, [vector("ranked", case)]) == 1
    choice = {"start": [0], "wants": [{"kind": "ranking", "entries": [[0]]}], "sanctions": "legal"}
    assert page.evaluate(JUDGE, [{"model": model(case), "choice": choice}]) == [{"refused": "ranking"}]


@pytest.mark.browser
def test_states_set_right(page: Any) -> None:
    """In whatever order the pairs are written; where no ranking has all of them, or a state is none, nothing is judged."""
    base = "detente: 1\ntitle: t\nactors:\n  a: {options: {x: }, priorities: [x, y], adjust: [ADJUST]}\n"
    rest = "  b: {options: {y: {change: fixed}, z: }, priorities: [z, x]}\nnow: []\n"
    pairs = ("{above: [], below: [x]}", "{above: [z], below: []}")
    cases = [Case(read_text(base.replace("ADJUST", ", ".join(each)) + rest)) for each in (pairs, pairs[::-1])]
    plain = Case(read_text(base.replace(", adjust: [ADJUST]", "") + rest))
    assert compare(page, [vector(str(each), each) for each in (*cases, plain)]) == 3
    assert said(cases[0]) == said(cases[1]) != said(plain)
    given = lists(plain)
    choice = {"start": start(plain.scenario), "wants": given, "sanctions": "legal"}
    for wrong in ([[[0, 0, 0], [1, 0, 0]], [[1, 0, 0], [0, 0, 0]]], [[[0, 1, 0], [0, 0, 0]]], [[[0, 0, 0], [0, 0, 0]]]):
        given[0]["adjust"] = wrong
        assert page.evaluate(JUDGE, [{"model": model(plain), "choice": choice}]) == [{"refused": "adjust"}]


@pytest.mark.browser
def test_long_lists_and_large_weights_stay_exact(page: Any) -> None:
    """Beyond 53 bits neither sums nor weights are rounded."""
    options = ", ".join(f"x{i}: " for i in range(5))
    statements = ", ".join(f"not x{i % 5}" if i % 2 else f"x{i % 5} or x{(i + 1) % 5}" for i in range(75))
    heavy = "[{when: x0, weight: 9007199254740993}, {when: x1, weight: 9007199254740992}, {when: x2, weight: 0.1}]"
    for wish in (f"priorities: [{statements}]", f"weights: {heavy}"):
        first = f"  a: {{options: {{{options}}}, {wish}}}\n"
        text = f"detente: 1\ntitle: t\nactors:\n{first}  b: {{options: {{z: }}, priorities: [z]}}\nnow: []\n"
        assert compare(page, [vector(wish[:8], Case(read_text(text)))]) == 1
