"""The files that the parts of one scenario are read from: where they may lie, and each read and built once.

A scenario may come from a stranger, and its parts name files. So parts are sought in the folder of the outermost file and
below it, links followed first; only regular files are read, so many and so much in all; and of a file that is no scenario
nothing is shown but its name.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from detente.errors import InputError
from detente.messages import tell
from detente.scenario import library
from detente.scenario.model import Scenario

MOST_FILES, MOST_BYTES = 100, 20_000_000
"""Files that the parts of a scenario, and their parts, are read from; and bytes of them in all."""

SCENARIO = re.compile(r"""^[\s{]*["']?detente["']?\s*:""", re.MULTILINE)
"""What every scenario says somewhere."""

Build = Callable[[str, str, str, str, "Parts", tuple[str, ...]], Scenario]
"""Makes a scenario: what others call it, its text, name and path, the parts known so far, the files being read."""


class Parts:
    """The parts read so far, for one outermost file at `path`; `outside` lets them lie anywhere (None: nobody can allow it)."""

    def __init__(self, path: str, build: Build, *, outside: bool | None = False) -> None:
        self.root, self.outside, self.build = os.path.realpath(Path(path).parent), outside, build
        self.made: dict[str, Scenario] = {}
        self.files = self.bytes = 0

    def target(self, file: str, model: str) -> str:
        """What a part is called by all who name it: a bundled model by its name, a file (named beside `file`) by its real path.

        Raises `InputError` if it is none of those that may be read.
        """
        if not set(model) & set("./\\"):
            return model
        path = Path(file).parent / model
        try:
            real = os.path.realpath(path, strict=True)
        except FileNotFoundError:
            raise InputError(tell("there is no such file{nearest}", nearest=library.nearest(path.stem))) from None
        except (OSError, ValueError) as error:
            raise InputError(
                tell("it cannot be found: {getattr}", getattr=getattr(error, "strerror", None) or error)
            ) from None
        if not self.outside and not Path(real).is_relative_to(self.root):
            allowing = tell(", or allow outside parts")
            raise InputError(
                tell(
                    "it lies outside of the folder of this file ({root}); copy it there{allowing}",
                    root=self.root,
                    allowing="" if self.outside is None else allowing,
                )
            )
        return real

    def load(self, target: str, trail: tuple[str, ...]) -> Scenario:
        """The scenario of a part, built when it is first asked for. Raises `ScenarioError`, `InputError`."""
        if target not in self.made:
            if not set(target) & set("./\\"):
                self.made[target] = self.build(target, library.text(target), target, f"{target}.yaml", self, trail)
            else:
                text = self._read(target)
                if not SCENARIO.search(text):
                    raise InputError(tell("this file is no scenario: it does not say `detente: 1`"))
                self.made[target] = self.build(target, text, Path(target).stem, target, self, trail)
        return self.made[target]

    def _read(self, path: str) -> str:
        self.files += 1
        if self.files > MOST_FILES:
            raise InputError(
                tell("parts are read from up to {most_files} files; this is one more", most_files=MOST_FILES)
            )
        try:
            # Without waiting: to open a pipe would wait for somebody who writes, perhaps for ever.
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise InputError(tell("it is no regular file but a folder, a pipe or a device"))
                data = file.read(MOST_BYTES - self.bytes + 1)
        except IsADirectoryError:
            raise InputError(tell("it is no regular file but a folder, a pipe or a device")) from None
        except OSError as error:
            raise InputError(tell("it cannot be opened: {strerror}", strerror=error.strerror)) from None
        self.bytes += len(data)
        if self.bytes > MOST_BYTES:
            raise InputError(
                tell("the parts have more than {most_bytes} MB in all", most_bytes=MOST_BYTES // 1_000_000)
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(tell("this file is no scenario: it is not a text in UTF-8")) from None
