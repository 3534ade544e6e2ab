"""What people wrote: the scenario and its parts, names resolved, formulas bound, evidence kept.

Every class is frozen. Nothing here is computed from the state space; that is the business of `detente.conflict`. The
reader (`detente.scenario.read`) makes these values and guarantees that every name in them exists. All of them are imported
from here; those every model has are in `elements`, those about who sees what in `beliefs`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from detente.errors import FormulaError, UnknownName
from detente.formula import And, Formula, Setting, Variable, bind, parse, setting, settings_of
from detente.scenario.beliefs import Announcement, Perception, View
from detente.scenario.elements import Actor, Evidence, Graph, Option, Outcome, Place, Reading, Rule, Source, Statement

__all__ = [
    "Actor",
    "Announcement",
    "Claim",
    "Event",
    "Evidence",
    "Expectation",
    "Figure",
    "Graph",
    "Incentive",
    "Intervention",
    "Moment",
    "Option",
    "Outcome",
    "Partnership",
    "Perception",
    "Place",
    "Platform",
    "Reading",
    "Relation",
    "Rule",
    "Scenario",
    "Source",
    "Statement",
    "ThirdParty",
    "View",
    "Whole",
]


@dataclass(frozen=True)
class Partnership:
    """A dyad or bloc: `flows` names what runs between the members; `core` are the flows it cannot live without."""

    id: str
    members: tuple[str, ...]
    flows: Mapping[str, Formula]
    core: tuple[str, ...]
    name: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True)
class Platform:
    """What a leader or party would hold (settings), how it ranks things (a reading), and what is unknown."""

    id: str
    actor: str
    hold: Mapping[str, int]
    reading: str = ""
    unknown: tuple[str, ...] = ()
    orders: str = ""
    name: str = ""
    about: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True)
class Incentive:
    """Something offered or threatened: `by` whom, `to` whom, due `when`, its worth and cost, and who must approve."""

    id: str
    by: str
    to: str
    when: Formula
    worth: Fraction
    cost: Fraction
    most: int = 1
    at: int | None = None
    excludable: bool = True
    approved_by: tuple[str, ...] = ()
    name: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Intervention:
    """Something a third party can do, as written: "where > what"."""

    text: str
    evidence: Evidence = Evidence()
    place: Place = Place()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ThirdParty:
    """A mediator, arbiter or donor: what it `can` do, and its wishes, most important first."""

    id: str
    can: tuple[Intervention, ...]
    wants: tuple[Statement, ...] = ()
    name: str = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Whole:
    """What a model was built from: its parts, the actors they share, and how these weigh them (`order` or `weights`).

    `same` holds the options that are one decision in several parts; `readings` the readings chosen by part and actor.
    """

    parts: Mapping[str, Scenario]
    shared: tuple[str, ...]
    order: tuple[str, ...]
    weights: Mapping[str, Fraction] | None = None
    same: tuple[str, ...] = ()
    readings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """A dated event: `by` whom, and the settings it made (`settings` maps option keys to choice numbers)."""

    date: str
    by: str
    settings: Mapping[str, int]
    says: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Claim:
    """Something an author asserts, in our paraphrase, with the tests that decide it (`detente.questions.claims` reads them).

    `tests` are as written in the file: nested mappings and lists whose values are texts ("3", not 3).
    """

    id: str
    says: str
    kind: str
    tests: tuple[Mapping[str, object], ...]
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Figure:
    """Somebody or something the sources speak of that does not decide in this model."""

    id: str
    name: str
    kind: str = ""
    role: str = ""
    about: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True)
class Relation:
    """A signed, dated tie between actors or figures: sign "+", "-", "+/-" or "0"."""

    id: str
    origin: tuple[str, ...]
    target: tuple[str, ...]
    kind: str
    sign: str
    time: str = ""
    status: str = ""
    mutual: bool = False
    evidence: Evidence = Evidence()


@dataclass(frozen=True)
class Moment:
    """An entry of the timeline; `kind` tells what the sources say apart from the later public record."""

    date: str
    says: str
    kind: str = ""
    settings: Mapping[str, int] = field(default_factory=dict)
    sure: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True)
class Expectation:
    """Expected results shipped with a model; tests read them. Keys of `results` as in the file.

    Every state in it is the complete settings (option key to choice number), in graph form the state's name.
    """

    readings: Mapping[str, str]
    world: str
    sanctions: str
    results: Mapping[str, object]
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Scenario:
    """A whole conflict as written. Make one with `detente.load`, or `detente.scenario.read.read_text`.

    `now` and the values of `states` are complete settings, in file order; in graph form `now` is the state's name.
    `uncertainty` is as written: nested mappings and lists of texts. `places` says where what has no place of its own stands:
    `("now",)` and, for each named state, `("states", name)`.
    """

    name: str
    title: str
    actors: tuple[Actor, ...]
    rules: tuple[Rule, ...] = ()
    graph: Graph | None = None
    now: Mapping[str, int] | str | None = None
    states: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    worlds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    partnerships: Mapping[str, Partnership] = field(default_factory=dict)
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    incentives: Mapping[str, Incentive] = field(default_factory=dict)
    perceptions: Mapping[str, Perception] = field(default_factory=dict)
    announcements: Mapping[str, Announcement] = field(default_factory=dict)
    third_parties: Mapping[str, ThirdParty] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    history: tuple[Event, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    cast: Mapping[str, Figure] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    timeline: tuple[Moment, ...] = ()
    leaves_out: tuple[str, ...] = ()
    expect: tuple[Expectation, ...] = ()
    question: str = ""
    about: str = ""
    uncertainty: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    text: str = ""
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)
    whole: Whole | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        """Every option in file order: the order of the state space, first option slowest."""
        return tuple(option for actor in self.actors for option in actor.options)

    def actor(self, name: str) -> Actor:
        for actor in self.actors:
            if actor.id == name:
                return actor
        raise UnknownName("actor", name, [actor.id for actor in self.actors])

    def option(self, key: str) -> Option:
        for option in self.options:
            if option.key == key:
                return option
        raise UnknownName("option", key, [option.key for option in self.options])

    def choose(self, readings: Mapping[str, str] | None = None, world: str | None = None) -> dict[str, str]:
        """The reading of every actor: the defaults, then the world (the first if none is named), then `readings`."""
        if world is not None and world not in self.worlds:
            raise UnknownName("world", world, self.worlds)
        chosen = {actor.id: actor.default_reading.id for actor in self.actors if actor.readings}
        named = self.worlds.get(world, {}) if world else next(iter(self.worlds.values()), {})
        for actor, reading in {**named, **(readings or {})}.items():
            chosen[actor] = self.actor(actor).reading(reading).id
        return chosen

    def variables(self) -> dict[str, Variable]:
        """Every name under which an option can be mentioned in a formula."""
        found = {option.key: option.variable for option in self.options}
        return found | {f"{option.actor}.{option.id}": option.variable for option in self.options}

    def definitions(self) -> dict[str, Formula]:
        """Every name that abbreviates a formula: named states and outcomes."""
        return self.state_formulas() | {name: outcome.formula for name, outcome in self.outcomes.items()}

    def state_formulas(self) -> dict[str, Formula]:
        """Each named state as the conjunction of all its settings (in graph form: of the pseudo-option `state`)."""
        if self.graph:
            return {name: Setting("state", (n,), (name,)) for n, name in enumerate(self.graph.states)}
        return {
            name: And(tuple(setting(option.variable, settings.get(option.key, 0)) for option in self.options))
            for name, settings in self.states.items()
        }

    def formula(self, text: str | Formula) -> Formula:
        """Read a formula over this scenario's options, outcomes and named states; raises `FormulaError`."""
        if isinstance(text, Formula):
            return text
        return bind(parse(text), self.variables(), self.definitions(), text)

    def settings(self, text: str) -> dict[str, int]:
        """Settings as people write them: `us_arm, not ru_link, answer = delay`, or one digit per option (`110111`).

        What is not mentioned is not in the result. Raises `FormulaError` for anything that is not a list of settings.
        """
        if re.fullmatch(r"[0-9]+", text) and len(text) == len(self.options):
            digits = {option.key: int(digit) for option, digit in zip(self.options, text, strict=True)}
            for option in self.options:
                if digits[option.key] >= len(option.choices):
                    raise UnknownName(f"choice number of {option.key}", str(digits[option.key]), option.choices)
            return digits
        wanted = " and ".join(part.strip() for part in text.split(",") if part.strip()) or "true"
        found = settings_of(self.formula(wanted))
        if found is None:
            raise FormulaError("expected a list of settings such as 'us_arm, not ru_link'", text, 0)
        return found
