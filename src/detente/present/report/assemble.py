"""Ask a study everything a report says, and gather the answers.

Questions that do not apply are left out; those that would take long are named at the end with the command that asks them.
Cost: one analysis and the follow-up questions, bounded by the model's size, and the register of claims.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from detente.engine import Progress, quiet
from detente.engine.concepts import COUNTER_MOVES
from detente.errors import InputError, UnknownName, refuse_unknown
from detente.present.pages.blocks import Dossier, Section, Table
from detente.present.report import background, equilibria, sensitivity, what_can_be_done
from detente.present.report.answers import Findings
from detente.present.report.question import question
from detente.questions.brief.commands import circumstances_of, name_of
from detente.scenario.model import Asking, Scenario
from detente.sheet import Sheet
from detente.study import Study

SEEDS = (
    "none: nothing here is drawn at random; the same input gives the same file, unless a search for a package is ended "
    "by its time"
)


def collect(
    study: Study,
    *,
    without: Iterable[str] = (),
    goal: str | None = None,
    by: Iterable[str] = (),
    progress: Progress = quiet,
) -> Dossier:
    """The dossier of a study; `without` names sections to leave out.

    It answers the question of the scenario, as `Scenario.asking` has it; or, with `goal`, whether that outcome comes about, and
    with `by`, whether these actors can bring it about. Raises `UnknownName` for a section, outcome or actor there is not.
    """
    left, scenario, by = frozenset(without), study.scenario, tuple(by)
    refuse_unknown("section of the report", SECTIONS, *sorted(left))
    if goal is not None and goal not in scenario.outcomes:
        raise UnknownName("outcome", goal, scenario.outcomes)
    asking = _asking(scenario, goal, tuple(scenario.actor(name).id for name in by))
    model = " ".join((name_of(scenario), *circumstances_of(study.case)))
    chosen = [*([f"--goal {goal}"] if goal else []), *([f"--by {','.join(by)}"] if by else [])]
    words = [f"detente report {model}", *chosen]
    f = Findings(
        study.case,
        asking,
        model=model,
        command=" ".join([*words, *(f"--without {name}" for name in SECTIONS if name in left)]),
        without=left,
    )
    made: dict[str, Section] = {}
    wanted = [name for name in SECTIONS if name not in left]
    for number, name in enumerate(sorted(wanted, key=lambda name: SECTIONS[name].last)):
        progress(number, len(wanted), SECTIONS[name].says)
        section = SECTIONS[name].make(f)
        if section:
            made[name] = replace(section, part=SECTIONS[name].part)
    return Dossier(
        name=scenario.name,
        title=scenario.title,
        question=scenario.question,
        command=f.command,
        basis=json.loads(json.dumps(study.case.basis.to_json())),
        names=f.names,
        sections=tuple(made[name] for name in SECTIONS if name in made),
    )


def _asking(scenario: Scenario, goal: str | None, by: tuple[str, ...]) -> Asking:
    """What is to be answered: what was chosen, else what the scenario asks."""
    asking = scenario.asking
    if not goal and not by:
        return asking
    if not by:
        return Asking(ask="play", of=goal or "")
    sole = next(iter(scenario.outcomes)) if len(scenario.outcomes) == 1 else ""
    wanted = goal or asking.goal or asking.of or sole
    if not wanted:
        known = ", ".join(scenario.outcomes) or "none; write some under `outcomes:`"
        raise InputError(f"what should {' and '.join(by)} bring about? Name the outcome as the goal; known: {known}")
    return Asking(ask="levers", goal=wanted, by=by)


def again(f: Findings) -> Section:
    """What makes the very same report once more."""
    basis, text = f.case.basis, f.scenario.text
    rows = [
        ("command", f.command),
        ("program", f"detente {basis.version}"),
        ("with", f"Python {platform.python_version()}, numpy {np.__version__}"),
        ("model", f"{basis.model} ({basis.title})"),
        ("SHA-256 of the model with these readings", basis.hash),
        ("SHA-256 of the file", hashlib.sha256(text.encode()).hexdigest() if text else ""),
        ("readings", ", ".join(f"{f.names.name(a)}: {r}" for a, r in basis.readings.items())),
        ("world", basis.world or ""),
        ("counter-moves", COUNTER_MOVES[basis.sanctions]),
        ("held", json.dumps(dict(basis.held)) if basis.held else ""),
        ("seeds", SEEDS),
        ("the same for programs", f"{f.command} --json"),
        ("pictures as files", "the command stands below each picture; with -o FILE.svg or FILE.png it writes the file"),
    ]
    sheet = Sheet("What regenerates this report", ("what", "value"), tuple(row for row in rows if row[1]))
    return Section(id="again", title="How to make this report again", blocks=(Table(sheet),))


# --- the sections -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A section of the report: the part it stands under in the contents, what it says, and what makes it.

    What rests on the other sections (which questions were asked, what was left out) is made `last`.
    """

    part: str
    says: str
    make: Callable[[Findings], Section | None]
    last: bool = False


BRIEF, CASE, FOLLOWS, DONE, SURE, RESTS = (
    "In brief",
    "The case",
    "What follows",
    "What could be done",
    "How sure it is",
    "What it rests on",
)

SECTIONS: dict[str, Chapter] = {
    "question": Chapter(part=BRIEF, says="the question and the answer", make=question, last=True),
    "actors": Chapter(part=CASE, says="actors and relations", make=background.actors),
    "options": Chapter(part=CASE, says="options and status quo", make=background.options),
    "status-quo": Chapter(part=FOLLOWS, says="whether the status quo holds, and why", make=equilibria.status_quo),
    "states": Chapter(part=FOLLOWS, says="equilibria and ends of play", make=equilibria.resting),
    "matrix": Chapter(part=FOLLOWS, says="stability state by state", make=equilibria.matrix),
    "partnerships": Chapter(part=DONE, says="partnerships and what breaks them", make=what_can_be_done.partnerships),
    "levers": Chapter(part=DONE, says="what one actor can make sure of", make=what_can_be_done.levers),
    "packages": Chapter(part=DONE, says="what incentives could buy", make=what_can_be_done.packages),
    "coalitions": Chapter(part=DONE, says="what coalitions would upset", make=what_can_be_done.coalitions),
    "joint": Chapter(part=DONE, says="who would gain by going together", make=what_can_be_done.joint),
    "path": Chapter(part=DONE, says="the shortest way", make=what_can_be_done.path),
    "platforms": Chapter(part=DONE, says="platforms compared", make=what_can_be_done.platforms),
    "pivots": Chapter(part=SURE, says="what would flip the answer", make=sensitivity.pivots),
    "types": Chapter(part=SURE, says="every combination of readings", make=sensitivity.types),
    "claims": Chapter(part=SURE, says="the claims register", make=sensitivity.claims, last=True),
    "timeline": Chapter(part=SURE, says="timeline and hindcast", make=background.timeline),
    "evidence": Chapter(part=RESTS, says="what it rests on", make=background.evidence),
    "limits": Chapter(part=RESTS, says="what the model leaves out", make=background.limits, last=True),
    "literature": Chapter(part=RESTS, says="method and literature", make=background.literature, last=True),
    "again": Chapter(part=RESTS, says="how to make this report again", make=again, last=True),
}
"""The sections by id, in the order of the page."""
