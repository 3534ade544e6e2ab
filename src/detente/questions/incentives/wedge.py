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

Steps and cost are in `breaking_policies`, which tries the policies. Source: Crawford 2011 (selective
accommodation), Izumikawa 2013 (reward power), Tsebelis 2002 (veto players).

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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from detente.budget import Budget, Cancelled, Clock, never
from detente.case import Basis, Case, Policy, said, state_words
from detente.engine import Progress, quiet
from detente.errors import InputError, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.incentives.breaking_policies import BreakingPolicy, Policies, combinations
from detente.questions.incentives.offers import incentives_of, number, span
from detente.questions.partnerships.fate_and_exits import bond_of
from detente.questions.stability.self_enforcing import switchable
from detente.result import Answer, Record
from detente.scenario.model import Incentive, Scenario
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    Gloss,
    NameTerm,
    Phrase,
    Sheet,
    StateTerm,
    VerdictTerm,
    listing,
    many,
    names_of,
)

SHOWN = 40
"""Policies listed at most where people read; the JSON has all of them."""


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
            return tell("{stopped}: no policy was tried", stopped=self.stopped)
        if not self.bound:
            return tell(
                "{stopped}: only policies that cost nothing were tried, and not all of them", stopped=self.stopped
            )
        return tell(
            "{stopped}: all policies that cost less than {number} were tried, and some others",
            stopped=self.stopped,
            number=number(self.bound),
        )

    def works(self, sure: Fraction | None) -> str | None:
        """Under how many of the combinations of readings a policy works."""
        return (
            None
            if sure is None
            else tell("{int} of {readings}", int=numeral(int(sure * self.readings)), readings=numeral(self.readings))
        )

    @property
    def headline(self) -> Phrase:
        """How many policies of the divider work, and the cheapest."""
        who, whom = names_of(map(ActorTerm, self.dividers)), NameTerm(self.partnership)
        said = tell("{number} tried so far") if self.stopped else tell("{number} tried")
        tried = said.format(number=numeral(self.tried))
        if not self.wedges:
            breaking = (
                tell(
                    "; {number} break it, but are not accepted or would not be kept", number=numeral(len(self.breaking))
                )
                if self.breaking
                else ""
            )
            return Phrase.told(
                "No policy of {who} breaks {whom}, is accepted and kept ({tried}){breaking}.",
                who=who,
                whom=whom,
                tried=tried,
                breaking=breaking,
            )
        best = min(self.frontier, key=lambda each: each.price)
        cost = tell("; the cheapest costs {span}: ", span=span(best.price, best.price_most))
        several = many(len(self.wedges), "policy", "policies")
        return Phrase.told(
            "{several} of {who} break{ending} {whom}, are accepted and kept ({tried}){cost}{phrase}.",
            several=several,
            who=who,
            ending="s" * (len(self.wedges) == 1),
            whom=whom,
            tried=tried,
            cost=cost,
            phrase=best.phrase,
        )

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
        columns = (
            "policy",
            "price",
            tell("at ranks"),
            "due",
            "switched",
            tell("works under"),
            "strategy",
            tell("where play ends"),
        )
        who, whom = listing(map(ActorTerm, self.dividers)), NameTerm(self.partnership)
        title = Phrase.told("Wedges of {who} against {whom} that nothing dominates", who=who, whom=whom)
        frontier = Sheet(title, columns, rows, tuple(self._notes()))
        ranged_ = any(each.ranks for each in self.frontier)
        shown = frontier if ranged_ else frontier.only(n for n, name in enumerate(columns) if name != "at ranks")
        return shown, self._by_strategy(), self._all()

    def _notes(self) -> Iterator[str]:
        if self.incomplete:
            yield self.incomplete
        yield tell(
            "{tried} policies tried, {number} break it; let pass and kept: {number2}",
            tried=numeral(self.tried),
            number=numeral(len(self.breaking)),
            number2=numeral(len(self.wedges)),
        )
        if self.vetoes:
            yield Phrase.told("must let every policy pass: {vetoes}", vetoes=listing(map(ActorTerm, self.vetoes)))
        yield from self.basis.uncounted
        yield tell("each was analysed with the divider's options held, and judged again with the divider free (kept)")
        yield Gloss.told(
            "works under: how many of {readings} combinations of readings; due: what of the price falls due there",
            readings=numeral(self.readings),
        )
        if self.infeasible:
            yield tell(
                "{infeasible} settings that no state has, or that a consequence would undo, are left out",
                infeasible=numeral(self.infeasible),
            )

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
        columns = ("strategy", tell("break it"), tell("are wedges"), "cheapest", tell("surest works under"))
        return Sheet(tell("Selective or not, reward or coercion"), columns, rows)

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
        notes = (
            (tell("{number} more are not listed", number=numeral(len(self.breaking) - SHOWN)),)
            if len(self.breaking) > SHOWN
            else ()
        )
        columns = ("policy", "price", tell("blocked by"), "kept", tell("works under"))
        return Sheet(tell("Every policy that breaks it"), columns, rows, notes)

    def _kept(self, each: BreakingPolicy) -> str:
        """Whether the dividers, free again, would keep to it, and else what they would do."""
        leaves = [
            Phrase.told("{actor} would switch to {said}", actor=ActorTerm(k.actor), said=FormulaTerm(said(k.leaves)))
            for k in each.kept
            if not k.seq and k.leaves
        ]
        word = "no" if leaves else "yes" if all(k.seq for k in each.kept) else "unknown"
        verdict = VerdictTerm(
            word, self.basis.judged(self.partnership, tell("policy kept"), "seq", scope=str(each.phrase))
        )
        return Phrase.of(verdict, ": ", listing(leaves, "; ")) if leaves else verdict


