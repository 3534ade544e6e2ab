"""Observations that separate readings: what would have to be seen to tell one reading, or one whole account, from another.

The mathematics. An *observation* is a move of an actor, or that it stayed, at a named state. Under a choice of readings

- a move is *expected* if it is an unsanctioned improvement, *possible* if it is an improvement that is sanctioned, and
  *contradicted* otherwise;
- to stay is *expected* if the actor has no improvement, *possible* if it has some and every one is sanctioned, and
  *contradicted* otherwise: there was something safe to be gained.

Two readings of an actor (everybody else as chosen) are *separated* by an observation that is expected under one and
contradicted under the other, *weakly* if the words merely differ. The same goes for two *accounts*: combinations of readings
of all actors. Looked for at the status quo and at every state that is at most k legal moves away, nearest first, with the
moves that lead there. That nothing separates two readings within k moves is an answer: no record of moves as near as that
can decide between them.

Nothing is said about how likely an observation is. These are what process tracing calls tests: what is expected under one
reading alone speaks for it, what is contradicted speaks against it. An analyst calls them indicators.

Steps: the states by layers of legal moves; one analysis per account; per layer the words of all accounts about all
observations, each pattern of words once. Cost: an analysis per account (at most `MOST_ACCOUNTS`), a byte per account and
observation (at most `MOST_STATES` states), and pairs of accounts times patterns. Source: the definitions are ours; Van Evera
1997 and Bennett & Checkel 2015 for tests of explanations by what they expect.

>>> from detente.scenario import load
>>> found = observations(Case(load("two_proxies")), ["ru"])
>>> [(pair.right, pair.how, pair.steps) for pair in found.readings if pair.left == "need"]
[('wary', 'weakly separated', 1), ('profit', 'weakly separated', 1), ('strategic', 'separated', 1)]
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import InputError
from detente.messages import later, numeral, tell
from detente.questions.uncertainty.expectations import WEAKLY, WORDS
from detente.questions.uncertainty.telling_apart import (
    MOST_ACCOUNTS,
    MOST_STATES,
    SHOWN,
    WATCHED,
    Accounts,
    Compared,
    Pair,
    near_states,
)
from detente.result import Answer
from detente.sheet import ActorTerm, Gloss, Phrase, ReadingTerm, Sheet, listing, many

# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, kw_only=True)
class Observations(Answer):
    """The answer; see the module's opening.

    `within` is how many moves were asked for, `searched` how many were looked through; `accounts` is None where there are too
    many (`combinations` counts them), or only one. `stopped` says why the search is not complete.
    """

    basis: Basis
    actors: tuple[str, ...]
    within: int
    searched: int
    states: int
    combinations: int
    readings: tuple[Pair, ...]
    accounts: Accounts | None
    stopped: str = ""

    def pair(self, actor: str, left: str, right: str) -> Pair:
        """What is said of two readings of an actor, in either order."""
        for each in self.readings:
            if each.actor == actor and {each.left, each.right} == {left, right}:
                return each
        raise InputError(
            tell(
                "{left} and {right} are not two readings of {actor} that were compared",
                left=left,
                right=right,
                actor=actor,
            )
        )

    @property
    def headline(self) -> Phrase:
        """How many pairs of readings some observation tells apart."""
        pairs, told = len(self.readings), sum(bool(pair.sightings) for pair in self.readings)
        if not pairs:
            return Phrase.told("No actor has two readings to tell apart.")
        near = (
            tell("today or within {number}", number=many(self.searched, "legal move"))
            if self.searched
            else tell("today")
        )
        so_far = tell(" (so far: the search is not complete)") if self.stopped else ""
        return Phrase.told(
            "Something to be seen {near} would tell apart {told} of {number} of readings{so_far}.",
            near=near,
            told=numeral(told),
            number=many(pairs, "pair"),
            so_far=so_far,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Reading against reading; account against account; what to watch."""
        sheets = [self._reading_sheet()]
        if self.accounts:
            sheets += [self._account_sheet(self.accounts), self._watch_sheet(self.accounts)]
        return tuple(sheets)

    def _reading_sheet(self) -> Sheet:
        rows = tuple(row for pair in self.readings for row in self._rows(pair))
        more = sum(pair.count - len(pair.sightings) for pair in self.readings)
        notes = (
            [Phrase.told("{more} more observations, as near, tell these readings apart.", more=numeral(more))]
            if more
            else []
        )
        if rows:
            notes.append(Phrase.told("Everybody else has the reading chosen for this case."))
            notes += (Gloss.of(tell(each)) for each in EXPLAINED)
        else:
            notes.append(Phrase.told("No actor has two readings to tell apart."))
        if any(pair.how == WEAKLY for pair in self.readings):
            notes.append(Gloss.of(tell(EXPLAINED_WEAKLY)))
        if self.combinations > MOST_ACCOUNTS:
            notes.append(
                Phrase.told(
                    "Whole accounts are not compared: there are {combinations}, and at most {most_accounts} are. "
                    "Name the actors that matter.",
                    combinations=numeral(self.combinations),
                    most_accounts=MOST_ACCOUNTS,
                )
            )
        if self.stopped:
            notes.append(Phrase.told("Not complete: {stopped}.", stopped=self.stopped))
        notes += map(Phrase.of, self.basis.uncounted)
        title = tell("What would tell two readings of an actor apart, {within} from here", within=self._within)
        return Sheet(
            title, ("actor", "observation", "seen", tell("speaks for"), tell("speaks against")), rows, tuple(notes)
        )

    @property
    def _within(self) -> str:
        return tell("at most {searched} legal move{ending}", searched=self.searched, ending="s" * (self.searched != 1))

    def _rows(self, pair: Pair) -> Iterator[tuple[Any, ...]]:
        """The observations that tell two readings apart; where there are none, that there are none."""
        actor, left, right = ActorTerm(pair.actor), pair.left, pair.right
        if not pair.sightings:
            either = (ReadingTerm(name, pair.actor) for name in (left, right))
            yield (
                actor,
                Phrase.told("none within {searched}", searched=self.searched),
                Phrase.of(""),
                listing(either, tell(" or ")),
                Phrase.of(""),
            )
        for sighting in pair.sightings:
            sides = sorted(((left, sighting.left), (right, sighting.right)), key=lambda side: -WORDS.index(side[1]))
            words = (f" ({word})" if pair.how == WEAKLY else "" for _, word in sides)
            told = (
                Phrase.of(ReadingTerm(name, pair.actor), word) for (name, _), word in zip(sides, words, strict=True)
            )
            yield actor, sighting.observation.phrase, sighting.observation.where, *told

    def _account_sheet(self, accounts: Accounts) -> Sheet:
        near = [
            (
                tell(
                    "told apart {word}",
                    word=tell("today")
                    if steps == "0"
                    else tell("after {steps} move", steps=steps) + "s" * (steps != "1"),
                ),
                number,
            )
            for steps, number in accounts.nearest.items()
        ]
        rows = (
            *near,
            (tell("told apart weakly only"), accounts.weakly),
            (tell("none within {searched}", searched=self.searched), accounts.not_separated),
        )
        notes = [
            Phrase.told(
                "No observation tells these apart: {account}.",
                account=listing((self._account(each) for each in group), "; "),
            )
            for group in accounts.alike[:SHOWN]
        ]
        if len(accounts.alike) > SHOWN:
            notes.append(
                Phrase.told("{number} more such groups are not listed.", number=numeral(len(accounts.alike) - SHOWN))
            )
        title = tell(
            "Whole accounts, two by two: {number} combinations of readings, {pairs} pairs",
            number=numeral(accounts.number),
            pairs=numeral(accounts.pairs),
        )
        return Sheet(title, (tell("two accounts are"), "pairs"), rows, tuple(notes))

    def _watch_sheet(self, accounts: Accounts) -> Sheet:
        rows = tuple(
            (
                watch.observation.phrase,
                watch.observation.where,
                watch.adds,
                _spoken(watch.speaks_for),
                _spoken(watch.speaks_against),
            )
            for watch in accounts.watch
        )
        notes = (
            ()
            if rows
            else (
                Phrase.told("No observation within {searched} moves separates two accounts.", searched=self.searched),
            )
        )
        if len(rows) == WATCHED:
            notes = (Phrase.told("The list stops at {watched} observations.", watched=WATCHED),)
        explained = tell("Told apart: pairs of accounts that it separates and nothing further up does.")
        columns = ("observation", "seen", tell("told apart"), tell("speaks for"), tell("speaks against"))
        return Sheet(
            tell("What to watch for"), columns, rows, (*notes, Phrase.of(explained), Phrase.of(tell(NO_FORECAST)))
        )

    def _account(self, readings: Mapping[str, str]) -> Phrase:
        return listing((ReadingTerm(readings[actor], actor) for actor in self.actors), " + ")


