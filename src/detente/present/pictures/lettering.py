"""Letters on a picture: how wide a text is, and how it is broken into lines and cut to the room there is.

Widths of letters are those of DejaVu Sans, one of the widest common faces: what fits there fits elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SIZE, LEADING = 12.0, 1.3
"""The usual height of letters, and of a line in heights of letters."""

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
