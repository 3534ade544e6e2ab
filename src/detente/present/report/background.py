"""The sections that say what is in the file: who, what can be done, what happened, what it rests on. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from detente.case import CONCEPTS as USED
from detente.case import Case
from detente.engine.concepts import CONCEPTS, label
from detente.literature import citations
from detente.messages import tell
from detente.present.names import Names, choice, isolated, plain, upper
from detente.present.pages.blocks import Block, Date, Dates, Meanings, Picture, Section, Table, Text
from detente.present.pages.terms import entries
from detente.present.pictures import actor_map as relations
from detente.present.pictures import timeline as times
from detente.present.report.answers import Findings
from detente.present.tables.scenario import rules_sheet
from detente.present.words import switches_text
from detente.questions.incentives.offers import span
from detente.questions.uncertainty.evidence import Ledger
from detente.questions.uncertainty.evidence import evidence as ask_evidence
from detente.scenario.model import Actor, Evidence, Ranking, Reading, Relation, Scenario
from detente.sheet import FormulaTerm, NameTerm, Phrase, Sheet, StateTerm, heading, listing

SIGN_WORDS = {"+": "+ for", "-": "− against", "+/-": "± mixed", "0": "0 neutral"}


def evidence_text(evidence: Evidence) -> str:
    """Where something is said, how sure it is."""
    place = ", ".join(filter(None, (" and ".join(evidence.source), evidence.where)))
    return "; ".join(filter(None, (place, evidence.confidence, evidence.note)))


def actors(f: Findings) -> Section:
    """Who decides, in which reading, and who stands how to whom."""
    scenario, chosen = f.scenario, f.case.chosen
    rows = []
    for actor in scenario.actors:
        reading = actor.readings.get(chosen.get(actor.id, ""))
        others = ", ".join(
            f.names.reading(actor.id, name) for name in actor.readings if reading is None or name != reading.id
        )
        named = "" if reading is None or len(actor.readings) == 1 else f.names.reading(actor.id, reading.id)
        rows.append((actor.name, actor.about, named, reading.about if reading else "", others))
    columns = ("actor", "who", tell("reading used"), tell("what it wants, in short"), tell("other readings"))
    blocks: list[Block] = [Table(Sheet(tell("Who decides"), columns, tuple(rows)).trimmed())]
    if scenario.relations:
        picture = Picture(relations.actor_map(scenario), command=f"detente picture actors {f.model}")
        blocks += [picture, Table(_relations(scenario), folded=True)]
    title = tell("Actors and relations") if scenario.relations else "Actors"
    return Section(id="actors", title=title, blocks=tuple(blocks))


def _relations(scenario: Scenario) -> Sheet:
    names = Names.of(scenario)

    def row(tie: Relation) -> tuple[Any, ...]:
        ends = (", ".join(names.name(name) for name in side) for side in (tie.origin, tie.target))
        a, b = ends
        link = f"{a} ↔ {b}" if tie.mutual else f"{a} → {b}"
        return link, SIGN_WORDS[tie.sign], tie.kind, tie.time, tie.status, evidence_text(tie.evidence)

    columns = (tell("who and whom"), "sign", "what", "when", "standing", "source")
    return Sheet(tell("The relations one by one"), columns, tuple(map(row, scenario.relations)))


def options(f: Findings) -> Section:
    """What everybody can do, and how things stand."""
    scenario, analysis = f.scenario, f.analysis
    if scenario.graph:
        words = tell(
            "This model names its {states} states instead of options. Today: {now}.",
            states=analysis.states,
            now=scenario.now,
        )
        return Section(id="options", title=tell("What can happen"), blocks=(Text((words,)),))
    now = scenario.now if isinstance(scenario.now, Mapping) else {}
    rows: list[tuple[Any, ...]] = []
    for actor in scenario.actors:
        if actor.options:
            rows.append(heading(actor.name, 5))
        for o in actor.options:
            value = now.get(o.key, 0)
            today = ("✓ yes" if value else "– no") if o.binary else choice(o, value)
            limits = [
                Phrase.told("{word}only where {g}", word="" if o.binary else f"{choice(o, v)}: ", g=FormulaTerm(str(g)))
                for v, g in o.own_needs.items()
            ]
            limits += [
                Phrase.told(
                    "{word}lasts while {g}", word="" if o.binary else f"{choice(o, v)}: ", g=FormulaTerm(str(g))
                )
                for v, g in o.stays.items()
            ]
            limits += [Phrase.of(switches)] if (switches := switches_text(o)) else []
            rows.append(
                (
                    o.name or o.key,
                    o.key,
                    today if scenario.now is not None else "",
                    listing(limits, "; "),
                    evidence_text(o.evidence),
                )
            )
    columns = ("option", "code", "today", "limits", tell("source and notes"))
    started = scenario.now is not None
    note = tell("Commands and formulas call an option by its code.")
    sheet = Sheet(tell("Options, actor by actor"), columns, tuple(rows), (note,)).trimmed(2)
    more = (Table(rules_sheet(scenario)),) if scenario.rules else ()
    title = tell("What each can do{word}", word=tell(", and today's state") if started else "")
    return Section(id="options", title=title, blocks=(Table(sheet), *more, *_meanings(f)))


def _meanings(f: Findings) -> tuple[Table, ...]:
    """What the file calls an outcome, and what a partnership consists in."""
    scenario = f.scenario
    outcomes = tuple((f.names.thing(name), name, FormulaTerm(each.formula)) for name, each in scenario.outcomes.items())
    flows = tuple(
        (f.names.thing(name), name, NameTerm(flow), FormulaTerm(lasts), flow in each.core)
        for name, each in scenario.partnerships.items()
        for flow, lasts in each.flows.items()
    )
    fates = tell(
        "It holds: all flows of today last. It breaks: it does not hold, and every flow of its core "
        "has lapsed. It frays: some flows have lapsed, but not all of the core."
    )
    columns = ("partnership", "code", "flow", tell("lasts where"), "core")
    tables = (
        Sheet(tell("What the outcomes mean"), ("outcome", "code", tell("is so where")), outcomes),
        Sheet(tell("What the partnerships consist in"), columns, flows, (fates,)),
    )
    return tuple(Table(sheet) for sheet in tables if sheet.rows)


def timeline(f: Findings) -> Section | None:
    """What happened, and how well the readings explain the recorded moves."""
    blocks = [*_dates(f), *(f.table(sheet) for sheet in (f.hindcast.sheets() if f.hindcast else ()))]
    title = tell("Timeline and hindcast") if f.scenario.history else "Timeline"
    return Section(id="timeline", title=title, blocks=tuple(blocks)) if blocks else None


def _dates(f: Findings) -> tuple[Block, ...]:
    """What the articles say happened, and the later public record, apart."""
    scenario = f.scenario
    blocks: list[Block] = []
    if scenario.timeline or scenario.history:
        blocks.append(Picture(times.timeline(scenario), command=f"detente picture timeline {f.model}"))
    for kind in dict.fromkeys(moment.kind for moment in scenario.timeline):
        word = times.LANES.get(kind, plain(kind))
        dates = tuple(
            Date(when=m.date, says=m.says, mark=word, source=evidence_text(m.evidence))
            for m in scenario.timeline
            if m.kind == kind
        )
        blocks.append(Dates(tell("Timeline: {word}", word=word), dates))
    events = tuple(
        Date(
            when=e.date,
            says=e.says or (scenario.actor(e.by).name if e.by else tell("nobody moved")),
            mark=tell("recorded move"),
        )
        for e in scenario.history
    )
    return (*blocks, *((Dates(tell("Recorded moves"), events),) if events else ()))


def assumptions(case: Case) -> Sheet | None:
    """What the answers rest on that no source says, or that settles by assumption what the model might have derived."""
    scenario = case.scenario

    names = Names.of(scenario)

    def unsaid(evidence: Evidence) -> str:
        if not scenario.sources:
            return ""
        if scenario.supposed(evidence.source):
            return tell("nobody said so")
        return tell("supposed in part") if any(scenario.supposed([name]) for name in evidence.source) else ""

    rows: list[tuple[Any, ...]] = []
    for actor in scenario.actors:
        reading = case.reading(actor.id) if actor.readings else None
        for rank, wish in enumerate(reading.statements if reading else (), 1):
            reaction = any(w.reaction for w in case.wishes if (w.actor, w.rank) == (actor.id, rank))
            why = [*filter(None, [unsaid(wish.evidence)]), *([tell("a reaction rule")] if reaction else [])]
            if why:
                whose = tell("{id}, aim {rank}", id=names.name(actor.id), rank=rank)
                rows.append((whose, FormulaTerm(str(wish)), "; ".join(why), wish.evidence.note))
        rows += [
            (
                tell("{id}, option", id=names.name(actor.id)),
                option.name or option.key,
                unsaid(option.evidence),
                option.evidence.note,
            )
            for option in actor.options
            if unsaid(option.evidence)
        ]
    rows += [
        (
            "incentive",
            tell("{name}, price {span}", name=isolated(each.name or name), span=span(each.cost, each.cost_most)),
            unsaid(each.evidence),
            each.evidence.note,
        )
        for name, each in scenario.incentives.items()
        if unsaid(each.evidence)
    ]
    fixes = tell(
        "A reaction rule fixes an option of its owner as a function of others': it assumes what "
        "might have been derived."
    )
    notes = (fixes,) if any("reaction rule" in str(why) for _, _, why, _ in rows) else ()
    columns = ("whose", "what", tell("why it is an assumption"), "note")
    return Sheet(tell("Assumptions to check first"), columns, tuple(rows), notes) if rows else None


def evidence(f: Findings) -> Section:
    """What the lists used rest on, what is assumed, and the sources."""
    case = f.case
    scenario, chosen = case.scenario, case.chosen
    supposed = assumptions(case)
    ledger = ask_evidence(case)
    stale = {each.id: "stale" for each in ledger.sources if each.stale}
    rests = (case.basis.summary, *([str(ledger.headline)] if scenario.sources else []))
    blocks: list[Block] = [Text(rests), *([Table(supposed)] if supposed else [])]
    blocks += [
        Table(_wants(f, actor, actor.reading(chosen[actor.id]), ledger), folded=True)
        for actor in scenario.actors
        if actor.id in chosen
    ]
    said = [
        (s.id, s.text, s.kind, s.grade, s.date, s.checked, stale.get(s.id, ""), s.note)
        for s in scenario.sources.values()
    ]
    columns = ("source", tell("what it is"), "kind", "grade", "date", "checked", "standing", "note")
    note = (tell("Grades: how reliable the source (A to F) and how credible the statement (1 to 6)."),)
    if said:
        graded = note if any(row[3] for row in said) else ()
        blocks.append(Table(Sheet(tell("Sources"), columns, tuple(said), graded).trimmed(2)))
    links = tuple(f"{source.id}: {source.url}" for source in scenario.sources.values() if source.url)
    blocks += [Text(links, points=True)] if links else []
    return Section(id="evidence", title=tell("Evidence and assumptions"), blocks=tuple(blocks))


def _wants(f: Findings, actor: Actor, reading: Reading, ledger: Ledger) -> Sheet:
    title = tell("{id}: aims, the most important first", id=upper(f.names.the(actor.id)))
    title += tell(" (read as “{id}”)", id=f.names.reading(actor.id, reading.id)) if len(actor.readings) > 1 else ""
    if isinstance(reading, Ranking):
        groups = tuple((n, listing(map(StateTerm, group), " ~ ")) for n, group in enumerate(reading.ranking, 1))
        return Sheet(title, ("rank", "states"), groups, _beside(f, actor, reading))
    rows = []
    own = [each for each in ledger.in_force if (each.kind, each.owner) == ("aim", actor.id)]
    for n, (wish, rests) in enumerate(zip(reading.statements, own, strict=True), 1):
        marks = [tell("unknown: {unknown}", unknown=", ".join(sorted(wish.unknown)))] if wish.unknown else []
        rows.append(
            (
                n,
                upper(f.words.aim(wish, actor.id)),
                "; ".join([evidence_text(wish.evidence), *marks]),
                ", ".join(wish.evidence.claims),
                ", ".join(rests.standing) if f.scenario.sources else "",
            )
        )
    columns = ("rank", "aim", "source", "claims", "standing")
    return Sheet(title, columns, tuple(rows), _beside(f, actor, reading)).trimmed(3)


def _beside(f: Findings, actor: Actor, reading: Reading) -> tuple[str, ...]:
    """What a list is about, and what sets its ranking right."""
    adjusted = (
        tell("The list is set right for single states: {adjusted} ({source}).", adjusted=said, source=grounds)
        if (grounds := evidence_text(adjustment.evidence))
        else tell("The list is set right for single states: {adjusted}.", adjusted=said)
        for adjustment, said in zip(reading.adjust, f.words.adjusted(reading, actor.id), strict=True)
    )
    return tuple(filter(None, (reading.about, *adjusted)))


def limits(f: Findings) -> Section | None:
    """What the file leaves out on purpose, what was not asked here, and warnings."""
    left = (tell("Not asked in this report:"), *dict.fromkeys(f.left_out)) if f.left_out else ()
    blocks = tuple(Text(each, points=True) for each in (f.scenario.leaves_out, left, f.case.warnings) if each)
    return Section(id="limits", title=tell("What the model leaves out"), blocks=blocks) if blocks else None


def literature(f: Findings) -> Section:
    """What the concepts and the questions of this report rest on, and the works that the model itself cites."""
    own = [
        (source.text, tell("source of this model")) for source in f.scenario.sources.values() if source.kind in WORKS
    ]
    used = [tuple(text.split(": ", 1)) for text in citations(f.case, None, f.questions)]
    rows = tuple(
        (Phrase.of(work), Phrase.of(what)) for work, what in (*own, *used)
    )  # works are cited as they are called
    sheet = Sheet(tell("Literature used"), ("work", tell("for what")), rows)
    words = Sheet(
        tell("Stability, in words"),
        ("concept", tell("an actor stays if"), "source"),
        tuple(
            (f"{tell(c.name)} ({label(c.id)})", tell(c.meaning), Phrase.of(c.source))
            for c in map(CONCEPTS.__getitem__, USED)
        ),
    )
    return Section(id="literature", title=tell("Method and literature"), blocks=(Table(words), Table(sheet)))


def meanings(f: Findings) -> Section | None:
    """What the words of the glossary mean that stand in the sections made before."""
    said = (
        block.to_json() for section in f.made.values() for block in section.blocks if not isinstance(block, Picture)
    )
    known = entries("\n".join(text for each in said for text in _texts(each)))
    text = tell(
        "The words as this report uses them. `detente help WORD` and the glossary of the documentation say more."
    )
    return (
        Section(id="words", title=tell("What the words mean"), blocks=(Text((text,)), Meanings(known)))
        if known
        else None
    )


def _texts(value: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, Iterable):
        yield from (text for each in value for text in _texts(each))


WORKS = frozenset({"article", "book", "paper", "report"})
