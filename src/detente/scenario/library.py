"""The bundled models: published conflicts and our own, as ordinary scenario files inside the package."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files

from detente.errors import refuse_unknown
from detente.messages import tell

_SUFFIX = ".yaml"


@cache
def names() -> tuple[str, ...]:
    """The names of the bundled models, sorted."""
    folder = files("detente.scenario") / "library"
    if not folder.is_dir():
        return ()
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)))


def text(name: str) -> str:
    """The file of a bundled model, as written.

    Raises `UnknownName` with the nearest name.
    """
    refuse_unknown("scenario", names(), name)
    return (files("detente.scenario") / "library" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def nearest(name: str) -> str:
    """A hint for a missing file: the bundled model that may have been meant, or nothing."""
    near = difflib.get_close_matches(name, names(), n=1)
    return tell("; the library has a model '{near}'", near=near[0]) if near else ""
