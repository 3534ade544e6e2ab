"""Which assumptions suffice for a verdict: what follows from what.

The mathematics. An *assumption* is a statement in a list of somebody who can move, or a rule of the model. A *change* deletes
one assumption, or states a reaction rule plainly: the rule, in one line or in two, gives way to a wish for one choice of its
option, whatever the others do. A set of changes *overturns* the verdict if the verdict is another one with exactly these
changes made. A set K of assumptions *suffices* if no set of changes outside K (that touches none of its members) overturns
the verdict: whatever becomes of the rest of the model, the verdict stands. So K suffices exactly if it has a member in common
with what each overturning set touches, and the minimal sufficient sets are the *minimal hitting sets* of the minimal
overturning sets.

One change at a time does not see two rules of which one alone would do: neither overturns by itself, both together do, and
each of them suffices with the rest.

Steps: change sets are tried by size, 1, 2, 3, ...; those that contain an overturning set are passed over. All sizes up to
`size` are complete when the answer is given: each sufficient set listed keeps the verdict against any `size` changes outside
it, and no part of it does. If `size` is the number of all changes, the answer is exact. Cost: one analysis per change set whose
lists order the states as none before did; lists only change the scores, a set of deleted rules makes a state space of its own.

Source: ours. Minimal hitting sets: Reiter 1987.

>>> from detente.scenario import load
>>> found = assumptions(Case(load("prisoners_dilemma")), Query(concept="seq"))
>>> found.verdict, found.sufficient
('stable', ((),))
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, Query, answered, sensible
from detente.engine import Progress, quiet
from detente.errors import ScenarioError
from detente.formula import Not, Setting
from detente.messages import numeral, tell
from detente.questions.uncertainty.conditions import hitting_sets
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Reading, Statement
from detente.scenario.warnings import reaction_rules
from detente.sheet import ActorTerm, FormulaTerm, NameTerm, Phrase, Sheet, VerdictTerm, listing, many

SIZE = 3
"""Changes tried together, at most, unless more are asked for."""

MOST = 200
"""Sufficient sets listed, at most, smallest first."""

SHOWN = 24
"""Overturning sets in a table, at most; the JSON has all of them."""


@dataclass(frozen=True, kw_only=True)
class Assumption(Record):
    """A statement of `actor` at `rank` (from 1), or a rule of the model (`actor` empty, `rank` its place among the rules).

    `supposed`: no source but suppositions of the modellers. `reaction`: a reaction rule, or a line of one.
    """

    actor: str
    rank: int
    says: str
    reaction: bool
    sources: tuple[str, ...]
    claims: tuple[str, ...]
    supposed: bool

    @property
    def whose(self) -> str:
        """For a cell."""
        return ActorTerm(self.actor) if self.actor else "rule"


@dataclass(frozen=True, kw_only=True)
class Overturning(Record):
    """A smallest set of `changes` that gives another `verdict`, and the assumptions it touches."""

    changes: tuple[str, ...]
    touches: tuple[Assumption, ...]
    verdict: str
    terms: tuple[Phrase, ...] = field(metadata=INSIDE)


@dataclass(frozen=True, repr=False, kw_only=True)
class Assumptions(Answer):
    """The minimal sufficient sets of a verdict, and the minimal overturning sets they hit.

    `size`: so many changes at a time have been tried, all of them; `possible` is the number of single changes, `tried` that
    of sets, `senseless` that of sets that make no sense in the model. `more`: further sufficient sets are not listed.
    """

    basis: Basis
    query: Query
    verdict: str
    size: int
    possible: int
    tried: int
    senseless: int
    assumed: int
    overturning: tuple[Overturning, ...]
    sufficient: tuple[tuple[Assumption, ...], ...]
    more: bool = False

    DERIVED: ClassVar[tuple[str, ...]] = ("exact", "needed")

    @property
    def exact(self) -> bool:
        """Whether every set of changes has been tried."""
        return self.size >= self.possible

    @cached_property
    def needed(self) -> tuple[Assumption, ...]:
        """The assumptions that are in every set."""
        first, *others = self.sufficient
        return tuple(each for each in first if all(each in other for other in others))

    # --- handing on ---

    @property
    def headline(self) -> Phrase:
        """How few assumptions suffice for the verdict."""
        told = self.query.says(VerdictTerm(self.verdict))
        bound = "" if self.exact else tell(" (against any {changes})", changes=self._changes)
        if self.sufficient == ((),):
            return Phrase.told("{told}, and nothing tried overturns that{bound}.", told=told, bound=bound)
        least = min(map(len, self.sufficient))
        return Phrase.told(
            "{told}; {least} of {number} suffice{ending} for that{bound}.",
            told=told,
            least=numeral(least),
            number=many(self.assumed, "assumption"),
            ending="s" * (least == 1),
            bound=bound,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        return self._sufficient_sheet(), self._overturning_sheet()

    def _sufficient_sheet(self) -> Sheet:
        rows = tuple(
            (
                number,
                each.whose,
                each.rank,
                FormulaTerm(each.says),
                each.reaction,
                listing(map(NameTerm, each.sources)) or tell("no source"),
                each.supposed,
            )
            for number, members in enumerate(self.sufficient, start=1)
            for each in members
        )
        columns = ("set", "whose", "rank", "statement", tell("reaction rule"), tell("said by"), "supposition")
        title = Phrase.told(
            "What suffices for '{phrase}', which is {verdict}",
            phrase=self.query.phrase,
            verdict=VerdictTerm(self.verdict),
        )
        return Sheet(title, columns, rows, (*self._notes(), *self.basis.warnings))

    def _notes(self) -> Iterator[str]:
        sets, supposed = len(self.sufficient), [sum(each.supposed for each in members) for members in self.sufficient]
        if self.sufficient == ((),):
            yield tell(
                "Nothing overturns the verdict: it stands{word}.",
                word="" if self.exact else tell(" against any {changes}", changes=self._changes),
            )
        else:
            many = tell("{sets} sets", sets=sets) if sets > 1 else tell("One set")
            each = tell("each of them") if sets > 1 else tell("it")
            changes = tell("any {changes} elsewhere", changes=self._changes)
            against = (
                tell(", whatever is changed elsewhere") if self.exact else tell(" against {changes}", changes=changes)
            )
            yield tell(
                "{many} of the {assumed} assumptions: {each} keeps the verdict{against}.",
                many=many,
                assumed=self.assumed,
                each=each,
                against=against,
            )
            yield tell("Suppositions among them: ") + ", ".join(
                tell("{count} of {number}", count=count, number=len(members))
                for count, members in zip(supposed, self.sufficient, strict=True)
            )
        if self.more:
            yield tell("More sets suffice; the smallest {sets} are listed.", sets=sets)
        if self.exact:
            yield tell("Exact: all sets of the {possible} possible changes were tried.", possible=self.possible)
        else:
            yield tell(
                "Proved up to {changes} at a time, of {possible} possible ones: more than {size} were not "
                "tried together.",
                changes=self._changes,
                possible=self.possible,
                size=self.size,
            )
        if self.senseless:
            yield tell(
                "{senseless} sets of changes make no sense here: merged states fall apart, or today is impossible.",
                senseless=self.senseless,
            )

    @property
    def _changes(self) -> str:
        return "1 change" if self.size == 1 else tell("{size} changes", size=self.size)

    def _overturning_sheet(self) -> Sheet:
        rows = tuple(
            (len(each.changes), listing(each.terms, "; "), VerdictTerm(each.verdict))
            for each in self.overturning[:SHOWN]
        )
        left = len(self.overturning) - len(rows)
        notes = (tell("{left} more are not listed", left=numeral(left)),) if left else ()
        if not rows:
            notes = (tell("nothing tried overturns the verdict"),)
        return Sheet(
            tell("Smallest changes that overturn it"), ("changes", "what", tell("verdict becomes")), rows, notes
        )


# --- changes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A single change: the places, from 0, that it touches in a list (or among the rules), and what stands there instead."""

    actor: str
    places: tuple[int, ...]
    instead: Statement | None = None

    @property
    def touched(self) -> frozenset[tuple[str, int]]:
        return frozenset((self.actor, place) for place in self.places)


