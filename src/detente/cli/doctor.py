"""`detente doctor`: what is installed here, what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from detente.cli.shared import print_json
from detente.messages import Messages, tell
from detente.version import __version__

NEEDED = ("numpy", "PyYAML", "pydantic", "Babel", "click", "Jinja2", "rich", "highspy")
"""The distributions that are always needed."""

USES = Messages(
    {
        "fast": "compiled kernels for large models",
        "cpsat": "another solver for packages of incentives",
        "maxsat": "another solver for packages of incentives",
        "pictures": "pictures as PNG",
        "arrow": "tables for programs that read Arrow",
        "parquet": "draws kept in a folder",
        "spreadsheets": "workbooks, in and out",
        "networks": "graphs for networkx, and GraphML",
        "office": "reports as Word and PowerPoint",
        "workbench": "the workbench in the browser",
        "diagrams": "decision diagrams for models beyond memory",
        "cluster": "many analyses on the workers of a dask scheduler",
        "mcp": "a server for assistants",
        "notebook": "the tutorial as a notebook",
    }
)
"""What each extra is for."""

MODULES = {
    "fast": ("numba",),
    "cpsat": ("ortools",),
    "maxsat": ("pysat",),
    "pictures": ("resvg_py",),
    "arrow": ("arro3",),
    "parquet": ("pyarrow",),
    "spreadsheets": ("python_calamine", "xlsxwriter"),
    "networks": ("networkx",),
    "office": ("docx", "pptx", "resvg_py"),
    "workbench": ("starlette", "uvicorn"),
    "diagrams": ("oxidd",),
    "cluster": ("distributed", "pyarrow"),
    "mcp": ("mcp",),
    "notebook": ("ipykernel",),
}
"""The modules that an extra brings."""


@click.command(short_help="What is installed here, what is missing, and how to get it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say which versions are installed, what this machine allows, and which extras are missing, with how to get them.

    Ends with exit code 2 if something is missing that is always needed.
    """
    found = examined()
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_lines(found)))
    if None in found["needed"].values():
        raise click.exceptions.Exit(2)


def examined() -> dict[str, Any]:
    """What is here, as plain data. Nothing is imported that is only looked for."""
    from detente.conflict.memory import memory_limit

    return {
        "detente": __version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cores": _cores(),
        "memory_limit": memory_limit(),
        "kernels": _kernels(),
        "needed": {name: _version(name) for name in NEEDED},
        "extras": {extra: all(map(_is_there, modules)) for extra, modules in MODULES.items()},
    }


def _lines(found: dict[str, Any]) -> list[str]:
    from detente.conflict.memory import size_text

    kernels = found["kernels"]
    lines = [
        tell(
            "Détente {version}, Python {python}, {system}",
            version=found["detente"],
            python=found["python"],
            system=found["system"],
        ),
        tell("processor cores:  {cores}", cores=found["cores"]),
        tell(
            "memory to plan for:  {size} (DETENTE_MEMORY sets it, in gigabytes)", size=size_text(found["memory_limit"])
        ),
        tell("compiled kernels:  {folder}", folder=kernels)
        if kernels
        else tell("compiled kernels:  none, numpy answers the same"),
        "",
    ]
    for name, version in found["needed"].items():
        lines.append(f"  {name:13} {version or tell('MISSING: install Détente again')}")
    lines.append("")
    for extra, there in found["extras"].items():
        get = "" if there else f":  pip install 'detente[{extra}]'"
        lines.append(f"  {extra:13} {tell('there') if there else tell('missing')}, {USES[extra]}{get}")
    return lines


def _cores() -> int:
    """The cores this process may use."""
    able = getattr(os, "sched_getaffinity", None)
    return len(able(0)) if able else os.cpu_count() or 1


def _kernels() -> str:
    """Where compiled kernels are kept; nothing without numba."""
    if not _is_there("numba"):
        return ""
    engine = Path(str(sys.modules["detente"].__file__)).parent / "engine"
    return os.environ.get("NUMBA_CACHE_DIR", "") or str(engine / "__pycache__")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
