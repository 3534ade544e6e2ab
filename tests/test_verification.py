"""The conformance suite as a product: what it compares, that it notices faults, random families, and the classics."""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import detente as dt
from detente import verification
from detente.analysis import Analysis
from detente.catalog import classics
from detente.cli import main
from detente.errors import InputError, Unanswerable
from detente.scenario import library, load
from detente.verification import FAMILIES, MOST_STATES, bare, drawn, oracle, verify, verify_random
from detente.verification.random_models import KINDS

# --- verify ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["elmira", "elmira_graph", "cuba_oneway", "garrison", "wedge_egypt_1979", "greece_1947"]
)
def test_bundled_models(name: str) -> None:
    found = verify(load(name))
    assert found.agrees and found.model == name and found.compared == 20
    assert found.states == dt.load(name).analyze().states


def test_under_other_readings() -> None:
    study = dt.load("oped_spain_1940")
    actor = next(actor for actor in study.scenario.actors if len(actor.readings) > 1)
    assert verify(study.scenario, {actor.id: list(actor.readings)[-1]}).agrees


@pytest.mark.parametrize("family", [*KINDS, None])
def test_random_families(family: str | None) -> None:
    assert all(each.agrees for each in verify_random(2, seed=900, family=family))


def test_the_families_are_described() -> None:
    assert list(FAMILIES) == list(KINDS)
    assert drawn(3, "never") == drawn(3, "never")
    assert any(rule.kind == "never" for rule in drawn(3, "never").rules)


@pytest.mark.parametrize("what", ["counts", "equilibria", "states", "stability"])
def test_a_fault_of_the_engine_is_noticed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that says something else, in whatever is compared, differs; both sides are told."""
    honest = Analysis.to_json

    def wrong(self: Analysis, **asked: Any) -> dict[str, Any]:
        return {**honest(self, **asked), what: "nonsense"}

    monkeypatch.setattr(Analysis, "to_json", wrong)
    found = verify(load("chicken"))
    assert [(each.what, each.sanctions, each.engine) for each in found.differences] == [
        (what, "legal", "nonsense"),
        (what, "one-step", "nonsense"),
    ]
    told = CliRunner().invoke(main, ["verify", "chicken"])
    assert told.exit_code == 1
    said = " ".join(told.output.split())
    assert f"chicken, {what} (legal counter-moves): the engine says nonsense, the definitions " in said
    assert "2 differ." in said and "please report it with the model" in said


def test_a_fault_of_the_definitions_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way round: definitions under which any counter-move will do are not those of the engine."""
    honest = oracle.replies
    monkeypatch.setattr(oracle, "replies", lambda game, actor, kind, sanctions: honest(game, actor, "any", sanctions))
    assert not verify(load("chicken")).agrees


def test_nothing_is_shared() -> None:
    """The definitions import nothing of the package, and random models nothing but the definitions."""
    folder = Path(verification.__file__).parent
    allowed: dict[str, set[str]] = {"oracle": set(), "random_models": {"detente.verification"}}
    for name, known in allowed.items():
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        found |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
        assert {each for each in found if each.startswith("detente")} == known


def test_every_bundled_model_is_read_by_the_definitions() -> None:
    for name in library.names():
        model = bare(load(name))
        assert set(model["actors"]) == {actor.id for actor in load(name).actors}


def test_what_cannot_be_verified() -> None:
    with pytest.raises(
        Unanswerable, match=f"composite has 26,542,080 combinations of options.* for {MOST_STATES:,} states"
    ):
        verify(load("composite"))
    with pytest.raises(InputError, match="unknown family 'gards'; did you mean guards"):
        verify_random(3, family="gards")
    with pytest.raises(InputError, match="expected a number of models from 1 to 10,000; found 0"):
        verify_random(0)


