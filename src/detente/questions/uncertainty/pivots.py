"""Which wish decides the verdict: swap two neighbours in a list, drop a wish, or turn it round, and see what flips.

The mathematics. A verdict is asked of a case; then of every case that differs from it in one place of one actor's list:

- *swap*: two neighbouring wishes change places (in a ranking of states: two neighbouring groups);
- *lift*: a wish moves up, past more than one other, to stand directly above a more important one;
- *drop*: a wish is taken out of the list;
- *negate*: a wish is replaced by its opposite (with weights: the opposite is worth as much).

A change that gives another verdict is a *pivot*. Order alone gives false comfort: where wishes say how an actor reacts ("my
option exactly if yours") rather than what it values, re-ordering changes nothing and the answer follows from the assumption.
So reaction rules are marked, and a verdict that some change of a reaction rule flips, and no change that leaves the reaction
rules alone, is said to hold *by assumption*.

A *threshold* moves one wish through all ranks of its list, the others keeping their order, and says where the verdict turns.

Steps: one analysis per change. Cost: 3 analyses per wish and one per pair of wishes; a threshold takes one per rank.
Source: option prioritisation as in Fang, Hipel, Kilgour & Peng 2003; sensitivity analysis as in Fang, Hipel & Kilgour 1993.

>>> from detente.case import Policy
>>> from detente.scenario import load
>>> neutral = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))
>>> answer = pivots(neutral, Query("decoupled"), ["ru"])
>>> [str(change) for change in answer.flips if change.kind == "swap"]
["ru: 'nk_arms' above 'not ru_link'"]
>>> president = Case(load("detente_veto"), readings={"us": "intimidated"})
>>> threshold(president, "us", "not opp_kim", Query(concept="seq")).turns
(6,)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

from detente.case import Basis, Case, Query, sensible, verdict, verdict_of
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.errors import InputError, Unanswerable, UnknownName, refuse_unknown
from detente.executors import Executor, divided
from detente.formula import Formula, opposite
from detente.messages import numeral, tell
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import PriorityList, Ranking, Reading, Statement
from detente.scenario.warnings import table
from detente.sheet import ActorTerm, FormulaTerm, NameTerm, Phrase, Sheet, VerdictTerm, listing, many, names_of

KINDS = ("swap", "lift", "drop", "negate")
"""The changes made to a list."""


@dataclass(frozen=True, kw_only=True)
class Change(Record):
    """One changed place of one list, and the verdict it gives (None: the changed list makes no sense in this model).

    `rank` is that of `statement`, counted from 1. A swap or lift puts `statement` directly above `other`. `reaction` tells
    whether `statement`, or else `other`, is a reaction rule, `sources` and `claims` what the wishes concerned rest on.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("text",)

    actor: str
    kind: str = ""
    rank: int = 0
    statement: str
    other: str = ""
    reaction: bool = False
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    verdict: str | None = None

    @property
    def place(self) -> Phrase:
        """What is changed in the list, in words."""
        statement = FormulaTerm(self.statement)
        if self.kind == "drop":
            return Phrase.told("without '{statement}'", statement=statement)
        if self.kind == "negate":
            return Phrase.told("the opposite of '{statement}'", statement=statement)
        return Phrase.told("'{statement}' above '{other}'", statement=statement, other=FormulaTerm(self.other))

    @property
    def text(self) -> Phrase:
        """The change in words, with whose list it is."""
        return Phrase.of(ActorTerm(self.actor), ": ", self.place)

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, repr=False, kw_only=True)
class Pivots(Answer):
    """The answer: the verdict of the case, and every change tried; see the module's opening."""

    DERIVED: ClassVar[tuple[str, ...]] = ("flips", "by_assumption")

    basis: Basis
    query: Query
    actors: tuple[str, ...]
    verdict: str
    kinds: tuple[str, ...] = field(metadata=INSIDE)
    changes: tuple[Change, ...]

    @cached_property
    def flips(self) -> tuple[Change, ...]:
        """The changes that give another verdict."""
        return tuple(change for change in self.changes if change.verdict not in (self.verdict, None))

    def robust(self, kind: str, actor: str | None = None) -> tuple[int, int]:
        """How many changes of this kind (in this actor's list, or all) flip the verdict, and of how many."""
        verdicts = [change.verdict for change in self.changes if change.kind == kind and actor in (None, change.actor)]
        return len([verdict for verdict in verdicts if verdict not in (self.verdict, None)]), len(verdicts)

    @cached_property
    def by_assumption(self) -> bool:
        """Whether only reaction rules decide: no change that leaves them alone flips the verdict, and some change of one does.

        A rule put below another wish is changed too: it is the rule that then has less to say. Known only where every kind
        of change was tried.
        """
        return set(self.kinds) == set(KINDS) and bool(self.flips) and all(change.reaction for change in self.flips)

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; `robust` counts [flipped, tried], by actor and kind."""
        counts = {
            who or "all": {kind: list(self.robust(kind, who)) for kind in self.kinds} for who in (None, *self.actors)
        }
        return {**super().to_json(), "robust": counts}

    @property
    def headline(self) -> Phrase:
        """How many single changes flip the verdict."""
        tried = len([change for change in self.changes if change.verdict is not None])
        flips = len(self.flips)
        return Phrase.of(
            self.query.says(VerdictTerm(self.verdict)),
            tell(
                "; {flips} of {number} to the aims would flip that.",
                flips=numeral(flips),
                number=many(tried, "single change"),
            )
            if flips
            else tell("; none of {number} to the aims would flip that.", number=many(tried, "single change")),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The changes that flip the verdict, and how many of how many."""
        rows = tuple(
            (
                ActorTerm(change.actor),
                change.place,
                VerdictTerm(change.verdict or ""),
                change.reaction,
                listing(map(NameTerm, change.sources)),
            )
            for change in self.flips
        )
        columns = (tell("whose list"), "change", tell("verdict becomes"), tell("reaction rule"), tell("rests on"))
        title = Phrase.told(
            "What flips '{phrase}', now {verdict}", phrase=self.query.phrase, verdict=VerdictTerm(self.verdict)
        )
        return Sheet(title, columns, rows, self._notes()), self._counts()

    def _notes(self) -> tuple[str, ...]:
        notes = [] if self.flips else [tell("No single swap, omission or reversal changes the verdict.")]
        if self.by_assumption:
            notes.append(
                tell(
                    "By assumption: only changes of reaction rules flip the verdict, no change that leaves them "
                    "alone does."
                )
            )
        senseless = sum(change.verdict is None for change in self.changes)
        if senseless:
            notes.append(
                tell("{senseless} changes make no sense here: they would set merged states apart.", senseless=senseless)
            )
        return tuple(notes)

    def _counts(self) -> Sheet:
        rows = tuple(
            (
                tell("all lists") if who is None else ActorTerm(who),
                *(
                    tell("{flipped} of {of}", flipped=flipped, of=of)
                    for flipped, of in (self.robust(kind, who) for kind in self.kinds)
                ),
            )
            for who in (*self.actors, None)
        )
        return Sheet(tell("How many changes flip it"), (tell("whose list"), *self.kinds), rows)


