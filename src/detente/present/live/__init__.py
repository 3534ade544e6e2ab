"""The briefing that recomputes: a model as data, a solver in plain JavaScript, and the page's own script.

`solver.js` knows no document: it turns what is chosen (a start, a list for each actor) into who is stable where and where
play ends, with the numbers of the engine, for which tests compare the two. `page.js` lets a reader choose, tells what differs
from the saved analysis, and hands the change back as a patch. `model` makes the data of the solver, `briefing` the rest of a
page, `script` what a page embeds.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from detente.present.live.briefing import briefing
from detente.present.live.model import ALWAYS, MOST, fits, model, start, wants

__all__ = ["ALWAYS", "MOST", "briefing", "fits", "model", "script", "solver", "start", "wants"]


@cache
def solver() -> str:
    """The solver as it is embedded: a module that needs nothing else, without the comments that stand for themselves."""
    return _file("solver.js")


@cache
def script() -> str:
    """Solver and page as one module: a page that is one file has nothing to import, so the second stands in a block below."""
    page = re.sub(r"^import .*\n", "", _file("page.js"), flags=re.MULTILINE)
    return f"{solver()}\n{{\n{page}}}\n"


def _file(name: str) -> str:
    text = (files("detente.present.live") / name).read_text(encoding="utf-8")
    return re.sub(r"^ */\*.*?\*/\n+", "", text, flags=re.MULTILINE | re.DOTALL)
