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

>>> from detente.scenario import load
>>> found = third_party(Case(load("elmira_graph")), ["s5 > s8"], wants=["settled"])
>>> found.lost("nash"), found.without.ends["myopic"], found.with_it.ends["myopic"]
(('s5',), (('s5',),), (('s8',),))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from detente.analysis import KINDS
from detente.case import CONCEPTS, Basis, Case, entries
from detente.conflict import Cells
from detente.conflict.payoffs import payoffs
from detente.conflict.states import State, StateTexts, come_and_go, ends_phrase, only_in, state_term
from detente.engine.arcs import Arcs
from detente.engine.concepts import concepts as concept_rows
from detente.engine.concepts import label
from detente.engine.listed_game import ListedGame, Scores, ends_of_play, steps_of_play
from detente.engine.relations import judge, scored
from detente.errors import InputError, Lacks, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.perception.hypergame import outcomes_sheet
from detente.result import Answer, Record
from detente.scenario.model import PriorityList, Statement
from detente.sheet import FormulaTerm, NameTerm, Phrase, Sheet, VerdictTerm


@dataclass(frozen=True)
class Resolution(Record):
    """One way things stand: equilibria per concept, and per kind of play its ends and ALL, SOME or NONE per outcome.

    Without a status quo there is no play, and `ends` and `outcomes` are empty.
    """

    equilibria: Mapping[str, tuple[State, ...]]
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Intervention(Record):
    """One intervention at the status quo: where it leads at once, and how the others play on when T leaves it at that."""

    intervention: str
    target: State
    ends: Mapping[str, tuple[tuple[State, ...], ...]]
    outcomes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, repr=False, kw_only=True)
