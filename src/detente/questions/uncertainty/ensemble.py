"""How sure the headlines of a case are: their shares among many ways the case might be, and what these depend on.

The mathematics. Every doubt that is switched on (`doubts`) is settled at random, independently of the others, and the verdict
of every headline is found (`draws`). Its *share* has Wilson's interval for 95 % (`shares`). Drawing goes on until that of every
headline is within ± `within`, or to the number of draws asked for; which headline has not settled is said. By default it
is 2 points, but where all chances and dispersions stand in the file each interval is to lie within one word of
likelihood (`detente.likelihood`), or in one of the two ends below and above all words.
Beside the shares stand what is proved: the *margin* and how far every list was tried (`brittleness`); the verdict over all
completions of what the file marks unknown; and the chance of the likeliest games, solved one by one, so that the share lies
between what was seen and that plus what was not. The variance of each headline is split by source of doubt, exactly where all
combinations are few, else by pick and freeze. Since the dispersion of a list is a choice, the shares under several stand side
by side.

A share is a share of ways, not a likelihood, unless all chances and dispersions stand in the file.

Sources: Mallows 1957 (lists by their distance); Doignon, Pekeč & Regenwetter 2004 (drawing them); Wilson 1927 (the interval);
Sobol 1993 and Homma & Saltelli 1996 (parts of the variance); Jansen 1999 (their estimates).

How to ask: `ensemble(case)`, or `ensemble(case, [Query("peace")], {"order": 0.3, "reading": True})`. Cost: draws × games (a
tenth of a millisecond in a model of 64 states), twice that per doubt for the variance, and as much per dispersion.

>>> from detente.scenario import load
>>> found = ensemble(Case(load("prisoners_dilemma")), [Query("cooperation")])
>>> found.n, found.standings[0].holds.text, found.standings[0].exact.text
(3000, '32 % ± 1.7', '32.17 %')
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from detente.arguments import check
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, Query
from detente.engine import Progress, quiet
from detente.errors import DetenteError, InputError, TooLarge, Unanswerable
from detente.executors import Executor, executor_of
from detente.likelihood import source, word_for
from detente.messages import numeral, tell
from detente.questions.uncertainty.brittleness import Brittleness, brittleness
from detente.questions.uncertainty.combinations import gridded, seen
from detente.questions.uncertainty.completions import Spread, open_lists
from detente.questions.uncertainty.doubts import Doubt, all_written, dispersed, doubts_of
from detente.questions.uncertainty.drawing import in_batches
from detente.questions.uncertainty.draws import BATCH, Draws, Plan, Rows, batches, drawn
from detente.questions.uncertainty.headlines import SENSELESS, Headline, headlines_of
from detente.questions.uncertainty.kept_draws import Folder
from detente.questions.uncertainty.shares import (
    Share,
    Variance,
    Verdicts,
    exact_variance,
    sampled_variance,
    separable,
    share_of,
    shares_of,
    sure_enough,
)
from detente.questions.uncertainty.unknowns import unknowns
from detente.result import INSIDE, Answer, Record
from detente.sheet import Phrase, Sheet, VerdictTerm, listing, many, names_of

WITHIN = 0.02
"""Half of the interval that is enough, where nobody says another and no word is to be attached."""

MOST_DRAWS = 10_000_000
"""Draws at most."""

SIDE_BY_SIDE = (0.3, 0.5, 0.7)
"""The dispersions shown side by side unless somebody says others."""

SPLIT = 1_000
"""Draws per doubt by which the variance is split, where it cannot be exact."""

SPLIT_BATCH = 1 << 40
"""The number of the batches that the variance is split by: none that shares are drawn from."""

COMPLETIONS = 500
"""Completions of what is unknown that are gone through."""

STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
"""The numbers of draws at which it is told where the shares stood."""


@dataclass(frozen=True, kw_only=True)
class Standing(Record):
    """One headline: the share that keeps its verdict and those of all verdicts, and what is proved beside it.

    `exact` bounds the share by the chance of the games that were solved one by one (None: not asked, or not to be had),
    `completions` are the verdicts over all that the file marks unknown (None: nothing, or too many ways), `senseless` how many
    draws mean nothing and are left out. `enough` says whether the interval is within the bound asked for. `word` is that of
    likelihood in which all of the interval lies, where the file states every chance and dispersion.
    """

    headline: Headline
    holds: Share
    shares: tuple[Share, ...]
    senseless: int
    enough: bool
    exact: Share | None = None
    completions: Spread | None = None
    brittle: Brittleness | None = None
    word: str = ""


@dataclass(frozen=True)
class Settling(Record):
    """The shares after so many draws, in the order of the headlines."""

    n: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class AtDispersion(Record):
    """The shares if every list has this dispersion, in the order of the headlines."""

    dispersion: float
    shares: tuple[Share, ...]


@dataclass(frozen=True, repr=False, kw_only=True)
class Ensemble(Answer):
    """Shares of the headlines over `n` draws from the `doubts`, with what they depend on.

    `within` is half of the interval that was asked for (None: each is to lie within one word), `seen` the chance of
    what was solved for the exact bounds, `stopped` what ended the drawing early, `lost` the batches left out because each time
    they ended the process that drew them. `written`: every chance and dispersion stands in the file. `table` holds all draws.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("written", "enough", "holds")

    basis: Basis
    doubts: tuple[Doubt, ...]
    n: int
    seed: int
    within: float | None
    standings: tuple[Standing, ...]
    variance: tuple[Variance, ...]
    dispersions: tuple[AtDispersion, ...]
    settling: tuple[Settling, ...]
    seen: float = 0.0
    stopped: str = ""
    lost: tuple[int, ...] = ()
    table: Draws = field(metadata=INSIDE)

    @property
    def written(self) -> bool:
        """Whether the shares are likelihoods as the file sees them."""
        return all_written(self.doubts)

    @property
    def enough(self) -> bool:
        """Whether every headline has settled."""
        return all(each.enough for each in self.standings)

    @property
    def holds(self) -> tuple[Share, ...]:
        """The share that keeps its verdict, headline by headline."""
        return tuple(each.holds for each in self.standings)

    @property
    def like_these(self) -> str:
        """What the shares are shares of."""
        if not self.doubts:
            return tell("the case as written")
        if any(each.source != "order" for each in self.doubts):
            return tell("the ways drawn")
        amounts = dict.fromkeys(each.amounts for each in self.doubts)
        return (
            tell("lists like these ({next})", next=next(iter(amounts)))
            if len(amounts) == 1
            else tell("lists like these")
        )

    @property
    def headline(self) -> Phrase:
        """The first headline with its share, and the others' in short."""
        first, *others = self.standings
        told = Phrase.told(
            "{sentence}, in {text} of {like_these}",
            sentence=first.headline.sentence,
            text=first.holds.text,
            like_these=self.like_these,
        )
        if not others:
            return Phrase.of(told, ".")
        rest = listing(
            (
                Phrase.told("{label} keeps its verdict in {text}", label=each.headline.label, text=each.holds.text)
                for each in others
            ),
            ", ",
        )
        return Phrase.of(told, "; ", rest, ".")

    def sheets(self) -> tuple[Sheet, ...]:
        return (*self.gist(), *self._settling())

    def gist(self) -> tuple[Sheet, ...]:
        """The shares, the doubts, whose doubt matters, several dispersions."""
        return (self._shares(), self._doubts(), *self._parts(), *self._side_by_side())

    def _shares(self) -> Sheet:
        rows = tuple(
            (
                each.headline.label,
                VerdictTerm(each.headline.verdict),
                each.holds.text,
                listing(
                    (
                        Phrase.of(VerdictTerm(share.verdict), f" {share.text}")
                        for share in each.shares
                        if share.verdict != each.headline.verdict
                    ),
                    ", ",
                ),
                "" if each.exact is None else each.exact.text,
            )
            for each in self.standings
        )
        lines = [
            Phrase.of(each.headline.label, ": ", each.brittle.line)
            for each in self.standings
            if each.brittle is not None and each.brittle.line
        ]
        notes = [
            self._drawn(),
            *self._left_out(),
            self._settled(),
            *lines,
            *self._completed(),
            *self._lost(),
            self._likely(),
        ]
        title = Phrase.told("How often each headline holds, of {like_these}", like_these=self.like_these)
        columns = ("headline", "verdict", tell("holds in"), "else", "proved")
        return Sheet(title, columns, rows, (*notes, *self.basis.warnings))

    def _drawn(self) -> Phrase:
        bound = (
            tell("; proved: {number} % of the chance was solved game by game", number=numeral(100 * self.seen, ".4g"))
            if self.seen
            else ""
        )
        return Phrase.told(
            "{number} (seed {seed}); ± is Wilson's interval for 95 %{bound}.",
            number=many(self.n, "draw"),
            seed=self.seed,
            bound=bound,
        )

    def _left_out(self) -> list[Phrase]:
        if not self.lost:
            return []
        which = ", ".join(map(str, self.lost))
        left = tell(
            "{number} of up to {batch} draws (number {which})",
            number=many(len(self.lost), "batch", "batches"),
            batch=numeral(BATCH),
            which=which,
        )
        return [
            Phrase.told(
                "Left out: {left}; each time, drawing ended its process. The shares are without them.", left=left
            )
        ]

    def _settled(self) -> Phrase:
        ended = f" {self.stopped[:1].upper()}{self.stopped[1:]}." if self.stopped else ""
        if self.within is None:
            return self._settled_in_words(ended)
        if self.enough:
            return Phrase.told(
                "Enough: every interval is within ± {number} points.{ended}",
                number=numeral(100 * self.within, "g"),
                ended=ended,
            )
        open_ = names_of(each.headline.label for each in self.standings if not each.enough)
        return Phrase.told(
            "Not enough for ± {number} points: {open}.{ended}",
            number=numeral(100 * self.within, "g"),
            open=open_,
            ended=ended,
        )

    def _settled_in_words(self, ended: str) -> Phrase:
        if self.enough:
            return Phrase.told("Enough: every interval lies within one word of likelihood.{ended}", ended=ended)
        open_ = names_of(each.headline.label for each in self.standings if not each.enough)
        return Phrase.told(
            "Not enough: the interval of {open} reaches over more than one word of likelihood.{ended}",
            open=open_,
            ended=ended,
        )

    def _completed(self) -> list[Phrase]:
        return [
            Phrase.told(
                "Over all ways to fill in what is unknown, {label}: {told}.",
                label=each.headline.label,
                told=each.completions.told,
            )
            for each in self.standings
            if each.completions is not None
        ]

    def _lost(self) -> list[Phrase]:
        lost = max((each.senseless for each in self.standings), default=0)
        if not lost:
            return []
        why = tell("lists that tell merged states apart, or rules that forbid today's state")
        return [Phrase.told("{number} mean nothing and are left out: {why}.", number=many(lost, "draw"), why=why)]

    def _likely(self) -> Phrase:
        if self.written:
            words = listing(
                (
                    Phrase.told("{label} keeps its verdict: {word}", label=each.headline.label, word=each.word)
                    for each in self.standings
                    if each.word
                ),
                "; ",
            )
            return Phrase.of(
                tell(
                    "All chances and dispersions stand in the file: the shares are likelihoods as the file sees them."
                ),
                Phrase.told(" In words ({source}): {words}.", source=source(), words=words) if words else "",
            )
        if not self.doubts:
            return Phrase.told("Nothing is in doubt.")
        said = names_of(each.what for each in self.doubts if not each.written)
        return Phrase.told("Shares of ways, not likelihoods: the file states no chances for the {said}.", said=said)

    def _doubts(self) -> Sheet:
        rows = tuple((each.what, each.amounts, each.written) for each in self.doubts)
        return Sheet(tell("What is in doubt"), ("doubt", "how", tell("from the file")), rows)

    def _parts(self) -> list[Sheet]:
        rows = [
            (
                standing.headline.label,
                part.doubt,
                f"{100 * part.alone:.0f} %",
                f"{100 * part.total:.0f} %",
                part.changes.text,
            )
            for standing, split in zip(self.standings, self.variance, strict=False)
            for part in split.parts
            if split.variance > 0
        ]
        if not rows:
            return []
        how = (
            tell("exactly, from all combinations")
            if self.variance[0].exact
            else tell("from {split} draws per doubt", split=numeral(SPLIT))
        )
        notes = [
            Phrase.told(
                "Parts of the variance, {how}; what the doubts alone leave of 100 % is their interaction.", how=how
            )
        ]
        columns = (
            "headline",
            "doubt",
            "alone",
            tell("with interactions"),
            tell("settled anew, it changes the verdict in"),
        )
        return [Sheet(tell("Whose doubt moves the verdict"), columns, tuple(rows), tuple(notes))]

    def _side_by_side(self) -> list[Sheet]:
        if not self.dispersions:
            return []
        rows = tuple(
            (each.headline.label, *(at.shares[place].text for at in self.dispersions))
            for place, each in enumerate(self.standings)
        )
        columns = (
            "headline",
            *(tell("dispersion {dispersion}", dispersion=numeral(each.dispersion, "g")) for each in self.dispersions),
        )
        note = Phrase.told("The dispersion is a choice: 0 is the list as written, 1 every order alike.")
        return [Sheet(tell("Several dispersions side by side"), columns, rows, (note,))]

    def _settling(self) -> list[Sheet]:
        rows = tuple((f"{each.n:,}", *(share.text for share in each.shares)) for each in self.settling)
        columns = ("draws", *(each.headline.label for each in self.standings))
        return [Sheet(tell("How the shares settled"), columns, rows)] if len(rows) > 1 else []


