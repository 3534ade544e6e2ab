"""Pictures that go from one thing to the next: a timeline, and a way with who moves and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from detente.messages import Messages, day, tell
from detente.present.names import Names, plain, upper
from detente.present.pictures.drawing import Drawing, Mark, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.pictures.naming import settings
from detente.present.pictures.origin import origin, origin_of
from detente.present.words import Words
from detente.questions.evolution.paths import Paths, Step, Way
from detente.scenario.model import Scenario
from detente.sheet import listed, many

WIDE, AXIS, DATE, TALL = 880.0, 70.0, 140.0, 1440.0
"""The whole width, where the signs stand, from there to the words of a move, and how high all years may be together."""

MOVES = 24
"""Moves of one year at most; the others are counted."""

DOTS = {"article": "point", "public": "hollow"}
"""The sign of what is no move, by who says so."""

LANES = Messages(
    {
        "article": "said in the articles",
        "public": "later public record",
        "": "what happened",
        "move": "recorded moves",
    }
)


@dataclass(frozen=True)
class _Entry:
    when: str
    says: str
    lane: str
    does: str

    @property
    def year(self) -> str:
        found = re.search(r"\d{4}", self.when)
        return found[0] if found else ""

    @property
    def date(self) -> str:
        """The date within its year; nothing if only the year is known."""
        if re.fullmatch(r"[\d-]+", self.when):
            return "" if self.when == self.year else day(self.when).removesuffix(f" {self.year}")
        return re.sub(r"\d{4}(-\d\d)+", lambda found: day(found[0]), self.when)

    @property
    def told(self) -> str:
        return f"{self.date}: {self.says}" if self.date else self.says


def date_key(when: str) -> str:
    """Sorts dates by year, then as far as they are known.

    >>> sorted(["2019-02", "after 2011", "1980s", "2018 to 2019"], key=date_key)
    ['1980s', 'after 2011', '2018 to 2019', '2019-02']
    """
    found = re.search(r"\d{4}(-\d\d)*", when)
    return found[0] if found else ""


def timeline(scenario: Scenario) -> Drawing:
    """What happened, year by year: moves of the model one by one, with what they change; the other dates in one paragraph."""
    entries = _together(sorted(_entries(scenario), key=lambda each: date_key(each.when)))
    # as much as there is room for: at first everything, then shorter paragraphs, at last moves without what is said of them
    for most, told in ((0, True), (4, True), (2, True), (2, False), (1, False)):
        pen = Pen()
        _years(pen, entries, most, told)
        if max(pen.ys, default=0.0) <= TALL:
            break
    moves = [entry for entry in entries if entry.does]
    title = _timeline_title(entries, moves)
    lanes = dict.fromkeys(entry.lane for entry in entries if not entry.does)
    said_ = ", ".join(f"{sum(e.lane == lane and not e.does for e in entries)} {_lane(lane)}" for lane in lanes)
    words = tell(
        "Year by year; the moves one by one, with what they change{word}.",
        word=tell("; the others: {said}", said=said_) if said_ else "",
    )
    key = [Mark.of(tell("a move in the model"), lambda p: p.box(6, 1, 10, 10, "dark", 0))] if moves else []
    for lane in lanes:
        kind = DOTS.get(lane, "other")
        key.append(Mark.of(_lane(lane), lambda p, kind=kind: p.dot(11, 6, 4, kind)))  # type: ignore[misc]
    return pen.drawing("timeline", title, words, key, origin(scenario))


def _years(pen: Pen, entries: Sequence[_Entry], most: int, told: bool) -> None:
    """Year by year: the moves, `told` with what is said of them, and a paragraph of `most` lines for each kind of others."""
    top = 0.0
    for year in dict.fromkeys(entry.year for entry in entries):
        mine = [entry for entry in entries if entry.year == year]
        pen.line([(0, top), (WIDE, top)], "rule")
        pen.text(0, top + 17, year or "undated", "", 12, bold=True)
        moves = [entry for entry in mine if entry.does]
        for entry in moves[:MOVES]:
            top = _move(pen, entry if told else replace(entry, says=""), top)
        if len(moves) > MOVES:
            pen.text(
                AXIS + 14,
                top + 17,
                tell("{number} in this year", number=many(len(moves) - MOVES, "more move")),
                "soft",
                11,
            )
            top += 20
        for lane in dict.fromkeys(entry.lane for entry in mine if not entry.does):
            said = [entry.told for entry in mine if entry.lane == lane and not entry.does]
            lines = wrap(f"{'; '.join(said)}.", WIDE - AXIS - 20, 10.5, most=most)
            pen.dot(AXIS, top + 13, 3.6, DOTS.get(lane, "other"))
            pen.lines(AXIS + 14, top + 17, lines, "soft", 10.5)
            top += 13.65 * len(lines) + 5
        top += 6


def _together(entries: Sequence[_Entry]) -> list[_Entry]:
    """The entries, those of one day that change the same in one: often a record and the recorded move."""
    found = dict[tuple[str, str, int], _Entry]()
    for number, entry in enumerate(entries):
        key = entry.when, entry.does, 0 if entry.does else number
        both = dict.fromkeys([found[key].says, entry.says] if key in found else [entry.says])
        found[key] = replace(entry, says="; ".join(both))
    return list(found.values())


def _entries(scenario: Scenario) -> list[_Entry]:
    """The dates of the file; those that are moves have whose, and what they change."""
    names = Names.of(scenario)

    def does(changed: Mapping[str, int], by: str = "") -> str:
        whose = [by] if by else list(dict.fromkeys(scenario.option(key).actor for key in changed))
        said = ", ".join(settings(scenario, changed))
        return f"{listed(map(names.name, whose))}: {said}" if said else ""

    told = [_Entry(m.date, m.says, m.kind, does(m.settings)) for m in scenario.timeline]
    moved = (
        _Entry(e.date, e.says or (names.name(e.by) if e.by else tell("nobody moved")), "move", does(e.settings, e.by))
        for e in scenario.history
    )
    return [*told, *moved]


def _lane(lane: str) -> str:
    return tell("recorded, nobody moved") if lane == "move" else LANES.get(lane, plain(lane))


def _timeline_title(entries: Sequence[_Entry], moves: Sequence[_Entry]) -> str:
    number = many(len(entries), "date")
    if not moves:
        return (
            tell("None of {number} is a move in the model.", number=number)
            if len(entries) > 1
            else tell("The date is no move in the model.")
        )
    of = (
        tell("Of {number} {number2}", number=number, number2=len(moves))
        if len(moves) < len(entries)
        else tell("All {number}", number=number)
        if len(moves) > 1
        else tell("The date")
    )
    last = max(moves, key=lambda each: date_key(each.when))
    when = f", {day(last.when)}" if last.when else ""
    verb = tell("is a move") if len(moves) == 1 else tell("are moves")
    return tell("{of} {verb} in the model; the last one{when}: {does}.", of=of, verb=verb, when=when, does=last.does)


def _move(pen: Pen, entry: _Entry, top: float) -> float:
    """A move: what it changes, and what is said of it."""
    does = wrap(entry.does, WIDE - AXIS - DATE - 14, 11.5, bold=True)
    says = wrap(entry.says, WIDE - AXIS - DATE - 14, 10.5)
    pen.box(AXIS - 5, top + 8, 10, 10, "dark", 0)
    pen.text(AXIS + 14, top + 17, entry.date, "", 11, bold=True)
    after = pen.lines(AXIS + DATE, top + 17, does, "", 11.5, bold=True)
    return pen.lines(AXIS + DATE, after, says, "soft", 10.5) - 8


# --- a way ------------------------------------------------------------------------------------------------------

DOES, WHY = 380.0, 330.0


def best_way(found: Paths) -> Way | None:
    """Of the shortest ways found the one with the fewest steps against the mover's interest."""
    return min(found.ways, key=lambda way: sum(not step.improvement for step in way.steps), default=None)


