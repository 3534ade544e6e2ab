"""Files of the folder that questions take besides the model: another version, a seal, a log of moves, a table of events.

A page names them as they are called in the folder. They are looked up by the same rules as scenario files: nothing outside of
the folder, nothing hidden, no link that leads out, so many bytes and no more. What a page adds is put into the folder under a
name that is not taken, and never over anything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.case import Case
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.questions.history.records import record_of
from detente.scenario.movelog import moves_of
from detente.scenario.read import ENDINGS, decoded, read_text
from detente.workbench.documents import Folder, Refused

TABLES = (".csv", ".tsv", ".tab", ".txt")
"""How tables end, in small letters or capitals."""

MOST = 12_000_000
"""Bytes of a file that a question reads; a request of a page holds as many."""


@dataclass(frozen=True)
class Sort:
    """One kind of file: how names of it end, whether a question takes several, and how it becomes what the library takes."""

    endings: tuple[str, ...]
    several: bool
    take: Callable[[Case, list[Path], list[str]], Any]


def _scenarios(case: Case, paths: list[Path], names: list[str]) -> list[Any]:  # noqa: ARG001 (as all of them)
    return [
        read_text(text, name=Path(name).stem, path=str(path))
        for path, name, text in zip(paths, names, map(_text, paths, names), strict=True)
    ]


def _relative(case: Case, paths: list[Path], names: list[str]) -> list[str]:  # noqa: ARG001 (as all of them)
    return names


SORTS: Mapping[str, Sort] = {
    "scenario_file": Sort(ENDINGS, False, lambda case, paths, names: _scenarios(case, paths, names)[0]),
    "scenario_files": Sort(ENDINGS, True, _scenarios),
    "seal_files": Sort((".json",), True, lambda _, paths, names: list(map(_text, paths, names))),
    "log_file": Sort(
        (*ENDINGS, *TABLES),
        False,
        lambda case, paths, names: moves_of(_text(paths[0], names[0]), case.scenario, names[0]),
    ),
    "record_files": Sort((*ENDINGS, *TABLES), True, lambda case, _, names: record_of(case, names)),
    "table_files": Sort(TABLES, True, _relative),
    "table_file": Sort(TABLES, False, lambda *given: _relative(*given)[0]),
}
"""By the kind of a parameter what it takes."""


@contextlib.contextmanager
def taken(case: Case, root: str, kinds: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments of a question with files in place of their names; tables are read by these names while it is asked."""
    given = dict(said)
    wanted = {name: SORTS[kinds[name]] for name in said if kinds.get(name) in SORTS}
    if not wanted:
        yield given
        return
    if not root:
        raise InputError(tell("there is no folder here that files could be taken from"))
    folder = Folder.at(Path(root))
    with contextlib.chdir(root):
        for name, sort in wanted.items():
            names = list(said[name]) if sort.several else [said[name]]
            given[name] = sort.take(case, [found(folder, each, sort.endings) for each in names], names)
        yield given


def found(folder: Folder, name: str, endings: tuple[str, ...]) -> Path:
    """The path of a file that a question may take. Raises `Refused`."""
    path = folder.path(name, endings=endings)
    size = path.stat().st_size
    if size > MOST:
        raise Refused(
            tell(
                "{name} has {size} bytes; a page reads up to {most}", name=name, size=numeral(size), most=numeral(MOST)
            ),
            413,
        )
    return path


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return decoded(file.read(MOST + 1), name)
    except OSError as error:
        raise Refused(tell("{name} cannot be read: {strerror}", name=name, strerror=error.strerror), 404) from None


def listed(folder: Folder) -> list[dict[str, Any]]:
    """The files of the folder that questions may take: names, sizes, and whether each is a scenario."""
    told = []
    for name in folder.names((*ENDINGS, *TABLES)):
        with contextlib.suppress(OSError, InputError):
            size = found(folder, name, (*ENDINGS, *TABLES)).stat().st_size
            told.append({"name": name, "size": size, "scenario": name.endswith(ENDINGS) and folder.is_scenario(name)})
    return told


def add(folder: Folder, name: str, text: str) -> None:
    """Put a file into the folder. Raises `Refused` for what is none of these, is taken, or is too large."""
    if len(text.encode("utf-8", "replace")) > MOST:
        raise Refused(
            tell("{name} is too large: a page adds up to {most} bytes", name=name[:120], most=numeral(MOST)), 413
        )
    folder.new(name, text, endings=(*ENDINGS, *TABLES))
