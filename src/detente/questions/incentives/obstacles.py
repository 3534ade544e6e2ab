"""What stands in the way of an aim: who leaves, who stays, who fears what, and what would outweigh it.

The mathematics. Why no package brings an aim (`incentives.aims_and_consent`) about is told at one state, the
*closest*: for `Exists` the goal state that leaves fewest actors a reason to go, for the others a result where the
goal fails. An *obstacle* is what an actor would rather do there. For play and for breaking, that is whoever could
move to the goal at once and does not. If nobody could, the *easiest way* is followed: of all sequences of legal moves
to the goal the one with the fewest steps that their movers would not take, and these steps are the obstacles; if all
would be taken, it is whoever leaves the goal again.

An obstacle is overcome by what outweighs it: for weights, the gain of the alternative must be matched by worth that depends on
not taking it; in a priority list, by a wish ranked above the one that decides. What the incentives can do at most, all units
of every one that tells the two states apart taken together, is the *frontier* of reward power: where even that is not enough
for a single alternative, no package makes the actor like the state as much.

How to use it: `obstacles(case, analysis, aim, cell, levers, vetoes)`. Cost: the moves of every state nearer than the goal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import Case, said
from detente.conflict import Cells
from detente.conflict.payoffs import payoffs
from detente.engine import improving_steps
from detente.engine.concepts import Concept, concepts
from detente.engine.one_state import judge
from detente.formula import Formula
from detente.questions.evolution.steps import weigh
from detente.questions.incentives.aims_and_consent import Aim, Broken, Ends, Exists, against_now
from detente.questions.incentives.offers import most, number, wish
from detente.questions.partnerships.fate_and_exits import change_between
from detente.scenario.model import Incentive, PriorityList, Reading, Weights

BUDGET = 20_000
"""(state, last mover) pairs looked at to find out which improvement stands."""

FAR = 1 << 20
"""Cells of a model beyond which no way to the goal is looked for."""


@dataclass(frozen=True)
class Obstacle:
    """What an actor would rather do, or does not do, at the closest state, and what would outweigh it.

    `kind`: "leaves" (it goes elsewhere and nothing deters it), "stays" (it could go to the goal and likes it less), "fears"
    (it would go, but for the others' answer), "vetoes". `needed` and `offered` describe the frontier: worth for weights,
    ranks for priority lists; `beyond` whether not even everything offered together is enough.
    """

    actor: str
    kind: str
    would: str
    because: str
    needed: str
    offered: str
    beyond: bool | None

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def obstacles(
    case: Case, analysis: Analysis, aim: Aim, cell: int, levers: Sequence[Incentive], vetoes: Sequence[str]
) -> tuple[Obstacle, ...]:
    """Why the aim fails at this state of the analysis; `case` is the one before anything was bought."""
    found = [each for actor in analysis.actors if (each := _of(case, analysis, aim, cell, actor, levers))]
    if not found and isinstance(aim, Ends | Broken):
        found = _on_the_way(case, analysis, aim, cell, levers)
    if analysis.conflict.now is not None:
        now, at = analysis.cell(), np.array([cell])
        for actor in vetoes:
            if against_now(analysis, actor, at)[0] < 0:
                found.append(_told(case, analysis, actor, "vetoes", cell, now, levers, "keep the status quo"))
    return tuple(found)


def _of(
    case: Case, analysis: Analysis, aim: Aim, cell: int, actor: str, levers: Sequence[Incentive]
) -> Obstacle | None:
    if isinstance(aim, Exists):
        better = _standing(analysis, aim.concept, cell, actor)
        return None if better is None else _told(case, analysis, actor, "leaves", cell, better, levers)
    player = analysis.conflict.index(actor)
    targets = analysis.conflict.successors(np.array([cell]), player)[1]
    targets = targets[analysis.conflict.holds(aim.formula, targets)]
    if not len(targets):
        return None
    u = analysis.solution.payoffs[player]
    return _untaken(case, analysis, player, cell, int(targets[np.argmax(u.at(targets))]), levers)


def _untaken(
    case: Case, analysis: Analysis, player: int, cell: int, goal: int, levers: Sequence[Incentive]
) -> Obstacle:
    """Why the player does not take this step."""
    actor, change = analysis.actors[player], _change(analysis, cell, goal)
    if goal not in improving_steps(analysis.conflict, analysis.solution, np.array([cell]), player, False)[1]:
        return _told(case, analysis, actor, "stays", goal, cell, levers, f"stay than switch to {change}")
    because = "the others' answer would leave it no better off than here"
    return Obstacle(actor, "fears", f"go to {change}", because, "", "", None)


@dataclass(frozen=True)
class _Step:
    """A legal move on a way, and whether its player would take it."""

    player: int
    start: int
    end: int
    willing: bool


def _on_the_way(
    case: Case, analysis: Analysis, aim: Ends | Broken, cell: int, levers: Sequence[Incentive]
) -> list[Obstacle]:
    """The steps of the easiest way to the goal that would not be taken; if all would be, who leaves its end."""
    concept = concepts(aim.concepts)[0]
    way = _easiest(analysis, cell, aim.formula, concept.answers != "none", isinstance(aim, Broken))
    untaken = [_untaken(case, analysis, s.player, s.start, s.end, levers) for s in way if not s.willing]
    if untaken or not way:
        return untaken
    end, found = way[-1].end, []
    for actor in analysis.actors:
        better = _standing(analysis, concept, end, actor)
        found += [] if better is None else [_told(case, analysis, actor, "leaves", end, better, levers)]
    return found


def _easiest(analysis: Analysis, start: int, goal: Formula, foresight: bool, settled: bool) -> list[_Step]:
    """The way with the fewest steps that would not be taken, then the fewest steps; none from a goal state or too far.

    `settled`: nobody leaves the start of its own will, whatever deters it there.
    """
    conflict, solution = analysis.conflict, analysis.solution
    if conflict.cells > FAR or conflict.holds(goal, np.array([start]))[0]:
        return []
    came: dict[int, _Step] = {}
    seen = np.zeros(conflict.cells, dtype=np.bool_)
    seen[start] = True

    def onward(cells: Cells, willing: bool) -> Cells:
        found = [cells[:0]]
        for player in range(len(conflict.players)):
            rows, ends = (
                improving_steps(conflict, solution, cells, player, foresight)
                if willing
                else conflict.successors(cells, player)
            )
            ends, first = np.unique(ends, return_index=True)
            fresh = ~seen[ends]
            seen[ends] = True
            for end, origin in zip(ends[fresh].tolist(), cells[rows[first[fresh]]].tolist(), strict=True):
                came[end] = _Step(player, origin, end, willing)
            found.append(ends[fresh])
        return np.concatenate(found)

    layer = np.array([start], dtype=np.int64)
    reached = onward(layer, False) if settled else layer
    while len(reached):
        layer = reached
        while len(reached) and not conflict.holds(goal, reached).any():
            reached = onward(reached, True)
            layer = np.concatenate([layer, reached])
        if len(reached):
            return _back(came, int(reached[conflict.holds(goal, reached)][0]))
        reached = onward(layer, False)
    return []


def _back(came: dict[int, _Step], end: int) -> list[_Step]:
    way: list[_Step] = []
    while end in came:
        way.insert(0, came[end])
        end = came[end].start
    return way


def _standing(analysis: Analysis, concept: Concept, cell: int, actor: str) -> int | None:
    """The actor's best improvement that nothing deters; None if the state is stable for it."""
    player = analysis.conflict.index(actor)
    if analysis.is_stable(concept.id, actor, cell):
        return None
    readings = analysis.game.readings
    if concept.answers == "simultaneous":
        better = improving_steps(analysis.conflict, analysis.solution, np.array([cell]), player, False)[1]
    else:
        judged = judge(analysis.conflict, readings, cell, player, concept, analysis.sanctions, BUDGET)
        better = np.array([each.cell for each in judged.improvements if each.stands], dtype=np.int64)
    if not len(better):
        return None
    return int(better[np.argmax(payoffs(analysis.conflict, readings[player], better))])


def _change(analysis: Analysis, before: int, after: int) -> str:
    return said(change_between(analysis, before, after))


def _told(
    case: Case,
    analysis: Analysis,
    actor: str,
    kind: str,
    wanted: int,
    rival: int,
    levers: Sequence[Incentive],
    would: str = "",
) -> Obstacle:
    """The actor is wanted at one state and prefers the rival: what decides for it, and what could be offered against."""
    because = weigh(analysis.conflict, _reading(analysis, actor), wanted, rival)
    needed, offered, beyond = frontier(case, analysis, actor, wanted, rival, [i for i in levers if i.to == actor])
    doing = would or _change(analysis, wanted, rival)
    return Obstacle(actor, kind, doing, str(because), needed, offered, beyond)


def _reading(analysis: Analysis, actor: str) -> Reading:
    return analysis.game.readings[analysis.conflict.index(actor)]


def frontier(
    case: Case, analysis: Analysis, actor: str, wanted: int, rival: int, levers: Sequence[Incentive]
) -> tuple[str, str, bool | None]:
    """What it takes for the actor to like one state as much as its rival, and the most that can be offered.

    The third value says whether that falls short. Judged by the list as it was before anything was bought.
    """
    reading, both = case.reading(actor), np.array([wanted, rival], dtype=np.int64)
    favours = {i.id: _favour(analysis, i, both) for i in levers}
    if isinstance(reading, PriorityList):
        apart = weigh(analysis.conflict, reading, wanted, rival)
        if apart.verdict != "better":
            return "nothing: its own list does not prefer the alternative", "", False
        rank, helping = apart.rank or 0, [i for i in levers if favours[i.id] * (1 if i.worth >= 0 else -1) > 0]
        best = min(helping, key=lambda i: i.at or 0, default=None)
        said_best = f"'{wish(best)}' at rank {best.at} ({best.id})" if best else "no incentive tells the two apart"
        return f"a wish at rank {rank} or above", said_best, best is None or (best.at or 0) > rank
    if not isinstance(reading, Weights):
        return "", "", None
    gap = _worth(analysis, reading, both)
    reach = sum((max(Fraction(0), i.worth * favours[i.id]) * most(case, i) for i in levers), Fraction(0))
    return f"worth {number(gap)}", f"worth {number(reach)}", reach < gap


def _favour(analysis: Analysis, lever: Incentive, both: Cells) -> int:
    """+1 if the incentive is due in the first state and not in the second, -1 the other way round, else 0."""
    due = analysis.conflict.holds(lever.when, both).astype(np.int64)
    return int(due[0] - due[1])


def _worth(analysis: Analysis, reading: Reading, both: Cells) -> Fraction:
    """By how much the second state outweighs the first."""
    gap = Fraction(0)
    for statement in reading.statements:
        here, there = analysis.conflict.holds(statement.want, both).tolist()
        gap += (statement.weight or Fraction(0)) * (there - here)
    return gap
