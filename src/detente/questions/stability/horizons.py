"""Looking further ahead, for two actors: limited-move and non-myopic stability, and Stackelberg equilibria.

The mathematics. At state s actor i may stay, which ends play, or move, after which the other is in the same position with one
move less to foresee. With a *horizon* of h moves i anticipates an end of play G_h(i, s), found backwards:

- G_0(i, s) = s;
- G_h(i, s) is the best for i among G_(h-1)(j, s1) over its moves s1, if that is strictly better for i than s; else s.

s is *L_h stable* for i if it stays at s with horizon h: on a tie it stays. L_1 is Nash stability. s is *non-myopically stable*
if it is L_h stable for all h from some point on. Since (G_h(1), G_h(2)) follows from (G_(h-1)(1), G_(h-1)(2)), the
anticipations repeat sooner or later. If they repeat with a period of 1 there is a limit; otherwise a state may be stable for
every other horizon for ever, and then no limit exists: the verdict is "oscillates". s is a *Stackelberg equilibrium* with
leader i if it is L_2 stable for i and L_1 stable for the other.

Which of two equally good ends a mover picks is its own affair, but the other may care. Nothing is guessed: all the ends that
some way of breaking ties leads to are kept, and a state is "stable" (or "unstable") only if it is so however ties are broken,
else the verdict is "ties". Ties met in different places are taken to be broken independently, so "ties" may be said
where a consistent way of breaking them would always give the same; the other verdicts are certain.

Cost: horizons until they repeat × moves × states; models up to 1,024 states, horizons up to 1,000 (beyond: "open").

Source: Kilgour 1984, 1985 and Zagare 1984 (limited and non-myopic horizons); Brams & Wittman 1981; Fang, Hipel & Kilgour 1993,
chapter 3. For more than two actors definitions differ, so the question is refused.

>>> from detente.scenario import load
>>> answer = horizons(Case(load("chicken")))
>>> answer.non_myopic_equilibria
('ww',)
>>> answer.equilibria(1), answer.equilibria(2), answer.equilibria(3), answer.period
(('gw', 'wg'), (), ('ww',), 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.conflict.overview import state_count
from detente.engine import moves_of
from detente.engine.arcs import Arcs
from detente.errors import InputError, TooLarge, Unanswerable, refuse_unknown
from detente.messages import numeral, tell
from detente.result import INSIDE, Answer
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, VerdictTerm, listing, many

STABLE, UNSTABLE, TIES, OSCILLATES, OPEN = "stable", "unstable", "ties", "oscillates", "open"

MOST_STATES = 1 << 10
"""States beyond this are refused: the possible ends of play are kept per state."""

MOST_HORIZON = 1000
"""Horizons looked at, at most."""

SHOWN = 6
"""Horizons in a table, if none are asked for."""

State = int | str
"""A state in a result: its name, or its number in state order from 1."""

Truths = NDArray[np.bool_]
Scores = NDArray[np.int64]


@dataclass(frozen=True, repr=False, kw_only=True)
class Horizons(Answer):
    """The answer; see the module's opening.

    `limited[h - 1][actor]` has a verdict per state ("stable", "unstable", "ties") for horizon h. `non_myopic[actor]` may
    besides say "oscillates" or "open". From horizon `settled` on everything repeats with `period` (None: not found).
    `anticipated[actor]` has, where there is a limit, the ends of play the actor may expect per state; else it is empty.
    `shown` are the horizons asked for, which the tables show (by default the first ones, until nothing new comes).
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "horizons"

    basis: Basis
    actors: tuple[str, str]
    states: tuple[State, ...]
    words: tuple[str, ...] = field(metadata=INSIDE)
    limited: tuple[Mapping[str, tuple[str, ...]], ...]
    non_myopic: Mapping[str, tuple[str, ...]]
    settled: int | None
    period: int | None
    anticipated: Mapping[str, tuple[tuple[State, ...], ...]]
    shown: tuple[int, ...] = ()

    # --- answers ---

    def limited_at(self, horizon: int) -> Mapping[str, tuple[str, ...]]:
        """The verdicts for a horizon: one of those computed, or any later one if the anticipations repeat before."""
        if horizon < 1:
            raise InputError(tell("a horizon is a number of moves, at least 1, not {horizon}", horizon=horizon))
        if horizon <= len(self.limited):
            return self.limited[horizon - 1]
        if self.settled is None or self.period is None:
            raise InputError(
                tell("horizons are computed up to {number}, and nothing repeats within them", number=len(self.limited))
            )
        return self.limited[self.settled + (horizon - self.settled) % self.period - 1]

    def equilibria(self, horizon: int) -> tuple[State, ...]:
        """The states that are L_h stable for both actors, however ties are broken."""
        return self._both(self.limited_at(horizon))

    @property
    def non_myopic_equilibria(self) -> tuple[State, ...]:
        """The states that are non-myopically stable for both actors, however ties are broken."""
        return self._both(self.non_myopic)

    def stackelberg(self, leader: str) -> tuple[State, ...]:
        """The Stackelberg equilibria: L_2 stable for the leader, L_1 stable for the other, however ties are broken."""
        return tuple(s for s, v in zip(self.states, self._led(leader), strict=True) if v == STABLE)

    def _led(self, leader: str) -> tuple[str, ...]:
        refuse_unknown("actor", self.actors, leader)
        follower = next(actor for actor in self.actors if actor != leader)
        pairs = zip(self.limited_at(2)[leader], self.limited_at(1)[follower], strict=True)
        return tuple(_joined(pair) for pair in pairs)

    def _both(self, verdicts: Mapping[str, tuple[str, ...]]) -> tuple[State, ...]:
        pairs = zip(*(verdicts[actor] for actor in self.actors), strict=True)
        return tuple(s for s, pair in zip(self.states, pairs, strict=True) if _joined(pair) == STABLE)

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The plain data: states with their words, and what the methods say of the horizons shown."""
        shown = self._columns()
        return {
            **super().to_json(),
            "states": [{"state": s, "text": text} for s, text in zip(self.states, self.words, strict=True)],
            "stackelberg": {actor: list(self._led(actor)) for actor in self.actors},
            "shown": {str(h): {actor: list(v) for actor, v in self.limited_at(h).items()} for h in shown},
            "equilibria": {
                **{f"L{h}": list(self.equilibria(h)) for h in shown},
                "non_myopic": list(self.non_myopic_equilibria),
                **{f"stackelberg_{actor}": list(self.stackelberg(actor)) for actor in self.actors},
            },
        }

    def _columns(self) -> tuple[int, ...]:
        return self.shown or tuple(range(1, min(len(self.limited), SHOWN) + 1))

    @property
    def headline(self) -> Phrase:
        """What holds for actors who look ahead without limit."""
        found = self.non_myopic_equilibria
        if self.period is None:
            return Phrase.told(
                "What holds in the long run is open: nothing repeats within {number} moves.",
                number=numeral(len(self.limited)),
            )
        if self.period > 1:
            return Phrase.told(
                "There is no limit: the anticipations repeat every {period} horizons.", period=numeral(self.period)
            )
        where = Phrase.of(": ", listing(map(_text, found))) if found else ""
        return Phrase.told(
            "Looking ahead without limit, {number} hold{ending} for both actors{where}.",
            number=many(len(found), "state"),
            ending="s" * (len(found) == 1),
            where=where,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """For whom each state is stable, horizon by horizon, non-myopically and as Stackelberg equilibrium; the equilibria."""
        shown = [*(self.limited_at(h) for h in self._columns()), self.non_myopic]
        columns = [f"L{h}" for h in self._columns()] + ["non-myopic"]
        led = {actor: self._led(actor) for actor in self.actors}
        rows = tuple(
            (
                _state(state),
                StateTerm(text),
                *(self._whose(verdicts, at) for verdicts in shown),
                *(_mark(led[actor][at]) for actor in self.actors),
            )
            for at, (state, text) in enumerate(zip(self.states, self.words, strict=True))
        )
        leads = map(_stackelberg, self.actors)
        first = Sheet(
            tell("For whom each state is stable"), ("state", tell("which is"), *columns, *leads), rows, self._notes()
        )
        return first, self._equilibria()

    def _equilibria(self) -> Sheet:
        """Per concept its equilibria, and the states of which nothing can be said."""
        unsettled = {OSCILLATES: tell("no limit"), TIES: tell("depends on ties"), OPEN: "open"}
        joined = [_joined(pair) for pair in zip(*(self.non_myopic[actor] for actor in self.actors), strict=True)]
        undecided = listing(
            Phrase.of(_text(s), f" ({unsettled[v]})")
            for s, v in zip(self.states, joined, strict=True)
            if v in unsettled
        )
        kinds: list[tuple[str, tuple[State, ...], str]] = [
            *((f"L{h}", self.equilibria(h), "") for h in self._columns()),
            ("non-myopic", self.non_myopic_equilibria, undecided),
            *((_stackelberg(actor), self.stackelberg(actor), "") for actor in self.actors),
        ]
        rows = tuple((kind, listing(map(_text, states)) or "none", unsaid) for kind, states, unsaid in kinds)
        return Sheet(tell("Equilibria"), ("concept", "equilibria", "undecided"), rows)

    def _whose(self, verdicts: Mapping[str, tuple[str, ...]], at: int) -> str:
        """For whom a state is stable, and for whom that is not settled."""
        of = {actor: verdicts[actor][at] for actor in self.actors}
        if set(of.values()) == {STABLE}:
            return "both"
        stable = [ActorTerm(actor) for actor, verdict in of.items() if verdict == STABLE]
        unclear = [
            Phrase.of(ActorTerm(actor), ": ", VerdictTerm(verdict))
            for actor, verdict in of.items()
            if verdict not in (STABLE, UNSTABLE)
        ]
        return listing([*stable, *unclear])

    def _notes(self) -> tuple[str, ...]:
        if self.period is None:
            return (
                tell(
                    "The anticipations do not repeat within {number} moves: the limit is open.",
                    number=numeral(len(self.limited)),
                ),
            )
        if self.period == 1:
            return (tell("From horizon {settled} on nothing changes.", settled=self.settled), *self.basis.warnings)
        repeat = tell("the anticipations repeat every {period} horizons: there is no limit.", period=self.period)
        return (tell("From horizon {settled} on {repeat}", settled=self.settled, repeat=repeat), *self.basis.warnings)


def _stackelberg(leader: str) -> Phrase:
    return Phrase.told("Stackelberg, {leader} leads", leader=ActorTerm(leader))


def _state(state: State) -> State:
    """A state in a cell: a number stays a number."""
    return StateTerm(state) if isinstance(state, str) else state


def _text(state: State) -> str:
    return str(_state(state)) if isinstance(state, int) else StateTerm(state)


def _joined(verdicts: Sequence[str]) -> str:
    """Both actors' verdicts in one: unstable for one is unstable."""
    if all(verdict == STABLE for verdict in verdicts):
        return STABLE
    return UNSTABLE if UNSTABLE in verdicts else next(verdict for verdict in verdicts if verdict != STABLE)


