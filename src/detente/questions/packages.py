"""The cheapest package of incentives under which a goal holds, and what proves that there is none.

The mathematics. Units of incentives (`groundwork.offers`) change what actors want. Asked for is a package of least price
under which the goal holds, by one of three meanings of "holds":

- `package`: some state where the goal is true is an equilibrium (stable for every actor under the concept);
- `package_of_play`: the goal is true in all states where play from the status quo ends;
- `package_to_break`: some equilibrium can be reached from the status quo by legal moves, and every one that can BREAKS the
  partnership (every core flow is off, `groundwork.bond`).

The states that make it true (that equilibrium, those ends, those equilibria) are the *results*. An actor *lets a package pass*
if no result is worse for it than the status quo, both judged by its own list as the package leaves it: what is paid to a
veto player counts, and indifference is consent. A package is admissible only if every actor that must approve something in
it (`approved_by` of the incentive, or named in the question) lets it pass. For `package` one result that all of them let
pass is enough.

Steps: packages are tried in order of price, each verified by the exact engine; two packages after which every actor compares
all states alike count as one, the cheaper. So the first success is optimal, the price of the next untried package is a bound
at any time, and if all have been tried there is none: then the result says how close the closest came, whose wish stood in
the way, what would have had to outweigh it, and how far the incentives reach (the reward-power frontier). After many
failures, a package found by taking from everything what is not needed bounds the search from above.

Cost: one analysis per package that is really different; the number of these can grow exponentially with the number of
incentives. There is a limit of time; at the limit, or when interrupted, the answer is the best package found and the bound.
"optimal" is said only when both agree. Source: the inverse approach to the graph model (Kinsara, Kilgour & Hipel 2015) with
prices; reward power as in Izumikawa 2013.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = package_of_play(Case(load("two_proxies")), "troops_home")
>>> found.status, [str(each) for each in found.best.purchases], found.best.price
('optimal', ['nk_aid'], Fraction(2, 1))
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.analysis import KINDS, Analysis
from detente.case import Basis, Case, state_words
from detente.errors import UnknownName
from detente.formula import Formula
from detente.groundwork.bargain import LISTED, Aim, Bought, Broken, Ends, Exists, Obstacle, consents, obstacles, passed
from detente.groundwork.bond import BREAKS, bond_of
from detente.groundwork.offers import (
    Bid,
    Ladder,
    by_price,
    effect,
    idle,
    levers_of,
    most,
    number,
    offered,
    price,
    purchases,
    units_of,
    vetoes,
)
from detente.scenario.model import Incentive
from detente.sheet import Sheet, html_of
from detente.stability import Progress, quiet
from detente.stability.concepts import concepts

SECONDS = 60.0
"""How long a search may take unless told otherwise."""

MANY = 32
"""Packages tried in vain before one that works is looked for from above, to know when to stop."""

Clock = Callable[[], float]

OPTIMAL, GAP, IMPOSSIBLE, OPEN = "optimal", "gap", "impossible", "open"
"""Proved cheapest; found, not proved cheapest; proved that there is none; nothing found in time."""

_SAID = {
    OPTIMAL: "Proved: no cheaper package works.",
    GAP: "Not proved cheapest: the search was ended.",
    IMPOSSIBLE: "Cannot be bought at any price within these limits: every package was tried.",
    OPEN: "Open: the search was ended before a package was found.",
}


@dataclass(frozen=True)
class Package:
    """The answer; see the module's opening.

    `status` is "optimal", "gap", "impossible" or "open". No package cheaper than `bound` works (None: none at all).
    `tried` counts the packages verified, of `packages` that could be bought. Without a package, `obstacles` say what stands
    in the way at the state `closest`, after buying `closest_units`.
    """

    basis: Basis
    goal: str
    levers: tuple[tuple[str, ...], ...]
    status: str
    best: Bought | None
    bound: Fraction | None
    tried: int
    packages: int
    closest: Mapping[str, Any] | None = None
    closest_units: Mapping[str, int] = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "goal": self.goal,
            "status": self.status,
            "best": self.best.to_json() if self.best else None,
            "bound": None if self.bound is None else number(self.bound),
            "tried": self.tried,
            "packages": self.packages,
            "closest": dict(self.closest) if self.closest else None,
            "closest_units": dict(self.closest_units),
            "obstacles": [each.to_json() for each in self.obstacles],
            "levers": [dict(zip(_LEVER, row, strict=True)) for row in self.levers],
            "notes": list(self.notes),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """What is bought and who lets it pass, or what stands in the way; and what there is to buy."""
        main = (self._bought(self.best), self._consents(self.best)) if self.best else self._nothing()
        supposed = "costs and worths are as good as their sources; check these first"
        return (*main, Sheet("What there is to buy", _LEVER, self.levers, (supposed,)))

    def _bought(self, best: Bought) -> Sheet:
        rows = [(p.id, p.units, number(p.cost), p.by, p.effect, ", ".join(p.approved_by)) for p in best.purchases]
        results = [f"result: {state_words(state)}" for state in best.results]
        left = [f"{best.count - len(results):,} more results are not listed"] if best.count > len(results) else []
        title = f"Cheapest package for: {self.goal} – price {number(best.price)}"
        columns = ("incentive", "units", "cost", "by", "effect", "approved by")
        return Sheet(title, columns, tuple(rows), (*self._proof(), *results, *left, *self.notes))

    def _proof(self) -> tuple[str, ...]:
        checked = f"{self.tried:,} packages verified by the engine, of {self.packages:,} that could be bought"
        bound = (
            "" if self.bound is None or self.status != GAP else f" No package cheaper than {number(self.bound)} works."
        )
        return (_SAID[self.status] + bound, checked)

    def _consents(self, best: Bought) -> Sheet:
        rows = [(c.actor, c.reading, c.verdict, c.lets_pass, c.needed) for c in best.consents]
        note = (
            "a package passes if no result is worse than the status quo, by the actor's list as the package leaves it"
        )
        return Sheet("Who lets it pass", ("actor", "reading", "against now", "lets pass", "must"), tuple(rows), (note,))

    def _nothing(self) -> tuple[Sheet, ...]:
        rows = tuple((o.actor, o.kind, o.would, o.because, o.needed, o.offered) for o in self.obstacles)
        spent = ", ".join(f"{many} × {name}" for name, many in self.closest_units.items()) or "nothing"
        near = [f"closest: {state_words(self.closest)}, after buying {spent}"] if self.closest is not None else []
        columns = ("actor", "obstacle", "would rather", "because", "needed", "offered at most")
        return (Sheet(f"No package for: {self.goal}", columns, rows, (*self._proof(), *near, *self.notes)),)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


_LEVER = ("incentive", "by", "to", "effect of a unit", "cost", "at most", "approved by", "source")


# --- the three questions --------------------------------------------------------------------------------------------


def package(
    case: Case,
    goal: str | Formula,
    concept: str = "seq",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    seconds: float = SECONDS,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which some goal state is an equilibrium under the concept.

    `among` names the incentives to consider, `approved_by` actors that must let any package pass.

    >>> from detente.scenario import load
    >>> str(package(Case(load("two_proxies")), "decoupled", "nash").best)
    'nothing'
    """
    (row,) = concepts([concept])
    aim = Exists(case.scenario.formula(goal), str(goal), row)
    return _Search(case, aim, among, approved_by, seconds, clock, progress).answer()


