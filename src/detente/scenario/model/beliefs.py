"""Who sees what: views, perceptions, and announcements that change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.messages import tell
from detente.scenario.model.evidence import Evidence, Place
from detente.scenario.model.fields import (
    ActorName,
    ActorNames,
    ChosenReadings,
    EntryId,
    OptionKeySet,
    PerceptionName,
    Title,
    WorldName,
)
from detente.scenario.model.preferences import Reading


@dataclass(frozen=True, kw_only=True)
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
        parts = [tell("does not perceive {hidden}", hidden=", ".join(sorted(self.hidden)))] if self.hidden else []
        parts += [tell("imagines {imagined}", imagined=", ".join(sorted(self.imagined)))] if self.imagined else []
        parts += [
            tell("thinks {actor} is {account}", actor=actor, account=_account(reading))
            for actor, reading in self.readings.items()
        ]
        return "; ".join([*parts, *(tell("thinks impossible: {rule}", rule=rule) for rule in self.rules)]) or tell(
            "sees the model as it is"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "hidden": sorted(self.hidden),
            "imagined": sorted(self.imagined),
            "readings": {actor: r if isinstance(r, str) else {r.kind: r.written} for actor, r in self.readings.items()},
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
    shown = reading.texts
    return f"({' > '.join(shown[:3])}{' > …' if len(shown) > 3 else ''})"


@dataclass(frozen=True, kw_only=True)
class Perception:
    """A named set of views: what the actors really want (`readings`, `world`), what each sees, what it thinks others see."""

    id: EntryId
    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]] = field(default_factory=dict)
    readings: ChosenReadings = field(default_factory=dict)
    world: WorldName = ""
    name: Title = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A move that changes only what the actors `to` believe: `adds` to their views, and takes `reveals`, `unmasks` out of them.

    `corrects`: they see the model as it is; `public`: everybody learns what they now see; `thinks_of`: what they now
    think that others see.
    """

    id: EntryId
    to: ActorNames
    adds: View = View()
    reveals: OptionKeySet = frozenset()
    unmasks: OptionKeySet = frozenset()
    corrects: bool = False
    public: bool = False
    thinks_of: Mapping[str, View] = field(default_factory=dict)
    by: ActorName = ""
    perception: PerceptionName = ""
    name: Title = ""
    about: str = ""
    evidence: Evidence = Evidence()
    place: Place = Place()
