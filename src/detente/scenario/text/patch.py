r"""A patch: changes of a scenario file as a list of `{path, old, new}`, made one after another, all of them or none.

Each entry names a place, what stands there, and what shall stand there; `null`, or a key left out, is nothing: without `old`
the entry is new, without `new` it is deleted. A path is a list of keys, with numbers from 0 for the entries of a list; or one
text with dots between, in which a key that holds a dot itself stands in quotes: `worlds."a.b".ru`. What is not there as `old`
says it is refused, so that a patch never meets another file than the one it was made for.

Comments and order survive as in `detente.scenario.text.edit`: of a list or mapping only what differs is touched, and an entry
that moves takes its comment along.

>>> changes = read("- {path: now, old: [us_arm], new: [us_arm, ru_link]}")
>>> print(apply("detente: 1\nnow: [us_arm]  # today\n", changes), end="")
detente: 1
now: [us_arm, ru_link]  # today
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from detente.errors import InputError, ScenarioError
from detente.messages import numeral, tell
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.edit import edit, insert, remove, reorder
from detente.scenario.text.emit import flow, plain
from detente.scenario.text.page import Node, Page, Path, shorten

PART = re.compile(r'"((?:[^"\\]|\\.)*)"|([^".]+)')
"""A key in a path that is written as one text: in quotes, or without dots."""

SHOWN = 120
"""Characters of a value that a message shows."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What shall stand at a path in place of what stands there; None is nothing. Values are as the reader gives them."""

    path: tuple[str, ...]
    old: Any = None
    new: Any = None

    @property
    def place(self) -> str:
        """The path as one text.

        >>> Change(path=("worlds", "a.b", "ru")).place
        'worlds."a.b".ru'
        """
        return ".".join(part if PART.fullmatch(part) and '"' not in part else json.dumps(part) for part in self.path)

    @classmethod
    def of(cls, path: str | Iterable[str | int], old: object = None, new: object = None) -> Change:
        """A change from plain data; raises `InputError` for a path that cannot be read."""
        return cls(path=parts_of(path), old=plain(old), new=plain(new))


def parts_of(path: str | Iterable[str | int]) -> tuple[str, ...]:
    r"""The keys of a path.

    >>> parts_of("actors.us.priorities.0"), parts_of('worlds."a.b"'), parts_of(["now", 0])
    (('actors', 'us', 'priorities', '0'), ('worlds', 'a.b'), ('now', '0'))
    """
    if not isinstance(path, str):
        return tuple(map(str, path))
    found, at = [], 0
    while match := PART.match(path, at):
        found.append(json.loads(f'"{match[1]}"') if match[1] is not None else match[2])
        at = match.end() + 1
        if path[match.end() : at] != ".":
            break
    if not found or at <= len(path):
        raise InputError(
            tell(
                "'{path}' is no path: write keys with dots between, a key with a dot in quotes, or a list of keys",
                path=shorten(path),
            )
        )
    return tuple(found)


# --- reading ----------------------------------------------------------------------------------------------------


def read(text: str, file: str = "") -> tuple[Change, ...]:
    """The changes a text lists, in YAML. Raises `ScenarioError` with the place of whatever is no change."""
    page, root = yamltree.parsed(text, file)
    if root is None or not isinstance(root.value, list):
        what = root.kind if root is not None else tell("an empty text")
        at = root.start if root is not None else None
        page.fail("patch", at, tell("a patch is a list of {{path, old, new}}; this is {what}", what=what))
    found = tuple(_change(page, node) for node in root.value)
    if page.errors:
        raise ScenarioError(page.problems)
    return found


def _change(page: Page, node: Node) -> Change:
    keys = node.value if isinstance(node.value, dict) else {}
    strange = [key for key in keys if key not in ("path", "old", "new")]
    if strange or "path" not in keys or not keys.keys() & {"old", "new"}:
        said = ", ".join(map(shorten, keys)) or node.kind
        page.fail(
            "patch", node.start, tell("an entry of a patch has the keys path, old and new; found {said}", said=said)
        )
    path = keys["path"].plain()
    flat = isinstance(path, str) or (isinstance(path, list) and path and all(isinstance(each, str) for each in path))
    if not flat:
        page.fail("patch", keys["path"].start, tell("a path is a list of keys, or one text with dots between"))
    try:
        return Change.of(path, **{key: keys[key].plain() for key in ("old", "new") if key in keys})
    except InputError as error:
        page.fail("patch", keys["path"].start, str(error))


# --- applying ---------------------------------------------------------------------------------------------------


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text with all changes made, each in what those before it have left.

    Raises `InputError` where something else stands at a path than `old` says, or an edit cannot be made; then nothing is.
    """
    for change in changes:
        path, found = _find(text, change.path)
        if found != change.old:
            raise InputError(
                tell(
                    "{place}: the patch expects {expected}, the file has {found}; nothing is changed",
                    place=change.place,
                    expected=_said(change.old),
                    found=_said(found),
                )
            )
        text = _become(text, path, change.old, change.new)
    return text


def _find(text: str, parts: tuple[str, ...]) -> tuple[Path, Any]:
    """The path with numbers for the entries of lists, and what stands there (None: nothing)."""
    page = yamltree.read(text)
    if page.errors:
        raise ScenarioError(page.problems)
    path: list[str | int] = []
    node: Node | None = page.root
    for part in parts:
        listed = node is not None and isinstance(node.value, list)
        step = int(part) if listed and re.fullmatch("[0-9]{1,6}", part) else part
        path.append(step)
        node = node.step(step) if node is not None else None
    return tuple(path), node.plain() if node is not None else None


def _become(text: str, path: Path, old: Any, new: Any) -> str:
    """The text with a value made another, by the least that must be touched."""
    if new is None:
        return text if old is None else remove(text, path)
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() & new.keys():
        return _become_mapping(text, path, old, new)
    if isinstance(old, list) and isinstance(new, list) and any(each in new for each in old):
        return _become_list(text, path, old, new)
    return text if old == new else edit(text, path, new)


def _become_mapping(text: str, path: Path, old: dict[str, Any], new: dict[str, Any]) -> str:
    for key in old.keys() - new.keys():
        text = remove(text, (*path, key))
    for key, value in new.items():
        text = edit(text, (*path, key), value) if key not in old else _become(text, (*path, key), old[key], value)
    there = [*(key for key in old if key in new), *(key for key in new if key not in old)]
    return text if there == list(new) else reorder(text, path, [there.index(key) for key in new])


def _become_list(text: str, path: Path, old: list[Any], new: list[Any]) -> str:
    """Entries that stay are kept as they are written; what is new is put in, and all are put in order."""
    kept: list[int | None] = []
    for each in new:
        kept.append(next((n for n, value in enumerate(old) if value == each and n not in kept), None))
    for number in reversed(range(len(old))):
        if number not in kept:
            text = remove(text, (*path, number))
    there: list[Any] = sorted(number for number in kept if number is not None)
    order = []
    for place, stays in enumerate(kept):
        if stays is None:
            text = insert(text, (*path, len(there)), new[place])
            there.append(None)
            order.append(len(there) - 1)
        else:
            order.append(there.index(stays))
    return text if order == sorted(order) else reorder(text, path, order)


def _said(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return tell("nothing")
    if isinstance(value, list) and len(flow(value)) > SHOWN:
        return tell("{number} entries, {value}", number=numeral(len(value)), value=shorten(flow(value), SHOWN))
    return shorten(flow(value), SHOWN)
