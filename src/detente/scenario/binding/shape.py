"""Does the tree have the shape of a scenario? Every misfit is reported, cut out, and the rest is read on.

The steps: empty entries are reported and removed; pydantic reads the tree as a `ScenarioFile`; each of its
errors becomes a problem at the line and column it belongs to, and the part it concerns is cut out; repeat
until what is left fits. So a misspelt key on line 3 does not hide an unknown option on line 300. What was
cut out is remembered as `Damage`, lest a name that fell with it be called unknown.
"""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from detente.characters import advice, stray
from detente.messages import Messages, later, tell
from detente.scenario.schema import Part, ScenarioFile
from detente.scenario.text.page import Node, Page, Path, shorten


@dataclass(frozen=True)
class Damage:
    """What the reader had to cut out: names declared there, and the paths of the mappings it was cut from."""

    names: set[str] = field(default_factory=set)
    places: set[Path] = field(default_factory=set)


def fit(page: Page) -> tuple[ScenarioFile, Damage]:
    """Read the page's tree as a scenario file; problems go to the page, misfits are cut out of its tree."""
    damage = Damage()
    _drop_blanks(page, page.root, (), damage)
    while True:
        seen: dict[int, type[Part]] = {}
        data = page.root.plain()
        try:
            return ScenarioFile.model_validate(data, context=seen), damage
        except ValidationError as error:
            found = error.errors(include_url=False)
        strange = [_path(page, each["loc"]) for each in found if each["type"] == "extra_forbidden"]
        absent = {(_path(page, each["loc"]), str(each["loc"][-1])) for each in found if each["type"] == "missing"}
        excused = damage.places | {where for where, key in absent if _misspelt(key, where, strange)}
        misfits = {path: each for each in found for path in [_misfit(page, data, seen, each, excused)]}
        for path in sorted(misfits, key=lambda path: [str(part).zfill(9) for part in path], reverse=True):
            _cut(page, path, damage)


def _cut(page: Page, path: Path, damage: Damage) -> None:
    if not path:
        page.fail("shape", None, tell("the file does not have the shape of a scenario"))
    parent, last = page.node(path[:-1]), path[-1]
    damage.places.add(path[:-1])
    if isinstance(parent.value, list) and isinstance(last, int) and last < len(parent.value):
        damage.names.update(_names(parent.value.pop(last)))
    elif isinstance(parent.value, dict) and last in parent.value:
        damage.names.update(_names(parent.value.pop(str(last))), [str(last)])


def _names(node: Node) -> Iterator[str]:
    """Every key below a node."""
    children: list[Node] = []
    if isinstance(node.value, dict):
        yield from node.value
        children = list(node.value.values())
    elif isinstance(node.value, list):
        children = node.value
    for child in children:
        yield from _names(child)


# --- empty entries ------------------------------------------------------------------------------------------


def _drop_blanks(page: Page, node: Node, path: Path, damage: Damage) -> None:
    if isinstance(node.value, dict):
        for key, child in list(node.value.items()):
            _drop_blank(page, child, (*path, key), damage)
    elif isinstance(node.value, list):
        for number, child in reversed(list(enumerate(node.value))):
            _drop_blank(page, child, (*path, number), damage)


def _drop_blank(page: Page, node: Node, path: Path, damage: Damage) -> None:
    if path[0] in ("uncertainty", "expect") or (path[0] == "claims" and "test" in path):
        return
    if node.value is not None:
        _drop_blanks(page, node, path, damage)
    elif not (len(path) == 4 and path[0] == "actors" and isinstance(path[3], str)):  # an option may be bare
        what = tell("'{path}' is", path=shorten(str(path[-1]))) if isinstance(path[-1], str) else tell("this entry is")
        page.report(
            "error", "empty", page.at_key(path), tell("{what} empty: write something there, or leave it out", what=what)
        )
        _cut(page, path, damage)


# --- what pydantic says, said for people --------------------------------------------------------------------


def _misspelt(key: str, where: Path, unknown: list[Path]) -> bool:
    """Whether a missing key stands there under a name that is unknown but near; then once is enough said."""
    beside = [str(path[-1]) for path in unknown if path[:-1] == where]
    return bool(difflib.get_close_matches(key, beside, n=1))


def _misfit(page: Page, data: Any, seen: Mapping[int, type[Part]], error: Any, excused: Container[Path]) -> Path:
    """Report one error of pydantic's; return the path to cut out. Missing keys in excused places are not reported."""
    path = _path(page, error["loc"])
    code, offset = str(error["type"]), page.at(path)
    if code == "extra_forbidden":
        offset = page.at_key(path)
        message = tell(
            "unknown key '{path}'{hint}",
            path=shorten(str(path[-1])),
            hint=page.hint(str(path[-1]), _known(data, seen, path)),
        )
        if page.node(path[:-1]).style == "[" and " " in str(path[-1]):
            message += tell("; if it belongs to the text before the comma, quote that text")
        page.report("error", "unknown-key", offset, message)
    elif code == "missing" and path in excused:
        pass
    elif code == "missing":
        page.report("error", "missing", offset, tell("'{error}' is missing here", error=error["loc"][-1]))
    else:
        node = page.node(path)
        expected = tell(MOVE) if path[:2] == ("graph", "moves") and code == "string_type" else _expected(error)
        page.report("error", "value", offset, tell("{expected}; found {found}", expected=expected, found=_found(node)))
    return path


def _path(page: Page, loc: tuple[str | int, ...]) -> Path:
    """The part of pydantic's location that exists in the file."""
    path: Path = ()
    node: Node | None = page.root
    for part in loc:
        assert node is not None
        counted = isinstance(node.value, list) and isinstance(part, str) and part.isdigit()
        step = int(part) - 1 if counted else part  # a list that is read as a mapping with the keys 1, 2, 3, ...
        node = node.step(step)
        if node is None:
            break
        path = (*path, step)
    return path


def _known(data: Any, seen: Mapping[int, type[Part]], path: Path) -> list[str]:
    """The keys the mapping around an unknown key may have."""
    for part in path[:-1]:
        data = data[part]
    part_class = seen.get(id(data))
    return part_class.keys() if part_class else []


MOVE = later("expected a move such as 's1 > s2'")
"""What a list such as `[s1, s2]` in place of a move is told."""

_EXPECTED = Messages(
    {
        "string_type": "expected a text",
        "dict_type": "expected a mapping",
        "model_type": "expected a mapping",
        "list_type": "expected a list",
        "tuple_type": "expected a list",
        "int_parsing": "expected a whole number",
        "int_type": "expected a whole number",
        "int_from_float": "expected a whole number",
        "bool_parsing": "expected yes or no",
        "bool_type": "expected yes or no",
    }
)


def _expected(error: Any) -> str:
    code, context = error["type"], error.get("ctx", {})
    if code in _EXPECTED:
        return _EXPECTED[code]
    if code == "literal_error":
        return tell("expected {context}", context=context["expected"])
    if code == "greater_than_equal":
        return tell("expected a number of at least {context}", context=context["ge"])
    return str(error["msg"])


def _found(node: Node) -> str:
    if not isinstance(node.value, str):
        return node.kind
    strange = advice(node.value) if stray(node.value) is not None else ""
    return f"'{shorten(node.value)}'" + (f"; {strange}" if strange else "")
