"""The circumstances of a test, and the cases they make; every case is made once and shared by all claims that ask about it.

A test may change readings, world, platform, status quo (`start`), settings held, actors taken out (`without`), conditional
commitments (`rules`) and the sanction rule before it asks. A `Desk` turns such `Circumstances` into a `Case`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from detente.case import Case, Circumstances, Query, can_choose
from detente.engine.concepts import SANCTION_RULES
from detente.errors import InputError, ScenarioError
from detente.formula import settings_of
from detente.messages import tell
from detente.questions.claims.fields import Fields, Slot
from detente.questions.uncertainty.pivots import Pivots, pivots, rests_on_rules
from detente.scenario import library
from detente.scenario.model import Rule, Scenario
from detente.scenario.read import beside

Found = TypeVar("Found")


def read_circumstances(fields: Fields, model: Scenario) -> Circumstances:
    """The circumstances among the entries of a test."""
    nothing: dict[str, str] = {}
    rules: tuple[Rule, ...] = ()
    return Circumstances(
        readings=fields.take("readings", lambda slot: _choice(slot, model), nothing),
        world=fields.word("world", "world", model.worlds) or None,
        platform=fields.word("platform", "platform", model.platforms),
        start=fields.settings("start", model),
        hold=fields.settings("hold", model),
        without=fields.actors("without", model),
        rules=fields.take("rules", lambda slot: _rules(slot, model), rules),
        sanctions=fields.word("sanctions", tell("sanction rule"), SANCTION_RULES),
    )


def _choice(slot: Slot, model: Scenario) -> dict[str, str]:
    """A choice of readings: actor to reading."""
    fields = Fields(slot)
    able = [actor for actor in model.actors if actor.readings]
    found = {actor.id: fields.word(actor.id, tell("reading of {id}", id=actor.id), actor.readings) for actor in able}
    fields.close()
    return {actor: reading for actor, reading in found.items() if reading}


def _rules(slot: Slot, model: Scenario) -> tuple[Rule, ...]:
    found = [each.read(lambda slot: _rule(slot, model), None) for each in slot.items()]
    return tuple(rule for rule in found if rule)


def _rule(slot: Slot, model: Scenario) -> Rule | None:
    """A conditional commitment: `{when: formula, then: settings}`."""
    fields = Fields(slot)
    fields.require("when", "then")
    when, then = fields.formula("when", model), fields.settings("then", model)
    fields.close()
    if not when or not then:
        return None
    said = ", ".join(model.option(key).text(value) for key, value in then.items())
    formula = model.formula(when)
    if then.items() <= (settings_of(formula) or {}).items():
        raise InputError(tell("this commitment changes nothing: '{when}' already says {said}", when=when, said=said))
    return Rule(kind="consequence", when=formula, then=then, text=f"when {when} then {said}")


# --- making cases ------------------------------------------------------------------------------------------------------


class Desk:
    """The models claims ask about, and every case and costly answer made so far.

    `home` is the scenario whose claims these are; `base` are circumstances that hold for it unless a test says otherwise.
    Other models come from `models` (name to scenario), else from the library, else from a file beside the scenario.
    """

    def __init__(
        self, home: Scenario, models: Mapping[str, Scenario] | None = None, base: Circumstances | None = None
    ) -> None:
        self.home, self.base = home, base or Circumstances()
        self._models = dict(models or {})
        self._plain: dict[str, Case] = {}
        self._cases: dict[Hashable, Case] = {}
        self._spaces: dict[Hashable, Case] = {}
        self._found: dict[tuple[int, str], tuple[Case, Any]] = {}

    def model(self, name: str) -> Scenario:
        """The model of that name; "" is the scenario itself. Raises `InputError` if there is none."""
        if not name or name == self.home.name:
            return self.home
        if name not in self._models:
            self._models[name] = load_beside(name, self.home)
        return self._models[name]

    def case(self, model: str, circumstances: Circumstances) -> Case:
        """The case these circumstances make of the model."""
        scenario = self.model(model)
        full = circumstances.over(self.base) if scenario is self.home else circumstances
        key = scenario.name, _changes(full), tuple(self._chosen(scenario, full).items()), full.world, full.sanctions
        if key not in self._cases:
            self._cases[key] = self._make(scenario, full)
        return self._cases[key]

    def _make(self, scenario: Scenario, full: Circumstances) -> Case:
        """The case; its readings lie over a state space that all readings share, and that over the space of the plain model.

        A reading that is named lies over the one that comes with a platform, so that a test can go through it.
        """
        if scenario.name not in self._plain:
            self._plain[scenario.name] = Case(scenario)
            _ = self._plain[scenario.name].game  # made before anything is held, so that what is held there is made once
        key = scenario.name, _changes(full)
        if key not in self._spaces:
            bare = replace(full, readings={}, world=None, sanctions="")
            self._spaces[key] = bare.upon(self._plain[scenario.name])
        space = self._spaces[key]
        return space.as_if({**space.readings, **full.readings}, full.world, full.sanctions or "legal")

    def _chosen(self, scenario: Scenario, full: Circumstances) -> dict[str, str]:
        named = scenario.platforms[full.platform] if full.platform else None
        wanted = {named.actor: named.reading} if named and named.reading else {}
        return scenario.choose({**wanted, **full.readings}, full.world)

    def pivots(self, case: Case, query: Query) -> Pivots:
        """What flips a verdict, among the lists of those who can still choose; found once per case and query."""
        return self.once(case, f"pivots: {query}", lambda: pivots(case, query, _choosing(case)))

    def by_rules(self, case: Case, query: Query) -> bool:
        """Whether a verdict holds by assumption (`Pivots.by_assumption`); found once per case and query."""
        return self.once(case, f"by rules: {query}", lambda: rests_on_rules(case, query, _choosing(case)))

    def once(self, case: Case, what: str, find: Callable[[], Found]) -> Found:
        """What `find` finds of a case, found once; `what` says what that is, and tells it from all else about the case."""
        key = (id(case), what)
        if key not in self._found:  # the case is kept with the result, so that its number stays its own
            self._found[key] = case, find()
        found: Found = self._found[key][1]
        return found


def _changes(full: Circumstances) -> Hashable:
    """What tells apart the circumstances under which there are other states or moves."""
    rules = tuple(repr(rule) for rule in full.rules)
    return full.platform, tuple(full.start.items()), tuple(full.hold.items()), full.without, rules


def _choosing(case: Case) -> tuple[str, ...]:
    """The actors with a list who can still choose."""
    return tuple(actor.id for actor in case.scenario.actors if actor.readings and can_choose(case, actor.id))


def load_beside(name: str, home: Scenario) -> Scenario:
    """Another model that a file names: a bundled one, or a file beside it. Raises `InputError` if there is none."""
    if not set(name) & set("./\\") and name not in library.names():
        hint = library.nearest(name)
        raise InputError(
            tell("unknown model '{name}'{hint}; a file beside this one is named with its ending", name=name, hint=hint)
        )
    try:
        return beside(home, name)
    except ScenarioError:
        raise
    except InputError as error:
        raise InputError(tell("the model '{name}' cannot be read: {error}", name=name, error=error)) from None
