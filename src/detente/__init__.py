"""Détente: an open workbench for strategic conflict analysis.

>>> import detente as dt
>>> dt.load("two_proxies").analyze().count("seq")
4
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError, InputError, ScenarioError, TooLarge
from detente.version import __version__

if TYPE_CHECKING:
    from detente.study import Study

__all__ = ["DetenteError", "InputError", "ScenarioError", "Study", "TooLarge", "__version__", "library", "load"]


def load(source: str | os.PathLike[str]) -> Study:
    """A study of a bundled model (`load("two_proxies")`) or of a scenario file (`load("my/conflict.yaml")`)."""
    from detente.scenario import load as load_scenario
    from detente.study import Study

    return Study(load_scenario(os.fspath(Path(source)) if isinstance(source, os.PathLike) else source))


def library() -> tuple[str, ...]:
    """The names of the bundled models."""
    from detente.scenario import library as bundled

    return tuple(bundled.names())


def __getattr__(name: str) -> Any:
    """`Study`, imported when it is first asked for: the command line must not wait for numpy to say `--help`."""
    if name == "Study":
        from detente.study import Study

        return Study
    raise AttributeError(f"module 'detente' has no attribute {name!r}")
