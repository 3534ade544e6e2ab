"""A scenario as tables for people, before anything is solved: pure functions from scenarios to sheets.

How to use it: `description(scenario, conflict)` is what `detente show NAME` prints; `states_sheet`, `ranking_sheets`,
`moves_sheet`, `readings_sheets` and `sources_sheet` are its options, `library_sheet` is `detente library`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from detente.analysis.warnings import TIE_SHARE, TIE_STATES
from detente.conflict import Cells, Conflict
from detente.conflict.overview import Choices, Rank, Removal, combinations, limits_text, numbered, ranks, state_count
from detente.messages import numeral, tell
from detente.present.tables.equilibrium_cards import sign
from detente.scenario.model import Actor, Evidence, Ranking, Reading, Rule, Scenario, Weights
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    NameTerm,
    OptionTerm,
    Phrase,
    ReadingTerm,
    Sheet,
    StateTerm,
    heading,
    listing,
    many,
)

# --- a description ----------------------------------------------------------------------------------------------


def description(scenario: Scenario, conflict: Conflict | None) -> tuple[Sheet, ...]:
    """What the file says: actors and options, rules, readings, outcomes, sources, and what else is in it.

    Without a conflict (a model too large to build) sizes are left out.
    """
    sheets = [
        options_sheet(scenario, conflict),
        rules_sheet(scenario) if scenario.rules else None,
        wants_sheet(scenario),
        worlds_sheet(scenario) if scenario.worlds else None,
        outcomes_sheet(scenario) if scenario.outcomes else None,
        sources_sheet(scenario) if scenario.sources else None,
        rest_sheet(scenario),
    ]
    return tuple(sheet for sheet in sheets if sheet is not None)


def options_sheet(scenario: Scenario, conflict: Conflict | None) -> Sheet:
    """Actors with their options, what limits them, and how they stand today."""
    now = scenario.now if isinstance(scenario.now, Mapping) else {}
    rows: list[tuple[Any, ...]] = []
    for actor in scenario.actors:
        rows.append(heading(f"{actor.name} ({actor.id})", 4))
        rows += [
            (f"  {o.name}", OptionTerm(o.key), sign(o, now.get(o.key, 0)) if now else "", limits_text(o))
            for o in actor.options
        ]
    columns = ("", "option", "now", "limits")
    keep = [0] if scenario.graph else [0, 1, *([2] if now else []), *([3] if _limited(scenario) else [])]
    notes = (Phrase.told("Today: state {now}.", now=StateTerm(scenario.now)),) if isinstance(scenario.now, str) else ()
    return Sheet(
        tell("Actors and options{size_text}", size_text=size_text(conflict)), columns, tuple(rows), notes
    ).only(keep)


def _limited(scenario: Scenario) -> bool:
    return any(limits_text(option) for option in scenario.options)


def size_text(conflict: Conflict | None) -> str:
    """How many states there are, out of how many combinations, in brackets."""
    if conflict is None:
        return ""
    raw, states = combinations(conflict), state_count(conflict)
    if states is None:
        return f" ({many(raw, 'combination')})"
    outof = tell(" out of {number}", number=many(raw, "combination")) if raw != states else ""
    return f" ({many(states, 'state')}{outof})"


def rules_sheet(scenario: Scenario) -> Sheet:
    """The rules as written."""
    rows = [(_rule_kind(rule), _rule_text(rule), rule.evidence.note) for rule in scenario.rules]
    return Sheet(tell("Rules"), ("", "rule", "note"), tuple(rows)).trimmed(2)


def _rule_kind(rule: Rule) -> str:
    return {"never": "never", "same": "same", "consequence": "follows", "barred": "barred"}[rule.kind]


def _rule_text(rule: Rule) -> Phrase:
    name = f"{rule.name}: " if rule.name else ""
    if rule.kind == "barred":
        arc = FormulaTerm(str(rule.when)), " to ", FormulaTerm(str(rule.target))
        return Phrase.of(name, ActorTerm(rule.actor), tell(" from "), *arc)
    return Phrase.of(name, FormulaTerm(rule.text or str(rule.when)))


def wants_sheet(scenario: Scenario) -> Sheet:
    """Per actor the readings on offer; the first is the default."""
    rows = [
        (actor.name if place == 0 else "", ReadingTerm(reading.id, actor.id), _length(reading), reading.about)
        for actor in scenario.actors
        for place, reading in enumerate(actor.readings.values())
    ]
    rival = any(len(actor.readings) > 1 for actor in scenario.actors)
    title = tell("Readings: what the actors want{word}", word=tell(" (the first is the default)") if rival else "")
    return Sheet(title, ("actor", "reading", "", "about"), tuple(rows)).trimmed(3)


def _length(reading: Reading) -> str:
    return many(len(reading.entries), reading.entry)


def worlds_sheet(scenario: Scenario) -> Sheet:
    """Named bundles of readings."""
    rows = [(NameTerm(name), readings_phrase(world)) for name, world in scenario.worlds.items()]
    return Sheet(tell("Worlds (the first is the default)"), ("world", "readings"), tuple(rows))


def readings_phrase(readings: Mapping[str, str]) -> Phrase:
    """Whose reading is which: `us=harris, ru=need`."""
    return listing(Phrase.of(ActorTerm(actor), "=", ReadingTerm(name, actor)) for actor, name in readings.items())


def outcomes_sheet(scenario: Scenario) -> Sheet:
    """Named outcomes with their formulas."""
    outcomes = scenario.outcomes.items()
    rows = tuple((NameTerm(name), outcome.name, FormulaTerm(str(outcome.formula))) for name, outcome in outcomes)
    sheet = Sheet(tell("Outcomes"), ("outcome", tell("in words"), "formula"), rows)
    return sheet if any(outcome.name not in ("", name) for name, outcome in outcomes) else sheet.only((0, 2))


def sources_sheet(scenario: Scenario) -> Sheet:
    """What the file cites, and how often."""
    used = [source for evidence in _evidence(scenario) for source in evidence.source]
    rows = [
        (NameTerm(s.id), s.grade, s.checked, used.count(s.id), f"{s.text}{_where(s.url)}")
        for s in scenario.sources.values()
    ]
    return Sheet(tell("Sources"), ("source", "grade", "checked", "cited", "text"), tuple(rows)).trimmed()


def _where(url: str) -> str:
    return f" <{url}>" if url else ""


def _evidence(scenario: Scenario) -> Iterable[Evidence]:
    for actor in scenario.actors:
        yield actor.evidence
        yield from (option.evidence for option in actor.options)
        for reading in actor.readings.values():
            yield reading.evidence
            yield from (statement.evidence for statement in reading.statements)
            yield from (adjustment.evidence for adjustment in reading.adjust)
    for group in (scenario.rules, scenario.history, scenario.timeline, scenario.relations, scenario.expect):
        yield from (each.evidence for each in group)
    for named in (scenario.outcomes, scenario.partnerships, scenario.platforms, scenario.incentives, scenario.claims):
        yield from (each.evidence for each in named.values())
    for seen in scenario.perceptions.values():
        thoughts = [view for each in seen.beliefs.values() for view in each.values()]
        yield seen.evidence
        for view in (*seen.views.values(), *thoughts):
            yield from (view.evidence, *view.grounds.values())
    yield from (each.evidence for each in scenario.announcements.values())
    for party in scenario.third_parties.values():
        yield party.evidence
        yield from (each.evidence for each in party.can)
        yield from (each.evidence for each in party.wants)
    yield from (figure.evidence for figure in scenario.cast.values())


def _built(scenario: Scenario) -> str:
    """What a model built from parts was built from."""
    whole = scenario.whole
    if whole is None:
        return ""
    parts = " and ".join(f"{name} ({model})" for name, model in whole.models.items())
    return tell(
        "Built from {parts}, which share {shared}; ask `detente hierarchy`.",
        parts=parts,
        shared=" and ".join(whole.shared),
    )


def rest_sheet(scenario: Scenario) -> Sheet | None:
    """What else the file holds, counted, and what it leaves out on purpose."""
    counts = [
        ("partnership", len(scenario.partnerships)),
        ("platform", len(scenario.platforms)),
        ("incentive", len(scenario.incentives)),
        ("perception", len(scenario.perceptions)),
        ("announcement", len(scenario.announcements)),
        ("third party", len(scenario.third_parties)),
        ("claim", len(scenario.claims)),
        ("event", len(scenario.history)),
        ("figure", len(scenario.cast)),
        ("relation", len(scenario.relations)),
        ("expected result", len(scenario.expect)),
    ]
    also = ", ".join(many(number, what, "third parties" * (what == "third party")) for what, number in counts if number)
    notes = [built] if (built := _built(scenario)) else []
    notes += [tell("Also in this file: {also}.", also=also)] if also else []
    notes += (
        [tell("Left out on purpose:"), *(f"– {text}" for text in scenario.leaves_out)] if scenario.leaves_out else []
    )
    return Sheet("", (), (), tuple(notes)) if notes else None


# --- states -----------------------------------------------------------------------------------------------------


def states_sheet(conflict: Conflict, cells: Cells, width: int = 80) -> Sheet:
    """States by number in state order, with the signs of their options: a column each, or grouped by actor."""
    names = conflict.state_names
    settings = [conflict.settings(cell) for cell in cells.tolist()]
    groups = [(p.id, p.options) for p in conflict.players if p.options]
    keys = [option.key for _, options in groups for option in options]
    named = any(cell in names for cell in cells.tolist())
    first = ["state", "name"][: 1 + named]
    spread = sum(map(len, first)) + sum(2 + len(key) for key in keys) + 8 <= width
    rows = []
    for number, (cell, values) in enumerate(zip(cells.tolist(), settings, strict=True), start=1):
        signs = [[sign(option, values[option.key]) for option in options] for _, options in groups]
        shown = [each for part in signs for each in part] if spread else [_joined(part) for part in signs]
        rows.append((number, *([StateTerm(names.get(cell, ""))] if named else []), *shown))
    states = state_count(conflict)
    notes: list[str] = []
    if not spread:
        for actor, options in groups:
            notes.append(Phrase.of(ActorTerm(actor), ": ", listing((OptionTerm(o.key) for o in options), " ")))
    notes += _more(states, len(cells), "state")
    title = (
        tell("The {number}, in state order", number=many(states, "state"))
        if states is not None
        else tell("States, in state order")
    )
    heads = map(OptionTerm, keys) if spread else (ActorTerm(actor) for actor, _ in groups)
    return Sheet(title, (*first, *heads), tuple(rows), tuple(notes))


def _more(total: int | None, shown: int, what: str) -> list[str]:
    """How many are not shown; without a number where nobody knows."""
    if total is None:
        return [tell("{number} shown, there may be more; --limit shows more", number=many(shown, what))]
    return [tell("{number}; --limit shows more", number=many(total - shown, f"more {what}"))] if total > shown else []


def _joined(signs: Sequence[str]) -> str:
    return "".join(signs) if all(len(each) == 1 for each in signs) else " ".join(signs)


def removals_sheet(conflict: Conflict, found: Sequence[Removal]) -> Sheet:
    """Which combinations are no states, rule by rule."""
    says = {"never": "forbidden", "consequence": tell("moved on"), "same": "merged"}
    rows: list[tuple[Any, ...]] = [(says[each.kind], FormulaTerm(each.text), each.combinations) for each in found]
    rows.append(("", tell("all combinations of options"), combinations(conflict)))
    rows.append(("", "states", state_count(conflict)))
    note = tell("Rules may overlap: a combination counts for each rule it breaks.")
    return Sheet(tell("What is not a state"), ("", "rule", "combinations"), tuple(rows), (note,))


# --- rankings and moves -----------------------------------------------------------------------------------------


def ranking_sheets(conflict: Conflict, actor: Actor, reading: Reading, most: int) -> tuple[Sheet, ...]:
    """An actor's states from best to worst, with the statements that decide."""
    found = ranks(conflict, reading)
    return (
        *([statements_sheet(actor, reading)] if reading.statements else []),
        *adjusted_sheets(actor, reading),
        _ranks_sheet(conflict, actor, found, most),
    )


