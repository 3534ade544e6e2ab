"""The bundled models as starting points: what each is about, as its file says."""

from __future__ import annotations

from functools import cache

from detente.scenario import library
from detente.scenario.text import yaml_tree


@cache
def about(name: str) -> dict[str, str]:
    """Title and description of a bundled model. Cost: one reading of its text, once."""
    data = yaml_tree.read(library.text(name)).root.plain()
    return {"title": str(data.get("title") or name), "about": str(data.get("question") or data.get("about") or "")}
