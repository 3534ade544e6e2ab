"""Pictures that go from one thing to the next: a timeline, and a way with who moves and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.tables.selection import plural
from detente.present.words import Words, plain
from detente.questions.evolution.paths import Paths, Step, Way
from detente.scenario.model import Scenario

LANE, AXIS = 400.0, 64.0
"""Width of the words beside the years, and of the years."""

LANES = {
    "article": "said in the articles",
    "public": "later public record",
    "": "what happened",
    "move": "recorded moves",
}


@dataclass(frozen=True)
class _Entry:
    when: str
    says: str
    lane: str

    @property
    def year(self) -> str:
        found = re.search(r"\d{4}", self.when)
        return found[0] if found else ""


def date_key(when: str) -> str:
    """Sorts dates by year, then as far as they are known.

    >>> sorted(["2019-02", "after 2011", "1980s", "2018 to 2019"], key=date_key)
    ['1980s', 'after 2011', '2018 to 2019', '2019-02']
    """
    found = re.search(r"\d{4}(-\d\d)*", when)
    return found[0] if found else ""


def timeline(scenario: Scenario) -> Drawing:
    """What happened, in order; what the sources say left, the later public record or the recorded moves right."""
    entries = [_Entry(m.date, m.says, m.kind) for m in scenario.timeline]
    entries += [
        _Entry(e.date, e.says or (scenario.actor(e.by).name if e.by else "nobody moved"), "move")
        for e in scenario.history
    ]
    lanes = list(dict.fromkeys(entry.lane for entry in entries))
    pen, free, top, year = Pen(), {0: 34.0, 1: 34.0}, 34.0, ""
    for side in (0, 1):
        named = [LANES.get(lane, plain(lane)) for n, lane in enumerate(lanes) if min(n, 1) == side]
        x = LANE if side == 0 else LANE + AXIS
        pen.text(x, 8, " and ".join(named), "soft", 12, "end" if side == 0 else "start", bold=True)
    first = len(pen.parts)
    for entry in sorted(entries, key=lambda each: date_key(each.when)):
        side = min(lanes.index(entry.lane), 1)
        top = max(top, free[side])
        if entry.year != year:
            year = entry.year
            top = max(top, *free.values()) + 8
            pen.text(LANE + AXIS / 2, top, year, "", 12, "middle", bold=True)
        free[side] = _event(pen, entry, side, top) + 7
        top += 7
    low = max(free.values())
    pen.parts.insert(first, f'<path class="rule" d="M{LANE + 6:.0f} 24V{low:.0f}M{LANE + AXIS - 6:.0f} 24V{low:.0f}"/>')
    said = ", ".join(f"{sum(e.lane == lane for e in entries)} {LANES.get(lane, plain(lane))}" for lane in lanes)
    return pen.drawing(
        "timeline", "Timeline", f"{plural(len(entries), 'entry', 'entries')}: {said}. Within a year in order of date."
    )


def _event(pen: Pen, entry: _Entry, side: int, top: float) -> float:
    """Date and words, towards the years; where the next one may stand."""
    x, anchor = (LANE - 6, "end") if side == 0 else (LANE + AXIS + 6, "start")
    lines = wrap(entry.says, LANE - 16, 11)
    exact = entry.when != entry.year
    pen.dot(LANE + 6 if side == 0 else LANE + AXIS - 6, top - 4, 3.2, "point")
    if exact:
        together = width(f"{entry.when}  ", 11, bold=True) + width(lines[0], 11)
        if len(lines) == 1 and together <= LANE - 16:
            wide = width(f"{entry.when}  ", 11, bold=True)
            if side == 0:
                pen.text(x - width(lines[0], 11) - 8, top, entry.when, "soft", 11, "end", bold=True)
                pen.text(x, top, lines[0], "", 11, anchor)
            else:
                pen.text(x, top, entry.when, "soft", 11, bold=True)
                pen.text(x + wide, top, lines[0], "", 11)
            return top + 14.3
        pen.text(x, top, entry.when, "soft", 11, anchor, bold=True)
        top += 14.3
    return pen.lines(x, top, lines, "", 11, anchor)


# --- a way ------------------------------------------------------------------------------------------------------

DOES, WHY = 380.0, 330.0


def best_way(found: Paths) -> Way | None:
    """Of the shortest ways found the one with the fewest steps against the mover's interest."""
    return min(found.ways, key=lambda way: sum(not step.improvement for step in way.steps), default=None)


def path(found: Paths, scenario: Scenario, goal: str) -> Drawing:
    """One shortest way: who moves, what changes, why, and whether the gain survives the answers of the others."""
    pen, way, words = Pen(), best_way(found), Words(scenario)
    if found.length == 0:
        _place(pen, f"Status quo: {goal} already", 0)
        return pen.drawing(
            "path", f"A shortest way to {goal}", f"{goal} is so already at the status quo: nobody need move."
        )
    top = _place(pen, "Status quo", 0)
    for number, step in enumerate(way.steps if way else (), 1):
        does = words.changes(step.changes) or (step.change_text,)
        lines = [line for each in does for line in wrap(each, DOES - 24, 11.5)]
        reason = wrap(words.names.spelled(step.why.phrase), WHY, 11)
        sure = (
            "safe from answers"
            if step.unsanctioned
            else "can be answered"
            if step.improvement
            else "against its own interest"
        )
        high = max(30 + 15 * len(lines), 14.3 * (len(reason) + 1) + 14)
        pen.arrow((24, top), (24, top + 10), (24, top + 20), "step a6")
        top += 20
        pen.box(0, top, DOES, high, "box")
        pen.text(12, top + 19, f"{number}. {step.name}", bold=True)
        pen.lines(12, top + 36, lines, "", 11.5)
        after = pen.lines(DOES + 16, top + 19, reason, "soft", 11)
        pen.text(DOES + 16, after, sure, "", 11, bold=True)
        top += high
    pen.arrow((24, top), (24, top + 10), (24, top + 20), "step a6")
    _place(pen, goal, top + 20)
    against = _against(way.steps if way else ())
    said = f"{plural(found.length or 0, 'step')}; {plural(found.count, 'way')} as short as that.{against}"
    return pen.drawing("path", f"A shortest way to {goal}", said)


def _place(pen: Pen, text: str, top: float) -> float:
    wide = min(DOES, max(130.0, width(text, bold=True) + 24))
    pen.box(0, top, wide, 30, "dark")
    pen.text(12, top + 19, text, "on", bold=True)
    return top + 30


def _against(steps: Sequence[Step]) -> str:
    names = dict.fromkeys(step.name for step in steps if not step.improvement)
    return f" {', '.join(names)} would have to move against its own interest." if names else ""
