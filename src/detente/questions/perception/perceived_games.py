"""Games as actors see them: views, projections between games, and who is stable, or moves, in its own eyes.

The mathematics is told in `detente.questions.perception.announcements`. Here are its parts: a `View`, the `PerceivedGame` it
makes of a case, and `Worlds`: everybody's games and everybody's images of the others' games, with what follows for
the states of the base game.

How to use it: `Worlds(case, views, beliefs, concepts)`. Inside, states are positions in a game's list of states; `project` and
`lifted` lead from one game to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS
from detente.case import Case, Policy
from detente.conflict import Conflict
from detente.conflict.game import Game
from detente.engine import arcs_of
from detente.engine.arcs import Arcs, unspoilt
from detente.engine.concepts import Concept
from detente.engine.play import ends_by_arcs
from detente.engine.relations import Side, judge, scored
from detente.errors import InputError, ScenarioError, Unanswerable, UnknownName
from detente.questions.coalitions.joint_moves import Jointly, Truths, refuse_large
from detente.scenario.model import Actor, Announcement, Reading, Rule, View

Beliefs = Mapping[str, Mapping[str, View]]
"""Per actor i and actor j what i believes that j sees, on top of i's own view."""


def check(case: Case, views: Mapping[str, View]) -> None:
    """Raise for names that do not exist and for views that have no meaning in this model."""
    for actor, view in views.items():
        if actor not in case.actors:
            raise UnknownName("actor", actor, case.actors)
        for other, reading in view.readings.items():
            owner = case.scenario.actor(other)
            if isinstance(reading, str):
                owner.reading(reading)
            if other == actor:
                raise InputError(
                    f"{actor}'s view names a reading of {actor}; its own preferences are its own: leave it out"
                )
        _check_options(case, view)


def _check_options(case: Case, view: View) -> None:
    merged = any(rule.kind == "same" for rule in case.scenario.rules)
    if (view.hidden or view.rules or view.imagined) and (case.scenario.graph or merged):
        what = "has merged states" if merged else "is in graph form"
        raise Unanswerable(f"this model {what}; here views may differ in readings only, not in options or rules")
    for key in (*view.hidden, *view.imagined):
        option = case.scenario.option(key)
        if any(key in rule.then for rule in case.scenario.rules if rule.kind == "consequence"):
            raise InputError(
                f"{key} is set by a rule that acts by itself, which would reveal it; no view can differ in it"
            )
        if key in view.imagined and option.change != "fixed":
            raise InputError(
                f"{key} can be switched in this model; only an option with `change: fixed` can be imagined"
            )
    both = sorted(view.hidden & view.imagined)
    if both:
        raise InputError(f"{both[0]} is both hidden and imagined; it is either the one or the other")


def over(mine: View, said: View) -> View:
    """What somebody thinks another sees: what was `said`, on top of its own view, for it imagines nothing it cannot see."""
    hidden = mine.hidden | said.hidden
    imagined = (mine.imagined | said.imagined) - hidden
    return View(hidden, {**mine.readings, **said.readings}, (*mine.rules, *said.rules), imagined)


def told(view: View, news: Announcement) -> View:
    """The view of somebody who has heard an announcement, and believes it."""
    old = View() if news.corrects else view
    readings = {**old.readings, **news.adds.readings}
    rules = tuple(dict.fromkeys((*old.rules, *news.adds.rules)))
    imagined = (old.imagined - news.unmasks) | news.adds.imagined
    grounds = {**old.grounds, **news.adds.grounds}
    return replace(
        old, hidden=old.hidden - news.reveals, readings=readings, rules=rules, imagined=imagined, grounds=grounds
    )


def announced(
    actors: Iterable[str], views: Mapping[str, View], beliefs: Beliefs, news: Announcement
) -> tuple[dict[str, View], dict[str, dict[str, View]]]:
    """Views and beliefs after an announcement; if it is public everybody's idea of the hearers changes as well."""
    after = {**views, **{hearer: told(views.get(hearer, View()), news) for hearer in news.to}}
    thoughts = {i: dict(each) for i, each in beliefs.items()}
    for hearer in news.to:
        new = {other: view for other, view in news.thinks_of.items() if other != hearer}
        if new:
            thoughts[hearer] = {**thoughts.get(hearer, {}), **new}
        for other in actors if news.public else ():
            if other != hearer:
                known = thoughts.get(other, {})
                heard = told(known.get(hearer, View()), news)
                heard = replace(heard, readings={k: r for k, r in heard.readings.items() if k != hearer})
                thoughts[other] = {**known, hearer: heard}
    return after, thoughts


class PerceivedGame:
    """A game somebody sees: arcs and scores of every actor between positions of its states."""

    def __init__(self, case: Case, view: View, whose: str = "") -> None:
        self.case, self.hidden = _seen(case, view), view.hidden
        self.now = case.now if view.hidden else {}
        try:
            refuse_large(self.case.game, "games as actors see them")
            together = Jointly.of(self.case)
        except ScenarioError as problem:
            raise _meaningless(whose, view, problem) from problem
        self.conflict: Conflict = self.case.game.conflict
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
        return arcs_of(Game.of(replace(self.case.scenario, actors=actors), self.case.chosen).conflict, axis)

    def lifted(self, inner: PerceivedGame, axis: int, steps: Arcs) -> Arcs:
        """The moves here of an actor that are, in the inner game it plays, among `steps`."""
        arcs, place = self.without(axis, inner.hidden), inner.project(self.conflict)
        start, end = place[arcs.start], place[arcs.end]
        known = np.isin(start * inner.states + end, steps.start * inner.states + steps.end)
        return arcs.where((start >= 0) & (end >= 0) & known)


