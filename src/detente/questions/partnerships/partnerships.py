"""Whether a partnership holds, frays or breaks, and what decides.

The mathematics. What becomes of a partnership is judged state by state (`partnerships.fate_and_exits`): HOLDS, FRAYS
or BREAKS, measured against the flows that are on at the status quo. Per kind of play: ALL, SOME or NONE of these over
the states of its ends. Per concept: the same over its equilibria ("no equilibria" where there are none), and whether the
status quo is stable. The *headline* is the fate in the ends of foresight play: the only one that occurs, or DEPENDS
where several do.

The *witness*: who would gain by leaving at the status quo, and whether some answer of the others, by improvements of their
own, makes that not worth while (SEQ), of what kind that answer is, and who deters whom mutually; where it does not hold,
also the shortest play to such an end.

One-step (Nash, myopic) reasoning looks at no answers. Where it gives another verdict than foresight, the result says so:
an exit that nobody would make, because it would be answered, then passes for the partnership breaking by itself.

Cost: one analysis of the case. Source: hostages and mutual deterrence in Schelling 1960; sequential stability in Fraser &
Hipel 1984; the three fates are a definition of this project.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> today = partnership(case)
>>> today.word, today.plays["myopic"].word
('HOLDS', 'BREAKS')
>>> neutral = Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}, readings={"us": "carpenter"})
>>> profit = Case(load("two_proxies"), readings={"ru": "profit", "nk": "additive"})
>>> partnership(case, policy=neutral).word, partnership(profit, policy=neutral).word
('BREAKS', 'HOLDS')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from detente.analysis import KINDS
from detente.case import CONCEPTS, Basis, Case, Policy, can_choose
from detente.engine.concepts import label
from detente.formula import Not, options_of
from detente.messages import later, numeral, tell, word
from detente.questions.explanation.minimal_answers import EMPTY
from detente.questions.explanation.search import DOUBTFUL
from detente.questions.partnerships.fate_and_exits import (
    DEPENDS,
    FATES,
    HOLDS,
    Bond,
    Deterred,
    Exit,
    Fate,
    Move,
    bond_of,
    exits,
    fate_of_equilibria,
    fate_of_play,
    way,
)
from detente.result import INSIDE, Answer
from detente.scenario.warnings import reaction_rules
from detente.sheet import ActorTerm, NameTerm, Phrase, Sheet, VerdictTerm, listing

ENDS, EQUILIBRIA = later("where foresight play ends"), later("in the equilibria")
"""The states over which a fate is told: the headline's, and those of a concept."""

SHOWN = 12
"""Exits listed at most where people read; the JSON has all of them."""