# --- asking -----------------------------------------------------------------------------------------------------------


def ensemble(
    case: Case,
    queries: Iterable[Query] = (),
    doubts: Mapping[str, Any] | None = None,
    *,
    draws: int = 10_000,
    within: float | None = None,
    seed: int = 0,
    dispersions: Iterable[float] = SIDE_BY_SIDE,
    exact: int = 2_000,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    progress: Progress = quiet,
    clock: Clock = time.monotonic,
    executor: Executor | int | None = None,
    into: str | Path | None = None,
) -> Ensemble:
    """The share of every headline over the ways the case might be; `queries` and `doubts` are those of the case by default.

    `draws` are made at most, fewer where every interval is within ± `within` (by default 0.02, or one word of likelihood
    where the file states every chance and dispersion); `exact` games at most are solved one by one for the exact bounds.
    An `executor` (`detente.executors`, or a number of processes) draws beside this process, with the same result. Draws are
    kept `into` a folder, and a run that was cut off goes on from there (`kept_draws`). After `seconds`, or when `cancelled`
    says so, the answer rests on what was drawn by then. Raises `InputError` for a number out of its span, `TooLarge` for
    models whose moves cannot be listed.
    """
    _check(draws, within, exact)
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    plan = Plan(case, headlines_of(case, queries), doubts_of(case, doubts))
    if not plan.headlines:
        raise Unanswerable(tell("there is no headline: the file names no outcome and no state of today"))
    spread = tuple(dispersions)
    at = [Plan(case, plan.headlines, dispersed(plan.doubts, each)) for each in spread]
    bound = WITHIN if within is None and not all_written(plan.doubts) else within
    folder = None if into is None else Folder.of(into, plan, seed, BATCH)
    most = draws if plan.doubts else 1
    parts, lost, stopped = in_batches(
        plan,
        most,
        within=bound,
        seed=seed,
        budget=budget,
        progress=progress,
        executor=executor_of(executor),
        into=folder,
    )
    table = _joined(plan, parts)
    dispersing = any(each.source == "order" and each.amount is not None for each in plan.doubts)
    try:
        budget.check()
        bounds = _bounds(plan, exact) if exact and plan.doubts else None
        budget.check()
        variance = _variance(plan, seed, progress) if plan.doubts else ()
        side = _at_dispersions(spread, at, table, seed, budget) if dispersing else ()
    except Spent as spent:
        stopped, bounds, variance, side = str(spent), None, (), ()
    return Ensemble(
        basis=case.basis,
        doubts=plan.doubts,
        n=table.n,
        seed=seed,
        within=bound,
        standings=tuple(_standing(case, plan, place, table, bounds, bound) for place in range(len(plan.headlines))),
        variance=variance,
        dispersions=side,
        settling=_settling(table),
        seen=0.0 if bounds is None else min(1.0, float(bounds[1].sum())),
        stopped=stopped,
        lost=lost,
        table=table,
    )


