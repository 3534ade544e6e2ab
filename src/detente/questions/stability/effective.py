"""Effective options: those of which a change, of one alone, changes who is stable.

The mathematics. A *flip* of an option is a pair of combinations of settings that differ in this option alone and that the
rules both allow. It *changes* an equilibrium if one of the two is an equilibrium and the other is not; an actor's stability
likewise. An option is *effective* under a concept if some flip of it changes anybody's stability, else it is *inert*: as far
as stability goes, the model could do without it. The share of flips that change a verdict is the influence of a variable on
a Boolean function; where every combination is a state and every option is yes or no, it is the (unnormalised) index of power
of that option. Besides, a flip may be made at the status quo: then an outcome is *turned* if play from there gives it another
verdict, ALL, SOME or NONE.

Steps: one analysis; then every combination is compared with those that differ in one option. Where combinations are merged
into one state, each has the verdict of that state. Cost: combinations × options × choices, and one play per setting that the
status quo does not have. Source: Banzhaf 1965, for the count of flips that decide.

>>> from detente.scenario import load
>>> found = effective(Case(load("axis_and_sanctions")))
>>> [(effect.option, effect.outcomes) for effect in found.effects if not effect.effective]
[('ru_panel', ('panel_restored',))]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.case import CONCEPTS, Basis, Case
from detente.conflict import Cells
from detente.engine.concepts import label, strictest_first
from detente.errors import Unanswerable, refuse_unknown
from detente.messages import numeral, tell
from detente.result import Answer, Record
from detente.scenario.model import Option
from detente.sheet import ActorTerm, ConceptTerm, NameTerm, OptionTerm, Phrase, Sheet, listing, many, names_of


@dataclass(frozen=True, kw_only=True)
class Effect(Record):
    """What the flips of one option change: per concept how many equilibria, and whose stability how often.

    `outcomes` are those that some flip at the status quo turns.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("effective",)

    actor: str
    option: str
    flips: int
    equilibria: Mapping[str, int]
    stability: Mapping[str, Mapping[str, int]]
    outcomes: tuple[str, ...]

    @property
    def effective(self) -> bool:
        """Whether some flip changes the stability of anybody, under any of the concepts."""
        return bool(self.moved)

    @property
    def moved(self) -> tuple[str, ...]:
        """The actors whose stability some flip changes."""
        return tuple(actor for actor, counts in self.stability.items() if any(counts.values()))


