"""What a package must bring about, and who accepts it.

The mathematics. An *aim* finds, in an analysed case, the states that make the goal true, its *results*: an equilibrium
where the goal holds (`Exists`), the ends of play if the goal holds in all of them (`Ends`), or all equilibria that legal
moves can reach if there are some and the goal holds in all (`Broken`). An actor lets a result *pass* if it likes it no
less than the status quo.

How to use it: `Exists(formula, text, concept)` and the others; `passed(analysis, cells, vetoes)`. Why an aim is out of reach
is told by `incentives.obstacles`, at the state that its `nearness` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import Case
from detente.conflict import Cells
from detente.conflict.payoffs import payoffs
from detente.engine.concepts import Concept
from detente.engine.steps import is_regular, moves
from detente.errors import UnknownName
from detente.formula import Formula
from detente.messages import word
from detente.questions.incentives.offers import PackageItem, Units, is_threat, offered
from detente.result import Record
from detente.sheet import Phrase

LISTED = 20
"""Results listed at most."""


class Aim(Protocol):
    """What is to be brought about."""

    @property
    def formula(self) -> Formula:
        """The goal."""

    @property
    def phrase(self) -> Phrase:
        """The aim in words."""

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

    @property
    def phrase(self) -> Phrase:
        return Phrase.told("{text} in some {id} equilibrium", text=self.text, id=self.concept.id)

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
        return ("nash",) if self.play == "myopic" else ("seq",)

    @property
    def phrase(self) -> Phrase:
        return Phrase.told("{text} wherever {play} play ends", text=self.text, play=word(self.play))

    def results(self, analysis: Analysis) -> Cells:
        cells = analysis.play(self.play).end_states
        return cells if analysis.conflict.holds(self.formula, cells).all() else cells[:0]

    def nearness(self, analysis: Analysis) -> tuple[float, int]:
        return _share(analysis, analysis.play(self.play).end_states, self.formula)


@dataclass(frozen=True)
class Broken:
    """There are equilibria within reach of the status quo by legal moves in turn, and the formula is true in every one."""

    formula: Formula
    text: str
    concept: Concept
    one_is_enough: bool = False

    @property
    def concepts(self) -> tuple[str, ...]:
        return (self.concept.id,)

    @property
    def phrase(self) -> Phrase:
        return Phrase.told("{text} in every reachable {id} equilibrium", text=self.text, id=self.concept.id)

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
    """Every state that legal moves lead to from the status quo, which is one of them; nobody moves twice running.

    That is what status quo analysis calls within reach. Cost: one expansion per state, or (state, last mover).
    """
    game, movers = analysis.game, range(len(analysis.actors))
    # Where two moves of one actor running could be one, nothing is cut off by the rule of turns and states will do as nodes.
    width = 1 if is_regular(game) else len(movers) + 1
    found = frontier = np.array([analysis.cell() * width], dtype=np.int64)
    while len(frontier):
        ahead = []
        for mover in movers:
            mark = 0 if width == 1 else mover + 1
            able = frontier if width == 1 else frontier[frontier % width != mark]
            ahead.append(moves(game, able // width, mover)[1] * width + mark)
        frontier = np.setdiff1d(np.concatenate(ahead), found)
        found = np.union1d(found, frontier)
    return np.unique(found // width)


# --- consent --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Consent(Record):
    """What an actor says to the results, against the status quo: "better", "equal", "worse", "mixed" or "coerced".

    The words are those of its list as the package leaves it; but whoever is threatened and would find the results worse without
    the threat is *coerced*: for it they are worse than today, and better only than the threat carried out.
    """

    actor: str
    reading: str
    verdict: str
    lets_pass: bool
    needed: bool


def against_now(analysis: Analysis, actor: str, cells: Cells) -> NDArray[np.int64]:
    """Per state whether the actor likes it more (1), as much (0) or less (-1) than the status quo."""
    both = np.concatenate([[analysis.cell()], cells]).astype(np.int64)
    u = analysis.game.payoffs(analysis.conflict.index(actor), both).astype(np.int64)
    return np.asarray(np.sign(u[1:] - u[0]), dtype=np.int64)


COERCED = "coerced"


def _signs(case: Case, analysis: Analysis, actor: str, cells: Cells) -> set[int]:
    """What a result is to the actor against the status quo, by its list in another case of the same states."""
    both = np.concatenate([[analysis.cell()], cells]).astype(np.int64)
    u = payoffs(analysis.conflict, case.reading(actor), both).astype(np.int64)
    return set(np.sign(u[1:] - u[0]).tolist())


def due(case: Case, units: Units, analysis: Analysis, cells: Cells) -> tuple[Fraction, Fraction]:
    """The most that falls due at a result: a promise costs where it is kept, a threat only where it is carried out.

    First with the least that each may cost, then with the most.
    """
    bought = [(case.scenario.incentives[name], many) for name, many in units.items() if many]
    if not bought or not len(cells):
        return Fraction(0), Fraction(0)
    there = np.array([np.broadcast_to(analysis.conflict.holds(i.when, cells), len(cells)) for i, _ in bought])
    patterns = np.unique(there, axis=1).T.tolist()

    def worst(end: int) -> Fraction:
        due_here = (
            sum((i.costs[end] * many for (i, many), so in zip(bought, row, strict=True) if so), Fraction(0))
            for row in patterns
        )
        return max(due_here)

    return worst(0), worst(1)


def passed(analysis: Analysis, cells: Cells, vetoes: Iterable[str]) -> NDArray[np.bool_]:
    """Per state whether all of these actors let it pass."""
    willing = np.ones(len(cells), dtype=np.bool_)
    for actor in vetoes:
        willing &= against_now(analysis, actor, cells) >= 0
    return willing


def consents(case: Case, units: Units, analysis: Analysis, cells: Cells, needed: Sequence[str]) -> tuple[Consent, ...]:
    """What every actor says to the results of a package in a case; nothing where the model has no status quo."""
    if analysis.conflict.now is None:
        return ()
    found = []
    bought = offered(case, units)
    unthreatened = offered(case, {name: 0 if is_threat(case, name) else many for name, many in units.items()})
    threatened = {case.scenario.incentives[name].to for name, many in units.items() if many and is_threat(case, name)}
    for actor in analysis.actors:
        signs = set(against_now(analysis, actor, cells).tolist())
        words = {frozenset({1}): "better", frozenset({0}): "equal", frozenset({-1}): "worse"}
        verdict = words.get(frozenset(signs), "mixed")
        reading, passes = bought.chosen.get(actor, ""), -1 not in signs
        if actor in threatened and passes and -1 in _signs(unthreatened, analysis, actor, cells):
            verdict = COERCED
        found.append(Consent(actor=actor, reading=reading, verdict=verdict, lets_pass=passes, needed=actor in needed))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class VerifiedPackage(Record):
    """A package that the engine has verified.

    `price` is what is committed if all of it is called upon, `due` the most of it that falls due at a result; where costs are
    ranges both are the least, `price_most` and `due_most` the most. `results` are the first `LISTED` of the `count` states that
    make the goal true, `consents` what every actor says to them.
    """

    purchases: tuple[PackageItem, ...]
    price: Fraction
    price_most: Fraction
    due: Fraction
    due_most: Fraction
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
