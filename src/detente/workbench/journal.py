"""What keeps the edits of a file until they are saved, and the versions that were: the folder `.detente/` beside the file.

`NAME.journal` holds one line of JSON for each thing that happened, oldest first, each on the disk before anybody is told that
it is so; a line that a crash has cut short was never told, and is passed over. The first line is the *base*: the text it all
starts from, with what could be undone then. `NAME.history/` holds the saved versions whole, the newest `KEPT` of them.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     journal = Journal(Path(folder) / "two.yaml")
...     journal.begin({"text": "detente: 1"})
...     journal.add({"do": "undo"})
...     [each["do"] for each in Journal(Path(folder) / "two.yaml").read()]
['base', 'undo']
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

from detente.files import write_whole
from detente.messages import tell
from detente.scenario.text.edit import digest

FOLDER = ".detente"
"""Where all of this lies."""

KEPT = 50
"""Saved versions kept of a file."""

KINDS = ("journal", "history", "damaged", "logs")
"""What is kept of a file, by the endings: edits, saved versions, a journal that could not be read, the logs of boards."""

IGNORED = "*\n"
"""What the folder says to programs that keep versions: nothing in it is theirs."""


LOCKS: bool = fcntl is not None

NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Journal:
    """The journal and the history of one file; `clock` tells the seconds since 1970."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.name, self.clock = file.parent / FOLDER, file.name, clock
        self.path, self.history = self.folder / f"{self.name}.journal", self.folder / f"{self.name}.history"
        self._handle: int | None = None
        self._lock: int | None = None
        self._known = self._state()

    # --- the journal ---

    @property
    def there(self) -> bool:
        return self._state() is not None

    @property
    def alone(self) -> bool:
        """Whether this is the one that writes here, as far as the system can tell."""
        return self._lock is not None or not LOCKS

    @property
    def moved(self) -> bool:
        """Whether another workbench has written here since this was read; never while this one is the only one."""
        return not self.alone and self._state() != self._known

    def _state(self) -> tuple[int, int, int] | None:
        """Which journal stands there, and how long it is; None where there is none, or a link, which is not followed."""
        with contextlib.suppress(OSError):
            found = self.path.lstat()
            if stat.S_ISREG(found.st_mode) and stat.S_ISDIR(self.folder.lstat().st_mode):
                return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    def read(self) -> Iterator[dict[str, Any]]:
        """What has happened since the base, which comes first; nothing if there is no journal."""
        self._known = self._state()
        if self._known is None:
            return
        try:
            with self.path.open("rb") as file:
                for line in file:
                    if not line.endswith(b"\n"):
                        return  # the last line, cut short by a crash: nobody was told of it
                    yield json.loads(line)
        except (FileNotFoundError, ValueError):
            return

    def begin(self, base: Mapping[str, Any]) -> None:
        """Start anew from a base, in one step."""
        self._make_folder()
        self._alone()
        self._release()
        if self.path.is_symlink():
            self.path.unlink()
        write_whole(self.path, _line({"do": "base", **base}))

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add an entry; it is on the disk when this returns. Raises `OSError`, and then nothing is added."""
        self._alone()
        if self._handle is None:
            self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | NO_LINK | getattr(os, "O_BINARY", 0))
        line, size = _line({"at": round(self.clock(), 3), **entry}), os.fstat(self._handle).st_size
        try:
            if os.write(self._handle, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the disk is full: a part of the line is there
            os.fsync(self._handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, size)
            raise

    def set_aside(self) -> None:
        """Put a journal that cannot be read out of the way, for whoever may make something of it."""
        with contextlib.suppress(OSError):
            self.path.replace(self.folder / f"{self.name}.damaged")
            self._known = self._state()

    def close(self) -> None:
        """Leave the journal to others."""
        self._release()
        if self._lock is not None:
            self._known = self._state()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _alone(self) -> None:
        """Be the only one who writes here, from the first edit to the end. Raises `OSError` if somebody else is."""
        if self._lock is not None or fcntl is None:
            return
        handle = os.open(self.folder / f"{self.name}.lock", os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise OSError(errno.EAGAIN, tell("another workbench edits this file")) from None
        except OSError:  # a network drive without locks
            pass
        if self._state() != self._known:  # what it wrote before it ended would be written over
            os.close(handle)
            raise OSError(errno.EAGAIN, tell("another workbench has edited this file; look at it again in a moment"))
        self._lock = handle

    # --- the history ---

    def keep(self, text: str) -> None:
        """Keep a saved version, unless the newest one says the same."""
        self._make_folder()
        self.history.mkdir(exist_ok=True)
        there = self.versions()
        name = f"{int(self.clock() * 1000):015d}-{digest(text)[:16]}.yaml"
        if there and there[0]["digest"] == digest(text)[:16]:
            return
        write_whole(self.history / name, text)
        for old in there[KEPT - 1 :]:
            (self.history / old["entry"]).unlink(missing_ok=True)

    def versions(self) -> list[dict[str, Any]]:
        """The saved versions, the newest first: `entry`, `seconds` since 1970, `digest`, `size`."""
        found: list[dict[str, Any]] = []
        if self.folder.is_symlink() or self.history.is_symlink():
            return found
        with contextlib.suppress(OSError):
            for entry in sorted(os.scandir(self.history), key=lambda each: each.name, reverse=True):
                stamp, _, rest = entry.name.partition("-")
                if stamp.isdigit() and entry.name.endswith(".yaml") and entry.is_file(follow_symlinks=False):
                    told = {"entry": entry.name, "seconds": int(stamp) / 1000, "digest": rest.removesuffix(".yaml")}
                    found.append({**told, "size": entry.stat().st_size})
        return found

    def version(self, entry: str) -> str | None:
        """The text of a saved version; None if there is none of this name."""
        if entry not in [each["entry"] for each in self.versions()]:
            return None
        return (self.history / entry).read_bytes().decode()

    # --- all of it ---

    def forget(self) -> None:
        """Delete the journal and the history of this file; the folder too, if nothing else is in it."""
        self.close()
        if self.folder.is_symlink():
            return
        for ending in ("journal", "damaged", "lock"):
            (self.folder / f"{self.name}.{ending}").unlink(missing_ok=True)
        for ending in ("history", "logs"):
            shutil.rmtree(self.folder / f"{self.name}.{ending}", ignore_errors=True)
        ignored = self.folder / ".gitignore"
        with contextlib.suppress(OSError):
            if list(self.folder.iterdir()) == [ignored]:
                ignored.unlink()
            self.folder.rmdir()
        self._known = self._state()

    def _make_folder(self) -> None:
        if self.folder.is_symlink() or self.history.is_symlink():
            raise OSError(errno.ELOOP, tell("{path} is a link, and nothing is kept behind one", path=self.folder.name))
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700)
            (self.folder / ".gitignore").write_text(IGNORED, encoding="utf-8")


def kept(folder: Path) -> list[tuple[str, str, int]]:
    """All that is kept of the files of a folder: the file, what it is (`KINDS`), and its bytes."""
    found = []
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(folder / FOLDER), key=lambda each: each.name):
            name, dot, kind = entry.name.rpartition(".")
            if dot and kind in KINDS:
                inside = [entry.path] if entry.is_file() else [each.path for each in os.scandir(entry.path)]
                found.append((name, kind, sum(Path(path).stat().st_size for path in inside)))
    return found


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