def test_the_command() -> None:
    said = CliRunner().invoke(main, ["verify", "--random", "3", "--family", "graph", "--json"])
    assert json.loads(said.output) == {"models": 3, "compared": 60, "agree": True, "differing": []}
    told = " ".join(CliRunner().invoke(main, ["verify", "chicken"]).output.split())
    assert told == (
        "chicken: 20 results compared with brute force by the definitions, under both rules of counter-moves; all agree."
    )
    assert "--family and --seed are for --random" in CliRunner().invoke(main, ["verify", "--family", "graph"]).output


# --- random models and classics in Python ----------------------------------------------------------------------------


def test_random_models() -> None:
    assert repr(dt.random_model(7, family="guards")) == "<Study of random guards 7>"
    assert dt.random_model(1).case.basis.hash != dt.random_model(2).case.basis.hash
    with pytest.raises(InputError, match="the seed of a random model is a whole number"):
        dt.random_model("x")  # type: ignore[arg-type]


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in classics.ALL),
    *(("prisoners_dilemma", {"players": n}) for n in (3, 4, 5)),
    *(("stag_hunt", {"hunters": n}) for n in (3, 4, 5)),
    ("chicken", {"commitment": True}),
    ("deterrence", {"credible": False}),
]


@pytest.mark.parametrize(("name", "given"), VARIANTS)
def test_each_classic_gives_what_it_says(name: str, given: dict[str, Any]) -> None:
    """By the engine, by the definitions, and as the model itself expects; and it says where it comes from."""
    study = classics.ALL[name](**given)
    assert verify(study.scenario).agrees
    assert study.scenario.sources
    truth = oracle.analyse(bare(study.scenario))
    for expected in study.scenario.expect:
        results: Any = expected.results
        counts = results.get("counts", {})
        assert {concept: truth["counts"][concept] for concept in counts} == dict(counts)
        today = results.get("status_quo", {})
        assert {concept: truth["status_quo"]["equilibrium"][concept] for concept in today} == dict(today)
    assert study.scenario.expect or name == "two_by_two" or given == {"commitment": True}


def test_what_the_texts_say_of_them() -> None:
    """Giving up a choice wins; a credible threat deters, an empty one does not; all talk, and meet, and hunt."""
    assert classics.chicken(commitment=True).verdict("first_wins") == "ALL"
    assert classics.chicken().verdict("crash") == "NONE"
    for credible in (True, False):
        analysis = classics.deterrence(credible=credible).analyze()
        assert analysis.is_equilibrium("seq", analysis.cell()) is credible
    for players in (2, 3, 6):
        (talk,) = classics.prisoners_dilemma(players).analyze().equilibria("nash")
        assert not any(classics.prisoners_dilemma(players).case.game.conflict.settings(talk).values())


def test_the_variants_are_the_bundled_models() -> None:
    """With two actors they count what the bundled models count, of which the files say where they come from."""
    for made, bundled in ((classics.chicken(), "chicken"), (classics.prisoners_dilemma(), "prisoners_dilemma")):
        (expected,) = load(bundled).expect
        counts: Any = expected.results["counts"]
        assert {c: made.analyze().count(c) for c in counts} == dict(counts)


def test_all_ordinal_games_of_two() -> None:
    """Every strict 2 x 2 game is verified, for one actor's ranks fixed: 24 of the 576."""
    for ranks in itertools.permutations((1, 2, 3, 4)):
        assert verify(classics.two_by_two((3, 1, 4, 2), ranks).scenario).agrees


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: classics.stag_hunt(99), "expected a number of actors from 2 to 8; found 99"),
        (lambda: classics.two_by_two((1, 2)), "`first` says how much each of the four states is liked"),
        (
            lambda: classics.ALL["chicken"](comitment=True),
            "chicken has no argument `comitment`; did you mean commitment?",
        ),
        (lambda: classics.ALL["deterrence"](credible="no"), "`credible` is True or False"),
    ],
)
def test_misuse(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        ask()
    assert message in str(error.value)
