"""Games as actors see them: views, projections between games, and who is stable, or moves, in its own eyes.

The mathematics is told in `detente.questions.perception`. Here are its parts: a `View`, the `Game` it makes of a case, and
`Worlds`: everybody's games and everybody's images of the others' games, with what follows for the states of the base game.

How to use it: `Worlds(case, views, beliefs, concepts)`. Inside, states are positions in a game's list of states; `project` and
`lifted` lead from one game to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS
from detente.case import Case, Policy
from detente.conflict import Cells, Conflict, build
from detente.errors import InputError, ScenarioError, Unanswerable, UnknownName
from detente.groundwork.jointly import Jointly, Truths
from detente.groundwork.steps import Ground
from detente.play import follow
from detente.scenario.model import Actor, Rule
from detente.stability import arcs_of
from detente.stability.concepts import Concept
from detente.stability.graph import Arcs, worst_answer
from detente.stability.relations import Side, judge, scored


@dataclass(frozen=True)
class View:
    """How an actor's game differs from the base game: `rules` are formulas of states it thinks impossible."""

    hidden: frozenset[str] = frozenset()
    readings: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [f"does not perceive {', '.join(sorted(self.hidden))}"] if self.hidden else []
        parts += [f"thinks {actor} is {reading}" for actor, reading in self.readings.items()]
        return "; ".join([*parts, *(f"thinks impossible: {rule}" for rule in self.rules)]) or "sees the base game"

    def to_json(self) -> dict[str, Any]:
        return {"hidden": sorted(self.hidden), "readings": dict(self.readings), "rules": list(self.rules)}


def check(case: Case, views: Mapping[str, View]) -> None:
    """Raise for names that do not exist and for views that have no meaning in this model."""
    for actor, view in views.items():
        if actor not in case.actors:
            raise UnknownName("actor", actor, case.actors)
        for other, reading in view.readings.items():
            case.scenario.actor(other).reading(reading)
            if other == actor:
                raise InputError(
                    f"{actor}'s view names a reading of {actor}; its own preferences are its own: leave it out"
                )
        merged = any(rule.kind == "same" for rule in case.scenario.rules)
        if (view.hidden or view.rules) and (case.scenario.graph or merged):
            what = "has merged states" if merged else "is in graph form"
            raise Unanswerable(f"this model {what}; here views may differ in readings only, not in options or rules")
        for key in view.hidden:
            case.scenario.option(key)
            if any(key in rule.then for rule in case.scenario.rules if rule.kind == "consequence"):
                raise InputError(
                    f"{key} is set by a rule that acts by itself, which would reveal it; it cannot be hidden"
                )


class Game:
    """A game somebody sees: arcs and scores of every actor between positions of its states."""

    def __init__(self, case: Case, view: View, whose: str = "") -> None:
        self.case, self.hidden = _seen(case, view), view.hidden
        self.now = case.now if view.hidden else {}
        self.ground = Ground(self.case)
        try:
            together = Jointly.of(self.ground)
        except ScenarioError as problem:
            raise InputError(f"the game as {whose or 'somebody'} sees it has no meaning: {problem}") from problem
        self.conflict: Conflict = self.ground.conflict
        self.arcs, self.scores, self.states = together.arcs, together.scores, together.states

    @cached_property
    def sides(self) -> list[Side]:
        return [scored(arcs, u) for arcs, u in zip(self.arcs, self.scores, strict=True)]

    def project(self, outer: Conflict) -> NDArray[np.int64]:
        """For every state of `outer` the position of its projection here, -1 where that is impossible."""
        states = outer.states
        if outer.graph:
            return states
        values: dict[str, Any] = outer.values(states) | {key: self.now[key] for key in self.hidden}
        landed = self.conflict.land(np.broadcast_to(self.conflict.encode(values), states.shape))
        return np.where(landed >= 0, np.searchsorted(self.conflict.states, landed), -1)

    def without(self, axis: int, hidden: frozenset[str]) -> Arcs:
        """The moves of an actor that leave these options of its own as they are."""
        actor = self.case.scenario.actors[axis]
        if not any(option.key in hidden for option in actor.options):
            return self.arcs[axis]
        actors = tuple(_still(a, hidden) if a.id == actor.id else a for a in self.case.scenario.actors)
        return arcs_of(build(replace(self.case.scenario, actors=actors)), axis)

    def lifted(self, inner: Game, axis: int, steps: Arcs) -> Arcs:
        """The moves here of an actor that are, in the inner game it plays, among `steps`."""
        arcs, place = self.without(axis, inner.hidden), inner.project(self.conflict)
        start, end = place[arcs.start], place[arcs.end]
        known = np.isin(start * inner.states + end, steps.start * inner.states + steps.end)
        return arcs.where((start >= 0) & (end >= 0) & known)


def _seen(case: Case, view: View) -> Case:
    rules = tuple(Rule("never", case.scenario.formula(text), text=text) for text in view.rules)
    hold = {key: case.now[key] for key in view.hidden}
    return case.under(Policy(readings=view.readings, rules=rules, hold=hold))