@dataclass(frozen=True, repr=False, kw_only=True)
class PartnershipVerdict(Answer):
    """The fate of a partnership, and what decides it.

    `on` are the flows that are on at the status quo, `stable` says per concept whether the status quo is an equilibrium,
    `exits` who would leave it, `way` how foresight play comes to an end that does not hold (None: too long to list),
    `assumed` the reaction rules that fix what flows: they say how an actor answers, not what it values.
    """

    basis: Basis
    partnership: str
    name: str
    members: tuple[str, ...]
    names: Mapping[str, str] = field(metadata=INSIDE)
    flows: Mapping[str, str]
    core: tuple[str, ...]
    on: tuple[str, ...]
    plays: Mapping[str, Fate]
    concepts: Mapping[str, Fate]
    stable: Mapping[str, bool] = field(metadata=INSIDE)
    exits: tuple[Exit, ...]
    way: tuple[Move, ...] | None
    assumed: tuple[str, ...] = ()

    DERIVED = ("word", "reason", "misleading", "warnings")

    @property
    def word(self) -> str:
        """The headline: HOLDS, FRAYS, BREAKS, or DEPENDS (on how play goes)."""
        return self.plays["foresight"].word

    @property
    def undeterred(self) -> tuple[Exit, ...]:
        return tuple(each for each in self.exits if not each.deterred)

    @cached_property
    def deciding(self) -> tuple[Exit, ...]:
        """The exits nothing deters, one per actor; where there are none, the deterred ones, one per actor."""
        first: dict[str, Exit] = {}
        for each in self.undeterred or self.exits:
            first.setdefault(each.actor, each)
        return tuple(first.values())

    @property
    def weak(self) -> tuple[Exit, ...]:
        """The exits met only by doubtful, or only by empty answers; of each kind the first per actor."""
        first: dict[tuple[str, str], Exit] = {}
        for each in self.exits:
            if each.kind in (DOUBTFUL, EMPTY):
                first.setdefault((each.actor, each.kind), each)
        return tuple(first.values())

    @property
    def misleading(self) -> bool:
        """Whether one-step reasoning gives another verdict."""
        return self.plays["myopic"].word != self.word

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        if self.word == HOLDS:
            return _why_it_holds(self)
        lost = [flow for flow, verdict in self.plays["foresight"].lapsed.items() if verdict == "ALL"]
        flows = Phrase.told("; lapsed in every end: {lost}", lost=listing(map(NameTerm, lost))) if lost else ""
        how = tell("it depends on how play goes; one way: ") if self.word == DEPENDS else ""
        return Phrase.of(how, _how_it_goes(self), flows)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before quoting the verdict."""
        found = [_one_step(self)] if self.misleading else []
        found += [_weak(self, each) for each in self.weak]
        found += [tell("by assumption: {rule}", rule=rule) for rule in self.assumed]
        if not self.on:
            found.append(tell("no flow is on today: there is nothing to lose"))
        return (*found, *self.basis.warnings)

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain data; a concept says besides whether the status quo is stable under it."""
        told = super().to_json()
        return {**told, "concepts": {c: {**each, "now": self.stable[c]} for c, each in told["concepts"].items()}}

    @property
    def headline(self) -> Phrase:
        """What becomes of it where foresight play ends, and whether one-step reasoning agrees."""
        why = ""
        if self.word == HOLDS:
            why = (
                tell(": each exit would be answered")
                if self.exits and not self.undeterred
                else tell(": no actor would gain by leaving")
            )
            why = tell(": exits at first are taken back") if self.undeterred else why
        myopic = VerdictTerm(self.plays["myopic"].word)
        alone = (
            Phrase.told("; if no answer were feared (myopic play) it {myopic}", myopic=myopic)
            if self.misleading
            else ""
        )
        return Phrase.of(NameTerm(self.partnership), " ", VerdictTerm(self.word), f" {tell(ENDS)}{why}", alone, ".")

    def sheets(self) -> tuple[Sheet, ...]:
        """The verdict, and who would leave."""
        rows: list[tuple[str, ...]] = [
            (
                tell("{kind} play", kind=word(kind)),
                "",
                *self._row(each, kind, tell("where {kind} play ends", kind=word(kind))),
            )
            for kind, each in self.plays.items()
        ]
        rows += [
            (tell("{c} equilibria", c=label(c)), self._now(c), *self._row(each, c, EQUILIBRIA))
            for c, each in self.concepts.items()
        ]
        columns = ("where", tell("today"), *map(VerdictTerm, FATES), tell("lapsed in all"), tell("lapsed in some"))
        fate = VerdictTerm(self.word, self.basis.judged(self.partnership, "fate", "foresight", scope=ENDS))
        title = Phrase.of(NameTerm(self.name), ": ", fate, f" {tell(ENDS)}")
        return (Sheet(title, columns, tuple(rows), (self.reason, *self.warnings)), self._exit_sheet())

    def gist(self) -> tuple[Sheet, ...]:
        """The same with rows that agree as one."""
        fates, exits = self.sheets()
        return fates.folded(), exits

    def _now(self, concept: str) -> VerdictTerm:
        about = self.basis.judged(tell("today"), "equilibrium", concept)
        return VerdictTerm("stable" if self.stable[concept] else "unstable", about)

    def _row(self, found: Fate, by: str, scope: str) -> tuple[str, ...]:
        lapses = (
            listing(NameTerm(flow) for flow, verdict in found.lapsed.items() if verdict == wanted)
            for wanted in ("ALL", "SOME")
        )
        fates = (
            VerdictTerm(verdict, self.basis.judged(self.partnership, fate, by, scope=scope))
            for fate, verdict in found.verdicts.items()
        )
        return (*fates, *lapses)

    def _exit_sheet(self) -> Sheet:
        rows = [
            (
                ActorTerm(each.actor),
                "member" if each.member else "outsider",
                each.move.term,
                listing(map(NameTerm, each.lapses)),
                _answer_text(each),
                each.kind or "",
                listing(dict.fromkeys(ActorTerm(other.actor) for other in each.mutual)),
            )
            for each in self.exits[:SHOWN]
        ]
        left = len(self.exits) - len(rows)
        notes = (
            (tell("{left} more exits are not listed", left=numeral(left)),)
            if left
            else ()
            if rows
            else (tell("Nobody would."),)
        )
        return Sheet(
            tell("Who would gain by leaving today"),
            ("actor", "is", "change", "lapses", tell("answered by"), tell("counter-move is"), tell("mutual with")),
            tuple(rows),
            notes,
        )


