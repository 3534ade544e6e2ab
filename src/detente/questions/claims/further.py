"""The questions about coalitions, ways, partnerships and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from detente.case import Query
from detente.engine.play import SOME
from detente.questions.claims import question as asking
from detente.questions.claims.fields import Fields, Slot
from detente.questions.claims.question import LISTED, Answer, Question, Setting
from detente.questions.coalitions.smallest import Coalition, Joint, joint_minimal
from detente.questions.evolution.irreversibility import irreversible
from detente.questions.evolution.move_order import races
from detente.questions.evolution.paths import Paths, paths
from detente.questions.evolution.steps import KINDS
from detente.questions.history.hindcast import Hindcast, Score, hindcast
from detente.questions.partnerships.partnerships import partnership
from detente.scenario.model import Scenario

PLAYS = {"improvements": "myopic", "unsanctioned": "foresight"}
"""The play that consists of a kind of step."""


@dataclass(frozen=True)
class Joining(Question):
    """`joint: {goal, most}`: which coalitions all gain by moving to the goal together?"""  # noqa: D400

    goal: str
    most: int

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("joint")
        inner.require("goal")
        goal, most = inner.formula("goal", model), inner.number("most")
        inner.close()
        members = {"members": lambda slot: slot.names("actor", [actor.id for actor in model.actors])}
        return cls(goal, most, wanted=asking.read_wanted(expect, ("some", "none"), members))

    def ask(self, at: Setting) -> Answer:
        found = joint_minimal(at.case, self.goal, self.most or None)
        names = [" and ".join(each.members) for each in found.coalitions[:LISTED]]
        shows = tuple(map(_lands, found.coalitions[:LISTED]))
        return Answer("; or ".join(names) or "nobody", self._holds(found), shows)

    def _holds(self, found: Joint) -> bool | None:
        smallest = {frozenset(each.members) for each in found.coalitions if len(each.members) == found.size}
        if self.wanted is None or self.wanted.value is None:
            return self.some(bool(smallest))
        return smallest == {frozenset(self.wanted.value)}

    def words(self) -> str:
        return f"which coalitions all gain by moving together to '{self.goal}'?"


def _lands(found: Coalition) -> str:
    held = ", ".join(f"{concept} {number}" for concept, number in found.lands.items())
    places = "one place" if found.count == 1 else f"{found.count} places"
    return f"{' and '.join(found.members)}: {places} to go to, of which stable: {held}"


@dataclass(frozen=True)
class Going(Question):
    """`path: {to, by}`: is there a way from the status quo to a goal, and how long is the shortest?"""  # noqa: D400

    to: str
    by: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("path")
        inner.require("to")
        to, by = inner.formula("to", model), inner.word("by", "kind of step", KINDS, "moves")
        inner.close()
        return cls(to, by, wanted=asking.read_wanted(expect, ("some", "none"), {"steps": Slot.number}))

    def ask(self, at: Setting) -> Answer:
        found = paths(at.case, self.to, by=self.by, most=1)
        probes = ((at.case, Query(self.to, PLAYS[self.by])),) if self.by in PLAYS and found.length else ()
        return Answer(_length(found), self._holds(found.length), _way(found), "", probes)

    def _holds(self, length: int | None) -> bool | None:
        if self.wanted is None or self.wanted.value is None:
            return self.some(length is not None)
        return length == int(self.wanted.value)

    def words(self) -> str:
        return f"is there a way to '{self.to}' by {KINDS[self.by]}?"


def _length(found: Paths) -> str:
    if found.length is None:
        return "no way"
    return f"a way of {found.length} step{'' if found.length == 1 else 's'}"


def _way(found: Paths) -> tuple[str, ...]:
    steps = found.ways[0].steps if found.ways else ()
    return (", then ".join(f"{step.actor} ({step.change_text})" for step in steps),) if steps else ()


@dataclass(frozen=True)
class Racing(Question):
    """`races: {of, play}`: does the order of moves decide?"""  # noqa: D400

    of: str
    play: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("races")
        inner.require("of")
        of, play = inner.formula("of", model), inner.play()
        inner.close()
        return cls(of, play, wanted=asking.read_wanted(expect, ("race", "choice", "cycle", "none")))

    def ask(self, at: Setting) -> Answer:
        found = races(at.case, self.of, play=self.play)
        word = found.reason if found.verdict == SOME else "none"
        return Answer(word, self.met(word), (found.sentence,), "", ((at.case, Query(self.of, self.play)),))

    def words(self) -> str:
        return f"under {self.play} play, does the order of moves decide whether '{self.of}'?"


@dataclass(frozen=True)
class Partnering(Question):
    """`partnership: {name, play}`: does it hold, fray or break?"""  # noqa: D400

    name: str
    play: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("partnership")
        inner.require("name")
        name, play = inner.word("name", "partnership", model.partnerships), inner.play()
        inner.close()
        return cls(name, play, wanted=asking.read_wanted(expect, ("HOLDS", "FRAYS", "BREAKS")))

    def ask(self, at: Setting) -> Answer:
        found = partnership(at.case, self.name)
        word = found.plays[self.play].word
        return Answer(word, self.met(word), (found.reason,), "how play goes" if word == "DEPENDS" else "")

    def words(self) -> str:
        return f"what becomes of {self.name} where {self.play} play ends?"


@dataclass(frozen=True)
class Closing(Question):
    """`irreversible: {option}`: does a one-way switch of this option close an outcome off for good?"""  # noqa: D400

    option: str

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("irreversible")
        inner.require("option")
        option = inner.word("option", "option", [option.key for option in model.options])
        inner.close()
        loses = {"loses": lambda slot: slot.names("outcome", model.outcomes)}
        return cls(option, wanted=asking.read_wanted(expect, ("some", "none"), loses))

    def ask(self, at: Setting) -> Answer:
        found = irreversible(at.case, self.option).switches
        lost = tuple(dict.fromkeys(outcome for each in found for outcome in each.general.outcomes))
        shows = [f"{each.switch}: {each.general} lost{', already so' if each.made else ''}" for each in found]
        return Answer(f"loses {', '.join(lost)}" if lost else "loses no outcome", self._holds(lost), tuple(shows))

    def _holds(self, lost: tuple[str, ...]) -> bool | None:
        if self.wanted is None or self.wanted.value is None:
            return self.some(bool(lost))
        return set(self.wanted.value) <= set(lost)

    def words(self) -> str:
        return f"what does a switch of {self.option} close off for good?"


@dataclass(frozen=True)
class Hindcasting(Question):
    """`hindcast: {actor, reading, against}`: how many recorded moves does this account of an actor explain?"""  # noqa: D400

    actor: str
    reading: str
    against: tuple[str, ...]

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("hindcast")
        inner.require("actor", "reading")
        actor = inner.actor("actor", model)
        known = model.actor(actor).readings if actor else ()
        reading = inner.word("reading", f"reading of {actor}", known)
        against = inner.names("against", f"reading of {actor}", known)
        inner.close()
        wanted = asking.read_wanted(expect, ("most", "best"), {"at_least": Slot.number})
        return cls(actor, reading, against, wanted=wanted)

    def ask(self, at: Setting) -> Answer:
        chosen = {actor: [reading] for actor, reading in at.case.chosen.items()}
        found = hindcast(at.case, {**chosen, self.actor: [self.reading, *self.against]})
        scores = {score.readings[self.actor]: score for score in found.scores}
        text = "; ".join(f"{name} {_hits(scores[name])}" for name in dict.fromkeys((self.reading, *self.against)))
        return Answer(text, self._holds(scores), _unexplained(found, scores[self.reading]))

    def _holds(self, scores: Mapping[str, Score]) -> bool | None:
        own = scores[self.reading].unsanctioned
        if self.wanted is None:
            return None
        if self.wanted.value is not None:
            return own.hits >= int(self.wanted.value)
        if "best" in self.wanted.words:
            return all(own.hits > scores[rival].unsanctioned.hits for rival in self.against if rival != self.reading)
        return 2 * own.hits > own.n

    def words(self) -> str:
        rivals = f", against {' and '.join(self.against)}" if self.against else ""
        return f"how many recorded moves does {self.actor} as '{self.reading}' explain{rivals}?"


def _hits(score: Score) -> str:
    return f"{score.unsanctioned} (by luck at least as many: {score.unsanctioned.chance:.0%})"


def _unexplained(found: Hindcast, score: Score) -> tuple[str, ...]:
    missed = [found.events[call.event] for call in score.calls if not call.unsanctioned]
    text = "; ".join(f"{event.date} {event.actor} ({event.changes})" for event in missed)
    return (f"not explained: {text}",) if text else ()
