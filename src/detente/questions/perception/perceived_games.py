"""Games as actors see them: views, projections between games, and who is stable, or moves, in its own eyes.

The mathematics is told in `detente.questions.perception.hypergame`. Here are its parts: a `View`, the `PerceivedGame` it
makes of a case, and `PerceivedGames`: everybody's games and everybody's images of the others' games, with what follows for
the states of the base game.

How to use it: `PerceivedGames.of(case, views, beliefs, concepts)`. Inside, states are positions in a game's list of states;
`project` and `lifted` lead from one game to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS
from detente.case import Case, Policy
from detente.conflict import Conflict
from detente.conflict.game import Game
from detente.engine import arcs_of
from detente.engine.arcs import Arcs, unspoilt
from detente.engine.by_arcs import ArcSolver
from detente.engine.concepts import Concept
from detente.engine.concepts import concepts as concept_rows
from detente.engine.listed_game import ListedGame, Truths, ends_of_play
from detente.engine.relations import Side
from detente.errors import InputError, ScenarioError, Unanswerable, refuse_unknown
from detente.messages import tell
from detente.scenario.model import Actor, Announcement, Reading, Rule, View

Beliefs = Mapping[str, Mapping[str, View]]
"""Per actor i and actor j what i believes that j sees, on top of i's own view."""


def check(case: Case, views: Mapping[str, View]) -> None:
    """Raise for names that do not exist and for views that have no meaning in this model."""
    for actor, view in views.items():
        refuse_unknown("actor", case.actors, actor)
        for other, reading in view.readings.items():
            owner = case.scenario.actor(other)
            if isinstance(reading, str):
                owner.reading(reading)
            if other == actor:
                raise InputError(
                    tell(
                        "{actor}'s view names a reading of {actor}; its own preferences are its own: leave it out",
                        actor=actor,
                    )
                )
        _check_options(case, view)


def _check_options(case: Case, view: View) -> None:
    merged = any(rule.kind == "same" for rule in case.scenario.rules)
    if (view.hidden or view.rules or view.imagined) and (case.scenario.graph or merged):
        what = tell("has merged states") if merged else tell("is in graph form")
        raise Unanswerable(
            tell("this model {what}; here views may differ in readings only, not in options or rules", what=what)
        )
    for key in (*view.hidden, *view.imagined):
        option = case.scenario.option(key)
        if any(key in rule.then for rule in case.scenario.rules if rule.kind == "consequence"):
            raise InputError(
                tell(
                    "{key} is set by a rule that acts by itself, which would reveal it; no view can differ in it",
                    key=key,
                )
            )
        if key in view.imagined and option.change != "fixed":
            raise InputError(
                tell(
                    "{key} can be switched in this model; only an option with `change: fixed` can be imagined", key=key
                )
            )
    both = sorted(view.hidden & view.imagined)
    if both:
        raise InputError(tell("{both} is both hidden and imagined; it is either the one or the other", both=both[0]))


def ascribed(own: View, belief: View) -> View:
    """What somebody thinks another sees: its `belief` on top of its own view, for it imagines nothing it cannot see."""
    hidden = own.hidden | belief.hidden
    imagined = (own.imagined | belief.imagined) - hidden
    return View(
        hidden=hidden,
        readings={**own.readings, **belief.readings},
        rules=(*own.rules, *belief.rules),
        imagined=imagined,
    )


def informed(view: View, news: Announcement) -> View:
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
    after = {**views, **{hearer: informed(views.get(hearer, View()), news) for hearer in news.to}}
    thoughts = {i: dict(each) for i, each in beliefs.items()}
    for hearer in news.to:
        new = {other: view for other, view in news.thinks_of.items() if other != hearer}
        if new:
            thoughts[hearer] = {**thoughts.get(hearer, {}), **new}
        for other in actors if news.public else ():
            if other != hearer:
                known = thoughts.get(other, {})
                heard = informed(known.get(hearer, View()), news)
                heard = replace(heard, readings={k: r for k, r in heard.readings.items() if k != hearer})
                thoughts[other] = {**known, hearer: heard}
    return after, thoughts


