"""The line under a headline: how near another verdict is, how many lists like these keep it, and how far all were tried.

The mathematics. The *margin* (`margin`) is the least number of neighbours that must change places in the actors' lists before
the verdict is another one: it is proved by trying every combination of lists that is nearer. The *share* is that of lists
drawn around the written ones (`doubts`: Mallows, dispersion 0.5 unless the file says another) that keep the verdict, with
Wilson's interval for 95 %. Neither says how likely the verdict is, unless the file states the dispersions.

Cost: bounded by `WORK`, counted in games times moves and never in seconds, so that the same model always gets the same line;
what was not reached is said. A model of more than `SMALL` states has no line of its own.

>>> from detente.case import Basis, Case, Query
>>> from detente.scenario import load
>>> line = brittleness(Case(load("engagement_and_rights")), Query(concept="seq")).line
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from detente.case import Basis, Case, Query
from detente.conflict.kept import SMALL
from detente.engine import moves_of
from detente.engine.concepts import CONCEPTS
from detente.engine.play import ALL, NO_EQUILIBRIA, NONE, SOME
from detente.errors import DetenteError
from detente.messages import numeral, tell
from detente.questions.uncertainty.doubts import Doubt, all_written, doubts_of
from detente.questions.uncertainty.draws import Plan, batches, drawn
from detente.questions.uncertainty.headlines import Headline, headline
from detente.questions.uncertainty.margin import Margin, Other, margin
from detente.questions.uncertainty.shares import Held, Share, share_of
from detente.result import INSIDE, Record
from detente.scenario.model import Ranking
from detente.sheet import ActorTerm, FormulaTerm, Phrase, VerdictTerm, listing, many, names_of

WORK = 40_000_000
"""Games times moves that one line may cost."""

DRAWS, FEWEST = 2_400, 200
"""Draws behind a line, which keep the error below two points; with fewer than the least there is no share."""

FARTHEST = 3
"""Swaps to which all lists are tried."""


@dataclass(frozen=True)
class Swapped(Record):
    """Two statements of one list that have changed places: `upper` now stands below `lower`; of a ranking, all of it."""

    actor: str
    upper: str
    lower: str

    @property
    def phrase(self) -> Phrase:
        if not self.upper:
            return Phrase.of(ActorTerm(self.actor), ": ", self.lower)
        upper, lower = FormulaTerm(self.upper), FormulaTerm(self.lower)
        return Phrase.told("{actor}: '{upper}' below '{lower}'", actor=ActorTerm(self.actor), upper=upper, lower=lower)


@dataclass(frozen=True, kw_only=True)
class Brittleness(Record):
    """How near another verdict is, and what share of lists like these keeps this one.

    `margin` is the least number of swaps that flips it (None: none up to `proved`), `ways` how many combinations of lists do
    so, `swapped` what has changed places in one of them, and `then` the verdict it gives. `holds` is the share of lists that
    keep it (None: not asked) in so many `draws`, around which lists, says `lists`. `written`: the dispersions stand in the
    file. `missing` says what was not reached.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("line",)

    headline: Headline
    margin: int | None
    proved: int
    ways: int = 0
    swapped: tuple[Swapped, ...] = ()
    then: str = ""
    holds: Share | None = None
    lists: str = ""
    written: bool = False
    ranked: bool = False
    draws: int = 0
    missing: str = ""
    found: Margin | None = field(default=None, metadata=INSIDE)
    basis: Basis | None = field(default=None, metadata=INSIDE)

    @property
    def drawn(self) -> tuple[Held, ...]:
        """What was drawn for the share."""
        if self.holds is None or self.basis is None:
            return ()
        return (Held(basis=self.basis, n=self.draws, seed=0, holds=(self.holds,)),)

    @property
    def line(self) -> Phrase:
        """The three sentences."""
        return Phrase.of(listing((part for part in (self.flips, self.keeps, self.tried) if part), " "))

    @property
    def flips(self) -> Phrase:
        """At how many swaps the verdict is another one."""
        if self.margin is None:
            return Phrase.of("")
        others = tell(" ({ways} ways)", ways=numeral(self.ways)) if self.ways > 1 else ""
        what = listing((each.phrase for each in self.swapped), "; ")
        number, then = many(self.margin, self._swap), VerdictTerm(self.then)
        if self.then in (ALL, SOME, NONE):
            return Phrase.told(
                "Flips at {number}{others}: {what}; then it is {then} true.",
                number=number,
                others=others,
                what=what,
                then=then,
            )
        if self.then == NO_EQUILIBRIA:
            return Phrase.told(
                "Flips at {number}{others}: {what}; then there are {then}.",
                number=number,
                others=others,
                what=what,
                then=then,
            )
        return Phrase.told(
            "Flips at {number}{others}: {what}; then it is {then}.",
            number=number,
            others=others,
            what=what,
            then=then,
        )

    @property
    def short(self) -> Phrase:
        """How near another verdict is, without saying which."""
        near = (
            Phrase.told("flips at {number}", number=many(self.margin, self._swap))
            if self.margin is not None
            else Phrase.told("not tried list by list")
            if not self.proved
            else Phrase.told("not flipped within {number}", number=many(self.proved, self._step))
        )
        return near if self.holds is None else Phrase.told("{near}, holds in {text}", near=near, text=self.holds.text)

    @property
    def keeps(self) -> Phrase:
        """In how many lists like these it is the same."""
        if self.holds is None:
            return Phrase.of("")
        return Phrase.told(
            "Holds in {text} of lists like these ({lists}; {n} draws).",
            text=self.holds.text,
            lists=self.lists,
            n=numeral(self.holds.n),
        )

    @property
    def tried(self) -> Phrase:
        """How far all lists were tried."""
        if not self.proved:
            return Phrase.told("Not tried list by list: {missing}.", missing=self.missing)
        how = many(self.proved, self._step)
        whose = tuple(map(ActorTerm, self.unmoved))
        left = Phrase.told(" (not the weights of {whose})", whose=names_of(whose)) if whose else ""
        if self.margin is None:
            return Phrase.told("Every list within {how} was tried{left}, and none flips it.", how=how, left=left)
        return Phrase.told("Every list within {how} was tried{left}.", how=how, left=left)

    @property
    def unmoved(self) -> tuple[str, ...]:
        """The actors whose lists have no order to change."""
        return self.found.unmoved if self.found else ()

    @property
    def _step(self) -> str:
        return "step" if self.ranked else "swap"

    @property
    def _swap(self) -> str:
        return "step" if self.ranked else tell("adjacent swap")


