"""Writing plain data as YAML the way people write scenario files: short things on one line, long ones as blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

WIDTH = 110

_NULLS = frozenset({"", "~", "null", "Null", "NULL", "<<"})
_SPECIAL = re.compile(r"""[\s,\[\]{}#&*!|>'"%@`?:-]""")
_INSIDE = re.compile(r"[,\[\]{}\n\t\r\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]|: | #|:$|\s$")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def plain(value: object) -> Any:
    """Data as the reader would give it back: all leaves texts, or None."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return None if value is None else _text(value)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def scalar(value: object) -> str:
    """A text, quoted where it must be; nothing for None.

    >>> scalar("at least 1 of (a, b)"), scalar("not us_arm")
    ('"at least 1 of (a, b)"', 'not us_arm')
    """
    if value is None:
        return ""
    text = _text(value)
    if text in _NULLS or _SPECIAL.match(text) or _INSIDE.search(text):
        return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
    return text


def flow(value: object) -> str:
    """On one line, with brackets."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(str(key))}: {flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(flow(each) for each in value)}]"
    return "null" if value is None else scalar(value)


def inline(value: object, width: int) -> str | None:
    """On one line, if it is short and not deeply nested; else None."""
    if isinstance(value, (Mapping, list, tuple)):
        parts = list(value.values()) if isinstance(value, Mapping) else list(value)
        if any(isinstance(part, (Mapping, list, tuple)) and part for part in parts):
            return None
        return text if len(text := flow(value)) <= width else None
    return scalar(value)


def block(value: object, column: int) -> list[str]:
    """On lines of their own, each starting at a column."""
    pad = " " * column
    if isinstance(value, Mapping) and value:
        return [line for key, each in value.items() for line in _entry(f"{pad}{scalar(str(key))}:", each, column)]
    if isinstance(value, (list, tuple)) and value:
        return [line for each in value for line in _item(each, column)]
    return [pad + flow(value)]


def _entry(start: str, value: object, column: int) -> list[str]:
    short = inline(value, WIDTH - len(start) - 1)
    if short is not None:
        return [f"{start} {short}".rstrip()]
    return [start, *block(value, column + 2)]


def _item(value: object, column: int) -> list[str]:
    short = inline(value, WIDTH - column - 2)
    if short is not None:
        return [f"{' ' * column}- {short}".rstrip()]
    lines = block(value, column + 2)
    return [f"{' ' * column}- {lines[0].lstrip()}", *lines[1:]]
