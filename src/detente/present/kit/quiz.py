"""Guess, then check: questions that a model answers, each with choices, the right one, and why it is right.

The questions are made from the model: is the status quo stable for an actor, at first sight and with foresight; what would
it do; where does play end; does an outcome come about; which lever suffices. The right answers are computed like any other
result; the wrong ones are true of other states, moves or sets of the same model. The order of choices is fixed by the model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.engine.play import ALL, NONE, SOME
from detente.errors import InputError
from detente.present.kit.roles import stamp
from detente.present.pages.blocks import Asks, Block, Leaf, Says
from detente.present.pages.booklet import Booklet
from detente.present.words import Words, upper
from detente.questions.evolution.steps import steps, weigh
from detente.questions.explanation.explain import explain
from detente.questions.explanation.witness import Improvement, Move, Reason
from detente.scenario.model import Actor

CHOICES = 4
"""Choices of a question at most."""

LEVER_WORK = 2_000_000
"""States times settings up to which levers are asked about."""

YES_NO = ("yes", "no")

CIRCLE = "nowhere: it goes round in a circle"

WORDS = {
    ALL: "yes, wherever play ends",
    SOME: "it depends: in some of the places where play may end",
    NONE: "no, nowhere where play ends",
}
"""How verdicts are offered as choices."""


def quiz(case: Case, most: int | None = None) -> Booklet:
    """The questions of a case, at most `most`. Cost: one analysis, explanations of the status quo, and levers where cheap.

    Raises `Unanswerable` for a model without a status quo.
    """
    maker = _Maker(case)
    questions = [each for part in PARTS for each in part(maker)]
    chosen = _spread(questions, len(questions) if most is None else most)
    scenario = case.scenario
    intro = Says("Guess first. Then look at the answer, and find out why the model says so.")
    blocks: tuple[Block, ...] = (Says(scenario.question, strong=True), intro, *chosen)
    title = f"{scenario.title}: guess, then check"
    leaf = Leaf(id="quiz", title=title, subtitle="", blocks=blocks)
    return Booklet(kind="quiz", name=scenario.name, title=title, leaves=(leaf,), basis=stamp(case, open_aims=True))


def _spread(questions: Sequence[Asks], most: int) -> list[Asks]:
    """So many of the questions, of every kind if there is room, in their order."""
    kinds: dict[str, list[Asks]] = {}
    for each in questions:
        kinds.setdefault(each.id.partition(":")[0], []).append(each)
    rounds = [row[n] for n in range(len(questions)) for row in kinds.values() if n < len(row)]
    return [each for each in questions if each in rounds[:most]]


class _Maker:
    """Makes the questions; what is asked of the case is asked once."""

    def __init__(self, case: Case) -> None:
        self.case, self.scenario, self.words = case, case.scenario, Words(case.scenario)
        self.game = case.game
        self.here = self.game.cell(None)
        self.analysis: Analysis = case.analyse(CONCEPTS)
        self.movers = [
            (axis, case.scenario.actor(player.id))
            for axis, player in enumerate(self.game.conflict.players)
            if len(steps(self.case, "moves", np.array([self.here]), axis)[1])
        ]

    # --- the status quo, actor by actor ---

    def tempted(self) -> Iterator[Asks]:
        """Whether an actor has an improvement."""
        for axis, actor in self.movers:
            best = self.best(axis, "improvements")
            why = "No move of its own leads to anything it prefers."
            if best is not None:
                why = f"It could {self.change(best, actor)}: then {self.because(axis, best, actor)}."
            text = f"Could {self.words.names.the(actor.id)} gain by a move of its own, if nobody answered?"
            yield Asks(id=f"tempted:{actor.id}", text=text, choices=YES_NO, answer=int(best is None), why=why)

    def stable(self) -> Iterator[Asks]:
        """Whether the status quo is sequentially stable for an actor that is tempted."""
        for axis, actor in self.movers:
            if self.best(axis, "improvements") is None:
                continue
            witness = explain(self.case, None, ("seq",), [actor.id], told=0).witness(actor.id, "seq")
            text = (
                f"Would {self.words.names.the(actor.id)} stay all the same, fearing answers by which the others gain?"
            )
            why = self.fate(actor, (witness.standing or witness.improvements)[0])
            yield Asks(id=f"stable:{actor.id}", text=text, choices=YES_NO, answer=int(not witness.stable), why=why)

    def fate(self, actor: Actor, each: Improvement) -> str:
        """What becomes of an improvement."""
        did = f"It could {self.did(each.move)}"
        if each.stands or each.cost is None:
            return f"{did}, and no answer spoils that: {self.reason(each.move.reason)}."
        steps = [f"{self.words.names.the(step.actor)} would {self.did(step)}" for step in each.answer]
        loss, name = self.reason(each.cost) or "no better than now", self.words.names.the(actor.id)
        return f"{did}. But then {', then '.join(steps)}. That would leave {name} no better off: {loss}."

    def did(self, move: Move) -> str:
        settings = self.case.settings(move.changes)
        return self.words.move(settings, move.actor) or f"go to {move.state.text}"

    def reason(self, reason: Reason) -> str:
        """Which aim decides between two states."""
        if reason.places:
            return f"place {reason.places[1]} of its ranking instead of place {reason.places[0]}"
        if not reason.deciders:
            return "it is all the same to it"
        decider = reason.deciders[0]
        fate = "comes true" if decider.holds else "fails"
        return f"its aim {decider.rank} {fate} ({self.words.formula(decider.says, reason.actor)})"

    def moves(self) -> Iterator[Asks]:
        """What an actor would do first."""
        for axis, actor in self.movers:
            sure, better = (self.best(axis, kind) for kind in ("unsanctioned", "improvements"))
            right = "stay as it is" if sure is None else self.change(sure, actor)
            others = [self.change(cell, actor) for cell in self.sorted_moves(axis)]
            alike = [] if sure is None else [self.change(c, actor) for c in self.steps(axis, "unsanctioned")]
            tempting = [] if better is None or sure is not None else [self.change(better, actor)]
            wrong = [text for text in ("stay as it is", *tempting, *others) if text not in alike]
            why = "Every move it would gain by can be answered to its loss." if better is not None else ""
            why = why or "No move of its own leads to anything it prefers."
            if sure is not None:
                why = f"{upper(self.because(axis, sure, actor))}, and no answer of the others spoils it."
            text = f"What would {self.words.names.the(actor.id)} do first, thinking ahead?"
            yield self.asks(f"move:{actor.id}", text, right, wrong, why)

    # --- play ---

    def ends(self) -> Iterator[Asks]:
        """Where each kind of play ends."""
        told = {
            "myopic": "Everybody takes any gain at once. Where can play end?",
            "foresight": "Nobody makes a move that the others' answers would spoil. Where can play end?",
        }
        near = [self.here, *self.cells("myopic"), *self.cells("foresight")]
        near += [int(c) for concept in CONCEPTS for c in self.analysis.equilibria(concept)[:CHOICES]]
        near += [int(cell) for axis, _ in self.movers for cell in self.steps(axis, "moves")[:CHOICES]]
        for kind, text in told.items():
            play, ends = self.analysis.play(kind), self.cells(kind)
            right = self.state(ends[0]) if ends else CIRCLE
            wrong = [self.state(cell) for cell in dict.fromkeys(near) if cell not in play.end_states]
            if ends and len(wrong) < CHOICES - 1:
                wrong.append(CIRCLE)
            count = len(play.ends)
            why = f"Play can end in {count} places; this is one." if count > 1 else "It is the only end."
            if play.passed == 1:
                why = "Nobody has such a move: the status quo stays."
            yield self.asks(f"end:{kind}", text, right, wrong, why)

    def cells(self, kind: str) -> list[int]:
        """The single states where play can end."""
        return [int(end[0]) for end in self.analysis.play(kind).ends if len(end) == 1]

    def outcomes(self) -> Iterator[Asks]:
        """Whether an outcome comes about."""
        for name, outcome in self.scenario.outcomes.items():
            verdict = self.analysis.verdict(outcome.formula)
            text = f"Everybody thinks ahead. Does “{self.words.names.thing(name)}” come about?"
            count = len(self.analysis.play("foresight").ends)
            places = f"in {verdict.lower()} of {count} ends of play" if count > 1 else "judged at the only end of play"
            meaning = self.words.formula(outcome.formula)
            why = f"It means: {meaning}; {places}."
            right = list(WORDS).index(verdict)
            yield Asks(id=f"outcome:{name}", text=text, choices=tuple(WORDS.values()), answer=right, why=why)

    # --- levers ---

    def levers(self) -> Iterator[Asks]:
        """Which set of its own settings suffices for an actor to bring about an outcome that does not come by itself."""
        from detente.questions.policy.levers import levers

        wanted = [name for name, o in self.scenario.outcomes.items() if self.analysis.verdict(o.formula) != ALL]
        if self.scenario.graph or not wanted:
            return
        for _, actor in self.movers:
            tried = int(np.prod([len(o.choices) for o in actor.options if o.change != "fixed"]))
            if tried * self.analysis.states > LEVER_WORK:
                continue
            try:
                found = levers(self.case, actor.id, wanted[0])
            except InputError:
                continue
            yield self.lever(actor, wanted[0], found)

    def lever(self, actor: Actor, goal: str, found: Any) -> Asks:
        name = self.words.names.thing(goal)
        text = (
            f"A lasting commitment of {self.words.names.the(actor.id)}, the others react. Which makes sure of “{name}”?"
        )
        right = self.flips(found.minimal[0].flips) if found.minimal else "nothing it can do alone"
        enough = [each.flips for each in found.sufficient]
        failed = [self.flips(t.flips) for t in found.trials if t.verdict != ALL and t.flips not in enough and t.flips]
        wrong = [*failed, *(["nothing it can do alone"] if found.minimal else [])]
        why = "No setting of its own options suffices." if not found.minimal else "It is a smallest set that suffices."
        return self.asks(f"lever:{actor.id}", text, right, [wrong[-1], *wrong] if wrong else [], why)

    def flips(self, flips: Mapping[str, Any]) -> str:
        settings = self.case.settings(dict(flips))
        owners = {self.scenario.option(key).actor for key in settings}
        return self.words.move(settings, owners.pop()) if len(owners) == 1 else "keep to what it does now"

    # --- states and steps ---

    def steps(self, axis: int, kind: str) -> list[int]:
        return [int(cell) for cell in steps(self.case, kind, np.array([self.here]), axis)[1]]

    def best(self, axis: int, kind: str) -> int | None:
        """The step of a kind that the actor likes best."""
        cells = self.steps(axis, kind)
        if not cells:
            return None
        worth = self.case.game.payoffs(axis, np.array(cells))
        return cells[int(np.argmax(worth))]

    def sorted_moves(self, axis: int) -> list[int]:
        """The actor's moves, the least change first."""
        return sorted(self.steps(axis, "moves"), key=lambda cell: (len(self.game.changes(self.here, cell)), cell))

    def change(self, cell: int, actor: Actor) -> str:
        changes = {
            key: value
            for key, value in self.game.changes(self.here, cell).items()
            if self.scenario.option(key).actor == actor.id
        }
        return self.words.move(changes, actor.id) or f"go to {self.game.text(cell)}"

    def because(self, axis: int, cell: int, actor: Actor) -> str:
        weighing = weigh(self.game.conflict, self.game.readings[axis], self.here, cell)
        if weighing.rank:
            said = self.words.formula(weighing.statement, actor.id)
            return f"its aim {weighing.rank} comes true ({said})"
        return f"it likes that state better ({weighing.statement})" if weighing.statement else "it likes that better"

    def state(self, cell: int) -> str:
        """A state as it differs from the status quo; in graph form its name."""
        name = self.game.conflict.state_names.get(cell)
        if cell == self.here:
            return "where things are now"
        if self.scenario.graph:
            return f"state {name}"
        change = self.words.move(self.game.changes(self.here, cell))
        return f"as now, but: {change}" if name is None else f"state {name} (as now, but: {change})"

    def asks(self, key: str, text: str, right: str, wrong: Iterable[str], why: str) -> Asks:
        """A question with the right choice among others; the order depends on nothing but the words."""
        kept = list(dict.fromkeys(each for each in wrong if each != right))[: CHOICES - 1]
        choices = sorted([right, *kept], key=lambda each: hashlib.sha256(f"{key}{each}".encode()).digest())
        return Asks(id=key, text=text, choices=tuple(choices), answer=choices.index(right), why=why)


