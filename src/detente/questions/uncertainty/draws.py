"""Many ways a case might be, each with the verdicts it has: drawn at random, or all of them.

The mathematics. A *draw* settles every doubt (`doubts`): it gives each actor a list, and the model its settings, rules,
concept and rule of counter-moves. The verdicts of all headlines are found for each. Draws are independent and weigh alike; in a
*grid* every combination stands once, with its chance.

Steps: lists become ranks of the states, all at once; equal ranks are told apart once, equal games solved once
(`detente.engine.many`); what asks for another state space (settings, rules, counter-moves) is solved space by space.
Cost: different games × arcs × length of the longest answer.

How to make one: `draw(case, headlines_of(case), doubts_of(case), 1000)`; `grid(...)` of
`combinations` for all of it, where it is small.

>>> from detente.case import Case
>>> from detente.questions.uncertainty.doubts import doubts_of
>>> from detente.questions.uncertainty.headlines import headlines_of
>>> from detente.scenario import load
>>> case = Case(load("chicken"))
>>> from detente.questions.uncertainty.combinations import grid
>>> all_ = grid(case, headlines_of(case), doubts_of(case, {"order": 0.2}))
>>> len(all_.weight), [round(float(all_.holding(at) @ all_.weight), 3) for at in range(len(all_.headlines))]
(576, [0.971, 0.971])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.case import Case, Policy
from detente.conflict.adjustments import pairs, raised
from detente.conflict.game import Game
from detente.engine import Progress, quiet
from detente.engine.many import distinct, ranked
from detente.errors import DetenteError, TooLarge
from detente.messages import tell
from detente.questions.uncertainty.doubts import Doubt, all_written, rule_of_countermoves
from detente.questions.uncertainty.feasibility import with_form
from detente.questions.uncertainty.headlines import SENSELESS, VERDICTS, Headline
from detente.questions.uncertainty.judge import Judge, refuse_simultaneous
from detente.questions.uncertainty.noise import (
    Uniform,
    at_random,
    pick,
    places_by_insertion,
    places_by_swaps,
)
from detente.result import INSIDE, Record
from detente.scenario.model import PriorityList, Ranking, Reading, Weights

WORD = 62
"""Statements whose scores fit one number."""

FINE = 10**6
"""Into how many steps the interval of a weight is cut, so that equal sums stay equal."""

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Column(Record):
    """What a doubt, or a judgement, came to: `codes[k]` is the place in `values` that row k has; -1 where it does not apply."""

    name: str
    source: str
    of: str
    values: tuple[str, ...]
    codes: Codes = field(metadata=INSIDE)


@dataclass(frozen=True, eq=False)
class Lists:
    """What one actor wants, a row per draw: which reading, where each entry stands, which are held, which turned round.

    `weights` are whole numbers in place of the written weights; None where these stand.
    """

    reading: Codes
    place: Codes
    held: NDArray[np.bool_]
    turned: NDArray[np.bool_]
    weights: Codes | None = None

    def at(self, rows: Any) -> Lists:
        return Lists(
            self.reading[rows],
            self.place[rows],
            self.held[rows],
            self.turned[rows],
            None if self.weights is None else self.weights[rows],
        )

    @classmethod
    def joined(cls, parts: Sequence[Lists]) -> Lists:
        """The lists of several, one after the other."""
        weights = [each.weights for each in parts if each.weights is not None]
        return cls(
            np.concatenate([each.reading for each in parts]),
            np.concatenate([each.place for each in parts]),
            np.concatenate([each.held for each in parts]),
            np.concatenate([each.turned for each in parts]),
            np.concatenate(weights) if weights else None,
        )

    @property
    def key(self) -> NDArray[np.int64]:
        """Rows that are equal where the lists are."""
        parts = [self.reading[:, None], self.place, self.held, self.turned]
        return np.concatenate([*parts, *([] if self.weights is None else [self.weights])], axis=1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Rows:
    """What a number of draws come to: everybody's lists, and which value each other doubt has."""

    lists: tuple[Lists, ...]
    choices: Mapping[str, Codes]

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """The rows of several, one after the other."""
        lists = (Lists.joined(each) for each in zip(*(part.lists for part in parts), strict=True))
        return cls(
            tuple(lists), {name: np.concatenate([part.choices[name] for part in parts]) for name in parts[0].choices}
        )

    def __len__(self) -> int:
        return len(self.lists[0].reading)


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws(Record):
    """Draws or a grid: one row each. What a program reads are the headlines; the table itself is for further questions.

    - `columns`: a column per doubt, in the order of `doubts`;
    - `weight`: how much each row counts, 1 in all (of a grid less than 1 if some is `unseen`);
    - `verdicts`: a row per headline, numbers of `headlines.VERDICTS`, `SENSELESS` where a draw means nothing;
    - `exact`: whether every combination stands in it once with its chance;
    - `written`: whether all chances and dispersions stand in the file.
    """

    headlines: tuple[Headline, ...]
    doubts: tuple[Doubt, ...]
    plan: Plan = field(metadata=INSIDE)
    rows: Rows = field(metadata=INSIDE)
    weight: NDArray[np.float64] = field(metadata=INSIDE)
    verdicts: NDArray[np.int8] = field(metadata=INSIDE)
    exact: bool = False
    unseen: float = 0.0

    DERIVED: ClassVar[tuple[str, ...]] = ("n", "written")

    @property
    def n(self) -> int:
        """How many rows there are."""
        return len(self.weight)

    @property
    def written(self) -> bool:
        return all_written(self.doubts)

    def holding(self, headline: int) -> NDArray[np.bool_]:
        """In which rows a headline has the verdict that the case as written has."""
        return np.asarray(self.verdicts[headline] == self.headlines[headline].code)

    def meaning(self, headline: int) -> NDArray[np.bool_]:
        """In which rows the headline means anything."""
        return np.asarray(self.verdicts[headline] != SENSELESS)

    def with_verdict(self, headline: int, verdict: str) -> NDArray[np.bool_]:
        """In which rows a headline has this verdict."""
        return np.asarray(self.verdicts[headline] == VERDICTS.index(verdict))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """A categorical column per doubt; the value of an order is the whole list."""
        return tuple(self.plan.column(doubt, self.rows) for doubt in self.doubts)

    @cached_property
    def judgements(self) -> tuple[Column, ...]:
        """The same in single judgements: which of two statements stands higher, whether one is held, or turned round."""
        return tuple(column for doubt in self.doubts for column in self.plan.judgements(doubt, self.rows))