def path(found: Paths, scenario: Scenario, goal: str) -> Drawing:
    """One shortest way: who moves, what changes, why, and whether the gain survives the counter-moves of the others."""
    pen, way, words = Pen(), best_way(found), Words(scenario)
    steps = way.steps if way else ()
    title = _path_title(found, words.names, steps, goal)
    top = _place(pen, tell("Today"), 0) if found.length else _place(pen, tell("Today: {goal}", goal=goal), 0)
    for number, step in enumerate(steps, 1):
        does = words.changes(step.changes) or (step.change_text,)
        lines = [line for each in does for line in wrap(upper(each), DOES - 24, 11.5)]
        reason = wrap(upper(_why(words, step)), WHY, 11)
        sure = SURE[None if not step.improvement else step.unsanctioned is True]
        high = max(30 + 15 * len(lines), 14.3 * (len(reason) + 1) + 14)
        pen.arrow((24, top), (24, top + 10), (24, top + 20), tell("step a6"))
        top += 20
        pen.box(0, top, DOES, high, "box")
        pen.text(12, top + 19, f"{number}. {step.name}", bold=True)
        pen.lines(12, top + 36, lines, "", 11.5)
        after = pen.lines(DOES + 16, top + 19, reason, "soft", 11)
        pen.text(DOES + 16, after, sure, "", 11, bold=True)
        top += high
    if found.length:
        pen.arrow((24, top), (24, top + 10), (24, top + 20), tell("step a6"))
        _place(pen, upper(goal), top + 20)
    return pen.drawing("path", title, _ways(found), (), origin_of(found.basis, scenario))