def _mark(verdict: str) -> str:
    return {STABLE: "yes", UNSTABLE: ""}.get(verdict, verdict)


# --- asking ------------------------------------------------------------------------------------------------------------


def horizons(case: Case, shown: Iterable[int] = ()) -> Horizons:
    """Limited-move, non-myopic and Stackelberg stability in a conflict of two actors; `shown` are horizons of interest.

    Raises `Unanswerable` for more than two actors who can move, and `TooLarge` beyond 1,024 states.
    """
    wanted = tuple(dict.fromkeys(shown))
    if any(horizon < 1 for horizon in wanted):
        raise InputError(tell("a horizon is a number of moves, at least 1, not {min}", min=min(wanted)))
    game = case.game
    count = state_count(game.conflict)
    if count is None or count > MOST_STATES:
        raise TooLarge(
            tell(
                "this model has {word} states; horizons are looked at up to {most_states}. Fix or hold "
                "options that do not matter.",
                word=tell("too many") if count is None else f"{count:,}",
                most_states=numeral(MOST_STATES),
            )
        )
    pair, arcs, scores = _two(game)
    names: list[State] = case.analyse(("nash",)).numbers(game.states)
    ends, settled = _unroll(arcs, scores)
    limited = tuple(dict(zip(pair, map(_verdicts, anticipations), strict=True)) for anticipations in ends[1:])
    period = None if settled is None else len(ends) - 1 - settled
    answer = Horizons(
        basis=case.basis,
        actors=pair,
        states=tuple(names),
        words=tuple(game.text(cell) for cell in game.states.tolist()),
        limited=limited,
        non_myopic={actor: _limit([verdicts[actor] for verdicts in limited], settled) for actor in pair},
        settled=None if settled is None else max(settled, 1),
        period=period,
        anticipated=_anticipated(pair, ends[-1], names) if period == 1 else {},
        shown=wanted,
    )
    for horizon in wanted:  # those asked for must be answered, so what is out of reach is refused now
        answer.limited_at(horizon)
    return answer


