"""Reading the free part of a scenario file: a value, where it stands, and what went wrong there.

A `Slot` is a value of the file together with its path. Its readers raise `InputError` with a message; `Slot.read`
catches it, notes the problem at the very character, and reads on, so that one run reports everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from detente.errors import FormulaError, InputError, Problem, ScenarioError, did_you_mean
from detente.messages import tell, word
from detente.scenario.model import Scenario
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.page import Page, Path, shorten

Value = TypeVar("Value")


@dataclass
class Complaints:
    """The problems found in the tests of one scenario; the file is only looked at again if there are any."""

    scenario: Scenario
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def _page(self) -> Page:
        try:
            return yamltree.read(self.scenario.text, self.scenario.path)
        except ScenarioError:  # a scenario made in memory has no text
            return Page("", self.scenario.path)

    def note(self, path: Path, message: str, *, key: bool = False) -> None:
        """A problem at a path, or at the key that ends it."""
        self._add("claim", self._page.at_key(path) if key else self._page.at(path), message)

    def note_formula(self, path: Path, error: FormulaError) -> None:
        """A problem inside the formula at a path."""
        self._add("formula", self._page.within(path, error.column), error.message, show=True)

    def _add(self, code: str, offset: int, message: str, *, show: bool = False) -> None:
        known = bool(self._page.text)
        problem = self._page.report("error", code, offset if known else None, message, show=show and known)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class Slot:
    """A value of the file, where it stands, and where complaints go."""

    value: object
    path: Path
    complaints: Complaints

    def read(self, reader: Callable[[Slot], Value], otherwise: Value) -> Value:
        """What the reader makes of the slot; `otherwise` if it complains, and then the complaint is noted."""
        try:
            return reader(self)
        except FormulaError as error:
            self.complaints.note_formula(self.path, error)
        except InputError as error:
            self.complaints.note(self.path, str(error))
        return otherwise

    # --- shapes ---

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise InputError(tell("expected a text here; found {kind}", kind=self._kind))
        return self.value

    def items(self) -> tuple[Slot, ...]:
        """The entries of a list; a text or a mapping alone is a list of one."""
        if isinstance(self.value, (list, tuple)):
            return tuple(Slot(each, (*self.path, number), self.complaints) for number, each in enumerate(self.value))
        if self.value is None:
            raise InputError(tell("expected a list here; found nothing"))
        return (self,)

    def entries(self) -> dict[str, Slot]:
        """The entries of a mapping."""
        if not isinstance(self.value, Mapping):
            raise InputError(tell("expected a mapping here (key: value); found {kind}", kind=self._kind))
        return {str(key): Slot(each, (*self.path, str(key)), self.complaints) for key, each in self.value.items()}

    @property
    def _kind(self) -> str:
        kinds: dict[type, str] = {str: f"'{shorten(str(self.value))}'", list: tell("a list"), tuple: tell("a list")}
        return kinds.get(type(self.value), tell("a mapping") if isinstance(self.value, Mapping) else "nothing")

    # --- what is in them ---

    def one_of(self, kind: str, known: Collection[str]) -> str:
        """A text that must be one of the known ones."""
        if (found := self.text()) not in known:
            raise InputError(
                tell(
                    "unknown {kind} '{found}'{did_you_mean}",
                    kind=word(kind),
                    found=shorten(found),
                    did_you_mean=did_you_mean(found[:80], known),
                )
            )
        return found

    def yes(self) -> bool:
        return self.one_of("answer", ("yes", "no", "true", "false")) in ("yes", "true")

    def number(self) -> int:
        if not (found := self.text()).isdecimal() or len(found) > 9:
            raise InputError(tell("expected a number such as 3; found '{found}'", found=shorten(found)))
        return int(found)

    def texts(self) -> tuple[str, ...]:
        return tuple(filter(None, (each.read(Slot.text, "") for each in self.items())))

    def names(self, kind: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of texts, each of which must be known."""
        return tuple(filter(None, (each.read(lambda slot: slot.one_of(kind, known), "") for each in self.items())))

    def formula(self, model: Scenario) -> str:
        """A formula over the options and outcomes of a model, read for its mistakes, as it is written."""
        model.formula(self.text())
        return self.text()

    def settings(self, model: Scenario) -> dict[str, int]:
        """A list of settings such as `[us_arm, answer = delay]`."""
        found: dict[str, int] = {}
        nothing: dict[str, int] = {}
        for each in self.items():
            found |= each.read(lambda slot: model.settings(slot.text()), nothing)
        return found


class Fields:
    """The entries of one mapping, taken one by one; `close` complains about what nobody took.

    With `broken` the mapping could not be read: that has been said, and nothing else is said about it.
    """

    def __init__(self, slot: Slot, broken: bool = False) -> None:
        self.slot, self.broken = slot, broken
        self._left = {} if broken else dict(slot.entries())
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def __iter__(self) -> Iterator[str]:
        return iter(self._left)

    def take(self, key: str, reader: Callable[[Slot], Value], otherwise: Value) -> Value:
        """What stands under a key, read; `otherwise` if it is absent or makes no sense."""
        self._known.append(key)
        slot = self._left.pop(key, None)
        return otherwise if slot is None else slot.read(reader, otherwise)

    def require(self, *keys: str) -> None:
        """Complain about each of these keys that is not there."""
        for key in keys:
            if key not in self._left and not self.broken:
                self.slot.complaints.note(self.slot.path, tell("'{key}' is missing here", key=key), key=True)

    def close(self) -> None:
        """Complain about every key that is left."""
        for key, slot in self._left.items():
            hint = did_you_mean(key[:80], self._known, most=24)
            slot.complaints.note(
                slot.path, tell("unknown key '{key}' here{hint}", key=shorten(key), hint=hint), key=True
            )

    # --- what stands under a key ---

    def inner(self, key: str) -> Fields:
        """A mapping in the mapping."""
        broken = Fields(Slot({}, (*self.slot.path, key), self.slot.complaints), broken=True)
        return self.take(key, Fields, broken)

    def text(self, key: str) -> str:
        return self.take(key, Slot.text, "")

    def yes(self, key: str) -> bool:
        return self.take(key, Slot.yes, False)

    def number(self, key: str) -> int:
        return self.take(key, Slot.number, 0)

    def word(self, key: str, kind: str, known: Collection[str], otherwise: str = "") -> str:
        return self.take(key, lambda slot: slot.one_of(kind, known), otherwise)

    def names(self, key: str, kind: str, known: Collection[str]) -> tuple[str, ...]:
        nothing: tuple[str, ...] = ()
        return self.take(key, lambda slot: slot.names(kind, known), nothing)

    def formula(self, key: str, model: Scenario) -> str:
        """A formula, checked, as it is written."""
        return self.take(key, lambda slot: slot.formula(model), "")

    def settings(self, key: str, model: Scenario) -> dict[str, int]:
        nothing: dict[str, int] = {}
        return self.take(key, lambda slot: slot.settings(model), nothing)

    def actor(self, key: str, model: Scenario) -> str:
        return self.word(key, "actor", [actor.id for actor in model.actors])

    def actors(self, key: str, model: Scenario) -> tuple[str, ...]:
        return self.names(key, "actor", [actor.id for actor in model.actors])

    def play(self) -> str:
        return self.word("play", tell("kind of play"), ("myopic", "foresight"), "foresight")
