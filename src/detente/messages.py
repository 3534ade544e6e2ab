"""What people read: messages with named places, said in the language that is spoken.

A message is a sentence, or a piece of one, in English; its `{places}` are filled by name. `tell` says it in the language that
`detente.languages.speaking` has chosen; what has no translation is said in English. Numbers and dates are written here too,
for their marks and their order belong to the language. What people wrote in a scenario file is never a message; nor are
identifiers, keys and fields.

>>> tell("{actor} has {number} options", actor="Oslo", number=numeral(1234))
'Oslo has 1,234 options'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol


class Catalogue(Protocol):
    """What each message is in one language; the classes of `gettext` are such."""

    def gettext(self, message: str) -> str:
        """The message; one without a translation as it is."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the message for so many things."""

    def pgettext(self, context: str, message: str) -> str:
        """The message where it stands in such a place."""


class _English:
    """The language the messages are written in."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 (as gettext has it)
        return message


@dataclass(frozen=True, kw_only=True)
class Language:
    """`code` is what documents carry as `lang`; `marks` part thousands, and decimals."""

    code: str
    said: Catalogue
    marks: tuple[str, str]


ENGLISH = Language(code="en", said=_English(), marks=(",", "."))

SPOKEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)
"""The language that is spoken, in this thread or task."""


def language() -> str:
    """The code of the language that is spoken, as documents carry it: `en`."""
    return SPOKEN.get().code


def tell(message: str, /, **places: object) -> str:
    """The message in the language that is spoken, its places filled; without places, braces are braces."""
    spoken = SPOKEN.get()
    if spoken is not ENGLISH and message:
        message = spoken.said.gettext(message)
    return message.format(**places) if places else message


def plural(number: int, one: str, several: str, /, **places: object) -> str:
    """The message for one thing or for several, in as many forms as the language has; `{number}` is the number."""
    message = SPOKEN.get().said.ngettext(one, several, number)
    return message.format(number=numeral(number), **places)


TABLE = "table"
"""The context of words that are told as they are shown."""


def word(text: str) -> str:
    """A cell or a head of a table as it is read, each of its words and phrases that stands in `catalogues/words.txt` told.

    In the code such a word is a key: verdicts are compared by it, columns found.
    """
    spoken = SPOKEN.get()
    if spoken is ENGLISH:
        return text
    return PHRASE.sub(lambda found: spoken.said.pgettext(TABLE, found[0]), text)


PHRASE = re.compile(r"[^\W\d_][^\W\d_’'-]*(?:-[^\W\d_]+)*(?: [^\W\d_][^\W\d_’'-]*(?:-[^\W\d_]+)*)*")
"""Words with blanks between; a number, a colon or a bracket ends it."""


def later(message: str) -> str:
    """Marks a message that is told where it is used, `tell(NAME)`: constants are made before a language is chosen."""
    return message


class Messages(Mapping[Any, str]):
    """A table of messages, each told when it is looked up.

    >>> Messages({True: "it holds", False: "it breaks"})[True]
    'it holds'
    """

    def __init__(self, table: Mapping[Any, str]) -> None:
        self.table = dict(table)

    def __getitem__(self, key: Any) -> str:
        return tell(self.table[key])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)


# --- numbers and dates ------------------------------------------------------------------------------------------


def numeral(value: Any, form: str = ",") -> str:
    """A number as people write it, in a form of Python's; the marks are those of the language.

    >>> numeral(12345), numeral(0.5, ".2f"), numeral(0.256, ".0%")
    ('12,345', '0.50', '26%')
    """
    said, (thousands, decimal) = format(value, form), SPOKEN.get().marks
    return said.translate({ord(","): thousands, ord("."): decimal})


def day(when: str) -> str:
    """A date as people write it; what is no plain date as it is written.

    >>> day("2024-06-09"), day("2024-06"), day("after 2011")
    ('9 June 2024', 'June 2024', 'after 2011')
    """
    found = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", when)
    if not found or not 1 <= int(found[2]) <= 12:
        return when
    if SPOKEN.get() is not ENGLISH:
        return _day(int(found[1]), int(found[2]), int(found[3] or 0)) or when
    return f"{f'{int(found[3])} ' if found[3] else ''}{MONTHS[int(found[2]) - 1]} {found[1]}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"
)  # fmt: skip
"""In English; of other languages Babel knows them."""


def _day(year: int, month: int, of_month: int) -> str:
    """A date in another language than English; nothing if there is no such day."""
    import datetime

    from babel.dates import format_skeleton

    try:
        date = datetime.date(year, month, of_month or 1)
    except ValueError:
        return ""
    return str(format_skeleton("yMMMMd" if of_month else "yMMMM", date, locale=language().replace("-", "_")))
