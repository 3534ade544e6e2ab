"""The solution concepts, one row each.

A state s is stable for player i when every improvement s1 of i is *deterred*. The concepts differ only in which answers
count and whether i may react once more:

| id | name | which answers count | may i escape? |
|---|---|---|---|
| nash | Nash stability (rationality) | none: no improvement is deterred | – |
| gmr | general metarationality | any moves of the others | no |
| smr | symmetric metarationality | any moves of the others | yes |
| seq | sequential stability | improvements of the others | no |
| sseq | symmetric sequential stability | improvements of the others | yes |
| sim | simultaneous stability | another's improvement from s at the same moment | no |

Improvement is strict, sanction is weak: s1 is deterred if some answer leaves i no better off than at s.
Laws: nash implies sseq; sseq implies seq and smr; each of them implies gmr.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from detente.errors import InputError, refuse_unknown
from detente.messages import later, tell


@dataclass(frozen=True)
class Concept:
    """One row: `answers` is "none", "moves", "improvements" or "simultaneous"; `escape` whether i may react."""

    id: str
    name: str
    answers: str
    escape: bool
    meaning: str
    source: str


CONCEPTS: dict[str, Concept] = {
    concept.id: concept
    for concept in (
        Concept(
            "nash",
            later("Nash"),
            "none",
            False,
            later("no improvement at all"),
            "Nash 1950; Fang, Hipel & Kilgour 1993",
        ),
        Concept(
            "sseq",
            later("Symmetric sequential"),
            "improvements",
            True,
            later("every improvement can be answered by credible moves, and the actor cannot escape the answer"),
            "Rego & Vieira 2017",
        ),
        Concept(
            "seq",
            later("Sequential"),
            "improvements",
            False,
            later("every improvement can be answered by moves that are improvements for those who make them"),
            "Fraser & Hipel 1979, 1984; Fang, Hipel & Kilgour 1993",
        ),
        Concept(
            "smr",
            later("Symmetric metarational"),
            "moves",
            True,
            later("every improvement can be answered, and the actor cannot escape the answer"),
            "Howard 1971; Fang, Hipel & Kilgour 1993",
        ),
        Concept(
            "gmr",
            later("General metarational"),
            "moves",
            False,
            later("every improvement can be answered by moves of the others, whatever these cost them"),
            "Howard 1971; Fang, Hipel & Kilgour 1993",
        ),
        Concept(
            "sim",
            later("Simultaneous"),
            "simultaneous",
            False,
            later("every improvement may collide with an improvement another actor makes at the same moment"),
            "Fraser & Hipel 1984; Fang, Hipel & Kilgour 1993",
        ),
    )
}

STRICTEST_FIRST = tuple(CONCEPTS)
"""The order in which concepts are shown: each before what it implies; SIM, which implies none and is implied by one, last."""

SANCTION_RULES = ("legal", "one-step")


def label(concept: str) -> str:
    """A concept's short name, as the literature writes it; the coalition concepts too.

    >>> [label(concept) for concept in ("nash", "sseq", "cgmr")]
    ['Nash', 'SSEQ', 'CGMR']
    """
    return {"nash": "Nash", "cnash": "CNash"}.get(concept, concept.upper())


def strictest_first(names: Iterable[str]) -> tuple[str, ...]:
    """Concepts in the order in which they are shown, those of coalitions like those of actors; others follow as they come.

    >>> strictest_first(reversed(STRICTEST_FIRST)) == STRICTEST_FIRST, strictest_first(["cgmr", "cseq", "own"])
    (True, ('cseq', 'cgmr', 'own'))
    """
    place = {name: number for number, name in enumerate(STRICTEST_FIRST)}
    return tuple(sorted(names, key=lambda name: place.get(name.removeprefix("c"), len(place))))


def concepts(names: Iterable[str] | None = None) -> tuple[Concept, ...]:
    """The named concepts, or all of them.

    >>> [concept.name for concept in concepts(["nash", "seq"])]
    ['Nash', 'Sequential']
    """
    chosen = [name.lower() for name in names] if names is not None else list(CONCEPTS)
    if not chosen:
        raise InputError(tell("name at least one solution concept: {concepts}", concepts=", ".join(CONCEPTS)))
    refuse_unknown("solution concept", CONCEPTS, *chosen)
    return tuple(CONCEPTS[name] for name in dict.fromkeys(chosen))


COUNTER_MOVES = {"legal": "sequence", "one-step": "single"}
"""What people read for a sanction rule: the counter-moves to an improvement are a sequence of moves, or a single one."""


def sanction_rule_said(word: str) -> str:
    """The sanction rule that people know by this word.

    >>> sanction_rule_said("single")
    'one-step'
    """
    found = {said: rule for rule, said in COUNTER_MOVES.items()}
    refuse_unknown("rule of counter-moves", found, word)
    return found[word]


def sanction_rule(name: str) -> str:
    """`name` if it is a sanction rule, else an error with the nearest one."""
    refuse_unknown("sanction rule", SANCTION_RULES, name)
    return name
