"""The state graph: states and the improvements between them.

It has two parts. Above stand the states on some way of improvements from the status quo, left to right; below all other
states, row by row by their distance in moves. Where nothing leads away from the status quo, or there is none, the states of a
small model stand by their ways to where nobody would move on. A model with more than `MOST` states is summed up: above are the
ways to where play ends and to the strictest equilibria within reach, below the strictest equilibria, by which outcomes are
true in them, with their numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.present.pictures.drawing import Drawing, Label, Pen, cut, width, wrap
from detente.present.pictures.words import plain
from detente.present.view import label, plural, state_name
from detente.stability import improving_steps

MOST = 300
"""States drawn one by one; larger models are summed up."""

NEAR, AIMS, EACH, PATTERNS, LISTABLE = 3_000, 8, 12, 16, 200_000
"""Of a larger model: states looked at on ways from the status quo, equilibria and ends whose ways are drawn, equilibria
of one pattern of outcomes, patterns, equilibria looked through; at most."""

INWARD = 100
"""States of a model without ways from the status quo that are drawn by their ways to where nobody would move on."""

FEW = 60
"""Steps that a still picture of ways can hold; where there are more, it has one shortest way to each state."""

STRICT = ("nash", "seq", "smr", "gmr")

WIDE = 880.0
"""The usual width of a drawing."""

Step = tuple[int, int, int, bool]
"""From, to, by which actor, and whether the improvement stands after the answers of the others."""


@dataclass(frozen=True)
class _Net:
    """What is drawn: states in layers, states in rows with a name each, the steps among all of them.

    The layers lead away from the status quo, or with `inward` to the states where nobody would move on.
    """

    layers: tuple[tuple[int, ...], ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    steps: tuple[Step, ...]
    complete: bool
    inward: bool = False

    @property
    def near(self) -> frozenset[int]:
        return frozenset(cell for layer in self.layers for cell in layer)


def state_graph(analysis: Analysis, alive: bool = False) -> Drawing:
    """The states and who would move from where; `alive` draws every step, for a page that lets readers choose among them.

    Cost: the steps out of every state drawn; a model above `MOST` states, where outcomes are counted, one pass over its states.
    """
    net = _small(analysis) if analysis.states <= MOST else _large(analysis)
    pen = Pen()
    low = _legend(pen, [p.name for p in analysis.conflict.players], 0)
    spots = _place(pen, net, low + (20 if net.layers else 36))
    shown = _shown(net)
    steps = sorted(net.steps, key=shown)
    for step in steps:
        if alive or shown(step):
            _draw_step(pen, spots, step, "" if shown(step) else " hidden")
    if net.layers:
        _initials(pen, analysis, spots, [step for step in net.steps if shown(step)])
    ends = {k: set(analysis.play(k).end_states.tolist()) for k in KINDS} if analysis.conflict.now is not None else {}
    for cell, spot in spots.items():
        _draw_state(pen, analysis, cell, spot, ends, alive)
    return pen.drawing("states", "States, and who would move from where", _told(analysis, net), alive)


def _shown(net: _Net) -> Callable[[Step], bool]:
    """Which steps a still picture has: those on ways from the status quo, or else those that stand."""
    near = net.near
    if not near:
        stand = sum(step[3] for step in net.steps) <= 4 * FEW
        return lambda step: stand and step[3]
    depth = {cell: n for n, layer in enumerate(net.layers) for cell in layer}
    among = {s for s in net.steps if s[0] in near and (net.complete or depth.get(s[1]) == depth[s[0]] + 1)}
    if len(among) <= FEW:
        return lambda step: step in among
    first: dict[int, Step] = {}
    for step in net.steps:
        if step[0] in depth and depth.get(step[1]) == depth[step[0]] + 1:
            first.setdefault(step[0 if net.inward else 1], step)
    ways = set(first.values())
    return lambda step: step in ways


def _told(analysis: Analysis, net: _Net) -> str:
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
    return text + (
        "A square is the status quo, a double ring an equilibrium under sequential stability (SEQ), a filled state one where "
        "foresight play ends."
    )


# --- what is drawn ----------------------------------------------------------------------------------------------


def _small(analysis: Analysis) -> _Net:
    cells = [int(cell) for cell in analysis.conflict.states]
    steps = _steps(analysis, cells)
    layers = _layers(analysis.conflict.now, steps)
    inward = not layers and len(cells) <= INWARD
    if inward:
        layers = _inward(cells, steps)
    near = {cell for layer in layers for cell in layer}
    every = [("only in cycles", cells)] if inward and layers else _distances(analysis, cells)
    rows = tuple((name, tuple(c for c in row if c not in near)) for name, row in every)
    return _Net(layers, tuple(row for row in rows if row[1]), steps, True, inward and bool(layers))


def _inward(cells: Sequence[int], steps: Iterable[Step]) -> tuple[tuple[int, ...], ...]:
    """States by the least number of improvements to one that nobody would leave, the farthest first; none if there is none."""
    before = defaultdict[int, dict[int, None]](dict)
    for start, end, _, _ in steps:
        before[end][start] = None
    moving = {start for start, _, _, _ in steps}
    layers = [tuple(cell for cell in cells if cell not in moving)]
    seen = set(layers[0])
    while layers[-1]:
        found = dict.fromkeys(start for end in layers[-1] for start in before[end] if start not in seen)
        seen |= set(found)
        layers.append(tuple(found))
    return tuple(reversed(layers[:-1]))


def _large(analysis: Analysis) -> _Net:
    layers = _explore(analysis)
    near = {cell for layer in layers for cell in layer}
    rows, seen = [], set(near)
    for name, cells in _patterns(analysis):
        left = tuple(c for c in cells if c not in near)
        rows.append((name if left else f"{name}, above", left))
        seen |= set(cells)
    steps = tuple(step for step in _steps(analysis, sorted(seen)) if step[1] in seen)
    return _Net(layers, tuple(rows), steps, False)


def _steps(analysis: Analysis, cells: Sequence[int]) -> tuple[Step, ...]:
    """The improvements from these states."""
    here, found = np.array(cells, dtype=np.int64), list[Step]()
    for player in range(len(analysis.conflict.players)):
        pairs = [improving_steps(analysis.conflict, analysis.solution, here, player, deep) for deep in (False, True)]
        every, sure = ([(cells[r], int(t)) for r, t in zip(*pair, strict=True)] for pair in pairs)
        stand = set(sure)
        found += [(a, b, player, (a, b) in stand) for a, b in dict.fromkeys(every)]
    return tuple(found)


def _layers(now: int | None, steps: Iterable[Step]) -> tuple[tuple[int, ...], ...]:
    """States by the least number of improvements from the status quo; none if it has no improvement."""
    after = defaultdict[int, dict[int, None]](dict)
    for start, end, _, _ in steps:
        after[start][end] = None
    if now is None or not after[now]:
        return ()
    layers, seen = list[tuple[int, ...]]([(now,)]), {now}
    while layers[-1]:
        found = dict.fromkeys(end for start in layers[-1] for end in after[start] if end not in seen)
        seen |= set(found)
        layers.append(tuple(found))
    return tuple(layers[:-1])


def _explore(analysis: Analysis) -> tuple[tuple[int, ...], ...]:
    """Of a model too large to draw: the states on one shortest way each to where play ends and to the strictest equilibria."""
    now = analysis.conflict.now
    if now is None:
        return ()
    before, edge = {now: now}, [now]
    while edge and len(before) < NEAR:
        found = dict[int, int]()
        for start, end, _, _ in _steps(analysis, edge):
            if end not in before:
                found.setdefault(end, start)
        before |= found
        edge = list(found)
    depth, kept = {now: 0}, {now}
    for cell, back in before.items():
        depth.setdefault(cell, depth[back] + 1)
    for aim in _aims(analysis, list(before)):
        cell = aim
        while cell not in kept:
            kept.add(cell)
            cell = before[cell]
    layers = [tuple(c for c in before if c in kept and depth[c] == n) for n in range(max(depth.values()) + 1)]
    return tuple(filter(None, layers)) if len(kept) > 1 else ()


def _aims(analysis: Analysis, cells: Sequence[int]) -> list[int]:
    """The ends of play and the strictest equilibria among these states, the nearest first."""
    ends = {int(c) for kind in KINDS for c in analysis.play(kind).end_states}
    aims = [cell for cell in cells if cell in ends][:AIMS]
    for concept in (c for c in STRICT if c in analysis.concepts):
        aims += [c for c in cells if c not in aims and analysis.is_equilibrium(concept, c)][: AIMS - len(aims)]
    return aims[:AIMS]


def _distances(analysis: Analysis, cells: Sequence[int]) -> list[tuple[str, list[int]]]:
    """All states, by least number of moves from the status quo."""
    conflict = analysis.conflict
    if conflict.now is None:
        return [("states", list(cells))]
    rows, seen, edge = list[tuple[str, list[int]]](), {conflict.now}, [conflict.now]
    while edge:
        words = "status quo" if not rows else f"{plural(len(rows), 'move')} away"
        rows.append((words, edge))
        here = np.array(edge, dtype=np.int64)
        found = {int(c) for p in range(len(conflict.players)) for c in conflict.successors(here, p)[1]} - seen
        seen |= found
        edge = sorted(found)
    return [*rows, ("out of reach", [cell for cell in cells if cell not in seen])]


def _patterns(analysis: Analysis) -> list[tuple[str, list[int]]]:
    """The strictest equilibria there are, by which outcomes are true; the most frequent patterns first."""
    concept = next((c for c in STRICT if c in analysis.concepts and 1 < analysis.count(c) <= LISTABLE), None)
    if concept is None:
        return []
    cells = analysis.equilibria(concept)
    names = [plain(o.name or key) for key, o in analysis.scenario.outcomes.items()]
    truths = [analysis.conflict.holds(o.formula, cells) for o in analysis.scenario.outcomes.values()]
    groups = defaultdict[str, list[int]](list)
    for place, cell in enumerate(map(int, cells)):
        true = [name for name, truth in zip(names, truths, strict=True) if truth[place]]
        groups[", ".join(true) or ("no named outcome" if names else "equilibria")].append(cell)
    ordered = sorted(groups.items(), key=lambda each: -len(each[1]))[:PATTERNS]
    return [
        (f"{name}: {plural(len(found), f'{label(concept)} equilibrium', f'{label(concept)} equilibria')}", found[:EACH])
        for name, found in ordered
    ]


# --- where it stands --------------------------------------------------------------------------------------------


def _place(pen: Pen, net: _Net, top: float) -> dict[int, tuple[float, float]]:
    spots: dict[int, tuple[float, float]] = {}
    if net.layers:
        top = _place_layers(net, spots, top + 30)
    names = [wrap(name, 150, 11) for name, _ in net.rows]
    left = 20 + max((width(line, 11) for lines in names for line in lines), default=0.0)
    apart = 46.0
    columns = max(1, int((WIDE - left) // apart))
    for lines, (_, cells) in zip(names, net.rows, strict=True):
        pen.line([(0, top - 26), (WIDE, top - 26)], "rule")
        pen.lines(0, top + 4 - 5 * (len(lines) - 1), lines, "soft", 11)
        for n, cell in enumerate(cells):
            row, column = divmod(n, columns)
            spots[cell] = (left + 20 + apart * column, top + 44 * row)
        top += 44 * max(1, math.ceil(len(cells) / columns), math.ceil(len(lines) / 3)) + 10
    return spots


def _place_layers(net: _Net, spots: dict[int, tuple[float, float]], top: float) -> float:
    """Left to right; in a layer by the middle of those that lead there. Where the next row may start."""
    tall = max(map(len, net.layers))
    columns = [math.ceil(len(layer) / 10) for layer in net.layers]
    apart = min(170.0, (WIDE - 60) / max(1, sum(columns)))
    high = 54.0 * min(10, tall)
    before = defaultdict[int, list[int]](list)
    for start, end, _, _ in net.steps:
        before[end].append(start)
    x = 30.0
    for layer, count in zip(net.layers, columns, strict=True):
        middle = {c: _mean([spots[b][1] for b in before[c] if b in spots]) for c in layer}
        ordered = sorted(layer, key=lambda c: middle[c])
        rows = math.ceil(len(ordered) / count)
        for n, cell in enumerate(ordered):
            column, row = divmod(n, rows)
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
    bow = 8 + far * 0.10
    bend = ((start[0] + end[0]) / 2 - dy / far * bow, (start[1] + end[1]) / 2 + dx / far * bow)
    return _towards(start, bend, 18), bend, _towards(end, bend, 20)


def _towards(start: tuple[float, float], aim: tuple[float, float], far: float) -> tuple[float, float]:
    dx, dy = aim[0] - start[0], aim[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    return start[0] + dx / length * far, start[1] + dy / length * far


def _initials(pen: Pen, analysis: Analysis, spots: Mapping[int, tuple[float, float]], steps: Sequence[Step]) -> None:
    """The actors' ids on the steps above, wherever there is room for them."""
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
    pen: Pen, analysis: Analysis, cell: int, spot: tuple[float, float], ends: Mapping[str, set[int]], alive: bool
) -> None:
    x, y = spot
    name = state_name(analysis, cell)
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