@dataclass(frozen=True, repr=False, kw_only=True)
class Threshold(Answer):
    """The verdict with one wish at each rank of its list, first rank first; `rank` is where the list has it."""

    DERIVED: ClassVar[tuple[str, ...]] = ("turns",)

    basis: Basis
    query: Query
    actor: str
    statement: str
    rank: int
    verdicts: tuple[str, ...]

    @property
    def turns(self) -> tuple[int, ...]:
        """The ranks whose verdict differs from the one above: empty if the rank of the wish never matters."""
        pairs = zip(self.verdicts, self.verdicts[1:], strict=False)
        return tuple(rank for rank, (above, here) in enumerate(pairs, start=2) if above != here)

    @property
    def headline(self) -> Phrase:
        """Whether the rank of the aim matters, and from where."""
        now = self.query.says(VerdictTerm(self.verdicts[self.rank - 1]))
        aim = Phrase.told(
            "{statement} at rank {rank} of {actor}",
            statement=FormulaTerm(self.statement),
            rank=self.rank,
            actor=ActorTerm(self.actor),
        )
        if not self.turns:
            return Phrase.told("With {aim} {now}, and so it is at every other rank.", aim=aim, now=now)
        ranks = names_of(map(str, self.turns))
        return Phrase.told("With {aim} {now}; the answer turns at rank {ranks}.", aim=aim, now=now, ranks=ranks)

    def sheets(self) -> tuple[Sheet, ...]:
        """The verdict rank by rank."""
        rows = tuple(
            (rank, VerdictTerm(verdict), tell("as listed") if rank == self.rank else "")
            for rank, verdict in enumerate(self.verdicts, start=1)
        )
        turns = ", ".join(map(str, self.turns))
        note = (
            tell("The verdict changes at rank {turns}.", turns=turns)
            if turns
            else tell("The rank makes no difference.")
        )
        statement, whose = FormulaTerm(self.statement), ActorTerm(self.actor)
        title = Phrase.told(
            "'{phrase}' with '{statement}' at each rank of {whose}'s list",
            phrase=self.query.phrase,
            statement=statement,
            whose=whose,
        )
        return (Sheet(title, ("rank", "verdict", ""), rows, (note,)),)


# --- asking ------------------------------------------------------------------------------------------------------------