def _still(actor: Actor, hidden: frozenset[str]) -> Actor:
    options = (replace(o, change=(), needs={}) if o.key in hidden and o.change != "fixed" else o for o in actor.options)
    return replace(actor, options=tuple(options))


class Worlds:
    """Everybody's games, and the base game they are compared with."""

    def __init__(
        self, case: Case, views: Mapping[str, View], beliefs: Mapping[str, Mapping[str, View]], rows: Sequence[Concept]
    ) -> None:
        self.case, self.views, self.beliefs, self.rows = case, views, beliefs, rows
        self.base = Game(case, View())
        self.games = {i: Game(case, view, i) for i, view in views.items()}
        self.images = {(i, j): self.image(i, j) for i in views for j in views if i != j}

    def image(self, i: str, j: str) -> Game:
        """The game that i believes j sees; i's own game if nothing is said."""
        if j not in self.beliefs.get(i, {}):
            return self.games[i]
        mine, said = self.views[i], self.beliefs[i][j]
        readings = {**mine.readings, **said.readings}
        return Game(self.case, View(mine.hidden | said.hidden, readings, (*mine.rules, *said.rules)), f"{i} thinks {j}")

    def others(self, i: str) -> list[Side]:
        """The others as i judges them, in i's game: what they can do, and would do, in i's images of them."""
        sides = []
        for axis, j in enumerate(self.views):
            if j != i:
                image = self.images[i, j]
                moves, credible = image.sides[axis].moves, image.sides[axis].credible
                if image is not self.games[i]:
                    moves, credible = (self.games[i].lifted(image, axis, steps) for steps in (moves, credible))
                sides.append(Side(moves, credible, {}))
        return sides

    def seen(self, game: Game, truths: Truths) -> Truths:
        """Truths about a game's states, for the base states: where the projection is impossible, false."""
        place = game.project(self.base.conflict)
        return np.asarray((place >= 0) & truths[place])

    def judged(self, game: Game) -> list[dict[str, Truths]]:
        """Per actor and concept where it is stable in the game, for the base states."""
        found = judge(game.sides, self.rows, self.case.sanctions)
        return [{c.id: self.seen(game, each["plain"][c.id]) for c in self.rows} for each in found]

    def own(self, i: str) -> dict[str, Truths]:
        """Where i is stable: in its own game, against the others as it sees them."""
        game = self.games[i]
        found = judge([game.sides[list(self.views).index(i)], *self.others(i)], self.rows, self.case.sanctions)
        return {c.id: self.seen(game, found[0]["plain"][c.id]) for c in self.rows}

    def expected(self, i: str, mine: dict[str, Truths]) -> dict[str, dict[str, Truths]]:
        """Where i thinks each actor stable: itself as it is, the others in its images of their games."""
        games = {id(game): game for (who, _), game in self.images.items() if who == i}
        verdicts = {key: self.judged(game) for key, game in games.items()}
        return {j: mine if j == i else verdicts[id(self.images[i, j])][axis] for axis, j in enumerate(self.views)}

    def known(self, i: str) -> Truths:
        """Which base states are in i's game: possible, and their own projection."""
        game = self.games[i]
        place, cells = game.project(self.base.conflict), self.base.conflict.states
        if self.base.conflict.graph:
            return place >= 0
        values = self.base.conflict.values(cells)
        as_now = [np.broadcast_to(values[key] == game.now[key], cells.shape) for key in game.hidden]
        return np.asarray(np.logical_and.reduce([place >= 0, *as_now]))

    # --- play ---

    @property
    def here(self) -> int | None:
        now = self.base.conflict.now
        return None if now is None else int(np.searchsorted(self.base.conflict.states, now))

    def steps(self, i: str, axis: int, kind: str) -> Arcs:
        """What i does of its own in the base game: its improvements, or those it thinks no answer spoils."""
        game = self.games[i]
        u, better = game.scores[axis], game.sides[axis].credible
        if kind == "foresight":
            worst = worst_answer(u, [side.credible for side in self.others(i)], self.case.sanctions)
            better = better.where(worst[better.end] > u[better.start])
        return self.base.lifted(game, axis, better)

    def ends(self) -> dict[str, list[list[int]]]:
        """Per kind of play the ends from the status quo, as positions."""
        here = self.here
        if here is None:
            return {}
        return {kind: _follow([self.steps(i, axis, kind) for axis, i in enumerate(self.views)], here) for kind in KINDS}


def _follow(steps: Sequence[Arcs], here: int) -> list[list[int]]:
    start = np.concatenate([arcs.start for arcs in steps])
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.concatenate([arcs.end for arcs in steps])[order]

    def onward(cells: Cells) -> tuple[Cells, Cells]:
        first, last = np.searchsorted(start, cells), np.searchsorted(start, cells, side="right")
        rows = np.repeat(np.arange(len(cells)), last - first)
        places = [np.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return rows, end[np.concatenate([np.empty(0, np.int64), *places]).astype(np.int64)]

    found = follow(onward, here)
    assert found is not None
    return [each.tolist() for each in found.ends]
