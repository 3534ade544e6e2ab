"""Finding witnesses: the searches put into names, settings and statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.case import Basis, Case
from detente.conflict import Conflict
from detente.engine import single_states
from detente.engine.concepts import Concept, concepts, sanction_rule
from detente.engine.legal_sequences import Steps
from detente.engine.relevant_options import searched, sliceable
from detente.engine.single_states import SingleStates
from detente.errors import Unanswerable
from detente.messages import tell
from detente.questions.explanation.collision import Clash, clashes
from detente.questions.explanation.minimal_answers import ANSWERS, EMPTY, Minimal, Told, minimal_answers, mutual
from detente.questions.explanation.reasons import Reasons
from detente.questions.explanation.relation_search import Party, RelationSearch
from detente.questions.explanation.search import STEPS, ScoreSearch, Search
from detente.questions.explanation.witness import (
    BETTER,
    Collision,
    Improvement,
    Move,
    Mutual,
    Otherwise,
    RelationalWitness,
    Settings,
    Shortfall,
    State,
    Temptation,
    Weighed,
    WeighedMove,
    Witness,
)

BUDGET = 100_000
"""(state, last mover) pairs looked at per search before it gives up."""

WHOLE = single_states.WHOLE
"""Models up to this many cells are searched whole; in larger ones a search is confined to the options that matter."""


@dataclass(frozen=True, eq=False)
class Finder:
    """What all witnesses of a case share: its names, and how its states compare; looked up once."""

    case: Case

    @property
    def conflict(self) -> Conflict:
        return self.case.game.conflict

    @cached_property
    def reasons(self) -> Reasons:
        return Reasons(self.case.game)

    @property
    def states(self) -> SingleStates:
        return self.reasons.states

    @cached_property
    def basis(self) -> Basis:
        return self.case.basis

    @cached_property
    def sanctions(self) -> str:
        return sanction_rule(self.case.sanctions)

    def state(self, cell: int) -> State:
        if cell not in self._shown:
            self._shown[cell] = State(self.case.game.state(cell), self.case.game.text(cell))
        return self._shown[cell]

    @cached_property
    def _shown(self) -> dict[int, State]:
        return {}

    def changes(self, players: Iterable[int], start: int, end: int) -> tuple[Settings, Settings]:
        """What differs after a step: the movers' own options, and everybody else's."""
        apart = self.difference(start, end)
        own = {option.key for player in players for option in self.conflict.players[player].options}
        return (
            {key: value for key, value in apart.items() if key in own},
            {key: value for key, value in apart.items() if key not in own},
        )

    def difference(self, start: int, end: int) -> Settings:
        before, after = self._settings(start), self._settings(end)
        return {key: value for key, value in after.items() if before[key] != value}

    def _settings(self, cell: int) -> Settings:
        if cell not in self._labelled:
            self._labelled[cell] = self.case.game.labels(self.conflict.settings(cell))
        return self._labelled[cell]

    @cached_property
    def _labelled(self) -> dict[int, Settings]:
        return {}

    @staticmethod
    def taken(search: Search, start: int, steps: Steps) -> Iterator[tuple[int, int, int, str | None]]:
        """Per step who takes it, where from and where to, and its kind."""
        for step in steps:
            yield step.player, start, step.cell, search.kind(step.player, start, step.cell)
            start = step.cell


# --- where everybody has a list, weights or a ranking -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Part:
    """Where a search takes place: the whole model, or the options a verdict depends on; `lift` leads back to the whole."""

    states: SingleStates
    cell: int
    lift: Callable[[int], int]
    options: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Witnesses(Finder):
    """The witnesses of a case; `budget` limits each search.

    >>> from detente.scenario import load
    >>> case = Case(load("prisoners_dilemma"))
    >>> Witnesses(case).find(case.game.cell("cc"), "first", "nash").stable
    False
    """

    budget: int = BUDGET

    def find(self, cell: int, actor: str, concept: str) -> Witness:
        """The witness for one state, actor and concept."""
        (row,) = concepts([concept])
        player = self.conflict.index(actor)
        part = self.part(cell, player, row)
        if row.answers == "simultaneous":
            found = tuple(
                self._collision(part, cell, player, clash) for clash in clashes(part.states, part.cell, player)
            )
        else:
            search = ScoreSearch(
                singles=part.states,
                state=part.cell,
                concept=row,
                sanctions=self.sanctions,
                budget=self.budget,
                known=self._standing.setdefault((part.options, row.id), {}),
                judged=player,
            )
            found = tuple(self._improvement(part, cell, search, target) for target in search.departures())
        return Witness(
            basis=self.basis,
            party=actor,
            concept=row.id,
            sanctions=self.sanctions,
            state=self.state(cell),
            departures=found,
            able=bool(part.states.moves(player, [part.cell])[0]),
            options=part.options,
        )

    # --- where to search ---

    def part(self, cell: int, player: int, concept: Concept) -> Part:
        """The whole model or, where it is large, the options the verdict depends on."""
        if concept.answers == "simultaneous" and self.conflict.graph:
            raise Unanswerable(tell("simultaneous stability needs options; a model in graph form has none"))
        if self.conflict.cells <= WHOLE or not sliceable(self.conflict):
            return Part(self.states, cell, lambda reached: reached)
        game = self.case.game
        keys = searched(game.scenario, game.readings, player, concept)
        if keys not in self._parts:
            self._parts[keys] = SingleStates(game.part(keys))
        small, rest = self._parts[keys].game.conflict, self.conflict.settings(cell)

        def lift(reached: int) -> int:
            return self.conflict.cell({**rest, **small.settings(reached)})

        free = tuple(o.key for each in small.players for o in each.options)
        return Part(self._parts[keys], small.cell(rest), lift, free)

    @cached_property
    def _parts(self) -> dict[frozenset[str], SingleStates]:
        return {}

    @cached_property
    def _standing(self) -> dict[tuple[tuple[str, ...] | None, str], dict[Any, Any]]:
        """By part and concept which improvements nothing deters, as far as that was asked."""
        return {}

    # --- answers in sequence ---

    def _improvement(self, part: Part, cell: int, search: ScoreSearch, target: int) -> Improvement:
        move = self._move(search.judged, cell, part.lift(target))
        found = search.follow(target, self.budget)
        if not found.settled:
            return Improvement(move=move, settled=False)
        if not found.answer:
            return Improvement(move=move, short=self._shortfall(part, cell, search, target, found.near))
        minimal = minimal_answers(search, target)
        answer, reply = self._best(search, target, found.answer, minimal)
        last = part.lift(answer[-1].cell)
        return Improvement(
            move=move,
            answer=self._steps(part, search, target, answer),
            cost=self.reasons.why(search.judged, cell, last),
            escapes=self._escapes(cell, search.judged, last) if search.concept.escape else None,
            kind=minimal.kind,
            reply=self._steps(part, search, target, reply),
            still=search.still(target, answer) if minimal.kind == EMPTY else None,
            mutual=tuple(self._mutual(part, cell, search, target, minimal)),
        )

    @staticmethod
    def _best(search: Search, target: int, answer: Steps, minimal: Minimal) -> tuple[Steps, Steps]:
        """The answer told, of the shortest one of the best kind, and a longer one of a better kind."""
        if minimal.best is None:
            return answer, ()
        alike = [each for each in minimal.answers if len(each.steps) == len(answer)]
        kinds = tuple(kind or "" for *_, kind in Witnesses.taken(search, target, answer))
        if "" not in kinds:
            alike.append(Told(answer, kinds))
        told = max(alike, key=lambda each: (ANSWERS.index(each.kind), -search.switched(target, each.steps)))
        better = ANSWERS.index(minimal.best.kind) > ANSWERS.index(told.kind)
        return told.steps, minimal.best.steps if better else ()

    def _mutual(self, part: Part, cell: int, search: ScoreSearch, target: int, minimal: Minimal) -> Iterator[Mutual]:
        """Whom the improvement would release, and who holds back whoever improves: mutual deterrence."""
        for each in mutual(search, target, minimal):
            changes, _ = self.changes((each.player,), cell, part.lift(each.end))
            yield Mutual(
                actor=self._name(each.player),
                changes=changes,
                joint=None if each.joint is None else self.state(part.lift(each.joint)),
                pleases=tuple(map(self._name, each.pleases)),
            )

    def _escapes(self, cell: int, player: int, last: int) -> tuple[Move, ...]:
        """All the player's own moves from the sanctioned state, each compared with the state in question."""
        (targets,) = self.states.moves(player, [last])
        return tuple(self._move(player, last, target, compared=cell) for target in targets)

    def _shortfall(self, part: Part, cell: int, search: ScoreSearch, target: int, worst: Steps) -> Shortfall | None:
        """How far the worst answer falls short."""
        if search.concept.answers == "none":
            return None
        end = part.lift(worst[-1].cell if worst else target)
        reason, escape = self.reasons.why(search.judged, cell, end), None
        if worst and reason.verdict != BETTER:
            (targets,) = self.states.moves(search.judged, [end])
            best = max(targets, key=lambda each: self.states.likings(search.judged, [each])[0])
            escape = self._move(search.judged, end, best, compared=cell)
        return Shortfall(self._steps(part, search, target, worst), reason, escape)

    # --- answers at the same moment ---

    def _collision(self, part: Part, cell: int, player: int, clash: Clash) -> Improvement:
        move = self._choice(part, cell, player, clash.member, clash.chosen, clash.landed)
        merged = bool(self.conflict.merging) and len(self.conflict.members(np.array([cell]))[1]) > 1
        member = self.case.game.labels(self.conflict.settings(part.lift(clash.member))) if merged else None
        if clash.other is None:
            return Improvement(move=move, member=member)
        other = self._choice(part, cell, clash.other.player, clash.member, clash.other.chosen, clash.other.landed)
        joint = part.lift(clash.other.joint)
        met = Collision(other, self.state(joint), self.reasons.why(player, cell, joint))
        return Improvement(move=move, collision=met, member=member)

    def _choice(self, part: Part, cell: int, player: int, member: int, chosen: int, landed: int) -> Move:
        """A change chosen at a member of the state in question, and where it lands."""
        made = int(part.states.made(np.array([member]), player, chosen)[0])
        start, raw, end = part.lift(member), part.lift(made), part.lift(landed)
        return Move(
            actor=self._name(player),
            state=self.state(end),
            changes=self.difference(start, raw),
            follows=self.difference(raw, end),
            reason=self.reasons.why(player, cell, end),
        )

    # --- steps ---

    def _steps(self, part: Part, search: Search, start: int, steps: Steps) -> tuple[Move, ...]:
        return tuple(
            self._move(player, part.lift(before), part.lift(end), kind=kind)
            for player, before, end, kind in self.taken(search, start, steps)
        )

    def _move(self, player: int, start: int, end: int, *, compared: int | None = None, kind: str | None = None) -> Move:
        """A step of the player; its end is compared with its start, or with another state."""
        changes, follows = self.changes((player,), start, end)
        return Move(
            actor=self._name(player),
            state=self.state(end),
            changes=changes,
            follows=follows,
            kind=kind,
            reason=self.reasons.why(player, start if compared is None else compared, end),
        )

    def _name(self, player: int) -> str:
        return self.conflict.players[player].id


