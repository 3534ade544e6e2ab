"""What follows under one circumstance: the status quo, where play ends, the named outcomes, over every completion.

The mathematics. Under each completion the status quo is stable or not per concept, and play, of either kind, comes to rest
in certain ends; an outcome is true in ALL, SOME or NONE of them. An outlook says how often each of these occurs. Ends are
compared by their settings, so that ends of models in which different options are held count as the same place.

How to make one: a `Tally`, one `add` per completion, then `outlook`. No analysis is kept, so that large models fit.

>>> from detente.questions.uncertainty.completions import complete
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> tally, completions = Tally(case), complete(case)
>>> analyses = [tally.add(each) for each in completions]
>>> print(tally.outlook(completions).status_quo["nash"], tally.outlook(completions).ends["foresight"][0])
unstable as now
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import KINDS, Analysis
from detente.case import CONCEPTS, Case, Labels, label, said
from detente.conflict import Cells
from detente.messages import numeral, tell
from detente.questions.uncertainty.completions import Completion, Spread
from detente.result import Record
from detente.sheet import FormulaTerm, Phrase

ENDS_SHOWN, CYCLE_SHOWN = 12, 4
"""Ends, and states of one cyclic end, listed per kind of play; the rest is counted."""

AS_NOW = "as now"
"""What an end is told as that is the status quo."""


@dataclass(frozen=True, kw_only=True)
class End(Record):
    """One place where play comes to rest, and in how many completions it does.

    `states` has one state, or the first few of a cycle of `size` states that nobody leaves; `change` tells how the first
    differs from the status quo.
    """

    states: tuple[Labels, ...]
    size: int
    change: str
    completions: int

    def __str__(self) -> str:
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        change = FormulaTerm(self.change) if self.change != AS_NOW else self.change
        return Phrase.of(
            "" if self.size == 1 else tell("a cycle of {size} states, one of them: ", size=numeral(self.size)), change
        )


@dataclass(frozen=True, kw_only=True)
class Outlook(Record):
    """What follows: the status quo per concept, where play ends, the named outcomes, each over all completions.

    `ends` lists at most some per kind of play; `all_ends` counts them.
    """

    completions: int
    status_quo: Mapping[str, Spread]
    ends: Mapping[str, tuple[End, ...]]
    all_ends: Mapping[str, int]
    outcomes: Mapping[str, Mapping[str, Spread]]
    warnings: tuple[str, ...] = ()


class Tally:
    """Collects verdicts and ends completion by completion, so that no analysis need be kept."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.status: dict[str, list[str]] = {concept: [] for concept in CONCEPTS}
        self.outcomes: dict[str, dict[str, list[str]]] = {
            name: {kind: [] for kind in KINDS} for name in case.scenario.outcomes
        }
        self.ends: dict[str, dict[bytes, End]] = {kind: {} for kind in KINDS}

    def add(self, completion: Completion, times: int = 1) -> Analysis:
        """Count a completion; `times` says how many make the same game (`same_games`)."""
        analysis = completion.case.afresh().analyse(CONCEPTS)  # of a copy, so that the completion keeps no analysis
        for concept, verdicts in self.status.items():
            verdicts.extend(["stable" if analysis.is_equilibrium(concept, analysis.cell()) else "unstable"] * times)
        for kind, ends in self.ends.items():
            for name, each in self.case.scenario.outcomes.items():
                self.outcomes[name][kind] += [analysis.verdict(each.formula, kind)] * times
            for cells in analysis.play(kind).ends:
                key = key_of(values_of(analysis, cells))
                known = ends[key] if key in ends else _end(self.case, analysis, cells)
                ends[key] = replace(known, completions=known.completions + times)
        return analysis

    def outlook(self, completions: Sequence[Completion]) -> Outlook:
        ends = {kind: sorted(each.values(), key=lambda end: -end.completions) for kind, each in self.ends.items()}
        return Outlook(
            completions=len(completions),
            status_quo={concept: Spread.over(verdicts) for concept, verdicts in self.status.items()},
            ends={kind: tuple(each[:ENDS_SHOWN]) for kind, each in ends.items()},
            all_ends={kind: len(each) for kind, each in ends.items()},
            outcomes={
                n: {k: Spread.over(verdicts) for k, verdicts in each.items()} for n, each in self.outcomes.items()
            },
            warnings=tuple(dict.fromkeys(warning for each in completions for warning in each.case.warnings)),
        )


def same_games(completions: Sequence[Completion]) -> tuple[tuple[Completion, ...], ...]:
    """Completions that make the same game, together; each needs one analysis.

    Lists make the same game if they order the states alike, or if their actor cannot move, as one whose options are all held.
    """
    groups: dict[Any, list[Completion]] = {}
    for each in completions:
        asked, game = each.case.circumstances, each.case.afresh().game
        movers = (axis for axis, player in enumerate(game.conflict.players) if player.size > 1)
        orders = tuple(sha256(game.scores(axis).tobytes()).digest() for axis in movers)
        key = tuple(sorted(asked.hold.items())), tuple(sorted(asked.start.items())), orders
        groups.setdefault(key, []).append(each)
    return tuple(map(tuple, groups.values()))


def values_of(analysis: Analysis, cells: Cells) -> dict[str, NDArray[np.uint8]]:
    """The settings of some states, every option named, in file order."""
    values = analysis.conflict.values(cells)
    keys = [option.key for option in analysis.scenario.options]
    return {key: np.array(np.broadcast_to(values[key], len(cells)), dtype=np.uint8) for key in keys}


def key_of(values: Mapping[str, NDArray[np.uint8]]) -> bytes:
    """What tells these states from others, whatever is held."""
    return b"".join(value.tobytes() for value in values.values())


def _end(case: Case, analysis: Analysis, cells: Cells) -> End:
    states = tuple(analysis.state(int(cell)) for cell in cells[:CYCLE_SHOWN])
    first = change(case.now, analysis, int(cells[0])) or AS_NOW
    return End(states=states, size=len(cells), change=first, completions=0)


def change(before: Mapping[str, int], analysis: Analysis, cell: int) -> str:
    """How a state differs from other settings, in words."""
    options = {option.key: option for option in analysis.scenario.options}
    now = analysis.conflict.settings(cell)
    return said({key: label(option, now[key]) for key, option in options.items() if now[key] != before[key]})