def _two(game: Game) -> tuple[tuple[str, str], list[Arcs], list[Scores]]:
    """The two actors who can move, their moves and scores."""
    players = game.conflict.players
    arcs = moves_of(game)
    movers = [axis for axis in range(len(players)) if len(arcs[axis].start)] if len(players) != 2 else [0, 1]
    if len(movers) != 2:
        raise Unanswerable(
            tell(
                "limited-move, non-myopic and Stackelberg stability are defined here for exactly two actors, "
                "and {number} can move in this model. With more, nothing says who moves next, and published "
                "definitions disagree. Ask for the sequential concepts (`analyze`), or merge the others into "
                "one actor first.",
                number=len(movers),
            )
        )
    scores = [game.scores(axis) for axis in movers]
    return (players[movers[0]].id, players[movers[1]].id), [arcs[axis] for axis in movers], scores


# --- the recursion -----------------------------------------------------------------------------------------------------

Ends = tuple[Truths, Truths]
"""Per actor, row s: the ends of play that are possible when it is the actor's turn at s."""


def _unroll(arcs: Sequence[Arcs], scores: Sequence[Scores]) -> tuple[list[Ends], int | None]:
    """The possible ends for horizons 0, 1, ..., until a pair comes back (the last one); and where it was first."""
    start = np.eye(len(scores[0]), dtype=np.bool_)
    ends: list[Ends] = [(start, start)]
    seen = {_key(ends[0]): 0}
    for horizon in range(1, MOST_HORIZON + 1):
        # What one expects with horizon h follows from what the other, next to move, expects with h - 1.
        one, two = ends[-1]
        ends.append((_step(arcs[0], scores[0], two), _step(arcs[1], scores[1], one)))
        # The next pair depends on this pair alone; one that was there before begins a period.
        key = _key(ends[-1])
        if key in seen:
            return ends, seen[key]
        seen[key] = horizon
    return ends, None


