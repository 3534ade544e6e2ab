"""What a scenario file says, apart from how it is written.

A document is a tree of entries that the shape of the format (`detente.scenario.schema`) describes. Short forms are written out
(`- a` is an aim with `want: a`), the one list of an actor is its reading `only`, values that are the default are left out, a
formula stands as it is parsed. An entry is known by its key, or where entries are listed by what makes it that entry: an aim by
its formula, a rule by its formulas, an event by date and actor. Order is kept where it means something: of actors and options
(the state space), readings, worlds and perceptions (the first is the default), aims, rules and recorded events.

>>> from detente.scenario.text import yaml_tree
>>> short = yaml_tree.read("actors: {us: {options: {arm: }, priorities: [not (arm)]}}")
>>> long = yaml_tree.read("actors: {us: {options: {arm: {}}, readings: {only: {priorities: [{want: not arm}]}}}}")
>>> same(document(short.root.plain()), document(long.root.plain()))
True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from detente.errors import FormulaError
from detente.formula import parse
from detente.scenario import schema
from detente.scenario.schema import Part, ScenarioFile

MAPPING, LISTED, TEXTS, SETTINGS = "mapping", "listed", "texts", "settings"
"""How entries are written: under keys; in a list; as a list of texts; as a list of settings, one option each."""


@dataclass(frozen=True)
class Entries:
    """Entries by what they are known by; `ordered`: their order means something; `main` is the key of their short form."""

    items: Mapping[str, Node]
    form: str = MAPPING
    ordered: bool = False
    main: str = ""

    def having(self, items: Mapping[str, Node]) -> Entries:
        """Entries of the same kind."""
        return replace(self, items=items)


Node = Entries | str | tuple[str, ...] | list[Any] | dict[str, Any] | None
"""Entries; or a value: a text, a list of texts, or what questions keep as it is written (plain data)."""


def same(one: Node, other: Node) -> bool:
    """Whether two say the same; the order of entries counts where it means something."""
    if not isinstance(one, Entries) or not isinstance(other, Entries):
        return type(one) is type(other) and one == other
    if one.items.keys() != other.items.keys() or one.form != other.form:
        return False
    if one.ordered and list(one.items) != list(other.items):
        return False
    return all(same(one.items[key], other.items[key]) for key in one.items)


def document(data: Mapping[str, Any]) -> Entries:
    """The document of plain data in the shape of the format. Linear in the data."""
    return _part(ScenarioFile, data)


def plain(node: Node) -> Any:
    """The node as plain data in the shape of the format, short where there is a short form."""
    if not isinstance(node, Entries):
        return list(node) if isinstance(node, tuple) else node
    if node.form == MAPPING:
        return {key: brief(each) for key, each in node.items.items()}
    return [brief(each) for each in node.items.values()]


def brief(node: Node) -> Any:
    """The same in its short form, where that says all of it."""
    if isinstance(node, Entries) and node.main and list(node.items) == [node.main]:
        return plain(node.items[node.main])
    return plain(node)


# --- from data to entries -------------------------------------------------------------------------------------

ORDERED = {
    ("ScenarioFile", "actors"),
    ("ScenarioFile", "rules"),
    ("ScenarioFile", "worlds"),
    ("ScenarioFile", "perceptions"),
    ("ScenarioFile", "history"),
    ("Actor", "options"),
    ("Actor", "readings"),
    ("Whole", "models"),
    *((wants, "priorities") for wants in ("Reading", "Account", "Actor")),
    ("ThirdParty", "wants"),
}
"""Where the order of entries means something, by the class of the mapping and the field."""

SETTING_LISTS = {("ScenarioFile", "now"), ("Platform", "hold")}
TEXT_LISTS = {("ScenarioFile", "leaves_out"), ("ScenarioFile", "sisters")}
"""Lists of texts whose entries come and go one by one."""

FORMULAS = {"want", "when", "never", "same", "formula", "needs", "stays", "flows"}
"""Fields that hold formulas."""

READING = ("priorities", "ranking", "weights", "great", "adjust", "brief")
"""What an actor with one list says of it directly."""


def _part(cls: type[Part], data: Any) -> Entries:
    """The entries of a mapping that is read as this class; a text is its short form."""
    given: Mapping[str, Any] = {cls.main: data} if isinstance(data, str) else data or {}
    if cls is schema.Actor and given.keys() & {"priorities", "ranking", "weights"}:
        only = {key: given[key] for key in READING if key in given}
        given = {**{key: each for key, each in given.items() if key not in READING}, "readings": {"only": only}}
    fields = _fields(cls)
    items: dict[str, Node] = {}
    for key, value in given.items():
        name, read, default = fields.get(key, (key, _as_it_is, None))
        node = read(name, value)
        if node is not None and not _usual(node, default):
            items[key] = node
    return Entries(items, main=cls.main)


def _usual(node: Node, default: Node) -> bool:
    """Whether this would be so without being written; `now: []` says something, `options: {}` does not."""
    if isinstance(node, Entries):
        return not node.items and default == ()
    return node == default


Read = Callable[[str, Any], Node]


@cache
def _fields(cls: type[Part]) -> Mapping[str, tuple[str, Read, Node]]:
    """Per key of the file: the field's name, how its value becomes a node, and the node of its default."""
    found: dict[str, tuple[str, Read, Node]] = {}
    for name, field in cls.model_fields.items():
        read = _reader(cls.__name__, name, field.annotation)
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        found[field.alias or name] = name, read, _default(read, name, default)
    return found


