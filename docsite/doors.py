"""What the front page opens: the finished report that the site holds as an example, and the buttons that lead to it."""

from __future__ import annotations

from functools import cache

import detente
from detente.present.report import collect, page

MODEL = "two_proxies"
REPORT = f"example/{MODEL}.html"
"""Where the example report lies in the site."""


@cache
def report() -> str:
    """The report of the flagship, as `detente report` writes it."""
    return page(collect(detente.load(MODEL)))


def doors() -> str:
    """The three buttons of the front page.

    >>> doors().count("](")
    3
    """
    shown = [("Try it", "install.md"), ("See a report", REPORT), ("Write your model", "tutorial.md")]
    return "\n".join(f"[{word}]({target}){{ .md-button }}" for word, target in shown)


def invitation() -> str:
    """The sentence that leads a reader to the example report."""
    return f"Open [the whole report]({REPORT}) beside this page."
