"""What an answer rests on: the model and the readings it was asked of, and every wish in them with its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.engine.concepts import COUNTER_MOVES
from detente.messages import plural, tell
from detente.sheet import ActorTerm, Judged, Phrase, ReadingTerm, listing
from detente.version import __version__


@dataclass(frozen=True)
class Wish:
    """A statement a result rests on: whose, at which rank of its list, on which sources and claims.

    `reaction` marks a wish that fixes an option of its owner as a function of other options: it settles by assumption
    what the model might have derived.
    """

    actor: str
    rank: int
    want: str
    sources: tuple[str, ...]
    claims: tuple[str, ...]
    reaction: bool


@dataclass(frozen=True)
class Basis:
    """What a result rests on; every result carries it."""

    model: str
    title: str
    hash: str
    readings: Mapping[str, str]
    world: str | None
    sanctions: str
    held: Mapping[str, int]
    warnings: tuple[str, ...]
    wishes: tuple[Wish, ...] = ()
    left_out: tuple[str, ...] = ()
    version: str = __version__

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The note of an answer that goes through rival readings: which it leaves out; nothing if none."""
        told = (each.partition("=") for each in self.left_out)
        named = listing(Phrase.of(ActorTerm(actor), "=", ReadingTerm(name, actor)) for actor, _, name in told)
        return (
            (Phrase.told("Not counted, because it only shows what a rule does: {named}.", named=named),)
            if self.left_out
            else ()
        )

    def to_json(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "left_out": list(self.left_out),
            "readings": dict(self.readings),
            "held": dict(self.held),
            "warnings": list(self.warnings),
            "wishes": [
                {**wish.__dict__, "sources": list(wish.sources), "claims": list(wish.claims)} for wish in self.wishes
            ],
        }

    def judged(
        self,
        subject: str,
        question: str,
        by: str,
        *,
        scope: str = "",
        readings: Mapping[str, str] | None = None,
        held: Mapping[str, Any] | None = None,
    ) -> Judged:
        """What a verdict of this result is about; `readings` and `held` are those of the verdict where they are others."""
        return Judged(
            subject=subject,
            question=question,
            by=by,
            counter_moves=COUNTER_MOVES[self.sanctions],
            readings=tuple(sorted({**self.readings, **(readings or {})}.items())),
            held=tuple(sorted((key, str(value)) for key, value in {**self.held, **(held or {})}.items())),
            scope=scope,
        )

    @property
    def summary(self) -> str:
        """The assumptions counted by source, for the last line of a result."""
        if not self.wishes:
            return tell("Rests on no listed aims.")
        # By all the sources of a wish together, so that the numbers add up to the number of wishes.
        counts = Counter(" with ".join(wish.sources) or tell("without a source") for wish in self.wishes)
        sources = ", ".join(f"{number} {source}" for source, number in counts.most_common())
        fixed = sum(wish.reaction for wish in self.wishes)
        tail = (
            plural(
                fixed,
                "; {number} of them is a reaction rule, which holds by assumption",
                "; {number} of them are reaction rules, which hold by assumption",
            )
            if fixed
            else ""
        )
        return tell(
            "Rests on {number} aims of the readings ({sources}){tail}.",
            number=len(self.wishes),
            sources=sources,
            tail=tail,
        )
