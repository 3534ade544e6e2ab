"""Hypergames: every actor plays the game it sees. What holds then, who is surprised, and what is left after correction.

The mathematics. A `View` says how an actor's game differs from the base game: options it does not perceive (`hidden`: in its
game they stay as they are now), options it wrongly believes in (`imagined`: fixed in the base game, free in its own), states
it thinks impossible (`rules`: formulas), what it believes the others want (`readings`). Its own preferences are its own. Every
base state s has a *projection* p_i(s) into i's game: hidden options put as they are now. States of i's game in which an
imagined option is used are *imaginary*: nobody can ever be there.

- Level 1: i is stable at s if p_i(s) is stable for i in i's game; nowhere if i thinks p_i(s) impossible.
- Level 2: with `beliefs[i][j]`, what i believes that j sees: as level 1, but the others answer in i's game only with moves
  (improvements) they have in i's image of them; without a belief, i thinks that j sees what i sees.
- A hypergame equilibrium is stable for everybody. i *believes in* a state of its own game that it thinks stable for everybody:
  at level 1 in i's game; at level 2 each j in i's image of j's game.
- i is *surprised* by j if j "leaves" a state i believes in, "stays" in a hypergame equilibrium that i thinks j would leave, or
  has at the status quo a move to a state that is not in i's game ("unseen").
- Once all beliefs are corrected the base game is played. A hypergame equilibrium, or a state somebody believes in, is *shaken*
  if it is no equilibrium of that; a hypergame equilibrium that is one is *steady*; what becomes one only then is *emerging*.
- Play: everybody takes the steps of its own game, with the options it perceives; steps with imagined options come to nothing.

A file gives views under `perceptions`; `perceived` reads them into a case. The games themselves are in
`detente.questions.perception.perceived_games`.

Cost: an analysis by arcs per actor, at level 2 per pair of actors. Up to 4,096 states. In graph form, and where states are
merged, views may differ in readings only. SIM is not offered.

Sources: Bennett 1977 (Toward a theory of hypergames, Omega 5); Wang, Hipel & Fraser 1988 (Modeling misperceptions in games,
Behavioral Science 33); Obeidi, Kilgour & Hipel 2009 (Perceptual graph model systems, Group Decision and Negotiation 18);
Aljefri, Hipel & Fang 2018 (General hypergame analysis, Int. J. of Systems Science: Operations & Logistics).

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"})
>>> found = hypergame(case, {"us": View(readings={"ru": "need"})})
>>> len(found.equilibria["seq"]), len(found.believed["us"]["seq"]), len(found.corrected["seq"])
(14, 2, 14)
>>> hypergame(Case(load("two_proxies")), "need_or_profit").equilibria["seq"]
(27, 37, 66, 76)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from detente.case import CONCEPTS, Basis, Case, entries
from detente.conflict.states import State, StateTexts, ends_phrase, state_term, states_phrase
from detente.engine.concepts import label
from detente.engine.listed_game import Truths
from detente.errors import InputError, Lacks
from detente.messages import numeral, tell
from detente.questions.perception.perceived_games import Beliefs, PerceivedGames
from detente.result import Answer, Record
from detente.scenario.model import View
from detente.sheet import ActorTerm, NameTerm, Phrase, Sheet, VerdictTerm, listing, many, names_of

__all__ = ["Hypergame", "Surprise", "View", "hypergame", "perceived"]

FEW_IMAGINARY = 6
"""Imaginary states named in a note, at most."""

FEW_AGREED = 4
"""Equilibria on which all is agreed are listed up to so many."""

StatesBy = Mapping[str, tuple[State, ...]]
"""Per concept (or actor) some states."""

Views = Mapping[str, View] | str | None
"""A view per actor, or the name of a perception in the file; None: the file's first."""