def _dominates(one: BreakingPolicy, other: BreakingPolicy) -> bool:
    (price, switched, unsure), (other_price, other_switched, other_unsure) = _cost(one), _cost(other)
    no_worse = price <= other_price and switched <= other_switched and unsure <= other_unsure
    return no_worse and _cost(one) != _cost(other)


def _cost(each: BreakingPolicy) -> tuple[Fraction, int, Fraction]:
    return each.price, len(each.switches), -(each.sure or Fraction(0))


def _first(each: BreakingPolicy) -> Phrase:
    more = tell(" (and {count} more)", count=numeral(each.count - 1)) if each.count > 1 else ""
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
    order of price; at the limit of time, of `breaking_policies.MOST` policies, or when `cancelled` says so, the answer is what
    has been found, and the bound. The limit is kept to within one analysis.
    """
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    named, free = case.scenario.actor_ids, case.analyse(("seq",))
    free.cell()  # refuses a model without a status quo, which breaking and consent are measured against
    bond = bond_of(free, partnership)
    dividers = named((divider,) if isinstance(divider, str) else divider)
    if not dividers:
        raise InputError(tell("name the actor that divides"))
    partners = tuple(a for a in bond.partnership.members if a not in dividers)
    own_side = named(approved_by)
    varied = partners if over is None else named(over)
    policies = Policies(
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
    return Wedge(
        basis=case.basis_over(varied),
        partnership=bond.partnership.id,
        partners=partners,
        dividers=dividers,
        vetoes=own_side,
        readings=len(policies.grid),
        **vars(policies.in_order()),
    )


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
        raise InputError(
            tell("everybody is a member of {partnership}; there is nobody to divide it", partnership=partnership)
        )
    return found[0]


def _incentives(
    case: Case, dividers: tuple[str, ...], over: tuple[str, ...], offers: Iterable[str] | None
) -> tuple[Incentive, ...]:
    """What the dividers can give, refused unless every list that is looked at has a place for it."""
    mine = [each.id for each in case.scenario.incentives.values() if each.by in dividers]
    wanted = mine if offers is None else list(offers)
    refuse_unknown(f"incentive that {', '.join(dividers)} can give", mine, *wanted)
    for readings in combinations(case, over) if wanted else ():
        incentives_of(case.under(Policy(readings=readings)), wanted)
    return incentives_of(case, wanted) if wanted else ()


def _choices(case: Case, dividers: tuple[str, ...], among: Iterable[str] | None) -> dict[str, tuple[int, ...]]:
    """Per option of the dividers the settings it may have: as it is now, then what it may be switched to."""
    able = {o.key: o for a in dividers for o in case.scenario.actor(a).options if not o.stuck}
    wanted = list(able if among is None else among)
    refuse_unknown("option of the divider", able, *wanted)
    now = case.at_rest
    more = {key: switchable(able[key], now[key]) for key in wanted}
    return {key: (now[key], *more.get(key, ())) for key in able}
