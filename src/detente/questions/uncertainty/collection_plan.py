"""The collection plan, or what would change one's mind: which judgements to look into first, and the gap in their sources.

The mathematics. Of many ways the case might be (`draws`), a headline holds in a share p of those in which a judgement is as
written, and in q of those in which it has another value. The *chance that it flips the headline* is that of finding it
otherwise, times by how much less the headline holds then: P(otherwise) · max(0, p - q), summed over its other values. How
*easily* it is looked into is a number from 0 to 1: what the file says of its actor (`uncertainty: {nk: {checking: 0.2}}`,
else 1) times how open the judgement is by its sources (`GAPS`: nothing is as easily improved on as what rests on no source).
The product ranks the judgements; it is an order in which to look, not a likelihood. Only those are ranked of which the draws
are many enough to tell p from q (their 95 % intervals lie apart). What is no matter of evidence (concept, play,
counter-moves, rules) is left out.

Cost: the draws. Source: Howard 1988 (tornado diagrams); the product and the gaps are ours.

>>> from detente.scenario import load
>>> found = collection_plan(Case(load("two_proxies")), Query(concept="seq"), {"order": False, "reading": True})
>>> [(str(each.words), round(each.chance, 2), each.gap) for each in found.checks]
[('the reading of us', 0.33, 'no source')]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.arguments import check
from detente.case import Basis, Case, Query
from detente.engine import Progress, quiet
from detente.errors import InputError, TooLarge
from detente.messages import numeral, tell, word
from detente.questions.uncertainty.combinations import gridded
from detente.questions.uncertainty.doubts import Doubt, doubts_of
from detente.questions.uncertainty.draws import Column, Draws, Plan, drawn
from detente.questions.uncertainty.headlines import Headline, headline
from detente.questions.uncertainty.judgements import as_written, judgements_of, name_of, reading_of, statements_of
from detente.questions.uncertainty.shares import Share, sampled
from detente.result import INSIDE, Answer, Record
from detente.scenario.binding.doubts import number
from detente.scenario.model import Evidence
from detente.sheet import FormulaTerm, NameTerm, Phrase, Sheet, VerdictTerm, listing, many

DRAWS = 4_000
"""Draws unless somebody says otherwise."""

GRID = 4_000
"""Where there are no more combinations, all of them are gone through."""

SHOWN = 12
"""Judgements listed where people read; the JSON has all of them."""

GAPS: Mapping[str, float] = {
    "no source": 1.0,
    "low confidence": 0.8,
    "doubtful sources": 0.7,
    "one source": 0.6,
    "several sources": 0.3,
}
"""How open a judgement is, by what it rests on: a choice, so that what is already well founded is looked into last."""

DOUBTFUL = "DEF456"
"""Grades of sources that count for none here: from D (not usually reliable) and from 4 (doubtfully true) downwards."""

NO_EVIDENCE = ("concept", "play", "countermoves", "rules", "weights")
"""Sources of doubt that are no judgement about the world, or have no few values."""


@dataclass(frozen=True, kw_only=True)
class Check(Record):
    """One judgement to look into: in how many ways the headline holds with it as written, and otherwise; and its worth.

    `otherwise` is how often it is otherwise, `chance` that it flips the headline, `ease` how easily it is looked into, of which
    `checking` is what the file says of its actor. `rests_on` are the sources it has, `gap` what they leave open.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("worth",)

    judgement: str
    source: str
    of: str
    otherwise: float
    holds_as_written: Share
    holds_otherwise: Share
    chance: float
    checking: float
    ease: float
    gap: str
    rests_on: tuple[str, ...]
    words: Phrase = field(metadata=INSIDE)
    settles: Phrase

    @property
    def worth(self) -> float:
        """By what it is ranked."""
        return self.chance * self.ease