# --- what can be drawn ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Plan:
    """A case with its doubts and headlines, ready to be drawn from."""

    case: Case
    headlines: tuple[Headline, ...]
    doubts: tuple[Doubt, ...]

    def __post_init__(self) -> None:
        for each in self.headlines:
            refuse_simultaneous(each.query.concept or "")

    def doubt(self, source: str, of: str = "") -> Doubt | None:
        """The doubt of this source about this."""
        return self._doubts.get((source, of))

    @cached_property
    def _doubts(self) -> dict[tuple[str, str], Doubt]:
        return {(each.source, each.of): each for each in self.doubts}

    @property
    def actors(self) -> tuple[str, ...]:
        return self.case.actors

    @cached_property
    def readings(self) -> tuple[tuple[Reading, ...], ...]:
        """Per actor the readings it may have."""
        found = []
        for place, actor in enumerate(self.actors):
            doubt = self.doubt("reading", actor)
            known = self.case.scenario.actor(actor).readings
            found.append(tuple(known[name] for name in doubt.values) if doubt else (self.case.game.readings[place],))
        return tuple(found)

    def entries(self, actor: int) -> int:
        """How many entries the longest list of an actor has."""
        return max(len(each.entries) for each in self.readings[actor])

    @cached_property
    def structural(self) -> tuple[Doubt, ...]:
        """The doubts that ask for another state space, or another rule of counter-moves."""
        return tuple(each for each in self.doubts if each.source in ("settings", "rules", "countermoves"))

    @cached_property
    def judging(self) -> tuple[Doubt, ...]:
        """The doubts about how a verdict is found."""
        return tuple(each for each in self.doubts if each.source in ("concept", "play"))

    # --- from numbers between 0 and 1 to lists ---

    def numbers(self, seed: int, batch: int, n: int) -> dict[str, Uniform]:
        """The numbers that settle each doubt in a batch."""
        return {each.name: at_random(seed, batch, each.name, (n, self._width(each))) for each in self.doubts}

    def _width(self, doubt: Doubt) -> int:
        if doubt.source in ("order", "presence", "polarity", "weights"):
            return doubt.swaps if doubt.swaps is not None else self.entries(self.actors.index(doubt.of))
        return 1

    def rows(self, numbers: Mapping[str, Uniform], n: int) -> Rows:
        """What the numbers mean."""
        choices = {
            each.name: pick(numbers[each.name][:, 0], each.chances) for each in (*self.structural, *self.judging)
        }
        return Rows(tuple(self._lists(actor, numbers, n) for actor in range(len(self.actors))), choices)

    def _lists(self, actor: int, numbers: Mapping[str, Uniform], n: int) -> Lists:
        name, width = self.actors[actor], self.entries(actor)
        chosen = np.zeros(n, dtype=np.int64)
        if doubt := self.doubt("reading", name):
            chosen = pick(numbers[doubt.name][:, 0], doubt.chances)
        place = np.tile(np.arange(width), (n, 1))
        held, turned = np.ones((n, width), dtype=np.bool_), np.zeros((n, width), dtype=np.bool_)
        if doubt := self.doubt("order", name):
            for number, reading in enumerate(self.readings[actor]):
                here, size = chosen == number, len(reading.entries)
                if isinstance(reading, Weights) or size < 2:
                    continue
                mine = numbers[doubt.name][here]
                place[here, :size] = (
                    places_by_swaps(mine, size)
                    if doubt.swaps is not None
                    else places_by_insertion(mine, size, doubt.amount or 0.0)
                )
        ranked = np.array([isinstance(each, Ranking) for each in self.readings[actor]])[chosen]
        if doubt := self.doubt("presence", name):
            held &= (numbers[doubt.name] >= (doubt.amount or 0.0)) | ranked[:, None]
        if doubt := self.doubt("polarity", name):
            turned |= (numbers[doubt.name] < (doubt.amount or 0.0)) & ~ranked[:, None]
        weights = None
        if doubt := self.doubt("weights", name):
            weights = self._weights(actor, doubt, chosen, numbers[doubt.name])
        return Lists(chosen, place, held, turned, weights)

    def _weights(self, actor: int, doubt: Doubt, chosen: Codes, numbers: Uniform) -> Codes:
        """Whole weights, each at one of so many steps of its interval."""
        found = np.zeros(numbers.shape, dtype=np.int64)
        for number, reading in enumerate(self.readings[actor]):
            if not isinstance(reading, Weights):
                continue
            here = chosen == number
            for column, statement in enumerate(reading.statements):
                weight = float(statement.weight or 0)
                off = abs(weight) * (doubt.amount or 0.0)
                low, high = doubt.intervals.get(str(statement), (weight - off, weight + off))
                found[here, column] = np.rint(FINE * (low + (high - low) * numbers[here, column])).astype(np.int64)
        return found

    # --- words ---

    def column(self, doubt: Doubt, rows: Rows) -> Column:
        """What one doubt came to."""
        if doubt.name in rows.choices:
            return Column(
                name=doubt.name, source=doubt.source, of=doubt.of, values=doubt.values, codes=rows.choices[doubt.name]
            )
        actor = self.actors.index(doubt.of)
        lists = rows.lists[actor]
        if doubt.source == "reading":
            return Column(name=doubt.name, source="reading", of=doubt.of, values=doubt.values, codes=lists.reading)
        part = {"order": lists.place, "presence": lists.held, "polarity": lists.turned, "weights": lists.weights}
        found = part[doubt.source]
        assert found is not None
        first, codes = distinct(np.concatenate([lists.reading[:, None], found], axis=1).astype(np.int64))
        values = tuple(self._said(doubt.source, actor, int(lists.reading[row]), found[row]) for row in first)
        return Column(name=doubt.name, source=doubt.source, of=doubt.of, values=values, codes=codes)

    def _said(self, source: str, actor: int, reading: int, found: NDArray[Any]) -> str:
        texts = self.readings[actor][reading].texts
        if source == "order":
            return " > ".join(texts[at] for at in np.argsort(found[: len(texts)], kind="stable"))
        if source == "weights":
            return ", ".join(f"{text} {found[at] / FINE:g}" for at, text in enumerate(texts))
        chosen = [text for at, text in enumerate(texts) if bool(found[at]) == (source == "polarity")]
        how = tell("the other way round") if source == "polarity" else tell("left out")
        return f"{how}: {', '.join(chosen)}" if chosen else tell("as written")

    def judgements(self, doubt: Doubt, rows: Rows) -> Iterator[Column]:
        """The single judgements of which a doubt is made."""
        if doubt.name in rows.choices or doubt.source in ("reading", "weights"):
            yield self.column(doubt, rows)
            return
        actor = self.actors.index(doubt.of)
        lists = rows.lists[actor]
        several = len(self.readings[actor]) > 1
        for number, reading in enumerate(self.readings[actor]):
            applies, texts = lists.reading == number, reading.texts
            of = tell("{of} as {id}", of=doubt.of, id=reading.id) if several else doubt.of
            if doubt.source != "order":
                part = ~lists.held if doubt.source == "presence" else lists.turned
                values = (
                    ("held", tell("left out"))
                    if doubt.source == "presence"
                    else (tell("as written"), tell("the other way round"))
                )
                for at, text in enumerate(texts):
                    codes = np.where(applies, part[:, at].astype(np.int64), -1)
                    name = f"{of}: '{text}'"
                    yield Column(name=name, source=doubt.source, of=doubt.of, values=values, codes=codes)
                continue
            for upper in range(len(texts)):
                for lower in range(upper + 1, len(texts)):
                    below = lists.place[:, upper] > lists.place[:, lower]
                    yield Column(
                        name=f"{of}: '{texts[upper]}' above '{texts[lower]}'",
                        source="order",
                        of=doubt.of,
                        values=(tell("as written"), tell("the other way round")),
                        codes=np.where(applies, below.astype(np.int64), -1),
                    )

    # --- verdicts ---

    def judge(self, rows: Rows, progress: Progress = quiet) -> NDArray[np.int8]:
        """The verdict of every headline in every draw."""
        n = len(rows)
        found = np.full((len(self.headlines), n), SENSELESS, dtype=np.int8)
        worlds = np.zeros(n, dtype=np.int64)
        for doubt in self.structural:
            worlds = worlds * len(doubt.values) + rows.choices[doubt.name]
        different = np.unique(worlds)
        for done, number in enumerate(different.tolist()):
            progress(done, len(different), tell("state spaces"))
            world = self.world(number)
            here = np.flatnonzero(worlds == number)
            if world is None:
                continue
            lists = tuple(each.at(here) for each in rows.lists)
            found[:, here] = world.judge(lists, [rows.choices[each.name][here] for each in self.judging], progress)
        return found

    def world(self, number: int) -> World | None:
        """The case under one combination of structural doubts; None where it means nothing."""
        if number not in self._worlds:
            self._worlds[number] = self._make(number)
        return self._worlds[number]

    @cached_property
    def _worlds(self) -> dict[int, World | None]:
        return {}

    def _make(self, number: int) -> World | None:
        if not self.structural:
            return World(self, self.case)
        case, values = self.case, dict[str, str]()
        for doubt in reversed(self.structural):
            number, at = divmod(number, len(doubt.values))
            values[doubt.name] = doubt.values[at]
        try:
            start = {}
            for doubt in self.structural:
                value = values[doubt.name]
                if doubt.source == "countermoves":
                    case = case.as_if(case.readings, case.world, rule_of_countermoves(value))
                elif doubt.source == "rules":
                    case = replace(case, scenario=with_form(case.scenario, doubt.of, value))
                else:
                    start[doubt.of] = case.scenario.option(doubt.of).choices.index(value)
            if start:
                case = case.under(Policy(start=start))
            return World(self, case)
        except TooLarge:
            raise
        except DetenteError:  # a status quo that the rules forbid, or rules that never settle
            return None


