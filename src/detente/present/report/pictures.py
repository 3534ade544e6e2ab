"""Drawings as inline SVG: the relations between actors, and the states with the steps between them.

Colours come from the page's style sheet, by class. Nothing is told by colour alone: lines differ in their dashes, states in
their shape. Coordinates are rounded, so that the same model gives the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.present.report.dossier import Picture
from detente.present.view import label, plural, state_name
from detente.scenario.model import Scenario
from detente.stability import improving_steps

DRAWN = 100
"""States drawn one by one; larger models are summed up."""

ROWS = 12
"""States above each other before a layer gets another column."""

SIGNS = {"+": ("plus", "for"), "-": ("minus", "against"), "+/-": ("both", "mixed"), "0": ("none", "neutral")}

HEAD = (
    '<defs><marker id="{id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="context-stroke"/></marker></defs>'
)


def names_of(scenario: Scenario) -> dict[str, str]:
    """The names of actors and other figures."""
    return {key: each.name for key, each in scenario.cast.items()} | {a.id: a.name for a in scenario.actors}


def relation_map(scenario: Scenario) -> Picture:
    """Everybody in a relation on a circle, those who decide in bold."""
    names, ties = names_of(scenario), _ties(scenario)
    inside = {name for a, b, _, _ in ties for name in (a, b)}
    order = [a.id for a in scenario.actors if a.id in inside]
    order += [name for name in scenario.cast if name in inside and name not in order]
    order += sorted(inside - set(order))
    place = {name: 2 * math.pi * n / len(order) - math.pi / 2 for n, name in enumerate(order)}
    middle, radius = 450, 205
    parts = [_tie(tie, place, middle, radius) for tie in ties]
    deciding = {actor.id for actor in scenario.actors}
    parts += [_person(names.get(name, name), name in deciding, place[name], middle, radius) for name in order]
    frame = _frame(order, names, place, middle, radius)
    svg = (
        f'<svg viewBox="{frame}" class="relations" role="img" aria-label="Map of {len(ties)} relations">'
        f"{HEAD.format(id='tip')}{''.join(parts)}</svg>"
    )
    counts = {key: sum(tie[2] == key for tie in ties) for key in SIGNS}
    said = ", ".join(f"{n} {SIGNS[key][1]}" for key, n in counts.items() if n)
    text = (
        f"{plural(len(order), 'party', 'parties')} and {plural(len(ties), 'tie')}: {said}. The table below lists them."
    )
    return Picture("Who stands how to whom", svg, text, ("signs",))


def _frame(order: Sequence[str], names: dict[str, str], place: dict[str, float], middle: int, radius: int) -> str:
    """A view box around all labels."""
    tips = [_round_at(place[n], middle, radius + 30 + 6.9 * min(33, len(names.get(n, n)))) for n in order]
    xs, ys = ([*values, middle - radius, middle + radius] for values in zip(*tips, strict=True))
    return f"{min(xs):.0f} {min(ys):.0f} {max(xs) - min(xs):.0f} {max(ys) - min(ys):.0f}"


def _ties(scenario: Scenario) -> list[tuple[str, str, str, bool]]:
    found: dict[tuple[str, str, str, bool], None] = {}
    for relation in scenario.relations:
        for a in relation.origin:
            for b in relation.target:
                pair = (min(a, b), max(a, b)) if relation.mutual else (a, b)
                if a != b:
                    found[(*pair, relation.sign, relation.mutual)] = None
    return list(found)


def _tie(tie: tuple[str, str, str, bool], place: dict[str, float], middle: int, radius: int) -> str:
    a, b, sign, mutual = tie
    (x1, y1), (x2, y2) = (_round_at(place[name], middle, radius - 8) for name in (a, b))
    far = abs(math.sin((place[a] - place[b]) / 2))
    bend = 0.75 - 0.6 * far
    cx, cy = (middle + (value - middle) * bend for value in ((x1 + x2) / 2, (y1 + y2) / 2))
    if far < 0.5:
        angle = math.atan2(y1 + y2 - 2 * middle, x1 + x2 - 2 * middle)
        cx, cy = _round_at(angle, middle, radius * (1 - 1.2 * far))
    end = "" if mutual else ' marker-end="url(#tip)"'
    return f'<path class="tie {SIGNS[sign][0]}" d="M{x1:.0f} {y1:.0f} Q{cx:.0f} {cy:.0f} {x2:.0f} {y2:.0f}"{end}/>'


def _person(name: str, deciding: bool, angle: float, middle: int, radius: int) -> str:
    x, y = _round_at(angle, middle, radius)
    lx, ly = _round_at(angle, middle, radius + 12)
    left = math.cos(angle) < -1e-9
    turn = math.degrees(angle) + (180 if left else 0)
    short = name if len(name) <= 33 else name[:32].rstrip() + "…"
    kind = " deciding" if deciding else ""
    return (
        f'<circle class="person{kind}" cx="{x:.0f}" cy="{y:.0f}" r="{7 if deciding else 4}"/>'
        f'<text class="person{kind}" x="{lx:.0f}" y="{ly:.0f}" dy=".35em" text-anchor="{"end" if left else "start"}" '
        f'transform="rotate({turn:.1f} {lx:.0f} {ly:.0f})">{escape(short)}</text>'
    )


def _round_at(angle: float, middle: float, radius: float) -> tuple[float, float]:
    return middle + radius * math.cos(angle), middle + radius * math.sin(angle)


# --- states and steps -------------------------------------------------------------------------------------------


def state_graph(analysis: Analysis) -> Picture:
    """Every state, by how many moves it is from the status quo, and the improvements between them."""
    cells = [int(cell) for cell in analysis.conflict.states]
    spots = _spots(_layers(analysis, cells))
    ends = {kind: set(analysis.play(kind).end_states.tolist()) for kind in KINDS} if _now(analysis) else {}
    steps = _steps(analysis, cells)
    near = _near(analysis.conflict.now, steps)
    kind, drawn = ("near", "those on some way from the status quo") if near else ("foresight", "these")
    lines = [_arrow(spots, step, near) for step in steps]
    marks = [_state(analysis, cell, spots[cell], ends) for cell in cells]
    width = max(x for x, _ in spots.values()) + 34
    height = max(y for _, y in spots.values()) + 34
    svg = (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" style="min-width:{min(width, 620):.0f}px;'
        f'max-width:{width * 1.25:.0f}px" class="states" role="group" aria-label="States and steps" data-kind="{kind}">'
        f"{HEAD.format(id='head')}{''.join(lines)}{''.join(marks)}</svg>"
    )
    credible = sum(step[3] for step in steps)
    text = (
        f"{plural(len(cells), 'state')}, {plural(len(steps), 'improvement')}, {credible} of them also after the answers of "
        f"the others. Drawn are {drawn}; the list above the picture shows the rest. "
        "Columns count moves from the status quo, on the left. "
        "A square is the status quo, a double ring an equilibrium under sequential stability (SEQ), a "
        "filled state one where foresight play ends."
    )
    return Picture("States, and who would move from where", svg, text, tuple(p.name for p in analysis.conflict.players))


def _now(analysis: Analysis) -> bool:
    return analysis.conflict.now is not None


def _layers(analysis: Analysis, cells: Sequence[int]) -> list[list[int]]:
    """The states by least number of moves from the status quo; what cannot be reached comes last."""
    conflict = analysis.conflict
    if conflict.now is None:
        return [list(cells[n : n + ROWS]) for n in range(0, len(cells), ROWS)]
    layers, seen = [[conflict.now]], {conflict.now}
    while layers[-1]:
        near = np.array(layers[-1], dtype=np.int64)
        found = {int(c) for p in range(len(conflict.players)) for c in conflict.successors(near, p)[1]} - seen
        seen |= found
        layers.append(sorted(found))
    rest = [cell for cell in cells if cell not in seen]
    return [layer for layer in [*layers, rest] if layer]


def _spots(layers: Sequence[Sequence[int]]) -> dict[int, tuple[float, float]]:
    tallest = min(ROWS, max(map(len, layers)))
    spots: dict[int, tuple[float, float]] = {}
    x = 34.0
    for layer in layers:
        columns = math.ceil(len(layer) / ROWS)
        rows = math.ceil(len(layer) / columns)
        for n, cell in enumerate(layer):
            column, row = divmod(n, rows)
            # Half a row down in every second column, so that lines do not run through states.
            lift = (tallest - rows) / 2 + (0.5 if (column % 2) else 0.0)
            spots[cell] = (x + 74 * column, 34 + 46 * (row + lift))
        x += 74 * (columns - 1) + 112
    return spots


def _steps(analysis: Analysis, cells: Sequence[int]) -> list[tuple[int, int, int, bool]]:
    here, found = np.array(cells, dtype=np.int64), []
    for player in range(len(analysis.conflict.players)):
        pairs = [improving_steps(analysis.conflict, analysis.solution, here, player, deep) for deep in (False, True)]
        every, sure = ([(cells[r], int(t)) for r, t in zip(*pair, strict=True)] for pair in pairs)
        credible = set(sure)
        found += [(a, b, player, (a, b) in credible) for a, b in dict.fromkeys(every)]
    return found


def _near(now: int | None, steps: Sequence[tuple[int, int, int, bool]]) -> frozenset[int]:
    """The states that improvements can lead to from the status quo."""
    seen = set[int]() if now is None else {now}
    edge = set(seen)
    while edge:
        edge = {end for start, end, _, _ in steps if start in edge} - seen
        seen |= edge
    return frozenset(seen)


def _arrow(spots: dict[int, tuple[float, float]], step: tuple[int, int, int, bool], near: frozenset[int]) -> str:
    start, end, player, credible = step
    (x1, y1), (x2, y2) = spots[start], spots[end]
    dx, dy = x2 - x1, y2 - y1
    length = math.hypot(dx, dy) or 1.0
    nx, ny, bow = -dy / length, dx / length, 10 + length * 0.09
    cx, cy = (x1 + x2) / 2 + nx * bow, (y1 + y2) / 2 + ny * bow
    ends = [_towards((x1, y1), (cx, cy), 14), _towards((x2, y2), (cx, cy), 17)]
    (sx, sy), (ex, ey) = ends
    kind = ("" if credible else " blocked") + ("" if start in near else " far")
    return (
        f'<path class="step a{player % 6}{kind}" data-a="{player}" data-f="{start}" data-t="{end}" '
        f'd="M{sx:.0f} {sy:.0f} Q{cx:.0f} {cy:.0f} {ex:.0f} {ey:.0f}" marker-end="url(#head)"/>'
    )


def _towards(start: tuple[float, float], aim: tuple[float, float], far: float) -> tuple[float, float]:
    dx, dy = aim[0] - start[0], aim[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    return start[0] + dx / length * far, start[1] + dy / length * far


def _state(analysis: Analysis, cell: int, spot: tuple[float, float], ends: dict[str, set[int]]) -> str:
    x, y = spot
    name = state_name(analysis, cell)
    held = [label(c) for c in ("nash", "seq", "smr", "gmr") if analysis.is_equilibrium(c, cell)]
    end = [kind for kind, states in ends.items() if cell in states]
    now = cell == analysis.conflict.now
    said = [f"State {name}: {analysis.text(cell)}"] if analysis.text(cell) != name else [f"State {name}"]
    said += ["status quo"] if now else []
    said += [f"equilibrium under {', '.join(held)}"] if held else ["no equilibrium"]
    said += [f"{kind} play ends here" for kind in end]
    kind = "state" + (" now" if now else "") + (" end" if "foresight" in end else "")
    body = f'<rect x="{x - 12:.0f}" y="{y - 12:.0f}" width="24" height="24" rx="2"/>' if now else ""
    body = body or f'<circle cx="{x:.0f}" cy="{y:.0f}" r="13"/>'
    ring = f'<circle class="ring" cx="{x:.0f}" cy="{y:.0f}" r="18.5"/>' if "SEQ" in held else ""
    short = name if len(name) <= 4 else str(int(np.searchsorted(analysis.conflict.states, cell)) + 1)
    text = escape("; ".join(said))
    return (
        f'<g class="{kind}" tabindex="0" role="img" data-s="{cell}" aria-label="{text}"><title>{text}</title>'
        f'{ring}{body}<text x="{x:.0f}" y="{y:.0f}" dy=".36em">{escape(short)}</text></g>'
    )
