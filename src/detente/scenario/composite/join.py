"""Joining models that share actors into one: the composite built from its parts rather than typed again.

The mathematics. Parts have actors and options of their own, and some actors take part in several. States multiply, rules are
kept, local actors want what they wanted in their own part. A shared actor compares states

- by *order*: by its wants in the most important part it takes part in, ties by the next, and so on (lexicographic);
- by *weights*: by the sum over its parts of weight × worth. A list of k wishes is worth the share of 2^k - 1 that its score
  makes (1 if all hold), a ranking of k groups the share of k - 1; weights count as they are written.

Options of a shared actor are decisions of their own in each part, unless they are named in `same`: then they are one decision,
and a state of the whole is made of states of the parts that agree on them. What the whole means for stability is told in
`detente.questions.stability.hierarchical`.

How to use it: `join(parts, shared, order=...)`. Cost: linear in the parts. Source: He, Hipel & Kilgour 2014; several shared
actors, common options and the conventions for weights are ours.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from detente.errors import InputError, Unanswerable, refuse_unknown
from detente.formula import Not
from detente.messages import tell
from detente.scenario.composite.event_rules import joined_events
from detente.scenario.composite.renaming import Parts, clashes, rename_part
from detente.scenario.model import Actor, Option, PriorityList, Reading, Rule, Scenario, Statement, Weights, in_order

MOST_READINGS = 24
"""Rival readings of a shared actor, at most; if its readings in the parts combine to more, only the chosen ones are joined."""


# --- joining --------------------------------------------------------------------------------------------------------


def join(
    parts: Parts,
    shared: str | Sequence[str],
    *,
    order: Sequence[str] | None = None,
    weights: Mapping[str, int | Fraction] | None = None,
    readings: Mapping[str, Mapping[str, str]] | None = None,
    same: Iterable[str] = (),
    agree: bool = True,
    events: bool = True,
) -> Scenario:
    """One scenario of several that share actors; its parts by `order` of importance (as given) or by `weights`.

    `readings` chooses readings by part and actor; `same` names options of shared actors that are one decision. Where they
    differ in the parts' status quo this is an error, or without `agree` the first part's counts. Options, outcomes and sources
    get the part's name in front where two parts use one name; named states are left out, rankings become weights. With `events`
    the rules for tables of events are joined, too (`detente.scenario.composite.event_rules`).
    """
    who, one = (shared,) if isinstance(shared, str) else tuple(shared), tuple(same)
    _check(parts, who, order, weights)
    _check_same(parts, who, one)
    _check_adjusted(parts)
    # Names are made different before anything is joined: from then on the parts can simply be put side by side.
    chosen = {part: scenario.choose((readings or {}).get(part)) for part, scenario in parts.items()}
    renamed = {part: rename_part(scenario, clashes(parts, part, one)) for part, scenario in parts.items()}
    how = _How(tuple(order or parts), weights)
    actors = [_shared(actor, renamed, chosen, how) for actor in who]
    for part, scenario in renamed.items():
        actors += [_first(a, chosen[part]) for a in scenario.actors if a.id not in who]
    return Scenario(
        name=" + ".join(parts),
        title=" + ".join(scenario.title for scenario in parts.values()),
        actors=tuple(actors),
        rules=_distinct(rule for scenario in renamed.values() for rule in scenario.rules),
        now=_now(renamed, agree),
        outcomes={name: outcome for scenario in renamed.values() for name, outcome in scenario.outcomes.items()},
        sources={name: source for scenario in renamed.values() for name, source in scenario.sources.items()},
        events=joined_events(renamed) if events else None,
    )


@dataclass(frozen=True)
class _How:
    """How shared actors weigh the parts: by order, or by weights."""

    order: Sequence[str]
    weights: Mapping[str, int | Fraction] | None

    def joined(self, id_: str, own: Mapping[str, Reading]) -> Reading:
        """One account of what an actor wants, from its accounts in the parts it takes part in."""
        found = (
            _ordered(own, [p for p in self.order if p in own]) if self.weights is None else _weighted(own, self.weights)
        )
        name = ", ".join(dict.fromkeys(reading.name for reading in own.values() if reading.name))
        about = "; ".join(dict.fromkeys(reading.about for reading in own.values() if reading.about))
        brief = " ".join(dict.fromkeys(reading.brief for reading in own.values() if reading.brief))
        shown = any(reading.illustrative for reading in own.values())
        return replace(found, id=id_, name=name, about=about, brief=brief, illustrative=shown)


def ways(parts: Parts, actor: str, chosen: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The joined readings of a shared actor: per name the reading in each part; the chosen ones first."""
    mine = {part: s.actor(actor) for part, s in parts.items() if actor in {a.id for a in s.actors}}
    first = {part: chosen[part][actor] for part in mine}
    rivals = [[first[part], *(r for r in each.readings if r != first[part])] for part, each in mine.items()]
    # Every combination of readings is a rival account of the whole; the chosen ones come first and so are the default.
    few = math.prod(map(len, rivals)) <= MOST_READINGS
    found: dict[str, dict[str, str]] = {}
    for way in itertools.product(*rivals) if few else [tuple(first.values())]:
        short = "-".join(dict.fromkeys(way))
        found["-".join(way) if short in found else short] = dict(zip(mine, way, strict=True))
    return found


