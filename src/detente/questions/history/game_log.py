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
>>> answer = game_log(Case(scenario), moves_of("moves: [{by: us, set: [us_arm = none]}, {by: ru}]", scenario))
>>> [(move.actor, move.kind) for move in answer.moves], answer.left
([('us', 'against'), ('ru', 'pass')], 0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from detente.case import CONCEPTS, Basis, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.errors import InputError, Unanswerable
from detente.messages import Messages, numeral, tell, word
from detente.questions.evolution.steps import Weighing, weigh
from detente.questions.history.legality import hindrances
from detente.questions.history.places import Place, Step, expected_steps, place
from detente.questions.history.recorded_moves import STATUSES, Entry, enter
from detente.questions.history.scoring import Tally, improvements, judge, unsanctioned
from detente.result import Answer, Record
from detente.scenario.model import Event
from detente.scenario.movelog import Played
from detente.sheet import ActorTerm, FormulaTerm, Phrase, ReadingTerm, Sheet, StateTerm, listing

KINDS = Messages(
    {
        "unsanctioned": "as expected",
        "sanctioned": "gain that can be answered",
        "indifferent": "no gain, no loss",
        "against": "against the list",
        "pass": "passes, as expected",
        "idle": "passes, could have gained",
        "not legal": "not legal",
    }
)
"""What an entry of the log can be, and how people are told."""

SHOWN = 4
"""Next moves of an actor listed at most where people read, the expected and best first; the JSON has all."""

AS_EXPECTED = ("unsanctioned", "pass")
"""The entries that the model expects."""

STEP_KINDS = Messages({"unsanctioned": "expected", "sanctioned": "can be answered"})
"""What a step that gains can be."""


@dataclass(frozen=True, kw_only=True)
class Judged(Record):
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


@dataclass(frozen=True, kw_only=True)
class Explained(Record):
    """How far one reading of an actor expects the actor's legal moves; `chosen` marks the reading of the case."""

    actor: str
    reading: str
    chosen: bool
    improvements: Tally
    unsanctioned: Tally


@dataclass(frozen=True, repr=False, kw_only=True)
class GameLog(Answer):
    """The log judged; `left` and `left_myopic` number the first move off the foresight and the myopic paths."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "legal", "expected", "summary")
    question: ClassVar[str] = "game_log"

    basis: Basis
    moves: tuple[Judged, ...]
    left: int | None
    left_myopic: int | None
    shares: tuple[Explained, ...]
    start: Place
    end: Place

    @property
    def legal(self) -> bool:
        """Whether every entry is a legal move or a pass."""
        return all(move.kind != "not legal" for move in self.moves)

    @property
    def expected(self) -> int:
        """How many entries are as the model expects."""
        return sum(move.kind in AS_EXPECTED for move in self.moves)

    @property
    def summary(self) -> Phrase:
        """The log in a sentence or two."""
        count = tell(
            "{expected} of {number} entries are as the model expects.", expected=self.expected, number=len(self.moves)
        )
        if self.left is None:
            return Phrase.told("{count} Play never left the predicted paths.", count=count)
        move = self.moves[self.left]
        left = tell("{count} Play left the predicted paths at turn {turn}: ", count=count, turn=move.turn)
        return Phrase.of(left, ActorTerm(move.actor), f" ({KINDS[move.kind]}).")

    @property
    def headline(self) -> Phrase:
        """The log in a sentence or two."""
        return self.summary

    def sheets(self) -> tuple[Sheet, ...]:
        illegal = self._illegal_sheet()
        return self._move_sheet(), *([illegal] if illegal.rows else []), self._share_sheet(), *self._next_sheets()

    def _move_sheet(self) -> Sheet:
        rows = tuple(
            (m.turn, ActorTerm(m.actor), FormulaTerm(m.changes) if m.changes else "passes", KINDS[m.kind], m.why)
            for m in self.moves
        )
        notes = tuple(
            Phrase.told("{turn}: the model expected {steps}", turn=move.turn, steps=_steps(move.expected))
            for move in self.moves
            if move.kind not in AS_EXPECTED
        )
        return Sheet(tell("Move by move"), ("turn", "who", "move", "is", "because"), rows, (self.summary, *notes))

    def _illegal_sheet(self) -> Sheet:
        rows = tuple(
            (m.place or m.turn, ActorTerm(m.actor), "; ".join(m.hindrances)) for m in self.moves if m.hindrances
        )
        note = tell("Such a move counts for nothing; the replay goes on from where it leads, if that is a state.")
        return Sheet(tell("Not legal"), ("where", "who", "because"), rows, (note,))

    def _share_sheet(self) -> Sheet:
        rows = tuple(
            (
                ActorTerm(share.actor),
                Phrase.of(ReadingTerm(share.reading, share.actor), tell(" (chosen)") if share.chosen else ""),
                *(part for t in (share.improvements, share.unsanctioned) for part in (str(t), round(t.expected, 1))),
            )
            for share in self.shares
        )
        columns = ("who", "reading", "gains", tell("gains by luck"), "expected", tell("expected by luck"))
        note = tell(
            "Of the actor's legal moves: those it gains by, and those nobody's answer spoils; beside "
            "each, how many blind choice would hit."
        )
        return Sheet(tell("Predicted moves by actor and reading"), columns, rows, (note,))

    def _next_sheets(self) -> tuple[Sheet, ...]:
        actors = dict.fromkeys(step.actor for step in self.end.next)
        first = [step for actor in actors for step in self._of(actor)[:SHOWN]]
        rows = tuple((ActorTerm(s.actor), FormulaTerm(s.changes), s.why, STEP_KINDS[s.kind]) for s in first)
        left = len(self.end.next) - len(first)
        more = (tell("{left} more moves by which somebody gains are not listed.", left=numeral(left)),) if left else ()
        where = Phrase.told("The game stands at: {text}.", text=StateTerm(self.end.text))
        concepts = ", ".join(map(label, self.end.holds))
        holds = (
            tell("It holds under {concepts}.", concepts=concepts) if concepts else tell("It holds under no concept.")
        )
        ends = tuple(
            Phrase.told("{capitalize} play from here: {or_}.", capitalize=word(play).capitalize(), or_=_or(e))
            for play, e in self.end.ends.items()
        )
        foreseen = _or(self.start.ends["foresight"])
        began = Phrase.told("Foresight play from the start was expected to end at: {foreseen}.", foreseen=foreseen)
        nobody = (tell("Nobody has a move to gain by."),) if not rows else ()
        title = tell("What the model expects next")
        return (Sheet(title, ("who", "move", "gains", "is"), rows, (*more, where, holds, *nobody, *ends, began)),)

    def _of(self, actor: str) -> list[Step]:
        """An actor's steps from where the game stands, as they are sorted."""
        return [step for step in self.end.next if step.actor == actor]


def _or(ends: Sequence[str]) -> str:
    return listing(ends, tell(" or ")) if len(ends) <= 4 else tell("{number} different states", number=len(ends))


def _steps(steps: Sequence[Step]) -> Phrase:
    """What was expected: of every actor its best move, and of how many."""
    by_actor: dict[str, list[str]] = {}
    for step in steps:
        if step.kind == "unsanctioned":
            by_actor.setdefault(step.actor, []).append(step.changes)
    best = [
        Phrase.of(
            ActorTerm(a),
            ": ",
            FormulaTerm(own[0]),
            tell(" (the best of {number})", number=len(own)) if len(own) > 1 else "",
        )
        for a, own in by_actor.items()
    ]
    return listing(best, tell("; or ")) or Phrase.told("nobody to move")


def game_log(case: Case, moves: Sequence[Played], *, progress: Progress = quiet) -> GameLog:
    """Judge a log of moves played from the case's status quo.

    Raises `Unanswerable` for an empty log or a model without a status quo, `InputError` for a state `to` that there is not.
    Cost: one analysis per reading of every actor that moves, and one state per move.
    """
    if not moves:
        raise Unanswerable(tell("the log has no moves"))
    analysis = case.analyse(CONCEPTS)
    start = here = case.game.cell(None)
    entries, judged = [], []
    for played in moves:
        entry = _entry(case, played, here)
        entries.append(entry)
        judged.append(_judged(case, played, entry))
        here = entry.after
    return GameLog(
        basis=case.basis,
        moves=tuple(judged),
        left=_first(judged, ("unsanctioned", "pass", "idle")),
        left_myopic=_first(judged, ("unsanctioned", "sanctioned", "pass", "idle")),
        shares=tuple(_shares(case, entries, progress)),
        start=place(case, analysis, start),
        end=place(case, analysis, here),
    )


def _first(judged: Sequence[Judged], on_path: Sequence[str]) -> int | None:
    return next((number for number, move in enumerate(judged) if move.kind not in on_path), None)


def _entry(case: Case, played: Played, here: int) -> Entry:
    settings, target = dict(played.settings), None
    if played.to:
        try:
            target = case.game.cell(played.to)
        except InputError as error:
            raise InputError(f"{played.where}: {error}") from None
        settings = {} if case.game.conflict.graph else case.game.changes(here, target)
    return enter(case, Event(date=played.turn, by=played.by, settings=settings, says=played.says), here, target)


def _judged(case: Case, played: Played, entry: Entry) -> Judged:
    options, why, hindered = expected_steps(case, entry.before), "", tuple[str, ...]()
    kind = _kind(case, played, entry, options)
    if kind == "not legal":
        hindered = _hindrances(case, played, entry)
        why = "; ".join(hindered)
    elif not played.passes:
        why = _weighed(case, entry).phrase
    recorded = entry.recorded
    return Judged(
        turn=played.turn,
        actor=played.by,
        says=played.says,
        place=played.where,
        changes="" if played.passes else recorded.changes,
        before=recorded.before_text,
        after=recorded.after_text,
        kind=kind,
        why=why,
        hindrances=hindered,
        expected=tuple(options),
    )


def _weighed(case: Case, entry: Entry) -> Weighing:
    """How the mover likes what it did."""
    return weigh(case.game.conflict, case.game.readings[entry.player], entry.before, entry.after)


def _kind(case: Case, played: Played, entry: Entry, options: Sequence[Step]) -> str:
    own = {step.text: step.kind for step in options if step.actor == played.by}
    if played.passes:
        return "idle" if "unsanctioned" in own.values() else "pass"
    if entry.recorded.status != "move":
        return "not legal"
    verdict = _weighed(case, entry).verdict
    if verdict == "better":
        return own[entry.recorded.after_text]
    return {"equal": "indifferent", "worse": "against"}[verdict]


def _hindrances(case: Case, played: Played, entry: Entry) -> tuple[str, ...]:
    """Why an entry is no legal move; what it is, if none of the model's limits says so."""
    if case.game.conflict.graph:
        return (tell("{by} has no move {changes}", by=played.by, changes=entry.recorded.changes),)
    wanted = played.settings or case.game.changes(entry.before, entry.after)
    return hindrances(case, entry.player, entry.before, wanted) or (STATUSES[entry.recorded.status],)


def _shares(case: Case, entries: Sequence[Entry], progress: Progress) -> list[Explained]:
    moved = {entry.recorded.actor for entry in entries if entry.recorded.scored}
    asked = [
        (a.id, reading)
        for a in case.scenario.actors
        if a.id in moved
        for reading in a.readings
        if reading in a.counted or reading == case.chosen[a.id]
    ]
    shares = []
    for number, (actor, reading) in enumerate(asked):
        progress(number, len(asked), f"{actor}={reading}")
        other = case if case.chosen[actor] == reading else replace(case, readings={**case.readings, actor: reading})
        analysis = other.analyse(CONCEPTS)
        own = [entry for entry in entries if entry.recorded.scored and entry.recorded.actor == actor]
        calls = [judge(analysis, number, entry) for number, entry in enumerate(own)]
        share = Explained(
            actor=actor,
            reading=reading,
            chosen=other is case,
            improvements=improvements(calls),
            unsanctioned=unsanctioned(calls),
        )
        shares.append(share)
    return shares
