"""Cycles: where play can go round for ever, who keeps it going, and over what.

The mathematics. Play is followed from a state as in `detente.engine.play`. A *cycle* is a set of more than one state in which
play can come from each to each other (a strongly connected component of the graph of steps). A *terminal* cycle is never
left: it is an end of play. From another cycle somebody can step out. A *round* is a shortest way through steps of the
cycle from its first state back to it.

>>> from detente.scenario import load
>>> case = Case(load("alliance_pull"), readings={"rok": "own_reasons", "cn": "stabiliser", "nk": "provokes"})
>>> answer = cycles(case)
>>> [(len(cycle.states), cycle.terminal) for cycle in answer.cycles]
[(8, True)]
>>> answer.cycles[0].name
'cn, nk go round over cn_open, cn_lever, nk_provoke (8 states)'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.engine.components import strong_components
from detente.messages import numeral, tell, word
from detente.questions.evolution.reachability import StepGraph, follow_play
from detente.result import INSIDE, Answer, Record
from detente.sheet import ActorTerm, FormulaTerm, OptionTerm, Phrase, Sheet, StateTerm, listing, many


@dataclass(frozen=True, kw_only=True)
class Turn(Record):
    """One step of a round: who, what changes, the state reached."""

    actor: str
    changes: str
    state: Mapping[str, Any]
    text: str = field(metadata=INSIDE)


@dataclass(frozen=True, kw_only=True)
class Cycle(Record):
    """One cycle: its states, who steps within it, which options change in it, one round, and who can step out."""

    DERIVED: ClassVar[tuple[str, ...]] = ("name", "terminal")

    states: tuple[Mapping[str, Any], ...]
    texts: tuple[str, ...] = field(metadata=INSIDE)
    movers: tuple[str, ...]
    toggles: tuple[str, ...]
    round: tuple[Turn, ...]
    leavers: tuple[str, ...]

    @property
    def terminal(self) -> bool:
        """Whether it is never left: an end of play."""
        return not self.leavers

    @property
    def name(self) -> Phrase:
        """The cycle in a few words."""
        over = (" over ", listing(map(OptionTerm, self.toggles))) if self.toggles else ()
        return Phrase.of(
            listing(map(ActorTerm, self.movers)),
            tell(" go round"),
            *over,
            tell(" ({number} states)", number=len(self.states)),
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class Cycles(Answer):
    """The cycles of a play: those never left first, then by their first state."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "cycles"

    basis: Basis
    play: str
    start: Mapping[str, Any]
    start_text: str = field(metadata=INSIDE)
    passed: int
    cycles: tuple[Cycle, ...]

    @property
    def headline(self) -> Phrase:
        """How many cycles play passes, and how many of them nobody leaves."""
        count, ends = len(self.cycles), sum(cycle.terminal for cycle in self.cycles)
        found = (
            tell("{number} ({ends} never left)", number=many(count, "cycle"), ends=numeral(ends))
            if count
            else tell("no cycle")
        )
        return Phrase.told(
            "{capitalize} play from today meets {found} on its {number}.",
            capitalize=word(self.play).capitalize(),
            found=found,
            number=many(self.passed, "state"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                n,
                len(cycle.states),
                "never" if cycle.terminal else listing(map(ActorTerm, cycle.leavers)),
                listing(map(ActorTerm, cycle.movers)),
                listing(map(OptionTerm, cycle.toggles)),
            )
            for n, cycle in enumerate(self.cycles, start=1)
        )
        columns = ("cycle", "states", tell("left by"), tell("kept going by"), "over")
        title = Phrase.told(
            "Cycles of {play} play, from: {start_text}", play=word(self.play), start_text=StateTerm(self.start_text)
        )
        first = Sheet(title, columns, rows, (self._count_text(), *self.basis.warnings))
        return (first, *(_round_sheet(number, cycle) for number, cycle in enumerate(self.cycles, start=1)))

    def _count_text(self) -> str:
        count, ends = len(self.cycles), sum(cycle.terminal for cycle in self.cycles)
        cycles = tell(
            "{count} cycle{ending}, {ends} of them never left.",
            count=numeral(count),
            ending="s" * (count != 1),
            ends=numeral(ends),
        )
        return tell(
            "{passed} states passed; {cycles}",
            passed=numeral(self.passed),
            cycles=cycles if count else tell("none of them lie on a cycle."),
        )


