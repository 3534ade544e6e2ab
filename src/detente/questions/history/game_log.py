"""A game as it was played, against what the model expects.

The mathematics. The moves of a log (`detente.scenario.movelog`) are replayed from the status quo. A legal move is an
*unsanctioned* improvement of its mover (the model expects such moves), a *sanctioned* one (the others have an answer that
leaves the mover no better off), *indifferent*, or *against the list*. A pass is *expected* where the actor has no
unsanctioned improvement. The *predicted paths* are the sequences of unsanctioned improvements (foresight play) from the
start: a game leaves them with the first move that is none. Improvements alone make the myopic paths.

A move that is not legal is kept (an umpire may allow it) but counts for nothing: it is listed with what stands in its way.

Every reading of every actor is scored by the actor's own legal moves, the others being as chosen: hits among the moves, and
how many blind choice would have hit (`detente.questions.history.scoring`). Cost: one analysis per reading.

>>> from detente.scenario import load
>>> from detente.scenario.movelog import moves_of
>>> scenario = load("two_proxies")
>>> found = game_log(Case(scenario), moves_of("moves: [{by: us, set: [not us_arm]}, {by: ru}]", scenario))
>>> [(each.actor, each.kind) for each in found.moves], found.left
([('us', 'against'), ('ru', 'pass')], 0)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.case import CONCEPTS, Basis, Case
from detente.conflict.payoffs import payoffs
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.errors import InputError, Unanswerable
from detente.questions.evolution.steps import PLAYS, Ground, weigh
from detente.questions.history.legality import hindrances
from detente.questions.history.recorded_moves import STATUSES, Entry, enter
from detente.questions.history.scoring import Tally, improvements, judge, unsanctioned
from detente.scenario.model import Event
from detente.scenario.movelog import Played
from detente.sheet import Sheet, html_of

KINDS = {
    "unsanctioned": "as expected",
    "sanctioned": "gain that can be answered",
    "indifferent": "no gain, no loss",
    "against": "against the list",
    "pass": "passes, as expected",
    "idle": "passes, could have gained",
    "not legal": "not legal",
}
"""What an entry of the log can be, and how people are told."""

SHOWN = 4
"""Next moves of an actor listed at most where people read, the expected and best first; the JSON has all."""

STEP_KINDS = {"unsanctioned": "expected", "sanctioned": "can be answered"}
"""What a step that gains can be."""


@dataclass(frozen=True)
class Step:
    """A move that somebody could make: what it changes, the state reached, and what decides for it."""

    actor: str
    changes: str
    state: Mapping[str, Any]
    text: str
    why: str
    kind: str

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "state": dict(self.state)}


@dataclass(frozen=True)
class Judged:
    """One entry of the log: `kind` (see `KINDS`), why, and what the model expected instead, from whomever.

    `place` is where it stands in the log; `hindrances` say why it is not legal.
    """

    turn: str
    actor: str
    says: str
    place: str
    changes: str
    before: str
    after: str
    kind: str
    why: str
    hindrances: tuple[str, ...]
    expected: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        expected = [step.to_json() for step in self.expected]
        return {**self.__dict__, "hindrances": list(self.hindrances), "expected": expected}


@dataclass(frozen=True)
class Share:
    """How far one reading of an actor expects the actor's legal moves; `chosen` marks the reading of the case."""

    actor: str
    reading: str
    chosen: bool
    improvements: Tally
    unsanctioned: Tally

    def to_json(self) -> dict[str, Any]:
        told = {"improvements": self.improvements.to_json(), "unsanctioned": self.unsanctioned.to_json()}
        return {**self.__dict__, **told}


@dataclass(frozen=True)
class Place:
    """A state of the game and what is expected there: the steps, where play ends, and under which concepts it holds."""

    state: Mapping[str, Any]
    text: str
    next: tuple[Step, ...]
    ends: Mapping[str, tuple[str, ...]]
    holds: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "state": dict(self.state),
            "text": self.text,
            "next": [step.to_json() for step in self.next],
            "ends": {play: list(ends) for play, ends in self.ends.items()},
            "holds": list(self.holds),
        }


