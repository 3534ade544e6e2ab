"""Hierarchical models: conflicts that share an actor, joined into one, and what the join changes.

The mathematics. Parts have their own actors and options; one actor takes part in all. `join` makes one scenario of them: states
multiply, rules are kept, local actors want what they wanted in their own part. The shared actor compares states

- by *order*: by its wants in the most important part, ties by the next, and so on (lexicographic);
- by *weights*: by the sum over the parts of weight × worth. A list of k wishes is worth the share of 2^k - 1 that its score
  makes (1 if all hold), a ranking of k groups the share of k - 1; weights count as they are written.

`hierarchy` compares the equilibria of the whole with the *product*: states whose every part is an equilibrium of its own.
Laws for the join: Nash equilibria are the product; every product state is a GMR and a SEQ equilibrium under legal sequences.
The converse fails: what others can do to the shared actor in one part may deter it in another, and a move against its interest
in a lesser part becomes credible if it gains in a greater one. SMR has no law: the shared actor may reply elsewhere.

Steps: one analysis per part and one of the whole. Cost: the product of the parts' states. Source: He, Kilgour & Hipel 2014;
the conventions for weights and the laws are ours.

>>> from detente.scenario import load
>>> jail = rename_actor(load("prisoners_dilemma"), "second", "third")
>>> found = hierarchy({"road": load("chicken"), "jail": jail}, "first")
>>> found.level("nash").whole, found.level("nash").product
(2, 2)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from detente.case import CONCEPTS, Basis, Case, state_words
from detente.errors import InputError, Unanswerable, UnknownName
from detente.formula import Formula, Setting, rebuild
from detente.scenario.model import Actor, Evidence, Option, Outcome, Reading, Rule, Scenario, Statement
from detente.sheet import Sheet, html_of

CITES = ("He, Kilgour & Hipel 2014",)

LISTED = 40  # states per concept and kind; the rest are counted

Parts = Mapping[str, Scenario]


def rename_actor(scenario: Scenario, old: str, new: str) -> Scenario:
    """The scenario with an actor's id changed, so that one model may stand for two neighbours."""
    scenario.actor(old)
    if new in {actor.id for actor in scenario.actors}:
        raise InputError(f"there is already an actor '{new}'")

    def actor(a: Actor) -> Actor:
        options = tuple(replace(o, actor=new) for o in a.options)
        return replace(a, id=new, options=options) if a.id == old else a

    rules = tuple(replace(r, actor=new) if r.actor == old else r for r in scenario.rules)
    return replace(scenario, actors=tuple(map(actor, scenario.actors)), rules=rules, worlds={})


# --- joining -------------------------------------------------------------------------------------------------------


def join(
    parts: Parts,
    shared: str,
    *,
    order: Sequence[str] | None = None,
    weights: Mapping[str, int | Fraction] | None = None,
    readings: Mapping[str, Mapping[str, str]] | None = None,
) -> Scenario:
    """One scenario of several that share an actor; its parts by `order` of importance (as given) or by `weights`.

    `readings` chooses readings by part and actor. Options, outcomes and sources get the part's name in front where two parts
    use one name; named states are left out, rankings become weights.
    """
    _check(parts, shared, order, weights)
    chosen = {part: scenario.choose((readings or {}).get(part)) for part, scenario in parts.items()}
    renamed = {part: _renamed(scenario, _clashes(parts, part)) for part, scenario in parts.items()}
    own = {part: scenario.actor(shared).reading(chosen[part][shared]) for part, scenario in renamed.items()}
    reading = _weighted(own, weights) if weights is not None else _ordered(own, order or tuple(parts))
    options = tuple(option for scenario in renamed.values() for option in scenario.actor(shared).options)
    first = next(iter(renamed.values())).actor(shared)
    actors = [replace(first, options=options, readings={reading.id: reading})]
    for part, scenario in renamed.items():
        actors += [_first(a, chosen[part]) for a in scenario.actors if a.id != shared]
    now: dict[str, int] | None = {}
    for scenario in renamed.values():
        now = {**now, **scenario.now} if now is not None and isinstance(scenario.now, Mapping) else None
    return Scenario(
        name=" + ".join(parts),
        title=" + ".join(scenario.title for scenario in parts.values()),
        actors=tuple(actors),
        rules=tuple(rule for scenario in renamed.values() for rule in scenario.rules),
        now=now,
        outcomes={name: outcome for scenario in renamed.values() for name, outcome in scenario.outcomes.items()},
        sources={name: source for scenario in renamed.values() for name, source in scenario.sources.items()},
    )


