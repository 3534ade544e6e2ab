"""Which combinations of doubts bring another answer: boxes, each in one sentence, and the smallest changes that do.

The mathematics. Of many ways the case might be (`draws`), those are *marked* in which a headline has the verdict that is looked
for; by default any other than that of the case as written. A *box* says what a few judgements are and leaves all others open.
Its *coverage* is the share of the marked ways that lie in it, its *density* the share of its ways that are marked. Boxes are
found by peeling (`peeling`): each is the best that was met among what those before it leave. They are found on one half of the
draws and measured on the other, so that their numbers are those of ways they have not seen; with all combinations in a grid
both are exact. A box says where a verdict is common, not what brings it about.

A *change* is a judgement that is not as in the file. A set of changes that brings the verdict, while no part of it does, is
*minimal*. In a grid of all combinations these are all there are; else those among the likeliest combinations, and the answer
says how many were gone through.

Cost: the draws, twice; beam × peels × judgements × draws for the boxes. Source: Friedman & Fisher 1999 (peeling), Bryant &
Lempert 2010 (coverage and density of scenarios), Quine 1952 (minimal conditions).

>>> from detente.scenario import load
>>> found = boxes(Case(load("prisoners_dilemma")), Query("cooperation"))
>>> round(found.base, 3), [(round(box.coverage.share, 2), round(box.density.share, 2)) for box in found.boxes]
(0.678, [(0.59, 0.91), (0.42, 1.0), (0.42, 1.0)])
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
from detente.errors import InputError, TooLarge, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.uncertainty import peeling
from detente.questions.uncertainty.combinations import gridded
from detente.questions.uncertainty.doubts import Doubt, all_written, doubts_of
from detente.questions.uncertainty.draws import Column, Draws, Plan, drawn
from detente.questions.uncertainty.headlines import VERDICTS, Headline, headline
from detente.questions.uncertainty.judgements import as_written, judgements_of, said
from detente.questions.uncertainty.shares import Share, sampled
from detente.result import INSIDE, Answer, Record
from detente.sheet import Phrase, Sheet, VerdictTerm, listing, many

DRAWS = 1_000
"""Draws for the boxes, and as many to measure them, unless somebody says otherwise."""

MOST = 3
"""Boxes at most."""

LEAST = 0.05
"""What part of the marked ways a box must have."""

GRID = 2_000
"""Combinations gone through for the smallest changes."""

KEPT, SHOWN = 100, 8
"""Minimal sets of changes kept, and shown where people read."""


@dataclass(frozen=True, kw_only=True)
class Clause(Record):
    """What a box says of one judgement: it has one of these values."""

    judgement: str
    source: str
    of: str
    values: tuple[str, ...]
    words: Phrase = field(metadata=INSIDE)


@dataclass(frozen=True, kw_only=True)
class Box(Record):
    """A box: its clauses, the part of the marked ways in it, the marked part of its ways, and its part of all ways."""

    clauses: tuple[Clause, ...]
    coverage: Share
    density: Share
    mass: float

    @property
    def words(self) -> Phrase:
        """Its clauses in a few words."""
        return listing((clause.words for clause in self.clauses), tell(", and "))


@dataclass(frozen=True, repr=False, kw_only=True)
class Boxes(Answer):
    """The boxes, best first, and the minimal sets of changes, smallest first.

    `wanted` are the verdicts that mark a way, `base` the share of ways that are marked. `n` draws measured the boxes, or all
    combinations did (`exact`). `flips` were found among `gone_through` combinations, which have `seen` of the chance, `whole`
    if these are all; `no_flips` says why none were looked for.
    """

    basis: Basis
    asked: Headline
    wanted: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    base: float
    n: int
    seed: int
    exact: bool
    boxes: tuple[Box, ...]
    together: float
    flips: tuple[tuple[Clause, ...], ...]
    flip_count: int
    gone_through: int
    seen: float
    whole: bool
    no_flips: str

    DERIVED: ClassVar[tuple[str, ...]] = ("sentences",)

    @property
    def what(self) -> Phrase:
        """What is looked for."""
        if self.asked.verdict in self.wanted or len(self.wanted) == 1:
            return Phrase.told("the answer is {wanted}", wanted=listing(map(VerdictTerm, self.wanted), " or "))
        return Phrase.told("the answer is another one")

    @property
    def sentences(self) -> tuple[Phrase, ...]:
        """Every box in one sentence."""
        return tuple(self._sentence(box) for box in self.boxes)

    def _sentence(self, box: Box) -> Phrase:
        return Phrase.told(
            "Where {words}, {what} in {text} of ways; {text2} of all such ways lie there.",
            words=box.words,
            what=self.what,
            text=box.density.text,
            text2=box.coverage.text,
        )

    @property
    def headline(self) -> Phrase:
        """The first box, or that there is none."""
        often = f"{100 * self.base:.3g} %"
        if not self.base:
            return Phrase.told("In none of the ways looked at is it so that {what}.", what=self.what)
        if not self.boxes:
            return Phrase.told(
                "No few judgements tell where {what}; it is so in {often} of ways.", what=self.what, often=often
            )
        return self.sentences[0]

    def sheets(self) -> tuple[Sheet, ...]:
        title = Phrase.told(
            "Where {what}: '{label}', as written {verdict}",
            what=self.what,
            label=self.asked.label,
            verdict=VerdictTerm(self.asked.verdict),
        )
        rows = tuple(
            (n, box.words, box.coverage.text, box.density.text, f"{100 * box.mass:.3g} %")
            for n, box in enumerate(self.boxes, start=1)
        )
        columns = ("box", "where", tell("of all such ways"), tell("so in"), tell("of all ways"))
        notes = [
            Phrase.told(
                "So in {number} % of all ways; the boxes together have {number2} % of these.",
                number=numeral(100 * self.base, ".3g"),
                number2=numeral(100 * self.together, ".3g"),
            )
        ]
        if self.exact:
            notes.append(Phrase.told("All {n} combinations were gone through.", n=numeral(self.n)))
        else:
            notes.append(
                Phrase.told(
                    "Found on {n} draws, measured on {n} others (seed {seed}).", n=numeral(self.n), seed=self.seed
                )
            )
        if not all_written(self.doubts):
            rest = tell("what the file does not weigh is weighed by default, so no word of likelihood is said.")
            notes.append(Phrase.told("A share of ways; {rest}", rest=rest))
        first = Sheet(title, columns, rows, (*notes, *self.basis.warnings))
        return first, self._flips()

    def _flips(self) -> Sheet:
        rows = tuple(
            (len(each), listing((clause.words for clause in each), tell(", and "))) for each in self.flips[:SHOWN]
        )
        notes = []
        if self.no_flips:
            notes.append(tell("Not looked for: {no_flips}.", no_flips=self.no_flips))
        elif not self.flips:
            notes.append(
                tell("Among {number} gone through, none brings it.", number=many(self.gone_through, "combination"))
            )
        elif self.whole:
            notes.append(
                tell(
                    "All {number} of changes; every combination was gone through.",
                    number=many(self.flip_count, "minimal set"),
                )
            )
        else:
            notes.append(
                tell(
                    "The smallest of {number} of changes among the {gone_through} likeliest combinations, which "
                    "have {number2} % of the chance.",
                    number=many(self.flip_count, "minimal set"),
                    gone_through=numeral(self.gone_through),
                    number2=numeral(100 * self.seen, ".3g"),
                )
            )
        if self.flip_count > len(rows):
            notes.append(tell("{flip_count} more are not listed.", flip_count=numeral(self.flip_count - len(rows))))
        return Sheet(
            tell("The smallest changes that bring it"),
            ("changes", tell("judgements that are otherwise")),
            rows,
            tuple(notes),
        )


def boxes(
    case: Case,
    query: Query,
    verdict: str | None = None,
    doubts: Mapping[str, Any] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    most: int = MOST,
    progress: Progress = quiet,
) -> Boxes:
    """The boxes in which the query has this verdict (default: any but that of the case as written), and the smallest changes.

    `doubts` says what is in doubt, as for `ensemble`. Raises `InputError` for a verdict there is not, and where nothing is in
    doubt.
    """
    check(tell("the number of draws"), draws, "int")
    check(tell("the number of boxes"), most, "int")
    if draws < 1 or most < 1:
        raise InputError(tell("{draws} draws and {most} boxes; expected at least 1 of each", draws=draws, most=most))
    asked = headline(case, query)
    known = VERDICTS[:4] if query.of is not None else VERDICTS[4:]
    if verdict is not None:
        refuse_unknown("verdict", known, verdict)
    wanted = (verdict,) if verdict is not None else tuple(each for each in known if each != asked.verdict)
    plan = Plan(case, (asked,), doubts_of(case, doubts))
    if not plan.doubts:
        raise InputError(tell("nothing is in doubt in this case; switch a doubt on"))
    grid, why = _grid(plan, progress)
    exact = grid is not None and grid.exact
    first = grid if grid is not None and exact else drawn(plan, draws, seed, 0, progress)
    second = first if exact else drawn(plan, draws, seed, 1, progress)
    found = _search(first, wanted, most)
    marked, within = _marked(second, wanted), [_inside(second, box) for box in found]
    measured = [_measured(second, marked, each, box, exact) for box, each in zip(found, within, strict=True)]
    together = np.logical_or.reduce(within) if within else np.zeros(second.n, dtype=np.bool_)
    hits = float(second.weight[marked].sum())
    flips, count = _flips(case, asked, grid, wanted) if grid is not None else ((), 0)
    return Boxes(
        basis=case.basis,
        asked=asked,
        wanted=wanted,
        doubts=plan.doubts,
        base=hits / _sense(second),
        n=second.n,
        seed=seed,
        exact=exact,
        boxes=tuple(measured),
        together=float(second.weight[marked & together].sum()) / hits if hits else 0.0,
        flips=flips,
        flip_count=count,
        gone_through=grid.n if grid is not None else 0,
        seen=float(grid.weight.sum()) if grid is not None else 0.0,
        whole=exact,
        no_flips=why,
    )


def _grid(plan: Plan, progress: Progress) -> tuple[Draws | None, str]:
    """The likeliest combinations, or why there are none."""
    try:
        return gridded(plan, GRID, progress, whole=False), ""
    except TooLarge as large:
        return None, str(large)


def _marked(draws: Draws, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.isin(draws.verdicts[0], [VERDICTS.index(each) for each in wanted])


def _sense(draws: Draws) -> float:
    """The weight of the ways that mean something."""
    return float(draws.weight[draws.meaning(0)].sum()) or 1.0


def _search(draws: Draws, wanted: tuple[str, ...], most: int) -> list[dict[str, frozenset[str]]]:
    """The boxes as values of judgements by name, for draws that have seen other values have other numbers for them."""
    columns, sense = judgements_of(draws), draws.meaning(0)
    codes = [column.codes[sense] for column in columns]
    if not codes:
        return []
    found = peeling.boxes(codes, draws.weight[sense], _marked(draws, wanted)[sense], most, LEAST)
    return [
        {
            columns[place].name: frozenset(columns[place].values[code] for code in allowed)
            for place, allowed in box.items()
        }
        for box in found
    ]


def _inside(draws: Draws, box: Mapping[str, frozenset[str]]) -> NDArray[np.bool_]:
    within = np.ones(draws.n, dtype=np.bool_)
    by_name = {column.name: column for column in draws.judgements}
    for name, allowed in box.items():
        column = by_name[name]
        within &= np.isin(column.codes, [code for code, value in enumerate(column.values) if value in allowed])
    return within


def _measured(
    draws: Draws, marked: NDArray[np.bool_], within: NDArray[np.bool_], box: Mapping[str, frozenset[str]], exact: bool
) -> Box:
    """A box with its numbers, by draws that it has not seen."""
    sense = draws.meaning(0)
    by_name = {column.name: column for column in draws.judgements}
    return Box(
        clauses=tuple(_clause(by_name[name], allowed) for name, allowed in box.items()),
        coverage=_share(draws, within & marked, marked, exact),
        density=_share(draws, within & marked, within & sense, exact),
        mass=float(draws.weight[within & sense].sum()) / _sense(draws),
    )


def _share(draws: Draws, part: NDArray[np.bool_], whole: NDArray[np.bool_], exact: bool) -> Share:
    if not exact:
        return sampled("", int(part.sum()), int(whole.sum()))
    of = float(draws.weight[whole].sum())
    share = min(1.0, float(draws.weight[part].sum()) / of) if of else 0.0
    return Share(verdict="", share=share, low=share, high=share)


def _clause(column: Column, allowed: frozenset[str]) -> Clause:
    codes = [code for code, value in enumerate(column.values) if value in allowed]
    return Clause(
        judgement=column.name,
        source=column.source,
        of=column.of,
        values=tuple(column.values[code] for code in codes),
        words=said(column, codes),
    )


def _flips(
    case: Case, asked: Headline, grid: Draws, wanted: tuple[str, ...]
) -> tuple[tuple[tuple[Clause, ...], ...], int]:
    """The minimal sets of changes among the rows of a grid, and how many there are (at most `KEPT`)."""
    every = [(column, as_written(case, asked, column)) for column in judgements_of(grid)]
    columns, usual = zip(*(each for each in every if each[1] >= 0), strict=True) if every else ((), ())
    found = peeling.minimal_changes([column.codes for column in columns], usual, _marked(grid, wanted), KEPT)
    told = tuple(
        tuple(_clause(columns[place], frozenset({columns[place].values[code]})) for place, code in each.items())
        for each in found
    )
    return told, len(told)
