"""Names and words for people: nobody may mistake one name for another, and everything must have one that can be seen.

Identifiers are unique by the shape of the file; the names that tables, pictures and reports print need not be, and two equal
ones, or one of blanks, make a report that cannot be read. Options may be called alike if their actors differ ("Swerve"). What
is written for players (`situation`, `brief`) must not hold identifiers, which no player knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from detente.characters import visible
from detente.messages import tell
from detente.scenario.binding.draft import Draft
from detente.scenario.schema import Choice
from detente.scenario.text.page import Path, shorten

_ALONE = ("outcomes", "partnerships", "platforms", "incentives", "perceptions", "announcements", "third_parties")
"""Sections whose entries need names that differ from one another."""

Named = Mapping[Path, Any]
"""Entries of the file by where they stand."""


def check_titles(draft: Draft) -> None:
    """Warn of blank names, and of equal ones among things of a kind. Linear in the file."""
    for key in ("title", "question"):
        if key in draft.file.model_fields_set and not visible(getattr(draft.file, key)):
            draft.page.warn((key,), "blank-name", tell("the {key} is blank", key=key))
    for group in _groups(draft):
        _check(draft, group)
    for actor, part in draft.file.actors.items():
        _check(draft, _entries(("actors", actor, "readings"), part.readings))
        for key, option in part.options.items():
            _check_choices(draft, ("actors", actor, "options", key, "choices"), option.choices or ())
    _check_short(draft)
    _check_words_for_players(draft)


def _check_words_for_players(draft: Draft) -> None:
    """Warn of what a role card could not print, and of a reading that alone has no words for its player."""
    _check_told(draft, ("situation",), draft.file.situation)
    for actor, part in draft.file.actors.items():
        _check_told(draft, ("actors", actor, "brief"), part.brief)
        told = [key for key, each in part.readings.items() if each.brief]
        for key, each in part.readings.items():
            path = ("actors", actor, "readings", key)
            _check_told(draft, (*path, "brief"), each.brief)
            if told and not each.brief and not each.illustrative:
                message = tell(
                    "'{told}' has a `brief` for its player and '{key}' has none: a card makes one of its aims",
                    told=told[0],
                    key=key,
                )
                draft.page.warn(path, "no-brief", message)


def _check_told(draft: Draft, path: Path, text: str) -> None:
    known = {*draft.file.actors, *draft.file.outcomes, *draft.options}
    for word in dict.fromkeys(re.findall(r"\w+", text)):
        if "_" in word and word in known:
            message = tell("'{word}' is an identifier, which no player knows: write what it means", word=word)
            draft.page.warn(path, "identifier", message)


def _check_choices(draft: Draft, path: Path, choices: tuple[str, ...]) -> None:
    """Warn of two choices that readers cannot tell apart."""
    first: dict[str, str] = {}
    for each in choices:
        seen = visible(each.called if isinstance(each, Choice) else each)
        if seen in first and first[seen] != each:
            message = tell(
                "{first} and {each} are both called '{seen}'; readers cannot tell them apart",
                first=first[seen],
                each=each,
                seen=shorten(seen),
            )
            draft.page.warn((*path, str(each)), "same-name", message)
        first.setdefault(seen, each)


def _check_short(draft: Draft) -> None:
    """Warn of equal short names, also of two actors: a short name stands without its owner."""
    first: dict[str, str] = {}
    for actor, part in draft.file.actors.items():
        for key, option in part.options.items():
            seen = visible(option.short)
            if seen and seen in first:
                message = tell(
                    "{first} and {key} have the same short name, '{short}'",
                    first=first[seen],
                    key=key,
                    short=shorten(option.short),
                )
                path: Path = ("actors", actor, "options", key, "short")
                draft.page.warn(path, "same-name", tell("{message}; readers cannot tell them apart", message=message))
            first.setdefault(seen, key)


def _groups(draft: Draft) -> Iterator[Named]:
    file = draft.file
    yield _entries(("actors",), file.actors) | _entries(("cast",), file.cast)
    for actor, part in file.actors.items():
        yield _entries(("actors", actor, "options"), part.options)
    for section in _ALONE:
        yield _entries((section,), getattr(file, section))


def _entries(base: Path, parts: Mapping[str, Any]) -> dict[Path, Any]:
    return {(*base, key): part for key, part in parts.items()}


def _check(draft: Draft, group: Named) -> None:
    first: dict[str, Path] = {}
    for path, part in group.items():
        if "name" in part.model_fields_set and not visible(part.name):
            draft.page.warn(
                (*path, "name"), "blank-name", tell("the name of {path} is blank: nobody can read it", path=path[-1])
            )
            continue
        seen = visible(part.name or str(path[-1]))
        if seen in first:
            other = first[seen]
            name = shorten(part.name or str(path[-1]))
            message = tell(
                "{path} and {other} are both called '{name}'; readers cannot tell them apart",
                path=path[-1],
                other=other[-1],
                name=name,
            )
            draft.page.warn((*path, "name"), "same-name", message)
        first.setdefault(seen, path)
