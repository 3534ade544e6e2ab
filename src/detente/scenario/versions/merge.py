"""Two versions of a scenario file made one, by what each of them changed of a third.

The mathematics. Of every entry and value: what both versions say is taken; what only one of them changed is taken as it says;
what both changed differently is a *conflict*, and so is what one changed and the other removed. The order of a list is that of
the version that changed it; where both did, the changes of the one are made in the order of the other, both ways round, and
only if that gives one order it is taken. A name that one version beyond doubt exchanged for another (`renaming`) is exchanged
in the other two before anything is compared, so that what the other version changed under the old name is kept under the new.
So merging is symmetric up to the order of what has none, and merging a version with the third alone gives that version.

The text is the version's own where only one has changed anything; else line by line, where that says the merged document; else
that of the first with the second's changes written into it. Nothing is decided in silence: with conflicts there is no text,
unless one of the versions is to be kept where they disagree. What comes out is read as any other file.

Cost: linear in the documents, and one reading of the text for each change that is written into it. Source: Mens 2002 (merging
by operations that commute).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, ClassVar, Literal

from detente.errors import Problem, ScenarioError
from detente.messages import Messages, tell
from detente.result import Record
from detente.scenario.model import Scenario
from detente.scenario.text import yaml_tree
from detente.scenario.versions.difference import Path, placed, shifted, told
from detente.scenario.versions.document import Entries, Node, document, plain, same
from detente.scenario.versions.renaming import together
from detente.scenario.versions.writing import written

Kept = Literal["", "first", "second"]
"""Which version is kept where the two disagree; "" for none."""

Keep = Kept | Mapping[Path, Kept]
"""The same for all conflicts, or for each by its path."""

VALUE, REMOVAL, ADDITION, ORDER = "value", "removal", "addition", "order"

ADVICE = Messages(
    {
        VALUE: "choose one of the two values and write it in both",
        REMOVAL: "remove it from both, or put it back where it was removed",
        ADDITION: "give one of the two another name, or write the same in both",
        ORDER: "put the entries into one order in both",
    }
)
"""What to do about each kind of conflict."""


@dataclass(frozen=True)
class Conflict(Record):
    """Where two versions disagree: the place, what the third and each of them say (None: it is not there)."""

    path: Path
    kind: str
    base: Any
    first: Any
    second: Any

    DERIVED: ClassVar[tuple[str, ...]] = ("place", "advice")

    @property
    def place(self) -> str:
        return told(self.path) or tell("the file")

    @property
    def advice(self) -> str:
        """What to do."""
        return ADVICE[self.kind]


@dataclass(frozen=True)
class Merged:
    """The merged text ("" where nothing could be made), the conflicts, and what is wrong with the text when it is read."""

    text: str
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the two agree, and the text can be used."""
        return not self.conflicts and not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def merge(base: Scenario, first: Scenario, second: Scenario, keep: Kept = "") -> Merged:
    """The text that says what both versions changed of the base; `keep` says whose word counts where they disagree."""
    found = merge_texts(base.text, first.text, second.text, keep)
    return replace(found, problems=_problems(found.text, first)) if found.text else found


def merge_texts(base: str, first: str, second: str, keep: Keep = "") -> Merged:
    """The same of texts, whether or not they can be used as scenarios: they are only read as YAML (else `ScenarioError`).

    `keep` may say for each conflict by its path whose word counts; for one it does not name, nothing is decided.
    """
    datas = [yaml_tree.read(each).root.plain() for each in (base, first, second)]
    common = together(*datas)
    one, two, three = map(document, common)
    node, conflicts = merged(one, two, three, keep)
    if any(not _kept(keep, each.path) for each in conflicts):
        return Merged("", conflicts)
    assert isinstance(node, Entries)
    renamed_by_second = common[1] != datas[1]
    return Merged(_text(base, first, second, node, second if renamed_by_second else first), conflicts)


def _kept(keep: Keep, path: Path) -> Kept:
    return keep if isinstance(keep, str) else keep.get(path, "")


def document_of(scenario: Scenario) -> Entries:
    """The document of a scenario as it was written."""
    return document(yaml_tree.read(scenario.text).root.plain())


def _problems(text: str, like: Scenario) -> tuple[Problem, ...]:
    from detente.scenario.read import check_text

    try:
        return check_text(text, name=like.name, path=like.path)
    except ScenarioError as error:
        return error.problems


# --- documents --------------------------------------------------------------------------------------------------


def merged(base: Node, first: Node, second: Node, keep: Keep = "") -> tuple[Node, tuple[Conflict, ...]]:
    """Three documents made one, and the conflicts; where there is one, what `keep` says is taken, or the base."""
    conflicts: list[Conflict] = []
    return _merged((base, first, second), (), keep, conflicts), tuple(conflicts)


