"""The pieces of work that questions and exports are, for the processes that do them: plain data in, plain data out."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from detente.case import Case
from detente.engine import Progress
from detente.errors import InputError
from detente.messages import tell
from detente.present.words import Words
from detente.result import Answer
from detente.scenario.model import Scenario
from detente.scenario.read import check_text, read_text
from detente.study import Study
from detente.workbench import questions, the_same
from detente.workbench.answers import answer_html
from detente.workbench.answers import picture as shown

PICTURES: Mapping[str, tuple[str, ...]] = {
    "analyze": ("states", "stability"),
    "status_quo": ("tree",),
    "pivots": ("pivots",),
    "collection_plan": ("tornado",),
    "wedge": ("frontier",),
    "paths": ("path",),
    "types": ("types",),
    "break_matrix": ("break",),
    "hindcast": ("timeline",),
}
"""The pictures of the report that belong to a question."""

_CODE = re.compile(r"[A-Za-z_]\w*")

MOST_JSON = 2_000_000
"""Characters of an answer's data that are sent to a page; exports have all of it."""


@lru_cache(maxsize=4)
def _scenario(text: str, name: str, path: str) -> Scenario:
    return read_text(text, name=name, path=path)


@lru_cache(maxsize=8)
def _case(text: str, name: str, path: str, said: str) -> Case:
    """The case under circumstances; the same one again while nothing is changed, so that what it knows is kept."""
    scenario = _scenario(text, name, path)
    return questions.circumstances(scenario, json.loads(said)).of(scenario)


def case_of(text: str, name: str, path: str, circumstances: Mapping[str, Any]) -> Case:
    """The case of a text under circumstances."""
    return _case(text, name, path, json.dumps(circumstances, sort_keys=True))


def ask(
    *,
    text: str,
    name: str,
    path: str,
    question: str,
    arguments: Mapping[str, Any],
    circumstances: Mapping[str, Any],
    everything: bool = False,
    progress: Progress,
) -> dict[str, Any]:
    """The answer to a question, as a page takes it."""
    begin = time.perf_counter()
    case = case_of(text, name, path, circumstances)
    said = questions.arguments(question, arguments)
    found = answer_of(case, question, said, in_names(case.scenario, progress))
    words = Words(case.scenario)
    told, asked = found.to_json(), {key: value for key, value in said.items() if key in arguments}
    return {
        "question": question,
        "headline": words.names.sentence(found.headline),
        "html": answer_html(case, found, everything=everything),
        "json": told if len(json.dumps(told, default=str)) <= MOST_JSON else None,
        "pictures": [drawn for kind in PICTURES.get(question, ()) if (drawn := _picture(case, kind, said))],
        "command": the_same.command(case, question, asked),
        "python": the_same.python(case, question, asked),
        "yaml": the_same.as_yaml(question, asked),
        "circumstances": case.circumstances.words(case.scenario),
        "seconds": round(time.perf_counter() - begin, 3),
    }


def in_names(scenario: Scenario, progress: Progress) -> Progress:
    """Tells how far work has come by the names of a model: searches count in its codes, `moscow_treaty, war_need asset`."""
    called: dict[str, str] = {}
    for reading, names in _readings(scenario).items():
        called[reading] = names.pop() if len(names) == 1 else reading.replace("_", " ")
    for things in (scenario.outcomes, scenario.platforms, scenario.partnerships):
        called |= {key: each.name or key for key, each in things.items()}
    called |= {option.key: option.name for option in scenario.options if option.name}
    called |= {actor.id: actor.name for actor in scenario.actors}

    def told(done: int, total: int, text: str) -> None:
        # Where not all words are names it is prose, in which a name may be a mere word.
        named = all(code in called for code in _CODE.findall(text))
        said = _CODE.sub(lambda code: called.get(code[0], code[0]) if named or "_" in code[0] else code[0], text)
        progress(done, total, said)

    return told


def _readings(scenario: Scenario) -> dict[str, set[str]]:
    """What the readings of one identifier are called by their actors."""
    found: dict[str, set[str]] = {}
    for actor in scenario.actors:
        for reading in actor.readings.values():
            found.setdefault(reading.id, set()).add(reading.name or reading.id.replace("_", " "))
    return found


def answer_of(case: Case, question: str, said: Mapping[str, Any], progress: Progress) -> Answer:
    """The answer of the library."""
    study = Study(case)
    if question == "analyze":
        analysis: Answer = study.analyze(said.get("concepts"), progress=progress)
        return analysis
    reporting = {"progress": progress} if questions.reports(question) else {}
    found = getattr(study, question)(**said, **reporting)
    return found if isinstance(found, Answer) else _Several(tuple(found))


