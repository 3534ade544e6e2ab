"""The cheapest package of incentives under which a goal holds, and what proves that there is none.

The mathematics. Units of incentives (`incentives.offers`) change what actors want. Asked for is a package of least price
under which the goal holds, by one of three meanings of "holds":

- `package`: some state where the goal is true is an equilibrium (stable for every actor under the concept);
- `package_of_play`: the goal is true in all states where play from the status quo ends;
- `package_to_break`: some equilibrium can be reached from the status quo by legal moves, and every one that can BREAKS the
  partnership (every core flow is off, `partnerships.fate_and_exits`).

The states that make it true (that equilibrium, those ends, those equilibria) are the *results*. An actor *lets a package pass*
if no result is worse for it than the status quo, both judged by its own list as the package leaves it: what is paid to a
veto player counts, and indifference is consent. A package is admissible only if every actor that must approve something in
it (`approved_by` of the incentive, or named in the question) accepts it. For `package` one result that all of them let
pass is enough.

Steps: `incentives.search`. For the first and the third question the conditions are written as programs and given to a solver
(HiGHS; CP-SAT and MaxSAT as extras): Nash, SMR and GMR exactly, SEQ and SSEQ as a relaxation that is cut until the package
holds. `way="price"` tries packages in order of price instead, and for play that is the only way. Either way a package is
verified by the exact engine before it is called one that works, and "optimal" is said only when its price is the proven
bound. If there is none, the result says how close the closest came, whose wish stood in the way, what would have had to
outweigh it, and how far the incentives reach (the reward-power frontier). At the limit of time, or when cancelled, the
answer is the best package found and the bound.

Cost: NP-hard. Per round of the solver one program and one analysis; by price one analysis per package that is really
different, and their number can double with every incentive. Source: the inverse approach to the graph model (Kinsara,
Petersons, Hipel & Kilgour 2015) with prices; reward power as in Izumikawa 2013.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = package_of_play(Case(load("two_proxies")), "troops_home")
>>> found.status, [str(each) for each in found.best.purchases], found.best.price
('optimal', ['nk_aid'], Fraction(2, 1))
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from detente.analysis import KINDS
from detente.budget import Budget, Cancelled, Clock, never
from detente.case import Basis, Case, state_words
from detente.engine import Progress, quiet
from detente.engine.concepts import concepts
from detente.errors import refuse_unknown
from detente.formula import Formula
from detente.messages import Messages, later, numeral, tell
from detente.questions.incentives.aims_and_consent import Aim, Broken, Ends, Exists, VerifiedPackage
from detente.questions.incentives.obstacles import Obstacle
from detente.questions.incentives.offers import effect, idle, incentives_of, most, number, span
from detente.questions.incentives.package_tests import MOST_BYTES
from detente.questions.incentives.ranks import AtRanks, every_rank, ranged, told
from detente.questions.incentives.search import GAP, IMPOSSIBLE, OPEN, OPTIMAL, PRICE, SearchResult, Wanted, cheapest
from detente.questions.partnerships.fate_and_exits import BREAKS, bond_of
from detente.result import Answer
from detente.scenario.model import Incentive
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    Gloss,
    Judged,
    NameTerm,
    Phrase,
    ReadingTerm,
    Sheet,
    StateTerm,
    VerdictTerm,
    listing,
    many,
    names_of,
)

SECONDS = 60.0
"""How long a search may take unless told otherwise."""

SOLVER = "highs"
"""The solver unless another is named."""

WAYS = ("highs", "cpsat", "maxsat", PRICE)
"""Solvers, and the search in order of price that needs none."""

EXACT = 10**15
"""Packages counted exactly where they are told; numbers beyond this help nobody, and not every reader of JSON takes them."""

SHOWN = 5
"""Results listed where people read; the JSON has up to twenty."""

_SAID = Messages(
    {
        OPTIMAL: "Proved: no cheaper package works.",
        GAP: "Not proved cheapest: the search was ended.",
        IMPOSSIBLE: "Cannot be bought at any price within these limits",
        OPEN: "Open: the search was ended before a package was found.",
    }
)


@dataclass(frozen=True, repr=False, kw_only=True)
class Package(Answer):
    """The answer; see the module's opening.

    `status` is "optimal", "gap", "impossible" or "open". No package cheaper than `bound` works (None: none at all).
    `tried` counts the packages verified, of `packages` that could be bought. Without a package, `obstacles` say what stands
    in the way at the state `closest`, after buying `closest_units`, or on the easiest way from there to the goal
    (`incentives.obstacles`); `levers` is what there is to buy; `outbid` are those whom
    no package makes stay in any goal state, if that was found out by solver. `ranks` has what is found with every incentive
    whose rank is a range at each of its ranks; everything else is said of the first.
    """

    basis: Basis
    goal: str
    levers: tuple[Mapping[str, Any], ...]
    status: str
    best: VerifiedPackage | None
    bound: Fraction | None
    way: str
    tried: int
    programs: int
    cuts: int
    packages: int
    closest: Mapping[str, Any] | None = None
    closest_units: Mapping[str, int] = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()
    outbid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ranks: tuple[AtRanks, ...] = ()

    DERIVED = ("at_ranks",)

    @property
    def at_ranks(self) -> Phrase:
        """At which ranks of the incentives some package works; nothing where no rank is a range."""
        return told(self.ranks, tell("no package"))

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; so many packages that nobody counts them are null."""
        return {**super().to_json(), "packages": self.packages if self.packages <= EXACT else None}

    @property
    def headline(self) -> Phrase:
        """Whether the goal can be bought, and for how much."""
        goal = Phrase.of("'", self.goal, "'")
        if self.best is None:
            sure = self.status == IMPOSSIBLE
            found = (
                tell("No package of what is on offer brings about ")
                if sure
                else tell("No package is found yet that brings about ")
            )
            return Phrase.told(
                "{found}{goal}: {number} verified.", found=found, goal=goal, number=many(self.tried, "package")
            )
        if not self.best.purchases:
            return Phrase.told("{goal} is so already: nothing has to be bought.", goal=goal)
        names = names_of(NameTerm(each.id) for each in self.best.purchases)
        least = "" if self.status == OPTIMAL else tell(" (the cheapest found so far)")
        return Phrase.told(
            "{goal} can be bought for {span}{least}: {names}.",
            goal=goal,
            span=span(self.best.price, self.best.price_most),
            least=least,
            names=names,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """What is bought and who accepts it, or what stands in the way; and what there is to buy."""
        main = (self._bought(self.best), self._consents(self.best)) if self.best else self._nothing()
        supposed = tell("costs and worths are as good as their sources; check these first")
        rows = tuple(tuple(row.values()) for row in self.levers)
        price = tell(
            "price: what is committed if all of it is called upon; due: the most of it that falls due at a result"
        )
        ranks = (self._at_ranks(),) if self.ranks else ()
        return (*main, *ranks, Sheet(tell("What there is to buy"), INCENTIVE, rows, (supposed, Gloss.of(price))))

    def _at_ranks(self) -> Sheet:
        columns = (*map(NameTerm, self.ranks[0].ranks), "works", "price")
        rows = tuple(
            (
                *row.ranks.values(),
                row.works,
                "" if row.price is None else span(row.price, row.price_most or row.price),
            )
            for row in self.ranks
        )
        return Sheet(tell("At every rank it may stand at"), columns, rows, (self.at_ranks,))

    def _bought(self, best: VerifiedPackage) -> Sheet:
        rows = [
            (
                NameTerm(p.id),
                p.units,
                span(p.cost, p.cost_most),
                ActorTerm(p.by),
                p.effect,
                listing(map(ActorTerm, p.approved_by)),
            )
            for p in best.purchases
        ]
        results: list[str] = [
            Phrase.told("result: {state_words}", state_words=StateTerm(state_words(each)))
            for each in best.results[:SHOWN]
        ]
        left = (
            [tell("{count} more results are not listed", count=numeral(best.count - len(results)))]
            if best.count > len(results)
            else []
        )
        results = [*([] if rows else [tell("nothing has to be bought")]), *results]
        cost = tell(
            " – price {span}, due {span2}", span=span(best.price, best.price_most), span2=span(best.due, best.due_most)
        )
        title = Phrase.of(
            tell("Cheapest package for: "), self.goal, cost, *((", ", self.at_ranks) if self.ranks else ())
        )
        columns = ("incentive", "units", "cost", "by", "effect", tell("approved by"))
        return Sheet(title, columns, tuple(rows), (*self._proof(), *results, *left, *self.notes))

    def _proof(self) -> tuple[str, ...]:
        said = _SAID[self.status]
        if self.status == IMPOSSIBLE:
            tried = (
                tell("every package that differs was tried")
                if self.way == PRICE
                else tell("no purchase meets what it asks for")
            )
            said += f": {tried}."
        if self.bound and self.status in (GAP, OPEN):
            said += tell(" No package cheaper than {number} works.", number=number(self.bound))
        checked = tell(
            "{many} verified by the engine, of {could} that could be bought",
            many=many(self.tried, "package"),
            could=self._could,
        )
        if self.way == PRICE:
            return said, tell("{checked}; tried in order of price", checked=checked)
        return said, tell(
            "{checked}; {many} solved by {way}, {many2}",
            checked=checked,
            many=many(self.programs, "program"),
            way=self.way,
            many2=many(self.cuts, "cut"),
        )

    @property
    def _could(self) -> str:
        return f"{self.packages:,}" if self.packages <= EXACT else tell("more than {exact}", exact=numeral(EXACT))

    def bought(self) -> Judged:
        """What a verdict is about that says whether the goal can be bought."""
        return self._of_package(tell("can be bought"))

    def _of_package(self, question: str) -> Judged:
        """What a verdict is about that concerns the cheapest package for this goal."""
        return self.basis.judged(str(self.goal), question, "", scope=tell("within what the file offers"))

    def _consents(self, best: VerifiedPackage) -> Sheet:
        rows = [
            (
                ActorTerm(c.actor),
                ReadingTerm(c.reading, c.actor),
                VerdictTerm(c.verdict, self._of_package(tell("result for {actor} against now", actor=c.actor))),
                VerdictTerm(
                    "yes" if c.lets_pass else "no", self._of_package(tell("{actor} accepts it", actor=c.actor))
                ),
                c.needed,
            )
            for c in best.consents
        ]
        note = tell(
            "a package passes if no result is worse than today, by the actor's list as the "
            "package leaves it; coerced: worse than today, better than the threat carried out"
        )
        return Sheet(
            tell("Who accepts it"),
            ("actor", "reading", tell("against now"), "accepts", tell("has to")),
            tuple(rows),
            (Gloss.of(note),),
        )

    def _nothing(self) -> tuple[Sheet, ...]:
        rows = tuple((ActorTerm(o.actor), o.kind, o.would, o.because, o.needed, o.offered) for o in self.obstacles)
        bought = listing(Phrase.of(f"{many} × ", NameTerm(name)) for name, many in self.closest_units.items())
        near: list[str] = []
        if self.closest is not None:
            state = StateTerm(state_words(self.closest))
            near.append(
                Phrase.told("closest: {state}, after buying {bought}", state=state, bought=bought or tell("nothing"))
            )
        if {each.kind for each in self.obstacles} & {"stays", "fears"}:
            near.append(tell("obstacles: steps that nobody takes there, or on the easiest way from there to the goal"))
        columns = ("actor", "obstacle", tell("would rather"), "because", "needed", tell("offered at most"))
        title = Phrase.of(tell("No package for: "), self.goal, *((", ", self.at_ranks) if self.ranks else ()))
        return (Sheet(title, columns, rows, (*self._proof(), *near, *self.notes)),)


INCENTIVE = (
    "incentive",
    "by",
    "to",
    later("effect of a unit"),
    "cost",
    later("at most"),
    later("approved by"),
    "source",
)


# --- the three questions --------------------------------------------------------------------------------------------


def package(
    case: Case,
    goal: str | Formula,
    concept: str = "seq",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    way: str = SOLVER,
    seconds: float = SECONDS,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which some goal state is an equilibrium under the concept.

    `among` names the incentives to consider, `approved_by` actors that must let any package pass, `way` a solver or "price".
    After `seconds`, or when `cancelled` says so, the answer is what has been found.

    >>> from detente.scenario import load
    >>> str(package(Case(load("two_proxies")), "decoupled", "nash").best)
    'nothing'
    """
    (row,) = concepts([concept])
    aim = Exists(case.scenario.formula(goal), FormulaTerm(goal), row)
    budget = Budget(seconds=seconds, memory=MOST_BYTES, cancelled=cancelled, clock=clock)
    return _answer(case, aim, among, approved_by, way, budget, progress)


def package_of_play(
    case: Case,
    goal: str | Formula,
    play: str = "foresight",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    seconds: float = SECONDS,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which the goal is true wherever play ends; `play` is "foresight" or "myopic"."""
    refuse_unknown("kind of play", KINDS, play)
    aim = Ends(case.scenario.formula(goal), FormulaTerm(goal), play)
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    return _answer(case, aim, among, approved_by, PRICE, budget, progress)


def package_to_break(
    case: Case,
    partnership: str | None = None,
    concept: str = "seq",
    *,
    among: Iterable[str] | None = None,
    approved_by: Iterable[str] = (),
    way: str = SOLVER,
    seconds: float = SECONDS,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Package:
    """The cheapest package under which every equilibrium reachable from the status quo breaks the partnership."""
    (row,) = concepts([concept])
    bond = bond_of(case.analyse(("seq",)), partnership)
    aim = Broken(bond.formula(BREAKS), Phrase.told("{id} breaks", id=NameTerm(bond.partnership.id)), row)
    budget = Budget(seconds=seconds, memory=MOST_BYTES, cancelled=cancelled, clock=clock)
    return _answer(case, aim, among, approved_by, way, budget, progress)


def _answer(
    case: Case,
    aim: Aim,
    among: Iterable[str] | None,
    approved_by: Iterable[str],
    way: str,
    budget: Budget,
    progress: Progress,
) -> Package:
    refuse_unknown("way to search", WAYS, way)
    named = None if among is None else tuple(among)
    incentives = incentives_of(case, named)
    wanted = Wanted(
        case=case,
        aim=aim,
        incentives=incentives,
        idle=idle(case, named),
        approved_by=case.scenario.actor_ids(approved_by),
        way=way,
        budget=budget,
        progress=progress,
    )
    found = cheapest(wanted)
    return Package(
        basis=case.basis,
        goal=aim.phrase,
        levers=tuple(_row(case, each) for each in incentives),
        packages=wanted.packages,
        ranks=tuple(_at_every_rank(wanted, named, found)),
        **vars(found),
    )


def _at_every_rank(wanted: Wanted, named: tuple[str, ...] | None, first: SearchResult) -> Iterator[AtRanks]:
    """What is found with every incentive whose rank is a range at each of its ranks; `first` is what was found at the first."""
    open_ = ranged(wanted.case, wanted.incentives)
    for number_, (ranks, case) in enumerate(every_rank(wanted.case, open_) if open_ else ()):
        found = cheapest(replace(wanted, case=case, incentives=incentives_of(case, named))) if number_ else first
        best = found.best
        yield AtRanks(
            ranks=ranks,
            works=None if found.status == OPEN else best is not None,
            price=best.price if best else None,
            price_most=best.price_most if best else None,
        )


def _row(case: Case, incentive: Incentive) -> Mapping[str, Any]:
    values = (
        NameTerm(incentive.id),
        ActorTerm(incentive.by),
        ActorTerm(incentive.to),
        effect(case, incentive),
        span(incentive.cost, incentive.cost_most),
        most(case, incentive),
        listing(map(ActorTerm, incentive.approved_by)),
        listing(map(NameTerm, incentive.evidence.source)),
    )
    return dict(zip(INCENTIVE, values, strict=True))
