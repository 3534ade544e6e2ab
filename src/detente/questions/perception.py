"""Misperception: every actor plays the game it sees (hypergames), and what an announcement changes.

The mathematics. A `View` says how an actor's game differs from the base game: options it does not perceive (in its game they
stay as they are now), states it thinks impossible (`rules`: formulas), what it believes the others want (`readings`). Its own
preferences are its own. Every base state s has a *projection* p_i(s) into i's game: hidden options put as they are now.

- Level 1: i is stable at s if p_i(s) is stable for i in i's game; nowhere if i thinks p_i(s) impossible.
- Level 2: with `beliefs[i][j]`, what i believes that j sees: as level 1, but the others answer in i's game only with moves
  (improvements) they have in i's image of them; without a belief, i thinks that j sees what i sees.
- A hypergame equilibrium is stable for everybody. i *believes in* a state of its own game that it thinks stable for everybody:
  at level 1 in i's game; at level 2 each j in i's image of j's game.
- i is *surprised* by j if j "leaves" a state i believes in, "stays" in a hypergame equilibrium that i thinks j would leave, or
  has at the status quo a move to a state that is not in i's game ("unseen").
- A result is *steady* if it is an equilibrium of the base game (where everybody knows everything) and *shaken* if not.
- Play: everybody takes the steps of its own game, with the options it perceives.

Cost: an analysis by arcs per actor, at level 2 per pair of actors. Up to 4,096 states. In graph form, and where states are
merged, views may differ in readings only. SIM is not offered.

Sources: Bennett 1977 (Toward a theory of hypergames, Omega 5); Wang, Hipel & Fraser 1988 (Modeling misperceptions in games,
Behavioral Science 33); Obeidi, Kilgour & Hipel 2009 (Perceptual graph model systems, Group Decision and Negotiation 18).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"})
>>> found = hypergame(case, {"us": View(readings={"ru": "need"})})
>>> len(found.equilibria["seq"]), len(found.believed["us"]["seq"]), len(found.corrected["seq"])
(2, 1, 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.errors import InputError
from detente.groundwork.jointly import Truths
from detente.groundwork.views import View, Worlds, check
from detente.play import verdict
from detente.sheet import Sheet, html_of
from detente.stability.concepts import concepts as concept_rows

__all__ = ["Announcement", "Hypergame", "Surprise", "View", "announcement", "hypergame"]

CITES = ("Bennett 1977", "Wang, Hipel & Fraser 1988", "Obeidi, Kilgour & Hipel 2009")

State = int | str
"""A state in a result: its name, or its number in state order from 1."""

Found = Mapping[str, tuple[State, ...]]
"""Per concept the states found."""


@dataclass(frozen=True)
class Surprise:
    """`actor` is surprised by `other` at `state`: "leaves", "stays" (under `concept`) or "unseen" (a move to `target`)."""

    actor: str
    other: str
    kind: str
    state: State
    concept: str | None = None
    target: State | None = None


@dataclass(frozen=True)
class Hypergame:
    """The answer; see the module's opening.

    `corrected` are the equilibria of the base game, `unknown` the states that are not in an actor's game, `stable` where each
    actor is stable (per actor and concept). `now`, `ends` and `outcomes` are about the status quo; empty without one.
    """

    basis: Basis
    level: int
    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]]
    equilibria: Found
    corrected: Found
    believed: Mapping[str, Found]
    stable: Mapping[str, Found]
    unknown: Found
    surprises: tuple[Surprise, ...]
    now: State | None
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]
    words: Mapping[State, str]

    def standing(self, concept: str) -> dict[State, str]:
        """For every hypergame equilibrium and every state somebody believes in: "steady" or "shaken"."""
        shown = {*self.equilibria[concept], *(s for each in self.believed.values() for s in each[concept])}
        return {s: "steady" if s in self.corrected[concept] else "shaken" for s in self.words if s in shown}

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "hypergame",
            "basis": self.basis.to_json(),
            "level": self.level,
            "views": {actor: view.to_json() for actor, view in self.views.items()},
            "beliefs": {i: {j: view.to_json() for j, view in each.items()} for i, each in self.beliefs.items()},
            "equilibria": _lists(self.equilibria),
            "corrected": _lists(self.corrected),
            "believed": {actor: _lists(each) for actor, each in self.believed.items()},
            "stable": {actor: _lists(each) for actor, each in self.stable.items()},
            "unknown": _lists(self.unknown),
            "standing": {c: {str(s): said for s, said in self.standing(c).items()} for c in self.equilibria},
            "surprises": [dict(each.__dict__) for each in self.surprises],
            "now": self.now,
            "ends": {kind: [list(end) for end in ends] for kind, ends in self.ends.items()},
            "outcomes": {name: dict(verdicts) for name, verdicts in self.outcomes.items()},
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Who sees what, the equilibria, the surprises, and where play ends."""
        rows: list[tuple[Any, ...]] = [(i, "", str(view), len(self.unknown[i])) for i, view in self.views.items()]
        rows += [(i, j, str(view), None) for i, each in self.beliefs.items() for j, view in each.items()]
        seen = Sheet("Who sees what", ("actor", "believes of", "which is", "states unknown"), tuple(rows))
        return (seen, *(self._equilibria(c) for c in self.equilibria), self._surprises(), self._ends())

    def _equilibria(self, concept: str) -> Sheet:
        held, actors = self.equilibria[concept], tuple(self.views)
        rows = tuple(
            (s, self.words[s], s in held, *(s in self.believed[i][concept] for i in actors), standing)
            for s, standing in self.standing(concept).items()
        )
        columns = ("state", "which is", "equilibrium", *(f"{i} believes" for i in actors), "once corrected")
        return Sheet(f"Hypergame equilibria: {len(held):,} {concept}", columns, rows)

    def _surprises(self) -> Sheet:
        rows = tuple((e.actor, e.other, e.kind, e.concept, e.state, e.target) for e in self.surprises)
        return Sheet("Surprises", ("actor", "is surprised by", "who", "concept", "state", "moves to"), rows)

    def _ends(self) -> Sheet:
        rows = tuple(
            (kind, _ends(ends), *(o[kind] for o in self.outcomes.values())) for kind, ends in self.ends.items()
        )
        return Sheet("Where play ends", ("play", "ends at", *self.outcomes), rows)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


