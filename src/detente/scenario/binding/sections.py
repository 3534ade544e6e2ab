"""The sections around the model: partnerships, platforms, incentives, claims, history, cast, expectations.

Each function reads one section of a `Draft` whose names are complete, and reports what does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from detente.scenario import schema
from detente.scenario.binding.draft import Draft, Settings
from detente.scenario.model import (
    Claim,
    Event,
    Expectation,
    Figure,
    Incentive,
    Moment,
    Partnership,
    Platform,
    Relation,
    Source,
)
from detente.scenario.text.page import Path, shorten

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq", "sim")
"""The ids of the solution concepts, as expectations use them."""


def sources(draft: Draft) -> dict[str, Source]:
    """What is cited."""
    draft.labels("sources", draft.file.sources)
    return {
        key: Source(key, part.text, part.kind, part.grade, part.date, part.url, part.note)
        for key, part in draft.file.sources.items()
    }


def _actor(draft: Draft, path: Path, name: str) -> bool:
    return draft.known(path, "actor", name, draft.file.actors)


def _who(draft: Draft, path: Path, names: Iterable[str]) -> None:
    """Actors or figures of the cast."""
    for number, name in enumerate(names):
        draft.known((*path, number), "actor or figure", name, [*draft.file.actors, *draft.file.cast])


def readings_of(draft: Draft, actor: str) -> list[str]:
    """The names of an actor's readings."""
    return list(draft.file.actors[actor].readings) or ["only"]


def chosen(draft: Draft, path: Path, readings: dict[str, str]) -> None:
    """Check a choice of readings: actor to reading."""
    for actor, reading in readings.items():
        if draft.known((*path, actor), "actor", actor, draft.file.actors):
            draft.known((*path, actor), f"reading of {actor}", reading, readings_of(draft, actor))


# --- partnerships, platforms, incentives --------------------------------------------------------------------


def partnerships(draft: Draft) -> dict[str, Partnership]:
    """Dyads and blocs."""
    draft.labels("partnerships", draft.file.partnerships)
    return {key: _partnership(draft, key, part) for key, part in draft.file.partnerships.items()}


def _partnership(draft: Draft, key: str, part: schema.Partnership) -> Partnership:
    path: Path = ("partnerships", key)
    _who(draft, (*path, "members"), part.members)
    if len(set(part.members)) < 2:
        draft.page.error(path, "members", f"a partnership has two or more members; {key} has {len(set(part.members))}")
    if not part.flows:
        draft.page.error(path, "flows", f"a partnership needs at least one flow between its members; {key} has none")
    flows = {name: draft.names.formula((*path, "flows", name), text) for name, text in part.flows.items()}
    for number, name in enumerate(part.core):
        draft.known((*path, "core", number), "flow", name, flows)
    core = part.core or tuple(flows)
    return Partnership(key, part.members, flows, core, part.name or key, draft.evidence(path, part))


def platforms(draft: Draft) -> dict[str, Platform]:
    """What leaders or parties would hold."""
    draft.labels("platforms", draft.file.platforms)
    return {key: _platform(draft, key, part) for key, part in draft.file.platforms.items()}


def _platform(draft: Draft, key: str, part: schema.Platform) -> Platform:
    path: Path = ("platforms", key)
    hold = draft.settings((*path, "hold"), part.hold)
    unknown = _unknown_options(draft, path, part)
    if _actor(draft, (*path, "actor"), part.actor):
        for key in draft.foreign(part.actor, [*hold, *unknown]):
            draft.page.error(
                path, "not-own-option", f"'{key}' is not an option of {part.actor}, whose platform this is"
            )
        if part.reading:
            kind = f"reading of {part.actor}"
            draft.known((*path, "reading"), kind, part.reading, readings_of(draft, part.actor))
    for key in [key for key in unknown if key in hold]:
        draft.page.error((*path, "unknown"), "contradiction", f"'{key}' is both held and unknown")
    evidence = draft.evidence(path, part)
    name = part.name or key
    return Platform(key, part.actor, hold, part.reading, unknown, part.orders, name, part.about, evidence)


def _unknown_options(draft: Draft, path: Path, part: schema.Platform) -> tuple[str, ...]:
    found = []
    for number, name in enumerate(part.unknown):
        if name in draft.names.variables:
            found.append(draft.names.variables[name].key)
        else:
            draft.known((*path, "unknown", number), "option", name, draft.options)
    return tuple(found)