def _check(draws: int, within: float | None, exact: int) -> None:
    check(tell("the number of draws"), draws, "int")
    check(tell("the number of games solved one by one"), exact, "int")
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError(
            tell("{draws} draws; expected 1 to {most_draws}", draws=numeral(draws), most_draws=numeral(MOST_DRAWS))
        )
    if within is not None and not 0 < within < 1:
        raise InputError(
            tell(
                "the interval is to be within ± {within}; expected a share above 0 and below 1, such as 0.02",
                within=numeral(within, "g"),
            )
        )
    if exact < 0:
        raise InputError(tell("{exact} games to be solved one by one; expected 0 or more", exact=numeral(exact)))


def _joined(plan: Plan, parts: Sequence[Draws]) -> Draws:
    rows = Rows.joined([each.rows for each in parts])
    verdicts = np.concatenate([each.verdicts for each in parts], axis=1)
    n = verdicts.shape[1]
    return Draws(
        headlines=plan.headlines,
        doubts=plan.doubts,
        plan=plan,
        rows=rows,
        weight=np.full(n, 1 / n),
        verdicts=verdicts,
    )


def _bounds(plan: Plan, most: int) -> tuple[Verdicts, Any, float] | None:
    """The verdicts of the likeliest games, their chances, and the chance of the others; None where they cannot be listed."""
    try:
        return seen(plan, most)
    except TooLarge:
        return None


