"""Cycles: where play can go round for ever, who keeps it going, and over what.

The mathematics. Play is followed from a state as in `detente.engine.play`. A *cycle* is a set of more than one state in which
play can come from each to each other (a strongly connected component of the graph of steps). A *terminal* cycle is never
left: it is an end of play. From another cycle somebody can step out. A *round* is a shortest way through steps of the
cycle from its first state back to it.

>>> from detente.scenario import load
>>> case = Case(load("alliance_pull"), readings={"rok": "progressive"})
>>> found = cycles(case)
>>> [(len(cycle.states), cycle.terminal) for cycle in found.cycles]
[(8, True), (16, False), (8, False)]
>>> found.cycles[0].name
'rok, cn go round over rok_trilat, cn_squeeze, cn_lever (8 states)'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.questions.evolution.reachability import Trail, follow_play
from detente.questions.evolution.steps import Ground
from detente.sheet import Sheet, html_of


@dataclass(frozen=True)
class Turn:
    """One step of a round: who, what changes, the state reached."""

    actor: str
    change_text: str
    state: Mapping[str, Any]
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"actor": self.actor, "changes": self.change_text, "state": dict(self.state)}


@dataclass(frozen=True)
class Cycle:
    """One cycle: its states, who steps within it, which options change in it, one round, and who can step out."""

    states: tuple[Mapping[str, Any], ...]
    texts: tuple[str, ...]
    movers: tuple[str, ...]
    toggles: tuple[str, ...]
    round: tuple[Turn, ...]
    leavers: tuple[str, ...]

    @property
    def terminal(self) -> bool:
        """Whether it is never left: an end of play."""
        return not self.leavers

    @property
    def name(self) -> str:
        """The cycle in a few words."""
        over = f" over {', '.join(self.toggles)}" if self.toggles else ""
        return f"{', '.join(self.movers)} go round{over} ({len(self.states)} states)"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "terminal": self.terminal,
            "states": [dict(state) for state in self.states],
            "movers": list(self.movers),
            "toggles": list(self.toggles),
            "round": [turn.to_json() for turn in self.round],
            "leavers": list(self.leavers),
        }


@dataclass(frozen=True)
class Cycles:
    """The cycles of a play: those never left first, then by their first state."""

    basis: Basis
    play: str
    start: Mapping[str, Any]
    start_text: str
    passed: int
    cycles: tuple[Cycle, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "cycles",
            "basis": self.basis.to_json(),
            "play": self.play,
            "start": dict(self.start),
            "passed": self.passed,
            "cycles": [cycle.to_json() for cycle in self.cycles],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                n,
                len(c.states),
                "never" if c.terminal else ", ".join(c.leavers),
                ", ".join(c.movers),
                ", ".join(c.toggles),
            )
            for n, c in enumerate(self.cycles, start=1)
        )
        columns = ("cycle", "states", "left by", "kept going by", "over")
        said = f"{self.passed:,} states passed; " + (
            "none of them lie on a cycle." if not rows else _count(self.cycles)
        )
        first = Sheet(
            f"Cycles of {self.play} play, from: {self.start_text}", columns, rows, (said, *self.basis.warnings)
        )
        return (first, *(_round_sheet(number, cycle) for number, cycle in enumerate(self.cycles, start=1)))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _count(found: Sequence[Cycle]) -> str:
    ends = sum(cycle.terminal for cycle in found)
    return f"{len(found):,} cycle{'s' * (len(found) != 1)}, {ends:,} of them never left."


def _round_sheet(number: int, cycle: Cycle) -> Sheet:
    rows = tuple((turn.actor, turn.change_text, turn.text) for turn in cycle.round)
    return Sheet(f"A shortest round of cycle {number}, from: {cycle.texts[0]}", ("who", "changes", "reaches"), rows)


def cycles(case: Case, *, play: str = "myopic", start: str | Mapping[str, Any] | None = None) -> Cycles:
    """The cycles of "myopic" or "foresight" play from `start` (default: the status quo), never-left ones first.

    Myopic is the default, here and on the command line: play with foresight rarely goes round.
    Steps: list the play, cut off what cannot lie on a cycle, split the rest into components, search a round of each.
    Cost: the steps of the play. Raises `TooLarge` for plays of too many steps.
    """
    ground = Ground(case)
    begin = ground.cell(start)
    trail = follow_play(ground, play, begin)
    found = [_cycle(ground, trail, nodes) for nodes in components(trail)]
    found.sort(key=lambda cycle: not cycle.terminal)
    return Cycles(case.basis, play, ground.state(begin), ground.text(begin), len(trail.keys), tuple(found))


def components(trail: Trail) -> list[NDArray[np.int64]]:
    """The strongly connected components of more than one node, by their first node."""
    inside = _core(trail)
    kept = inside[trail.sources] & inside[trail.targets]
    onward: dict[int, list[int]] = {}
    for source, target in zip(trail.sources[kept].tolist(), trail.targets[kept].tolist(), strict=True):
        onward.setdefault(source, []).append(target)
    return sorted((np.array(sorted(c)) for c in _strong(onward) if len(c) > 1), key=lambda c: int(c[0]))


def _core(trail: Trail) -> NDArray[np.bool_]:
    """Nodes left when those without a step in or without a step out are taken away, again and again."""
    inside = np.ones(len(trail.keys), dtype=np.bool_)
    while True:
        live = inside[trail.sources] & inside[trail.targets]
        kept = np.zeros_like(inside)
        kept[trail.sources[live]] = True
        entered = np.zeros_like(inside)
        entered[trail.targets[live]] = True
        if ((kept & entered) == inside).all():
            return inside
        inside = kept & entered


def _strong(onward: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components, without recursion."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    found: list[list[int]] = []
    for root in onward:
        calls = [(root, iter(onward[root]))] if root not in number else []
        while calls:
            node, rest = calls[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                stack.append(node)
                waiting.add(node)
            target = next(rest, None)
            if target is None:
                calls.pop()
                if calls:
                    low[calls[-1][0]] = min(low[calls[-1][0]], low[node])
                if low[node] == number[node]:
                    found.append(_unstack(stack, waiting, node))
            elif target not in number:
                calls.append((target, iter(onward.get(target, ()))))
            elif target in waiting:
                low[node] = min(low[node], number[target])
    return found


def _unstack(stack: list[int], waiting: set[int], node: int) -> list[int]:
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(stack.pop())
    waiting.difference_update(component)
    return component


def _cycle(ground: Ground, trail: Trail, nodes: NDArray[np.int64]) -> Cycle:
    member = np.zeros(len(trail.keys), dtype=np.bool_)
    member[nodes] = True
    from_here = member[trail.sources]
    inner, outer = from_here & member[trail.targets], from_here & ~member[trail.targets]
    cells = trail.cells[nodes].tolist()
    return Cycle(
        states=tuple(map(ground.state, cells)),
        texts=tuple(map(ground.text, cells)),
        movers=_actors(ground, trail.movers[inner]),
        toggles=_toggles(ground, cells),
        round=_round(ground, trail, inner, int(nodes[0])),
        leavers=_actors(ground, trail.movers[outer]),
    )


def _actors(ground: Ground, movers: NDArray[np.int16]) -> tuple[str, ...]:
    return tuple(ground.conflict.players[number].id for number in np.unique(movers).tolist())


def _toggles(ground: Ground, cells: Sequence[int]) -> tuple[str, ...]:
    """The options that have more than one value in these states; none in graph form."""
    settings = [ground.conflict.settings(cell) for cell in cells]
    known = [o.key for o in ground.scenario.options if o.key in settings[0]]
    return tuple(key for key in known if len({each[key] for each in settings}) > 1)


def _round(ground: Ground, trail: Trail, inner: NDArray[np.bool_], first: int) -> tuple[Turn, ...]:
    """A shortest way round: of equally short ones, at each step the first mover and state in order."""
    sources, targets, movers = trail.sources[inner], trail.targets[inner], trail.movers[inner]
    part = Trail(trail.keys, trail.depth, sources, targets, movers, trail.width, True)
    far = part.far_from(np.arange(len(trail.keys)) == first)
    turns: list[Turn] = []
    node = first
    while not turns or node != first:
        mine = np.flatnonzero(sources == node)
        arc = mine[np.argmin(far[targets[mine]])]
        before, node = int(trail.cells[node]), int(targets[arc])
        after = int(trail.cells[node])
        actor = ground.conflict.players[int(movers[arc])].id
        turns.append(Turn(actor, ground.change_text(before, after), ground.state(after), ground.text(after)))
    return tuple(turns)