def _check(
    parts: Parts, shared: str, order: Sequence[str] | None, weights: Mapping[str, int | Fraction] | None
) -> None:
    if len(parts) < 2:
        raise InputError(f"a hierarchy needs at least two parts, found {len(parts)}")
    for part in parts:
        if not part.isidentifier():
            raise InputError(f"'{part}' is no name for a part: use letters, digits and _")
    _check_importance(parts, order, weights)
    seen: dict[str, str] = {}
    for part, scenario in parts.items():
        _check_kind(part, scenario)
        scenario.actor(shared)
        for actor in scenario.actors:
            if actor.id != shared and seen.setdefault(actor.id, part) != part:
                raise InputError(
                    f"'{actor.id}' is in '{seen[actor.id]}' and '{part}': only '{shared}' may be in several"
                )


def _check_importance(parts: Parts, order: Sequence[str] | None, weights: Mapping[str, int | Fraction] | None) -> None:
    if order is not None and weights is not None:
        raise InputError("state either an order of the parts or their weights, not both")
    for what in (order, weights):
        for name in what or ():
            if name not in parts:
                raise UnknownName("part", name, parts)
        if what is not None and sorted(what) != sorted(parts):
            raise InputError(f"expected every part once ({', '.join(parts)}), found {', '.join(what) or 'none'}")
    if weights is not None and any(weight <= 0 for weight in weights.values()):
        raise InputError("weights of parts must be above 0")


def _check_kind(part: str, scenario: Scenario) -> None:
    if scenario.graph:
        raise Unanswerable(f"'{part}' is in graph form: only models with options can be joined")
    if any(rule.kind == "same" for rule in scenario.rules):
        raise Unanswerable(f"'{part}' counts states as one (`same`); joined, that would merge the other parts too")


Names = Mapping[str, Mapping[str, str]]
"""Old name -> new name, for options, outcomes and sources."""


def _clashes(parts: Parts, part: str) -> Names:
    """The names of a part that another part, or an actor, also uses, each with the part's name in front."""
    mine, others = parts[part], [scenario for name, scenario in parts.items() if name != part]
    taken = {word for o in others for word in _words(o)} | {a.id for o in parts.values() for a in o.actors}
    sources = {key for o in others for key, source in o.sources.items() if mine.sources.get(key, source) != source}
    options = {o.key: _new(part, o.key) for o in mine.options if {o.key, o.id} & taken or "." in o.key}
    outcomes = {name: _new(part, name) for name in mine.outcomes if name in taken}
    new = [*options.values(), *outcomes.values()]
    for name in new:
        if name in taken | _words(mine) or new.count(name) > 1:
            raise InputError(f"the name '{name}' is already taken: give the part '{part}' another name")
    return {"options": options, "outcomes": outcomes, "sources": {key: _new(part, key) for key in sources}}


def _words(scenario: Scenario) -> set[str]:
    return {word for o in scenario.options for word in (o.key, o.id)} | set(scenario.outcomes)


def _new(part: str, name: str) -> str:
    return f"{part}_{name.replace('.', '_')}"


