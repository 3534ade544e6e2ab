"""The sections of a scenario file as forms: what each key holds, from the very classes that read it.

A field is `{key, title, help, ...type}`; a type is one of

- `{kind: text, long?}`, `{kind: number}`, `{kind: flag}`, `{kind: choice, choices}`, `{kind: formula}`, `{kind: any}`;
- `{kind: part, main?, blank?, fields}`: a mapping with these keys; `main` is the key of its short form, `blank`: it may be
  empty;
- `{kind: list, of, short?}`: entries in order; `short`: one alone may stand without the list;
- `{kind: map, of, identified?}`: entries by keys; `identified`: the keys stand in formulas.

Text, lists and keys of maps may say by `names` what they name.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from detente.messages import tell
from detente.scenario import schema
from detente.scenario.schema import Part, ScenarioFile

LONG = frozenset(
    {
        "about",
        "situation",
        "question",
        "note",
        "supports",
        "disputes",
        "silent",
        "author",
        "opponent",
        "assumes",
        "brief",
        "says",
        "text",
    }
)
"""Texts that take several lines."""

NAMES: Mapping[str, str] = {
    "source": "sources",
    "against": "sources",
    "claims": "claims",
    "actor": "actors",
    "for": "actors",
    "by": "actors",
    "to": "actors",
    "members": "actors",
    "approved_by": "actors",
    "over": "actors",
    "unaware_of": "options",
    "imagines": "options",
    "reveals": "options",
    "unmasks": "options",
    "hold": "settings",
    "now": "settings",
    "set": "settings",
    "sets": "settings",
    "reading": "readings",
    "goal": "goals",
    "world": "worlds",
    "perception": "perceptions",
    "of": "goals",
    "core": "flows",
    "state": "states",
    "shared": "actors",
    "from": "actors",
    "ranking": "states",
    "equilibria": "states",
    "stability": "states",
    "ends": "states",
    "above": "states",
    "below": "states",
}
"""By its key, what a text names."""

KEYS: Mapping[str, str] = {
    "readings": "actors",
    "believes": "actors",
    "thinks_of": "actors",
    "views": "actors",
    "moves": "actors",
    "equilibria": "",
    "stability": "",
    "allows": "actors",
    "worlds": "",
    "models": "",
}
"""What the keys of a map name, where they are not new names."""


@cache
def sections() -> list[dict[str, Any]]:
    """The keys of a file, in order."""
    return _fields(ScenarioFile)


def _fields(cls: type[Part]) -> list[dict[str, Any]]:
    by_key = {info.alias or name: info for name, info in cls.model_fields.items()}
    return [_field(cls, key, by_key[key]) for key in cls.keys()]  # noqa: SIM118 (a method of the class, not of a mapping)


def _field(cls: type[Part], key: str, info: FieldInfo) -> dict[str, Any]:
    title = key.replace("_", " ")
    found = {
        "key": key,
        "title": title[:1].upper() + title[1:],
        "help": tell(info.description or ""),
        **_type(info.annotation, info.metadata, key, cls),
    }
    if isinstance(info.json_schema_extra, dict) and "propertyNames" in info.json_schema_extra:
        found["identified"] = True
    if info.is_required():
        found["required"] = True
    return found


SPECIAL: Mapping[str, dict[str, Any]] = {
    "needs": {"kind": "map", "of": {"kind": "formula"}, "short": True},
    "while": {"kind": "map", "of": {"kind": "formula"}, "short": True},
    "strength": {"kind": "choice", "choices": ["mild", "great", *map(str, range(1, 10))]},
}
"""Keys whose values are written in a way that their type does not tell."""


def _type(hint: Any, metadata: Any, key: str, cls: type[Part]) -> dict[str, Any]:
    """The type of a field, from its annotation; what only marks it says what kind of text it is."""
    hint, marks = _bare(hint, list(metadata))
    shapes = [mark.json_schema for mark in marks if isinstance(getattr(mark, "json_schema", None), dict)]
    titles = {str(shape.get("title", "")) for shape in shapes}
    if key in SPECIAL:
        return SPECIAL[key]
    if "Formula" in titles:
        return {"kind": "formula"}
    if hint in (bool, int, Fraction):
        return {"kind": "flag" if hint is bool else "number"}
    origin, inside = get_origin(hint), get_args(hint)
    choices = inside if origin is Literal else next((shape["enum"] for shape in shapes if "enum" in shape), None)
    if choices is not None and (origin is Literal or hint is str):
        return {"kind": "choice", "choices": list(dict.fromkeys(map(str, choices)))}
    if isinstance(hint, type) and issubclass(hint, Part):
        return _part(hint)
    if origin is dict:
        return _map(inside, key, cls)
    return _list(inside, titles, key, cls) if origin is tuple else _text(hint, key, cls)


def _text(hint: Any, key: str, cls: type[Part]) -> dict[str, Any]:
    """A text, and what it names; what is neither is anything."""
    if hint is not str:
        return {"kind": "any"}
    names = "partnerships" if (cls, key) == (schema.Answer, "name") else NAMES.get(key, "")
    return {"kind": "text", **({"long": True} if key in LONG else {}), **({"names": names} if names else {})}


def _map(inside: tuple[Any, ...], key: str, cls: type[Part]) -> dict[str, Any]:
    if len(inside) != 2 or inside[1] is Any:
        return {"kind": "any"}
    inner = "reading" if key in ("worlds", "readings") else key if key in ("equilibria", "stability", "ends") else ""
    of = _type(inside[1], (), inner, cls)
    if key == "worlds":
        of = {**of, "names": "actors"}
    names = KEYS.get(key, "")
    if key == "readings" and cls is schema.Actor:
        names = ""
    more = {"identified": True} if (cls, key) in ((ScenarioFile, "outcomes"), (ScenarioFile, "states")) else {}
    return {"kind": "map", "of": of, **more, **({"names": names} if names else {})}


def _list(inside: tuple[Any, ...], titles: set[str], key: str, cls: type[Part]) -> dict[str, Any]:
    if titles & {"Number or range", "Rank or range of ranks"}:
        return {"kind": "text"}
    if len(inside) != 2 or inside[1] is not Ellipsis:
        return {"kind": "any"}
    of = _type(inside[0], (), key if inside[0] is str or key in NAMES else "", cls)
    if of["kind"] == "text":
        of = {"kind": "text", **({"names": NAMES[key]} if key in NAMES else {})}
        return {"kind": "list", "of": of, "short": True, **({"names": NAMES[key]} if key in NAMES else {})}
    if get_origin(inside[0]) is Literal or of["kind"] == "choice":
        return {"kind": "list", "of": of, "short": True}
    return {"kind": "list", "of": of}


@cache
def _part(cls: type[Part]) -> dict[str, Any]:
    return {
        "kind": "part",
        **({"main": cls.main} if cls.main else {}),
        **({"blank": True} if cls.blank else {}),
        "fields": _fields(cls),
    }


def _bare(hint: Any, marks: list[Any]) -> tuple[Any, list[Any]]:
    """An annotation without what marks it or lets it be left out, and the marks."""
    while True:
        if get_origin(hint) is Annotated:
            marks += hint.__metadata__
            hint = get_args(hint)[0]
            continue
        if get_origin(hint) in (types.UnionType, Union):
            kinds = [each for each in get_args(hint) if each is not NoneType]
            if len(kinds) == 1:
                hint = kinds[0]
                continue
        return hint, marks


def class_at(path: tuple[str | int, ...]) -> type[Part] | None:
    """The class that reads the mapping at a path; None where there is none."""
    hint: Any = ScenarioFile
    for part in path:
        hint = _bare(hint, [])[0]
        if isinstance(hint, type) and issubclass(hint, Part):
            known = {info.alias or name: info.annotation for name, info in hint.model_fields.items()}
            if part not in known:
                return None
            hint = known[part]
        elif get_origin(hint) is dict:
            hint = get_args(hint)[1]
        elif get_origin(hint) is tuple:
            hint = get_args(hint)[0]
        else:
            return None
    hint = _bare(hint, [])[0]
    return hint if isinstance(hint, type) and issubclass(hint, Part) else None