class ThirdParty(Answer):
    """The answer; see the module's opening. `moves` counts the distinct moves of T, over all states."""

    basis: Basis
    interventions: tuple[str, ...]
    wants: tuple[str, ...]
    moves: int
    without: Resolution
    with_it: Resolution
    once: tuple[Intervention, ...]
    states: StateTexts
    name: str = ""

    question: ClassVar[str] = "third_party"
    DERIVED = ("question",)

    def gained(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only with the third party."""
        return only_in(self.with_it.equilibria[concept], self.without.equilibria[concept])

    def lost(self, concept: str) -> tuple[State, ...]:
        """The equilibria there are only without the third party."""
        return only_in(self.without.equilibria[concept], self.with_it.equilibria[concept])

    def to_json(self) -> dict[str, Any]:
        """The fields; `with_it` is called "with", which Python keeps for itself."""
        return {"with" if key == "with_it" else key: value for key, value in super().to_json().items()}

    @property
    def headline(self) -> Phrase:
        """What it changes: equilibria under SEQ, and where foresight play ends."""
        concept = "seq"
        come, go = len(self.gained(concept)), len(self.lost(concept))
        moved = self.without.ends and self.without.ends["foresight"] != self.with_it.ends["foresight"]
        play = (
            tell("; foresight play ends {word}", word=tell("elsewhere") if moved else tell("as without it"))
            if self.without.ends
            else ""
        )
        return Phrase.told(
            "With {word} {come_and_go}{play}.",
            word=f"“{self.name}”" if self.name else tell("the third party"),
            come_and_go=come_and_go(come, go, label(concept)),
            play=play,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The equilibria and the outcomes without and with the third party, and what acting once would do."""
        if not self.without.ends:
            return self._party(), self._equilibria()
        outcomes = {"without": self.without.outcomes, "with": self.with_it.outcomes}
        more = (outcomes_sheet(outcomes),) if self.without.outcomes else ()
        return self._party(), self._equilibria(), self._play(), *more, self._once()

    def _party(self) -> Sheet:
        can = [("can", FormulaTerm(text)) for text in self.interventions]
        wants = [("wants", FormulaTerm(text)) for text in self.wants]
        title = tell(
            "{name}: {moves} move{ending} in all states",
            name=self.name or tell("The third party"),
            moves=numeral(self.moves),
            ending="s" * (self.moves != 1),
        )
        return Sheet(title, ("", tell("as written")), (*can, *wants))

    def _equilibria(self) -> Sheet:
        pairs = [(self.without.equilibria[c], self.with_it.equilibria[c]) for c in CONCEPTS]
        rows = (
            (state_term(state), text, *(_mark(state in before, state in after) for before, after in pairs))
            for state, text in self.states.items()
        )
        notes = []
        if not self.wants:
            notes.append(
                tell("The third party wants nothing: it never moves in play, and its answers are not credible.")
            )
        if not self.without.ends:
            notes.append(tell("The model has no state of today (`now:`), so nobody plays from anywhere."))
        shown = tuple(row for row in rows if any(row[2:]))
        return Sheet(tell("Equilibria"), ("state", tell("which is"), *CONCEPTS), shown, tuple(notes))

    def _play(self) -> Sheet:
        rows = tuple((kind, *(ends_phrase(each.ends[kind]) for each in (self.without, self.with_it))) for kind in KINDS)
        return Sheet(tell("Where play ends"), ("play", "without", "with"), rows)

    def _once(self) -> Sheet:
        names = tuple(self.without.outcomes)
        rows = tuple(
            (
                FormulaTerm(each.intervention),
                state_term(each.target),
                kind,
                ends_phrase(each.ends[kind]),
                *(VerdictTerm(each.outcomes[name][kind]) for name in names),
            )
            for each in self.once
            for kind in KINDS
        )
        columns = ("intervention", tell("leads to"), "play", tell("ends at"), *map(NameTerm, names))
        notes = () if rows else (tell("None of its interventions is open today."),)
        return Sheet(tell("If the third party acts once"), columns, rows, notes)


def _mark(before: bool, after: bool) -> str:
    return {(True, True): "yes", (False, True): tell("only with"), (True, False): tell("only without")}.get(
        (before, after), ""
    )


# --- asking ------------------------------------------------------------------------------------------------------------


def third_parties(case: Case, name: str | None = None) -> tuple[ThirdParty, ...]:
    """What each third party of the file (or the one named) would change. Raises `UnknownName`."""
    chosen = entries(
        tell("third party"),
        case.scenario.third_parties,
        name,
        Lacks("third_parties", instead=tell("say what one could do (where > what)")),
    )
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
        raise InputError(tell('a third party needs at least one intervention; write it as "where > what"'))
    listed, wishes = ListedGame.of(case.game, tell("third parties")), _texts(wants, "wants")
    ways = {text: _arcs(case, text) for text in texts}
    statements = tuple(Statement(want=case.game.formula(wish), text=wish) for wish in wishes)
    reading = PriorityList(id=tell("third party"), statements=statements)
    score = payoffs(case.game.conflict, reading, case.game.states).astype(np.int64)
    without = _Players(listed, case.sanctions, listed.arcs, listed.scores)
    moves = _union(list(ways.values()))
    with_it = _Players(listed, case.sanctions, (*listed.arcs, moves), (*listed.scores, score))
    return ThirdParty(
        basis=case.basis,
        interventions=texts,
        wants=wishes,
        moves=len(moves.start),
        without=without.resolution(),
        with_it=with_it.resolution(),
        once=tuple(
            without.after(text, at)
            for text, arcs in (ways.items() if listed.now is not None else ())
            for at in arcs.end[arcs.start == listed.now].tolist()
        ),
        states=listed.texts(),
    )


def _texts(written: Iterable[str], what: str) -> tuple[str, ...]:
    if isinstance(written, str):
        raise InputError(tell("`{what}` is one text; expected a list of texts", what=what))
    return tuple(written)


def _arcs(case: Case, text: str) -> Arcs:
    """The moves one intervention allows, between positions of states."""
    parts = re.split(r"(?<!-)>", text)  # not the arrow of an implication
    if len(parts) != 2:
        raise InputError(
            tell('cannot read the intervention {text}; expected "where > what", with one > in it', text=repr(text))
        )
    states = case.game.states
    start = np.flatnonzero(case.game.holds(parts[0].strip(), states))
    reached = _targets(case, states[start], parts[1].strip())
    real = (reached >= 0) & (reached != states[start])
    return Arcs(case.game.count, start[real], np.searchsorted(states, reached[real]))


def _targets(case: Case, cells: Cells, what: str) -> Cells:
    """Where the intervention leads from each state, -1 where that is infeasible."""
    conflict = case.game.conflict
    if conflict.graph:
        refuse_unknown("state", conflict.graph.states, what)
        return np.full(len(cells), conflict.graph.states.index(what))
    settings = case.settings(what)
    fixed = sorted(set(settings) & set(conflict.fixed))
    if fixed:
        raise InputError(
            tell(
                "{fixed} is fixed in this model; a third party cannot set it either, unless it is made changeable",
                fixed=fixed[0],
            )
        )
    values = conflict.values(cells) | {key: np.full(len(cells), value) for key, value in settings.items()}
    return conflict.land(np.broadcast_to(conflict.encode(values), cells.shape))


def _union(parts: Sequence[Arcs]) -> Arcs:
    """All the arcs of several lists, each once, in order."""
    pairs = np.concatenate([np.stack([each.start, each.end], axis=1) for each in parts])
    pairs = np.unique(pairs, axis=0)
    return Arcs(parts[0].states, pairs[:, 0].copy(), pairs[:, 1].copy())


@dataclass(frozen=True, eq=False)
class _Players:
    """Everybody who plays, by arcs and scores over the states of a listed game: with the third party or without."""

    listed: ListedGame
    sanctions: str
    arcs: tuple[Arcs, ...]
    scores: tuple[Scores, ...]

    @cached_property
    def steps(self) -> dict[str, list[Arcs]]:
        return steps_of_play(self.arcs, self.scores, self.sanctions)

    def resolution(self) -> Resolution:
        """What holds, and where play from the status quo ends."""
        sides = list(map(scored, self.arcs, self.scores))
        verdicts = judge(sides, concept_rows(CONCEPTS), self.sanctions)
        everybody = {c: np.logical_and.reduce([each["plain"][c] for each in verdicts]) for c in CONCEPTS}
        ends = ends_of_play(self.steps, self.listed.now)
        return Resolution(
            {concept: self.listed.named(truths) for concept, truths in everybody.items()},
            self.listed.named_ends(ends),
            self.listed.outcomes(ends),
        )

    def after(self, text: str, at: int) -> Intervention:
        """How they play on where one intervention has led to."""
        ends = ends_of_play(self.steps, at)
        named, outcomes = self.listed.named_ends(ends), self.listed.outcomes(ends)
        return Intervention(intervention=text, target=self.listed.names[at], ends=named, outcomes=outcomes)
