"""What Word and PowerPoint files share: texts that XML can hold, the direction of writing, the same bytes each time."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from datetime import datetime
from typing import Any

from detente.errors import InputError
from detente.messages import language, tell
from detente.present.pages.blocks import Dossier

NO_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""

FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 (the formats have no zone)
"""When every file was made, so that the same report gives the same bytes."""

LETTERS = {"L": "ltr", "R": "rtl", "AL": "rtl"}

SCALE = 2.0
"""Pixels of a picture to each of its drawing."""


def office(name: str, ending: str) -> Any:
    """A library of the extra `office`; `InputError` says how to get it."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise InputError(
            tell(
                "a report is written as {ending} with more packages: pip install 'detente[office]'. "
                "As .html or .md it needs none",
                ending=ending,
            )
        ) from None


def clean(text: str) -> str:
    r"""A text without what XML cannot hold.

    >>> clean("a\x00b\ud800c")
    'a\ufffdb\ufffdc'
    """
    return NO_TEXT.sub("\ufffd", text)


def from_right(text: str) -> bool:
    """Whether a text is read from right to left: whether its first letter is.

    >>> from_right("1. שלום"), from_right("Iran")
    (True, False)
    """
    found = (LETTERS.get(unicodedata.bidirectional(letter)) for letter in text)
    return next(filter(None, found), "ltr") == "rtl"


def described(properties: Any, dossier: Dossier) -> None:
    """What a file says of itself: its title, its language, what made it, and a date that is always the same."""
    properties.title, properties.subject = clean(dossier.title)[:255], clean(dossier.question)[:255]
    properties.author = properties.last_modified_by = f"détente {dossier.basis['version']}"
    properties.language, properties.comments, properties.keywords = language(), "", ""
    properties.created = properties.modified = FIXED
    properties.revision = 1


def made_by(dossier: Dossier) -> str:
    """The line that says what made a file, and of which model."""
    return tell(
        "Made by détente {version} with `{command}`, model `{hash}`.",
        version=dossier.basis["version"],
        command=dossier.command,
        hash=dossier.basis["hash"][:12],
    )


def settled(document: Any) -> bytes:
    """A document as a file whose bytes depend on nothing but what is in it: every part has the same date."""
    written, made = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in parts.namelist():
            file.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
