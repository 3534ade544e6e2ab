"""The sections that answer: the brief, and what it asked that has a place of its own, strategic moves and observations."""

from __future__ import annotations

from detente.present.brief import page
from detente.present.pages.blocks import Block, Section, Table, Talk, Text, Turn
from detente.present.report.answers import Findings
from detente.questions.brief import FIELDS
from detente.questions.policy.inducement import KEPT_EXPLAINED

ABOVE = ("question", "answer", "table")
"""Fields of a brief that stand as they are: the question is the headline of a report."""


def brief(f: Findings) -> Section | None:
    """The one page; of a question that was chosen for this report the file has no brief."""
    if f.brief is None:
        return None
    told = page(f.case, f.brief)
    blocks: list[Block] = [Text((told.paragraphs["answer"],), strong=True)]
    if told.table:
        blocks.append(Table(told.table))
    turns = tuple(Turn(FIELDS[name], text) for name, text in told.paragraphs.items() if name not in ABOVE)
    blocks += [
        Talk("", turns),
        *([Table(told.names, folded=True)] if told.names else []),
        Table(told.rests, folded=True),
    ]
    return Section(id="brief", title="The brief", blocks=tuple(blocks))


def moves(f: Findings) -> Section | None:
    """What an actor can bring about by committing itself first, and whether it would be kept."""
    found = f.inducements
    if found is None:
        return None
    words = {each.kept_word for each in found.minimal}
    said = [text for word, text in KEPT_EXPLAINED.items() if word in words]
    lead = "A strategic move is made before the others move: something is fixed, or a rule is announced, and they then play."
    tables = [f.table(sheet) for sheet in found.sheets()] if found.minimal else []
    none = f"None of {len(found.commitments):,} such commitments makes a difference that pays the actor that makes it."
    text = Text((" ".join([lead, *(said if found.minimal else [none])]),))
    return Section(id="moves", title="Strategic moves that make a difference", blocks=(text, *tables))


def observations(f: Findings) -> Section | None:
    """What would have to be seen to tell rival readings apart, before any record is looked at."""
    found = f.observations
    if found is None or found.accounts is None:
        return None
    readings, _, watch = found.sheets()
    text = "These moves, and these failures to move, would tell rival readings apart. None of them is a forecast."
    return Section(
        id="observations",
        title="What would tell the readings apart",
        blocks=(Text((text,)), f.table(watch), f.table(readings, folded=True)),
    )