def _variance(plan: Plan, seed: int, progress: Progress) -> tuple[Variance, ...]:
    if separable(plan.doubts):
        try:
            return exact_variance(gridded(plan))
        except TooLarge:
            pass
    return sampled_variance(plan, SPLIT, seed, SPLIT_BATCH, progress)


def _at_dispersions(
    spread: Sequence[float], plans: Sequence[Plan], table: Draws, seed: int, budget: Budget
) -> tuple[AtDispersion, ...]:
    found = []
    for dispersion, plan in zip(spread, plans, strict=True):
        budget.check()
        same = [each.amount for each in table.doubts] == [each.amount for each in plan.doubts]
        here = table if same else _joined(plan, [drawn(plan, k, seed, number) for number, k in batches(table.n)])
        shares = (share_of(each.verdict, here.verdicts[place]) for place, each in enumerate(plan.headlines))
        found.append(AtDispersion(dispersion, tuple(shares)))
    return tuple(found)


def _settling(table: Draws) -> tuple[Settling, ...]:
    found = []
    for n in (*(each for each in STEPS if each < table.n), table.n):
        shares = [share_of(each.verdict, table.verdicts[place, :n]) for place, each in enumerate(table.headlines)]
        found.append(Settling(n, tuple(shares)))
    return tuple(found)


