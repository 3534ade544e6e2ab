"""The one way to write a file: whole, or not at all.

`write_whole` writes beside the target, flushes to the disk and renames, so that a full disk, a kill or a power cut leaves
either the old file or the new one. `write_new` does the same, and refuses to replace a file that is there.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write the file in one step: to a temporary name in the same folder, flushed, renamed over the target.

    Text is written as UTF-8 with the line ends it has. A link is followed, so that the file it leads to is replaced; the
    permissions of a file that was there are kept. A device or a pipe is written to directly. Raises `OSError` as the system
    does; then the target is as it was, and nothing is left beside it.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    kept = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".detente-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # some file systems (FAT, network drives) know no permissions
            Path(name).chmod(kept)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_new(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file that is not there yet; raises `FileExistsError` if it is, also if somebody else was faster.

    The name is taken first, empty, which the system grants only once; then the file is written as `write_whole` does.
    """
    with Path(path).open("x"):
        pass
    try:
        write_whole(path, content)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(path).unlink()
        raise


def _umask() -> int:
    """The permissions new files are denied; the system tells only when it is set."""
    now = os.umask(0o022)
    os.umask(now)
    return now
