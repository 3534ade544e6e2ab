"""What stands under `uncertainty`, checked: per actor and, under the key `model`, of the model itself.

Per actor these are chances, thresholds, unknown comparisons, tempo and choice, how easily it is looked into, and doubts about
its list. It is kept as it is written; `detente.questions.preference_structures.from_file`, `uncertainty.doubts`, `ends` and
`collection_plan` read it. Here everything is refused that no question could use, at its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any

from detente.characters import advice
from detente.errors import InputError
from detente.messages import later, numeral, tell
from detente.scenario.binding.draft import Draft
from detente.scenario.text.page import Path, shorten

THRESHOLDS: Mapping[str, tuple[str, Callable[[float], bool]]] = {
    "alpha": (later("at least 0 and below 1"), lambda value: 0 <= value < 1),
    "beta": (later("at least 0 and below 1"), lambda value: 0 <= value < 1),
    "gamma": (later("at least 0 and below 1"), lambda value: 0 <= value < 1),
    "threshold": (later("above 0 and at most 1"), lambda value: 0 < value <= 1),
    "dispersion": (later("above 0"), lambda value: value > 0),
    "tempo": (later("above 0"), lambda value: value > 0),
    "checking": (later("from 0 to 1"), lambda value: 0 <= value <= 1),
}
"""The numbers that can be stated, in which span each lies, and whether a number does."""

LISTS = ("order", "presence", "polarity")
"""Doubts about lists of wishes, which can be said of an actor and of all: a number from 0 to 1 each."""

DOUBTS = (
    "chances",
    "dispersion",
    "alpha",
    "beta",
    "gamma",
    "threshold",
    "unknown",
    *LISTS,
    "weights",
    "tempo",
    "choice",
    "checking",
)
"""What can be said under `uncertainty` of an actor."""

MODEL = "model"
"""The key for what can be said of the model itself, unless an actor is called so."""

OF_THE_MODEL = (*LISTS, "confidence", "concept", "play", "countermoves", "settings", "rules")
"""What can be said under it."""

WAYS: Mapping[str, tuple[str, ...]] = {
    "concept": ("nash", "sseq", "seq", "smr", "gmr"),
    "play": ("foresight", "myopic"),
    "countermoves": ("sequence", "single"),
    "rules": ("never", "guard", "consequence"),
}
"""Between what a doubt about the model can be."""

ANY, BEST = "any", "best"
"""How a step is chosen among several: any of them alike, or a best one; a number lies between (docs/theory/likelihood.md)."""

CONFIDENCE = ("low", "medium", "high")

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
        raise InputError(
            tell(
                "{what} is {said}; expected a number such as 0.7 or 7/10{strange}",
                what=what,
                said=repr(said[:60]),
                strange=strange,
            )
        )
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
        raise InputError(
            tell(
                "{what} is '{said}'; expected {any}, {best} or a number of at least 0",
                what=what,
                said=shorten(str(said)),
                any=ANY,
                best=BEST,
            )
        )
    return value


def uncertainty(draft: Draft) -> dict[str, object]:
    """What is not known, per actor, as written."""
    for actor, doubts in draft.file.uncertainty.items():
        path: Path = ("uncertainty", actor)
        if actor == MODEL and actor not in draft.file.actors:
            for place, message in _of_the_model(draft, doubts, path):
                draft.page.error(place, "value", message)
            continue
        if not draft.known(path, "actor", actor, draft.file.actors):
            continue
        if not isinstance(doubts, dict):
            message = tell(
                "expected what is not known about {actor}, such as {{threshold: 0.4}}; keys: {doubts}",
                actor=actor,
                doubts=", ".join(DOUBTS),
            )
            draft.page.error(path, "value", message)
            continue
        for key in doubts.keys() - DOUBTS:
            message = tell(
                "unknown key '{key}' under the uncertainty of {actor}{hint}",
                key=shorten(key),
                actor=actor,
                hint=draft.page.hint(key, DOUBTS),
            )
            draft.page.report("error", "unknown-key", draft.page.at_key((*path, key)), message)
        if {"chances", "dispersion"} <= doubts.keys():
            message = tell("{actor} has both chances and dispersion; it is either the one or the other", actor=actor)
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
            yield (
                path,
                tell(
                    "{key} of {actor} is '{said}'; expected a number {span}",
                    key=key,
                    actor=actor,
                    said=shorten(str(said)),
                    span=span,
                ),
            )
    elif key == "choice":
        try:
            rationality(said, tell("choice of {actor}", actor=actor))
        except InputError as error:
            yield path, str(error)
    elif key in LISTS:
        yield from _list_doubt(tell("{key} of {actor}", key=key, actor=actor), key, said, path)
    elif key == "weights":
        yield from _weights(draft, actor, said, path)
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


def _of_the_model(draft: Draft, doubts: Any, path: Path) -> Iterable[tuple[Path, str]]:
    """What is wrong with what is said of the model itself, each with its place."""
    if not isinstance(doubts, dict):
        yield (
            path,
            tell(
                "expected what is in doubt about the model, such as {{order: 0.5}}; keys: {of_the_model}",
                of_the_model=", ".join(OF_THE_MODEL),
            ),
        )
        return
    for key, said in doubts.items():
        here = (*path, key)
        if key in LISTS:
            yield from _list_doubt(key, key, said, here)
        elif key == "confidence":
            yield from _confidence(said, here)
        elif key in ("settings", "rules"):
            yield from _several(draft, key, said, here)
        elif key in WAYS:
            yield from _ways(draft, key, said, here, WAYS[key])
        else:
            message = tell(
                "unknown key '{key}' under the uncertainty of the model{hint}",
                key=shorten(key),
                hint=draft.page.hint(key, OF_THE_MODEL),
            )
            draft.page.report("error", "unknown-key", draft.page.at_key(here), message)


def _list_doubt(what: str, key: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if key == "order" and isinstance(said, dict):
        swaps = _number(said.get("swaps"))
        if set(said) != {"swaps"} or swaps is None or swaps < 0 or swaps != int(swaps):
            yield (
                path,
                tell(
                    "{what} is '{said}'; expected a dispersion such as 0.5, or {{swaps: 1}}",
                    what=what,
                    said=shorten(str(said)),
                ),
            )
        return
    yield from _part(what, said, path)


def _part(what: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    value = _number(said)
    if value is None or not 0 <= value <= 1:
        yield path, tell("{what} is '{said}'; expected a number from 0 to 1", what=what, said=shorten(str(said)))


def _weights(draft: Draft, actor: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, dict):
        yield from _part(tell("weights of {actor}", actor=actor), said, path)
        return
    for formula, span in said.items():
        ends = [_number(each) for each in span] if isinstance(span, list) else []
        if len(ends) != 2 or None in ends or ends[0] > ends[1]:  # type: ignore[operator]
            message = tell(
                "the weight of '{formula}' is '{span}'; expected the least and the greatest",
                formula=shorten(formula),
                span=shorten(str(span)),
            )
            yield (*path, formula), tell("{message}, such as [1, 3]", message=message)
        draft.names.formula((*path, formula), formula)


def _confidence(said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, dict):
        yield (
            path,
            tell(
                "confidence is '{said}'; expected a dispersion for each word, such as {{low: 0.7}}",
                said=shorten(str(said)),
            ),
        )
        return
    for word, value in said.items():
        if word not in CONFIDENCE:
            yield (
                (*path, word),
                tell(
                    "'{word}' is no word of confidence; known: {confidence}",
                    word=shorten(word),
                    confidence=", ".join(CONFIDENCE),
                ),
            )
        else:
            yield from _part(tell("the dispersion of {word} confidence", word=word), value, (*path, word))


def _several(draft: Draft, key: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    """Doubts about options, or about rules, each by its name."""
    if not isinstance(said, dict):
        example = tell("OPTION: [off, on]") if key == "settings" else tell("NAME: [never, guard]")
        yield (
            path,
            tell(
                "{key} is '{said}'; expected a mapping such as {{{example}}}",
                key=key,
                said=shorten(str(said)),
                example=example,
            ),
        )
        return
    if key == "rules":
        named = [rule.name for rule in draft.file.rules if rule.name]
        for name, ways in said.items():
            if draft.known((*path, name), "rule", name, named):
                yield from _ways(draft, name, ways, (*path, name), WAYS[key])
        return
    for name, ways in said.items():
        yield from _ways(draft, name, ways, (*path, name), ())


def _ways(draft: Draft, what: str, said: Any, path: Path, known: tuple[str, ...]) -> Iterable[tuple[Path, str]]:
    """Between what it can be: a list, or each with its weight; anything where nothing is `known` beforehand."""
    if not isinstance(said, dict | list) or not said:
        yield (
            path,
            tell(
                "{what} is '{said}'; expected a list, or each with its weight: {known}",
                what=what,
                said=shorten(str(said)),
                known=", ".join(known),
            ),
        )
        return
    for place, name in enumerate(said):
        at = (*path, place) if isinstance(said, list) else (*path, name)
        if known and not (isinstance(name, str) and draft.known(at, what, name, known)):
            return
    if isinstance(said, dict):
        weights = [_number(each) for each in said.values()]
        if any(each is None or each < 0 for each in weights) or not sum(filter(None, weights)):
            yield (
                path,
                tell(
                    "the weights of {what} are '{said}'; expected numbers from 0, not all of them 0",
                    what=what,
                    said=shorten(str(said)),
                ),
            )


def _chances(draft: Draft, actor: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, dict):
        yield (
            path,
            tell("chances of {actor} is '{said}'; expected reading: chance, ...", actor=actor, said=shorten(str(said))),
        )
        return
    named = [
        draft.known((*path, name), tell("reading of {actor}", actor=actor), name, draft.readings_of(actor))
        for name in said
    ]
    values = {name: _number(chance) for name, chance in said.items()}
    for name, value in values.items():
        if value is None or value < 0:
            yield (
                (*path, name),
                tell(
                    "the chance of {actor}'s reading '{name}' is '{said}'; expected 0 to 1",
                    actor=actor,
                    name=name,
                    said=shorten(str(said[name])),
                ),
            )
    known = [value for value in values.values() if value is not None and value >= 0]
    if all(named) and len(known) == len(values) and abs(sum(known) - 1) > CLOSE:
        yield (
            path,
            tell(
                "the chances of {actor}'s readings add up to {sum}; expected 1",
                actor=actor,
                sum=numeral(sum(known), "g"),
            ),
        )


def _unknown(draft: Draft, actor: str, said: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if not isinstance(said, list):
        yield (
            path,
            tell(
                "unknown of {actor} is '{said}'; expected a list of pairs, such as [[a, not a]]",
                actor=actor,
                said=shorten(str(said)),
            ),
        )
        return
    for place, pair in enumerate(said):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            message = tell(
                "unknown of {actor} has '{pair}'; expected a pair of formulas, such as [a, not a]",
                actor=actor,
                pair=shorten(str(pair)),
            )
            yield (*path, place), message
            continue
        for side, formula in enumerate(pair):
            draft.names.formula((*path, place, side), formula)
