"""A scenario under circumstances: what can be chosen and changed before a question is asked; see `detente.case`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np

from detente.analysis import Analysis, analyse_game
from detente.analysis.fingerprint import model_hash
from detente.case.basis import Basis, Wish
from detente.conflict.consequences import undone
from detente.conflict.game import Game
from detente.conflict.kept import Kept
from detente.engine.at_once import AtOnce
from detente.engine.concepts import sanction_rule
from detente.engine.solution import at_once_of
from detente.errors import InputError, Lacks, Unanswerable, UnknownName, refuse_unknown
from detente.messages import tell
from detente.scenario.model import (
    Actor,
    Incentive,
    Option,
    Platform,
    Ranking,
    Reading,
    Rule,
    Scenario,
    Statement,
    in_order,
)
from detente.scenario.warnings import reaction_places
from detente.sheet import FormulaTerm, Phrase

CONCEPTS = ("nash", "seq", "smr", "gmr")
"""The concepts shown side by side by default: one is never enough (Nash alone can mislead)."""

Written = str | Iterable[str] | Mapping[str, Any]
"""Settings as people write them: "us_arm, not ru_link", a list of such, or a mapping."""
Entry = TypeVar("Entry")
Labels = Mapping[str, Any]
"""A state for programs: option -> true, false or the choice."""


@dataclass(frozen=True)
class Policy:
    """What is changed before the question is asked; `detente.case` tells the kinds apart."""

    start: Mapping[str, int] = field(default_factory=dict)
    hold: Mapping[str, int] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    world: str | None = None


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """All that is chosen and changed before a question is asked; nothing, if all is empty.

    `platform` is put into force by its name; `without` names actors that neither move nor answer.

    >>> from detente.scenario import load
    >>> told = Circumstances.written(load("two_proxies"), platform="harris", hold="us_recog = granted")
    >>> told.words(load("two_proxies"))
    'the platform harris in force; us_recog = granted held'
    >>> sorted(told.of(load("two_proxies")).held)
    ['us_arm', 'us_nato', 'us_recog']
    """

    readings: Mapping[str, str] = field(default_factory=dict)
    world: str | None = None
    platform: str = ""
    start: Mapping[str, int] = field(default_factory=dict)
    hold: Mapping[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    sanctions: str = ""

    @classmethod
    def written(
        cls,
        scenario: Scenario,
        *,
        readings: Mapping[str, str] | None = None,
        world: str | None = None,
        sanctions: str = "legal",
        platform: str | None = None,
        start: Written = "",
        hold: Written = "",
        rules: Iterable[str | Rule] = (),
    ) -> Circumstances:
        """The circumstances as people write them; raises `InputError` for what does not exist or cannot be read."""
        rule = sanction_rule(sanctions)
        scenario.choose(readings or {}, world)
        case = Case(scenario)
        if platform:
            find_platform(case, platform)
        acting = tuple(case.rule(each) if isinstance(each, str) else each for each in rules)
        return cls(
            readings=dict(readings or {}),
            world=world,
            platform=platform or "",
            start=case.settings(start),
            hold=case.settings(hold),
            rules=acting,
            sanctions=rule,
        )

    def over(self, below: Circumstances) -> Circumstances:
        """These laid over others: what is said here counts."""
        return Circumstances(
            readings={**below.readings, **self.readings},
            world=self.world or below.world,
            platform=self.platform or below.platform,
            start={**below.start, **self.start},
            hold={**below.hold, **self.hold},
            without=tuple(dict.fromkeys((*below.without, *self.without))),
            rules=(*below.rules, *self.rules),
            sanctions=self.sanctions or below.sanctions,
        )

    def wanting(self, readings: Mapping[str, str]) -> Circumstances:
        return replace(self, readings={**self.readings, **readings})

    def of(self, scenario: Scenario) -> Case:
        """The case they make of a scenario."""
        return self.upon(Case(scenario, self.readings, self.world, self.sanctions or "legal"))

    def upon(self, case: Case) -> Case:
        """The case with the interventions: the platform first, then start, rules and holds, then who is left out."""
        if self.platform:
            case = case.under(policy_of(case, self.platform))
        if self.start or self.hold or self.rules:
            case = case.under(Policy(self.start, self.hold, self.rules))
        return case.without(self.without)

    def words(self, scenario: Scenario) -> str:
        """The circumstances as one phrase; nothing for none."""
        told = Case(scenario).state_text
        parts = [
            ", ".join(
                tell("{actor} as '{reading}'", actor=actor, reading=reading) for actor, reading in self.readings.items()
            ),
            self.world and tell("world {world}", world=self.world),
            self.platform and tell("the platform {platform} in force", platform=self.platform),
            self.start and tell("starting with {told}", told=told(self.start)),
            self.hold and tell("{told} held", told=told(self.hold)),
            self.without and tell("without {without}", without=" and ".join(self.without)),
            self.rules and tell("a commitment: {text}", text="; ".join(rule.text for rule in self.rules)),
            self.sanctions == "one-step" and tell("counter-moves of a single step"),
        ]
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Case:
    """A scenario with readings, world, sanction rule and whatever was changed; frozen, analyses remembered inside."""

    scenario: Scenario
    readings: Mapping[str, str] = field(default_factory=dict)
    world: str | None = None
    sanctions: str = "legal"
    held: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    _start: Mapping[str, int] = field(default_factory=dict)
    _rules: tuple[Rule, ...] = ()

    def __repr__(self) -> str:
        return f"<Case of {self.scenario.name}>"

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The reading of every actor."""
        return self.scenario.choose(self.readings, self.world)

    @property
    def circumstances(self) -> Circumstances:
        """What was chosen and changed, as it can be said again; lists that were changed cannot."""
        return Circumstances(
            readings=self.readings,
            world=self.world,
            start=self._start,
            hold=self.held,
            rules=self._rules,
            sanctions=self.sanctions,
        )

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(actor.id for actor in self.scenario.actors)

    def reading(self, actor: str) -> Reading:
        return self.scenario.actor(actor).reading(self.chosen.get(actor))

    @property
    def now(self) -> Mapping[str, int]:
        """The settings of the status quo, every option named."""
        if not isinstance(self.scenario.now, Mapping):
            raise Unanswerable(
                tell("this question needs options and a state of today (`now:`); this model has not both")
            )
        return {option.key: self.scenario.now.get(option.key, 0) for option in self.scenario.options}

    @cached_property
    def at_rest(self) -> Mapping[str, int]:
        """The settings of the status quo when its consequences have acted; of a merged state, those of this very member."""
        conflict = self.game.conflict
        return conflict.settings(int(conflict.rest(np.array([conflict.cell(self.now)], dtype=np.int64))[0]))

    @cached_property
    def game(self) -> Game:
        """The conflict with the chosen readings, made once."""
        origin = self._origin
        return origin.variant(self.scenario, self.chosen) if origin else Game.of(self.scenario, self.chosen)

    @property
    def _origin(self) -> Game | None:
        """The game from which holds and other starts, but nothing else about moves or states, lead to this case."""
        origin: Game | None = vars(self).get("origin")
        return origin

    @property
    def kept(self) -> Kept:
        """The store shared by all cases that holds and other starts make of one game, for what depends on no reading."""
        return self._origin.conflict.kept if self._origin else Kept()

    @cached_property
    def _analyses(self) -> dict[tuple[str, ...], Analysis]:
        return {}

    def analyse(self, concepts: Iterable[str] = CONCEPTS) -> Analysis:
        """The analysis under these concepts, computed once per case."""
        wanted = tuple(concepts)
        for known, analysis in self._analyses.items():
            if set(wanted) <= set(known):
                return analysis
        self._analyses[wanted] = analyse_game(self.game, world=self.world, concepts=wanted, sanctions=self.sanctions)
        return self._analyses[wanted]

    @property
    def analysed(self) -> bool:
        """Whether some analysis of the case is known."""
        return bool(self._analyses)

    @cached_property
    def at_once(self) -> AtOnce | None:
        """The game of a small model, solved as far as it is asked; None of a larger one."""
        return at_once_of(self.game, sanction_rule(self.sanctions))

    @property
    def basis(self) -> Basis:
        return Basis(
            self.scenario.name,
            self.scenario.title,
            model_hash(self.scenario, self.chosen),
            self.chosen,
            self.world,
            self.sanctions,
            self.held,
            self.warnings,
            self.wishes,
        )

    def basis_over(self, actors: Iterable[str]) -> Basis:
        """The basis of an answer that goes through the readings of these actors: it says which of them are not counted."""
        left = tuple(f"{a}={name}" for a in actors for name in self.scenario.actor(a).illustrative)
        return replace(self.basis, left_out=left)

    @cached_property
    def wishes(self) -> tuple[Wish, ...]:
        """Every statement of the chosen readings of the actors that can move."""
        movers = [a for a in self.scenario.actors if a.readings and any(o.change != "fixed" for o in a.options)]
        return tuple(
            Wish(a.id, rank, str(s), s.evidence.source, s.evidence.claims, rank in rules)
            for a in movers
            for rules in (self.reaction_rules(a.id),)
            for rank, s in enumerate(self.reading(a.id).statements, start=1)
        )

    def reaction_rules(self, actor: str, reading: str = "") -> frozenset[int]:
        """The ranks, from 1, of the wishes in an actor's list that are reaction rules, or halves of one."""
        chosen = self.scenario.actor(actor).readings[reading] if reading else self.reading(actor)
        if (actor, chosen.id) not in self._reactions:
            places = reaction_places(self.scenario, self.scenario.actor(actor), chosen)
            self._reactions[actor, chosen.id] = frozenset(place + 1 for place in places)
        return self._reactions[actor, chosen.id]

    @cached_property
    def _reactions(self) -> dict[tuple[str, str], frozenset[int]]:
        return {}

    # --- changes ---

    def under(self, policy: Policy) -> Case:
        """The case after the interventions: world and readings, then start, then rules, then holds."""
        case = self
        if policy.world is not None or policy.readings:
            readings = {**case.readings, **policy.readings}
            world = case.world if policy.world is None else policy.world
            case = replace(case, readings=readings, world=world)._sharing(case)
        if policy.start:
            started = replace(case._at({**case.now, **policy.start}), _start={**case._start, **policy.start})
            case = started._begun(case)
        if policy.rules:
            scenario = replace(case.scenario, rules=in_order((*case.scenario.rules, *policy.rules)))
            case = replace(case, scenario=scenario, _rules=(*case._rules, *policy.rules))
        hold = {key: value for key, value in policy.start.items() if key in case.held} | dict(policy.hold)
        return case._holding(hold) if hold else case

    def _at(self, settings: Mapping[str, int]) -> Case:
        return replace(self, scenario=replace(self.scenario, now=dict(settings)))

    def _holding(self, settings: Mapping[str, int]) -> Case:
        """Held options take their value at once (guards ignored, feasibility not) and can no longer be chosen.

        Raises `InputError` for a hold that a consequence undoes at once.
        """
        for key in settings:
            self.scenario.option(key)
        case = self._at({**self.now, **settings})
        self._refuse_undone(case, settings)
        merged = any(rule.kind == "same" for rule in case.scenario.rules)
        actors = tuple(_hold_options(actor, settings, () if merged else "fixed") for actor in case.scenario.actors)
        disarmed = [a for a in actors if a.options and all(o.stuck for o in a.options)]
        said = [
            tell("holding every option of {name} also disarms it: it no longer answers what others do", name=a.name)
            for a in disarmed
            if any(o.key in settings for o in a.options)
        ]
        said += [
            Phrase.told(
                "{state_text} is held, but by the rule '{text}' it may still change: a hold binds actors, "
                "not consequences",
                state_text=FormulaTerm(case.state_text({key: settings[key]})),
                text=FormulaTerm(rule.text or str(rule.when)),
            )
            for rule in case.scenario.rules
            for key, value in rule.then.items()
            if rule.kind == "consequence" and settings.get(key, value) != value
        ]
        scenario = replace(case.scenario, actors=actors)
        warnings = tuple(dict.fromkeys((*case.warnings, *said)))
        return replace(case, scenario=scenario, held={**self.held, **settings}, warnings=warnings)._begun(self)

    def _refuse_undone(self, case: Case, settings: Mapping[str, int]) -> None:
        """Refuse settings that consequences switch at once, at the status quo of the case."""
        rules = [rule for rule in case.scenario.rules if rule.kind == "consequence"]
        for rule, changed in undone(rules, case.now, settings, case.scenario.path):
            raise InputError(
                tell(
                    "{state_text} cannot be held: at once `{text}` makes it {state_text2}",
                    state_text=case.state_text({changed: settings[changed]}),
                    text=rule.text or rule.when,
                    state_text2=case.state_text({changed: rule.then[changed]}),
                )
            )

    def without(self, actors: Iterable[str]) -> Case:
        """The case in which these actors neither move nor answer: their options stay as they are, whatever happens.

        Unlike a hold this keeps the state space, so that states keep their numbers; consequences still act on the options.
        """
        gone = {self.scenario.actor(name).id for name in actors}
        graph = self.scenario.graph
        if graph:
            graph = replace(graph, moves={name: () if name in gone else arcs for name, arcs in graph.moves.items()})
        kept = tuple(_unable(actor) if actor.id in gone else actor for actor in self.scenario.actors)
        return replace(self, scenario=replace(self.scenario, actors=kept, graph=graph)) if gone else self

    def wanting(self, actor: str, statements: tuple[Statement, ...], name: str = "changed") -> Case:
        """The case with the actor's chosen list replaced by other statements (same kind of list)."""
        changed = replace(self.reading(actor), id=name, statements=statements)
        return self.with_reading(actor, changed)

    def ranking(self, actor: str, groups: tuple[tuple[str, ...], ...], name: str = "changed") -> Case:
        """The case with the actor's ranking of named states replaced by another (best first, ties grouped)."""
        old = self.reading(actor)
        changed = Ranking(
            id=name, about=old.about, ranking=groups, adjust=old.adjust, evidence=old.evidence, place=old.place
        )
        return self.with_reading(actor, changed)

    def with_reading(self, actor: str, reading: Reading) -> Case:
        """The case with one more reading of an actor, chosen."""

        def one(each: Actor) -> Actor:
            return replace(each, readings={**each.readings, reading.id: reading}) if each.id == actor else each

        scenario = replace(self.scenario, actors=tuple(map(one, self.scenario.actors)))
        return replace(self, scenario=scenario, readings={**self.readings, actor: reading.id})._sharing(self)

    def offering(self, incentives: Mapping[str, Incentive]) -> Case:
        """The case with other incentives; the state space is made once for all of them."""
        _ = self.game
        return replace(self, scenario=replace(self.scenario, incentives=incentives))._sharing(self)

    def as_if(self, readings: Mapping[str, str], world: str | None, sanctions: str) -> Case:
        """The case with other readings, world and sanction rule; the state space is made once for all of them."""
        _ = self.game
        return replace(self, readings=readings, world=world, sanctions=sanctions)._sharing(self)

    def afresh(self) -> Case:
        """The same case without the analyses it remembers; its state space is kept."""
        return replace(self)._sharing(self)

    def _sharing(self, other: Case) -> Case:
        """This case with the state space of another, which differs from it in what is wanted only, if that is made."""
        if "game" in vars(other):
            vars(self)["game"] = other.game.wanting(self.scenario, self.chosen)
        if other._origin:
            vars(self)["origin"] = other._origin
        if self.scenario is other.scenario:
            vars(self)["_reactions"] = other._reactions
        return self

    def _begun(self, other: Case) -> Case:
        """This case, which holds or another start make of another, with the space that all such cases share."""
        if origin := other._origin or vars(other).get("game"):
            vars(self)["origin"] = origin
        return self

    # --- words ---

    def rule(self, text: str) -> Rule:
        """A conditional commitment from text: `when nk_step then us_ben`; it acts by itself from then on."""
        match = re.fullmatch(r"\s*when\s+(?P<when>.+?)\s+then\s+(?P<then>.+?)\s*", text, re.DOTALL)
        if not match:
            raise InputError(
                tell(
                    "expected a rule such as 'when not nk_arms then us_recog = granted', found {text}", text=repr(text)
                )
            )
        return Rule(
            kind="consequence",
            when=self.scenario.formula(match["when"]),
            then=self.settings(match["then"]),
            text=text,
        )

    def settings(self, written: Written) -> dict[str, int]:
        """Settings from text ("us_arm, not ru_link"), a list of such, or a mapping (true/false, choices, numbers)."""
        if isinstance(written, str):
            return self.scenario.settings(written)
        if isinstance(written, Mapping):
            return {key: _value(self.scenario.option(key), value) for key, value in written.items()}
        found: dict[str, int] = {}
        for each in written:
            found |= self.scenario.settings(each)
        return found

    def labels(self, settings: Mapping[str, int]) -> dict[str, bool | str]:
        """Settings for programs: true, false or the choice by name."""
        return {key: label(self.scenario.option(key), value) for key, value in settings.items()}

    def state_text(self, settings: Mapping[str, int]) -> str:
        """Settings for people: `us_arm, not us_nato, answer = delay`."""
        return ", ".join(self.scenario.option(key).text(value) for key, value in settings.items())


