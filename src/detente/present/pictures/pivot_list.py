"""What the answer turns on: only the single changes to the actors' aims that alter it; the others as a strip of ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.messages import tell
from detente.present.names import IN_WORDS, tone, upper
from detente.present.pictures.drawing import Drawing, Mark, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.pictures.origin import origin_of
from detente.present.pictures.verdict_grids import scale
from detente.present.words import Words
from detente.questions.uncertainty.pivots import Change, Pivots
from detente.scenario.model import Ranking, Scenario
from detente.sheet import VerdictTerm, listed, many

WIDE, RANK, CELL = 880.0, 52.0, 150.0
"""The whole width, the room for the rank, and for the verdict."""

ROWS = 30
"""Rows at most; a row has all changes of one aim of one kind that lead to one verdict."""

NAMED = 4
"""Aims named in a row at most."""


@dataclass(frozen=True)
class _Row:
    """Changes of one aim that are of one kind and lead to one verdict."""

    actor: str
    changes: tuple[Change, ...]

    @property
    def verdict(self) -> str:
        return self.changes[0].verdict or ""


def pivots_picture(found: Pivots, scenario: Scenario, goal: str) -> Drawing:
    """Actor by actor the changes that alter the answer, each with what the answer becomes."""
    pen, words, rows = Pen(), Words(scenario), _rows(found)
    shown, top = rows[:ROWS], 18.0
    pen.text(0, top, tell("As the aims stand"), "", 12, bold=True)
    _verdict(pen, found.verdict, top - 16)
    top += 22
    for actor in found.actors:
        mine = [change for change in found.changes if change.actor == actor]
        if not mine:
            continue
        pen.line([(0, top), (WIDE, top)], "rule")
        top = _head(pen, words, found, actor, mine, top + 20)
        for row in (each for each in shown if each.actor == actor):
            said = wrap(_said(words, scenario, row.changes), WIDE - RANK - CELL - 20, 11.5)
            high = max(26.0, 15 * len(said) + 8)
            pen.text(0, top + 17, tell("aim {rank}", rank=row.changes[0].rank), "soft", 11)
            pen.lines(RANK, top + 17, said, "", 11.5)
            _verdict(pen, row.verdict, top)
            top += high
        top += 4
    left = sum(len(row.changes) for row in rows[ROWS:])
    if left:
        pen.text(
            0,
            top + 16,
            tell("{number} that would alter the answer not drawn.", number=many(left, "more change")),
            "soft",
            11,
        )
    title = _title(found, goal)
    text = tell(
        "A row is a change to one aim of an actor, with what the answer becomes. A tick stands for "
        "every change tried, in the order of the aims; a high dark one alters the answer."
    )
    ticks = Mark.of(tell("one that alters nothing"), lambda p: p.line([(11, 4), (11, 10)], "off"))
    flip = Mark.of(tell("a change that alters the answer"), lambda p: p.box(9, 0, 4, 12, "dark", 0))
    key = (*scale(tell("always"), tell("sometimes"), tell("never")), flip, ticks)
    return pen.drawing("pivots", title, text, key, origin_of(found.basis, scenario))


def _title(found: Pivots, goal: str) -> str:
    now, flips, tried = IN_WORDS[found.verdict], len(found.flips), many(len(found.changes), "single change")
    begin = tell("{goal}: {now} as the aims stand", goal=upper(goal), now=now)
    if not found.changes:
        return tell("{begin}; there is no aim to change.", begin=begin)
    if not flips:
        return tell("{begin}; none of {tried} to them alters that.", begin=begin, tried=tried)
    return tell(
        "{begin}; {flips} of {tried} to them {word} that.",
        begin=begin,
        flips=flips,
        tried=tried,
        word=tell("alters") if flips == 1 else tell("alter"),
    )


def _rows(found: Pivots) -> list[_Row]:
    """The changes that flip, those of one aim, kind and verdict together, in the order of the lists."""
    groups = dict[tuple[str, int, str, str, str], list[Change]]()
    for change in found.flips:
        # a swap is the least lift: both put the aim above another
        kind = "above" if change.other else change.kind
        key = change.actor, change.rank, change.statement, kind, change.verdict or ""
        groups.setdefault(key, []).append(change)
    ordered = sorted(groups, key=lambda key: (found.actors.index(key[0]), key[1]))
    return [_Row(key[0], tuple(groups[key])) for key in ordered]


def _head(pen: Pen, words: Words, found: Pivots, actor: str, mine: Sequence[Change], top: float) -> float:
    """An actor's name, its strip of ticks, and how many of them alter the answer."""
    name, flips = words.names.name(actor), sum(change in found.flips for change in mine)
    said = tell("{flips} of {number}", flips=flips, number=many(len(mine), "change"))
    pen.text(0, top, name, bold=True)
    pen.text(WIDE, top, said, "soft", 11, "end")
    start = 16 + max([RANK + 134.0, *(width(words.names.name(a), bold=True) for a in found.actors)])
    each = min(6.0, (WIDE - start - width(said, 11) - 16) / len(mine))
    for number, change in enumerate(mine):
        x = start + each * number
        if change in found.flips:
            pen.box(x, top - 11, max(1.0, each - 1), 13, "dark", 0)
        else:
            pen.line([(x + each / 2, top - 7), (x + each / 2, top - 1)], "off")
    return top + 8


def _verdict(pen: Pen, verdict: str, top: float) -> None:
    pen.cell(WIDE - CELL, top + 2, CELL, 22, tone(VerdictTerm(verdict)), (IN_WORDS[verdict],))


def _said(words: Words, scenario: Scenario, changes: Sequence[Change]) -> str:
    """The changes of a row in words."""
    first = changes[0]

    def aim(text: str) -> str:
        ranked = any(isinstance(reading, Ranking) for reading in scenario.actor(first.actor).readings.values())
        return text if ranked else words.formula(text, first.actor)

    if first.kind == "drop":
        return tell("without: {aim}", aim=aim(first.statement))
    if first.kind == "negate":
        return tell("the opposite of: {aim}", aim=aim(first.statement))
    others = [aim(change.other) for change in changes]
    more = [tell("{number} more", number=len(others) - NAMED)] if len(others) > NAMED else []
    return tell(
        "{aim}; above: {part}", aim=upper(aim(first.statement)), part=listed([*others[:NAMED], *more], tell("or"))
    )
