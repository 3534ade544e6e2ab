"""The questions about lists, what nobody knows, coalitions, ways and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from detente.analysis import KINDS
from detente.case import Query, verdict
from detente.claims.asking import LISTED, Answer, Question, Setting, Wanted, actors_of, query_words, read_query, read_wanted
from detente.claims.slots import Fields, Slot
from detente.errors import InputError
from detente.play import SOME
from detente.questions.joint import Joint, joint_minimal
from detente.questions.paths import Paths, paths
from detente.questions.pivots import KINDS as CHANGES
from detente.questions.pivots import pivots, threshold
from detente.questions.races import races
from detente.questions.unknowns import Unknowns, unknowns, unknowns_in_force, unknowns_of_list
from detente.scenario.model import Scenario
from detente.steps import KINDS as STEPS

_NOTHING = Query("true")


@dataclass(frozen=True)
class Ranking(Question):
    """`threshold: {actor, wish, of | concept}`: does the rank of one wish decide?"""

    actor: str
    wish: str
    query: Query
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("threshold", Fields, None)
        if inner is None:
            return cls("", "", _NOTHING)
        actor = inner.must("actor", lambda slot: slot.one_of("actor", actors_of(model)), "")
        wish = inner.must("wish", lambda slot: (slot.formula(model), slot.text())[1], "")
        query = read_query(inner, model)
        inner.close()
        return cls(actor, wish, query, read_wanted(expect, ("some", "none"), {"turns": _ranks}))

    def ask(self, at: Setting) -> Answer:
        found = threshold(at.case, self.actor, self.wish, self.query)
        turns = ", ".join(f"between ranks {rank - 1} and {rank}" for rank in found.turns)
        ranks = ", ".join(f"{rank}: {each}" for rank, each in enumerate(found.verdicts, 1))
        shows = (f"by rank: {ranks}", f"listed at rank {found.rank}")
        return Answer(f"turns {turns}" if turns else "the rank decides nothing", self._holds(found.turns), shows)

    def _holds(self, turns: tuple[int, ...]) -> bool | None:
        if self.wanted is None:
            return None
        if self.wanted.value is not None:
            return turns == self.wanted.value
        return bool(turns) == ("some" in self.wanted.words)

    def words(self) -> str:
        return f"does the rank of '{self.wish}' in {self.actor}'s list decide: {query_words(self.query)}"


def _ranks(slot: Slot) -> tuple[int, ...]:
    return tuple(each.read(Slot.number, 0) for each in slot.items())


@dataclass(frozen=True)
class Flipping(Question):
    """`pivots: {actors, kinds, of | concept}`: is there a change of one place in these lists that flips the verdict?"""

    actors: tuple[str, ...]
    kinds: tuple[str, ...]
    query: Query
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("pivots", Fields, None)
        if inner is None:
            return cls((), CHANGES, _NOTHING)
        actors = inner.must("actors", lambda slot: slot.names("actor", actors_of(model)), ())
        kinds = inner.take("kinds", lambda slot: slot.names("kind of change", CHANGES), CHANGES)
        query = read_query(inner, model)
        inner.close()
        return cls(actors, kinds, query, read_wanted(expect, ("some", "none")))

    def ask(self, at: Setting) -> Answer:
        found = pivots(at.case, self.query, self.actors, kinds=self.kinds)
        shows = [f"{each} makes it {each.verdict}" for each in found.flips[:LISTED]]
        more = len(found.flips) - len(shows)
        shows += [f"and {more} more"] if more > 0 else []
        said = f"{found.verdict}; {len(found.flips)} of {len(found.changes)} changes flip it"
        holds = None if self.wanted is None else bool(found.flips) == ("some" in self.wanted.words)
        return Answer(said, holds, tuple(shows))

    def words(self) -> str:
        who = " and ".join(self.actors)
        return f"does one {' or '.join(self.kinds)} in the list of {who} flip the verdict: {query_words(self.query)}"


@dataclass(frozen=True)
class Leaving(Question):
    """`unknowns: {list_of | in_force | settings, of | concept}`: the verdict over all completions of what is unknown."""

    list_of: str
    in_force: str
    settings: tuple[str, ...]
    query: Query
    wanted: Wanted | None = None

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.must("unknowns", Fields, None)
        if inner is None:
            return cls("", "", (), _NOTHING)
        platform = [inner.take(key, lambda slot: slot.one_of("platform", model.platforms), "") for key in _PLATFORM]
        options = [option.key for option in model.options]
        settings = inner.take("settings", lambda slot: slot.names("option", options), ())
        query = read_query(inner, model)
        inner.close()
        if all(platform):
            fields.slot.complaints.note(inner.slot.path, "either `list_of:` or `in_force:`, not both", key=True)
        certain = {"necessary": Slot.text, "possible": Slot.text}
        return cls(platform[0], platform[1], settings, query, read_wanted(expect, ("open", "settled"), certain))

    def ask(self, at: Setting) -> Answer:
        found = self._found(at)
        shows = [f"{name}: {', '.join(f'{v} brings {w}' for v, w in each.items())}" for name, each in found.decides.items()]
        return Answer(str(found.counts), self._holds(found), (f"{len(found.rows)} completions", *shows[:LISTED]))

    def _found(self, at: Setting) -> Unknowns:
        if self.list_of:
            return unknowns_of_list(at.case, self.list_of, self.query)
        if self.in_force:
            return unknowns_in_force(at.case, self.in_force, self.query)
        return unknowns(at.case, self.query, self.settings)

    def _holds(self, found: Unknowns) -> bool | None:
        if self.wanted is None:
            return None
        word, value = self.wanted.words[0], self.wanted.value
        if word == "necessary":
            return found.necessary == value
        if word == "possible":
            return value in found.possible
        return (found.necessary is None) == (word == "open")

    def words(self) -> str:
        about = f"what {self.list_of} wants" if self.list_of else f"{self.in_force} in force" if self.in_force else ""
        settings = f"{', '.join(self.settings)} either way" if self.settings else ""
        return f"over all completions of {about or settings or 'what is unknown'}: {query_words(self.query)}"


_PLATFORM = ("list_of", "in_force")


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
        goal = inner.must("goal", lambda slot: (slot.formula(model), slot.text())[1], "true")
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


def _lands(name: str, lands: object, count: int) -> str:
    assert isinstance(lands, dict)
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
        to = inner.must("to", lambda slot: (slot.formula(model), slot.text())[1], "true")
        by = inner.take("by", lambda slot: slot.one_of("kind of step", STEPS), "moves")
        inner.close()
        return cls(to, by, read_wanted(expect, ("some", "none"), {"steps": Slot.number}))

    def ask(self, at: Setting) -> Answer:
        found = paths(at.case, self.to, by=self.by, most=1)
        play = {"improvements": "myopic", "unsanctioned": "foresight"}.get(self.by)
        probes = ((at.case, Query(self.to, play)),) if play and found.length else ()
        return Answer(_length(found), self._holds(found.length), _way(found), probes)

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
        of = inner.must("of", lambda slot: (slot.formula(model), slot.text())[1], "true")
        play = inner.take("play", lambda slot: slot.one_of("kind of play", KINDS), "foresight")
        inner.close()
        return cls(of, play, read_wanted(expect, ("race", "choice", "cycle", "none")))

    def ask(self, at: Setting) -> Answer:
        found = races(at.case, self.of, play=self.play)
        word = found.reason if found.verdict == SOME else "none"
        query = Query(self.of, self.play)
        assert found.verdict == verdict(at.case, query)
        holds = None if self.wanted is None else word in self.wanted.words
        return Answer(word, holds, (found.sentence,), ((at.case, query),))

    def words(self) -> str:
        return f"under {self.play} play, does the order of moves decide whether '{self.of}'?"