def can_choose(case: Case, actor: str, held: Container[str] = ()) -> bool:
    """Whether the actor can still change anything: not all of its options are fixed, held, or among `held`."""
    options = case.scenario.actor(actor).options
    return case.scenario.graph is not None or any(not o.stuck and o.key not in held for o in options)


def find_platform(case: Case, name: str) -> Platform:
    """The platform of that name; raises `UnknownName`."""
    refuse_unknown("platform", case.scenario.platforms, name)
    return case.scenario.platforms[name]


def entries(kind: str, known: Mapping[str, Entry], name: str | None, lacks: Lacks) -> list[Entry]:
    """The entries of a section that are asked for: the one named, else all; `lacks` is raised where there are none.

    >>> entries("announcement", {"a": 1, "b": 2}, "b", Lacks("announcements"))
    [2]
    """
    if not known:
        raise lacks
    if name is not None and name not in known:
        raise UnknownName(kind, name, known)
    return list(known.values()) if name is None else [known[name]]


def policy_of(case: Case, platform: str) -> Policy:
    """The platform as an intervention: its settings held, its list wanted; what it leaves open is left as it is.

    >>> from detente.scenario import load
    >>> policy_of(Case(load("two_proxies")), "harris").hold
    {'us_arm': 2, 'us_nato': 2}
    """
    known = find_platform(case, platform)
    return Policy(hold=dict(known.hold), readings={known.actor: known.reading} if known.reading else {})


