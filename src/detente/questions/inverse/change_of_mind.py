"""The smallest change of mind: the fewest edits to whose list, such that a goal holds.

The mathematics. An *edit* moves, drops, negates or inserts one wish in one actor's list and counts 1
(`inverse.list_edits`). The *distance* of two lists is the least number of edits that lead from one to the other; that
of changes in several lists is the sum. Asked for are all changes at the smallest distance at which the goal holds.

Steps: by distance 0, 1, 2, ...: every list at just that distance (a search by layers, each list once), every way to spread the
distance over the actors. Lists that order the states alike are judged once. Nothing is skipped, so when a distance has
been gone through without success, no smaller change of this kind exists: that is the proof of the minimum, and if the
budget ends first, of the lower bound. Every solution is judged again from the start, as a case with the new lists.
An actor who cannot move is left out: nothing it wants matters to anybody.

Cost: about 50 lists at distance 1 for a list of seven, 1,500 at distance 2; one solution of the model per different order.

>>> from detente.case import Policy
>>> from detente.questions.inverse.goals import ends
>>> from detente.scenario import load
>>> package = Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1})
>>> profit = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"}).under(package)
>>> found = change_of_mind(profit, ends("decoupled"), ["ru"])
>>> found.distance, len(found.solutions)
(1, 4)
>>> print(found.solutions[2])
ru: 'not ru_link' to rank 3, above 'nk_arms'
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from detente.analysis import analyse_game
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, answered, verdict
from detente.conflict.game import Game
from detente.conflict.payoffs import check_merges, payoffs
from detente.engine import Progress, arcs_of, quiet
from detente.errors import InputError, ScenarioError, TooLarge, Unanswerable
from detente.formula import Formula
from detente.messages import numeral, tell
from detente.questions.inverse.goals import Goal
from detente.questions.inverse.list_edits import Edit, Lists, Order
from detente.result import Answer, Record
from detente.scenario.model import PriorityList, Reading, Statement
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, VerdictTerm, listing, many

MOST_EDITS = 3
"""Distances gone through unless told otherwise."""

BUDGET = 5_000
"""Different preference profiles solved at most."""

SMALL = 4096
"""Up to this many states lists are compared by how they order the states."""

SHOWN = 40
"""Solutions listed where people read."""

Stock = Iterable[str | Formula] | Mapping[str, Iterable[str | Formula]]


# --- the answer --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change(Record):
    """One smallest change: a shortest sequence of edits, the new lists, and the verdict asked afresh with these."""

    edits: tuple[Edit, ...]
    lists: Mapping[str, tuple[str, ...]]
    verdict: str

    DERIVED = ("text",)

    @property
    def text(self) -> Phrase:
        """The edits in words."""
        return listing((each.text for each in self.edits), "; ") or Phrase.of(tell("nothing"))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False, kw_only=True)
class ChangeOfMind(Answer):
    """The answer: `distance` and all `solutions` at it, or only the proven bound.

    `distance` is None if the goal was not met; it is proved that fewer than `at_least` edits do not meet it. `complete`:
    whether all solutions at the distance are listed. `tried[d]` counts the changes gone through at distance d, `solved` the
    preference profiles among them that order the states differently. `stopped` says what ended a search without success.
    """

    basis: Basis
    goal: Goal
    actors: tuple[str, ...]
    stock: Mapping[str, tuple[str, ...]]
    verdict: str
    distance: int | None
    at_least: int
    solutions: tuple[Change, ...]
    complete: bool
    tried: tuple[int, ...]
    solved: int
    senseless: int
    stopped: str = ""

    DERIVED = ("checked", "notes")

    @property
    def checked(self) -> bool:
        """Whether every solution, asked afresh as a case with the new lists, has the verdict expected."""
        return all(each.verdict in self.goal.expect for each in self.solutions)

    @property
    def headline(self) -> Phrase:
        """The fewest edits of aims that bring about the goal, with the first such change."""
        goal = Phrase.of("'", self.goal.text, "'")
        if self.distance is None:
            return Phrase.told(
                "No change of mind with fewer than {number} brings about {goal}.",
                number=many(self.at_least, "edit"),
                goal=goal,
            )
        if self.distance == 0:
            return Phrase.told("{goal} is so already: no change of mind is needed.", goal=goal)
        ways = f"{'' if self.complete else tell('at least ')}{many(len(self.solutions), 'way')}"
        return Phrase.told(
            "It takes {number} of the aims for {goal} ({ways}), for example: {text}.",
            number=many(self.distance, "edit"),
            goal=goal,
            ways=ways,
            text=self.solutions[0].text,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The smallest changes of mind and the proof that none is smaller."""
        rows = [(n, each.text, VerdictTerm(each.verdict)) for n, each in enumerate(self.solutions[:SHOWN], 1)]
        title = Phrase.told(
            "The smallest change of mind for '{text}', now {verdict}",
            text=self.goal.text,
            verdict=VerdictTerm(self.verdict),
        )
        return (Sheet(title, ("", "change", tell("verdict, asked afresh")), tuple(rows), self.notes),)

    @property
    def notes(self) -> tuple[str, ...]:
        gone = ", ".join(
            tell("{count} at {distance}", count=numeral(count), distance=distance)
            for distance, count in enumerate(self.tried)
        )
        if self.distance is None:
            said = tell(
                "No change does it that has fewer edits than {at_least}; {stopped}.",
                at_least=self.at_least,
                stopped=self.stopped,
            )
        elif self.distance == 0:
            said = tell("The goal holds as things are.")
        else:
            edits = tell("1 edit is") if self.distance == 1 else tell("{distance} edits are", distance=self.distance)
            said = tell("{edits} needed: every smaller change was tried and none does it.", edits=edits)
        whose = listing(map(ActorTerm, self.actors))
        notes = [
            said,
            Phrase.told(
                "Whose lists: {whose}. Changes gone through by number of edits: {gone}.", whose=whose, gone=gone
            ),
        ]
        notes.append(
            tell("Of these {solved} order the states differently; each was solved.", solved=numeral(self.solved))
        )
        more = len(self.solutions) - SHOWN
        notes += [tell("{more} more changes of the same size do it.", more=numeral(more))] if more > 0 else []
        notes += [] if self.complete else [tell("There may be more of this size: the search was ended.")]
        if self.senseless:
            notes.append(
                tell(
                    "{senseless} lists make no sense here: they would set merged states apart.",
                    senseless=numeral(self.senseless),
                )
            )
        stock = listing(
            (
                Phrase.of(ActorTerm(actor), " ", listing(map(FormulaTerm, wishes)))
                for actor, wishes in self.stock.items()
                if wishes
            ),
            "; ",
        )
        notes.append(Phrase.told("Aims that could be new: {stock}.", stock=stock or tell("none were given")))
        return tuple(notes)


