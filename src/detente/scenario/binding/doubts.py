"""What stands under `uncertainty`, per actor, checked: chances, dispersion, thresholds, what is unknown, tempo and choice.

It is kept as it is written; `detente.questions.preference_structures.from_file` reads it. Here everything is refused that
no question could use, at its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any

from detente.characters import advice
from detente.errors import InputError
from detente.scenario.binding.draft import Draft
from detente.scenario.text.page import Path, shorten

THRESHOLDS: Mapping[str, tuple[str, Callable[[float], bool]]] = {
    "alpha": ("at least 0 and below 1", lambda value: 0 <= value < 1),
    "beta": ("at least 0 and below 1", lambda value: 0 <= value < 1),
    "gamma": ("at least 0 and below 1", lambda value: 0 <= value < 1),
    "threshold": ("above 0 and at most 1", lambda value: 0 < value <= 1),
    "dispersion": ("above 0", lambda value: value > 0),
    "tempo": ("above 0", lambda value: value > 0),
}
"""The numbers that can be stated, in which span each lies, and whether a number does."""

DOUBTS = ("chances", "dispersion", "alpha", "beta", "gamma", "threshold", "unknown", "tempo", "choice")
"""What can be said under `uncertainty` of an actor."""

ANY, BEST = "any", "best"
"""How a step is chosen among several: any of them alike, or a best one; a number lies between (docs/theory/likelihood.md)."""

CLOSE = 1e-9
"""How far chances may be from adding up to 1."""


def number(text: Any, what: str) -> float:
    """A number as people write it: 0.7, 7/10, 1.

    >>> number("7/10", "the chance"), number(1, "the chance")
    (0.7, 1.0)
    """
    said = str(text).strip()
    try:
        found = float(Fraction(said)) if "/" in said else float(said)
    except (ValueError, ZeroDivisionError, OverflowError):
        found = nan
    if not isfinite(found) or not said.isascii() or "_" in said:
        strange = f"; {advice(said)}" if advice(said) else ""
        raise InputError(f"{what} is {said[:60]!r}; expected a number such as 0.7 or 7/10{strange}")
    return found


def rationality(said: Any, what: str) -> float:
    """How much likelier a better step is: 0 for `any`, infinite for `best`, else the number, at least 0.

    >>> rationality("any", ""), rationality("best", ""), rationality("1/2", "")
    (0.0, inf, 0.5)
    """
    if said in (ANY, BEST, inf):
        return 0.0 if said == ANY else inf
    value = None if isinstance(said, bool) else _number(said)
    if value is None or value < 0:
        raise InputError(f"{what} is '{shorten(str(said))}'; expected {ANY}, {BEST} or a number of at least 0")
    return value


def uncertainty(draft: Draft) -> dict[str, object]:
    """What is not known, per actor, as written."""
    for actor, doubts in draft.file.uncertainty.items():
        path: Path = ("uncertainty", actor)
        if not draft.known(path, "actor", actor, draft.file.actors):
            continue
        if not isinstance(doubts, dict):
            message = f"expected what is not known about {actor}, such as {{threshold: 0.4}}; keys: {', '.join(DOUBTS)}"
            draft.page.error(path, "value", message)
            continue
        for key in doubts.keys() - DOUBTS:
            message = f"unknown key '{shorten(key)}' under the uncertainty of {actor}{draft.page.hint(key, DOUBTS)}"
            draft.page.report("error", "unknown-key", draft.page.at_key((*path, key)), message)
        if {"chances", "dispersion"} <= doubts.keys():
            message = f"{actor} has both chances and dispersion; it is either the one or the other"
            draft.page.error((*path, "dispersion"), "value", message)
        for key, said in doubts.items():
            for place, message in _problems(draft, actor, key, said, (*path, key)):
                draft.page.error(place, "value", message)
    return draft.file.uncertainty


def _problems(draft: Draft, actor: str, key: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    """What is wrong with one thing stated, each with its place."""
    if key in THRESHOLDS:
        span, lies = THRESHOLDS[key]
        value = _number(said)
        if value is None or not lies(value):
            yield path, f"{key} of {actor} is '{shorten(str(said))}'; expected a number {span}"
    elif key == "choice":
        try:
            rationality(said, f"choice of {actor}")
        except InputError as error:
            yield path, str(error)
    elif key == "chances":
        yield from _chances(draft, actor, said, path)
    elif key == "unknown":
        yield from _unknown(draft, actor, said, path)


def _number(said: Any) -> float | None:
    if isinstance(said, (dict, list)):
        return None
    try:
        return number(said, "")
    except InputError:
        return None


def _chances(draft: Draft, actor: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, dict):
        yield path, f"chances of {actor} is '{shorten(str(said))}'; expected reading: chance, ..."
        return
    named = [draft.known((*path, name), f"reading of {actor}", name, draft.readings_of(actor)) for name in said]
    values = {name: _number(chance) for name, chance in said.items()}
    for name, value in values.items():
        if value is None or value < 0:
            yield (
                (*path, name),
                f"the chance of {actor}'s reading '{name}' is '{shorten(str(said[name]))}'; expected 0 to 1",
            )
    known = [value for value in values.values() if value is not None and value >= 0]
    if all(named) and len(known) == len(values) and abs(sum(known) - 1) > CLOSE:
        yield path, f"the chances of {actor}'s readings add up to {sum(known):g}; expected 1"


def _unknown(draft: Draft, actor: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, list):
        yield path, f"unknown of {actor} is '{shorten(str(said))}'; expected a list of pairs, such as [[a, not a]]"
        return
    for place, pair in enumerate(said):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            message = f"unknown of {actor} has '{shorten(str(pair))}'; expected a pair of formulas, such as [a, not a]"
            yield (*path, place), message
            continue
        for side, formula in enumerate(pair):
            draft.names.formula((*path, place, side), formula)
