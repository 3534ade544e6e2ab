"""Sealed forecasts: written down before the event, settled after it, and changed in between by nobody unnoticed.

A *seal* is a file that says what is forecast (a formula that is true or false of the world on a day), with what chance, in what
words, by which model (its hash and the version of this program), on which day, and how it will be settled. Its last line is the
SHA-256 of all the rest: a change shows, unless whoever makes it computes the hash anew. Whoever wants to prove more notes
the hash elsewhere, and gives it (`noted`) when it is settled.

It is *settled* by a record: the formula is evaluated in the state to which the events up to that day lead. A record that ends
before leaves it open, and so does an event whose date is too coarse to say whether it came before, if that makes a difference.
Settled forecasts are scored together (`detente.questions.history.scores`).

The chance is a number, a word of the ladder (`detente.likelihood`), or both. A number has its word by the ladder (none below 1
and above 99 %); a word alone stands for all of its band and is scored as the middle of it, which the seal says. Other words are
refused: what they mean could not be settled.

Sources: Brier 1950 and Good 1952 for the scores, ICD 203 for the words.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> sealed = seal(case, "us_arm = limited", by="2025-12-31", share=0.4, on="2025-01-20")
>>> settled = score(case, [sealed.text])
>>> settled.settled[0].came, round(settled.settled[0].brier, 2)
(True, 0.36)
"""

from __future__ import annotations

import calendar as months
import datetime
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from detente.case import Basis, Case
from detente.errors import InputError, refuse_unknown
from detente.likelihood import Rung, ladder, source, word_for
from detente.messages import numeral, tell
from detente.questions.history.periods import course_of
from detente.questions.history.scores import Bin, Mean, base_rates, brier, calibration, discrimination, skill
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Event
from detente.sheet import FormulaTerm, Phrase, Sheet, many

KIND = "detente seal 1"
"""What a file of this kind begins with."""

SCORED, OPEN, BROKEN = "settled", "open", "broken"


@dataclass(frozen=True, repr=False, kw_only=True)
class Sealed(Answer):
    """A forecast as it is written down; `text` is the file."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "seal"

    basis: Basis
    document: Mapping[str, Any]
    hash: str
    text: str = field(metadata=INSIDE)

    @property
    def headline(self) -> Phrase:
        """What is forecast, with what chance, until when."""
        d = self.document
        return Phrase.told(
            "That {d} holds on {d2} is given {percent}.",
            d=FormulaTerm(d["when"]),
            d2=d["by"],
            percent=_given(d["share"], d["band"]),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        share, band = _percent(self.document["share"]), self.document["band"]
        told = tell("{band}, scored as {share}", band=_band(band), share=share) if band else share
        shown = {**self.document, "share": told, "seal": self.hash, "band": ""}
        rows = tuple((name, str(value)) for name, value in shown.items() if value)
        note = tell("Note the seal elsewhere: it proves that nothing here was changed afterwards.")
        return (Sheet(tell("Sealed"), ("what", "is"), rows, (note,)),)


@dataclass(frozen=True, kw_only=True)
class Settled(Record):
    """What became of a sealed forecast: `state` is settled, open or broken, and `why` says why it is not settled.

    `share` is the chance that is scored; `band` from where to where a word reaches that was given alone (empty: a number was).
    """

    when: str
    by: str
    sealed: str
    share: float
    band: tuple[float, ...]
    words: str
    claim: str
    state: str
    why: str
    came: bool | None
    brier: float | None
    bits: float | None
    changed: bool
    hash: str


@dataclass(frozen=True, repr=False, kw_only=True)
class Score(Answer):
    """Sealed forecasts settled, and the scores of those that could be; `ends` is the last date of the record."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "n")
    question: ClassVar[str] = "score"

    basis: Basis
    ends: str
    settled: tuple[Settled, ...]
    brier: Mean | None
    base: Mean | None
    skill: float | None
    discrimination: Mean | None
    calibration: tuple[Bin, ...]
    own_record: bool = field(metadata=INSIDE)

    @property
    def n(self) -> int:
        return sum(each.state == SCORED for each in self.settled)

    @property
    def headline(self) -> Phrase:
        """How many are settled, and how well."""
        counts = tell("{n} of {number} settled", n=self.n, number=many(len(self.settled), "forecast"))
        if self.brier is None or self.base is None:
            return Phrase.of(f"{counts}.")
        return Phrase.told(
            "{counts}: Brier {brier}, n = {n}; base rate {value}.",
            counts=counts,
            brier=self.brier,
            n=self.n,
            value=numeral(self.base.value, ".2f"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                FormulaTerm(s.when),
                s.by,
                s.sealed,
                _given(s.share, s.band) + (f", {s.words}" if s.words else ""),
                s.why or ("came" if s.came else tell("did not come")),
                "" if s.brier is None else f"{s.brier:.2f}",
                "" if s.bits is None else f"{s.bits:.1f}",
            )
            for s in self.settled
        )
        notes = [tell("The record ends with {ends}.", ends=self.ends)]
        if any(s.changed for s in self.settled):
            notes.append(
                tell(
                    "The model is not the one of every seal any more; what was forecast is evaluated in it as it is now."
                )
            )
        if self.n:
            told = (
                ""
                if self.discrimination is None
                else tell(" Discrimination {discrimination}.", discrimination=self.discrimination)
            )
            few = (
                tell("no calibration is claimed")
                if not self.calibration
                else "calibration: " + "; ".join(map(str, self.calibration))
            )
            notes.append(f"n = {self.n}: {few}.{told}")
        columns = ("forecast", "for", "sealed", "chance", tell("what became of it"), "Brier", "bits")
        return (Sheet(tell("Sealed forecasts"), columns, rows, tuple(notes)),)


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def _band(band: Sequence[float]) -> str:
    low, high = band
    return tell("{low} to {high}", low=numeral(100 * low, "g"), high=_percent(high))


