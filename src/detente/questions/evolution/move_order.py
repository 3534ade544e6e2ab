"""Races: where the order of moves decides how play ends.

The mathematics. Play is followed from a state as in `detente.engine.play`: any actor may take the next step, also the last
mover; myopic steps are improvements, foresight steps unsanctioned improvements. From every state passed, some of the
*ends* can still be reached. A *fork* is a state from which steps of two different actors lead to different sets of
reachable ends: who is quicker decides. With a goal, what counts is not the set of ends but the verdict over them (ALL,
SOME or NONE of their states satisfy the goal).

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"), readings={"us": "courage"})
>>> found = races(case, "no_war", play="myopic")
>>> found.verdict, found.reason, [(branch.actor, branch.verdict) for branch in found.forks[0].branches]
('SOME', 'race', [('us', 'ALL'), ('us', 'SOME'), ('ru', 'SOME'), ('nk', 'SOME')])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.engine.play import ALL, NONE, SOME, in_order, terminal_components
from detente.errors import InputError, TooLarge
from detente.formula import Formula
from detente.questions.evolution.reachability import Trail, follow_play
from detente.questions.evolution.steps import Ground
from detente.sheet import Sheet, html_of

MOST_MARKS = 200_000_000
"""(state, end) pairs kept at most."""


@dataclass(frozen=True)
class Branch:
    """The steps of one actor at a fork that leave the same ends within reach (numbers into `Races.ends`, from 1).

    `count` says how many; `change_text` and `state` are those of the one that switches the fewest options.
    """

    actor: str
    name: str
    count: int
    change_text: str
    state: Mapping[str, Any]
    text: str
    ends: tuple[int, ...]
    verdict: str | None

    def to_json(self) -> dict[str, Any]:
        plain = {"actor": self.actor, "steps": self.count, "state": dict(self.state), "ends": list(self.ends)}
        return plain | ({} if self.verdict is None else {"verdict": self.verdict})


@dataclass(frozen=True)
class Fork:
    """A state where the order of moves decides, `depth` steps from the start."""

    depth: int
    state: Mapping[str, Any]
    text: str
    branches: tuple[Branch, ...]

    def to_json(self) -> dict[str, Any]:
        return {"depth": self.depth, "state": dict(self.state), "branches": [each.to_json() for each in self.branches]}

    @property
    def decisive(self) -> bool:
        """Whether one actor's step settles the goal for good (ALL) and another's against it (NONE)."""
        good = {branch.actor for branch in self.branches if branch.verdict == ALL}
        bad = {branch.actor for branch in self.branches if branch.verdict == NONE}
        return bool(good and bad) and len(good | bad) > 1


@dataclass(frozen=True)
class End:
    """Where play comes to rest: one state, or the states of a terminal cycle; `verdict` on the goal, if there is one."""

    states: tuple[Mapping[str, Any], ...]
    text: str
    verdict: str | None


@dataclass(frozen=True)
class Races:
    """The forks of a play, earliest first: `total` in all, the first few in `forks`.

    `decisive` is the earliest fork where one actor's step settles the goal and another's step settles it the other way.
    `reason` says what a verdict of SOME comes from: "race" (there is a decisive fork), else "choice" (some actor's own
    steps from one state differ in verdict), else "race" (there is a fork), else "cycle" (play ends in a cycle in which the
    goal comes and goes); it is "" for other verdicts.
    """

    basis: Basis
    play: str
    goal: str | None
    start: Mapping[str, Any]
    start_text: str
    passed: int
    ends: tuple[End, ...]
    verdict: str | None
    reason: str
    total: int
    forks: tuple[Fork, ...]
    decisive: Fork | None

    def to_json(self) -> dict[str, Any]:
        ends = [{"states": [dict(s) for s in end.states], "verdict": end.verdict} for end in self.ends]
        return {
            "question": "races",
            "basis": self.basis.to_json(),
            "play": self.play,
            "goal": self.goal,
            "start": dict(self.start),
            "passed": self.passed,
            "ends": ends,
            "verdict": self.verdict,
            "reason": self.reason,
            "total": self.total,
            "forks": [fork.to_json() for fork in self.forks],
            "decisive": None if self.decisive is None else self.decisive.to_json(),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        asked = self.goal is not None
        goal = ("goal",) * asked
        ends = tuple((n, end.text, *([end.verdict] * asked)) for n, end in enumerate(self.ends, start=1))
        rows = tuple(
            (fork.depth, fork.text, each.name, *_said(each), " ".join(map(str, each.ends)), *([each.verdict] * asked))
            for fork in self.forks
            for each in fork.branches
        )
        left = f"{self.total - len(self.forks):,} later forks are not listed"
        notes = (self.sentence, *([left] if self.total > len(self.forks) else []), *self.basis.warnings)
        columns = ("steps before", "state", "who moves", "changes", "ends left", *goal)
        return (
            Sheet(f"Where {self.play} play ends, from: {self.start_text}", ("end", "state", *goal), ends),
            Sheet("Forks: where the order of moves decides", columns, rows, notes),
        )

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        if self.goal is None:
            said = f"{self.total:,} states passed are forks" if self.total else "nowhere does the order of moves decide"
            return f"{len(self.ends)} end{'s' * (len(self.ends) != 1)}; {said}."
        if self.verdict != SOME:
            return f"{self.goal}: {self.verdict}; the order of moves cannot change that."
        said = f"{self.goal}: SOME, because {_BECAUSE[self.reason]}."
        return said if self.decisive is None else f"{said} {_decision(self.decisive)}"

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


_BECAUSE = {
    "race": "who moves first decides (a race)",
    "choice": "one actor's choice among its own steps decides, not the order of moves",
    "cycle": "play ends in a cycle in which it comes and goes",
}


def _said(branch: Branch) -> tuple[str]:
    more = f" (and {branch.count - 1} more)" if branch.count > 1 else ""
    return (branch.change_text + more,)


def _decision(fork: Fork) -> str:
    """The two steps of a decisive fork in a sentence."""
    good, bad = next(
        (a, b)
        for a in fork.branches
        for b in fork.branches
        if a.verdict == ALL and b.verdict == NONE and a.actor != b.actor
    )
    return (
        f"At '{fork.text}' it is settled if {good.name} is first ({good.change_text}) "
        f"and lost if {bad.name} is ({bad.change_text})."
    )


def races(
    case: Case,
    goal: str | Formula | None = None,
    *,
    play: str = "foresight",
    start: str | Mapping[str, Any] | None = None,
    most: int = 10,
) -> Races:
    """The states of a play where steps of different actors lead to different ends, or to different verdicts on a goal.

    Steps: list the play from `start` (default: the status quo), find its ends, mark backwards which ends each state can
    reach, compare the steps from each state. Cost: the steps of the play, and states × ends bits. Raises `TooLarge` for
    plays of too many steps.
    """
    if most < 1:
        raise InputError(f"`most` is {most}; expected the number of forks to list, at least 1")
    ground = Ground(case)
    begin = ground.cell(start)
    course = _Course(ground, begin, follow_play(ground, play, begin))
    ends, marks = course.ends_and_marks()
    aim = None if goal is None else ground.goal(goal)
    truths = [None if aim is None else ground.meets(aim, course.trail.cells[end]) for end in ends]
    verdicts = _verdicts(marks, truths) if aim is not None else None
    classes = np.unique(marks, axis=0, return_inverse=True)[1].reshape(-1) if verdicts is None else verdicts
    forks = course.forks(classes)
    decisive = None if verdicts is None else course.decisive(forks, marks, verdicts)
    return Races(
        basis=case.basis,
        play=play,
        goal=None if goal is None else str(goal),
        start=ground.state(begin),
        start_text=ground.text(begin),
        passed=len(course.trail.keys),
        ends=tuple(course.end(nodes, truth) for nodes, truth in zip(ends, truths, strict=True)),
        verdict=None if verdicts is None else _WORDS[verdicts[course.node(begin)]],
        reason="" if verdicts is None else course.reason(verdicts, forks, decisive is not None),
        total=len(forks),
        forks=tuple(course.fork(int(node), marks, verdicts) for node in forks[:most]),
        decisive=decisive,
    )


_WORDS = (NONE, SOME, ALL)


def _verdicts(marks: NDArray[np.bool_], truths: Sequence[NDArray[np.bool_] | None]) -> NDArray[np.int64]:
    """Per state 0, 1 or 2: none, some or all of the end states within reach satisfy the goal."""
    known = [truth for truth in truths if truth is not None]
    fully, never = np.array([t.all() for t in known]), np.array([not t.any() for t in known])
    yes = ~(marks & ~fully).any(axis=1)
    no = ~(marks & ~never).any(axis=1)
    return np.where(yes, 2, np.where(no, 0, 1))


@dataclass(frozen=True)
class _Course:
    """A play listed in full."""

    ground: Ground
    begin: int
    trail: Trail

    def node(self, cell: int) -> int:
        return int(np.searchsorted(self.trail.keys, cell))

    def ends_and_marks(self) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.bool_]]:
        """The ends as node numbers, and per state which of them can be reached."""
        trail, count = self.trail, len(self.trail.keys)
        ends = in_order(terminal_components(count, trail.sources, trail.targets))
        if len(ends) * count > MOST_MARKS:
            raise TooLarge(f"play passes {count:,} states and has {len(ends):,} ends; hold some options fixed")
        marks = [trail.far_from(np.isin(np.arange(count), end)) >= 0 for end in ends]
        return ends, np.stack(marks, axis=1)

    def forks(self, classes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The nodes with steps of two movers into two classes, by distance from the start, then in state order.

        If two movers and two classes occur among the steps from a state, some two steps differ in both.
        """
        trail = self.trail
        reached = classes[trail.targets]
        count = len(trail.keys)
        found = np.flatnonzero(_varies(trail.sources, trail.movers, count) & _varies(trail.sources, reached, count))
        return found[np.lexsort((found, trail.depth[found]))]

    def reason(self, verdicts: NDArray[np.int64], forks: NDArray[np.int64], decided: bool) -> str:
        if _WORDS[verdicts[self.node(self.begin)]] != SOME:
            return ""
        if decided:
            return "race"
        trail, players = self.trail, len(self.ground.conflict.players)
        choices = trail.sources.astype(np.int64) * players + trail.movers
        if _varies(choices, verdicts[trail.targets], len(trail.keys) * players).any():
            return "choice"
        return "race" if len(forks) else "cycle"

    def end(self, nodes: NDArray[np.int64], truth: NDArray[np.bool_] | None) -> End:
        cells = self.trail.cells[nodes].tolist()
        more = f" and {len(cells) - 1} more in a cycle" if len(cells) > 1 else ""
        word = None if truth is None else ALL if truth.all() else SOME if truth.any() else NONE
        return End(tuple(map(self.ground.state, cells)), self.ground.text(cells[0]) + more, word)

    @cached_property
    def first_arcs(self) -> NDArray[np.int64]:
        """Where the steps from each node begin; they lie together, as the trail is sorted by source."""
        return np.searchsorted(self.trail.sources, np.arange(len(self.trail.keys) + 1))

    def fork(self, node: int, marks: NDArray[np.bool_], verdicts: NDArray[np.int64] | None) -> Fork:
        ground, here = self.ground, int(self.trail.cells[node])
        groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for arc in range(*self.first_arcs[[node, node + 1]].tolist()):
            target = int(self.trail.targets[arc])
            ends = tuple((np.flatnonzero(marks[target]) + 1).tolist())
            groups.setdefault((int(self.trail.movers[arc]), ends), []).append(target)
        branches = []
        for (mover, ends), targets in sorted(groups.items()):
            player = ground.conflict.players[mover]
            cells = [int(self.trail.cells[target]) for target in targets]
            there = min(cells, key=lambda cell: (len(ground.changes(here, cell)), cell))
            word = None if verdicts is None else _WORDS[verdicts[targets[0]]]
            reached = (ground.change_text(here, there), ground.state(there), ground.text(there))
            branches.append(Branch(player.id, player.name, len(targets), *reached, ends, word))
        return Fork(int(self.trail.depth[node]), ground.state(here), ground.text(here), tuple(branches))

    def decisive(self, forks: NDArray[np.int64], marks: NDArray[np.bool_], verdicts: NDArray[np.int64]) -> Fork | None:
        """The earliest fork with a step of one actor to ALL and of another to NONE."""
        low, high = _extremes(self.trail.sources, verdicts[self.trail.targets], len(self.trail.keys))
        candidates = (self.fork(int(node), marks, verdicts) for node in forks if (low[node], high[node]) == (0, 2))
        return next((fork for fork in candidates if fork.decisive), None)


def _extremes(nodes: NDArray[Any], values: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per node the least and the greatest of `values`, one per step from a node."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(low, nodes, values)
    np.maximum.at(high, nodes, values)
    return low, high


def _varies(nodes: NDArray[Any], values: NDArray[Any], count: int) -> NDArray[np.bool_]:
    """The nodes at which `values` are not all alike."""
    low, high = _extremes(nodes, values, count)
    return np.asarray(high > low)
