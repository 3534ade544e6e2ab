"""The policies of a divider, tried in order of price: which of them break a partnership, and what becomes of them.

What a policy is, when it breaks, passes and is kept, and what it does to a partner is defined in `wedge`. Steps: per policy
one analysis of the model without the divider's moves, for those that break one of the free model; per wedge one for each
combination of readings, and one for each rank at which what is given may stand. Cost: the product of the divider's settings
and different packages, about `MOST` at most, the cheapest first.

How to use it: `Policies(...).in_order()`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.budget import Budget, Spent
from detente.case import Case, Labels, Policy, said
from detente.conflict import Cells
from detente.engine import Progress
from detente.errors import TooLarge
from detente.messages import numeral, tell
from detente.questions.incentives.aims_and_consent import LISTED, against_now, due
from detente.questions.incentives.offers import (
    Bundle,
    Bundles,
    PackageItem,
    by_price,
    items_of,
    number,
    offered,
    price,
    price_most,
    units_of,
    vetoes,
)
from detente.questions.incentives.ranks import AtRanks, every_rank, ranged, told
from detente.questions.partnerships.fate_and_exits import BREAKS, Bond
from detente.questions.stability.self_enforcing import Kept, kept, stands
from detente.questions.uncertainty.completions import every_choice
from detente.result import Record
from detente.scenario.model import Incentive, Reading
from detente.sheet import ActorTerm, FormulaTerm, Phrase, listing

MOST = 5_000
"""Policies tried at most."""


@dataclass(frozen=True, kw_only=True)
class BreakingPolicy(Record):
    """A policy that breaks the partnership: what is switched and bought, who minds, whether it would be kept.

    `blocked_by` are the veto players who do not let it pass. `sure` is the share of the `readings` looked at under which it
    breaks the partnership, None where it was not asked (the policy is no wedge). `treats` says what it does to each partner,
    `kept` whether each divider would keep it. `results` are the first of the `count` states where play ends, `due` is how much
    of the price falls due there. Where costs are ranges, `price` and `due` are the least, `price_most` and `due_most` the most;
    `ranks` tells, of a wedge that gives something whose rank is a range, at which ranks it still is one.
    """

    switches: Labels
    purchases: tuple[PackageItem, ...]
    price: Fraction
    price_most: Fraction
    due: Fraction
    due_most: Fraction
    treats: Mapping[str, str]
    blocked_by: tuple[str, ...]
    kept: tuple[Kept, ...]
    results: tuple[Mapping[str, Any], ...]
    count: int
    sure: Fraction | None = None
    fails_under: tuple[Mapping[str, str], ...] = ()
    ranks: tuple[AtRanks, ...] = ()

    DERIVED = ("strategy", "works", "at_ranks")

    @property
    def at_ranks(self) -> Phrase:
        """At which ranks of what is given it is a wedge; nothing where no rank is a range."""
        return told(self.ranks, tell("no wedge"))

    @property
    def works(self) -> bool:
        """Whether it is a wedge: let pass and kept."""
        return not self.blocked_by and all(each.seq for each in self.kept)

    @property
    def strategy(self) -> str:
        """In words, what it does to the partners: "selective reward of ru", "accommodation of ru, nk", ..."""
        treated = {actor: how for actor, how in self.treats.items() if how != "left alone"}
        kinds, whom = set(treated.values()), listing(map(ActorTerm, treated))
        if not treated:
            return tell("no partner is treated")
        if len(treated) == 1:
            words = {"accommodated": "reward", "coerced": "coercion"}
            return Phrase.told(
                "selective {next} of {whom}", next=words.get(next(iter(kinds)), tell("carrot and stick")), whom=whom
            )
        if len(kinds) == 1 and kinds <= {"accommodated", "coerced"}:
            return Phrase.told(
                "{word} of {whom}",
                word=tell("accommodation") if "accommodated" in kinds else tell("coercion"),
                whom=whom,
            )
        return listing((Phrase.of(ActorTerm(actor), f" {how}") for actor, how in treated.items()), "; ")

    @property
    def phrase(self) -> Phrase:
        """What is switched and what is given, for a cell."""
        switched = (FormulaTerm(said(self.switches)),) if self.switches else ()
        given = (listing(each.term for each in self.purchases),) if self.purchases else ()
        return listing((*switched, *given), "; ") or Phrase.told("as now")

    def __str__(self) -> str:
        return self.phrase

    def to_json(self) -> dict[str, Any]:
        """The policy as plain data; a share is always a float, and what is kept stands under its actor."""
        sure = None if self.sure is None else float(self.sure)
        return {**super().to_json(), "sure": sure, "kept": {each.actor: each.to_json() for each in self.kept}}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What trying the policies came to: those that break the partnership; up to which price, where it was `stopped`."""

    tried: int
    infeasible: int
    breaking: tuple[BreakingPolicy, ...]
    bound: Fraction | None
    stopped: str