SURE = Messages(
    {
        True: "no counter-move spoils it",
        False: "a counter-move can spoil it",
        None: "against its own interest",
    }
)
"""What a step is for its mover."""


def _why(words: Words, step: Step) -> str:
    return words.spelled(step.why.phrase)


def _ways(found: Paths) -> str:
    if not found.length:
        return tell("Nobody need move for that to be so.")
    return tell(
        "{number} of {number2} {word} there.",
        number=many(found.count, "way"),
        number2=many(found.length, "step"),
        word=tell("leads") if found.count == 1 else tell("lead"),
    )


def _path_title(found: Paths, names: Names, steps: Sequence[Step], goal: str) -> str:
    if not found.length:
        return tell("{goal} is so already today.", goal=upper(goal))
    number = many(found.length, "step")
    bad = list(dict.fromkeys(names.the(step.actor) for step in steps if not step.improvement))
    if bad:
        return tell(
            "Nobody goes to {goal} willingly: the shortest way, {number}, is against the interest of {bad}.",
            goal=goal,
            number=number,
            bad=listed(bad),
        )
    spoilt = sum(step.unsanctioned is not True for step in steps)
    gain = tell("to the gain of the mover") if found.length == 1 else tell("each to the gain of its mover")
    safe = tell("no counter-move spoils it") if found.length == 1 else tell("no counter-move spoils any of them")
    risk = (
        tell("a counter-move can spoil it")
        if found.length == 1
        else tell("counter-moves can spoil {spoilt} of them", spoilt=spoilt)
    )
    return tell(
        "The shortest way to {goal} takes {number}, {gain}; {risk}.",
        goal=goal,
        number=number,
        gain=gain,
        risk=risk if spoilt else safe,
    )


def _place(pen: Pen, text: str, top: float) -> float:
    wide = min(DOES, max(130.0, width(text, bold=True) + 24))
    pen.box(0, top, wide, 30, "dark")
    pen.text(12, top + 19, text, "on", bold=True)
    return top + 30
