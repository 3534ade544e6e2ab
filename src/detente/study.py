"""A scenario and the questions asked of it, in one value.

`Study` is what `detente.load` returns. It is frozen; `with_` and `under` give changed copies, the other methods ask
questions: each is the function of `detente.questions` with the same name and the same arguments, after the case. Where a
question is about a `Query`, its parts are arguments: `study.types("decoupled", concept="seq")`.

>>> import detente as dt
>>> study = dt.load("two_proxies")
>>> study.analyze().count("nash")
1
>>> carpenter = study.with_(readings={"us": "carpenter"})
>>> [sorted(each.flips) for each in carpenter.levers("us", "decoupled").minimal]
[['us_arm', 'us_nato']]
>>> carpenter.under(hold="us_recog").verdict("troops_home")
'ALL'
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from html import escape
from typing import Any, Concatenate, ParamSpec, TypeVar

from detente.analysis import Analysis, analyse
from detente.case import Case, Policy, Query, policy_of, verdict
from detente.engine import Progress, quiet
from detente.formula import Formula
from detente.literature import citations as _citations
from detente.questions.claims import claims as _claims
from detente.questions.coalitions import blocks as _as_one
from detente.questions.coalitions import coalitions as _coalitions
from detente.questions.coalitions import smallest as _joint
from detente.questions.evolution import cycles as _cycles
from detente.questions.evolution import irreversibility as _irreversible
from detente.questions.evolution import move_order as _races
from detente.questions.evolution import paths as _paths
from detente.questions.evolution import status_quo as _status_quo
from detente.questions.explanation import explain as _explain
from detente.questions.explanation import responses as _responses
from detente.questions.history import game_log as _game_log
from detente.questions.history import hindcast as _history
from detente.questions.incentives import credibility as _commitment
from detente.questions.incentives import packages as _packages
from detente.questions.incentives import wedge as _wedge
from detente.questions.inverse import change_of_mind as _change_of_mind
from detente.questions.inverse import inverse as _inverse
from detente.questions.inverse.goals import Goal, ends
from detente.questions.partnerships import break_matrix as _break_matrix
from detente.questions.partnerships import partnerships as _partnerships
from detente.questions.perception import announcements as _perception
from detente.questions.policy import levers as _levers
from detente.questions.policy import platforms as _platforms
from detente.questions.policy import reciprocal_steps as _exchanges
from detente.questions.policy import third_party as _third_party
from detente.questions.preference_structures import attitudes as _attitudes
from detente.questions.preference_structures import probabilistic_and_fuzzy as _graded
from detente.questions.preference_structures import strength as _strength
from detente.questions.preference_structures import unknown as _unknown_preference
from detente.questions.stability import hierarchical as _hierarchy
from detente.questions.stability import horizons as _horizons
from detente.questions.stability import mixed as _behaviours
from detente.questions.uncertainty import pivots as _pivots
from detente.questions.uncertainty import types as _types
from detente.questions.uncertainty import unknowns as _unknowns
from detente.scenario.model import Rule, Scenario

P = ParamSpec("P")
R = TypeVar("R")


def _asks(question: Callable[Concatenate[Case, P], R]) -> Callable[Concatenate[Study, P], R]:
    """A question as a method: the study's case takes the place of the first argument."""

    @wraps(question)
    def method(study: Study, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return question(study.case, *args, **kwargs)

    signature = inspect.signature(question)
    itself, *rest = signature.parameters.values()
    own = [itself.replace(name="self", annotation=itself.empty), *rest]
    method.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]
    return method


