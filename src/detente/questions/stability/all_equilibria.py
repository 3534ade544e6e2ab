"""All equilibria of a model, also of one far too large to list: how many, what is true in them, which are nearest to today.

The mathematics. The equilibria are a set of combinations of options, and the set is kept as a decision diagram
(`detente.engine.diagrams`), in which it can be counted exactly, met with a statement, listed, and drawn from with every member
as likely as every other. A statement is true in *every* equilibrium if the equilibria without it are none, in *none* if those
with it are none; else the exact number of those with it is told, and the share. A share of the equilibria is no likelihood: it
counts states, and no state is said to come about. The distance of two states is the number of options in which they differ.

Steps: the states; then the stable states of one actor after the other, met with what is left. What is left at any time
contains all equilibria: when the time or the nodes run out, its number is a bound, and a statement that is true in all of it,
or in none, is so in all equilibria. The verdicts on today's state come after that, first those that are quick.

Cost: the sizes of the diagrams; at worst exponential, hence `seconds` and `nodes`. Source: Bryant 1986.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = equilibria(Case(load("cuba")), "seq", statements=["withdraw"])
>>> found.count, found.states, found.statements[0].word
(2, 12, 'every')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, TypeVar

from detente.budget import Budget, Cancelled, Spent, never
from detente.case import CONCEPTS, Basis, Case
from detente.conflict.memory import memory_limit
from detente.engine.concepts import CONCEPTS as ALL_CONCEPTS
from detente.engine.concepts import Concept, label, strictest_first
from detente.engine.concepts import concepts as choose
from detente.engine.diagrams import NODE_BYTES, NODES, Diagrams, Function
from detente.engine.progress import Progress, quiet
from detente.errors import InputError, Unanswerable
from detente.messages import numeral, tell
from detente.result import Answer, Record
from detente.sheet import ActorTerm, ConceptTerm, FormulaTerm, Phrase, Sheet, StateTerm, VerdictTerm, many, names_of

UNKNOWN = "UNKNOWN"
EVERY, NONE, SOME = "every", "none", "some"

FIRST, WORK = 0.45, 0.9
"""Parts of the time after which the equilibria, and then today's verdicts, are left open; the rest is for the telling."""

QUICK = 0.03
"""Part of the time for one verdict on today's state before the others have had theirs."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class State(Record):
    """A state: its settings, as text, and the options in which it differs from today's."""

    settings: Mapping[str, Any]
    text: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share(Record):
    """A statement: in how many of the equilibria it is true; `word` is every, none, some, or UNKNOWN."""

    statement: str
    word: str
    count: int | None
    share: float | None


