"""The order of moves: where it decides how play ends.

The mathematics. Play is followed from a state as in `detente.engine.play`: any actor may take the next step, also the last
mover; myopic steps are improvements, foresight steps unsanctioned improvements. From every state passed, some of the
*ends* can still be reached. A *fork* is a state from which steps of two different actors lead to different sets of
reachable ends: who is quicker decides. With a goal, what counts is not the set of ends but the verdict over them (ALL,
SOME or NONE of their states satisfy the goal).

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"), readings={"us": "courage"})
>>> answer = races(case, "no_war", play="myopic")
>>> answer.verdict, answer.reason, [(branch.actor, branch.verdict) for branch in answer.forks[0].branches]
('SOME', 'race', [('us', 'ALL'), ('us', 'SOME'), ('us', 'SOME'), ('us', 'SOME'), ('nk', 'SOME')])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.engine.play import ALL, NONE, SOME, in_order, terminal_components
from detente.errors import InputError, TooLarge
from detente.formula import Formula
from detente.messages import Messages, numeral, tell, word
from detente.questions.evolution.reachability import StepGraph, follow_play
from detente.result import INSIDE, Answer, Record
from detente.sheet import FormulaTerm, Phrase, Sheet, StateTerm, VerdictTerm, many

MOST_MARKS = 200_000_000
"""(state, end) pairs kept at most."""


@dataclass(frozen=True, kw_only=True)
class Branch(Record):
    """The steps of one actor at a fork that leave the same ends within reach (numbers into `Races.ends`, from 1).

    `steps` says how many; `change_text` and `state` are those of the one that switches the fewest options.
    """

    actor: str
    name: str = field(metadata=INSIDE)
    steps: int
    change_text: str = field(metadata=INSIDE)
    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    ends: tuple[int, ...]
    verdict: str | None

    def to_json(self) -> dict[str, Any]:
        """The plain data, with a verdict only where there is a goal."""
        data = super().to_json()
        return {key: value for key, value in data.items() if key != "verdict" or value is not None}


@dataclass(frozen=True, kw_only=True)
class Fork(Record):
    """A state where the order of moves decides, `depth` steps from the start."""

    depth: int
    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)
    branches: tuple[Branch, ...]

    @property
    def decisive(self) -> bool:
        """Whether one actor's step settles the goal for good (ALL) and another's against it (NONE)."""
        good = {branch.actor for branch in self.branches if branch.verdict == ALL}
        bad = {branch.actor for branch in self.branches if branch.verdict == NONE}
        return bool(good and bad) and len(good | bad) > 1


@dataclass(frozen=True)
class End(Record):
    """Where play comes to rest: one state, or the states of a terminal cycle; `verdict` on the goal, if there is one."""

    states: tuple[Mapping[str, Any], ...]
    text: Phrase = field(metadata=INSIDE)
    verdict: str | None


@dataclass(frozen=True, repr=False, kw_only=True)
class Races(Answer):
    """The forks of a play, earliest first: `total` in all, the first few in `forks`.

    `decisive` is the earliest fork where one actor's step settles the goal and another's step settles it the other way.
    `reason` says what a verdict of SOME comes from: "race" (there is a decisive fork), else "choice" (some actor's own
    steps from one state differ in verdict), else "race" (there is a fork), else "cycle" (play ends in a cycle in which the
    goal comes and goes); it is "" for other verdicts.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "races"

    basis: Basis
    play: str
    goal: str | None
    start: Mapping[str, Any]
    start_text: str = field(metadata=INSIDE)
    passed: int
    ends: tuple[End, ...]
    verdict: str | None
    reason: str
    total: int
    forks: tuple[Fork, ...]
    decisive: Fork | None

    @property
    def headline(self) -> Phrase:
        """The result in a sentence."""
        return self.sentence

    def sheets(self) -> tuple[Sheet, ...]:
        goal = ("goal",) * (self.goal is not None)
        ends = tuple((n, end.text, *_verdict(end.verdict)) for n, end in enumerate(self.ends, start=1))
        rows = tuple(
            (
                fork.depth,
                StateTerm(fork.text),
                branch.name,
                _changes(branch),
                " ".join(map(str, branch.ends)),
                *_verdict(branch.verdict),
            )
            for fork in self.forks
            for branch in fork.branches
        )
        left = tell("{total} later forks are not listed", total=numeral(self.total - len(self.forks)))
        notes = (self.sentence, *([left] if self.total > len(self.forks) else []), *self.basis.warnings)
        columns = (tell("steps before"), "state", tell("who moves"), "changes", tell("ends left"), *goal)
        title = Phrase.told(
            "Where {play} play ends, from: {start_text}", play=word(self.play), start_text=StateTerm(self.start_text)
        )
        return (
            Sheet(title, ("end", "state", *goal), ends),
            Sheet(tell("Forks: where the order of moves decides"), columns, rows, notes),
        )

    @property
    def sentence(self) -> Phrase:
        """The result in a sentence."""
        if self.goal is None:
            forks = (
                tell("{total} states passed are forks", total=numeral(self.total))
                if self.total
                else tell("nowhere does the order of moves decide")
            )
            return Phrase.of(tell("{ends}; {forks}.", ends=many(len(self.ends), "end"), forks=forks))
        if self.verdict != SOME:
            verdict = VerdictTerm(self.verdict or "")
            return Phrase.told(
                "{goal}: {verdict}; the order of moves cannot change that.",
                goal=FormulaTerm(self.goal),
                verdict=verdict,
            )
        because = (
            FormulaTerm(self.goal),
            ": ",
            VerdictTerm(SOME),
            tell(", because {reason}.", reason=_BECAUSE[self.reason]),
        )
        return Phrase.of(*because, *(() if self.decisive is None else (" ", _decision(self.decisive))))


