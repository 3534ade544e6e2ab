"""Boolean statements over options.

The mathematics. Every option is a variable with finitely many values (a yes/no option has `off` and `on`). A formula is
built from settings (`us_arm`, `answer = accept`, `answer in {accept, delay}`) with `not`, `and`, `or`, `->` (or `b if a`),
`<->` (or `iff`), and counts (`at least 2 of (a, b, c)`), loosest last. It is true or false in every state.

How to make one. `parse` reads text into a tree of bare names; `bind` replaces names by options, outcomes and named
states; `holds` evaluates a bound formula on numbers or whole numpy arrays at once; `text_of` prints it back.

>>> tree = parse("not ru_link and (nk_arms -> nk_troops)")
>>> names = {n: Variable(n, ("off", "on")) for n in ("ru_link", "nk_arms", "nk_troops")}
>>> formula = bind(tree, names)
>>> text_of(formula)
'not ru_link and (nk_arms -> nk_troops)'
>>> bool(holds(formula, {"ru_link": 0, "nk_arms": 1, "nk_troops": 0}))
False
"""

from __future__ import annotations

from detente.formula.evaluate import holds, settings_of
from detente.formula.parse import MAX_DEPTH, MAX_LENGTH, bind, parse
from detente.formula.tree import (
    FALSE,
    TRUE,
    And,
    Constant,
    Count,
    Formula,
    If,
    Iff,
    Name,
    Not,
    Or,
    Setting,
    Variable,
    children,
    depth_of,
    leaves,
    opposite,
    options_of,
    rebuild,
    setting,
    text_of,
)

__all__ = [
    "FALSE",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "TRUE",
    "And",
    "Constant",
    "Count",
    "Formula",
    "If",
    "Iff",
    "Name",
    "Not",
    "Or",
    "Setting",
    "Variable",
    "bind",
    "children",
    "depth_of",
    "holds",
    "leaves",
    "opposite",
    "options_of",
    "parse",
    "rebuild",
    "setting",
    "settings_of",
    "text_of",
]
