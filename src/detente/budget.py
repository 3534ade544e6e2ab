"""How long, with how much memory, and until when: one budget for everything that may take long.

A `Budget` says what may be spent and starts to count when it is made. Whoever works asks it to `check()`, which raises `Spent`
when there is no more; whoever started the work catches that and returns what has been found, marked as incomplete. A keyboard
interrupt is no business of the library: it goes through. Who wants Ctrl-C to end the search but not the command passes a
`cancelled` that says so.

>>> Budget(seconds=60).check()
>>> budget = Budget(cancelled=lambda: True)
>>> budget.check()
Traceback (most recent call last):
    ...
detente.budget.Spent: it was interrupted
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

Clock = Callable[[], float]


class Spent(Exception):
    """The budget is spent; the text says which part of it."""

    def __init__(self, why: str, *, cancelled: bool = False) -> None:
        super().__init__(why)
        self.cancelled = cancelled


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Budget:
    """What a computation may spend: `seconds` from now, `memory` in bytes, and whether somebody has `cancelled` it.

    None is without limit. The clock is an argument, so that a test can turn it.
    """

    seconds: float | None = None
    memory: int | None = None
    cancelled: Callable[[], bool] = _never
    clock: Clock = field(default=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        assert self.began is not None  # the count starts now, not at the first question

    @cached_property
    def began(self) -> float:
        return self.clock()

    @property
    def left(self) -> float | None:
        """Seconds left, never below zero; None without a limit."""
        return None if self.seconds is None else max(0.0, self.began + self.seconds - self.clock())

    @property
    def spent(self) -> bool:
        """Whether time is up or somebody has cancelled."""
        return self.cancelled() or self.left == 0.0

    def check(self) -> None:
        """Raise `Spent` if time is up or somebody has cancelled. Cost: one look at the clock."""
        if self.cancelled():
            raise Spent("it was interrupted", cancelled=True)
        if self.left == 0.0:
            raise Spent("the time is up")

    def need(self, size: int) -> None:
        """Raise `Spent` if so many bytes are more than may be used."""
        if self.memory is not None and size > self.memory:
            raise Spent(f"{size:,} bytes are needed and {self.memory:,} allowed")


UNLIMITED = Budget()
"""As long as it takes."""
