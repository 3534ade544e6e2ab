"""A claim's tests, read: which model, under which circumstances, over which types, which question, what is expected.

A test is a mapping. Beside its question (one of `QUESTIONS`) and `expect` it may say

- `name`: what it asks, in words; `model`: which model is asked (default: this one); circumstances (`readings`, `world`,
  `platform`, `start`, `hold`, `without`, `rules`, `sanctions`);
- `over`: actors whose rival readings are gone through (a list; or a mapping from actor to some of its readings);
  `for: every` (the author means it for all of them: one exception refutes it) or `for: some` (for one at least), where
  the claim does not say its kind of `sentence`, which sets the quantifier;
- `provided`: the condition of the sentence, a formula: where it is true in no end, this cannot tell;
- `between`: circumstances to compare (a list, or a mapping with names); then `expect` is `same` or `differ`, or, of
  two of them, `more` or `less`: is it true in more ends of play, or equilibria, under the first than under the second?
- `rivals`: rival accounts as circumstances; if the author's account (the circumstances above) brings what is
  expected and a rival account brings it as well, the question cannot tell them apart;
- `reads`: how it reads the sentence, in words; `as: stricter` or `as: milder`: another reading of the same sentence, shown
  beside the status and no part of it;
- `aside: yes`: shown, and no part of the status.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from detente.case import Circumstances, Query
from detente.engine.play import ALL, SOME
from detente.errors import InputError, Problem
from detente.messages import numeral, tell
from detente.questions.claims import further
from detente.questions.claims import questions as asks
from detente.questions.claims.circumstances import Desk, read_circumstances
from detente.questions.claims.fields import Complaints, Fields, Slot
from detente.questions.claims.question import Kind, Question
from detente.questions.claims.statuses import SENTENCE
from detente.scenario.model import Claim, Scenario

KINDS = (
    asks.LEVERS, asks.KEEP, asks.STEP, asks.SCORE, further.THRESHOLD, further.PIVOTS, further.UNKNOWNS, further.JOINT,
    further.INDUCE, further.PATH, further.RACES, further.PARTNERSHIP, further.IRREVERSIBLE, further.HINDCAST, asks.INPUT,
    asks.NO_QUESTION,
)  # fmt: skip

QUESTIONS: Mapping[str, Kind] = {
    **dict.fromkeys(("of", "concept", "play"), asks.VERDICT),
    **{kind.key: kind for kind in KINDS},
}
"""The questions by the key that asks them."""

SAME, DIFFER, MORE, LESS = COMPARISONS = ("same", "differ", "more", "less")
"""How the replies under several circumstances may compare."""

STRICTER, MILDER = "stricter", "milder"
"""How another reading of the same sentence can be meant."""

MOST_TYPES = 1024
"""Combinations of readings one test goes through at most."""


@dataclass(frozen=True, kw_only=True)
class Test:
    """One test of a claim, every name in it known. `over` maps actors to the readings gone through.

    `sentence` is the kind of sentence of the claim, which sets the quantifier; `allowed` are the readings its author allows, of
    the actors gone through; `provided` is the condition of the sentence.
    """

    __test__ = False  # pytest collects classes of this name

    claim: str
    number: int
    name: str
    model: str
    circumstances: Circumstances
    question: Question
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: str = ""
    sentence: str = ""
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provided: Query | None = None
    between: Mapping[str, Circumstances] = field(default_factory=dict)
    rivals: Mapping[str, Circumstances] = field(default_factory=dict)
    compares: str = ""
    reads: str = ""
    beside: str = ""
    aside: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a part of the claim's status."""
        return not (self.aside or self.beside)

    def allows(self, readings: Mapping[str, str]) -> bool:
        """Whether the author allows a combination of readings; else it is a rival's."""
        return all(readings[actor] in names for actor, names in self.allowed.items())

    @property
    def some(self) -> bool:
        """Whether one combination is enough."""
        return SENTENCE[self.sentence].some if self.sentence else self.every == "some"

    @property
    def combinations(self) -> tuple[dict[str, str], ...]:
        """Every combination of readings gone through, first actor slowest."""
        return tuple(dict(zip(self.over, each, strict=True)) for each in itertools.product(*self.over.values()))


