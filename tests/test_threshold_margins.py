"""Margins of thresholds: brute force over a fine grid of values, a model worked by hand, words and refusals."""

from __future__ import annotations

import itertools
import json
import random
from functools import partial
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import family_oracle
from detente.case import Case
from detente.cli import main
from detente.errors import InputError, UnknownName
from detente.questions.preference_structures.threshold_margins import Sweep, threshold_margins
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import to_yaml
from lengths import blocks, seeds
from small_models import small_model

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")
STEPS = 20
"""Numbers in the matrices are multiples of 1/20, so the values between them stand for all."""


def drawn(seed: int) -> tuple[Case, oracle.Game, dict[str, Any], int, str, str]:
    """A case, its game, a matrix of chances per actor, a state, a concept, a rule."""
    model, rng = small_model(seed), random.Random(seed)
    game, rule = oracle.build(model), rng.choice(("legal", "one-step"))
    size, steps = len(game.states), np.random.default_rng(seed)
    chances: dict[str, Any] = {}
    for actor in game.actors:
        half = np.triu(steps.choice(rng.sample(range(STEPS + 1), 3), (size, size)), 1)
        chances[actor] = (half + np.triu(STEPS - half, 1).T) / STEPS
    case = Case(read_text(to_yaml(model), name="random"), sanctions=rule)
    return case, game, chances, rng.randrange(size), CONCEPTS[seed % len(CONCEPTS)], rule


def values() -> list[float]:
    """Every number that may occur, and one between each two."""
    return [place / (2 * STEPS) for place in range(2 * STEPS + 1)]


def piece_at(sweep: Sweep, value: float) -> dict[str, bool]:
    inside = (
        [p for p in sweep.pieces if p.first <= value < p.last]
        if sweep.closed == "below"
        else [p for p in sweep.pieces if p.first < value <= p.last]
    )
    (piece,) = inside
    return dict(piece.stable)


def assert_same(seed: int) -> None:
    case, game, chances, state, concept, rule = drawn(seed)
    fuzzy = seed % 3 == 0
    names = ("threshold",) if fuzzy else ("alpha", "beta", "gamma")
    rng = random.Random(seed)
    limits = {name: {a: rng.choice(values()[1:-1]) for a in game.actors} for name in names}
    numbers = {a: m + np.eye(len(m)) / 2 for a, m in chances.items()} if fuzzy else chances
    found = threshold_margins(
        case,
        oracle.settings(game, state),
        concept,
        "fuzzy" if fuzzy else "probabilistic",
        chances=numbers,
        thresholds=limits,
    )

    def judged(limits: dict[str, dict[str, float]]) -> dict[str, bool]:
        verdicts = {}
        for actor in game.actors:
            rows = (
                family_oracle.fuzzy(numbers, actor, limits["threshold"])
                if fuzzy
                else family_oracle.probabilistic(numbers, actor, limits)
            )
            verdicts[actor] = state in family_oracle.stable(game, actor, concept, *rows, rule)
        return verdicts

    assert found.stable == judged(limits), seed
    assert [(s.name, s.actor) for s in found.sweeps] == [(n, a) for n in names for a in game.actors]
    for sweep in rng.sample(found.sweeps, min(2, len(found.sweeps))):
        every = values()[1:] if fuzzy else values()[:-1]
        truth = {v: judged({**limits, sweep.name: {**limits[sweep.name], sweep.actor: v}}) for v in every}
        for value, verdicts in truth.items():
            assert piece_at(sweep, value) == verdicts, (seed, sweep.name, sweep.actor, value)
        assert sweep.pieces[sweep.here].stable == found.stable
        before = [tuple(piece.stable.values()) for piece in sweep.pieces]
        assert all(a != b for a, b in itertools.pairwise(before)), "no piece is cut for nothing"
        now, (first, last) = found.equilibrium, sweep.margin
        assert first <= sweep.value <= last
        differing = [value for value, verdicts in truth.items() if all(verdicts.values()) != now]
        below, above = [v for v in differing if v < sweep.value], [v for v in differing if v > sweep.value]
        assert (sweep.flips_below is None, sweep.flips_above is None) == (not below, not above)
        assert sweep.flips == bool(differing)


@seeds(12, 40)
def test_small_models(seed: int) -> None:
    assert_same(seed)