def _round_sheet(number: int, cycle: Cycle) -> Sheet:
    rows = tuple((ActorTerm(t.actor), FormulaTerm(t.changes), StateTerm(t.text)) for t in cycle.round)
    title = Phrase.told(
        "A shortest round of cycle {number}, from: {texts}", number=number, texts=StateTerm(cycle.texts[0])
    )
    return Sheet(title, ("who", "changes", "reaches"), rows)


def cycles(case: Case, *, play: str = "myopic", start: str | Mapping[str, Any] | None = None) -> Cycles:
    """The cycles of "myopic" or "foresight" play from `start` (default: the status quo), never-left ones first.

    Myopic is the default, here and on the command line: play with foresight rarely goes round.
    Steps: list the play, cut off what cannot lie on a cycle, split the rest into components, search a round of each.
    Cost: the steps of the play. Raises `TooLarge` for plays of too many steps.
    """
    game = case.game
    begin = game.cell(start)
    graph = follow_play(case, play, begin)
    every = [told_cycle(game, graph, nodes) for nodes in components(graph)]
    return Cycles(
        basis=case.basis,
        play=play,
        start=game.state(begin),
        start_text=game.text(begin),
        passed=len(graph.keys),
        cycles=tuple(sorted(every, key=lambda cycle: not cycle.terminal)),
    )


def components(graph: StepGraph) -> list[NDArray[np.int64]]:
    """The strongly connected components of more than one node, by their first node."""
    return strong_components(len(graph.keys), graph.sources, graph.targets)


def told_cycle(game: Game, graph: StepGraph, nodes: NDArray[np.int64]) -> Cycle:
    """A component as a cycle that people can read."""
    member = np.zeros(len(graph.keys), dtype=np.bool_)
    member[nodes] = True
    from_here = member[graph.sources]
    inner, outer = from_here & member[graph.targets], from_here & ~member[graph.targets]
    cells = graph.cells[nodes].tolist()
    return Cycle(
        states=tuple(map(game.state, cells)),
        texts=tuple(map(game.text, cells)),
        movers=_actors(game, graph.movers[inner]),
        toggles=_toggles(game, cells),
        round=_round(game, graph, inner, int(nodes[0])),
        leavers=_actors(game, graph.movers[outer]),
    )


def _actors(game: Game, movers: NDArray[np.int16]) -> tuple[str, ...]:
    return tuple(game.actors[number] for number in np.unique(movers).tolist())


def _toggles(game: Game, cells: Sequence[int]) -> tuple[str, ...]:
    """The options that have more than one value in these states; none in graph form."""
    settings = [game.conflict.settings(cell) for cell in cells]
    known = [option.key for option in game.scenario.options if option.key in settings[0]]
    return tuple(key for key in known if len({values[key] for values in settings}) > 1)


def _round(game: Game, graph: StepGraph, inner: NDArray[np.bool_], first: int) -> tuple[Turn, ...]:
    """A shortest way round: of equally short ones, at each step the first mover and state in order."""
    sources, targets, movers = graph.sources[inner], graph.targets[inner], graph.movers[inner]
    far = replace(graph, sources=sources, targets=targets, movers=movers).far_from(np.arange(len(graph.keys)) == first)
    turns: list[Turn] = []
    node = first
    while not turns or node != first:
        mine = np.flatnonzero(sources == node)
        arc = mine[np.argmin(far[targets[mine]])]
        before, node = int(graph.cells[node]), int(targets[arc])
        after = int(graph.cells[node])
        changes, actor = game.change_text(before, after), game.actors[int(movers[arc])]
        turns.append(Turn(actor=actor, changes=changes, state=game.state(after), text=game.text(after)))
    return tuple(turns)
