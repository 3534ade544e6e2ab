"""Why does a state hold, or why not? Told as a dialogue, and backed by witnesses that can be checked.

The definitions are those of `detente.engine.concepts`; the evidence is a `Witness` per actor and concept (see
`detente.questions.explanation`): for every improvement a shortest sanction, or the fact that there is none. `explain`
puts it into sentences with the names of actors and options, the statements that decide, and their sources; adds the
strongest case against the verdict; and lists every statement the answer turns on.

A sanction made only of moves that their movers would have made anyway deters on paper, but is no response; such steps
are marked (see `detente.questions.explanation.responses` for how often stability rests on them alone).

>>> from detente.scenario import load
>>> found = explain(Case(load("two_proxies")))
>>> found.holds("seq"), found.holds("nash")
(True, False)
>>> print(found.dialogue[2].question)
What keeps Russia from switching off ru_link (“Active military partnership with Pyongyang”)?
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from detente.case import CONCEPTS, Basis, Case
from detente.conflict.states import find_state
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import label
from detente.questions.explanation import BUDGET, Court, Decider, Improvement, Reason, State, Witness, changes_text
from detente.questions.explanation.dialogue import Exchange, Story
from detente.questions.explanation.wording import KINDS, Teller, count, wrapped
from detente.scenario.model import Source
from detente.sheet import Sheet, html_of

TOLD = 3
"""Improvements told per actor; all of them are in the tables and the JSON."""

LEGEND = "C1, C2, ...: claims of the sources. S: supposition, P: public record, L: logic."


@dataclass(frozen=True)
class Assumption:
    """A statement that some comparison in the witnesses turned on, its `tags`, and how many comparisons did."""

    decider: Decider
    tags: str
    uses: int

    def to_json(self) -> dict[str, Any]:
        plain = self.decider.to_json()
        del plain["holds"]
        return {"actor": self.decider.actor, **plain, "tags": self.tags, "uses": self.uses}


@dataclass(frozen=True)
class Explanation:
    """Why `state` is an equilibrium, or not. `verdicts[concept][actor]` is None where a search gave up.

    `witnesses` and `dialogue` are about the `concepts` told; `assumptions` are the statements they turn on.
    """

    basis: Basis
    names: Mapping[str, str]
    state: State
    concepts: tuple[str, ...]
    verdicts: Mapping[str, Mapping[str, bool | None]]
    witnesses: tuple[Witness, ...]
    dialogue: tuple[Exchange, ...]
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
        verdicts = {c: {"equilibrium": self.holds(c), "stable": dict(stable)} for c, stable in self.verdicts.items()}
        return {
            "question": "explain",
            "basis": self.basis.to_json(),
            "state": dict(self.state.json),
            "concepts": list(self.concepts),
            "verdicts": verdicts,
            "dialogue": [each.to_json() for each in self.dialogue],
            "witnesses": [each.to_json() for each in self.witnesses],
            "assumptions": [each.to_json() for each in self.assumptions],
            "sources": {source.id: source.text for source in self.sources},
        }

    # --- tables ---

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._verdict_sheet(), *map(self._witness_sheet, self.concepts), self._statement_sheet())

    def _verdict_sheet(self) -> Sheet:
        shown, words = list(self.verdicts), {True: "yes", False: "no", None: "not settled"}
        actors = list(self.verdicts[shown[0]])
        rows = [(actor, *(words[self.verdicts[concept][actor]] for concept in shown)) for actor in actors]
        rows.append(("equilibrium", *(words[self.holds(concept)] for concept in shown)))
        return Sheet(f"Stable at {self.state.text}", ("actor", *shown), tuple(rows), self.basis.warnings)

    def _witness_sheet(self, concept: str) -> Sheet:
        rows = tuple(
            (witness.actor, changes_text(each.move), _fate(each), each.responses)
            for witness in self.witnesses
            if witness.concept == concept
            for each in witness.improvements
        )
        columns = ("actor", "improvement", "answered by", "responses")
        notes = () if rows else ("nobody has an improvement",)
        return Sheet(f"Improvements and what answers them ({label(concept)})", columns, rows, notes)

    def _statement_sheet(self) -> Sheet:
        rows = tuple(
            (a.decider.actor, a.decider.rank, a.decider.says, a.tags, a.decider.by_assumption, a.uses)
            for a in self.assumptions
        )
        columns = ("actor", "rank", "statement", "rests on", "by assumption", "uses")
        return Sheet("Statements this turns on", columns, rows, (LEGEND,))

    # --- text ---

    def __str__(self) -> str:
        return "\n\n".join([self._heading(), *self._told(), *([self._register()] if self.assumptions else [])])

    def _heading(self) -> str:
        basis = self.basis
        rival = {actor: reading for actor, reading in basis.readings.items() if reading != "only"}
        chosen = [f"Readings: {', '.join(f'{actor} {reading}' for actor, reading in rival.items())}."] * bool(rival)
        world = [f"World: {basis.world}."] * bool(basis.world)
        held = [f"Held as in this state: {', '.join(basis.held)}."] * bool(basis.held)
        rule = "legal sequences" if basis.sanctions == "legal" else "one step of one opponent"
        about = " ".join([*world, *chosen, *held, f"Sanctions: {rule}."])
        lines = [basis.title, f"State: {self.state.text}", about, *(f"Warning: {text}" for text in basis.warnings)]
        return "\n".join(map(wrapped, lines))

    def _told(self) -> list[str]:
        parts, before = [], ""
        for each in self.dialogue:
            heading = [self.names[each.actor].upper()] if each.actor not in ("", before) else []
            parts.append("\n".join([*heading, wrapped(each.question), wrapped(each.answer, "  ")]))
            before = each.actor
        return parts

    def _register(self) -> str:
        lines = [f"{a.decider.actor} {a.decider.rank}: {a.decider.says} {a.tags}" for a in self.assumptions]
        assumed = sum(a.decider.by_assumption for a in self.assumptions)
        notes = [LEGEND, *([f"{count(assumed, 'reaction rule')}: there the answer is assumed."] if assumed else [])]
        cited = [f"{source.id}: {source.text}" for source in self.sources if source.kind not in KINDS]
        told = [wrapped(line, "  ", "      ") for line in lines]
        return "\n".join(
            ["STATEMENTS THIS TURNS ON", *told, *map(wrapped, notes), *(wrapped(c, "", "  ") for c in cited)]
        )

    def _repr_html_(self) -> str:
        told = "".join(f"<dt>{html.escape(e.question)}</dt><dd>{html.escape(e.answer)}</dd>" for e in self.dialogue)
        return f"<dl>{told}</dl>{html_of(self.sheets())}"


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

    Cost: one search per improvement, actor and concept (up to three more to tell responses from other moves), each over at
    most `budget` (state, last mover) pairs; the state space is never listed.

    Source: Fang, Hipel & Kilgour 1993 (the concepts); Rego & Vieira 2017 (symmetric sequential stability).
    """
    chosen = tuple(concept.id for concept in choose_concepts(concepts))
    court = Court(case, budget)
    names = {actor.id: actor.name for actor in case.scenario.actors}
    asked = [case.scenario.actor(actor).id for actor in dict.fromkeys(names if actors is None else actors)]
    cell = find_state(case.scenario, court.conflict, state)
    found = {c: {a: court.witness(cell, a, c) for a in asked} for c in dict.fromkeys((*CONCEPTS, *chosen))}
    verdicts = {concept: {actor: w.stable for actor, w in row.items()} for concept, row in found.items()}
    story = Story(Teller(case.scenario, case.chosen), court.state(cell), cell == court.conflict.now, verdicts, told)
    dialogue = tuple(line for concept in chosen for line in story.about(concept, list(found[concept].values())))
    witnesses = tuple(w for concept in chosen for w in found[concept].values())
    return _explanation(case, court, story, chosen, witnesses, dialogue)


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
    court = Court(case, budget)
    cell = find_state(case.scenario, court.conflict, state)
    witnesses = tuple(court.witness(cell, actor, concept) for actor, concept in chosen.items())
    verdicts = {"own": {w.actor: w.stable for w in witnesses}}
    story = Story(Teller(case.scenario, case.chosen), court.state(cell), cell == court.conflict.now, verdicts, told)
    dialogue, concepts = tuple(story.each(witnesses)), tuple(dict.fromkeys(chosen.values()))
    return _explanation(case, court, story, concepts, witnesses, dialogue)


def _explanation(
    case: Case,
    court: Court,
    story: Story,
    concepts: tuple[str, ...],
    witnesses: tuple[Witness, ...],
    dialogue: tuple[Exchange, ...],
) -> Explanation:
    names = {actor.id: actor.name for actor in case.scenario.actors}
    listed = _assumptions(story.teller, witnesses)
    cited = {key for each in listed for key in each.decider.evidence.source}
    sources = tuple(source for key, source in case.scenario.sources.items() if key in cited)
    return Explanation(court.basis, names, story.state, concepts, story.verdicts, witnesses, dialogue, listed, sources)


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
        return "not settled"
    if each.collision is not None:
        return f"{each.collision.other.actor}: {changes_text(each.collision.other)} (at once)"
    marks = {False: " (anyway)", True: "", None: ""}
    steps = [f"{step.actor}: {changes_text(step)}{marks[step.response]}" for step in each.answer]
    return "; ".join(steps) or "nothing"