@dataclass(frozen=True, repr=False, kw_only=True)
class CollectionPlan(Answer):
    """The judgements to look into, most worth first; `untold` are those of which the draws cannot tell whether they matter.

    `holds` is the share of all ways in which the headline holds; `n` draws, or all combinations (`exact`).
    """

    basis: Basis
    asked: Headline
    doubts: tuple[Doubt, ...]
    holds: Share
    n: int
    seed: int
    exact: bool
    checks: tuple[Check, ...]
    tried: int
    untold: int

    @property
    def headline(self) -> Phrase:
        """What to look into first."""
        if not self.checks:
            return Phrase.told(
                "No single judgement that was in doubt would change {sentence}.", sentence=self.asked.sentence
            )
        first = self.checks[0]
        share = f"{100 * first.chance:.2g} %"
        return Phrase.told(
            "Look first into this: {words}. In {share} of ways the answer hangs on it; {settles}.",
            words=first.words,
            share=share,
            settles=first.settles,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                n,
                each.words,
                each.holds_as_written.text,
                each.holds_otherwise.text,
                round(100 * each.chance, 1),
                round(each.ease, 2),
                each.settles,
            )
            for n, each in enumerate(self.checks[:SHOWN], start=1)
        )
        columns = (
            "rank",
            "judgement",
            tell("holds as written"),
            tell("holds otherwise"),
            tell("flips it %"),
            "ease",
            tell("what would settle it"),
        )
        title = Phrase.told(
            "What to look into: '{label}', as written {verdict}",
            label=self.asked.label,
            verdict=VerdictTerm(self.asked.verdict),
        )
        return (Sheet(title, columns, rows, (*self._notes(), *self.basis.warnings)),)

    def _notes(self) -> list[str]:
        how = (
            tell("all {n} combinations", n=numeral(self.n))
            if self.exact
            else tell("{n} draws (seed {seed})", n=numeral(self.n), seed=self.seed)
        )
        notes = [tell("It holds in {text} of ways ({how}).", text=self.holds.text, how=how)]
        left = len(self.checks) - SHOWN
        if left > 0:
            notes.append(tell("{number} that could flip it not listed.", number=many(left, "more judgement")))
        rest = self.tried - len(self.checks) - self.untold
        notes.append(
            tell(
                "{number} in doubt: {rest} would not flip it, of {untold} the draws cannot tell.",
                number=many(self.tried, "judgement"),
                rest=numeral(rest),
                untold=numeral(self.untold),
            )
        )
        gaps = ", ".join(f"{word(name)} {ease:g}" for name, ease in GAPS.items())
        notes.append(
            tell(
                "Ranked by flips × ease; ease: what the file says of checking the actor (else 1) × the gap ({gaps}).",
                gaps=gaps,
            )
        )
        return notes


def collection_plan(
    case: Case,
    query: Query,
    doubts: Mapping[str, Any] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress = quiet,
) -> CollectionPlan:
    """The judgements in doubt, ranked by the chance that they flip the verdict of the query × how easily they are looked into.

    `doubts` says what is in doubt, as for `ensemble`. Raises `InputError` where nothing is.
    """
    check(tell("the number of draws"), draws, "int")
    if draws < 1:
        raise InputError(tell("{draws} draws; expected at least 1", draws=draws))
    asked = headline(case, query)
    plan = Plan(case, (asked,), doubts_of(case, doubts))
    if not plan.doubts:
        raise InputError(tell("nothing is in doubt in this case; switch a doubt on"))
    ways = _ways(plan, draws, seed, progress)
    held, sense = ways.holding(0), ways.meaning(0)
    columns = [column for column in judgements_of(ways) if column.source not in NO_EVIDENCE]
    found, untold = [], 0
    for column in columns:
        usual = as_written(case, asked, column)
        told = _check(case, ways, column, usual, held, sense)
        if told is None:
            continue
        if ways.exact or told.holds_as_written.low > told.holds_otherwise.high:
            found.append(told)
        else:
            untold += 1
    return CollectionPlan(
        basis=case.basis,
        asked=asked,
        doubts=plan.doubts,
        holds=_share(ways, held, sense),
        n=ways.n,
        seed=seed,
        exact=ways.exact,
        checks=tuple(sorted(found, key=lambda each: -each.worth)),
        tried=len(columns),
        untold=untold,
    )


def _ways(plan: Plan, draws: int, seed: int, progress: Progress) -> Draws:
    """All combinations if they are few, else draws."""
    try:
        return gridded(plan, GRID, progress)
    except TooLarge:
        return drawn(plan, draws, seed, 0, progress)


