"""Strategic moves: what an actor can bring about by committing itself before the others move.

The mathematics. An improvement is judged by where the others could answer it at once; so nobody pays now for what another
will do next, which is what a threat, a promise, an accommodation and a bribe are. A *commitment* c of actor i at the start s is

- own *settings* that one legal move of i reaches from s (guards and one-way limits count), held from then on; to hold what is
  so today is one as well; or
- a *rule* "when A then own settings" from a stated menu: a consequence that acts by itself from then on.

G[c] is the model with c in force, s[c] the state after c and its consequences. The *ends* E(s, G) are the states of the
terminal components of foresight play from s (of myopic play on request); in G[c] everybody plays, i with what it does not
hold. By i's own list, c is

- a *strong* inducement if no state of E(s[c], G[c]) is worse than any state of E(s, G), and some comparison is strict;
- a *weak* one if it is not strong, its worst end is no worse than the worst without c, and its best or worst is strictly
  better;
- *outright* if, besides, its worst end beats s itself.

The start is *inducement-stable* if nobody has a strong one. Several in order: the second is judged in G[c1], against its ends
(`then`; a first commitment that is given is a hold or a rule of the case).

Would it be *kept*? Asked of the model in which i is free again: (a) every state of the new ends is sequentially stable for i;
and, for a rule, (b) off the path: from every state of the new ends take each single move of another actor; where the rule acts
on it, what that brings is no worse for i than the best it could have there by a move of its own, or by none. (a) and (b): it
is kept without a device. (a) only: a threat that needs a device. Else: an announcement, unless a device makes it kept
(`detente.questions.incentives.credibility`). A move of another that is legal only with the rule, or only without it, is not
judged.

Theorem (a test): two actors, the leader holding all its options, the follower's moves transitive and its preferences strict:
the commitment with the best end for the leader is its Stackelberg strategy among those it can reach. Whether that is an
inducement depends on the ends without it.

Where states are merged, the start has the moves of all its members; a setting that several members reach begins at the
first of them, the one that stands for them before the others.

Steps: the commitments in order of size; each is an analysis of the model with it in force. Cost: up to the product over the
own options of (1 + settings), less one (3^m - 1 for m yes/no options), each one analysis; at most `most` are tried, at most
`MOST_LISTED` listed. Source: the definitions are ours, after Schelling 1960 (strategic moves), Stackelberg 1934 (leadership)
and Howard 1971 (policies); Selten 1978 for threats that would not be carried out.

>>> from detente.scenario import load
>>> found = induce(Case(load("chicken")), "first")
>>> [(str(each), each.strength, each.kept_word) for each in found.minimal]
[('not first_swerves', 'strong', 'kept')]
>>> induce(Case(load("prisoners_dilemma"))).stable
True
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.analysis import KINDS
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, can_choose, said
from detente.engine import Progress, quiet
from detente.errors import InputError, refuse_unknown
from detente.messages import Messages, later, numeral, tell, word
from detente.questions.policy.commitments import (
    ANNOUNCEMENT,
    BETTER,
    DEVICE,
    KEPT,
    MIXED,
    SAME,
    STRONG,
    WEAK,
    WORSE,
    Commitment,
    Offer,
    Start,
    smallest,
)
from detente.questions.policy.levers import End, ends_of, ends_phrase
from detente.result import Answer
from detente.scenario.model import Rule
from detente.sheet import ActorTerm, FormulaTerm, Gloss, Phrase, Sheet, listing, many, together

MOST = 1_000
"""Commitments of one actor tried by default."""

# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, kw_only=True)
class Inducements(Answer):
    """The answer; see the module's opening.

    `free` are the ends without a commitment. `possible` counts, by actor, the settings it can reach and the rules of the menu,
    `impossible` those that no state has or that a consequence undoes at once; `stopped` says why not all were tried.
    """

    basis: Basis
    actors: tuple[str, ...]
    everybody: bool
    play: str
    start: Mapping[str, Any]
    rules: tuple[str, ...]
    then_by: str
    free: tuple[End, ...]
    commitments: tuple[Commitment, ...]
    possible: Mapping[str, int]
    impossible: int
    stopped: str = ""

    DERIVED = ("strong", "stable")

    def of(self, *kinds: str) -> tuple[Commitment, ...]:
        """The commitments of these strengths."""
        return tuple(each for each in self.commitments if each.strength in kinds)

    @property
    def strong(self) -> tuple[str, ...]:
        """The actors that have a strong inducement."""
        return tuple(dict.fromkeys(each.actor for each in self.of(STRONG)))

    @property
    def stable(self) -> bool | None:
        """Whether the start is inducement-stable; None where not everybody was asked, or not everything tried."""
        if self.strong:
            return False
        return True if self.everybody and not self.stopped else None

    @cached_property
    def minimal(self) -> tuple[Commitment, ...]:
        """The inducements of settings that hold no more than another, as strong, that leads to the same ends; and the rules."""
        return tuple(smallest(self.of(STRONG, WEAK)))

    @property
    def headline(self) -> Phrase:
        """Who gains by committing itself first, and how the strongest such commitment goes."""
        so_far = tell(", not all there are") if self.stopped else ""
        if not self.minimal:
            return Phrase.told(
                "No commitment made first pays for whoever makes it: {number} tried{so_far}.",
                number=numeral(len(self.commitments)),
                so_far=so_far,
            )
        best = next((each for each in self.minimal if each.strength == STRONG), self.minimal[0])
        more = (
            tell("; {number} below", number=many(len(self.minimal) - 1, "more inducement")) if self.minimal[1:] else ""
        )
        kept = {
            KEPT: tell(", and would keep to it"),
            DEVICE: tell(", if a device binds it"),
            ANNOUNCEMENT: tell(", but would not keep to it"),
        }
        lasts = kept.get(best.kept_word, "")
        return Phrase.told(
            "{actor} gains by committing itself first to {phrase} ({strength} inducement){lasts}{more}.",
            actor=ActorTerm(best.actor),
            phrase=best.phrase,
            strength=word(best.strength),
            lasts=lasts,
            more=more,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The inducements; what decides, and how the others fare; and what the second actor makes of each."""
        if not self.minimal:
            return (self._inducements(),)
        sheets = self._inducements(), self._reasons()
        return (*sheets, self._second()) if self.then_by else sheets

    def _inducements(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(each.actor),
                each.phrase,
                tell("{strength}, outright", strength=each.strength) if each.outright else each.strength,
                ends_phrase(each.ends),
                each.kept_word,
            )
            for each in self.minimal
        )
        who = Phrase.told("each actor") if self.everybody else together(self.actors)
        title = Phrase.told(
            "What {who} can bring about by a commitment made first ({play} play)", who=who, play=word(self.play)
        )
        columns = ("who", tell("commits itself to"), "inducement", tell("play then ends at"), "kept")
        return Sheet(title, columns, rows, self._notes())

    def _reasons(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(each.actor),
                each.phrase,
                each.gain.phrase if each.gain else "",
                _others(each.others),
                _else(each),
            )
            for each in self.minimal
        )
        columns = (
            "who",
            tell("commits itself to"),
            tell("what decides"),
            tell("the others fare"),
            tell("free again it would"),
        )
        return Sheet(tell("Why it pays, and how the others fare"), columns, rows).trimmed(2)

    def _notes(self) -> tuple[str, ...]:
        tried, possible = len(self.commitments), sum(self.possible.values())
        notes = [Phrase.told("Without a commitment play ends at {ends_phrase}.", ends_phrase=ends_phrase(self.free))]
        more = len(self.of(STRONG, WEAK)) - len(self.minimal)
        if more:
            notes.append(
                Phrase.told("{more} more hold further options besides and bring the same.", more=numeral(more))
            )
        none = "" if self.minimal else tell("; none is an inducement")
        notes.append(
            Phrase.told("{tried} commitments tried{left}{none}.", tried=numeral(tried), left=self._left(), none=none)
        )
        if self.stopped:
            notes.append(
                Phrase.told(
                    "Not complete: {stopped}; {tried} of {possible} were tried, smallest first.",
                    stopped=self.stopped,
                    tried=numeral(tried),
                    possible=numeral(possible),
                )
            )
        notes.append(self._stability())
        if self.minimal:
            notes += (
                Gloss.of(tell(each)) for each in EXPLAINED[: 3 if any(each.outright for each in self.minimal) else 2]
            )
            words = {each.kept_word for each in self.minimal}
            notes += (Gloss.of(text) for word, text in KEPT_EXPLAINED.items() if word in words)
        warnings = dict.fromkeys(text for each in self.minimal for text in each.warnings)
        return (*notes, *(Phrase.told("Warning: {text}.", text=text) for text in warnings))

    def _left(self) -> str:
        rules = tell(", {number} of them by a rule", number=len(self.rules)) if self.rules else ""
        gone = tell(
            "; {impossible} more cannot stand (no state has them, or a consequence undoes them at once)",
            impossible=numeral(self.impossible),
        )
        return rules + (gone if self.impossible else "")

    def _stability(self) -> Phrase:
        menu = tell("settings that one legal move reaches, and the rules stated") if self.rules else tell(SETTINGS)
        if self.stable:
            return Phrase.told(
                "The start is inducement-stable: nobody has a strong inducement among {menu}.", menu=menu
            )
        if self.strong:
            who = together(self.strong)
            have = tell("has") if len(self.strong) == 1 else tell("have")
            return Phrase.told(
                "The start is not inducement-stable: {who} {have} a strong inducement.", who=who, have=have
            )
        who = Phrase.of(tell("Nobody")) if self.everybody else together(self.actors)
        has = tell("has a strong inducement") if self.everybody else tell("has no strong inducement")
        return Phrase.told("{who} {has} among those tried ({menu}).", who=who, has=has, menu=menu)

    def _second(self) -> Sheet:
        rows = tuple(
            (
                Phrase.of(ActorTerm(first.actor), ": ", first.phrase),
                second.phrase,
                second.strength,
                ends_phrase(second.ends),
                second.first,
                second.kept_word,
            )
            for first in self.minimal
            for second in smallest(first.then or ())
        )
        title = Phrase.told("What {then_by} can commit itself to then", then_by=ActorTerm(self.then_by))
        columns = ("first", "then", "inducement", tell("play then ends at"), tell("the first fares"), "kept")
        quiet_ones = [first for first in self.minimal if first.then == ()]
        notes = [Phrase.told("The first fares: compared with no commitment at all.")] if rows else []
        if quiet_ones:
            named = listing(
                (Phrase.of(ActorTerm(first.actor), ": ", first.phrase) for first in quiet_ones), tell("; or ")
            )
            notes.append(
                Phrase.told("{then_by} has no inducement after {named}.", then_by=ActorTerm(self.then_by), named=named)
            )
        if any(first.then is None for first in self.minimal):
            notes.append(Phrase.told("What follows the last of them was not looked for to the end."))
        return Sheet(title, columns, rows, tuple(notes))