def _renamed(scenario: Scenario, names: Names) -> Scenario:
    """The part under names of its own, its rankings written as weights."""
    keys = names["options"]

    def of(formula: Formula) -> Formula:
        return rebuild(formula, lambda leaf: _leaf(leaf, keys))

    def backed(evidence: Evidence) -> Evidence:
        return replace(evidence, source=tuple(names["sources"].get(key, key) for key in evidence.source))

    def option(o: Option) -> Option:
        new = keys.get(o.key)
        needs = {value: of(guard) for value, guard in o.needs.items()}
        return replace(o, key=new or o.key, id=new or o.id, needs=needs, evidence=backed(o.evidence))

    def reading(r: Reading) -> Reading:
        plain = _unranked(scenario, r) if r.kind == "ranking" else r
        wants = tuple(_statement(s, of, backed) for s in plain.statements)
        return replace(plain, statements=wants, evidence=backed(r.evidence))

    def rule(r: Rule) -> Rule:
        when, target = of(r.when), None if r.target is None else of(r.target)
        then = {keys.get(key, key): value for key, value in r.then.items()}
        text = r.text if (when, target, then) == (r.when, r.target, dict(r.then)) else ""
        return replace(r, when=when, target=target, then=then, text=text, evidence=backed(r.evidence))

    def actor(a: Actor) -> Actor:
        readings = {name: reading(r) for name, r in a.readings.items()}
        return replace(a, options=tuple(map(option, a.options)), readings=readings, evidence=backed(a.evidence))

    outcomes = {names["outcomes"].get(name, name): outcome for name, outcome in scenario.outcomes.items()}
    now = scenario.now
    if isinstance(now, Mapping):
        now = {keys.get(o.key, o.key): now.get(o.key, 0) for o in scenario.options}
    return replace(
        scenario,
        actors=tuple(map(actor, scenario.actors)),
        rules=tuple(map(rule, scenario.rules)),
        outcomes={
            name: Outcome(name, of(o.formula), o.name, backed(o.evidence), o.place) for name, o in outcomes.items()
        },
        sources={
            names["sources"].get(key, key): replace(source, id=names["sources"].get(key, key))
            for key, source in scenario.sources.items()
        },
        now=now,
    )


def _leaf(leaf: Formula, keys: Mapping[str, str]) -> Formula:
    return replace(leaf, option=keys[leaf.option]) if isinstance(leaf, Setting) and leaf.option in keys else leaf


def _statement(s: Statement, of: Callable[[Formula], Formula], backed: Callable[[Evidence], Evidence]) -> Statement:
    want = of(s.want)
    return replace(s, want=want, text=s.text if want == s.want else "", evidence=backed(s.evidence))


def _first(actor: Actor, chosen: Mapping[str, str]) -> Actor:
    """The actor with its chosen reading first, which makes it the default."""
    first = chosen.get(actor.id)
    return actor if first is None else replace(actor, readings={first: actor.readings[first], **actor.readings})


def _unranked(scenario: Scenario, reading: Reading) -> Reading:
    """A ranking as weights: every state worth its height, from 0 at the bottom to 1 at the top."""
    formulas, top = scenario.state_formulas(), len(reading.ranking) - 1
    wants = [
        Statement(formulas[name], Fraction(top - place, top or 1), text=name)
        for place, group in enumerate(reading.ranking)
        for name in group
    ]
    return Reading(reading.id, "weights", tuple(wants), about=reading.about, evidence=reading.evidence)


def _as_weights(reading: Reading) -> tuple[Statement, ...]:
    """The statements with weights that order states in the same way."""
    if reading.kind == "weights":
        return reading.statements
    top = len(reading.statements) - 1
    return tuple(replace(s, weight=Fraction(1 << (top - place))) for place, s in enumerate(reading.statements))


def _scaled(statements: Iterable[Statement], by: Fraction) -> tuple[Statement, ...]:
    return tuple(replace(s, weight=(s.weight or Fraction(0)) * by, unknown=frozenset()) for s in statements)