def read_tests(desk: Desk, claims: Iterable[Claim]) -> tuple[dict[str, tuple[Test, ...]], tuple[Problem, ...]]:
    """The tests of each claim, and every problem in them."""
    complaints = Complaints(desk.home)
    found = {}
    for claim in claims:
        found[claim.id] = _tests(desk, claim, complaints)
        _check_allowed(desk, claim, found[claim.id], complaints)
    return found, tuple(sorted(complaints.problems))


def _tests(desk: Desk, claim: Claim, complaints: Complaints) -> tuple[Test, ...]:
    alone = len(claim.tests) == 1
    found = []
    for number, data in enumerate(claim.tests):
        path = ("claims", claim.id, "test") if alone else ("claims", claim.id, "test", number)
        found.append(Slot(data, path, complaints).read(partial(_test, desk, claim, number), None))
    return tuple(test for test in found if test)


def _check_allowed(desk: Desk, claim: Claim, tests: Iterable[Test], complaints: Complaints) -> None:
    """Every reading the author allows is a reading of that actor in a model that is asked."""
    models = [desk.model(name) for name in dict.fromkeys(test.model for test in tests)]
    for actor, names in claim.allows.items():
        known = [name for model in models for each in model.actors if each.id == actor for name in each.readings]
        slot, nothing = Slot(names, ("claims", claim.id, "allows", actor), complaints), tuple[str, ...]()
        slot.read(partial(_among, actor, known), nothing)


def _among(actor: str, known: Sequence[str], slot: Slot) -> tuple[str, ...]:
    if not known:
        raise InputError(tell("no model that is asked has an actor '{actor}' with readings", actor=actor))
    return slot.names(tell("reading of {actor} in the models asked", actor=actor), known)


def _allowed(claim: Claim, over: Mapping[str, tuple[str, ...]], model: Scenario) -> dict[str, tuple[str, ...]]:
    """The readings the author allows of the actors gone through; an actor of whom this model has none is not restricted."""
    named = {actor: claim.allows.get(actor, ()) for actor in over}
    known = {
        actor: tuple(name for name in names if name in model.actor(actor).readings) for actor, names in named.items()
    }
    return {actor: names for actor, names in known.items() if names}


def _test(desk: Desk, claim: Claim, number: int, slot: Slot) -> Test | None:
    fields = Fields(slot)
    name = fields.text("name")
    model = fields.take("model", partial(_model, desk), None if "model" in fields else "")
    if model is None:
        return None
    scenario = desk.model(model)
    circumstances = read_circumstances(fields, scenario)
    over, every = _over(fields, scenario), fields.word("for", "quantity", ("every", "some"))
    between, rivals = _accounts(fields, "between", scenario), _accounts(fields, "rivals", scenario)
    reads, beside = fields.text("reads"), fields.word("as", tell("reading of the sentence"), (STRICTER, MILDER))
    aside, expect = fields.yes("aside"), fields.take("expect", lambda slot: slot, None)
    compares = _compares(expect, between) if between else ""
    provided = fields.formula("provided", scenario)
    _agree(slot, over, every, between, rivals, claim.sentence)
    question = _question(fields, scenario, None if between else expect)
    _check_order(slot, compares, question)
    if not (aside or beside):
        _check_quantifier(slot, claim.sentence, question)
    fields.close()
    return Test(
        claim=claim.id,
        number=number,
        name=name,
        model=model,
        circumstances=circumstances,
        question=question,
        over=over,
        every=every,
        sentence=claim.sentence,
        allowed=_allowed(claim, over, scenario),
        provided=Query(provided, question.parts.get("play", "foresight")) if provided else None,
        between=between,
        rivals=rivals,
        compares=compares,
        reads=reads,
        beside=beside,
        aside=aside,
    )


def _model(desk: Desk, slot: Slot) -> str | None:
    """The name of a model that there is."""
    desk.model(slot.text())
    return slot.text()


def _agree(slot: Slot, over: object, every: str, between: object, rivals: object, sentence: str) -> None:
    if every and sentence:
        message = tell(
            "the kind of sentence, '{sentence}', says for how many of the readings: leave 'for' out", sentence=sentence
        )
        slot.complaints.note((*slot.path, "for"), message, key=True)
    if every and not over:
        slot.complaints.note(
            (*slot.path, "for"), tell("'for' says for which of the readings under 'over', and there is no 'over'")
        )
    if rivals and between:
        slot.complaints.note((*slot.path, "rivals"), tell("either 'between' or 'rivals', not both"), key=True)


