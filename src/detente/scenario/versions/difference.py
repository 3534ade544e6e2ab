"""The differences of two documents, and a document with some of them applied.

The mathematics. Entries of the same key correspond. What only one document has is *added* or *removed*, as a whole; a value
that differs is *changed*. Where order means something, the entries that both have and that are not in the longest common
subsequence are *moved*; of several longest ones that is taken whose entries come last in the alphabet, so that the choice does
not depend on which document comes first. Hence the differences of B and A are those of A and B, each inverted.

Applying: entries removed go; entries added or moved are put behind the nearest entry before them in the second document that
is there. All differences applied to the first document make the second, none of them leave the first.

Cost: linear in the documents, quadratic in the length of ordered lists.

>>> from detente.scenario.versions.document import document
>>> before, after = (document({"title": text}) for text in ("Chicken", "Hawk and dove"))
>>> [str(each) for each in differences(before, after)]
['title: Chicken -> Hawk and dove']
>>> differences(before, before)
()
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from detente.messages import tell
from detente.result import Record
from detente.scenario.versions.document import Entries, Node, brief, plain, same

ADDED, REMOVED, CHANGED, MOVED, RENAMED = "added", "removed", "changed", "moved", "renamed"

INVERSE = {ADDED: REMOVED, REMOVED: ADDED}

SILENT = ("readings", "only", "priorities", "weights")
"""Parts of the path to an aim that tables leave out."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference(Record):
    """One thing that two documents say differently: what, where, and both values as plain data (None: it is not there).

    `ranks` are the places in an ordered list, counted from 1 (None: not there, or the order means nothing).
    """

    path: Path
    kind: str
    before: Any
    after: Any
    ranks: tuple[int | None, int | None] = (None, None)

    DERIVED: ClassVar[tuple[str, ...]] = ("place", "says")

    @property
    def key(self) -> tuple[Path, str]:
        """What tells differences apart: an entry may be moved and something in it changed."""
        return self.path, MOVED if self.kind == MOVED else ""

    @property
    def inverse(self) -> Difference:
        """The same difference seen from the other document."""
        path = (*self.path[:-1], str(self.after)) if self.kind == RENAMED else self.path
        kind = INVERSE.get(self.kind, self.kind)
        return Difference(path, kind, self.after, self.before, (self.ranks[1], self.ranks[0]))

    @property
    def place(self) -> str:
        """Where it stands, as people write a path."""
        return (
            ": ".join(filter(None, (".".join(self.path[:-1]), self.path[-1])))
            if _formula(self.path)
            else told(self.path)
        )

    @property
    def short(self) -> str:
        """The place without what goes without saying: of an aim the actor, the reading if it has a name, and the aim."""
        if self.path[0] != "actors":
            return self.place
        *above, last = (part for part in self.path[1:] if part not in SILENT) if len(self.path) > 2 else self.path[1:]
        return f"{'.'.join(above)}: {last}" if above else str(last)

    @property
    def says(self) -> str:
        """What differs, in a few words."""
        if self.kind == CHANGED:
            return f"{value(self.before)} -> {value(self.after)}"
        if self.kind == RENAMED:
            return tell("is called {after}", after=self.after)
        first, second = self.ranks
        if self.kind == MOVED:
            return tell("place {first} -> {second}", first=first, second=second)
        rank = second if self.kind == ADDED else first
        at = "" if rank is None else tell(" at place {rank}", rank=rank)
        what = self.after if self.kind == ADDED else self.before
        shown = f": {value(what)}" if what and what != self.path[-1] else ""
        return f"{self.kind}{at}{shown}"

    def __str__(self) -> str:
        return f"{self.place}: {self.says}" if self.kind == CHANGED else f"{self.place} {self.says}"


def told(path: Path) -> str:
    """A path as people write it."""
    return ".".join(path)


def _formula(path: Path) -> bool:
    """Whether the last part of a path is more than a name."""
    return len(path) > 1 and not path[-1].replace("_", "").replace("-", "").isalnum()


def value(data: Any, most: int = 60) -> str:
    """A value in one short line."""
    text = data if isinstance(data, str) and data else _line(data or None)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _line(data: Any) -> str:
    if isinstance(data, list):
        return ", ".join(map(value, data)) or "nothing"
    if isinstance(data, Mapping):
        return "; ".join(f"{key}: {value(each)}" for key, each in data.items()) or "nothing"
    return "nothing" if data is None else json.dumps(data, ensure_ascii=False)