def brittleness(
    case: Case,
    query: Query | Headline,
    doubts: Sequence[Doubt] | None = None,
    work: int = WORK,
    known: Share | None = None,
) -> Brittleness:
    """The line under one headline; only doubts about orders count, by default those of `doubts_of`.

    `known` is the share, where it has been found already.
    """
    asked = query if isinstance(query, Headline) else headline(case, query)
    orders = tuple(each for each in (doubts_of(case) if doubts is None else doubts) if each.source == "order")
    cost, missing = _cost(case, asked)
    if missing:
        return Brittleness(headline=asked, margin=None, proved=0, missing=missing)
    farthest = _farthest(case, cost, work)
    found = margin(case, asked.query, farthest) if farthest and orders else None
    n = min(DRAWS, work // cost)
    holds = known or (_share(case, asked, orders, n) if orders and n >= FEWEST else None)
    return _told(case, asked, found, holds, orders, n)


def _cost(case: Case, asked: Headline) -> tuple[int, str]:
    """What one game costs, or why there is no line."""
    concept = CONCEPTS.get(asked.query.concept or "nash")
    if concept is None or concept.answers == "simultaneous":
        return 0, tell("the concept is asked one list at a time; see the margin")
    if case.game.now is None:
        return 0, tell("the file does not say where things stand today")
    if case.game.count > SMALL:
        return 0, tell("the model has {count} states", count=numeral(case.game.count))
    return max(1, sum(len(arcs.start) for arcs in moves_of(case.game)) * len(case.actors)), ""


def _farthest(case: Case, cost: int, work: int) -> int:
    """To how many swaps all lists can be tried within the bound: about (neighbours choose swaps, with repetition) of them."""
    neighbours = sum(_neighbours(reading) for reading in case.game.readings)
    known = [far for far in range(1, FARTHEST + 1) if math.comb(neighbours + far - 1, far) * cost <= work]
    return max(known, default=0)


def _neighbours(reading: object) -> int:
    if isinstance(reading, Ranking):  # groups of ties can be parted in very many ways
        return len(reading.ranking) - 1 + sum((1 << len(group)) - 2 for group in reading.ranking if len(group) < 20)
    return max(0, len(getattr(reading, "statements", ())) - 1)


def _share(case: Case, asked: Headline, orders: Sequence[Doubt], n: int) -> Share | None:
    try:
        plan = Plan(case, (asked,), tuple(orders))
        parts = [drawn(plan, size, 0, number).verdicts[0] for number, size in batches(n)]
    except DetenteError:  # a list that means nothing on this space has no share either
        return None
    return share_of(asked.verdict, np.concatenate(parts))


def _told(
    case: Case, asked: Headline, found: Margin | None, holds: Share | None, orders: Sequence[Doubt], n: int
) -> Brittleness:
    told = found.others[0] if found and found.others else None
    return Brittleness(
        headline=asked,
        found=found,
        basis=case.basis,
        draws=n if holds else 0,
        margin=found.margin if found else None,
        proved=found.proved if found else 0,
        ways=found.count if found else 0,
        swapped=tuple(_swapped(case, told)) if told else (),
        then=told.verdict if told else "",
        holds=holds,
        lists=_amounts(orders),
        written=all_written(orders),
        ranked=any(isinstance(case.reading(each.of), Ranking) for each in orders),
        missing=""
        if found
        else tell("no actor's list has an order to change")
        if not orders
        else tell("it would take long here"),
    )


def _amounts(orders: Sequence[Doubt]) -> str:
    """How much the orders of the lists are in doubt, in few words: where the dispersions differ, from which to which."""
    amounts = sorted({each.amount for each in orders if each.amount is not None})
    told = [each.amounts for each in orders if each.amount is None]
    if amounts[1:]:
        told.append(tell("dispersions {low} to {high}", low=numeral(amounts[0], "g"), high=numeral(amounts[-1], "g")))
    elif amounts:
        told.append(tell("dispersion {dispersion}", dispersion=numeral(amounts[0], "g")))
    return ", ".join(dict.fromkeys(told))


def _swapped(case: Case, other: Other) -> list[Swapped]:
    """The pairs that stand the other way round, actor by actor."""
    pairs = []
    for moved in other.moved:
        texts = list(case.reading(moved.actor).texts)
        if isinstance(case.reading(moved.actor), Ranking):
            pairs.append(Swapped(moved.actor, "", " > ".join(moved.entries)))
            continue
        order = _places(texts, moved.entries)
        pairs += [
            Swapped(moved.actor, texts[upper], texts[lower])
            for at, lower in enumerate(order)
            for upper in order[at + 1 :]
            if upper < lower
        ]
    return pairs


def _places(texts: list[str], entries: Sequence[str]) -> list[int]:
    """Which line of the file stands at each place; of equal lines the first that is left."""
    left, order = list(range(len(texts))), []
    for text in entries:
        place = next(each for each in left if texts[each] == text)
        left.remove(place)
        order.append(place)
    return order
