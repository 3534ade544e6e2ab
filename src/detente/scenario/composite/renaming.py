"""Names of a part that would clash in a whole, and the part under names of its own; an actor under another name.

How to use it: `rename_actor(scenario, "second", "third")` for an actor; `rename_part(scenario, clashes(parts, "road"))` as
`detente.scenario.composite.join` does. Cost: linear in the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from detente.errors import InputError
from detente.formula import Formula, Setting, options_of, rebuild
from detente.messages import tell
from detente.scenario.model import (
    Actor,
    EventRule,
    Evidence,
    Option,
    Ranking,
    Reading,
    Rule,
    Scenario,
    Statement,
    Weights,
)

Parts = Mapping[str, Scenario]


def rename_actor(scenario: Scenario, old: str, new: str) -> Scenario:
    """The scenario with an actor's id changed, so that one model may stand for two neighbours."""
    scenario.actor(old)
    if new in {actor.id for actor in scenario.actors}:
        raise InputError(tell("there is already an actor '{new}'", new=new))

    def actor(a: Actor) -> Actor:
        options = tuple(replace(o, actor=new) for o in a.options)
        return replace(a, id=new, options=options) if a.id == old else a

    rules = tuple(replace(r, actor=new) if r.actor == old else r for r in scenario.rules)
    table = scenario.events
    if table is not None:
        table = replace(table, rules=tuple(replace(r, by=new) if r.by == old else r for r in table.rules))
    return replace(scenario, actors=tuple(map(actor, scenario.actors)), rules=rules, worlds={}, events=table)


Names = Mapping[str, Mapping[str, str]]
"""Old name -> new name, for options, outcomes and sources."""


def clashes(parts: Parts, part: str, same: Iterable[str] = ()) -> Names:
    """The names of a part that another part, or an actor, also uses, each with the part's name in front.

    Options that are the `same` decision keep their name, and so do outcomes that say the same.
    """
    one = set(same)
    mine, others = parts[part], [scenario for name, scenario in parts.items() if name != part]
    taken = {word for o in others for word in _words(o)} | {a.id for o in parts.values() for a in o.actors}
    sources = {key for o in others for key, source in o.sources.items() if mine.sources.get(key, source) != source}
    options = {
        o.key: _new(part, o.key) for o in mine.options if o.key not in one and ({o.key, o.id} & taken or "." in o.key)
    }
    outcomes = {name: _new(part, name) for name in mine.outcomes if name in taken and not _agreed(name, parts, one)}
    new = [*options.values(), *outcomes.values()]
    for name in new:
        if name in taken | _words(mine) or new.count(name) > 1:
            raise InputError(
                tell("the name '{name}' is already taken: give the part '{part}' another name", name=name, part=part)
            )
    return {"options": options, "outcomes": outcomes, "sources": {key: _new(part, key) for key in sources}}


def _agreed(name: str, parts: Parts, same: set[str]) -> bool:
    """Whether an outcome says the same wherever it stands, in options that are one decision."""
    found = [s.outcomes[name].formula for s in parts.values() if name in s.outcomes]
    elsewhere = any(name in {word for o in s.options for word in (o.key, o.id)} for s in parts.values())
    return len(set(map(str, found))) == 1 and options_of(found[0]) <= same and not elsewhere


def _words(scenario: Scenario) -> set[str]:
    return {word for o in scenario.options for word in (o.key, o.id)} | set(scenario.outcomes)


def _new(part: str, name: str) -> str:
    return f"{part}_{name.replace('.', '_')}"