def single_changes(case: Case) -> tuple[_Change, ...]:
    """Every single change, in file order."""
    return tuple(_changes(case))


def _changes(case: Case) -> Iterator[_Change]:
    for wish in case.wishes:
        yield _Change(actor=wish.actor, places=(wish.rank - 1,))
    for actor in dict.fromkeys(wish.actor for wish in case.wishes):
        reading = case.reading(actor)
        for rule in reaction_rules(case.scenario, case.scenario.actor(actor), reading):
            option = case.scenario.option(rule.option)
            for value in range(len(option.choices)):
                labels = () if option.binary else (option.choices[value],)
                chosen = Setting(rule.option, (1 if option.binary else value,), labels)
                want = Not(chosen) if option.binary and not value else chosen
                instead = replace(reading.statements[rule.places[0]], want=want, text="", says="")
                yield _Change(actor=actor, places=rule.places, instead=instead)
    for place, _ in enumerate(case.scenario.rules):
        yield _Change(actor="", places=(place,))


def _answer(case: Case, query: Query) -> str:
    """The verdict, by no more concepts than it takes."""
    return answered(case.analyse((query.concept or "seq",)), query)


class _Changed:
    """The verdict of a case with sets of changes made; asked once of games that are alike."""

    def __init__(self, case: Case, query: Query) -> None:
        self.case, self.query = case, query
        self.senseless = 0
        self._cases: dict[frozenset[int], Case | None] = {}
        self._lists: dict[tuple[str, frozenset[_Change]], Reading] = {}
        self._orders: dict[Any, int] = {}
        self._known: dict[Any, str | None] = {}
        self._numbers: dict[bytes, int] = {}

    def __call__(self, changes: Iterable[_Change]) -> str | None:
        """None where the changes make no sense: merged states fall apart, or without a rule today is impossible."""
        by: dict[str, frozenset[_Change]] = {}
        for each in changes:
            by[each.actor] = by.get(each.actor, frozenset()) | {each}
        gone = frozenset(place for each in by.pop("", ()) for place in each.places)
        base = self._without(gone)
        if base is None:
            self.senseless += 1
            return None
        # Lists that order the states alike make the same game; merged states need the lists themselves to be looked at.
        alike = base.game.conflict.merging
        key = gone, frozenset(by.items() if alike else ((a, self._order(gone, base, a, c)) for a, c in by.items()))
        if not alike:
            key = gone, frozenset((a, order) for a, order in key[1] if order != self._order(gone, base, a, frozenset()))
        if key not in self._known:
            self._known[key] = self._verdict(base, by)
        self.senseless += self._known[key] is None
        return self._known[key]

    def _without(self, gone: frozenset[int]) -> Case | None:
        """The case without some rules, if that is one."""
        if gone not in self._cases:
            rules = tuple(rule for place, rule in enumerate(self.case.scenario.rules) if place not in gone)
            changed = replace(self.case, scenario=replace(self.case.scenario, rules=rules)) if gone else self.case
            try:
                _ = changed.game  # made once
            except ScenarioError:
                self._cases[gone] = None
            else:
                self._cases[gone] = changed
        return self._cases[gone]

    def _order(self, gone: frozenset[int], base: Case, actor: str, changes: frozenset[_Change]) -> int:
        """The number of an order of the states."""
        key = gone, actor, changes
        if key not in self._orders:
            changed = base.with_reading(actor, self._list(actor, changes)) if changes else base
            ranks = changed.game.scores(changed.game.index(actor)).tobytes()
            self._orders[key] = self._numbers.setdefault(ranks, len(self._numbers))
        return self._orders[key]

    def _list(self, actor: str, changes: frozenset[_Change]) -> Reading:
        if (actor, changes) not in self._lists:
            reading = self.case.reading(actor)
            instead = {each.places[0]: each.instead for each in changes if each.instead is not None}
            gone = {place for each in changes for place in each.places}
            kept = (
                instead.get(place, statement)
                for place, statement in enumerate(reading.statements)
                if place not in gone or place in instead
            )
            self._lists[actor, changes] = replace(reading, id="changed", statements=tuple(kept))
        return self._lists[actor, changes]

    def _verdict(self, base: Case, by: dict[str, frozenset[_Change]]) -> str | None:
        case = base
        for actor, changes in by.items():
            case = case.with_reading(actor, self._list(actor, changes))
        return sensible(lambda: _answer(case.afresh(), self.query))  # afresh, so that no analysis is kept


