"""Which policies of a divider break a partnership, are let pass at home, and would be kept.

The mathematics. A *policy* of the divider (an actor, or several that act as one) is a setting of all its options, held, and
some units of the incentives it can give (`incentives.offers`). A policy is a *wedge* if

1. it *breaks* the partnership: every state where the others' foresight play then ends BREAKS it
   (`partnerships.fate_and_exits`);
2. it is *let pass*: no such state is worse than today's status quo for any veto player of its own side (those named, and those
   who must approve an incentive in it), by the veto player's own list as the incentives leave it;
3. it is *kept*: in all those states the divider, free again, has no unsanctioned improvement by its own list.

How *surely* it works is the share of all combinations of readings of the partners (or of the actors named) under which it
still breaks the partnership. A wedge is *dominated* if another one costs no more, switches no more of the divider's options,
works at least as surely, and is better in one of the three. The result lists all wedges that nothing dominates: the frontier
of price against certainty.

What a policy does to a partner: it *accommodates* it if the partner likes the status quo better with the divider's new settings
put in, or is offered something; it *coerces* it in the opposite case or with a threat. A *selective* wedge treats one partner
and leaves the others alone, which the literature on wedges recommends; accommodating all of them is the other pole.

Steps: per policy one analysis of the model without the divider's moves, for those that break and pass one of the free
model; per wedge one for each combination of readings. Cost: the product of the divider's settings and different packages,
about `MOST` at most, the cheapest first. Source: Crawford 2011 (selective accommodation), Izumikawa 2013 (reward power),
Tsebelis 2002 (veto players).

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = wedge(Case(load("two_proxies"), readings={"us": "carpenter"}), "us", "russia_dprk")
>>> for each in found.frontier:
...     print(f"{each}: price {each.price}, works under {float(each.sure):.0%}")
us_arm = none, us_nato = treaty, us_recog = granted: price 0, works under 60%
us_arm = none, us_nato = treaty, us_recog = granted; ru_relief: price 5, works under 80%
us_arm = none, us_nato = word, us_recog = granted; ru_relief: price 5, works under 80%
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, Labels, Policy, said, state_words
from detente.conflict import Cells
from detente.engine import Progress, quiet
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.incentives.aims_and_consent import LISTED, against_now, due, same_states
from detente.questions.incentives.offers import (
    Bundle,
    Bundles,
    PackageItem,
    by_price,
    incentives_of,
    items_of,
    number,
    offered,
    price,
    price_most,
    span,
    units_of,
    vetoes,
)
from detente.questions.incentives.ranks import AtRanks, every_rank, ranged, told
from detente.questions.partnerships.fate_and_exits import BREAKS, Bond, bond_of
from detente.questions.stability.self_enforcing import Kept, kept, stands, switchable
from detente.questions.uncertainty.completions import every_choice
from detente.result import Answer, Record
from detente.scenario.model import Incentive, Reading, Scenario
from detente.sheet import ActorTerm, FormulaTerm, NameTerm, Phrase, Sheet, StateTerm, VerdictTerm, listing

MOST = 5_000
"""Policies tried at most."""

SHOWN = 40
"""Policies listed at most where people read; the JSON has all of them."""


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
        return told(self.ranks, "no wedge")

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
            return "no partner is treated"
        if len(treated) == 1:
            words = {"accommodated": "reward", "coerced": "coercion"}
            return Phrase.of(f"selective {words.get(next(iter(kinds)), 'carrot and stick')} of ", whom)
        if len(kinds) == 1 and kinds <= {"accommodated", "coerced"}:
            return Phrase.of(f"{'accommodation' if 'accommodated' in kinds else 'coercion'} of ", whom)
        return listing((Phrase.of(ActorTerm(actor), f" {how}") for actor, how in treated.items()), "; ")

    @property
    def phrase(self) -> Phrase:
        """What is switched and what is given, for a cell."""
        switched = (FormulaTerm(said(self.switches)),) if self.switches else ()
        given = (listing(each.term for each in self.purchases),) if self.purchases else ()
        return listing((*switched, *given), "; ") or Phrase.of("as now")

    def __str__(self) -> str:
        return self.phrase

    def to_json(self) -> dict[str, Any]:
        """The policy as plain data; a share is always a float, and what is kept stands under its actor."""
        sure = None if self.sure is None else float(self.sure)
        return {**super().to_json(), "sure": sure, "kept": {each.actor: each.to_json() for each in self.kept}}


@dataclass(frozen=True, kw_only=True)
class Strategy(Record):
    """Selective or not, reward or coercion: how many policies of this kind break the partnership, how many are wedges.

    `price` is the least price of a wedge of the kind, `sure` the greatest share of readings under which one works.
    """

    strategy: str
    breaking: int
    wedges: int
    price: Fraction | None
    sure: Fraction | None


@dataclass(frozen=True, repr=False, kw_only=True)
class Wedge(Answer):
    """The answer; see the module's opening. `breaking` are all policies that break the partnership, cheapest first.

    If the search was ended (`stopped` says by what), `breaking` has all of them that cost less than `bound`, and some others.
    """

    basis: Basis
    partnership: str
    partners: tuple[str, ...]
    dividers: tuple[str, ...]
    vetoes: tuple[str, ...]
    tried: int
    infeasible: int
    readings: int
    breaking: tuple[BreakingPolicy, ...]
    bound: Fraction | None = None
    stopped: str = ""

    DERIVED = ("strategies", "frontier")

    @property
    def wedges(self) -> tuple[BreakingPolicy, ...]:
        """The policies that break it, are let pass and are kept."""
        return tuple(each for each in self.breaking if each.works)

    @property
    def frontier(self) -> tuple[BreakingPolicy, ...]:
        """The wedges that nothing dominates, cheapest first."""
        return tuple(each for each in self.wedges if not any(_dominates(other, each) for other in self.wedges))

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """The policies that break it, kind by kind."""
        found = []
        for kind in dict.fromkeys(each.strategy for each in self.breaking):
            breaking = [each for each in self.breaking if each.strategy == kind]
            works = [each for each in breaking if each.works]
            least = min((each.price for each in works), default=None)
            sure = max((each.sure for each in works if each.sure is not None), default=None)
            found.append(Strategy(strategy=kind, breaking=len(breaking), wedges=len(works), price=least, sure=sure))
        return tuple(found)

    @property
    def incomplete(self) -> str:
        """What ended the search and how far it came; nothing if every policy was tried."""
        if not self.stopped or self.bound is None:
            return ""
        if not self.tried:
            return f"{self.stopped}: no policy was tried"
        if not self.bound:
            return f"{self.stopped}: only policies that cost nothing were tried, and not all of them"
        return f"{self.stopped}: all policies that cost less than {number(self.bound)} were tried, and some others"

    def works(self, sure: Fraction | None) -> str | None:
        """Under how many of the combinations of readings a policy works."""
        return None if sure is None else f"{int(sure * self.readings):,} of {self.readings:,}"

    def sheets(self) -> tuple[Sheet, ...]:
        """The frontier, and every policy that breaks the partnership with what becomes of it."""
        rows = tuple(
            (
                each.phrase,
                span(each.price, each.price_most),
                each.at_ranks,
                span(each.due, each.due_most),
                len(each.switches),
                self.works(each.sure),
                each.strategy,
                _first(each),
            )
            for each in self.frontier
        )
        columns = ("policy", "price", "at ranks", "due", "switched", "works under", "strategy", "where play ends")
        who, whom = listing(map(ActorTerm, self.dividers)), NameTerm(self.partnership)
        title = Phrase.of("Wedges of ", who, " against ", whom, " that nothing dominates")
        frontier = Sheet(title, columns, rows, tuple(self._notes()))
        ranged_ = any(each.ranks for each in self.frontier)
        shown = frontier if ranged_ else frontier.only(n for n, name in enumerate(columns) if name != "at ranks")
        return shown, self._by_strategy(), self._all()

    def _notes(self) -> Iterator[str]:
        if self.incomplete:
            yield self.incomplete
        yield f"{self.tried:,} policies tried, {len(self.breaking):,} break it; let pass and kept: {len(self.wedges):,}"
        if self.vetoes:
            yield Phrase.of("must let every policy pass: ", listing(map(ActorTerm, self.vetoes)))
        yield from self.basis.uncounted
        yield "each was analysed with the divider's options held, and judged again with the divider free (kept)"
        yield f"works under: how many of {self.readings:,} combinations of readings; due: what of the price falls due there"
        if self.infeasible:
            yield f"{self.infeasible:,} settings that no state has, or that a consequence would undo, are left out"

    def _by_strategy(self) -> Sheet:
        rows = tuple(
            (
                each.strategy,
                each.breaking,
                each.wedges,
                None if each.price is None else number(each.price),
                self.works(each.sure),
            )
            for each in self.strategies
        )
        columns = ("strategy", "break it", "are wedges", "cheapest", "surest works under")
        return Sheet("Selective or not, reward or coercion", columns, rows)

    def _all(self) -> Sheet:
        rows = tuple(
            (
                each.phrase,
                span(each.price, each.price_most),
                listing(map(ActorTerm, each.blocked_by)) or "–",
                self._kept(each),
                self.works(each.sure),
            )
            for each in self.breaking[:SHOWN]
        )
        notes = (f"{len(self.breaking) - SHOWN:,} more are not listed",) if len(self.breaking) > SHOWN else ()
        columns = ("policy", "price", "blocked by", "kept", "works under")
        return Sheet("Every policy that breaks it", columns, rows, notes)

    def _kept(self, each: BreakingPolicy) -> str:
        """Whether the dividers, free again, would keep to it, and else what they would do."""
        leaves = [
            Phrase.of(ActorTerm(k.actor), " would switch to ", FormulaTerm(said(k.leaves)))
            for k in each.kept
            if not k.seq and k.leaves
        ]
        word = "no" if leaves else "yes" if all(k.seq for k in each.kept) else "unknown"
        verdict = VerdictTerm(word, self.basis.judged(self.partnership, "policy kept", "seq", scope=str(each.phrase)))
        return Phrase.of(verdict, ": ", listing(leaves, "; ")) if leaves else verdict


def _dominates(one: BreakingPolicy, other: BreakingPolicy) -> bool:
    (price, switched, unsure), (other_price, other_switched, other_unsure) = _cost(one), _cost(other)
    no_worse = price <= other_price and switched <= other_switched and unsure <= other_unsure
    return no_worse and _cost(one) != _cost(other)


def _cost(each: BreakingPolicy) -> tuple[Fraction, int, Fraction]:
    return each.price, len(each.switches), -(each.sure or Fraction(0))


def _first(each: BreakingPolicy) -> Phrase:
    more = f" (and {each.count - 1:,} more)" if each.count > 1 else ""
    return Phrase.of(StateTerm(state_words(each.results[0])), more)


# --- the question ---------------------------------------------------------------------------------------------------


def wedge(
    case: Case,
    divider: str | Iterable[str],
    partnership: str | None = None,
    *,
    among: Iterable[str] | None = None,
    offers: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    over: Iterable[str] | None = None,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Wedge:
    """All policies of the divider that break the partnership, and which of them pass, are kept, and are not dominated.

    `among`: the divider's options that may be switched, the others being held as they are (default: all its options);
    `offers`: the incentives considered (default: all that the divider can give); `approved_by`: veto players of its side;
    `over`: the actors whose readings are varied to tell how surely it works (default: the partners). Policies are tried in
    order of price; at the limit of time, of `MOST` policies, or when `cancelled` says so, the answer is what has been found,
    and the bound. The limit is kept to within one analysis.
    """
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)

    def actors(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(case.scenario.actor(name).id for name in names))

    free = case.analyse(("seq",))
    free.cell()  # refuses a model without a status quo, which breaking and consent are measured against
    bond = bond_of(free, partnership)
    dividers = actors((divider,) if isinstance(divider, str) else divider)
    if not dividers:
        raise InputError("name the actor that divides")
    partners = tuple(a for a in bond.partnership.members if a not in dividers)
    own_side = actors(approved_by)
    varied = partners if over is None else tuple(case.scenario.actor(name).id for name in over)
    policies = _Policies(
        case=case,
        bond=bond,
        dividers=dividers,
        partners=partners,
        vetoes=own_side,
        over=varied,
        incentives=_incentives(case, dividers, varied, offers),
        choices=_choices(case, dividers, among),
        budget=budget,
        progress=progress,
    )
    return policies.answer()


def likely_divider(scenario: Scenario, partnership: str) -> str:
    """Who might part them: the actor of the first platform, else the first actor that is no member.

    >>> from detente.scenario import load
    >>> likely_divider(load("two_proxies"), "russia_dprk")
    'us'
    """
    members = scenario.partnerships[partnership].members
    proposed = [platform.actor for platform in scenario.platforms.values()]
    outside = [actor.id for actor in scenario.actors if actor.id not in members and actor.options]
    found = [name for name in (*proposed, *outside) if name not in members]
    if not found:
        raise InputError(f"everybody is a member of {partnership}; there is nobody to divide it")
    return found[0]


def _incentives(
    case: Case, dividers: tuple[str, ...], over: tuple[str, ...], offers: Iterable[str] | None
) -> tuple[Incentive, ...]:
    """What the dividers can give, refused unless every list that is looked at has a place for it."""
    mine = [each.id for each in case.scenario.incentives.values() if each.by in dividers]
    wanted = mine if offers is None else list(offers)
    for name in wanted:
        if name not in mine:
            raise UnknownName(f"incentive that {', '.join(dividers)} can give", name, mine)
    for readings in _grid(case, over) if wanted else ():
        incentives_of(case.under(Policy(readings=readings)), wanted)
    return incentives_of(case, wanted) if wanted else ()


def _choices(case: Case, dividers: tuple[str, ...], among: Iterable[str] | None) -> dict[str, tuple[int, ...]]:
    """Per option of the dividers the settings it may have: as it is now, then what it may be switched to."""
    able = {o.key: o for a in dividers for o in case.scenario.actor(a).options if o.change not in ("fixed", ())}
    wanted = list(able if among is None else among)
    for name in wanted:
        if name not in able:
            raise UnknownName("option of the divider", name, able)
    now = case.at_rest
    more = {key: switchable(able[key], now[key]) for key in wanted}
    return {key: (now[key], *more.get(key, ())) for key in able}


def _grid(case: Case, over: tuple[str, ...]) -> list[dict[str, str]]:
    """Every combination of readings of these actors."""
    return list(every_choice({actor: case.scenario.actor(actor).counted for actor in over}))


@dataclass(frozen=True, kw_only=True)
class _Policies:
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
        return _grid(self.case, self.over)

    @cached_property
    def settings(self) -> list[dict[str, int]]:
        """Every setting of the dividers' options that some state has and no consequence undoes."""
        if self._combinations > MOST:
            raise TooLarge(
                f"more than {MOST:,} settings of the divider; name the options that may be switched (among=)"
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

    def answer(self) -> Wedge:
        """Try them in order of price, for every package all settings."""
        breaking: list[BreakingPolicy] = []
        tried, infeasible, stopped, bound = 0, 0, "", Fraction(0)
        try:
            settings = self.settings
            infeasible = self._combinations - len(settings)
            for bundles in self._packages():
                bound = sum((each.price for each in bundles), Fraction(0))
                if tried > MOST:
                    raise Spent(f"more than {MOST:,} policies")
                units = units_of(bundles)
                paid = offered(self.case, units)
                for chosen in settings:
                    self.progress(tried, 0, f"policy {tried + 1:,}, price {number(bound)}")
                    self.budget.check()
                    found = self._broken_by(paid, units, chosen)
                    breaking += [found] if found else []
                    tried += 1
        except Spent as spent:
            stopped = str(spent)
        return Wedge(
            basis=self.case.basis_over(self.over),
            partnership=self.bond.partnership.id,
            partners=self.partners,
            dividers=self.dividers,
            vetoes=self.vetoes,
            tried=tried,
            infeasible=infeasible,
            readings=len(self.grid),
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
        there = same_states(held, ends, free)
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
        words = {frozenset({1}): "accommodated", frozenset({-1}): "coerced", frozenset(): "left alone"}
        return words.get(frozenset(signs - {0}), "carrot and stick")

    def _surely(self, found: BreakingPolicy, units: Mapping[str, int], settings: Mapping[str, int]) -> BreakingPolicy:
        """Under which of the readings it still breaks the partnership."""
        fails = []
        for readings in self.grid:
            self.budget.check()
            paid = offered(self.case.under(Policy(readings=readings)), units)
            if self._broken(self._held(paid, settings)) is None:
                fails.append(readings)
        return replace(found, sure=1 - Fraction(len(fails), len(self.grid)), fails_under=tuple(fails))
