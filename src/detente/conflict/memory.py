"""How much memory may be planned for, and sizes in words."""

from __future__ import annotations

import os


def memory_limit() -> int:
    """Bytes this process may plan for: DETENTE_MEMORY (in gigabytes) if set, else three quarters of the machine's memory."""
    chosen = os.environ.get("DETENTE_MEMORY", "")
    try:
        return int(float(chosen) * 2**30)
    except ValueError:
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30


def size_text(bytes_: float) -> str:
    """A number of bytes for people.

    >>> size_text(53_000_000)
    '51 MB'
    """
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if bytes_ < 1024 or unit == "PB":
            return f"{bytes_:,.0f} {unit}"
        bytes_ /= 1024
    return ""
