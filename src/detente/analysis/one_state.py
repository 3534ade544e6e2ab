"""One state judged for everybody without listing the space, so that it also works on models too large to solve.

The mathematics. Each verdict (actor, concept) is sought on the part of the model it depends on (its cone), by search
from the state: an improvement that nothing answers settles it (not stable), an answer to every improvement settles
it (stable), and a search that grows beyond its budget leaves it open. Nothing is guessed.

How to use it: `judge_locally(scenario)` -> `Local`, with a verdict per concept and actor and, where the state is not
stable, the change that no answer deters.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis.fingerprint import model_hash
from detente.conflict import Conflict
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.engine.concepts import CONCEPTS, Concept, label, sanction_rule, strictest_first
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.one_state import judge
from detente.engine.relevant_options import searched, sliceable
from detente.engine.simultaneous import deterred_by_collision
from detente.errors import TooLarge
from detente.messages import tell
from detente.result import Answer, Record
from detente.scenario.model import Reading, Scenario
from detente.sheet import ActorTerm, ConceptTerm, Phrase, Sheet, StateTerm, VerdictTerm, listing, names_of
from detente.version import __version__

BUDGET = 40_000
"""(state, last mover) pairs looked at before a verdict stays open."""

COLLISIONS = 1 << 24
"""Cells of a cone up to which simultaneous stability is decided; scores are kept for each."""


@dataclass(frozen=True)
class Verdict(Record):
    """`stable`: True, False or None (open). `improvements` the actor has; `standing` is the smallest that nothing deters."""

    stable: bool | None
    improvements: int = 0
    standing: Mapping[str, int] | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class Local(Answer):
    """The verdicts on one state: `verdicts[concept][actor]`."""

    game: Game
    readings: Mapping[str, str]
    concepts: tuple[str, ...]
    sanctions: str
    cell: int
    verdicts: Mapping[str, Mapping[str, Verdict]]
    seconds: float
    world: str | None = None

    @property
    def scenario(self) -> Scenario:
        return self.game.scenario

    @property
    def conflict(self) -> Conflict:
        return self.game.conflict

    def equilibrium(self, concept: str) -> bool | None:
        """Whether everybody is stable: no if somebody is not, open if that is not settled for somebody."""
        found = [verdict.stable for verdict in self.verdicts[concept].values()]
        return False if False in found else None if None in found else True

    @property
    def open(self) -> tuple[tuple[str, str], ...]:
        """The (concept, actor) pairs that are not settled."""
        return tuple((c, a) for c, row in self.verdicts.items() for a, each in row.items() if each.stable is None)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the model with the chosen readings, as for a whole analysis."""
        return model_hash(self.scenario, self.readings)

    def to_json(self) -> dict[str, Any]:
        """The fields of an analysis that one state can fill, and what stays open."""
        name = self.conflict.state_names.get(self.cell)
        return {
            "title": self.scenario.title,
            "name": self.scenario.name,
            "hash": self.hash,
            "engine": {"version": __version__, "seconds": round(self.seconds, 6), "way": "local"},
            "sanctions": self.sanctions,
            "world": self.world,
            "concepts": list(self.concepts),
            "readings": dict(self.readings),
            "status_quo": {
                **({} if name is None else {"state": name}),
                "settings": self.game.labels(self.conflict.settings(self.cell)),
                "equilibrium": {concept: self.equilibrium(concept) for concept in self.concepts},
                "stable": {c: {a: v.stable for a, v in row.items()} for c, row in self.verdicts.items()},
            },
            "undeterred": {
                concept: {actor: self.game.labels(v.standing) for actor, v in row.items() if v.standing is not None}
                for concept, row in self.verdicts.items()
            },
            "open": [{"concept": concept, "actor": actor} for concept, actor in self.open],
        }

    @property
    def headline(self) -> Phrase:
        """Under which concepts the state is an equilibrium."""
        concepts = strictest_first(self.concepts)
        said = {True: VerdictTerm("stable"), False: VerdictTerm("unstable"), None: "open"}
        found = {word: [each for each in concepts if self.equilibrium(each) is word] for word in said}
        told = (
            Phrase.told("{said} under {each}", said=said[word], each=names_of(map(ConceptTerm, map(label, each))))
            for word, each in found.items()
            if each
        )
        return Phrase.told("The state is {told}.", told=listing(told))

    def sheets(self) -> tuple[Sheet, ...]:
        """For whom the state is stable under which concept."""
        words, shown = {True: "yes", False: "no", None: tell("not settled")}, strictest_first(self.concepts)
        rows: list[tuple[str, ...]] = [
            (ActorTerm(actor), *(VerdictTerm(words[self.verdicts[c][actor].stable]) for c in shown))
            for actor in self.game.actors
        ]
        rows.append(("equilibrium", *(VerdictTerm(words[self.equilibrium(concept)]) for concept in shown)))
        title = Phrase.told("Stable at {cell}", cell=StateTerm(self.game.text(self.cell)))
        return (Sheet(title, ("actor", *shown), tuple(rows)),)


