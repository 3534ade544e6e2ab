"""Where play ends, by search from one state: against the definitions, and what is told when the search ends early."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from detente.conflict.game import Game
from detente.engine.lazy_play import UNKNOWN, LazyPlay, search_play
from detente.engine.one_state import answer, judge
from detente.scenario import read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import models, seeds

KINDS = ("myopic", "foresight")


def both(seed: int, kind: str | None) -> tuple[oracle.Game, Game]:
    model = random_model(seed, kind)
    return oracle.build(model), Game.of(read_text(to_yaml(model)))


def numbered(game: Game, found: LazyPlay) -> list[list[int]]:
    """The ends by the numbers of their states."""
    return sorted(np.searchsorted(game.conflict.states, end).tolist() for end in found.ends)


@models(18)
def test_ends_are_those_of_the_definitions(seed: int, kind: str | None) -> None:
    plain, game = both(seed, kind)
    for play in KINDS:
        for sanctions in ("legal", "one-step"):
            found = search_play(game, game.cell(None), play == "foresight", sanctions)
            assert found.complete and found.limit == ""
            assert numbered(game, found) == oracle.ends(plain, play, sanctions), (play, sanctions)
            passed = oracle.reached(oracle.steps(plain, play, sanctions), plain.now or 0)
            assert found.passed == len(passed)


@seeds(10, 150)
def test_whatever_the_budget_what_is_told_is_true(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends found are ends, states passed are passed, and a verdict is that of the definitions or UNKNOWN."""
    plain, game = both(seed, None)
    rng = random.Random(seed)
    for play in KINDS:
        true = oracle.ends(plain, play) or []
        budget: dict[str, Any] = {
            "width": rng.randint(1, 6),
            "depth": rng.choice((None, 0, 1, 2)),
            "effort": rng.randint(0, 6),
        }
        monkeypatch.setattr("detente.engine.lazy_play.PAIRS", rng.choice((1, 3, 1_000)))
        found = search_play(game, game.cell(None), play == "foresight", **budget)
        ends = numbered(game, found)
        assert all(end in true for end in ends)
        assert found.complete is (found.limit == "") and (not found.complete or ends == true)
        assert found.passed <= len(oracle.reached(oracle.steps(plain, play), plain.now or 0))
        good = set(rng.sample(range(len(plain.states)), len(plain.states) // 2))
        told = found.verdict(state in good for end in ends for state in end)
        assert told in (oracle.verdict(true, good), UNKNOWN)
        assert not found.complete or told != UNKNOWN


RING = """
detente: 1
title: A ring of sixty options
actors:
{actors}
now: []
"""


def ring(actors: int, options: int) -> str:
    """Everybody wants its options as the neighbour before it has them, the first one the opposite."""
    lines = []
    for i in range(actors):
        names = [f"o{i}_{k}" for k in range(options)]
        before = [f"o{i - 1}_{k}" for k in range(options)] if i else [f"o{actors - 1}_{k}" for k in range(options)]
        wants = [f"({a} iff {b})" if i else f"({a} iff not {b})" for a, b in zip(names, before, strict=True)]
        lines.append(
            f"  a{i}: {{options: {{{', '.join(f'{name}: ' for name in names)}}}, priorities: [{', '.join(wants)}]}}"
        )
    return RING.format(actors="\n".join(lines))


def test_a_model_beyond_memory_is_searched_within_its_budget() -> None:
    """2^60 states, and improvements go round and round: nothing is settled, and that is what is said."""
    game = Game.of(read_text(ring(12, 5)))
    found = search_play(game, game.cell(None), foresight=False, width=50)
    assert (found.ends, found.complete, found.limit) == ((), False, "states")
    assert found.verdict([]) == UNKNOWN
    shallow = search_play(game, game.cell(None), foresight=False, depth=1)
    assert (shallow.passed, shallow.open, shallow.limit) == (32, 31, "steps")  # the first actor's 31 other settings


def test_where_everybody_is_content_play_stays_however_large_the_model() -> None:
    actors = "\n".join(
        f"  a{i}: {{options: {{{', '.join(f'o{i}_{k}: ' for k in range(5))}}}, "
        f"priorities: [{', '.join(f'not o{i}_{k}' for k in range(5))}]}}"
        for i in range(12)
    )
    game = Game.of(read_text(RING.format(actors=actors)))
    found = search_play(game, game.cell(None), foresight=True)
    assert ([end.tolist() for end in found.ends], found.complete, found.passed) == ([[0]], True, 1)


def test_the_same_improvements_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other options are like changes nothing for an actor that does not look at them."""
    text = """
detente: 1
title: Two quarrels
actors:
  a: {options: {x: }, priorities: [x iff y]}
  b: {options: {y: }, priorities: [x iff not y]}
  c: {options: {z: }, priorities: [z iff w]}
  d: {options: {w: }, priorities: [z iff not w]}
now: []
"""
    asked = []

    def counted(*words: Any) -> Any:
        asked.append((words[2], words[3]))
        return answer(*words)

    monkeypatch.setattr("detente.engine.lazy_play.answer", counted)
    game = Game.of(read_text(text))
    found = search_play(game, game.cell(None), foresight=True)
    assert found.complete
    assert len(asked) == len(set(asked)) <= 8  # two improvements of each at most, whatever the other quarrel is like


def test_an_improvement_is_a_step_just_where_judging_the_state_finds_no_answer() -> None:
    """A state is stable for everybody under SEQ just where no foresight step leaves it."""
    from detente.engine.concepts import CONCEPTS

    for seed in range(3):
        _, game = both(seed, "choices")
        for cell in game.conflict.states.tolist():
            stable = all(
                judge(game.conflict, game.readings, cell, player, CONCEPTS["seq"]).stable
                for player in range(len(game.conflict.players))
            )
            found = search_play(game, cell, foresight=True)
            assert (found.passed == 1) is stable
