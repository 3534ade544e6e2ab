"""Where things stand in the file and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from detente.scenario.model.fields import EntryId


@dataclass(frozen=True)
class Place:
    """Where something stands in the file, counted from 1."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What an assertion rests on: sources (keys of `Scenario.sources`), where in them, how sure, a note, claims.

    `against` are sources that say otherwise.
    """

    source: tuple[str, ...] = ()
    where: str = ""
    confidence: str = ""
    note: str = ""
    claims: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is cited; `reliability` A to F and `credibility` 1 to 6 are the Admiralty grades, together the `grade`.

    `date` is when it was published, `checked` when somebody last looked whether it says so; empty where nobody knows.
    """

    id: EntryId
    text: str
    kind: str = ""
    grade: str = ""
    reliability: str = ""
    credibility: str = ""
    date: str = ""
    checked: str = ""
    url: str = ""
    note: str = ""
