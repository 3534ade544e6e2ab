"""Hindcast: whether each reading would have expected what happened.

The mathematics. The recorded events are replayed from the status quo, each setting options of its actor; changes
accumulate. An event is a *recorded move* if it is a legal move of its actor in the state it starts from. Under a choice of
readings a recorded move is a *hit* if it is an improvement for its mover, and a hit *with foresight* if it is an
unsanctioned one: no legal sequence of the others' improvements leads to a state no better for the mover than before.

Chance is the measure. If the mover had picked blindly among its n legal moves, k of them hits, it would have hit with
probability k/n. The number of hits over all moves then has the distribution of a sum of such independent trials
(Poisson-binomial): `expected` is its mean, `chance` the probability of at least as many hits as there were. A reading
explains more than luck only where `chance` is small, and with few moves it cannot be.

A *hold* is an actor with a legal move that did not move at an event: in the state before it, the actor stayed put while
another moved, by a legal move or by one that the model does not allow. Where nobody is known to have moved there are no
holds: at an event that changes nothing or leads nowhere, and at one whose mover is not named or sets what is not its own.
A hold is *stable* under a concept if the state was stable for that actor. How often holds would be stable in a state picked
blindly (the share of all states stable for the actor) is given beside it: a concept that calls everything stable explains
nothing.

Before any score comes what the record can say at all: which of its moves separate which two readings of an actor. A move
separates them if, in some combination of what the others want, it is expected under one and contradicted under the other
 (`detente.questions.uncertainty.expectations`), weakly if the words merely differ. Readings that no move separates are
scored alike by their own record.

The reckoning is in `detente.questions.history.hindcast_scores`; here are the question and what people read of its answer.

>>> from detente.scenario import load
>>> answer = hindcast(Case(load("hanoi_2019")))
>>> [(answer.label(score), str(score.unsanctioned)) for score in answer.scores][:2]
[('p_bigdeal + impatient', '4 of 5'), ('a_hawks + impatient', '3 of 5')]
>>> answer.scores[0].unsanctioned.expected, round(answer.scores[0].unsanctioned.chance, 4)
(1.3714285714285714, 0.0098)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from detente.case import CONCEPTS, Basis, Case
from detente.errors import Lacks
from detente.messages import later, numeral, tell
from detente.questions.history.hindcast_scores import (
    OfReading,
    Score,
    Told,
    by_reading,
    combinations,
    score_of,
    told_apart,
    who_stayed,
)
from detente.questions.history.recorded_moves import STATUSES, Recorded, replay
from detente.questions.uncertainty.expectations import CONTRADICTED, EXPECTED
from detente.result import INSIDE, Answer
from detente.sheet import ActorTerm, FormulaTerm, Gloss, Phrase, ReadingTerm, Sheet, listing, many, names_of

SHOWN = 32
"""Rows of combinations of readings listed at most where people read, the best first; the JSON has all combinations."""

BESIDE = 9
"""Columns of verdicts on each move that stand beside each other at most: more are wider than a page."""

APART = later(
    "Told apart: expected under one reading and contradicted under the other, in some combination with the others."
)

FEW = 30
"""Below this many recorded moves the result calls itself weak evidence."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Hindcast(Answer):
    """The record, what becomes of each actor's readings (`by_reading`), and the scores of all their combinations.

    Scores are in order of how unlikely they are by luck (`unsanctioned.chance`). With `every` the sheets go through the
    combinations too, every pair of readings, every move under every score, and the holds.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "n", "by_reading", "told_apart", "unexplained", "evidence")
    question: ClassVar[str] = "hindcast"

    basis: Basis
    varied: tuple[str, ...]
    order: Mapping[str, tuple[str, ...]] = field(metadata=INSIDE)
    events: tuple[Recorded, ...]
    scores: tuple[Score, ...]
    every: bool = field(default=False, metadata=INSIDE)

    @property
    def n(self) -> int:
        """How many recorded moves are scored."""
        return sum(event.scored for event in self.events)

    @property
    def unexplained(self) -> tuple[int, ...]:
        """The recorded moves that are no improvement for their mover under any of the readings."""
        by_move = zip(*(score.calls for score in self.scores), strict=True)
        return tuple(calls[0].event for calls in by_move if not any(call.improvement for call in calls))

    @cached_property
    def by_reading(self) -> tuple[OfReading, ...]:
        """One result for each reading of each actor: of what that actor did, whatever the readings of the others are."""
        return by_reading(self.scores, self.order)

    @cached_property
    def told_apart(self) -> tuple[Told, ...]:
        """For every two readings of each actor that was varied, the moves that can tell them apart. Cost: pairs of scores."""
        return told_apart(self.scores, self.order)

    @property
    def evidence(self) -> str:
        """How much the result is worth, plainly."""
        best, tried = min(score.unsanctioned.chance for score in self.scores), len(self.scores)
        weight = tell("weak evidence, n = {n}", n=self.n) if self.n < FEW else f"n = {self.n}"
        several = (
            tell(" The best of {tried} combinations tried looks better than it is.", tried=tried) if tried > 1 else ""
        )
        return tell(
            "{weight}: blind choice would do at least as well as the best score with probability {best}.{several}",
            weight=weight,
            best=numeral(best, ".2g"),
            several=several,
        )

    def label(self, score: Score) -> Phrase:
        """The readings that were varied, in one word each."""
        readings = listing((ReadingTerm(score.readings[actor], actor) for actor in self.varied), " + ")
        return readings or Phrase.told("as chosen")

    @property
    def headline(self) -> Phrase:
        """Actor by actor the readings that expect most of its own moves; where nobody's vary, how many are expected."""
        if not self.varied:
            return self._together
        told = [best for actor in self.varied if (best := self._best(actor))]
        if not told:
            return Phrase.told("Nobody who has rival readings made a recorded move.")
        return Phrase.told("Recorded moves expected at best: {told}.", told=listing(told, "; "))

    def _best(self, actor: str) -> Phrase | None:
        """The readings of an actor that surely expect most of its moves, and how many."""
        own = [each for each in self.by_reading if each.actor == actor and each.moves]
        if not own:
            return None
        most = max(each.expected for each in own)
        best = [each for each in own if each.expected == most]
        hits = tell("{hits} of {n}", hits=_range(most), n=own[0].moves)
        if len(best) == len(own):
            return Phrase.told("of {actor} {hits} under every reading", actor=ActorTerm(actor), hits=hits)
        names = names_of([ReadingTerm(each.reading, actor) for each in best])
        return Phrase.told("of {actor} {hits}, as {names}", actor=ActorTerm(actor), hits=hits, names=names)

    @property
    def _together(self) -> Phrase:
        """The readings that fit the record best, beside blind choice."""
        best = self.scores[0]
        hits = best.unsanctioned
        chance = tell("blind choice does as well with probability {chance}", chance=numeral(hits.chance, ".2g"))
        who = (
            Phrase.told("{best} fit best: ", best=self.label(best))
            if self.scores[1:]
            else Phrase.told("The readings {best} fit: ", best=self.label(best))
        )
        several = tell(" ({number} tried)", number=many(len(self.scores), "combination")) if self.scores[1:] else ""
        return Phrase.told(
            "{who}{hits} of {number} expected{several}; {chance}.",
            who=who,
            hits=hits.hits,
            number=many(hits.n, "recorded move"),
            several=several,
            chance=chance,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Which readings the events can tell apart, what each speaks for, reading by reading; with `every` all the rest."""
        groups = (self._groups_sheet(),) if self.varied else ()
        if not self.every:
            return *groups, self._speaks_sheet(), self._reading_sheet()
        pairs = (self._told_sheet(),) if self.varied else ()
        combined = self._score_sheet(), self._event_sheet(), self._hold_sheet()
        return *groups, *pairs, self._speaks_sheet(), self._reading_sheet(), *combined

    def _reading_sheet(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(each.actor),
                ReadingTerm(each.reading, each.actor),
                tell("{hits} of {n}", hits=_range(each.expected), n=each.moves) if each.moves else "–",
                _range(each.by_luck) if each.moves else "",
                _range(each.chance) if each.moves else "",
                tell("{hits} of {n}", hits=_range(each.stable), n=each.stayed) if each.stayed else "–",
            )
            for each in self.by_reading
        )
        weak = tell("Weak evidence, n = {n}. ", n=self.n) if self.n < FEW else ""
        tried = sum(len(names) for names in self.order.values())
        several = tell(" The best of {tried} readings looks better than it is.", tried=tried) if tried > 1 else ""
        luck = tell(
            "By luck: what blind choice among the legal moves would come to; chance: with what probability it does as well."
        )
        spans = tell("A span says from which to which, over the readings of the others.")
        gone = [
            tell("{date}: no improvement under any of these readings", date=self.events[n].date)
            for n in self.unexplained
        ]
        columns = ("actor", "reading", tell("own moves expected"), tell("by luck"), "chance", tell("stays expected"))
        return Sheet(
            tell("What each reading expects of what its actor did"),
            columns,
            rows,
            (f"{weak}{luck}{several}", spans, *gone, *self.basis.uncounted),
        )

    @cached_property
    def groups(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Actor by actor, the readings that no recorded move tells apart, not even weakly, together.

        That two readings get the same word about every move in every combination is an equivalence, so these are classes.
        """
        apart = {
            (each.actor, *sorted((each.left, each.right))) for each in self.told_apart if each.separated or each.weakly
        }
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for actor in self.varied:
            classes: list[list[str]] = []
            for reading in self.order[actor]:
                same = (each for each in classes if (actor, *sorted((each[0], reading))) not in apart)
                own = next(same, None)
                if own is None:
                    classes.append([reading])
                else:
                    own.append(reading)
            found[actor] = tuple(map(tuple, classes))
        return found

    def _moves(self, numbers: Iterable[int]) -> Phrase:
        events = [self.events[number] for number in sorted(set(numbers))]
        return listing((Phrase.of(e.date, " ", ActorTerm(e.actor), ": ", FormulaTerm(e.changes)) for e in events), "; ")

    def _groups_sheet(self) -> Sheet:
        rows = []
        for actor, classes in self.groups.items():
            for members in classes:
                others = [
                    each
                    for each in self.told_apart
                    if each.actor == actor and (each.left in members) != (each.right in members)
                ]
                strictly = [number for each in others for number in each.separated]
                weakly = [number for each in others for number in each.weakly if number not in strictly]
                named = listing((ReadingTerm(name, actor) for name in members), tell(" or "))
                rows.append(
                    (ActorTerm(actor), named, self._moves(strictly) or Phrase.of(tell("nothing")), self._moves(weakly))
                )
        silent = [actor for actor, classes in self.groups.items() if len(classes) == 1]
        notes = [Phrase.told("Readings of a row: no recorded move tells them apart.")]
        if silent:
            notes.append(
                Phrase.told(
                    "These events tell no two readings of {silent} apart.",
                    silent=listing(map(ActorTerm, silent), tell(" or ")),
                )
            )
        notes.append(Gloss.of(tell(APART)))
        columns = ("actor", "readings", tell("told from its others by"), tell("weakly by"))
        return Sheet(tell("Which readings these events can tell apart"), columns, tuple(rows), tuple(notes)).trimmed(3)

    def _told_sheet(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(each.actor),
                _either(each),
                self._moves(each.separated) or Phrase.of(tell("nothing")),
                self._moves(each.weakly),
            )
            for each in self.told_apart
        )
        columns = ("actor", "readings", tell("told apart by"), tell("weakly by"))
        return Sheet(tell("Reading against reading"), columns, rows, (tell(APART),))

    def speaks(self, number: int) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """The readings, actor by actor, that expect an event, and those it speaks against, whatever the others' readings are.

        A move is expected by a reading of its mover under which it is an unsanctioned improvement, and speaks against one under
        which it is none; that an actor stayed put is expected where the state is sequentially stable for it, else not.
        """
        found: dict[tuple[str, str], set[str]] = {}
        for score in self.scores:
            for call in score.calls:
                if call.event == number and self.events[number].actor in self.varied:
                    key = self.events[number].actor, score.readings[self.events[number].actor]
                    found.setdefault(key, set()).add(call.expectation)
            for hold in score.holds:
                if hold.event == number and hold.actor in self.varied:
                    key = hold.actor, score.readings[hold.actor]
                    found.setdefault(key, set()).add(EXPECTED if hold.stable["seq"] else CONTRADICTED)
        order = [(actor, reading) for actor in self.varied for reading in self.order[actor]]
        sides = (tuple(key for key in order if found.get(key) == {side}) for side in (EXPECTED, CONTRADICTED))
        return next(sides), next(sides)

    def _speaks_sheet(self) -> Sheet:
        rows, quiet = [], 0
        for number, event in enumerate(self.events):
            expected, against = self.speaks(number)
            # What every reading of an actor expects tells none of them from another.
            whole = [actor for actor in self.varied if all((actor, name) in expected for name in self.order[actor])]
            expected = tuple(key for key in expected if key[0] not in whole)
            odd = not event.scored and event.status != "quiet"
            if not expected and not against and not odd:
                quiet += 1
                continue
            told = listing(filter(None, (event.says, STATUSES[event.status])), ": ") if odd else Phrase.of(event.says)
            what = FormulaTerm(event.changes) if event.scored else told or STATUSES[event.status]
            who = ActorTerm(event.actor) if event.actor else "nobody"
            rows.append((event.date, who, what, self._side(expected), self._side(against)))
        what_counts = tell("An event is the move that was made, and that everybody else stayed put.")
        sides = tell("Expected by, against: whatever the readings of the others are; what depends on them is left out.")
        notes = [f"{what_counts} {sides}"]
        if quiet:
            notes.append(
                tell(
                    "{quiet} of {number} events speak for no reading and against none, and are not listed.",
                    quiet=quiet,
                    number=len(self.events),
                )
            )
        columns = ("date", "who", "what", tell("expected by"), "against")
        return Sheet(tell("What each event speaks for"), columns, tuple(rows), tuple(notes))

    def _side(self, readings: Iterable[tuple[str, str]]) -> Phrase:
        """Readings actor by actor; all of an actor's are said in a word."""
        names: dict[str, list[str]] = {}
        for actor, reading in readings:
            names.setdefault(actor, []).append(reading)
        return listing(
            (
                Phrase.of(
                    ActorTerm(actor),
                    ": ",
                    tell("every reading")
                    if len(each) == len(self.order[actor]) > 1
                    else listing((ReadingTerm(name, actor) for name in each), ", "),
                )
                for actor, each in names.items()
            ),
            "; ",
        )

    @property
    def _varied(self) -> Phrase:
        """The head of the column of readings."""
        return listing(map(ActorTerm, self.varied), " + ") or Phrase.of(tell("readings"))

    def _alike(self, told: Callable[[Score], Any]) -> list[tuple[Phrase, Score]]:
        """Of the scores of which the same is told the best, and the readings of all of them; the best first."""
        groups: dict[Any, list[Score]] = {}
        for score in self.scores:
            groups.setdefault(told(score), []).append(score)
        return [(self._common(group), group[0]) for group in groups.values()]

    def _common(self, group: Sequence[Score]) -> Phrase:
        """The readings of the scores of a group: of each actor those that occur, if all their combinations do."""
        found = {actor: dict.fromkeys(score.readings[actor] for score in group) for actor in self.varied}
        if math.prod(map(len, found.values())) != len(group):
            return Phrase.told("{group} and {number} like it", group=self.label(group[0]), number=len(group) - 1)
        parts = [
            listing((ReadingTerm(reading, actor) for reading in readings), tell(" or "))
            for actor, readings in found.items()
            if len(group) == 1 or len(readings) < len(self.order[actor])
        ]
        return listing(parts, " + ") or Phrase.of(tell("any readings") if self.varied else tell("as chosen"))

    @staticmethod
    def _more(groups: Sequence[object], shown: int) -> tuple[str, ...]:
        """That the worst are not listed, if they are not."""
        left = len(groups) - shown
        return (
            (tell("{left} verdicts on combinations with worse scores are not listed.", left=numeral(left)),)
            if left > 0
            else ()
        )

    def _score_sheet(self) -> Sheet:
        def told(score: Score) -> tuple[Any, ...]:
            return (
                *(part for t in (score.improvements, score.unsanctioned) for part in (str(t), t.expected, t.chance)),
                listing(Phrase.of(ActorTerm(actor), f" {t.hits}/{t.n}") for actor, t in score.by_actor.items()),
            )

        groups = self._alike(told)
        rows: tuple[tuple[Any, ...], ...] = tuple((readings, *told(score)) for readings, score in groups[:SHOWN])
        kinds = (
            "improvements",
            tell("expected (i)"),
            tell("chance (i)"),
            "unsanctioned",
            tell("expected (u)"),
            tell("chance (u)"),
        )
        columns: tuple[Any, ...] = (self._varied, *kinds, tell("unsanctioned by mover"))
        if len(self.scores[0].by_actor) < 2:  # then its own column has it already
            columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
        note = tell(
            "expected: hits by blind choice among the legal moves; chance: its probability of at least as many hits"
        )
        gone = [
            tell("{date}: no improvement under any of these readings", date=self.events[n].date)
            for n in self.unexplained
        ]
        return Sheet(
            tell("Hindcast: recorded moves that the readings explain"),
            columns,
            rows,
            (self.evidence, note, *self._more(groups, SHOWN), *gone, *self.basis.uncounted),
        )

    def _event_sheet(self) -> Sheet:
        groups = self._alike(lambda score: tuple(map(str, score.calls)))
        calls = [{call.event: call for call in score.calls} for _, score in groups[:BESIDE]]
        rows = tuple(
            (
                event.date,
                ActorTerm(event.actor),
                FormulaTerm(event.changes),
                *((str(call[n]) if n in call else STATUSES[event.status]) for call in calls),
            )
            for n, event in enumerate(self.events)
        )
        columns = ("date", "who", "set", *(readings for readings, _ in groups[:BESIDE]))
        note = tell(
            "yes: an unsanctioned improvement; sanctioned: an improvement the others can answer; no: no improvement"
        )
        return Sheet(tell("Move by move"), columns, rows, (note, *self._more(groups, BESIDE)))

    def _hold_sheet(self) -> Sheet:
        def told(score: Score) -> tuple[Any, ...]:
            return tuple(part for held in score.held.values() for part in (str(held), held.expected))

        groups = self._alike(told)
        rows = tuple((readings, *told(score)) for readings, score in groups[:SHOWN])
        columns = tuple(part for concept in CONCEPTS for part in (concept, tell("{concept} by luck", concept=concept)))
        note = tell(
            "A hold: an actor that stayed put while another, or nobody, moved; stable: it had reason to, "
            "under the concept. Holds of one state are one observation repeated."
        )
        return Sheet(tell("Holds that are stable"), (self._varied, *columns), rows, (note, *self._more(groups, SHOWN)))


