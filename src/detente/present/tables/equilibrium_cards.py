"""States side by side, as the graph model's literature shows them: options down, states across.

`Y` and `N`: the option is taken or not; `-`: it varies. Where there are more equilibria than columns, one column
stands for all equilibria under a concept and shows what they share, and `pattern_sheet` cuts them into patterns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS, NUMBERED
from detente.conflict.patterns import patterns
from detente.engine.concepts import label
from detente.messages import numeral, tell, word
from detente.present.tables.selection import View
from detente.scenario.model import Option
from detente.sheet import Sheet, heading, listed, many

TICK, BLANK = "✓", "·"

LABEL, TIGHT = 46, 30
"""The width of option names before they wrap, and what is left for them where that shows more states."""

SUMMED = 10
"""The width of a column that sums up a concept's equilibria."""

CUTTABLE = 10_000
"""Sets of states up to this size are cut into patterns."""

TELLING = 0.5
"""Patterns are shown if those that fit hold at least this share of the states."""


@dataclass(frozen=True)
class Cards:
    """The states worth a column each, and the concepts whose equilibria are too many for that.

    Of those, `summed` get one column together: they share something, and there is room.
    """

    states: tuple[int, ...]
    unlisted: tuple[str, ...]
    summed: tuple[str, ...]


def cards(view: View) -> Cards:
    """The status quo, where play ends, and the equilibria, strictest concept first, as far as columns reach."""
    roomy, tight = _choose(view, _room(view, LABEL)), _choose(view, _room(view, TIGHT))
    return tight if len(tight.unlisted) < len(roomy.unlisted) else roomy


def _choose(view: View, room: int) -> Cards:
    """Fill `room` characters of columns."""
    width = _column_width(view)
    chosen, unlisted = _given(view, room // width // 2), list[str]()
    for concept, found in view.found.items():
        more = chosen | set(view.listed[concept].tolist()) if found.states * width <= room else None
        if more is not None and len(more) * width <= room:
            chosen = more
        elif not any(found.same(view.found[other]) for other in unlisted):
            unlisted.append(concept)
    left = (room - len(chosen) * width) // SUMMED
    summed = [concept for concept in unlisted if view.shared(concept)][:left]
    return Cards(tuple(sorted(chosen)), tuple(unlisted), tuple(summed))


def _given(view: View, most: int) -> set[int]:
    """The status quo, and the states where play ends if they are few."""
    if view.now is None:
        return set()
    ends = [view.analysis.play(kind).end_states for kind in KINDS]
    return {view.now} | {int(cell) for cells in ends if len(cells) <= most for cell in cells}


def _room(view: View, label_width: int) -> int:
    """Characters left for columns beside the option names."""
    names = [len(option.name) + 4 for _, options in view.options for option in options]
    return view.width - 2 - min(label_width, max(names, default=24))


def _column_width(view: View) -> int:
    choices = [len(choice) for _, options in view.options for o in options if not o.binary for choice in o.choices]
    names = [len(name) for name in view.analysis.conflict.state_names.values()]
    return 2 + min(12, max([len(str(min(view.analysis.states, NUMBERED))), *choices, *names]))


# --- the table --------------------------------------------------------------------------------------------------


def cards_sheet(view: View, shown: Cards) -> Sheet:
    """What each state is, whether it is an equilibrium, and whether play ends there."""
    titles = [*view.headers(shown.states), *(tell("all {concept}", concept=label(concept)) for concept in shown.summed)]
    settings = [view.analysis.conflict.settings(cell) for cell in shown.states]
    settings += [view.shared(concept) for concept in shown.summed]
    rows = [*option_rows(view, settings), *_play_rows(view, shown), *_concept_rows(view, shown)]
    numbered = view.analysis.states <= NUMBERED and any(title.isdigit() for title in titles)
    title = tell("States that matter{word}", word=tell(" (by number)") if numbered else "")
    return Sheet(title, ("", *titles), tuple(rows), tuple(_summed_note(view, c) for c in shown.summed))


def option_rows(view: View, settings: Sequence[Mapping[str, int]]) -> Iterable[tuple[Any, ...]]:
    """Per actor a heading and its options, a sign for each of the settings."""
    for actor, options in view.options:
        yield heading(actor, 1 + len(settings))
        yield from ((f"  {o.name}", *(sign(o, values.get(o.key)) for values in settings)) for o in options)


def sign(option: Option, value: int | None) -> str:
    """How an option stands: Y, N, its choice, or - where it varies."""
    if value is None:
        return "-"
    return "NY"[value] if option.binary else option.choices[value]


def _play_rows(view: View, shown: Cards) -> Iterable[tuple[Any, ...]]:
    if view.now is None:
        return
    cells, blank = np.array(shown.states, dtype=np.int64), [""] * len(shown.summed)
    yield heading(tell("today and play"), 1 + len(cells) + len(blank))
    yield (tell("  today"), *_ticks(cells == view.now), *blank)
    for kind in KINDS:
        ends = np.isin(cells, view.analysis.play(kind).end_states)
        yield (tell("  {kind} play ends", kind=word(kind)), *_ticks(ends), *blank)


def _concept_rows(view: View, shown: Cards) -> Iterable[tuple[Any, ...]]:
    yield heading(_held_by(view), 1 + len(shown.states) + len(shown.summed))
    for concept in view.concepts:
        found = view.found[concept]
        summed = [TICK if view.found[other].implies(found) else "" for other in shown.summed]
        yield (f"  {label(concept)}, {many(found.states, 'state')}", *_ticks(view.at(concept, shown.states)), *summed)


def _held_by(view: View) -> str:
    if view.actors is None:
        return tell("equilibrium under")
    return tell(
        "stable for {name}", name=" and ".join(view.analysis.scenario.actor(actor).name for actor in view.actors)
    )


def _ticks(truths: NDArray[np.bool_]) -> list[str]:
    return [TICK if truth else BLANK for truth in truths.tolist()]


def _summed_note(view: View, concept: str) -> str:
    found = view.found[concept]
    names = [label(other) for other in view.concepts if found.same(view.found[other])]
    return tell(
        "all {concept}: what the {states} states under {names} share; - varies",
        concept=label(concept),
        states=numeral(found.states),
        names=listed(names),
    )


# --- patterns ---------------------------------------------------------------------------------------------------


def pattern_sheet(view: View, shown: Cards) -> Sheet | None:
    """The strictest set of equilibria not listed, as patterns; nothing where few patterns do not tell it."""
    listable = [concept for concept in shown.unlisted if view.found[concept].states <= CUTTABLE]
    if not listable or view.analysis.conflict.graph:
        return None
    concept, total = listable[0], view.found[listable[0]].states
    cut, room = patterns(view.analysis.conflict, view.listed[concept]), max(2, _room(view, LABEL) // SUMMED)
    first, left = cut[:room], sum(each.states for each in cut[room:])
    if len(cut) < 2 or left > (1 - TELLING) * total:
        return None
    rows = [*option_rows(view, [each.fixed for each in first]), ("states", *(each.states for each in first))]
    more = (
        [tell("{number} with {number2}", number=many(len(cut) - room, "more pattern"), number2=many(left, "state"))]
        if left
        else []
    )
    title = tell(
        "The {number} under {concept} in {number2} (- is either)",
        number=many(total, "state"),
        concept=label(concept),
        number2=many(len(cut), "pattern"),
    )
    return Sheet(
        title,
        ("", *(tell("no. {number}", number=number) for number in range(1, len(first) + 1))),
        tuple(rows),
        tuple(more),
    )
