"""A verdict told as a dialogue: does it hold, why does each actor stay or leave, and what speaks against it.

How to make one: `Story(teller, state, now, verdicts, told).about(concept, witnesses)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.stability.concepts import CONCEPTS
from detente.witness.record import Improvement, State, Witness
from detente.witness.tell import Teller, count, listing


@dataclass(frozen=True)
class Exchange:
    """One question and its answer; `actor` is empty where it is about all of them."""

    concept: str
    actor: str
    question: str
    answer: str

    def to_json(self) -> dict[str, str]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Story:
    """What is told about one state: `now` if it is the status quo; at most `told` improvements per actor."""

    teller: Teller
    state: State
    now: bool
    verdicts: Mapping[str, Mapping[str, bool | None]]
    told: int

    def about(self, concept: str, witnesses: Sequence[Witness]) -> Iterator[Exchange]:
        """The whole dialogue under one concept."""
        yield Exchange(concept, "", *self.verdict(concept))
        for witness in witnesses:
            yield from self.actor(witness)
        yield Exchange(concept, "", *self.contrary(witnesses))

    # --- the verdict ---

    def verdict(self, concept: str) -> tuple[str, str]:
        subject = "the status quo" if self.now else f"the state {self.state.text}"
        found = self.verdicts[concept]
        leaving = [self.teller.name(actor) for actor, stable in found.items() if stable is False]
        open_for = [self.teller.name(actor) for actor, stable in found.items() if stable is None]
        who = "none of its actors" if len(found) > 1 else "nobody asked about"
        if leaving:
            answer = f"No: {listing(leaving)} would leave it."
        else:
            answer = f"Not settled for {listing(open_for)}." if open_for else f"Yes: {who} would leave it."
        beside = ", ".join(f"{label(each)} {self.word(each)}" for each in self.verdicts)
        return f"Does {subject} hold under {long_label(concept)}?", f"{answer} Side by side: {beside}."

    def word(self, concept: str) -> str:
        found = self.verdicts[concept].values()
        return "no" if False in found else "open" if None in found else "yes"

    # --- one actor ---

    def actor(self, witness: Witness) -> Iterator[Exchange]:
        who = self.teller.name(witness.actor)
        if not witness.improvements:
            stay = "It cannot gain: no move of its own leads to anything it prefers."
            yield Exchange(witness.concept, witness.actor, f"Why does {who} stay?", stay)
            return
        chosen = self.chosen(witness)
        for each in chosen:
            yield Exchange(witness.concept, witness.actor, *self.improvement(each, witness))
        rest = [each for each in witness.improvements if each not in chosen]
        if rest:
            yield Exchange(witness.concept, witness.actor, "And otherwise?", self.others(rest))

    def chosen(self, witness: Witness) -> list[Improvement]:
        """The improvements worth telling: those nothing deters, else those closest to being made."""
        among = witness.standing or witness.improvements
        first = sorted(range(len(among)), key=lambda place: closeness(among[place]), reverse=True)[: self.told]
        return [among[place] for place in sorted(first)]

    def improvement(self, each: Improvement, witness: Witness) -> tuple[str, str]:
        who, what = self.teller.name(witness.actor), self.teller.switching(each.move)
        gain = f"It would gain: {self.teller.better(each.move.reason)}."
        if not each.settled:
            return f"Would {who} {what}?", f"{gain} Whether the others can stop it is not settled: the search gave up."
        if each.collision is not None:
            return f"Why does {who} not {what}?", f"{gain} {self.teller.collision(each, witness)}"
        if each.answer:
            return f"Why does {who} not {what}?", f"{gain} {self.teller.answered(each, witness)}"
        return f"Why would {who} {what}?", f"{gain} {self.teller.stands(each.short, witness)}"

    def others(self, rest: Sequence[Improvement]) -> str:
        free = sum(each.stands for each in rest)
        fate = f"{free} of them deterred by nothing" if free else "each of them deterred"
        known = all(each.settled for each in rest)
        return f"It has {count(len(rest), 'more improvement')}, {fate if known else 'not all of them settled'}."

    # --- what speaks against the verdict ---

    def contrary(self, witnesses: Sequence[Witness]) -> tuple[str, str]:
        pairs = [(witness, each) for witness in witnesses for each in witness.improvements]
        standing = [(w, each) for w, each in pairs if each.stands]
        if standing:
            return "What is the strongest case for staying?", self.staying(standing)
        question = "What is the strongest case against?"
        if not pairs:
            return question, "There is none among single moves: nobody can gain by one."
        witness, each = max(pairs, key=lambda pair: closeness(pair[1]))
        return question, self.leaving(witness, each)

    def leaving(self, witness: Witness, each: Improvement) -> str:
        """How near the actor closest to leaving is."""
        what = f"{self.teller.name(witness.actor)} is closest to leaving, to {self.teller.switching(each.move)}."
        if each.collision is not None:
            other = self.teller.name(each.collision.other.actor)
            return f"{what} All that spoils it is a move that {other} may or may not make at the same moment."
        weak = list(self.weaknesses(each))
        return f"{what} {' '.join(weak) or 'But what follows would be credible, and a response.'}"

    def weaknesses(self, each: Improvement) -> Iterator[str]:
        """What is weak about a sanction."""
        movers = listing(list(dict.fromkeys(self.teller.name(step.actor) for step in each.answer)))
        hurt = list(dict.fromkeys(self.teller.name(step.actor) for step in each.answer if not step.improvement))
        if each.responses == "none":
            yield f"What deters it is no response: {movers} would do the same if it stayed."
        elif each.responses == "some":
            yield "What deters it is only in part a response: some of it would come anyway."
        if hurt:
            yield f"What deters it is hard to believe: {listing(hurt)} would gain nothing by it."
        if len(each.answer) > 1:
            yield f"It takes {count(len(each.answer), 'move')} to deter it, by {movers}."
        if each.cost is not None and each.cost.verdict == "equal":
            yield "It would lose nothing by trying."

    def staying(self, standing: Sequence[tuple[Witness, Improvement]]) -> str:
        """The most that keeps an actor from an improvement, and why it falls short."""
        answered = [(w, each) for w, each in standing if each.short is not None and each.short.steps]
        if not answered:
            return "There is none: no answer would take anything back from those who leave."
        witness, each = max(answered, key=lambda pair: shortfall(pair[1]))
        what = f"{self.teller.name(witness.actor)} has most to fear if it would {self.teller.switching(each.move)}."
        return f"{what} {self.teller.stands(each.short, witness)}"


def closeness(each: Improvement) -> tuple[Any, ...]:
    """How close an improvement is to being made: what stands, then what no response deters, then the longest sanction."""
    incredible = sum(not step.improvement for step in each.answer)
    return (
        each.stands,
        each.responses == "none",
        incredible,
        len(each.answer),
        each.responses == "some",
        each.cost is not None and each.cost.verdict == "equal",
        -importance(each),
    )


def importance(each: Improvement) -> int:
    """The rank of the wish an improvement fulfils; 1 is the highest."""
    deciders = each.move.reason.deciders
    return deciders[0].rank if deciders else 0


def shortfall(each: Improvement) -> tuple[Any, ...]:
    """How nearly the worst answer would deter: escape needed, then by how low a wish the actor is still better off."""
    short = each.short
    assert short is not None
    return short.escape is not None, min((decider.rank for decider in short.reason.deciders), default=0)


def label(concept: str) -> str:
    return "Nash" if concept == "nash" else concept.upper()


def long_label(concept: str) -> str:
    """`sequential stability (SEQ)`."""
    name = CONCEPTS[concept].name
    return f"{name.lower()} stability ({concept.upper()})" if concept != "nash" else "Nash stability"
