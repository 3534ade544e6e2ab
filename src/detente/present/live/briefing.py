"""What the live part of a page needs beside the solver's model: names in plain words, where lists stand in the file, sentences.

Names and statements are said as the rest of a report says them. For the patch, each list comes with the path at which the file
has it and with its entries as they are written, so that a change can be said as old and new; what the file itself does not hold
(the lists of a model that is joined from parts, say) has no path and is told to be changed by hand.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from detente.case import Case
from detente.errors import InputError, ScenarioError
from detente.messages import later, tell
from detente.present.live.model import Trees, model, start, wants
from detente.present.names import IN_WORDS, Names, called, choice, setting, upper
from detente.present.words import Words
from detente.questions.brief.commands import name_of
from detente.scenario.model import Actor, Option, Partnership, Ranking, Reading, Scenario, Weights
from detente.scenario.text import yaml_tree as yamltree

SAID: Mapping[str, str] = {
    "still": later(
        "Here a reader can change the model and see which verdicts flip; that needs a browser that runs scripts."
    ),
    "lead": later(
        "Change what an actor wants or where things start: the verdicts below are found anew at once, in this very page. "
        "The rest of the report stays the saved analysis."
    ),
    "mark": later("Changed by the reader, not the saved analysis."),
    "back": later("Back to the saved analysis"),
    "tally": later("Verdicts that differ: {number}."),
    "see": later("To the changes"),
    "same": later("Nothing is changed: these are the verdicts of the saved analysis."),
    "none": later("No verdict differs from the saved analysis."),
    "one": later("One verdict differs from the saved analysis:"),
    "several": later("{number} verdicts differ from the saved analysis:"),
    "lost": later("Under {concept}, {start} is no longer stable: {actors} would move."),
    "gained": later("Under {concept}, {start} is now stable."),
    "turned": later("{what}, {play}: {before} before, {after} now."),
    "counted": later("Under {concept}: {before} equilibria before, {after} now."),
    "equilibria": later("Equilibria"),
    "moved": later("{play} ends elsewhere: {after}."),
    "lasts": later("Would {start} last?"),
    "for": later("stable for"),
    "everybody": later("everybody (equilibrium)"),
    "stable": later("yes"),
    "unstable": later("no"),
    "was": later("before: {before}"),
    "ends": later("Where play ends"),
    "what": later("what comes of it"),
    "place": later("it ends at"),
    "foresight": later("foresight play"),
    "myopic": later("myopic play"),
    "today": later("today's state"),
    "other": later("this start"),
    "but": later("{start}, but {changes}"),
    "cycle": later("a cycle of {number} states"),
    "more": later("{number} more"),
    "wants": later("What the actors want"),
    "start": later("Where things start"),
    "read": later("Read as"),
    "ordered": later(
        "Most important first; Alt with an arrow key moves an entry, and what is not ticked does not count."
    ),
    "weighed": later("Weights are added up; what is not ticked does not count."),
    "ranked": later("Best first; Alt with an arrow key moves an entry."),
    "counts": later("{statement} counts"),
    "up": later("Move up: {statement}"),
    "down": later("Move down: {statement}"),
    "put": later("{statement}: place {place} of {number}."),
    "state": later("Start"),
    "patch": later("The change as a patch"),
    "patched": later(
        "What is changed, for the file of the model. Save it, and apply it to the file with this command:"
    ),
    "copy": later("Copy"),
    "copied": later("Copied."),
    "save": later("Save as a file"),
    "elsewhere": later("not in this file, change it by hand: {what}"),
    "restless": later("With this start the consequences never come to rest, so nothing is judged."),
    "infeasible": later("The rules of the model forbid this start, so nothing is judged."),
    "merged": later("{actor} would tell states apart that the model counts as one, so nothing is judged."),
    "adjust": later("{actor} sets states right that are no states here, or in a circle, so nothing is judged."),
    "right": later("Set right for single states: {pairs}."),
    "ranking": later("The ranking of {actor} does not have every state once, so nothing is judged."),
}
"""The sentences of the page, by name; places in braces are filled there."""

VERDICTS = ("ALL", "SOME", "NONE", "HOLDS", "FRAYS", "BREAKS", "DEPENDS")


def briefing(case: Case, words: Words) -> dict[str, Any]:
    """The data of the live part: model, choices, names, and how a change is written."""
    scenario, trees, written = case.scenario, Trees(case.scenario), _written(case.scenario)
    return {
        "model": model(case),
        "sanctions": case.sanctions,
        "start": start(scenario),
        "actors": [_actor(case, actor, words, written) for actor in scenario.actors],
        "options": [_option(scenario, option) for option in scenario.options],
        "states": list(scenario.graph.states) if scenario.graph else [],
        "outcomes": [[words.names.thing(name), trees.of(each.formula)] for name, each in scenario.outcomes.items()],
        "partnerships": [_partnership(each, trees, words.names) for each in scenario.partnerships.values()],
        "now": _now(scenario, written),
        "world": _world(case, written),
        "name": scenario.name,
        "command": _command(scenario),
        "words": {name: tell(text) for name, text in SAID.items()} | {name: IN_WORDS[name] for name in VERDICTS},
    }


def _command(scenario: Scenario) -> str:
    """What applies the patch that the page writes; of a bundled model to a file of one's own."""
    file, change = name_of(scenario), shlex.quote(f"{scenario.name}-change.yaml")
    own = f" -o {shlex.quote(scenario.name + '.yaml')}" if file == scenario.name else ""
    return f"detente edit {file} --apply {change}{own}"


