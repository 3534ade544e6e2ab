"""What a witness is made of: frozen, in names and settings, complete enough to be checked from the model alone.

A witness lists every *departure*: a move by which the one who is judged would leave the state, and its fate. There are two
kinds, of one form. Where everybody has a list, weights or a ranking, a `Witness` lists the improvements of an actor; every
comparison of two states comes with its `Reason`, the statements that decide. Where states are compared by relations
(strength, the unknown, attitudes, chances, degrees, coalitions), a `RelationalWitness` lists the temptations of a party; every
comparison is `Weighed`, in the terms of the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar

from detente.case import Basis, said
from detente.messages import tell
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Evidence
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, StateTerm, VerdictTerm, listing

BETTER, WORSE, EQUAL = "better", "worse", "equal"

Settings = Mapping[str, bool | str]


# --- states and how they compare --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State(Record):
    """A state for programs (`json`, as everywhere) and for people (`text`: its name, or what is on)."""

    json: Mapping[str, Any]
    text: str

    def to_json(self) -> dict[str, Any]:
        return dict(self.json)


@dataclass(frozen=True, kw_only=True)
class Decider(Record):
    """A statement whose truth differs between the two states; `holds` is its truth in the later one.

    `rank` counts from 1. `by_assumption`: a reaction rule, which fixes an own option as a function of the others'.
    """

    actor: str
    rank: int
    says: str
    holds: bool
    weight: Fraction | None = None
    evidence: Evidence = field(default_factory=Evidence)
    by_assumption: bool = False

    def to_json(self) -> dict[str, Any]:
        """Weights as texts, so that they stay exact."""
        evidence = self.evidence
        return {
            "rank": self.rank,
            "says": self.says,
            "holds": self.holds,
            "weight": None if self.weight is None else str(self.weight),
            "source": list(evidence.source),
            "where": evidence.where,
            "claims": list(evidence.claims),
            "by_assumption": self.by_assumption,
        }


@dataclass(frozen=True, kw_only=True)
class Adjusted(Record):
    """The fine-tuning of a ranking that decides between two states: what it says, why, and what it rests on."""

    above: str
    below: str
    because: str = ""
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def says(self) -> str:
        return tell("{above} above {below}", above=self.above, below=self.below)

    def to_json(self) -> dict[str, Any]:
        evidence = self.evidence
        grounds = {"source": list(evidence.source), "where": evidence.where, "claims": list(evidence.claims)}
        return {"says": self.says, "because": self.because, **grounds}


@dataclass(frozen=True, kw_only=True)
class Reason(Record):
    """How one state compares with another for an actor ("better", "worse", "equal"), and why.

    Priorities: `deciders` is the highest-ranked statement whose truth differs. Weights: all statements that differ;
    `scores` are the two sums. Ranking: `places` of the two states, from 1 = best. Earlier state first. `adjusted` is the
    adjustment of the ranking that decides, where the list alone would say otherwise; then there is nothing else.
    """

    actor: str
    verdict: str
    kind: str
    deciders: tuple[Decider, ...] = ()
    scores: tuple[Fraction, Fraction] | None = None
    places: tuple[int, int] | None = None
    adjusted: Adjusted | None = None

    def to_json(self) -> dict[str, Any]:
        """Scores as texts, so that they stay exact."""
        return {
            "verdict": self.verdict,
            "kind": self.kind,
            "statements": [decider.to_json() for decider in self.deciders],
            "scores": [str(score) for score in self.scores] if self.scores else None,
            "places": list(self.places) if self.places else None,
            **({"adjusted": self.adjusted.to_json()} if self.adjusted else {}),
        }


@dataclass(frozen=True)
class Weighed(Record):
    """How a party weighs one state against another: `facts` for programs, `parts` for people.

    A part is a clause ("greatly better", "worse for the firm") with the reason behind it, where statements decide; `open` names
    the statements that leave it unknown.
    """

    facts: Mapping[str, Any]
    parts: tuple[tuple[str, Reason | None], ...]
    open: tuple[Decider, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The facts as the question has them, and the reasons behind the parts."""
        reasons = [reason for _, reason in self.parts if reason is not None]
        found = {**self.facts, "reasons": [{"actor": each.actor, **each.to_json()} for each in reasons]}
        return found | ({"open": [each.to_json() for each in self.open]} if self.open else {})


