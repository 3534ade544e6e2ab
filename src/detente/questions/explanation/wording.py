"""Clauses about a scenario, with the names of actors and options, statements and their sources.

How to make one: `Teller(scenario, readings)`; its functions take the parts of a witness and return clauses. Whole sentences
about witnesses are made of them in `detente.questions.explanation.telling`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.questions.explanation.witness import (
    EQUAL,
    Act,
    Decider,
    Reason,
    State,
)
from detente.scenario.model import Scenario, in_a_sentence
from detente.sheet import listed

KINDS = {"supposition": "S", "record": "P", "logic": "L"}
"""Kinds of source that go by a letter: supposition of the modellers, public record, logic."""

SHORT = 60
"""States described in at most this many characters are spelt out in a sentence."""

VERBS = {"": ("switch", "set", "move"), "ing": ("switching", "setting", "moving")}


@dataclass(frozen=True)
class Teller:
    """Sentences about one scenario. An option's name is given where it is first mentioned; later its identifier will do."""

    scenario: Scenario
    readings: Mapping[str, str]
    mentioned: set[str] = field(default_factory=set)

    # --- names ---

    def name(self, actor: str) -> str:
        """The actor's name inside a sentence."""
        told = self.scenario.actor(actor)
        return in_a_sentence(told.name, told.article)

    def option(self, key: str) -> str:
        option = self.scenario.option(key)
        known = key in self.mentioned or option.name in ("", key, option.id)
        self.mentioned.add(key)
        return key if known else f"{key} (“{option.name}”)"

    def doing(self, act: Act, form: str = "") -> str:
        """What a move does: `switch off ru_link and set answer to delay`; in the form "ing" `switching off ...`."""
        switch, put, go = VERBS[form]
        if not act.changes:
            return f"{go} to {act.state.text}"
        on, off = ([key for key, value in act.changes.items() if value is way] for way in (True, False))
        chosen = [(key, value) for key, value in act.changes.items() if isinstance(value, str)]
        done = [f"{switch} on {listed([self.option(key) for key in on])}"] * bool(on)
        done += [f"{switch} off {listed([self.option(key) for key in off])}"] * bool(off)
        done += [f"{put} {self.option(key)} to {value}" for key, value in chosen]
        return (listed(done) or "nothing") + self.following(act)

    def following(self, act: Act) -> str:
        """What a move brings about by the rules."""
        words = {True: "on", False: "off"}
        follows = [(key, v if isinstance(v, str) else words[v]) for key, v in act.follows.items()]
        return f" (by the rules {listed([f'{self.option(key)} becomes {v}' for key, v in follows])})" if follows else ""

    def place(self, state: State) -> str:
        return f" at {state.text}," if len(state.text) <= SHORT else ""

    # --- evidence ---

    def says(self, decider: Decider) -> str:
        """What a statement says, in quotes."""
        return f"“{decider.says}”"

    def evidence(self, decider: Decider) -> str:
        """The tags of a statement in brackets: claims, sources and where in them, `by assumption`."""
        tags = [", ".join(decider.evidence.claims), self.sources(decider), "by assumption" * decider.by_assumption]
        return f"[{'; '.join(filter(None, tags)) or 'no source'}]"

    def sources(self, decider: Decider) -> str:
        kinds = {key: source.kind for key, source in self.scenario.sources.items()}
        names = [KINDS.get(kinds.get(key, ""), key) for key in decider.evidence.source]
        return ", ".join(filter(None, [*names, decider.evidence.where]))

    # --- reasons ---

    def better(self, reason: Reason) -> str:
        """Why the later state is better: `“not ru_link” would come true, its wish 5 of 7 [...]`."""
        return (
            f"{self.wish(reason)} would come true{self.rank(reason)}" if decided_by_one(reason) else self.amount(reason)
        )

    def worse(self, reason: Reason) -> str:
        """Why the later state is no better, after `That leaves X`."""
        return "exactly as well off as now" if reason.verdict == EQUAL else f"worse off than now: {self.loss(reason)}"

    def loss(self, reason: Reason) -> str:
        return f"{self.wish(reason)} would fail{self.rank(reason)}" if decided_by_one(reason) else self.amount(reason)

    def wish(self, reason: Reason) -> str:
        return self.says(reason.deciders[0])

    def rank(self, reason: Reason) -> str:
        decider = reason.deciders[0]
        return f", its aim {decider.rank} of {self.wishes(reason.actor)} {self.evidence(decider)}"

    def wishes(self, actor: str) -> int:
        reading = self.scenario.actor(actor).reading(self.readings.get(actor))
        return len(reading.entries)

    def amount(self, reason: Reason) -> str:
        """A difference in a ranking or in weights."""
        if reason.places:
            before, after = reason.places
            return f"from place {before} to place {after} of {self.wishes(reason.actor)} in its ranking"
        if not reason.scores:
            return "no aim tells the two apart"
        parts = [f"{_turn(d)} {self.says(d)} ({d.weight}) {self.evidence(d)}" for d in reason.deciders]
        return (
            f"its weights add up to {reason.scores[1]} instead of {reason.scores[0]}; it {listed(parts) or 'nothing'}"
        )


def _turn(decider: Decider) -> str:
    """What becomes of a weighted wish; nobody gains what weighs against it."""
    if (decider.weight or 0) < 0:
        return "takes on" if decider.holds else "is rid of"
    return "gains" if decider.holds else "loses"


def decided_by_one(reason: Reason) -> bool:
    """Whether one wish of a priority list decides."""
    return reason.kind == "priorities" and bool(reason.deciders)


WIDTH = 80
"""Columns of told text."""


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """A paragraph in lines of `WIDTH` columns, words and identifiers whole."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
