"""What a witness is made of: frozen, in names and settings, complete enough to be checked from the model alone.

A `Witness` lists every improvement of one actor from one state. Each `Improvement` carries what answers it (a shortest
sanctioning sequence, step by step), what that costs the actor, and why there is no escape; or how far the worst answer
falls short. Every comparison of two states comes with its `Reason`: the statements that decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from detente.case import Basis, said
from detente.scenario.model import Evidence
from detente.sheet import Sheet, html_of

BETTER, WORSE, EQUAL = "better", "worse", "equal"

Settings = Mapping[str, bool | str]


@dataclass(frozen=True)
class State:
    """A state for programs (`json`, as everywhere) and for people (`text`: its name, or what is on)."""

    json: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class Decider:
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


@dataclass(frozen=True)
class Reason:
    """How one state compares with another for an actor ("better", "worse", "equal"), and why.

    Priorities: `deciders` is the highest-ranked statement whose truth differs. Weights: all statements that differ;
    `scores` are the two sums. Ranking: `places` of the two states, from 1 = best. Earlier state first.
    """

    actor: str
    verdict: str
    kind: str
    deciders: tuple[Decider, ...] = ()
    scores: tuple[Fraction, Fraction] | None = None
    places: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "kind": self.kind,
            "statements": [decider.to_json() for decider in self.deciders],
            "scores": [str(score) for score in self.scores] if self.scores else None,
            "places": list(self.places) if self.places else None,
        }


class Made(Protocol):
    """What a step does: where it leads, the settings of its own it changes, and what follows by the rules."""

    @property
    def state(self) -> State: ...
    @property
    def changes(self) -> Settings: ...
    @property
    def follows(self) -> Settings: ...


@dataclass(frozen=True)
class Move:
    """A step of one actor to `state`: its own options that `changes`, what `follows` by the rules, what it is to the actor.

    `reason` compares the state reached with the one before the step. `response` is False for a step its mover would have
    taken anyway (the same own settings are an improvement for it at the state in question), None where that is not asked.
    """

    actor: str
    state: State
    changes: Settings
    follows: Settings
    reason: Reason
    response: bool | None = None

    @property
    def improvement(self) -> bool:
        return self.reason.verdict == BETTER

    def to_json(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "changes": dict(self.changes),
            "follows": dict(self.follows),
            "state": dict(self.state.json),
            "improvement": self.improvement,
            "reason": self.reason.to_json(),
            "response": self.response,
        }


@dataclass(frozen=True)
class Collision:
    """Another actor's improving change made at the same moment: `other` alone, and the `joint` state, no better."""

    other: Move
    joint: State
    cost: Reason

    def to_json(self) -> dict[str, Any]:
        return {"other": self.other.to_json(), "joint": dict(self.joint.json), "cost": self.cost.to_json()}


@dataclass(frozen=True)
class Shortfall:
    """The worst the others' answers can do, which is not bad enough: still better, or the actor escapes by `escape`.

    `steps` is empty if no answer leaves the actor worse off than the improvement itself.
    """

    steps: tuple[Move, ...]
    reason: Reason
    escape: Move | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "steps": [step.to_json() for step in self.steps],
            "reason": self.reason.to_json(),
            "escape": self.escape.to_json() if self.escape else None,
        }


@dataclass(frozen=True)
class Improvement:
    """An improvement of the judged actor (`move`) and its fate.

    - `answer`: a shortest sanction, or none; `cost` compares its last state with the state in question
    - `escapes`: under SMR and SSEQ all the actor's own moves from there, each compared with the state in question
    - `responses`: "only" if some sanction consists of responses alone, "some" if one contains a response, "none" if every
      sanction consists of moves that would have come anyway; `reply` is a longer sanction with more of a response
    - `collision` and `member`: under SIM what collides, and the member of a merged state the change starts from
    - `short`: where nothing sanctions it, the worst that can happen
    - `settled` is False if the search gave up
    """

    move: Move
    answer: tuple[Move, ...] = ()
    cost: Reason | None = None
    escapes: tuple[Move, ...] | None = None
    responses: str | None = None
    reply: tuple[Move, ...] = ()
    collision: Collision | None = None
    member: Settings | None = None
    short: Shortfall | None = None
    settled: bool = True

    @property
    def deterred(self) -> bool:
        return bool(self.answer) or self.collision is not None

    @property
    def stands(self) -> bool:
        """Whether it is known that nothing deters it."""
        return self.settled and not self.deterred

    def to_json(self) -> dict[str, Any]:
        return {
            "move": self.move.to_json(),
            "deterred": self.deterred if self.settled else None,
            "answer": [step.to_json() for step in self.answer],
            "cost": self.cost.to_json() if self.cost else None,
            "escapes": None if self.escapes is None else [escape.to_json() for escape in self.escapes],
            "responses": self.responses,
            "reply": [step.to_json() for step in self.reply],
            "collision": self.collision.to_json() if self.collision else None,
            "member": None if self.member is None else dict(self.member),
            "short": self.short.to_json() if self.short else None,
        }


@dataclass(frozen=True)
class Witness:
    """Why one state is stable for one actor under one concept, or why not; None: not settled.

    `options` names the options the verdict depends on where the search was confined to them (large models); the
    improvements are then listed up to changes of the other options.
    """

    basis: Basis
    actor: str
    concept: str
    sanctions: str
    state: State
    improvements: tuple[Improvement, ...]
    options: tuple[str, ...] | None = None

    @property
    def stable(self) -> bool | None:
        if any(each.stands for each in self.improvements):
            return False
        return None if any(not each.settled for each in self.improvements) else True

    @property
    def standing(self) -> tuple[Improvement, ...]:
        """The improvements nothing deters."""
        return tuple(each for each in self.improvements if each.stands)

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "state": dict(self.state.json),
            "actor": self.actor,
            "concept": self.concept,
            "sanctions": self.sanctions,
            "stable": self.stable,
            "options": None if self.options is None else list(self.options),
            "improvements": [each.to_json() for each in self.improvements],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        verdict = {True: "stable", False: "not stable", None: "not settled"}[self.stable]
        rows = tuple(
            (place, step.actor, changes_text(step), step.state.text, step.reason.verdict, step.response)
            for place, each in enumerate(self.improvements, start=1)
            for step in (each.move, *each.answer, *([each.collision.other] if each.collision else []))
        )
        columns = ("improvement", "who", "changes", "reaches", "for the mover", "response")
        title = f"{self.actor}, {self.concept}: {verdict} at {self.state.text}"
        return (Sheet(title, columns, rows, self.basis.warnings),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def changes_text(move: Made) -> str:
    """What a step changes, in identifiers; in graph form where it leads."""
    return said({**move.changes, **move.follows}) or f"to {move.state.text}"
