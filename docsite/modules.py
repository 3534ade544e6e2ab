"""The Python reference: which modules stand on which page, and what of them is shown, functions first.

What is said about each name is its docstring; mkdocstrings sets it.
"""

from __future__ import annotations

import fnmatch
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType

import detente
from detente.questions.catalogue import QUESTIONS
from docsite.markdown import table

PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "study": (
        "The front door",
        (
            "detente",
            "detente.study",
            "detente.questions.catalogue",
            "detente.errors",
            "detente.result",
            "detente.sheet",
            "detente.budget",
        ),
    ),
    "scenario": (
        "Scenario files",
        (
            "detente.scenario",
            "detente.scenario.read",
            "detente.scenario.text.edit",
            "detente.scenario.building",
            "detente.scenario.beginning",
            "detente.scenario.library",
            "detente.scenario.movelog",
            "detente.records*",
            "detente.questions.history.records",
            "detente.scenario.model",
            "detente.scenario.schema",
            "detente.formula",
            "detente.analysis.warnings",
        ),
    ),
    "analysis": (
        "Analyses",
        (
            "detente.analysis*",
            "detente.case",
            "detente.engine.play",
            "detente.conflict.patterns",
            "detente.conflict.states",
            "detente.conflict.overview",
            "detente.analysis.one_state",
            "detente.glossary",
            "detente.literature",
            "detente.glossary",
        ),
    ),
    "claims": (
        "Claims",
        ("detente.questions.claims", "detente.questions.claims.register", "detente.questions.claims.checks"),
    ),
    "explanation": ("Why a state holds", ("detente.questions.explanation",)),
    "goals": (
        "Goals, groups, views",
        (
            "detente.questions.inverse.goals",
            "detente.questions.preference_structures.verdicts",
            "detente.questions.perception.perceived_games",
        ),
    ),
    "engine": (
        "The engine",
        (
            "detente.executors",
            "detente.languages",
            "detente.conflict",
            "detente.conflict.space",
            "detente.conflict.build",
            "detente.conflict.payoffs",
            "detente.engine",
            "detente.engine.concepts",
        ),
    ),
    "verification": (
        "Verification, random models, classics",
        ("detente.verification", "detente.verification.random_models", "detente.catalog", "detente.catalog.classics"),
    ),
    "exchange": ("Files of other tools", ("detente.exchange", "detente.exchange.foreign")),
    "present": (
        "Reports, pictures, kits",
        ("detente.present.report", "detente.present.pictures", "detente.present.kit"),
    ),
}
"""Page: its title and the modules on it, as patterns. Each question has a page of its own beside these."""

WITHIN = (
    "detente.__main__",
    "detente.arguments",
    "detente.assistant*",
    "detente.case.*",
    "detente.characters",
    "detente.cli*",
    "detente.conflict.*",
    "detente.exchange.*",
    "detente.files",
    "detente.likelihood",
    "detente.messages",
    "detente.formula.*",
    "detente.present*",
    "detente.questions*",
    "detente.scenario.*",
    "detente.engine.*",
    "detente.spreadsheet",
    "detente.verification.*",
    "detente.version",
    "detente.workbench*",
)
"""What is not shown unless a page names it: the inside of the layers. A test checks that nothing else is left out."""

SHOWN: Mapping[str, tuple[str, ...]] = {
    "detente": ("load", "build", "outline", "library", "random_model"),
    "detente.scenario.schema": ("json_schema",),
    "detente.engine": ("solve", "check_size", "Solution"),
}
"""Modules of which less is shown: the rest stands on other pages, or describes the keys of the file."""


@cache
def every_module() -> tuple[str, ...]:
    """The modules of the package, sorted."""
    return ("detente", *sorted(each.name for each in pkgutil.walk_packages(detente.__path__, "detente.")))


def questions() -> tuple[str, ...]:
    """The modules of the questions in the catalogue, sorted; claims have a page of their own."""
    return tuple(sorted({question.module for question in QUESTIONS.values()} - {"detente.questions.claims"}))


def shown() -> dict[str, tuple[str, ...]]:
    """The modules on each page; pages without any are left out."""
    found = {
        page: tuple(each for pattern in patterns for each in fnmatch.filter(every_module(), pattern))
        for page, (_, patterns) in PAGES.items()
    }
    return {page: names for page, names in found.items() if names}


def left_out() -> list[str]:
    """The modules that stand on no page though nothing says that they should not."""
    on_pages = {*questions(), *(each for names in shown().values() for each in names)}
    return [
        each for each in every_module() if each not in on_pages and not any(fnmatch.fnmatch(each, p) for p in WITHIN)
    ]


def public(module: ModuleType) -> list[str]:
    """What is shown of a module: what it lists as its own, else what it defines; functions before classes.

    >>> public(importlib.import_module("detente.questions.uncertainty.types"))
    ['types', 'Row', 'Conditions', 'Types']
    """
    listed = getattr(module, "__all__", None)
    found = {name: getattr(module, name) for name in listed or vars(module) if not name.startswith("_")}
    own = {
        name: value
        for name, value in found.items()
        if (inspect.isfunction(value) or inspect.isclass(value)) and (listed or value.__module__ == module.__name__)
    }
    return sorted(own, key=lambda name: inspect.isclass(own[name]))


def question_functions() -> dict[str, str]:
    """Every public function of the questions that asks something of a case: its name and its module.

    >>> question_functions()["levers"]
    'detente.questions.policy.levers'
    """
    return {
        name: module
        for module in questions()
        for name in public(importlib.import_module(module))
        if _asks(module, name)
    }


def _asks(module: str, name: str) -> bool:
    value = getattr(importlib.import_module(module), name)
    return inspect.isfunction(value) and next(iter(inspect.signature(value).parameters), "") in ("case", "scenarios")


def pages() -> dict[str, tuple[str, str]]:
    """The pages of the reference: file name -> title and Markdown."""
    made = {name: (PAGES[name][0], _page(PAGES[name][0], found)) for name, found in shown().items()}
    for module in questions():
        short = module.rsplit(".", 1)[1]
        made[f"questions/{short}"] = (short, _page(short, (module,)))
    return made


def _page(title: str, modules: tuple[str, ...]) -> str:
    alone = len(modules) == 1
    parts = [f"# {title}\n"]
    for name in modules:
        parts += [f"`{name}`\n"] if alone else [f"## {name}\n"]
        parts.append(_directive(name, 2 if alone else 3))
    return "\n".join(parts)


def _directive(module: str, level: int) -> str:
    members = SHOWN.get(module) or public(importlib.import_module(module))
    lines = [f"::: {module}", "    options:", f"      heading_level: {level}"]
    lines.append(f"      members: [{', '.join(members)}]" if members else "      members: false")
    return "\n".join(lines) + "\n"


def overview() -> str:
    """A table of all pages, with the first sentence of each question's module."""
    rows = [
        [f"[{PAGES[name][0]}](python/{name}.md)", ", ".join(f"`{each}`" for each in found)]
        for name, found in shown().items()
    ]
    short = {module: module.rsplit(".", 1)[1] for module in questions()}
    asked = [[f"[`{name}`](python/questions/{name}.md)", _opening(module)] for module, name in short.items()]
    return f"{table(['page', 'modules'], rows)}\n### The questions\n\n{table(['module', 'what it answers'], asked)}"


def _opening(name: str) -> str:
    said = inspect.getdoc(importlib.import_module(name)) or ""
    return " ".join(said.split("\n\n")[0].split())
