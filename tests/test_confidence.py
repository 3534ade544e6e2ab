"""Words of confidence, and the dispersion they stand for."""

from __future__ import annotations

from fractions import Fraction

from detente.scenario import read_text
from detente.scenario.confidence import DISPERSIONS, WORDS, confidence_of
from detente.scenario.schema import Confidence

FILE = """
detente: 1
sources: {note: A note}
states: {s1: [a], s2: [not a]}
actors:
  ann:
    options: {a: }
    readings:
      sure: {priorities: [{want: a, confidence: high}, {want: not a, confidence: high}]}
      mixed: {priorities: [{want: a, confidence: high}, {want: b, confidence: medium}, {want: not b, confidence: low}, b -> a]}
      inherited: {confidence: low, source: note, priorities: [a, {want: b, confidence: high}]}
      weighed: {weights: [{when: a, weight: 2, confidence: low}]}
  bob: {options: {b: }, priorities: []}
"""


def dispersion(reading: str) -> Fraction:
    return confidence_of(read_text(FILE).actor("ann").readings[reading]).dispersion


def test_the_words_are_those_that_a_file_may_say() -> None:
    assert set(WORDS) == set(Confidence.__args__) == set(DISPERSIONS) - {""}  # type: ignore[attr-defined]


def test_less_sure_is_more_dispersed() -> None:
    high, medium, low = (DISPERSIONS[word] for word in WORDS)
    assert 0 < high < medium < low < 1 and DISPERSIONS[""] == medium


def test_a_list_has_the_mean_of_its_statements() -> None:
    assert dispersion("sure") == Fraction(1, 5)
    assert dispersion("mixed") == (Fraction(1, 5) + Fraction(1, 2) + Fraction(4, 5) + Fraction(1, 2)) / 4
    assert dispersion("inherited") == (Fraction(4, 5) + Fraction(1, 5)) / 2
    assert dispersion("weighed") == Fraction(4, 5)


def test_a_list_without_words_says_so() -> None:
    empty = confidence_of(read_text(FILE).actor("bob").default_reading)
    assert not empty.said and empty.dispersion == Fraction(1, 2)
    assert confidence_of(read_text(FILE).actor("ann").readings["mixed"]).said
