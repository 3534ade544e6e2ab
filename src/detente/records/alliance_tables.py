"""Alliances between states as two projects publish them: Correlates of War (version 4.1) and ATOP (version 5), pair by pair.

The layouts, told by their columns. Correlates of War: `version4id, ccode1, state_name1, ccode2, state_name2`, the day, month
and year of `dyad_st` and `dyad_end`, `left_censor, right_censor`, and yes or no for `defense, neutrality, nonaggression,
entente`; the yearly files add `year`. ATOP: pairs of members `mem1, mem2` (or, directed, `stateA, stateB`) by `year` with
`defense, offense, neutral, nonagg, consul` and `asymm`. States are numbers of Correlates of War in both.

What a table covers is part of it: 1816 to 2012 for Correlates of War 4.1, 1815 to 2018 for ATOP 5; a yearly file covers the
years it has. An empty cell is not known, and is never taken for no. A pledge that is not of a project's kinds (Correlates of
War has no offensive ones) is not known from it either.

Sources: Gibler 2009 and the codebook of version 4.1; Leeds, Ritter, Mitchell & Long 2002 and the ATOP 5 codebook.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detente.errors import Problem, ScenarioError
from detente.messages import tell
from detente.records.coded_events import text_of

PLEDGES = ("defense", "offense", "neutrality", "nonaggression", "consultation")
"""What states pledge each other, in one set of words for both projects."""

COW = {"defense": "defense", "neutrality": "neutrality", "nonaggression": "nonaggression", "consultation": "entente"}
ATOP = {
    "defense": "defense",
    "offense": "offense",
    "neutrality": "neutral",
    "nonaggression": "nonagg",
    "consultation": "consul",
}
"""The columns of each project by pledge."""

COVERS = {"Correlates of War 4.1": (1816, 2012), "ATOP 5": (1815, 2018)}
"""The first and the last year that each project has coded."""


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """One row: two states, the first and last year it is about, and yes, no or not known (None) for each kind of pledge."""

    line: int
    one: str
    two: str
    first: int
    last: int
    says: Mapping[str, bool | None]
    asymmetric: bool


@dataclass(frozen=True, kw_only=True)
class AllianceTable:
    """A table: whose it is, the years it covers, whether a pair stands in it both ways, its rows, and names of states."""

    project: str
    file: str
    covers: tuple[int, int]
    directed: bool
    pledges: tuple[Pledge, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The pledges that the project codes."""
        return tuple(COW if self.project == "Correlates of War 4.1" else ATOP)


def read(path: str | Path) -> AllianceTable:
    """The table in a file. Linear in it. Raises `ScenarioError` for a file of neither project."""
    reader = csv.reader(text_of(path).split("\n"))
    header = [name.strip().strip('"') for name in next(reader, [])]
    at = {name: place for place, name in enumerate(header)}
    file = str(path)
    if {"ccode1", "ccode2", "defense", "entente"} <= at.keys():
        project, columns, ends, rows = tell("Correlates of War 4.1"), COW, ("ccode1", "ccode2"), _cow(reader, at)
    elif {"defense", "neutral", "nonagg", "consul", "year"} <= at.keys() and ("mem1" in at or "stateA" in at):
        ends = ("mem1", "mem2") if "mem1" in at else ("stateA", "stateB")
        project, columns, rows = "ATOP 5", ATOP, _yearly(reader, at)
    else:
        shown = ", ".join(header[:6])
        message = tell(
            "found the columns {shown}; expected those of Correlates of War 4.1 (ccode1, ...) or ATOP 5 (mem1, ...)",
            shown=shown,
        )
        raise ScenarioError([Problem(1, 1, "error", "alliances", message, file)])
    pledges: list[Pledge] = []
    problems: list[str] = []
    names: dict[str, str] = {}
    for line, cells, first, last in rows:
        one, two = (_cell(cells, at, end) for end in ends)
        if first is None or last is None or first > last or not one.isdecimal() or not two.isdecimal():
            problems.append(tell("line {line}: two states and a span of years are needed; left out", line=line))
            continue
        if one == two:
            problems.append(tell("line {line}: state {one} is paired with itself; left out", line=line, one=one))
            continue
        for state, column in zip((one, two), ("state_name1", "state_name2"), strict=True):
            if name := _cell(cells, at, column):
                names.setdefault(state, name)
        says = {kind: _flag(_cell(cells, at, column)) for kind, column in columns.items()}
        asymmetric = _flag(_cell(cells, at, "asymm")) is True
        pledges.append(Pledge(line=line, one=one, two=two, first=first, last=last, says=says, asymmetric=asymmetric))
    first_year, last_year = COVERS[project]
    if "year" in at and pledges:
        first_year, last_year = min(p.first for p in pledges), max(p.last for p in pledges)
    both = {(p.one, p.two) for p in pledges}
    return AllianceTable(
        project=project,
        file=file,
        covers=(first_year, last_year),
        directed="stateA" in at or 2 * sum((two, one) in both for one, two in both) > len(both),
        pledges=tuple(pledges),
        names=names,
        problems=tuple(problems),
    )


Years = tuple[int, list[str], int | None, int | None]


def _cow(reader: Iterator[list[str]], at: Mapping[str, int]) -> Iterator[Years]:
    """Rows with the years they are about: the year, or from the start to the end; one cut off lasts to the end of coverage."""
    if "year" in at:
        yield from _yearly(reader, at)
        return
    for line, cells in enumerate(reader, start=2):
        if any(cells):
            end = _cell(cells, at, "dyad_end_year")
            cut = _flag(_cell(cells, at, "right_censor")) or not end
            last = COVERS["Correlates of War 4.1"][1] if cut else _year(end)
            yield line, cells, _year(_cell(cells, at, "dyad_st_year")), last


def _yearly(reader: Iterator[list[str]], at: Mapping[str, int]) -> Iterator[Years]:
    for line, cells in enumerate(reader, start=2):
        if any(cells):
            year = _year(_cell(cells, at, "year"))
            yield line, cells, year, year


def _cell(cells: Sequence[str], at: Mapping[str, int], name: str) -> str:
    place = at.get(name, len(cells))
    return cells[place].strip() if place < len(cells) else ""


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _flag(text: str) -> bool | None:
    """Yes (1, 1.0), no (0, 0.0), or not known."""
    return {"1": True, "1.0": True, "0": False, "0.0": False}.get(text)
