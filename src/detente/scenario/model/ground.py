"""What every model has: actors with their options, rules, outcomes; or the states and moves of graph form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from detente.errors import refuse_unknown
from detente.formula import And, Formula, Not, Setting, Variable
from detente.scenario.model.evidence import Evidence, Place
from detente.scenario.model.fields import EntryId, Title
from detente.scenario.model.preferences import Reading


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something an actor can do or not do, or a choice it makes.

    `change` holds the allowed switches (from, to) as choice numbers, or one of "both", "fixed". `needs` maps a choice
    number to the guard that must hold, in the state the move starts from, for the option to be switched to it. `stays` maps
    a choice to what it lasts `while`: the guard is among those in `needs`, and where it does not hold the option lapses to
    the choice `lapses_to`, by a rule of `lapses`. `short` is a short name, `off` what switching off is called, a phrase
    that begins with a verb; `choice_names` are the names of choices that have one. `held` is the choice at which a
    commitment holds it, or None: files hold nothing.
    """

    key: str
    id: str
    actor: str
    name: str
    short: str = ""
    off: str = ""
    about: str = ""
    choices: tuple[str, ...] = ("off", "on")
    choice_names: Mapping[str, str] = field(default_factory=dict)
    change: str | tuple[tuple[int, int], ...] = "both"
    needs: Mapping[int, Formula] = field(default_factory=dict)
    stays: Mapping[int, Formula] = field(default_factory=dict)
    lapses_to: int = 0
    held: int | None = None
    evidence: Evidence = Evidence()
    place: Place = Place()

    @property
    def binary(self) -> bool:
        return self.choices == ("off", "on")

    @property
    def variable(self) -> Variable:
        return Variable(self.key, self.choices)

    def text(self, value: int) -> str:
        """One setting as it is written: `us_arm`, `not us_arm`, `answer = delay`."""
        if self.binary:
            return self.key if value else f"not {self.key}"
        return f"{self.key} = {self.choices[value]}"

    @property
    def stuck(self) -> bool:
        """Whether nobody's choice ever switches it."""
        return self.change in ("fixed", ())

    def may_switch(self, start: int, end: int) -> bool:
        """Whether the actor's own choice may take this option from choice `start` to `end`, guards aside."""
        if start == end:
            return True
        if isinstance(self.change, str):
            return self.change == "both"
        return (start, end) in self.change

    @property
    def own_needs(self) -> Mapping[int, Formula]:
        """The guards that bind switching only, without what the choices last `while`."""
        kept = dict(self.needs)
        for value, formula in self.stays.items():
            guard = kept.pop(value)
            if guard != formula and isinstance(guard, And):
                kept[value] = guard.parts[0]
        return kept

    def lasting(self, stays: Mapping[int, Formula], lapses_to: int) -> Option:
        """The option whose choices last only while these formulas hold, which are guards of theirs as well."""
        needs = dict(self.needs)
        for value, formula in stays.items():
            needs[value] = And((needs[value], formula)) if value in needs else formula
        return replace(self, needs=needs, stays=stays, lapses_to=lapses_to)

    @property
    def lapses(self) -> tuple[Rule, ...]:
        """The consequences by which what no longer lasts is switched back."""
        labels = () if self.binary else self.choices
        chosen = {v: Setting(self.key, (v,), (labels[v],) if labels else ()) for v in self.stays}
        return tuple(
            Rule(
                kind="consequence",
                when=And((chosen[value], Not(formula))),
                then={self.key: self.lapses_to},
                lapses=self.key,
                text=f"{chosen[value]} while {formula}",
                place=self.place,
            )
            for value, formula in self.stays.items()
        )


def in_a_sentence(name: str, article: str = "") -> str:
    """A name inside a sentence: behind its article, or as the article has it with the name; no article stands twice.

    >>> in_a_sentence("United States", "the"), in_a_sentence("First driver", "the first driver"), in_a_sentence("The Entente")
    ('the United States', 'the first driver', 'the Entente')
    """
    if article.lower().endswith(name.lower()):
        return article
    first = article or "the"
    if name.lower().startswith(f"{first.lower()} ") and (article or name.startswith("The")):
        return f"{first} {name[len(first) + 1 :]}"
    return f"{article} {name}" if article else name


@dataclass(frozen=True, kw_only=True)
class Actor:
    id: EntryId
    name: Title
    article: str = ""
    plural: bool = False
    kind: str = ""
    about: str = ""
    options: tuple[Option, ...]
    readings: Mapping[str, Reading]
    evidence: Evidence = Evidence()
    place: Place = Place()

    def __repr__(self) -> str:
        return f"<Actor {self.id}: {len(self.options)} options, {len(self.readings)} readings>"

    @property
    def default_reading(self) -> Reading:
        return next(iter(self.readings.values()))

    @property
    def counted(self) -> tuple[str, ...]:
        """The rival readings that grids go through: all but those kept only to show what a rule does."""
        return tuple(name for name, reading in self.readings.items() if not reading.illustrative)

    @property
    def illustrative(self) -> tuple[str, ...]:
        """The readings that are never counted."""
        return tuple(name for name, reading in self.readings.items() if reading.illustrative)

    def reading(self, name: str | None) -> Reading:
        """The named reading, or the default one."""
        if name is None:
            return self.default_reading
        refuse_unknown(f"reading of {self.id}", self.readings, name)
        return self.readings[name]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One entry of `rules`.

    - kind "never": `when` describes the infeasible states
    - kind "same": states where `when` holds count as one, called `representative` if named; `lenient` allows
      different scores
    - kind "consequence": where `when` holds, the settings `then` follow by themselves
      (`lapses` names the option whose `while` says so)
    - kind "barred": `actor` cannot move from a state where `when` holds to own settings that satisfy `target`
    """

    kind: str
    when: Formula
    then: Mapping[str, int] = field(default_factory=dict)
    target: Formula | None = None
    actor: str = ""
    representative: str = ""
    lenient: bool = False
    lapses: str = ""
    name: str = ""
    text: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules as they act: in the order given, and after all of them what lapses by itself."""
    return tuple(sorted(rules, key=lambda rule: bool(rule.lapses)))


@dataclass(frozen=True)
class Graph:
    """Graph form: named states and hand-made arcs per actor."""

    states: tuple[str, ...]
    moves: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    id: EntryId
    formula: Formula
    name: Title = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
