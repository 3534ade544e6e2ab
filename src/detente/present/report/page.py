"""A dossier as one HTML file that asks nothing of any network: style, script and drawings are inside.

The page's policy (a `meta` element) forbids the browser to load anything else. Codes of options show their names on hover.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from detente.present.pages.blocks import Dossier
from detente.present.pictures import style
from detente.present.report.words import sentence
from detente.present.words import shade
from detente.sheet import show

LISTED = re.compile(r"( and |, | )")
"""Between the ids of actors."""

LINK = re.compile(r"https?://[^\s<>\"]+")


def page(dossier: Dossier) -> str:
    """The report as HTML."""
    template = _environment().get_template("page.html")
    codes = {key: name for key, name in dossier.words.items() if name != key and re.search(r"_|\d", key)}
    pattern = re.compile(r"(?<![\w])(" + "|".join(map(re.escape, sorted(codes, key=len, reverse=True))) + r")(?![\w])")

    def words(text: Any) -> Markup:
        """Text with codes explained, code between backticks, numbers kept with their sign, and links made."""
        safe = str(escape(show(text)))
        safe = re.sub(r"(?<=\d) %", "\u00a0%", re.sub(r"`([^`]+)`", r"<code>\1</code>", safe))
        safe = LINK.sub(lambda m: f'<a href="{m[0]}" rel="noreferrer noopener">{m[0]}</a>', safe)
        if not codes or "<a " in safe:
            return Markup(safe)  # noqa: S704 (escaped above)
        explained = pattern.sub(lambda m: f'<abbr title="{escape(codes[m[1]])}">{m[1]}</abbr>', safe)
        return Markup(explained)  # noqa: S704 (escaped above)

    owner = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, dossier.names)) + r")(?=:)") if dossier.names else None

    def cell(value: Any) -> Markup:
        """A cell of a table; an actor's id becomes its name where it stands alone, in a list, or before a colon."""
        if not (isinstance(value, str) and value and owner):
            return words(value)
        parts = LISTED.split(value)
        if all(part in dossier.names for part in parts[::2]):
            joints = [" · " if joint == " " else joint for joint in parts[1::2]]
            named = [dossier.names[part] for part in parts[::2]]
            return words("".join(a + b for a, b in zip(named, [*joints, ""], strict=True)))
        return words(owner.sub(lambda m: dossier.names[m[1]], value))

    return template.render(
        report=dossier,
        style=Markup(_file("style.css")),  # noqa: S704 (our own file)
        drawn=Markup(style()),  # noqa: S704 (our own file)
        script=Markup(_file("script.js")),  # noqa: S704 (our own file)
        safe=Markup,
        words=words,
        cell=cell,
        sentence=sentence,
        heat=heat,
        grouped=_grouped,
        parts={section.part: [s for s in dossier.sections if s.part == section.part] for section in dossier.sections},
        tame=lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    )


def heat(value: Any) -> str:
    """The class of a verdict, by how dark it stands; nothing for what is no verdict.

    >>> heat("ALL"), heat("SOME 1, NONE 1 of 2"), heat("what else")
    ('h3', 'h2', '')
    """
    dark = shade(value)
    return f"h{dark}" if dark else ""


def _grouped(row: tuple[Any, ...]) -> bool:
    """Whether a row is a heading inside the table."""
    return len(row) > 1 and row[0] is not None and all(value is None for value in row[1:])


@cache
def _file(name: str) -> str:
    return (files("detente.present.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