def _given(share: float, band: Sequence[float]) -> str:
    """The chance as it was given: a number, or all of what a word stands for."""
    return _band(band) if band else _percent(share)


# --- sealing ---------------------------------------------------------------------------------------------------------


def seal(
    case: Case,
    when: str,
    *,
    by: str,
    share: float | None = None,
    words: str = "",
    claim: str = "",
    says: str = "",
    on: str = "",
) -> Sealed:
    """Write down that `when` will hold on the day `by` with the chance `share`, or with that of a word of the ladder (`words`).

    `claim` names a claim of the file that this is about, `says` puts it in words, `on` is the day of sealing (default: today).
    """
    formula = case.game.formula(when)
    due, today = _day(by, "by"), _day(on or datetime.date.today().isoformat(), "on")  # noqa: DTZ011 (a day, not a time)
    chance, word, band = _chance(share, words)
    if due <= today:
        raise InputError(
            tell("a forecast is sealed before the day it is for; {by} is not after {today}", by=by, today=today)
        )
    if claim:
        refuse_unknown("claim", case.scenario.claims, claim)
        says = says or case.scenario.claims[claim].says
    basis = case.basis
    here = case.game.cell(None)
    document = {
        "kind": KIND,
        "sealed": today,
        "model": basis.model,
        "title": basis.title,
        "model_hash": basis.hash,
        "version": basis.version,
        "readings": ", ".join(f"{actor}={reading}" for actor, reading in basis.readings.items()),
        "today": case.game.text(here),
        "holds_today": "yes" if bool(case.game.holds(formula, np.array([here]))[0]) else "no",
        "claim": claim,
        "says": says,
        "when": str(when),
        "by": due,
        "share": chance,
        "band": list(band),
        "words": word,
        "settled_by": tell("the state to which the recorded events up to that day lead"),
    }
    signed = _hash(document)
    text = json.dumps({**document, "seal": signed}, ensure_ascii=False, indent=1) + "\n"
    return Sealed(basis=basis, document=document, hash=signed, text=text)


def _chance(share: float | None, words: str) -> tuple[float, str, tuple[float, ...]]:
    """The chance that is scored, its word, and the band where only a word was given.

    >>> _chance(0.7, ""), _chance(None, "likely"), _chance(0.995, "")
    ((0.7, 'likely', ()), (0.675, 'likely', (0.55, 0.8)), (0.995, '', ()))
    """
    rungs = {rung.word: rung for rung in ladder()}
    if words and words not in rungs:
        raise InputError(
            tell(
                "'{words}' is no word of likelihood{hint}; expected one of {known} ({source}), or a chance alone",
                words=words,
                hint=_row(words),
                known=", ".join(_spoken(rung) for rung in rungs.values()),
                source=source(),
            )
        )
    if share is None:
        if not words:
            known = ", ".join(rungs)
            raise InputError(
                tell("a forecast needs a chance, such as 0.3, or a word of likelihood: one of {known}", known=known)
            )
        low, high = rungs[words].low, rungs[words].high
        return (low + high) / 200, words, (low / 100, high / 100)
    if not 0 <= share <= 1:
        raise InputError(tell("a share is a chance between 0 and 1; found {share}", share=repr(share)))
    if words and not rungs[words].low <= 100 * share <= rungs[words].high:
        raise InputError(
            tell(
                "{share} is not '{words}', which is {band}; give one of them, or what fits",
                share=_percent(share),
                words=words,
                band=_spoken(rungs[words]),
            )
        )
    return float(share), words or word_for(share), ()


def _row(words: str) -> str:
    """The word that we write, for one of the other row of the ladder."""
    ours = next((rung.word for rung in ladder() if rung.also == words), "")
    return tell(" that is used here: write '{ours}'", ours=ours) if ours else ""