def partnership(case: Case, name: str | None = None, *, policy: Policy | None = None) -> PartnershipVerdict:
    """What becomes of a partnership (default: the first of the scenario) under the case, and under a policy besides.

    Flows are measured against the status quo of the case before the policy, so that a policy that takes a flow away at
    once counts as taking it away. Raises `Unanswerable` for a model without partnerships or status quo.
    """
    bond = bond_of(case.analyse(("seq",)), name)
    changed = case.under(policy) if policy else case
    analysis = changed.analyse(CONCEPTS)
    found = bond.partnership
    plays = {kind: fate_of_play(analysis, bond, kind) for kind in KINDS}
    lost = plays["foresight"].word != HOLDS
    return PartnershipVerdict(
        basis=changed.basis,
        partnership=found.id,
        name=found.name or found.id,
        members=found.members,
        names={actor.id: actor.name for actor in case.scenario.actors},
        flows={flow: str(formula) for flow, formula in found.flows.items()},
        core=found.core,
        on=bond.on,
        plays=plays,
        concepts={concept: fate_of_equilibria(analysis, bond, concept) for concept in CONCEPTS},
        stable={concept: analysis.is_equilibrium(concept, analysis.cell()) for concept in CONCEPTS},
        exits=exits(analysis, bond),
        way=way(analysis, "foresight", Not(bond.formula(HOLDS))) if lost else (),
        assumed=tuple(_assumed(changed, bond)),
    )


def _assumed(case: Case, bond: Bond) -> Iterator[str]:
    """The reaction rules about the flows, in the lists of those who can still choose."""
    flows = frozenset[str]().union(*(options_of(formula) for formula in bond.partnership.flows.values()))
    for actor in case.scenario.actors:
        own = flows & {option.key for option in actor.options}
        if not own or actor.id not in case.chosen or not can_choose(case, actor.id):
            continue
        reading = case.reading(actor.id)
        for rule in reaction_rules(case.scenario, actor, reading):
            if rule.option in own:
                said = tell("' and '").join(str(reading.statements[place]) for place in rule.places)
                say = tell("say") if rule.places[1:] else tell("says")
                yield tell(
                    "{name}'s '{said}' {say} how it sets {option}, not what it values",
                    name=actor.name,
                    said=said,
                    say=say,
                    option=rule.option,
                )


# --- in words -------------------------------------------------------------------------------------------------------


def _doing(found: PartnershipVerdict, move: Move) -> Phrase:
    return Phrase.of(found.names[move.actor], " (", move.term, ")")


def _answers(found: PartnershipVerdict, each: Exit) -> Phrase:
    told = listing((_doing(found, move) for move in each.answer), tell(", then "))
    return told or Phrase.told("an answer that was not looked for")