def _meaningless(whose: str, view: View, problem: ScenarioError) -> InputError:
    """What is wrong with a game as somebody sees it, in terms of the view."""
    line = f" (line {view.place.line})" if view.place.line else ""
    rules = " and ".join(f"'{rule}'" for rule in view.rules)
    said = {
        "no-feasible-state": f"with {rules} impossible, no state is left",
        "infeasible-now": f"with {rules} impossible, the status quo itself is",
    }
    found = said.get(problem.problems[0].code) if rules and problem.problems else None
    return InputError(f"the game as {whose or 'somebody'} sees it{line} has no meaning: {found or problem}")


def _seen(case: Case, view: View) -> Case:
    if view.imagined:
        actors = tuple(_imagining(actor, view.imagined) for actor in case.scenario.actors)
        case = replace(case, scenario=replace(case.scenario, actors=actors))
    for actor, reading in view.readings.items():
        if isinstance(reading, Reading):
            case = case.with_reading(actor, reading)
    named = {actor: reading for actor, reading in view.readings.items() if isinstance(reading, str)}
    rules = tuple(Rule("never", case.scenario.formula(text), text=text) for text in view.rules)
    hold = {key: case.now[key] for key in view.hidden}
    return case.under(Policy(readings=named, rules=rules, hold=hold))


def _imagining(actor: Actor, keys: frozenset[str]) -> Actor:
    """The actor with fixed options that somebody thinks it can switch."""
    return replace(actor, options=tuple(replace(o, change="both") if o.key in keys else o for o in actor.options))


def _still(actor: Actor, hidden: frozenset[str]) -> Actor:
    options = (replace(o, change=(), needs={}) if o.key in hidden and o.change != "fixed" else o for o in actor.options)
    return replace(actor, options=tuple(options))


class Worlds:
    """Everybody's games, and the base game they are compared with."""

    def __init__(self, case: Case, views: Mapping[str, View], beliefs: Beliefs, rows: Sequence[Concept]) -> None:
        self.case, self.views, self.beliefs, self.rows = case, views, beliefs, rows
        self.base = PerceivedGame(case, View())
        self.games = {i: PerceivedGame(case, view, i) for i, view in views.items()}
        self.images = {(i, j): self.image(i, j) for i in views for j in views if i != j}

    def image(self, i: str, j: str) -> PerceivedGame:
        """The game that i believes j sees; i's own game if nothing is said."""
        if j not in self.beliefs.get(i, {}):
            return self.games[i]
        return PerceivedGame(self.case, over(self.views[i], self.beliefs[i][j]), f"{i} thinks {j}")

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

    def seen(self, game: PerceivedGame, truths: Truths, outer: Conflict | None = None) -> Truths:
        """Truths about a game's states, for those of another (the base game): where the projection is impossible, false."""
        place = game.project(outer or self.base.conflict)
        return np.asarray((place >= 0) & truths[place])

    def judged(self, game: PerceivedGame) -> list[Mapping[str, Truths]]:
        """Per actor and concept where it is stable in the game."""
        return [each["plain"] for each in judge(game.sides, self.rows, self.case.sanctions)]

    def own(self, i: str) -> Mapping[str, Truths]:
        """Where i is stable in its own game, against the others as it sees them."""
        game = self.games[i]
        found = judge([game.sides[list(self.views).index(i)], *self.others(i)], self.rows, self.case.sanctions)
        return found[0]["plain"]

    def expected(self, i: str, mine: Mapping[str, Truths]) -> dict[str, Mapping[str, Truths]]:
        """Where, in i's game, i thinks each actor stable: itself as it is, the others in its images of their games."""
        here = self.games[i].conflict
        games = {id(game): game for (who, _), game in self.images.items() if who == i}
        verdicts = {key: self.judged(game) for key, game in games.items()}

        def thought(axis: int, j: str) -> dict[str, Truths]:
            image = self.images[i, j]
            return {c: self.seen(image, each, here) for c, each in verdicts[id(image)][axis].items()}

        return {j: mine if j == i else thought(axis, j) for axis, j in enumerate(self.views)}

    def imaginary(self, i: str) -> Truths:
        """Which states of i's game nobody can ever be in: those that are no state of the base game's."""
        place = self.games[i].project(self.base.conflict)
        real = np.zeros(self.games[i].states, dtype=np.bool_)
        real[place[self.known(i)]] = True
        return ~real

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
            better = unspoilt(better, u, [side.credible for side in self.others(i)], self.case.sanctions)
        return self.base.lifted(game, axis, better)

    def ends(self) -> dict[str, list[list[int]]]:
        """Per kind of play the ends from the status quo, as positions."""
        here = self.here
        if here is None:
            return {}
        return {k: ends_by_arcs([self.steps(i, axis, k) for axis, i in enumerate(self.views)], here) for k in KINDS}
