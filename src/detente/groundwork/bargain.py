"""What a package must bring about, who lets it pass, and what stands in the way.

The mathematics. An *aim* finds, in an analysed case, the states that make the goal true, its *results*: an equilibrium
where the goal holds (`Exists`), the ends of play if the goal holds in all of them (`Ends`), or all equilibria that legal
moves can reach if there are some and the goal holds in all (`Broken`). An actor lets a result *pass* if it likes it no
less than the status quo.

Why there is none is told at one state, the *closest*: for `Exists` the goal state that leaves fewest actors a reason to
go, for the others a result where the goal fails. An *obstacle* is what an actor would rather do there. It is overcome by
what outweighs it: for weights, the gain of the alternative must be matched by worth that depends on not taking it; in a
priority list, by a wish ranked above the one that decides. What the incentives can do at most, all units of every one that
tells the two states apart taken together, is the *frontier* of reward power: where even that is not enough for a single
alternative, no package makes the actor like the state as much.

How to use it: `Exists(formula, text, concept)` and the others; `obstacles(case, analysis, aim, cell, levers, vetoes)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis, chosen_readings
from detente.case import Case, said
from detente.conflict import Cells
from detente.errors import UnknownName
from detente.formula import Formula
from detente.groundwork.bond import change_between
from detente.groundwork.offers import Purchase, most, number, wish
from detente.groundwork.steps import weigh
from detente.preferences import payoffs
from detente.scenario.model import Incentive, Reading
from detente.stability import improving_steps
from detente.stability.concepts import Concept
from detente.stability.local import judge

LISTED = 20
"""Results listed at most."""

BUDGET = 20_000
"""(state, last mover) pairs looked at to find out which improvement stands."""


class Aim(Protocol):
    """What is to be brought about."""

    @property
    def formula(self) -> Formula:
        """The goal."""

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts an analysis must know."""

    @property
    def one_is_enough(self) -> bool:
        """Whether one result that is let pass suffices."""

    def results(self, analysis: Analysis) -> Cells:
        """The states that make the goal true; none if it is not."""

    def nearness(self, analysis: Analysis) -> tuple[float, int]:
        """How close the analysis comes (larger is closer), and the state that shows what is missing."""


@dataclass(frozen=True)
class Exists:
    """Some state where the formula is true is an equilibrium."""

    formula: Formula
    text: str
    concept: Concept
    one_is_enough: bool = True

    @property
    def concepts(self) -> tuple[str, ...]:
        return (self.concept.id,)

    def __str__(self) -> str:
        return f"{self.text} in some {self.concept.id} equilibrium"

    def results(self, analysis: Analysis) -> Cells:
        return analysis.equilibria(self.concept.id, self.formula)

    def nearness(self, analysis: Analysis) -> tuple[float, int]:
        conflict = analysis.conflict
        states = conflict.feasible if conflict.simple else _grid(conflict.states, conflict.shape)
        goal = np.broadcast_to(conflict.holds(self.formula) & states, conflict.shape)
        if not goal.any():
            return (-1.0, analysis.cell() if conflict.now is not None else int(conflict.states[0]))
        content = np.zeros(conflict.shape, dtype=np.int8)
        for table in analysis.solution.stable[self.concept.id]:
            content += np.asarray(table.grid(), dtype=np.int8)
        content[~goal] = -1
        cell = int(np.argmax(content))
        return float(content.flat[cell]), cell


@dataclass(frozen=True)
class Ends:
    """The formula is true in every state where play ends."""

    formula: Formula
    text: str
    play: str
    one_is_enough: bool = False

    @property
    def concepts(self) -> tuple[str, ...]:
        return ("seq",)

    def __str__(self) -> str:
        return f"{self.text} wherever {self.play} play ends"

    def results(self, analysis: Analysis) -> Cells:
        cells = analysis.play(self.play).end_states
        return cells if analysis.conflict.holds(self.formula, cells).all() else cells[:0]

    def nearness(self, analysis: Analysis) -> tuple[float, int]:
        return _share(analysis, analysis.play(self.play).end_states, self.formula)