# --- asking -----------------------------------------------------------------------------------------------------------


def assumptions(
    case: Case,
    query: Query,
    size: int = SIZE,
    *,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    progress: Progress = quiet,
    clock: Clock = time.monotonic,
) -> Assumptions:
    """The minimal sets of assumptions that suffice for the verdict, proved against up to `size` changes at a time.

    After `seconds`, or when `cancelled` says so, the answer holds the sizes that are complete. Rankings have no statements,
    so nothing is changed in them.
    """
    budget, ask = Budget(seconds=seconds, cancelled=cancelled, clock=clock), _Changed(case, query)
    changes, now = single_changes(case), _answer(case, query)
    found: list[tuple[tuple[_Change, ...], str]] = []
    complete = tried = 0
    for number in range(1, min(size, len(changes)) + 1):
        try:
            more, looked = _overturning(
                changes, number, [_touched(each) for each, _ in found], now, ask, budget, progress
            )
        except Spent:
            break
        found, complete, tried = found + more, number, tried + looked
    minimal = [(each, then) for each, then in found if not any(_touched(other) < _touched(each) for other, _ in found)]
    hitting, left_off = hitting_sets([_touched(each) for each, _ in minimal], MOST)
    known = {
        key: _described(case, *key) for key in sorted({k for each in changes for k in each.touched}, key=_place(case))
    }
    return Assumptions(
        basis=case.basis,
        query=query,
        verdict=now,
        size=complete,
        possible=len(changes),
        tried=tried,
        senseless=ask.senseless,
        assumed=len(known),
        overturning=tuple(_told(known, each, then) for each, then in minimal),
        sufficient=tuple(tuple(known[key] for key in known if key in members) for members in hitting),
        more=left_off,
    )


