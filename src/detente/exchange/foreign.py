"""What every format shares: what was read or written, and what could not come along.

A reader makes the text of a scenario file; a writer makes the text of a foreign one. Both list every `Loss` before anything
is written: what the other side cannot hold, what was changed to fit, and where a file contradicts itself.

>>> Loss(LOST, "prices have no place there", "incentives").sentence
'incentives: prices have no place there'
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.characters import named, shown
from detente.errors import InputError
from detente.formula.parse import WORDS
from detente.messages import tell
from detente.result import Record
from detente.scenario.model import Scenario
from detente.scenario.text.edit import text_of

LOST, CHANGED, DIFFERS, ADVICE = "lost", "changed", "differs", "advice"
"""Kinds of remarks: it is not there any more; it is said otherwise; the file contradicts itself; what to do next."""

MOST_STATES = 4096
"""Models with more states are not written state by state."""


@dataclass(frozen=True)
class Loss(Record):
    """One remark: its kind, what it says, and the part of the model or of the file that it is about."""

    kind: str
    says: str
    where: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.where}: {self.says}" if self.where else self.says


@dataclass(frozen=True, kw_only=True)
class Taken(Record):
    """A foreign file as a scenario: the text of a scenario file, and what did not come along."""

    format: str
    text: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Given(Record):
    """A model as a foreign file: its content, files that belong beside it (by ending), and what did not come along."""

    format: str
    content: str | bytes
    beside: Mapping[str, str]
    losses: tuple[Loss, ...] = ()

    @property
    def data(self) -> bytes:
        """The content as it stands in the file."""
        return self.content.encode() if isinstance(self.content, str) else self.content


class ForeignError(InputError):
    """A foreign file that cannot be read: what was found, what was expected, and where."""

    def __init__(self, name: str, message: str, where: str = "") -> None:
        super().__init__(": ".join(part for part in (name, where, message) if part))


def identifier(name: str, taken: Collection[str] = (), otherwise: str = "x") -> str:
    """A name of the format made of any name: small letters, digits and `_`, told apart from those that are taken.

    >>> identifier("Local Government"), identifier("Local government!", {"local_government"})
    ('local_government', 'local_government_2')
    >>> identifier("不", otherwise="option")
    'option'
    """
    found = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if found[:1].isdigit():
        found = f"{otherwise}_{found}"
    found = found[:40].strip("_") or otherwise
    if found in WORDS:
        found = f"{found}_"
    made, number = found, 1
    while made in taken:
        number += 1
        made = f"{found}_{number}"
    return made


def identifiers(names: Iterable[str], otherwise: str = "x", taken: Iterable[str] = ()) -> list[str]:
    """An identifier for every name, all different."""
    known, found = set(taken), []
    for name in names:
        found.append(identifier(name, known, otherwise))
        known.add(found[-1])
    return found


def without_moves() -> dict[str, Any]:
    """The option of an actor that can do nothing: it has one, which never changes, and has no part in the states."""
    return {"name": tell("No move of its own"), "change": "fixed"}


def scenario_text(data: Mapping[str, Any], losses: list[Loss]) -> str:
    """The text of a scenario file that says this; characters that no such file may hold are left out, and told."""
    bad: dict[str, None] = {}

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            kept = shown(value)
            bad.update(dict.fromkeys(c for c in value if kept != value and not shown(c)))
            return kept
        if isinstance(value, Mapping):
            return {clean(key): clean(each) for key, each in value.items()}
        return [clean(each) for each in value] if isinstance(value, list | tuple) else value

    text = text_of(clean(data))
    if bad:
        characters = ", ".join(map(named, list(bad)[:5])) + ("" if len(bad) <= 5 else " …")
        losses.append(
            Loss(CHANGED, tell("characters that no text may hold were left out: {characters}", characters=characters))
        )
    return text


SECTIONS = (
    *(
        "sources",
        "worlds",
        "partnerships",
        "platforms",
        "incentives",
        "perceptions",
        "announcements",
        "third_parties",
        "claims",
    ),
    *("history", "timeline", "cast", "relations", "uncertainty", "outcomes", "leaves_out", "expect"),
)
"""Sections of a scenario file that few formats have a place for, by the attributes of a scenario that hold them."""


def sections_lost(scenario: Scenario, kept: Collection[str] = ()) -> list[Loss]:
    """One remark that names the sections of a file for which the other format has no place; none, if there are none."""
    held = [name for name in SECTIONS if name not in kept and getattr(scenario, name)]
    return [Loss(LOST, tell("there is no place for {sections}", sections=", ".join(held)))] if held else []