# --- asking ------------------------------------------------------------------------------------------------------------


def change_of_mind(
    case: Case,
    goal: Goal,
    actors: Iterable[str] | None = None,
    stock: Stock = (),
    *,
    most_edits: int = MOST_EDITS,
    budget: int = BUDGET,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> ChangeOfMind:
    """All smallest changes in the lists of these actors (default: all together) after which the goal holds.

    `stock` are the wishes that could be inserted, for everybody or by actor. At most `most_edits` edits are tried, and
    `budget` preference profiles solved within so many `seconds`; when one of these ends the search, or `cancelled` says so,
    the answer is the bound proven so far.
    """
    if most_edits < 0 or budget < 1:
        raise InputError(
            tell(
                "most_edits is at least 0 and budget at least 1; found {most_edits} and {budget}",
                most_edits=most_edits,
                budget=budget,
            )
        )
    before = verdict(case, goal.query)
    limits = Budget(seconds=seconds, steps=budget, unit=tell("preference profiles"), cancelled=cancelled, clock=clock)
    lists = _lists(case, actors, stock)
    search = _Profiles(case=case, goal=goal, lists=lists, budget=limits)
    spent = search.run(most_edits, progress)
    found, distance = search.found, len(search.tried) - 1
    stopped = spent or tell("the search was to end there (at most {most_edits} edits)", most_edits=most_edits)
    return ChangeOfMind(
        basis=case.basis,
        goal=goal,
        actors=tuple(lists),
        stock={actor: tuple(each.text(n) for n in each.new) for actor, each in lists.items()},
        verdict=before,
        distance=distance if found else None,
        at_least=distance if found or spent else distance + 1,
        solutions=tuple(search.change(each) for each in found),
        complete=not spent,
        tried=tuple(search.tried),
        solved=len(search.known),
        senseless=search.senseless,
        stopped="" if found else stopped,
    )


def _lists(case: Case, actors: Iterable[str] | None, stock: Stock) -> dict[str, Lists]:
    """The lists that may change: of those asked about who can move."""
    asked = case.actors if actors is None else tuple(dict.fromkeys(actors))
    given = stock if isinstance(stock, Mapping) else dict.fromkeys(asked, tuple(stock))
    for actor in (*asked, *given):
        case.scenario.actor(actor)
    for actor in asked:
        if actors is not None and not case.scenario.actor(actor).readings:
            raise Unanswerable(tell("{actor} has no list of aims to change", actor=actor))
    found = {}
    for actor in asked:
        if case.scenario.actor(actor).readings and _moves(case.game, actor):
            new = tuple(_wish(case, each) for each in given.get(actor, ()))
            found[actor] = _with_stock(actor, case.reading(actor), new, isinstance(stock, Mapping))
    return found


def _with_stock(actor: str, reading: Reading, new: tuple[Statement, ...], named: bool) -> Lists:
    if new and not isinstance(reading, PriorityList) and named:
        raise InputError(
            tell(
                "aims can be inserted into priorities only; {actor}'s list '{id}' is of the kind '{kind}'",
                actor=actor,
                id=reading.id,
                kind=reading.kind,
            )
        )
    return Lists(actor, reading, new if isinstance(reading, PriorityList) else ())


def _moves(game: Game, actor: str) -> bool:
    """Whether the actor has a move at all: what somebody wants who has none matters to nobody."""
    player = game.index(actor)
    if game.count > SMALL:
        return game.conflict.players[player].size > 1
    return len(arcs_of(game.conflict, player).start) > 0


def _wish(case: Case, wanted: str | Formula) -> Statement:
    return Statement(want=case.scenario.formula(wanted), text=wanted if isinstance(wanted, str) else "")


Chosen = tuple[Order, ...]
"""One list per actor."""


@dataclass(kw_only=True)
class _Profiles:
    """The preference profiles around a case, by distance, as far as they have been gone through.

    `known` says of every profile that was solved whether the goal holds, by how each list orders the states; `classes` are the
    lists of an actor at a distance, those that order the states alike together; `senseless` lists set merged states apart.
    """

    case: Case
    goal: Goal
    lists: Mapping[str, Lists]
    budget: Budget
    tried: list[int] = field(default_factory=list)
    found: list[Chosen] = field(default_factory=list)
    known: dict[tuple[bytes, ...], bool] = field(default_factory=dict)
    classes: dict[tuple[str, int], dict[bytes, list[Order]]] = field(default_factory=dict)
    senseless: int = 0

    def run(self, most: int, progress: Progress) -> str:
        """Go on to the first distance at which the goal holds; what ended the search early, if anything did."""
        try:
            for distance in range(most + 1):
                self.tried.append(0)
                progress(distance, most + 1, tell("changes of {distance} edits", distance=distance))
                self.at(distance)
                if self.found:
                    break
        except Spent as spent:
            return str(spent)
        return ""

    def at(self, distance: int) -> None:
        """Find every change at this distance after which the goal holds, in a fixed order."""
        for split in _splits(distance, len(self.lists)):
            classes = [self.orders(actor, d) for actor, d in zip(self.lists, split, strict=True)]
            for keys in itertools.product(*classes):
                # Lists that order the states alike have the same verdict, so one of each class is solved for all.
                members = [orders[key] for orders, key in zip(classes, keys, strict=True)]
                if self.holds(keys, [each[0] for each in members]):
                    self.found.extend(itertools.product(*members))
                self.tried[-1] += math.prod(map(len, members))

    def orders(self, actor: str, distance: int) -> dict[bytes, list[Order]]:
        """The actor's lists at this distance, by how they order the states."""
        if (actor, distance) not in self.classes:
            try:
                layer = self.lists[actor].layer(distance)
            except TooLarge as error:
                raise Spent(str(error), "memory") from error
            found: dict[bytes, list[Order]] = {}
            for order in layer:
                key = self._key(self.lists[actor].changed(order))
                if key is None:
                    self.senseless += 1
                else:
                    found.setdefault(key, []).append(order)
            self.classes[actor, distance] = found
        return self.classes[actor, distance]

    def _key(self, reading: Reading) -> bytes | None:
        """The same for lists that order the states alike; None for a list that makes no sense here."""
        conflict = self.case.game.conflict
        if conflict.merging:
            try:
                check_merges(conflict, reading)
            except ScenarioError:
                return None
        small = conflict.count <= SMALL
        scores = payoffs(conflict, reading, conflict.states if small else None)
        return str((scores.shape, scores.dtype)).encode() + np.ascontiguousarray(scores).tobytes()

    def holds(self, keys: tuple[bytes, ...], chosen: Iterable[Order]) -> bool:
        """Whether the goal holds with these lists."""
        if keys not in self.known:
            self.budget.step()
            if self.known:  # the first is judged in any case
                self.budget.check()
            self.known[keys] = self._verdict(chosen) in self.goal.expect
        return self.known[keys]

    def _verdict(self, chosen: Iterable[Order]) -> str:
        case, query = self.case, self.goal.query
        changed = {a: lists.changed(order) for (a, lists), order in zip(self.lists.items(), chosen, strict=True)}
        given = zip(case.actors, case.game.readings, strict=True)
        game = replace(case.game, readings=tuple(changed.get(actor, reading) for actor, reading in given))
        return answered(analyse_game(game, concepts=[query.concept or "seq"], sanctions=case.sanctions), query)

    def change(self, chosen: Chosen) -> Change:
        """The edits and lists of a solution, and the verdict asked afresh."""
        case, edits, texts = self.case, list[Edit](), {}
        for (actor, lists), order in zip(self.lists.items(), chosen, strict=True):
            way, reading = lists.way(order), lists.changed(order)
            if way:
                edits.extend(way)
                texts[actor] = tuple(lists.text(number) for number in order)
                case = case.with_reading(actor, reading)
        # A copy: nothing that was found on the way is used again.
        return Change(tuple(edits), texts, verdict(replace(case), self.goal.query))


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to spread a number over so many parts."""
    if parts == 0:
        yield from [()] if total == 0 else []
        return
    for first in range(total, -1, -1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)
