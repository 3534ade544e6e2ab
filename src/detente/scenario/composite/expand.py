"""A file that is built from other models: its parts are read, joined, and put in their place in the tree.

The section `parts` names the models, the actors they share and how these weigh them. `expand` reads them, joins them
(`detente.scenario.composite.join`) and writes what comes of it into the tree of the page, as if it had been typed:
actors, rules, outcomes, sources and the status quo. From there the file is read like any other, so that it may add
rules, outcomes, names for states, worlds and everything else over the options of its parts. Whatever is found wrong
with a generated entry is reported at the key `parts`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from detente.errors import InputError, ScenarioError
from detente.messages import numeral, tell, word
from detente.scenario import schema
from detente.scenario.binding.data import data_of
from detente.scenario.composite.join import join
from detente.scenario.composite.parts import Parts
from detente.scenario.composite.renaming import rename_actor
from detente.scenario.model import Scenario, Whole
from detente.scenario.text.page import Node, Page, Path, shorten

MOST_DEPTH = 8
"""Wholes within wholes, at most."""

MOST_PROBLEMS = 10
"""Errors of a part that are told, at most."""

MOST_ENTRIES = 20_000
"""Options, statements and rules of all parts of a whole, at most."""


def expand(page: Page, shelf: Parts, trail: tuple[str, ...]) -> Whole | None:
    """Put what the parts of this file join to into its tree; None if it has no parts, or none that can be joined."""
    node = page.root.step("parts")
    if node is None or not isinstance(page.root.value, dict):
        return None
    for key in ("actors", "graph"):
        if key in page.root.value:
            page.error(
                (key,), "parts", tell("this file is built from `parts`, so it has no `{key}` of its own", key=key)
            )
            return None
    try:
        spec = schema.Whole.model_validate(node.plain())
    except ValidationError:
        return None  # the shape of the section is reported with that of the rest
    whole = _whole(page, spec, shelf, trail)
    # What joins is written into the tree before anything is bound, so that the rest of the file may name it. If the file
    # says where things stand now, or what events mean, that counts, and the parts need not agree on it.
    if whole is not None:
        own = page.root.value
        _insert(page, _joined(page, whole, agree="now" not in own, events="events" not in own))
    return whole


def _whole(page: Page, spec: schema.Whole, shelf: Parts, trail: tuple[str, ...]) -> Whole | None:
    before = len(page.problems)
    scenarios: dict[str, Scenario] = {}
    readings: dict[str, Mapping[str, str]] = {}
    for key, part in spec.models.items():
        found = _part(page, ("parts", "models", key), part, shelf, trail)
        if found is not None:
            scenarios[key] = found
            readings[key] = {part.rename.get(actor, actor): reading for actor, reading in part.readings.items()}
    if len(page.problems) > before:
        return None
    if (size := sum(map(_entries, scenarios.values()))) > MOST_ENTRIES:
        said = tell(
            "the parts have {size} options, statements and rules in all; up to {most_entries} are joined",
            size=numeral(size),
            most_entries=numeral(MOST_ENTRIES),
        )
        page.error(("parts", "models"), "parts", said)
        return None
    if not _known(page, spec, scenarios):
        return None
    if spec.order and spec.weights is not None:
        page.error(
            ("parts", "weights"), "parts", tell("state either an `order` of the parts or their `weights`, not both")
        )
        return None
    return Whole(
        parts=scenarios,
        shared=spec.shared,
        order=spec.order or tuple(spec.models),
        weights=spec.weights,
        same=spec.same_options,
        readings=readings,
        models={key: part.model for key, part in spec.models.items()},
    )


def _entries(scenario: Scenario) -> int:
    wants = sum(len(reading.statements) for actor in scenario.actors for reading in actor.readings.values())
    return len(scenario.options) + wants + len(scenario.rules)


def _known(page: Page, spec: schema.Whole, parts: Mapping[str, Scenario]) -> bool:
    """Check the names of parts, actors and options where they stand."""
    before = len(page.problems)
    actors = {actor.id for scenario in parts.values() for actor in scenario.actors}
    options = {option.key for scenario in parts.values() for option in scenario.options}
    lists: list[tuple[str, tuple[str, ...], str, Collection[str]]] = [
        ("order", spec.order, "part", parts),
        ("shared", spec.shared, tell("actor of the parts"), actors),
        ("same_options", spec.same_options, tell("option of the parts"), options),
    ]
    named: list[tuple[Path, str, str, Collection[str]]] = [
        (("parts", "weights", name), "part", name, parts) for name in spec.weights or ()
    ]
    for key, found, kind, known in lists:
        named += [(("parts", key, number), kind, name, known) for number, name in enumerate(found)]
    for path, kind, name, known in named:
        if name not in known:
            page.error(
                path,
                "unknown-name",
                tell("unknown {kind} '{name}'{hint}", kind=word(kind), name=shorten(name), hint=page.hint(name, known)),
            )
    return len(page.problems) == before


def _part(page: Page, path: Path, part: schema.PartModel, shelf: Parts, trail: tuple[str, ...]) -> Scenario | None:
    """One part, its actors renamed; what is wrong with it is reported where it is named."""
    named = tell("the part '{path}' ({model}) cannot be read", path=path[-1], model=shorten(part.model))
    try:
        target = shelf.target(page.file, part.model)
    except InputError as error:
        page.error((*path, "model"), "part", f"{named}: {error}")
        return None
    if target in trail:  # the files that are being read at this moment, outermost first
        circle = " -> ".join([*(FilePath(each).name for each in trail[trail.index(target) :]), FilePath(target).name])
        page.error(
            (*path, "model"), "circle", tell("models are parts of one another in a circle: {circle}", circle=circle)
        )
        return None
    if len(trail) >= MOST_DEPTH:
        page.error(
            (*path, "model"),
            "parts",
            tell("parts of parts are read up to {most_depth} deep; this is deeper", most_depth=MOST_DEPTH),
        )
        return None
    try:
        scenario = shelf.load(target, trail)
    except ScenarioError as error:
        found = [each for each in error.problems if each.severity == "error"]
        # Problems inside the part are listed with its own lines; that it cannot be opened is said once, here.
        alone = [each.code for each in found] == ["file"]
        page.problems.extend([] if alone else found[:MOST_PROBLEMS])
        said = (
            found[0].message
            if alone
            else tell(
                "it has {number} error{ending} of its own", number=numeral(len(found)), ending="s" * (len(found) != 1)
            )
        )
        page.error((*path, "model"), "part", f"{named}: {said}")
        return None
    except InputError as error:
        page.error((*path, "model"), "part", f"{named}: {error}")
        return None
    return _renamed(page, path, part, scenario)


def _renamed(page: Page, path: Path, part: schema.PartModel, scenario: Scenario) -> Scenario | None:
    before = len(page.problems)
    for old, new in part.rename.items():
        try:
            scenario = rename_actor(scenario, old, new)
        except InputError as error:
            page.error((*path, "rename", old), "rename", str(error))
    for actor, reading in part.readings.items():
        try:
            scenario.actor(part.rename.get(actor, actor)).reading(reading)
        except InputError as error:
            page.error((*path, "readings", actor), "unknown-name", str(error))
    return scenario if len(page.problems) == before else None


def _joined(page: Page, whole: Whole, *, agree: bool, events: bool) -> Scenario | None:
    try:
        return join(
            whole.parts,
            whole.shared,
            order=None if whole.weights is not None else whole.order,
            weights=whole.weights,
            readings=whole.readings,
            same=whole.same,
            agree=agree,
            events=events,
        )
    except InputError as error:
        page.error(("parts",), "parts", str(error))
        return None


def _insert(page: Page, joined: Scenario | None) -> None:
    """The joined model as part of the tree; what the file says itself comes after it."""
    if joined is None:
        return
    assert isinstance(page.root.value, dict)
    for key, value in data_of(joined).items():
        # The parts come first, in rules as in options: the order of the state space is that of the parts.
        own = page.root.value.get(key)
        if key == "now" and own is not None:
            continue
        made = _node(value, page.at(("parts",)))
        if own is None or own.value is None:
            page.root.value[key] = made
        elif isinstance(own.value, dict) and isinstance(made.value, dict):
            _clash(page, key, made, own)
            own.value = {**made.value, **own.value}
        elif isinstance(own.value, list) and isinstance(made.value, list):
            page.root.value[key] = replace(own, value=[*made.value, *own.value])


def _clash(page: Page, key: str, made: Node, own: Node) -> None:
    assert isinstance(made.value, dict) and isinstance(own.value, dict)
    for name in made.value.keys() & own.value.keys():
        if key != "sources":  # a source may be told better here than in the part
            page.error(
                (key, name),
                "duplicate",
                tell("'{name}' is already there: it comes from the parts; choose another name", name=name),
            )


def _node(value: Any, at: int) -> Node:
    if isinstance(value, Mapping):
        return Node({str(k): _node(v, at) for k, v in value.items()}, at, at, keys={str(k): at for k in value})
    if isinstance(value, (list, tuple)):
        return Node([_node(each, at) for each in value], at, at, style="[")
    return Node(None if value is None else str(value), at, at)
