"""How work that takes long says how far it has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on."""

    def __call__(self, done: int, total: int, text: str) -> None: ...


def quiet(done: int, total: int, text: str) -> None:
    """Progress reported to nobody."""
