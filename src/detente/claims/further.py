"""The questions about coalitions, ways, partnerships and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from detente.case import Query
from detente.claims.asking import LISTED, Answer, Question, Setting, Wanted, actors_of, read_goal, read_play, read_wanted
from detente.claims.slots import Fields, Slot
from detente.play import SOME
from detente.questions.history import Hindcast, Score, hindcast
from detente.questions.irreversible import irreversible
from detente.questions.joint import Joint, joint_minimal
from detente.questions.partnerships import partnership
from detente.questions.paths import Paths, paths
from detente.questions.races import races
from detente.scenario.model import Scenario
from detente.steps import KINDS as STEPS


@dataclass(frozen=True)
class Joining(Question):
    """`joint: {goal, most}`: the smallest coalitions that all gain by moving to the goal together."""

    goal: str
    most: int
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("joint", Fields, None)
        if inner is None:
            return cls("true", 0)
        goal = inner.must("goal", lambda slot: read_goal(slot, model), "true")
        most = inner.take("most", Slot.number, 0)
        inner.close()
        members = {"members": lambda slot: slot.names("actor", actors_of(model))}
        return cls(goal, most, read_wanted(expect, ("some", "none"), members))

    def ask(self, at: Setting) -> Answer:
        found = joint_minimal(at.case, self.goal, self.most or None)
        names = [" and ".join(each.members) for each in found.coalitions]
        shows = [_lands(name, each.lands, each.count) for name, each in zip(names, found.coalitions, strict=True)]
        return Answer("; or ".join(names[:LISTED]) or "nobody", self._holds(found), tuple(shows[:LISTED]))

    def _holds(self, found: Joint) -> bool | None:
        if self.wanted is None:
            return None
        smallest = {frozenset(e.members) for e in found.coalitions if len(e.members) == found.size}
        if self.wanted.value is not None:
            return smallest == {frozenset(self.wanted.value)}
        return bool(smallest) == ("some" in self.wanted.words)

    def words(self) -> str:
        return f"which coalitions all gain by moving together to '{self.goal}'?"


def _lands(name: str, lands: Mapping[str, int], count: int) -> str:
    held = ", ".join(f"{concept} {number}" for concept, number in lands.items())
    return f"{name}: {count} places to go to, of which stable: {held}"


@dataclass(frozen=True)
class Going(Question):
    """`path: {to, by, without}`: is there a way from the status quo to a goal, and how long is the shortest?"""

    to: str
    by: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("path", Fields, None)
        if inner is None:
            return cls("true", "moves")
        to = inner.must("to", lambda slot: read_goal(slot, model), "true")
        by = inner.take("by", lambda slot: slot.one_of("kind of step", STEPS), "moves")
        inner.close()
        return cls(to, by, read_wanted(expect, ("some", "none"), {"steps": Slot.number}))

    def ask(self, at: Setting) -> Answer:
        found = paths(at.case, self.to, by=self.by, most=1)
        play = {"improvements": "myopic", "unsanctioned": "foresight"}.get(self.by)
        probes = ((at.case, Query(self.to, play)),) if play and found.length else ()
        return Answer(_length(found), self._holds(found.length), _way(found), "", probes)

    def _holds(self, length: int | None) -> bool | None:
        if self.wanted is None:
            return None
        if self.wanted.value is not None:
            return length == self.wanted.value
        return (length is not None) == ("some" in self.wanted.words)

    def words(self) -> str:
        return f"is there a way to '{self.to}' by {STEPS[self.by]}?"


def _length(found: Paths) -> str:
    if found.length is None:
        return "no way"
    return f"a way of {found.length} step{'' if found.length == 1 else 's'}"


def _way(found: Paths) -> tuple[str, ...]:
    steps = found.ways[0].steps if found.ways else ()
    return (", then ".join(f"{step.actor} ({step.change_text})" for step in steps),) if steps else ()


@dataclass(frozen=True)
class Racing(Question):
    """`races: {of, play}`: does the order of moves decide?"""

    of: str
    play: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("races", Fields, None)
        if inner is None:
            return cls("true", "foresight")
        of = inner.must("of", lambda slot: read_goal(slot, model), "true")
        play = inner.take("play", read_play, "foresight")
        inner.close()
        return cls(of, play, read_wanted(expect, ("race", "choice", "cycle", "none")))

    def ask(self, at: Setting) -> Answer:
        found = races(at.case, self.of, play=self.play)
        word = found.reason if found.verdict == SOME else "none"
        query = Query(self.of, self.play)
        holds = None if self.wanted is None else word in self.wanted.words
        return Answer(word, holds, (found.sentence,), "", ((at.case, query),))

    def words(self) -> str:
        return f"under {self.play} play, does the order of moves decide whether '{self.of}'?"


@dataclass(frozen=True)
class Partnering(Question):
    """`partnership: {name, play | concept}`: does it hold, fray or break?"""

    name: str
    play: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("partnership", Fields, None)
        if inner is None:
            return cls("", "foresight")
        name = inner.must("name", lambda slot: slot.one_of("partnership", model.partnerships), "")
        play = inner.take("play", read_play, "foresight")
        inner.close()
        return cls(name, play, read_wanted(expect, ("HOLDS", "FRAYS", "BREAKS")))

    def ask(self, at: Setting) -> Answer:
        found = partnership(at.case, self.name)
        fate = found.plays[self.play]
        holds = None if self.wanted is None else fate.word in self.wanted.words
        return Answer(fate.word, holds, (found.reason,), "" if fate.word != "DEPENDS" or holds else "how play goes")

    def words(self) -> str:
        return f"what becomes of {self.name} where {self.play} play ends?"


@dataclass(frozen=True)
class Closing(Question):
    """`irreversible: {option}`: does a one-way switch of this option close an outcome off for good?"""

    option: str
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("irreversible", Fields, None)
        if inner is None:
            return cls("")
        option = inner.must("option", lambda slot: slot.one_of("option", [o.key for o in model.options]), "")
        inner.close()
        loses = {"loses": lambda slot: slot.names("outcome", model.outcomes)}
        return cls(option, read_wanted(expect, ("some", "none"), loses))

    def ask(self, at: Setting) -> Answer:
        found = irreversible(at.case, self.option).switches
        lost = tuple(dict.fromkeys(outcome for each in found for outcome in each.general.outcomes))
        shows = [f"{each.text}: {each.general} lost{', already so' if each.made else ''}" for each in found]
        return Answer(f"loses {', '.join(lost)}" if lost else "loses no outcome", self._holds(lost), tuple(shows))

    def _holds(self, lost: tuple[str, ...]) -> bool | None:
        if self.wanted is None:
            return None
        if self.wanted.value is not None:
            return set(self.wanted.value) <= set(lost)
        return bool(lost) == ("some" in self.wanted.words)

    def words(self) -> str:
        return f"what does a switch of {self.option} close off for good?"


@dataclass(frozen=True)
class Hindcasting(Question):
    """`hindcast: {actor, reading, against}`: how many recorded moves does this account of an actor explain?"""

    actor: str
    reading: str
    against: tuple[str, ...]
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("hindcast", Fields, None)
        if inner is None:
            return cls("", "", ())
        actor = inner.must("actor", lambda slot: slot.one_of("actor", actors_of(model)), "")
        known = model.actor(actor).readings if actor else {}
        reading = inner.must("reading", lambda slot: slot.one_of(f"reading of {actor}", known), "")
        against = inner.take("against", lambda slot: slot.names(f"reading of {actor}", known), ())
        inner.close()
        return cls(actor, reading, against, read_wanted(expect, ("most", "best"), {"at_least": Slot.number}))

    def ask(self, at: Setting) -> Answer:
        chosen = at.case.chosen
        grid = {actor: [reading] for actor, reading in chosen.items()} | {self.actor: [self.reading, *self.against]}
        found = hindcast(at.case, grid)
        scores = {score.readings[self.actor]: score for score in found.scores}
        said = "; ".join(f"{name} {_score(scores[name])}" for name in dict.fromkeys((self.reading, *self.against)))
        return Answer(said, self._holds(scores), _unexplained(found, scores[self.reading]))

    def _holds(self, scores: Mapping[str, Score]) -> bool | None:
        own = scores[self.reading].foresight
        if self.wanted is None:
            return None
        if self.wanted.value is not None:
            return own.hits >= int(self.wanted.value)
        if "best" in self.wanted.words:
            return all(own.hits > scores[rival].foresight.hits for rival in self.against if rival != self.reading)
        return 2 * own.hits > own.n

    def words(self) -> str:
        rivals = f", against {' and '.join(self.against)}" if self.against else ""
        return f"how many recorded moves does {self.actor} as '{self.reading}' explain{rivals}?"


def _score(score: Score) -> str:
    return f"{score.foresight} (by luck at least as many: {score.foresight.chance:.0%})"


def _unexplained(found: Hindcast, score: Score) -> tuple[str, ...]:
    missed = [found.events[call.event] for call in score.calls if not call.unsanctioned]
    said = "; ".join(f"{event.date} {event.actor} ({event.changes})" for event in missed)
    return (f"not explained: {said}",) if said else ()
