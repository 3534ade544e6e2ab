"""The inverse question over a window of ranks: which rankings near those of today make a state an equilibrium.

The mathematics. Every actor that is asked about ranks all states strictly, and a *window* says how far: each state at most so
many ranks from where it stands today, or those at certain ranks changing places among themselves, or given ranks for single
states. A *profile* is one such ranking for each of these actors; the others prefer as today. A profile *qualifies* if the
target is stable for all of them. Under Nash, SMR and GMR each actor's condition depends on its own ranking alone, so the
profiles that qualify are the product. Under SEQ and SSEQ it depends on which moves are improvements for the others; there the
rankings are put together into kinds that are alike in all that counts (`inverse.ranks_within`), and every combination of kinds
is judged. So this counts, jointly for all actors, what `inverse` can only say with the others as they are.

States that are equal today may come in either order, at any window. Cost: see `ranks_within`; under SEQ and SSEQ the product of
the actors' kinds on top, at most `MOST_PROFILES`; more is refused, not guessed. The nearest profile is judged once more by the
stability engine.

Source: Kinsara, Petersons, Hipel & Kilgour 2015 ask which rankings make a state an equilibrium and go through all of them. The
distance counts pairs in another order (Kendall 1938). The windows per state and the kinds are ours.

>>> from detente.scenario import load
>>> found = inverse_window(Case(load("syria_iraq_1975")), "s2", "seq", 2)
>>> found.count, found.profiles, found.distance, found.checked
(1514, 5329, 1, True)
"""

from __future__ import annotations

import heapq
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.engine.concepts import CONCEPTS, Concept, concepts, label
from detente.errors import InputError, TooLarge, Unanswerable
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.questions.inverse.inverse import one_target
from detente.questions.inverse.monotone_conditions import Condition, condition
from detente.questions.inverse.ranks_within import (
    Kind,
    Span,
    as_it_is,
    kinds_within,
    reversed_pairs,
    spans_around,
    spans_between,
)
from detente.questions.inverse.stability_conditions import StabilityConditions
from detente.result import Answer, Record
from detente.sheet import ActorTerm, Phrase, Sheet, StateTerm, listing

MOST_PROFILES = 200_000
"""Combinations of kinds judged under SEQ and SSEQ."""

PAIRS = 4
"""Reversed pairs told of one actor where people read."""

Window = int | str | Mapping[str, int | str | Mapping[str, int | str]]
"""How far rankings may go: for everybody, or per actor (who is not named prefers as today).

`2`: each state at most two ranks away. `"3-6"`: the states at these ranks change places among themselves. A mapping from
states to ranks, such as `{"s2": "1-3"}`: these states at these ranks, all others anywhere.
"""


@dataclass(frozen=True, kw_only=True)
class Within(Record):
    """One actor: how many rankings its window has, and how many qualify with the others as they are.

    `distance`: the fewest pairs of states such a ranking has in another order than today; None if there is none.
    """

    actor: str
    window: str
    rankings: int
    alone: int
    distance: int | None


@dataclass(frozen=True, kw_only=True)
class Profile(Record):
    """Profiles alike in all that counts, all of which qualify: how many, and one of the nearest.

    `rankings` per actor the numbers of the states from 0, best first; `turned` the pairs (upper, lower) that are the other way
    round today.
    """

    count: int
    distance: int
    rankings: Mapping[str, tuple[int, ...]]
    turned: Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, repr=False, kw_only=True)
