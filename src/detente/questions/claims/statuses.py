"""What can become of a claim: one table, in the words people read and the words programs get.

A sentence is a *statement* of fact or consequence, or *advice*: a recommendation or a value. Which of the two a claim is
follows from its `kind`: it is advice if it recommends, or if it judges and does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from detente.messages import later, tell
from detente.sheet import listed

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
    Status(
        FOLLOWS,
        later("follows"),
        (STATEMENT,),
        later("The model brings what the author says, and not by reaction rules alone."),
    ),
    Status(
        ASSUMED,
        later("assumed"),
        (STATEMENT, ADVICE),
        later(
            "The model agrees because it was told so: reaction rules alone decide. This is an assumption and no result."
        ),
    ),
    Status(
        DEPENDS,
        later("depends on …"),
        (STATEMENT, ADVICE),
        later("The model agrees under some assumptions and not under others; it says on what."),
    ),
    Status(
        CONTRADICTED,
        later("contradicted"),
        (STATEMENT,),
        later("The model disagrees under every combination that can tell."),
    ),
    Status(
        CANNOT_TELL,
        later("cannot tell"),
        (STATEMENT,),
        later(
            "What is asked here cannot tell: rival accounts bring the same, or what the sentence speaks "
            "of never comes up."
        ),
    ),
    Status(INPUT, later("input"), (STATEMENT,), later("It enters the model as data; nothing here tests it.")),
    Status(
        WOULD_WORK,
        later("would work"),
        (ADVICE,),
        later("Doing it brings what it is meant to bring, and not by reaction rules alone."),
    ),
    Status(
        BACKFIRES,
        later("backfires"),
        (ADVICE,),
        later("Wherever it makes a difference, leaving things as they are does better."),
    ),
    Status(
        NO_DIFFERENCE,
        later("makes no difference"),
        (ADVICE,),
        later("It brings no more than leaving things as they are, or whatever is done brings the same."),
    ),
    Status(
        OUTSIDE,
        later("outside the model"),
        (STATEMENT, ADVICE),
        later("No model of choices could confirm or refute this."),
    ),
)
"""Every status there is."""

STATUSES = tuple(status.id for status in TABLE)
BY_ID = {status.id: status for status in TABLE}

GOOD = (FOLLOWS, WOULD_WORK, ASSUMED, INPUT)
"""The statuses that agree with the author; of two of them the later one is the weaker."""

BAD = (CONTRADICTED, BACKFIRES, NO_DIFFERENCE)
"""The statuses that disagree."""


@dataclass(frozen=True)
class Sentence:
    """A kind of sentence: the words it is known by, whether it is a statement or advice, and its quantifier.

    `some` says that one combination the author allows is enough, and that a result in some end of play will do.
    """

    id: str
    words: str
    of: str
    means: str
    some: bool = False


FACT, MAY, WILL, MUST, OUGHT = "fact", "may", "will", "must", "ought"

SENTENCES = (
    Sentence(
        FACT,
        later("is, was, has done"),
        STATEMENT,
        later("It enters as data; what is asked of a model is asked as of will."),
    ),
    Sentence(
        MAY,
        later("may, could, risks, can"),
        STATEMENT,
        later("True in some end under at least one reading the author allows."),
        some=True,
    ),
    Sentence(
        WILL,
        later("will, should (prediction), not hard"),
        STATEMENT,
        later(
            "True in all ends under every reading the author allows; where other readings bring "
            "something else, it depends on them and is not contradicted."
        ),
    ),
    Sentence(MUST, later("requires, must, only if"), STATEMENT, later("No minimal kept set without it works.")),
    Sentence(
        OUGHT,
        later("should, ought (advice)"),
        ADVICE,
        later("A recommendation: doing it brings what it is meant to bring, and leaving things as they are does not."),
    ),
)
"""One table for every author: the kind of sentence sets the quantifier of its tests, before anything is run."""

SENTENCE = {sentence.id: sentence for sentence in SENTENCES}


def family(kind: str, sentence: str = "") -> str:
    """Whether a claim is a statement or advice: by its kind of sentence, and without one by its kind.

    >>> family("recommendation, prediction"), family("value"), family("value, historical")
    ('advice', 'advice', 'statement')
    >>> family("recommendation", "may")
    'statement'
    """
    if sentence:
        return SENTENCE[sentence].of
    words = {word.strip() for word in kind.split(",")}
    return ADVICE if "recommendation" in words or words == {"value"} else STATEMENT


def label(status: str, on: Iterable[str] = ()) -> str:
    """A status as people read it; `on` says on what it depends.

    >>> label("would_work"), label("depends", ["ru", "nk"]), label("depends")
    ('would work', 'depends on ru and nk', 'depends on …')
    """
    things = list(on)
    if status != DEPENDS or not things:
        return tell(BY_ID[status].label)
    return tell(BY_ID[status].label).replace("…", listed(things))