@dataclass(frozen=True, repr=False, kw_only=True)
class Effective(Answer):
    """The effect of every option that can be chosen, in file order."""

    basis: Basis
    concepts: tuple[str, ...]
    play: str
    effects: tuple[Effect, ...]

    @property
    def headline(self) -> Phrase:
        """Which options matter to what is stable."""
        works = [each for each in self.effects if each.effective]
        inert = [OptionTerm(each.option) for each in self.effects if not each.effective]
        rest = Phrase.told("; without effect: {inert}", inert=names_of(inert)) if inert else ""
        return Phrase.told(
            "{number} of {number2} change, each by itself, who is stable where{rest}.",
            number=numeral(len(works)),
            number2=many(len(self.effects), "option"),
            rest=rest,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        rows = tuple(
            (
                ActorTerm(effect.actor),
                OptionTerm(effect.option),
                effect.flips,
                *effect.equilibria.values(),
                listing(map(ActorTerm, effect.moved)),
                listing(map(NameTerm, effect.outcomes)),
            )
            for effect in self.effects
        )
        concepts = map(ConceptTerm, map(label, self.concepts))
        columns = ("who", "option", "flips", *concepts, tell("stability changed of"), tell("turned from now"))
        inert = listing(OptionTerm(effect.option) for effect in self.effects if not effect.effective)
        notes = [Phrase.told("Inert (no flip changes anybody's stability): {inert}", inert=inert)] if inert else []
        title = tell("Flips of one option that make or unmake an equilibrium")
        return (Sheet(title, columns, rows, (*notes, *self.basis.warnings)),)


def effective(case: Case, concepts: Iterable[str] = CONCEPTS, play: str = "foresight") -> Effective:
    """What every option that can be chosen changes by itself, under these concepts.

    Raises `Unanswerable` for a model in graph form, `UnknownName` for concepts and kinds of play that do not exist.
    """
    if case.scenario.graph:
        raise Unanswerable(
            tell("a model in graph form has no options to change; write it with options, or ask `irreversible`")
        )
    refuse_unknown("kind of play", KINDS, play)
    chosen = strictest_first(concepts)
    analysis = case.analyse(chosen)
    combinations = _Combinations.of(analysis)
    effects = tuple(
        combinations.effect(option, chosen, play)
        for option in case.scenario.options
        if option.key not in analysis.conflict.fixed and option.key not in case.held
    )
    return Effective(basis=case.basis, concepts=chosen, play=play, effects=effects)


@dataclass(frozen=True)
class _Combinations:
    """The combinations that the rules allow (`cells`), and the state of each; `state_of` tells it for any cell, else -1."""

    analysis: Analysis
    cells: Cells
    state_of: Cells

    @classmethod
    def of(cls, analysis: Analysis) -> _Combinations:
        conflict = analysis.conflict
        conflict.require(16 + 2 * len(conflict.options), tell("comparing all combinations"))
        rows, cells = conflict.members(conflict.states)
        state_of = np.full(conflict.cells, -1, dtype=np.int64)
        state_of[cells] = conflict.states[rows]
        return cls(analysis, cells, state_of)

    def effect(self, option: Option, concepts: tuple[str, ...], play: str) -> Effect:
        one, other = self.flips(option)
        shape = self.analysis.conflict.shape
        stability, changed = dict[str, dict[str, int]](), dict[str, int]()
        for concept in concepts:
            both = np.ones((2, len(one)), dtype=np.bool_)
            for actor in self.analysis.actors:
                grid = np.broadcast_to(self.analysis.stable_grid(concept, actor), shape)
                sides = np.stack([grid[np.unravel_index(cells, shape)] for cells in (one, other)])
                stability.setdefault(actor, {})[concept] = int((sides[0] != sides[1]).sum())
                both &= sides
            changed[concept] = int((both[0] != both[1]).sum())
        return Effect(
            actor=option.actor,
            option=option.key,
            flips=len(one),
            equilibria=changed,
            stability=stability,
            outcomes=self.turned(option, play),
        )

    def flips(self, option: Option) -> tuple[Cells, Cells]:
        """The states on either side of every flip; a pair is counted once, from its earlier choice."""
        conflict = self.analysis.conflict
        sides: list[tuple[Cells, Cells]] = []
        values = conflict.values(self.cells)
        for choice in range(1, len(option.choices)):
            made = conflict.encode({**values, option.key: np.full(len(self.cells), choice)})
            there = np.where(made >= 0, self.state_of[made], -1)
            pairs = (values[option.key] < choice) & (there >= 0)
            sides.append((self.state_of[self.cells[pairs]], there[pairs]))
        one, other = zip(*sides, strict=True)
        return np.concatenate(one), np.concatenate(other)

    def turned(self, option: Option, play: str) -> tuple[str, ...]:
        """The outcomes that some flip at the status quo gives another verdict."""
        conflict, outcomes = self.analysis.conflict, self.analysis.scenario.outcomes
        if conflict.now is None:
            return ()
        now = conflict.settings(conflict.now)
        cells = [conflict.find({**now, option.key: c}) for c in range(len(option.choices)) if c != now[option.key]]
        starts = [int(self.state_of[cell]) for cell in cells if cell >= 0 and self.state_of[cell] >= 0]

        def differs(name: str) -> bool:
            usual, *others = (self.analysis.verdict(outcomes[name].formula, play, at) for at in (None, *starts))
            return any(other != usual for other in others)

        return tuple(filter(differs, outcomes))
