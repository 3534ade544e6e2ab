"""The search for the cheapest package: by solver where the goal can be written as a program, else in order of price.

The mathematics. Two ways that share no reasoning; each verifies every package it believes in by the engine:

- *by solver* (`incentives.search_by_solver`), for equilibria: programs whose least cost is a bound, and cuts until both agree;
- *by price*: packages in order of price, one for every order of preference they come to; the first that works is cheapest.
  For ends of play this is the only way: where play ends depends on which steps are improvements and which of these are
  unsanctioned, along the whole play, and that has no honest program short of following every play.

After some packages tried in vain, or half of the time, everything is bought at once and then given back as far as it is
not needed: that bounds the price from above, and is what is left to say if the time runs out.

How to use it: `cheapest(Wanted(...))`. Cost: one analysis per package; by price their number can double with every incentive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.budget import Budget, Spent
from detente.case import Case
from detente.conflict.payoffs import check_merges
from detente.engine import Progress, quiet
from detente.messages import tell
from detente.questions.incentives.aims_and_consent import (
    LISTED,
    Aim,
    Broken,
    Exists,
    VerifiedPackage,
    consents,
    due,
    passed,
    reachable,
)
from detente.questions.incentives.obstacles import Obstacle, obstacles
from detente.questions.incentives.offers import (
    Bundles,
    by_price,
    items_of,
    most,
    offered,
    price,
    price_most,
    units_of,
    vetoes,
    with_offers,
)
from detente.questions.incentives.package_tests import PackageTests
from detente.questions.incentives.search_by_solver import (
    RELAXED,
    EveryEquilibrium,
    ProgramSearch,
    SomeEquilibrium,
    Verified,
)
from detente.questions.incentives.solvers import solver_named
from detente.scenario.model import Incentive
from detente.sheet import ActorTerm, NameTerm, Phrase, listing

MANY = 32
"""Packages tried in vain before one that works is looked for from above, to know when to stop."""

MOST_MOVES = 20_000_000
"""Moves of a model at most for programs."""

LARGE = 1 << 20
"""Cells beyond which only the first package tried in vain is looked at for how close it comes."""

OPTIMAL, GAP, IMPOSSIBLE, OPEN = "optimal", "gap", "impossible", "open"
"""Proved cheapest; found, not proved cheapest; proved that there is none; nothing found in time."""

PRICE = "price"
"""The way without a solver."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A package is wanted that brings the aim about and is let pass; `way` names a solver, or `PRICE`.

    `incentives` are those to choose from; `idle` those besides that move nobody.
    """

    case: Case
    aim: Aim
    incentives: tuple[Incentive, ...]
    idle: tuple[str, ...]
    approved_by: tuple[str, ...]
    way: str
    budget: Budget
    progress: Progress = quiet

    @property
    def by_solver(self) -> bool:
        """Whether what is asked can be written as a program at all, and a solver is named."""
        aim = self.aim
        return self.way != PRICE and isinstance(aim, Exists | Broken) and aim.concept.answers != "simultaneous"

    @cached_property
    def packages(self) -> int:
        """How many packages could be bought."""
        return math.prod(most(self.case, each) + 1 for each in self.incentives)

    @property
    def everything(self) -> dict[str, int]:
        return {each.id: most(self.case, each) for each in self.incentives}

    def analysis(self, units: Mapping[str, int], relaxed: bool) -> Analysis:
        """The analysis under a package; `relaxed` also under the concepts that programs use for the aim's."""
        asked = [*self.aim.concepts, *(RELAXED[c] for c in self.aim.concepts if relaxed and c in RELAXED)]
        return offered(self.case, units).analyse(tuple(dict.fromkeys((*asked, "seq"))))

    def vetoes(self, units: Mapping[str, int]) -> tuple[str, ...]:
        return vetoes(self.case, units, self.approved_by)

    def check_merges(self) -> None:
        """Refuse incentives that tell the members of a merged state apart."""
        for each in self.incentives:
            check_merges(self.case.game.conflict, with_offers(self.case.reading(each.to), [(each, 1)]))


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What a search came to; `way` says how it was made, `tried` packages were verified, `programs` solved, `cuts` made."""

    status: str
    best: VerifiedPackage | None
    bound: Fraction | None
    way: str
    tried: int
    programs: int
    cuts: int
    closest: Mapping[str, Any] | None
    closest_units: Mapping[str, int]
    obstacles: tuple[Obstacle, ...]
    outbid: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Nearest:
    """The package tried in vain that came closest, and the state that shows what is missing."""

    score: float
    cell: int
    units: Mapping[str, int]


@dataclass
class Trials:
    """The packages verified for one search: the cheapest that works, and the closest that does not."""

    wanted: Wanted
    relaxed: bool
    tried: set[tuple[tuple[str, int], ...]] = field(default_factory=set)
    best: VerifiedPackage | None = None
    nearest: Nearest | None = None
    from_above: bool = False

    def check(self) -> None:
        """Raise `Spent` if the budget is, but never before the first package."""
        if self.tried:
            self.wanted.budget.check()

    def verify(self, units: Mapping[str, int]) -> Verified:
        """The engine's word on a package: whether the goal holds, and everybody consents who must."""
        wanted = self.wanted
        wanted.progress(len(self.tried), wanted.packages, tell("package {number}", number=len(self.tried) + 1))
        analysis = wanted.analysis(units, self.relaxed)
        results = wanted.aim.results(analysis)
        needed = wanted.vetoes(units)
        willing = passed(analysis, results, needed)
        # Where the goal asks for one result, those that pass are enough; else one veto against one result is one too many.
        results = results[willing] if wanted.aim.one_is_enough else results if willing.all() else results[:0]
        self.tried.add(tuple(sorted(units.items())))
        if not len(results):
            self._note(analysis, units)
            return Verified(analysis, False)
        cost = price(wanted.case, units)
        if self.best is None or cost < self.best.price:
            falls_due = due(wanted.case, units, analysis, results)
            self.best = VerifiedPackage(
                purchases=items_of(wanted.case, units),
                price=cost,
                price_most=price_most(wanted.case, units),
                due=falls_due[0],
                due_most=falls_due[1],
                count=len(results),
                results=tuple(analysis.state(int(cell)) for cell in results[:LISTED]),
                consents=consents(wanted.case, units, analysis, results, needed),
            )
        return Verified(analysis, True)

    def _note(self, analysis: Analysis, units: Mapping[str, int]) -> None:
        if self.nearest is not None and analysis.conflict.cells > LARGE:
            return
        score, cell = self.wanted.aim.nearness(analysis)
        if self.nearest is None or score > self.nearest.score:
            self.nearest = Nearest(score, cell, dict(units))

    def everything(self) -> None:
        """All there is to buy: it may work after all, or come closer than what was tried."""
        if tuple(sorted(self.wanted.everything.items())) not in self.tried:
            self.verify(self.wanted.everything)

    def look_from_above(self) -> None:
        """Once, if many were tried in vain or half of the time is gone: a package that works bounds the price from above."""
        budget = self.wanted.budget
        vain = bool(self.tried) and self.best is None and not self.from_above and not budget.cancelled()
        if vain and (len(self.tried) >= MANY or budget.half_gone):
            self.from_above = True
            self._give_back()

    def _give_back(self) -> None:
        """Everything, and then less and less of what is not needed, dearest first."""
        units = self.wanted.everything
        if not self.verify(units).works:
            return
        for each in sorted(self.wanted.incentives, key=lambda each: -each.cost):
            for fewer in range(units[each.id]):
                if self.wanted.budget.spent:
                    return
                if self.verify({name: n for name, n in {**units, each.id: fewer}.items() if n}).works:
                    units[each.id] = fewer
                    break


