"""Ask a study everything a report says, and gather the answers.

Questions that do not apply are left out; those that would take long are named at the end with the command that asks them.
Cost: one analysis and the follow-up questions, bounded by the model's size; the claims are judged meanwhile by other processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from detente.case import CONCEPTS, Case
from detente.errors import InputError, UnknownName
from detente.present.report import chapters
from detente.present.report.dossier import Block, Dossier, Section, Table, Text
from detente.present.report.findings import LARGE, Findings
from detente.present.report.register import Asked
from detente.present.report.words import LIKELIHOOD, changes, likely, listed, percent, plain, upper
from detente.sheet import Sheet
from detente.stability import Progress, quiet
from detente.study import Study

SECTIONS = {
    "question": "the question and the answer",
    "actors": "actors and relations",
    "options": "options and status quo",
    "status-quo": "whether the status quo holds",
    "states": "equilibria and ends of play",
    "matrix": "stability state by state",
    "partnerships": "partnerships and what breaks them",
    "levers": "what one actor can make sure of",
    "pivots": "what would flip the answer",
    "types": "every combination of readings",
    "path": "the shortest way",
    "joint": "who would gain by going together",
    "platforms": "platforms compared",
    "claims": "the claims register",
    "timeline": "timeline and hindcast",
    "evidence": "what it rests on",
    "limits": "what the model leaves out",
    "literature": "method and literature",
    "again": "how to make this report again",
}
"""The sections by id, in the order of the page."""

PLAYED = {
    "ALL": "comes about wherever play ends",
    "SOME": "comes about in some of the places where play may end, and not in others",
    "NONE": "comes about in none of the places where play ends",
}


def collect(
    study: Study, *, without: Iterable[str] = (), goal: str | None = None, progress: Progress = quiet
) -> Dossier:
    """The dossier of a study. `goal` is the outcome it is about (default: the scenario's first); `without` names sections.

    Raises `UnknownName` for a section or outcome there is not.
    """
    left, scenario = frozenset(without), study.scenario
    for name in sorted(left):
        if name not in SECTIONS:
            raise UnknownName("section of the report", name, SECTIONS)
    if goal is not None and goal not in scenario.outcomes:
        raise UnknownName("outcome", goal, scenario.outcomes)
    asked = Asked(study) if scenario.claims and "claims" not in left else None
    try:
        return _Report(study, goal, left, asked, progress).dossier()
    finally:
        if asked:
            asked.stop()


class _Report:
    def __init__(
        self, study: Study, goal: str | None, without: frozenset[str], claims: Asked | None, progress: Progress
    ) -> None:
        self.case: Case = study.case
        self.study, self.scenario, self.without = study, study.scenario, without
        self.goal, self.claims, self.progress = goal, claims, progress
        self.found = Findings(self.case, goal or next(iter(study.scenario.outcomes), None))

    def dossier(self) -> Dossier:
        f, scenario = self.found, self.scenario
        makers: dict[str, Callable[[], Section | None]] = {
            "question": self.question,
            "actors": lambda: chapters.actors(scenario, self.case.chosen),
            "options": lambda: chapters.options(self.case.scenario, f.analysis),
            "status-quo": lambda: f.status_quo() if f.started else None,
            "states": f.states,
            "matrix": f.matrix,
            "partnerships": self.partnerships,
            "levers": f.lever_section,
            "pivots": f.pivot_section,
            "types": f.type_section,
            "path": f.path_section,
            "joint": self.joint,
            "platforms": self.platforms,
            "timeline": self.timeline,
            "evidence": lambda: chapters.evidence(scenario, self.case.chosen),
            "claims": self.register,
            "limits": self.limits,
            "literature": lambda: chapters.literature(scenario),
            "again": self.again,
        }
        made: dict[str, Section] = {}
        wanted = [name for name in makers if name not in self.without]
        for number, name in enumerate(wanted):
            self.progress(number, len(wanted), SECTIONS[name])
            section = makers[name]()
            if section:
                made[name] = section
        return Dossier(
            scenario.name,
            scenario.title,
            scenario.question,
            tuple(made[name] for name in SECTIONS if name in made),
            json.loads(json.dumps(self.case.basis.to_json())),
            self.command(),
            {option.key: option.name or option.key for option in scenario.options},
            {actor.id: actor.name for actor in scenario.actors},
        )

    # --- the answer ---

    def question(self) -> Section:
        blocks: list[Block] = [Text((self.answer(),), strong=True)]
        if self.scenario.about:
            blocks.append(Text((self.scenario.about,)))
        if self.found.types is not None:
            rows = tuple((word, share) for _, word, share in LIKELIHOOD)
            note = (
                "A share counts combinations of readings, each as often as any other. It says how far the answer depends on "
                "who the actors are; it is no frequency in the world."
            )
            blocks.append(
                Table(Sheet("Words of likelihood on this page", ("word", "share"), rows, (note,)), folded=True)
            )
        return Section("question", "The question and the answer", tuple(blocks))

    def answer(self) -> str:
        f = self.found
        if not f.started:
            counts = ", ".join(f"{f.analysis.count(c):,} under {c}" for c in CONCEPTS)
            return f"This model has no status quo to start from; its {f.analysis.states:,} states have equilibria: {counts}."
        if f.goal is None:
            return f"The model names no outcome to ask about. {f._ends_text('foresight')}"
        far, near = f.verdict(), f.verdict("myopic")
        said = [f"With the actors as they are taken to be, {f.goal_name} {PLAYED[far]}, if everybody thinks ahead."]
        if near != far:
            said.append(f"One-step reasoning misleads here: by it, the outcome {PLAYED[near]}.")
        said += self._by_types() + self._by_levers() + self._by_pivots()
        return " ".join(said)

    def _by_types(self) -> list[str]:
        if self.found.types is None:
            return []
        spread, asked = self.found.types.counts, self.found.types.actors
        every = all(actor.id in asked for actor in self.scenario.actors if len(actor.readings) > 1)
        who = "the actors" if every else listed(self.scenario.actor(name).name for name in asked)
        whole, sure, out = spread.total, spread.count("ALL"), spread.count("NONE")
        text = f"If {who} may have any reading in the file, it is {likely(sure / whole)} that it comes about for sure"
        text += f" ({sure} of {whole} combinations, {percent(sure, whole)})"
        return [f"{text} and {likely(out / whole)} that it does not come about at all ({out}, {percent(out, whole)})."]

    def _by_levers(self) -> list[str]:
        found, name = self.found.levers, self.found.leader.name
        if found is None:
            return []
        if not found.minimal:
            return [f"{name} cannot bring it about alone."]
        first = min(found.minimal, key=lambda each: len(each.flips))
        if not first.flips:
            return [f"{name} makes sure of it by holding its course."]
        kept = " and would keep to it" if first.self_enforcing else ""
        kept = ", but would not keep to it if free again" if first.self_enforcing is False else kept
        return [f"{name} can make sure of it ({listed(changes(self.scenario, first.flips))}){kept}."]

    def _by_pivots(self) -> list[str]:
        found = self.found.pivots
        if found is None:
            return []
        if not found.flips:
            return [f"None of {len(found.changes)} single changes to what the actors want flips this."]
        whose = listed(self.scenario.actor(a).name for a in dict.fromkeys(change.actor for change in found.flips))
        return [
            f"It hangs on {len(found.flips)} of {len(found.changes)} single changes to what the actors want ({whose})."
        ]

    # --- the other questions ---

    def partnerships(self) -> Section | None:
        from detente.questions.break_matrix import break_matrix
        from detente.questions.partnerships import partnership

        f, blocks = self.found, list[Block]()
        if not (f.started and f.analysis.states <= LARGE):
            return None
        for name, each in self.scenario.partnerships.items():
            title = each.name or listed(self.scenario.actor(member).name for member in each.members)
            verdict = partnership(self.case, name)
            blocks += [
                Table(_titled(s, name, upper(title)), heat=True, folded=n > 0) for n, s in enumerate(verdict.sheets())
            ]
            matrix = self._try(lambda name=name: break_matrix(self.case, name))  # type: ignore[misc]
            for n, sheet in enumerate(matrix.sheets() if matrix else ()):
                blocks.append(
                    Table(_titled(sheet, name, f"{upper(title)}: which policy breaks it,"), heat=True, folded=n > 0)
                )
        return Section("partnerships", "Partnerships, and what breaks them", tuple(blocks)) if blocks else None

    def joint(self) -> Section | None:
        from detente.questions.joint import joint

        f = self.found
        if not f.asked or f.analysis.states > LARGE:
            return None
        found = self._try(lambda: joint(self.case, f.goal or "", 3))
        if not found:
            return None
        sheets = found.sheets()
        if not found.coalitions:
            none = f"No coalition of up to {found.largest} actors would all gain by going to {f.goal_name} together."
            return Section("joint", "Who would gain by going together", (Text((none,)),))
        size = f"The smallest coalitions that all gain by going to {f.goal_name} together have {found.size} members."
        tables = (Table(sheet, folded=n > 0) for n, sheet in enumerate(sheets[:6]))
        return Section("joint", "Who would gain by going together", (Text((size,)), *tables))

    def platforms(self) -> Section | None:
        from detente.questions.platforms import compare

        f = self.found
        if not self.scenario.platforms or not f.started:
            return None
        if f.analysis.states > LARGE:
            f._skip("Comparing platforms", f"compare {self.scenario.name}")
            return None
        found = self._try(lambda: compare(self.case))
        if not found:
            return None
        tables = tuple(Table(s, heat=0 < n < 4, folded=n > 2) for n, s in enumerate(found.sheets()))
        return Section("platforms", "Platforms compared", tables)

    def register(self) -> Section | None:
        if self.claims is None:
            return None
        counts, rows = self.claims.sheets()
        text = "Each claim of the articles, in our words, was put to the models as a test. Its status is computed, not chosen."
        return Section("claims", "The claims, one by one", (Text((text,)), Table(counts), Table(rows, folded=True)))

    def timeline(self) -> Section | None:
        from detente.questions.history import hindcast

        blocks: list[Block] = list(chapters.timeline(self.scenario))
        if self.scenario.history:
            found = self._try(lambda: hindcast(self.case))
            blocks += [Table(sheet) for sheet in (found.sheets() if found else ())]
        named = "Timeline and hindcast" if self.scenario.history else "Timeline"
        return Section("timeline", named, tuple(blocks)) if blocks else None

    def _try(self, ask: Callable[[], Any]) -> Any:
        """The answer, or None for a question that this model cannot be asked; the report then says so."""
        try:
            return ask()
        except InputError as error:
            self.found.left_out.append(upper(str(error)))
            return None

    # --- the end ---

    def limits(self) -> Section | None:
        blocks: list[Block] = []
        if self.scenario.leaves_out:
            blocks.append(Text(self.scenario.leaves_out, points=True))
        if self.found.left_out:
            blocks.append(Text(("Not asked in this report:", *self.found.left_out), points=True))
        blocks += [Text(self.case.warnings, points=True)] if self.case.warnings else []
        return Section("limits", "What the model leaves out", tuple(blocks)) if blocks else None

    def command(self) -> str:
        words = ["detente report", self.scenario.name]
        words += [f"--reading {actor}={name}" for actor, name in self.study.readings.items()]
        words += [f"--world {self.study.world}"] if self.study.world else []
        words += [f"--sanctions {self.study.sanctions}"] if self.study.sanctions != "legal" else []
        words += [f"--goal {self.goal}"] if self.goal else []
        return " ".join([*words, *(f"--without {name}" for name in SECTIONS if name in self.without)])

    def again(self) -> Section:
        basis = self.case.basis
        rows = [
            ("command", self.command()),
            ("program", f"detente {basis.version}"),
            ("model", f"{basis.model} ({basis.title})"),
            ("SHA-256 of the model with these readings", basis.hash),
            ("readings", ", ".join(f"{self.scenario.actor(a).name}: {plain(r)}" for a, r in basis.readings.items())),
            ("world", basis.world or ""),
            ("answers (sanctions)", basis.sanctions),
            ("held", json.dumps(dict(basis.held)) if basis.held else ""),
            ("chance", "none: nothing here is drawn at random, the same input gives the same file"),
        ]
        sheet = Sheet("What regenerates this report", ("what", "value"), tuple(row for row in rows if row[1]))
        return Section("again", "How to make this report again", (Table(sheet),))


def _titled(sheet: Sheet, old: str, new: str) -> Sheet:
    return Sheet(sheet.title.replace(old, new), sheet.columns, sheet.rows, sheet.notes)
