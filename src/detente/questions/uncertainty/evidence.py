"""What every judgement of a model rests on, and which of them rest on little.

A *judgement* is what the file asserts and a source could say: an aim in a list, a ranking of states, an option with its limits,
a rule, an incentive, a recorded event, a claim. It rests on the sources it names, and where it names none, on those of the
claims it cites. It is

- *unsupported* if nobody says so but the modellers: no source, or suppositions alone;
- *single-source* if one source says so, suppositions aside;
- *contested* if a source that the file names says otherwise, or the public record disputes the claim;
- *stale* if the last day on which any of its sources was checked, or else published, lies more than a stated number of months
  back; *undated* if of none of them a day is known. Without a stated number nothing is called either.

Sources are graded apart: how reliable the source is (A to F), how credible what it says is (1 to 6). A confidence word on an
aim is neither: it says how sure the analyst is, and feeds the dispersion of its list in an ensemble
(`detente.scenario.confidence`).

How to ask: `evidence(case)`; `months` states the number where the file does not, `today` is the day that counts as today. Cost:
linear in the file. Source: Department of the Army 2006 (the grades, as NATO uses them); the marks are ours.

>>> from detente.scenario import load
>>> found = evidence(Case(load("prisoners_dilemma")))
>>> sorted({(each.kind, each.standing) for each in found.judgements})
[('option', ('unsupported',)), ('ranking', ('unsupported',))]
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from detente.arguments import check
from detente.case import Basis, Case
from detente.errors import InputError
from detente.messages import Messages, later, tell, word
from detente.result import Answer, Record
from detente.scenario.confidence import WORDS, Confidence, confidence_of
from detente.scenario.model import Claim, Evidence, Ranking, Reading, Scenario, Source
from detente.sheet import ActorTerm, FormulaTerm, Gloss, NameTerm, OptionTerm, Phrase, ReadingTerm, Sheet, many

UNSUPPORTED, SINGLE, CONTESTED, STALE, UNDATED = "unsupported", later("single source"), "contested", "stale", "undated"
STANDINGS = (UNSUPPORTED, SINGLE, CONTESTED, STALE, UNDATED)
"""The marks of judgements that rest on little, in one order."""

RELIABILITY = Messages(
    {
        "A": "completely reliable",
        "B": "usually reliable",
        "C": "fairly reliable",
        "D": "not usually reliable",
        "E": "unreliable",
        "F": "cannot be judged",
    }
)
CREDIBILITY = Messages(
    {
        "1": "confirmed by other sources",
        "2": "probably true",
        "3": "possibly true",
        "4": "doubtful",
        "5": "improbable",
        "6": "cannot be judged",
    }
)
"""The grades of the Admiralty system: of the source, and of what it says."""

GRADES = later("Grades: the source is {reliability}; what it says is {credibility}.")


def _grades() -> Phrase:
    """What the letters and digits of the grades mean."""
    return Gloss.told(
        GRADES,
        reliability=", ".join(f"{letter} {said}" for letter, said in RELIABILITY.items()),
        credibility=", ".join(f"{digit} {said}" for digit, said in CREDIBILITY.items()),
    )


MARKS = later(
    "Unsupported: no source says so, or suppositions alone. Single source: one source says so. "
    "Contested: a source that the file names says otherwise, or the public record disputes it. "
    "Stale: no source of it was checked within the months stated."
)

Today = Callable[[], datetime.date]


@dataclass(frozen=True, kw_only=True)
class Judgement(Record):
    """One thing the file asserts, what it rests on, and its marks.

    `kind` says what it is, `owner` whose (an actor, or nothing), `reading` in which list; `in_force` whether the case has
    chosen that list. `grades` are those of the sources, `where` the place in them; `last` is the last day on which one of them
    was checked or, if none was, published.
    """

    kind: str
    owner: str
    reading: str
    says: str
    in_force: bool
    sources: tuple[str, ...]
    grades: tuple[str, ...]
    where: str
    confidence: str
    claims: tuple[str, ...]
    against: tuple[str, ...]
    last: str
    standing: tuple[str, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Cited(Record):
    """A source, how often judgements rest on it, and whether it is stale (None: no number of months is stated)."""

    id: str
    text: str
    kind: str
    grade: str
    reliability: str
    credibility: str
    date: str
    checked: str
    rest: int
    stale: bool | None


@dataclass(frozen=True, kw_only=True)
class Listed(Record):
    """A list in force: how many of its statements carry each word of confidence, and the dispersion this stands for."""

    actor: str
    reading: str
    confidence: Confidence = field(metadata={"inside": True})

    DERIVED: ClassVar[tuple[str, ...]] = ("words", "dispersion")

    @property
    def words(self) -> dict[str, int]:
        return {word or "none": number for word, number in self.confidence.words.items()}

    @property
    def dispersion(self) -> float:
        return float(self.confidence.dispersion)


@dataclass(frozen=True, repr=False, kw_only=True)
class Ledger(Answer):
    """Every judgement with what it rests on, the sources, and how sure the analyst is of the lists in force.

    `months` is the number stated (None: none is), `today` the day from which it is counted.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("counts",)

    basis: Basis
    months: int | None
    today: str
    judgements: tuple[Judgement, ...]
    sources: tuple[Cited, ...]
    lists: tuple[Listed, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many judgements in force carry each mark."""
        return {mark: sum(mark in each.standing for each in self.in_force) for mark in STANDINGS}

    @property
    def in_force(self) -> tuple[Judgement, ...]:
        """The judgements that the case rests on: all but those of lists that are not chosen."""
        return tuple(each for each in self.judgements if each.in_force)

    @property
    def weak(self) -> tuple[Judgement, ...]:
        """Those in force that carry a mark."""
        return tuple(each for each in self.in_force if each.standing)

    @property
    def headline(self) -> Phrase:
        """How many judgements rest on little."""
        counts = self.counts
        stale = "" if self.months is None else tell(", {counts} stale", counts=counts[STALE])
        return Phrase.told(
            "{number} in force: {counts} unsupported, {counts2} on a single source, {counts3} contested{stale}.",
            number=many(len(self.in_force), "judgement"),
            counts=counts[UNSUPPORTED],
            counts2=counts[SINGLE],
            counts3=counts[CONTESTED],
            stale=stale,
        )

    def gist(self) -> tuple[Sheet, ...]:
        """The judgements in force that carry a mark, the sources and the lists."""
        title = Phrase.told("Judgements in force that rest on little")
        return (self._judgements(title, self.weak), *self._rest())

    def sheets(self) -> tuple[Sheet, ...]:
        """Every judgement, the sources and the lists."""
        return (self._judgements(Phrase.told("What every judgement rests on"), self.judgements), *self._rest())

    def _judgements(self, title: Phrase, some: tuple[Judgement, ...]) -> Sheet:
        rows = tuple(
            (
                Phrase.of(
                    Phrase.told("{kind} of {owner}", kind=word(each.kind), owner=ActorTerm(each.owner))
                    if each.owner
                    else word(each.kind),
                    *_in(each),
                ),
                _what(each),
                ", ".join(each.sources),
                ", ".join(each.grades),
                each.where,
                each.last,
                each.confidence,
                ", ".join(each.against),
                ", ".join(each.standing),
            )
            for each in some
        )
        columns = ("what", "", tell("rests on"), "grade", "where", tell("last known"), "sure", "against", "standing")
        stated = (
            tell(
                "Stale is what was last known more than {number} before {today}.",
                number=many(self.months, "month"),
                today=self.today,
            )
            if self.months is not None
            else tell("No number of months is stated after which a source is stale, so nothing is called stale.")
        )
        return Sheet(title, columns, rows, (stated, Gloss.told(MARKS))).trimmed(3)

    def _rest(self) -> tuple[Sheet, ...]:
        sources = tuple(
            (
                NameTerm(each.id),
                each.reliability or _unknown(each),
                each.credibility or _unknown(each),
                each.date or tell("not known"),
                each.checked or tell("not known"),
                {True: "stale", False: "", None: ""}[each.stale],
                each.rest,
                each.text,
            )
            for each in self.sources
        )
        heads = ("source", "reliability", "credibility", "published", "checked", "", "judgements", "text")
        lists = tuple(
            (ActorTerm(each.actor), ReadingTerm(each.reading, each.actor), *each.words.values(), each.dispersion)
            for each in self.lists
        )
        said = tell("The dispersion is what a list is shuffled by in an ensemble: 0 not at all, 1 every order alike.")
        unsaid = (
            ()
            if any(each.confidence.said for each in self.lists)
            else (tell("No aim in force carries a word of confidence."),)
        )
        columns = (tell("list of"), "reading", *WORDS, tell("no word"), "dispersion")
        found = (
            Sheet(tell("Sources"), heads, sources, (_grades(),)),
            Sheet(
                tell("How sure the analyst is of the aims in force"),
                columns,
                lists,
                (said, *unsaid, *self.basis.warnings),
            ),
        )
        return tuple(sheet for sheet in found if sheet.rows)


def _in(each: Judgement) -> tuple[str, ...]:
    return (", ", ReadingTerm(each.reading, each.owner)) if each.reading else ()


def _what(each: Judgement) -> str:
    kinds: dict[str, type[str]] = {
        "aim": FormulaTerm,
        "rule": FormulaTerm,
        "option": OptionTerm,
        "incentive": NameTerm,
        "claim": NameTerm,
    }
    return kinds.get(each.kind, str)(each.says)


def _unknown(each: Cited) -> str:
    return "" if each.kind == "supposition" else tell("not known")


# --- asking -----------------------------------------------------------------------------------------------------------


def evidence(case: Case, months: int | None = None, *, today: Today = datetime.date.today) -> Ledger:
    """What every judgement of the case's file rests on, and which of them rest on little.

    `months` is after how many months a source that nobody checked again is stale; without, what the file says
    (`stale_after`). `today` tells the day from which they are counted. Raises `InputError` for less than one month.
    """
    check(tell("the months after which a source is stale"), months, "int", "None")
    if months is not None and months < 1:
        raise InputError(
            tell("the months after which a source is stale are {months}; expected at least 1", months=months)
        )
    scenario, day = case.scenario, today()
    stated = scenario.stale_after if months is None else months
    limit = None if stated is None else before(day, stated)
    judgements = tuple(_judgements(case, limit))
    return Ledger(
        basis=case.basis,
        months=stated,
        today=day.isoformat(),
        judgements=judgements,
        sources=tuple(_cited(each, judgements, limit) for each in scenario.sources.values()),
        lists=tuple(
            Listed(actor=actor.id, reading=case.chosen[actor.id], confidence=confidence_of(case.reading(actor.id)))
            for actor in scenario.actors
            if actor.readings
        ),
    )


def standing(scenario: Scenario, grounds: Evidence, limit: datetime.date | None = None) -> tuple[str, ...]:
    """The marks of what rests on these grounds; stale only where there is a `limit`."""
    sources = resting(scenario, grounds)
    said = [name for name in sources if not scenario.supposed([name])]
    days = [day for name in said if name in scenario.sources and (day := last_day(scenario.sources[name])) is not None]
    marks = {
        UNSUPPORTED: not said,
        SINGLE: len(said) == 1,
        CONTESTED: bool(grounds.against) or any(map(_disputed, _claims(scenario, grounds))),
        STALE: limit is not None and bool(days) and max(days) < limit,
        UNDATED: limit is not None and bool(said) and not days,
    }
    return tuple(mark for mark, carried in marks.items() if carried)


def resting(scenario: Scenario, grounds: Evidence) -> tuple[str, ...]:
    """The sources that something rests on: its own, or else those of the claims it cites, each once."""
    cited = (name for claim in _claims(scenario, grounds) for name in claim.evidence.source)
    return tuple(dict.fromkeys(grounds.source or cited))


def before(day: datetime.date, months: int) -> datetime.date:
    """The day so many months before; the last of its month where that is shorter.

    >>> before(datetime.date(2024, 3, 31), 1).isoformat(), before(datetime.date(2024, 1, 15), 24).isoformat()
    ('2024-02-29', '2022-01-15')
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(max(year, 1), month + 1, min(day.day, calendar.monthrange(max(year, 1), month + 1)[1]))


def last_day(source: Source) -> datetime.date | None:
    """The last day on which a source was checked, or else published; of a month or a year its last. None: not known."""
    return _day(source.checked) or _day(source.date)


def _day(text: str) -> datetime.date | None:
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        return None
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    try:
        return datetime.date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None


def _claims(scenario: Scenario, grounds: Evidence) -> Iterator[Claim]:
    """The claims of the file that something cites."""
    return (scenario.claims[name] for name in grounds.claims if name in scenario.claims)


def _disputed(claim: Claim) -> bool:
    return claim.record is not None and bool(claim.record.disputes)


def _cited(source: Source, judgements: tuple[Judgement, ...], limit: datetime.date | None) -> Cited:
    day = last_day(source)
    return Cited(
        id=source.id,
        text=source.text,
        kind=source.kind or ("supposition" if source.id == "supposition" else ""),
        grade=source.grade,
        reliability=source.reliability,
        credibility=source.credibility,
        date=source.date,
        checked=source.checked,
        rest=sum(source.id in each.sources for each in judgements),
        stale=None if limit is None or day is None else day < limit,
    )


Asserted = tuple[str, str, str, str, Evidence, int]
"""Kind, owner, reading, words, grounds and line of something asserted."""


def _judgements(case: Case, limit: datetime.date | None) -> Iterator[Judgement]:
    scenario = case.scenario
    for kind, owner, reading, says, grounds, line in asserted(scenario):
        sources = resting(scenario, grounds)
        known = [scenario.sources[name] for name in sources if name in scenario.sources]
        days = [day for each in known if (day := last_day(each)) is not None]
        yield Judgement(
            kind=kind,
            owner=owner,
            reading=reading,
            says=says,
            in_force=not reading or case.chosen.get(owner) == reading,
            sources=sources,
            grades=tuple(each.grade for each in known if each.grade),
            where=grounds.where,
            confidence=grounds.confidence,
            claims=grounds.claims,
            against=grounds.against,
            last=max(days).isoformat() if days else "",
            standing=standing(scenario, grounds, limit),
            line=line,
        )


def asserted(scenario: Scenario) -> Iterator[Asserted]:
    """Everything the file asserts that a source could say, in the order of the file."""
    for actor in scenario.actors:
        for option in actor.options:
            yield "option", actor.id, "", option.key, option.evidence, option.place.line
        for name, reading in actor.readings.items():
            yield from _aims(actor.id, name, reading)
    for rule in scenario.rules:
        if not rule.lapses:  # the option says so
            yield "rule", "", "", rule.text or rule.name or str(rule.when), rule.evidence, rule.place.line
    for name, incentive in scenario.incentives.items():
        yield "incentive", incentive.by, "", name, incentive.evidence, incentive.place.line
    for event in scenario.history:
        yield "event", event.by, "", f"{event.date} {event.says}".strip(), event.evidence, event.place.line
    for name, claim in scenario.claims.items():
        own = claim.evidence
        disputed = (*own.claims, name) if _disputed(claim) else own.claims
        grounds = replace(own, claims=disputed)
        yield "claim", "", "", name, grounds, claim.place.line


def _aims(actor: str, name: str, reading: Reading) -> Iterator[Asserted]:
    if isinstance(reading, Ranking):
        yield "ranking", actor, name, " > ".join(reading.texts), reading.evidence, reading.place.line
    for statement in reading.statements:
        yield "aim", actor, name, str(statement), statement.evidence, statement.place.line
    for adjustment in reading.adjust:
        yield "adjustment", actor, name, str(adjustment), adjustment.evidence, adjustment.place.line
