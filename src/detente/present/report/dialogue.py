"""The dialogue of an explanation in plain words: no code, no state written in codes, no letter for a kind of source."""

from __future__ import annotations

from dataclasses import dataclass

from detente.messages import tell
from detente.present.words import Words
from detente.questions.explanation.explain import Explanation, retold
from detente.questions.explanation.telling import PlainTelling
from detente.questions.explanation.witness import Act, Adjusted, Decider, Improvement, State
from detente.questions.explanation.wording import Teller
from detente.scenario.model import Evidence
from detente.sheet import listed

LONG = 120
"""Letters of a state's differences from today that still stand in a sentence."""


@dataclass(frozen=True, kw_only=True)
class _PlainTeller(Teller):
    """Clauses with the names of options, aims as they are read, and sources in full."""

    words: Words

    def name(self, actor: str) -> str:
        return self.words.names.the(actor)

    def doing(self, act: Act, form: str = "") -> str:
        if not act.changes:
            return super().doing(act, form)
        return listed(self.words.changes(act.changes)) + self.following(act)

    def following(self, act: Act) -> str:
        return (
            tell(" (by the rules also: {follows})", follows=", ".join(self.words.settings(act.follows)))
            if act.follows
            else ""
        )

    def place(self, state: State) -> str:
        if self.scenario.graph:
            return super().place(state)
        said = self.words.state_read(state.text)
        return tell(" with {said},", said=said) if len(said) <= LONG else ""

    def says(self, decider: Decider) -> str:
        said = self.words.read(decider.says)
        return said if "“" in said else f"“{said}”"

    def evidence(self, decider: Decider) -> str:
        tags = filter(None, (self.sources(decider.evidence), tell("by assumption") * decider.by_assumption))
        return f"[{'; '.join(tags) or tell('no source')}]"

    def tags(self, evidence: Evidence) -> str:
        return self.sources(evidence)

    def sources(self, evidence: Evidence) -> str:
        return ", ".join(filter(None, (*evidence.source, evidence.where)))

    def raised(self, reason: Adjusted) -> str:
        read = self.words.state_read
        return tell("{above} rather than {below}", above=read(reason.above), below=read(reason.below))


@dataclass(frozen=True)
class _Plain(PlainTelling):
    """The same sentences, with moves as what their owners do."""

    def question(self, each: Improvement, who: str) -> str:
        if not each.deterred:
            return super().question(each, who)
        plural = who in {self.teller.name(each.id) for each in self.teller.scenario.actors if each.plural}
        return tell(
            "Why {word} {who} not {doing}?",
            word=tell("do") if plural else tell("does"),
            who=who,
            doing=self.teller.doing(each.move),
        )

    def by(self, act: Act) -> str:
        return tell("by one move ({doing})", doing=self.teller.doing(act))


def in_words(found: Explanation, words: Words) -> tuple[tuple[str, str], ...]:
    """Questions and answers about the status quo, without the first, which asks whether it holds at all."""
    scenario = words.scenario
    teller = _PlainTeller(scenario=scenario, readings=found.basis.readings, words=words)
    telling = _Plain(teller, {actor.id: teller.name(actor.id) for actor in scenario.actors})
    return tuple((each.question, each.answer) for each in retold(found, telling, now=True)[1:])
