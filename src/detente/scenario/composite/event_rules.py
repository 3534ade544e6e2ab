"""The rules for tables of coded events of several parts as those of the whole.

The first rule that fits a row counts, so rules put one after the other would hide each other: a row that both parts have a
rule for would make only the settings of the first. So rules of two parts that can be about the same row are one rule if they
are about the same rows and set options of the same actor, and are refused otherwise; then a row makes in the whole what it
makes in each part.

How to use it: `joined_events(parts)`, whose options have the names of the whole. Cost: pairs of rules of different parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from detente.errors import InputError
from detente.messages import numeral, tell
from detente.scenario.model import EventRule, EventTable, Evidence, Scenario

MOST_RULES = 1_000
"""Rules for events of all parts, at most."""


def joined_events(parts: Mapping[str, Scenario]) -> EventTable | None:
    """The rules of all parts that have some, under one layout, period and guards; those must be the same."""
    tables = {part: scenario.events for part, scenario in parts.items() if scenario.events is not None}
    if not tables:
        return None
    (first, table), *others = tables.items()
    for part, other in others:
        for key in ("format", "period", "guards"):
            if getattr(other, key) != getattr(table, key):
                raise _refused(
                    tell("'{first}' and '{part}' differ in `{key}` of their `events`", first=first, part=part, key=key)
                )
    size = sum(len(each.rules) for each in tables.values())
    if size > MOST_RULES:
        raise _refused(
            tell(
                "the parts have {size} rules for events in all; up to {most} are joined",
                size=numeral(size),
                most=numeral(MOST_RULES),
            )
        )
    rules: list[tuple[str, EventRule]] = []
    for part, each in tables.items():
        # Rules of one part may be about the same rows: there the first counts, as written.
        before = len(rules)
        for rule in each.rules:
            met = [number for number, (_, other) in enumerate(rules[:before]) if _meet(rule, other)]
            for number in met:
                rules[number] = rules[number][0], _one(rule, part, *rules[number])
            if not met:
                rules.append((part, rule))
    return replace(table, rules=tuple(rule for _, rule in rules))


def _one(rule: EventRule, part: str, first: str, other: EventRule) -> EventRule:
    """Two rules about the same rows as one; an error if they are not quite, or say what cannot both be."""
    apart = next(
        (key for key in rule.settings if other.settings.get(key, rule.settings[key]) != rule.settings[key]), ""
    )
    if _about(rule) == _about(other) and rule.by == other.by and not apart:
        return replace(
            other, settings={**other.settings, **rule.settings}, evidence=_both(other.evidence, rule.evidence)
        )
    said = (
        tell("'{first}' and '{part}' set '{option}' differently", first=first, part=part, option=apart)
        if apart
        else tell("'{first}' and '{part}' set options of two actors", first=first, part=part)
        if _about(rule) == _about(other)
        else tell("the patterns of '{first}' and '{part}' fit some of the same rows", first=first, part=part)
    )
    codes = " / ".join(dict.fromkeys((*other.code, *rule.code)))
    raise _refused(
        tell("rules for events ({codes}): {said}, and the first rule would hide the other", codes=codes, said=said)
    )


def _refused(said: str) -> InputError:
    return InputError(
        tell("{said}; write `events` of its own into the file that joins them, which then counts", said=said)
    )


def _both(one: Evidence, two: Evidence) -> Evidence:
    """What both rest on; how sure, only where they agree."""
    return Evidence(
        source=tuple(dict.fromkeys((*one.source, *two.source))),
        where="; ".join(dict.fromkeys(filter(None, (one.where, two.where)))),
        confidence=one.confidence if one.confidence == two.confidence else "",
        note="; ".join(dict.fromkeys(filter(None, (one.note, two.note)))),
        claims=tuple(dict.fromkeys((*one.claims, *two.claims))),
        against=tuple(dict.fromkeys((*one.against, *two.against))),
    )


def _about(rule: EventRule) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(str.casefold, texts)) for texts in (rule.actor, rule.target, rule.code))


def _meet(one: EventRule, two: EventRule) -> bool:
    """Whether some actor, target and code fit both rules; no pattern fits everything."""
    return all(
        not first or not second or any(patterns_meet(a, b) for a in first for b in second)
        for first, second in zip(_about(one), _about(two), strict=True)
    )


def patterns_meet(one: str, two: str) -> bool:
    """Whether some text fits both patterns, in which `*` stands for any text. Cost: the product of the lengths.

    >>> patterns_meet("19*", "*0"), patterns_meet("19*", "20*"), patterns_meet("a*b", "a")
    (True, False, False)
    """
    # reached: the places in `two` that some text brings one to, when it brings `one` to the place of the loop.
    reached = _over_stars({0}, two)
    for letter in one:
        if letter == "*":  # any text: any place further on
            reached = set(range(min(reached), len(two) + 1)) if reached else set()
        else:
            stay = {at for at in reached if two[at : at + 1] == "*"}
            reached = _over_stars(stay | {at + 1 for at in reached if two[at : at + 1] == letter}, two)
    return len(two) in reached


def _over_stars(places: Iterable[int], pattern: str) -> set[int]:
    """The places, and those behind stars that follow them, since a star may stand for nothing."""
    found: set[int] = set()
    for place in places:
        stars = len(pattern) - place - len(pattern[place:].lstrip("*"))
        found.update(range(place, place + stars + 1))
    return found
