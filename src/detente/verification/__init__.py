"""The definitions written down once more, sharing nothing with the engine, and where the two agree.

`oracle` computes by brute force, as literally as the definitions stand, what an analysis computes by its kernels; not even the
reader of formulas is shared, so that a mistake would have to be made twice, in two shapes, to go unnoticed. `random_models`
draws small models that use every part of the format. `verify` compares the two on a model of one's own, `verify_random` on
drawn ones; the project's tests run the same on many thousands.

>>> from detente.scenario import load
>>> verify(load("prisoners_dilemma")).agrees
True
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from detente.analysis import Analysis, analyse
from detente.conflict.game import Game
from detente.errors import InputError, Unanswerable, refuse_unknown
from detente.messages import numeral, tell
from detente.result import Record
from detente.scenario import read_text
from detente.scenario.binding.data import data_of
from detente.scenario.model import Scenario
from detente.verification import oracle
from detente.verification.random_models import KINDS, random_model, to_yaml

RULES = ("legal", "one-step")
"""The rules of counter-moves that are compared."""

MOST_STATES = 1024
"""States of a model at most: the definitions are enumerated as they stand."""

MOST_CELLS = 1 << 16
"""Combinations of options at most, before the rules."""

MOST_DRAWN = 10_000
"""Random models at most in one run."""


@dataclass(frozen=True, kw_only=True)
class Difference(Record):
    """Where the engine and the definitions differ: what is compared, under which rule of counter-moves, and what each says."""

    what: str
    sanctions: str
    engine: Any
    definitions: Any


@dataclass(frozen=True, kw_only=True)
class Verified(Record):
    """A model on which the engine was compared with the definitions: how many states and facts, and where they differ."""

    model: str
    states: int
    compared: int
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.differences


def verify(scenario: Scenario, readings: Mapping[str, str] | None = None, world: str | None = None) -> Verified:
    """Compare the analysis of a scenario, under these readings, with brute force by the definitions.

    What is compared: states, moves, counts and equilibria of six concepts, who is stable where, where play ends, the verdicts
    on the status quo and on outcomes; under both rules of counter-moves. Cost: exponential in the options, some seconds at
    most. Raises `Unanswerable` for models of more than `MOST_STATES` states.
    """
    conflict = Game.of(scenario).conflict
    if conflict.cells > MOST_CELLS or conflict.count > MOST_STATES:
        raise Unanswerable(
            tell(
                "{name} has {cells} combinations of options; the definitions are enumerated for {most} states at most",
                name=scenario.name,
                cells=numeral(conflict.cells),
                most=numeral(MOST_STATES),
            )
        )
    model, compared, differences = bare(scenario), 0, list[Difference]()
    for sanctions in RULES:
        analysis = analyse(scenario, readings=readings or {}, world=world, sanctions=sanctions)
        said = _said(analysis)
        for key, expected in oracle.analyse(model, analysis.readings, sanctions).items():
            compared += 1
            if said[key] != expected:
                differences.append(Difference(what=key, sanctions=sanctions, engine=said[key], definitions=expected))
    return Verified(model=scenario.name, states=conflict.count, compared=compared, differences=tuple(differences))


def verify_random(count: int, seed: int = 0, family: str | None = None) -> Iterable[Verified]:
    """The same for so many random models, drawn with the seeds from `seed` on; see `drawn`."""
    if not 1 <= count <= MOST_DRAWN:
        raise InputError(
            tell("expected a number of models from 1 to {most}; found {count}", most=numeral(MOST_DRAWN), count=count)
        )
    known(family)
    return (verify(drawn(number, family)) for number in range(seed, seed + count))


def drawn(seed: int, family: str | None = None) -> Scenario:
    """A small random model of a family of `FAMILIES` (default: a blend of several); the same for the same seed."""
    known(family)
    return read_text(to_yaml(random_model(seed, family)), name=f"random {family or 'blend'} {seed}")


def known(family: str | None) -> None:
    """Refuse a family that is none."""
    refuse_unknown("family", KINDS, *([] if family is None else [family]))


FAMILIES: Mapping[str, str] = {
    "plain": "yes/no options that can be switched at will, lists of aims",
    "choices": "options with more than two choices",
    "oneway": "options that can only be taken up, or only dropped",
    "guards": "options that need something where a move starts",
    "never": "combinations that are impossible",
    "consequences": "what follows by itself from what is done",
    "same": "states that count as one",
    "barred": "moves that an actor may not make",
    "fixed": "options that nobody can change",
    "names": "named states in formulas",
    "shared": "options of several actors with one name",
    "ties": "short lists, under which many states are equally good",
    "ranking": "rankings of named states",
    "weights": "weighted aims",
    "long": "lists of more than 62 aims",
    "graph": "named states with hand-made moves",
    "while": "options that lapse by themselves",
    "adjusted": "lists whose ranking is set right for single states",
}
"""The families of random models, and what is in the models of each; every family has two to four actors."""


def bare(scenario: Scenario) -> oracle.Model:
    """The scenario as the oracle reads it: in the long forms, without the names for people; of parts what they come to."""
    if scenario.whole is not None:
        model: dict[str, Any] = {"detente": 1, "title": scenario.title, **data_of(scenario)}
    else:
        model = yaml.load(scenario.text, yaml.SafeLoader)
    outcomes = model.get("outcomes") or {}
    model["outcomes"] = {key: each["formula"] if isinstance(each, Mapping) else each for key, each in outcomes.items()}
    named = model.get("states") or {}
    model["states"] = {name: _state(state, named) for name, state in named.items()}
    if "graph" not in model and "now" in model:
        model["now"] = _state(model["now"], named)
    for actor in model["actors"].values():
        for key, option in (actor.get("options") or {}).items():
            actor["options"][key] = _option(option)
        for wants in (actor, *(actor.get("readings") or {}).values()):
            _long(wants, named, graph="graph" in model)
    return model


def _option(option: Any) -> dict[str, Any]:
    if not isinstance(option, Mapping):
        return {}
    choices = option.get("choices")
    return {**option, "choices": list(choices)} if isinstance(choices, Mapping) else dict(option)


def _long(wants: dict[str, Any], named: Mapping[str, Any], *, graph: bool) -> None:
    if wants.get("ranking"):  # how great a step is does not matter here
        wants["ranking"] = [each for each in wants["ranking"] if set(str(each)) != {">"}]
    for each in () if graph else wants.get("adjust") or ():
        each["above"], each["below"] = _state(each["above"], named), _state(each["below"], named)


def _state(state: Any, named: Mapping[str, Any]) -> Any:
    """A state as a list of settings, unless it is a name or digits."""
    if isinstance(state, str) and state not in named and not state.isdigit():
        return [state]
    return str(state) if isinstance(state, int) else state


def _said(analysis: Analysis) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(analysis.to_json()))
    return found
