"""The sections around the model: who could do what besides, what is claimed, what happened, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from detente.formula import And, Formula, Not
from detente.messages import later
from detente.scenario.model.evidence import Evidence, Place
from detente.scenario.model.fields import (
    ActorName,
    ActorNames,
    ChosenReadings,
    EntryId,
    MemberNames,
    OptionKeys,
    Settings,
    Title,
    WorldName,
)
from detente.scenario.model.preferences import Statement


@dataclass(frozen=True, kw_only=True)
class Partnership:
    """A dyad or bloc: `flows` names what runs between the members; `core` are the flows it cannot live without."""

    id: EntryId
    members: MemberNames
    flows: Mapping[str, Formula]
    core: tuple[str, ...]
    name: Title = ""
    evidence: Evidence = Evidence()

    def fates(self, on: tuple[str, ...]) -> Mapping[str, Formula]:
        """Where it HOLDS, FRAYS and BREAKS, if the flows `on` are on at the status quo."""
        holds = And(tuple(self.flows[flow] for flow in on))
        breaks = And((Not(holds), *(Not(self.flows[flow]) for flow in self.core)))
        return {"HOLDS": holds, "FRAYS": And((Not(holds), Not(breaks))), "BREAKS": breaks}


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What a leader or party would hold (settings), how it ranks things (a reading), and what is unknown."""

    id: EntryId
    actor: ActorName
    hold: Settings
    reading: str = ""
    unknown: OptionKeys = ()
    orders: str = ""
    name: Title = ""
    about: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True, kw_only=True)
class Incentive:
    """Something offered or threatened: `by` whom, `to` whom, due `when`, its worth and cost, and who must approve.

    `costs` are the least and the most a unit may cost, `ranks` the first and the last rank at which it may stand in a list.
    """

    id: EntryId
    by: ActorName
    to: ActorName
    when: Formula
    worth: Fraction
    costs: tuple[Fraction, Fraction]
    most: int = 1
    ranks: tuple[int, int] | None = None
    excludable: bool = True
    approved_by: ActorNames = ()
    name: Title = ""
    evidence: Evidence = Evidence()
    place: Place = Place()

    @property
    def cost(self) -> Fraction:
        """What a unit costs at least: the cost, where it is no range."""
        return self.costs[0]

    @property
    def cost_most(self) -> Fraction:
        """What a unit costs at most."""
        return self.costs[1]

    @property
    def at(self) -> int | None:
        """The rank at which its wish stands in a list: the first, where they are a range."""
        return self.ranks[0] if self.ranks else None

    @property
    def at_last(self) -> int | None:
        """The last rank at which it may stand."""
        return self.ranks[1] if self.ranks else None


@dataclass(frozen=True)
class Intervention:
    """Something a third party can do, as written: "where > what"."""

    text: str
    evidence: Evidence = Evidence()
    place: Place = Place()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class ThirdParty:
    """A mediator, arbiter or donor: what it `can` do, and its wishes, most important first."""

    id: EntryId
    can: tuple[Intervention, ...]
    wants: tuple[Statement, ...] = ()
    name: Title = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class Event:
    """A dated event: `by` whom, and the settings it made (`settings` maps option keys to choice numbers)."""

    date: str
    by: ActorName
    settings: Settings
    says: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class EventRule:
    """Which rows of a table of coded events make which settings of an actor; patterns as written, with `*`."""

    actor: tuple[str, ...]
    target: tuple[str, ...]
    code: tuple[str, ...]
    by: str
    settings: Settings
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class EventGuards:
    """What keeps false events out of a table of coded events; None, no or empty is off."""

    sources: int | None = 2
    mentions: int | None = None
    window: int | None = 7
    contexts: tuple[str, ...] = ("hypothetical", "future", "historical")
    future: bool = True
    roles: tuple[str, ...] = ("GOV", "MIL", "SPY", "LEG", "COP", later("State Forces"), "1")


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """How a table of coded events becomes settings: its layout (`format`), the length of a period, guards and rules."""

    format: str
    period: str
    guards: EventGuards
    rules: tuple[EventRule, ...]


SENTENCES = ("fact", "may", "will", "must", "ought")
"""The kinds of sentences a claim can be; each sets the quantifier of its tests (`detente.questions.claims.statuses`)."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the public record says of a claim: what supports it, what disputes it, on what it is silent."""

    supports: str = ""
    disputes: str = ""
    silent: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something an author asserts, in our paraphrase, with the tests that decide it (`detente.questions.claims` reads them).

    `tests` are as written in the file: nested mappings and lists whose values are texts ("3", not 3). `together` says how
    several of them make the status: "all" must hold, "any" is enough, "" for parts of the claim. `sentence` is one of
    `SENTENCES`, or nothing; `allows` maps actors to the readings its author allows, the others being rivals; `assumes` says in
    words what the author assumes beside them, `author` and `opponent` what the author and the sharpest opponent would say of
    paraphrase, test and status.
    """

    id: EntryId
    says: str
    sentence: str = ""
    allows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assumes: str = ""
    author: str = ""
    opponent: str = ""
    record: Record | None = None
    kind: str
    together: str = ""
    tests: tuple[Mapping[str, object], ...]
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What answers the question of a scenario: the question asked (`ask`), and what it is asked with.

    `ask` is "play" (which outcomes come about: that of `of`, or all of them), "break", "hindcast", "types", "levers" or
    "status_quo"; `derived` says that the file does not say so.
    """

    ask: str
    of: str = ""
    goal: str = ""
    by: ActorNames = ()
    name: str = ""
    over: ActorNames = ()
    play: str = "foresight"
    concept: str = ""
    derived: bool = False

    KEYS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "play": ("of", "play", "goal"),
        "break": ("name", "over", "goal"),
        "hindcast": ("goal",),
        "types": ("of", "play", "concept", "over", "goal"),
        "levers": ("goal", "by", "play"),
        "status_quo": ("goal",),
    }
    """What each question can be asked with, as its command takes it; `goal` is also what else a report follows up."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Somebody or something the sources speak of that does not decide in this model."""

    id: EntryId
    name: str
    kind: str = ""
    role: str = ""
    about: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A signed, dated tie between actors or figures: sign "+", "-", "+/-" or "0"."""

    id: EntryId
    origin: MemberNames
    target: MemberNames
    kind: str
    sign: str
    time: str = ""
    status: str = ""
    mutual: bool = False
    evidence: Evidence = Evidence()


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An entry of the timeline; `kind` tells what the sources say apart from the later public record."""

    date: str
    says: str
    kind: str = ""
    settings: Settings = field(default_factory=dict)
    sure: str = ""
    evidence: Evidence = Evidence()


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Expected results shipped with a model; tests read them. Keys of `results` as in the file.

    Every state in it is the complete settings (option key to choice number), in graph form the state's name.
    """

    readings: ChosenReadings
    world: WorldName
    sanctions: str
    results: Mapping[str, object]
    evidence: Evidence = Evidence()
    place: Place = Place()
