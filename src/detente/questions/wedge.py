"""Which policies of a divider break a partnership, are let pass at home, and would be kept.

The mathematics. A *policy* of the divider (an actor, or several that act as one) is a setting of all its options, held, and
some units of the incentives it can give (`groundwork.offers`). A policy is a *wedge* if

1. it *breaks* the partnership: every state where the others' foresight play then ends BREAKS it (`groundwork.bond`);
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

Steps: per policy one analysis of the model without the divider's moves, for those that break and pass one of the free model;
per wedge one for each combination of readings. Cost: the product of the divider's settings and different packages, at most
`MOST`. Source: Crawford 2011 (selective accommodation), Izumikawa 2013 (reward power), Tsebelis 2002 (veto players).

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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import Basis, Case, Policy, said, state_words
from detente.errors import InputError, TooLarge, UnknownName
from detente.groundwork.bargain import LISTED, against_now, same_states
from detente.groundwork.bond import BREAKS, Bond, bond_of
from detente.groundwork.holding import Kept, kept, stands, switchable
from detente.groundwork.offers import (
    Bid,
    Ladder,
    Purchase,
    by_price,
    levers_of,
    number,
    offered,
    price,
    purchases,
    units_of,
    vetoes,
)
from detente.groundwork.outlook import Labels
from detente.preferences import payoffs
from detente.scenario.model import Incentive, Reading
from detente.sheet import Sheet, html_of
from detente.stability import Progress, quiet

MOST = 5_000
"""Policies tried at most."""

SHOWN = 40
"""Policies listed at most where people read; the JSON has all of them."""


@dataclass(frozen=True)
class Wedged:
    """A policy that breaks the partnership: what is switched and bought, who minds, whether it would be kept.

    `blocked_by` are the veto players who do not let it pass. `sure` is the share of the `readings` looked at under which it
    breaks the partnership, None where it was not asked (the policy is no wedge). `treats` says what it does to each partner.
    `results` are the first of the `count` states where play ends.
    """

    switches: Labels
    purchases: tuple[Purchase, ...]
    price: Fraction
    treats: Mapping[str, str]
    blocked_by: tuple[str, ...]
    kept: tuple[Kept, ...]
    results: tuple[Mapping[str, Any], ...]
    count: int
    sure: Fraction | None = None
    fails_under: tuple[Mapping[str, str], ...] = ()

    @property
    def works(self) -> bool:
        """Whether it is a wedge: let pass and kept."""
        return not self.blocked_by and all(each.seq for each in self.kept)

    @property
    def strategy(self) -> str:
        """In words, what it does to the partners: "selective reward of ru", "accommodation of ru, nk", ..."""
        treated = {actor: how for actor, how in self.treats.items() if how != "left alone"}
        kinds, whom = set(treated.values()), ", ".join(treated)
        if not treated:
            return "no partner is treated"
        if len(treated) == 1:
            words = {"accommodated": "reward", "coerced": "coercion"}
            return f"selective {words.get(next(iter(kinds)), 'carrot and stick')} of {whom}"
        if len(kinds) == 1 and kinds <= {"accommodated", "coerced"}:
            return f"{'accommodation' if 'accommodated' in kinds else 'coercion'} of {whom}"
        return "; ".join(f"{actor} {how}" for actor, how in treated.items())

    def __str__(self) -> str:
        return "; ".join(filter(None, (said(self.switches), ", ".join(map(str, self.purchases))))) or "as now"

    def to_json(self) -> dict[str, Any]:
        return {
            "switches": dict(self.switches),
            "purchases": [each.to_json() for each in self.purchases],
            "price": number(self.price),
            "treats": dict(self.treats),
            "strategy": self.strategy,
            "blocked_by": list(self.blocked_by),
            "kept": {each.actor: each.to_json() for each in self.kept},
            "works": self.works,
            "sure": None if self.sure is None else float(self.sure),
            "fails_under": [dict(each) for each in self.fails_under],
            "results": [dict(each) for each in self.results],
            "count": self.count,
        }


@dataclass(frozen=True)
class Wedge:
    """The answer; see the module's opening. `breaking` are all policies that break the partnership, cheapest first."""

    basis: Basis
    partnership: str
    partners: tuple[str, ...]
    dividers: tuple[str, ...]
    vetoes: tuple[str, ...]
    tried: int
    infeasible: int
    readings: int
    breaking: tuple[Wedged, ...]

    @property
    def wedges(self) -> tuple[Wedged, ...]:
        """The policies that break it, are let pass and are kept."""
        return tuple(each for each in self.breaking if each.works)

    @property
    def frontier(self) -> tuple[Wedged, ...]:
        """The wedges that nothing dominates, cheapest first."""
        return tuple(each for each in self.wedges if not any(_dominates(other, each) for other in self.wedges))

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "partnership": self.partnership,
            "partners": list(self.partners),
            "dividers": list(self.dividers),
            "vetoes": list(self.vetoes),
            "tried": self.tried,
            "infeasible": self.infeasible,
            "readings": self.readings,
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
        return Sheet(title, columns, rows, tuple(self._notes())), self._all()

    def _notes(self) -> Iterator[str]:
        yield f"{self.tried:,} policies tried, {len(self.breaking):,} break it, {len(self.wedges):,} of these pass and are kept"
        if self.vetoes:
            yield f"must let every policy pass: {', '.join(self.vetoes)}"
        yield f"works under: share of {self.readings:,} combinations of readings"
        if self.infeasible:
            yield f"{self.infeasible:,} settings that no state has, or that a consequence would undo, are left out"

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
    progress: Progress = quiet,
) -> Wedge:
    """All policies of the divider that break the partnership, and which of them pass, are kept, and are not dominated.

    `among`: the divider's options that may be switched, the others being held as they are (default: all its options);
    `offers`: the incentives considered (default: all that the divider can give); `approved_by`: veto players of its side;
    `over`: the actors whose readings are varied to tell how surely it works (default: the partners).
    """
    return _Search(case, divider, partnership, among, offers, approved_by, over, progress).answer()


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

    def answer(self) -> Wedge:
        packages = self._packages()
        settings = [s for s in self._settings() if self._feasible(s)]
        if len(settings) * len(packages) > MOST:
            raise TooLarge(
                f"{len(settings):,} settings × {len(packages):,} packages are more than {MOST:,} policies; name the options "
                "(among=) and the incentives (offers=) to consider"
            )
        breaking: list[Wedged] = []
        for done, bids in enumerate(packages):
            self.progress(done, len(packages), f"{len(settings):,} settings with package {done + 1}")
            paid = offered(self.case, units_of(bids))
            found = (self._try(paid, units_of(bids), chosen) for chosen in settings)
            breaking += [each for each in found if each]
        order = sorted(breaking, key=lambda each: (each.price, len(each.switches)))
        return Wedge(
            self.case.basis, self.bond.partnership.id, self.partners, self.dividers, self.vetoes,
            len(settings) * len(packages), self.every - len(settings), len(self._grid()), tuple(order),
        )  # fmt: skip

    def _packages(self) -> list[tuple[Bid, ...]]:
        receivers = dict.fromkeys(lever.to for lever in self.levers)
        conflict = self.free.conflict
        ladders = [
            Ladder(self.case, conflict, a, [i for i in self.levers if i.to == a], self._readings(a)) for a in receivers
        ]
        return list(itertools.islice(by_price(tuple(ladders)), MOST + 1))

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
