"""What does not depend on what nobody knows, and what does.

The mathematics. A *completion* settles everything marked unknown (`uncertainty.completions`). The verdict of a query is
*necessary* if every completion has it, *possible* if some completion has it; counts are counts of completions, not
probabilities. A completion *flips* the verdict if its verdict is not that of the file as written. Something unknown
*decides by itself* if the verdict varies, but not among the completions that settle this one thing alike; besides what is
marked unknown itself, "statement A is above statement B" is tried wherever the order of a list is open.

Three questions that must not be confused: `unknowns` asks about the model as it stands, with what its lists leave open;
`unknowns_of_list` what follows if an actor *wants* what a platform wants, nobody being held; `unknowns_in_force` what
follows if the platform's settings are *held*, those it is silent on either way.

Steps: one analysis per completion. Cost: the number of completions (n! for every order of n statements, 2n for one
statement unknown in sign and rank), each one analysis; at most `MOST`. Source: necessary and possible verdicts as in
Konczak & Lang 2005 (voting with incomplete preferences); unknown preferences in graph models: Li, Hipel, Kilgour & Fang 2004.

>>> from detente.scenario import load
>>> harris = unknowns_of_list(Case(load("two_proxies")), "harris", Query(concept="seq"))
>>> harris.count("stable"), len(harris.rows)
(7, 14)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, ClassVar

from detente.case import Basis, Case, Policy, Query, policy_of, verdict
from detente.engine import Progress, quiet
from detente.messages import numeral, tell
from detente.questions.uncertainty.completions import (
    MOST,
    Completion,
    Spread,
    complete,
    complete_list,
    complete_platform,
)
from detente.result import Answer, Record
from detente.sheet import Phrase, Sheet, VerdictTerm, listing, many

SHOWN = 40
"""Completions listed at most where people read; the JSON has all of them."""

ORDERS = " > "
"""Values with this in them are whole orders: as many as completions, so they are not counted one by one."""


@dataclass(frozen=True, kw_only=True)
class Row(Record):
    """One completion: what is settled how (`values`), the lists it makes, and its verdict.

    `written` marks the completion that leaves everything as the file has it.
    """

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    verdict: str
    written: bool


@dataclass(frozen=True, repr=False, kw_only=True)
class Unknowns(Answer):
    """The verdict over all completions; `about` says which of the three questions was asked."""

    DERIVED: ClassVar[tuple[str, ...]] = (
        "unknown",
        "completions",
        "necessary",
        "possible",
        "counts",
        "written",
        "decides",
        "marginals",
    )

    basis: Basis
    query: Query
    about: str
    rows: tuple[Row, ...]

    @cached_property
    def spread(self) -> Spread:
        """How often each verdict occurs."""
        return Spread.over(row.verdict for row in self.rows)

    @property
    def completions(self) -> int:
        """How many completions there are."""
        return len(self.rows)

    @property
    def counts(self) -> Mapping[str, int]:
        """In how many completions each verdict occurs."""
        return self.spread.counts

    @property
    def necessary(self) -> str | None:
        """The verdict of every completion, or None if they differ."""
        return self.spread.necessary

    @property
    def possible(self) -> tuple[str, ...]:
        """The verdicts of some completion."""
        return self.spread.possible

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is unknown, in words."""
        return tuple(self.rows[0].values) if self.rows else ()

    @property
    def written(self) -> str | None:
        """The verdict of the file as written; None if that is no completion (infeasible)."""
        return next((row.verdict for row in self.rows if row.written), None)

    @property
    def flips(self) -> tuple[Row, ...]:
        """The completions whose verdict differs from that of the file as written."""
        return tuple(row for row in self.rows if self.written is not None and row.verdict != self.written)

    def count(self, *verdicts: str) -> int:
        """How many completions have one of these verdicts."""
        return self.spread.count(*verdicts)

    @cached_property
    def marginals(self) -> dict[str, dict[str, Spread]]:
        """For everything unknown but whole orders: for each value how often each verdict occurs."""
        verdicts = [row.verdict for row in self.rows]
        return {
            name: _by_value([row.values[name] for row in self.rows], verdicts)
            for name in self.unknown
            if not any(ORDERS in row.values[name] for row in self.rows)
        }

    @cached_property
    def decides(self) -> dict[str, dict[str, str]]:
        """What decides the verdict by itself, with the verdict each of its values brings."""
        if self.necessary is not None:
            return {}
        verdicts, spreads = [row.verdict for row in self.rows], dict(self.marginals)
        for name, truths in _above(self.rows):
            spreads[name] = _by_value(truths, verdicts)
        # It decides if the completions that settle it alike all have one verdict, whatever it is settled to.
        alone = {name: {value: spread.necessary for value, spread in of.items()} for name, of in spreads.items()}
        return {n: {v: w for v, w in of.items() if w} for n, of in alone.items() if None not in of.values()}

    @property
    def headline(self) -> Phrase:
        """The verdict over everything that is unknown."""
        told = self.query.says(self.spread.told)
        if not self.unknown:
            return Phrase.told("{told}, and nothing is unknown.", told=told)
        ways = many(self.completions, "way") + tell(" to fill in what is unknown")
        return Phrase.of(
            told, tell(", in all {ways}.", ways=ways) if self.necessary else tell(", over {ways}.", ways=ways)
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The verdict, value by value, and the completions that flip it."""
        return (self._summary(), *([self._flips_sheet()] if self.flips else []))

    def _summary(self) -> Sheet:
        verdicts = self.possible
        rows: list[tuple[Any, ...]] = [(tell("all completions"), "", *(self.count(v) for v in verdicts))]
        for name in self.unknown:
            spreads = self.marginals.get(name, {"any order": self.spread})
            rows += [(name, value, *(s.counts.get(v, 0) for v in verdicts)) for value, s in spreads.items() if value]
        title = Phrase.of(self.about, ", ", self.query.phrase, ": ", self._verdict())
        columns = ("unknown", "value", *map(VerdictTerm, verdicts))
        return Sheet(title, columns, tuple(rows), (*self._notes(), *self.basis.warnings))

    def _verdict(self) -> Phrase:
        if not self.unknown:
            return Phrase.told("{phrase} (nothing is unknown)", phrase=self.spread.phrase)
        if self.necessary:
            return Phrase.told("necessarily {necessary}", necessary=VerdictTerm(self.necessary))
        return Phrase.told("possibly {possible}", possible=listing(map(VerdictTerm, self.possible), tell(" or ")))

    def _notes(self) -> tuple[str, ...]:
        return tuple(
            Phrase.told(
                "decides by itself: {name} {items}",
                name=name,
                items=listing(
                    Phrase.of(f"{value} (", VerdictTerm(verdict), ")") for value, verdict in verdicts.items()
                ),
            )
            for name, verdicts in self.decides.items()
        )

    def _flips_sheet(self) -> Sheet:
        shown = self.flips[:SHOWN]
        left = len(self.flips) - len(shown)
        notes = (tell("{left} more completions are not listed", left=numeral(left)),) if left else ()
        rows = tuple((*row.values.values(), VerdictTerm(row.verdict)) for row in shown)
        counts = tell(": {number} of {number2}", number=numeral(len(self.flips)), number2=numeral(len(self.rows)))
        title = Phrase.told(
            "Completions that change it from {written}{counts}", written=VerdictTerm(self.written or ""), counts=counts
        )
        return Sheet(title, (*self.unknown, "verdict"), rows, notes)


def unknowns(
    case: Case,
    query: Query,
    settings: Iterable[str] = (),
    *,
    most: int = MOST,
    progress: Progress = quiet,
) -> Unknowns:
    """The verdict over what the chosen lists leave open, and over every setting of the named options in the status quo.

    Raises `TooLarge` for more than `most` completions, `UnknownName` for an unknown option.
    """
    return _over(case, query, tell("As it stands"), complete(case, start=settings, most=most), progress)


def unknowns_of_list(
    case: Case, platform: str, query: Query, *, most: int = MOST, progress: Progress = quiet
) -> Unknowns:
    """The verdict over the completions of a platform's list: its actor wants this, and nobody is held to anything."""
    wanting = case.under(Policy(readings=policy_of(case, platform).readings))
    return _over(
        wanting,
        query,
        tell("Wanting what {platform} wants", platform=platform),
        complete_list(case, platform, most),
        progress,
    )


def unknowns_in_force(
    case: Case, platform: str, query: Query, *, most: int = MOST, progress: Progress = quiet
) -> Unknowns:
    """The verdict over the completions of a platform whose settings are held, those it is silent on either way."""
    held = case.under(policy_of(case, platform))
    return _over(
        held,
        query,
        tell("With {platform} in force", platform=platform),
        complete_platform(case, platform, most),
        progress,
    )


def _over(case: Case, query: Query, about: str, completions: Sequence[Completion], progress: Progress) -> Unknowns:
    rows = []
    for done, one in enumerate(completions):
        progress(done, len(completions), tell("completions of what is unknown"))
        rows.append(Row(values=one.values, lists=one.lists, verdict=verdict(one.case, query), written=one.written))
    warnings = dict.fromkeys(warning for one in completions for warning in one.case.warnings)
    basis = replace(case.basis, warnings=tuple(warnings))
    return Unknowns(basis=basis, query=query, about=about, rows=tuple(rows))


def _by_value(values: Sequence[str], verdicts: Sequence[str]) -> dict[str, Spread]:
    pairs = list(zip(values, verdicts, strict=True))
    return {value: Spread.over(v for at, v in pairs if at == value) for value in dict.fromkeys(values)}


def _above(rows: Sequence[Row]) -> Iterable[tuple[str, list[str]]]:
    """For each two statements of a completed list whether one stands above the other, completion by completion."""
    for actor in rows[0].lists:
        lists = [row.lists[actor] for row in rows]
        for first, second in combinations(sorted(set().union(*lists)), 2):
            ranks = [{want: rank for rank, want in enumerate(one)} for one in lists]
            # Where one of the two may be absent or negated, there is no order between them to speak of.
            if all(first in rank and second in rank for rank in ranks):
                truths = ["yes" if rank[first] < rank[second] else "no" for rank in ranks]
                if len(set(truths)) > 1:
                    yield tell("{actor}: '{first}' above '{second}'", actor=actor, first=first, second=second), truths
