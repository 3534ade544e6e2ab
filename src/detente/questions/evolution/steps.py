"""Who can take which step from where, and why.

The mathematics. There are three kinds of *step* of an actor from a state: a *move* (anything it may legally do), an
*improvement* (a move to a state it strictly prefers), and an *unsanctioned* improvement (one after which no legal
sequence of the others' improvements leads to a state no better for the actor than the one it left).

How to use it: `steps(case, kind, cells, player)` answers for any set of states at once; `evolution.reachability` follows
steps from a start. Labels stay outside: inside, states are cells and actors are numbers.

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> rows, cells = steps(case, "improvements", np.array([case.game.cell(None)]), case.game.index("nk"))
>>> case.game.texts(cells.tolist())
['us_chan_ru nk_troops nk_esc']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from detente.case import Case
from detente.conflict import Cells, Conflict
from detente.conflict.payoffs import adjusting, payoffs
from detente.engine import improving_steps
from detente.engine.steps import Rows, improvements, moves
from detente.errors import TooLarge, refuse_unknown
from detente.messages import Messages, tell, word
from detente.result import Record
from detente.scenario.model import Ranking, Reading, Weights
from detente.sheet import ActorTerm, FormulaTerm, Phrase, listing

KINDS = Messages(
    {
        "moves": "legal moves",
        "improvements": "improvements",
        "unsanctioned": "unsanctioned improvements",
    }
)
"""The kinds of step, and what people call them."""

PLAYS = {"myopic": "improvements", "foresight": "unsanctioned"}
"""The kinds of play, and the steps they are made of."""


def kind_of(play: str) -> str:
    """The steps a play is made of; raises `UnknownName` for anything but "myopic" and "foresight"."""
    refuse_unknown("kind of play", PLAYS, play)
    return PLAYS[play]


# --- steps -------------------------------------------------------------------------------------------------------------


def steps(case: Case, kind: str, cells: Cells, player: int) -> tuple[Rows, Cells]:
    """The player's steps of one kind (see `KINDS`) from the given states: (row numbers, states reached).

    Cost: the moves from these states; unsanctioned steps take, once per case, one analysis of the model (or `TooLarge`).
    """
    if kind == "unsanctioned":
        return improving_steps(case.game.conflict, case.analyse(("seq",)).solution, cells, player, foresight=True)
    return (moves if kind == "moves" else improvements)(case.game, cells, player)


def is_step(case: Case, kind: str, cell: int, player: int, target: int) -> bool | None:
    """Whether the player has this step; None where the model is too large to tell."""
    try:
        return target in steps(case, kind, np.array([cell], dtype=np.int64), player)[1]
    except TooLarge:
        return None


# --- why a step is taken -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Weighing(Record):
    """How an actor compares two states: `verdict` is "better", "worse" or "equal", and what decides.

    For a priority list `statement` is the highest-ranked one whose truth differs, at `rank` (from 1), with its evidence.
    For weights it is the statement that adds most to the gain or loss; for a ranking it is the two places.
    """

    verdict: str
    statement: str = ""
    rank: int | None = None
    source: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def reason(self) -> Phrase:
        """What decides, with its rank: `not ru_link (2)`; empty if nothing does."""
        return Phrase.of(self.statement, f" ({self.rank})" if self.rank else "")

    @property
    def phrase(self) -> Phrase:
        """The comparison in a few words: `better: not ru_link (2)`."""
        verdict = word(self.verdict)
        return Phrase.of(verdict, ": ", self.reason) if self.statement else Phrase.of(verdict)

    def __str__(self) -> str:
        return str(self.phrase)


def deciders_phrase(gains: Mapping[str, Weighing]) -> Phrase:
    """Which statement decides for whom, in one cell."""
    return listing(
        (Phrase.of(ActorTerm(actor), ": ", FormulaTerm(weighing.statement)) for actor, weighing in gains.items()), "; "
    )


def weigh(conflict: Conflict, reading: Reading, before: int, after: int) -> Weighing:
    """Whether `after` is better than `before` under the reading, and which statement decides."""
    both = np.array([before, after], dtype=np.int64)
    here, there = payoffs(conflict, reading, both).tolist()
    verdict = "better" if there > here else "worse" if there < here else "equal"
    if (adjustment := adjusting(conflict, reading, before, after)) is not None:
        return Weighing(
            verdict=verdict,
            statement=tell("{adjustment} (adjusted)", adjustment=adjustment),
            source=adjustment.evidence.source,
            claims=adjustment.evidence.claims,
        )
    if isinstance(reading, Ranking):
        places = [reading.place_of(conflict.state_names[cell]) for cell in (before, after)]
        return Weighing(
            verdict=verdict,
            statement=tell(
                "from place {places} to place {places2} of {number}",
                places=places[0],
                places2=places[1],
                number=len(reading.ranking),
            ),
        )
    truths = [conflict.holds(s.want, both).tolist() for s in reading.statements]
    differing = [n for n, (was, will) in enumerate(truths) if was != will]
    # Weights may balance: then no one statement decides, though several differ.
    weighted = isinstance(reading, Weights)
    if not differing or (weighted and verdict == "equal"):
        return Weighing(verdict=verdict)
    rank = _heaviest(reading, truths, differing, verdict == "better") if weighted else differing[0]
    decisive = reading.statements[rank]
    return Weighing(
        verdict=verdict,
        statement=FormulaTerm(str(decisive)),
        rank=None if weighted else rank + 1,
        source=decisive.evidence.source,
        claims=decisive.evidence.claims,
    )


def _heaviest(reading: Reading, truths: Sequence[Sequence[bool]], differing: Iterable[int], gain: bool) -> int:
    """The weighted statement that adds most to the gain (or the loss)."""
    worth = {n: (reading.statements[n].weight or Fraction(0)) * (truths[n][1] - truths[n][0]) for n in differing}
    return max(worth, key=lambda n: worth[n] if gain else -worth[n])
