"""Commitments: what an actor can commit itself to, and what comes of each; the definitions are in `inducement`.

How to use it: a `Start` is an actor about to commit itself. `settings()` are the offers that one legal move reaches, a rule is
an `Offer` as well, and `judge(offer)` says what comes of it.

>>> from detente.scenario import load
>>> start = Start(case=Case(load("chicken")), actor="first", play="foresight")
>>> [(str(offer), start.judge(offer).strength) for offer in start.settings()]
[('not first_swerves', 'strong'), ('first_swerves', 'none')]
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.budget import Budget
from detente.case import Case, Policy, said
from detente.conflict import Cells
from detente.errors import Cure, ScenarioError, TooLarge
from detente.formula import And, Formula, Or, Setting
from detente.messages import numeral, tell
from detente.questions.evolution.steps import Weighing, weigh
from detente.questions.policy.levers import End, Labels, ends_of
from detente.questions.stability.self_enforcing import IMPOSSIBLE, Kept, kept, switchable
from detente.result import Record
from detente.scenario.model import Option, PriorityList, Ranking, Rule, Statement
from detente.sheet import FormulaTerm, Phrase, listing

MOST_LISTED = 100_000
"""Settings of one actor that are looked through to find those it can reach."""

STRONG, WEAK, NONE = "strong", "weak", "none"
"""How strong an inducement a commitment is."""

KEPT, DEVICE, ANNOUNCEMENT = "kept", "needs a device", "announcement"
"""Whether a commitment would be kept."""

BETTER, WORSE, SAME, MIXED = "better", "worse", "the same", "better or worse"
"""How an actor fares at the ends with a commitment, compared with those without it."""

Utilities = NDArray[Any]
"""What an actor thinks of some states; comparable with what it thinks of others if both come from one array."""


# --- what is compared -------------------------------------------------------------------------------------------------


def strength(without: Utilities, with_it: Utilities) -> str:
    """How strong an inducement is, from what its actor thinks of the ends without it and with it.

    >>> ends = np.array
    >>> strength(ends([1, 2]), ends([2, 3])), strength(ends([1, 3]), ends([2, 2])), strength(ends([2]), ends([1, 3]))
    ('strong', 'weak', 'none')
    """
    worst, best = with_it.min(), with_it.max()
    if worst >= without.max() and best > without.min():
        return STRONG
    if worst >= without.min() and (worst > without.min() or best > without.max()):
        return WEAK
    return NONE


def fares(without: Utilities, with_it: Utilities) -> str:
    """How somebody fares whose ends were these: `better` and `worse` as in a strong inducement."""
    if strength(without, with_it) == STRONG:
        return BETTER
    if strength(with_it, without) == STRONG:
        return WORSE
    return SAME if without.min() == without.max() == with_it.min() == with_it.max() else MIXED


# --- a commitment and what comes of it -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Temptation(Record):
    """Where a rule would not be kept off the path: `actor` makes the `move`, and the rule's owner would rather do `instead`.

    `instead` is {} if it would rather do nothing.
    """

    actor: str
    move: Labels
    instead: Labels


@dataclass(frozen=True, kw_only=True)
class Commitment(Record):
    """One commitment and what comes of it.

    `settings` are what is held, or what the `rule` sets; `switched` those of them that are otherwise today (of a rule: none).
    `others` says how everybody else fares; `gain` what decides between the worst ends (if these are equal: the best ones).
    `kept` and `temptation` are told of inducements only. `then` has the inducements of the second actor; None if none is asked.
    `first` says, of a second commitment, how the first actor then fares, compared with no commitment at all.
    """

    actor: str
    settings: Labels
    rule: str
    switched: Labels
    strength: str
    outright: bool
    ends: tuple[End, ...]
    gain: Weighing | None
    others: Mapping[str, str]
    kept: Kept | None
    temptation: Temptation | None
    then: tuple[Commitment, ...] | None
    first: str = ""
    warnings: tuple[str, ...] = ()

    DERIVED = ("kept_word",)

    @property
    def kept_word(self) -> str:
        """`kept`, `needs a device` or `announcement`; empty for what is no inducement."""
        if self.kept is None:
            return ""
        return ANNOUNCEMENT if not self.kept.seq else DEVICE if self.temptation else KEPT

    @property
    def is_inducement(self) -> bool:
        return self.strength != NONE

    def __str__(self) -> str:
        return self.rule or said(self.settings)

    @property
    def phrase(self) -> Phrase:
        """The rule; or what is switched, and what is held as it is."""
        if self.rule:
            return Phrase.of(FormulaTerm(self.rule))
        as_now = {key: value for key, value in self.settings.items() if key not in self.switched}
        switched = [FormulaTerm(said(self.switched))] if self.switched else []
        return listing(
            [*switched, *([Phrase.told("as it is: {said}", said=FormulaTerm(said(as_now)))] if as_now else [])], "; "
        )


def _includes(small: Commitment, large: Commitment) -> bool:
    same = (small.actor, small.strength, small.ends) == (large.actor, large.strength, large.ends)
    return same and not small.rule and not large.rule and small.settings.items() <= large.settings.items()


def smallest(commitments: Sequence[Commitment]) -> list[Commitment]:
    """Of inducements, smallest first, those that hold no more than another one as strong that leads to the same ends."""
    found: list[Commitment] = []
    for each in commitments:
        if not any(_includes(small, each) for small in found):
            found.append(each)
    return found


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A commitment before it is judged: settings that a legal move reaches from the member cell `start`, or a rule."""

    actor: str
    hold: Mapping[str, int] = field(default_factory=dict)
    start: int = -1
    rule: Rule | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Start:
    """An actor about to commit itself: what it can reach, and what comes of a commitment."""

    case: Case
    actor: str
    play: str
    among: frozenset[str] | None = None

    @cached_property
    def free(self) -> Analysis:
        """The model in which nobody has committed itself; shared by all actors of a case."""
        return self.case.analyse(("seq",))

    @cached_property
    def here(self) -> int:
        return self.free.cell()

    @cached_property
    def player(self) -> int:
        return self.free.conflict.index(self.actor)

    @cached_property
    def free_ends(self) -> Cells:
        return self.free.play(self.play).end_states

    # --- what it can commit itself to ---

    def settings(self) -> list[Offer]:
        """The settings that one legal move reaches, those that hold least first.

        Cost: every setting of every set of own options, once per member of the start. Raises `TooLarge`.
        """
        options, conflict = self._options(), self.free.conflict
        reach = [self._reach(member) for member in self._members().tolist()]
        total = math.prod(1 + len(option.choices) for option in options) - 1
        if total > MOST_LISTED:
            keys = ", ".join(option.key for option in options[:3])
            raise TooLarge(
                tell(
                    "{actor} has {number} options that it could hold, {total} commitments; at most {most_listed} "
                    "are looked through. Name the options that may matter (",
                    actor=self.actor,
                    number=len(options),
                    total=numeral(total),
                    most_listed=numeral(MOST_LISTED),
                ),
                Cure.AMONG,
                f" {keys}).",
            )
        found = []
        for size in range(1, len(options) + 1):
            for some in itertools.combinations(options, size):
                for values in itertools.product(*(range(len(option.choices)) for option in some)):
                    hold = dict(zip((option.key for option in some), values, strict=True))
                    # What is held comes about by a move that changes nothing else.
                    start = next((cell for cell, own, legal in reach if _after(own, hold) in legal), None)
                    if start is not None:
                        text = self.case.state_text(hold)
                        found.append(Offer(actor=self.actor, hold=hold, start=start, text=text))
        assert conflict.now is not None
        return found

    def _options(self) -> list[Option]:
        """The own options that holding can make a difference to: those that can still change."""
        now = self.free.conflict.settings(self.here)
        moved = {key for rule in self.case.scenario.rules for key in rule.then}
        return [
            option
            for option in self.case.scenario.actor(self.actor).options
            if (self.among is None or option.key in self.among)
            and not option.stuck
            and (option.key in moved or self._merged or switchable(option, now[option.key]))
        ]

    @property
    def _merged(self) -> bool:
        return bool(self.free.conflict.merges)

    def _members(self) -> Cells:
        """The cells that the start stands for, the one that stands for them first."""
        _, members = self.free.conflict.members(np.array([self.here], dtype=np.int64))
        return members

    def _reach(self, member: int) -> tuple[int, Mapping[str, int], frozenset[tuple[int, ...]]]:
        """From one cell: its own settings, and those that a legal move of the actor, or none, makes, before consequences."""
        conflict, at = self.free.conflict, np.array([member], dtype=np.int64)
        player = conflict.players[self.player]
        keys = [option.key for option in player.options]
        _, new = conflict.changes(at, self.player)
        made = conflict.switched(at, self.player, new)
        cells = np.concatenate([at, made[conflict.land(made) >= 0]])
        strategies = player.strategies[conflict.strategy(cells, self.player)].tolist()
        return member, dict(zip(keys, strategies[0], strict=True)), frozenset(map(tuple, strategies))

    # --- what comes of it ---

    def under(self, offer: Offer) -> Case | None:
        """The case with the commitment in force; None if it cannot stand."""
        if offer.rule is not None:
            return _possible(_reranked(self.case, self.case.under(Policy(rules=(offer.rule,)))))
        start = self.free.conflict.settings(offer.start)
        if not self._stands({**start, **offer.hold}, offer.hold):
            return None
        return _possible(self.case.under(Policy(start=start, hold=offer.hold)))

    def _stands(self, settings: Mapping[str, int], hold: Mapping[str, int]) -> bool:
        """Whether consequences leave the held settings alone, merges apart."""
        conflict = self.free.conflict
        rested = int(conflict.rest(np.array([conflict.cell(settings)], dtype=np.int64))[0])
        if rested < 0:
            return False
        after = conflict.settings(rested)
        return all(after[key] == value for key, value in hold.items())

    def judge(self, offer: Offer) -> Commitment | None:
        """What comes of a commitment; None if it cannot stand. Cost: one analysis."""
        made = self.under(offer)
        return None if made is None else self._judged(offer, made)

    def _judged(self, offer: Offer, made: Case) -> Commitment:
        analysis = made.analyse(("seq",))
        ends = analysis.play(self.play).end_states
        there = self.free.conflict.counterparts(analysis.conflict, ends)
        views = [self._views(player, there) for player in range(len(self.case.actors))]
        without, with_it, at_start = views[self.player]
        kind = strength(without, with_it)
        others = {
            actor: fares(*views[number][:2]) for number, actor in enumerate(self.case.actors) if number != self.player
        }
        now = self.free.conflict.settings(self.here)
        switched = {} if offer.rule else {key: value for key, value in offer.hold.items() if now[key] != value}
        induces = kind != NONE
        return Commitment(
            actor=self.actor,
            settings=self.case.labels(offer.hold),
            rule=offer.text if offer.rule else "",
            switched=self.case.labels(switched),
            strength=kind,
            outright=bool(induces and with_it.min() > at_start),
            ends=ends_of(analysis, self.play),
            gain=self._gain(without, with_it, there) if induces else None,
            others=others,
            kept=kept(self.free, self.actor, analysis, ends) if induces else None,
            temptation=self._temptation(made, ends) if induces and offer.rule else None,
            then=None,
            warnings=tuple(text for text in made.warnings if text not in self.case.warnings) if induces else (),
        )

    def _views(self, player: int, there: Cells) -> tuple[Utilities, Utilities, Any]:
        """What a player thinks of the ends without the commitment, of those with it, and of the start."""
        cells = np.concatenate([self.free_ends, there, [self.here]])
        u = self.case.game.payoffs(player, cells)
        return u[: len(self.free_ends)], u[len(self.free_ends) : -1], u[-1]

    def _gain(self, without: Utilities, with_it: Utilities, there: Cells) -> Weighing:
        """What decides between the worst ends, or where these are equal between the best ones."""
        pick = np.argmin if with_it.min() > without.min() else np.argmax
        before, after = int(self.free_ends[pick(without)]), int(there[pick(with_it)])
        return weigh(self.free.conflict, self.case.game.readings[self.player], before, after)

    def _temptation(self, made: Case, ends: Cells) -> Temptation | None:
        """The first move of another, from where play ends, that makes the rule do what its owner would rather not.

        Cost: the others' moves from the ends, and the owner's moves from where these lead without the rule.
        """
        free, bound = self.free.conflict, made.game.conflict
        for player in range(len(self.case.actors)):
            if player == self.player:
                continue
            rows, members = bound.members(ends)
            changed, new = bound.changes(members, player)
            raw = bound.switched(members[changed], player, new)
            where = free.counterparts(bound, ends[rows[changed]])
            unruled, ruled = free.counterparts(bound, raw), bound.land(raw)
            judged = (unruled >= 0) & (unruled != where) & (ruled >= 0)
            where, unruled = where[judged], unruled[judged]
            ruled = free.counterparts(bound, ruled[judged])
            for here, there, brought in zip(where.tolist(), unruled.tolist(), ruled.tolist(), strict=True):
                if there == brought:
                    continue
                own = free.successors(np.array([there], dtype=np.int64), self.player)[1]
                cells = np.concatenate([[brought, there], own])
                u = self.case.game.payoffs(self.player, cells)
                best = int(np.argmax(u[1:])) + 1
                if u[best] > u[0]:
                    instead = int(cells[best])
                    return Temptation(
                        actor=self.case.actors[player],
                        move=self._changes(here, there),
                        instead=self._changes(there, instead),
                    )
        return None

    def _changes(self, before: int, after: int) -> Labels:
        return self.case.labels(self.case.game.changes(before, after))

    # --- the second ---

    def followed(self, first: Commitment, offer: Offer, second: str, most: int, budget: Budget) -> Commitment:
        """The commitment with the inducements that the second actor has once it is in force."""
        if not first.is_inducement:
            return first
        made = self.under(offer)
        assert made is not None
        at = Start(case=made, actor=second, play=self.play, among=None)
        found = []
        for each in at.settings()[:most]:
            budget.check()
            again = at.under(each)
            judged = None if again is None else at._judged(each, again)
            if again is None or judged is None or not judged.is_inducement:
                continue
            analysis = again.analyse(("seq",))
            there = self.free.conflict.counterparts(analysis.conflict, analysis.play(self.play).end_states)
            found.append(replace(judged, first=fares(*self._views(self.player, there)[:2])))
        return replace(first, then=tuple(found))


