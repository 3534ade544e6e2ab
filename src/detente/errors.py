"""What can go wrong, and how it is said.

```text
DetenteError
└── InputError            the user can mend it; the command line ends with exit code 2
    ├── FormulaError      a formula cannot be read or names something unknown; points at the character
    ├── ScenarioError     a scenario file has problems: all of them, each with line and column
    ├── UnknownName       a name on the command line or in a call does not exist; suggests the nearest
    ├── Unanswerable      the question makes no sense for this model; says why and what to ask instead
    │   └── Lacks         the file has no section of the kind the question is about
    └── TooLarge          the model does not fit; says how large it is and what can still be asked
```

Every message says what was found, what was expected, where, and what to do. Mathematical outcomes (no equilibrium, no
path) are values, never exceptions. A message names no command: where it says what can still be asked it holds a `Cure`, which
reads as the Python that asks it; a user interface says it in its own words.

>>> error = TooLarge("that takes too long; one state still works (", Cure.ONE_STATE, ")")
>>> print(error)
that takes too long; one state still works (`judge_locally`)
>>> error.worded({Cure.ONE_STATE: "the button “this state”"})
'that takes too long; one state still works (the button “this state”)'
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from detente.characters import advice
from detente.messages import later, tell, word


class DetenteError(Exception):
    """The root of everything this package raises on purpose."""


class Cure(Enum):
    """What can still be asked; the value is the Python that asks it."""

    ONE_STATE = "`judge_locally`"
    ANOTHER_STATE = later("`judge_locally(scenario, state)`")
    PLAIN = "`case.analyse()`"
    SHOW = "`load`"
    CHECK = "`check`"
    AMONG = "`among`"
    SMALLER = "`max_size`"
    MEMBERS = "`members`"
    GOAL = "`joint`"
    ABOUT = "`about`"
    PARTS = later("`hierarchy(parts, shared)`")
    DRAWS = "`draws`"


class InputError(DetenteError):
    """Something the user wrote, named or asked for must change; `parts` of the message may be cures."""

    def __init__(self, *parts: str | Cure) -> None:
        self.parts = parts
        super().__init__(self.worded({}))

    def worded(self, words: Mapping[Cure, str]) -> str:
        """The message with cures in these words."""
        return "".join(words.get(part, part.value) if isinstance(part, Cure) else part for part in self.parts)


class FormulaError(InputError):
    """A formula that cannot be read.

    `column` is the 0-based offset of the offending character in `text`.
    """

    def __init__(self, message: str, text: str, column: int) -> None:
        super().__init__(f"{message}\n    {text}\n    {' ' * column}^")
        self.message, self.text, self.column = message, text, column


@dataclass(frozen=True, order=True)
class Problem:
    """One finding in a scenario file: an error (the file is refused) or a warning (it is used, beware).

    Lines and columns count from 1; 0 means "the file as a whole". `excerpt` is the line with a caret under the place.
    """

    line: int
    column: int
    severity: str
    code: str
    message: str
    file: str = ""
    excerpt: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        said = f"{place}: {word(self.severity)}: {self.message} [{self.code}]" if place else self.message
        return f"{said}\n{self.excerpt}" if self.excerpt else said


class ScenarioError(InputError):
    """A scenario that cannot be used; `problems` lists everything found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


LONGEST_SHOWN = 80
"""Characters of a name that a message shows."""


class UnknownName(InputError):
    """A name that does not exist, with the nearest known one."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        shown = name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 1]}…"
        super().__init__(
            tell(
                "unknown {kind} {shown}{did_you_mean}",
                kind=word(kind),
                shown=repr(shown),
                did_you_mean=did_you_mean(name[:LONGEST_SHOWN], self.known),
            )
        )


def refuse_unknown(kind: str, known: Collection[str], *names: str) -> None:
    """Raise `UnknownName` for the first of the names that is not known."""
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known)


class Unanswerable(InputError):
    """The question does not apply to this model."""


class Lacks(Unanswerable):
    """The question is about a section that the file does not have; every question says so in the same words.

    >>> print(Lacks("claims"))
    this model has no claims; write them under `claims:` in its file (docs/format.md)
    >>> print(Lacks("history", "recorded events", "give a log of moves"))
    this model has no recorded events; write them under `history:` in its file (docs/format.md), or give a log of moves
    """

    def __init__(self, section: str, things: str = "", instead: str = "", *cure: Cure) -> None:
        self.section = section
        way = tell(", or {instead}", instead=instead) if instead else ""
        what = things or section.replace("_", " ")
        super().__init__(
            tell(
                "this model has no {what}; write them under `{section}:` in its file (docs/format.md){way}",
                what=word(what),
                section=section,
                way=way,
            ),
            *cure,
        )


class NotInstalled(InputError, ImportError):
    """A package is needed that is not installed; the message says how to get it."""


class TooLarge(InputError):
    """The model or result does not fit in memory; raised before the memory is asked for.

    `problem` is the same as a finding in the file, where the part that is too large has a place there.
    """

    def __init__(self, *parts: str | Cure, line: int = 0, column: int = 0, file: str = "") -> None:
        super().__init__(*parts)
        self.problem = Problem(line, column, "error", "too-large", str(self), file)


def did_you_mean(name: str, known: Iterable[str], *, most: int = 12) -> str:
    r"""The tail of an "unknown name" message: the nearest known name, else the known names.

    >>> did_you_mean("ru_lnk", ["ru_link", "us_arm"])
    '; did you mean ru_link?'
    >>> did_you_mean("x", ["ru_link", "us_arm"])
    '; known: ru_link, us_arm'
    >>> did_you_mean("x", ["arm", "us.arm", "ru.arm2"])  # `us.arm` is but the long way to say `arm`
    '; known: arm, ru.arm2'
    >>> did_you_mean("ru\u200b_link", ["ru_link"])
    '; U+200B (zero width space) stands in it: delete it'
    """
    if strange := advice(name):
        return f"; {strange}"
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=1) or difflib.get_close_matches(name.lower(), names, n=1)
    if near:
        return tell("; did you mean {near}?", near=near[0])
    if not names:
        return tell("; there are none")
    shown = [name for name in names if name.rpartition(".")[2] == name or name.rpartition(".")[2] not in names]
    return tell("; known: {shown}{word}", shown=", ".join(shown[:most]), word=", …" if len(shown) > most else "")


class SlowerWarning(UserWarning):
    """Something does not work that is only there to be quicker; the answer is the same."""
