"""How a verdict depends on who the actors are: the grid of rival readings.

The mathematics. Each chosen actor has several readings of what it wants; a *type combination* takes one of them per
actor. The verdict of one query is computed for every combination: how often each verdict occurs is a count of readings,
not a probability. A reading is *decisive by itself* if all combinations that contain it have one and the same verdict.

Steps: one analysis per combination. Left out by default are actors with a single reading, actors whose reading was
chosen for the case, and actors who can choose nothing (all their options are held or fixed), for their wishes move
nobody. Cost: the product of the numbers of readings, each one analysis; at most `MOST` combinations.

The grid is a truth table: *conditions* are the minimal combinations of readings that suffice for a verdict
(`uncertainty.conditions`). They say what follows from which assumptions, and nothing about cases: no row was observed.

Source: rival lists of one actor are the "types" of Harsanyi 1967, without beliefs about them. Truth tables of conditions:
Ragin 1987; their minimisation: Quine 1952, McCluskey 1956.

>>> from detente.scenario import load
>>> neutral = Case(load("ukraine_agency")).under(Policy(hold={"us_arm": 0, "us_nato": 0}))
>>> answer = types(neutral, Query("link_off"))
>>> answer.count("ALL"), len(answer.rows)
(17, 48)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from detente.case import Basis, Case, Policy, Query, verdict
from detente.engine import Progress, quiet
from detente.errors import refuse_unknown
from detente.executors import Executor, divided
from detente.messages import later, numeral, tell
from detente.questions.uncertainty.completions import MOST, VERDICTS, Spread, open_readings, reading_grid
from detente.questions.uncertainty.conditions import minimal_terms, solutions
from detente.result import Answer, Record
from detente.sheet import ActorTerm, Phrase, ReadingTerm, Sheet, VerdictTerm, listing, many, names_of

FEW = 12
"""Combinations of readings up to this many are listed one by one where people read."""

SHOWN = 64
"""Combinations listed at most where people read; the JSON has all of them."""


@dataclass(frozen=True)
class Row(Record):
    """One combination of readings and its verdict."""

    readings: Mapping[str, str]
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Conditions(Record):
    """What suffices for a `verdict`: every minimal combination of readings, and the smallest sets of them that cover it.

    `solutions` are lists of places in `sufficient`, from 0; `more` if others of the same size are not listed.
    """

    verdict: str
    sufficient: tuple[Mapping[str, str], ...]
    solutions: tuple[tuple[int, ...], ...]
    more: bool

    @property
    def essential(self) -> frozenset[int]:
        """The places of those that are in every smallest set."""
        return frozenset.intersection(*map(frozenset, self.solutions)) if self.solutions else frozenset()


LOGIC = later(
    "This is logic over assumptions, not over cases: each row is a combination of readings, and none was observed."
)


AS_WRITTEN = later("taken as written")
"""What becomes of a list with something unknown where every reading is asked about."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Types(Answer):
    """The verdict over a grid of readings of `actors`; everybody else has the reading of `basis`.

    `open` are the readings, each with its actor, in whose list something is unknown: they are taken as written.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("combinations", "counts", "marginals", "conditions")

    basis: Basis
    query: Query
    actors: tuple[str, ...]
    rows: tuple[Row, ...]
    open: tuple[tuple[str, str], ...] = ()

    @property
    def combinations(self) -> int:
        """How many combinations of readings there are."""
        return len(self.rows)

    @cached_property
    def counts(self) -> Spread:
        """How often each verdict occurs."""
        return Spread.over(row.verdict for row in self.rows)

    def count(self, *verdicts: str) -> int:
        """How many combinations have one of these verdicts."""
        return self.counts.count(*verdicts)

    def where(self, *verdicts: str) -> tuple[Mapping[str, str], ...]:
        """The combinations with one of these verdicts."""
        return tuple(row.readings for row in self.rows if row.verdict in verdicts)

    @cached_property
    def marginals(self) -> dict[str, dict[str, Spread]]:
        """For each actor and each of its readings how often each verdict occurs."""
        return {
            actor: {
                reading: Spread.over(row.verdict for row in self.rows if row.readings[actor] == reading)
                for reading in dict.fromkeys(row.readings[actor] for row in self.rows)
            }
            for actor in self.actors
        }

    @cached_property
    def conditions(self) -> tuple[Conditions, ...]:
        """What suffices for each verdict that occurs."""
        table = {tuple(row.readings[actor] for actor in self.actors): row.verdict for row in self.rows}
        return tuple(self._conditions(table, verdict) for verdict in self.counts.possible)

    def _conditions(self, table: Mapping[tuple[str, ...], str], verdict: str) -> Conditions:
        terms = minimal_terms(table, verdict)
        found, more = solutions(table, verdict, terms)
        named = (zip(self.actors, term, strict=True) for term in terms)
        return Conditions(
            verdict=verdict,
            sufficient=tuple({actor: reading for actor, reading in term if reading is not None} for term in named),
            solutions=tuple(tuple(terms.index(term) for term in each) for each in found),
            more=more,
        )

    def qca(self, verdict: str) -> str:
        """The truth table as CSV for tools of qualitative comparative analysis, this verdict as the outcome.

        A row per combination: its number, a column of 0 and 1 per actor and reading, `outcome` (1: this verdict), and the
        verdict in full. Raises `UnknownName` for what is no verdict.
        """
        refuse_unknown("verdict", VERDICTS, verdict)
        columns = [(actor, reading) for actor, found in self.marginals.items() for reading in found]
        names = [re.sub(r"\W", "_", f"{actor}_{reading}", flags=re.ASCII) for actor, reading in columns]
        names = [f"{name}_{place}" if names.count(name) > 1 else name for place, name in enumerate(names, start=1)]
        rows = (
            (
                number,
                *(int(row.readings[actor] == reading) for actor, reading in columns),
                int(row.verdict == verdict),
                row.verdict,
            )
            for number, row in enumerate(self.rows, start=1)
        )
        return Sheet("", ("combination", *names, "outcome", "verdict"), tuple(rows)).to_csv()

    @property
    def headline(self) -> Phrase:
        """The verdict over all combinations of readings, and whose reading decides it."""
        told = self.query.says(self.counts.told)
        over = many(self.combinations, "combination") + tell(" of readings")
        if self.counts.necessary is not None:
            return Phrase.of(told, tell(", in all {over}.", over=over) if self.combinations > 1 else ".")
        deciding = names_of(map(ActorTerm, self.deciding))
        idle = [actor for actor in self.actors if actor not in self.deciding]
        rest = Phrase.told("; that of {idle} makes no difference", idle=names_of(map(ActorTerm, idle))) if idle else ""
        return Phrase.told(
            "{told} ({over}); the reading of {deciding} decides{rest}.",
            told=told,
            over=over,
            deciding=deciding,
            rest=rest,
        )

    @cached_property
    def deciding(self) -> tuple[str, ...]:
        """The actors whose reading alone, all others as they are, changes the verdict of some combination."""
        found = []
        for actor in self.actors:
            met: dict[tuple[str, ...], set[str]] = {}
            for row in self.rows:
                others = tuple(reading for other, reading in row.readings.items() if other != actor)
                met.setdefault(others, set()).add(row.verdict)
            if any(len(verdicts) > 1 for verdicts in met.values()):
                found.append(actor)
        return tuple(found)

    def sheets(self) -> tuple[Sheet, ...]:
        told = [self._conditions_sheet()] if len(self.counts.possible) > 1 else []
        return (*([self._marginal_sheet()] if self.actors else []), self._grid_sheet(), *told)

    def gist(self) -> tuple[Sheet, ...]:
        """Reading by reading, and what suffices; combination by combination only where they are few."""
        sheets = self.sheets()
        if len(self.rows) <= FEW or not self.actors:
            return sheets
        first, _, *more = sheets
        return replace(first, notes=(*first.notes, *self.notes, *self.basis.uncounted, *self.basis.warnings)), *more

    def _conditions_sheet(self) -> Sheet:
        rows = tuple(
            (
                VerdictTerm(each.verdict),
                listing(
                    (Phrase.told("{a} as {r}", a=ActorTerm(a), r=ReadingTerm(r, a)) for a, r in readings.items()), ", "
                ),
                place in each.essential,
            )
            for each in self.conditions
            for place, readings in enumerate(each.sufficient)
        )
        return Sheet(
            tell("What suffices for each verdict"),
            ("verdict", tell("is enough"), tell("needed to cover it")),
            rows,
            (tell(LOGIC),),
        )

    def cell(self, row: Row) -> VerdictTerm:
        """The verdict of one combination, and what it is about."""
        query = self.query
        subject, question = (str(query.of), tell("comes about")) if query.of else (tell("today"), "equilibrium")
        where = [tell("in the equilibria")] if query.of and query.concept else []
        loose = any((actor, reading) in self.open for actor, reading in {**self.basis.readings, **row.readings}.items())
        scope = ", ".join([*where, *([tell(AS_WRITTEN)] if loose else [])])
        by = query.concept or query.play
        return VerdictTerm(row.verdict, self.basis.judged(subject, question, by, readings=row.readings, scope=scope))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the verdicts: which lists are open."""
        readings = [
            Phrase.told("{actor} as {reading}", actor=ActorTerm(actor), reading=ReadingTerm(reading, actor))
            for actor, reading in self.open
        ]
        return tuple(
            Phrase.told(
                "{each}: its list has something unknown, and is {as_written}", each=each, as_written=tell(AS_WRITTEN)
            )
            for each in readings
        )

    def _grid_sheet(self) -> Sheet:
        rows = tuple(
            (*(ReadingTerm(reading, actor) for actor, reading in row.readings.items()), self.cell(row))
            for row in self.rows[:SHOWN]
        )
        left = len(self.rows) - len(rows)
        notes = [tell("{left} more combinations are not listed", left=numeral(left))] if left else []
        title = Phrase.told("Types, {phrase}: {phrase2}", phrase=self.query.phrase, phrase2=self.counts.phrase)
        notes += [*self.notes, *self.basis.uncounted]
        return Sheet(title, (*map(ActorTerm, self.actors), "verdict"), rows, (*notes, *self.basis.warnings), toned=True)

    def _marginal_sheet(self) -> Sheet:
        verdicts = self.counts.possible
        rows = [
            (ActorTerm(actor), ReadingTerm(reading, actor), *(spread.counts.get(verdict, 0) for verdict in verdicts))
            for actor, readings in self.marginals.items()
            for reading, spread in readings.items()
        ]
        return Sheet(tell("Reading by reading"), ("actor", "reading", *map(VerdictTerm, verdicts)), tuple(rows))


