"""What a scenario file states about doubt: chances of readings, dispersion of weights, thresholds, unknown pairs, attitudes.

In the file (`docs/format.md`), under `uncertainty`, per actor:

    ru: {chances: {need: 0.7, profit: 0.3}, alpha: 0.6}      # how likely each reading is
    nk: {dispersion: 1/2, threshold: 0.4}                    # how far every weight may be off
    us: {unknown: [[us_recog, not us_recog]]}                # comparisons nobody knows

and attitudes as `relations` of the kind `attitude`. Nothing is turned into chances unless it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.errors import InputError, UnknownName
from detente.messages import numeral, tell
from detente.scenario.binding.doubts import number
from detente.scenario.model import Scenario

ATTITUDE = "attitude"
"""The kind of relation that is one."""


def doubts(scenario: Scenario) -> dict[str, Mapping[str, Any]]:
    """What `uncertainty` says per actor; the reader has checked actors and keys."""
    actors = {actor.id for actor in scenario.actors}  # the key `model` is about no actor
    return {
        actor: said for actor, said in scenario.uncertainty.items() if actor in actors and isinstance(said, Mapping)
    }


def chances_of_readings(scenario: Scenario, actor: str, given: Mapping[str, Any], where: str) -> dict[str, float]:
    """The chance of each reading named; they add up to 1."""
    known = scenario.actor(actor).readings
    for name in given:
        if name not in known:
            raise UnknownName(tell("reading of {actor}", actor=actor), str(name), known)
    found = {
        name: number(chance, tell("the chance of {actor}'s reading '{name}'", actor=actor, name=name))
        for name, chance in given.items()
    }
    if any(chance < 0 for chance in found.values()) or abs(sum(found.values()) - 1) > 1e-9:
        said = ", ".join(f"{name} {chance:g}" for name, chance in found.items()) or tell("none")
        raise InputError(
            tell(
                "{where}: the chances of {actor}'s readings must be at least 0 and add up to 1; found "
                "{said}, together {sum}",
                where=where,
                actor=actor,
                said=said,
                sum=numeral(sum(found.values()), "g"),
            )
        )
    return found


def stated_chances(scenario: Scenario) -> dict[str, Any]:
    """Per actor the chances of its readings, or the dispersion of its weights, that the file states."""
    found: dict[str, Any] = {}
    for actor, said in doubts(scenario).items():
        both = [key for key in ("chances", "dispersion") if key in said]
        if len(both) == 2:
            raise InputError(
                tell(
                    "uncertainty: {actor} has both chances and dispersion; it is either the one or the other",
                    actor=actor,
                )
            )
        if both == ["chances"] and not isinstance(said["chances"], Mapping):
            raise InputError(
                tell(
                    "uncertainty: {actor}: chances is {said}; expected reading: chance, ...",
                    actor=actor,
                    said=repr(said["chances"]),
                )
            )
        if both:
            value = said[both[0]]
            found[actor] = (
                value if both == ["chances"] else number(value, tell("uncertainty: {actor}: dispersion", actor=actor))
            )
    return found


def thresholds(scenario: Scenario, name: str) -> dict[str, float]:
    """What the file states as alpha, beta, gamma or threshold, per actor."""
    return {
        actor: number(said[name], tell("uncertainty: {actor}: {name}", actor=actor, name=name))
        for actor, said in doubts(scenario).items()
        if name in said
    }


def unknown_pairs(scenario: Scenario) -> dict[str, tuple[tuple[str, str], ...]]:
    """The comparisons the file states as unknown, per actor: pairs of formulas."""
    found = {}
    for actor, said in doubts(scenario).items():
        if "unknown" in said:
            found[actor] = tuple(_pair(actor, each) for each in _listed(actor, said["unknown"]))
    return found


def _listed(actor: str, said: Any) -> list[Any]:
    if not isinstance(said, list | tuple):
        raise InputError(
            tell(
                "uncertainty: {actor}: unknown is {said}; expected a list of pairs, such as [[a, not a]]",
                actor=actor,
                said=repr(said),
            )
        )
    return list(said)


def _pair(actor: str, said: Any) -> tuple[str, str]:
    if not isinstance(said, list | tuple) or len(said) != 2:
        raise InputError(
            tell(
                "uncertainty: {actor}: unknown has {said}; expected a pair of formulas, such as [a, not a]",
                actor=actor,
                said=repr(said),
            )
        )
    return str(said[0]), str(said[1])


def attitudes_of(scenario: Scenario) -> dict[str, dict[str, str]]:
    """The attitudes the file states: `relations` of kind `attitude` between actors, `mutual` ones both ways."""
    found: dict[str, dict[str, str]] = {}
    actors = {actor.id for actor in scenario.actors}
    for relation in scenario.relations:
        if relation.kind != ATTITUDE:
            continue
        ways = [(a, b) for a in relation.origin for b in relation.target]
        for one, other in ways + [(b, a) for a, b in ways] * relation.mutual:
            if {one, other} <= actors:
                _add(found, one, other, relation.sign, relation.id)
    return found


def _add(found: dict[str, dict[str, str]], one: str, other: str, sign: str, name: str) -> None:
    if sign not in ("+", "-", "0"):
        raise InputError(
            tell(
                "relation {name} says the attitude of {one} to {other} is {sign}; expected '+', '-' or '0'",
                name=name,
                one=one,
                other=other,
                sign=repr(sign),
            )
        )
    before = found.setdefault(one, {}).setdefault(other, sign)
    if before != sign:
        raise InputError(
            tell(
                "relation {name} says {one} is {sign} to {other}, one above it says {before}; drop one",
                name=name,
                one=one,
                sign=repr(sign),
                other=other,
                before=repr(before),
            )
        )
