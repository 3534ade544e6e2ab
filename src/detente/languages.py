"""Which languages there are, and which one is spoken.

English ships, and needs no catalogue: the code holds it. Another language is one file, `catalogues/CODE.po` in this package
or a file of the user's own, in the format of gettext; Babel reads it, and is loaded for nothing else, so that English costs
nothing. Documents for programs are always English.
"""

from __future__ import annotations

import contextlib
import gettext
import io
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.messages import ENGLISH, SPOKEN, Language, tell

if TYPE_CHECKING:
    from babel.messages.catalog import Message

ENDING = ".po"
"""What the file of a language is called behind its code."""


def languages() -> tuple[str, ...]:
    """The codes of the languages that ship.

    >>> languages()
    ('en',)
    """
    found = (each.name for each in files("detente").joinpath("catalogues").iterdir())
    return (ENGLISH.code, *sorted(name.removesuffix(ENDING) for name in found if name.endswith(ENDING)))


@contextlib.contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Within it a language is spoken: one that ships, by its code, or that of a catalogue, by the path of its file.

    Raises `InputError` for one that there is not. Cost: nothing for English; else one file is read, the first time.

    >>> with speaking("de"):
    ...     pass
    Traceback (most recent call last):
    ...
    detente.errors.InputError: unknown language 'de'; there is: en; another one is given by the file of its catalogue, de.po
    """
    before = SPOKEN.set(known(chosen))
    try:
        yield
    finally:
        SPOKEN.reset(before)


def known(chosen: str) -> Language:
    """The language of a code, or of the path of a catalogue; each is read once."""
    if chosen == ENGLISH.code:
        return ENGLISH
    if chosen not in _read:
        _read[chosen] = _of_file(chosen)
    return _read[chosen]


_read: dict[str, Language] = {}


def _of_file(chosen: str) -> Language:
    own = chosen.endswith(ENDING)
    if not own and chosen not in languages():
        there = ", ".join(languages())
        file = f"{chosen}{ENDING}"
        raise InputError(
            tell(
                "unknown language {language}; there is: {there}; another one is given by the file of its catalogue, {file}",
                language=repr(chosen),
                there=there,
                file=file,
            )
        )
    try:
        path = Path(chosen) if own else files("detente").joinpath("catalogues", f"{chosen}{ENDING}")
        return _of_text(path.read_bytes(), chosen)
    except OSError as error:
        raise InputError(
            tell("the catalogue {file} cannot be read: {reason}", file=chosen, reason=error.strerror)
        ) from None


def places(message: str) -> tuple[str, ...]:
    """The names of the places of a message, in alphabetical order; of one without places, nothing.

    >>> places("{who} goes to {state}"), places("write `{by: us}`")
    (('state', 'who'), ())
    """
    try:
        found = [(name, form, way) for _, name, form, way in Formatter().parse(message) if name is not None]
    except ValueError:  # braces that are braces
        return ()
    named = all(name.isidentifier() and not form and way in (None, "r") for name, form, way in found)
    return tuple(sorted({name for name, _, _ in found})) if named else ()


def _compare(message: Message) -> None:
    """Refuse a translation whose places are others than those of its message: it could not be filled."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    for each in filter(None, said):
        if ids[0] and places(str(each)) not in map(places, map(str, ids)):
            raise ValueError(
                tell(
                    "{translation} has other places than {message}", translation=repr(each), message=repr(str(ids[-1]))
                )
            )


def _of_text(text: bytes, called: str) -> Language:
    """What a catalogue says; entries that are marked as fuzzy are none yet."""
    from babel import Locale
    from babel.core import UnknownLocaleError
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        read, compiled = read_po(io.BytesIO(text), abort_invalid=True), io.BytesIO()
        for message in read:
            _compare(message)
        write_mo(compiled, read)
        code = str(read.locale_identifier or "").replace("_", "-")
        if not code:
            raise ValueError(tell("its header has no line `Language:`"))
        locale = Locale.parse(code, sep="-")
    except (PoFileError, UnknownLocaleError, ValueError) as error:
        raise InputError(tell("the catalogue {file} cannot be read: {reason}", file=called, reason=error)) from None
    compiled.seek(0)
    marks = get_group_symbol(locale), get_decimal_symbol(locale)
    return Language(code=code, said=gettext.GNUTranslations(compiled), marks=marks)
