"""A verdict told as a dialogue: does it hold, why does each actor stay or leave, and what speaks against it.

How to make one: `Story(teller, state, now, verdicts, told).about(concept, witnesses)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.engine.concepts import CONCEPTS, label
from detente.questions.explanation.witness import EQUAL, Improvement, State, Witness
from detente.questions.explanation.wording import Teller, count, listing


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

    def each(self, witnesses: Sequence[Witness]) -> Iterator[Exchange]:
        """The whole dialogue where every actor is judged by its own concept: one witness per actor."""
        leaving = [self.teller.name(witness.actor) for witness in witnesses if witness.stable is False]
        open_for = [self.teller.name(witness.actor) for witness in witnesses if witness.stable is None]
        own = listing([f"{self.teller.name(w.actor)} by {label(w.concept)}" for w in witnesses])
        settled = f"Not settled for {listing(open_for)}." if open_for else "Yes: nobody would leave it."
        answer = f"No: {listing(leaving)} would leave it." if leaving else settled
        subject = "the status quo" if self.now else f"the state {self.state.text}"
        yield Exchange("", "", f"Does {subject} hold if each is judged by its own concept ({own})?", answer)
        for witness in witnesses:
            yield from self.actor(witness)
        yield Exchange("", "", *self.contrary(witnesses))

    # --- the verdict ---

    def verdict(self, concept: str) -> tuple[str, str]:
        subject = "the status quo" if self.now else f"the state {self.state.text}"
        found = self.verdicts[concept]
        leaving = [self.teller.name(actor) for actor, stable in found.items() if stable is False]
        open_for = [self.teller.name(actor) for actor, stable in found.items() if stable is None]
        who = "nobody" if len(found) == len(self.teller.scenario.actors) else "nobody asked about"
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
        """Why one actor stays or leaves."""
        who = self.teller.name(witness.actor)
        if not witness.improvements:
            stay = "There is nothing to gain: no move of its own leads to anything it prefers."
            yield Exchange(witness.concept, witness.actor, f"What keeps {who} here?", stay)
            return
        chosen = self.chosen(witness)
        for each in chosen:
            yield Exchange(witness.concept, witness.actor, *self.improvement(each, witness))
        rest = [each for each in witness.improvements if each not in chosen]
        if rest:
            yield Exchange(witness.concept, witness.actor, f"And what else could {who} gain by?", self.others(rest))

    def chosen(self, witness: Witness) -> list[Improvement]:
        """The improvements worth telling: those nothing deters, else those closest to being made."""
        among = witness.standing or witness.improvements
        first = sorted(range(len(among)), key=lambda place: closeness(among[place]), reverse=True)[: self.told]
        return [among[place] for place in sorted(first)]

    def improvement(self, each: Improvement, witness: Witness) -> tuple[str, str]:
        """One improvement: why it is not made, or why it would be."""
        who = self.teller.name(witness.actor)
        if each.stands or not each.settled:
            question = f"What would make {who} {self.teller.doing(each.move)}?"
        else:
            question = f"What keeps {who} from {self.teller.doing(each.move, 'ing')}?"
        return question, f"It would gain: {self.teller.better(each.move.reason)}. {self.fate(each, witness)}"

    def fate(self, each: Improvement, witness: Witness) -> str:
        if not each.settled:
            return "Whether the others can stop it is not settled: the search gave up."
        if each.collision is not None:
            return self.teller.collision(each, witness)
        return self.teller.answered(each, witness) if each.answer else self.teller.stands(each.short, witness)

    def others(self, rest: Sequence[Improvement]) -> str:
        """The improvements that are not told."""
        free, unsettled = sum(each.stands for each in rest), sum(not each.settled for each in rest)
        many = "none of them deterred" if free == len(rest) else f"{free} of them deterred by nothing"
        fates = [many] * bool(free) + [f"{unsettled} not settled"] * bool(unsettled)
        return f"{count(len(rest), 'more improvement')}, {listing(fates) if fates else 'each of them deterred'}."

    # --- what speaks against the verdict ---

    def contrary(self, witnesses: Sequence[Witness]) -> tuple[str, str]:
        """The strongest case against the verdict."""
        pairs = [(witness, each) for witness in witnesses for each in witness.improvements]
        standing = [(witness, each) for witness, each in pairs if each.stands]
        if standing:
            return "What is the strongest case for staying?", self.staying(standing)
        question = "What is the strongest case against?"
        if not pairs:
            return question, "None among single moves: nobody gains by one."
        return question, self.leaving(*max(pairs, key=lambda pair: closeness(pair[1])))

    def leaving(self, witness: Witness, each: Improvement) -> str:
        """How near the actor closest to leaving is."""
        what = f"{sentence(self.teller.name(witness.actor))} is closest to leaving, by {self.teller.doing(each.move, 'ing')}."
        if each.collision is not None:
            other = self.teller.name(each.collision.other.actor)
            return f"{what} All that spoils it is a move that {other} may or may not make at the same moment."
        return " ".join([what, *self.weaknesses(each)])

    def weaknesses(self, each: Improvement) -> list[str]:
        """What is weak about a sanction."""
        movers = listing(list(dict.fromkeys(self.teller.name(step.actor) for step in each.answer)))
        idle = list(dict.fromkeys(self.teller.name(step.actor) for step in each.answer if not step.improvement))
        said = []
        if each.responses == "none":
            said.append(f"What deters it is no response: {movers} would gain by the same already now.")
        elif each.responses == "some":
            said.append("What deters it is only in part a response: part of it would be a gain already now.")
        if idle:
            said.append(f"What deters it is hard to believe: {listing(idle)} would gain nothing by it.")
        if len(each.answer) > 1:
            said.append(f"It takes {count(len(each.answer), 'move')} to deter it, by {movers}.")
        if each.cost is not None and each.cost.verdict == EQUAL:
            said.append("The attempt would cost nothing.")
        if any(decider.by_assumption for step in each.answer for decider in step.reason.deciders):
            said.append("That the others would answer so is assumed: it follows from a reaction rule.")
        return said or ["But what would follow is credible, and a response to it."]

    def staying(self, standing: Sequence[tuple[Witness, Improvement]]) -> str:
        """The most that speaks against an improvement nothing deters, and why it falls short."""
        answered = [(witness, each) for witness, each in standing if each.short is not None and each.short.steps]
        if not answered:
            return "There is none: no answer would take anything back from those who leave."
        witness, each = max(answered, key=lambda pair: shortfall(pair[1]))
        assert each.short is not None
        what = f"{sentence(self.teller.name(witness.actor))} risks most, by {self.teller.doing(each.move, 'ing')}"
        worst = "; then ".join(f"{self.teller.name(s.actor)} would {self.teller.doing(s)}" for s in each.short.steps)
        if each.short.escape is not None:
            return f"{what}: {worst}. But it would escape by {self.teller.doing(each.short.escape, 'ing')}."
        return f"{what}: {worst}. But even so it gains: {self.teller.better(each.short.reason)}."


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


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def long_label(concept: str) -> str:
    """`sequential stability (SEQ)`."""
    name = CONCEPTS[concept].name
    return f"{name.lower()} stability ({concept.upper()})" if concept != "nash" else "Nash stability"
