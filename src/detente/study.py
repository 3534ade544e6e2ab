"""A case and the questions asked of it, in one value.

`Study` is what `detente.load` returns: the face of a `Case` for people. It is frozen; `with_` and `under` give changed copies,
the other methods ask questions: each is the function of the same name in `detente.questions.catalogue`, with the same
arguments, after the case. Where a question is about a `Query`, its parts are arguments:
`study.types("decoupled", concept="seq")`.

>>> import detente as dt
>>> study = dt.load("two_proxies")
>>> study.analyze().count("nash")
1
>>> carpenter = study.with_(readings={"us": "carpenter"})
>>> [sorted(each.flips) for each in carpenter.levers("us", "decoupled").minimal]
[['us_arm']]
>>> carpenter.under(hold="us_recog = granted").verdict("troops_home")
'ALL'
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from detente.analysis import Analysis, analyse
from detente.arguments import bound, checked, text
from detente.budget import Cancelled, never
from detente.case import Case, Circumstances, Query, Written, verdict
from detente.engine import Progress, quiet
from detente.engine.concepts import sanction_rule
from detente.errors import InputError, did_you_mean
from detente.files import write_new
from detente.formula import Formula
from detente.messages import tell
from detente.questions.catalogue import QUESTIONS
from detente.scenario import read_text
from detente.scenario.model import Rule, Scenario

if TYPE_CHECKING:
    from detente.exchange import Loss
    from detente.questions import brief as _brief
    from detente.questions import claims as _claims
    from detente.questions.coalitions import blocks as _blocks
    from detente.questions.coalitions import coalitions as _coalitions
    from detente.questions.coalitions import smallest as _smallest
    from detente.questions.evolution import cycles as _cycles
    from detente.questions.evolution import irreversibility as _irreversibility
    from detente.questions.evolution import move_order as _move_order
    from detente.questions.evolution import paths as _paths
    from detente.questions.evolution import status_quo as _status_quo
    from detente.questions.explanation import explain as _explain
    from detente.questions.explanation import responses as _responses
    from detente.questions.history import backtest as _backtest
    from detente.questions.history import events as _events
    from detente.questions.history import game_log as _game_log
    from detente.questions.history import hindcast as _hindcast
    from detente.questions.history import sealed as _sealed
    from detente.questions.history import update as _update
    from detente.questions.incentives import credibility as _credibility
    from detente.questions.incentives import packages as _packages
    from detente.questions.incentives import wedge as _wedge
    from detente.questions.inverse import assumptions as _assumptions
    from detente.questions.inverse import change_of_mind as _change_of_mind
    from detente.questions.inverse import inverse as _inverse
    from detente.questions.inverse.goals import Goal
    from detente.questions.partnerships import break_matrix as _break_matrix
    from detente.questions.partnerships import partnerships as _partnerships
    from detente.questions.perception import announcements as _announcements
    from detente.questions.perception import hypergame as _hypergame
    from detente.questions.policy import inducement as _inducement
    from detente.questions.policy import levers as _levers
    from detente.questions.policy import platforms as _platforms
    from detente.questions.policy import reciprocal_steps as _reciprocal_steps
    from detente.questions.policy import third_party as _third_party
    from detente.questions.preference_structures import attitudes as _attitudes
    from detente.questions.preference_structures import probabilistic_and_fuzzy as _graded
    from detente.questions.preference_structures import strength as _strength
    from detente.questions.preference_structures import unknown as _unknown
    from detente.questions.stability import all_equilibria as _all_equilibria
    from detente.questions.stability import effective as _effective
    from detente.questions.stability import hierarchical as _hierarchical
    from detente.questions.stability import horizons as _horizons
    from detente.questions.stability import mixed as _mixed
    from detente.questions.uncertainty import boxes as _boxes
    from detente.questions.uncertainty import collection_plan as _collection_plan
    from detente.questions.uncertainty import ends as _ends
    from detente.questions.uncertainty import ensemble as _ensemble
    from detente.questions.uncertainty import evidence as _evidence
    from detente.questions.uncertainty import margin as _margin
    from detente.questions.uncertainty import observations as _observations
    from detente.questions.uncertainty import pivots as _pivots
    from detente.questions.uncertainty import types as _types
    from detente.questions.uncertainty import unknowns as _unknowns
    from detente.questions.versions import analysts as _analysts
    from detente.questions.versions import diff as _diff

P = ParamSpec("P")
R = TypeVar("R")


class _Asks(Generic[P, R]):
    """A question as a method: the study's case takes the place of the first argument.

    `question` says for whoever checks types which function is meant; it is not called. The function itself is found in the
    catalogue, by the name of the method, when somebody asks: then its module is imported and the method made.
    """

    def __init__(self, question: Callable[[], Callable[Concatenate[Case, P], R]]) -> None:
        self._type = question

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, study: Study, owner: type | None = None) -> Callable[P, R]:
        method = _method(QUESTIONS[self._name].function)
        setattr(Study, self._name, method)  # from now on it is a method like any other
        made: Callable[P, R] = method if study is None else method.__get__(study)  # type: ignore[redundant-expr]
        return made


def _method(question: Callable[..., Any]) -> Any:
    @wraps(question)
    def method(study: Study, /, *args: Any, **kwargs: Any) -> Any:
        bound(question, args, kwargs, skip=1)
        return question(study.case, *args, **kwargs)

    signature = inspect.signature(question)
    itself, *rest = signature.parameters.values()
    own = [itself.replace(name="self", annotation=itself.empty), *rest]
    method.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]
    return method


MODEL = ("lists", "options", "rules", "now")
"""What `with_` may change of the model itself."""

CHANGES = (
    *MODEL,
    "readings",
    "world",
    "sanctions",
    *(each.name for each in fields(Case) if not each.name.startswith("_")),
)
"""What `with_` may change."""


def _mapping(readings: object) -> Mapping[str, str]:
    if not isinstance(readings, Mapping):
        raise InputError(
            tell(
                "`readings` is a mapping, actor to reading, such as {{'us': 'carpenter'}}; found {readings}",
                readings=repr(readings),
            )
        )
    return readings


@dataclass(frozen=True, init=False, repr=False)
class Study:
    """A case as people hold it: a scenario with a choice of readings, world and sanction rule, and whatever was changed."""

    case: Case
    _made_of: tuple[str, ...] = field(default=(), compare=False)
    """The texts this model was changed from, one after another: `save` writes over these alone."""

    def __init__(
        self,
        scenario: Scenario | Case,
        readings: Mapping[str, str] | None = None,
        world: str | None = None,
        sanctions: str = "legal",
    ) -> None:
        """A study of a scenario, or of a case as it is; raises `UnknownName` for readings and worlds that do not exist."""
        if not isinstance(scenario, Case | Scenario):
            raise InputError(
                tell(
                    "a study is made of a scenario or a case, or by `load`; found {name}", name=type(scenario).__name__
                )
            )
        wanted = _mapping(readings or {})
        case = scenario if isinstance(scenario, Case) else Case(scenario, wanted, world, sanctions)
        case.scenario.choose(case.readings, case.world)
        object.__setattr__(self, "case", case)
        object.__setattr__(self, "_made_of", ())

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @property
    def readings(self) -> Mapping[str, str]:
        """The readings that were chosen; `case.chosen` has everybody's."""
        return self.case.readings

    @property
    def world(self) -> str | None:
        return self.case.world

    @property
    def sanctions(self) -> str:
        return self.case.sanctions

    # --- changed copies ---

    def with_(self, **changes: Any) -> Study:
        """A copy with other `readings` (added to the present ones), `world` or `sanctions`; or of another model.

        `lists` gives actors other lists (aims, weights or a ranking) in the readings that are chosen, `options` other options
        by actor (None takes one away), `rules` are the rules, `now` the status quo. `save` writes such a model to its file.
        """
        for name in changes:
            if name not in CHANGES:
                raise InputError(
                    tell(
                        "`with_` has no argument `{name}`{did_you_mean}",
                        name=name,
                        did_you_mean=did_you_mean(name, CHANGES),
                    )
                )
        if any(name in changes for name in MODEL):
            return self._rewritten(changes)
        if not isinstance(world := changes.get("world"), str | None):
            raise InputError(tell("`world` is the name of a world; found {world}", world=repr(world)))
        if "sanctions" in changes:
            sanction_rule(text("`sanctions`", changes["sanctions"]))
        if "readings" in changes:
            changes["readings"] = {**self.readings, **_mapping(changes["readings"])}
        return self._like(replace(self.case, **changes))

    def _like(self, case: Case, *before: str) -> Study:
        """A study of another case that was made of this one; `before` is a text that is no longer its own."""
        study = Study(case)
        object.__setattr__(study, "_made_of", (*self._made_of, *before))
        return study

    def _rewritten(self, changes: dict[str, Any]) -> Study:
        """A study of the changed model; what else is changed comes after it."""
        from detente.scenario.building import changed

        scenario = self.scenario
        if (
            replace(read_text(scenario.text, name=scenario.name), path=scenario.path, places=scenario.places)
            != scenario
        ):
            raise InputError(
                tell(
                    "this study is under what is started, held or put into force; change the model first, and put it under "
                    "that afterwards"
                )
            )
        made = changed(scenario, self.case.chosen, **{name: changes.pop(name) for name in MODEL if name in changes})
        study = self._like(Case(made, self.readings, self.world, self.sanctions), self.scenario.text)
        return study.with_(**changes) if changes else study

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write the model to a file, by default to the one it was read from, with the comments of that file.

        A file that is there is replaced only if it still says what this model was changed from. What the model was put under
        (a start, settings held, rules) is not written.
        """
        from detente.scenario.text.edit import digest, update
        from detente.scenario.text.edit import save as write

        target = os.fspath(path) if path is not None else self.scenario.path
        if not target:
            raise InputError(tell("this model was read from no file; say where to: `save(PATH)`"))
        text = self.scenario.text
        if not Path(target).exists():
            write(text, target)
            return

        def over(old: str) -> str:
            if digest(old) not in set(map(digest, (*self._made_of, text))):
                raise InputError(
                    tell(
                        "{path} says something else than what this model was read from, so it is not written over; read it "
                        "again and repeat the change, or choose another name",
                        path=target,
                    )
                )
            return text

        update(target, over)

    def __repr__(self) -> str:
        return f"<Study of {self.scenario.name}>"

    @checked
    def under(
        self,
        platform: str | None = None,
        *,
        start: Written = "",
        hold: Written = "",
        rules: Iterable[str | Rule] = (),
    ) -> Study:
        """A copy under a platform, from another start, with options held, or with conditional commitments ("when A then B")."""
        changes = Circumstances.written(self.scenario, platform=platform, start=start, hold=hold, rules=rules)
        return self._like(changes.upon(self.case))

    # --- the main question ---

    @checked
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

    @checked
    def export(
        self,
        path: str | os.PathLike[str],
        format: str = "",  # noqa: A002 (what everybody calls it)
        order: Sequence[str] = (),
    ) -> tuple[Loss, ...]:
        """Write the model as a file of another tool (`docs/exchange.md` has the formats), and say what it cannot hold.

        The format follows from the ending of the file; nothing is written over. `order` is who moves, in turn, in an `.efg`.
        """
        from detente.exchange import format_of, write

        target = Path(path)
        given = write(self.case, format or format_of(str(target), reading=False).name, order)
        for name, content in {
            target: given.content,
            **{target.with_suffix(e): t for e, t in given.beside.items()},
        }.items():
            write_new(name, content)
        return given.losses

    def cite(self, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()) -> tuple[str, ...]:
        """The literature this rests on under these concepts (default: those shown side by side) and questions."""
        from detente.literature import citations

        return citations(self.case, concepts, questions)

    @checked
    def bibtex(self, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()) -> str:
        """The same as the text of a `.bib` file."""
        from detente.literature import bibtex

        return bibtex(self.case, concepts, questions)

    explain = _Asks(lambda: _explain.explain)
    explain_own = _Asks(lambda: _explain.explain_own)
    claims = _Asks(lambda: _claims.claims)
    brief = _Asks(lambda: _brief.brief)
    diff = _Asks(lambda: _diff.diff)
    analysts = _Asks(lambda: _analysts.analysts)

    # --- policy ---

    compare = _Asks(lambda: _platforms.compare)
    partnership = _Asks(lambda: _partnerships.partnership)
    break_matrix = _Asks(lambda: _break_matrix.break_matrix)
    levers = _Asks(lambda: _levers.levers)
    induce = _Asks(lambda: _inducement.induce)

    # --- moves and play ---

    joint = _Asks(lambda: _smallest.joint)
    joint_minimal = _Asks(lambda: _smallest.joint_minimal)
    paths = _Asks(lambda: _paths.paths)
    races = _Asks(lambda: _move_order.races)
    cycles = _Asks(lambda: _cycles.cycles)
    irreversible = _Asks(lambda: _irreversibility.irreversible)
    status_quo = _Asks(lambda: _status_quo.status_quo)
    response_counts = _Asks(lambda: _responses.response_counts)
    hindcast = _Asks(lambda: _hindcast.hindcast)
    update = _Asks(lambda: _update.update)
    backtest = _Asks(lambda: _backtest.backtest)
    seal = _Asks(lambda: _sealed.seal)
    score = _Asks(lambda: _sealed.score)
    events = _Asks(lambda: _events.events)
    game_log = _Asks(lambda: _game_log.game_log)

    # --- coalitions, horizons, third parties, behaviour, perception ---

    coalitions = _Asks(lambda: _coalitions.coalitions)
    coalitions_explained = _Asks(lambda: _coalitions.coalitions_explained)
    as_one = _Asks(lambda: _blocks.as_one)
    as_one_explained = _Asks(lambda: _blocks.as_one_explained)
    horizons = _Asks(lambda: _horizons.horizons)
    third_party = _Asks(lambda: _third_party.third_party)
    third_parties = _Asks(lambda: _third_party.third_parties)
    behaviours = _Asks(lambda: _mixed.behaviours)
    effective = _Asks(lambda: _effective.effective)
    equilibria = _Asks(lambda: _all_equilibria.equilibria)
    hypergame = _Asks(lambda: _hypergame.hypergame)
    announcement = _Asks(lambda: _announcements.announcement)
    announcements = _Asks(lambda: _announcements.announcements)
    disclosures = _Asks(lambda: _announcements.disclosures)
    hierarchy_of = _Asks(lambda: _hierarchical.hierarchy_of)

    # --- preferences of other kinds ---

    strength = _Asks(lambda: _strength.strength)
    unknown_preference = _Asks(lambda: _unknown.unknown_preference)
    three_valued = _Asks(lambda: _unknown.three_valued)
    attitudes = _Asks(lambda: _attitudes.attitudes)
    attitudes_strict = _Asks(lambda: _attitudes.attitudes_strict)
    probabilistic = _Asks(lambda: _graded.probabilistic)
    fuzzy = _Asks(lambda: _graded.fuzzy)
    matrix_from_csv = _Asks(lambda: _graded.matrix_from_csv)
    matrix_to_csv = _Asks(lambda: _graded.matrix_to_csv)
    chances_from_readings = _Asks(lambda: _graded.chances_from_readings)
    chances_from_weights = _Asks(lambda: _graded.chances_from_weights)

    # --- changing incentives ---

    inverse = _Asks(lambda: _inverse.inverse)
    package = _Asks(lambda: _packages.package)
    package_of_play = _Asks(lambda: _packages.package_of_play)
    package_to_break = _Asks(lambda: _packages.package_to_break)
    wedge = _Asks(lambda: _wedge.wedge)
    credibility = _Asks(lambda: _credibility.credibility)
    exchange = _Asks(lambda: _reciprocal_steps.exchange)

    @checked
    def change_of_mind(
        self,
        goal: str | Formula | Goal,
        actors: Iterable[str] | None = None,
        stock: _change_of_mind.Stock = (),
        *,
        most_edits: int = 3,
        budget: int = 5000,
        progress: Progress = quiet,
    ) -> _change_of_mind.ChangeOfMind:
        """The fewest edits of priority lists that bring about a goal; a formula is one to hold where foresight play ends."""
        from detente.questions.inverse.change_of_mind import change_of_mind
        from detente.questions.inverse.goals import Goal, ends

        wanted = goal if isinstance(goal, Goal) else ends(goal)
        return change_of_mind(self.case, wanted, actors, stock, most_edits=most_edits, budget=budget, progress=progress)

    # --- how far a verdict depends on what was assumed ---

    ends = _Asks(lambda: _ends.ends)
    evidence = _Asks(lambda: _evidence.evidence)
    observations = _Asks(lambda: _observations.observations)

    @checked
    def verdict(self, of: str | None = None, *, play: str | None = None, concept: str | None = None) -> str:
        """ALL, SOME or NONE where play ends (or in a concept's equilibria); see `detente.case.Query`."""
        return verdict(self.case, Query.asked(of, play, concept))

    @checked
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
        from detente.questions.uncertainty.types import types

        return types(self.case, Query.asked(of, play, concept), actors, progress=progress)

    @checked
    def assumptions(
        self,
        of: str | None = None,
        size: int = 3,
        *,
        play: str | None = None,
        concept: str | None = None,
        seconds: float = math.inf,
        cancelled: Cancelled = never,
        progress: Progress = quiet,
    ) -> _assumptions.Assumptions:
        """The smallest sets of statements and rules that suffice for a verdict, proved up to `size` changes at a time."""
        from detente.questions.inverse.assumptions import assumptions

        asked = Query.asked(of, play, concept)
        return assumptions(self.case, asked, size, seconds=seconds, cancelled=cancelled, progress=progress)

    @checked
    def boxes(
        self,
        of: str | None = None,
        verdict: str | None = None,
        doubts: Mapping[str, Any] | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
        draws: int = 1_000,
        seed: int = 0,
        most: int = 3,
        progress: Progress = quiet,
    ) -> _boxes.Boxes:
        """Which combinations of doubts bring another answer, and the smallest changes that do."""
        from detente.questions.uncertainty.boxes import boxes

        asked = Query.asked(of, play, concept)
        return boxes(self.case, asked, verdict, doubts, draws=draws, seed=seed, most=most, progress=progress)

    @checked
    def collection_plan(
        self,
        of: str | None = None,
        doubts: Mapping[str, Any] | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
        draws: int = 4_000,
        seed: int = 0,
        progress: Progress = quiet,
    ) -> _collection_plan.CollectionPlan:
        """Which judgements to look into first, and the gap in the sources of each."""
        from detente.questions.uncertainty.collection_plan import collection_plan

        asked = Query.asked(of, play, concept)
        return collection_plan(self.case, asked, doubts, draws=draws, seed=seed, progress=progress)

    @checked
    def margin(
        self,
        of: str | None = None,
        farthest: int = 3,
        *,
        play: str | None = None,
        concept: str | None = None,
        seconds: float = math.inf,
        cancelled: Cancelled = never,
        progress: Progress = quiet,
    ) -> _margin.Margin:
        """How many neighbours in the actors' lists must change places before a verdict is another one."""
        from detente.questions.uncertainty.margin import margin

        asked = Query.asked(of, play, concept)
        return margin(self.case, asked, farthest, seconds=seconds, cancelled=cancelled, progress=progress)

    @checked
    def ensemble(
        self,
        of: str | None = None,
        doubts: Mapping[str, Any] | None = None,
        *,
        play: str | None = None,
        concept: str | None = None,
        draws: int = 10_000,
        within: float | None = None,
        seed: int = 0,
        dispersions: Iterable[float] = (0.3, 0.5, 0.7),
        exact: int = 2_000,
        seconds: float = math.inf,
        cancelled: Cancelled = never,
        progress: Progress = quiet,
    ) -> _ensemble.Ensemble:
        """How sure: the share of every headline (or of one query) over the ways the case might be."""
        from detente.questions.uncertainty.ensemble import ensemble

        asked = (of, play, concept) != (None, None, None)
        return ensemble(
            self.case,
            [Query.asked(of, play, concept)] if asked else (),
            doubts,
            draws=draws,
            within=within,
            seed=seed,
            dispersions=dispersions,
            exact=exact,
            seconds=seconds,
            cancelled=cancelled,
            progress=progress,
        )

    @checked
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
        from detente.questions.uncertainty.pivots import pivots

        return pivots(self.case, Query.asked(of, play, concept), actors, progress=progress)

    @checked
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
        from detente.questions.uncertainty.pivots import threshold

        return threshold(self.case, actor, statement, Query.asked(of, play, concept))

    @checked
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
        from detente.questions.uncertainty.unknowns import unknowns, unknowns_in_force, unknowns_of_list

        query = Query.asked(of, play, concept)
        if wanting:
            return unknowns_of_list(self.case, wanting, query, progress=progress)
        if in_force:
            return unknowns_in_force(self.case, in_force, query, progress=progress)
        return unknowns(self.case, query, settings, progress=progress)

    # --- to look at ---

    def __str__(self) -> str:
        scenario = self.case.scenario
        size = tell("{number} actors, {number2} options", number=len(scenario.actors), number2=len(scenario.options))
        chosen = ", ".join(f"{actor}={name}" for actor, name in self.case.chosen.items())
        return "\n".join(
            filter(
                None, (scenario.title, scenario.question, tell("{size}; readings: {chosen}", size=size, chosen=chosen))
            )
        )

    def _repr_html_(self) -> str:
        title, question = (escape(text) for text in (self.scenario.title, self.scenario.question))
        return f"<p><strong>{title}</strong> {question}</p>{self.analyze()._repr_html_()}"
