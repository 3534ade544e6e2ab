"""Names that two versions of a file have for the same thing.

A name is renamed in plain data wherever it stands as a name: as a key, and as a word in formulas and lists of names; prose
keeps its words. That is safe only for a name that means one thing, so a name that two kinds of things share, a choice has or
the format uses itself is refused. Without being told, a renaming is recognised where it is unambiguous: of what one version
lacks and what the other has in its place, just one pair says the same once the name is exchanged, and exchanging it leaves
fewer differences.

>>> renamed({"now": ["arm"], "title": "To arm or not"}, "arm", "weapons")
{'now': ['weapons'], 'title': 'To arm or not'}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from detente.errors import InputError
from detente.messages import tell
from detente.scenario import schema
from detente.scenario.schema import Part
from detente.scenario.versions.difference import differences, told
from detente.scenario.versions.document import Entries, Node, document, same

PROSE = frozenset(
    (
        "name", "about", "note", "text", "says", "title", "question", "situation", "brief", "where", "short", "off",
        "assumes", "author", "opponent", "supports", "disputes", "silent", "url", "kind", "role", "leaves_out", "cost_unit",
        "status", "time", "sure", "date", "article", "analyst",
    )
)  # fmt: skip
"""Fields of words, in which no name is exchanged."""

NAMED = ("sources", "actors", "states", "outcomes", "partnerships", "platforms", "worlds", "perceptions", "claims")
"""Sections whose keys are names; actors have options and readings besides."""

Path = tuple[str, ...]


def renamed(data: Any, old: str, new: str, key: str = "") -> Any:
    """Plain data with a name exchanged wherever it is one."""
    if isinstance(data, Mapping):
        # In an answer `name` is that of a partnership.
        return {
            (new if each == old else each): renamed(value, old, new, "" if (key, each) == ("answer", "name") else each)
            for each, value in data.items()
        }
    if key in PROSE:
        return data
    if isinstance(data, list):
        return [renamed(each, old, new, key) for each in data]
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, data) if isinstance(data, str) else data


def stated(data: Any, names: Mapping[str, str]) -> Any:
    """The data with these names exchanged; raises `InputError` for one that is not there, or does not mean one thing."""
    for old, new in names.items():
        if reason := _unfit(document(data), old, new):
            raise InputError(tell("'{old}' cannot be taken for '{new}': {reason}", old=old, new=new, reason=reason))
        data = renamed(data, old, new)
    return data


def recognised(before: Any, after: Any) -> tuple[tuple[Path, str], ...]:
    """Where the second version beyond doubt has another name for something: the path of the old name, and the new one."""
    found: list[tuple[Path, str]] = []
    target = document(after)
    while (pair := _next(before, target)) is not None:
        found.append(pair)
        before = renamed(before, pair[0][-1], pair[1])
    return tuple(found)


def together(base: Any, first: Any, second: Any) -> tuple[Any, Any, Any]:
    """Three plain documents in which a name that one version beyond doubt has exchanged is exchanged in the other two as well.

    What both have exchanged differently stays as it is, and so does a name that means something else in the other version.
    """
    mine, theirs = (dict(recognised(base, version)) for version in (first, second))
    for path, new in (*mine.items(), *theirs.items()):
        if mine.get(path, new) != theirs.get(path, new):
            continue
        old, by_first = path[-1], path in mine
        others = [base, *([second] if by_first and path not in theirs else []), *([] if by_first else [first])]
        if any(_unfit(document(each), old, new) for each in others):
            continue
        base = renamed(base, old, new)
        if by_first and path not in theirs:
            second = renamed(second, old, new)
        elif not by_first:
            first = renamed(first, old, new)
    return base, first, second


def _next(data: Any, target: Entries) -> tuple[Path, str] | None:
    """The first renaming that is beyond doubt."""
    current = document(data)
    there = dict(_named(target))
    for path, names in _named(current):
        others = there.get(path, {})
        gone = [name for name in names if name not in others]
        come = [name for name in others if name not in names]
        fits = [(old, new) for old in gone for new in come if _alike(data, (path, old, new), others[new])]
        for old, new in fits:
            alone = sum(old == one or new == other for one, other in fits) == 1
            if alone and _spared(data, current, target, (old, new)) and not _unfit(current, old, new):
                return (*path, old), new
    return None


def _alike(data: Any, pair: tuple[Path, str, str], wanted: Node) -> bool:
    """Whether an entry says the same once its name is exchanged; of the whole file only this entry is looked at."""
    path, old, new = pair
    entry = data
    for part in (*path, old):
        entry = entry.get(part) if isinstance(entry, Mapping) else None
    if entry is None:  # written in a short form, so that it has no place of its own
        small = renamed(data, old, new)
    else:
        small = {new: renamed(entry, old, new, old)}
        for part in reversed(path):
            small = {part: small}
    node: Node = document(small)
    for part in (*path, new):
        node = node.items.get(part) if isinstance(node, Entries) else None
    return same(node, wanted)


def _spared(data: Any, current: Entries, target: Entries, pair: tuple[str, str]) -> bool:
    """Whether exchanging the name leaves fewer differences than the two of its coming and going, and those of its entry."""
    return len(differences(document(renamed(data, *pair)), target)) + 2 < len(differences(current, target))


def _named(whole: Entries) -> Iterator[tuple[Path, Mapping[str, Node]]]:
    """Every group of names, by its path."""
    for section in NAMED:
        named = whole.items.get(section)
        if not isinstance(named, Entries):
            continue
        yield (section,), named.items
        if section == "actors":
            for actor, each in named.items.items():
                for group in ("options", "readings"):
                    inner = each.items.get(group) if isinstance(each, Entries) else None
                    if isinstance(inner, Entries):
                        yield (section, actor, group), inner.items


def _unfit(whole: Entries, old: str, new: str) -> str:
    """Why a name cannot be exchanged; empty if it can."""
    groups = [path for path, names in _named(whole) if old in names]
    if not groups:
        return tell("nothing in the first file is called '{old}'", old=old)
    if len(groups) > 1:
        return tell("it names several things ({groups})", groups=", ".join(map(told, groups)))
    if any(new in names for _, names in _named(whole)):
        return tell("the first file has a '{new}' as well", new=new)
    if old in _KEYS or old in _choices(whole):
        return tell("the word has another meaning in the file")
    return ""


def _choices(whole: Entries) -> set[str]:
    found = set[str]()
    for path, names in _named(whole):
        if path[-1] == "options":
            for option in names.values():
                choices = option.items.get("choices") if isinstance(option, Entries) else None
                found.update(choices.items if isinstance(choices, Entries) else choices or ())
    return found


_KEYS = frozenset(
    key
    for each in vars(schema).values()
    if isinstance(each, type) and issubclass(each, Part)
    for key in each.keys()  # noqa: SIM118 (a method of the class)
)
"""Every key of the format."""