def _movers(found: PartnershipVerdict, moves: Iterable[Move | Exit]) -> str:
    return " and ".join(dict.fromkeys(found.names[each.actor] for each in moves))


def _why_it_holds(found: PartnershipVerdict) -> str:
    if not found.exits:
        return tell("nobody gains by ending any flow")
    if found.undeterred:
        return tell("some would leave at first, but wherever play ends every flow is back on")
    parts = [
        Phrase.told("{doing} would bring {answers}", doing=_doing(found, each.move), answers=_answers(found, each))
        for each in found.deciding
    ]
    lead = tell("every exit would be answered, and an actor that leaves would gain nothing: ")
    return Phrase.of(lead, listing([*parts, *_deter_each_other(found)], "; "))


def _how_it_goes(found: PartnershipVerdict) -> str:
    if found.undeterred:
        leavers = (
            Phrase.told(
                "{doing} ends {lapses}", doing=_doing(found, each.move), lapses=listing(map(NameTerm, each.lapses))
            )
            for each in found.deciding
        )
        return Phrase.told("nothing deters the exit today: {leavers}", leavers=listing(leavers, "; "))
    if found.way is None:
        return tell("by steps that nobody can punish, too many to list")
    return Phrase.told(
        "by steps that nobody can punish: {doing}",
        doing=listing((_doing(found, move) for move in found.way), tell(", then ")),
    )


def _one_step(found: PartnershipVerdict) -> str:
    nash, word = (VerdictTerm(each) for each in (found.plays["myopic"].word, found.word))
    if word == HOLDS and found.exits:
        return Phrase.told(
            "Caution: one-step (Nash) reasoning by itself says: {nash}, because {movers} would gain by "
            "leaving if nobody answered. Counting the answers the partnership {word}; one step alone "
            "misleads here",
            nash=nash,
            movers=_movers(found, found.exits),
            word=word,
        )
    return Phrase.told(
        "Caution: one-step (Nash) reasoning says: {nash}, while counting the others' answers the "
        "verdict is: {word}; either alone would mislead",
        nash=nash,
        word=word,
    )


def _weak(found: PartnershipVerdict, each: Exit) -> Phrase:
    """What is doubtful or empty about the answers to an exit."""
    what, movers = Phrase.told("what deters {doing} is ", doing=_doing(found, each.move)), _movers(found, each.answer)
    if each.kind == DOUBTFUL:
        after = tell(" would gain by the same already today, and something deters it, before the exit as after it")
        return Phrase.of(what, tell("doubtful: "), movers, after)
    pays = tell("still pays") if each.still else tell("no longer pays")
    after = tell("; so today does not last, and once that has come the exit {pays}", pays=pays)
    return Phrase.told(
        "{what}empty: {movers} would do the same already today, and nothing deters it{after}",
        what=what,
        movers=movers,
        after=after,
    )


def _deter_each_other(found: PartnershipVerdict) -> Iterable[Phrase]:
    """Who deters whom, one pair of actors after the other."""
    told: dict[frozenset[str], Phrase] = {}
    for each in found.exits:
        for other in each.mutual:
            pair = frozenset((each.actor, other.actor))
            if pair not in told:
                both = Phrase.told(
                    "{names} and {names2} deter each other (",
                    names=found.names[each.actor],
                    names2=found.names[other.actor],
                )
                told[pair] = Phrase.of(both, each.move.term, "; ", other.move.term, "): ", _together(found, other))
    return told.values()


def _together(found: PartnershipVerdict, other: Deterred) -> str:
    if other.pleases is None:
        return tell("they cannot leave so together")
    names = [found.names[actor] for actor in other.pleases]
    return tell(
        "leaving together would please {word}",
        word=tell("neither") if not names else tell("both") if names[1:] else tell("only {names}", names=names[0]),
    )


def _answer_text(each: Exit) -> str:
    if not each.deterred:
        return tell("nothing: it stands")
    answer = (Phrase.of(ActorTerm(move.actor), ": ", move.term) for move in each.answer)
    return listing(answer, tell(", then ")) or tell("(not looked for)")
