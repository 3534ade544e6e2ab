"""What a move brings with it: consequences that follow by themselves, and states that count as one.

*Consequences* are a level rule: all of them apply in file order, again and again, until nothing changes. `settle` does so
for many combinations at once. *Merges* fold states into one another: `unite` finds the groups, overlapping `same` rules
united, and who stands for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.errors import Problem, ScenarioError
from detente.formula import Formula, holds
from detente.messages import tell
from detente.scenario.model import Rule

Cells = NDArray[np.int64]
Values: TypeAlias = dict[str, NDArray[Any]]
"""Choice numbers per option, one per combination looked at."""


# --- consequences ------------------------------------------------------------------------------------------------------


def settle(rules: Sequence[Rule], values: Values, path: str = "") -> None:
    """Let the consequences come to rest, in place. Cost: one pass over the options concerned per rule and round.

    Some combination that keeps changing comes back to an earlier self exactly if the consequences cycle (Brent's method);
    raises `ScenarioError` then, at its place in the file `path`.
    """
    mark, rounds = _copy(values), 0
    while (moved := apply(rules, values)).any():
        rounds += 1
        back = moved
        for key, value in values.items():
            back = back & (value == mark[key])
        if back.any():
            first = int(np.argmax(back))
            raise _restless(rules, {key: value[first : first + 1].copy() for key, value in values.items()}, path)
        if rounds & (rounds - 1) == 0:
            mark = _copy(values)


def apply(rules: Sequence[Rule], values: Values) -> NDArray[np.bool_]:
    """One round of the rules, in place; tells which combinations changed on the way."""
    changed = np.zeros(next(iter(values.values())).shape, dtype=np.bool_)
    for rule in rules:
        due = np.broadcast_to(holds(rule.when, values), changed.shape)
        for key, value in rule.then.items():
            moved = due & (values[key] != value)
            values[key][moved] = value
            changed |= moved
    return changed


def undone(
    rules: Sequence[Rule], settings: Mapping[str, int], kept: Mapping[str, int], path: str = ""
) -> Iterator[tuple[Rule, str]]:
    """The consequences that leave options otherwise than `kept` where they act on these settings: (rule, option)."""
    values: Values = {key: np.array([value], dtype=np.uint8) for key, value in settings.items()}
    settle(rules, values, path)
    for key, value in kept.items():
        if values[key][0] != value:
            last = int(values[key][0])
            yield next(rule for rule in rules if rule.then.get(key) == last), key


def _copy(values: Values) -> Values:
    return {key: value.copy() for key, value in values.items()}


def _restless(rules: Sequence[Rule], values: Values, path: str) -> ScenarioError:
    """The error that names the rules which take part in the cycle that starts at one combination."""
    begin, at_work = _copy(values), [False] * len(rules)
    while True:
        for number, rule in enumerate(rules):
            at_work[number] |= bool(apply((rule,), values).any())
        if all((value == begin[key]).all() for key, value in values.items()):
            break
    cycle = [rule for rule, working in zip(rules, at_work, strict=True) if working]
    said = ", ".join(f"'{rule.text or rule.when}'" for rule in cycle)
    message = tell(
        "the consequences never come to rest, they switch the same options back and forth: {said}", said=said
    )
    place = cycle[0].place
    return ScenarioError([Problem(place.line, place.column, "error", "cyclic-consequences", message, path)])


# --- merges ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merge:
    """Cells that count as one state: `members` (all of them, sorted) and the cell `representative`.

    `alike` holds, per rule that insists on it, the rule and the cells that every actor must like equally.
    """

    members: Cells
    representative: int
    alike: tuple[tuple[Rule, Cells], ...]


def unite(
    rules: Sequence[Rule], points: Cells, holding: Callable[[Formula, Cells], NDArray[np.bool_]], named: Sequence[int]
) -> tuple[Merge, ...]:
    """The merged groups among feasible cells at rest (`points`, sorted); overlapping rules unite.

    `named` are the cells that stand for a group they are in, the most important first; else its first member does.
    """
    groups: list[tuple[NDArray[np.bool_], tuple[tuple[Rule, Cells], ...]]] = []
    for rule in rules:
        mask = np.asarray(holding(rule.when, points))
        alike: tuple[tuple[Rule, Cells], ...] = () if rule.lenient else ((rule, points[mask]),)
        touched = [group for group in groups if (group[0] & mask).any()]
        groups = [group for group in groups if not (group[0] & mask).any()]
        for other, others_alike in touched:
            mask, alike = mask | other, others_alike + alike
        groups.append((mask, alike))
    return tuple(_merge(points[mask], named, alike) for mask, alike in groups if mask.sum() > 1)


def _merge(members: Cells, named: Sequence[int], alike: tuple[tuple[Rule, Cells], ...]) -> Merge:
    return Merge(members, next((cell for cell in named if cell in members), int(members[0])), alike)
