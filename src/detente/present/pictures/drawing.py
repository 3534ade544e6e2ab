"""The paper that pictures are drawn on: shapes and words at known places, and a drawing that can be shown or handed over.

A `Pen` collects shapes; every piece of text it writes is measured and remembered as a `Label`, so that a picture can be laid
out around its words and a test can see whether two of them overlap. `pen.drawing(...)` gives the finished `Drawing`.

Colours come by class from `style.css`: on a page its variables decide (light or dark), anywhere else the values that stand
behind them. Nothing is told by colour alone. Widths of letters are those of DejaVu Sans, one of the widest common faces: what
fits there fits elsewhere.

>>> pen = Pen()
>>> pen.text(0, 20, "Hanoi", bold=True)
>>> drawing = pen.drawing("demo", "A word", "It says Hanoi.")
>>> drawing.labels[0].text, drawing.svg().startswith("<svg")
('Hanoi', True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.files import write_whole

SIZE, LEADING = 12.0, 1.3
"""The usual height of letters, and of a line in heights of letters."""

MARGIN = 14.0
"""Free space around a drawing."""

FACES = "'DejaVu Sans',Verdana,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
"""The faces of a drawing that stands alone."""

# fmt: off
_WIDTHS = (
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
)
# fmt: on
"""Hundredths of the height, from the space to the tilde."""

_WIDE, _OTHER, _BOLD = 105, 70, 1.13

UNSEEN = "\u2068\u2069\u200e\u200f\u061c"
"""Letters that only steer the direction of the others."""
_LINE = 10_000
"""Letters of one line at most, however wide it may be."""

MOST_PIXELS = 1 << 26
"""Pixels of a PNG at most: each takes four bytes while it is drawn."""


def width(text: str, size: float = SIZE, bold: bool = False) -> float:
    """How wide a text is at most.

    >>> width("mm") > width("ii"), width("a", bold=True) > width("a")
    (True, True)
    """
    return sum(map(_letter, text)) / 100 * size * (_BOLD if bold else 1.0)


def _letter(letter: str) -> int:
    """Hundredths of the height."""
    code = ord(letter)
    if letter in UNSEEN:
        return 0
    return _WIDTHS[code - 32] if 32 <= code < 127 else _WIDE if code >= 0x2E80 else _OTHER


def _fitting(text: str, room: float, size: float, bold: bool) -> int:
    """How many letters from the beginning are no wider than `room`. Cost: one pass over these."""
    most, total = room * 100 / size / (_BOLD if bold else 1.0), 0
    for number, letter in enumerate(text):
        total += _letter(letter)
        if total > most + 1e-9:
            return number
    return len(text)


def wrap(text: str, room: float, size: float = SIZE, bold: bool = False, most: int = 0) -> tuple[str, ...]:
    """Lines no wider than `room`; with `most` no more lines than that, the last one cut with an ellipsis. Linear.

    >>> wrap("one two three", 60)
    ('one two', 'three')
    >>> wrap("one two three", 60, most=1)
    ('one two…',)
    """
    lines: list[str] = []
    for word in (piece for each in text.split() for piece in _pieces(each, room, size, bold)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if most and len(lines) > most:
        return (*lines[: most - 1], cut(f"{lines[most - 1]}…", room, size, bold))
    return tuple(lines) or ("",)


def _pieces(word: str, room: float, size: float, bold: bool) -> Iterable[str]:
    """A word, broken where it is wider than a line."""
    start = 0
    while start < len(word):
        line = word[start : start + _LINE]
        fits = max(1, _fitting(line, room, size, bold))
        yield line[:fits]
        start += fits


def cut(text: str, room: float, size: float = SIZE, bold: bool = False) -> str:
    """The text, or as much of it as there is room for."""
    if width(text, size, bold) <= room:
        return text
    kept = text.rstrip("…")
    return kept[: _fitting(kept, room - width("…", size, bold), size, bold)].rstrip() + "…"


@dataclass(frozen=True)
class Label:
    """A piece of text and the box it needs: left, top, width, height."""

    text: str
    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Label) -> bool:
        """Whether the boxes share more than an edge."""
        return (
            min(self.x + self.width, other.x + other.width) - max(self.x, other.x) > 0.5
            and min(self.y + self.height, other.y + other.height) - max(self.y, other.y) > 0.5
        )


@dataclass(frozen=True)
class Drawing:
    """A finished picture: what kind it is, its title, the same in words, its size, and what is drawn.

    It shows itself in notebooks. `save` writes it as SVG or PNG by the ending of the name.
    """

    kind: str
    title: str
    words: str
    width: int
    height: int
    body: str
    labels: tuple[Label, ...] = ()
    alive: bool = False

    def __repr__(self) -> str:
        return f"<Drawing {self.kind}: {self.title}>"

    def svg(self) -> str:
        """For a page that has `style()`: as wide as there is room, never so narrow that it cannot be read."""
        style = f"min-width:{min(self.width, round(self.width * 0.8)):d}px;max-width:{self.width}px"
        return self._open(f'class="dt" style="{style}"') + self.body + "</svg>"

    def alone(self) -> str:
        """For itself, with its own style, on white."""
        size = f'xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" class="dt"'
        look = f"svg.dt{{font-family:{FACES}}}{style(light=True)}"
        words = f"<title>{escape(self.title)}</title><desc>{escape(self.words)}</desc><style>{look}</style>"
        ground = f'<rect class="ground" width="{self.width}" height="{self.height}"/>'
        return f"{self._open(size)}{words}{ground}{self.body}</svg>\n"

    def _open(self, more: str) -> str:
        role = "group" if self.alive else "img"
        name = f'role="{role}" aria-label="{escape(self.title)}" data-kind="{self.kind}"'
        return f'<svg viewBox="0 0 {self.width} {self.height}" {name} {more}>'

    def png(self, scale: float = 2.0) -> bytes:
        """As pixels, `scale` to each of the SVG; what the usual face lacks is drawn in another installed one that has it.

        Needs the extra `pictures`; `InputError` says so, and names letters that no installed font has.
        """
        try:
            import resvg_py
        except ImportError:
            raise InputError(
                "PNG needs the package resvg-py: pip install 'detente[pictures]'; "
                "SVG needs nothing: give a name that ends in .svg"
            ) from None
        across, down = round(self.width * scale), round(self.height * scale)
        if across * down > MOST_PIXELS:
            raise InputError(
                f"as a PNG this picture would have {across:,} × {down:,} pixels; up to {MOST_PIXELS:,} are drawn. Write it as "
                "SVG (a name that ends in .svg), choose a smaller scale, or give shorter names"
            )
        found = bytes(resvg_py.svg_to_bytes(svg_string=self.alone(), zoom=scale, **_LOOKS))
        if self.labels and not _letters(resvg_py.svg_to_bytes):
            raise InputError(
                "no font is installed that a PNG could be written with; install one, such as DejaVu Sans, or write SVG"
            )
        missing = _missing(resvg_py.svg_to_bytes, (each.text for each in self.labels))
        if missing:
            shown = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:SHOWN])
            more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
            raise InputError(
                f"no installed font has the letters {shown}{more}; install one that has them, such as Noto Sans for their "
                "script, or write SVG, which the reader's own fonts show"
            )
        return found

    def save(self, target: str | Path, scale: float = 2.0) -> Path:
        """Write it; `InputError` if the name ends neither in .svg nor in .png, or the file cannot be written."""
        path = Path(target)
        content = self.png(scale) if suffix_of(path) == ".png" else self.alone().encode()
        try:
            write_whole(path, content)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None
        return path

    def to_json(self) -> dict[str, Any]:
        """What it shows, in words, and the drawing as SVG."""
        size = {"width": self.width, "height": self.height}
        return {"kind": self.kind, "title": self.title, "description": self.words, **size, "svg": self.alone()}

    def _repr_svg_(self) -> str:
        return self.alone()


_LOOKS: dict[str, Any] = {"sans_serif_family": "DejaVu Sans"}


SHOWN = 5
"""Letters without a font that are named."""

NOBODYS = "\U0010fffd"
"""A letter that no font has: how it looks is how every letter looks that is missing."""


def _drawn(render: Callable[..., Any], letter: str) -> bytes:
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FACES}">{{}}</svg>'
    return bytes(render(svg_string=frame.format(f'<text y="18">{escape(letter)}</text>'), **_LOOKS))


def _letters(render: Callable[..., Any]) -> bool:
    """Whether letters are drawn at all: without any font they are left out in silence."""
    return _drawn(render, "M") != _drawn(render, "")


def _missing(render: Callable[..., Any], texts: Iterable[str]) -> list[str]:
    """The letters of these texts that no installed font has. Cost: a small picture for each that is not ASCII."""
    letters = dict.fromkeys(letter for text in texts for letter in text if ord(letter) > 127)
    unknown = _drawn(render, NOBODYS)
    seen = (letter for letter in letters if unicodedata.category(letter)[0] not in "MZ")
    seen = (letter for letter in seen if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return [letter for letter in seen if _drawn(render, letter) == unknown]


def suffix_of(path: Path) -> str:
    """`.svg` or `.png`; `InputError` for any other ending."""
    found = path.suffix.lower()
    if found not in (".svg", ".png"):
        raise InputError(f"a picture is written as .svg or .png; found {path.name!r}")
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
        self._reach((left, y - size), (left + wide, y + 0.3 * size))
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
        self._reach((x, y), (x + wide, y + high))
        self.parts.append(
            f"<rect{_class(kind)} x={_n(x)} y={_n(y)} width={_n(wide)} height={_n(high)}"
            f"{_unless('rx', _n(round_), not round_)}/>"
        )

    def dot(self, x: float, y: float, radius: float, kind: str = "") -> None:
        self._reach((x - radius, y - radius), (x + radius, y + radius))
        self.parts.append(f"<circle{_class(kind)} cx={_n(x)} cy={_n(y)} r={_n(radius)}/>")

    def line(self, points: Sequence[tuple[float, float]], kind: str = "", more: str = "") -> None:
        self._reach(*points)
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path{_class(kind)} {more}d="M{path}"/>')

    def arrow(
        self, start: tuple[float, float], bend: tuple[float, float], end: tuple[float, float], kind: str, more: str = ""
    ) -> None:
        """A curve through a control point, with a head."""
        self._reach(start, end)
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

    def _reach(self, *points: tuple[float, float]) -> None:
        self.xs += [x for x, _ in points]
        self.ys += [y for _, y in points]

    def drawing(self, kind: str, title: str, words: str, alive: bool = False) -> Drawing:
        """What has been drawn, moved so that it fits."""
        left, top = min(self.xs, default=0.0) - MARGIN, min(self.ys, default=0.0) - MARGIN
        wide, high = max(self.xs, default=1.0) - left + MARGIN, max(self.ys, default=1.0) - top + MARGIN
        body = f'<g transform="translate({-left:.1f} {-top:.1f})">{"".join(self.parts)}</g>'
        moved = tuple(Label(each.text, each.x - left, each.y - top, each.width, each.height) for each in self.labels)
        return Drawing(kind, title, words, round(wide), round(high), body, moved, alive)


def _n(value: float) -> str:
    return f'"{value:.1f}"' if value % 1 else f'"{value:.0f}"'


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _unless(name: str, value: str, usual: bool) -> str:
    return "" if usual else f" {name}={value}"
