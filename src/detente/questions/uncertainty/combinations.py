"""Every combination of what is in doubt, with its chance: a grid in place of draws, and the likeliest games.

Where doubts are few they need not be drawn: each list of an actor is listed with its chance, the likeliest first, and the
combinations follow in order of theirs. What is left over after so many is known as well: the chance of all others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.engine import Progress, quiet
from detente.engine.many import distinct, ranked
from detente.errors import TooLarge
from detente.messages import numeral, tell
from detente.questions.uncertainty.doubts import Doubt
from detente.questions.uncertainty.draws import Draws, Lists, Plan, Rows
from detente.questions.uncertainty.headlines import SENSELESS, Headline
from detente.questions.uncertainty.noise import (
    ORDERS,
    likeliest,
    orders_of,
    subsets_of,
)
from detente.scenario.model import Ranking, Weights

GRID_MOST = 20_000
"""Combinations of a grid at most."""

CLOSE = 1e-9
"""A chance that is none: what rounding leaves."""


def grid(
    case: Case,
    headlines: Sequence[Headline],
    doubts: Sequence[Doubt],
    most: int = GRID_MOST,
    progress: Progress = quiet,
    *,
    whole: bool = True,
) -> Draws:
    """Every combination with its chance. Raises `TooLarge` for more than `most`; if not `whole`, the likeliest so many.

    Then `unseen` is the chance of all others. Weights within intervals have no grid (`TooLarge`).
    """
    return gridded(Plan(case, tuple(headlines), tuple(doubts)), most, progress, whole=whole)


def gridded(plan: Plan, most: int = GRID_MOST, progress: Progress = quiet, *, whole: bool = True) -> Draws:
    """What `grid` does, of a plan that keeps what it has built."""
    _listable(plan)
    blocks = [_block(plan, actor, most) for actor in range(len(plan.actors))]
    others = [*plan.structural, *plan.judging]
    falling = [np.argsort(-np.array(each.chances), kind="stable") for each in others]
    chances = [block.chances for block in blocks]
    chances += [np.array(each.chances)[order] for each, order in zip(others, falling, strict=True)]
    total = math.prod(map(len, chances))
    if whole and (total > most or any(block.rest for block in blocks)):
        raise TooLarge(
            tell(
                "{total} combinations, and at most {most} can be looked at; switch some doubts off",
                total=numeral(total),
                most=numeral(most),
            )
        )
    chosen, weight, _ = likeliest(chances, most)
    lists = tuple(block.lists.at(chosen[:, at]) for at, block in enumerate(blocks))
    choices = {
        each.name: order[chosen[:, len(blocks) + at]]
        for at, (each, order) in enumerate(zip(others, falling, strict=True))
    }
    rows = Rows(lists, choices)
    left = max(0.0, 1 - float(weight.sum()))
    return Draws(
        headlines=plan.headlines,
        doubts=plan.doubts,
        plan=plan,
        rows=rows,
        weight=weight,
        verdicts=plan.judge(rows, progress),
        exact=left <= CLOSE,
        unseen=left if left > CLOSE else 0.0,
    )


def seen(plan: Plan, most: int = GRID_MOST) -> tuple[NDArray[np.int8], NDArray[np.float64], float]:
    """The likeliest `most` games: their verdicts, a row per headline, their chances, and the chance of all others.

    Lists that order the states alike are one, so that far more of the chance is seen than list by list; where there are several
    state spaces or ways to judge, the likeliest rows of a grid. Raises `TooLarge` for weights within intervals.
    """
    if plan.structural or plan.judging:
        found = gridded(plan, most, whole=False)
        return found.verdicts, found.weight, found.unseen
    _listable(plan)
    world = plan.world(0)
    assert world is not None
    ranks, chances = [], []
    for actor in range(len(plan.actors)):
        block = _block(plan, actor, most)
        scores, bad = world.scores(actor, block.lists)
        by_list = np.concatenate([ranked(scores), bad[:, None]], axis=1)
        different, which = distinct(by_list)
        mass = np.bincount(which, weights=block.chances).astype(np.float64)
        falling = np.argsort(-mass, kind="stable")
        ranks.append(by_list[different][falling])
        chances.append(mass[falling])
    chosen, weight, _ = likeliest(chances, most)
    verdicts = world.judge_of.of([each[:, :-1] for each in ranks], chosen.T)
    for actor, each in enumerate(ranks):
        verdicts[:, each[chosen[:, actor], -1] > 0] = SENSELESS
    left = 1 - float(weight.sum())
    return verdicts, weight, left if left > CLOSE else 0.0


def _listable(plan: Plan) -> None:
    if any(each.source == "weights" for each in plan.doubts):
        raise TooLarge(tell("weights within intervals can be anything in between, so that they cannot all be listed"))


@dataclass(frozen=True, eq=False)
class _Block:
    """All that one actor may want, the likeliest first, with the chance of what is not among it."""

    lists: Lists
    chances: NDArray[np.float64]
    rest: float


def _block(plan: Plan, actor: int, most: int) -> _Block:
    name, width = plan.actors[actor], plan.entries(actor)
    doubt = plan.doubt("reading", name)
    order, presence, polarity = (plan.doubt(source, name) for source in ("order", "presence", "polarity"))
    parts, chances = list[Lists](), list[NDArray[np.float64]]()
    for number, reading in enumerate(plan.readings[actor]):
        size, alone = len(reading.entries), np.ones(1)
        places, by_order, _ = (np.arange(size)[None, :], alone, 0.0)
        if order and not isinstance(reading, Weights) and size > 1:
            places, by_order, _ = orders_of(size, order.amount, order.swaps, max(ORDERS, 1))
        gone, by_presence, _ = (np.zeros((1, size), dtype=np.bool_), alone, 0.0)
        turned, by_polarity, _ = (np.zeros((1, size), dtype=np.bool_), alone, 0.0)
        if not isinstance(reading, Ranking):
            if presence:
                gone, by_presence, _ = subsets_of(size, presence.amount or 0.0)
            if polarity:
                turned, by_polarity, _ = subsets_of(size, polarity.amount or 0.0)
        chosen, mass, _ = likeliest([by_order, by_presence, by_polarity], max(most, 1))
        rows = len(chosen)
        place = np.tile(np.arange(width), (rows, 1))
        held, round_ = np.ones((rows, width), dtype=np.bool_), np.zeros((rows, width), dtype=np.bool_)
        place[:, :size] = places[chosen[:, 0]]
        held[:, :size] = ~gone[chosen[:, 1]]
        round_[:, :size] = turned[chosen[:, 2]]
        parts.append(Lists(np.full(rows, number), place, held, round_))
        chances.append(mass * (doubt.chances[number] if doubt else 1.0))
    together = Lists.joined(parts)
    mass = np.concatenate(chances)
    falling = np.argsort(-mass, kind="stable")
    falling = falling[mass[falling] > 0]
    left = 1 - float(mass.sum())
    return _Block(together.at(falling), mass[falling], left if left > CLOSE else 0.0)