Three = tuple[Node, Node, Node]


def _merged(three: Three, path: Path, keep: Keep, conflicts: list[Conflict]) -> Node:
    base, first, second = three
    if same(first, second) or same(base, second):
        return first
    if same(base, first):
        return second
    if (
        isinstance(base, Entries)
        and isinstance(first, Entries)
        and isinstance(second, Entries)
        and base.form == first.form == second.form
    ):
        return _entries((base, first, second), path, keep, conflicts)
    kind = ADDITION if base is None else REMOVAL if first is None or second is None else VALUE
    return _disagree(three, path, kind, keep, conflicts)


def _disagree(three: Three, path: Path, kind: str, keep: Keep, conflicts: list[Conflict]) -> Node:
    base, first, second = three
    conflicts.append(Conflict(path, kind, *map(plain, three)))
    return {"": base, "first": first, "second": second}[_kept(keep, path)]


def _entries(three: tuple[Entries, Entries, Entries], path: Path, keep: Keep, conflicts: list[Conflict]) -> Entries:
    base, first, second = three
    items: dict[str, Node] = {}
    for key in dict.fromkeys(key for each in (first, second, base) for key in each.items):
        node = _merged(tuple(each.items.get(key) for each in three), (*path, key), keep, conflicts)  # type: ignore[arg-type]
        if node is not None:
            items[key] = node
    order = _order(three, path, keep, conflicts)
    known = [key for key in order if key in items]
    return first.having({key: items[key] for key in (*known, *(key for key in items if key not in known))})


def _order(three: tuple[Entries, Entries, Entries], path: Path, keep: Keep, conflicts: list[Conflict]) -> Sequence[str]:
    base, first, second = (list(each.items) for each in three)
    if first == second or base == second:
        return first
    if base == first:
        return second
    one, other = changed(base, second, first), changed(base, first, second)
    if not three[0].ordered or one == other:
        return one
    conflicts.append(Conflict(path, ORDER, base, first, second))
    return {"": base, "first": one, "second": other}[_kept(keep, path)]


def changed(before: Sequence[str], after: Sequence[str], there: Sequence[str]) -> list[str]:
    """A sequence with the changes made that lead from one sequence to another.

    >>> changed("abc", "xabc", "acb"), changed("ab", "ba", "abx")
    (['x', 'a', 'c', 'b'], ['b', 'a', 'x'])
    """
    gone = {key for key in before if key not in after}
    new = {key for key in after if key not in before and key not in there} | (shifted(before, after) & set(there))
    return placed([key for key in there if key not in gone | new], after, new)


# --- texts ------------------------------------------------------------------------------------------------------


def _text(base: str, first: str, second: str, node: Entries, onto: str) -> str:
    """The text of a merged document, with the comments of both versions where the lines allow it, else with those of `onto`."""
    if base in (first, second):
        return second if first == base else first
    lines = merged_lines(*(each.splitlines(keepends=True) for each in (base, first, second)))
    if lines is not None and _says("".join(lines), node):
        return "".join(lines)
    return written(onto, node)


def _says(text: str, node: Entries) -> bool:
    try:
        page = yaml_tree.read(text)
    except ScenarioError:
        return False
    return not page.errors and same(document(page.root.plain()), node)


def merged_lines(base: Sequence[str], first: Sequence[str], second: Sequence[str]) -> list[str] | None:
    """Lines changed by both made one; None where both changed the same place.

    >>> merged_lines("abcd", "abXcd", "abcdY"), merged_lines("abc", "aXc", "aYc")
    (['a', 'b', 'X', 'c', 'd', 'Y'], None)
    """
    found: list[str] = []
    at = (0, 0, 0)
    for starts, length in _common(base, first, second):
        piece = [lines[a:b] for lines, a, b in zip((base, first, second), at, starts, strict=True)]
        if piece[1] == piece[2] or piece[0] == piece[2]:
            found += piece[1]
        elif piece[0] == piece[1]:
            found += piece[2]
        else:
            return None
        found += base[starts[0] : starts[0] + length]
        at = (starts[0] + length, starts[1] + length, starts[2] + length)
    return found


def _common(
    base: Sequence[str], first: Sequence[str], second: Sequence[str]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """The runs of lines that all three have, by where they start in each; last an empty one at the ends."""
    blocks = [SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks() for other in (first, second)]
    one, other = (iter(each) for each in blocks)
    a, b = next(one), next(other)
    while a.size and b.size:
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield (start, a.b + start - a.a, b.b + start - b.a), end - start
        if a.a + a.size < b.a + b.size:
            a = next(one)
        else:
            b = next(other)
    yield (len(base), len(first), len(second)), 0
