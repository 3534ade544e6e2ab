"""What every scenario is made of: where things stand and what they rest on, actors, options, wishes, rules, outcomes.

Import these from `detente.scenario.model`, which has all that people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from detente.errors import UnknownName
from detente.formula import Formula, Variable


@dataclass(frozen=True)
class Place:
    """Where something stands in the file, counted from 1."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Evidence:
    """What an assertion rests on: sources (keys of `Scenario.sources`), where in them, how sure, a note, claims."""

    source: tuple[str, ...] = ()
    where: str = ""
    confidence: str = ""
    note: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    id: str
    text: str
    kind: str = ""
    grade: str = ""
    date: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Option:
    """Something an actor can do or not do, or a choice it makes.

    `change` holds the allowed switches (from, to) as choice numbers, or one of "both", "fixed". `needs` maps a choice
    number to the guard that must hold, in the state the move starts from, for the option to be switched to it.
    """

    key: str
    id: str
    actor: str
    name: str
    choices: tuple[str, ...] = ("off", "on")
    change: str | tuple[tuple[int, int], ...] = "both"
    needs: Mapping[int, Formula] = field(default_factory=dict)
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()

    @property
    def binary(self) -> bool:
        return self.choices == ("off", "on")

    @property
    def variable(self) -> Variable:
        return Variable(self.key, self.choices)

    def may_switch(self, start: int, end: int) -> bool:
        """Whether the actor's own choice may take this option from choice `start` to `end`, guards aside."""
        if start == end:
            return True
        if isinstance(self.change, str):
            return self.change == "both"
        return (start, end) in self.change


@dataclass(frozen=True)
class Statement:
    """One wish in a priority list, or one weighted wish; `unknown` marks what the analyst could not settle.

    `unknown` is a set of words: "sign" (the wish or its negation), "rank" (anywhere in the list), "presence".
    `text` is the wish as written, with outcome names; `want` has them written out. `strength` is the degree by which two
    states differ that this wish tells apart: 1 mild, 2 great, or more.
    """

    want: Formula
    weight: Fraction | None = None
    unknown: frozenset[str] = frozenset()
    evidence: Evidence = Evidence()
    place: Place = Place()
    text: str = ""
    strength: int = 1

    def __str__(self) -> str:
        return self.text or str(self.want)


@dataclass(frozen=True)
class Reading:
    """One account of what an actor wants: a priority list, weights, or a ranking of states, best first, ties grouped.

    Degrees of preference: `gaps[k]` is the degree between the groups k and k + 1 of a ranking (empty: all mild); `great`
    holds the differences of weights from which a preference is of degree 2, 3, ...
    """

    id: str
    kind: str
    statements: tuple[Statement, ...] = ()
    ranking: tuple[tuple[str, ...], ...] = ()
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
    gaps: tuple[int, ...] = ()
    great: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Actor:
    id: str
    name: str
    options: tuple[Option, ...]
    readings: Mapping[str, Reading]
    kind: str = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
    article: str = ""

    @property
    def default_reading(self) -> Reading:
        return next(iter(self.readings.values()))

    def reading(self, name: str | None) -> Reading:
        """The named reading, or the default one."""
        if name is None:
            return self.default_reading
        if name not in self.readings:
            raise UnknownName(f"reading of {self.id}", name, self.readings)
        return self.readings[name]


@dataclass(frozen=True)
class Rule:
    """One entry of `rules`.

    - kind "never": `when` describes the infeasible states
    - kind "same": states where `when` holds count as one, called `representative` if named; `lenient` allows
      different scores
    - kind "consequence": where `when` holds, the settings `then` follow by themselves
    - kind "barred": `actor` cannot move from a state where `when` holds to own settings that satisfy `target`
    """

    kind: str
    when: Formula
    then: Mapping[str, int] = field(default_factory=dict)
    target: Formula | None = None
    actor: str = ""
    representative: str = ""
    lenient: bool = False
    name: str = ""
    text: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Graph:
    """Graph form: named states and hand-made arcs per actor."""

    states: tuple[str, ...]
    moves: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Outcome:
    id: str
    formula: Formula
    name: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
