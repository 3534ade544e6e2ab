"""A verdict told as a dialogue: does it hold, why does each party stay or leave, and what speaks against it.

How to make one: a `Story` of a state with its verdicts and the words for them (`detente.questions.explanation.telling`); then
`dialogue` for the witnesses by concept and standard, or `own` where everybody is judged by its own concept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from detente.engine.concepts import CONCEPTS, label, strictest_first
from detente.questions.explanation.telling import Telling
from detente.questions.explanation.witness import AnyWitness, D, State
from detente.result import Record
from detente.sheet import listed, many

PLAIN = ""
"""The standard where there is but one."""

Verdicts = Mapping[str, Mapping[str, Mapping[str, bool | None]]]
"""By standard, concept and party; None: not settled."""


@dataclass(frozen=True, kw_only=True)
class Exchange(Record):
    """One question and its answer; `actor` is empty where it is about all of them."""

    concept: str
    actor: str
    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Story(Generic[D]):
    """What is told about one state: `now` if it is the status quo; at most `told` departures per party.

    `meanings` explain the standards, where there are several. More than `many` parties that nothing tempts are summed up.
    `parties` is the word for one of those who are judged: what a single actor would not leave, a coalition may.
    """

    telling: Telling[D]
    state: State
    now: bool
    verdicts: Verdicts
    told: int
    meanings: Mapping[str, str] = field(default_factory=dict)
    many: int | None = None
    parties: str = "single actor"

    def dialogue(self, witnesses: Mapping[tuple[str, str], Sequence[AnyWitness[D]]]) -> Iterator[Exchange]:
        """The whole dialogue, standard by standard and concept by concept: the keys of `witnesses`."""
        before: dict[tuple[str, str], str] = {}
        for (standard, concept), each in witnesses.items():
            yield self._said(concept, "", *self._verdict(concept, standard))
            # where an earlier standard has the same witnesses they are not told again
            same = str([[d.to_json() for d in w.departures] for w in each]) if len(self.verdicts) > 1 else standard
            if (concept, same) in before:
                yield self._said(concept, "", "Why?", f"For the same reasons as by “{before[concept, same]}”.")
                continue
            before[concept, same] = standard
            yield from self._parties(concept, each)
            yield self._said(concept, "", *self._contrary(each))

    def own(self, witnesses: Sequence[AnyWitness[D]]) -> Iterator[Exchange]:
        """The whole dialogue where every actor is judged by its own concept: one witness per actor."""
        own = listed([f"{self.telling.names[w.party]} by {label(w.concept)}" for w in witnesses])
        answer = self._holds({witness.party: witness.stable for witness in witnesses})
        yield self._said("", "", f"Does {self._subject} hold if each is judged by its own concept ({own})?", answer)
        for witness in witnesses:
            yield from self._party(witness)
        yield self._said("", "", *self._contrary(witnesses))

    @staticmethod
    def _said(concept: str, party: str, question: str, answer: str) -> Exchange:
        return Exchange(concept=concept, actor=party, question=question, answer=answer)

    # --- the verdict ---

    @property
    def _subject(self) -> str:
        return "the status quo" if self.now else f"the state {self.state.text}"

    def _verdict(self, concept: str, standard: str) -> tuple[str, str]:
        row = self.verdicts[standard]
        beside = ", ".join(f"{label(each)} {_word(row[each])}" for each in strictest_first(row))
        by = f" by “{standard}” ({self.meanings[standard]})" if standard in self.meanings else ""
        question = f"Does {self._subject} hold under {long_label(concept)}{by}?"
        return question, f"{self._holds(row[concept])} Side by side: {beside}."

    def _holds(self, stable: Mapping[str, bool | None]) -> str:
        leaving = [self.telling.names[party] for party, found in stable.items() if found is False]
        open_for = [self.telling.names[party] for party, found in stable.items() if found is None]
        if leaving:
            return f"No: {listed(leaving)} would leave it."
        if open_for:
            return f"Not settled for {listed(open_for)}."
        if len(stable) == 1:
            return f"Yes: {listed([self.telling.names[party] for party in stable])} would not leave it."
        asked = "" if set(stable) == set(self.telling.names) else " asked about"
        return f"Yes: no {self.parties}{asked} would leave it."

    # --- one party ---

    def _parties(self, concept: str, witnesses: Sequence[AnyWitness[D]]) -> Iterator[Exchange]:
        idle = [witness for witness in witnesses if not witness.departures]
        sum_up = self.many is not None and len(idle) > self.many
        for witness in witnesses:
            if witness.departures or not sum_up:
                yield from self._party(witness)
        if sum_up:
            other = "the other " if len(idle) < len(witnesses) else "all "
            stuck = [witness for witness in idle if not witness.able]
            told = self.telling.CANNOT_ALL if len(stuck) == len(idle) else self.telling.ALL_STAY
            if 0 < len(stuck) < len(idle):
                told += f" {listed([self.telling.names[each.party] for each in stuck])} cannot move here at all."
            yield self._said(concept, "", f"What keeps {other}{len(idle)} here?", told)

    def _party(self, witness: AnyWitness[D]) -> Iterator[Exchange]:
        """Why one party stays or leaves."""
        telling, who = self.telling, self.telling.names[witness.party]
        if not witness.departures:
            told = telling.STAYS if witness.able else telling.CANNOT
            yield self._said(witness.concept, witness.party, f"What keeps {who} here?", told)
            return
        chosen = self._chosen(witness)
        for each in chosen:
            question = telling.question(each, who)
            answer = f"{telling.gain(each)} {telling.fate(each, witness)}"
            yield self._said(witness.concept, witness.party, question, answer)
        rest = [each for each in witness.departures if each not in chosen]
        if rest:
            yield self._said(witness.concept, witness.party, telling.MORE.format(who), self._others(rest))

    def _chosen(self, witness: AnyWitness[D]) -> list[D]:
        """The departures worth telling: those nothing deters, else those closest to being made."""
        among = witness.standing or witness.departures
        first = sorted(range(len(among)), key=lambda place: self.telling.closeness(among[place]), reverse=True)
        first = first[: self.told]
        return [among[place] for place in (sorted(first) if self.telling.IN_ORDER else first)]

    def _others(self, rest: Sequence[D]) -> str:
        """The departures that are not told."""
        fates = [each.deterred for each in rest]
        free, unsettled = fates.count(False), fates.count(None)
        undeterred = "none of them deterred" if free == len(rest) else f"{free} of them deterred by nothing"
        told = [undeterred] * bool(free) + [f"{unsettled} not settled"] * bool(unsettled)
        more = many(len(rest), f"more {self.telling.DEPARTURE}")
        return f"{more}, {listed(told) if told else 'each of them deterred'}."

    # --- what speaks against the verdict ---

    def _contrary(self, witnesses: Sequence[AnyWitness[D]]) -> tuple[str, str]:
        """The strongest case against the verdict."""
        pairs = [(witness, each) for witness in witnesses for each in witness.departures]
        standing = [(witness, each) for witness, each in pairs if each.stands]
        if standing:
            return "What is the strongest case for staying?", self.telling.staying(standing)
        question = "What is the strongest case against?"
        if not pairs:
            return question, self.telling.NOBODY
        witness, each = max(pairs, key=lambda pair: self.telling.closeness(pair[1]))
        return question, self.telling.leaving(each, witness)


def _word(stable: Mapping[str, bool | None]) -> str:
    found = stable.values()
    return "no" if False in found else "open" if None in found else "yes"


def long_label(concept: str) -> str:
    """`sequential stability (SEQ)`."""
    if concept not in CONCEPTS:
        return f"coalition stability ({label(concept)})"
    return f"{CONCEPTS[concept].name.lower()} stability ({concept.upper()})" if concept != "nash" else "Nash stability"