def statements_sheet(actor: Actor, reading: Reading) -> Sheet:
    """What an actor wants, most important first (or with weights), and on what grounds."""
    weights = isinstance(reading, Weights)
    rows = [
        (
            f"{number}",
            f"{s.weight}" if weights else "",
            FormulaTerm(str(s)),
            _grounds(s.evidence),
            ", ".join(s.evidence.claims),
        )
        for number, s in enumerate(reading.statements, start=1)
    ]
    columns = ("", "weight", "statement", "grounds", "claims")
    about = f": {reading.about}" if reading.about else ""
    order = "" if weights else tell(", most important first")
    title = Phrase.of(f"{actor.name} wants{order} (", ReadingTerm(reading.id, actor.id), f"{about})")
    return Sheet(title, columns, tuple(rows)).trimmed(0)


def adjusted_sheets(actor: Actor, reading: Reading) -> tuple[Sheet, ...]:
    """What fine-tunes the ranking that a list makes, and why; nothing where nothing does."""
    if not reading.adjust:
        return ()
    rows = [
        (
            _state(each.higher),
            _state(each.lower),
            each.because,
            _grounds(each.evidence),
            ", ".join(each.evidence.claims),
        )
        for each in reading.adjust
    ]
    title = Phrase.told(
        "{name} ranks these states otherwise than the list says ({id})",
        name=actor.name,
        id=ReadingTerm(reading.id, actor.id),
    )
    return (Sheet(title, ("above", "below", "because", "grounds", "claims"), tuple(rows)).trimmed(2),)


