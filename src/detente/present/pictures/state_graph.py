"""The map of states: where improvements lead from today, each state named by how it differs from today.

From left to right stand the states by how many improvements they are from today; where there are more than `STEPS`, from top to
bottom. Where nothing leads away from today, or there is no today, the states from which, and in which, play would come to rest.
Below stand the strictest equilibria on no way from today. Every other state is counted in a sentence.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from detente.analysis import KINDS, Analysis
from detente.engine.concepts import label
from detente.messages import numeral, tell, word
from detente.present.names import isolated
from detente.present.pictures.drawing import KEYED, Drawing, Mark, Pen
from detente.present.pictures.lettering import Label, cut, width, wrap
from detente.present.pictures.naming import differences, named
from detente.present.pictures.origin import origin
from detente.present.pictures.state_layers import STRICT, Net, Step, net_of, shown_in
from detente.sheet import listed, many

WIDE = 880.0
"""The usual width of a drawing."""

STEPS, BOX, GAP, LINES = 4, 158.0, 64.0, 9
"""Steps that stand side by side; how wide a state is, how far from the next; lines of its words; at most."""


TOLD = 3
"""Differences from today named in a title."""


@dataclass(frozen=True)
class _Spot:
    """Where a state stands, and the words in it."""

    x: float
    y: float
    wide: float
    high: float
    lines: tuple[str, ...]
    marks: tuple[str, ...]

    def edge(self, towards: tuple[float, float]) -> tuple[float, float]:
        """The point of its edge on the line from its middle to another point."""
        x, y = self.middle
        dx, dy = towards[0] - x, towards[1] - y
        if not dx and not dy:
            return x, y
        far = min((self.wide / 2 + 4) / abs(dx) if dx else math.inf, (self.high / 2 + 4) / abs(dy) if dy else math.inf)
        return x + dx * far, y + dy * far

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.wide / 2, self.y + self.high / 2


def state_graph(analysis: Analysis, alive: bool = False) -> Drawing:
    """The states on ways from today and who would move from where; `alive` draws every step among them, for a page.

    Cost: the steps out of every state within reach, at most so many as `state_layers` looks at.
    """
    net, pen = net_of(analysis), Pen()
    spots = _place(pen, analysis, net)
    shown = shown_in(net)
    steps = sorted((step for step in net.steps if step[0] in spots and step[1] in spots), key=shown)
    for step in steps:  # hidden ones first, for what is drawn later lies on top
        if alive or shown(step):
            _draw_step(pen, spots, step, "" if shown(step) else " hidden")
    _movers(pen, analysis, spots, [step for step in steps if shown(step)])
    ends = {k: set(analysis.play(k).end_states.tolist()) for k in KINDS} if analysis.conflict.now is not None else {}
    for cell, spot in spots.items():
        _draw_state(pen, analysis, cell, spot, ends, alive)
    rest = _rest(analysis, net)
    if rest:
        pen.lines(0, max(pen.ys) + 22, wrap(rest, WIDE, 11), "soft", 11)
    title = _title(analysis, net)
    key = _key(analysis, [step for step in steps if alive or shown(step)], spots, ends)
    text = f"{_order(net)} {rest}".strip()
    source = origin(analysis.scenario, analysis.readings, analysis.hash)
    return pen.drawing("states", title, text, key, source, alive)


# --- in words ---------------------------------------------------------------------------------------------------


def _title(analysis: Analysis, net: Net) -> str:
    now = analysis.conflict.now
    if now is None:
        return tell(
            "Of {number} {count} last where actors look one answer ahead (SEQ).",
            number=many(analysis.states, "state"),
            count=numeral(analysis.count("seq")),
        )
    others = net.reached - 1
    said = (
        tell("Improvements lead from today to {number}", number=many(others, "other state"))
        if others
        else tell("Nobody gains by a move today")
    )
    ends = [int(cell) for cell in analysis.play("foresight").end_states]
    if ends == [now]:
        stays = tell("if actors look ahead, things stay as they are") if others else tell("things stay as they are")
        return f"{said}; {stays}."
    if len(ends) > 1:
        return tell(
            "{said}; if actors look ahead, play ends in one of {number} states.", said=said, number=numeral(len(ends))
        )
    told = differences(analysis, ends[0])
    more = tell(" and {number}", number=many(len(told) - TOLD, "more change")) if len(told) > TOLD else ""
    return tell(
        "{said}; if actors look ahead, play ends with: {told}{more}.", said=said, told=", ".join(told[:TOLD]), more=more
    )


def _order(net: Net) -> str:
    if net.inward:
        return tell("Left to right: the states by how many improvements they are from one where nobody would move on.")
    if not net.layers:
        return tell("A box is a state, named by how it differs from today.")
    side = tell("Left to right") if len(net.layers) <= STEPS + 1 else tell("Top to bottom")
    return tell(
        "{side}: the states by how many improvements they are from today; a box names how its state "
        "differs from today.",
        side=side,
    )


def _rest(analysis: Analysis, net: Net) -> str:
    """What is not drawn, in a sentence."""
    drawn = {*net.near, *(cell for _, cells in net.rows for cell in cells)}
    left = analysis.states - len(drawn)
    if not left:
        return ""
    stable = analysis.count("seq") - sum(analysis.is_equilibrium("seq", cell) for cell in drawn)
    one = tell("it does not last") if left == 1 else tell("none of them lasts")
    last = (
        tell("{stable} of them {word}", stable=numeral(stable), word=tell("lasts") if stable == 1 else tell("last"))
        if stable
        else one
    )
    return tell(
        "Not drawn: {number}; {last} where actors look one answer ahead (SEQ).",
        number=many(left, "further state"),
        last=last,
    )


def _key(
    analysis: Analysis, steps: Sequence[Step], spots: Mapping[int, _Spot], ends: Mapping[str, set[int]]
) -> list[Mark]:
    """A line for every actor with a step, and the looks of states that occur."""
    movers = sorted({player for _, _, player, _ in steps})
    key = [
        Mark.of(
            isolated(analysis.conflict.players[n].name),
            lambda pen, n=n: pen.line([(0, 6), (KEYED, 6)], tell("step key a{n}", n=n % 12)),  # type: ignore[misc]
        )
        for n in movers
    ]
    if analysis.conflict.now in spots:
        key.append(Mark.of("today", lambda pen: pen.box(0, 0, KEYED, 12, tell("box strong"))))
    if any("SEQ" in spot.marks or "Nash" in spot.marks for spot in spots.values()):
        key.append(Mark.of(tell("lasts where actors look ahead (SEQ)"), lambda pen: _ring(pen, 3, 3, KEYED - 6, 6)))
    if ends.get("foresight", set()) & set(spots):
        key.append(Mark.of(tell("where foresight play ends"), lambda pen: pen.box(0, 0, KEYED, 12, "dark")))
    return key


# --- where it stands --------------------------------------------------------------------------------------------


def _place(pen: Pen, analysis: Analysis, net: Net) -> dict[int, _Spot]:
    spots: dict[int, _Spot] = {}
    wide, layers = BOX, _untangled(net)
    if len(net.layers) <= STEPS + 1:
        wide = min(200.0, (WIDE - GAP * max(0, len(net.layers) - 1)) / max(3, len(net.layers)))
        columns = [[_spot(analysis, cell, wide) for cell in layer] for layer in layers]
        tall = max((sum(s.high + 16 for s in column) for column in columns), default=0.0)
        for number, (layer, column) in enumerate(zip(layers, columns, strict=True)):
            y = (tall - sum(s.high + 16 for s in column)) / 2 + 8
            for cell, spot in zip(layer, column, strict=True):
                spots[cell] = _Spot((wide + GAP) * number, y, wide, spot.high, spot.lines, spot.marks)
                y += spot.high + 16
        low = tall
    else:
        low = 0.0
        for layer in layers:
            low = _row(analysis, layer, spots, low, wide) + 30
    for name, cells in net.rows:
        low += 26
        pen.line([(0, low - 18), (WIDE, low - 18)], "rule")
        pen.text(0, low, name, "soft", 11)
        low = _row(analysis, cells, spots, low + 14, wide)
    return spots


def _untangled(net: Net) -> list[list[int]]:
    """The layers, each in the order of those that lead there (the barycentre rule): steps cross less."""
    before = defaultdict[int, list[int]](list)
    for start, end, _, _ in net.steps:
        before[end].append(start)
    place, layers = dict[int, float](), list[list[int]]()
    for layer in net.layers:
        known = {cell: [place[b] for b in before[cell] if b in place and b not in layer] for cell in layer}
        ordered = sorted(layer, key=lambda cell: sum(known[cell]) / len(known[cell]) if known[cell] else 0.0)
        place |= {cell: (n + 0.5) / len(ordered) for n, cell in enumerate(ordered)}
        layers.append(ordered)
    return layers


def _row(analysis: Analysis, cells: Sequence[int], spots: dict[int, _Spot], top: float, wide: float) -> float:
    """States side by side, in several lines where they are many; where the next may start."""
    many = max(1, int((WIDE + 22) // (wide + 22)))
    for start in range(0, len(cells), many):
        line = [(cell, _spot(analysis, cell, wide)) for cell in cells[start : start + many]]
        for number, (cell, spot) in enumerate(line):
            spots[cell] = _Spot((wide + 22) * number, top, wide, spot.high, spot.lines, spot.marks)
        top += max(spot.high for _, spot in line) + 16
    return top


def _spot(analysis: Analysis, cell: int, wide: float) -> _Spot:
    """The size of a state and its words."""
    told = (tell("Today"),) if cell == analysis.conflict.now else named(analysis, cell)
    lines = [line for part in told for line in wrap(part, wide - 16, 10.8, bold=told == (tell("Today"),))]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], cut(f"{lines[LINES - 1]}…", wide - 16, 10.8)]
    held = [c for c in STRICT if c in analysis.concepts and analysis.is_equilibrium(c, cell)]
    marks = tuple(map(label, held))
    return _Spot(0, 0, wide, 12 + 14.1 * len(lines) + (13 if marks else 0), tuple(lines), marks)


# --- drawing ----------------------------------------------------------------------------------------------------


def _draw_step(pen: Pen, spots: Mapping[int, _Spot], step: Step, more: str) -> None:
    start, end, player, stands = step
    here, bend, there = _curve(spots[start], spots[end])
    data = f'data-a="{player}" data-f="{start}" data-t="{end}"{"" if stands else " data-b=" + chr(34) + "1" + chr(34)}'
    pen.arrow(here, bend, there, tell("step a{player}{more}", player=player % 12, more=more), data)


def _curve(start: _Spot, end: _Spot) -> tuple[tuple[float, float], ...]:
    """From edge to edge with a bow, so that a step and the one back do not lie on each other."""
    (ax, ay), (bx, by) = start.middle, end.middle
    if end.x > start.x + start.wide or end.y > start.y + start.high + 20:
        # one layer on: straight through the free space between the layers, so that no step runs under a state
        side = end.x > start.x + start.wide
        lean = max(-0.36, min(0.36, (by - ay) / 900 if side else (bx - ax) / 1800))
        if side:
            here, there = (start.x + start.wide + 4, ay + lean * start.high), (end.x - 5, by - lean * end.high)
        else:
            here, there = (ax + lean * start.wide, start.y + start.high + 4), (bx - lean * end.wide, end.y - 5)
        return here, ((here[0] + there[0]) / 2, (here[1] + there[1]) / 2), there
    dx, dy = bx - ax, by - ay
    far = math.hypot(dx, dy) or 1.0
    # past other states of the same column a step bows out beyond their edge
    bow = start.wide / 2 + 30 if abs(dx) < 1 and far > start.high + end.high + 40 else 6 + far * 0.05
    bend = ((ax + bx) / 2 - dy / far * bow, (ay + by) / 2 + dx / far * bow)
    return start.edge(bend), bend, end.edge(bend)


def _movers(pen: Pen, analysis: Analysis, spots: Mapping[int, _Spot], steps: Sequence[Step]) -> None:
    """The actors' names on the steps, wherever there is room for them; line and key tell the same."""
    taken = [Label("", s.x - 2, s.y - 2, s.wide + 4, s.high + 4) for s in spots.values()]
    taken += list(pen.labels)
    for start, end, player, _ in steps:
        here, bend, there = _curve(spots[start], spots[end])
        text = isolated(analysis.conflict.players[player].name)
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


