"""What all questions that a claim's test can ask have in common.

Every question is a frozen class that knows how it is written in a file (`read`), how it is put to a case (`ask`) and
how it is said (`words`). Here is what they share; the questions of play, levers and single steps are in
`detente.questions.claims.questions`, those about lists and what is unknown in `detente.questions.claims.lists`, those
about coalitions, ways and time in `detente.questions.claims.further`, the table of all in
`detente.questions.claims.tests`.

What an author expects is a `Wanted`: a word such as `ALL`, `none`, `better`, or a word with a value, such as
`necessary: [us_recog]`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from detente.case import Case, Circumstances, Query
from detente.engine.concepts import CONCEPTS, label
from detente.errors import InputError
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.fields import Fields, Slot
from detente.scenario.model import Scenario

LISTED = 4
"""End states, lever sets and the like that are named one by one."""

Probe = tuple[Case, Query]
"""A verdict an answer rests on; what flips it tells whether the answer is an assumption."""


@dataclass(frozen=True)
class Wanted:
    """What is expected: one of several words, or a word with a value."""

    words: tuple[str, ...]
    value: Any = None

    def __str__(self) -> str:
        value = "" if self.value is None else f" {_listed(self.value)}"
        return f"{' or '.join(self.words)}{value}"


@dataclass(frozen=True)
class Answer:
    """What was found: a short verdict, whether it is what the test expects (None: it expects nothing), the evidence.

    `partly` tells on what it depends where the verdict is neither what is expected nor its opposite. `probes` are the
    verdicts it rests on; `by_rule` says that one reaction rule decides, where there are no probes.
    """

    verdict: str
    holds: bool | None = None
    shows: tuple[str, ...] = ()
    partly: str = ""
    probes: tuple[Probe, ...] = ()
    by_rule: bool = False


@dataclass(frozen=True)
class Setting:
    """Where a question is asked: a model under circumstances."""

    desk: Desk
    model: str
    circumstances: Circumstances

    @property
    def case(self) -> Case:
        return self.desk.case(self.model, self.circumstances)


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """One kind of question, with what the author expects of it (None: it is just asked)."""

    wanted: Wanted | None = None

    @classmethod
    @abstractmethod
    def read(cls, fields: Fields, model: Scenario, expect: Slot | None) -> Self:
        """The question among the entries of a test; `expect` is where the expectation stands, if there is one."""

    @abstractmethod
    def ask(self, at: Setting) -> Answer:
        """Put it to a case."""

    @abstractmethod
    def words(self) -> str:
        """The question in words."""

    @property
    def expected(self) -> str:
        """What the author expects, in words."""
        return str(self.wanted or "")

    def met(self, found: str) -> bool | None:
        """Whether this word is what is expected; None if nothing is."""
        return None if self.wanted is None else found in self.wanted.words

    def some(self, found: bool) -> bool | None:
        """The same for whether there is something: `some` or `none`."""
        return None if self.wanted is None else found == ("some" in self.wanted.words)


# --- reading what is expected --------------------------------------------------------------------------------------------

Reader = Callable[[Slot], Any]


def read_wanted(expect: Slot | None, plain: Iterable[str], valued: Mapping[str, Reader] | None = None) -> Wanted | None:
    """Words from `plain` (one, or a list of them), or one key of `valued` with its value."""
    if expect is None:
        return None
    words, keyed = tuple(plain), dict(valued or {})
    return expect.read(lambda slot: _wanted(slot, words, keyed), None)


def _wanted(slot: Slot, plain: tuple[str, ...], valued: Mapping[str, Reader]) -> Wanted:
    if not isinstance(slot.value, Mapping):
        return Wanted(slot.names("expectation of this question", (*plain, *valued)))
    entries = slot.entries()
    if len(entries) != 1:
        raise InputError(f"expect one thing: {' or '.join((*plain, *valued))}; several things are several tests")
    ((key, each),) = entries.items()
    if key in valued:
        return Wanted((key,), each.read(valued[key], None))
    if key in plain and each.yes():
        return Wanted((key,))
    raise InputError(f"unknown expectation '{key}'; this question expects {' or '.join((*plain, *valued))}")


def _listed(value: Any) -> str:
    return ", ".join(map(_listed, value)) if isinstance(value, (tuple, list)) else str(value)


def own_options(model: Scenario, actors: Iterable[str]) -> tuple[str, ...]:
    """The options of some actors, in file order."""
    return tuple(option.key for actor in actors for option in model.actor(actor).options)


def read_query(fields: Fields, model: Scenario) -> Query:
    """`of`, `play` and `concept`: where play ends, what equilibria have, or whether the status quo is one."""
    if not fields.broken and "of" not in fields and "concept" not in fields:
        fields.slot.complaints.note(fields.slot.path, "say what is asked: 'of' a formula, or 'concept'", key=True)
    if "concept" in fields and "play" in fields:
        fields.slot.complaints.note(fields.slot.path, "either 'play' or 'concept', not both", key=True)
    quo = "of" not in fields
    of, concept, play = fields.formula("of", model), fields.word("concept", "concept", CONCEPTS), fields.play()
    return Query(None if quo and concept else of or "true", play, concept or None)


def query_words(query: Query) -> str:
    """A query as a question."""
    if query.concept is None:
        return f"is '{query.of}' true where {query.play} play ends?"
    concept = label(query.concept)
    return f"is '{query.of}' true in the {concept} equilibria?" if query.of else f"is the status quo {concept} stable?"
