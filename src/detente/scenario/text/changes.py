"""Changes of what a scenario file says, as values: made in plain data and in text, told as data, and taken back.

A change names a place by its path (`("actors", "us", "name")`; a number counts the entries of a list) and is of one of five
kinds:

- *put*: the value at the path is another one, or one that was not there; `old` is what it was (ABSENT where it was not there);
- *remove*: the entry is gone;
- *insert*: a list gets an entry at this number, or a mapping a key, before the key `before` or as its last;
- *order*: the entries of a list or a mapping stand otherwise; the order lists their old numbers;
- *rename*: a key is called otherwise, and stays in its place.

`made(data, change)` gives the data afterwards and the change that takes it back; what does not lie on the path is shared, not
copied. A change whose `old` is not what is there raises `Stale`: somebody else has been here. `written_into(text, change)`
makes the same change in a text, with `detente.scenario.text.edit`, so that comments and order stay.

>>> data, back = made({"now": ["us_arm"]}, Change("put", ("now", 0), old="us_arm", new="ru_link"))
>>> data, made(data, back)[0]
({'now': ['ru_link']}, {'now': ['us_arm']})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from detente.errors import InputError
from detente.messages import tell
from detente.scenario.text.edit import edit, insert, page_of, remove, rename, reorder
from detente.scenario.text.emit import plain
from detente.scenario.text.page import Path, shorten
from detente.scenario.text.yaml_tree import MAX_DEPTH

Kind = Literal["put", "remove", "insert", "order", "rename"]
KINDS: tuple[str, ...] = get_args(Kind)


class Absent:
    """What stands where there is nothing; `None` is an entry without a value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Stale(InputError):
    """What is to be changed is not what is there."""


@dataclass(frozen=True)
class Change:
    """One change; which fields count depends on the kind, as the module says."""

    kind: Kind
    path: Path
    old: Any = None
    new: Any = None
    before: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The change as it is sent and kept."""
        told: dict[str, Any] = {"path": list(self.path)}
        if self.kind == "put":
            told |= {"new": self.new, **({} if isinstance(self.old, Absent) else {"old": self.old})}
        elif self.kind == "remove":
            told |= {"remove": True, "old": self.old}
        else:
            told[self.kind] = self.new
        if self.before is not None:
            told["before"] = self.before
        return told


def told(data: object) -> Change:
    """The change that plain data tells, `{path, old, new}` or with `remove`, `insert`, `order`, `rename` in place of `new`.

    >>> told({"path": ["title"], "old": None, "new": "Chicken"})
    Change(kind='put', path=('title',), old=ABSENT, new='Chicken', before=None)
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("path"), list | tuple):
        raise InputError(tell("a change is a mapping with a `path`; found {data}", data=shorten(repr(data))))
    path = tuple(data["path"])
    rooted = bool(path) or "order" in data  # only the sections as a whole can be put into order
    if (
        not rooted
        or len(path) > MAX_DEPTH
        or not all(isinstance(part, str | int) and part is not True for part in path)
    ):
        raise InputError(tell("a path is a list of keys and numbers; found {path}", path=shorten(repr(data["path"]))))
    old = plain(data["old"]) if data.get("old") is not None else ABSENT
    if data.get("remove"):
        return Change("remove", path, None if isinstance(old, Absent) else old)
    if "insert" in data:
        before = data.get("before")
        return Change("insert", path, new=plain(data["insert"]), before=None if before is None else str(before))
    if isinstance(data.get("order"), list):
        return Change("order", path, new=[number for number in data["order"] if isinstance(number, int)])
    if isinstance(data.get("rename"), str):
        return Change("rename", path, new=data["rename"])
    if "new" in data:
        return Change("put", path, old, plain(data["new"]))
    raise InputError(
        tell(
            "a change says what is `new`, or `remove`, `insert`, `order`, `rename`; found {data}",
            data=shorten(repr(data)),
        )
    )


# --- in data --------------------------------------------------------------------------------------------------


def made(data: Any, change: Change) -> tuple[Any, Change]:
    """The data after a change, and the change that takes it back. Cost: the entries along the path."""
    return _WAYS[change.kind](data, change)


def _put(data: Any, change: Change) -> tuple[Any, Change]:
    path = change.path
    reach = _reach(data, path)
    there = _at(data, path) if reach == len(path) else ABSENT
    _refuse_stale(path, there, change.old)
    if reach == len(path):
        return _within(data, path, lambda _: change.new), Change("put", path, change.new, there)
    parent = _at(data, path[:reach])
    if (isinstance(parent, list) and path[reach] != len(parent)) or isinstance(parent, str):
        raise _nowhere(path)
    value = change.new
    for part in reversed(path[reach + 1 :]):
        if not isinstance(part, str):
            raise _nowhere(path)
        value = {part: value}
    if parent is None:  # what has no value yet becomes a mapping
        first = path[reach]
        if not isinstance(first, str):
            raise _nowhere(path)
        return _within(data, path[:reach], lambda _: {first: value}), Change("put", path[:reach], {first: value}, None)
    if isinstance(parent, dict) and not isinstance(path[reach], str):
        raise _nowhere(path)
    return _within(data, path[:reach], lambda here: _with(here, path[reach], value)), Change(
        "remove", path[: reach + 1], value
    )


