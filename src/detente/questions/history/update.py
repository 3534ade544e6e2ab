"""A model that lives: where the world is now, what each event says of each reading, and what that does to their weights.

The mathematics. The record is read period by period (`detente.questions.history.periods`). Every combination of readings of
all actors says of each observation that it is expected, possible or contradicted; what a reading says of a move of its own
actor may depend on what the others want, for they answer. The choice model gives each observation a chance under each
combination; the chance of the whole record is their product, which takes observations as independent once the readings are
known. From there

- the *surprise* of a reading is the sum of -log2 of the chances of what its own actor did, in bits; blind choice among all the
  actor could do (error 1) is the yardstick, and a reading no less surprised than that explains nothing;
- the *likelihood ratio* of two readings of an actor is that of the whole record's chances, the others' readings being equal. It
  needs no prior; it is given as the range over all combinations of the others;
- with a *prior*, stated for every actor with rival readings, the weights of readings follow by Bayes over the combinations,
  priors of different actors being independent. Without one nothing is weighed, equal weights least of all;
- where the record has the chance 0 under every combination (which takes an error of 0), it refutes them all: that is said, and
  the prior kept.

One result per actor and reading. Steps: the record; an analysis per combination (at most `MOST_COMBINATIONS`); sums. The choice
model is ours, and its error a choice: what the record speaks for under other errors is told beside it.

Sources: Heuer 1999 for competing hypotheses by evidence; Good 1950 for likelihood ratios as the weight of evidence.

>>> from detente.scenario import load
>>> found = update(Case(load("hanoi_2019")))
>>> [(each.reading, round(each.surprise, 1)) for each in found.readings if each.actor == "us"]
[('a_hawks', 18.8), ('p_bigdeal', 12.6), ('b_praise', 16.2)]
>>> found.prior_from, found.readings[0].weight
('', None)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import CONCEPTS, Basis, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.errors import Lacks
from detente.messages import numeral, tell
from detente.questions.history.periods import ERROR, Course, Observed, checked_error, course_of
from detente.questions.history.places import Place, Step, place
from detente.questions.history.weighing import (
    CLOSE,
    Prior,
    Table,
    by_reading,
    ends_of,
    finite,
    most_likely,
    others_of,
    prior_of,
    ratios,
    tabulate,
    weights_of,
)
from detente.questions.uncertainty.expectations import CONTRADICTED, EXPECTED, POSSIBLE
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Event
from detente.sheet import ActorTerm, FormulaTerm, Gloss, Phrase, ReadingTerm, Sheet, StateTerm, listing, many

DEPENDS = "depends"
"""The word of a reading that says one thing or another of an observation, as the others want this or that."""

OTHER_ERRORS = (0.02, 0.3)
"""Errors of the choice model under which the least surprised reading is told as well."""


@dataclass(frozen=True, kw_only=True)
class Word(Record):
    """What a reading says of an observation, the others wanting anything, and the move or statement that shows it."""

    reading: str
    word: str
    because: Phrase


@dataclass(frozen=True, kw_only=True)
class Tested(Record):
    """An observation and what every reading of its actor says of it; `tells` if they do not all say the same."""

    observed: Observed
    words: tuple[Word, ...]

    DERIVED = ("tells",)

    @property
    def tells(self) -> bool:
        return len({each.word for each in self.words}) > 1


@dataclass(frozen=True, kw_only=True)
class Reading(Record):
    """One reading of an actor against the record.

    `surprise` (in bits, the others as chosen; None is without end: the chance is 0) lies in `surprises` whatever the others
    want; `blind` is that of blind choice. `ratio` is the record's chance under it over that under the actor's best-fitting
    reading, the others as chosen, and lies in `ratios` whatever they want; None where neither has a chance. `prior` and
    `weight` are None where no prior is stated for every actor.
    """

    actor: str
    reading: str
    chosen: bool
    words: Mapping[str, int]
    surprise: float | None
    surprises: tuple[float | None, float | None]
    blind: float
    ratio: float | None
    ratios: tuple[float | None, float | None]
    prior: float | None
    weight: float | None


@dataclass(frozen=True, repr=False, kw_only=True)
class Update(Answer):
    """The answer; see the module's opening.

    `refuted` says that the record has the chance 0 under every combination. `prior_from` is "" (none), "file" or "given", and
    `without_prior` names the actors that lack one. `robust` gives, per other error, the reading of each actor for which
    the record speaks most, where it is one.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "moves", "stays")
    question: ClassVar[str] = "update"

    basis: Basis
    error: float
    course: Course
    tested: tuple[Tested, ...]
    readings: tuple[Reading, ...]
    combinations: int
    prior_from: str
    without_prior: tuple[str, ...]
    refuted: bool
    robust: Mapping[str, Mapping[str, str]]
    here: Place
    own_record: bool = field(metadata=INSIDE)

    @property
    def moves(self) -> int:
        return sum(bool(each.move) for each in self.course.observations)

    @property
    def stays(self) -> int:
        return len(self.course.observations) - self.moves

    def of(self, actor: str) -> tuple[Reading, ...]:
        """The readings of an actor, the best-fitting first."""
        own = [each for each in self.readings if each.actor == actor]
        return tuple(sorted(own, key=lambda each: -(each.ratio or 0)))

    @property
    def headline(self) -> Phrase:
        """The two readings of one actor that the record tells apart most, whatever the others want."""
        record = f"{many(len(self.course.periods), 'period')}, {many(self.moves, 'move')}, {many(self.stays, 'stay')}: "
        if self.refuted:
            return Phrase.told(
                "{record}no combination of readings gives this record any chance; the prior is kept.", record=record
            )
        sides = [
            (own[0], last)
            for a in dict.fromkeys(r.actor for r in self.readings)
            for own in (self.of(a),)
            for last in own[1:]
        ]
        if not sides:
            return Phrase.told("{record}no actor has rival readings.", record=record)
        best, worst = min(sides, key=lambda side: 1 if side[1].ratios[1] is None else side[1].ratios[1])
        most = worst.ratios[1]
        if most is None or most >= 1:
            return Phrase.told(
                "{record}no two readings of an actor are told apart whatever the others want.", record=record
            )
        times = (
            tell("at least {times} as likely under it", times=_times(1 / most))
            if most
            else tell("which gives it no chance")
        )
        return Phrase.told(
            "{record}of the readings of {actor} it speaks most for “{reading}” against “{reading2}” ({times}).",
            record=record,
            actor=ActorTerm(best.actor),
            reading=ReadingTerm(best.reading, best.actor),
            reading2=ReadingTerm(worst.reading, worst.actor),
            times=times,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Where the world is; every reading against the record; the matrix of events and readings; what shows its words."""
        return self._here_sheet(), self._reading_sheet(), self._matrix_sheet(), self._because_sheet()

    def gist(self) -> tuple[Sheet, ...]:
        return self.sheets()[:3]

    def _here_sheet(self) -> Sheet:
        concepts = ", ".join(map(label, self.here.holds))
        first: dict[str, Step] = {}
        for step in self.here.next:
            first.setdefault(step.actor, step)
        rows = tuple((ActorTerm(s.actor), FormulaTerm(s.changes), s.why, KINDS[s.kind]) for s in first.values())
        notes = [
            Phrase.told("The world stands at: {text}.", text=StateTerm(self.here.text)),
            Phrase.of(
                tell("It holds under {concepts}.", concepts=concepts)
                if concepts
                else tell("It holds under no concept.")
            ),
        ]
        if not rows:
            notes.append(Phrase.told("Nobody has a move to gain by."))
        return Sheet(
            tell("Where the world is now"), ("who", tell("could gain by"), "because", "is"), rows, tuple(notes)
        )

    def _reading_sheet(self) -> Sheet:
        weighed = bool(self.prior_from)
        rows = alike(
            (
                ActorTerm(r.actor),
                Phrase.of(ReadingTerm(r.reading, r.actor), tell(" (chosen)") if r.chosen else ""),
                *r.words.values(),
                _range(r.surprise, r.surprises, _bits),
                _bits(r.blind),
                _range(r.ratio, r.ratios, _ratio),
                *((_share(r.prior), _share(r.weight)) if weighed else ()),
            )
            for actor in dict.fromkeys(each.actor for each in self.readings)
            for r in self.of(actor)
        )
        words = (EXPECTED, POSSIBLE, CONTRADICTED, DEPENDS)
        columns = ("actor", "reading", *words, "surprise", "blind", "ratio", *(("prior", "weight") if weighed else ()))
        return Sheet(tell("Each reading against the record"), columns, rows, tuple(self._reading_notes()))

    def _reading_notes(self) -> Iterable[str]:
        n = len(self.course.observations)
        yield (
            tell("{number}, n is small: a few events more may turn this round.", number=many(n, "observation"))
            if n < FEW
            else f"n = {n}."
        )
        if self.refuted:
            yield tell(
                "The record has the chance 0 under every combination of readings: all are refuted, and the "
                "prior is kept."
            )
        if not self.prior_from and self.without_prior:
            whom = listing(map(ActorTerm, self.without_prior), ", ")
            yield Phrase.told(
                "No prior is stated for {whom}: no reading has a weight, and none are taken for equal. The "
                "ratio is what the record says without one.",
                whom=whom,
            )
        elif self.prior_from:
            where = tell("the file states") if self.prior_from == "file" else tell("was given")
            yield tell("The prior is what {where}, that of one actor independent of another's.", where=where)
        hopeless = [a for a in dict.fromkeys(r.actor for r in self.readings) if self._no_better_than_blind(a)]
        if hopeless:
            yield Phrase.told(
                "Blind choice is no more surprised than any reading of: {hopeless}.",
                hopeless=listing(map(ActorTerm, hopeless)),
            )
        for error, least in self.robust.items():
            named = listing((Phrase.of(ActorTerm(a), " ", ReadingTerm(r, a)) for a, r in least.items()), "; ")
            yield Phrase.told(
                "With an error of {error} it would speak most for: {named}.", error=error, named=named or tell("none")
            )
        yield Gloss.told(
            "Choice model: with the chance {number} an actor does what its reading calls best, with "
            "{error} anything; to stay or to move is a coin's fall where both are open, and which move, "
            "blind.",
            number=numeral(1 - self.error, "g"),
            error=numeral(self.error, "g"),
        )
        yield Gloss.told("Surprise: of what the actor itself did, in bits; blind: that of doing anything.")
        yield Gloss.told(
            "Ratio: the chance of the whole record, what others did in answer included, over that under "
            "the actor's best reading; in brackets, whatever the others want."
        )

    def _no_better_than_blind(self, actor: str) -> bool:
        own = self.of(actor)
        return own[0].blind > 0 and all(r.surprises[0] is None or r.surprises[0] >= r.blind - CLOSE for r in own)

    def _matrix_sheet(self) -> Sheet:
        rows = []
        for each in self.tested:
            if not each.tells:
                continue
            sides = (
                listing((ReadingTerm(w.reading, each.observed.actor) for w in each.words if w.word == word), ", ")
                for word in (EXPECTED, POSSIBLE, CONTRADICTED, DEPENDS)
            )
            rows.append((each.observed.period, ActorTerm(each.observed.actor), _deed(each.observed), *sides))
        alike = len(self.tested) - len(rows)
        notes = (
            [
                tell(
                    "{alike} of {number} test no reading: all of the actor's say the same.",
                    alike=alike,
                    number=many(len(self.tested), "observation"),
                )
            ]
            if alike
            else []
        )
        notes += [
            Phrase.of(
                f"{u.period} ",
                ActorTerm(u.actor) if u.actor else tell("nobody"),
                ": ",
                FormulaTerm(u.changes),
                f" {u.why}.",
            )
            for u in self.course.unjudged
        ]
        columns = (
            "date",
            "who",
            "did",
            tell("expected by"),
            tell("possible by"),
            "contradicts",
            tell("depends on the others"),
        )
        return Sheet(tell("Which judgement each event tests"), columns, tuple(rows), tuple(notes)).trimmed(3)

    def _because_sheet(self) -> Sheet:
        rows = tuple(
            (
                each.observed.period,
                ActorTerm(each.observed.actor),
                _deed(each.observed),
                ReadingTerm(word.reading, each.observed.actor),
                word.word,
                word.because,
            )
            for each in self.tested
            if each.tells
            for word in each.words
        )
        note = tell("Shown with the others as chosen; their other readings may answer otherwise.")
        columns = ("date", "who", "did", "reading", "says", tell("what shows it"))
        return Sheet(tell("What shows it"), columns, rows, (note,))


FEW = 100
"""Below this many observations the result says that n is small."""

KINDS = {"unsanctioned": "expected", "sanctioned": "possible"}


def alike(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """Rows of an actor and a reading; readings of an actor of which the same is told share a row."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for actor, reading, *rest in rows:
        found.setdefault((actor, *rest), []).append(reading)
    return tuple((key[0], listing(readings, ", "), *key[1:]) for key, readings in found.items())


def _deed(seen: Observed) -> Phrase:
    if seen.move:
        return Phrase.of(FormulaTerm(seen.move))
    return Phrase.of(tell("stayed"), tell(" ({periods} periods)", periods=seen.periods) if seen.periods > 1 else "")


def _range(value: float | None, ends: tuple[float | None, float | None], said: Any) -> str:
    low, high = map(said, ends)
    return said(value) if low == high else tell("{said} ({low} to {high})", said=said(value), low=low, high=high)


def _bits(value: float | None) -> str:
    return tell("without end") if value is None else f"{value:.1f}"


def _ratio(value: float | None) -> str:
    if value is None:
        return "undefined"
    if 0 < value < LEAST_RATIO:
        return tell("under {least_ratio}", least_ratio=numeral(LEAST_RATIO, "g"))
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


LEAST_RATIO = 0.001
"""Ratios below this are not told apart where people read."""


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _times(value: float) -> str:
    return (
        tell("{value} times", value=numeral(value, ".1f"))
        if value < 10
        else tell("{value} times", value=numeral(value, ",.0f"))
    )


# --- asking ----------------------------------------------------------------------------------------------------------


def update(
    case: Case,
    events: Sequence[Event] | None = None,
    *,
    error: float = ERROR,
    prior: Prior | None = None,
    over: Iterable[str] | None = None,
    progress: Progress = quiet,
) -> Update:
    """Read a record (default: the file's `history`) and say what it does to every reading; see the module's opening.

    `prior` gives the chances of readings per actor; default: those the file states under `uncertainty:`. `over` names actors
    whose readings are compared, the others being as chosen; default: all that have rival ones.
    """
    happened = case.scenario.history if events is None else tuple(events)
    if not happened:
        raise Lacks("history", tell("recorded events"))
    checked_error(error)
    course = course_of(case, happened)
    members = None if over is None else case.scenario.actor_ids(over)
    table = tabulate(case, course, members, progress)
    weighed, source, lacking = prior_of(case, table.varied, prior)
    chances = table.chances(error)
    record = np.prod(chances, axis=-1)
    refuted = not (record > 0).any()
    weights = weights_of(weighed, record, table.varied, refuted) if weighed else {}
    return Update(
        basis=case.basis_over(case.actors),
        error=error,
        course=course,
        tested=tuple(_tested(case, table, number) for number in range(len(course.observations))),
        readings=tuple(_readings(table, error, weighed, weights)),
        combinations=math.prod(map(len, table.varied.values())),
        prior_from=source,
        without_prior=lacking,
        refuted=refuted,
        robust={f"{other:g}": most_likely(table, other) for other in OTHER_ERRORS if other != error},
        own_record=events is None,
        here=place(case, case.analyse(CONCEPTS), course.end),
    )


def _tested(case: Case, table: Table, number: int) -> Tested:
    seen = table.course.observations[number]
    if seen.actor not in table.varied:
        name = case.chosen.get(seen.actor, "")
        words = tuple(dict.fromkeys(table.words[..., number].ravel().tolist()))
        return Tested(
            observed=seen,
            words=(Word(reading=name, word=words[0] if len(words) == 1 else DEPENDS, because=Phrase.of("")),),
        )
    axis, found = list(table.varied).index(seen.actor), []
    place_ = table.own(seen.actor).index(number)
    for row, name in enumerate(table.varied[seen.actor]):
        words = tuple(dict.fromkeys(np.take(table.words[..., number], row, axis=axis).ravel().tolist()))
        because = table.because[seen.actor, name][place_]
        found.append(Word(reading=name, word=words[0] if len(words) == 1 else DEPENDS, because=because))
    return Tested(observed=seen, words=tuple(found))


def _readings(
    table: Table, error: float, prior: Prior, weights: Mapping[str, NDArray[np.float64]]
) -> Iterable[Reading]:
    chances = table.chances(error)
    with np.errstate(divide="ignore"):
        logs = np.log2(chances)
    record = logs.sum(axis=-1)
    for axis, (actor, names) in enumerate(table.varied.items()):
        own = table.own(actor)
        bits = by_reading(-logs[..., own].sum(axis=-1), axis)
        whole = by_reading(record, axis)
        others = others_of(table, axis)
        times = ratios(whole, int(np.argmax(whole[:, others])))
        words = by_reading(np.arange(record.size).reshape(record.shape), axis)
        said = table.words.reshape(record.size, -1)
        for row, name in enumerate(names):
            each = [set(said[words[row], n].tolist()) for n in own]
            single = [next(iter(found)) if len(found) == 1 else DEPENDS for found in each]
            yield Reading(
                actor=actor,
                reading=name,
                chosen=row == table.at[axis],
                words={word: single.count(word) for word in (EXPECTED, POSSIBLE, CONTRADICTED, DEPENDS)},
                surprise=finite(bits[row, others]),
                surprises=(finite(bits[row].min()), finite(bits[row].max())),
                blind=float(-np.log2(table.blind[own]).sum()),
                ratio=finite(times[row, others]),
                ratios=ends_of(times[row]),
                prior=prior[actor].get(name, 0.0) if prior else None,
                weight=float(weights[actor][row]) if weights else None,
            )
