"""Misperception: every actor plays the game it sees (hypergames), and what an announcement changes.

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
- An `announcement` changes what its hearers see, and nothing else. It is *better* for an actor if every state where play then
  ends is liked more than every state where it ended before; the other verdicts are in `GAINS`.

A file gives views under `perceptions`, announcements under `announcements`; `perceived` reads the former into a case.

Cost: an analysis by arcs per actor, at level 2 per pair of actors. Up to 4,096 states. In graph form, and where states are
merged, views may differ in readings only. SIM is not offered.

Sources: Bennett 1977 (Toward a theory of hypergames, Omega 5); Wang, Hipel & Fraser 1988 (Modeling misperceptions in games,
Behavioral Science 33); Obeidi, Kilgour & Hipel 2009 (Perceptual graph model systems, Group Decision and Negotiation 18);
Aljefri, Hipel & Fang 2018 (General hypergame analysis, Int. J. of Systems Science: Operations & Logistics).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"})
>>> found = hypergame(case, {"us": View(readings={"ru": "need"})})
>>> len(found.equilibria["seq"]), len(found.believed["us"]["seq"]), len(found.corrected["seq"])
(2, 1, 2)
>>> hypergame(Case(load("two_proxies")), "need_or_profit").equilibria["seq"]
(9, 15)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from detente.case import CONCEPTS, Basis, Case
from detente.errors import InputError, UnknownName
from detente.questions.perception.hypergame import Hypergame, State, Surprise, answer_of, ends_text
from detente.questions.perception.perceived_games import Beliefs, announced, check
from detente.scenario.model import Announcement as News
from detente.scenario.model import View
from detente.sheet import Sheet, html_of

__all__ = [
    "Announcement",
    "Disclosures",
    "Hypergame",
    "News",
    "Surprise",
    "View",
    "announcement",
    "announcements",
    "disclosures",
    "hypergame",
    "perceived",
]

Views = Mapping[str, View] | str | None
"""A view per actor, or the name of a perception in the file; None: the file's first."""

CITES = ("Bennett 1977", "Wang, Hipel & Fraser 1988", "Obeidi, Kilgour & Hipel 2009", "Aljefri, Hipel & Fang 2018")

GAINS = ("better", "no worse", "same", "no better", "worse", "open")
"""What an announcement does to an actor, by the states where play ends: all after against all before; else it is open."""


@dataclass(frozen=True)
class Announcement:
    """A move that changes only what its hearers see: the hypergame `before` and `after` it.

    `gains[kind][actor]` is a word of `GAINS`: whether play then ends better for the actor; empty without a status quo.
    """

    basis: Basis
    news: News
    before: Hypergame
    after: Hypergame
    gains: Mapping[str, Mapping[str, str]]

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
            "id": self.news.id,
            "name": self.news.name,
            "by": self.news.by or None,
            "to": list(self.news.to),
            "public": self.news.public,
            "matters": self.matters,
            "gains": {kind: dict(each) for kind, each in self.gains.items()},
            "gained": {concept: list(self.gained(concept)) for concept in self.after.equilibria},
            "lost": {concept: list(self.lost(concept)) for concept in self.after.equilibria},
            "before": self.before.to_json(),
            "after": self.after.to_json(),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """What the announcement changes: equilibria gained and lost, and where play ends."""
        rows = tuple(
            (concept, mark, len(each), ", ".join(map(str, each)))
            for concept in self.after.equilibria
            for mark, each in self._changes(concept)
            if each
        )
        notes = () if rows else ("No equilibrium comes or goes.",)
        first = Sheet(self._title(), ("concept", "equilibria", "how many", "states"), rows, notes)
        play = (self._play(),) if self.after.ends else ()
        outcomes = (self._outcomes(),) if self.after.outcomes and self.after.ends else ()
        return self._views(), first, *play, *outcomes

    def _title(self) -> str:
        by = f" by {self.news.by}" if self.news.by else ""
        return f"{self.news.name or 'Announcement'}{by}, to {', '.join(self.news.to)}"

    def _views(self) -> Sheet:
        rows = tuple((i, str(self.before.views[i]), str(self.after.views[i])) for i in self.news.to)
        notes = ("Everybody learns what the hearers now see.",) if self.news.public else ()
        return Sheet("What the hearers see", ("actor", "before", "after"), rows, notes)

    def _play(self) -> Sheet:
        actors = tuple(self.after.views)
        rows = tuple(
            (k, ends_text(self.before.ends[k]), ends_text(self.after.ends[k]), *(self.gains[k][i] for i in actors))
            for k in self.after.ends
        )
        notes = "" if self.matters else "Nothing changes but what is believed."
        columns = ("play", "before", "after", *(f"for {i}" for i in actors))
        return Sheet("Where play ends", columns, rows, (notes,) * bool(notes))

    def _outcomes(self) -> Sheet:
        rows = tuple(
            (name, *(each.outcomes[name][kind] for kind in self.gains for each in (self.before, self.after)))
            for name in self.after.outcomes
        )
        columns = (f"{kind}, {which}" for kind in self.gains for which in ("before", "after"))
        return Sheet("Outcomes where play ends", ("outcome", *columns), rows)

    def _changes(self, concept: str) -> tuple[tuple[str, tuple[State, ...]], ...]:
        return ("gained", self.gained(concept)), ("lost", self.lost(concept))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