def _state(text: str) -> StateTerm | str:
    return StateTerm(text) if text.isidentifier() else text


def _grounds(evidence: Evidence) -> str:
    place = f" {evidence.where}" if evidence.where else ""
    sure = tell(", {confidence} confidence", confidence=evidence.confidence) if evidence.confidence else ""
    return f"{', '.join(evidence.source)}{place}{sure}"


def _ranks_sheet(conflict: Conflict, actor: Actor, found: Sequence[Rank], most: int) -> Sheet:
    statements = len(found[0].satisfied) if found else 0
    tied = any(rank.states > 1 for rank in found)
    listed = numbered(conflict)
    columns = ("rank", *(["states"] if tied else []), *(["which"] if listed else []))
    rows = []
    for place, rank in enumerate(found[:most], start=1):
        counted = [rank.states] if tied else []
        which = [_names(conflict, rank.cells)] if listed else []
        rows.append((place, *counted, *which, *(_satisfied(truth) for truth in rank.satisfied)))
    notes = _more(len(found), len(rows), "rank")
    notes += [tell("Columns 1 to {statements}: the statements satisfied.", statements=statements)] if statements else []
    largest, total = max((rank.states for rank in found), default=0), sum(rank.states for rank in found)
    if largest > max(TIE_STATES, TIE_SHARE * total):
        notes.append(
            tell(
                "Beware: the largest tie holds {largest} of {total} states.",
                largest=numeral(largest),
                total=numeral(total),
            )
        )
    title = tell("States from best to worst for {name}", name=actor.name)
    return Sheet(title, (*columns, *(str(number + 1) for number in range(statements))), tuple(rows), tuple(notes))


