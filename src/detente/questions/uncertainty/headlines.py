"""Headlines: the verdicts of a case that an analyst would put into a first line, each with its name.

A *headline* is a named query with the verdict that the case as written has: whether an outcome comes about where play ends,
whether a partnership breaks there, whether today is stable. How sure one can be of them is asked of all together.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> [(each.name, each.verdict) for each in headlines_of(Case(load("prisoners_dilemma")))]
[('cooperation', 'ALL'), ('today', 'stable')]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from detente.case import Case, Query, verdict
from detente.engine.concepts import label
from detente.engine.play import NO_EQUILIBRIA
from detente.messages import tell, word
from detente.result import Record
from detente.sheet import ConceptTerm, NameTerm, Phrase, VerdictTerm

TODAY = "today"
"""The name of the headline about the status quo."""

VERDICTS = ("ALL", "SOME", "NONE", NO_EQUILIBRIA, "stable", "unstable")
"""The verdicts a headline can have; where verdicts are numbers, they are places in this list."""

SENSELESS = -1
"""The number of no verdict: a list that tells merged states apart, or rules that forbid the status quo."""


@dataclass(frozen=True)
class Headline(Record):
    """A named query, and its verdict in the case as written; `partnership` is the one whose end is asked about."""

    name: str
    query: Query
    verdict: str
    partnership: str = ""

    @property
    def code(self) -> int:
        """The verdict as a number."""
        return VERDICTS.index(self.verdict)

    @property
    def sentence(self) -> Phrase:
        """The verdict in a sentence, without its stop."""
        if self.partnership:
            told = VerdictTerm(self.verdict)
            return Phrase.told(
                "that {label} is {told} true where {play} play ends",
                label=self.label,
                told=told,
                play=word(self.query.play),
            )
        return self.query.says(VerdictTerm(self.verdict))

    @property
    def label(self) -> Phrase:
        """The headline in a few words."""
        if self.partnership:
            return Phrase.told("{partnership} breaks", partnership=NameTerm(self.partnership))
        if self.query.of is None:
            return Phrase.told("today is stable under {concept}", concept=ConceptTerm(label(self.query.concept or "")))
        return self.query.phrase


def headline(case: Case, query: Query) -> Headline:
    """The headline of one query."""
    return Headline(TODAY if query.of is None else str(query.of), query, verdict(case, query))


def headlines_of(case: Case, queries: Iterable[Query] = ()) -> tuple[Headline, ...]:
    """The headlines of these queries; of none: every outcome and partnership where foresight play ends, and today under SEQ.

    Cost: one analysis.
    """
    asked = tuple(headline(case, query) for query in queries)
    return asked or tuple(_usual(case))


def _usual(case: Case) -> Iterator[Headline]:
    scenario, play = case.scenario, case.scenario.asking.play
    if case.game.now is None:  # without a start there is no play, and nothing is today
        yield from (headline(case, Query(name, concept="seq")) for name in scenario.outcomes)
        return
    yield from (headline(case, Query(name, play)) for name in scenario.outcomes)
    now = np.array([case.game.now], dtype=np.int64)
    for name, partnership in scenario.partnerships.items():
        on = tuple(flow for flow, where in partnership.flows.items() if case.game.holds(where, now)[0])
        if on:
            query = Query(partnership.fates(on)["BREAKS"], play)
            yield Headline(tell("{name} breaks", name=name), query, verdict(case, query), name)
    yield headline(case, Query(concept="seq"))
