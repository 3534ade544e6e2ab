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

How to use it: `obstacles(case, analysis, aim, cell, incentives, vetoes)`. Cost: the moves of every state nearer than the goal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from detente.analysis import Analysis
from detente.case import Case, said
from detente.conflict import Cells
from detente.engine import improving_steps
from detente.engine.concepts import Concept, concepts
from detente.engine.one_state import judge
from detente.formula import Formula
from detente.messages import tell
from detente.questions.evolution.steps import weigh
from detente.questions.incentives.aims_and_consent import Aim, Broken, Ends, Exists, against_now
from detente.questions.incentives.offers import most, number, wish
from detente.questions.partnerships.fate_and_exits import change_between
from detente.result import Record
from detente.scenario.model import Incentive, PriorityList, Reading, Weights
from detente.sheet import FormulaTerm, NameTerm, Phrase

BUDGET = 20_000
"""(state, last mover) pairs looked at to find out which improvement stands."""

FAR = 1 << 20
"""Cells of a model beyond which no way to the goal is looked for."""


@dataclass(frozen=True, kw_only=True)
class Obstacle(Record):
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


def obstacles(
    case: Case, analysis: Analysis, aim: Aim, cell: int, incentives: Sequence[Incentive], vetoes: Sequence[str]
) -> tuple[Obstacle, ...]:
    """Why the aim fails at this state of the analysis; `case` is the one before anything was bought."""
    view = _View(case=case, analysis=analysis, aim=aim, incentives=tuple(incentives))
    found = [each for actor in analysis.actors if (each := view.of(actor, cell))]
    if not found and isinstance(aim, Ends | Broken):
        found = view.on_the_way(cell)
    if analysis.conflict.now is not None:
        now, at = analysis.cell(), np.array([cell])
        for actor in vetoes:
            if against_now(analysis, actor, at)[0] < 0:
                found.append(view.prefers(actor, "vetoes", cell, now, tell("keep today's state")))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _View:
    """An aim that fails in an analysis, the case before anything was bought, and what could be offered."""

    case: Case
    analysis: Analysis
    aim: Aim
    incentives: tuple[Incentive, ...]

    def of(self, actor: str, cell: int) -> Obstacle | None:
        """What the actor does at the state that keeps the aim from holding."""
        if isinstance(self.aim, Exists):
            better = _standing(self.analysis, self.aim.concept, cell, actor)
            return None if better is None else self.prefers(actor, "leaves", cell, better)
        conflict, player = self.analysis.conflict, self.analysis.conflict.index(actor)
        targets = conflict.successors(np.array([cell]), player)[1]
        targets = targets[conflict.holds(self.aim.formula, targets)]
        if not len(targets):
            return None
        u = self.analysis.solution.payoffs[player]
        return self.untaken(player, cell, int(targets[np.argmax(u.at(targets))]))

    def untaken(self, player: int, cell: int, goal: int) -> Obstacle:
        """Why the player does not take this step."""
        analysis, actor = self.analysis, self.analysis.actors[player]
        if goal not in improving_steps(analysis.conflict, analysis.solution, np.array([cell]), player, False)[1]:
            change = self._change(cell, goal)
            return self.prefers(actor, "stays", goal, cell, Phrase.told("stay than switch to {change}", change=change))
        return Obstacle(
            actor=actor,
            kind="fears",
            would=Phrase.told("go to {change}", change=self._change(cell, goal)),
            because=tell("the others' answer would leave it no better off than here"),
            needed="",
            offered="",
            beyond=None,
        )

    def on_the_way(self, cell: int) -> list[Obstacle]:
        """The steps of the easiest way to the goal that would not be taken; if all would be, who leaves its end."""
        concept = concepts(self.aim.concepts)[0]
        foresight, settled = concept.answers != "none", isinstance(self.aim, Broken)
        way = _easiest(self.analysis, cell, self.aim.formula, foresight, settled)
        untaken = [self.untaken(step.player, step.start, step.end) for step in way if not step.willing]
        if untaken or not way:
            return untaken
        end = way[-1].end
        leaving = ((actor, _standing(self.analysis, concept, end, actor)) for actor in self.analysis.actors)
        return [self.prefers(actor, "leaves", end, better) for actor, better in leaving if better is not None]

    def prefers(self, actor: str, kind: str, wanted: int, rival: int, would: str = "") -> Obstacle:
        """The actor is wanted at one state and prefers the rival: what decides for it, and what could be offered against."""
        reading = self.analysis.game.reading(actor)
        needed, offered, beyond = self._frontier(actor, wanted, rival)
        return Obstacle(
            actor=actor,
            kind=kind,
            would=would or self._change(wanted, rival),
            because=str(weigh(self.analysis.conflict, reading, wanted, rival)),
            needed=needed,
            offered=offered,
            beyond=beyond,
        )

    def _change(self, before: int, after: int) -> FormulaTerm:
        return FormulaTerm(said(change_between(self.analysis, before, after)))

    def _frontier(self, actor: str, wanted: int, rival: int) -> tuple[str, str, bool | None]:
        """What it takes for the actor to like one state as much as its rival, and the most that can be offered.

        The third value says whether that falls short. Judged by the list as it was before anything was bought.
        """
        conflict, reading = self.analysis.conflict, self.case.reading(actor)
        both = np.array([wanted, rival], dtype=np.int64)
        mine = [each for each in self.incentives if each.to == actor]
        # +1 if the incentive is due in the wanted state and not in the rival, -1 the other way round, else 0.
        due = {each.id: conflict.holds(each.when, both).astype(np.int64) for each in mine}
        favours = {name: int(here - there) for name, (here, there) in due.items()}
        if isinstance(reading, PriorityList):
            apart = weigh(conflict, reading, wanted, rival)
            if apart.verdict != "better":
                return tell("nothing: its own list does not prefer the alternative"), "", False
            rank = apart.rank or 0
            helping = [each for each in mine if favours[each.id] * (1 if each.worth >= 0 else -1) > 0]
            best = min(helping, key=lambda each: each.at or 0, default=None)
            needed = tell("an aim at rank {rank} or above", rank=rank)
            if best is None:
                return needed, tell("no incentive tells the two apart"), True
            offered = Phrase.told(
                "'{wish}' at rank {at} ({id})", wish=FormulaTerm(wish(best)), at=best.at, id=NameTerm(best.id)
            )
            return needed, offered, (best.at or 0) > rank
        if not isinstance(reading, Weights):
            return "", "", None
        gap = _gain(self.analysis, reading, both)
        reach = sum((max(Fraction(0), i.worth * favours[i.id]) * most(self.case, i) for i in mine), Fraction(0))
        return tell("worth {number}", number=number(gap)), tell("worth {number}", number=number(reach)), reach < gap


def _gain(analysis: Analysis, reading: Reading, both: Cells) -> Fraction:
    """By how much the second state outweighs the first."""
    gap = Fraction(0)
    for statement in reading.statements:
        here, there = analysis.conflict.holds(statement.want, both).tolist()
        gap += (statement.weight or Fraction(0)) * (there - here)
    return gap


# --- the easiest way ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """A legal move on a way, and whether its player would take it."""

    player: int
    start: int
    end: int
    willing: bool


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

    # Layers by the number of unwilling steps: first as far as willing steps lead, then one unwilling step from everything
    # reached so far. So the first goal state met takes the fewest unwilling steps, and of these ways the fewest steps.
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
    if concept.answers == "simultaneous":
        better = improving_steps(analysis.conflict, analysis.solution, np.array([cell]), player, False)[1]
    else:
        judged = judge(analysis.conflict, analysis.game.readings, cell, player, concept, analysis.sanctions, BUDGET)
        better = np.array([each.cell for each in judged.improvements if each.stands], dtype=np.int64)
    if not len(better):
        return None
    return int(better[np.argmax(analysis.game.payoffs(player, better))])
