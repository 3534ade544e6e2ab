"""A question that a claim's test asks, and what all kinds of question have in common.

A *kind* is a row: under which key of a test its parts stand, how each part is read, what an author may expect, how it is
put to a case (`ask`) and how it is said (`words`). The rows about verdicts, levers, single steps and the file itself stand in
`detente.questions.claims.questions`, those about lists, coalitions, ways and time in `detente.questions.claims.further`, the
table of all in `detente.questions.claims.checks`.

What an author expects is a `Wanted`: a word such as `ALL`, `none`, `better`, or a word with a value, such as
`necessary: [us_recog]`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from detente.case import Case, Circumstances, Query
from detente.engine.concepts import CONCEPTS, label
from detente.engine.play import NO_EQUILIBRIA
from detente.errors import InputError
from detente.messages import later, tell
from detente.messages import word as read
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.fields import Fields, Slot
from detente.scenario.model import Scenario

LISTED = 4
"""End states, lever sets and the like that are named one by one."""

NOTHING, EVERYTHING = later("nothing could succeed"), later("everything does")
"""Why a combination of readings cannot tell whether the author is right."""

UNMET = later("the condition is not met")
"""Why a combination cannot tell of a sentence with a condition."""

IN_PART = later("how play goes")
"""What a reply depends on that holds where some plays end and not where others do."""

Probe = tuple[Case, Query]
"""A verdict a reply rests on; what flips it tells whether the reply is an assumption."""


@dataclass(frozen=True)
class Wanted:
    """What is expected: one of several words, or a word with a value."""

    words: tuple[str, ...]
    value: Any = None

    def __str__(self) -> str:
        value = "" if self.value is None else f" {_listed(self.value)}"
        return f"{tell(' or ').join(self.words)}{value}"


@dataclass(frozen=True)
class Reply:
    """What a model replies: a short verdict, whether it is what the test expects (None: it expects nothing), the evidence.

    `partly` tells on what it depends where the verdict is neither what is expected nor its opposite; `adverse` that it is
    its opposite, where there is a middle. `apart` says why this cannot tell, if it cannot (`NOTHING`, `EVERYTHING`).
    `evidence` finds what is shown; `probes` are the
    verdicts it rests on; `by_rule` says that one reaction rule decides, where there are no probes.
    """

    verdict: str
    holds: bool | None = None
    evidence: Callable[[], tuple[str, ...]] = field(default=tuple, kw_only=True, compare=False)
    partly: str = field(default="", kw_only=True)
    adverse: bool = field(default=False, kw_only=True)
    apart: str = field(default="", kw_only=True)
    probes: tuple[Probe, ...] = field(default=(), kw_only=True)
    by_rule: bool = field(default=False, kw_only=True)

    @cached_property
    def shows(self) -> tuple[str, ...]:
        """The evidence; found when it is looked at, for a table of statuses shows none."""
        return self.evidence()


@dataclass(frozen=True)
class Setting:
    """Where a question is asked: a model under circumstances."""

    desk: Desk
    model: str
    circumstances: Circumstances

    @property
    def case(self) -> Case:
        return self.desk.case(self.model, self.circumstances)


Parts = Mapping[str, Any]
"""What was read of a question, by the key it stands under."""

Part = Callable[[Fields, str, Scenario, Parts], Any]
"""Reads one part: from these entries, under this key, of this model, knowing the parts read before."""

Known = Collection[str] | Callable[[Scenario, Parts], Collection[str]]
"""The words there are; of a model, perhaps."""

Reader = Callable[[Slot], Any]
"""Reads the value of an expectation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One kind of question.

    `words` names parts in braces, as in "is {by} better off?". `values` are the expectations that have a value, which may
    depend on model and parts.
    """

    key: str
    parts: Mapping[str, Part]
    ask: Callable[[Question, Setting], Reply]
    words: str | Callable[[Question], str]
    needs: tuple[str, ...] = ()
    expects: tuple[str, ...] | Callable[[Fields], tuple[str, ...]] = ()
    values: Mapping[str, Reader] | Callable[[Scenario, Parts], Mapping[str, Reader]] = field(default_factory=dict)
    compared: bool = False
    """Whether it asks about a result, which may come about without what the test holds as well."""
    inside: bool = True
    """Whether the parts stand in a mapping under the key; else they are entries of the test itself."""
    silent: str = ""
    """Why nothing is expected, if nothing is."""

    def read(self, fields: Fields, model: Scenario, expect: Slot | None) -> Question:
        """The question among the entries of a test; `expect` is where the expectation stands, if there is one."""
        plain = self.expects(fields) if callable(self.expects) else self.expects
        inner = fields.inner(self.key) if self.inside else fields
        inner.require(*self.needs)
        found: dict[str, Any] = {}
        for key, part in self.parts.items():
            found[key] = part(inner, key, model, found)
        if self.inside:
            inner.close()
        if self.silent and expect is not None:
            expect.complaints.note(expect.path, tell(self.silent), key=True)
        values = self.values(model, found) if callable(self.values) else self.values
        wanted = None if self.silent else read_wanted(expect, plain, values)
        return Question(self, found, wanted)


@dataclass(frozen=True)
class Question:
    """A question of some kind with its parts, and what the author expects of it (None: it is just asked)."""

    kind: Kind
    parts: Parts
    wanted: Wanted | None = None

    def __getitem__(self, part: str) -> Any:
        return self.parts[part]

    def ask(self, at: Setting) -> Reply:
        """Put it to a case."""
        return self.kind.ask(self, at)

    def words(self) -> str:
        """The question in words."""
        words = self.kind.words
        return (
            tell(words, **{key: read(part) if key == "play" else _spoken(part) for key, part in self.parts.items()})
            if isinstance(words, str)
            else words(self)
        )

    @property
    def enters(self) -> bool:
        """Whether it asks nothing but whether something enters as data."""
        return self.kind.key == "input"

    @property
    def asks_nothing(self) -> bool:
        """Whether what is claimed is no question of a model."""
        return self.kind.key == "none"

    @property
    def expected(self) -> str:
        """What the author expects, in words."""
        return str(self.wanted or "")

    def met(self, found: str) -> bool | None:
        """Whether this word is what is expected; None if nothing is."""
        return None if self.wanted is None else found in self.wanted.words

    def some(self, found: bool, agrees: Callable[[str, Any], bool] | None = None) -> bool | None:
        """The same for whether there is something, `some` or `none`; `agrees` judges a word with a value."""
        if self.wanted is None:
            return None
        if agrees is not None and self.wanted.value is not None:
            return agrees(self.wanted.words[0], self.wanted.value)
        return found == ("some" in self.wanted.words)


def _spoken(part: Any) -> Any:
    """A part within a question."""
    return (
        query_words(part) if isinstance(part, Query) else tell(" and ").join(part) if isinstance(part, tuple) else part
    )


# --- reading parts -------------------------------------------------------------------------------------------------------


def _of_the_model(read: Callable[[Fields, str, Scenario], Any]) -> Part:
    return lambda fields, key, model, _: read(fields, key, model)


actor, actors, formula = map(_of_the_model, (Fields.actor, Fields.actors, Fields.formula))


def play(fields: Fields, _key: str, _model: Scenario, _: Parts) -> str:
    """Myopic or foresight play."""
    return fields.play()


def number(fields: Fields, key: str, _model: Scenario, _: Parts) -> int:
    """A number."""
    return fields.number(key)


def word(kind: str, known: Known, otherwise: str = "") -> Part:
    """One of the known words."""
    return lambda fields, key, model, parts: fields.word(key, kind, _known(known, model, parts), otherwise)


def several(kind: str, known: Known, otherwise: tuple[str, ...] = ()) -> Part:
    """Some of the known words."""
    return lambda fields, key, model, parts: fields.names(key, kind, _known(known, model, parts)) or otherwise


def _known(known: Known, model: Scenario, parts: Parts) -> Collection[str]:
    return known(model, parts) if callable(known) else known


def every_option(model: Scenario, _: Parts) -> tuple[str, ...]:
    """The options of the model."""
    return tuple(option.key for option in model.options)


def own_options(model: Scenario, who: Iterable[str]) -> tuple[str, ...]:
    """The options of some actors, in file order."""
    return tuple(option.key for each in who for option in model.actor(each).options)


def query(fields: Fields, _key: str, model: Scenario, _: Parts) -> Query:
    """`of`, `play` and `concept`: where play ends, what equilibria have, or whether the status quo is one."""
    if not fields.broken and "of" not in fields and "concept" not in fields:
        fields.slot.complaints.note(fields.slot.path, tell("say what is asked: 'of' a formula, or 'concept'"), key=True)
    if "concept" in fields and "play" in fields:
        fields.slot.complaints.note(fields.slot.path, tell("either 'play' or 'concept', not both"), key=True)
    quo = "of" not in fields
    of, concept, kind = fields.formula("of", model), fields.word("concept", "concept", CONCEPTS), fields.play()
    return Query(None if quo and concept else of or "true", kind, concept or None)


def query_words(asked: Query) -> str:
    """A query as a question."""
    if asked.concept is None:
        return tell("is '{of}' true where {play} play ends?", of=asked.of, play=read(asked.play))
    concept = label(asked.concept)
    return (
        tell("is '{of}' true in the {concept} equilibria?", of=asked.of, concept=concept)
        if asked.of
        else tell("is today's state {concept} stable?", concept=concept)
    )


# --- reading what is expected --------------------------------------------------------------------------------------------


def read_wanted(expect: Slot | None, plain: Iterable[str], valued: Mapping[str, Reader]) -> Wanted | None:
    """Words from `plain` (one, or a list of them), or one key of `valued` with its value."""
    if expect is None:
        return None
    words, keyed = tuple(plain), dict(valued)
    return expect.read(lambda slot: _wanted(slot, words, keyed), None)


def _wanted(slot: Slot, plain: tuple[str, ...], valued: Mapping[str, Reader]) -> Wanted:
    if not isinstance(slot.value, Mapping):
        # Files of earlier versions say `none` where a concept is to have no equilibria; NONE is a verdict about those it has.
        old = {"none": NO_EQUILIBRIA} if NO_EQUILIBRIA in plain else {}
        words = slot.names(tell("expectation of this question"), (*plain, *valued, *old))
        return Wanted(tuple(old.get(word, word) for word in words))
    entries = slot.entries()
    if len(entries) != 1:
        raise InputError(
            tell("expect one thing: {part}; several things are several tests", part=" or ".join((*plain, *valued)))
        )
    ((key, each),) = entries.items()
    if key in valued:
        return Wanted((key,), each.read(valued[key], None))
    if key in plain and each.yes():
        return Wanted((key,))
    raise InputError(
        tell("unknown expectation '{key}'; this question expects {part}", key=key, part=" or ".join((*plain, *valued)))
    )


def _listed(value: Any) -> str:
    return ", ".join(map(_listed, value)) if isinstance(value, (tuple, list)) else str(value)
