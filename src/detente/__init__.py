"""Détente: an open workbench for strategic conflict analysis.

`load` opens a study, a `Study` asks the questions, every answer shows itself as tables. What is not here is asked less
often and lives in the module that has its name.

>>> import detente as dt
>>> dt.load("two_proxies").analyze().count("seq")
14
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.errors import (
    DetenteError,
    FormulaError,
    InputError,
    Problem,
    ScenarioError,
    TooLarge,
    Unanswerable,
    UnknownName,
)
from detente.messages import tell
from detente.version import __version__

if TYPE_CHECKING:
    from detente.analysis import Analysis
    from detente.case import Case, Policy, Query
    from detente.catalog import classics
    from detente.exchange import Loss
    from detente.present import kit
    from detente.present.pictures import picture
    from detente.questions.stability.hierarchical import hierarchy
    from detente.scenario import check
    from detente.scenario.building import Outline
    from detente.scenario.model import Announcement, Scenario, View
    from detente.scenario.movelog import read_moves
    from detente.scenario.schema import json_schema
    from detente.sheet import Sheet
    from detente.study import Study

__all__ = [
    "Analysis",
    "Announcement",
    "Case",
    "DetenteError",
    "FormulaError",
    "InputError",
    "Policy",
    "Problem",
    "Query",
    "Scenario",
    "ScenarioError",
    "Sheet",
    "Study",
    "TooLarge",
    "Unanswerable",
    "UnknownName",
    "View",
    "__version__",
    "build",
    "check",
    "classics",
    "hierarchy",
    "json_schema",
    "kit",
    "library",
    "load",
    "outline",
    "parse",
    "picture",
    "random_model",
    "read_foreign",
    "read_moves",
]

_HOMES = {
    "Analysis": "detente.analysis",
    "Announcement": "detente.scenario.model",
    "Case": "detente.case",
    "Policy": "detente.case",
    "Query": "detente.case",
    "Scenario": "detente.scenario.model",
    "Sheet": "detente.sheet",
    "Study": "detente.study",
    "View": "detente.scenario.model",
    "check": "detente.scenario",
    "hierarchy": "detente.questions.stability.hierarchical",
    "json_schema": "detente.scenario.schema",
    "picture": "detente.present.pictures",
    "read_moves": "detente.scenario.movelog",
}
"""Where the names live that are imported when first asked for: `detente --help` must not wait for numpy."""


_MODULES = {"classics": "detente.catalog.classics", "kit": "detente.present.kit"}
"""Modules that are imported when first asked for."""


def load(source: str | os.PathLike[str], *, allow_outside: bool = False) -> Study:
    """A study of a bundled model (`load("two_proxies")`) or of a scenario file (`load("my/conflict.yaml")`).

    The parts of a file lie in its folder or below it, unless `allow_outside`.
    """
    from detente.scenario import load as load_scenario
    from detente.study import Study

    return Study(load_scenario(source, allow_outside=allow_outside))


def parse(text: str, name: str = "") -> Study:
    """A study of a scenario given as text, in the format of the files."""
    from detente.arguments import text as a_text
    from detente.scenario import read_text
    from detente.study import Study

    return Study(read_text(a_text(tell("`parse` reads a scenario, which"), text), name=name))


def read_foreign(*paths: str | os.PathLike[str], format: str = "") -> tuple[Study, tuple[Loss, ...]]:  # noqa: A002
    """A study of a model of another tool, and what could not come along: `.gmcr`, `.nfg`, `.graphml`, `.xlsx`, `.ods`, `.csv`.

    Several tables go together; everything else is one file. `study.scenario.text` is the scenario file that was made of it.
    """
    from pathlib import Path

    from detente.exchange import read

    taken = read({os.fspath(path): Path(path).read_bytes() for path in paths}, format)
    return parse(taken.text, Path(paths[0]).stem), taken.losses


def build(data: Mapping[str, Any] | Outline, name: str = "") -> Study:
    """A study of a model given as plain data in the shape of the files, or as an outline made step by step.

    >>> build({"actors": {"ann": {"options": {"wave": "Wave"}, "priorities": ["wave"]}}})
    <Study of scenario>
    """
    from detente.arguments import text as a_text
    from detente.scenario.building import build as build_scenario
    from detente.study import Study

    return Study(build_scenario(data, a_text(tell("the `name` of a model"), name)))


def outline(title: str) -> Outline:
    """A model in the making, put together step by step; `build` makes a study of it."""
    from detente.arguments import text as a_text
    from detente.scenario.building import Outline

    return Outline.titled(a_text(tell("the title of a model"), title))


def random_model(seed: int, family: str | None = None) -> Study:
    """A small random model of a family (`detente.verification.FAMILIES`; default: a blend), the same for the same seed.

    >>> random_model(7, family="guards")
    <Study of random guards 7>
    """
    from detente.arguments import check as check_argument
    from detente.study import Study
    from detente.verification import drawn

    check_argument(tell("the seed of a random model"), seed, "int")
    return Study(drawn(seed, family))


def library() -> tuple[str, ...]:
    """The names of the bundled models."""
    from detente.scenario import library as bundled

    return tuple(bundled.names())


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