# --- finding ----------------------------------------------------------------------------------------------------


def differences(before: Entries, after: Entries) -> tuple[Difference, ...]:
    """What the second document says otherwise than the first, in the order of the first and then of the second."""
    return tuple(_entries(before, after, ()))


def _entries(before: Entries, after: Entries, path: Path) -> Iterator[Difference]:
    for key in [*before.items, *(key for key in after.items if key not in before.items)]:
        here = (*path, key)
        if key not in after.items:
            yield Difference(here, REMOVED, brief(before.items[key]), None, (_rank(before, key), None))
        elif key not in before.items:
            yield Difference(here, ADDED, None, brief(after.items[key]), (None, _rank(after, key)))
        else:
            if key in moved(before, after):
                ranks = _rank(before, key), _rank(after, key)
                yield Difference(here, MOVED, ranks[0], ranks[1], ranks)
            yield from _nodes(before.items[key], after.items[key], here)


def _nodes(before: Node, after: Node, path: Path) -> Iterator[Difference]:
    if isinstance(before, Entries) and isinstance(after, Entries) and before.form == after.form:
        yield from _entries(before, after, path)
    elif not same(before, after):
        yield Difference(path, CHANGED, plain(before), plain(after))


def _rank(entries: Entries, key: str) -> int | None:
    return list(entries.items).index(key) + 1 if entries.ordered else None


def moved(before: Entries, after: Entries) -> frozenset[str]:
    """The entries that both have, in another order: all but a longest common subsequence."""
    return shifted(tuple(before.items), tuple(after.items)) if before.ordered and after.ordered else frozenset()


def shifted(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The names that two sequences have in another order.

    >>> sorted(shifted("abcd", "bcda")), sorted(shifted("ab", "ba")), sorted(shifted("ba", "ab"))
    (['a'], ['a'], ['a'])
    """
    common = set(before) & set(after)
    one, other = ([key for key in keys if key in common] for keys in (before, after))
    if one == other:
        return frozenset()
    # A heavier set of entries is a longer one, or of two equally long ones that which has the last name the other lacks.
    weight = {key: (1 << (2 * len(common))) + (1 << n) for n, key in enumerate(sorted(common))}
    place = {key: n for n, key in enumerate(other)}
    best: list[tuple[int, int, tuple[str, ...]]] = []
    for key in one:
        total, _, kept = max((each for each in best if each[1] < place[key]), default=(0, -1, ()))
        best.append((total + weight[key], place[key], (*kept, key)))
    return frozenset(common - set(max(best)[2]))


# --- applying ---------------------------------------------------------------------------------------------------


def apply(before: Entries, after: Entries, chosen: Iterable[Difference]) -> Entries:
    """The first document with these of its differences from the second applied."""
    return _applied(before, after, {each.key for each in chosen}, ())


def _applied(before: Entries, after: Entries, chosen: Container[tuple[Path, str]], path: Path) -> Entries:
    items: dict[str, Node] = {}
    for key, node in before.items.items():
        here = (*path, key)
        if key not in after.items:
            if (here, "") not in chosen:
                items[key] = node
            continue
        other = after.items[key]
        if isinstance(node, Entries) and isinstance(other, Entries) and node.form == other.form:
            items[key] = _applied(node, other, chosen, here)
        else:
            items[key] = other if (here, "") in chosen else node
    new = [key for key in after.items if key not in before.items and ((*path, key), "") in chosen]
    items |= {key: after.items[key] for key in new}
    shifts = moved(before, after)
    gone = {key for key in shifts if ((*path, key), MOVED) in chosen}
    # What will yet be moved is no neighbour to stand behind.
    order = placed([key for key in items if key not in {*new, *gone}], list(after.items), {*new, *gone}, shifts - gone)
    return before.having({key: items[key] for key in order})


def placed(there: list[str], order: Sequence[str], new: Container[str], loose: Container[str] = ()) -> list[str]:
    """The names that are there, and the new ones each behind the nearest before it in `order` that is not `loose`.

    >>> placed(["a", "c"], "xabyc", "xy")
    ['x', 'a', 'y', 'c']
    """
    found = list(there)
    for place, key in enumerate(order):
        if key in new:
            behind = next((other for other in reversed(order[:place]) if other in found and other not in loose), None)
            found.insert(0 if behind is None else found.index(behind) + 1, key)
    return found
