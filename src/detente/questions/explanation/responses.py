"""How often stability rests on moves that would have come anyway.

The definition. Take a state that is sequentially stable for an actor although it has improvements there: a *sanctioned*
pair. A step of a sanction is *anyway* if choosing the same own settings is already an improvement for its mover at that
state, before anybody has moved; else it is a *response*. A pair rests `only_on_responses` if every improvement has a
sanction made of responses alone, `only_on_anyway` if no sanction of any improvement contains a response, `partly_on_anyway`
if that is so for some improvements but not for all, and is `mixed` otherwise. The four add up.

Sequential stability looks at improvements only and does not ask whether a punishment is one: where it rests on moves that
would have come anyway, the threat adds nothing to what the actor faces by staying.

Cost: up to four searches per improvement of every state; the states are listed. Source: this project.

>>> from detente.scenario import load
>>> counts = response_counts(Case(load("two_proxies")))
>>> counts.sanctioned, counts.only_on_anyway
(58, 50)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from detente.case import Basis, Case
from detente.errors import TooLarge, Unanswerable
from detente.questions.explanation import Court, Witness
from detente.sheet import Sheet, html_of

MOST = 1 << 14
"""States looked at, at most."""

LEVELS = ("only_on_responses", "mixed", "partly_on_anyway", "only_on_anyway")


@dataclass(frozen=True)
class Tally:
    """The sanctioned states of one actor by what their stability rests on."""

    actor: str
    only_on_responses: int
    mixed: int
    partly_on_anyway: int
    only_on_anyway: int

    @property
    def sanctioned(self) -> int:
        return self.only_on_responses + self.mixed + self.partly_on_anyway + self.only_on_anyway


@dataclass(frozen=True)
class ResponseCounts:
    """The sanctioned (actor, state) pairs of a case, per actor and in all."""

    basis: Basis
    tallies: tuple[Tally, ...]

    def _sum(self, level: str) -> int:
        return sum(getattr(tally, level) for tally in self.tallies)

    @property
    def sanctioned(self) -> int:
        return sum(tally.sanctioned for tally in self.tallies)

    @property
    def only_on_responses(self) -> int:
        return self._sum("only_on_responses")

    @property
    def mixed(self) -> int:
        return self._sum("mixed")

    @property
    def partly_on_anyway(self) -> int:
        return self._sum("partly_on_anyway")

    @property
    def only_on_anyway(self) -> int:
        return self._sum("only_on_anyway")

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "responses",
            "basis": self.basis.to_json(),
            "sanctioned": self.sanctioned,
            **{level: self._sum(level) for level in LEVELS},
            "actors": {tally.actor: {level: getattr(tally, level) for level in LEVELS} for tally in self.tallies},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        rows = [(t.actor, t.sanctioned, *(getattr(t, level) for level in LEVELS)) for t in self.tallies]
        rows.append(("all", self.sanctioned, *map(self._sum, LEVELS)))
        columns = ("actor", "sanctioned", "responses", "mixed", "partly anyway", "only anyway")
        note = "anyway: moves that are improvements for their mover before anybody has moved"
        return (Sheet("What sequential stability rests on", columns, tuple(rows), (note, *self.basis.warnings)),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def response_counts(case: Case) -> ResponseCounts:
    """What the sequential stability of each actor rests on, over all states. Raises `TooLarge` beyond `MOST` states."""
    court = Court(case)
    if court.conflict.graph:
        raise Unanswerable("whether a move would have come anyway is a question about options; a graph has none")
    if court.conflict.count > MOST:
        raise TooLarge(
            f"{court.conflict.count:,} states; responses are counted up to {MOST:,}. `explain` tells about one state"
        )
    cells = court.conflict.states.tolist()
    return ResponseCounts(
        court.basis,
        tuple(_tally(actor, (court.witness(cell, actor, "seq") for cell in cells)) for actor in case.actors),
    )


def _tally(actor: str, witnesses: Iterable[Witness]) -> Tally:
    found = Counter(_level(witness) for witness in witnesses if witness.stable and witness.improvements)
    return Tally(actor, *(found[level] for level in LEVELS))


def _level(witness: Witness) -> str:
    levels = {each.responses for each in witness.improvements}
    if levels == {"only"}:
        return "only_on_responses"
    if "none" not in levels:
        return "mixed"
    return "only_on_anyway" if levels == {"none"} else "partly_on_anyway"
