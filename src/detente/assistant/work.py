"""What a call asks of the library, done in a process of its own: the call can be cancelled, and ends for certain.

A `Job` is a text with a question, as plain data; `Job.__call__` is what the process does. It gives back an `Outcome`: plain
data for the reply, and the whole answer as JSON. A mistake of the caller is an outcome too, with its message. `done` runs a
job and kills its process when the caller goes away or time is up; searches that can be cut short are told to end before.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import inspect
import json
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.assistant.folder import Source
from detente.case import Case
from detente.errors import Cure, InputError, Problem, ScenarioError, did_you_mean
from detente.executors import Lost, Processes
from detente.messages import numeral, tell
from detente.present.json_documents import model_json, readings_json
from detente.questions.catalogue import QUESTIONS
from detente.questions.claims import claims
from detente.questions.claims.statuses import (
    ASSUMED,
    BACKFIRES,
    BY_ID,
    CANNOT_TELL,
    CONTRADICTED,
    DEPENDS,
    FOLLOWS,
    INPUT,
    NO_DIFFERENCE,
    OUGHT,
    OUTSIDE,
    WOULD_WORK,
)
from detente.questions.problems import problems_in
from detente.questions.uncertainty.evidence import UNSUPPORTED, asserted, resting, standing
from detente.result import Answer, plain
from detente.scenario.model import Claim, Evidence, Scenario
from detente.scenario.read import read_text
from detente.scenario.text.edit import digest
from detente.scenario.text.emit import plain as as_texts
from detente.scenario.text.patch import Change, apply
from detente.sheet import Sheet
from detente.study import Study

MOST_COMBINATIONS = 1 << 22
"""Combinations of settings a model may have to be asked here."""

WHOLE = 8_000_000
"""Characters of a whole answer that are kept."""

ROWS = 200
"""Rows of a table that are considered for a reply; the whole answer has all."""

WORDS: Mapping[Cure, str] = {
    Cure.CHECK: "`check_scenario`",
    Cure.SHOW: "`read_scenario`",
    Cure.PLAIN: "`analyse`",
    Cure.GOAL: "`ask_question` with joint",
    Cure.AMONG: "the argument `among`",
    Cure.SMALLER: "the argument `max_size`",
    Cure.MEMBERS: "the argument `members`",
    Cure.DRAWS: "the argument `draws`",
}
"""What errors say for what can still be asked."""

Data = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What comes of a job: data for the reply and the whole answer as JSON, or the message of an error."""

    data: Data = field(default_factory=dict)
    whole: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A question, by its name in `JOBS`, about a text, with arguments of plain data; picklable."""

    kind: str
    source: Source
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seconds: float

    def __call__(self, _: int) -> Outcome:
        try:
            data, whole = JOBS[self.kind](self, **self.arguments)
            text = whole if isinstance(whole, str) else json.dumps(plain(whole), ensure_ascii=False, indent=1)
        except InputError as error:
            return Outcome(error=said(error))
        except MemoryError:
            return Outcome(error=tell("the memory is too small for this; ask about less"))
        if len(text) > WHOLE:
            return Outcome(
                error=tell(
                    "the whole answer has {size} characters, more than the {most} kept here; ask about less",
                    size=numeral(len(text)),
                    most=numeral(WHOLE),
                )
            )
        return Outcome(data=data, whole=text)

    @property
    def scenario(self) -> Scenario:
        """The scenario; refused if it has more combinations than are asked about here."""
        scenario = read_text(self.source.text, name=self.source.name, path=self.source.path)
        size = math.prod(len(option.choices) for option in scenario.options)
        if size > MOST_COMBINATIONS:
            raise InputError(
                tell(
                    "this model has {size} combinations of settings; here at most {most} are asked about. Use the command line",
                    size=numeral(size),
                    most=numeral(MOST_COMBINATIONS),
                )
            )
        return scenario

    def study(self, under: Mapping[str, Any] | None) -> Study:
        """The scenario under circumstances."""
        given = dict(under or {})
        study = Study(
            self.scenario, given.get("readings") or {}, given.get("world") or None, given.get("sanctions") or "legal"
        )
        return study.under(
            given.get("platform") or None,
            start=given.get("start") or "",
            hold=given.get("hold") or "",
            rules=given.get("rules") or (),
        )


class Cancelled(Exception):
    """The caller has gone away."""


def done(job: Job, gone: threading.Event) -> Outcome:
    """What comes of a job, worked out in a process of its own, which has ended when this returns or raises.

    Raises `Cancelled` soon after `gone` is set. Costs the start of a process, about half a second, beside the question.
    """
    end = time.monotonic() + job.seconds

    def look() -> None:
        if gone.is_set():
            raise Cancelled
        if time.monotonic() > end:
            raise InputError(
                tell(
                    "this took longer than {seconds} seconds and was ended; ask about less",
                    seconds=numeral(job.seconds),
                )
            )

    with contextlib.closing(Processes(1).run(job, [0], look)) as source:
        for _, outcome in source:
            if isinstance(outcome, Lost):
                raise InputError(
                    tell("the process that worked on this was ended, perhaps for want of memory; ask about less")
                )
            return outcome
    raise Cancelled


def said(error: InputError) -> str:
    """An error as a message: what, where (line and column), and what to do; without the lines of the file themselves."""
    if isinstance(error, ScenarioError):
        return "\n".join(str(dataclasses.replace(problem, excerpt="")) for problem in error.problems)
    return error.worded(WORDS)


# --- the jobs -------------------------------------------------------------------------------------------------------------


def read(job: Job) -> tuple[Data, Any]:
    """What a model consists of."""
    scenario = job.scenario
    document = model_json(scenario, Case(scenario).game.conflict)
    data = {
        "states": document["states"],
        "title": scenario.title,
        "question": scenario.question,
        "about": scenario.about,
        "actors": [
            {
                "id": actor.id,
                "options": [{"id": option.key, "choices": list(option.choices)} for option in actor.options],
                "readings": list(actor.readings),
            }
            for actor in scenario.actors
        ],
        "outcomes": [{"id": name, "formula": str(each.formula)} for name, each in scenario.outcomes.items()],
        "platforms": list(scenario.platforms),
        "partnerships": list(scenario.partnerships),
        "worlds": list(scenario.worlds),
        "sources": len(scenario.sources),
        "claims": len(scenario.claims),
    }
    return data, {"model": document, "readings": readings_json(scenario), "text": scenario.text}


def check(job: Job) -> tuple[Data, Any]:
    """Every problem, with its place."""
    found = [
        _problem(each) for each in problems_in(job.source.text, name=job.source.name, path=job.source.path, words=WORDS)
    ]
    kinds = [each["severity"] for each in found]
    data = {"errors": kinds.count("error"), "warnings": kinds.count("warning"), "problems": found[:ROWS]}
    return data, {"problems": found}


def analyse(job: Job, under: Mapping[str, Any] | None, concepts: list[str] | None) -> tuple[Data, Any]:
    """Who is stable where, which states hold, and where play ends."""
    analysis = job.study(under).analyze(concepts or None)
    document = analysis.to_json()
    today = document["status_quo"] or {"equilibrium": {}, "stable": {}}
    data = {
        "headline": {"text": str(analysis.headline)},
        "states": document["states"],
        "concepts": [
            {
                "concept": concept,
                "equilibria": document["counts"][concept],
                "today": today["equilibrium"].get(concept),
                "would_leave": [actor for actor, stable in today["stable"].get(concept, {}).items() if not stable],
            }
            for concept in document["concepts"]
        ],
        "outcomes": [
            {"id": name, "myopic": each.get("myopic"), "foresight": each.get("foresight")}
            for name, each in (document["outcomes"] or {}).items()
        ],
    }
    return data, document


def explain(
    job: Job, under: Mapping[str, Any] | None, state: str | None, concepts: list[str] | None
) -> tuple[Data, Any]:
    """Why a state holds, or does not."""
    found = job.study(under).explain(state or None, concepts or ("seq",))
    return told(found), found


def question(job: Job, under: Mapping[str, Any] | None, name: str, arguments: Mapping[str, Any]) -> tuple[Data, Any]:
    """Any question of the catalogue."""
    if name not in askable():
        raise InputError(
            tell(
                "there is no question {name} here{near}", name=repr(name[:80]), near=did_you_mean(name[:80], askable())
            )
        )
    method = getattr(job.study(under), name)
    known = parameters(name)
    for argument in arguments:
        if argument not in known:
            raise InputError(
                tell(
                    "{question} has no argument {name} here{near}",
                    question=name,
                    name=repr(argument[:80]),
                    near=did_you_mean(argument[:80], known),
                )
            )
    given = dict(arguments)
    if "seconds" in inspect.signature(method).parameters:  # what can be cut short ends before its process does
        given["seconds"] = min(float(given.get("seconds", math.inf)), 0.8 * job.seconds)
    found = method(**given)
    return told(found), found


def differ(job: Job, under: Mapping[str, Any] | None, other: Source) -> tuple[Data, Any]:
    """What two versions of a model say differently, and which difference matters."""
    second = dataclasses.replace(job, source=other).scenario
    found = job.study(under).diff(second, seconds=0.8 * job.seconds)
    return told(found), found


def platforms(job: Job, under: Mapping[str, Any] | None, names: list[str]) -> tuple[Data, Any]:
    """Platforms side by side."""
    found = job.study(under).compare(names or None)
    return told(found), found


def edit(job: Job, name: str, changes: list[Data], text: str | None) -> tuple[Data, Any]:
    """What a patch, or another text, makes of a file: line by line, with every problem of the result."""
    old = job.source.text
    new = apply(old, [Change.of(**each) for each in changes]) if text is None else text
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm=""))
    found = problems_in(new, name=job.source.name, path=job.source.path, words=WORDS)
    data = {
        "diff": lines[:ROWS],
        "of": digest(old),
        "makes": digest(new),
        "problems": [_problem(each) for each in found[:ROWS]],
        "result": new,
    }
    return data, {"diff": lines, "text": new}


def unsupported(job: Job) -> tuple[Data, Any]:
    """Every assumption of a file that names no source, or no place in it; in all readings, chosen or not."""
    scenario = job.scenario
    found, total = [], 0
    for kind, owner, reading, says, grounds, line in asserted(scenario):
        total += 1
        lacks = _lacks(scenario, grounds)
        if lacks:
            found.append({"kind": kind, "owner": owner, "reading": reading, "says": says, "line": line, "lacks": lacks})
    return {"assumptions": total, "unsupported": len(found), "rows": found[:ROWS]}, {"unsupported": found}


def _lacks(scenario: Scenario, grounds: Evidence) -> list[str]:
    """What the grounds of an assumption do not name: a source that is no supposition, the place in it."""
    sources = resting(scenario, grounds)
    if UNSUPPORTED in standing(scenario, grounds) or any(each not in scenario.sources for each in sources):
        return ["source", "place"]
    cited = () if grounds.source else tuple(scenario.claims[each] for each in grounds.claims if each in scenario.claims)
    placed = grounds.where or (cited and all(each.evidence.where for each in cited))
    return [] if placed else ["place"]


SUPPORTED, REFUTED, HANGS, UNCOVERED = "supported", "contradicted", "depends", "not covered"

VERDICTS: Mapping[str, str] = {
    FOLLOWS: SUPPORTED,
    WOULD_WORK: SUPPORTED,
    ASSUMED: HANGS,  # the model agrees because it was told so, which supports nothing
    DEPENDS: HANGS,
    CONTRADICTED: REFUTED,
    BACKFIRES: REFUTED,
    NO_DIFFERENCE: REFUTED,
    CANNOT_TELL: UNCOVERED,
    INPUT: UNCOVERED,
    OUTSIDE: UNCOVERED,
}
"""What the status of a claim comes to for a sentence of a draft."""

UNTESTED = "untested"
"""The status of a sentence that nobody mapped to a test, or whose test cannot be asked."""


def draft(job: Job, sentences: list[Data], text: str) -> tuple[Data, Any]:
    """What the model says to each sentence that comes with a test, and which words of the draft come with none."""
    scenario = job.scenario
    rows = [_judged(scenario, number, each) for number, each in enumerate(sentences, start=1)]
    rows += [
        _row(piece, UNTESTED, tell("no test was given for this part of the draft"))
        for piece in _unmapped(text, sentences)
    ]
    counts = {
        verdict: sum(row["verdict"] == verdict for row in rows) for verdict in (SUPPORTED, REFUTED, HANGS, UNCOVERED)
    }
    return {"counts": {name.replace(" ", "_"): number for name, number in counts.items()}, "rows": rows[:ROWS]}, {
        "rows": rows
    }


def _row(sentence: str, status: str, why: str, cells: str = "") -> Data:
    verdict = VERDICTS.get(status, UNCOVERED)
    means = str(BY_ID[status].means) if status in BY_ID else ""
    return {"sentence": sentence, "verdict": verdict, "status": status, "means": means, "why": why, "holds_in": cells}


def _judged(scenario: Scenario, number: int, each: Data) -> Data:
    """One sentence, by its test alone: what it says in words is not read."""
    if not each["test"]:
        return _row(each["sentence"], UNTESTED, tell("no test was given; nothing is guessed from the words"))
    kind = "recommendation" if each["kind"] == OUGHT else "prediction"
    name = f"S{number}"
    claim = Claim(id=name, says=each["sentence"], kind=kind, sentence=each["kind"], tests=(as_texts(each["test"]),))
    try:
        row = claims(dataclasses.replace(scenario, claims={name: claim}), [name])[name]
    except ScenarioError as error:
        return _row(each["sentence"], UNTESTED, "; ".join(problem.message for problem in error.problems))
    except InputError as error:
        return _row(each["sentence"], UNTESTED, said(error))
    return _row(each["sentence"], row.status, row.because, row.key)


def _unmapped(text: str, sentences: list[Data]) -> list[str]:
    """What is left of a draft without the sentences that were handed over, in pieces."""
    for each in sorted((each["sentence"] for each in sentences), key=len, reverse=True):
        text = text.replace(each, "\n") if each.strip() else text
    pieces = (piece.strip() for piece in re.split(r"(?<=[.!?])\s+|\n+", text))
    return [piece for piece in pieces if any(character.isalnum() for character in piece)]


JOBS: Mapping[str, Callable[..., tuple[Data, Any]]] = {
    each.__name__: each
    for each in (read, check, analyse, explain, question, differ, platforms, edit, unsupported, draft)
}
"""What can be asked of a process, by name."""


# --- what they share ------------------------------------------------------------------------------------------------------


def _problem(each: Problem) -> Data:
    """A problem without the line of the file."""
    return {
        "line": each.line,
        "column": each.column,
        "severity": each.severity,
        "code": each.code,
        "message": each.message,
    }


def told(found: Answer) -> Data:
    """An answer for a reply: its sentence, and the tables that a person needs."""
    tables = [_table(sheet) for sheet in found.gist()]
    return {"headline": {"text": str(found.headline)}, "tables": [each for each in tables if each["rows"]]}


def _table(sheet: Sheet) -> Data:
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.rows[:ROWS]]
    return {"title": str(sheet.title), "columns": list(map(str, sheet.columns)), "rows": rows}


PLAIN = {"str", "int", "float", "bool", "None", "Iterable", "Sequence", "Mapping", "Any", "Formula"}
"""The types of arguments that can be handed over: nothing that names a file, starts a process or is a value of Python."""

NO_ANSWER = frozenset({"matrix_from_csv", "matrix_to_csv", "chances_from_readings", "chances_from_weights"})
"""Rows of the catalogue that hand over numbers to other questions and answer none."""


def parameters(name: str) -> tuple[str, ...]:
    """The arguments of a question that an assistant can give."""
    return tuple(each.name for each in _given(name) if _plain(each))


def required(name: str) -> tuple[str, ...]:
    """Those without which it cannot be asked."""
    return tuple(each.name for each in _given(name) if each.default is each.empty)


def askable() -> tuple[str, ...]:
    """The questions that can be asked in words: those whose required arguments are plain."""
    able = (name for name in QUESTIONS if hasattr(Study, name) and name not in NO_ANSWER)
    return tuple(name for name in able if set(required(name)) <= set(parameters(name)))


def _given(name: str) -> list[inspect.Parameter]:
    return list(inspect.signature(getattr(Study, name)).parameters.values())[1:]


def _plain(each: inspect.Parameter) -> bool:
    return set(re.findall(r"[\w.]+", str(each.annotation))) <= PLAIN