EXPLAINED = (
    later("Expected: an improvement that no counter-move spoils; to stay, where nothing is an improvement."),
    later("Possible: an improvement that a counter-move could spoil; to stay, where every improvement is one."),
    later("Contradicted: no improvement; to stay, where something safe was to be gained."),
    later("Told apart: expected under one reading and contradicted under the other."),
)

EXPLAINED_WEAKLY = later("With words in brackets: told apart weakly, since the words merely differ.")

NO_FORECAST = later("Whether any of it will happen is not said here.")


def _spoken(readings: Iterable[tuple[str, str]]) -> Phrase:
    return listing(Phrase.of(ActorTerm(actor), "=", ReadingTerm(name, actor)) for actor, name in readings)


# --- asking -----------------------------------------------------------------------------------------------------------


def observations(
    case: Case,
    actors: Iterable[str] | None = None,
    *,
    within: int = 3,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Observations:
    """What would tell apart every two readings of each actor, and every two accounts, at most `within` legal moves from here.

    `actors` are those whose readings are compared and combined (default: all that have more than one; then accounts are left
    out if there are more than `MOST_ACCOUNTS`). After `seconds`, or when `cancelled` says so, the answer holds the layers that
    have been looked through, and says so.
    """
    if within < 0:
        raise InputError(tell("expected a number of moves, 0 or more; found {within}", within=within))
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    known = {actor.id: actor.counted for actor in case.scenario.actors}
    named = [a for a, names in known.items() if len(names) > 1] if actors is None else list(actors)
    members = case.scenario.actor_ids(named)
    near = near_states(case.game, within)
    compared = Compared.of(case, near, members, known, strict=actors is not None)
    stopped, searched = "", -1
    try:
        compared.solve(budget, progress)
        for depth in range(len(near.layers)):
            for player in range(len(case.actors)):
                budget.check()
                compared.look(depth, player)
            searched = depth
    except Spent as end:
        stopped = str(end)
    if near.cut and not stopped:
        stopped = tell(
            "more than {most_states} states are at most {searched} moves away",
            most_states=numeral(MOST_STATES),
            searched=searched + 1,
        )
    return Observations(
        basis=case.basis_over(members),
        actors=members,
        within=within,
        searched=max(searched, 0) if stopped else within,  # there may be no states as far away as asked
        states=sum(map(len, near.layers)),
        combinations=math.prod(len(known[actor]) for actor in members),
        readings=compared.readings() if searched >= 0 else (),
        accounts=compared.accounts() if searched >= 0 else None,
        stopped=stopped,
    )
