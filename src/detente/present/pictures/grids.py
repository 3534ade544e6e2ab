"""Tables to look at: verdicts under combinations of readings, who is stable where, and what the answer hangs on."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analysis import KINDS as KINDS_OF_PLAY
from detente.analysis import NUMBERED, Analysis
from detente.engine.concepts import label
from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import cut, width, wrap
from detente.present.tables.selection import View, plural
from detente.present.words import difference, listed

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