PARTS = (_Maker.tempted, _Maker.stable, _Maker.moves, _Maker.ends, _Maker.outcomes, _Maker.levers)
"""The kinds of questions, in their order."""


# --- marks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """The guesses to a quiz, a letter or "" per question, and which were right."""

    quiz: Booklet
    guesses: tuple[str, ...]

    @property
    def right(self) -> tuple[bool, ...]:
        return tuple(g == q.letter for g, q in zip(self.guesses, self.quiz.questions, strict=False))

    @property
    def score(self) -> str:
        """`5 of 8 right`, of the questions that were answered."""
        return f"{sum(self.right)} of {len(self.guesses)} right"

    def to_json(self) -> dict[str, Any]:
        answers = [
            {"id": q.id, "guess": guess, "answer": q.letter, "right": right}
            for q, guess, right in zip(self.quiz.questions, self.guesses, self.right, strict=False)
        ]
        return {
            **self.quiz.to_json(),
            "kind": "marks",
            "answers": answers,
            "right": sum(self.right),
            "of": len(answers),
        }


def mark(booklet: Booklet, guesses: Iterable[str]) -> Marks:
    """Mark guesses: letters, or for yes/no the words or their first letters. Raises `InputError` for anything else."""
    given = tuple(guesses)
    if len(given) > len(booklet.questions):
        raise InputError(f"{len(given)} answers to {len(booklet.questions)} questions")
    return Marks(booklet, tuple(read_guess(q, text) for q, text in zip(booklet.questions, given, strict=False)))


def read_guess(question: Asks, text: str) -> str:
    """The letter that a guess stands for.

    >>> read_guess(Asks(id="x", text="Is it?", choices=("yes", "no"), answer=0, why=""), " No ")
    'b'
    """
    said, known = text.strip().lower().rstrip(")"), question.letters
    whole = [letter for letter, choice in zip(known, question.choices, strict=True) if choice.lower().startswith(said)]
    if said and said in known:
        return said
    if said and len(whole) == 1:
        return whole[0]
    raise InputError(f"{text.strip()!r} is no answer to “{question.text}”; expected one of {', '.join(known)}")
