"""Actors with what they want, and the rules of the model. Every name is known by now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from detente.formula import TRUE, holds, options_of
from detente.messages import tell
from detente.scenario import schema
from detente.scenario.adjustments import chain
from detente.scenario.binding.bind import bind, binds
from detente.scenario.binding.draft import Draft, is_digits, repeats
from detente.scenario.model import (
    ALL_OFF,
    Actor,
    Adjustment,
    Evidence,
    PriorityList,
    Ranking,
    Reading,
    Rule,
    Statement,
    Weights,
    in_order,
)
from detente.scenario.text.page import Path, shorten

# --- rules --------------------------------------------------------------------------------------------------


def rules(draft: Draft) -> tuple[Rule, ...]:
    """The rules, each of one kind."""
    if draft.graph is not None and draft.file.rules:
        draft.page.error(
            ("rules",), "graph-form", tell("rules are for models with options; a graph lists its moves itself")
        )
        return ()
    kept = [rule for number, part in enumerate(draft.file.rules) if (rule := _rule(draft, ("rules", number), part))]
    for number in repeats(part.name for part in draft.file.rules):
        if name := draft.file.rules[number].name:
            draft.page.error(
                ("rules", number, "name"), "duplicate", tell("a rule above is also called '{name}'", name=shorten(name))
            )
    return in_order((*kept, *(rule for option in draft.options.values() for rule in option.lapses)))


_ALLOWED = {"never": set[str](), "same": {"state", "score"}, "when": {"then"}, "barred": {"actor", "when"}}


def _rule(draft: Draft, path: Path, part: schema.Rule) -> Rule | None:
    given = [
        key for key in ("never", "same", "when", "then", "barred", "actor", "state", "score") if getattr(part, key)
    ]
    kind = next((key for key in ("never", "same", "barred", "when") if key in given), "")
    needed = {"when": {"then"}, "barred": {"actor"}}.get(kind, set())
    if not kind or not needed <= set(given) or not set(given) <= _ALLOWED[kind] | {kind}:
        kinds = tell("'never', 'same' (with 'state', 'score'), 'when' and 'then', or 'barred' and 'for' (with 'when')")
        keys = ", ".join("for" if key == "actor" else key for key in given) or tell("none of them")
        draft.page.error(path, "rule", tell("a rule has the keys {kinds}; this one has {keys}", kinds=kinds, keys=keys))
        return None
    rule = {"never": _never, "same": _same, "when": _consequence, "barred": _barred}[kind](draft, path, part)
    return replace(rule, name=part.name, evidence=draft.evidence(path, part), place=draft.place(path))


def _never(draft: Draft, path: Path, part: schema.Rule) -> Rule:
    text = part.never or ""
    return Rule(kind="never", when=draft.names.formula((*path, "never"), text), text=text)


def _same(draft: Draft, path: Path, part: schema.Rule) -> Rule:
    text, state = part.same or "", part.state or ""
    when = draft.names.formula((*path, "same"), text)
    known = not state or draft.known((*path, "state"), "state", state, draft.states)
    if state and known and draft.states[state] and not holds(when, draft.states[state]):
        draft.page.error(
            (*path, "state"),
            "not-a-member",
            tell("state '{state}' does not satisfy 'same: {text}'", state=state, text=shorten(text)),
        )
    return Rule(kind="same", when=when, representative=state, lenient=bool(part.score), text=text)


def _consequence(draft: Draft, path: Path, part: schema.Rule) -> Rule:
    when = draft.names.formula((*path, "when"), part.when or "")
    then = draft.names.conjunction((*path, "then"), part.then or "")
    return Rule(kind="consequence", when=when, then=then, text=f"when {part.when} then {part.then}")


def _barred(draft: Draft, path: Path, part: schema.Rule) -> Rule:
    text, actor, bars = part.barred or "", part.actor or "", (*path, "barred")
    split = re.search(r"(?<!-)>", text)
    if split is None:
        draft.page.error(bars, "arrow", tell("expected 'A > B', two formulas; found '{text}'", text=shorten(text)))
        return Rule(kind="barred", when=TRUE)
    when = draft.names.formula(bars, text[: split.start()])
    target = draft.names.formula(bars, text[split.end() :], start=split.end())
    if draft.known((*path, "for"), "actor", actor, draft.file.actors):
        for key in sorted(draft.foreign(actor, options_of(target))):
            message = tell(
                "what a move makes is up to {actor}: '{key}' is not an option of {actor}", actor=actor, key=key
            )
            draft.page.error(bars, "not-own-option", message)
    if part.when:
        when = when & draft.names.formula((*path, "when"), part.when)
    return Rule(kind="barred", when=when, target=target, actor=actor, text=text)


# --- what actors want ---------------------------------------------------------------------------------------


def check_actors(draft: Draft) -> None:
    """There must be actors, of the file's own or from its parts."""
    if not draft.file.actors and () not in draft.damage.places and draft.file.parts is None:
        draft.page.error((), "no-actors", tell("there are no actors; list them under `actors:`"))


