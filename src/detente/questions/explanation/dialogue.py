"""A verdict told as a dialogue: does it hold, why does each party stay or leave, and what speaks against it.

How to make one: a `Story` of a state with its verdicts and the words for them (`detente.questions.explanation.telling`); then
`dialogue` for the witnesses by concept and standard, or `own` where everybody is judged by its own concept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from detente.engine.concepts import CONCEPTS, label, strictest_first
from detente.messages import later, tell, word
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
    parties: str = later("single actor")

    def dialogue(self, witnesses: Mapping[tuple[str, str], Sequence[AnyWitness[D]]]) -> Iterator[Exchange]:
        """The whole dialogue, standard by standard and concept by concept: the keys of `witnesses`."""
        before: dict[tuple[str, str], str] = {}
        for (standard, concept), each in witnesses.items():
            yield self._said(concept, "", *self._verdict(concept, standard))
            # where an earlier standard has the same witnesses they are not told again
            same = str([[d.to_json() for d in w.departures] for w in each]) if len(self.verdicts) > 1 else standard
            if (concept, same) in before:
                yield self._said(
                    concept,
                    "",
                    tell("Why?"),
                    tell("For the same reasons as by “{before}”.", before=word(before[concept, same])),
                )
                continue
            before[concept, same] = standard
            yield from self._parties(concept, each)
            yield self._said(concept, "", *self._contrary(each))

    def own(self, witnesses: Sequence[AnyWitness[D]]) -> Iterator[Exchange]:
        """The whole dialogue where every actor is judged by its own concept: one witness per actor."""
        own = listed(
            [
                tell("{names} by {concept}", names=self.telling.names[w.party], concept=label(w.concept))
                for w in witnesses
            ]
        )
        answer = self._holds({witness.party: witness.stable for witness in witnesses})
        yield self._said(
            "",
            "",
            tell("Does {subject} hold if each is judged by its own concept ({own})?", subject=self._subject, own=own),
            answer,
        )
        for witness in witnesses:
            yield from self._party(witness)
        yield self._said("", "", *self._contrary(witnesses))

    @staticmethod
    def _said(concept: str, party: str, question: str, answer: str) -> Exchange:
        return Exchange(concept=concept, actor=party, question=question, answer=answer)

    # --- the verdict ---

    @property
    def _subject(self) -> str:
        return tell("today's state") if self.now else tell("the state {text}", text=self.state.text)

    def _verdict(self, concept: str, standard: str) -> tuple[str, str]:
        row = self.verdicts[standard]
        beside = ", ".join(f"{label(each)} {_word(row[each])}" for each in strictest_first(row))
        by = (
            tell(" by “{standard}” ({meanings})", standard=word(standard), meanings=self.meanings[standard])
            if standard in self.meanings
            else ""
        )
        question = tell(
            "Does {subject} hold under {long_label}{by}?", subject=self._subject, long_label=long_label(concept), by=by
        )
        return question, tell("{holds} Side by side: {beside}.", holds=self._holds(row[concept]), beside=beside)

    def _holds(self, stable: Mapping[str, bool | None]) -> str:
        leaving = [self.telling.names[party] for party, found in stable.items() if found is False]
        open_for = [self.telling.names[party] for party, found in stable.items() if found is None]
        if leaving:
            return tell("No: {leaving} would leave it.", leaving=listed(leaving))
        if open_for:
            return tell("Not settled for {open_for}.", open_for=listed(open_for))
        if len(stable) == 1:
            return tell(
                "Yes: {names} would not leave it.", names=listed([self.telling.names[party] for party in stable])
            )
        asked = "" if set(stable) == set(self.telling.names) else tell(" asked about")
        return tell("Yes: no {parties}{asked} would leave it.", parties=word(self.parties), asked=asked)

    # --- one party ---

    def _parties(self, concept: str, witnesses: Sequence[AnyWitness[D]]) -> Iterator[Exchange]:
        idle = [witness for witness in witnesses if not witness.departures]
        sum_up = self.many is not None and len(idle) > self.many
        for witness in witnesses:
            if witness.departures or not sum_up:
                yield from self._party(witness)
        if sum_up:
            other = tell("the other ") if len(idle) < len(witnesses) else tell("all ")
            stuck = [witness for witness in idle if not witness.able]
            told = tell(self.telling.CANNOT_ALL if len(stuck) == len(idle) else self.telling.ALL_STAY)
            if 0 < len(stuck) < len(idle):
                told += tell(
                    " {names} cannot move here at all.",
                    names=listed([self.telling.names[each.party] for each in stuck]),
                )
            yield self._said(concept, "", tell("What keeps {other}{number} here?", other=other, number=len(idle)), told)

    def _party(self, witness: AnyWitness[D]) -> Iterator[Exchange]:
        """Why one party stays or leaves."""
        telling, who = self.telling, self.telling.names[witness.party]
        if not witness.departures:
            told = tell(telling.STAYS if witness.able else telling.CANNOT)
            yield self._said(witness.concept, witness.party, tell("What keeps {who} here?", who=who), told)
            return
        chosen = self._chosen(witness)
        for each in chosen:
            question = telling.question(each, who)
            answer = f"{telling.gain(each)} {telling.fate(each, witness)}"
            yield self._said(witness.concept, witness.party, question, answer)
        rest = [each for each in witness.departures if each not in chosen]
        if rest:
            yield self._said(witness.concept, witness.party, tell(telling.MORE, who=who), self._others(rest))

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
        undeterred = (
            tell("none of them deterred")
            if free == len(rest)
            else tell("{free} of them deterred by nothing", free=free)
        )
        told = [undeterred] * bool(free) + [tell("{unsettled} not settled", unsettled=unsettled)] * bool(unsettled)
        more = many(len(rest), f"more {self.telling.DEPARTURE}")
        return f"{more}, {listed(told) if told else tell('each of them deterred')}."

    # --- what speaks against the verdict ---

    def _contrary(self, witnesses: Sequence[AnyWitness[D]]) -> tuple[str, str]:
        """The strongest case against the verdict."""
        pairs = [(witness, each) for witness in witnesses for each in witness.departures]
        standing = [(witness, each) for witness, each in pairs if each.stands]
        if standing:
            return tell("What is the strongest case for staying?"), self.telling.staying(standing)
        question = tell("What is the strongest case against?")
        if not pairs:
            return question, tell(self.telling.NOBODY)
        witness, each = max(pairs, key=lambda pair: self.telling.closeness(pair[1]))
        return question, self.telling.leaving(each, witness)


def _word(stable: Mapping[str, bool | None]) -> str:
    found = stable.values()
    return tell("no") if False in found else tell("open") if None in found else tell("yes")


def long_label(concept: str) -> str:
    """`sequential stability (SEQ)`."""
    if concept not in CONCEPTS:
        return tell("coalition stability ({concept})", concept=label(concept))
    return (
        tell("{lower} stability ({upper})", lower=tell(CONCEPTS[concept].name).lower(), upper=concept.upper())
        if concept != "nash"
        else tell("Nash stability")
    )
