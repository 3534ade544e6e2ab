"""How far an actor's list may be shuffled, from the words of confidence that its statements carry.

A word of confidence says how sure the analyst is of one statement; it is no chance, and none is made of it. What it feeds is
the *dispersion* of a list in an ensemble: 0 leaves the file's list as it is, 1 makes every order equally likely. The numbers
below are a convention of this project, not a measurement: whoever has better ones says them in the file. A statement
without a word counts as one of medium confidence, and how many those are is said beside the number.

The dispersion of a list is the mean over its statements, for every neighbour that may change places is one of them.

>>> from detente.scenario import read_text
>>> model = read_text('''
... detente: 1
... actors:
...   ann: {options: {a: }, priorities: [{want: a, confidence: high}, {want: b, confidence: low}, not a or b]}
...   bob: {options: {b: }, priorities: [b]}
... ''')
>>> found = confidence_of(model.actor("ann").default_reading)
>>> dict(found.words), str(found.dispersion)
({'high': 1, 'medium': 0, 'low': 1, '': 1}, '1/2')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from detente.scenario.model import Reading

WORDS = ("high", "medium", "low")
"""The words of confidence, the surest first."""

DISPERSIONS: Mapping[str, Fraction] = {
    "high": Fraction(1, 5),
    "medium": Fraction(1, 2),
    "low": Fraction(4, 5),
    "": Fraction(1, 2),
}
"""The dispersion that a statement of this confidence stands for; the last is for a statement without a word."""


@dataclass(frozen=True)
class Confidence:
    """How many statements of a list carry each word ("" for none), and the dispersion that this makes."""

    words: Mapping[str, int]
    dispersion: Fraction

    @property
    def said(self) -> bool:
        """Whether any statement carries a word: else the dispersion rests on nothing in the file."""
        return any(number for word, number in self.words.items() if word)


def confidence_of(reading: Reading) -> Confidence:
    """The words of a reading and their dispersion; a ranking of states carries those of its own evidence."""
    said = [statement.evidence.confidence for statement in reading.statements] or [reading.evidence.confidence]
    words = {word: said.count(word) for word in DISPERSIONS}
    return Confidence(
        words, sum((DISPERSIONS[word] * number for word, number in words.items()), Fraction(0)) / len(said)
    )
