"""What is offered and threatened: how incentives change what an actor wants, and what they cost.

The mathematics. An incentive is bought in whole *units*, at most `most` of them. To an actor with weights, n units add
n × `worth` in every state where `when` holds (a negative worth is a threat). A priority list knows no amounts: there one
unit is a wish inserted at the stated rank of the list as written (`at`: 1 is the top), `when` itself for an offer, its
negation for a threat (negative worth); wishes inserted at the same rank stand in the order of the file, and a second
unit would change nothing. Where nobody knows how much an offer counts, `at` is a range of ranks (`incentives.ranks`), and where
its cost is not known, that is one; what is said without more is said of the first rank and the least cost. A list is never
turned into weights, nor a ranking of states into either. What is not `excludable` comes to its receiver anyway, in every state:
it moves nobody and is left out.

The *price* of a package is the sum of units × `cost`. What it costs is counted beside the conflict: it does not change
what the giver wants. Costs and worths are as good as their sources.

How to use it: `incentives_of(case)` checks the incentives, `offered(case, units)` is the case in which they stand.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> [incentive.id for incentive in incentives_of(case)][:2]
['ru_relief', 'ru_sanctions']
>>> [str(wish) for wish in offered(case, {"ru_relief": 1}).reading("ru").statements][:3]
['us_nato != open', 'us_arm = none', 'not ru_link']
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from detente.case import Case
from detente.conflict import Conflict
from detente.conflict.payoffs import check_merges, payoffs
from detente.errors import InputError, Lacks, Problem, refuse_unknown
from detente.formula import Formula, opposite
from detente.messages import tell
from detente.result import Record
from detente.scenario.model import Incentive, PriorityList, Ranking, Reading, Scenario, Statement, Weights
from detente.sheet import ActorTerm, FormulaTerm, NameTerm, Phrase

Units = Mapping[str, int]
"""Units bought, by incentive; what is not named is not bought."""


@dataclass(frozen=True, kw_only=True)
class PackageItem(Record):
    """Some units of one incentive in a package: from whom to whom, their cost, and what they do to the receiver's list."""

    id: str
    name: str
    by: str
    to: str
    units: int
    cost: Fraction
    cost_most: Fraction
    effect: str
    approved_by: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.id if self.units == 1 else f"{self.units} × {self.id}"

    @property
    def term(self) -> Phrase:
        """The same, for a cell."""
        return Phrase.of("" if self.units == 1 else f"{self.units} × ", NameTerm(self.id))


def number(value: Fraction) -> int | float:
    """A price or worth for programs and people.

    >>> number(Fraction(3)), number(Fraction(1, 2))
    (3, 0.5)
    """
    return int(value) if value.denominator == 1 else float(value)


# --- which incentives there are -------------------------------------------------------------------------------------


def incentives_of(case: Case, among: Iterable[str] | None = None) -> tuple[Incentive, ...]:
    """The incentives that can be bought in this case, in file order; `among` names the only ones to be considered.

    Raises `UnknownName` for an unknown one, `Unanswerable` if there are none, and `InputError` for one that the
    receiver's list has no place for.
    """
    known = case.scenario.incentives
    if not known:
        raise Lacks("incentives")
    wanted = list(known if among is None else among)
    refuse_unknown("incentive", known, *wanted)
    incentives = tuple(known[name] for name in known if name in wanted and known[name].excludable)
    for incentive in incentives:
        _check(case, incentive)
    return incentives


def idle(case: Case, among: Iterable[str] | None = None) -> tuple[str, ...]:
    """Incentives that move nobody because they cannot be withheld."""
    wanted = list(case.scenario.incentives if among is None else among)
    return tuple(i.id for i in case.scenario.incentives.values() if i.id in wanted and not i.excludable)


