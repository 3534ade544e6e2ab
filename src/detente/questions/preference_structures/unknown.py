"""Unknown preferences: four ways to reckon with comparisons nobody knows, and what no completion can change.

The mathematics. Of two states an actor may prefer one, be indifferent, or nobody knows
(`preference_structures.comparison`). Four readings of what it then does:

| reading | moves to states that are | is deterred by states that are |
|---|---|---|
| a | better or unknown | known to be no better |
| b | better | known to be no better |
| c | better or unknown | known to be no better, or unknown |
| d | better | known to be no better, or unknown |

In all four the others' credible answers are moves to what is better or unknown for whoever moves. Laws: a implies b
implies d, and a implies c implies d, for every concept. With degrees of preference there are hybrids, `strong a` to
`strong d`: a known sanction must be worse by degree 2 or more; an unknown one deters in c and d as before.

Beside the four readings stands the question of truth: is a state stable in ALL completions, in SOME, or in NONE?
(`three_valued`.) No reading says that: b may call a state an equilibrium that is one in no completion, because it settles
the same unknown comparison in one way for the actor who moves and in another for those who fear its answer.

Cost: as `detente.engine.relations`; three-valued verdicts one analysis per completion. Source: Li, Hipel, Kilgour
& Fang 2004; hybrids: Xu, Hipel, Kilgour & Chen 2010. How unknown pairs arise from a list is ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "harris_b"})
>>> found = unknown_preference(case)
>>> [found.count("seq", reading) for reading in "abcd"]
[0, 33, 30, 33]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import CONCEPTS, Basis, Case
from detente.engine import Progress, moves_of, quiet
from detente.engine.arcs import Arcs
from detente.engine.concepts import label, strictest_first
from detente.engine.play import verdict as all_some_none
from detente.engine.relations import Side, Standard, side
from detente.errors import InputError, TooLarge
from detente.messages import Messages, numeral, tell
from detente.questions.preference_structures.comparison import (
    GREAT,
    Comparison,
    Great,
    compare,
    graded,
)
from detente.questions.preference_structures.from_file import unknown_pairs
from detente.questions.preference_structures.reasons import by_degree
from detente.questions.preference_structures.verdicts import RELATIONAL, Family, judged
from detente.questions.uncertainty.completions import complete
from detente.result import INSIDE, Answer
from detente.sheet import Phrase, Sheet, StateTerm, VerdictTerm, many

READINGS = Messages(
    {
        "a": "moves to better or unknown; only what is known to be no better deters",
        "b": "moves to better; only what is known to be no better deters",
        "c": "moves to better or unknown; the unknown deters too",
        "d": "moves to better; the unknown deters too",
    }
)
"""The four readings of what is unknown."""

MOST_COMPLETIONS = 512
"""Completions analysed for three-valued verdicts."""

MOST_STATES = 1 << 16
"""States for which three-valued verdicts are listed."""

Hidden = Mapping[str, Iterable[tuple[str, str]]]
"""Per actor pairs of formulas (or named states): any state of the one against any of the other is unknown."""


def unknown_preference(
    case: Case,
    unknown: Hidden | None = None,
    great: Mapping[str, Great] | None = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """Stability by the four readings; unknown is what the file marks so in the chosen lists, and the pairs in `unknown`.

    `unknown` None: the pairs the file states under `uncertainty`.

    With degrees of preference, in the file or in `great` (as for `strength`), also by the four hybrids.
    """
    game = graded(case, great)
    pairs = unknown_pairs(case.scenario) if unknown is None else unknown
    game.require_actors(pairs)
    comparisons = [
        compare(game, reading, tuple(pairs.get(actor, ())))
        for actor, reading in zip(game.actors, game.readings, strict=True)
    ]
    degrees = any(reading.top_degree > 1 for reading in game.readings)
    meanings = dict(READINGS)
    if degrees:
        meanings |= {
            f"strong {name}": tell("{text}; known sanctions must be great", text=text)
            for name, text in READINGS.items()
        }
    return judged(
        tell("Unknown preference"),
        case,
        [_side(arcs, own, degrees) for arcs, own in zip(moves_of(game), comparisons, strict=True)],
        concepts=concepts,
        progress=progress,
        meanings=meanings,
        weigh=by_degree(comparisons),
        notes=()
        if any(not each.settled for each in comparisons)
        else (tell("Nothing is unknown, so the readings agree."),),
    )


def _side(moves: Arcs, own: Comparison, degrees: bool) -> Side:
    tempting = {"a": own.better_or_unknown, "b": own.better, "c": own.better_or_unknown, "d": own.better}
    known, wide = own.no_better, own.no_better_or_unknown
    standards = {name: Standard(move, known if name in "ab" else wide) for name, move in tempting.items()}
    if degrees:
        greatly, greatly_or_unknown = own.worse_by(GREAT), own.worse_by_or_unknown(GREAT)
        for name, move in tempting.items():
            standards[f"strong {name}"] = Standard(move, greatly if name in "ab" else greatly_or_unknown)
    return side(moves, own.better_or_unknown, standards)


# --- in every completion --------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, kw_only=True)
class ThreeValued(Answer):
    """How many of the `completions` make each state stable: `counts[concept][actor]` per state; actor "all": equilibrium."""

    basis: Basis
    completions: int
    concepts: tuple[str, ...]
    texts: tuple[str, ...] = field(metadata=INSIDE)
    now: int | None = field(metadata=INSIDE)
    counts: Mapping[str, Mapping[str, NDArray[np.int64]]]

    def verdict(self, concept: str, state: int, actor: str = "all") -> str:
        """ALL, SOME or NONE of the completions make the state stable for the actor (or an equilibrium)."""
        count = int(self.counts[concept][actor][state])
        return all_some_none(np.array([count > 0, count == self.completions]))

    def states(self, concept: str, verdict: str, actor: str = "all") -> list[int]:
        """The states with this verdict."""
        return [state for state in range(len(self.texts)) if self.verdict(concept, state, actor) == verdict]

    def to_json(self) -> dict[str, Any]:
        """With the states as texts."""
        return super().to_json() | {"states": list(self.texts)}

    @property
    def headline(self) -> Phrase:
        """How sure it is that today is an equilibrium under SEQ."""
        concept = "seq" if "seq" in self.concepts else self.concepts[0]
        ways = tell("{number} of the lists", number=many(self.completions, "completion"))
        if self.now is None:
            sure, some = len(self.states(concept, "ALL")), len(self.states(concept, "SOME"))
            return Phrase.told(
                "Under {concept} {number} hold in all {ways}, {some} only in some.",
                concept=label(concept),
                number=many(sure, "state"),
                ways=ways,
                some=numeral(some),
            )
        stable = int(self.counts[concept]["all"][self.now])
        return Phrase.told(
            "Today is an equilibrium under {concept} in {stable} of {ways}.",
            concept=label(concept),
            stable=numeral(stable),
            ways=ways,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """How many equilibria there are in all and in some completions, and the states that are one in any."""
        shown = strictest_first(self.concepts)
        rows = [(c, len(self.states(c, "ALL")), len(self.states(c, "SOME"))) for c in shown]
        title = tell(
            "Equilibria over {completions} completion{ending}",
            completions=numeral(self.completions),
            ending="s" * (self.completions != 1),
        )
        first = Sheet(title, ("concept", tell("in all"), tell("only in some")), tuple(rows), self.basis.warnings)
        listed = [
            (state + 1, StateTerm(text), *(VerdictTerm(self.verdict(c, state)) for c in shown))
            for state, text in enumerate(self.texts)
            if any(self.counts[c]["all"][state] for c in shown)
        ]
        return first, Sheet(tell("State by state"), ("state", tell("what is on"), *shown), tuple(listed))


def three_valued(case: Case, *, concepts: Iterable[str] = CONCEPTS, most: int = MOST_COMPLETIONS) -> ThreeValued:
    """Stability of every state over all completions of what the chosen lists leave open.

    Raises `TooLarge` for more than `most` completions or too many states: then ask about one state with
    `detente.questions.uncertainty.unknowns`.
    """
    names = tuple(concepts)
    count = case.game.conflict.count
    if count > MOST_STATES:
        raise TooLarge(
            tell(
                "this model has {count} states; verdicts over all completions are listed up to "
                "{most_states}. Ask about one state or goal (`unknowns`), or fix options that do not matter "
                "(`change: fixed`)",
                count=numeral(count),
                most_states=numeral(MOST_STATES),
            )
        )
    found = [each.case.analyse(names) for each in complete(case, most=most)]
    first = found[0]
    if any(len(each.conflict.states) != len(first.conflict.states) for each in found):
        raise InputError(tell("the completions do not have the same states; ask about one of them"))
    counts = {
        concept: {a: np.sum([_grid(each, concept, a) for each in found], axis=0) for a in first.actors}
        | {"all": np.sum([_common(each, concept) for each in found], axis=0)}
        for concept in names
    }
    game = first.game
    return ThreeValued(
        basis=case.basis,
        completions=len(found),
        concepts=names,
        texts=tuple(game.texts(game.states.tolist())),
        now=None if game.now is None else game.number(game.now),
        counts=counts,
    )


def _grid(analysis: Analysis, concept: str, actor: str) -> NDArray[np.bool_]:
    conflict = analysis.conflict
    whole = np.broadcast_to(analysis.stable_grid(concept, actor), conflict.shape)
    return np.asarray(whole.reshape(-1)[conflict.states])


def _common(analysis: Analysis, concept: str) -> NDArray[np.bool_]:
    return np.asarray(np.logical_and.reduce([_grid(analysis, concept, actor) for actor in analysis.actors]))
