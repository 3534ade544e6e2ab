r"""What came in from a table of coded events, and what was left out, and why.

The definitions. The rules of the file (`events:`) say which rows make which settings of which actor; the first rule that fits
counts. Every row ends in exactly one way, and the ways add up to the rows of the table: it *came in*, it could not be read, no
rule is about it, or a *guard* left it out. The guards, each with its own count, in this order:

- `roles`: an actor or target whose role acts for no state (media, business, rebels); a row without any role passes;
- `contexts`: what was coded as hypothetical, in the future or in the past;
- `future`: dated later than it was told;
- `window`: the same settings told again within so many days of the last time are one event, told again; an event that sets
  one of its options otherwise ends it;
- `sources`: told by too few publishers: the largest number that a row gives, or the number of different publishers of all rows
  that tell the event, whichever is more;
- `mentions`: mentioned too rarely: the largest number that a row gives, or the number of its rows.

What came in is parted into periods. Within a period nothing has an order: the settings of one actor are one move. A period that
the table covers, by when its rows were told, and in which nothing came in, is a record too: nobody moved.

A sample coded by hand (`coded`: a table of `id` and `real`, which is yes, no or again) shows what each guard alone keeps and
loses of what happened, of what did not, and of what was told again. Linear in the rows, besides sorting those a rule is about.

Source: the definitions are ours.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from detente.case import Basis, Case
from detente.errors import InputError, Lacks, refuse_unknown
from detente.messages import Messages, later, numeral, tell
from detente.records.coded_events import WITHOUT, Coded, Unread, read
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Event, EventGuards, EventRule, EventTable
from detente.scenario.read import read_file
from detente.sheet import ActorTerm, FormulaTerm, Phrase, Sheet, many
from detente.spreadsheet import read as read_table

UNREAD, NO_RULE = "unreadable", later("no rule")

GUARDS = ("roles", "contexts", "future", "window", "sources", "mentions")
"""The guards, in the order in which they act."""

BY_EVENT = ("sources", "mentions")
"""The guards that look at all rows which tell an event."""

WHY = Messages(
    {
        UNREAD: "it does not fit the layout",
        NO_RULE: "no rule of the file is about it",
        "roles": "its actor or target acts for no state",
        "contexts": "its context is of what did not happen now",
        "future": "it is dated later than it was told",
        "window": "the event was told again",
        "sources": "too few publishers tell it",
        "mentions": "it is mentioned too rarely",
    }
)
"""Why a row is left out."""

REAL = ("yes", "no", "again")
"""How a row can be coded by hand: it happened, it did not, or it is told again."""

SHOWN = 40
"""Events listed at most where people read; the JSON has all."""


@dataclass(frozen=True, kw_only=True)
class CameIn(Record):
    """An event that came in: what it sets, by how many rows and publishers it is told, and the first row that tells it."""

    date: str
    period: str
    actor: str
    settings: Mapping[str, int] = field(metadata=INSIDE)
    sets: str
    rows: int
    sources: int
    mentions: int
    first: str


@dataclass(frozen=True, kw_only=True)
class LeftOut(Record):
    """A reason for which rows were left out: how many, how the guard is set ("" for no guard), and the first such row."""

    why: str
    rows: int
    setting: str
    first: str


@dataclass(frozen=True, kw_only=True)
class Kept(Record):
    """What a guard alone keeps and loses of rows coded by hand: of each kind of `REAL`."""

    guard: str
    kept: Mapping[str, int]
    lost: Mapping[str, int]


@dataclass(frozen=True, repr=False, kw_only=True)
class Incoming(Answer):
    """The answer; see the module's opening. `history` is what came in as moves of the model, with the periods of none."""

    DERIVED: ClassVar[tuple[str, ...]] = ("question", "quiet")
    question: ClassVar[str] = "events"

    basis: Basis
    files: tuple[str, ...]
    format: str
    rows: int
    came_in: tuple[CameIn, ...]
    left_out: tuple[LeftOut, ...]
    periods: tuple[str, ...]
    idle: tuple[str, ...]
    guards: tuple[Kept, ...] = ()
    history: tuple[Event, ...] = field(metadata=INSIDE)

    @property
    def quiet(self) -> tuple[str, ...]:
        """The periods in which nothing came in."""
        busy = {each.period for each in self.came_in}
        return tuple(period for period in self.periods if period not in busy)

    @property
    def headline(self) -> Phrase:
        """How many rows came in, as how many events, in how many periods."""
        told = sum(each.rows for each in self.came_in)
        periods = many(len(self.periods), "period")
        return Phrase.told(
            "Of {number} {told} tell {number2}; in {number3} of {periods} nothing came in.",
            number=many(self.rows, "row"),
            told=numeral(told),
            number2=many(len(self.came_in), "event"),
            number3=numeral(len(self.quiet)),
            periods=periods,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """What came in; what was left out and why; what each guard keeps of what was coded by hand."""
        coded = (self._guard_sheet(),) if self.guards else ()
        return self._in_sheet(), self._out_sheet(), *coded

    def _in_sheet(self) -> Sheet:
        rows = tuple(
            (e.date, ActorTerm(e.actor), FormulaTerm(e.sets), e.sources, e.rows, e.first) for e in self.came_in[:SHOWN]
        )
        more = len(self.came_in) - len(rows)
        notes = [tell("{more} more events are not listed.", more=numeral(more))] if more else []
        if self.quiet:
            notes.append(tell("Nothing came in, which is a record too: {quiet}.", quiet=", ".join(self.quiet[:SHOWN])))
        if not rows:
            notes.append(tell("Nothing came in."))
        columns = ("date", "who", "sets", "publishers", "rows", tell("first told"))
        return Sheet(tell("What came in"), columns, rows, tuple(notes))

    def _out_sheet(self) -> Sheet:
        rows = tuple((each.why, WHY[each.why], each.setting, each.rows, each.first) for each in self.left_out)
        notes = [
            tell(
                "The layout {format} does not say what {guard} needs: that guard does nothing.",
                format=self.format,
                guard=guard,
            )
            for guard in self.idle
        ]
        return Sheet(tell("What was left out"), ("reason", "because", "guard", "rows", "first"), rows, tuple(notes))

    def _guard_sheet(self) -> Sheet:
        rows = tuple(
            (
                each.guard,
                *(
                    tell("{kept} of {kept2}", kept=each.kept[real], kept2=each.kept[real] + each.lost[real])
                    for real in REAL
                ),
            )
            for each in self.guards
        )
        note = tell(
            "Kept of the rows coded by hand, the guard alone at work; a good guard keeps what happened and little else."
        )
        return Sheet(
            tell("What each guard keeps"),
            ("guard", "happened", tell("did not happen"), tell("told again")),
            rows,
            (note,),
        )


# --- asking ----------------------------------------------------------------------------------------------------------


def events(
    case: Case, files: Iterable[str | Path], *, without: Iterable[str] = (), coded: str | Path | None = None
) -> Incoming:
    """Read tables of coded events by the rules of the file, guard against false ones, and part what came in into periods.

    `without` names guards to turn off, `coded` a table of rows coded by hand. Raises `Lacks` for a file without `events:`.
    """
    table = case.scenario.events
    if table is None:
        raise Lacks("events", tell("rules by which a table of events becomes settings"))
    named = [str(file) for file in ([files] if isinstance(files, str | Path) else files)]
    guards = _without(table.guards, without)
    total, unread, passed_by, told, covered = 0, list[_Row](), list[_Row](), list[_Row](), set[str]()
    matches = _Matcher(table.rules)
    for file in named:
        for row in read(file, table.format):
            total += 1
            if isinstance(row, Unread):
                unread.append(_Row(file, row.line, None, -1, row.why))
                continue
            covered.add(row.published or row.date)
            rule = matches.rule(row)
            if rule >= 0:
                told.append(_Row(file, row.line, row, rule))
            elif len(passed_by) < 1:
                passed_by.append(_Row(file, row.line, row, rule))
    sifted = _sift(told, table.rules, guards)
    counts = {UNREAD: len(unread), NO_RULE: total - len(unread) - len(told)}
    firsts = {UNREAD: unread[:1], NO_RULE: passed_by}
    for guard in GUARDS:
        counts[guard] = len(sifted.left[guard])
        firsts[guard] = sifted.left[guard][:1]
    came_in = tuple(_came_in(case, table, group) for group in sifted.groups)
    periods = _periods(table.period, covered, [each.period for each in came_in])
    return Incoming(
        basis=case.basis,
        files=tuple(named),
        format=table.format,
        rows=total,
        came_in=came_in,
        left_out=tuple(
            LeftOut(why=why, rows=number, setting=_set(guards, why), first=firsts[why][0].where if firsts[why] else "")
            for why, number in counts.items()
            if number
        ),
        periods=periods,
        idle=tuple(guard for guard in WITHOUT[table.format] if _on(guards, guard)),
        guards=tuple(_by_hand(told, table.rules, guards, coded)) if coded is not None else (),
        history=tuple(_history(came_in, periods)),
    )


def _without(guards: EventGuards, names: Iterable[str]) -> EventGuards:
    off: dict[str, Any] = {}
    for name in names:
        refuse_unknown("guard", GUARDS, name)
        off[name] = () if name in ("roles", "contexts") else False if name == "future" else None
    return replace(guards, **off)


def _on(guards: EventGuards, name: str) -> bool:
    value = getattr(guards, name)
    return value is not None and value is not False and value != ()


def _set(guards: EventGuards, why: str) -> str:
    """How a guard is set, in words."""
    value = getattr(guards, why, None)
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    return {"sources": tell("at least {value}", value=value), "mentions": tell("at least {value}", value=value)}.get(
        why, many(value, "day")
    )


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A row that a rule is about (by number), or one that is left out before."""

    file: str
    line: int
    coded: Coded | None
    rule: int
    why: str = ""

    @property
    def where(self) -> str:
        said = self.why or (self.coded.id if self.coded else "")
        clean = "".join(character for character in said if character.isprintable())
        return f"{Path(self.file).name}:{self.line} {clean[:100]}".rstrip()


class _Matcher:
    """The first rule that is about a row. What names and codes a pattern fits is found once for each of them."""

    def __init__(self, rules: Sequence[EventRule]) -> None:
        self._patterns = [[_pattern(getattr(rule, part)) for rule in rules] for part in ("actor", "target", "code")]
        self._known: tuple[dict[tuple[str, ...], int], ...] = ({}, {}, {})

    def rule(self, row: Coded) -> int:
        fits = self._fits(2, row.codes)
        fits = fits and fits & self._fits(0, row.actor.names)
        fits = fits and fits & self._fits(1, row.target.names)
        return (fits & -fits).bit_length() - 1

    def _fits(self, part: int, names: tuple[str, ...]) -> int:
        """The rules whose patterns fit one of the names, as bits."""
        known = self._known[part]
        if names not in known:
            known[names] = sum(
                1 << number
                for number, pattern in enumerate(self._patterns[part])
                if pattern is None or any(pattern.fullmatch(name) for name in names if name)
            )
        return known[names]


def _pattern(texts: Sequence[str]) -> re.Pattern[str] | None:
    """Any of the patterns; None for none, which fits everything."""
    if not texts:
        return None
    return re.compile("|".join(".*".join(map(re.escape, text.split("*"))) for text in texts), re.IGNORECASE | re.DOTALL)


# --- guards ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sifted:
    """The groups of rows that each tell one event which came in, and the rows that each guard left out."""

    groups: list[list[_Row]]
    left: Mapping[str, list[_Row]]


def _sift(told: Sequence[_Row], rules: Sequence[EventRule], guards: EventGuards) -> _Sifted:
    left: dict[str, list[_Row]] = {guard: [] for guard in GUARDS}
    passed: list[_Row] = []
    for row in told:
        guard = _stopped(row, guards)
        (left[guard] if guard else passed).append(row)
    groups = []
    for group in _grouped(passed, rules, guards.window):
        if guards.sources is not None and _sources(group) < guards.sources:
            left["sources"] += group
        elif guards.mentions is not None and _mentions(group) < guards.mentions:
            left["mentions"] += group
        else:
            groups.append(group)
            left["window"] += group[1:]
    return _Sifted(groups, left)


def _stopped(row: _Row, guards: EventGuards) -> str:
    """The guard that leaves a single row out; nothing for none."""
    coded = row.coded
    assert coded is not None
    roles = [role for role in (coded.actor.role, coded.target.role) if role]
    if guards.roles and any(role not in guards.roles for role in roles):
        return "roles"
    if any(context in guards.contexts for context in coded.contexts):
        return "contexts"
    if guards.future and coded.published and coded.date > coded.published:
        return "future"
    return ""


def _grouped(rows: Sequence[_Row], rules: Sequence[EventRule], window: int | None) -> list[list[_Row]]:
    """The rows of each event, by date: the same settings within the window of the last time they were told."""
    groups: list[list[_Row]] = []
    open_groups: dict[tuple[tuple[str, int], ...], list[_Row]] = {}
    for row in sorted(rows, key=_date):
        settings = rules[row.rule].settings
        key = tuple(sorted(settings.items()))
        group = open_groups.get(key)
        if window is not None and group and _days(_date(group[-1]), _date(row)) <= window:
            group.append(row)
            continue
        groups.append([row])
        # Whoever set one of these options otherwise did so before: told again, that is another event.
        for other in [o for o in open_groups if any(dict(o).get(k, v) != v for k, v in settings.items())]:
            del open_groups[other]
        open_groups[key] = groups[-1]
    return groups


def _date(row: _Row) -> str:
    assert row.coded is not None
    return row.coded.date


def _days(earlier: str, later: str) -> int:
    return (datetime.date.fromisoformat(later) - datetime.date.fromisoformat(earlier)).days


def _sources(group: Sequence[_Row]) -> int:
    """By how many publishers an event is told."""
    counted = [row.coded.sources or 0 for row in group if row.coded]
    return max(*counted, len({who for row in group if row.coded for who in row.coded.told_by}))


def _mentions(group: Sequence[_Row]) -> int:
    return max(len(group), *(row.coded.mentions or 0 for row in group if row.coded))


# --- what came in ----------------------------------------------------------------------------------------------------


def _came_in(case: Case, table: EventTable, group: Sequence[_Row]) -> CameIn:
    rule = table.rules[group[0].rule]
    return CameIn(
        date=_date(group[0]),
        period=period_of(_date(group[0]), table.period),
        actor=rule.by,
        settings=rule.settings,
        sets=case.state_text(rule.settings),
        rows=len(group),
        sources=_sources(group),
        mentions=_mentions(group),
        first=group[0].where,
    )


def period_of(date: str, period: str) -> str:
    """The period a day lies in, as the date it begins with: a day, a Monday, a month, the first month of a quarter, a year.

    >>> [period_of("2024-06-19", each) for each in ("day", "week", "month", "quarter", "year")]
    ['2024-06-19', '2024-06-17', '2024-06', '2024-04', '2024']
    """
    day = datetime.date.fromisoformat(date)
    if period == "week":
        return (day - datetime.timedelta(days=day.weekday())).isoformat()
    if period == "quarter":
        return f"{day.year:04}-{(day.month - 1) // 3 * 3 + 1:02}"
    return date[: {"day": 10, "month": 7, "year": 4}[period]]


def _periods(period: str, covered: Iterable[str], busy: Iterable[str]) -> tuple[str, ...]:
    """Every period from the first to the last day on which the table was told, and those in which something came in."""
    found = set(busy)
    days = sorted(covered)
    if days:
        day, last = datetime.date.fromisoformat(days[0]), datetime.date.fromisoformat(days[-1])
        while day < last:
            found.add(period_of(day.isoformat(), period))
            day += datetime.timedelta(days=1)
        found.add(period_of(days[-1], period))
    return tuple(sorted(found))


def _history(came_in: Sequence[CameIn], periods: Iterable[str]) -> Iterator[Event]:
    """One move per actor and period, and one event of nobody for a period of none."""
    for period in periods:
        by_actor: dict[str, list[CameIn]] = {}
        for each in came_in:
            if each.period == period:
                by_actor.setdefault(each.actor, []).append(each)
        if not by_actor:
            yield Event(date=period, by="", settings={}, says=tell("Nothing came in"))
        for actor, told in by_actor.items():
            settings = {key: value for each in told for key, value in each.settings.items()}  # the last told counts
            yield Event(date=period, by=actor, settings=settings, says="; ".join(each.first for each in told))


# --- coded by hand ---------------------------------------------------------------------------------------------------


def _by_hand(
    told: Sequence[_Row], rules: Sequence[EventRule], guards: EventGuards, coded: str | Path
) -> Iterator[Kept]:
    """What no guard, each guard alone, and all of them keep of the rows coded by hand."""
    real = _coded(coded)
    rows = [row for row in told if row.coded and row.coded.id in real]
    none = _without(guards, GUARDS)
    alone = {}
    for guard in (each for each in GUARDS if _on(guards, each)):
        # Publishers and mentions are those of an event, so these two count behind the window.
        together = [guard] if guard not in BY_EVENT or guards.window is None else ["window", guard]
        alone[" + ".join(together)] = replace(none, **{each: getattr(guards, each) for each in together})
    for name, at_work in {"none": none, **alone, "all": guards}.items():
        kept = {row.coded.id for group in _sift(rows, rules, at_work).groups for row in group[:1] if row.coded}
        counts = {side: dict.fromkeys(REAL, 0) for side in (True, False)}
        for row in rows:
            if row.coded:
                counts[row.coded.id in kept][real[row.coded.id]] += 1
        yield Kept(guard=name, kept=counts[True], lost=counts[False])


def _coded(path: str | Path) -> dict[str, str]:
    """The rows coded by hand: yes, no or again, by the id of the row."""
    table = read_table(read_file(path), str(path))
    names = [name.lower() for name in table.header]
    if not {"id", "real"} <= set(names):
        raise InputError(
            tell(
                "{path}: expected a header with the columns id and real; found {header}",
                path=path,
                header=", ".join(table.header),
            )
        )
    found: dict[str, str] = {}
    for row in table.rows:
        cells = dict(zip(names, row.cells, strict=True))
        if cells["real"].lower() not in REAL:
            raise InputError(
                tell(
                    "{path}:{line}: real is {cells}; expected {real} or {part}",
                    path=path,
                    line=row.line,
                    cells=repr(cells["real"]),
                    real=", ".join(REAL[:-1]),
                    part=REAL[-1],
                )
            )
        found[cells["id"]] = cells["real"].lower()
    return found
