"""The paper that pictures are drawn on: shapes and words at known places, and a drawing that can be shown or handed over.

A `Pen` collects shapes; every piece of text it writes is measured and remembered as a `Label`, so that a picture can be laid
out around its words and a test can see whether two of them overlap. `pen.drawing(...)` gives the finished `Drawing`.

Colours come by class from `style.css`: on a page its variables decide (light or dark), anywhere else the values that stand
behind them. Nothing is told by colour alone, and one scale holds everywhere: dark is always, hatched sometimes, empty never.

>>> pen = Pen()
>>> pen.text(0, 20, "Hanoi", bold=True)
>>> drawing = pen.drawing("demo", "A word", "It says Hanoi.")
>>> [label.text for label in drawing.labels], drawing.svg().startswith("<svg")
(['A word', 'Hanoi'], True)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.files import write_whole
from detente.messages import language, tell
from detente.present.pictures.lettering import LEADING, SIZE, Label, width, wrap
from detente.present.pictures.pixels import FACES, png

MARGIN = 14.0
"""Free space around a drawing."""

Parts = tuple[str, ...]
"""Markup, shape by shape."""


@dataclass(frozen=True)
class Plate:
    """Something drawn, moved so that it begins at 0, 0: its size, its markup, and the words in it."""

    width: int
    height: int
    body: str
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Mark:
    """An entry of a key: a sign `KEYED` wide, drawn from 0, 0, and what it means.

    >>> Mark.of("always", lambda pen: pen.shade(0, 0, 22, 12, 3)).says
    'always'
    """

    says: str
    parts: Parts

    @classmethod
    def of(cls, says: str, draw: Callable[[Pen], None]) -> Mark:
        pen = Pen()
        draw(pen)
        return cls(says, tuple(pen.parts))


KEYED = 22.0
"""How wide a sign of a key is; it is 12 high."""

NARROW = 480.0
"""A title and a source may be so wide at least, however narrow the picture is."""


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its kind, its title (what was found, in a sentence), the same in words, and what is drawn.

    On its own it has its title, a key to its signs, and a line that says what it rests on; `bare` leaves out all three. On a
    page, which has title and source beside it, it has the key. It shows itself in notebooks; `save` writes it as SVG or PNG by
    the ending of the name.
    """

    kind: str
    title: str
    words: str
    plate: Plate
    key: tuple[Mark, ...] = ()
    source: str = ""
    alive: bool = False
    bare: bool = False

    def __repr__(self) -> str:
        return f"<Drawing {self.kind}: {self.title}>"

    @cached_property
    def whole(self) -> Plate:
        """What is drawn, with what stands above and below it."""
        return self.plate if self.bare else _framed(self.plate, self.title, self.key, self.source)

    @property
    def width(self) -> int:
        return self.whole.width

    @property
    def height(self) -> int:
        return self.whole.height

    @property
    def labels(self) -> tuple[Label, ...]:
        """Every word written in it."""
        return self.whole.labels

    def svg(self) -> str:
        """For a page that has `style()`: as wide as there is room, never so narrow that it cannot be read."""
        plate = _framed(self.plate, "", self.key, "")
        style = f"min-width:{min(plate.width, round(plate.width * 0.8)):d}px;max-width:{plate.width}px"
        return self._open(plate, f'class="dt" style="{style}"') + plate.body + "</svg>"

    def alone(self) -> str:
        """For itself, with its own style, on white."""
        plate = self.whole
        size = f'xmlns="http://www.w3.org/2000/svg" width="{plate.width}" height="{plate.height}"'
        size += f' lang="{language()}" class="dt"'
        look = f"svg.dt{{font-family:{FACES}}}{style(light=True)}"
        words = f"<title>{escape(self.title)}</title><desc>{escape(self.words)}</desc><style>{look}</style>"
        ground = f'<rect class="ground" width="{plate.width}" height="{plate.height}"/>'
        return f"{self._open(plate, size)}{words}{ground}{plate.body}</svg>\n"

    def _open(self, plate: Plate, more: str) -> str:
        role = "group" if self.alive else "img"
        name = f'role="{role}" aria-label="{escape(self.title)}" data-kind="{self.kind}"'
        return f'<svg viewBox="0 0 {plate.width} {plate.height}" {name} {more}>'

    def png(self, scale: float = 2.0) -> bytes:
        """As pixels, `scale` to each of the SVG; what the usual face lacks is drawn in another installed one that has it.

        Needs the extra `pictures`; `InputError` says so, and names letters that no installed font has.
        """
        return png(self.alone(), (self.width, self.height), (each.text for each in self.labels), scale)

    def save(self, target: str | Path, scale: float = 2.0) -> Path:
        """Write it; `InputError` if the name ends neither in .svg nor in .png, or the file cannot be written."""
        path = Path(target)
        content = self.png(scale) if suffix_of(path) == ".png" else self.alone().encode()
        try:
            write_whole(path, content)
        except OSError as error:
            raise InputError(tell("cannot write {path}: {strerror}", path=path, strerror=error.strerror)) from None
        return path

    def to_json(self) -> dict[str, Any]:
        """What it shows, in words, and the drawing as SVG."""
        size = {"width": self.width, "height": self.height}
        return {"kind": self.kind, "title": self.title, "description": self.words, **size, "svg": self.alone()}

    def _repr_svg_(self) -> str:
        return self.alone()


