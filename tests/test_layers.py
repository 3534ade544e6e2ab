"""The architecture, enforced: who may import whom.

Data flows down the list in docs/architecture.md, and a module imports only from layers above its own, wherever the import
stands: in a function too, and for type checking. Within a layer modules may use each other as long as no circle closes.
Nobody imports the package root, the front door.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "detente"
ROOT = Path(__file__).parents[1] / "src" / PACKAGE

HOUSE = Path(__file__).parents[1] / "docs" / "architecture.md"


def layers() -> tuple[str, ...]:
    """The list in the documentation: every layer by its path, from the top down."""
    (block,) = re.findall(r"^```text\n(version .*?)^```", HOUSE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return tuple(line.split()[0] for line in block.splitlines())


LAYERS = layers()
"""Every module or folder of the package; the front door comes last, because it opens on all of them."""

FLOORS = tuple(dict.fromkeys(layer.split("/")[0] for layer in LAYERS if "/" in layer))
"""Folders whose own folders are layers of their own."""


def module_of(path: Path) -> str:
    """The dotted name of a source file: `detente.engine.table`; a subpackage goes by its own name."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    """The source of a module, parsed once for all tests."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


DOORS = ("detente", "detente.__main__", "detente.cli")
"""Modules that people and the installed command come in by; nobody needs to import them."""


def test_every_module_is_used() -> None:
    """A module that nothing imports is forgotten work, often a second version of something."""
    used = {name for module in MODULES for name in imports_in(tree(module))}
    packages = {name for name in MODULES if any(other.startswith(f"{name}.") for other in MODULES)}
    assert set(MODULES) - used - packages - set(DOORS) == set()


def layer_of(module: str) -> str:
    """The layer that a module belongs to; of a floor itself (`detente.questions`) its first line."""
    if module == PACKAGE:
        return "__init__"
    floor, *rest = module.split(".")[1:]
    if floor not in FLOORS:
        return floor
    return f"{floor}/{rest[0]}" if rest else next(layer for layer in LAYERS if layer.startswith(f"{floor}/"))


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


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_layer(module: str) -> None:
    assert layer_of(module) in LAYERS


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upwards(module: str) -> None:
    imported = set(imports_in(tree(module)))
    assert [fault for name in sorted(imported) for fault in faults(module, name)] == []


def circle(sources: Mapping[str, ast.Module]) -> list[str]:
    """A circle of imports among these modules, imports inside functions and for type checking included; empty if none."""
    graph = {module: set(imports_in(source)) - {module} for module, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_imports() -> None:
    found = circle({module: tree(module) for module in MODULES})
    assert found == [], " -> ".join(found)


def test_a_circle_through_a_function_is_seen() -> None:
    first, second = "detente.engine.arcs", "detente.engine.table"
    one, other = f"from {second} import Table", f"def f():\n    from {first} import Arcs"
    assert set(circle({first: ast.parse(one), second: ast.parse(other)})) == {first, second}


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("detente.formula", "import detente", "package root"),
        ("detente.formula", "from detente import errors", "package root"),
        ("detente.formula", "def f():\n    from detente.engine import solve", "below"),
        ("detente.questions.evolution.paths", "from detente.questions.policy import levers", "below"),
        ("detente.questions.policy.levers", "from detente.questions.evolution import paths", ""),
        ("detente.present.pages.render", "from detente.present.kit import roles", "below"),
        ("detente.engine.table", "from detente.engine.arcs import Arcs", ""),
        ("detente.cli", "import os\nfrom detente.errors import InputError", ""),
        ("detente", "from detente.cli import main", ""),
    ],
)
def test_the_rules_bite(module: str, source: str, fault: str) -> None:
    found = [text for name in imports_in(ast.parse(source)) for text in faults(module, name)]
    assert len(found) == bool(fault)
    assert all(fault in text for text in found)


FLAG = re.compile(r"(?<![\w-])--[a-z]|`detente ")


def commands_named(tree: ast.AST) -> list[str]:
    """The texts in a module, docstrings aside, that name a command or one of its options."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [str(text.value) for text in texts if id(text) not in silent and FLAG.search(str(text.value))]


COMMAND_LINES = ("detente.case.command_line", "detente.questions.brief.commands", "detente.workbench.the_same")
"""The modules that word commands, for a brief and a page say how each of their answers is reproduced; they raise no error."""


@pytest.mark.parametrize(
    "module",
    [name for name in MODULES if layer_of(name).split("/")[0] not in ("cli", "present") and name not in COMMAND_LINES],
)
def test_a_library_error_names_no_command(module: str) -> None:
    """It carries a cure, and the command line words it."""
    assert commands_named(tree(module)) == []


def test_a_command_in_an_error_is_seen() -> None:
    assert commands_named(ast.parse('raise InputError("ask for another with --goal")')) == [
        "ask for another with --goal"
    ]
    assert commands_named(ast.parse('"""See `detente show`."""\nx = "a -- b"')) == []
