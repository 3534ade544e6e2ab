"""Verdicts that rest on relations, told as a dialogue.

Does a state hold by a standard, why does each party stay or leave, and what speaks against the verdict?

How to make one: `account(hearing, state, ...)`; a question gives its `Hearing` (`detente.questions.explanation.hearing`).
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.case import Basis
from detente.engine.concepts import CONCEPTS, label
from detente.errors import InputError, UnknownName
from detente.questions.explanation.dialogue import Exchange, long_label, sentence
from detente.questions.explanation.hearing import Hearing, SideWitness, Step, Temptation, Weighed
from detente.questions.explanation.witness import BETTER, EQUAL, Reason, State, changes_text
from detente.questions.explanation.wording import Teller, count, listing, wrapped
from detente.sheet import Sheet, html_of

MANY = 3
"""More parties than these that nothing tempts are summed up."""

TOLD = 3
"""Temptations told per party; all of them are in the tables and the JSON."""


@dataclass(frozen=True)
class Account:
    """Why `state` holds, or does not: `verdicts[standard][concept][party]`, and witnesses and dialogue for what was asked."""

    basis: Basis
    title: str
    state: State
    names: Mapping[str, str]
    verdicts: Mapping[str, Mapping[str, Mapping[str, bool]]]
    witnesses: tuple[SideWitness, ...]
    dialogue: tuple[Exchange, ...]

    def holds(self, concept: str, standard: str) -> bool:
        """Whether the state is stable for all parties asked about."""
        return all(self.verdicts[standard][concept].values())

    def witness(self, party: str, concept: str, standard: str) -> SideWitness:
        """The witness behind one verdict."""
        wanted = party, concept, standard
        return next(each for each in self.witnesses if (each.party, each.concept, each.standard) == wanted)

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "explain",
            "family": self.title,
            "basis": self.basis.to_json(),
            "state": dict(self.state.json),
            "verdicts": {s: {c: dict(each) for c, each in by.items()} for s, by in self.verdicts.items()},
            "dialogue": [each.to_json() for each in self.dialogue],
            "witnesses": [each.to_json() for each in self.witnesses],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Who is stable by what, and every temptation with what answers it."""
        rows = tuple(
            (standard, party, *(by[concept][party] for concept in by))
            for standard, by in self.verdicts.items()
            for party in next(iter(by.values()))
        )
        concepts = tuple(next(iter(self.verdicts.values())))
        fates = tuple(
            (w.standard, w.concept, w.party, changes_text(each.move), _fate(each))
            for w in self.witnesses
            for each in w.temptations
        )
        return (
            Sheet(f"Stable at {self.state.text}", ("standard", "for", *concepts), rows, self.basis.warnings),
            Sheet(
                "Temptations and what answers them",
                ("standard", "concept", "who", "tempted by", "answered by"),
                fates,
                () if fates else ("nobody is tempted",),
            ),
        )

    def __str__(self) -> str:
        heading = [f"{self.title}: {self.basis.title}", f"State: {self.state.text}"]
        readings = [f"{actor} {name}" for actor, name in self.basis.readings.items() if name != "only"]
        rule = "legal sequences" if self.basis.sanctions == "legal" else "one step of one opponent"
        about = [f"Readings: {', '.join(readings)}."] * bool(readings) + [f"Sanctions: {rule}."]
        lines = [*heading, " ".join(about), *(f"Warning: {text}" for text in self.basis.warnings)]
        parts, before = ["\n".join(map(wrapped, lines))], ""
        for each in self.dialogue:
            named = [wrapped(self.names[each.actor].upper())] if each.actor not in ("", before) else []
            parts.append("\n".join([*named, wrapped(each.question), wrapped(each.answer, "  ")]))
            before = each.actor
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        told = "".join(f"<dt>{html.escape(e.question)}</dt><dd>{html.escape(e.answer)}</dd>" for e in self.dialogue)
        return f"<dl>{told}</dl>{html_of(self.sheets())}"