def _spoken(rung: Rung) -> str:
    return tell("{word} ({low} to {high} %)", word=rung.word, low=rung.low, high=rung.high)


def _hash(document: Mapping[str, Any]) -> str:
    canonical = json.dumps(dict(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _day(text: str, what: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(
            tell("`{what}` is {text}; expected a day such as 2027-06-30", what=what, text=repr(text))
        ) from None


# --- settling --------------------------------------------------------------------------------------------------------


def score(
    case: Case, seals: Iterable[str], events: Sequence[Event] | None = None, *, noted: Iterable[str] = ()
) -> Score:
    """Settle sealed forecasts (the texts of their files) by a record (default: the file's `history`).

    `noted` are hashes noted elsewhere: with any, a seal that is not among them is broken. Cost: the record, once per forecast.
    """
    happened = tuple(case.scenario.history if events is None else events)
    known = frozenset(each.strip().lower() for each in noted)
    settled = tuple(_settle(case, _read(text), happened, known) for text in seals)
    if not settled:
        raise InputError(
            tell("there is no seal to settle; give the file that was written when the forecast was sealed")
        )
    done = [each for each in settled if each.state == SCORED]
    chances, came = [each.share for each in done], [bool(each.came) for each in done]
    own, base = (brier(chances, came), brier(base_rates(came), came)) if done else (None, None)
    return Score(
        basis=case.basis,
        ends=happened[-1].date if happened else "",
        settled=settled,
        brier=own,
        base=base,
        skill=skill(own.value, base.value) if own and base else None,
        discrimination=discrimination(chances, came) if done else None,
        own_record=events is None,
        calibration=calibration(chances, came),
    )


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise InputError(tell('this is no sealed forecast: expected JSON that begins with "kind": "{kind}"', kind=KIND))
    wrong = [
        name
        for name, kind in (("when", str), ("by", str), ("sealed", str), ("share", int | float), ("seal", str))
        if not isinstance(document.get(name), kind)
    ]
    if wrong:
        raise InputError(
            tell("this sealed forecast lacks a proper `{wrong}`; it is not as it was written", wrong=wrong[0])
        )
    return document


def _settle(case: Case, document: dict[str, Any], events: Sequence[Event], noted: frozenset[str]) -> Settled:
    signed = document.pop("seal")
    came, state, why = None, BROKEN, ""
    if _hash(document) != signed:
        why = tell("broken: the file is not as it was sealed")
    elif noted and signed not in noted:
        why = tell("broken: its seal is none of those noted")
    else:
        came, why = _came(case, document, events)
        state = OPEN if came is None else SCORED
    share = float(document["share"])
    given = share if came else 1 - share
    return Settled(
        when=document["when"],
        by=document["by"],
        sealed=document["sealed"],
        share=share,
        band=_band_of(document) if state != BROKEN else (),
        words=str(document.get("words", "")),
        claim=str(document.get("claim", "")),
        state=state,
        why=why,
        came=came,
        brier=None if came is None else (share - came) ** 2,
        bits=None if came is None or given == 0 else -math.log2(given),
        changed=document.get("model_hash") != case.basis.hash,
        hash=signed,
    )


def _band_of(document: Mapping[str, Any]) -> tuple[float, ...]:
    """The band of a seal; none in one of an earlier version."""
    return tuple(map(float, document.get("band", ())))


def _came(case: Case, document: Mapping[str, Any], events: Sequence[Event]) -> tuple[bool | None, str]:
    """Whether what was forecast holds on its day; None, and why, where the record cannot say."""
    by = document["by"]
    try:
        formula = case.game.formula(document["when"])
    except InputError as error:
        return None, tell("open: the model can no longer say it ({error})", error=error)
    if not events or _last_day(events[-1].date) < by:
        ends = events[-1].date if events else tell("nothing")
        return None, tell("open: the record ends with {ends}", ends=ends)
    surely = [event for event in events if _last_day(event.date) <= by]
    maybe = [event for event in events if event.date[:10] <= by]
    states = [course_of(case, each).end for each in (surely, maybe)]
    truths = case.game.holds(formula, np.array(states, dtype=np.int64)).tolist()
    if truths[0] != truths[1]:
        coarse = next(event.date for event in maybe if event not in surely)
        return None, tell("open: {coarse} may be before or after {by}", coarse=coarse, by=by)
    return bool(truths[0]), ""


def _last_day(date: str) -> str:
    """The last day that a date (year, month or day) may mean.

    >>> [_last_day(each) for each in ("2024", "2024-02", "2024-06-19")]
    ['2024-12-31', '2024-02-29', '2024-06-19']
    """
    if re.fullmatch(r"[0-9]{4}", date):
        return f"{date}-12-31"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", date):
        year, month = int(date[:4]), int(date[5:])
        return f"{date}-{months.monthrange(year, month)[1]:02}"
    return date