def types(
    case: Case,
    query: Query,
    actors: Iterable[str] | None = None,
    *,
    most: int = MOST,
    progress: Progress = quiet,
    executor: Executor | int | None = None,
) -> Types:
    """The verdict for every combination of readings of the actors (by default those whose reading is open).

    An `executor` (`detente.executors`, or a number of processes) asks them side by side, with the same result.
    Raises `TooLarge` for more than `most` combinations, `UnknownName` for an unknown actor.
    """
    chosen, combinations = reading_grid(case, actors, most)
    _ = case.game  # made first, so that all combinations lie over one state space

    def told(number: int) -> str:
        return tell("readings {values}", values=", ".join(combinations[number].values()))

    verdicts = divided(executor, _Verdicts(case, query, combinations), len(combinations), progress, told)
    rows = tuple(Row(*each) for each in zip(combinations, verdicts, strict=True))
    loose = open_readings(case, chosen)
    return Types(basis=case.basis_over(chosen), query=query, actors=chosen, rows=rows, open=loose)


@dataclass(frozen=True, eq=False)
class _Verdicts:
    """The work: the verdict of the combination of a number."""

    case: Case
    query: Query
    combinations: Sequence[Mapping[str, str]]

    def __call__(self, number: int) -> str:
        return verdict(self.case.under(Policy(readings=self.combinations[number])), self.query)