def _hold_options(actor: Actor, settings: Mapping[str, int], change: Literal["fixed"] | tuple[()]) -> Actor:
    """The actor unable to switch these options: fixed ones leave the space, which what is merged must not."""
    options = tuple(
        replace(o, change="fixed" if o.change == "fixed" else change, needs={}, held=settings[o.key])
        if o.key in settings
        else o
        for o in actor.options
    )
    return replace(actor, options=options)


def _unable(actor: Actor) -> Actor:
    options = (o if o.change == "fixed" else replace(o, change=(), needs={}) for o in actor.options)
    return replace(actor, options=tuple(options))


def _value(option: Option, value: Any) -> int:
    if isinstance(value, str) and value in option.choices:
        return option.choices.index(value)
    if isinstance(value, bool | int) and 0 <= int(value) < len(option.choices):
        return int(value)
    raise InputError(
        tell(
            "{value} is no setting of {key}; expected one of {choices}",
            value=repr(value),
            key=option.key,
            choices=", ".join(option.choices),
        )
    )


def label(option: Option, value: int) -> bool | str:
    """One setting for programs."""
    return bool(value) if option.binary else option.choices[value]


def said(settings: Mapping[str, bool | str]) -> str:
    """Settings as programs get them, for people.

    >>> said({"us_arm": False, "us_recog": True, "answer": "delay"})
    'not us_arm, us_recog, answer = delay'
    """
    words = {key: key if value is True else f"not {key}" for key, value in settings.items()}
    return ", ".join(f"{k} = {v}" if isinstance(v, str) else words[k] for k, v in settings.items())


def state_words(state: Mapping[str, Any]) -> str:
    """A state as programs get it, for people: its name, or what is not off."""
    if isinstance(state.get("settings"), Mapping):
        return str(state["state"])
    return said({key: value for key, value in state.items() if value is not False}) or "all off"
