"""Ask a study everything a report says, and gather the answers.

Questions that do not apply are left out; those that would take long are named at the end with the command that asks them.
Cost: one analysis and the follow-up questions, bounded by the model's size; the claims are judged meanwhile by other processes.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from detente.case import CONCEPTS, Case
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.errors import UnknownName
from detente.present.pages.blocks import Block, Dossier, Fact, Facts, Section, Table, Text
from detente.present.pictures import KINDS
from detente.present.report import (
    background as chapters,
)
from detente.present.report import (
    equilibria as standing,
)
from detente.present.report import (
    sensitivity as doubts,
)
from detente.present.report import (
    what_can_be_done as choices,
)
from detente.present.report.answers import Findings
from detente.present.report.claims import Asked
from detente.present.report.words import LIKELIHOOD, likely, percent, the
from detente.present.words import changes, listed, upper
from detente.scenario import library
from detente.sheet import Sheet
from detente.study import Study

SECTIONS = {
    "question": "the question and the answer",
    "actors": "actors and relations",
    "options": "options and status quo",
    "status-quo": "whether the status quo holds, and why",
    "states": "equilibria and ends of play",
    "matrix": "stability state by state",
    "partnerships": "partnerships and what breaks them",
    "levers": "what one actor can make sure of",
    "packages": "what incentives could buy",
    "coalitions": "what coalitions would upset",
    "joint": "who would gain by going together",
    "path": "the shortest way",
    "platforms": "platforms compared",
    "pivots": "what would flip the answer",
    "types": "every combination of readings",
    "claims": "the claims register",
    "timeline": "timeline and hindcast",
    "evidence": "what it rests on",
    "limits": "what the model leaves out",
    "literature": "method and literature",
    "again": "how to make this report again",
}
"""The sections by id, in the order of the page."""

PARTS = {
    "question": "In brief",
    "actors": "The case",
    "status-quo": "What follows",
    "partnerships": "What could be done",
    "pivots": "How sure it is",
    "evidence": "What it rests on",
}
"""The first section of each part of the contents, and the part's name."""

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
        self.found = Findings(self.case, goal or next(iter(study.scenario.outcomes), None), self.model())

    def dossier(self) -> Dossier:
        f, scenario = self.found, self.scenario
        makers: dict[str, Callable[[], Section | None]] = {
            "actors": lambda: chapters.actors(scenario, self.case.chosen, self.model()),
            "options": lambda: chapters.options(self.case.scenario, f.analysis),
            "status-quo": lambda: standing.status_quo(f),
            "states": lambda: standing.resting(f),
            "matrix": lambda: standing.matrix(f),
            "partnerships": lambda: choices.partnerships(f),
            "levers": lambda: choices.levers(f),
            "packages": lambda: choices.packages(f),
            "coalitions": lambda: choices.coalitions(f),
            "joint": lambda: choices.joint(f),
            "path": lambda: choices.path(f),
            "platforms": lambda: choices.platforms(f),
            "pivots": lambda: doubts.pivots(f),
            "types": lambda: doubts.types(f),
            "timeline": self.timeline,
            "evidence": lambda: chapters.evidence(self.case),
            "question": self.question,
            "claims": self.register,
            "limits": self.limits,
            "literature": lambda: chapters.literature(self.case, f.questions),
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
            _parted([made[name] for name in SECTIONS if name in made]),
            json.loads(json.dumps(self.case.basis.to_json())),
            self.command(),
            {option.key: option.name or option.key for option in scenario.options},
            {actor.id: actor.name for actor in scenario.actors},
        )

    # --- the answer ---

    def question(self) -> Section:
        blocks: list[Block] = [Text(self.answer(), strong=True)]
        facts = self.facts()
        if facts:
            blocks.append(Facts("Key judgements", facts))
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

    def answer(self) -> tuple[str, ...]:
        """The answer in a sentence, and what it depends on."""
        f = self.found
        if not f.started:
            counts = ", ".join(f"{f.analysis.count(c):,} under {label(c)}" for c in CONCEPTS)
            return (
                f"This model has no status quo to start from; its {f.analysis.states:,} states have equilibria: {counts}.",
            )
        if f.goal is None:
            return standing.ends_text(f, "foresight"), "The model names no outcome to ask about."
        far, near = f.verdict(), f.verdict("myopic")
        lead = f"With the actors as they are taken to be, {f.goal_name} {PLAYED[far]}, if everybody thinks ahead."
        said = list[str]()
        if near != far:
            said.append(f"One-step reasoning misleads here: by it, the outcome {PLAYED[near]}.")
        said += self._by_types() + self._by_levers() + self._by_pivots()
        return tuple(filter(None, (lead, " ".join(said))))

    def _by_types(self) -> list[str]:
        if self.found.types is None:
            return []
        spread, asked = self.found.types.counts, self.found.types.actors
        every = all(actor.id in asked for actor in self.scenario.actors if len(actor.readings) > 1)
        who = "the actors" if every else listed(the(self.scenario.actor(name).name) for name in asked)
        whole, sure, out = spread.total, spread.count("ALL"), spread.count("NONE")
        text = f"If {who} may have any reading in the file, it is {likely(sure / whole)} that it comes about for sure"
        text += f" ({sure} of {whole} combinations, {percent(sure, whole)})"
        return [f"{text} and {likely(out / whole)} that it does not come about at all ({out}, {percent(out, whole)})."]

    def _by_levers(self) -> list[str]:
        found, name = self.found.levers, upper(the(self.found.leader.name))
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
        whose = listed(the(self.scenario.actor(a).name) for a in dict.fromkeys(each.actor for each in found.flips))
        return [
            f"It hangs on {len(found.flips)} of {len(found.changes)} single changes to what the actors want ({whose})."
        ]

    # --- key judgements ---

    def facts(self) -> tuple[Fact, ...]:
        """What a reader takes away, each with its number and the section that shows it; only of sections that are there."""
        f = self.found
        if not f.asked:
            return ()
        holds = [c for c in CONCEPTS if f.analysis.is_equilibrium(c, f.analysis.cell())]
        held = f"yes, under {listed(map(label, holds))}" if holds else "no"
        found: list[Fact | None] = [
            Fact("Does the status quo hold?", upper(held), standing.ends_text(f, "foresight"), "status-quo"),
            self._type_fact(),
            self._lever_fact(),
            self._price_fact(),
            self._coalition_fact(),
            self._pivot_fact(),
        ]
        return tuple(fact for fact in found if fact and fact.section not in self.without)

    def _type_fact(self) -> Fact | None:
        if self.found.types is None:
            return None
        spread = self.found.types.counts
        sure = spread.count("ALL")
        share = sure / spread.total
        says = (
            f"{self.found.goal_name} comes about for sure under {sure} of {spread.total} combinations of "
            f"readings, in some ends of play under {spread.count('SOME')}, nowhere under {spread.count('NONE')}."
        )
        return Fact(
            "If they are not who we think?",
            f"{upper(likely(share))}, {percent(sure, spread.total)}",
            says,
            "types",
            share,
        )

    def _lever_fact(self) -> Fact | None:
        found, name = self.found.levers, the(self.found.leader.name)
        if found is None:
            return None
        said = self._by_levers()[0]
        answer = "Not alone" if not found.minimal else "Yes, alone"
        return Fact(f"Can {name} bring it about?", answer, said, "levers")

    def _price_fact(self) -> Fact | None:
        found = self.found.packages.get(self.found.goal or "")
        if found is None:
            return None
        answer = "Not within these limits" if found.best is None else f"Price {choices.price(found.best.price)}"
        return Fact("What would it cost?", answer, choices.package_text(self.found), "packages")

    def _coalition_fact(self) -> Fact | None:
        if self.found.coalitions is None or not self.found.started:
            return None
        free, deterred = choices.upsetting(self.found)
        answer = f"{len(free)} would" if free else "Only deterred ones" if deterred else "No"
        return Fact("Would a coalition upset it?", answer, choices.upset_text(self.found), "coalitions")

    def _pivot_fact(self) -> Fact | None:
        found = self.found.pivots
        if found is None:
            return None
        return Fact(
            "What does it hang on?",
            f"{len(found.flips)} of {len(found.changes)} changes",
            self._by_pivots()[0],
            "pivots",
        )

    # --- the rest ---

    def register(self) -> Section | None:
        if self.claims is None:
            return None
        counts, rows = self.claims.sheets()
        text = "Each claim of the articles, in our words, was put to the models as a test. Its status is computed, not chosen."
        return Section("claims", "The claims, one by one", (Text((text,)), Table(counts), Table(rows, folded=True)))

    def timeline(self) -> Section | None:
        blocks: list[Block] = list(chapters.timeline(self.scenario, self.model()))
        found = self.found.hindcast
        blocks += [Table(sheet) for sheet in (found.sheets() if found else ())]
        named = "Timeline and hindcast" if self.scenario.history else "Timeline"
        return Section("timeline", named, tuple(blocks)) if blocks else None

    def limits(self) -> Section | None:
        blocks: list[Block] = []
        if self.scenario.leaves_out:
            blocks.append(Text(self.scenario.leaves_out, points=True))
        if self.found.left_out:
            blocks.append(Text(("Not asked in this report:", *dict.fromkeys(self.found.left_out)), points=True))
        blocks += [Text(self.case.warnings, points=True)] if self.case.warnings else []
        return Section("limits", "What the model leaves out", tuple(blocks)) if blocks else None

    def model(self) -> str:
        """Which model and how it is read, as on a command line: a file by its name, without the folder it lies in."""
        name, path = self.scenario.name, self.scenario.path
        bundled = not path or (name in library.names() and library.text(name) == self.scenario.text)
        words = [name if bundled else shlex.quote(Path(path).name)]
        words += [f"--reading {actor}={name}" for actor, name in self.study.readings.items()]
        words += [f"--world {self.study.world}"] if self.study.world else []
        words += [f"--sanctions {self.study.sanctions}"] if self.study.sanctions != "legal" else []
        return " ".join(words)

    def command(self) -> str:
        words = [f"detente report {self.model()}", *([f"--goal {self.goal}"] if self.goal else [])]
        return " ".join([*words, *(f"--without {name}" for name in SECTIONS if name in self.without)])

    def again(self) -> Section:
        basis = self.case.basis
        rows = [
            ("command", self.command()),
            ("program", f"detente {basis.version}"),
            ("with", f"Python {platform.python_version()}, numpy {np.__version__}"),
            ("model", f"{basis.model} ({basis.title})"),
            ("SHA-256 of the model with these readings", basis.hash),
            (
                "SHA-256 of the file",
                hashlib.sha256(self.scenario.text.encode()).hexdigest() if self.scenario.text else "",
            ),
            ("readings", ", ".join(f"{self.scenario.actor(a).name}: {r}" for a, r in basis.readings.items())),
            ("world", basis.world or ""),
            ("answers (sanctions)", basis.sanctions),
            ("held", json.dumps(dict(basis.held)) if basis.held else ""),
            ("seeds", "none: nothing here is drawn at random, the same input gives the same file"),
            ("the same for programs", f"{self.command()} --json"),
            (
                "pictures as files",
                f"detente picture KIND {self.model()} -o FILE.svg or FILE.png; KIND: {', '.join(KINDS)}",
            ),
        ]
        sheet = Sheet("What regenerates this report", ("what", "value"), tuple(row for row in rows if row[1]))
        return Section("again", "How to make this report again", (Table(sheet),))


def _parted(sections: list[Section]) -> tuple[Section, ...]:
    """Sections with the part each belongs to."""
    order, starts = list(SECTIONS), list(PARTS)

    def part(section: Section) -> str:
        return PARTS[max((s for s in starts if order.index(s) <= order.index(section.id)), key=order.index)]

    return tuple(replace(section, part=part(section)) for section in sections)