class _Several(Answer):
    """Several answers to one question, one after the other."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self.answers = answers

    def sheets(self) -> Any:
        return tuple(sheet for each in self.answers for sheet in each.sheets())

    def gist(self) -> Any:
        return tuple(sheet for each in self.answers for sheet in each.gist())

    def to_json(self) -> dict[str, Any]:
        return {"answers": [each.to_json() for each in self.answers]}

    @property
    def headline(self) -> Any:
        return self.answers[0].headline if self.answers else super().headline


def _picture(case: Case, kind: str, said: Mapping[str, Any]) -> dict[str, str] | None:
    from detente.present.pictures import picture as draw

    about = said.get("of") or said.get("goal") or said.get("name") or said.get("partnership")
    try:
        return shown(draw(case, kind, about=about if isinstance(about, str) else None, seconds=10.0))
    except InputError:
        return None


def drawing(
    *,
    text: str,
    name: str,
    path: str,
    kind: str,
    about: str | None,
    circumstances: Mapping[str, Any],
    progress: Progress,  # noqa: ARG001
) -> dict[str, Any]:
    """One picture, for a page."""
    from detente.present.pictures import picture as draw

    case = case_of(text, name, path, circumstances)
    return shown(draw(case, kind, about=about, seconds=20.0))


def problems(*, text: str, name: str, path: str, progress: Progress) -> int:  # noqa: ARG001
    """How many errors a file has."""
    return sum(each.severity == "error" for each in check_text(text, name=name, path=path))


# --- exports ---------------------------------------------------------------------------------------------------------------


def export(
    *,
    text: str,
    name: str,
    path: str,
    kind: str,
    about: str | None,
    form: str,
    circumstances: Mapping[str, Any],
    progress: Progress,
) -> dict[str, Any]:
    """A file to keep: its name, its type and its bytes."""
    case = case_of(text, name, path, circumstances)
    makers: Mapping[str, Callable[[], tuple[str, str, bytes]]] = {
        "report": lambda: _report(case, form, progress),
        "brief": lambda: _brief(case, form, progress),
        "tables": lambda: _tables(case),
        "picture": lambda: _drawn(case, about, form),
        "json": lambda: (".json", "application/json", _json(case.analyse().to_json())),
        "yaml": lambda: (".yaml", "text/yaml; charset=utf-8", text.encode()),
    }
    if kind not in makers:
        raise InputError(
            tell("there is an export of {known}; found {kind}", known=", ".join(makers), kind=repr(kind)[:40])
        )
    ending, mime, content = makers[kind]()
    return {"name": f"{name}{ending}", "type": mime, "content": content}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _report(case: Case, form: str, progress: Progress) -> tuple[str, str, bytes]:
    from detente.present.report import collect, page, report_markdown

    dossier = collect(Study(case), progress=progress)
    if form == "md":
        return "-report.md", "text/markdown; charset=utf-8", report_markdown(dossier).encode()
    if form == "json":
        return "-report.json", "application/json", _json(dossier.to_json())
    return "-report.html", "text/html; charset=utf-8", page(dossier).encode()


def _brief(case: Case, form: str, progress: Progress) -> tuple[str, str, bytes]:
    from detente.present.report import collect, page, report_markdown

    dossier = collect(Study(case), length="brief", progress=progress)
    if form == "md":
        return "-brief.md", "text/markdown; charset=utf-8", report_markdown(dossier).encode()
    return "-brief.html", "text/html; charset=utf-8", page(dossier).encode()


def _tables(case: Case) -> tuple[str, str, bytes]:
    """The tables of the analysis, one CSV each, in one archive."""
    analysis = case.analyse()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(analysis.sheets(), start=1):
            archive.writestr(zipfile.ZipInfo(f"{number}-{_slug(str(sheet.title))}.csv"), sheet.to_csv())
    return "-tables.zip", "application/zip", made.getvalue()


def _slug(title: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in title.partition(":")[0]).split()
    return "-".join(words[:6]).lower() or "table"


def _drawn(case: Case, about: str | None, form: str) -> tuple[str, str, bytes]:
    from detente.present.pictures import picture as draw

    kind, _, goal = (about or "states").partition(":")
    made = draw(case, kind, about=goal or None, seconds=20.0)
    if form == "png":
        return f"-{kind}.png", "image/png", made.png()
    return f"-{kind}.svg", "image/svg+xml", made.alone().encode()


WORKS: Mapping[str, Callable[..., Any]] = {"ask": ask, "export": export, "problems": problems, "drawing": drawing}
"""What can be asked of a process, by name."""
