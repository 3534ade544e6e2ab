"""Who has pledged what to whom, by the tables of two projects and rows of one's own, and where the tables do not reach.

The definitions. For two states, a kind of pledge and a year a table says *yes* if a row that covers the year does. It is *not
known* where the year is outside what the table covers, where a state stands nowhere in it, where the project does not code such
pledges, and where the cell is empty. Else it is *no*: the project has looked and found none. What is not known is never taken
for no.

A pledge of either side is one of the pair. A table in which pairs stand both ways is checked for symmetry: each row wants its
mirror with the same pledges, unless the project marks it as asymmetric. Rows of one's own (`state1, state2, pledge, from, to,
source`) each cite a source; they stand beside the tables, never in place of them, and where one contradicts a table both are
shown.

Cost: the rows of the states asked for, times years. Source: the projects named in `detente.records.alliance_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import ClassVar

from detente.errors import InputError, refuse_unknown
from detente.messages import later, numeral, tell
from detente.records.alliance_tables import PLEDGES, AllianceTable, Pledge, read
from detente.result import Answer, Record
from detente.scenario.read import read_file
from detente.sheet import Phrase, Sheet, many
from detente.spreadsheet import read as read_table

YES, NO, UNKNOWN = "yes", "no", later("not known")

Year = tuple[int, int, str]
"""From, to, and what is said of these years."""

SHOWN = 40
"""Problems listed at most where people read."""


@dataclass(frozen=True, kw_only=True)
class Pair(Record):
    """What one source says of one kind of pledge between two states, as spans of years of the same answer."""

    one: str
    two: str
    pledge: str
    source: str
    spans: tuple[Year, ...]

    def years(self, said: str) -> str:
        """The spans of one answer, as people write them."""
        return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b, what in self.spans if what == said)


@dataclass(frozen=True, kw_only=True)
class Dispute(Record):
    """Years for which one source says yes and another no."""

    one: str
    two: str
    pledge: str
    years: str
    yes: str
    no: str


@dataclass(frozen=True, repr=False, kw_only=True)
class Alliances(Answer):
    """The answer; see the module's opening. `problems` are rows that do not fit, with their file and line."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question",)
    question: ClassVar[str] = "alliances"

    states: tuple[str, ...]
    first: int
    last: int
    covers: tuple[tuple[str, int, int], ...]
    pairs: tuple[Pair, ...]
    disputes: tuple[Dispute, ...]
    problems: tuple[str, ...]

    @property
    def headline(self) -> Phrase:
        """Between how many pairs something is pledged, and whether the sources agree."""
        pairs = {(p.one, p.two) for p in self.pairs}
        pledged = {(p.one, p.two) for p in self.pairs if p.years(YES)}
        disputes = (
            tell("; sources contradict each other in {number}", number=many(len(self.disputes), "place"))
            if self.disputes
            else ""
        )
        return Phrase.told(
            "Of {number} of states {number2} pledged each other something from {first} to {last}{disputes}.",
            number=many(len(pairs), "pair"),
            number2=numeral(len(pledged)),
            first=self.first,
            last=self.last,
            disputes=disputes,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """What is pledged; where sources contradict each other; what does not fit."""
        disputes = (self._dispute_sheet(),) if self.disputes else ()
        problems = (self._problem_sheet(),) if self.problems else ()
        return self._pair_sheet(), *disputes, *problems

    def _pair_sheet(self) -> Sheet:
        pledged = {(p.one, p.two, p.pledge) for p in self.pairs if p.years(YES)}
        shown = [p for p in self.pairs if (p.one, p.two, p.pledge) in pledged]
        rows = tuple(
            (
                tell("{one} and {two}", one=p.one, two=p.two),
                p.pledge,
                p.source,
                p.years(YES),
                p.years(NO),
                p.years(UNKNOWN),
            )
            for p in shown
        )
        notes = [
            tell("{source} covers {first} to {last}; outside nothing is known.", source=source, first=first, last=last)
            for source, first, last in self.covers
        ]
        quiet = len({(p.one, p.two, p.pledge) for p in self.pairs}) - len(pledged)
        if quiet:
            notes.append(
                tell(
                    "Of {number} no source says that there is one.",
                    number=many(quiet, "more pair and pledge", "more pairs and pledges"),
                )
            )
        columns = ("states", "pledge", "by", YES, NO, UNKNOWN)
        return Sheet(
            tell("What is pledged, {first} to {last}", first=self.first, last=self.last), columns, rows, tuple(notes)
        )

    def _dispute_sheet(self) -> Sheet:
        rows = tuple(
            (tell("{one} and {two}", one=d.one, two=d.two), d.pledge, d.years, d.yes, d.no) for d in self.disputes
        )
        return Sheet(
            tell("Where sources contradict each other"),
            ("states", "pledge", "years", tell("yes by"), tell("no by")),
            rows,
        )

    def _problem_sheet(self) -> Sheet:
        more = len(self.problems) - SHOWN
        notes = (tell("{more} more are not listed.", more=numeral(more)),) if more > 0 else ()
        return Sheet(tell("What does not fit"), ("row",), tuple((each,) for each in self.problems[:SHOWN]), notes)


def alliances(
    files: Iterable[str | Path],
    states: Iterable[str],
    *,
    years: tuple[int, int] | None = None,
    own: str | Path | None = None,
) -> Alliances:
    """What the states (numbers of Correlates of War, or names in the tables) have pledged each other.

    `years` are the first and the last one looked at (default: what the tables cover and own rows say), `own` a table of rows
    of one's own. Raises `InputError` for a row without a citation, and for a state that is nowhere.
    """
    tables = [read(file) for file in files]
    rows = _own(own) if own is not None else []
    asked = _numbers(tables, rows, states)
    spans = [*(table.covers for table in tables), *((row.first, row.last) for row, _ in rows if row.last < ENDLESS)]
    if not spans and years is None:
        raise InputError(tell("there are neither tables nor own rows with an end; say which years to look at"))
    first, last = years or (min(a for a, _ in spans), max(b for _, b in spans))
    if first > last:
        raise InputError(tell("years go from the first to the last; found {first} to {last}", first=first, last=last))
    pairs = [
        Pair(
            one=_named(tables, one),
            two=_named(tables, two),
            pledge=pledge,
            source=source,
            spans=tuple(_spans(said, first)),
        )
        for one, two in combinations(asked, 2)
        for pledge in PLEDGES
        for source, said in _answers(tables, rows, one, two, pledge, range(first, last + 1))
    ]
    return Alliances(
        states=tuple(_named(tables, state) for state in asked),
        first=first,
        last=last,
        covers=tuple((table.project, *table.covers) for table in tables),
        pairs=tuple(pairs),
        disputes=tuple(_disputes(pairs)),
        problems=tuple(each for table in tables for each in _problems(table)),
    )


ENDLESS = 9999
"""The last year of an own row that names none: it is in force still."""


def _named(tables: Sequence[AllianceTable], state: str) -> str:
    name = next((table.names[state] for table in tables if state in table.names), "")
    return f"{name} ({state})" if name else state


def _numbers(tables: Sequence[AllianceTable], rows: Sequence[tuple[Pledge, str]], states: Iterable[str]) -> list[str]:
    """The states by number; a name is looked up in the tables."""
    by_name = {name.casefold(): state for table in tables for state, name in table.names.items()}
    known = {state for table in tables for p in table.pledges for state in (p.one, p.two)}
    known |= {state for row, _ in rows for state in (row.one, row.two)}
    found = []
    for state in states:
        number = by_name.get(state.casefold(), state)
        if not number.isdecimal():
            refuse_unknown("state", sorted(name for table in tables for name in table.names.values()), state)
        if number not in known:
            raise InputError(
                tell(
                    "state {number} stands in none of the tables, so nothing is known of it; is it a number of "
                    "Correlates of War, such as 2 or 365?",
                    number=number,
                )
            )
        found.append(number)
    if len(dict.fromkeys(found)) < 2:
        raise InputError(tell("name two states or more, such as 2,365"))
    return list(dict.fromkeys(found))


def _answers(
    tables: Sequence[AllianceTable],
    rows: Sequence[tuple[Pledge, str]],
    one: str,
    two: str,
    pledge: str,
    years: range,
) -> Iterator[tuple[str, list[str]]]:
    """What each table and each own row says, year by year."""
    for table in tables:
        between = [p for p in table.pledges if {p.one, p.two} == {one, two}]
        known = {state for p in table.pledges for state in (p.one, p.two)}
        yield table.project, [_said(table, between, {one, two} <= known, pledge, year) for year in years]
    for row, source in rows:
        if {row.one, row.two} == {one, two} and row.says.get(pledge):
            yield source, [YES if row.first <= year <= row.last else UNKNOWN for year in years]


def _said(table: AllianceTable, between: Sequence[Pledge], known: bool, pledge: str, year: int) -> str:
    if pledge not in table.kinds or not table.covers[0] <= year <= table.covers[1] or not known:
        return UNKNOWN
    said = {p.says[pledge] for p in between if p.first <= year <= p.last}
    return YES if True in said else UNKNOWN if None in said else NO


def _spans(said: Sequence[str], first: int) -> Iterator[Year]:
    begin = 0
    for place in range(1, len(said) + 1):
        if place == len(said) or said[place] != said[begin]:
            yield first + begin, first + place - 1, said[begin]
            begin = place


def _disputes(pairs: Sequence[Pair]) -> Iterator[Dispute]:
    for a, b in combinations(pairs, 2):
        if (a.one, a.two, a.pledge) != (b.one, b.two, b.pledge):
            continue
        for yes, no in ((a, b), (b, a)):
            years = _common(yes, no)
            if years:
                told = ", ".join(str(x) if x == y else f"{x}–{y}" for x, y in years)
                yield Dispute(one=a.one, two=a.two, pledge=a.pledge, years=told, yes=yes.source, no=no.source)


def _common(yes: Pair, no: Pair) -> list[tuple[int, int]]:
    """The spans in which the one says yes and the other no."""
    found = []
    for a, b, said in yes.spans:
        for c, d, other in no.spans:
            if (said, other) == (YES, NO) and max(a, c) <= min(b, d):
                found.append((max(a, c), min(b, d)))
    return found


def _problems(table: AllianceTable) -> Iterator[str]:
    """Rows left out, and in a table that has every pair both ways, rows whose mirror lacks or differs."""
    name = Path(table.file).name
    yield from (f"{name}, {each}" for each in table.problems)
    if not table.directed:
        return
    said: dict[tuple[str, str, int, int], set[tuple[tuple[str, bool | None], ...]]] = {}
    for p in table.pledges:
        said.setdefault((p.one, p.two, p.first, p.last), set()).add(tuple(p.says.items()))
    for p in table.pledges:
        mirror = said.get((p.two, p.one, p.first, p.last))
        if mirror is None:
            yield tell(
                "{name}, line {line}: {one} to {two} has no mirror, {two} to {one}",
                name=name,
                line=p.line,
                one=p.one,
                two=p.two,
            )
        elif tuple(p.says.items()) not in mirror and not p.asymmetric:
            yield tell(
                "{name}, line {line}: {one} to {two} and {two} to {one} pledge different things",
                name=name,
                line=p.line,
                one=p.one,
                two=p.two,
            )


def _own(path: str | Path) -> list[tuple[Pledge, str]]:
    """Rows of one's own, each with its citation."""
    table = read_table(read_file(path), str(path))
    names = [name.lower() for name in table.header]
    needed = ("state1", "state2", "pledge", "from", "source")
    if missing := [name for name in needed if name not in names]:
        raise InputError(
            tell(
                "{path}: no column {missing}; expected state1, state2, pledge, from, to, source",
                path=path,
                missing=missing[0],
            )
        )
    found = []
    for row in table.rows:
        cells = dict(zip(names, row.cells, strict=True))
        where = f"{path}:{row.line}"
        if not cells["source"]:
            raise InputError(tell("{where}: a row of one's own cites a source; fill in `source`", where=where))
        if cells["pledge"] not in PLEDGES:
            raise InputError(
                tell(
                    "{where}: found the pledge {cells}; expected {pledges}",
                    where=where,
                    cells=repr(cells["pledge"]),
                    pledges=", ".join(PLEDGES),
                )
            )
        spans = cells["from"], cells.get("to", "") or str(ENDLESS)
        if not all(each.isdecimal() and len(each) == 4 for each in spans) or spans[0] > spans[1]:
            raise InputError(
                tell("{where}: expected a year in `from`, and in `to` a later one or nothing", where=where)
            )
        if not (cells["state1"].isdecimal() and cells["state2"].isdecimal()):
            raise InputError(tell("{where}: states are numbers of Correlates of War, such as 2 or 365", where=where))
        pledge = Pledge(
            line=row.line,
            one=cells["state1"],
            two=cells["state2"],
            first=int(spans[0]),
            last=int(spans[1]),
            says={cells["pledge"]: True},
            asymmetric=False,
        )
        found.append((pledge, cells["source"]))
    return found
