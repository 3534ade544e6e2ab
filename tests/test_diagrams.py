"""Decision diagrams: against the engine that lists the states, against the definitions, and where they end."""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detente.analysis import Analysis, analyse
from detente.budget import Budget, Spent
from detente.case import Case, Policy
from detente.cli import main
from detente.conflict.game import Game
from detente.engine.concepts import CONCEPTS as ALL
from detente.engine.diagrams import Diagrams
from detente.errors import FormulaError, InputError, Unanswerable, UnknownName
from detente.questions.stability.all_equilibria import EVERY, NONE, SOME, UNKNOWN, Equilibria, equilibria
from detente.scenario import load, read_text
from detente.scenario.text.edit import text_of
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import models

pytest.importorskip("oxidd")

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
SANCTIONS = ("legal", "one-step")
NODES = 1 << 16
"""Enough for what is small."""

Settings = tuple[tuple[str, int], ...]


def frozen(settings: Any, keys: Any) -> Settings:
    return tuple((key, int(settings[key])) for key in keys)


def diagrams_of(game: Game, nodes: int = NODES) -> Diagrams | None:
    """The diagrams of a game, or None where it has none."""
    try:
        return Diagrams(game, nodes=nodes)
    except Unanswerable:
        return None


# --- against the engine that lists the states, and against the definitions ------------------------------------------------


def compare(found: Analysis, made: Diagrams, concepts: Any = CONCEPTS) -> None:
    """Every stability, as sets of states, and today's verdicts."""
    conflict, keys = found.conflict, made.bits
    assert made.count(made.states) == found.states
    listed = {frozen(conflict.settings(int(cell)), keys) for cell in conflict.states}
    assert {frozen(each, keys) for each in made.listed(made.states)} == listed
    for concept, (player, actor) in itertools.product(concepts, enumerate(found.actors)):
        stable = made.stable(player, ALL[concept], found.sanctions)
        cells = np.flatnonzero(np.broadcast_to(found.stable_grid(concept, actor), conflict.shape))
        assert made.count(stable) == len(cells), (concept, actor)
        assert all(made.contains(stable, conflict.settings(int(cell))) for cell in cells), (concept, actor)
        now = conflict.now
        assert now is not None
        told = made.stable_at(player, conflict.settings(now), ALL[concept], found.sanctions)
        assert told == found.is_stable(concept, actor, now), (concept, actor)


@models(24)
def test_agrees_with_the_engine(seed: int, kind: str | None) -> None:
    scenario = read_text(to_yaml(random_model(seed, kind)))
    for sanctions in SANCTIONS:
        found = analyse(scenario, concepts=CONCEPTS, sanctions=sanctions)
        if made := diagrams_of(found.game):
            compare(found, made)


@models(12, seeds=(7,))
def test_agrees_with_the_definitions(seed: int, kind: str | None) -> None:
    model = random_model(seed, kind)
    made = diagrams_of(Game.of(read_text(to_yaml(model))))
    if made is None:
        return
    game = oracle.build(model)
    found = [
        made.game.conflict.settings(made.game.cell(oracle.settings(game, state))) for state in range(len(game.states))
    ]
    for sanctions, concept, (player, actor) in itertools.product(SANCTIONS, CONCEPTS, enumerate(game.actors)):
        stable = made.stable(player, ALL[concept], sanctions)
        wanted = oracle.stable_states(game, concept, actor, sanctions) or set()
        assert {n for n, each in enumerate(found) if made.contains(stable, each)} == wanted, (concept, actor, sanctions)
        for number, each in enumerate(found[:6]):
            assert made.stable_at(player, each, ALL[concept], sanctions) == (number in wanted)


# --- larger random models ---------------------------------------------------------------------------------------------------