@dataclass(frozen=True, repr=False, kw_only=True)
class Equilibria(Answer):
    """The equilibria under one concept. `count` and `states` are None where they are not known; `at_most` is always true.

    `done` are the actors whose stability the bound takes into account, `today[concept][actor]` is None where it is open,
    `spent` says what ran out.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("method", "open")

    basis: Basis
    concept: str
    where: str
    states: int | None
    count: int | None
    at_most: int
    done: tuple[str, ...]
    distance: int | None
    near: int | None
    nearest: tuple[State, ...]
    listed: tuple[State, ...]
    sample: tuple[State, ...]
    statements: tuple[Share, ...]
    today: Mapping[str, Mapping[str, bool | None]]
    spent: str

    @property
    def method(self) -> str:
        """How it was computed."""
        return "diagrams"

    @property
    def open(self) -> tuple[tuple[str, str], ...]:
        """The (concept, actor) pairs on today's state that are not settled."""
        return tuple((c, a) for c, row in self.today.items() for a, stable in row.items() if stable is None)

    @property
    def among(self) -> str:
        """The states, in words."""
        return UNKNOWN if self.states is None else many(self.states, "state")

    @property
    def headline(self) -> Phrase:
        """How many equilibria there are, and how far from today the nearest is."""
        concept = ConceptTerm(label(self.concept))
        if self.count is None:
            return Phrase.told(
                "How many {concept} equilibria there are is UNKNOWN: at most {number} ({spent}).",
                concept=concept,
                number=numeral(self.at_most),
                spent=self.spent,
            )
        far = (
            Phrase.told("; the nearest to today differs in {far}", far=many(self.distance, "option"))
            if self.distance
            else ""
        )
        here = tell("; today is one of them") if self.distance == 0 else ""
        return Phrase.told(
            "{count} {concept} among {states}{far}.",
            count=numeral(self.count),
            concept=Phrase.told("{concept} equilibria", concept=concept),
            states=self.among,
            far=far or here,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Numbers, statements, today's state, the nearest, the first ones, some drawn by lot."""
        title = Phrase.told("{concept} equilibria near today", concept=ConceptTerm(label(self.concept)))
        first = tell("The first equilibria")
        drawn = tell("Equilibria drawn by lot, each as likely as every other")
        sheets = (
            self._numbers(),
            self._statements(),
            self._today(),
            *map(_states, (title, first, drawn), (self.nearest, self.listed, self.sample)),
        )
        *before, last = (sheet for sheet in sheets if sheet.rows)
        notes = (*last.notes, *self.basis.warnings)
        return (*before, Sheet(last.title, last.columns, last.rows, notes))

    def _numbers(self) -> Sheet:
        what = Phrase.told("{concept} equilibria", concept=ConceptTerm(label(self.concept)))
        if self.where:
            what = Phrase.told("{what} where {where}", what=what, where=FormulaTerm(self.where))
        rows: list[tuple[str, int | str]] = [
            ("states", UNKNOWN if self.states is None else self.states),
            (what, tell("at most {number}", number=numeral(self.at_most)) if self.count is None else self.count),
        ]
        if self.near is not None:
            rows.append(
                (
                    tell("nearest to today"),
                    tell("{number}, in {far}", number=many(self.near, "state"), far=many(self.distance or 0, "option")),
                )
            )
        notes = [tell("Computed on decision diagrams, without listing the states.")]
        if self.count is None:
            told = names_of(map(ActorTerm, self.done)) if self.done else tell("nobody")
            notes.append(
                Phrase.told(
                    "Left open: {spent}. The bound takes the stability of {told} into account.",
                    spent=self.spent,
                    told=told,
                )
            )
        return Sheet(tell("How many"), ("what", "number"), tuple(rows), tuple(notes))

    def _statements(self) -> Sheet:
        said = {EVERY: tell("in every equilibrium"), NONE: tell("in none"), SOME: tell("in some"), UNKNOWN: UNKNOWN}
        rows = tuple((FormulaTerm(s.statement), VerdictTerm(said[s.word]), s.count, s.share) for s in self.statements)
        note = tell("A share of the equilibria is no likelihood: it counts states.")
        return Sheet(tell("What is true in the equilibria"), ("statement", "true", "number", "share"), rows, (note,))

    def _today(self) -> Sheet:
        said = {True: "yes", False: "no", None: UNKNOWN}
        rows: list[tuple[str, ...]] = [
            (ActorTerm(actor), *(VerdictTerm(said[row[actor]]) for row in self.today.values()))
            for actor in next(iter(self.today.values()), {})
        ]
        if rows:
            whole = (_all(row.values()) for row in self.today.values())
            rows.append(("equilibrium", *(VerdictTerm(said[each]) for each in whole)))
        notes = (tell("UNKNOWN: not settled when the time or the nodes were used up."),) if self.open else ()
        return Sheet(
            tell("Is today's state stable?"), ("actor", *map(ConceptTerm, map(label, self.today))), tuple(rows), notes
        )


def _all(stable: Iterable[bool | None]) -> bool | None:
    known = list(stable)
    return False if False in known else None if None in known else True


def _states(title: str, states: tuple[State, ...]) -> Sheet:
    rows = tuple((StateTerm(each.text), FormulaTerm(", ".join(each.differs))) for each in states)
    return Sheet(title, ("state", tell("otherwise than today")), rows).trimmed()


def equilibria(
    case: Case,
    concept: str = "nash",
    *,
    where: str = "",
    statements: Iterable[str] = (),
    listed: int = 5,
    sample: int = 0,
    seed: int = 0,
    judged: Iterable[str] = CONCEPTS,
    seconds: float = 60.0,
    nodes: int = NODES,
    progress: Progress = quiet,
    cancelled: Cancelled = never,
) -> Equilibria:
    """All equilibria under a concept: counted, the first `listed` and the nearest to today, a `sample`, what is true in them.

    `where` keeps only those where a formula holds. `judged` are the concepts under which today's state is judged. Raises
    `Unanswerable` for what has no decision diagram (graph form, `same`, adjusted rankings) and where oxidd is missing.
    """
    (asked,), names = choose([concept]), tuple(judged)
    chosen = choose(strictest_first(names)) if names else ()
    if "simultaneous" in {each.answers for each in (asked, *chosen)}:
        raise Unanswerable(
            tell("simultaneous stability has no decision diagram here; ask for Nash, SSEQ, SEQ, SMR or GMR")
        )
    for name, given in {"listed": listed, "sample": sample, "nodes": nodes}.items():
        if given < 0:
            raise InputError(tell("{name} must be a number from 0 upwards; found {given}", name=name, given=given))
    work = _Work(case, Budget(seconds=seconds, cancelled=cancelled), nodes)
    wanted = {text: case.scenario.formula(text) for text in dict.fromkeys((where, *statements)) if text}

    work.until(FIRST)
    bound, done = work.bounded(asked, wanted.get(where), progress)
    whole = len(done) == len(case.game.actors)
    work.until(WORK)
    today = work.judge(chosen, progress)
    work.until(1.0)
    states = work.tried(lambda d: d.count(d.states))
    number = None if bound is None else work.tried(lambda d: d.count(bound))
    exact = number if whole or number == 0 else None
    nearest = work.nearest(bound if exact is not None else None, listed)
    return Equilibria(
        basis=case.basis,
        concept=asked.id,
        where=where,
        states=states,
        count=exact,
        at_most=next(most for most in (number, states, case.game.conflict.cells) if most is not None),
        done=tuple(case.game.actors[player] for player in done),
        distance=nearest[0],
        near=nearest[1],
        nearest=nearest[2],
        listed=work.some(bound if exact is not None else None, lambda d, f: islice(d.listed(f), listed)),
        sample=work.some(bound if exact is not None else None, lambda d, f: d.sampled(f, sample, seed)),
        statements=tuple(work.share(text, bound, number, exact) for text in dict.fromkeys(statements)),
        today=today,
        spent=work.spent,
    )


class _Work:
    """The diagrams of a case, and how long they may be worked on; whatever runs out of time or nodes comes back as None."""

    def __init__(self, case: Case, budget: Budget, nodes: int) -> None:
        self.case, self.game, self.whole, self.spent = case, case.game, budget, ""
        allowed = min(nodes, memory_limit() // NODE_BYTES)
        self.diagrams: Diagrams | None = None
        self.diagrams = self.tried(lambda _: Diagrams(self.game, budget=budget, nodes=allowed), made=True)

    def until(self, part: float) -> None:
        """Work until so much of the time is gone."""
        if self.diagrams and self.whole.seconds is not None:
            gone = self.whole.clock() - self.whole.began
            self._within(self.whole.seconds * part - gone)

    def _within(self, seconds: float) -> None:
        assert self.diagrams
        self.diagrams.budget = Budget(seconds=max(seconds, 0.0), cancelled=self.whole.cancelled, clock=self.whole.clock)

    def tried(self, work: Callable[[Any], Found], made: bool = False) -> Found | None:
        """The result, or None where a budget is spent; the first reason is kept."""
        if self.diagrams is None and not made:
            return None
        try:
            return work(self.diagrams)
        except Spent as spent:
            self.spent = self.spent or str(spent)
            return None

    def bounded(self, concept: Concept, where: Any, progress: Progress) -> tuple[Function | None, list[int]]:
        """A set that contains all equilibria, and the players whose stability it takes into account."""
        bound, done = self.tried(lambda d: d.states), list[int]()
        if bound is not None and where is not None:
            bound = self.tried(lambda d: d.both(bound, d.of(where)))
        for player, actor in enumerate(self.game.actors):
            if bound is None:
                break
            progress(player, len(self.game.actors), actor)
            before = bound
            met = self.tried(lambda d, i=player, b=before: d.both(b, d.stable(i, concept, self.case.sanctions)))  # type: ignore[misc]
            if met is not None:
                bound = met
                done.append(player)
        return bound, done

    def judge(self, concepts: Iterable[Concept], progress: Progress) -> dict[str, dict[str, bool | None]]:
        """Today's state for every actor, first what is quick, then the rest with the time that is left."""
        found: dict[str, dict[str, bool | None]] = {c.id: dict.fromkeys(self.game.actors) for c in concepts}
        if self.game.now is None:
            return {}
        now = self.game.conflict.settings(self.game.now)
        usual = self.diagrams.budget if self.diagrams else self.whole
        for quickly in (True, False):
            pending = [(c, a) for c, row in found.items() for a, stable in row.items() if stable is None]
            for number, (concept, actor) in enumerate(pending):
                progress(number, len(pending), label(concept))
                if self.diagrams is None or usual.spent:
                    break
                before, self.spent = self.spent, ""
                if quickly and usual.left is not None and self.whole.seconds is not None:
                    self._within(min(usual.left, self.whole.seconds * QUICK))
                else:
                    self.diagrams.budget = usual
                found[concept][actor] = self.tried(
                    lambda d, c=concept, a=actor: d.stable_at(
                        self.game.index(a), now, ALL_CONCEPTS[c], self.case.sanctions
                    )  # type: ignore[misc]
                )
                self.spent = before or ("" if quickly else self.spent)
        if usual.spent and any(None in row.values() for row in found.values()):
            self.spent = self.spent or tell("the time is up")
        return found

    def some(
        self, states: Function | None, ask: Callable[[Diagrams, Function], Iterable[Mapping[str, int]]]
    ) -> tuple[State, ...]:
        """States as they are told; none where there is no time."""
        if states is None:
            return ()
        return tuple(map(self.state, self.tried(lambda d: list(ask(d, states))) or ()))

    def nearest(self, states: Function | None, most: int) -> tuple[int | None, int | None, tuple[State, ...]]:
        """How far the nearest are, how many, and the first of them."""
        if states is None or self.game.now is None:
            return None, None, ()
        now = self.game.conflict.settings(self.game.now)
        found = self.tried(lambda d: d.nearest(states, now))
        if found is None:
            return None, None, ()
        return (
            found[0],
            self.tried(lambda d: d.count(found[1])),
            self.some(found[1], lambda d, f: islice(d.listed(f), most)),
        )

    def state(self, settings: Mapping[str, int]) -> State:
        """A state as it is told."""
        conflict, scenario = self.game.conflict, self.case.scenario
        full = {**settings, **conflict.fixed}
        in_order = {option.key: full[option.key] for option in scenario.options}
        now = None if conflict.now is None else conflict.settings(conflict.now)
        differs = (
            () if now is None else tuple(o.text(full[o.key]) for o in scenario.options if full[o.key] != now[o.key])
        )
        return State(self.game.labels(in_order), self.game.text(conflict.cell(full)), differs)

    def share(self, text: str, bound: Function | None, number: int | None, exact: int | None) -> Share:
        """In how many of the equilibria a statement is true; of a bound, what follows for all of them."""
        true = (
            None
            if bound is None
            else self.tried(lambda d: d.count(d.both(bound, d.of(self.case.scenario.formula(text)))))
        )
        if true is None or number is None:
            return Share(text, UNKNOWN, None, None)
        word = NONE if true == 0 else EVERY if true == number else SOME
        if exact is None:
            return Share(text, UNKNOWN if word == SOME else word, None, None)
        return Share(text, word, true, true / exact if exact else None)