def witness(
    case: Case, state: int | str | Mapping[str, Any] | None, actor: str, concept: str, *, budget: int = BUDGET
) -> Witness:
    """Why the state (None: the status quo) is stable for the actor under the concept, or why not."""
    return Witnesses(case, budget).find(case.game.cell(state), actor, concept)


# --- where states are compared by relations -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class RelationalWitnesses(Finder):
    """The witnesses of a question that judges by relations; states go by position in state order.

    `parties` are those who are judged; `answering(party, kind)` says who may answer one, and by which moves (`side.moves`),
    when answers are "moves" or "improvements"; `weigh(reasons, party, s, t)` how a party weighs t against s. `concepts` are
    the rows by which the question judges, by its own names.
    """

    parties: Mapping[str, Party]
    concepts: Mapping[str, Concept]
    answering: Callable[[Party, str], tuple[Party, ...]]
    weigh: Callable[[Reasons, Party, int, int], Weighed]

    @property
    def standards(self) -> tuple[str, ...]:
        return tuple(next(iter(self.parties.values())).side.standards)

    def find(self, s: int, party: str, concept: str, standard: str) -> RelationalWitness:
        """The witness for one state, party, concept and standard."""
        search = self._search(s, self.parties[party], concept, standard)
        return RelationalWitness(
            basis=self.basis,
            party=party,
            concept=concept,
            standard=standard,
            sanctions=self.sanctions,
            state=self.at(s),
            departures=tuple(self._temptation(search, target, concept) for target in search.departures()),
            able=bool(len(search.judged.side.moves.ends(s))),
        )

    def _search(self, s: int, judged: Party, concept: str, standard: str) -> RelationSearch:
        row = self.concepts[concept]
        return RelationSearch(
            singles=self.states,
            state=s,
            concept=row,
            sanctions=self.sanctions,
            judged=judged,
            standard=standard,
            answering=() if row.answers == "none" else self.answering(judged, row.answers),
            judged_at=lambda party, t: self._search(t, self.parties.get(party.name, party), concept, standard),
        )

    def _temptation(self, search: RelationSearch, target: int, concept: str) -> Temptation:
        judged, s = search.judged, search.state

        def worth(steps: Steps) -> tuple[int, int]:
            kinds = [STEPS.index(kind) for *_, kind in self.taken(search, target, steps) if kind]
            return sum(kinds), -search.switched(target, steps)

        move, found = self._move(judged, s, target, compared=s), search.follow(target, worth=worth)
        if not found.answer:
            return Temptation(
                move=move,
                near=self._steps(search, target, found.near),
                way_out=self._way_out(search, found.near),
                reached=found.reached,
                otherwise=self._otherwise(search, target, concept),
            )
        end = found.answer[-1].cell
        ways = search.ways_on(end)[0] if search.concept.escape else []
        return Temptation(
            move=move,
            answer=self._steps(search, target, found.answer),
            cost=self.weigh(self.reasons, judged, s, end),
            escapes=tuple(self._move(judged, end, way, compared=s) for way in ways) if search.concept.escape else None,
        )

    def _way_out(self, search: RelationSearch, near: Steps) -> WeighedMove | None:
        """The first way to escape an answer that would deter."""
        if not near:
            return None
        end = near[-1].cell
        return self._move(search.judged, end, search.ways_on(end)[1][0], compared=search.state)

    def _otherwise(self, search: RelationSearch, target: int, concept: str) -> Otherwise | None:
        """The first weaker concept, or other standard, by which the temptation is answered."""
        if search.concept.answers == "none":
            return None
        weaker = [name for name, row in self.concepts.items() if row.answers == "moves" and not row.escape]
        other = [(name, search.standard) for name in weaker if name != concept]
        other += [(concept, standard) for standard in self.standards if standard != search.standard]
        for name, by in other:
            again = self._search(search.state, search.judged, name, by)
            if target not in again.departures():
                continue
            if answer := again.follow(target).answer:
                return Otherwise(name if by == search.standard else by, self._steps(again, target, answer, asked=False))
        return None

    # --- steps ---

    def _steps(
        self, search: RelationSearch, start: int, steps: Steps, *, asked: bool = True
    ) -> tuple[WeighedMove, ...]:
        return tuple(
            self._move(search.answering[mover], before, end, compared=before, kind=kind if asked else None)
            for mover, before, end, kind in self.taken(search, start, steps)
        )

    def _move(self, party: Party, start: int, end: int, *, compared: int, kind: str | None = None) -> WeighedMove:
        """A step of the party; its end is weighed against the state it is compared with."""
        changes, follows = self.changes(party.players, self.cell(start), self.cell(end))
        return WeighedMove(
            actor=party.name,
            state=self.at(end),
            changes=changes,
            follows=follows,
            kind=kind,
            weighed=self.weigh(self.reasons, party, compared, end),
        )

    def cell(self, s: int) -> int:
        return int(self.conflict.states[s])

    def at(self, s: int) -> State:
        return self.state(self.cell(s))
