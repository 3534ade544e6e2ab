"""A name of a file called otherwise, and everything that names it with it: changes of one step.

The places are those of the forms (`detente.workbench.forms`), which say what each text names. In formulas and settings an
option is named by its id, where only one actor has it, or by `actor.option`; an outcome and a state by their names. What
stands in prose is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from detente.scenario.text.changes import Change
from detente.scenario.text.page import Path
from detente.workbench.forms import sections

FORMULAS = ("formula", "settings", "options", "flows", "states", "goals")
"""What names options, outcomes and states in codes."""

ANY = "any"

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")


def renaming(data: Any, path: Path, new: str) -> list[Change]:
    """The key at a path renamed, and after it every place that names it; in the order in which to make the changes."""
    old = str(path[-1])
    kind, name = _named(path)
    rename = Change("rename", path, new=new)
    if not kind or not isinstance(data, Mapping):
        return [rename]
    speak = _spoken(data, path, old, new, kind)
    found = [
        Change("put", each, text, said)
        for each, text, what in _texts(data, {"fields": sections(), "kind": "part"}, ())
        if (said := speak(text, what, each)) != text
    ]
    keys = [
        each
        for each in _keys(data, {"fields": sections(), "kind": "part"}, (), name)
        if each[-1] == old and each != path
    ]
    # Deeper keys first: a path that leads through a key must still lead there.
    return [*found, *(Change("rename", each, new=new) for each in sorted(keys, key=len, reverse=True)), rename]


def _named(path: Path) -> tuple[str, str]:
    """What kind of thing has its name at a path, and what texts that name it say they name."""
    if len(path) == 2 and path[0] in (
        "actors",
        "outcomes",
        "states",
        "sources",
        "claims",
        "worlds",
        "partnerships",
        "platforms",
    ):
        return str(path[0]), str(path[0])
    if len(path) == 4 and path[0] == "actors" and path[2] in ("options", "readings"):
        return str(path[2]), str(path[2])
    return "", ""


def _spoken(data: Mapping[str, Any], path: Path, old: str, new: str, kind: str) -> Callable[[str, str, Path], str]:
    """How a text of some kind is said after the renaming."""
    actor = str(path[1])
    alone = (
        kind != "options"
        or sum(old in (told.get("options") or {}) for told in data["actors"].values() if isinstance(told, Mapping)) == 1
    )

    def code(found: re.Match[str]) -> str:
        word = found[0]
        if kind == "options":
            return new if word == old and alone else f"{actor}.{new}" if word == f"{actor}.{old}" else word
        if kind == "actors" and word.startswith(f"{old}."):
            return f"{new}.{word.partition('.')[2]}"
        return new if kind in ("outcomes", "states") and word == old else word

    def whose(place: Path) -> bool:
        """Whether a reading that is named at a place is one of this actor: its key says so, or the entry it stands in."""
        entry: Any = data
        for part in place[:-1]:
            entry = entry[part]
        return actor in place[-2:] or (isinstance(entry, Mapping) and entry.get("actor") == actor)

    def speak(text: str, what: str, place: Path) -> str:
        if kind == "readings":
            return new if what == "readings" and text == old and whose(place) else text
        if what in FORMULAS:
            return _NAME.sub(code, text)
        if what == ANY:
            return new if text == old else _NAME.sub(code, text) if kind in ("options", "outcomes", "states") else text
        return new if what == kind and text == old else text

    return speak


def _texts(data: Any, kind: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str, str]]:
    """Every text that names something: where it stands, what it says, what it names."""
    if kind["kind"] == "any":
        yield from ((each, text, ANY) for each, text in _anywhere(data, path))
    elif isinstance(data, str):
        if what := _names(kind):
            yield path, data, what
    else:
        for part, each, inside in _inside(data, kind):
            yield from _texts(each, inside, (*path, part))


def _names(kind: Mapping[str, Any]) -> str:
    """What a text names that stands where a form has this kind: in its short form what the main field names."""
    if kind["kind"] in ("list", "map"):
        return _names(kind["of"])
    if kind["kind"] == "part":
        return next((_names(each) for each in kind["fields"] if each["key"] == kind.get("main")), "")
    return "formula" if kind["kind"] == "formula" else str(kind.get("names", ""))


def _inside(data: Any, kind: Mapping[str, Any]) -> Iterator[tuple[str | int, Any, Mapping[str, Any]]]:
    """What stands in data of a kind: its key or number, its data and its kind."""
    if isinstance(data, dict) and kind["kind"] == "part":
        yield from ((each["key"], data[each["key"]], each) for each in kind["fields"] if each["key"] in data)
    elif isinstance(data, dict) and kind["kind"] == "map":
        yield from ((key, each, kind["of"]) for key, each in data.items())
    elif isinstance(data, list) and kind["kind"] == "list":
        yield from ((number, each, kind["of"]) for number, each in enumerate(data))


def _anywhere(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text of data that no form describes: the tests of claims, what is uncertain."""
    if isinstance(data, str):
        yield path, data
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, each in inside:
        yield from _anywhere(each, (*path, part))


def _keys(data: Any, kind: Mapping[str, Any], path: Path, name: str) -> Iterator[Path]:
    """Every key that names something of this kind, where keys are no new names; where no form describes them, every key."""
    if kind["kind"] == "any":
        yield from _mappings(data, path)
        return
    outcomes = name == "outcomes" and path[-1:] == ("outcomes",) and len(path) > 1
    for part, each, inside in _inside(data, kind):
        if kind["kind"] == "map" and (kind.get("names") == name or outcomes):
            yield (*path, part)
        yield from _keys(each, inside, (*path, part), name)


def _mappings(data: Any, path: Path) -> Iterator[Path]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, each in inside:
        if isinstance(part, str):
            yield (*path, part)
        yield from _mappings(each, (*path, part))