def problems(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each incentive that no list of its receiver has a place for: the reading chosen would be refused."""
    for incentive in scenario.incentives.values():
        for reading in scenario.actor(incentive.to).readings:
            try:
                _check(Case(scenario, {incentive.to: reading}), incentive)
            except InputError as error:
                place = incentive.place
                yield Problem(place.line, place.column, "warning", "incentive", str(error), scenario.path)
                break


def _check(case: Case, incentive: Incentive) -> None:
    actor = case.scenario.actor(incentive.to)
    if not actor.readings:
        raise InputError(
            tell(
                "incentive {id}: {to} wants nothing in this model; write its list first",
                id=incentive.id,
                to=incentive.to,
            )
        )
    reading = case.reading(incentive.to)
    name = tell("incentive {id}", id=incentive.id)
    if isinstance(reading, Ranking):
        raise InputError(
            tell(
                "{name}: {to} ranks states (reading '{id}'), and a ranking has no place for one more aim; "
                "write its priorities or weights, or rank the states anew with the incentive in place",
                name=name,
                to=incentive.to,
                id=reading.id,
            )
        )
    if isinstance(reading, PriorityList) and incentive.at is None:
        raise InputError(
            tell(
                "{name}: {to} has a priority list (reading '{id}'), and lists are never turned into weights, "
                "so its worth says nothing here; say at which rank the aim is inserted, for example `at: 1`",
                name=name,
                to=incentive.to,
                id=reading.id,
            )
        )
    if isinstance(reading, PriorityList) and (incentive.at_last or 0) > len(reading.statements) + 1:
        raise InputError(
            tell(
                "{name}: `at: {rank_text}` is beyond the list of {to} (reading '{id}'); expected 1 (the top) "
                "to {number} (below everything)",
                name=name,
                rank_text=rank_text(incentive),
                to=incentive.to,
                id=reading.id,
                number=len(reading.statements) + 1,
            )
        )


def rank_text(incentive: Incentive) -> str:
    """The rank, or the range of ranks, as the file writes it."""
    return f"{incentive.at}" if incentive.at == incentive.at_last else f"{incentive.at}..{incentive.at_last}"


def span(least: Fraction, most: Fraction) -> int | float | str:
    """A price, or the range it lies in, for people.

    >>> span(Fraction(3), Fraction(3)), span(Fraction(1, 2), Fraction(3))
    (3, '0.5 to 3')
    """
    return number(least) if least == most else tell("{number} to {number2}", number=number(least), number2=number(most))


def most(case: Case, incentive: Incentive) -> int:
    """How many units there are to buy: in a priority list a second unit says nothing new."""
    return 1 if isinstance(case.reading(incentive.to), PriorityList) else incentive.most


def is_threat(case: Case, name: str) -> bool:
    """Whether the incentive takes something away where it is due."""
    return case.scenario.incentives[name].worth < 0


def wish(incentive: Incentive) -> Formula:
    """What the receiver of the offer, or of the threat, has a reason to want."""
    return incentive.when if incentive.worth >= 0 else opposite(incentive.when)


def effect(case: Case, incentive: Incentive, units: int = 1) -> Phrase:
    """What so many units do to the receiver's list, in words."""
    to = ActorTerm(incentive.to)
    if isinstance(case.reading(incentive.to), PriorityList):
        return Phrase.told(
            "{to} wants '{wish}' at rank {rank_text}",
            to=to,
            wish=FormulaTerm(wish(incentive)),
            rank_text=rank_text(incentive),
        )
    worth = incentive.worth * units
    gains = tell(
        " {word} {number} where ", word=tell("gains") if worth >= 0 else tell("loses"), number=number(abs(worth))
    )
    return Phrase.of(to, gains, FormulaTerm(incentive.when))


# --- what they do ---------------------------------------------------------------------------------------------------


def offered(case: Case, units: Units) -> Case:
    """The case in which these units stand: the receivers' lists changed, nothing else. Unknown incentives are refused."""
    incentives = incentives_of(case, [name for name, many in units.items() if many]) if any(units.values()) else ()
    for incentive in incentives:
        if not 0 <= units[incentive.id] <= most(case, incentive):
            raise InputError(
                tell(
                    "{units} units of {id}; expected at most {most}",
                    units=units[incentive.id],
                    id=incentive.id,
                    most=most(case, incentive),
                )
            )
    for actor in dict.fromkeys(incentive.to for incentive in incentives):
        mine = [(incentive, units[incentive.id]) for incentive in incentives if incentive.to == actor]
        changed = with_offers(case.reading(actor), mine)
        case = case.wanting(actor, changed.statements, changed.id)
    return case


def with_offers(reading: Reading, bought: Iterable[tuple[Incentive, int]]) -> Reading:
    """The reading with what was bought worked in."""
    some = [(incentive, many) for incentive, many in bought if many]
    if not some:
        return reading
    if isinstance(reading, Weights):
        added = tuple(_statement(incentive.when, incentive, incentive.worth * many) for incentive, many in some)
        statements = (*reading.statements, *added)
    else:
        slots: list[list[Statement]] = [[] for _ in range(len(reading.statements) + 1)]
        for incentive, _ in some:
            slots[(incentive.at or 1) - 1].append(_statement(wish(incentive), incentive, None))
        old = [*reading.statements, None]
        statements = tuple(s for slot, kept in zip(slots, old, strict=True) for s in (*slot, kept) if s is not None)
    name = "+".join(
        [reading.id, *(incentive.id if many == 1 else f"{incentive.id}*{many}" for incentive, many in some)]
    )
    return replace(reading, id=name, statements=statements)


def _statement(want: Formula, incentive: Incentive, weight: Fraction | None) -> Statement:
    return Statement(want=want, weight=weight, evidence=incentive.evidence, place=incentive.place)


def items_of(case: Case, units: Units) -> tuple[PackageItem, ...]:
    """What is in the package, one by one, in file order."""
    return tuple(
        PackageItem(
            id=incentive.id,
            name=incentive.name,
            by=incentive.by,
            to=incentive.to,
            units=units[incentive.id],
            cost=incentive.cost * units[incentive.id],
            cost_most=incentive.cost_most * units[incentive.id],
            effect=effect(case, incentive, units[incentive.id]),
            approved_by=incentive.approved_by,
            source=incentive.evidence.source,
        )
        for incentive in case.scenario.incentives.values()
        if units.get(incentive.id)
    )


def price(case: Case, units: Units) -> Fraction:
    """Units × cost, summed; the least where costs are ranges."""
    return sum((case.scenario.incentives[name].cost * many for name, many in units.items()), Fraction(0))


def price_most(case: Case, units: Units) -> Fraction:
    """The same with what each costs at most."""
    return sum((case.scenario.incentives[name].cost_most * many for name, many in units.items()), Fraction(0))


def vetoes(case: Case, units: Units, always: Iterable[str] = ()) -> tuple[str, ...]:
    """Whose consent is needed: of those who must approve something bought, and of those named, in model order."""
    needed = {
        name for incentive in units for name in case.scenario.incentives[incentive].approved_by if units[incentive]
    }
    for name in always:
        needed.add(case.scenario.actor(name).id)
    return tuple(actor for actor in case.actors if actor in needed)


# --- packages in order of price -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Units for one receiver, their price, and what they come to: `order` tells different preferences apart."""

    price: Fraction
    units: tuple[tuple[str, int], ...]
    order: bytes
    vetoes: frozenset[str]


class Bundles:
    """The bundles for one receiver, cheapest first, one for each order of preference (and set of vetoes) they come to.

    Two packages after which the receiver compares all states alike have the same consequences, so only the cheaper is
    needed; that is what makes a search over many incentives short. Bundles are made only when asked for. Where the receiver
    may have any of several `readings`, only what is alike under all of them counts as one. `tick` is called for every bundle
    looked at, also for those that come to nothing new, and may raise to end a search that takes too long.
    """

    def __init__(
        self,
        case: Case,
        conflict: Conflict,
        actor: str,
        incentives: Iterable[Incentive],
        readings: Iterable[Reading] | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.tick = tick
        self.incentives = tuple(incentives)
        self.readings = (case.reading(actor),) if readings is None else tuple(readings)
        self.conflict = conflict
        self.most = tuple(most(case, incentive) for incentive in self.incentives)
        self.made: list[Bundle] = []
        self.seen: set[tuple[bytes, frozenset[str]]] = set()
        self.rows = self._vectors()
        for incentive in self.incentives:
            for reading in self.readings:
                check_merges(conflict, with_offers(reading, [(incentive, 1)]))

    def get(self, place: int) -> Bundle | None:
        """The bundle at this place, None beyond the last."""
        while place >= len(self.made):
            vector = next(self.rows, None)
            if vector is None:
                return None
            self.tick()
            bundle = self._bundle(vector)
            if (bundle.order, bundle.vetoes) not in self.seen:
                self.seen.add((bundle.order, bundle.vetoes))
                self.made.append(bundle)
        return self.made[place]

    def _bundle(self, vector: tuple[int, ...]) -> Bundle:
        bought = [(incentive, many) for incentive, many in zip(self.incentives, vector, strict=True) if many]
        order = b"".join(self._order(with_offers(reading, bought)) for reading in self.readings)
        cost = sum((incentive.cost * many for incentive, many in bought), Fraction(0))
        vetoes = frozenset(name for incentive, _ in bought for name in incentive.approved_by)
        units = tuple((incentive.id, many) for incentive, many in bought)
        return Bundle(price=cost, units=units, order=order, vetoes=vetoes)

    def _order(self, reading: Reading) -> bytes:
        """The same for two readings only if they compare all states alike."""
        u = payoffs(self.conflict, reading, None if self.conflict.simple else self.conflict.states)
        alike = np.unique(u, return_inverse=True)[1].astype(np.int32)
        return repr(u.shape).encode() + np.ascontiguousarray(alike).tobytes()

    def _vectors(self) -> Iterator[tuple[int, ...]]:
        """Units of each incentive, by price, then number of units, then file order; each vector once."""
        costs = [incentive.cost for incentive in self.incentives]
        first = (0,) * len(costs)
        heap: list[tuple[Fraction, int, tuple[int, ...], int]] = [(Fraction(0), 0, first, 0)]
        while heap:
            # Negated, so that of equal price and number the one with more of an earlier incentive comes first.
            cost, many, negated, last = heapq.heappop(heap)
            vector = tuple(-n for n in negated)
            yield vector
            for place in range(last, len(costs)):
                if vector[place] < self.most[place]:
                    more = (*negated[:place], negated[place] - 1, *negated[place + 1 :])
                    heapq.heappush(heap, (cost + costs[place], many + 1, more, place))


def by_price(receivers: tuple[Bundles, ...]) -> Iterator[tuple[Bundle, ...]]:
    """One bundle from every receiver, in order of the total price, fewest units first; each combination once."""
    start = (0,) * len(receivers)
    heap: list[tuple[Fraction, int, tuple[int, ...], int]] = [(Fraction(0), 0, start, 0)]
    while heap:
        _, _, places, last = heapq.heappop(heap)
        chosen = tuple(
            bundle for receiver, place in zip(receivers, places, strict=True) if (bundle := receiver.get(place))
        )
        yield chosen
        # Only places from the last one raised on go up, so that every combination has one predecessor and comes once.
        for axis in range(last, len(receivers)):
            following = receivers[axis].get(places[axis] + 1)
            if following is not None:
                others = (*chosen[:axis], following, *chosen[axis + 1 :])
                heapq.heappush(heap, (*_key(others), (*places[:axis], places[axis] + 1, *places[axis + 1 :]), axis))


def _key(bundles: tuple[Bundle, ...]) -> tuple[Fraction, int]:
    units = sum(many for bundle in bundles for _, many in bundle.units)
    return sum((bundle.price for bundle in bundles), Fraction(0)), units


def units_of(bundles: Iterable[Bundle]) -> dict[str, int]:
    """The bundles as one package."""
    return {name: many for bundle in bundles for name, many in bundle.units}
