"""The tree of status quo analysis: ways out of today, grouped by who moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.engine.concepts import label, strictest_first
from detente.messages import numeral, tell
from detente.present.names import upper
from detente.present.pictures.drawing import KEYED, Drawing, Mark, Pen
from detente.present.pictures.lettering import wrap
from detente.present.pictures.origin import origin_of
from detente.present.words import Words
from detente.questions.evolution.status_quo import Branch, StatusQuo
from detente.scenario.model import Scenario
from detente.sheet import listed, many

WIDE, GAP = 880.0, 26.0
"""The whole width, and free space before the next place."""

DEEP, PLACES, ALONE = 5, 22, 2
"""Steps one after the other, places of the tree, and places of one actor that stand each alone; at most."""


@dataclass(frozen=True)
class _Place:
    """One place of the tree, or several that one actor can step to from the same: each with where it comes from."""

    actor: str
    steps: tuple[tuple[Branch, Branch], ...]
    after: tuple[_Place, ...]

    @property
    def count(self) -> int:
        return len(self.steps) + sum(place.count for place in self.after)


def evolution_tree(found: StatusQuo, scenario: Scenario) -> Drawing:
    """Status quo analysis as a tree: who steps out of today and what changes; many steps of one actor stand together.

    Source: Li, Kilgour & Hipel 2005.
    """
    pen, words = Pen(), Words(scenario)
    places, left = _fitting(_grouped([(child, found.tree) for child in found.tree.branches], 1))
    deep = 1 + _depth(places)
    room = min(210.0, (WIDE + GAP) / max(2, deep) - GAP)
    middle, low = _grow(pen, words, places, room + GAP, 0.0, room)
    foot = wrap(_marks(found.tree), room - 18, 10.5) if found.tree.equilibrium else ()
    high = 34.0 + 14 * len(foot)
    middle = max(middle, high / 2)
    pen.box(0, middle - high / 2, room, high, "dark")
    pen.text(9, middle - high / 2 + 21, tell("Today"), "on", 12, bold=True)
    pen.lines(9, middle - high / 2 + 37, foot, "on", 10.5)
    if places:
        pen.line([(room, middle), (room + GAP / 2, middle)], "axis")
    if left:
        pen.text(
            0,
            max(low, middle + high / 2) + 20,
            tell("{number}, farther away, not drawn.", number=many(left, "further place")),
            "soft",
            11,
        )
    title = _title(found)
    text = tell(
        "A place says who moves and what changes by that; at its foot stand the concepts under which "
        "it is an equilibrium. Where one actor has many moves they stand in one place."
    )
    key = [Mark.of(tell("a move, and where it leads"), lambda p: p.box(0, 0, KEYED, 12, "box"))]
    if any(_several(places)):
        key.append(Mark.of(tell("several moves of one actor"), lambda p: _stack(p, 0, 0, KEYED - 4, 9)))
    return pen.drawing("tree", title, text, key, origin_of(found.basis, scenario))


def _title(found: StatusQuo) -> str:
    reached = found.equilibria.get("seq")
    number = many(found.count - 1, "other state")
    if found.by == "moves":
        return tell("Nobody gains by a first move today; moves of any kind lead to {number}.", number=number)
    said = tell("Improvements lead from today to {number}", number=number)
    if reached is None or reached.reached is None:
        return f"{said}."
    others = reached.reached - ("seq" in found.tree.equilibrium)
    if found.count == 2:
        stable = tell("it is") if others else tell("it is not")
    else:
        stable = {0: tell("none of them is"), 1: tell("1 of them is")}.get(
            others, tell("{others} of them are", others=numeral(others))
        )
    return tell("{said}; {stable} stable where actors look ahead (SEQ).", said=said, stable=stable)


def _grouped(steps: Iterable[tuple[Branch, Branch]], depth: int) -> tuple[_Place, ...]:
    """The places that follow: of an actor with few steps one each, of one with many a single one for all."""
    by = dict[str, list[tuple[Branch, Branch]]]()
    for branch, parent in steps:
        by.setdefault(branch.actor or "", []).append((branch, parent))
    found = list[_Place]()
    for actor, mine in by.items():
        for part in [mine] if len(mine) > ALONE else [[each] for each in mine]:
            after = _grouped([(child, branch) for branch, _ in part for child in branch.branches], depth + 1)
            found.append(_Place(actor, tuple(part), after))
    return tuple(found)


def _fitting(places: tuple[_Place, ...]) -> tuple[tuple[_Place, ...], int]:
    """The nearest places, level by level, and how many steps are left out."""
    kept, level, depth = set[int](), list(places), 1
    while level and depth < DEEP:
        kept |= {id(place) for place in level[: max(0, PLACES - len(kept))]}
        level, depth = [child for place in level if id(place) in kept for child in place.after], depth + 1

    def cut(found: tuple[_Place, ...]) -> tuple[_Place, ...]:
        return tuple(_Place(p.actor, p.steps, cut(p.after)) for p in found if id(p) in kept)

    shown = cut(places)
    return shown, sum(p.count for p in places) - sum(p.count for p in shown)


def _several(places: tuple[_Place, ...]) -> Iterable[bool]:
    for place in places:
        yield len(place.steps) > 1
        yield from _several(place.after)


def _depth(places: tuple[_Place, ...]) -> int:
    return max((1 + _depth(place.after) for place in places), default=0)


def _grow(pen: Pen, words: Words, places: tuple[_Place, ...], x: float, top: float, room: float) -> tuple[float, float]:
    """Draw places and what follows; where their middle is and where the next may start."""
    middles = list[float]()
    for place in places:
        head, lines, foot = _says(place, words, room)
        high = 16 + 15 * len(head) + 14 * len(lines) + 13.5 * len(foot)
        start = top
        inner, low = _grow(pen, words, place.after, x + room + GAP, top, room) if place.after else (0.0, top)
        middle = max(inner, start + high / 2)
        _box(pen, place, x, middle - high / 2, room, high)
        y = pen.lines(x + 9, middle - high / 2 + 18, head, "", 12, bold=True)
        y = pen.lines(x + 9, y, lines, "", 10.8)
        pen.lines(x + 9, y, foot, "soft", 10.4)
        if place.after:
            pen.line([(x + room, middle), (x + room + GAP / 2, middle), (x + room + GAP / 2, inner)], "axis")
        middles.append(middle)
        top = max(low, middle + high / 2 + 12)
    for middle in middles:
        pen.line([(x - GAP / 2, middle), (x, middle)], "axis")
    if len(middles) > 1:
        pen.line([(x - GAP / 2, middles[0]), (x - GAP / 2, middles[-1])], "axis")
    return ((middles[0] + middles[-1]) / 2 if middles else top), top


def _box(pen: Pen, place: _Place, x: float, y: float, wide: float, high: float) -> None:
    if len(place.steps) > 1:
        _stack(pen, x, y, wide, high)
    else:
        pen.box(x, y, wide, high, "box")


def _stack(pen: Pen, x: float, y: float, wide: float, high: float) -> None:
    pen.box(x + 4, y + 3, wide, high, "box")
    pen.box(x, y, wide, high, "box")


def _says(place: _Place, words: Words, room: float) -> tuple[tuple[str, ...], list[str], tuple[str, ...]]:
    name = wrap(words.names.name(place.actor), room - 18, 12, bold=True)
    if len(place.steps) == 1:
        ((branch, parent),) = place.steps
        said = (
            words.changes(_changed(branch, parent))
            if words.scenario.options
            else (tell("to {text}", text=branch.text),)
        )
        lines = [line for each in said for line in wrap(upper(each), room - 18, 10.8, most=3)]
        foot = _marks(branch)
        return name, lines, wrap(foot, room - 18, 10.4) if foot else ()
    options = words.names.options
    touched = dict.fromkeys(key for branch, parent in place.steps for key in _changed(branch, parent) if key in options)
    what = tell("any of {number} moves", number=numeral(len(place.steps)))
    if touched:
        what += tell(": changes to {options}", options=listed(f"“{options[key]}”" for key in options if key in touched))
    stable = sum(bool(branch.equilibrium) for branch, _ in place.steps)
    strict = sum("seq" in branch.equilibrium for branch, _ in place.steps)
    foot = (
        tell("{stable} of them stable, {strict} under SEQ", stable=numeral(stable), strict=strict or tell("none"))
        if stable
        else tell("none of them stable")
    )
    return name, list(wrap(upper(what), room - 18, 10.8, most=7)), wrap(foot, room - 18, 10.4)


def _changed(branch: Branch, parent: Branch) -> Mapping[str, Any]:
    return {key: value for key, value in branch.state.items() if parent.state.get(key) != value}


def _marks(branch: Branch) -> str:
    marks = list(map(label, strictest_first(branch.equilibrium)))
    return tell("equilibrium: {marks}", marks=", ".join(marks)) if marks else ""
