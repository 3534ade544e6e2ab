"""Guess, then check: questions that a model answers, each with choices, the right one, and why it is right.

The questions are made from the model: who could gain by a move today, what holds those who could, what each would do first,
which state it likes best, where play ends, which state lasts, whether an outcome comes about, what commitment suffices. Right
answers are computed like any other result; the wrong ones are false of the same model: other states, moves or sets. The order
of choices is fixed by the model. Questions whose answer is that nothing happens are at most half of all.
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
from detente.messages import Messages, later, tell
from detente.present.kit.roles import changed, stamp, table_words
from detente.present.names import upper
from detente.present.pages.blocks import Asks, Block, Leaf, Says
from detente.present.pages.booklet import Booklet
from detente.questions.evolution.steps import steps, weigh
from detente.questions.explanation.explain import explain
from detente.questions.explanation.witness import Improvement, Move, Reason
from detente.scenario.model import Actor
from detente.sheet import listed

CHOICES = 4
"""Choices of a question at most."""

LEVER_WORK = 2_000_000
"""States times settings up to which levers are asked about."""

SHARE = 4
"""Of actors that are asked about with the same question, so many at most."""

STAY = later("stay as it is")
TODAY = later("as today")
ALONE = later("nothing it can do alone")
NOBODY = later("none of them")
CIRCLE = later("nowhere: it goes round in a circle")

WORDS = Messages(
    {
        ALL: "yes, wherever play ends",
        SOME: "it depends: in some of the states where play may end",
        NONE: "no, nowhere where play ends",
    }
)
"""How verdicts are offered as choices."""

NOTHING = frozenset({STAY, TODAY, ALONE, NOBODY, CIRCLE, WORDS[NONE]})
"""Answers that say that nothing happens; a quiz all of them would teach to guess so."""


def quiz(case: Case, most: int | None = None) -> Booklet:
    """The questions of a case, at most `most`. Cost: one analysis, explanations of the status quo, and levers where cheap.

    Raises `Unanswerable` for a model without a status quo.
    """
    maker = _Maker(case)
    questions = balanced([each for part in PARTS for each in part(maker)])
    chosen = _spread(questions, len(questions) if most is None else most)
    scenario = case.scenario
    intro = Says(tell("Guess first. Then look at the answer, and find out why the model says so."))
    blocks: tuple[Block, ...] = (Says(scenario.question, strong=True), intro, *chosen)
    title = tell("{title}: guess, then check", title=scenario.title)
    leaf = Leaf(id="quiz", title=title, subtitle="", blocks=blocks)
    return Booklet(kind="quiz", name=scenario.name, title=title, leaves=(leaf,), basis=stamp(case, open_aims=True))


def is_nothing(question: Asks) -> bool:
    """Whether the right answer is that nothing happens; to like today best is something else."""
    return not question.id.startswith("best:") and question.choices[question.answer] in map(tell, NOTHING)


def balanced(questions: Sequence[Asks]) -> list[Asks]:
    """The questions without some whose answer is that nothing happens: of a kind one more than of others, in all half."""
    kept: list[Asks] = []
    for each in questions:
        alike = [other for other in questions if _kind(other) == _kind(each)]
        room = len([other for other in alike if not is_nothing(other)]) + 1
        before = [other for other in kept if _kind(other) == _kind(each) and is_nothing(other)]
        if not is_nothing(each) or len(before) < room:
            kept.append(each)
    while 2 * len(nothing := [each for each in kept if is_nothing(each)]) > len(kept):
        kept.remove(nothing[-1])
    return kept


def _kind(question: Asks) -> str:
    return question.id.partition(":")[0]


def _spread(questions: Sequence[Asks], most: int) -> list[Asks]:
    """So many of the questions, of every kind if there is room, in their order."""
    kinds: dict[str, list[Asks]] = {}
    for each in questions:
        kinds.setdefault(_kind(each), []).append(each)
    rounds = [row[n] for n in range(len(questions)) for row in kinds.values() if n < len(row)]
    return [each for each in questions if each in rounds[:most]]


class _Maker:
    """Makes the questions; what is asked of the case is asked once."""

    def __init__(self, case: Case) -> None:
        self.case, self.scenario, self.words = case, case.scenario, table_words(case.scenario)
        self.game = case.game
        self.here = self.game.cell(None)
        self.analysis: Analysis = case.analyse(CONCEPTS)
        self.movers = [
            (axis, case.scenario.actor(player.id))
            for axis, player in enumerate(self.game.conflict.players)
            if len(steps(self.case, "moves", np.array([self.here]), axis)[1])
        ]

    # --- the status quo, actor by actor ---

    def who(self) -> Iterator[Asks]:
        """Which actors have an improvement."""
        able = [actor for axis, actor in self.movers if self.best(axis, "improvements") is not None]
        everybody = [actor for _, actor in self.movers]
        others = [actor for actor in everybody if actor not in able]
        sets = [
            able,
            everybody,
            [],
            others,
            *([each] for each in everybody),
            *([a for a in everybody if a != b] for b in able),
        ]
        right, *wrong = [listed(self.words.names.the(each.id) for each in group) or tell(NOBODY) for group in sets]
        first = {actor.id: self.best(axis, "improvements") for axis, actor in self.movers}
        why = "; ".join(
            tell("{id} could {change}", id=self.words.names.the(actor.id), change=self.change(cell, actor))
            for actor in able
            if (cell := first[actor.id]) is not None
        )
        text = tell("Which players could gain today by a move of their own, if the others did nothing about it?")
        yield self.asks(
            "who:gain",
            text,
            right,
            wrong,
            f"{upper(why)}." if why else tell("No move leads any of them to what it prefers."),
        )

    def fates(self) -> Iterator[Asks]:
        """What becomes of an actor that is tempted, if all look ahead."""
        for axis, actor in self.movers:
            best = self.best(axis, "improvements")
            if best is None:
                continue
            witness = explain(self.case, None, ("seq",), [actor.id], told=0).witness(actor.id, "seq")
            deed, name = self.change(best, actor), self.words.names.the(actor.id)
            told = {
                False: tell("it makes a move: none of the counter-moves spoils it"),
                True: tell("it stays: the others would counter each such move, to its loss and their gain"),
                None: tell("it stays: such a move leads to what it likes less, whatever the others do"),
            }
            why = self.fate(actor, (witness.standing or witness.improvements)[0])
            text = tell(
                "Today {name} could {deed}, and gain by it. What happens if all look ahead?", name=name, deed=deed
            )
            wrong = [said for key, said in told.items() if key != witness.stable]
            yield self.asks(f"fate:{actor.id}", text, told[witness.stable], wrong, why)

    def likings(self) -> Iterator[Asks]:
        """Which of some states an actor likes best."""
        near = dict.fromkeys((*self.near(), self.here))
        pool = sorted(near, key=lambda cell: (len(self.game.changes(self.here, cell)), cell))[: 2 * CHOICES]
        for axis, player in list(enumerate(self.game.conflict.players))[:SHARE]:
            worth = dict(zip(pool, self.game.payoffs(axis, np.array(pool)).tolist(), strict=True))
            levels: dict[Any, int] = {}
            for cell in pool:  # one state of each liking, so that one alone is best
                levels.setdefault(worth[cell], cell)
            ranked = [levels[level] for level in sorted(levels, reverse=True)][:CHOICES]
            if len(ranked) < 2:
                continue
            name = self.words.names.the(player.id)
            why = upper(self.because(axis, ranked[0], self.scenario.actor(player.id), ranked[1])) + tell(
                ", if one compares the best two."
            )
            right, *wrong = map(self.state, ranked)
            yield self.asks(
                f"best:{player.id}", tell("Where would {name} most like to be?", name=name), right, wrong, why
            )

    def lasting(self) -> Iterator[Asks]:
        """Which of some states is stable for all who look ahead, and which is not."""
        cells = [cell for cell in dict.fromkeys(self.near()) if cell != self.here]
        firm = [cell for cell in cells if self.analysis.is_equilibrium("seq", cell)]
        loose = [cell for cell in cells if cell not in firm]
        for key, text, right, wrong, why in (
            (
                "stays",
                tell("Suppose things stood so. Which state would last, if all look ahead?"),
                firm,
                loose,
                tell("stable for all players"),
            ),
            (
                "goes",
                tell("Suppose things stood so. Which state would somebody leave, looking ahead?"),
                loose,
                firm,
                tell("not stable for all players"),
            ),
        ):
            if right and len(wrong) > 1:
                yield self.asks(
                    f"lasts:{key}",
                    text,
                    self.state(right[0]),
                    map(self.state, wrong),
                    tell("It is {why}; the others here are the contrary.", why=why),
                )

    def fate(self, actor: Actor, each: Improvement) -> str:
        """What becomes of an improvement."""
        did = tell("It could {move}", move=self.did(each.move))
        if each.stands or each.cost is None:
            return tell("{did}, and no answer spoils that: {reason}.", did=did, reason=self.reason(each.move.reason))
        steps = [
            tell("{actor} would {step}", actor=self.words.names.the(step.actor), step=self.did(step))
            for step in each.answer
        ]
        loss, name = self.reason(each.cost) or tell("no better than now"), self.words.names.the(actor.id)
        return tell(
            "{did}. But then {steps}. That would leave {name} no better off: {loss}.",
            did=did,
            steps=tell(", then ").join(steps),
            name=name,
            loss=loss,
        )

    def did(self, move: Move) -> str:
        settings = self.case.settings(move.changes)
        return self.words.move(settings, move.actor) or tell("go to {text}", text=move.state.text)

    def reason(self, reason: Reason) -> str:
        """Which aim decides between two states."""
        if reason.places:
            return tell(
                "place {places} of its ranking instead of place {places2}",
                places=reason.places[1],
                places2=reason.places[0],
            )
        if not reason.deciders:
            return tell("it is all the same to it")
        decider = reason.deciders[0]
        fate = tell("comes true") if decider.holds else tell("fails")
        return tell(
            "its aim {rank} {fate} ({says})",
            rank=decider.rank,
            fate=fate,
            says=self.words.formula(decider.says, reason.actor),
        )

    def moves(self) -> Iterator[Asks]:
        """What an actor would do first."""
        for axis, actor in self.movers:
            sure, better = (self.best(axis, kind) for kind in ("unsanctioned", "improvements"))
            right = tell(STAY) if sure is None else self.change(sure, actor)
            others = [self.change(cell, actor) for cell in self.sorted_moves(axis)]
            alike = [] if sure is None else [self.change(c, actor) for c in self.steps(axis, "unsanctioned")]
            tempting = [] if better is None or sure is not None else [self.change(better, actor)]
            wrong = [text for text in (tell(STAY), *tempting, *others) if text not in alike]
            why = tell("Each move it would gain by can be countered, to its loss.") if better is not None else ""
            why = why or tell("No move of its own leads to what it prefers.")
            if sure is not None:
                why = tell("{because}, and no counter-move spoils it.", because=upper(self.because(axis, sure, actor)))
            text = tell("What would {id} do first, thinking ahead?", id=self.words.names.the(actor.id))
            yield self.asks(f"move:{actor.id}", text, right, wrong, why)

    # --- play ---

    def ends(self) -> Iterator[Asks]:
        """Where each kind of play ends."""
        told = {
            "myopic": tell("All players take any gain at once. Where can play end?"),
            "foresight": tell(
                "All players look ahead and avoid moves that the others would spoil. Where can play end?"
            ),
        }
        near = [self.here, *self.near()]
        for kind, text in told.items():
            play, ends = self.analysis.play(kind), self.cells(kind)
            right = self.state(ends[0]) if ends else tell(CIRCLE)
            wrong = [self.state(cell) for cell in dict.fromkeys(near) if cell not in play.end_states]
            if ends and len(wrong) < CHOICES - 1:
                wrong.append(tell(CIRCLE))
            count = len(play.ends)
            why = (
                tell("Play can end in {count} ways; this is one.", count=count)
                if count > 1
                else tell("It is the only end.")
            )
            if play.passed == 1:
                why = tell("No player has such a move: all stays as today.")
            yield self.asks(f"end:{kind}", text, right, wrong, why)

    def near(self) -> list[int]:
        """States that come to mind: ends of play, equilibria, and where moves of today lead."""
        found = [*self.cells("myopic"), *self.cells("foresight")]
        found += [int(c) for concept in CONCEPTS for c in self.analysis.equilibria(concept)[:CHOICES]]
        return found + [int(cell) for axis, _ in self.movers for cell in self.steps(axis, "moves")[:CHOICES]]

    def cells(self, kind: str) -> list[int]:
        """The single states where play can end."""
        return [int(end[0]) for end in self.analysis.play(kind).ends if len(end) == 1]

    def outcomes(self) -> Iterator[Asks]:
        """Whether an outcome comes about."""
        for name, outcome in self.scenario.outcomes.items():
            verdict = self.analysis.verdict(outcome.formula)
            text = tell("All players look ahead. Does “{name}” come about?", name=self.words.names.thing(name))
            count = len(self.analysis.play("foresight").ends)
            ends = tell("Play can end in {count} ways", count=count) if count > 1 else tell("Play can end in one way")
            true = {
                ALL: tell("where it is so"),
                SOME: tell("in some of which it is so"),
                NONE: tell("where it is not so"),
            }[verdict]
            why = tell(
                "It means: {formula}. {ends}, {true}.",
                formula=self.words.formula(outcome.formula, None),
                ends=ends,
                true=true,
            )
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
        text = tell(
            "Suppose {id} could bind itself for good, and the others react. What makes sure of “{name}”?",
            id=self.words.names.the(actor.id),
            name=name,
        )
        right = self.flips(found.minimal[0].flips) if found.minimal else tell(ALONE)
        enough = [each.flips for each in found.sufficient]
        failed = [self.flips(t.flips) for t in found.trials if t.verdict != ALL and t.flips not in enough and t.flips]
        wrong = [*failed, *([tell(ALONE)] if found.minimal else [])]
        why = (
            tell("No setting of its own options suffices.")
            if not found.minimal
            else tell("That suffices, and less does not.")
        )
        return self.asks(f"lever:{actor.id}", text, right, [wrong[-1], *wrong] if wrong else [], why)

    def flips(self, flips: Mapping[str, Any]) -> str:
        settings = self.case.settings(dict(flips))
        owners = {self.scenario.option(key).actor for key in settings}
        return self.words.move(settings, owners.pop()) if len(owners) == 1 else tell("keep to what it does today")

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
        return self.words.move(changes, actor.id) or tell("go to {cell}", cell=self.game.text(cell))

    def because(self, axis: int, cell: int, actor: Actor, instead: int | None = None) -> str:
        """Which aim makes an actor like a state better than another one, or than today."""
        start = self.here if instead is None else instead
        weighing = weigh(self.game.conflict, self.game.readings[axis], start, cell)
        if weighing.rank:
            said = self.words.formula(weighing.statement, actor.id)
            return tell("its aim {rank} comes true ({said})", rank=weighing.rank, said=said)
        return tell("it likes that state better")

    def state(self, cell: int) -> str:
        """A state as it differs from today; in graph form its name."""
        if cell == self.here:
            return tell(TODAY)
        if self.scenario.graph:
            return tell("state {cell}", cell=self.game.conflict.state_names.get(cell))
        return tell("as today, but: {changed}", changed=changed(self.words, self.game.changes(self.here, cell)))

    def asks(self, key: str, text: str, right: str, wrong: Iterable[str], why: str) -> Asks:
        """A question with the right choice among others; the order depends on nothing but the words."""
        kept = list(dict.fromkeys(each for each in wrong if each != right))[: CHOICES - 1]
        choices = sorted([right, *kept], key=lambda each: hashlib.sha256(f"{key}{each}".encode()).digest())
        return Asks(id=key, text=text, choices=tuple(choices), answer=choices.index(right), why=why)


PARTS = (
    _Maker.who,
    _Maker.fates,
    _Maker.moves,
    _Maker.likings,
    _Maker.ends,
    _Maker.lasting,
    _Maker.outcomes,
    _Maker.levers,
)
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
        return tell("{sum} of {number} right", sum=sum(self.right), number=len(self.guesses))

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
        raise InputError(
            tell("{number} answers to {number2} questions", number=len(given), number2=len(booklet.questions))
        )
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
    raise InputError(
        tell(
            "{strip} is no answer to “{text}”; expected one of {known}",
            strip=repr(text.strip()),
            text=question.text,
            known=", ".join(known),
        )
    )