def account(
    hearing: Hearing,
    state: int,
    *,
    title: str,
    meanings: Mapping[str, str],
    concepts: Iterable[str],
    standards: Iterable[str] | None = None,
    parties: Iterable[str] | None = None,
    told: int = TOLD,
) -> Account:
    """Why the state (a position) is stable for the parties by each of the concepts and standards, or why not.

    Raises `UnknownName` for a concept, standard or party there is none of.
    """
    chosen = _chosen("concept", concepts, hearing.concepts)
    by = _chosen("standard", hearing.standards if standards is None else standards, hearing.standards)
    who = _chosen("actor", hearing.parties if parties is None else parties, hearing.parties)
    every = {
        s: {c: {p: hearing.witness(state, p, c, s) for p in who} for c in dict.fromkeys((*hearing.concepts, *chosen))}
        for s in by
    }
    verdicts = {s: {c: {p: w.stable for p, w in each.items()} for c, each in row.items()} for s, row in every.items()}
    court = hearing.court
    teller = Teller(court.case.scenario, court.case.chosen)
    names = {party: _party_name(teller, hearing, party) for party in hearing.parties}
    now = hearing.cell(state) == court.conflict.now
    story = _Story(teller, hearing.state(state), now, names, verdicts, meanings, told)
    dialogue, before = [], {}  # type: tuple[list[Exchange], dict[tuple[str, str], str]]
    for standard in by:
        for concept in chosen:
            dialogue += story.about(concept, standard, list(every[standard][concept].values()), before)
    witnesses = tuple(w for s in by for c in chosen for w in every[s][c].values())
    return Account(court.basis, title, hearing.state(state), names, verdicts, witnesses, tuple(dialogue))


