"""Why one state is better than another for an actor: the statements that decide, with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from detente.conflict.game import Game
from detente.conflict.payoffs import adjusting
from detente.engine.single_states import SingleStates
from detente.questions.explanation.witness import BETTER, EQUAL, WORSE, Adjusted, Decider, Reason
from detente.scenario.model import Ranking, Weights
from detente.scenario.warnings import reaction_places


@dataclass(frozen=True, eq=False)
class Reasons:
    """Comparisons of states for every player of a game, remembered."""

    game: Game

    @cached_property
    def states(self) -> SingleStates:
        """What can be looked up about the states."""
        return SingleStates(self.game)

    @cached_property
    def _known(self) -> dict[tuple[int, int, int], Reason]:
        return {}

    def why(self, player: int, before: int, after: int) -> Reason:
        """How `after` compares with `before` for the player, and which statements decide."""
        key = player, before, after
        if key not in self._known:
            self._known[key] = self._compare(*key)
        return self._known[key]

    def _compare(self, player: int, before: int, after: int) -> Reason:
        old, new = self.states.likings(player, [before, after])
        verdict = BETTER if new > old else WORSE if new < old else EQUAL
        reading, actor = self.game.readings[player], self.game.scenario.actors[player].id
        if (adjustment := adjusting(self.game.conflict, reading, before, after)) is not None:
            said = Adjusted(
                above=adjustment.higher,
                below=adjustment.lower,
                because=adjustment.because,
                evidence=adjustment.evidence,
            )
            return Reason(actor=actor, verdict=verdict, kind=reading.kind, adjusted=said)
        if isinstance(reading, Ranking):
            names = self.game.conflict.state_names
            places = (reading.place_of(names[before]), reading.place_of(names[after]))
            return Reason(actor=actor, verdict=verdict, kind=reading.kind, places=places)
        rows = self.states.truths(player, [before, after])
        apart = [place for place, (a, b) in enumerate(zip(*rows, strict=True)) if a != b]
        if isinstance(reading, Weights):
            scores = (reading.score(list(map(bool, rows[0]))), reading.score(list(map(bool, rows[1]))))
            deciders = self._deciders(player, apart, rows[1])
            return Reason(actor=actor, verdict=verdict, kind=reading.kind, deciders=deciders, scores=scores)
        deciders = self._deciders(player, apart[:1], rows[1])
        return Reason(actor=actor, verdict=verdict, kind=reading.kind, deciders=deciders)

    def _deciders(self, player: int, places: list[int], holds: bytes) -> tuple[Decider, ...]:
        return tuple(self.decider(player, place, bool(holds[place])) for place in places)

    def decider(self, player: int, place: int, holds: bool) -> Decider:
        """A statement of the player, with its truth in the later state."""
        key = player, place, holds
        if key not in self._deciding:
            statement = self.game.readings[player].statements[place]
            actor = self.game.scenario.actors[player]
            self._deciding[key] = Decider(
                actor=actor.id,
                rank=place + 1,
                says=str(statement),
                holds=holds,
                weight=statement.weight,
                evidence=statement.evidence,
                by_assumption=place in self._rules(player),
            )
        return self._deciding[key]

    def _rules(self, player: int) -> frozenset[int]:
        """The places of the statements in a player's list that are reaction rules, or halves of one."""
        if player not in self._known_rules:
            scenario, reading = self.game.scenario, self.game.readings[player]
            self._known_rules[player] = reaction_places(scenario, scenario.actors[player], reading)
        return self._known_rules[player]

    @cached_property
    def _known_rules(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _deciding(self) -> dict[tuple[int, int, bool], Decider]:
        return {}
