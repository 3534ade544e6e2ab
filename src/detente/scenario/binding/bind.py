"""One binder for all sections: the classes of the model say, field by field, how what is written becomes what is kept.

`bind(Moment, draft, path, part)` makes a value of a class of `detente.scenario.model` from the mapping of the file that
stands at `path`, read as `part` (a class of `detente.scenario.schema`). Both call a field by the same name; the key in the
file may differ (`alias`). What cannot be told from an annotation is handed over by keyword.

Fields that hold entries, such as `timeline: tuple[Moment, ...]` or `cast: Mapping[str, Figure]`, are bound entry by entry. A
class that needs more than its annotations say registers a function with `@binds(Platform)`; it calls `bind` for the rest.
Problems go to the page at the place they concern, and reading goes on. Cost: linear in the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from detente.formula import Formula
from detente.scenario.binding.draft import Draft
from detente.scenario.model import Evidence, Place
from detente.scenario.model.fields import NameOf, Written
from detente.scenario.schema import Part
from detente.scenario.text.page import Path

T = TypeVar("T")
Binder = Callable[[Draft, Path, Any], Any]
"""Makes the value of an entry from where it stands and what is written there."""

_Way = Callable[[Draft, Path, Any, str], Any]
"""Makes one field: of the entry that stands at a path, read as a part, the field of this name."""

_BINDERS: dict[type, Binder] = {}


def binds(cls: type[T]) -> Callable[[Callable[[Draft, Path, Any], T]], Callable[[Draft, Path, Any], T]]:
    """Register the function that makes entries of a class."""

    def register(binder: Callable[[Draft, Path, Any], T]) -> Callable[[Draft, Path, Any], T]:
        _BINDERS[cls] = binder
        return binder

    return register


def bind(cls: type[T], draft: Draft, path: Path, part: Part, /, **given: Any) -> T:
    """A value of the class, each field by its annotation unless it is given."""
    written = type(part).model_fields
    for name, way in _ways(cls):  # type: ignore[arg-type] # a class can be hashed
        if name not in given and (name in written or way in _OF_THE_ENTRY):
            given[name] = way(draft, path, part, name)
    return cls(**given)


def entry(cls: type[T], draft: Draft, path: Path, part: Part) -> T:
    """A value of the class, made by the function registered for it, if there is one."""
    binder = _BINDERS.get(cls)
    return bind(cls, draft, path, part) if binder is None else binder(draft, path, part)


# --- from annotations to ways -------------------------------------------------------------------------------


@cache
def _ways(cls: Any) -> tuple[tuple[str, _Way], ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple((field.name, _way(hints[field.name])) for field in fields(cls))


def _way(hint: Any) -> _Way:
    """How a field of this type is made. Other types are kept as written."""
    arguments = get_args(hint)
    if get_origin(hint) is Annotated:
        plain, how = arguments[:2]
        if how is Written.OPTIONS:
            return _options(get_origin(plain))
        return _names(how) if isinstance(how, NameOf) else _MARKED[how]
    if hint in _TYPED:
        return _TYPED[hint]
    if hint == Mapping[str, Formula]:
        return _formulas
    inner = arguments[-1] if get_origin(hint) is Mapping else arguments[0] if arguments else None
    if isinstance(inner, type) and is_dataclass(inner) and get_origin(hint) in (tuple, Mapping):
        return _listed(inner) if get_origin(hint) is tuple else _labelled(inner)
    return _set if get_origin(hint) is frozenset else _copy


def _key(part: Part, name: str) -> str:
    """The key of a field in the file."""
    return type(part).model_fields[name].alias or name


def _copy(_draft: Draft, _path: Path, part: Part, name: str) -> Any:
    return getattr(part, name)


def _set(_draft: Draft, _path: Path, part: Part, name: str) -> frozenset[str]:
    return frozenset(getattr(part, name))


def _entry_id(_draft: Draft, path: Path, _part: Part, _name: str) -> str:
    """The key the entry stands under; entries of a list are called 1, 2, 3, ..."""
    last = path[-1]
    return str(last + 1) if isinstance(last, int) else last


def _title(draft: Draft, path: Path, part: Part, name: str) -> str:
    return getattr(part, name) or _entry_id(draft, path, part, name)


def _evidence(draft: Draft, path: Path, part: Any, _name: str) -> Evidence:
    return draft.evidence(path, part)


def _place(draft: Draft, path: Path, _part: Part, _name: str) -> Place:
    return draft.place(path)


def _formula(draft: Draft, path: Path, part: Part, name: str) -> Formula:
    return draft.names.formula((*path, _key(part, name)), getattr(part, name))


def _formulas(draft: Draft, path: Path, part: Part, name: str) -> dict[str, Formula]:
    base: Path = (*path, _key(part, name))
    return {key: draft.names.formula((*base, key), text) for key, text in getattr(part, name).items()}


def _settings(draft: Draft, path: Path, part: Part, name: str) -> dict[str, int]:
    return draft.settings((*path, _key(part, name)), getattr(part, name))


def _readings(draft: Draft, path: Path, part: Part, name: str) -> dict[str, str]:
    readings: dict[str, str] = getattr(part, name)
    draft.check_readings((*path, _key(part, name)), readings)
    return readings


def _options(kind: Any) -> _Way:
    """Keys of options, as a tuple or a set."""
    return lambda draft, path, part, name: kind(
        key for _, key in draft.option_keys((*path, _key(part, name)), getattr(part, name))
    )


def _names(of: NameOf) -> _Way:
    """A name or several, which must exist; an empty text names nothing where a name may be left out."""

    def way(draft: Draft, path: Path, part: Part, name: str) -> str | tuple[str, ...]:
        written: str | tuple[str, ...] = getattr(part, name)
        here: Path = (*path, _key(part, name))
        if isinstance(written, tuple):
            for number, each in enumerate(written):
                draft.known((*here, number), of.kind, each, draft.named(of.kind))
        elif written or type(part).model_fields[name].is_required():
            draft.known(here, of.kind, written, draft.named(of.kind))
        return written

    return way


def _listed(cls: type[Any]) -> _Way:
    """Entries in their order, written as a list or as a mapping."""
    return lambda draft, path, part, name: tuple(
        entry(cls, draft, here, each) for here, each in _entries(draft, path, part, name)
    )


def _labelled(cls: type[Any]) -> _Way:
    """Entries by their keys, which commands and references use."""

    def way(draft: Draft, path: Path, part: Part, name: str) -> dict[str, Any]:
        draft.labels(_key(part, name), getattr(part, name), path)
        return {str(here[-1]): entry(cls, draft, here, each) for here, each in _entries(draft, path, part, name)}

    return way


def _entries(draft: Draft, path: Path, part: Part, name: str) -> Iterator[tuple[Path, Part]]:
    """The entries of a field and where each stands: in a list under its number, though it may be read as a mapping."""
    base: Path = (*path, _key(part, name))
    written = getattr(part, name)
    numbered = isinstance(draft.page.node(base).value, list) or not isinstance(written, Mapping)
    parts = written.values() if isinstance(written, Mapping) else written
    for key, each in enumerate(parts) if numbered else written.items():
        yield (*base, key), each


_MARKED: Mapping[Any, _Way] = {
    Written.KEY: _entry_id,
    Written.TITLE: _title,
    Written.SETTINGS: _settings,
    Written.READINGS: _readings,
}
_TYPED: Mapping[Any, _Way] = {Formula: _formula, Evidence: _evidence, Place: _place}

_OF_THE_ENTRY = (_entry_id, _evidence, _place)
"""Ways that need nothing written: the file has no key of its own for these fields."""
