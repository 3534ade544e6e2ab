"""What the search of the site finds: the pages that people wrote, and of the generated ones only their names.

The tables of the gallery and the signatures of the reference are six sevenths of the sections and hold every term of the field
many times; a reader who looks for a term wants the page that explains it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GENERATED = ("gallery/", "reference/")
OVERVIEWS = ("gallery/index.html", "reference/index.html")
PAGE = 1
"""The level of a section that is a whole page."""


def quiet(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections that are searched: of a model its title and what it is about, of code its name, of pages everything.

    >>> page = {"location": "gallery/elmira.html", "level": 1, "title": "Elmira", "text": "Who gives way?"}
    >>> table = {"location": "gallery/elmira.html#who-decides", "level": 2, "title": "Who decides", "text": "Nash"}
    >>> name = {"location": "reference/commands.html#x", "level": 2, "title": "detente analyze", "text": "Nash"}
    >>> theory = {"location": "theory/concepts.html#x", "level": 2, "title": "Definitions", "text": "Nash"}
    >>> [(each["title"], each["text"]) for each in quiet([page, table, name, theory])]
    [('Elmira', 'Who gives way?'), ('detente analyze', ''), ('Definitions', 'Nash')]
    """
    return [found for item in items if (found := _heard(item)) is not None]


def _heard(item: dict[str, Any]) -> dict[str, Any] | None:
    place = item["location"]
    if not place.startswith(GENERATED):
        return item
    if place.startswith("gallery/"):
        return item if item["level"] == PAGE and place not in OVERVIEWS else None
    return {**item, "text": ""}


def quieten(site: Path) -> None:
    """Write the index of a built site anew: `search.json`, and the same as a script for pages opened without a server."""
    file = site / "search.json"
    index = json.loads(file.read_text(encoding="utf-8"))
    index["items"] = quiet(index["items"])
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    file.write_text(text, encoding="utf-8")
    (site / "search.js").write_text(f"var __index = {text};", encoding="utf-8")