def _range(span: tuple[float, float]) -> str:
    """A span in few words.

    >>> _range((2, 2)), _range((0.25, 0.5))
    ('2', '0.25 to 0.5')
    """
    low, high = (numeral(each, ".3g") for each in span)
    return low if low == high else tell("{low} to {high}", low=low, high=high)


def _either(told: Told, between: str = "") -> Phrase:
    return listing((ReadingTerm(name, told.actor) for name in (told.left, told.right)), between or tell(" or "))


def hindcast(case: Case, readings_grid: Mapping[str, Iterable[str]] | None = None, *, every: bool = False) -> Hindcast:
    """Score rival readings against the scenario's `history`, replayed from its status quo.

    `readings_grid` names the readings to combine per actor; actors not in it keep the case's reading. Default: every
    reading of every actor. With `every` the answer shows every table. Steps: replay the record; per combination analyse the
    model, judge each recorded move against all the mover had, each hold under Nash, SEQ, SMR and GMR. Cost: one analysis per
    combination (at most 512).
    """
    if not case.scenario.history:
        raise Lacks("history", tell("recorded events"))
    chosen = combinations(case, readings_grid)
    record = replay(case)
    stayed = [who_stayed(case.game.conflict, entry) for entry in record]
    asked = (case.as_if({**case.readings, **each}, case.world, case.sanctions) for each in chosen)
    scores = [score_of(each, record, stayed) for each in asked]
    scores.sort(key=lambda score: (score.unsanctioned.chance, -score.unsanctioned.hits))
    varied = tuple(actor for actor in case.actors if len({combination.get(actor) for combination in chosen}) > 1)
    return Hindcast(
        basis=case.basis_over(case.actors if readings_grid is None else ()),
        varied=varied,
        order={actor: tuple(dict.fromkeys(each[actor] for each in chosen)) for actor in varied},
        events=tuple(entry.recorded for entry in record),
        scores=tuple(scores),
        every=every,
    )
