"""Attitudes: actors who mean well or ill by others.

The mathematics. Actor i has an attitude e_ij to every actor j, itself included: + (it wants what j wants), - (it
wants j to fare worse) or 0 (it does not care). A state t is *relationally no worse* than s for i if t is at least as
good as s for every j with e_ij = +, and at most as good for every j with e_ij = -. i is tempted by its moves to such
states, and these moves are its credible answers; it is deterred by s itself and by every state that is not
relationally no worse. With this the relational concepts RNash, RGMR, RSMR, RSEQ (and RSSEQ) read like the plain ones.

The published definitions compare weakly, so a tie tempts; `attitudes_strict` asks instead that the move be strictly
better for every + and strictly worse for every -. Laws: with + to oneself, 0 to others (the default) and no ties the
relational concepts equal the plain ones; compared strictly they do so with ties as well. If everybody is neutral to
everybody, itself included, then RNash = RSMR and RGMR = RSEQ.

Cost: as `detente.engine.relations`. Source: Inohara, Hipel & Walker 2007; the laws: Inohara & Hipel 2009. That s
itself deters is what the laws require. RSSEQ is ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> dilemma = Case(load("prisoners_dilemma"))
>>> actors = dilemma.actors
>>> devoted = {a: {b: "0" if a == b else "+" for b in actors} for a in actors}
>>> found = attitudes(dilemma, devoted)
>>> [found.texts[state] for state in found.equilibria("nash")]
['cc']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from detente.case import Case
from detente.conflict.game import Game
from detente.engine import Progress, moves_of, quiet
from detente.engine.arcs import Arcs
from detente.engine.relations import Indices, Pairs, Side, Standard, Truths, side
from detente.errors import InputError
from detente.messages import tell
from detente.questions.preference_structures.comparison import graded
from detente.questions.preference_structures.from_file import attitudes_of
from detente.questions.preference_structures.reasons import by_attitude
from detente.questions.preference_structures.verdicts import RELATIONAL, Family, judged
from detente.sheet import ActorTerm, Phrase, listing

SIGNS = ("+", "-", "0")

Attitudes = Mapping[str, Mapping[str, str]]


def attitudes(
    case: Case,
    attitudes: Attitudes | None = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """Relational stability as published: a tie tempts. `attitudes["us"]["ru"]` is "+", "-" or "0".

    None: as the file states (`relations` of kind `attitude`). What is not given is + to oneself and 0 to others.
    """
    return _judged(case, attitudes, False, concepts, progress)


def attitudes_strict(
    case: Case,
    attitudes: Attitudes | None = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """Relational stability where nobody moves for a tie: strictly better for friends, strictly worse for foes."""
    return _judged(case, attitudes, True, concepts, progress)


def _judged(case: Case, given: Attitudes | None, strict: bool, concepts: Iterable[str], progress: Progress) -> Family:
    game = graded(case)
    signs = _signs(game, attitudes_of(case.scenario) if given is None else given)
    scores, rows = (
        [game.scores(axis) for axis in range(len(game.actors))],
        [list(each.values()) for each in signs.values()],
    )
    return judged(
        tell("Attitudes"),
        case,
        [_side(arcs, row, scores, strict) for arcs, row in zip(moves_of(game), rows, strict=True)],
        concepts=concepts,
        progress=progress,
        meanings={"relational": tell("relational stability") + (tell(", nobody moves for a tie") if strict else "")},
        weigh=by_attitude(rows, scores),
        notes=tuple(_note(actor, each) for actor, each in signs.items()),
    )


def _note(actor: str, signs: Mapping[str, str]) -> str:
    towards = listing(Phrase.of(f"{sign} ", ActorTerm(other)) for other, sign in signs.items())
    return Phrase.of(ActorTerm(actor), ": ", towards)


def _signs(game: Game, given: Attitudes) -> dict[str, dict[str, str]]:
    """The attitude of everybody to everybody: + to oneself and 0 to others where nothing is said."""
    game.require_actors(given)
    for actor, each in given.items():
        game.require_actors(each)
        for other, sign in each.items():
            if sign not in SIGNS:
                raise InputError(
                    tell(
                        "the attitude of {actor} to {other} is {sign}; expected '+', '-' or '0'",
                        actor=actor,
                        other=other,
                        sign=repr(sign),
                    )
                )
    return {a: {b: given.get(a, {}).get(b, "+" if a == b else "0") for b in game.actors} for a in game.actors}


def _side(moves: Arcs, signs: list[str], scores: list[NDArray[np.int64]], strict: bool) -> Side:
    cared = [_ranks(u if sign == "+" else -u) for sign, u in zip(signs, scores, strict=True) if sign != "0"]
    no_worse = _no_worse(cared, strict)

    def deterring(s: Indices, t: Indices) -> Truths:
        return np.asarray(~no_worse(s, t) | (s == t))

    return side(moves, no_worse, {"relational": Standard(no_worse, deterring)})


def _ranks(u: NDArray[np.int64]) -> NDArray[np.int16]:
    """The same order in two bytes each; there are at most 2^14 states."""
    return np.unique(u, return_inverse=True)[1].astype(np.int16)


def _no_worse(cared: list[NDArray[np.int16]], strict: bool) -> Pairs:
    """Whether t is at least as good as s (strictly: better) by everything the actor cares for."""

    def relation(s: Indices, t: Indices) -> Truths:
        found: Truths = np.ones(np.broadcast(s, t).shape, dtype=np.bool_)
        for u in cared:
            found = found & (u[t] > u[s] if strict else u[t] >= u[s])
        return found

    return relation
