"""What people wrote: the scenario and its parts, names resolved, formulas bound, evidence kept.

Every class is frozen. Nothing here is computed from the state space; that is the business of `detente.conflict`. The
reader (`detente.scenario.read`) makes these values and guarantees that every name in them exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.errors import FormulaError, UnknownName
from detente.formula import And, Formula, Setting, Variable, bind, parse, setting, settings_of


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
class View:
    """How the game somebody sees differs from the model; everything empty: it sees the model as it is.

    - `hidden`: keys of options it does not perceive; `imagined`: of fixed options it thinks can be switched
    - `readings`: what it believes the others want, the name of a reading or a list of its own
    - `rules`: formulas, as written, of states it thinks impossible
    - `grounds`: what single beliefs rest on, by actor or formula; `evidence` is for the view as a whole
    """

    hidden: frozenset[str] = frozenset()
    readings: Mapping[str, str | Reading] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    imagined: frozenset[str] = frozenset()
    about: str = ""
    evidence: Evidence = Evidence()
    grounds: Mapping[str, Evidence] = field(default_factory=dict)
    place: Place = Place()

    def __str__(self) -> str:
        parts = [f"does not perceive {', '.join(sorted(self.hidden))}"] if self.hidden else []
        parts += [f"imagines {', '.join(sorted(self.imagined))}"] if self.imagined else []
        parts += [f"thinks {actor} is {_account(reading)}" for actor, reading in self.readings.items()]
        return "; ".join([*parts, *(f"thinks impossible: {rule}" for rule in self.rules)]) or "sees the model as it is"

    def to_json(self) -> dict[str, Any]:
        return {
            "hidden": sorted(self.hidden),
            "imagined": sorted(self.imagined),
            "readings": {
                actor: r if isinstance(r, str) else {r.kind: _listed(r)} for actor, r in self.readings.items()
            },
            "rules": list(self.rules),
            "about": self.about,
            "source": list(self.evidence.source),
            "confidence": self.evidence.confidence,
        }


def _account(reading: str | Reading) -> str:
    """A believed reading in words: its name, or the head of a list."""
    if isinstance(reading, str):
        return reading
    if reading.about:
        return reading.about
    shown = [str(each) if isinstance(each, str) else " = ".join(each) for each in _heads(reading)]
    return f"({' > '.join(shown[:3])}{' > …' if len(shown) > 3 else ''})"


def _heads(reading: Reading) -> list[str | tuple[str, ...]]:
    return list(reading.ranking) if reading.kind == "ranking" else [str(s) for s in reading.statements]


def _listed(reading: Reading) -> list[Any]:
    if reading.kind == "weights":
        return [{"when": str(s), "weight": str(s.weight)} for s in reading.statements]
    return [list(group) for group in reading.ranking] if reading.kind == "ranking" else [*map(str, reading.statements)]


@dataclass(frozen=True)
class Perception:
    """A named set of views: what the actors really want (`readings`, `world`), what each sees, what it thinks others see."""

    id: str
    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    world: str = ""
    name: str = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True)
class Announcement:
    """A move that changes only what the actors `to` believe: `adds` to their views, and takes `reveals`, `unmasks` out of them.

    `corrects`: they see the model as it is; `public`: everybody learns what they now see; `thinks_of`: what they now
    think that others see.
    """

    id: str
    to: tuple[str, ...]
    adds: View = View()
    reveals: frozenset[str] = frozenset()
    unmasks: frozenset[str] = frozenset()
    corrects: bool = False
    public: bool = False
    thinks_of: Mapping[str, View] = field(default_factory=dict)
    by: str = ""
    perception: str = ""
    name: str = ""
    about: str = ""
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
    """Something an author asserts, in our paraphrase, with the tests that decide it (`detente.claims` reads them).

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
