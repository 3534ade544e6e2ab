"""Witnesses in plain sentences, with the names of actors and options, statements and their sources.

How to make one: `Teller(scenario, readings)`; its functions take the parts of a witness and return clauses or sentences.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detente.questions.explanation.witness import (
    BETTER,
    EQUAL,
    Decider,
    Improvement,
    Made,
    Move,
    Reason,
    Shortfall,
    State,
    Witness,
)
from detente.scenario.model import Scenario

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
        return f"{told.article} {told.name}" if told.article else told.name

    def option(self, key: str) -> str:
        option = self.scenario.option(key)
        known = key in self.mentioned or option.name in ("", key, option.id)
        self.mentioned.add(key)
        return key if known else f"{key} (“{option.name}”)"

    def doing(self, move: Made, form: str = "") -> str:
        """What a move does: `switch off ru_link and set answer to delay`; in the form "ing" `switching off ...`."""
        switch, put, go = VERBS[form]
        if not move.changes:
            return f"{go} to {move.state.text}"
        on, off = ([key for key, value in move.changes.items() if value is way] for way in (True, False))
        chosen = [(key, value) for key, value in move.changes.items() if isinstance(value, str)]
        done = [f"{switch} on {listing([self.option(key) for key in on])}"] * bool(on)
        done += [f"{switch} off {listing([self.option(key) for key in off])}"] * bool(off)
        done += [f"{put} {self.option(key)} to {value}" for key, value in chosen]
        return listing(done) + self.following(move)

    def following(self, move: Made) -> str:
        """What a move brings about by the rules."""
        words = {True: "on", False: "off"}
        follows = [(key, v if isinstance(v, str) else words[v]) for key, v in move.follows.items()]
        return (
            f" (by the rules {listing([f'{self.option(key)} becomes {v}' for key, v in follows])})" if follows else ""
        )

    def place(self, state: State) -> str:
        return f" at {state.text}," if len(state.text) <= SHORT else ""

    # --- evidence ---

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
        return f"{self.wish(reason)} would come true{self.rank(reason)}" if _listed(reason) else self.amount(reason)

    def worse(self, reason: Reason) -> str:
        """Why the later state is no better, after `That leaves X`."""
        return "exactly as well off as now" if reason.verdict == EQUAL else f"worse off than now: {self.loss(reason)}"

    def loss(self, reason: Reason) -> str:
        return f"{self.wish(reason)} would fail{self.rank(reason)}" if _listed(reason) else self.amount(reason)

    def wish(self, reason: Reason) -> str:
        return f"“{reason.deciders[0].says}”"

    def rank(self, reason: Reason) -> str:
        decider = reason.deciders[0]
        return f", its wish {decider.rank} of {self.wishes(reason.actor)} {self.evidence(decider)}"

    def wishes(self, actor: str) -> int:
        reading = self.scenario.actor(actor).reading(self.readings.get(actor))
        return len(reading.entries)

    def amount(self, reason: Reason) -> str:
        """A difference in a ranking or in weights."""
        if reason.places:
            before, after = reason.places
            return f"from place {before} to place {after} of {self.wishes(reason.actor)} in its ranking"
        if not reason.scores:
            return "no wish tells the two apart"
        parts = [f"{_turn(d)} “{d.says}” ({d.weight}) {self.evidence(d)}" for d in reason.deciders]
        return f"its weights add up to {reason.scores[1]} instead of {reason.scores[0]}; it {listing(parts)}"

    # --- answers ---

    def answers(self, steps: Iterable[Move]) -> str:
        """A sequence of answers: who would do what, and why it is credible, or what it costs its mover."""
        return "; then ".join(f"{self.name(s.actor)} would {self.doing(s)}, {self.credit(s)}" for s in steps)

    def credit(self, step: Move) -> str:
        """What a step is to its mover."""
        if step.reason.verdict == EQUAL:
            return "which is all the same to it"
        if step.reason.verdict != BETTER:
            return f"at its own expense ({self.loss(step.reason)})"
        if _listed(step.reason):
            return f"because it prefers {self.wish(step.reason)}{self.rank(step.reason)}"
        return f"because it gains by it ({self.amount(step.reason)})"

    def answered(self, each: Improvement, witness: Witness) -> str:
        """Why an improvement is not made: what answers it, what that costs, why there is no escape."""
        assert each.cost is not None
        left = f"That leaves {self.name(witness.actor)}{self.place(each.answer[-1].state)} {self.worse(each.cost)}."
        said = [f"But then {self.answers(each.answer)}.", left]
        return " ".join([*said, *self.caught(each), *self.habit(each)])

    def caught(self, each: Improvement) -> Iterable[str]:
        """Why there is no escape, where escape counts."""
        if each.escapes is None:
            return
        ways = len(each.escapes)
        one, none = "its one move from there leads nowhere", f"none of its {ways} moves from there leads anywhere"
        yield f"There is no escape: {(one if ways == 1 else none) + ' better than now' if ways else 'it has no move there'}."

    def habit(self, each: Improvement) -> Iterable[str]:
        """Whether the sanction is a response at all, and what would be one."""
        idle = list(dict.fromkeys(self.name(step.actor) for step in each.answer if step.response is False))
        if not idle:
            return
        part = "Part of this" if any(step.response for step in each.answer) else "This"
        moves = "the same move" if sum(step.response is False for step in each.answer) == 1 else "the same moves"
        yield f"{part} is no response: {listing(idle)} would gain by {moves} already now."
        if each.reply:
            kind = "A sanction of responses alone" if each.responses == "only" else "A sanction with a response in it"
            yield f"{kind} takes {count(len(each.reply), 'move')}: {self.answers(each.reply)}."

    def collision(self, each: Improvement, witness: Witness) -> str:
        """Why an improvement is not made: what happens at the same moment."""
        assert each.collision is not None
        other, left = each.collision.other, self.place(each.collision.joint)
        return (
            f"But at the same moment {self.name(other.actor)} may {self.doing(other)}, {self.credit(other)}. "
            f"Both together leave {self.name(witness.actor)}{left} {self.worse(each.collision.cost)}."
        )

    def stands(self, short: Shortfall | None, witness: Witness) -> str:
        """Why nothing keeps the actor from an improvement."""
        if short is None:
            nash = witness.concept == "nash"
            return "Nash stability looks no further." if nash else "No move made at the same moment spoils it."
        if not short.steps:
            return "No answer of the others leaves it worse off than that."
        worst = f"The worst that can follow: {self.answers(short.steps)}."
        if short.escape is not None:
            return f"{worst} But then it would escape by {self.doing(short.escape, 'ing')}."
        return f"{worst} Even then it is better off than now: {self.better(short.reason)}."


def _turn(decider: Decider) -> str:
    """What becomes of a weighted wish; nobody gains what weighs against it."""
    if (decider.weight or 0) < 0:
        return "takes on" if decider.holds else "is rid of"
    return "gains" if decider.holds else "loses"


def _listed(reason: Reason) -> bool:
    """Whether one wish of a priority list decides."""
    return reason.kind == "priorities" and bool(reason.deciders)


def listing(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "nothing"


def count(number: int, one: str) -> str:
    """A number with its noun.

    >>> count(1, "move"), count(2, "move")
    ('1 move', '2 moves')
    """
    return f"{number:,} {one}{'s' * (number != 1)}"


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