def _shared(actor: str, parts: Parts, chosen: Mapping[str, Mapping[str, str]], how: _How) -> Actor:
    """The actor with the options of all its parts, and with its readings in them joined."""
    readings = {}
    for name, way in ways(parts, actor, chosen).items():
        readings[name] = how.joined(name, {part: parts[part].actor(actor).readings[each] for part, each in way.items()})
    mine = [parts[part].actor(actor) for part in way]
    options = {option.key: option for each in mine for option in each.options}
    return replace(mine[0], options=tuple(options.values()), readings=readings)


def _distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules, each once though several parts have it; a name that two of them have is dropped from the second."""
    # By what a rule does, not by its name: parts that share options often repeat the rules for these.
    found: dict[tuple[object, ...], Rule] = {}
    names: set[str] = set()
    for rule in in_order(rules):
        key = (rule.kind, str(rule.when), tuple(sorted(rule.then.items())), str(rule.target), rule.actor)
        if key not in found:
            found[key] = replace(rule, name="") if rule.name in names else rule
            names.add(rule.name)
    return tuple(found.values())


def _now(parts: Parts, agree: bool) -> dict[str, int] | None:
    now: dict[str, int] = {}
    where: dict[str, str] = {}
    for part, scenario in parts.items():
        if not isinstance(scenario.now, Mapping):
            return None
        for key, value in scenario.now.items():
            if agree and now.get(key, value) != value:
                raise InputError(
                    tell(
                        "'{key}' is one decision, but '{where}' and '{part}' differ in where it stands now",
                        key=key,
                        where=where[key],
                        part=part,
                    )
                )
            now.setdefault(key, value)
            where.setdefault(key, part)
    return now


def _check(
    parts: Parts, shared: Sequence[str], order: Sequence[str] | None, weights: Mapping[str, int | Fraction] | None
) -> None:
    if len(parts) < 2:
        raise InputError(tell("a hierarchy needs at least two parts, found {number}", number=len(parts)))
    for part in parts:
        if not re.fullmatch("[a-z][a-z0-9_]*", part):
            raise InputError(
                tell("'{part}' is no name for a part: use lower-case letters, digits and _, a letter first", part=part)
            )
    _check_importance(parts, order, weights)
    if not shared:
        raise InputError(
            tell("no shared actor is named; a hierarchy needs an actor that takes part in several of its parts")
        )
    for part, scenario in parts.items():
        _check_kind(part, scenario)
    homes: dict[str, list[str]] = {}
    for part, scenario in parts.items():
        for actor in scenario.actors:
            homes.setdefault(actor.id, []).append(part)
    _check_shared(homes, shared)
    for part, scenario in parts.items():
        if not {actor.id for actor in scenario.actors} & set(shared):
            raise InputError(
                tell(
                    "'{part}' has none of the shared actors ({shared}), so nothing ties it to the rest",
                    part=part,
                    shared=", ".join(shared),
                )
            )


def _check_shared(homes: Mapping[str, Sequence[str]], shared: Sequence[str]) -> None:
    """Shared actors are in several parts, and only they are; `homes` says in which parts each actor is."""
    refuse_unknown("actor of the parts", homes, *shared)
    for actor in shared:
        if len(homes[actor]) < 2:
            raise InputError(
                tell("'{actor}' is only in '{homes}', so it is not shared", actor=actor, homes=homes[actor][0])
            )
    for actor, found in homes.items():
        if actor not in shared and len(found) > 1:
            said = ", ".join(f"'{each}'" for each in shared)
            raise InputError(
                tell(
                    "'{actor}' is in '{found}' and '{found2}': only {said} may be in several; share it or rename it",
                    actor=actor,
                    found=found[0],
                    found2=found[1],
                    said=said,
                )
            )


def _check_adjusted(parts: Parts) -> None:
    for part, scenario in parts.items():
        for actor in scenario.actors:
            for reading in actor.readings.values():
                if reading.adjust:
                    message = tell(
                        "the part '{part}' adjusts the ranking of {actor} ('{adjustment}'), and its states are no states of "
                        "the whole: say it by an aim in the part, or adjust the ranking in this file",
                        part=part,
                        actor=actor.id,
                        adjustment=reading.adjust[0],
                    )
                    raise InputError(message)


def _check_same(parts: Parts, shared: Sequence[str], same: Sequence[str]) -> None:
    """One decision must be the same option of the same shared actor wherever it stands."""
    for key in same:
        found = {part: option for part, s in parts.items() for option in s.options if option.key == key}
        if len(found) < 2:
            where = tell("only '{next}' has it", next=next(iter(found))) if found else tell("no part has it")
            raise InputError(tell("'{key}' is to be one decision in several parts, but {where}", key=key, where=where))
        (first, option), *rest = found.items()
        if option.actor not in shared:
            raise InputError(tell("'{key}' belongs to '{actor}', which is not shared", key=key, actor=option.actor))
        for part, other in rest:
            differ = [name for name, a, b in _traits(option, other) if a != b]
            if differ:
                raise InputError(
                    tell(
                        "'{key}' is to be one decision, but '{first}' and '{part}' differ in its {differ}",
                        key=key,
                        first=first,
                        part=part,
                        differ=differ[0],
                    )
                )


def _traits(one: Option, two: Option) -> list[tuple[str, object, object]]:
    first, second = ({value: str(guard) for value, guard in option.own_needs.items()} for option in (one, two))
    lasts, others = ({value: str(guard) for value, guard in option.stays.items()} for option in (one, two))
    return [
        ("actor", one.actor, two.actor),
        ("choices", one.choices, two.choices),
        ("change", one.change, two.change),
        ("needs", first, second),
        ("while", lasts, others),
        ("lapses_to", one.lapses_to, two.lapses_to),
    ]


def _check_importance(parts: Parts, order: Sequence[str] | None, weights: Mapping[str, int | Fraction] | None) -> None:
    if order is not None and weights is not None:
        raise InputError(tell("state either an order of the parts or their weights, not both"))
    for what in (order, weights):
        refuse_unknown("part", parts, *what or ())
        if what is not None and sorted(what) != sorted(parts):
            raise InputError(
                tell(
                    "expected every part once ({parts}), found {what}",
                    parts=", ".join(parts),
                    what=", ".join(what) or tell("none"),
                )
            )
    if weights is not None and any(weight <= 0 for weight in weights.values()):
        raise InputError(tell("weights of parts must be above 0"))


def _check_kind(part: str, scenario: Scenario) -> None:
    if scenario.graph:
        raise Unanswerable(tell("'{part}' is in graph form: only models with options can be joined", part=part))
    if any(rule.kind == "same" for rule in scenario.rules):
        raise Unanswerable(
            tell("'{part}' counts states as one (`same`); joined, that would merge the other parts too", part=part)
        )


def _first(actor: Actor, chosen: Mapping[str, str]) -> Actor:
    """The actor with its chosen reading first, which makes it the default."""
    first = chosen.get(actor.id)
    return actor if first is None else replace(actor, readings={first: actor.readings[first], **actor.readings})


def _as_weights(reading: Reading) -> tuple[Statement, ...]:
    """The statements with weights that order states in the same way."""
    if isinstance(reading, Weights):
        return reading.statements
    top = len(reading.statements) - 1
    return tuple(replace(s, weight=Fraction(1 << (top - place))) for place, s in enumerate(reading.statements))


def _scaled(statements: Iterable[Statement], by: Fraction) -> tuple[Statement, ...]:
    return tuple(replace(s, weight=(s.weight or Fraction(0)) * by, unknown=frozenset()) for s in statements)


def _telling(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The wishes without those that only repeat, or contradict, one that is more important."""
    found: list[Statement] = []
    # What stands above decides first: where two states still tie, a repeated wish holds in both or in neither. A wish with
    # something unknown about it settles nothing, and nothing settles it.
    above: set[str] = set()
    for s in statements:
        contrary = s.want.of if isinstance(s.want, Not) else ~s.want
        if s.unknown or not {str(s.want), str(contrary)} & above:
            found.append(s)
        above |= set() if s.unknown else {str(s.want)}
    return tuple(found)


