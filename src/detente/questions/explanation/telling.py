"""Witnesses in sentences: what would be gained by leaving, what keeps somebody from it, and how firmly.

The dialogue (`detente.questions.explanation.dialogue`) is one script; a `Telling` has the words for it, one for each kind of
witness. How to make one: `PlainTelling(teller, names)` or `RelationalTelling(teller, names, verdicts)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from detente.engine.concepts import CONCEPTS, label
from detente.messages import later, numeral, tell, word
from detente.questions.explanation.minimal_answers import EMPTY, kind_of
from detente.questions.explanation.search import ANYWAY, DOUBTFUL, RELEASED
from detente.questions.explanation.witness import (
    BETTER,
    EQUAL,
    Act,
    AnyWitness,
    D,
    Improvement,
    Move,
    Mutual,
    Reason,
    Shortfall,
    Temptation,
    Weighed,
    WeighedMove,
)
from detente.questions.explanation.wording import Teller, decided_by_one
from detente.sheet import listed, many

NO_FURTHER = later("There is none by {concepts} stability, which looks no further than the move itself.")
"""The case for staying by concepts that ask for no answers."""


@dataclass(frozen=True)
class Telling(ABC, Generic[D]):
    """The words for one kind of witness; `names` are those of everybody who is judged."""

    teller: Teller
    names: Mapping[str, str]

    # --- what differs from kind to kind ---

    STAYS: ClassVar[str]
    """Why somebody stays whom nothing tempts, though it could move."""

    ALL_STAY: ClassVar[str]
    """The same of several."""

    CANNOT: ClassVar[str] = later("It cannot move here, whatever it wants: it is stable by the structure of the game.")
    """Why somebody stays who has no move."""

    CANNOT_ALL: ClassVar[str] = later(
        "They cannot move here, whatever they want: they are stable by the structure of the game."
    )

    NOBODY: ClassVar[str]
    """What speaks against a verdict where nobody is tempted."""

    MORE: ClassVar[str]
    """How the question after the departures not told begins and ends, with a place for the name."""

    DEPARTURE: ClassVar[str]
    """What a departure is called."""

    IN_ORDER: ClassVar[bool]
    """Whether departures are told in the order of the witness, not the closest first."""

    @abstractmethod
    def gain(self, each: D) -> str:
        """What the departure would bring."""

    @abstractmethod
    def fate(self, each: D, witness: AnyWitness[D]) -> str:
        """What deters it, or that nothing does."""

    @abstractmethod
    def closeness(self, each: D) -> tuple[Any, ...]:
        """How close a departure is to being made; the larger, the closer."""

    @abstractmethod
    def weakness(self, each: D, witness: AnyWitness[D]) -> str:
        """What is weak about what deters it."""

    @abstractmethod
    def staying(self, standing: Sequence[tuple[AnyWitness[D], D]]) -> str:
        """What speaks for staying where these departures stand."""

    # --- what does not ---

    def question(self, each: D, who: str) -> str:
        if each.deterred:
            return tell("What keeps {who} from {doing}?", who=who, doing=self.teller.doing(each.move, "ing"))
        return tell("What would make {who} {doing}?", who=who, doing=self.teller.doing(each.move))

    def by(self, act: Act) -> str:
        """By what move."""
        return tell("by {doing}", doing=self.teller.doing(act, "ing"))

    def leaving(self, each: D, witness: AnyWitness[D]) -> str:
        """How near whoever is closest to leaving is."""
        who = sentence(self.names[witness.party])
        return tell(
            "{who} is closest to leaving, {by}. {weakness}",
            who=who,
            by=self.by(each.move),
            weakness=self.weakness(each, witness),
        )

    def movers(self, steps: Iterable[Act]) -> str:
        return listed(list(dict.fromkeys(self.name(step.actor) for step in steps)))

    def name(self, party: str) -> str:
        return self.names.get(party, party)

    def kinds(self, steps: Sequence[Act], who: str, gain: str) -> Iterable[str]:
        """Of what kind the steps of an answer to somebody's move are; nothing of those that are responses.

        `gain` is what they are to their movers: a gain, or something they would do.
        """
        by = {kind: [step for step in steps if step.kind == kind] for kind in (RELEASED, DOUBTFUL, ANYWAY)}
        if None in {step.kind for step in steps}:
            return
        whole = kind_of(step.kind or "" for step in steps)
        if by[RELEASED]:
            yield tell(
                "{would} but something deters it; once {who} has moved, nothing does.",
                would=self._would(by[RELEASED], gain),
                who=who,
            )
        if by[DOUBTFUL]:
            part = tell("This counter-move is doubtful") if whole == DOUBTFUL else tell("Part of this is doubtful")
            yield tell(
                "{part}: {would} but something deters it, before the move as after it.",
                part=part,
                would=self._would(by[DOUBTFUL], gain),
            )
        if by[ANYWAY]:
            part = tell("This counter-move is empty") if whole == EMPTY else tell("Part of this comes anyway")
            yield tell("{part}: {would} and nothing deters it.", part=part, would=self._would(by[ANYWAY], gain))

    def _would(self, steps: Sequence[Act], gain: str) -> str:
        same = tell("the same") if len(steps) == 1 else tell("the same moves")
        return tell("{movers} would {gain} {same} already now,", movers=self.movers(steps), gain=gain, same=same)


@dataclass(frozen=True)
class PlainTelling(Telling[Improvement]):
    """For those who have a list, weights or a ranking."""

    STAYS = later("There is nothing to gain: no move of its own leads to anything it prefers.")
    ALL_STAY = STAYS
    NOBODY = later("None among single moves: nobody gains by one.")
    MORE = later("And what else could {who} gain by?")
    DEPARTURE = "improvement"
    IN_ORDER = True

    def gain(self, each: Improvement) -> str:
        return tell("It would gain: {better}.", better=self.teller.better(each.move.reason))

    def fate(self, each: Improvement, witness: AnyWitness[Improvement]) -> str:
        if not each.settled:
            return tell("Whether the others can stop it is not settled: the search gave up.")
        if each.collision is not None:
            return self._collision(each, witness)
        return self._answered(each, witness) if each.answer else self._stands(each.short, witness)

    def _answered(self, each: Improvement, witness: AnyWitness[Improvement]) -> str:
        """What answers it, what that costs, why there is no escape."""
        assert each.cost is not None
        then = tell("But then {answers}.", answers=self._answers(each.answer))
        place = self.teller.place(each.answer[-1].state)
        left = tell(
            "That leaves {party}{place} {worse}.",
            party=self.name(witness.party),
            place=place,
            worse=self.teller.worse(each.cost),
        )
        return " ".join([then, left, *self._caught(each), *self._sort(each, self.name(witness.party))])

    def _answers(self, steps: Iterable[Move]) -> str:
        """A sequence of answers: who would do what, and why it is credible, or what it costs its mover."""
        return tell("; then ").join(
            tell(
                "{actor} would {doing}, {credit}",
                actor=self.name(s.actor),
                doing=self.teller.doing(s),
                credit=self._credit(s),
            )
            for s in steps
        )

    def _credit(self, step: Move) -> str:
        """What a step is to its mover."""
        teller = self.teller
        if step.reason.verdict == EQUAL:
            return tell("which is all the same to it")
        if step.reason.verdict != BETTER:
            return tell("at its own expense ({loss})", loss=teller.loss(step.reason))
        if decided_by_one(step.reason):
            return tell("because it prefers {wish}{rank}", wish=teller.wish(step.reason), rank=teller.rank(step.reason))
        return tell("because it gains by it ({amount})", amount=teller.amount(step.reason))

    def _caught(self, each: Improvement) -> Iterable[str]:
        """Why there is no escape, where escape counts."""
        if each.escapes is not None:
            ways = len(each.escapes)
            one, none = (
                tell("its one move from there leads nowhere"),
                tell("none of its {ways} moves from there leads anywhere", ways=ways),
            )
            told = (one if ways == 1 else none) + tell(" better than now") if ways else tell("it has no move there")
            yield tell("There is no escape: {told}.", told=told)

    def _sort(self, each: Improvement, who: str) -> Iterable[str]:
        """Of what kind the answer is, and what there is of a better kind; what follows where there is only an empty one."""
        yield from self.kinds(each.answer, who, tell("gain by"))
        if each.kind is None and any(step.kind for step in each.answer):
            yield tell("Whether there is a counter-move of a better kind is not settled: the search gave up.")
        if each.reply:
            moves = many(len(each.reply), "move")
            yield tell(
                "A {kind} counter-move takes {moves}: {answers}.",
                kind=each.kind or tell("better"),
                moves=moves,
                answers=self._answers(each.reply),
            )
            yield from self.kinds(each.reply, who, tell("gain by"))
        if each.still is not None:
            yield self.waits(each, who)
        yield from dict.fromkeys(self.deter_each_other(other, who) for other in each.mutual)

    def waits(self, each: Improvement, who: str) -> str:
        """Whether an improvement that only what comes anyway meets still pays when that has come."""
        themselves = tell("itself") if len({step.actor for step in each.answer}) == 1 else tell("themselves")
        then = tell(
            "So {movers} will move by {themselves}, and this state does not last.",
            movers=self.movers(each.answer),
            themselves=themselves,
        )
        pays = tell("still pays") if each.still else tell("no longer pays: it is right to wait")
        return tell("{then} Once that has come, the improvement of {who} {pays}.", then=then, who=who, pays=pays)

    def deter_each_other(self, mutual: Mutual, who: str) -> str:
        """Mutual deterrence, and whom it would please if both moved."""
        told = tell("So {who} and {actor} deter each other; ", who=who, actor=self.name(mutual.actor))
        if mutual.joint is None:
            return tell("{told}they cannot move so together.", told=told)
        pleased = [self.name(actor) for actor in mutual.pleases]
        whom = (
            tell("neither")
            if not pleased
            else tell("both")
            if pleased[1:]
            else tell("only {pleased}", pleased=pleased[0])
        )
        return tell("{told}if both moved so together, {whom} would gain.", told=told, whom=whom)

    def _collision(self, each: Improvement, witness: AnyWitness[Improvement]) -> str:
        """What happens at the same moment."""
        assert each.collision is not None
        other, left = each.collision.other, self.teller.place(each.collision.joint)
        return tell(
            "But at the same moment {actor} may {doing}, {credit}. Both together leave {party}{left} {worse}.",
            actor=self.name(other.actor),
            doing=self.teller.doing(other),
            credit=self._credit(other),
            party=self.name(witness.party),
            left=left,
            worse=self.teller.worse(each.collision.cost),
        )

    def _stands(self, short: Shortfall | None, witness: AnyWitness[Improvement]) -> str:
        """Why nothing keeps the actor from it."""
        if short is None:
            nash = witness.concept == "nash"
            return (
                tell("Nash stability looks no further.") if nash else tell("No move made at the same moment spoils it.")
            )
        if not short.steps:
            return tell("No {counting} leaves it worse off than that.", counting=_counting({witness.concept}))
        own = tell(", by moves in the others' own interest") if _credible(witness.concept) else ""
        worst = tell("The worst that can follow{own}: {answers}.", own=own, answers=self._answers(short.steps))
        if short.escape is not None:
            return tell("{worst} But then it would escape {by}.", worst=worst, by=self.by(short.escape))
        return tell(
            "{worst} Even then it is better off than now: {better}.",
            worst=worst,
            better=self.teller.better(short.reason),
        )

    # --- what speaks against the verdict ---

    def closeness(self, each: Improvement) -> tuple[Any, ...]:
        """What stands, then what an empty or a doubtful answer deters, then the longest sanction."""
        incredible = sum(not step.improvement for step in each.answer)
        deciders = each.move.reason.deciders
        return (
            each.stands,
            each.kind == EMPTY,
            each.kind == DOUBTFUL,
            incredible,
            len(each.answer),
            each.cost is not None and each.cost.verdict == EQUAL,
            -deciders[0].rank if deciders else 0,  # the higher the wish it fulfils
        )

    def weakness(self, each: Improvement, witness: AnyWitness[Improvement]) -> str:  # noqa: ARG002
        if each.collision is not None:
            other = self.name(each.collision.other.actor)
            return tell(
                "All that spoils it is a move that {other} may or may not make at the same moment.", other=other
            )
        movers, idle = self.movers(each.answer), [step for step in each.answer if not step.improvement]
        told = []
        if each.kind in (EMPTY, DOUBTFUL):
            told.append(
                tell(
                    "Only {word} counter-move by {movers} meets it.",
                    word=tell("an empty") if each.kind == EMPTY else tell("a doubtful"),
                    movers=movers,
                )
            )
        if each.still is not None:
            then = tell("It would still pay") if each.still else tell("It would no longer pay")
            told.append(tell("{then} once that has come.", then=then))
        if each.mutual:
            released = listed(list(dict.fromkeys(self.name(other.actor) for other in each.mutual)))
            told.append(tell("The two deter each other: {released} would be released by it.", released=released))
        if idle:
            told.append(
                tell("What deters it is hard to believe: {movers} would gain nothing by it.", movers=self.movers(idle))
            )
        if len(each.answer) > 1:
            told.append(
                tell(
                    "It takes {number} to deter it, by {movers}.", number=many(len(each.answer), "move"), movers=movers
                )
            )
        if each.cost is not None and each.cost.verdict == EQUAL:
            told.append(tell("The attempt would cost nothing."))
        if any(decider.by_assumption for step in each.answer for decider in step.reason.deciders):
            told.append(tell("That the others would answer so is assumed: it follows from a reaction rule."))
        return " ".join(told) or tell("But what would follow is credible, and a real counter-move.")

    def staying(self, standing: Sequence[tuple[AnyWitness[Improvement], Improvement]]) -> str:
        """The most that speaks against an improvement nothing deters, and why it falls short."""
        answered = [
            (witness, each, each.short) for witness, each in standing if each.short is not None and each.short.steps
        ]
        if not answered:
            return self._nothing({witness.concept for witness, _ in standing})
        witness, each, short = max(answered, key=lambda triple: _shortfall(triple[2]))
        what = tell("{sentence} risks most, {by}", sentence=sentence(self.name(witness.party)), by=self.by(each.move))
        worst = tell("; then ").join(
            tell("{actor} would {doing}", actor=self.name(s.actor), doing=self.teller.doing(s)) for s in short.steps
        )
        if short.escape is not None:
            return tell("{what}: {worst}. But it would escape {by}.", what=what, worst=worst, by=self.by(short.escape))
        return tell(
            "{what}: {worst}. But even so it gains: {better}.",
            what=what,
            worst=worst,
            better=self.teller.better(short.reason),
        )

    @staticmethod
    def _nothing(by: Set[str]) -> str:
        """Why nothing speaks for staying, by the concepts of those who leave; some of them ask for no answers."""
        if by == {"nash"}:
            return tell(NO_FURTHER, concepts=label("nash"))
        if by == {"sim"}:
            return tell("There is none: no move made at the same moment spoils it for those who leave.")
        return tell(
            "There is none: no {counting} would take anything back from those who leave.", counting=_counting(by)
        )


def _credible(concept: str) -> bool:
    """Whether only moves count as answers that are improvements for those who make them."""
    return CONCEPTS[concept].answers == "improvements"


def _counting(by: Set[str]) -> str:
    """What counts as an answer under the concepts: of GMR any counter-move, of SEQ only those that pay."""
    if by & {"nash", "sim"}:
        return tell("answer that counts")
    return (
        tell("counter-move in the others' own interest")
        if all(map(_credible, by))
        else tell("counter-move of the others")
    )


def _shortfall(short: Shortfall) -> tuple[Any, ...]:
    """How nearly the worst answer would deter: escape needed, then by how low a wish the actor is still better off."""
    return short.escape is not None, min((decider.rank for decider in short.reason.deciders), default=0)


@dataclass(frozen=True)
class RelationalTelling(Telling[Temptation]):
    """For those who compare states by relations; `concepts` are those by which the question judges."""

    concepts: frozenset[str]

    STAYS = later("Nothing tempts it: no move of its own leads to anything it would rather have.")
    ALL_STAY = later("Nothing tempts them: no move of their own leads to anything they would rather have.")
    NOBODY = later("None: nobody is tempted.")
    MORE = later("And what else tempts {who}?")
    DEPARTURE = "move"
    IN_ORDER = False

    def gain(self, each: Temptation) -> str:
        return tell("It is tempted; the result is {weighed}.", weighed=self._weighed(each.move.weighed))

    def fate(self, each: Temptation, witness: AnyWitness[Temptation]) -> str:
        return self._answered(each, self.names[witness.party]) if each.deterred else self._stands(each, witness)

    def _answered(self, each: Temptation, who: str) -> str:
        """What answers it, where that leaves the party, why there is no escape."""
        assert each.cost is not None
        then = tell("But then {answers}.", answers=self._answers(each.answer))
        place = self.teller.place(each.answer[-1].state).rstrip(",")
        left = tell(
            "That leaves {who}{place}; compared with staying, this is {weighed}. So it is deterred.",
            who=who,
            place=place,
            weighed=self._weighed(each.cost),
        )
        return " ".join([then, left, *self._caught(each), *self.kinds(each.answer, who, tell("do"))])

    @staticmethod
    def _caught(each: Temptation) -> Iterable[str]:
        if each.escapes is not None:
            ways = len(each.escapes)
            one, some = (
                tell("its one move from there deters it too"),
                tell("all its {ways} moves from there deter it too", ways=ways),
            )
            yield tell(
                "There is no escape: {one}.", one=(one if ways == 1 else some) if ways else tell("it has no move there")
            )

    def _answers(self, steps: Iterable[WeighedMove]) -> str:
        """Who would do what, and what it is to whoever does it."""
        return tell("; then ").join(
            tell(
                "{actor} would {doing}, which is {weighed}",
                actor=self.name(s.actor),
                doing=self.teller.doing(s),
                weighed=self._weighed(s.weighed),
            )
            for s in steps
        )

    def _stands(self, each: Temptation, witness: AnyWitness[Temptation]) -> str:
        if witness.concept in ("nash", "cnash"):
            return tell("This concept looks no further.")
        told = [tell("The others have no answer.") if not each.reached else self._none(each.reached)]
        if each.way_out is not None:
            out = tell("it would escape {by}", by=self.by(each.way_out))
            out += tell(", to what is {weighed}", weighed=self._weighed(each.way_out.weighed))
            told.append(
                tell("{sentence} would deter it, but then {out}.", sentence=sentence(self._answers(each.near)), out=out)
            )
        return " ".join(told)

    @staticmethod
    def _none(reached: int) -> str:
        return (
            tell("The one state the others can bring about does not deter it.")
            if reached == 1
            else tell("None of the {reached} states the others can bring about deters it.", reached=numeral(reached))
        )

    def _weighed(self, weighed: Weighed) -> str:
        """`greatly better: “x” would come true, its wish 1 of 3 [...]`."""
        if weighed.open:
            wishes = listed([f"“{each.says}”" for each in weighed.open])
            return tell("{parts} (it hangs on {wishes}, which is open)", parts=weighed.parts[0][0], wishes=wishes)
        if len(weighed.parts) == 1:
            ((says, reason),) = weighed.parts
            return f"{word(says)}: {self._tail(reason)}" if self._tail(reason) else word(says)
        return listed(
            [
                f"{word(says)} ({self._tail(reason)})" if self._tail(reason) else word(says)
                for says, reason in weighed.parts
            ]
        )

    def _tail(self, reason: Reason | None) -> str:
        """The wish that decides, or the places or sums."""
        if reason is None or reason.verdict == EQUAL:
            return ""
        return self.teller.better(reason) if reason.verdict == BETTER else self.teller.loss(reason)

    # --- what speaks against the verdict ---

    def closeness(self, each: Temptation) -> tuple[Any, ...]:
        return not each.deterred, _kind(each) == EMPTY, _kind(each) == DOUBTFUL, len(each.answer)

    def weakness(self, each: Temptation, witness: AnyWitness[Temptation]) -> str:
        movers, told = self.movers(each.answer), []
        if _kind(each) in (EMPTY, DOUBTFUL):
            kind = tell("an empty") if _kind(each) == EMPTY else tell("a doubtful")
            told.append(
                tell(
                    "The counter-move told is {kind} one: {movers} would do the same already now.",
                    kind=kind,
                    movers=movers,
                )
            )
        if witness.concept.removeprefix("c") in ("smr", "gmr"):
            told.append(tell("Whether {movers} would really answer so is not asked by this concept.", movers=movers))
        if len(each.answer) > 1:
            told.append(
                tell(
                    "It takes {number} to deter it, by {movers}.", number=many(len(each.answer), "move"), movers=movers
                )
            )
        return " ".join(told) or tell("But the answer is one credible move.")

    def staying(self, standing: Sequence[tuple[AnyWitness[Temptation], Temptation]]) -> str:
        """What comes nearest to stopping a temptation that nothing deters."""
        for witness, each in standing:
            who = tell(
                "{sentence}, tempted to {doing},",
                sentence=sentence(self.names[witness.party]),
                doing=self.teller.doing(each.move),
            )
            if each.near:
                return tell(
                    "{who} would be deterred if it did not see its way out: {answers}.",
                    who=who,
                    answers=self._answers(each.near),
                )
            if each.otherwise:
                by = each.otherwise.by
                way = tell("under {by}", by=label(by)) if by in self.concepts else tell("by “{by}”", by=word(by))
                return tell(
                    "{who} would be deterred {way}: {answers}.",
                    who=who,
                    way=way,
                    answers=self._answers(each.otherwise.answer),
                )
        if (asked := {witness.concept for witness, _ in standing}) <= {"nash", "cnash"}:
            return tell(NO_FURTHER, concepts=listed(sorted(map(label, asked))))
        return tell("There is none: no answer of the others deters those who leave, by any standard or concept here.")


def _kind(each: Temptation) -> str | None:
    """The kind of the answer told; None where that is not asked."""
    kinds = [step.kind for step in each.answer if step.kind is not None]
    return kind_of(kinds) if kinds and len(kinds) == len(each.answer) else None


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