def _verdict(verdict: str | None) -> tuple[VerdictTerm, ...]:
    """The cell on the goal, if there is one."""
    return () if verdict is None else (VerdictTerm(verdict),)


_BECAUSE = Messages(
    {
        "race": "who moves first decides (a race)",
        "choice": "one actor's choice among its own steps decides, not the order of moves",
        "cycle": "play ends in a cycle in which it comes and goes",
    }
)


def _changes(branch: Branch) -> Phrase:
    more = tell(" (and {steps} more)", steps=branch.steps - 1) if branch.steps > 1 else ""
    return Phrase.of(FormulaTerm(branch.change_text), more)


def _decision(fork: Fork) -> Phrase:
    """The two steps of a decisive fork in a sentence."""
    good, bad = next(
        (a, b)
        for a in fork.branches
        for b in fork.branches
        if a.verdict == ALL and b.verdict == NONE and a.actor != b.actor
    )
    state, won, lost = StateTerm(fork.text), FormulaTerm(good.change_text), FormulaTerm(bad.change_text)
    first = tell("' it is settled if {name} is first (", name=good.name)
    return Phrase.told(
        "At '{state}{first}{won}) and lost if {name} is ({lost}).",
        state=state,
        first=first,
        won=won,
        name=bad.name,
        lost=lost,
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
        raise InputError(tell("`most` is {most}; expected the number of forks to list, at least 1", most=most))
    game = case.game
    begin = game.cell(start)
    course = _Course(game, begin, follow_play(case, play, begin))
    ends, marks = course.ends_and_marks()
    aim = None if goal is None else game.goal(goal)
    truths = [None if aim is None else game.meets(aim, course.graph.cells[end]) for end in ends]
    verdicts = _verdicts(marks, truths) if aim is not None else None
    # Without a goal two steps differ if they leave different sets of ends; with one, if they leave different verdicts.
    classes = np.unique(marks, axis=0, return_inverse=True)[1].reshape(-1) if verdicts is None else verdicts
    forks = course.forks(classes)
    decisive = None if verdicts is None else course.decisive(forks, marks, verdicts)
    return Races(
        basis=case.basis,
        play=play,
        goal=None if goal is None else str(goal),
        start=game.state(begin),
        start_text=game.text(begin),
        passed=len(course.graph.keys),
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

    game: Game
    begin: int
    graph: StepGraph

    def node(self, cell: int) -> int:
        return int(np.searchsorted(self.graph.keys, cell))

    def ends_and_marks(self) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.bool_]]:
        """The ends as node numbers, and per state which of them can be reached."""
        graph, count = self.graph, len(self.graph.keys)
        ends = in_order(terminal_components(count, graph.sources, graph.targets))
        if len(ends) * count > MOST_MARKS:
            raise TooLarge(
                tell(
                    "play passes {count} states and has {number} ends; hold some options fixed",
                    count=numeral(count),
                    number=numeral(len(ends)),
                )
            )
        marks = [graph.far_from(np.isin(np.arange(count), end)) >= 0 for end in ends]
        return ends, np.stack(marks, axis=1)

    def forks(self, classes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The nodes with steps of two movers into two classes, by distance from the start, then in state order.

        If two movers and two classes occur among the steps from a state, some two steps differ in both.
        """
        graph = self.graph
        reached = classes[graph.targets]
        count = len(graph.keys)
        forks = np.flatnonzero(_varies(graph.sources, graph.movers, count) & _varies(graph.sources, reached, count))
        return forks[np.lexsort((forks, graph.depth[forks]))]

    def reason(self, verdicts: NDArray[np.int64], forks: NDArray[np.int64], decided: bool) -> str:
        if _WORDS[verdicts[self.node(self.begin)]] != SOME:
            return ""
        if decided:
            return "race"
        graph, players = self.graph, len(self.game.actors)
        # One actor's steps from one state, taken together, as if they began at a node of their own.
        choices = graph.sources.astype(np.int64) * players + graph.movers
        if _varies(choices, verdicts[graph.targets], len(graph.keys) * players).any():
            return "choice"
        return "race" if len(forks) else "cycle"

    def end(self, nodes: NDArray[np.int64], truth: NDArray[np.bool_] | None) -> End:
        cells = self.graph.cells[nodes].tolist()
        more = tell(" and {number} more in a cycle", number=len(cells) - 1) if len(cells) > 1 else ""
        verdict = None if truth is None else ALL if truth.all() else SOME if truth.any() else NONE
        text = Phrase.of(StateTerm(self.game.text(cells[0])), more)
        return End(tuple(map(self.game.state, cells)), text, verdict)

    @cached_property
    def first_arcs(self) -> NDArray[np.int64]:
        """Where the steps from each node begin; they lie together, as the graph is sorted by source."""
        return np.searchsorted(self.graph.sources, np.arange(len(self.graph.keys) + 1))

    def fork(self, node: int, marks: NDArray[np.bool_], verdicts: NDArray[np.int64] | None) -> Fork:
        game, here = self.game, int(self.graph.cells[node])
        # The steps of one mover that leave the same ends are one branch, as they decide the same.
        groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for arc in range(*self.first_arcs[[node, node + 1]].tolist()):
            target = int(self.graph.targets[arc])
            ends = tuple((np.flatnonzero(marks[target]) + 1).tolist())
            groups.setdefault((int(self.graph.movers[arc]), ends), []).append(target)
        branches = []
        for (mover, ends), targets in sorted(groups.items()):
            player = game.conflict.players[mover]
            cells = [int(self.graph.cells[target]) for target in targets]
            there = min(cells, key=lambda cell: (len(game.changes(here, cell)), cell))
            branch = Branch(
                actor=player.id,
                name=player.name,
                steps=len(targets),
                change_text=game.change_text(here, there),
                state=game.state(there),
                text=game.text(there),
                ends=ends,
                verdict=None if verdicts is None else _WORDS[verdicts[targets[0]]],
            )
            branches.append(branch)
        depth = int(self.graph.depth[node])
        return Fork(depth=depth, state=game.state(here), text=game.text(here), branches=tuple(branches))

    def decisive(self, forks: NDArray[np.int64], marks: NDArray[np.bool_], verdicts: NDArray[np.int64]) -> Fork | None:
        """The earliest fork with a step of one actor to ALL and of another to NONE."""
        low, high = _extremes(self.graph.sources, verdicts[self.graph.targets], len(self.graph.keys))
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
