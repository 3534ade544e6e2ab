"""The sections that say what follows: stability, equilibria, where play ends, and what the follow-up questions find."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.case import CONCEPTS, Case, Query
from detente.present.report.dossier import Block, Card, Cards, Section, Step, Table, Text, Way
from detente.present.report.pictures import DRAWN, state_graph
from detente.present.report.words import change, changes, listed, plain, settings
from detente.present.tables import NO, YES
from detente.present.view import label, plural, state_name
from detente.questions.levers import Levers, levers
from detente.questions.paths import Paths, paths
from detente.questions.pivots import Pivots, pivots
from detente.questions.types import Types, types
from detente.scenario.model import Actor
from detente.sheet import Sheet

CARDS = 12
"""State cards at most; other equilibria are counted."""

WORK = 2_000_000
"""States times combinations that a follow-up question may cost here; the same question has a command without this bound."""

PIVOT_STATES, LARGE = 2_048, 200_000
"""Models with more states get no pivots, and above the second bound no follow-up questions."""

SHORT, WIDE = 6, 9
"""Rows of tables that could be long, and columns of the grid of types."""


class Findings:
    """What the report asks of a case, each question once. `goal` is the outcome the report is about, if there is one."""

    def __init__(self, case: Case, goal: str | None) -> None:
        self.case, self.goal = case, goal
        self.scenario = case.scenario
        self.analysis: Analysis = case.analyse(CONCEPTS)
        self.left_out: list[str] = []

    # --- what can be asked ---

    @property
    def started(self) -> bool:
        return self.analysis.conflict.now is not None

    @property
    def asked(self) -> bool:
        """Whether there is a goal, a status quo, and a model small enough for follow-up questions."""
        return self.goal is not None and self.started and self.analysis.states <= LARGE

    @property
    def goal_name(self) -> str:
        outcome = self.scenario.outcomes.get(self.goal or "")
        return f"“{plain(outcome.name or outcome.id if outcome else self.goal or '')}”"

    @property
    def leader(self) -> Actor:
        """Whose levers are asked for: the first platform's actor, else the first who has options to choose."""
        for platform in self.scenario.platforms.values():
            return self.scenario.actor(platform.actor)
        free = [actor for actor in self.scenario.actors if any(o.change != "fixed" for o in actor.options)]
        return free[0] if free else self.scenario.actors[0]

    def _skip(self, what: str, command: str) -> None:
        self.left_out.append(f"{what} would take long in a model of this size: detente {command}")

    @cached_property
    def levers(self) -> Levers | None:
        tried = math.prod(len(o.choices) for o in self.leader.options if o.change != "fixed")
        if not self.asked or self.scenario.graph or not self.leader.options:
            return None
        if tried * self.analysis.states > WORK:
            self._skip("What one actor can make sure of", f"levers {self.scenario.name}")
            return None
        return levers(self.case, self.leader.id, self.goal or "")

    @cached_property
    def types(self) -> Types | None:
        """Over as many actors as the bound on work allows, in file order."""
        chosen, total = [], 1
        for actor in self.scenario.actors:
            if len(actor.readings) > 1 and total * len(actor.readings) * self.analysis.states <= WORK:
                chosen.append(actor.id)
                total *= len(actor.readings)
        return types(self.case, Query(self.goal), chosen) if self.asked and chosen and total <= 256 else None

    @cached_property
    def pivots(self) -> Pivots | None:
        if not self.asked or not any(actor.readings for actor in self.scenario.actors):
            return None
        if self.analysis.states > PIVOT_STATES:
            self._skip("What would flip the answer", f"pivots {self.scenario.name} --of {self.goal}")
            return None
        if any(self.case.reading(a.id).kind == "ranking" for a in self.scenario.actors if a.readings):
            return None
        return pivots(self.case, Query(self.goal))

    @cached_property
    def paths(self) -> Paths | None:
        return paths(self.case, self.goal or "", most=4) if self.asked else None

    def verdict(self, kind: str = "foresight") -> str:
        return self.analysis.verdict(self.goal or "", kind)

    # --- where things stand ---

    def status_quo(self) -> Section:
        """For whom the status quo is stable, in which sense."""
        analysis, now = self.analysis, self.analysis.cell()
        rows: list[tuple[Any, ...]] = [
            (p.name, *(YES if analysis.is_stable(c, p.id, now) else NO for c in CONCEPTS))
            for p in analysis.conflict.players
        ]
        rows.append(("everybody (equilibrium)", *(YES if analysis.is_equilibrium(c, now) else NO for c in CONCEPTS)))
        sheet = Sheet("Would the status quo last?", ("stable for", *map(label, CONCEPTS)), tuple(rows))
        held = [label(c) for c in CONCEPTS if analysis.is_equilibrium(c, now)]
        movers = [p.name for p in analysis.conflict.players if not analysis.is_stable("nash", p.id, now)]
        said = (
            f"The status quo is an equilibrium under {listed(held)}." if held else "The status quo is no equilibrium."
        )
        if movers and held:
            verb = "has" if len(movers) == 1 else "have"
            said += f" {listed(movers)} {verb} an improvement, but every one can be answered by the others."
        elif movers:
            said += f" {listed(movers)} would move away from it."
        return Section("status-quo", "Does the status quo hold?", (Text((said,)), Table(sheet, heat=True)))

    def states(self) -> Section:
        """Equilibria and ends of play as cards, the graph where it can be drawn."""
        analysis, chosen = self.analysis, self._chosen()
        counts = ", ".join(f"{analysis.count(c):,} {label(c)}" for c in CONCEPTS)
        words = [f"Of {plural(analysis.states, 'state')} these are equilibria: {counts}."]
        if self.started:
            words += [self._ends_text(kind) for kind in KINDS]
        total = int(np.sum(self._held_grid("gmr"))) if analysis.states <= LARGE else analysis.count("gmr")
        if total + 1 > len(chosen):
            words.append(f"Shown are the {len(chosen)} most telling states, the strictest equilibria first.")
        blocks: list[Block] = [Text(tuple(words))]
        if analysis.states <= DRAWN:
            blocks.append(state_graph(analysis))
        blocks.append(Cards("The states that matter", tuple(map(self._card, chosen))))
        return Section("states", "Where it could rest", tuple(blocks))

    def _held_grid(self, concept: str) -> Any:
        return np.broadcast_to(self.analysis.equilibrium_grid(concept), self.analysis.conflict.shape)

    def _ends_text(self, kind: str) -> str:
        means = {
            "myopic": "If everybody takes any improvement (myopic play)",
            "foresight": "If nobody moves who would regret the answers (foresight play)",
        }[kind]
        ends = self.analysis.play(kind).end_states
        if len(ends) == 1 and int(ends[0]) == self.analysis.conflict.now:
            return f"{means}, things stay as they are."
        names = [state_name(self.analysis, int(cell)) for cell in ends[:SHORT]]
        more = f" and {len(ends) - SHORT:,} more" if len(ends) > SHORT else ""
        word = "state" if len(ends) == 1 else "states"
        return f"{means}, things end in {word} {', '.join(names)}{more}."

    def _chosen(self) -> list[int]:
        analysis = self.analysis
        found = dict.fromkeys([analysis.cell()] if self.started else [])
        for kind in KINDS if self.started else ():
            found |= dict.fromkeys(map(int, analysis.play(kind).end_states[:4]))
        for concept in ("nash", "seq", "smr", "gmr"):
            if analysis.count(concept) <= LARGE:
                found |= dict.fromkeys(map(int, analysis.equilibria(concept)[:CARDS]))
        return list(found)[:CARDS]

    def _card(self, cell: int) -> Card:
        analysis = self.analysis
        now = analysis.conflict.now
        marks = ["status quo"] if cell == now else []
        marks += [f"{k} play ends here" for k in KINDS if now is not None and cell in analysis.play(k).end_states]
        marks += [label(c) for c in CONCEPTS if analysis.is_equilibrium(c, cell)]
        true = [
            plain(o.name or name)
            for name, o in self.scenario.outcomes.items()
            if bool(analysis.conflict.holds(o.formula, np.array([cell]))[0])
        ]
        lines = [("outcomes", tuple(true))] if true else []
        if not analysis.conflict.graph:
            lines += self._card_lines(cell)
        name = state_name(analysis, cell)
        return Card(f"State {name}" if len(name) < 30 else "A state", tuple(marks), tuple(lines))

    def _card_lines(self, cell: int) -> list[tuple[str, tuple[str, ...]]]:
        conflict, here = self.analysis.conflict, self.analysis.conflict.settings(cell)
        before = conflict.settings(conflict.now) if conflict.now is not None else here
        changed = {key: value for key, value in here.items() if before.get(key) != value}
        options = {option.key: option for option in self.scenario.options}
        on = {k: v for k, v in here.items() if k not in changed and (v or not options[k].binary)}
        lines = [("changed from today", changes(self.scenario, changed))] if changed else []
        kept = settings(self.scenario, on)
        return [*lines, ("as today" if changed else "in force", kept or ("nothing is taken up",))]

    def matrix(self) -> Section:
        """State by state for small models, shares for large ones."""
        analysis, players = self.analysis, self.analysis.conflict.players
        if analysis.states <= DRAWN:
            rows = []
            for cell in map(int, analysis.conflict.states):
                by = [_strictest(c for c in CONCEPTS if analysis.is_stable(c, p.id, cell)) for p in players]
                whole = _strictest(c for c in CONCEPTS if analysis.is_equilibrium(c, cell))
                rows.append((state_name(analysis, cell), analysis.text(cell), *by, whole))
            named = all(row[0] == row[1] for row in rows)
            kept = tuple((row[0], *row[2:]) if named else row for row in rows)
            columns = ("state", *(() if named else ("in force",)), *(p.name for p in players), "everybody")
            note = "Said is the strictest sense in which a state is stable: Nash implies all others, SEQ and SMR imply GMR."
            table = Table(Sheet("Who is stable where", columns, kept, (note,)), heat=True, folded=len(rows) > 16)
            return Section("matrix", "Stability, state by state", (table,))
        shares = [(p.name, *(self._share(c, p.id) for c in CONCEPTS)) for p in players]
        sheet = Sheet("Share of states in which each would stay", ("stable for", *map(label, CONCEPTS)), tuple(shares))
        return Section("matrix", "Stability, summed up", (Table(sheet),))

    def _share(self, concept: str, actor: str) -> str:
        grid = self.analysis.stable_grid(concept, actor)
        stable = int(grid.sum(dtype=np.int64)) * (self.analysis.conflict.cells // grid.size)
        return f"{100 * stable / self.analysis.states:.1f} %"

    # --- follow-up questions ---

    def lever_section(self) -> Section | None:
        """What the leader must switch and hold."""
        found = self.levers
        if found is None:
            return None
        name = self.leader.name
        if not found.minimal:
            text: Block = Text((f"{name} alone cannot make sure of {self.goal_name}, whatever it holds.",))
        else:
            ways = [
                listed(changes(self.scenario, each.flips)) or "holding everything as it is" for each in found.minimal
            ]
            text = Text(
                tuple(f"{name} makes sure of {self.goal_name} by: {way}." for way in ways), points=len(ways) > 1
            )
        sheets = [replace(s, title=s.title.replace(f"What {self.leader.id}", f"What {name}")) for s in found.sheets()]
        tables = [Table(s, heat=True, folded=n > 0 and len(s.rows) > SHORT) for n, s in enumerate(sheets) if s.rows]
        return Section("levers", f"What {name} can make sure of", (text, *tables))

    def pivot_section(self) -> Section | None:
        """Which one change of a list flips the verdict."""
        if self.pivots is None:
            return None
        tried, flips = len(self.pivots.changes), len(self.pivots.flips)
        said = f"{flips} of {plural(tried, 'single change')} to what the actors want flip the answer about {self.goal_name}."
        if not flips:
            said = f"None of {plural(tried, 'single change')} to what the actors want flips the answer about {self.goal_name}."
        tables = [Table(sheet, folded=len(sheet.rows) > 12) for sheet in self.pivots.sheets()]
        return Section("pivots", "What would flip the answer", (Text((said,)), *tables))

    def type_section(self) -> Section | None:
        """The verdict under every combination of readings, as a heat table."""
        if self.types is None:
            return None
        counts = self.types.counts
        said = f"{self.goal_name} where foresight play ends, under each of {counts.total} combinations of readings: {counts}."
        others = [a.name for a in self.scenario.actors if len(a.readings) > 1 and a.id not in self.types.actors]
        if others:
            said += f" {listed(others)} {'keeps its' if len(others) == 1 else 'keep their'} first reading."
        grid = Table(self._grid(self.types), heat=True)
        marginal = self.types.sheets()[0]
        return Section("types", "If they are not who we think", (Text((said,)), grid, Table(marginal, folded=True)))

    def _grid(self, found: Types) -> Sheet:
        across: list[str] = []
        for actor in reversed(found.actors[1:]):
            if math.prod(len(found.marginals[a]) for a in (*across, actor)) <= WIDE:
                across.insert(0, actor)
        down = [actor for actor in found.actors if actor not in across]
        cells = {(_named(row.readings, down), _named(row.readings, across)): row.verdict for row in found.rows}
        columns = list(dict.fromkeys(column for _, column in cells))
        names = [self.scenario.actor(actor).name for actor in across]
        rows = [(row, *(cells[row, column] for column in columns)) for row in dict.fromkeys(r for r, _ in cells)]
        title = f"{self.goal_name}: {listed(self.scenario.actor(a).name for a in down)} down"
        note = "ALL: wherever foresight play ends; SOME: in some ends; NONE: in none."
        head = (listed((self.scenario.actor(a).name for a in down), "and"), *(c or "verdict" for c in columns))
        return Sheet(title + (f", {listed(names)} across" if names else ""), head, tuple(rows), (note,))

    def path_section(self) -> Section | None:
        """The shortest way there, who moves and why."""
        found = self.paths
        if found is None:
            return None
        if not found.ways or not found.length:
            here = found.length == 0
            said = f"{self.goal_name} is so already." if here else f"No sequence of moves leads to {self.goal_name}."
            return Section("path", f"The shortest way to {self.goal_name}", (Text((said,)),))
        way = min(found.ways, key=lambda each: sum(not step.improvement for step in each.steps))
        options = {option.key: option for option in self.scenario.options}
        steps = tuple(
            Step(
                step.name,
                tuple(change(options[k], v) for k, v in step.changes.items() if k in options) or (step.change_text,),
                f"{step.weighing}"
                + ("; safe from answers" if step.unsanctioned else "; can be answered" if step.improvement else ""),
            )
            for step in way.steps
        )
        bad = [step.name for step in way.steps if not step.improvement]
        said = f"It takes {plural(found.length, 'step')}; {plural(found.count, 'way')} as short as that."
        said += f" {listed(dict.fromkeys(bad))} would have to move against its own interest." if bad else ""
        drawn = Way(f"One shortest way to {self.goal_name}", "Status quo", steps, self.goal_name.strip("“”"))
        tables = tuple(Table(sheet, folded=True) for sheet in found.sheets())
        return Section("path", f"The shortest way to {self.goal_name}", (Text((said,)), drawn, *tables))


def _strictest(concepts: Iterable[str]) -> str:
    held = set(concepts)
    if "nash" in held:
        return "Nash"
    return " ".join(label(c) for c in ("seq", "smr") if c in held) or ("GMR" if "gmr" in held else "–")


def _named(readings: Mapping[str, str], actors: Iterable[str]) -> str:
    return " · ".join(plain(readings[actor]) for actor in actors)
