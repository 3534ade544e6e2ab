"""The questions about the order of wishes, and about what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from detente.case import Query
from detente.questions.claims import question as asking
from detente.questions.claims.fields import Fields, Slot
from detente.questions.claims.question import LISTED, Answer, Question, Setting
from detente.questions.uncertainty.pivots import KINDS, Pivots, pivots, threshold
from detente.questions.uncertainty.unknowns import Unknowns, unknowns, unknowns_in_force, unknowns_of_list
from detente.scenario.model import Scenario


@dataclass(frozen=True)
class Ranking(Question):
    """`threshold: {actor, wish, of | concept}`: does the rank of one wish decide?"""  # noqa: D400

    actor: str
    wish: str
    query: Query

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("threshold")
        inner.require("actor", "wish")
        actor, wish = inner.actor("actor", model), inner.formula("wish", model)
        query = asking.read_query(inner, model)
        inner.close()
        turns = {"turns": lambda slot: tuple(each.read(Slot.number, 0) for each in slot.items())}
        return cls(actor, wish, query, wanted=asking.read_wanted(expect, ("some", "none"), turns))

    def ask(self, at: Setting) -> Answer:
        found = threshold(at.case, self.actor, self.wish, self.query)
        turns = ", ".join(f"between ranks {rank - 1} and {rank}" for rank in found.turns)
        ranks = ", ".join(f"{rank}: {each}" for rank, each in enumerate(found.verdicts, 1))
        shows = (f"by rank: {ranks}", f"listed at rank {found.rank}")
        return Answer(f"turns {turns}" if turns else "the rank decides nothing", self._holds(found.turns), shows)

    def _holds(self, turns: tuple[int, ...]) -> bool | None:
        if self.wanted is None or self.wanted.value is None:
            return self.some(bool(turns))
        return turns == tuple(self.wanted.value)

    def words(self) -> str:
        return f"does the rank of '{self.wish}' in {self.actor}'s list decide: {asking.query_words(self.query)}"


@dataclass(frozen=True)
class Flipping(Question):
    """`pivots: {actors, kinds, of | concept}`: does one change of one place in these lists flip the verdict?"""  # noqa: D400

    actors: tuple[str, ...]
    kinds: tuple[str, ...]
    query: Query

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("pivots")
        inner.require("actors")
        actors, kinds = inner.actors("actors", model), inner.names("kinds", "kind of change", KINDS) or KINDS
        query = asking.read_query(inner, model)
        inner.close()
        robust = {"robust": Slot.text}
        return cls(actors, kinds, query, wanted=asking.read_wanted(expect, ("some", "none"), robust))

    def ask(self, at: Setting) -> Answer:
        found = pivots(at.case, self.query, self.actors, kinds=self.kinds)
        shows = [f"{each} makes it {each.verdict}" for each in found.flips[:LISTED]]
        more = len(found.flips) - len(shows)
        text = f"{found.verdict}; {len(found.flips)} of {len(found.changes)} changes flip it"
        return Answer(text, self._holds(found), (*shows, *([f"and {more} more"] if more else [])))

    def _holds(self, found: Pivots) -> bool | None:
        if self.wanted is None or self.wanted.value is None:
            return self.some(bool(found.flips))
        return found.verdict == str(self.wanted.value) and not found.flips

    def words(self) -> str:
        kinds, who = " or ".join(self.kinds), " and ".join(self.actors)
        return f"does one {kinds} in the list of {who} flip the verdict: {asking.query_words(self.query)}"


@dataclass(frozen=True)
class Leaving(Question):
    """`unknowns: {list_of | in_force | settings, of | concept}`: the verdict over all completions of what is unknown."""

    list_of: str
    in_force: str
    settings: tuple[str, ...]
    query: Query

    @classmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        inner = fields.inner("unknowns")
        if "list_of" in inner and "in_force" in inner:
            inner.slot.complaints.note(inner.slot.path, "either 'list_of' or 'in_force', not both", key=True)
        list_of, in_force = (inner.word(key, "platform", model.platforms) for key in ("list_of", "in_force"))
        settings = inner.names("settings", "option", [option.key for option in model.options])
        query = asking.read_query(inner, model)
        inner.close()
        certain = {"necessary": Slot.text, "possible": Slot.text}
        wanted = asking.read_wanted(expect, ("open", "settled"), certain)
        return cls(list_of, in_force, settings, query, wanted=wanted)

    def ask(self, at: Setting) -> Answer:
        found = self._found(at)
        decides = [
            f"{name}: {', '.join(f'{value} brings {brought}' for value, brought in each.items())}"
            for name, each in found.decides.items()
        ]
        holds = self._holds(found)
        partly = "what is unknown" if holds is False and self._possible(found) else ""
        return Answer(str(found.spread), holds, (f"{len(found.rows)} completions", *decides[:LISTED]), partly)

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
            return found.necessary == str(value)
        if word == "possible":
            return str(value) in found.possible
        return (found.necessary is None) == (word == "open")

    def _possible(self, found: Unknowns) -> bool:
        """Whether a verdict that is expected to be necessary is possible at least."""
        return self.wanted is not None and self.wanted.words == ("necessary",) and self.wanted.value in found.possible

    def words(self) -> str:
        about = f"what {self.list_of} wants" if self.list_of else f"{self.in_force} in force" if self.in_force else ""
        settings = f"{', '.join(self.settings)} either way" if self.settings else ""
        return f"over all completions of {about or settings or 'what is unknown'}: {asking.query_words(self.query)}"