@dataclass(frozen=True)
class GameLog:
    """The log judged; `left` and `left_myopic` number the first move off the foresight and the myopic paths."""

    basis: Basis
    moves: tuple[Judged, ...]
    left: int | None
    left_myopic: int | None
    shares: tuple[Share, ...]
    start: Place
    end: Place

    @property
    def legal(self) -> bool:
        """Whether every entry is a legal move or a pass."""
        return all(each.kind != "not legal" for each in self.moves)

    @property
    def expected(self) -> int:
        """How many entries are as the model expects."""
        return sum(each.kind in ("unsanctioned", "pass") for each in self.moves)

    @property
    def sentence(self) -> str:
        """The log in a sentence or two."""
        said = f"{self.expected} of {len(self.moves)} entries are as the model expects."
        if self.left is None:
            return f"{said} Play never left the predicted paths."
        move = self.moves[self.left]
        return f"{said} Play left the predicted paths at turn {move.turn}: {move.actor} ({KINDS[move.kind]})."

    def to_json(self) -> dict[str, Any]:
        return {
            "question": "game_log",
            "basis": self.basis.to_json(),
            "moves": [each.to_json() for each in self.moves],
            "legal": self.legal,
            "expected": self.expected,
            "left": self.left,
            "left_myopic": self.left_myopic,
            "shares": [each.to_json() for each in self.shares],
            "start": self.start.to_json(),
            "end": self.end.to_json(),
            "summary": self.sentence,
        }

    def sheets(self) -> tuple[Sheet, ...]:
        illegal = self._illegal_sheet()
        return self._move_sheet(), *([illegal] if illegal.rows else []), self._share_sheet(), *self._next_sheets()

    def _move_sheet(self) -> Sheet:
        rows = tuple((e.turn, e.actor, e.changes or "passes", KINDS[e.kind], e.why) for e in self.moves)
        said = {number: f"{e.turn}: the model expected {_steps(e.expected)}" for number, e in enumerate(self.moves)}
        notes = tuple(said[n] for n, e in enumerate(self.moves) if e.kind not in ("unsanctioned", "pass"))
        return Sheet("Move by move", ("turn", "who", "move", "is", "because"), rows, (self.sentence, *notes))

    def _illegal_sheet(self) -> Sheet:
        rows = tuple((e.place or e.turn, e.actor, "; ".join(e.hindrances)) for e in self.moves if e.hindrances)
        note = "Such a move counts for nothing; the replay goes on from where it leads, if that is a state."
        return Sheet("Not legal", ("where", "who", "because"), rows, (note,))

    def _share_sheet(self) -> Sheet:
        rows = tuple(
            (
                s.actor,
                f"{s.reading}{' (chosen)' if s.chosen else ''}",
                *(part for t in (s.improvements, s.unsanctioned) for part in (str(t), round(t.expected, 1))),
            )
            for s in self.shares
        )
        columns = ("who", "reading", "gains", "gains by luck", "expected", "expected by luck")
        note = (
            "Of the actor's legal moves: those it gains by, and those nobody's answer spoils; beside each, how many blind "
            "choice would hit."
        )
        return Sheet("Predicted moves by actor and reading", columns, rows, (note,))

    def _next_sheets(self) -> tuple[Sheet, ...]:
        first = [s for a in dict.fromkeys(s.actor for s in self.end.next) for s in self._of(a)[:SHOWN]]
        rows = tuple((s.actor, s.changes, s.why, STEP_KINDS[s.kind]) for s in first)
        left = len(self.end.next) - len(first)
        more = (f"{left:,} more moves by which somebody gains are not listed.",) if left else ()
        rest = f"The game stands at: {self.end.text}."
        holds = (
            f"It holds under {', '.join(map(label, self.end.holds))}."
            if self.end.holds
            else "It holds under no concept."
        )
        ends = tuple(f"{play.capitalize()} play from here: {_or(found)}." for play, found in self.end.ends.items())
        began = f"Foresight play from the start was expected to end at: {_or(self.start.ends['foresight'])}."
        nobody = ("Nobody has a move to gain by.",) if not rows else ()
        title = "What the model expects next"
        return (Sheet(title, ("who", "move", "gains", "is"), rows, (*more, rest, holds, *nobody, *ends, began)),)

    def _of(self, actor: str) -> list[Step]:
        """An actor's steps from where the game stands, as they are sorted."""
        return [step for step in self.end.next if step.actor == actor]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def _or(texts: Sequence[str]) -> str:
    return " or ".join(texts) if len(texts) <= 4 else f"{len(texts)} different states"


def _steps(steps: Sequence[Step]) -> str:
    sure = [step for step in steps if step.kind == "unsanctioned"]
    by_actor: dict[str, list[str]] = {}
    for step in sure:
        by_actor.setdefault(step.actor, []).append(step.changes)
    best = {
        actor: f"{each[0]} (the best of {len(each)})" if len(each) > 1 else each[0] for actor, each in by_actor.items()
    }
    return "; or ".join(f"{actor}: {text}" for actor, text in best.items()) or "nobody to move"


def game_log(case: Case, moves: Sequence[Played], *, progress: Progress = quiet) -> GameLog:
    """Judge a log of moves played from the case's status quo.

    Raises `Unanswerable` for an empty log or a model without a status quo, `InputError` for a state `to` that there is not.
    Cost: one analysis per reading of every actor that moves, and one state per move.
    """
    if not moves:
        raise Unanswerable("the log has no moves")
    ground, analysis = Ground(case), case.analyse(CONCEPTS)
    start = here = ground.cell(None)
    entries, judged = [], []
    for played in moves:
        entry = _entry(ground, played, here)
        entries.append(entry)
        judged.append(_judged(ground, played, entry))
        here = entry.after
    return GameLog(
        basis=case.basis,
        moves=tuple(judged),
        left=_first(judged, ("unsanctioned", "pass", "idle")),
        left_myopic=_first(judged, ("unsanctioned", "sanctioned", "pass", "idle")),
        shares=tuple(_shares(case, entries, progress)),
        start=_place(ground, analysis, start),
        end=_place(ground, analysis, here),
    )


