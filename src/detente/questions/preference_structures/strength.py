"""Strength of preference: whether a sanction is greatly worse, or only mildly.

The mathematics. Every strict preference has a degree (`preference_structures.comparison`): 1 mild, 2 great, or more. Whether
somebody improves, and whether an answer is credible, does not depend on degrees; whether a sanction is strong does. A
state is

- *generally* stable by the plain definition: every improvement is met by an answer that leaves the actor no better off;
- stable *of degree d* if every improvement is met by an answer that leaves the actor worse by at least degree d (and, for
  SMR and SSEQ, every own move after the answer does so too); with degrees up to 2, degree 2 is called *strong*;
- *weakly* stable if it is generally stable but not strongly.

Nash stability knows no sanctions: it is the same by every standard. Laws: a higher degree implies a lower one, each
implies general stability; within a degree the concepts include each other as usual.

Steps: compare, then judge by relations; cost as there. Source: Hamouda, Kilgour & Hipel 2004, 2006; several degrees:
Xu, Hipel & Kilgour 2009. How degrees arise from lists is ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> great = {"us": ["us_arm = full", "us_nato = open"], "ru": ["us_nato != open", "us_arm = none"]}
>>> found = strength(Case(load("two_proxies")), great=great)
>>> found.standards
('general', 'strong')
>>> found.count("seq", "general") >= found.count("seq", "strong") >= found.count("nash")
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detente.case import Case
from detente.engine import Progress, moves_of, quiet
from detente.engine.arcs import Arcs
from detente.engine.relations import Side, Standard, side
from detente.messages import tell
from detente.questions.preference_structures.comparison import (
    GREAT,
    Comparison,
    Great,
    as_written,
    compare,
    graded,
)
from detente.questions.preference_structures.reasons import by_degree
from detente.questions.preference_structures.verdicts import RELATIONAL, Family, judged
from detente.sheet import ActorTerm, Phrase, listing


def strength(
    case: Case,
    great: Mapping[str, Great] | None = None,
    *,
    concepts: Iterable[str] = RELATIONAL,
    progress: Progress = quiet,
) -> Family:
    """General and strong stability of every state; degrees as in the file, or as `great` says per actor.

    `great` maps an actor to the statements (rank or text) that are great, to the difference of weights that is, or to the
    groups of a ranking after which the step is; a mapping to degrees where there are more than two. Lists are
    taken as written, whatever in them is unknown; for that see `detente.questions.preference_structures.unknown`.
    """
    game = graded(case, great)
    readings = dict(zip(game.actors, game.readings, strict=True))
    comparisons = [compare(game, as_written(reading)) for reading in readings.values()]
    degrees = range(GREAT, max(GREAT, *(reading.top_degree for reading in readings.values())) + 1)
    meanings = {"general": tell("sanctions leave the actor no better off")}
    meanings |= {_name(d, degrees): tell("sanctions are worse by degree {d} or more", d=d) for d in degrees}
    notes: list[str] = []
    if all(reading.top_degree == 1 for reading in readings.values()):
        notes.append(tell("No preference is marked great."))
    doubtful = [ActorTerm(a) for a, reading in readings.items() if any(s.unknown for s in reading.statements)]
    if doubtful:
        whose = listing(doubtful)
        notes.append(
            Phrase.told("Taken as written although something in them is unknown: the lists of {whose}.", whose=whose)
        )
    return judged(
        tell("Strength of preference"),
        case,
        [_side(arcs, own, degrees) for arcs, own in zip(moves_of(game), comparisons, strict=True)],
        concepts=concepts,
        progress=progress,
        meanings=meanings,
        weigh=by_degree(comparisons),
        notes=tuple(notes),
    )


def weak(found: Family, actor: str, concept: str) -> list[int]:
    """The states that are generally stable for the actor but not by the highest degree: weakly stable."""
    general, strong = found.stable(actor, concept, "general"), found.stable(actor, concept, found.standards[-1])
    return [number for number in range(len(found.texts)) if general[number] and not strong[number]]


def _name(degree: int, degrees: range) -> str:
    return "strong" if len(degrees) == 1 else tell("degree {degree}", degree=degree)


def _side(moves: Arcs, own: Comparison, degrees: range) -> Side:
    standards = {"general": Standard(own.better, own.no_better)}
    standards |= {_name(d, degrees): Standard(own.better, own.worse_by(d)) for d in degrees}
    return side(moves, own.better, standards)
