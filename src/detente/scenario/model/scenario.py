"""The scenario itself, and what one is built from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from detente.errors import FormulaError, UnknownName
from detente.formula import And, Formula, Setting, Variable, bind, parse, setting, settings_of
from detente.messages import tell
from detente.scenario.model.beliefs import Announcement, Perception
from detente.scenario.model.evidence import Place, Source
from detente.scenario.model.ground import Actor, Graph, Option, Outcome, Rule
from detente.scenario.model.sections import (
    Asking,
    Claim,
    Event,
    EventTable,
    Expectation,
    Figure,
    Incentive,
    Moment,
    Partnership,
    Platform,
    Relation,
    ThirdParty,
)


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A whole conflict as written. Make one with `detente.load`, or `detente.scenario.read.read_text`.

    `now` and the values of `states` are complete settings, in file order; in graph form `now` is the state's name.
    `uncertainty` is as written: nested mappings and lists of texts. `places` says where what has no place of its own stands:
    `("now",)`, for each named state `("states", name)`, and for each claim cited that another file holds, `claims_from`,
    `("claims", id)`, the first place that cites it.
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
    cost_unit: str = ""
    perceptions: Mapping[str, Perception] = field(default_factory=dict)
    announcements: Mapping[str, Announcement] = field(default_factory=dict)
    third_parties: Mapping[str, ThirdParty] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    claims_from: str = ""
    history: tuple[Event, ...] = ()
    events: EventTable | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    stale_after: int | None = None
    cast: Mapping[str, Figure] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    timeline: tuple[Moment, ...] = ()
    leaves_out: tuple[str, ...] = ()
    sisters: tuple[str, ...] = ()
    expect: tuple[Expectation, ...] = ()
    question: str = ""
    answer: Asking | None = None
    about: str = ""
    situation: str = ""
    uncertainty: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    text: str = ""
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)
    whole: Whole | None = None

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {len(self.actors)} actors, {len(self.options)} options>"

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Every option in file order: the order of the state space, first option slowest."""
        return tuple(option for actor in self.actors for option in actor.options)

    @property
    def asking(self) -> Asking:
        """What answers the question: what the file says; else derived from what it has.

        A recorded history and rival readings ask which reading explains it; platforms and a partnership, which platform
        breaks it; anything else, where play ends.
        """
        if self.answer is not None:
            return self.answer
        rival = any(len(actor.counted) > 1 for actor in self.actors)
        if self.history and rival:
            return Asking(ask="hindcast", derived=True)
        if self.platforms and len(self.partnerships) == 1:
            return Asking(ask="break", name=next(iter(self.partnerships)), derived=True)
        return Asking(ask="play", derived=True)

    def actor(self, name: str) -> Actor:
        if name in self._by_id:
            return self._by_id[name]
        raise UnknownName("actor", name, [actor.id for actor in self.actors])

    @cached_property
    def _by_id(self) -> dict[str, Actor]:
        return {actor.id: actor for actor in reversed(self.actors)}

    def actor_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """The actors of these names, each once; raises `UnknownName`."""
        return tuple(dict.fromkeys(self.actor(name).id for name in names))

    @cached_property
    def _by_key(self) -> dict[str, Option]:
        return {option.key: option for option in reversed(self.options)}

    def option(self, key: str) -> Option:
        if key in self._by_key:
            return self._by_key[key]
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

    def supposed(self, sources: Iterable[str]) -> bool:
        """Whether what rests on these sources is said by nobody but the modellers: it has none, or suppositions alone.

        A supposition is a source of that kind, or one of that name of which no kind is said.
        """
        known = self.sources
        return all(name in known and (known[name].kind or name) == "supposition" for name in sources)

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
        variables = self.variables()
        return bind(parse(text, variables), variables, self.definitions(), text)

    def settings(self, text: str) -> dict[str, int]:
        """Settings as people write them: `us_arm = none, not ru_link`, or one digit per option (`110111`).

        What is not mentioned is not in the result. Raises `FormulaError` for anything that is not a list of settings.
        """
        if re.fullmatch(r"[0-9]+", text) and len(text) == len(self.options):
            digits = {option.key: int(digit) for option, digit in zip(self.options, text, strict=True)}
            for option in self.options:
                if digits[option.key] >= len(option.choices):
                    raise UnknownName(
                        tell("choice number of {key}", key=option.key), str(digits[option.key]), option.choices
                    )
            return digits
        wanted = " and ".join(part.strip() for part in text.split(",") if part.strip()) or "true"
        found = settings_of(self.formula(wanted))
        if found is None:
            raise FormulaError(tell("expected a list of settings such as 'us_arm = none, not ru_link'"), text, 0)
        return found