def suffix_of(path: Path) -> str:
    """`.svg` or `.png`; `InputError` for any other ending."""
    found = path.suffix.lower()
    if found not in (".svg", ".png"):
        raise InputError(tell("a picture is written as .svg or .png; found {name}", name=repr(path.name)))
    return found


@cache
def style(light: bool = False) -> str:
    """The style sheet of all drawings; `light` puts plain colours for variables, for programs that know none."""
    text = (files("detente.present.pictures") / "style.css").read_text(encoding="utf-8")
    return re.sub(r"var\(--\w+, ?([^)]*)\)", r"\1", text) if light else text


@dataclass
class Pen:
    """Collects what is drawn; every coordinate is in pixels from wherever the picture likes."""

    parts: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        kind: str = "",
        size: float = SIZE,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """A line of text on the base line `y`; `anchor` is start, middle or end."""
        if not text:
            return
        wide = width(text, size, bold)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self.labels.append(Label(text, left, y - 0.8 * size, wide, size))
        self.reach((left, y - size), (left + wide, y + 0.3 * size))
        names = " ".join(filter(None, (kind, "b" if bold else "")))
        self.parts.append(
            f"<text{_class(names)} x={_n(x)} y={_n(y)}{_unless('font-size', _n(size), size == SIZE)}"
            f"{_unless('text-anchor', chr(34) + anchor + chr(34), anchor == 'start')}>{escape(text, quote=False)}</text>"
        )

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        kind: str = "",
        size: float = SIZE,
        anchor: str = "start",
        bold: bool = False,
    ) -> float:
        """Lines of text, the first on `y`; where the next one would stand."""
        for number, line in enumerate(lines):
            self.text(x, y + number * size * LEADING, line, kind, size, anchor, bold)
        return y + len(lines) * size * LEADING

    def box(self, x: float, y: float, wide: float, high: float, kind: str = "", round_: float = 4.0) -> None:
        self.reach((x, y), (x + wide, y + high))
        self.parts.append(
            f"<rect{_class(kind)} x={_n(x)} y={_n(y)} width={_n(wide)} height={_n(high)}"
            f"{_unless('rx', _n(round_), not round_)}/>"
        )

    def dot(self, x: float, y: float, radius: float, kind: str = "") -> None:
        self.reach((x - radius, y - radius), (x + radius, y + radius))
        self.parts.append(f"<circle{_class(kind)} cx={_n(x)} cy={_n(y)} r={_n(radius)}/>")

    def line(self, points: Sequence[tuple[float, float]], kind: str = "", more: str = "") -> None:
        self.reach(*points)
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path{_class(kind)} {more}d="M{path}"/>')

    def arrow(
        self, start: tuple[float, float], bend: tuple[float, float], end: tuple[float, float], kind: str, more: str = ""
    ) -> None:
        """A curve through a control point, with a head."""
        self.reach(start, end)
        dx, dy = end[0] - bend[0], end[1] - bend[1]
        far = (dx * dx + dy * dy) ** 0.5 or 1.0
        ux, uy = dx / far, dy / far
        bx, by = end[0] - 8 * ux, end[1] - 8 * uy
        head = f"M{end[0]:.1f} {end[1]:.1f}L{bx - 3.6 * uy:.1f} {by + 3.6 * ux:.1f}L{bx + 3.6 * uy:.1f} {by - 3.6 * ux:.1f}z"
        curve = f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {bx:.1f} {by:.1f}"
        self.parts.append(f'<g{_class(kind)} {more}><path d="{curve}"/><path class="head" d="{head}"/></g>')

    def raw(self, markup: str) -> None:
        """Markup as it is, for groups: `<g ...>` and `</g>`."""
        self.parts.append(markup)

    def reach(self, *points: tuple[float, float]) -> None:
        """The picture is to hold these points."""
        self.xs += [x for x, _ in points]
        self.ys += [y for _, y in points]

    def shade(self, x: float, y: float, wide: float, high: float, tone: int) -> None:
        """A field on the one scale of all pictures: 3 dark (always), 2 hatched (sometimes), 1 empty (never), 0 no field."""
        if tone:
            self.box(x, y, wide, high, f"h{tone}", 2)
        if tone == 2:
            # drawn line by line: a pattern would need a name, and several pictures on a page would share it
            starts = [x - high + 6 * n for n in range(1, int((wide + high) / 6) + 1)]
            lines = [(max(s, x), min(s + high, x + wide), s) for s in starts]
            marks = (
                f"M{a:.1f} {y + high - (a - s):.1f}L{b:.1f} {y + high - (b - s):.1f}" for a, b, s in lines if b > a
            )
            self.parts.append(f'<path class="hatch" d="{"".join(marks)}"/>')

    def cell(
        self, x: float, y: float, wide: float, high: float, tone: int, lines: Sequence[str], size: float = 11.0
    ) -> None:
        """A field of the scale with words in its middle; on hatches the words have a plain ground."""
        self.shade(x, y, wide, high, tone)
        step = size * LEADING
        base = y + high / 2 + 0.36 * size - step / 2 * (len(lines) - 1)
        if tone == 2 and any(lines):
            broad = max(width(line, size) for line in lines) + 6
            self.box(x + (wide - broad) / 2, base - size, broad, step * len(lines), "plain", 2)
        self.lines(x + wide / 2, base, lines, f"i{tone}", size, "middle", bold=tone == 3)

    def plate(self) -> Plate:
        """What has been drawn, moved so that it fits."""
        left, top = min(self.xs, default=0.0) - MARGIN, min(self.ys, default=0.0) - MARGIN
        wide, high = max(self.xs, default=1.0) - left + MARGIN, max(self.ys, default=1.0) - top + MARGIN
        body = f'<g transform="translate({-left:.1f} {-top:.1f})">{"".join(self.parts)}</g>'
        moved = tuple(Label(each.text, each.x - left, each.y - top, each.width, each.height) for each in self.labels)
        return Plate(round(wide), round(high), body, moved)

    def drawing(
        self, kind: str, title: str, words: str, key: Sequence[Mark] = (), source: str = "", alive: bool = False
    ) -> Drawing:
        """The finished picture."""
        return Drawing(kind, title, words, self.plate(), tuple(key), source, alive)


