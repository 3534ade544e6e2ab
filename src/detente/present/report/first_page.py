"""The sections that answer: the brief, and what it asked that has a place of its own, strategic moves and observations."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from detente.messages import Messages, numeral, tell
from detente.present.brief import page
from detente.present.live import ALWAYS, briefing, fits
from detente.present.names import IN_WORDS, TONES, upper
from detente.present.pages.blocks import Axis, Block, Choose, Live, Section, Table, Talk, Text, Turn
from detente.present.report.answers import Findings
from detente.questions.brief import FIELDS
from detente.questions.partnerships.break_matrix import OPEN
from detente.questions.policy.inducement import KEPT_EXPLAINED

ABOVE = ("question", "answer", "near", "table")
"""Fields of a brief that stand as they are, above the others: the question is the headline of a report."""


def brief(f: Findings) -> Section | None:
    """The one page; of a question that was chosen for this report the file has no brief."""
    if f.brief is None:
        return None
    told = page(f.case, f.brief)
    blocks: list[Block] = [Text((told.paragraphs["answer"],), strong=True)]
    blocks += [Text((told.paragraphs["near"],))] if "near" in told.paragraphs else []
    blocks += combinations(f)
    if told.table:
        blocks.append(Table(told.table))
    turns = tuple(Turn(FIELDS[name], text) for name, text in told.paragraphs.items() if name not in ABOVE)
    blocks += [
        Talk("", turns),
        *([Table(told.names, folded=True)] if told.names else []),
        Table(told.rests, folded=True),
    ]
    return Section(id="brief", title=tell("The brief"), blocks=tuple(blocks))


MOST = 1_024
"""Combinations whose verdicts a page carries, at most."""

AXES = 4
"""Selects that stand beside a headline, at most."""


def combinations(f: Findings) -> tuple[Choose, ...]:
    """The verdict for every combination of readings, one at a time; for a partnership, under every policy.

    All of it is computed for the tables of the report; nothing where no actor has rival readings, or for too many.
    """
    names = list(f.scenario.partnerships)
    asked = f.asking.name or (names[0] if len(names) == 1 else "")
    found = _of_policies(f, asked) if f.asking.ask == "break" and asked else _of_types(f)
    return (found,) if found and len(found.axes) <= AXES and 1 < len(found.results) <= MOST else ()


def _axis(f: Findings, actor: str, readings: Iterable[str]) -> Axis:
    """The readings of an actor."""
    return Axis(label=f.names.name(actor), choices=tuple(f.names.reading(actor, name) for name in readings))


def _of_policies(f: Findings, name: str) -> Choose | None:
    found = f.break_matrix(name)
    if found is None:
        return None
    own = {actor: list(dict.fromkeys(cell.readings[actor] for cell in found.cells)) for actor in found.actors}
    ways = [dict(zip(own, way, strict=True)) for way in itertools.product(*own.values())]
    fates = [found.at(policy, **way).fate for policy in found.policies for way in ways]
    policies = Axis(label="Policy", choices=tuple(f.names.thing(policy) for policy in found.policies))
    return Choose(
        title=tell("Every combination: choose a policy, and how the actors are read"),
        subject=f"{upper(f.names.thing(name))}",
        axes=(policies, *(_axis(f, actor, readings) for actor, readings in own.items())),
        results=tuple(FATES.get(fate, IN_WORDS.get(fate, fate)) for fate in fates),
        tones=tuple(TONES.get(fate, 2) for fate in fates),
        start=(0, *(_start(f, actor, readings) for actor, readings in own.items())),
    )


def _of_types(f: Findings) -> Choose | None:
    found = f.types
    if found is None or not found.query.of or not found.actors:
        return None
    own = {actor: list(readings) for actor, readings in found.marginals.items()}
    known = {tuple(row.readings[actor] for actor in own): row.verdict for row in found.rows}
    verdicts = [known[way] for way in itertools.product(*own.values())]
    return Choose(
        title=tell("Every combination: choose how the actors are read"),
        subject=tell("{of} comes about", of=upper(f.called(str(found.query.of)))),
        axes=tuple(_axis(f, actor, readings) for actor, readings in own.items()),
        results=tuple(IN_WORDS.get(verdict, verdict) for verdict in verdicts),
        tones=tuple(TONES.get(verdict, 2) for verdict in verdicts),
        start=tuple(_start(f, actor, readings) for actor, readings in own.items()),
    )


FATES = Messages({OPEN: "is left open by what the policy leaves unsaid"})
"""What becomes of a partnership, where a verdict's own words do not say it."""


def _start(f: Findings, actor: str, readings: list[str]) -> int:
    """The reading chosen for the case, else the first."""
    chosen = f.case.chosen.get(actor, "")
    return readings.index(chosen) if chosen in readings else 0


def live(f: Findings) -> Section | None:
    """What a reader can change, with the verdicts found anew in the page; of a large model only where that is asked for."""
    if f.live is False or not fits(f.case) or (f.live is None and f.analysis.states > ALWAYS):
        return None
    data = briefing(f.case, f.words)
    block = Live(states=f.analysis.states, still=data["words"]["still"], data=data)
    return Section(id="live", title=tell("Change it and see"), blocks=(block,))


def moves(f: Findings) -> Section | None:
    """What an actor can bring about by committing itself first, and whether it would be kept."""
    found = f.inducements
    if found is None:
        return None
    words = {each.kept_word for each in found.minimal}
    said = [text for word, text in KEPT_EXPLAINED.items() if word in words]
    lead = tell(
        "A strategic move is made before the others move: something is fixed, or a rule is "
        "announced, and they then play."
    )
    tables = [f.table(sheet) for sheet in found.sheets()] if found.minimal else []
    none = tell(
        "None of {number} such commitments makes a difference that pays the actor that makes it.",
        number=numeral(len(found.commitments)),
    )
    text = Text((" ".join([lead, *(said if found.minimal else [none])]),))
    return Section(id="moves", title=tell("Strategic moves that make a difference"), blocks=(text, *tables))


def observations(f: Findings) -> Section | None:
    """What would have to be seen to tell rival readings apart, before any record is looked at."""
    found = f.observations
    if found is None or found.accounts is None:
        return None
    readings, _, watch = found.sheets()
    text = tell("These moves, and these failures to move, would tell rival readings apart. None of them is a forecast.")
    return Section(
        id="observations",
        title=tell("What would tell the readings apart"),
        blocks=(Text((text,)), f.table(watch), f.table(readings, folded=True)),
    )
