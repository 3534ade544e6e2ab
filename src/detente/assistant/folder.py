"""Which files an assistant can name: scenario files of one folder, by names relative to it, and bundled models.

The check is our own, made on the real path (links followed) of every name, and once more on the file that was opened.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.errors import InputError, did_you_mean
from detente.messages import tell
from detente.scenario import library
from detente.scenario.read import ENDINGS, decoded, sayable_name
from detente.scenario.text.edit import digest, save
from detente.scenario.text.yaml_tree import MAX_CHARACTERS

MOST_FILES = 500
"""Files that are listed at most."""

DEEPEST = 6
"""Folders below the folder that are looked into."""

LONGEST_NAME = 200
"""Characters of a name."""

BEGINNING = 4096
"""Bytes of a file that tell whether it is a scenario, and its title."""


@dataclass(frozen=True)
class Source:
    """A scenario as text: what it is called, and its path.

    A bundled model and a text that was handed over have a path too, as if they stood in the folder: what they name beside them
    is sought there, and nowhere else.
    """

    name: str
    text: str
    path: str

    @property
    def digest(self) -> str:
        return digest(self.text)


@dataclass(frozen=True)
class Seen:
    """A scenario file in the folder; `title` is what the file says."""

    name: str
    size: int
    title: str


@dataclass(frozen=True)
class Folder:
    """One folder; `root` is its real path."""

    root: Path

    @classmethod
    def at(cls, path: str | Path) -> Folder:
        """The folder at a path; raises `InputError` if there is none."""
        root = Path(os.path.realpath(path))
        if not root.is_dir():
            raise InputError(
                tell("there is no folder {path}; name the folder that holds the scenario files", path=path)
            )
        return cls(root)

    # --- reading ------------------------------------------------------------------------------------------------------

    def source(self, name: str) -> Source:
        """A file of the folder, or a bundled model, by its name; raises `InputError` for anything else."""
        if name in library.names():
            return self.handed(library.text(name), name)
        path = self.path(name)
        return Source(sayable_name(path.stem), self._text(path, name), str(path))

    def handed(self, text: str, name: str = "draft") -> Source:
        """A text that stands in no file of the folder."""
        return Source(name, text, str(self.root / f"{name}.yaml"))

    def path(self, name: str) -> Path:
        """The real path of a name; raises `InputError` if it is not that of a scenario file in this folder."""
        parts = name.split("/")
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise InputError(tell("a scenario is named by a file of the folder or a model of the library"))
        if not name.endswith(ENDINGS):
            known = [*library.names(), *(each.name for each in self.files())]
            near = did_you_mean(name[:80], known, most=6)
            raise InputError(tell("there is no scenario {name}{near}", name=repr(name[:80]), near=near))
        if (
            name.startswith("/")
            or "\\" in name
            or ":" in name
            or any(part.startswith(".") or not part for part in parts)
        ):
            raise InputError(
                tell(
                    "{name}: name a file of the folder as list_scenarios names it; other folders cannot be read here",
                    name=repr(name[:80]),
                )
            )
        real = Path(os.path.realpath(self.root / name))
        if not real.is_relative_to(self.root):
            raise InputError(
                tell("{name} is a link to another folder, which cannot be read here", name=repr(name[:80]))
            )
        if not real.name.endswith(ENDINGS):
            raise InputError(tell("{name} leads to a file that is no scenario", name=repr(name[:80])))
        return real

    def _text(self, path: Path, name: str) -> str:
        """The text of a regular file, opened without following a link that has come meanwhile, and without waiting."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(path, flags)
        except OSError:
            known = [each.name for each in self.files()]
            near = did_you_mean(name, known, most=6)
            raise InputError(tell("there is no scenario {name}{near}", name=repr(name[:80]), near=near)) from None
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InputError(tell("{name} is no regular file", name=repr(name[:80])))
            return decoded(file.read(4 * MAX_CHARACTERS + 1), name)

    def files(self) -> Iterator[Seen]:
        """The scenario files, folder by folder; links and hidden folders are left out."""
        waiting, found = [(self.root, 0)], 0
        while waiting:
            folder, depth = waiting.pop()
            for entry in _entries(folder):
                if entry.name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
                    waiting.append((Path(entry.path), depth + 1))
                elif entry.is_file(follow_symlinks=False) and entry.name.endswith(ENDINGS):
                    seen = self._seen(Path(entry.path))
                    if seen is not None:
                        yield seen
                        found += 1
                if found == MOST_FILES:
                    return

    def _seen(self, path: Path) -> Seen | None:
        try:
            with path.open("rb") as file:
                start = file.read(BEGINNING).decode("utf-8", "replace")
            size = path.stat().st_size
        except OSError:
            return None
        if not re.search(r"^\W*detente\W*:", start, re.MULTILINE):
            return None
        title = re.search(r"^\W*title\W*:(.*)$", start, re.MULTILINE)
        name = sayable_name(path.relative_to(self.root).as_posix())
        return Seen(name, size, title[1].strip(" \"',\r") if title else "")

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, name: str, text: str, of: str | None) -> None:
        """Write a file whole: over the content that `of` names, or a new one (None); its folder must be there."""
        path = self.path(name)
        if not path.parent.is_dir():
            raise InputError(tell("there is no folder for {name}; write beside the other files", name=repr(name[:80])))
        save(text, path, of=of)

    def hidden(self, text: str) -> str:
        """A text of ours without the path of the folder: whoever reads it names files as this folder does."""
        return text.replace(f"{self.root}{os.sep}", "").replace(str(self.root), ".")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []
