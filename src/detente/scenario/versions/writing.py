r"""The text of a scenario file, edited until it says a document: what is not changed keeps its comments, order and quotes.

One difference at a time is written at its place (`detente.scenario.text.edit`); where an edit cannot be made there, what it
stands in is written anew. Cost: one reading of the text for each difference.

>>> from detente.scenario.text import yaml_tree
>>> wanted = document({"detente": "1", "now": ["arm", "talk"], "title": "Chicken"})
>>> print(written("detente: 1  # the format\nnow: [arm]\ntitle: Hawk # and dove\n", wanted), end="")
detente: 1  # the format
now: [arm, talk]
title: Chicken # and dove
"""

from __future__ import annotations

from typing import Any

from detente.errors import InputError
from detente.messages import tell
from detente.scenario.text import yaml_tree
from detente.scenario.text.edit import add_reading, edit, insert, remove, reorder, text_of
from detente.scenario.text.page import Path
from detente.scenario.versions.difference import placed
from detente.scenario.versions.document import READING, SETTINGS, Entries, Node, brief, document, plain, same


def written(text: str, target: Entries) -> str:
    """The text with as little changed as makes it say the target."""
    while True:
        data = yaml_tree.read(text).root.plain()
        current = document(data)
        if same(current, target):
            return text
        try:
            changed = _step(text, data, current, target, ())
        except InputError:
            changed = None
        if changed is None or changed == text:
            return text_of(plain(target))
        text = changed


def _step(text: str, data: Any, current: Node, target: Node, path: Path) -> str | None:
    """The text with one difference at or below a path written; None if there is none."""
    if same(current, target):
        return None
    if not (isinstance(current, Entries) and isinstance(target, Entries)) or not isinstance(data, (dict, list)):
        return edit(text, path, brief(target))
    if current.form != target.form or current.form == SETTINGS:
        return edit(text, path, brief(target))
    if len(path) == 2 and path[0] == "actors" and "readings" in current.items and "readings" not in data:
        return _single_list(text, data, current, target, path)
    return _entries(text, data, current, target, path)


def _entries(text: str, data: Any, current: Entries, target: Entries, path: Path) -> str | None:
    keys, listed = list(current.items), isinstance(data, list)
    for number, key in enumerate(keys):
        if key not in target.items:
            return remove(text, (*path, number if listed else key))
    for key in target.items:
        if key not in current.items and listed:
            number = placed(keys, list(target.items), {key}).index(key)
            return insert(text, (*path, number), brief(target.items[key]))
        if key not in current.items:
            return edit(text, (*path, key), brief(target.items[key]))
    if target.ordered and keys != list(target.items):
        return reorder(text, path, [keys.index(key) for key in target.items])
    for number, key in enumerate(keys):
        place: int | str = number if listed else key
        here = (*path, place)
        try:
            changed = _step(text, data[place], current.items[key], target.items[key], here)
        except InputError:
            changed = edit(text, here, brief(target.items[key]))
        if changed is not None:
            return changed
    return None


def _single_list(text: str, data: Any, current: Entries, target: Entries, path: Path) -> str | None:
    """The same of an actor whose one list stands beside its name, not under `readings`."""
    readings = target.items.get("readings")
    wanted = readings.items if isinstance(readings, Entries) else {}
    only = wanted.get("only")
    if isinstance(only, Entries) and list(wanted) == ["only"] and set(only.items) <= set(READING):
        return _entries(text, data, _beside(current), _beside(target), path)
    if "only" in wanted:
        name = next(name for name in wanted if name != "only")
        return add_reading(text, str(path[-1]), name, plain(wanted[name]))
    raise InputError(tell("an actor with other readings is written anew"))


def _beside(actor: Entries) -> Entries:
    """The actor with its one list beside its name."""
    own = {key: each for key, each in actor.items.items() if key != "readings"}
    readings = actor.items["readings"]
    only = readings.items["only"] if isinstance(readings, Entries) else None
    return actor.having({**own, **(only.items if isinstance(only, Entries) else {})})