def larger(seed: int) -> dict[str, Any]:
    """Up to 2^16 cells: three or four actors, choices, one-way options, guards, bars, `never` rules and consequences."""
    rng = random.Random(f"larger {seed}")
    bits, actors, known = rng.randint(8, 16 if seed % 5 == 0 else 12), dict[str, dict[str, Any]](), list[str]()
    count = rng.randint(3, 4)
    for number in range(count):
        options: dict[str, dict[str, Any]] = {}
        room = bits // count
        while room > 0:
            key = f"{'abcd'[number]}{len(options)}"
            options[key] = {}
            if room >= 2 and rng.random() < 0.2:
                options[key]["choices"] = ["low", "mid", "high"]
                known.append(f"{key} = {rng.choice(('mid', 'high'))}")
                room -= 1
            else:
                known.append(key)
                if rng.random() < 0.2:
                    options[key]["change"] = rng.choice(("take", "drop"))
            room -= 1
        actors["abcd"[number]] = {"options": options}

    def literal(of: list[str]) -> str:
        return rng.choice(("", "not ")) + f"({rng.choice(of)})"

    def statement(own: list[str]) -> str:
        return rng.choice((" and ", " or ")).join([literal(own), *(literal(known) for _ in range(rng.randint(1, 2)))])

    for letter, actor in actors.items():
        own = [each for each in known if each[0] == letter]
        actor["priorities"] = [statement(own) for _ in range(rng.randint(3, 6))]
        for option in actor["options"].values():
            if rng.random() < 0.15:
                guard = literal([each for each in known if each[0] != letter])
                option["needs"] = {"high": guard} if "choices" in option else guard
    rules: list[Any] = []
    if rng.random() < 0.5:
        rules.append({"never": " and ".join(f"({each})" for each in rng.sample(known, 3))})
    if rng.random() < 0.4:
        first, second = rng.sample([each for each in known if "=" not in each], 2)
        rules.append({"when": f"{first} and {literal(known)}", "then": second})
    return {"detente": 1, "title": "Larger", "actors": actors, "rules": rules, "now": []}


def judged(seed: int) -> bool:
    """Compare one of the larger models; whether it is one at all."""
    try:
        scenario = read_text(to_yaml(larger(seed)))
        game = Game.of(scenario)
    except InputError:
        return False  # consequences that contradict each other, or a start that is none
    made, sanctions = diagrams_of(game, 1 << 20), SANCTIONS[seed % 2]
    assert made
    compare(analyse(scenario, concepts=CONCEPTS, sanctions=sanctions), made)
    return True


BLOCK = 20


@pytest.mark.parametrize(
    "block",
    [
        *(pytest.param(n, marks=pytest.mark.long) for n in range(3)),
        *(pytest.param(n, marks=pytest.mark.soak) for n in range(3, 27)),
    ],
)
def test_agrees_with_the_engine_on_larger_models(block: int) -> None:
    assert sum(judged(seed) for seed in range(BLOCK * block, BLOCK * (block + 1))) >= BLOCK * 0.8


def test_agrees_with_the_engine_on_a_few_larger_models() -> None:
    assert sum(judged(seed) for seed in (1001, 1002, 1003, 1004)) >= 3


# --- generated models, and another way to find their equilibria ------------------------------------------------------------


def generated(seed: int, actors: int = 12, options: int = 5, ring: bool = True) -> str:
    """Statements of two or three literals over own options and those of three neighbours on a ring, or of any others."""
    rng = random.Random(seed)
    keys = [[f"a{i}_{j}" for j in range(options)] for i in range(actors)]
    made: dict[str, Any] = {}
    for i, own in enumerate(keys):
        others = [key for k, each in enumerate(keys) if k != i for key in each]
        near = [key for step in (1, 2, 3) for key in keys[(i + step) % actors]]
        foreign = near if ring else rng.sample(others, min(15, len(others)))
        statements = []
        for _ in range(8):
            literals = dict.fromkeys([rng.choice(own), *rng.sample([*own, *foreign], rng.choice((1, 2)))])
            statements.append(rng.choice((" and ", " or ")).join(rng.choice(("", "not ")) + each for each in literals))
        made[f"p{i}"] = {"options": {key: {"name": key} for key in own}, "priorities": statements}
    return text_of({"detente": "1", "title": "Generated", "actors": made, "now": []})


