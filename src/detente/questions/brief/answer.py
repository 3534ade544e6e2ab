"""What answers the question of a file, within bounds on its cost, and what several fields of a brief rest on.

How to make one: `Asker(case)`; what it was asked, it keeps.

>>> from detente.scenario import load
>>> found = Asker(Case(load("prisoners_dilemma"))).value
>>> [(str(row.of), dict(row.counts)) for row in found.verdicts]
[('cooperation', {'ALL': 1})]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from detente.case import CONCEPTS, Case, Query, policy_of, said
from detente.conflict.game import chosen_readings
from detente.engine.concepts import label
from detente.engine.play import ALL
from detente.messages import tell
from detente.questions.brief.commands import command
from detente.questions.brief.values import Answered, Verdicts
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.questions.history.hindcast_scores import MOST_COMBINATIONS
from detente.questions.inverse.assumptions import Assumptions, assumptions, single_changes
from detente.questions.partnerships.break_matrix import BreakMatrix, break_matrix
from detente.questions.policy.levers import levers
from detente.questions.policy.outlook import change
from detente.questions.uncertainty.completions import reading_grid
from detente.questions.uncertainty.conditions import settling
from detente.questions.uncertainty.pivots import Pivots, pivots
from detente.questions.uncertainty.types import Types, types
from detente.result import Record
from detente.scenario.model import Asking, Platform, Ranking, Scenario
from detente.sheet import ConceptTerm, FormulaTerm, NameTerm

WORK, ANSWERING = 200_000, 300_000
"""States times analyses that one field of a brief may cost, and the answer; a field that would cost more is absent."""

ASSUMING, LEAST, TOGETHER, SECONDS = 400_000, 800, 3, 10.0
"""For the assumptions that suffice: states times analyses at most, with so many states at least, for an analysis of few states
takes as long; changes tried together at most; and seconds, which end the search only on a slow machine."""

FEW = 3
"""States where play ends that are told one by one."""

LOOKED_AT = 4_000_000
"""Combinations of settings out of which the states are still made, to count them."""

USUAL = 10
"""Settings that all actors together have in a model of usual cost."""

KEPT, NOT_KEPT, UNKNOWN = "kept", "not kept", "not known"
"""Whether a setting that makes sure of the goal would be kept."""

KEEPING = {True: KEPT, False: NOT_KEPT, None: UNKNOWN}

GOOD = ("BREAKS", ALL, "stable", KEPT, NOT_KEPT, UNKNOWN, "expected", "equilibria")
"""The verdicts that say yes."""

Told = tuple[Record, tuple[str, ...], tuple[Record, ...]]
"""A value, the commands that reproduce it, and what they answer."""


class Absent(Exception):
    """A field that the model has nothing for; the text is the reason, for people."""


@dataclass(frozen=True)
class Asker:
    """One case and the answers found by now: the answer, and what several fields of a brief rest on, each asked once."""

    case: Case
    seconds: float = SECONDS

    # --- what can be asked ---

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @property
    def asking(self) -> Asking:
        """What answers; without anything to ask where play ends, whether the status quo holds."""
        asking = self.scenario.asking
        if asking.ask == "play" and not (asking.of or self.scenario.outcomes):
            return Asking(ask="status_quo", derived=True)
        return asking

    @cached_property
    def goal(self) -> str:
        """What the follow-up questions are about: what the file says, else the first outcome; empty if there is none."""
        asking = self.scenario.asking
        return asking.goal or asking.of or next(iter(self.scenario.outcomes), "")

    @property
    def leaders(self) -> tuple[str, ...]:
        """Whose choice the question is about: those it names, else those whose platforms there are."""
        return self.asking.by or tuple(dict.fromkeys(each.actor for each in self.scenario.platforms.values()))

    @property
    def play(self) -> str:
        """The kind of play that is asked about."""
        return self.asking.play if self.asking.ask in ("play", "types", "levers") else "foresight"

    @cached_property
    def combinations(self) -> int:
        """All settings of the options that can change: an upper bound of the states, known without making them."""
        if self.scenario.graph:
            return len(self.scenario.graph.states)
        return math.prod(len(option.choices) for option in self.scenario.options if option.change != "fixed")

    @cached_property
    def cost(self) -> int:
        """What an analysis costs: the states, more where an actor has many settings; else a bound on how many there are."""
        if self.combinations > LOOKED_AT:
            return self.combinations
        conflict = self.case.game.conflict
        return conflict.count * max(1, sum(player.size for player in conflict.players) // USUAL)

    def afford(self, analyses: int, line: str, most: int = WORK) -> None:
        """Raise `Absent` for a question that would cost too much, with the line that asks it."""
        if self.cost * max(analyses, 1) > most:
            raise Absent(tell("it would take long in a model of this size: {line}", line=line))

    def started(self) -> None:
        if self.scenario.now is None:
            raise Absent(tell("the file does not say where things stand today"))

    def wanted(self) -> str:
        """The goal, where there is one to reach from a start."""
        self.started()
        if not self.goal:
            raise Absent(tell("the file names no outcome to bring about"))
        return self.goal

    def sought(self) -> str:
        """The goal, where it can be one: named by the file, or better than today for somebody in some state."""
        goal, asking = self.wanted(), self.scenario.asking
        if asking.goal or asking.of or self.cost > LOOKED_AT:
            return goal
        game = self.case.game
        there = game.holds(goal, game.conflict.states)
        if game.now is not None:
            today, scores = game.number(game.now), map(game.scores, range(len(self.case.actors)))
            if not any((each[there] > each[today]).any() for each in scores):
                raise Absent(tell("no actor likes any state of the first outcome in the file better than today's"))
        return goal

    @property
    def chosen(self) -> dict[str, str]:
        """The readings chosen of the actors that have rival ones."""
        rivals = [actor.id for actor in self.scenario.actors if len(actor.counted) > 1]
        return {actor: self.case.chosen[actor] for actor in rivals if actor in self.case.chosen}

    def settings(self, actor: str) -> int:
        """How many settings an actor has to try."""
        return math.prod(len(o.choices) for o in self.scenario.actor(actor).options if o.change != "fixed")

    # --- the answer, and what several fields rest on ---

    @cached_property
    def answered(self) -> Told:
        if self.scenario.now is None:
            return self._of_no_start()
        answers = {
            "break": self._of_break,
            "play": self._of_play,
            "types": self._of_play,
            "hindcast": self._of_hindcast,
            "levers": self._of_levers,
            "status_quo": self._of_status_quo,
        }
        return answers[self.asking.ask]()

    @property
    def value(self) -> Answered:
        value = self.answered[0]
        assert isinstance(value, Answered)
        return value

    def _of_no_start(self) -> Told:
        line = command(self.case, "analyze", concepts=CONCEPTS)
        self.afford(len(CONCEPTS), line, ANSWERING)
        found = self.case.analyse(CONCEPTS)
        rows = tuple(Verdicts(of=ConceptTerm(label(c)), counts={"equilibria": found.count(c)}) for c in CONCEPTS)
        value = Answered(kind="equilibria", subject="", best=label("seq"), over=(), verdicts=rows)
        return value, (line,), (found,)

    @cached_property
    def matrix(self) -> tuple[BreakMatrix, str]:
        asking = self.asking
        names = list(self.scenario.partnerships)
        name = asking.name or (names[0] if len(names) == 1 else "")
        line = command(self.case, "break", partnership=name, over=asking.over or None)
        members = asking.over or (self.scenario.partnerships[name].members if name else self.case.actors)
        grid = math.prod(max(1, len(self.scenario.actor(actor).counted)) for actor in members)
        # A platform holds its settings, so that only the states that keep them come about.
        left = [Fraction(grid, self._held(platform)) for platform in self.scenario.platforms.values()]
        self.afford(math.ceil(sum(left)), line, ANSWERING)
        return break_matrix(self.case, name or None, actors=asking.over or None), line

    def _held(self, platform: Platform) -> int:
        """Among how many settings a platform chooses."""
        return math.prod(len(self.scenario.option(key).choices) for key in platform.hold)

    def _of_break(self) -> Told:
        found, line = self.matrix
        rows = tuple(Verdicts(of=NameTerm(policy), counts=found.fates(policy).counts) for policy in found.policies)
        value = self._answered("break", NameTerm(found.partnership), found.actors, rows)
        alike = [str(row.of) for row in rows if share(row) == share(value.row(value.best))]
        grids = [[(each.readings, each.fate in GOOD) for each in found.cells if each.policy == of] for of in alike]
        value = _settled(value, grids[0])
        # Of several platforms that do as much the readings are told only where these are the same.
        return value if all(each == grids[0] for each in grids) else replace(value, where=()), (line,), (found,)

    def _answered(self, kind: str, subject: str, over: Iterable[str], rows: tuple[Verdicts, ...]) -> Answered:
        best = max(rows, key=share, default=None)
        return Answered(kind=kind, subject=subject, best=best.of if best else "", over=tuple(over), verdicts=rows)

    def _grid(self, wanted: Iterable[str], grids: int) -> tuple[str, ...]:
        """The actors whose readings vary, as many as the bound on work allows for so many grids, in file order."""
        asked = tuple(wanted) or reading_grid(self.case, None, most=10**9)[0]
        chosen, total = list[str](), 1
        for actor in asked:
            more = total * len(self.scenario.actor(actor).counted)
            if more * self.cost * grids <= ANSWERING:
                chosen.append(actor)
                total = more
        return tuple(chosen)

    def _types(self, query: Query, grids: int) -> tuple[Types, str]:
        """The verdict over the readings, and the line that asks for it."""
        over = self._grid(self.asking.over, grids)
        everybody = over == reading_grid(self.case, None, most=10**9)[0] or self.cost > ANSWERING
        play = None if query.concept or query.of is None else query.play
        of = None if query.of is None else str(query.of)
        line = command(self.case, "types", goal=of, play=play, concept=query.concept, over=None if everybody else over)
        self.afford(1, line, ANSWERING)
        return types(self.case, query, over), line

    def _of_play(self) -> Told:
        asking = self.asking
        goals = [asking.of] if asking.of else list(self.scenario.outcomes) if asking.ask == "play" else []
        if not goals:
            return self._of_status_quo()
        concept = asking.concept or None
        asked = [self._types(Query(goal, asking.play, concept), len(goals)) for goal in goals]
        found = tuple(each for each, _ in asked)
        name = NameTerm if all(goal in self.scenario.outcomes for goal in goals) else FormulaTerm
        rows = tuple(
            Verdicts(of=name(goal), counts=each.counts.counts) for goal, each in zip(goals, found, strict=True)
        )
        value = self._answered("play", asking.play, found[0].actors, rows)
        if not found[0].actors:
            value = replace(value, ends=self._ends(asking.play), chosen=self.chosen)
        best = next(each for row, each in zip(rows, found, strict=True) if row.of == value.best)
        value = _settled(value, [(row.readings, row.verdict in GOOD) for row in best.rows])
        return value, tuple(line for _, line in asked), found

    def _of_status_quo(self) -> Told:
        asked = [self._types(Query(None, concept=concept), 2) for concept in ("nash", "seq")]
        found = tuple(each for each, _ in asked)
        rows = tuple(
            Verdicts(of=ConceptTerm(label(each.query.concept or "")), counts=each.counts.counts) for each in found
        )
        value = Answered(kind="status_quo", subject="", best=label("seq"), over=found[0].actors, verdicts=rows)
        value = _settled(value, [(row.readings, row.verdict in GOOD) for row in found[1].rows])
        return value, tuple(line for _, line in asked), found

    def _ends(self, play: str) -> tuple[str, ...] | None:
        """What is different from today where play ends, state by state; None where that is no list of a few states."""
        analysis = self.case.analyse(("seq",))
        ends = analysis.play(play).ends
        if self.scenario.graph or len(ends) > FEW or any(len(end) > 1 for end in ends):
            return None
        return tuple(FormulaTerm(change(self.case.now, analysis, int(end[0]))) for end in ends)

    @cached_property
    def record(self) -> tuple[Hindcast, str]:
        line = command(self.case, "hindcast")
        if not self.scenario.history:
            raise Absent(tell("the file records no events"))
        combinations = math.prod(len(actor.counted) for actor in self.scenario.actors if actor.readings)
        self.afford(min(combinations, MOST_COMBINATIONS), line, ANSWERING)
        return hindcast(self.case), line

    def _of_hindcast(self) -> Told:
        found, line = self.record
        rows = tuple(
            Verdicts(
                of=found.label(score),
                counts={"expected": score.unsanctioned.hits, "not expected": found.n - score.unsanctioned.hits},
            )
            for score in found.scores
        )
        return self._answered("hindcast", "", found.varied, rows), (line,), (found,)

    def _of_levers(self) -> Told:
        asking, goal = self.asking, self.wanted()
        who = self.leaders
        line = command(self.case, "levers", by=who, goal=goal, play=asking.play)
        self.afford(math.prod(map(self.settings, who)), line, ANSWERING)
        found = levers(self.case, who, goal, asking.play)
        rows = tuple(
            Verdicts(of=FormulaTerm(said(each.flips)), counts={KEEPING[each.self_enforcing]: 1})
            for each in found.minimal
        )
        value = Answered(
            kind="levers",
            subject=FormulaTerm(goal),
            best=rows[0].of if rows else "",
            over=who,
            verdicts=rows,
            chosen={actor: name for actor, name in self.chosen.items() if actor not in who},
        )
        return value, (line,), (found,)

    @cached_property
    def looked_into(self) -> tuple[Case, Query, str]:
        """The one case whose verdict is looked into, what is asked of it, and the platform in force there.

        It is the goal where play ends, of several outcomes the one that comes about most, with the readings chosen; under the
        platform that does most, where platforms answer.
        """
        goal, case, platform = self.wanted(), self.case, ""
        if self.value.kind == "play" and self.value.best in self.scenario.outcomes:
            goal = str(self.value.best)
        if self.asking.ask == "break":
            platform = str(self.value.best)
            case = case.under(policy_of(case, platform))
        return case, Query(goal, self.play, self.asking.concept or None), platform

    @cached_property
    def followed(self) -> tuple[Case, Query, str]:
        """The same, where everybody's wants are statements, which can be changed one by one."""
        case = self.looked_into[0]
        if any(isinstance(reading, Ranking) for reading in chosen_readings(self.scenario, case.chosen)):
            raise Absent(tell("an actor ranks whole states, so that no single statement can be changed"))
        return self.looked_into

    def line(self, asked: str, **options: str | int | tuple[str, ...] | None) -> str:
        """The line that asks this of the case that is looked into."""
        case, query, _ = self.looked_into
        play = None if query.concept else query.play
        return command(case, asked, goal=str(query.of), play=play, concept=query.concept, **options)

    @cached_property
    def changes(self) -> tuple[Pivots, str]:
        """The single changes to what the actors want that give another verdict."""
        case, query, _ = self.followed
        line = self.line("pivots")
        sizes = [len(reading.statements) for reading in chosen_readings(self.scenario, case.chosen)]
        if not sum(sizes):
            raise Absent(tell("nobody wants anything in this model"))
        self.afford(sum(3 * n + n * (n - 1) // 2 for n in sizes), line)
        return pivots(case, query), line

    @cached_property
    def sufficient(self) -> tuple[Assumptions, str, int]:
        """The sets of assumptions that suffice, the line that asks, and how many changes at a time it asks for.

        As many as the bound on work allows, so that the same model always gets the same answer.
        """
        case, query, _ = self.followed
        number = len(single_changes(case))
        size = max((n for n in range(1, TOGETHER + 1) if self._sets(number, n) <= ASSUMING), default=0)
        line = self.line("assumptions", size=max(size, 1))
        if not number:
            raise Absent(tell("nobody wants anything in this model"))
        if not size:
            raise Absent(tell("it would take long in a model of this size: {line}", line=line))
        return assumptions(case, query, size, seconds=self.seconds), line, size

    def _sets(self, number: int, size: int) -> int:
        return max(self.cost, LEAST) * sum(math.comb(number, many) for many in range(1, size + 1))


def _settled(value: Answered, cells: Sequence[tuple[Mapping[str, str], bool]]) -> Answered:
    """The answer with the actors whose readings settle whether what does most says yes, and under which it does."""
    deciding = settling(cells)
    where = [{actor: readings[actor] for actor in deciding} for readings, yes in cells if yes and deciding]
    return replace(value, deciding=deciding, where=tuple({str(each): each for each in where}.values()))


def share(row: Verdicts) -> Fraction:
    """In what part of its cases a row says yes; nothing counted is no.

    >>> share(Verdicts(of="", counts={"BREAKS": 1, "HOLDS": 3})), share(Verdicts(of="", counts={}))
    (Fraction(1, 4), Fraction(0, 1))
    """
    return Fraction(sum(row.counts.get(word, 0) for word in GOOD), max(1, row.total))