def _ring(pen: Pen, x: float, y: float, wide: float, high: float) -> None:
    """A double edge: an equilibrium under SEQ."""
    pen.box(x - 3, y - 3, wide + 6, high + 6, "ring", 6)
    pen.box(x, y, wide, high, tell("box edge"))


def _draw_state(
    pen: Pen, analysis: Analysis, cell: int, spot: _Spot, ends: Mapping[str, set[int]], alive: bool
) -> None:
    now, end = cell == analysis.conflict.now, cell in ends.get("foresight", ())
    said = tell("Today") if now else ", ".join(named(analysis, cell))
    more = [tell("equilibrium under {marks}", marks=listed(spot.marks))] if spot.marks else [tell("no equilibrium")]
    more += [tell("{kind} play ends here", kind=word(kind)) for kind, states in ends.items() if cell in states]
    text = escape("; ".join([said, *([tell("today")] if now else []), *more]))
    kind = "state" + (" now" if now else "") + (" end" if end else "")
    live = f' tabindex="0" role="img" data-s="{cell}" aria-label="{text}"' if alive else ""
    pen.raw(f'<g class="{kind}"{live}><title>{text}</title>')
    if "SEQ" in spot.marks:
        pen.box(spot.x - 3, spot.y - 3, spot.wide + 6, spot.high + 6, "ring", 6)
    pen.box(spot.x, spot.y, spot.wide, spot.high)
    after = pen.lines(spot.x + 8, spot.y + 16, spot.lines, "", 10.8, bold=now)
    pen.text(spot.x + 8, after - 1, cut(", ".join(spot.marks), spot.wide - 16, 9.8), "marks", 9.8)
    pen.raw("</g>")
