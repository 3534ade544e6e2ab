"""The gallery: every bundled model with its question, its numbers and its tables, computed when the site is built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import detente
from detente.analysis import Analysis
from detente.case import Case
from detente.engine.concepts import STRICTEST_FIRST, label
from detente.present.pictures import Drawing, picture
from detente.present.tables.analysis import actors_sheet, outcome_sheet, play_sheet, status_sheet
from detente.present.tables.equilibrium_cards import cards, cards_sheet, pattern_sheet
from detente.present.tables.scenario import rest_sheet, rules_sheet, wants_sheet
from detente.present.tables.selection import View
from detente.scenario.model import Scenario
from detente.sheet import Sheet, show
from docsite.markdown import code, table

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Russia and North Korea: one question a model": (
        "two_proxies",
        "ukraine_agency",
        "detente_veto",
        "hanoi_2019",
        "patrons",
        "drift_to_war",
        "alliance_pull",
        "conditional_engagement",
        "axis_and_sanctions",
        "engagement_and_rights",
    ),
    "Russia and North Korea: everything at once": (
        "two_fronts",
        "war_and_partnership",
        "composite_core",
        "composite",
        "composite_strict",
    ),
    "Published conflicts": (
        "elmira",
        "elmira_graph",
        "garrison",
        "cuba",
        "cuba_oneway",
        "syria_iraq_1975",
        "gatt",
    ),
    "Historical wedges, coded by one set of rules": (
        "wedge_italy_1915",
        "wedge_ottomans_1914",
        "wedge_italy_1940",
        "wedge_spain_1941",
        "wedge_yugoslavia_1949",
        "wedge_china_1950",
        "wedge_china_1972",
        "wedge_egypt_1979",
    ),
    "An op-ed on another conflict": ("oped_spain_1940",),
    "Two actors, two options": ("prisoners_dilemma", "chicken", "stag_hunt"),
}
"""The models by what they are for."""

OTHERS = "Further models"

DRAWN = 500_000
"""Models up to this many states are drawn; a picture solves the model once more."""

WIDTH = 96
"""Characters a table may be wide: more columns than in a terminal, few enough for a page."""


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """All bundled models in groups; those no group names come last."""
    there = detente.library()
    found = {title: tuple(name for name in names if name in there) for title, names in GROUPS.items()}
    rest = set(there).difference(*found.values())
    return {**found, OTHERS: tuple(sorted(rest))} if rest else found


@cache
def analysis_of(name: str) -> Analysis:
    """The analysis of a model under its default readings."""
    return detente.load(name).analyze()


def overview() -> str:
    """All models in tables, one per group."""
    parts = []
    for title, names in groups().items():
        rows = [_summary(name, analysis_of(name)) for name in names]
        columns = ["model", "actors", "states", *map(label, STRICTEST_FIRST)]
        parts.append(f"## {title}\n\n{table(columns, rows)}")
    return "\n".join(parts)


def _summary(name: str, analysis: Analysis) -> list[str]:
    counts = [f"{analysis.count(c):,}" if c in analysis.solution.stable else "–" for c in STRICTEST_FIRST]
    scenario = analysis.scenario
    return [
        f"[{scenario.title}]({name}.md)<br>{scenario.question}",
        str(len(analysis.actors)),
        f"{analysis.states:,}",
        *counts,
    ]


def pages() -> dict[str, tuple[str, str]]:
    """Each model's page: name -> title and Markdown."""
    return {name: (analysis_of(name).scenario.title, page(name)) for names in groups().values() for name in names}


def page(name: str) -> str:
    """One model: what it is, what it has, what comes out."""
    analysis = analysis_of(name)
    scenario = analysis.scenario
    parts = [f"# {scenario.title}\n", f"*{scenario.question}*\n"]
    parts += [scenario.about + "\n"] if scenario.about else []
    parts.append(f"```console\n$ detente analyze {name}\n$ detente library {name} --yaml > mine.yaml\n```\n")
    parts += [
        f"[![{drawing.title}](pictures/{file})](pictures/{file})\n\n{drawing.words}\n"
        for file, drawing in drawings(name).items()
    ]
    parts += [_section(sheet) for sheet in _sheets(analysis)]
    parts += [_sources(scenario)] if scenario.sources else []
    return "\n".join(parts)


@cache
def drawings(name: str) -> dict[str, Drawing]:
    """The pictures of a model by file name: its states, and who stands how to whom if the file says so."""
    analysis = analysis_of(name)
    if analysis.states > DRAWN:
        return {}
    kinds = ["states", "actors"] if analysis.scenario.relations else ["states"]
    return {f"{name}-{kind}.svg": picture(Case(analysis.scenario), kind) for kind in kinds}


def pictures() -> dict[str, str]:
    """All pictures of the gallery: file name -> SVG."""
    names = [name for group in groups().values() for name in group]
    return {file: drawing.alone() for name in names for file, drawing in drawings(name).items()}


def _sheets(analysis: Analysis) -> Iterator[Sheet]:
    view = View(analysis, width=WIDTH)
    shown = cards(view)
    yield actors_sheet(analysis)
    if view.now is not None:
        yield status_sheet(view)
    yield cards_sheet(view, shown)
    patterns = pattern_sheet(view, shown)
    if patterns:
        yield patterns
    if view.now is not None:
        yield play_sheet(view, shown)
    if analysis.scenario.outcomes:
        yield outcome_sheet(view)
    yield from _written(analysis.scenario)


def _written(scenario: Scenario) -> Iterable[Sheet]:
    """What the file says, as far as tables of it are worth a look."""
    found = [wants_sheet(scenario), rules_sheet(scenario) if scenario.rules else None, rest_sheet(scenario)]
    return [sheet for sheet in found if sheet is not None and sheet.rows]


def _section(sheet: Sheet) -> str:
    """A sheet below a heading: its table, rows below a group's name indented, and its notes as sentences."""
    rows = [_row([show(value) for value in row]) for row in sheet.rows]
    body = table([column or " " for column in sheet.columns], rows) + "\n" if rows else ""
    notes = "".join(f"{note}\n\n" for note in sheet.notes)
    return f"## {sheet.title}\n\n{body}{notes}"


def _row(cells: list[str]) -> list[str]:
    first, *rest = cells
    if first.startswith("  "):
        first = "&emsp;" + first.strip()
    elif first and len(rest) > 2 and not any(rest):
        first = f"**{first}**"
    return [first, *rest]


def _sources(scenario: Scenario) -> str:
    rows = [[code(key), source.text, source.grade] for key, source in scenario.sources.items()]
    return f"## Sources\n\n{table(['id', 'source', 'grade'], rows)}"