@blocks(5, 8)
def test_at_length(block: int) -> None:
    for seed in range(40 + 20 * block, 60 + 20 * block):
        assert_same(seed)


# --- by hand -------------------------------------------------------------------------------------------------------------

TORN = np.array([[0, 1, 0.2, 1], [0, 0, 0, 0.4], [0.8, 1, 0, 1], [0, 0.6, 0, 0]])
"""The first prisoner: at cc (the last state) it likes to leave for dc (the second) with a chance of 0.6."""


def test_where_the_first_prisoner_begins_to_leave() -> None:
    """Its chance to prefer leaving is 0.6; but the second, whose preferences are certain, leaves in any case."""
    case = Case(load("prisoners_dilemma"))
    found = threshold_margins(case, "cc", "nash", chances={"first": TORN}, thresholds={"alpha": {"first": 0.7}})
    alpha = found.sweeps[0]
    assert (alpha.value, alpha.margin, alpha.flips) == (0.7, (0.0, 1.0), False)
    assert [(p.first, p.last, p.stable["first"]) for p in alpha.pieces] == [(0.0, 0.6, False), (0.6, 1.0, True)]
    assert found.headline == "cc is unstable under Nash; no threshold alone changes that."


def test_what_people_read() -> None:
    still = np.zeros((4, 4))
    found = threshold_margins(
        Case(load("prisoners_dilemma")),
        "cc",
        "nash",
        chances={"first": TORN, "second": still},
        thresholds={"alpha": 0.7},
    )
    assert found.headline == "cc is stable under Nash; a threshold of first alone can change that."
    assert found.fragile == ("first",)
    margins, swept = found.sheets()
    assert margins.columns == (
        "threshold", "whose", "its value", "the verdict stays within", "flips below", "flips above",
    )  # fmt: skip
    assert margins.rows[0] == ("alpha", "first", "0.7", "[0.6, 1)", "0.6", "")
    assert margins.rows[1] == ("alpha", "second", "0.7", "[0, 1)", "", "")
    assert swept.rows == (
        ("alpha", "first", "[0, 0.6)", False, False, True, False),
        ("alpha", "first", "[0.6, 1)", True, True, True, True),
    )
    assert swept.notes == ("A threshold that is not listed changes nobody's stability, whatever its value.",)
    assert found.to_json()["sweeps"][0]["margin"] == [0.6, 1.0]


def test_crisp_preferences_have_no_margin_to_lose() -> None:
    """What is certain is above every threshold."""
    for kind in ("probabilistic", "fuzzy"):
        found = threshold_margins(Case(load("prisoners_dilemma")), "dd", "seq", kind, chances={})
        assert found.equilibrium and not found.fragile
        assert len(found.sheets()) == 1


# --- refusals, and the commands ------------------------------------------------------------------------------------------


def test_bad_questions() -> None:
    ask = partial(threshold_margins, Case(load("prisoners_dilemma")), "cc")
    with pytest.raises(UnknownName, match="did you mean fuzzy"):
        ask("seq", "fuzy")
    with pytest.raises(UnknownName, match="threshold"):
        ask("seq", "fuzzy", thresholds={"alpha": 0.5})
    with pytest.raises(InputError, match="simultaneous"):
        ask("sim")
    with pytest.raises(InputError, match="alpha of first is 1; expected a number at least 0 and below 1"):
        ask("seq", thresholds={"alpha": 1})


def test_the_command() -> None:
    def run(words: str) -> Any:
        return CliRunner().invoke(main, words.split())

    told = run(
        "probabilistic two_proxies --chance us:biden24=0.65 --chance us:carpenter=0.35 --margins now --concepts nash"
    )
    assert told.exit_code == 0, told.output
    assert "[0, 0.35)" in told.output and "The verdict at every value of a threshold" in told.output
    both = run(
        "fuzzy two_proxies --chance us:biden24=0.65 --chance us:carpenter=0.35 --margins now --concepts nash,seq --json"
    )
    assert [each["concept"] for each in json.loads(both.output)] == ["nash", "seq"]
    wrong = run("probabilistic two_proxies --chance us:biden24=1 --margins now --explain now")
    assert wrong.exit_code == 2 and "it goes with --concepts" in wrong.output