@pytest.mark.parametrize(("seed", "ring"), [(1, True), (2, False), (3, True)])
def test_satisfiability_finds_the_same_equilibria(seed: int, ring: bool) -> None:
    """Every Nash equilibrium, one by one, by a solver that knows nothing of diagrams: no better setting for anybody."""
    solvers = pytest.importorskip("pysat.solvers")
    scenario = read_text(generated(seed, actors=5, options=3, ring=ring))
    numbers = {option.key: n for n, option in enumerate(scenario.options, start=1)}
    fresh = itertools.count(len(numbers) + 1)
    clauses: list[list[int]] = []

    def both(parts: list[int]) -> int:
        made = next(fresh)
        clauses.extend([-made, part] for part in parts)
        clauses.append([made, *(-part for part in parts)])
        return made

    def truth(text: str, own: dict[str, bool]) -> int | bool:
        """A literal that says whether a statement is true, with own options at these settings."""
        conjunction = " and " in text
        literals = list[int]()
        for word in text.split(" and " if conjunction else " or "):
            sign, key = not word.startswith("not "), word.removeprefix("not ")
            if key not in own:
                literals.append(numbers[key] if sign else -numbers[key])
            elif (own[key] == sign) != conjunction:
                return not conjunction
        if not literals:
            return conjunction
        return both(literals) if conjunction else -both([-each for each in literals])

    yes = next(fresh)
    clauses.append([yes])

    def said(value: int | bool) -> int:
        return (yes if value else -yes) if isinstance(value, bool) else value

    for actor in scenario.actors:
        texts = [
            str(statement.want)
            for statement in actor.reading(
                "default" if "default" in actor.readings else next(iter(actor.readings))
            ).statements
        ]
        here = [said(truth(text, {})) for text in texts]
        for values in itertools.product((False, True), repeat=len(actor.options)):
            own = {option.key: value for option, value in zip(actor.options, values, strict=True)}
            there = [said(truth(text, own)) for text in texts]
            same = list[int]()
            for before, after in zip(here, there, strict=True):
                # nobody prefers `there`: it is not the case that all before are equal and this one becomes true
                clauses.append([*(-each for each in same), before, -after])
                equal = next(fresh)
                clauses += [
                    [-equal, -before, after],
                    [-equal, before, -after],
                    [equal, before, after],
                    [equal, -before, -after],
                ]
                same.append(equal)
    found = set[Settings]()
    with solvers.Solver(
        name="cadical153" if hasattr(solvers, "Cadical153") else "g3", bootstrap_with=clauses
    ) as solver:
        while solver.solve():
            model = set(solver.get_model())
            state = tuple((key, int(number in model)) for key, number in numbers.items())
            found.add(state)
            solver.add_clause(
                [-number if value else number for (_, value), number in zip(state, numbers.values(), strict=True)]
            )
    made = Diagrams(Game.of(scenario), nodes=1 << 18)
    *_, nash = made.nash()
    assert {frozen(each, numbers) for each in made.listed(nash)} == found
    assert made.count(nash) == len(found)


def test_sixty_options_are_counted() -> None:
    """What cannot be listed is counted, and what is drawn from it is what it is said to be."""
    case = Case(read_text(generated(1)))
    found = equilibria(case, listed=3, sample=5, seed=1, statements=["a0_2"], judged=["nash", "gmr"])
    assert (found.states, found.spent, found.method) == (1 << 60, "", "diagrams")
    assert found.count is not None and found.count > 10**6 and found.at_most == found.count
    for state in (*found.listed, *found.sample, *found.nearest):
        cell = case.game.cell({key: bool(value) for key, value in state.settings.items()})
        for player in range(12):
            moves, ends = case.game.conflict.successors(np.array([cell]), player)
            assert len(moves) == 31
            here = case.game.payoffs(player, np.concatenate([[cell], ends]))
            assert here[0] == here.max(), "nobody has anything better"
    assert all(len(state.differs) == found.distance for state in found.nearest)


# --- counted, listed, drawn, near --------------------------------------------------------------------------------------------

THREE = """
detente: 1
title: Three levels
actors:
  a: {options: {level: {choices: [low, mid, high]}, x: }, priorities: [x or not x]}
  b: {options: {y: , z: }, priorities: [y or not y]}
rules: [{never: y and z and x}]
now: [level = mid]
"""


@cache
def three() -> tuple[Case, Equilibria]:
    case = Case(read_text(THREE))
    return case, equilibria(case, listed=100, sample=4000, seed=5, statements=["x", "x or not x", "x and y and z"])


def test_the_list_is_the_set() -> None:
    """Nobody wants anything: all 21 states are equilibria, 24 combinations without the three that the rule forbids."""
    _, found = three()
    states = [tuple(each.settings.items()) for each in found.listed]
    assert (found.count, found.states, len(states), len(set(states))) == (21, 21, 21, 21)
    assert {(s.statement, s.word, s.count) for s in found.statements} == {
        ("x", SOME, 9),
        ("x or not x", EVERY, 21),
        ("x and y and z", NONE, 0),
    }
    assert found.statements[0].share == 9 / 21