@binds(Actor)
def _actor(draft: Draft, path: Path, part: schema.Actor) -> Actor:
    draft.identifier(path, tell("an actor"))
    _check_form(draft, path, part)
    owned = draft.owned.get(str(path[-1]), ())
    return bind(Actor, draft, path, part, options=owned, readings=_readings(draft, path, part))


def _check_form(draft: Draft, path: Path, part: schema.Actor) -> None:
    if draft.graph is not None and part.options:
        message = tell("the model has a `graph` and also options; it is either the one or the other")
        draft.page.error((*path, "options"), "graph-form", message)
    if draft.graph is None and not part.options and path not in draft.damage.places:
        draft.page.error(
            path, "no-options", tell("actor '{path}' has no options; it could never do anything", path=path[-1])
        )


def _readings(draft: Draft, path: Path, part: schema.Actor) -> dict[str, Reading]:
    own = part.kinds
    if part.readings and own:
        draft.page.error(
            (*path, own[0]), "readings", tell("'{own}' stands beside `readings`; make it one of them", own=own[0])
        )
    elif part.readings and part.brief:
        draft.page.error(
            (*path, "brief"), "readings", tell("'brief' stands beside `readings`; write one in each of them")
        )
    if part.readings:
        draft.labels("readings", part.readings, path)
        if next(iter(part.readings.values())).illustrative:
            first = next(iter(part.readings))
            message = tell(
                "'{first}' is the default reading, and an illustrative one is never counted: put another first",
                first=first,
            )
            draft.page.error((*path, "readings", first, "illustrative"), "illustrative", message)
        analysts = [each.analyst for each in part.readings.values()]
        for number in repeats(analysts):
            key, analyst = list(part.readings)[number], analysts[number]
            if analyst:
                message = tell(
                    "analyst '{analyst}' has a list of {path} already; one list of each actor",
                    analyst=shorten(analyst),
                    path=path[-1],
                )
                draft.page.error((*path, "readings", key, "analyst"), "duplicate", message)
        return {key: reading(draft, (*path, "readings", key), key, each) for key, each in part.readings.items()}
    if not own and path not in draft.damage.places:
        ways = tell("`priorities`, a `ranking`, `weights`, or rival `readings`")
        message = tell("actor '{path}' wants nothing: give {ways}", path=path[-1], ways=ways)
        draft.page.error(path, "no-readings", message)
    return {"only": reading(draft, path, "only", part)} if own else {}