def pivots(
    case: Case,
    query: Query,
    actors: Iterable[str] | None = None,
    *,
    kinds: Iterable[str] = KINDS,
    progress: Progress = quiet,
    executor: Executor | int | None = None,
) -> Pivots:
    """Every change of one place in the lists of these actors (default: all) that flips the verdict.

    Weights know no order and rankings no single wishes: the former are only dropped and negated, the latter only swapped.
    An `executor` (`detente.executors`, or a number of processes) tries them side by side, with the same result.
    """
    chosen = case.actors if actors is None else tuple(dict.fromkeys(actors))
    wanted = tuple(dict.fromkeys(kinds))
    refuse_unknown("kind of change", KINDS, *wanted)
    variants = [
        (change, reading)
        for actor in chosen
        for change, reading in _variants(case, case.scenario.actor(actor).id)
        if change.kind in wanted
    ]
    ask = _Asked(case, query)
    work = _Lists(ask, tuple((change.actor, reading) for change, reading in variants))
    verdicts = divided(executor, work, len(variants), progress, lambda number: str(variants[number][0]))
    changes = (replace(change, verdict=found) for (change, _), found in zip(variants, verdicts, strict=True))
    return Pivots(
        basis=case.basis,
        query=query,
        actors=chosen,
        verdict=ask.verdict,
        kinds=wanted,
        changes=tuple(changes),
    )


def threshold(
    case: Case,
    actor: str,
    statement: str | int | Formula,
    query: Query,
    *,
    progress: Progress = quiet,
    executor: Executor | int | None = None,
) -> Threshold:
    """The verdict at every rank of one wish; the wish is named by its text, its meaning, or its rank (from 1)."""
    reading = _list_of(case, actor)
    if not isinstance(reading, PriorityList):
        raise Unanswerable(
            tell(
                "{actor}'s list '{id}' is of the kind '{kind}': only priorities have ranks",
                actor=actor,
                id=reading.id,
                kind=reading.kind,
            )
        )
    place = _place(case, reading, statement)
    moved = reading.statements[place]
    rest = reading.statements[:place] + reading.statements[place + 1 :]
    orders = [(*rest[:rank], moved, *rest[rank:]) for rank in range(len(rest) + 1)]
    ask = _Asked(case, query)
    work = _Lists(ask, tuple((actor, _with(reading, order)) for order in orders), sure=True)
    verdicts = divided(executor, work, len(orders), progress, lambda number: tell("rank {number}", number=number + 1))
    return Threshold(
        basis=case.basis,
        query=query,
        actor=actor,
        statement=str(moved),
        rank=place + 1,
        verdicts=tuple(each or "" for each in verdicts),
    )


@dataclass(frozen=True, eq=False)
class _Lists:
    """The work: the verdict with the list of a number; `sure`: a list that means nothing is an error."""

    ask: _Asked
    lists: Sequence[tuple[str, Reading]]
    sure: bool = False

    def __call__(self, number: int) -> str | None:
        return (self.ask.sure if self.sure else self.ask)(*self.lists[number])


def _list_of(case: Case, actor: str) -> Reading:
    if not case.scenario.actor(actor).readings:
        raise Unanswerable(tell("{actor} has no list of aims", actor=actor))
    return case.reading(actor)


def _place(case: Case, reading: Reading, statement: str | int | Formula) -> int:
    if isinstance(statement, int):
        if not 1 <= statement <= len(reading.statements):
            raise InputError(
                tell(
                    "'{id}' has no rank {statement}; its ranks are 1 to {number}",
                    id=reading.id,
                    statement=statement,
                    number=len(reading.statements),
                )
            )
        return statement - 1
    texts = [str(known) for known in reading.statements]
    if str(statement) in texts:
        return texts.index(str(statement))
    # Written otherwise it may still mean the same: then both have the same truth table over the options they depend on.
    meaning = table(case.scenario, case.scenario.formula(statement))
    for place, known in enumerate(reading.statements):
        rows = table(case.scenario, known.want)
        if meaning is not None and rows is not None and rows.key == meaning.key:
            return place
    raise UnknownName(tell("statement in the list '{id}':", id=reading.id), str(statement), texts)


def rests_on_rules(case: Case, query: Query, actors: Iterable[str]) -> bool:
    """`Pivots.by_assumption` of the lists of these actors, with as few analyses as it takes."""
    chosen = tuple(actors)
    if not any(case.reaction_rules(actor) for actor in chosen):
        return False
    ask = _Asked(case, query)
    order = {kind: place for place, kind in enumerate(("drop", "negate", "swap", "lift"))}
    variants = sorted(
        (each for actor in chosen for each in _variants(case, actor)), key=lambda each: order[each[0].kind]
    )

    def flipping(rules: bool) -> Iterator[bool]:
        return (ask.flips(change.actor, reading) for change, reading in variants if change.reaction == rules)

    # Side by side, for two things settle it: a flip that is of no rule, and that no change of a rule is one.
    of_rules, by_rule = flipping(rules=True), False
    for flips in flipping(rules=False):
        if flips:
            return False
        found = by_rule or next(of_rules, None)
        if found is None:
            return False
        by_rule = found
    return by_rule or any(of_rules)


