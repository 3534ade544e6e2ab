"""Asking for a brief: each field in turn, with the cost of every question bounded beforehand; see the folder's opening."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from detente.case import CONCEPTS, Case, Query, policy_of, said
from detente.conflict.game import chosen_readings
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.engine.play import ALL, NONE, SOME
from detente.errors import InputError, TooLarge
from detente.formula import holds
from detente.questions.brief.commands import command
from detente.questions.brief.values import (
    FIELDS,
    INDICATORS,
    Answered,
    Asked,
    Brief,
    Course,
    Decisive,
    Field,
    Home,
    Indicators,
    Irrevocable,
    Lever,
    Objection,
    OneWay,
    OtherLevers,
    Promise,
    Route,
    Since,
    Table,
    Trust,
    Turns,
    Verdicts,
)
from detente.questions.claims.circumstances import load_beside
from detente.questions.coalitions.smallest import joint
from detente.questions.evolution.irreversibility import irreversible
from detente.questions.history.hindcast import MOST_COMBINATIONS, Hindcast, hindcast
from detente.questions.partnerships.break_matrix import BreakMatrix, break_matrix
from detente.questions.policy.inducement import induce
from detente.questions.policy.levers import End, levers
from detente.questions.policy.platforms import compare
from detente.questions.uncertainty.completions import Spread, reading_grid
from detente.questions.uncertainty.observations import observations
from detente.questions.uncertainty.pivots import Change, Pivots, pivots
from detente.questions.uncertainty.telling_apart import MOST_ACCOUNTS
from detente.questions.uncertainty.types import Types, types
from detente.result import Record
from detente.scenario.model import Actor, Asking, Platform, Ranking, Scenario
from detente.sheet import ConceptTerm, FormulaTerm, NameTerm

WORK, ANSWERING = 200_000, 300_000
"""States times analyses that one field of a brief may cost, and the answer; a field that would cost more is absent."""

LOOKED_AT = 4_000_000
"""Combinations of settings out of which the states are still made, to count them."""

USUAL = 10
"""Settings that all actors together have in a model of usual cost."""

WITHIN, COMMITMENTS, MEMBERS = 2, 64, 3
"""Moves looked ahead for observations, commitments tried per actor, members of a coalition: at most."""

OPEN = "open"
"""What a cell of a break matrix is where what the platform leaves open decides."""

KEPT, NOT_KEPT, UNKNOWN = "kept", "not kept", "not known"
"""Whether a setting that makes sure of the goal would be kept."""

KEEPING = {True: KEPT, False: NOT_KEPT, None: UNKNOWN}

HEADINGS = {
    "break": "platform",
    "play": "outcome",
    "status_quo": "where things stand today",
    "equilibria": "concept",
    "hindcast": "the actors read as",
    "levers": "switch and hold",
}
"""What the rows of the table are."""

GOOD = ("BREAKS", ALL, "stable", KEPT, NOT_KEPT, UNKNOWN, "expected", "equilibria")
"""The verdicts that say yes."""

Told = tuple[Record, tuple[str, ...], tuple[Record, ...]]
"""A value, the commands that reproduce it, and what they answer."""


class Absent(Exception):
    """A field that the model has nothing for; the text is the reason, for people."""


def brief(case: Case, *, progress: Progress = quiet) -> Brief:
    """The one page: what answers the question of the file, what it turns on, and how far to trust it, field by field.

    See the opening of this folder. Every question is asked of the case as it is, within bounds on its cost.
    """
    asker = _Asker(case)
    fields = []
    for number, name in enumerate(FIELDS):
        progress(number, len(FIELDS), FIELDS[name])
        fields.append(asker.field(name))
    return Brief(basis=case.basis, title=case.scenario.title, fields=tuple(fields))


@dataclass(frozen=True)
class _Asker:
    """One case and the answers found by now."""

    case: Case

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
            raise Absent(f"it would take long in a model of this size: {line}")

    def started(self) -> None:
        if self.scenario.now is None:
            raise Absent("the file does not say where things stand today")

    def wanted(self) -> str:
        """The goal, where there is one to reach from a start."""
        self.started()
        if not self.goal:
            raise Absent("the file names no outcome to bring about")
        return self.goal

    def field(self, name: str) -> Field:
        """The field of this name, or why it is absent."""
        ask: Callable[[], Told] = getattr(self, name)
        try:
            value, commands, found = ask()
        except Absent as reason:
            return Field(id=name, value=None, commands=(), absent=str(reason))
        except InputError as error:  # the question makes no sense for this model, and says so
            return Field(id=name, value=None, commands=(), absent=str(error).rstrip("."))
        return Field(id=name, value=value, commands=commands, found=found)

    # --- the question and its answer ---

    def question(self) -> Told:
        asking = self.asking
        text = self.scenario.question or self.scenario.title
        value = Asked(text=text, ask=asking.ask, derived=asking.derived)
        return value, (command(Case(self.scenario), "show"),), ()

    def answer(self) -> Told:
        return self.answered

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
        line = command(self.case, "break", name=name, over=asking.over or None)
        members = asking.over or (self.scenario.partnerships[name].members if name else self.case.actors)
        grid = math.prod(max(1, len(self.scenario.actor(actor).readings)) for actor in members)
        # A platform holds its settings, so that only the states that keep them come about.
        left = [Fraction(grid, self._held(platform)) for platform in self.scenario.platforms.values()]
        self.afford(math.ceil(sum(left)), line, ANSWERING)
        return break_matrix(self.case, name or None, actors=asking.over or None), line

    def _held(self, platform: Platform) -> int:
        """Among how many settings a platform chooses."""
        return math.prod(len(self.scenario.option(key).choices) for key in platform.hold)

    def _of_break(self) -> Told:
        found, line = self.matrix
        rows = tuple(
            Verdicts(
                of=NameTerm(policy),
                counts=Spread.over(
                    cell.foresight.necessary or OPEN for cell in found.cells if cell.policy == policy
                ).counts,
            )
            for policy in found.policies
        )
        return self._answered("break", NameTerm(found.partnership), found.actors, rows), (line,), (found,)

    def _answered(self, kind: str, subject: str, over: Iterable[str], rows: tuple[Verdicts, ...]) -> Answered:
        best = max(rows, key=share, default=None)
        return Answered(kind=kind, subject=subject, best=best.of if best else "", over=tuple(over), verdicts=rows)

    def _grid(self, wanted: Iterable[str], grids: int) -> tuple[str, ...]:
        """The actors whose readings vary, as many as the bound on work allows for so many grids, in file order."""
        asked = tuple(wanted) or reading_grid(self.case, None, most=10**9)[0]
        chosen, total = list[str](), 1
        for actor in asked:
            more = total * len(self.scenario.actor(actor).readings)
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
        line = command(self.case, "types", of=of, play=play, concept=query.concept, over=None if everybody else over)
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
        return value, tuple(line for _, line in asked), found

    def _of_status_quo(self) -> Told:
        asked = [self._types(Query(None, concept=concept), 2) for concept in ("nash", "seq")]
        found = tuple(each for each, _ in asked)
        rows = tuple(
            Verdicts(of=ConceptTerm(label(each.query.concept or "")), counts=each.counts.counts) for each in found
        )
        value = Answered(kind="status_quo", subject="", best=label("seq"), over=found[0].actors, verdicts=rows)
        return value, tuple(line for _, line in asked), found

    @cached_property
    def record(self) -> tuple[Hindcast, str]:
        line = command(self.case, "hindcast")
        if not self.scenario.history:
            raise Absent("the file records no events")
        open_ = [
            len(actor.readings)
            for actor in self.scenario.actors
            if actor.readings and actor.id not in self.case.readings
        ]
        self.afford(min(math.prod(open_), MOST_COMBINATIONS), line, ANSWERING)
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
            kind="levers", subject=FormulaTerm(goal), best=rows[0].of if rows else "", over=who, verdicts=rows
        )
        return value, (line,), (found,)

    def settings(self, actor: str) -> int:
        """How many settings an actor has to try."""
        return math.prod(len(o.choices) for o in self.scenario.actor(actor).options if o.change != "fixed")

    # --- the fields that follow from it ---

    def table(self) -> Told:
        value, lines, found = self.answered
        assert isinstance(value, Answered)
        if not value.verdicts:
            raise Absent("nothing brings it about, so there is nothing to list")
        return Table.of(HEADINGS[value.kind], value.verdicts), lines, found

    def decisive(self) -> tuple[Decisive, ...]:
        """The readings that settle a row of the answer, of rows that are not settled anyway."""
        value, _, found = self.answered
        assert isinstance(value, Answered)
        grids: dict[str, list[tuple[Mapping[str, str], str]]] = {}
        for each in found:
            if isinstance(each, BreakMatrix):
                for cell in each.cells:
                    grids.setdefault(cell.policy, []).append((cell.readings, cell.foresight.necessary or OPEN))
            if isinstance(each, Types):
                of = str(each.query.of) if each.query.of else label(each.query.concept or "")
                grids[of] = [(row.readings, row.verdict) for row in each.rows]
        told = []
        for of, cells in grids.items():
            if len({verdict for _, verdict in cells}) < 2:
                continue
            for actor in cells[0][0]:
                for reading in dict.fromkeys(readings[actor] for readings, _ in cells):
                    verdicts = {verdict for readings, verdict in cells if readings[actor] == reading}
                    if len(verdicts) == 1:
                        (verdict,) = verdicts
                        told.append(Decisive(of=value.row(of).of, actor=actor, reading=reading, verdict=verdict))
        return tuple(sorted(told, key=lambda each: each.of != value.best))

    @cached_property
    def changes(self) -> tuple[Pivots, str]:
        """The single changes to what the actors want; under the platform that does most, where platforms answer."""
        goal = self.wanted()
        case = self.case
        if self.asking.ask == "break":
            case = case.under(policy_of(case, self.value.best))
        concept = self.asking.concept or None
        query = Query(goal, self.play, concept)
        line = command(case, "pivots", of=goal, play=None if concept else self.play, concept=concept)
        lists = chosen_readings(self.scenario, case.chosen)
        if any(isinstance(reading, Ranking) for reading in lists):
            raise Absent("an actor ranks whole states, so that no single statement can be changed")
        sizes = [len(reading.statements) for reading in lists]
        if not sum(sizes):
            raise Absent("nobody wants anything in this model")
        self.afford(sum(3 * n + n * (n - 1) // 2 for n in sizes), line)
        return pivots(case, query), line

    def turns(self) -> Told:
        decisive = self.decisive()
        _, lines, found = self.answered
        try:
            changes, line = self.changes
        except Absent:
            if not decisive:
                raise
            return Turns(decisive=decisive, flips=None, tried=None, whose=()), lines, found
        whose = tuple(dict.fromkeys(change.actor for change in changes.flips))
        value = Turns(decisive=decisive, flips=len(changes.flips), tried=len(changes.changes), whose=whose)
        if not decisive:
            return value, (line,), (changes,)
        return value, (*lines, line), (*found, changes)

    def objection(self) -> Told:
        """The sister whose share of yes is furthest from ours; else one other reading that gives another verdict."""
        ours = self.value.row(self.value.best).counts if self.value.best else {}
        told: list[tuple[Fraction, Objection, Told]] = []
        for name in self.scenario.sisters:
            sister = _Asker(Case(load_beside(name, self.scenario)))
            try:
                answer = sister.answered
            except Absent:
                continue
            row = (
                sister.value.row(sister.value.best)
                if sister.value.best
                else Verdicts(of="", counts={"nothing suffices": 1})
            )
            away = abs(share(row) - share(Verdicts(of="", counts=ours)))
            objection = Objection(
                model=sister.scenario.name,
                title=sister.scenario.title,
                of=row.of,
                ours=ours,
                theirs=row.counts,
                sister=sister.scenario,
            )
            told.append((away, objection, answer))
        if not told:
            return self._rival()
        away, objection, (_, lines, found) = max(told, key=lambda each: each[0])
        return (objection, lines, found) if away else self._rival()

    def _rival(self) -> Told:
        """The first reading that, alone put in place of the one chosen, gives another verdict about what does most."""
        value, lines, found = self.answered
        assert isinstance(value, Answered)
        for place, each in enumerate(found):
            if isinstance(each, BreakMatrix):
                cells = [(c.readings, c.foresight.necessary or OPEN) for c in each.cells if c.policy == value.best]
            elif isinstance(each, Types) and value.verdicts[place].of == value.best:
                cells = [(row.readings, row.verdict) for row in each.rows]
            else:
                continue
            chosen = {actor: self.case.chosen[actor] for actor in value.over}
            ours = next((verdict for readings, verdict in cells if readings == chosen), None)
            for actor in value.over:
                for readings, verdict in cells:
                    alone = {**chosen, actor: readings[actor]} == readings
                    if ours is not None and alone and verdict != ours:
                        objection = Objection(
                            actor=actor, reading=readings[actor], of=value.best, ours={ours: 1}, theirs={verdict: 1}
                        )
                        return objection, lines[place : place + 1], (each,)
        missing = "" if self.scenario.sisters else "the file names no sister models, and "
        raise Absent(f"{missing}no other reading of one actor gives another answer")

    def route(self) -> Told:
        goal = self.wanted()
        line = command(self.case, "joint", goal=goal, most=MEMBERS)
        self.afford(len(CONCEPTS) * 4, line)
        try:
            together = joint(self.case, goal, MEMBERS)
        except TooLarge as error:
            raise Absent(str(error).rstrip(".")) from None
        members = together.coalitions[0].members if together.coalitions else ()
        lands = together.coalitions[0].lands["seq"] if together.coalitions else None
        lines, found = [line], list[Record]([together])
        promises, tried = list[Promise](), 0
        offers = min(
            COMMITMENTS * len(self.case.actors), sum(3 ** len(actor.options) for actor in self.scenario.actors)
        )
        if not self.scenario.graph and self.cost * offers <= WORK:
            induced = induce(self.case, most=COMMITMENTS)
            tried = len(induced.commitments)
            promises = [
                Promise(
                    actor=each.actor,
                    commits=each.phrase,
                    strength=each.strength,
                    goal=self._at_ends(each.ends, goal),
                    kept=each.kept_word,
                )
                for each in induced.minimal
            ]
            promises = [each for each in promises if each.goal == ALL]
            lines.append(command(self.case, "induce", most=COMMITMENTS))
            found.append(induced)
        value = Route(
            goal=goal,
            together=members,
            lasts=None if lands is None else lands > 0,
            promises=tuple(promises),
            tried=tried,
        )
        return value, tuple(lines), tuple(found)

    def _at_ends(self, ends: Iterable[End], goal: str) -> str:
        """ALL, SOME or NONE of the states of these ends satisfy the goal; of a cycle not listed whole, SOME at most."""
        formula, met = self.scenario.formula(goal), list[bool]()
        for end in ends:
            for state in end.states:
                told = state["settings"] if isinstance(state.get("settings"), Mapping) else state
                met.append(bool(holds(formula, self.case.settings(told))))
            if end.size > len(end.states):
                met.append(False)
        return ALL if all(met) else SOME if any(met) else NONE

    def home(self) -> Told:
        approval = tuple(
            dict.fromkeys((each.id, actor) for each in self.scenario.incentives.values() for actor in each.approved_by)
        )
        if not self.scenario.platforms:
            if not approval:
                raise Absent("the file has no platforms, and nobody who must approve anything")
            return Home(courses=(), approval=approval), (command(Case(self.scenario), "show"),), ()
        self.started()
        line = command(self.case, "compare")
        unknown = sum(2 ** len(each.unknown) for each in self.scenario.platforms.values())
        self.afford(2 * unknown, line)
        found = compare(self.case)
        courses = tuple(
            Course(platform=each.id, actor=each.actor, kept=each.self_enforcing) for each in found.platforms
        )
        return Home(courses=courses, approval=approval), (line,), (found,)

    def indicators(self) -> Told:
        self.started()
        # Whoever asks knows its own mind: what it wants is to be read off the others' moves only where nobody else is open.
        every = [actor for actor in self.scenario.actors if len(actor.readings) > 1]
        rivals = [actor for actor in every if actor.id not in self.leaders] or every
        if not rivals:
            raise Absent("no actor has two readings to tell apart")
        chosen = self._accounts(rivals)
        line = command(self.case, "observations", over=chosen or None, within=WITHIN)
        if not chosen:
            raise Absent(f"it would take long in a model of this size: {line}")
        found = observations(self.case, chosen, within=WITHIN)
        accounts = found.accounts
        if accounts is None or not accounts.watch:
            raise Absent(f"nothing within {WITHIN} moves tells two accounts apart")
        value = Indicators(
            within=WITHIN, watch=accounts.watch[:INDICATORS], pairs=accounts.pairs, separated=accounts.separated
        )
        return value, (line,), (found,)

    def _accounts(self, rivals: Iterable[Actor]) -> tuple[str, ...]:
        """Whose readings are compared: those of the question first, as many as can be afforded."""
        try:
            first = self.value.over
        except (InputError, Absent):
            first = ()
        ordered = sorted(rivals, key=lambda actor: actor.id not in first)
        chosen, total = list[str](), 1
        for actor in ordered:
            total *= len(actor.readings)
            if total > MOST_ACCOUNTS or total * self.cost > WORK:
                break
            chosen.append(actor.id)
        return tuple(chosen)

    def irreversible(self) -> Told:
        line = command(self.case, "irreversible")
        self.afford(8, line)
        found = irreversible(self.case)
        switches = tuple(
            OneWay(
                actor=each.actor,
                option=each.option,
                switch=each.switch,
                made=each.made,
                outcomes=each.general.outcomes,
            )
            for each in found.switches
        )
        if not switches:
            raise Absent("every move of this model can be taken back")
        return Irrevocable(switches=switches), (line,), (found,)

    def others(self) -> Told:
        """What everybody but the one who is asked about can bring about alone."""
        goal = self.wanted()
        if self.scenario.graph:
            raise Absent("a model in graph form has no options to hold")
        actors = [a.id for a in self.scenario.actors if a.id not in self.leaders and self.settings(a.id) > 1]
        if not actors:
            raise Absent("nobody else has anything to choose")
        play, told, lines, found = self.play, list[Lever](), list[str](), list[Record]()
        for actor in actors:
            line = command(self.case, "levers", by=actor, goal=goal, play=play)
            if self.cost * self.settings(actor) > WORK:
                continue
            each = levers(self.case, actor, goal, play)
            least = each.minimal[0] if each.minimal else None
            told.append(
                Lever(
                    actor=actor,
                    goal=goal,
                    setting=None if least is None else FormulaTerm(said(least.flips)),
                    kept=None if least is None else least.self_enforcing,
                )
            )
            lines.append(line)
            found.append(each)
        if not told:
            self.afford(self.settings(actors[0]), command(self.case, "levers", by=actors[0], goal=goal, play=play))
        return OtherLevers(levers=tuple(told)), tuple(lines), tuple(found)

    def trust(self) -> Told:
        wishes = self.case.wishes
        kinds = {source.id: source.kind for source in self.scenario.sources.values()}
        supposed = sum(supposition(wish.sources, kinds) for wish in wishes)
        try:
            changes, line = self.changes
        except (InputError, Absent):
            value = Trust(
                deciding=None, supposed=None, by_assumption=False, wishes=len(wishes), wishes_supposed=supposed
            )
            return value, (command(Case(self.scenario), "show"),), ()
        deciding = dict.fromkeys(
            (change.actor, statement) for change in changes.flips for statement in concerned(change)
        )
        known = {(wish.actor, wish.want): wish.sources for wish in changes.basis.wishes}
        value = Trust(
            deciding=len(deciding),
            supposed=sum(supposition(known.get(each, ()), kinds) for each in deciding),
            by_assumption=changes.by_assumption,
            wishes=len(wishes),
            wishes_supposed=supposed,
        )
        return value, (line,), (changes,)

    def since(self) -> Told:
        found, line = self.record
        if not found.n:
            raise Absent("no recorded event is a move of this model")
        most = max(score.unsanctioned.hits for score in found.scores)
        best = [score for score in found.scores if score.unsanctioned.hits == most]
        silent = [each for each in found.told_apart if not each.separated and not each.weakly]
        dates = [event.date for event in found.events]
        value = Since(
            first=dates[0],
            last=dates[-1],
            moves=found.n,
            combinations=len(found.scores),
            best=most,
            best_count=len(best),
            expected_by_chance=best[0].unsanctioned.expected,
            pairs=len(found.told_apart),
            silent=len(silent),
        )
        return value, (line,), (found,)


# --- small things ----------------------------------------------------------------------------------------------------


def share(row: Verdicts) -> Fraction:
    """In what part of its cases a row says yes; nothing counted is no.

    >>> share(Verdicts(of="", counts={"BREAKS": 1, "HOLDS": 3})), share(Verdicts(of="", counts={}))
    (Fraction(1, 4), Fraction(0, 1))
    """
    return Fraction(sum(row.counts.get(word, 0) for word in GOOD), max(1, row.total))


def concerned(change: Change) -> tuple[str, ...]:
    """The statements that a change is about: the one, and that which it is put above."""
    return (change.statement, change.other) if change.other else (change.statement,)


def supposition(sources: Iterable[str], kinds: Mapping[str, str]) -> bool:
    """Whether a statement rests on nothing but supposition: on no source, or on such alone."""
    return all(kinds.get(source, "") in ("supposition", "") for source in sources)