class InverseWindow(Answer):
    """The answer: `count` of `profiles` qualify, the nearest at `distance`, and the `nearest` ones listed.

    `today`: whether the target is stable for these actors as they prefer now. `checked`: the engine finds so for the nearest
    profile (None where there is none). States are numbered from 0 in state order.
    """

    basis: Basis
    target: str
    state: Mapping[str, Any]
    concept: str
    within: tuple[Within, ...]
    states: tuple[str, ...]
    today: bool
    count: int
    profiles: int
    kinds: int
    nearest: tuple[Profile, ...]
    checked: bool | None

    DERIVED = ("distance",)

    @property
    def distance(self) -> int | None:
        """The fewest pairs of states that a profile has in another order than today."""
        return self.nearest[0].distance if self.nearest else None

    @property
    def headline(self) -> Phrase:
        """How many profiles make the target stable."""
        state, under = StateTerm(self.target), label(self.concept)
        if not self.count:
            return Phrase.told(
                "Within these ranks nothing makes {state} stable under {concept}: none of {profiles} profiles does.",
                state=state,
                concept=under,
                profiles=_many(self.profiles),
            )
        return Phrase.told(
            "{count} of {profiles} profiles within these ranks make {state} stable under {concept}; the nearest turns "
            "{distance}.",
            count=_many(self.count),
            profiles=_many(self.profiles),
            state=state,
            concept=under,
            distance=_pairs(self.distance or 0),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._actors(), self._nearest()) if self.nearest else (self._actors(),)

    def _actors(self) -> Sheet:
        rows = tuple((ActorTerm(w.actor), w.window, _many(w.rankings), _many(w.alone), w.distance) for w in self.within)
        columns = (
            "actor",
            tell("window"),
            tell("rankings"),
            tell("that do alone"),
            tell("pairs to turn alone"),
        )
        alone = tell(
            "Alone: with the others as they prefer today, and for this actor only. Pairs of states that are equal today may "
            "come in either order."
        )
        now = (
            tell("As everybody prefers today the target is stable for all of them."),
            tell("As everybody prefers today the target is not stable for all of them."),
        )
        title = Phrase.told(
            "Rankings within a window, for {state} to be {concept} stable",
            state=StateTerm(self.target),
            concept=self.concept,
        )
        return Sheet(title, columns, rows, (alone, now[not self.today], *self.basis.warnings))

    def _nearest(self) -> Sheet:
        rows = tuple(
            (_many(each.count), each.distance, *(self._turned(pairs) for pairs in each.turned.values()))
            for each in self.nearest
        )
        columns = (tell("profiles"), tell("pairs turned"), *(ActorTerm(w.actor) for w in self.within))
        left = self.kinds - len(self.nearest)
        notes = (
            tell("A row stands for profiles that are alike in all that counts; shown is one of the nearest of them."),
            *([tell("{left} more rows are not listed.", left=numeral(left))] if left else []),
            tell("Checked: the stability engine finds the target stable in the first row.")
            if self.checked
            else tell("The stability engine does not find the target stable in the first row."),
        )
        return Sheet(tell("The nearest profiles: which states come above which, unlike today"), columns, rows, notes)

    def _turned(self, pairs: Sequence[tuple[int, int]]) -> Phrase:
        shown = [
            Phrase.told("{upper} above {lower}", upper=StateTerm(self.states[a]), lower=StateTerm(self.states[b]))
            for a, b in pairs[:PAIRS]
        ]
        more = [tell("{number} more", number=len(pairs) - PAIRS)] if len(pairs) > PAIRS else []
        return listing((*shown, *more), "; ") if pairs else Phrase.of(tell("as today"))


def _many(number: int) -> str:
    """A number of rankings; beyond a million millions only about how many."""
    return numeral(number) if number < 10**12 else tell("about 10^{digits}", digits=len(str(number)) - 1)


def _pairs(number: int) -> str:
    return tell("one pair of states") if number == 1 else tell("{number} pairs of states", number=numeral(number))


# --- asking ------------------------------------------------------------------------------------------------------------


def inverse_window(
    case: Case,
    target: str | Formula | Mapping[str, Any] | None,
    concept: str,
    window: Window = 1,
    actors: Iterable[str] | None = None,
    *,
    most: int = 10,
    progress: Progress = quiet,
) -> InverseWindow:
    """Which rankings within the window make one state stable for these actors (default: all), one by one and jointly.

    `most`: how many of the nearest are listed. Raises `Unanswerable` for simultaneous stability, `TooLarge` where there are too
    many kinds of rankings to go through.
    """
    (chosen,) = concepts([concept])
    if chosen.id == "sim":
        raise Unanswerable(
            tell("the inverse question is about answers in sequence; simultaneous stability (sim) has none")
        )
    if most < 1:
        raise InputError(tell("most is {most}; expected at least 1", most=most))
    game = case.game
    who = game.actors if actors is None else tuple(dict.fromkeys(actors))
    game.require_actors(who)
    graph, state = one_target(case, target)
    search = _Search.of(StabilityConditions(graph, chosen), state, tuple(map(game.index, who)))
    spans = _spans(game, window, who, search.scores)
    kinds = []
    for done, actor in enumerate(who):
        progress(done, len(who), actor)
        player = game.index(actor)
        kinds.append(search.kinds(player, spans[actor][0]) if actor in spans else [search.today(player)])
    alone = [search.alone(player, each) for player, each in zip(search.players, kinds, strict=True)]
    count, number, first = search.together(kinds, most)
    nearest = tuple(search.profile(who, profile) for profile in first)
    return InverseWindow(
        basis=case.basis,
        target=graph.texts[state],
        state=graph.labels[state],
        concept=chosen.id,
        within=tuple(
            Within(
                actor=actor,
                window=spans[actor][1] if actor in spans else tell("as today"),
                rankings=sum(kind.count for kind in every),
                alone=sum(kind.count for kind in good),
                distance=min((kind.distance for kind in good), default=None),
            )
            for actor, every, good in zip(who, kinds, alone, strict=True)
        ),
        states=graph.texts,
        today=all(search.stable(player, [search.today(p) for p in search.players]) for player in search.players),
        count=count,
        profiles=math.prod(sum(kind.count for kind in each) for each in kinds),
        kinds=number,
        nearest=nearest,
        checked=search.checked(first[0]) if first else None,
    )


