"""The tree of status quo analysis: ways out of the status quo, who steps and what changes."""

from __future__ import annotations

from detente.engine.concepts import label, strictest_first
from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import wrap
from detente.present.tables.selection import plural
from detente.present.words import Words
from detente.questions.evolution.status_quo import Branch, StatusQuo
from detente.scenario.model import Scenario

ROOM, GAP, PLACES = 196.0, 30.0, 16
"""Width of a place in the tree, free space before the next, places at most."""


def evolution_tree(found: StatusQuo, scenario: Scenario) -> Drawing:
    """Status quo analysis as a tree: one shortest way to every state within reach, who steps and what changes.

    The nearest `PLACES` places are drawn. Source: Li, Kilgour & Hipel 2005.
    """
    pen, kept = Pen(), _nearest(found.tree)
    _grow(pen, found.tree, None, Words(scenario), kept, 0.0, 0.0)
    left = _size(found.tree) - len(kept)
    more = f" {plural(left, 'further place')} of the tree, farther away, are not drawn." if left else ""
    words = (
        f"From the status quo {plural(found.count - 1, 'other state')} can be reached by {found.by}; one shortest way to each. "
        f"Below a state stands under which concepts it is an equilibrium.{more}"
    )
    return pen.drawing("tree", f"Ways out of the status quo, by {found.by}", words)


def _nearest(root: Branch) -> set[int]:
    """The places to draw, by their identity: level by level."""
    kept, level = list[int](), [root]
    while level:
        kept += [id(branch) for branch in level]
        level = [child for branch in level for child in branch.branches]
    return set(kept[:PLACES])


def _size(branch: Branch) -> int:
    return 1 + sum(map(_size, branch.branches))


def _grow(
    pen: Pen,
    branch: Branch,
    parent: Branch | None,
    words: Words,
    kept: set[int],
    x: float,
    top: float,
) -> tuple[float, float]:
    """Draw a place and what follows; where its middle is and where the next place may start."""
    head, lines, foot = _says(branch, parent, words)
    high = 16 + 15 * len(head) + 14 * len(lines) + (15 if foot else 0)
    children, low = list[float](), top
    for child in branch.branches:
        if id(child) in kept:
            middle, low = _grow(pen, child, branch, words, kept, x + ROOM + GAP, low)
            children.append(middle)
    low = max(low, top + high + 12)
    middle = max((children[0] + children[-1]) / 2 if children else 0.0, top + high / 2)
    for child_middle in children:
        knee = x + ROOM + GAP / 2
        pen.line([(x + ROOM, middle), (knee, middle), (knee, child_middle), (x + ROOM + GAP, child_middle)], "axis")
    root = parent is None
    pen.box(x, middle - high / 2, ROOM, high, "dark" if root else "box")
    y = pen.lines(x + 9, middle - high / 2 + 18, head, "on" if root else "", 12, bold=True)
    y = pen.lines(x + 9, y, lines, "on" if root else "", 10.8)
    pen.text(x + 9, y, foot, "on" if root else "soft", 10.5)
    return middle, max(low, middle + high / 2 + 12)


def _says(branch: Branch, parent: Branch | None, words: Words) -> tuple[tuple[str, ...], list[str], str]:
    marks = list(map(label, strictest_first(branch.equilibrium)))
    foot = f"equilibrium: {' '.join(marks)}" if marks else ""
    if parent is None:
        return ("Status quo",), [], foot
    different = {k: v for k, v in branch.state.items() if parent.state.get(k) != v}
    said = words.changes(different) if words.scenario.options else (f"to {branch.text}",)
    lines = [line for each in said for line in wrap(each, ROOM - 18, 10.8, most=3)]
    return wrap(words.names.name(branch.actor or ""), ROOM - 18, 12, bold=True), lines, foot
