"""Clauses about a scenario, with the names of actors and options, statements and their sources.

How to make one: `Teller(scenario, readings)`; its functions take the parts of a witness and return clauses. Whole sentences
about witnesses are made of them in `detente.questions.explanation.telling`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.messages import later, tell
from detente.questions.explanation.witness import (
    EQUAL,
    Act,
    Adjusted,
    Decider,
    Reason,
    State,
)
from detente.scenario.model import Evidence, Scenario, in_a_sentence
from detente.sheet import listed

KINDS = {"supposition": "S", "record": "P", "logic": "L"}
"""Kinds of source that go by a letter: supposition of the modellers, public record, logic."""

SHORT = 60
"""States described in at most this many characters are spelt out in a sentence."""

VERBS = {
    "": (later("switch"), later("set"), later("move")),
    "ing": (later("switching"), later("setting"), later("moving")),
}


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
        switch, put, go = map(tell, VERBS[form])
        if not act.changes:
            return tell("{go} to {text}", go=go, text=act.state.text)
        on, off = ([key for key, value in act.changes.items() if value is way] for way in (True, False))
        chosen = [(key, value) for key, value in act.changes.items() if isinstance(value, str)]
        done = [tell("{switch} on {option}", switch=switch, option=listed([self.option(key) for key in on]))] * bool(on)
        done += [tell("{switch} off {option}", switch=switch, option=listed([self.option(key) for key in off]))] * bool(
            off
        )
        done += [
            tell("{put} {option} to {value}", put=put, option=self.option(key), value=value) for key, value in chosen
        ]
        return (listed(done) or tell("nothing")) + self.following(act)

    def following(self, act: Act) -> str:
        """What a move brings about by the rules."""
        words = {True: tell("on"), False: tell("off")}
        follows = [(key, v if isinstance(v, str) else words[v]) for key, v in act.follows.items()]
        return (
            tell(
                " (by the rules {follows})",
                follows=listed([tell("{option} becomes {v}", option=self.option(key), v=v) for key, v in follows]),
            )
            if follows
            else ""
        )

    def place(self, state: State) -> str:
        return tell(" at {text},", text=state.text) if len(state.text) <= SHORT else ""

    # --- evidence ---

    def says(self, decider: Decider) -> str:
        """What a statement says, in quotes."""
        return f"“{decider.says}”"

    def evidence(self, decider: Decider) -> str:
        """The tags of a statement in brackets: claims, sources and where in them, `by assumption`."""
        tags = [self.tags(decider.evidence), tell("by assumption") * decider.by_assumption]
        return f"[{'; '.join(filter(None, tags)) or tell('no source')}]"

    def tags(self, evidence: Evidence) -> str:
        return "; ".join(filter(None, [", ".join(evidence.claims), self.sources(evidence)]))

    def sources(self, evidence: Evidence) -> str:
        kinds = {key: source.kind for key, source in self.scenario.sources.items()}
        names = [KINDS.get(kinds.get(key, ""), key) for key in evidence.source]
        return ", ".join(filter(None, [*names, evidence.where]))

    # --- reasons ---

    def adjusted(self, reason: Adjusted) -> str:
        """The fine-tuning that decides: `its ranking puts “calm above war”, because they said so [...]`."""
        because = tell(", because {because}", because=reason.because) if reason.because else ""
        tags = f"[{self.tags(reason.evidence) or tell('no source')}]"
        return tell(
            "its ranking is adjusted there: “{says}”{because} {tags}",
            says=self.raised(reason),
            because=because,
            tags=tags,
        )

    def raised(self, reason: Adjusted) -> str:
        return reason.says

    def better(self, reason: Reason) -> str:
        """Why the later state is better: `“not ru_link” would come true, its wish 5 of 7 [...]`."""
        return (
            tell("{wish} would come true{rank}", wish=self.wish(reason), rank=self.rank(reason))
            if decided_by_one(reason)
            else self.amount(reason)
        )

    def worse(self, reason: Reason) -> str:
        """Why the later state is no better, after `That leaves X`."""
        return (
            tell("exactly as well off as now")
            if reason.verdict == EQUAL
            else tell("worse off than now: {loss}", loss=self.loss(reason))
        )

    def loss(self, reason: Reason) -> str:
        return (
            tell("{wish} would fail{rank}", wish=self.wish(reason), rank=self.rank(reason))
            if decided_by_one(reason)
            else self.amount(reason)
        )

    def wish(self, reason: Reason) -> str:
        return self.says(reason.deciders[0])

    def rank(self, reason: Reason) -> str:
        decider = reason.deciders[0]
        return tell(
            ", its aim {rank} of {wishes} {evidence}",
            rank=decider.rank,
            wishes=self.wishes(reason.actor),
            evidence=self.evidence(decider),
        )

    def wishes(self, actor: str) -> int:
        reading = self.scenario.actor(actor).reading(self.readings.get(actor))
        return len(reading.entries)

    def amount(self, reason: Reason) -> str:
        """A difference in a ranking or in weights, or what sets a ranking right."""
        if reason.adjusted:
            return self.adjusted(reason.adjusted)
        if reason.places:
            before, after = reason.places
            return tell(
                "from place {before} to place {after} of {wishes} in its ranking",
                before=before,
                after=after,
                wishes=self.wishes(reason.actor),
            )
        if not reason.scores:
            return tell("no aim tells the two apart")
        parts = [f"{_turn(d)} {self.says(d)} ({d.weight}) {self.evidence(d)}" for d in reason.deciders]
        return tell(
            "its weights add up to {scores} instead of {scores2}; it {parts}",
            scores=reason.scores[1],
            scores2=reason.scores[0],
            parts=listed(parts) or tell("nothing"),
        )


def _turn(decider: Decider) -> str:
    """What becomes of a weighted wish; nobody gains what weighs against it."""
    if (decider.weight or 0) < 0:
        return tell("takes on") if decider.holds else tell("is rid of")
    return tell("gains") if decider.holds else tell("loses")


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