def _partnership(each: Partnership, trees: Trees, names: Names) -> dict[str, Any]:
    return {
        "name": names.thing(each.id),
        "flows": {flow: trees.of(formula) for flow, formula in each.flows.items()},
        "core": list(each.core),
    }


def _option(scenario: Scenario, option: Option) -> dict[str, Any]:
    """Its name, what its choices are called, each as what is so, and each as a file writes it."""
    numbers = range(len(option.choices))
    owner = [actor.id for actor in scenario.actors].index(option.actor)
    names = [tell("off"), tell("on")] if option.binary else [choice(option, number) for number in numbers]
    return {
        "name": upper(called(option)),
        "actor": owner,
        "binary": option.binary,
        "choices": names,
        "says": [setting(option, number) for number in numbers],
        "written": [option.text(number) for number in numbers],
    }


# --- what an actor wants ----------------------------------------------------------------------------------------


def _actor(case: Case, actor: Actor, words: Words, written: Any) -> dict[str, Any]:
    readings = [_reading(case.scenario, actor, each, words, written) for each in actor.readings.values()]
    if not readings:  # an actor that wants nothing is indifferent
        readings = [
            {
                "id": "",
                "name": "",
                "kind": "priorities",
                "entries": [],
                "says": [],
                "right": [],
                "path": None,
                "old": None,
            }
        ]
    chosen = case.chosen.get(actor.id, "")
    return {
        "id": actor.id,
        "name": upper(words.names.the(actor.id)),
        "chosen": list(actor.readings).index(chosen) if chosen in actor.readings else 0,
        "readings": readings,
    }


def _reading(scenario: Scenario, actor: Actor, reading: Reading, words: Words, written: Any) -> dict[str, Any]:
    listed = wants(scenario, reading)
    path, old = _placed(actor, reading, written, len(listed["entries"]))
    if isinstance(reading, Ranking):
        says = [" = ".join(words.state_named(name, actor.id) for name in group) for group in reading.ranking]
    else:
        says = [upper(words.aim(statement, actor.id)) for statement in reading.statements]
    if isinstance(reading, Weights):
        weights = (tell(" (weight {weight})", weight=statement.weight) for statement in reading.statements)
        says = [f"{said}{weight}" for said, weight in zip(says, weights, strict=True)]
    return {
        "id": reading.id,
        "right": list(words.adjusted(reading, actor.id)),
        "name": words.names.reading(actor.id, reading.id),
        "says": says,
        "path": path,
        "old": old,
    } | listed


def _placed(actor: Actor, reading: Reading, written: Any, number: int) -> tuple[list[str] | None, Any]:
    """Where the file has a list, and its entries as they are written, if it has them one by one."""
    for path in (["actors", actor.id, reading.kind], ["actors", actor.id, "readings", reading.id, reading.kind]):
        there = _at(written, path)
        if isinstance(there, list) and len(there) == number:
            return path, there
    return None, None


# --- what the file says -----------------------------------------------------------------------------------------


def _written(scenario: Scenario) -> Any:
    """The file as plain data; nothing for a model that is in no file."""
    try:
        return yamltree.read(scenario.text).root.plain() if scenario.text else {}
    except ScenarioError:
        return {}


def _at(written: Any, path: list[str]) -> Any:
    for key in path:
        written = written.get(key) if isinstance(written, dict) else None
    return written


def _now(scenario: Scenario, written: Any) -> dict[str, Any]:
    """The status quo as written, and if it is a list of settings, what each entry sets (by places of options and choices)."""
    old = _at(written, ["now"])
    entries = [_set(scenario, each) for each in old] if isinstance(old, list) and not scenario.graph else []
    return {"old": old, "entries": entries if all(entry is not None for entry in entries) else []}


def _set(scenario: Scenario, text: Any) -> list[list[int]] | None:
    place = {option.key: number for number, option in enumerate(scenario.options)}
    try:
        return [[place[key], value] for key, value in scenario.settings(str(text)).items()]
    except InputError:
        return None


def _world(case: Case, written: Any) -> dict[str, Any]:
    """The world that chooses readings where the command says nothing else: its path, and what the file has there."""
    name = case.world or next(iter(case.scenario.worlds), "")
    if name:
        return {"path": ["worlds", name], "old": _at(written, ["worlds", name]) or {}}
    return {"path": ["worlds", "reader"], "old": {}}
