"""A state of the game and what is expected there: the steps anybody would gain by, where play ends, what holds.

How to use it: `expected_steps(case, cell)` lists the steps, `place(case, analysis, cell)` is the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.conflict import Cells
from detente.messages import tell
from detente.questions.evolution.steps import PLAYS, steps, weigh
from detente.result import Record
from detente.sheet import StateTerm


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """A move that somebody could make: what it changes, the state reached, and what decides for it."""

    actor: str
    changes: str
    state: Mapping[str, Any]
    text: str
    why: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """A state of the game and what is expected there: the steps, where play ends, and under which concepts it holds."""

    state: Mapping[str, Any]
    text: str
    next: tuple[Step, ...]
    ends: Mapping[str, tuple[str, ...]]
    holds: tuple[str, ...]


def expected_steps(case: Case, cell: int) -> list[Step]:
    """Everybody's improvements from a state; for each actor the unsanctioned first, and of these the best."""
    game, here = case.game, np.array([cell], dtype=np.int64)
    options = []
    for player, actor in enumerate(game.actors):
        sure = set(steps(case, "unsanctioned", here, player)[1].tolist())
        better = steps(case, "improvements", here, player)[1]
        worth = dict(zip(better.tolist(), game.payoffs(player, better).tolist(), strict=True))
        for there in sorted(worth, key=lambda target: (target not in sure, -worth[target], target)):
            weighing = weigh(game.conflict, game.readings[player], cell, there)
            step = Step(
                actor=actor,
                changes=game.change_text(cell, there),
                state=game.state(there),
                text=game.text(there),
                why=weighing.reason or weighing.phrase,
                kind="unsanctioned" if there in sure else "sanctioned",
            )
            options.append(step)
    return options


def place(case: Case, analysis: Analysis, cell: int) -> Place:
    """A state and what is expected there. Cost: everybody's moves from it, and both kinds of play."""
    return Place(
        state=case.game.state(cell),
        text=case.game.text(cell),
        next=tuple(expected_steps(case, cell)),
        ends={play: _ends(case, analysis.play(play, cell).ends) for play in PLAYS},
        holds=tuple(concept for concept in CONCEPTS if analysis.is_equilibrium(concept, cell)),
    )


def _ends(case: Case, ends: Sequence[Cells]) -> tuple[str, ...]:
    single = [StateTerm(case.game.text(int(end[0]))) for end in ends if len(end) == 1]
    return (*single, *(tell("a circle of {number} states", number=len(end)) for end in ends if len(end) > 1))
