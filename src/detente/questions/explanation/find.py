"""Finding witnesses: the searches put into names, settings and statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Basis, Case, label
from detente.conflict import Conflict
from detente.conflict.states import find_state, state_json, state_text
from detente.engine.concepts import Concept, concepts, sanction_rule
from detente.engine.one_state import Step
from detente.engine.relevant_options import cone, sliceable
from detente.errors import Unanswerable
from detente.questions.explanation.answers import ANY, ONLY, SOME, Search, Steps
from detente.questions.explanation.collision import Clash, clashes
from detente.questions.explanation.lookup import LISTED, Lookup
from detente.questions.explanation.reasons import Reasons
from detente.questions.explanation.witness import (
    BETTER,
    Collision,
    Improvement,
    Move,
    Settings,
    Shortfall,
    State,
    Witness,
)

BUDGET = 100_000
"""(state, last mover) pairs looked at per search before it gives up."""

WHOLE = LISTED
"""Models up to this many cells are searched whole; in larger ones a search is confined to the options that matter."""


@dataclass(frozen=True, eq=False)
class Part:
    """Where a search takes place: the whole model, or the options a verdict depends on; `lift` leads back to the whole."""

    lookup: Lookup
    cell: int
    lift: Callable[[int], int]
    options: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Court:
    """A case made ready for many witnesses: what has been looked up is kept."""

    case: Case
    budget: int = BUDGET

    @cached_property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(self.conflict, self.case.game.readings)

    @cached_property
    def reasons(self) -> Reasons:
        return Reasons(self.case.scenario, self.lookup)

    @cached_property
    def basis(self) -> Basis:
        return self.case.basis

    @cached_property
    def sanctions(self) -> str:
        return sanction_rule(self.case.sanctions)

    def witness(self, cell: int, actor: str, concept: str) -> Witness:
        """The witness for one state, actor and concept."""
        (row,) = concepts([concept])
        player = self.conflict.index(actor)
        part = self.part(cell, player, row)
        if row.answers == "simultaneous":
            found = tuple(
                self._collision(part, cell, player, clash) for clash in clashes(part.lookup, part.cell, player)
            )
        else:
            search = Search(part.lookup, part.cell, player, row, self.sanctions)
            found = tuple(self._improvement(part, cell, search, target) for target in search.improvements())
        return Witness(self.basis, actor, row.id, self.sanctions, self.state(cell), found, part.options)

    # --- where to search ---

    def part(self, cell: int, player: int, concept: Concept) -> Part:
        """The whole model or, where it is large, the options the verdict depends on."""
        if concept.answers == "simultaneous" and self.conflict.graph:
            raise Unanswerable("simultaneous stability needs options; a model in graph form has none")
        if self.conflict.cells <= WHOLE or not sliceable(self.conflict):
            return Part(self.lookup, cell, lambda reached: reached)
        own = frozenset(option.key for option in self.conflict.players[player].options)
        keys = cone(self.case.scenario, self.lookup.readings, player, concept) | own
        small = self._slices.setdefault(keys, self._slice(keys)) if keys not in self._slices else self._slices[keys]
        rest = self.conflict.settings(cell)

        def lift(reached: int) -> int:
            return self.conflict.cell({**rest, **small.conflict.settings(reached)})

        free = tuple(o.key for each in small.conflict.players for o in each.options)
        return Part(small, small.conflict.cell(rest), lift, free)

    @cached_property
    def _slices(self) -> dict[frozenset[str], Lookup]:
        return {}

    def _slice(self, keys: frozenset[str]) -> Lookup:
        part = self.case.game.part(keys)
        return Lookup(part.conflict, part.readings)

    # --- answers in sequence ---

    def _improvement(self, part: Part, cell: int, search: Search, target: int) -> Improvement:
        move = self._step(search.player, cell, part.lift(target))
        answer, worst = search.follow(target, ANY, self.budget)
        if answer is None:
            return Improvement(move, settled=False)
        if not answer:
            return Improvement(move, short=self._shortfall(part, cell, search, target, worst))
        level, answer, reply = self._best(search, target, answer)
        last = part.lift(answer[-1].cell)
        return Improvement(
            move,
            self._steps(part, search, target, answer),
            self.reasons.why(search.player, cell, last),
            self._escapes(cell, search.player, last) if search.concept.escape else None,
            level,
            self._steps(part, search, target, reply),
        )

    def _best(self, search: Search, target: int, answer: Steps) -> tuple[str | None, Steps, Steps]:
        """How much of a response there can be, the shortest sanction with most of it, and a longer one with more."""
        if search.concept.answers != "improvements" or search.lookup.conflict.graph:
            return None, answer, ()
        before = (target, *(step.cell for step in answer))
        if all(search.response(step.player, start, step.cell) for start, step in zip(before, answer, strict=False)):
            return ONLY, answer, ()
        only = search.shortest(target, ONLY, self.budget)
        some = only or search.shortest(target, SOME, self.budget)
        if only is None or some is None:
            return None, answer, ()
        level = ONLY if only else SOME if some else "none"
        if some and len(some) == len(answer):
            return level, some, ()
        mixed = search.shortest(target, SOME, self.budget) if only else ()
        if mixed and len(mixed) == len(answer):
            return level, mixed, some
        return level, answer, some

    def _escapes(self, cell: int, player: int, last: int) -> tuple[Move, ...]:
        """All the player's own moves from the sanctioned state, each compared with the state in question."""
        (targets,) = self.lookup.moves(player, [last])
        return tuple(self._escape(cell, player, last, target) for target in targets)

    def _escape(self, cell: int, player: int, last: int, target: int) -> Move:
        changes, follows = self.changes((player,), last, target)
        return Move(self._name(player), self.state(target), changes, follows, self.reasons.why(player, cell, target))

    def _shortfall(self, part: Part, cell: int, search: Search, target: int, worst: Steps) -> Shortfall | None:
        """How far the worst answer falls short."""
        if search.concept.answers == "none":
            return None
        end = part.lift(worst[-1].cell if worst else target)
        reason, escape = self.reasons.why(search.player, cell, end), None
        if worst and reason.verdict != BETTER:
            (targets,) = self.lookup.moves(search.player, [end])
            best = max(targets, key=lambda each: self.lookup.likings(search.player, [each])[0])
            escape = self._escape(cell, search.player, end, best)
        return Shortfall(self._steps(part, search, target, worst), reason, escape)

    # --- answers at the same moment ---

    def _collision(self, part: Part, cell: int, player: int, clash: Clash) -> Improvement:
        move = self._choice(part, cell, player, clash.member, clash.chosen, clash.landed)
        merged = bool(self.conflict.merging) and len(self.conflict._members(np.array([cell]))[1]) > 1
        member = self._labels(self.conflict.settings(part.lift(clash.member))) if merged else None
        if clash.other is None:
            return Improvement(move, member=member)
        other = self._choice(part, cell, clash.other.player, clash.member, clash.other.chosen, clash.other.landed)
        joint = part.lift(clash.other.joint)
        met = Collision(other, self.state(joint), self.reasons.why(player, cell, joint))
        return Improvement(move, collision=met, member=member)

    def _choice(self, part: Part, cell: int, player: int, member: int, chosen: int, landed: int) -> Move:
        """A change chosen at a member of the state in question, and where it lands."""
        made = int(part.lookup.made(np.array([member]), player, chosen)[0])
        start, raw, end = part.lift(member), part.lift(made), part.lift(landed)
        changes, follows = self._difference(start, raw), self._difference(raw, end)
        reason = self.reasons.why(player, cell, end)
        return Move(self._name(player), self.state(end), changes, follows, reason)

    # --- names ---

    def _steps(self, part: Part, search: Search, start: int, steps: Iterable[Step]) -> tuple[Move, ...]:
        asked = search.concept.answers == "improvements"
        found, before = [], start
        for step in steps:
            response = search.response(step.player, before, step.cell) if asked else None
            found.append(self._step(step.player, part.lift(before), part.lift(step.cell), response))
            before = step.cell
        return tuple(found)

    def _step(self, player: int, start: int, end: int, response: bool | None = None) -> Move:
        changes, follows = self.changes((player,), start, end)
        return Move(
            self._name(player), self.state(end), changes, follows, self.reasons.why(player, start, end), response
        )

    def _name(self, player: int) -> str:
        return self.conflict.players[player].id

    def state(self, cell: int) -> State:
        if cell not in self._states:
            shown = state_json(self.case.scenario, self.conflict, cell)
            self._states[cell] = State(shown, state_text(self.conflict, cell))
        return self._states[cell]

    @cached_property
    def _states(self) -> dict[int, State]:
        return {}

    def changes(self, players: Iterable[int], start: int, end: int) -> tuple[Settings, Settings]:
        """What differs after a step: the movers' own options, and everybody else's."""
        apart = self._difference(start, end)
        own = {option.key for player in players for option in self.conflict.players[player].options}
        return (
            {key: value for key, value in apart.items() if key in own},
            {key: value for key, value in apart.items() if key not in own},
        )

    def _difference(self, start: int, end: int) -> Settings:
        before, after = self._settings(start), self._settings(end)
        return {key: value for key, value in after.items() if before[key] != value}

    def _settings(self, cell: int) -> Settings:
        if cell not in self._labelled:
            self._labelled[cell] = self._labels(self.conflict.settings(cell))
        return self._labelled[cell]

    @cached_property
    def _labelled(self) -> dict[int, Settings]:
        return {}

    def _labels(self, settings: dict[str, int]) -> Settings:
        options = (option for option in self.case.scenario.options if option.key in settings)
        return {option.key: label(option, settings[option.key]) for option in options}


def witness(
    case: Case, state: int | str | Mapping[str, Any] | None, actor: str, concept: str, *, budget: int = BUDGET
) -> Witness:
    """Why the state (None: the status quo) is stable for the actor under the concept, or why not."""
    court = Court(case, budget)
    return court.witness(find_state(case.scenario, court.conflict, state), actor, concept)
