"""Announcements: what changes when hearers see something else, and who would gain if the truth came out.

The mathematics is that of `detente.questions.perception.hypergame`.

- An `announcement` changes what its hearers see, and nothing else. It is *better* for an actor if every state where play then
  ends is liked more than every state where it ended before; the other verdicts are in `GAINS`.
- A *disclosure* puts one error of a view right and leaves all others: about an option, or about what another wants.

A file gives announcements under `announcements`.

Cost: two hypergames per announcement.

Sources: Bennett 1977; Wang, Hipel & Fraser 1988; Obeidi, Kilgour & Hipel 2009; Aljefri, Hipel & Fang 2018.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"})
>>> views = {"us": View(readings={"ru": "need"})}
>>> [(each.news.name, each.matters) for each in disclosures(case, views).told]
[('ru is profit', False)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from detente.case import CONCEPTS, Basis, Case, entries
from detente.conflict.states import State, come_and_go, ends_phrase, only_in, states_phrase
from detente.engine.concepts import label
from detente.engine.listed_game import ListedGame
from detente.errors import Lacks
from detente.messages import later, numeral, tell
from detente.questions.perception.hypergame import Hypergame, Views, outcomes_sheet, perceived, solved, stated_views
from detente.questions.perception.perceived_games import Beliefs, PerceivedGames, announced, check
from detente.result import INSIDE, Answer
from detente.scenario.model import Announcement as News
from detente.scenario.model import View
from detente.sheet import ActorTerm, Phrase, Sheet, listing, many

__all__ = [
    "Announcement",
    "Disclosures",
    "News",
    "View",
    "announcement",
    "announcements",
    "disclosures",
]

GAINS = ("better", later("no worse"), "same", later("no better"), "worse", "open")
"""What an announcement does to an actor, by the states where play ends: all after against all before; else it is open."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Announcement(Answer):
    """A move that changes only what its hearers see: the hypergame `before` and `after` it.

    `gains[kind][actor]` is a word of `GAINS`: whether play then ends better for the actor; empty without a status quo.
    """

    basis: Basis
    news: News = field(metadata=INSIDE)
    gains: Mapping[str, Mapping[str, str]]
    before: Hypergame
    after: Hypergame

    question: ClassVar[str] = "announcement"
    DERIVED = ("question", "matters")

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only after it."""
        return only_in(self.after.equilibria[concept], self.before.equilibria[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only before it."""
        return only_in(self.before.equilibria[concept], self.after.equilibria[concept])

    @property
    def matters(self) -> bool:
        """Whether equilibria or ends of play change."""
        return (self.before.equilibria, self.before.ends) != (self.after.equilibria, self.after.ends)

    def to_json(self) -> dict[str, Any]:
        """The fields, who tells whom, and the equilibria that come and go per concept."""
        return {
            **super().to_json(),
            "id": self.news.id,
            "name": self.news.name,
            "by": self.news.by or None,
            "to": list(self.news.to),
            "public": self.news.public,
            "gained": {concept: list(self.gained(concept)) for concept in self.after.equilibria},
            "lost": {concept: list(self.lost(concept)) for concept in self.after.equilibria},
        }

    @property
    def headline(self) -> Phrase:
        """Whether it changes what holds or where play ends."""
        name = self.news.name or tell("The announcement")
        if not self.matters:
            return Phrase.told("{name} changes nothing but what is believed.", name=name)
        concept = next((c for c in ("seq", *self.after.equilibria) if c in self.after.equilibria), "")
        come, go = len(self.gained(concept)), len(self.lost(concept))
        moved = self.before.ends != self.after.ends
        play = tell("; play ends elsewhere") if moved else tell("; play ends as before") if self.after.ends else ""
        return Phrase.of(name, f": {come_and_go(come, go, label(concept))}{play}.")

    def sheets(self) -> tuple[Sheet, ...]:
        """What the announcement changes: equilibria gained and lost, and where play ends."""
        play = (self._play(),) if self.after.ends else ()
        outcomes = {"before": self.before.outcomes, "after": self.after.outcomes}
        more = (outcomes_sheet(outcomes),) if self.after.outcomes and self.after.ends else ()
        return self._views(), self._equilibria(), *play, *more

    def _views(self) -> Sheet:
        rows = tuple((ActorTerm(i), str(self.before.views[i]), str(self.after.views[i])) for i in self.news.to)
        notes = (tell("Everybody learns what the hearers now see."),) if self.news.public else ()
        return Sheet(tell("What the hearers see"), ("actor", "before", "after"), rows, notes)

    def _equilibria(self) -> Sheet:
        by = Phrase.told(" by {by}", by=ActorTerm(self.news.by)) if self.news.by else ""
        title = Phrase.told(
            "{name}{by}, to {to}",
            name=self.news.name or tell("Announcement"),
            by=by,
            to=listing(map(ActorTerm, self.news.to)),
        )
        rows = tuple(
            (concept, mark, len(states), states_phrase(states))
            for concept in self.after.equilibria
            for mark, states in (("gained", self.gained(concept)), ("lost", self.lost(concept)))
            if states
        )
        notes = () if rows else (tell("No equilibrium comes or goes."),)
        return Sheet(title, ("concept", "equilibria", tell("how many"), "states"), rows, notes)

    def _play(self) -> Sheet:
        actors = tuple(self.after.views)
        rows = tuple(
            (kind, ends_phrase(self.before.ends[kind]), ends_phrase(ends), *(self.gains[kind][i] for i in actors))
            for kind, ends in self.after.ends.items()
        )
        notes = () if self.matters else (tell("Nothing changes but what is believed."),)
        return Sheet(tell("Where play ends"), ("play", "before", "after", *_for(actors)), rows, notes)