def test_draws_are_uniform() -> None:
    """Chi-square over 21 states, 4,000 draws: below the 99.9 % point of 20 degrees of freedom, 45.3; the seed is fixed."""
    _, found = three()
    counts = Counter(each.text for each in found.sample)
    assert len(counts) == 21
    wanted = 4000 / 21
    assert sum((number - wanted) ** 2 / wanted for number in counts.values()) < 45.3
    again = equilibria(Case(read_text(THREE)), sample=10, seed=5).sample
    assert again == found.sample[:10]


@models(9, seeds=(3,))
def test_the_nearest_by_brute_force(seed: int, kind: str | None) -> None:
    scenario = read_text(to_yaml(random_model(seed, kind)))
    case = Case(scenario)
    if diagrams_of(case.game) is None:
        return
    for concept in ("nash", "gmr"):
        found, analysis = equilibria(case, concept, listed=1000), case.analyse()
        conflict, now = analysis.conflict, analysis.conflict.now
        assert now is not None
        cells = np.flatnonzero(np.broadcast_to(analysis.equilibrium_grid(concept), conflict.shape)).tolist()
        here, states = conflict.settings(now), [conflict.settings(cell) for cell in cells]
        far = [sum(here[key] != each[key] for key in here) for each in states]
        assert found.count == len(cells)
        assert found.distance == min(far, default=None)
        near = [case.game.text(cell) for cell, distance in zip(cells, far, strict=True) if distance == min(far)]
        assert sorted(each.text for each in found.nearest) == sorted(near)
        assert found.near == (len(near) if cells else None)


def test_where_keeps_some() -> None:
    case, _ = three()
    found = equilibria(case, where="level = high and not x", listed=100)
    assert found.count == len(found.listed) == 4
    assert all(each.settings["level"] == "high" and each.settings["x"] is False for each in found.listed)


# --- budgets -----------------------------------------------------------------------------------------------------------------


def test_no_time_is_unknown() -> None:
    found = equilibria(Case(load("cuba")), seconds=0, statements=["withdraw"])
    assert (found.count, found.at_most, found.done, found.spent) == (None, 12, (), "the time is up")
    assert found.statements[0].word == UNKNOWN
    assert len(found.open) == 8
    assert str(found.headline) == "How many Nash equilibria there are is UNKNOWN: at most 12 (the time is up)."


def test_few_nodes_leave_a_bound() -> None:
    """As the nodes grow the bound falls until the count is exact; what is claimed on the way is true."""
    case = Case(read_text(generated(4, actors=4, options=3)))
    exact = equilibria(case, statements=["a0_0", "a1_1"])
    assert exact.count is not None
    partly, bounds = 0, []
    for nodes in (1, 40, 100, 200, 400, 800, 1600, 4000, 20000):
        found = equilibria(case, nodes=nodes, statements=["a0_0", "a1_1"])
        bounds.append(found.at_most)
        assert found.at_most >= exact.count
        assert found.count in (None, exact.count)
        assert (found.count is None) <= ("the diagrams need more than" in found.spent)
        partly += found.count is None and 0 < len(found.done) < 4
        for told, true in zip(found.statements, exact.statements, strict=True):
            assert told.word in (UNKNOWN, true.word) or true.word == NONE
        for concept, row in found.today.items():
            assert all(stable in (None, exact.today[concept][actor]) for actor, stable in row.items())
    assert partly, "some number of nodes is enough for part of the actors"
    assert bounds[0] > bounds[-1] == exact.count


def test_an_interrupted_search_says_what_it_has() -> None:
    calls = itertools.count()
    found = equilibria(Case(load("cuba")), cancelled=lambda: next(calls) > 60)
    assert found.count is None or found.open
    assert found.spent == "the search was interrupted"


def test_the_clock_is_looked_at() -> None:
    ticks = itertools.count()
    budget = Budget(seconds=300, clock=lambda: float(next(ticks)))
    made = Diagrams(Game.of(read_text(generated(1))), budget=budget, nodes=1 << 20)
    with pytest.raises(Spent, match="the time is up"):
        list(made.nash())
    assert next(ticks) < 330, "within a tenth of the budget"


# --- where there is none --------------------------------------------------------------------------------------------------


def test_without_oxidd_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oxidd.bcdd", None)
    with pytest.raises(Unanswerable) as error:
        equilibria(Case(load("cuba")))
    assert str(error.value) == "decision diagrams need oxidd: install it (pip install 'detente[diagrams]')"


