"""The verdicts of several queries in many games on one state space.

What `detente.case.verdict_of` says of one game, of many at once (`detente.engine.many`): they differ in what is wanted only.

How to use it: `Judge(game, sanctions, queries).of(ranks, games)`, a row of numbers of `headlines.VERDICTS` per query.

>>> from detente.engine.many import ranked
>>> from detente.scenario import load
>>> game = Game.of(load("chicken"))
>>> judge = Judge(game, "legal", [Query("crash"), Query(concept="seq")])
>>> ranks = [ranked(game.scores(player)[None, :]) for player in range(2)]
>>> [VERDICTS[code] for code in judge.of(ranks, np.zeros((2, 1), np.int64))[:, 0]]
['NONE', 'unstable']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.case import Query
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.engine.concepts import CONCEPTS
from detente.engine.many import Bools, Indices, Many, Ranks, Solved
from detente.errors import InputError, Unanswerable
from detente.messages import tell
from detente.questions.uncertainty.headlines import VERDICTS


def refuse_simultaneous(concept: str) -> None:
    """Many games at once are not asked about simultaneous stability (`InputError`)."""
    if concept in CONCEPTS and CONCEPTS[concept].answers == "simultaneous":
        raise InputError(
            tell("many lists at once are judged by Nash, SSEQ, SEQ, SMR and GMR; not by {upper}", upper=concept.upper())
        )


class Judge:
    """Queries about many games on the space of one."""

    def __init__(self, game: Game, sanctions: str, queries: Sequence[Query]) -> None:
        for query in queries:
            refuse_simultaneous(query.concept or "")
            if game.now is None and not (query.of and query.concept):
                raise Unanswerable(tell("this question needs a state of today (`now:`); this model has none"))
        self.game, self.queries = game, tuple(queries)
        self.many = Many(game, sanctions)
        self.now = None if game.now is None else game.number(game.now)

    @cached_property
    def truths(self) -> tuple[Bools | None, ...]:
        """Per query where its formula is true."""
        states = self.game.states
        return tuple(None if query.of is None else self.game.holds(query.of, states) for query in self.queries)

    def of(self, ranks: Sequence[Ranks], games: Indices) -> NDArray[np.int8]:
        """The verdict of every query (a row) in every game (a column); see `engine.many` for ranks and games."""
        return np.asarray(self.ways(ranks, games, [{}])[0], dtype=np.int8)

    def ways(
        self,
        ranks: Sequence[Ranks],
        games: Indices,
        ways: Sequence[Mapping[str, str]],
        progress: Progress = quiet,
    ) -> NDArray[np.int8]:
        """The same for several ways to judge (another `concept`, another kind of `play`): way, query, game."""
        found = np.empty((len(ways), len(self.queries), games.shape[1]), dtype=np.int8)
        for solved in self.many.solve(ranks, games):
            progress(solved.first, games.shape[1], "games")
            for number, way in enumerate(ways):
                for place in range(len(self.queries)):
                    found[number, place, solved.first : solved.last] = self._verdicts(solved, place, way)
        return found

    def _verdicts(self, solved: Solved, place: int, way: Mapping[str, str]) -> NDArray[np.int8]:
        """The verdict of one query in a chunk of games."""
        query, truth = self.queries[place], self.truths[place]
        concept = way.get("concept", query.concept) if query.concept else None
        if concept is None:
            assert truth is not None
            assert self.now is not None
            ends, which = solved.ends(way.get("play", query.play), self.now)
            return np.asarray(_quantified(ends, truth, "NONE")[which], dtype=np.int8)
        stable = solved.equilibria(concept)
        if truth is None:
            assert self.now is not None
            yes, no = VERDICTS.index("stable"), VERDICTS.index("unstable")
            return np.where(stable[self.now], yes, no).astype(np.int8)
        return _quantified(stable, truth, tell("no equilibria"))


def _quantified(states: Bools, truth: Bools, none: str) -> NDArray[np.int8]:
    """ALL, SOME or NONE of the states in each column, or what is said where there are none."""
    hits, misses = states[truth].any(axis=0), states[~truth].any(axis=0)
    codes = [VERDICTS.index(word) for word in ("ALL", "SOME", "NONE", none)]
    found = np.where(hits, np.where(misses, codes[1], codes[0]), np.where(misses, codes[2], codes[3]))
    return found.astype(np.int8)