@dataclass(frozen=True, kw_only=True)
class Surprise(Record):
    """`actor` is surprised by `other` at `state`: "leaves", "stays" (under `concept`) or "unseen" (a move to `target`)."""

    actor: str
    other: str
    kind: str
    state: State
    concept: str | None = None
    target: State | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class Hypergame(Answer):
    """The answer; see the module's opening.

    `corrected` are the equilibria of the base game, `unknown` the states that are not in an actor's game, `stable` where each
    actor is stable (per actor and concept), `imaginary` the equilibria an actor believes in that are no states of the base game
    (in words). `now`, `ends` and `outcomes` are about the status quo; empty without one. `states` says what the states are.
    """

    basis: Basis
    level: int
    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]]
    equilibria: StatesBy
    corrected: StatesBy
    believed: Mapping[str, StatesBy]
    stable: Mapping[str, StatesBy]
    unknown: StatesBy
    imaginary: Mapping[str, Mapping[str, tuple[str, ...]]]
    surprises: tuple[Surprise, ...]
    now: State | None
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]
    states: StateTexts

    question: ClassVar[str] = "hypergame"
    DERIVED = ("question",)

    def standing(self, concept: str) -> StateTexts:
        """What correcting everybody's beliefs does to hypergame equilibria and to states somebody believes in.

        "steady": an equilibrium before and after; "shaken": not after; "emerging": only after.
        """
        before, after = set(self.equilibria[concept]), set(self.corrected[concept])
        shown = before | after | {s for each in self.believed.values() for s in each[concept]}
        words = {s: "shaken" if s not in after else "steady" if s in before else "emerging" for s in shown}
        return StateTexts((s, words[s]) for s in self.states if s in words)

    def to_json(self) -> dict[str, Any]:
        """The fields, and per concept what correction does to each state."""
        return {**super().to_json(), "standing": {c: self.standing(c).to_json() for c in self.equilibria}}

    @property
    def headline(self) -> Phrase:
        """What holds as everybody sees it, whether it would without errors, and who is surprised."""
        concept = "seq" if "seq" in self.equilibria else next(iter(self.equilibria))
        held = self.equilibria[concept]
        steady = len(set(held) & set(self.corrected[concept]))
        who = dict.fromkeys(each.actor for each in self.surprises)
        surprised = (
            Phrase.told("; surprised would be {who}", who=names_of(map(ActorTerm, who)))
            if who
            else Phrase.told("; no actor would be surprised")
        )
        verb = tell("holds") if len(held) == 1 else tell("hold")
        return Phrase.told(
            "{number} {verb} as the actors see them ({concept}), {steady} still if no actor erred{surprised}.",
            number=many(len(held), "state"),
            verb=verb,
            concept=label(concept),
            steady=numeral(steady),
            surprised=surprised,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Who sees what, the equilibria, the surprises, and where play ends."""
        return self._views(), *map(self._equilibria, self.equilibria), self._surprises(), self._ends()

    def gist(self) -> tuple[Sheet, ...]:
        """Who sees what, where not all is agreed (concepts that agree in one table), the surprises, where play ends."""
        tables: dict[tuple[Any, ...], list[str]] = {}
        made = {concept: self._equilibria(concept, named=False) for concept in self.equilibria}
        for concept, sheet in made.items():
            tables.setdefault((len(self.equilibria[concept]), sheet.columns, sheet.rows, sheet.notes), []).append(
                concept
            )
        held = (
            replace(
                made[alike[0]],
                title=tell(
                    "Hypergame equilibria: {number} {alike}",
                    number=numeral(len(self.equilibria[alike[0]])),
                    alike=", ".join(alike),
                ),
            )
            for alike in tables.values()
        )
        return self._views(), *held, self._surprises(), self._ends()

    def _views(self) -> Sheet:
        known: list[tuple[str, str, View, int | None]]
        known = [(i, "", view, len(self.unknown[i])) for i, view in self.views.items()]
        known += [(i, j, view, None) for i, each in self.beliefs.items() for j, view in each.items()]
        rows = [
            (ActorTerm(i), ActorTerm(j) if j else "", str(view), number, _grounds(view)) for i, j, view, number in known
        ]
        columns = ("actor", tell("thinks that"), tell("sees this"), tell("states unknown"), tell("rests on"))
        used = 5 if any(row[-1] for row in rows) else 4
        title = tell("Who sees what: a hypergame of level {level}", level=self.level)
        return Sheet(title, columns[:used], tuple(row[:used] for row in rows))

    def _equilibria(self, concept: str, *, named: bool = True) -> Sheet:
        """The states on which not all is agreed; the others are only named, unless they are few."""
        held, actors, standing = self.equilibria[concept], tuple(self.views), self.standing(concept)
        agreed = [s for s in held if standing[s] == "steady" and all(s in self.believed[i][concept] for i in actors)]
        passed = agreed if len(agreed) > FEW_AGREED else []
        rows = tuple(
            (
                state_term(state),
                self.states[state],
                state in held,
                *(state in self.believed[i][concept] for i in actors),
                VerdictTerm(word),
            )
            for state, word in standing.items()
            if state not in passed
        )
        believers = (Phrase.told("{i} believes", i=ActorTerm(i)) for i in actors)
        columns = ("state", tell("which is"), "equilibrium", *believers, tell("once corrected"))
        notes: list[str] = []
        if passed:
            more = tell("{number} more that everybody believes in, all steady", number=numeral(len(passed)))
            notes.append(Phrase.of(more, *((": ", states_phrase(passed)) if named else ()), "."))
        for i, each in self.imaginary.items():
            if imagined := each[concept]:
                shown = states_phrase(imagined[:FEW_IMAGINARY], "; ")
                more = " …" * (len(imagined) > FEW_IMAGINARY)
                notes.append(
                    Phrase.told(
                        "{i} also believes in what cannot be: {shown}{more}", i=ActorTerm(i), shown=shown, more=more
                    )
                )
        return Sheet(
            tell("Hypergame equilibria: {number} {concept}", number=numeral(len(held)), concept=concept),
            columns,
            rows,
            tuple(notes),
        )

    def _surprises(self) -> Sheet:
        where: dict[tuple[str, str, str, str | None], list[Phrase]] = {}
        for each in self.surprises:
            states = (each.state,) if each.target is None else (each.state, each.target)
            key = ActorTerm(each.actor), ActorTerm(each.other), each.kind, each.concept
            where.setdefault(key, []).append(states_phrase(states, " > "))
        rows = tuple((*key, listing(states)) for key, states in where.items())
        return Sheet(tell("Surprises"), ("actor", tell("is surprised by"), "who", "concept", "where"), rows)

    def _ends(self) -> Sheet:
        rows = tuple(
            (kind, ends_phrase(ends), *(VerdictTerm(each[kind]) for each in self.outcomes.values()))
            for kind, ends in self.ends.items()
        )
        return Sheet(tell("Where play ends"), ("play", tell("ends at"), *map(NameTerm, self.outcomes)), rows)


def outcomes_sheet(outcomes: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Sheet:
    """What is true of where play ends, in two circumstances side by side: `outcomes` of each, by its name in the columns."""
    first = next(iter(outcomes.values()))
    kinds = tuple(next(iter(first.values()), {}))
    rows = tuple(
        (NameTerm(name), *(VerdictTerm(each[name][kind]) for kind in kinds for each in outcomes.values()))
        for name in first
    )
    columns = (f"{kind}, {which}" for kind in kinds for which in outcomes)
    return Sheet(tell("Outcomes where play ends"), ("outcome", *columns), rows)


def _grounds(view: View) -> str:
    """The sources of a view and of its single beliefs, with how sure they are."""
    evidence = [e for e in (view.evidence, *view.grounds.values()) if e.source or e.confidence]
    texts = (f"{', '.join(e.source)}{f' ({e.confidence})' if e.confidence else ''}" for e in evidence)
    return "; ".join(dict.fromkeys(each.strip() for each in texts))


# --- asking ------------------------------------------------------------------------------------------------------------


def perceived(case: Case, name: str | None = None) -> tuple[Case, Mapping[str, View], Beliefs]:
    """The case, the views and the beliefs of a perception in the file (the first, if none is named).

    Its readings say what the actors really want; readings the case names itself come first. Raises `UnknownName`.
    """
    perception = entries(
        "perception", case.scenario.perceptions, name, Lacks("perceptions", instead=tell("give views of your own"))
    )[0]
    readings, world = {**perception.readings, **case.readings}, case.world or perception.world or None
    return replace(case, readings=readings, world=world), perception.views, perception.beliefs


def stated_views(case: Case, views: Views, beliefs: Beliefs | None) -> tuple[Case, Mapping[str, View], Beliefs | None]:
    """Who sees what: as given, or as the file says it."""
    if views is not None and not isinstance(views, str):
        return case, views, beliefs
    if beliefs:
        raise InputError(tell("beliefs go with views that are given; the file's perceptions have beliefs of their own"))
    return perceived(case, views)


def hypergame(
    case: Case,
    views: Views = None,
    beliefs: Beliefs | None = None,
    concepts: Iterable[str] = CONCEPTS,
) -> Hypergame:
    """The hypergame of these views (an actor not named sees the base game); with `beliefs` of level 2.

    Without views: of the file's perceptions the first, or the one whose name is given in their place. `beliefs[i][j]` is what
    i believes that j sees, on top of i's own view: nobody imagines for others what it does not see. Raises `TooLarge` beyond
    4,096 states.
    """
    case, views, beliefs = stated_views(case, views, beliefs)
    return solved(PerceivedGames.of(case, views, beliefs, concepts))


# --- the answer --------------------------------------------------------------------------------------------------------


def solved(games: PerceivedGames) -> Hypergame:
    """What holds in these games, who is surprised, and where play ends, in names of states."""
    return _Solution(games).answer()


@dataclass(frozen=True, eq=False)
class _Solution:
    """What everybody's games imply for the states of the base game; per actor (and other) and concept."""

    games: PerceivedGames

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.games.rows)

    @cached_property
    def own(self) -> dict[str, Mapping[str, Truths]]:
        """Where each actor is stable, in its own game."""
        return {i: self.games.own(i) for i in self.games.views}

    @cached_property
    def expected(self) -> dict[str, dict[str, Mapping[str, Truths]]]:
        """Where each actor thinks each actor stable, in its own game."""
        return {i: self.games.expected(i, self.own[i]) for i in self.games.views}

    @cached_property
    def stable(self) -> dict[str, dict[str, Truths]]:
        """As `own`, of the states of the base game."""
        return {i: self.in_base(i, each) for i, each in self.own.items()}

    @cached_property
    def thinks(self) -> dict[str, dict[str, dict[str, Truths]]]:
        """As `expected`, of the states of the base game."""
        return {i: {j: self.in_base(i, each) for j, each in of.items()} for i, of in self.expected.items()}

    @cached_property
    def known(self) -> dict[str, Truths]:
        """Which states of the base game are in each actor's."""
        return {i: self.games.known(i) for i in self.games.views}

    @cached_property
    def equilibria(self) -> dict[str, Truths]:
        """Which states are hypergame equilibria."""
        return {c: _all(each[c] for each in self.stable.values()) for c in self.concepts}

    @cached_property
    def believed(self) -> dict[str, dict[str, Truths]]:
        """Which states each actor believes in."""
        return {
            i: {c: self.known[i] & _all(each[c] for each in of.values()) for c in self.concepts}
            for i, of in self.thinks.items()
        }

    def in_base(self, i: str, truths: Mapping[str, Truths]) -> dict[str, Truths]:
        """Truths about the states of i's game, for those of the base game."""
        return {c: self.games.seen(self.games.games[i], each) for c, each in truths.items()}

    def answer(self) -> Hypergame:
        games, listed = self.games, self.games.base.listed
        corrected, ends, now = games.judged(games.base), games.ends(), listed.now

        def named(truths: Mapping[str, Truths]) -> dict[str, tuple[State, ...]]:
            return {key: listed.named(each) for key, each in truths.items()}

        return Hypergame(
            basis=games.case.basis,
            level=games.level,
            views=games.views,
            beliefs=games.beliefs,
            equilibria=named(self.equilibria),
            corrected=named({c: _all(each[c] for each in corrected) for c in self.concepts}),
            believed={i: named(each) for i, each in self.believed.items()},
            stable={i: named(each) for i, each in self.stable.items()},
            unknown=named({i: ~each for i, each in self.known.items()}),
            imaginary={i: self.imaginary(i) for i, view in games.views.items() if view.imagined},
            surprises=(*self.misjudged(), *self.unseen()),
            now=None if now is None else listed.names[now],
            ends=listed.named_ends(ends),
            outcomes=listed.outcomes(ends),
            states=listed.texts(),
        )

    def imaginary(self, i: str) -> dict[str, tuple[str, ...]]:
        """The equilibria i believes in that are no states of the base game, in words."""
        listed, nowhere = self.games.games[i].listed, self.games.imaginary(i)
        thinks = self.expected[i].values()
        places = {c: np.flatnonzero(nowhere & _all(each[c] for each in thinks)).tolist() for c in self.concepts}
        return {c: tuple(listed.game.text(listed.cell(at)) for at in each) for c, each in places.items()}

    # --- surprises ---

    def misjudged(self) -> list[Surprise]:
        """Who leaves where i thinks it would stay, and stays where i thinks it would leave."""
        surprises, names = [], self.games.base.listed.names
        for c, i, j in ((c, i, j) for c in self.concepts for i in self.stable for j in self.stable if i != j):
            leaves = self.believed[i][c] & ~self.stable[j][c]
            stays = self.equilibria[c] & ~self.thinks[i][j][c]
            for kind, where in (("leaves", leaves), ("stays", stays)):
                surprises += [
                    Surprise(actor=i, other=j, kind=kind, state=names[at], concept=c)
                    for at in np.flatnonzero(where).tolist()
                ]
        return surprises

    def unseen(self) -> list[Surprise]:
        """The moves at the status quo that lead out of somebody's game."""
        base, surprises = self.games.base, []
        here, names = base.listed.now, base.listed.names
        for axis, (j, game) in enumerate(self.games.games.items() if here is not None else ()):
            arcs = base.lifted(game, axis, game.listed.arcs[axis])
            for to in arcs.end[arcs.start == here].tolist():
                surprises += [
                    Surprise(actor=i, other=j, kind="unseen", state=names[here or 0], target=names[to])
                    for i in self.games.views
                    if i != j and not self.known[i][to]
                ]
        return surprises


def _all(truths: Iterable[Truths]) -> Truths:
    return np.asarray(np.logical_and.reduce(list(truths)))