def _check_quantifier(slot: Slot, sentence: str, question: Question) -> None:
    """What is said of all ends is not watered down to some of them; that is what `may` is for."""
    words = question.wanted.words if question.wanted else ()
    if sentence and not SENTENCE[sentence].some and {ALL, SOME} <= set(words):
        message = tell(
            "the kind of sentence, '{sentence}', is said of all ends: expect ALL alone, or call it 'may'",
            sentence=sentence,
        )
        slot.complaints.note((*slot.path, "expect"), message, key=True)


def _question(fields: Fields, model: Scenario, expect: Slot | None) -> Question:
    """The one question among the entries, read by its kind."""
    kinds = {QUESTIONS[key]: key for key in fields if key in QUESTIONS}
    if len(kinds) != 1:
        what = (
            tell("it asks several: {values}; make it several tests", values=", ".join(kinds.values()))
            if kinds
            else tell("it asks none")
        )
        raise InputError(
            tell("a test asks one question (one of {questions}); {what}", questions=", ".join(QUESTIONS), what=what)
        )
    kind = next(iter(kinds))
    if not kind.silent and "expect" not in fields.slot.entries():
        fields.slot.complaints.note(
            fields.slot.path, tell("'expect' is missing: what does the author expect?"), key=True
        )
    return kind.read(fields, model, expect)


def _compares(expect: Slot | None, between: Mapping[str, Circumstances]) -> str:
    if expect is None:
        return ""
    word = expect.read(lambda slot: slot.one_of(tell("expectation of 'between'"), COMPARISONS), SAME)
    if word in (MORE, LESS) and len(between) != 2:
        expect.complaints.note(
            expect.path, tell("'{word}' compares two accounts, and here are {number}", word=word, number=len(between))
        )
    return word


def _check_order(slot: Slot, compares: str, question: Question) -> None:
    """Only what is true in all, some or no ends has an order."""
    if compares in (MORE, LESS) and question.kind is not asks.VERDICT:
        slot.complaints.note(
            (*slot.path, "expect"),
            tell("'{compares}' is said of 'of' or 'concept'; here say 'differ'", compares=compares),
            key=True,
        )


def _over(fields: Fields, model: Scenario) -> dict[str, tuple[str, ...]]:
    """Actors, and the readings of each that are gone through."""
    nothing: dict[str, tuple[str, ...]] = {}
    return fields.take("over", lambda slot: _gone_through(slot, model), nothing)


def _gone_through(slot: Slot, model: Scenario) -> dict[str, tuple[str, ...]]:
    able = {actor.id: actor.counted for actor in model.actors if actor.counted}
    if isinstance(slot.value, Mapping):
        inner = Fields(slot)
        named = {
            actor: inner.names(actor, tell("reading of {actor}", actor=actor), readings)
            for actor, readings in able.items()
        }
        inner.close()
        found = {actor: named[actor] for actor in slot.entries() if named.get(actor)}
    else:
        found = {actor: able[actor] for actor in slot.names(tell("actor with readings"), able)}
    total = math.prod(map(len, found.values()))
    if total > MOST_TYPES:
        raise InputError(
            tell(
                "{total} combinations of readings; at most {most_types} are gone through: name fewer actors",
                total=numeral(total),
                most_types=numeral(MOST_TYPES),
            )
        )
    return found


def _accounts(fields: Fields, key: str, model: Scenario) -> dict[str, Circumstances]:
    """Circumstances by name; in a list they are named by what they say."""
    nothing: dict[str, Circumstances] = {}
    return fields.take(key, lambda slot: _named(slot, model), nothing)


def _named(slot: Slot, model: Scenario) -> dict[str, Circumstances]:
    listed = not isinstance(slot.value, Mapping)
    named = {str(number): each for number, each in enumerate(slot.items())} if listed else slot.entries()
    read = {name: each.read(partial(_circumstances, model), None) for name, each in named.items()}
    found = {name: each for name, each in read.items() if each is not None}
    return {(each.words(model) or tell("as it is")) if listed else name: each for name, each in found.items()}


def _circumstances(model: Scenario, slot: Slot) -> Circumstances:
    fields = Fields(slot)
    found = read_circumstances(fields, model)
    fields.close()
    return found
