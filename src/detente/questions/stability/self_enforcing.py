"""What can be held, and whether those who hold it would keep it if they were free again.

The mathematics. A commitment sets options at once: guards are ignored, feasibility is not, and what an option can never be
switched to cannot be held either. `stands` says whether a state with the held settings exists; `switchable` to what an option
can come by switches; `kept` whether an actor, free again, would stay in every state where play came to rest: with
sequential stability if it has no unsanctioned improvement there, with Nash stability if it has no improvement at all.

>>> from detente.case import Case, Policy
>>> from detente.scenario import load
>>> free = Case(load("two_proxies"))
>>> neutral = free.under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 0})).analyse()
>>> print(kept(free.analyse(), "us", neutral, neutral.play().end_states))
us: no
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from detente.analysis import Analysis
from detente.case import Case
from detente.conflict import Cells
from detente.conflict.game import Game, varied
from detente.engine import improving_steps
from detente.errors import ScenarioError
from detente.messages import tell, word
from detente.result import INSIDE, Record
from detente.scenario.model import Option, Scenario

IMPOSSIBLE = frozenset({"infeasible-now", "infeasible-state", "no-feasible-state"})
"""Problems which say that no state has certain settings."""

REMEMBERED = 1 << 12
"""Settings of which it is remembered with a state space whether they stand."""


@dataclass(frozen=True, kw_only=True)
class Kept(Record):
    """Whether an actor, free again, would stay wherever play ended.

    `seq` and `nash`: whether every such state is stable for it; None where the free model is too large to tell.
    `leaves` is the best change that nothing deters, in the first such state that it would leave.
    """

    actor: str = field(metadata=INSIDE)
    seq: bool | None
    nash: bool | None
    leaves: Mapping[str, bool | str] | None = None

    @property
    def word(self) -> str:
        """Whether it would stay, in a word or two."""
        words = {
            True: word("yes") if self.nash else tell("yes (not Nash)"),
            False: word("no"),
            None: tell("too large to tell"),
        }
        return words[self.seq]

    def __str__(self) -> str:
        return f"{self.actor}: {self.word}"


def kept(free: Analysis | None, actor: str, held: Analysis, cells: Cells) -> Kept:
    """Whether the actor would stay in these states of the held model if it were free, judged in the free model.

    Cost: the actor's moves from each state; `free` must have been analysed, and is None where it is too large.
    """
    if free is None:
        return Kept(actor=actor, seq=None, nash=None)
    conflict, solution = free.conflict, free.solution
    player = conflict.index(actor)
    there = conflict.counterparts(held.conflict, cells)
    better = improving_steps(conflict, solution, there, player, foresight=False)[0]
    rows, targets = improving_steps(conflict, solution, there, player, foresight=True)
    if not len(rows):
        return Kept(actor=actor, seq=True, nash=not len(better))
    mine = targets[rows == rows[0]]
    best = int(mine[np.argmax(solution.payoffs[player].at(mine))])
    changed = free.game.changes(int(there[rows[0]]), best)
    return Kept(actor=actor, seq=False, nash=False, leaves=free.game.labels(changed))


def switchable(option: Option, start: int) -> tuple[int, ...]:
    """The other settings the option can ever be switched to, step by step."""
    reached = {start}
    while more := {b for a in reached for b in range(len(option.choices)) if option.may_switch(a, b)} - reached:
        reached |= more
    return tuple(sorted(reached - {start}))


def stands(case: Case, settings: Mapping[str, int]) -> bool:
    """Whether the status quo of a case is feasible and no consequence undoes these settings of it at once.

    States that a `same` rule merges are told apart here: each is a setting that can be held. It depends on no reading, and is
    remembered for all of them.
    """
    key = varied(case.scenario), tuple(sorted(settings.items()))
    return case.kept.of("stands", key, lambda: _stands(case.scenario, settings), most=REMEMBERED)


def _stands(scenario: Scenario, settings: Mapping[str, int]) -> bool:
    rules = tuple(rule for rule in scenario.rules if rule.kind != "same")
    try:
        conflict = Game.of(replace(scenario, rules=rules)).conflict
    except ScenarioError as error:
        if {problem.code for problem in error.problems} <= IMPOSSIBLE:
            return False
        raise
    assert conflict.now is not None
    now = conflict.settings(conflict.now)
    return all(now[key] == value for key, value in settings.items())