@dataclass(frozen=True, eq=False, kw_only=True)
class PerceivedGame:
    """A game somebody sees: the case under a view, written out; hidden options stay as they are `now`.

    It has no status quo of its own: where the conflict stands is said by the base game, and may be what an actor thinks
    impossible.
    """

    case: Case
    view: View
    now: Mapping[str, int]
    listed: ListedGame

    @classmethod
    def of(cls, base: Case, view: View, whose: str = "somebody") -> PerceivedGame:
        """The base case as seen; `whose` game it is, is told where it has no meaning (`InputError`)."""
        case = _under(base, view)
        try:
            game = Game.of(case.scenario, case.chosen, started=False)
            listed = ListedGame.of(game, tell("games as actors see them"))
            _ = listed.scores  # made now: a ranking may name states that the view thinks impossible
        except ScenarioError as problem:
            raise _meaningless(whose, view, problem) from problem
        return cls(case=case, view=view, now=base.now if view.hidden else {}, listed=listed)

    @property
    def hidden(self) -> frozenset[str]:
        return self.view.hidden

    @property
    def conflict(self) -> Conflict:
        return self.listed.game.conflict

    @property
    def sides(self) -> tuple[Side, ...]:
        return self.listed.sides

    def project(self, outer: Conflict) -> NDArray[np.int64]:
        """For every state of `outer` the position of its projection here, -1 where that is impossible."""
        states = outer.states
        if outer.graph:  # views differ in readings only, so the states are the same
            return states
        values: dict[str, Any] = outer.values(states) | {key: self.now[key] for key in self.hidden}
        landed = self.conflict.land(np.broadcast_to(self.conflict.encode(values), states.shape))
        return np.where(landed >= 0, np.searchsorted(self.conflict.states, landed), -1)

    def without(self, axis: int, hidden: frozenset[str]) -> Arcs:
        """The moves of an actor that leave these options of its own as they are."""
        actor = self.case.scenario.actors[axis]
        if not any(option.key in hidden for option in actor.options):
            return self.listed.arcs[axis]
        actors = tuple(_still(a, hidden) if a.id == actor.id else a for a in self.case.scenario.actors)
        game = Game.of(replace(self.case.scenario, actors=actors), self.case.chosen, started=False)
        return arcs_of(game.conflict, axis)

    def lifted(self, inner: PerceivedGame, axis: int, steps: Arcs) -> Arcs:
        """The moves here of an actor that are, in the inner game it plays, among `steps`."""
        arcs, place = self.without(axis, inner.hidden), inner.project(self.conflict)
        start, end = place[arcs.start], place[arcs.end]
        # A pair of positions as one number, so that pairs can be looked up among pairs.
        states = inner.listed.count
        known = np.isin(start * states + end, steps.start * states + steps.end)
        return arcs.where((start >= 0) & (end >= 0) & known)


def _meaningless(whose: str, view: View, problem: ScenarioError) -> InputError:
    """What is wrong with a game as somebody sees it, in terms of the view."""
    line = tell(" (line {line})", line=view.place.line) if view.place.line else ""
    rules = " and ".join(f"'{rule}'" for rule in view.rules)
    causes = {
        "no-feasible-state": tell("with {rules} impossible, no state is left", rules=rules),
    }
    cause = causes.get(problem.problems[0].code) if rules and problem.problems else None
    return InputError(
        tell(
            "the game as {whose} sees it{line} has no meaning: {cause}", whose=whose, line=line, cause=cause or problem
        )
    )


def _under(case: Case, view: View) -> Case:
    """The case as seen: what is imagined can be switched, what is hidden stays, what seems impossible is forbidden."""
    if view.imagined:
        actors = tuple(_imagining(actor, view.imagined) for actor in case.scenario.actors)
        case = replace(case, scenario=replace(case.scenario, actors=actors))
    for actor, reading in view.readings.items():
        if isinstance(reading, Reading):
            case = case.with_reading(actor, reading)
    named = {actor: reading for actor, reading in view.readings.items() if isinstance(reading, str)}
    rules = tuple(Rule(kind="never", when=case.scenario.formula(text), text=text) for text in view.rules)
    hold = {key: case.now[key] for key in view.hidden}
    return case.under(Policy(readings=named, rules=rules, hold=hold))


def _imagining(actor: Actor, keys: frozenset[str]) -> Actor:
    """The actor with fixed options that somebody thinks it can switch."""
    return replace(actor, options=tuple(replace(o, change="both") if o.key in keys else o for o in actor.options))