# --- the two ways ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """No package cheaper than `bound` works (None: none at all); `spent` says what ended the search early."""

    bound: Fraction | None
    spent: Spent | None = None

    def status(self, best: VerifiedPackage | None) -> str:
        """What is known of the best package there is."""
        if best is None:
            return OPEN if self.bound is not None else IMPOSSIBLE
        return OPTIMAL if self.bound is None or self.bound >= best.price else GAP


def _in_order_of_price(trials: Trials) -> Proof:
    """Packages by price, until one works; the price of the one under way is the bound."""
    bound = Fraction(0)
    try:
        for bundles in by_price(_receivers(trials)):
            bound = sum((each.price for each in bundles), Fraction(0))
            trials.look_from_above()
            if trials.best is not None and bound >= trials.best.price:
                break
            trials.check()
            if trials.verify(units_of(bundles)).works:
                return Proof(bound)
    except Spent as spent:
        return Proof(bound, spent)
    return Proof(trials.best.price if trials.best else None)


def _receivers(trials: Trials) -> tuple[Bundles, ...]:
    wanted = trials.wanted
    conflict = wanted.case.analyse(("seq",)).conflict  # refuses what is too large before bundles are weighed
    wanted.check_merges()
    receivers = dict.fromkeys(each.to for each in wanted.incentives)
    mine = {actor: [each for each in wanted.incentives if each.to == actor] for actor in receivers}
    return tuple(Bundles(wanted.case, conflict, actor, some, tick=trials.check) for actor, some in mine.items())


