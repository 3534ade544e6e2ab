"""What can become of a claim: one table, in the words people read and the words programs get.

A sentence is a *statement* of fact or consequence, or *advice*: a recommendation or a value. Which of the two a claim is
follows from its `kind`: it is advice if it recommends, or if it judges and does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STATEMENT, ADVICE = "statement", "advice"


@dataclass(frozen=True)
class Status:
    """One row: the word programs get, what people read, of which sentences it is said, and what it means."""

    id: str
    label: str
    of: tuple[str, ...]
    means: str


FOLLOWS, ASSUMED, DEPENDS, CONTRADICTED = "follows", "assumed", "depends", "contradicted"
CANNOT_TELL, INPUT = "cannot_tell", "input"
WOULD_WORK, BACKFIRES, NO_DIFFERENCE = "would_work", "backfires", "no_difference"
OUTSIDE = "outside"

TABLE = (
    Status(FOLLOWS, "follows", (STATEMENT,), "The model brings what the author says, and not by reaction rules alone."),
    Status(
        ASSUMED,
        "assumed",
        (STATEMENT, ADVICE),
        "The model agrees because it was told so: reaction rules alone decide. This is an assumption and no result.",
    ),
    Status(
        DEPENDS,
        "depends on …",
        (STATEMENT, ADVICE),
        "The model agrees under some assumptions and not under others; it says on what.",
    ),
    Status(
        CONTRADICTED,
        "contradicted",
        (STATEMENT,),
        "The model disagrees under every combination that can tell.",
    ),
    Status(
        CANNOT_TELL,
        "cannot tell",
        (STATEMENT,),
        "What is asked here cannot tell: rival accounts bring the same, or what the sentence speaks of never comes up.",
    ),
    Status(INPUT, "input", (STATEMENT,), "It enters the model as data; nothing here tests it."),
    Status(
        WOULD_WORK,
        "would work",
        (ADVICE,),
        "Doing it brings what it is meant to bring, and not by reaction rules alone.",
    ),
    Status(
        BACKFIRES, "backfires", (ADVICE,), "Wherever it makes a difference, leaving things as they are does better."
    ),
    Status(
        NO_DIFFERENCE,
        "makes no difference",
        (ADVICE,),
        "It brings no more than leaving things as they are, or whatever is done brings the same.",
    ),
    Status(OUTSIDE, "outside the model", (STATEMENT, ADVICE), "No model of choices could confirm or refute this."),
)
"""Every status there is."""

STATUSES = tuple(status.id for status in TABLE)
BY_ID = {status.id: status for status in TABLE}

GOOD = (FOLLOWS, WOULD_WORK, ASSUMED, INPUT)
"""The statuses that agree with the author; of two of them the later one is the weaker."""

BAD = (CONTRADICTED, BACKFIRES, NO_DIFFERENCE)
"""The statuses that disagree."""


def family(kind: str) -> str:
    """Whether a claim of this kind is a statement or advice.

    >>> family("recommendation, prediction"), family("value"), family("value, historical")
    ('advice', 'advice', 'statement')
    """
    words = {word.strip() for word in kind.split(",")}
    return ADVICE if "recommendation" in words or words == {"value"} else STATEMENT


def label(status: str, on: Iterable[str] = ()) -> str:
    """A status as people read it; `on` says on what it depends.

    >>> label("would_work"), label("depends", ["ru", "nk"]), label("depends")
    ('would work', 'depends on ru and nk', 'depends on …')
    """
    things = list(on)
    if status != DEPENDS or not things:
        return BY_ID[status].label
    said = " and ".join(filter(None, (", ".join(things[:-1]), things[-1])))
    return BY_ID[status].label.replace("…", said)
