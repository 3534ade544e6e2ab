"""What a report asks of a case, each question once and only where its cost is bounded; what was left out is remembered."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import TypeVar

from detente.analysis import Analysis
from detente.budget import Budget
from detente.case import CONCEPTS, Case, Query
from detente.errors import InputError
from detente.messages import tell
from detente.present.names import Names, isolated, upper
from detente.present.pages.blocks import Section, Table
from detente.present.words import Words
from detente.questions.brief import Brief
from detente.questions.brief import brief as ask_brief
from detente.questions.brief.brief import COMMITMENTS
from detente.questions.coalitions.coalitions import Coalitions, coalitions
from detente.questions.coalitions.smallest import Joint, joint
from detente.questions.evolution.paths import Paths, paths
from detente.questions.evolution.status_quo import StatusQuo, status_quo
from detente.questions.explanation.explain import Explanation, explain
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.questions.incentives.packages import Package, package_of_play, package_to_break
from detente.questions.incentives.wedge import Wedge, likely_divider, wedge
from detente.questions.partnerships.break_matrix import BreakMatrix, break_matrix
from detente.questions.partnerships.partnerships import PartnershipVerdict, partnership
from detente.questions.policy.inducement import Inducements, induce
from detente.questions.policy.levers import Levers, levers
from detente.questions.policy.platforms import Comparison, compare
from detente.questions.uncertainty.boxes import Boxes, boxes
from detente.questions.uncertainty.collection_plan import CollectionPlan, collection_plan
from detente.questions.uncertainty.completions import reading_grid
from detente.questions.uncertainty.ends import Ends, ends
from detente.questions.uncertainty.observations import Observations
from detente.questions.uncertainty.pivots import Pivots, pivots
from detente.questions.uncertainty.types import Types, types
from detente.result import Record
from detente.scenario.model import Actor, Asking, Ranking
from detente.sheet import Gloss, Sheet, listed, show

WORK = 2_000_000
"""States times combinations that a follow-up question may cost here; the same question has a command without this bound."""

PIVOT_STATES, JOINT_STATES, LARGE = 2_048, 4_096, 200_000
"""Models with more states get no pivots, no coalitions, and above the last bound no follow-up questions."""

DRAWN = 500
"""Draws for what is told of doubts."""

COMBINATIONS = 256
"""Combinations of readings that are gone through."""

SECONDS = 10.0
"""How long the searches for packages of one table may take together; what is left open then is said."""

Answer = TypeVar("Answer")
Found = TypeVar("Found", bound=Record)


class Findings:
    """The answers. `asking` is what answers the question of the file; `questions` lists those in use.

    `goal` is the outcome that sections about one outcome follow: the one asked about, else the only one, else the first;
    `about_goal` says that it is not just the first of several. On a command line, `model` says which model is read, and how,
    and `command` makes the report. `without` names sections left out; `live` says whether a reader can change the model (None:
    of a small one).
    """

    def __init__(
        self, case: Case, asking: Asking, *, model: str, command: str, without: frozenset[str], live: bool | None = None
    ) -> None:
        self.case, self.asking, self.scenario, self.live = case, asking, case.scenario, live
        outcomes, wanted = list(case.scenario.outcomes), asking.goal or asking.of
        self.goal: str | None = wanted or next(iter(outcomes), None)
        self.about_goal = bool(wanted) or len(outcomes) == 1
        self.model, self.command, self.without = model, command, without
        self.words = Words(case.scenario)
        self.analysis: Analysis = case.analyse(CONCEPTS)
        self.left_out: list[str] = []
        self.made: dict[str, Section] = {}
        self.questions: dict[str, None] = {}

    # --- what can be asked ---

    @property
    def started(self) -> bool:
        return self.analysis.conflict.now is not None

    @property
    def asked(self) -> bool:
        """Whether there is a goal, a status quo, and a model small enough for follow-up questions."""
        return self.goal is not None and self.started and self.analysis.states <= LARGE

    @property
    def names(self) -> Names:
        return self.words.names

    @property
    def goal_name(self) -> str:
        return self.called(self.goal or "")

    def called(self, goal: str) -> str:
        """An outcome by its name, a formula in its words."""
        return f"“{self.names.thing(goal)}”" if goal in self.scenario.outcomes else self.words.formula(goal, None)

    def platform(self, name: str) -> str:
        """A platform by its name."""
        known = self.scenario.platforms.get(name)
        return f"“{isolated(known.name if known and known.name else name)}”"

    def table(self, sheet: Sheet, *, heat: bool = False, folded: bool = False, read: bool = False) -> Table:
        """A table of an answer; people read its title by names. `read` adds in which readings the actors are taken."""
        said = (note for note in sheet.notes if not isinstance(note, Gloss) or _occurs(note, sheet))
        notes = (*said, *(self.read_as if read else ()))
        return Table(replace(sheet, title=self.words.title(sheet.title), notes=notes), heat, folded)

    @property
    def read_as(self) -> tuple[str, ...]:
        """In which readings the actors with rival ones are taken, as a note; nothing where there are none."""
        rival = [actor.id for actor in self.scenario.actors if len(actor.readings) > 1]
        said = listed(
            tell(
                "{actor} as “{actor2}”",
                actor=self.names.name(actor),
                actor2=self.names.reading(actor, self.case.chosen[actor]),
            )
            for actor in rival
        )
        return (tell("The actors are read so: {said}.", said=said),) if rival else ()

    @property
    def leaders(self) -> tuple[str, ...]:
        """Whose levers are asked for: those named, else the one whose platforms they are; nobody, if neither says so."""
        proposed = tuple(dict.fromkeys(platform.actor for platform in self.scenario.platforms.values()))
        return self.asking.by or (proposed if len(proposed) == 1 else ())

    @property
    def leading(self) -> str:
        """Their names in a sentence."""
        return listed(map(self.names.the, self.leaders))

    def skip(self, what: str, command: str) -> None:
        self.left_out.append(
            tell("{what} would take long in a model of this size: detente {command}", what=what, command=command)
        )

    def ask(self, question: str, how: Callable[[], Answer]) -> Answer | None:
        """The answer, or None for a question that this model cannot be asked; the report then says so."""
        try:
            found = how()
        except InputError as error:
            self.left_out.append(upper(str(error)))
            return None
        self.questions[question] = None
        return found

    # --- the questions ---

    @cached_property
    def brief(self) -> Brief | None:
        """The brief; None where it is left out or another question is answered. What it asked is not asked again."""
        if self.asking != self.scenario.asking or "brief" in self.without:
            return None
        found = ask_brief(self.case)
        self.questions |= dict.fromkeys(QUESTIONS[type(each).__name__] for each in self._asked(found))
        return found

    @staticmethod
    def _asked(found: Brief) -> Iterator[Record]:
        """What a brief rests on, as far as a report shows it too."""
        every = (each for field in found.fields for each in field.found)
        yield from (each for each in every if type(each).__name__ in QUESTIONS)

    def briefed(self, kind: type[Found], fits: Callable[[Found], bool] = lambda _: True) -> Found | None:
        """An answer that the brief rests on, of this kind, if it is to the same question."""
        if self.brief is None:
            return None
        return next((each for each in self._asked(self.brief) if isinstance(each, kind) and fits(each)), None)

    @cached_property
    def inducements(self) -> Inducements | None:
        """Of the brief; else of everybody, where that is within the brief's bound."""
        known = self.briefed(Inducements)
        if known or not self.started or self.scenario.graph or self.analysis.states > LARGE:
            return known
        tried = sum(min(COMMITMENTS, 3 ** len(actor.options)) for actor in self.scenario.actors)
        if tried * self.analysis.states > WORK // 10:
            self.skip(tell("Strategic moves"), tell("induce {model}", model=self.model))
            return None
        return self.ask("induce", lambda: induce(self.case, most=COMMITMENTS))

    @cached_property
    def observations(self) -> Observations | None:
        """Of the brief, which bounds what it costs."""
        return self.briefed(Observations)

    @cached_property
    def explanation(self) -> Explanation | None:
        if not self.started or self.analysis.states > LARGE:
            return None
        return self.ask("explain", lambda: explain(self.case, None, ("seq",)))

    @cached_property
    def ways_out(self) -> StatusQuo | None:
        if not self.started or self.analysis.states > LARGE:
            return None
        return self.ask("status_quo", lambda: status_quo(self.case, "improvements"))

    def affordable(self, *actors: Actor) -> bool:
        """Whether trying every setting of these actors is within the bound."""
        options = [option for actor in actors for option in actor.options]
        tried = math.prod(len(o.choices) for o in options if o.change != "fixed")
        return self.asked and not self.scenario.graph and bool(options) and tried * self.analysis.states <= WORK

    @cached_property
    def levers(self) -> Levers | None:
        """Those of the leaders; None if there are none."""
        actors = [self.scenario.actor(name) for name in self.leaders]
        if self.affordable(*actors):
            goal, play = self.goal or "", self.asking.play
            known = self.briefed(
                Levers, lambda found: (found.actors, found.goal, found.play) == (self.leaders, goal, play)
            )
            return known or self.ask("levers", lambda: levers(self.case, self.leaders, goal, play))
        if self.asked and not self.scenario.graph and any(actor.options for actor in actors):
            by = f"--by {','.join(self.leaders)} --goal {shlex.quote(self.goal or '')}"
            self.skip(tell("What they can make sure of"), tell("levers {name} {by}", name=self.scenario.name, by=by))
        return None

    @cached_property
    def _levers_by(self) -> dict[str, Levers | None]:
        return {}

    def levers_by(self, actor: Actor) -> Levers | None:
        """Those of one actor alone; None where that would take long, or the actor has nothing to choose."""
        if actor.id not in self._levers_by:
            goal, play = self.goal or "", self.asking.play
            known = self.briefed(
                Levers, lambda found: (found.actors, found.goal, found.play) == ((actor.id,), goal, play)
            )
            self._levers_by[actor.id] = known or (
                self.ask("levers", lambda: levers(self.case, actor.id, goal, play)) if self.affordable(actor) else None
            )
        return self._levers_by[actor.id]

    @cached_property
    def types(self) -> Types | None:
        """Over the actors that the question names, else over those whose reading is open, as `types` has it by default.

        Where that is more than the bound on work allows, over as many as it allows, in file order.
        """
        if not (self.asked or (self.started and self.asking.ask == "types" and self.analysis.states <= LARGE)):
            return None
        asking = self.asking if self.asking.ask == "types" else Asking(ask="types", of=self.goal or "")
        wanted = asking.over or reading_grid(self.case, None, most=10**9)[0]
        chosen, total = list[str](), 1
        for actor in wanted:
            readings = len(self.scenario.actor(actor).counted)
            if total * readings * self.analysis.states <= WORK and total * readings <= COMBINATIONS:
                chosen.append(actor)
                total *= readings
        if not chosen:
            return None
        query = Query.asked(
            asking.of or None, asking.play if asking.of and not asking.concept else None, asking.concept or None
        )
        return self.ask("types", lambda: types(self.case, query, chosen))

    @cached_property
    def pivots(self) -> Pivots | None:
        if not self.asked or not any(actor.readings for actor in self.scenario.actors):
            return None
        if self.analysis.states > PIVOT_STATES:
            self.skip(
                tell("What would flip the answer"),
                tell("pivots {name} --goal {goal}", name=self.scenario.name, goal=self.goal),
            )
            return None
        if any(isinstance(self.case.reading(a.id), Ranking) for a in self.scenario.actors if a.readings):
            return None
        return self.ask("pivots", lambda: pivots(self.case, Query(self.goal)))

    @cached_property
    def ends(self) -> Ends | None:
        """How likely each end of play is."""
        return self.ask("ends", lambda: ends(self.case, self.scenario.asking.play)) if self.started else None

    @cached_property
    def boxes(self) -> Boxes | None:
        """Where the answer is another one."""
        return self._doubted("boxes", lambda: boxes(self.case, Query(self.goal), draws=DRAWN))

    @cached_property
    def collection_plan(self) -> CollectionPlan | None:
        """What to look into first."""
        return self._doubted("collect", lambda: collection_plan(self.case, Query(self.goal), draws=DRAWN))

    def _doubted(self, question: str, how: Callable[[], Answer]) -> Answer | None:
        if not self.asked or not any(actor.readings for actor in self.scenario.actors):
            return None
        if self.analysis.states > PIVOT_STATES:
            self.skip(tell("Where the answer is another one"), f"{question} {self.scenario.name} --goal {self.goal}")
            return None
        return self.ask(question, how)

    @cached_property
    def paths(self) -> Paths | None:
        return self.ask("paths", lambda: paths(self.case, self.goal or "", most=4)) if self.asked else None

    @cached_property
    def coalitions(self) -> Coalitions | None:
        if self.analysis.states > JOINT_STATES:
            self.skip(
                tell("Which coalitions would upset an equilibrium"), tell("coalitions {name}", name=self.scenario.name)
            )
            return None
        return self.ask("coalitions", lambda: coalitions(self.case))

    @cached_property
    def joint(self) -> Joint | None:
        if not self.asked:
            return None
        known = self.briefed(Joint, lambda found: found.goal == self.goal)
        return known or self.ask("joint", lambda: joint(self.case, self.goal or "", 3))

    @cached_property
    def packages(self) -> dict[str, Package]:
        """What it would cost that each outcome comes about, the goal first; empty where nothing can be offered."""
        if not (self.asked and self.scenario.incentives):
            return {}
        return self._priced(dict.fromkeys([self.goal or "", *self.scenario.outcomes]), package_of_play)

    @cached_property
    def breaking(self) -> dict[str, Package]:
        """What it would cost to break each partnership."""
        if not (self.started and self.scenario.incentives and self.analysis.states <= LARGE):
            return {}
        return self._priced(self.scenario.partnerships, package_to_break)

    def _priced(self, goals: Iterable[str], search: Callable[..., Package]) -> dict[str, Package]:
        """The cheapest package for each goal; each search may take an equal share of the time that is left."""
        found, budget, names = {}, Budget(seconds=SECONDS), tuple(goals)
        for number, name in enumerate(names):
            share = (budget.left or 0.0) / (len(names) - number)
            answer = self.ask("packages", partial(search, self.case, name, seconds=share))
            if answer is not None:
                found[name] = answer
        return found

    def wedge(self, name: str) -> Wedge | None:
        """Who might part them: the first platform's actor, or the first outsider."""
        by = self.ask("wedge", lambda: self.scenario.actor(likely_divider(self.scenario, name)))
        if by is None:
            return None
        offers = [each.most + 1 for each in self.scenario.incentives.values() if each.by == by.id]
        if math.prod(offers) * math.prod(len(o.choices) for o in by.options) * self.analysis.states > WORK:
            self.skip(
                tell("What it costs to part them"),
                tell(
                    "design wedge {name} --by {id} --partnership {name2}", name=self.scenario.name, id=by.id, name2=name
                ),
            )
            return None
        return self.ask("wedge", lambda: wedge(self.case, by.id, name))

    def partnership(self, name: str) -> PartnershipVerdict | None:
        return self.ask("partnerships", lambda: partnership(self.case, name))

    @cached_property
    def _matrices(self) -> dict[str, BreakMatrix | None]:
        return {}

    def break_matrix(self, name: str) -> BreakMatrix | None:
        """Over the readings that the question names, else those of the members."""
        if name not in self._matrices:
            mine = self.asking.ask == "break" and self.asking.name in ("", name)
            over = self.asking.over if mine else ()
            known = self.briefed(
                BreakMatrix, lambda found: found.partnership == name and found.actors == (over or found.actors)
            )
            self._matrices[name] = known or (
                self.ask("break_matrix", lambda: break_matrix(self.case, name, actors=over or None))
                if self.analysis.states <= LARGE
                else None
            )
        return self._matrices[name]

    @cached_property
    def platforms(self) -> Comparison | None:
        if not self.scenario.platforms or not self.started:
            return None
        if self.analysis.states > LARGE:
            self.skip(tell("Comparing platforms"), tell("compare {name}", name=self.scenario.name))
            return None
        return self.briefed(Comparison) or self.ask("platforms", lambda: compare(self.case))

    @cached_property
    def hindcast(self) -> Hindcast | None:
        if not self.scenario.history:
            return None
        return self.briefed(Hindcast) or self.ask("history", lambda: hindcast(self.case))


def _occurs(note: Gloss, sheet: Sheet) -> bool:
    """Whether the word that a note explains, before its colon, stands in its table."""
    word, colon, _ = note.lower().partition(":")
    return not colon or any(word in show(cell).lower() for cell in (sheet.title, *sheet.columns, *sum(sheet.rows, ())))


QUESTIONS = {
    "Levers": "levers",
    "Joint": "joint",
    "BreakMatrix": "break_matrix",
    "Comparison": "platforms",
    "Hindcast": "history",
    "Inducements": "induce",
    "Observations": "observations",
}
"""What a report may take from the brief, with the question that each answers."""
