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

from detente.case.command_line import circumstances_of
from detente.engine import Progress, quiet
from detente.engine.concepts import COUNTER_MOVES
from detente.errors import InputError, Unanswerable, UnknownName, refuse_unknown
from detente.messages import later, numeral, tell
from detente.present.live import MOST, fits
from detente.present.pages.blocks import Block, Dossier, Section, Table, Text
from detente.present.report import background, equilibria, first_page, sensitivity, what_can_be_done
from detente.present.report.answers import Findings
from detente.present.report.question import question
from detente.questions.brief.commands import name_of
from detente.scenario.model import Asking, Scenario
from detente.sheet import Phrase, Sheet
from detente.study import Study

BRIEF, USUAL, FULL = LENGTHS = ("brief", "usual", "full")
"""How long a report is."""

LONG = 24
"""Rows of a table that the usual report still has."""

SEEDS = later(
    "none: nothing here is drawn at random; the same input gives the same file, unless a search "
    "for a package is ended by its time"
)


def collect(
    study: Study,
    *,
    without: Iterable[str] = (),
    goal: str | None = None,
    by: Iterable[str] = (),
    length: str = USUAL,
    live: bool | None = None,
    progress: Progress = quiet,
) -> Dossier:
    """The dossier of a study; `without` names sections to leave out, `length` says how long it is (`LENGTHS`).

    The usual report leaves out the register of claims, the stability of every state and tables of more than `LONG` rows; the
    full one has them; of the brief one little more than the first page stands.

    It answers the question of the scenario, as `Scenario.asking` has it; or, with `goal`, whether that outcome comes about, and
    with `by`, whether these actors can bring it about. `live` says whether a reader can change the model in the page (None: a
    small one, if the report is no brief one). Raises `UnknownName` for a section, outcome or actor there is not, and
    `Unanswerable` for a live report of a model that no page can judge.
    """
    dropped, scenario, by = frozenset(without), study.scenario, tuple(by)
    refuse_unknown("section of the report", SECTIONS, *sorted(dropped))
    refuse_unknown("length of a report", LENGTHS, length)
    left = dropped | {
        name
        for name, chapter in SECTIONS.items()
        if LENGTHS.index(chapter.least) > LENGTHS.index(length) and not (name == "live" and live)
    }
    if live and not fits(study.case):
        raise Unanswerable(
            tell(
                "a report whose reader can change the model judges {most} states at most, and nothing held that consequences "
                "switch; this model has {number} states. Leave out that it be live, or hold options that do not matter",
                most=numeral(MOST),
                number=numeral(study.case.game.count),
            )
        )
    if goal is not None and goal not in scenario.outcomes:
        raise UnknownName("outcome", goal, scenario.outcomes)
    asking = _asking(scenario, goal, tuple(scenario.actor(name).id for name in by))
    model = " ".join((name_of(scenario), *circumstances_of(study.case)))
    chosen = [*([f"--goal {goal}"] if goal else []), *([f"--by {','.join(by)}"] if by else [])]
    words = [f"detente report {model}", *chosen, *([f"--{length}"] if length != USUAL else [])]
    words += [] if live is None else ["--live" if live else "--no-live"]
    f = Findings(
        study.case,
        asking,
        model=model,
        command=" ".join([*words, *(f"--without {name}" for name in SECTIONS if name in dropped)]),
        without=left,
        live=live,
    )
    wanted = [name for name in SECTIONS if name not in left]
    for number, name in enumerate(sorted(wanted, key=lambda name: SECTIONS[name].last)):
        progress(number, len(wanted), tell(SECTIONS[name].says))
        section = SECTIONS[name].make(f)
        if section:
            whole = length == FULL or SECTIONS[name].whole
            blocks = section.blocks if whole else tuple(map(_short, section.blocks))
            f.made[name] = replace(section, part=tell(SECTIONS[name].part), blocks=blocks)
    return Dossier(
        name=scenario.name,
        title=scenario.title,
        question=scenario.question,
        command=f.command,
        basis=json.loads(json.dumps(study.case.basis.to_json())),
        words=f.words,
        sections=said_once([f.made[name] for name in SECTIONS if name in f.made], study.case.warnings),
    )


def said_once(sections: Iterable[Section], cautions: Iterable[str]) -> tuple[Section, ...]:
    """The sections, with no note below two tables of one section, and every caution about the whole case in one place alone."""
    whole, told, kept = {_bare(each) for each in cautions}, set[str](), list[Section]()
    for section in sections:
        blocks, here = list[Block](), set[str]()
        for block in section.blocks:
            if not isinstance(block, Table):
                blocks.append(block)
                continue
            notes = [note for note in block.sheet.notes if note.startswith(tell(KEY)) or _bare(note) not in here | told]
            here |= set(map(_bare, notes))
            told |= {
                _bare(note) for note in notes if _bare(note) in whole or note.startswith(tuple(map(tell, CAUTION)))
            }
            blocks.append(replace(block, sheet=replace(block.sheet, notes=tuple(notes))))
        kept.append(replace(section, blocks=tuple(blocks)))
    return tuple(kept)


CAUTION = (later("Warning:"), later("Not counted, because"))
"""How notes begin that are about the whole case, not about the table they stand below."""

KEY = later("The actors are read so:")
"""How the note begins that says under which readings a table holds; it stands below each, for two tables may differ in that."""


def _bare(note: str) -> str:
    return str(note).removeprefix(f"{tell(CAUTION[0])} ").rstrip(".")


