"""The questions about the order of wishes, and about what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from detente.case import Query
from detente.claims.asking import LISTED, Answer, Question, Setting, Wanted, actors_of, query_words, read_goal, read_query
from detente.claims.asking import read_wanted
from detente.claims.slots import Fields, Slot
from detente.questions.pivots import KINDS as CHANGES
from detente.questions.pivots import pivots, threshold
from detente.questions.unknowns import Unknowns, unknowns, unknowns_in_force, unknowns_of_list
from detente.scenario.model import Scenario

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
        wish = inner.must("wish", lambda slot: read_goal(slot, model), "")
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
        holds = self._holds(found)
        partly = "what is unknown" if holds is False and self._possible(found) else ""
        return Answer(str(found.counts), holds, (f"{len(found.rows)} completions", *shows[:LISTED]), partly)

    def _possible(self, found: Unknowns) -> bool:
        """Whether a verdict that is expected to be necessary is possible at least."""
        return self.wanted is not None and self.wanted.words == ("necessary",) and self.wanted.value in found.possible

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
