"""What is asked of a case in one word: a query, and its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detente.analysis import KINDS, Analysis, analyse_game
from detente.arguments import check
from detente.case.cases import CONCEPTS, Case
from detente.conflict import Cells
from detente.conflict.game import Game
from detente.engine.at_once import AtOnce
from detente.engine.concepts import CONCEPTS as ALL_CONCEPTS
from detente.engine.concepts import label
from detente.engine.play import ALL, NO_EQUILIBRIA, NONE, SOME
from detente.engine.play import verdict as quantified
from detente.engine.solution import at_once_of
from detente.errors import InputError, ScenarioError, refuse_unknown
from detente.formula import Formula
from detente.messages import tell, word
from detente.sheet import FormulaTerm, Phrase, VerdictTerm


@dataclass(frozen=True)
class Query:
    """What is asked.

    - with `concept` None: where play (`play`: "foresight" or "myopic") ends from the status quo, is `of` ALL, SOME or NONE?
    - with `concept` and `of`: is it true in ALL, SOME or NONE of the equilibria ("no equilibria" where there are none)?
    - with `concept` alone: is the status quo an equilibrium: "stable" or "unstable"?
    """

    of: str | Formula | None = None
    play: str = "foresight"
    concept: str | None = None

    @classmethod
    def asked(cls, of: str | Formula | None = None, play: str | None = None, concept: str | None = None) -> Query:
        """The query of somebody who leaves things out: by default whether the status quo is SEQ stable, and foresight play.

        Raises `InputError` for a kind of play that would be ignored.
        """
        if play is not None and (of is None or concept is not None):
            raise InputError(
                tell("the kind of play asks where play ends: say what should hold there, and name no concept")
            )
        return cls(of, play or "foresight", concept if concept or of is not None else "seq")

    def __post_init__(self) -> None:
        check(tell("what a query is `of`"), self.of, "str", "Formula", "None")
        check(tell("the kind of play"), self.play, "str")
        check(tell("the concept of a query"), self.concept, "str", "None")
        refuse_unknown("kind of play", KINDS, self.play)

    @property
    def phrase(self) -> Phrase:
        """The question in a few words."""
        if self.of is None:
            return Phrase.of(
                tell("today is {concept} stable", concept=self.concept)
                if self.concept
                else tell("None where {play} play ends", play=word(self.play))
            )
        where = (
            tell(" in the {concept} equilibria", concept=self.concept)
            if self.concept
            else tell(" where {play} play ends", play=word(self.play))
        )
        return Phrase.of(FormulaTerm(str(self.of)), where)

    def says(self, verdict: str) -> Phrase:
        """The answer in a sentence, without its stop: what a verdict, or several, come to.

        >>> Query("peace").says(VerdictTerm("ALL")), Query(concept="seq").says(VerdictTerm("unstable"))
        ('peace is ALL true where foresight play ends', 'today is unstable under SEQ')
        """
        if self.of is None:
            return Phrase.told("today is {verdict} under {concept}", verdict=verdict, concept=label(self.concept or ""))
        if verdict == NO_EQUILIBRIA:
            return Phrase.told(
                "there are {verdict} under {concept}", verdict=VerdictTerm(verdict), concept=label(self.concept or "")
            )
        where = (
            tell("in the equilibria under {concept}", concept=label(self.concept))
            if self.concept
            else tell("where {play} play ends", play=word(self.play))
        )
        return Phrase.told("{of} is {verdict} true {where}", of=FormulaTerm(str(self.of)), verdict=verdict, where=where)

    def __str__(self) -> str:
        return str(self.phrase)

    def to_json(self) -> dict[str, Any]:
        of = None if self.of is None else str(self.of)
        return {"text": str(self), "of": of, "play": None if self.concept else self.play, "concept": self.concept}


def verdict(case: Case, query: Query) -> str:
    """ALL, SOME or NONE; "no equilibria" where a concept has none; "stable"/"unstable" for the status quo.

    Cost: one analysis of the case, shared by all queries about it; of a small model only what decides this query.
    """
    known = None if case.analysed else _judged(case.at_once, query)
    return answered(case.analyse(_needed(query)), query) if known is None else known


def ends(case: Case, play: str) -> Cells:
    """The states where play of a kind ends from the status quo. Cost: as `verdict`."""
    small = None if case.analysed else case.at_once
    return case.analyse(("seq",)).play(play).end_states if small is None else small.game.states[small.judged(play)]


def verdict_of(game: Game, sanctions: str, query: Query) -> str:
    """What `verdict` says, of a game; nothing is kept."""
    known = _judged(at_once_of(game, sanctions), query)
    return answered(analyse_game(game, concepts=_needed(query), sanctions=sanctions), query) if known is None else known


def sensible(ask: Callable[[], str]) -> str | None:
    """What is asked for; None where a list tells merged states apart, so that the question means nothing."""
    try:
        return ask()
    except ScenarioError as error:
        if {problem.code for problem in error.problems} == {"merged-scores"}:
            return None
        raise


def _needed(query: Query) -> tuple[str, ...]:
    """The concepts an analysis must have to answer a query; play needs none but SEQ."""
    if query.concept is None:
        return ("seq",)
    return CONCEPTS if query.concept in CONCEPTS else (query.concept,)


def _judged(small: AtOnce | None, query: Query) -> str | None:
    """What `answered` says of a small game, without a whole analysis; None where it takes one."""
    concept = ALL_CONCEPTS.get(query.concept or "")
    if small is None or small.game.now is None or (concept is None and (query.concept is not None or query.of is None)):
        return None
    if concept and concept.answers == "simultaneous":
        return None
    game, found = small.game, small.judged(query.play, concept)
    if query.of is None:
        return "stable" if game.number(small.game.now) in found else "unstable"
    truths = game.holds(query.of, game.states)[found]
    return NO_EQUILIBRIA if concept and not len(found) else quantified(truths)


def answered(analysis: Analysis, query: Query) -> str:
    """What `verdict` says, of an analysis."""
    if query.concept is None:
        if query.of is None:
            raise InputError(tell("a query needs a formula (`of`), or a concept to judge today's state by"))
        return analysis.verdict(query.of, query.play)
    if query.of is None:
        return "stable" if analysis.is_equilibrium(query.concept, analysis.cell()) else "unstable"
    total, good = analysis.count(query.concept), analysis.count(query.concept, query.of)
    if total == 0:
        return NO_EQUILIBRIA
    return ALL if good == total else NONE if good == 0 else SOME