def _for(actors: Iterable[str]) -> tuple[Phrase, ...]:
    """The columns that say what something is to everybody."""
    return tuple(Phrase.told("for {i}", i=ActorTerm(i)) for i in actors)


@dataclass(frozen=True, repr=False, kw_only=True)
class Disclosures(Answer):
    """Every error of a perception put right by itself: who would gain if the truth about one thing came out."""

    basis: Basis
    told: tuple[Announcement, ...] = field(metadata=INSIDE)

    question: ClassVar[str] = "disclosures"
    DERIVED = ("question",)

    def to_json(self) -> dict[str, Any]:
        """Of every announcement what it says and changes, without the hypergames before and after it."""
        kept = ("to", "matters", "gained", "lost", "gains")
        documents = [(each, each.to_json()) for each in self.told]
        told = [
            {**{key: document[key] for key in kept}, "says": each.news.name, "ends": document["after"]["ends"]}
            for each, document in documents
        ]
        return {**super().to_json(), "told": told}

    @property
    def headline(self) -> Phrase:
        """How many truths would change what holds or where play ends."""
        if not self.told:
            return Phrase.told("No actor is in error about an option or about what another wants.")
        matter = sum(each.matters for each in self.told)
        return Phrase.told(
            "{matter} of {number}, put right, would change what holds or where play ends.",
            matter=numeral(matter),
            number=many(len(self.told), "error"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """One row per error and kind of play: where play then ends, and what that is to everybody."""
        actors = tuple(self.told[0].after.views) if self.told else ()
        rows = tuple(
            (
                listing(map(ActorTerm, each.news.to)),
                each.news.name,
                kind,
                _ended(each, kind),
                *(gains[i] for i in actors),
            )
            for each in self.told
            for kind, gains in each.gains.items()
        )
        notes = () if self.told else (tell("Nobody is in error about an option or about what another wants."),)
        columns = (tell("told to"), "that", "play", tell("ends at"), *_for(actors))
        return (Sheet(tell("If the truth about one thing came out"), columns, rows, notes),)


def _ended(each: Announcement, kind: str) -> Phrase:
    """Where play ends before and after, in one line."""
    before, after = each.before.ends[kind], each.after.ends[kind]
    return ends_phrase(after) if before == after else Phrase.of(ends_phrase(before), " → ", ends_phrase(after))


# --- asking ------------------------------------------------------------------------------------------------------------


def announcement(
    case: Case,
    views: Views,
    news: News,
    beliefs: Beliefs | None = None,
    concepts: Iterable[str] = CONCEPTS,
) -> Announcement:
    """Compare the hypergame with the one after an announcement; nothing else changes. Views as for `hypergame`."""
    case, views, beliefs = stated_views(case, views, beliefs)
    wanted = tuple(concepts)
    for actor in (*news.to, *([news.by] if news.by else [])):
        check(case, {actor: View()})
    games = PerceivedGames.of(case, views, beliefs, wanted)
    before = solved(games)
    after = solved(PerceivedGames.of(case, *announced(case.actors, views, beliefs or {}, news), wanted))
    gains = {kind: _gains(games.base.listed, before.ends[kind], ends) for kind, ends in after.ends.items()}
    return Announcement(basis=case.basis, news=news, before=before, after=after, gains=gains)


def _gains(listed: ListedGame, before: Iterable[Sequence[State]], after: Iterable[Sequence[State]]) -> dict[str, str]:
    """Per actor, by its own scores, what it is to it that play ends there instead of here."""
    place = {name: at for at, name in enumerate(listed.names)}
    old, new = ([place[state] for end in ends for state in end] for ends in (before, after))
    actors = zip(listed.game.actors, listed.scores, strict=True)
    return {actor: _gain(u[old].tolist(), u[new].tolist()) for actor, u in actors}


def _gain(old: Sequence[int], new: Sequence[int]) -> str:
    if sorted(set(old)) == sorted(set(new)):
        return "same"
    if min(new) >= max(old):
        return "better" if min(new) > max(old) else tell("no worse")
    if max(new) <= min(old):
        return "worse" if max(new) < min(old) else tell("no better")
    return "open"


def announcements(case: Case, name: str | None = None, concepts: Iterable[str] = CONCEPTS) -> tuple[Announcement, ...]:
    """What the announcements of the file (or the one named) would change, each in its own perception."""
    chosen = entries(
        "announcement", case.scenario.announcements, name, Lacks("announcements", instead=tell("describe one"))
    )
    return tuple(announcement(*_inside(case, news), concepts=concepts) for news in chosen)


def disclosures(
    case: Case, views: Views = None, beliefs: Beliefs | None = None, *, public: bool = False
) -> Disclosures:
    """Put every error about an option or a preference right, each by itself, and see who gains. Views as for `hypergame`.

    Cost: two hypergames per error. States thought impossible are not gone through: they stand or fall together.
    """
    case, views, beliefs = stated_views(case, views, beliefs)
    news = [each for actor, view in views.items() for each in _errors(case, actor, view, public)]
    return Disclosures(basis=case.basis, told=tuple(announcement(case, views, each, beliefs) for each in news))


def _errors(case: Case, actor: str, view: View, public: bool) -> Iterable[News]:
    """One announcement per error of a view."""
    for other, believed in view.readings.items():
        truth = case.chosen[other]
        if believed != truth:
            adds = View(readings={other: truth})
            yield News(
                id=f"{actor}-{other}",
                to=(actor,),
                adds=adds,
                public=public,
                name=tell("{other} is {truth}", other=other, truth=truth),
            )
    for key in sorted(view.hidden):
        yield News(
            id=f"{actor}-{key}",
            to=(actor,),
            reveals=frozenset({key}),
            public=public,
            name=tell("there is {key}", key=key),
        )
    for key in sorted(view.imagined):
        yield News(
            id=f"{actor}-{key}",
            to=(actor,),
            unmasks=frozenset({key}),
            public=public,
            name=tell("there is no {key}", key=key),
        )


def _inside(case: Case, news: News) -> tuple[Case, Mapping[str, View], News, Beliefs]:
    if not case.scenario.perceptions:
        return case, {}, news, {}
    seen, views, beliefs = perceived(case, news.perception or None)
    return seen, views, news, beliefs