class World:
    """One state space: the games on it are those of the draws."""

    def __init__(self, plan: Plan, case: Case) -> None:
        self.plan, self.case = plan, case
        self.game: Game = case.game
        self.judge_of = Judge(self.game, case.sanctions, [each.query for each in plan.headlines])
        self.truths = [self._truths(readings) for readings in plan.readings]

    def _truths(self, readings: Sequence[Reading]) -> list[NDArray[np.int64]]:
        """Per reading where each of its entries is true: a row per entry, a column per state."""
        return [self._of(reading, None) for reading in readings]

    def _of(self, reading: Reading, cells: NDArray[np.int64] | None) -> NDArray[np.int64]:
        game = self.game
        at = game.states if cells is None else cells
        if not isinstance(reading, Ranking):
            rows = [game.conflict.holds(statement.want, at) for statement in reading.statements]
            return np.array(rows, dtype=np.int64).reshape(len(rows), len(at))
        found = np.zeros((len(reading.ranking), len(at)), dtype=np.int64)
        for place, group in enumerate(reading.ranking):
            for name in group:
                cell = game.conflict.named[name]
                number = game.number(cell) if cell >= 0 else len(at)
                if number < len(at) and at[number] == cell:  # under a hold some named states cannot come about
                    found[place, number] = 1
        return found

    def judge(self, lists: Sequence[Lists], judging: Sequence[Codes], progress: Progress = quiet) -> NDArray[np.int8]:
        """The verdicts of all headlines for these lists; `judging` are the concept and the kind of play, where in doubt."""
        ranks, games, senseless = [], [], np.zeros(len(lists[0].reading), dtype=np.bool_)
        for actor, mine in enumerate(lists):
            first, which = distinct(mine.key)
            scores, bad = self.scores(actor, mine.at(first))
            by_list = ranked(scores)
            different, same = distinct(by_list)
            ranks.append(by_list[different])
            games.append(same[which])
            senseless |= bad[which]
        first, which = distinct(np.stack(games).T)
        found = self.judge_of.ways(ranks, np.stack(games)[:, first], self._ways(), progress)
        chosen = np.zeros(len(which), dtype=np.int64)
        for doubt, codes in zip(self.plan.judging, judging, strict=True):
            chosen = chosen * len(doubt.values) + codes
        verdicts = found[chosen, :, which].T
        verdicts[:, senseless] = SENSELESS
        return np.ascontiguousarray(verdicts)

    def _ways(self) -> list[dict[str, str]]:
        """Every combination of concept and kind of play that is in doubt."""
        ways: list[dict[str, str]] = [{}]
        for doubt in self.plan.judging:
            ways = [{**way, doubt.source: value} for way in ways for value in doubt.values]
        return ways

    def scores(self, actor: int, lists: Lists) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The scores of all states under different lists, a row per list, and which lists tell merged states apart."""
        readings = self.plan.readings[actor]
        scores = np.zeros((len(lists.reading), self.game.count), dtype=np.int64)
        bad = np.zeros(len(lists.reading), dtype=np.bool_)
        for number, reading in enumerate(readings):
            here = np.flatnonzero(lists.reading == number)
            if not len(here):
                continue
            mine, size = lists.at(here), len(reading.entries)
            scores[here] = self._adjusted(reading, self._score(reading, mine, size, self.truths[actor][number]))
            if isinstance(reading, Ranking):
                self.game.where(actor, reading).scores(actor)  # says what is not ranked, or ranked twice
                continue
            for _, members in (pair for merge in self.game.conflict.merges for pair in merge.alike):
                among = self._score(reading, mine, size, self._of(reading, members))
                bad[here] |= (among != among[:, :1]).any(axis=1)
        return scores, bad

    def _adjusted(self, reading: Reading, scores: NDArray[np.int64]) -> NDArray[np.int64]:
        """The scores of all states, fine-tuned where the reading says so."""
        known, number = pairs(self.game.conflict, reading), self.game.number
        return raised(ranked(scores), ((number(a), number(b)) for a, b in known)) if known else scores

    @staticmethod
    def _score(reading: Reading, lists: Lists, size: int, truths: NDArray[np.int64]) -> NDArray[np.int64]:
        place = lists.place[:, :size]
        if isinstance(reading, Weights):
            own = np.array(reading.whole, dtype=np.int64)
            base = np.tile(own, (len(place), 1)) if lists.weights is None else lists.weights[:, :size]
        elif isinstance(reading, Ranking):
            base = size - place
        elif size > WORD:
            return _long(lists, size, truths)
        else:
            assert isinstance(reading, PriorityList)
            base = np.int64(1) << (size - 1 - place)
        counted = np.where(lists.held[:, :size], np.where(lists.turned[:, :size], -base, base), 0)
        found: NDArray[np.int64] = counted @ truths
        return found


def _long(lists: Lists, size: int, truths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks by lists too long for one number, list by list."""
    found = np.zeros((len(lists.reading), truths.shape[1]), dtype=np.int64)
    for row in range(len(found)):
        order = np.argsort(lists.place[row, :size])
        signs = np.where(lists.held[row, :size], np.where(lists.turned[row, :size], -1, 1), 0)
        keys = (signs[:, None] * truths)[order]
        ranked = np.lexsort(keys[::-1])
        ordered = keys[:, ranked]
        steps = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
        found[row, ranked[1:]] = np.cumsum(steps)
    return found


