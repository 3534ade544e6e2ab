"""Booklets on paper: one HTML page that needs no network, and Markdown.

Every leaf prints on a sheet of its own, in black on white; nothing is said by colour alone. Answers to questions are folded
on the screen and stand on a page of their own in print.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from detente.present.kit.leaf import Asks, Block, Booklet, Deck, Grid, Leaf, Points, Says, letters
from detente.sheet import is_heading, show

SIZES = {"A4": "210mm 297mm", "A5": "148mm 210mm", "A6": "105mm 148mm"}
"""Paper sizes, and what a browser calls them."""


def html(booklet: Booklet) -> str:
    """The whole page."""
    return _template("booklet.html").render(
        book=booklet,
        size=SIZES[booklet.paper],
        style=_file("style.css"),
        script=_file("script.js"),
        body=_body(booklet),
    )


def fragment(booklet: Booklet) -> str:
    """The leaves alone, for notebooks."""
    return str(_body(booklet))


def _body(booklet: Booklet) -> Markup:
    number = {each.id: place for place, each in enumerate(booklet.questions, start=1)}
    return Markup(  # noqa: S704 (the template escapes)
        _template("leaves.html").render(book=booklet, number=number, letters=letters, show=show, grouped=is_heading)
    )


@cache
def _file(name: str) -> Markup:
    text = (files("detente.present.kit") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 (our own file)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


# --- Markdown ---------------------------------------------------------------------------------------------------


def markdown(booklet: Booklet) -> str:
    """The booklet as Markdown; answers stand at the end."""
    parts = [f"# {booklet.title}\n", *(_leaf(leaf) for leaf in booklet.leaves)]
    if booklet.questions:
        parts.append("## Answers\n")
        parts += [
            f"{n}. **{q.letter}) {_safe(q.choices[q.answer])}**. {_safe(q.why)}"
            for n, q in enumerate(booklet.questions, start=1)
        ]
    basis = booklet.basis
    parts.append(f"\n*Made by detente {basis['version']} from {basis['model']}, model {str(basis['hash'])[:12]}.*")
    return "\n".join(parts) + "\n"


def _leaf(leaf: Leaf) -> str:
    lines, number = [f"## {_safe(leaf.title)}\n", *([f"{_safe(leaf.subtitle)}\n"] if leaf.subtitle else [])], 0
    for block in leaf.blocks:
        number += isinstance(block, Asks)
        lines.append(_block(block, number))
    return "\n".join(lines)


def _block(block: Block, number: int) -> str:
    match block:
        case Says(text, strong):
            return f"**{_safe(text)}**\n" if strong else f"{_safe(text)}\n"
        case Points(title, items, mark, note):
            marks = {"number": "1. ", "dash": "- ", "box": "- [ ] "}
            listed = "\n".join(f"{marks[mark]}{_safe(item)}" for item in items)
            return f"### {_safe(title)}\n\n{listed}\n" + (f"\n*{_safe(note)}*\n" if note else "")
        case Grid(sheet) | Deck(_, _, sheet):
            notes = "".join(f"\n*{_safe(note)}*\n" for note in sheet.notes)
            return f"### {_safe(sheet.title)}\n\n{sheet.to_markdown()}{notes}"
        case Asks():
            choices = "\n".join(
                f"   - {x}) {_safe(c)}" for x, c in zip(letters(block.choices), block.choices, strict=True)
            )
            return f"{number}. {_safe(block.text)}\n{choices}\n"
    raise TypeError(f"not a block: {block!r}")


def _safe(text: str) -> str:
    """Text with what Markdown would read as markup taken literally."""
    return "".join(f"\\{c}" if c in "\\`*_<>[]|#" else c for c in text)