def _ordered(own: Mapping[str, Reading], order: Sequence[str]) -> Reading:
    """Lists one after the other, without wishes that cannot matter.

    With weights, each part's least difference outweighs all that is less important.
    """
    if all(isinstance(own[part], PriorityList) for part in order):
        wishes = _telling(s for part in order for s in own[part].statements)
        return PriorityList(id="joined", statements=wishes)
    found: tuple[Statement, ...] = ()
    # From the least important part upwards. Weights of a part are multiples of `grain`, so two states it tells apart differ
    # by at least that; scaled by (span + 1) / grain the difference exceeds whatever lies below, which is at most `span`.
    for part in reversed(order):
        wants = _as_weights(own[part])
        grain = Fraction(1, math.lcm(*((s.weight or Fraction(0)).denominator for s in wants)))
        span = sum((abs(s.weight or Fraction(0)) for s in found), Fraction(0))
        found = (*_scaled(wants, (span + 1) / grain), *found)
    return Weights(id="joined", statements=found)


def _weighted(own: Mapping[str, Reading], weights: Mapping[str, int | Fraction]) -> Reading:
    """Weight times worth, added up; a list is worth 1 if all its wishes hold."""
    found: list[Statement] = []
    for part, reading in own.items():
        wants = _as_weights(reading)
        most = Fraction((1 << len(wants)) - 1) if isinstance(reading, PriorityList) and wants else Fraction(1)
        found += _scaled(wants, Fraction(weights[part]) / most)
    return Weights(id="joined", statements=tuple(found))
