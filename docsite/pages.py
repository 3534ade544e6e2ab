"""All pages of the site in one folder: those of `docs/`, and those written from code.

A page of `docs/` may say `<!-- generated: NAME -->`; there the site gets what code says (`FILLED`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from docsite import commands, documents, doors, gallery, keys, modules
from docsite.markdown import plain_fences

FILLED: Mapping[str, Callable[[], str]] = {
    "doors": doors.doors,
    "gallery": gallery.overview,
    "python": modules.overview,
    "report": doors.invitation,
}

MARKER = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)

GUIDES = (
    "browser",
    "briefing",
    "live",
    "encode",
    "versions",
    "concept",
    "op_ed",
    "incentives",
    "how_sure",
    "teach",
    "wargame",
    "living_model",
    "reproduce",
    "comparison",
    "historical_wedges",
    "assistant",
    "languages",
)

THEORY = (
    "concepts",
    "status_quo",
    "likelihood",
    "coalitions",
    "strategic_moves",
    "preferences",
    "doubt",
    "perception",
    "horizons",
    "third_parties",
    "hierarchy",
)
"""In the order in which they are taught, which is that of `theory/index.md`."""


def _of_gallery(names: tuple[str, ...]) -> list[str]:
    return [f"gallery/{name}.md" for name in names]


NAVIGATION: list[dict[str, Any]] = [
    {
        "Start": [
            "index.md",
            "install.md",
            "tutorial.md",
            "read_result.md",
            "when_not.md",
            "faq.md",
            "alternatives.md",
            "glossary.md",
        ]
    },
    {"Guides": ["guides/index.md", *(f"guides/{name}.md" for name in GUIDES)]},
    {
        "Manual": [
            "cli.md",
            "format.md",
            "questions.md",
            "incentives.md",
            "claims.md",
            "claims_changed.md",
            "brief.md",
            "explain.md",
            "report.md",
            "pictures.md",
            "kit.md",
            "workbench.md",
            "python.md",
            "json.md",
            "exchange.md",
            "*",
        ]
    },
    {"Theory": ["theory/index.md", *(f"theory/{name}.md" for name in THEORY), "engine.md"]},
    {"Gallery": ["gallery/index.md", *({title: _of_gallery(names)} for title, names in gallery.groups().items())]},
    {
        "Reference": [
            "reference/index.md",
            "reference/commands.md",
            "reference/keys.md",
            "reference/documents.md",
            {"Python": "*reference/python"},
            {"Questions in Python": "*reference/python/questions"},
        ]
    },
]
"""`*folder` stands for all pages of a folder that are not named, `*` for those beside the index. Others are an error."""


def written(docs: Path) -> dict[str, str]:
    """The pages that code writes: path -> Markdown."""
    found = {
        "reference/commands.md": commands.page(),
        "reference/keys.md": keys.page(),
        "reference/documents.md": documents.page(docs),
    }
    found |= {f"reference/python/{name}.md": text for name, (_, text) in modules.pages().items()}
    return found | {f"gallery/{name}.md": text for name, (_, text) in gallery.pages().items()}


def gather(docs: Path, target: Path) -> int:
    """Put all pages into a folder; how many there are."""
    shutil.copytree(docs, target)
    shutil.copytree(Path(__file__).parent / "assets", target / "assets")
    for page in target.rglob("*.md"):
        page.write_text(plain_fences(fill(page.read_text(encoding="utf-8"))), encoding="utf-8")
    for name, text in written(docs).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")
    (target / "gallery" / "pictures").mkdir()
    for name, svg in gallery.pictures().items():
        (target / "gallery" / "pictures" / name).write_text(svg, encoding="utf-8")
    (target / doors.REPORT).parent.mkdir()
    (target / doors.REPORT).write_text(doors.report(), encoding="utf-8")
    return len(list(target.rglob("*.md")))


def fill(text: str) -> str:
    """Replace what a page leaves to code."""
    return MARKER.sub(lambda match: FILLED[match[1]](), text)


def navigation(docs: Path) -> list[Any]:
    """The navigation of the pages below a folder; raises `ValueError` if a page is nowhere in it or named in vain."""
    there = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}
    named = {each for each in _names(NAVIGATION) if not each.startswith("*")}
    made = [_expanded(each, there - named) for each in NAVIGATION]
    listed = set(_names(made))
    if listed != there:
        raise ValueError(f"not in the navigation: {sorted(there - listed)}; no such page: {sorted(listed - there)}")
    return made


def _expanded(entry: Any, free: set[str]) -> Any:
    if isinstance(entry, dict):
        return {title: _expanded(below, free) for title, below in entry.items()}
    if isinstance(entry, list):
        return [page for each in entry for page in _listed(_expanded(each, free))]
    if entry.startswith("*"):
        return sorted(page for page in free if page.rpartition("/")[0] == entry[1:])
    return entry


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(entry: Any) -> list[str]:
    """All pages an entry of the navigation names."""
    if isinstance(entry, str):
        return [entry]
    return [name for each in (entry.values() if isinstance(entry, dict) else entry) for name in _names(each)]