@dataclass(frozen=True)
class Disclosures:
    """Every error of a perception put right by itself: who would gain if the truth about one thing came out."""

    basis: Basis
    told: tuple[Announcement, ...]

    @property
    def matter(self) -> tuple[Announcement, ...]:
        """Those that change equilibria or ends of play."""
        return tuple(each for each in self.told if each.matters)

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "disclosures",
            "basis": self.basis.to_json(),
            "told": [
                {
                    "to": list(each.news.to),
                    "says": each.news.name,
                    "matters": each.matters,
                    "gained": {concept: list(each.gained(concept)) for concept in each.after.equilibria},
                    "lost": {concept: list(each.lost(concept)) for concept in each.after.equilibria},
                    "ends": {kind: [list(end) for end in ends] for kind, ends in each.after.ends.items()},
                    "gains": {kind: dict(gains) for kind, gains in each.gains.items()},
                }
                for each in self.told
            ],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """One row per error and kind of play: where play then ends, and what that is to everybody."""
        actors = tuple(self.told[0].after.views) if self.told else ()
        rows = tuple(
            (", ".join(each.news.to), each.news.name, kind, _ended(each, kind), *(gains[i] for i in actors))
            for each in self.told
            for kind, gains in each.gains.items()
        )
        notes = () if self.told else ("Nobody is in error about an option or about what another wants.",)
        columns = ("told to", "that", "play", "ends at", *(f"for {i}" for i in actors))
        return (Sheet("If the truth about one thing came out", columns, rows, notes),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _ended(each: Announcement, kind: str) -> str:
    before, after = each.before.ends[kind], each.after.ends[kind]
    return ends_text(after) if before == after else f"{ends_text(before)} → {ends_text(after)}"


# --- asking ------------------------------------------------------------------------------------------------------------


def perceived(case: Case, name: str | None = None) -> tuple[Case, Mapping[str, View], Beliefs]:
    """The case, the views and the beliefs of a perception in the file (the first, if none is named).

    Its readings say what the actors really want; readings the case names itself come first. Raises `UnknownName`.
    """
    known = case.scenario.perceptions
    if not known:
        raise InputError(
            "this model does not say who sees what: give views, or write `perceptions:` into the file (see docs/format.md)"
        )
    if name is not None and name not in known:
        raise UnknownName("perception", name, known)
    found = next(iter(known.values())) if name is None else known[name]
    chosen = replace(case, readings={**found.readings, **case.readings}, world=case.world or found.world or None)
    return chosen, found.views, found.beliefs


def _seen(case: Case, views: Views, beliefs: Beliefs | None) -> tuple[Case, Mapping[str, View], Beliefs | None]:
    """Who sees what: as given, or as the file says it."""
    if views is not None and not isinstance(views, str):
        return case, views, beliefs
    if beliefs:
        raise InputError("beliefs go with views that are given; the file's perceptions have beliefs of their own")
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
    case, views, beliefs = _seen(case, views, beliefs)
    return answer_of(case, views, beliefs, tuple(concepts)).answer(2 if beliefs else 1)


def announcement(
    case: Case,
    views: Views,
    news: News,
    beliefs: Beliefs | None = None,
    concepts: Iterable[str] = CONCEPTS,
) -> Announcement:
    """Compare the hypergame with the one after an announcement; nothing else changes. Views as for `hypergame`."""
    case, views, beliefs = _seen(case, views, beliefs)
    wanted = tuple(concepts)
    for actor in (*news.to, *([news.by] if news.by else [])):
        check(case, {actor: View()})
    after = announced(case.actors, views, beliefs or {}, news)
    one, two = answer_of(case, views, beliefs, wanted), answer_of(case, *after, wanted)
    before, later = (each.answer(2 if level else 1) for each, level in ((one, beliefs), (two, after[1])))
    gains = {kind: one.gains(before.ends[kind], later.ends[kind]) for kind in later.ends}
    return Announcement(case.basis, news, before, later, gains)


def announcements(case: Case, name: str | None = None, concepts: Iterable[str] = CONCEPTS) -> tuple[Announcement, ...]:
    """What the announcements of the file (or the one named) would change, each in its own perception."""
    known = case.scenario.announcements
    if not known:
        raise InputError(
            "this model has no announcements: describe one, or write `announcements:` into the file (see docs/format.md)"
        )
    if name is not None and name not in known:
        raise UnknownName("announcement", name, known)
    return tuple(
        announcement(*_inside(case, news), concepts=concepts) for news in known.values() if name in (None, news.id)
    )


def disclosures(
    case: Case, views: Views = None, beliefs: Beliefs | None = None, *, public: bool = False
) -> Disclosures:
    """Put every error about an option or a preference right, each by itself, and see who gains. Views as for `hypergame`.

    Cost: two hypergames per error. States thought impossible are not gone through: they stand or fall together.
    """
    case, views, beliefs = _seen(case, views, beliefs)
    news = [each for actor, view in views.items() for each in _errors(case, actor, view, public)]
    return Disclosures(case.basis, tuple(announcement(case, views, each, beliefs) for each in news))


def _errors(case: Case, actor: str, view: View, public: bool) -> Iterable[News]:
    """One announcement per error of a view."""
    for other, believed in view.readings.items():
        truth = case.chosen[other]
        if believed != truth:
            adds = View(readings={other: truth})
            yield News(id=f"{actor}-{other}", to=(actor,), adds=adds, public=public, name=f"{other} is {truth}")
    for key in sorted(view.hidden):
        yield News(id=f"{actor}-{key}", to=(actor,), reveals=frozenset({key}), public=public, name=f"there is {key}")
    for key in sorted(view.imagined):
        yield News(id=f"{actor}-{key}", to=(actor,), unmasks=frozenset({key}), public=public, name=f"there is no {key}")


def _inside(case: Case, news: News) -> tuple[Case, Mapping[str, View], News, Beliefs]:
    if not case.scenario.perceptions:
        return case, {}, news, {}
    seen, views, beliefs = perceived(case, news.perception or None)
    return seen, views, news, beliefs