SETTINGS = later("settings that one legal move reaches (rules: only those stated)")

EXPLAINED = (
    later("Strong: no end is worse for it than any end without the commitment, and some are better."),
    later(
        "Weak: the worst end is no worse for it than the worst without the commitment, and the best "
        "or the worst is better."
    ),
    later("Outright: even the worst end is better for it than the start."),
)

KEPT_EXPLAINED = Messages(
    {
        KEPT: "Kept: free again, it would stay where play ends, and do what its rule says.",
        DEVICE: "Needs a device: it would stay where play ends, but if another moved it would rather not do what its rule "
        "says.",
        ANNOUNCEMENT: "Announcement: free again, it would leave where play ends, unless something holds it to its word.",
    }
)


def _others(others: Mapping[str, str]) -> Phrase:
    """Who fares how, those who fare alike together."""
    parts = [
        Phrase.of(f"{word(fares)}: ", listing(ActorTerm(actor) for actor, fared in others.items() if fared == fares))
        for fares in (BETTER, WORSE, MIXED, SAME)
        if fares in others.values()
    ]
    return listing(parts, "; ")


def _else(each: Commitment) -> Phrase:
    """What it would do if it were free again."""
    if each.kept and each.kept.leaves:
        return Phrase.of(FormulaTerm(said(each.kept.leaves)))
    if each.temptation is None:
        return Phrase.of("")
    told, instead = each.temptation, said(each.temptation.instead)
    rather = FormulaTerm(instead) if instead else tell("do nothing")
    return Phrase.told(
        "{rather}, after {actor}: {said}", rather=rather, actor=ActorTerm(told.actor), said=FormulaTerm(said(told.move))
    )


