"""What people wrote: scenarios, read with every problem placed, checked, edited without losing a comment.

`load` reads a file or a bundled model, `read_text` a text, `check` tells every error and warning, `library`
holds the bundled models, `edit` and `save` change files (more in `detente.scenario.text.edit`), and
`detente.scenario.schema` knows their shape.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.scenario import library

if TYPE_CHECKING:
    from detente.errors import Problem
    from detente.scenario.model import Scenario

__all__ = ["check", "edit", "library", "load", "read_text", "save"]


def load(name_or_path: str | os.PathLike[str], *, allow_outside: bool = False) -> Scenario:
    """A scenario file, or a model of the bundled library by its name; see `detente.scenario.read.load`."""
    from detente.scenario import read

    return read.load(name_or_path, allow_outside=allow_outside)


def read_text(text: str, *, name: str = "", path: str = "") -> Scenario:
    """The scenario a text describes; see `detente.scenario.read.read_text`."""
    from detente.scenario import read

    return read.read_text(text, name=name, path=path)


def check(source: str | Path, *, allow_outside: bool = False) -> tuple[Problem, ...]:
    """Every error and warning in a scenario; see `detente.scenario.read.check`."""
    from detente.scenario import read

    return read.check(source, allow_outside=allow_outside)


def edit(text: str, path: tuple[str | int, ...], value: object) -> str:
    """Set one value in a scenario text, everything else untouched; see `detente.scenario.text.edit.edit`."""
    from detente.scenario.text import edit as write

    return write.edit(text, path, value)


def save(text: str, path: str | Path, *, of: str | None = None) -> None:
    """Write a text to a file in one step, over the content it was made of alone; see `detente.scenario.text.edit.save`."""
    from detente.scenario.text import edit as write

    write.save(text, path, of=of)