def package_of_play(
    case: Case,
    goal: str | Formula,
    play: str = "foresight",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    seconds: float = SECONDS,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which the goal is true wherever play ends; `play` is "foresight" or "myopic"."""
    if play not in KINDS:
        raise UnknownName("kind of play", play, KINDS)
    aim = Ends(case.scenario.formula(goal), str(goal), play)
    return _Search(case, aim, among, approved_by, seconds, clock, progress).answer()


def package_to_break(
    case: Case,
    partnership: str | None = None,
    concept: str = "seq",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    seconds: float = SECONDS,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which every equilibrium reachable from the status quo breaks the partnership."""
    (row,) = concepts([concept])
    bond = bond_of(case.analyse(("seq",)), partnership)
    aim = Broken(bond.formula(BREAKS), f"{bond.partnership.id} breaks", row)
    return _Search(case, aim, among, approved_by, seconds, clock, progress).answer()


# --- the search -----------------------------------------------------------------------------------------------------


class _Search:
    """Packages in order of price, each verified; remembers the cheapest that works and the closest that does not."""

    def __init__(
        self,
        case: Case,
        aim: Aim,
        among: Iterable[str] | None,
        approved_by: Iterable[str],
        seconds: float,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self.case, self.aim, self.clock, self.progress = case, aim, clock, progress
        self.levers = levers_of(case, among)
        self.idle = idle(case, among)
        self.always = tuple(case.scenario.actor(name).id for name in approved_by)
        self.packages = math.prod(most(case, lever) + 1 for lever in self.levers)
        self.deadline = clock() + seconds
        self.known: dict[tuple[Any, ...], bool] = {}
        self.best: Bought | None = None
        self.near: tuple[float, int, dict[str, int]] | None = None

    def answer(self) -> Package:
        bound: Fraction | None = Fraction(0)
        try:
            bound = self._cheapest()
        except _Ended as ended:
            bound = ended.bound
        except KeyboardInterrupt:
            bound = self.bound
        return self._package(bound)

    def _cheapest(self) -> Fraction | None:
        """Search; the price of the best package, None if all were tried in vain; raises `_Ended` at the limit."""
        self.bound = Fraction(0)
        ladders = self._ladders()
        for place, bids in enumerate(by_price(ladders)):
            self.bound = sum((bid.price for bid in bids), Fraction(0))
            if place == MANY:
                self._from_above()
            if self.best is not None and self.bound >= self.best.price:
                return self.best.price
            if self._works(bids, self.bound):
                return self.bound
        return self.best.price if self.best else None

    def _ladders(self) -> tuple[Ladder, ...]:
        conflict = self.case.analyse(("seq",)).conflict
        receivers = dict.fromkeys(lever.to for lever in self.levers)
        return tuple(Ladder(self.case, conflict, a, [i for i in self.levers if i.to == a]) for a in receivers)

    def _works(self, bids: tuple[Bid, ...], bound: Fraction) -> bool:
        if self.known and self.clock() > self.deadline:
            raise _Ended(bound)
        return self._try(units_of(bids))

    def _try(self, units: dict[str, int]) -> bool:
        self.progress(len(self.known), self.packages, f"package {len(self.known) + 1}")
        case = offered(self.case, units)
        analysis = case.analyse(tuple(dict.fromkeys((*self.aim.concepts, "seq"))))
        results = self.aim.results(analysis)
        needed = vetoes(self.case, units, self.always)
        willing = passed(analysis, results, needed)
        results = results[willing] if self.aim.one_is_enough else results if willing.all() else results[:0]
        self.known[tuple(sorted(units.items()))] = bool(len(results))
        if not len(results):
            self._note(analysis, units)
            return False
        bought = self._bought(case, analysis, units, results, needed)
        if self.best is None or bought.price < self.best.price:
            self.best = bought
        return True

    def _note(self, analysis: Analysis, units: dict[str, int]) -> None:
        score, cell = self.aim.nearness(analysis)
        if self.near is None or score > self.near[0]:
            self.near = (score, cell, dict(units))

    def _bought(
        self, case: Case, analysis: Analysis, units: dict[str, int], results: Any, needed: tuple[str, ...]
    ) -> Bought:
        states = tuple(analysis.state(int(cell)) for cell in results[:LISTED])
        said = consents(case, analysis, results, needed)
        return Bought(purchases(self.case, units), price(self.case, units), len(results), states, said)

    def _from_above(self) -> None:
        """Everything, and then less and less of what is not needed, dearest first."""
        full = {lever.id: most(self.case, lever) for lever in self.levers}
        if not self._try(dict(full)):
            return
        units = dict(full)
        for lever in sorted(self.levers, key=lambda lever: -lever.cost):
            for fewer in range(units[lever.id]):
                if self.clock() > self.deadline:
                    return
                if self._try({name: n for name, n in {**units, lever.id: fewer}.items() if n}):
                    units[lever.id] = fewer
                    break

    def _package(self, bound: Fraction | None) -> Package:
        found = self.best is not None
        proved = bound is None or (self.best is not None and bound >= self.best.price)
        status = (OPTIMAL if proved else GAP) if found else (IMPOSSIBLE if proved else OPEN)
        closest: Mapping[str, Any] | None = None
        units: Mapping[str, int] = {}
        stand: tuple[Obstacle, ...] = ()
        if not found and self.near is not None:
            units = self.near[2]
            case = offered(self.case, units)
            analysis = case.analyse(tuple(dict.fromkeys((*self.aim.concepts, "seq"))))
            closest = analysis.state(self.near[1])
            needed = vetoes(self.case, units, self.always)
            stand = obstacles(self.case, analysis, self.aim, self.near[1], self.levers, needed)
        return Package(
            self.case.basis, str(self.aim), tuple(map(self._row, self.levers)), status, self.best, bound,
            len(self.known), self.packages, closest, units, stand, tuple(self._notes()),
        )  # fmt: skip

    def _row(self, lever: Incentive) -> tuple[Any, ...]:
        approved, source = ", ".join(lever.approved_by), ", ".join(lever.evidence.source)
        cost = number(lever.cost)
        return (lever.id, lever.by, lever.to, effect(self.case, lever), cost, most(self.case, lever), approved, source)

    def _notes(self) -> Iterator[str]:
        for name in self.idle:
            yield f"{name} cannot be withheld from those who do not earn it, so it moves nobody"
        for lever in self.levers:
            if lever.most > most(self.case, lever):
                yield f"{lever.id}: a priority list knows no amounts, so one unit of {lever.most} counts"
        if self.always:
            yield f"must let any package pass: {', '.join(self.always)}"


class _Ended(Exception):
    """The time is up; no package cheaper than `bound` works."""

    def __init__(self, bound: Fraction) -> None:
        super().__init__()
        self.bound = bound
