"""A scenario half read: the file's parts, the names known so far, and the checks every section needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from detente.errors import FormulaError
from detente.formula import Name
from detente.messages import tell, word
from detente.scenario import schema
from detente.scenario.binding.names import STATE, Names, parsed
from detente.scenario.binding.shape import Damage
from detente.scenario.model import Evidence, Option, Place
from detente.scenario.text.page import Page, Path, shorten

Settings = dict[str, int]

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass
class Draft:
    """What the sections share while a file is read."""

    page: Page
    file: schema.ScenarioFile
    damage: Damage
    names: Names
    options: dict[str, Option] = field(default_factory=dict)
    states: dict[str, Settings] = field(default_factory=dict)
    frozen: Settings = field(default_factory=dict)
    cited: dict[str, Path] = field(default_factory=dict)

    @property
    def graph(self) -> schema.Graph | None:
        return self.file.graph

    @cached_property
    def owned(self) -> dict[str, tuple[Option, ...]]:
        """The options by actor; asked for when all are bound."""
        found: dict[str, list[Option]] = {}
        for option in self.options.values():
            found.setdefault(option.actor, []).append(option)
        return {actor: tuple(options) for actor, options in found.items()}

    @cached_property
    def state_names(self) -> dict[str, None]:
        """Every state the file names, in order: those of graph form, or those under `states`."""
        return dict.fromkeys(self.file.graph.states if self.file.graph else self.file.states)

    def place(self, path: Path) -> Place:
        return self.page.place(self.page.at(path))

    # --- names ---

    def known(self, path: Path, kind: str, name: str, known: Collection[str]) -> bool:
        """Whether a name exists; if not, say so, unless what it names had to be cut out of the file."""
        if name in known:
            return True
        if name not in self.damage.names:
            hint = self.page.hint(name, known)
            self.page.error(
                path,
                "unknown-name",
                tell("unknown {kind} '{name}'{hint}", kind=word(kind), name=shorten(name), hint=hint),
            )
        return False

    def named(self, kind: str) -> Collection[str]:
        """The names of everything of a kind that a field may name."""
        file = self.file
        kinds: dict[str, Collection[str]] = {
            "actor": file.actors,
            "actor or figure": {**file.actors, **file.cast},
            "world": file.worlds,
            "perception": file.perceptions,
        }
        return kinds[kind]

    def readings_of(self, actor: str) -> Collection[str]:
        """The names of an actor's readings."""
        return self.file.actors[actor].readings or ("only",)

    def check_readings(self, path: Path, readings: Mapping[str, str]) -> None:
        """Check a choice of readings: actor to reading."""
        for actor, reading in readings.items():
            if self.known((*path, actor), "actor", actor, self.file.actors):
                self.known((*path, actor), tell("reading of {actor}", actor=actor), reading, self.readings_of(actor))

    def option_keys(self, path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
        """The keys of listed options, each with the place where it is named; mistakes are reported."""
        for number, name in enumerate(names):
            here: Path = (*path, number)
            if name in self.names.ambiguous:
                ways = " or ".join(self.names.ambiguous[name])
                self.page.error(
                    here,
                    "unknown-name",
                    tell("'{name}' is an option of several actors; write {ways}", name=name, ways=ways),
                )
            elif name in self.names.variables:
                yield here, self.names.variables[name].key
            else:
                self.known(here, "option", name, self.options)

    def identifier(self, path: Path, kind: str) -> None:
        """Check a name that formulas use."""
        name = str(path[-1])
        if not _IDENTIFIER.fullmatch(name):
            message = tell(
                "'{name}' cannot be the name of {kind}: use lower-case letters, digits and _, a letter first{proposal}",
                name=shorten(name),
                kind=kind,
                proposal=_proposal(name),
            )
            self.page.report("error", "identifier", self.page.at_key(path), message)
        elif not _readable(name):
            message = tell(
                "'{name}' is a word of the formula language and cannot be the name of {kind}", name=name, kind=kind
            )
            self.page.report("error", "identifier", self.page.at_key(path), message)

    def labels(self, section: str, keys: Iterable[str], base: Path = ()) -> None:
        """Check names that only commands and references use."""
        for key in keys:
            if not _LABEL.fullmatch(key):
                message = tell("'{key}' cannot be a name here: use letters, digits, '_', '-' and '.'", key=shorten(key))
                self.page.report("error", "identifier", self.page.at_key((*base, section, key)), message)

    # --- settings ---

    def settings(self, path: Path, texts: tuple[str, ...]) -> Settings:
        """The settings mentioned in a list, as choice numbers."""
        return self.names.settings(path, texts)

    def whole(self, path: Path, texts: tuple[str, ...]) -> Settings:
        """A state, as settings or digits: what is not mentioned is off or the first choice; fixed options are as in `now`."""
        if len(texts) == 1 and self.graph is None and is_digits(texts[0]):
            return self.digits(path, texts[0])
        return self.complete(self.settings(path, texts))

    def digits(self, path: Path, text: str) -> Settings:
        """A state by one digit per option, in the order of the file."""
        if len(text) != len(self.options):
            self.page.error(
                path,
                "digits",
                tell(
                    "expected {number} digits, one per option; found {number2}, '{text}'",
                    number=len(self.options),
                    number2=len(text),
                    text=shorten(text),
                ),
            )
            return {}
        for option, digit in zip(self.options.values(), text, strict=True):
            if int(digit) >= len(option.choices):
                last = len(option.choices) - 1
                message = tell(
                    "digit {digit} in '{text}' is no choice of {key}, which has 0 to {last}",
                    digit=digit,
                    text=text,
                    key=option.key,
                    last=last,
                )
                self.page.error(path, "digits", message)
        return dict(zip(self.options, map(int, text), strict=True))

    def complete(self, settings: Mapping[str, int]) -> Settings:
        return {key: settings.get(key, self.frozen.get(key, 0)) for key in self.options}

    def foreign(self, actor: str, keys: Iterable[str]) -> list[str]:
        """Which of the options belong to somebody else."""
        return [key for key in keys if key != STATE and key in self.options and self.options[key].actor != actor]

    # --- evidence ---

    def evidence(self, path: Path, part: schema.Evident, also: tuple[str, ...] = ()) -> Evidence:
        """The evidence written with a part; its sources must exist (or be in `also`), and its claims, if the file has them.

        Where another file may hold the claims, `check` looks there (`detente.questions.claims`): reading opens no other file.
        """
        known = (*self.file.sources, *also)
        for number, source in enumerate(part.source):
            self.known((*path, "source", number), "source", source, known)
        for number, source in enumerate(part.against):
            self.known((*path, "against", number), "source", source, known)
        for number, claim in enumerate(part.claims):
            at = (*path, "claims", number)
            if self.file.claims and not self.file.claims_from and self.file.parts is None:
                self.known(at, "claim", claim, self.file.claims)
            elif claim not in self.file.claims:
                self.cited.setdefault(claim, at)
        confidence = part.confidence or ""
        return Evidence(
            source=part.source,
            where=part.where,
            confidence=confidence,
            note=part.note,
            claims=part.claims,
            against=part.against,
        )


def is_digits(text: str) -> bool:
    """Whether a text is a state by its digits, `0110`."""
    return re.fullmatch("[0-9]+", text) is not None


def repeats(names: Iterable[str]) -> Iterator[int]:
    """The numbers of the names that have stood before."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield number
        seen.add(name)


def _readable(name: str) -> bool:
    """Whether a formula can consist of this name."""
    try:
        return parsed(name) == Name(name)
    except FormulaError:
        return False


def _proposal(name: str) -> str:
    better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    return (
        tell("; for example {better}", better=better[:40])
        if _IDENTIFIER.fullmatch(better) and _readable(better)
        else ""
    )