def _with(here: Any, part: str | int, value: Any) -> Any:
    return [*here, value] if isinstance(here, list) else {**here, part: value}


def _remove(data: Any, change: Change) -> tuple[Any, Change]:
    path = change.path
    if _reach(data, path) < len(path):
        raise _nowhere(path)
    there, parent, last = _at(data, path), _at(data, path[:-1]), path[-1]
    if change.old is not None:
        _refuse_stale(path, there, change.old)
    if isinstance(parent, list):
        number = cast(int, last)
        return _within(data, path[:-1], lambda here: [*here[:number], *here[number + 1 :]]), Change(
            "insert", path, new=there
        )
    keys = list(parent)
    after = keys[keys.index(last) + 1 :]
    left = _within(data, path[:-1], lambda here: {key: each for key, each in here.items() if key != last})
    return left, Change("insert", path, new=there, before=after[0] if after else None)


def _insert(data: Any, change: Change) -> tuple[Any, Change]:
    path, last = change.path, change.path[-1] if change.path else ""  # only the sections as a whole have no name
    if _reach(data, path[:-1]) < len(path) - 1:
        raise _nowhere(path)
    parent = _at(data, path[:-1])
    back = Change("remove", path, change.new)
    if isinstance(parent, list):
        if not isinstance(last, int) or not 0 <= last <= len(parent):
            raise _nowhere(path)
        return _within(data, path[:-1], lambda here: [*here[:last], change.new, *here[last:]]), back
    if not isinstance(parent, dict) or not isinstance(last, str):
        raise _nowhere(path)
    if last in parent:
        raise Stale(tell("'{last}' is there already; choose another name", last=shorten(last)))
    if change.before is not None and change.before not in parent:
        raise _nowhere((*path[:-1], change.before))
    return _within(data, path[:-1], lambda here: dict(_before(here, last, change.new, change.before))), back


def _before(here: dict[str, Any], key: str, value: Any, before: str | None) -> Iterator[tuple[str, Any]]:
    for each, there in here.items():
        if each == before:
            yield key, value
        yield each, there
    if before is None:
        yield key, value


def _order(data: Any, change: Change) -> tuple[Any, Change]:
    path, order = change.path, change.new
    there = _at(data, path) if _reach(data, path) == len(path) else None
    if not isinstance(there, list | dict):
        raise _nowhere(path)
    if sorted(order) != list(range(len(there))):
        raise Stale(
            tell(
                "an order of {number} entries lists each of 0 to {last} once; found {order}",
                number=len(there),
                last=len(there) - 1,
                order=order,
            )
        )
    back = Change("order", path, new=[order.index(number) for number in range(len(order))])
    return _within(data, path, lambda here: _ordered(here, order)), back


def _ordered(here: Any, order: Sequence[int]) -> Any:
    if isinstance(here, list):
        return [here[number] for number in order]
    items = list(here.items())
    return dict(items[number] for number in order)


def _rename(data: Any, change: Change) -> tuple[Any, Change]:
    path, old, new = change.path, change.path[-1], change.new
    parent = _at(data, path[:-1]) if _reach(data, path) == len(path) else None
    if not isinstance(parent, dict):
        raise _nowhere(path)
    if new in parent and new != old:
        raise Stale(tell("'{last}' is there already; choose another name", last=shorten(new)))
    renamed = _within(data, path[:-1], lambda here: {new if key == old else key: each for key, each in here.items()})
    return renamed, Change("rename", (*path[:-1], new), new=old)


_WAYS: Mapping[str, Callable[[Any, Change], tuple[Any, Change]]] = {
    "put": _put,
    "remove": _remove,
    "insert": _insert,
    "order": _order,
    "rename": _rename,
}


def _reach(data: Any, path: Path) -> int:
    """How far along a path there is something."""
    for depth, part in enumerate(path):
        inside = isinstance(data, dict) and isinstance(part, str) and part in data
        if not inside and not (isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data)):
            return depth
        data = data[part]
    return len(path)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _within(data: Any, path: Path, new: Callable[[Any], Any]) -> Any:
    """The data with what is at a path made anew; what lies beside the path is shared."""
    if not path:
        return new(data)
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        number = cast(int, first)
        return [*data[:number], _within(data[number], rest, new), *data[number + 1 :]]
    return {key: _within(each, rest, new) if key == first else each for key, each in data.items()}