def _chosen(kind: str, asked: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    every = tuple(known)
    wanted = tuple(dict.fromkeys([asked] if isinstance(asked, str) else asked))
    for each in wanted:
        if each not in every:
            raise UnknownName(kind, each, every)
    if not wanted:
        raise InputError(f"name at least one {kind}: {', '.join(every)}")
    return wanted


def _party_name(teller: Teller, hearing: Hearing, party: str) -> str:
    ids = [hearing.court.conflict.players[player].id for player in hearing.parties[party].players]
    return listing([teller.name(actor) for actor in ids])


@dataclass(frozen=True)
class _Story:
    """What is told about one state."""

    teller: Teller
    state: State
    now: bool
    names: Mapping[str, str]
    verdicts: Mapping[str, Mapping[str, Mapping[str, bool]]]
    meanings: Mapping[str, str]
    told: int

    def about(
        self, concept: str, standard: str, witnesses: Sequence[SideWitness], before: dict[tuple[str, str], str]
    ) -> Iterator[Exchange]:
        """The dialogue under one concept and standard; where an earlier standard has the same witnesses it is only named."""
        yield Exchange(concept, "", *self.verdict(concept, standard))
        same = str([[each.to_json() for each in w.temptations] for w in witnesses])
        if (concept, same) in before:
            yield Exchange(concept, "", "Why?", f"For the same reasons as by “{before[concept, same]}”.")
            return
        before[concept, same] = standard
        idle = [witness for witness in witnesses if not witness.temptations]
        for witness in witnesses:
            if len(idle) <= MANY or witness.temptations:
                yield from self.party(witness)
        if len(idle) > MANY:
            other = "the other " if len(idle) < len(witnesses) else "all "
            nothing = "Nothing tempts them: no move of their own leads to anything they would rather have."
            yield Exchange(concept, "", f"What keeps {other}{len(idle)} here?", nothing)
        yield Exchange(concept, "", *self.contrary(witnesses))

    def verdict(self, concept: str, standard: str) -> tuple[str, str]:
        subject = "the status quo" if self.now else f"the state {self.state.text}"
        found = self.verdicts[standard][concept]
        nobody = "nobody" if set(found) == set(self.names) else "nobody asked about"
        leaving = [self.names[party] for party, stable in found.items() if not stable]
        answer = f"No: {listing(leaving)} would leave it." if leaving else f"Yes: {nobody} would leave it."
        side = ", ".join(
            f"{label(each)} {'yes' if all(by.values()) else 'no'}" for each, by in self.verdicts[standard].items()
        )
        by = f" by “{standard}” ({self.meanings[standard]})" if standard in self.meanings else ""
        return f"Does {subject} hold under {_long(concept)}{by}?", f"{answer} Side by side: {side}."

    def party(self, witness: SideWitness) -> Iterator[Exchange]:
        """Why one party stays or leaves."""
        who = self.names[witness.party]
        if not witness.temptations:
            stay = "Nothing tempts it: no move of its own leads to anything it would rather have."
            yield Exchange(witness.concept, witness.party, f"What keeps {who} here?", stay)
            return
        among = [each for each in witness.temptations if not each.deterred] or list(witness.temptations)
        chosen = sorted(among, key=_closeness, reverse=True)[: self.told]
        for each in chosen:
            yield Exchange(witness.concept, witness.party, *self.temptation(each, witness))
        rest = [each for each in witness.temptations if each not in chosen]
        if rest:
            free = sum(not each.deterred for each in rest)
            some = "none of them deterred" if free == len(rest) else f"{free} of them deterred by nothing"
            fate = some if free else "each of them deterred"
            yield Exchange(
                witness.concept,
                witness.party,
                f"And what else tempts {who}?",
                f"{count(len(rest), 'more move')}, {fate}.",
            )

    def temptation(self, each: Temptation, witness: SideWitness) -> tuple[str, str]:
        who, doing = self.names[witness.party], self.teller.doing
        if each.deterred:
            question = f"What keeps {who} from {doing(each.move, 'ing')}?"
        else:
            question = f"What would make {who} {doing(each.move)}?"
        tempted = f"It is tempted; the result is {self.weighed(each.move.weighed)}."
        return question, f"{tempted} {self.answered(each, who) if each.deterred else self.stands(each, witness)}"

    def answered(self, each: Temptation, who: str) -> str:
        said = [
            f"But then {self.answers(each.answer)}.",
            self.left(each, who),
        ]
        if each.escapes is not None:
            ways = len(each.escapes)
            none = (
                "its one move from there deters it too"
                if ways == 1
                else f"all its {ways} moves from there deter it too"
            )
            said.append(f"There is no escape: {none if ways else 'it has no move there'}.")
        idle = list(dict.fromkeys(self.names[step.actor] for step in each.answer if step.response is False))
        if idle:
            part = "Part of this" if any(step.response for step in each.answer) else "This"
            said.append(f"{part} is no response: {listing(idle)} would do the same already now.")
        return " ".join(said)

    def left(self, each: Temptation, who: str) -> str:
        """Where the answer leaves the party."""
        assert each.cost is not None
        place = self.teller.place(each.answer[-1].state).rstrip(",")
        return f"That leaves {who}{place}; compared with staying, this is {self.weighed(each.cost)}. So it is deterred."

    def stands(self, each: Temptation, witness: SideWitness) -> str:
        if witness.concept in ("nash", "cnash"):
            return "This concept looks no further."
        said = ["The others have no answer." if not each.reached else self._none(each.reached)]
        if each.way_out is not None:
            out = f"it would escape by {self.teller.doing(each.way_out, 'ing')}"
            out += f", to what is {self.weighed(each.way_out.weighed)}"
            said.append(f"{sentence(self.answers(each.near))} would deter it, but then {out}.")
        return " ".join(said)

    @staticmethod
    def _none(reached: int) -> str:
        where = "The one state the others can bring about does not deter"
        return (where if reached == 1 else f"None of the {reached:,} states the others can bring about deters") + " it."

    def answers(self, steps: Iterable[Step]) -> str:
        """Who would do what, and what it is to whoever does it."""
        return "; then ".join(
            f"{self.names.get(s.actor, s.actor)} would {self.teller.doing(s)}, which is {self.weighed(s.weighed)}"
            for s in steps
        )

    def weighed(self, weighed: Weighed) -> str:
        """`greatly better: “x” would come true, its wish 1 of 3 [...]`."""
        if weighed.open:
            wishes = listing([f"“{each.says}”" for each in weighed.open])
            return f"{weighed.parts[0][0]} (it hangs on {wishes}, which is open)"
        if len(weighed.parts) == 1:
            ((says, reason),) = weighed.parts
            return f"{says}: {self.tail(reason)}" if self.tail(reason) else says
        told = [f"{says} ({self.tail(reason)})" if self.tail(reason) else says for says, reason in weighed.parts]
        return listing(told)

    def tail(self, reason: Reason | None) -> str:
        """The wish that decides, or the places or sums."""
        if reason is None or reason.verdict == EQUAL:
            return ""
        return self.teller.better(reason) if reason.verdict == BETTER else self.teller.loss(reason)

    # --- what speaks against the verdict ---

    def contrary(self, witnesses: Sequence[SideWitness]) -> tuple[str, str]:
        """The strongest case against the verdict."""
        pairs = [(witness, each) for witness in witnesses for each in witness.temptations]
        standing = [(witness, each) for witness, each in pairs if not each.deterred]
        if standing:
            return "What is the strongest case for staying?", self.staying(standing)
        question = "What is the strongest case against?"
        if not pairs:
            return question, "None: nobody is tempted."
        witness, each = max(pairs, key=lambda pair: _closeness(pair[1]))
        what = f"{sentence(self.names[witness.party])} is closest to leaving, by {self.teller.doing(each.move, 'ing')}."
        return question, f"{what} {self.weakness(each, witness)}"

    def weakness(self, each: Temptation, witness: SideWitness) -> str:
        movers = listing(list(dict.fromkeys(self.names.get(step.actor, step.actor) for step in each.answer)))
        said = []
        if all(step.response is False for step in each.answer):
            said.append(f"What deters it is no response: {movers} would do the same already now.")
        if witness.concept in ("gmr", "smr", "cgmr", "csmr"):
            said.append(f"Whether {movers} would really answer so is not asked by this concept.")
        if len(each.answer) > 1:
            said.append(f"It takes {count(len(each.answer), 'move')} to deter it, by {movers}.")
        return " ".join(said) or "But the answer is one credible move."

    def staying(self, standing: Sequence[tuple[SideWitness, Temptation]]) -> str:
        """What comes nearest to stopping a temptation that nothing deters."""
        for witness, each in standing:
            who = f"{sentence(self.names[witness.party])}, tempted to {self.teller.doing(each.move)},"
            if each.near:
                return f"{who} would be deterred if it did not see its way out: {self.answers(each.near)}."
            if each.otherwise:
                by, steps = each.otherwise
                concept = any(by in row for row in self.verdicts.values())
                way = f"under {label(by)}" if concept else f"by “{by}”"
                return f"{who} would be deterred {way}: {self.answers(steps)}."
        return "There is none: no answer of the others deters those who leave, by any standard or concept here."


def _closeness(each: Temptation) -> tuple[Any, ...]:
    """How close a temptation is to being followed."""
    idle = bool(each.answer) and all(step.response is False for step in each.answer)
    return not each.deterred, idle, len(each.answer)


def _fate(each: Temptation) -> str:
    marks = {False: " (anyway)", True: "", None: ""}
    return "; ".join(f"{s.actor}: {changes_text(s)}{marks[s.response]}" for s in each.answer) or "nothing"


def _long(concept: str) -> str:
    return long_label(concept) if concept in CONCEPTS else f"coalition stability ({label(concept)})"
