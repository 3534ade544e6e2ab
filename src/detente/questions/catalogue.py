"""The table of questions: what can be asked of a case, by which function, in one line each.

`Study` has a method for every row, and the commands take their help from it. A row names its function by a dotted path, so
that nothing is imported before it is asked for: reading the table costs nothing, asking costs one module.

How to add one: write the function in the folder of its subject, case first; add a row; add its line to `Study`.

>>> QUESTIONS["levers"].subject, QUESTIONS["levers"].parameters[:2]
('policy', ('actors', 'goal'))
>>> QUESTIONS["levers"].function.__name__
'levers'
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

HERE = "detente.questions"


@dataclass(frozen=True)
class Question:
    """One question: its name, the module of its function (below `detente.questions`), and what it answers."""

    name: str
    home: str
    help: str

    @property
    def subject(self) -> str:
        """The folder it belongs to."""
        return self.home.partition(".")[0]

    @property
    def module(self) -> str:
        return f"{HERE}.{self.home}"

    @property
    def function(self) -> Callable[..., Any]:
        """The function; its module is imported now."""
        found: Callable[..., Any] = getattr(import_module(self.module), self.name)
        return found

    @property
    def parameters(self) -> tuple[str, ...]:
        """What it is asked with besides the case, in order."""
        return tuple(inspect.signature(self.function).parameters)[1:]

    @property
    def optional(self) -> frozenset[str]:
        """The parameters with a default of their own."""
        known = inspect.signature(self.function).parameters.values()
        return frozenset(each.name for each in known if each.default is not each.empty)


GRADED = "preference_structures.probabilistic_and_fuzzy"

QUESTIONS: Mapping[str, Question] = {
    name: Question(name, home, answers)
    for name, home, answers in (
        # why
        ("explain", "explanation.explain", "Why a state holds, or does not: improvements, answers, statements and sources, and the strongest case against."),
        ("explain_own", "explanation.explain", "Why a state holds where every actor is judged by a concept of its own."),
        ("response_counts", "explanation.responses", "What sequential stability rests on: real counter-moves, doubtful ones, or moves that come anyway."),
        ("claims", "claims", "What becomes of the claims of a scenario: each is run, and its status computed."),
        ("brief", "brief", "The one page: the answer, what it turns on, the strongest objection, what would tell, how far to trust it."),
        # versions of a model
        ("diff", "versions.diff", "What two versions of a model say differently, and which difference changes which headline."),
        ("analysts", "versions.analysts", "How far several analysts agree in their lists, and which disagreement changes which headline."),
        # policy and partnerships
        ("compare", "policy.platforms", "Platforms side by side: today, ends of play, outcomes, and whether each would be kept."),
        ("levers", "policy.levers", "The smallest sets of own settings that, switched and held, make sure of a goal."),
        ("induce", "policy.inducement", "What an actor can bring about by committing itself before the others move, and whether it would keep to it."),
        ("exchange", "policy.reciprocal_steps", "Action for action: the steps to a goal, with what each side has given up on the way."),
        ("third_party", "policy.third_party", "What a mediator or arbiter with given moves could change."),
        ("third_parties", "policy.third_party", "What each third party of the file would change."),
        ("partnership", "partnerships.partnerships", "Does a partnership hold, fray or break: at every end of play, under every concept, and why."),
        ("break_matrix", "partnerships.break_matrix", "Which policy breaks a partnership, for which readings of its members: a matrix."),
        # how far a verdict depends on what was assumed
        ("types", "uncertainty.types", "The verdict for every combination of readings: a grid with counts."),
        ("pivots", "uncertainty.pivots", "Which swap of neighbours, dropped or negated statement flips the verdict."),
        ("threshold", "uncertainty.pivots", "The verdict with one statement at every rank of its list, and where it changes."),
        ("margin", "uncertainty.margin", "How many neighbours in the actors' lists must change places before a verdict is another one."),
        ("ends", "uncertainty.ends", "How likely each end of play is, where chance decides who moves next; and how long it takes."),
        ("ensemble", "uncertainty.ensemble", "How sure: the share of every headline over the ways the case might be, and whose doubt moves it."),
        ("boxes", "uncertainty.boxes", "Which combinations of doubts bring another answer: boxes with coverage and density, and the smallest changes."),
        ("collection_plan", "uncertainty.collection_plan", "What would change your mind: which judgements to look into first, and the gap in the sources of each."),
        ("evidence", "uncertainty.evidence", "What every judgement rests on: sources with their grades, and what is unsupported, contested or stale."),
        ("observations", "uncertainty.observations", "What would have to be seen to tell rival readings, and whole accounts, apart."),
        ("assumptions", "inverse.assumptions", "What follows from what: the smallest sets of statements and rules that suffice for a verdict."),
        ("unknowns", "uncertainty.unknowns", "Necessary and possible verdicts over everything that is marked unknown."),
        ("unknowns_of_list", "uncertainty.unknowns", "The same over everything a platform leaves open, nobody held."),
        ("unknowns_in_force", "uncertainty.unknowns", "The same over everything a platform leaves open, its settings held."),
        # moves and play
        ("paths", "evolution.paths", "The shortest ways from today to a goal: who moves, what changes, and why."),
        ("races", "evolution.move_order", "Where the order of moves decides: the forks of play, the earliest first."),
        ("cycles", "evolution.cycles", "Cycles of play: their states, who moves, and what toggles."),
        ("irreversible", "evolution.irreversibility", "What a one-way move closes off."),
        ("status_quo", "evolution.status_quo", "Which states today's state leads to, in how many legal steps, and by whom: a table and a tree."),
        ("hindcast", "history.hindcast", "How well each reading explains the recorded moves, against chance."),
        ("events", "history.events", "What came in from tables of coded events (GDELT, POLECAT, ACLED), and what was left out, and why."),
        ("update", "history.update", "Where the world is now, what each event says of each reading, and what that does to their weights."),
        ("backtest", "history.backtest", "How well each reading would have forecast the record, beside the base rate and blind choice."),
        ("seal", "history.sealed", "A forecast written down before the event: what, with what chance, by when, and how it is settled."),
        ("score", "history.sealed", "Sealed forecasts settled by a record, and their scores."),
        ("game_log", "history.game_log", "A log of moves compared with what the model expects."),
        # together
        ("joint", "coalitions.smallest", "The smallest coalitions that all gain by moving to a goal together, and whether that place holds."),
        ("joint_minimal", "coalitions.smallest", "All such coalitions that are minimal by inclusion, not only the smallest."),
        ("coalitions", "coalitions.coalitions", "Which states coalitions would leave: CNash, CSEQ, CSMR, CGMR, and jumps between equilibria."),
        ("coalitions_explained", "coalitions.coalitions", "Why a state is stable for a coalition, or why not."),
        ("as_one", "coalitions.blocks", "Fixed coalitions treated as single actors."),
        ("as_one_explained", "coalitions.blocks", "Why a state is stable for each block, or why not."),
        # further concepts, and who sees what
        ("horizons", "stability.horizons", "Limited-move and non-myopic stability and Stackelberg equilibria, for two actors."),
        ("behaviours", "stability.mixed", "Equilibria where every actor acts on a concept of its own."),
        ("equilibria", "stability.all_equilibria", "All equilibria, also of a model too large to list: how many, what is true in them, which are nearest to today."),
        ("effective", "stability.effective", "Which options are effective: changing one alone changes who is stable, or where play ends."),
        ("hierarchy_of", "stability.hierarchical", "A model built from parts that share actors: equilibria of the parts against those of the whole."),
        ("hypergame", "perception.hypergame", "What each actor believes holds, where it is surprised, and what is left once beliefs are corrected."),
        ("announcement", "perception.announcements", "What an announcement changes: a move that changes only what its hearers believe."),
        ("announcements", "perception.announcements", "What the announcements of the file would change, each in its own perception."),
        ("disclosures", "perception.announcements", "Every error of a perception put right, one at a time: who would gain?"),
        # preferences of other kinds
        ("strength", "preference_structures.strength", "Strong and weak stability, where statements are marked as great."),
        ("unknown_preference", "preference_structures.unknown", "Stability where some preferences are unknown: the four readings a to d."),
        ("three_valued", "preference_structures.unknown", "What is stable in all, some or no completions of the lists."),
        ("attitudes", "preference_structures.attitudes", "Relational stability under attitudes of actors to each other."),
        ("attitudes_strict", "preference_structures.attitudes", "The same where nobody moves for a tie."),
        ("probabilistic", GRADED, "Stability with chances for preferences, and thresholds."),
        ("fuzzy", GRADED, "Stability with fuzzy preferences, and satisficing thresholds."),
        ("matrix_from_csv", GRADED, "Chances or degrees read from a table."),
        ("matrix_to_csv", GRADED, "The chances or degrees in force, as a table to edit."),
        ("chances_from_readings", GRADED, "The chances that follow from how likely an actor's readings are."),
        ("chances_from_weights", GRADED, "The chances that follow from errors in an actor's weights."),
        # changing incentives
        ("inverse", "inverse.inverse", "The exact conditions preferences must meet for a state to hold."),
        ("change_of_mind", "inverse.change_of_mind", "The fewest edits of priority lists that bring about a goal, proven minimal."),
        ("package", "incentives.packages", "The cheapest package of incentives under which a goal holds, verified."),
        ("package_of_play", "incentives.packages", "The cheapest package under which a goal is true wherever play ends."),
        ("package_to_break", "incentives.packages", "The cheapest package that breaks a partnership."),
        ("wedge", "incentives.wedge", "All non-dominated policies that break a partnership, are let pass, and would be kept."),
        ("credibility", "incentives.credibility", "Whether a promise would be kept, and if not, what would make it credible."),
    )
}  # fmt: skip
"""Every question by its name, in the order of the documentation."""
