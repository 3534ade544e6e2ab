"""How what is written in a field becomes what is kept: one annotation per field.

A field without one of these is kept as written. Those whose type already says it need none: a `Formula` is bound,
`Evidence` and `Place` are those of the entry, a `tuple` or `Mapping` of classes of the model is bound entry by entry.
`detente.scenario.binding.bind` reads the annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from detente.messages import later


@dataclass(frozen=True)
class NameOf:
    """A name, or several, of something in the file; `kind` says of what."""

    kind: str


class Written(Enum):
    """What is written is ..."""

    KEY = later("the key under which the entry stands")
    TITLE = later("a title, or else the key")
    SETTINGS = later("a list of settings")
    OPTIONS = later("a list of options")
    READINGS = later("a reading per actor")


EntryId = Annotated[str, Written.KEY]
Title = Annotated[str, Written.TITLE]
Settings = Annotated[Mapping[str, int], Written.SETTINGS]
OptionKeys = Annotated[tuple[str, ...], Written.OPTIONS]
OptionKeySet = Annotated[frozenset[str], Written.OPTIONS]
ChosenReadings = Annotated[Mapping[str, str], Written.READINGS]
ActorName = Annotated[str, NameOf("actor")]
ActorNames = Annotated[tuple[str, ...], NameOf("actor")]
MemberNames = Annotated[tuple[str, ...], NameOf(later("actor or figure"))]
WorldName = Annotated[str, NameOf("world")]
PerceptionName = Annotated[str, NameOf("perception")]