class _Asked:
    """A query asked of a case and of cases that differ from it in one list; asked once of lists that order states alike."""

    def __init__(self, case: Case, query: Query) -> None:
        self.case, self.query = case, query
        self.verdict = verdict(case, query)
        self._known: dict[tuple[str, bytes], str | None] = {}
        if not case.game.conflict.merging:
            self._known = {(actor, self._order(actor, case.game)): self.verdict for actor in case.actors}

    def __call__(self, actor: str, reading: Reading) -> str | None:
        """The verdict if the actor has another list; None where that tells merged states apart and so means nothing."""
        changed = self.case.game.where(self.case.game.index(actor), reading)
        if changed.conflict.merging:
            return self._verdict(changed)
        key = actor, self._order(actor, changed)
        if key not in self._known:
            self._known[key] = self._verdict(changed)
        return self._known[key]

    def sure(self, actor: str, reading: Reading) -> str:
        """The same; raises `ScenarioError` where the list tells merged states apart."""
        if (found := self(actor, reading)) is not None:
            return found
        return verdict_of(self.case.game.where(self.case.game.index(actor), reading), self.case.sanctions, self.query)

    def flips(self, actor: str, reading: Reading) -> bool:
        """Whether the verdict is another one then."""
        return self(actor, reading) not in (self.verdict, None)

    @staticmethod
    def _order(actor: str, game: Game) -> bytes:
        """How the actor orders the states: ranks, so equal for lists that order them alike."""
        return game.scores(game.index(actor)).tobytes()

    def _verdict(self, changed: Game) -> str | None:
        return sensible(lambda: verdict_of(changed, self.case.sanctions, self.query))


# --- the changes -------------------------------------------------------------------------------------------------------


def _variants(case: Case, actor: str) -> Iterator[tuple[Change, Reading]]:
    """Every change of the actor's list, with the list it makes; in the order of the list."""
    if not case.scenario.actor(actor).readings:
        return
    reading = case.reading(actor)
    if isinstance(reading, Ranking):
        yield from _group_swaps(actor, reading)
        return
    for place, statement in enumerate(reading.statements):
        above, below = reading.statements[:place], reading.statements[place + 1 :]
        # From the bottom of what stands above upwards: one place up is a swap, further up a lift. Moving down is no change of
        # its own, as putting A below B is putting B above A. Weights have no order, so nothing is moved among them.
        about = replace(_described(case, actor, place), rank=place + 1)
        for higher in reversed(range(place if isinstance(reading, PriorityList) else 0)):
            change = _above(about, _described(case, actor, higher), "swap" if higher == place - 1 else "lift")
            yield change, _with(reading, (*above[:higher], statement, *above[higher:], *below))
        yield replace(about, kind="drop"), _with(reading, above + below)
        negated = replace(statement, want=opposite(statement.want), text="", says="")
        yield replace(about, kind="negate"), _with(reading, (*above, negated, *below))


def _with(reading: Reading, statements: tuple[Statement, ...]) -> Reading:
    return replace(reading, id="changed", statements=statements)


def _described(case: Case, actor: str, place: int) -> Change:
    statement = case.reading(actor).statements[place]
    evidence = statement.evidence
    reacts = place + 1 in case.reaction_rules(actor)
    return Change(
        actor=actor, statement=str(statement), reaction=reacts, sources=evidence.source, claims=evidence.claims
    )


def _above(lower: Change, higher: Change, kind: str) -> Change:
    """The lower wish put directly above the higher one."""
    return replace(
        lower,
        kind=kind,
        other=higher.statement,
        reaction=lower.reaction or higher.reaction,
        sources=tuple(dict.fromkeys((*lower.sources, *higher.sources))),
        claims=tuple(dict.fromkeys((*lower.claims, *higher.claims))),
    )


def _group_swaps(actor: str, reading: Ranking) -> Iterator[tuple[Change, Reading]]:
    groups = reading.ranking
    names = [", ".join(group) for group in groups]
    for place in range(1, len(groups)):
        order = (*groups[: place - 1], groups[place], groups[place - 1], *groups[place + 1 :])
        change = Change(
            actor=actor,
            kind="swap",
            rank=place + 1,
            statement=names[place],
            other=names[place - 1],
            sources=reading.evidence.source,
        )
        yield change, replace(reading, id="changed", ranking=order)
