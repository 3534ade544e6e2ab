"""What the answer turns on: per judgement, in how many ways it holds as written and otherwise, the most telling first."""

from __future__ import annotations

from detente.messages import numeral, tell
from detente.present.names import IN_WORDS, upper
from detente.present.pictures.drawing import Drawing, Mark, Pen
from detente.present.pictures.lettering import wrap
from detente.present.pictures.origin import origin_of
from detente.present.words import Words
from detente.questions.uncertainty.collection_plan import Check, CollectionPlan
from detente.scenario.model import Scenario
from detente.sheet import ActorTerm, FormulaTerm, Phrase, ReadingTerm, Term, many, spoken

WIDE, SAID = 880.0, 430.0
"""The whole width, and the room for the words of a judgement."""

ROWS = 12
"""Judgements drawn at most."""

SCALE = (0, 25, 50, 75, 100)
"""Per cent marked on the scale."""


def tornado(found: CollectionPlan, scenario: Scenario, goal: str) -> Drawing:
    """A bar per judgement, from the share of ways in which the answer holds otherwise to that in which it holds as written.

    Source: what is asked for is in `detente.questions.uncertainty.collection_plan`.
    """
    pen, words = Pen(), Words(scenario)
    top, rows = 18.0, found.checks[:ROWS]
    if not rows:
        pen.text(0, top, tell("No single judgement in doubt would change the answer."), bold=True)
    else:
        pen.text(0, top, tell("Judgement, and what would settle it"), "soft", 11)
        for percent in SCALE:
            pen.text(_x(percent / 100), top, f"{percent} %", "soft", 11, "middle")
        begin = top + 10
        heights = [_height(words, check) for check in rows]
        top = begin + sum(heights)
        for percent in SCALE:
            pen.line([(_x(percent / 100), begin), (_x(percent / 100), top)], "rule")
        pen.line([(_x(found.holds.share), begin), (_x(found.holds.share), top)], "axis")
        at = begin
        for check, high in zip(rows, heights, strict=True):
            _row(pen, words, check, at, high)
            at += high
    left = len(found.checks) - len(rows)
    if left:
        pen.text(
            0,
            top + 18,
            tell("{number} that could change the answer not drawn.", number=many(left, "more judgement")),
            "soft",
            11,
        )
    key = (
        Mark.of(tell("the judgement as written"), lambda p: p.dot(11, 6, 4, "point")),
        Mark.of("otherwise", lambda p: p.dot(11, 6, 4, "hollow")),
        Mark.of(tell("over all ways"), lambda p: p.line([(11, 0), (11, 12)], "axis")),
    )
    how = tell("all combinations") if found.exact else tell("{n} draws", n=numeral(found.n))
    text = tell(
        "In how many per cent of ways ({how}) the answer is as in the file: with each judgement as "
        "written, and with it otherwise. The judgements stand by the chance that they change the "
        "answer times how easily they are looked into.",
        how=how,
    )
    return pen.drawing("tornado", _title(found, goal), text, key if rows else (), origin_of(found.basis, scenario))


def _x(share: float) -> float:
    return SAID + 26 + share * (WIDE - SAID - 52)


def _lines(words: Words, check: Check) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A judgement, and what would settle it, in lines."""
    room = SAID - 10
    return wrap(upper(_say(words, check.words, check.of)), room, 11.5), wrap(
        upper(_say(words, check.settles, check.of)), room, 10.5
    )


def _height(words: Words, check: Check) -> float:
    said, settles = _lines(words, check)
    return 15.0 * len(said) + 14 * len(settles) + 12


def _row(pen: Pen, words: Words, check: Check, top: float, high: float) -> None:
    """One judgement in words, with its bar."""
    said, settles = _lines(words, check)
    pen.lines(0, top + 16, said, "", 11.5)
    pen.lines(0, top + 16 + 15 * len(said), settles, "soft", 10.5)
    other, written = _x(check.holds_otherwise.share), _x(check.holds_as_written.share)
    middle = top + high / 2
    pen.box(min(other, written), middle - 2, max(1.0, abs(written - other)), 4, "bar", 0)
    pen.dot(other, middle, 4.5, "hollow")
    pen.dot(written, middle, 4.5, "point")
    pen.line([(0, top + high), (SAID - 10, top + high)], "rule")


def _say(words: Words, said: Phrase, actor: str) -> str:
    """A phrase as people read it: actors, readings and aims by their words."""

    def name(term: Term) -> str:
        if isinstance(term, ActorTerm):
            return words.names.the(term)
        if isinstance(term, ReadingTerm):
            return words.names.reading(term.actor, term)
        if isinstance(term, FormulaTerm):
            return words.formula(term, actor)
        return words.names.thing(term)

    return str(spoken(said, name))


def _title(found: CollectionPlan, goal: str) -> str:
    begin = tell(
        "{goal}: {verdict} in {text} of ways",
        goal=upper(goal),
        verdict=IN_WORDS[found.asked.verdict],
        text=found.holds.text,
    )
    if not found.checks:
        return tell("{begin}; no single judgement in doubt would change that.", begin=begin)
    first = tell("the first one in {number} %", number=numeral(100 * found.checks[0].chance, ".2g"))
    return tell(
        "{begin}; {number} could change that, {first}.",
        begin=begin,
        number=many(len(found.checks), "judgement"),
        first=first,
    )
