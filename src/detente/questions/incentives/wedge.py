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
not us_arm, not us_nato, us_recog: price 0, works under 67%
not us_arm, not us_nato, us_recog; ru_relief: price 5, works under 100%
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import Basis, Case, Policy, said, state_words
from detente.conflict.payoffs import payoffs
from detente.engine import Progress, quiet
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.incentives.aims_and_consent import LISTED, against_now, same_states
from detente.questions.incentives.offers import (
    Bid,
    Ladder,
    by_price,
    levers_of,
    number,
    offered,
    price,
    purchases,
    units_of,
    vetoes,
)
from detente.questions.incentives.wedged import Wedged
from detente.questions.partnerships.fate_and_exits import BREAKS, Bond, bond_of
from detente.questions.stability.self_enforcing import kept, stands, switchable
from detente.scenario.model import Incentive, Reading
from detente.sheet import Sheet, html_of

MOST = 5_000
"""Policies tried at most."""

SHOWN = 40
"""Policies listed at most where people read; the JSON has all of them."""


@dataclass(frozen=True)
class Wedge:
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
    breaking: tuple[Wedged, ...]
    bound: Fraction | None = None
    stopped: str = ""

    @property
    def wedges(self) -> tuple[Wedged, ...]:
        """The policies that break it, are let pass and are kept."""
        return tuple(each for each in self.breaking if each.works)

    @property
    def frontier(self) -> tuple[Wedged, ...]:
        """The wedges that nothing dominates, cheapest first."""
        return tuple(each for each in self.wedges if not any(_dominates(other, each) for other in self.wedges))

    @property
    def strategies(self) -> tuple[tuple[str, int, int, Fraction | None, Fraction | None], ...]:
        """Selective or not, reward or coercion, kind by kind.

        How many policies of a kind break the partnership and how many of these are wedges, the least price of a wedge, and
        the greatest share of readings under which one works.
        """
        found = []
        for kind in dict.fromkeys(each.strategy for each in self.breaking):
            breaking = [each for each in self.breaking if each.strategy == kind]
            works = [each for each in breaking if each.works]
            price = min((each.price for each in works), default=None)
            sure = max((each.sure for each in works if each.sure is not None), default=None)
            found.append((kind, len(breaking), len(works), price, sure))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        strategies = ("strategy", "breaking", "wedges", "price", "sure")
        return {
            "basis": self.basis.to_json(),
            "strategies": [
                dict(zip(strategies, (kind, breaking, works, _plain(price), _plain(sure)), strict=True))
                for kind, breaking, works, price, sure in self.strategies
            ],
            "partnership": self.partnership,
            "partners": list(self.partners),
            "dividers": list(self.dividers),
            "vetoes": list(self.vetoes),
            "tried": self.tried,
            "infeasible": self.infeasible,
            "readings": self.readings,
            "bound": None if self.bound is None else number(self.bound),
            "stopped": self.stopped,
            "frontier": [each.to_json() for each in self.frontier],
            "breaking": [each.to_json() for each in self.breaking],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The frontier, and every policy that breaks the partnership with what becomes of it."""
        who = ", ".join(self.dividers)
        rows = tuple(
            (str(each), number(each.price), len(each.switches), _percent(each.sure), each.strategy, _first(each))
            for each in self.frontier
        )
        columns = ("policy", "price", "switched", "works under", "strategy", "where play ends")
        title = f"Wedges of {who} against {self.partnership} that nothing dominates"
        return Sheet(title, columns, rows, tuple(self._notes())), self._by_strategy(), self._all()

    def _notes(self) -> Iterator[str]:
        if self.stopped and self.bound is not None:
            yield f"{self.stopped}: all policies that cost less than {number(self.bound)} were tried, and some others"
        yield f"{self.tried:,} policies tried, {len(self.breaking):,} break it, {len(self.wedges):,} of these pass and are kept"
        if self.vetoes:
            yield f"must let every policy pass: {', '.join(self.vetoes)}"
        yield "each was analysed with the divider's options held, and judged again with the divider free (kept)"
        yield f"works under: share of {self.readings:,} combinations of readings"
        if self.infeasible:
            yield f"{self.infeasible:,} settings that no state has, or that a consequence would undo, are left out"

    def _by_strategy(self) -> Sheet:
        rows = tuple((*rest, _plain(price), _percent(sure)) for *rest, price, sure in self.strategies)
        columns = ("strategy", "break it", "are wedges", "cheapest", "surest works under")
        return Sheet("Selective or not, reward or coercion", columns, rows)

    def _all(self) -> Sheet:
        rows = tuple(
            (str(each), number(each.price), ", ".join(each.blocked_by) or "–", _kept(each), _percent(each.sure))
            for each in self.breaking[:SHOWN]
        )
        notes = (f"{len(self.breaking) - SHOWN:,} more are not listed",) if len(self.breaking) > SHOWN else ()
        columns = ("policy", "price", "blocked by", "kept", "works under")
        return Sheet("Every policy that breaks it", columns, rows, notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _dominates(one: Wedged, other: Wedged) -> bool:
    (price, switched, unsure), (other_price, other_switched, other_unsure) = _cost(one), _cost(other)
    no_worse = price <= other_price and switched <= other_switched and unsure <= other_unsure
    return no_worse and _cost(one) != _cost(other)


def _cost(each: Wedged) -> tuple[Fraction, int, Fraction]:
    return each.price, len(each.switches), -(each.sure or Fraction(0))


def _plain(value: Fraction | None) -> int | float | None:
    return None if value is None else number(value)


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else f"{float(share):.0%}"


def _first(each: Wedged) -> str:
    more = f" (and {each.count - 1:,} more)" if each.count > 1 else ""
    return state_words(each.results[0]) + more


def _kept(each: Wedged) -> str:
    leaves = [f"{k.actor}: would switch to {said(k.leaves)}" for k in each.kept if not k.seq and k.leaves]
    return "; ".join(leaves) or ("yes" if all(k.seq for k in each.kept) else "unknown")


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
    clock: Callable[[], float] = time.monotonic,
    progress: Progress = quiet,
) -> Wedge:
    """All policies of the divider that break the partnership, and which of them pass, are kept, and are not dominated.

    `among`: the divider's options that may be switched, the others being held as they are (default: all its options);
    `offers`: the incentives considered (default: all that the divider can give); `approved_by`: veto players of its side;
    `over`: the actors whose readings are varied to tell how surely it works (default: the partners). Policies are tried in
    order of price; at the limit of time, of `MOST` policies, or with Ctrl-C, the answer is what has been found, and the bound.
    """
    if math.isnan(seconds):
        raise InputError("seconds must be a number")
    limit = clock() + seconds
    return _Search(case, divider, partnership, among, offers, approved_by, over, progress).answer(
        lambda: clock() > limit
    )


class _Search:
    def __init__(
        self,
        case: Case,
        divider: str | Iterable[str],
        partnership: str | None,
        among: Iterable[str] | None,
        offers: Iterable[str] | None,
        approved_by: Iterable[str],
        over: Iterable[str] | None,
        progress: Progress,
    ) -> None:
        self.case, self.progress = case, progress
        self.free = case.analyse(("seq",))
        self.now = self.free.conflict.settings(self.free.cell())
        self.bond: Bond = bond_of(self.free, partnership)
        names = (divider,) if isinstance(divider, str) else tuple(divider)
        self.dividers = tuple(dict.fromkeys(case.scenario.actor(name).id for name in names))
        if not self.dividers:
            raise InputError("name the actor that divides")
        self.partners = tuple(a for a in self.bond.partnership.members if a not in self.dividers)
        self.vetoes = tuple(dict.fromkeys(case.scenario.actor(name).id for name in approved_by))
        self.over = tuple(case.scenario.actor(name).id for name in (self.partners if over is None else over))
        self.levers = self._levers(offers)
        self.own = [o for a in self.dividers for o in case.scenario.actor(a).options if o.change not in ("fixed", ())]
        self.choices = self._choices(among)
        self.every = math.prod(len(values) for values in self.choices.values())

    def _levers(self, offers: Iterable[str] | None) -> tuple[Incentive, ...]:
        mine = [i.id for i in self.case.scenario.incentives.values() if i.by in self.dividers]
        for name in offers if offers is not None else ():
            if name not in mine:
                raise UnknownName(f"incentive that {', '.join(self.dividers)} can give", name, mine)
        wanted = mine if offers is None else list(offers)
        for readings in self._grid() if wanted else ():
            levers_of(self.case.under(Policy(readings=readings)), wanted)
        return levers_of(self.case, wanted) if wanted else ()

    def _choices(self, among: Iterable[str] | None) -> dict[str, tuple[int, ...]]:
        able = {o.key: o for o in self.own}
        wanted = list(able if among is None else among)
        for name in wanted:
            if name not in able:
                raise UnknownName("option of the divider", name, able)
        more = {key: switchable(able[key], self.now[key]) for key in wanted}
        return {key: (self.now[key], *more.get(key, ())) for key in able}

    # --- trying ---

    def answer(self, late: Callable[[], bool]) -> Wedge:
        settings = [s for s in self._settings() if self._feasible(s)]
        breaking: list[Wedged] = []
        tried, stopped, bound = 0, "", Fraction(0)
        try:
            for bids in self._packages(late):
                bound = sum((bid.price for bid in bids), Fraction(0))
                stopped = (
                    "the time is up" if tried and late() else f"more than {MOST:,} policies" if tried > MOST else ""
                )
                if stopped:
                    break
                paid, units = offered(self.case, units_of(bids)), units_of(bids)
                for chosen in settings:
                    self.progress(tried, 0, f"policy {tried + 1:,}, price {number(bound)}")
                    found = self._try(paid, units, chosen)
                    breaking += [found] if found else []
                    tried += 1
        except TimeoutError:
            stopped = "the time is up"
        except KeyboardInterrupt:
            stopped = "the search was interrupted"
        order = sorted(breaking, key=lambda each: (each.price, len(each.switches)))
        return Wedge(
            self.case.basis, self.bond.partnership.id, self.partners, self.dividers, self.vetoes, tried,
            self.every - len(settings), len(self._grid()), tuple(order), bound if stopped else None, stopped,
        )  # fmt: skip

    def _packages(self, late: Callable[[], bool]) -> Iterator[tuple[Bid, ...]]:
        def tick() -> None:
            if late():
                raise TimeoutError

        mine = {lever.to: [i for i in self.levers if i.to == lever.to] for lever in self.levers}
        conflict = self.free.conflict
        ladders = [Ladder(self.case, conflict, a, some, self._readings(a), tick) for a, some in mine.items()]
        return by_price(tuple(ladders))

    def _readings(self, actor: str) -> list[Reading]:
        """Every reading under which the actor is looked at: bids that are alike now may differ under another."""
        chosen, rivals = self.case.reading(actor), self.case.scenario.actor(actor).readings.values()
        return [chosen, *(r for r in rivals if r.id != chosen.id)] if actor in self.over else [chosen]

    def _settings(self) -> Iterator[dict[str, int]]:
        if math.prod(len(values) for values in self.choices.values()) > MOST:
            raise TooLarge(
                f"more than {MOST:,} settings of the divider; name the options that may be switched (among=)"
            )
        for values in itertools.product(*self.choices.values()):
            yield dict(zip(self.choices, values, strict=True))

    def _feasible(self, settings: Mapping[str, int]) -> bool:
        return stands(self.case.under(Policy(start=settings)).scenario, settings)

    def _try(self, paid: Case, units: Mapping[str, int], settings: Mapping[str, int]) -> Wedged | None:
        held = self._held(paid, settings)
        ends = self._broken(held)
        if ends is None:
            return None
        free = paid.analyse(("seq",))
        there = same_states(held, ends, free)
        needed = vetoes(self.case, units, self.vetoes)
        blocked = tuple(actor for actor in needed if (against_now(free, actor, there) < 0).any())
        stays = tuple(kept(free, actor, held, ends) for actor in self.dividers)
        found = Wedged(
            self.case.labels({key: value for key, value in settings.items() if value != self.now[key]}),
            purchases(self.case, units),
            price(self.case, units),
            {actor: self._treatment(actor, settings, units) for actor in self.partners},
            blocked,
            stays,
            tuple(free.state(int(cell)) for cell in there[:LISTED]),
            len(there),
        )
        return self._surely(found, units, settings) if found.works else found

    def _held(self, paid: Case, settings: Mapping[str, int]) -> Analysis:
        return paid.under(Policy(hold=settings)).analyse(("seq",)) if settings else paid.analyse(("seq",))

    def _broken(self, held: Analysis) -> Any:
        """The states where play ends if all of them break the partnership, else None."""
        ends = held.play("foresight").end_states
        return ends if held.conflict.holds(self.bond.formula(BREAKS), ends).all() else None

    def _treatment(self, actor: str, settings: Mapping[str, int], units: Mapping[str, int]) -> str:
        """What the policy does to a partner, by its own list: see the module's opening."""
        conflict, before = self.free.conflict, self.free.cell()
        raw = conflict.cell({**conflict.settings(before), **settings})
        u = payoffs(conflict, self.case.reading(actor), np.array([before, raw])).astype(np.int64)
        signs = {int(np.sign(u[1] - u[0]))}
        signs |= {1 if lever.worth >= 0 else -1 for lever in self.levers if lever.to == actor and units.get(lever.id)}
        words = {frozenset({1}): "accommodated", frozenset({-1}): "coerced", frozenset(): "left alone"}
        return words.get(frozenset(signs - {0}), "carrot and stick")

    # --- how surely ---

    def _grid(self) -> list[dict[str, str]]:
        lists = [list(self.case.scenario.actor(actor).readings) for actor in self.over]
        return [dict(zip(self.over, each, strict=True)) for each in itertools.product(*lists)]

    def _surely(self, found: Wedged, units: Mapping[str, int], settings: Mapping[str, int]) -> Wedged:
        fails, grid = [], self._grid()
        for readings in grid:
            paid = offered(self.case.under(Policy(readings=readings)), units)
            if self._broken(self._held(paid, settings)) is None:
                fails.append(readings)
        return replace(found, sure=1 - Fraction(len(fails), len(grid)), fails_under=tuple(fails))