@dataclass(frozen=True)
class Announcement:
    """A move that changes only what `actor` sees: the hypergame `before` and `after` it."""

    basis: Basis
    actor: str
    change: View
    before: Hypergame
    after: Hypergame

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only after it."""
        return tuple(s for s in self.after.equilibria[concept] if s not in self.before.equilibria[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only before it."""
        return tuple(s for s in self.before.equilibria[concept] if s not in self.after.equilibria[concept])

    @property
    def matters(self) -> bool:
        """Whether equilibria or ends of play change."""
        return (self.before.equilibria, self.before.ends) != (self.after.equilibria, self.after.ends)

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "announcement",
            "basis": self.basis.to_json(),
            "actor": self.actor,
            "change": self.change.to_json(),
            "matters": self.matters,
            "gained": {concept: list(self.gained(concept)) for concept in self.after.equilibria},
            "lost": {concept: list(self.lost(concept)) for concept in self.after.equilibria},
            "before": self.before.to_json(),
            "after": self.after.to_json(),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """What the announcement changes: equilibria gained and lost, and where play ends."""
        both = [(c, mark, s) for c in self.after.equilibria for mark, each in self._changes(c) for s in each]
        rows = tuple((concept, mark, s, self.after.words[s]) for concept, mark, s in both)
        title = f"Once {self.actor} {self.change}"
        ends = tuple((k, _ends(self.before.ends[k]), _ends(self.after.ends[k])) for k in self.after.ends)
        first = Sheet(
            title, ("concept", "equilibrium", "state", "which is"), rows, () if rows else ("Nothing changes.",)
        )
        return first, Sheet("Where play ends", ("play", "before", "after"), ends)

    def _changes(self, concept: str) -> tuple[tuple[str, tuple[State, ...]], ...]:
        return ("gained", self.gained(concept)), ("lost", self.lost(concept))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _lists(found: Found) -> dict[str, list[State]]:
    return {key: list(states) for key, states in found.items()}


def _ends(ends: Iterable[tuple[State, ...]]) -> str:
    return "; ".join(" ↔ ".join(map(str, end)) for end in ends)


# --- asking ------------------------------------------------------------------------------------------------------------


def hypergame(
    case: Case,
    views: Mapping[str, View],
    beliefs: Mapping[str, Mapping[str, View]] | None = None,
    concepts: Iterable[str] = CONCEPTS,
) -> Hypergame:
    """The hypergame of these views (an actor not named sees the base game); with `beliefs` of level 2.

    `beliefs[i][j]` is what i believes that j sees, on top of i's own view: nobody imagines for others what it does not see.
    Raises `TooLarge` beyond 4,096 states.
    """
    check(case, views)
    for actor, each in (beliefs or {}).items():
        check(case, {actor: View()})
        check(case, each)
        if actor in each:
            raise InputError(f"what {actor} believes that {actor} sees is its own view; put it under `views`")
    everyone = {actor: views.get(actor, View()) for actor in case.actors}
    images = {i: dict(each) for i, each in (beliefs or {}).items()}
    return _Answer(Worlds(case, everyone, images, tuple(concept_rows(tuple(concepts))))).answer(2 if beliefs else 1)


