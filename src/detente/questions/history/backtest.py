"""Backtest: how far the readings would have forecast the record, beside the base rate and blind choice.

The definitions. The record is read period by period, and each actor that could have moved is forecast anew
(`detente.questions.history.periods`): that it moves or stays, and what it does, by the choice model. So every hold counts as
well as every move, and a stay that lasts counts once. Per actor and reading, the others as chosen:

- how much of what it did is *expected*, and how much is at least not contradicted, as shares of n;
- the forecast that it moves: Brier score and the base rate's, skill, discrimination, calibration where n allows;
- the forecast of what it does: bits per observation, beside those of blind choice.

The scores are defined in `detente.questions.history.scores`. A record that was known when the readings were written is fitted,
not forecast; `since` scores only what came from a date on. Cost: an analysis per actor and reading.

Sources: Brier 1950 and Good 1952 for the scores; Wilson 1927 and Hanley & McNeil 1982 for their intervals.

>>> from detente.scenario import load
>>> found = backtest(Case(load("two_proxies")))
>>> str(found.whole.expected), found.whole.calibration
('2 of 17 (3% to 34%)', ())
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import InputError, Lacks
from detente.messages import numeral, tell
from detente.questions.history.periods import ERROR, Course, Said, chance, checked_error, course_of, moving, said_of
from detente.questions.history.scores import (
    BINS,
    IN_A_BIN,
    Bin,
    Hits,
    Mean,
    base_rates,
    brier,
    calibration,
    discrimination,
    mean,
    share_of,
    skill,
)
from detente.questions.history.update import alike
from detente.questions.uncertainty.expectations import CONTRADICTED, EXPECTED
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Event
from detente.sheet import ActorTerm, Gloss, Phrase, ReadingTerm, Sheet, many


@dataclass(frozen=True, kw_only=True)
class Scored(Record):
    """A reading of an actor (or, with both empty, the chosen readings of all) against the record; see the module's opening."""

    actor: str
    reading: str
    chosen: bool
    n: int
    moves: int
    expected: Hits
    possible: Hits
    brier: Mean
    base: Mean
    skill: float | None
    bits: Mean
    blind: float
    discrimination: Mean | None
    calibration: tuple[Bin, ...]