# --- drawing ----------------------------------------------------------------------------------------------------------


def draw(
    case: Case,
    headlines: Sequence[Headline],
    doubts: Sequence[Doubt],
    n: int,
    seed: int = 0,
    batch: int = 0,
    progress: Progress = quiet,
) -> Draws:
    """So many independent draws: the same for the same seed and batch, whatever else is drawn."""
    return drawn(Plan(case, tuple(headlines), tuple(doubts)), n, seed, batch, progress)


def drawn(plan: Plan, n: int, seed: int = 0, batch: int = 0, progress: Progress = quiet) -> Draws:
    """What `draw` does, of a plan that keeps what it has built."""
    rows = plan.rows(plan.numbers(seed, batch, n), n)
    return Draws(
        headlines=plan.headlines,
        doubts=plan.doubts,
        plan=plan,
        rows=rows,
        weight=np.full(n, 1 / n),
        verdicts=plan.judge(rows, progress),
    )


BATCH = 1_000
"""Draws in one batch; each batch has numbers of its own, whoever draws it."""


def batches(total: int, size: int = BATCH) -> list[tuple[int, int]]:
    """The numbers and sizes of batches that make so many draws.

    >>> batches(2500, 1000)
    [(0, 1000), (1, 1000), (2, 500)]
    """
    bounds = [*range(0, total, size), total]
    return [(number, last - first) for number, (first, last) in enumerate(pairwise(bounds))]
