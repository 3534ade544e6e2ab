"""How long, with how much memory, how many steps, and until when: one budget for everything that may take long.

A `Budget` says what may be spent and starts to count when it is made. Whoever works asks it to `check()`, which raises `Spent`
when there is no more; whoever started the work catches that and returns what has been found, marked as incomplete. A keyboard
interrupt is no business of the library: it goes through. Who wants Ctrl-C to end the search but not the command passes a
`cancelled` that says so.

>>> Budget(seconds=60).check()
>>> budget = Budget(cancelled=lambda: True)
>>> budget.check()
Traceback (most recent call last):
    ...
detente.budget.Spent: the search was interrupted
>>> few = Budget(steps=2, unit="profiles")
>>> few.step(), few.step(), few.step()
Traceback (most recent call last):
    ...
detente.budget.Spent: the budget of 2 profiles is spent
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from detente.errors import InputError
from detente.messages import numeral, tell

Clock = Callable[[], float]
Cancelled = Callable[[], bool]
"""Whether somebody has asked to stop."""

Part = Literal["seconds", "memory", "steps", "cancelled"]


class Spent(Exception):
    """The budget is spent; the text says so in words, `part` which part of it."""

    def __init__(self, why: str, part: Part = "steps") -> None:
        super().__init__(why)
        self.part = part

    @property
    def cancelled(self) -> bool:
        return self.part == "cancelled"


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a computation may spend: `seconds` from now, `memory` in bytes, `steps`, and whether somebody has `cancelled` it.

    None is without limit; `unit` says what the steps are. The clock is an argument, so that a test can turn it.
    """

    seconds: float | None = None
    memory: int | None = None
    steps: int | None = None
    unit: str = "steps"
    cancelled: Cancelled = never
    clock: Clock = field(default=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        if self.seconds is not None and math.isnan(self.seconds):
            raise InputError(tell("seconds must be a number"))
        assert self.began is not None  # the count starts now, not at the first question

    @cached_property
    def began(self) -> float:
        return self.clock()

    @cached_property
    def _counted(self) -> Iterator[int]:
        return itertools.count(1)

    @property
    def left(self) -> float | None:
        """Seconds left, never below zero; None without a limit."""
        return None if self.seconds is None else max(0.0, self.began + self.seconds - self.clock())

    @property
    def spent(self) -> bool:
        """Whether time is up or somebody has cancelled."""
        return self.cancelled() or self.left == 0.0

    @property
    def half_gone(self) -> bool:
        """Whether half of the time is gone, or all of it."""
        left = self.left
        return self.seconds is not None and left is not None and (left == 0.0 or left < self.seconds / 2)

    def check(self) -> None:
        """Raise `Spent` if time is up or somebody has cancelled. Cost: one look at the clock."""
        if self.cancelled():
            raise Spent(tell("the search was interrupted"), "cancelled")
        if self.left == 0.0:
            raise Spent(tell("the time is up"), "seconds")

    def step(self) -> None:
        """Count one step; raise `Spent` if it is one more than may be taken."""
        if self.steps is not None and next(self._counted) > self.steps:
            raise Spent(
                tell("the budget of {steps} {unit} is spent", steps=numeral(self.steps), unit=self.unit), "steps"
            )

    def need(self, size: int) -> None:
        """Raise `Spent` if so many bytes are more than may be used."""
        if self.memory is not None and size > self.memory:
            raise Spent(
                tell("{size} bytes are needed and {memory} allowed", size=numeral(size), memory=numeral(self.memory)),
                "memory",
            )


UNLIMITED = Budget()
"""As long as it takes."""