def _short(block: Block) -> Block:
    """A block, or where it is a table of many rows, that the full report has it; what is shaded is a picture, and stays."""
    if not isinstance(block, Table) or block.heat or len(block.sheet.rows) <= LONG:
        return block
    title = block.sheet.title.rstrip(".:")
    return Text(
        (
            Phrase.told(
                "{title}: {number} rows, in the full report (`--full`).", title=title, number=len(block.sheet.rows)
            ),
        )
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
        known = ", ".join(scenario.outcomes) or tell("none; write some under `outcomes:`")
        raise InputError(
            tell(
                "what should {by} bring about? Name the outcome as the goal; known: {known}",
                by=" and ".join(by),
                known=known,
            )
        )
    return Asking(ask="levers", goal=wanted, by=by)


def again(f: Findings) -> Section:
    """What makes the very same report once more."""
    basis, text = f.case.basis, f.scenario.text
    rows = [
        ("command", f.command),
        ("program", f"detente {basis.version}"),
        (
            "with",
            tell(
                "Python {python_version}, numpy {version}",
                python_version=platform.python_version(),
                version=np.__version__,
            ),
        ),
        ("model", f"{basis.model} ({basis.title})"),
        (tell("SHA-256 of the model with these readings"), basis.hash),
        (tell("SHA-256 of the file"), hashlib.sha256(text.encode()).hexdigest() if text else ""),
        ("readings", ", ".join(f"{f.names.name(a)}: {f.names.reading(a, r)}" for a, r in basis.readings.items())),
        ("world", basis.world or ""),
        ("counter-moves", COUNTER_MOVES[basis.sanctions]),
        ("held", json.dumps(dict(basis.held)) if basis.held else ""),
        ("seeds", tell(SEEDS)),
        (tell("the same for programs"), f"{f.command} --json"),
        (
            tell("pictures as files"),
            tell("the command stands folded below each picture; -o FILE.svg or FILE.png names the file"),
        ),
    ]
    sheet = Sheet(tell("What regenerates this report"), ("what", "value"), tuple(row for row in rows if row[1]))
    return Section(id="again", title=tell("How to make this report again"), blocks=(Table(sheet),))


# --- the sections -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A section of the report: the part it stands under in the contents, what it says, and what makes it.

    What rests on the other sections (which questions were asked, what was left out) is made `last`; `least` is the shortest
    report that has it, and `whole` keeps its long tables in every one.
    """

    part: str
    says: str
    make: Callable[[Findings], Section | None]
    last: bool = False
    least: str = USUAL
    whole: bool = False


ANSWER, DECIDES, DONE, SURE, CASE, METHOD = (
    later("The answer"),
    later("What decides it"),
    later("What could be done"),
    later("How sure it is"),
    later("The case"),
    later("Method"),
)

SECTIONS: dict[str, Chapter] = {
    "brief": Chapter(part=ANSWER, says=later("the brief"), make=first_page.brief, least=BRIEF),
    "question": Chapter(part=ANSWER, says=later("the question and the answer"), make=question, last=True),
    "live": Chapter(part=ANSWER, says=later("what a reader can change"), make=first_page.live),
    "partnerships": Chapter(
        part=DECIDES, says=later("partnerships and what breaks them"), make=what_can_be_done.partnerships
    ),
    "types": Chapter(part=DECIDES, says=later("every combination of readings"), make=sensitivity.types),
    "pivots": Chapter(part=DECIDES, says=later("what would flip the answer"), make=sensitivity.pivots),
    "observations": Chapter(
        part=DECIDES, says=later("what would tell the readings apart"), make=first_page.observations
    ),
    "levers": Chapter(part=DONE, says=later("what one actor can make sure of"), make=what_can_be_done.levers),
    "moves": Chapter(part=DONE, says=later("strategic moves"), make=first_page.moves),
    "packages": Chapter(part=DONE, says=later("what incentives could buy"), make=what_can_be_done.packages),
    "platforms": Chapter(part=DONE, says=later("platforms compared"), make=what_can_be_done.platforms),
    "joint": Chapter(part=DONE, says=later("who would gain by going together"), make=what_can_be_done.joint),
    "path": Chapter(part=DONE, says=later("the shortest way"), make=what_can_be_done.path),
    "coalitions": Chapter(part=DONE, says=later("what coalitions would upset"), make=what_can_be_done.coalitions),
    "doubts": Chapter(part=SURE, says=later("where the doubt lies"), make=sensitivity.doubts, least=FULL),
    "claims": Chapter(part=SURE, says=later("the claims register"), make=sensitivity.claims, last=True, least=FULL),
    "timeline": Chapter(part=SURE, says=later("timeline and hindcast"), make=background.timeline),
    "evidence": Chapter(part=SURE, says=later("what it rests on"), make=background.evidence, whole=True),
    "limits": Chapter(
        part=SURE, says=later("what the model leaves out"), make=background.limits, last=True, least=BRIEF
    ),
    "actors": Chapter(part=CASE, says=later("actors and relations"), make=background.actors),
    "options": Chapter(part=CASE, says=later("options, and today's state"), make=background.options),
    "status-quo": Chapter(part=CASE, says=later("whether today's state holds, and why"), make=equilibria.status_quo),
    "states": Chapter(part=CASE, says=later("equilibria and ends of play"), make=equilibria.resting),
    "matrix": Chapter(part=CASE, says=later("stability state by state"), make=equilibria.matrix, least=FULL),
    "literature": Chapter(
        part=METHOD, says=later("method and literature"), make=background.literature, last=True, whole=True
    ),
    "words": Chapter(part=METHOD, says=later("what the words mean"), make=background.meanings, last=True),
    "again": Chapter(part=METHOD, says=later("how to make this report again"), make=again, last=True, least=BRIEF),
}
"""The sections by id, in the order of the page."""
