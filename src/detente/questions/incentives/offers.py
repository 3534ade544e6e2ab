"""What is offered and threatened: how incentives change what an actor wants, and what they cost.

The mathematics. An incentive is bought in whole *units*, at most `most` of them. To an actor with weights, n units add
n × `worth` in every state where `when` holds (a negative worth is a threat). A priority list knows no amounts: there one
unit is a wish inserted at the stated rank of the list as written (`at`: 1 is the top), `when` itself for an offer, its
negation for a threat (negative worth); wishes inserted at the same rank stand in the order of the file, and a second
unit would change nothing. A list is never turned into weights, nor a ranking of states into either. What is not
`excludable` comes to its receiver anyway, in every state: it moves nobody and is left out.

The *price* of a package is the sum of units × `cost`. What it costs is counted beside the conflict: it does not change
what the giver wants. Costs and worths are as good as their sources.

How to use it: `levers_of(case)` checks the incentives, `offered(case, units)` is the case in which they stand.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> [lever.id for lever in levers_of(case)][:2]
['ru_relief', 'ru_sanctions']
>>> [str(wish) for wish in offered(case, {"ru_relief": 1}).reading("ru").statements][:3]
['not us_nato', 'not us_arm', 'not ru_link']
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from detente.case import Case
from detente.conflict import Conflict
from detente.conflict.payoffs import check_merges, payoffs
from detente.errors import InputError, Unanswerable, UnknownName
from detente.formula import Formula, Not
from detente.scenario.model import Incentive, PriorityList, Ranking, Reading, Statement, Weights

Units = Mapping[str, int]
"""Units bought, by incentive; what is not named is not bought."""


@dataclass(frozen=True)
class Purchase:
    """Some units of one incentive: from whom to whom, what they cost together, and what they do to the receiver's list."""

    id: str
    name: str
    by: str
    to: str
    units: int
    cost: Fraction
    effect: str
    approved_by: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.id if self.units == 1 else f"{self.units} × {self.id}"

    def to_json(self) -> dict[str, Any]:
        listed = {"approved_by": list(self.approved_by), "source": list(self.source)}
        return {**self.__dict__, "cost": number(self.cost), **listed}


def number(value: Fraction) -> int | float:
    """A price or worth for programs and people.

    >>> number(Fraction(3)), number(Fraction(1, 2))
    (3, 0.5)
    """
    return int(value) if value.denominator == 1 else float(value)


# --- which incentives there are -------------------------------------------------------------------------------------


def levers_of(case: Case, among: Iterable[str] | None = None) -> tuple[Incentive, ...]:
    """The incentives that can be bought in this case, in file order; `among` names the only ones to be considered.

    Raises `UnknownName` for an unknown one, `Unanswerable` if there are none, and `InputError` for one that the
    receiver's list has no place for.
    """
    known = case.scenario.incentives
    if not known:
        raise Unanswerable(
            "this model has no incentives; write what can be offered or threatened, by whom and to whom, under `incentives:`"
        )
    wanted = list(known if among is None else among)
    for name in wanted:
        if name not in known:
            raise UnknownName("incentive", name, known)
    levers = tuple(known[name] for name in known if name in wanted and known[name].excludable)
    for lever in levers:
        _check(case, lever)
    return levers


def idle(case: Case, among: Iterable[str] | None = None) -> tuple[str, ...]:
    """Incentives that move nobody because they cannot be withheld."""
    wanted = list(case.scenario.incentives if among is None else among)
    return tuple(i.id for i in case.scenario.incentives.values() if i.id in wanted and not i.excludable)


def _check(case: Case, lever: Incentive) -> None:
    actor = case.scenario.actor(lever.to)
    if not actor.readings:
        raise InputError(f"incentive {lever.id}: {lever.to} wants nothing in this model; write its list first")
    reading = case.reading(lever.to)
    if isinstance(reading, Ranking):
        raise InputError(
            f"incentive {lever.id}: {lever.to} ranks states (reading '{reading.id}'), and a ranking has no place for one more "
            "wish; write its priorities or weights, or rank the states anew with the incentive in place"
        )
    if isinstance(reading, PriorityList) and lever.at is None:
        raise InputError(
            f"incentive {lever.id}: {lever.to} has a priority list (reading '{reading.id}'), and lists are never turned into "
            "weights, so its worth says nothing here; say at which rank the wish is inserted, for example `at: 1`"
        )
    if isinstance(reading, PriorityList) and (lever.at or 0) > len(reading.statements) + 1:
        raise InputError(
            f"incentive {lever.id}: `at: {lever.at}` is beyond the list of {lever.to} (reading '{reading.id}'); expected "
            f"1 (the top) to {len(reading.statements) + 1} (below everything)"
        )