def judge_locally(
    scenario: Scenario,
    state: str | None = None,
    *,
    readings: Mapping[str, str] | None = None,
    world: str | None = None,
    concepts: Iterable[str] | None = None,
    sanctions: str = "legal",
    budget: int = BUDGET,
    progress: Progress = quiet,
) -> Local:
    """Judge the status quo (or the named state) for every actor under every concept.

    Cost: per verdict the states that sanctions can pass through in its cone, at most `budget`.
    """
    begin = time.perf_counter()
    chosen = scenario.choose(readings, world)
    game = Game.of(scenario, chosen)
    game.check_merges()
    conflict = game.conflict
    search = _Search(game, sanction_rule(sanctions), game.cell(state), budget)
    picked = choose_concepts(concepts)
    if concepts is None and conflict.graph:
        picked = tuple(concept for concept in picked if concept.id != "sim")
    verdicts: dict[str, dict[str, Verdict]] = {}
    for done, concept in enumerate(picked):
        progress(done, len(picked), tell("{name} stability", name=concept.name))
        verdicts[concept.id] = {p.id: search.verdict(axis, concept) for axis, p in enumerate(conflict.players)}
    return Local(
        game=game,
        readings=chosen,
        concepts=tuple(concept.id for concept in picked),
        sanctions=sanctions,
        cell=search.cell,
        verdicts=verdicts,
        seconds=time.perf_counter() - begin,
        world=world,
    )


@dataclass(frozen=True)
class _Search:
    game: Game
    sanctions: str
    cell: int
    budget: int

    def part(self, player: int, concept: Concept) -> Game:
        """The part of the game a verdict depends on; all of it where slices are not proved exact."""
        conflict = self.game.conflict
        if not sliceable(conflict):
            return self.game
        return self.game.part(searched(self.game.scenario, self.game.readings, player, concept))

    def verdict(self, player: int, concept: Concept) -> Verdict:
        part = self.part(player, concept)
        small, readings = part.conflict, part.readings
        cell = self.cell if part is self.game else small.cell(self.game.conflict.settings(self.cell))
        if concept.answers == "simultaneous":
            return _collisions(small, readings, player, cell)
        try:
            found = judge(small, readings, cell, player, concept, self.sanctions, self.budget)
        except TooLarge:
            return Verdict(None)
        standing = [_change(small, cell, each.cell) for each in found.improvements if each.stands]
        return Verdict(found.stable, len(found.improvements), min(standing, key=len, default=None))


def _collisions(small: Conflict, readings: tuple[Reading, ...], player: int, cell: int) -> Verdict:
    """Simultaneous stability has no answers in sequence: it is decided at the state itself, in option form."""
    if small.graph:
        return Verdict(None)
    if judge(small, readings, cell, player, CONCEPTS["nash"]).stable:
        return Verdict(True)
    if small.cells > COLLISIONS:
        return Verdict(None)
    return Verdict(bool(deterred_by_collision(small, readings, player, np.array([cell], dtype=np.int64))[0]))


def _change(small: Conflict, start: int, end: int) -> dict[str, int]:
    """The settings in which two states differ."""
    before, after = small.settings(start), small.settings(end)
    return {key: value for key, value in after.items() if before[key] != value}