@dataclass(frozen=True)
class Broken:
    """There are equilibria within reach of the status quo, and the formula is true in every one."""

    formula: Formula
    text: str
    concept: Concept
    one_is_enough: bool = False

    @property
    def concepts(self) -> tuple[str, ...]:
        return (self.concept.id,)

    def __str__(self) -> str:
        return f"{self.text} in every reachable {self.concept.id} equilibrium"

    def results(self, analysis: Analysis) -> Cells:
        cells = self._reached(analysis)
        return cells if analysis.conflict.holds(self.formula, cells).all() else cells[:0]

    def nearness(self, analysis: Analysis) -> tuple[float, int]:
        cells = self._reached(analysis)
        return _share(analysis, cells, self.formula) if len(cells) else (-1.0, analysis.cell())

    def _reached(self, analysis: Analysis) -> Cells:
        return np.intersect1d(reachable(analysis), analysis.equilibria(self.concept.id))


def _grid(cells: Cells, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where these cells are."""
    found = np.zeros(shape, dtype=np.bool_)
    found.flat[cells] = True
    return found


def _share(analysis: Analysis, cells: Cells, formula: Formula) -> tuple[float, int]:
    truths = analysis.conflict.holds(formula, cells)
    return float(truths.mean()), int(cells[np.argmin(truths)])


def reachable(analysis: Analysis) -> Cells:
    """Every state that legal moves lead to from the status quo, which is one of them."""
    found = frontier = np.array([analysis.cell()], dtype=np.int64)
    while len(frontier):
        axes = range(len(analysis.conflict.players))
        ahead = np.unique(np.concatenate([analysis.conflict.successors(frontier, axis)[1] for axis in axes]))
        frontier = np.setdiff1d(ahead, found, assume_unique=True)
        found = np.union1d(found, frontier)
    return found


# --- consent --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consent:
    """What an actor says to the results, against the status quo: "better", "equal", "worse" or "mixed"."""

    actor: str
    reading: str
    verdict: str
    lets_pass: bool
    needed: bool

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def against_now(analysis: Analysis, actor: str, cells: Cells) -> NDArray[np.int64]:
    """Per state whether the actor likes it more (1), as much (0) or less (-1) than the status quo."""
    readings = chosen_readings(analysis.scenario, analysis.readings)
    both = np.concatenate([[analysis.cell()], cells]).astype(np.int64)
    u = payoffs(analysis.conflict, readings[analysis.conflict.index(actor)], both).astype(np.int64)
    return np.asarray(np.sign(u[1:] - u[0]), dtype=np.int64)


def passed(analysis: Analysis, cells: Cells, vetoes: Iterable[str]) -> NDArray[np.bool_]:
    """Per state whether all of these actors let it pass."""
    willing = np.ones(len(cells), dtype=np.bool_)
    for actor in vetoes:
        willing &= against_now(analysis, actor, cells) >= 0
    return willing


def consents(case: Case, analysis: Analysis, cells: Cells, needed: Sequence[str]) -> tuple[Consent, ...]:
    """What every actor says; nothing where the model has no status quo."""
    if analysis.conflict.now is None:
        return ()
    found = []
    for actor in analysis.actors:
        signs = set(against_now(analysis, actor, cells).tolist())
        words = {frozenset({1}): "better", frozenset({0}): "equal", frozenset({-1}): "worse"}
        verdict = words.get(frozenset(signs), "mixed")
        found.append(Consent(actor, case.chosen.get(actor, ""), verdict, -1 not in signs, actor in needed))
    return tuple(found)


@dataclass(frozen=True)
class Bought:
    """A verified package: what is bought, its results (the first `LISTED` of `count`), and what every actor says to it."""

    purchases: tuple[Purchase, ...]
    price: Fraction
    count: int
    results: tuple[Mapping[str, Any], ...]
    consents: tuple[Consent, ...]

    @property
    def units(self) -> dict[str, int]:
        return {each.id: each.units for each in self.purchases}

    def lets_pass(self, actor: str) -> bool:
        """Whether no result is worse for the actor than the status quo."""
        for each in self.consents:
            if each.actor == actor:
                return each.lets_pass
        raise UnknownName("actor", actor, [each.actor for each in self.consents])

    def __str__(self) -> str:
        return ", ".join(map(str, self.purchases)) or "nothing"

    def to_json(self) -> dict[str, Any]:
        return {
            "price": number(self.price),
            "purchases": [each.to_json() for each in self.purchases],
            "count": self.count,
            "results": [dict(each) for each in self.results],
            "consents": [each.to_json() for each in self.consents],
        }


# --- what stands in the way -----------------------------------------------------------------------------------------


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
    if analysis.conflict.now is not None:
        now, at = analysis.cell(), np.array([cell])
        for actor in vetoes:
            if against_now(analysis, actor, at)[0] < 0:
                found.append(_told(case, analysis, actor, "vetoes", cell, now, levers, "keep the status quo"))  # noqa: PERF401
    return tuple(found)


def _of(
    case: Case, analysis: Analysis, aim: Aim, cell: int, actor: str, levers: Sequence[Incentive]
) -> Obstacle | None:
    if isinstance(aim, Exists):
        better = _standing(analysis, aim.concept, cell, actor)
        return None if better is None else _told(case, analysis, actor, "leaves", cell, better, levers)
    formula = aim.formula
    player = analysis.conflict.index(actor)
    targets = analysis.conflict.successors(np.array([cell]), player)[1]
    targets = targets[analysis.conflict.holds(formula, targets)]
    if not len(targets):
        return None
    u = analysis.solution.payoffs[player]
    goal = int(targets[np.argmax(u.at(targets))])
    wants = goal in improving_steps(analysis.conflict, analysis.solution, np.array([cell]), player, False)[1]
    if not wants:
        return _told(case, analysis, actor, "stays", goal, cell, levers, "stay here")
    because = "the others' answer would leave it no better off than here"
    return Obstacle(actor, "fears", "go to " + _change(analysis, cell, goal), because, "", "", None)


def _standing(analysis: Analysis, concept: Concept, cell: int, actor: str) -> int | None:
    """The actor's best improvement that nothing deters; None if the state is stable for it."""
    player = analysis.conflict.index(actor)
    if analysis.is_stable(concept.id, actor, cell):
        return None
    readings = chosen_readings(analysis.scenario, analysis.readings)
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
    return chosen_readings(analysis.scenario, analysis.readings)[analysis.conflict.index(actor)]


def frontier(
    case: Case, analysis: Analysis, actor: str, wanted: int, rival: int, levers: Sequence[Incentive]
) -> tuple[str, str, bool | None]:
    """What it takes for the actor to like one state as much as its rival, and the most that can be offered.

    The third value says whether that falls short. Judged by the list as it was before anything was bought.
    """
    reading, both = case.reading(actor), np.array([wanted, rival], dtype=np.int64)
    favours = {i.id: _favour(analysis, i, both) for i in levers}
    if reading.kind == "priorities":
        apart = weigh(analysis.conflict, reading, wanted, rival)
        if apart.verdict != "better":
            return "nothing: its own list does not prefer the alternative", "", False
        rank, helping = apart.rank or 0, [i for i in levers if favours[i.id] * (1 if i.worth >= 0 else -1) > 0]
        best = min(helping, key=lambda i: i.at or 0, default=None)
        said_best = f"'{wish(best)}' at rank {best.at} ({best.id})" if best else "no incentive tells the two apart"
        return f"a wish at rank {rank} or above", said_best, best is None or (best.at or 0) > rank
    if reading.kind != "weights":
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


def same_states(held: Analysis, cells: Cells, free: Analysis) -> Cells:
    """States of a model in which something is held, in the model in which nothing is."""
    settings = {key: np.broadcast_to(value, len(cells)) for key, value in held.conflict.values(cells).items()}
    return free.conflict.land(free.conflict.encode(settings))