def _overturning(
    changes: Sequence[_Change],
    many: int,
    before: Sequence[frozenset[tuple[str, int]]],
    now: str,
    ask: _Changed,
    budget: Budget,
    progress: Progress,
) -> tuple[list[tuple[tuple[_Change, ...], str]], int]:
    """The sets of so many changes that overturn the verdict and contain nothing that did before; and how many were tried."""
    found: list[tuple[tuple[_Change, ...], str]] = []
    told: set[frozenset[tuple[str, int]]] = set()
    total, tried = math.comb(len(changes), many), 0
    for number, chosen in enumerate(itertools.combinations(changes, many)):
        if number % 64 == 0:
            budget.check()
            progress(number, total, tell("{many} changes at a time", many=many))
        touched = _touched(chosen)
        # two changes of one line are no set; what contains an overturning set tells nothing more
        if len(touched) < sum(len(each.places) for each in chosen) or any(each <= touched for each in before):
            continue
        tried += 1
        then = ask(chosen)
        if then not in (now, None) and touched not in told:
            told.add(touched)
            found.append((chosen, then or ""))
    return found, tried


def _touched(changes: Iterable[_Change]) -> frozenset[tuple[str, int]]:
    return frozenset[tuple[str, int]]().union(*(each.touched for each in changes))


# --- in words ---------------------------------------------------------------------------------------------------------


def _place(case: Case) -> Any:
    order = [*case.actors, ""]
    return lambda key: (order.index(key[0]), key[1])


def _described(case: Case, actor: str, place: int) -> Assumption:
    if actor:
        statement = case.reading(actor).statements[place]
        says, evidence = str(statement), statement.evidence
    else:
        rule = case.scenario.rules[place]
        says, evidence = rule.text or rule.name or str(rule.when), rule.evidence
    return Assumption(
        actor=actor,
        rank=place + 1,
        says=says,
        reaction=bool(actor) and place + 1 in case.reaction_rules(actor),
        sources=evidence.source,
        claims=evidence.claims,
        supposed=case.scenario.supposed(evidence.source),
    )


def _told(known: dict[tuple[str, int], Assumption], changes: Sequence[_Change], then: str) -> Overturning:
    terms = tuple(_term(known, each) for each in changes)
    touched = _touched(changes)
    return Overturning(
        changes=tuple(map(str, terms)),
        touches=tuple(each for key, each in known.items() if key in touched),
        verdict=then,
        terms=terms,
    )


def _term(known: dict[tuple[str, int], Assumption], change: _Change) -> Phrase:
    lines = [known[change.actor, place] for place in change.places]
    says = listing((Phrase.of("'", FormulaTerm(each.says), "'") for each in lines), " and ")
    if change.instead is not None:
        return Phrase.told(
            "{whose}: {says} stated plainly: '{instead}'",
            whose=lines[0].whose,
            says=says,
            instead=FormulaTerm(str(change.instead)),
        )
    return Phrase.told("{whose}: without {says}", whose=lines[0].whose, says=says)
