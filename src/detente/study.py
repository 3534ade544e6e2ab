"""A scenario and the questions asked of it, in one value.

`Study` is what `detente.load` returns. It is frozen; `with_` and `under` give changed copies, the other methods ask
questions, each a function of `detente.questions` with the same name and the same arguments.

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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.analysis import Analysis, analyse
from detente.case import Case, Policy, Query, verdict
from detente.scenario.model import Rule, Scenario
from detente.stability import Progress, quiet

if TYPE_CHECKING:
    from detente.claims import Register
    from detente.questions.break_matrix import BreakMatrix
    from detente.questions.cycles import Cycles
    from detente.questions.explain import Explanation
    from detente.questions.history import Hindcast
    from detente.questions.irreversible import Irreversible
    from detente.questions.joint import Joint
    from detente.questions.levers import Levers
    from detente.questions.partnerships import PartnershipVerdict
    from detente.questions.paths import Paths
    from detente.questions.pivots import Pivots, Threshold
    from detente.questions.platforms import Comparison
    from detente.questions.races import Races
    from detente.questions.types import Types
    from detente.questions.unknowns import Unknowns


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

    @property
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
        from detente.groundwork.completions import policy_of

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

    def verdict(self, of: str | None = None, *, play: str = "foresight", concept: str | None = None) -> str:
        """ALL, SOME or NONE where play ends (or in a concept's equilibria); see `detente.case.Query`."""
        return verdict(self.case, _query(of, play, concept))

    # --- follow-up questions ---

    def compare(self, platforms: Iterable[str] | None = None) -> Comparison:
        """Platforms side by side."""
        from detente.questions.platforms import compare

        return compare(self.case, platforms)

    def partnership(self, name: str | None = None) -> PartnershipVerdict:
        """Does a partnership hold, fray or break, and why."""
        from detente.questions.partnerships import partnership

        return partnership(self.case, name)

    def break_matrix(self, name: str | None = None, **how: Any) -> BreakMatrix:
        """Which policy breaks a partnership, for which types of its members."""
        from detente.questions.break_matrix import break_matrix

        return break_matrix(self.case, name, **how)

    def levers(self, actors: str | Iterable[str], goal: str, play: str = "foresight", **how: Any) -> Levers:
        """The smallest sets of own settings that make sure of a goal."""
        from detente.questions.levers import levers

        return levers(self.case, actors, goal, play, **how)

    def types(self, of: str | None = None, actors: Iterable[str] | None = None, **query: Any) -> Types:
        """The verdict for every combination of readings."""
        from detente.questions.types import types

        return types(self.case, _query(of, **query), actors)

    def pivots(self, of: str | None = None, actors: Iterable[str] | None = None, **query: Any) -> Pivots:
        """Which change of one list flips the verdict."""
        from detente.questions.pivots import pivots

        return pivots(self.case, _query(of, **query), actors)

    def threshold(self, actor: str, statement: str, of: str | None = None, **query: Any) -> Threshold:
        """The verdict with one statement at every rank of its list."""
        from detente.questions.pivots import threshold

        return threshold(self.case, actor, statement, _query(of, **query))

    def unknowns(self, of: str | None = None, settings: Iterable[str] = (), **query: Any) -> Unknowns:
        """Necessary and possible verdicts over everything marked unknown."""
        from detente.questions.unknowns import unknowns

        return unknowns(self.case, _query(of, **query), settings)

    def joint(self, goal: str, max_size: int | None = None) -> Joint:
        """The smallest coalitions that all gain by moving to a goal together."""
        from detente.questions.joint import joint

        return joint(self.case, goal, max_size)

    def paths(self, goal: str, **how: Any) -> Paths:
        """The shortest ways to a goal."""
        from detente.questions.paths import paths

        return paths(self.case, goal, **how)

    def races(self, goal: str | None = None, play: str = "foresight") -> Races:
        """Where the order of moves decides."""
        from detente.questions.races import races

        return races(self.case, goal, play=play)

    def cycles(self, play: str = "myopic") -> Cycles:
        """Cycles of play."""
        from detente.questions.cycles import cycles

        return cycles(self.case, play=play)

    def irreversible(self, option: str | None = None) -> Irreversible:
        """What one-way moves close off."""
        from detente.questions.irreversible import irreversible

        return irreversible(self.case, option)

    def hindcast(self) -> Hindcast:
        """How well each reading explains the recorded moves."""
        from detente.questions.history import hindcast

        return hindcast(self.case)

    def claims(self, ids: Iterable[str] | None = None) -> Register:
        """What becomes of the scenario's claims."""
        from detente.claims import claims

        return claims(self.case, ids)

    def explain(self, state: str | Mapping[str, Any] | None = None, concepts: Iterable[str] = ("seq",)) -> Explanation:
        """Why a state holds, or does not."""
        from detente.questions.explain import explain

        return explain(self.case, state, concepts)

    def _repr_html_(self) -> str:
        return self.analyze()._repr_html_()


def _query(of: str | None, play: str = "foresight", concept: str | None = None) -> Query:
    return Query(of, play, concept if concept or of is not None else "seq")
