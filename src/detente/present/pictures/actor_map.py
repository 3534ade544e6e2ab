"""The actor map: who stands how to whom since when, with the words beside every party.

Those who decide stand in the middle, everybody else to their left and right. A tie is a line with a sign on it, and words
below a party at one of its ends: the sign, whom it is for or against, and when.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.tables.selection import plural
from detente.present.words import Names
from detente.scenario.model import Scenario

SIGNS = {
    "+": ("plus", "for", "+"),
    "-": ("minus", "against", "−"),
    "+/-": ("both", "mixed", "±"),
    "0": ("none", "neutral", "0"),
}

WIDE, SIDE, MIDDLE = 900.0, 238.0, 190.0
"""The whole width, and the room for words at the sides and in the middle."""

NAME, SMALL = 11.5, 10.0


Point = tuple[float, float]


@dataclass(frozen=True)
class _Tie:
    origin: str
    target: str
    sign: str
    mutual: bool
    times: tuple[str, ...]


@dataclass(frozen=True)
class _Spot:
    """A party: the edges that lines start from, and how high it stands."""

    left: float
    right: float
    y: float
    side: int
    half: float = 4.0


def actor_map(scenario: Scenario) -> Drawing:
    """Signed, dated relations between the actors and the other figures of a scenario."""
    names, ties = Names.of(scenario), _ties(scenario)
    inside = {name for tie in ties for name in (tie.origin, tie.target)}
    middle = [actor.id for actor in scenario.actors if actor.id in inside]
    others = [name for name in (*scenario.cast, *sorted(inside)) if name in inside and name not in middle]
    said = _said(ties, set(middle), names)
    pen, spots = Pen(), dict[str, _Spot]()
    _legend(pen)
    left, right = _sides(list(dict.fromkeys(others)), middle, ties, said)
    # the sides decide the height; the middle is at least so high that ties between its boxes can be told apart
    high = max(_columns(pen, left, right, names, said, spots), 150.0 * len(middle))
    _centre(pen, middle, names, said, spots, high)
    # lines need to know where everybody stands, but are drawn first, so that no line crosses out a word
    words = list(pen.parts)
    pen.parts.clear()
    _routes(pen, ties, spots)
    pen.parts += words
    counts = {sign: sum(tie.sign == sign for tie in ties) for sign in SIGNS}
    told = ", ".join(f"{n} {SIGNS[sign][1]}" for sign, n in counts.items() if n)
    text = f"{plural(len(inside), 'party', 'parties')}; {plural(len(scenario.relations), 'relation')}, "
    text += f"drawn as {plural(len(ties), 'tie')} between two: {told}."
    text += " Those who decide stand in the middle."
    return pen.drawing("actors", "Who stands how to whom", text)


def _ties(scenario: Scenario) -> list[_Tie]:
    """One tie for each pair and sign, with all its times."""
    found = defaultdict[tuple[str, str, str, bool], dict[str, None]](dict)
    for relation in scenario.relations:
        for a in relation.origin:
            for b in relation.target:
                pair = (min(a, b), max(a, b)) if relation.mutual else (a, b)
                if a != b:
                    found[(*pair, relation.sign, relation.mutual)] |= {relation.time: None} if relation.time else {}
    return [_Tie(*key, tuple(times)) for key, times in found.items()]


def _said(ties: Iterable[_Tie], middle: set[str], names: Names) -> dict[str, list[tuple[str, ...]]]:
    """Below whom which tie is told, wrapped: below the party at the side if there is one, else below the origin."""
    said = defaultdict[str, list[tuple[str, ...]]](list)
    for tie in ties:
        here, there, back = tie.origin, tie.target, False
        if here in middle and there not in middle:
            here, there, back = there, here, True
        arrow = "↔" if tie.mutual else "←" if back else "→"
        times = f" ({', '.join(tie.times)})" if tie.times else ""
        room = MIDDLE - 16 if here in middle else SIDE
        said[here].append(wrap(f"{SIGNS[tie.sign][2]} {arrow} {names.name(there)}{times}", room, SMALL))
    return said


def _height(name: str, said: Mapping[str, list[tuple[str, ...]]], room: float) -> float:
    lines = sum(map(len, said.get(name, ())))
    return 15.0 * len(wrap(name, room, NAME, bold=True)) + 13.0 * lines + 13.0


def _sides(
    others: Sequence[str], middle: Sequence[str], ties: Iterable[_Tie], said: Mapping[str, list[tuple[str, ...]]]
) -> tuple[list[str], list[str]]:
    """Left and right, about as high, each in the order of those they are tied to."""
    near = defaultdict[str, list[int]](list)
    for tie in ties:
        for one, other in ((tie.origin, tie.target), (tie.target, tie.origin)):
            if other in middle:
                near[one].append(middle.index(other))
    # the mean place of those one is tied to, as in drawings of layered graphs: lines that start in order cross less
    ordered = sorted(others, key=lambda name: sum(near[name]) / len(near[name]) if near[name] else len(middle))
    sides: tuple[list[str], list[str]] = ([], [])
    heights = [0.0, 0.0]
    for name in ordered:
        side = int(heights[1] < heights[0])  # the shorter column, so that both end at about the same height
        sides[side].append(name)
        heights[side] += _height(name, said, SIDE) + 15
    return sides


def _columns(
    pen: Pen,
    left: Sequence[str],
    right: Sequence[str],
    names: Names,
    said: Mapping[str, list[tuple[str, ...]]],
    spots: dict[str, _Spot],
) -> float:
    """Everybody at the sides; how high it all is."""
    low = 0.0
    for side, column in ((0, left), (2, right)):
        y = 44.0
        for name in column:
            lines = wrap(names.name(name), SIDE, NAME, bold=True)
            x, anchor = (SIDE, "end") if side == 0 else (WIDE - SIDE, "start")
            dot = SIDE + 12 if side == 0 else WIDE - SIDE - 12
            spots[name] = _Spot(dot, dot, y - 4, side)
            pen.dot(dot, y - 4, 4, "point")
            after = pen.lines(x, y, lines, "", NAME, anchor, bold=True)
            for told in said.get(name, ()):
                after = pen.lines(x, after, told, "soft", SMALL, anchor)
            y = after + 12
        low = max(low, y)
    return low


def _centre(
    pen: Pen,
    middle: Sequence[str],
    names: Names,
    said: Mapping[str, list[tuple[str, ...]]],
    spots: dict[str, _Spot],
    high: float,
) -> None:
    for number, name in enumerate(middle):
        lines, told = wrap(names.name(name), MIDDLE - 16, 13, bold=True), said.get(name, [])
        tall = 16 + 17 * len(lines) + 13 * sum(map(len, told))
        x, y = (WIDE - MIDDLE) / 2, 30 + (high - 30) * (number + 0.5) / len(middle) - tall / 2
        spots[name] = _Spot(x, x + MIDDLE, y + tall / 2, 1, tall / 2)
        pen.box(x, y, MIDDLE, tall, "box strong")
        after = pen.lines(WIDE / 2, y + 20, lines, "", 13, "middle", bold=True)
        for each in told:
            after = pen.lines(x + 8, after - 1, each, "soft", SMALL)


def _draw(pen: Pen, tie: _Tie, ends: tuple[Point, Point], bow: Point | None, at: float, marks: list[Point]) -> None:
    (start, end), (kind, _, sign) = ends, SIGNS[tie.sign]
    bend = bow or _half(start, end)
    if tie.mutual:  # two arrows that part in the middle, for an arrow has one head
        middle = bend_point(start, bend, end, 0.5)
        pen.arrow(middle, _half(start, bend), start, f"tie {kind}")
        pen.arrow(middle, _half(bend, end), end, f"tie {kind}")
    else:
        pen.arrow(start, bend, end, f"tie {kind}")
    # the sign wants to stand at `at`; step by step farther to both sides until it covers no other sign
    tries = (at + n * way / 60 for n in range(25) for way in (1, -1))
    places = [bend_point(start, bend, end, t) for t in tries if 0.08 < t < 0.92] or [bend_point(start, bend, end, at)]
    x, y = next((p for p in places if all(math.dist(p, other) > 15 for other in marks)), places[0])
    marks.append((x, y))
    pen.dot(x, y, 5.5, "sign")
    pen.raw(f'<text class="mark" x="{x:.1f}" y="{y + 3.5:.1f}" font-size="10" text-anchor="middle">{sign}</text>')


def _routes(pen: Pen, ties: Sequence[_Tie], spots: Mapping[str, _Spot]) -> None:
    """Draw all ties: those in the middle straight down, the others from edge to edge, spread over the edges of the boxes."""
    marks: list[Point] = []
    inner = [tie for tie in ties if spots[tie.origin].side == spots[tie.target].side == 1]
    for number, tie in enumerate(sorted(inner, key=lambda t: abs(spots[t.origin].y - spots[t.target].y))):
        a, b = spots[tie.origin], spots[tie.target]
        x = a.left + (number + 1) * (a.right - a.left) / (len(inner) + 1)
        way = 1 if b.y > a.y else -1  # from the lower edge of the upper box to the upper edge of the lower one
        start, end = (x, a.y + way * a.half), (x, b.y - way * b.half)
        # signs of neighbouring lines stand at two heights in turn, so that they do not touch
        near = min(0.5, 16 / max(1.0, abs(end[1] - start[1])))
        _draw(pen, tie, (start, end), None, near if number % 2 else 2 * near, marks)
    outer = [tie for tie in ties if tie not in inner]
    places = _edges(outer, spots)
    for number, tie in enumerate(outer):
        a, b = spots[tie.origin], spots[tie.target]
        ends = (places[number, 0], places[number, 1])
        bow = None
        if a.side == b.side:  # both in one column: around the words between them, each line a little farther out
            out = 1 if a.side == 0 else -1
            far = 30 + 0.14 * abs(a.y - b.y) + (number % 3) * 8
            bow = (a.left + out * 2 * far, (a.y + b.y) / 2)
        # the sign stands near the party at the side, where lines are apart; at the boxes they run together
        at = 0.22 if a.side != 1 else 0.78 if b.side != 1 else 0.5
        _draw(pen, tie, ends, bow, at, marks)


def _edges(ties: Sequence[_Tie], spots: Mapping[str, _Spot]) -> dict[tuple[int, int], Point]:
    """Where every tie starts and ends: spread along the edge it leaves, in the order of where it goes."""
    along = defaultdict[tuple[str, int], list[tuple[float, int, int]]](list)
    for number, tie in enumerate(ties):
        for end, (mine, other) in enumerate(((tie.origin, tie.target), (tie.target, tie.origin))):
            here, there = spots[mine], spots[other]
            # towards the other end; two parties of one column are joined on its inner side
            edge = 1 if there.side > here.side or (there.side == here.side == 0) else -1
            along[mine, edge].append((there.y, number, end))
    places: dict[tuple[int, int], Point] = {}
    for (name, edge), leaving in along.items():
        spot = spots[name]
        x = spot.right if edge > 0 else spot.left
        gap = 5 if spot.side != 1 else 0
        room = spot.half if spot.side == 1 else min(9.0, 3.0 * len(leaving))
        # from top to bottom in the order of where they go: then lines that leave one edge do not cross each other
        for place, (_, number, end) in enumerate(sorted(leaving)):
            shift = ((place + 0.5) / len(leaving) * 2 - 1) * room * 0.85
            places[number, end] = (x + edge * gap, spot.y + shift)
    return places


def _half(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def bend_point(start: Point, bend: Point, end: Point, t: float) -> Point:
    """A place on a curve."""
    x, y = ((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(start, bend, end, strict=True))
    return x, y


def _legend(pen: Pen) -> None:
    x = 0.0
    for kind, word, sign in SIGNS.values():
        text = f"{sign} {word}"
        pen.line([(x, 0), (x + 30, 0)], f"tie key {kind}")
        pen.text(x + 37, 4, text)
        x += 37 + width(text) + 26
