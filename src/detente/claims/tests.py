"""A claim's tests, read: which model, under which circumstances, over which types, which question, what is expected.

A test is a mapping. Beside its question (one of `QUESTIONS`) and `expect` it may say

- `name`: what it asks, in words; `model`: which model is asked (default: this one); circumstances (`readings`, `world`,
  `platform`, `start`, `hold`, `without`, `rules`, `sanctions`);
- `over`: actors whose rival readings are gone through (a list; or a mapping from actor to some of its readings);
  `for: every` (the author means it for all of them: one exception refutes it) or `for: some` (for one at least);
- `between`: circumstances to compare (a list, or a mapping with names); then `expect` is `same` or `differ`;
- `rivals`: rival accounts as circumstances; if the author's account (the circumstances above) brings what is
  expected and a rival account brings it as well, the question cannot tell them apart;
- `aside: yes`: shown, and no part of the status.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detente.claims import asks, further, lists
from detente.claims.asking import Question
from detente.claims.desk import Circumstances, Desk, read_circumstances
from detente.claims.slots import Complaints, Fields, Slot
from detente.errors import InputError, Problem
from detente.scenario.model import Claim, Scenario

QUESTIONS: dict[str, type[Question]] = {
    "of": asks.Verdict,
    "concept": asks.Verdict,
    "play": asks.Verdict,
    "levers": asks.Levering,
    "keep": asks.Keeping,
    "step": asks.Stepping,
    "score": asks.Scoring,
    "threshold": lists.Ranking,
    "pivots": lists.Flipping,
    "unknowns": lists.Leaving,
    "joint": further.Joining,
    "path": further.Going,
    "races": further.Racing,
    "partnership": further.Partnering,
    "irreversible": further.Closing,
    "hindcast": further.Hindcasting,
    "input": asks.Entering,
    "none": asks.NoQuestion,
}
"""The questions by the key that asks them."""

MOST_TYPES = 1024
"""Combinations of readings one test goes through at most."""


@dataclass(frozen=True)
class Test:
    """One test of a claim, every name in it known. `over` maps actors to the readings gone through."""

    __test__ = False  # pytest collects classes of this name

    claim: str
    number: int
    name: str
    model: str
    circumstances: Circumstances
    question: Question
    over: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    every: str = ""
    between: Mapping[str, Circumstances] = field(default_factory=dict)
    rivals: Mapping[str, Circumstances] = field(default_factory=dict)
    same: bool | None = None
    aside: bool = False

    @property
    def combinations(self) -> tuple[dict[str, str], ...]:
        """Every combination of readings gone through, first actor slowest."""
        return tuple(dict(zip(self.over, each, strict=True)) for each in itertools.product(*self.over.values()))


def read_tests(desk: Desk, claims: Iterable[Claim]) -> tuple[dict[str, tuple[Test, ...]], tuple[Problem, ...]]:
    """The tests of each claim, and every problem in them."""
    complaints = Complaints(desk.home)
    found = {claim.id: _tests(desk, claim, complaints) for claim in claims}
    return found, tuple(sorted(complaints.problems))


def _tests(desk: Desk, claim: Claim, complaints: Complaints) -> tuple[Test, ...]:
    alone = len(claim.tests) == 1
    found = []
    for number, data in enumerate(claim.tests):
        path = ("claims", claim.id, "test") if alone else ("claims", claim.id, "test", number)
        slot = Slot(data, path, complaints)
        test = slot.read(lambda slot, number=number: _test(desk, claim.id, number, slot), None)  # type: ignore[misc]
        found += [test] if test else []
    return tuple(found)


def _test(desk: Desk, claim: str, number: int, slot: Slot) -> Test | None:
    fields = Fields(slot)
    name = fields.take("name", Slot.text, "")
    model = fields.take("model", lambda slot: (desk.model(slot.text()), slot.text())[1], None if "model" in fields else "")
    if model is None:
        return None
    scenario = desk.model(model)
    circumstances = read_circumstances(fields, scenario)
    over = fields.take("over", lambda slot: _over(slot, scenario), {})
    every = fields.take("for", lambda slot: slot.one_of("quantity", ("every", "some")), "")
    between = fields.take("between", lambda slot: _accounts(slot, scenario), {})
    rivals = fields.take("rivals", lambda slot: _accounts(slot, scenario), {})
    aside = fields.take("aside", Slot.yes, False)
    expect = fields.take("expect", lambda slot: slot, None)
    same = _same(expect, slot) if between else None
    question = _question(fields, scenario, None if between else expect)
    if every and not over:
        slot.complaints.note((*slot.path, "for"), "'for' says over which of the readings under 'over:'; there is no 'over'")
    if rivals and between:
        slot.complaints.note((*slot.path, "rivals"), "either 'between' or 'rivals', not both", key=True)
    fields.close()
    if question is None:
        return None
    return Test(claim, number, name, model, circumstances, question, over, every, between, rivals, same, aside)


def _question(fields: Fields, model: Scenario, expect: Slot | None) -> Question | None:
    """The one question among the entries, read by its class."""
    kinds = {QUESTIONS[key]: key for key in fields.keys() if key in QUESTIONS}
    if len(kinds) != 1:
        known = ", ".join(QUESTIONS)
        what = f"it asks several ({', '.join(kinds.values())}); make it several tests" if kinds else "it asks none"
        raise InputError(f"a test asks one question (one of {known}); {what}")
    silent = next(iter(kinds)) in (asks.Entering, asks.NoQuestion)
    if not silent and "expect" not in fields.slot.entries():
        fields.slot.complaints.note(fields.slot.path, "'expect' is missing: what does the author expect?", key=True)
    return next(iter(kinds)).read(fields, model, expect)


def _same(expect: Slot | None, slot: Slot) -> bool | None:
    if expect is None:
        return None
    return expect.read(lambda slot: slot.one_of("expectation (same or differ)", ("same", "differ")), "same") == "same"


def _over(slot: Slot, model: Scenario) -> dict[str, tuple[str, ...]]:
    """Actors and the readings of each that are gone through."""
    found: dict[str, tuple[str, ...]] = {}
    if isinstance(slot.value, Mapping):
        for actor, each in slot.entries().items():
            readings = each.read(lambda slot, actor=actor: _some(slot, model, actor), ())  # type: ignore[misc]
            found |= {actor: readings} if readings else {}
    else:
        for each in slot.items():
            name = each.read(lambda slot: slot.one_of("actor", [a.id for a in model.actors if a.readings]), "")
            found |= {name: tuple(model.actor(name).readings)} if name else {}
    total = 1
    for readings in found.values():
        total *= len(readings)
    if total > MOST_TYPES:
        raise InputError(f"{total:,} combinations of readings; at most {MOST_TYPES:,} are gone through: name fewer actors")
    return found


def _some(slot: Slot, model: Scenario, actor: str) -> tuple[str, ...]:
    return slot.names(f"reading of {actor}", model.actor(actor).readings)


def _accounts(slot: Slot, model: Scenario) -> dict[str, Circumstances]:
    """Circumstances by name; in a list they are named by what they say."""
    if isinstance(slot.value, Mapping):
        named = slot.entries()
    else:
        named = {str(number): each for number, each in enumerate(slot.items(), 1)}
    found = {}
    for name, each in named.items():
        circumstances = each.read(lambda slot: _circumstances(slot, model), None)
        if circumstances is not None:
            said = circumstances.words(model) or "as it is"
            found[said if name.isdecimal() else name] = circumstances
    return found


def _circumstances(slot: Slot, model: Scenario) -> Circumstances:
    fields = Fields(slot)
    found = read_circumstances(fields, model)
    fields.close()
    return found
