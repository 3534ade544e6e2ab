"""The section that comes first: the answer in a few sentences, and the key judgements, each with the section that shows why."""

from __future__ import annotations

from detente.case import CONCEPTS
from detente.engine.concepts import label
from detente.present.pages.blocks import Block, Fact, Facts, Section, Table, Text
from detente.present.report.answers import Findings
from detente.present.report.equilibria import ends_text
from detente.present.report.what_can_be_done import package_text, price, upset_text, upsetting
from detente.present.words import LIKELIHOOD, likely, listed, percent, upper
from detente.sheet import Sheet

PLAYED = {
    "ALL": "comes about wherever play ends",
    "SOME": "comes about in some of the places where play may end, and not in others",
    "NONE": "comes about in none of the places where play ends",
}


# --- the answer ---


def question(f: Findings) -> Section:
    """The answer, what it hangs on, and how likely words are meant."""
    blocks: list[Block] = [Text(_answer(f), strong=True)]
    facts = _facts(f)
    if facts:
        blocks.append(Facts("Key judgements", facts))
    if f.scenario.about:
        blocks.append(Text((f.scenario.about,)))
    if f.types is not None:
        rows = tuple((word, share) for _, word, share in LIKELIHOOD)
        note = (
            "A share counts combinations of readings, each as often as any other. It says how far the answer depends on "
            "who the actors are; it is no frequency in the world."
        )
        blocks.append(Table(Sheet("Words of likelihood on this page", ("word", "share"), rows, (note,)), folded=True))
    return Section(id="question", title="The question and the answer", blocks=tuple(blocks))


def _answer(f: Findings) -> tuple[str, ...]:
    """The answer in a sentence, and what it depends on."""
    if not f.started:
        counts = ", ".join(f"{f.analysis.count(c):,} under {label(c)}" for c in CONCEPTS)
        return (
            f"This model has no status quo to start from; its {f.analysis.states:,} states have equilibria: {counts}.",
        )
    if f.goal is None:
        return ends_text(f, "foresight"), "The model names no outcome to ask about."
    far, near = f.verdict(), f.verdict("myopic")
    lead = f"With the actors as they are taken to be, {f.goal_name} {PLAYED[far]}, if everybody thinks ahead."
    said = list[str]()
    if near != far:
        said.append(f"One-step reasoning misleads here: by it, the outcome {PLAYED[near]}.")
    said += _by_types(f) + _by_levers(f) + _by_pivots(f)
    return tuple(filter(None, (lead, " ".join(said))))


def _by_types(f: Findings) -> list[str]:
    if f.types is None:
        return []
    spread, asked = f.types.counts, f.types.actors
    every = all(actor.id in asked for actor in f.scenario.actors if len(actor.readings) > 1)
    who = "the actors" if every else listed(f.names.the(name) for name in asked)
    whole, sure, out = spread.total, spread.count("ALL"), spread.count("NONE")
    text = f"If {who} may have any reading in the file, it is {likely(sure / whole)} that it comes about for sure"
    text += f" ({sure} of {whole} combinations, {percent(sure, whole)})"
    return [f"{text} and {likely(out / whole)} that it does not come about at all ({out}, {percent(out, whole)})."]


def _by_levers(f: Findings) -> list[str]:
    found, name = f.levers, upper(f.names.the(f.leader.id))
    if found is None:
        return []
    if not found.minimal:
        return [f"{name} cannot bring it about alone."]
    first = min(found.minimal, key=lambda each: len(each.flips))
    if not first.flips:
        return [f"{name} makes sure of it by holding its course."]
    kept = " and would keep to it" if first.self_enforcing else ""
    kept = ", but would not keep to it if free again" if first.self_enforcing is False else kept
    return [f"{name} can make sure of it ({listed(f.words.changes(first.flips))}){kept}."]


def _by_pivots(f: Findings) -> list[str]:
    found = f.pivots
    if found is None:
        return []
    if not found.flips:
        return [f"None of {len(found.changes)} single changes to what the actors want flips this."]
    whose = listed(map(f.names.the, dict.fromkeys(each.actor for each in found.flips)))
    return [f"It hangs on {len(found.flips)} of {len(found.changes)} single changes to what the actors want ({whose})."]


# --- key judgements ---


def _facts(f: Findings) -> tuple[Fact, ...]:
    """What a reader takes away, each with its number and the section that shows it; only of sections that are there."""
    if not f.asked:
        return ()
    holds = [c for c in CONCEPTS if f.analysis.is_equilibrium(c, f.analysis.cell())]
    held = f"yes, under {listed(map(label, holds))}" if holds else "no"
    found: list[Fact | None] = [
        Fact(
            asks="Does the status quo hold?",
            answer=upper(held),
            says=ends_text(f, "foresight"),
            section="status-quo",
        ),
        _type_fact(f),
        _lever_fact(f),
        _price_fact(f),
        _coalition_fact(f),
        _pivot_fact(f),
    ]
    return tuple(fact for fact in found if fact and fact.section not in f.without)


def _type_fact(f: Findings) -> Fact | None:
    if f.types is None:
        return None
    spread = f.types.counts
    sure = spread.count("ALL")
    share = sure / spread.total
    says = (
        f"{f.goal_name} comes about for sure under {sure} of {spread.total} combinations of "
        f"readings, in some ends of play under {spread.count('SOME')}, nowhere under {spread.count('NONE')}."
    )
    return Fact(
        asks="If they are not who we think?",
        answer=f"{upper(likely(share))}, {percent(sure, spread.total)}",
        says=says,
        section="types",
        share=share,
    )


def _lever_fact(f: Findings) -> Fact | None:
    found, name = f.levers, f.names.the(f.leader.id)
    if found is None:
        return None
    said = _by_levers(f)[0]
    answer = "Not alone" if not found.minimal else "Yes, alone"
    return Fact(asks=f"Can {name} bring it about?", answer=answer, says=said, section="levers")


def _price_fact(f: Findings) -> Fact | None:
    found = f.packages.get(f.goal or "")
    if found is None:
        return None
    answer = "Not within these limits" if found.best is None else f"Price {price(found.best.price)}"
    return Fact(asks="What would it cost?", answer=answer, says=package_text(f), section="packages")


def _coalition_fact(f: Findings) -> Fact | None:
    if f.coalitions is None or not f.started:
        return None
    free, deterred = upsetting(f)
    answer = f"{len(free)} would" if free else "Only deterred ones" if deterred else "No"
    return Fact(asks="Would a coalition upset it?", answer=answer, says=upset_text(f), section="coalitions")


def _pivot_fact(f: Findings) -> Fact | None:
    found = f.pivots
    if found is None:
        return None
    return Fact(
        asks="What does it hang on?",
        answer=f"{len(found.flips)} of {len(found.changes)} changes",
        says=_by_pivots(f)[0],
        section="pivots",
    )
