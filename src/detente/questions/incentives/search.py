"""The search for the cheapest package: by solver where the goal can be written as a program, else in order of price.

The mathematics. Two ways that share no reasoning; each verifies every package it believes in by the engine:

- *by solver* (`incentives.search_by_solver`), for equilibria: programs whose least cost is a bound, and cuts until both agree;
- *by price*: packages in order of price, one for every order of preference they come to; the first that works is cheapest.
  For ends of play this is the only way: where play ends depends on which steps are improvements and which of these are
  unsanctioned, along the whole play, and that has no honest program short of following every play.

After some packages tried in vain, or half of the time, everything is bought at once and then given back as far as it is
not needed: that bounds the price from above, and is what is left to say if the time runs out.

How to use it: `Search(case, aim, ...).found()`. Cost: one analysis per package; by price their number can double with every
incentive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente.case import Case
from detente.conflict.payoffs import check_merges
from detente.engine import Progress
from detente.questions.incentives.aims_and_consent import (
    LISTED,
    Aim,
    Bought,
    Broken,
    Exists,
    consents,
    passed,
    reachable,
)
from detente.questions.incentives.obstacles import Obstacle, obstacles
from detente.questions.incentives.offers import (
    Bid,
    Ladder,
    by_price,
    idle,
    levers_of,
    most,
    offered,
    price,
    purchases,
    units_of,
    vetoes,
    with_offers,
)
from detente.questions.incentives.package_tests import Swayed
from detente.questions.incentives.search_by_solver import (
    RELAXED,
    Buyer,
    ForBreak,
    ForState,
    OutOfTime,
    TooWide,
    Tried,
)
from detente.questions.incentives.solvers import solver_named

MANY = 32
"""Packages tried in vain before one that works is looked for from above, to know when to stop."""

MOST_MOVES = 20_000_000
"""Moves of a model at most for programs."""

LARGE = 1 << 20
"""Cells beyond which only the first package tried in vain is looked at for how close it comes."""

Clock = Callable[[], float]

OPTIMAL, GAP, IMPOSSIBLE, OPEN = "optimal", "gap", "impossible", "open"
"""Proved cheapest; found, not proved cheapest; proved that there is none; nothing found in time."""

PRICE = "price"
"""The way without a solver."""


@dataclass(frozen=True)
class Found:
    """What a search came to; `way` says how it was made, `tried` packages were verified, `programs` solved, `cuts` made."""

    status: str
    best: Bought | None
    bound: Fraction | None
    way: str
    tried: int
    programs: int
    cuts: int
    closest: Mapping[str, Any] | None
    closest_units: Mapping[str, int]
    obstacles: tuple[Obstacle, ...]


class Search:
    """One search; remembers the cheapest package that works and the closest that does not."""

    def __init__(
        self,
        case: Case,
        aim: Aim,
        among: Iterable[str] | None,
        approved_by: Iterable[str],
        way: str,
        seconds: float,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self.case, self.aim, self.clock, self.progress = case, aim, clock, progress
        self.levers = levers_of(case, among)
        self.idle = idle(case, among)
        self.always = tuple(dict.fromkeys(case.scenario.actor(name).id for name in approved_by))
        self.packages = math.prod(most(case, lever) + 1 for lever in self.levers)
        self.way = way if isinstance(aim, Exists | Broken) and aim.concept.answers != "simultaneous" else PRICE
        self.seconds, self.deadline = seconds, clock() + seconds
        self.known: set[tuple[Any, ...]] = set()
        self.best: Bought | None = None
        self.near: tuple[float, int, dict[str, int]] | None = None
        self.bound: Fraction | None = Fraction(0)
        self.buyer: Buyer | None = None
        self.interrupted = self.too_wide = self.looked = False
        self.outbid: tuple[str, ...] = ()

    def found(self) -> Found:
        try:
            if self.way == PRICE or not self._by_solver():
                self.too_wide = self.way != PRICE
                self.way, self.buyer = PRICE, None
                self.bound = self._by_price()
        except (OutOfTime, KeyboardInterrupt) as ended:
            self.interrupted = isinstance(ended, KeyboardInterrupt)
            self.bound = self.buyer.bound if self.buyer else self.bound
        return self._found()

    # --- by solver ---

    def _by_solver(self) -> bool:
        """Search by solver; False if the model is too large for that."""
        swayed = Swayed(self.case, self.levers)
        conflict = swayed.conflict
        moves = 0 if conflict.graph else conflict.cells * sum(player.size - 1 for player in conflict.players)
        if moves > MOST_MOVES:
            return False
        self._check_merges(conflict)
        self.buyer = self._buyer(swayed)
        try:
            self.buyer.run()
        except TooWide:
            return False
        self.bound = self.buyer.bound
        return True

    def _buyer(self, swayed: Swayed) -> Buyer:
        assert isinstance(self.aim, Exists | Broken)
        goal = swayed.conflict.holds(self.aim.formula, swayed.states)
        needs_now = self.always or any(lever.approved_by for lever in self.levers)
        analysis = self.case.analyse(("seq",))
        if needs_now or isinstance(self.aim, Broken):
            analysis.cell()
        solver = solver_named(self.way)
        args = (swayed, self.aim.concept, goal, self.always, solver, self._attempt, self._left)
        if isinstance(self.aim, Exists):
            return ForState(*args)
        found = ForBreak(*args)
        found.within = found.places(reachable(analysis))
        return found

    def _attempt(self, units: dict[str, int]) -> Tried:
        works = self._try(units)
        self._look_from_above()
        return Tried(self._analysis(offered(self.case, units)), works)

    def _left(self) -> float:
        return self.deadline - self.clock()

    # --- by price ---

    def _by_price(self) -> Fraction | None:
        """The price of the best package, None if all were tried in vain."""
        for bids in by_price(self._ladders()):
            self.bound = sum((bid.price for bid in bids), Fraction(0))
            self._look_from_above()
            if self.best is not None and self.bound >= self.best.price:
                return self.best.price
            if self._works(bids):
                return self.bound
        return self.best.price if self.best else None

    def _ladders(self) -> tuple[Ladder, ...]:
        conflict = self.case.analyse(("seq",)).conflict
        self._check_merges(conflict)
        receivers = dict.fromkeys(lever.to for lever in self.levers)
        mine = {actor: [lever for lever in self.levers if lever.to == actor] for actor in receivers}
        return tuple(Ladder(self.case, conflict, actor, some, tick=self._tick) for actor, some in mine.items())

    def _tick(self) -> None:
        if self.known and self._left() < 0:
            raise OutOfTime

    def _works(self, bids: tuple[Bid, ...]) -> bool:
        self._tick()
        return self._try(units_of(bids))

    # --- both ---

    def _check_merges(self, conflict: Any) -> None:
        for lever in self.levers:
            check_merges(conflict, with_offers(self.case.reading(lever.to), [(lever, 1)]))

    def _analysis(self, case: Case) -> Any:
        asked = [*self.aim.concepts, *(RELAXED[c] for c in self.aim.concepts if c in RELAXED and self.way != PRICE)]
        return case.analyse(tuple(dict.fromkeys((*asked, "seq"))))

    def _try(self, units: dict[str, int]) -> bool:
        """The engine's word on a package: whether the goal holds, and everybody consents who must."""
        self.progress(len(self.known), self.packages, f"package {len(self.known) + 1}")
        case = offered(self.case, units)
        analysis = self._analysis(case)
        results = self.aim.results(analysis)
        needed = vetoes(self.case, units, self.always)
        willing = passed(analysis, results, needed)
        results = results[willing] if self.aim.one_is_enough else results if willing.all() else results[:0]
        self.known.add(tuple(sorted(units.items())))
        if not len(results):
            self._note(analysis, units)
            return False
        bought = self._bought(case, analysis, units, results, needed)
        if self.best is None or bought.price < self.best.price:
            self.best = bought
        return True

    def _note(self, analysis: Any, units: dict[str, int]) -> None:
        if self.near is not None and analysis.conflict.cells > LARGE:
            return
        score, cell = self.aim.nearness(analysis)
        if self.near is None or score > self.near[0]:
            self.near = (score, cell, dict(units))

    def _bought(
        self, case: Case, analysis: Any, units: dict[str, int], results: Any, needed: tuple[str, ...]
    ) -> Bought:
        states = tuple(analysis.state(int(cell)) for cell in results[:LISTED])
        said = consents(case, analysis, results, needed)
        return Bought(purchases(self.case, units), price(self.case, units), len(results), states, said)

    def _look_from_above(self) -> None:
        """Once, if many were tried in vain or half of the time is gone: a package that works bounds the price from above."""
        vain = bool(self.known) and self.best is None and not self.looked
        if vain and (len(self.known) >= MANY or self._left() < self.seconds / 2):
            self.looked = True
            self._from_above()

    def _from_above(self) -> None:
        """Everything, and then less and less of what is not needed, dearest first."""
        units = {lever.id: most(self.case, lever) for lever in self.levers}
        if not self._try(dict(units)):
            return
        for lever in sorted(self.levers, key=lambda lever: -lever.cost):
            for fewer in range(units[lever.id]):
                if self._left() < 0:
                    return
                if self._try({name: n for name, n in {**units, lever.id: fewer}.items() if n}):
                    units[lever.id] = fewer
                    break

    def _found(self) -> Found:
        if self.best is None and self.buyer is not None and not self.interrupted:
            self._everything()
        found = self.best is not None
        proved = self.bound is None or (self.best is not None and self.bound >= self.best.price)
        status = (OPTIMAL if proved else GAP) if found else (IMPOSSIBLE if proved else OPEN)
        closest: Mapping[str, Any] | None = None
        units: Mapping[str, int] = {}
        stand: tuple[Obstacle, ...] = ()
        if not found and self.near is not None and not self.interrupted:
            units = self.near[2]
            analysis = self._analysis(offered(self.case, units))
            closest = analysis.state(self.near[1])
            needed = vetoes(self.case, units, self.always)
            stand = obstacles(self.case, analysis, self.aim, self.near[1], self.levers, needed)
        if status == IMPOSSIBLE and isinstance(self.buyer, ForState):
            self.outbid = self._outbid(self.buyer)
        programs, cuts = (self.buyer.solved, self.buyer.cuts) if self.buyer else (0, 0)
        return Found(status, self.best, self.bound, self.way, len(self.known), programs, cuts, closest, units, stand)

    def _outbid(self, buyer: ForState) -> tuple[str, ...]:
        try:
            return buyer.outbid() if buyer.goal.any() else ()
        except OutOfTime:
            return ()

    def _everything(self) -> None:
        """All there is to buy: it may work after all, or come closer than what was tried."""
        everything = {lever.id: most(self.case, lever) for lever in self.levers}
        if tuple(sorted(everything.items())) not in self.known:
            self._try(everything)

    def notes(self) -> Iterator[str]:
        """What to say about the incentives and the question."""
        conflict = self.case.analyse(("seq",)).conflict
        if self.best is None and not (conflict.holds(self.aim.formula) & conflict.feasible).any():
            yield "no feasible state has the goal, whatever anybody wants"
        if self.too_wide:
            yield "the model is too large for programs, so packages were tried in order of price"
        for name in self.outbid:
            deters = ", and no answer of the others deters it" if self.aim.concepts != ("nash",) else ""
            yield f"whatever is bought, {name} would leave every state that has the goal{deters}"
        for name in self.idle:
            yield f"{name} cannot be withheld from those who do not earn it, so it moves nobody"
        for lever in self.levers:
            if lever.most > most(self.case, lever):
                yield f"{lever.id}: a priority list knows no amounts, so one unit of {lever.most} counts"
        if self.always:
            yield f"must let any package pass: {', '.join(self.always)}"
