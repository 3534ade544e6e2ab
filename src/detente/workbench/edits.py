r"""A file being edited, as a value that changes: its data, its text, and one stack of what was done and can be undone.

The *data* are what the file says; every edit is made in them at once. The *text* follows: `debt` are the changes that are in
the data and not yet in the text, in order. Who has time writes them into it (`paid`), so that comments and order stay; nobody
who types waits for that. What stands in the text view is given as text and data together.

>>> edits = Edits.of("detente: 1\ntitle: Chiken # of 1959\n")
>>> edits.do(Step.of(edits.data, [told({"path": ["title"], "old": "Chiken", "new": "Chicken"})], "the title"))
>>> edits.data["title"], edits.pay(), edits.text
('Chicken', None, 'detente: 1\ntitle: Chicken # of 1959\n')
>>> edits.undo().words, edits.data["title"], edits.can_redo
('the title', 'Chiken', True)
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from detente.errors import InputError
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import Change, between, made, told, written_into
from detente.scenario.text.edit import edit, page_of
from detente.scenario.versions.document import document
from detente.scenario.versions.writing import written

MOST_STEPS = 500
"""Steps that can be undone."""

COALESCED = 12
"""More changes than these are not written into the text one by one: what they come to is."""


@dataclass(frozen=True)
class Cut:
    """What a step did to the text: at a place, other characters; and the digests of the texts before and after it."""

    at: int
    old: str
    new: str
    before: str
    after: str

    @classmethod
    def of(cls, old: str, new: str) -> Cut:
        first = _alike(old, new)
        last = _alike(old[first:][::-1], new[first:][::-1])
        return cls(first, old[first : len(old) - last], new[first : len(new) - last], _exact(old), _exact(new))

    def undone(self, text: str) -> str | None:
        """The text before, exactly as it was; None of a text that is not the one after."""
        if _exact(text) != self.after:
            return None
        return text[: self.at] + self.old + text[self.at + len(self.new) :]

    def done(self, text: str) -> str | None:
        if _exact(text) != self.before:
            return None
        return text[: self.at] + self.new + text[self.at + len(self.old) :]


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their start. Cost: linear, in whole slices."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _exact(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Step:
    """What was done at once: in words, the changes, and those that take them back, in the order in which to make them.

    Where it is known what the step did to the text, undoing it brings back every comment.
    """

    words: str
    changes: tuple[Change, ...]
    back: tuple[Change, ...]
    tab: str = ""
    cut: Cut | None = None

    @classmethod
    def of(cls, data: Any, changes: Iterable[Change], words: str, tab: str = "") -> Step:
        """The step that these changes make in the data, one after the other. Raises `Stale` if one cannot be made."""
        given, back = tuple(changes), list[Change]()
        for change in given:
            data, inverse = made(data, change)
            back.append(inverse)
        return cls(words, given, tuple(reversed(back)), tab)

    def to_json(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "changes": [each.to_json() for each in self.changes],
            "back": [each.to_json() for each in self.back],
            **({"tab": self.tab} if self.tab else {}),
            **({"cut": asdict(self.cut)} if self.cut else {}),
        }

    @classmethod
    def told(cls, data: Mapping[str, Any]) -> Step:
        changes, back = ([told(each) for each in data[key]] for key in ("changes", "back"))
        cut = Cut(**data["cut"]) if "cut" in data else None
        return cls(str(data["words"]), tuple(changes), tuple(back), str(data.get("tab", "")), cut)


@dataclass
class Edits:
    """The state of a file that is being edited.

    `series` counts how often the text came from elsewhere than the debt; `upto`, how many changes of this series are in it.
    Data and text are changed in different threads: each takes the `lock`, and nobody holds it while a text is written.
    """

    text: str
    data: Any
    debt: list[Change] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    version: int = 1
    series: int = 0
    block: str = ""
    upto: int = 0
    lock: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> Edits:
        """From a text, which must be YAML: else `ScenarioError`."""
        made = cls(text, None)
        made.know(text)
        return made

    def know(self, text: str) -> None:
        """Take the data of a text; what is wrong with it so that nothing can be written into it is the `block`."""
        page = yaml_tree.read(text)
        self.data = page.root.plain()
        self.block = next((str(each.message) for each in page.problems if each.severity == "error"), "")

    @property
    def can_undo(self) -> bool:
        return bool(self.done)

    @property
    def can_redo(self) -> bool:
        return bool(self.undone)

    # --- what happens ---

    def do(self, step: Step, text: str | None = None) -> None:
        """Make a step; `text` is the text it comes from, where it was text that was edited."""
        with self.lock:
            known = self.text if text is not None and not self.debt else None
            self._make(step.changes)
            if text is not None:
                self._from(text, [])
                step = replace(step, cut=None if known is None else Cut.of(known, text))
            self.done = [*self.done[1 - MOST_STEPS :], step]
            self.undone = []

    def undo(self) -> Step:
        with self.lock:
            step = self.done[-1]
            self._make(
                step.back, undoes=step.changes, text=step.cut.undone(self.text) if step.cut and not self.debt else None
            )
            self.done, self.undone = self.done[:-1], [*self.undone, step]
            return step

    def redo(self) -> Step:
        with self.lock:
            step = self.undone[-1]
            self._make(
                step.changes, undoes=step.back, text=step.cut.done(self.text) if step.cut and not self.debt else None
            )
            self.undone, self.done = self.undone[:-1], [*self.done, step]
            return step

    def _make(self, changes: Sequence[Change], undoes: Sequence[Change] = (), text: str | None = None) -> None:
        data = self.data
        for change in changes:
            data, _ = made(data, change)
        self.data = data
        self.version += 1
        count = len(undoes)
        if text is not None:
            self._from(text, [])
        elif count and self.debt[-count:] == list(undoes):
            # Neither has reached the text: it never says what was taken back, and so loses nothing.
            self._from(self.text, self.debt[:-count])
        else:
            self.debt = [*self.debt, *changes]

    def _from(self, text: str, debt: list[Change]) -> None:
        self.text, self.debt, self.upto = text, debt, 0
        self.series += 1

    # --- the text ---

    def paid(self, text: str, upto: int, series: int) -> bool:
        """Take the text that the first `upto` changes of this series came to; whether it says more than the one here."""
        with self.lock:
            count = upto - self.upto
            if series != self.series or not 0 < count <= len(self.debt):
                return False
            paid, self.debt = self.debt[:count], self.debt[count:]
            if self.done and not self.debt and list(self.done[-1].changes) == paid:
                self.done[-1] = replace(self.done[-1], cut=Cut.of(self.text, text))
            self.text, self.upto = text, upto
            return True

    def pay(self) -> None:
        """Write the whole debt into the text, now. Cost: a reading of the text for each change."""
        with self.lock:
            text, debt, upto, series = self.text, self.debt, self.upto, self.series
        self.paid(settled(text, debt), upto + len(debt), series)

    def base(self) -> dict[str, Any]:
        """The text, what is not in it yet, and which series of changes both belong to."""
        with self.lock:
            debt = [each.to_json() for each in self.debt]
            return {"text": self.text, "debt": debt, "upto": self.upto, "series": self.series}


def settled(text: str, debt: Sequence[Change]) -> str:
    """The text with all of these changes written into it.

    One by one; if they are many, what they come to; where one cannot be written at its place, the part around it is written
    anew.
    """
    if not debt:
        return text
    old = page_of(text).root.plain()
    wanted = old
    for change in debt:
        wanted, _ = made(wanted, change)
    try:
        changed = text
        for change in debt if len(debt) <= COALESCED else list(between(old, wanted)):
            changed = _with(changed, change)
        if page_of(changed).root.plain() == wanted:
            return changed
    except (InputError, ValueError, LookupError):
        pass
    return written(text, document(wanted))


def _with(text: str, change: Change) -> str:
    """The text with a change, or where it cannot be written there, with what it stands in written anew."""
    try:
        return written_into(text, change)
    except InputError:
        data, _ = made(page_of(text).root.plain(), change)
        for depth in reversed(range(1, len(change.path))):
            value = data
            for part in change.path[:depth]:
                value = value[part]
            with suppress(InputError):
                return edit(text, change.path[:depth], value)
        raise
