"""The state graph: states and the improvements between them.

It has two parts. Above stand the states on some way of improvements from the status quo, left to right; below all other
states, row by row by their distance in moves. Where nothing leads away from the status quo, or there is none, the states of a
small model stand by their ways to where nobody would move on. A model with more than 300 states is summed up: above are the
ways to where play ends and to the strictest equilibria within reach, below the strictest equilibria, by which outcomes are
true in them, with their numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape

from detente.analysis import KINDS, NUMBERED, Analysis
from detente.engine.concepts import label
from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import Label, cut, width, wrap
from detente.present.pictures.state_layers import STRICT, Net, Step, net_of, shown_in
from detente.present.tables.selection import View, plural
from detente.present.words import difference

WIDE = 880.0
"""The usual width of a drawing."""


def state_graph(analysis: Analysis, alive: bool = False) -> Drawing:
    """The states and who would move from where; `alive` draws every step, for a page that lets readers choose among them.

    Cost: the steps out of every state drawn; a model above 300 states, where outcomes are counted, one pass over its states.
    """
    net = net_of(analysis)
    pen = Pen()
    low = _legend(pen, [p.name for p in analysis.conflict.players], 0)
    spots = _place(pen, net, low + (20 if net.layers else 36))
    shown = shown_in(net)
    steps = sorted(net.steps, key=shown)  # hidden ones first, for what is drawn later lies on top
    for step in steps:
        if alive or shown(step):
            _draw_step(pen, spots, step, "" if shown(step) else " hidden")
    if net.layers:
        _initials(pen, analysis, spots, [step for step in net.steps if shown(step)])
    ends = {k: set(analysis.play(k).end_states.tolist()) for k in KINDS} if analysis.conflict.now is not None else {}
    names = dict(zip(spots, View(analysis).headers(list(spots)), strict=True))
    for cell, spot in spots.items():
        _draw_state(pen, analysis, cell, names[cell], spot, ends, alive=alive)
    if analysis.states > NUMBERED:
        _glossary(pen, analysis, names)
    return pen.drawing("states", "States, and who would move from where", _told(analysis, net), alive=alive)


def _told(analysis: Analysis, net: Net) -> str:
    drawn = len(net.near) + sum(len(cells) for _, cells in net.rows)
    stand = sum(step[3] for step in net.steps)
    text = f"{plural(analysis.states, 'state')}"
    text += f", of which {drawn} are drawn" if not net.complete else ""
    text += f"; {plural(len(net.steps), 'improvement')} between them, {stand} also after the answers of the others. "
    if net.inward:
        text += "Left to right: the states by how many improvements they are from one where nobody would move on. "
    elif net.layers:
        text += (
            "Above: the states on some way of improvements from the status quo. "
            if net.complete
            else "Above: ways of improvements from the status quo to where play ends and to the strictest equilibria. "
        )
    text += (
        "Below: the other states, by moves from the status quo. "
        if net.complete and net.layers and not net.inward
        else ""
    )
    text += "" if net.complete else "Below: the strictest equilibria, by the outcomes true in them. "
    if analysis.conflict.now is None:
        return f"{text}A double ring is an equilibrium under sequential stability (SEQ)."
    return text + (
        "A square is the status quo, a double ring an equilibrium under sequential stability (SEQ), a filled state one where "
        "foresight play ends."
    )


# --- where it stands --------------------------------------------------------------------------------------------


def _place(pen: Pen, net: Net, top: float) -> dict[int, tuple[float, float]]:
    spots: dict[int, tuple[float, float]] = {}
    if net.layers:
        top = _place_layers(net, spots, top + 30)
    names = [wrap(name, 150, 11) for name, _ in net.rows]
    left = 20 + max((width(line, 11) for lines in names for line in lines), default=0.0)
    apart = 46.0
    columns = max(1, int((WIDE - left) // apart))  # a row that is too long goes on below, under the same name
    for lines, (_, cells) in zip(names, net.rows, strict=True):
        pen.line([(0, top - 26), (WIDE, top - 26)], "rule")
        pen.lines(0, top + 4 - 5 * (len(lines) - 1), lines, "soft", 11)
        for n, cell in enumerate(cells):
            row, column = divmod(n, columns)
            spots[cell] = (left + 20 + apart * column, top + 44 * row)
        top += 44 * max(1, math.ceil(len(cells) / columns), math.ceil(len(lines) / 3)) + 10
    return spots


def _place_layers(net: Net, spots: dict[int, tuple[float, float]], top: float) -> float:
    """Left to right; in a layer by the middle of those that lead there. Where the next row may start."""
    tall = max(map(len, net.layers))
    # at most ten states stand below each other; a larger layer takes several columns, and all columns share the width
    columns = [math.ceil(len(layer) / 10) for layer in net.layers]
    apart = min(170.0, (WIDE - 60) / max(1, sum(columns)))
    high = 54.0 * min(10, tall)
    before = defaultdict[int, list[int]](list)
    for start, end, _, _ in net.steps:
        before[end].append(start)
    x = 30.0
    for layer, count in zip(net.layers, columns, strict=True):
        # the mean height of those already placed that lead here (the barycentre rule): steps cross less
        middle = {c: _mean([spots[b][1] for b in before[c] if b in spots]) for c in layer}
        ordered = sorted(layer, key=lambda c: middle[c])
        rows = math.ceil(len(ordered) / count)
        for n, cell in enumerate(ordered):
            column, row = divmod(n, rows)
            # each column stands in the middle; every other one lower, so that level steps do not run through states
            lift = (high - 54 * rows) / 2 + (18 if column % 2 else 0)
            spots[cell] = (x + apart * column, top + 54 * row + lift)
        x += apart * count
    return top + high + 26


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


# --- drawing ----------------------------------------------------------------------------------------------------


def _legend(pen: Pen, names: Sequence[str], top: float) -> float:
    """A line for every actor; where the next thing may start."""
    x = 0.0
    for number, name in enumerate(names):
        wide = 34 + width(name) + 22
        if x and x + wide > WIDE:
            x, top = 0.0, top + 18
        pen.line([(x, top), (x + 28, top)], f"step key a{number % 12}")
        pen.text(x + 34, top + 4, name)
        x += wide
    return top + 10


def _draw_step(pen: Pen, spots: Mapping[int, tuple[float, float]], step: Step, more: str) -> None:
    start, end, player, stands = step
    here, bend, there = _curve(spots[start], spots[end])
    data = f'data-a="{player}" data-f="{start}" data-t="{end}"{"" if stands else " data-b=" + chr(34) + "1" + chr(34)}'
    pen.arrow(here, bend, there, f"step a{player % 12}{more}", data)


def _curve(start: tuple[float, float], end: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    far = math.hypot(dx, dy) or 1.0
    bow = min(90.0, far * 0.45) if abs(dx) < 1 < far / 60 else 8 + far * 0.10  # round the states between in a column
    bend = ((start[0] + end[0]) / 2 - dy / far * bow, (start[1] + end[1]) / 2 + dx / far * bow)
    return _towards(start, bend, 18), bend, _towards(end, bend, 20)


def _towards(start: tuple[float, float], aim: tuple[float, float], far: float) -> tuple[float, float]:
    dx, dy = aim[0] - start[0], aim[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    return start[0] + dx / length * far, start[1] + dy / length * far


def _initials(pen: Pen, analysis: Analysis, spots: Mapping[int, tuple[float, float]], steps: Sequence[Step]) -> None:
    """The actors' ids on the steps above, wherever there is room for them."""
    # a name goes on the first of five places along its curve that touches no state and no name before it, else nowhere:
    # the colour and dashes of the step tell the same
    taken = [Label("", x - 20, y - 20, 40, 40) for x, y in spots.values()]
    for start, end, player, _ in steps:
        here, bend, there = _curve(spots[start], spots[end])
        text = cut(analysis.conflict.players[player].id, 60, 9.5)
        wide = width(text, 9.5)
        for t in (0.5, 0.4, 0.6, 0.3, 0.7):
            x, y = (
                (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(here, bend, there, strict=True)
            )
            spot = Label(text, x - wide / 2 - 2, y - 7, wide + 4, 14)
            if not any(spot.overlaps(other) for other in taken):
                taken.append(spot)
                pen.box(spot.x, spot.y, spot.width, spot.height, "initials", 2)
                pen.text(x, y + 3.4, text, "initials", 9.5, "middle")
                break


def _draw_state(
    pen: Pen,
    analysis: Analysis,
    cell: int,
    name: str,
    spot: tuple[float, float],
    ends: Mapping[str, set[int]],
    alive: bool,
) -> None:
    x, y = spot
    short = name if width(name, 11) < 34 else cut(name, 34, 8.5)
    said = f"State {name}: {analysis.text(cell)}" if analysis.text(cell) != name else f"State {name}"
    held = [label(c) for c in STRICT if c in analysis.concepts and analysis.is_equilibrium(c, cell)]
    now = cell == analysis.conflict.now
    more = ["status quo"] if now else []
    more += [f"equilibrium under {', '.join(held)}"] if held else ["no equilibrium"]
    more += [f"{kind} play ends here" for kind, states in ends.items() if cell in states]
    text = escape("; ".join([said, *more]))
    kind = "state" + (" now" if now else "") + (" end" if cell in ends.get("foresight", ()) else "")
    live = f' tabindex="0" role="img" data-s="{cell}" aria-label="{text}"' if alive else ""
    pen.raw(f'<g class="{kind}"{live}><title>{text}</title>')
    if "SEQ" in held:
        pen.dot(x, y, 18.5, "ring")
    radius = 14.5 if width(short, 11) > 25 else 13.0
    if now:
        pen.box(x - radius, y - radius, 2 * radius, 2 * radius, "", 2)
    else:
        pen.dot(x, y, radius)
    size = 11.0 if width(short, 11) <= 26 else 8.5 if width(short, 8.5) <= 30 else 7.0
    pen.text(x, y + size * 0.36, short, "", size, "middle")
    pen.raw("</g>")


def _glossary(pen: Pen, analysis: Analysis, names: Mapping[int, str]) -> None:
    """What the letters of a model too large for numbers stand for."""
    top = max(pen.ys) + 24
    for cell, name in names.items():
        pen.text(0, top, name, "", 10, bold=True)
        pen.text(30, top, cut(difference(analysis, cell), WIDE - 30, 10), "soft", 10)
        top += 14