def combinations(case: Case, over: tuple[str, ...]) -> list[dict[str, str]]:
    """Every combination of readings of these actors."""
    return list(every_choice({actor: case.scenario.actor(actor).counted for actor in over}))


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The policies of the dividers: what they may switch and give, and what they are for."""

    case: Case
    bond: Bond
    dividers: tuple[str, ...]
    partners: tuple[str, ...]
    vetoes: tuple[str, ...]
    over: tuple[str, ...]
    incentives: tuple[Incentive, ...]
    choices: Mapping[str, tuple[int, ...]]
    budget: Budget
    progress: Progress

    @property
    def free(self) -> Analysis:
        """The case as it is, nothing bought, nobody held."""
        return self.case.analyse(("seq",))

    @cached_property
    def grid(self) -> list[dict[str, str]]:
        return combinations(self.case, self.over)

    @cached_property
    def settings(self) -> list[dict[str, int]]:
        """Every setting of the dividers' options that some state has and no consequence undoes."""
        if self._combinations > MOST:
            raise TooLarge(
                tell(
                    "more than {most} settings of the divider; name the options that may be switched (among=)",
                    most=numeral(MOST),
                )
            )
        found = []
        for each in every_choice(self.choices):
            self.budget.check()
            if stands(self.case.under(Policy(start=each)), each):
                found.append(each)
        return found

    @property
    def _combinations(self) -> int:
        return math.prod(len(values) for values in self.choices.values())

    def in_order(self) -> Tried:
        """Try them in order of price, for every package all settings."""
        breaking: list[BreakingPolicy] = []
        tried, infeasible, stopped, bound = 0, 0, "", Fraction(0)
        try:
            settings = self.settings
            infeasible = self._combinations - len(settings)
            for bundles in self._packages():
                bound = sum((each.price for each in bundles), Fraction(0))
                if tried > MOST:
                    raise Spent(tell("more than {most} policies", most=numeral(MOST)))
                units = units_of(bundles)
                paid = offered(self.case, units)
                for chosen in settings:
                    self.progress(
                        tried, 0, tell("policy {tried}, price {number}", tried=numeral(tried + 1), number=number(bound))
                    )
                    self.budget.check()
                    found = self._broken_by(paid, units, chosen)
                    breaking += [found] if found else []
                    tried += 1
        except Spent as spent:
            stopped = str(spent)
        return Tried(
            tried=tried,
            infeasible=infeasible,
            breaking=tuple(sorted(breaking, key=lambda each: (each.price, len(each.switches)))),
            bound=bound if stopped else None,
            stopped=stopped,
        )

    def _packages(self) -> Iterator[tuple[Bundle, ...]]:
        mine = {each.to: [i for i in self.incentives if i.to == each.to] for each in self.incentives}
        conflict, tick = self.free.conflict, self.budget.check
        return by_price(
            tuple(Bundles(self.case, conflict, a, some, self._readings(a), tick) for a, some in mine.items())
        )

    def _readings(self, actor: str) -> list[Reading]:
        """Every reading under which the actor is looked at: bundles that are alike now may differ under another."""
        chosen, known = self.case.reading(actor), self.case.scenario.actor(actor)
        rivals = [known.reading(name) for name in known.counted if name != chosen.id]
        return [chosen, *rivals] if actor in self.over else [chosen]

    def _broken_by(self, paid: Case, units: Mapping[str, int], settings: Mapping[str, int]) -> BreakingPolicy | None:
        """The policy if it breaks the partnership; of a wedge also how surely, and at which ranks of what is given."""
        found = self._judged(paid, units, settings)
        if found is None or not found.works:
            return found
        return self._at_ranks(self._surely(found, units, settings), units, settings)

    def _judged(self, paid: Case, units: Mapping[str, int], settings: Mapping[str, int]) -> BreakingPolicy | None:
        """The policy if it breaks the partnership: held while the others play, then judged with the dividers free again."""
        held = self._held(paid, settings)
        ends = self._broken(held)
        if ends is None:
            return None
        free, now = paid.analyse(("seq",)), self.case.at_rest
        there = free.conflict.counterparts(held.conflict, ends)
        needed = vetoes(self.case, units, self.vetoes)
        falls_due = due(self.case, units, free, there)
        return BreakingPolicy(
            switches=self.case.labels({key: value for key, value in settings.items() if value != now[key]}),
            purchases=items_of(self.case, units),
            price=price(self.case, units),
            price_most=price_most(self.case, units),
            due=falls_due[0],
            due_most=falls_due[1],
            treats={actor: self._treatment(actor, settings, units) for actor in self.partners},
            blocked_by=tuple(actor for actor in needed if (against_now(free, actor, there) < 0).any()),
            kept=tuple(kept(free, actor, held, ends) for actor in self.dividers),
            results=tuple(free.state(int(cell)) for cell in there[:LISTED]),
            count=len(there),
        )

    def _at_ranks(self, found: BreakingPolicy, units: Mapping[str, int], settings: Mapping[str, int]) -> BreakingPolicy:
        """Whether it is a wedge at every rank at which what is given may stand; nothing to say where no rank is a range."""
        open_ = ranged(self.case, [each for each in self.incentives if units.get(each.id)])
        if not open_:
            return found
        rows = []
        for ranks, case in every_rank(self.case, open_):
            self.budget.check()
            moved = replace(self, case=case, incentives=tuple(case.scenario.incentives[i.id] for i in self.incentives))
            judged = moved._judged(offered(case, units), units, settings)
            works = judged is not None and judged.works
            rows.append(AtRanks(ranks=ranks, works=works, price=found.price, price_most=found.price_most))
        return replace(found, ranks=tuple(rows))

    def _held(self, paid: Case, settings: Mapping[str, int]) -> Analysis:
        return paid.under(Policy(hold=settings)).analyse(("seq",)) if settings else paid.analyse(("seq",))

    def _broken(self, held: Analysis) -> Cells | None:
        """The states where play ends if all of them break the partnership, else None."""
        ends = held.play("foresight").end_states
        return ends if held.conflict.holds(self.bond.formula(BREAKS), ends).all() else None

    def _treatment(self, actor: str, settings: Mapping[str, int], units: Mapping[str, int]) -> str:
        """What the policy does to a partner, by its own list: see the module's opening."""
        conflict, before = self.free.conflict, self.free.cell()
        raw = conflict.cell({**conflict.settings(before), **settings})
        u = self.case.game.payoffs(conflict.index(actor), np.array([before, raw])).astype(np.int64)
        signs = {int(np.sign(u[1] - u[0]))}
        signs |= {1 if i.worth >= 0 else -1 for i in self.incentives if i.to == actor and units.get(i.id)}
        words = {frozenset({1}): "accommodated", frozenset({-1}): "coerced", frozenset(): tell("left alone")}
        return words.get(frozenset(signs - {0}), tell("carrot and stick"))

    def _surely(self, found: BreakingPolicy, units: Mapping[str, int], settings: Mapping[str, int]) -> BreakingPolicy:
        """Under which of the readings it still breaks the partnership."""
        fails = []
        for readings in self.grid:
            self.budget.check()
            paid = offered(self.case.under(Policy(readings=readings)), units)
            if self._broken(self._held(paid, settings)) is None:
                fails.append(readings)
        return replace(found, sure=1 - Fraction(len(fails), len(self.grid)), fails_under=tuple(fails))
