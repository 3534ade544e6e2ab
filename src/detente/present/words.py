"""Words that pictures and the report share: settings as they stand, settings as what somebody does, how dark a verdict is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from detente.analysis import NUMBERED, Analysis
from detente.scenario.model import Option, Scenario
from detente.sheet import show

HEAT = (
    (re.compile(r"(ALL|HOLDS|✓.*|stable|Nash.*|yes)$"), 3),
    (re.compile(r"(SOME|FRAYS|DEPENDS|SEQ.*|SMR.*|SSEQ.*|.* of \d+)$"), 2),
    (re.compile(r"(NONE|BREAKS|✗.*|unstable|GMR|no)$"), 1),
)
"""How dark a verdict stands; the word itself is always there."""


def shade(value: Any) -> int:
    """3 for a verdict that is certainly so, 2 in part, 1 not at all, 0 for what is no verdict.

    >>> shade("ALL"), shade("SOME 1, NONE 1 of 2"), shade("NONE"), shade("what else")
    (3, 2, 1, 0)
    """
    return next((dark for pattern, dark in HEAT if pattern.match(show(value))), 0)


def setting(option: Option, value: Any) -> str:
    """One setting as it stands."""
    name = option.name or option.key
    if option.binary:
        return name if value else f"not: {name}"
    return f"{name}: {_choice(option, value)}"


def change(option: Option, value: Any) -> str:
    """One setting as what its owner does to it."""
    name = option.name or option.key
    if option.binary:
        return f"{'take up' if value else 'drop'} “{name}”"
    return f"choose “{_choice(option, value)}” for “{name}”"


def _choice(option: Option, value: Any) -> str:
    return value if isinstance(value, str) else option.choices[int(value)]


def settings(scenario: Scenario, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Settings as they stand, in file order."""
    return tuple(setting(option, found[option.key]) for option in scenario.options if option.key in found)


def changes(scenario: Scenario, found: Mapping[str, Any]) -> tuple[str, ...]:
    """Settings as what their owners do, in file order."""
    return tuple(change(option, found[option.key]) for option in scenario.options if option.key in found)


def spelled(scenario: Scenario, text: str) -> str:
    """A text with the names of options in place of their codes."""
    names = {option.key: option.name for option in scenario.options if option.name}
    if not names:
        return text
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)({pattern})(?!\w)", lambda found: f"“{names[found[0]]}”", text.replace("->", "→"))


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words with commas and an `and`.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    known = list(words)
    return f"{', '.join(known[:-1])} {last} {known[-1]}" if len(known) > 1 else "".join(known)


def partnership_name(scenario: Scenario, name: str) -> str:
    """As the file says, or the names of the members."""
    found = scenario.partnerships.get(name)
    if found is None:
        return plain(name)
    return found.name if found.name not in ("", name) else "–".join(scenario.actor(m).name for m in found.members)


def plain(name: str) -> str:
    """A name as written in a file, for people."""
    return name.replace("_", " ")


def upper(text: str) -> str:
    """A sentence's first letter."""
    return text[:1].upper() + text[1:]


def difference(analysis: Analysis, cell: int) -> str:
    """What is on in a state; in a model too large for numbers, how the state differs from the status quo."""
    conflict = analysis.conflict
    if analysis.states <= NUMBERED or conflict.now is None or conflict.graph:
        return analysis.text(cell)
    before, options = conflict.settings(conflict.now), {o.key: o for o in analysis.scenario.options}
    changed = {key: value for key, value in conflict.settings(cell).items() if value != before[key]}
    said = [
        ("" if value else "not ") + key if options[key].binary else f"{key} = {options[key].choices[value]}"
        for key, value in changed.items()
    ]
    return f"as today, but {', '.join(said)}" if said else "status quo"


def names_of(scenario: Scenario) -> dict[str, str]:
    """The names of actors and other figures."""
    return {key: each.name for key, each in scenario.cast.items()} | {a.id: a.name for a in scenario.actors}
