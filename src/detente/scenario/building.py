"""Models as Python objects: built from data or step by step, changed in place of a text, with the same checks as a file.

`build(data)` reads plain data in the shape of the format as if it had been written to a file; `Outline` is that data, put
together step by step; `changed` is a scenario with other lists, options, rules or status quo. What is wrong is told by its
path in the data (`actors.us.priorities[1]`), for there are no lines. A scenario carries its text, so what is built can be
written to a file, and what is changed keeps the comments of the file it came from.

>>> outline = Outline.titled("A letter").actor("ann", options=["write"], priorities=["write"])
>>> build(outline.actor("bob", options={"reply": {"needs": "write"}}, priorities=["reply"]).now()).options[1].key
'reply'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from detente.errors import InputError, Problem, ScenarioError, refuse_unknown
from detente.messages import tell
from detente.scenario import schema
from detente.scenario.model import Scenario
from detente.scenario.model.preferences import READINGS
from detente.scenario.read import read_text
from detente.scenario.text import yaml_tree
from detente.scenario.text.edit import edit, remove, text_of
from detente.scenario.text.page import Node, Path

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Outline:
    """A model in the making: data in the shape of the format. Every step returns another outline; `build` makes the model.

    Nothing is checked before, for a model refers to itself: a list may speak of options that are still to come.
    """

    data: Data = field(default_factory=dict)

    @classmethod
    def titled(cls, title: str) -> Outline:
        """An outline with nothing but a title."""
        return cls({"detente": int(schema.VERSION), "title": title})

    def __repr__(self) -> str:
        title = self.data.get("title", tell("without a title"))
        return f"<Outline of {title}: {len(self.data.get('actors') or {})} actors>"

    def put(self, key: str, value: object) -> Outline:
        """With another section of the file: `put("sources", {...})`; raises `UnknownName` for a section that no file has."""
        refuse_unknown("section", schema.ScenarioFile.keys(), key)
        return Outline({**self.data, key: value})

    def actor(self, name: str, *, options: object = (), **wants: object) -> Outline:
        """With an actor: its options (names, or a mapping from them); `priorities`, `weights`, a `ranking`, or `readings`."""
        refuse_unknown("key", schema.Actor.keys(), *wants)
        if name in (actors := self.data.get("actors", {})):
            raise InputError(tell("there is an actor '{name}' already", name=name))
        plain = options if isinstance(options, Mapping) else dict.fromkeys(_listed(options, f"actors.{name}.options"))
        return Outline({**self.data, "actors": {**actors, name: {"options": plain, **wants}}})

    def rule(self, **rule: object) -> Outline:
        """With a rule: `rule(never="a and b")`, `rule(when="a", then="b")`; what is called `for` in a file is `for_` here."""
        named = {key.removesuffix("_"): value for key, value in rule.items()}
        refuse_unknown("key", schema.Rule.keys(), *named)
        return Outline({**self.data, "rules": [*self.data.get("rules", ()), named]})

    def outcome(self, name: str, formula: object) -> Outline:
        """With a named condition."""
        return Outline({**self.data, "outcomes": {**self.data.get("outcomes", {}), name: formula}})

    def now(self, *settings: str) -> Outline:
        """With a status quo: what is on; nothing for all off."""
        return self.put("now", list(settings))


def build(data: Data | Outline, name: str = "") -> Scenario:
    """The scenario that plain data describes, in the shape of the format; `detente` may be left out.

    Raises `InputError` for data that no file could hold, `ScenarioError` with every problem, each by its path.
    """
    given = data.data if isinstance(data, Outline) else data
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise InputError(
            tell("a model is built of a mapping (or an outline); found {kind}: a text is read by `parse`", kind=kind)
        )
    plain = {"detente": int(schema.VERSION), **_plain(given, ())}
    return _read(text_of(plain), name=name)


def changed(
    scenario: Scenario,
    chosen: Mapping[str, str],
    *,
    lists: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    rules: Sequence[Any] | None = None,
    now: Any = None,
) -> Scenario:
    """The scenario with other lists by actor (of the `chosen` readings), options by actor, rules, or another status quo.

    A list is of the kind that is there; entries with a `weight` make weights. An option that is None is taken away. Comments of
    the text stay where nothing changes. Raises as `build` does.
    """
    if scenario.whole is not None:
        raise InputError(tell("{name} is joined from parts; change the parts, or their file", name=scenario.name))
    text = scenario.text
    for actor, wants in _mapping("lists", lists).items():
        text = _with_list(text, scenario, actor, chosen.get(actor, ""), wants)
    for actor, given in _mapping("options", options).items():
        owned = {option.id for option in scenario.actor(actor).options}
        for key, spec in _mapping(f"options of {actor}", given).items():
            path: Path = ("actors", actor, "options", key)
            if spec is None:
                refuse_unknown("option", owned, key)
                text = remove(text, path)
            else:
                text = edit(text, path, _plain(spec, path))
    if rules is not None:
        text = edit(text, ("rules",), _plain(_listed(rules, "rules"), ("rules",)))
    if now is not None:
        text = edit(text, ("now",), _plain(now if isinstance(now, Mapping) else _listed(now, "now"), ("now",)))
    return replace(_read(text, name=scenario.name), path=scenario.path)


def _with_list(text: str, scenario: Scenario, actor: str, chosen: str, wants: Any) -> str:
    """The text with another list in a reading of an actor."""
    own = scenario.actor(actor)
    reading = own.reading(chosen or None)
    listed = _listed(wants, f"lists[{actor!r}]")
    weighted = any(isinstance(each, Mapping) and "weight" in each for each in listed)
    kind = "weights" if weighted else "priorities" if reading.kind == "weights" else reading.kind
    base: Path = ("actors", actor)
    if yaml_tree.read(text).node(base).step("readings") is not None:
        base = (*base, "readings", reading.id)
    text = edit(text, (*base, kind), _plain(listed, (*base, kind)))
    for other in READINGS.keys() - {kind}:
        if yaml_tree.read(text).node(base).step(other) is not None:
            text = remove(text, (*base, other))
    return text


def _mapping(what: str, given: Any) -> Mapping[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise InputError(tell("`{what}` is a mapping by name; found {kind}", what=what, kind=type(given).__name__))
    return given or {}


def _listed(given: Any, where: str) -> list[Any]:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise InputError(tell("{where}: expected a list; found {kind}", where=where, kind=type(given).__name__))
    return list(given)


def _plain(value: Any, path: Path) -> Any:
    """Data as a file can hold it; raises `InputError` for anything else, with its path."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(
                    tell("{path}: names are texts; found {key}", path=dotted(path) or tell("the model"), key=repr(key))
                )
        return {key: _plain(each, (*path, key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, (*path, number)) for number, each in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(tell("{path}: {value} is no number of a model", path=dotted(path), value=value))
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Fraction):
        return str(value)
    expected = tell("a text, a number, yes or no, a list or a mapping")
    raise InputError(
        tell(
            "{path}: expected {expected}; found {kind}", path=dotted(path), expected=expected, kind=type(value).__name__
        )
    )


def dotted(path: Path) -> str:
    """A path as people write it.

    >>> dotted(("actors", "us", "priorities", 1))
    'actors.us.priorities[1]'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _read(text: str, name: str) -> Scenario:
    """The scenario of a made text; its problems by path."""
    try:
        return read_text(text, name=name)
    except ScenarioError as error:
        raise ScenarioError([_by_path(problem, text) for problem in error.problems]) from None


def _by_path(problem: Problem, text: str) -> Problem:
    """The problem with the path of what it is about in place of its line."""
    if not problem.line:
        return replace(problem, excerpt="")
    page = yaml_tree.read(text)
    where = dotted(_path_at(page.root, page.start_of(problem.line) + problem.column - 1))
    return Problem(0, 0, problem.severity, problem.code, f"{where}: {problem.message}" if where else problem.message)


def _path_at(node: Node, offset: int) -> Path:
    """The path of the innermost node at a character."""
    steps: list[tuple[int, str | int, Node]] = []
    if isinstance(node.value, dict):
        starts = node.keys or {}
        steps = [(starts.get(key, each.start), key, each) for key, each in node.value.items()]
    elif isinstance(node.value, list):
        steps = [(each.start, number, each) for number, each in enumerate(node.value)]
    before = [step for step in steps if step[0] <= offset]
    if not before:
        return ()
    _, part, inner = max(before, key=lambda step: step[0])
    return (part, *_path_at(inner, offset))
