"""The one way to write a file: whole, or not at all.

`write_whole` writes beside the target, flushes to the disk and renames, so that a full disk, a kill or a power cut leaves
either the old file or the new one. `write_new` does the same, and refuses to replace a file that is there. `change` reads,
changes and writes while others who change the same file wait.

What a kill leaves is a file `.detente-….part` beside the target. Its writer holds a lock on it, so one that nobody holds is
abandoned, and the next write into that folder removes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

PREFIX, SUFFIX = ".detente-", ".part"

ABANDONED = 60.0
"""Seconds after which a part that nobody holds is removed: its writer has long had the time to lock it."""

StrPath = str | os.PathLike[str]


def write_whole(path: StrPath, content: str | bytes) -> None:
    """Write the file in one step: to a temporary name in the same folder, flushed, renamed over the target.

    Text is written as UTF-8 with the line ends it has. A link is followed, so that the file it leads to is replaced; the
    permissions of a file that was there are kept. A device or a pipe is written to directly. Raises `OSError` as the system
    does; then the target is as it was, and nothing is left beside it.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(_bytes(content))
        return
    rights = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    with _part(target, content, rights) as name:
        Path(name).replace(target)


def write_new(path: StrPath, content: str | bytes) -> None:
    """Write a file that is not there yet; raises `FileExistsError` if it is, also if somebody else was faster.

    The whole file gets its name in one step that fails where the name is taken; no empty file is ever there.
    """
    target = Path(path)
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    with _part(target, content, None) as name:
        try:
            os.link(name, target)
        except FileExistsError:
            raise
        except OSError:  # some file systems (FAT, network drives) have no links: there the name is taken first
            with target.open("xb"):
                pass
            try:
                Path(name).replace(target)
            except BaseException:
                target.unlink()
                raise
        else:
            Path(name).unlink()


def change(path: StrPath, new: Callable[[str], str]) -> str:
    """Replace the text of a file by what `new` makes of it, while nobody else changes it by this function; the new text.

    The file is read (as UTF-8, with the line ends it has) under the lock, so what `new` gets is what is replaced. An error of
    `new` leaves the file as it is.
    """
    target = Path(os.path.realpath(path))
    with _alone(target.parent):
        old = target.read_bytes()
        text = new(old.decode())
        if text.encode() != old:
            write_whole(target, text)
    return text


def same_file(one: StrPath, other: StrPath) -> bool:
    """Whether two paths lead to one file, by whatever way: a link, a hard link, another case."""
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


# --- parts -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _part(target: Path, content: str | bytes, rights: int | None) -> Iterator[str]:
    """The name of a file beside the target that holds the content, on the disk; it is gone afterwards."""
    _sweep(target.parent)
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _lock(file)
            file.write(_bytes(content))
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(OSError):  # some file systems (FAT, network drives) know no permissions
                Path(name).chmod(0o666 & ~_umask() if rights is None else rights)
            if fcntl is None:  # Windows renames no file that is open
                file.close()
            yield name
        _settle(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _settle(folder: Path) -> None:
    """Let the new name reach the disk too; where folders cannot be flushed, the system does so in its own time."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove the parts that a kill has left here."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX):
                with contextlib.suppress(OSError):
                    if entry.is_file(follow_symlinks=False) and time.time() - entry.stat().st_mtime > ABANDONED:
                        _remove_abandoned(entry.path)


def _remove_abandoned(name: str) -> None:
    with Path(name).open("rb") as file:
        _lock(file)  # raises where its writer still works
        if fcntl is not None:
            Path(name).unlink()
    if fcntl is None:  # Windows itself refuses to remove what is open
        Path(name).unlink()


def _lock(file: IO[bytes]) -> None:
    """Mark the part as being worked on; raises `BlockingIOError` if somebody else has. Network drives may know no locks."""
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While nobody else is alone in this folder. The lock is on the folder itself and ends with the process: none is left."""
    if fcntl is None:
        with _alone_by_name(folder):
            yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network drive without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _alone_by_name(folder: Path) -> Iterator[None]:
    """The same where folders cannot be locked: by a file that only one can make; one that a kill has left is passed over."""
    name = folder / f"{PREFIX}lock"
    while True:
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - name.stat().st_mtime > ABANDONED:
                    name.unlink()
            time.sleep(0.01)
    try:
        yield
    finally:
        name.unlink(missing_ok=True)


def _umask() -> int:
    """The permissions new files are denied; the system tells only when it is set."""
    now = os.umask(0o022)
    os.umask(now)
    return now