@dataclass(frozen=True)
class _Search:
    """One target: what counts of each actor's ranking, and when the target is stable for it."""

    conditions: StabilityConditions
    state: int
    players: tuple[int, ...]
    below: tuple[tuple[int, ...], ...]
    arcs: tuple[tuple[tuple[int, int], ...], ...]
    known: dict[Any, Condition]
    """Conditions by player and by the improvements of the others; filled as they are asked for."""

    @classmethod
    def of(cls, conditions: StabilityConditions, state: int, players: tuple[int, ...]) -> _Search:
        graph, own, credible = conditions.graph, conditions.next, conditions.concept.answers == "improvements"
        # What the others may find credible is among what they can answer by any moves: nothing but what that leads to counts.
        any_move = StabilityConditions(graph, _by_any_move(conditions.concept))
        below: list[set[int]] = [set() for _ in own]
        passed: list[set[int]] = [set() for _ in own]
        for player in players:
            for to in own[player][state]:
                reached = {to, *any_move.answers(player, to)}
                escapes = (own[player][answer] for answer in reached if conditions.concept.escape and answer != to)
                below[player] |= reached.union(*escapes) - {state}
                for other in range(len(own)):
                    if credible and other != player:
                        passed[other] |= reached
        arcs = tuple(
            tuple((start, end) for start in sorted(passed[player]) for end in own[player][start])
            for player in range(len(own))
        )
        return cls(conditions, state, players, tuple(tuple(sorted(each)) for each in below), arcs, {})

    @property
    def scores(self) -> tuple[list[int], ...]:
        """What everybody makes of the states today."""
        return tuple(each.tolist() for each in self.conditions.graph.scores)

    def kinds(self, player: int, spans: Sequence[Span]) -> list[Kind]:
        """The player's rankings within the spans, by kind."""
        found = kinds_within(
            spans, self.scores[player], below=self.below[player], target=self.state, arcs=self.arcs[player]
        )
        return list(found)

    def today(self, player: int) -> Kind:
        return as_it_is(self.scores[player], self.below[player], self.state, self.arcs[player])

    def alone(self, player: int, kinds: Iterable[Kind]) -> list[Kind]:
        """Those of a player's kinds under which the target is stable for it, the others as they are."""
        others = [self.today(each) for each in self.players]
        place = self.players.index(player)
        return [kind for kind in kinds if self.stable(player, [*others[:place], kind, *others[place + 1 :]])]

    def stable(self, player: int, kinds: Sequence[Kind]) -> bool:
        """Whether the target is stable for the player where these actors are of these kinds, one for each of `players`."""
        own = kinds[self.players.index(player)]
        low = {state for place, state in enumerate(self.below[player]) if own.below >> place & 1}
        return self.asked(player, kinds).met(low)

    def asked(self, player: int, kinds: Sequence[Kind]) -> Condition:
        """What the target asks of the player, where the others' improvements are those of their kinds."""
        credible = self.conditions.concept.answers == "improvements"
        others = {each: kind.improving for each, kind in zip(self.players, kinds, strict=True) if each != player}
        key = (player, tuple(others.values()) if credible else ())
        if key not in self.known:
            answering = [self.answering(each, others.get(each)) for each in range(len(self.arcs))] if credible else None
            targets = self.conditions.next[player][self.state]
            self.known[key] = condition(self.conditions.ways(player, to, self.state, answering) for to in targets)
        return self.known[key]

    def answering(self, player: int, improving: int | None) -> list[list[int]]:
        """Where the player may answer to from every state; None: as it prefers today."""
        if improving is None:
            return self.conditions.answering[player]
        found: list[list[int]] = [[] for _ in self.conditions.graph.texts]
        for place, (start, end) in enumerate(self.arcs[player]):
            if improving >> place & 1:
                found[start].append(end)
        return found

    def together(self, kinds: Sequence[Sequence[Kind]], most: int) -> tuple[int, int, list[tuple[Kind, ...]]]:
        """How many profiles qualify, in how many combinations of kinds, and the nearest of these."""
        if self.conditions.concept.answers == "improvements":
            number = math.prod(map(len, kinds))
            if number > MOST_PROFILES:
                raise TooLarge(
                    tell(
                        "under {concept} every combination of rankings that differ in what counts has to be judged: "
                        "{number}, more than {most}; narrow the window, let fewer actors vary, or ask under smr or gmr",
                        concept=label(self.conditions.concept.id),
                        number=numeral(number),
                        most=numeral(MOST_PROFILES),
                    )
                )
            good = [each for each in itertools.product(*kinds) if all(self.stable(p, each) for p in self.players)]
            first = heapq.nsmallest(most, good, key=lambda each: sum(kind.distance for kind in each))
            return sum(math.prod(kind.count for kind in each) for each in good), len(good), first
        fit = [self.alone(player, each) for player, each in zip(self.players, kinds, strict=True)]
        count = math.prod(sum(kind.count for kind in each) for each in fit)
        return count, math.prod(map(len, fit)), list(itertools.islice(_cheapest(fit), most))

    def profile(self, who: Sequence[str], kinds: Sequence[Kind]) -> Profile:
        """The combination of kinds for whoever asked."""
        turned = (
            reversed_pairs(kind.ranking, self.scores[player]) for player, kind in zip(self.players, kinds, strict=True)
        )
        return Profile(
            count=math.prod(kind.count for kind in kinds),
            distance=sum(kind.distance for kind in kinds),
            rankings=dict(zip(who, (kind.ranking for kind in kinds), strict=True)),
            turned=dict(zip(who, turned, strict=True)),
        )

    def checked(self, kinds: Sequence[Kind]) -> bool:
        """The engine's verdict: whether the target is stable for all of them, where they rank the states so."""
        scores = [each.copy() for each in self.conditions.graph.scores]
        for player, kind in zip(self.players, kinds, strict=True):
            if kind != self.today(player):
                scores[player][list(kind.ranking)] = range(len(kind.ranking), 0, -1)
        return all(self.conditions.judged(player, self.state, scores) for player in self.players)


