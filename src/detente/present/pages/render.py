"""A report as one HTML file that asks nothing of any network: style, script and drawings are inside.

The page's policy (a `meta` element) forbids the browser to load anything else. Terms are read by their names, or where people
know them by a code, by the code, with the name on hover.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from detente.present.pages.blocks import Dossier
from detente.present.pictures.drawing import style
from detente.present.words import CODE, FRAME, Names, sentence, tone
from detente.sheet import ActorTerm, FormulaTerm, OptionTerm, Phrase, StateTerm, Term, is_heading, is_number, show

KEPT = re.compile(r"(<svg\b.*?</svg>|<[^>]*>)", re.DOTALL)
"""Drawings and tags, in which no element can stand."""

LINK = re.compile(r"https?://[^\s<>\"]+")


def page(dossier: Dossier) -> str:
    """The report as HTML."""
    return render(
        "report.html",
        report=dossier,
        style=asset("report.css"),
        drawn=Markup(style()),  # noqa: S704 (our own file)
        script=asset("report.js"),
        safe=Markup,
        words=Speaker(dossier.names).words,
        sentence=sentence,
        heat=heat,
        grouped=is_heading,
        parts={section.part: [s for s in dossier.sections if s.part == section.part] for section in dossier.sections},
        tame=is_number,
    )


class Speaker:
    """Says cells and sentences to those who read a page: `names` for terms, codes explained."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.explained: Mapping[str, str] = {code: name for code, name in names.options.items() if name != code}

    def words(self, value: Any) -> Markup:
        """A cell or a sentence: its terms as people read them, the rest as prose."""
        parts = value.parts if isinstance(value, Phrase) else (value,)
        named = any(isinstance(part, ActorTerm) for part in parts)
        return Markup("").join(self._term(part) if isinstance(part, Term) else _joint(part, named) for part in parts)

    def _term(self, term: Term) -> Markup:
        """Options, and what is written with them, by their codes with the names on hover; else the name."""
        if not isinstance(term, OptionTerm | FormulaTerm | StateTerm):
            return _prose(self.names.say(term))
        safe = str(escape(term))
        explained = CODE.sub(lambda code: self._code(code[0]), safe)
        return Markup(explained)  # noqa: S704 (escaped above)

    def _code(self, code: str) -> str:
        name = self.explained.get(code)
        return f'<abbr title="{escape(name)}">{code}</abbr>' if name else code


def _joint(part: Any, named: bool) -> Markup:
    """What stands between terms; between names, which have blanks in them, a blank alone would not part them."""
    return Markup(" · ") if named and part == " " else _prose(part)


def _prose(value: Any) -> Markup:
    """Text with code between backticks, numbers kept with their sign, and links made."""
    safe = str(escape(show(value)))
    safe = re.sub(r"(?<=\d) %", "\u00a0%", re.sub(r"`([^`]+)`", r"<code>\1</code>", safe))
    return Markup(  # noqa: S704 (escaped above)
        LINK.sub(lambda m: f'<a href="{m[0]}" rel="noreferrer noopener">{m[0]}</a>', safe)
    )


def heat(value: Any) -> str:
    """The class of a verdict, by how dark it stands; nothing for what is no verdict."""
    dark = tone(value)
    return f"h{dark}" if dark else ""


# --- templates --------------------------------------------------------------------------------------------------


def render(template: str, **values: Any) -> str:
    """A template of this folder, filled in; names that are framed against reordering stand in `bdi` elements.

    What decides the direction of a paragraph (`dir="auto"`) passes over these, but not over the invisible frame itself.
    Attributes and drawings, which take no elements, keep the frame.
    """
    page = _environment().get_template(template).render(**values)
    if FRAME[0] not in page:
        return page
    parts = KEPT.split(page)
    parts[::2] = (part.replace(FRAME[0], "<bdi>").replace(FRAME[1], "</bdi>") for part in parts[::2])
    return "".join(parts)


@cache
def asset(name: str) -> Markup:
    """A style sheet or a script of this folder, as it is."""
    return Markup(_file(name))  # noqa: S704 (our own file)


@cache
def _file(name: str) -> str:
    return (files("detente.present.pages") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