def reading(draft: Draft, path: Path, key: str, part: schema.Wants) -> Reading:
    """One account of what somebody wants."""
    own = part.kinds
    if len(own) != 1 and path not in draft.damage.places:
        found = " and ".join(own) or tell("none")
        draft.page.error(
            path, "reading", tell("a reading is one of `priorities`, `ranking`, `weights`; found {found}", found=found)
        )
    kind = own[0] if own else "priorities"
    listed = isinstance(part, schema.Reading | schema.Account)  # else it is the actor's, whose evidence is the actor's
    evidence = draft.evidence(path, part) if listed else Evidence()
    great = _great(draft, (*path, "great"), part)
    common: dict[str, Any] = {
        "id": key,
        "name": part.name if isinstance(part, schema.Reading) else "",
        "about": part.about if isinstance(part, schema.Reading | schema.Account) else "",
        "brief": part.brief,
        "analyst": part.analyst if isinstance(part, schema.Reading) else "",
        "illustrative": isinstance(part, schema.Reading) and part.illustrative,
        "adjust": _adjustments(draft, path, part, evidence),
        "evidence": evidence,
        "place": draft.place(path if listed else (*path, kind)),
    }
    if kind == "ranking":
        ranking, gaps = _ranking(draft, (*path, "ranking"), part.ranking or ())
        return Ranking(**common, ranking=ranking, gaps=gaps)
    statements = tuple(_covered(wish, evidence) for wish in _statements(draft, path, part))
    if kind == "weights":
        return Weights(**common, statements=statements, great=great)
    return PriorityList(**common, statements=statements)


def _great(draft: Draft, path: Path, part: schema.Wants) -> tuple[Fraction, ...]:
    """The differences of weights that make a preference great: positive, each above the one before."""
    if part.great and part.weights is None:
        message = tell(
            "`great` is for `weights`; in a list give the aim a `strength`, in a ranking put `>>` between states"
        )
        draft.page.error(path, "strength", message)
    if any(low >= high for low, high in pairwise((Fraction(0), *part.great))):
        draft.page.error(path, "strength", tell("the differences must be above 0, each above the one before"))
    return part.great


def _statements(draft: Draft, path: Path, part: schema.Wants) -> tuple[Statement, ...]:
    key = "priorities" if part.weights is None else "weights"
    listed: tuple[schema.Statement | schema.Weight, ...] = getattr(part, key) or ()
    return tuple(_statement(draft, (*path, key, number), each) for number, each in enumerate(listed))


def _covered(wish: Statement, whole: Evidence) -> Statement:
    """The wish on the grounds of its reading, where it has no source and no claim of its own."""
    return replace(wish, evidence=_on_grounds(wish.evidence, whole))


def _on_grounds(own: Evidence, whole: Evidence) -> Evidence:
    """What has no source and no claim of its own rests on what the whole rests on."""
    if own.source or own.claims:
        return own
    confidence, where = own.confidence or whole.confidence, own.where or whole.where
    against = own.against or whole.against
    return replace(whole, where=where, confidence=confidence, note=own.note, against=against)


@binds(Statement)
def _statement(draft: Draft, path: Path, part: schema.Statement | schema.Weight) -> Statement:
    return bind(Statement, draft, path, part, text=part.want)


def _adjustments(draft: Draft, path: Path, part: schema.Wants, whole: Evidence) -> tuple[Adjustment, ...]:
    """The fine-tuning of the ranking; what contradicts itself is reported where it is written."""
    found: dict[tuple[Any, Any], Adjustment] = {}
    for number, each in enumerate(part.adjust):
        here: Path = (*path, "adjust", number)
        above, below = _one_state(draft, (*here, "above"), each.above), _one_state(draft, (*here, "below"), each.below)
        if not above or not below:
            continue
        made = Adjustment(
            above=above,
            below=below,
            higher=", ".join(each.above) or ALL_OFF,
            lower=", ".join(each.below) or ALL_OFF,
            because=each.because,
            evidence=_on_grounds(draft.evidence(here, each), whole),
            place=draft.place(here),
        )
        pair = _identity(above), _identity(below)
        if pair[0] == pair[1]:
            draft.page.error(here, "adjust", tell("{higher} is put above itself", higher=shorten(made.higher)))
        elif pair in found:
            draft.page.error(here, "duplicate", tell("'{made}' is said twice", made=shorten(str(made))))
        elif (against := chain(found, pair[1], pair[0])) is not None:
            said = " and ".join(f"'{each}'" for each in against)
            message = tell("'{made}' contradicts {said}: no ranking has both", made=shorten(str(made)), said=said)
            draft.page.error(here, "adjust", message)
        else:
            found[pair] = made
    return tuple(found.values())