def _key(ends: Ends) -> bytes:
    return b"".join(np.packbits(matrix).tobytes() for matrix in ends)


def _step(arcs: Arcs, u: Scores, after: Truths) -> Truths:
    """The possible ends when the actor is to move, given those when the other is, one move later.

    A move may be chosen for an end t if t is better than staying, and as good as what every move is sure to bring. Staying
    may be chosen if no move is sure to bring something better.
    """
    # `floor`: what a move to t is sure to bring, the worst of the ends possible there. `sure`: the best of these over the
    # actor's moves from s. No way of breaking ties makes a rational mover accept less than `sure`, and any end that is at
    # least as good may be the one it expects, since the ties behind it are broken by others.
    floor = np.where(after, u[None, :], np.iinfo(np.int64).max).min(axis=1)
    sure = arcs.highest(floor)
    bounds = np.searchsorted(arcs.start, np.arange(len(u) + 1))
    ends = np.array([after[arcs.end[a:b]].any(axis=0) for a, b in pairwise(bounds.tolist())])
    ends &= (u[None, :] >= sure[:, None]) & (u[None, :] > u[:, None])
    # Staying: the end is s itself; on a tie an actor stays, so it takes a strictly better sure thing to leave for certain.
    places = np.arange(len(u))
    ends[places, places] = sure <= u
    return np.asarray(ends, dtype=np.bool_)


def _verdicts(ends: Truths) -> tuple[str, ...]:
    stays = np.diagonal(ends)
    goes = ends.sum(axis=1) > stays
    return tuple(
        TIES if s and g else STABLE if s else UNSTABLE for s, g in zip(stays.tolist(), goes.tolist(), strict=True)
    )


def _limit(verdicts: Sequence[tuple[str, ...]], settled: int | None) -> tuple[str, ...]:
    """What holds for all horizons from some point on: verdicts of horizons 1, 2, ...; they repeat after `settled`."""
    if settled is None:
        return tuple(OPEN for _ in verdicts[0])
    return tuple(_always(set(of_state)) for of_state in zip(*verdicts[settled:], strict=True))


def _always(verdicts: set[str]) -> str:
    if len(verdicts) == 1:
        return verdicts.pop()
    return TIES if TIES in verdicts else OSCILLATES


def _anticipated(pair: tuple[str, str], ends: Ends, names: Sequence[State]) -> dict[str, tuple[tuple[State, ...], ...]]:
    return {
        actor: tuple(tuple(names[t] for t in np.flatnonzero(row).tolist()) for row in matrix)
        for actor, matrix in zip(pair, ends, strict=True)
    }
