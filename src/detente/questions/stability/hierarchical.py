"""Hierarchical models: conflicts that share actors, joined into one, and what the join changes.

The mathematics of the join, by order or by weights, is told in `detente.scenario.composite.join`. `hierarchy`
compares the equilibria of the whole with the *product*: states whose every part is an equilibrium of its own. Laws
for the join, where one actor is shared and no option is one decision in several parts: Nash equilibria are the
product; every product state is a GMR and a SEQ equilibrium under legal sequences. The converse fails: what others can
do to the shared actor in one part may deter it in another, and a move against its interest in a lesser part becomes
credible if it gains in a greater one. SMR has no law: the shared actor may reply elsewhere.

`hierarchy_of` asks the same of a file that is built from parts: the whole is then what the file says, its own rules included.

Steps: one analysis per part and one of the whole. Cost: the product of the parts' states.

Sources: He, Kilgour, Hipel & Bashar 2013; He, Hipel & Kilgour 2014; He, Kilgour & Hipel 2017. The laws are ours.

>>> from detente.scenario import load
>>> jail = rename_actor(load("prisoners_dilemma"), "second", "third")
>>> answer = hierarchy({"road": load("chicken"), "jail": jail}, "first")
>>> answer.level("nash").whole, answer.level("nash").product
(2, 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.case import CONCEPTS, Basis, Case, state_words
from detente.engine.concepts import label
from detente.errors import Cure, Lacks, UnknownName
from detente.messages import numeral, tell
from detente.result import INSIDE, Answer, Record
from detente.scenario.composite.join import join, ways
from detente.scenario.composite.renaming import Parts, clashes, rename_actor
from detente.scenario.model import Scenario, Whole
from detente.sheet import NameTerm, Phrase, Sheet, StateTerm, listing, many, together

__all__ = ["Hierarchy", "Level", "hierarchy", "hierarchy_of", "join", "rename_actor"]


KEPT = 40
"""States an answer keeps per concept and kind; the rest is counted."""


# --- comparing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Level(Record):
    """One concept: equilibria of each part, of the product, of the whole; the first that only one of the two has."""

    concept: str
    parts: Mapping[str, int]
    product: int
    whole: int
    gained: tuple[Mapping[str, Any], ...]
    lost: tuple[Mapping[str, Any], ...]
    gains: int
    losses: int
    leaving: Mapping[str, int]


@dataclass(frozen=True, repr=False, kw_only=True)
class Hierarchy(Answer):
    """The whole (`scenario`) against its parts.

    Of a level, `gained` are equilibria of the whole that are none of some part (`leaving` counts them by part), `lost` product
    states that the whole upsets.
    """

    basis: Basis
    shared: tuple[str, ...]
    order: tuple[str, ...]
    weights: Mapping[str, Fraction] | None
    scenario: Scenario = field(metadata=INSIDE)
    levels: tuple[Level, ...]

    def level(self, concept: str) -> Level:
        for level in self.levels:
            if level.concept == concept:
                return level
        raise UnknownName(tell("concept of this comparison"), concept, [level.concept for level in self.levels])

    def to_json(self) -> dict[str, Any]:
        """The plain data, with weights as exact fractions (`1/3`)."""
        weights = None if self.weights is None else {part: str(weight) for part, weight in self.weights.items()}
        return {**super().to_json(), "weights": weights}

    @property
    def headline(self) -> Phrase:
        """How the whole differs from its parts under SEQ."""
        level = next((each for each in self.levels if each.concept.lower() == "seq"), self.levels[0])
        whole = tell(
            "Under {concept} the whole has {number}",
            concept=label(level.concept),
            number=many(level.whole, "equilibrium", "equilibria"),
        )
        return Phrase.told(
            "{whole}: {gains} that not every part has; {losses} of the parts are lost in it.",
            whole=whole,
            gains=numeral(level.gains),
            losses=numeral(level.losses),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        columns = (
            "concept",
            *map(NameTerm, self.order),
            tell("every part"),
            "whole",
            tell("only in the whole"),
            tell("lost in the whole"),
        )
        rows = tuple(
            (x.concept, *(x.parts[part] for part in self.order), x.product, x.whole, x.gains, x.losses)
            for x in self.levels
        )
        first = Sheet(
            tell("Equilibria of the parts and of the whole"), columns, rows, (self._rule(), *self.basis.warnings)
        )
        differing = tuple(
            (level.concept, kind, StateTerm(state_words(state)))
            for level in self.levels
            for kind, states in ((tell("only in the whole"), level.gained), (tell("lost in the whole"), level.lost))
            for state in states
        )
        return first, Sheet(tell("Where whole and parts differ"), ("concept", "kind", tell("what is on")), differing)

    def _rule(self) -> Phrase:
        """How the shared actors put the parts together."""
        who, singular = together(self.shared), "s" * (len(self.shared) == 1)
        if not self.weights:
            return Phrase.told(
                "{who} put{singular} first: {order}", who=who, singular=singular, order=NameTerm(self.order[0])
            )
        weights = listing(Phrase.of(NameTerm(part), f" {weight}") for part, weight in self.weights.items())
        return Phrase.told("{who} weigh{singular} the parts: {weights}", who=who, singular=singular, weights=weights)


def hierarchy(
    parts: Parts,
    shared: str | Sequence[str],
    *,
    order: Sequence[str] | None = None,
    weights: Mapping[str, int | Fraction] | None = None,
    readings: Mapping[str, Mapping[str, str]] | None = None,
    same: Iterable[str] = (),
    concepts: Iterable[str] = CONCEPTS,
    sanctions: str = "legal",
) -> Hierarchy:
    """The equilibria of each part against those of the whole made by `join`."""
    who, one = (shared,) if isinstance(shared, str) else tuple(shared), tuple(same)
    scenario = join(parts, who, order=order, weights=weights, readings=readings, same=one)
    exact = None if weights is None else {part: Fraction(weight) for part, weight in weights.items()}
    made = Whole(
        parts=dict(parts),
        shared=who,
        order=tuple(order or parts),
        weights=exact,
        same=one,
        readings=readings or {},
    )
    return _compared(Case(scenario, sanctions=sanctions), made, readings or {}, tuple(concepts))


def hierarchy_of(case: Case, concepts: Iterable[str] = CONCEPTS) -> Hierarchy:
    """The same for a file that is built from parts; the readings of the case are those of the parts."""
    whole = case.scenario.whole
    if whole is None:
        raise Lacks("parts", "", tell("name parts that are files of their own: "), Cure.PARTS)
    chosen = {part: scenario.choose(whole.readings.get(part)) for part, scenario in whole.parts.items()}
    readings: dict[str, dict[str, str]] = {part: {} for part in whole.parts}
    for actor in whole.shared:
        for part, reading in ways(whole.parts, actor, chosen)[case.chosen[actor]].items():
            readings[part][actor] = reading
    for part, scenario in whole.parts.items():
        readings[part] |= {a.id: case.chosen[a.id] for a in scenario.actors if a.id not in whole.shared}
    return _compared(case, whole, readings, tuple(concepts))


def _compared(
    case: Case, made: Whole, readings: Mapping[str, Mapping[str, str]], concepts: tuple[str, ...]
) -> Hierarchy:
    own = {part: Case(s, readings.get(part, {}), sanctions=case.sanctions) for part, s in made.parts.items()}
    keys = {part: clashes(made.parts, part, made.same)["options"] for part in made.parts}
    return Hierarchy(
        basis=case.basis,
        shared=made.shared,
        order=made.order,
        weights=made.weights,
        scenario=case.scenario,
        levels=tuple(_level(concept, case, own, keys, concepts) for concept in concepts),
    )


def _level(
    concept: str, whole: Case, own: Mapping[str, Case], keys: Mapping[str, Mapping[str, str]], concepts: tuple[str, ...]
) -> Level:
    places = [o.key for o in whole.scenario.options]
    stable = {part: _settings(case, concept, concepts, keys[part]) for part, case in own.items()}
    cells = {tuple(state[key] for key in places) for state in _settings(whole, concept, concepts, {})}
    local = {part: {tuple(sorted(state.items())) for state in states} for part, states in stable.items()}
    composed = {tuple(state[key] for key in places) for state in _product(stable.values())}
    gained, lost = sorted(cells - composed), sorted(composed - cells)
    mine = {part: [keys[part].get(o.key, o.key) for o in case.scenario.options] for part, case in own.items()}
    leaving = dict.fromkeys(own, 0)
    for cell in gained:
        state = dict(zip(places, cell, strict=True))
        for part in own:
            leaving[part] += tuple(sorted((key, state[key]) for key in mine[part])) not in local[part]

    def kept(states: list[tuple[int, ...]]) -> tuple[Mapping[str, Any], ...]:
        return tuple(whole.labels(dict(zip(places, state, strict=True))) for state in states[:KEPT])

    return Level(
        concept=concept,
        parts={part: len(states) for part, states in stable.items()},
        product=len(composed),
        whole=len(cells),
        gained=kept(gained),
        lost=kept(lost),
        gains=len(gained),
        losses=len(lost),
        leaving=leaving,
    )


def _product(stable: Iterable[Sequence[Mapping[str, int]]]) -> list[dict[str, int]]:
    """States made of one state of each part, agreeing on the options that are one decision."""
    product: list[dict[str, int]] = [{}]
    for states in stable:
        # A part joins what there is wherever both agree on the options they share; looked up, as pairs would be too many.
        shared = product[0].keys() & states[0].keys() if product and states else ()
        places: dict[tuple[int, ...], list[Mapping[str, int]]] = {}
        for state in states:
            places.setdefault(tuple(state[key] for key in shared), []).append(state)
        product = [{**s, **more} for s in product for more in places.get(tuple(s[key] for key in shared), ())]
    return product


def _settings(case: Case, concept: str, concepts: tuple[str, ...], names: Mapping[str, str]) -> list[dict[str, int]]:
    """The equilibria of a case as settings, under the names of the whole."""
    analysis = case.analyse(concepts)
    states = (analysis.conflict.settings(int(cell)) for cell in analysis.equilibria(concept))
    return [{names.get(key, key): value for key, value in state.items()} for state in states]