def _by_any_move(concept: Concept) -> Concept:
    """The concept that looks at the same answers, credible or not."""
    return CONCEPTS[{"seq": "gmr", "sseq": "smr"}.get(concept.id, concept.id)]


def _cheapest(kinds: Sequence[Sequence[Kind]]) -> Iterator[tuple[Kind, ...]]:
    """All combinations of kinds, each sequence nearest first, by their distance in all."""
    if not all(kinds):
        return
    start = (0,) * len(kinds)

    def ranked(places: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        return sum(each[place].distance for each, place in zip(kinds, places, strict=True)), places

    waiting, seen = [ranked(start)], {start}
    while waiting:
        _, places = heapq.heappop(waiting)
        yield tuple(each[place] for each, place in zip(kinds, places, strict=True))
        for which in range(len(kinds)):
            further = (*places[:which], places[which] + 1, *places[which + 1 :])
            if further[which] < len(kinds[which]) and further not in seen:
                seen.add(further)
                heapq.heappush(waiting, ranked(further))


# --- windows as they are written -----------------------------------------------------------------------------------------


def _spans(
    game: Game, window: Window, who: Sequence[str], scores: Sequence[Sequence[int]]
) -> dict[str, tuple[list[Span], str]]:
    """Per actor that may rank otherwise: the ranks of every state, and the window in words."""
    said = dict(window) if isinstance(window, Mapping) else dict.fromkeys(who, window)
    game.require_actors(said)
    for actor in said:
        if actor not in who:
            raise InputError(
                tell("a window is given for {actor}, who is not among the actors asked about", actor=actor)
            )
    return {actor: _spans_of(game, actor, each, scores[game.index(actor)]) for actor, each in said.items()}


def _spans_of(game: Game, actor: str, window: Any, scores: Sequence[int]) -> tuple[list[Span], str]:
    if isinstance(window, Mapping):
        spans = [(1, len(scores))] * len(scores)
        for state, ranks in window.items():
            spans[game.number(game.cell(state))] = _between(actor, ranks, len(scores))
        return spans, tell("given ranks")
    first, last = _ranks_of(actor, window)
    if last is None and not first:
        return spans_around(scores, 0), tell("order among equals")
    if last is None:
        return spans_around(scores, first), tell("up to {first} away", first=first)
    return spans_between(scores, first, last), tell("ranks {first}–{last}", first=first, last=last)


def _between(actor: str, ranks: Any, size: int) -> Span:
    first, last = _ranks_of(actor, ranks)
    last = first if last is None else last
    if not 1 <= first <= last <= size:
        raise InputError(
            tell(
                "ranks {first}-{last} are no window; expected ranks between 1 and {size}, the upper one first",
                first=first,
                last=last,
                size=size,
            )
        )
    return first, last


def _ranks_of(actor: str, written: Any) -> tuple[int, int | None]:
    match = re.fullmatch(r"\s*(\d{1,6})\s*(?:[-–]\s*(\d{1,6})\s*)?", str(written))
    if not match or isinstance(written, bool):
        raise InputError(
            tell(
                "the window of {actor} is {written}; expected a number of ranks, such as 1, or ranks, such as 3-6",
                actor=actor,
                written=repr(written),
            )
        )
    return int(match[1]), int(match[2]) if match[2] else None