def _first(judged: Sequence[Judged], on_path: Sequence[str]) -> int | None:
    return next((number for number, each in enumerate(judged) if each.kind not in on_path), None)


def _entry(ground: Ground, played: Played, here: int) -> Entry:
    settings, target = dict(played.settings), None
    if played.to:
        try:
            target = ground.cell(played.to)
        except InputError as error:
            raise InputError(f"{played.where}: {error}") from None
        settings = {} if ground.conflict.graph else ground.changes(here, target)
    return enter(ground, Event(date=played.turn, by=played.by, settings=settings, says=played.says), here, target)


def _judged(ground: Ground, played: Played, entry: Entry) -> Judged:
    options, why, hindered = _options(ground, entry.before), "", tuple[str, ...]()
    kind = _kind(ground, played, entry, options)
    if kind == "not legal":
        hindered = _hindrances(ground, played, entry)
        why = "; ".join(hindered)
    elif not played.passes:
        why = str(weigh(ground.conflict, ground.readings[entry.player], entry.before, entry.after))
    recorded = entry.recorded
    return Judged(
        played.turn,
        played.by,
        played.says,
        played.where,
        "" if played.passes else recorded.changes,
        recorded.before_text,
        recorded.after_text,
        kind,
        why,
        hindered,
        tuple(options),
    )


def _kind(ground: Ground, played: Played, entry: Entry, options: Sequence[Step]) -> str:
    own = {step.text: step.kind for step in options if step.actor == played.by}
    if played.passes:
        return "idle" if "unsanctioned" in own.values() else "pass"
    if entry.recorded.status != "move":
        return "not legal"
    verdict = weigh(ground.conflict, ground.readings[entry.player], entry.before, entry.after).verdict
    if verdict == "better":
        return own[entry.recorded.after_text]
    return {"equal": "indifferent", "worse": "against"}[verdict]


def _hindrances(ground: Ground, played: Played, entry: Entry) -> tuple[str, ...]:
    """Why an entry is no legal move; what it is, if none of the model's limits says so."""
    if ground.conflict.graph:
        return (f"{played.by} has no move {entry.recorded.changes}",)
    wanted = played.settings or ground.changes(entry.before, entry.after)
    return hindrances(ground, entry.player, entry.before, wanted) or (STATUSES[entry.recorded.status],)


def _options(ground: Ground, cell: int) -> list[Step]:
    """Everybody's improvements from a state; for each actor the unsanctioned first, and of these the best."""
    here, found = np.array([cell], dtype=np.int64), []
    for player, actor in enumerate(ground.conflict.players):
        sure = set(ground.steps("unsanctioned", here, player)[1].tolist())
        better = ground.steps("improvements", here, player)[1]
        worth = dict(
            zip(better.tolist(), payoffs(ground.conflict, ground.readings[player], better).tolist(), strict=True)
        )
        for there in sorted(worth, key=lambda each: (each not in sure, -worth[each], each)):
            why = str(weigh(ground.conflict, ground.readings[player], cell, there)).removeprefix("better: ")
            kind = "unsanctioned" if there in sure else "sanctioned"
            change = ground.change_text(cell, there)
            found.append(Step(actor.id, change, ground.state(there), ground.text(there), why, kind))
    return found


def _place(ground: Ground, analysis: Any, cell: int) -> Place:
    ends = {play: _ends(ground, analysis.play(play, cell).ends) for play in PLAYS}
    holds = tuple(concept for concept in CONCEPTS if analysis.is_equilibrium(concept, cell))
    return Place(ground.state(cell), ground.text(cell), tuple(_options(ground, cell)), ends, holds)


def _ends(ground: Ground, ends: Sequence[Any]) -> tuple[str, ...]:
    single = [ground.text(int(end[0])) for end in ends if len(end) == 1]
    return (*single, *(f"a circle of {len(end)} states" for end in ends if len(end) > 1))


def _shares(case: Case, entries: Sequence[Entry], progress: Progress) -> list[Share]:
    moved = {entry.recorded.actor for entry in entries if entry.recorded.scored}
    asked = [(a.id, reading) for a in case.scenario.actors if a.id in moved for reading in a.readings]
    found = []
    for number, (actor, reading) in enumerate(asked):
        progress(number, len(asked), f"{actor}={reading}")
        other = case if case.chosen[actor] == reading else replace(case, readings={**case.readings, actor: reading})
        ground, analysis = Ground(other), other.analyse(CONCEPTS)
        own = [entry for entry in entries if entry.recorded.scored and entry.recorded.actor == actor]
        calls = [judge(ground, analysis, number, entry) for number, entry in enumerate(own)]
        found.append(Share(actor, reading, other is case, improvements(calls), unsanctioned(calls)))
    return found