def _identity(state: Mapping[str, int] | str) -> Any:
    return state if isinstance(state, str) else tuple(state.values())


def _one_state(draft: Draft, path: Path, texts: tuple[str, ...]) -> Mapping[str, int] | str:
    """A state as complete settings, in graph form its name; nothing if it is none, which has been reported."""
    if draft.graph is None:
        before = len(draft.page.problems)
        settings = draft.whole(path, texts)
        return settings if len(draft.page.problems) == before else {}
    if len(texts) != 1:
        draft.page.error(path, "adjust", tell("expected one state; found {number}", number=len(texts)))
        return ""
    return texts[0] if draft.known(path, "state", texts[0], draft.state_names) else ""


Ranks = tuple[tuple[str, ...], ...]


def _ranking(draft: Draft, path: Path, written: Ranks) -> tuple[Ranks, tuple[int, ...]]:
    """The groups of states, best first, and the degree of preference between each two of them (empty: all mild)."""
    seen: set[str] = set()
    steps = [number for number, group in enumerate(written) if _step(group)]
    for number in steps:
        if number in (0, len(written) - 1) or number + 1 in steps:
            draft.page.error(
                (*path, number, 0), "ranking", tell("'{written}' stands between two states", written=written[number][0])
            )
    written = _by_digits(draft, path, written)
    for number, group in enumerate(written):
        if number in steps:
            continue
        for inner, name in enumerate(group):
            if name in seen:
                draft.page.error(
                    (*path, number, inner), "duplicate", tell("state '{name}' is ranked twice", name=shorten(name))
                )
            elif (is_digits(name) and draft.graph is None) or draft.known(
                (*path, number, inner), "state", name, draft.state_names
            ):
                seen.add(name)
    missing = [name for name in draft.state_names if name not in seen]
    if draft.graph is not None and missing and path not in draft.damage.places:
        shown = ", ".join(missing[:12]) + (", …" if len(missing) > 12 else "")
        draft.page.error(
            path,
            "ranking",
            tell(
                "every state is ranked once; {shown} {word} not",
                shown=shown,
                word=tell("is") if len(missing) == 1 else tell("are"),
            ),
        )
    gaps = [_step(written[n + 1]) or 1 for n, _ in enumerate(written[:-1]) if n not in steps]
    groups = tuple(group for number, group in enumerate(written) if number not in steps)
    return groups, tuple(gaps) if steps else ()


def _by_digits(draft: Draft, path: Path, written: Ranks) -> Ranks:
    """The same ranking with every state given by its digits called by its name; without one, the digits are its name."""
    if draft.graph is not None or not any(is_digits(name) for group in written for name in group):
        return written
    called = {tuple(settings.values()): name for name, settings in draft.states.items()}

    def name_of(place: Path, text: str) -> str:
        if text in draft.states or not is_digits(text) or not (settings := draft.digits(place, text)):
            return text
        name = called.setdefault(tuple(settings.values()), text)
        draft.states.setdefault(name, settings)
        return name

    return tuple(
        tuple(name_of((*path, number, inner), text) for inner, text in enumerate(group))
        for number, group in enumerate(written)
    )


def _step(group: tuple[str, ...]) -> int:
    """The degree a separator such as `>>` stands for; 0 if the group is no separator."""
    return len(group[0]) if len(group) == 1 and re.fullmatch(r">{2,9}", group[0]) else 0
