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
>>> found = hierarchy({"road": load("chicken"), "jail": jail}, "first")
>>> found.level("nash").whole, found.level("nash").product
(2, 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente.case import CONCEPTS, Basis, Case, state_words
from detente.errors import InputError, UnknownName
from detente.scenario.composite.join import join, ways
from detente.scenario.composite.renaming import Parts, clashes, rename_actor
from detente.scenario.model import Scenario, Whole
from detente.sheet import Sheet, html_of

__all__ = ["Hierarchy", "Level", "hierarchy", "hierarchy_of", "join", "rename_actor"]

CITES = ("He, Kilgour, Hipel & Bashar 2013", "He, Hipel & Kilgour 2014", "He, Kilgour & Hipel 2017")

LISTED = 40  # states per concept and kind; the rest are counted


# --- comparing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
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

    def to_json(self) -> dict[str, Any]:
        lists = {"gained": [dict(s) for s in self.gained], "lost": [dict(s) for s in self.lost]}
        return {**self.__dict__, **lists, "parts": dict(self.parts), "leaving": dict(self.leaving)}


@dataclass(frozen=True)
class Hierarchy:
    """The whole (`scenario`) against its parts.

    Of a level, `gained` are equilibria of the whole that are none of some part (`leaving` counts them by part), `lost` product
    states that the whole upsets.
    """

    basis: Basis
    shared: tuple[str, ...]
    order: tuple[str, ...]
    weights: Mapping[str, Fraction] | None
    scenario: Scenario
    levels: tuple[Level, ...]

    def level(self, concept: str) -> Level:
        for level in self.levels:
            if level.concept == concept:
                return level
        raise UnknownName("concept of this comparison", concept, [level.concept for level in self.levels])

    def to_json(self) -> dict[str, Any]:
        weights = None if self.weights is None else {part: str(weight) for part, weight in self.weights.items()}
        head = {
            "basis": self.basis.to_json(),
            "shared": list(self.shared),
            "order": list(self.order),
            "weights": weights,
        }
        return {**head, "levels": [level.to_json() for level in self.levels]}

    def sheets(self) -> tuple[Sheet, ...]:
        columns = ("concept", *self.order, "every part", "whole", "only in the whole", "lost in the whole")
        rows = tuple(
            (x.concept, *(x.parts[part] for part in self.order), x.product, x.whole, x.gains, x.losses)
            for x in self.levels
        )
        who, many = " and ".join(self.shared), len(self.shared) > 1
        weighed = f"{who} weigh{'' if many else 's'} the parts: " + ", ".join(
            f"{p} {w}" for p, w in (self.weights or {}).items()
        )
        said = weighed if self.weights else f"{who} put{'' if many else 's'} first: {self.order[0]}"
        first = Sheet("Equilibria of the parts and of the whole", columns, rows, (said, *self.basis.warnings))
        kinds = (("only in the whole", "gained"), ("lost in the whole", "lost"))
        listed = tuple(
            (x.concept, text, state_words(state))
            for x in self.levels
            for text, kind in kinds
            for state in getattr(x, kind)
        )
        return first, Sheet("Where whole and parts differ", ("concept", "kind", "what is on"), listed)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


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
        raise InputError(
            "this model is not built from parts; write `parts:` into a file (see docs/format.md), or name the parts, for "
            "example: road=chicken jail=other.yaml --shared first"
        )
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
    levels = tuple(_level(concept, case, own, keys, concepts) for concept in concepts)
    return Hierarchy(case.basis, made.shared, made.order, made.weights, case.scenario, levels)


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

    def shown(found: list[tuple[int, ...]]) -> tuple[Mapping[str, Any], ...]:
        return tuple(whole.labels(dict(zip(places, cell, strict=True))) for cell in found[:LISTED])

    counts = {part: len(states) for part, states in stable.items()}
    return Level(
        concept, counts, len(composed), len(cells), shown(gained), shown(lost), len(gained), len(lost), leaving
    )


def _product(stable: Iterable[Sequence[Mapping[str, int]]]) -> list[dict[str, int]]:
    """States made of one state of each part, agreeing on the options that are one decision."""
    found: list[dict[str, int]] = [{}]
    for states in stable:
        shared = found[0].keys() & states[0].keys() if found and states else ()
        places: dict[tuple[int, ...], list[Mapping[str, int]]] = {}
        for state in states:
            places.setdefault(tuple(state[key] for key in shared), []).append(state)
        found = [{**s, **more} for s in found for more in places.get(tuple(s[key] for key in shared), ())]
    return found


def _settings(case: Case, concept: str, concepts: tuple[str, ...], names: Mapping[str, str]) -> list[dict[str, int]]:
    """The equilibria of a case as settings, under the names of the whole."""
    analysis = case.analyse(concepts)
    found = (analysis.conflict.settings(int(cell)) for cell in analysis.equilibria(concept))
    return [{names.get(key, key): value for key, value in state.items()} for state in found]