def incentives(draft: Draft) -> dict[str, Incentive]:
    """What can be offered or threatened."""
    draft.labels("incentives", draft.file.incentives)
    return {key: _incentive(draft, key, part) for key, part in draft.file.incentives.items()}


def _incentive(draft: Draft, key: str, part: schema.Incentive) -> Incentive:
    path: Path = ("incentives", key)
    _actor(draft, (*path, "by"), part.by)
    _actor(draft, (*path, "to"), part.to)
    for number, name in enumerate(part.approved_by):
        _actor(draft, (*path, "approved_by", number), name)
    if part.cost < 0:
        draft.page.error((*path, "cost"), "value", f"a cost is not negative; found {part.cost}")
    return Incentive(
        key,
        part.by,
        part.to,
        draft.names.formula((*path, "when"), part.when),
        part.worth,
        part.cost,
        part.most,
        part.at,
        part.excludable,
        part.approved_by,
        part.name or key,
        draft.evidence(path, part),
        draft.place(path),
    )


# --- claims, events, figures --------------------------------------------------------------------------------


def claims(draft: Draft) -> dict[str, Claim]:
    """What authors assert."""
    draft.labels("claims", draft.file.claims)
    found = {}
    for key, part in draft.file.claims.items():
        path: Path = ("claims", key)
        if "test" in part.model_fields_set and not part.test:
            draft.page.error((*path, "test"), "empty", "'test' has no question: write one there, or leave it out")
        evidence = draft.evidence(path, part)
        found[key] = Claim(key, part.says, part.kind, part.test, evidence, draft.place(path))
    return found


def history(draft: Draft) -> tuple[Event, ...]:
    """Dated events, in the order written."""
    events = tuple(_event(draft, ("history", number), part) for number, part in enumerate(draft.file.history))
    for number, (earlier, later) in enumerate(pairwise(events), start=1):
        shared = min(len(earlier.date), len(later.date))
        if later.date[:shared] < earlier.date[:shared]:
            message = f"{later.date} comes after {earlier.date} in the list; history is read in the order written"
            draft.page.warn(("history", number, "date"), "history-order", message)
    return events


def _event(draft: Draft, path: Path, part: schema.Event) -> Event:
    settings = draft.settings((*path, "set"), part.settings)
    if part.by and _actor(draft, (*path, "by"), part.by):
        for key in draft.foreign(part.by, settings):
            message = f"'{key}' is not an option of {part.by}: as a recorded move this cannot be its own"
            draft.page.warn((*path, "set"), "not-own-option", message)
    return Event(part.date, part.by, settings, part.says, draft.evidence(path, part), draft.place(path))


def cast(draft: Draft) -> dict[str, Figure]:
    """Who else the sources speak of."""
    draft.labels("cast", draft.file.cast)
    for key in draft.file.cast:
        if key in draft.file.actors:
            message = f"'{key}' is already the name of an actor; the cast is for those who do not decide here"
            draft.page.report("error", "clash", draft.page.at_key(("cast", key)), message)
    return {
        key: Figure(key, part.name, part.kind, part.role, part.about, draft.evidence(("cast", key), part))
        for key, part in draft.file.cast.items()
    }


def relations(draft: Draft) -> tuple[Relation, ...]:
    """Signed ties between actors and figures."""
    listed = isinstance(draft.page.node(("relations",)).value, list)
    found = []
    for number, (key, part) in enumerate(draft.file.relations.items()):
        path: Path = ("relations", number if listed else key)
        _who(draft, (*path, "from"), part.origin)
        _who(draft, (*path, "to"), part.target)
        evidence = draft.evidence(path, part)
        found.append(
            Relation(
                key,
                part.origin,
                part.target,
                part.kind,
                part.sign,
                part.time,
                part.status,
                part.mutual,
                evidence,
            )
        )
    return tuple(found)


def timeline(draft: Draft) -> tuple[Moment, ...]:
    """What happened when."""
    found = []
    for number, part in enumerate(draft.file.timeline):
        path: Path = ("timeline", number)
        settings = draft.settings((*path, "set"), part.settings)
        found.append(Moment(part.date, part.says, part.kind, settings, part.sure, draft.evidence(path, part)))
    return tuple(found)


DOUBTS = ("chances", "dispersion", "alpha", "beta", "gamma", "threshold", "unknown")
"""What can be said under `uncertainty` of an actor."""


