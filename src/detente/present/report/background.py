"""The sections that say what is in the file: who, what can be done, what happened, what it rests on. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from detente.analysis import Analysis
from detente.case import CONCEPTS as USED
from detente.case import Case
from detente.engine.concepts import CONCEPTS, label
from detente.literature import citations
from detente.present.pages.blocks import Block, Date, Dates, Picture, Section, Table, Text
from detente.present.pictures import actor_map as relations
from detente.present.pictures import timeline as times
from detente.present.words import names_of, plain
from detente.scenario.model import Evidence, Ranking, Reading, Relation, Scenario
from detente.sheet import Sheet

SIGN_WORDS = {"+": "+ for", "-": "− against", "+/-": "± mixed", "0": "0 neutral"}


def evidence_text(evidence: Evidence) -> str:
    """Where something is said, how sure it is."""
    place = ", ".join(filter(None, (" and ".join(evidence.source), evidence.where)))
    return "; ".join(filter(None, (place, evidence.confidence, evidence.note)))


def actors(scenario: Scenario, chosen: Mapping[str, str], model: str) -> Section:
    """Who decides, in which reading, and who stands how to whom."""
    rows = []
    for actor in scenario.actors:
        reading = actor.readings.get(chosen.get(actor.id, ""))
        others = ", ".join(name for name in actor.readings if reading is None or name != reading.id)
        named = "" if reading is None or len(actor.readings) == 1 else reading.id
        rows.append((actor.name, actor.about, named, reading.about if reading else "", others))
    columns = ("actor", "who", "reading used", "what it wants, in short", "other readings")
    keep = [n for n in range(5) if n == 0 or any(row[n] for row in rows)]
    sheet = Sheet("Who decides", tuple(columns[n] for n in keep), tuple(tuple(row[n] for n in keep) for row in rows))
    blocks: list[Block] = [Table(sheet)]
    if scenario.relations:
        picture = Picture(relations.actor_map(scenario), command=f"detente picture actors {model}")
        blocks += [picture, Table(_relations(scenario), folded=True)]
    return Section("actors", "Actors and relations" if scenario.relations else "Actors", tuple(blocks))


def _relations(scenario: Scenario) -> Sheet:
    names = names_of(scenario)

    def row(tie: Relation) -> tuple[Any, ...]:
        ends = (", ".join(names.get(name, name) for name in side) for side in (tie.origin, tie.target))
        a, b = ends
        link = f"{a} ↔ {b}" if tie.mutual else f"{a} → {b}"
        return link, SIGN_WORDS[tie.sign], tie.kind, tie.time, tie.status, evidence_text(tie.evidence)

    columns = ("who and whom", "sign", "what", "when", "standing", "source")
    return Sheet("The relations one by one", columns, tuple(map(row, scenario.relations)))


def options(scenario: Scenario, analysis: Analysis) -> Section:
    """What everybody can do, and how things stand."""
    from detente.present.tables.scenario import rules_sheet

    if scenario.graph:
        words = f"This model names its {analysis.states} states instead of options. Status quo: {scenario.now}."
        return Section("options", "What can happen", (Text((words,)),))
    now = scenario.now if isinstance(scenario.now, Mapping) else {}
    rows: list[tuple[Any, ...]] = []
    for actor in scenario.actors:
        if actor.options:
            rows.append((actor.name, *[None] * 4))
        for o in actor.options:
            value = now.get(o.key, 0)
            today = ("✓ yes" if value else "– no") if o.binary else o.choices[value]
            limits = [f"{o.choices[v] + ': ' if not o.binary else ''}only where {g}" for v, g in o.needs.items()]
            limits += ["cannot change" if o.change == "fixed" else "one way only"] if o.change != "both" else []
            rows.append(
                (
                    o.name or o.key,
                    o.key,
                    today if scenario.now is not None else "",
                    "; ".join(limits),
                    evidence_text(o.evidence),
                )
            )
    columns = ("option", "code", "today", "limits", "source and notes")
    started = scenario.now is not None
    note = f"{'Today is the status quo. ' if started else ''}Tables further down use the codes; point at one to see its name."
    keep = [n for n in range(5) if n < 2 or any(row[n] for row in rows)]
    sheet = Sheet(
        "Options, actor by actor",
        tuple(columns[n] for n in keep),
        tuple(tuple(r[n] for n in keep) for r in rows),
        (note,),
    )
    more = (Table(rules_sheet(scenario)),) if scenario.rules else ()
    return Section("options", f"What each can do{', and the status quo' if started else ''}", (Table(sheet), *more))


def timeline(scenario: Scenario, model: str) -> tuple[Block, ...]:
    """What the articles say happened, and the later public record, apart."""
    blocks: list[Block] = []
    if scenario.timeline or scenario.history:
        blocks.append(Picture(times.timeline(scenario), command=f"detente picture timeline {model}"))
    for kind in dict.fromkeys(moment.kind for moment in scenario.timeline):
        word = times.LANES.get(kind, plain(kind))
        dates = tuple(
            Date(m.date, m.says, word, evidence_text(m.evidence)) for m in scenario.timeline if m.kind == kind
        )
        blocks.append(Dates(f"Timeline: {word}", dates))
    events = tuple(Date(e.date, e.says or scenario.actor(e.by).name, "recorded move") for e in scenario.history)
    return (*blocks, *((Dates("Recorded moves", events),) if events else ()))


SUPPOSED = frozenset({"supposition", ""})
"""Kinds of source that say that nobody said so."""


def assumptions(case: Case) -> Sheet | None:
    """What the answers rest on that no source says, or that settles by assumption what the model might have derived."""
    scenario = case.scenario

    def unsaid(evidence: Evidence) -> str:
        kinds = {scenario.sources[name].kind for name in evidence.source if name in scenario.sources}
        if not scenario.sources or not (kinds & SUPPOSED or not kinds):
            return ""
        return "nobody said so" if kinds <= SUPPOSED else "supposed in part"

    rows: list[tuple[str, str, str, str]] = []
    for actor in scenario.actors:
        reading = case.reading(actor.id) if actor.readings else None
        for rank, wish in enumerate(reading.statements if reading else (), 1):
            reaction = any(w.reaction for w in case.wishes if (w.actor, w.rank) == (actor.id, rank))
            why = [*filter(None, [unsaid(wish.evidence)]), *(["a reaction rule"] if reaction else [])]
            if why:
                rows.append((f"{actor.name}, wish {rank}", str(wish), "; ".join(why), wish.evidence.note))
        rows += [
            (f"{actor.name}, option", option.name or option.key, unsaid(option.evidence), option.evidence.note)
            for option in actor.options
            if unsaid(option.evidence)
        ]
    rows += [
        ("incentive", f"{each.name or name}, price {each.cost}", unsaid(each.evidence), each.evidence.note)
        for name, each in scenario.incentives.items()
        if unsaid(each.evidence)
    ]
    note = "A reaction rule fixes an option of its owner as a function of others': it assumes what might have been derived."
    columns = ("whose", "what", "why it is an assumption", "note")
    return Sheet("Assumptions to check first", columns, tuple(rows), (note,)) if rows else None


def evidence(case: Case) -> Section:
    """What the lists used rest on, what is assumed, and the sources."""
    scenario, chosen = case.scenario, case.chosen
    supposed = assumptions(case)
    blocks: list[Block] = [Text((case.basis.summary,)), *([Table(supposed)] if supposed else [])]
    blocks += [
        Table(_wants(actor.name, actor.reading(chosen[actor.id]), len(actor.readings) > 1), folded=True)
        for actor in scenario.actors
        if actor.id in chosen
    ]
    said = [(s.id, s.text, s.kind, s.grade, s.date, s.note) for s in scenario.sources.values()]
    columns = ("source", "what it is", "kind", "grade", "date", "note")
    keep = [n for n in range(6) if n < 2 or any(row[n] for row in said)]
    rows = tuple(tuple(row[n] for n in keep) for row in said)
    note = ("Grades: how reliable the source (A to F) and how credible the statement (1 to 6).",)
    if said:
        graded = note if any(row[3] for row in said) else ()
        blocks.append(Table(Sheet("Sources", tuple(columns[n] for n in keep), rows, graded)))
    links = tuple(f"{source.id}: {source.url}" for source in scenario.sources.values() if source.url)
    return Section("evidence", "Evidence and assumptions", (*blocks, *((Text(links, points=True),) if links else ())))


def _wants(name: str, reading: Reading, several: bool) -> Sheet:
    title = f"{name}: what it wants, most important first" + (f" (reading {reading.id})" if several else "")
    if isinstance(reading, Ranking):
        groups = tuple((n, " ~ ".join(group)) for n, group in enumerate(reading.ranking, 1))
        return Sheet(title, ("rank", "states"), groups, tuple(filter(None, (reading.about,))))
    rows = []
    for n, wish in enumerate(reading.statements, 1):
        marks = [f"unknown: {', '.join(sorted(wish.unknown))}"] if wish.unknown else []
        rows.append((n, str(wish), "; ".join([evidence_text(wish.evidence), *marks]), ", ".join(wish.evidence.claims)))
    columns = ("rank", "wish", "source", "claims")
    keep = [n for n in range(4) if n < 3 or any(row[n] for row in rows)]
    kept = tuple(tuple(row[n] for n in keep) for row in rows)
    return Sheet(title, tuple(columns[n] for n in keep), kept, tuple(filter(None, (reading.about,))))


def literature(case: Case, questions: Iterable[str]) -> Section:
    """What the concepts and the questions of this report rest on, and the works that the model itself cites."""
    own = [(source.text, "source of this model") for source in case.scenario.sources.values() if source.kind in WORKS]
    used = [tuple(text.split(": ", 1)) for text in citations(case, None, questions)]
    sheet = Sheet("Literature used", ("work", "for what"), (*own, *((work, what) for work, what in used)))
    words = Sheet(
        "Stability, in words",
        ("concept", "an actor stays if", "source"),
        tuple((f"{c.name} ({label(c.id)})", c.meaning, c.source) for c in CONCEPTS.values() if c.id in USED),
    )
    return Section("literature", "Method and literature", (Table(words), Table(sheet)))


WORKS = frozenset({"article", "book", "paper", "report"})