# --- asking -----------------------------------------------------------------------------------------------------------


def induce(
    case: Case,
    actors: str | Iterable[str] | None = None,
    *,
    rules: Iterable[str | Rule] = (),
    among: Iterable[str] | None = None,
    play: str = "foresight",
    then: str | None = None,
    most: int = MOST,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Inducements:
    """The commitments of the actors (default: of everybody that can choose), and which are inducements.

    `rules` is the menu: texts such as "when a then not b", each with settings of one of the actors. `among` names the options
    that may be held (default: all of the actors'; none with an empty list). `then` names an actor that may commit
    itself after each inducement. At most `most` commitments of an actor are tried, smallest first; after `seconds`, or when
    `cancelled` says so, the answer is what has been found, and says so.
    """
    refuse_unknown("kind of play", KINDS, play)
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    case.now  # noqa: B018 (refuses a model without options or a status quo)
    able = tuple(actor for actor in case.actors if can_choose(case, actor))
    named = able if actors is None else (actors,) if isinstance(actors, str) else tuple(actors)
    members = case.scenario.actor_ids(named)
    if not members:
        raise InputError(
            tell("name the actor that commits itself") if named else tell("nobody in this model can choose anything")
        )
    menu = _menu(case, rules, members)
    chosen = None if among is None else _chosen(case, among, members)
    second = case.scenario.actor(then).id if then is not None else ""
    starts = [Start(case=case, actor=actor, play=play, among=chosen) for actor in members]
    plans = {at.actor: [*at.settings(), *(offer for offer in menu if offer.actor == at.actor)] for at in starts}
    total = sum(min(len(plan), most) for plan in plans.values())
    found, impossible, stopped, number = list[Commitment](), 0, "", 0
    try:
        for at in starts:
            for offer in plans[at.actor][:most]:
                budget.check()
                progress(number, total, f"{at.actor}: {offer}")
                number += 1
                judged = at.judge(offer)
                if judged is None:
                    impossible += 1
                    continue
                found.append(judged)
                if second:
                    found[-1] = at.followed(judged, offer, second, most, budget)
    except Spent as end:
        stopped = str(end)
    cut = [actor for actor, plan in plans.items() if len(plan) > most]
    if cut and not stopped:
        stopped = tell(
            "at most {most} commitments of one actor are tried ({cut} has more)", most=numeral(most), cut=", ".join(cut)
        )
    return Inducements(
        basis=case.basis,
        actors=members,
        everybody=set(able) <= set(members) and among is None,
        play=play,
        start=starts[0].free.state(starts[0].here),
        rules=tuple(str(offer) for offer in menu),
        then_by=second,
        free=ends_of(starts[0].free, play),
        commitments=tuple(found),
        possible={actor: len(plan) for actor, plan in plans.items()},
        impossible=impossible,
        stopped=stopped,
    )


def _menu(case: Case, rules: Iterable[str | Rule], members: Sequence[str]) -> list[Offer]:
    """The rules, each with the actor whose settings it sets; raises `InputError` for what nobody asked can promise."""
    if isinstance(rules, str):
        raise InputError(
            tell("`rules` is one text; expected a list of rules such as 'when not nk_arms then us_recog = granted'")
        )
    menu = []
    for each in rules:
        rule = case.rule(each) if isinstance(each, str) else each
        text = rule.text.strip() or f"when {rule.when} then {case.state_text(rule.then)}"
        options = [case.scenario.option(key) for key in rule.then]
        owners = tuple(dict.fromkeys(option.actor for option in options))
        if len(owners) != 1:
            raise InputError(
                tell(
                    "'{text}' sets options of {owners}; a commitment sets those of one actor",
                    text=text,
                    owners=" and ".join(owners),
                )
            )
        if owners[0] not in members:
            raise InputError(
                tell(
                    "'{text}' is for {owners} to promise, and {members} is asked about",
                    text=text,
                    owners=owners[0],
                    members=" and ".join(members),
                )
            )
        stuck = [option.key for option in options if option.stuck]
        if stuck:
            raise InputError(tell("'{text}' sets {stuck}, which cannot change here", text=text, stuck=stuck[0]))
        menu.append(Offer(actor=owners[0], hold=dict(rule.then), rule=rule, text=text))
    return menu


def _chosen(case: Case, among: Iterable[str], members: Sequence[str]) -> frozenset[str]:
    own = [option.key for name in members for option in case.scenario.actor(name).options]
    wanted = tuple(among)
    refuse_unknown("option to hold", own, *wanted)
    return frozenset(wanted)
