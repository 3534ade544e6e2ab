"""How the actors of a family weigh two states, for its witnesses: in degrees, by attitudes, by chances.

Each function returns what `detente.questions.preference_structures.verdicts.judged` hands to those who find witnesses: from an
actor's number and two positions to a `Weighed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.engine.relations import Indices
from detente.messages import numeral, tell, word
from detente.questions.explanation.reasons import Reasons
from detente.questions.explanation.witness import BETTER, EQUAL, WORSE, Decider, Reason, Weighed
from detente.questions.preference_structures.comparison import GREAT, Comparison

Weigh = Callable[[Reasons, int, int, int], Weighed]
"""From the reasons of a game, an actor's number and two positions, how the actor weighs the second against the first."""

Numbers = Callable[[Indices, Indices], NDArray[np.float64]]
"""From positions to a number per pair."""


def by_degree(comparisons: Sequence[Comparison]) -> Weigh:
    """Better, worse, equal or unknown, by which degree, and because of which statements."""

    def weigh(reasons: Reasons, axis: int, s: int, t: int) -> Weighed:
        own, pair = comparisons[axis], (np.array([s]), np.array([t]))
        if own.unknown(*pair)[0]:
            return Weighed({"verdict": "unknown", "degree": None}, (("unknown", None),), _open(reasons, axis, s, t))
        degree = int(own.degree(*pair)[0])
        verdict = BETTER if degree > 0 else WORSE if degree < 0 else EQUAL
        reason = _settled(reasons, axis, s, t)
        says = f"{_adverb(abs(degree))}{verdict}" if degree else tell("just as good")
        said = says if reason or not degree else tell("{says}, however the open aims are settled", says=says)
        return Weighed({"verdict": verdict, "degree": abs(degree)}, ((said, reason),))

    return weigh


def _adverb(degree: int) -> str:
    return "" if degree < GREAT else "greatly " if degree == GREAT else tell("by degree {degree} ", degree=degree)


def _cells(reasons: Reasons, s: int, t: int) -> tuple[int, int]:
    return int(reasons.game.states[s]), int(reasons.game.states[t])


def _settled(reasons: Reasons, axis: int, s: int, t: int) -> Reason | None:
    """The statements that decide; None where what decides is itself open."""
    reason = reasons.why(axis, *_cells(reasons, s, t))
    statements = reasons.game.readings[axis].statements
    return None if any(statements[each.rank - 1].unknown for each in reason.deciders) else reason


def _open(reasons: Reasons, axis: int, s: int, t: int) -> tuple[Decider, ...]:
    """The open statements that tell the two states apart."""
    before, after = reasons.states.truths(axis, _cells(reasons, s, t))
    return tuple(
        reasons.decider(axis, place, bool(after[place]))
        for place, statement in enumerate(reasons.game.readings[axis].statements)
        if statement.unknown and before[place] != after[place]
    )


WORDS = {1: BETTER, 0: EQUAL, -1: WORSE}


def by_attitude(signs: Sequence[Sequence[str]], scores: Sequence[NDArray[np.int64]]) -> Weigh:
    """How everybody the actor cares for fares, and by which wish of theirs."""

    def weigh(reasons: Reasons, axis: int, s: int, t: int) -> Weighed:
        cares, parts = {}, []
        for j, sign in enumerate(signs[axis]):
            if sign == "0":
                continue
            verdict, actor = WORDS[int(np.sign(scores[j][t] - scores[j][s]))], reasons.game.scenario.actors[j]
            cares[actor.id] = {"attitude": sign, "verdict": verdict}
            friend = tell("{actor}, a friend") if sign == "+" else tell("{actor}, a foe")
            who = tell("itself") if j == axis else friend.format(actor=actor.name)
            parts.append((_for(verdict, who), reasons.why(j, *_cells(reasons, s, t))))
        return Weighed({"cares": cares}, tuple(parts) or ((tell("nothing it cares about"), None),))

    return weigh


def _for(verdict: str, who: str) -> str:
    return tell("{verdict} for {who}", verdict=tell("no different") if verdict == EQUAL else word(verdict), who=who)


def by_members(
    reasons: Reasons, players: Sequence[int], scores: Sequence[NDArray[np.int64]], s: int, t: int
) -> Weighed:
    """How every member of a coalition fares."""
    members, parts = {}, []
    for player in players:
        verdict, actor = (
            WORDS[int(np.sign(scores[player][t] - scores[player][s]))],
            reasons.game.scenario.actors[player],
        )
        members[actor.id] = verdict
        who = _for(verdict, actor.name) if len(players) > 1 else tell("just as good") if verdict == EQUAL else verdict
        parts.append((who, reasons.why(player, *_cells(reasons, s, t))))
    return Weighed({"members": members}, tuple(parts))


def by_chance(chances: Sequence[Numbers]) -> Weigh:
    """How probable it is that the actor prefers the one or the other."""

    def weigh(reasons: Reasons, axis: int, s: int, t: int) -> Weighed:  # noqa: ARG001 (the shape of a Weigh)
        there, back = _number(chances[axis], s, t), _number(chances[axis], t, s)
        said = tell(
            "better with chance {there} and worse with chance {back}",
            there=numeral(there, ".3g"),
            back=numeral(back, ".3g"),
        )
        return Weighed({"chance": there, "back": back}, ((said, None),))

    return weigh


def by_certainty(degrees: Sequence[Numbers], least: Mapping[int, float]) -> Weigh:
    """How certain the preference is, and the threshold of the actor."""

    def weigh(reasons: Reasons, axis: int, s: int, t: int) -> Weighed:  # noqa: ARG001 (the shape of a Weigh)
        certainty = round(_number(degrees[axis], s, t) - _number(degrees[axis], t, s), 12)
        said = tell(
            "preferred with certainty {certainty}, where {least} is enough",
            certainty=numeral(certainty, ".3g"),
            least=numeral(least[axis], "g"),
        )
        return Weighed({"certainty": certainty, "threshold": least[axis]}, ((said, None),))

    return weigh


def _number(of: Numbers, s: int, t: int) -> float:
    found: Any = of(np.array([s]), np.array([t]))
    return float(found[0])
