"""A report as one HTML file that asks nothing of any network: style, script and drawings are inside.

The page's policy (a `meta` element) forbids the browser to load anything else. Terms are read by their names: no code of the
model is left to be looked up.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from detente.messages import language, tell
from detente.present.live import script
from detente.present.names import FRAME, sentence, tone
from detente.present.pages.blocks import Dossier, Live, Meanings
from detente.present.pages.terms import linked
from detente.present.pictures.drawing import style
from detente.present.words import Words
from detente.sheet import Phrase, Term, is_heading, is_number, many, show

KEPT = re.compile(r"(<svg\b.*?</svg>|<[^>]*>)", re.DOTALL)
"""Drawings and tags, in which no element can stand."""

DATE = re.compile(r"\d{4}(-\d\d){1,2}")
"""A day or a month as a file writes it, which no line break parts."""

LINK = re.compile(r"https?://[^\s<>\"]+")


def page(dossier: Dossier) -> str:
    """The report as HTML, its words led to what they mean."""
    explained = [
        each for s in dossier.sections for block in s.blocks if isinstance(block, Meanings) for each in block.entries
    ]
    live = any(isinstance(block, Live) for section in dossier.sections for block in section.blocks)
    made = render(
        "report.html",
        report=dossier,
        style=asset("report.css"),
        running=css_string(
            tell(
                "{title} – détente {basis}, model {basis2}",
                title=dossier.title,
                basis=dossier.basis["version"],
                basis2=dossier.basis["hash"][:8],
            )
        ),
        drawn=Markup(style()),  # noqa: S704 (our own file)
        script=asset("report.js"),
        live_script=Markup(script() if live else ""),  # noqa: S704 (our own file)
        safe=Markup,
        words=Speaker(dossier.words).words,
        sentence=sentence,
        heat=heat,
        grouped=is_heading,
        parts={section.part: [s for s in dossier.sections if s.part == section.part] for section in dossier.sections},
        tame=is_number,
        dated=lambda value: isinstance(value, str) and DATE.fullmatch(value) is not None,
    )
    return linked(made, explained)


def css_string(text: str) -> Markup:
    r"""A text as a string of a style sheet; what is no letter, digit or blank is written by its number.

    >>> str(css_string('a "b"</style>'))
    '"a \\22 b\\22 \\3c \\2f style\\3e "'
    """
    safe = "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{safe}"')  # noqa: S704 (nothing but letters, digits, blanks and numbers of characters)


class Speaker:
    """Says cells and sentences to those who read a page: every term by its name, so that no code needs to be looked up."""

    def __init__(self, words: Words) -> None:
        self.said = words

    def words(self, value: Any) -> Markup:
        """A cell or a sentence: its terms as people read them, the rest as prose."""
        return _prose(self.said.spelled(value) if isinstance(value, Phrase | Term) else value)


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
    made = Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"tell": tell, "many": many, "language": language}
    return made
