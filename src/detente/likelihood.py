"""Words of likelihood, by a published ladder; and what a share may be called.

The ladder is data (`likelihood.toml`): seven words, each for a band of shares, from 1 to 99 per cent. Outside of it there is
no word, only the number. A share on the end that two bands have in common takes the upper word; a share that is not known
exactly has a word only if its whole interval lies within one band.

A word says that something is so in the world, so it may be attached to a share only where every doubt behind the share has a
weight, a tempo or a dispersion that the file states: nobody's default is a likelihood (`docs/theory/likelihood.md`). Whoever
has a share decides that, and asks here for the word. Source: ICD 203.

>>> word_for(0.6), word_for(0.55), word_for(0.995)
('likely', 'likely', '')
>>> word_for(0.6, (0.58, 0.62)), word_for(0.56, (0.53, 0.59))
('likely', '')
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.messages import tell


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One word of the ladder: its other name, which we do not use, its band in per cent, and how a sentence begins with it."""

    word: str
    also: str
    low: int
    high: int
    says: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files("detente") / "likelihood.toml").read_text(encoding="utf-8"))


@cache
def ladder() -> tuple[Rung, ...]:
    """The rungs, lowest first."""
    return tuple(Rung(**row) for row in _file()["ladder"])


def source() -> str:
    """Whose ladder it is."""
    return str(_file()["source"])


def rung_for(share: float, interval: tuple[float, float] | None = None) -> Rung | None:
    """The rung of a share; None outside of the ladder, or if the interval of the share reaches out of the band."""
    low, high = interval or (share, share)
    # from above, so that the end that two bands have in common belongs to the upper one
    return next((rung for rung in reversed(ladder()) if rung.low / 100 <= low and high <= rung.high / 100), None)


def word_for(share: float, interval: tuple[float, float] | None = None) -> str:
    """The word of a share; empty outside of the ladder, or if the interval of the share reaches out of the band."""
    found = rung_for(share, interval)
    return "" if found is None else found.word


def percent(share: float) -> str:
    """A share as people read it; what is neither nothing nor all is never rounded to it.

    >>> percent(0.623), percent(0.004), percent(0.99996), percent(0.00001), percent(1)
    ('62 %', '0.4 %', 'more than 99.9 %', 'less than 0.1 %', '100 %')
    """
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    if share < 0.001:
        return tell("less than 0.1 %")
    if share > 0.999:
        return tell("more than 99.9 %")
    return f"{100 * share:.0f} %" if 0.01 <= share <= 0.99 else f"{100 * share:.1f} %"
