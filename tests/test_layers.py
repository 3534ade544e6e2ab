"""The architecture, enforced: who may import whom.

Data flows down `LAYERS`, and a module imports only from layers above its own, wherever the import stands: in
a function too, and for type checking. Within a layer modules may use each other as long as no circle closes;
in the layers named in `APART` they may not even do that. Nobody imports the package root, the front door.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "detente"
ROOT = Path(__file__).parents[1] / "src" / PACKAGE

LAYERS = (
    "version",
    "errors",
    "sheet",
    "formula",
    "scenario",
    "conflict",
    "states",
    "preferences",
    "stability",
    "play",
    "patterns",
    "analysis",
    "local",
    "listing",
    "lints",
    "case",
    "literature",
    "witness",
    "groundwork",
    "questions",
    "claims",
    "exchange",
    "study",
    "present",
    "workbench",
    "cli",
    "__main__",
    "__init__",
)
"""Every module or subpackage of the package; the front door comes last, because it opens on all of them."""

APART = frozenset({"questions"})
"""Layers whose modules do not know each other: each answers one question and can be taken out alone."""


def module_of(path: Path) -> str:
    """The dotted name of a source file: `detente.engine.table`; a subpackage goes by its own name."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(ROOT.rglob("*.py"))}


DOORS = ("detente", "detente.__main__", "detente.cli")
"""Modules that people and the installed command come in by; nobody needs to import them."""


def test_every_module_is_used() -> None:
    """A module that nothing imports is forgotten work, often a second version of something."""
    used = {name for path in MODULES.values() for name in imports_in(ast.parse(path.read_text()))}
    packages = {name for name in MODULES if any(other.startswith(f"{name}.") for other in MODULES)}
    assert set(MODULES) - used - packages - set(DOORS) == set()


def layer_of(module: str) -> str:
    """The name in `LAYERS` that a module belongs to."""
    return "__init__" if module == PACKAGE else module.split(".")[1]


def imports_in(tree: ast.AST) -> Iterator[str]:
    """The modules of the package that this source imports, each by its full name.

    `from detente.scenario import model` imports `detente.scenario.model` if that is a module, else
    `detente.scenario`. To take anything from the root, even a module, is to import the root.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            longer = {f"{node.module}.{alias.name}" for alias in node.names}
            names = longer & set(MODULES) if node.module != PACKAGE else set()
            names |= {node.module} if len(names) < len(longer) else set()
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == PACKAGE)


def faults(module: str, imported: str) -> Iterator[str]:
    """What the architecture holds against one import."""
    here, there = layer_of(module), layer_of(imported)
    if imported == PACKAGE:
        yield f"{module} imports the package root: import the module that has the name"
    elif LAYERS.index(there) > LAYERS.index(here):
        yield f"{module} imports {imported}, which lies below it"
    elif here == there and here in APART and module.count(".") > 1:
        yield f"{module} imports its sibling {imported}"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_layer(module: str) -> None:
    assert layer_of(module) in LAYERS


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upwards(module: str) -> None:
    imported = set(imports_in(ast.parse(MODULES[module].read_text(encoding="utf-8"))))
    assert [fault for name in sorted(imported) for fault in faults(module, name)] == []


def test_no_circle_of_imports() -> None:
    """Of imports at the top of modules: one inside a function waits until both modules are there."""
    graph = {}
    for module, path in MODULES.items():
        body = ast.parse(path.read_text(encoding="utf-8")).body
        top = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        graph[module] = {name for node in top for name in imports_in(node)} - {module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"circle of imports: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("detente.formula", "import detente", "package root"),
        ("detente.formula", "from detente import errors", "package root"),
        ("detente.formula", "def f():\n    from detente.engine import solve", "below"),
        ("detente.questions.evolution.paths", "from detente.questions.explanation.explain import why", "sibling"),
        ("detente.questions", "from detente.questions.explanation.explain import why", ""),
        ("detente.engine.table", "from detente.engine.arcs import arcs", ""),
        ("detente.cli", "import os\nfrom detente.errors import InputError", ""),
        ("detente", "from detente.cli import main", ""),
    ],
)
def test_the_rules_bite(module: str, source: str, fault: str) -> None:
    found = [text for name in imports_in(ast.parse(source)) for text in faults(module, name)]
    assert len(found) == bool(fault)
    assert all(fault in text for text in found)