def _after(own: Mapping[str, int], hold: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(hold.get(key, value) for key, value in own.items())


def _possible(case: Case) -> Case | None:
    """The case, if its status quo is a state."""
    try:
        case.game  # noqa: B018 (it is built)
    except ScenarioError as error:
        if {problem.code for problem in error.problems} <= IMPOSSIBLE:
            return None
        raise
    return case


def _reranked(free: Case, ruled: Case) -> Case:
    """The case in which everybody ranks the states as in the free one, where a rule would change how they are told.

    A rule can lead away from a named state, or from the member that stands for merged ones; then rankings, and statements that
    are read at this member alone, would speak of other states. They become priority lists: the k-th statement is that the state
    is one of the k best groups, told by settings. Cost: groups times states, in such models only.
    """
    lenient = any(rule.kind == "same" and rule.lenient for rule in free.scenario.rules)
    for player, actor in enumerate(free.actors):
        reading = free.reading(actor) if free.scenario.actor(actor).readings else None
        if reading is not None and (lenient or isinstance(reading, Ranking)):
            statements = tuple(Statement(want=best) for best in _best(free, player))
            ordered = PriorityList(id=reading.id, about=reading.about, statements=statements, place=reading.place)
            ruled = ruled.with_reading(actor, ordered)
    return ruled


def _best(case: Case, player: int) -> Iterator[Formula]:
    """That a state is one of the best, of the best two groups, and so on; members of merged states included."""
    game, found = case.game, list[Formula]()
    scores = game.scores(player)
    for score in np.unique(scores)[:0:-1]:  # of the worst group there is nothing to say
        _, members = game.conflict.members(game.states[scores == score])
        found += [_exactly(game.conflict.settings(cell)) for cell in members.tolist()]
        yield Or(tuple(found))


def _exactly(settings: Mapping[str, int]) -> Formula:
    return And(tuple(Setting(key, (value,)) for key, value in settings.items()))