def _satisfied(truth: bool | None) -> str:
    return "-" if truth is None else "✓" if truth else "·"


def _names(conflict: Conflict, cells: Cells, most: int = 12) -> Phrase:
    """States by name or number, the first few."""
    numbers = (np.searchsorted(conflict.states, cells[:most]) + 1).tolist()
    named = (conflict.state_names.get(cell, str(n)) for cell, n in zip(cells[:most].tolist(), numbers, strict=True))
    more = tell(" … {number} more", number=numeral(len(cells) - most)) if len(cells) > most else ""
    return Phrase.of(listing(map(StateTerm, named), " "), more)


def moves_sheet(conflict: Conflict, actor: Actor, found: Sequence[Choices]) -> Sheet:
    """Where an actor can go from each state, and where it wants to."""

    def say(cells: Cells) -> str:
        """By name; in models too large for numbers how many."""
        if numbered(conflict):
            return _names(conflict, cells)
        return many(len(cells), "state") if len(cells) else ""

    rows = [
        (
            StateTerm(conflict.state_names[each.cell]) if each.cell in conflict.state_names else number,
            say(each.moves),
            say(each.improvements),
        )
        for number, each in enumerate(found, start=1)
    ]
    notes = tuple(_more(state_count(conflict), len(found), "state"))
    return Sheet(
        tell("Moves of {name}", name=actor.name), ("from", "to", tell("of these preferred")), tuple(rows), notes
    )


def readings_sheets(scenario: Scenario) -> tuple[Sheet, ...]:
    """Every reading of every actor, with its statements or ranking."""
    return tuple(
        sheet
        for actor in scenario.actors
        for reading in actor.readings.values()
        for sheet in (_as_written(actor, reading), *adjusted_sheets(actor, reading))
    )


def _as_written(actor: Actor, reading: Reading) -> Sheet:
    return _ranking_as_written(actor, reading) if isinstance(reading, Ranking) else statements_sheet(actor, reading)


def _ranking_as_written(actor: Actor, reading: Ranking) -> Sheet:
    rows = [(str(place), listing(map(StateTerm, group), " = ")) for place, group in enumerate(reading.ranking, start=1)]
    about = f": {reading.about}" if reading.about else ""
    title = Phrase.told(
        "{name} wants, best first ({id}{about})", name=actor.name, id=ReadingTerm(reading.id, actor.id), about=about
    )
    return Sheet(title, ("rank", "states"), tuple(rows))


# --- the library ------------------------------------------------------------------------------------------------


def library_sheet(models: Iterable[tuple[Scenario, Conflict]]) -> Sheet:
    """The bundled models, one line each."""
    rows = [
        (s.name, s.title, c.count, len(s.actors), sum(len(p.options) for p in c.players) or None) for s, c in models
    ]
    note = tell("`detente show NAME` describes one, `detente analyze NAME` solves it.")
    return Sheet(tell("The bundled models"), ("name", "title", "states", "actors", "options"), tuple(rows), (note,))