def _program_search(trials: Trials) -> ProgramSearch | None:
    """The search by solver; None if the model is too large for that."""
    wanted, aim = trials.wanted, trials.wanted.aim
    assert isinstance(aim, Exists | Broken)
    conflict = wanted.case.game.conflict
    moves = 0 if conflict.graph else conflict.cells * sum(player.size - 1 for player in conflict.players)
    if moves > MOST_MOVES:
        return None
    wanted.check_merges()
    tests = PackageTests(case=wanted.case, incentives=wanted.incentives, budget=wanted.budget)
    analysis = wanted.case.analyse(("seq",))
    if wanted.approved_by or any(each.approved_by for each in wanted.incentives) or isinstance(aim, Broken):
        analysis.cell()  # refuses a model without a status quo, which consent is measured against

    def verify(units: Mapping[str, int]) -> Verified:
        verified = trials.verify(units)
        trials.look_from_above()
        return verified

    parts: dict[str, Any] = {
        "tests": tests,
        "concept": aim.concept,
        "goal": conflict.holds(aim.formula, tests.states),
        "approved_by": wanted.approved_by,
        "solver": solver_named(wanted.way),
        "verify": verify,
        "budget": wanted.budget,
    }
    if isinstance(aim, Exists):
        return SomeEquilibrium(**parts)
    return EveryEquilibrium(**parts, within=np.searchsorted(tests.states, reachable(analysis)).tolist())


def _by_solver(search: ProgramSearch) -> Proof | None:
    """Run it; None if it takes too much room for programs."""
    try:
        search.run()
    except Spent as spent:
        return None if spent.part == "memory" else Proof(search.bound, spent)
    return Proof(search.bound)


# --- the search -----------------------------------------------------------------------------------------------------


def cheapest(wanted: Wanted) -> SearchResult:
    """The cheapest package, or what is known of it when the budget is spent; see the module's opening."""
    trials = Trials(wanted, wanted.by_solver)
    search = _program_search(trials) if wanted.by_solver else None
    proof = _by_solver(search) if search else None
    too_wide = wanted.by_solver and proof is None
    if proof is None:
        search, trials.relaxed = None, False
        proof = _in_order_of_price(trials)
    interrupted = proof.spent is not None and proof.spent.cancelled
    if trials.best is None and search is not None and not interrupted:
        trials.everything()
    status = proof.status(trials.best)
    nearest = trials.nearest if trials.best is None and not interrupted else None
    closest, stand = _in_the_way(trials, nearest) if nearest else (None, ())
    outbid = _outbid(search) if status == IMPOSSIBLE and isinstance(search, SomeEquilibrium) else ()
    return SearchResult(
        status=status,
        best=trials.best,
        bound=proof.bound,
        way=wanted.way if search else PRICE,
        tried=len(trials.tried),
        programs=search.solved if search else 0,
        cuts=search.cuts if search else 0,
        closest=closest,
        closest_units=nearest.units if nearest else {},
        obstacles=stand,
        outbid=outbid,
        notes=tuple(_notes(wanted, trials.best is not None, too_wide, outbid)),
    )


def _in_the_way(trials: Trials, nearest: Nearest) -> tuple[Mapping[str, Any], tuple[Obstacle, ...]]:
    """The state that shows what is missing where the search came closest, and what stands in the way there."""
    wanted, analysis = trials.wanted, trials.wanted.analysis(nearest.units, trials.relaxed)
    needed = wanted.vetoes(nearest.units)
    stand = obstacles(wanted.case, analysis, wanted.aim, nearest.cell, wanted.incentives, needed)
    return analysis.state(nearest.cell), stand


def _outbid(search: SomeEquilibrium) -> tuple[str, ...]:
    try:
        return search.outbid() if search.goal.any() else ()
    except Spent:
        return ()


def _notes(wanted: Wanted, works: bool, too_wide: bool, outbid: tuple[str, ...]) -> Iterator[str]:
    """What to say about the incentives and the question."""
    conflict = wanted.case.game.conflict
    if not works and not (conflict.holds(wanted.aim.formula) & conflict.feasible).any():
        yield tell("no feasible state has the goal, whatever anybody wants")
    if too_wide:
        yield tell("the model is too large for programs, so packages were tried in order of price")
    for name in outbid:
        deters = tell(", and no answer of the others deters it") if wanted.aim.concepts != ("nash",) else ""
        yield Phrase.told(
            "whatever is bought, {name} would leave every state that has the goal{deters}",
            name=ActorTerm(name),
            deters=deters,
        )
    for name in wanted.idle:
        yield Phrase.told(
            "{name} cannot be withheld from those who do not earn it, so it moves nobody", name=NameTerm(name)
        )
    for each in wanted.incentives:
        if each.most > most(wanted.case, each):
            yield Phrase.told(
                "{id}: a priority list knows no amounts, so one unit of {most} counts",
                id=NameTerm(each.id),
                most=each.most,
            )
    if wanted.approved_by:
        yield Phrase.told(
            "must let any package pass: {approved_by}", approved_by=listing(map(ActorTerm, wanted.approved_by))
        )