def _default(read: Read, name: str, default: Any) -> Node:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, int):
        return "mild" if name == "strength" else str(default)
    if isinstance(default, str):
        return read(name, default)
    if isinstance(default, tuple) and default and all(isinstance(each, str) for each in default):
        return read(name, list(default))
    return None if default is None or default else ()


def _reader(owner: str, name: str, hint: Any) -> Read:
    """How the value of a field with this annotation becomes a node."""
    where, hint = (owner, name), _bare(hint)
    if where in SETTING_LISTS:
        return _settings
    if where in TEXT_LISTS:
        return _texts
    if hint is bool:
        return _yes_no
    if name == "strength":
        return _strength
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is dict:
        return _keyed(_reader(owner, "", arguments[1]), name, _class(arguments[1]), ordered=where in ORDERED)
    if origin is tuple and (cls := _class(arguments[0])) is not None:
        return _listed(cls, ordered=where in ORDERED)
    if (cls := _class(hint)) is not None:
        return lambda _, value: _part(cls, value)
    if origin is tuple and arguments[0] is str:
        return _several
    return _number if hint is Fraction else _value


def _bare(hint: Any) -> Any:
    """An annotation without what is optional or only describes it."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    kinds = [each for each in get_args(hint) if each is not NoneType]
    return _bare(kinds[0]) if NoneType in get_args(hint) and len(kinds) == 1 else hint


def _class(hint: Any) -> type[Part] | None:
    bare = _bare(hint)
    return bare if isinstance(bare, type) and issubclass(bare, Part) else None


def _keyed(inner: Read, name: str, cls: type[Part] | None, *, ordered: bool) -> Read:
    def read(field: str, value: Any) -> Node:
        if isinstance(value, list) and cls is not None:  # relations may be a plain list
            return _listed(cls, ordered=ordered)(field, value)
        if not isinstance(value, dict):
            return _value(name or field, value)
        return Entries({key: inner(name or field, each) for key, each in value.items()}, ordered=ordered)

    return read


def _listed(cls: type[Part], *, ordered: bool) -> Read:
    def read(_: str, value: Any) -> Node:
        listed = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
        parts = [_part(cls, each) for each in listed]
        return Entries(dict(zip(_apart(map(_identity, parts)), parts, strict=True)), LISTED, ordered)

    return read


IDENTITY = (
    "want", "when", "never", "same", "then", "barred", "for", "move", "formula", "date", "by", "from", "to", "kind",
    "readings", "world", "sanctions",
)  # fmt: skip
"""The keys that make a listed entry the entry it is."""


def _identity(part: Entries) -> str:
    """What a listed entry is known by: an aim by its formula, others by those of the keys above that they have."""
    if set(part.items) & {"want", "weight"}:
        return _told(part.items.get("want", part.items.get("when", "")))
    if "move" in part.items or "formula" in part.items:
        return _told(part.items.get("move", part.items.get("formula", "")))
    return "; ".join(f"{key}: {_told(part.items[key])}" for key in IDENTITY if key in part.items) or "entry"


def _told(node: Node) -> str:
    if isinstance(node, Entries):
        return ", ".join(f"{key}={_told(each)}" for key, each in node.items.items())
    return ", ".join(node) if isinstance(node, tuple) else str(node)


def _apart(names: Iterable[str]) -> list[str]:
    """The names, with a number behind what has stood before."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


# --- values ---------------------------------------------------------------------------------------------------


def _as_it_is(_: str, value: Any) -> Node:
    return value  # type: ignore[no-any-return]


def _value(name: str, value: Any) -> Node:
    """A text or texts; anything deeper stays plain data."""
    if isinstance(value, str):
        return _formula(value) if name in FORMULAS else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return value  # type: ignore[no-any-return]


def _several(name: str, value: Any) -> Node:
    """One text or several; of choices with names, each with its own, in order."""
    if isinstance(value, dict):
        return Entries(dict(value), ordered=True)
    return _value(name, [value] if isinstance(value, str) else value)


def _formula(text: str) -> str:
    try:
        return str(parse(text))
    except FormulaError:
        return " ".join(text.split())


def _number(_: str, value: Any) -> Node:
    try:
        return str(Fraction(str(value).strip()))
    except (ValueError, ZeroDivisionError):
        return str(value)


def _yes_no(_: str, value: Any) -> Node:
    return {"true": "yes", "on": "yes", "false": "no", "off": "no"}.get(str(value).lower(), str(value).lower())


def _strength(_: str, value: Any) -> Node:
    return {"1": "mild", "2": "great"}.get(str(value), str(value))


def _texts(_: str, value: Any) -> Node:
    listed = [value] if isinstance(value, str) else value
    return Entries(dict(zip(_apart(listed), listed, strict=True)), TEXTS)


def _settings(_: str, value: Any) -> Node:
    """Settings by their option; those that say what would be so anyway stay, for the reader knows best."""
    listed = [value] if isinstance(value, str) else value
    apart = [each.strip() for text in listed for each in re.split(r"\band\b|,", text)]
    names = _apart(re.sub(r"^not\s+", "", each).split("=")[0].strip() for each in apart)
    return Entries(dict(zip(names, apart, strict=True)), SETTINGS)