def uncertainty(draft: Draft) -> dict[str, object]:
    """What is not known, per actor, as written: who is meant, and under which keys, is checked here, values where used."""
    for actor, said in draft.file.uncertainty.items():
        path: Path = ("uncertainty", actor)
        if not draft.known(path, "actor", actor, draft.file.actors):
            continue
        if not isinstance(said, dict):
            message = f"expected what is not known about {actor}, such as {{threshold: 0.4}}; keys: {', '.join(DOUBTS)}"
            draft.page.error(path, "value", message)
            continue
        for key in said.keys() - DOUBTS:
            message = f"unknown key '{shorten(key)}' under the uncertainty of {actor}{draft.page.hint(key, DOUBTS)}"
            draft.page.report("error", "unknown-key", draft.page.at_key((*path, key)), message)
    return draft.file.uncertainty


# --- expectations -------------------------------------------------------------------------------------------


def expectations(draft: Draft) -> tuple[Expectation, ...]:
    """Known results."""
    return tuple(_expectation(draft, ("expect", number), part) for number, part in enumerate(draft.file.expect))


def _expectation(draft: Draft, path: Path, part: schema.Expectation) -> Expectation:
    chosen(draft, (*path, "readings"), part.readings)
    if part.world:
        draft.known((*path, "world"), "world", part.world, draft.file.worlds)
    _check_keys(draft, path, part)
    evidence = draft.evidence(path, part, also=("computed",))
    return Expectation(
        part.readings, part.world, part.sanctions, _results(draft, path, part), evidence, draft.place(path)
    )


def _check_keys(draft: Draft, path: Path, part: schema.Expectation) -> None:
    for section in ("counts", "equilibria", "stability", "status_quo"):
        for concept in getattr(part, section) or ():
            draft.known((*path, section, concept), "concept", concept, CONCEPTS)
    for actor in part.moves or ():
        _actor(draft, (*path, "moves", actor), actor)
    for concept, actors in (part.stability or {}).items():
        for actor in actors:
            _actor(draft, (*path, "stability", concept, actor), actor)
    for outcome in part.outcomes or ():
        draft.known((*path, "outcomes", outcome), "outcome", outcome, draft.file.outcomes)


def _results(draft: Draft, path: Path, part: schema.Expectation) -> dict[str, object]:
    """What is expected, as plain data; every state as complete settings, in graph form as its name."""
    results: dict[str, object] = {
        key: value for key in ("states", "moves", "counts", "status_quo") if (value := getattr(part, key)) is not None
    }
    if part.equilibria is not None:
        base: Path = (*path, "equilibria")
        results["equilibria"] = {c: _states(draft, (*base, c), listed) for c, listed in part.equilibria.items()}
    if part.stability is not None:
        results["stability"] = {
            concept: {a: _states(draft, (*path, "stability", concept, a), s) for a, s in actors.items()}
            for concept, actors in part.stability.items()
        }
    if part.ends is not None:
        results["ends"] = {
            play: tuple(_states(draft, (*path, "ends", play, n), end) for n, end in enumerate(ends))
            for play, ends in part.ends.items()
        }
    if part.outcomes is not None:
        results["outcomes"] = {key: each.model_dump(exclude_none=True) for key, each in part.outcomes.items()}
    return results


def _states(draft: Draft, path: Path, listed: tuple[tuple[str, ...], ...]) -> tuple[str | Settings, ...]:
    return tuple(_state(draft, (*path, number), texts) for number, texts in enumerate(listed))


def _state(draft: Draft, path: Path, texts: tuple[str, ...]) -> str | Settings:
    """A state given by name, by digits in option order, or by settings."""
    text = texts[0] if len(texts) == 1 else ""
    if draft.graph is not None:
        draft.known(path, "state", text, draft.graph.states)
        return text
    if re.fullmatch("[0-9]+", text):
        return _digits(draft, path, text)
    if text in draft.states:
        return draft.states[text]
    return draft.whole(path, texts)


def _digits(draft: Draft, path: Path, text: str) -> Settings:
    options = list(draft.options.values())
    if len(text) != len(options):
        draft.page.error(path, "digits", f"expected {len(options)} digits, one per option; found {len(text)}, '{text}'")
        return {}
    for option, digit in zip(options, text, strict=True):
        if int(digit) >= len(option.choices):
            last = len(option.choices) - 1
            message = f"digit {digit} in '{text}' is no choice of {option.key}, which has 0 to {last}"
            draft.page.error(path, "digits", message)
    return {option.key: int(digit) for option, digit in zip(options, text, strict=True)}