def _framed(plate: Plate, title: str, key: Sequence[Mark], source: str) -> Plate:
    """The plate with its title above, and below it the key to its signs and what it rests on."""
    if not (title or key or source):
        return plate
    room = max(plate.width - 2 * MARGIN, NARROW)
    pen, top = Pen(), MARGIN + 15.0
    top = pen.lines(MARGIN, top, wrap(title, room, 15, bold=True), "", 15, bold=True) - 15 if title else 0.0
    pen.raw(f'<g transform="translate(0 {top:.1f})">{plate.body}</g>')
    pen.labels += [Label(each.text, each.x, each.y + top, each.width, each.height) for each in plate.labels]
    pen.reach((0, 0), (plate.width, top + plate.height))
    top, x = top + plate.height + 12, MARGIN
    for mark in key:
        lines = wrap(mark.says, room - KEYED - 8, 11)
        wide = KEYED + 6 + max(width(line, 11) for line in lines) + 20
        if x > MARGIN and x + wide - 20 > MARGIN + room:
            x, top = MARGIN, top + 20
        pen.raw(f'<g transform="translate({x:.1f} {top - 10:.1f})">{"".join(mark.parts)}</g>')
        pen.reach((x, top - 10), (x + KEYED, top + 4))
        pen.lines(x + KEYED + 6, top, lines, "", 11)
        top += 14.3 * (len(lines) - 1)
        x += wide
    if source:
        pen.lines(MARGIN, top + (20 if key else 4), wrap(source, room, 10), "soft", 10)
    wide, high = max(pen.xs), max(pen.ys)
    return Plate(max(plate.width, round(wide + MARGIN)), round(high + MARGIN), "".join(pen.parts), tuple(pen.labels))


def _n(value: float) -> str:
    return f'"{value:.1f}"' if value % 1 else f'"{value:.0f}"'


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _unless(name: str, value: str, usual: bool) -> str:
    return "" if usual else f" {name}={value}"