def _still(actor: Actor, hidden: frozenset[str]) -> Actor:
    options = (replace(o, change=(), needs={}) if o.key in hidden and o.change != "fixed" else o for o in actor.options)
    return replace(actor, options=tuple(options))


@dataclass(frozen=True, eq=False, kw_only=True)
class PerceivedGames:
    """Everybody's games, and the base game they are compared with.

    `views` has every actor, in order; `images[i, j]` is the game that i believes j sees, i's own game where nothing is said.
    """

    case: Case
    views: Mapping[str, View]
    beliefs: Beliefs
    rows: tuple[Concept, ...]
    base: PerceivedGame
    games: Mapping[str, PerceivedGame]
    images: Mapping[tuple[str, str], PerceivedGame]

    @classmethod
    def of(
        cls, case: Case, views: Mapping[str, View], beliefs: Beliefs | None, concepts: Iterable[str]
    ) -> PerceivedGames:
        """The games of these views (an actor not named sees the base game) and beliefs; raises for those without a meaning."""
        check(case, views)
        thoughts = {i: dict(each) for i, each in (beliefs or {}).items()}
        for actor, each in thoughts.items():
            check(case, {actor: View()})
            check(case, each)
            if actor in each:
                raise InputError(
                    tell("what {actor} believes that {actor} sees is its own view; put it under `views`", actor=actor)
                )
        everybody, rows = {actor: views.get(actor, View()) for actor in case.actors}, concept_rows(tuple(concepts))
        if any(concept.answers == "simultaneous" for concept in rows):
            raise InputError(
                tell("simultaneous stability is not judged in perceived games; choose among nash, sseq, seq, smr, gmr")
            )
        base = PerceivedGame(
            case=case, view=View(), now={}, listed=ListedGame.of(case.game, tell("games as actors see them"))
        )
        games = {i: PerceivedGame.of(case, view, i) for i, view in everybody.items()}

        def image(i: str, j: str) -> PerceivedGame:
            if j not in thoughts.get(i, {}):
                return games[i]
            return PerceivedGame.of(case, ascribed(everybody[i], thoughts[i][j]), tell("{i} thinks {j}", i=i, j=j))

        return cls(
            case=case,
            views=everybody,
            beliefs=thoughts,
            rows=tuple(rows),
            base=base,
            games=games,
            images={(i, j): image(i, j) for i in everybody for j in everybody if i != j},
        )

    @property
    def level(self) -> int:
        """1, or 2 where beliefs about what others see are stated."""
        return 2 if self.beliefs else 1

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
        return [self._stable(game, axis, game.sides) for axis in range(len(self.views))]

    def _stable(self, game: PerceivedGame, axis: int, sides: Sequence[Side]) -> dict[str, Truths]:
        """Where an actor is stable in a game against sides that may do less than the game lets them."""
        moves, credible = [side.moves for side in sides], [side.credible for side in sides]
        solver = ArcSolver(axis, game.listed.scores[axis], moves, credible, self.case.sanctions)
        return {row.id: solver.stable(row) for row in self.rows}

    def own(self, i: str) -> Mapping[str, Truths]:
        """Where i is stable in its own game, against the others as it sees them."""
        game, axis = self.games[i], list(self.views).index(i)
        sides = self.others(i)
        sides.insert(axis, game.sides[axis])
        return self._stable(game, axis, sides)

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
        real = np.zeros(self.games[i].listed.count, dtype=np.bool_)
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

    def steps(self, i: str, axis: int, kind: str) -> Arcs:
        """What i does of its own in the base game: its improvements, or those it thinks no answer spoils."""
        game = self.games[i]
        better = game.sides[axis].credible
        if kind == "foresight":
            others = [side.credible for side in self.others(i)]
            better = unspoilt(better, game.listed.scores[axis], others, self.case.sanctions)
        return self.base.lifted(game, axis, better)

    def ends(self) -> dict[str, list[list[int]]]:
        """Per kind of play the ends from the status quo, as positions; {} without a status quo."""
        here = self.base.listed.now
        if here is None:
            return {}
        steps = {kind: [self.steps(i, axis, kind) for axis, i in enumerate(self.views)] for kind in KINDS}
        return ends_of_play(steps, here)