@dataclass(frozen=True, repr=False, kw_only=True)
class Backtest(Answer):
    """The answer; `whole` is that of the chosen readings of all actors, `rows` has every reading of every actor."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "backtest"

    basis: Basis
    error: float
    since: str
    course: Course
    whole: Scored
    rows: tuple[Scored, ...]
    own_record: bool = field(metadata=INSIDE)

    @property
    def headline(self) -> Phrase:
        """How much of the record is expected, stays included, and the score beside the base rate's."""
        w = self.whole
        return Phrase.told(
            "Of {number}, stays included, the chosen readings expect {hits} ({low} to {high}); Brier "
            "{value}, base rate {value2}.",
            number=many(w.n, "observation"),
            hits=w.expected.hits,
            low=numeral(w.expected.low, ".0%"),
            high=numeral(w.expected.high, ".0%"),
            value=numeral(w.brier.value, ".2f"),
            value2=numeral(w.base.value, ".2f"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """What is expected; how good the forecasts are."""
        tenths = (self._tenths_sheet(),) if self.whole.calibration else ()
        return self._share_sheet(), self._score_sheet(), *tenths

    def _who(self, row: Scored) -> tuple[Any, Any]:
        if not row.actor:
            return "all", tell("as chosen")
        return ActorTerm(row.actor), Phrase.of(
            ReadingTerm(row.reading, row.actor), tell(" (chosen)") if row.chosen else ""
        )

    def _share_sheet(self) -> Sheet:
        rows = alike((*self._who(r), r.n, r.moves, str(r.expected), str(r.possible)) for r in (self.whole, *self.rows))
        notes = [
            tell("The readings were written by people who knew what had happened: a fit, not a forecast.")
            if not self.since
            else tell("Only what came from {since} on is scored.", since=self.since),
            *self.basis.uncounted,
        ]
        columns = ("actor", "reading", "n", "moves", "expected", tell("not contradicted"))
        return Sheet(tell("How much of the record is expected"), columns, rows, tuple(notes))

    def _score_sheet(self) -> Sheet:
        rows = alike(
            (
                *self._who(r),
                str(r.brier),
                f"{r.base.value:.2f}",
                "" if r.skill is None else f"{r.skill:+.2f}",
                "" if r.discrimination is None else str(r.discrimination),
                f"{r.bits.value:.1f}",
                f"{r.blind:.1f}",
            )
            for r in (self.whole, *self.rows)
        )
        few = tell(
            "n = {n} is too few for calibration: {in_a_bin} forecasts are needed in each of {bins} tenths.",
            n=self.whole.n,
            in_a_bin=IN_A_BIN,
            bins=BINS,
        )
        notes = [
            *([] if self.whole.calibration else [few]),
            Gloss.told(
                "Brier: of the forecast that an actor moves; 0 is perfect. Base rate: how often it moved otherwise."
            ),
            Gloss.told("Skill: above 0 better than the base rate. Discrimination: 0.5 tells nothing. Brackets: 95 %."),
            Gloss.told("Bits: mean surprise at what was done; blind: of doing anything. Less is better."),
        ]
        columns = ("actor", "reading", "Brier", tell("base rate"), "skill", "discrimination", "bits", "blind")
        return Sheet(tell("How good the forecasts are"), columns, rows, tuple(notes))

    def _tenths_sheet(self) -> Sheet:
        rows = tuple(
            (f"{b.low:.0%}", b.n, f"{b.given:.0%}", str(share_of(b.came, b.n))) for b in self.whole.calibration
        )
        return Sheet("Calibration", (tell("chance from"), "n", tell("mean chance"), "moved"), rows)


def backtest(
    case: Case,
    events: Sequence[Event] | None = None,
    *,
    error: float = ERROR,
    since: str = "",
    progress: Progress = quiet,
) -> Backtest:
    """Score every reading against a record (default: the file's `history`), from the date `since` on."""
    happened = case.scenario.history if events is None else tuple(events)
    if not happened:
        raise Lacks("history", tell("recorded events"))
    checked_error(error)
    course = course_of(case, happened)
    scored = [n for n, each in enumerate(course.observations) if each.period >= since]
    if not scored:
        raise InputError(
            tell(
                "nothing is observed from {since} on; the record ends with {periods}",
                since=since,
                periods=course.periods[-1],
            )
        )
    asked = [(a.id, name) for a in case.scenario.actors for name in a.counted if len(a.counted) > 1]
    own = {actor: [n for n in scored if course.observations[n].actor == actor] for actor, _ in asked}
    rows = []
    for number, (actor, name) in enumerate(asked):
        progress(number, len(asked), name)
        if own[actor]:
            said = said_of(case.as_if({**case.readings, actor: name}, case.world, case.sanctions), course)
            rows.append(_scored(course, said, own[actor], error, actor, name, case.chosen[actor] == name))
    return Backtest(
        basis=case.basis_over(dict.fromkeys(actor for actor, _ in asked)),
        error=error,
        since=since,
        course=course,
        whole=_scored(course, said_of(case, course), scored, error, "", "", True),
        own_record=events is None,
        rows=tuple(rows),
    )


def _scored(
    course: Course, said: Sequence[Said], numbers: Sequence[int], error: float, actor: str, reading: str, chosen: bool
) -> Scored:
    told = [(course.observations[n], said[n]) for n in numbers]
    came = [bool(seen.move) for seen, _ in told]
    chances = [moving(each, seen, error) for seen, each in told]
    surprises = [
        _bits(chance(moves=moved, hit=each.hit, best=each.best, stay=each.stay, legal=seen.legal, error=error).item())
        for (seen, each), moved in zip(told, came, strict=True)
    ]
    blind = [1 + float(np.log2(seen.legal)) if moved else 1.0 for (seen, _), moved in zip(told, came, strict=True)]
    words = [each.word for _, each in told]
    score, base = brier(chances, came), brier(base_rates(came), came)
    return Scored(
        actor=actor,
        reading=reading,
        chosen=chosen,
        n=len(told),
        moves=sum(came),
        expected=share_of(words.count(EXPECTED), len(told)),
        possible=share_of(len(told) - words.count(CONTRADICTED), len(told)),
        brier=score,
        base=base,
        skill=skill(score.value, base.value),
        bits=mean(surprises, 0.0),
        blind=sum(blind) / len(blind),
        discrimination=discrimination(chances, came),
        calibration=calibration(chances, came),
    )


MOST_BITS = 100.0
"""What a surprise counts at most, so that one impossible event does not hide all others; told in the docs."""


def _bits(value: float) -> float:
    return min(MOST_BITS, float(-np.log2(value))) if value > 0 else MOST_BITS
