"""Pieces of work that kill whoever does them, or end in an error.

They stand by themselves because every process that works on them loads this file: with all that `test_executors` needs it would
take five times as long to begin.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from detente.errors import InputError


@dataclass(frozen=True)
class Deadly:
    """The square of a number; whoever works on `piece` is killed, `times` times at most, counted by files in a folder."""

    folder: str
    piece: int
    times: int

    def __call__(self, number: int) -> int:
        deaths = Path(self.folder)
        if number == self.piece and len(list(deaths.iterdir())) < self.times:
            (deaths / f"{time.time_ns()}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number


def stumbles(number: int) -> int:
    """An error of ours at 3."""
    if number == 3:
        raise InputError("three is too many")
    return number


class OddError(Exception):
    """An error that cannot be made anew on the other side of a pipe."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def oddly(number: int) -> int:
    raise OddError(number, number)


@dataclass(frozen=True)
class Killed:
    work: object
    deadly: Deadly

    def __call__(self, number: int) -> object:
        self.deadly(number)
        return self.work(number)  # type: ignore[operator]
