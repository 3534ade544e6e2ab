"""Plain words: shares as words of likelihood, settings as what somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from detente.scenario.model import Option, Scenario

LIKELIHOOD = (
    (0.0, "ruled out", "0 %"),
    (0.05, "remote", "more than 0, up to 5 %"),
    (0.20, "very unlikely", "up to 20 %"),
    (0.45, "unlikely", "up to 45 %"),
    (0.55, "about even", "up to 55 %"),
    (0.80, "likely", "up to 80 %"),
    (0.95, "very likely", "up to 95 %"),
    (0.9999999, "almost certain", "up to, but not, 100 %"),
    (1.0, "certain in the model", "100 %"),
)
"""Upper bounds of shares, the word for them, and how the page explains it; after the words intelligence analysts use."""


def likely(share: float) -> str:
    """The word for a share.

    >>> [likely(share) for share in (0, 12 / 36, 0.5, 1)]
    ['ruled out', 'unlikely', 'about even', 'certain in the model']
    """
    return next(word for most, word, _ in LIKELIHOOD if share <= most)


def percent(part: int, whole: int) -> str:
    """A share in whole per cent, never rounded to nothing or all.

    >>> percent(12, 36), percent(1, 1000)
    ('33 %', 'under 1 %')
    """
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    return "over 99 %" if 99 < share < 100 else f"{share:.0f} %"


def setting(option: Option, value: Any) -> str:
    """One setting as it stands."""
    name = option.name or option.key
    if option.binary:
        return name if value else f"not: {name}"
    chosen = value if isinstance(value, str) else option.choices[int(value)]
    return f"{name}: {chosen}"


def change(option: Option, value: Any) -> str:
    """One setting as what its owner does to it."""
    if option.binary:
        return f"{'take up' if value else 'drop'} “{option.name or option.key}”"
    return (
        f"choose “{value if isinstance(value, str) else option.choices[int(value)]}” for “{option.name or option.key}”"
    )


def settings(scenario: Scenario, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Settings as they stand, in file order."""
    return tuple(setting(option, found[option.key]) for option in scenario.options if option.key in found)


def changes(scenario: Scenario, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Settings as what their owners do, in file order."""
    return tuple(change(option, found[option.key]) for option in scenario.options if option.key in found)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words with commas and an `and`.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    known = list(words)
    return f"{', '.join(known[:-1])} {last} {known[-1]}" if len(known) > 1 else "".join(known)


def plain(name: str) -> str:
    """A name as written in a file, for people."""
    return name.replace("_", " ")


def upper(text: str) -> str:
    """A sentence's first letter."""
    return text[:1].upper() + text[1:]