# --- steps ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Act(Record):
    """A step of an actor or a coalition to `state`: the own settings that it `changes`, and what `follows` by the rules.

    `kind` says what sort of step of an answer it is: "response", "released", "doubtful" or "anyway" (see
    `detente.questions.explanation.search`); None where that is not asked.
    """

    actor: str
    state: State
    changes: Settings
    follows: Settings
    kind: str | None = None


@dataclass(frozen=True, kw_only=True)
class Move(Act):
    """A step of an actor; `reason` compares the state reached with the one before the step."""

    reason: Reason

    DERIVED = ("improvement",)

    @property
    def improvement(self) -> bool:
        return self.reason.verdict == BETTER


@dataclass(frozen=True, kw_only=True)
class WeighedMove(Act):
    """A step of a party, and how it weighs the two ends."""

    weighed: Weighed


A = TypeVar("A", bound=Act)


@dataclass(frozen=True, kw_only=True)
class Departure(Record, Generic[A]):
    """A `move` by which somebody would leave the state in question, and its fate.

    - `answer`: a shortest one that deters it, or none
    - `escapes`: where escape counts, all own moves from the end of the answer, each compared with the state in question
    """

    move: A
    answer: tuple[A, ...] = ()
    escapes: tuple[A, ...] | None = None

    DERIVED: ClassVar[tuple[str, ...]] = ("deterred",)

    @property
    def deterred(self) -> bool | None:
        """Whether something deters it; None: not settled."""
        return bool(self.answer)

    @property
    def stands(self) -> bool:
        """Whether it is known that nothing deters it."""
        return self.deterred is False


@dataclass(frozen=True)
class Collision(Record):
    """Another actor's improving change made at the same moment: `other` alone, and the `joint` state, no better."""

    other: Move
    joint: State
    cost: Reason


@dataclass(frozen=True)
class Shortfall(Record):
    """The worst the others' answers can do, which is not bad enough: still better, or the actor escapes by `escape`.

    `steps` is empty if no answer leaves the actor worse off than the improvement itself.
    """

    steps: tuple[Move, ...]
    reason: Reason
    escape: Move | None = None


@dataclass(frozen=True, kw_only=True)
class Mutual(Record):
    """Mutual deterrence: the improvement would release `actor` to make these `changes`, which it would answer in turn.

    `joint` is the state that both together bring about (None: infeasible), `pleases` those of the two who prefer it.
    """

    actor: str
    changes: Settings
    joint: State | None
    pleases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Improvement(Departure[Move]):
    """An improvement of the judged actor and its fate.

    - `cost` compares the last state of the answer with the state in question
    - `kind` of the best answer: "real", "doubtful" or "empty"; None where there is none, or the search gave up; `reply` is a
      longer answer of a better kind than the one told
    - `still`: where every answer is empty, whether the improvement still pays once its steps have come
    - `mutual`: those with whom there is mutual deterrence
    - `collision` and `member`: under SIM what collides, and the member of a merged state the change starts from
    - `short`: where nothing sanctions it, the worst that can happen
    - `settled` is False if the search gave up
    """

    cost: Reason | None = None
    kind: str | None = None
    reply: tuple[Move, ...] = ()
    still: bool | None = None
    mutual: tuple[Mutual, ...] = ()
    collision: Collision | None = None
    member: Settings | None = None
    short: Shortfall | None = None
    settled: bool = field(default=True, metadata=INSIDE)

    @property
    def deterred(self) -> bool | None:
        return bool(self.answer) or self.collision is not None if self.settled else None


@dataclass(frozen=True)
class Otherwise(Record):
    """A weaker concept, or another standard, `by` which there is an answer."""

    by: str
    answer: tuple[WeighedMove, ...]


@dataclass(frozen=True, kw_only=True)
class Temptation(Departure[WeighedMove]):
    """A tempting move of a party and its fate.

    - `cost` weighs the last state of the answer against the state in question
    - `near`, `way_out`: an answer that would deter, but for the escape
    - `reached`: where nothing deters, how many states the answers can lead to
    - `otherwise`: where nothing deters, a weaker concept or standard by which something does
    """

    cost: Weighed | None = None
    near: tuple[WeighedMove, ...] = ()
    way_out: WeighedMove | None = None
    reached: int | None = None
    otherwise: Otherwise | None = None


