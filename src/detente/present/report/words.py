"""Plain words for shares: words of likelihood, each with its number."""

from __future__ import annotations

LIKELIHOOD = (
    (0.0, "ruled out", "0 %"),
    (0.05, "remote", "more than 0, up to 5 %"),
    (0.20, "very unlikely", "up to 20 %"),
    (0.45, "unlikely", "up to 45 %"),
    (0.55, "about even", "up to 55 %"),
    (0.80, "likely", "up to 80 %"),
    (0.95, "very likely", "up to 95 %"),
    (0.9999999, "almost certain", "up to, but not, 100 %"),
    (1.0, "certain in the model", "100 %"),
)
"""Upper bounds of shares, the word for them, and how the page explains it; after the words intelligence analysts use."""


def likely(share: float) -> str:
    """The word for a share.

    >>> [likely(share) for share in (0, 12 / 36, 0.5, 1)]
    ['ruled out', 'unlikely', 'about even', 'certain in the model']
    """
    return next(word for most, word, _ in LIKELIHOOD if share <= most)


def percent(part: int, whole: int) -> str:
    """A share in whole per cent, never rounded to nothing or all.

    >>> percent(12, 36), percent(1, 1000)
    ('33 %', 'under 1 %')
    """
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    return "over 99 %" if 99 < share < 100 else f"{share:.0f} %"


def sentence(note: str) -> str:
    """A note of a table as a sentence of a page; what begins with a name or a code keeps it as it is written.

    >>> sentence("each was tried"), sentence("nk_arms is never on"), sentence("trump: its list is open")
    ('Each was tried.', 'nk_arms is never on.', 'trump: its list is open.')
    """
    first = note.split(" ", 1)[0]
    begun = note if "_" in first or first.endswith(":") else note[:1].upper() + note[1:]
    return begun if not begun or begun[-1] in ".:!?…" else f"{begun}."


def the(name: str) -> str:
    """A name with its article, inside a sentence.

    >>> the("United States"), the("Russia")
    ('the United States', 'Russia')
    """
    return f"the {name}" if name.startswith("United ") else name
