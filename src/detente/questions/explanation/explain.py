"""Why does a state hold, or why not? Told as a dialogue, and backed by witnesses that can be checked.

The definitions are those of `detente.engine.concepts`; the evidence is a `Witness` per actor and concept (see
`detente.questions.explanation`): for every improvement a shortest sanction, or the fact that there is none. `explain`
puts it into sentences with the names of actors and options, the statements that decide, and their sources; adds the
strongest case against the verdict; and lists every statement the answer turns on.

A sanction made only of moves that come anyway deters on paper, but is empty; the kinds of steps and answers are those of
`detente.questions.explanation.search` (`detente.questions.explanation.responses` counts them over all states).

>>> from detente.scenario import load
>>> found = explain(Case(load("two_proxies")))
>>> found.holds("seq"), found.holds("nash")
(True, False)
>>> print(found.dialogue[2].question)
What keeps Russia from switching off ru_pay (“Pay in diplomatic cover, oil and money”)?
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from detente.case import CONCEPTS, Basis, Case
from detente.engine.concepts import COUNTER_MOVES, label, strictest_first
from detente.engine.concepts import concepts as choose_concepts
from detente.errors import InputError, refuse_unknown
from detente.messages import later, tell, word
from detente.questions.explanation.dialogue import PLAIN, Exchange, Story, Verdicts
from detente.questions.explanation.find import BUDGET, RelationalWitnesses, Witnesses
from detente.questions.explanation.telling import PlainTelling, RelationalTelling
from detente.questions.explanation.witness import (
    Decider,
    Improvement,
    Reason,
    RelationalWitness,
    State,
    Witness,
    answers_text,
    changes_text,
    party_term,
)
from detente.questions.explanation.wording import KINDS, Teller, wrapped
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Source
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, StateTerm, VerdictTerm, html_of, listed, many

TOLD = 3
"""Departures told per party; all of them are in the tables and the JSON."""

MANY = 3
"""More parties than these that nothing tempts are summed up, where parties are judged by relations."""

LEGEND = later("C1, C2, ...: claims of the sources. S: supposition, P: public record, L: logic.")


@dataclass(frozen=True, repr=False, kw_only=True)
class Told(Answer):
    """An answer told as a dialogue about one state; `names` are the headings of those it is about."""

    basis: Basis
    names: Mapping[str, str] = field(metadata=INSIDE)
    state: State
    dialogue: tuple[Exchange, ...]

    question: ClassVar[str] = "explain"
    DERIVED: ClassVar[tuple[str, ...]] = ("question",)

    @property
    def headline(self) -> Phrase:
        """The first question and its answer: whether the state holds, and under which concepts."""
        return Phrase.of(f"{self.dialogue[0].question} {self.dialogue[0].answer}")

    def _exchanges(self) -> list[str]:
        """The dialogue after its first answer, which is the headline."""
        parts, before = [], ""
        for each in self.dialogue[1:]:
            heading = [wrapped(self.names[each.actor].upper())] if each.actor not in ("", before) else []
            parts.append("\n".join([*heading, wrapped(each.question), wrapped(each.answer, "  ")]))
            before = each.actor
        return parts

    def _counter_moves(self) -> list[str]:
        """Said where it is not the default."""
        return [tell("Counter-moves: {sanctions}.", sanctions=COUNTER_MOVES[self.basis.sanctions])] * (
            self.basis.sanctions != "legal"
        )

    def _readings(self) -> list[str]:
        rival = [f"{actor} {reading}" for actor, reading in self.basis.readings.items() if reading != "only"]
        return [tell("Readings: {rival}.", rival=", ".join(rival))] * bool(rival)

    def _repr_html_(self) -> str:
        told = "".join(f"<dt>{html.escape(e.question)}</dt><dd>{html.escape(e.answer)}</dd>" for e in self.dialogue)
        return f"<dl>{told}</dl>{html_of(self.sheets())}"


# --- where everybody has a list, weights or a ranking -------------------------------------------------------------------


@dataclass(frozen=True)
class Assumption(Record):
    """A statement that some comparison in the witnesses turned on, its `tags`, and how many comparisons did."""

    decider: Decider
    tags: str
    uses: int

    def to_json(self) -> dict[str, Any]:
        """As the statement, whose truth in any one state is of no interest here."""
        plain = self.decider.to_json()
        del plain["holds"]
        return {"actor": self.decider.actor, **plain, "tags": self.tags, "uses": self.uses}


@dataclass(frozen=True, repr=False, kw_only=True)
class Explanation(Told):
    """Why `state` is an equilibrium, or not. `verdicts[concept][actor]` is None where a search gave up.

    `witnesses` and `dialogue` are about the `concepts` told; `assumptions` are the statements they turn on.
    """

    concepts: tuple[str, ...]
    verdicts: Mapping[str, Mapping[str, bool | None]]
    witnesses: tuple[Witness, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]

    def holds(self, concept: str) -> bool | None:
        """Whether the state is an equilibrium for the actors asked about; None: not settled."""
        found = self.verdicts[concept].values()
        return False if False in found else None if None in found else True

    def witness(self, actor: str, concept: str) -> Witness:
        """The witness behind one verdict."""
        return next(each for each in self.witnesses if (each.actor, each.concept) == (actor, concept))

    def to_json(self) -> dict[str, Any]:
        """Verdicts with the equilibrium beside the actors; sources by name."""
        verdicts = {c: {"equilibrium": self.holds(c), "stable": dict(stable)} for c, stable in self.verdicts.items()}
        sources = {source.id: source.text for source in self.sources}
        return super().to_json() | {"verdicts": verdicts, "sources": sources}

    # --- tables ---

    def sheets(self) -> tuple[Sheet, ...]:
        told = map(self._witness_sheet, strictest_first(self.concepts))
        return (self._verdict_sheet(), *told, self._statement_sheet())

    def _verdict_sheet(self) -> Sheet:
        shown, words = strictest_first(self.verdicts), {True: "yes", False: "no", None: tell("not settled")}
        actors = list(self.verdicts[shown[0]])
        rows: list[tuple[str, ...]] = [
            (ActorTerm(actor), *(VerdictTerm(words[self.verdicts[concept][actor]]) for concept in shown))
            for actor in actors
        ]
        rows.append(("equilibrium", *(VerdictTerm(words[self.holds(concept)]) for concept in shown)))
        title = Phrase.told("Stable at {text}", text=StateTerm(self.state.text))
        return Sheet(title, ("actor", *shown), tuple(rows), self.basis.warnings)

    def _witness_sheet(self, concept: str) -> Sheet:
        rows = tuple(
            (ActorTerm(witness.actor), changes_text(each.move), _fate(each), each.kind)
            for witness in self.witnesses
            if witness.concept == concept
            for each in witness.improvements
        )
        columns = ("actor", "improvement", tell("answered by"), tell("counter-move is"))
        notes = () if rows else (tell("nobody has an improvement"),)
        return Sheet(
            tell("Improvements and what answers them ({concept})", concept=label(concept)), columns, rows, notes
        )

    def _statement_sheet(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(a.decider.actor),
                a.decider.rank,
                FormulaTerm(a.decider.says),
                a.tags,
                a.decider.by_assumption,
                a.uses,
            )
            for a in self.assumptions
        )
        columns = ("actor", "rank", "statement", tell("rests on"), tell("by assumption"), "uses")
        return Sheet(tell("Statements this turns on"), columns, rows, (tell(LEGEND),))

    # --- text ---

    def __str__(self) -> str:
        return "\n\n".join([self._heading(), *self._exchanges(), *([self._register()] if self.assumptions else [])])

    def _heading(self) -> str:
        basis = self.basis
        world = [tell("World: {world}.", world=basis.world)] * bool(basis.world)
        held = [tell("Held as in this state: {held}.", held=", ".join(basis.held))] * bool(basis.held)
        about = " ".join(
            [tell("State: {text}.", text=self.state.text), *world, *self._readings(), *held, *self._counter_moves()]
        )
        lines = [basis.title, about, self.headline, *(tell("Warning: {text}", text=text) for text in basis.warnings)]
        return "\n".join(map(wrapped, lines))

    def _register(self) -> str:
        lines = [f"{a.decider.actor} {a.decider.rank}: {a.decider.says} {a.tags}" for a in self.assumptions]
        assumed = sum(a.decider.by_assumption for a in self.assumptions)
        notes = [
            tell(LEGEND),
            *(
                [tell("{number}: there the answer is assumed.", number=many(assumed, "reaction rule"))]
                if assumed
                else []
            ),
        ]
        cited = [f"{source.id}: {source.text}" for source in self.sources if source.kind not in KINDS]
        told = [wrapped(line, "  ", "      ") for line in lines]
        return "\n".join(
            [tell("STATEMENTS THIS TURNS ON"), *told, *map(wrapped, notes), *(wrapped(c, "", "  ") for c in cited)]
        )


def explain(
    case: Case,
    state: int | str | Mapping[str, Any] | None = None,
    concepts: Iterable[str] = ("seq",),
    actors: Iterable[str] | None = None,
    *,
    told: int = TOLD,
    budget: int = BUDGET,
) -> Explanation:
    """Why the state (default: the status quo) is stable for the actors (default: all) under the concepts, or why not.

    Cost: one search per improvement, actor and concept (more to tell the kinds of answers), each over at
    most `budget` (state, last mover) pairs; the state space is never listed.

    Source: Fang, Hipel & Kilgour 1993 (the concepts); Rego & Vieira 2017 (symmetric sequential stability).
    """
    chosen = tuple(concept.id for concept in choose_concepts(concepts))
    finder = Witnesses(case, budget)
    asked = [case.scenario.actor(actor).id for actor in dict.fromkeys(case.actors if actors is None else actors)]
    cell = case.game.cell(state)
    found = {c: tuple(finder.find(cell, a, c) for a in asked) for c in dict.fromkeys((*CONCEPTS, *chosen))}
    verdicts = {concept: {w.actor: w.stable for w in row} for concept, row in found.items()}
    story = _story(finder, cell, verdicts, told)
    dialogue = tuple(story.dialogue({(PLAIN, concept): found[concept] for concept in chosen}))
    witnesses = tuple(w for concept in chosen for w in found[concept])
    return _explanation(finder, story, chosen, witnesses, dialogue)


def explain_own(
    case: Case,
    own: Mapping[str, str],
    state: int | str | Mapping[str, Any] | None = None,
    *,
    default: str = "seq",
    told: int = TOLD,
    budget: int = BUDGET,
) -> Explanation:
    """Why a state holds where every actor is judged by its own concept (`own[actor]`, else `default`): mixed behaviour."""
    for actor in own:
        case.scenario.actor(actor)
    chosen = {actor: choose_concepts([own.get(actor, default)])[0].id for actor in case.actors}
    finder = Witnesses(case, budget)
    cell = case.game.cell(state)
    witnesses = tuple(finder.find(cell, actor, concept) for actor, concept in chosen.items())
    story = _story(finder, cell, {"own": {w.actor: w.stable for w in witnesses}}, told)
    return _explanation(finder, story, tuple(dict.fromkeys(chosen.values())), witnesses, tuple(story.own(witnesses)))


def retold(found: Explanation, telling: PlainTelling, *, now: bool, told: int = TOLD) -> tuple[Exchange, ...]:
    """The dialogue of an explanation in other words; `now` says that it is about the status quo. Cost: its sentences."""
    verdicts = {PLAIN: found.verdicts}
    story = Story(telling=telling, state=found.state, now=now, verdicts=verdicts, told=told)
    by = {(PLAIN, c): tuple(each for each in found.witnesses if each.concept == c) for c in found.concepts}
    return tuple(story.dialogue(by))


def _story(
    finder: Witnesses, cell: int, verdicts: Mapping[str, Mapping[str, bool | None]], told: int
) -> Story[Improvement]:
    case = finder.case
    teller = Teller(case.scenario, case.chosen)
    return Story(
        telling=PlainTelling(teller, {actor: teller.name(actor) for actor in case.actors}),
        state=finder.state(cell),
        now=cell == finder.conflict.now,
        verdicts={PLAIN: verdicts},
        told=told,
    )


def _explanation(
    finder: Witnesses,
    story: Story[Improvement],
    concepts: tuple[str, ...],
    witnesses: tuple[Witness, ...],
    dialogue: tuple[Exchange, ...],
) -> Explanation:
    scenario = finder.case.scenario
    turned_on = _assumptions(story.telling.teller, witnesses)
    cited = {key for each in turned_on for key in each.decider.evidence.source}
    return Explanation(
        basis=finder.basis,
        names={actor.id: actor.name for actor in scenario.actors},
        state=story.state,
        concepts=concepts,
        verdicts=story.verdicts[PLAIN],
        witnesses=witnesses,
        dialogue=dialogue,
        assumptions=turned_on,
        sources=tuple(source for key, source in scenario.sources.items() if key in cited),
    )


def _assumptions(teller: Teller, witnesses: Iterable[Witness]) -> tuple[Assumption, ...]:
    """The statements that decide some comparison, by actor and rank."""
    uses: Counter[tuple[str, int]] = Counter()
    deciders: dict[tuple[str, int], Decider] = {}
    for reason in (r for witness in witnesses for each in witness.improvements for r in _reasons(each)):
        for decider in reason.deciders:
            key = decider.actor, decider.rank
            uses[key] += 1
            deciders[key] = replace(decider, holds=True)
    order = [actor.id for actor in teller.scenario.actors]
    keys = sorted(deciders, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(Assumption(deciders[key], teller.evidence(deciders[key]), uses[key]) for key in keys)


def _reasons(each: Improvement) -> Iterable[Reason]:
    """Every comparison made about one improvement."""
    steps = [each.move, *each.answer, *each.reply, *(each.escapes or ())]
    found = [step.reason for step in steps] + ([each.cost] if each.cost else [])
    if each.collision is not None:
        found += [each.collision.other.reason, each.collision.cost]
    if each.short is not None:
        found += [each.short.reason, *(step.reason for step in each.short.steps)]
        found += [each.short.escape.reason] if each.short.escape else []
    return found


def _fate(each: Improvement) -> str:
    """What answers an improvement, in identifiers."""
    if not each.settled:
        return tell("not settled")
    if each.collision is not None:
        other = each.collision.other
        return Phrase.told(
            "{actor}: {changes_text} (at once)", actor=ActorTerm(other.actor), changes_text=changes_text(other)
        )
    return answers_text(each.answer) or "nothing"


# --- where states are compared by relations -----------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, kw_only=True)
class RelationalExplanation(Told):
    """Why `state` holds, or does not: `verdicts[standard][concept][party]`, and witnesses and dialogue for what was asked."""

    family: str
    verdicts: Verdicts
    witnesses: tuple[RelationalWitness, ...]

    def holds(self, concept: str, standard: str) -> bool:
        """Whether the state is stable for all parties asked about."""
        return all(self.verdicts[standard][concept].values())

    def witness(self, party: str, concept: str, standard: str) -> RelationalWitness:
        """The witness behind one verdict."""
        wanted = party, concept, standard
        return next(each for each in self.witnesses if (each.party, each.concept, each.standard) == wanted)

    def sheets(self) -> tuple[Sheet, ...]:
        """Who is stable by what, and every temptation with what answers it."""
        rows = tuple(
            (standard, party_term(party), *(by[concept][party] for concept in strictest_first(by)))
            for standard, by in self.verdicts.items()
            for party in next(iter(by.values()))
        )
        concepts = strictest_first(next(iter(self.verdicts.values())))
        fates = tuple(
            (w.standard, w.concept, party_term(w.party), changes_text(d.move), answers_text(d.answer) or "nothing")
            for w in self.witnesses
            for d in w.temptations
        )
        title = Phrase.told("Stable at {text}", text=StateTerm(self.state.text))
        return (
            Sheet(title, ("standard", "for", *concepts), rows, self.basis.warnings),
            Sheet(
                tell("Improvements and what answers them"),
                ("standard", "concept", "who", tell("tempted by"), tell("answered by")),
                fates,
                () if fates else (tell("nobody is tempted"),),
            ),
        )

    def __str__(self) -> str:
        about = " ".join([tell("State: {text}.", text=self.state.text), *self._readings(), *self._counter_moves()])
        title = f"{self.family}: {self.basis.title}"
        lines = [title, about, self.headline, *(tell("Warning: {text}", text=text) for text in self.basis.warnings)]
        return "\n\n".join(["\n".join(map(wrapped, lines)), *self._exchanges()])


def explain_relations(
    finder: RelationalWitnesses,
    state: int,
    *,
    family: str,
    meanings: Mapping[str, str],
    concepts: Iterable[str],
    standards: Iterable[str] | None = None,
    parties: Iterable[str] | None = None,
    told: int = TOLD,
    judged: str = "single actor",
) -> RelationalExplanation:
    """Why the state (a position) is stable for the parties by each of the concepts and standards, or why not.

    `judged` is the word for one of those parties.
    Raises `UnknownName` for a concept, standard or party there is none of.
    """
    chosen = _chosen("concept", concepts, finder.concepts)
    by = _chosen("standard", finder.standards if standards is None else standards, finder.standards)
    who = _chosen("actor", finder.parties if parties is None else parties, finder.parties)
    every = {
        standard: {
            concept: tuple(finder.find(state, party, concept, standard) for party in who)
            for concept in dict.fromkeys((*finder.concepts, *chosen))
        }
        for standard in by
    }
    verdicts = {s: {c: {w.party: w.stable for w in each} for c, each in row.items()} for s, row in every.items()}
    teller = Teller(finder.case.scenario, finder.case.chosen)
    names = {name: _party_name(teller, finder, party.players) for name, party in finder.parties.items()}
    concerned = frozenset(concept for row in verdicts.values() for concept in row)
    story = Story(
        telling=RelationalTelling(teller, names, concerned),
        state=finder.at(state),
        now=finder.cell(state) == finder.conflict.now,
        verdicts=verdicts,
        told=told,
        meanings=meanings,
        many=MANY,
        parties=judged,
    )
    asked = {(standard, concept): every[standard][concept] for standard in by for concept in chosen}
    return RelationalExplanation(
        basis=finder.basis,
        names=names,
        state=finder.at(state),
        dialogue=tuple(story.dialogue(asked)),
        family=family,
        verdicts=verdicts,
        witnesses=tuple(witness for each in asked.values() for witness in each),
    )


def _chosen(kind: str, asked: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    every = tuple(known)
    wanted = tuple(dict.fromkeys([asked] if isinstance(asked, str) else asked))
    refuse_unknown(kind, every, *wanted)
    if not wanted:
        raise InputError(tell("name at least one {kind}: {every}", kind=word(kind), every=", ".join(every)))
    return wanted


def _party_name(teller: Teller, finder: RelationalWitnesses, players: Sequence[int]) -> str:
    return listed([teller.name(finder.conflict.players[player].id) for player in players])