def _check(
    case: Case, ways: Draws, column: Column, usual: int, held: NDArray[np.bool_], sense: NDArray[np.bool_]
) -> Check | None:
    """One judgement; None if it makes the headline no less sure, or is never as written or never otherwise."""
    known = sense & (column.codes >= 0)
    written, other = known & (column.codes == usual), known & (column.codes != usual)
    if usual < 0 or not written.any() or not other.any():
        return None
    all_ = float(ways.weight[sense].sum())
    base = _mean(ways, held, written)
    chance = 0.0
    for code in np.unique(column.codes[other]).tolist():
        here = other & (column.codes == code)
        chance += float(ways.weight[here].sum()) / all_ * max(0.0, base - _mean(ways, held, here))
    if chance <= 1e-12:
        return None
    gap, rests_on, settles = _gap(case, column)
    checking = _checking(case, column)
    return Check(
        judgement=column.name,
        source=column.source,
        of=column.of,
        otherwise=float(ways.weight[other].sum()) / all_,
        holds_as_written=_share(ways, held, written),
        holds_otherwise=_share(ways, held, other),
        chance=chance,
        checking=checking,
        ease=checking * GAPS[gap],
        gap=gap,
        rests_on=rests_on,
        words=name_of(column),
        settles=settles,
    )


def _mean(ways: Draws, held: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(ways.weight[held & among].sum()) / float(ways.weight[among].sum())


def _share(ways: Draws, held: NDArray[np.bool_], among: NDArray[np.bool_]) -> Share:
    if not ways.exact:
        return sampled("", int((held & among).sum()), int(among.sum()))
    share = min(1.0, _mean(ways, held, among)) if among.any() else 0.0
    return Share(verdict="", share=share, low=share, high=share)


# --- how easily it is looked into ---------------------------------------------------------------------------------------


def _checking(case: Case, column: Column) -> float:
    """How easily what concerns an actor is looked into, by the file; 1 if it does not say."""
    actor = column.of if column.source != "settings" else case.scenario.option(column.of).actor
    said = case.scenario.uncertainty.get(actor, {})
    written = said.get("checking", 1) if isinstance(said, Mapping) else 1
    return number(written, tell("checking of {actor}", actor=actor))


def _gap(case: Case, column: Column) -> tuple[str, tuple[str, ...], Phrase]:
    """What the sources of a judgement leave open, which they are, and what would settle it."""
    found = [(_open(case, evidence), evidence, text) for text, evidence in _evidence(case, column)]
    if not found:
        return "no source", (), Phrase.told("no source so far")
    gap, evidence, text = max(found, key=lambda each: GAPS[each[0]])
    about = Phrase.told(" for {text}", text=FormulaTerm(text)) if text else Phrase.of("")
    sources = listing(map(NameTerm, evidence.source))
    settles = {
        "no source": Phrase.told("find a source{about}", about=about),
        "low confidence": Phrase.told(
            "firm up {sources}{about}, of which the file is little sure", sources=sources, about=about
        ),
        "doubtful sources": Phrase.told(
            "find a better source{about} than {sources}, graded doubtful", about=about, sources=sources
        ),
        "one source": Phrase.told("find a second source{about} beside {sources}", about=about, sources=sources),
        "several sources": Phrase.told("weigh {sources}{about} against each other", sources=sources, about=about),
    }[gap]
    return gap, tuple(dict.fromkeys(source for _, each, _ in found for source in each.source)), settles


def _open(case: Case, evidence: Evidence) -> str:
    """What the sources leave open; one whose grades are doubtful does not make several."""
    if not evidence.source:
        return "no source"
    if evidence.confidence == "low":
        return "low confidence"
    known = [case.scenario.sources.get(name) for name in evidence.source]
    sound = [each for each in known if each is None or not {each.reliability, each.credibility} & set(DOUBTFUL)]
    return ("doubtful sources", "one source", "several sources")[min(2, len(sound))]


def _evidence(case: Case, column: Column) -> list[tuple[str, Evidence]]:
    """What a judgement rests on: the statements of a list, or a reading as a whole."""
    if column.source == "settings":
        return []
    if column.source == "reading":
        return [("", case.scenario.actor(column.of).readings[case.chosen[column.of]].evidence)]
    reading = case.scenario.actor(column.of).readings[reading_of(case, column)]
    wanted = statements_of(column)
    return [(str(each), each.evidence) for each in reading.statements if str(each) in wanted]