def test_what_has_no_diagram() -> None:
    with pytest.raises(Unanswerable, match="a model in graph form has none"):
        equilibria(Case(load("elmira_graph")))
    with pytest.raises(Unanswerable, match="simultaneous stability has no decision diagram here"):
        equilibria(Case(load("cuba")), "sim")
    with pytest.raises(UnknownName):
        equilibria(Case(load("cuba")), "nahs")
    with pytest.raises(FormulaError):
        equilibria(Case(load("cuba")), statements=["nothing"])
    with pytest.raises(InputError, match="listed must be a number from 0 upwards; found -1"):
        equilibria(Case(load("cuba")), listed=-1)


# --- models at the edge ----------------------------------------------------------------------------------------------------

PENNIES = """
detente: 1
title: Matching pennies
actors:
  a: {options: {x: }, priorities: [x iff y]}
  b: {options: {y: }, priorities: [not (x iff y)]}
now: []
"""
ALONE = """
detente: 1
title: Alone
actors: {a: {options: {x: , y: }, priorities: [x, y]}}
now: []
"""


def test_no_equilibrium() -> None:
    found = equilibria(Case(read_text(PENNIES)), statements=["x"], sample=3)
    assert (found.count, found.distance, found.near) == (0, None, None)
    assert (found.listed, found.sample, found.nearest) == ((), (), ())
    assert (found.statements[0].word, found.statements[0].share) == (NONE, None)
    assert str(found.headline) == "0 Nash equilibria among 4 states."


def test_one_actor() -> None:
    for concept in CONCEPTS:
        found = equilibria(Case(read_text(ALONE)), concept, judged=CONCEPTS)
        assert (found.count, found.distance) == (1, 2)
        assert {stable for row in found.today.values() for stable in row.values()} == {False}


def test_many_choices() -> None:
    choices = ", ".join(f"c{n}" for n in range(255))
    text = f"""
detente: 1
title: Many choices
actors:
  a: {{options: {{level: {{choices: [{choices}]}}}}, priorities: [level = c254 or y, level = c7]}}
  b: {{options: {{y: }}, priorities: [y if level = c254]}}
now: []
"""
    scenario = read_text(text)
    found = analyse(scenario, concepts=CONCEPTS)
    compare(found, Diagrams(found.game, nodes=1 << 18), concepts=("nash", "gmr", "sseq"))
    assert equilibria(Case(scenario)).count == found.count("nash")


def test_fixed_and_held_options() -> None:
    case = Case(load("cuba"))
    key = case.scenario.options[0].key
    held = case.under(Policy(hold={key: 0}))
    for concept in CONCEPTS:
        found = equilibria(held, concept)
        assert found.count == held.analyse(CONCEPTS).count(concept)
    assert all(each.settings[key] is False for each in found.listed)


# --- the command, and `analyze` -----------------------------------------------------------------------------------------------


def run(*words: str) -> Iterator[str]:
    result = CliRunner().invoke(main, list(words))
    yield str(result.exit_code)
    yield result.output


def test_the_command_in_words() -> None:
    code, text = run("equilibria", "axis_and_sanctions", "--concept", "seq", "--statement", "ru_panel")
    assert code == "0"
    for line in (
        "2 SEQ equilibria among 256 states; today is one of them.",
        "ru_panel   in some       1    0.5",
        "A share of the equilibria is no likelihood: it counts states.",
    ):
        assert line in text


@pytest.fixture
def large(tmp_path: Any) -> str:
    path = tmp_path / "large.yaml"
    path.write_text(generated(3), encoding="utf-8")
    return str(path)


def test_analyze_goes_by_diagrams_where_it_would_refuse(large: str) -> None:
    code, text = run("analyze", large, "--json", "--concepts", "nash,gmr")
    assert code == "0"
    told = json.loads(text)
    assert (told["method"], told["concept"], told["states"]) == ("diagrams", "nash", 1 << 60)
    assert list(told["today"]) == ["nash", "gmr"]
    assert told["count"] == equilibria(Case(read_text(generated(3))), judged=[]).count
    code, text = run("analyze", large, "--concepts", "nash")
    assert code == "0"
    assert "Computed on decision diagrams, without listing the states." in text


def test_analyze_refuses_where_diagrams_cannot_help(large: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = run("analyze", large, "--for", "p0")
    assert (code, "which would take" in text, "[too-large]" in text) == ("2", True, True)
    monkeypatch.setitem(sys.modules, "oxidd.bcdd", None)
    code, text = run("analyze", large)
    assert (code, "which would take" in text) == ("2", True)
    assert (
        "On decision diagrams neither: decision diagrams need oxidd: install it (pip install 'detente[diagrams]')."
        in text
    )