def _refuse_stale(path: Path, there: Any, old: Any) -> None:
    nothing = (Absent, type(None))
    if there != old and not (isinstance(there, nothing) and isinstance(old, nothing)):
        raise Stale(
            tell(
                "{path} is not what it was: expected {old}, found {there}",
                path=".".join(map(str, path)),
                old=tell("nothing") if isinstance(old, nothing) else shorten(repr(old)),
                there=tell("nothing") if isinstance(there, nothing) else shorten(repr(there)),
            )
        )


def _nowhere(path: Path) -> Stale:
    return Stale(tell("there is no place {path} in this file", path=shorten(".".join(map(str, path)))))


# --- in text --------------------------------------------------------------------------------------------------


def written_into(text: str, change: Change) -> str:
    """The text with the change made in it; the rest stays as it is written. Cost: two readings of the text."""
    path, last = change.path, change.path[-1] if change.path else ""  # only the sections as a whole have no name
    if change.kind == "put":
        return edit(text, path, change.new)
    if change.kind == "remove":
        return remove(text, path)
    if change.kind == "order":
        return reorder(text, path, change.new)
    if change.kind == "rename":
        return rename(text, path, change.new)
    if isinstance(last, int):
        return insert(text, path, change.new)
    return insert_key(text, path, change.new, change.before)


def insert_key(text: str, path: Path, value: object, before: str | None) -> str:
    """Put a new key into a mapping, before another one or last."""
    longer = edit(text, path, value)
    if before is None:
        return longer
    keys = list(page_of(longer).node(path[:-1]).value or ())
    place, new = keys.index(before), len(keys) - 1
    return reorder(longer, path[:-1], [*range(place), new, *range(place, new)])


# --- from one to another ----------------------------------------------------------------------------------------


def between(old: Any, new: Any, path: Path = ()) -> Iterator[Change]:
    """Changes that lead from one plain data to another, made one after the other. Linear in the data, but for long lists.

    Entries of a list that stay are matched by what they say; between them entries are made of each other where as many stand
    there, else removed and inserted.

    >>> [each.to_json() for each in between({"a": ["x", "y"], "b": "1"}, {"a": ["y", "x"], "c": "2"})]
    [{'path': ['b'], 'remove': True, 'old': '1'}, {'path': ['a'], 'order': [1, 0]}, {'path': ['c'], 'insert': '2'}]
    """
    if old == new and _same_order(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _between_mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _between_lists(old, new, path)
    elif path:
        yield Change("put", path, old, new)


def _same_order(old: Any, new: Any) -> bool:
    if isinstance(old, dict):
        return list(old) == list(new) and all(_same_order(old[key], new[key]) for key in old)
    return not isinstance(old, list) or all(map(_same_order, old, new))


def _between_mappings(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[Change]:
    for key, value in old.items():
        if key not in new:
            yield Change("remove", (*path, key), value)
    kept = [key for key in old if key in new]
    for key in kept:
        yield from between(old[key], new[key], (*path, key))
    keys = list(kept)
    wanted = list(new)
    for number, key in enumerate(wanted):
        if key not in old:
            before = next((each for each in wanted[number + 1 :] if each in keys), None)
            yield Change("insert", (*path, key), new=new[key], before=before)
            keys.insert(len(keys) if before is None else keys.index(before), key)
    if keys != wanted:
        yield Change("order", path, new=[keys.index(key) for key in wanted])


def _between_lists(old: list[Any], new: list[Any], path: Path) -> Iterator[Change]:
    """An entry that stays is never written anew, wherever it goes; what stands in the place of another is made of it."""
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    most = min(len(old), len(new)) - first
    last = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    middle = old[first : len(old) - last]
    kept = _matched(middle, new[first : len(new) - last])
    if len(kept) == len(middle) and all(each in (number, None) for number, each in enumerate(kept)):
        for number in range(first, len(new) - last):
            yield from between(old[number], new[number], (*path, number))
        return
    stay = [each for each in kept if each is not None]
    for number in reversed(range(len(middle))):
        if number not in stay:
            yield Change("remove", (*path, first + number), middle[number])
    places = {number: place for place, number in enumerate(sorted(stay))}
    order = [*range(first), *(first + places[number] for number in stay)]
    order += range(len(order), len(order) + last)
    if order != sorted(order):
        yield Change("order", path, new=order)
    for number, each in enumerate(kept, first):
        if each is None:
            yield Change("insert", (*path, number), new=new[number])


def _matched(old: list[Any], new: list[Any]) -> list[int | None]:
    """For each new entry the old number of one that says the same, each used once; None where there is none left."""
    places: dict[str, list[int]] = {}
    for number, each in reversed(list(enumerate(old))):
        places.setdefault(repr(each), []).append(number)
    return [places[key].pop() if places.get(key := repr(each)) else None for each in new]