def _ordered(own: Mapping[str, Reading], order: Sequence[str]) -> Reading:
    """Lists one after the other; with weights, each part's least difference outweighs all that is less important."""
    if all(own[part].kind == "priorities" for part in order):
        return Reading("joined", "priorities", tuple(s for part in order for s in own[part].statements))
    found: tuple[Statement, ...] = ()
    for part in reversed(order):
        wants = _as_weights(own[part])
        grain = Fraction(1, math.lcm(*((s.weight or Fraction(0)).denominator for s in wants)))
        span = sum((abs(s.weight or Fraction(0)) for s in found), Fraction(0))
        found = (*_scaled(wants, (span + 1) / grain), *found)
    return Reading("joined", "weights", found)


def _weighted(own: Mapping[str, Reading], weights: Mapping[str, int | Fraction]) -> Reading:
    """Weight times worth, added up; a list is worth 1 if all its wishes hold."""
    found: list[Statement] = []
    for part, reading in own.items():
        wants = _as_weights(reading)
        most = Fraction((1 << len(wants)) - 1) if reading.kind == "priorities" and wants else Fraction(1)
        found += _scaled(wants, Fraction(weights[part]) / most)
    return Reading("joined", "weights", tuple(found))


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
    shared: str
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
        head = {"basis": self.basis.to_json(), "shared": self.shared, "order": list(self.order), "weights": weights}
        return {**head, "levels": [level.to_json() for level in self.levels]}

    def sheets(self) -> tuple[Sheet, ...]:
        columns = ("concept", *self.order, "every part", "whole", "only in the whole", "lost in the whole")
        rows = tuple(
            (x.concept, *(x.parts[part] for part in self.order), x.product, x.whole, x.gains, x.losses)
            for x in self.levels
        )
        said = f"{self.shared} weighs the parts" if self.weights else f"{self.shared} puts first: {self.order[0]}"
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
    shared: str,
    *,
    order: Sequence[str] | None = None,
    weights: Mapping[str, int | Fraction] | None = None,
    readings: Mapping[str, Mapping[str, str]] | None = None,
    concepts: Iterable[str] = CONCEPTS,
    sanctions: str = "legal",
) -> Hierarchy:
    """The equilibria of each part against those of the whole made by `join`."""
    scenario = join(parts, shared, order=order, weights=weights, readings=readings)
    whole, chosen = Case(scenario, sanctions=sanctions), tuple(concepts)
    own = {part: Case(s, (readings or {}).get(part, {}), sanctions=sanctions) for part, s in parts.items()}
    keys = {part: _clashes(parts, part)["options"] for part in parts}
    levels = tuple(_level(concept, whole, own, keys, chosen) for concept in chosen)
    exact = None if weights is None else {part: Fraction(weight) for part, weight in weights.items()}
    return Hierarchy(whole.basis, shared, tuple(order or parts), exact, scenario, levels)


def _level(
    concept: str, whole: Case, own: Mapping[str, Case], keys: Mapping[str, Mapping[str, str]], concepts: tuple[str, ...]
) -> Level:
    places = [o.key for o in whole.scenario.options]
    stable = {part: _settings(case, concept, concepts, keys[part]) for part, case in own.items()}
    cells = {tuple(state[key] for key in places) for state in _settings(whole, concept, concepts, {})}
    local = {part: {tuple(sorted(state.items())) for state in states} for part, states in stable.items()}
    product: list[dict[str, int]] = [{}]
    for states in stable.values():
        product = [{**state, **more} for state in product for more in states]
    composed = {tuple(state[key] for key in places) for state in product}
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


def _settings(case: Case, concept: str, concepts: tuple[str, ...], names: Mapping[str, str]) -> list[dict[str, int]]:
    """The equilibria of a case as settings, under the names of the whole."""
    analysis = case.analyse(concepts)
    found = (analysis.conflict.settings(int(cell)) for cell in analysis.equilibria(concept))
    return [{names.get(key, key): value for key, value in state.items()} for state in found]
