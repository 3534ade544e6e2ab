"""What the package promises: names and signatures of `detente.__all__`, of `Study` and of what it returns by name.

`python tests/api.py` says what differs from `tests/data/api.txt`; `--write` keeps today's. A line that is gone or different
breaks somebody's program: docs/python.md says when that may be.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import detente

KEPT = Path(__file__).parent / "data" / "api.txt"


def signature(value: Any) -> str:
    """A signature without what changes from one Python to another: addresses, and how defaults that are objects are shown."""
    try:
        told = str(inspect.signature(value))
    except (TypeError, ValueError):
        return "(...)"
    return re.sub(r"<[^<>]*>", "...", told)


def members(name: str, kind: type) -> Iterator[str]:
    """The public members of a class, its own and inherited ones of this package."""
    for member, value in sorted(inspect.getmembers(kind)):
        if member.startswith("_") or not owned(kind, member):
            continue
        if isinstance(value, property) or inspect.isdatadescriptor(value):
            yield f"{name}.{member}"
        elif callable(value):
            yield f"{name}.{member}{signature(value)}"


def owned(kind: type, member: str) -> bool:
    """Whether a member comes from this package, not from a base class of Python."""
    return any(member in vars(base) for base in kind.__mro__ if base.__module__.startswith("detente"))


def snapshot() -> str:
    """All of it, a line each, in order."""
    lines: list[str] = []
    for name in sorted(detente.__all__):
        value = getattr(detente, name)
        if inspect.ismodule(value):
            lines.append(f"{name}: module")
            inside = getattr(value, "__all__", None) or [each for each in vars(value) if not each.startswith("_")]
            functions = {each: getattr(value, each) for each in inside}
            lines += (
                f"{name}.{each}{signature(function)}"
                for each, function in sorted(functions.items())
                if inspect.isfunction(function) and function.__module__ == value.__name__
            )
        elif inspect.isclass(value):
            lines.append(f"{name}{signature(value)}")
            lines += members(name, value)
        else:
            lines.append(f"{name}{signature(value)}" if callable(value) else f"{name}: {type(value).__name__}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """What differs; or keep it."""
    now = snapshot()
    if "--write" in arguments:
        KEPT.write_text(now, encoding="utf-8", newline="\n")
        return 0
    before = KEPT.read_text(encoding="utf-8") if KEPT.exists() else ""
    sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), now.splitlines(True), "kept", "now", n=0))
    return int(before != now)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