@dataclass(frozen=True)
class Study:
    """A scenario with a choice of readings, world and sanction rule, and whatever was changed on the way."""

    scenario: Scenario
    readings: Mapping[str, str] = field(default_factory=dict)
    world: str | None = None
    sanctions: str = "legal"
    policies: tuple[Policy, ...] = ()

    def __post_init__(self) -> None:
        self.scenario.choose(self.readings, self.world)

    @cached_property
    def case(self) -> Case:
        """The case that the questions are asked of."""
        case = Case(self.scenario, self.readings, self.world, self.sanctions)
        for policy in self.policies:
            case = case.under(policy)
        return case

    # --- changed copies ---

    def with_(self, **changes: Any) -> Study:
        """A copy with other `readings` (added to the present ones), `world` or `sanctions`."""
        if "readings" in changes:
            changes["readings"] = {**self.readings, **changes["readings"]}
        return replace(self, **changes)

    def under(
        self,
        platform: str | None = None,
        *,
        start: str | Iterable[str] | Mapping[str, Any] = "",
        hold: str | Iterable[str] | Mapping[str, Any] = "",
        rules: Iterable[str | Rule] = (),
    ) -> Study:
        """A copy under a platform, from another start, with options held, or with conditional commitments ("when A then B")."""
        case = self.case
        policies = [policy_of(case, platform)] if platform else []
        acting = tuple(case.rule(rule) if isinstance(rule, str) else rule for rule in rules)
        policies.append(Policy(case.settings(start), case.settings(hold), acting))
        return replace(self, policies=(*self.policies, *policies))

    # --- the main question ---

    def analyze(self, concepts: Iterable[str] | None = None, progress: Progress = quiet) -> Analysis:
        """Who is stable where, which states hold, and where play ends."""
        case = self.case
        return analyse(
            case.scenario,
            readings=case.readings,
            world=case.world,
            concepts=concepts,
            sanctions=case.sanctions,
            progress=progress,
        )

    explain = _asks(_explain.explain)
    explain_own = _asks(_explain.explain_own)
    claims = _asks(_claims)
    cite = _asks(_citations)

    # --- policy ---

    compare = _asks(_platforms.compare)
    partnership = _asks(_partnerships.partnership)
    break_matrix = _asks(_break_matrix.break_matrix)
    levers = _asks(_levers.levers)

    # --- moves and play ---

    joint = _asks(_joint.joint)
    joint_minimal = _asks(_joint.joint_minimal)
    paths = _asks(_paths.paths)
    races = _asks(_races.races)
    cycles = _asks(_cycles.cycles)
    irreversible = _asks(_irreversible.irreversible)
    status_quo = _asks(_status_quo.status_quo)
    response_counts = _asks(_responses.response_counts)
    hindcast = _asks(_history.hindcast)
    game_log = _asks(_game_log.game_log)

    # --- coalitions, horizons, third parties, behaviour, perception ---

    coalitions = _asks(_coalitions.coalitions)
    coalitions_explained = _asks(_coalitions.coalitions_explained)
    as_one = _asks(_as_one.as_one)
    as_one_explained = _asks(_as_one.as_one_explained)
    horizons = _asks(_horizons.horizons)
    third_party = _asks(_third_party.third_party)
    third_parties = _asks(_third_party.third_parties)
    behaviours = _asks(_behaviours.behaviours)
    hypergame = _asks(_perception.hypergame)
    announcement = _asks(_perception.announcement)
    announcements = _asks(_perception.announcements)
    disclosures = _asks(_perception.disclosures)
    hierarchy_of = _asks(_hierarchy.hierarchy_of)

    # --- preferences of other kinds ---

    strength = _asks(_strength.strength)
    unknown_preference = _asks(_unknown_preference.unknown_preference)
    three_valued = _asks(_unknown_preference.three_valued)
    attitudes = _asks(_attitudes.attitudes)
    attitudes_strict = _asks(_attitudes.attitudes_strict)
    probabilistic = _asks(_graded.probabilistic)
    fuzzy = _asks(_graded.fuzzy)
    matrix_from_csv = _asks(_graded.matrix_from_csv)
    matrix_to_csv = _asks(_graded.matrix_to_csv)
    chances_from_readings = _asks(_graded.chances_from_readings)
    chances_from_weights = _asks(_graded.chances_from_weights)

    # --- changing incentives ---

    inverse = _asks(_inverse.inverse)
    package = _asks(_packages.package)
    package_of_play = _asks(_packages.package_of_play)
    package_to_break = _asks(_packages.package_to_break)
    wedge = _asks(_wedge.wedge)
    credibility = _asks(_commitment.credibility)
    exchange = _asks(_exchanges.exchange)

    def change_of_mind(
        self,
        goal: str | Formula | Goal,
        actors: Iterable[str] | None = None,
        stock: _change_of_mind.Stock = (),
        *,
        most_edits: int = _change_of_mind.MOST_EDITS,
        budget: int = _change_of_mind.BUDGET,
        progress: Progress = quiet,
    ) -> _change_of_mind.ChangeOfMind:
        """The fewest edits of priority lists that bring about a goal; a formula is one to hold where foresight play ends."""
        wanted = goal if isinstance(goal, Goal) else ends(goal)
        return _change_of_mind.change_of_mind(
            self.case, wanted, actors, stock, most_edits=most_edits, budget=budget, progress=progress
        )

    # --- how far a verdict depends on what was assumed ---

    def verdict(self, of: str | None = None, *, play: str | None = None, concept: str | None = None) -> str:
        """ALL, SOME or NONE where play ends (or in a concept's equilibria); see `detente.case.Query`."""
        return verdict(self.case, Query.asked(of, play, concept))

    def types(
        self,
        of: str | None = None,
        actors: Iterable[str] | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
        progress: Progress = quiet,
    ) -> _types.Types:
        """The verdict for every combination of readings."""
        return _types.types(self.case, Query.asked(of, play, concept), actors, progress=progress)

    def pivots(
        self,
        of: str | None = None,
        actors: Iterable[str] | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
        progress: Progress = quiet,
    ) -> _pivots.Pivots:
        """Which change of one list flips the verdict."""
        return _pivots.pivots(self.case, Query.asked(of, play, concept), actors, progress=progress)

    def threshold(
        self,
        actor: str,
        statement: str | int | Formula,
        of: str | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
    ) -> _pivots.Threshold:
        """The verdict with one statement at every rank of its list."""
        return _pivots.threshold(self.case, actor, statement, Query.asked(of, play, concept))

    def unknowns(
        self,
        of: str | None = None,
        settings: Iterable[str] = (),
        *,
        wanting: str | None = None,
        in_force: str | None = None,
        play: str | None = None,
        concept: str | None = None,
        progress: Progress = quiet,
    ) -> _unknowns.Unknowns:
        """Necessary and possible verdicts over everything marked unknown, or over what a platform leaves open.

        `wanting` names a platform whose list is wanted and nothing held; `in_force` one whose settings are held.
        """
        query = Query.asked(of, play, concept)
        if wanting:
            return _unknowns.unknowns_of_list(self.case, wanting, query, progress=progress)
        if in_force:
            return _unknowns.unknowns_in_force(self.case, in_force, query, progress=progress)
        return _unknowns.unknowns(self.case, query, settings, progress=progress)

    # --- to look at ---

    def __str__(self) -> str:
        scenario = self.case.scenario
        size = f"{len(scenario.actors)} actors, {len(scenario.options)} options"
        chosen = ", ".join(f"{actor}={name}" for actor, name in self.case.chosen.items())
        return "\n".join(filter(None, (scenario.title, scenario.question, f"{size}; readings: {chosen}")))

    def _repr_html_(self) -> str:
        title, question = (escape(text) for text in (self.scenario.title, self.scenario.question))
        return f"<p><strong>{title}</strong> {question}</p>{self.analyze()._repr_html_()}"