def _standing(
    case: Case, plan: Plan, place: int, table: Draws, bounds: tuple[Verdicts, Any, float] | None, within: float | None
) -> Standing:
    headline, verdicts = plan.headlines[place], table.verdicts[place]
    holds = share_of(headline.verdict, verdicts)
    only_orders = bool(plan.doubts) and all(each.source == "order" for each in plan.doubts)
    if not plan.doubts:  # the one way there is
        holds = Share(verdict=headline.verdict, share=1.0, low=1.0, high=1.0)
    return Standing(
        headline=headline,
        holds=holds,
        shares=shares_of(verdicts) if plan.doubts else (holds,),
        senseless=int((verdicts == SENSELESS).sum()),
        enough=sure_enough(holds, within),
        word=word_for(holds.share, (holds.low, holds.high)) if all_written(plan.doubts) else "",
        exact=None if bounds is None else share_of(headline.verdict, bounds[0][place], bounds[1], bounds[2]),
        completions=_completions(case, headline),
        brittle=brittleness(case, headline, plan.doubts, known=holds if only_orders else None),
    )


def _completions(case: Case, headline: Headline) -> Spread | None:
    if not open_lists(case):
        return None
    try:
        return unknowns(case, headline.query, most=COMPLETIONS).spread
    except DetenteError:
        return None
