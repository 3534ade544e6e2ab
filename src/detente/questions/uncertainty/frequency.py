"""In how many chosen runs each state is an equilibrium: always, sometimes, or never.

The mathematics. A *run* is one analysis: a reading for each of some actors, a concept, a sanction rule. Runs are all
combinations of what is chosen. The *frequency* of a state is the number of runs in which it is an equilibrium: in all of
them it is one *always*, in none *never*, else *sometimes*. What is always an equilibrium depends on none of the choices.

A frequency counts runs that somebody chose. Add a reading, and it is another one; so it is no likelihood, and says nothing of
which reading is right.

Steps: an analysis per combination of readings and sanction rule, with all concepts at once. Cost: that, and 4 bytes per state,
concept and rule. Source: ours; that conclusions are to be tried under several concepts and preferences is the sensitivity
analysis of Fang, Hipel & Kilgour 1993.

>>> from detente.scenario import load
>>> found = frequency(Case(load("two_proxies")), ["nash", "seq"], ["ru"])
>>> print(found.headline)
In 10 runs, no state is always an equilibrium, 15 sometimes, 336 never; today is one in 5 of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import CONCEPTS, Basis, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import COUNTER_MOVES, label, sanction_rule, strictest_first
from detente.engine.concepts import concepts as named
from detente.errors import InputError
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.questions.uncertainty.completions import MOST, reading_grid
from detente.result import Answer, Record
from detente.sheet import ActorTerm, ConceptTerm, Phrase, Sheet, StateTerm, many, names_of

SHOWN = 20
"""States listed at most where people read."""

KEPT = 4096
"""States an answer keeps, the most frequent ones; all are counted."""


@dataclass(frozen=True, kw_only=True)
class Frequent(Record):
    """One state: the number of runs in which it is an equilibrium, and how many of them are with each concept and rule."""

    state: Mapping[str, Any]
    text: str
    number: int
    runs: int
    by_concept: Mapping[str, int]
    by_rule: Mapping[str, int]


@dataclass(frozen=True, repr=False, kw_only=True)
class Frequency(Answer):
    """How many states are equilibria in all, some and none of `runs`; the most frequent ones, and today's.

    `now` is in how many runs today's state is one (None: there is none); `number` of a state counts from 1.
    """

    DERIVED = ("never", "read_as")

    basis: Basis
    actors: tuple[str, ...]
    combinations: int
    concepts: tuple[str, ...]
    rules: tuple[str, ...]
    where: str | None
    runs: int
    always: int
    sometimes: int
    states: int
    now: int | None
    frequent: tuple[Frequent, ...]

    @property
    def never(self) -> int:
        """States that are an equilibrium in none of the runs."""
        return self.states - self.always - self.sometimes

    @cached_property
    def read_as(self) -> str:
        """What a frequency is, and what it is not."""
        return tell(
            "A frequency counts runs that were chosen; it is no likelihood, and another choice gives another one."
        )

    @property
    def headline(self) -> Phrase:
        """Always, sometimes, never, and what becomes of today."""
        counts = Phrase.told(
            "In {runs}, {always} always an equilibrium, {sometimes} sometimes, {never} never",
            runs=many(self.runs, "run"),
            always=(tell("no state is"), tell("one state is"))[self.always]
            if self.always < 2
            else tell("{number} states are", number=numeral(self.always)),
            sometimes=numeral(self.sometimes),
            never=numeral(self.never),
        )
        if self.now is None:
            return Phrase.told("{counts}.", counts=counts)
        return Phrase.told("{counts}; today is one in {now}.", counts=counts, now=self._of(self.now))

    def _of(self, number: int) -> str:
        if number == self.runs:
            return tell("all of them")
        return tell("none of them") if not number else tell("{number} of them", number=numeral(number))

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._counts(), self._states()) if self.frequent else (self._counts(),)

    def _counts(self) -> Sheet:
        rows = ((tell("always"), self.always), (tell("sometimes"), self.sometimes), (tell("never"), self.never))
        over = names_of(map(ActorTerm, self.actors)) if self.actors else tell("nobody")
        chosen = Phrase.told(
            "Runs: {combinations} of readings (of {over}) × {concepts} × {rules}.",
            combinations=many(self.combinations, "combination"),
            over=over,
            concepts=many(len(self.concepts), "concept"),
            rules=many(len(self.rules), "rule of counter-moves", "rules of counter-moves"),
        )
        title = tell("States by how often they are equilibria, of {runs}", runs=many(self.runs, "run"))
        notes = (chosen, self.read_as, *self.basis.uncounted, *self.basis.warnings)
        return Sheet(title, (tell("equilibrium"), tell("states")), rows, notes)

    def _states(self) -> Sheet:
        by_rule = self.rules if len(self.rules) > 1 else ()
        rows = tuple(
            (
                each.number,
                StateTerm(each.text),
                each.runs,
                *each.by_concept.values(),
                *(each.by_rule[rule] for rule in by_rule),
            )
            for each in self.frequent[:SHOWN]
        )
        columns = (
            "state",
            tell("what is on"),
            tell("runs"),
            *map(ConceptTerm, map(label, self.concepts)),
            *(COUNTER_MOVES[r] for r in by_rule),
        )
        left = self.always + self.sometimes - len(rows)
        each = self.runs // len(self.concepts)
        notes = (
            tell("Of {runs} runs in all, {each} under each concept.", runs=numeral(self.runs), each=numeral(each)),
            *([tell("{left} more states are equilibria in some run.", left=numeral(left))] if left else []),
        )
        return Sheet(tell("The most frequent equilibria"), columns, rows, notes)


def frequency(
    case: Case,
    concepts: Iterable[str] = CONCEPTS,
    actors: Iterable[str] | None = None,
    sanction_rules: Iterable[str] | None = None,
    *,
    where: str | Formula | None = None,
    most: int = MOST,
    progress: Progress = quiet,
) -> Frequency:
    """How many of the runs each state is an equilibrium in: these actors' readings × concepts × sanction rules.

    By default the actors whose reading is open, and the sanction rule of the case. Only states where `where` holds are
    counted. Raises `TooLarge` for more than `most` combinations of readings, `UnknownName`, `InputError`.
    """
    chosen = strictest_first(concept.id for concept in named(concepts))
    rules = tuple(dict.fromkeys(map(sanction_rule, (case.sanctions,) if sanction_rules is None else sanction_rules)))
    if not rules:
        raise InputError(tell("there are no runs to count; name a sanction rule"))
    varied, combinations = reading_grid(case, actors, most)
    game, conflict = case.game, case.game.conflict
    conflict.require(4 * len(chosen) * len(rules) + 8, tell("counting runs"))
    counts = np.zeros((len(chosen), len(rules), game.count), dtype=np.int32)
    total = len(combinations) * len(rules)
    for done, (place, readings) in enumerate((p, r) for p in range(len(rules)) for r in combinations):
        progress(done, total, ", ".join(readings.values()))
        analysis = case.as_if({**case.readings, **readings}, case.world, rules[place]).analyse(chosen)
        for row, concept in enumerate(chosen):
            grid = np.broadcast_to(analysis.equilibrium_grid(concept), conflict.shape)
            counts[row, place] += grid.reshape(-1)[game.states]
    inside = np.ones(game.count, np.bool_) if where is None else _inside(case, where)
    runs, sums = total * len(chosen), counts.sum(axis=(0, 1))
    return Frequency(
        basis=case.basis_over(varied),
        actors=varied,
        combinations=len(combinations),
        concepts=chosen,
        rules=rules,
        where=None if where is None else str(where),
        runs=runs,
        always=int(((sums == runs) & inside).sum()),
        sometimes=int(((sums > 0) & (sums < runs) & inside).sum()),
        states=int(inside.sum()),
        now=None if game.now is None else int(sums[game.number(game.now)]),
        frequent=_frequent(case, counts, np.where(inside, sums, 0), chosen, rules),
    )


def _inside(case: Case, where: str | Formula) -> NDArray[np.bool_]:
    game = case.game
    return np.broadcast_to(np.asarray(game.holds(game.formula(where), game.states)), (game.count,))


def _frequent(
    case: Case, counts: NDArray[np.int32], sums: NDArray[Any], concepts: Sequence[str], rules: Sequence[str]
) -> tuple[Frequent, ...]:
    """The states with the highest counts, those of equal count in state order."""
    game = case.game
    order = np.argsort(-sums, kind="stable")[:KEPT]
    places = order[sums[order] > 0].tolist()
    cells = game.states[places].tolist()
    told = zip(places, game.states_json(cells), game.texts(cells), strict=True)
    return tuple(
        Frequent(
            state=state,
            text=text,
            number=place + 1,
            runs=int(sums[place]),
            by_concept=dict(zip(concepts, counts[:, :, place].sum(axis=1).tolist(), strict=True)),
            by_rule=dict(zip(rules, counts[:, :, place].sum(axis=0).tolist(), strict=True)),
        )
        for place, state, text in told
    )