def most(case: Case, lever: Incentive) -> int:
    """How many units there are to buy: in a priority list a second unit says nothing new."""
    return 1 if isinstance(case.reading(lever.to), PriorityList) else lever.most


def wish(lever: Incentive) -> Formula:
    """What the receiver of the offer, or of the threat, has a reason to want."""
    return lever.when if lever.worth >= 0 else Not(lever.when)


def effect(case: Case, lever: Incentive, units: int = 1) -> str:
    """What so many units do to the receiver's list, in words."""
    if isinstance(case.reading(lever.to), PriorityList):
        return f"{lever.to} wants '{wish(lever)}' at rank {lever.at}"
    worth = lever.worth * units
    return f"{lever.to} {'gains' if worth >= 0 else 'loses'} {number(abs(worth))} where {lever.when}"


# --- what they do ---------------------------------------------------------------------------------------------------


def offered(case: Case, units: Units) -> Case:
    """The case in which these units stand: the receivers' lists changed, nothing else. Unknown incentives are refused."""
    levers = levers_of(case, [name for name, many in units.items() if many]) if any(units.values()) else ()
    for lever in levers:
        if not 0 <= units[lever.id] <= most(case, lever):
            raise InputError(f"{units[lever.id]} units of {lever.id}; expected at most {most(case, lever)}")
    for actor in dict.fromkeys(lever.to for lever in levers):
        mine = [(lever, units[lever.id]) for lever in levers if lever.to == actor]
        changed = with_offers(case.reading(actor), mine)
        case = case.wanting(actor, changed.statements, changed.id)
    return case


def with_offers(reading: Reading, bought: Iterable[tuple[Incentive, int]]) -> Reading:
    """The reading with what was bought worked in."""
    some = [(lever, many) for lever, many in bought if many]
    if not some:
        return reading
    if isinstance(reading, Weights):
        added = tuple(_statement(lever.when, lever, lever.worth * many) for lever, many in some)
        statements = (*reading.statements, *added)
    else:
        slots: list[list[Statement]] = [[] for _ in range(len(reading.statements) + 1)]
        for lever, _ in some:
            slots[(lever.at or 1) - 1].append(_statement(wish(lever), lever, None))
        old = [*reading.statements, None]
        statements = tuple(s for slot, kept in zip(slots, old, strict=True) for s in (*slot, kept) if s is not None)
    name = "+".join([reading.id, *(lever.id if many == 1 else f"{lever.id}*{many}" for lever, many in some)])
    return replace(reading, id=name, statements=statements)


def _statement(want: Formula, lever: Incentive, weight: Fraction | None) -> Statement:
    return Statement(want=want, weight=weight, evidence=lever.evidence, place=lever.place)


def purchases(case: Case, units: Units) -> tuple[Purchase, ...]:
    """What is bought, one by one, in file order."""
    return tuple(
        Purchase(
            lever.id,
            lever.name,
            lever.by,
            lever.to,
            units[lever.id],
            lever.cost * units[lever.id],
            effect(case, lever, units[lever.id]),
            lever.approved_by,
            lever.evidence.source,
        )
        for lever in case.scenario.incentives.values()
        if units.get(lever.id)
    )


def price(case: Case, units: Units) -> Fraction:
    """Units × cost, summed."""
    return sum((case.scenario.incentives[name].cost * many for name, many in units.items()), Fraction(0))


def vetoes(case: Case, units: Units, always: Iterable[str] = ()) -> tuple[str, ...]:
    """Whose consent is needed: of those who must approve something bought, and of those named, in model order."""
    needed = {name for lever in units for name in case.scenario.incentives[lever].approved_by if units[lever]}
    for name in always:
        needed.add(case.scenario.actor(name).id)
    return tuple(actor for actor in case.actors if actor in needed)


# --- packages in order of price -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bid:
    """Units for one receiver, their price, and what they come to: `order` tells different preferences apart."""

    price: Fraction
    units: tuple[tuple[str, int], ...]
    order: bytes
    vetoes: frozenset[str]


