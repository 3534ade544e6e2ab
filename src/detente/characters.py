r"""Characters that mislead: which ones no text may hold, which ones no name may hold, and what to do about each.

Two questions, asked wherever something is read:

- `refused(text)`: characters that have no place in any text. Control characters steer the terminals of readers; overrides
  and isolates of writing direction show a line in another order than it has; a byte order mark inside a file, and line
  breaks that editors do not show, let a file say something else than it seems to say.
- `stray(text)`: characters that have no place in what is compared or computed with, that is in keys, names, formulas, numbers
  and dates: invisible ones (U+200B), and those that only look like another (full-width forms, digits of other scripts, the
  minus sign). Prose may hold them: a no-break space is good French, a full-width colon good Chinese, and a left-to-right mark
  is needed in Arabic.

>>> stray("ru\u200b_link"), remedy("\u200b"), remedy("\uff11")
(2, 'delete it', "write '1'")
>>> advice("ru_link"), advice("ru\u200b_link")
('', 'U+200B (zero width space) stands in it: delete it')
"""

from __future__ import annotations

import re
import unicodedata

from detente.messages import Messages, tell

_REFUSED = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BREAKS = frozenset("\x85\u2028\u2029")
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that nobody sees."""

_NAMES = Messages({"\x85": "next line", "\ufeff": "byte order mark"})
"""Names where Unicode has none that people know."""

_LOOKS_LIKE = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63", "-"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u060c\u3001", ","),
    **dict.fromkeys("\u066b\u3002", "."),
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u061b": ";",
}
"""Dashes, quotation marks and punctuation of other scripts; full-width forms Unicode itself takes for the ordinary ones."""


def refused(text: str) -> tuple[int, str] | None:
    r"""The first character that no text may hold: where it stands, and what is wrong with it. Linear in the text.

    >>> refused("fine"), refused("North\u202eland")[0]
    (None, 5)
    """
    found = _REFUSED.search(text)
    return (found.start(), _why(found[0])) if found else None


def shown(text: str) -> str:
    r"""A text without the characters that no text may hold: for names from files of other programs. Linear in the text.

    >>> shown("North\u202eland\x1b")
    'Northland'
    """
    return _REFUSED.sub("", text)


def _why(character: str) -> str:
    if character in _BREAKS:
        return tell(
            "{named} is a line break that editors do not show; write an ordinary one, or a blank",
            named=named(character),
        )
    if character == "\ufeff":
        return tell("{named} belongs at the beginning of a file, not inside; delete it", named=named(character))
    if unicodedata.category(character) == "Cf":
        return tell("{named} shows a line in another order than it has; delete it", named=named(character))
    return tell("the character U+{format} is not part of a text; delete it", format=format(ord(character), "04X"))


def named(character: str) -> str:
    r"""How messages call a character that cannot be shown.

    >>> named("\u00a0")
    'U+00A0 (no-break space)'
    """
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def invisible(character: str) -> bool:
    """Whether nobody sees the character, or takes it for an ordinary blank."""
    if character.isascii():
        return False
    return (
        unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")
        or character in _FILLERS
        or "\ufe00" <= character <= "\ufe0f"
    )


def stands_for(character: str) -> str | None:
    r"""The ordinary characters that an invisible or look-alike one is taken for (maybe none); None for all others.

    >>> stands_for("\u3000"), stands_for("\u200b"), stands_for("٣"), stands_for("é")
    (' ', '', '3', None)
    """
    if character.isascii():
        return None
    if invisible(character):
        return " " if unicodedata.category(character) == "Zs" else ""
    if character in _LOOKS_LIKE:
        return _LOOKS_LIKE[character]
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() else None


def stray(text: str) -> int | None:
    """Where the first character stands that names, formulas and numbers cannot hold though it looks as if they could."""
    return next((place for place, character in enumerate(text) if stands_for(character) is not None), None)


def hidden(text: str) -> int | None:
    """Where the first invisible character stands beside an ordinary one; inside other scripts some are part of a word."""
    if text.isascii():  # nearly every key of nearly every file
        return None

    def ordinary(place: int) -> bool:
        return not 0 <= place < len(text) or text[place].isascii()

    return next(
        (n for n, character in enumerate(text) if invisible(character) and (ordinary(n - 1) or ordinary(n + 1))), None
    )


def meant(text: str) -> str:
    r"""The text as it seems to read, in ordinary characters.

    >>> meant("ru\u200b_link\uff11")
    'ru_link1'
    """
    return "".join(character if (other := stands_for(character)) is None else other for character in text)


def visible(text: str) -> str:
    r"""The text as somebody sees it, for comparing names: without invisible characters, blanks at the ends, or case.

    >>> visible(" Same\u200b "), visible("\u00a0")
    ('same', '')
    """
    return " ".join(meant(unicodedata.normalize("NFC", text)).split()).casefold()


def remedy(character: str) -> str:
    """What to do about a stray character."""
    plain = stands_for(character)
    if not plain:
        return tell("delete it")
    return tell("write a blank") if plain == " " else tell("write {plain}", plain=repr(plain))


def advice(text: str) -> str:
    """What is wrong with a name or number that is not understood, if a stray or foreign character is; else nothing.

    A letter of another alphabet counts in a word of Latin letters: `ru_arm` with a Cyrillic a.
    """
    place = stray(text)
    if place is not None:
        return tell("{named} stands in it: {remedy}", named=named(text[place]), remedy=remedy(text[place]))
    if any(character.isascii() and character.isalpha() for character in text):
        for character in text:
            if character.isalpha() and not unicodedata.name(character, "LATIN").startswith("LATIN"):
                return tell("{named} stands in it, a letter of another alphabet", named=named(character))
    return ""
