"""Mixed behaviour: every actor is judged by the concept that fits its foresight.

The mathematics. Given a concept for each actor, a state is an *equilibrium of mixed behaviour* (no mixed strategy is
meant) if it is stable for each actor under that actor's own concept. A short-sighted actor is judged by Nash, a cautious
one by GMR or SMR, one that credits others only with moves they like by SEQ. If all concepts are the same this is the
ordinary equilibrium; making one actor's concept more demanding (Nash rather than SEQ, say) can only remove equilibria.

Cost: one analysis with all the concepts named. Source: Fang, Hipel & Kilgour 1993 (concepts describe behaviour, so
they may differ); for general preferences see `preference_structures.verdicts.Family.mixed`.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> answer = behaviours(case, {"us": "nash"})
>>> answer.count <= case.analyse().count("seq")
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from detente.case import Basis, Case, state_words
from detente.engine.concepts import concepts
from detente.errors import refuse_unknown
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.result import Answer, Record
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, VerdictTerm, many, names_of

KEPT = 4096
"""Equilibria an answer keeps; the rest is counted."""

SHOWN = 40
"""Equilibria listed at most where people read."""


@dataclass(frozen=True)
class StatusQuo(Record):
    """Whether the status quo is stable for each actor under its own concept."""

    DERIVED: ClassVar[tuple[str, ...]] = ("equilibrium",)

    stable: Mapping[str, bool]

    @property
    def equilibrium(self) -> bool:
        """Whether it is stable for everybody."""
        return all(self.stable.values())


@dataclass(frozen=True, repr=False, kw_only=True)
class Behaviours(Answer):
    """The equilibria: `count` of them, the first in `equilibria` with their `numbers`, and what holds now.

    `status_quo` is None in a model without one.
    """

    basis: Basis
    concepts: Mapping[str, str]
    where: str | None
    count: int
    equilibria: tuple[Mapping[str, Any], ...]
    numbers: tuple[int | str, ...]
    status_quo: StatusQuo | None

    @property
    def headline(self) -> Phrase:
        """Whether today holds where every actor acts on its own concept, and how many states do."""
        count = tell(
            "{number} {word} so.",
            number=many(self.count, "state"),
            word=tell("is an equilibrium") if self.count == 1 else tell("are equilibria"),
        )
        if self.status_quo is None:
            return Phrase.told("With each actor judged by its own concept {count}", count=count)
        leaving = [actor for actor, stays in self.status_quo.stable.items() if not stays]
        if not leaving:
            return Phrase.told(
                "Today is {verdictterm} for every actor by its own concept; {count}",
                verdictterm=VerdictTerm("stable"),
                count=count,
            )
        who = names_of(map(ActorTerm, leaving))
        return Phrase.told(
            "Today is {verdictterm} for {who} by its own concept; {count}",
            verdictterm=VerdictTerm("unstable"),
            who=who,
            count=count,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        now = {} if self.status_quo is None else self.status_quo.stable
        rows = tuple((ActorTerm(actor), concept, now.get(actor)) for actor, concept in self.concepts.items())
        first = Sheet(
            tell("Each by its own concept"), ("actor", "concept", tell("today stable")), rows, self.basis.warnings
        )
        shown = zip(self.numbers[:SHOWN], self.equilibria, strict=False)
        listed = tuple((number, StateTerm(state_words(state))) for number, state in shown)
        left = self.count - len(listed)
        notes = (tell("{left} more are not listed", left=numeral(left)),) if left else ()
        return first, Sheet(
            tell("Equilibria, each actor by its own concept: {count}", count=numeral(self.count)),
            ("state", tell("what is on")),
            listed,
            notes,
        )


def behaviours(
    case: Case, own: Mapping[str, str], *, default: str = "seq", where: str | Formula | None = None
) -> Behaviours:
    """The states stable for every actor under its own concept (`own[actor]`, else `default`), where `where` holds."""
    refuse_unknown("actor", case.actors, *own)
    chosen = {actor: concepts([own.get(actor, default)])[0].id for actor in case.actors}
    analysis = case.analyse(tuple(dict.fromkeys(chosen.values())))
    conflict = analysis.conflict
    conflict.require(2, tell("listing equilibria by a concept per actor"))
    # Grids of different concepts need not have the same axes: an axis nothing depends on has length 1, and they broadcast.
    grid = np.zeros((1,) * len(conflict.shape), np.bool_) | (conflict.feasible if conflict.simple else np.bool_(True))
    for actor, concept in chosen.items():
        grid = grid & analysis.stable_grid(concept, actor)
    if where is not None:
        grid = grid & conflict.holds(analysis.formula(where))
    cells = np.flatnonzero(np.broadcast_to(grid, conflict.shape))
    kept, now = cells[:KEPT], conflict.now
    return Behaviours(
        basis=case.basis,
        concepts=chosen,
        where=None if where is None else str(where),
        count=len(cells),
        equilibria=tuple(map(analysis.state, kept.tolist())),
        numbers=tuple(analysis.numbers(kept)),
        status_quo=None if now is None else StatusQuo({a: analysis.is_stable(c, a, now) for a, c in chosen.items()}),
    )