def announcement(
    case: Case,
    views: Mapping[str, View],
    actor: str,
    change: View,
    beliefs: Mapping[str, Mapping[str, View]] | None = None,
    concepts: Iterable[str] = CONCEPTS,
) -> Announcement:
    """Compare the hypergame with the one in which `actor` sees `change` instead of its view; nothing else changes."""
    wanted = tuple(concepts)
    before = hypergame(case, views, beliefs, wanted)
    after = hypergame(case, {**views, actor: change}, beliefs, wanted)
    return Announcement(case.basis, actor, change, before, after)


# --- the answer --------------------------------------------------------------------------------------------------------


class _Answer:
    """The worlds, told in names of states."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds, self.case, self.base, self.views, self.rows = (
            worlds,
            worlds.case,
            worlds.base,
            worlds.views,
            worlds.rows,
        )
        self.names: list[State] = self.case.analyse(("nash",)).numbers(self.base.conflict.states)

    def answer(self, level: int) -> Hypergame:
        stable = {i: self.worlds.own(i) for i in self.views}
        thinks = {i: self.worlds.expected(i, stable[i]) for i in self.views}
        known = {i: self.worlds.known(i) for i in self.views}
        everyone = {c.id: _all(stable[i][c.id] for i in self.views) for c in self.rows}
        believed = {
            i: {c.id: known[i] & _all(each[c.id] for each in thinks[i].values()) for c in self.rows} for i in self.views
        }
        corrected = self.worlds.judged(self.base)
        ends = self.worlds.ends()
        now = self.worlds.here
        return Hypergame(
            self.case.basis,
            level,
            self.views,
            self.worlds.beliefs,
            equilibria=self.listed(everyone),
            corrected=self.listed({c.id: _all(each[c.id] for each in corrected) for c in self.rows}),
            believed={i: self.listed(each) for i, each in believed.items()},
            stable={i: self.listed(each) for i, each in stable.items()},
            unknown=self.listed({i: ~each for i, each in known.items()}),
            surprises=(*self.misjudged(stable, thinks, everyone, believed), *self.unseen(known)),
            now=None if now is None else self.names[now],
            ends={k: tuple(tuple(self.names[at] for at in end) for end in each) for k, each in ends.items()},
            outcomes=self.outcomes(ends),
            words=dict(zip(self.names, map(self.base.ground.text, self.base.conflict.states.tolist()), strict=True)),
        )

    def listed(self, truths: Mapping[str, Truths]) -> dict[str, tuple[State, ...]]:
        return {key: tuple(self.names[at] for at in np.flatnonzero(each).tolist()) for key, each in truths.items()}

    def misjudged(self, stable: Any, thinks: Any, everyone: Any, believed: Any) -> list[Surprise]:
        """Who leaves where i thinks it would stay, and stays where i thinks it would leave."""
        found = []
        for i, j, c in ((i, j, c.id) for c in self.rows for i in self.views for j in self.views if i != j):
            leaves = believed[i][c] & ~stable[j][c]
            stays = everyone[c] & ~thinks[i][j][c]
            for kind, where in (("leaves", leaves), ("stays", stays)):
                found += [Surprise(i, j, kind, self.names[at], c) for at in np.flatnonzero(where).tolist()]
        return found

    def unseen(self, known: Mapping[str, Truths]) -> list[Surprise]:
        """The moves at the status quo that lead out of somebody's game."""
        found, here = [], self.worlds.here
        for axis, j in enumerate(self.views if here is not None else ()):
            game = self.worlds.games[j]
            arcs = self.base.lifted(game, axis, game.arcs[axis])
            for to in arcs.end[arcs.start == here].tolist():
                blind = [i for i in self.views if i != j and not known[i][to]]
                found += [Surprise(i, j, "unseen", self.names[here or 0], None, self.names[to]) for i in blind]
        return found

    def outcomes(self, ends: Mapping[str, list[list[int]]]) -> dict[str, dict[str, str]]:
        conflict, known = self.base.conflict, self.case.scenario.outcomes.items()
        last: dict[str, Cells] = {k: conflict.states[[at for end in each for at in end]] for k, each in ends.items()}
        return {
            n: {k: verdict(conflict.holds(o.formula, cells)) for k, cells in last.items()} for n, o in known if ends
        }


def _all(truths: Iterable[Truths]) -> Truths:
    return np.asarray(np.logical_and.reduce(list(truths)))