class Ladder:
    """The bids to one receiver, cheapest first, one for each order of preference (and set of vetoes) they come to.

    Two packages after which the receiver compares all states alike have the same consequences, so only the cheaper is
    needed; that is what makes a search over many incentives short. Bids are made only when asked for. Where the receiver
    may have any of several `readings`, only what is alike under all of them counts as one. `tick` is called for every bid
    looked at, also for those that come to nothing new, and may raise to end a search that takes too long.
    """

    def __init__(
        self,
        case: Case,
        conflict: Conflict,
        actor: str,
        levers: Iterable[Incentive],
        readings: Iterable[Reading] | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.tick = tick
        self.levers = tuple(levers)
        self.readings = (case.reading(actor),) if readings is None else tuple(readings)
        self.conflict = conflict
        self.most = tuple(most(case, lever) for lever in self.levers)
        self.made: list[Bid] = []
        self.seen: set[tuple[bytes, frozenset[str]]] = set()
        self.rows = self._vectors()
        for lever in self.levers:
            for reading in self.readings:
                check_merges(conflict, with_offers(reading, [(lever, 1)]))

    def get(self, place: int) -> Bid | None:
        """The bid at this place, None beyond the last."""
        while place >= len(self.made):
            vector = next(self.rows, None)
            if vector is None:
                return None
            self.tick()
            bid = self._bid(vector)
            if (bid.order, bid.vetoes) not in self.seen:
                self.seen.add((bid.order, bid.vetoes))
                self.made.append(bid)
        return self.made[place]

    def _bid(self, vector: tuple[int, ...]) -> Bid:
        bought = [(lever, many) for lever, many in zip(self.levers, vector, strict=True) if many]
        order = b"".join(self._order(with_offers(reading, bought)) for reading in self.readings)
        cost = sum((lever.cost * many for lever, many in bought), Fraction(0))
        vetoes = frozenset(name for lever, _ in bought for name in lever.approved_by)
        return Bid(cost, tuple((lever.id, many) for lever, many in bought), order, vetoes)

    def _order(self, reading: Reading) -> bytes:
        """The same for two readings only if they compare all states alike."""
        u = payoffs(self.conflict, reading, None if self.conflict.simple else self.conflict.states)
        alike = np.unique(u, return_inverse=True)[1].astype(np.int32)
        return repr(u.shape).encode() + np.ascontiguousarray(alike).tobytes()

    def _vectors(self) -> Iterator[tuple[int, ...]]:
        """Units of each lever, by price, then number of units, then file order; each vector once."""
        costs = [lever.cost for lever in self.levers]
        first = (0,) * len(costs)
        heap: list[tuple[Fraction, int, tuple[int, ...], int]] = [(Fraction(0), 0, first, 0)]
        while heap:
            cost, many, negated, last = heapq.heappop(heap)
            vector = tuple(-n for n in negated)
            yield vector
            for place in range(last, len(costs)):
                if vector[place] < self.most[place]:
                    more = (*negated[:place], negated[place] - 1, *negated[place + 1 :])
                    heapq.heappush(heap, (cost + costs[place], many + 1, more, place))


def by_price(ladders: tuple[Ladder, ...]) -> Iterator[tuple[Bid, ...]]:
    """One bid from every ladder, in order of the total price, fewest units first; each combination once."""
    start = (0,) * len(ladders)
    heap: list[tuple[Fraction, int, tuple[int, ...], int]] = [(Fraction(0), 0, start, 0)]
    while heap:
        _, _, places, last = heapq.heappop(heap)
        chosen = tuple(bid for ladder, place in zip(ladders, places, strict=True) if (bid := ladder.get(place)))
        yield chosen
        for axis in range(last, len(ladders)):
            following = ladders[axis].get(places[axis] + 1)
            if following is not None:
                others = (*chosen[:axis], following, *chosen[axis + 1 :])
                heapq.heappush(heap, (*_key(others), (*places[:axis], places[axis] + 1, *places[axis + 1 :]), axis))


def _key(bids: tuple[Bid, ...]) -> tuple[Fraction, int]:
    units = sum(many for bid in bids for _, many in bid.units)
    return sum((bid.price for bid in bids), Fraction(0)), units


def units_of(bids: Iterable[Bid]) -> dict[str, int]:
    """The bids as one package."""
    return {name: many for bid in bids for name, many in bid.units}
