"""An analysis as long tables for other programs: the moves between states, the states, and who is stable where.

One row a move (`edges`), one a state (`nodes`), one for every state, actor and concept (`verdicts`); identifiers, numbers and
truth values only. They are sheets, so they become data frames, Arrow and CSV like every other.

>>> from detente.conflict.game import Game
>>> from detente.scenario import load
>>> edges(Game.of(load("prisoners_dilemma")), "legal").rows[0]
(1, 3, 'first', False, False)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine.arcs import unspoilt
from detente.engine.by_arcs import moves_of
from detente.errors import TooLarge
from detente.messages import numeral, tell
from detente.sheet import Sheet

MOST_ROWS = 2_000_000
"""Rows of a table at most."""


def edges(game: Game, sanctions: str) -> Sheet:
    """Every move: from and to (numbers of states from 1), actor, whether it is an improvement, and whether nothing deters it.

    `unsanctioned`: an improvement after which no answers that are improvements for those who make them lead to anything no
    better than its start, under this sanction rule: what speaks against SEQ. Cost: one sweep over the moves per
    actor. Raises `TooLarge` above `MOST_ROWS` moves.
    """
    every = moves_of(game)
    _bounded(sum(len(arcs.start) for arcs in every), tell("moves"))
    scores = [game.scores(player).astype(np.int64) for player in range(len(every))]
    better = [arcs.improvements(u) for arcs, u in zip(every, scores, strict=True)]
    rows: list[tuple[Any, ...]] = []
    for player, arcs in enumerate(every):
        others = [better[other] for other in range(len(every)) if other != player]
        free = unspoilt(better[player], scores[player], others, sanctions)
        open_ = set(zip(free.start.tolist(), free.end.tolist(), strict=True))
        gains = (scores[player][arcs.end] > scores[player][arcs.start]).tolist()
        pairs = zip(arcs.start.tolist(), arcs.end.tolist(), gains, strict=True)
        rows += [(a + 1, b + 1, game.actors[player], gain, (a, b) in open_) for a, b, gain in pairs]
    return Sheet(tell("Moves"), ("from", "to", "actor", "improvement", "unsanctioned"), tuple(rows))


def nodes(game: Game, equilibria: Mapping[str, Cells]) -> Sheet:
    """Every state: number, text, settings, rank for each actor (1 for the worst), which equilibria it is, whether it is now.

    Cost: linear in states times columns. Raises `TooLarge`.
    """
    _bounded(game.count, tell("states"))
    states = game.states
    options = [] if game.conflict.graph else [o.key for o in game.scenario.options if o.key in game.conflict.options]
    settings = game.states_json(states.tolist()) if options else []
    columns: dict[str, Any] = {"state": list(range(1, game.count + 1)), "label": game.texts(states.tolist())}
    for key in options:
        columns[key] = [each.get("settings", each)[key] for each in settings]
    for player, actor in enumerate(game.actors):
        columns[f"rank {actor}"] = (np.unique(game.scores(player), return_inverse=True)[1] + 1).tolist()
    for concept, cells in equilibria.items():
        columns[concept] = np.isin(states, cells).tolist()
    columns["now"] = (states == (-1 if game.now is None else game.now)).tolist()
    return Sheet(tell("States"), tuple(columns), tuple(zip(*columns.values(), strict=True)))


def verdicts(game: Game, concepts: Iterable[str], stable: Callable[[str, str], NDArray[np.bool_]]) -> Sheet:
    """One row for every state, actor and concept: whether the state is stable for the actor.

    `stable(concept, actor)` marks states on a grid. Cost: linear in the rows. Raises `TooLarge`.
    """
    asked = list(concepts)
    _bounded(game.count * len(game.actors) * len(asked), tell("verdicts"))
    labels = game.texts(game.states.tolist())

    def found() -> Iterator[tuple[Any, ...]]:
        for concept in asked:
            for actor in game.actors:
                marks = np.broadcast_to(stable(concept, actor), game.conflict.shape).ravel()[game.states]
                for number, (label, holds) in enumerate(zip(labels, marks.tolist(), strict=True), 1):
                    yield number, label, actor, concept, holds

    return Sheet(tell("Who is stable where"), ("state", "label", "actor", "concept", "stable"), tuple(found()))


def _bounded(rows: int, words: str) -> None:
    if rows > MOST_ROWS:
        raise TooLarge(
            tell(
                "there are {rows} {words}; a table of at most {most} rows is made",
                rows=numeral(rows),
                words=words,
                most=numeral(MOST_ROWS),
            )
        )
