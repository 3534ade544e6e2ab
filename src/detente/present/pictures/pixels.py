"""A picture as pixels: SVG turned into PNG, and which letters no installed font has."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from detente.errors import InputError

FACES = "'DejaVu Sans',Verdana,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
"""The faces of a drawing that stands alone."""

MOST_PIXELS = 1 << 26
"""Pixels of a PNG at most: each takes four bytes while it is drawn."""


def png(svg: str, size: tuple[int, int], texts: Iterable[str], scale: float) -> bytes:
    """A picture of this size as PNG, `scale` pixels to each of the SVG; `texts` are all that is written in it.

    Needs the extra `pictures`; `InputError` says so, and names letters that no installed font has.
    """
    try:
        import resvg_py
    except ImportError:
        raise InputError(
            "PNG needs the package resvg-py: pip install 'detente[pictures]'; "
            "SVG needs nothing: give a name that ends in .svg"
        ) from None
    across, down = (round(side * scale) for side in size)
    if across * down > MOST_PIXELS:
        raise InputError(
            f"as a PNG this picture would have {across:,} × {down:,} pixels; up to {MOST_PIXELS:,} are drawn. Write it as "
            "SVG (a name that ends in .svg), choose a smaller scale, or give shorter names"
        )
    found, written = bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=scale, **_LOOKS)), list(texts)
    if written and not _letters(resvg_py.svg_to_bytes):
        raise InputError(
            "no font is installed that a PNG could be written with; install one, such as DejaVu Sans, or write SVG"
        )
    missing = _missing(resvg_py.svg_to_bytes, written)
    if missing:
        shown = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:SHOWN])
        more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        raise InputError(
            f"no installed font has the letters {shown}{more}; install one that has them, such as Noto Sans for their "
            "script, or write SVG, which the reader's own fonts show"
        )
    return found


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
