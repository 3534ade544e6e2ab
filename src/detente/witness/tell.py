"""Witnesses in plain sentences, with the names of actors and options, statements and their sources.

How to make one: `Teller(scenario, readings)`; its functions take the parts of a witness and return sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detente.scenario.model import Scenario
from detente.witness.record import BETTER, EQUAL, Decider, Improvement, Move, Reason, Shortfall, State, Witness

KINDS = {"supposition": "S", "record": "P", "logic": "L"}
"""Kinds of source that go by a letter: supposition of the modellers, public record, logic."""

SHORT = 60
"""States described in at most this many characters are spelt out in a sentence."""


@dataclass(frozen=True)
class Teller:
    """Sentences about one scenario. An option's name is given where it is first mentioned; later its identifier will do."""

    scenario: Scenario
    readings: Mapping[str, str]
    mentioned: set[str] = field(default_factory=set)

    # --- names ---

    def name(self, actor: str) -> str:
        return self.scenario.actor(actor).name

    def option(self, key: str) -> str:
        option = self.scenario.option(key)
        known = key in self.mentioned or option.name in ("", key, option.id)
        self.mentioned.add(key)
        return key if known else f"{key} (“{option.name}”)"

    def switching(self, move: Move) -> str:
        """What a move does, as an infinitive: `switch off ru_link and switch on nk_arms`."""
        if not move.changes:
            return f"move to {move.state.text}"
        done = [self.setting(key, value) for key, value in move.changes.items()]
        rules = [self.following(key, value) for key, value in move.follows.items()]
        return listing(done) + (f" (by the rules {listing(rules)})" if rules else "")

    def setting(self, key: str, value: bool | str) -> str:
        if isinstance(value, str):
            return f"set {self.option(key)} to {value}"
        return f"switch {'on' if value else 'off'} {self.option(key)}"

    def following(self, key: str, value: bool | str) -> str:
        return f"{self.option(key)} becomes {value if isinstance(value, str) else 'on' if value else 'off'}"

    def state(self, state: State) -> str:
        return f" with {state.text}" if len(state.text) <= SHORT else ""

    # --- evidence ---

    def evidence(self, decider: Decider) -> str:
        """The tags of a statement in brackets: claims, sources and where in them, `by assumption`."""
        tags = [", ".join(decider.evidence.claims), *self.sources(decider)]
        tags += ["by assumption"] if decider.by_assumption else []
        return f"[{'; '.join(tag for tag in tags if tag) or 'no source'}]"

    def sources(self, decider: Decider) -> list[str]:
        kinds = {key: source.kind for key, source in self.scenario.sources.items()}
        names = [KINDS.get(kinds.get(key, ""), key) for key in decider.evidence.source]
        where = decider.evidence.where
        return [", ".join([*names, where] if where else names)] if names or where else []

    # --- reasons ---

    def better(self, reason: Reason) -> str:
        """Why the later state is better, as a clause: `“not ru_link” would come true, its wish 5 of 7 [...]`."""
        if reason.kind == "priorities":
            return f"{self.wish(reason)} would come true{self.rank(reason)}"
        return self.amount(reason)

    def worse(self, reason: Reason) -> str:
        """Why the later state is no better, as a clause."""
        if reason.verdict == EQUAL:
            return "exactly as well off as now"
        if reason.kind == "priorities":
            return f"worse off than now: {self.wish(reason)} would fail{self.rank(reason)}"
        return f"worse off than now: {self.amount(reason)}"

    def prefers(self, reason: Reason) -> str:
        """Why somebody wants to make a step: `it prefers “not nk_troops”, its wish 2 of 5 [...]`."""
        if reason.kind == "priorities":
            return f"because it prefers {self.wish(reason)}{self.rank(reason)}"
        return f"because it gains by it: {self.amount(reason)}"

    def wish(self, reason: Reason) -> str:
        return f"“{reason.deciders[0].says}”"

    def rank(self, reason: Reason) -> str:
        decider, wishes = reason.deciders[0], self.wishes(reason.actor)
        return f", its wish {decider.rank} of {wishes} {self.evidence(decider)}"

    def wishes(self, actor: str) -> int:
        reading = self.scenario.actor(actor).reading(self.readings.get(actor))
        return len(reading.ranking or reading.statements)

    def amount(self, reason: Reason) -> str:
        """A difference in a ranking or in weights."""
        if reason.places:
            return f"from place {reason.places[0]} to place {reason.places[1]} of {self.wishes(reason.actor)} in its ranking"
        if not reason.scores:
            return "nothing it wishes for tells the two apart"
        parts = [f"{'gains' if d.holds else 'loses'} “{d.says}” ({d.weight}) {self.evidence(d)}" for d in reason.deciders]
        return f"its weights add up to {reason.scores[1]} instead of {reason.scores[0]}: {listing(parts)}"

    # --- sequences ---

    def answers(self, steps: Iterable[Move], credible: bool) -> str:
        """A sequence of answers: who would do what, and why it is credible, or what it costs its mover."""
        return "; then ".join(f"{self.name(step.actor)} would {self.switching(step)}, {self.credit(step)}" for step in steps)

    def credit(self, step: Move) -> str:
        reason = step.reason
        if reason.verdict == BETTER:
            return self.prefers(reason)
        if reason.verdict == EQUAL:
            return "which is all the same to it"
        loss = f"{self.wish(reason)} would fail{self.rank(reason)}" if reason.kind == "priorities" else self.amount(reason)
        return f"at its own expense ({loss})"

    def answered(self, each: Improvement, witness: Witness) -> str:
        """Why an improvement is not made: what answers it, what that costs, why there is no escape."""
        who, cost = self.name(witness.actor), each.cost
        assert cost is not None
        said = [f"But then {self.answers(each.answer, witness.concept in ('seq', 'sseq'))}."]
        left = self.state(each.answer[-1].state)
        said.append(f"That leaves {who}{left}{',' if left else ''} {self.worse(cost)}.")
        if each.escapes is not None:
            said.append(self.caught(each))
        return " ".join([*said, *self.habit(each)])

    def caught(self, each: Improvement) -> str:
        ways = len(each.escapes or ())
        if not ways:
            return "There is no escape: it has no move from there."
        moves = "its one move from there leads nowhere" if ways == 1 else f"none of its {ways} moves from there leads anywhere"
        return f"There is no escape: {moves} better than now."

    def habit(self, each: Improvement) -> list[str]:
        """Whether the sanction is a response at all."""
        idle = [self.name(step.actor) for step in each.answer if step.response is False]
        if not idle:
            return []
        movers = listing(list(dict.fromkeys(idle)))
        if each.responses == "none":
            return [f"This is no response: {movers} would have done so anyway, whatever it does."]
        part = "This is no response" if len(idle) == len(each.answer) else "Part of this is no response"
        said = [f"{part}: {movers} would have done so anyway."]
        if each.reply:
            kind = "A sanction of responses alone" if each.responses == "only" else "A sanction that contains a response"
            said.append(f"{kind} takes {count(len(each.reply), 'move')}: {self.answers(each.reply, True)}.")
        return said

    def collision(self, each: Improvement, witness: Witness) -> str:
        met = each.collision
        assert met is not None
        other = f"{self.name(met.other.actor)} would {self.switching(met.other)}, {self.credit(met.other)}"
        left = self.state(met.joint)
        return (
            f"But at the same moment {other}. Both changes together leave {self.name(witness.actor)}{left}"
            f"{',' if left else ''} {self.worse(met.cost)}."
        )

    def stands(self, short: Shortfall | None, witness: Witness) -> str:
        """Why nothing keeps the actor from an improvement."""
        if witness.concept == "nash":
            return "Nash stability looks no further."
        if witness.concept == "sim":
            return "Nothing another actor would do at the same moment spoils it."
        assert short is not None
        if not short.steps:
            return "No answer of the others makes it worse off than that."
        worst = self.answers(short.steps, True)
        if short.escape is not None:
            return f"The worst that can follow: {worst}. But then it would {self.switching(short.escape)} and escape."
        return f"The worst that can follow: {worst}. Even then it is better off than now: {self.better(short.reason)}."


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
