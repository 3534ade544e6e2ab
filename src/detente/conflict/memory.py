"""How much memory may be planned for, and sizes in words."""

from __future__ import annotations

import math
import os
from pathlib import Path

from detente.errors import InputError
from detente.messages import tell

CONTAINER = Path("/sys/fs/cgroup/memory.max")
TAKEN = Path("/proc/self/statm")


def memory_limit() -> int:
    """Bytes this process may plan for: DETENTE_MEMORY (in gigabytes) if set, else three quarters of what there is.

    That is the machine's memory, or the limit of the container or of the process (`ulimit -v`) where one is lower.
    Raises `InputError` where DETENTE_MEMORY is no positive number.
    """
    chosen = os.environ.get("DETENTE_MEMORY", "").strip()
    return _gigabytes(chosen) if chosen else _available() * 3 // 4


def _gigabytes(chosen: str) -> int:
    try:
        number = float(chosen)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise InputError(
            tell(
                "DETENTE_MEMORY is {chosen}; write how many gigabytes may be used, for example 8 or 0.5",
                chosen=repr(chosen),
            )
        )
    return int(number * 2**30)


def _available() -> int:
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        machine = 16 * 2**30 // 3
    return min([machine, *_own_limit(), *_container_limit()])


def _own_limit() -> list[int]:
    """What `ulimit -v` leaves this process beside what it has taken already, if anything limits it."""
    try:
        import resource
    except ImportError:  # Windows has none
        return []
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return []
    try:
        taken = int(TAKEN.read_text().split()[0]) * resource.getpagesize()
    except OSError:
        taken = 0
    return [max(limit - taken, 0)]


def _container_limit() -> list[int]:
    """What a container may use, where Linux says so; the machine's own memory is more than that."""
    try:
        said = CONTAINER.read_text().strip()
    except OSError:
        return []
    return [int(said)] if said.isdigit() else []


def size_text(bytes_: float) -> str:
    """A number of bytes for people.

    >>> size_text(53_000_000), size_text(2**10000)
    ('51 MB', 'more than 1,000,000 PB')
    """
    if bytes_ > 10**6 * 2**50:
        return tell("more than 1,000,000 PB")
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if bytes_ < 1024:
            return f"{bytes_:,.0f} {unit}"
        bytes_ /= 1024
    return f"{bytes_:,.0f} PB"


def count_text(number: int) -> str:
    """A count for people: exact while it can be read.

    >>> count_text(26_542_080), count_text(2**10000)
    ('26,542,080', 'about 10^3010')
    """
    return f"{number:,}" if number < 10**24 else tell("about 10^{log10}", log10=round(math.log10(number)))
