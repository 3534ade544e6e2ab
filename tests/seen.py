"""What can be seen in a picture: its shapes and words at their places, read from the SVG as a person would."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from detente.present.pictures import Drawing

TITLE = 15
"""How high the letters of a title are."""

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Field:
    """A rectangle: its class, its place, and the words inside it."""

    kind: str
    x: float
    y: float
    wide: float
    high: float
    text: str = ""
    holds: tuple[Field, ...] = ()

    @property
    def middle(self) -> float:
        return self.y + self.high / 2

    @property
    def right(self) -> float:
        return self.x + self.wide


@dataclass(frozen=True)
class Seen:
    fields: tuple[Field, ...]
    words: tuple[Field, ...]
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    dots: tuple[Field, ...]

    def shaded(self) -> list[Field]:
        """The fields of the one scale, without those of the key."""
        return [f for f in self.fields if f.kind in ("h1", "h2", "h3") and (f.wide, f.high) != (22, 12)]

    def boxes(self, kind: str = "box") -> list[Field]:
        return [f for f in self.fields if f.kind == kind]

    def left_of(self, field: Field) -> str:
        """The words on the same height, left of a field, from left to right."""
        found = [
            w for w in self.words if w.right <= field.x + 1 and field.y - 2 <= w.middle <= field.y + field.high + 2
        ]
        return " ".join(w.text for w in sorted(found, key=lambda w: (w.y, w.x)))

    def above(self, field: Field, below: float = 0.0) -> str:
        """The words above a field in its column, from the height `below` on, without those inside other fields."""
        inside = {text for f in self.shaded() for text in f.holds}
        found = [
            w
            for w in self.words
            if below <= w.y < field.y
            and w.high < TITLE
            and w not in inside
            and field.x - 1 <= w.x + w.wide / 2 <= field.right + 1
        ]
        return " ".join(w.text for w in sorted(found, key=lambda w: (w.y, w.x)))


def seen(drawing: Drawing) -> Seen:
    """Everything drawn, at its place."""
    root = ET.fromstring(drawing.alone())  # noqa: S314 (our own)
    fields, lines, dots = list[Field](), list[tuple[str, tuple[tuple[float, float], ...]]](), list[Field]()
    words = tuple(Field("", w.x, w.y, w.width, w.height, w.text) for w in drawing.labels)
    for node, dx, dy in _walk(root, 0.0, 0.0):
        kind = node.get("class", "")
        if node.tag == f"{SVG}rect" and kind != "ground":
            x, y, wide, high = (float(node.get(name, 0)) for name in ("x", "y", "width", "height"))
            x, y = x + dx, y + dy
            inside = [
                w
                for w in words
                if x - 1 <= w.x and w.x + w.wide <= x + wide + 1 and y - 1 <= w.y and w.y + w.high <= y + high + 1
            ]
            inside.sort(key=lambda w: (round(w.y), w.x))
            said = " ".join(w.text for w in inside)
            fields.append(Field(kind, round(x, 1), round(y, 1), wide, high, said, tuple(inside)))
        if node.tag == f"{SVG}path":
            points = re.findall(r"(-?[\d.]+) (-?[\d.]+)", node.get("d", ""))
            lines.append((kind, tuple((float(a) + dx, float(b) + dy) for a, b in points)))
        if node.tag == f"{SVG}circle":
            x, y, r = (float(node.get(name, 0)) for name in ("cx", "cy", "r"))
            dots.append(Field(kind, x + dx - r, y + dy - r, 2 * r, 2 * r))
    return Seen(tuple(fields), words, tuple(lines), tuple(dots))


def _walk(node: ET.Element, dx: float, dy: float) -> Iterator[tuple[ET.Element, float, float]]:
    moved = re.fullmatch(r"translate\((-?[\d.]+) (-?[\d.]+)\)", node.get("transform", ""))
    if moved:
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    yield node, dx, dy
    for child in node:
        yield from _walk(child, dx, dy)


def way_to(found: Seen, cell: Field) -> list[str]:
    """In a tree: the words of the boxes on the way to a cell, found by following the lines back from it."""
    on_line = [box for box in found.boxes() if abs(box.middle - cell.middle) < 0.3 and box.x < cell.x]
    if not on_line:
        return []
    way = [max(on_line, key=lambda box: box.x)]
    while True:
        here = way[0]
        spines = [
            points
            for kind, points in found.lines
            if kind == "axis" and len(points) == 4 and abs(points[0][0] - here.x) < 0.3
            if points[0][1] - 0.3 <= here.middle <= points[3][1] + 0.3
        ]
        if not spines:
            return [box.text for box in way]
        (spine,) = spines
        middle = (spine[0][1] + spine[3][1]) / 2
        before = [box for box in found.boxes() if abs(box.middle - middle) < 0.3 and box.right < here.x]
        way.insert(0, max(before, key=lambda box: box.x))