# --- witnesses --------------------------------------------------------------------------------------------------------

D = TypeVar("D", Improvement, Temptation)


@dataclass(frozen=True, repr=False, kw_only=True)
class AnyWitness(Answer, Generic[D]):
    """Why one `state` is stable for one party by one concept, or why not: all its departures, and their fates.

    `able`: whether it has a move there at all. Without one it is stable by the structure of the game, whatever it wants.
    """

    basis: Basis
    party: str
    concept: str
    sanctions: str
    state: State
    departures: tuple[D, ...] = field(metadata=INSIDE)
    able: bool = field(default=True, metadata=INSIDE)

    DERIVED: ClassVar[tuple[str, ...]] = ("stable",)

    @property
    def stable(self) -> bool | None:
        """None: not settled."""
        fates = [each.deterred for each in self.departures]
        return False if False in fates else None if None in fates else True

    @property
    def standing(self) -> tuple[D, ...]:
        """The departures nothing deters."""
        return tuple(each for each in self.departures if each.stands)

    def _title(self) -> Phrase:
        verdict = VerdictTerm({True: "stable", False: tell("not stable"), None: tell("not settled")}[self.stable])
        return Phrase.told(
            "{party_term}, {concept}: {verdict} at {text}",
            party_term=party_term(self.party),
            concept=self.concept,
            verdict=verdict,
            text=StateTerm(self.state.text),
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class Witness(AnyWitness[Improvement]):
    """Why one state is stable for one actor under one concept, or why not.

    `options` names the options the verdict depends on where the search was confined to them (large models); the
    improvements are then listed up to changes of the other options.
    """

    party: str = field(metadata=INSIDE)
    options: tuple[str, ...] | None = None

    DERIVED = ("actor", "stable", "improvements")

    @property
    def actor(self) -> str:
        return self.party

    @property
    def improvements(self) -> tuple[Improvement, ...]:
        return self.departures

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                place,
                ActorTerm(step.actor),
                changes_text(step),
                StateTerm(step.state.text),
                step.reason.verdict,
                step.kind,
            )
            for place, each in enumerate(self.departures, start=1)
            for step in (each.move, *each.answer, *([each.collision.other] if each.collision else []))
        )
        columns = ("improvement", "who", "changes", "reaches", tell("for the mover"), "kind")
        return (Sheet(self._title(), columns, rows, self.basis.warnings),)


@dataclass(frozen=True, repr=False, kw_only=True)
class RelationalWitness(AnyWitness[Temptation]):
    """Why one state is stable for one party by one concept and standard, or why not."""

    basis: Basis = field(metadata=INSIDE)
    standard: str

    DERIVED = ("stable", "temptations")

    @property
    def temptations(self) -> tuple[Temptation, ...]:
        return self.departures

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (place, party_term(step.actor), changes_text(step), StateTerm(step.state.text), step.kind)
            for place, each in enumerate(self.departures, start=1)
            for step in (each.move, *each.answer)
        )
        columns = ("improvement", "who", "changes", "reaches", "kind")
        return (Sheet(self._title(), columns, rows, self.basis.warnings),)


def changes_text(act: Act) -> str:
    """What a step changes, in identifiers; in graph form where it leads."""
    changes = said({**act.changes, **act.follows})
    return FormulaTerm(changes) if changes else Phrase.told("to {text}", text=StateTerm(act.state.text))


def answers_text(steps: tuple[Act, ...]) -> str:
    """Who answers by what, in identifiers; their kinds are said, but of responses."""
    return listing(
        (
            Phrase.of(
                party_term(step.actor),
                ": ",
                changes_text(step),
                f" ({step.kind})" if step.kind not in (None, "response") else "",
            )
            for step in steps
        ),
        "; ",
    )


def party_term(party: str) -> str:
    """An actor, or a coalition by its members."""
    return listing(map(ActorTerm, party.split(" + ")), " + ")
