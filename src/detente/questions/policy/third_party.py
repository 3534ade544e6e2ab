"""Third parties: what a mediator or arbiter with given moves could change.

The mathematics. A third party T is an actor added to the conflict: a list of *interventions*, each "where > what". Where the
formula holds T may move to the state with these settings, whoever owns the options (in graph form: to the named state).
T goes by a priority list of its own. Without one it is indifferent and never improves: it can answer (GMR, SMR), but its
answers are not credible (SEQ), and it takes no part in play. Compared are, without T and with it, the equilibria, the ends of
play from the status quo, and the outcomes. Besides, every single intervention open to T at the status quo is followed: T
acts once and leaves, and the others play on.

In models with merged states an intervention is judged, and begins, at the state that stands for the merged ones. SIM is not
offered. Models up to 4,096 states.

Source: the third party as a further decision maker with moves of its own, as in Hipel, Sakamoto & Hagihara 2016 (Third party
intervention in conflict resolution); the comparison is ours.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = third_party(Case(load("elmira_graph")), ["s5 > s8"], wants=["settled"])
>>> found.lost("nash"), found.without.ends["myopic"], found.with_it.ends["myopic"]
(('s5',), (('s5',),), (('s8',),))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.analysis import KINDS
from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import payoffs
from detente.engine.arcs import Arcs, unspoilt
from detente.engine.concepts import concepts as concept_rows
from detente.engine.play import ends_by_arcs, verdict
from detente.engine.relations import judge, scored
from detente.errors import InputError, UnknownName
from detente.questions.coalitions.joint_moves import Jointly, Truths, refuse_large
from detente.questions.perception.hypergame import ends_text
from detente.scenario.model import Reading, Statement
from detente.sheet import Sheet, html_of

State = int | str
"""A state in a result: its name, or its number in state order from 1."""


@dataclass(frozen=True)
class Picture:
    """One way things stand: equilibria per concept, and per kind of play its ends and ALL, SOME or NONE per outcome.

    Without a status quo there is no play, and `ends` and `outcomes` are empty.
    """

    equilibria: Mapping[str, tuple[State, ...]]
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]

    def to_json(self) -> dict[str, Any]:
        return {
            "equilibria": {concept: list(states) for concept, states in self.equilibria.items()},
            "ends": {kind: [list(end) for end in ends] for kind, ends in self.ends.items()},
            "outcomes": {name: dict(verdicts) for name, verdicts in self.outcomes.items()},
        }


@dataclass(frozen=True)
class Act:
    """One intervention at the status quo: where it leads at once, and how the others play on when T leaves it at that."""

    intervention: str
    target: State
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]

    def to_json(self) -> dict[str, Any]:
        ends = {kind: [list(end) for end in ends] for kind, ends in self.ends.items()}
        outcomes = {name: dict(verdicts) for name, verdicts in self.outcomes.items()}
        return {"intervention": self.intervention, "target": self.target, "ends": ends, "outcomes": outcomes}


@dataclass(frozen=True)
class ThirdParty:
    """The answer; see the module's opening. `moves` counts the distinct moves of T, over all states."""

    basis: Basis
    interventions: tuple[str, ...]
    wants: tuple[str, ...]
    moves: int
    without: Picture
    with_it: Picture
    once: tuple[Act, ...]
    words: Mapping[State, str]
    name: str = ""

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only with the third party."""
        return tuple(s for s in self.with_it.equilibria[concept] if s not in self.without.equilibria[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only without the third party."""
        return tuple(s for s in self.without.equilibria[concept] if s not in self.with_it.equilibria[concept])

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "third_party",
            "basis": self.basis.to_json(),
            "name": self.name,
            "interventions": list(self.interventions),
            "wants": list(self.wants),
            "moves": self.moves,
            "without": self.without.to_json(),
            "with": self.with_it.to_json(),
            "once": [each.to_json() for each in self.once],
            "states": {str(state): text for state, text in self.words.items()},
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The equilibria and the outcomes without and with the third party, and what acting once would do."""
        if not self.without.ends:
            return self._party(), self._equilibria()
        outcomes = (self._outcomes(),) if self.without.outcomes else ()
        return self._party(), self._equilibria(), self._play(), *outcomes, self._once()

    def _party(self) -> Sheet:
        can = [("can", text) for text in self.interventions]
        wants = [("wants", text) for text in self.wants]
        title = f"{self.name or 'The third party'}: {self.moves:,} move{'s' * (self.moves != 1)} in all states"
        return Sheet(title, ("", "as written"), (*can, *wants))

    def _equilibria(self) -> Sheet:
        held = [(self.without.equilibria[c], self.with_it.equilibria[c]) for c in CONCEPTS]
        rows = ((s, text, *(_mark(s in a, s in b) for a, b in held)) for s, text in self.words.items())
        shown = tuple(row for row in rows if any(row[2:]))
        note = (
            ""
            if self.wants
            else "The third party wants nothing: it never moves in play, and its answers are not credible."
        )
        start = "" if self.without.ends else "The model has no status quo (`now:`), so nobody plays from anywhere."
        notes = tuple(filter(None, (note, start)))
        return Sheet("Equilibria", ("state", "which is", *CONCEPTS), shown, notes)

    def _play(self) -> Sheet:
        rows = tuple((kind, *(ends_text(each.ends[kind]) for each in (self.without, self.with_it))) for kind in KINDS)
        return Sheet("Where play ends", ("play", "without", "with"), rows)

    def _outcomes(self) -> Sheet:
        rows = tuple(
            (name, *(each.outcomes[name][kind] for kind in KINDS for each in (self.without, self.with_it)))
            for name in self.without.outcomes
        )
        columns = (f"{kind}, {which}" for kind in KINDS for which in ("without", "with"))
        return Sheet("Outcomes where play ends", ("outcome", *columns), rows)

    def _once(self) -> Sheet:
        names = tuple(self.without.outcomes)
        rows = tuple(
            (a.intervention, a.target, kind, ends_text(a.ends[kind]), *(a.outcomes[name][kind] for name in names))
            for a in self.once
            for kind in KINDS
        )
        columns = ("intervention", "leads to", "play", "ends at", *names)
        notes = () if rows else ("None of its interventions is open at the status quo.",)
        return Sheet("If the third party acts once", columns, rows, notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _mark(before: bool, after: bool) -> str:
    return {(True, True): "yes", (False, True): "only with", (True, False): "only without"}.get((before, after), "")


# --- asking ------------------------------------------------------------------------------------------------------------


def third_parties(case: Case, name: str | None = None) -> tuple[ThirdParty, ...]:
    """What each third party of the file (or the one named) would change. Raises `UnknownName`."""
    known = case.scenario.third_parties
    if not known:
        raise InputError(
            "this model has no third parties: say what one could do (where > what), or write `third_parties:` into the file "
            "(see docs/format.md)"
        )
    if name is not None and name not in known:
        raise UnknownName("third party", name, known)
    chosen = [each for each in known.values() if name in (None, each.id)]
    return tuple(
        replace(third_party(case, map(str, each.can), [s.text for s in each.wants]), name=each.name) for each in chosen
    )


def third_party(case: Case, interventions: Iterable[str], wants: Iterable[str] = ()) -> ThirdParty:
    """Compare the conflict without and with a third party that may make these interventions and wants these things.

    An intervention is "where > what": a formula, and settings ("war > ceasefire, not us_arm"); in graph form the name of a
    state ("s5 > s8"). `wants` is a priority list. Raises `TooLarge` beyond 4,096 states.
    """
    texts = _texts(interventions, "interventions")
    if not texts:
        raise InputError('a third party needs at least one intervention; write it as "where > what"')
    refuse_large(case.game, "third parties")
    together, wishes = Jointly.of(case), _texts(wants, "wants")
    ways = {text: _arcs(case, text) for text in texts}
    reading = Reading("third party", "priorities", tuple(Statement(case.scenario.formula(w), text=w) for w in wishes))
    score = payoffs(case.game.conflict, reading, case.game.conflict.states).astype(np.int64)
    without = _World(case, together.arcs, together.scores)
    with_it = _World(case, (*together.arcs, _union(list(ways.values()))), (*together.scores, score))
    now = case.game.conflict.now
    here = None if now is None else int(np.searchsorted(case.game.conflict.states, now))
    return ThirdParty(
        basis=case.basis,
        interventions=texts,
        wants=wishes,
        moves=len(with_it.arcs[-1].start),
        without=without.picture(here),
        with_it=with_it.picture(here),
        once=()
        if here is None
        else tuple(
            _act(without, text, at) for text, arcs in ways.items() for at in arcs.end[arcs.start == here].tolist()
        ),
        words=dict(zip(without.names, map(case.game.text, case.game.conflict.states.tolist()), strict=True)),
    )


def _texts(written: Iterable[str], what: str) -> tuple[str, ...]:
    if isinstance(written, str):
        raise InputError(f"`{what}` is one text; expected a list of texts")
    return tuple(written)


def _act(world: _World, text: str, at: int) -> Act:
    ends = world.ends(at)
    return Act(text, world.names[at], {k: world.named(e) for k, e in ends.items()}, world.outcomes(ends))


def _arcs(case: Case, text: str) -> Arcs:
    """The moves one intervention allows, between positions of states."""
    conflict, parts = case.game.conflict, re.split(r"(?<!-)>", text)
    if len(parts) != 2:
        raise InputError(f'cannot read the intervention {text!r}; expected "where > what", with one > in it')
    states = conflict.states
    start = np.flatnonzero(conflict.holds(case.scenario.formula(parts[0].strip()), states))
    reached = _targets(case, conflict, states[start], parts[1].strip())
    real = (reached >= 0) & (reached != states[start])
    return Arcs(len(states), start[real], np.searchsorted(states, reached[real]))


def _targets(case: Case, conflict: Conflict, cells: Cells, what: str) -> Cells:
    """Where the intervention leads from each state, -1 where that is infeasible."""
    if conflict.graph:
        if what not in conflict.graph.states:
            raise UnknownName("state", what, conflict.graph.states)
        return np.full(len(cells), conflict.graph.states.index(what))
    settings = case.settings(what)
    fixed = sorted(set(settings) & set(conflict.fixed))
    if fixed:
        raise InputError(
            f"{fixed[0]} is fixed in this model; a third party cannot set it either, unless it is made changeable"
        )
    values = conflict.values(cells) | {key: np.full(len(cells), value) for key, value in settings.items()}
    return conflict.land(np.broadcast_to(conflict.encode(values), cells.shape))


def _union(parts: Sequence[Arcs]) -> Arcs:
    pairs = np.concatenate([np.stack([each.start, each.end], axis=1) for each in parts])
    pairs = np.unique(pairs, axis=0)
    return Arcs(parts[0].states, pairs[:, 0].copy(), pairs[:, 1].copy())


class _World:
    """Actors given by arcs and scores: their equilibria and where their play ends."""

    def __init__(self, case: Case, arcs: Sequence[Arcs], scores: Sequence[Any]) -> None:
        self.case, self.arcs, self.scores = case, tuple(arcs), tuple(scores)
        self.names: list[State] = case.analyse(CONCEPTS).numbers(case.game.conflict.states)
        better = [a.improvements(u) for a, u in zip(self.arcs, self.scores, strict=True)]
        self.steps = {"myopic": better, "foresight": [self.safe(i, better) for i in range(len(better))]}

    def safe(self, i: int, better: Sequence[Arcs]) -> Arcs:
        """The improvements of an actor that no improvements of the others can spoil."""
        others = [arcs for j, arcs in enumerate(better) if j != i]
        return unspoilt(better[i], self.scores[i], others, self.case.sanctions)

    def picture(self, here: int | None) -> Picture:
        sides = [scored(arcs, u) for arcs, u in zip(self.arcs, self.scores, strict=True)]
        verdicts = judge(sides, concept_rows(CONCEPTS), self.case.sanctions)
        ends = {} if here is None else self.ends(here)
        return Picture(
            {c: self.listed(np.logical_and.reduce([each["plain"][c] for each in verdicts])) for c in CONCEPTS},
            {kind: self.named(each) for kind, each in ends.items()},
            self.outcomes(ends) if ends else {},
        )

    def ends(self, here: int) -> dict[str, list[list[int]]]:
        """Per kind of play the ends, as positions."""
        return {kind: ends_by_arcs(steps, here) for kind, steps in self.steps.items()}

    def listed(self, truths: Truths) -> tuple[State, ...]:
        return tuple(self.names[place] for place in np.flatnonzero(truths).tolist())

    def named(self, ends: Iterable[Iterable[int]]) -> tuple[tuple[State, ...], ...]:
        return tuple(tuple(self.names[at] for at in end) for end in ends)

    def outcomes(self, ends: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, dict[str, str]]:
        """ALL, SOME or NONE of the states where play ends, per outcome and kind of play."""
        conflict = self.case.game.conflict
        last = {kind: conflict.states[[at for end in each for at in end]] for kind, each in ends.items()}
        known = self.case.game.scenario.outcomes.items()
        return {n: {kind: verdict(conflict.holds(o.formula, cells)) for kind, cells in last.items()} for n, o in known}
