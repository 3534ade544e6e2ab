"""Tables to look at: verdicts under combinations of readings, who is stable where, and what the answer hangs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from detente.analysis import KINDS as KINDS_OF_PLAY
from detente.analysis import NUMBERED, Analysis
from detente.engine.concepts import label
from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import cut, width, wrap
from detente.present.tables.selection import View, plural
from detente.present.words import Names, difference, listed
from detente.questions.uncertainty.pivots import KINDS, Change, Pivots
from detente.scenario.model import Scenario
from detente.sheet import FormulaTerm

WIDE = 880.0

LOOKED_THROUGH = 200_000
"""Sets of equilibria up to this size are looked through for telling states."""


# --- stability --------------------------------------------------------------------------------------------------

SEGMENT, HIGH = 11.0, 19.0

ROWS, TELLING = 64, 24
"""States of a model whose every state gets a row, and rows at most for a larger one."""


def telling(analysis: Analysis, every: int = ROWS) -> list[int]:
    """Every state of a model with at most `every`; of a larger one the status quo, ends of play, the strictest equilibria."""
    if analysis.states <= every:
        return [int(cell) for cell in analysis.conflict.states]
    now = analysis.conflict.now
    found = dict.fromkeys([] if now is None else [now])
    for kind in KINDS_OF_PLAY if now is not None else ():
        found |= dict.fromkeys(map(int, analysis.play(kind).end_states[:4]))
    for concept in ("nash", "seq", "smr", "gmr"):
        if len(found) < TELLING and concept in analysis.concepts and analysis.count(concept) <= LOOKED_THROUGH:
            found |= dict.fromkeys(map(int, analysis.equilibria(concept)[:TELLING]))
    return list(found)[:TELLING]


def stability_grid(analysis: Analysis, cells: Sequence[int]) -> Drawing:
    """States down, actors across; in every cell a box per concept, strictest first, filled where the actor would stay."""
    pen, concepts = Pen(), [c for c in ("nash", "seq", "smr", "gmr") if c in analysis.concepts]
    players = [(p.name, p.id) for p in analysis.conflict.players]
    names = View(analysis).headers(list(cells))
    left = max(width(name, 11, bold=True) for name in (*names, "state")) + 14
    bar = SEGMENT * len(concepts)
    each = max(bar + 16, min(96.0, (WIDE - left) / (len(players) + 1)))
    heads = [wrap(name, each - 6, 10.5, most=4) for name, _ in players] + [("everybody",)]
    top = 13.65 * max(map(len, heads)) + 4
    room = WIDE - left - each * (len(players) + 1) - 8
    for number, lines in enumerate(heads):
        pen.lines(left + each * number, top - 13.65 * (len(lines) - 1) - 6, lines, "soft", 10.5)
    pen.text(0, top - 6, "state", "soft", 10.5)
    for cell, name in zip(cells, names, strict=True):
        pen.line([(0, top), (left + each * (len(players) + 1) - 16, top)], "rule")
        pen.text(0, top + 14, name, "", 11, bold=cell == analysis.conflict.now)
        for number in range(len(players) + 1):
            for place, concept in enumerate(concepts):
                stays = (
                    analysis.is_stable(concept, players[number][1], cell)
                    if number < len(players)
                    else analysis.is_equilibrium(concept, cell)
                )
                x, y = left + each * number + SEGMENT * place, top + 5
                if stays:
                    pen.box(x, y, SEGMENT - 2, 9, "dark", 0)
                else:
                    pen.line([(x + 1, y + 4.5), (x + SEGMENT - 3, y + 4.5)], "off")
        told = difference(analysis, cell)
        if room > 120 and told != name:
            pen.text(left + each * (len(players) + 1), top + 14, cut(told, room, 10), "soft", 10)
        elif analysis.states > NUMBERED:
            pen.text(left, top + 27, cut(told, WIDE - left, 10), "soft", 10)
            top += 13
        top += HIGH
    said = listed(map(label, concepts))
    bold = "" if analysis.conflict.now is None else "; the status quo in bold"
    words = (
        f"{plural(len(cells), 'state')} of {analysis.states:,}{bold}. In every cell a place for each of "
        f"{said}, in this order: a filled box where the actor would stay, a dash where it would move."
    )
    return pen.drawing("stability", "Stability, state by state", words)


# --- pivots -----------------------------------------------------------------------------------------------------

SAID = {"swap": "moved one up", "lift": "moved further up", "drop": "dropped", "negate": "turned round"}


def pivots_picture(found: Pivots, scenario: Scenario, goal: str) -> Drawing:
    """Every actor's wishes in their order, and for each kind of change to them what the verdict becomes where it flips."""
    pen, top = Pen(), 0.0
    kinds = [kind for kind in KINDS if any(each.kind == kind for each in found.changes)]
    room, each = WIDE - 118.0 * len(kinds), 118.0
    for number, kind in enumerate(kinds):
        pen.lines(room + each * (number + 0.5), top, wrap(SAID[kind], each - 8, 11), "soft", 11, "middle")
    names = Names.of(scenario)
    top += 12
    for actor in found.actors:
        mine = [change for change in found.changes if change.actor == actor]
        flips = sum(change in found.flips for change in mine)
        if not mine:
            continue
        top += 22
        pen.text(0, top, names.name(actor), bold=True)
        pen.text(width(names.name(actor), bold=True) + 12, top, f"{flips} of {len(mine)} changes flip it", "soft", 11)
        top += 8
        for rank, wish in sorted({(change.rank, change.statement) for change in mine}):
            by_kind = {kind: [c for c in mine if (c.rank, c.kind) == (rank, kind)] for kind in kinds}
            pen.line([(0, top), (WIDE, top)], "rule")
            pen.text(20, top + 15, f"{rank}", "soft", 11, "end")
            spelt = names.spelled(FormulaTerm(wish))
            below = wrap(spelt, room - 44, 9.5, most=2) if spelt != wish else ()
            high = 22 + 12.35 * len(below)
            pen.text(30, top + 15, cut(wish, room - 40, 11), "", 11)
            pen.lines(30, top + 28, below, "soft", 9.5)
            for number, kind in enumerate(kinds):
                _flip(pen, found, by_kind[kind], room + each * number, top + high / 2 - 11, each)
            top += high
    flips = len(found.flips)
    words = (
        f"{goal} is {found.verdict} as things stand; {flips} of {plural(len(found.changes), 'single change')} to the lists "
        "flip it. A row is a wish, most important first. A dark box says what the verdict becomes, and for how many of the "
        "changes tried there; a dash, that none flips it."
    )
    return pen.drawing("pivots", f"What the answer hangs on: {goal}", words)


def _flip(pen: Pen, found: Pivots, tried: Sequence[Change], x: float, top: float, each: float) -> None:
    flipped = defaultdict[str, int](int)
    for change in tried:
        if change in found.flips:
            flipped[str(change.verdict)] += 1
    if not tried:
        return
    if not flipped:
        pen.line([(x + each / 2 - 6, top + 11), (x + each / 2 + 6, top + 11)], "off")
        return
    text = ", ".join(f"{verdict} {n} of {len(tried)}" if len(tried) > 1 else verdict for verdict, n in flipped.items())
    pen.box(x + 4, top + 2, each - 8, 18, "h3", 2)
    pen.text(x + each / 2, top + 15, cut(text, each - 12, 11, bold=True), "i3", 11, "middle", bold=True)