def rename_part(scenario: Scenario, names: Names) -> Scenario:
    """The part under names of its own, its rankings written as weights."""
    keys = names["options"]
    spoilt = bool(
        names["outcomes"] or scenario.states
    )  # texts may mention what has another name, or none, in the whole

    def of(formula: Formula) -> Formula:
        return rebuild(formula, lambda leaf: _leaf(leaf, keys))

    def backed(evidence: Evidence) -> Evidence:
        return replace(evidence, source=tuple(names["sources"].get(key, key) for key in evidence.source))

    def option(o: Option) -> Option:
        new = keys.get(o.key)
        needs, stays = ({value: of(guard) for value, guard in each.items()} for each in (o.needs, o.stays))
        return replace(o, key=new or o.key, id=new or o.id, needs=needs, stays=stays, evidence=backed(o.evidence))

    def named(state: Mapping[str, int] | str) -> Mapping[str, int] | str:
        return state if isinstance(state, str) else {keys.get(key, key): value for key, value in state.items()}

    def reading(r: Reading) -> Reading:
        plain: Reading = _unranked(scenario, r) if isinstance(r, Ranking) else r
        wants = tuple(_statement(s, of, backed, spoilt) for s in plain.statements)
        adjust = tuple(replace(a, above=named(a.above), below=named(a.below)) for a in r.adjust)
        return replace(plain, statements=wants, adjust=adjust, evidence=backed(r.evidence))

    def rule(r: Rule) -> Rule:
        when, target = of(r.when), None if r.target is None else of(r.target)
        then = {keys.get(key, key): value for key, value in r.then.items()}
        text = r.text if not spoilt and (when, target, then) == (r.when, r.target, dict(r.then)) else ""
        lapses = keys.get(r.lapses, r.lapses)
        return replace(r, when=when, target=target, then=then, lapses=lapses, text=text, evidence=backed(r.evidence))

    def actor(a: Actor) -> Actor:
        readings = {name: reading(r) for name, r in a.readings.items()}
        return replace(a, options=tuple(map(option, a.options)), readings=readings, evidence=backed(a.evidence))

    def event(r: EventRule) -> EventRule:
        settings = {keys.get(key, key): value for key, value in r.settings.items()}
        return replace(r, settings=settings, evidence=backed(r.evidence))

    table = scenario.events
    if table is not None:
        table = replace(table, rules=tuple(map(event, table.rules)))
    outcomes = {names["outcomes"].get(name, name): outcome for name, outcome in scenario.outcomes.items()}
    now = scenario.now
    if isinstance(now, Mapping):
        now = {keys.get(o.key, o.key): now.get(o.key, 0) for o in scenario.options}
    return replace(
        scenario,
        actors=tuple(map(actor, scenario.actors)),
        rules=tuple(map(rule, scenario.rules)),
        outcomes={
            name: replace(o, id=name, formula=of(o.formula), evidence=backed(o.evidence))
            for name, o in outcomes.items()
        },
        sources={
            names["sources"].get(key, key): replace(source, id=names["sources"].get(key, key))
            for key, source in scenario.sources.items()
        },
        now=now,
        events=table,
    )


def _leaf(leaf: Formula, keys: Mapping[str, str]) -> Formula:
    return replace(leaf, option=keys[leaf.option]) if isinstance(leaf, Setting) and leaf.option in keys else leaf


def _statement(
    s: Statement, of: Callable[[Formula], Formula], backed: Callable[[Evidence], Evidence], spoilt: bool
) -> Statement:
    want = of(s.want)
    text = s.text if want == s.want and not spoilt else ""
    return replace(s, want=want, text=text, evidence=backed(s.evidence))


def _unranked(scenario: Scenario, reading: Ranking) -> Weights:
    """A ranking as weights: every state worth its height, from 0 at the bottom to 1 at the top."""
    formulas, top = scenario.state_formulas(), len(reading.ranking) - 1
    wants = [
        Statement(want=formulas[name], weight=Fraction(top - place, top or 1), text=name)
        for place, group in enumerate(reading.ranking)
        for name in group
    ]
    return Weights(
        id=reading.id,
        name=reading.name,
        statements=tuple(wants),
        about=reading.about,
        brief=reading.brief,
        evidence=reading.evidence,
    )
